package oncall

import (
	"fmt"
	"math/bits"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
)

// Days is a set of weekdays: bit 1<<d stands for the time.Weekday d. The zero
// value holds none; what that means is said where the field is. Its text and
// JSON form is "Mon-Fri" or "Mon,Thu".
type Days uint8

// Common sets of days.
const (
	Workdays Days = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday
	Weekend  Days = 1<<time.Saturday | 1<<time.Sunday
	AllDays       = Workdays | Weekend
)

// On is the set of the days given; a value that is no weekday is left out.
func On(days ...time.Weekday) Days {
	var s Days
	for _, d := range days {
		if d >= time.Sunday && d <= time.Saturday {
			s |= 1 << d
		}
	}
	return s
}

// Has reports whether the set holds the day.
func (s Days) Has(d time.Weekday) bool { return d >= 0 && d < 7 && s>>uint(d)&1 == 1 }

// count is how many days the set holds.
func (s Days) count() int { return bits.OnesCount8(uint8(s & AllDays)) }

// weekdays are the days in the order of a week that begins on Monday.
var weekdays = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

// String is the set in the order of a week that begins on Monday, three or more
// days in a row as a range; the empty set is "".
func (s Days) String() string {
	var parts []string
	for i := 0; i < 7; {
		if !s.Has(weekdays[i]) {
			i++
			continue
		}
		last := i
		for last < 6 && s.Has(weekdays[last+1]) {
			last++
		}
		switch name := weekdays[i].String()[:3]; last - i {
		case 0:
			parts = append(parts, name)
		case 1:
			parts = append(parts, name, weekdays[last].String()[:3])
		default:
			parts = append(parts, name+"-"+weekdays[last].String()[:3])
		}
		i = last + 1
	}
	return strings.Join(parts, ",")
}

// MarshalText is String.
func (s Days) MarshalText() ([]byte, error) {
	if s&^AllDays != 0 {
		return nil, fmt.Errorf("oncall: %d is no set of days", uint8(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads what String writes, also with whole names, in any case,
// with spaces, and with a range that runs over the week's end ("Fri-Mon").
func (s *Days) UnmarshalText(text []byte) error {
	var set Days
	if strings.TrimSpace(string(text)) == "" {
		*s = 0
		return nil
	}
	for _, part := range strings.Split(string(text), ",") {
		first, last, ranged := strings.Cut(part, "-")
		a, ok := weekday(first)
		b := a
		if ranged && ok {
			b, ok = weekday(last)
		}
		if !ok {
			return &Error{Findings: []Finding{{Code: "value", Level: diag.Error, Text: part, Reason: "it is no weekday", Remedy: "write Mon, Mon-Fri or Mon,Thu"}}}
		}
		for d := a; ; d = (d + 1) % 7 {
			set |= 1 << d
			if d == b {
				break
			}
		}
	}
	*s = set
	return nil
}

// weekday reads a day's name, whole or its first three letters.
func weekday(name string) (time.Weekday, bool) {
	name = strings.TrimSpace(name)
	for _, d := range weekdays {
		if strings.EqualFold(name, d.String()) || strings.EqualFold(name, d.String()[:3]) {
			return d, true
		}
	}
	return 0, false
}
