package capacity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/stat"
)

// STL splits a series into trend, one season and remainder by local regression (Cleveland,
// Cleveland, McRae and Terpenning 1990, Journal of Official Statistics 6, "STL: A
// Seasonal-Trend Decomposition Procedure Based on Loess"). The zero value of every field but
// Period is a useful default. It is a value and may be used concurrently.
//
// Gaps are not filled: the local regressions see the observed points alone, each window
// widening until it holds as many, and the three components have values in the gaps too. A
// phase of the season that was never observed lies on the line between its neighbours.
type STL struct {
	// Period is the steps of one season, at least 2. The series must hold two of them.
	Period int `json:"period"`
	// SeasonalWindow is how many seasons back and forth one phase is smoothed over, odd and
	// at least 7 if it shall be smooth (section 4.2 of the paper); even values are raised by
	// one. 0 is a season that never changes ("periodic").
	SeasonalWindow int `json:"seasonal_window,omitempty"`
	// SeasonalDegree is that of the local polynomials of a phase: 0 for means, which extend
	// the season flat into the next, 1 for lines, which the paper prefers.
	SeasonalDegree int `json:"seasonal_degree,omitempty"`
	// TrendWindow is the span of the trend in steps, odd. 0 is the smallest odd number of at
	// least 1.5·Period/(1 − 1.5/SeasonalWindow), equation (2) of the paper.
	TrendWindow int `json:"trend_window,omitempty"`
	// LowPassWindow is the span of the filter that keeps the trend out of the season, odd. 0
	// is the smallest odd number of at least Period.
	LowPassWindow int `json:"low_pass_window,omitempty"`
	// Robust downweights what stands out, with 15 rounds of bisquare weights (section 2.4).
	// About nine times the cost.
	Robust bool `json:"robust,omitempty"`
}

// Decompose splits the series. Errors: a series that is not valid, holds no value or is
// shorter than two periods, or a field out of range, all that are wrong at once. The cost is linear in
// the length of the series whatever the period: about 0.2 µs a value, and 5 µs if Robust or
// with gaps.
func (o STL) Decompose(ctx context.Context, s Series) (Decomposition, error) {
	if err := checkDecomposable(s, []int{o.Period}, o.SeasonalWindow, o.TrendWindow, o.LowPassWindow); err != nil {
		return Decomposition{}, err
	}
	if o.SeasonalDegree != 0 && o.SeasonalDegree != 1 {
		return Decomposition{}, problem("seasonal degree", strconv.Itoa(o.SeasonalDegree), "neither 0 nor 1", "write 0 for means or 1 for lines")
	}
	w := newSTL(o, len(s.Values), s.Mask)
	season, trend := make([]float64, len(s.Values)), make([]float64, len(s.Values))
	if err := w.run(ctx, s.Values, season, trend); err != nil {
		return Decomposition{}, err
	}
	d := Decomposition{Observed: s, Trend: trend, Seasons: []Season{{o.Period, season}}}
	if o.Robust {
		d.Weights = w.spread(w.robust)
	}
	return d.withRemainder(), nil
}

// checkDecomposable is what keeps a series from being split into seasons, all of it at once.
func checkDecomposable(s Series, periods []int, windows ...int) error {
	if err := s.Check(); err != nil {
		return err
	}
	var p problems
	if s.Observed() == 0 {
		p.add("values", strconv.Itoa(len(s.Values))+" steps", "nothing was observed", "give two seasons of values")
	}
	for i, period := range periods {
		path := "period"
		if len(periods) > 1 {
			path = fmt.Sprintf("periods[%d]", i)
		}
		switch {
		case period < 2:
			p.add(path, strconv.Itoa(period), "a season has at least 2 steps", "write 24 for a day of hours")
		case len(s.Values)/2 < period:
			p.add(path, strconv.Itoa(period), fmt.Sprintf("the %d steps of the series are less than two seasons", len(s.Values)), "give a longer series or a shorter season")
		}
	}
	for _, w := range windows {
		if w < 0 || w > maxSteps {
			p.add("window", strconv.Itoa(w), "not a number of points", "write an odd number, or 0 for the default")
		}
	}
	return p.err()
}

