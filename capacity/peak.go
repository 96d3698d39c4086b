package capacity

import (
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

const (
	fewestPaths = 20      // of which a maximum is read
	mostPaths   = 500     // where no number is asked for
	mostValues  = 1 << 24 // of all paths: 128 MiB
)

// pathCount is n, or how many paths of a long horizon there is room for.
func pathCount(n, horizon int) int { return min(n, mostValues/horizon) }

// peakOfPaths is the peak of equally likely paths: Upper is their ⌈(n+1)·level⌉-th
// smallest maximum, so that one more path of their kind stays at or below it with
// probability level (Vovk, Gammerman and Shafer 2005); the largest where there are
// too few for that.
func peakOfPaths(paths [][]float64, level float64) Peak {
	highest := make([]float64, len(paths))
	for i, p := range paths {
		highest[i] = slices.Max(p)
	}
	slices.Sort(highest)
	rank := func(p float64) float64 {
		n := len(highest)
		return highest[min(n, int(math.Ceil(float64(n+1)*p)))-1]
	}
	return Peak{level, rank(0.5), rank(level)}
}

// normalPeak is the peak of independent normal steps: the x at which
//
//	P(max ≤ x) = ∏ Φ((x − meanᵢ)/sdᵢ)
//
// is level, and ½ for the median. Steps with sd 0 are constants.
func normalPeak(mean, sd []float64, level float64) Peak {
	return Peak{level, normalMaximum(mean, sd, 0.5), normalMaximum(mean, sd, level)}
}

// normalMaximum is the quantile p of the maximum of independent normal steps, by
// false position between the largest single quantile and that of Bonferroni
// (Dowell and Jarratt 1971).
func normalMaximum(mean, sd []float64, p float64) float64 {
	low, high := math.Inf(-1), math.Inf(-1)
	z := stat.NormalQuantile(p)
	zn := -stat.NormalQuantile((1 - p) / float64(len(mean)))
	for i, m := range mean {
		low = max(low, m+z*sd[i])
		high = max(high, m+zn*sd[i])
	}
	low, high = clampFinite(low), clampFinite(high)
	// Steps that stay below low for sure do not count.
	var centre, width []float64
	for i, m := range mean {
		if low-m < 9*sd[i] {
			centre, width = append(centre, m), append(width, sd[i]*math.Sqrt2)
		}
	}
	// excess is ln P(max ≤ x) − ln p, which rises with x.
	excess := func(x float64) float64 {
		product := 1.0
		for i, m := range centre {
			product *= math.Erfc((m-x)/width[i]) / 2
		}
		return math.Log(product / p)
	}
	below, above := excess(low), excess(high)
	if !(below < 0) {
		return low
	}
	for range 60 {
		x := low + (high-low)/2
		if !math.IsInf(below, 0) {
			x = high - above*((high-low)/(above-below)) // false position
		}
		if !(x > low && x < high) {
			break
		}
		switch e := excess(x); {
		case math.Abs(e) < 1e-12:
			return x
		case e < 0:
			low, below, above = x, e, above/2 // halved: the Illinois rule
		default:
			high, above, below = x, e, below/2
		}
		if high-low <= 1e-12*math.Abs(high) {
			break
		}
	}
	return high
}
