package ets_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity/ets"
)

func online(t testing.TB, f ets.Fit, memory int) ets.Online {
	t.Helper()
	o, err := ets.NewOnline(f, memory)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

type fataler interface {
	Fatal(...any)
}

func drawOnline(t *rapid.T) (ets.Fit, ets.Online) {
	f := drawFit(t, append(stable, "ANM", "AAM", "AAdM")...)
	for !f.Parameters.Admissible(f.Model) {
		f.Parameters.Beta /= 2
	}
	o, err := ets.NewOnline(f, rapid.IntRange(0, 50).Draw(t, "memory"))
	if err != nil {
		t.Fatal(err)
	}
	return f, o
}

// An Online is the recursion over the whole series, gaps and all: the same
// errors, and the same forecasts after the last observation.
func TestOnlineIsTheRecursion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, o := drawOnline(t)
		n := rapid.IntRange(1, 60).Draw(t, "n")
		values, mask := make([]float64, n), make([]bool, n)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for i := range values {
			values[i] = 100 + 30*math.Sin(float64(i)) + 10*r.NormFloat64()
			mask[i] = i > 0 && i < n-1 && r.IntN(4) == 0
		}
		want, err := ets.Filter(values, mask, f.Model, f.Parameters, f.Final)
		if err != nil {
			t.Skip(err)
		}
		for i, v := range values {
			if mask[i] {
				o.Skip(1)
				continue
			}
			if got := o.Expect(1); !near(got, want.Fitted[i], 100) {
				t.Fatalf("%s step %d: expected %v, want %v", f.Model, i, got, want.Fitted[i])
			}
			e, err := o.Update(v)
			if err != nil {
				t.Fatal(err)
			}
			if !near(e, v-want.Fitted[i], 100) {
				t.Fatalf("%s step %d: error %v, want %v", f.Model, i, e, v-want.Fitted[i])
			}
			for _, factor := range o.Fit().Final.Season {
				if f.Model.Season == ets.Multiplicative && factor < 1e-4 {
					t.Skip("a factor is held above 0, where the recursion goes below")
				}
			}
		}
		f.Final = want.Final
		f.Sigma2 = o.Fit().Sigma2
		a, err := f.Forecast(20, 0.9)
		if err != nil {
			t.Skip(err)
		}
		b, err := o.Forecast(20, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Mean {
			if !near(b.Mean[i], a.Mean[i], 100) {
				t.Fatalf("%s step %d: mean %v, want %v", f.Model, i+1, b.Mean[i], a.Mean[i])
			}
			if a.Simulated == 0 && !near(b.Variance[i], a.Variance[i], 1) {
				t.Fatalf("%s step %d: variance %v, want %v", f.Model, i+1, b.Variance[i], a.Variance[i])
			}
			if f.Model.Error == ets.Additive && f.Model.Season != ets.Multiplicative && !near(o.Expect(i+1), a.Mean[i], 100) {
				t.Fatalf("%s step %d: expected %v, want %v", f.Model, i+1, o.Expect(i+1), a.Mean[i])
			}
		}
	})
}

func TestGapShiftsTheForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, o := drawOnline(t)
		if !f.Model.Stable() {
			return // its bands are drawn
		}
		a, b := rapid.IntRange(0, 20).Draw(t, "a"), rapid.IntRange(0, 20).Draw(t, "b")
		whole, err := o.Forecast(a+b+10, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		once := o.Clone()
		once.Skip(a + b)
		o.Skip(a)
		o.Skip(b)
		left, err := o.Forecast(10, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for i := range left.Mean {
			if left.Mean[i] != whole.Mean[a+b+i] || left.Variance[i] != whole.Variance[a+b+i] {
				t.Fatalf("step %d: got %v, %v, want %v, %v", i+1, left.Mean[i], left.Variance[i], whole.Mean[a+b+i], whole.Variance[a+b+i])
			}
		}
		if x, _ := o.MarshalBinary(); !slices.Equal(x, marshal(t, once)) {
			t.Fatal("two gaps are not one of their sum")
		}
	})
}

func marshal(t fataler, o ets.Online) []byte {
	b, err := o.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOnlineRoundTripGoesOnToTheSameBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, o := drawOnline(t)
		walk := func(o *ets.Online, seed uint64) {
			r := rand.New(rand.NewPCG(seed, 0))
			for range 40 {
				if r.IntN(5) == 0 {
					o.Skip(1 + r.IntN(30))
				} else if _, err := o.Update(100 + 20*r.NormFloat64()); err != nil {
					t.Fatal(err)
				}
			}
		}
		walk(&o, 1)
		var binary, text ets.Online
		if err := binary.UnmarshalBinary(marshal(t, o)); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &text); err != nil {
			t.Fatal(err)
		}
		for _, read := range []*ets.Online{&o, &binary, &text} {
			walk(read, 2)
		}
		if want := marshal(t, o); !slices.Equal(marshal(t, binary), want) || !slices.Equal(marshal(t, text), want) {
			t.Fatal("what was read back went another way")
		}
	})
}

