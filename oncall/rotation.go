package oncall

// Unit is what the length of a turn is counted in.
type Unit string

// The units. A turn of a day is one by the calendar, 23 or 25 hours where the
// clock changes; so is every other.
const (
	Hour    Unit = "hour"
	Day     Unit = "day"
	Week    Unit = "week"
	Month   Unit = "month"
	Quarter Unit = "quarter"
)

// Rotation says when a turn passes on: every so many units since Start, by the
// clock of the layer's zone. A clock time that does not exist on a day is the
// end of the gap, one that comes twice is its first occurrence (see Resolve).
//
// Turns are counted from the one that begins at Start. Before it nobody is on
// call, unless Extrapolate is set.
type Rotation struct {
	// Unit and Every are the length of a turn. Without a unit there is one turn,
	// the first, and it never ends. Every is at most 10000; 0 means 1.
	Unit  Unit `json:"unit,omitempty"`
	Every int  `json:"every,omitempty"`
	// Start is the clock time at which the first turn begins: "2026-01-05T09:00",
	// "2026-01-05 09:00" or "2026-01-05" (midnight). It is needed with a unit. All
	// handoffs have its time of day; in months and quarters they have its day of
	// the month too, or the month's last if it has no such day.
	Start string `json:"start,omitempty"`
	// Days are the weekdays on which a turn may pass on; empty means any.
	//
	// With the unit day only these days are counted: with Every 1 and Mon-Fri,
	// Friday's turn is followed by Monday's, and with Sun,Thu turns last four and
	// three days in alternation. The first turn begins on the first of the days
	// at or after Start. To count elapsed days instead, leave Days empty and give
	// the layer windows.
	//
	// With the unit week it is the one day on which turns pass on; empty means
	// Start's. If that is not Start's, the first turn is the shorter for it.
	//
	// Other units take no days.
	Days Days `json:"days,omitempty"`
	// MonthDay is the day of the month, 1 to 31, on which turns in months or
	// quarters pass on; 0 means Start's. If it is not Start's, the first turn is the
	// shorter for it.
	MonthDay int `json:"month_day,omitempty"`
	// Elapsed counts hours by a stopwatch instead of the clock, so that each
	// turn has the same length; only with the unit hour.
	Elapsed bool `json:"elapsed,omitempty"`
	// Extrapolate continues the turns backwards before Start.
	Extrapolate bool `json:"extrapolate,omitempty"`
	// Vacant says what becomes of a turn all of whose members have left; empty
	// means that it stays.
	Vacant VacantPolicy `json:"vacant,omitempty"`
}

// VacantPolicy says what becomes of a turn all of whose members have left.
type VacantPolicy string

// The policies for a turn all of whose members have left.
const (
	VacantKeep VacantPolicy = "keep" // it stays and is nobody's; nobody else's turns move
	VacantSkip VacantPolicy = "skip" // from the next handoff on it is left out, and everybody's turn comes sooner
)
