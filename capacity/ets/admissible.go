package ets

// Admissible tells whether the parameters lie in the usual region, 0 ≤ α ≤ 1,
// 0 ≤ β ≤ α, 0 ≤ γ ≤ 1−α, 0 < φ ≤ 1, and in the one where old errors do not
// grow (Hyndman, Akram and Archibald 2008, Annals of the Institute of
// Statistical Mathematics 60, 407). With a season and a trend the usual region
// alone does not suffice: α = 0.3, β = 0.02, γ = 0.1 at a period of 168 swings
// up by the factor 10³⁰ in a million steps. Such a model may forecast well for
// a while but must not go on learning, so [NewOnline] refuses it. What a fit
// estimates is admissible.
//
// All roots of the characteristic polynomial
//
//	z^(m+1) − φ(1−α)·z^m − (1−γ)·z + φ(1−α−γ) + b·(z + z² + … + z^m),  b = β + α(1−φ)
//
// must lie in the unit circle. For a multiplicative season this is the
// condition of the recursion for small errors. The cost is less than a microsecond, whatever
// the period. Numbers that are not finite are not admissible.
func (p Parameters) Admissible(m Model) bool {
	if m.Check() != nil {
		return false
	}
	p = p.of(m)
	if p.usual(m) != nil {
		return false
	}
	if m.Trend == None || m.Season == None || p.Gamma <= 0 || p.Beta == 0 {
		return true
	}
	return p.Beta <= highestBeta(p.Alpha, p.Gamma, p.Phi, m.Period).beta/within
}