// A year of seconds, with a season that the parameters let drift as a whole:
// the seasonal states still add up to zero, and what is expected stays right.
func TestSeasonKeepsItsNormalForm(t *testing.T) {
	steps := 2_000_000
	if testing.Short() {
		steps = 100_000
	}
	for _, name := range []string{"AAdA", "MAdM"} {
		m, err := ets.ParseModel(name, 60)
		if err != nil {
			t.Fatal(err)
		}
		f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.01, Beta: 0.001, Gamma: 0.3, Phi: 0.9}, Sigma2: 1, N: 500, Final: ets.State{Level: 100}}
		shape := func(i int) float64 { return 100 + 20*math.Sin(2*math.Pi*float64(i)/60) }
		for i := range 60 {
			if m.Season == ets.Additive {
				f.Final.Season = append(f.Final.Season, shape(i)-100)
			} else {
				f.Final.Season = append(f.Final.Season, shape(i)/100)
			}
		}
		if m.Error == ets.Multiplicative {
			f.Sigma2 = 1e-4
		}
		o := online(t, f, 0)
		r := rand.New(rand.NewPCG(3, 4))
		for i := range steps {
			if _, err := o.Update(shape(i) + r.NormFloat64()); err != nil {
				t.Fatal(err)
			}
		}
		end := o.Fit()
		sum := 0.0
		for _, s := range end.Final.Season {
			sum += s
		}
		if m.Season == ets.Multiplicative {
			sum -= 60
		}
		// The states since the last whole season are not brought to form yet.
		if math.Abs(sum) > 60*0.3*5 {
			t.Errorf("%s: the season adds up to %v", name, sum)
		}
		if got, want := o.Expect(1), shape(steps); math.Abs(got-want) > 3 {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
		if m.Error == ets.Additive && (end.Sigma2 < 0.9 || end.Sigma2 > 1.6) {
			t.Errorf("%s: variance %v, want that of the noise and a little more", name, end.Sigma2)
		}
	}
}

// Nothing that is passed in turns a state into something that is no number, and
// nothing shuts the door to ordinary values that follow.
func TestOnlineOfHostileValues(t *testing.T) {
	hostile := rapid.SampledFrom([]float64{0, 0, 0, 1, -1, 1e-300, 1e149, -1e149, 1e308, math.NaN(), math.Inf(1), math.Inf(-1), 100, 1e6})
	rapid.Check(t, func(t *rapid.T) {
		_, o := drawOnline(t)
		for _, v := range rapid.SliceOfN(hostile, 0, 80).Draw(t, "values") {
			before := marshal(t, o)
			if _, err := o.Update(v); err != nil {
				var input *ets.InputError
				if !errors.As(err, &input) {
					t.Fatalf("%v: %T", err, err)
				}
				if !slices.Equal(marshal(t, o), before) {
					t.Fatalf("%v was refused and changed the state", v)
				}
			}
			if got := o.Expect(3); math.IsNaN(got) || math.IsInf(got, 0) {
				t.Fatalf("after %v %v is expected", v, got)
			}
			var back ets.Online
			if err := back.UnmarshalBinary(marshal(t, o)); err != nil {
				t.Fatalf("after %v: %v", v, err)
			}
		}
	})
}

// Three weeks of zeros, then the service is used again.
func TestMultiplicativeModelsComeBackFromZero(t *testing.T) {
	for _, name := range []string{"MNM", "MAM", "MAdM", "MNN", "MAA"} {
		m, _ := ets.ParseModel(name, 24)
		f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.01, Gamma: 0.2, Phi: 0.95}, Sigma2: 0.01, Final: ets.State{Level: 100}}
		for range 24 {
			f.Final.Season = append(f.Final.Season, map[bool]float64{true: 1, false: 0}[m.Season == ets.Multiplicative])
		}
		o := online(t, f, 0)
		for _, v := range []float64{0, 50} {
			for range 21 * 24 * 2 {
				if _, err := o.Update(v); err != nil {
					t.Fatalf("%s: %v: %v", name, v, err)
				}
			}
		}
		if got := o.Expect(1); math.Abs(got-50) > 1 {
			t.Errorf("%s: got %v, want 50", name, got)
		}
	}
}

