package chart

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Plot draws curves, steps and points over a common axis, with bands and fans
// behind them, thresholds across and events along. The zero value says "no data".
//
// Time grows with the number of samples (about ten nanoseconds each); the size of
// the document does not, beyond a few points a pixel. At most 50 series, bands
// and fans each, 50 thresholds and 200 events are drawn.
type Plot struct {
	Title       string
	Subtitle    string
	Description string // text alternative; a summary of the data follows it
	// Width and Height are pixels; zero is 800 and a height in proportion.
	// Width is held between 200 and 4000. Height includes title, legend and
	// labels; the curves get at least 80 of it, and thresholds whose names find
	// no room beside their lines are named in additional lines below.
	Width, Height int
	Theme         Theme

	// X is a time axis if X.Time is set or if anything drawn carries instants.
	X, Y Axis

	Series     []Series
	Bands      []Band
	Fans       []Fan
	Thresholds []Threshold
	Events     []Event
}

const (
	maxSeries     = 50
	maxThresholds = 50
	maxEvents     = 200
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

// SVG returns the picture as a document.
func (p Plot) SVG() string {
	f := frame{kind: p.kind(), title: p.Title, subtitle: p.Subtitle, description: p.Description, theme: p.Theme, width: pictureWidth(p.Width)}
	c := &canvas{theme: p.Theme}
	p = p.bounded()
	d, ok := p.data(int(f.width))
	if !ok {
		return f.noData(c, float64(min(max(p.Height, 0), maxSize)))
	}

	y := f.header(c)
	items := p.legend(d)
	if !f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y, f.width-2*margin)
	}
	body := math.Min(math.Max(math.Round(f.width*0.4), 190), 380)
	below := 46.0
	if f.narrow() {
		below += legendHeight(items, f.width-2*margin)
	}
	if p.Height > 0 {
		body = math.Max(float64(min(p.Height, maxSize))-y-below-margin, 80)
	}

	sy, yTicks := p.Y.layout(d.ylo, d.yhi, max(int(body/38), 2))
	area := box{x0: margin, x1: f.width - margin - 6}
	widest := 0.0
	for _, t := range yTicks {
		widest = math.Max(widest, textWidth(t.label, sizeSmall))
	}
	area.x0 += math.Min(widest, f.width/3) + 8
	sx, xTicks := p.xLayout(d, area.width())
	sx.a, sx.b = area.x0, area.x1

	if p.Y.Label != "" {
		y += sizeSmall + 2
		c.label(margin, y, fit(p.Y.Label, sizeSmall, f.width-2*margin), style{size: sizeSmall, ink: inkMuted})
		y += 12
	}
	if p.Y.Label == "" {
		y += 4 // the topmost tick label rises above the area
	}
	notes := placeEvents(p.Events, p.X, sx, area, f.width)
	y += notes.height
	area.y0 = y
	if p.Height > 0 {
		body = math.Max(float64(min(p.Height, maxSize))-y-below-notes.listHeight, 80)
	}
	area.y1 = y + body
	sy.a, sy.b = area.y1, area.y0

	drawYAxis(c, area, sy, yTicks)
	notes.drawSpans(c, area)
	for i := range d.curves {
		d.curves[i].pixels = d.curves[i].trace(sx, sy)
	}
	for i := range d.medians {
		d.medians[i].pixels = d.medians[i].trace(sx, sy)
	}
	for _, r := range d.ribbons {
		drawRibbon(c, area, sx, sy, r)
	}
	for _, cv := range d.curves {
		if cv.Area {
			drawArea(c, area, sy, cv)
		}
	}
	y = drawXAxis(c, area, sx, xTicks, p.X, f.width)
	notes.drawLines(c, area)
	for _, cv := range d.medians {
		drawCurve(c, area, sx, sy, cv)
	}
	for _, cv := range d.curves {
		drawCurve(c, area, sx, sy, cv)
	}
	homeless := drawThresholds(c, area, sy, p.Thresholds, p.Y.Unit, d.busy)
	if !f.narrow() {
		items = nil // it is above
	}
	if items = append(items, homeless...); len(items) > 0 {
		y += legend(c, items, margin, y+4, f.width-2*margin) + 4
	}
	y = notes.drawList(c, y, f.width)
	return f.document(c, y+margin-4, p.summary(d, sx))
}

