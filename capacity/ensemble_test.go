package capacity

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustForecast(t testing.TB, f Forecaster, s Series, horizon int) Forecast {
	t.Helper()
	out, err := f.Forecast(context.Background(), s, horizon)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func codes(f Forecast) string {
	var c []string
	for _, w := range f.Warnings {
		c = append(c, w.Code)
	}
	return strings.Join(c, " ")
}

// sound checks what every forecast promises.
func sound(t interface{ Fatalf(string, ...any) }, f Forecast, horizon int, low, high float64) {
	if len(f.Mean) != horizon || len(f.Lower) != horizon || len(f.Upper) != horizon {
		t.Fatalf("%s: %d, %d, %d values, want %d", f.Model, len(f.Mean), len(f.Lower), len(f.Upper), horizon)
	}
	for i := range f.Mean {
		if !(low <= f.Lower[i] && f.Lower[i] <= f.Mean[i] && f.Mean[i] <= f.Upper[i] && f.Upper[i] <= high) {
			t.Fatalf("%s: step %d: %v ≤ %v ≤ %v does not hold within [%v, %v]", f.Model, i, f.Lower[i], f.Mean[i], f.Upper[i], low, high)
		}
	}
	if f.Peak.Level != (1+f.Level)/2 || !(f.Peak.Upper >= slices.Max(f.Upper)) || !(f.Peak.Median <= f.Peak.Upper) || math.IsInf(f.Peak.Upper, 0) {
		t.Fatalf("%s: peak %+v beside an upper line up to %v", f.Model, f.Peak, slices.Max(f.Upper))
	}
	for k, path := range f.Paths {
		if len(path) != horizon {
			t.Fatalf("path %d has %d steps", k, len(path))
		}
		for i, v := range path {
			if !(low <= v && v <= high) {
				t.Fatalf("path %d step %d is %v", k, i, v)
			}
		}
	}
}

func everyForecaster() []Forecaster {
	return []Forecaster{Default{}, Fast{}, SeasonalAR{}, Default{Periods: []int{1}}, Default{Periods: []int{5, 10}, Paths: -1}}
}

// TestHostileSeries: whatever finite numbers come in, an honest forecast comes out.
func TestHostileSeries(t *testing.T) {
	alternating := func(n int, a, b float64) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = a
			if i%2 == 1 {
				v[i] = b
			}
		}
		return v
	}
	for name, v := range map[string][]float64{
		"one point":     {7},
		"two points":    {7, 8},
		"constant":      slices.Repeat([]float64{3}, 200),
		"zeros":         make([]float64, 400),
		"negative":      slices.Repeat([]float64{-3, -5, -4}, 70),
		"huge":          alternating(300, 1e303, -1e303),
		"huge, small":   alternating(300, 1e303, math.SmallestNonzeroFloat64),
		"denormal":      alternating(300, 0, math.SmallestNonzeroFloat64),
		"one spike":     append(make([]float64, 300), 1e9, 0, 0, 0),
		"last is large": append(slices.Repeat([]float64{1, 2}, 200), 1e300),
		"jump":          append(slices.Repeat([]float64{1, 2}, 200), slices.Repeat([]float64{1001, 1002}, 50)...),
	} {
		for _, f := range everyForecaster() {
			got := mustForecast(t, f, hours(v), 30)
			low := -math.MaxFloat64
			if slices.Min(v) >= 0 {
				low = 0
			}
			t.Log(name, got.Model, codes(got))
			sound(t, got, 30, low, math.MaxFloat64)
		}
	}
}

// TestForecastLaws: for any series with gaps a forecast is sound, the same again,
// leaves its input alone, and scales with powers of two.
func TestForecastLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 260).Draw(t, "n")
		s := Series{Start: monday, Step: time.Hour, Values: make([]float64, n)}
		floor := rapid.SampledFrom([]float64{0, -50, 1}).Draw(t, "floor")
		for i := range s.Values {
			s.Values[i] = rapid.Float64Range(floor, 100).Draw(t, "v")
		}
		if rapid.Bool().Draw(t, "gaps") {
			s.Mask = make([]bool, n)
			for i := 1; i < n; i++ {
				if s.Mask[i] = rapid.IntRange(0, 4).Draw(t, "gap") == 0; s.Mask[i] {
					s.Values[i] = math.NaN()
				}
			}
		}
		horizon := rapid.IntRange(1, 60).Draw(t, "horizon")
		f := everyForecaster()[rapid.IntRange(0, 4).Draw(t, "forecaster")]
		before := slices.Clone(s.Values)
		got, err := f.Forecast(context.Background(), s, horizon)
		if err != nil {
			t.Fatalf("%v", err)
		}
		low := -math.MaxFloat64
		if floor >= 0 {
			low = 0
		}
		sound(t, got, horizon, low, math.MaxFloat64)
		if !slices.EqualFunc(before, s.Values, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Fatalf("the history was changed")
		}
		again, _ := f.Forecast(context.Background(), s, horizon)
		double := s
		double.Values = make([]float64, n)
		for i, v := range s.Values {
			double.Values[i] = 8 * v
		}
		scaled, _ := f.Forecast(context.Background(), double, horizon)
		for i := range got.Mean {
			if got.Mean[i] != again.Mean[i] || got.Upper[i] != again.Upper[i] {
				t.Fatalf("step %d: %v and then %v", i, got.Mean[i], again.Mean[i])
			}
			if d := math.Abs(scaled.Upper[i] - 8*got.Upper[i]); d > 1e-6*(1+math.Abs(8*got.Upper[i])) {
				t.Fatalf("step %d: upper %v of the series, %v of eight times the series", i, got.Upper[i], scaled.Upper[i])
			}
		}
	})
}

