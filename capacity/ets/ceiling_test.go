package ets

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// stable is the test of Schur and Cohn on the characteristic polynomial of the
// recursion with trend and season (Hyndman et al. 2008, section 10.1): an
// independent way, whose cost grows with the square of the period.
func stable(p Parameters, m int) bool {
	n := m + 1
	c, next := make([]float64, n+1), make([]float64, n+1)
	step := p.Alpha + p.Beta - p.Alpha*p.Phi
	for i := range c {
		c[i] = step
	}
	c[0], c[1] = 1, p.Alpha+p.Beta-p.Phi
	c[n-1], c[n] = step+p.Gamma-1, p.Phi*(1-p.Alpha-p.Gamma)
	for ; n > 0; n-- {
		k := c[n]
		if !(math.Abs(k) < 1) {
			return false
		}
		for i := range next[:n] {
			next[i] = (c[i] - k*c[n-i]) / (1 - k*k)
		}
		c, next = next, c
	}
	return true
}

func drawUsual(t *rapid.T) (Parameters, int) {
	unit := func(name string) float64 { return rapid.Float64Range(0.0005, 0.9995).Draw(t, name) }
	p := Parameters{Alpha: unit("alpha"), Phi: 1}
	p.Gamma = (1 - p.Alpha) * unit("gamma")
	if rapid.Bool().Draw(t, "damped") {
		p.Phi = minPhi + (maxPhi-minPhi)*unit("phi")
	}
	return p, rapid.SampledFrom([]int{3, 4, 7, 12, 24, 52, 168}).Draw(t, "m")
}

func TestHighestBetaIsWhereStabilityEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, m := drawUsual(t)
		limit := highestBeta(p.Alpha, p.Gamma, p.Phi, m).beta
		for _, c := range []struct {
			share float64
			want  bool
		}{{1e-3, true}, {0.5, true}, {0.99, true}, {1.01, false}, {1.5, false}} {
			p.Beta = c.share * limit
			if p.Beta > p.Alpha {
				continue // outside the usual region other roots come first
			}
			if got := stable(p, m); got != c.want {
				t.Errorf("%v, m %d: β at %v of its limit %v: stable %v, want %v", p, m, c.share, limit, got, c.want)
			}
		}
	})
}

func TestHighestBetaDerivatives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, m := drawUsual(t)
		c := highestBeta(p.Alpha, p.Gamma, p.Phi, m)
		const h = 1e-7
		for _, d := range []struct {
			name          string
			got, from, to float64
		}{
			{"α", c.byAlpha, highestBeta(p.Alpha-h, p.Gamma, p.Phi, m).beta, highestBeta(p.Alpha+h, p.Gamma, p.Phi, m).beta},
			{"γ", c.byGamma, highestBeta(p.Alpha, p.Gamma-h, p.Phi, m).beta, highestBeta(p.Alpha, p.Gamma+h, p.Phi, m).beta},
			{"φ", c.byPhi, highestBeta(p.Alpha, p.Gamma, p.Phi-h, m).beta, highestBeta(p.Alpha, p.Gamma, p.Phi+h, m).beta},
		} {
			if want := (d.to - d.from) / (2 * h); math.Abs(d.got-want) > 1e-4*max(1, math.Abs(want)) {
				t.Errorf("%v, m %d: derivative in %s: got %v, want %v", p, m, d.name, d.got, want)
			}
		}
	})
}

func TestSincos(t *testing.T) {
	for i := range 1001 {
		v := math.Pi * float64(i) / 1000
		sin, cos := sincos(v)
		if math.Abs(sin-math.Sin(v)) > 3e-16 || math.Abs(cos-math.Cos(v)) > 3e-16 {
			t.Errorf("at %v: got %v, %v, want %v, %v", v, sin, cos, math.Sin(v), math.Cos(v))
		}
	}
}
