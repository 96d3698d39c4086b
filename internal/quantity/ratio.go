package quantity

import (
	"math"
	"strconv"
	"strings"
)

// ParseRatio reads a share in [0,1] as an exact fraction: "99.99%",
// "99,99 percent", "0.9999", "4 nines", "1 in 1000", "9999/10000", "100 ppm",
// "10 bps". A bare number above 1 is refused: 99.99 may be a forgotten % as
// well as a mistake. A fraction that does not fit two int64 is out of range.
// Errors are of type *Error.
func ParseRatio(s string) (Fraction, error) {
	sc := scanner{in: s}
	if sc.begin("a ratio", "99.9%") {
		if f, ok := sc.ratio(); ok && sc.end("the end after the ratio") {
			return f, nil
		}
	}
	return Fraction{}, sc.fail
}

// numberWords are the words that may count nines.
var numberWords = [...]string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}

// ratio reads a ratio at the position.
func (s *scanner) ratio() (Fraction, bool) {
	if n, ok := s.takeNines(); ok {
		f, _ := allNines(n)
		return f, true
	}
	if !s.atNumber() {
		return Fraction{}, s.failAt(s.pos, "a ratio such as 99.9%", s.token(), "")
	}
	n, ok := s.number()
	if !ok {
		return Fraction{}, false
	}
	f, sign, ok := s.ratioSign(n)
	switch {
	case !ok:
		return Fraction{}, false
	case !sign:
		return s.bareRatio(n)
	}
	return f, true
}

// takeNines reads "four nines": the only number words there are.
func (s *scanner) takeNines() (uint64, bool) {
	if !isLetter(s.next()) {
		return 0, false
	}
	for i, word := range numberWords {
		if end := match(s.in, s.pos, word+" nines"); end >= 0 {
			s.pos = end
			return uint64(i + 1), true
		}
	}
	return 0, false
}

// bareRatio is a number without a sign behind it: a ratio if it is at most 1.
func (s *scanner) bareRatio(n number) (Fraction, bool) {
	f, fits := n.fraction(0)
	text := s.in[n.start:n.end]
	switch {
	case !fits:
		return Fraction{}, s.outOfRange(n)
	case f.Num > f.Den:
		suggestion := "write a ratio of at most 100%"
		if p, ok := n.fraction(2); ok && p.Num <= p.Den {
			suggestion = "write " + strings.TrimPrefix(text, "+") + "%"
		}
		return Fraction{}, s.failAt(n.end, "% after a number above 1", s.tokenHere(), suggestion)
	}
	return f, true
}

// tokenHere is what follows the position, white space skipped.
func (s *scanner) tokenHere() string {
	t := scanner{in: s.in, pos: skipSpace(s.in, s.pos)}
	return t.token()
}

func (s *scanner) outOfRange(n number) bool {
	return s.failAt(n.start, "a number that fits an exact 64-bit fraction (out of range)", s.in[n.start:n.end], "write fewer digits")
}

// ratioSign reads what makes a ratio of the number n: a percent sign, nines,
// ppm, bps, "in 1000". sign is false, and nothing is consumed, without one.
func (s *scanner) ratioSign(n number) (f Fraction, sign, ok bool) {
	back := s.pos
	s.space()
	shift := -1
	switch c := s.next(); {
	case s.takeSign("%"), s.takeSign("％"), s.takeSign("﹪"):
		shift = 2
	case c == '/':
		return s.quotient(n, back)
	case !isLetter(c):
	case s.take("percent"), s.take("per cent"), s.take("pct"):
		shift = 2
	case s.take("ppm"):
		shift = 6
	case s.take("bps"), s.take("bp"):
		shift = 4
	case match(s.in, s.pos, "in") >= 0:
		return s.quotient(n, back)
	case s.take("nines"), s.take("nine"):
		f, ok := allNines(n.coef)
		switch {
		case !n.whole:
			suggestion := ""
			if coef, rest := n.coef/10, n.coef%10; n.scale == 1 && rest == 5 && coef >= 1 && coef <= 16 {
				g, _ := allNines(coef)
				suggestion = "write " + Fraction{g.Num*10 + 5, g.Den * 10}.reduced().String()
			}
			return f, true, s.failAt(n.start, "a whole number of nines", s.in[n.start:n.end], suggestion)
		case !ok:
			return f, true, s.failAt(n.start, "1 to 18 nines", s.in[n.start:n.end], "write 4 nines or 99.99%")
		}
		return f, true, true
	}
	if shift < 0 {
		s.pos = back
		return Fraction{}, false, true
	}
	if shift > 2 && !s.unambiguous(n) {
		return Fraction{}, true, false
	}
	f, fits := n.fraction(shift)
	switch {
	case fits && f.Num > f.Den:
		return f, true, s.failAt(n.start, "a ratio of at most 100%", s.in[n.start:s.pos], "write a share of the whole")
	case !fits:
		return f, true, s.outOfRange(n)
	}
	return f, true, true
}

// quotient reads "in 1000" or "/ 1000" behind the integer n. A number with a
// unit behind it ("in 30d", "/ 10m") is none of it.
func (s *scanner) quotient(n number, back int) (f Fraction, sign, ok bool) {
	if !s.takeSign("/") {
		s.take("in")
	}
	if !n.whole || !isDigit(s.next()) || s.atUnitNumber() {
		s.pos = back
		return Fraction{}, false, true
	}
	m, ok := s.number()
	if !ok {
		return Fraction{}, true, false
	}
	switch {
	case inWord(s.in, s.pos):
		return Fraction{}, true, s.failAt(s.pos, "white space after the fraction", s.token(), "write a space before "+quoted(s.token()))
	case !m.whole:
		suggestion := ""
		if m.thousands {
			suggestion = "write " + strings.Replace(s.in[m.start:m.end], ",", "", 1)
		}
		return Fraction{}, true, s.failAt(m.start, "a whole number", s.in[m.start:m.end], suggestion)
	case m.coef == 0:
		return Fraction{}, true, s.failAt(m.start, "a number above 0 to divide by", s.in[m.start:m.end], "")
	case m.coef > math.MaxInt64:
		return Fraction{}, true, s.outOfRange(m)
	case n.coef > m.coef:
		return Fraction{}, true, s.failAt(n.start, "a ratio of at most 100%", s.in[n.start:m.end],
			"write "+strconv.FormatUint(m.coef, 10)+"/"+strconv.FormatUint(n.coef, 10))
	}
	return Fraction{int64(n.coef), int64(m.coef)}.reduced(), true, true
}
