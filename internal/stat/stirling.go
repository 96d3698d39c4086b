package stat

import "math"

const (
	halfLn2Pi  = 0.918938533204672741780329736406 // ½·ln(2π)
	invSqrt2Pi = 0.398942280401432677939946059934 // 1/√(2π)
)

// stirlingHalves holds δ(z), the function stirlingError, at z = ½, 1, 1½, …, 16: the
// arguments that counts and Jeffreys' prior produce.
var stirlingHalves = [...]float64{
	0.153426409720027345,   // 0.5
	0.0810614667953272582,  // 1
	0.0548141210519176539,  // 1.5
	0.0413406959554092941,  // 2
	0.0331628735199362875,  // 2.5
	0.0276779256849983391,  // 3
	0.023746163656297496,   // 3.5
	0.0207906721037650931,  // 4
	0.0184884505326731852,  // 4.5
	0.0166446911898211922,  // 5
	0.0151349732219173789,  // 5.5
	0.013876128823070748,   // 6
	0.0128104652429202269,  // 6.5
	0.0118967099458917701,  // 7
	0.0111045597582069173,  // 7.5
	0.0104112652619720965,  // 8
	0.0097994161261588033,  // 8.5
	0.00925546218271273292, // 9
	0.00876870013413938546, // 9.5
	0.00833056343336287126, // 10
	0.00793411456431402055, // 10.5
	0.00757367548795184079, // 11
	0.00724455430132038318, // 11.5
	0.00694284010720952987, // 12
	0.00666524703270768244, // 12.5
	0.00640899418800420707, // 13
	0.00617171226303945765, // 13.5
	0.00595137011275884774, // 14
	0.00574621651301011568, // 14.5
	0.00555473355196280137, // 15
	0.00537559903292683449, // 15.5
	0.00520765591960964044, // 16
}

// stirlingError returns δ(z) = ln Γ(z) − (z − ½)·ln z + z − ½·ln 2π for z > 0: what
// Stirling's formula leaves out, 1/(12z) − 1/(360z³) + … (DLMF 5.11.1). Loader (2000), Fast
// and accurate computation of binomial probabilities, builds the binomial and Poisson
// probabilities on it. Absolute error below 1e-15 for z ≥ 1.
func stirlingError(z float64) float64 {
	if z <= 16 {
		if h := 2 * z; h >= 1 && h == math.Trunc(h) {
			return stirlingHalves[int(h)-1]
		}
	}
	// δ(z) − δ(z+1) = (z + ½)·ln(1 + 1/z) − 1 (Gudermann) moves z to where the series below
	// is exact to double precision.
	var sum float64
	for z < 10 {
		sum += (z+0.5)*math.Log1p(1/z) - 1
		z++
	}
	return sum + stirlingSeries(z)
}

// stirlingSeries is Stirling's series Σ B₂ₖ/(2k(2k−1)z²ᵏ⁻¹) for z ≥ 10.
func stirlingSeries(z float64) float64 {
	const (
		c0 = 1.0 / 12
		c1 = 1.0 / 360
		c2 = 1.0 / 1260
		c3 = 1.0 / 1680
		c4 = 1.0 / 1188
		c5 = 691.0 / 360360
		c6 = 1.0 / 156
		c7 = 3617.0 / 122400
	)
	u := 1 / z
	w := u * u
	switch {
	case z > 1e6:
		return u * (c0 - w*c1)
	case z > 100:
		return u * (c0 - w*(c1-w*(c2-w*c3)))
	}
	return u * (c0 - w*(c1-w*(c2-w*(c3-w*(c4-w*(c5-w*(c6-w*c7)))))))
}

// LogBeta returns ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a+b) for a, b > 0, by
//
//	ln B = ½·ln(2π(a+b)/(ab)) − a·ln((a+b)/a) − b·ln((a+b)/b) + δ(a) + δ(b) − δ(a+b),
//
// in which nothing large cancels (Didonato and Morris 1992, ACM TOMS 18, algorithm 708,
// write it as bcorr). The absolute error is a few units in the last place of the largest
// term. NaN outside the domain.
func LogBeta(a, b float64) float64 {
	if !(a > 0 && b > 0) || math.IsInf(a, 1) || math.IsInf(b, 1) {
		return math.NaN()
	}
	if a > b {
		a, b = b, a
	}
	n := a + b
	if a < 1 {
		// Small a: B(a,b) = Γ(1+a)/a · Γ(b)/Γ(a+b).
		return logGamma1p(a) - ln(a) - logGammaShift(b, a)
	}
	main := a*ln(n/a) + b*math.Log1p(a/b)
	return 0.5*ln(2*math.Pi/a*(n/b)) - main + (stirlingError(a) + stirlingError(b) - stirlingError(n))
}

// logGamma1p returns ln Γ(1+a) for 0 ≤ a ≤ 1 with small relative error at small a, by −γa +
// Σₖ₌₂ ζ(k)(−a)ᵏ/k (DLMF 5.7.3).
func logGamma1p(a float64) float64 {
	if a > 0.125 {
		l, _ := math.Lgamma(1 + a)
		return l
	}
	const eulerGamma = 0.5772156649015328606
	zetaOverK := [...]float64{ // ζ(k)/k for k = 2, 3, …
		0.8224670334241132182, 0.4006856343865314285, 0.2705808084277845479, 0.2073855510286739853,
		0.16955717699740819, 0.1440498967688461181, 0.1255096695247430424, 0.1113342658695646905,
		0.1000994575127818085, 0.09095401714582904223, 0.08335384054610900402, 0.07693251641135219147,
		0.07143294629536133606, 0.06666870588242046803, 0.06250095514121304074, 0.05882397865868458234,
	}
	s := 0.0
	for k := len(zetaOverK) - 1; k >= 0; k-- {
		s = zetaOverK[k] - a*s
	}
	return a * (a*s - eulerGamma)
}

// logGammaShift returns ln Γ(b+a) − ln Γ(b) for b > 0 and 0 ≤ a ≤ 1 with an error relative
// to the result, however small a is.
func logGammaShift(b, a float64) float64 {
	var sum float64
	for b < 10 {
		sum -= math.Log1p(a / b) // Γ(z+1) = zΓ(z)
		b++
	}
	// The difference of two Stirling formulas. That of the two series is taken term by
	// term, by uᵏ⁺² − vᵏ⁺² = u²(uᵏ − vᵏ) + vᵏ(u² − v²) from u − v = −a·u·v.
	c := b + a
	u, v := 1/c, 1/b
	diff := -a * u * v
	square := diff * (u + v)
	power := v
	var series float64
	for _, bernoulli := range [...]float64{
		1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400,
	} {
		series += bernoulli * diff
		diff = u*u*diff + power*square
		power *= v * v
	}
	return sum + (b-0.5)*math.Log1p(a*v) + a*ln(c) - a + series
}
