package quantity

import (
	"math/bits"
	"strconv"
)

// IsSet reports whether f is a fraction: not negative, with a positive
// denominator.
func (f Fraction) IsSet() bool { return f.Den > 0 && f.Num >= 0 }

// Float64 returns the nearest float64 to f but for one rounding of each part
// above 2^53; 0 if f is unset. Use it for display and statistics, not to decide
// equality.
func (f Fraction) Float64() float64 {
	if !f.IsSet() {
		return 0
	}
	return float64(f.Num) / float64(f.Den)
}

// Cmp returns -1, 0 or +1 as f is less than, equal to or greater than g,
// exactly, also when they are not in lowest terms. An unset fraction is less
// than every set one and equal to another unset one.
func (f Fraction) Cmp(g Fraction) int {
	switch {
	case !f.IsSet() && !g.IsSet():
		return 0
	case !f.IsSet():
		return -1
	case !g.IsSet():
		return 1
	}
	h1, l1 := bits.Mul64(uint64(f.Num), uint64(g.Den))
	h2, l2 := bits.Mul64(uint64(g.Num), uint64(f.Den))
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		return -1
	case h1 > h2 || l1 > l2:
		return 1
	}
	return 0
}

// Complement returns 1 - f, exactly: the budget of a target. It returns the
// unset fraction if f is unset or above 1.
func (f Fraction) Complement() Fraction {
	if !f.IsSet() || f.Num > f.Den {
		return Fraction{}
	}
	return Fraction{f.Den - f.Num, f.Den}.reduced()
}

// Decimal returns f as coefficient / 10^scale with the least possible scale.
// exact is false, and the rest zero, if f is unset, has no finite decimal form
// (1/3) or a coefficient of more than 64 bits.
func (f Fraction) Decimal() (coefficient uint64, scale int, exact bool) {
	if !f.IsSet() {
		return 0, 0, false
	}
	f = f.reduced()
	num, den := uint64(f.Num), uint64(f.Den)
	twos := bits.TrailingZeros64(den)
	den >>= twos
	fives := 0
	for ; den%5 == 0; fives++ {
		den /= 5
	}
	if den != 1 {
		return 0, 0, false
	}
	scale = max(twos, fives)
	// num/den = num · 5^(scale-fives) · 2^(scale-twos) / 10^scale.
	if num == 0 {
		return 0, 0, true
	}
	for i := fives; i < scale; i++ {
		hi, lo := bits.Mul64(num, 5)
		if hi != 0 {
			return 0, 0, false
		}
		num = lo
	}
	up := scale - twos
	if up > bits.LeadingZeros64(num) {
		return 0, 0, false
	}
	return num << up, scale, true
}

// String returns the canonical form: an exact percentage ("99.99%"), or
// "1/3" where a percentage would not be exact or f is above 1. ParseRatio reads
// it back for every f in [0,1]. An unset fraction prints as "".
func (f Fraction) String() string {
	var buf [48]byte
	return string(f.append(buf[:0]))
}

func (f Fraction) append(b []byte) []byte {
	if !f.IsSet() {
		return b
	}
	if f.Num <= f.Den {
		if coef, scale, exact := f.Decimal(); exact {
			return append(appendDecimal(b, coef, scale-2), '%')
		}
	}
	return appendQuotient(b, f.reduced())
}

func appendQuotient(b []byte, f Fraction) []byte {
	b = strconv.AppendInt(b, f.Num, 10)
	b = append(b, '/')
	return strconv.AppendInt(b, f.Den, 10)
}

// reduced is f in lowest terms.
func (f Fraction) reduced() Fraction {
	a, b := f.Num, f.Den
	for b != 0 {
		a, b = b, a%b
	}
	if a <= 1 {
		return f
	}
	return Fraction{f.Num / a, f.Den / a}
}

// allNines is 1 - 10^-nines, for 1 to 18 nines.
func allNines(nines uint64) (Fraction, bool) {
	if nines < 1 || nines > 18 {
		return Fraction{}, false
	}
	den := int64(1)
	for range nines {
		den *= 10
	}
	return Fraction{den - 1, den}, true
}
