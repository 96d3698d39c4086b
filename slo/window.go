package slo

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
)

// Calendar is a calendar unit, the length of a window that is aligned to the
// calendar. The zero value means that the window is rolling.
type Calendar int

// The calendar units. Weeks begin on Monday (ISO 8601).
const (
	NoCalendar Calendar = iota
	Day
	Week
	Month
	Quarter
	Year
)

var calendarNames = [...]string{"", "day", "week", "month", "quarter", "year"}

// String is the unit's English name, empty for NoCalendar.
func (c Calendar) String() string {
	if c < 0 || int(c) >= len(calendarNames) {
		return fmt.Sprintf("Calendar(%d)", int(c))
	}
	return calendarNames[c]
}

// Window is the period over which an objective is held: rolling (the Length
// that ends now) or a calendar unit in a time zone (the day, week, month,
// quarter or year that holds the instant). A calendar unit has no fixed
// length: it never becomes a time.Duration. The zero value means unset.
//
// Compare windows with Equal: two loads of one zone are different pointers.
// The text form names a zone, so a zone made with time.FixedZone works but is
// read back only if its name is an IANA one.
type Window struct {
	Length   time.Duration  // of a rolling window, positive
	Calendar Calendar       // of a calendar window
	Location *time.Location // of a calendar window; nil is UTC
}

// ErrWindow is what every error about a window wraps.
var ErrWindow = errors.New("not a window")

// Rolling is the rolling window of length d.
func Rolling(d time.Duration) Window { return Window{Length: d} }

// DefaultWindow is 30 days, rolling.
func DefaultWindow() Window { return Rolling(30 * 24 * time.Hour) }

// ParseWindow reads a window as people write it: "30d", "4 weeks", "rolling
// 28 days", "month" or "monthly" (calendar), "month in Europe/Berlin". A
// rolling window needs a fixed length: "over 1 month" is refused, because a
// month has no fixed length; write "30d" or "monthly". Errors wrap ErrWindow.
func ParseWindow(s string) (Window, error) {
	text, zone, hasZone := cutZone(s)
	q, err := quantity.ParseWindow(text)
	if err != nil {
		return Window{}, fmt.Errorf("%w: %w", ErrWindow, err)
	}
	w, err := windowOf(q)
	if err != nil {
		return Window{}, err
	}
	if hasZone {
		if w.Calendar == NoCalendar {
			return Window{}, fmt.Errorf("%w: %q: a rolling window has no time zone; leave it out or name a calendar unit", ErrWindow, s)
		}
		if w.Location, err = time.LoadLocation(zone); err != nil || zone == "Local" {
			return Window{}, fmt.Errorf("%w: %q: unknown time zone %q; write an IANA name such as Europe/Berlin", ErrWindow, s, zone)
		}
	}
	return w, nil
}

// MustWindow is ParseWindow for values written in source code; it panics on a
// bad one.
func MustWindow(s string) Window {
	w, err := ParseWindow(s)
	if err != nil {
		panic(err)
	}
	return w
}

// cutZone splits "month in Europe/Berlin" into "month" and the zone. A zone is
// one word that begins with a capital letter, as every IANA name does, so
// "once in a month" stays whole.
func cutZone(s string) (text, zone string, ok bool) {
	i := strings.LastIndex(s, " in ")
	if i < 0 {
		return s, "", false
	}
	zone = strings.TrimSpace(s[i+len(" in "):])
	if zone == "" || zone[0] < 'A' || zone[0] > 'Z' || strings.ContainsAny(zone, " \t") {
		return s, "", false
	}
	return s[:i], zone, true
}

func windowOf(q quantity.Window) (Window, error) {
	if !q.Calendar {
		d, ok := q.Length.AsFixed()
		if !ok || d <= 0 {
			return Window{}, fmt.Errorf("%w: %q has no fixed length; write days for a rolling window (30d) or \"monthly\" for the calendar", ErrWindow, q.Length.String())
		}
		return Rolling(d), nil
	}
	switch {
	case q.Length == quantity.Duration{Fixed: 24 * time.Hour}:
		return Window{Calendar: Day}, nil
	case q.Length == quantity.Duration{Fixed: 7 * 24 * time.Hour}:
		return Window{Calendar: Week}, nil
	case q.Length == quantity.Duration{Months: 1}:
		return Window{Calendar: Month}, nil
	case q.Length == quantity.Duration{Months: 3}:
		return Window{Calendar: Quarter}, nil
	case q.Length == quantity.Duration{Months: 12}:
		return Window{Calendar: Year}, nil
	}
	return Window{}, fmt.Errorf("%w: %q is no calendar unit; write day, week, month, quarter or year", ErrWindow, q.Length.String())
}

// IsZero reports whether w is unset.
func (w Window) IsZero() bool { return w.Length == 0 && w.Calendar == NoCalendar }

// Equal reports whether two windows mean the same period; zones are compared
// by name.
func (w Window) Equal(v Window) bool {
	return w.Length == v.Length && w.Calendar == v.Calendar && (w.Calendar == NoCalendar || w.zone() == v.zone())
}

