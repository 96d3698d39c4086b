package synth

import "math"

// The functions of this file give the same bits on every architecture. Package
// math does not promise that: some of its functions are assembly on some
// machines. Go may also fuse x*y + z into one rounding; the language lets an
// explicit conversion, float64(x*y), forbid it, and every product here that is
// added to something stands in one.

const (
	ln2Hi = 6.93147180369123816490e-01 // the upper 33 bits of ln 2, so that k·ln2Hi is exact for |k| < 2^20
	ln2Lo = 1.90821492927058770002e-10 // ln 2 - ln2Hi
)

// inverseFactorial[i] is 1/i!.
var inverseFactorial = [...]float64{
	1, 1, 1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880, 1. / 3628800,
	1. / 39916800, 1. / 479001600, 1. / 6227020800, 1. / 87178291200, 1. / 1307674368000, 1. / 20922789888000,
}

// inverseOdd[i] is 1/(2i+1).
var inverseOdd = [...]float64{
	1, 1. / 3, 1. / 5, 1. / 7, 1. / 9, 1. / 11, 1. / 13, 1. / 15, 1. / 17, 1. / 19, 1. / 21, 1. / 23, 1. / 25, 1. / 27,
}

// exp returns e^x: the Taylor polynomial of degree 14 on |r| <= ln2/2, scaled
// by a power of two. Relative error below 4e-16. Beyond ±745 it returns 0 or
// the largest float, never an infinity; NaN gives 0.
func exp(x float64) float64 {
	switch {
	case !(x > -745):
		return 0
	case x > 709.7:
		return math.MaxFloat64
	}
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	sum := inverseFactorial[14]
	for i := 13; i >= 0; i-- {
		sum = float64(sum*r) + inverseFactorial[i]
	}
	return math.Ldexp(sum, int(k))
}

// log returns the natural logarithm of x > 0: 2·atanh((m-1)/(m+1)) for the
// mantissa m in [√½, √2), plus the exponent's part. Error below 4e-16 of the
// larger of 1 and the result. For x <= 0 and NaN it returns -745.
func log(x float64) float64 {
	if !(x > 0) {
		return -745
	}
	m, e := math.Frexp(min(x, math.MaxFloat64))
	if m < math.Sqrt2/2 {
		m, e = float64(m*2), e-1
	}
	return float64(float64(e)*ln2Hi) + (twiceAtanh((m-1)/(m+1)) + float64(float64(e)*ln2Lo))
}

// log1p returns log(1+x) for x in (-1, 1], precise near 0.
func log1p(x float64) float64 {
	if x < -0.25 || x > 0.4 {
		return log(1 + x)
	}
	return twiceAtanh(x / (2 + x))
}

// twiceAtanh returns log((1+s)/(1-s)) for |s| <= 0.18.
func twiceAtanh(s float64) float64 {
	z := float64(s * s)
	sum := 0.0
	for i := 12; i >= 0; i-- {
		sum = float64(sum*z) + inverseOdd[i]
	}
	return float64(float64(2*s) * sum)
}

// log1pmx returns log(1+x) - x for x > -1, precise near 0, where both terms
// cancel.
func log1pmx(x float64) float64 {
	if x < -0.25 || x > 0.4 {
		return log(1+x) - x
	}
	// With s = x/(2+x), log(1+x) = 2(s + s³/3 + s⁵/5 + …) and 2s - x = -x·s.
	s := x / (2 + x)
	z := float64(s * s)
	sum := 0.0
	for i := 13; i >= 1; i-- {
		sum = float64(sum*z) + inverseOdd[i]
	}
	return float64(float64(2*s)*float64(z*sum)) - float64(x*s)
}

// cosTurns returns the cosine of x whole turns, cos(2πx).
func cosTurns(x float64) float64 {
	x = math.Abs(x - math.Floor(x+0.5)) // [0, 1/2]
	sign := 1.0
	if x > 0.25 {
		x, sign = 0.5-x, -1
	}
	if x > 0.125 {
		return float64(sign * sinSmall(2*math.Pi*(0.25-x)))
	}
	return float64(sign * cosSmall(2*math.Pi*x))
}

// sinSmall returns the sine of x radians, |x| <= π/4.
func sinSmall(x float64) float64 {
	z := float64(x * x)
	sum := inverseFactorial[15]
	for i := 13; i >= 1; i -= 2 {
		sum = inverseFactorial[i] - float64(sum*z)
	}
	return float64(sum * x)
}

// cosSmall returns the cosine of x radians, |x| <= π/4.
func cosSmall(x float64) float64 {
	z := float64(x * x)
	sum := inverseFactorial[16]
	for i := 14; i >= 0; i -= 2 {
		sum = inverseFactorial[i] - float64(sum*z)
	}
	return sum
}

// normalCDF returns Φ(x), the chance that a standard normal variable is at
// most x. Below 3 standard deviations from the mean it sums the series
// Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …) (Abramowitz & Stegun 26.2.11),
// beyond it evaluates Laplace's continued fraction for the tail (26.2.14).
func normalCDF(x float64) float64 {
	const invSqrt2Pi = 0.398942280401432677939946059934
	a := math.Abs(x)
	if !(a < 38) {
		if x > 0 {
			return 1
		}
		return 0
	}
	density := float64(invSqrt2Pi * exp(-float64(float64(a*a)/2)))
	var tail float64 // 1 - Φ(a)
	if a < 3 {
		z := float64(a * a)
		term, sum := a, a
		for i := 3.0; term > float64(sum*1e-17); i += 2 {
			term = float64(float64(term*z) / i)
			sum += term
		}
		tail = 0.5 - float64(density*sum)
	} else {
		f := a
		for i := 120.0; i >= 1; i-- {
			f = a + i/f
		}
		tail = density / f
	}
	tail = max(tail, 0)
	if x > 0 {
		return 1 - tail
	}
	return tail
}
