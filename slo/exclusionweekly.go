package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Weekly is the same hours of every week, or of every day, on the clock of a
// zone. The zero value means unset.
//
// The hours begin when the clock first shows From and end when it first shows
// To. In a night in which the clock is set back they are an hour longer if
// both lie on either side of the hour that comes twice; a time that is skipped
// because the clock is set forward is taken to be the instant of the change.
type Weekly struct {
	Days []time.Weekday // on which the hours begin; none means every day
	// From and To are times of the day, from 0 up to 24 h. If To is not after
	// From the hours end on the day after. Both 0 with Days set, or From 0
	// and To 24 h, mean the whole day.
	From, To time.Duration
	Location *time.Location // nil is UTC
}

// IsZero reports whether w is unset.
func (w Weekly) IsZero() bool {
	return len(w.Days) == 0 && w.From == 0 && w.To == 0 && w.Location == nil
}

func (w Weekly) location() *time.Location {
	if w.Location == nil {
		return time.UTC
	}
	return w.Location
}

// length is how long the hours last where no clock is changed.
func (w Weekly) length() time.Duration {
	if w.To > w.From {
		return w.To - w.From
	}
	return w.To + 24*time.Hour - w.From
}

// Validate returns everything that is wrong with w, nil if nothing is: a time
// of the day out of range or not in whole seconds, a day that is none, a zone
// that has no IANA name to be stored by.
func (w Weekly) Validate() error {
	var errs []error
	for _, c := range []struct {
		name  string
		clock time.Duration
	}{{"from", w.From}, {"to", w.To}} {
		if c.clock < 0 || c.clock > 24*time.Hour || c.clock%time.Second != 0 {
			errs = append(errs, fmt.Errorf("%s %v is no time of the day; write whole seconds since midnight, 0 to 24h", c.name, c.clock))
		}
	}
	if w.From == w.To && w.From != 0 || w.From == 24*time.Hour {
		errs = append(errs, fmt.Errorf("from %v to %v is no time; for a whole day write 0 to 24h", w.From, w.To))
	}
	for _, d := range w.Days {
		if d < time.Sunday || d > time.Saturday {
			errs = append(errs, fmt.Errorf("unknown day of the week %d", int(d)))
		}
	}
	if _, err := loadZone(w.location().String()); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func loadZone(name string) (*time.Location, error) {
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" || name == "" {
		return nil, fmt.Errorf("unknown time zone %q; write an IANA name such as Europe/Berlin", name)
	}
	return loc, nil
}

