package alerting

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/quantity"
)

// The fewest scrapes and evaluations that a window must hold: a rate needs two
// samples and survives one lost scrape at each end with four; a condition that
// is evaluated less than twice within the short window can be missed.
const (
	minScrapes     = 4
	minEvaluations = 2
)

// ShortestWindow is the shortest window that can be relied on at the given
// scrape and evaluation intervals: four scrapes or two evaluations, whichever is
// longer. Intervals that are not positive do not count.
func ShortestWindow(scrape, evaluation time.Duration) time.Duration {
	return max(minScrapes*scrape, minEvaluations*evaluation, 0)
}

// CheckCadence finds the windows that are too short for the intervals at which
// the service is scraped and the rules are evaluated, level error, and the holds
// that an evaluation interval rounds up, level info.
func (p Policy) CheckCadence(scrape, evaluation time.Duration) []Finding {
	var findings []Finding
	least := ShortestWindow(scrape, evaluation)
	for _, pair := range p.Pairs {
		seen := time.Duration(-1)
		for _, w := range [...]time.Duration{pair.Short, pair.Long} {
			if w >= least || w == seen {
				continue
			}
			seen = w
			findings = append(findings, Finding{
				Code: "window-too-short", Level: "error", Path: p.Name, Text: pair.name(),
				Reason: fmt.Sprintf("a window of %s holds fewer than %d scrapes every %s or %d evaluations every %s",
					text(w), minScrapes, text(scrape), minEvaluations, text(evaluation)),
				Remedy: "use a window of at least " + text(least) + ", or scrape and evaluate more often",
			})
		}
		if pair.For > 0 && pair.For < evaluation {
			findings = append(findings, Finding{
				Code: "for-shorter-than-evaluation", Level: "info", Path: p.Name, Text: pair.name(),
				Reason: fmt.Sprintf("a hold of %s ends only at the next evaluation, after %s", text(pair.For), text(evaluation)),
				Remedy: "leave the hold out",
			})
		}
	}
	return findings
}

// text prints a duration as people write it: "1h30m", "3d".
func text(d time.Duration) string { return quantity.Duration{Fixed: d}.String() }
