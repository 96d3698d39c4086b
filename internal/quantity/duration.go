package quantity

import (
	"math"
	"strconv"
	"time"
)

// maxMonths bounds calendar lengths: ten thousand years.
const maxMonths = 120_000

// ParseDuration reads a length of time above zero: "100ms", "30 mins",
// "1 hour and 30 minutes", "1h30m", "4 weeks", "an hour", "half an hour",
// "1 quarter", ISO 8601 ("PT30M", "P1Y2M10DT2H30M"). Units descend and appear
// once. A day is 24 h and a week 168 h; month, quarter and year are calendar
// units and take whole numbers only. "m" is always the minute; the lone capital
// "M" is the month, as OpenSLO writes it, which Ambiguities reports. Fixed
// parts are exact to the nanosecond, at most about 292 years. Errors are of
// type *Error.
func ParseDuration(s string) (Duration, error) {
	sc := scanner{in: s}
	if sc.begin("a duration", "30m") {
		if d, ok := sc.duration(); ok && sc.durationEnd() {
			return d, nil
		}
	}
	return Duration{}, sc.fail
}

// missingUnit fails behind the number n.
func (s *scanner) missingUnit(n number) bool {
	text := s.in[n.start:n.end]
	suggestion := "write " + text + "m or " + text + "s"
	if s.next() == ':' {
		suggestion = "write 1h30m for hours and minutes"
	}
	return s.failAt(n.end, "a unit of time after the number", s.tokenHere(), suggestion)
}

// durationEnd is end with a word for a misspelt unit ("1h 30 mims").
func (s *scanner) durationEnd() bool {
	s.space()
	if isDigit(s.next()) {
		if n, ok := s.number(); ok {
			s.unitGap()
			if isLetter(s.next()) {
				return s.unknownUnit()
			}
			return s.missingUnit(n)
		}
		return false
	}
	if s.next() == ',' {
		return s.failAt(s.pos, "the end after the duration, or its next part", s.rest(), "write the parts without a comma")
	}
	return s.end("the end after the duration")
}

// AsFixed returns d as a time.Duration. It reports false if d is unset or has
// calendar months: those have no fixed length.
func (d Duration) AsFixed() (time.Duration, bool) {
	return d.Fixed, d.Months == 0 && d.Fixed > 0
}

// IsSet reports whether d is a length above zero.
func (d Duration) IsSet() bool { return d.Months > 0 || d.Fixed > 0 }

// atDuration reports whether a duration starts here.
func (s *scanner) atDuration() bool {
	if s.atISO() || s.atUnitNumber() {
		return true
	}
	if !isLetter(s.next()) {
		return false
	}
	t := scanner{in: s.in, pos: s.pos}
	if t.take("half") {
		return t.take("an") || t.take("a")
	}
	if !t.take("an") && !t.take("a") {
		return false
	}
	_, _, ok := t.atUnit()
	return ok
}

// duration reads a duration at the position.
func (s *scanner) duration() (Duration, bool) {
	start := s.pos
	if s.atISO() {
		return s.iso()
	}
	if isLetter(s.next()) {
		half := s.take("half")
		if article := s.take("an") || s.take("a"); article {
			return s.articleUnit(half)
		}
		if half {
			return Duration{}, s.failAt(s.pos, `"a" or "an" after "half"`, s.token(), "write half an hour or 30m")
		}
		s.pos = start
	}
	if !s.atNumber() {
		return Duration{}, s.failAt(s.pos, "a duration such as 30m", s.token(), "")
	}
	var d Duration
	rank, order := math.MaxInt, 0
	broken := -1 // offset of the first part that does not descend
	for {
		at := s.pos
		n, ok := s.number()
		if !ok {
			return d, false
		}
		s.unitGap()
		u, length, ok := s.atUnit()
		if !ok {
			if !isLetter(s.next()) {
				return d, s.missingUnit(n)
			}
			return d, s.unknownUnit()
		}
		if u.rank >= rank && broken < 0 {
			broken, order = at, rank-u.rank
		}
		if s.in[s.pos:s.pos+length] == "M" {
			s.upperM = s.pos + 1
		}
		s.pos += length
		rank = u.rank
		if !s.unambiguous(n) || !s.add(&d, n, u) {
			return d, false
		}
		if !s.nextPart() {
			break
		}
	}
	if broken >= 0 {
		expected := "each unit once"
		if order != 0 {
			expected = "units from the largest to the smallest"
		}
		suggestion := "write " + d.String()
		if s.upperM > 0 {
			suggestion = "write m for minutes: M is the month"
		}
		return d, s.failAt(broken, expected, s.in[broken:s.pos], suggestion)
	}
	if !d.IsSet() {
		return d, s.failAt(start, "a duration above zero", s.in[start:s.pos], "write a length above zero")
	}
	return d, true
}

