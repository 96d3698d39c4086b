package ets_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity/ets"
)

type forecastCase struct {
	Alpha, Beta, Gamma, Phi float64
	Final                   []float64 `json:"final_state"`
	Sigma2                  float64
	Mean, Lo80, Hi95        []float64
}

// forecastCases gives R's fits as ours, with what R forecasts from them.
func forecastCases(t testing.TB, use func(name string, f ets.Fit, want forecastCase)) {
	t.Helper()
	var file map[string]struct {
		M   int
		ETS map[string]forecastCase
	}
	load(t, "testdata/forecast_r.json", &file)
	n := 0
	for series, s := range file {
		for name, c := range s.ETS {
			m, err := ets.ParseModel(name, s.M)
			if err != nil {
				t.Fatal(err)
			}
			use(series+"/"+name, ets.Fit{
				Model:      m,
				Parameters: ets.Parameters{Alpha: c.Alpha, Beta: c.Beta, Gamma: c.Gamma, Phi: c.Phi},
				Final:      stateOf(m, c.Final),
				Sigma2:     c.Sigma2,
			}, c)
			n++
		}
	}
	if n != 51 {
		t.Fatalf("got %d cases, want 51", n)
	}
}

// R's formula for a damped trend under multiplicative season and error starts
// from the slope that is damped already: its first step is (l + b)·s, where its
// own recursion has (l + φ·b)·s. Ours is the recursion's; it gives R's numbers
// from a slope, and a β, divided by φ.
func asR(f ets.Fit) ets.Fit {
	if f.Model.Damped && f.Model.Season == ets.Multiplicative {
		f.Final.Trend /= f.Parameters.Phi
		f.Parameters.Beta /= f.Parameters.Phi
	}
	return f
}

func TestForecastAgreesWithR(t *testing.T) {
	forecastCases(t, func(name string, f ets.Fit, want forecastCase) {
		t.Run(name, func(t *testing.T) {
			f = asR(f)
			got80, err := f.Forecast(len(want.Mean), 0.8)
			if err != nil {
				t.Fatal(err)
			}
			got95, err := f.Forecast(len(want.Mean), 0.95)
			if err != nil {
				t.Fatal(err)
			}
			var shift []float64
			if f.Model.Trend == ets.None && f.Model.Season == ets.Additive {
				shift = earlyEcho(f, len(want.Mean))
			}
			for i, mean := range want.Mean {
				if shift != nil { // the same normal band around another variance
					scale := math.Sqrt(shift[i] / got80.Variance[i])
					got80.Lower[i] = mean - (mean-got80.Lower[i])*scale
					got95.Upper[i] = mean + (got95.Upper[i]-mean)*scale
				}
				if !near(got80.Mean[i], mean, 0) {
					t.Fatalf("step %d: mean: got %v, want %v", i+1, got80.Mean[i], mean)
				}
				if half := mean - want.Lo80[i]; !near(mean-got80.Lower[i], half, math.Abs(mean)) {
					t.Fatalf("step %d: lower 80 %%: got %v, want %v", i+1, got80.Lower[i], want.Lo80[i])
				}
				if half := want.Hi95[i] - mean; !near(got95.Upper[i]-mean, half, math.Abs(mean)) {
					t.Fatalf("step %d: upper 95 %%: got %v, want %v", i+1, got95.Upper[i], want.Hi95[i])
				}
			}
		})
	})
}

// earlyEcho gives the variances of ANA and MNA as R has them: without a trend
// its vector of gains puts γ one place too low, so that an error comes back
// after m−1 steps instead of m. The textbook sums (class 1 and 2 of Hyndman et
// al. 2008, sections 6.2 and 6.3) are written out here as they stand.
func earlyEcho(f ets.Fit, horizon int) []float64 {
	m := f.Model.Period
	c := make([]float64, horizon)
	for j := 1; j < horizon; j++ {
		c[j] = f.Parameters.Alpha
		if j%m == m-1 {
			c[j] += f.Parameters.Gamma
		}
	}
	theta, variance := make([]float64, horizon), make([]float64, horizon)
	for h := range horizon {
		mean := f.Final.Level + f.Final.Season[h%m]
		theta[h], variance[h] = mean*mean, f.Sigma2
		for j := 1; j <= h; j++ {
			variance[h] += f.Sigma2 * c[j] * c[j]
			theta[h] += f.Sigma2 * c[j] * c[j] * theta[h-j]
		}
		if f.Model.Error == ets.Multiplicative {
			variance[h] = (1+f.Sigma2)*theta[h] - mean*mean
		}
	}
	return variance
}

