package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// moments is the size, mean and sum of squared deviations of a sample, in units of
// 2^exponent, in which no value overflows when squared and the largest is about 1.
type moments struct {
	n, mean, squares float64
}

// scaleOf returns the power of two by which to multiply x and y so that their largest
// value is about 1, and its inverse.
func scaleOf(x, y []float64) (down, up float64) {
	var largest float64
	for _, s := range [2][]float64{x, y} {
		for _, v := range s {
			largest = max(largest, math.Abs(v))
		}
	}
	_, e := math.Frexp(largest)
	e = max(-1021, min(1021, e))
	return math.Ldexp(1, -e), math.Ldexp(1, e)
}

// momentsOf takes two passes: the second corrects the rounding of the mean.
func momentsOf(x []float64, scale float64) moments {
	var total stat.Sum
	for _, v := range x {
		total = total.Add(v * scale)
	}
	m := moments{n: float64(len(x))}
	m.mean = total.Value() / m.n
	var rest, squares float64
	for _, v := range x {
		d := v*scale - m.mean
		rest += d
		squares += d * d
	}
	m.squares = math.Max(0, squares-rest*rest/m.n)
	return m
}

// variance is the unbiased estimate.
func (m moments) variance() float64 { return m.squares / (m.n - 1) }
