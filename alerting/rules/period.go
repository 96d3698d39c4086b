package rules

import (
	"maps"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// periodRecords is the budget of the whole period and what describes it.
func (c *compiler) periodRecords() []Rule {
	labels := maps.Clone(c.Labels)
	if labels == nil {
		labels = make(map[string]string, 5)
	}
	maps.Copy(labels, c.identity)
	labels["objective"] = c.Objective.Target.String()
	labels["period"] = c.Objective.Period().String()
	rules := []Rule{
		c.record(recordObjective, "vector("+c.Objective.Target.String()+")"),
		{Record: recordInfo, Expr: "vector(1)", Labels: labels},
	}
	if c.withoutPeriod {
		return rules
	}
	w := c.Objective.Period()
	if w.Calendar != slo.NoCalendar {
		c.find("no-period-record", "info", w.String(), "Prometheus has no calendar windows, so no record holds the budget of the period", "ask package slo, which has exact calendar windows")
		return rules
	}
	rules = append(rules, c.record(recordWindow, "vector("+strconv.FormatFloat(w.Length.Seconds(), 'f', -1, 64)+")"))
	if c.hasCoarsePair() {
		// Samples of the coarser pair are a period interval apart and average over one, so they
		// neither overlap nor leave out anything.
		p := promyaml.Duration(c.periodInterval)
		rules = append(rules,
			c.record(recordTotal+p, "avg_over_time("+c.staged.total+c.sel+"["+p+"])"),
			c.record(recordBad+p, "avg_over_time("+c.staged.bad+c.sel+"["+p+"])"))
	}
	bad, total, _ := c.overPeriod()
	rules = append(rules,
		c.record(recordPeriod, bad+"\n/\n("+total+" > 0)"),
		c.record(recordRemaining, "1 - "+recordPeriod+c.sel+" / "+c.Objective.Budget().String()))
	if c.lowTraffic() {
		rules = append(rules, c.spentAlert())
	}
	return rules
}

// hasCoarsePair reports whether the period has a pair of its own. Slices are as
// coarse already; and where the base window is as long as the period's
// interval, a second pair would bear its name.
func (c *compiler) hasCoarsePair() bool { return !c.sliced() && c.periodInterval != c.base }

// overPeriod is the sums over the period of the bad events and of all events per
// second, or of slices, and how far apart their samples are.
func (c *compiler) overPeriod() (bad, total string, step time.Duration) {
	from := c.staged
	if c.hasCoarsePair() {
		p := promyaml.Duration(c.periodInterval)
		from = stage{recordBad + p, recordTotal + p, c.periodInterval, c.periodInterval}
	}
	rng := c.sel + "[" + promyaml.Duration(c.Objective.Period().Length) + "])"
	return "sum_over_time(" + from.bad + rng, "sum_over_time(" + from.total + rng, from.step
}