func (p Plot) kind() string {
	for _, s := range p.Series {
		if s.Style != Points {
			return "Line chart"
		}
	}
	switch {
	case len(p.Series) > 0:
		return "Scatter chart"
	case len(p.Fans) > 0:
		return "Forecast chart"
	}
	return "Line chart"
}

// bounded cuts the lists to what is drawn at most, drops thresholds that are not
// numbers, and settles whether X is a time axis.
func (p Plot) bounded() Plot {
	p.Series = p.Series[:min(len(p.Series), maxSeries)]
	p.Bands = p.Bands[:min(len(p.Bands), maxSeries)]
	p.Fans = p.Fans[:min(len(p.Fans), maxSeries)]
	p.Events = p.Events[:min(len(p.Events), maxEvents)]
	for _, s := range p.Series {
		p.X.Time = p.X.Time || s.Times != nil || s.X == nil && !s.Start.IsZero()
	}
	for _, b := range p.Bands {
		p.X.Time = p.X.Time || b.Times != nil || b.X == nil && !b.Start.IsZero()
	}
	for _, n := range p.Fans {
		p.X.Time = p.X.Time || n.Times != nil || n.X == nil && !n.Start.IsZero()
	}
	for _, e := range p.Events {
		p.X.Time = p.X.Time || !e.At.IsZero()
	}
	var kept []Threshold
	for _, t := range p.Thresholds {
		if p.Y.drawable(t.Value) && len(kept) < maxThresholds {
			kept = append(kept, t)
		}
	}
	p.Thresholds = kept
	return p
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
	bands := make([]abscissa, len(p.Bands))
	for i, b := range p.Bands {
		bands[i] = newAbscissa(min(len(b.Low), len(b.High)), b.Times, b.X, b.Start, b.Step)
		widen(bands[i])
	}
	fans := make([]abscissa, len(p.Fans))
	for i, n := range p.Fans {
		longest := 0
		for _, v := range n.Values {
			longest = max(longest, len(v))
		}
		fans[i] = newAbscissa(longest, n.Times, n.X, n.Start, n.Step)
		widen(fans[i])
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
		r.points = decimateBand(bands[i], b.Low, b.High, b.Missing, p.X, p.Y, d.lo, d.hi, width)
		for _, pt := range r.points {
			seen(pt.x, pt.low, pt.high)
		}
		d.ribbons = append(d.ribbons, r)
	}
	for i, n := range p.Fans {
		k := colorInk(n.Color, Neutral, len(p.Series)+i)
		ribbons, lines := n.split(fans[i], p.X, p.Y, d.lo, d.hi, width, k)
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
func (n Fan) split(a abscissa, ax, ay Axis, lo, hi float64, width int, k ink) (ribbons []ribbon, lines []curve) {
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
				points: decimateBand(a, l.v, levels[j].v, nil, ax, ay, lo, hi, width),
			})
		}
	}
	for i, l := range levels {
		if used[i] {
			continue
		}
		s := samples{abscissa: a, y: l.v}
		s.n = min(s.n, len(l.v))
		line := curve{ink: k, mark: -1, count: s.n, points: s.decimate(ax, ay, lo, hi, width)}
		if l.p != 0.5 {
			line.dash = dashPatterns[Dotted]
		}
		lines = append(lines, line)
	}
	return ribbons, lines
}

// xLayout settles the position axis for a plot area of the given width.
func (p Plot) xLayout(d plotData, width float64) (scale, []tick) {
	lo, hi := d.lo, d.hi
	if !p.X.Time {
		n := max(int(width/70), 2)
		return p.X.layout(lo, hi, n)
	}
	a := p.X
	// Take the densest ticks whose labels leave room between them.
	for n := max(int(width/38), 2); ; n-- {
		s, ticks := a.layout(lo, hi, n)
		widest := 0.0
		for _, t := range ticks {
			widest = math.Max(widest, textWidth(t.label, sizeSmall))
		}
		if n <= 2 || len(ticks) < 2 {
			return s, ticks
		}
		closest := math.Inf(1)
		for i := 1; i < len(ticks); i++ {
			closest = math.Min(closest, ticks[i].at-ticks[i-1].at)
		}
		if closest/(s.hi-s.lo)*width >= widest+12 {
			return s, ticks
		}
	}
}

