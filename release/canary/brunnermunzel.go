package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// BrunnerMunzel tests whether a value of the canary is as likely to be greater than
// one of the baseline as to be smaller, whatever the spreads: the question of
// MannWhitney without its assumption of equal distributions (Brunner and Munzel
// 2000, Biometrical Journal 42). With p the superiority,
//
//	t = (p − ½)/√V,  V = Sx²/(n·m²) + Sy²/(m·n²),
//
// S² being the variances of the placements, the numbers of values of the other arm
// below each value. The p-value is Student's with Satterthwaite's degrees of
// freedom, normal with Asymptotic, and there is no exact one. The effect is the
// superiority p with the interval p ± quantile·√V, cut to [0, 1].
//
// Where the arms do not overlap V is 0. Then the p-value is that of the permutation
// test, 1 of all arrangements in the direction found (Neubert and Brunner 2007,
// Computational Statistics & Data Analysis 51), and the interval that of CliffDelta.
// Both arms need two values. Errors are those of MannWhitney. O((n+m)·log(n+m)).
func BrunnerMunzel(canary, baseline []float64, o Options) (Result, error) {
	if err := checkSamples(canary, baseline, 2, &o); err != nil {
		return Result{}, err
	}
	if err := o.noExact(); err != nil {
		return Result{}, err
	}
	p := comparePairs(canary, baseline, o.Margin)
	return brunnerMunzel(&p, o), nil
}

// BrunnerMunzelHistogram is BrunnerMunzel for observations in buckets. It takes no
// margin, and both histograms need two observations. O(buckets).
func BrunnerMunzelHistogram(canary, baseline Histogram, o Options) (Result, error) {
	if err := checkHistograms(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	if err := o.noExact(); err != nil {
		return Result{}, err
	}
	p := pairsOfHistograms(canary, baseline)
	if p.n < 2 || p.m < 2 {
		return Result{}, problem("counts", number(math.Min(p.n, p.m)), "at least 2 observations needed in each arm", "wait for more data")
	}
	return brunnerMunzel(&p, o), nil
}

// noExact refuses Exact where a test has no exact distribution.
func (o Options) noExact() error {
	if o.Method == Exact {
		return problem("options.method", "exact", "this test has no exact distribution", "use Auto")
	}
	return nil
}

func brunnerMunzel(p *pairs, o Options) Result {
	r := Result{
		Test: "brunner-munzel", Method: "student", Alternative: o.Alternative, N: p.n, M: p.m,
		Effect: p.superiority(), EffectName: "superiority",
	}
	if math.Min(p.n, p.m) < 10 {
		r.warn("few-values", "wait for ten values in each arm, or use MannWhitney", "arms of %g and %g values: the approximation is rough", p.n, p.m)
	}
	vx, vy := p.placementVariances()
	sx, sy := vx/p.n/(p.m*p.m), vy/p.m/(p.n*p.n)
	switch {
	case p.groups == 1:
		r.setP(1)
		r.warn("all-equal", "look at what is measured, or at finer buckets", "all %g values are equal", p.n+p.m)
		low, high := p.cliffInterval(o.Level)
		r.setInterval((1+low)/2, (1+high)/2, o.Level)
		return r
	case p.apart() || sx+sy == 0:
		r.Method = "permutation"
		r.Statistic = math.Copysign(math.MaxFloat64, p.above-p.below)
		one := math.Log(p.n+p.m+1) + stat.LogBeta(p.n+1, p.m+1)
		if p.above > p.below {
			r.setTails(0, one)
		} else {
			r.setTails(one, 0)
		}
		low, high := p.cliffInterval(o.Level)
		r.setInterval((1+low)/2, (1+high)/2, o.Level)
		r.warn("no-overlap", "", "no value of one arm reaches the other")
		r.Warnings[len(r.Warnings)-1].Remedy = "check that both arms measure the same"
		return r
	}
	se := math.Sqrt(sx + sy)
	r.Statistic = (p.above - p.below) / (p.above + p.below) / 2 / se
	reach := normalReach(o.Level)
	if o.Method == Asymptotic {
		r.Method = "normal"
		r.setTails(stat.LogNormalCDF(r.Statistic))
	} else {
		r.Freedom = satterthwaite(sx, p.n, sy, p.m)
		r.setTails(stat.LogStudentTCDF(r.Freedom, r.Statistic))
		reach = -stat.StudentTQuantile(r.Freedom, (1-o.Level)/2)
	}
	r.setInterval(math.Max(0, r.Effect-reach*se), math.Min(1, r.Effect+reach*se), o.Level)
	return r
}

// satterthwaite is the degrees of freedom of the sum of two estimates of variance
// from n and m values.
func satterthwaite(vx, n, vy, m float64) float64 {
	a, b := vx/(vx+vy), vy/(vx+vy)
	return 1 / (a*a/(n-1) + b*b/(m-1))
}
