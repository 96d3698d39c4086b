package runbook

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// seconds is a duration in JSON: a number of seconds, exact to the nanosecond.
type seconds time.Duration

func (s seconds) MarshalJSON() ([]byte, error) {
	sign, d := "", uint64(s)
	if s < 0 {
		sign, d = "-", -d
	}
	text := fmt.Sprintf("%s%d.%09d", sign, d/1e9, d%1e9)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

func (s *seconds) UnmarshalJSON(text []byte) error {
	t := string(text)
	if t == "null" {
		return nil
	}
	// ParseDuration reads plain decimals exactly; an exponent goes through a float64.
	if d, err := time.ParseDuration(t + "s"); err == nil {
		*s = seconds(d)
		return nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if ns := math.Round(f * 1e9); err == nil && math.Abs(ns) < 1<<63 {
		*s = seconds(ns)
		return nil
	}
	return fmt.Errorf("%s is no number of seconds within 292 years", t)
}
