package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The quantile inverts the distribution function: the tail at x is the one asked for within
// what one rounding of x changes.
func TestBetaQuantileInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := shape(0.05).Draw(t, "a"), shape(0.05).Draw(t, "b")
		l := -math.Pow(10, rapid.Float64Range(-3, 2.8).Draw(t, "log10 of −l"))
		upper := rapid.Bool().Draw(t, "upper")
		f := LogBetaQuantile
		if upper {
			f = LogBetaQuantileUpper
		}
		x := f(a, b, l)
		if !(x >= 0 && x <= 1) {
			t.Fatalf("got %v", x)
		}
		if x < 1e-290 || x > 1-1e-6 {
			return
		}
		before, beforeUpper := LogBetaCDF(a, b, x*(1-1e-14))
		after, afterUpper := LogBetaCDF(a, b, math.Min(1, x*(1+1e-14)))
		if upper {
			before, after = -beforeUpper, -afterUpper
			l = -l
		}
		slack := 1e-13 * math.Max(math.Min(1, math.Abs(l)), math.Abs(l)*1e-2)
		if !(before-slack <= l && l <= after+slack) {
			t.Fatalf("got %v: the tail there lies between %v and %v, want %v", x, before, after, l)
		}
	})
}

func TestBetaQuantileLinear(t *testing.T) {
	for _, c := range []struct{ a, b, p, x float64 }{
		{2, 3, 0, 0},
		{2, 3, 1, 1},
		{1, 1, 0.3, 0.3},
		{1, 2, 0.75, 0.5},
		{2, 1, 0.25, 0.5},
		{0.5, 0.5, 0.5, 0.5},
		{3, 3, 0.5, 0.5},
		{2, 3, 0.5248, 0.4},
		{0.01, 0.01, 0.5, 0.5},
		{1e-3, 1, 0.5, math.Exp(-1000 * math.Ln2)},
		{1e-3, 2, 0.5, 9.3e-302},
	} {
		got, upper := BetaQuantile(c.a, c.b, c.p), BetaQuantileUpper(c.a, c.b, 1-c.p)
		log, logUpper := LogBetaQuantile(c.a, c.b, math.Log(c.p)), LogBetaQuantileUpper(c.a, c.b, math.Log1p(-c.p))
		for _, v := range []float64{got, upper, log, logUpper} {
			if c.x == 9.3e-302 {
				c.x = got // the leading power: within its own accuracy below
				if want := math.Exp((math.Log(0.5) - math.Log1p(1e-3)) * 1000); !(relError(got, want) <= 1e-11) {
					t.Errorf("BetaQuantile(%v, %v, %v): got %v, want %v", c.a, c.b, c.p, got, want)
				}
			}
			if !(v == c.x || relError(v, c.x) <= 1e-11) {
				t.Errorf("quantile of (%v, %v) at %v: got %v, %v, logs %v, %v, want %v", c.a, c.b, c.p, got, upper, log, logUpper, c.x)
			}
		}
	}
	nan := math.NaN()
	for _, got := range []float64{
		BetaQuantile(0, 1, 0.5), BetaQuantile(1, 1, -0.1), BetaQuantile(1, 1, 1.1), BetaQuantile(1, 1, nan),
		BetaQuantileUpper(1, -1, 0.5), BetaQuantileUpper(1, 1, nan), LogBetaQuantile(1, 1, 0.1), LogBetaQuantile(nan, 1, -1),
		LogBetaQuantileUpper(1, 1, 0.1), LogBetaQuantileUpper(1, math.Inf(1), -1),
	} {
		if !math.IsNaN(got) {
			t.Errorf("outside the domain: got %v, want NaN", got)
		}
	}
}
