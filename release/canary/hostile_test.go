package canary

import (
	"errors"
	"fmt"
	"math"
	"testing"
)

// Whatever is handed in, the answer is an *Error that wraps ErrInput, or finite.
func TestHostileSamples(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	good := []float64{1, 2, 3, 4}
	const huge = math.MaxFloat64 / 4
	for _, f := range sampleTests {
		for _, c := range []struct {
			name string
			x, y []float64
			o    Options
			fail bool
		}{
			{"nothing", nil, nil, Options{}, true},
			{"no canary", nil, good, Options{}, true},
			{"no baseline", good, []float64{}, Options{}, true},
			{"one value each", []float64{1}, []float64{2}, Options{}, f.least > 1},
			{"one canary value", []float64{1}, good, Options{}, f.least > 1},
			{"NaN", []float64{1, nan, 3}, good, Options{}, true},
			{"infinite", good, []float64{1, inf}, Options{}, true},
			{"minus infinite", good, []float64{1, -inf}, Options{}, true},
			{"largest double", []float64{math.MaxFloat64, 1}, good, Options{}, true},
			{"level", good, good, Options{Level: 1}, true},
			{"level NaN", good, good, Options{Level: nan}, true},
			{"negative level", good, good, Options{Level: -0.5}, true},
			{"margin NaN", good, good, Options{Margin: nan}, true},
			{"alternative", good, good, Options{Alternative: 7}, true},
			{"method", good, good, Options{Method: 7}, true},
			{"same", good, good, Options{}, false},
			{"zeros of both signs", []float64{0, math.Copysign(0, -1), 1}, []float64{math.Copysign(0, -1), 0, 2}, Options{}, false},
			{"huge", []float64{huge, -huge, huge}, []float64{-huge, huge, -huge}, Options{}, false},
			{"subnormal", []float64{5e-324, 1e-323, 0}, []float64{0, 5e-324, 2e-323}, Options{}, false},
			{"level near 1", good, []float64{2, 3, 5}, Options{Level: 1 - 1e-15}, false},
			{"level near 0", good, []float64{2, 3, 5}, Options{Level: 1e-300}, false},
		} {
			r, err := f.run(c.x, c.y, c.o)
			var e *Error
			switch {
			case err != nil && (!errors.As(err, &e) || !errors.Is(err, ErrInput) || len(e.Problems) == 0):
				t.Errorf("%s of %s: %v is no *Error", f.name, c.name, err)
			case (err != nil) != c.fail:
				t.Errorf("%s of %s: %v, %v", f.name, c.name, r, err)
			}
			for _, v := range []float64{r.PValue, r.LogP, r.Statistic, r.Effect, r.Low, r.High, r.Level, r.Freedom} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s of %s: %+v", f.name, c.name, r)
				}
			}
			if err == nil && r.Low > r.High {
				t.Errorf("%s of %s: low above high: %+v", f.name, c.name, r)
			}
		}
	}
	_, err := Welch([]float64{1, nan, inf}, []float64{-inf}, Options{Level: 2})
	want := `no comparison: canary[1]: NaN: not a number; leave out what was not measured
no comparison: canary[2]: +Inf: too large to be compared; leave it out or give a finite value below 4e307
no comparison: baseline: 1 values: at least 2 needed; wait for more data
no comparison: baseline[0]: -Inf: too large to be compared; leave it out or give a finite value below 4e307
no comparison: options.level: 2: not between 0 and 1; write 0.95 for 95 %`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Welch([]float64{2, 2}, []float64{1, 1, 1}, Options{}); err == nil || err.Error() != "no comparison: canary and baseline: constant values: nothing tells how far they vary; use MannWhitney, or look at what is measured" {
		t.Error(err)
	}
	many := make([]float64, 200)
	for i := range many {
		many[i] = nan
	}
	if _, err := MannWhitney(many, good, Options{}); !errors.As(err, new(*Error)) || len(err.Error()) > 2000 {
		t.Error(err)
	}
}

