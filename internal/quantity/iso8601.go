package quantity

// atISO reports whether an ISO 8601 duration starts here: "P", then "T" or a
// digit and further only its letters and digits, so that "p95" is none.
func (s *scanner) atISO() bool {
	if lower(s.next()) != 'p' || !isDigit(s.peek(1)) && lower(s.peek(1)) != 't' {
		return false
	}
	designators := 0
	i := 1
	for ; inWord(s.in, s.pos+i); i++ {
		switch c := lower(s.peek(i)); c {
		case 'y', 'm', 'w', 'd', 'h', 's':
			designators++
		case 't':
		default:
			if !isDigit(c) {
				return false
			}
		}
		if c := s.peek(i + 1); (c == '.' || c == ',') && isDigit(s.peek(i+2)) {
			i++
		}
	}
	return designators > 0
}

// iso reads PnYnMnWnDTnHnMnS: descending, each once, the last part perhaps with
// decimals. Before T, M is the month; behind it, the minute.
func (s *scanner) iso() (Duration, bool) {
	start := s.pos
	s.pos++
	var d Duration
	rank, clock, parts, decimals := 12, false, 0, false
	for {
		if lower(s.next()) == 't' && !clock {
			clock = true
			s.pos++
			if !isDigit(s.next()) {
				return d, s.failAt(s.pos, "hours, minutes or seconds after T", s.token(), "write PT30M")
			}
		}
		if !isDigit(s.next()) {
			break
		}
		at := s.pos
		n, ok := s.number()
		if !ok {
			return d, false
		}
		u, ok := isoUnit(lower(s.next()), clock)
		switch {
		case !ok && clock:
			return d, s.failAt(s.pos, "H, M or S", s.token(), "write PT30M")
		case !ok:
			return d, s.failAt(s.pos, "Y, M, W or D", s.token(), "put hours, minutes and seconds behind a T: PT30M")
		case u.rank >= rank:
			return d, s.failAt(at, "the parts of an ISO 8601 duration from years to seconds, each once", s.token(), "")
		case decimals:
			return d, s.failAt(at, "decimals in the last part only", s.token(), "")
		}
		s.pos++
		if !s.unambiguous(n) || !s.add(&d, n, u) {
			return d, false
		}
		rank, decimals = u.rank, !n.whole
		parts++
	}
	switch {
	case parts == 0 || inWord(s.in, s.pos):
		return d, s.failAt(s.pos, "a number with its letter", s.token(), "write PT30M")
	case !d.IsSet():
		return d, s.failAt(start, "a duration above zero", s.in[start:s.pos], "write a length above zero")
	}
	return d, true
}

func isoUnit(letter byte, clock bool) (unit, bool) {
	switch letter {
	case 'y':
		return unitY, !clock
	case 'm':
		if clock {
			return unitM, true
		}
		return unitMo, true
	case 'w':
		return unitW, !clock
	case 'd':
		return unitD, !clock
	case 'h':
		return unitH, clock
	case 's':
		return unitS, clock
	}
	return unit{}, false
}
