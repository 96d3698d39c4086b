package chart

import (
	"fmt"
	"math"
	"strings"
)

func (b Bars) drawVertical(c *canvas, f frame, y, lo, hi, reserve float64) float64 {
	body := math.Min(math.Max(math.Round(f.width*0.36), 180), 340)
	sv, ticks := b.Y.layout(lo, hi, max(int(body/38), 2))
	area := box{x0: margin, x1: f.width - margin, y0: y + 16}
	widest := 0.0
	for _, t := range ticks {
		widest = math.Max(widest, textWidth(t.label, sizeSmall))
	}
	area.x0 += math.Min(widest, f.width/3) + 8
	n := len(b.Categories)
	slot := area.width() / float64(n)
	names := newSlotNames(b.Categories, slot)
	if b.Height > 0 {
		body = math.Max(float64(min(b.Height, maxSize))-area.y0-names.height-reserve, 80)
	}
	area.y1 = area.y0 + body
	sv.a, sv.b = area.y1, area.y0

	drawYAxis(c, area, sv, ticks)
	var marks []box
	for i := range b.Categories {
		at := area.x0 + float64(i)*slot
		ps := b.pieces(i, at, slot, 64, sv)
		for _, p := range ps {
			top, bottom := math.Min(p.from, p.to), math.Max(p.from, p.to)
			e := c.rect(p.at, top, p.thick, math.Max(bottom-top, 0.5)).fill(p.ink)
			if b.Stacked && p.thick > 3 {
				e.stroke(inkPaper).num("stroke-width", 1)
			}
			e.titled(b.tip(p))
			mid := p.at + p.thick/2
			end := p.to
			if l, h, ok := b.whisker(p.series, i); ok {
				b.drawWhisker(c, mid, sv.at(l), sv.at(h), p.thick, false)
				end = math.Min(end, sv.at(h))
			}
			text := b.Y.Unit.Format(p.value)
			if !b.Stacked && p.value >= 0 && textWidth(text, sizeSmall) <= p.thick+slot*0.2/float64(len(b.Series)) {
				c.label(mid, end-5, text, style{size: sizeSmall, ink: inkMuted, at: middle, rim: true})
				end -= 14
			}
			if p.state != Neutral && p.state != b.Series[p.series].State && p.thick >= 8 && !b.Stacked {
				sign(c, p.state, mid, end-8, 5.5)
				end -= 16
			}
			marks = append(marks, box{p.at - 2, math.Min(end, top), p.at + p.thick + 2, bottom})
		}
		if len(ps) == 0 {
			c.label(at+slot/2, area.y1-5, "–", style{ink: inkMuted, at: middle})
		}
	}
	zero := area.y1
	if !sv.log && sv.holds(0) {
		zero = sv.at(0)
	}
	c.line(area.x0, crisp(zero), area.x1, crisp(zero), inkAxis, 1, "")
	homeless := drawThresholds(c, area, sv, b.Thresholds, b.Y.Unit, func(place box) bool {
		for _, m := range marks {
			if m.overlaps(place) {
				return true
			}
		}
		return false
	})
	names.draw(c, area.x0, area.y1)
	y = area.y1 + names.height
	if len(homeless) > 0 {
		y += legend(c, homeless, margin, y+4, f.width-2*margin) + 4
	}
	return y
}

func (b Bars) drawWhisker(c *canvas, mid, l, h, thick float64, lying bool) {
	w := math.Min(thick*0.3, 6)
	var p path
	if lying {
		p.move(l, mid).op('H', h).move(l, mid-w).op('V', mid+w).move(h, mid-w).op('V', mid+w)
	} else {
		p.move(mid, l).op('V', h).move(mid-w, l).op('H', mid+w).move(mid-w, h).op('H', mid+w)
	}
	c.el("path").d(p).fill(inkNone).stroke(inkPaper).num("stroke-width", 4).close()
	c.el("path").d(p).fill(inkNone).stroke(inkText).num("stroke-width", 1.5).close()
}

