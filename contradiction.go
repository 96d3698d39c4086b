package ownership

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// longHorizon is how far ahead a forecast may look without a season: a
// quarter. Beyond it a trend alone says little.
const longHorizon = 13 * 7 * 24 * time.Hour

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

// runbooks checks that alerts and runbooks find each other.
func (c *checker) runbooks() {
	names := make([]string, len(c.s.Alerts))
	used := make(map[string]bool)
	for i, a := range c.s.Alerts {
		names[i] = a.Name
		r, ok := c.s.RunbookOf(a)
		if !ok && a.Name != "" {
			c.add("alert-without-runbook", diag.Warning, item("monitoring.alerts", i)+".name", "no runbook has the alert's name", "add runbooks: - path: …/"+kebab(a.Name)+".md, or name one by the alert's key runbook")
		}
		used[r.Path] = ok
	}
	for i, r := range c.s.Runbooks {
		at := item("incident_response.runbooks", i)
		if r.Path == "" {
			if c.s.origin == nil {
				c.add("missing", diag.Error, at+".path", "the key is missing", "add it")
			}
			continue
		}
		if c.s.origin == nil || c.has(at+".path") {
			at += ".path"
		}
		if first := slices.IndexFunc(c.s.Runbooks[:i], func(b Runbook) bool { return b.Path == r.Path }); first >= 0 {
			c.add("duplicate", diag.Error, at, "the runbook is listed twice", "keep one of them")
			continue
		}
		for j, name := range r.Alerts {
			if !slices.Contains(names, name) {
				c.add("undefined-alert", diag.Error, item(item("incident_response.runbooks", i)+".alerts", j), "the service has no alert of that name", didYouMean(name, names))
			}
		}
		if !used[r.Path] && len(r.Alerts) == 0 {
			reason, remedy := "no alert has the runbook's name", "name its alerts by the key alerts, or rename the file after one"
			for _, name := range names[:min(len(names), maxNear)] {
				if r.title() == bareName(name) {
					reason, remedy = "the alert "+name+" names another runbook", "remove this one, or the alert's key runbook"
				} else if diag.Nearest(r.title(), []string{bareName(name)}) != "" {
					remedy = "did you mean " + kebab(name) + ".md?"
				}
			}
			c.add("runbook-without-alert", diag.Warning, at, reason, remedy)
		}
	}
}

// kebab is the name of the file that answers an alert: high-error-rate for
// HighErrorRateAlert.
func kebab(name string) string {
	var b strings.Builder
	previous := rune(0)
	for _, r := range name {
		lower := strings.ToLower(string(r))
		switch {
		case r == '_' || r == ' ' || r == '-':
			lower = "-"
		case lower != string(r) && previous != 0 && strings.ToLower(string(previous)) == string(previous) && previous != '-' && previous != '_' && previous != ' ':
			b.WriteByte('-')
		}
		b.WriteString(lower)
		previous = r
	}
	return strings.TrimSuffix(strings.TrimSuffix(b.String(), "alert"), "-")
}

// capacity checks what is forecast.
func (c *checker) capacity() {
	p := c.s.Capacity
	for i, m := range p.Metrics {
		at := item("capacity_planning.metrics", i)
		if first := slices.IndexFunc(p.Metrics[:i], func(b Metric) bool { return b.Name == m.Name }); first >= 0 && m.Name != "" {
			c.add("duplicate", diag.Error, at, "the metric is listed twice", "keep one of them")
		} else if m.Name != "" && m.KindOf() == UnknownMetric {
			c.add("unknown-kind", diag.Warning, at, "the name does not tell whether it is a saturation or a demand", "write {name: "+m.Name+", kind: saturation} or kind: demand")
		}
		if m.KindOf() == Saturation && m.Capacity > 1 {
			c.add("value", diag.Warning, at+".capacity", "a saturation is a share in [0,1], and its capacity is above 1", "write at most 1, or kind: demand")
		}
	}
	if p.Horizon > longHorizon && len(p.Season) == 0 {
		c.add("horizon-without-season", diag.Warning, "capacity_planning.forecast_horizon", "a forecast of more than 13 weeks needs to know the year's rhythm", "add season: [1w, 52w], or look at most 13 weeks ahead")
	}
	for i, season := range p.Season {
		if season <= 0 || p.Horizon < 0 {
			c.add("value", diag.Error, item("capacity_planning.season", i), "the length is not positive", "write a duration such as 1w")
		}
	}
}

// release checks the stages and the rollback threshold.
func (c *checker) release() {
	r := c.s.Release
	const strategy, rollback = "release_management.canary_deployment_strategy", "release_management.rollback_threshold"
	stage := func(i int) string {
		if at := item(strategy+".stages", i); c.s.origin == nil || c.has(at) {
			return at
		}
		return strategy
	}
	last := slo.Ratio{}
	for i, s := range r.Stages {
		if s.Traffic.Sign() <= 0 {
			if c.s.origin == nil {
				c.add("value", diag.Error, stage(i), "a stage without traffic shows nothing", "write a share above 0%")
			}
			continue
		}
		if !last.IsZero() && s.Traffic.Compare(last) <= 0 {
			c.add("stages", diag.Error, stage(i), "a stage of "+s.Traffic.Percent()+" follows one of "+last.Percent(), "put the stages in rising order")
		}
		last = s.Traffic
		if s.Hold == 0 && s.Traffic.Complement().Sign() > 0 {
			c.add("stage-without-hold", diag.Warning, stage(i), "the stage of "+s.Traffic.Percent()+" is not held, so nothing is learned from it", "write for how long: "+s.Traffic.Percent()+" for 30m")
		}
	}
	back := r.Rollback
	if len(r.Stages) > 0 && back.IsZero() {
		if c.s.origin == nil || !c.has(rollback) {
			c.add("canary-without-rollback", diag.Warning, strategy, "nothing says when the release is taken back", "add rollback_threshold: 0.1% error rate for 5m")
		}
	}
	if back.IsZero() {
		return
	}
	hold := back.Hold
	if hold == 0 {
		hold = DefaultHold
		c.add("default-hold", diag.Info, rollback, "no hold is given, so "+short(DefaultHold)+" counts", "write it: "+back.Threshold.String()+" error rate for "+short(DefaultHold))
	}
	for i, s := range r.Stages {
		if s.Hold > 0 && s.Hold < hold {
			c.add("rollback-after-stage", diag.Warning, rollback, "it must hold for "+short(hold)+", longer than the stage "+s.String()+" lasts", "shorten the hold or lengthen the stage")
			break
		}
		traffic := s.Traffic.Of(c.s.Traffic.PerSecond()) * hold.Seconds()
		if ratio := back.Threshold.Ratio; traffic > 0 && ratio.Sign() > 0 && ratio.Of(traffic) < 1 {
			c.add("canary-too-small", diag.Warning, stage(i), fmt.Sprintf("at %s of %s the release sees about %s events in %s, so one error already exceeds %s", s.Traffic.Percent(), c.s.Traffic, number(round(traffic)), quantity.Duration{Fixed: hold}.String(), ratio.Percent()), "give it more traffic, or a longer hold")
			break
		}
	}
}

// didYouMean names the nearest candidate, or all of a few.
func didYouMean(word string, candidates []string) string {
	if near := diag.Nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	switch n := len(candidates); {
	case n == 0:
		return "there is none to refer to; add one"
	case n <= 8:
		return "write " + alternatives(candidates)
	}
	return "write the name of one that exists"
}
