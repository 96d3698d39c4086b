package ets_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity/ets"
)

type holtWintersCase struct {
	Alpha, Beta, Gamma float64
	LStart             float64   `json:"l_start"`
	BStart             float64   `json:"b_start"`
	SStart             []float64 `json:"s_start"`
	SSE                float64
	Fitted             []float64
	A                  float64   `json:"coef_a"`
	B                  float64   `json:"coef_b"`
	S                  []float64 `json:"coef_s"`
	Pred               []float64
	Upper              []float64 `json:"upr95"`
}

type holtWintersFile map[string]struct {
	M           int
	Values      []float64
	HoltWinters map[string]holtWintersCase
}

func holtWintersCases(t testing.TB, use func(t *testing.T, y []float64, h ets.HoltWinters, kind string, want holtWintersCase)) {
	t.Helper()
	var file holtWintersFile
	load(t, "testdata/hw_r.json", &file)
	n := 0
	for series, s := range file {
		for kind, c := range s.HoltWinters {
			h := ets.HoltWinters{Alpha: c.Alpha, Beta: c.Beta, Gamma: c.Gamma, Trend: kind != "ses"}
			switch kind {
			case "add", "fixed_add":
				h.Season, h.Period = ets.Additive, s.M
			case "mult", "fixed_mult":
				h.Season, h.Period = ets.Multiplicative, s.M
			}
			n++
			t.(*testing.T).Run(series+"/"+kind, func(t *testing.T) { use(t, s.Values, h, kind, c) })
		}
	}
	if n != 26 {
		t.Fatalf("got %d cases, want 26", n)
	}
}

func TestHoltWintersAgreesWithR(t *testing.T) {
	holtWintersCases(t, func(t *testing.T, y []float64, h ets.HoltWinters, kind string, want holtWintersCase) {
		got, err := h.Smooth(y, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !near(got.SSE, want.SSE, 0) || !near(got.Final.Level, want.A, 0) || !near(got.Final.Trend, want.B, want.A*1e-3) {
			t.Errorf("got SSE %v, level %v, trend %v; want %v, %v, %v", got.SSE, got.Final.Level, got.Final.Trend, want.SSE, want.A, want.B)
		}
		for i, s := range want.S {
			if !near(got.Final.Season[i], s, 1) {
				t.Errorf("season %d: got %v, want %v", i, got.Final.Season[i], s)
			}
		}
		if want.Fitted != nil {
			if !near(got.Initial.Level, want.LStart, 0) || !near(got.Initial.Trend, want.BStart, want.LStart*1e-3) || got.First != h.Period {
				t.Errorf("start: got %v, %v at %d; want %v, %v at %d", got.Initial.Level, got.Initial.Trend, got.First, want.LStart, want.BStart, h.Period)
			}
			for i, s := range want.SStart {
				if !near(got.Initial.Season[i], s, 1) {
					t.Errorf("start season %d: got %v, want %v", i, got.Initial.Season[i], s)
				}
			}
			if len(got.Fitted) != len(want.Fitted) {
				t.Fatalf("got %d fitted values, want %d", len(got.Fitted), len(want.Fitted))
			}
			for i, f := range want.Fitted {
				if !near(got.Fitted[i], f, 0) {
					t.Fatalf("fitted %d: got %v, want %v", i, got.Fitted[i], f)
				}
			}
		}
		if want.Pred == nil {
			return
		}
		f, err := got.Forecast(len(want.Pred), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i, mean := range want.Pred {
			if !near(f.Mean[i], mean, 0) {
				t.Fatalf("step %d: mean %v, want %v", i+1, f.Mean[i], mean)
			}
			upper := f.Upper[i]
			if kind == "mult" {
				upper = mean + 1.959963984540054*math.Sqrt(got.Variance*asRSums(h, want, i+1))
			}
			if !near(upper, want.Upper[i], 0) {
				t.Fatalf("step %d: upper %v, want %v", i+1, upper, want.Upper[i])
			}
		}
	})
}

// asRSums is the sum by which R's band of a multiplicative season multiplies
// the variance. It departs from the formula twice: ψ_0 is not 1, and where a
// factor is the season's last one R takes the slope, which stands before the
// factors in its coefficients.
func asRSums(h ets.HoltWinters, c holtWintersCase, step int) float64 {
	m := h.Period
	coefficients := append([]float64{c.B}, c.S...)
	rel := 1 + (step-1)%m
	sum := 0.0
	for j := range step {
		psi := h.Alpha * (1 + float64(j)*h.Beta)
		if j%m == 0 {
			psi += h.Gamma * (1 - h.Alpha)
		}
		psi *= coefficients[rel] / coefficients[((rel-j)%m+m)%m]
		sum += psi * psi
	}
	return sum
}

func TestHoltWintersFitIsNoWorseThanR(t *testing.T) {
	holtWintersCases(t, func(t *testing.T, y []float64, h ets.HoltWinters, kind string, want holtWintersCase) {
		if want.Fitted != nil {
			return
		}
		got, err := ets.HoltWinters{Trend: h.Trend, Season: h.Season, Period: h.Period}.Fit(y, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.SSE > want.SSE*(1+1e-9) {
			t.Errorf("got %v at %+v, want at most %v at %+v", got.SSE, got.HoltWinters, want.SSE, h)
		}
	})
}

// The two forms are one recursion where the season is not multiplicative.
func TestStateSpaceFormGivesTheSameForecasts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		unit := rapid.Float64Range(0.001, 0.999)
		h := ets.HoltWinters{Alpha: unit.Draw(t, "alpha"), Beta: unit.Draw(t, "beta"), Gamma: unit.Draw(t, "gamma"),
			Trend: rapid.Bool().Draw(t, "trend"), Season: ets.Component(rapid.IntRange(0, 1).Draw(t, "season")), Period: rapid.IntRange(2, 6).Draw(t, "period")}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		y, mask := make([]float64, 40), make([]bool, 40)
		for i := range y {
			y[i] = 50 + 10*r.NormFloat64()
			mask[i] = i > 12 && r.IntN(5) == 0
		}
		a, err := h.Smooth(y, mask)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ets.Filter(y[a.First:], mask[a.First:], h.Model(), h.Parameters(), a.Initial)
		if err != nil {
			t.Fatal(err)
		}
		if !near(a.SSE, b.SSE, 1) || a.N != b.N {
			t.Fatalf("SSE %v of %d, want %v of %d", a.SSE, a.N, b.SSE, b.N)
		}
		for i := range a.Fitted {
			if !near(a.Fitted[i], b.Fitted[i], 50) {
				t.Fatalf("step %d: %v, want %v", i, a.Fitted[i], b.Fitted[i])
			}
		}
		back, err := h.Parameters().HoltWinters(h.Model())
		if err != nil {
			t.Fatal(err)
		}
		if !near(back.Alpha, h.Alpha, 0) || h.Trend && !near(back.Beta, h.Beta, 0) || h.Season != ets.None && !near(back.Gamma, h.Gamma, 0) {
			t.Fatalf("got %+v back from %+v", back, h)
		}
	})
}

