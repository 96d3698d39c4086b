package quantity

// comparatorPhrases are the worded comparators; a longer phrase stands before
// the one it starts with.
var comparatorPhrases = [...]struct {
	phrase string
	cmp    Comparator
}{
	{"under", Less}, {"below", Less},
	{"less than or equal to", LessEqual}, {"less than", Less}, {"lower than", Less}, {"fewer than", Less}, {"faster than", Less},
	{"at most", LessEqual}, {"no more than", LessEqual}, {"up to", LessEqual}, {"max", LessEqual},
	{"over", Greater}, {"above", Greater},
	{"greater than or equal to", GreaterEqual}, {"more than", Greater}, {"greater than", Greater}, {"slower than", Greater},
	{"exceeds", Greater}, {"exceeding", Greater},
	{"at least", GreaterEqual}, {"no less than", GreaterEqual}, {"min", GreaterEqual},
}

// atPhrase returns the worded comparator that is next and its end. "max" and
// "min" are comparators only in front of a number: "max < 2s" is a maximum.
func (s *scanner) atPhrase() (Comparator, int, bool) {
	if !isLetter(s.next()) {
		return "", 0, false
	}
	first := lower(s.next())
	for i := range comparatorPhrases {
		p := &comparatorPhrases[i]
		if p.phrase[0] != first {
			continue
		}
		end := match(s.in, s.pos, p.phrase)
		if end < 0 {
			continue
		}
		t := scanner{in: s.in, pos: skipSpace(s.in, end)}
		if (p.phrase == "max" || p.phrase == "min") && !t.atNumber() {
			return "", 0, false
		}
		return p.cmp, end, true
	}
	return "", 0, false
}

// atSign returns the length of the run of comparator signs that is next.
func (s *scanner) atSign() int {
	n := 0
	for s.pos+n < len(s.in) {
		switch c := s.in[s.pos+n]; {
		case c == '<', c == '>', c == '=', c == '!', c == '~':
			n++
			continue
		case c == 0xE2 && s.pos+n+3 <= len(s.in):
			if sign := s.in[s.pos+n : s.pos+n+3]; sign == "≤" || sign == "≥" || sign == "≠" {
				n += 3
				continue
			}
		}
		break
	}
	return n
}

func (s *scanner) atComparator() bool {
	if s.atSign() > 0 {
		return true
	}
	_, _, ok := s.atPhrase()
	return ok
}

// comparator reads the comparator that is next, and refuses a second one.
func (s *scanner) comparator() (Comparator, bool) {
	cmp, end, worded := s.atPhrase()
	if !worded {
		end = s.pos + s.atSign()
		switch sign := s.in[s.pos:end]; sign {
		case "<":
			cmp = Less
		case "<=", "≤":
			cmp = LessEqual
		case ">":
			cmp = Greater
		case ">=", "≥":
			cmp = GreaterEqual
		case "=", "==":
			cmp = Equal
		default:
			suggestion := "write < or >"
			switch sign {
			case "=<":
				suggestion = "write <="
			case "=>":
				suggestion = "write >="
			}
			return "", s.failAt(s.pos, "a comparator: <, <=, >, >= or =", s.token(), suggestion)
		}
	}
	s.pos = end
	s.space()
	if s.atComparator() {
		return "", s.failAt(s.pos, "a threshold after the comparator", s.token(), "write one comparator")
	}
	return cmp, true
}
