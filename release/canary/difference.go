package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// MiettinenNurminen tests the difference of the shares of bad requests by its score:
// the observed difference minus Margin, in standard deviations as they are where the
// null hypothesis holds (Miettinen and Nurminen 1985, Statistics in Medicine 4). The
// effect is the difference, canary − baseline, in [−1, 1], with the interval of all
// margins that the two-sided test does not reject.
//
// With Less and Margin as the share of further bad requests that would still be
// borne, it is the usual test of non-inferiority: a small p-value is evidence that
// the canary is worse by less than that. Margin lies in (−1, 1). It is close to its
// level from about five bad requests in both arms together; with fewer it warns, and
// Fisher is the safe choice. Exact is refused. Errors are those of Fisher.
func MiettinenNurminen(canary, baseline Arm, o Options) (Result, error) {
	if err := checkDifference(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	x1, n1, x2, n2 := uint64(canary.Bad), uint64(canary.Total), uint64(baseline.Bad), uint64(baseline.Total)
	z := stat.MiettinenNurminenScore(x1, n1, x2, n2, o.Margin)
	r := Result{
		Test: "miettinen-nurminen", Method: "score", Alternative: o.Alternative, N: float64(n1), M: float64(n2),
		Statistic: bounded(z), Effect: difference(canary, baseline), EffectName: "difference",
	}
	r.setTails(stat.LogNormalCDF(bounded(z)))
	v := stat.MiettinenNurminen(x1, n1, x2, n2, o.Level)
	r.setInterval(v.Low, v.High, o.Level)
	if min(x1+x2, n1+n2-x1-x2) < 5 {
		r.warn("few-events", "wait for more data, or use Fisher", "%d of %d requests were bad: the approximation is rough", x1+x2, n1+n2)
	}
	return r, nil
}

// Newcombe estimates the difference of the shares of bad requests, canary − baseline,
// with an interval that combines those of both shares (Newcombe 1998, Statistics in
// Medicine 17, method 10): simpler than that of MiettinenNurminen, about as good, and
// somewhat short where events are few. Only Level of the options is used. Errors are
// those of Fisher.
func Newcombe(canary, baseline Arm, o Options) (Estimate, error) {
	if err := checkDifference(canary, baseline, &o); err != nil {
		return Estimate{}, err
	}
	v := stat.Newcombe(uint64(canary.Bad), uint64(canary.Total), uint64(baseline.Bad), uint64(baseline.Total), o.Level)
	return Estimate{
		Name: "difference", Method: "hybrid score", Effect: difference(canary, baseline), Low: v.Low, High: v.High, Level: o.Level,
		N: float64(canary.Total), M: float64(baseline.Total),
	}, nil
}

func checkDifference(canary, baseline Arm, o *Options) error {
	if err := checkArms(canary, baseline, o); err != nil {
		return err
	}
	if !(math.Abs(o.Margin) < 1) {
		return problem("options.margin", number(o.Margin), "shares differ by less than 1", "write 0.001 for a tenth of a percent of the requests")
	}
	return o.noExact()
}

// difference is canary.Ratio() − baseline.Ratio() without cancellation.
func difference(canary, baseline Arm) float64 {
	n, m := float64(canary.Total), float64(baseline.Total)
	p := float64(canary.Bad) * m
	rest := math.FMA(float64(canary.Bad), m, -p)
	q := math.FMA(-float64(baseline.Bad), n, p)
	return (q + rest) / n / m
}
