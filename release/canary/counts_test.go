package canary

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

type twoByTwo struct {
	X1, N1, X2, N2 int64
	FisherTwoSided num   `json:"fisher_two.sided"`
	FisherGreater  num   `json:"fisher_greater"`
	FisherLess     num   `json:"fisher_less"`
	Odds           num   `json:"odds_ratio"`
	OddsCI         []num `json:"or_ci95"`
	RateTwoSided   num   `json:"poisson_two.sided"`
	RateGreater    num   `json:"poisson_greater"`
	RateLess       num   `json:"poisson_less"`
	RateGreater15  num   `json:"poisson_greater_r1.5"`
	Ratio          num   `json:"rate_ratio"`
	RatioCI        []num `json:"rr_ci95"`
}

// R finds odds ratios below 1, and the inverse of those above, by a search with an
// absolute tolerance of 1.2e-4; TestOddsInterval holds ours to the definition. Where no
// request is bad R gives an odds ratio of 0 and a rate ratio of NaN; here they are 1
// with an open interval.
func TestCountsAgainstR(t *testing.T) {
	for _, c := range golden[twoByTwo](t, "r_two_by_two") {
		x, y := Arm{c.X1, c.N1}, Arm{c.X2, c.N2}
		name := fmt.Sprintf("%v and %v", x, y)
		for _, w := range []struct {
			o               Options
			fisher, poisson num
		}{
			{Options{}, c.FisherTwoSided, c.RateTwoSided},
			{Options{Alternative: Greater}, c.FisherGreater, c.RateGreater},
			{Options{Alternative: Less}, c.FisherLess, c.RateLess},
		} {
			f, err := Fisher(x, y, w.o)
			if err != nil {
				t.Error(name, err)
			}
			near(t, name+" Fisher "+w.o.Alternative.String(), f.PValue, w.fisher, 1e-9, 0)
			p, err := RateRatio(x, y, w.o)
			if err != nil {
				t.Error(name, err)
			}
			near(t, name+" rate "+w.o.Alternative.String(), p.PValue, w.poisson, 1e-9, 0)
			if x.Bad+y.Bad == 0 {
				if f.Effect != 1 || f.Low != 0 || f.High != math.MaxFloat64 || p.Effect != 1 || p.Low != 0 || p.High != math.MaxFloat64 || len(f.Warnings) != 1 || len(p.Warnings) != 1 {
					t.Errorf("%s: got %v and %v, want a ratio of 1 with an open interval and a warning", name, f, p)
				}
				continue
			}
			for _, w := range []struct {
				what      string
				got, want float64
			}{{"odds", f.Effect, float64(c.Odds)}, {"odds low", f.Low, float64(c.OddsCI[0])}, {"odds high", f.High, float64(c.OddsCI[1])}} {
				if w.want > 1 {
					w.got, w.want = 1/w.got, 1/w.want
				}
				near(t, name+" "+w.what, w.got, num(w.want), 0, 1.3e-4)
			}
			near(t, name+" ratio", p.Effect, c.Ratio, 1e-9, 0)
			near(t, name+" ratio low", p.Low, c.RatioCI[0], 1e-9, 0)
			near(t, name+" ratio high", p.High, c.RatioCI[1], 1e-9, 0)
		}
		r, err := RateRatio(x, y, Options{Alternative: Greater, Margin: 0.5})
		if err != nil {
			t.Error(name, err)
		}
		near(t, name+" rate over 1.5", r.PValue, c.RateGreater15, 1e-9, 0)
	}
}

// The ends of the interval are the odds ratios at which the tail that holds the
// observation has half of what the level leaves, and at the estimate the table is as
// expected: all by plain sums over the table's probabilities.
func TestOddsInterval(t *testing.T) {
	sums := func(x, y Arm, odds float64) (atMost, atLeast, mean float64) {
		bad := x.Bad + y.Bad
		var all float64
		for i := max(0, bad-y.Total); i <= min(bad, x.Total); i++ {
			p := math.Exp(logChoose(x.Total, i) + logChoose(y.Total, bad-i) + float64(i)*math.Log(odds))
			all += p
			mean += float64(i) * p
			if i <= x.Bad {
				atMost += p
			}
			if i >= x.Bad {
				atLeast += p
			}
		}
		return atMost / all, atLeast / all, mean / all
	}
	for _, c := range []struct{ x, y Arm }{
		{Arm{3, 4}, Arm{1, 4}}, {Arm{1, 10}, Arm{11, 14}}, {Arm{5, 600}, Arm{3, 5400}}, {Arm{12, 17}, Arm{29, 31}}, {Arm{30, 1000}, Arm{10, 1000}},
	} {
		r, err := Fisher(c.x, c.y, Options{Level: 0.9})
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%v and %v", c.x, c.y)
		_, upper, _ := sums(c.x, c.y, r.Low)
		near(t, name+" upper tail at the low end", upper, 0.05, 1e-9, 0)
		lower, _, _ := sums(c.x, c.y, r.High)
		near(t, name+" lower tail at the high end", lower, 0.05, 1e-9, 0)
		_, _, mean := sums(c.x, c.y, r.Effect)
		near(t, name+" mean at the estimate", mean, num(c.x.Bad), 1e-9, 0)
	}
}

