package chart

import (
	"fmt"
	"math"
	"sort"
	"time"
)

// heatScale maps values to the inks of a heat map.
type heatScale struct {
	lo, hi float64
	limits []float64 // between inks
	inks   []ink     // one more than limits
	empty  bool      // some cells have no value
}

func (h heatScale) ink(v float64) ink {
	i := sort.Search(len(h.limits), func(i int) bool { return v < h.limits[i] })
	return h.inks[i]
}

// scale derives the colours from the values of the cells.
func (p Calendar) scale(cells []cell) (heatScale, bool) {
	h := heatScale{lo: math.Inf(1), hi: math.Inf(-1)}
	for i := range cells {
		if cells[i].count == 0 {
			h.empty = true
			continue
		}
		v := cells[i].value(p.Combine)
		h.lo, h.hi = math.Min(h.lo, v), math.Max(h.hi, v)
	}
	if !(h.lo <= h.hi) {
		return h, false
	}
	for _, s := range p.Steps {
		if s > -valueLimit && s < valueLimit && (len(h.limits) == 0 || s > h.limits[len(h.limits)-1]) && len(h.limits) < scaleInks-1 {
			h.limits = append(h.limits, s)
		}
	}
	for parts := scaleInks; len(h.limits) == 0 && h.hi > h.lo && parts > 0; parts-- {
		h.limits = p.roundLimits(h.lo, h.hi, parts)
	}
	n := len(h.limits) + 1
	for i := 0; i < n; i++ {
		// n inks spread over all there are.
		k := scaleInks / 2
		if n > 1 {
			k = int(math.Round(float64(i) * (scaleInks - 1) / float64(n-1)))
		}
		if p.LowIsStrong {
			k = scaleInks - 1 - k
		}
		if p.Diverging {
			h.inks = append(h.inks, divergingInk(k))
		} else {
			h.inks = append(h.inks, heatInk(k))
		}
	}
	return h, true
}

// roundLimits cuts a range at round values into about that many parts; nil if
// those are more than there are inks.
func (p Calendar) roundLimits(lo, hi float64, parts int) []float64 {
	raw := (hi - lo) / float64(parts)
	step := p.Unit.step(raw)
	if p.Unit != Bytes && p.Unit != Seconds && raw > 0 {
		// Colours need not be counted up by ones, twos and fives.
		tens := math.Pow(10, math.Floor(math.Log10(raw)))
		for _, m := range [...]float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10} {
			if step = m * tens; step >= raw*(1-1e-9) {
				break
			}
		}
		if p.Unit == Count {
			step = math.Max(math.Ceil(step), 1)
		}
	}
	var limits []float64
	for k := math.Floor(lo/step) + 1; k*step < hi; k++ {
		if len(limits) == scaleInks-1 {
			return nil
		}
		limits = append(limits, k*step)
	}
	return limits
}

// drawScale draws the legend of the colours and returns the y below it.
func (p Calendar) drawScale(c *canvas, h heatScale, y, width float64) float64 {
	n := len(h.inks)
	x := margin
	names := make([]string, len(h.limits))
	widest := 0.0
	for i, l := range h.limits {
		names[i] = p.Unit.Format(l)
		widest = math.Max(widest, textWidth(names[i], 10))
	}
	w := math.Min(math.Max(36, widest+10), (width-2*margin)/float64(n))
	y += 4
	if p.Label != "" {
		y += 10
		c.label(x, y, fit(p.Label, sizeSmall, width-2*margin), style{size: sizeSmall, ink: inkMuted})
		y += 6
	}
	for i, k := range h.inks {
		c.rect(x+float64(i)*w, y, w-1, 12).fill(k).close()
	}
	if n == 1 {
		c.label(x, y+24, p.Unit.Format(h.lo), style{size: 10, ink: inkMuted})
	}
	every := int(math.Ceil((widest + 8) / w))
	for i := 0; i < len(names); i += max(every, 1) {
		c.label(x+float64(i+1)*w-0.5, y+24, names[i], style{size: 10, ink: inkMuted, at: middle})
	}
	end := x + float64(n)*w + 20
	if h.empty {
		if end+80 > width-margin {
			end = x
			y += 32
		}
		c.rect(end+0.5, y+0.5, 11, 11).num("rx", 2).fill(inkNone).stroke(inkAxis).dash("2 2").close()
		c.label(end+18, y+10, "no data", style{size: sizeSmall, ink: inkMuted})
		if end == x {
			return y + 18
		}
	}
	return y + 30
}

