package stat

import "math"

// Sum is a running sum of float64 whose error does not grow with the number of terms: the
// second-order scheme of Klein (2006, Computing 76), which carries the rounding of the sum
// and the rounding of that. The zero value is the empty sum. It is a value: Add and Merge
// return the new sum and leave the old.
type Sum struct {
	sum, first, second float64
}

// Add returns s + x. An infinite or NaN term makes the sum what plain addition would.
func (s Sum) Add(x float64) Sum {
	t := twoSum(s.sum, x)
	if math.IsNaN(t.lo) { // infinity or NaN in, or overflow: no rounding to speak of
		t.lo = 0
	}
	u := twoSum(s.first, t.lo)
	return Sum{t.hi, u.hi, s.second + u.lo}
}

// Merge returns the sum of the terms of both.
func (s Sum) Merge(o Sum) Sum {
	s = s.Add(o.sum).Add(o.first)
	s.second += o.second
	return s
}

// Value returns the sum, rounded once to double for all but the most ill-conditioned terms:
// its error is about one unit in the last place plus n³·2⁻¹⁵⁹·Σ|xᵢ|.
func (s Sum) Value() float64 {
	t := twoSum(s.sum, s.first)
	if math.IsNaN(t.lo) {
		return s.sum
	}
	return t.hi + (t.lo + s.second)
}

// Total returns the compensated sum of x, 0 if it is empty.
func Total(x []float64) float64 {
	var s Sum
	for _, v := range x {
		s = s.Add(v)
	}
	return s.Value()
}
