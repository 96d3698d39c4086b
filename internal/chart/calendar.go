package chart

import (
	"fmt"
	"math"
	"time"
)

// Sample is one measured value.
type Sample struct {
	Time  time.Time
	Value float64
}

// CalendarLayout says what the cells of a Calendar are.
type CalendarLayout int

const (
	DaysByWeeks CalendarLayout = iota // a cell for each day, weeks side by side
	HoursOfWeek                       // a cell for each hour of each day of the week
)

// Combine says how values that share a cell become one.
type Combine int

const (
	Mean Combine = iota
	Sum
	Least
	Greatest
	Latest // of the samples in the order given
)

// String returns the name of the rule in lower case.
func (m Combine) String() string {
	switch m {
	case Sum:
		return "sum"
	case Least:
		return "least"
	case Greatest:
		return "greatest"
	case Latest:
		return "latest"
	}
	return "mean"
}

// Calendar is a heat map over days or over the hours of the week. Days and hours
// are those of Zone: a day of 23 or 25 hours is one cell. The zero value says
// "no data".
//
// Values that are NaN or infinite count as not measured. A day of the range
// without a value is an empty cell. At most the last 3,660 days are drawn.
type Calendar struct {
	Title       string
	Subtitle    string
	Description string // text alternative; a summary of the data follows it
	// Width is in pixels, zero is 800; it is held between 200 and 4000. The
	// height follows from it: a long time folds into several strips.
	Width int
	Theme Theme

	Zone    *time.Location // nil is UTC
	Samples []Sample
	Layout  CalendarLayout
	Combine Combine
	// From and To widen or cut the range of days; a zero one follows the data.
	// To is exclusive. Samples outside are left out in both layouts.
	From, To time.Time

	// Label names the quantity beside the scale.
	Label string
	Unit  Unit
	// Steps are the limits between colours, rising, at most six; without them the
	// range of the values is cut at round numbers.
	Steps []float64
	// LowIsStrong gives the strongest colour to the lowest values: availability.
	LowIsStrong bool
	// Diverging uses two hues that meet in the middle of the scale.
	Diverging   bool
	SundayFirst bool
}

const maxDays = 3660

// cell collects the values of one day or hour.
type cell struct {
	sum, least, greatest, latest float64
	count                        int
}

func (c *cell) add(v float64) {
	if c.count == 0 || v < c.least {
		c.least = v
	}
	if c.count == 0 || v > c.greatest {
		c.greatest = v
	}
	c.sum += v
	c.latest = v
	c.count++
}

func (c *cell) value(m Combine) float64 {
	switch m {
	case Sum:
		return math.Max(math.Min(c.sum, valueLimit), -valueLimit)
	case Least:
		return c.least
	case Greatest:
		return c.greatest
	case Latest:
		return c.latest
	}
	return c.sum / float64(c.count)
}

// SVG returns the picture as a document.
func (p Calendar) SVG() string {
	f := frame{kind: "Calendar heat map", title: p.Title, subtitle: p.Subtitle, description: p.Description, theme: p.Theme, width: pictureWidth(p.Width)}
	if p.Layout == HoursOfWeek {
		f.kind = "Hour-of-week heat map"
	}
	c := &canvas{theme: p.Theme}
	if p.Layout == HoursOfWeek {
		return p.drawHours(c, f)
	}
	return p.drawDays(c, f)
}

// civilDay numbers the days of the calendar: days since 1 January 1970.
func civilDay(t time.Time) int {
	y, m, d := t.Date()
	return int(math.Floor(float64(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()) / 86400))
}

func dayTime(day int) time.Time { return time.Unix(int64(day)*86400, 0).UTC() }

// within tells whether an instant is in the range that was asked for.
func (p Calendar) within(t time.Time) bool {
	return (p.From.IsZero() || !t.Before(p.From)) && (p.To.IsZero() || t.Before(p.To))
}

// usable tells whether a sample counts.
func (p Calendar) usable(s Sample) bool {
	return s.Value > -valueLimit && s.Value < valueLimit && p.within(s.Time) && math.Abs(float64(s.Time.Unix())) < timeLimit
}

// days returns the cells from day first on.
func (p Calendar) days() (first int, cells []cell) {
	zone := inZone(p.Zone)
	lo, hi := math.MaxInt, math.MinInt
	// The day of the sample before is remembered: looking a zone up is dear.
	var from, to time.Time
	day := 0
	dayOf := func(t time.Time) int {
		if t.Before(from) || !t.Before(to) || from.IsZero() {
			day = civilDay(t.In(zone))
			from = instant(startOfDay(dayTime(day), zone), zone)
			to = instant(startOfDay(dayTime(day+1), zone), zone)
		}
		return day
	}
	for _, s := range p.Samples {
		if p.usable(s) {
			d := dayOf(s.Time)
			lo, hi = min(lo, d), max(hi, d)
		}
	}
	if lo > hi {
		return 0, nil
	}
	if !p.From.IsZero() {
		lo = civilDay(p.From.In(zone))
	}
	if !p.To.IsZero() {
		hi = max(civilDay(p.To.Add(-1).In(zone)), lo)
	}
	lo = max(lo, hi-maxDays+1)
	cells = make([]cell, hi-lo+1)
	for _, s := range p.Samples {
		if p.usable(s) {
			if d := dayOf(s.Time); d >= lo && d <= hi {
				cells[d-lo].add(s.Value)
			}
		}
	}
	return lo, cells
}

