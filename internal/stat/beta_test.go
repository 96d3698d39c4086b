package stat

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// shape draws a shape parameter from the whole range in use.
func shape(least float64) *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		return math.Pow(10, rapid.Float64Range(math.Log10(least), 12).Draw(t, "exponent"))
	})
}

// score draws a number of standard deviations from the mean, mostly moderate.
var score = rapid.OneOf(rapid.Float64Range(-3, 3), rapid.Float64Range(-40, 40))

// betaPoint draws an x near the mean in units of the standard deviation, or anywhere.
func betaPoint(t *rapid.T, a, b float64, label string) float64 {
	mean := a / (a + b)
	x := mean + score.Draw(t, label)*math.Sqrt(mean*(1-mean)/(a+b+1))
	if !(x > 0 && x < 1) {
		x = rapid.Float64Range(0, 1).Draw(t, label+" anywhere")
	}
	return x
}

// sumToOne checks that both tails add up to one, on the scale of the logarithms too.
func sumToOne(t *rapid.T, lower, upper float64) {
	t.Helper()
	if !(lower <= 0 && upper <= 0) || !(math.Abs(math.Exp(lower)+math.Exp(upper)-1) <= 1e-15) {
		t.Fatalf("tails: got ln %v and ln %v, which do not add up to one", lower, upper)
	}
}

// ordered checks that the lower tail does not fall and the upper does not rise from one
// point to a later one, but for rounding.
func ordered(t *rapid.T, lower1, upper1, lower2, upper2 float64) {
	t.Helper()
	slack := func(l float64) float64 { return 1e-13 * math.Max(math.Min(1, -l), -l*1e-2) }
	if lower2 < lower1-slack(lower1) || upper2 > upper1+slack(upper1) {
		t.Fatalf("not monotone: lower %v then %v, upper %v then %v", lower1, lower2, upper1, upper2)
	}
}

func TestBetaLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := shape(0.01).Draw(t, "a"), shape(0.01).Draw(t, "b")
		x := betaPoint(t, a, b, "x")
		l, u := LogBetaCDF(a, b, x)
		sumToOne(t, l, u)
		// I_x(a,b) = 1 − I_{1−x}(b,a), where 1 − x is exact.
		y := 1 - x
		if 1-y == x {
			ul, uu := LogBetaCDF(b, a, y)
			if e := max(logError(ul, u), logError(uu, l)); !(e <= 1e-12) {
				t.Fatalf("symmetry: got %v, %v and mirrored %v, %v", l, u, uu, ul)
			}
		}
		x2 := math.Min(1, x+rapid.Float64Range(0, 0.1).Draw(t, "step")*(1-x))
		l2, u2 := LogBetaCDF(a, b, x2)
		ordered(t, l, u, l2, u2)
	})
}

// I_x(a,b) = I_x(a+1,b) + xᵃ(1−x)ᵇ/(a·B(a,b)) (DLMF 8.17.20).
func TestBetaRecurrence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := shape(0.1).Draw(t, "a"), shape(0.1).Draw(t, "b")
		x := betaPoint(t, a, b, "x")
		l, _ := LogBetaCDF(a, b, x)
		next, _ := LogBetaCDF(a+1, b, x)
		term := a*ln(x) + b*math.Log1p(-x) - math.Log(a) - LogBeta(a, b)
		if a+b > 1e4 || l < -600 {
			return // the plain formula for the term is too coarse
		}
		got := math.Exp(next-l) + math.Exp(term-l)
		if !(math.Abs(got-1) <= 1e-11) {
			t.Fatalf("recurrence: got %v, want 1", got)
		}
	})
}

// The continued fraction and the uniform expansion share no step but the deviance. They
// must agree wherever both converge, and the boundary between them must not show.
func TestBetaMethodsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := math.Pow(10, rapid.Float64Range(math.Log10(centralShape), 5).Draw(t, "a"))
		b := math.Pow(10, rapid.Float64Range(math.Log10(centralShape), 12).Draw(t, "b"))
		mean := a / (a + b)
		z := rapid.Float64Range(-centralScore, 0).Draw(t, "z")
		x := mean * math.Exp(z*math.Sqrt((1-mean)/a))
		d, lambda := betaDeviance(a, b, x, 1-x)
		if !centralRange(math.Min(a, b), d) || lambda < 0 {
			return
		}
		tails := betaTailsAt(a, b, x, 1-x)
		fraction := tails.density - math.Log(betaFraction(a, b, x, 1-x, lambda))
		if !(math.Abs(tails.lower-fraction) <= 6e-14) {
			t.Fatalf("at %v: got %.17g by expansion, %.17g by continued fraction", x, tails.lower, fraction)
		}
	})
}

