package response

import (
	"math"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// Slope is how fast a share changes: PerQuarter is the median of the slopes
// between all pairs of quarters (Theil 1950; Sen 1968, Journal of the American
// Statistical Association 63), which a single odd quarter does not move. Low and
// High hold the true slope with the probability Level: the interval of Sen's
// section 6, from the exact distribution of Kendall's statistic. It assumes that
// quarters differ from the line independently of one another.
//
// Level is what few quarters allow, not what was asked for: two quarters give 0,
// three 0.67, four 0.92, six and more can give 0.95. The share rises
// where Low is above zero, and falls where High is below.
type Slope struct {
	PerQuarter float64 `json:"per_quarter"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Level      float64 `json:"level"`
}

// slopeOf is the slope of the values y at the rising places x, of which there
// are at least two.
func slopeOf(x []int, y []float64, level float64) Slope {
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	for i := range x {
		for j := i + 1; j < len(x); j++ {
			slopes = append(slopes, (y[j]-y[i])/float64(x[j]-x[i]))
		}
	}
	slices.Sort(slopes)
	rank, achieved := kendallRank(len(x), len(slopes), level)
	return Slope{stat.Median(slopes), slopes[rank-1], slopes[len(slopes)-rank], achieved}
}

// kendallRank is the greatest r for which the interval from the r-th smallest to
// the r-th greatest of the slopes of n points covers with at least the
// probability level, and what it covers with; the whole range where none does.
//
// The number of slopes below the true one is the number of inversions of a
// random order of n: the count for n is the sum of that for n−1 and an
// independent number that is uniform on 0 to n−1 (Knuth, The Art of Computer
// Programming 3, 5.1.1).
func kendallRank(n, pairs int, level float64) (rank int, achieved float64) {
	if n > 120 { // by the limit, whose error is below 1e-4 here
		sigma := math.Sqrt(float64(n) * float64(n-1) * float64(2*n+5) / 72)
		rank = int(math.Floor(float64(pairs)/2 - stat.NormalQuantile((1+level)/2)*sigma))
		rank = min(max(rank, 1), pairs/2)
		lower, _ := stat.NormalCDF((float64(rank) - 0.5 - float64(pairs)/2) / sigma)
		return rank, 1 - 2*lower
	}
	p, next := make([]float64, pairs+1), make([]float64, pairs+1)
	p[0] = 1
	for m, most := 2, 0; m <= n; m++ {
		most += m - 1
		window := 0.
		for k := 0; k <= most; k++ {
			window += p[k]
			if k >= m {
				window -= p[k-m]
			}
			next[k] = max(window, 0) / float64(m)
		}
		p, next = next, p
	}
	below := p[0]
	rank, achieved = 1, max(1-2*below, 0)
	for r := 2; r <= pairs/2; r++ {
		below += p[r-1]
		if 1-2*below < level {
			break
		}
		rank, achieved = r, 1-2*below
	}
	return rank, achieved
}
