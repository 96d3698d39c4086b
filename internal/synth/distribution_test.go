package synth

import (
	"math"
	"testing"
)

// draws returns the mean and variance of n draws, each from its own slot.
func draws(n int, draw func(*source) float64) (mean, variance float64) {
	var s source
	var sum, squares float64
	for i := range n {
		s.at(42, forTotal, int64(i), 1)
		x := draw(&s)
		sum += x
		squares += x * x
	}
	mean = sum / float64(n)
	return mean, squares/float64(n) - mean*mean
}

func TestMomentsOfDistributions(t *testing.T) {
	const n = 100_000
	for _, c := range []struct {
		name           string
		draw           func(*source) float64
		mean, variance float64
	}{
		{"uniform", (*source).uniform, 0.5, 1. / 12},
		{"normal", (*source).normal, 0, 1},
		{"gamma 0.3", func(s *source) float64 { return s.gamma(0.3) }, 0.3, 0.3},
		{"gamma 7", func(s *source) float64 { return s.gamma(7) }, 7, 7},
		{"poisson 0.02", func(s *source) float64 { return s.poisson(0.02) }, 0.02, 0.02},
		{"poisson 9.9", func(s *source) float64 { return s.poisson(9.9) }, 9.9, 9.9},
		{"poisson 10.1", func(s *source) float64 { return s.poisson(10.1) }, 10.1, 10.1},
		{"poisson 3e4", func(s *source) float64 { return s.poisson(3e4) }, 3e4, 3e4},
		{"negative binomial", func(s *source) float64 { return s.negativeBinomial(100, 0.04) }, 100, 500},
		{"binomial 20 0.1", func(s *source) float64 { return s.binomial(20, 0.1) }, 2, 1.8},
		{"binomial 20 0.9", func(s *source) float64 { return s.binomial(20, 0.9) }, 18, 1.8},
		{"binomial 1e6 1e-6", func(s *source) float64 { return s.binomial(1e6, 1e-6) }, 1, 1},
		{"binomial 100 0.3", func(s *source) float64 { return s.binomial(100, 0.3) }, 30, 21},
		{"binomial 1e6 0.6", func(s *source) float64 { return s.binomial(1e6, 0.6) }, 6e5, 2.4e5},
		// n·p·(1-p)·(1+(n-1)·correlation) = 16·(1+99·0.3)
		{"beta-binomial", func(s *source) float64 { return s.betaBinomial(100, 0.2, 0.3) }, 20, 491.2},
	} {
		mean, variance := draws(n, c.draw)
		// Five standard errors; that of a variance assumes a kurtosis below 10.
		if got, want := mean, c.mean; math.Abs(got-want) > 5*math.Sqrt(c.variance/n) {
			t.Errorf("%s: mean %v, want %v", c.name, got, want)
		}
		spread := 0.05
		if c.name == "gamma 0.3" || c.name == "poisson 0.02" {
			spread = 0.15
		}
		if got, want := variance, c.variance; relative(got, want) > spread {
			t.Errorf("%s: variance %v, want %v", c.name, got, want)
		}
	}
}

// The chi-squared statistic of 100,000 draws against the exact probabilities
// stays below its 99.99 % quantile for as many cells.
func TestDrawsFollowTheirProbabilities(t *testing.T) {
	lfactorial := func(k float64) float64 { l, _ := math.Lgamma(k + 1); return l }
	poisson := func(mean float64) func(float64) float64 {
		return func(k float64) float64 { return math.Exp(k*math.Log(mean) - mean - lfactorial(k)) }
	}
	binomial := func(n, p float64) func(float64) float64 {
		return func(k float64) float64 {
			return math.Exp(lfactorial(n) - lfactorial(k) - lfactorial(n-k) + k*math.Log(p) + (n-k)*math.Log(1-p))
		}
	}
	for _, c := range []struct {
		name   string
		draw   func(*source) float64
		p      func(float64) float64
		lo, hi float64
	}{
		{"poisson 3", func(s *source) float64 { return s.poisson(3) }, poisson(3), 0, 10},
		{"poisson 12", func(s *source) float64 { return s.poisson(12) }, poisson(12), 2, 25},
		{"poisson 200", func(s *source) float64 { return s.poisson(200) }, poisson(200), 160, 240},
		{"binomial 15 0.3", func(s *source) float64 { return s.binomial(15, 0.3) }, binomial(15, 0.3), 0, 10},
		{"binomial 40 0.4", func(s *source) float64 { return s.binomial(40, 0.4) }, binomial(40, 0.4), 6, 26},
		{"binomial 1000 0.7", func(s *source) float64 { return s.binomial(1000, 0.7) }, binomial(1000, 0.7), 660, 740},
	} {
		const n = 100_000
		seen := map[float64]float64{}
		var s source
		for i := range n {
			s.at(7, forBad, int64(i), 60)
			seen[c.draw(&s)]++
		}
		statistic, cells, rest, restSeen := 0.0, 0.0, 1.0, float64(n)
		for k := c.lo; k <= c.hi; k++ {
			want := n * c.p(k)
			statistic += (seen[k] - want) * (seen[k] - want) / want
			rest -= c.p(k)
			restSeen -= seen[k]
			cells++
		}
		statistic += (restSeen - n*rest) * (restSeen - n*rest) / (n * rest)
		// Wilson & Hilferty: the quantile is about df·(1 - 2/(9df) + z·√(2/(9df)))³.
		df := cells
		limit := df * math.Pow(1-2/(9*df)+3.72*math.Sqrt(2/(9*df)), 3)
		if statistic > limit {
			t.Errorf("%s: chi-squared %.1f with %v degrees of freedom, want below %.1f", c.name, statistic, df, limit)
		}
	}
}

func TestDitherKeepsSums(t *testing.T) {
	for _, x := range []float64{0, 0.0007, 0.3, 2.4, 99.5, 1000} {
		sum, whole := 0.0, true
		for i := range int64(100_000) {
			r := dither(x, i)
			sum += r
			whole = whole && r == math.Floor(r)
			if d := math.Abs(sum - x*float64(i+1)); d > 3 {
				t.Fatalf("dither(%v): after %d slots the sum is %v, %v off", x, i+1, sum, d)
			}
		}
		if !whole {
			t.Errorf("dither(%v) is not whole", x)
		}
	}
	if got := dither(60.000000000000007, 3); got != 60 {
		t.Errorf("dither of nearly 60 = %v, want 60", got)
	}
}
