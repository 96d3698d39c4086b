package stat

import (
	"math"
	"math/bits"
	"slices"
)

// OrderStatistic returns the k-th smallest value of x, counted from 0, without changing x.
// NaN if k is outside [0, len(x)) or x holds a NaN. Linear time; allocates one copy.
func OrderStatistic(x []float64, k int) float64 {
	if k < 0 || k >= len(x) {
		return math.NaN()
	}
	return SelectInPlace(slices.Clone(x), k)
}

// SelectInPlace reorders x so that x[k] is its k-th smallest value, counted from 0, with
// nothing larger before it and nothing smaller after it, and returns x[k]. NaN, and x in no
// particular order, if k is outside [0, len(x)) or x holds a NaN. Linear time on average,
// n·log n at worst; no allocation.
func SelectInPlace(x []float64, k int) float64 {
	if k < 0 || k >= len(x) || hasNaN(x) {
		return math.NaN()
	}
	lo, hi := 0, len(x)-1
	// Hoare's quickselect (1961, algorithm 65); after too many poor pivots, sort what is
	// left.
	for budget := 2 * bits.Len(uint(len(x))); hi-lo > 16 && budget > 0; budget-- {
		pivot := median3(x[lo], x[lo+(hi-lo)/2], x[hi])
		i, j := lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	slices.Sort(x[lo : hi+1])
	return x[k]
}

func median3(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}

func hasNaN(x []float64) bool {
	for _, v := range x {
		if math.IsNaN(v) {
			return true
		}
	}
	return false
}

// Quantile returns the sample quantile of x at 0 ≤ p ≤ 1 by linear interpolation between
// the order statistics around h = (n−1)p: definition 7 of Hyndman and Fan (1996, The
// American Statistician 50), the default of R and NumPy. x is not changed and need not be
// sorted. NaN for empty x, p outside [0, 1], or a NaN in x. Linear time; allocates one
// copy.
func Quantile(x []float64, p float64) float64 {
	if len(x) == 0 || !(p >= 0 && p <= 1) || hasNaN(x) {
		return math.NaN()
	}
	c := slices.Clone(x)
	h := float64(len(c)-1) * p
	k := int(h)
	low := SelectInPlace(c, k)
	if k+1 == len(c) {
		return low
	}
	return interpolate(low, slices.Min(c[k+1:]), h-float64(k))
}

// SortedQuantile is Quantile for x in ascending order, which is not checked. Constant time;
// no allocation.
func SortedQuantile(x []float64, p float64) float64 {
	if len(x) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := float64(len(x)-1) * p
	k := int(h)
	if k+1 == len(x) {
		return x[k]
	}
	return interpolate(x[k], x[k+1], h-float64(k))
}

// Median returns Quantile(x, 0.5).
func Median(x []float64) float64 { return Quantile(x, 0.5) }

// interpolate returns low + g·(high − low) for 0 ≤ g < 1, never outside [low, high].
func interpolate(low, high, g float64) float64 {
	if g == 0 || low == high {
		return low
	}
	return min(max((1-g)*low+g*high, low), high)
}