// The recursion itself is the judge where R's formula departs from it.
func TestDampedProductStartsWhereTheRecursionDoes(t *testing.T) {
	m, _ := ets.ParseModel("MAdM", 2)
	f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.1, Gamma: 0.2, Phi: 0.5},
		Final: ets.State{Level: 100, Trend: 8, Season: []float64{1.5, 0.5}}, Sigma2: 1e-4}
	got, err := f.Forecast(2, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	if want := (100 + 0.5*8) * 1.5; !near(got.Mean[0], want, 0) { // 156
		t.Errorf("first mean: got %v, want %v", got.Mean[0], want)
	}
	if want := (100 + 0.5*8 + 0.25*8) * 0.5; !near(got.Mean[1], want, 0) { // 53
		t.Errorf("second mean: got %v, want %v", got.Mean[1], want)
	}
	if want := 156 * 156 * 1e-4; !near(got.Variance[0], want, 0) {
		t.Errorf("first variance: got %v, want %v", got.Variance[0], want)
	}
}

// Moments against 200 000 simulated paths: the formulas and the simulation
// share no code, and every class goes past two seasons.
func TestPathsHaveTheMomentsOfTheFormulas(t *testing.T) {
	const n, horizon = 200_000, 9
	for _, name := range []string{"ANN", "ANA", "AAdA", "AAA", "MNN", "MAdN", "MNA", "MAA", "MNM", "MAM", "MAdM"} {
		m, err := ets.ParseModel(name, 3)
		if err != nil {
			t.Fatal(err)
		}
		f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.5, Beta: 0.2, Gamma: 0.4, Phi: 0.9},
			Final: ets.State{Level: 100, Trend: 3}, Sigma2: 25}
		switch m.Season {
		case ets.Additive:
			f.Final.Season = []float64{-20, 5, 15}
		case ets.Multiplicative:
			f.Final.Season = []float64{0.6, 1.1, 1.3}
		}
		if m.Error == ets.Multiplicative {
			f.Sigma2 = 0.01
		}
		want, err := f.Forecast(horizon, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		paths, err := f.Paths(horizon, n, rand.NewPCG(7, 11))
		if err != nil {
			t.Fatal(err)
		}
		for i := range horizon {
			var sum, square float64
			for _, p := range paths {
				d := p[i] - want.Mean[i]
				sum += d
				square += d * d
			}
			sd := math.Sqrt(want.Variance[i])
			// 4 standard errors of the mean; 2 % of the variance is 6 of a normal one.
			if z := sum / n / sd * math.Sqrt(n); math.Abs(z) > 4 {
				t.Errorf("%s step %d: mean off by %.1f standard errors", name, i+1, z)
			}
			if ratio := square / n / want.Variance[i]; math.Abs(ratio-1) > 0.02 {
				t.Errorf("%s step %d: variance ratio %.4f", name, i+1, ratio)
			}
		}
	}
}

func drawFit(t *rapid.T, names ...string) ets.Fit {
	m, err := ets.ParseModel(rapid.SampledFrom(names).Draw(t, "model"), rapid.IntRange(2, 9).Draw(t, "period"))
	if err != nil {
		t.Fatal(err)
	}
	unit := rapid.Float64Range(0.01, 0.99)
	p := ets.Parameters{Alpha: unit.Draw(t, "alpha"), Phi: rapid.Float64Range(0.8, 1).Draw(t, "phi")}
	p.Beta = p.Alpha * unit.Draw(t, "beta")
	p.Gamma = (1 - p.Alpha) * unit.Draw(t, "gamma")
	f := ets.Fit{Model: m, Parameters: p, N: 100,
		Final: ets.State{Level: rapid.Float64Range(50, 150).Draw(t, "level")}}
	if m.Trend != ets.None {
		f.Final.Trend = rapid.Float64Range(-1, 1).Draw(t, "trend")
	}
	for range m.Period {
		s := rapid.Float64Range(-0.5, 0.5).Draw(t, "season")
		if m.Season == ets.Multiplicative {
			f.Final.Season = append(f.Final.Season, 1+s)
		} else {
			f.Final.Season = append(f.Final.Season, 40*s)
		}
	}
	f.Sigma2 = rapid.Float64Range(0.001, 0.01).Draw(t, "sigma2")
	if m.Error == ets.Additive {
		f.Sigma2 *= 1000
	}
	return f
}

