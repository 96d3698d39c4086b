package response

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// The coverage of intervals between the r-th smallest and the r-th greatest
// slope, counted by hand: of the n! orders, those with fewer than r inversions
// lie below and as many above (1, n−1, … of n!; Kendall 1970, appendix table 1).
func TestKendallRank(t *testing.T) {
	for _, c := range []struct {
		n     int
		level float64
		rank  int
		want  float64
	}{
		{2, 0.95, 1, 0},            // 2 orders, one on each side
		{3, 0.95, 1, 1 - 2./6},     // 1 of 6
		{4, 0.95, 1, 1 - 2./24},    // 1 of 24
		{4, 0.6, 2, 1 - 2*4./24},   // 1 + 3
		{5, 0.95, 1, 1 - 2./120},   // 1 + 4 = 5 of 120 would leave 0.917
		{6, 0.95, 2, 1 - 2*6./720}, // 1 + 5; with 14 more 0.944
		{8, 0.95, 0, 0},            // these by counting all orders
		{10, 0.95, 0, 0},
		{12, 0.5, 0, 0},
	} {
		rank, got := kendallRank(c.n, c.n*(c.n-1)/2, c.level)
		if c.rank == 0 {
			c.rank, c.want = counted(c.n, c.level)
		}
		if rank != c.rank || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d points at %v: got rank %d and %v, want %d and %v", c.n, c.level, rank, got, c.rank, c.want)
		}
	}
	// The limit continues the exact counts.
	r1, l1 := kendallRank(120, 120*119/2, 0.95)
	r2, l2 := kendallRank(121, 121*120/2, 0.95)
	if d := r2 - r1; d < 40 || d > 70 || math.Abs(l1-l2) > 2e-3 || l2 < 0.95-1e-3 {
		t.Errorf("120 points: rank %d, %v; 121 points: rank %d, %v", r1, l1, r2, l2)
	}
}

// counted is kendallRank by the table of inversions in whole numbers.
func counted(n int, level float64) (int, float64) {
	counts := []int{1}
	all := 1
	for m := 2; m <= n; m++ {
		next := make([]int, len(counts)+m-1)
		for i, c := range counts {
			for j := range m {
				next[i+j] += c
			}
		}
		counts, all = next, all*m
	}
	rank, cover, below := 1, 0., 0
	for r := 1; r <= len(counts)/2; r++ {
		below += counts[r-1]
		c := 1 - 2*float64(below)/float64(all)
		if r > 1 && c < level {
			break
		}
		rank, cover = r, c
	}
	return rank, cover
}

// Hollander and Wolfe, Nonparametric Statistical Methods, 9.3, work the slope
// through by hand; here: quarters 0 to 4, shares 0.1, 0.2, 0.4, 0.3, 0.9. The ten
// slopes in order: −0.1, 0.05, 0.0667, 0.1, 0.15, 0.2, 0.2, 0.2333, 0.25, 0.6.
func TestSlope(t *testing.T) {
	got := slopeOf([]int{0, 1, 2, 3, 4}, []float64{0.1, 0.2, 0.4, 0.3, 0.9}, 0.95)
	want := Slope{(0.15 + 0.2) / 2, -0.1, 0.6, 1 - 2./120}
	if math.Abs(got.PerQuarter-want.PerQuarter) > 1e-12 || math.Abs(got.Low-want.Low) > 1e-12 || math.Abs(got.High-want.High) > 1e-12 || math.Abs(got.Level-want.Level) > 1e-12 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSlopeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 20).Draw(t, "n")
		x, y := make([]int, n), make([]float64, n)
		for i := range x {
			x[i] = rapid.IntRange(1, 3).Draw(t, "step")
			if i > 0 {
				x[i] += x[i-1]
			}
			y[i] = rapid.Float64Range(0, 1).Draw(t, "y")
		}
		s := slopeOf(x, y, 0.9)
		if !(s.Low <= s.PerQuarter && s.PerQuarter <= s.High && s.Level >= 0 && s.Level < 1) {
			t.Fatalf("out of order: %+v", s)
		}
		// Adding a line adds its slope.
		z := make([]float64, n)
		for i := range z {
			z[i] = y[i] + 0.25*float64(x[i])
		}
		u := slopeOf(x, z, 0.9)
		if math.Abs(u.PerQuarter-s.PerQuarter-0.25) > 1e-9 || math.Abs(u.Low-s.Low-0.25) > 1e-9 || math.Abs(u.High-s.High-0.25) > 1e-9 {
			t.Fatalf("%+v, with a line of 0.25 added %+v", s, u)
		}
	})
}

// The interval holds the true slope as often as it says, to three standard
// errors.
func TestSlopeCoverage(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const runs = 4000
	for _, n := range []int{4, 8, 12} {
		held, level := 0, 0.
		for range runs {
			x, y := make([]int, n), make([]float64, n)
			for i := range x {
				x[i], y[i] = i, 0.4+0.01*float64(i)+0.1*random.ExpFloat64()
			}
			s := slopeOf(x, y, 0.9)
			if s.Low <= 0.01 && 0.01 <= s.High {
				held++
			}
			level = s.Level
		}
		if got := float64(held) / runs; math.Abs(got-level) > 3*math.Sqrt(level*(1-level)/runs) {
			t.Errorf("%d quarters: the true slope was held in %v of the runs, want %v", n, got, level)
		}
	}
}
