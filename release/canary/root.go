package canary

import "math"

// rootOf returns where the continuous f changes its sign between low and high, to
// about the last place: regula falsi with the Illinois rule, and halving where that
// is slow. f(low) and f(high) must not have the same sign; if they do, it returns the
// end at which f is nearer to 0.
func rootOf(f func(float64) float64, low, high float64) float64 {
	fl, fh := f(low), f(high)
	switch {
	case fl == 0:
		return low
	case fh == 0:
		return high
	case (fl < 0) == (fh < 0):
		if math.Abs(fl) < math.Abs(fh) {
			return low
		}
		return high
	}
	side := 0
	for i := range 200 {
		width := high - low
		if width <= 2e-16*math.Max(math.Abs(low), math.Abs(high)) {
			break
		}
		m := low + width*(fl/(fl-fh))
		if i%3 == 2 || !(m > low && m < high) {
			m = low + width/2
		}
		if m == low || m == high {
			break
		}
		fm := f(m)
		switch {
		case fm == 0:
			return m
		case (fm < 0) == (fl < 0):
			low, fl = m, fm
			if side == -1 {
				fh /= 2
			}
			side = -1
		default:
			high, fh = m, fm
			if side == 1 {
				fl /= 2
			}
			side = 1
		}
	}
	return low + (high-low)/2
}
