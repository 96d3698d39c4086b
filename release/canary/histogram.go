package canary

import (
	"fmt"
	"math"
)

// Histogram is observations by bucket. Counts[i] are those of more than
// Bounds[i−1] and at most Bounds[i], not cumulative. Bounds rise strictly; the
// last may be +Inf, or is left out where Counts has one element more (JSON has no
// +Inf). Counts are finite and not negative; fractions, as increases over a window
// give, are allowed.
//
// Tests on histograms take the values of a bucket for tied. That loses the order
// within a bucket and nothing else: the tests hold their level, and are blind to
// what changes inside one bucket.
type Histogram struct {
	Bounds []float64 `json:"bounds"`
	Counts []float64 `json:"counts"`
}

// Total is the sum of the counts.
func (h Histogram) Total() float64 {
	var t float64
	for _, c := range h.Counts {
		t += c
	}
	return t
}

// Check reports what is wrong with h as an *Error.
func (h Histogram) Check() error {
	var p problems
	h.check(&p, "histogram")
	return p.err()
}

func (h Histogram) check(p *problems, path string) {
	if b, c := len(h.Bounds), len(h.Counts); c != b && c != b+1 || c == 0 {
		p.add(path, fmt.Sprintf("%d counts for %d bounds", c, b), "each bound needs its count", "give as many counts as bounds, or one more for what lies above the last")
	}
	for i, b := range h.Bounds {
		switch {
		case math.IsNaN(b) || math.IsInf(b, -1) || math.IsInf(b, 1) && i+1 < len(h.Bounds):
			p.add(fmt.Sprintf("%s.bounds[%d]", path, i), number(b), "no bound of a bucket", "give finite bounds; only the last may be +Inf")
		case i > 0 && !(b > h.Bounds[i-1]):
			p.add(fmt.Sprintf("%s.bounds[%d]", path, i), number(b), "bounds must rise", "sort the buckets by their bound")
		}
	}
	for i, c := range h.Counts {
		if !(c >= 0 && c <= maxCount) {
			p.add(fmt.Sprintf("%s.counts[%d]", path, i), number(c), "no count", "give increases per bucket, not negative, with resets taken out")
		}
	}
}

// checkHistograms reports what is wrong with both, and with comparing them.
func checkHistograms(x, y Histogram, o *Options) error {
	var p problems
	x.check(&p, "canary")
	y.check(&p, "baseline")
	o.check(&p)
	o.noMargin(&p)
	if p.err() != nil {
		return p.err()
	}
	if !sameBounds(x, y) {
		p.add("baseline.bounds", fmt.Sprint(y.Bounds), "not the bounds of the canary", "compare histograms of one layout; merge buckets where a release changed it")
	}
	for _, h := range []struct {
		name string
		h    Histogram
	}{{"canary", x}, {"baseline", y}} {
		switch t := h.h.Total(); {
		case t == 0:
			p.add(h.name, "no observations", "at least 1 needed", "wait for more data")
		case t > maxCount:
			p.add(h.name+".counts", number(t), "more than 2⁵³ observations", "count over a shorter time")
		}
	}
	return p.err()
}

// sameBounds tells whether the buckets of x and y are the same, the one above the
// last bound written or not.
func sameBounds(x, y Histogram) bool {
	if len(x.Counts) != len(y.Counts) {
		return false
	}
	for i := range x.Counts {
		if x.bound(i) != y.bound(i) {
			return false
		}
	}
	return true
}

func (h Histogram) bound(i int) float64 {
	if i < len(h.Bounds) {
		return h.Bounds[i]
	}
	return math.Inf(1)
}
