package oncall

import (
	"strconv"
	"strings"
)

// Window is a part of every week, by the clock of its layer's (or its member's)
// zone: on each of Days it begins at From and lasts until To.
//
// To at or before From lies on the next day, so that "20:00" to "08:00" is a
// night, and it belongs to the day on which it begins. Equal times are 24
// hours. Windows that touch or overlap are one. A window that lies in an hour
// that the clock skips is empty on that day.
type Window struct {
	Days Days   `json:"days,omitempty"` // on which it begins; empty means every day
	From string `json:"from,omitempty"` // "09:00" or "09:00:30"; empty means 00:00
	To   string `json:"to,omitempty"`   // as From, also "24:00"; empty means 24:00
	// ToDay is the one day on which the window ends, for windows of more than a
	// day: Days "Fri", From "18:00", ToDay "Mon", To "08:00". At most a week; the
	// same day and time is a whole week. Empty means within 24 hours.
	ToDay Days `json:"to_day,omitempty"`
}

// bounds are From and To in seconds after midnight.
func (w Window) bounds() (from, to int64) {
	to = daySeconds
	if w.From != "" {
		from, _ = clockTime(w.From)
	}
	if w.To != "" {
		to, _ = clockTime(w.To)
	}
	return from, to
}

func (w Window) check(p *problems, path string) {
	if w.Days&^AllDays != 0 {
		p.Add("value", path+".days", strconv.Itoa(int(w.Days)), "it is no set of weekdays", "write Mon-Fri")
	}
	if w.ToDay&^AllDays != 0 || w.ToDay.count() > 1 {
		p.Add("value", path+".to_day", w.ToDay.String(), "it is not one weekday", "write the day on which the window ends, such as Mon")
	}
	if from, ok := clockTime(w.From); w.From != "" && (!ok || from == daySeconds) {
		p.Add("value", path+".from", w.From, "it is no time of day", "write 09:00")
	}
	if _, ok := clockTime(w.To); w.To != "" && !ok {
		p.Add("value", path+".to", w.To, "it is no time of day", "write 17:00, or 24:00 for the day's end")
	}
}

// clockTime reads "09:00", "9:00" or "09:00:30", up to "24:00", as seconds after
// midnight.
func clockTime(text string) (seconds int64, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil || len(part) > 2 || i > 0 && (n > 59 || len(part) != 2) {
			return 0, false
		}
		seconds = seconds*60 + int64(n)
	}
	if len(parts) == 2 {
		seconds *= 60
	}
	return seconds, seconds <= daySeconds
}
