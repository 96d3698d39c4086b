package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Welch tests the difference of the means, for arms of any spread (Welch 1947,
// Biometrika 34):
//
//	t = (x̄ − ȳ − Margin)/√(sx²/n + sy²/m)
//
// with Satterthwaite's degrees of freedom. The effect is the difference of the
// means, canary − baseline, in the unit of the values, with Student's interval. It is
// for what adds up, cost and load; a mean of latencies follows the slowest requests,
// so that a few decide, and MannWhitney sees more.
//
// Both arms need two values, and one of them a spread: arms that are both constant
// give an error, as nothing tells how far they might vary. Exact is refused. Errors
// are *Error. O(n+m).
func Welch(canary, baseline []float64, o Options) (Result, error) {
	if err := checkSamples(canary, baseline, 2, &o); err != nil {
		return Result{}, err
	}
	if err := o.noExact(); err != nil {
		return Result{}, err
	}
	down, up := scaleOf(canary, baseline)
	x, y := momentsOf(canary, down), momentsOf(baseline, down)
	vx, vy := x.variance()/x.n, y.variance()/y.n
	if constant(canary) && constant(baseline) || vx+vy == 0 {
		return Result{}, noSpread()
	}
	r := Result{
		Test: "welch", Method: "student", Alternative: o.Alternative, N: x.n, M: y.n,
		EffectName: "difference of means", Freedom: satterthwaite(vx, x.n, vy, y.n),
	}
	r.setStudent(x.mean-y.mean, o.Margin*down, math.Sqrt(vx+vy), up, o)
	return r, nil
}

// noSpread is the error of a test that needs an estimate of variance.
func noSpread() error {
	return problem("canary and baseline", "constant values", "nothing tells how far they vary", "use MannWhitney, or look at what is measured")
}

// constant tells whether all values are equal.
func constant(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return false
		}
	}
	return true
}

// setStudent sets statistic, p-value, effect and interval of an estimate d with
// standard error se, both in units of unit, and r.Freedom degrees of freedom; normal
// ones with Asymptotic.
func (r *Result) setStudent(d, null, se, unit float64, o Options) {
	r.Statistic = bounded((d - null) / se)
	reach := 0.0
	if o.Method == Asymptotic {
		r.Method, r.Freedom = "normal", 0
		r.setTails(stat.LogNormalCDF(r.Statistic))
		reach = normalReach(o.Level)
	} else {
		r.setTails(stat.LogStudentTCDF(r.Freedom, r.Statistic))
		reach = -stat.StudentTQuantile(r.Freedom, (1-o.Level)/2)
	}
	r.Effect = d * unit
	r.setInterval((d-reach*se)*unit, (d+reach*se)*unit, o.Level)
	if math.Min(r.N, r.M) < 10 {
		r.warn("few-values", "wait for ten values in each arm, or use a rank test", "arms of %g and %g values: right only if they are nearly normal", r.N, r.M)
	}
}
