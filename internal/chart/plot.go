package chart

import (
	"math"
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
