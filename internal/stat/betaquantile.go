package stat

import "math"

// Quantiles of the beta and gamma distributions solve ln F(θ) = l, where θ is ln(x/(1−x))
// for beta and ln x for gamma. In θ both densities are log-concave, hence so are both
// tails: ln F is concave, and Newton's iteration from any point below the root climbs to it
// without passing it. A step from close by uses the next two derivatives as well.

// solverStep returns the change of θ that brings the tail whose logarithm is l, with hazard
// h = dl/dθ (negative for an upper tail), to target. lambda and curvature are the first two
// derivatives of the log-density in θ. final means that the remaining error is below the
// rounding of θ.
func solverStep(target, l, h, lambda, curvature float64) (step float64, final bool) {
	s := (target - l) / h
	// l″/l′ = λ − h and l‴/l′ = (λ − h)² + λ′ − h(λ − h); reversion of the Taylor series.
	e := lambda - h
	c2 := e / 2
	c3 := (e*e + curvature - h*e) / 6
	q := math.Abs(s) * math.Max(1, math.Max(math.Abs(c2), math.Sqrt(math.Abs(c3))))
	switch {
	case q <= 0.3:
		step = s * (1 - s*(c2-s*(2*c2*c2-c3)))
		return step, math.Abs(step)*q*q*q < 1e-17
	case target < l: // outwards, where a step may pass the root
		return math.Max(-2, math.Min(2, s)), false
	}
	return s, false
}

// BetaQuantile returns the x with I_x(a,b) = p for shapes a, b > 0 and 0 ≤ p ≤ 1. The
// result is within a few units in the last place of the root of LogBetaCDF, also where x is
// tiny; where x rounds to 1, take 1 − x = BetaQuantileUpper(b, a, p). NaN outside the
// domain. Usually two or three evaluations of the distribution function; no allocation.
func BetaQuantile(a, b, p float64) float64 {
	if !betaDomain(a, b) || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	if p > 0.5 {
		x, _ := betaQuantile(a, b, ln(1-p), true)
		return x
	}
	x, _ := betaQuantile(a, b, ln(p), false)
	return x
}

// BetaQuantileUpper returns the x with 1 − I_x(a,b) = q: BetaQuantile for small upper
// tails.
func BetaQuantileUpper(a, b, q float64) float64 {
	if !betaDomain(a, b) || !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	if q > 0.5 {
		x, _ := betaQuantile(a, b, ln(1-q), false)
		return x
	}
	x, _ := betaQuantile(a, b, ln(q), true)
	return x
}

// LogBetaQuantile is BetaQuantile with p given as l = ln p ≤ 0.
func LogBetaQuantile(a, b, l float64) float64 {
	if !betaDomain(a, b) || !(l <= 0) {
		return math.NaN()
	}
	if l > -math.Ln2 {
		x, _ := betaQuantile(a, b, log1mExp(l), true)
		return x
	}
	x, _ := betaQuantile(a, b, l, false)
	return x
}

// LogBetaQuantileUpper is BetaQuantileUpper with q given as l = ln q ≤ 0.
func LogBetaQuantileUpper(a, b, l float64) float64 {
	if !betaDomain(a, b) || !(l <= 0) {
		return math.NaN()
	}
	if l > -math.Ln2 {
		x, _ := betaQuantile(a, b, log1mExp(l), false)
		return x
	}
	x, _ := betaQuantile(a, b, l, true)
	return x
}

// betaQuantile returns x and 1 − x, the smaller to full relative precision, where the lower
// tail, or the upper, has the logarithm l ≤ −ln 2 or so.
func betaQuantile(a, b, l float64, upper bool) (x, y float64) {
	switch {
	case math.IsInf(l, -1) && upper:
		return 1, 0
	case math.IsInf(l, -1):
		return 0, 1
	case a == 1: // 1 − I_x = (1−x)ᵇ
		if !upper {
			l = log1mExp(l)
		}
		return -math.Expm1(l / b), math.Exp(l / b)
	case b == 1: // I_x = xᵃ
		if upper {
			l = log1mExp(l)
		}
		return math.Exp(l / a), -math.Expm1(l / a)
	}
	x, y = betaQuantileGuess(a, b, l, upper)
	if x <= y {
		x = betaSolve(a, b, l, upper, x)
		return x, 1 - x
	}
	y = betaSolve(b, a, l, !upper, y)
	return 1 - y, y
}

// betaSolve refines x, which should lie below one half or near it.
func betaSolve(a, b, l float64, upper bool, x float64) float64 {
	for range 200 {
		if x < 1e-290 { // only the leading power leads here, and it is exact there
			return x
		}
		t := betaTailsAt(a, b, x, 1-x)
		tail, h := t.lower, math.Exp(t.density-t.lower)
		if upper {
			tail, h = t.upper, -math.Exp(t.density-t.upper)
		}
		step, final := solverStep(l, tail, h, t.lambda, -(a+b)*x*(1-x))
		// x′ = xeˢ/(1 − x + xeˢ), written as a change of x.
		g := math.Expm1(step)
		next := x + x*(1-x)*g/(1+x*g)
		if final || next == x {
			return next
		}
		x = next
	}
	return x
}

// betaQuantileGuess returns a starting point as x and 1 − x.
func betaQuantileGuess(a, b, l float64, upper bool) (x, y float64) {
	if a > 1 && b > 1 && l > -4*math.Min(a, b) {
		// Carter's approximation (1947, Biometrika 34; Abramowitz and Stegun 26.5.22): a
		// normal score for half the logarithm of the odds.
		z := LogNormalQuantile(l)
		if upper {
			z = -z
		}
		s, t := 1/(2*a-1), 1/(2*b-1)
		r := (z*z - 3) / 6
		h := 2 / (s + t)
		w := -z*math.Sqrt(h+r)/h - (t-s)*(r+5.0/6-2/(3*h))
		return a / (a + b*math.Exp(2*w)), b / (b + a*math.Exp(-2*w))
	}
	// Far out, or one end singular: the leading power of the tail there.
	low, high := l, log1mExp(l)
	if upper {
		low, high = high, low
	}
	logB := LogBeta(a, b)
	x = math.Exp(math.Min(0, (low+ln(a)+logB)/a))
	y = math.Exp(math.Min(0, (high+ln(b)+logB)/b))
	if x <= y {
		x = math.Min(x, 0.5)
		return x, 1 - x
	}
	y = math.Min(y, 0.5)
	return 1 - y, y
}
