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
