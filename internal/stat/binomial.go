package stat

import "math"

// LogBinomialCDF returns lower = ln P(X ≤ k) and upper = ln P(X > k) for X binomial with n
// trials of probability 0 ≤ p ≤ 1, through P(X > k) = I_p(k+1, n−k) (DLMF 8.17.5). k ≥ n
// gives 0 and −Inf. NaN for p outside [0, 1]. Counts are exact up to 2⁵³.
func LogBinomialCDF(k, n uint64, p float64) (lower, upper float64) {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN(), math.NaN()
	case k >= n:
		return 0, math.Inf(-1)
	case k == 0:
		lower = float64(n) * math.Log1p(-p)
		return lower, log1mExp(lower)
	case k == n-1:
		upper = float64(n) * ln(p)
		return log1mExp(upper), upper
	}
	upper, lower = LogBetaCDF(float64(k)+1, float64(n-k), p)
	return lower, upper
}

// BinomialCDF returns P(X ≤ k) and P(X > k): LogBinomialCDF on the linear scale.
func BinomialCDF(k, n uint64, p float64) (lower, upper float64) {
	l, u := LogBinomialCDF(k, n, p)
	return math.Exp(l), math.Exp(u)
}

// LogBinomialPMF returns ln P(X = k) for X binomial with n trials of probability p, by
// Loader's saddle-point form
//
//	P(X = k) = √(n/(2πk(n−k))) · exp(δ(n) − δ(k) − δ(n−k) − D),
//
// D the binomial deviance (Loader 2000). k > n gives −Inf, p outside [0, 1] NaN.
func LogBinomialPMF(k, n uint64, p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case k > n:
		return math.Inf(-1)
	case k == 0:
		return zeroTimes(float64(n), math.Log1p(-p))
	case k == n:
		return float64(n) * ln(p)
	}
	a, b, c := float64(k), float64(n-k), float64(n)
	d, _ := betaDeviance(a, b, p, 1-p)
	return -d + (0.5*ln(c/a/b) - halfLn2Pi + stirlingError(c) - stirlingError(a) - stirlingError(b))
}

// zeroTimes returns n·l, and 0 for n = 0 even where l is infinite.
func zeroTimes(n, l float64) float64 {
	if n == 0 {
		return 0
	}
	return n * l
}
