package capacity

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// normalPeak is the peak of independent normal steps: the x at which
//
//	P(max ≤ x) = ∏ Φ((x − meanᵢ)/sdᵢ)
//
// is level, and ½ for the median. Steps with sd 0 are constants.
func normalPeak(mean, sd []float64, level float64) Peak {
	return Peak{level, normalMaximum(mean, sd, 0.5), normalMaximum(mean, sd, level)}
}

// normalMaximum is the quantile p of the maximum of independent normal steps, by
// bisection between the largest single quantile and that of Bonferroni.
func normalMaximum(mean, sd []float64, p float64) float64 {
	low, high := math.Inf(-1), math.Inf(-1)
	z := stat.NormalQuantile(p)
	zn := -stat.NormalQuantile((1 - p) / float64(len(mean)))
	for i, m := range mean {
		low = max(low, m+z*sd[i])
		high = max(high, m+zn*sd[i])
	}
	low, high = clampFinite(low), clampFinite(high)
	target := math.Log(p)
	for range 60 {
		x := low + (high-low)/2
		if x <= low || x >= high {
			break
		}
		sum := 0.0
		for i, m := range mean {
			if d := x - m; d < 9*sd[i] {
				sum += math.Log(math.Erfc(-d/(sd[i]*math.Sqrt2)) / 2)
			}
		}
		if sum < target {
			low = x
		} else {
			high = x
		}
		if high-low <= 1e-12*max(math.Abs(low), math.Abs(high)) {
			break
		}
	}
	return high
}