// firstWeekday returns the day with which weeks begin.
func (p Calendar) firstWeekday() int {
	if p.SundayFirst {
		return 0
	}
	return 1
}

func (p Calendar) drawDays(c *canvas, f frame) string {
	first, cells := p.days()
	heat, ok := p.scale(cells)
	if !ok {
		return f.noData(c, 0)
	}
	y := f.header(c)

	// Weeks are columns; column 0 is the week of the first day.
	offset := (int(dayTime(first).Weekday()) - p.firstWeekday() + 7) % 7
	weeks := (len(cells) + offset + 6) / 7
	names := 32.0
	avail := f.width - 2*margin - names
	smallest := 12.0
	strips := max(int(math.Ceil(float64(weeks)*smallest/avail)), 1)
	perStrip := (weeks + strips - 1) / strips
	size := math.Floor(math.Min(math.Max(avail/float64(perStrip), smallest), 24))
	if perStrip = int(avail / size); strips > 1 { // equal strips
		perStrip = min(perStrip, (weeks+strips-1)/strips)
	}
	perStrip = max(perStrip, 1)
	strips = (weeks + perStrip - 1) / perStrip

	for s := 0; s < strips; s++ {
		y += 14 // names of months
		p.drawStrip(c, stripLayout{
			x: margin + names, y: y, size: size,
			week: s * perStrip, weeks: min(perStrip, weeks-s*perStrip),
			first: first, offset: offset, cells: cells, heat: heat, width: f.width,
		})
		y += 7*size + 10
	}
	y = p.drawScale(c, heat, y, f.width)
	return f.document(c, y+margin-4, p.summaryDays(first, cells, heat))
}

// stripLayout is one strip of weeks.
type stripLayout struct {
	x, y, size    float64
	week, weeks   int
	first, offset int
	cells         []cell
	heat          heatScale
	width         float64
}

// at returns the day shown in a column and row, and whether it is in the range.
func (s stripLayout) at(column, row int) (index int, ok bool) {
	index = (s.week+column)*7 + row - s.offset
	return index, index >= 0 && index < len(s.cells)
}

func (p Calendar) drawStrip(c *canvas, s stripLayout) {
	for row := 0; row < 7; row++ {
		if row%2 == 0 && (s.size >= 12 || row%4 == 0) {
			d := time.Weekday((row + p.firstWeekday()) % 7)
			c.label(s.x-6, s.y+(float64(row)+0.5)*s.size+4, d.String()[:3], style{size: 10, ink: inkMuted, at: right})
		}
	}
	free := math.Inf(-1)
	var borders path
	for col := 0; col < s.weeks; col++ {
		x := s.x + float64(col)*s.size
		for row := 0; row < 7; row++ {
			i, ok := s.at(col, row)
			if !ok {
				continue
			}
			day := dayTime(s.first + i)
			ry := s.y + float64(row)*s.size
			tip := day.Format("Mon 2 Jan 2006") + ": "
			e := c.rect(x+1, ry+1, s.size-2, s.size-2).num("rx", 2)
			if cell := &s.cells[i]; cell.count == 0 {
				e.fill(inkNone).stroke(inkAxis).dash("2 2").titled(tip + "no data")
			} else {
				v := cell.value(p.Combine)
				e.fill(s.heat.ink(v)).titled(tip + p.Unit.Format(v))
			}
			if day.Day() == 1 && (col > 0 || row > 0) {
				if row > 0 {
					borders.move(x+s.size, s.y).op('V', ry).op('H', x).op('V', s.y+7*s.size)
				} else if col > 0 {
					borders.move(x, s.y).op('V', s.y+7*s.size)
				}
			}
			begins := day.Day() == 1
			if begins || col == 0 && row == 0 || col == 0 && i == 0 {
				name := day.Format("Jan")
				if day.Month() == time.January || i == 0 {
					name = day.Format("Jan 2006")
				}
				lx := x + 1
				if begins && row > 0 {
					lx += s.size
				}
				w := textWidth(name, sizeSmall)
				// The first column only speaks if the next month leaves room.
				if !begins && s.monthEnds(col, 4) {
					continue
				}
				if lx >= free && lx+w <= s.width-2 {
					c.label(lx, s.y-4, name, style{size: sizeSmall, ink: inkMuted})
					free = lx + w + 6
				}
			}
		}
	}
	if len(borders.b) > 0 {
		c.el("path").d(borders).fill(inkNone).stroke(inkMuted).num("stroke-width", 1).close()
	}
}

// monthEnds tells whether another month begins within the next weeks.
func (s stripLayout) monthEnds(col, weeks int) bool {
	i := max((s.week+col)*7-s.offset, 0)
	month := dayTime(s.first + i).Month()
	j := min(i+7*weeks-7, len(s.cells)-1)
	return dayTime(s.first+j).Month() != month
}

func (p Calendar) summaryDays(first int, cells []cell, heat heatScale) string {
	measured, least, greatest := 0, -1, -1
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
		return p.Unit.Format(cells[i].value(p.Combine)) + " on " + dayTime(first+i).Format("2 Jan 2006")
	}
	return fmt.Sprintf("Calendar of %d days from %s to %s, %d of them measured; a day shows the %s of its values. Least %s, greatest %s.",
		len(cells), dayTime(first).Format("2 Jan 2006"), dayTime(first+len(cells)-1).Format("2 Jan 2006"), measured, p.Combine, say(least), say(greatest))
}
