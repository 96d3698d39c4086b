package capacity

import (
	"math"
	"slices"
	"testing"
)

func TestSeasonalLags(t *testing.T) {
	for _, c := range []struct {
		period, longer int
		want           []int
	}{
		{24, 168, []int{1, 2, 3, 23, 24, 25, 47, 48, 49, 167, 168, 169}},
		{288, 0, []int{1, 2, 3, 287, 288, 289, 575, 576, 577}},
		{7, 0, []int{1, 2, 3, 6, 7, 8, 13, 14, 15}},
		{2, 0, []int{1, 2, 3, 4, 5}},
		{1, 0, []int{1, 2, 3}},
	} {
		if got, _ := seasonalLags(c.period, c.longer); !slices.Equal(got, c.want) {
			t.Errorf("%d, %d: %v, want %v", c.period, c.longer, got, c.want)
		}
	}
}

// TestRegressFindsTheRule: a series without noise gives its coefficients back, and
// targets of weight 0 do not count.
func TestRegressFindsTheRule(t *testing.T) {
	y := make([]float64, 200)
	importance := make([]float64, 200)
	state := uint64(5)
	for i := range y {
		importance[i] = 1
		if i < 4 || i%50 == 0 {
			state = state*6364136223846793005 + 1442695040888963407
			y[i] = 1e4 * float64(state>>11) / (1 << 53)
			importance[i] = 0
			continue
		}
		y[i] = 2 + 0.5*y[i-1] - 0.3*y[i-2] + 0.6*y[i-4]
	}
	a, ok := regress(y, importance, []int{1, 2, 4}, 0, nil)
	if !ok {
		t.Fatal("no fit")
	}
	for j, want := range []float64{0.5, -0.3, 0.6} {
		if math.Abs(a.weights[j]-want) > 1e-5 {
			t.Errorf("weight %d is %v, want %v", j, a.weights[j], want)
		}
	}
	out := make([]float64, 3)
	a.forecast(y, 200, -1e9, 1e9, out)
	if want := 2 + 0.5*y[199] - 0.3*y[198] + 0.6*y[196]; math.Abs(out[0]-want) > 1e-3*math.Abs(want) {
		t.Errorf("next is %v, want %v", out[0], want)
	}
	if drawn, _ := regress(y, importance, []int{1, 2, 4}, 1e9, []float64{1, 0, 0}); math.Abs(drawn.weights[0]-1) > 1e-6 {
		t.Errorf("a strong draw leaves %v, want 1", drawn.weights[0])
	}
	if _, ok := regress(y[:9], nil, []int{1, 2, 4}, 0, nil); ok {
		t.Error("five targets for three lags gave a fit")
	}
}
