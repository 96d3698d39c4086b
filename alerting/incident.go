package alerting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/srekit/ownership/slo"
)

// Incident is a stretch of time in which alerts should fire: [Start, End).
type Incident struct {
	Name  string    `json:"name,omitempty"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// IncidentRule derives incidents from the points themselves, where nobody has
// written them down: stretches of time that spend at least Share of the
// period's budget within Within. The zero value means 2 % within an hour.
type IncidentRule struct {
	Share  float64       `json:"share"` // of the budget, above 0
	Within time.Duration `json:"within_seconds"`
}

// MarshalJSON writes durations in seconds.
func (r IncidentRule) MarshalJSON() ([]byte, error) { return marshalStruct(r) }

// UnmarshalJSON reads what MarshalJSON writes.
func (r *IncidentRule) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, r) }

func (r IncidentRule) orDefault() IncidentRule {
	if r.Share == 0 {
		r.Share = 0.02
	}
	if r.Within == 0 {
		r.Within = time.Hour
	}
	return r
}

func (r IncidentRule) validate() error {
	var errs []error
	if !(r.Share > 0 && r.Share <= 1e6) {
		errs = append(errs, fmt.Errorf("%w: incidents of a share %v of the budget; it must be above 0", ErrOptions, r.Share))
	}
	if r.Within <= 0 || r.Within > maxWindow {
		errs = append(errs, fmt.Errorf("%w: incidents within %v; it must be positive and at most 10 years", ErrOptions, r.Within))
	}
	return errors.Join(errs...)
}

// FindIncidents finds the incidents in recorded points (unsorted ones too): every
// window of length r.Within whose bad events are at least r.Share of those that a
// period of the points' mean traffic allows, shortened at both ends to the
// intervals that spend budget faster than it accrues, and joined where they
// overlap. The cost is linear in the number of points.
//
// Errors wrap ErrOptions, ErrHistory and slo.ErrObjective, or are the context's.
func FindIncidents(ctx context.Context, o slo.Objective, points []slo.Point, r IncidentRule) ([]Incident, error) {
	r = r.orDefault()
	if err := errors.Join(o.Validate(), r.validate()); err != nil {
		return nil, err
	}
	h, err := newHistory(ctx, points)
	if err != nil {
		return nil, err
	}
	var incidents []Incident
	for _, s := range h.incidents(o.Budget(), o.Period().ShortestLength(), r) {
		incidents = append(incidents, Incident{Start: instant(s.start), End: instant(s.end)})
	}
	return incidents, nil
}

func (h *history) incidents(budget slo.Ratio, period time.Duration, r IncidentRule) []span {
	allowed, ok := h.allowance(budget, period)
	if !ok {
		return nil
	}
	need := r.Share * allowed
	fast := exceedsRat(budget.Rat(), budget.Float64())
	burns := func(i int) bool { // the interval that ends at point i spends too fast
		return fast.by(h.bad[i+1]-h.bad[i], h.total[i+1]-h.total[i])
	}
	var spans []span
	low := 0
	// first and last are the outermost burning points of the window.
	first, last := 0, -1
	for i, now := range h.times {
		for h.times[low] <= now-int64(r.Within) {
			low++
		}
		if burns(i) {
			last = i
		}
		if bad, _ := h.events(low, i+1); bad < need || last < low {
			continue
		}
		for first = max(first, low); !burns(first); {
			first++
		}
		s := span{start: h.before(first), end: h.times[last]}
		if n := len(spans); n > 0 && s.start <= spans[n-1].end {
			spans[n-1].end = max(spans[n-1].end, s.end)
		} else {
			spans = append(spans, s)
		}
	}
	return spans
}

// before is the start of the interval that ends at point i.
func (h *history) before(i int) int64 {
	if i == 0 {
		return h.start
	}
	return h.times[i-1]
}