// Exact distributions that would take too long are refused, not begun.
func TestExactRefuses(t *testing.T) {
	x, y := make([]float64, 3000), make([]float64, 3000)
	for i := range x {
		x[i], y[i] = float64(i%100), float64(i%90)
	}
	for _, f := range sampleTests {
		if f.name == "Cliff" || f.name == "superiority" || f.name == "Kolmogorov-Smirnov" {
			continue
		}
		if _, err := f.run(x, y, Options{Method: Exact}); err == nil {
			t.Errorf("%s is exact for 3000 values with ties", f.name)
		}
	}
	large := Histogram{Counts: []float64{1e9, 1e9}, Bounds: []float64{1}}
	if _, err := MannWhitneyHistogram(large, large, Options{Method: Exact}); err == nil {
		t.Error("Mann-Whitney is exact for 1e9 values")
	}
	if _, err := KolmogorovSmirnovHistogram(large, large, Options{Method: Exact}); err == nil {
		t.Error("Kolmogorov-Smirnov is exact for 1e9 values")
	}
}

func TestHostileCounts(t *testing.T) {
	good := Arm{3, 100}
	for _, f := range []struct {
		name string
		run  func(x, y Arm, o Options) (Result, error)
	}{
		{"Fisher", Fisher}, {"MiettinenNurminen", MiettinenNurminen}, {"RateRatio", RateRatio},
		{"Newcombe", func(x, y Arm, o Options) (Result, error) {
			e, err := Newcombe(x, y, o)
			return Result{Effect: e.Effect, Low: e.Low, High: e.High, PValue: 0.5}, err
		}},
	} {
		for _, c := range []struct {
			x, y Arm
			o    Options
			fail bool
		}{
			{Arm{}, good, Options{}, true},
			{good, Arm{}, Options{}, true},
			{Arm{-1, 5}, good, Options{}, true},
			{Arm{0, -5}, good, Options{}, true},
			{Arm{6, 5}, good, Options{}, true},
			{Arm{math.MinInt64, math.MaxInt64}, good, Options{}, true},
			{Arm{0, math.MaxInt64}, good, Options{}, true},
			{good, good, Options{Level: 7}, true},
			{good, good, Options{Margin: math.Inf(-1)}, true},
			{good, good, Options{Alternative: 9}, true},
			{Arm{0, 1}, Arm{0, 1}, Options{}, false},
			{Arm{1, 1}, Arm{1, 1}, Options{}, false},
			{Arm{1, 1}, Arm{0, 1}, Options{}, false},
			{Arm{0, 10}, Arm{10, 10}, Options{Alternative: Greater}, false},
			{Arm{10, 10}, Arm{0, 10}, Options{Alternative: Less}, false},
			{Arm{1 << 50, 1 << 53}, Arm{1 << 49, 1 << 53}, Options{}, f.name == "Fisher"},
			{Arm{5, 1 << 53}, Arm{70, 1 << 52}, Options{}, false},
		} {
			r, err := f.run(c.x, c.y, c.o)
			if (err != nil) != c.fail || err != nil && !errors.Is(err, ErrInput) {
				t.Errorf("%s of %v and %v: %v, %v", f.name, c.x, c.y, r, err)
			}
			for _, v := range []float64{r.PValue, r.LogP, r.Statistic, r.Effect, r.Low, r.High} {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s of %v and %v: %+v", f.name, c.x, c.y, r)
				}
			}
			if r.Low > r.High {
				t.Errorf("%s of %v and %v: low above high: %+v", f.name, c.x, c.y, r)
			}
		}
	}
	if _, err := MiettinenNurminen(good, good, Options{Margin: 1}); err == nil {
		t.Error("a difference of 1 passes")
	}
	if _, err := RateRatio(good, good, Options{Margin: -1}); err == nil {
		t.Error("a ratio of 0 passes")
	}
	for _, f := range []func(x, y Arm, o Options) (Result, error){Fisher, RateRatio} {
		if _, err := f(good, good, Options{Method: Asymptotic}); err == nil {
			t.Error("an exact test is asymptotic")
		}
	}
	if _, err := MiettinenNurminen(good, good, Options{Method: Exact}); err == nil {
		t.Error("a score test is exact")
	}
	if _, err := Fisher(good, good, Options{Margin: 0.1}); err == nil {
		t.Error("Fisher's test takes a margin")
	}
}