func (w Window) location() *time.Location {
	if w.Location == nil {
		return time.UTC
	}
	return w.Location
}

func (w Window) zone() string { return w.location().String() }

// Validate tells what is wrong with w: no length, a negative one, both kinds
// at once, or time.Local, which means another zone on every machine.
func (w Window) Validate() error {
	switch {
	case w.IsZero():
		return fmt.Errorf("%w: no length; write a rolling length (30d) or a calendar unit (month)", ErrWindow)
	case w.Length < 0:
		return fmt.Errorf("%w: length %v is negative", ErrWindow, w.Length)
	case w.Length > 0 && w.Calendar != NoCalendar:
		return fmt.Errorf("%w: both rolling (%v) and calendar (%v); choose one", ErrWindow, w.Length, w.Calendar)
	case w.Calendar < 0 || w.Calendar > Year:
		return fmt.Errorf("%w: unknown calendar unit %d", ErrWindow, int(w.Calendar))
	case w.Calendar != NoCalendar && w.zone() == "Local":
		return fmt.Errorf("%w: the machine's local zone is not a zone; load one by its IANA name, such as Europe/Berlin", ErrWindow)
	}
	return nil
}

// Bounds is the period that w means at the instant t, as the half-open span
// (start, end]: for a rolling window it ends at t; for a calendar window it is
// the whole unit that holds t, so end may lie ahead of t. An instant exactly on
// a calendar boundary belongs to the unit that begins there, so that a budget
// asked for at midnight is the new day's.
//
// Boundaries are midnights on the zone's clock. Where a clock change skips
// midnight (São Paulo in spring, until 2018) the day begins at the first
// instant that the clock shows on its date; where it repeats midnight (Havana
// in autumn) the day begins at the first one; a date that a zone skipped
// altogether (30 December 2011 in Apia) has no instant and belongs to no
// window. The units of a zone therefore cover time without gap or overlap.
// Bounds of an invalid window are t, t.
func (w Window) Bounds(t time.Time) (start, end time.Time) {
	if w.Validate() != nil {
		return t, t
	}
	if w.Calendar == NoCalendar {
		return t.Add(-w.Length), t
	}
	loc := w.location()
	l := t.In(loc)
	y, m, d := l.Date()
	switch w.Calendar {
	case Week:
		d -= (int(l.Weekday()) + 6) % 7
	case Month:
		d = 1
	case Quarter:
		m, d = m-(m-1)%3, 1
	case Year:
		m, d = time.January, 1
	}
	start, end = startOfDay(y, m, d, loc), w.Calendar.next(y, m, d, 1, loc)
	if !t.Before(end) {
		// A clock set back across midnight shows yesterday's date again after
		// today began (Newfoundland, 00:01 to 23:01, until 2011).
		start, end = end, w.Calendar.next(y, m, d, 2, loc)
	}
	return start, end
}

// next is the beginning of the n-th unit after the one that begins on the day
// y-m-d.
func (c Calendar) next(y int, m time.Month, d, n int, loc *time.Location) time.Time {
	switch c {
	case Day:
		return startOfDay(y, m, d+n, loc)
	case Week:
		return startOfDay(y, m, d+7*n, loc)
	case Month:
		return startOfDay(y, m+time.Month(n), d, loc)
	case Quarter:
		return startOfDay(y, m+time.Month(3*n), d, loc)
	}
	return startOfDay(y+n, m, d, loc)
}

// startOfDay is the first instant at which the zone's clock shows the civil
// day y-m-d or a later one.
func startOfDay(y int, m time.Month, d int, loc *time.Location) time.Time {
	return clockInstant(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), loc)
}

// ShortestLength is the nominal length of the shortest unit that w can mean,
// at 24 hours a day: the length of a rolling window; 24 h for a day, 7 d for a
// week, 28 d for a month (February), 90 d for a quarter (the first of a common
// year), 365 d for a year. Alert factors of calendar windows derive from it.
// Clock changes are left out (a spring day has 23 h): Bounds is exact. It is 0
// for an unset window.
func (w Window) ShortestLength() time.Duration {
	const day = 24 * time.Hour
	switch w.Calendar {
	case Day:
		return day
	case Week:
		return 7 * day
	case Month:
		return 28 * day
	case Quarter:
		return 90 * day
	case Year:
		return 365 * day
	}
	return w.Length
}

// String is the canonical form that ParseWindow reads back: "30d", "month",
// "month in Europe/Berlin"; empty when unset.
func (w Window) String() string {
	switch {
	case w.IsZero():
		return ""
	case w.Calendar == NoCalendar:
		return quantity.Duration{Fixed: w.Length}.String()
	case w.zone() == "UTC":
		return w.Calendar.String()
	}
	return w.Calendar.String() + " in " + w.zone()
}

// MarshalText writes the canonical form; an unset window is empty.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what ParseWindow reads; empty text leaves w unset. It
// loads the zone that a calendar window names from the system's time-zone
// data.
func (w *Window) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*w = Window{}
		return nil
	}
	v, err := ParseWindow(string(text))
	if err != nil {
		return err
	}
	*w = v
	return nil
}
