package ets_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity/ets"
)

func filled(n int, f func(i int) float64) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = f(i)
	}
	return y
}

func TestEstimateRefuses(t *testing.T) {
	ten := filled(10, func(i int) float64 { return float64(i%3 + 1) })
	with := func(i int, v float64) []float64 { y := slices.Clone(ten); y[i] = v; return y }
	for _, c := range []struct {
		name   string
		values []float64
		mask   []bool
		model  ets.Model
		want   string
	}{
		{"nothing", nil, nil, model(t, "ANN", 0), "ets: series has no observation in 0 steps: pass a longer history"},
		{"all masked", ten[:2], []bool{true, true}, model(t, "ANN", 0), "ets: series has no observation in 2 steps: pass a longer history"},
		{"one point", ten[:1], nil, model(t, "ANN", 0), "ets: series has 1 observations, and model ANN estimates 3 numbers: pass at least 5 observations, or a model with fewer states"},
		{"NaN", with(3, math.NaN()), nil, model(t, "ANN", 0), "ets: value 3 is NaN: mask it as a gap"},
		{"infinite", with(9, math.Inf(1)), nil, model(t, "ANN", 0), "ets: value 9 is +Inf: mask it as a gap"},
		{"negative and multiplicative", with(4, -1), nil, model(t, "MNN", 0), "ets: value 4 is -1, and model MNN needs positive values: choose additive parts, or mask the value if it is no observation"},
		{"zero and multiplicative", with(4, 0), nil, model(t, "MNN", 0), "ets: value 4 is 0, and model MNN needs positive values: choose additive parts, or mask the value if it is no observation"},
		{"shorter than its states", ten, nil, model(t, "AAA", 12), "ets: series has 10 observations, and model AAA estimates 17 numbers: pass at least 19 observations, or a model with fewer states"},
		{"unstable", ten, nil, model(t, "AAM", 3), "ets: model AAM has no finite forecast variance and is not fitted: make the error multiplicative, or run it with Filter and fixed parameters"},
		{"no model", ten, nil, ets.Model{}, "ets: model NNN has no error: choose Additive or Multiplicative"},
		{"mask of another length", ten, make([]bool, 9), model(t, "ANN", 0), "ets: mask has 9 entries for 10 values: pass one entry per value, or nil for no gaps"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ets.Estimate(t.Context(), c.values, c.mask, c.model)
			var input *ets.InputError
			if !errors.As(err, &input) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestSelectRefuses(t *testing.T) {
	for _, c := range []struct {
		name    string
		values  []float64
		options ets.Options
		want    string
	}{
		{"nothing", nil, ets.Options{}, "ets: series has no observation in 0 steps: pass a longer history"},
		{"one point", []float64{7}, ets.Options{}, "ets: series allows none of 6 models, the last because: ets: series has 1 observations, and model MAdN estimates 6 numbers: pass at least 8 observations, or a model with fewer states: pass a longer history or other candidates"},
		{"only what is negative forbids", []float64{-1, 2, 3, 4, 5, 6}, ets.Options{Models: []ets.Model{{Error: ets.Multiplicative}}}, "ets: series allows none of 1 models, the last because: ets: value 0 is -1, and model MNN needs positive values: choose additive parts, or mask the value if it is no observation: pass a longer history or other candidates"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ets.Select(t.Context(), c.values, nil, c.options)
			var input *ets.InputError
			if !errors.As(err, &input) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// What a model follows without error is found, with the model that needs the
// fewest states.
func TestSelectOnSeriesWithoutNoise(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		period int
		want   string
		next   []float64 // level+trend+season of the next steps
	}{
		{"constant", filled(100, func(int) float64 { return 42 }), 1, "ANN", []float64{42, 42}},
		{"constant with a period", filled(100, func(int) float64 { return 42 }), 24, "ANN", []float64{42, 42}},
		{"all zero", make([]float64, 100), 12, "ANN", []float64{0, 0}},
		{"negative constant", filled(30, func(int) float64 { return -5 }), 7, "ANN", []float64{-5, -5}},
		{"a line", filled(100, func(i int) float64 { return 3 + 2*float64(i) }), 1, "AAN", []float64{203, 205}},
		{"a season", filled(120, func(i int) float64 { return float64([]int{10, 20, 50, 20}[i%4]) }), 4, "ANA", []float64{10, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ets.Select(t.Context(), c.values, nil, ets.Options{Period: c.period})
			if err != nil {
				t.Fatal(err)
			}
			name := got.Model.String()
			if name[1:] != c.want[1:] { // the kind of an error that is not there is open
				t.Errorf("got %s, want %s; %+v", name, c.want, got.Candidates)
			}
			for h, want := range c.next {
				f := got.Final.Level + float64(h+1)*got.Final.Trend
				if got.Model.Season != ets.None {
					f += got.Final.Season[h]
				}
				if math.Abs(f-want) > 1e-6*max(1, math.Abs(want)) {
					t.Errorf("step %d: got %v, want %v", h, f, want)
				}
			}
		})
	}
}

// numbers lists all numbers of a value, to see that they are finite.
func numbers(v reflect.Value, out []float64) []float64 {
	switch v.Kind() {
	case reflect.Float64:
		return append(out, v.Float())
	case reflect.Struct:
		for i := range v.NumField() {
			out = numbers(v.Field(i), out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = numbers(v.Index(i), out)
		}
	}
	return out
}

// Whatever the series, a fit has finite numbers and parameters of its region,
// or there is an InputError.
func TestEstimateNeverLeavesTheNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.IntRange(2, 8).Draw(t, "period")
		models := ets.Family(period, false)
		m := models[rapid.IntRange(0, len(models)-1).Draw(t, "model")]
		n := rapid.IntRange(1, 60).Draw(t, "n")
		scale := math.Pow(10, rapid.Float64Range(-200, 200).Draw(t, "decades"))
		kind := rapid.IntRange(0, 4).Draw(t, "kind")
		y, mask := make([]float64, n), make([]bool, n)
		for i := range y {
			u := rapid.Float64Range(-1, 1).Draw(t, "u")
			switch kind {
			case 0:
				y[i] = u
			case 1:
				y[i] = 1 + 0.1*u
			case 2:
				y[i] = math.Exp(20 * u)
			case 3:
				y[i] = math.Round(u)
			default:
				y[i] = math.Abs(u) + 1e-9
			}
			y[i] *= scale
			if mask[i] = rapid.IntRange(0, 4).Draw(t, "gap") == 0; mask[i] {
				y[i] = math.NaN()
			}
		}
		f, err := ets.Estimate(context.Background(), y, mask, m)
		if err != nil {
			if input := (*ets.InputError)(nil); !errors.As(err, &input) {
				t.Fatalf("got error %v of type %T", err, err)
			}
			return
		}
		for _, v := range numbers(reflect.ValueOf(f), nil) {
			if v-v != 0 {
				t.Fatalf("got %+v", f)
			}
		}
		const low, high = 1e-4 * (1 - 1e-9), 1 - 1e-4*(1-1e-9)
		p := f.Parameters
		if p.Alpha < low || p.Alpha > high {
			t.Errorf("%s: alpha %v", m, p.Alpha)
		}
		if m.Trend != ets.None && (p.Beta < low || p.Beta > p.Alpha*(1+1e-9)) {
			t.Errorf("%s: beta %v with alpha %v", m, p.Beta, p.Alpha)
		}
		if m.Season != ets.None && (p.Gamma < low || p.Gamma > 1-p.Alpha+1e-9) {
			t.Errorf("%s: gamma %v with alpha %v", m, p.Gamma, p.Alpha)
		}
		if m.Damped && (p.Phi < 0.8*(1-1e-9) || p.Phi > 0.98*(1+1e-9)) {
			t.Errorf("%s: phi %v", m, p.Phi)
		}
	})
}

// The unit of the series changes the fit's unit and nothing else: a power of
// two is exact.
func TestEstimateScalesWithTheUnit(t *testing.T) {
	y := synthetic(200, 7, 3)
	scaled := filled(len(y), func(i int) float64 { return math.Ldexp(y[i], -40) })
	for _, m := range ets.Family(7, false) {
		a, err := ets.Estimate(t.Context(), y, nil, m)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ets.Estimate(t.Context(), scaled, nil, m)
		if err != nil {
			t.Fatal(err)
		}
		if a.Parameters != b.Parameters || math.Ldexp(b.Final.Level, 40) != a.Final.Level {
			t.Errorf("%s: got %v and level %v, want %v and %v", m, b.Parameters, math.Ldexp(b.Final.Level, 40), a.Parameters, a.Final.Level)
		}
	}
}

func TestEstimateIsDeterministicAndLeavesItsArguments(t *testing.T) {
	y := synthetic(300, 24, 5)
	mask := make([]bool, len(y))
	for i := 50; i < 80; i++ {
		mask[i] = true
	}
	before, gaps := slices.Clone(y), slices.Clone(mask)
	first, err := ets.Select(t.Context(), y, mask, ets.Options{Period: 24})
	if err != nil {
		t.Fatal(err)
	}
	if second, err := ets.Select(t.Context(), y, mask, ets.Options{Period: 24}); err != nil || !reflect.DeepEqual(first, second) {
		t.Errorf("got %+v, then %+v, %v", first, second, err)
	}
	if !slices.Equal(y, before) || !slices.Equal(mask, gaps) {
		t.Error("the arguments were changed")
	}
	if first.N != 270 {
		t.Errorf("got N %d, want 270", first.N)
	}
}

func TestEstimateHeedsItsContext(t *testing.T) {
	y := synthetic(1000, 24, 5)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := ets.Estimate(ctx, y, nil, model(t, "AAA", 24)); !errors.Is(err, context.Canceled) {
		t.Errorf("Estimate: got %v", err)
	}
	if _, err := ets.Select(ctx, y, nil, ets.Options{Period: 24}); !errors.Is(err, context.Canceled) {
		t.Errorf("Select: got %v", err)
	}
}

// fading is a context that ends after it was asked so often.
type fading struct {
	context.Context
	left *int
}

func (f fading) Err() error {
	if *f.left--; *f.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// A context that ends on the way ends the search at the next evaluation.
func TestEstimateEndsOnTheWay(t *testing.T) {
	y := synthetic(1000, 24, 5)
	left := 1 << 30
	if _, err := ets.Estimate(fading{t.Context(), &left}, y, nil, model(t, "AAA", 24)); err != nil {
		t.Fatal(err)
	}
	if asked := 1<<30 - left; asked < 30 {
		t.Errorf("asked %d times in a whole fit, want once an evaluation", asked)
	}
	for _, n := range []int{1, 5, 20} {
		left = n
		if _, err := ets.Estimate(fading{t.Context(), &left}, y, nil, model(t, "AAA", 24)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Estimate after %d evaluations: got %v", n, err)
		}
		left = n
		if _, err := ets.Select(fading{t.Context(), &left}, y, nil, ets.Options{Period: 24}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Select after %d evaluations: got %v", n, err)
		}
	}
}

// Every candidate is told, and why it lost.
func TestSelectTellsTheWholeField(t *testing.T) {
	y := synthetic(300, 12, 9)
	y[100] = -1
	got, err := ets.Select(t.Context(), y, nil, ets.Options{Period: 12})
	if err != nil {
		t.Fatal(err)
	}
	count := map[ets.Outcome]int{}
	for _, c := range got.Candidates {
		count[c.Outcome]++
		if (c.Reason == "") != (c.Outcome == ets.Chosen) {
			t.Errorf("%s %s: reason %q", c.Model, c.Outcome, c.Reason)
		}
		if multiplicative := c.Model.Error == ets.Multiplicative || c.Model.Season == ets.Multiplicative; multiplicative != (c.Outcome == ets.Excluded) {
			t.Errorf("%s: got %s", c.Model, c.Outcome)
		}
		if c.Outcome == ets.Chosen && (c.Model != got.Model || c.AICc != got.AICc) {
			t.Errorf("chosen candidate %+v, fit %s %v", c, got.Model, got.AICc)
		}
		if c.Outcome != ets.Excluded && c.AICc < got.AICc {
			t.Errorf("%s has AICc %v, below the chosen %v", c.Model, c.AICc, got.AICc)
		}
	}
	if len(got.Candidates) != 15 || count[ets.Chosen] != 1 || count[ets.Excluded] != 9 {
		t.Errorf("got %v of %d", count, len(got.Candidates))
	}
}
