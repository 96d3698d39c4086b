package ets

import (
	"fmt"
	"math"
)

// HoltWinters is classical exponential smoothing in the recursions of its
// inventors (Holt 1957; Winters 1960, Management Science 6, 324), with start
// values from the first two seasons instead of estimated ones. It is the form
// in which smoothing constants of other programs are usually given. [Filter]
// and Fit have the state-space form.
//
//	ŷ = l + b + s                      or  (l + b)·s
//	l' = Alpha·(y − s) + (1−Alpha)(l + b)   or  Alpha·y/s + …
//	b' = Beta·(l' − l) + (1−Beta)·b
//	s' = Gamma·(y − l') + (1−Gamma)·s       or  Gamma·y/l' + …
//
// Beta and Gamma are the β* and γ* of the literature, not β and γ of
// [Parameters]. Without season and trend it is simple exponential smoothing,
// with a trend alone Holt's method. A gap leaves the constants out for its
// step: l' = l + b, b and s stay.
type HoltWinters struct {
	Alpha  float64   // of the level, (0, 1]
	Beta   float64   // β* of the slope, [0, 1]; without Trend ignored
	Gamma  float64   // γ* of the season, [0, 1]; without Season ignored
	Trend  bool      // the level has a slope
	Season Component // None, Additive or Multiplicative
	Period int       // steps of a season, at least 2; without Season ignored
}

// Smoothed is a series run through HoltWinters.
type Smoothed struct {
	HoltWinters HoltWinters
	Initial     State     // before step First
	Final       State     // after the last step: what forecasts start from
	First       int       // step of the first forecast; those before gave the start values
	Fitted      []float64 // one-step-ahead forecasts of the steps from First, also of gaps
	SSE         float64   // sum of the squared errors
	Variance    float64   // of the errors around their mean, with n−1 in the denominator; 0 for one
	N           int       // errors: observed values from First on
}

// check refuses what the recursion cannot use.
func (h HoltWinters) check() error {
	wrong := func(what string, reason, remedy string) error {
		return &InputError{"HoltWinters: " + what, reason, remedy}
	}
	if !(h.Alpha > 0 && h.Alpha <= 1) {
		return wrong(fmt.Sprintf("Alpha %v", h.Alpha), "smooths no level", "take a number above 0 and at most 1, or estimate it with Fit")
	}
	if h.Trend && !(h.Beta >= 0 && h.Beta <= 1) {
		return wrong(fmt.Sprintf("Beta %v", h.Beta), "smooths no slope", "take a number from 0 to 1, or estimate it with Fit")
	}
	if h.Season != None && !(h.Gamma >= 0 && h.Gamma <= 1) {
		return wrong(fmt.Sprintf("Gamma %v", h.Gamma), "smooths no season", "take a number from 0 to 1, or estimate it with Fit")
	}
	return h.Model().Check()
}

// Model is the state-space model whose point forecasts are these: with additive
// errors, and additive trend and season as set.
func (h HoltWinters) Model() Model {
	m := Model{Error: Additive, Season: h.Season}
	if h.Trend {
		m.Trend = Additive
	}
	if h.Season != None {
		m.Period = h.Period
	}
	return m
}

// Parameters is the state-space form: β = α·β*, γ = (1−α)·γ* (Hyndman et al.
// 2008, section 2.5). With it and the same start [Filter] gives the same
// forecasts, up to rounding, unless the season is multiplicative: there the
// state-space form divides by the level before the observation where Winters
// divides by the one after it, and the two drift apart by terms of second
// order in the errors.
func (h HoltWinters) Parameters() Parameters {
	p := Parameters{Alpha: h.Alpha, Beta: h.Alpha * h.Beta, Gamma: (1 - h.Alpha) * h.Gamma}
	return p.of(h.Model())
}

