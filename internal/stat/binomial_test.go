package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// count draws a k near the mean of n trials of probability p, or anywhere.
func count(t *rapid.T, n uint64, p float64) uint64 {
	mean := float64(n) * p
	k := math.Round(mean + score.Draw(t, "score")*math.Sqrt(mean*(1-p)))
	if !(k >= 0 && k < float64(n)) {
		return rapid.Uint64Range(0, n-1).Draw(t, "k anywhere")
	}
	return uint64(k)
}

// P(X ≤ k+1) = P(X ≤ k) + P(X = k+1), for counts up to 1e12: the tails come from the beta
// function, the probability from Stirling's formula.
func TestBinomialSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := uint64(math.Pow(10, rapid.Float64Range(0.31, 12).Draw(t, "log10 n")))
		p := rapid.OneOf(rapid.Float64Range(1e-12, 1), rapid.Float64Range(1e-9, 1e-3)).Draw(t, "p")
		k := count(t, n, p)
		l, u := LogBinomialCDF(k, n, p)
		l2, u2 := LogBinomialCDF(k+1, n, p)
		pmf := LogBinomialPMF(k+1, n, p)
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

func TestBinomialEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		k, n                 uint64
		p, lower, upper, pmf float64
	}{
		{0, 0, 0.5, 0, -inf, 0},
		{0, 0, 0, 0, -inf, 0},
		{0, 0, 1, 0, -inf, 0},
		{5, 3, 0.5, 0, -inf, -inf},
		{3, 3, 0.5, 0, -inf, -3 * math.Ln2},
		{0, 3, 0.5, -3 * math.Ln2, math.Log(7.0 / 8), -3 * math.Ln2},
		{2, 3, 0.5, math.Log(7.0 / 8), -3 * math.Ln2, math.Log(3.0 / 8)},
		{0, 9, 0, 0, -inf, 0},
		{4, 9, 0, 0, -inf, -inf},
		{8, 9, 0, 0, -inf, -inf},
		{0, 9, 1, -inf, 0, -inf},
		{4, 9, 1, -inf, 0, -inf},
		{9, 9, 1, 0, -inf, 0},
		{1, 2, nan, nan, nan, nan},
		{1, 2, -0.1, nan, nan, nan},
		{1, 2, 1.1, nan, nan, nan},
		// The smallest p: P(X = 1) = 4p and P(X > 1) = 6p² to double precision.
		{1, 4, 5e-324, 0, math.Log(6) - 2148*math.Ln2, math.Log(4) - 1074*math.Ln2},
	} {
		l, u := LogBinomialCDF(c.k, c.n, c.p)
		pmf := LogBinomialPMF(c.k, c.n, c.p)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}, {pmf, c.pmf}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || math.Abs(v[0]-v[1]) <= 1e-15*math.Max(1, -v[1])) {
				t.Errorf("binomial(%d of %d, %v): got %v, %v, %v, want %v, %v, %v", c.k, c.n, c.p, l, u, pmf, c.lower, c.upper, c.pmf)
			}
		}
	}
}