func logChoose(n, k int64) float64 {
	l := func(v int64) float64 { g, _ := math.Lgamma(float64(v + 1)); return g }
	return l(n) - l(k) - l(n-k)
}

// Left out is Barnard's and Boschloo's test, the single-arm intervals (internal/stat
// has them and their test), and statsmodels' score interval, which is off by 6e-3.
func TestDifferencesAgainstPython(t *testing.T) {
	type reference struct {
		X1, N1, X2, N2   int64
		Newcombe90, MN90 []num
		Newcombe95, MN95 []num
		Newcombe98, MN98 []num
		Z1m              num  `json:"mn_z_delta-0.01"`
		P1m              num  `json:"mn_p_noninferior_delta-0.01"`
		Z0               num  `json:"mn_z_delta0.0"`
		P0               num  `json:"mn_p_noninferior_delta0.0"`
		Z05              num  `json:"mn_z_delta0.0005"`
		P05              num  `json:"mn_p_noninferior_delta0.0005"`
		Z1               num  `json:"mn_z_delta0.001"`
		P1               num  `json:"mn_p_noninferior_delta0.001"`
		Z10              num  `json:"mn_z_delta0.01"`
		P10              num  `json:"mn_p_noninferior_delta0.01"`
		Z50              num  `json:"mn_z_delta0.05"`
		P50              num  `json:"mn_p_noninferior_delta0.05"`
		Rate             *num `json:"pois_exact-cond_two-sided"`
		RateLarger       *num `json:"pois_exact-cond_larger"`
		RateSmaller      *num `json:"pois_exact-cond_smaller"`
	}
	for _, c := range golden[reference](t, "py_two_by_two") {
		x, y := Arm{c.X1, c.N1}, Arm{c.X2, c.N2}
		name := fmt.Sprintf("%v and %v", x, y)
		for _, w := range []struct {
			level        float64
			newcombe, mn []num
		}{{0.9, c.Newcombe90, c.MN90}, {0.95, c.Newcombe95, c.MN95}, {0.98, c.Newcombe98, c.MN98}} {
			e, err := Newcombe(x, y, Options{Level: w.level})
			if err != nil {
				t.Error(name, err)
			}
			near(t, name+" Newcombe low", e.Low, w.newcombe[0], 1e-9, 1e-15)
			near(t, name+" Newcombe high", e.High, w.newcombe[1], 1e-9, 1e-15)
			r, err := MiettinenNurminen(x, y, Options{Level: w.level})
			if err != nil {
				t.Error(name, err)
			}
			near(t, name+" score low", r.Low, w.mn[0], 1e-9, 1e-14)
			near(t, name+" score high", r.High, w.mn[1], 1e-9, 1e-14)
		}
		for _, w := range []struct {
			margin float64
			z, p   num
		}{{-0.01, c.Z1m, c.P1m}, {0, c.Z0, c.P0}, {0.0005, c.Z05, c.P05}, {0.001, c.Z1, c.P1}, {0.01, c.Z10, c.P10}, {0.05, c.Z50, c.P50}} {
			r, err := MiettinenNurminen(x, y, Options{Alternative: Less, Margin: w.margin})
			if err != nil {
				t.Error(name, err)
			}
			near(t, fmt.Sprint(name, " z at ", w.margin), r.Statistic, w.z, 1e-9, 1e-9)
			if w.p > 1e-20 {
				near(t, fmt.Sprint(name, " p at ", w.margin), r.PValue, w.p, 1e-9, 0)
			} else if w.p > 0 {
				// Below, the reference's own score, right to 1e-11, allows no more.
				near(t, fmt.Sprint(name, " log p at ", w.margin), r.LogP, num(math.Log(float64(w.p))), 1e-9, 0)
			}
		}
		for _, w := range []struct {
			alternative Alternative
			p           *num
		}{{TwoSided, c.Rate}, {Greater, c.RateLarger}, {Less, c.RateSmaller}} {
			if w.p == nil || x.Bad+y.Bad == 0 {
				continue
			}
			r, err := RateRatio(x, y, Options{Alternative: w.alternative})
			if err != nil {
				t.Error(name, err)
			}
			near(t, name+" rate "+w.alternative.String(), r.PValue, *w.p, 1e-9, 0)
		}
	}
}