// Far tails do not cancel, in either direction, whichever arm is larger: at n = m =
// 100 000 and one side above, U is nm or 0 and z is 387.
func TestFarTails(t *testing.T) {
	high, low := make([]float64, 1000), make([]float64, 3000)
	for i := range high {
		high[i] = 2 + float64(i)
	}
	for i := range low {
		low[i] = -float64(i)
	}
	for _, c := range []struct {
		x, y        []float64
		alternative Alternative
	}{{high, low, Greater}, {low, high, Less}, {high, low, TwoSided}, {low, high, TwoSided}} {
		for _, f := range sampleTests[:3] {
			r, err := f.run(c.x, c.y, Options{Alternative: c.alternative, Method: Asymptotic})
			if err != nil || !(r.LogP < -600) || r.PValue > 1e-200 {
				t.Errorf("%s %v: p = %v, ln p = %v, %v", f.name, c.alternative, r.PValue, r.LogP, err)
			}
		}
	}
	// z = 10: the normal tail has 7.62e-24.
	r := Result{Alternative: Less}
	p := pairs{n: 1000, m: 1000, groups: 2000}
	sigma := math.Sqrt(1000.0 / 12 * 1000 * 2001)
	p.below, p.above = 1e6+20*sigma, 1e6-20*sigma
	r.setNormalRanks(&p, false)
	near(t, "ten standard deviations", r.PValue, 7.619853024160527e-24, 1e-9, 0)
	r.Alternative = Greater
	p.below, p.above = p.above, p.below
	r.setNormalRanks(&p, false)
	near(t, "ten standard deviations", r.PValue, 7.619853024160527e-24, 1e-9, 0)
}

func TestTextsOfOptions(t *testing.T) {
	for i := range 3 {
		for _, v := range []interface {
			fmt.Stringer
			MarshalText() ([]byte, error)
		}{Alternative(i), Method(i), Design(i), Boundary(i % 2)} {
			b, err := v.MarshalText()
			if err != nil || string(b) != v.String() {
				t.Errorf("%v: %s, %v", v, b, err)
			}
		}
		var a Alternative
		var m Method
		var d Design
		var b Boundary
		for _, err := range []error{
			a.UnmarshalText([]byte(Alternative(i).String())), m.UnmarshalText([]byte(Method(i).String())),
			d.UnmarshalText([]byte(Design(i).String())), b.UnmarshalText([]byte(Boundary(i % 2).String())),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		if a != Alternative(i) || m != Method(i) || d != Design(i) || b != Boundary(i%2) {
			t.Errorf("%d: got %v, %v, %v, %v", i, a, m, d, b)
		}
	}
	for _, v := range []interface{ UnmarshalText([]byte) error }{new(Alternative), new(Method), new(Design), new(Boundary)} {
		if err := v.UnmarshalText([]byte("sideways")); !errors.Is(err, ErrInput) {
			t.Errorf("%T: %v", v, err)
		}
		if err := v.UnmarshalText(nil); err != nil {
			t.Errorf("%T: the empty text: %v", v, err)
		}
	}
	for _, v := range []interface {
		fmt.Stringer
		MarshalText() ([]byte, error)
	}{Alternative(9), Method(9), Design(9), Boundary(9)} {
		if _, err := v.MarshalText(); !errors.Is(err, ErrInput) || v.String() == "" {
			t.Errorf("%v: %v", v, err)
		}
	}
}

// Arms without overlap: one of all C(6, 3) arrangements, and the interval of Feng and
// Cliff, (3 − z²)/(3 + z²).
func TestNoOverlap(t *testing.T) {
	x, y := []float64{4, 5, 6}, []float64{1, 2, 3}
	z2 := math.Pow(1.959963984540054, 2)
	inner := (3 - z2) / (3 + z2)
	for _, c := range []struct {
		o    Options
		x, y []float64
		p    num
		low  float64
	}{
		{Options{Alternative: Greater}, x, y, 0.05, (1 + inner) / 2}, {Options{}, x, y, 0.1, (1 + inner) / 2},
		{Options{Alternative: Less}, x, y, 1, (1 + inner) / 2}, {Options{Alternative: Less}, y, x, 0.05, 0},
	} {
		r, err := BrunnerMunzel(c.x, c.y, c.o)
		if err != nil || r.Method != "permutation" || math.Abs(r.Statistic) != math.MaxFloat64 {
			t.Fatal(r, err)
		}
		near(t, "p", r.PValue, c.p, 1e-12, 0)
		near(t, "low", r.Low, num(c.low), 1e-12, 0)
	}
	one, err := CliffDelta([]float64{2}, y, Options{})
	if err != nil || one.Low != -1 || one.High != 1 || len(one.Warnings) != 1 {
		t.Errorf("one value: got %v, %v", one, err)
	}
	all, err := CliffDelta([]float64{2, 2}, []float64{2, 2, 2}, Options{})
	if err != nil || all.Effect != 0 || math.Abs(all.High-z2/(2+z2)) > 1e-12 || all.Low != -all.High {
		t.Errorf("all equal: got %v, %v", all, err)
	}
}
