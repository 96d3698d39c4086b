// Package wire has the forms that values take in JSON where the standard
// library's are not this module's.
package wire

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Seconds is a duration in JSON: a number of seconds, exact to the nanosecond.
// It reads any number of seconds within 292 years, rounded to the nanosecond;
// null leaves it as it is.
type Seconds time.Duration

// MarshalJSON writes the number without trailing zeros.
func (s Seconds) MarshalJSON() ([]byte, error) {
	sign, d := "", uint64(s)
	if s < 0 {
		sign, d = "-", -d
	}
	text := fmt.Sprintf("%s%d.%09d", sign, d/1e9, d%1e9)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

// UnmarshalJSON reads a number.
func (s *Seconds) UnmarshalJSON(text []byte) error {
	t := string(text)
	if t == "null" {
		return nil
	}
	// ParseDuration reads plain decimals exactly; an exponent goes through a float64.
	if d, err := time.ParseDuration(t + "s"); err == nil {
		*s = Seconds(d)
		return nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if ns := math.Round(f * 1e9); err == nil && math.Abs(ns) < 1<<63 {
		*s = Seconds(ns)
		return nil
	}
	return &Error{Text: t}
}

// Error is a text that is no number of seconds within 292 years.
type Error struct{ Text string }

// Error says so.
func (e *Error) Error() string { return e.Text + " is no number of seconds within 292 years" }
