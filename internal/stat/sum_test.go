package stat

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestSumExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Terms of very different size, then most of them taken back.
		x := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 {
			return math.Ldexp(rapid.Float64Range(-1, 1).Draw(t, "m"), rapid.IntRange(-60, 60).Draw(t, "e"))
		}), 0, 100).Draw(t, "x")
		for i := range len(x) / 2 {
			x = append(x, -x[i])
		}
		exact, magnitude := new(big.Float).SetPrec(2000), 0.0
		for _, v := range x {
			exact.Add(exact, new(big.Float).SetFloat64(v))
			magnitude += math.Abs(v)
		}
		want, _ := exact.Float64()
		bar := 2.3e-16*math.Abs(want) + 1e-40*magnitude
		if got := Total(x); !(math.Abs(got-want) <= bar) {
			t.Fatalf("got %v, want %v", got, want)
		}
		k := rapid.IntRange(0, len(x)).Draw(t, "split")
		var a, b Sum
		for i, v := range x {
			if i < k {
				a = a.Add(v)
			} else {
				b = b.Add(v)
			}
		}
		if got := a.Merge(b).Value(); !(math.Abs(got-want) <= bar) {
			t.Fatalf("merged at %d: got %v, want %v", k, got, want)
		}
		if got := b.Merge(a).Value(); !(math.Abs(got-want) <= bar) {
			t.Fatalf("merged the other way at %d: got %v, want %v", k, got, want)
		}
	})
}

func TestSumCases(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		x    []float64
		want float64
	}{
		{nil, 0},
		{[]float64{1, 1e100, 1, -1e100}, 2},
		{[]float64{1, 1e16, 1e32, -1e32, -1e16}, 1},
		{[]float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1}, 5.5},
		{[]float64{inf, 1, 2}, inf},
		{[]float64{1, -inf, 2}, -inf},
		{[]float64{inf, -inf}, math.NaN()},
		{[]float64{1, math.NaN(), 2}, math.NaN()},
		{[]float64{1e308, 1e308, 5}, inf},
	} {
		if got := Total(c.x); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("Total(%v): got %v, want %v", c.x, got, c.want)
		}
	}
	if got := (Sum{}).Add(1).Merge(Sum{}.Add(inf).Add(1)).Value(); got != inf {
		t.Errorf("merged with an infinite sum: got %v, want +Inf", got)
	}
	one := Sum{}.Add(1)
	if three := one.Add(2); three.Value() != 3 || one.Value() != 1 {
		t.Errorf("1 and 1 + 2: got %v and %v", one.Value(), three.Value())
	}
}

func BenchmarkSum(b *testing.B) {
	b.ReportAllocs()
	var s Sum
	for b.Loop() {
		s = s.Add(0.1)
	}
	sink += s.Value()
}
