package stat

import "math"

// LogGammaCDF returns the logarithms of both tails of the gamma distribution with shape a >
// 0 and scale 1 at x ≥ 0, the regularised incomplete gamma functions
//
//	lower = ln P(a,x) = ln ( 1/Γ(a) · ∫₀ˣ tᵃ⁻¹e⁻ᵗ dt ),  upper = ln Q(a,x) = ln(1 − P(a,x)).
//
// The smaller tail is computed directly and the other from it. NaN outside the domain; x =
// +Inf gives 0 and −Inf. No allocation.
func LogGammaCDF(a, x float64) (lower, upper float64) {
	if !(a > 0) || math.IsInf(a, 1) || !(x >= 0) {
		return math.NaN(), math.NaN()
	}
	t := gammaTailsAt(a, x)
	return t.lower, t.upper
}

// GammaCDF returns P(a,x) and Q(a,x): LogGammaCDF on the linear scale.
func GammaCDF(a, x float64) (lower, upper float64) {
	l, u := LogGammaCDF(a, x)
	return math.Exp(l), math.Exp(u)
}

func gammaTailsAt(a, x float64) tails {
	switch {
	case x <= 0:
		return tails{lower: math.Inf(-1), density: math.Inf(-1), lambda: a}
	case math.IsInf(x, 1):
		return tails{upper: math.Inf(-1), density: math.Inf(-1), lambda: math.Inf(-1)}
	}
	lambda := a - x // exact where it matters: a/2 ≤ x ≤ 2a (Sterbenz)
	var d float64
	if x < 1e-280 {
		d = a*(ln(a)-ln(x)) - lambda
	} else {
		d = deviance(a, x, lambda)
	}
	stirling := -stirlingError(a)
	t := tails{
		lambda:  lambda,
		density: -d + (0.5*ln(a) - halfLn2Pi + stirling), // ln(xᵃe⁻ˣ/Γ(a))
	}
	switch {
	case a < 1 && x <= 1:
		t.lower, t.upper = gammaSmallShape(a, x)
	case centralRange(a, d):
		z, gamma := math.Sqrt(2*d), 1/math.Sqrt(a)
		if lambda >= 0 {
			t.lower = -d + stirling + ln(centralTail(z, -gamma, 0))
			t.upper = log1mExp(t.lower)
		} else {
			t.upper = -d + stirling + ln(centralTail(z, gamma, 0))
			t.lower = log1mExp(t.upper)
		}
	case lambda >= 0:
		t.lower = t.density - ln(gammaLowerFraction(a, x, lambda))
		t.upper = log1mExp(t.lower)
	default:
		t.upper = t.density - ln(gammaUpperFraction(a, lambda))
		t.lower = log1mExp(t.upper)
	}
	return t
}

// gammaLowerFraction returns F in P(a,x) = xᵃe⁻ˣ/(Γ(a)·F) for x ≤ a, λ = a − x: the limit
// of betaFraction as b grows at fixed bx,
//
//	αₘ = (a+m−1)·m·x²/(a+2m−1)²,  βₘ = m + mx/(a+2m−1) + (a+m)(λ+1+2m)/(a+2m+1).
func gammaLowerFraction(a, x, lambda float64) float64 {
	inv := 1 / (a + 1)
	f := a * (lambda + 1) * inv
	var ratio, step float64
	for m := 1.0; m < 1e6; m++ {
		next := 1 / (a + 2*m + 1)
		r := m * x * inv
		alpha := (a + m - 1) * x * inv * r
		beta := m + r + (a+m)*(lambda+1+2*m)*next
		inv = next
		if m == 1 {
			ratio = 1 / beta
			step = alpha * ratio
		} else {
			next := 1 / (beta + alpha*ratio)
			step *= -alpha * ratio * next
			ratio = next
		}
		f += step
		if math.Abs(step) <= 1e-17*f {
			break
		}
	}
	return f
}

// gammaUpperFraction returns F in Q(a,x) = xᵃe⁻ˣ/(Γ(a)·F) for x > a, λ = a − x, by
// Legendre's continued fraction (DLMF 8.9.2, even part)
//
//	F = x+1−a + 1(a−1)/(x+3−a + 2(a−2)/(x+5−a + …)).
func gammaUpperFraction(a, lambda float64) float64 {
	beta := 1 - lambda
	f := beta
	var ratio, step float64
	for m := 1.0; m < 1e6; m++ {
		alpha := m * (a - m)
		beta += 2
		if m == 1 {
			ratio = 1 / beta
			step = alpha * ratio
		} else {
			next := 1 / (beta + alpha*ratio)
			step *= -alpha * ratio * next
			ratio = next
		}
		f += step
		if math.Abs(step) <= 1e-17*math.Abs(f) {
			break
		}
	}
	return f
}

// gammaSmallShape returns the logarithms of P(a,x) and Q(a,x) for a < 1 and x ≤ 1, by P =
// xᵃ/Γ(1+a)·(1 + a·Σₖ (−x)ᵏ/(k!·(a+k))) (DLMF 8.7.1). As in betaSmallShape, every part is
// of order a.
func gammaSmallShape(a, x float64) (lower, upper float64) {
	term, sum := 1.0, 0.0
	for k := 1.0; k < 200; k++ {
		term *= -x / k
		t := term / (a + k)
		sum += t
		if math.Abs(t) <= 1e-17*math.Abs(sum) {
			break
		}
	}
	lower = math.Min(0, a*ln(x)-logGamma1p(a)+math.Log1p(a*sum))
	return lower, log1mExp(lower)
}
