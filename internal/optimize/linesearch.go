package optimize

import "math"

// Constants of the line search: sufficient decrease, and how much of the slope
// may be left before a longer step is tried (Nocedal and Wright, 2006, section 3.1).
const (
	sufficient = 1e-4
	leftover   = 0.9
)

// search looks along the projected direction for a point that lowers the value
// enough and leaves it and its gradient in trial and trialG.
func (w *Workspace) search(f Function, x, lower, upper []float64, step, slope float64, fresh bool, limit int, r *Result) bool {
	start := r.Value
	low, high := 0.0, math.Inf(1) // the step is known too short below, too long above
	for tries := 0; tries < 40 && r.Evaluations < limit; tries++ {
		for i := range x {
			w.trial[i] = x[i] + float64(step*w.d[i])
		}
		bent := project(w.trial, lower, upper)
		decrease, moved := 0.0, false
		for i := range x {
			delta := w.trial[i] - x[i]
			moved = moved || delta != 0
			decrease += float64(w.g[i] * delta)
		}
		if !moved {
			return false
		}
		value := f.Evaluate(w.trial, w.trialG)
		r.Evaluations++
		if !finite(value) || !allFinite(w.trialG) {
			high = step
			step = low + float64(0.1*(step-low))
			continue
		}
		if value > start+float64(sufficient*decrease) || decrease > 0 {
			high = step
			// The minimum of the cubic through both values and slopes.
			left := dot(w.trialG, w.d)
			next := low + float64(0.5*(step-low))
			if low == 0 {
				theta := 3*(start-value)/step + slope + left
				if q := float64(theta*theta) - float64(slope*left); q >= 0 {
					root := math.Sqrt(q)
					c := float64(step * (1 - (left+root-theta)/(left-slope+float64(2*root))))
					if finite(c) {
						next = c
					}
				}
				next = min(max(next, float64(0.1*step)), float64(0.6*step))
			}
			step = next
			continue
		}
		left := dot(w.trialG, w.d)
		if !bent && left < float64(leftover*slope) && tries < 10 {
			low = step
			if math.IsInf(high, 1) {
				step = float64(4 * step)
				if fresh {
					step = float64(2.5 * step)
				}
			} else {
				step = low + float64(0.5*(high-low))
			}
			continue
		}
		r.Value = value
		return true
	}
	return false
}
