package chart

import (
	"math"
	"sort"
)

// drawThresholds draws horizontal lines with their names: at the right above the
// line if that place is free, else at the first free one of nine others. busy
// tells whether something else is drawn in a box. A name that finds no place is
// returned as an entry for a legend.
func drawThresholds(c *canvas, area box, sy scale, list []Threshold, u Unit, busy func(box) bool) []legendItem {
	var taken []box
	var homeless []legendItem
	type name struct {
		box
		text string
	}
	var names []name
	for _, t := range list {
		text := t.Label
		if text == "" {
			text = u.Format(t.Value)
		}
		y := sy.at(t.Value)
		switch {
		case y < area.y0-0.5:
			y, text = area.y0, text+" ↑ "+u.Format(t.Value)
		case y > area.y1+0.5:
			y, text = area.y1, text+" ↓ "+u.Format(t.Value)
		}
		k := t.State.ink()
		if t.State == Neutral {
			k = inkText
		}
		c.line(area.x0, y, area.x1, y, k, 1.5, thresholdDash)
		text = fit(text, sizeSmall, area.width()*0.7)
		place, ok := thresholdPlace(area, y, textWidth(text, sizeSmall), func(b box) bool {
			for _, o := range taken {
				if o.overlaps(b) {
					return true
				}
			}
			return busy(b)
		})
		if !ok {
			homeless = append(homeless, legendItem{text, lineSample(k, thresholdDash, -1)})
			continue
		}
		taken = append(taken, place)
		names = append(names, name{place, text})
	}
	for _, n := range names {
		c.label(n.x0+1, n.y1-2, n.text, style{size: sizeSmall, rim: true})
	}
	return homeless
}

const thresholdDash = "6 3"

// thresholdPlace finds a box for a name of width w at a line.
func thresholdPlace(area box, y, w float64, taken func(box) bool) (box, bool) {
	const h = sizeSmall + 2
	room := area.width() - w - 8
	for _, top := range [...]float64{y - h - 2, y + 2} {
		for _, x := range [...]float64{1, 0, 0.5, 0.75, 0.25} {
			x = area.x0 + 4 + x*room
			b := box{x, top, x + w + 2, top + h}
			if b.y0 >= area.y0-2 && b.y1 <= area.y1 && !taken(b) {
				return b, true
			}
		}
	}
	return box{}, false
}

// eventNotes are the events of a picture, placed.
type eventNotes struct {
	marks      []eventMark
	height     float64 // above the plot area
	lettered   bool
	clusters   []letterCluster
	list       []string
	listHeight float64
}

// letterCluster is a run of letters too near to each other to stand apart.
type letterCluster struct {
	x0, x1      float64
	first, last string
}

type eventMark struct {
	Event
	x0, x1 float64 // x1 > x0: a span
	row    int
	l      float64 // left end of the label
	label  string
	letter string
}

const (
	eventRow  = 14.0
	eventRows = 3
)

// placeEvents finds room for the names of events above the plot area: beside
// their lines in up to three rows, or, where they are too many for that, as
// letters that a list below the picture explains.
func placeEvents(events []Event, a Axis, sx scale, area box, width float64) eventNotes {
	var n eventNotes
	for _, e := range events {
		from, to := e.X, e.XUntil
		if a.Time {
			if e.At.IsZero() {
				continue
			}
			from, to = unix(e.At), unix(e.Until)
		}
		if !a.drawable(from) {
			continue
		}
		if !a.drawable(to) || to <= from {
			to = from
		}
		m := eventMark{Event: e, x0: sx.at(from), x1: sx.at(to), label: clean(e.Label)}
		if m.x1 < area.x0-0.5 || m.x0 > area.x1+0.5 {
			continue
		}
		m.x0, m.x1 = math.Max(m.x0, area.x0), math.Min(m.x1, area.x1)
		n.marks = append(n.marks, m)
	}
	sort.SliceStable(n.marks, func(i, j int) bool { return n.marks[i].x0 < n.marks[j].x0 })
	named := 0
	for _, m := range n.marks {
		if m.label != "" {
			named++
		}
	}
	if named == 0 {
		return n
	}
	if n.placeNames(width) {
		return n
	}
	n.placeLetters(named, a, width)
	return n
}

