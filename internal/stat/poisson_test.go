package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestPoissonSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := math.Pow(10, rapid.Float64Range(-3, 12).Draw(t, "log10 mu"))
		k := uint64(math.Max(0, math.Round(mu+score.Draw(t, "score")*math.Sqrt(mu))))
		l, u := LogPoissonCDF(k, mu)
		l2, u2 := LogPoissonCDF(k+1, mu)
		pmf := LogPoissonPMF(k+1, mu)
		sumToOne(t, l, u)
		ordered(t, l, u, l2, u2)
		if l2 > -700 {
			if e := math.Exp(l-l2) + math.Exp(pmf-l2) - 1; !(math.Abs(e) <= 1e-12) {
				t.Fatalf("lower tails ln %v and ln %v differ from ln %v by %v", l, l2, pmf, e)
			}
		}
		if u > -700 {
			if e := math.Exp(u2-u) + math.Exp(pmf-u) - 1; !(math.Abs(e) <= 1e-12) {
				t.Fatalf("upper tails ln %v and ln %v differ from ln %v by %v", u, u2, pmf, e)
			}
		}
	})
}

func TestPoissonEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		k                     uint64
		mu, lower, upper, pmf float64
	}{
		{0, 0, 0, -inf, 0},
		{3, 0, 0, -inf, -inf},
		{0, 2, -2, math.Log(-math.Expm1(-2)), -2},
		{1, 2, math.Log(3) - 2, math.Log(1 - 3*math.Exp(-2)), math.Ln2 - 2},
		{2, 5e-324, 0, -3*1074*math.Ln2 - math.Log(6), -2*1074*math.Ln2 - math.Ln2},
		{2, inf, -inf, 0, nan},
		{2, -1, nan, nan, nan},
		{2, nan, nan, nan, nan},
	} {
		l, u := LogPoissonCDF(c.k, c.mu)
		pmf := LogPoissonPMF(c.k, c.mu)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}, {pmf, c.pmf}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || math.Abs(v[0]-v[1]) <= 1e-15*math.Max(1, -v[1])) {
				t.Errorf("Poisson(%d, %v): got %v, %v, %v, want %v, %v, %v", c.k, c.mu, l, u, pmf, c.lower, c.upper, c.pmf)
			}
		}
	}
	if l, u := PoissonCDF(0, math.Ln2); !(math.Abs(l-0.5) <= 2e-16 && math.Abs(u-0.5) <= 2e-16) {
		t.Errorf("PoissonCDF(0, ln 2): got %v, %v, want 0.5, 0.5", l, u)
	}
}
