package rules

import (
	"cmp"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// Cost is what evaluating rules reads, in samples an hour.
type Cost struct {
	Rules int
	// Recorded samples are those of the rules' own records, for each group that
	// the indicators group by.
	RecordedPerHour float64
	// Raw samples are those of the source's series: multiply by the number of
	// series that the selectors match, since each expression is counted as if it
	// matched one.
	RawPerHour float64
}

// Cost estimates what a server reads for the rules, at the intervals at which
// the options compile, once every window holds a full history. Ranges are
// counted by the spacing of their samples, subqueries by their steps. Errors wrap
// ErrOptions or are the parser's. Cost: about 20 µs an expression.
func (s RuleSet) Cost(opt Options) (Cost, error) {
	if _, err := opt.timing(); err != nil {
		return Cost{}, err
	}
	scrape := cmp.Or(opt.ScrapeInterval, defaultScrape)
	type record struct{ name, service, slo string }
	spacing := make(map[record]time.Duration)
	for _, g := range s.Groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				spacing[record{r.Record, r.Labels["service"], r.Labels["slo"]}] = g.Interval
			}
		}
	}
	var total Cost
	for _, g := range s.Groups {
		perHour := float64(time.Hour) / float64(g.Interval)
		for _, r := range g.Rules {
			e, err := parse(r.Expr)
			if err != nil {
				return Cost{}, err
			}
			total.Rules++
			parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
				v, ok := n.(*parser.VectorSelector)
				if !ok {
					return nil
				}
				every, recorded := spacing[record{v.Name, r.Labels["service"], r.Labels["slo"]}]
				if !recorded {
					every = scrape
				}
				samples := 1.0
				for _, parent := range path {
					switch p := parent.(type) {
					case *parser.MatrixSelector:
						samples *= max(1, float64(p.Range)/float64(every))
					case *parser.SubqueryExpr:
						samples *= max(1, float64(p.Range)/float64(cmp.Or(p.Step, g.Interval)))
					}
				}
				if recorded {
					total.RecordedPerHour += samples * perHour
				} else {
					total.RawPerHour += samples * perHour
				}
				return nil
			})
		}
	}
	return total, nil
}
