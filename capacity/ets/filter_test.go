package ets_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

type recursionCase struct {
	Series                  string
	Model                   string
	M                       int
	Alpha, Beta, Gamma, Phi float64
	Init, E, Fitted, Final  []float64
	Lik, LogLik, SSE        float64
}

type recursionFile struct {
	Series map[string][]float64
	Cases  []recursionCase
}

func load(t testing.TB, path string, into any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// stateOf reads R's order: level, slope, season backwards in time.
func stateOf(m ets.Model, states []float64) ets.State {
	s := ets.State{Level: states[0]}
	states = states[1:]
	if m.Trend != ets.None {
		s.Trend = states[0]
		states = states[1:]
	}
	if m.Season != ets.None {
		s.Season = slices.Clone(states)
		slices.Reverse(s.Season)
	}
	return s
}

// near compares to 1e-9 of the larger of the wanted value and a scale.
func near(got, want, scale float64) bool {
	return math.Abs(got-want) <= 1e-9*max(math.Abs(want), scale)
}

func TestFilterAgreesWithR(t *testing.T) {
	var file recursionFile
	load(t, "testdata/recursions.json", &file)
	if len(file.Cases) != 42 {
		t.Fatalf("got %d cases, want 42", len(file.Cases))
	}
	for _, c := range file.Cases {
		t.Run(c.Series+"/"+c.Model, func(t *testing.T) {
			m, err := ets.ParseModel(c.Model, c.M)
			if err != nil {
				t.Fatal(err)
			}
			y := file.Series[c.Series]
			p := ets.Parameters{Alpha: c.Alpha, Beta: c.Beta, Gamma: c.Gamma, Phi: c.Phi}
			got, err := ets.Filter(y, nil, m, p, stateOf(m, c.Init))
			if err != nil {
				t.Fatal(err)
			}
			scale := 1.0
			if m.Error == ets.Additive {
				scale = math.Sqrt(c.SSE / float64(len(y)))
			}
			for i := range y {
				if !near(got.Fitted[i], c.Fitted[i], 0) {
					t.Fatalf("fitted %d: got %v, want %v", i, got.Fitted[i], c.Fitted[i])
				}
				if !near(got.Errors[i], c.E[i], scale) {
					t.Fatalf("error %d: got %v, want %v", i, got.Errors[i], c.E[i])
				}
			}
			if !near(got.SSE, c.SSE, 0) || !near(got.LogLik, c.LogLik, 0) || got.N != len(y) {
				t.Errorf("got SSE %v, log-likelihood %v of %d; want %v, %v of %d", got.SSE, got.LogLik, got.N, c.SSE, c.LogLik, len(y))
			}
			want := stateOf(m, c.Final)
			if !near(got.Final.Level, want.Level, 0) || !near(got.Final.Trend, want.Trend, 1e-2) {
				t.Errorf("final: got %v, want %v", got.Final, want)
			}
			for j := range want.Season {
				if !near(got.Final.Season[j], want.Season[j], 0) {
					t.Errorf("final season %d: got %v, want %v", j, got.Final.Season[j], want.Season[j])
				}
			}
		})
	}
}

// A gap is the same as an observation that equals its forecast, except that it
// does not count.
func TestFilterGapIsAnObservationThatTeachesNothing(t *testing.T) {
	var file recursionFile
	load(t, "testdata/recursions.json", &file)
	for _, c := range file.Cases {
		m, err := ets.ParseModel(c.Model, c.M)
		if err != nil {
			t.Fatal(err)
		}
		y := slices.Clone(file.Series[c.Series])
		p := ets.Parameters{Alpha: c.Alpha, Beta: c.Beta, Gamma: c.Gamma, Phi: c.Phi}
		mask := make([]bool, len(y))
		for i := range mask {
			mask[i] = i%7 == 3 || i > 20 && i < 40
		}
		gapped := slices.Clone(y)
		for i := range gapped {
			if mask[i] {
				gapped[i] = math.NaN()
			}
		}
		got, err := ets.Filter(gapped, mask, m, p, stateOf(m, c.Init))
		if err != nil {
			t.Fatal(err)
		}
		for i := range y {
			if mask[i] {
				y[i] = got.Fitted[i]
				if got.Errors[i] != 0 {
					t.Errorf("%s: error at gap %d: got %v, want 0", c.Model, i, got.Errors[i])
				}
			}
		}
		want, err := ets.Filter(y, nil, m, p, stateOf(m, c.Init))
		if err != nil {
			t.Fatal(err)
		}
		gaps := 0
		for _, gap := range mask {
			if gap {
				gaps++
			}
		}
		if got.N != len(y)-gaps {
			t.Errorf("%s: got N %d, want %d less %d gaps", c.Model, got.N, len(y), gaps)
		}
		if !near(got.SSE, want.SSE, 0) || !near(got.Final.Level, want.Final.Level, 0) {
			t.Errorf("%s/%s: got SSE %v and level %v, want %v and %v", c.Series, c.Model, got.SSE, got.Final.Level, want.SSE, want.Final.Level)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	ann := ets.Model{Error: ets.Additive}
	ana := ets.Model{Error: ets.Additive, Season: ets.Additive, Period: 2}
	p := ets.Parameters{Alpha: 0.5, Beta: 0.1, Gamma: 0.1, Phi: 0.9}
	one := ets.State{Level: 1}
	for _, c := range []struct {
		name   string
		values []float64
		mask   []bool
		model  ets.Model
		p      ets.Parameters
		state  ets.State
		want   string
	}{
		{"no values", nil, nil, ann, p, one, "ets: series has no observation in 0 steps: pass a longer history"},
		{"all masked", []float64{1, 2}, []bool{true, true}, ann, p, one, "ets: series has no observation in 2 steps: pass a longer history"},
		{"mask of another length", []float64{1, 2}, []bool{true}, ann, p, one, "ets: mask has 1 entries for 2 values: pass one entry per value, or nil for no gaps"},
		{"NaN", []float64{1, math.NaN()}, nil, ann, p, one, "ets: value 1 is NaN: mask it as a gap"},
		{"infinite", []float64{math.Inf(-1)}, nil, ann, p, one, "ets: value 0 is -Inf: mask it as a gap"},
		{"no model", []float64{1}, nil, ets.Model{}, p, one, "ets: model NNN has no error: choose Additive or Multiplicative"},
		{"alpha NaN", []float64{1}, nil, ann, ets.Parameters{Alpha: math.NaN()}, one, "ets: parameter alpha of ANN is not finite: pass a number, usually between 0 and 1"},
		{"level infinite", []float64{1}, nil, ann, p, ets.State{Level: math.Inf(1)}, "ets: state of ANN: level is not finite: pass the state of a fit of this model, or estimate one"},
		{"short season", []float64{1}, nil, ana, p, one, "ets: state of ANA: season has 0 values for a period of 2: pass the state of a fit of this model, or estimate one"},
		{"explodes", make([]float64, 2000), nil, ann, ets.Parameters{Alpha: 9}, one, "ets: model ANN at value 342 leaves the numbers: take parameters of the usual region, an initial state near the series, and a model that suits values of its sign"},
		{"division by zero", []float64{1, 0, 1, 1}, nil, ets.Model{Error: ets.Multiplicative}, ets.Parameters{Alpha: 1}, one, "ets: model MNN at value 2 leaves the numbers: take parameters of the usual region, an initial state near the series, and a model that suits values of its sign"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ets.Filter(c.values, c.mask, c.model, c.p, c.state)
			var input *ets.InputError
			if !errors.As(err, &input) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func BenchmarkFilterAAA(b *testing.B) {
	y := make([]float64, 4096)
	for i := range y {
		y[i] = 100 + float64(i%24) + math.Sin(float64(i))
	}
	m := ets.Model{Error: ets.Additive, Trend: ets.Additive, Season: ets.Additive, Period: 24}
	s := ets.State{Level: 100, Season: make([]float64, 24)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ets.Filter(y, nil, m, ets.Parameters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1}, s); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/step")
}
