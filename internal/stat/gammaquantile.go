package stat

import "math"

// GammaQuantile returns the x with P(a,x) = p for shape a > 0 and 0 ≤ p ≤ 1; p = 1 gives
// +Inf. The same accuracy and cost as BetaQuantile. NaN outside the domain.
func GammaQuantile(a, p float64) float64 {
	if !(a > 0) || math.IsInf(a, 1) || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	if p > 0.5 {
		return gammaQuantile(a, ln(1-p), true)
	}
	return gammaQuantile(a, ln(p), false)
}

// GammaQuantileUpper returns the x with Q(a,x) = 1 − P(a,x) = q.
func GammaQuantileUpper(a, q float64) float64 {
	if !(a > 0) || math.IsInf(a, 1) || !(q >= 0 && q <= 1) {
		return math.NaN()
	}
	if q > 0.5 {
		return gammaQuantile(a, ln(1-q), false)
	}
	return gammaQuantile(a, ln(q), true)
}

// LogGammaQuantile is GammaQuantile with p given as l = ln p ≤ 0.
func LogGammaQuantile(a, l float64) float64 {
	if !(a > 0) || math.IsInf(a, 1) || !(l <= 0) {
		return math.NaN()
	}
	if l > -math.Ln2 {
		return gammaQuantile(a, log1mExp(l), true)
	}
	return gammaQuantile(a, l, false)
}

// LogGammaQuantileUpper is GammaQuantileUpper with q given as l = ln q ≤ 0.
func LogGammaQuantileUpper(a, l float64) float64 {
	if !(a > 0) || math.IsInf(a, 1) || !(l <= 0) {
		return math.NaN()
	}
	if l > -math.Ln2 {
		return gammaQuantile(a, log1mExp(l), false)
	}
	return gammaQuantile(a, l, true)
}

func gammaQuantile(a, l float64, upper bool) float64 {
	switch {
	case math.IsInf(l, -1):
		if upper {
			return math.Inf(1)
		}
		return 0
	case a == 1 && upper:
		return -l
	case a == 1:
		return -log1mExp(l)
	}
	x := gammaQuantileGuess(a, l, upper)
	for range 200 {
		if x < 1e-290 { // only the leading power leads here, and it is exact there
			return x
		}
		t := gammaTailsAt(a, x)
		tail, h := t.lower, math.Exp(t.density-t.lower)
		if upper {
			tail, h = t.upper, -math.Exp(t.density-t.upper)
		}
		step, final := solverStep(l, tail, h, t.lambda, -x)
		next := x + x*math.Expm1(step)
		if final || next == x {
			return next
		}
		x = next
	}
	return x
}

// gammaQuantileGuess returns a starting point: Wilson and Hilferty's cube (1931, PNAS 17),
// or the leading power where that fails.
func gammaQuantileGuess(a, l float64, upper bool) float64 {
	low := l
	if upper {
		low = log1mExp(l)
	}
	power := math.Exp((low + ln(a) + logGamma(a)) / a) // P ≤ xᵃ/Γ(1+a)
	if a < 0.5 || power < 0.1*(a+1) {
		if power < 0.5 {
			return power
		}
		return math.Max(0.5, -l) // Q ≈ e⁻ˣ
	}
	z := LogNormalQuantile(l)
	if upper {
		z = -z
	}
	c := 1 - 1/(9*a) + z/(3*math.Sqrt(a))
	return math.Max(a*c*c*c, power)
}

// logGamma returns ln Γ(z) for z > 0.
func logGamma(z float64) float64 {
	l, _ := math.Lgamma(z)
	return l
}