// nextPart moves to the next part of a duration, if one follows.
func (s *scanner) nextPart() bool {
	back := s.pos
	s.space()
	s.take("and")
	if isDigit(s.next()) || s.next() == '.' {
		if s.atUnitNumber() {
			return true
		}
	}
	s.pos = back
	return false
}

// articleUnit reads the unit of "an hour" and "half an hour".
func (s *scanner) articleUnit(half bool) (Duration, bool) {
	u, length, ok := s.atUnit()
	switch {
	case !ok:
		return Duration{}, s.unknownUnit()
	case half && u.rank == 1:
		return Duration{}, s.failAt(s.pos, "a unit above the nanosecond", s.token(), "")
	case half && u.months > 0:
		return Duration{}, s.fractionalMonths(s.pos, s.token(), u.months*5, 1)
	}
	s.pos += length
	if half {
		return Duration{Fixed: u.length / 2}, true
	}
	return Duration{Months: u.months, Fixed: u.length}, true
}

// add adds n units to d.
func (s *scanner) add(d *Duration, n number, u unit) bool {
	text := s.in[n.start:n.end]
	if u.months > 0 {
		if n.scale > 0 {
			return s.fractionalMonths(n.start, text, int(min(n.coef, maxMonths))*u.months, n.scale)
		}
		if n.coef > maxMonths || int(n.coef)*u.months > maxMonths-d.Months {
			return s.failAt(n.start, "at most 10000 years (out of range)", text, "")
		}
		d.Months += int(n.coef) * u.months
		return true
	}
	ns, whole, fits := n.times(uint64(u.length))
	switch {
	case !fits || ns > math.MaxInt64-int64(d.Fixed):
		return s.failAt(n.start, "at most 292 years of fixed length (out of range)", text, "")
	case !whole:
		return s.failAt(n.start, "a whole number of nanoseconds", text, "write fewer decimals or a smaller unit")
	}
	d.Fixed += time.Duration(ns)
	return true
}

// fractionalMonths fails at a part of a calendar unit, months / 10^scale, and
// proposes the whole number of months if it is one.
func (s *scanner) fractionalMonths(offset int, found string, months, scale int) bool {
	suggestion := "write a whole number, or days"
	if scale == 1 && months%10 == 0 {
		suggestion = "write " + strconv.Itoa(months/10) + "mo"
	}
	return s.failAt(offset, "a whole number of calendar units", found, suggestion)
}

// String returns the canonical form, which ParseDuration reads back: "1h30m",
// "30d", "4w" (weeks only if the fixed part is whole weeks), "1.5s", "250us",
// "1mo", "1y2mo". A quarter prints as "3mo". The zero value prints as "0s".
func (d Duration) String() string {
	var buf [48]byte
	return string(d.append(buf[:0]))
}

func (d Duration) append(b []byte) []byte {
	if d.Months == 0 && d.Fixed == 0 {
		return append(b, "0s"...)
	}
	months := d.Months
	if months < 0 {
		b = append(b, '-')
		months = -months
	}
	b = appendPart(b, uint64(months/12), "y")
	b = appendPart(b, uint64(months%12), "mo")
	if d.Fixed < 0 {
		b = append(b, '-')
		return appendFixed(b, -uint64(d.Fixed))
	}
	return appendFixed(b, uint64(d.Fixed))
}

func appendPart(b []byte, n uint64, unit string) []byte {
	if n == 0 {
		return b
	}
	b = strconv.AppendUint(b, n, 10)
	return append(b, unit...)
}

// appendFixed prints a number of nanoseconds; nothing for 0.
func appendFixed(b []byte, ns uint64) []byte {
	if ns%uint64(week) == 0 {
		return appendPart(b, ns/uint64(week), "w")
	}
	b = appendPart(b, ns/uint64(day), "d")
	b = appendPart(b, ns/uint64(time.Hour)%24, "h")
	b = appendPart(b, ns/uint64(time.Minute)%60, "m")
	unit, scale := "s", 9
	switch ns %= uint64(time.Minute); {
	case ns == 0:
		return b
	case ns < uint64(time.Microsecond):
		unit, scale = "ns", 0
	case ns < uint64(time.Millisecond):
		unit, scale = "us", 3
	case ns < uint64(time.Second):
		unit, scale = "ms", 6
	}
	for ; scale > 0 && ns%10 == 0; scale-- {
		ns /= 10
	}
	return append(appendDecimal(b, ns, scale), unit...)
}