// For a multiplicative season they agree to first order: halving the errors
// quarters the difference.
func TestStateSpaceFormIsNearForAMultiplicativeSeason(t *testing.T) {
	h := ets.HoltWinters{Alpha: 0.4, Beta: 0.1, Gamma: 0.3, Trend: true, Season: ets.Multiplicative, Period: 4}
	start := ets.State{Level: 100, Trend: 1, Season: []float64{0.7, 1.3, 0.9, 1.1}}
	apart := func(noise float64) float64 {
		r := rand.New(rand.NewPCG(1, 1))
		y := make([]float64, 60)
		for i := range y {
			y[i] = (100 + float64(i)) * start.Season[i%4] * (1 + noise*r.NormFloat64())
		}
		a, err := h.SmoothFrom(y, nil, start, 0)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ets.Filter(y, nil, h.Model(), h.Parameters(), start)
		if err != nil {
			t.Fatal(err)
		}
		most := 0.0
		for i := range y {
			most = max(most, math.Abs(a.Fitted[i]-b.Fitted[i]))
		}
		return most
	}
	if one, half := apart(0.02), apart(0.01); one < 1e-4 || one/half < 3 || one/half > 5 {
		t.Errorf("apart by %v, at half the errors by %v", one, half)
	}
}

func TestHoltWintersStartSurvivesGaps(t *testing.T) {
	y, mask := make([]float64, 30), make([]bool, 30)
	for i := range y {
		y[i] = 20 + []float64{-3, 1, 2}[i%3]
	}
	mask[1], mask[4], mask[7] = true, true, true
	y[1], y[7] = math.NaN(), math.NaN()
	got, err := ets.HoltWinters{Trend: true, Season: ets.Additive, Period: 3}.Fit(y, mask)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(got.Final.Level-20) > 1 || got.N != 30-3-2 {
		t.Errorf("got level %v of %d values, want about 20 of 25", got.Final.Level, got.N)
	}
	holt, err := ets.HoltWinters{Alpha: 0.5, Beta: 0.5, Trend: true}.Smooth([]float64{9, 10, 9, 14, 16}, []bool{true, false, true, false, false})
	if err != nil {
		t.Fatal(err)
	}
	if holt.Initial.Level != 14 || holt.Initial.Trend != 2 || holt.First != 4 || holt.SSE != 0 {
		t.Errorf("got %+v, want a start at 14 rising by 2", holt)
	}
}

