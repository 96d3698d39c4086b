package chart

import "math"

// legendItem is one entry: a sample of the mark and its name.
type legendItem struct {
	name   string
	sample func(c *canvas, x, y float64) // draws in 24 × 12 pixels around (x, y) = left, middle
}

const (
	sampleWidth = 24.0
	legendRow   = 18.0
)

// legend places items in rows of at most width pixels and draws them from (x, y)
// on. It returns the height used.
func legend(c *canvas, items []legendItem, x, y, width float64) float64 {
	if len(items) == 0 {
		return 0
	}
	cx, cy := x, y+legendRow/2
	for i, it := range items {
		name := fit(it.name, sizeText, width-sampleWidth-6)
		w := sampleWidth + 6 + textWidth(name, sizeText)
		if i > 0 && cx+w > x+width {
			cx, cy = x, cy+legendRow
		}
		it.sample(c, cx, cy)
		c.label(cx+sampleWidth+6, cy+4, name, style{})
		cx += w + 16
	}
	return cy + legendRow/2 - y + 4
}

// legendHeight returns the height that legend will use.
func legendHeight(items []legendItem, width float64) float64 {
	var scratch canvas
	quiet := make([]legendItem, len(items))
	for i, it := range items {
		quiet[i] = legendItem{it.name, func(*canvas, float64, float64) {}}
	}
	return legend(&scratch, quiet, 0, 0, width)
}

func lineSample(k ink, dash string, mark int) func(*canvas, float64, float64) {
	return func(c *canvas, x, y float64) {
		c.line(x, y, x+sampleWidth, y, k, 2, dash)
		if mark >= 0 {
			var p path
			p.marker(mark, x+sampleWidth/2, y, 4)
			c.el("path").d(p).fill(k).stroke(inkPaper).num("stroke-width", 1).close()
		}
	}
}

func swatchSample(k ink, opacity float64) func(*canvas, float64, float64) {
	return func(c *canvas, x, y float64) {
		e := c.rect(x+4, y-6, 16, 12).num("rx", 2).fill(k)
		if opacity < 1 {
			e.num("fill-opacity", opacity)
		}
		e.close()
	}
}

func markerSample(k ink, mark int) func(*canvas, float64, float64) {
	return func(c *canvas, x, y float64) {
		var p path
		p.marker(mark, x+sampleWidth/2, y, 4.5)
		c.el("path").d(p).fill(k).close()
	}
}

// markers is the number of shapes that marker knows.
const markers = 8

// marker adds the outline of the i-th shape, centred on (x, y), about 2r wide:
// disc, square, triangle, diamond, triangle downwards, cross, plus, bar.
func (p *path) marker(i int, x, y, r float64) {
	switch ((i % markers) + markers) % markers {
	case 0:
		p.move(x-r, y).op('a', r, r, 0, 1, 0, 2*r, 0).op('a', r, r, 0, 1, 0, -2*r, 0).op('z')
	case 1:
		s := r * 0.88
		p.move(x-s, y-s).op('h', 2*s).op('v', 2*s).op('h', -2*s).op('z')
	case 2:
		p.move(x, y-1.15*r).op('l', 1.1*r, 1.9*r).op('h', -2.2*r).op('z')
	case 3:
		s := r * 1.25
		p.move(x, y-s).op('l', s, s).op('l', -s, s).op('l', -s, -s).op('z')
	case 4:
		p.move(x, y+1.15*r).op('l', 1.1*r, -1.9*r).op('h', -2.2*r).op('z')
	case 5:
		t := r * 0.4
		s := r * 1.1
		p.move(x-s, y-s+t).op('l', t, -t).op('l', s-t, s-t).op('l', s-t, t-s).op('l', t, t).op('l', t-s, s-t).op('l', s-t, s-t).op('l', -t, t).
			op('l', t-s, t-s).op('l', t-s, s-t).op('l', -t, -t).op('l', s-t, t-s).op('z')
	case 6:
		t := r * 0.36
		s := r * 1.15
		p.move(x-t, y-s).op('h', 2*t).op('v', s-t).op('h', s-t).op('v', 2*t).op('h', t-s).op('v', s-t).op('h', -2*t).op('v', t-s).op('h', t-s).op('v', -2*t).op('h', s-t).op('z')
	case 7:
		p.move(x-1.3*r, y-0.5*r).op('h', 2.6*r).op('v', r).op('h', -2.6*r).op('z')
	}
}

// Dash is the pattern of a line.
type Dash int

const (
	DashAuto Dash = iota // by the place of the series; the first is solid
	Solid
	Dashed
	Dotted
	DashDotted
	LongDashed
)

var dashPatterns = [...]string{"", "", "7 4", "2 3", "8 3 2 3", "14 4"}

func (d Dash) pattern(i int) string {
	if d <= DashAuto || int(d) >= len(dashPatterns) {
		return dashPatterns[1+i%(len(dashPatterns)-1)]
	}
	return dashPatterns[d]
}

// sign draws the sign of a state in a square of 2r around (x, y): a check mark,
// an i, a triangle with an exclamation mark, a cross, a question mark. Neutral
// has none.
func sign(c *canvas, s State, x, y, r float64) {
	k := s.ink()
	stroke := func(p path) {
		c.el("path").d(p).fill(inkNone).stroke(inkPaper).num("stroke-width", math.Max(1.4, r*0.3)).str("stroke-linecap", "round").str("stroke-linejoin", "round").close()
	}
	var outer, inner path
	switch s {
	case OK:
		outer.marker(0, x, y, r)
		inner.move(x-r*.45, y+r*.05).to(x-r*.1, y+r*.4).to(x+r*.5, y-r*.35)
	case Info:
		outer.marker(0, x, y, r)
		inner.move(x, y-r*.1).to(x, y+r*.5).move(x, y-r*.5).to(x, y-r*.45)
	case Warning:
		outer.move(x, y-r*1.05).to(x+r*1.1, y+r*.9).to(x-r*1.1, y+r*.9).op('z')
		inner.move(x, y-r*.3).to(x, y+r*.2).move(x, y+r*.55).to(x, y+r*.6)
	case Critical:
		s := r * .45
		outer.move(x-s, y-r).to(x+s, y-r).to(x+r, y-s).to(x+r, y+s).to(x+s, y+r).to(x-s, y+r).to(x-r, y+s).to(x-r, y-s).op('z')
		inner.move(x-r*.4, y-r*.4).to(x+r*.4, y+r*.4).move(x+r*.4, y-r*.4).to(x-r*.4, y+r*.4)
	case Unknown:
		outer.marker(0, x, y, r)
		inner.move(x-r*.35, y-r*.25).op('q', 0, -r*.35, r*.35, -r*.35).op('q', r*.35, 0, r*.35, r*.35).op('q', 0, r*.25, -r*.35, r*.45).op('v', r*.05).move(x, y+r*.6).to(x, y+r*.62)
	default:
		return
	}
	c.el("path").d(outer).fill(k).close()
	stroke(inner)
}
