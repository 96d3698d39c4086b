package slo

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Sample is one measured value, as of a gauge.
type Sample struct {
	Time  time.Time `json:"time"`
	Value float64   `json:"value"`
}

// slack is by how much, relatively, two measurements of the same events may
// contradict each other and still be taken for equal: increase() extrapolates
// each series on its own.
const slack = 1e-9

// FromGood is the counts of total events of which good were good. Good events
// may exceed the total by a relative 1e-9, as extrapolated counters do; more
// is an error that wraps ErrCounts.
func FromGood(good, total float64) (Counts, error) {
	if good > total && good <= total*(1+slack) {
		good = total
	}
	c := Counts{Bad: total - good, Total: total}
	switch err := (Counts{good, total}).Validate(); {
	case err == nil:
		return c, nil
	case !(good >= 0) || math.IsInf(good, 0):
		return Counts{}, fmt.Errorf("%w: good is %v; it must be a number of events, 0 or more", ErrCounts, good)
	case good > total:
		return Counts{}, fmt.Errorf("%w: %v good of %v in total", ErrCounts, good, total)
	default:
		return Counts{}, err
	}
}

// FromBad is the counts of total events of which bad were bad, with the
// tolerance of FromGood.
func FromBad(bad, total float64) (Counts, error) {
	if bad > total && bad <= total*(1+slack) {
		bad = total
	}
	c := Counts{Bad: bad, Total: total}
	if err := c.Validate(); err != nil {
		return Counts{}, err
	}
	return c, nil
}

// FromRatio is the counts of a measured ratio of good events in [0,1] that
// stands for weight events. Where only ratios are known, a weight of 1 for
// each makes the mean of ratios, in which a quiet minute counts as much as a
// busy one: give the traffic as weight where it is known. The error wraps
// ErrCounts.
func FromRatio(good, weight float64) (Counts, error) {
	if !(good >= 0 && good <= 1) {
		return Counts{}, fmt.Errorf("%w: %v is no ratio between 0 and 1", ErrCounts, good)
	}
	c := Counts{Bad: (1 - good) * weight, Total: weight}
	if err := c.Validate(); err != nil {
		return Counts{}, err
	}
	return c, nil
}

// RatioPoints makes points of the samples of a measured ratio of good events,
// each with the weight (see FromRatio). A sample that is NaN, as 0/0 leaves
// it, is no data and gives no point. Every other sample outside [0,1] is in
// the error, the good ones are returned beside it.
func RatioPoints(samples []Sample, weight float64) ([]Point, error) {
	points := make([]Point, 0, len(samples))
	var errs []error
	for _, s := range samples {
		if math.IsNaN(s.Value) {
			continue
		}
		c, err := FromRatio(s.Value, weight)
		if err != nil {
			errs = append(errs, fmt.Errorf("sample at %s: %w", s.Time.Format(time.RFC3339), err))
			continue
		}
		points = append(points, Point{s.Time, c})
	}
	return points, errors.Join(errs...)
}

// ErrorsAndLatency joins failures and slowness in one objective: a request is
// good if it succeeded in time.
type ErrorsAndLatency struct {
	Total  float64 `json:"total"`
	Errors float64 `json:"errors"` // requests that failed
	Slow   float64 `json:"slow"`   // requests above the latency threshold
	// SlowIncludesErrors says that Slow was counted over all requests, failed
	// ones too, so that some are in both numbers.
	SlowIncludesErrors bool `json:"slow_includes_errors,omitempty"`
}

// Counts is the bad and all requests. Where failed requests may be among the
// slow ones, how many are in both is unknown, and bad is the most it can be,
// min(Errors+Slow, Total): certain is false then, unless one of the two is 0,
// and at least max(Errors, Slow) are bad. Errors wrap ErrCounts.
func (m ErrorsAndLatency) Counts() (c Counts, certain bool, err error) {
	if err := errors.Join((Counts{m.Errors, m.Total}).Validate(), (Counts{m.Slow, m.Total}).Validate()); err != nil {
		return Counts{}, false, err
	}
	if m.SlowIncludesErrors {
		return Counts{min(m.Errors+m.Slow, m.Total), m.Total}, m.Errors == 0 || m.Slow == 0, nil
	}
	c, err = FromBad(m.Errors+m.Slow, m.Total)
	return c, err == nil, err
}