func (p Plot) legend(d plotData) []legendItem {
	var items []legendItem
	for _, cv := range d.curves {
		if cv.Name == "" || len(items) >= maxSeries {
			continue
		}
		if cv.Style == Points {
			items = append(items, legendItem{cv.Name, markerSample(cv.ink, cv.mark)})
			continue
		}
		dash, mark := cv.strokes()
		items = append(items, legendItem{cv.Name, lineSample(cv.ink, dash, mark)})
	}
	for i, b := range p.Bands {
		if b.Name != "" {
			items = append(items, legendItem{b.Name, swatchSample(colorInk(b.Color, b.State, i), 0.3)})
		}
	}
	for i, n := range p.Fans {
		if n.Name == "" {
			continue
		}
		k := colorInk(n.Color, Neutral, len(p.Series)+i)
		items = append(items, legendItem{n.Name + n.levels(), func(c *canvas, x, y float64) {
			c.rect(x+2, y-7, 20, 14).fill(k).num("fill-opacity", 0.16).close()
			c.rect(x+2, y-4, 20, 8).fill(k).num("fill-opacity", 0.25).close()
			c.line(x+2, y, x+22, y, k, 2, "")
		}})
	}
	if len(items) == 1 && items[0].name == p.Title {
		return nil
	}
	return items
}

// levels says in words which intervals the bands of a fan are.
func (n Fan) levels() string {
	var out []string
	used := n.usable()
	for _, i := range used {
		for _, j := range used {
			q, r := n.Quantiles[i], n.Quantiles[j]
			if q < 0.5 && math.Abs(q+r-1) <= 1e-9 && len(out) < 4 {
				out = append(out, Percent.Format(math.Round((r-q)*1e6)/1e6))
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// summary describes the data in words for readers who do not see them.
func (p Plot) summary(d plotData, sx scale) string {
	var b strings.Builder
	b.WriteString(p.kind())
	if p.X.Time {
		from, to := instant(sx.lo, p.X.Zone), instant(sx.hi, p.X.Zone)
		fmt.Fprintf(&b, " from %s to %s", from.Format("2 Jan 2006 15:04 MST"), to.Format("2 Jan 2006 15:04 MST"))
	}
	b.WriteString(".")
	for i, cv := range d.curves {
		if i == 8 {
			fmt.Fprintf(&b, " And %d more series.", len(d.curves)-i)
			break
		}
		name := cv.Name
		if name == "" {
			name = "Series " + strconv.Itoa(i+1)
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, pt := range cv.points {
			lo, hi = math.Min(lo, pt.y), math.Max(hi, pt.y)
		}
		if len(cv.points) == 0 {
			fmt.Fprintf(&b, " %s: no data.", name)
			continue
		}
		u := p.Y.Unit
		fmt.Fprintf(&b, " %s: %d samples, least %s, greatest %s", name, cv.count, u.Format(lo), u.Format(hi))
		if cv.Style != Points {
			fmt.Fprintf(&b, ", last %s", u.Format(cv.points[len(cv.points)-1].y))
		}
		b.WriteString(".")
	}
	for i, n := range p.Fans {
		if i == 4 {
			break
		}
		fmt.Fprintf(&b, " %s%s.", strings.TrimSpace("Forecast "+n.Name), n.levels())
	}
	for i, t := range p.Thresholds {
		if i == 8 {
			break
		}
		fmt.Fprintf(&b, " Threshold %s at %s.", t.Label, p.Y.Unit.Format(t.Value))
	}
	for i, e := range p.Events {
		if i == 8 {
			fmt.Fprintf(&b, " And %d more events.", len(p.Events)-i)
			break
		}
		if p.X.Time {
			fmt.Fprintf(&b, " Event %s at %s.", e.Label, e.At.In(inZone(p.X.Zone)).Format("2 Jan 2006 15:04 MST"))
		}
	}
	return b.String()
}
