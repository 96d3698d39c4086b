package capacity

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// seconds is a duration in JSON: a number of seconds, exact to the nanosecond.
type seconds time.Duration

// MarshalJSON writes 0.25 for 250 milliseconds.
func (s seconds) MarshalJSON() ([]byte, error) {
	sign, n := "", uint64(s)
	if s < 0 {
		sign, n = "-", -n
	}
	text := sign + strconv.FormatUint(n/1e9, 10)
	if rest := n % 1e9; rest > 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%09d", rest), "0")
	}
	return []byte(text), nil
}

// UnmarshalJSON reads a JSON number; null leaves s as it is.
func (s *seconds) UnmarshalJSON(text []byte) error {
	t := string(text)
	if t == "null" {
		return nil
	}
	if d, err := time.ParseDuration(t + "s"); err == nil { // plain decimals, exactly
		*s = seconds(d)
		return nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if ns := math.Round(f * 1e9); err == nil && math.Abs(ns) < 1<<63 {
		*s = seconds(ns)
		return nil
	}
	return problem("seconds", t, "not a number of seconds within 292 years", "write a number such as 3600")
}
