package capacity

import "math"

// smoother is a local regression over the positions 0 … n−1 with tricube weights: the loess
// of Cleveland, Cleveland, McRae and Terpenning (1990, Journal of Official Statistics 6,
// section 2.1), at every jump-th position with straight lines between.
//
// Its window counts observed points: with gaps it widens until it holds as many, which is
// what the paper defines, and the local line runs through the gap.
type smoother struct {
	n      int // positions
	window int // points in a neighbourhood; may exceed n
	degree int // 0 or 1
	jump   int
	ends   bool  // also at −1 and n, one step outside either end
	rows   []row // at each place that is fitted, for complete unweighted data
}

// row is one fit as a linear form: the value at x is Σ weights[i]·y[first+i].
type row struct {
	x, first int
	weights  []float64
}

// newSmoother prepares the linear forms of complete data: memory of about ten windows,
// whatever n.
func newSmoother(n, window, degree, jump int, ends bool) *smoother {
	s := &smoother{n: n, window: window, degree: degree, jump: max(1, min(jump, n-1)), ends: ends}
	var inner []float64 // a full symmetric neighbourhood has the same weights everywhere
	size := min(window, n)
	for x := range s.places {
		first := min(max(0, x-(size-1)/2), n-size)
		centred := window <= n && window%2 == 1 && 2*(x-first) == size-1
		weights := inner
		if !centred || inner == nil {
			weights = make([]float64, size)
			weigh(weights, float64(x), nil, nil, first, window, n, degree)
		}
		if centred {
			inner = weights
		}
		s.rows = append(s.rows, row{x, first, weights})
	}
	return s
}

// places yields where a fit is made, in order.
func (s *smoother) places(yield func(int) bool) {
	if s.ends && !yield(-1) {
		return
	}
	last := -1
	for x := 0; x < s.n; x += s.jump {
		if last = x; !yield(x) {
			return
		}
	}
	if last != s.n-1 && !yield(s.n-1) {
		return
	}
	if s.ends {
		yield(s.n)
	}
}

// complete writes the smooth of y, which has no gaps, to out[offset:], where offset is 1 with
// ends and 0 without.
func (s *smoother) complete(out, y []float64) {
	for _, r := range s.rows {
		sum, part := 0., y[r.first:r.first+len(r.weights)]
		for i, w := range r.weights {
			sum += w * part[i]
		}
		s.put(out, r.x, sum)
	}
	s.join(out)
}

// weighted is complete for data at the rising positions at (nil for all) with robustness
// weights (nil for ones), given for each of them. Where all weights in reach are 0 the value
// is that of the nearest point, and one step outside that of the end. room is working memory
// of at least window elements. There must be at least one point.
func (s *smoother) weighted(out, y []float64, at []int, robust, room []float64) {
	size := min(s.window, len(y))
	weights := room[:size]
	first := 0
	var copyFirst, copyLast bool
	for x := range s.places {
		if at == nil {
			first = min(max(0, x-(size-1)/2), s.n-size)
		} else { // the size nearest points
			for first+size < len(at) && at[first+size]-x < x-at[first] {
				first++
			}
		}
		if !weigh(weights, float64(x), at, robust, first, s.window, s.n, s.degree) {
			copyFirst = copyFirst || x < 0
			copyLast = x == s.n
		}
		sum := 0.
		for i, w := range weights {
			sum += w * y[first+i]
		}
		s.put(out, x, sum)
	}
	s.join(out)
	if copyFirst {
		out[0] = out[1]
	}
	if copyLast {
		out[s.n+1] = out[s.n]
	}
}

func (s *smoother) put(out []float64, x int, v float64) {
	if s.ends {
		x++
	}
	out[x] = v
}

// join draws straight lines between the fitted places.
func (s *smoother) join(out []float64) {
	if s.jump == 1 {
		return
	}
	if s.ends {
		out = out[1:]
	}
	for x := 0; x < s.n-1; x += s.jump {
		next := min(x+s.jump, s.n-1)
		slope := (out[next] - out[x]) / float64(next-x)
		for i := x + 1; i < next; i++ {
			out[i] = out[x] + slope*float64(i-x)
		}
	}
}

// weigh sets weights to the linear form of the fit at x from the len(weights) points that
// begin with number first: tricube weights times the robustness weights, and for degree 1
// the tilt that makes straight lines exact. ok is false if no point has weight; then the
// form is that of the nearest point.
func weigh(weights []float64, x float64, at []int, robust []float64, first, window, n, degree int) (ok bool) {
	position := func(i int) float64 {
		if at == nil {
			return float64(first + i)
		}
		return float64(at[first+i])
	}
	last := len(weights) - 1
	reach := max(x-position(0), position(last)-x)
	if window > len(weights) {
		reach += float64((window - len(weights)) / 2)
	}
	var sum, moment float64
	for i := range weights {
		w, d := 0., math.Abs(position(i)-x)
		if d <= 0.999*reach {
			w = 1
			if d > 0.001*reach {
				r := d / reach
				c := 1 - r*r*r
				w = c * c * c
			}
			if robust != nil {
				w *= robust[first+i]
			}
		}
		weights[i] = w
		sum += w
		moment += w * position(i)
	}
	if !(sum > 0) {
		nearest := 0
		for i := range weights {
			if weights[i] = 0; math.Abs(position(i)-x) < math.Abs(position(nearest)-x) {
				nearest = i
			}
		}
		weights[nearest] = 1
		return false
	}
	moment /= sum
	for i := range weights {
		weights[i] /= sum
	}
	if degree == 0 || reach == 0 {
		return true
	}
	var spread float64
	for i, w := range weights {
		d := position(i) - moment
		spread += w * d * d
	}
	if math.Sqrt(spread) > 0.001*float64(n-1) {
		tilt := (x - moment) / spread
		for i := range weights {
			weights[i] *= 1 + tilt*(position(i)-moment)
		}
	}
	return true
}
