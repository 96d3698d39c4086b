package capacity_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

// thirty has a season of six.
var thirty = capacity.Series{Start: noon, Step: 4 * time.Hour, Values: []float64{
	118, 131, 96, 74, 83, 109, 127, 125, 98, 80, 77, 121, 119, 138, 109, 76, 91, 115, 136, 128, 112, 88, 80, 127, 130, 149, 105, 91, 88, 131}}

var near = cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) })

func TestSeasonalNaive(t *testing.T) {
	f, err := capacity.SeasonalNaive{}.Forecast(ctx, thirty, 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{130, 149, 105, 91, 88, 131, 130}, f.Mean); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The squared differences six apart have the mean 98.375; 1.959964 is the
	// normal quantile.
	for h, k := range []float64{1, 1, 1, 1, 1, 1, 2} {
		if want := 1.9599639845400543 * math.Sqrt(98.375*k); math.Abs(f.Upper[h]-f.Mean[h]-want) > 1e-9 || math.Abs(f.Mean[h]-f.Lower[h]-want) > 1e-9 {
			t.Errorf("step %d: from %v to %v, want %v ± %v", h, f.Lower[h], f.Upper[h], f.Mean[h], want)
		}
	}
	if f.Model != "seasonal naive (6)" || !f.Start.Equal(thirty.End()) || f.Step != thirty.Step || f.Level != 0.95 || len(f.Warnings) > 0 {
		t.Errorf("got %+v", f)
	}
}

// TestPeakOfNormalSteps: where one step stands out its own quantile is the
// peak's; k equal steps have Φ(x)^k = p.
func TestPeakOfNormalSteps(t *testing.T) {
	s := capacity.Series{Start: noon, Step: 6 * time.Hour, Values: []float64{0, 0, 0, 100, 1, -1, 1, 101}}
	f, err := capacity.SeasonalNaive{Period: 4}.Forecast(ctx, s, 4) // σ = 1
	if err != nil {
		t.Fatal(err)
	}
	if want := (capacity.Peak{Level: 0.975, Median: 101, Upper: 101 + 1.9599639845400543}); !cmp.Equal(want, f.Peak, near) {
		t.Errorf("got %+v, want %+v", f.Peak, want)
	}
	// Four steps of mean 0 and σ = 1: Φ⁻¹(0.975^¼) and Φ⁻¹(½^¼).
	s.Values = []float64{-1, 1, -1, 1, 0, 0, 0, 0}
	f, err = capacity.SeasonalNaive{Period: 4}.Forecast(ctx, s, 4)
	if err != nil {
		t.Fatal(err)
	}
	if want := (capacity.Peak{Level: 0.975, Median: 0.998148882502, Upper: 2.494346581067}); math.Abs(f.Peak.Median-want.Median) > 1e-9 || math.Abs(f.Peak.Upper-want.Upper) > 1e-9 {
		t.Errorf("got %+v, want %+v", f.Peak, want)
	}
}

// TestSeasonalNaivePaths: each path is the forecast plus the error from an
// earlier origin; the newest comes first.
func TestSeasonalNaivePaths(t *testing.T) {
	s := capacity.Series{Start: noon, Step: 12 * time.Hour, Values: make([]float64, 60), Mask: make([]bool, 60)}
	for i := range s.Values {
		s.Values[i] = float64(i * i)
	}
	f, err := capacity.SeasonalNaive{Period: 2}.Forecast(ctx, s, 3)
	if err != nil {
		t.Fatal(err)
	}
	// From the origin at 56 the steps 56, 57 and 58 are forecast by 54, 55 and 54.
	want := []float64{58*58 + 56*56 - 54*54, 59*59 + 57*57 - 55*55, 58*58 + 58*58 - 54*54}
	if diff := cmp.Diff(want, f.Paths[0]); diff != "" || len(f.Paths) != 28 {
		t.Errorf("%d paths, want 28; the first (-want +got):\n%s", len(f.Paths), diff)
	}
	// The maxima rise towards the newest: the 15th is the median, and the largest
	// the upper end, for 0.975·29 is more than 28.
	if f.Peak.Upper != want[1] && f.Peak.Upper != want[2] || !(f.Peak.Median < f.Peak.Upper) {
		t.Errorf("got %+v", f.Peak)
	}
	s.Mask[20], s.Mask[35] = true, true // each in the paths from two or three origins
	f, err = capacity.SeasonalNaive{Period: 2}.Forecast(ctx, s, 3)
	if err != nil || len(f.Paths) != 28-2-3 {
		t.Errorf("got %d paths (%v), want 23", len(f.Paths), err)
	}
	f, err = capacity.SeasonalNaive{Period: 2}.Forecast(ctx, s.Slice(21, 60), 3)
	if err != nil || f.Paths != nil || f.Peak.Level != 0.975 {
		t.Errorf("got %d paths of 19 seasons (%v), want none", len(f.Paths), err)
	}
}

