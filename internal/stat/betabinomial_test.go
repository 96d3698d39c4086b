package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// With a = b = 1 every count is equally likely; with large shapes of fixed mean the
// distribution is binomial.
func TestBetaBinomialLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 100000).Draw(t, "n")
		k := rapid.Uint64Range(0, n-1).Draw(t, "k")
		l, u := LogBetaBinomialCDF(k, n, 1, 1)
		if e := max(logError(l, math.Log(float64(k+1)/float64(n+1))), logError(u, math.Log(float64(n-k)/float64(n+1)))); !(e <= 1e-11) {
			t.Fatalf("uniform: got %v, %v", l, u)
		}
		// At b = 1 the sum telescopes: P(X ≤ k) = Γ(n+1)Γ(k+1+a)/(Γ(k+1)Γ(n+1+a)), nearly 1 for small a.
		a := math.Pow(10, rapid.Float64Range(-9, 0).Draw(t, "log10 a"))
		if mean := float64(n) * a; rapid.Bool().Draw(t, "below the mean") && mean < float64(n) {
			k = uint64(mean * rapid.Float64Range(0, 1).Draw(t, "share of the mean"))
		}
		want := logGammaShift(float64(k+1), a) - logGammaShift(float64(n+1), a)
		l, u = LogBetaBinomialCDF(k, n, a, 1)
		if e := max(logError(l, want), logError(u, log1mExp(want))); !(e <= 1e-11*math.Max(1, 1e-3*float64(n)/float64(n-k))) {
			t.Fatalf("%d of %d at a = %v, b = 1: got %v, %v, want %v, %v", k, n, a, l, u, want, log1mExp(want))
		}
		ml, mu := LogBetaBinomialCDF(n-k-1, n, 1, a)
		if e := max(logError(ml, u), logError(mu, l)); !(e <= 1e-11) {
			t.Fatalf("mirrored: got %v, %v, want %v, %v", mu, ml, l, u)
		}
		n = rapid.Uint64Range(1, 100).Draw(t, "few")
		k = rapid.Uint64Range(0, n).Draw(t, "k of few")
		p := rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		// The mixture's relative distance from the binomial is below n²/(2·(a+b)·p(1−p)).
		const size = 1e17
		got, binomial := LogBetaBinomialPMF(k, n, size*p, size*(1-p)), LogBinomialPMF(k, n, p)
		if !(math.Abs(got-binomial) <= 1e-11) {
			t.Fatalf("binomial limit of %d of %d at %v: got %v, want %v", k, n, p, got, binomial)
		}
	})
}

func TestBetaBinomialEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		k, n                    uint64
		a, b, lower, upper, pmf float64
	}{
		{0, 0, 2, 3, 0, -inf, 0},
		{4, 3, 2, 3, 0, -inf, -inf},
		{3, 3, 2, 3, 0, -inf, math.Log(4.0 / 35)},
		{0, 1, 2, 3, math.Log(0.6), math.Log(0.4), math.Log(0.6)},
		{0, 1, 1e-9, 1, -math.Log1p(1e-9), math.Log(1e-9) - math.Log1p(1e-9), -math.Log1p(1e-9)},
		{0, 1, 0, 1, nan, nan, nan},
		{0, 1, 1, nan, nan, nan, nan},
		{0, 1, inf, 1, nan, nan, nan},
	} {
		l, u := LogBetaBinomialCDF(c.k, c.n, c.a, c.b)
		pmf := LogBetaBinomialPMF(c.k, c.n, c.a, c.b)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}, {pmf, c.pmf}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || math.Abs(v[0]-v[1]) <= 3e-15) {
				t.Errorf("beta-binomial%v: got %v, %v, %v", c, l, u, pmf)
			}
		}
	}
	if l, u := BetaBinomialCDF(0, 1, 2, 3); !(math.Abs(l-0.6) <= 1e-15 && math.Abs(u-0.4) <= 1e-15) {
		t.Errorf("BetaBinomialCDF(0, 1, 2, 3): got %v, %v, want 0.6, 0.4", l, u)
	}
}
