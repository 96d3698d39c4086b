package slo

import (
	"strconv"
	"strings"
	"time"
)

// count is a number of events for people: whole, or with two digits.
func count(x float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// clock is an instant for people, in the zone; nil is UTC.
func clock(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format("2006-01-02 15:04 MST")
}
