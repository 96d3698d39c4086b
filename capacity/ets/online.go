package ets

import (
	"fmt"
	"math"
	"slices"
)

// Online is a fitted model that goes on learning, one observation at a time and
// without a refit: what a service holds for each of its series. It is made by
// [NewOnline] or read back from its binary or JSON form; the zero value refuses
// everything with an [*InputError].
//
// The states follow the recursion of [Filter] exactly. Once a season they are
// brought to their normal form, in which additive seasonal states add up to zero and
// multiplicative ones have the mean 1; level and slope take the difference, so
// that no forecast changes, and the states do not wander off however long it
// runs. Errors of one step feed a moving variance.
//
// An Online is no value to copy: copies share the season; use Clone. It is not
// safe for concurrent use. It takes some 200 bytes and eight for each step of
// a season.
type Online struct {
	model  Model
	p      Parameters
	level  float64 // after the last observation, like all states
	trend  float64
	season []float64 // a ring
	at     int       // of the step after the last observation
	sigma2 float64
	memory int
	n      int64
	gap    int64 // steps since the last observation
}

const (
	defaultMemory = 1000
	maxGap        = 1 << 50 // steps; longer gaps count as this
	maxCount      = 1 << 50 // observations; more count as this
	farGap        = 1 << 16 // steps of a gap that add to the uncertainty
	leastFactor   = 1e-6    // of a multiplicative season
	maxRelative   = 1e6     // relative error that the variance takes at most
)

// NewOnline goes on where a fit ended. Its parameters must be
// [Parameters.Admissible], so that it can run for ever; multiplicative seasonal
// states must be positive.
//
// Memory is the number of observations over which the variance of the errors
// is a mean, by exponential forgetting once there are so many; 0 is 1000. The
// fit's variance counts as that of its N observations.
//
// The error is an [*InputError].
func NewOnline(f Fit, memory int) (Online, error) {
	if memory == 0 {
		memory = defaultMemory
	}
	o := Online{
		model:  f.Model,
		p:      f.Parameters.of(f.Model),
		level:  f.Final.Level,
		trend:  f.Final.Trend,
		season: slices.Clone(f.Final.Season),
		sigma2: f.Sigma2,
		memory: memory,
		n:      min(int64(f.N), maxCount),
	}
	if o.model.Season == None {
		o.model.Period, o.season = 0, nil
	}
	if o.model.Trend == None {
		o.trend = 0
	}
	if err := o.check(); err != nil {
		return Online{}, err
	}
	o.normalise()
	return o, nil
}

// check tells whether o can go on from where it is.
func (o *Online) check() error {
	if _, err := (Fit{Model: o.model, Parameters: o.p, Final: State{o.level, o.trend, o.season}, Sigma2: o.sigma2}).origin(); err != nil {
		return err
	}
	if err := o.p.usual(o.model); err != nil {
		return err
	}
	if !o.p.Admissible(o.model) {
		return &InputError{"parameters of " + o.model.String(), "let old errors grow", "lower beta, damp the trend, or leave it out"}
	}
	if !usable(o.level) || !usable(o.trend) {
		return &InputError{"state of " + o.model.String(), "is too great to compute with", "pass the state of a fit"}
	}
	for i, s := range o.season {
		if !usable(s) || o.model.Season == Multiplicative && s <= 0 {
			return &InputError{fmt.Sprintf("seasonal state %d", i), fmt.Sprintf("is %v", s), "pass factors above 0 for a multiplicative season, and finite numbers for any"}
		}
	}
	if o.memory < 1 || o.memory > maxPathSum {
		return &InputError{fmt.Sprintf("memory %d", o.memory), "is no number of observations", fmt.Sprintf("choose 1 to %d, or 0 for %d", maxPathSum, defaultMemory)}
	}
	if o.n < 0 || o.n > maxCount {
		return &InputError{fmt.Sprintf("N %d", o.n), "is no number of observations", "pass the number of observations of the fit"}
	}
	return nil
}

// usual tells whether the parameters lie in the region in which an error moves
// every state towards the observation, and none beyond it.
func (p Parameters) usual(m Model) error {
	for _, c := range []struct {
		name       string
		value, top float64
		used       bool
	}{
		{"alpha", p.Alpha, 1, true},
		{"beta", p.Beta, p.Alpha, m.Trend != None},
		{"gamma", p.Gamma, 1 - p.Alpha, m.Season != None},
		{"phi", p.Phi, 1, m.Damped},
	} {
		// A conversion from other forms may miss the edge by a rounding.
		if c.used && !(c.value >= 0 && c.value <= c.top+1e-12) || c.used && c.name == "phi" && c.value == 0 {
			return &InputError{"parameter " + c.name + " of " + m.String(), fmt.Sprintf("is %v", c.value),
				"take 0 ≤ alpha ≤ 1, 0 ≤ beta ≤ alpha, 0 ≤ gamma ≤ 1−alpha, 0 < phi ≤ 1"}
		}
	}
	return nil
}

