package quantity

import "time"

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// A unit of time is either fixed or a number of calendar months.
type unit struct {
	rank   int // 1 for ns up to 11 for y: parts must descend
	length time.Duration
	months int
	name   string // canonical spelling
}

// The units, in ascending order.
var (
	unitNS = unit{1, time.Nanosecond, 0, "ns"}
	unitUS = unit{2, time.Microsecond, 0, "us"}
	unitMS = unit{3, time.Millisecond, 0, "ms"}
	unitS  = unit{4, time.Second, 0, "s"}
	unitM  = unit{5, time.Minute, 0, "m"}
	unitH  = unit{6, time.Hour, 0, "h"}
	unitD  = unit{7, day, 0, "d"}
	unitW  = unit{8, week, 0, "w"}
	unitMo = unit{9, 0, 1, "mo"}
	unitQ  = unit{10, 0, 3, "q"}
	unitY  = unit{11, 0, 12, "y"}
)

// unitNames are the spellings that a misspelt unit is compared with.
var unitNames = []string{
	"seconds", "second", "secs", "minutes", "minute", "mins", "min", "hours", "hour", "hrs", "days", "day",
	"weeks", "week", "months", "month", "quarters", "quarter", "years", "year",
	"milliseconds", "millisecond", "millis", "msec", "microseconds", "microsecond", "micros", "usec",
	"nanoseconds", "nanosecond", "nanos", "millisec", "microsec", "ms",
}

// unitNamed looks a unit up by the word for it, in any letter case; only the
// lone "M" is a month where "m" is a minute.
func unitNamed(word string) (unit, bool) {
	if word == "M" {
		return unitMo, true
	}
	var buf [14]byte
	if len(word) > len(buf) {
		return unit{}, false
	}
	for i := range len(word) {
		buf[i] = lower(word[i])
	}
	switch string(buf[:len(word)]) {
	case "m", "min", "mins", "minute", "minutes":
		return unitM, true
	case "s", "sec", "secs", "second", "seconds":
		return unitS, true
	case "ms", "msec", "msecs", "millis", "milli", "millisec", "millisecs", "millisecond", "milliseconds":
		return unitMS, true
	case "h", "hr", "hrs", "hour", "hours":
		return unitH, true
	case "d", "day", "days":
		return unitD, true
	case "w", "wk", "wks", "week", "weeks":
		return unitW, true
	case "mo", "mos", "month", "months":
		return unitMo, true
	case "q", "quarter", "quarters":
		return unitQ, true
	case "y", "yr", "yrs", "year", "years":
		return unitY, true
	case "us", "usec", "usecs", "micros", "microsec", "microsecs", "microsecond", "microseconds",
		"µs", "µsec", "µsecs", "μs", "μsec", "μsecs":
		return unitUS, true
	case "ns", "nsec", "nsecs", "nanos", "nanosec", "nanosecs", "nanosecond", "nanoseconds":
		return unitNS, true
	}
	return unit{}, false
}

// atUnit returns the unit whose name is next and the length of the name.
func (s *scanner) atUnit() (u unit, length int, ok bool) {
	word := letters(s.in, s.pos)
	u, ok = unitNamed(word)
	if end := s.pos + len(word); ok && end < len(s.in) && (isDigit(s.in[end]) || s.in[end] == '_') {
		// "5m30s" goes on with a digit; "m_x" is no unit.
		ok = isDigit(s.in[end])
	}
	return u, len(word), ok
}

// atUnitNumber reports whether a number with a unit behind it is next.
func (s *scanner) atUnitNumber() bool {
	t := scanner{in: s.in, pos: s.pos}
	if !t.atNumber() {
		return false
	}
	if _, ok := t.number(); !ok {
		return false
	}
	t.unitGap()
	_, _, ok := t.atUnit()
	return ok
}

// unitGap skips what may stand between a number and its unit: white space, or
// the hyphen of "30-day".
func (s *scanner) unitGap() {
	if s.next() == '-' && isLetter(s.peek(1)) {
		s.pos++
		return
	}
	s.space()
}

// unknownUnit fails at a word that should have been a unit.
func (s *scanner) unknownUnit() bool {
	word := letters(s.in, s.pos)
	found := word
	if found == "" {
		found = s.token()
	}
	suggestion := "use ns, us, ms, s, m, h, d, w, mo, q or y"
	if name := nearest(word, unitNames); name != "" {
		suggestion = `did you mean "` + name + `"?`
	} else if len(word) >= 9 && nearest(word[:9], []string{"fortnight"}) != "" {
		suggestion = "write 2 weeks for a fortnight"
	}
	return s.failAt(s.pos, "a unit of time", found, suggestion)
}
