package ets

import (
	"context"
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/optimize"
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
// peaks; the search climbs from two starting points or more and keeps the
// better end, which is not proved to be the highest. A series that the model
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
	var s series
	s.set(values, mask)
	var b problem
	return b.fit(ctx, s, m, nil)
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

// series is the input scaled by a power of two, which is exact, so that squares
// neither overflow nor vanish. Masked values become 0.
type series struct {
	y        []float64
	mask     []bool
	exponent int
	positive bool
	n        int
}

func (s *series) set(values []float64, mask []bool) {
	peak := 0.0
	s.positive = true
	for i, v := range values {
		if mask == nil || !mask[i] {
			peak = max(peak, math.Abs(v))
			s.positive = s.positive && v > 0
		}
	}
	_, s.exponent = math.Frexp(peak)
	s.mask = mask
	s.n = observed(values, mask)
	s.y = grow(s.y, len(values))
	for i, v := range values {
		s.y[i] = math.Ldexp(v, -s.exponent)
		if mask != nil && mask[i] {
			s.y[i] = 0
		}
	}
}

// starts are smoothing parameters from which searches climb. Slow and fast
// adaptation end on different peaks on many series; a trend that follows every
// move is a third peak of models without season.
var (
	slow  = Parameters{Alpha: 0.2, Beta: 0.02, Gamma: 0.1, Phi: 0.95}
	brisk = Parameters{Alpha: 0.5, Beta: 0.05, Gamma: 0.3, Phi: 0.9}
	fast  = Parameters{Alpha: 0.95, Beta: 0.9, Gamma: 0.01, Phi: 0.85}
)

func (b *problem) fit(ctx context.Context, s series, m Model, _ *Fit) (Fit, error) {
	b.reset(m, s.y, s.mask)
	b.layout()
	b.evaluations = 0
	o := sketch(s.y, s.mask, b.m, m.Season, 3)
	b.rescale(o)
	b.bounds()
	from := []Parameters{slow, brisk}
	if m.Season == None {
		from = []Parameters{slow, brisk, fast}
	}
	b.best = grow(b.best, b.dim)
	best := math.Inf(1)
	for _, p := range from {
		if err := ctx.Err(); err != nil {
			return Fit{}, err
		}
		b.write(b.x, point{p: p.of(m), level: o.level, trend: o.trend}, o.season)
		r := b.search.Minimize(b, b.x, b.lower, b.upper, optimize.Settings{Memory: 8, Gradient: 1e-4, Decrease: 1e-5, Evaluations: 1000, FirstStep: 0.5})
		if r.Value < best {
			best = r.Value
			copy(b.best, b.x)
		}
	}
	return b.finish(s)
}

// rescale sets what a step of one means for every variable: about a standard
// deviation of its estimate.
func (b *problem) rescale(o outline) {
	noise := roughness(b.y, b.mask, max(1, b.m))
	if noise == 0 {
		noise = 1e-3
	}
	for i := range b.scale {
		b.scale[i] = noise
	}
	if b.model.Season == Multiplicative {
		for i := b.iSeason; i < b.dim; i++ {
			b.scale[i] = noise / math.Abs(o.level)
		}
	}
	b.scale[b.iAlpha] = 0.1
	if b.iBeta >= 0 {
		b.scale[b.iBeta] = 0.1
		b.scale[b.iTrend] = noise / 10
	}
	if b.iGamma >= 0 {
		b.scale[b.iGamma] = 0.1
	}
	if b.iPhi >= 0 {
		b.scale[b.iPhi] = 0.05
	}
}

// finish turns the best point into a Fit in the units of the series.
func (b *problem) finish(s series) (Fit, error) {
	m := b.model
	at := b.read(b.best)
	b.normalise(&at)
	f := Fit{Model: m, Parameters: at.p.of(m), N: b.n}
	f.Initial = State{Level: at.level, Trend: at.trend, Season: append([]float64(nil), b.s[:b.m]...)}
	value := b.forward(at.p, at.level, at.trend)
	f.Final = b.final(at.p)
	f.SSE = b.sse
	if m.Error == Additive {
		f.SSE = math.Ldexp(f.SSE, 2*s.exponent)
	}
	for _, st := range []*State{&f.Initial, &f.Final} {
		st.Level = math.Ldexp(st.Level, s.exponent)
		st.Trend = math.Ldexp(st.Trend, s.exponent)
		if m.Season == Additive {
			for i := range st.Season {
				st.Season[i] = math.Ldexp(st.Season[i], s.exponent)
			}
		}
	}
	n, k := float64(b.n), float64(m.Estimated())
	f.LogLik = -value - float64(n*float64(float64(s.exponent)*math.Ln2))
	f.AIC = 2*k - 2*f.LogLik
	f.AICc = f.AIC + 2*k*(k+1)/(n-k-1)
	f.BIC = float64(k*math.Log(n)) - 2*f.LogLik
	f.Sigma2 = f.SSE / (n - k + 1)
	if !finite(f.LogLik) || !finite(f.SSE) || f.Initial.check(m) != nil || f.Final.check(m) != nil {
		return Fit{}, &InputError{What: "model " + m.String(), Reason: "has no finite likelihood on this series", Remedy: "choose additive parts, or another unit of the series"}
	}
	return f, nil
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
