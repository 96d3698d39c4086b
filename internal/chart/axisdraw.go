package chart

import "math"

// drawYAxis draws the horizontal grid and its labels.
func drawYAxis(c *canvas, area box, sy scale, ticks []tick) {
	var p path
	for _, t := range ticks {
		if sy.holds(t.at) {
			p.move(area.x0, crisp(sy.at(t.at))).op('H', area.x1)
		}
	}
	if len(p.b) > 0 {
		c.el("path").d(p).fill(inkNone).stroke(inkGrid).num("stroke-width", 1).close()
	}
	for _, t := range ticks {
		if sy.holds(t.at) {
			c.label(area.x0-8, sy.at(t.at)+4, t.label, style{size: sizeSmall, ink: inkMuted, at: right})
		}
	}
}

// crisp moves a one-pixel line onto the pixel grid.
func crisp(v float64) float64 { return math.Floor(v) + 0.5 }

// drawXAxis draws the base line, the ticks and their labels below the area, and
// returns the y below them.
func drawXAxis(c *canvas, area box, sx scale, ticks []tick, a Axis, width float64) float64 {
	base := crisp(area.y1)
	var p path
	p.move(area.x0, base).op('H', area.x1)
	for _, t := range ticks {
		if sx.holds(t.at) {
			p.move(crisp(sx.at(t.at)), base).op('v', 5)
		}
	}
	c.el("path").d(p).fill(inkNone).stroke(inkAxis).num("stroke-width", 1).close()

	y := base + 18
	free := math.Inf(-1)
	for _, t := range ticks {
		if !sx.holds(t.at) {
			continue
		}
		l, r := span(sx.at(t.at), textWidth(t.label, sizeSmall), width)
		if l >= free {
			c.label((l+r)/2, y, t.label, style{size: sizeSmall, ink: inkMuted, at: middle})
			free = r + 6
		}
	}
	if drawContexts(c, sx, ticks, y+14, width) {
		y += 14
	}
	note := a.Label
	if a.Time {
		if z := zoneNote(sx.lo, sx.hi, a.Zone); note == "" {
			note = z
		} else {
			note += ", " + z
		}
	}
	if note != "" {
		y += 15
		c.label(area.x1, y, fit(note, sizeSmall, width-2*margin), style{size: sizeSmall, ink: inkMuted, at: right})
	}
	return y + 8
}

// span returns the ends of a text of width w centred on x, moved inside the
// picture.
func span(x, w, width float64) (l, r float64) {
	l = math.Max(x-w/2, 3)
	if l+w > width-3 {
		l = width - 3 - w
	}
	return l, l + w
}

// drawContexts draws the second line of a time axis and tells whether there is
// one. Where two overlap, a mere change of the clocks gives way, then the first
// date, which is only partly shown, to the next.
func drawContexts(c *canvas, sx scale, ticks []tick, y, width float64) bool {
	type context struct {
		tick
		l, r float64
	}
	var list []context
	for _, t := range ticks {
		if t.context == "" || !sx.holds(t.at) {
			continue
		}
		l, r := span(sx.at(t.at), textWidth(t.context, sizeSmall), width)
		list = append(list, context{t, l, r})
	}
	const space = 8
	var kept []context
	for i, t := range list {
		if t.minor && (i > 0 && t.l < list[i-1].r+space || i+1 < len(list) && t.r+space > list[i+1].l) {
			continue
		}
		kept = append(kept, t)
	}
	if len(kept) > 1 && kept[1].l < kept[0].r+space {
		kept = kept[1:]
	}
	free := math.Inf(-1)
	for _, t := range kept {
		if t.l >= free {
			c.label((t.l+t.r)/2, y, t.context, style{size: sizeSmall, ink: inkText, at: middle})
			free = t.r + space
		}
	}
	return len(kept) > 0
}
