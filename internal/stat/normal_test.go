package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestNormalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.OneOf(rapid.Float64Range(-5, 5), rapid.Float64Range(-1e6, 1e6)).Draw(t, "z")
		l, u := LogNormalCDF(z)
		sumToOne(t, l, u)
		if ml, mu := LogNormalCDF(-z); ml != u || mu != l {
			t.Fatalf("symmetry: got %v, %v, mirrored %v, %v", l, u, ml, mu)
		}
		l2, u2 := LogNormalCDF(z + rapid.Float64Range(0, 0.1).Draw(t, "step"))
		ordered(t, l, u, l2, u2)
		// The quantile inverts the smaller tail.
		if got := LogNormalQuantile(min(l, u)); !(math.Abs(got+math.Abs(z)) <= 1e-15*math.Max(1, math.Abs(z))*2) {
			t.Fatalf("LogNormalQuantile(%v): got %v, want %v", min(l, u), got, -math.Abs(z))
		}
	})
}

func TestNormalQuantile(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ p, want float64 }{
		{0, -inf},
		{1, inf},
		{0.5, 0},
		// Roots of the complementary error function at 40 digits, for the doubles these
		// decimals stand for.
		{0.025, -1.9599639845400542355},
		{0.975, 1.9599639845400538556}, // 0.975 is not 1 − 0.025
		{0.001, -3.0902323061678135354},
		{1e-9, -5.9978070150076868716},
		{1e-15, -7.9413453261709968221},
		{1e-100, -21.273453560965324293},
		{1e-300, -37.0470962993611992365},
		{5e-324, -38.4674056171443462508},
		{-0.1, nan},
		{1.1, nan},
		{nan, nan},
	} {
		got, log := NormalQuantile(c.p), LogNormalQuantile(ln(c.p))
		if math.IsNaN(c.want) {
			if !math.IsNaN(got) {
				t.Errorf("NormalQuantile(%v): got %v, want NaN", c.p, got)
			}
			continue
		}
		if !(got == c.want || relError(got, c.want) <= 5e-16) {
			t.Errorf("NormalQuantile(%v): got %.17g, want %.17g", c.p, got, c.want)
		}
		if !(log == c.want || math.Abs(log-c.want) <= 1e-15*math.Max(1, math.Abs(c.want))) {
			t.Errorf("LogNormalQuantile(ln %v): got %.17g, want %.17g", c.p, log, c.want)
		}
	}
	for _, l := range []float64{0.1, nan} {
		if got := LogNormalQuantile(l); !math.IsNaN(got) {
			t.Errorf("LogNormalQuantile(%v): got %v, want NaN", l, got)
		}
	}
	if l, u := LogNormalCDF(nan); !math.IsNaN(l) || !math.IsNaN(u) {
		t.Errorf("LogNormalCDF(NaN): got %v, %v", l, u)
	}
	if l, u := LogNormalCDF(inf); l != 0 || u != -inf {
		t.Errorf("LogNormalCDF(+Inf): got %v, %v, want 0, -Inf", l, u)
	}
	if l, u := NormalCDF(0); l != 0.5 || u != 0.5 {
		t.Errorf("NormalCDF(0): got %v, %v, want 0.5, 0.5", l, u)
	}
}
