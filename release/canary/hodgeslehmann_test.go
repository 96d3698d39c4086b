package canary

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHodgesLehmannAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data               string
		HL, CLES, Q10, Q90 num
		N, M               int
		Delta              num     `json:"cliffs_delta"`
		Greater            float64 `json:"n_gt"`
		Equal              float64 `json:"n_eq"`
	}](t, "r_hodges_lehmann") {
		x, y := data[c.Data].X, data[c.Data].Y
		e, err := HodgesLehmann(x, y, Options{})
		if err != nil {
			t.Error(c.Data, err)
			continue
		}
		near(t, c.Data+" shift", e.Effect, c.HL, 1e-12, 0)
		u, err := Superiority(x, y, Options{})
		if err != nil {
			t.Error(c.Data, err)
		}
		near(t, c.Data+" superiority", u.Effect, c.CLES, 1e-12, 0)
		p := comparePairs(x, y, 0)
		if p.equal != c.Equal || (p.above-p.equal)/2 != c.Greater {
			t.Errorf("%s: got %v equal pairs and %v greater, want %v and %v", c.Data, p.equal, (p.above-p.equal)/2, c.Equal, c.Greater)
		}
		s := newDifferences(x, y).selector()
		all := float64(s.size())
		near(t, c.Data+" q10", s.rank(int64(math.Ceil(0.1*all))), c.Q10, 1e-12, 0)
		near(t, c.Data+" q90", s.rank(int64(math.Ceil(0.9*all))), c.Q90, 1e-12, 0)
	}
}

// R finds the ends of the normal approximation as roots of a step function, to an
// absolute 1e-12: they are the order statistics where it crosses. Its estimate is such
// a root as well, of a function that may be 0 between two differences, and is anywhere
// between them; so it is compared for the exact method alone, where it is the median.
// Where all values of each arm are equal R has no interval.
func TestShiftIntervalsAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data, Alternative                  string
		Exact, Correct                     bool
		CI90, CI95, CI98                   ends
		Achieved90, Achieved95, Achieved98 num
		Estimate                           *num
	}](t, "r_wilcox") {
		if c.Estimate == nil {
			continue
		}
		for _, w := range []struct {
			level    float64
			ci       ends
			achieved num
		}{{0.9, c.CI90, c.Achieved90}, {0.95, c.CI95, c.Achieved95}, {0.98, c.CI98, c.Achieved98}} {
			name := fmt.Sprintf("%s exact=%v correct=%v %v", c.Data, c.Exact, c.Correct, w.level)
			o := Options{Level: w.level, Method: Asymptotic, NoContinuity: !c.Correct}
			if c.Exact {
				o.Method = Exact
			}
			e, err := HodgesLehmann(data[c.Data].X, data[c.Data].Y, o)
			if err != nil {
				t.Error(name, err)
				continue
			}
			if w.ci == nil {
				if c.Data != "all_equal" && c.Data != "const_vs_const" {
					t.Error(name, "has no reference")
				}
				continue
			}
			near(t, name+" low", e.Low, w.ci[0], 1e-9, 2e-12)
			near(t, name+" high", e.High, w.ci[1], 1e-9, 2e-12)
			if !c.Exact {
				continue
			}
			near(t, name+" estimate", e.Effect, *c.Estimate, 1e-12, 0)
			// R tells the level it was asked for, unless the data cannot give it.
			if float64(w.achieved) < w.level {
				near(t, name+" level", e.Level, w.achieved, 1e-12, 0)
			} else if e.Level < w.level {
				t.Errorf("%s: got level %v", name, e.Level)
			}
		}
	}
}

// The order statistics are those of the written-out differences.
func TestRankOfDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-1e3, 1e3), rapid.Map(rapid.IntRange(-4, 4), func(i int) float64 { return float64(i) / 10 }))
		x := rapid.SliceOfN(value, 1, 60).Draw(t, "x")
		y := rapid.SliceOfN(value, 1, 60).Draw(t, "y")
		var all []float64
		for _, a := range x {
			for _, b := range y {
				all = append(all, a-b)
			}
		}
		slices.Sort(all)
		s := newDifferences(x, y).selector()
		for _, k := range []int{0, len(all) / 7, len(all) / 2, len(all) - 1} {
			if got := s.rank(int64(k + 1)); got != all[k] {
				t.Fatalf("rank %d of %d: got %v, want %v", k+1, len(all), got, all[k])
			}
		}
	})
}

func lognormal(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * math.Exp(0.7*r.NormFloat64())
	}
	return x
}

func BenchmarkHodgesLehmann(b *testing.B) {
	for _, n := range []int{60, 1000, 100000, 1000000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			x, y := lognormal(r, n, 105), lognormal(r, n, 100)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := HodgesLehmann(x, y, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMannWhitney(b *testing.B) {
	for _, n := range []int{49, 60, 1000, 100000, 1000000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 2))
			x, y := lognormal(r, n, 105), lognormal(r, n, 100)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := MannWhitney(x, y, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
