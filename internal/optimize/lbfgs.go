// Package optimize minimises smooth functions inside a box, without
// allocating while it runs.
//
// It knows one method, limited-memory BFGS on the variables that are not held
// at a bound (Nocedal, 1980; Byrd, Lu, Nocedal and Zhu, 1995, for the box;
// Bertsekas, 1982, for the projected search). It finds a local minimum; which
// one depends on where it starts, and starting well is the caller's part.
package optimize

import "math"

// Status says why a search ended.
type Status uint8

const (
	// Flat: the projected gradient is within its tolerance.
	Flat Status = iota
	// Settled: the value no longer falls by more than its tolerance.
	Settled
	// Exhausted: the evaluations allowed were used up.
	Exhausted
	// Stuck: no step along the steepest descent lowers the value, which is the
	// end of what the arithmetic can tell.
	Stuck
	// Undefined: the value at the start is not finite.
	Undefined
)

// String names the status in one word.
func (s Status) String() string {
	return [...]string{"flat", "settled", "exhausted", "stuck", "undefined"}[min(s, Undefined)]
}

// Function gives the value at x and writes the gradient to g. A value that is
// not finite, or a gradient that is not, marks x as outside the function's
// domain; the search steps back from it. It must not change x nor keep either
// slice.
type Function interface {
	Evaluate(x, g []float64) float64
}

// Settings control a search. The zero value searches with a memory of 8 pairs
// until the arithmetic has nothing left to give, or 1000 evaluations.
type Settings struct {
	Memory      int     // correction pairs kept; 8 when 0
	Gradient    float64 // end when no component of the projected gradient is larger
	Decrease    float64 // end when two steps in a row lower the value by no more
	Evaluations int     // end after so many; 1000 when 0
	FirstStep   float64 // length of the first trial step in the largest component; 1 when 0
}

// Result is where a search ended; the point itself is in the x that was passed.
type Result struct {
	Value       float64
	Evaluations int
	Iterations  int
	Status      Status
}

// Workspace holds the memory of a search, to be used again. The zero value is
// ready. It is not safe for concurrent use.
type Workspace struct {
	g, d, trial, trialG, pairs []float64
	rho, weight                []float64
	held                       []bool
	order                      []int
}

func (w *Workspace) reset(n, memory int) {
	grow := func(s []float64, n int) []float64 {
		if cap(s) < n {
			return make([]float64, n)
		}
		return s[:n]
	}
	w.g, w.d = grow(w.g, n), grow(w.d, n)
	w.trial, w.trialG = grow(w.trial, n), grow(w.trialG, n)
	w.pairs = grow(w.pairs, 2*n*memory)
	w.rho, w.weight = grow(w.rho, memory), grow(w.weight, memory)
	if cap(w.held) < n {
		w.held = make([]bool, n)
	}
	w.held = w.held[:n]
	if cap(w.order) < memory {
		w.order = make([]int, memory)
	}
	w.order = w.order[:0]
}

// Constants of the line search: sufficient decrease, and how much of the slope
// may be left before a longer step is tried (Nocedal and Wright, 2006, section 3.1).
const (
	sufficient = 1e-4
	leftover   = 0.9
)

// Minimize searches from x and leaves the best point in x. The bounds are nil
// or as long as x, ±Inf where there is none, and lower must not exceed upper;
// x is first moved into the box. The same input gives the same result.
func (w *Workspace) Minimize(f Function, x, lower, upper []float64, s Settings) Result {
	n := len(x)
	if s.Memory <= 0 {
		s.Memory = 8
	}
	if s.Evaluations <= 0 {
		s.Evaluations = 1000
	}
	if s.FirstStep <= 0 {
		s.FirstStep = 1
	}
	w.reset(n, s.Memory)
	project(x, lower, upper)
	value := f.Evaluate(x, w.g)
	r := Result{Value: value, Evaluations: 1, Status: Undefined}
	if !finite(value) || !allFinite(w.g) {
		return r
	}
	small := 0
	for {
		largest := w.hold(x, lower, upper)
		if largest <= s.Gradient || largest == 0 {
			r.Status = Flat
			break
		}
		slope := w.direction(n)
		fresh := len(w.order) == 0
		step := 1.0
		if fresh {
			step = s.FirstStep / largest
		}
		ok := w.search(f, x, lower, upper, step, slope, fresh, s.Evaluations, &r)
		if !ok {
			if r.Evaluations >= s.Evaluations {
				r.Status = Exhausted
				break
			}
			if fresh {
				r.Status = Stuck
				break
			}
			w.order = w.order[:0] // the memory misleads: start again from here
			continue
		}
		fell := value - r.Value
		value = r.Value
		r.Iterations++
		w.remember(x, n, s.Memory)
		copy(x, w.trial)
		copy(w.g, w.trialG)
		if fell <= s.Decrease {
			small++
		} else {
			small = 0
		}
		if small >= 2 {
			r.Status = Settled
			break
		}
		if r.Evaluations >= s.Evaluations {
			r.Status = Exhausted
			break
		}
	}
	return r
}

