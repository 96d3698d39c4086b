package ets_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity/ets"
)

type doubleFile struct {
	Values []float64
	L0, B0 float64
	Long   []float64 `json:"s_long"`
	Short  []float64 `json:"s_short"` // R gives the start and all later states
	Fitted []float64
	MSE    float64
	Mean   []float64
}

func TestDoubleSeasonalAgreesWithR(t *testing.T) {
	var r doubleFile
	load(t, "testdata/hw_dshw.json", &r)
	d := ets.DoubleSeasonal{Alpha: 0.08, Beta: 0.0006, Gamma: 0.023, Omega: 0.33, Phi: 0.63, Season: ets.Multiplicative, Short: 24, Long: 168}
	got, err := d.SmoothFrom(r.Values, nil, ets.DoubleState{Level: r.L0, Trend: r.B0, Short: r.Short[:24], Long: r.Long}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range r.Fitted {
		if !near(got.Fitted[i], f, 0) {
			t.Fatalf("fitted %d: got %v, want %v", i, got.Fitted[i], f)
		}
	}
	if !near(got.Variance, r.MSE, 0) {
		t.Errorf("mean squared error: got %v, want %v", got.Variance, r.MSE)
	}
	f, err := got.Forecast(len(r.Mean), 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for i, mean := range r.Mean {
		if !near(f.Mean[i], mean, 0) {
			t.Fatalf("step %d: got %v, want %v", i+1, f.Mean[i], mean)
		}
	}
	// R's search ends at 13.11101, from start values that let the trend fall.
	free, err := d.Fit(r.Values, nil)
	if err != nil {
		t.Fatal(err)
	}
	if free.Variance > 13.11101 {
		t.Errorf("fit: got a mean squared error of %v at %+v, R has 13.11101", free.Variance, free.DoubleSeasonal)
	}
	d.Season = ets.Additive
	if free, err = d.Fit(r.Values, nil); err != nil || free.Variance > 16 {
		t.Errorf("additive fit: got a mean squared error of %v (%v)", free.Variance, err)
	}
}

// week makes a fit of two short and six long steps by hand.
func week(season ets.Component) ets.DoubleFit {
	f := ets.DoubleFit{DoubleSeasonal: ets.DoubleSeasonal{Alpha: 0.2, Beta: 0.05, Gamma: 0.1, Omega: 0.2, Phi: 0.5, Season: season, Short: 2, Long: 6}, N: 50, Variance: 4}
	f.Final = ets.DoubleState{Level: 100, Trend: 1, Short: []float64{-10, 10}, Long: []float64{1, 2, -3, 3, 2, -5}, Last: 4}
	if season == ets.Multiplicative {
		f.Final.Short, f.Final.Long = []float64{0.8, 1.2}, []float64{1.1, 0.9, 0.8, 1.3, 1.1, 0.8}
	}
	return f
}

// The variance of the additive form, and of the multiplicative one at small
// errors, against simulated futures: the recursion fed with its own forecast
// and a normal error.
func TestDoubleSeasonalVarianceIsThatOfItsFutures(t *testing.T) {
	const n, horizon = 20_000, 14
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		f := week(season)
		f.Final.Last = 0 // the mean is that of the futures then
		if season == ets.Multiplicative {
			f.Variance = 0.04
		}
		want, err := f.Forecast(horizon, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 9))
		square := make([]float64, horizon)
		for range n {
			start := f.Final
			o := start
			for i := range horizon {
				step, err := f.DoubleSeasonal.SmoothFrom([]float64{0}, nil, o, 0)
				if err != nil {
					t.Fatal(err)
				}
				v := step.Fitted[0] + math.Sqrt(f.Variance)*r.NormFloat64()
				d := v - want.Mean[i]
				square[i] += d * d
				if step, err = f.DoubleSeasonal.SmoothFrom([]float64{v}, nil, o, 0); err != nil {
					t.Fatal(err)
				}
				o = step.Final
			}
		}
		for i := range square {
			if ratio := square[i] / n / want.Variance[i]; math.Abs(ratio-1) > 0.05 { // five standard errors
				t.Errorf("%s, step %d: variance ratio %v", season, i+1, ratio)
			}
		}
	}
}

