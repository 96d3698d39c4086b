package canary

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// sampleTest is a comparison of two samples as a Result.
type sampleTest struct {
	name  string
	least int
	run   func(x, y []float64, o Options) (Result, error)
	unit  bool // the effect has the unit of the values
}

func asResult(f func(x, y []float64, o Options) (Estimate, error)) func(x, y []float64, o Options) (Result, error) {
	return func(x, y []float64, o Options) (Result, error) {
		e, err := f(x, y, o)
		return Result{Test: e.Name, Method: e.Method, N: e.N, M: e.M, Effect: e.Effect, EffectName: e.Name, Low: e.Low, High: e.High, Level: e.Level, Warnings: e.Warnings}, err
	}
}

var sampleTests = []sampleTest{
	{"Mann-Whitney", 1, MannWhitney, false},
	{"Brunner-Munzel", 2, BrunnerMunzel, false},
	{"Kolmogorov-Smirnov", 1, KolmogorovSmirnov, false},
	{"Welch", 2, Welch, true},
	{"Brown-Forsythe", 2, BrownForsythe, true},
	{"Hodges-Lehmann", 1, asResult(HodgesLehmann), true},
	{"Cliff", 1, asResult(CliffDelta), false},
	{"superiority", 1, asResult(Superiority), false},
}

func drawSamples(t *rapid.T, least int) (x, y []float64) {
	value := rapid.Map(rapid.Float64Range(-100, 100), func(v float64) float64 { return math.Round(v*1e6) / 1e6 })
	if rapid.Bool().Draw(t, "tied") {
		value = rapid.Map(rapid.IntRange(0, 6), func(i int) float64 { return float64(i) / 4 })
	}
	return rapid.SliceOfN(value, least, 70).Draw(t, "x"), rapid.SliceOfN(value, least, 70).Draw(t, "y")
}

// A change of the unit changes neither p-values nor what was decided, and scales
// effects that have a unit: powers of two, so that nothing is rounded. The arguments
// are left alone.
func TestScaleInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawSamples(t, 2)
		o := Options{Alternative: rapid.SampledFrom([]Alternative{TwoSided, Greater, Less}).Draw(t, "alternative")}
		scale := math.Ldexp(1, rapid.IntRange(-900, 900).Draw(t, "scale"))
		by := func(v []float64) []float64 {
			out := slices.Clone(v)
			for i := range out {
				out[i] *= scale
			}
			return out
		}
		sx, sy := by(x), by(y)
		for _, f := range sampleTests {
			kept, keptY := slices.Clone(x), slices.Clone(y)
			want, err := f.run(x, y, o)
			if !slices.Equal(kept, x) || !slices.Equal(keptY, y) {
				t.Fatalf("%s changed its arguments", f.name)
			}
			got, scaledErr := f.run(sx, sy, o)
			if (err == nil) != (scaledErr == nil) {
				t.Fatalf("%s: %v, scaled %v", f.name, err, scaledErr)
			}
			if f.unit {
				want.Effect, want.Low, want.High = want.Effect*scale, want.Low*scale, want.High*scale
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s by %v (-want +got):\n%s", f.name, scale, d)
			}
		}
	})
}

// To exchange the arms turns the signs, to add to the canary does not make it smaller,
// and every result is finite, ordered and survives JSON.
func TestSampleLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawSamples(t, 2)
		level := rapid.SampledFrom([]float64{0.5, 0.9, 0.99}).Draw(t, "level")
		higher := slices.Clone(x)
		for i := range higher {
			higher[i] += 1
		}
		for _, f := range sampleTests {
			greater, err := f.run(x, y, Options{Alternative: Greater, Level: level})
			if err != nil {
				continue
			}
			less, err := f.run(y, x, Options{Alternative: Less, Level: level})
			if err != nil {
				t.Fatal(f.name, err)
			}
			if math.Abs(greater.PValue-less.PValue) > 1e-12 {
				t.Fatalf("%s: p = %v, with the arms exchanged %v", f.name, greater.PValue, less.PValue)
			}
			for _, v := range []float64{greater.PValue, greater.LogP, greater.Statistic, greater.Effect, greater.Low, greater.High, greater.Level} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s: %+v", f.name, greater)
				}
			}
			if !(greater.PValue >= 0 && greater.PValue <= 1) || greater.Low > greater.High {
				t.Fatalf("%s: %+v", f.name, greater)
			}
			if f.name != "Kolmogorov-Smirnov" && !(greater.Low <= greater.Effect+1e-12 && greater.Effect <= greater.High+1e-12) {
				t.Fatalf("%s: the effect is outside its interval: %+v", f.name, greater)
			}
			narrow, err := f.run(x, y, Options{Alternative: Greater, Level: level / 2})
			if err != nil || narrow.Low < greater.Low || narrow.High > greater.High {
				t.Fatalf("%s: level %v gives %v, level %v %v", f.name, level/2, narrow, level, greater)
			}
			if f.name != "Brown-Forsythe" {
				more, err := f.run(higher, y, Options{Alternative: Greater, Level: level})
				if err == nil && more.Effect < greater.Effect-1e-9 {
					t.Fatalf("%s: the effect falls from %v to %v as the canary rises", f.name, greater.Effect, more.Effect)
				}
			}
			b, err := json.Marshal(greater)
			if err != nil {
				t.Fatal(err)
			}
			var back Result
			if err := json.Unmarshal(b, &back); err != nil || cmp.Diff(greater, back) != "" {
				t.Fatalf("%s: JSON %s: %v", f.name, b, err)
			}
		}
	})
}

