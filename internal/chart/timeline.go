package chart

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Timeline shows rows of spans along a time axis: who is on call, which alert
// fires, which stage a rollout is in. The zero value says "no data".
//
// Spans of one row that overlap are stacked, up to five; beyond that they lie on
// one another and only tooltips tell them apart. Where spans are finer than the
// picture, neighbours of one look merge; the size of the document stays bounded
// by the picture. At most 100 rows are drawn; a note says what was left out.
type Timeline struct {
	Title       string
	Subtitle    string
	Description string // text alternative; a summary of the data follows it
	// Width is in pixels, zero is 800; it is held between 200 and 4000. The
	// height follows from the rows. Below 480 pixels names stand above their rows.
	Width int
	Theme Theme

	// X is a time axis; only Label, Zone, From and To are used.
	X      Axis
	Rows   []Row
	Events []Event
	// Groups are the groups of spans that take the first colours, in this order,
	// whether they appear or not, so that a group looks the same in every picture;
	// the others follow as they appear.
	Groups []string
}

// Row is one person, alert or service.
type Row struct {
	Name  string
	Spans []Span
}

// Span is one stretch of time on a row. A zero From or To is open: the span
// reaches to the end of the picture and shows an open edge. A span with To not
// after From is a point in time.
type Span struct {
	From, To time.Time
	// Label stands inside if it fits, and in the tooltip; empty is the group.
	Label string
	// Group chooses the colour: spans of one group have the same, and an entry in
	// the legend. State, if it is not Neutral, chooses colour and sign instead.
	Group string
	State State
	// Soft draws a broken outline: proposed, shadowing, not yet confirmed.
	Soft bool
}

const (
	maxRows   = 100
	maxLanes  = 5
	laneSize  = 20.0
	laneSpace = 3.0
)

// SVG returns the picture as a document.
func (t Timeline) SVG() string {
	f := frame{kind: "Timeline", title: t.Title, subtitle: t.Subtitle, description: t.Description, theme: t.Theme, width: pictureWidth(t.Width)}
	c := &canvas{theme: t.Theme}
	total := len(t.Rows)
	t.Rows = t.Rows[:min(total, maxRows)]
	t.Events = t.Events[:min(len(t.Events), maxEvents)]
	t.X.Time = true
	lo, hi := t.extent()
	if !(lo <= hi) {
		return f.noData(c, 0)
	}

	groups, items := t.groups()
	y := f.header(c)
	if !f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y, f.width-2*margin)
	}
	area := box{x0: margin, x1: f.width - margin}
	if !f.narrow() {
		widest := 0.0
		for _, r := range t.Rows {
			widest = math.Max(widest, textWidth(clean(r.Name), sizeText))
		}
		area.x0 += math.Min(widest, f.width*0.28) + 10
	}
	sx, ticks := Plot{X: t.X}.xLayout(plotData{lo: lo, hi: hi}, area.width())
	sx.a, sx.b = area.x0, area.x1
	notes := placeEvents(t.Events, t.X, sx, area, f.width)
	y += notes.height
	area.y0 = y

	// Place first: the height of a row follows from its lanes.
	rows := make([][]placedSpan, len(t.Rows))
	tops := make([]float64, len(t.Rows))
	for i, r := range t.Rows {
		spans, lanes := placeSpans(r.Spans, sx, area, groups)
		rows[i] = spans
		tops[i] = y + 4
		if f.narrow() {
			tops[i] += 15
		}
		y = tops[i] + float64(lanes)*(laneSize+laneSpace) + 4
	}
	area.y1 = y

	var grid path
	for _, k := range ticks {
		if sx.holds(k.at) {
			grid.move(crisp(sx.at(k.at)), area.y0).op('V', area.y1)
		}
	}
	if len(grid.b) > 0 {
		c.el("path").d(grid).fill(inkNone).stroke(inkGrid).num("stroke-width", 1).close()
	}
	notes.drawSpans(c, area)
	var rules path
	for i, r := range t.Rows {
		if f.narrow() {
			c.label(margin, tops[i]-4, fit(r.Name, sizeText, f.width-2*margin), style{rim: true})
		} else {
			c.label(area.x0-8, tops[i]+laneSize/2+4, fit(r.Name, sizeText, area.x0-margin-8), style{at: right})
		}
		if i > 0 {
			top := tops[i] - 4
			if f.narrow() {
				top -= 15
			}
			rules.move(margin, crisp(top)).op('H', area.x1)
		}
	}
	if len(rules.b) > 0 {
		c.el("path").d(rules).fill(inkNone).stroke(inkGrid).num("stroke-width", 1).close()
	}
	notes.drawLines(c, area)
	for i := range rows {
		roomBeside(rows[i], area)
		for _, s := range rows[i] {
			t.drawSpan(c, s, tops[i]+float64(s.lane)*(laneSize+laneSpace), t.Rows[i].Name)
		}
	}
	y = drawXAxis(c, area, sx, ticks, t.X, f.width)
	if f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y+4, f.width-2*margin) + 4
	}
	if total > len(t.Rows) {
		y += 14
		c.label(f.width-margin, y-2, fmt.Sprintf("first %d of %d rows", len(t.Rows), total), style{size: sizeSmall, ink: inkMuted, at: right})
	}
	y = notes.drawList(c, y, f.width)
	return f.document(c, y+margin-4, t.summary(sx, total))
}

