package slo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// NativeBucket is one bucket of a native histogram.
type NativeBucket struct {
	Index int     `json:"index"`
	Count float64 `json:"count"`
}

// NativeHistogram is a Prometheus native histogram with the standard
// exponential buckets: with the base 2^(2^-Schema), bucket i holds the
// observations in (base^(i-1), base^i], the negative one i those in
// [-base^i, -base^(i-1)), and the zero bucket those in [-ZeroThreshold,
// ZeroThreshold]. Counts may be fractional. Buckets may be in any order.
type NativeHistogram struct {
	Schema        int            `json:"schema"` // from -4 to 8
	ZeroThreshold float64        `json:"zero_threshold"`
	ZeroCount     float64        `json:"zero_count"`
	Positive      []NativeBucket `json:"positive"`
	Negative      []NativeBucket `json:"negative,omitempty"`
	// Count is all observations. Those that were NaN are in no bucket; they are
	// not below anything. 0 means the sum of the buckets.
	Count float64 `json:"count"`
}

// Validate tells everything that is wrong with h.
func (h NativeHistogram) Validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrHistogram}, args...)...))
	}
	if h.Schema < -4 || h.Schema > 8 {
		add("schema %d; the exponential schemas are -4 to 8, buckets of own bounds make a ClassicHistogram", h.Schema)
	}
	if !(h.ZeroThreshold >= 0 && h.ZeroThreshold <= math.MaxFloat64) {
		add("zero threshold %v", h.ZeroThreshold)
	}
	count := func(what string, c float64) {
		if !(c >= 0 && c <= math.MaxFloat64) {
			add("%s %v; it must be a number of observations, 0 or more", what, c)
		}
	}
	count("zero count", h.ZeroCount)
	count("count", h.Count)
	for sign, buckets := range [][]NativeBucket{h.Positive, h.Negative} {
		seen := make(map[int]bool, len(buckets))
		for _, b := range buckets {
			name := [...]string{"positive", "negative"}[sign]
			count(fmt.Sprintf("%s bucket %d counts", name, b.Index), b.Count)
			if seen[b.Index] {
				add("%s bucket %d stands twice", name, b.Index)
			}
			if limit := 1100 << 8; b.Index < -limit || b.Index > limit {
				add("%s bucket %d is beyond the range of numbers", name, b.Index)
			}
			seen[b.Index] = true
		}
	}
	if sum := h.sum(); h.Count > 0 && sum > h.Count*(1+slack) {
		add("the buckets hold %v observations, the histogram %v", sum, h.Count)
	}
	return errors.Join(errs...)
}

func (h NativeHistogram) sum() float64 {
	sum := h.ZeroCount
	for _, buckets := range [][]NativeBucket{h.Positive, h.Negative} {
		for _, b := range buckets {
			sum += b.Count
		}
	}
	return sum
}

// bound is the upper bound of the positive bucket i, at most the largest
// number.
func (h NativeHistogram) bound(i int) float64 {
	if h.Schema <= 0 {
		return min(math.Ldexp(1, i<<-h.Schema), math.MaxFloat64)
	}
	n := 1 << h.Schema
	whole, part := i>>h.Schema, i&(n-1) // i = whole·n + part, 0 ≤ part < n
	return min(math.Ldexp(math.Exp2(float64(part)/float64(n)), whole), math.MaxFloat64)
}

// CountBelow is the number of observations below the threshold, or of at most
// the threshold if inclusive. At a bound it is counted, with Low and High
// allowing for observations of exactly the bound. Inside a bucket observations
// are taken to be spread evenly over the logarithm, as Prometheus does from
// version 3 on, inside the zero bucket evenly (from 0 if there are no negative
// observations), and the result says so. Errors wrap ErrHistogram. Cost is that
// of sorting the buckets.
func (h NativeHistogram) CountBelow(threshold float64, inclusive bool) (Below, error) {
	if err := errors.Join(h.Validate(), validLimit(threshold)); err != nil {
		return Below{}, err
	}
	s := search{threshold: threshold, inclusive: inclusive, total: max(h.sum(), h.Count)}
	byIndex := func(a, b NativeBucket) int { return cmp.Compare(a.Index, b.Index) }
	negative, positive := slices.Clone(h.Negative), slices.Clone(h.Positive)
	slices.SortFunc(negative, byIndex)
	slices.SortFunc(positive, byIndex)
	for _, b := range slices.Backward(negative) {
		// The zero bucket may have grown into the highest negative one.
		upper := max(min(-h.ZeroThreshold, -h.bound(b.Index-1)), -h.bound(b.Index))
		if s.bucket(-h.bound(b.Index), upper, b.Count, closedBelow|exponential) {
			return s.found, nil
		}
	}
	zero := -h.ZeroThreshold
	if len(negative) == 0 {
		zero = 0
	}
	if s.bucket(zero, h.ZeroThreshold, h.ZeroCount, closedBelow|closedAbove) {
		return s.found, nil
	}
	for _, b := range positive {
		// The zero bucket may have grown into the lowest positive one.
		lower := min(max(h.ZeroThreshold, h.bound(b.Index-1)), h.bound(b.Index))
		if s.bucket(lower, h.bound(b.Index), b.Count, closedAbove|exponential) {
			return s.found, nil
		}
	}
	return s.all(), nil
}
