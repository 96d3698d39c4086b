package ownership

import (
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/oncall"
)

// Schedule says who is on call. A schedule of a service may refer to one that
// is kept elsewhere; what it leaves out is the owner team's (see
// Catalog.ScheduleOf). The zero value means that there is none.
type Schedule struct {
	Name         string   // under which services refer to it
	Ref          string   // name of a schedule that is kept elsewhere
	URL          string   // link to a schedule that is kept elsewhere
	FollowTheSun bool     // each site covers its own working hours
	Rotation     Rotation // how often the turn passes on
	Handoff      Handoff
	TimeZone     string // IANA name; empty means the team's
	Start        string // day of the first turn, "2026-01-05" on the clock of TimeZone
	Members      []string
	Turns        []Turn         // instead of Members, where several take a turn together or nobody does
	Days         []time.Weekday // on which a daily turn passes on, only they are counted; empty means every day
	Elapsed      bool           // an hourly turn is counted by a stopwatch instead of the clock
	Coverage     []Coverage     // when somebody is on call; empty means always
	SkipHolidays []string       // sites on whose holidays nobody is on call; "*" is every site
	Layers       []Layer
	Overrides    []Override
	Temporary    []Temporary
	Swaps        []Swap
	Absences     []Absence
	Absent       oncall.AbsencePolicy // what an absence does to a turn; empty means report
	Memberships  []Membership
	Holidays     []oncall.Holiday
	OffDuty      []Coverage       // when nobody needs to be on call
	Tie          oncall.TiePolicy // of layers of one priority; empty means all
}

// DefaultStart is the first day of a rotation that gives none: a Monday.
const DefaultStart = "2024-01-01"

// DefaultHandoff is Monday at nine, when last week's and this week's people are
// both at work.
func DefaultHandoff() Handoff { return Handoff{Weekday: time.Monday, HasDay: true, Clock: "09:00"} }

// Rotation is how often a turn passes on: every so many hours, days, weeks or
// months. The zero value means that it is not said.
type Rotation struct {
	Every int    // positive
	Unit  string // hour, day, week or month
}

// String is the form in which a spec writes the rotation: "weekly", "every 2 weeks".
func (r Rotation) String() string { return quantity.Schedule{Unit: r.Unit, Every: r.Every}.String() }

// Handoff is when a turn passes on, by the clock of the schedule's zone.
type Handoff struct {
	Weekday time.Weekday // if HasDay
	HasDay  bool
	Clock   string // "09:00"; empty means 09:00
}

// String is the form in which a spec writes the handoff: "Monday 09:00".
func (h Handoff) String() string {
	if h.HasDay {
		return strings.TrimSpace(h.Weekday.String() + " " + h.Clock)
	}
	return h.Clock
}

// Coverage is a part of the week: on each of the days the hours from From to
// To, which may lie on the next day. Without days it is every day, without
// hours all day.
type Coverage struct {
	Days     []time.Weekday // in week order from Monday
	From, To string         // "09:00"; To may be "24:00"
}

// String is the form in which a spec writes the coverage: "Mon-Fri 09:00-17:00".
func (c Coverage) String() string {
	s := quantity.Schedule{Unit: "day", Every: 1, Days: c.Days, From: c.From, To: c.To}
	if len(c.Days) == 0 && c.From == "" {
		return "24x7"
	}
	return s.String()
}

// Turn is who takes a turn together; empty means nobody.
type Turn []string

// Layer is a rotation beside others of the same schedule. What it leaves out
// is the schedule's.
type Layer struct {
	Name         string
	Role         string // empty means primary
	Priority     int    // a higher one covers a lower one of the same role; 0 means the place in the list, from 1
	Shadow       bool   // its people learn and cover nothing; so do those of the role shadow
	Rotation     Rotation
	Handoff      Handoff
	TimeZone     string
	Start        string
	Until        string // RFC 3339, or "2026-01-05 09:00" on the clock of the schedule's zone; empty means without end
	Members      []string
	Turns        []Turn
	Days         []time.Weekday
	Elapsed      bool
	Coverage     []Coverage
	SkipHolidays []string
}

// IsZero reports whether there is no schedule.
func (s Schedule) IsZero() bool {
	return s.Name == "" && s.Ref == "" && s.URL == "" && !s.FollowTheSun && s.Rotation == Rotation{} && s.Handoff == Handoff{} &&
		s.TimeZone == "" && len(s.Coverage) == 0 && s.isOneLine()
}

// isOneLine reports whether the schedule has nothing but a name that a line
// could not hold.
func (s Schedule) isOneLine() bool {
	return s.Start == "" && len(s.Members) == 0 && len(s.Turns) == 0 && len(s.Days) == 0 && !s.Elapsed && len(s.SkipHolidays) == 0 &&
		len(s.Layers) == 0 && len(s.Overrides) == 0 && len(s.Temporary) == 0 && len(s.Swaps) == 0 && len(s.Absences) == 0 && s.Absent == "" &&
		len(s.Memberships) == 0 && len(s.Holidays) == 0 && len(s.OffDuty) == 0 && s.Tie == ""
}

// String is the schedule in one line, as a spec may write it where one line
// holds it all ("weekly on Monday at 09:00 Europe/Berlin"); members, layers and
// overrides are left out.
func (s Schedule) String() string {
	switch {
	case s.Ref != "":
		return s.Ref
	case s.URL != "":
		return s.URL
	case s.FollowTheSun:
		return "follow-the-sun"
	}
	q := quantity.Schedule{Unit: s.Rotation.Unit, Every: s.Rotation.Every, Weekday: s.Handoff.Weekday, HasDay: s.Handoff.HasDay, At: s.Handoff.Clock, Zone: s.TimeZone}
	if len(s.Coverage) > 0 {
		c := s.Coverage[0]
		if q.Days, q.From, q.To = c.Days, c.From, c.To; len(c.Days) == 0 && c.From == "" {
			q.Always = true
		}
	}
	return q.String()
}

// validate checks a schedule by itself. The prefix is the path of the entry,
// for a literal.
func (s Schedule) validate(o *origin, at, prefix string) []Finding {
	var out []Finding
	add := func(code, level, path, reason, remedy string) {
		out = append(out, o.finding(code, level, path, prefix, reason, remedy))
	}
	names := make([]string, len(s.Layers))
	for i, l := range s.Layers {
		names[i] = l.Name
		if l.Name != "" && slices.Contains(names[:i], l.Name) {
			add("duplicate", diag.Error, item(at+".layers", i)+".name", "two layers have that name", "rename one of them")
		}
	}
	for i, v := range s.Overrides {
		if v.Layer != "" && !slices.Contains(names, v.Layer) {
			add("undefined-layer", diag.Error, item(at+".overrides", i)+".layer", "the schedule has no layer of that name", didYouMean(v.Layer, names))
		}
	}
	if (s.Ref != "" || s.URL != "") && (len(s.Members) > 0 || len(s.Layers) > 0) {
		add("conflict", diag.Error, at, "the schedule is kept elsewhere, yet has members or layers", "keep one of them")
	}
	return out
}
