package stat

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestLnSubnormal(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, math.Inf(-1)},
		{5e-324, -1074 * math.Ln2},
		{0x1p-1030, -1030 * math.Ln2},
		{0x1.8p-1025, math.Log(1.5) - 1025*math.Ln2},
		{0x1p-1022, -1022 * math.Ln2},
		{1, 0},
		{math.E, 1},
		{math.Inf(1), math.Inf(1)},
	} {
		if got := ln(c.x); !(got == c.want || relError(got, c.want) <= 2e-16) {
			t.Errorf("ln(%v): got %.17g, want %.17g", c.x, got, c.want)
		}
	}
	if got := ln(-1); !math.IsNaN(got) {
		t.Errorf("ln(-1): got %v, want NaN", got)
	}
}

// The differences on which the tails rest, against exact arithmetic: right to the last
// place where plain arithmetic has no digit left.
func TestDifferencesExact(t *testing.T) {
	big1 := func(v float64) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(v) }
	mul := func(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(400).Mul(a, b) }
	close := func(t *rapid.T, name string, got float64, exact *big.Float, scale float64) {
		t.Helper()
		want, _ := exact.Float64()
		if !(math.Abs(got-want) <= 3e-16*math.Abs(want)+0x1p-102*scale) {
			t.Fatalf("%s: got %.17g, want %.17g", name, got, want)
		}
	}
	size := rapid.Float64Range(1e-3, 1e13)
	rapid.Check(t, func(t *rapid.T) {
		a, b := size.Draw(t, "a"), size.Draw(t, "b")
		n := twoSum(a, b)
		x := math.Nextafter(a/(a+b), float64(rapid.IntRange(0, 1).Draw(t, "towards")))
		sum := new(big.Float).SetPrec(400).Add(big1(a), big1(b))
		close(t, "lessProduct", lessProduct(a, n, x), new(big.Float).SetPrec(400).Sub(big1(a), mul(sum, big1(x))), a)
		c := size.Draw(t, "c")
		d := math.Round(b * c / a)
		close(t, "determinant", determinant(a, b, c, d), new(big.Float).SetPrec(400).Sub(mul(big1(a), big1(d)), mul(big1(b), big1(c))), b*c)
	})
}
