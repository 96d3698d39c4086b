package chart

import (
	"fmt"
	"math"
	"strings"
)

// Bars compares values of categories. Bars stand side by side or, if Stacked, on
// top of each other; they begin at zero (on a logarithmic axis at its end). The
// order within a group or a stack is that of the legend. The zero value says
// "no data".
//
// At most 200 categories and 20 series are drawn; a note says what was left out.
type Bars struct {
	Title       string
	Subtitle    string
	Description string // text alternative; a summary of the data follows it
	// Width and Height are pixels; zero is 800 and a height that fits. Width is
	// held between 200 and 4000.
	Width, Height int
	Theme         Theme

	Categories []string
	Series     []BarSeries
	// Y is the axis of values, also where bars lie. Its time fields are not used.
	Y Axis
	// Horizontal lets bars lie, one row each: better for long names.
	Horizontal bool
	Stacked    bool
	Thresholds []Threshold
}

// BarSeries holds one value for each category. A value that is NaN, infinite or
// absent has no bar; a dash stands in its place.
type BarSeries struct {
	Name   string
	Values []float64
	// Low and High draw whiskers, where both are numbers; stacked bars have none.
	Low, High []float64
	// States mark single bars with the colour and sign of a state.
	States []State
	// Color is the place in the palette, from 1; zero follows the order. State,
	// if it is not Neutral, chooses the colour of all bars instead.
	Color int
	State State
}

const (
	maxCategories = 200
	maxBarSeries  = 20
)

// SVG returns the picture as a document.
func (b Bars) SVG() string {
	f := frame{kind: "Bar chart", title: b.Title, subtitle: b.Subtitle, description: b.Description, theme: b.Theme, width: pictureWidth(b.Width)}
	c := &canvas{theme: b.Theme}
	total := len(b.Categories)
	for _, s := range b.Series {
		total = max(total, len(s.Values))
	}
	b = b.bounded(total)
	n := len(b.Categories)
	lo, hi, count := b.extent()
	if count == 0 {
		return f.noData(c, float64(min(max(b.Height, 0), maxSize)))
	}

	y := f.header(c)
	var items []legendItem
	for i, s := range b.Series {
		if s.Name != "" {
			items = append(items, legendItem{s.Name, swatchSample(colorInk(s.Color, s.State, i), 1)})
		}
	}
	if len(items) == 1 {
		items = nil
	}
	if !f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y, f.width-2*margin)
	}
	if b.Y.Label != "" {
		y += sizeSmall + 2
		c.label(margin, y, fit(b.Y.Label, sizeSmall, f.width-2*margin), style{size: sizeSmall, ink: inkMuted})
		y += 8
	}
	note := ""
	if total > n {
		note = fmt.Sprintf("first %d of %d", n, total)
	}
	reserve := margin
	if f.narrow() && len(items) > 0 {
		reserve += legendHeight(items, f.width-2*margin) + 8
	}
	if note != "" {
		reserve += 16
	}
	if b.Horizontal {
		y = b.drawHorizontal(c, f, y, lo, hi, reserve)
	} else {
		y = b.drawVertical(c, f, y, lo, hi, reserve)
	}
	if f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y+4, f.width-2*margin) + 4
	}
	if note != "" {
		y += 14
		c.label(f.width-margin, y-2, note, style{size: sizeSmall, ink: inkMuted, at: right})
	}
	return f.document(c, y+margin-4, b.summary())
}

func (b Bars) bounded(total int) Bars {
	b.Y.Time = false
	b.Series = b.Series[:min(len(b.Series), maxBarSeries)]
	names := make([]string, min(total, maxCategories))
	copy(names, b.Categories)
	b.Categories = names
	var kept []Threshold
	for _, t := range b.Thresholds {
		if b.Y.drawable(t.Value) && len(kept) < maxThresholds {
			kept = append(kept, t)
		}
	}
	b.Thresholds = kept
	return b
}

// value returns the value of series s at category i.
func (b Bars) value(s, i int) (float64, bool) {
	v := b.Series[s].Values
	if i >= len(v) || !b.Y.drawable(v[i]) {
		return 0, false
	}
	return v[i], true
}

// whisker returns the ends of the whisker of series s at category i.
func (b Bars) whisker(s, i int) (lo, hi float64, ok bool) {
	l, h := b.Series[s].Low, b.Series[s].High
	if b.Stacked || i >= len(l) || i >= len(h) || !b.Y.drawable(l[i]) || !b.Y.drawable(h[i]) {
		return 0, 0, false
	}
	return l[i], h[i], true
}

