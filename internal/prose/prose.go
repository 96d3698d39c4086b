// Package prose writes figures, instants and names as they stand in sentences.
package prose

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/quantity"
)

// Duration is a duration as a spec writes it: 30m, 1h30m, 4w.
func Duration(d time.Duration) string {
	if d <= 0 {
		return d.String()
	}
	return quantity.Duration{Fixed: d}.String()
}

// Percent is a share to about four significant digits, never rounded to the
// whole that it is not: 12.35 %, 99.96 %.
func Percent(share float64) string { return ascii.Replace(chart.Percent.Format(share)) }

var ascii = strings.NewReplacer("\u00a0", " ", "\u2212", "-")

// Figure is v with so many significant digits (−1: all it has) and without an
// exponent; what would be longer than a sentence bears keeps its own: 1490, 0.0005.
func Figure(v float64, digits int) string {
	short := strconv.FormatFloat(v, 'g', digits, 64)
	if a := math.Abs(v); a != 0 && !(a >= 1e-12 && a < 1e18) {
		return short
	}
	rounded, err := strconv.ParseFloat(short, 64)
	if err != nil {
		return short
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// Minute is an instant to the minute, in its own zone.
func Minute(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// Second is an instant to the second, in its own zone.
func Second(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") }

// Plural is a number with its noun: 1 shift, 2 shifts.
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// Or is a list that ends in or: a, b or c.
func Or(names []string) string { return listed(names, "or") }

// And is a list that ends in and: a, b and c.
func And(names []string) string { return listed(names, "and") }

func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// Printable is a name as it may stand in a sentence: what would move a cursor or
// turn the direction of writing becomes the replacement character.
func Printable(s string) string {
	odd := func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if odd(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