func TestVarianceFollowsTheErrors(t *testing.T) {
	f := ets.Fit{Model: ets.Model{Error: ets.Additive}, Parameters: ets.Parameters{Alpha: 0}, Final: ets.State{Level: 0}, Sigma2: 4, N: 2}
	o := online(t, f, 4)
	for _, c := range []struct{ value, want float64 }{
		{2, 4},             // (2·4 + 4)/3
		{4, 4 + 12./4},     // the fourth observation
		{1, 7 - 6./4},      // from here on a quarter each
		{1, 5.5 - 4.5/4.0}, //
	} {
		if _, err := o.Update(c.value); err != nil {
			t.Fatal(err)
		}
		if got := o.Fit().Sigma2; !near(got, c.want, 0) {
			t.Errorf("after %v: got %v, want %v", c.value, got, c.want)
		}
	}
	before := o.Fit().Sigma2
	o.Skip(1)
	if _, err := o.Update(1000); err != nil || o.Fit().Sigma2 != before {
		t.Errorf("the first error after a gap moved the variance to %v (%v)", o.Fit().Sigma2, err)
	}
}

func TestOnlineRefusals(t *testing.T) {
	good := ets.Fit{Model: ets.Model{Error: ets.Multiplicative, Season: ets.Multiplicative, Period: 2}, Parameters: ets.Parameters{Alpha: 0.5, Gamma: 0.2},
		Final: ets.State{Level: 1, Season: []float64{1, 1}}, Sigma2: 1}
	with := func(change func(*ets.Fit)) ets.Fit { f := good; change(&f); return f }
	for _, c := range []struct {
		fit    ets.Fit
		memory int
		want   string
	}{
		{ets.Fit{}, 0, "ets: model NNN has no error: choose Additive or Multiplicative"},
		{with(func(f *ets.Fit) { f.Parameters.Alpha = 1.5 }), 0, "ets: parameter alpha of MNM is 1.5: take 0 ≤ alpha ≤ 1, 0 ≤ beta ≤ alpha, 0 ≤ gamma ≤ 1−alpha, 0 < phi ≤ 1"},
		{with(func(f *ets.Fit) { f.Parameters.Gamma = 0.6 }), 0, "ets: parameter gamma of MNM is 0.6: take 0 ≤ alpha ≤ 1, 0 ≤ beta ≤ alpha, 0 ≤ gamma ≤ 1−alpha, 0 < phi ≤ 1"},
		{with(func(f *ets.Fit) {
			f.Model.Trend, f.Model.Period, f.Parameters.Beta, f.Final.Season = ets.Additive, 60, 0.3, slices.Repeat([]float64{1}, 60)
		}), 0, "ets: parameters of MAM let old errors grow: lower beta, damp the trend, or leave it out"},
		{with(func(f *ets.Fit) { f.Final.Season = []float64{1, 0} }), 0, "ets: seasonal state 1 is 0: pass factors above 0 for a multiplicative season, and finite numbers for any"},
		{with(func(f *ets.Fit) { f.Final.Level = 1e200 }), 0, "ets: state of MNM is too great to compute with: pass the state of a fit"},
		{good, -1, "ets: memory -1 is no number of observations: choose 1 to 134217728, or 0 for 1000"},
	} {
		if _, err := ets.NewOnline(c.fit, c.memory); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	var zero ets.Online
	zero.Skip(3)
	if _, err := zero.Update(1); err == nil || err.Error() != "ets: the zero Online has no model: make it with NewOnline" {
		t.Errorf("zero Online: got %v", err)
	}
	if _, err := zero.Forecast(1, 0.9); err == nil {
		t.Error("the zero Online forecasts")
	}
	if _, err := zero.MarshalBinary(); err == nil {
		t.Error("the zero Online has a binary form")
	}
	o := online(t, good, 0)
	if _, err := o.Update(math.NaN()); err == nil || err.Error() != "ets: value NaN is no measurement: leave it out and call Skip" {
		t.Errorf("NaN: got %v", err)
	}
}

func TestLongGapIsSaid(t *testing.T) {
	m, _ := ets.ParseModel("AAA", 4)
	o := online(t, ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.1, Beta: 0.001, Gamma: 0.1}, Final: ets.State{Level: 10, Trend: 1, Season: []float64{1, -1, 2, -2}}, Sigma2: 1}, 0)
	o.Skip(100_001)
	got, err := o.Forecast(1, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Code != "long-gap" || !near(got.Mean[0], 10+100_002-1, 0) || o.Gap() != 100_001 {
		t.Errorf("got %v, warnings %v", got.Mean, got.Warnings)
	}
	for range 5 {
		o.Skip(math.MaxInt)
	}
	if _, err := o.Forecast(1, 0.9); err != nil {
		t.Errorf("after an endless gap: %v", err)
	}
}

