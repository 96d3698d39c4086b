package capacity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every rank against all slopes in order, for integers with many ties and for reals.
func TestSlopeSelection(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, kind := range []string{"reals", "counts", "two values", "constant", "line", "falling line"} {
		for _, n := range []int{2, 3, 7, 60, 150} {
			x, y := make([]float64, n), make([]float64, n)
			for i := range x {
				x[i] = float64(i + i/5*3) // with gaps
				switch kind {
				case "reals":
					y[i] = r.NormFloat64()
				case "counts":
					y[i] = float64(r.IntN(5))
				case "two values":
					y[i] = float64(i / (n/2 + 1))
				case "line":
					y[i] = 3 * x[i]
				case "falling line":
					y[i] = -0.1 * x[i]
				}
			}
			allowed := 0.
			if kind == "falling line" { // 0.1 is no double: slopes differ by rounding
				allowed = 1e-14
			}
			var all []float64
			for i := range x {
				for j := range i {
					all = append(all, (y[i]-y[j])/(x[i]-x[j]))
				}
			}
			slices.Sort(all)
			s := newSlopes(context.Background(), x, y)
			for k := 0; k < len(all); k += 1 + len(all)/97 {
				a, b, err := s.ranked(int64(k))
				if next := all[min(k+1, len(all)-1)]; err != nil || math.Abs(a-all[k]) > allowed || math.Abs(b-next) > allowed {
					t.Fatalf("%s of %d: rank %d: %v and %v, %v; want %v and %v", kind, n, k, a, b, err, all[k], next)
				}
			}
		}
	}
}

// The median slope of y·scale + shift + tilt·x is slope·scale + tilt.
func TestTheilSenEquivariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "points")
		y := rapid.SliceOfN(rapid.Float64Range(-100, 100), n, n).Draw(t, "y")
		scale := rapid.Float64Range(-10, 10).Draw(t, "scale")
		shift, tilt := rapid.Float64Range(-100, 100).Draw(t, "shift"), rapid.Float64Range(-10, 10).Draw(t, "tilt")
		moved := make([]float64, n)
		for i, v := range y {
			moved[i] = scale*v + shift + tilt*float64(i)
		}
		a, err := FitTheilSen(context.Background(), hours(y))
		if err != nil {
			t.Fatal(err)
		}
		b, err := FitTheilSen(context.Background(), hours(moved))
		if err != nil {
			t.Fatal(err)
		}
		if want := scale*a.Slope + tilt; math.Abs(b.Slope-want) > 1e-9*(1+math.Abs(want)) {
			t.Fatalf("slope %v, want %v", b.Slope, want)
		}
		if want := scale*a.Intercept + shift; math.Abs(b.Intercept-want) > 1e-7*(1+math.Abs(want)) {
			t.Fatalf("intercept %v, want %v", b.Intercept, want)
		}
	})
}

func BenchmarkTheilSen(b *testing.B) {
	for _, n := range []int{100, 1344, 10_000, 100_000, 1_000_000} {
		for _, kind := range []string{"reals", "counts"} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 2))
				y := make([]float64, n)
				for i := range y {
					if y[i] = float64(r.IntN(10)); kind == "reals" {
						y[i] = r.NormFloat64()
					}
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := FitTheilSen(b.Context(), hours(y)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
