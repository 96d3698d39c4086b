package ets

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var fitted = []string{"ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"}

// The gradient of every model equals the derivative by central differences, in
// every parameter and every initial state, with and without gaps.
func TestGradientEqualsDifferences(t *testing.T) {
	for _, name := range append(slices.Clone(fitted), "ANM", "AAM", "AAdM") {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				period := rapid.IntRange(2, 9).Draw(t, "period")
				m, err := ParseModel(name, period)
				if err != nil {
					t.Fatal(err)
				}
				n := rapid.IntRange(5, 60).Draw(t, "n")
				unit := func(label string) float64 { return rapid.Float64Range(0, 1).Draw(t, label) }
				y := make([]float64, n)
				for i := range y {
					y[i] = 10 + 4*unit("y") + 0.1*float64(i)
				}
				var mask []bool
				if rapid.Bool().Draw(t, "gaps") {
					mask = make([]bool, n)
					for i := 1; i < n; i++ {
						if mask[i] = rapid.IntRange(0, 3).Draw(t, "gap") == 0; mask[i] {
							y[i] = math.NaN()
						}
					}
				}
				// x: alpha, beta, gamma, phi, level, trend, season.
				x := []float64{0.05 + 0.9*unit("alpha"), 0, 0, 0.8 + 0.18*unit("phi"), 9 + 4*unit("level"), 0.3 * unit("trend")}
				x[1] = x[0] * unit("beta")
				x[2] = (1 - x[0]) * unit("gamma")
				for range period {
					s := unit("season")
					if m.Season == Multiplicative {
						s = 0.7 + 0.6*s
					}
					x = append(x, s)
				}
				var w pass
				w.reset(m, y, mask)
				value := func(x []float64) float64 {
					copy(w.s[:w.m], x[6:])
					trend := x[5]
					if m.Trend == None {
						trend = 0
					}
					return w.forward(Parameters{x[0], x[1], x[2], x[3]}.of(m), x[4], trend)
				}
				trend := x[5]
				if m.Trend == None {
					trend = 0
				}
				if f := value(x); math.IsNaN(f) || math.IsInf(f, 0) {
					t.Skip("the states leave the numbers")
				}
				g := w.backward(Parameters{x[0], x[1], x[2], x[3]}.of(m), trend)
				got := append([]float64{g.alpha, g.beta, g.gamma, g.phi, g.level, g.trend}, w.a[:w.m]...)
				used := []bool{true, m.Trend != None, m.Season != None, m.Damped, true, m.Trend != None}
				if slices.ContainsFunc(got, func(v float64) bool { return math.Abs(v) > 1e6 }) {
					t.Skip("a state passes close to a pole")
				}
				for i := range got {
					if i < len(used) && !used[i] {
						continue
					}
					at := func(h float64) float64 {
						z := slices.Clone(x)
						z[i] += h
						return value(z)
					}
					// Five points, error of order h⁴; two steps tell how exact they are.
					five := func(h float64) float64 {
						return (8*(at(h)-at(-h)) - (at(2*h) - at(-2*h))) / (12 * h)
					}
					// Where the states explode the likelihood bends within a long
					// step, elsewhere a short one is lost in rounding: one must agree.
					var want float64
					agrees := slices.ContainsFunc([]float64{2e-5, 2e-6, 2e-7, 2e-8, 2e-9}, func(h float64) bool {
						want = five(h)
						doubt := math.Abs(want - five(2*h))
						return math.Abs(got[i]-want) <= doubt+1e-6*max(1, math.Abs(want))
					})
					if !agrees {
						t.Fatalf("derivative %d: got %v, want %v", i, got[i], want)
					}
				}
			})
		})
	}
}

func BenchmarkLikelihoodAndGradient(b *testing.B) {
	for _, c := range []struct {
		model string
		n, m  int
	}{{"ANN", 850, 1}, {"AAA", 850, 24}, {"AAdA", 850, 24}, {"MAM", 850, 24}, {"AAA", 4032, 288}} {
		b.Run(fmt.Sprintf("%s/m%d", c.model, c.m), func(b *testing.B) {
			m, err := ParseModel(c.model, c.m)
			if err != nil {
				b.Fatal(err)
			}
			y := wave(c.n, c.m)
			var w pass
			w.reset(m, y, nil)
			for i := range w.s[:w.m] {
				if m.Season == Multiplicative {
					w.s[i] = 1
				}
			}
			p := Parameters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1, Phi: 0.95}.of(m)
			b.ReportAllocs()
			for b.Loop() {
				w.forward(p, 100, 0)
				w.backward(p, 0)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/step")
		})
	}
}
