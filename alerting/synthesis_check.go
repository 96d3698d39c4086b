package alerting

import (
	"errors"
	"fmt"
	"slices"
)

func (o SynthesisOptions) validate() error {
	var errs []error
	if len(o.Traffic.Requests) > 0 || o.Traffic.Step != 0 {
		errs = append(errs, o.Traffic.Validate())
	}
	if !(o.Healthy >= 0 && o.Healthy < 1) {
		errs = append(errs, fmt.Errorf("%w: healthy error ratio %v; it must be at least 0 and below 1", ErrOptions, o.Healthy))
	}
	if o.Pairs < 0 || o.Pairs > 8 {
		errs = append(errs, fmt.Errorf("%w: at most %d pairs; between 1 and 8 can be searched for", ErrOptions, o.Pairs))
	}
	errs = append(errs, AnalyserOptions{Delays: o.Delays}.validate())
	return errors.Join(errs...)
}

// maxDetect bounds the detections of a severity, as the search is exponential in them.
const maxDetect = 8

func (b Bounds) validate(budget float64, traffic bool) error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrOptions}, args...)...))
	}
	if b.Severity < Info || b.Severity > Page {
		add("bounds without a severity; set Page, Ticket or Info")
	}
	if len(b.Detect) == 0 || len(b.Detect) > maxDetect {
		add("%v bounds with %d detections; between 1 and %d are needed", b.Severity, len(b.Detect), maxDetect)
	}
	for _, d := range b.Detect {
		if !(d.ErrorRatio > budget && d.ErrorRatio <= 1) {
			add("detection of an error ratio of %v; it must be above the budget %v and at most 1", d.ErrorRatio, budget)
		}
		if d.Within <= 0 {
			add("detection within %v; it must be positive", d.Within)
		}
	}
	if !(b.BudgetShare >= 0 && b.BudgetShare <= 1e6) {
		add("a share %v of the budget at detection; it must not be negative", b.BudgetShare)
	}
	if b.Reset < 0 {
		add("reset %v is negative", b.Reset)
	}
	if !(b.FalseAlarms >= 0 && b.FalseAlarms <= 1e12) {
		add("%v false alarms a month; it must not be negative", b.FalseAlarms)
	}
	if b.FalseAlarms > 0 && !traffic {
		add("a bound on false alarms needs the traffic")
	}
	return errors.Join(errs...)
}

// distinct refuses two sets of bounds for one severity.
func distinct(bounds []Bounds) error {
	var seen []Severity
	for _, b := range bounds {
		if slices.Contains(seen, b.Severity) {
			return fmt.Errorf("%w: two sets of bounds for %v; join them", ErrOptions, b.Severity)
		}
		seen = append(seen, b.Severity)
	}
	return nil
}

// MarshalJSON writes durations in seconds.
func (b Bounds) MarshalJSON() ([]byte, error) { return marshalStruct(b) }

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Bounds) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, b) }

// MarshalJSON writes durations in seconds.
func (d DetectBound) MarshalJSON() ([]byte, error) { return marshalStruct(d) }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *DetectBound) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, d) }
