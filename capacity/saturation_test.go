package capacity

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// pathsOf is a forecast of nothing but paths.
func pathsOf(paths ...[]float64) Forecast {
	n := len(paths[0])
	return Forecast{Start: monday, Step: time.Hour, Level: 0.95, Mean: make([]float64, n), Lower: make([]float64, n), Upper: make([]float64, n), Paths: paths}
}

func TestSaturationCountsFirstPassages(t *testing.T) {
	f := pathsOf(
		[]float64{1, 5, 1, 1}, // reaches 5 at step 2 and leaves it
		[]float64{1, 1, 1, 7},
		[]float64{9, 9, 9, 9},
		[]float64{4, 4, 4, 4.99},
	)
	at := func(hour int) time.Time { return monday.Add(time.Duration(hour) * time.Hour) }
	for _, c := range []struct {
		l       Limit
		reached []float64
		median  time.Time
	}{
		{Limit{Value: 5}, []float64{0.25, 0.5, 0.5, 0.75}, at(2)},
		{Limit{Value: 5, Changes: []LimitChange{{at(1), 6}}}, []float64{0.25, 0.25, 0.25, 0.5}, at(4)},
		{Limit{Value: 1, Floor: true}, []float64{0.5, 0.5, 0.5, 0.5}, at(1)},
		{Limit{Value: 0, Floor: true}, []float64{0, 0, 0, 0}, time.Time{}},
		{Limit{Value: 100}, []float64{0, 0, 0, 0}, time.Time{}},
		{Limit{Value: 100, Changes: []LimitChange{{at(3).Add(-1), 0}}}, []float64{0, 0, 0, 1}, at(4)},
	} {
		s, err := f.Saturation(c.l)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.reached, s.Reached); d != "" || !s.Median.Equal(c.median) || s.Probability != c.reached[3] || s.Paths != 4 {
			t.Errorf("%+v: median %v, want %v; reached (-want +got):\n%s", c.l, s.Median, c.median, d)
		}
		if len(s.Warnings) != 1 || s.Warnings[0].Code != "few-paths" {
			t.Errorf("%+v: warnings %v, want few-paths", c.l, s.Warnings)
		}
	}
}

// 20,000 sampled walks agree with the computed passage within four standard errors.
func TestSaturationFromPathsAgreesWithComputed(t *testing.T) {
	w, r := RandomWalk{Level: 3, Drift: 0.2, Sigma: 1}, rand.New(rand.NewPCG(1, 2))
	paths := make([][]float64, 20000)
	for i := range paths {
		x := w.Level
		for range 50 {
			x += w.Drift + w.Sigma*r.NormFloat64()
			paths[i] = append(paths[i], x)
		}
	}
	l := Limit{Value: 12, Changes: []LimitChange{{monday.Add(20 * time.Hour), 14}}}
	counted, err := pathsOf(paths...).Saturation(l)
	if err != nil {
		t.Fatal(err)
	}
	computed, err := w.Saturation(t.Context(), l, monday, time.Hour, 50)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range computed.Reached {
		if d := math.Abs(counted.Reached[i] - p); d > 4*math.Sqrt(p*(1-p)/20000)+1e-9 {
			t.Errorf("step %d: counted %v, computed %v", i, counted.Reached[i], p)
		}
	}
	if want := math.Sqrt(counted.Probability * (1 - counted.Probability) / 20000); counted.StandardError != want {
		t.Errorf("standard error %v, want %v", counted.StandardError, want)
	}
}

// Without paths: two steps N(0, 1) with a limit of 1 stay below it with Φ(1)².
func TestSaturationWithoutPaths(t *testing.T) {
	const z = 1.959963984540054
	f := Forecast{Start: monday, Step: time.Hour, Level: 0.95, Mean: []float64{0, 0, 3}, Lower: []float64{-z, -2 * z, 3}, Upper: []float64{z, z, 3}}
	below := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for _, c := range []struct {
		l    Limit
		want []float64
	}{
		{Limit{Value: 1}, []float64{1 - below(1), 1 - below(1)*below(1), 1}},
		{Limit{Value: -1}, []float64{1 - below(-1), 1 - below(-1)*below(-0.5), 1}},
		{Limit{Value: -1, Floor: true}, []float64{1 - below(1), 1 - below(1)*below(0.5), 1 - below(1)*below(0.5)}},
	} {
		s, err := f.Saturation(c.l)
		if err != nil {
			t.Fatal(err)
		}
		if e := furthest(s.Reached, c.want); e > 1e-12 {
			t.Errorf("%+v: got %v, want %v", c.l, s.Reached, c.want)
		}
		if len(s.Warnings) != 1 || s.Warnings[0].Code != "independent-steps" || s.Paths != 0 {
			t.Errorf("%+v: %d paths, warnings %v", c.l, s.Paths, s.Warnings)
		}
	}
}

func TestSaturationLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "steps")
		paths := rapid.SliceOfN(rapid.SliceOfN(rapid.Float64Range(-10, 10), n, n), 1, 30).Draw(t, "paths")
		f, l := pathsOf(paths...), Limit{Value: rapid.Float64Range(-10, 10).Draw(t, "limit"), Floor: rapid.Bool().Draw(t, "floor")}
		s, err := f.Saturation(l)
		if err != nil {
			t.Fatal(err)
		}
		far := l
		far.Value += rapid.Float64Range(0, 5).Draw(t, "more") * map[bool]float64{false: 1, true: -1}[l.Floor]
		further, err := f.Saturation(far)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range s.Reached {
			if i > 0 && p < s.Reached[i-1] || further.Reached[i] > p {
				t.Fatalf("step %d: %v after %v; limit further away: %v", i, p, s.Reached[max(0, i-1)], further.Reached[i])
			}
		}
		p := rapid.Float64Range(0.001, 1).Draw(t, "p")
		if at, ok := s.Quantile(p); ok != (s.Probability >= p) || ok && (s.By(at) < p || s.By(at.Add(-1)) >= p) {
			t.Fatalf("quantile %v: %v, %v; by then %v, before %v", p, at, ok, s.By(at), s.By(at.Add(-1)))
		}
		text, err := json.Marshal(s)
		var back Saturation
		if err2 := json.Unmarshal(text, &back); err != nil || err2 != nil || !cmp.Equal(s, back) {
			t.Fatalf("%v, %v: %s is read as (-want +got):\n%s", err, err2, text, cmp.Diff(s, back))
		}
	})
}

func TestSaturationErrors(t *testing.T) {
	f := pathsOf([]float64{1, 2}, []float64{1})
	for _, c := range []struct {
		f    Forecast
		l    Limit
		want string
	}{
		{f, Limit{}, "paths[1]: 1 values: the forecast has 2 steps; give each path a value for each step"},
		{f, Limit{Value: math.NaN()}, "limit: NaN: not a finite number; write the value that must not be reached"},
		{pathsOf([]float64{1, 2}, []float64{1, math.NaN()}), Limit{Value: 9}, "paths[1][1]: NaN: nobody knows whether it reaches the limit; give each path a number for each step"},
		{Forecast{Step: time.Hour, Level: 0.9, Mean: []float64{1, math.NaN()}, Lower: []float64{0, 0}, Upper: []float64{2, 2}}, Limit{Value: 9}, "forecast step 1: NaN in [0, 2]: nobody knows whether it reaches the limit; give each step a mean and an interval"},
		{Forecast{}, Limit{}, "forecast: 0 steps of 0s: nothing was forecast; forecast at least one step"},
		{Forecast{Step: time.Hour, Mean: []float64{1}}, Limit{}, "forecast: level 0: neither paths nor intervals; use a forecaster that gives one of them"},
	} {
		if _, err := c.f.Saturation(c.l); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%+v: got error %v, want %q", c.l, err, c.want)
		}
	}
	var zero Saturation
	if p := zero.By(monday); p != 0 {
		t.Errorf("zero value: %v by Monday, want 0", p)
	}
	_, _, _ = zero.String(), zero.Markdown(), zero.SVG()
}

func TestLimitAt(t *testing.T) {
	l := Limit{Value: 1, Changes: []LimitChange{{monday.Add(2 * time.Hour), 3}, {monday, 2}, {monday.Add(2 * time.Hour), 4}}}
	for hour, want := range map[int]float64{-1: 1, 0: 2, 1: 2, 2: 4, 9: 4} {
		if got := l.At(monday.Add(time.Duration(hour) * time.Hour)); got != want {
			t.Errorf("hour %d: %v, want %v", hour, got, want)
		}
	}
	if got := l.during(monday.Add(-time.Hour), time.Hour, 5); !cmp.Equal(got, []float64{1, 2, 2, 4, 4}) {
		t.Errorf("hours -1 to 3: %v, want 1 2 2 4 4", got)
	}
}