// TestDefaultLearnsTheDay: a noisy day is forecast much better than by repeating
// the last one, and about as many values as promised lie inside.
func TestDefaultLearnsTheDay(t *testing.T) {
	whole := eightWeeks()
	n := whole.Len() - 48
	for _, f := range []Forecaster{Default{}, Fast{}, SeasonalAR{}} {
		history, actual := whole.Slice(0, n), whole.Slice(n, n+48)
		got := mustForecast(t, f, history, 48)
		score, err := Score(history, got, actual, 24)
		if err != nil {
			t.Fatal(err)
		}
		if score.MASE > 0.75 || score.Coverage < 0.85 {
			t.Errorf("%s: MASE %.3f, coverage %.3f", got.Model, score.MASE, score.Coverage)
		}
	}
}

// TestPathsAreJoint: intervals of paths are those of the forecast, roughly, and sums
// over paths vary more than independent steps would.
func TestPathsAreJoint(t *testing.T) {
	// A random walk around a day: errors of neighbouring steps go together.
	s := eightWeeks()
	level, state := 0.0, uint64(7)
	for i := range s.Values {
		state = state*6364136223846793005 + 1442695040888963407
		level += 10 * (float64(state>>11)/(1<<53) - 0.5)
		s.Values[i] = 300 + 40*math.Sin(2*math.Pi*float64(i)/24) + level
	}
	for _, f := range []Forecaster{Default{}, SeasonalAR{}} {
		got := mustForecast(t, f, s, 24)
		var sums []float64
		variance := 0.0
		for i := range got.Mean {
			mean, square := 0.0, 0.0
			for _, p := range got.Paths {
				mean += p[i] / float64(len(got.Paths))
				square += p[i] * p[i] / float64(len(got.Paths))
			}
			variance += square - mean*mean
		}
		mean, square := 0.0, 0.0
		for _, p := range got.Paths {
			sum := 0.0
			for _, v := range p {
				sum += v
			}
			sums = append(sums, sum)
			mean += sum / float64(len(got.Paths))
			square += sum * sum / float64(len(got.Paths))
		}
		if ratio := (square - mean*mean) / variance; ratio < 4 {
			t.Errorf("%s: the sum of %d paths varies %.2f times as much as with independent steps, want at least 4", got.Model, len(sums), ratio)
		}
	}
	a, b := mustForecast(t, Default{Seed: 1}, s, 24), mustForecast(t, Default{Seed: 2}, s, 24)
	if a.Paths[0][0] == b.Paths[0][0] {
		t.Error("another seed gave the same path")
	}
	if a.Upper[3] != b.Upper[3] {
		t.Error("the seed changed an interval")
	}
}

func TestExplainGapsSpikesAndShifts(t *testing.T) {
	s := eightWeeks()
	n := s.Len()
	clean := mustForecast(t, Default{}, s, 24)
	// Gaps: a fifth of all, and an outage of six hours.
	gaps := s
	gaps.Mask = make([]bool, n)
	for i := range gaps.Mask {
		gaps.Mask[i] = i*7919%5 == 0 || i > n-40 && i < n-33
	}
	// Spikes of ten times.
	spikes := s
	spikes.Values = slices.Clone(s.Values)
	for i := 50; i < n; i += 97 {
		spikes.Values[i] *= 10
	}
	// A shift of 60 % two days ago.
	shifted := s
	shifted.Values = slices.Clone(s.Values)
	for i := n - 48; i < n; i++ {
		shifted.Values[i] += 60
	}
	distance := func(a, b []float64, less float64) (d float64) {
		for i := range a {
			d += math.Abs(a[i]-less-b[i]) / float64(len(a))
		}
		return d
	}
	for _, c := range []struct {
		name string
		s    Series
		less float64
		most float64
		want func(Explanation) bool
	}{
		{"gaps", gaps, 0, 4, func(x Explanation) bool { return x.Filled > n/6 && x.Shift == nil }},
		{"spikes", spikes, 0, 3, func(x Explanation) bool { return x.Clipped >= 10 && x.Shift == nil }},
		{"shift", shifted, 60, 8, func(x Explanation) bool {
			return x.Shift != nil && x.Shift.At.Equal(s.Time(n-48)) && strings.Contains(codes(x.Forecast), "level-shift")
		}},
	} {
		x, err := Default{}.Explain(context.Background(), c.s, 24)
		if err != nil {
			t.Fatal(err)
		}
		if !c.want(x) {
			t.Errorf("%s: filled %d, clipped %d, shift %v, %s", c.name, x.Filled, x.Clipped, x.Shift, codes(x.Forecast))
		}
		if d := distance(x.Forecast.Mean, clean.Mean, c.less); d > c.most {
			t.Errorf("%s: the forecast moved by %.2f on average, want at most %v", c.name, d, c.most)
		}
		total := 0.0
		for _, m := range x.Members {
			total += m.Weight
		}
		if math.Abs(total-1) > 1e-12 || !slices.IsSortedFunc(x.Members, func(a, b MemberShare) int { return cmp.Compare(b.Weight, a.Weight) }) {
			t.Errorf("%s: weights %v", c.name, x.Members)
		}
		if x.Forecast.Coverage < 0.8 || x.Error <= 0 || x.NaiveError <= x.Error || !slices.Equal(x.Periods, []int{24, 168}) {
			t.Errorf("%s: coverage %v, error %v beside %v, periods %v", c.name, x.Forecast.Coverage, x.Error, x.NaiveError, x.Periods)
		}
	}
}

