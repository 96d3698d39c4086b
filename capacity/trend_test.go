package capacity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/internal/stat"
)

// The prediction interval of a regression by hand: values 1, 2, 4, 5 have the line
// 0.9 + 1.4·i (i from 0) with s² = 0.2/2 = 0.1, S = 5; at step 4: 6.5 ± t₂·√(0.1·(1 + 1/4 + 2.5²/5)).
func TestLinearByHand(t *testing.T) {
	f, err := Linear{Level: 0.9, Paths: -1}.Forecast(t.Context(), hours([]float64{1, 2, 4, 5}), 1)
	if err != nil {
		t.Fatal(err)
	}
	half := stat.StudentTQuantile(2, 0.95) * math.Sqrt(0.1*2.5)
	if e := furthest([]float64{f.Mean[0], f.Lower[0], f.Upper[0]}, []float64{6.5, 6.5 - half, 6.5 + half}); e > 1e-12 {
		t.Errorf("got %v in [%v, %v], want 6.5 ± %v", f.Mean, f.Lower, f.Upper, half)
	}
}

// Changes of 1, 3 and, over a gap, 2·1: drift (6−0)/4 = 1.5; s² = (0.25 + 2.25 + 1/2)/2 = 1.5.
func TestDriftByHand(t *testing.T) {
	s := hours([]float64{0, 1, 4, 0, 6, 0})
	s.Mask = []bool{false, false, false, true, false, true}
	f, err := Drift{Level: 0.9, Paths: -1}.Forecast(t.Context(), s, 2)
	if err != nil {
		t.Fatal(err)
	}
	q := stat.StudentTQuantile(2, 0.95)
	for h, k := range []float64{2, 3} { // one step is the gap at the end
		half := q * math.Sqrt(1.5*(k+k*k/4))
		if e := furthest([]float64{f.Mean[h], f.Lower[h], f.Upper[h]}, []float64{6 + 1.5*k, 6 + 1.5*k - half, 6 + 1.5*k + half}); e > 1e-12 {
			t.Errorf("step %d: %v in [%v, %v], want %v ± %v", h, f.Mean[h], f.Lower[h], f.Upper[h], 6+1.5*k, half)
		}
	}
	w, err := Drift{}.Walk(s)
	if want := (RandomWalk{7.5, 1.5, math.Sqrt(1.5)}); err != nil || math.Abs(w.Level-want.Level)+math.Abs(w.Drift-want.Drift)+math.Abs(w.Sigma-want.Sigma) > 1e-12 {
		t.Errorf("walk %+v, %v; want %+v", w, err, want)
	}
}

// Outliers do not turn the line of Theil and Sen.
func TestTheilSenWithOutliers(t *testing.T) {
	s := hours(make([]float64, 100))
	for i := range s.Values {
		s.Values[i] = 10 + 0.5*float64(i)
		if i%4 == 3 && i > 50 {
			s.Values[i] += 1000
		}
	}
	l, err := FitTheilSen(t.Context(), s)
	if err != nil || math.Abs(l.Slope-0.5) > 1e-12 || math.Abs(l.Intercept-10) > 1e-9 {
		t.Errorf("%+v, %v; want slope 0.5 and intercept 10", l, err)
	}
}

var trendForecasters = map[string]Forecaster{"linear": Linear{Paths: 40, Seed: 5}, "Theil-Sen": TheilSen{Paths: 40, Seed: 5}, "drift": Drift{Paths: 40, Seed: 5}}

// What is said of paths: they have the mean and the interval of each step.
func TestTrendPathsAgreeWithIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	s := hours(make([]float64, 30))
	for i := range s.Values {
		s.Values[i] = 3*float64(i) + 2*r.NormFloat64()
	}
	for name, f := range map[string]Forecaster{"linear": Linear{Paths: 20000}, "drift": Drift{Paths: 20000}} {
		got, err := f.Forecast(t.Context(), s, 20)
		if err != nil {
			t.Fatal(err)
		}
		for h := range got.Mean {
			inside, above := 0, 0
			for _, p := range got.Paths {
				if p[h] >= got.Lower[h] && p[h] <= got.Upper[h] {
					inside++
				}
				if p[h] > got.Mean[h] {
					above++
				}
			}
			if math.Abs(float64(inside)/20000-0.95) > 0.01 || math.Abs(float64(above)/20000-0.5) > 0.02 {
				t.Errorf("%s, step %d: %d of 20000 paths within the interval, %d above the mean", name, h, inside, above)
			}
		}
	}
}

