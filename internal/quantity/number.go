package quantity

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// A number is a decimal as written: coef / 10^scale. Trailing zeros behind the
// decimal sign are dropped, so that scale is the least possible.
type number struct {
	coef       uint64
	scale      int
	start, end int  // where it stands in the input
	whole      bool // written without a decimal sign
	thousands  bool // "1,000": a decimal comma or a thousands separator
	factor     bool // "14.4x"
}

// atNumber reports whether a number, perhaps a wrong one, starts here.
func (s *scanner) atNumber() bool {
	i := 0
	if c := s.next(); c == '+' || c == '-' {
		i = 1
	}
	return isDigit(s.peek(i)) || (s.peek(i) == '.' || s.peek(i) == ',') && isDigit(s.peek(i+1))
}

// number reads digits [("."|",") digits] or "." digits, with a "+" at most.
func (s *scanner) number() (number, bool) {
	n := number{start: s.pos, whole: true}
	switch s.next() {
	case '-':
		return n, s.failAt(s.pos, "a number that is not negative", s.token(), "remove the minus sign")
	case '+':
		s.pos++
	}
	if !isDigit(s.next()) && !(s.next() == '.' && isDigit(s.peek(1))) {
		return n, s.failAt(s.pos, "a number", s.token(), "")
	}
	overflow := false
	add := func(digit byte) {
		hi, lo := bits.Mul64(n.coef, 10)
		sum, carry := bits.Add64(lo, uint64(digit-'0'), 0)
		n.coef, overflow = sum, overflow || hi != 0 || carry != 0
	}
	first := s.pos
	for ; isDigit(s.next()); s.pos++ {
		add(s.next())
	}
	if sign := s.next(); (sign == '.' || sign == ',') && isDigit(s.peek(1)) {
		integer := s.in[first:s.pos]
		n.whole = false
		s.pos++
		digits, zeros := 0, 0 // zeros are held back until another digit follows
		for ; isDigit(s.next()); s.pos++ {
			digits++
			if s.next() == '0' {
				zeros++
				continue
			}
			for ; zeros > 0; zeros-- {
				add('0')
				n.scale++
			}
			add(s.next())
			n.scale++
		}
		n.thousands = sign == ',' && digits == 3 && len(integer) <= 3 && integer != "" && integer[0] != '0'
	}
	n.end = s.pos
	switch c := s.next(); {
	case (c == '.' || c == ',') && isDigit(s.peek(1)) && !n.whole:
		if c == ',' && strings.Contains(s.in[n.start:n.end], ".") {
			break // "0.1,0.5": a list
		}
		return n, s.failAt(s.pos, "one decimal sign in a number", s.token(), "write a number without thousands separators")
	case lower(c) == 'e' && (isDigit(s.peek(1)) || (s.peek(1) == '+' || s.peek(1) == '-') && isDigit(s.peek(2))):
		return n, s.failAt(s.pos, "a plain decimal number without an exponent", s.token(), "write the number in full")
	}
	if overflow {
		return n, s.failAt(n.start, "a number of at most 19 digits (out of range)", s.in[n.start:n.end], "write fewer digits")
	}
	return n, true
}

// unambiguous refuses "1,000" where both readings, 1 and 1000, make sense.
func (s *scanner) unambiguous(n number) bool {
	if !n.thousands {
		return true
	}
	text := s.in[n.start:n.end]
	comma := strings.IndexByte(text, ',')
	joined, point := text[:comma]+text[comma+1:], text[:comma]+"."+text[comma+1:]
	return s.failAt(n.start+comma, "a number without a thousands separator", text, "write "+joined+" or "+point)
}

// fraction is the number divided by 10^shift, in lowest terms; false when
// numerator or denominator does not fit.
func (n number) fraction(shift int) (Fraction, bool) {
	if n.coef == 0 {
		return Fraction{0, 1}, true
	}
	c, twos, fives := n.coef, n.scale+shift, n.scale+shift
	for ; twos > 0 && c%2 == 0; twos-- {
		c /= 2
	}
	for ; fives > 0 && c%5 == 0; fives-- {
		c /= 5
	}
	if c > math.MaxInt64 || twos > 62 || fives > 27 {
		return Fraction{}, false
	}
	hi, den := uint64(0), uint64(1)<<twos
	for ; fives > 0; fives-- {
		if hi, den = bits.Mul64(den, 5); hi != 0 || den > math.MaxInt64 {
			return Fraction{}, false
		}
	}
	return Fraction{int64(c), int64(den)}, true
}

// times is the number multiplied by unit, exactly; false when that is not a
// whole number or above the largest int64.
func (n number) times(unit uint64) (product int64, whole, fits bool) {
	if n.coef == 0 {
		return 0, true, true
	}
	if n.scale > 19 {
		return 0, false, true
	}
	hi, lo := bits.Mul64(n.coef, unit)
	pow := uint64(1)
	for range n.scale {
		pow *= 10
	}
	if hi >= pow {
		return 0, true, false
	}
	q, rem := bits.Div64(hi, lo, pow)
	if rem != 0 {
		return 0, false, true
	}
	return int64(q), true, q <= math.MaxInt64
}

// isNumberWord reports whether a number was written out, which only "nines"
// permit.
func isNumberWord(word string) bool {
	switch strings.ToLower(word) {
	case "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand":
		return true
	}
	return false
}

// appendDecimal prints coef / 10^scale; a negative scale multiplies.
func appendDecimal(b []byte, coef uint64, scale int) []byte {
	start := len(b)
	b = strconv.AppendUint(b, coef, 10)
	if scale <= 0 {
		for ; scale < 0 && coef != 0; scale++ {
			b = append(b, '0')
		}
		return b
	}
	for len(b)-start <= scale {
		b = append(b, 0)
		copy(b[start+1:], b[start:])
		b[start] = '0'
	}
	b = append(b, 0)
	point := len(b) - 1 - scale
	copy(b[point+1:], b[point:])
	b[point] = '.'
	return b
}

// appendNumber prints a fraction as a plain number, "14.4", or as "1/3".
func appendNumber(b []byte, f Fraction) []byte {
	if coef, scale, exact := f.Decimal(); exact {
		return appendDecimal(b, coef, scale)
	}
	return appendQuotient(b, f)
}