// A two-sided Welch test at the margin of an end of its interval has p = 1 − level, and
// so have the score test and, at the ends' ratios, the one-sided exact tests.
func TestIntervalsInvertTests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawSamples(t, 3)
		if r, err := Welch(x, y, Options{Level: 0.9}); err == nil && r.High-r.Low > 1e-6*(math.Abs(r.Low)+math.Abs(r.High)) {
			for _, end := range []float64{r.Low, r.High} {
				e, err := Welch(x, y, Options{Margin: end})
				if err != nil || math.Abs(e.PValue-0.1) > 1e-6 {
					t.Fatalf("Welch at %v of %v: p = %v, %v", end, r, e.PValue, err)
				}
			}
		}
		n, m := rapid.Int64Range(1, 5000).Draw(t, "n"), rapid.Int64Range(1, 50000).Draw(t, "m")
		a := Arm{rapid.Int64Range(0, min(n, 60)).Draw(t, "a"), n}
		b := Arm{rapid.Int64Range(0, min(m, 60)).Draw(t, "b"), m}
		r, err := MiettinenNurminen(a, b, Options{Level: 0.9})
		if err != nil || r.Low > r.Effect || r.High < r.Effect {
			t.Fatal(r, err)
		}
		for _, end := range []float64{r.Low, r.High} {
			if math.Abs(end) > 0.999 {
				continue
			}
			e, err := MiettinenNurminen(a, b, Options{Margin: end})
			if err != nil || math.Abs(e.PValue-0.1) > 1e-6 {
				t.Fatalf("score at %v of %v: p = %v, %v", end, r, e.PValue, err)
			}
		}
		rate, err := RateRatio(a, b, Options{Level: 0.9})
		if err != nil || rate.Low > rate.Effect || rate.High < rate.Effect {
			t.Fatal(rate, err)
		}
		if rate.Low > 0 {
			e, err := RateRatio(a, b, Options{Alternative: Greater, Margin: rate.Low - 1})
			if err != nil || math.Abs(e.PValue-0.05) > 1e-8 {
				t.Fatalf("rate ratio at %v: p = %v, %v", rate.Low, e.PValue, err)
			}
		}
		f, err := Fisher(a, b, Options{})
		if err != nil || f.Low > f.Effect || f.High < f.Effect {
			t.Fatal(f, err)
		}
		g, err := Fisher(a, b, Options{Alternative: Greater})
		if err != nil {
			t.Fatal(err)
		}
		if more := (Arm{a.Bad + 1, a.Total}); more.Bad <= more.Total {
			worse, err := Fisher(more, Arm{max(0, b.Bad-1), b.Total}, Options{Alternative: Greater})
			if err != nil || worse.PValue > g.PValue*(1+1e-12) {
				t.Fatalf("one more bad request raises p from %v to %v, %v", g.PValue, worse.PValue, err)
			}
		}
	})
}

// Holm's values are never below Benjamini and Hochberg's, those never below the
// p-values, and both keep their order.
func TestAdjustmentLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p")
		h, err := Holm(p)
		if err != nil {
			t.Fatal(err)
		}
		b, err := BenjaminiHochberg(p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if b[i] < p[i] || h[i] < b[i]*(1-1e-15) || h[i] > 1 {
				t.Fatalf("p %v, Benjamini-Hochberg %v, Holm %v", p[i], b[i], h[i])
			}
			for j := range p {
				if p[i] <= p[j] && (h[i] > h[j] || b[i] > b[j]) {
					t.Fatalf("p %v: Holm %v, Benjamini-Hochberg %v", p, h, b)
				}
			}
		}
	})
}
