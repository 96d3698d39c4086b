package quantity

// atClock reports whether a clock, perhaps a wrong one, is next.
func (s *scanner) atClock() bool {
	return isDigit(s.next()) || match(s.in, s.pos, "noon") >= 0 || match(s.in, s.pos, "midnight") >= 0
}

// clock reads a time of day ("9:00", "09:00", "2:30pm", "9am", "noon",
// "midnight") and returns it as "09:00". "24:00" is right only as an end.
func (s *scanner) clock(end bool) (string, bool) {
	start := s.pos
	switch {
	case s.take("noon"):
		return "12:00", true
	case s.take("midnight"):
		if end {
			return "24:00", true
		}
		return "00:00", true
	}
	hour, digits := s.twoDigits()
	if digits == 0 || isDigit(s.next()) {
		return "", s.failAt(start, "a time of day", s.tokenAt(start), "write 09:00 or 9am")
	}
	minute, colon := 0, s.next() == ':'
	if colon {
		s.pos++
		if minute, digits = s.twoDigits(); digits != 2 || isDigit(s.next()) || s.next() == ':' {
			return "", s.failAt(start, "a time of day in hours and minutes", s.tokenAt(start), "write 09:00")
		}
	}
	after := s.pos
	s.space()
	half := -1
	switch {
	case s.take("am"), s.take("a.m."):
		half = 0
	case s.take("pm"), s.take("p.m."):
		half = 12
	default:
		s.pos = after
	}
	switch {
	case half < 0 && !colon:
		clock := clockText(hour%24, 0)
		return "", s.failAt(start, "a time of day with minutes, am or pm", s.tokenAt(start), "write "+clock)
	case minute > 59:
		return "", s.failAt(start, "minutes from 00 to 59", s.tokenAt(start), "")
	case half >= 0 && (hour < 1 || hour > 12):
		return "", s.failAt(start, "an hour from 1 to 12 before am or pm", s.tokenAt(start), "write "+clockText(hour%24, minute))
	case half >= 0:
		hour = hour%12 + half
	case hour == 24 && minute == 0 && end:
	case hour > 23:
		return "", s.failAt(start, "an hour from 00 to 23", s.tokenAt(start), "write 00:00 for midnight")
	}
	return clockText(hour, minute), true
}

func (s *scanner) tokenAt(pos int) string {
	t := scanner{in: s.in, pos: pos}
	return t.token()
}

// twoDigits reads at most two digits.
func (s *scanner) twoDigits() (value, digits int) {
	for ; digits < 2 && isDigit(s.next()); digits++ {
		value = value*10 + int(s.next()-'0')
		s.pos++
	}
	return value, digits
}

func clockText(hour, minute int) string {
	b := [5]byte{byte('0' + hour/10), byte('0' + hour%10), ':', byte('0' + minute/10), byte('0' + minute%10)}
	return string(b[:])
}

// takeDash moves past what joins the ends of a range: "-", "–", "—" or "to".
func (s *scanner) takeDash() bool {
	return s.takeSign("-") || s.takeSign("–") || s.takeSign("—") || s.take("to")
}
