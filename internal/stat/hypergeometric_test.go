package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Exchanging marked with drawn, marked with unmarked, or drawn with left, mirrors the
// distribution; adding one probability moves from one tail to the next. Large totals,
// beyond the exact test.
func TestHypergeometricLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := uint64(math.Pow(10, rapid.Float64Range(0.31, 11).Draw(t, "log10 total")))
		marked := rapid.Uint64Range(1, total-1).Draw(t, "marked")
		draws := rapid.Uint64Range(1, min(total-1, 1e5)).Draw(t, "draws")
		low, high := hypergeometricSupport(draws, marked, total)
		p := float64(marked) / float64(total)
		mean := float64(draws) * p
		k := uint64(math.Max(float64(low), math.Round(mean+rapid.Float64Range(-30, 30).Draw(t, "score")*math.Sqrt(mean*(1-p)))))
		if k >= high {
			return
		}
		l, u := LogHypergeometricCDF(k, draws, marked, total)
		sumToOne(t, l, u)
		ml, mu := LogHypergeometricCDF(draws-k-1, draws, total-marked, total)
		if e := max(logError(ml, u), logError(mu, l)); !(e <= 1e-11) {
			t.Fatalf("mirrored: got %v, %v, want %v, %v", mu, ml, l, u)
		}
		l2, u2 := LogHypergeometricCDF(k+1, draws, marked, total)
		ordered(t, l, u, l2, u2)
		pmf := LogHypergeometricPMF(k+1, draws, marked, total)
		if l2 > -700 {
			if e := math.Exp(l-l2) + math.Exp(pmf-l2) - 1; !(math.Abs(e) <= 1e-11) {
				t.Fatalf("lower tails ln %v and ln %v differ from ln %v by %v", l, l2, pmf, e)
			}
		}
	})
}

func TestHypergeometricEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		k, draws, marked, total uint64
		lower, upper, pmf       float64
	}{
		{0, 0, 0, 0, 0, -inf, 0},
		{0, 3, 0, 9, 0, -inf, 0},
		{3, 3, 9, 9, 0, -inf, 0},
		{2, 3, 9, 9, -inf, 0, -inf},
		{1, 5, 7, 9, -inf, 0, -inf}, // at least 3 of the 5 are marked
		{5, 5, 7, 9, 0, -inf, math.Log(21.0 / 126)},
		{7, 5, 7, 9, 0, -inf, -inf},
		{1, 2, 3, 6, math.Log(4.0 / 5), math.Log(1.0 / 5), math.Log(3.0 / 5)},
		{1, 7, 3, 6, nan, nan, nan},
		{1, 2, 7, 6, nan, nan, nan},
	} {
		l, u := LogHypergeometricCDF(c.k, c.draws, c.marked, c.total)
		pmf := LogHypergeometricPMF(c.k, c.draws, c.marked, c.total)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}, {pmf, c.pmf}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || math.Abs(v[0]-v[1]) <= 2e-15) {
				t.Errorf("hypergeometric%v: got %v, %v, %v", c, l, u, pmf)
			}
		}
	}
}