func TestHoltWintersRefusals(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		h    ets.HoltWinters
		y    []float64
		want string
	}{
		{ets.HoltWinters{}, y, "ets: HoltWinters: Alpha 0 smooths no level: take a number above 0 and at most 1, or estimate it with Fit"},
		{ets.HoltWinters{Alpha: 0.5, Trend: true, Beta: 2}, y, "ets: HoltWinters: Beta 2 smooths no slope: take a number from 0 to 1, or estimate it with Fit"},
		{ets.HoltWinters{Alpha: 0.5, Season: ets.Additive, Gamma: math.NaN(), Period: 2}, y, "ets: HoltWinters: Gamma NaN smooths no season: take a number from 0 to 1, or estimate it with Fit"},
		{ets.HoltWinters{Alpha: 0.5, Season: ets.Additive, Period: 4}, y, "ets: series has 6 values for a season of 4: pass two whole seasons at least, or smooth without a season"},
		{ets.HoltWinters{Alpha: 0.5, Season: ets.Multiplicative, Period: 2}, []float64{1, 2, 0, 1}, "ets: value 2 is 0, which no factor explains: take an additive season, or mask it"},
		{ets.HoltWinters{Alpha: 0.5, Trend: true}, y[:2], "ets: series has no third value: pass a longer history, or smooth without a trend"},
		{ets.HoltWinters{Alpha: 0.5}, []float64{1, math.NaN()}, "ets: value 1 is NaN: mask it as a gap"},
		{ets.HoltWinters{Alpha: 0.5}, nil, "ets: series has no observation in 0 steps: pass a longer history"},
		{ets.HoltWinters{Alpha: 0.5}, []float64{0, 1, 1e200, 1}, "ets: the recursion leaves the numbers: scale the series; a multiplicative season needs values well above 0"},
	} {
		_, err := c.h.Smooth(c.y, nil)
		var input *ets.InputError
		if !errors.As(err, &input) || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	if _, err := (ets.Parameters{Alpha: 0.5, Phi: 0.9}).HoltWinters(ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: true}); err == nil {
		t.Error("a damped model has a classical form")
	}
}

func TestHoltWintersOfHostileSeries(t *testing.T) {
	value := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, 1e-300, 1e300, -5, 7}))
	rapid.Check(t, func(t *rapid.T) {
		h := ets.HoltWinters{Trend: rapid.Bool().Draw(t, "trend"), Season: ets.Component(rapid.IntRange(0, 2).Draw(t, "season")), Period: 2}
		y := rapid.SliceOfN(value, 0, 12).Draw(t, "y")
		got, err := h.Fit(y, nil)
		if err != nil {
			return
		}
		bad := func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
		if bad(got.SSE) || bad(got.Variance) || slices.ContainsFunc(got.Fitted, bad) {
			t.Fatalf("got %+v", got)
		}
		if f, err := got.Forecast(5, 0.9); err == nil && (slices.ContainsFunc(f.Upper, bad) || slices.ContainsFunc(f.Mean, bad)) {
			t.Fatalf("forecast %+v", f)
		}
	})
}

func BenchmarkHoltWinters(b *testing.B) {
	for _, c := range []struct {
		name string
		n, m int
	}{{"hourly-day", 850, 24}, {"5min-day", 4032, 288}} {
		r := rand.New(rand.NewPCG(1, 2))
		y := make([]float64, c.n)
		for i := range y {
			y[i] = 100 + 30*math.Sin(2*math.Pi*float64(i)/float64(c.m)) + 5*r.NormFloat64()
		}
		h := ets.HoltWinters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1, Trend: true, Season: ets.Additive, Period: c.m}
		b.Run(c.name+"/smooth", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Smooth(y, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.n), "ns/step")
		})
		b.Run(c.name+"/fit", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Fit(y, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
