package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// RateRatio tests the ratio of the rates of events by exposure, Bad events in Total
// requests (or seconds, or whatever exposes to them), exactly: given the number of
// events of both arms, that of the canary is binomial with its share of the exposure,
//
//	θ = r·n/(r·n + m), r = 1 + Margin,
//
// n and m being the exposures (Przyborowski and Wilenski 1940, Biometrika 31).
// Statistic is the number of the canary's events. Two-sided adds up all numbers that
// are no more likely than the one seen, with a relative 1e-7 for rounding.
//
// The effect is the ratio of the rates, canary over baseline, with the interval that
// Clopper and Pearson's for θ gives; its ends are exact but conservative. The ratio is
// math.MaxFloat64 where only the canary has events, and 1 with an open interval and a
// warning where there are none. Margin is greater than −1. Asymptotic is refused.
// Errors are those of Fisher.
func RateRatio(canary, baseline Arm, o Options) (Result, error) {
	if err := checkArms(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	var p problems
	if !(o.Margin > -1) {
		p.add("options.margin", number(o.Margin), "the ratio 1 + margin must be positive", "write 0.1 for ten percent more")
	}
	if o.Method == Asymptotic {
		p.add("options.method", "asymptotic", "the test is exact", "use Auto, or MiettinenNurminen")
	}
	if err := p.err(); err != nil {
		return Result{}, err
	}
	n, m := float64(canary.Total), float64(baseline.Total)
	x, y := uint64(canary.Bad), uint64(baseline.Bad)
	r := Result{
		Test: "rate-ratio", Method: "exact", Alternative: o.Alternative, N: n, M: m,
		Statistic: float64(x), EffectName: "ratio", Effect: 1, High: math.MaxFloat64, Level: o.Level,
	}
	if x+y == 0 {
		r.setP(1)
		r.warn("no-events", "wait for more data", "no events in %d requests", canary.Total+baseline.Total)
		return r, nil
	}
	b := binomial{x + y, (1 + o.Margin) * n / ((1+o.Margin)*n + m)}
	lower, upper := b.tails(x)
	if o.Alternative == TwoSided {
		r.setLogP(b.asUnlikely(x))
	} else {
		r.setTails(lower, upper)
	}
	// θ/(1−θ)·m/n, with 1 − θ as a quantile of its own.
	half := (1 - o.Level) / 2
	fx, fy := float64(x), float64(y)
	r.Effect = bounded(fx / fy * (m / n))
	if x > 0 {
		r.Low = bounded(stat.BetaQuantile(fx, fy+1, half) / stat.BetaQuantileUpper(fy+1, fx, half) * (m / n))
	}
	if y > 0 {
		r.High = bounded(stat.BetaQuantileUpper(fx+1, fy, half) / stat.BetaQuantile(fy, fx+1, half) * (m / n))
	}
	return r, nil
}

// binomial is the distribution of events in n trials.
type binomial struct {
	n uint64
	p float64
}

// tails returns ln P(X ≤ k) and ln P(X ≥ k).
func (b binomial) tails(k uint64) (lower, upper float64) {
	lower, _ = stat.LogBinomialCDF(k, b.n, b.p)
	if k > 0 {
		_, upper = stat.LogBinomialCDF(k-1, b.n, b.p)
	}
	return lower, upper
}

// asUnlikely returns the logarithm of the probability of all that is no more likely
// than k.
func (b binomial) asUnlikely(k uint64) float64 {
	limit := stat.LogBinomialPMF(k, b.n, b.p) + 1e-7
	likely := func(i uint64) bool { return stat.LogBinomialPMF(i, b.n, b.p) > limit }
	mode := min(b.n, uint64((float64(b.n)+1)*b.p))
	return outsideOf(likely, 0, mode, b.n, func(i uint64) float64 {
		lower, _ := b.tails(i)
		return lower
	}, func(i uint64) float64 {
		_, upper := b.tails(i)
		return upper
	})
}
