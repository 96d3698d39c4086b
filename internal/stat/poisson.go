package stat

import "math"

// LogPoissonCDF returns lower = ln P(X ≤ k) and upper = ln P(X > k) for X Poisson with mean
// mu ≥ 0, through P(X ≤ k) = Q(k+1, μ) (DLMF 8.4.10). NaN for negative or NaN mu. k is
// exact up to 2⁵³.
func LogPoissonCDF(k uint64, mu float64) (lower, upper float64) {
	upper, lower = LogGammaCDF(float64(k)+1, mu)
	return lower, upper
}

// PoissonCDF returns P(X ≤ k) and P(X > k): LogPoissonCDF on the linear scale.
func PoissonCDF(k uint64, mu float64) (lower, upper float64) {
	l, u := LogPoissonCDF(k, mu)
	return math.Exp(l), math.Exp(u)
}

// LogPoissonPMF returns ln P(X = k) = −½·ln(2πk) − δ(k) − D(k, μ) for X Poisson with mean
// mu ≥ 0 (Loader 2000). NaN for negative, infinite or NaN mu.
func LogPoissonPMF(k uint64, mu float64) float64 {
	switch {
	case !(mu >= 0) || math.IsInf(mu, 1):
		return math.NaN()
	case k == 0:
		return -mu
	}
	a := float64(k)
	d := a - mu
	if mu < 1e-280 {
		return a*ln(mu) - logGamma(a+1)
	}
	return -deviance(a, mu, d) - (0.5*ln(a) + halfLn2Pi + stirlingError(a))
}
