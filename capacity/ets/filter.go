package ets

import "fmt"

// Filtered is a series run through a model with given parameters.
type Filtered struct {
	// Fitted holds the one-step-ahead forecast of every step, also of gaps.
	Fitted []float64
	// Errors holds the observation minus the forecast, divided by the forecast
	// when the model's error is multiplicative; 0 at gaps.
	Errors []float64
	Final  State   // after the last step
	SSE    float64 // sum of the squared Errors
	LogLik float64 // as in [Fit]
	N      int     // observed values
}

// Filter runs a model with fixed parameters from an initial state over a
// series: the recursion of Hyndman et al. (2008), tables 2.2 and 2.3. Where
// mask[i] is true there is no observation: values[i] is not read and the states
// advance without learning. A nil mask means no gaps.
//
// All models run, also those whose [Model.Stable] is false, and parameters need
// not lie in the usual region; damped models need 0 < Phi ≤ 1. An error that is
// zero everywhere would have an infinite likelihood; LogLik is then that of
// errors of 1e-13 of the largest value.
//
// The error is an [*InputError]: a model, parameter, state or value that cannot
// be used, nothing observed, or states that leave the numbers on the way. The
// cost is a few nanoseconds a step, whatever the period.
func Filter(values []float64, mask []bool, m Model, p Parameters, initial State) (Filtered, error) {
	if err := m.Check(); err != nil {
		return Filtered{}, err
	}
	if err := checkValues(values, mask); err != nil {
		return Filtered{}, err
	}
	if err := p.check(m); err != nil {
		return Filtered{}, err
	}
	if err := initial.check(m); err != nil {
		return Filtered{}, err
	}
	var w pass
	w.reset(m, values, mask)
	p = p.of(m)
	if m.Trend == None {
		initial.Trend = 0
	}
	copy(w.s[:w.m], initial.Season)
	loglik := -w.forward(p, initial.Level, initial.Trend)
	out := Filtered{Fitted: w.u, Final: w.final(p), SSE: w.sse, LogLik: loglik, N: w.n}
	for t := range out.Fitted { // u is not needed any more
		out.Fitted[t] = w.fitted(t)
	}
	// The kernel has left d, which is the error of additive models.
	out.Errors = w.d
	if m.Error == Multiplicative || m.Season == Multiplicative {
		for t, v := range values {
			if mask != nil && mask[t] {
				continue
			}
			out.Errors[t] = v - out.Fitted[t]
			if m.Error == Multiplicative {
				out.Errors[t] /= out.Fitted[t]
			}
		}
	}
	if !finite(loglik) || out.Final.check(m) != nil {
		for t, f := range out.Fitted {
			if !finite(f) || !finite(out.Errors[t]) {
				return Filtered{}, &InputError{
					What: fmt.Sprintf("model %s at value %d", m, t), Reason: "leaves the numbers",
					Remedy: "take parameters of the usual region, an initial state near the series, and a model that suits values of its sign",
				}
			}
		}
		return Filtered{}, &InputError{
			What: "model " + m.String(), Reason: "leaves the numbers at the end of the series",
			Remedy: "take parameters of the usual region and an initial state near the series",
		}
	}
	return out, nil
}

// checkValues tells whether there is a series: a mask of its length, at least
// one observation, and finite numbers wherever one is observed.
func checkValues(values []float64, mask []bool) error {
	if mask != nil && len(mask) != len(values) {
		return &InputError{What: "mask", Reason: fmt.Sprintf("has %d entries for %d values", len(mask), len(values)), Remedy: "pass one entry per value, or nil for no gaps"}
	}
	if observed(values, mask) == 0 {
		return &InputError{What: "series", Reason: fmt.Sprintf("has no observation in %d steps", len(values)), Remedy: "pass a longer history"}
	}
	for i, v := range values {
		if !finite(v) && (mask == nil || !mask[i]) {
			return &InputError{What: fmt.Sprintf("value %d", i), Reason: fmt.Sprintf("is %v", v), Remedy: "mask it as a gap"}
		}
	}
	return nil
}
