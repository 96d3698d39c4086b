package stat

import "math"

// The beta and gamma distributions near their means, by Temme's uniform expansion (Temme
// 1996, Special Functions, chapter 11; DLMF 8.12 and 8.18(ii); Didonato and Morris 1992).
//
// Let n = a + b, x₀ = a/n, and let z = ±√(2D) be the signed root of the deviance of x.
// Since z dz = n(t − x₀)·dt/(t(1−t)), the probability beyond x is, without approximation,
//
//	E/√(2π) · ∫_z^∞ e^{−s²/2} w(s) ds,  w(s) = s/R(s),  R(s) = (t(s) − x₀)·√(n/(x₀(1−x₀))),
//
// with E = exp(δ(n) − δ(a) − δ(b)). R obeys R·R′ = s·(1 + γR − εR²) where γ = (b−a)/√(abn)
// and ε = 1/n, so the coefficients of w = Σ dₖsᵏ follow from s-by-s comparison in w − s·w′
// = w³ + γ·s·w² − ε·s²·w:
//
//	d₀ = 1, dₖ = −([w³]ₖ without its terms in dₖ + γ·[w²]ₖ₋₁ − ε·dₖ₋₂)/(k + 2).
//
// The gamma distribution is the limit b → ∞: γ = 1/√a, ε = 0, E = exp(−δ(a)). The nearest
// singularity lies at |s| = 2√(π·min(a, b)), which bounds where the series may be cut.
const (
	centralShape = 30 // smallest min(a, b) at which centralTail is used
	centralScore = 3  // largest z: beyond, continued fractions need few terms
	centralTerms = 26
)

// centralRange reports whether centralTail holds: shape is min(a, b), d the deviance.
func centralRange(shape, d float64) bool {
	return shape >= centralShape && 2*d <= centralScore*centralScore
}

// centralTail returns e^{z²/2}/√(2π) · ∫_z^∞ e^{−s²/2} w(s) ds for z ≥ 0. For the tail
// below the mean γ changes its sign.
func centralTail(z, gamma, epsilon float64) float64 {
	var d, square [centralTerms]float64 // of w and of w²
	d[0], square[0] = 1, 1
	even, oddJ := mills(z), 1.0 // Jₖ = e^{z²/2}·∫_z^∞ sᵏe^{−s²/2} ds, for the last even and odd k
	sum := even
	power := 1.0 // zᵏ⁻¹
	small := 0
	for k := 1; k < centralTerms; k++ {
		var s2, s3 float64
		for i := 1; i < k; i++ {
			s2 += d[i] * d[k-i]
			s3 += d[i] * square[k-i]
		}
		t := s2 + s3 + gamma*square[k-1]
		if k > 1 {
			t -= epsilon * d[k-2]
		}
		d[k] = -t / float64(k+2)
		square[k] = s2 + 2*d[k]

		var term float64
		if k%2 == 1 {
			if k > 1 {
				oddJ = power + float64(k-1)*oddJ
			}
			term = d[k] * oddJ
		} else {
			even = power + float64(k-1)*even
			term = d[k] * even
		}
		power *= z
		sum += term
		// Odd terms vanish where a = b: two in a row must be negligible.
		if math.Abs(term) > 1e-17*sum {
			small = 0
		} else if small++; small == 2 {
			break
		}
	}
	return sum * invSqrt2Pi
}

// mills returns Mills' ratio (1 − Φ(z))/φ(z) for z ≥ 0.
func mills(z float64) float64 {
	if z < 3 {
		const sqrtHalfPi = 1.25331413731550025120788264241 // √(π/2)
		return sqrtHalfPi * math.Exp(0.5*z*z) * math.Erfc(z/math.Sqrt2)
	}
	// Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/(z + …)))) (DLMF 7.9.3), by
	// Steed's forward recurrence.
	ratio := 1 / z
	f, step := ratio, ratio
	for k := 1.0; k < 200; k++ {
		next := 1 / (z + k*ratio)
		step *= -k * ratio * next
		ratio = next
		f += step
		if math.Abs(step) < 1e-17*f {
			break
		}
	}
	return f
}
