package oncall

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