// hold marks the variables that the gradient presses against their bound and
// gives the largest component of the gradient among the others.
func (w *Workspace) hold(x, lower, upper []float64) float64 {
	largest := 0.0
	for i, g := range w.g {
		w.held[i] = lower != nil && x[i] <= lower[i] && g >= 0 || upper != nil && x[i] >= upper[i] && g <= 0
		if !w.held[i] {
			largest = max(largest, math.Abs(g))
		}
	}
	return largest
}

// direction writes the quasi-Newton direction of the free variables and gives
// the slope along it, which is negative.
func (w *Workspace) direction(n int) float64 {
	d := w.d
	any := false
	for i, g := range w.g {
		d[i] = -g
		if w.held[i] {
			d[i] = 0
			any = true
		}
	}
	if len(w.order) > 0 {
		// Two loops (Nocedal, 1980). With variables held, the pairs are read
		// on the free ones only, and those without curvature there are left out.
		scale := 0.0
		for k := len(w.order) - 1; k >= 0; k-- {
			j := w.order[k]
			s, y := w.pair(j, n)
			rho := w.rho[j]
			if any || scale == 0 {
				sy, yy := 0.0, 0.0
				for i := range s {
					if !w.held[i] {
						sy += float64(s[i] * y[i])
						yy += float64(y[i] * y[i])
					}
				}
				rho = 0
				if sy > 1e-12*yy {
					rho = 1 / sy
					if scale == 0 {
						scale = sy / yy
					}
				}
			}
			w.weight[j] = 0
			if rho == 0 {
				continue
			}
			a := float64(rho * dot(s, d))
			w.weight[j] = a
			for i := range d {
				d[i] -= float64(a * y[i])
			}
			if any {
				w.release(d)
			}
		}
		if scale > 0 {
			for i := range d {
				d[i] = float64(scale * d[i])
			}
		}
		for _, j := range w.order {
			s, y := w.pair(j, n)
			rho := w.rho[j]
			if any {
				sy, yy := 0.0, 0.0
				for i := range s {
					if !w.held[i] {
						sy += float64(s[i] * y[i])
						yy += float64(y[i] * y[i])
					}
				}
				rho = 0
				if sy > 1e-12*yy {
					rho = 1 / sy
				}
			}
			if rho == 0 {
				continue
			}
			b := w.weight[j] - float64(rho*dot(y, d))
			for i := range d {
				d[i] += float64(b * s[i])
			}
			if any {
				w.release(d)
			}
		}
	}
	slope := dot(w.g, d)
	if !(slope < 0) || !finite(slope) {
		w.order = w.order[:0]
		for i, g := range w.g {
			d[i] = -g
			if w.held[i] {
				d[i] = 0
			}
		}
		slope = dot(w.g, d)
	}
	return slope
}

// release takes the held variables out of a direction.
func (w *Workspace) release(d []float64) {
	for i, held := range w.held {
		if held {
			d[i] = 0
		}
	}
}

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

// remember stores the last step as a correction pair when it shows curvature.
func (w *Workspace) remember(x []float64, n, memory int) {
	slot := len(w.order)
	if slot == memory {
		slot = w.order[0]
	}
	s, y := w.pair(slot, n)
	sy, yy := 0.0, 0.0
	// A full memory loses its oldest pair even when the new one is refused:
	// the slot has been written.
	for i := range x {
		s[i] = w.trial[i] - x[i]
		y[i] = w.trialG[i] - w.g[i]
		sy += float64(s[i] * y[i])
		yy += float64(y[i] * y[i])
	}
	if len(w.order) == memory {
		copy(w.order, w.order[1:])
		w.order = w.order[:memory-1]
	}
	if !(sy > 1e-12*yy) || !finite(1/sy) {
		if len(w.order) == memory-1 {
			w.order = w.order[:0]
		}
		return
	}
	w.rho[slot] = 1 / sy
	w.order = append(w.order, slot)
}

func (w *Workspace) pair(j, n int) (s, y []float64) {
	at := 2 * n * j
	return w.pairs[at : at+n : at+n], w.pairs[at+n : at+2*n : at+2*n]
}

// project moves x into the box and tells whether it had to.
func project(x, lower, upper []float64) bool {
	moved := false
	for i, l := range lower {
		if x[i] < l {
			x[i] = l
			moved = true
		}
	}
	for i, u := range upper {
		if x[i] > u {
			x[i] = u
			moved = true
		}
	}
	return moved
}

func dot(a, b []float64) float64 {
	b = b[:len(a)]
	s0, s1, s2, s3 := 0.0, 0.0, 0.0, 0.0
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += float64(a[i] * b[i])
		s1 += float64(a[i+1] * b[i+1])
		s2 += float64(a[i+2] * b[i+2])
		s3 += float64(a[i+3] * b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i] * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

func finite(v float64) bool { return v-v == 0 }

func allFinite(s []float64) bool {
	for _, v := range s {
		if v-v != 0 {
			return false
		}
	}
	return true
}