// Update learns one observation and returns its error, the observation minus
// what was expected, in the unit of the series. It is of constant cost on
// average, some ten nanoseconds, and does not allocate.
//
// A value that is NaN, infinite or beyond ±1e150 is refused with an
// [*InputError] and changes nothing: the caller decides whether it was a gap.
// A multiplicative seasonal factor is held at 1e-6 or more, and does not learn
// while the level is below a thousand millionth of the value. The variance does
// not learn from the first error after a gap, which is of more than one step.
func (o *Online) Update(value float64) (float64, error) {
	if !usable(value) || o.model.Error == None {
		return 0, o.refused(value)
	}
	level, trend, at := o.now()
	slope := trend
	if o.model.Damped {
		slope = float64(o.p.Phi * trend)
	}
	base := level + slope
	var expected, e, onLevel, factor float64
	switch o.model.Season {
	case None:
		expected = base
		e = value - expected
		onLevel = e
	case Additive:
		s := o.season[at]
		expected = base + s
		e = value - expected
		onLevel = e
		factor = s + float64(o.p.Gamma*e)
	default:
		s := o.season[at]
		expected = float64(base * s)
		e = value - expected
		onLevel = e / s
		factor = s
		if math.Abs(base) > 1e-9*math.Abs(value) {
			factor += float64(o.p.Gamma * (e / base))
		}
		factor = max(factor, leastFactor)
	}
	next := base + float64(o.p.Alpha*onLevel)
	slope += float64(o.p.Beta * onLevel)
	if !usable(next) || !usable(slope) || !usable(factor) || !usable(e) {
		return 0, o.refused(value)
	}
	if o.gap == 0 {
		o.learnVariance(e, expected)
	}
	o.n = min(o.n+1, maxCount)
	o.gap = 0
	o.level, o.trend = next, slope
	if o.season != nil {
		o.season[at] = factor
		if at++; at == len(o.season) {
			at = 0
		}
		o.at = at
		if at == 0 {
			o.normalise()
		}
	}
	return e, nil
}

// learnVariance moves the variance to the square of an error of one step.
func (o *Online) learnVariance(e, expected float64) {
	if o.model.Error == Multiplicative {
		if expected == 0 {
			return
		}
		e = min(max(e/expected, -maxRelative), maxRelative)
	}
	weight := float64(min(o.n+1, int64(o.memory)))
	o.sigma2 += (float64(e*e) - o.sigma2) / weight
}

// refused stands apart so that Update itself stays small.
func (o *Online) refused(value float64) error {
	if o.model.Error == None {
		return &InputError{"the zero Online", "has no model", "make it with NewOnline"}
	}
	if usable(value) {
		return &InputError{fmt.Sprintf("value %v", value), "takes the states beyond what can be computed with", "scale the series, or fit again"}
	}
	return &InputError{fmt.Sprintf("value %v", value), "is no measurement", "leave it out and call Skip"}
}

// now is level, slope and place of the season in the ring before the next
// observation, gaps taken into account.
func (o *Online) now() (level, trend float64, at int) {
	if o.gap == 0 {
		return o.level, o.trend, o.at
	}
	return o.after(o.gap)
}

// after is the state so many steps after the last observation.
func (o *Online) after(steps int64) (level, trend float64, at int) {
	sum, power := o.damped(steps)
	level, trend = o.level+float64(sum*o.trend), float64(power*o.trend)
	if m := int64(len(o.season)); m > 0 {
		at = int((int64(o.at) + steps) % m)
	}
	return level, trend, at
}

// damped is φ+φ²+…+φ^k and φ^k.
func (o *Online) damped(k int64) (sum, power float64) {
	phi := o.p.Phi
	switch {
	case !o.model.Damped || phi == 1:
		return float64(k), 1
	case k == 1:
		return phi, phi
	}
	l := float64(float64(k) * math.Log(phi))
	return phi * -math.Expm1(l) / (1 - phi), math.Exp(l)
}

// normalise brings the season to its normal form.
func (o *Online) normalise() {
	if o.season == nil {
		return
	}
	sum := 0.0
	for _, s := range o.season {
		sum += s
	}
	mean := sum / float64(len(o.season))
	if o.model.Season == Additive {
		if !usable(o.level + mean) {
			return
		}
		o.level += mean
		for i := range o.season {
			o.season[i] -= mean
		}
		return
	}
	if !usable(o.level*mean) || !usable(o.trend*mean) || mean < leastFactor {
		return
	}
	o.level *= mean
	o.trend *= mean
	for i := range o.season {
		o.season[i] /= mean
	}
}