func double(t fataler, f ets.DoubleFit, memory int) ets.DoubleOnline {
	o, err := ets.NewDoubleOnline(f, memory)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func doubleBytes(t fataler, o ets.DoubleOnline) []byte {
	b, err := o.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDoubleOnlineIsTheRecursion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := week(rapid.SampledFrom([]ets.Component{ets.Additive, ets.Multiplicative}).Draw(t, "season"))
		o := double(t, f, 0)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		values, mask := make([]float64, n), make([]bool, n)
		for i := range values {
			values[i] = 100 + 10*r.NormFloat64()
			mask[i] = i > 0 && i < n-1 && r.IntN(4) == 0
		}
		want, err := f.DoubleSeasonal.SmoothFrom(values, mask, f.Final, 0)
		if err != nil {
			t.Fatal(err)
		}
		// float32 keeps 7 digits of states up to some hundred.
		close := func(got, want float64) bool { return math.Abs(got-want) < 1e-3 }
		for i, v := range values {
			if mask[i] {
				o.Skip(1)
				continue
			}
			if got := o.Expect(1); !close(got, want.Fitted[i]) {
				t.Fatalf("step %d: expected %v, want %v", i, got, want.Fitted[i])
			}
			e, err := o.Update(v)
			if err != nil || !close(e, v-want.Fitted[i]) {
				t.Fatalf("step %d: error %v, want %v (%v)", i, e, v-want.Fitted[i], err)
			}
		}
		a, err := want.Forecast(20, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		b, err := o.Forecast(20, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		skipped := o.Clone()
		skipped.Skip(7)
		skipped.Skip(4)
		c, err := skipped.Forecast(9, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Mean {
			if !close(b.Mean[i], a.Mean[i]) || !close(o.Expect(i+1), a.Mean[i]) {
				t.Fatalf("step %d: mean %v, expected %v, want %v", i+1, b.Mean[i], o.Expect(i+1), a.Mean[i])
			}
			if i >= 11 && (!close(c.Mean[i-11], b.Mean[i]) || !near(c.Variance[i-11], b.Variance[i], 0)) {
				t.Fatalf("step %d after a gap of 11: %v, %v, want %v, %v", i-10, c.Mean[i-11], c.Variance[i-11], b.Mean[i], b.Variance[i])
			}
		}
	})
}

// An hourly series with day and week fits a kibibyte, and is read back to the
// bit.
func TestDoubleOnlineSnapshot(t *testing.T) {
	var r doubleFile
	load(t, "testdata/hw_dshw.json", &r)
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		f, err := ets.DoubleSeasonal{Alpha: 0.08, Beta: 0.0006, Gamma: 0.023, Omega: 0.33, Phi: 0.63, Season: season, Short: 24, Long: 168}.Smooth(r.Values[:700], nil)
		if err != nil {
			t.Fatal(err)
		}
		o := double(t, f, 0)
		o.Skip(3)
		data := doubleBytes(t, o)
		if len(data) > 1024 {
			t.Errorf("%d bytes", len(data))
		}
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var binary, read ets.DoubleOnline
		if err := binary.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Values[703:] {
			for _, o := range []*ets.DoubleOnline{&o, &binary, &read} {
				if _, err := o.Update(v); err != nil {
					t.Fatal(err)
				}
			}
		}
		if want := doubleBytes(t, o); !slices.Equal(doubleBytes(t, binary), want) || !slices.Equal(doubleBytes(t, read), want) {
			t.Error("what was read back went another way")
		}
		// Online is no worse than the batch over the same hours.
		if v := o.Fit().Variance; v > 20 {
			t.Errorf("%s: variance %v", season, v)
		}
		o.Skip(5000)
		w, err := o.Forecast(3, 0.9)
		if err != nil || len(w.Warnings) != 1 || w.Warnings[0].Code != "long-gap" {
			t.Errorf("after a long gap: %v, %v", w.Warnings, err)
		}
	}
}

// Two million steps: nothing wanders, and the seasons keep their normal form.
func TestDoubleOnlineRunsForYears(t *testing.T) {
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		o := double(t, week(season), 0)
		r := rand.New(rand.NewPCG(1, 1))
		shape := []float64{90, 112, 85, 120, 93, 100}
		for i := range 600_000 {
			if _, err := o.Update(shape[i%6] + r.NormFloat64()); err != nil {
				t.Fatal(err)
			}
		}
		f := o.Fit()
		for i, want := range shape {
			if got := o.Expect(i + 1); math.Abs(got-want) > 5 {
				t.Errorf("%s, step %d: got %v, want %v", season, i+1, got, want)
			}
		}
		one := 0.0
		if season == ets.Multiplicative {
			one = 1
		}
		short := (f.Final.Short[0]+f.Final.Short[1])/2 - one
		long := (f.Final.Long[0]+f.Final.Long[2]+f.Final.Long[4])/3 - one
		scale := max(1e-4, (1-one)*1e-2)
		if math.Abs(short) > scale || math.Abs(long) > scale {
			t.Errorf("%s: seasons off their normal form by %v and %v", season, short, long)
		}
	}
}