// HoltWinters is the way back: β* = β/α, γ* = γ/(1−α), 0 for 0/0. The error is
// an [*InputError]: a damped model, which has no such form, or parameters
// outside the usual region.
func (p Parameters) HoltWinters(m Model) (HoltWinters, error) {
	if err := m.Check(); err != nil {
		return HoltWinters{}, err
	}
	if m.Damped {
		return HoltWinters{}, &InputError{"model " + m.String(), "is damped, which the classical recursion is not", "choose the model without damping"}
	}
	p = p.of(m)
	if err := p.usual(m); err != nil {
		return HoltWinters{}, err
	}
	h := HoltWinters{Alpha: p.Alpha, Trend: m.Trend != None, Season: m.Season}
	if m.Season != None {
		h.Period = m.Period
	}
	if p.Alpha > 0 {
		h.Beta = min(p.Beta/p.Alpha, 1)
	}
	if p.Alpha < 1 {
		h.Gamma = min(p.Gamma/(1-p.Alpha), 1)
	}
	return h, nil
}

// Smooth runs the recursion over the series from start values of its own:
//
//   - with a season, the level and slope at step 0 of a line through the
//     centred moving average of the first two seasons, and the mean deviation
//     of each step of the season from that average (the quotient, in a
//     multiplicative season), brought to sum 0 or mean 1; the first forecast is
//     of the second season;
//   - with a trend alone, the second value and its difference to the first;
//     the first forecast is of the third;
//   - with neither, the first value; the first forecast is of the second.
//
// A masked value in the first two seasons is replaced for this by the one a
// season away, or by the mean of those observed; masked leading values of a
// series without season are left out.
//
// The error is an [*InputError]: constants, a model or a value that cannot be used, less than two
// seasons, a multiplicative season with values that are not positive, or states
// that leave the numbers. The cost is a few nanoseconds a step.
func (h HoltWinters) Smooth(values []float64, mask []bool) (Smoothed, error) {
	if err := h.check(); err != nil {
		return Smoothed{}, err
	}
	start, first, err := h.start(values, mask)
	if err != nil {
		return Smoothed{}, err
	}
	return h.SmoothFrom(values, mask, start, first)
}

// SmoothFrom runs the recursion from given start values; first is the first
// step to forecast, and the start values are those before it.
func (h HoltWinters) SmoothFrom(values []float64, mask []bool, start State, first int) (Smoothed, error) {
	if err := h.check(); err != nil {
		return Smoothed{}, err
	}
	if err := checkValues(values, mask); err != nil {
		return Smoothed{}, err
	}
	if err := start.check(h.Model()); err != nil {
		return Smoothed{}, err
	}
	if first < 0 || first >= len(values) {
		return Smoothed{}, &InputError{fmt.Sprintf("first %d", first), fmt.Sprintf("lies outside the %d values", len(values)), "pass the index of the first value to forecast"}
	}
	if h.Season == None {
		start.Season = nil
	}
	if !h.Trend {
		start.Trend = 0
	}
	s := Smoothed{HoltWinters: h, Initial: start.clone(), First: first, Fitted: make([]float64, len(values)-first)}
	season := append(make([]float64, 0, len(start.Season)), start.Season...)
	var sum sums
	level, trend, at := h.run(values, mask, start, first, season, s.Fitted, &sum)
	if !usable(level) || !usable(trend) || !finite(sum.square) {
		return Smoothed{}, &InputError{"the recursion", "leaves the numbers", "scale the series; a multiplicative season needs values well above 0"}
	}
	s.Final = State{Level: level, Trend: trend}
	if h.Season != None {
		s.Final.Season = append(append(make([]float64, 0, len(season)), season[at:]...), season[:at]...)
	}
	s.SSE, s.N = sum.square, sum.n
	if n := float64(sum.n); n > 1 {
		s.Variance = max(0, (sum.square-float64(sum.plain/n*sum.plain))/(n-1))
	}
	return s, nil
}

// sums of the errors of a run.
type sums struct {
	square, plain float64
	n             int
}

