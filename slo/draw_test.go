package slo

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Mean, variance and third central moment of many draws, within five standard
// errors of those of the distribution.
func TestDrawMoments(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct {
		name                 string
		draw                 func() float64
		mean, variance, skew float64
	}{
		{"poisson 0.1", func() float64 { return drawPoisson(r, 0.1) }, 0.1, 0.1, 1 / math.Sqrt(0.1)},
		{"poisson 3", func() float64 { return drawPoisson(r, 3) }, 3, 3, 1 / math.Sqrt(3)},
		{"poisson 31", func() float64 { return drawPoisson(r, 31) }, 31, 31, 1 / math.Sqrt(31)},
		{"poisson 33", func() float64 { return drawPoisson(r, 33) }, 33, 33, 1 / math.Sqrt(33)},
		{"poisson 1e6", func() float64 { return drawPoisson(r, 1e6) }, 1e6, 1e6, 1e-3},
		{"gamma 1/3", func() float64 { return drawGamma(r, 1./3) }, 1. / 3, 1. / 3, 2 / math.Sqrt(1./3)},
		{"gamma 2.5", func() float64 { return drawGamma(r, 2.5) }, 2.5, 2.5, 2 / math.Sqrt(2.5)},
		{"gamma 1000", func() float64 { return drawGamma(r, 1000) }, 1000, 1000, 2 / math.Sqrt(1000)},
		{"events 10, dispersion 5", func() float64 { return drawEvents(r, 10, 5) }, 10, 50, (2*5 - 1) / math.Sqrt(10*5)},
		{"events 10, dispersion 0", func() float64 { return drawEvents(r, 10, 0) }, 10, 10, 1 / math.Sqrt(10)},
	} {
		var m1, m2, m3 float64
		xs := make([]float64, n)
		for i := range xs {
			xs[i] = c.draw()
			m1 += xs[i] / n
		}
		for _, x := range xs {
			d := x - c.mean
			m2 += d * d / n
			m3 += d * d * d / n
		}
		sd := math.Sqrt(c.variance)
		if math.Abs(m1-c.mean) > 5*sd/math.Sqrt(n) {
			t.Errorf("%s: mean %v, want %v", c.name, m1, c.mean)
		}
		// The variance of a variance needs the kurtosis: 3 % is more than five
		// standard errors of all of these but the most skewed.
		if tol := 0.03 + 0.05*c.skew; math.Abs(m2/c.variance-1) > tol {
			t.Errorf("%s: variance %v, want %v", c.name, m2, c.variance)
		}
		if got := m3 / (sd * sd * sd); math.Abs(got-c.skew) > 0.05+0.15*c.skew {
			t.Errorf("%s: skewness %v, want %v", c.name, got, c.skew)
		}
	}
	for _, mean := range []float64{0, -1, math.NaN()} {
		if got := drawEvents(r, mean, 3); got != 0 {
			t.Errorf("mean %v draws %v", mean, got)
		}
	}
}

// P(X = 0) and P(X ≤ 3) of a Poisson distribution of mean 2, which inversion
// must hit, not only its moments.
func TestDrawPoissonShape(t *testing.T) {
	const n = 200_000
	r := rand.New(rand.NewPCG(7, 8))
	zero, three := 0, 0
	for range n {
		switch k := drawPoisson(r, 2); {
		case k == 0:
			zero++
			fallthrough
		case k <= 3:
			three++
		}
	}
	for _, c := range []struct {
		got, want float64
	}{{float64(zero) / n, math.Exp(-2)}, {float64(three) / n, math.Exp(-2) * (1 + 2 + 2 + 8./6)}} {
		if math.Abs(c.got-c.want) > 5*math.Sqrt(c.want*(1-c.want)/n) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}
