package stat

import "math"

// LogBetaCDF returns the logarithms of both tails of the beta distribution with shapes a, b
// > 0 at 0 ≤ x ≤ 1, the regularised incomplete beta function
//
//	lower = ln I_x(a,b) = ln ( 1/B(a,b) · ∫₀ˣ tᵃ⁻¹(1−t)ᵇ⁻¹ dt ),  upper = ln(1 − I_x(a,b)).
//
// The smaller tail is computed directly and the other from it, so neither suffers from
// cancellation. See the package documentation for the accuracy. All results are NaN outside
// the domain. At most some hundred steps of a continued fraction, whatever the shapes; no
// allocation.
func LogBetaCDF(a, b, x float64) (lower, upper float64) {
	if !betaDomain(a, b) || !(x >= 0 && x <= 1) {
		return math.NaN(), math.NaN()
	}
	t := betaTailsAt(a, b, x, 1-x)
	return t.lower, t.upper
}

// BetaCDF returns I_x(a,b) and 1 − I_x(a,b): LogBetaCDF on the linear scale.
func BetaCDF(a, b, x float64) (lower, upper float64) {
	l, u := LogBetaCDF(a, b, x)
	return math.Exp(l), math.Exp(u)
}

func betaDomain(a, b float64) bool {
	return a > 0 && b > 0 && !math.IsInf(a, 1) && !math.IsInf(b, 1)
}

// tails is what one evaluation of a distribution function yields.
type tails struct {
	lower, upper float64 // logarithms of the probabilities below and above
	density      float64 // logarithm of the density of ln(x/(1−x)), for gamma of ln x
	lambda       float64 // derivative of density: a − (a+b)x, for gamma a − x
}

// betaTailsAt is LogBetaCDF for x and y = 1 − x, the smaller precise to the last place.
func betaTailsAt(a, b, x, y float64) tails {
	switch {
	case x <= 0:
		return tails{lower: math.Inf(-1), density: math.Inf(-1), lambda: a}
	case y <= 0:
		return tails{upper: math.Inf(-1), density: math.Inf(-1), lambda: -b}
	}
	d, lambda := betaDeviance(a, b, x, y)
	n := a + b
	stirling := stirlingError(n) - stirlingError(a) - stirlingError(b)
	t := tails{
		lambda: lambda,
		// ln(xᵃyᵇ/B(a,b)), Loader's saddle-point form.
		density: -d + (0.5*ln(a/n*b) - halfLn2Pi + stirling),
	}
	switch {
	case a < 1 && b*x <= 1 && x <= 0.7:
		t.lower, t.upper = betaSmallShape(a, b, x)
	case b < 1 && a*y <= 1 && y <= 0.7:
		t.upper, t.lower = betaSmallShape(b, a, y)
	case centralRange(math.Min(a, b), d):
		z := math.Sqrt(2 * d)
		gamma := (b - a) / (math.Sqrt(a) * math.Sqrt(b) * math.Sqrt(n))
		if lambda >= 0 {
			t.lower = -d + stirling + ln(centralTail(z, -gamma, 1/n))
			t.upper = log1mExp(t.lower)
		} else {
			t.upper = -d + stirling + ln(centralTail(z, gamma, 1/n))
			t.lower = log1mExp(t.upper)
		}
	case lambda >= 0:
		t.lower = t.density - ln(betaFraction(a, b, x, y, lambda))
		t.upper = log1mExp(t.lower)
	default:
		t.upper = t.density - ln(betaFraction(b, a, y, x, -lambda))
		t.lower = log1mExp(t.upper)
	}
	return t
}

// betaFraction returns F in I_x(a,b) = xᵃyᵇ/(B(a,b)·F) for x up to the mean, where λ = a −
// (a+b)x ≥ 0, by the continued fraction β₀ + α₁/(β₁ + α₂/(β₂ + …)),
//
//	αₘ = (a+m−1)(a+b+m−1)·m(b−m)·x²/(a+2m−1)²
//	βₘ = m + m(b−m)x/(a+2m−1) + (a+m)(λ + 1 + m(1+y))/(a+2m+1)
//
// (Didonato and Morris 1992, equation 9; the even part of DLMF 8.17.22), summed forward by
// Steed's method. The number of terms grows with √min(a,b) at the mean and falls off
// quickly away from it.
func betaFraction(a, b, x, y, lambda float64) float64 {
	inv := 1 / (a + 1)
	f := a * (lambda + 1) * inv
	n := a + b
	var ratio, step float64
	for m := 1.0; m < 1e6; m++ {
		next := 1 / (a + 2*m + 1)
		r := m * (b - m) * x * inv
		alpha := (a + m - 1) * (n + m - 1) * x * inv * r
		beta := m + r + (a+m)*(lambda+1+m*(1+y))*next
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
		if math.Abs(step) <= 1e-17*math.Abs(f) {
			break
		}
	}
	return f
}

// betaSmallShape returns the logarithms of I_x(a,b) and of its complement for a < 1 and bx
// ≤ 1, by
//
//	I_x = xᵃ/(a·B(a,b)) · (1 + a·Σₖ (1−b)(2−b)…(k−b)/(k!·(a+k))·xᵏ)
//
// (DLMF 8.17.7). Each part of the logarithm is of order a, so the complement keeps its
// relative accuracy where I_x is nearly one.
func betaSmallShape(a, b, x float64) (lower, upper float64) {
	term, sum := 1.0, 0.0
	for k := 1.0; k < 1000; k++ {
		term *= (k - b) / k * x
		t := term / (a + k)
		sum += t
		if math.Abs(t) <= 1e-17*math.Abs(sum) {
			break
		}
	}
	lower = a*ln(x) - (logGamma1p(a) - logGammaShift(b, a)) + math.Log1p(a*sum)
	lower = math.Min(lower, 0)
	return lower, log1mExp(lower)
}
