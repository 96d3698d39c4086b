package ownership

import (
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// YAML is the service as a spec: a line where a line says it all, the
// structured form elsewhere, keys in the order of docs/spec.md. What Read makes
// of it is the same service. Findings and comments are not kept; a service with
// values that Validate calls errors may print what Read refuses.
func (s Service) YAML() []byte {
	var w writer
	w.version(s.Version)
	w.open("service")
	w.service(s)
	return w.bytes()
}

func (w *writer) service(s Service) {
	w.value("name", s.Name)
	w.value("owner_team", s.OwnerTeam)
	w.value("description", s.Description)
	if s.Kind != KindService {
		w.value("kind", s.Kind.String())
	}
	w.value("area", s.Area)
	w.raw("tier", s.Tier.String())
	w.raw("customer_facing", flag(s.CustomerFacing))
	if len(s.DependsOn) > 0 {
		w.open("depends_on")
		for _, d := range s.DependsOn {
			if !d.Soft {
				w.item(d.Name)
				continue
			}
			w.begin()
			w.value("name", d.Name)
			w.value("strength", "soft")
			w.close()
		}
		w.close()
	}
	w.value("traffic", s.Traffic.String())
	w.indicator(s.Indicator)
	if len(s.Responsibilities) > 0 {
		w.open("responsibilities")
		for _, r := range s.Responsibilities {
			w.begin()
			w.responsibility(r)
			w.close()
		}
		w.close()
	}
	if len(s.Alerts) > 0 {
		w.open("monitoring")
		w.open("alerts")
		for _, a := range s.Alerts {
			w.begin()
			w.alert(a)
			w.close()
		}
		w.close()
		w.close()
	}
	if !s.Schedule.IsZero() || len(s.Runbooks) > 0 {
		w.open("incident_response")
		w.schedule("oncall_schedule", s.Schedule)
		if len(s.Runbooks) > 0 {
			w.open("runbooks")
			for _, r := range s.Runbooks {
				w.begin()
				w.value("path", r.Path)
				w.flow("alerts", r.Alerts)
				w.close()
			}
			w.close()
		}
		w.close()
	}
	w.capacity(s.Capacity)
	w.release(s.Release)
}

func (w *writer) indicator(in rules.Indicator) {
	if zeroIndicator(in) {
		return
	}
	w.open("indicator")
	w.value("preset", in.Preset)
	w.value("selector", in.Selector)
	w.value("bad", in.Bad)
	w.value("good", in.Good)
	w.value("total", in.Total)
	buckets := make([]string, len(in.Buckets))
	for i, b := range in.Buckets {
		buckets[i] = length(time.Duration(b*1e9 + .5))
	}
	w.flow("buckets", buckets)
	w.raw("native_histogram", flag(in.NativeHistogram))
	w.flow("group_by", in.GroupBy)
	w.close()
}

func (w *writer) responsibility(r Responsibility) {
	o := r.Objective
	if o.Name == r.name() {
		o.Name = ""
	}
	if line, ok := promiseLine(r); ok && o.Name == "" && o.Description == "" && zeroIndicator(r.Indicator) && r.Alerting.isZero() && r.Revision == "" {
		w.value(r.key(), line)
		return
	}
	w.open(r.key())
	w.depth++ // below the key of an item
	bound := func(inclusive bool, text string) {
		if inclusive {
			w.value("at_most", text)
		} else {
			w.value("below", text)
		}
	}
	switch {
	case o.Kind == slo.Latency:
		w.value("target", o.Target.Percent())
		bound(o.Latency.Inclusive, length(o.Latency.Threshold))
	case o.Kind == slo.TimeSlices:
		w.value("target", o.Target.Percent())
		bound(o.Slice.Inclusive, o.Slice.Bound.Percent())
		if o.Slice.Length != DefaultSlice {
			w.value("slice", length(o.Slice.Length))
		}
		if o.Slice.Empty != slo.EmptyGood {
			w.value("empty_slices", o.Slice.Empty.String())
		}
	case r.key() == errorRateKey:
		bound(true, o.Budget().Percent())
	default:
		w.value("target", o.Target.Percent())
	}
	w.value("name", o.Name)
	w.value("description", o.Description)
	w.value("window", o.Window.String())
	w.indicator(r.Indicator)
	w.burnRateAlerts(r.Alerting)
	w.value("revision", r.Revision)
	w.depth--
	w.close()
}

// promiseLine is a promise in one line; ok is false if a line does not hold it.
func promiseLine(r Responsibility) (line string, ok bool) {
	o := r.Objective
	less := func(inclusive bool) string {
		if inclusive {
			return " <= "
		}
		return " < "
	}
	switch {
	case o.Kind == slo.Latency:
		line = quantileText(o.Target) + less(o.Latency.Inclusive) + length(o.Latency.Threshold)
	case o.Kind == slo.TimeSlices:
		if o.Slice.Length != DefaultSlice || o.Slice.Empty != slo.EmptyGood {
			return "", false
		}
		line = quantileText(o.Target) + less(o.Slice.Inclusive) + o.Slice.Bound.Percent()
	case r.key() == errorRateKey:
		line = "<= " + o.Budget().Percent()
	default:
		line = o.Target.Percent()
	}
	switch {
	case o.Window.IsZero():
	case o.Window.Calendar == slo.NoCalendar:
		line += " over " + o.Window.String()
	case o.Window.Location == nil || o.Window.Location.String() == "UTC":
		line += " per " + o.Window.String()
	default:
		return "", false
	}
	return line, true
}

func (w *writer) alert(a Alert) {
	w.value("name", a.Name)
	w.value("description", a.Description)
	w.value("objective", a.Objective)
	c := a.Condition
	w.value("metric", c.Metric)
	w.value("quantile", quantileText(c.Quantile)+c.Aggregate)
	threshold := c.Threshold.String()
	if c.Comparator != "" {
		threshold = c.Comparator + " " + threshold
	}
	w.value("threshold", threshold)
	w.value("hold", length(c.Hold))
	w.value("severity", severityWord(a.Severity))
	w.value("handler", a.Handler)
	w.value("runbook", a.Runbook)
}

func (w *writer) capacity(c Capacity) {
	if len(c.Metrics) == 0 && c.Horizon == 0 && len(c.Season) == 0 {
		return
	}
	w.open("capacity_planning")
	if len(c.Metrics) > 0 {
		w.open("metrics")
		for _, m := range c.Metrics {
			if m.Kind == UnknownMetric && m.Capacity == 0 && m.Query == "" {
				w.item(m.Name)
				continue
			}
			w.begin()
			w.value("name", m.Name)
			w.value("kind", m.Kind.String())
			if m.Capacity != 0 {
				w.raw("capacity", number(m.Capacity))
			}
			w.value("query", m.Query)
			w.close()
		}
		w.close()
	}
	w.value("forecast_horizon", length(c.Horizon))
	seasons := make([]string, len(c.Season))
	for i, s := range c.Season {
		seasons[i] = length(s)
	}
	w.flow("season", seasons)
	w.close()
}

func (w *writer) release(r Release) {
	if len(r.Stages) == 0 && r.Rollback.IsZero() {
		return
	}
	w.open("release_management")
	w.value("canary_deployment_strategy", r.Strategy())
	w.value("rollback_threshold", r.Rollback.String())
	w.close()
}