func (p Calendar) drawHours(c *canvas, f frame) string {
	zone := inZone(p.Zone)
	cells := make([]cell, 7*24)
	var from, to time.Time
	index := 0
	for _, s := range p.Samples {
		if !p.usable(s) {
			continue
		}
		if from.IsZero() || s.Time.Before(from) || !s.Time.Before(to) {
			t := s.Time.In(zone)
			index = int(t.Weekday())*24 + t.Hour()
			from = t.Add(-time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
			to = from.Add(time.Hour)
			start, end := t.ZoneBounds()
			if !start.IsZero() && from.Before(start) {
				from = start
			}
			if !end.IsZero() && to.After(end) {
				to = end
			}
		}
		cells[index].add(s.Value)
	}
	heat, ok := p.scale(cells)
	if !ok {
		return f.noData(c, 0)
	}
	y := f.header(c) + 14
	names := 32.0
	w := (f.width - 2*margin - names) / 24
	h := math.Min(math.Max(w*0.9, 18), 28)
	every := 3
	if w < 14 {
		every = 6
	}
	for hour := 0; hour <= 24; hour += every {
		if hour < 24 {
			c.label(margin+names+float64(hour)*w+1, y-4, fmt.Sprintf("%02d:00", hour), style{size: 10, ink: inkMuted})
		}
	}
	for row := 0; row < 7; row++ {
		day := time.Weekday((row + p.firstWeekday()) % 7)
		ry := y + float64(row)*h
		c.label(margin+names-6, ry+h/2+4, day.String()[:3], style{size: sizeSmall, ink: inkMuted, at: right})
		for hour := 0; hour < 24; hour++ {
			k := &cells[int(day)*24+hour]
			tip := fmt.Sprintf("%s %02d:00: ", day.String()[:3], hour)
			e := c.rect(margin+names+float64(hour)*w+0.5, ry+0.5, w-1, h-1).num("rx", 2)
			if k.count == 0 {
				e.fill(inkNone).stroke(inkAxis).dash("2 2").titled(tip + "no data")
				continue
			}
			v := k.value(p.Combine)
			e.fill(heat.ink(v)).titled(tip + p.Unit.Format(v))
		}
	}
	y += 7*h + 14
	note := zone.String()
	if note != "" && note != "Local" {
		c.label(f.width-margin, y, note, style{size: sizeSmall, ink: inkMuted, at: right})
	}
	y = p.drawScale(c, heat, y, f.width)
	return f.document(c, y+margin-4, p.summaryHours(cells))
}

func (p Calendar) summaryHours(cells []cell) string {
	least, greatest, measured := -1, -1, 0
	for i := range cells {
		if cells[i].count == 0 {
			continue
		}
		measured++
		if least < 0 || cells[i].value(p.Combine) < cells[least].value(p.Combine) {
			least = i
		}
		if greatest < 0 || cells[i].value(p.Combine) > cells[greatest].value(p.Combine) {
			greatest = i
		}
	}
	say := func(i int) string {
		return fmt.Sprintf("%s on %s at %02d:00", p.Unit.Format(cells[i].value(p.Combine)), time.Weekday(i/24), i%24)
	}
	return fmt.Sprintf("Heat map of the hours of the week in %s, %d of 168 measured; an hour shows the %s of its values. Least %s, greatest %s.",
		inZone(p.Zone), measured, p.Combine, say(least), say(greatest))
}