// stl is one decomposition prepared for a length and its gaps, with its working memory.
type stl struct {
	STL
	n        int
	at       []int // observed positions; nil if all are
	robust   []float64
	phases   []subseries
	low      *smoother
	trend    *smoother
	cycle    []float64 // the smoothed phases with one period more at either end
	filtered []float64
	work     []float64
	packed   []float64 // the observed values alone
	room     []float64 // weights of one window
}

// subseries is every Period-th value: one phase of the season.
type subseries struct {
	smooth *smoother
	at     []int // which of its values were observed; nil if all were
	index  []int // their place among the observed values of the series
}

func odd(n int) int { return n | 1 }

func newSTL(o STL, n int, mask []bool) *stl {
	w := &stl{STL: o, n: n}
	p := o.Period
	seasonal, degree := odd(o.SeasonalWindow), o.SeasonalDegree
	if o.SeasonalWindow == 0 {
		seasonal, degree = 10*n+1, 0
	}
	if w.TrendWindow == 0 {
		w.TrendWindow = int(math.Ceil(1.5 * float64(p) / (1 - 1.5/float64(max(seasonal, 3)))))
	}
	if w.LowPassWindow == 0 {
		w.LowPassWindow = p
	}
	w.TrendWindow, w.LowPassWindow = odd(w.TrendWindow), odd(w.LowPassWindow)
	tenth := func(window int) int { return (window + 9) / 10 } // the jumps of section 5.3
	w.trend = newSmoother(n, w.TrendWindow, 1, tenth(w.TrendWindow), false)
	w.low = newSmoother(n, w.LowPassWindow, 1, tenth(w.LowPassWindow), false)
	if slices.Contains(mask, true) {
		w.at = make([]int, 0, n)
		for i := range n {
			if i >= len(mask) || !mask[i] {
				w.at = append(w.at, i)
			}
		}
	}
	long := newSmoother((n+p-1)/p, seasonal, degree, tenth(seasonal), true)
	short := long
	if n%p != 0 {
		short = newSmoother(n/p, seasonal, degree, tenth(seasonal), true)
	}
	w.phases = make([]subseries, p)
	for j := range w.phases {
		w.phases[j].smooth = short
		if j < n%p {
			w.phases[j].smooth = long
		}
	}
	for k, i := range w.at {
		ph := &w.phases[i%p]
		ph.at, ph.index = append(ph.at, i/p), append(ph.index, k)
	}
	w.cycle = make([]float64, n+2*p)
	w.filtered = make([]float64, n+2*p)
	w.work = make([]float64, n+2)
	w.packed = make([]float64, n+2)
	w.room = make([]float64, min(n, max(w.TrendWindow, w.LowPassWindow, seasonal)))
	return w
}

// run writes the season and the trend of y, whose gaps are those of w.
func (w *stl) run(ctx context.Context, y, season, trend []float64) error {
	clear(trend)
	w.robust = nil
	inner, outer := 2, 0
	if w.Robust {
		inner, outer = 1, 15
	}
	for k := 0; ; k++ {
		for range inner {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.season(y, season, trend)
			for i, v := range y {
				w.work[i] = v - season[i]
			}
			w.loess(w.trend, trend, w.work)
		}
		if k >= outer {
			break
		}
		w.bisquare(y, season, trend)
	}
	if w.SeasonalWindow == 0 {
		w.periodic(season)
	}
	return nil
}

