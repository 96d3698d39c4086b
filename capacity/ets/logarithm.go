package ets

import "math"

// logarithm is the natural logarithm of a positive number, to about one
// rounding; −Inf at 0, and +Inf or NaN as it got it. The standard library's
// differs in the last bit between architectures; this one does not, and so the
// path of a search does not either.
//
// With x = 2ᵏ·f, f in [√½, √2): log x = k·log 2 + 2·artanh((f−1)/(f+1)).
func logarithm(x float64) float64 {
	if x == 0 {
		return math.Inf(-1)
	}
	if !(x > 0) || math.IsInf(x, 1) {
		return x
	}
	f, k := math.Frexp(x)
	if f < math.Sqrt2/2 {
		f *= 2
		k--
	}
	s := (f - 1) / (f + 1)
	z := float64(s * s)
	sum := 0.0
	for i := 23; i >= 3; i -= 2 {
		sum = float64(z * (1/float64(i) + sum))
	}
	const high, low = 6.93147180369123816490e-01, 1.90821492927058770002e-10 // log 2; high ends in zeros
	n := float64(k)
	return float64(n*high) + (float64(2*s) + (float64(float64(2*s)*sum) + float64(n*low)))
}
