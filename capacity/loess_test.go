package capacity

import (
	"math"
	"slices"
	"testing"
)

// A window of five over ten values: lines are reproduced everywhere, one step outside too,
// with jumps, gaps and weights.
func TestSmootherReproducesLines(t *testing.T) {
	for _, jump := range []int{1, 3} {
		s := newSmoother(10, 5, 1, jump, true)
		at, y := []int{0, 1, 4, 5, 6, 9}, []float64{3, 5, 11, 13, 15, 21}
		out, room := make([]float64, 12), make([]float64, 10)
		s.weighted(out, y, at, []float64{1, 0.5, 1, 1, 0.2, 1}, room)
		for i, v := range out {
			if want := 3 + 2*float64(i-1); math.Abs(v-want) > 1e-12 {
				t.Errorf("jump %d, place %d: %v, want %v", jump, i-1, v, want)
			}
		}
	}
}

// Where robustness leaves nothing in reach, the value of the nearest point stands, and one
// step outside that of the end.
func TestSmootherWithoutWeight(t *testing.T) {
	s := newSmoother(8, 3, 0, 1, true)
	out := make([]float64, 10)
	s.weighted(out, []float64{1, 2, 3, 4, 5, 6, 7, 8}, nil, []float64{0, 0, 0, 0, 1, 1, 0, 0}, make([]float64, 8))
	if got := out[:3]; got[0] != got[1] || got[1] != 1 || got[2] != 2 {
		t.Errorf("beginning: %v, want 1 1 2", got)
	}
	if got := out[6:]; !slices.Equal(got, []float64{6, 7, 8, 8}) {
		t.Errorf("end: %v, want 6 7 8 8", got)
	}
}

// Both ways of computing agree where both can.
func TestSmootherCompleteIsWeightedWithOnes(t *testing.T) {
	y, ones := make([]float64, 23), make([]float64, 23)
	for i := range y {
		y[i], ones[i] = math.Sin(float64(i*i)), 1
	}
	for _, window := range []int{1, 3, 7, 23, 51} {
		for _, degree := range []int{0, 1} {
			for _, jump := range []int{1, 4, 22} {
				s := newSmoother(23, window, degree, jump, true)
				a, b, c, room := make([]float64, 25), make([]float64, 25), make([]float64, 25), make([]float64, 23)
				all := make([]int, 23)
				for i := range all {
					all[i] = i
				}
				s.complete(a, y)
				s.weighted(b, y, nil, ones, room)
				s.weighted(c, y, all, nil, room)
				if e := max(furthest(b, a), furthest(c, a)); e > 1e-12 {
					t.Errorf("window %d, degree %d, jump %d: off by %v", window, degree, jump, e)
				}
			}
		}
	}
}
