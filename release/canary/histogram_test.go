package canary

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// bucketed counts values from 1 to buckets.
func bucketed(x []float64, buckets int) Histogram {
	h := Histogram{Counts: make([]float64, buckets)}
	for i := range buckets - 1 {
		h.Bounds = append(h.Bounds, float64(i+1))
	}
	for _, v := range x {
		h.Counts[int(v)-1]++
	}
	return h
}

// A histogram with one value to a bucket is the sample itself.
func TestHistogramIsItsSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		buckets := rapid.IntRange(1, 9).Draw(t, "buckets")
		draw := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Map(rapid.IntRange(1, buckets), func(i int) float64 { return float64(i) }), 2, 80).Draw(t, name)
		}
		x, y := draw("x"), draw("y")
		hx, hy := bucketed(x, buckets), bucketed(y, buckets)
		o := Options{
			Alternative: rapid.SampledFrom([]Alternative{TwoSided, Greater, Less}).Draw(t, "alternative"),
			Method:      rapid.SampledFrom([]Method{Auto, Asymptotic}).Draw(t, "method"),
			Level:       rapid.SampledFrom([]float64{0, 0.5, 0.99}).Draw(t, "level"),
		}
		for _, f := range []struct {
			name      string
			sample    func(x, y []float64, o Options) (Result, error)
			histogram func(x, y Histogram, o Options) (Result, error)
		}{
			{"Mann-Whitney", MannWhitney, MannWhitneyHistogram},
			{"Brunner-Munzel", BrunnerMunzel, BrunnerMunzelHistogram},
			{"Kolmogorov-Smirnov", KolmogorovSmirnov, KolmogorovSmirnovHistogram},
		} {
			want, err := f.sample(x, y, o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.histogram(hx, hy, o)
			if err != nil || got.String() != want.String() || got.LogP != want.LogP || got.Low != want.Low || got.High != want.High {
				t.Fatalf("%s: got %+v, want %+v, %v", f.name, got, want, err)
			}
		}
		for _, f := range []struct {
			name      string
			sample    func(x, y []float64, o Options) (Estimate, error)
			histogram func(x, y Histogram, o Options) (Estimate, error)
		}{{"delta", CliffDelta, CliffDeltaHistogram}, {"superiority", Superiority, SuperiorityHistogram}} {
			want, err := f.sample(x, y, o)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.histogram(hx, hy, o)
			if err != nil || got.String() != want.String() || got.Low != want.Low || got.High != want.High {
				t.Fatalf("%s: got %+v, want %+v, %v", f.name, got, want, err)
			}
		}
	})
}

// Counts may be fractions, as increases over a window are, and the bucket above the
// last bound may be written or not.
func TestHistogramOfFractions(t *testing.T) {
	x := Histogram{[]float64{0.1, 0.2}, []float64{30.5, 50.25, 19.75}}
	y := Histogram{[]float64{0.1, 0.2, math.Inf(1)}, []float64{400.5, 300.25, 100.75}}
	r, err := MannWhitneyHistogram(x, y, Options{Alternative: Greater})
	if err != nil || r.Method != "normal" {
		t.Fatal(r, err)
	}
	// U = Σ xᵢ(y below + ½·y equal).
	want := 30.5*200.25 + 50.25*(400.5+150.125) + 19.75*(700.75+50.375)
	near(t, "U", r.Statistic, num(want), 1e-15, 0)
	if _, err := MannWhitneyHistogram(x, y, Options{Method: Exact}); err == nil {
		t.Error("fractions have an exact distribution")
	}
	if _, err := KolmogorovSmirnovHistogram(x, y, Options{Method: Exact}); err == nil {
		t.Error("fractions have an exact distribution")
	}
}

func TestHistogramRefuses(t *testing.T) {
	good := Histogram{[]float64{1, 2}, []float64{1, 2, 3}}
	for _, c := range []struct {
		h    Histogram
		want string
	}{
		{Histogram{}, "canary: 0 counts for 0 bounds: each bound needs its count; give as many counts as bounds, or one more for what lies above the last"},
		{Histogram{[]float64{1, 2, 3}, []float64{1}}, "canary: 1 counts for 3 bounds: each bound needs its count; give as many counts as bounds, or one more for what lies above the last"},
		{Histogram{[]float64{2, 1}, []float64{1, 2, 3}}, "canary.bounds[1]: 1: bounds must rise; sort the buckets by their bound"},
		{Histogram{[]float64{math.NaN(), 1}, []float64{1, 2, 3}}, "canary.bounds[0]: NaN: no bound of a bucket; give finite bounds; only the last may be +Inf"},
		{Histogram{[]float64{1, math.Inf(1)}, []float64{1, 2, 3}}, "baseline.bounds: [1 2]: not the bounds of the canary; compare histograms of one layout; merge buckets where a release changed it"},
		{Histogram{[]float64{1, 2}, []float64{1, -2, math.Inf(1)}}, "canary.counts[1]: -2: no count; give increases per bucket, not negative, with resets taken out"},
		{Histogram{[]float64{1, 3}, []float64{1, 2, 3}}, "baseline.bounds: [1 2]: not the bounds of the canary; compare histograms of one layout; merge buckets where a release changed it"},
		{Histogram{[]float64{1, 2}, []float64{0, 0, 0}}, "canary: no observations: at least 1 needed; wait for more data"},
	} {
		_, err := MannWhitneyHistogram(c.h, good, Options{})
		e, ok := err.(*Error)
		if !ok || e.Problems[0].String() != c.want {
			t.Errorf("%v: got %v, want %s", c.h, err, c.want)
		}
		for _, f := range []func(x, y Histogram, o Options) (Result, error){BrunnerMunzelHistogram, KolmogorovSmirnovHistogram} {
			if _, err := f(good, c.h, Options{}); err == nil {
				t.Errorf("%v passes", c.h)
			}
		}
	}
	if _, err := MannWhitneyHistogram(good, good, Options{Margin: 1}); err == nil {
		t.Error("a margin passes")
	}
	if err := (Histogram{[]float64{1}, []float64{1, math.NaN()}}).Check(); err == nil || slices.Contains([]string{""}, err.Error()) {
		t.Error(err)
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}
