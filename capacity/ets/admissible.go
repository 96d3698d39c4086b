package ets

import (
	"math"
	"math/cmplx"
)

// Admissible tells whether the parameters lie in the usual region, 0 ≤ α ≤ 1,
// 0 ≤ β ≤ α, 0 ≤ γ ≤ 1−α, 0 < φ ≤ 1, and in the one where old errors do not
// grow: Hyndman, Akram and Archibald (2008, Annals of the Institute of
// Statistical Mathematics 60, 407). With a season and a trend the usual region
// alone does not suffice: α = 0.3, β = 0.02, γ = 0.1 at a period of 168 swings
// up by the factor 10³⁰ in a million steps. Such a fit may forecast well for a while but
// must not go on learning, so [NewOnline] refuses it.
//
// All roots of the characteristic polynomial
//
//	z^(m+1) − φ(1−α)·z^m − (1−γ)·z + φ(1−α−γ) + b·(z + z² + … + z^m),  b = β + α(1−φ)
//
// must lie in the unit circle. They do for small b, and leave it where b = −Q(z)/S(z) is
// real with |z| = 1, Q and S being its parts; the least such b has its angle
// below 2π/m. For a multiplicative season this is the condition of the
// recursion for small errors. The cost is a few microseconds, whatever the
// period. Numbers that are not finite are not admissible.
func (p Parameters) Admissible(m Model) bool {
	p = p.of(m)
	if p.usual(m) != nil {
		return false
	}
	b := p.Beta + float64(p.Alpha*(1-p.Phi))
	if m.Season == None || p.Gamma <= 0 || b <= 0 {
		return true
	}
	// crossing is −Q/S at the angle.
	crossing := func(angle float64) complex128 {
		z := cmplx.Rect(1, angle)
		zm := cmplx.Rect(1, float64(m.Period)*angle)
		q := zm*(z-complex(p.Phi*(1-p.Alpha), 0)) - z*complex(1-p.Gamma, 0) + complex(p.Phi*(1-p.Alpha-p.Gamma), 0)
		return -q * (z - 1) / (z * (zm - 1))
	}
	const parts = 16
	end := 2 * math.Pi / float64(m.Period)
	low := end * 1e-9
	before := imag(crossing(low))
	for i := 1; i <= parts; i++ {
		high := end * float64(i) / parts
		if i == parts {
			high = end * (1 - 1e-9)
		}
		after := imag(crossing(high))
		if (before < 0) != (after < 0) {
			x, y := low, high
			for range 60 {
				if c := (x + y) / 2; (imag(crossing(c)) < 0) == (before < 0) {
					x = c
				} else {
					y = c
				}
			}
			if r := real(crossing(x)); r > 0 && b >= r {
				return false
			}
		}
		low, before = high, after
	}
	return true
}
