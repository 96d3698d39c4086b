package ets

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLogarithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Ldexp(rapid.Float64Range(0.25, 4).Draw(t, "x"), rapid.IntRange(-1000, 1000).Draw(t, "exponent"))
		if got, want := logarithm(x), math.Log(x); math.Abs(got-want) > 4e-16*max(math.Abs(want), 1e-3) {
			t.Errorf("logarithm(%v): got %v, want %v", x, got, want)
		}
	})
	for x, want := range map[float64]float64{0: math.Inf(-1), 1: 0, math.Inf(1): math.Inf(1), math.SmallestNonzeroFloat64: -1074 * math.Ln2} {
		if got := logarithm(x); got != want && math.Abs(got-want) > 1e-12 {
			t.Errorf("logarithm(%v): got %v, want %v", x, got, want)
		}
	}
	if got := logarithm(math.NaN()); got == got {
		t.Errorf("logarithm(NaN): got %v", got)
	}
}
