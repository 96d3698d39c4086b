package oncall

import "time"

// Absence is a time in which a person cannot be on call.
type Absence struct {
	Person string    `json:"person"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Reason string    `json:"reason,omitempty"`
}

// AbsencePolicy says what an absence does to a person's turns. Overrides,
// temporary schedules and swaps are people's decisions and stand in any case;
// Roster.Conflicts lists what is left.
type AbsencePolicy string

// The absence policies.
const (
	AbsenceReport  AbsencePolicy = "report"  // nothing
	AbsenceSkip    AbsencePolicy = "skip"    // the person is not on call, nobody else is
	AbsenceReplace AbsencePolicy = "replace" // the next in the order of turns who is there stands in
)

// Holiday is a day off at a site. The caller supplies them; the package knows
// none.
type Holiday struct {
	Date string `json:"date"`           // "2026-12-25"
	Site string `json:"site,omitempty"` // a country, an office; empty is a site of its own
	Name string `json:"name,omitempty"`
}
