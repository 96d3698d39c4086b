package slo

import (
	"math"
	"math/rand/v2"
)

// drawPoisson draws from the Poisson distribution: by inversion below a mean
// of 32, above it by the normal quantile with Cornish and Fisher's correction
// for skewness, z + (z²-1)/(6√mean), whose error is below the spacing of the
// counts.
func drawPoisson(r *rand.Rand, mean float64) float64 {
	if !(mean > 0) {
		return 0
	}
	if mean >= 32 {
		z := r.NormFloat64()
		return max(0, math.Round(mean+math.Sqrt(mean)*z+(z*z-1)/6))
	}
	u := r.Float64()
	if u <= 1-mean { // which is at most exp(-mean)
		return 0
	}
	p, k := math.Exp(-mean), 0.0
	for u > p && k < 200 { // rounding may leave u above the sum of all
		u -= p
		k++
		p *= mean / k
	}
	return k
}

// drawGamma draws from the gamma distribution of the shape, with scale 1
// (Marsaglia and Tsang 2000, ACM TOMS 26). The shape must be positive.
func drawGamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 { // their section 6: G(a) = G(a+1)·U^(1/a)
		return drawGamma(r, shape+1) * math.Pow(1-r.Float64(), 1/shape)
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		z := r.NormFloat64()
		v := 1 + c*z
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-r.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// drawEvents draws a number of events of the mean whose variance is dispersion
// times the mean: Poisson for 1, above it a gamma mixture of Poissons (negative
// binomial).
func drawEvents(r *rand.Rand, mean, dispersion float64) float64 {
	if dispersion > 1 && mean > 0 {
		mean = drawGamma(r, mean/(dispersion-1)) * (dispersion - 1)
	}
	return drawPoisson(r, mean)
}
