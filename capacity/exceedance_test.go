package capacity

import (
	"context"
	"math"
	"math/rand/v2"
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

// TestPeakOfPastMaxima: where past maxima were three times what was expected, the
// line of the next one is at 3^1.5 times that.
func TestPeakOfPastMaxima(t *testing.T) {
	s := hours(slices.Repeat([]float64{1, 2, 1, 2, 1, 2}, 50))
	p := prepare(s.Values, nil, 2, 0)
	r, err := rehearse(context.Background(), p, p.seasonalMembers(false), 6, 50)
	if err != nil {
		t.Fatal(err)
	}
	mean := []float64{0.5, 1, 0.5, 1, 0.5, 1}
	m := maxima{usable: true, recent: 1, forecast: 1, geometric: []float64{3, 3, 3, 3}}
	median, upper := r.peak(m, mean, 0.975)
	if math.Abs(median-1) > 1e-6 || math.Abs(upper-math.Pow(3, 1.5)) > 1e-6 {
		t.Errorf("median %v, upper %v, want 1 and %v", median, upper, math.Pow(3, 1.5))
	}
	if _, upper = r.peak(maxima{}, mean, 0.975); math.Abs(upper-1) > 1e-6 {
		t.Errorf("upper %v without past maxima, want 1", upper)
	}
}

// Of thirty weeks of noise around a sine, about half have a maximum above the median
// that was foretold, however much intervals are widened for a rehearsal that is short.
func TestPeakMedianIsOne(t *testing.T) {
	above := 0
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 5))
		values := make([]float64, 9*168)
		for i := range values {
			values[i] = 100 + 40*math.Sin(2*math.Pi*float64(i)/24) + 8*random.NormFloat64()
		}
		f, err := Fast{Periods: []int{24}}.Forecast(context.Background(), hours(values[:8*168]), 168)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Max(values[8*168:]) > f.Peak.Median {
			above++
		}
	}
	if above < 9 || above > 21 {
		t.Errorf("%d of 30 maxima are above the median", above)
	}
}