// run is the recursion. It uses season as a ring, and writes the forecasts to
// fitted unless that is nil.
func (h HoltWinters) run(values []float64, mask []bool, start State, first int, season, fitted []float64, sum *sums) (level, trend float64, at int) {
	level = start.Level
	alpha, beta, gamma := h.Alpha, 0.0, 0.0
	if h.Trend {
		trend, beta = start.Trend, h.Beta
	}
	if h.Season != None {
		gamma = h.Gamma
	}
	square, plain, n := 0.0, 0.0, 0
	for i, y := range values[first:] {
		base := level + trend
		s, expected := 0.0, base
		switch h.Season {
		case Additive:
			s = season[at]
			expected = base + s
		case Multiplicative:
			s = season[at]
			expected = float64(base * s)
		}
		if fitted != nil {
			fitted[i] = expected
		}
		next := base
		if mask == nil || !mask[first+i] {
			e := y - expected
			square += float64(e * e)
			plain += e
			n++
			switch h.Season {
			case Multiplicative:
				next = float64(alpha*(y/s)) + float64((1-alpha)*base)
				season[at] = float64(gamma*(y/next)) + float64((1-gamma)*s)
			case Additive:
				next = float64(alpha*(y-s)) + float64((1-alpha)*base)
				season[at] = float64(gamma*(y-next)) + float64((1-gamma)*s)
			default:
				next = float64(alpha*y) + float64((1-alpha)*base)
			}
			if h.Trend {
				trend = float64(beta*(next-level)) + float64((1-beta)*trend)
			}
		}
		level = next
		if len(season) > 0 {
			if at++; at == len(season) {
				at = 0
			}
		}
	}
	*sum = sums{square, plain, n}
	return level, trend, at
}

func (s State) clone() State {
	s.Season = append([]float64(nil), s.Season...)
	return s
}

// Forecast gives mean and band of the next steps. The mean is the recursion
// without errors. The variance is that of the errors times (Yar and Chatfield
// 1990, International Journal of Forecasting 6, 127)
//
//	1 + ψ_1² + … + ψ_{h−1}²   with   ψ_j = Alpha·(1 + j·Beta) + [m divides j]·Gamma·(1−Alpha)
//
// and for a multiplicative season with ψ_j times the quotient of the seasonal
// factors of steps h and h−j, to first order in the errors, in time that grows with
// the square of the horizon, which may be 10000 then. Errors are as of
// [Fit.Forecast].
func (s Smoothed) Forecast(horizon int, level float64) (Forecast, error) {
	h := s.HoltWinters
	if err := h.check(); err != nil {
		return Forecast{}, err
	}
	f := Fit{Model: h.Model(), Parameters: h.Parameters(), Final: s.Final, Sigma2: s.Variance, N: s.N}
	if h.Season != Multiplicative {
		return f.Forecast(horizon, level)
	}
	o, err := f.origin()
	if err != nil {
		return Forecast{}, err
	}
	if err := checkProductHorizon(horizon); err != nil {
		return Forecast{}, err
	}
	if err := checkLevel(level); err != nil {
		return Forecast{}, err
	}
	out := newForecast(f.Model, horizon, level)
	m := len(o.season)
	gamma := float64((1 - h.Alpha) * h.Gamma)
	for k := 1; k <= horizon; k++ {
		factor := o.season[(k-1)%m]
		out.Mean[k-1] = (o.level + float64(float64(k)*o.trend)) * factor
		sum := 1.0
		for j := 1; j < k; j++ {
			psi := o.p.Alpha + float64(o.p.Beta*float64(j))
			if j%m == 0 {
				psi += gamma
			}
			psi *= factor / o.season[(k-1-j%m+m)%m]
			sum += float64(psi * psi)
		}
		out.Variance[k-1] = s.Variance * sum
		if math.IsNaN(out.Variance[k-1]) {
			out.Variance[k-1] = math.Inf(1) // a factor of 0, refused below
		}
	}
	return out.banded()
}

// maxProduct is the horizon of bands that take time with its square.
const maxProduct = 10_000

func checkProductHorizon(horizon int) error {
	if horizon < 1 || horizon > maxProduct {
		return &InputError{fmt.Sprintf("horizon %d", horizon), "cannot be forecast with a multiplicative season", fmt.Sprintf("choose 1 to %d steps", maxProduct)}
	}
	return nil
}
