package stat

import "math"

// LogHypergeometricPMF returns ln P(X = k) for X the marked items among draws taken without
// replacement from total items of which marked are marked:
//
//	P(X = k) = C(marked, k)·C(total−marked, draws−k)/C(total, draws).
//
// It is the probability of a two-by-two table with these margins (Fisher's exact test),
// computed as Stirling corrections minus half the likelihood-ratio statistic of the table
// (Loader 2000). −Inf for impossible k; NaN where draws or marked exceed total.
func LogHypergeometricPMF(k, draws, marked, total uint64) float64 {
	if draws > total || marked > total {
		return math.NaN()
	}
	switch low, high := hypergeometricSupport(draws, marked, total); {
	case k < low || k > high:
		return math.Inf(-1)
	case low == high:
		return 0
	}
	a, b, c := float64(k), float64(draws-k), float64(marked-k)
	d := float64(total - marked - (draws - k))
	s := logFactorialExcess(float64(draws)) + logFactorialExcess(float64(total-draws)) +
		logFactorialExcess(float64(marked)) + logFactorialExcess(float64(total-marked)) - logFactorialExcess(float64(total)) -
		logFactorialExcess(a) - logFactorialExcess(b) - logFactorialExcess(c) - logFactorialExcess(d)
	return math.Min(0, s-tableDeviance(a, b, c, d))
}

// hypergeometricSupport returns the smallest and the largest possible count.
func hypergeometricSupport(draws, marked, total uint64) (low, high uint64) {
	if unmarked := total - marked; draws > unmarked {
		low = draws - unmarked
	}
	return low, min(draws, marked)
}

// logFactorialExcess returns ln x! − x·ln x + x = ½·ln(2πx) + δ(x), 0 at x = 0.
func logFactorialExcess(x float64) float64 {
	if x == 0 {
		return 0
	}
	return 0.5*ln(x) + halfLn2Pi + stirlingError(x)
}

// LogHypergeometricCDF returns lower = ln P(X ≤ k) and upper = ln P(X > k) for X as in
// LogHypergeometricPMF. The tail that does not hold the mean is summed term by term from
// its largest: up to about eight standard deviations of terms, 5 ns each. NaN where draws
// or marked exceed total.
func LogHypergeometricCDF(k, draws, marked, total uint64) (lower, upper float64) {
	if draws > total || marked > total {
		return math.NaN(), math.NaN()
	}
	low, high := hypergeometricSupport(draws, marked, total)
	if k < low {
		return math.Inf(-1), 0
	}
	if k >= high {
		return 0, math.Inf(-1)
	}
	if float64(k) < float64(draws)*(float64(marked)/float64(total)) { // below the mean
		if lower = logHypergeometricLower(k, draws, marked, total); lower < -0.3 {
			return lower, log1mExp(lower)
		}
		// With a mean below one the small tail may be the other.
	}
	// The unmarked items: X > k when at most draws−k−1 of them are drawn.
	upper = logHypergeometricLower(draws-k-1, draws, total-marked, total)
	return log1mExp(upper), upper
}

// logHypergeometricLower returns ln P(X ≤ k), summed from k downwards.
func logHypergeometricLower(k, draws, marked, total uint64) float64 {
	n, m := float64(draws), float64(marked)
	rest := float64(total-marked) - n // what is left of the unmarked if all draws are unmarked; may be negative
	sum, term := 1.0, 1.0
	for i := float64(k); i > 0; i-- {
		term *= i * (rest + i) / ((m - i + 1) * (n - i + 1)) // P(i−1)/P(i)
		sum += term
		if term < 1e-18*sum {
			break
		}
	}
	return math.Min(0, LogHypergeometricPMF(k, draws, marked, total)+ln(sum))
}

// HypergeometricCDF returns P(X ≤ k) and P(X > k): LogHypergeometricCDF on the linear
// scale.
func HypergeometricCDF(k, draws, marked, total uint64) (lower, upper float64) {
	l, u := LogHypergeometricCDF(k, draws, marked, total)
	return math.Exp(l), math.Exp(u)
}
