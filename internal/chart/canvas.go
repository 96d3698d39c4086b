package chart

import (
	"math"
	"strconv"
)

// canvas collects the elements of a picture and remembers which inks its style
// sheet must name. Colours stand in the elements as plain values, so that a
// renderer without style sheets draws the light (or the fixed) theme; the style
// sheet changes them by class.
type canvas struct {
	b       []byte
	theme   Theme
	fills   [inkCount]bool
	strokes [inkCount]bool
}

// element is one open start tag.
type element struct {
	c          *canvas
	name       string
	fillInk    ink
	strokeInk  ink
	hasF, hasS bool
}

func (c *canvas) value(k ink) string {
	if c.theme == Dark {
		return inks[k].dark
	}
	return inks[k].light
}

func (c *canvas) el(name string) *element {
	c.b = append(c.b, '<')
	c.b = append(c.b, name...)
	return &element{c: c, name: name}
}

// num writes a coordinate with at most two decimals.
func (e *element) num(name string, v float64) *element {
	e.c.b = append(e.c.b, ' ')
	e.c.b = append(e.c.b, name...)
	e.c.b = append(e.c.b, '=', '"')
	e.c.b = appendCoord(e.c.b, v, 2)
	e.c.b = append(e.c.b, '"')
	return e
}

func (e *element) str(name, v string) *element {
	e.c.b = append(e.c.b, ' ')
	e.c.b = append(e.c.b, name...)
	e.c.b = append(e.c.b, '=', '"')
	e.c.b = appendEscaped(e.c.b, v)
	e.c.b = append(e.c.b, '"')
	return e
}

func (e *element) fill(k ink) *element   { e.fillInk, e.hasF = k, true; return e }
func (e *element) stroke(k ink) *element { e.strokeInk, e.hasS = k, true; return e }

// dash writes a dash pattern unless it is empty.
func (e *element) dash(pattern string) *element {
	if pattern == "" {
		return e
	}
	return e.str("stroke-dasharray", pattern)
}

func (e *element) paint() {
	c := e.c
	class := func(k ink, prefix byte, used *[inkCount]bool) {
		if k == inkNone {
			return
		}
		used[k] = true
		c.b = append(c.b, prefix, '-')
		c.b = append(c.b, inks[k].name...)
	}
	if e.hasF && e.fillInk != inkNone || e.hasS && e.strokeInk != inkNone {
		c.b = append(c.b, ` class="`...)
		if e.hasF {
			class(e.fillInk, 'f', &c.fills)
		}
		if e.hasS {
			if e.hasF && e.fillInk != inkNone && e.strokeInk != inkNone {
				c.b = append(c.b, ' ')
			}
			class(e.strokeInk, 's', &c.strokes)
		}
		c.b = append(c.b, '"')
	}
	if e.hasF {
		c.b = append(c.b, ` fill="`...)
		c.b = append(c.b, c.value(e.fillInk)...)
		c.b = append(c.b, '"')
	}
	if e.hasS {
		c.b = append(c.b, ` stroke="`...)
		c.b = append(c.b, c.value(e.strokeInk)...)
		c.b = append(c.b, '"')
	}
}

// close ends an element without content.
func (e *element) close() {
	e.paint()
	e.c.b = append(e.c.b, "/>\n"...)
}

// text ends an element with text as its content.
func (e *element) text(s string) {
	e.paint()
	c := e.c
	c.b = append(c.b, '>')
	c.b = appendEscaped(c.b, s)
	c.b = append(c.b, '<', '/')
	c.b = append(c.b, e.name...)
	c.b = append(c.b, ">\n"...)
}

// titled ends an element whose only content is a tooltip; without one it is
// simply closed.
func (e *element) titled(tip string) {
	if tip == "" {
		e.close()
		return
	}
	e.paint()
	c := e.c
	c.b = append(c.b, "><title>"...)
	c.b = appendEscaped(c.b, shortened(tip, maxTip))
	c.b = append(c.b, "</title></"...)
	c.b = append(c.b, e.name...)
	c.b = append(c.b, ">\n"...)
}

// anchor says which end of a text its position names.
type anchor int

const (
	left anchor = iota
	middle
	right
)

// style of a text: size, ink, anchor, weight, and a rim in the colour of the
// paper that keeps it readable on top of lines.
type style struct {
	size float64
	ink  ink
	at   anchor
	bold bool
	rim  bool
}

func (c *canvas) label(x, y float64, s string, st style) {
	if s == "" {
		return
	}
	e := c.el("text").num("x", x).num("y", y)
	if st.size != 0 && st.size != sizeText {
		e.num("font-size", st.size)
	}
	switch st.at {
	case middle:
		e.str("text-anchor", "middle")
	case right:
		e.str("text-anchor", "end")
	}
	if st.bold {
		e.str("font-weight", "600")
	}
	if st.ink == inkNone {
		st.ink = inkText
	}
	e.fill(st.ink)
	if st.rim {
		e.str("paint-order", "stroke").num("stroke-width", 3).str("stroke-linejoin", "round").stroke(inkPaper)
	}
	e.text(s)
}

func (c *canvas) line(x1, y1, x2, y2 float64, k ink, width float64, dash string) {
	c.el("line").num("x1", x1).num("y1", y1).num("x2", x2).num("y2", y2).stroke(k).num("stroke-width", width).dash(dash).close()
}

func (c *canvas) rect(x, y, w, h float64) *element {
	return c.el("rect").num("x", x).num("y", y).num("width", math.Max(0, w)).num("height", math.Max(0, h))
}

// coordLimit bounds every coordinate that is written.
const coordLimit = 1e5

// appendCoord appends v rounded to at most digits decimals, without trailing
// zeros. What is not a number is written as 0 and what is huge is bounded: no
// coordinate of a picture is ever NaN or infinite.
func appendCoord(b []byte, v float64, digits int) []byte {
	switch {
	case v != v:
		v = 0
	case v > coordLimit:
		v = coordLimit
	case v < -coordLimit:
		v = -coordLimit
	}
	scale := 100.0
	if digits == 1 {
		scale = 10
	}
	n := int64(math.Round(v * scale))
	if n == 0 {
		return append(b, '0')
	}
	if n < 0 {
		b = append(b, '-')
		n = -n
	}
	unit := int64(scale)
	if q := n / unit; q > 0 || n%unit == 0 {
		b = strconv.AppendInt(b, q, 10)
	}
	frac := n % unit
	if frac == 0 {
		return b
	}
	b = append(b, '.')
	if unit == 100 {
		b = append(b, byte('0'+frac/10))
		if frac%10 != 0 {
			b = append(b, byte('0'+frac%10))
		}
		return b
	}
	return append(b, byte('0'+frac))
}

// path builds the d attribute of a path with one decimal a coordinate.
type path struct{ b []byte }

func (p *path) op(o byte, v ...float64) *path {
	p.b = append(p.b, o)
	for i, f := range v {
		n := len(p.b)
		p.b = appendCoord(p.b, f, 1)
		if i > 0 && p.b[n] != '-' {
			p.b = append(p.b, 0)
			copy(p.b[n+1:], p.b[n:])
			p.b[n] = ' '
		}
	}
	return p
}

func (p *path) move(x, y float64) *path { return p.op('M', x, y) }
func (p *path) to(x, y float64) *path   { return p.op('L', x, y) }

func (e *element) d(p path) *element {
	e.c.b = append(e.c.b, ` d="`...)
	e.c.b = append(e.c.b, p.b...)
	e.c.b = append(e.c.b, '"')
	return e
}
