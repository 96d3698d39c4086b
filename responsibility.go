package ownership

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// Responsibility is one promise of a service: an objective, and where its
// events are counted.
//
//	availability: 99.99%        of all events, the share 0.9999 is good
//	latency: p95 < 100ms        of all requests, the share 0.95 takes less than 100 ms
//	error_rate: p99 < 0.01%     of all slices of 5 minutes, the share 0.99 has a
//	                            ratio of errors below 0.0001
//	error_rate: < 0.01%         of all events, at most the share 0.0001 is bad
//
// A latency promise counts requests, so that it can be summed over instances
// and time; no percentile is ever averaged. The window of an objective that
// names none stays zero, which means slo.DefaultWindow.
type Responsibility struct {
	Key       string          // availability, latency or error_rate; empty means that its objective's kind tells
	Objective slo.Objective   // an empty Name is filled in by Objectives
	Indicator rules.Indicator // zero means the service's
	Alerting  BurnRateAlerts  // zero leaves it to CompileOptions
	Revision  string          // tells budgets of one name apart, see rules.SLO; empty means "1"
}

// DefaultSlice is the length of the time slices of an error_rate line that
// gives none.
const DefaultSlice = 5 * time.Minute

// The keys of a responsibility.
const (
	availabilityKey = "availability"
	latencyKey      = "latency"
	errorRateKey    = "error_rate"
)

// key is the key under which the responsibility is written.
func (r Responsibility) key() string {
	switch {
	case r.Key != "":
		return r.Key
	case r.Objective.Kind == slo.Latency:
		return latencyKey
	case r.Objective.Kind == slo.TimeSlices:
		return errorRateKey
	}
	return availabilityKey
}

// name is the objective's name if it has none of its own: availability,
// latency-p95, error-rate-p99, error-rate.
func (r Responsibility) name() string {
	base := strings.ReplaceAll(r.key(), "_", "-")
	if r.Objective.Kind == slo.Events {
		return base
	}
	return base + "-" + quantileText(r.Objective.Target)
}

// quantileText is "p95" for 0.95, empty when unset.
func quantileText(r slo.Ratio) string {
	if r.IsZero() {
		return ""
	}
	return "p" + strings.TrimSuffix(r.Percent(), "%")
}

// Objectives are the objectives in the order of the document, with the
// service's name and with names of their own that are unique in the service: a
// name from the document wins, the others are made from the line
// (availability, latency-p95, error-rate-p99). The slice is the caller's.
func (s Service) Objectives() []slo.Objective {
	out := make([]slo.Objective, len(s.Responsibilities))
	taken := make(map[string]bool, len(out))
	for _, r := range s.Responsibilities {
		taken[r.Objective.Name] = true
	}
	for i, r := range s.Responsibilities {
		o := r.Objective
		o.Service = s.Name
		if o.Name == "" {
			name := r.name()
			for n := 2; taken[name]; n++ {
				name = r.name() + "-" + strconv.Itoa(n)
			}
			taken[name] = true
			o.Name = name
		}
		out[i] = o
	}
	return out
}
