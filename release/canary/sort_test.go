package canary

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Short and long slices, values of both signs, zeros of both signs, few and many
// distinct ones come out in order, and the argument is left alone.
func TestSortedValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.OneOf(rapid.IntRange(0, 70), rapid.IntRange(500, 3000)).Draw(t, "n")
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		x := make([]float64, n)
		for i := range x {
			switch kind {
			case 0:
				x[i] = r.NormFloat64()
			case 1:
				x[i] = float64(r.IntN(5) - 2)
			case 2:
				x[i] = math.Copysign(0, float64(r.IntN(2))-0.5)
			case 3:
				x[i] = math.Ldexp(r.NormFloat64(), r.IntN(2000)-1000)
			case 4:
				x[i] = float64(i)
			}
		}
		kept := slices.Clone(x)
		got := sortedValues(x)
		want := slices.Sorted(slices.Values(x))
		if !slices.Equal(got, want) {
			t.Fatalf("n = %d: got %v, want %v", n, got, want)
		}
		if !slices.Equal(x, kept) {
			t.Fatal("the argument has changed")
		}
	})
}

func BenchmarkSort(b *testing.B) {
	for _, n := range []int{20, 60, 400, 800, 100000} {
		r := rand.New(rand.NewPCG(1, 2))
		sets := make([][]float64, 1+20000/n)
		for i := range sets {
			sets[i] = lognormal(r, n, 1)
		}
		k, other := make([]uint64, n), make([]uint64, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			i := 0
			for b.Loop() {
				sortedKeys(sets[i], 0, k, other)
				i = (i + 1) % len(sets)
			}
		})
	}
}

// Zeros of both signs are the same value.
func TestZerosAreTied(t *testing.T) {
	minus := math.Copysign(0, -1)
	r, err := MannWhitney([]float64{0, minus, 0}, []float64{minus, 0, minus}, Options{})
	if err != nil || r.PValue != 1 || r.Statistic != 4.5 || len(r.Warnings) == 0 || r.Warnings[0].Code != "all-equal" {
		t.Errorf("got %+v, %v", r, err)
	}
}
