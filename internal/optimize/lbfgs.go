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