func TestSeasonalNaiveWithGaps(t *testing.T) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: []float64{1, 2, 0, 3, 0, 0}, Mask: []bool{false, false, true, false, true, true}}
	f, err := capacity.SeasonalNaive{Period: 3}.Forecast(ctx, s, 3)
	if err != nil {
		t.Fatal(err)
	}
	// Place 0 has 3, place 1 has 2 of a season earlier, place 2 nothing.
	if diff := cmp.Diff([]float64{3, 2, 2}, f.Mean); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	half := 1.9599639845400543 * 2 // the only difference is 3 − 1
	if math.Abs(f.Upper[0]-3-half) > 1e-9 || math.Abs(f.Upper[1]-2-half*math.Sqrt2) > 1e-9 {
		t.Errorf("got uppers %v, want %v and %v", f.Upper, 3+half, 2+half*math.Sqrt2)
	}
	if len(f.Warnings) != 1 || f.Warnings[0].String() != "season-gap: 1 of 3 places of the season were never observed; they take the value before them; keep a longer history" {
		t.Errorf("got %v", f.Warnings)
	}
	f, err = capacity.SeasonalNaive{Period: 24}.Forecast(ctx, s.Slice(0, 4), 2)
	if err != nil || len(f.Warnings) != 1 || f.Warnings[0].Code != "short-history" || f.Mean[1] != 3 || f.Model != "naive" {
		t.Errorf("got %v %v", f, err)
	}
	f, err = capacity.SeasonalNaive{Period: 1}.Forecast(ctx, s.Slice(3, 6), 2)
	if err != nil || len(f.Warnings) != 1 || f.Warnings[0].Code != "no-interval" || f.Lower[0] != 3 || f.Upper[1] != 3 || f.Peak.Upper != 3 {
		t.Errorf("got %v %v", f, err)
	}
}