// season is steps 1 to 4 of section 2.2: smooth each phase, and take out what of the result
// is trend.
func (w *stl) season(y, season, trend []float64) {
	n, p := w.n, w.Period
	for j, ph := range w.phases {
		length := ph.smooth.n
		in, out := w.packed, w.work[:length+2]
		if w.at != nil && len(ph.at) == 0 {
			continue
		}
		if w.at == nil {
			for i := range length {
				in[i] = y[j+i*p] - trend[j+i*p]
			}
			if w.robust == nil {
				ph.smooth.complete(out, in[:length])
			} else {
				robust := w.filtered[:length]
				for i := range robust {
					robust[i] = w.robust[j+i*p]
				}
				ph.smooth.weighted(out, in[:length], nil, robust, w.room)
			}
		} else {
			for k, i := range ph.at {
				in[k] = y[j+i*p] - trend[j+i*p]
			}
			var robust []float64
			if w.robust != nil {
				robust = w.filtered[:len(ph.at)]
				for k, i := range ph.index {
					robust[k] = w.robust[i]
				}
			}
			ph.smooth.weighted(out, in[:len(ph.at)], ph.at, robust, w.room)
		}
		for i, v := range out {
			w.cycle[j+i*p] = v
		}
	}
	w.unseen()
	// Step 3: moving averages of p, p and 3, then a local regression.
	a := movingAverage(w.filtered, w.cycle, p)
	a = movingAverage(w.filtered, a, p)
	a = movingAverage(w.filtered, a, 3)
	w.low.complete(w.work, a)
	for i := range n {
		season[i] = w.cycle[p+i] - w.work[i]
	}
}

// unseen gives phases that were never observed the line between their neighbours.
func (w *stl) unseen() {
	if w.at == nil {
		return
	}
	p := w.Period
	seen := func(j int) bool { return len(w.phases[(j%p+p)%p].at) > 0 }
	for j := range p {
		if seen(j) {
			continue
		}
		before, after := j-1, j+1
		for !seen(before) {
			before--
		}
		for !seen(after) {
			after++
		}
		share := float64(j-before) / float64(after-before)
		for c := j; c < len(w.cycle); c += p {
			// Within the range of the cycle, in the neighbouring season if need be.
			b, a := c-(j-before), c+(after-j)
			if b < 0 {
				b += p
			}
			if a >= len(w.cycle) {
				a -= p
			}
			w.cycle[c] = w.cycle[b] + share*(w.cycle[a]-w.cycle[b])
		}
	}
}

// loess smooths over all positions with what is observed and its weights.
func (w *stl) loess(s *smoother, out, y []float64) {
	switch {
	case w.at == nil && w.robust == nil:
		s.complete(out, y[:w.n])
	case w.at == nil:
		s.weighted(out, y[:w.n], nil, w.robust, w.room)
	default:
		for k, i := range w.at {
			w.packed[k] = y[i]
		}
		s.weighted(out, w.packed[:len(w.at)], w.at, w.robust, w.room)
	}
}

// periodic makes every season the mean season.
func (w *stl) periodic(season []float64) {
	for j := range w.Period {
		var sum stat.Sum
		count := 0.
		for i := j; i < w.n; i += w.Period {
			sum = sum.Add(season[i])
			count++
		}
		for i := j; i < w.n; i += w.Period {
			season[i] = sum.Value() / count
		}
	}
}

// movingAverage writes the means of each window of x to out, which may share its beginning
// with x, and returns them: len(x) − window + 1 values. The running sum is taken anew often
// enough that its rounding does not grow with the series.
func movingAverage(out, x []float64, window int) []float64 {
	count := len(x) - window + 1
	refresh := 16*window + 1024
	sum, scale := 0., float64(window)
	for i := range count {
		if i%refresh == 0 {
			sum = 0
			for _, v := range x[i : i+window] {
				sum += v
			}
		}
		next := sum - x[i]
		if i+window < len(x) {
			next += x[i+window]
		}
		out[i] = sum / scale
		sum = next
	}
	return out[:count]
}

// String names the method and its period.
func (o STL) String() string { return fmt.Sprintf("STL(%d)", o.Period) }
