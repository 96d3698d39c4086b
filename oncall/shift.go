package oncall

import "time"

// Shift is a time in which one person is on call without a break, in one role
// and by one layer.
type Shift struct {
	Start  time.Time `json:"start"` // whole second, in the schedule's zone, unless a query cut it
	End    time.Time `json:"end"`   // exclusive
	Person string    `json:"responder"`
	Role   string    `json:"role"`
	Layer  string    `json:"layer,omitempty"`  // name of the layer; empty if it has none, or for an override of all layers
	Shadow bool      `json:"shadow,omitempty"` // the person learns and covers nothing
}

// Duration is the elapsed time of the shift.
func (s Shift) Duration() time.Duration { return s.End.Sub(s.Start) }

// Contains reports whether t lies in [Start, End).
func (s Shift) Contains(t time.Time) bool { return !t.Before(s.Start) && t.Before(s.End) }