// TestNaive2 compares with an independent computation of the competition's
// definition (test statistic 0.698 above its limit 0.531).
func TestNaive2(t *testing.T) {
	f, err := capacity.Naive2{Period: 6}.Forecast(ctx, thirty, 7)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{141.50685444114106, 148.46624089651468, 116.09175460614262, 89.24165636233225, 92.44505445460838, 131, 141.50685444114106}
	if diff := cmp.Diff(want, f.Mean, near); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		name string
		s    capacity.Series
	}{
		{"fewer than three seasons", thirty.Slice(13, 30)},
		{"a value of 0", capacity.Series{Start: noon, Step: time.Hour, Values: append([]float64{0}, thirty.Values...)}},
		{"a constant", capacity.Series{Start: noon, Step: time.Hour, Values: make([]float64, 30)}},
	} {
		f, err := capacity.Naive2{Period: 6}.Forecast(ctx, c.s, 3)
		if err != nil {
			t.Fatal(err)
		}
		last := c.s.Values[c.s.Len()-1]
		if diff := cmp.Diff([]float64{last, last, last}, f.Mean); diff != "" {
			t.Errorf("%s: without a season (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestNaiveRefuses(t *testing.T) {
	decade := capacity.Series{Step: 7 * 24 * time.Hour, Values: make([]float64, 520)}
	masked := capacity.Series{Step: time.Hour, Values: make([]float64, 2), Mask: []bool{true, true}}
	for _, c := range []struct {
		f       capacity.Forecaster
		s       capacity.Series
		horizon int
		want    string
	}{
		{capacity.SeasonalNaive{}, capacity.Series{}, 1, "step: 0s: a step is longer than 0; write the distance of values, such as 1h"},
		{capacity.Naive2{}, masked, 1, "values: 2 steps: nothing was observed; give at least one value, better two seasons"},
		{capacity.SeasonalNaive{}, thirty, 0, "horizon: 0: not within 1 to 1048576 steps; ask for fewer steps, or forecast a coarser series"},
		{capacity.SeasonalNaive{}, decade, 15000, "horizon: 15000: 15000 steps of 168h0m0s after 520 are longer than 292 years; ask for fewer steps"},
		{capacity.Drift{}, decade, 1 << 20, "horizon: 1048576: 1048576 steps of 168h0m0s after 520 are longer than 292 years; ask for fewer steps"},
		{capacity.SeasonalNaive{Level: 1}, thirty, 1, "level: 1: not between 0 and 1; write 0.95 for 95 %"},
		{capacity.Naive2{Level: math.NaN()}, thirty, 1, "level: NaN: not between 0 and 1; write 0.95 for 95 %"},
		{capacity.SeasonalNaive{Period: -1}, thirty, 1, "period: -1: a season has at least 1 step; write 24 for a day of hours, or 0"},
		{capacity.Naive2{Period: -1}, thirty, 1, "period: -1: a season has at least 1 step; write 24 for a day of hours, or 0"},
	} {
		_, err := c.f.Forecast(ctx, c.s, c.horizon)
		if want := capacity.ErrSeries.Error() + ": " + c.want; err == nil || err.Error() != want {
			t.Errorf("%#v: got %v, want %s", c.f, err, want)
		}
	}
	done, cancel := context.WithCancel(ctx)
	cancel()
	for _, f := range []capacity.Forecaster{capacity.SeasonalNaive{}, capacity.Naive2{}, capacity.PrometheusLinear{}} {
		if _, err := f.Forecast(done, thirty, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("%T: got %v, want %v", f, err, context.Canceled)
		}
	}
}

// TestBaselinesKeepTheirContract on any series: finite numbers, ordered bounds,
// and the same again in another unit and on another day.
func TestBaselinesKeepTheirContract(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t, 1, 60)
		period := rapid.IntRange(0, 20).Draw(t, "period")
		horizon := rapid.IntRange(1, 40).Draw(t, "horizon")
		for _, f := range []capacity.Forecaster{capacity.SeasonalNaive{Period: period}, capacity.Naive2{Period: period}} {
			got, err := f.Forecast(ctx, s, horizon)
			if s.Observed() == 0 {
				if err == nil {
					t.Fatal("a forecast of nothing")
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for h := range horizon {
				if x := got.Mean[h]; math.IsNaN(x-x) || !(got.Lower[h] <= x && x <= got.Upper[h]) || math.IsInf(got.Lower[h], 0) || math.IsInf(got.Upper[h], 0) {
					t.Fatalf("%T: step %d: %v in [%v, %v]", f, h, x, got.Lower[h], got.Upper[h])
				}
			}
			if p := got.Peak; p.Level > 0 && (math.IsNaN(p.Upper-p.Upper) || p.Median > p.Upper) {
				t.Fatalf("%T: peak %+v", f, p)
			}
			// Doubling is exact.
			twice := s
			twice.Values = make([]float64, len(s.Values))
			small := true
			for i, v := range s.Values {
				twice.Values[i] = 2 * v
				small = small && math.Abs(v) < 1e150 && (v == 0 || math.Abs(v) > 1e-150)
			}
			if !small {
				continue
			}
			double, err := f.Forecast(ctx, twice, horizon)
			if err != nil {
				t.Fatal(err)
			}
			for h := range horizon {
				if !cmp.Equal(2*got.Mean[h], double.Mean[h], near) || !cmp.Equal(2*got.Upper[h], double.Upper[h], near) {
					t.Fatalf("%T: step %d: %v and %v of twice the values", f, h, got.Mean[h], double.Mean[h])
				}
			}
		}
	})
}

func TestForecastJSON(t *testing.T) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: []float64{1, 2, 1, 2}}
	f, err := capacity.SeasonalNaive{Period: 2}.Forecast(ctx, s, 2)
	if err != nil {
		t.Fatal(err)
	}
	f.Warnings = []capacity.Warning{{Code: "a", Text: "b", Remedy: "c"}}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"model":"seasonal naive (2)","start":"2026-03-02T16:00:00Z","step_seconds":3600,"level":0.95,"mean":[1,2],"lower":[1,2],"upper":[1,2],` +
		`"peak":{"level":0.975,"median":2,"upper":2},"warnings":[{"code":"a","text":"b","remedy":"c"}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	var got capacity.Forecast
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"mean":[1],"lower":[],"upper":[1]}`), &got); err == nil {
		t.Error("a mean without its interval was read")
	}
}

func BenchmarkSeasonalNaive(b *testing.B) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: make([]float64, 700)}
	for i := range s.Values {
		s.Values[i] = math.Sin(float64(i)*math.Pi/12) + float64(i*i%7)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (capacity.SeasonalNaive{Period: 24}).Forecast(ctx, s, 48); err != nil {
			b.Fatal(err)
		}
	}
}
