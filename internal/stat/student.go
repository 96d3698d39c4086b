package stat

import "math"

// LogStudentTCDF returns lower = ln P(T ≤ t) and upper = ln P(T > t) for Student's t with
// nu > 0 degrees of freedom, not necessarily whole, through
//
//	P(T > t) = ½·I_x(ν/2, ½), x = ν/(ν + t²), for t ≥ 0
//
// (Abramowitz and Stegun 26.7.1), with 1 − x = t²/(ν + t²) computed by itself, so that
// large ν loses nothing. nu = +Inf is the normal distribution. NaN outside the domain.
func LogStudentTCDF(nu, t float64) (lower, upper float64) {
	switch {
	case !(nu > 0) || math.IsNaN(t):
		return math.NaN(), math.NaN()
	case math.IsInf(nu, 1):
		return LogNormalCDF(t)
	}
	l := logStudentTTail(nu, math.Abs(t))
	if t <= 0 {
		return l, log1mExp(l)
	}
	return log1mExp(l), l
}

// StudentTCDF returns P(T ≤ t) and P(T > t): LogStudentTCDF on the linear scale.
func StudentTCDF(nu, t float64) (lower, upper float64) {
	l, u := LogStudentTCDF(nu, t)
	return math.Exp(l), math.Exp(u)
}

// logStudentTTail returns ln P(T > t) for t ≥ 0.
func logStudentTTail(nu, t float64) float64 {
	if t > 1e100*math.Max(1, math.Sqrt(nu)) {
		// x underflows; the leading term xᵃ/(a·B(a, ½)), a = ν/2, is exact to 1e-200.
		return 0.5*nu*(ln(nu)-2*ln(t)) - ln(nu) - LogBeta(0.5*nu, 0.5)
	}
	s := t * t
	return betaTailsAt(0.5*nu, 0.5, nu/(nu+s), s/(nu+s)).lower - math.Ln2
}

// StudentTQuantile returns the t with P(T ≤ t) = p for 0 ≤ p ≤ 1, ±Inf at the ends. For the
// upper tail use −StudentTQuantile(nu, q), which keeps small q exact. NaN outside the
// domain.
func StudentTQuantile(nu, p float64) float64 {
	switch {
	case !(nu > 0) || !(p >= 0 && p <= 1):
		return math.NaN()
	case math.IsInf(nu, 1):
		return NormalQuantile(p)
	case p == 0.5:
		return 0
	case p > 0.5:
		return -studentTQuantile(nu, 1-p)
	}
	return studentTQuantile(nu, p)
}

// studentTQuantile solves ½·I_x(ν/2, ½) = p < ½ for t = −√(ν(1−x)/x).
func studentTQuantile(nu, p float64) float64 {
	var x, y float64
	if p < 0.25 {
		x, y = betaQuantile(0.5*nu, 0.5, ln(2*p), false)
	} else {
		x, y = betaQuantile(0.5*nu, 0.5, ln(1-2*p), true)
	}
	if x < 1e-300 {
		// x underflows; invert the leading term.
		return -math.Exp(0.5*ln(nu) - (ln(p)+ln(nu)+LogBeta(0.5*nu, 0.5))/nu)
	}
	return -math.Sqrt(nu) * math.Sqrt(y/x)
}
