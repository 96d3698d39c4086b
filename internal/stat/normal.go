package stat

import "math"

// LogNormalCDF returns the logarithms of both tails of the standard normal distribution
// (not the distribution function of the log-normal law):
//
//	lower = ln Φ(z), upper = ln(1 − Φ(z)).
//
// Finite for every finite |z| up to 1e154; ±Inf gives −Inf and 0; NaN for NaN. The relative
// error of the probabilities is about 1e-15, beyond |z| = 5 a few units in the last place
// of z²/2.
func LogNormalCDF(z float64) (lower, upper float64) {
	if math.IsNaN(z) {
		return z, z
	}
	l := logNormalTail(math.Abs(z))
	if z <= 0 {
		return l, log1mExp(l)
	}
	return log1mExp(l), l
}

// NormalCDF returns Φ(z) and 1 − Φ(z).
func NormalCDF(z float64) (lower, upper float64) {
	l, u := LogNormalCDF(z)
	return math.Exp(l), math.Exp(u)
}

// logNormalTail returns ln(1 − Φ(z)) for z ≥ 0.
func logNormalTail(z float64) float64 {
	switch {
	case z < 3:
		return ln(0.5 * math.Erfc(z/math.Sqrt2))
	case math.IsInf(z, 1):
		return math.Inf(-1)
	}
	return -0.5*z*z - halfLn2Pi + ln(mills(z))
}

// NormalQuantile returns the z with Φ(z) = p, to a relative error of about 1e-15 for every
// p in (0, 1) down to the smallest double (Wichura 1988, Applied Statistics 37, algorithm
// AS 241, PPND16). p = 0 and 1 give −Inf and +Inf, all else NaN. For the upper tail use
// −NormalQuantile(q), which keeps small q exact.
func NormalQuantile(p float64) float64 {
	switch {
	case !(p >= 0 && p <= 1):
		return math.NaN()
	case p == 0:
		return math.Inf(-1)
	case p == 1:
		return math.Inf(1)
	}
	if q := p - 0.5; math.Abs(q) <= 0.425 {
		return quantileCentre(q)
	}
	if p < 0.5 {
		return -quantileTail(math.Sqrt(-ln(p)))
	}
	return quantileTail(math.Sqrt(-ln(1 - p)))
}

// LogNormalQuantile returns the z with ln Φ(z) = l for l ≤ 0: NormalQuantile for
// probabilities given by their logarithm, which may lie far below the smallest double. NaN
// for l > 0.
func LogNormalQuantile(l float64) float64 {
	switch {
	case !(l <= 0):
		return math.NaN()
	case math.IsInf(l, -1):
		return l
	case l > -math.Ln2:
		return -LogNormalQuantile(log1mExp(l))
	}
	if q := math.Exp(l) - 0.5; q >= -0.425 {
		return quantileCentre(q)
	}
	r := math.Sqrt(-l)
	if r <= 27 {
		return -quantileTail(r)
	}
	// Beyond AS 241: the leading terms of Mills' ratio, then Newton's iteration on ln(1 −
	// Φ), which is nearly a parabola there.
	z := math.Sqrt(-2*l - ln(-4*math.Pi*l))
	for range 3 {
		m := mills(z)
		z += (-0.5*z*z - halfLn2Pi + ln(m) - l) * m
	}
	return -z
}

// quantileCentre is AS 241 for |q| ≤ 0.425, p = ½ + q.
func quantileCentre(q float64) float64 {
	r := 0.180625 - q*q
	num := (((((((2.5090809287301226727e+3*r+3.3430575583588128105e+4)*r+6.7265770927008700853e+4)*r+
		4.5921953931549871457e+4)*r+1.3731693765509461125e+4)*r+1.9715909503065514427e+3)*r+
		1.3314166789178437745e+2)*r + 3.3871328727963666080e0)
	den := (((((((5.2264952788528545610e+3*r+2.8729085735721942674e+4)*r+3.9307895800092710610e+4)*r+
		2.1213794301586595867e+4)*r+5.3941960214247511077e+3)*r+6.8718700749205790830e+2)*r+
		4.2313330701600911252e+1)*r + 1)
	return q * num / den
}

// quantileTail is AS 241 for the tails: r = √(−ln q) with q < 0.075 the upper tail.
func quantileTail(r float64) float64 {
	if r <= 5 {
		r -= 1.6
		num := (((((((7.74545014278341407640e-4*r+2.27238449892691845833e-2)*r+2.41780725177450611770e-1)*r+
			1.27045825245236838258e0)*r+3.64784832476320460504e0)*r+5.76949722146069140550e0)*r+
			4.63033784615654529590e0)*r + 1.42343711074968357734e0)
		den := (((((((1.05075007164441684324e-9*r+5.47593808499534494600e-4)*r+1.51986665636164571966e-2)*r+
			1.48103976427480074590e-1)*r+6.89767334985100004550e-1)*r+1.67638483018380384940e0)*r+
			2.05319162663775882187e0)*r + 1)
		return num / den
	}
	r -= 5
	num := (((((((2.01033439929228813265e-7*r+2.71155556874348757815e-5)*r+1.24266094738807843860e-3)*r+
		2.65321895265761230930e-2)*r+2.96560571828504891230e-1)*r+1.78482653991729133580e0)*r+
		5.46378491116411436990e0)*r + 6.65790464350110377720e0)
	den := (((((((2.04426310338993978564e-15*r+1.42151175831644588870e-7)*r+1.84631831751005468180e-5)*r+
		7.86869131145613259100e-4)*r+1.48753612908506148525e-2)*r+1.36929880922735805310e-1)*r+
		5.99832206555887937690e-1)*r + 1)
	return num / den
}
