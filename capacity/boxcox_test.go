package capacity

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGuerreroReference(t *testing.T) {
	var all []decomposed
	readReference(t, "decompose.json", &all)
	for _, r := range all {
		got, err := GuerreroLambda(hours(r.Values), r.Frequency)
		if err != nil || math.Abs(got-r.Lambda) > 1e-4 { // R's tolerance is 1.2e-4
			t.Errorf("%s: %v, %v; want %v", r.Name, got, err, r.Lambda)
		}
	}
}

func TestBoxCoxInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := BoxCox{Lambda: rapid.OneOf(rapid.Float64Range(-1, 2), rapid.SampledFrom([]float64{0, 1, 0.5, 1e-12, -1e-9})).Draw(t, "lambda")}
		y := rapid.Float64Range(1e-3, 1e3).Draw(t, "y")
		if b.Lambda > 0.05 && rapid.Bool().Draw(t, "negative") {
			y = -y
		}
		if back := b.Inverse(b.Transform(y)); math.Abs(back-y) > 1e-9*math.Abs(y) && math.Abs(back-y) > 1e-9 {
			t.Fatalf("%+v: %v comes back as %v", b, y, back)
		}
		if up := y + math.Abs(y)/10; b.Transform(up) < b.Transform(y) {
			t.Fatalf("%+v: %v is transformed to more than %v", b, y, up)
		}
	})
}

func TestBoxCoxValues(t *testing.T) {
	for _, c := range []struct{ lambda, y, x float64 }{
		{0, math.E, 1}, {1, 5, 4}, {2, 3, 4}, {0.5, 9, 4}, {-1, 2, 0.5}, {0.5, 0, -2}, {0.5, -4, -6}, {1, -5, -6}, {0, 0, math.NaN()}, {-1, -1, math.NaN()},
	} {
		if x := (BoxCox{Lambda: c.lambda}).Transform(c.y); math.Abs(x-c.x) > 1e-12 || math.IsNaN(x) != math.IsNaN(c.x) {
			t.Errorf("lambda %v of %v: %v, want %v", c.lambda, c.y, x, c.x)
		}
	}
	// exp of a normal law has the mean exp(x + v/2); to the second order exp(x)·(1 + v/2).
	if got, want := (BoxCox{}).InverseMean(2, 0.1), math.Exp(2)*1.05; math.Abs(got-want) > 1e-12 {
		t.Errorf("mean of the log-normal: %v, want %v", got, want)
	}
	// (x/2 + 1)² of a normal law has the mean (x/2 + 1)² + v/4 exactly.
	if got := (BoxCox{Lambda: 0.5}).InverseMean(4, 0.4); math.Abs(got-9.1) > 1e-12 {
		t.Errorf("mean of a square: %v, want 9.1", got)
	}
	if got := (BoxCox{Lambda: -1}).Inverse(1); got != math.MaxFloat64 {
		t.Errorf("beyond the range: %v, want the largest number", got)
	}
}

// Growth by a tenth each step is a line of logarithms.
func TestBoxCoxForecast(t *testing.T) {
	s := hours(make([]float64, 20))
	for i := range s.Values {
		s.Values[i] = math.Pow(1.1, float64(i)) * (1 + 0.01*float64(i%2))
	}
	f, err := BoxCox{Base: Drift{}}.Forecast(t.Context(), s, 10)
	if err != nil {
		t.Fatal(err)
	}
	for h, m := range f.Mean {
		if want := math.Pow(1.1, float64(20+h)); math.Abs(m/want-1) > 0.02 || !(f.Lower[h] > 0 && f.Lower[h] <= m && m <= f.Upper[h]) {
			t.Errorf("step %d: %v in [%v, %v], want about %v", h, m, f.Lower[h], f.Upper[h], want)
		}
	}
	if f.Model != "Box-Cox(0) of drift" || len(f.Paths) != 500 || f.Paths[3][2] <= 0 {
		t.Errorf("model %q with %d paths", f.Model, len(f.Paths))
	}
	s.Values[3] = 0
	for _, c := range []struct {
		b    BoxCox
		want string
	}{
		{BoxCox{Base: Drift{}}, "values[3]: 0: has no finite transform with lambda 0; take a lambda above 0, or mask the value"},
		{BoxCox{Lambda: 3, Base: Drift{}}, "lambda: 3: not within -1 to 2; write 0 for the logarithm, or use GuerreroLambda"},
		{BoxCox{}, "base: nil: nothing forecasts the transformed series; set Base, such as to ETS{}"},
	} {
		if _, err := c.b.Forecast(t.Context(), s, 3); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %q", c.b, err, c.want)
		}
	}
	if _, err := GuerreroLambda(s, 4); err == nil {
		t.Error("lambda of a series with 0: no error")
	}
	if _, err := GuerreroLambda(hours([]float64{1, 2, 3}), 12); err == nil {
		t.Error("lambda of less than two seasons: no error")
	}
}
