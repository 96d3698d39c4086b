package stat

import "math"

// twofold is an unevaluated sum hi + lo of two doubles with |lo| at most half a unit in the
// last place of hi: about 32 significant digits. It carries the few quantities whose
// rounding would otherwise be multiplied by the size of a sample, such as the distance of a
// count from its mean.
type twofold struct{ hi, lo float64 }

// twoSum returns a + b without error (Knuth 1998, The Art of Computer Programming 2,
// section 4.2.2, theorem B).
func twoSum(a, b float64) twofold {
	s := a + b
	t := s - a
	return twofold{s, (a - (s - t)) + (b - t)}
}

// twoProduct returns a·b without error, unless the error itself underflows (Ogita, Rump and
// Oishi 2005, SIAM J. Sci. Comput. 26, algorithm 3.5).
func twoProduct(a, b float64) twofold {
	p := float64(a * b) // the conversion keeps a compiler from fusing the product into a sum later on
	return twofold{p, math.FMA(a, b, -p)}
}

// lessProduct returns a − n·x, with an absolute error of about 2⁻¹⁰⁴·max(a, n·x).
func lessProduct(a float64, n twofold, x float64) float64 {
	p := twoProduct(n.hi, x)
	s := twoSum(a, -p.hi)
	return s.hi + (s.lo - (p.lo + n.lo*x))
}

// determinant returns a·d − b·c, with an error of about 2⁻¹⁰⁴·max(a·d, b·c).
func determinant(a, b, c, d float64) float64 {
	p, q := twoProduct(a, d), twoProduct(b, c)
	s := twoSum(p.hi, -q.hi)
	return s.hi + (s.lo + (p.lo - q.lo))
}

// log1mExp returns ln(1 − eˡ) for l ≤ 0: the logarithm of the other tail (Mächler 2012,
// Accurately computing log(1 − exp(−|a|)), equation 7).
func log1mExp(l float64) float64 {
	if l > -math.Ln2 {
		return ln(-math.Expm1(l))
	}
	return math.Log1p(-math.Exp(l))
}

// ln returns the natural logarithm of x ≥ 0 for every double. math.Log in assembly, on
// amd64 and s390x, takes a subnormal for a number with a leading one and is wrong by up to
// 36.
func ln(x float64) float64 {
	const smallestNormal = 0x1p-1022
	if x < smallestNormal {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}