func TestShortAndFlatHistories(t *testing.T) {
	for _, c := range []struct {
		name string
		s    Series
		want string
	}{
		{"ten hours", hours([]float64{1, 2, 3, 2, 1, 2, 3, 2, 1, 2}), "short-history"},
		{"flat", hours(slices.Repeat([]float64{5}, 500)), "no-spread"},
		{"three days", eightWeeks().Slice(0, 72), "short-history"},
		{"limit", func() Series {
			s := eightWeeks()
			s.Values = slices.Clone(s.Values)
			for i, v := range s.Values {
				s.Values[i] = min(v, 120)
			}
			return s
		}(), "censored"},
	} {
		for _, f := range []Forecaster{Default{}, Fast{}} {
			if got := mustForecast(t, f, c.s, 12); !strings.Contains(codes(got), c.want) {
				t.Errorf("%s, %s: warnings %q, want %s", c.name, got.Model, codes(got), c.want)
			}
		}
	}
	if got := mustForecast(t, Default{}, eightWeeks().Slice(0, 200), 400); !strings.Contains(codes(got), "long-horizon") {
		t.Errorf("warnings %q, want long-horizon", codes(got))
	}
}

func TestForecastStopsAndRefuses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	low, high := 5.0, 3.0
	bad := eightWeeks()
	bad.Values = slices.Clone(bad.Values)
	bad.Values[3] = math.Inf(1)
	for _, c := range []struct {
		name string
		f    Forecaster
		ctx  context.Context
		s    Series
		h    int
		want string
	}{
		{"cancelled", Default{}, ctx, eightWeeks(), 24, "context canceled"},
		{"cancelled", SeasonalAR{}, ctx, eightWeeks(), 24, "context canceled"},
		{"horizon", Fast{}, context.Background(), eightWeeks(), 0, "horizon: 0"},
		{"infinite", Default{}, context.Background(), bad, 24, "values[3]: +Inf"},
		{"level", Default{Level: 1}, context.Background(), eightWeeks(), 24, "level: 1"},
		{"period", Default{Periods: []int{0}}, context.Background(), eightWeeks(), 24, "periods[0]: 0"},
		{"multiple", Default{Periods: []int{24, 100}}, context.Background(), eightWeeks(), 24, "periods[1]: 100: not a multiple of 24"},
		{"bounds", Default{Bounds: Bounds{Low: &low, High: &high}}, context.Background(), eightWeeks(), 24, "bounds.low: 5: not below the high bound 3"},
		{"event", Default{Events: []Event{{Factor: -1}}}, context.Background(), eightWeeks(), 24, "events[0].factor: -1"},
		{"paths", SeasonalAR{Paths: 3}, context.Background(), eightWeeks(), 24, "paths: 3"},
		{"history", Default{History: -1}, context.Background(), eightWeeks(), 24, "history: -1"},
	} {
		_, err := c.f.Forecast(c.ctx, c.s, c.h)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		var wrong *Error
		if c.ctx.Err() == nil && !errors.As(err, &wrong) {
			t.Errorf("%s: %T is not *Error", c.name, err)
		}
	}
}

// TestLongHistoryIsBounded: of ten million steps only the latest are looked at.
func TestLongHistoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("eighty megabytes")
	}
	values := make([]float64, 10_000_000)
	week := eightWeeks().Values[:168]
	for i := range values {
		values[i] = week[i%168]
	}
	s := Series{Start: monday, Step: time.Minute, Values: values}
	d := Default{Periods: []int{168}}
	x, err := d.Explain(context.Background(), s, 24)
	if err != nil {
		t.Fatal(err)
	}
	tail, err := d.Explain(context.Background(), s.Slice(len(values)-longestHistory, len(values)), 24)
	if err != nil {
		t.Fatal(err)
	}
	if x.Looked != 28*168 || !slices.Equal(x.Forecast.Mean, tail.Forecast.Mean) {
		t.Errorf("looked at %d steps, want %d", x.Looked, 28*168)
	}
}
