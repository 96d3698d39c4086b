package ets

import (
	"context"
	"fmt"
	"math"
)

// Fit is a model with its parameters estimated from a series.
type Fit struct {
	Model      Model
	Parameters Parameters
	Initial    State // before the first observation; an additive season sums to 0, a multiplicative one to the period
	Final      State // after the last: what forecasts start from

	// LogLik is the logarithm of the likelihood with the variance at its
	// estimate, without the constant −n/2·(log(2π/n)+1): R's number.
	LogLik float64
	AIC    float64 // −2·LogLik + 2k, k = Model.Estimated()
	AICc   float64 // AIC + 2k(k+1)/(N−k−1)
	BIC    float64 // −2·LogLik + k·log N
	Sigma2 float64 // variance of the errors, relative ones when they are multiplicative: SSE/(N−k+1)
	SSE    float64 // sum of their squares
	N      int     // observed values, masked ones not counted
}

// Estimate fits a model by maximum likelihood: smoothing parameters and all
// initial states together, along the exact gradient. Parameters stay in the
// region that is usual and admissible at once: 0.0001 ≤ α ≤ 0.9999, β ≤ α,
// γ ≤ 1−α, 0.8 ≤ φ ≤ 0.98, and eigenvalues inside the unit circle (Hyndman et al.
// 2008, chapter 10). With seasons longer than some sixty steps β may be smaller
// than 0.0001, because the admissible region demands it.
//
// Where mask[i] is true there is no observation. The likelihood has several
// peaks; the search climbs from where the best of several starting points leads
// and keeps the best end, which is not proved to be the highest. A series that the model
// follows without error has no finite likelihood; LogLik is then that of errors
// of 1e-13 of the largest value, and Sigma2 is near 0.
//
// The error is an [*InputError]: a model that cannot be run or is not
// [Model.Stable], values that are not finite, multiplicative parts with values
// that are not positive, or fewer than k+2 observations for k estimated
// numbers; or the context's, when it ends first. The cost is some tens of passes
// over the series, each of about ten nanoseconds a step whatever the period.
func Estimate(ctx context.Context, values []float64, mask []bool, m Model) (Fit, error) {
	if err := m.Check(); err != nil {
		return Fit{}, err
	}
	if err := checkValues(values, mask); err != nil {
		return Fit{}, err
	}
	if err := checkFit(values, mask, m); err != nil {
		return Fit{}, err
	}
	b := problem{ctx: ctx}
	b.set(values, mask)
	b.begin(m)
	b.first(math.MaxInt)
	b.rest()
	return b.finish()
}

// checkFit tells whether the model may be fitted to the values.
func checkFit(values []float64, mask []bool, m Model) error {
	if !m.Stable() {
		return &InputError{What: "model " + m.String(), Reason: "has no finite forecast variance and is not fitted", Remedy: "make the error multiplicative, or run it with Filter and fixed parameters"}
	}
	if m.Error == Multiplicative || m.Season == Multiplicative {
		for i, v := range values {
			if v <= 0 && (mask == nil || !mask[i]) {
				return &InputError{What: fmt.Sprintf("value %d", i), Reason: fmt.Sprintf("is %v, and model %s needs positive values", v, m), Remedy: "choose additive parts, or mask the value if it is no observation"}
			}
		}
	}
	if n, k := observed(values, mask), m.Estimated(); n < k+2 {
		return &InputError{What: "series", Reason: fmt.Sprintf("has %d observations, and model %s estimates %d numbers", n, m, k), Remedy: fmt.Sprintf("pass at least %d observations, or a model with fewer states", k+2)}
	}
	return nil
}

// finish turns the best point into a Fit in the units of the series.
func (b *problem) finish() (Fit, error) {
	if err := b.ctx.Err(); err != nil {
		return Fit{}, err
	}
	m := b.model
	at := b.read(b.best)
	b.normalise(&at)
	f := Fit{Model: m, Parameters: at.p.of(m), N: b.n}
	f.Initial = State{Level: at.level, Trend: at.trend, Season: append([]float64(nil), b.s[:b.m]...)}
	value := b.forward(at.p, at.level, at.trend)
	f.Final = b.final(at.p)
	f.SSE = b.sse
	if m.Error == Additive {
		f.SSE = math.Ldexp(f.SSE, 2*b.exponent)
	}
	for _, st := range []*State{&f.Initial, &f.Final} {
		st.Level = math.Ldexp(st.Level, b.exponent)
		st.Trend = math.Ldexp(st.Trend, b.exponent)
		if m.Season == Additive {
			for i := range st.Season {
				st.Season[i] = math.Ldexp(st.Season[i], b.exponent)
			}
		}
	}
	n, k := float64(b.n), float64(m.Estimated())
	f.LogLik = b.loglik(value)
	f.AIC = 2*k - 2*f.LogLik
	f.AICc = b.aicc(value)
	f.BIC = float64(k*logarithm(n)) - 2*f.LogLik
	f.Sigma2 = f.SSE / (n - k + 1)
	if !finite(f.LogLik) || !finite(f.SSE) || f.Initial.check(m) != nil || f.Final.check(m) != nil {
		return Fit{}, &InputError{What: "model " + m.String(), Reason: "has no finite likelihood on this series", Remedy: "choose additive parts, or another unit of the series"}
	}
	return f, nil
}

// loglik is the log-likelihood in the units of the series.
func (b *problem) loglik(value float64) float64 {
	return -value - float64(float64(b.n)*float64(float64(b.exponent)*math.Ln2))
}

// aicc is the corrected Akaike criterion of a value of the objective.
func (b *problem) aicc(value float64) float64 {
	n, k := float64(b.n), float64(b.model.Estimated())
	return 2*k - 2*b.loglik(value) + 2*k*(k+1)/(n-k-1)
}

// normalise moves the season's mean into the level (its factor, with the
// trend's, when it is multiplicative), which changes no forecast.
func (b *problem) normalise(at *point) {
	if b.m == 0 {
		return
	}
	season := b.s[:b.m]
	mean := 0.0
	for _, v := range season {
		mean += v
	}
	mean /= float64(b.m)
	if b.model.Season == Additive {
		at.level += mean
		for i := range season {
			season[i] -= mean
		}
		return
	}
	at.level = float64(at.level * mean)
	at.trend = float64(at.trend * mean)
	for i := range season {
		season[i] /= mean
	}
}
