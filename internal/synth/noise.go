package synth

import (
	"math"
	"time"
)

// NoiseKind is how the number of events of a slot varies around its mean.
type NoiseKind int

const (
	// Exact is no noise: the numbers of events follow their means, rounded so
	// that the sums over many slots follow them as well.
	Exact NoiseKind = iota
	// Poisson is independent requests: the variance is the mean.
	Poisson
	// NegativeBinomial is clustered requests: the variance is
	// mean + Dispersion·mean².
	NegativeBinomial
)

// Noise is what makes counts differ from their mean. The zero value is none.
type Noise struct {
	Kind NoiseKind
	// Dispersion is the over-dispersion of NegativeBinomial, the squared
	// coefficient of variation of a slot's rate: 0.01 is 10 % up and down.
	Dispersion float64
	// Wander moves the rate slowly, so that neighbouring slots are alike.
	Wander Wander
}

// Wander is a slow random factor with mean 1: the exponential of a Gaussian
// process whose correlation falls to 0 within two periods. Its values at the
// multiples of Every since 1970 are independent, and between them it is
// smooth. The zero value is the factor 1.
type Wander struct {
	// Ratio is the standard deviation of the factor's logarithm, in [0, 3]:
	// 0.1 is about 10 % up and down.
	Ratio float64
	// Every is the time between independent values; 0 is an hour.
	Every time.Duration
}

// wanderer walks along a Wander and remembers the two values it is between.
type wanderer struct {
	sigma float64
	every int64
	seed  uint64
	use   purpose

	knot        int64
	left, right float64
	known       bool
}

func (w Wander) from(seed uint64, use purpose) wanderer {
	every := int64(w.Every)
	if every <= 0 {
		every = int64(time.Hour)
	}
	return wanderer{sigma: clamp(w.Ratio, 0, 3), every: every, seed: seed, use: use}
}

// at returns the factor at an instant.
func (w *wanderer) at(at int64) float64 {
	if w.sigma == 0 {
		return 1
	}
	if knot := floorDiv(at, w.every); !w.known || knot != w.knot {
		w.knot, w.known = knot, true
		w.left, w.right = w.value(knot), w.value(knot+1)
	}
	// The squares of the weights add up to 1, and so the variance is constant.
	quarter := float64(float64(at-w.knot*w.every) / float64(w.every) / 4)
	z := float64(w.left*cosTurns(quarter)) + float64(w.right*cosTurns(0.25-quarter))
	return exp(float64(w.sigma*z) - float64(w.sigma*w.sigma/2))
}

func (w *wanderer) value(knot int64) float64 {
	var s source
	s.at(w.seed, w.use, knot, w.every)
	return s.normal()
}

// exact reports whether counts follow their means without chance.
func (n Noise) exact() bool { return n.Kind != Poisson && n.Kind != NegativeBinomial }

// draw returns the events of a slot with the given mean.
func (n Noise) draw(s *source, mean float64, index int64) float64 {
	mean = clamp(mean, 0, mostEvents)
	switch n.Kind {
	case Poisson:
		return s.poisson(mean)
	case NegativeBinomial:
		return math.Min(s.negativeBinomial(mean, clamp(n.Dispersion, 0, 1e6)), mostEvents)
	default:
		return dither(mean, index)
	}
}