// placeNames works from right to left and puts a name that would overlap a later
// one into a higher row, so that no line runs through a name. It reports false if
// the rows do not suffice.
func (n *eventNotes) placeNames(width float64) bool {
	free := [eventRows]float64{width, width, width}
	rows := 0
	for i := len(n.marks) - 1; i >= 0; i-- {
		m := &n.marks[i]
		if m.label == "" {
			continue
		}
		w := textWidth(m.label, sizeSmall)
		if w > width*0.45 {
			return false
		}
		m.l = m.x0 + 4
		if m.l+w > width-4 {
			m.l = m.x0 - 4 - w
		}
		m.row = -1
		for r := range free {
			if m.l+w <= free[r] {
				m.row = r
				break
			}
		}
		if m.row < 0 || m.l < 2 {
			return false
		}
		free[m.row] = math.Min(m.l, m.x0) - 10
		rows = max(rows, m.row+1)
	}
	for _, a := range n.marks { // a name left of its line must not lie on another line
		for _, b := range n.marks {
			if a.label != "" && a.l < a.x0 && b.x0 > a.l && b.x0 < a.x0 && b.row >= a.row {
				return false
			}
		}
	}
	n.height = float64(rows)*eventRow + 4
	return true
}

func (n *eventNotes) placeLetters(named int, a Axis, width float64) {
	n.lettered = true
	if named > 26 { // more letters than the alphabet: lines with tooltips only
		n.list = []string{Count.Format(float64(named)) + " events marked by vertical lines"}
		n.listHeight = legendRow + 4
		return
	}
	next := 0
	for i := range n.marks {
		m := &n.marks[i]
		m.row = 0
		if m.label == "" {
			continue
		}
		m.letter = string(rune('A' + next))
		next++
		text := m.letter + "\u2002" + m.label
		if a.Time {
			text += ", " + m.At.In(inZone(a.Zone)).Format("2 Jan 15:04")
		}
		n.list = append(n.list, text)
		k := len(n.clusters) - 1
		if k < 0 || m.x0-n.clusters[k].x1 > 26 {
			n.clusters = append(n.clusters, letterCluster{m.x0, m.x0, m.letter, m.letter})
		} else {
			n.clusters[k].x1, n.clusters[k].last = m.x0, m.letter
		}
	}
	n.height = eventRow + 4
	n.listHeight = float64(len(n.list))*16 + 6
}

func (m eventMark) ink() ink {
	if m.State == Neutral {
		return inkAxis
	}
	return m.State.ink()
}

func (n eventNotes) drawSpans(c *canvas, area box) {
	for _, m := range n.marks {
		if m.x1 > m.x0 {
			c.rect(m.x0, area.y0, math.Max(m.x1-m.x0, 1), area.height()).fill(m.ink()).num("fill-opacity", 0.13).titled(m.label)
		}
	}
}

func (n eventNotes) drawLines(c *canvas, area box) {
	for _, m := range n.marks {
		top := area.y0
		if m.label != "" && n.height > 0 {
			top = area.y0 - n.height + float64(n.rowFromTop(m))*eventRow + 4
		}
		if n.lettered {
			top = area.y0 - 3
		}
		if m.x1 > m.x0 {
			c.line(m.x0, top, m.x0, area.y0, m.ink(), 1.2, "")
		} else {
			e := c.el("line").num("x1", m.x0).num("y1", top).num("x2", m.x0).num("y2", area.y1).stroke(m.ink()).num("stroke-width", 1.2)
			e.titled(m.label)
		}
	}
	for _, k := range n.clusters {
		text := k.first
		if k.last != k.first {
			text += "–" + k.last
		}
		l, r := span((k.x0+k.x1)/2, textWidth(text, sizeSmall), area.x1+margin)
		c.label((l+r)/2, area.y0-6, text, style{size: sizeSmall, at: middle, bold: true, rim: true})
	}
	for _, m := range n.marks {
		if m.label != "" && !n.lettered {
			c.label(m.l, area.y0-n.height+float64(n.rowFromTop(m))*eventRow+eventRow-1, m.label, style{size: sizeSmall, rim: true})
		}
	}
}

// rowFromTop counts rows from the top; the first row is the lowest, next to the
// plot area.
func (n eventNotes) rowFromTop(m eventMark) int {
	return int((n.height-4)/eventRow) - 1 - m.row
}

// drawList writes what the letters mean and returns the y below.
func (n eventNotes) drawList(c *canvas, y, width float64) float64 {
	if len(n.list) == 0 {
		return y
	}
	y += 4
	for _, s := range n.list {
		y += 16
		c.label(margin, y-2, fit(s, sizeSmall, width-2*margin), style{size: sizeSmall})
	}
	return y + 4
}