var (
	additive = []string{"ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA"}
	relative = []string{"MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA"}
	products = []string{"MNM", "MAM", "MAdM"}
	stable   = slices.Concat(additive, relative, products)
)

func TestUncertaintyGrowsWithTheHorizon(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		got, err := drawFit(t, additive...).Forecast(30, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < 30; i++ {
			if got.Variance[i] < got.Variance[i-1] {
				t.Fatalf("variance %v of step %d is below %v of the one before", got.Variance[i], i+1, got.Variance[i-1])
			}
		}
	})
}

// A relative error of next to nothing is an additive one of next to nothing
// times the mean, so the classes meet: to first order in σ² their variances are
// Σ (c_j·mean_{h−j})² without a season, and with a season of ones.
func TestClassesMeetAtSmallErrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFit(t, "MNM", "MAM", "MAdM")
		f.Sigma2 = 1e-14
		for i := range f.Final.Season {
			f.Final.Season[i] = 1
		}
		f.Parameters.Gamma = 0
		want := f
		want.Model.Season = ets.None
		a, err := f.Forecast(25, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.Forecast(25, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Mean {
			if !near(a.Mean[i], b.Mean[i], 0) || !near(a.Variance[i], b.Variance[i], 0) {
				t.Fatalf("step %d: got %v, %v, want %v, %v", i+1, a.Mean[i], a.Variance[i], b.Mean[i], b.Variance[i])
			}
		}
	})
}

func TestScaleOfTheSeriesScalesItsForecast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFit(t, stable...)
		factor := math.Exp(rapid.Float64Range(-20, 20).Draw(t, "factor"))
		g := f
		g.Final.Level *= factor
		g.Final.Trend *= factor
		if f.Model.Season == ets.Additive {
			g.Final.Season = slices.Clone(f.Final.Season)
			for i := range g.Final.Season {
				g.Final.Season[i] *= factor
			}
		}
		if f.Model.Error == ets.Additive {
			g.Sigma2 *= factor * factor
		}
		a, err := f.Forecast(12, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		b, err := g.Forecast(12, 0.9)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Mean {
			if !near(b.Mean[i], factor*a.Mean[i], factor) || !near(b.Upper[i], factor*a.Upper[i], factor) {
				t.Fatalf("step %d: got %v, want %v", i+1, b.Mean[i], factor*a.Mean[i])
			}
		}
	})
}

func TestInfiniteVarianceIsSimulatedAndSaidSo(t *testing.T) {
	m, _ := ets.ParseModel("AAM", 4)
	f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1},
		Final: ets.State{Level: 100, Trend: 1, Season: []float64{0.7, 0.9, 1.1, 1.3}}, Sigma2: 9}
	got, err := f.Forecast(6, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	if got.Simulated == 0 || len(got.Warnings) != 1 || got.Warnings[0].Code != "infinite-variance" || !strings.HasSuffix(got.Warnings[0].Remedy, "MAM") {
		t.Errorf("got %d paths, warnings %v", got.Simulated, got.Warnings)
	}
	// The first step is exactly normal: 101·0.7 ± 1.645·3.
	if math.Abs(got.Mean[0]-70.7) > 1e-9 || math.Abs(got.Lower[0]-65.77) > 0.4 || math.Abs(got.Upper[0]-75.63) > 0.4 {
		t.Errorf("first step: got %v in [%v, %v]", got.Mean[0], got.Lower[0], got.Upper[0])
	}
	again, _ := f.Forecast(6, 0.9)
	if !slices.Equal(got.Upper, again.Upper) {
		t.Error("the same call gave another band")
	}
}