func TestSaturationWords(t *testing.T) {
	s, err := RandomWalk{Level: 50, Drift: 1, Sigma: 2}.Saturation(t.Context(), Limit{Value: 80}, monday, 24*time.Hour, 60)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.String(), "98.1 % probability to reach 80 by 2026-03-06 00:00Z; half by 2026-02-04 00:00Z, 5 % by 2026-01-22 00:00Z"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := s.Markdown(), "| limit | probability | by 5 % | by 50 % | by 95 % | horizon |\n| --- | --- | --- | --- | --- | --- |\n| 80 | 98.1 % | 2026-01-22 00:00Z | 2026-02-04 00:00Z | 2026-02-26 00:00Z | 2026-03-06 00:00Z |\n"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What no drawn future shows is not impossible, and what all show is not certain.
func TestDrawnFuturesAreNeverCertain(t *testing.T) {
	for p, want := range map[float64]string{0: "< 0.5 % probability to reach 80 by ", 1: "> 99.5 % probability to reach 80 by ", 0.25: "25 % probability to reach 80 by "} {
		if got := (Saturation{Limit: Limit{Value: 80}, Probability: p, Paths: 200, Reached: []float64{p}}).String(); !strings.HasPrefix(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := (Saturation{Limit: Limit{Value: 80}}).String(); !strings.HasPrefix(got, "< 0.1 %") {
		t.Errorf("got %s", got)
	}
}

// Planned additions are told beside the limit that holds at the start, in order;
// those before and after the horizon are not.
func TestSaturationTellsPlannedChanges(t *testing.T) {
	change := func(days int, value float64) LimitChange {
		return LimitChange{At: monday.AddDate(0, 0, days), Value: value}
	}
	s, err := RandomWalk{Level: 50, Drift: 1, Sigma: 3}.Saturation(t.Context(),
		Limit{Value: 10, Changes: []LimitChange{change(25, 90), change(99, 1), change(10, 85), change(-1, 80)}}, monday, 24*time.Hour, 80)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := s.Markdown(), "| 80, 85 from 2026-01-15 00:00Z, 90 from 2026-01-30 00:00Z |"; !strings.Contains(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A load that stays where its limit is has reached it, whatever rounding makes of its forecast,
// and a straight line is there in the step in which it arrives.
func TestSaturationAtTheLimit(t *testing.T) {
	for _, at := range []float64{5, 0.3, 7.7, 123.456, 1e6, -3.3} {
		for _, n := range []int{10, 100, 672} {
			s := Series{Start: monday, Step: time.Hour, Values: slices.Repeat([]float64{at}, n)}
			for _, forecaster := range []Forecaster{Default{}, Fast{}, ETS{}, Theta{}, Drift{}, Linear{}, Naive2{}} {
				f := mustForecast(t, forecaster, s, 24)
				for _, floor := range []bool{false, true} {
					x, err := f.Saturation(Limit{Value: at, Floor: floor})
					if err != nil || x.Probability != 1 {
						t.Errorf("%v: %s, %d values of %v, floor %v: got a probability of %v", err, f.Model, n, at, floor, x.Probability)
					}
				}
			}
		}
	}
	for _, sign := range []float64{1, -1} {
		x, err := RandomWalk{Drift: 0.1 * sign}.Saturation(t.Context(), Limit{Value: sign, Floor: sign < 0}, monday, time.Hour, 12)
		if err != nil || !slices.Equal(x.Reached, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1}) {
			t.Errorf("%v: ten steps of %v reach %v: got %v", err, 0.1*sign, sign, x.Reached)
		}
	}
}

// Free space that falls evenly to 0 is used up, and where a forecast lets it level off there a
// warning says so; of a load that stays far from 0 there is none.
func TestSaturationWarnsOfWhatLevelsOff(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	falling, steady := Series{Start: monday, Step: time.Hour}, Series{Start: monday, Step: time.Hour}
	for i := range 400 {
		falling.Values = append(falling.Values, 2000-3*float64(i)+10*r.NormFloat64())
		steady.Values = append(steady.Values, 1000+10*r.NormFloat64())
	}
	for _, c := range []struct {
		name       string
		forecaster Forecaster
		s          Series
		warned     bool
		least      float64
	}{
		{"levels off", Default{}, falling, true, 0},
		{"goes on", ETS{}, falling, false, 0.99},
		{"far away", Default{}, steady, false, 0},
	} {
		x, err := mustForecast(t, c.forecaster, c.s, 480).Saturation(Limit{Floor: true})
		warned := slices.ContainsFunc(x.Warnings, func(w Warning) bool { return w.Code == "levels-off" })
		if err != nil || warned != c.warned || x.Probability < c.least {
			t.Errorf("%s: %v, %v, %v", c.name, x, x.Warnings, err)
		}
	}
}

// What cannot be reached is so with the probability 0 and not −0.
func TestSaturationHasNoNegativeZero(t *testing.T) {
	f := mustForecast(t, Drift{Paths: -1}, Series{Start: monday, Step: time.Hour, Values: []float64{1, 2, 3, 5}}, 3)
	x, err := f.Saturation(Limit{Value: 1e6})
	if err != nil || x.Probability != 0 || slices.ContainsFunc(x.Reached, math.Signbit) {
		t.Errorf("%v: got %v", err, x.Reached)
	}
}