// Intervals of data from the model hold what they say: 95 % over 400 series.
func TestTrendCoverage(t *testing.T) {
	r := rand.New(rand.NewPCG(10, 11))
	covered := map[string]int{}
	const trials = 400
	for range trials {
		noise, walk := hours(make([]float64, 25)), hours(make([]float64, 25))
		slope, x := r.NormFloat64(), 0.
		for i := range noise.Values {
			noise.Values[i] = slope*float64(i) + r.NormFloat64()
			x += 0.3 + r.NormFloat64()
			walk.Values[i] = x
		}
		for name, c := range map[string]struct {
			f Forecaster
			s Series
		}{"linear": {Linear{Paths: -1}, noise}, "Theil-Sen": {TheilSen{Paths: -1}, noise}, "drift": {Drift{Paths: -1}, walk}} {
			f, err := c.f.Forecast(t.Context(), c.s.Slice(0, 20), 5)
			if err != nil {
				t.Fatal(err)
			}
			if v := c.s.Values[24]; v >= f.Lower[4] && v <= f.Upper[4] {
				covered[name]++
			}
		}
	}
	for name, n := range covered {
		if n < 365 || n > 395 { // 380 ± 3.4 standard deviations
			t.Errorf("%s: %d of %d intervals of 95 %% held the value", name, n, trials)
		}
	}
}

func TestTrendWarnings(t *testing.T) {
	wave := hours(make([]float64, 60))
	for i := range wave.Values {
		wave.Values[i] = math.Sin(float64(i) / 5)
	}
	for _, c := range []struct {
		f    Forecaster
		s    Series
		want []string
	}{
		{Linear{}, hours([]float64{1, 2}), []string{"no-interval"}},
		{TheilSen{}, hours([]float64{1, 2}), []string{"no-interval"}},
		{Drift{}, hours([]float64{1, 2}), []string{"no-interval"}},
		{Linear{}, wave, []string{"correlated-residuals"}},
		{TheilSen{}, wave, []string{"correlated-residuals"}},
		{Drift{}, wave, nil},
	} {
		f, err := c.f.Forecast(t.Context(), c.s, 3)
		var codes []string
		for _, w := range f.Warnings {
			codes = append(codes, w.Code)
		}
		if err != nil || !slices.Equal(codes, c.want) {
			t.Errorf("%T: warnings %v, %v; want %v", c.f, codes, err, c.want)
		}
	}
}

// Whatever the series: finite, in order, the same twice, and nothing of the input changed.
func TestTrendForecastsOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "steps")
		kind := rapid.SampledFrom([]float64{1, 0, 1e-300, 1e300}).Draw(t, "unit")
		s := hours(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return kind * float64(rapid.IntRange(-5, 5).Draw(t, "v")) }), n, n).Draw(t, "values"))
		s.Mask = rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "mask")
		s.Mask[rapid.IntRange(0, n-1).Draw(t, "seen")] = false
		before := slices.Clone(s.Values)
		for name, f := range trendForecasters {
			got, err := f.Forecast(context.Background(), s, 7)
			if err != nil {
				t.Fatal(err)
			}
			for h, m := range got.Mean {
				if !finite(m) || !(got.Lower[h] <= m && m <= got.Upper[h]) || !finite(got.Lower[h]) || !finite(got.Upper[h]) || !finite(got.Peak.Upper) || !finite(got.Peak.Median) {
					t.Fatalf("%s of %v: step %d: %v in [%v, %v], peak %v", name, s, h, m, got.Lower[h], got.Upper[h], got.Peak)
				}
			}
			for _, p := range got.Paths {
				for _, v := range p {
					if !finite(v) {
						t.Fatalf("%s of %v: path with %v", name, s, v)
					}
				}
			}
			if again, _ := f.Forecast(context.Background(), s, 7); !cmp.Equal(got, again) {
				t.Fatalf("%s: two forecasts of one series", name)
			}
		}
		if !slices.Equal(before, s.Values) {
			t.Fatal("the series was changed")
		}
	})
}

func TestTrendErrors(t *testing.T) {
	for name, f := range trendForecasters {
		for _, c := range []struct {
			s       Series
			horizon int
		}{{Series{}, 1}, {hours(nil), 1}, {hours([]float64{math.NaN()}), 1}, {hours([]float64{1}), 0}, {hours([]float64{1}), 1<<20 + 1}} {
			if _, err := f.Forecast(t.Context(), c.s, c.horizon); err == nil {
				t.Errorf("%s of %v, %d steps: no error", name, c.s, c.horizon)
			}
		}
	}
	for _, f := range []Forecaster{Linear{Level: 2}, Linear{Paths: 1 << 30}, TheilSen{Level: -1}, Drift{Level: math.NaN()}} {
		if _, err := f.Forecast(t.Context(), hours([]float64{1, 2, 3}), 2); err == nil {
			t.Errorf("%+v: no error", f)
		}
	}
}

func BenchmarkTrends(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	s := hours(make([]float64, 1344))
	for i := range s.Values {
		s.Values[i] = float64(i) + 100*r.NormFloat64()
	}
	for _, f := range []Forecaster{Linear{}, Drift{}, TheilSen{}} {
		b.Run(fmt.Sprintf("%T", f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Forecast(b.Context(), s, 48); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