func TestBootstrapDrawsTheErrorsItIsGiven(t *testing.T) {
	f := ets.Fit{Model: ets.Model{Error: ets.Additive}, Final: ets.State{Level: 10}, Sigma2: 1}
	paths, err := f.BootstrapPaths(50, 40, []float64{-1, 4}, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[float64]int{}
	for _, p := range paths {
		for _, v := range p {
			seen[v]++
		}
	}
	if len(seen) != 2 || seen[9] < 800 || seen[14] < 800 {
		t.Errorf("got %v, want about as many 9 as 14", seen)
	}
}

func TestForecastRefusals(t *testing.T) {
	good := ets.Fit{Model: ets.Model{Error: ets.Additive}, Parameters: ets.Parameters{Alpha: 0.5}, Final: ets.State{Level: 1}, Sigma2: 1}
	with := func(change func(*ets.Fit)) ets.Fit { f := good; change(&f); return f }
	for _, c := range []struct {
		name    string
		fit     ets.Fit
		horizon int
		level   float64
		want    string
	}{
		{"zero", ets.Fit{}, 1, 0.9, "ets: model NNN has no error: choose Additive or Multiplicative"},
		{"horizon", good, 0, 0.9, "ets: horizon 0 cannot be forecast: choose 1 to 1048576 steps"},
		{"level", good, 1, 1, "ets: level 1 is no probability of a band: choose a number above 0 and below 1, such as 0.95"},
		{"nan level", good, 1, math.NaN(), "ets: level NaN is no probability of a band: choose a number above 0 and below 1, such as 0.95"},
		{"variance", with(func(f *ets.Fit) { f.Sigma2 = -1 }), 1, 0.9, "ets: Sigma2 is -1: pass the variance of the errors, which is not negative and finite"},
		{"explosion", with(func(f *ets.Fit) { f.Model.Error = ets.Multiplicative; f.Sigma2 = 1e50 }), 9, 0.9,
			"ets: step 7 has a mean or variance too great to compute with: forecast fewer steps, or choose a model with additive errors or a damped trend"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.fit.Forecast(c.horizon, c.level)
			var input *ets.InputError
			if !errors.As(err, &input) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %v", err, c.want)
			}
		})
	}
	if _, err := good.Paths(1<<20, 1<<10, rand.NewPCG(1, 2)); err == nil {
		t.Error("a thousand million values were drawn")
	}
	if _, err := good.Paths(1, 1, nil); err == nil {
		t.Error("paths without a source")
	}
}

func TestWideBandIsSaid(t *testing.T) {
	f := ets.Fit{Model: ets.Model{Error: ets.Multiplicative}, Parameters: ets.Parameters{Alpha: 0.9}, Final: ets.State{Level: 5}, Sigma2: 0.3}
	got, err := f.Forecast(10, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Warnings) != 1 || got.Warnings[0].Code != "wide-band" {
		t.Errorf("got warnings %v", got.Warnings)
	}
}

// Whatever a fit holds, a forecast is numbers or an error.
func TestForecastOfHostileFits(t *testing.T) {
	extreme := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-2, 2), rapid.SampledFrom([]float64{0, 1e300, -1e300, 1e-300, math.Inf(1), math.NaN()}))
	rapid.Check(t, func(t *rapid.T) {
		m := ets.Model{Error: ets.Component(rapid.IntRange(1, 2).Draw(t, "e")), Trend: ets.Component(rapid.IntRange(0, 1).Draw(t, "t")),
			Season: ets.Component(rapid.IntRange(0, 2).Draw(t, "s")), Period: 3}
		m.Damped = m.Trend != ets.None && rapid.Bool().Draw(t, "damped")
		f := ets.Fit{Model: m, Sigma2: extreme.Draw(t, "sigma2"),
			Parameters: ets.Parameters{Alpha: extreme.Draw(t, "alpha"), Beta: extreme.Draw(t, "beta"), Gamma: extreme.Draw(t, "gamma"), Phi: extreme.Draw(t, "phi")},
			Final:      ets.State{Level: extreme.Draw(t, "level"), Trend: extreme.Draw(t, "trend"), Season: []float64{extreme.Draw(t, "s0"), extreme.Draw(t, "s1"), 1}}}
		bad := func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }
		if got, err := f.Forecast(7, 0.95); err == nil {
			for i := range got.Mean {
				if bad(got.Mean[i]) || bad(got.Lower[i]) || bad(got.Upper[i]) || bad(got.Variance[i]) || got.Variance[i] < 0 || got.Lower[i] > got.Upper[i] {
					t.Fatalf("step %d: %v in [%v, %v], variance %v", i+1, got.Mean[i], got.Lower[i], got.Upper[i], got.Variance[i])
				}
			}
		}
		if got, err := f.Paths(7, 3, rand.NewPCG(1, 2)); err == nil {
			for _, p := range got {
				if slices.ContainsFunc(p, bad) {
					t.Fatalf("path %v", p)
				}
			}
		}
	})
}

func BenchmarkForecast(b *testing.B) {
	for _, name := range []string{"AAA", "MAA", "MAM", "AAM"} {
		m, _ := ets.ParseModel(name, 24)
		f := ets.Fit{Model: m, Parameters: ets.Parameters{Alpha: 0.3, Beta: 0.02, Gamma: 0.1}, Sigma2: 0.01, Final: ets.State{Level: 100, Trend: 0.1}}
		for i := range 24 {
			f.Final.Season = append(f.Final.Season, 1+float64(i%5)/10)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Forecast(48, 0.95); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
