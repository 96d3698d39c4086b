package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestStudentTLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nu := math.Pow(10, rapid.Float64Range(-1, 15).Draw(t, "log10 nu"))
		x := math.Pow(10, rapid.Float64Range(-10, 2).Draw(t, "log10 t"))
		l, u := LogStudentTCDF(nu, x)
		sumToOne(t, l, u)
		if ml, mu := LogStudentTCDF(nu, -x); ml != u || mu != l {
			t.Fatalf("symmetry: got %v, %v, mirrored %v, %v", l, u, ml, mu)
		}
		l2, u2 := LogStudentTCDF(nu, x*1.01)
		ordered(t, l, u, l2, u2)
		if p := math.Exp(u); p > 1e-290 && p < 0.499 {
			// p is rounded; t feels that as much as 1/(ν·t-density) says, at most 1/ν in
			// the far tail.
			if got := -StudentTQuantile(nu, p); !(relError(got, x) <= 1e-12*math.Max(1, 1/nu)) {
				t.Fatalf("quantile: got %v, want %v", got, x)
			}
		}
	})
}

func TestStudentTClosedForms(t *testing.T) {
	for _, x := range []float64{-1e9, -30, -1, -1e-3, 0, 1e-9, 0.5, 2, 1e3, 1e120} {
		l, u := StudentTCDF(1, x) // Cauchy
		if want := math.Atan2(1, x) / math.Pi; !(relError(u, want) <= 1e-14) {
			t.Errorf("one degree of freedom, P(T > %v): got %v, want %v", x, u, want)
		}
		if want := math.Atan2(1, -x) / math.Pi; !(relError(l, want) <= 1e-14) {
			t.Errorf("one degree of freedom, P(T ≤ %v): got %v, want %v", x, l, want)
		}
		l, _ = StudentTCDF(2, -math.Abs(x))
		r := math.Sqrt(2 + x*x) // ½(1 − |x|/r) = 1/(r·(r + |x|))
		if want := 1 / r / (r + math.Abs(x)); !(relError(l, want) <= 1e-14*math.Max(1, -math.Log10(want)/10)) {
			t.Errorf("two degrees of freedom, P(T ≤ −|%v|): got %v, want %v", x, l, want)
		}
		if got, _ := LogStudentTCDF(math.Inf(1), x); got != first(LogNormalCDF(x)) {
			t.Errorf("infinite degrees of freedom at %v: got %v", x, got)
		}
	}
	// Where t² overflows: P(T > t) → 1/(πt) for one degree of freedom, 1/(2t²) for two.
	for _, c := range []struct{ nu, t, want float64 }{
		{1, 1e160, -math.Log(math.Pi) - 160*math.Ln10},
		{1, 1e300, -math.Log(math.Pi) - 300*math.Ln10},
		{2, 1e300, -math.Ln2 - 600*math.Ln10},
	} {
		if _, u := LogStudentTCDF(c.nu, c.t); !(relError(u, c.want) <= 1e-15) {
			t.Errorf("LogStudentTCDF(%v, %v): got %v, want %v", c.nu, c.t, u, c.want)
		}
	}
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ nu, p, want float64 }{
		{1, 0.5 - 0x1p-40, -math.Tan(math.Pi * 0x1p-40)},
		{1, 0.5 + 0x1p-50, math.Tan(math.Pi * 0x1p-50)},
		{2, 0.5 - 0x1p-30, -2 * 0x1p-30 / math.Sqrt(2*(0.25-0x1p-60))},
		{2, 0.3, -0.4 / math.Sqrt(0.42)},
		{3, 0, -inf},
		{3, 1, inf},
		{3, 0.5, 0},
		{1, 0.75, 1},
		{1, 1e-300, -1e300 / math.Pi},
		{2, 0.1, -0.8 / math.Sqrt(2*0.1*0.9)}, // (2p−1)/√(2p(1−p))
		{inf, 0.975, NormalQuantile(0.975)},
		{1e15, 0.975, NormalQuantile(0.975)},
		{0.5, 1e-300, math.Inf(-1)},
		{0, 0.5, nan},
		{1, -0.1, nan},
		{1, nan, nan},
		{nan, 0.5, nan},
	} {
		got := StudentTQuantile(c.nu, c.p)
		if math.IsNaN(got) != math.IsNaN(c.want) || !math.IsNaN(c.want) && !(got == c.want || relError(got, c.want) <= 2e-15*math.Max(1, math.Abs(math.Log10(math.Abs(c.want)))/4)) {
			t.Errorf("StudentTQuantile(%v, %v): got %.17g, want %.17g", c.nu, c.p, got, c.want)
		}
	}
	for _, c := range [][2]float64{{0, 1}, {-1, 1}, {nan, 1}, {1, nan}} {
		if l, u := LogStudentTCDF(c[0], c[1]); !math.IsNaN(l) || !math.IsNaN(u) {
			t.Errorf("LogStudentTCDF(%v, %v): got %v, %v, want NaN", c[0], c[1], l, u)
		}
	}
	if l, u := LogStudentTCDF(3, inf); l != 0 || u != -inf {
		t.Errorf("LogStudentTCDF(3, +Inf): got %v, %v, want 0, -Inf", l, u)
	}
}

func first(a, _ float64) float64 { return a }