// extent returns the ends of the time axis.
func (t Timeline) extent() (lo, hi float64) {
	if lo, hi, ok := t.X.fixed(); ok {
		return lo, hi
	}
	lo, hi = math.Inf(1), math.Inf(-1)
	add := func(at time.Time) {
		if v := unix(at); !at.IsZero() && t.X.drawable(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	for _, r := range t.Rows {
		for _, s := range r.Spans {
			add(s.From)
			add(s.To)
		}
	}
	if !(lo <= hi) {
		return lo, hi
	}
	for _, e := range t.Events {
		add(e.At)
	}
	return lo, hi
}

// groups gives each group its colour, and the legend by first appearance.
func (t Timeline) groups() (map[string]ink, []legendItem) {
	groups := map[string]ink{}
	for _, g := range t.Groups {
		if _, ok := groups[g]; !ok {
			groups[g] = seriesInk(len(groups))
		}
	}
	shown := map[string]bool{}
	var items []legendItem
	var states [Unknown + 1]bool
	soft := false
	for _, r := range t.Rows {
		for _, s := range r.Spans {
			soft = soft || s.Soft
			if s.State > Neutral && s.State <= Unknown {
				states[s.State] = true
				continue
			}
			if shown[s.Group] {
				continue
			}
			shown[s.Group] = true
			k, ok := groups[s.Group]
			if !ok {
				k = seriesInk(len(groups))
				groups[s.Group] = k
			}
			if s.Group != "" && len(items) < maxSeries {
				items = append(items, legendItem{s.Group, spanSample(k, false)})
			}
		}
	}
	for s := OK; s <= Unknown; s++ {
		if states[s] {
			items = append(items, legendItem{s.String(), func(c *canvas, x, y float64) { sign(c, s, x+sampleWidth-9, y, 6.5) }})
		}
	}
	if soft {
		items = append(items, legendItem{"tentative", spanSample(inkMuted, true)})
	}
	return groups, items
}

func spanSample(k ink, soft bool) func(*canvas, float64, float64) {
	return func(c *canvas, x, y float64) {
		e := c.rect(x+4, y-6, 18, 12).num("rx", 2).fill(k).num("fill-opacity", 0.28).stroke(k)
		if soft {
			e.dash("3 2")
		}
		e.close()
	}
}

func (t Timeline) drawSpan(c *canvas, s placedSpan, y float64, row string) {
	const h = laneSize
	w := s.x1 - s.x0
	label := s.text()
	place := s.placeText()
	switch place {
	case textAfter:
		c.label(math.Max(s.x1, s.x0+2)+5, y+h/2+4, label, style{size: sizeSmall, rim: true})
	case textBefore:
		c.label(s.x0-5, y+h/2+4, label, style{size: sizeSmall, at: right, rim: true})
	}
	if w < 5 { // too small for an outline
		c.rect(s.x0, y, math.Max(w, 2), h).fill(s.ink).titled(t.tip(s, row))
		return
	}
	e := c.rect(s.x0+0.5, y, w-1, h).num("rx", 2).fill(s.ink)
	if s.Soft {
		e.num("fill-opacity", 0.1).stroke(s.ink).dash("3 2")
	} else {
		e.num("fill-opacity", 0.28).stroke(s.ink)
	}
	e.titled(t.tip(s, row))
	var edge path
	if !s.Soft && !s.openLeft {
		c.rect(s.x0, y, 3, h).fill(s.ink).close()
	}
	zigzag := func(x float64) {
		edge.move(x, y-1)
		for i := 0; i < 5; i++ {
			d := 4.0
			if i%2 == 1 {
				d = -4
			}
			edge.op('l', d, (h+2)/5)
		}
	}
	if s.openLeft {
		zigzag(s.x0 - 1)
	}
	if s.openOpen {
		zigzag(s.x1 - 4)
	}
	if len(edge.b) > 0 {
		c.el("path").d(edge).fill(inkNone).stroke(inkPaper).num("stroke-width", 3).close()
		c.el("path").d(edge).fill(inkNone).stroke(s.ink).num("stroke-width", 1.2).close()
	}
	x := s.x0 + 7
	room := w - 11
	if s.State > Neutral && s.State <= Unknown && room >= 12 {
		sign(c, s.State, x+5, y+h/2, 5.5)
		x += 15
		room -= 15
	}
	if place != textInside {
		return
	}
	if text := fit(label, sizeSmall, room); text == clean(label) || textWidth(text, sizeSmall) >= 26 {
		c.label(x, y+h/2+4, text, style{size: sizeSmall})
	}
}

func (t Timeline) tip(s placedSpan, row string) string {
	s.crowded = false
	label := s.text()
	say := func(at time.Time, open string) string {
		if at.IsZero() {
			return open
		}
		return at.In(inZone(t.X.Zone)).Format("Mon 2 Jan 2006 15:04 MST")
	}
	tip := row
	if label != "" {
		tip += ": " + label
	}
	if s.State != Neutral {
		tip += ", " + s.State.String()
	}
	if s.merged > 1 {
		return tip
	}
	return tip + ", " + say(s.From, "open") + " to " + say(s.To, "open")
}

func (t Timeline) summary(sx scale, total int) string {
	from, to := instant(sx.lo, t.X.Zone), instant(sx.hi, t.X.Zone)
	var b strings.Builder
	fmt.Fprintf(&b, "Timeline of %d rows from %s to %s.", total, from.Format("2 Jan 2006 15:04 MST"), to.Format("2 Jan 2006 15:04 MST"))
	written := 0
	for i, r := range t.Rows {
		if written > 40 {
			fmt.Fprintf(&b, " And %d more rows.", total-i)
			break
		}
		fmt.Fprintf(&b, " %s: ", r.Name)
		if len(r.Spans) == 0 {
			b.WriteString("nothing.")
		}
		for k, s := range r.Spans {
			if k == 10 {
				fmt.Fprintf(&b, " and %d more.", len(r.Spans)-k)
				break
			}
			if k > 0 {
				b.WriteString(" ")
			}
			b.WriteString(strings.TrimLeft(t.tip(placedSpan{Span: s}, ""), ":, "))
			b.WriteString(";")
			written++
		}
	}
	return b.String()
}
