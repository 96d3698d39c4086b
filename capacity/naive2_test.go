package capacity

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// plainSeasonal is the test of M4 as its formula stands.
func plainSeasonal(x []float64, m int) bool {
	n := len(x)
	if n < 3*m {
		return false
	}
	mean := 0.0
	for _, v := range x {
		mean += v / float64(n)
	}
	r := func(k int) float64 {
		sum, all := 0.0, 0.0
		for i, v := range x {
			all += (v - mean) * (v - mean)
			if i >= k {
				sum += (v - mean) * (x[i-k] - mean)
			}
		}
		return sum / all
	}
	squares := 1.0
	for k := 1; k < m; k++ {
		squares += 2 * r(k) * r(k)
	}
	return math.Abs(r(m)) > 1.645*math.Sqrt(squares/float64(n))
}

// Looking at no more lags than decide gives the answer of looking at all.
func TestSeasonalAnswersAsItsFormula(t *testing.T) {
	answers := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.IntRange(1, 12).Draw(t, "m")
		swing := rapid.Float64Range(0, 2).Draw(t, "swing")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		x := make([]float64, rapid.IntRange(2*m+2, 12*m+2).Draw(t, "n"))
		for i := range x {
			x[i] = r.NormFloat64() + swing*math.Sin(2*math.Pi*float64(i)/float64(m))
		}
		got, want := seasonal(x, m), plainSeasonal(x, m)
		if got != want {
			t.Fatalf("season of %d: got %v, want %v", m, got, want)
		}
		answers[got]++
	})
	if answers[true] == 0 || answers[false] == 0 {
		t.Errorf("only one answer was drawn: %v", answers)
	}
}

func TestSeasonalRefusesShortHistories(t *testing.T) {
	for _, m := range []int{4, math.MaxInt / 3, math.MaxInt} {
		if seasonal([]float64{1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3}, m) {
			t.Errorf("eleven values have a season of %d", m)
		}
	}
}

func TestWindowSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(1e-6, 1e6), 1, 60).Draw(t, "x")
		width := rapid.IntRange(1, len(x)+1).Draw(t, "width")
		got := windowSums(x, width)
		if len(got) != len(x)-width+1 {
			t.Fatalf("%d sums of %d values of %d", len(got), width, len(x))
		}
		for i, g := range got {
			want := 0.0
			for _, v := range x[i : i+width] {
				want += v
			}
			if math.Abs(g-want) > 1e-12*want {
				t.Fatalf("window %d: got %v, want %v", i, g, want)
			}
		}
	})
	// A running sum would keep what the great value rounded away.
	x := []float64{1, 1, 1e300, 1, 1, 1, 1}
	for i, want := range []float64{2, 1e300, 1e300, 2, 2, 2} {
		if got := windowSums(x, 2)[i]; got != want {
			t.Errorf("window %d: got %v, want %v", i, got, want)
		}
	}
}
