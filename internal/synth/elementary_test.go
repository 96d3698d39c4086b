package synth

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func relative(got, want float64) float64 {
	if want == 0 {
		return math.Abs(got)
	}
	return math.Abs(got-want) / math.Abs(want)
}

func TestElementaryFunctionsAgreeWithPackageMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		if got, want := exp(x), math.Exp(x); relative(got, want) > 1e-15 {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
		p := math.Exp(x)
		if got, want := log(p), math.Log(p); math.Abs(got-want) > 1e-15*max(1, math.Abs(want)) {
			t.Errorf("log(%v) = %v, want %v", p, got, want)
		}
		y := rapid.Float64Range(-0.999, 1).Draw(t, "y")
		if got, want := log1p(y), math.Log1p(y); relative(got, want) > 2e-15 {
			t.Errorf("log1p(%v) = %v, want %v", y, got, want)
		}
		if got, want := cosTurns(x), math.Cos(2*math.Pi*(x-math.Floor(x))); math.Abs(got-want) > 2e-15 {
			t.Errorf("cosTurns(%v) = %v, want %v", x, got, want)
		}
		if got, want := log1pmx(y), math.Log1p(y)-y; math.Abs(y) > 0.1 && relative(got, want) > 1e-13 {
			t.Errorf("log1pmx(%v) = %v, want %v", y, got, want)
		}
		z := rapid.Float64Range(-37, 37).Draw(t, "z")
		if got, want := normalCDF(z), math.Erfc(-z/math.Sqrt2)/2; relative(got, want) > 4e-13 && math.Abs(got-want) > 1e-16 {
			t.Errorf("normalCDF(%v) = %v, want %v", z, got, want)
		}
	})
}

func TestElementaryFunctionsAtTheirEdges(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"exp(0)", exp(0), 1},
		{"exp(-Inf)", exp(math.Inf(-1)), 0},
		{"exp(+Inf)", exp(math.Inf(1)), math.MaxFloat64},
		{"exp(NaN)", exp(math.NaN()), 0},
		{"log(1)", log(1), 0},
		{"log(0)", log(0), -745},
		{"log(NaN)", log(math.NaN()), -745},
		{"log(+Inf)", log(math.Inf(1)), math.Log(math.MaxFloat64)},
		{"cosTurns(0)", cosTurns(0), 1},
		{"cosTurns(1/2)", cosTurns(0.5), -1},
		{"cosTurns(1/4)", cosTurns(0.25), 0},
		{"normalCDF(0)", normalCDF(0), 0.5},
		{"normalCDF(+Inf)", normalCDF(math.Inf(1)), 1},
		{"normalCDF(-Inf)", normalCDF(math.Inf(-1)), 0},
		{"log1pmx(0)", log1pmx(0), 0},
		// log(1+x) - x = -x²/2 + x³/3 - …
		{"log1pmx(1e-6)", log1pmx(1e-6), -1e-12/2 + 1e-18/3 - 1e-24/4},
	} {
		if relative(c.got, c.want) > 1e-15 {
			t.Errorf("%s = %v, want %v", c.name, c.got, c.want)
		}
	}
}
