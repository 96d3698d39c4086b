package slo

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
)

// Ratio is an exact decimal number in [0,1]: a target such as 99.95 %, the
// error budget that it leaves, a share of a budget. It is comparable with ==
// (0.99 and 0.990 are the same value). The zero value means unset; the ratio
// nought is written MustRatio("0").
//
// Its text and JSON form is the decimal string ("0.9995").
type Ratio struct {
	coefficient uint64 // without trailing zeros
	scale       uint8  // digits after the decimal point, at most maxScale
	set         bool
}

// maxScale bounds the digits after the point so that every power of ten used
// below fits a uint64 with room to spare.
const maxScale = 18

// ErrRatio is what every error of ParseRatio and Ratio.UnmarshalText wraps.
var ErrRatio = errors.New("not a ratio")

// ParseRatio reads a ratio as people write it: "99.9%", "0.999", "3 nines",
// "1 in 1000", "10 bps". The value must be a decimal of at most 18 digits
// after the point, in [0,1]; errors wrap ErrRatio and tell the byte offset and
// the remedy.
func ParseRatio(s string) (Ratio, error) {
	f, err := quantity.ParseRatio(s)
	if err != nil {
		return Ratio{}, fmt.Errorf("%w: %w", ErrRatio, err)
	}
	return ratioOf(f, s)
}

// MustRatio is ParseRatio for values written in source code; it panics on a
// bad one.
func MustRatio(s string) Ratio {
	r, err := ParseRatio(s)
	if err != nil {
		panic(err)
	}
	return r
}

func ratioOf(f quantity.Fraction, text string) (Ratio, error) {
	if f.Den <= 0 || f.Num < 0 || f.Num > f.Den {
		return Ratio{}, fmt.Errorf("%w: %q is outside 0 to 1", ErrRatio, text)
	}
	// A fraction in lowest terms is a terminating decimal if and only if its
	// denominator holds no prime but 2 and 5.
	num, den, scale := uint64(f.Num), uint64(f.Den), uint8(0)
	for den != 1 {
		hi, lo := bits.Mul64(num, 10)
		if hi != 0 || scale == maxScale {
			return Ratio{}, fmt.Errorf("%w: %q is no decimal of at most %d digits; write it as a percentage", ErrRatio, text, maxScale)
		}
		g := gcd(lo, den)
		num, den, scale = lo/g, den/g, scale+1
	}
	return Ratio{num, scale, true}.normal(), nil
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

func (r Ratio) normal() Ratio {
	for r.scale > 0 && r.coefficient%10 == 0 {
		r.coefficient /= 10
		r.scale--
	}
	return r
}

// IsZero reports whether r is unset. The ratio nought is set: see Sign.
func (r Ratio) IsZero() bool { return !r.set }

// Sign is 0 for an unset ratio and for nought, otherwise 1.
func (r Ratio) Sign() int { return cmp.Compare(r.coefficient, 0) }

// Compare is -1, 0 or +1 as r is less than, equal to or greater than s. An
// unset ratio compares as nought.
func (r Ratio) Compare(s Ratio) int {
	// Scales are at most 18 and values at most 1, so the products fit.
	return cmp.Compare(r.coefficient*pow10[maxScale-r.scale], s.coefficient*pow10[maxScale-s.scale])
}

// Complement is 1-r, exactly: the error budget of a target, the target of a
// budget. The complement of an unset ratio is unset.
func (r Ratio) Complement() Ratio {
	if !r.set {
		return r
	}
	return Ratio{pow10[r.scale] - r.coefficient, r.scale, true}.normal()
}

// Float64 is the float64 nearest to r, in [0,1]; 0 when unset.
func (r Ratio) Float64() float64 {
	if r.coefficient < 1<<53 && r.scale <= 15 {
		return float64(r.coefficient) / float64(pow10[r.scale]) // both exact: one rounding
	}
	f, _ := strconv.ParseFloat(r.String(), 64)
	return f
}

// Rat is r as a fraction in lowest terms; 0 when unset.
func (r Ratio) Rat() *big.Rat {
	return new(big.Rat).SetFrac(new(big.Int).SetUint64(r.coefficient), new(big.Int).SetUint64(pow10[r.scale]))
}

// Of is x times r with one rounding (two above 2^53 or 15 digits), so that a
// tenth of a percent of 1,000 is 1 and not 1.0000000000000009.
func (r Ratio) Of(x float64) float64 {
	if p := x * float64(r.coefficient); r.scale <= 15 && math.Abs(p) < 1<<53 && r.coefficient < 1<<53 {
		return p / float64(pow10[r.scale])
	}
	return x * r.Float64()
}

// OfDuration is the share r of d, rounded down to the nanosecond: the downtime
// that a budget allows. It is 0 when d is not positive.
func (r Ratio) OfDuration(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(d), r.coefficient)
	q, _ := bits.Div64(hi, lo, pow10[r.scale]) // cannot overflow: r <= 1
	return time.Duration(q)
}

// String is the decimal form ("0.9995"), empty when unset.
func (r Ratio) String() string {
	if !r.set {
		return ""
	}
	return decimal(r.coefficient, int(r.scale))
}

// Percent is the form for people ("99.95%"), empty when unset.
func (r Ratio) Percent() string {
	switch {
	case !r.set:
		return ""
	case r.scale >= 2:
		return decimal(r.coefficient, int(r.scale)-2) + "%"
	}
	return decimal(r.coefficient*pow10[2-r.scale], 0) + "%"
}

func decimal(coefficient uint64, scale int) string {
	digits := strconv.FormatUint(coefficient, 10)
	if scale == 0 {
		return digits
	}
	if n := scale + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	return digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// MarshalText writes the decimal form; an unset ratio is empty.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what ParseRatio reads; empty text leaves r unset.
func (r *Ratio) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*r = Ratio{}
		return nil
	}
	v, err := ParseRatio(string(text))
	if err != nil {
		return err
	}
	*r = v
	return nil
}

var pow10 = [maxScale + 1]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}
