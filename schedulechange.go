package ownership

import "github.com/srekit/ownership/oncall"

// The instants of what changes a schedule are texts: RFC 3339, or a day and
// time ("2026-01-05 09:00") on the clock of the schedule's zone. Spans are
// half-open.

// Override puts somebody in for a while, or takes somebody out.
type Override struct {
	Start, End string
	Kind       oncall.OverrideKind // empty means replace
	Member     string              // who is on call; empty means nobody
	Replaces   string              // whose turns are taken over; empty means whoever is on call
	Layer      string              // empty means what the layers together say
	Role       string              // whose turns are taken over where neither Replaces nor Layer says it; empty means primary
}

// Temporary is a fixed plan that holds instead of the rotations.
type Temporary struct {
	Name       string
	Start, End string
	Shifts     []FixedShift // at times that none holds nobody is on call
}

// FixedShift is somebody's time in a temporary plan.
type FixedShift struct {
	Start, End string // empty means that of the plan
	Member     string
	Role       string // empty means primary
}

// Swap hands one person's turns in a span to another and, if it says so, those
// of the other in another span back.
type Swap struct {
	From, To               string // people
	Start, End             string
	ReturnStart, ReturnEnd string // empty means that nothing is given back
}

// Absence is when a person cannot be on call.
type Absence struct {
	Member     string
	Start, End string
	Reason     string
}

// Membership bounds how long a person takes part, without moving other
// people's turns, and names the zone of the person's working hours.
type Membership struct {
	Member     string
	Start, End string // empty means without bound
	TimeZone   string // by whose clock the coverage is for this person; empty means the layer's
}
