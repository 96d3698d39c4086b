package stat

import "math"

// Newcombe returns the hybrid score interval for the difference p₁ − p₂ of two proportions
// with k1 events of n1 and k2 of n2: Wilson's intervals [lᵢ, uᵢ] of both, combined by
// square-and-add,
//
//	Low  = p̂₁ − p̂₂ − √((p̂₁ − l₁)² + (u₂ − p̂₂)²)
//	High = p̂₁ − p̂₂ + √((u₁ − p̂₁)² + (p̂₂ − l₂)²)
//
// (Newcombe 1998, Statistics in Medicine 17, method 10, without continuity correction). An
// empty sample gives [−1, 1]; k > n, or level outside (0, 1), NaN.
func Newcombe(k1, n1, k2, n2 uint64, level float64) Interval {
	if k1 > n1 || k2 > n2 || !(level > 0 && level < 1) {
		return noInterval(level)
	}
	if n1 == 0 || n2 == 0 {
		return Interval{-1, 1, level}
	}
	z := -NormalQuantile((1 - level) / 2)
	x1, m1, x2, m2 := float64(k1), float64(n1), float64(k2), float64(n2)
	p1, p2 := x1/m1, x2/m2
	l1, u1 := wilson(x1, m1, z)
	l2, u2 := wilson(x2, m2, z)
	d := p1 - p2
	return Interval{
		Low:   math.Max(-1, d-math.Hypot(p1-l1, u2-p2)),
		High:  math.Min(1, d+math.Hypot(u1-p1, p2-l2)),
		Level: level,
	}
}

// MiettinenNurminenScore returns the score statistic of the hypothesis p₁ − p₂ = delta,
// positive where the observed difference exceeds delta and approximately standard normal
// under it:
//
//	z = (p̂₁ − p̂₂ − δ)/√V,  V = (p̃₁(1−p̃₁)/n₁ + p̃₂(1−p̃₂)/n₂)·N/(N−1),  N = n₁ + n₂,
//
// p̃ being the maximum-likelihood estimates under p̃₁ − p̃₂ = δ (Miettinen and Nurminen
// 1985, Statistics in Medicine 4). Where V = 0, the statistic is 0 at p̂₁ − p̂₂ = δ and
// otherwise ±Inf. NaN for k > n, an empty sample, or delta outside [−1, 1].
func MiettinenNurminenScore(k1, n1, k2, n2 uint64, delta float64) float64 {
	if k1 > n1 || k2 > n2 || n1 == 0 || n2 == 0 || !(delta >= -1 && delta <= 1) {
		return math.NaN()
	}
	s := newTwoSamples(k1, n1, k2, n2)
	d := s.difference() - delta
	if d == 0 {
		return 0
	}
	return d / math.Sqrt(s.scoreVariance(delta))
}

// MiettinenNurminen returns the score interval for p₁ − p₂: the δ at which
// MiettinenNurminenScore stays within the normal quantile of (1+level)/2. An empty sample
// gives [−1, 1]; k > n, or level outside (0, 1), NaN.
func MiettinenNurminen(k1, n1, k2, n2 uint64, level float64) Interval {
	if k1 > n1 || k2 > n2 || !(level > 0 && level < 1) {
		return noInterval(level)
	}
	v := Newcombe(k1, n1, k2, n2, level)
	if n1 == 0 || n2 == 0 {
		return v
	}
	z := -NormalQuantile((1 - level) / 2)
	s := newTwoSamples(k1, n1, k2, n2)
	d := s.difference()
	v.High = math.Min(1, d+s.scoreReach(z, 1, v.High-d))
	v.Low = math.Max(-1, d-s.scoreReach(z, -1, d-v.Low))
	return v
}

// twoSamples holds events x, non-events y and sizes n of two samples.
type twoSamples struct{ x1, y1, n1, x2, y2, n2 float64 }

func newTwoSamples(k1, n1, k2, n2 uint64) twoSamples {
	return twoSamples{float64(k1), float64(n1 - k1), float64(n1), float64(k2), float64(n2 - k2), float64(n2)}
}

// difference returns p̂₁ − p̂₂.
func (s twoSamples) difference() float64 {
	return determinant(s.x1, s.n1, s.x2, s.n2) / s.n1 / s.n2
}