func TestBetaEdges(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ a, b, x, lower, upper float64 }{
		{2, 3, 0, -inf, 0},
		{2, 3, 1, 0, -inf},
		{1, 1, 0.25, math.Log(0.25), math.Log(0.75)},
		{0.5, 0.5, 0.5, -math.Ln2, -math.Ln2},
		// The smallest double: I ≈ (2/π)·√x.
		{0.5, 0.5, 5e-324, math.Log(2/math.Pi) + 0.5*ln(5e-324), -2 / math.Pi * math.Sqrt(5e-324)},
		{0, 1, 0.5, nan, nan},
		{1, -1, 0.5, nan, nan},
		{inf, 1, 0.5, nan, nan},
		{1, inf, 0.5, nan, nan},
		{nan, 1, 0.5, nan, nan},
		{1, 1, -0.1, nan, nan},
		{1, 1, 1.1, nan, nan},
		{1, 1, nan, nan, nan},
	} {
		l, u := LogBetaCDF(c.a, c.b, c.x)
		for _, v := range [][2]float64{{l, c.lower}, {u, c.upper}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || !math.IsNaN(v[1]) && !(v[0] == v[1] || logError(v[0], v[1]) <= 1e-15*700) {
				t.Errorf("LogBetaCDF(%v, %v, %v): got %v, %v, want %v, %v", c.a, c.b, c.x, l, u, c.lower, c.upper)
			}
		}
	}
	if l, u := BetaCDF(2, 3, 0.4); !(math.Abs(l-0.5248) <= 1e-15) || !(math.Abs(u-0.4752) <= 1e-15) {
		t.Errorf("BetaCDF(2, 3, 0.4): got %v, %v, want 0.5248, 0.4752", l, u)
	}
}

// Shapes so small that nearly all probability sits at the ends: both tails against the
// leading terms I_x(a,b) = x^a·(1 + O(x))·b/(a+b) and 1 − I_x ≈ −a·ln(x) + a/b for small a
// at b = 1.
func TestBetaTinyShape(t *testing.T) {
	for _, a := range []float64{1e-3, 1e-8, 1e-12, 1e-100} {
		for _, x := range []float64{0.3, 0.25, 0x1p-20, 1e-5, 1e-200} {
			l, u := LogBetaCDF(a, 1, x) // I = xᵃ
			if want := a * math.Log(x); !(relError(l, want) <= 4e-15) {
				t.Errorf("lower at a %v, x %v: got %v, want %v", a, x, l, want)
			}
			if want := math.Log(-math.Expm1(a * math.Log(x))); !(relError(u, want) <= 4e-15) {
				t.Errorf("upper at a %v, x %v: got %v, want %v", a, x, u, want)
			}
			// I_x(a,2) = xᵃ·(1 + a − a·x)
			l, _ = LogBetaCDF(a, 2, x)
			if want := a*math.Log(x) + math.Log1p(a*(1-x)); !(relError(l, want) <= 1e-14) {
				t.Errorf("lower at a %v, b 2, x %v: got %v, want %v", a, x, l, want)
			}
			if y := 1 - x; 1-y == x {
				_, u := LogBetaCDF(2, a, y)
				if want := a*math.Log(x) + math.Log1p(a*(1-x)); !(relError(u, want) <= 1e-14) {
					t.Errorf("upper at a 2, b %v, 1 − x %v: got %v, want %v", a, x, u, want)
				}
			}
		}
	}
}

func TestLogBeta(t *testing.T) {
	for _, c := range []struct{ a, b, want float64 }{
		{1, 1, 0},
		{0.5, 0.5, math.Log(math.Pi)},
		{3, 4, -math.Log(60)},
		{1, 1e12, -math.Log(1e12)},
		{2, 1e12, -math.Log(1e12) - math.Log(1e12+1)},
		{1e-10, 1, 10 * math.Ln10},
		{1e-5, 2, 5*math.Ln10 - math.Log1p(1e-5)},
		// B(n,n) = √(π/n)·2^(1−2n)·(1 + 1/(8n) + …)
		{1e12, 1e12, 0.5*math.Log(math.Pi/1e12) + (1-2e12)*math.Ln2 + 1/8e12},
	} {
		for _, got := range []float64{LogBeta(c.a, c.b), LogBeta(c.b, c.a)} {
			if !(math.Abs(got-c.want) <= 2e-15*math.Max(1, math.Abs(c.want))) {
				t.Errorf("LogBeta(%v, %v): got %.17g, want %.17g", c.a, c.b, got, c.want)
			}
		}
	}
	for _, c := range [][2]float64{{0, 1}, {1, -1}, {math.Inf(1), 1}, {math.NaN(), 1}} {
		if got := LogBeta(c[0], c[1]); !math.IsNaN(got) {
			t.Errorf("LogBeta(%v, %v): got %v, want NaN", c[0], c[1], got)
		}
	}
}
