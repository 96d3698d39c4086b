package canary

import "testing"

// pyRanks is a case of scipy's rank tests.
type pyRanks struct {
	Data            string
	U               num
	TwoSided        num   `json:"p_asymptotic_cc_two-sided"`
	TwoSidedPlain   num   `json:"p_asymptotic_two-sided"`
	Greater         num   `json:"p_asymptotic_cc_greater"`
	GreaterPlain    num   `json:"p_asymptotic_greater"`
	Less            num   `json:"p_asymptotic_cc_less"`
	LessPlain       num   `json:"p_asymptotic_less"`
	ExactTwoSided   *num  `json:"p_exact_two-sided"`
	ExactGreater    *num  `json:"p_exact_greater"`
	ExactLess       *num  `json:"p_exact_less"`
	BM              num   `json:"bm_stat"`
	BMTwoSided      num   `json:"bm_p_t_two-sided"`
	BMGreater       num   `json:"bm_p_t_greater"`
	BMLess          num   `json:"bm_p_t_less"`
	BMNormal        num   `json:"bm_p_normal_two-sided"`
	BMNormalGreater num   `json:"bm_p_normal_greater"`
	BMNormalLess    num   `json:"bm_p_normal_less"`
	Levene          num   `json:"levene_median_stat"`
	LeveneP         num   `json:"levene_median_p"`
	Delta           *num  `json:"cliffs_delta"`
	Cliff90         []num `json:"cliff_ci90"`
	Cliff95         []num `json:"cliff_ci95"`
	Cliff98         []num `json:"cliff_ci98"`
}

// noOverlap are the data sets whose arms do not overlap.
var noOverlap = map[string]bool{"tiny_sep": true, "const_vs_const": true, "one_vs_20": true}

// SciPy 1.10 has no answer, NaN or a p-value of 0, where this package has one: for
// Brunner-Munzel and the interval of Cliff's delta on arms that do not overlap, all
// equal values, and an arm of one value. Those cases have tests of their own. Its
// Brunner-Munzel statistic has the opposite sign: it is positive where the second
// sample is greater.
func TestRanksAgainstSciPy(t *testing.T) {
	data := samples(t)
	for _, c := range golden[pyRanks](t, "py_ranks") {
		x, y := data[c.Data].X, data[c.Data].Y
		for _, w := range []struct {
			o     Options
			p, bm num
			exact *num
		}{
			{Options{}, c.TwoSided, c.BMTwoSided, c.ExactTwoSided},
			{Options{Alternative: Greater}, c.Greater, c.BMGreater, c.ExactGreater},
			{Options{Alternative: Less}, c.Less, c.BMLess, c.ExactLess},
			{Options{NoContinuity: true, Method: Asymptotic}, c.TwoSidedPlain, c.BMNormal, nil},
			{Options{NoContinuity: true, Method: Asymptotic, Alternative: Greater}, c.GreaterPlain, c.BMNormalGreater, nil},
			{Options{NoContinuity: true, Method: Asymptotic, Alternative: Less}, c.LessPlain, c.BMNormalLess, nil},
		} {
			name := c.Data + " " + w.o.Alternative.String() + " " + w.o.Method.String()
			u := w.o
			u.Method = Asymptotic
			r, err := MannWhitney(x, y, u)
			if err != nil {
				t.Error(name, err)
				continue
			}
			near(t, name+" U", r.Statistic, c.U, 0, 0)
			if c.Data != "all_equal" {
				near(t, name+" p", r.PValue, w.p, 1e-9, 0)
			}
			if w.exact != nil {
				u.Method = Exact
				r, err = MannWhitney(x, y, u)
				if err != nil {
					t.Error(name, err)
				}
				near(t, name+" exact p", r.PValue, *w.exact, 1e-9, 0)
			}
			if noOverlap[c.Data] || c.Data == "all_equal" || c.Data == "one_vs_20" {
				continue
			}
			b, err := BrunnerMunzel(x, y, w.o)
			if err != nil {
				t.Error(name, err)
				continue
			}
			near(t, name+" BM", b.Statistic, -c.BM, 1e-9, 0)
			near(t, name+" BM p", b.PValue, w.bm, 1e-9, 0)
		}
		for _, w := range []struct {
			level float64
			want  []num
		}{{0.9, c.Cliff90}, {0.95, c.Cliff95}, {0.98, c.Cliff98}} {
			d, err := CliffDelta(x, y, Options{Level: w.level})
			if err != nil {
				t.Error(c.Data, err)
			}
			if c.Delta != nil {
				near(t, c.Data+" delta", d.Effect, *c.Delta, 1e-12, 1e-15)
			}
			if w.want == nil {
				if !noOverlap[c.Data] && c.Data != "all_equal" && c.Data != "one_vs_20" {
					t.Error(c.Data, "has no reference interval")
				}
				continue
			}
			near(t, c.Data+" low", d.Low, w.want[0], 1e-9, 0)
			near(t, c.Data+" high", d.High, w.want[1], 1e-9, 0)
		}
	}
}

// All but one of the canary's values are above all of the baseline's. The placements
// are m, n − 1 times, and 0, so that their squared deviations add up to m²·(n−1)/n, in
// which little is lost though their squares add up to n times as much.
func TestVarianceOfNearlySeparateArms(t *testing.T) {
	const n, m = 300000, 100000
	x, y := make([]float64, n), make([]float64, m)
	for i := range x {
		x[i] = float64(i + m)
	}
	x[7] = -1
	for i := range y {
		y[i] = float64(i)
	}
	p := comparePairs(x, y, 0)
	vx, vy := p.placementVariances()
	near(t, "canary", vx, num(float64(m)*m/n), 1e-14, 0)
	near(t, "baseline", vy, 0, 0, 0)
}