// scoreReach returns the distance t > 0 from the observed difference d, in the direction
// sign, at which the score is z: the root of t − z·√V(d ± t), which is negative below it
// and positive above, as V vanishes at ±1. guess starts the search.
func (s twoSamples) scoreReach(z, sign, guess float64) float64 {
	d := s.difference()
	low, high := 0.0, 1-sign*d
	h := func(t float64) float64 {
		delta := math.Max(-1, math.Min(1, d+sign*t))
		return t - z*math.Sqrt(s.scoreVariance(delta))
	}
	if high <= 0 {
		return 0
	}
	// Secant steps inside a shrinking bracket. The function is close to a straight line.
	previous, hPrevious := 0.0, 0.0
	t := guess
	for i := range 100 {
		if !(t > low && t < high) {
			t = low + (high-low)/2
		}
		ht := h(t)
		if ht < 0 {
			low = t
		} else {
			high = t
		}
		next := t - 0.9*ht
		if i > 0 && ht != hPrevious {
			next = t - ht*(t-previous)/(ht-hPrevious)
		}
		// The secant's error is of the order of the product of its last two steps.
		if i > 0 && math.Abs(next-t) <= 1e-10*t || high-low <= 1e-16*high {
			return math.Max(low, math.Min(high, next))
		}
		previous, hPrevious = t, ht
		t = next
	}
	return t
}

// scoreVariance returns V of MiettinenNurminenScore.
func (s twoSamples) scoreVariance(delta float64) float64 {
	if s.x1+s.x2 > s.y1+s.y2 {
		// Count the rarer of events and non-events, so that small shares keep their digits.
		s = twoSamples{s.y1, s.x1, s.n1, s.y2, s.x2, s.n2}
		delta = -delta
	}
	p2 := s.constrained(delta)
	p1 := math.Max(0, math.Min(1, p2+delta))
	n := s.n1 + s.n2
	return (p1*(1-p1)/s.n1 + p2*(1-p2)/s.n2) * (n / (n - 1))
}

// constrained returns the p₂ that maximises the likelihood under p₁ = p₂ + δ: the root of
// the decreasing function
//
//	x₁/(p+δ) − y₁/(1−p−δ) + x₂/p − y₂/(1−p)
//
// within max(0, −δ) ≤ p ≤ min(1, 1−δ), or the end where there is none. The closed form of
// the cubic (Miettinen and Nurminen 1985, appendix I) loses digits at small p, so it only
// starts Newton's iteration.
func (s twoSamples) constrained(delta float64) float64 {
	low, high := math.Max(0, -delta), math.Min(1, 1-delta)
	if low >= high {
		return low
	}
	// An end without a pole may be the maximum itself.
	atLow := delta > 0 && s.x2 > 0 || delta < 0 && s.x1 > 0 || delta == 0 && s.x1+s.x2 > 0
	if f, _ := s.likelihoodSlope(low, delta); !atLow && f <= 0 {
		return low
	}
	atHigh := delta > 0 && s.y1 > 0 || delta < 0 && s.y2 > 0 || delta == 0 && s.y1+s.y2 > 0
	if f, _ := s.likelihoodSlope(high, delta); !atHigh && f >= 0 {
		return high
	}
	p := s.cubicRoot(delta)
	for range 200 {
		if !(p > low && p < high) {
			p = low + (high-low)/2
		}
		f, slope := s.likelihoodSlope(p, delta)
		if f > 0 {
			low = p
		} else {
			high = p
		}
		next := p + f/slope
		// Newton's error is the square of its step, in units of the distance to the nearest
		// pole.
		pole := math.Min(math.Min(p, 1-p), math.Min(p+delta, 1-p-delta))
		if math.Abs(next-p) <= 1e-8*pole || high-low <= 1e-20 {
			return math.Max(low, math.Min(high, next))
		}
		p = next
	}
	return p
}

// likelihoodSlope returns the derivative of the log-likelihood in p₂ = p, and minus the
// second derivative.
func (s twoSamples) likelihoodSlope(p, delta float64) (f, slope float64) {
	term := func(count, q float64) float64 {
		if count == 0 {
			return 0
		}
		t := count / q
		slope += t / q
		return t
	}
	f = term(s.x1, p+delta) - term(s.y1, 1-p-delta) + term(s.x2, p) - term(s.y2, 1-p)
	return f, slope
}

// cubicRoot returns the closed form of the root.
func (s twoSamples) cubicRoot(delta float64) float64 {
	n := s.n1 + s.n2
	c2 := ((s.n1+2*s.n2)*delta - n - s.x1 - s.x2) / (3 * n)
	c1 := ((s.n2*delta-n-2*s.x2)*delta + s.x1 + s.x2) / n
	c0 := s.x2 / n * delta * (1 - delta)
	q := c2*c2*c2 - c1*c2/2 + c0/2
	r := math.Copysign(math.Sqrt(math.Max(0, c2*c2-c1/3)), q)
	angle := math.Acos(math.Max(-1, math.Min(1, q/(r*r*r))))
	return 2*r*math.Cos((math.Pi+angle)/3) - c2
}
