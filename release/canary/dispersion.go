package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// BrownForsythe tests whether the canary spreads more or less than the baseline
// around its own median, wherever that is: a release that makes latency erratic at
// the same median passes every test of location (Brown and Forsythe 1974, Journal of
// the American Statistical Association 69; Levene's test with medians). The values
// are z = |value − median of its arm|, and the statistic is Student's t of the means
// of z with pooled variance, whose square is Levene's F with 1 and n+m−2 degrees of
// freedom.
//
// The effect is the difference of the mean absolute deviations, canary − baseline, in
// the unit of the values, with Student's interval. Arms need two values each. Equal
// deviations throughout give p = 1 where both arms deviate alike, and an error where
// they do not, as nothing tells how far they might vary. Exact is refused. Errors are
// *Error. O(n+m).
func BrownForsythe(canary, baseline []float64, o Options) (Result, error) {
	if err := checkSamples(canary, baseline, 2, &o); err != nil {
		return Result{}, err
	}
	if err := o.noExact(); err != nil {
		return Result{}, err
	}
	down, up := scaleOf(canary, baseline)
	x, y := momentsOf(deviations(canary, down), 1), momentsOf(deviations(baseline, down), 1)
	r := Result{
		Test: "brown-forsythe", Method: "student", Alternative: o.Alternative, N: x.n, M: y.n,
		EffectName: "difference of mean absolute deviations", Freedom: x.n + y.n - 2,
	}
	pooled := (x.squares + y.squares) / r.Freedom
	if pooled == 0 {
		if x.mean != y.mean || o.Margin != 0 {
			return Result{}, noSpread()
		}
		r.setP(1)
		r.setInterval(0, 0, o.Level)
		r.warn("all-equal", "look at what is measured", "all values of both arms are equally far from the median")
		return r, nil
	}
	r.setStudent(x.mean-y.mean, o.Margin*down, math.Sqrt(pooled/x.n+pooled/y.n), up, o)
	return r, nil
}

// deviations returns the absolute deviations from the median, times scale.
func deviations(x []float64, scale float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v * scale
	}
	median := stat.Median(out)
	for i, v := range out {
		out[i] = math.Abs(v - median)
	}
	return out
}
