package response

import (
	"fmt"
	"strconv"
	"time"
)

// Quarter is a calendar quarter: Number 1 begins with January, 4 with October.
// The zero value is none.
type Quarter struct {
	Year   int
	Number int // 1 to 4
}

// QuarterOf is the quarter in which t lies by the calendar of the zone; nil is
// UTC.
func QuarterOf(t time.Time, zone *time.Location) Quarter {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return Quarter{t.Year(), (int(t.Month())-1)/3 + 1}
}

// Start is the first instant of the quarter by the calendar of the zone; nil is
// UTC. Where the clock leaves midnight out it is the instant of that change.
func (q Quarter) Start(zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	t := time.Date(q.Year, time.Month(3*q.Number-2), 1, 0, 0, 0, 0, zone)
	if t.Day() != 1 { // midnight does not exist, and Date went back: the clock is put forward next
		_, t = t.ZoneBounds()
		return t
	}
	begin, _ := t.ZoneBounds()
	if begin.IsZero() {
		return t
	}
	if t.Hour() != 0 { // or Date went forward
		return begin
	}
	_, now := t.Zone()
	_, before := begin.Add(-1).Zone()
	if first := t.Add(time.Duration(now-before) * time.Second); first.Before(begin) && QuarterOf(first, zone) == q {
		return first // midnight comes twice
	}
	return t
}

// Next is the quarter after q.
func (q Quarter) Next() Quarter { return quarterAt(q.index() + 1) }

// index counts quarters.
func (q Quarter) index() int { return 4*q.Year + q.Number - 1 }

func quarterAt(index int) Quarter {
	year, number := index/4, index%4
	if number < 0 {
		year, number = year-1, number+4
	}
	return Quarter{year, number + 1}
}

// String is the quarter as 2026-Q3, empty for the zero value.
func (q Quarter) String() string {
	if q == (Quarter{}) {
		return ""
	}
	return fmt.Sprintf("%04d-Q%d", q.Year, q.Number)
}

// MarshalText writes what String returns.
func (q Quarter) MarshalText() ([]byte, error) { return []byte(q.String()), nil }

// UnmarshalText reads what MarshalText writes; empty text is the zero value.
func (q *Quarter) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		*q = Quarter{}
		return nil
	}
	if len(s) == len("2026-Q3") && s[4:6] == "-Q" && s[6] >= '1' && s[6] <= '4' {
		if year, err := strconv.ParseUint(s[:4], 10, 16); err == nil {
			*q = Quarter{int(year), int(s[6] - '0')}
			return nil
		}
	}
	var p problems
	p.Add("value", "quarter", s, "no quarter", "write it as 2026-Q3")
	return p.err()
}
