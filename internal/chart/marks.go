package chart

import (
	"math"
	"sort"
)

// drawThresholds draws horizontal lines and, at their right end, their names,
// moved apart where they would overlap.
func drawThresholds(c *canvas, area box, sy scale, list []Threshold, u Unit) {
	type mark struct {
		Threshold
		y, text float64
		label   string
	}
	var marks []mark
	for _, t := range list {
		m := mark{Threshold: t, label: t.Label}
		if m.label == "" {
			m.label = u.Format(t.Value)
		}
		m.y = sy.at(t.Value)
		switch {
		case m.y < area.y0-0.5:
			m.y, m.label = area.y0, m.label+" ↑ "+u.Format(t.Value)
		case m.y > area.y1+0.5:
			m.y, m.label = area.y1, m.label+" ↓ "+u.Format(t.Value)
		}
		m.label = fit(m.label, sizeSmall, area.width()*0.7)
		marks = append(marks, m)
	}
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].y < marks[j].y })
	below := area.y0 - 2
	for i := range marks {
		m := &marks[i]
		k := m.State.ink()
		if m.State == Neutral {
			k = inkText
		}
		c.line(area.x0, m.y, area.x1, m.y, k, 1.5, "6 3")
		m.text = m.y - 5
		if m.text-sizeSmall < below { // above the line is taken: go below it
			m.text = math.Max(m.y+sizeSmall+3, below+sizeSmall)
		}
		below = m.text + 3
	}
	for _, m := range marks {
		if m.text > area.y1+sizeSmall+4 {
			continue
		}
		c.label(area.x1-4, m.text, m.label, style{size: sizeSmall, at: right, rim: true})
	}
}

// eventNotes are the events of a picture, placed.
type eventNotes struct {
	marks      []eventMark
	height     float64 // above the plot area
	lettered   bool
	list       []string
	listHeight float64
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
	var free [eventRows]float64
	rows, next := 0, 0
	for i := range n.marks {
		m := &n.marks[i]
		if m.label == "" {
			continue
		}
		m.letter = string(rune('A' + next))
		next++
		m.l = m.x0 - 5
		for r := range free {
			m.row = r
			if m.l >= free[r] {
				break
			}
		}
		free[m.row] = m.l + 14
		rows = max(rows, m.row+1)
		text := m.letter + "\u2002" + m.label
		if a.Time {
			text += ", " + m.At.In(inZone(a.Zone)).Format("2 Jan 15:04")
		}
		n.list = append(n.list, text)
	}
	n.height = float64(rows)*eventRow + 4
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
		if n.lettered && m.letter != "" {
			top = area.y0 - float64(m.row)*eventRow - 3
		}
		if m.x1 > m.x0 {
			c.line(m.x0, top, m.x0, area.y0, m.ink(), 1.2, "")
		} else {
			e := c.el("line").num("x1", m.x0).num("y1", top).num("x2", m.x0).num("y2", area.y1).stroke(m.ink()).num("stroke-width", 1.2)
			e.titled(m.label)
		}
	}
	for _, m := range n.marks {
		switch {
		case m.letter != "":
			c.label(m.x0, area.y0-float64(m.row)*eventRow-5, m.letter, style{size: sizeSmall, at: middle, bold: true, rim: true})
		case m.label != "" && !n.lettered:
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
