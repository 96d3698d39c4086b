package capacity

import (
	"context"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestExceedProbability falls with the limit, is near 1 below all and near 0 above all.
func TestExceedProbability(t *testing.T) {
	for k, s := range []Series{eightWeeks(), hours(slices.Repeat([]float64{-3, -5}, 90)), eightWeeks().Slice(0, 90), hours([]float64{3, 5, 4})} {
		low, high := spanOf(s)
		before := 1.0
		for _, share := range []float64{-1, 0.2, 0.5, 0.8, 0.95, 1, 1.1, 1.5, 4} {
			limit := low + share*(high-low)
			x, err := Default{}.ExceedProbability(context.Background(), s, limit, 12)
			if err != nil {
				t.Fatal(err)
			}
			if x.Probability > before+1e-12 || x.Probability < 0 || x.Limit != limit || x.Horizon != 12 {
				t.Errorf("limit %v: %+v after %v", limit, x, before)
			}
			if k < 2 && (share == -1 && x.Probability < 0.9 || share == 4 && x.Probability > 0.1) {
				t.Errorf("share %v of the range: %v", share, x.Probability)
			}
			before = x.Probability
		}
	}
	ceiling := 200.0
	x, err := Default{Bounds: Bounds{High: &ceiling}}.ExceedProbability(context.Background(), eightWeeks(), 200, 12)
	if err != nil || x.Probability != 0 {
		t.Errorf("at the bound: %v, %v", x.Probability, err)
	}
	if _, err := (Default{}).ExceedProbability(context.Background(), eightWeeks(), math.NaN(), 12); err == nil {
		t.Error("no error for a limit of NaN")
	}
}

func TestRunningMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-9, 9), 1, 40).Draw(t, "x")
		h := rapid.IntRange(1, len(x)).Draw(t, "h")
		for i, got := range runningMaximum(x, h) {
			if want := slices.Max(x[i : i+h]); got != want {
				t.Fatalf("window %d of %v by %d: %v, want %v", i, x, h, got, want)
			}
		}
	})
}
