package quantity

// atQuantile reports whether a quantile is next: "p95", "95th percentile",
// "median".
func (s *scanner) atQuantile() bool {
	if match(s.in, s.pos, "median") >= 0 {
		return true
	}
	if lower(s.next()) == 'p' && (isDigit(s.peek(1)) || s.peek(1) == '.' && isDigit(s.peek(2))) {
		t := scanner{in: s.in, pos: s.pos + 1}
		n, ok := t.number()
		return !ok || !inWord(s.in, n.end)
	}
	if !isDigit(s.next()) {
		return false
	}
	t := scanner{in: s.in, pos: s.pos}
	n, ok := t.number()
	return ok && t.ordinal(n.end) >= 0
}

// ordinal is the end of "th percentile" at offset i, or -1.
func (s *scanner) ordinal(i int) int {
	for _, suffix := range [...]string{"th percentile", "st percentile", "nd percentile", "rd percentile"} {
		if end := match(s.in, i, suffix); end >= 0 {
			return end
		}
	}
	return -1
}

// quantile reads the quantile that is next, in (0,1]. p999 is the 99.9th
// percentile, p9999 the 99.99th.
func (s *scanner) quantile() (Fraction, bool) {
	if s.take("median") {
		return Fraction{1, 2}, true
	}
	start := s.pos
	if !isDigit(s.next()) {
		s.pos++
	}
	n, ok := s.number()
	if !ok {
		return Fraction{}, false
	}
	if end := s.ordinal(n.end); end >= 0 {
		s.pos = end
	}
	digits := s.in[n.start:n.end]
	f, fits := n.fraction(2)
	if n.whole && len(digits) > 2 && digits[0] == '9' && n.coef > 100 {
		f, fits = n.fraction(len(digits))
	}
	switch {
	case !fits:
		return f, s.outOfRange(n)
	case f.Num == 0 || f.Num > f.Den:
		return f, s.failAt(start, "a quantile above p0 and up to p100", s.in[start:s.pos], "write p95")
	}
	t := scanner{in: s.in, pos: skipSpace(s.in, s.pos)}
	if at := t.pos; n.whole && isDigit(t.next()) {
		if m, ok := t.number(); ok && m.whole {
			if t.space(); t.atComparator() || t.next() == ':' {
				return f, s.failAt(at, "a comparator after the quantile", s.in[m.start:m.end], "write p"+digits+s.in[m.start:m.end]+" without the space")
			}
		}
	}
	return f, true
}

// appendQuantile prints "p95", or nothing for a quantile without an exact
// decimal form.
func appendQuantile(b []byte, q Fraction) []byte {
	coef, scale, exact := q.Decimal()
	if !exact {
		return b
	}
	return appendDecimal(append(b, 'p'), coef, scale-2)
}

// aggregate reads "mean" or "max" (and the synonyms "avg", "average") where a
// quantile may stand.
func (s *scanner) aggregate() string {
	switch {
	case s.take("mean"), s.take("avg"), s.take("average"):
		return "mean"
	case s.take("max"), s.take("maximum"):
		return "max"
	}
	return ""
}
