package chart

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// abscissa holds the positions of samples in whichever form they were given.
type abscissa struct {
	n           int
	times       []time.Time
	x           []float64
	start, step float64
	grid        bool
}

func newAbscissa(n int, times []time.Time, x []float64, start time.Time, step time.Duration) abscissa {
	switch {
	case times != nil:
		return abscissa{n: min(n, len(times)), times: times}
	case x != nil:
		return abscissa{n: min(n, len(x)), x: x}
	case !start.IsZero() || step != 0:
		return abscissa{n: n, start: unix(start), step: step.Seconds(), grid: true}
	}
	return abscissa{n: n, step: 1, grid: true}
}

func (a *abscissa) at(i int) float64 {
	switch {
	case a.grid:
		return a.start + float64(i)*a.step
	case a.times != nil:
		return unix(a.times[i])
	}
	return a.x[i]
}

// span returns the least and greatest drawable position and whether positions
// never fall.
func (a *abscissa) span(ax Axis) (lo, hi float64, sorted bool) {
	lo, hi, sorted = math.Inf(1), math.Inf(-1), true
	if a.n == 0 {
		return
	}
	if a.grid && a.step >= 0 && ax.drawable(a.at(0)) && ax.drawable(a.at(a.n-1)) {
		return a.at(0), a.at(a.n - 1), true
	}
	last := math.Inf(-1)
	for i := 0; i < a.n; i++ {
		v := a.at(i)
		if !ax.drawable(v) {
			continue
		}
		if v < last {
			sorted = false
		}
		last = v
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	return lo, hi, sorted
}

// columns maps positions to pixel columns.
type columns struct {
	lo, perUnit float64
	n           float64
	log         bool
}

func newColumns(ax Axis, lo, hi float64, n int) columns {
	c := columns{lo: lo, n: float64(n), log: ax.Log && !ax.Time}
	if c.log {
		c.lo, hi = math.Log10(lo), math.Log10(hi)
	}
	c.perUnit = c.n / (hi - c.lo)
	if !(c.perUnit > 0) || math.IsInf(c.perUnit, 0) {
		c.perUnit = 0
	}
	return c
}

// of returns the column of x: -1 left of the picture, n right of it.
func (c *columns) of(x float64) int {
	if c.log {
		x = math.Log10(x)
	}
	p := (x - c.lo) * c.perUnit
	switch {
	case p < 0:
		return -1
	case p >= c.n:
		return int(c.n)
	}
	return int(p)
}

// wide tells whether a column or more lies between two positions.
func (c *columns) wide(a, b float64) bool {
	if c.log {
		a, b = math.Log10(a), math.Log10(b)
	}
	return (b-a)*c.perUnit >= 1
}

// point is a sample to draw; first says that no line leads to it.
type point struct {
	x, y  float64
	first bool
}

// samples are the values of one series with their positions in order.
type samples struct {
	abscissa
	y       []float64
	missing []bool
}

// order returns the samples sorted by position; it copies only if it must.
func (s samples) order(sorted bool) samples {
	if sorted {
		return s
	}
	type place struct {
		x float64
		i int
	}
	places := make([]place, s.n)
	for i := range places {
		places[i] = place{s.at(i), i}
	}
	slices.SortFunc(places, func(a, b place) int {
		if c := cmp.Compare(a.x, b.x); c != 0 {
			return c
		}
		return cmp.Compare(a.i, b.i)
	})
	x, y := make([]float64, s.n), make([]float64, s.n)
	for k, p := range places {
		x[k], y[k] = p.x, s.y[p.i]
		if p.i < len(s.missing) && s.missing[p.i] {
			y[k] = math.NaN()
		}
	}
	return samples{abscissa: abscissa{n: s.n, x: x}, y: y}
}

// decimate returns the points to draw for width pixel columns between lo and
// hi. Few samples are returned as they are. Many are reduced, column by column,
// to the first, the least, the greatest and the last (the M4 aggregation of
// Jugel et al., 2014): a line through them covers the same pixels as the line
// through all, so no peak is lost, and the result has at most four points a
// column. A gap is kept if it is at least one column wide.
func (s samples) decimate(ax, ay Axis, lo, hi float64, width int) []point {
	dense := s.n > 2*width
	toColumn := newColumns(ax, lo, hi, width)
	out := make([]point, 0, min(s.n, 4*width+8))
	// Indices of the first, least, greatest and last sample of the column.
	var first, least, greatest, last int
	column, breakBefore, any := math.MinInt, true, false
	flush := func() {
		if column == math.MinInt {
			return
		}
		a, b := least, greatest
		if a > b {
			a, b = b, a
		}
		prev := -1
		for _, i := range [...]int{first, a, b, last} {
			if i != prev {
				out = append(out, point{s.at(i), s.y[i], breakBefore})
				breakBefore = false
				prev = i
			}
		}
		column = math.MinInt
	}
	gap := false
	lastX := 0.0
	grid, start, step := s.grid, s.start, s.step
	xLeast, xGreatest := ax.limits()
	yLeast, yGreatest := ay.limits()
	for i := 0; i < s.n; i++ {
		v := s.y[i]
		x := start + float64(i)*step
		if !grid {
			x = s.at(i)
		}
		if !(v > yLeast && v < yGreatest && x > xLeast && x < xGreatest) || i < len(s.missing) && s.missing[i] {
			gap = true
			continue
		}
		if !dense {
			out = append(out, point{x, v, gap || !any})
			gap, any = false, true
			continue
		}
		c := toColumn.of(x)
		if gap && any && toColumn.wide(lastX, x) {
			flush()
			breakBefore = true
		}
		if c != column {
			flush()
			column, first, least, greatest = c, i, i, i
		}
		if v < s.y[least] {
			least = i
		}
		if v > s.y[greatest] {
			greatest = i
		}
		last, lastX = i, x
		gap, any = false, true
	}
	flush()
	return out
}

// bandPoint is one position of a band.
type bandPoint struct {
	x, low, high float64
	first        bool
}

// bandSource holds the sides of a band with their positions in order.
type bandSource struct {
	abscissa
	low, high []float64
	missing   []bool
}

// newBandSource sorts the sides by position; it copies only if it must.
func newBandSource(a abscissa, low, high []float64, missing []bool, sorted bool) bandSource {
	if sorted {
		return bandSource{a, low, high, missing}
	}
	l := samples{a, low, missing}.order(false)
	h := samples{a, high, missing}.order(false)
	return bandSource{l.abscissa, l.y, h.y, nil}
}

// decimate returns the outline of the band: as given, or for many samples the
// least low and the greatest high of each column, so that the drawn band is never
// narrower than the given one.
func (s bandSource) decimate(ax, ay Axis, lo, hi float64, width int) []bandPoint {
	n := min(s.n, len(s.low), len(s.high))
	dense := n > 2*width
	toColumn := newColumns(ax, lo, hi, width)
	var out []bandPoint
	gap, any := false, false
	lastX := 0.0
	column := math.MinInt
	for i := 0; i < n; i++ {
		x, l, h := s.at(i), s.low[i], s.high[i]
		if !ay.drawable(l) || !ay.drawable(h) || !ax.drawable(x) || i < len(s.missing) && s.missing[i] {
			gap = true
			continue
		}
		if l > h {
			l, h = h, l
		}
		if !dense {
			out = append(out, bandPoint{x, l, h, gap || !any})
			gap, any = false, true
			continue
		}
		c := toColumn.of(x)
		brk := !any || gap && toColumn.wide(lastX, x)
		if c != column || brk {
			out = append(out, bandPoint{x, l, h, brk})
			column = c
		} else {
			p := &out[len(out)-1]
			p.low, p.high = math.Min(p.low, l), math.Max(p.high, h)
		}
		lastX = x
		gap, any = false, true
	}
	return out
}