func TestDoubleSeasonalRefusals(t *testing.T) {
	good := week(ets.Additive)
	with := func(change func(*ets.DoubleFit)) ets.DoubleFit { f := good; change(&f); return f }
	for _, c := range []struct {
		f    ets.DoubleFit
		want string
	}{
		{ets.DoubleFit{}, "ets: DoubleSeasonal: Season none is not one: choose Additive or Multiplicative"},
		{with(func(f *ets.DoubleFit) { f.DoubleSeasonal.Long = 7 }), "ets: DoubleSeasonal: seasons of 2 and 7 steps are not nested: choose Short from 2, and for Long a multiple of it up to 32768"},
		{with(func(f *ets.DoubleFit) { f.DoubleSeasonal.Omega = -1 }), "ets: DoubleSeasonal: Omega -1 smooths nothing: take a number from 0 to 1, or estimate it with Fit"},
		{with(func(f *ets.DoubleFit) { f.DoubleSeasonal.Phi = 1 }), "ets: DoubleSeasonal: Phi 1 is no autocorrelation: take a number between -1 and 1, or estimate it with Fit"},
		{with(func(f *ets.DoubleFit) { f.Final.Long = nil }), "ets: state of DoubleSeasonal: seasons have 2 and 0 states for 2 and 6 steps: pass the state of a fit, or let Smooth start it"},
		{with(func(f *ets.DoubleFit) {
			f.DoubleSeasonal.Beta, f.DoubleSeasonal.Gamma, f.DoubleSeasonal.Omega = 1, 1, 1
		}), "ets: constants of DoubleSeasonal let old errors grow: lower Beta, or Gamma and Omega"},
		{with(func(f *ets.DoubleFit) { f.Variance = math.NaN() }), "ets: Variance is NaN: pass the variance of the errors, which is not negative and finite"},
	} {
		_, err := ets.NewDoubleOnline(c.f, 0)
		var input *ets.InputError
		if !errors.As(err, &input) || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	var zero ets.DoubleOnline
	zero.Skip(1)
	if _, err := zero.Update(1); err == nil || err.Error() != "ets: the zero DoubleOnline has no model: make it with NewDoubleOnline" {
		t.Errorf("zero: %v", err)
	}
	if _, err := zero.MarshalBinary(); err == nil || zero.Expect(1) != 0 || zero.Fit().N != 0 {
		t.Error("the zero DoubleOnline has something to say")
	}
	o := double(t, good, 0)
	if _, err := o.Update(math.Inf(1)); err == nil || err.Error() != "ets: value +Inf is no measurement: leave it out and call Skip" {
		t.Errorf("infinity: %v", err)
	}
}

func TestDoubleOnlineOfHostileValues(t *testing.T) {
	hostile := rapid.SampledFrom([]float64{0, 0, 0, 1, -1, 1e-300, 1e29, -1e29, 1e308, math.NaN(), math.Inf(1), 100})
	rapid.Check(t, func(t *rapid.T) {
		o := double(t, week(rapid.SampledFrom([]ets.Component{ets.Additive, ets.Multiplicative}).Draw(t, "season")), 0)
		for _, v := range rapid.SliceOfN(hostile, 0, 80).Draw(t, "values") {
			before := doubleBytes(t, o)
			if _, err := o.Update(v); err != nil && !slices.Equal(doubleBytes(t, o), before) {
				t.Fatalf("%v was refused and changed the state", v)
			}
			if got := o.Expect(3); math.IsNaN(got) || math.IsInf(got, 0) {
				t.Fatalf("after %v %v is expected", v, got)
			}
			var back ets.DoubleOnline
			if err := back.UnmarshalBinary(doubleBytes(t, o)); err != nil {
				t.Fatalf("after %v: %v", v, err)
			}
		}
	})
}

func FuzzDoubleOnlineUnmarshalBinary(f *testing.F) {
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		b := doubleBytes(f, double(f, week(season), 0))
		f.Add(b[:len(b)-4])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = withChecksum(data)
		var o ets.DoubleOnline
		if err := o.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ets.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		if !slices.Equal(doubleBytes(t, o), data) {
			t.Fatal("what was read is written in another form")
		}
		useDouble(t, &o)
	})
}

func FuzzDoubleOnlineUnmarshalJSON(f *testing.F) {
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		data, _ := json.Marshal(double(f, week(season), 0))
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var o ets.DoubleOnline
		if err := o.UnmarshalJSON(data); err != nil {
			if !errors.Is(err, ets.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		useDouble(t, &o)
	})
}

func useDouble(t *testing.T, o *ets.DoubleOnline) {
	for _, v := range []float64{1, 0, 1e9} {
		_, _ = o.Update(v)
	}
	if got := o.Expect(2); math.IsNaN(got) || math.IsInf(got, 0) {
		t.Fatalf("%v is expected", got)
	}
	if got, err := o.Forecast(3, 0.9); err == nil && (math.IsNaN(got.Upper[2]) || math.IsInf(got.Upper[2], 0)) {
		t.Fatalf("forecast %v", got)
	}
	doubleBytes(t, *o)
}

func BenchmarkDoubleOnlineUpdate(b *testing.B) {
	for _, season := range []ets.Component{ets.Additive, ets.Multiplicative} {
		b.Run(season.String(), func(b *testing.B) {
			d := ets.DoubleSeasonal{Alpha: 0.1, Beta: 0.001, Gamma: 0.05, Omega: 0.2, Phi: 0.5, Season: season, Short: 24, Long: 168}
			y := make([]float64, 336)
			for i := range y {
				y[i] = 100 + float64(i%24) + float64(i*7919%13)/13 // without noise the states fade to numbers too small to be fast
			}
			f, err := d.Smooth(y, nil)
			if err != nil {
				b.Fatal(err)
			}
			o := double(b, f, 0)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := o.Update(y[i]); err != nil {
					b.Fatal(err)
				}
				if i++; i == len(y) {
					i = 0
				}
			}
		})
	}
}
