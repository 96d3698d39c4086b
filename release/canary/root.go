package canary

import "math"

// rootOf returns where the continuous f changes its sign between low and high, to a
// few units in the last place, by Brent's method (1973, Algorithms for Minimization
// without Derivatives, chapter 4): inverse quadratic and linear interpolation while
// they shrink the bracket, otherwise halving. f(low) and f(high) must not have the
// same sign; if they do, it returns the end at which f is nearer to 0.
func rootOf(f func(float64) float64, low, high float64) float64 {
	a, b := low, high
	fa, fb := f(a), f(b)
	if fa != 0 && fb != 0 && (fa < 0) == (fb < 0) {
		if math.Abs(fa) < math.Abs(fb) {
			return a
		}
		return b
	}
	// b is the best guess, a the one before, and the root lies between b and c.
	c, fc := a, fa
	step := b - a
	last := step
	for range 200 {
		if (fb < 0) == (fc < 0) {
			c, fc = a, fa
			step = b - a
			last = step
		}
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		tolerance := 4e-16 * math.Abs(b)
		half := (c - b) / 2
		if math.Abs(half) <= tolerance || fb == 0 {
			break
		}
		if math.Abs(last) < tolerance || math.Abs(fa) <= math.Abs(fb) {
			step, last = half, half
		} else {
			var p, q float64
			s := fb / fa
			if a == c {
				p, q = 2*half*s, 1-s
			} else {
				r, u := fb/fc, fa/fc
				p = s * (2*half*u*(u-r) - (b-a)*(r-1))
				q = (u - 1) * (r - 1) * (s - 1)
			}
			if p > 0 {
				q = -q
			}
			p = math.Abs(p)
			if 2*p < math.Min(3*half*q-math.Abs(tolerance*q), math.Abs(last*q)) {
				last, step = step, p/q
			} else {
				step, last = half, half
			}
		}
		a, fa = b, fb
		if math.Abs(step) > tolerance {
			b += step
		} else {
			b += math.Copysign(tolerance, half)
		}
		fb = f(b)
	}
	return b
}