// slotNames are category names below vertical bars: in one or two lines if they
// fit, otherwise slanted; of very many every n-th.
type slotNames struct {
	names  []string
	lines  [][]string
	slot   float64
	every  int
	slant  bool
	height float64
}

const slantDegrees = 40

func newSlotNames(names []string, slot float64) slotNames {
	s := slotNames{names: names, slot: slot, every: 1}
	rows := 1
	for _, n := range names {
		l := wrap(n, sizeSmall, slot-4, 2)
		if strings.HasSuffix(l[len(l)-1], "…") || l[len(l)-1] == "" && n != "" {
			s.slant = true
		}
		rows = max(rows, len(l))
		s.lines = append(s.lines, l)
	}
	if !s.slant {
		s.height = 10 + 14*float64(rows)
		return s
	}
	s.every = max(int(math.Ceil(14/slot)), 1)
	longest := 0.0
	for i := range names {
		t := fit(names[i], sizeSmall, 110)
		s.lines[i] = []string{t}
		longest = math.Max(longest, textWidth(t, sizeSmall))
	}
	s.height = 16 + longest*math.Sin(slantDegrees*math.Pi/180)
	return s
}

func (s slotNames) draw(c *canvas, x, y float64) {
	for i := 0; i < len(s.names); i += s.every {
		mid := x + (float64(i)+0.5)*s.slot
		if !s.slant {
			for k, l := range s.lines[i] {
				c.label(mid, y+16+14*float64(k), l, style{size: sizeSmall, ink: inkMuted, at: middle})
			}
			continue
		}
		// The text ends at the middle of its slot and runs to the lower left;
		// near the left edge of the picture it is shortened.
		room := (mid - 4) / math.Cos(slantDegrees*math.Pi/180)
		t := fit(s.names[i], sizeSmall, math.Min(110, room))
		if t == "" {
			continue
		}
		e := c.el("text").num("x", mid+3).num("y", y+13).num("font-size", sizeSmall).str("text-anchor", "end").fill(inkMuted)
		e.str("transform", fmt.Sprintf("rotate(-%d %s %s)", slantDegrees, coord(mid+3), coord(y+13)))
		e.text(t)
	}
}

func coord(v float64) string { return string(appendCoord(nil, v, 2)) }