// ratesci prints ten decimals of its intervals, and its p-values are right to 1e-12
// absolutely. Its skewness-corrected scores, risk
// and odds ratios and Poisson differences are other methods.
func TestDifferencesAgainstRatesci(t *testing.T) {
	for _, c := range golden[struct {
		X1, N1, X2, N2 int64
		MN             []num `json:"RD_bin_MN"`
		P              num   `json:"RD_bin_MN_pval"`
		Newcombe       []num `json:"newcombe_mover_wilson"`
	}](t, "r_ratesci") {
		x, y := Arm{c.X1, c.N1}, Arm{c.X2, c.N2}
		name := fmt.Sprintf("%v and %v", x, y)
		r, err := MiettinenNurminen(x, y, Options{})
		if err != nil {
			t.Error(name, err)
		}
		near(t, name+" low", r.Low, c.MN[0], 0, 1.1e-10)
		near(t, name+" difference", r.Effect, c.MN[1], 0, 1.1e-10)
		near(t, name+" high", r.High, c.MN[2], 0, 1.1e-10)
		near(t, name+" p", r.PValue, c.P, 1e-9, 1e-12)
		e, err := Newcombe(x, y, Options{})
		if err != nil {
			t.Error(name, err)
		}
		near(t, name+" Newcombe low", e.Low, c.Newcombe[0], 1e-9, 1e-15)
		near(t, name+" Newcombe high", e.High, c.Newcombe[1], 1e-9, 1e-15)
	}
}

// Two-sided p-values by plain sums over all tables, with R's rule for ties.
func TestTwoSidedByEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.Int64Range(1, 60).Draw(t, "n"), rapid.Int64Range(1, 60).Draw(t, "m")
		x, y := Arm{rapid.Int64Range(0, n).Draw(t, "x"), n}, Arm{rapid.Int64Range(0, m).Draw(t, "y"), m}
		bad := x.Bad + y.Bad
		unlikely := func(first, last int64, p func(i int64) float64) float64 {
			var some, all float64
			for i := first; i <= last; i++ {
				all += p(i)
				if p(i) <= p(x.Bad)*(1+1e-7) {
					some += p(i)
				}
			}
			return some / all
		}
		f, err := Fisher(x, y, Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := unlikely(max(0, bad-m), min(bad, n), func(i int64) float64 { return math.Exp(logChoose(n, i) + logChoose(m, bad-i)) })
		if math.Abs(f.PValue-want) > 1e-9*want {
			t.Fatalf("Fisher of %v and %v: got %v, want %v", x, y, f.PValue, want)
		}
		r, err := RateRatio(x, y, Options{Margin: 0.25})
		if err != nil {
			t.Fatal(err)
		}
		odds := math.Log(1.25 * float64(n) / float64(m))
		want = unlikely(0, bad, func(i int64) float64 { return math.Exp(logChoose(bad, i) + float64(i)*odds) })
		if math.Abs(r.PValue-want) > 1e-9*want {
			t.Fatalf("rate ratio of %v and %v: got %v, want %v", x, y, r.PValue, want)
		}
	})
}

func TestFewEventsWarn(t *testing.T) {
	for _, c := range []struct {
		x, y Arm
		want int
	}{{Arm{1, 100}, Arm{3, 900}, 1}, {Arm{2, 100}, Arm{3, 900}, 0}, {Arm{99, 100}, Arm{897, 900}, 1}} {
		r, err := MiettinenNurminen(c.x, c.y, Options{})
		if err != nil || len(r.Warnings) != c.want {
			t.Errorf("%v and %v: got %v, want %d warnings, %v", c.x, c.y, r.Warnings, c.want, err)
		}
	}
}
