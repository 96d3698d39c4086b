package stat

import "math"

// Interval is a range for an unknown quantity at the confidence, or for Jeffreys' the
// posterior probability, Level.
type Interval struct {
	Low, High, Level float64
}

func noInterval(level float64) Interval {
	return Interval{math.NaN(), math.NaN(), level}
}

// ClopperPearson returns the equal-tailed exact interval for a proportion from k events in
// n trials (Clopper and Pearson 1934, Biometrika 26):
//
//	Low = B⁻¹(α/2; k, n−k+1), High = B⁻¹(1−α/2; k+1, n−k), α = 1 − level,
//
// with Low = 0 at k = 0 and High = 1 at k = n. It covers the truth at least as often as
// level says. n = 0 gives [0, 1]; k > n, or level outside (0, 1), NaN.
func ClopperPearson(k, n uint64, level float64) Interval {
	if k > n || !(level > 0 && level < 1) {
		return noInterval(level)
	}
	tail := ln((1 - level) / 2)
	v := Interval{0, 1, level}
	if k > 0 {
		v.Low, _ = betaQuantile(float64(k), float64(n-k)+1, tail, false)
	}
	if k < n {
		v.High, _ = betaQuantile(float64(k)+1, float64(n-k), tail, true)
	}
	return v
}

// Jeffreys returns the equal-tailed interval of the posterior Beta(k+½, n−k+½), with Low =
// 0 at k = 0 and High = 1 at k = n so that its coverage does not collapse there (Brown, Cai
// and DasGupta 2001, Statistical Science 16). n = 0 gives [0, 1]; k > n, or level outside
// (0, 1), NaN.
func Jeffreys(k, n uint64, level float64) Interval {
	if k > n || !(level > 0 && level < 1) {
		return noInterval(level)
	}
	tail := ln((1 - level) / 2)
	v := Interval{0, 1, level}
	a, b := float64(k)+0.5, float64(n-k)+0.5
	if k > 0 {
		v.Low, _ = betaQuantile(a, b, tail, false)
	}
	if k < n {
		v.High, _ = betaQuantile(a, b, tail, true)
	}
	return v
}

// Wilson returns the score interval (Wilson 1927, JASA 22): the p with |k/n − p| ≤
// z·√(p(1−p)/n), z the normal quantile of (1+level)/2. Its ends are
//
//	(2k + z² ± z·√(z² + 4k(n−k)/n)) / (2(n + z²)),
//
// the lower one computed as the quotient of the product of both by the upper, and exactly 0
// at k = 0 as the upper is 1 at k = n. n = 0 gives [0, 1]; k > n, or level outside (0, 1),
// NaN.
func Wilson(k, n uint64, level float64) Interval {
	if k > n || !(level > 0 && level < 1) {
		return noInterval(level)
	}
	z := -NormalQuantile((1 - level) / 2)
	low, high := wilson(float64(k), float64(n), z)
	return Interval{low, high, level}
}

func wilson(k, n, z float64) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	z2 := z * z
	s := 2*k + z2 + z*math.Sqrt(z2+4*k*((n-k)/n))
	low = 2 * k * (k / n) / s
	high = s / (2 * (n + z2))
	if k == n || high > 1 {
		high = 1
	}
	return low, high
}
