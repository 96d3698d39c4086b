package ownership

import (
	"cmp"
	"slices"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// alerts checks the alerts one by one, against the objectives, and against the
// rollback threshold.
func (c *checker) alerts() {
	for i, a := range c.s.Alerts {
		at := item("monitoring.alerts", i)
		if a.Name == "" && c.s.origin == nil {
			c.add("missing", diag.Error, at+".name", "the key is missing", "add it")
		}
		if first := slices.IndexFunc(c.s.Alerts[:i], func(b Alert) bool { return b.Name == a.Name }); first >= 0 && a.Name != "" {
			c.add("duplicate", diag.Error, at+".name", "two alerts have that name; the other is "+item("monitoring.alerts", first), "rename one of them")
		}
		if c.s.origin == nil && a.Condition.Threshold.IsZero() {
			c.add("missing", diag.Error, at+".threshold", "the key is missing", "add it, such as threshold: 0.1%")
		}
		c.watches(at, a)
		c.routing(at, a)
		c.againstRollback(at, a)
		c.againstObjective(at, a)
	}
}

// watches checks what an alert looks at.
func (c *checker) watches(at string, a Alert) {
	if a.Objective != "" && c.s.watched(a, c.objectives) < 0 {
		names := make([]string, len(c.objectives))
		for i, o := range c.objectives {
			names[i] = o.Name
		}
		c.add("undefined-objective", diag.Error, at+".objective", "the service has no objective of that name", didYouMean(a.Objective, names))
	}
	cond := a.Condition
	path := at + ".threshold"
	if c.s.origin != nil {
		if _, ok := c.s.origin.at[at+".metric"]; ok {
			path = at + ".metric"
		}
	}
	known := []string{errorRateKey, latencyKey, "burn_rate", "traffic"}
	for _, m := range c.s.Capacity.Metrics {
		known = append(known, identifier(m.Name))
	}
	if m := cond.metric(); m != "" && !slices.Contains(known, m) {
		c.add("unknown-metric", diag.Warning, path, "no objective and no metric of capacity_planning is named "+m, didYouMean(m, known))
	}
	if cond.Comparator == "<" || cond.Comparator == "<=" {
		if m := cond.metric(); m == errorRateKey || m == latencyKey || m == "burn_rate" {
			c.add("direction", diag.Warning, path, "the alert fires while "+m+" is low, that is while all is well", "write >")
		}
	}
	if cond.Hold == 0 && !cond.Threshold.IsZero() {
		c.add("default-hold", diag.Info, at+".threshold", "no hold is given, so "+short(DefaultHold)+" counts", "write hold: "+short(DefaultHold)+" or another")
	}
}

// routing checks who is told.
func (c *checker) routing(at string, a Alert) {
	if a.Handler == "" {
		if c.s.origin == nil || !c.has(at+".handler") {
			c.add("no-handler", diag.Warning, at+".handler", "nobody is told when the alert fires", "add handler: and a handler of the team, such as slack")
		}
		return
	}
	h := Handler{Name: a.Handler}
	if c.team != nil {
		if own, ok := c.team.Handler(a.Handler); ok {
			h = own
		}
	}
	if a.Severity == alerting.Page && !h.Wakes() && (h.known() || c.team != nil && c.defined(a.Handler)) {
		c.add("critical-without-page", diag.Warning, at+".handler", "the alert must wake somebody, and "+h.TypeOf()+" does not", "use a handler that pages, such as pagerduty, or severity: warning")
	}
}

func (c *checker) has(path string) bool {
	_, ok := c.s.origin.at[path]
	return ok
}

func (c *checker) defined(handler string) bool {
	_, ok := c.team.Handler(handler)
	return ok
}

// againstRollback compares an alert's threshold with the release's.
func (c *checker) againstRollback(at string, a Alert) {
	cond, back := c.s.ConditionOf(a), c.s.Release.Rollback
	if back.IsZero() || back.metric() != cond.Metric || above(cond.Comparator) != above(back.Comparator) || !above(cond.Comparator) {
		return
	}
	if cond.Metric == latencyKey && !back.Quantile.IsZero() && back.Quantile != cond.Quantile {
		return
	}
	switch compare(cond.Threshold, back.Threshold) {
	case 1:
		c.add("alert-above-rollback", diag.Warning, at+".threshold", "the alert needs more than "+cond.Threshold.String()+" but a release is taken back above "+back.Threshold.String()+", so after its promotion the same failure would page nobody", "lower the alert's threshold to "+back.Threshold.String()+" or less")
	case -1:
		c.add("alert-below-rollback", diag.Info, at+".threshold", "the alert fires above "+cond.Threshold.String()+", before a release is taken back above "+back.Threshold.String(), "nothing, if somebody is meant to look first")
	}
}

func above(comparator string) bool {
	return comparator == "" || comparator == ">" || comparator == ">="
}

// compare orders two thresholds of the same kind; 0 if they are equal or not
// comparable.
func compare(a, b Threshold) int {
	switch {
	case !a.Ratio.IsZero() && !b.Ratio.IsZero():
		return a.Ratio.Compare(b.Ratio)
	case a.Duration > 0 && b.Duration > 0:
		return cmp.Compare(a.Duration, b.Duration)
	case a.Number > 0 && b.Number > 0:
		return cmp.Compare(a.Number, b.Number)
	}
	return 0
}

// againstObjective tells when an alert stays silent although a promise is
// broken, or fires although it is kept.
func (c *checker) againstObjective(at string, a Alert) {
	i := c.s.watched(a, c.objectives)
	cond := c.s.ConditionOf(a)
	if i < 0 || !above(cond.Comparator) {
		return
	}
	o := c.objectives[i]
	var promised Threshold
	switch {
	case cond.Metric == latencyKey && o.Kind == slo.Latency && cond.Quantile == o.Target:
		promised.Duration = o.Latency.Threshold
	case cond.Metric == errorRateKey && o.Kind == slo.TimeSlices:
		promised.Ratio = o.Slice.Bound
	case cond.Metric == errorRateKey && o.Kind == slo.Events:
		promised.Ratio = o.Budget()
	default:
		return
	}
	switch compare(cond.Threshold, promised) {
	case 1:
		c.add("alert-beyond-objective", diag.Info, at+".threshold", "the alert needs more than "+cond.Threshold.String()+", "+times(cond.Threshold, promised)+" the "+promised.String()+" that "+o.Name+" promises; between the two only the burn-rate alerts tell", "nothing, if the burn-rate alerts are in use")
	case -1:
		c.add("alert-within-objective", diag.Info, at+".threshold", "the alert fires above "+cond.Threshold.String()+", while "+o.Name+" still keeps its promise of "+promised.String(), "raise it to "+promised.String()+", unless an early warning is meant")
	}
}

// times is how many times b fits into a, for people.
func times(a, b Threshold) string {
	v := 0.0
	switch {
	case b.Duration > 0:
		v = float64(a.Duration) / float64(b.Duration)
	case b.Ratio.Sign() > 0:
		v = a.Ratio.Float64() / b.Ratio.Float64()
	default:
		return "more than"
	}
	return number(round(v)) + " times"
}
