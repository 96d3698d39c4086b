package slo

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// number is x as a program reads it back.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// percent is a share for people, to three significant digits and never rounded
// to a whole that it is not: 12.3 %, 0.0123 %, 99.96 %.
func percent(share float64) string {
	digits := 1
	if x := math.Abs(100 * share); x > 0 && x < 10 {
		digits = min(12, 2-int(math.Floor(math.Log10(x))))
	} else if d := math.Abs(100 - x); d > 0 && d < 0.1 {
		digits = min(12, 1-int(math.Floor(math.Log10(d))))
	}
	return short(strconv.FormatFloat(100*share, 'f', digits, 64)) + " %"
}

// count is a number of events for people: whole, or with two digits.
func count(x float64) string { return short(strconv.FormatFloat(x, 'f', 2, 64)) }

// short leaves out noughts behind the point.
func short(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// clock is an instant for people, in the zone.
func clock(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format("2006-01-02 15:04 MST")
}
