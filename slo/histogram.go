package slo

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrHistogram is what errors about a histogram wrap.
var ErrHistogram = errors.New("not a histogram")

// Below is how many observations of a histogram are below a threshold.
type Below struct {
	// Count is the estimate; the truth is within [Low, High].
	Count float64 `json:"count"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	// Total is all observations.
	Total float64 `json:"total"`
	// Interpolated is set where the threshold is no bound of a bucket with
	// observations, so that Count is an estimate and not a count.
	Interpolated bool `json:"interpolated"`
}

// Counts takes the observations that are not below for bad events.
func (b Below) Counts() Counts { return Counts{Bad: max(0, b.Total-b.Count), Total: b.Total} }

// LatencyHistogram counts observations in buckets: ClassicHistogram and
// NativeHistogram do.
type LatencyHistogram interface {
	CountBelow(threshold float64, inclusive bool) (Below, error)
}

// Count is the counts of a histogram of seconds under the bound: a request
// within the threshold is good. Errors are those of CountBelow.
func (b LatencyBound) Count(h LatencyHistogram) (Counts, error) {
	below, err := h.CountBelow(b.Threshold.Seconds(), b.Inclusive)
	if err != nil {
		return Counts{}, err
	}
	return below.Counts(), nil
}

// ClassicHistogram is a histogram of buckets with fixed bounds, as Prometheus'
// classic histograms are: Counts[i] is the number of observations of at most
// Bounds[i], the le label, all smaller ones included. Bounds rise; the last is
// +Inf, or is left out and Counts has one element more, the number of all
// observations. Counts may be fractional, and fall by a relative 1e-9 where
// rates of several series were added. JSON has no +Inf: leave it out there.
type ClassicHistogram struct {
	Bounds []float64 `json:"bounds"`
	Counts []float64 `json:"counts"`
}

// Validate tells everything that is wrong with h.
func (h ClassicHistogram) Validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrHistogram}, args...)...))
	}
	switch n := len(h.Bounds); {
	case len(h.Counts) == 0:
		add("no buckets")
	case len(h.Counts) == n && !math.IsInf(h.Bounds[n-1], 1):
		add("the last bound is %v and nothing counts all observations; add the bucket +Inf", h.Bounds[n-1])
	case len(h.Counts) != n && len(h.Counts) != n+1:
		add("%d counts for %d bounds", len(h.Counts), n)
	}
	for i, b := range h.Bounds {
		switch {
		case math.IsNaN(b) || math.IsInf(b, -1):
			add("bound %d is %v", i, b)
		case i > 0 && !(b > h.Bounds[i-1]):
			add("bound %v follows %v; bounds must rise", b, h.Bounds[i-1])
		}
	}
	for i, c := range h.Counts {
		switch {
		case !(c >= 0 && c <= math.MaxFloat64):
			add("count %d is %v; it must be a number of observations, 0 or more", i, c)
		case i > 0 && c < h.Counts[i-1]*(1-slack):
			add("count %v follows %v; each bucket includes the smaller ones", c, h.Counts[i-1])
		}
	}
	return errors.Join(errs...)
}

// CountBelow is the number of observations below the threshold, or of at most
// the threshold if inclusive, in the unit of the bounds. At a bound it is
// counted; a classic bucket includes observations of exactly its bound, so if
// not inclusive some of that bucket may be at the threshold itself, and Low
// allows for it. Between bounds observations are taken to be spread evenly over
// their bucket (the first bucket begins at 0 if its bound is positive), and the
// result says so. In the last bucket, whose size is unknown, all are taken to
// be above. Errors wrap ErrHistogram, also for a threshold that is no number.
func (h ClassicHistogram) CountBelow(threshold float64, inclusive bool) (Below, error) {
	if err := errors.Join(h.Validate(), validLimit(threshold)); err != nil {
		return Below{}, err
	}
	s := search{threshold: threshold, inclusive: inclusive, total: h.Counts[len(h.Counts)-1]}
	lower := math.Inf(-1)
	if len(h.Bounds) > 0 && h.Bounds[0] > 0 {
		lower = 0
	}
	for i, upper := range h.Bounds {
		count := min(h.Counts[i], s.total) - s.below
		if s.bucket(lower, upper, count, closedAbove) {
			return s.found, nil
		}
		lower = upper
	}
	if !s.bucket(lower, math.Inf(1), s.total-s.below, closedAbove) {
		return s.all(), nil
	}
	return s.found, nil
}

// search looks for a threshold in buckets that come in order.
type search struct {
	threshold float64
	inclusive bool
	total     float64
	below     float64 // observations in the buckets that ended before the threshold
	found     Below
}

// Of a bucket: which of its bounds it includes, and how its observations are
// taken to be spread.
const (
	closedAbove = 1 << iota
	closedBelow
	exponential
)

// bucket takes the next bucket; done says that found is the answer.
func (s *search) bucket(lower, upper, count float64, shape int) (done bool) {
	t := s.threshold
	if !(count > 0) {
		return false
	}
	answer := func(n, low, high float64, interpolated bool) bool {
		s.found = Below{s.below + n, s.below + low, s.below + high, s.total, interpolated}
		return true
	}
	switch {
	case t == lower && s.inclusive && shape&closedBelow != 0:
		return answer(0, 0, count, false)
	case t <= lower:
		return answer(0, 0, 0, false)
	case t == upper && !s.inclusive && shape&closedAbove != 0 && !math.IsInf(t, 1):
		return answer(count, 0, count, false)
	case t >= upper:
		s.below += count
		return false
	}
	share := (t - lower) / (upper - lower) // 0 or NaN in an endless bucket
	if l := math.Log(t/lower) / math.Log(upper/lower); shape&exponential != 0 && l >= 0 && l <= 1 {
		share = l
	}
	if !(share > 0) {
		share = 0
	}
	return answer(share*count, 0, count, true)
}

// all is the answer when every bucket is below.
func (s *search) all() Below { return Below{s.below, s.below, s.below, s.total, false} }

func validLimit(threshold float64) error {
	if math.IsNaN(threshold) {
		return fmt.Errorf("%w: the threshold is NaN", ErrHistogram)
	}
	return nil
}

// Exact reports whether the threshold is a bound of the histogram, so that an
// objective with it needs no interpolation.
func (h ClassicHistogram) Exact(threshold time.Duration) bool {
	for _, b := range h.Bounds {
		if b == threshold.Seconds() {
			return true
		}
	}
	return false
}
