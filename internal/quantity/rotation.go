package quantity

import (
	"strconv"
	"time"
)

// rotation reads how often hands change.
func (s *scanner) rotation(v *Schedule) bool {
	for _, r := range [...]struct {
		word, unit, warn string
		every            int
	}{
		{"weekly", "week", "", 1}, {"daily", "day", "", 1}, {"hourly", "hour", "", 1}, {"monthly", "month", "", 1},
		{"fortnightly", "week", "", 2}, {"quarterly", "month", "", 3}, {"yearly", "month", "", 12}, {"annually", "month", "", 12},
		{"biweekly", "week", "biweekly is ambiguous; read as every 2 weeks", 2},
		{"bi weekly", "week", "biweekly is ambiguous; read as every 2 weeks", 2},
		{"bi-weekly", "week", "biweekly is ambiguous; read as every 2 weeks", 2},
		{"bimonthly", "month", "bimonthly is ambiguous; read as every 2 months", 2},
		{"bi-monthly", "month", "bimonthly is ambiguous; read as every 2 months", 2},
	} {
		if s.take(r.word) {
			v.Unit, v.Every = r.unit, r.every
			if r.warn != "" {
				v.Warnings = []string{r.warn}
			}
			return true
		}
	}
	every := s.take("every")
	if every {
		factor := 1
		if s.take("other") {
			factor = 2
		}
		if s.atWeekday() {
			v.Unit, v.Every = "week", factor
			return true
		}
		if u, length, ok := s.atUnit(); ok {
			start := s.pos
			s.pos += length
			s.noteMonth(v, start)
			return s.rhythm(v, Duration{u.months * factor, u.length * time.Duration(factor)}, start)
		}
		if factor == 2 {
			return s.failAt(s.pos, "a unit or a weekday after \"every other\"", s.token(), "write every 2 weeks")
		}
	}
	start := s.pos
	if !s.atNumber() && !s.atDuration() {
		word := letters(s.in, s.pos)
		switch {
		case every && s.atEnd():
			return s.failAt(s.pos, "a unit or a weekday after \"every\"", "", "write every 2 weeks")
		case every && (s.take("weekdays") || s.take("weekday")):
			return s.failAt(start, "a unit or the name of a weekday", word, "write daily for a rotation, Mon-Fri for coverage")
		case every:
			return s.unknownUnit()
		}
		suggestion := "write weekly, every 2 weeks, Mon-Fri 09:00-17:00, 24x7, follow-the-sun or a link"
		if name := nearest(word, scheduleWords); name != "" {
			suggestion = `did you mean "` + name + `"?`
		}
		return s.failAt(s.pos, "a rotation, days, 24x7, follow-the-sun or a link", s.token(), suggestion)
	}
	if s.peek(1) == ':' || s.peek(2) == ':' {
		return s.failAt(s.pos, "days before the hours", s.token(), "write Mon-Fri 09:00-17:00 or daily 09:00-17:00")
	}
	d, ok := s.duration()
	if !ok {
		return false
	}
	if s.upperM > 0 {
		s.noteMonth(v, s.upperM-1)
	}
	return s.rhythm(v, d, start)
}

// noteMonth warns if the unit at the offset is a lone "M".
func (s *scanner) noteMonth(v *Schedule, offset int) {
	if letters(s.in, offset) == "M" {
		v.Warnings = append(v.Warnings, monthWarning)
	}
}

// rhythm sets unit and number from a duration.
func (s *scanner) rhythm(v *Schedule, d Duration, start int) bool {
	switch {
	case d.Months > 0 && d.Fixed > 0:
		return s.failAt(start, "one unit of rotation", s.in[start:s.pos], "write whole months, or weeks and days")
	case d.Months > 0:
		v.Unit, v.Every = "month", d.Months
	case d.Fixed%week == 0:
		v.Unit, v.Every = "week", int(d.Fixed/week)
	case d.Fixed%day == 0:
		v.Unit, v.Every = "day", int(d.Fixed/day)
	case d.Fixed%time.Hour == 0:
		v.Unit, v.Every = "hour", int(d.Fixed/time.Hour)
	default:
		return s.failAt(start, "a rotation in whole hours", s.in[start:s.pos], "write every 12 hours, daily or weekly")
	}
	return true
}

// appendRotation prints "weekly" or "every 2 weeks".
func appendRotation(b []byte, unit string, every int) []byte {
	if every == 1 {
		switch unit {
		case "hour", "week", "month":
			return append(append(b, unit...), "ly"...)
		case "day":
			return append(b, "daily"...)
		}
	}
	if unit == "" {
		return b
	}
	b = strconv.AppendInt(append(b, "every "...), int64(every), 10)
	return append(append(append(b, ' '), unit...), 's')
}
