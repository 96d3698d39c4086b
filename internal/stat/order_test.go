package stat

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// sample draws values with ties, signed zeros and infinities.
var sample = rapid.SliceOfN(rapid.OneOf(
	rapid.Float64Range(-1e300, 1e300),
	rapid.Map(rapid.IntRange(-3, 3), func(i int) float64 { return float64(i) }),
	rapid.SampledFrom([]float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 5e-324}),
), 1, 200)

func TestOrderStatistic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := sample.Draw(t, "x")
		k := rapid.IntRange(0, len(x)-1).Draw(t, "k")
		before := slices.Clone(x)
		sorted := slices.Clone(x)
		slices.Sort(sorted)
		if got := OrderStatistic(x, k); got != sorted[k] {
			t.Fatalf("got %v, want %v", got, sorted[k])
		}
		if !slices.Equal(x, before) {
			t.Fatalf("argument changed to %v", x)
		}
		if got := SelectInPlace(x, k); got != sorted[k] || x[k] != got {
			t.Fatalf("in place: got %v at %v, want %v", got, x[k], sorted[k])
		}
		if slices.Max(x[:k+1]) > x[k] || slices.Min(x[k:]) < x[k] {
			t.Fatalf("not partitioned at %d: %v", k, x)
		}
		slices.Sort(x)
		if !slices.Equal(x, sorted) {
			t.Fatalf("values changed: got %v, want %v", x, sorted)
		}
	})
}

// Orders that defeat simple choices of the pivot, at a size where a quadratic selection
// would not end.
func TestSelectPatterns(t *testing.T) {
	const n = 200000
	for _, c := range []struct {
		name string
		at   func(i int) float64
	}{
		{"ascending", func(i int) float64 { return float64(i) }},
		{"descending", func(i int) float64 { return float64(n - i) }},
		{"constant", func(i int) float64 { return 7 }},
		{"two values", func(i int) float64 { return float64(i % 2) }},
		{"organ pipe", func(i int) float64 { return float64(min(i, n-i)) }},
		{"sawtooth", func(i int) float64 { return float64(i % 317) }},
		{"low bits", func(i int) float64 { return float64((i * 7919) & 1023) }},
	} {
		x := make([]float64, n)
		for i := range x {
			x[i] = c.at(i)
		}
		sorted := slices.Sorted(slices.Values(x))
		for _, k := range []int{0, 1, n / 3, n / 2, n - 1} {
			if got := OrderStatistic(x, k); got != sorted[k] {
				t.Errorf("%s, k = %d: got %v, want %v", c.name, k, got, sorted[k])
			}
		}
	}
}

func TestQuantile(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		x       []float64
		p, want float64
	}{
		{[]float64{3}, 0.7, 3},
		{[]float64{4, 1, 3, 2}, 0, 1},
		{[]float64{4, 1, 3, 2}, 1, 4},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{4, 1, 3, 2}, 0.25, 1.75},
		{[]float64{10, 20, 30, 40, 50}, 0.9, 46},
		{[]float64{10, 20, 30, 40, 50}, 0.75, 40},
		{[]float64{1, 2, inf}, 0.5, 2},
		{[]float64{1, 2, inf}, 0.75, inf},
		{[]float64{inf, inf}, 0.3, inf},
		{[]float64{-1e308, 1e308}, 0.5, 0}, // high − low overflows
		{nil, 0.5, nan},
		{[]float64{1, nan}, 0.5, nan},
		{[]float64{1, 2}, -0.1, nan},
		{[]float64{1, 2}, 1.1, nan},
		{[]float64{1, 2}, nan, nan},
	} {
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-14 }
		if got := Quantile(c.x, c.p); !same(got, c.want) {
			t.Errorf("Quantile(%v, %v): got %v, want %v", c.x, c.p, got, c.want)
		}
		if hasNaN(c.x) {
			continue
		}
		if got := SortedQuantile(slices.Sorted(slices.Values(c.x)), c.p); !same(got, c.want) {
			t.Errorf("SortedQuantile(%v, %v): got %v, want %v", c.x, c.p, got, c.want)
		}
	}
	if got := Median([]float64{5, 1, 2}); got != 2 {
		t.Errorf("Median: got %v, want 2", got)
	}
	for _, k := range []int{-1, 2} {
		if got := OrderStatistic([]float64{1, 2}, k); !math.IsNaN(got) {
			t.Errorf("OrderStatistic of two at %d: got %v, want NaN", k, got)
		}
	}
	for k := range 3 {
		if got := SelectInPlace([]float64{1, nan, 2}, k); !math.IsNaN(got) {
			t.Errorf("SelectInPlace with a NaN at %d: got %v, want NaN", k, got)
		}
	}
}

// Quantiles rise with p, stay within the sample, agree with the sorted form, and follow the
// sample when it is mirrored.
func TestQuantileLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 100).Draw(t, "x")
		p, q := rapid.Float64Range(0, 1).Draw(t, "p"), rapid.Float64Range(0, 1).Draw(t, "q")
		sorted := slices.Sorted(slices.Values(x))
		a, b := Quantile(x, min(p, q)), Quantile(x, max(p, q))
		if !(sorted[0] <= a && a <= b && b <= sorted[len(sorted)-1]) {
			t.Fatalf("not monotone within the sample: %v at %v, %v at %v", a, min(p, q), b, max(p, q))
		}
		if s := SortedQuantile(sorted, min(p, q)); s != a {
			t.Fatalf("sorted: got %v, want %v", s, a)
		}
		for i := range x {
			x[i] = -x[i]
		}
		if m := Quantile(x, 1-min(p, q)); !(math.Abs(m+a) <= 1e-7) {
			t.Fatalf("mirrored: got %v, want %v", m, -a)
		}
	})
}

func BenchmarkSelectInPlace(b *testing.B) {
	x := make([]float64, 10000)
	y := make([]float64, len(x))
	v := uint64(1)
	for i := range x {
		v = v*6364136223846793005 + 1442695040888963407
		x[i] = float64(v >> 11)
	}
	b.ReportAllocs()
	for b.Loop() {
		copy(y, x)
		sink += SelectInPlace(y, len(y)/2)
	}
}