// normal is w with its days in order from Monday, each once, none for all
// seven, and with UTC written as nil unless that would leave w unset.
func (w Weekly) normal() Weekly {
	if w.IsZero() {
		return Weekly{}
	}
	days := slices.Clone(w.Days)
	slices.SortFunc(days, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	w.Days = slices.Compact(days)
	if len(w.Days) == 7 {
		w.Days = nil
	}
	if w.To == 0 {
		w.To = 24 * time.Hour // the same instant
	}
	if w.Location != nil && w.Location.String() == "UTC" {
		w.Location = nil
	}
	return w
}

func (w Weekly) equal(v Weekly) bool {
	return slices.Equal(w.Days, v.Days) && w.From == v.From && w.To == v.To && w.location().String() == v.location().String()
}

// Spans are the hours that overlap (from, to], in order, as spans that are not
// cut off at from and to; hours that meet or overlap are one span. Cost is
// linear in the days between from and to. Hours that are not valid have none.
func (w Weekly) Spans(from, to time.Time) []Span {
	if w.IsZero() || w.Validate() != nil || !to.After(from) {
		return nil
	}
	var spans []Span
	loc := w.location()
	y, m, d := from.In(loc).Date()
	for d--; ; d++ { // hours of the day before may last until then
		day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // a civil day, not an instant
		start := clockInstant(day.Add(w.From), loc)
		if !start.Before(to) {
			return spans
		}
		if len(w.Days) > 0 && !slices.Contains(w.Days, day.Weekday()) {
			continue
		}
		end := clockInstant(day.Add(w.From+w.length()), loc)
		s := Span{start.UTC(), end.UTC()}
		if !s.End.After(s.Start) || !s.End.After(from) {
			continue
		}
		if n := len(spans); n > 0 && !s.Start.After(spans[n-1].End) {
			spans[n-1].End = later(spans[n-1].End, s.End)
			continue
		}
		spans = append(spans, s)
	}
}

// clockInstant is the first instant at which the zone's clock shows a civil
// time, given as if it were UTC; the instant of the change that skips it, if it
// is skipped. It walks the zone's offsets, for time.Date names a skipped or
// repeated time by either of two instants.
func clockInstant(civil time.Time, loc *time.Location) time.Time {
	// Offsets are less than a day and a date can be skipped: two days back
	// every clock in the world still shows an earlier time.
	for from := civil.Add(-48 * time.Hour).In(loc); ; {
		_, offset := from.Zone()
		t := civil.Add(-time.Duration(offset) * time.Second).In(loc)
		if t.Before(from) { // the clock was past it when this offset began
			return from
		}
		_, until := from.ZoneBounds()
		if !until.IsZero() && !until.After(from) {
			// Beyond a zone's table, time ends leap years a day early and names
			// a bound that has passed. No clock changes on that day.
			until = from.Add(24 * time.Hour)
		}
		if until.IsZero() || t.Before(until) {
			return t
		}
		from = until
	}
}

type weeklyJSON struct {
	Days []string `json:"days,omitempty"`
	From string   `json:"from"`
	To   string   `json:"to"`
	Zone string   `json:"zone"`
}

var weekdayNames = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// MarshalJSON writes days and clock times as people do:
// {"days":["saturday"],"from":"22:00","to":"06:00","zone":"Europe/Berlin"}.
func (w Weekly) MarshalJSON() ([]byte, error) {
	if w.IsZero() {
		return []byte("null"), nil
	}
	if err := w.Validate(); err != nil {
		return nil, err
	}
	w = w.normal()
	v := weeklyJSON{From: clockText(w.From), To: clockText(w.To), Zone: w.location().String()}
	for _, d := range w.Days {
		v.Days = append(v.Days, weekdayNames[d])
	}
	return json.Marshal(v)
}

// UnmarshalJSON reads what MarshalJSON writes. It loads the zone from the
// system's time-zone data.
func (w *Weekly) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*w = Weekly{}
		return nil
	}
	var v weeklyJSON
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	from, fromErr := parseClock(v.From)
	to, toErr := parseClock(v.To)
	loc, zoneErr := loadZone(v.Zone)
	errs := []error{fromErr, toErr, zoneErr}
	u := Weekly{From: from, To: to, Location: loc}
	for _, name := range v.Days {
		d := slices.Index(weekdayNames[:], name)
		if d < 0 {
			errs = append(errs, fmt.Errorf("unknown day %q; write monday to sunday", name))
		}
		u.Days = append(u.Days, time.Weekday(d))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := u.Validate(); err != nil {
		return err
	}
	*w = u.normal()
	return nil
}

func clockText(d time.Duration) string {
	s := int(d / time.Second)
	if s%60 == 0 {
		return fmt.Sprintf("%02d:%02d", s/3600, s/60%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// parseClock reads 08:30, 08:30:15 and 24:00.
func parseClock(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is no time of the day; write 08:30, up to 24:00", s)
	if len(s) != 5 && len(s) != 8 {
		return 0, bad
	}
	var parts [3]int
	for i := range (len(s) + 1) / 3 {
		a, b := s[3*i], s[3*i+1]
		if a < '0' || a > '9' || b < '0' || b > '9' || i > 0 && s[3*i-1] != ':' {
			return 0, bad
		}
		parts[i] = int(a-'0')*10 + int(b-'0')
	}
	d := time.Duration(parts[0])*time.Hour + time.Duration(parts[1])*time.Minute + time.Duration(parts[2])*time.Second
	if parts[1] > 59 || parts[2] > 59 || d > 24*time.Hour {
		return 0, bad
	}
	return d, nil
}
