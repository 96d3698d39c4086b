package oncall

import (
	"bytes"
	"encoding/json"
	"time"
)

// Schedule is the definition of who is on call: plain data, which Compile
// checks and turns into a Roster. What holds at an instant is found in this
// order, each step on the result of the one before:
//
//  1. every layer's turn, in the layer's windows, without the holidays it skips
//  2. absences, by the policy Absent
//  3. overrides that name a layer, in their order
//  4. per role, the layers with people of the highest priority; where several
//     layers have it, the policy Tie
//  5. temporary schedules, the last one that holds the instant instead of all
//     layers
//  6. overrides that name no layer, in their order
//  7. swaps, in their order, so that a later one can pass a turn on
//
// A person is on call once per role, however many layers say so.
type Schedule struct {
	Name      string        `json:"name,omitempty"`
	Zone      string        `json:"time_zone,omitempty"` // IANA name; empty means UTC
	Layers    []Layer       `json:"layers,omitempty"`
	Overrides []Override    `json:"overrides,omitempty"`
	Temporary []Temporary   `json:"temporary,omitempty"`
	Swaps     []Swap        `json:"swaps,omitempty"`
	Absences  []Absence     `json:"absences,omitempty"`
	Absent    AbsencePolicy `json:"absent,omitempty"` // what an absence does to a turn; empty means report
	Holidays  []Holiday     `json:"holidays,omitempty"`
	OffDuty   []Window      `json:"off_duty,omitempty"` // hours of Zone in which nobody needs to be on call; no query heeds them, Lint does
	Tie       TiePolicy     `json:"tie,omitempty"`      // layers of one priority; empty means all
}

// TiePolicy says who is on call where several layers of one role have the
// highest priority.
type TiePolicy string

// The tie policies.
const (
	TieAll   TiePolicy = "all"   // the people of all of them
	TieFirst TiePolicy = "first" // the people of the one that stands first in Schedule.Layers
)

// Layer is a rotation with its people and hours.
type Layer struct {
	Name     string   `json:"name,omitempty"`      // unique in the schedule; needed where an override refers to it
	Role     string   `json:"role,omitempty"`      // empty means primary
	Zone     string   `json:"time_zone,omitempty"` // whose clock the rotation and windows follow; empty means the schedule's
	Priority int      `json:"priority,omitempty"`  // a higher one wins over a lower one of the same role
	Shadow   bool     `json:"shadow,omitempty"`    // its people learn: they are listed, but cover nothing and win over nobody
	Rotation Rotation `json:"rotation"`
	Turns    []Turn   `json:"turns"`             // in order, again and again; none means that nobody is on call
	Windows  []Window `json:"windows,omitempty"` // when the layer is on duty; empty means always
	// SkipHolidays takes the layer off duty on the holidays of these sites,
	// from midnight to midnight by the layer's clock; "*" stands for every site.
	SkipHolidays []string `json:"skip_holidays,omitempty"`
	// Until ends the layer; zero means never. Its rotation's Start begins it.
	Until time.Time `json:"until,omitzero"`
}

// DefaultRole is the role of a layer that names none.
const DefaultRole = "primary"

// Turn is who is on call together for one turn; none means that the turn is
// nobody's.
type Turn []Member

// Turns gives each person a turn of their own, in order; an empty name is a
// turn of nobody.
func Turns(people ...string) []Turn {
	turns := make([]Turn, len(people))
	for i, name := range people {
		if name != "" {
			turns[i] = Turn{{Name: name}}
		}
	}
	return turns
}

// Member is a person in a turn. In JSON a member of whom nothing but the name is
// known is a string.
//
// From and Until bound the membership to [From, Until); zero means no bound.
// Where a turn's members begin later, the turn does not exist before the first
// handoff at or after the earliest From, so that adding a member moves no
// earlier turn of anybody. Where they have ended, Rotation.Vacant decides;
// by default the turn stays and is nobody's, so that nobody else's turns move.
// Two members with successive bounds in one turn hand it on.
type Member struct {
	Name  string    `json:"name"`
	Zone  string    `json:"time_zone,omitempty"` // whose clock the layer's windows follow for this member; empty means the layer's
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// MarshalJSON is a string where only the name is set, else an object.
func (m Member) MarshalJSON() ([]byte, error) {
	if (m == Member{Name: m.Name}) {
		return json.Marshal(m.Name)
	}
	type plain Member
	return json.Marshal(plain(m))
}

// UnmarshalJSON reads a string or an object.
func (m *Member) UnmarshalJSON(text []byte) error {
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '"' {
		*m = Member{}
		return json.Unmarshal(text, &m.Name)
	}
	type plain Member
	var p plain
	if err := json.Unmarshal(text, &p); err != nil {
		return err
	}
	*m = Member(p)
	return nil
}