// extent returns the ends of what is drawn and the number of values.
func (b Bars) extent() (lo, hi float64, count int) {
	lo, hi = math.Inf(1), math.Inf(-1)
	add := func(v float64) { lo, hi = math.Min(lo, v), math.Max(hi, v) }
	for i := range b.Categories {
		up, down := 0.0, 0.0
		for s := range b.Series {
			v, ok := b.value(s, i)
			if !ok {
				continue
			}
			count++
			if !b.Stacked {
				add(v)
				if l, h, ok := b.whisker(s, i); ok {
					add(l)
					add(h)
				}
				continue
			}
			if v < 0 {
				down += v
				add(math.Max(down, -valueLimit))
			} else {
				up += v
				add(math.Min(up, valueLimit))
			}
		}
	}
	for _, t := range b.Thresholds {
		add(t.Value)
	}
	switch {
	case count > 0 && !b.Y.Log:
		add(0)
	case count > 0:
		add(lo / 2) // the least bar has a length, too
	}
	return lo, hi, count
}

// piece is one bar: its place across the axis of values, and its ends on it.
type piece struct {
	series, category int
	at, thick        float64
	from, to         float64 // pixels
	value            float64
	ink              ink
	state            State
}

// pieces lays out the bars of category i in a slot that begins at pixel at.
func (b Bars) pieces(i int, at, slot, maxThick float64, sv scale) []piece {
	k := len(b.Series)
	if b.Stacked {
		k = 1
	}
	thick := math.Min(slot*0.78/float64(k), maxThick)
	begin := at + (slot-thick*float64(k))/2
	base := sv.a
	if !sv.log {
		base = math.Min(math.Max(sv.at(0), math.Min(sv.a, sv.b)), math.Max(sv.a, sv.b))
	}
	bounded := func(p float64) float64 {
		return math.Min(math.Max(p, math.Min(sv.a, sv.b)), math.Max(sv.a, sv.b))
	}
	var out []piece
	up, down := 0.0, 0.0
	for s := range b.Series {
		v, ok := b.value(s, i)
		if !ok {
			continue
		}
		p := piece{series: s, category: i, at: begin, thick: thick, value: v, from: base}
		if b.Stacked {
			from := up
			if v < 0 {
				from = down
				down += v
			} else {
				up += v
			}
			if from != 0 || !sv.log {
				p.from = bounded(sv.at(from))
			}
			p.to = bounded(sv.at(from + v))
		} else {
			p.at += float64(s) * thick
			p.to = bounded(sv.at(v))
			if k > 1 && thick > 4 {
				p.thick--
			}
		}
		p.state = b.Series[s].State
		p.ink = colorInk(b.Series[s].Color, p.state, s)
		if st := b.Series[s].States; i < len(st) && st[i] != Neutral {
			p.state = st[i]
			p.ink = p.state.ink()
		}
		out = append(out, p)
	}
	return out
}

func (b Bars) tip(p piece) string {
	tip := b.Categories[p.category]
	if name := b.Series[p.series].Name; name != "" {
		tip += ", " + name
	}
	tip += ": " + b.Y.Unit.Format(p.value)
	if l, h, ok := b.whisker(p.series, p.category); ok {
		tip += " (" + b.Y.Unit.Format(l) + " to " + b.Y.Unit.Format(h) + ")"
	}
	if p.state != Neutral {
		tip += ", " + p.state.String()
	}
	return tip
}

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

func (b Bars) summary() string {
	var s strings.Builder
	fmt.Fprintf(&s, "Bar chart with %d categories and %d series.", len(b.Categories), len(b.Series))
	written := 0
	for i, name := range b.Categories {
		if written >= 40 {
			fmt.Fprintf(&s, " And %d more categories.", len(b.Categories)-i)
			break
		}
		for k := range b.Series {
			v, ok := b.value(k, i)
			text := "no data"
			if ok {
				text = b.Y.Unit.Format(v)
			}
			fmt.Fprintf(&s, " %s", name)
			if b.Series[k].Name != "" {
				fmt.Fprintf(&s, ", %s", b.Series[k].Name)
			}
			fmt.Fprintf(&s, ": %s.", text)
			written++
		}
	}
	for i, t := range b.Thresholds {
		if i == 8 {
			break
		}
		fmt.Fprintf(&s, " Threshold %s at %s.", t.Label, b.Y.Unit.Format(t.Value))
	}
	return s.String()
}
