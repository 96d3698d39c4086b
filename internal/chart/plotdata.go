package chart

import (
	"math"
	"sort"
)

// curve is a series ready to draw.
type curve struct {
	Series
	points []point
	pixels []point
	dense  bool
	ink    ink
	dash   string
	mark   int
	hold   float64 // how long the last value of a step holds
	count  int
}

// ribbon is a band ready to draw.
type ribbon struct {
	points  []bandPoint
	ink     ink
	opacity float64
}

// plotData is what the input comes to: everything reduced to what is drawn.
type plotData struct {
	curves   []curve
	ribbons  []ribbon
	medians  []curve
	lo, hi   float64 // visible positions
	ylo, yhi float64
	count    int
}

// data reduces the input for a picture of width columns. It reports false if
// there is no value to draw.
func (p Plot) data(width int) (plotData, bool) {
	d := plotData{lo: math.Inf(1), hi: math.Inf(-1), ylo: math.Inf(1), yhi: math.Inf(-1)}
	type source struct {
		samples
		sorted bool
	}
	widen := func(a abscissa) bool {
		lo, hi, sorted := a.span(p.X)
		d.lo, d.hi = math.Min(d.lo, lo), math.Max(d.hi, hi)
		return sorted
	}
	series := make([]source, len(p.Series))
	for i, s := range p.Series {
		a := newAbscissa(len(s.Y), s.Times, s.X, s.Start, s.Step)
		series[i] = source{samples{a, s.Y, s.Missing}, widen(a)}
		if s.Style == Step && a.grid && a.step > 0 && a.n > 0 && p.X.drawable(a.at(a.n)) {
			d.hi = math.Max(d.hi, a.at(a.n)) // the last value holds as long as the others
		}
	}
	bands := make([]bandSource, len(p.Bands))
	for i, b := range p.Bands {
		a := newAbscissa(min(len(b.Low), len(b.High)), b.Times, b.X, b.Start, b.Step)
		bands[i] = newBandSource(a, b.Low, b.High, b.Missing, widen(a))
	}
	fans := make([]abscissa, len(p.Fans))
	fansSorted := make([]bool, len(p.Fans))
	for i, n := range p.Fans {
		shortest := math.MaxInt
		for _, k := range n.usable() {
			shortest = min(shortest, len(n.Values[k]))
		}
		if shortest < math.MaxInt {
			fans[i] = newAbscissa(shortest, n.Times, n.X, n.Start, n.Step)
			fansSorted[i] = widen(fans[i])
		}
	}
	if lo, hi, ok := p.X.fixed(); ok {
		d.lo, d.hi = lo, hi
	}
	if !(d.lo <= d.hi) {
		return d, false
	}

	seen := func(x float64, ys ...float64) {
		if x < d.lo || x > d.hi {
			return
		}
		for _, y := range ys {
			d.ylo, d.yhi = math.Min(d.ylo, y), math.Max(d.yhi, y)
		}
		d.count++
	}
	for i, s := range series {
		cv := curve{Series: p.Series[i], ink: colorInk(p.Series[i].Color, p.Series[i].State, i), mark: i, count: s.n}
		cv.dense = s.n > width/2
		cv.dash = cv.Dash.pattern(i)
		if s.grid && s.step > 0 {
			cv.hold = s.step
		}
		if cv.Style == Points {
			cv.points = s.scatter(p.X, p.Y, d.lo, d.hi, width)
		} else {
			cv.points = s.order(s.sorted).decimate(p.X, p.Y, d.lo, d.hi, width)
		}
		for _, pt := range cv.points {
			seen(pt.x, pt.y)
		}
		d.curves = append(d.curves, cv)
	}
	for i, b := range p.Bands {
		r := ribbon{ink: colorInk(b.Color, b.State, i), opacity: 0.2}
		r.points = bands[i].decimate(p.X, p.Y, d.lo, d.hi, width)
		for _, pt := range r.points {
			seen(pt.x, pt.low, pt.high)
		}
		d.ribbons = append(d.ribbons, r)
	}
	for i, n := range p.Fans {
		k := colorInk(n.Color, Neutral, len(p.Series)+i)
		ribbons, lines := n.split(fans[i], fansSorted[i], p.X, p.Y, d.lo, d.hi, width, k)
		for _, r := range ribbons {
			for _, pt := range r.points {
				seen(pt.x, pt.low, pt.high)
			}
		}
		for _, l := range lines {
			for _, pt := range l.points {
				seen(pt.x, pt.y)
			}
		}
		d.ribbons = append(d.ribbons, ribbons...)
		d.medians = append(d.medians, lines...)
	}
	if d.count == 0 {
		return d, false
	}
	for _, t := range p.Thresholds {
		d.ylo, d.yhi = math.Min(d.ylo, t.Value), math.Max(d.yhi, t.Value)
	}
	return d, true
}

// usable returns the places of the levels that are drawn, at most twenty.
func (n Fan) usable() []int {
	var out []int
	for i, q := range n.Quantiles {
		if i < len(n.Values) && q > 0 && q < 1 && len(out) < 20 {
			out = append(out, i)
		}
	}
	return out
}

// split turns a fan into bands, the widest first, and lines.
func (n Fan) split(a abscissa, sorted bool, ax, ay Axis, lo, hi float64, width int, k ink) (ribbons []ribbon, lines []curve) {
	type level struct {
		p float64
		v []float64
	}
	var levels []level
	for _, i := range n.usable() {
		levels = append(levels, level{n.Quantiles[i], n.Values[i]})
	}
	sort.SliceStable(levels, func(i, j int) bool { return levels[i].p < levels[j].p })
	used := make([]bool, len(levels))
	for i, l := range levels {
		for j := len(levels) - 1; j > i && l.p < 0.5; j-- {
			if used[i] || used[j] || math.Abs(l.p+levels[j].p-1) > 1e-9 {
				continue
			}
			used[i], used[j] = true, true
			ribbons = append(ribbons, ribbon{
				ink: k, opacity: 0.16,
				points: newBandSource(a, l.v, levels[j].v, nil, sorted).decimate(ax, ay, lo, hi, width),
			})
		}
	}
	for i, l := range levels {
		if used[i] {
			continue
		}
		s := samples{abscissa: a, y: l.v}
		line := curve{ink: k, mark: -1, count: s.n, points: s.order(sorted).decimate(ax, ay, lo, hi, width)}
		if l.p != 0.5 {
			line.dash = dashPatterns[Dotted]
		}
		lines = append(lines, line)
	}
	return ribbons, lines
}
