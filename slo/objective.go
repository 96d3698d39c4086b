package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Kind is what an objective counts.
type Kind int

// The kinds of objective.
const (
	// Events counts events: good requests of all valid requests.
	Events Kind = iota
	// Latency counts requests answered within a threshold, from a histogram.
	Latency
	// TimeSlices counts slices of time in which the ratio of bad events
	// stayed within a bound.
	TimeSlices
	// RatioSlices counts slices of time, each with its ratio of bad events, so
	// that a quiet hour weighs as much as a busy one. A mean of ratios is this
	// kind and no other.
	RatioSlices
)

var kindNames = [...]string{"events", "latency", "time_slices", "ratio_time_slices"}

// String is the kind's name as it is written in a spec.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what String writes.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q of objective; write events, latency, time_slices or ratio_time_slices", text)
}

// LatencyBound is the threshold under which a request counts as good.
type LatencyBound struct {
	Threshold time.Duration `json:"threshold_seconds"`
	Inclusive bool          `json:"inclusive,omitempty"` // a request that takes exactly Threshold is good (<=)
}

type latencyBound LatencyBound

// MarshalJSON writes the threshold as a number of seconds.
func (b LatencyBound) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Threshold wire.Seconds `json:"threshold_seconds"`
		latencyBound
	}{wire.Seconds(b.Threshold), latencyBound(b)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *LatencyBound) UnmarshalJSON(text []byte) error {
	v := struct {
		Threshold wire.Seconds `json:"threshold_seconds"`
		*latencyBound
	}{latencyBound: (*latencyBound)(b)}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	b.Threshold = time.Duration(v.Threshold)
	return nil
}

// Objective is a promise about a service: that of all events (or slices of
// time) in the window at least the share Target is good.
type Objective struct {
	Service     string       `json:"service,omitempty"`
	Name        string       `json:"name,omitempty"`
	Description string       `json:"description,omitempty"`
	Kind        Kind         `json:"kind"`
	Target      Ratio        `json:"target"`           // in (0,1)
	Window      Window       `json:"window,omitzero"`  // zero means DefaultWindow
	Latency     LatencyBound `json:"latency,omitzero"` // of kind Latency
	Slice       SliceRule    `json:"slice,omitzero"`   // of kinds TimeSlices and RatioSlices; the latter has no Bound
}

// ErrObjective is what every error about an objective wraps.
var ErrObjective = errors.New("not an objective")

// Validate returns every defect of o joined into one error, nil if there is
// none. A target of 100 % is refused: it leaves no budget to spend or measure,
// and every threshold derived from it would be nought.
func (o Objective) Validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w %q: "+format, append([]any{ErrObjective, o.Name}, args...)...))
	}
	switch {
	case o.Target.IsZero():
		add("no target; write a ratio below 100%%, such as 99.9%%")
	case o.Target.Sign() == 0:
		add("target 0%% promises nothing; write a ratio between 0%% and 100%%")
	case o.Budget().Sign() == 0:
		add("target 100%% leaves no error budget; write a ratio below 100%%, such as 99.99%%")
	}
	if !o.Window.IsZero() {
		if err := o.Window.Validate(); err != nil {
			add("%w", err)
		}
	}
	switch o.Kind {
	case Events:
	case Latency:
		if o.Latency.Threshold <= 0 {
			add("latency threshold %v is not positive; write a duration such as 100ms", o.Latency.Threshold)
		}
	case TimeSlices:
		switch {
		case o.Slice.Bound.IsZero():
			add("slices have no bound; write the ratio of bad events that a good slice may hold, such as 0.01%%")
		case o.Slice.Bound.Sign() == 0 && !o.Slice.Inclusive:
			add("no slice can hold less than 0%% of bad events; make the bound inclusive or raise it")
		}
		fallthrough
	case RatioSlices:
		if o.Slice.Length <= 0 {
			add("slice length %v is not positive; write a duration such as 5m", o.Slice.Length)
		} else if w := o.Period(); w.ShortestLength() < o.Slice.Length {
			add("slice of %v is longer than the window %v", o.Slice.Length, w)
		}
		if o.Slice.Empty < EmptyGood || o.Slice.Empty > EmptyBad {
			add("unknown policy %d for an empty slice; use EmptyGood, EmptyExcluded or EmptyBad", int(o.Slice.Empty))
		}
	default:
		add("unknown kind %d", int(o.Kind))
	}
	return errors.Join(errs...)
}

// Period is the objective's window, the default one where none is set.
func (o Objective) Period() Window {
	if o.Window.IsZero() {
		return DefaultWindow()
	}
	return o.Window
}

// Budget is the error budget as an exact ratio: 1 - Target.
func (o Objective) Budget() Ratio { return o.Target.Complement() }

// Downtime is the budget in time: how long everything may fail in the period
// that holds now, if traffic is even. Exact across clock changes: a 31-day
// month with a spring change has 743 hours. It is 0 for an invalid window.
func (o Objective) Downtime(now time.Time) time.Duration {
	start, end := o.Period().Bounds(now)
	return o.Budget().OfDuration(end.Sub(start))
}

// Count is what the points of (start, end] weigh under the objective: their
// sum, or for the slice kinds the slices that they fold into. In a calendar
// window slices are aligned to the beginning of the period that holds end (a
// zone may be half an hour off), otherwise to the Unix epoch; see
// SliceRule.Count. Points that are not valid make the counts invalid.
func (o Objective) Count(points []Point, start, end time.Time) Counts {
	if o.Kind != TimeSlices && o.Kind != RatioSlices {
		return Sum(points, start, end)
	}
	if o.Slice.Length <= 0 {
		return Counts{}
	}
	return o.Slice.countFrom(points, o.firstSlice(start, end), end, o.Kind == RatioSlices)
}

// firstSlice is where the first whole slice of (start, end] begins.
func (o Objective) firstSlice(start, end time.Time) time.Time {
	length, w := o.Slice.Length, o.Period()
	if w.Calendar == NoCalendar {
		return ceilTo(start, length)
	}
	anchor, _ := w.Bounds(end)
	if !anchor.Before(end) { // end is a boundary: the slices are those of the unit before
		anchor, _ = w.Bounds(end.Add(-1))
	}
	behind := start.Sub(anchor)
	if behind > 0 {
		behind += length - 1
	}
	return anchor.Add(behind / length * length)
}
