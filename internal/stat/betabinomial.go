package stat

import "math"

// LogBetaBinomialPMF returns ln P(X = k) for X binomial with n trials whose probability is
// itself Beta(a, b), a, b > 0:
//
//	P(X = k) = C(n, k)·B(k+a, n−k+b)/B(a, b).
//
// Written with Stirling's formula its large part is the deviance of the table of k, n−k
// over a, b, so that large shapes do not cancel. k > n gives −Inf; NaN outside the domain.
func LogBetaBinomialPMF(k, n uint64, a, b float64) float64 {
	switch {
	case !betaDomain(a, b):
		return math.NaN()
	case k > n:
		return math.Inf(-1)
	case n == 0:
		return 0
	}
	x, y := float64(k), float64(n-k)
	s := logFactorialExcess(float64(n)) - logFactorialExcess(x) - logFactorialExcess(y) +
		logGammaExcess(x+a) + logGammaExcess(y+b) - logGammaExcess(float64(n)+(a+b)) +
		logGammaExcess(a+b) - logGammaExcess(a) - logGammaExcess(b)
	return math.Min(0, s-tableDeviance(x, y, a, b))
}

// logGammaExcess returns ln Γ(z) − z·ln z + z = ½·ln(2π/z) + δ(z).
func logGammaExcess(z float64) float64 {
	return halfLn2Pi - 0.5*ln(z) + stirlingError(z)
}

// LogBetaBinomialCDF returns lower = ln P(X ≤ k) and upper = ln P(X > k) for X as in
// LogBetaBinomialPMF. The tails are summed term by term: up to n terms of about 5 ns, fewer
// where the terms fall off. NaN outside the domain.
func LogBetaBinomialCDF(k, n uint64, a, b float64) (lower, upper float64) {
	switch {
	case !betaDomain(a, b):
		return math.NaN(), math.NaN()
	case k >= n:
		return 0, math.Inf(-1)
	}
	if (float64(k)+0.5)*b < (float64(n-k)-0.5)*a { // below the mean na/(a+b)
		if lower = logBetaBinomialTail(k, n, a, b); lower < -0.3 {
			return lower, log1mExp(lower)
		}
		// Shapes below one pile up at an end: then the small tail is the other.
	}
	if upper = logBetaBinomialTail(n-k-1, n, b, a); upper < -0.3 {
		return log1mExp(upper), upper
	}
	lower = logBetaBinomialTail(k, n, a, b)
	return lower, log1mExp(lower)
}

// logBetaBinomialTail returns ln P(X ≤ k), summed from k downwards.
func logBetaBinomialTail(k, n uint64, a, b float64) float64 {
	start := LogBetaBinomialPMF(k, n, a, b)
	sum, term := 1.0, 1.0
	for i := float64(k); i > 0; i-- {
		// P(i−1)/P(i)
		term *= i * (float64(n) - i + b) / ((float64(n) - i + 1) * (i - 1 + a))
		sum += term
		if term*i < 1e-17*sum { // the terms left are no larger, or with shapes below 1 not by so much
			break
		}
	}
	return math.Min(0, start+ln(sum))
}

// BetaBinomialCDF returns P(X ≤ k) and P(X > k): LogBetaBinomialCDF on the linear scale.
func BetaBinomialCDF(k, n uint64, a, b float64) (lower, upper float64) {
	l, u := LogBetaBinomialCDF(k, n, a, b)
	return math.Exp(l), math.Exp(u)
}
