package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func gammaPoint(t *rapid.T, a float64, label string) float64 {
	x := a + score.Draw(t, label)*math.Sqrt(a)
	if x <= 0 {
		x = a * rapid.Float64Range(1e-12, 1).Draw(t, label+" below")
	}
	return x
}

func TestGammaLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := shape(0.01).Draw(t, "a")
		x := gammaPoint(t, a, "x")
		l, u := LogGammaCDF(a, x)
		sumToOne(t, l, u)
		l2, u2 := LogGammaCDF(a, x*(1+rapid.Float64Range(0, 0.1).Draw(t, "step")))
		ordered(t, l, u, l2, u2)
		// The beta distribution at large b is the gamma distribution of bx: I_{x/b}(a,b) =
		// P(a,x)·(1 + O(x²/b, a²/b)).
		if a < 100 {
			const b = 1e15
			bl, bu := LogBetaCDF(a, b, x/b)
			if bar := 1e-13 * math.Max(1, x*x+a*a); !(logError(bl, l) <= bar*(1-l)) || !(logError(bu, u) <= bar*(1-u)) {
				t.Fatalf("limit of beta: got %v, %v, want %v, %v", bl, bu, l, u)
			}
		}
	})
}

func TestGammaMethodsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := math.Pow(10, rapid.Float64Range(math.Log10(centralShape), 5).Draw(t, "a"))
		x := a * math.Exp(rapid.Float64Range(-centralScore, centralScore).Draw(t, "z")/math.Sqrt(a))
		tails := gammaTailsAt(a, x)
		if !centralRange(a, deviance(a, x, a-x)) {
			return
		}
		got, want := tails.lower, tails.density
		if x <= a {
			want -= math.Log(gammaLowerFraction(a, x, a-x))
		} else {
			got = tails.upper
			want -= math.Log(gammaUpperFraction(a, a-x))
		}
		if !(math.Abs(got-want) <= 6e-14) {
			t.Fatalf("at %v: got %.17g by expansion, %.17g by continued fraction", x, got, want)
		}
	})
}

func TestGammaEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ a, x, lower, upper float64 }{
		{2, 0, -inf, 0},
		{2, inf, 0, -inf},
		{1, 3, math.Log(-math.Expm1(-3)), -3},
		{2, 3, math.Log(1 - 4*math.Exp(-3)), math.Log(4) - 3},
		{0.5, 2, math.Log(math.Erf(math.Sqrt2)), math.Log(math.Erfc(math.Sqrt2))},
		{0.5, 5e-324, 0.5*ln(5e-324) - math.Log(math.Sqrt(math.Pi)/2), -2 / math.Sqrt(math.Pi) * math.Sqrt(5e-324)},
		// Q(a,x) → a·E₁(x) as a → 0; E₁(1) = 0.21938393439552…
		{1e-15, 1, -2.1938393439552e-16, math.Log(2.1938393439552e-16)},
		{0, 1, nan, nan},
		{-1, 1, nan, nan},
		{inf, 1, nan, nan},
		{nan, 1, nan, nan},
		{1, -1, nan, nan},
		{1, nan, nan, nan},
	} {
		l, u := LogGammaCDF(c.a, c.x)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || logError(v[0], v[1]) <= 2e-13) {
				t.Errorf("LogGammaCDF(%v, %v): got %v, %v, want %v, %v", c.a, c.x, l, u, c.lower, c.upper)
			}
		}
	}
	if l, u := GammaCDF(1, math.Ln2); !(math.Abs(l-0.5) <= 2e-16) || !(math.Abs(u-0.5) <= 2e-16) {
		t.Errorf("GammaCDF(1, ln 2): got %v, %v, want 0.5, 0.5", l, u)
	}
}

func TestGammaQuantileInverts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := shape(0.05).Draw(t, "a")
		l := -math.Pow(10, rapid.Float64Range(-3, 2.8).Draw(t, "log10 of −l"))
		upper := rapid.Bool().Draw(t, "upper")
		f := LogGammaQuantile
		if upper {
			f = LogGammaQuantileUpper
		}
		x := f(a, l)
		if !(x >= 0) || math.IsInf(x, 1) {
			t.Fatalf("got %v", x)
		}
		if x < 1e-290 {
			return
		}
		before, beforeUpper := LogGammaCDF(a, x*(1-1e-14))
		after, afterUpper := LogGammaCDF(a, x*(1+1e-14))
		if upper {
			before, after, l = -beforeUpper, -afterUpper, -l
		}
		slack := 1e-13 * math.Max(math.Min(1, math.Abs(l)), math.Abs(l)*1e-2)
		if !(before-slack <= l && l <= after+slack) {
			t.Fatalf("got %v: the tail there lies between %v and %v, want %v", x, before, after, l)
		}
	})
}

func TestGammaQuantileLinear(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ a, p, x float64 }{
		{2, 0, 0},
		{2, 1, inf},
		{1, 0.5, math.Ln2},
		{1, 0.25, -math.Log(0.75)},
		// The median of χ² with one degree of freedom is the squared upper quartile of the
		// normal.
		{0.5, 0.5, 0.5 * NormalQuantile(0.75) * NormalQuantile(0.75)},
		{0.5, 0.9, 0.5 * NormalQuantile(0.95) * NormalQuantile(0.95)},
	} {
		for _, got := range []float64{
			GammaQuantile(c.a, c.p), GammaQuantileUpper(c.a, 1-c.p), LogGammaQuantile(c.a, math.Log(c.p)), LogGammaQuantileUpper(c.a, math.Log1p(-c.p)),
		} {
			if !(got == c.x || relError(got, c.x) <= 1e-14) {
				t.Errorf("quantile of %v at %v: got %v, want %v", c.a, c.p, got, c.x)
			}
		}
	}
	for _, got := range []float64{
		GammaQuantile(0, 0.5), GammaQuantile(1, -0.1), GammaQuantile(1, nan), GammaQuantileUpper(inf, 0.5), GammaQuantileUpper(1, 2),
		LogGammaQuantile(1, 0.1), LogGammaQuantile(nan, -1), LogGammaQuantileUpper(1, nan), LogGammaQuantileUpper(-1, -1),
	} {
		if !math.IsNaN(got) {
			t.Errorf("outside the domain: got %v, want NaN", got)
		}
	}
}
