package rules

import (
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
)

// The alerts of this file tell when the rules themselves can no longer be
// trusted.

// noDataAlert fires when the series had traffic and are gone. A service that is
// merely idle still has its series, with rate 0.
func (c *compiler) noDataAlert() Rule {
	b := promyaml.Duration(c.base)
	bad, total := recordBad+b+c.sel, recordTotal+b+c.sel
	gap := c.gap()
	// Past the gap the alert must last through its hold and well beyond.
	expr := "max_over_time(" + total + "[" + promyaml.Duration(max(time.Hour, 3*gap)) + "]) > 0\nunless\nlast_over_time(" + total + "[" + promyaml.Duration(gap) + "])"
	description := "The series behind this objective had traffic within the last hour and are gone. Either the targets are down or their metrics were renamed; until they return, nothing watches the error budget."
	if 3*gap > time.Hour {
		description = strings.Replace(description, "the last hour", "the last "+promyaml.Duration(3*gap), 1)
	}
	if c.src.needsBucket {
		expr += "\nor\n" + total + " > 0 unless " + bad
		description += " Or the histogram has no bucket whose bound is the objective's threshold."
	}
	return Rule{
		Alert: AlertNoData, Expr: expr, For: 10 * time.Minute, Labels: c.alertLabels(c.noData),
		Annotations: c.annotate(map[string]string{
			"summary":     "No data for " + template(c.Objective.Name) + " of " + template(c.Objective.Service),
			"description": description,
		}),
	}
}

// inputAlert fires when the counts contradict each other. It stands in the
// group that records them, so that it compares values of one instant.
func (c *compiler) inputAlert() Rule {
	b := promyaml.Duration(c.base)
	bad, total := recordBad+b+c.sel, recordTotal+b+c.sel
	what := "more bad events than events"
	expr := bad + " > 1.001 * " + total + "\nor\n" + bad + " < 0"
	if c.src.good != "" {
		// The recorded bad events are never negative, so the good ones are
		// asked for themselves.
		what = "more good events than events"
		expr = c.src.good + "\n> on (" + strings.Join(c.Indicator.GroupBy, ", ") + ")\n1.001 * " + total
	}
	return Rule{
		Alert: AlertInvalid, Expr: expr, For: 15 * time.Minute, Labels: c.alertLabels(alerting.Ticket),
		Annotations: c.annotate(map[string]string{
			"summary":     "M" + what[1:] + " for " + template(c.Objective.Name) + " of " + template(c.Objective.Service),
			"description": "The indicator counts " + what + ", so its error ratio is wrong. Check that both queries select the same requests.",
		}),
	}
}
