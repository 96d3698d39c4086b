package ownership

import (
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

// Alert is a threshold alert of the team's own. It stands beside the burn-rate
// alerts that follow from the objectives, and is checked against them.
type Alert struct {
	Name        string // unique in the service
	Description string
	Objective   string // name of the objective that it watches; empty means the first that fits
	Condition   Condition
	Severity    alerting.Severity // unset means Ticket
	Handler     string            // name of a handler of the team, or a handler's type
	Runbook     string            // path or URL; empty means the service's runbook of the same name
}

// SeverityOf is the alert's severity, Ticket where it has none: an alert that
// does not say that it must wake somebody does not.
func (a Alert) SeverityOf() alerting.Severity {
	if a.Severity == 0 {
		return alerting.Ticket
	}
	return a.Severity
}

// ObjectiveOf is the objective that an alert watches: the one that it names,
// else the first that fits its metric (an error_rate line before an
// availability line) and its quantile. ok is false if there is none.
func (s Service) ObjectiveOf(a Alert) (objective slo.Objective, ok bool) {
	objectives := s.Objectives()
	if i := s.watched(a, objectives); i >= 0 {
		return objectives[i], true
	}
	return slo.Objective{}, false
}

// watched is the index of the objective that an alert watches, or -1.
func (s Service) watched(a Alert, objectives []slo.Objective) int {
	if a.Objective != "" {
		for i, o := range objectives {
			if o.Name == a.Objective {
				return i
			}
		}
		return -1
	}
	first := func(fits func(key string, o slo.Objective) bool) int {
		for i, o := range objectives {
			if fits(s.Responsibilities[i].key(), o) {
				return i
			}
		}
		return -1
	}
	c := a.Condition
	switch c.metric() {
	case latencyKey:
		if !c.Quantile.IsZero() {
			if i := first(func(key string, o slo.Objective) bool { return key == latencyKey && o.Target == c.Quantile }); i >= 0 {
				return i
			}
		}
		return first(func(key string, _ slo.Objective) bool { return key == latencyKey })
	case errorRateKey:
		if i := first(func(key string, _ slo.Objective) bool { return key == errorRateKey }); i >= 0 {
			return i
		}
		return first(func(key string, _ slo.Objective) bool { return key == availabilityKey })
	case "burn_rate":
		return first(func(string, slo.Objective) bool { return true })
	}
	return -1
}

// ConditionOf is an alert's condition with everything filled in that the spec
// leaves out: the metric by the threshold, the quantile of the latency
// objective that it watches, ">" and DefaultHold.
func (s Service) ConditionOf(a Alert) Condition {
	c := a.Condition
	c.Metric = c.metric()
	if c.Comparator == "" {
		c.Comparator = ">"
	}
	if c.Hold == 0 {
		c.Hold = DefaultHold
	}
	if c.Metric == latencyKey && c.Quantile.IsZero() && c.Aggregate == "" {
		if o, ok := s.ObjectiveOf(a); ok && o.Kind == slo.Latency {
			c.Quantile = o.Target
		}
	}
	return c
}

func (d *decoder) alert(n *node, path string) Alert {
	f, ok := d.fields(n, path, alertSection)
	if !ok {
		return Alert{}
	}
	a := Alert{
		Name: f.name("name"), Description: f.str("description"), Objective: f.name("objective"),
		Condition: d.conditionFields(f), Handler: f.name("handler"), Runbook: f.name("runbook"),
	}
	if s, ok := f.text("severity"); ok {
		severity, err := alerting.ParseSeverity(s)
		if err != nil {
			d.fail(f.get("severity"), f.at("severity"), "word", "it is no severity", "write critical (page), warning (ticket) or info")
		}
		a.Severity = severity
	}
	return a
}
