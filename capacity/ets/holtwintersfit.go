package ets

import "math"

// Fit estimates the constants that h uses, whatever their values in it, by
// least squares of the one-step errors over [0, 1], from the start values of
// [HoltWinters.Smooth]. This is what R's HoltWinters seeks; it finds lower sums
// of squares where that stops early, since it starts from several places.
//
// The sum has local minima; what is found is the best of those reached, and the
// same for the same input. The constants may lie on the edge: 1 for a level that
// follows every observation. At a long season one season of errors decides much;
// [Filter] and a fit by likelihood estimate the start too.
//
// Errors are as of Smooth. The cost is that of some hundred runs, up to two
// thousand where level and slope can hardly be told apart.
func (h HoltWinters) Fit(values []float64, mask []bool) (Smoothed, error) {
	h.Alpha, h.Beta, h.Gamma = 0.3, 0.1, 0.1
	if err := h.check(); err != nil {
		return Smoothed{}, err
	}
	start, first, err := h.start(values, mask)
	if err != nil {
		return Smoothed{}, err
	}
	constants := []*float64{&h.Alpha}
	if h.Trend {
		constants = append(constants, &h.Beta)
	}
	if h.Season != None {
		constants = append(constants, &h.Gamma)
	}
	season := make([]float64, len(start.Season))
	best := searchCube(len(constants), func(x []float64) float64 {
		for i, c := range constants {
			*c = x[i]
		}
		copy(season, start.Season)
		return h.squares(values[first:], mask, first, start, season)
	})
	for i, c := range constants {
		*c = best[i]
	}
	h.Alpha = max(h.Alpha, math.SmallestNonzeroFloat64) // an Alpha of 0 is no smoothing to Smooth
	return h.SmoothFrom(values, mask, start, first)
}

// squares is the sum of squared errors of a run, +Inf if it leaves the numbers:
// [HoltWinters.run] without what the search does not need, and with the steps
// written as corrections by the error.
func (h HoltWinters) squares(y []float64, mask []bool, first int, start State, season []float64) float64 {
	if mask != nil {
		mask = mask[first:]
	}
	level, trend := start.Level, start.Trend
	alpha, beta, gamma := h.Alpha, h.Alpha*h.Beta, h.Gamma
	if !h.Trend {
		trend, beta = 0, 0
	}
	sum, at := 0.0, 0
	switch h.Season {
	case None:
		for i, v := range y {
			base := level + trend
			e := v - base
			if mask != nil && mask[i] {
				e = 0
			}
			sum += float64(e * e)
			level = base + float64(alpha*e)
			trend += float64(beta * e)
		}
	case Additive:
		gamma *= 1 - alpha
		for i, v := range y {
			base := level + trend
			e := (v - season[at]) - base
			if mask != nil && mask[i] {
				e = 0
			}
			sum += float64(e * e)
			level = base + float64(alpha*e)
			trend += float64(beta * e)
			season[at] += float64(gamma * e)
			if at++; at == len(season) {
				at = 0
			}
		}
	default:
		for i, v := range y {
			base := level + trend
			s := season[at]
			if mask == nil || !mask[i] {
				d := v/s - base
				e := float64(d * s)
				sum += float64(e * e)
				base += float64(alpha * d)
				trend += float64(beta * d)
				season[at] = s + float64(gamma*(v/base-s))
			}
			level = base
			if at++; at == len(season) {
				at = 0
			}
		}
	}
	if !finite(sum) || !usable(level) {
		return math.Inf(1)
	}
	return sum
}