func (b Bars) drawHorizontal(c *canvas, f frame, y, lo, hi, reserve float64) float64 {
	n := len(b.Categories)
	k := len(b.Series)
	if b.Stacked {
		k = 1
	}
	slot := math.Max(float64(k)*14+8, 24)
	above := f.narrow() // names stand above their bars
	nameRoom := 0.0
	if above {
		slot += 15
	} else {
		for _, s := range b.Categories {
			nameRoom = math.Max(nameRoom, textWidth(clean(s), sizeText))
		}
		nameRoom = math.Min(nameRoom, f.width*0.35) + 10
	}
	if b.Height > 0 {
		fitting := (float64(min(b.Height, maxSize)) - y - reserve - 28) / float64(n)
		slot = math.Min(math.Max(fitting, slot*0.6), 80)
	}
	valueRoom := 0.0
	showValues := !b.Stacked
	if showValues {
		for i := range b.Categories {
			for s := range b.Series {
				if v, ok := b.value(s, i); ok {
					valueRoom = math.Max(valueRoom, textWidth(b.Y.Unit.Format(v), sizeSmall)+8)
				}
			}
			for s := range b.Series {
				if st := b.Series[s].States; i < len(st) && st[i] != Neutral {
					valueRoom = math.Max(valueRoom, 22)
				}
			}
		}
	}
	area := box{x0: margin + nameRoom, x1: f.width - margin - valueRoom, y0: y + 4}
	if len(b.Thresholds) > 0 {
		area.y0 = y + 18
	}
	area.y1 = area.y0 + slot*float64(n)
	sv, ticks := b.Y.layout(lo, hi, max(int(area.width()/80), 2))
	sv.a, sv.b = area.x0, area.x1

	var grid path
	for _, t := range ticks {
		if sv.holds(t.at) {
			grid.move(crisp(sv.at(t.at)), area.y0).op('V', area.y1)
		}
	}
	if len(grid.b) > 0 {
		c.el("path").d(grid).fill(inkNone).stroke(inkGrid).num("stroke-width", 1).close()
	}
	for i, name := range b.Categories {
		top := area.y0 + float64(i)*slot
		room := slot
		if above {
			c.label(margin, top+12, fit(name, sizeText, f.width-2*margin), style{rim: true})
			top += 15
			room -= 15
		} else {
			c.label(area.x0-8, top+slot/2+4, fit(name, sizeText, nameRoom-8), style{at: right})
		}
		ps := b.pieces(i, top, room, 30, sv)
		for _, p := range ps {
			l, r := math.Min(p.from, p.to), math.Max(p.from, p.to)
			e := c.rect(l, p.at, math.Max(r-l, 0.5), p.thick).fill(p.ink)
			if b.Stacked && p.thick > 3 {
				e.stroke(inkPaper).num("stroke-width", 1)
			}
			e.titled(b.tip(p))
			mid := p.at + p.thick/2
			end := r
			if wl, wh, ok := b.whisker(p.series, i); ok {
				b.drawWhisker(c, mid, sv.at(wl), sv.at(wh), p.thick, true)
				end = math.Max(end, sv.at(wh))
			}
			if !showValues || p.thick < 9 {
				continue
			}
			text := b.Y.Unit.Format(p.value)
			c.label(end+5, mid+4, text, style{size: sizeSmall, ink: inkMuted, rim: true})
			if p.state != Neutral && p.state != b.Series[p.series].State {
				if p.to-p.from > 20 {
					sign(c, p.state, p.to-10, mid, math.Min(6, p.thick*0.4))
				}
			}
		}
		if len(ps) == 0 {
			c.label(area.x0+4, top+room/2+4, "–", style{ink: inkMuted})
		}
	}
	zero := area.x0
	if !sv.log && sv.holds(0) {
		zero = sv.at(0)
	}
	c.line(crisp(zero), area.y0, crisp(zero), area.y1, inkAxis, 1, "")
	homeless := b.drawVerticalThresholds(c, area, sv, f.width)
	free := math.Inf(-1)
	for _, t := range ticks {
		if !sv.holds(t.at) {
			continue
		}
		l, r := span(sv.at(t.at), textWidth(t.label, sizeSmall), f.width)
		if l >= free {
			c.label((l+r)/2, area.y1+15, t.label, style{size: sizeSmall, ink: inkMuted, at: middle})
			free = r + 8
		}
	}
	y = area.y1 + 22
	if len(homeless) > 0 {
		y += legend(c, homeless, margin, y+4, f.width-2*margin) + 4
	}
	return y
}

// drawVerticalThresholds draws thresholds across lying bars, names on top; names
// without room there are returned as entries for a legend.
func (b Bars) drawVerticalThresholds(c *canvas, area box, sv scale, width float64) (homeless []legendItem) {
	free := math.Inf(-1)
	for _, t := range b.Thresholds {
		x := math.Min(math.Max(sv.at(t.Value), area.x0), area.x1)
		k := t.State.ink()
		if t.State == Neutral {
			k = inkText
		}
		c.line(x, area.y0-4, x, area.y1, k, 1.5, thresholdDash)
		name := t.Label
		if name == "" {
			name = b.Y.Unit.Format(t.Value)
		}
		name = fit(name, sizeSmall, width/2)
		l, r := span(x, textWidth(name, sizeSmall), width)
		if l < free {
			homeless = append(homeless, legendItem{name, lineSample(k, thresholdDash, -1)})
			continue
		}
		c.label((l+r)/2, area.y0-7, name, style{size: sizeSmall, at: middle, rim: true})
		free = r + 8
	}
	return homeless
}