func TestSnapshotsThatAreNone(t *testing.T) {
	o := online(t, ets.Fit{Model: ets.Model{Error: ets.Additive}, Parameters: ets.Parameters{Alpha: 0.5}, Final: ets.State{Level: 1}, Sigma2: 1}, 0)
	good := marshal(t, o)
	changed := slices.Clone(good)
	changed[20] ^= 1
	for _, c := range []struct {
		data []byte
		want string
	}{
		{nil, `ets: not a snapshot: it does not begin with "ets online\n"`},
		{good[:len(good)-1], "it was cut short or changed"},
		{changed, "it was cut short or changed"},
	} {
		keep := o.Clone()
		if err := o.UnmarshalBinary(c.data); !errors.Is(err, ets.ErrSnapshot) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
		if !slices.Equal(marshal(t, o), marshal(t, keep)) {
			t.Error("an error changed the state")
		}
	}
	for _, c := range []struct{ text, want string }{
		{`{}`, "ets: not a snapshot: version 0; this program reads 1"},
		{`{"version":1,"model":"ANN","alpha":0.5,"level":1,"variance":1,"memory":5,"observed":1,"extra":1}`, `ets: not a snapshot: json: unknown field "extra"`},
		{`{"version":1,"model":"ANA","period":2,"alpha":0.5,"level":1,"season":[1],"variance":1,"memory":5,"observed":1}`, "ets: not a snapshot: 1 seasonal states, place 0 and a period of 2 for ANA"},
		{`{"version":1,"model":"AAdN","alpha":0.5,"level":1,"variance":1,"memory":5,"observed":1}`, "ets: not a snapshot: AAdN without phi"},
		{`{"version":1,"model":"ANN","alpha":0.5,"level":1,"variance":-1,"memory":5,"observed":1}`, "ets: not a snapshot: ets: Sigma2 is -1: pass the variance of the errors, which is not negative and finite"},
	} {
		if err := o.UnmarshalJSON([]byte(c.text)); !errors.Is(err, ets.ErrSnapshot) || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

func fuzzSeeds(f *testing.F) []ets.Online {
	var all []ets.Online
	for _, name := range []string{"ANN", "AAdA", "MAM"} {
		m, _ := ets.ParseModel(name, 3)
		o := online(f, ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.1, Gamma: 0.2, Phi: 0.9}, N: 7,
			Final: ets.State{Level: 10, Trend: 1, Season: []float64{1, 2, 3}}, Sigma2: 0.5}, 9)
		o.Skip(4)
		all = append(all, o)
	}
	return all
}

// Whatever is read works, and is written as it was.
func FuzzOnlineUnmarshalBinary(f *testing.F) {
	for _, o := range fuzzSeeds(f) {
		f.Add(marshal(f, o)[:len(marshal(f, o))-4])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		data = withChecksum(data)
		var o ets.Online
		if err := o.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ets.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		if !slices.Equal(marshal(t, o), data) {
			t.Fatal("what was read is written in another form")
		}
		use(t, &o)
	})
}

func FuzzOnlineUnmarshalJSON(f *testing.F) {
	for _, o := range fuzzSeeds(f) {
		data, _ := json.Marshal(o)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var o ets.Online
		if err := o.UnmarshalJSON(data); err != nil {
			if !errors.Is(err, ets.ErrSnapshot) {
				t.Fatal(err)
			}
			return
		}
		use(t, &o)
	})
}

func use(t *testing.T, o *ets.Online) {
	for _, v := range []float64{1, 0, 1e9} {
		_, _ = o.Update(v)
	}
	if got := o.Expect(2); math.IsNaN(got) || math.IsInf(got, 0) {
		t.Fatalf("%v is expected", got)
	}
	if got, err := o.Forecast(3, 0.9); err == nil && (math.IsNaN(got.Upper[2]) || math.IsInf(got.Upper[2], 0)) {
		t.Fatalf("forecast %v", got)
	}
	marshal(t, *o)
}

func BenchmarkOnlineUpdate(b *testing.B) {
	for _, name := range []string{"ANN", "AAdN", "AAA", "MAM"} {
		m, _ := ets.ParseModel(name, 168)
		f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.0005, Gamma: 0.1, Phi: 0.9}, Sigma2: 0.01, Final: ets.State{Level: 100, Trend: 0.1}}
		for i := range m.Period {
			f.Final.Season = append(f.Final.Season, 1+float64(i%5)/10)
		}
		b.Run(name, func(b *testing.B) {
			o := online(b, f, 0)
			b.ReportAllocs()
			x := 100.0
			for b.Loop() {
				if _, err := o.Update(x); err != nil {
					b.Fatal(err)
				}
				x = 201 - x
			}
		})
	}
}
