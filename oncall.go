package ownership

import (
	"slices"
	"time"
)

// ScheduleOf is the schedule of an entry with everything filled in that it
// leaves out. An entry without a schedule has its team's, and so has one that
// gives no more than the rhythm of its team's; one that refers to a schedule by
// name has that (a name wins over a rhythm of the same spelling). What is still
// missing is that of the team whose schedule it is: time zone (else UTC) and
// members (those of its schedule, else all); then the handoff on Monday at
// 09:00, or at 09:00 where a turn is not in weeks, and the first day
// DefaultStart. What layers leave out they have from the schedule when a roster
// is made of it. ok is false if neither entry nor team has a schedule, or if it
// is kept elsewhere.
func (c Catalog) ScheduleOf(s Service) (schedule Schedule, ok bool) {
	found := c.schedule(s)
	return found.schedule, found.ok
}

// foundSchedule is a schedule with where it stands.
type foundSchedule struct {
	schedule Schedule
	ok       bool
	name     string  // what it is called where it has no name
	team     Team    // whose schedule it is
	origin   *origin // of the entry in which it stands
	at       string  // its path in that entry
	prefix   string  // of the paths, for a literal
}

// finding is a finding about a value of the schedule.
func (f foundSchedule) finding(code, level, path, reason, remedy string) Finding {
	at := f.at
	if path != "" {
		at = join(at, path)
	}
	return f.origin.finding(code, level, at, f.prefix, reason, remedy)
}

func ofTeam(t Team) foundSchedule {
	return foundSchedule{t.Schedule, true, t.Name, t, t.origin, "schedule", "team"}
}

// schedule finds the schedule of an entry and fills it in.
func (c Catalog) schedule(s Service) foundSchedule {
	team, _ := c.Team(s.OwnerTeam)
	found := foundSchedule{s.Schedule, true, s.Name, team, s.origin, "incident_response.oncall_schedule", "service"}
	if named, ok := c.named(team, s.Schedule); ok {
		found = ofTeam(named)
	} else if s.Schedule.Ref != "" || s.Schedule.URL != "" {
		found.ok = false
		return found
	}
	if out := found.schedule; !team.Schedule.IsZero() && (out.IsZero() || out.onlyRotation() && out.Rotation == team.Schedule.Rotation) {
		found = ofTeam(team)
	}
	out, team := &found.schedule, found.team
	if found.ok = !out.IsZero() && out.Ref == "" && out.URL == ""; !found.ok {
		return found
	}
	if out.TimeZone == "" {
		out.TimeZone = team.TimeZone
	}
	if out.TimeZone == "" {
		out.TimeZone = "UTC"
	}
	if len(out.Layers) == 0 && len(out.Turns) == 0 && len(out.Members) == 0 {
		out.Members = team.responders()
	}
	if out.Rotation == (Rotation{}) {
		out.Rotation = Rotation{1, "week"}
	}
	out.Handoff = out.Handoff.in(out.Rotation)
	if out.Start == "" {
		out.Start = DefaultStart
	}
	return found
}

// responders are the people of the team's schedule, else all of the team.
func (t Team) responders() []string {
	out := slices.Clone(t.Schedule.Members)
	if len(out) == 0 {
		for _, p := range t.Members {
			out = append(out, p.Name)
		}
	}
	return out
}

// in is the handoff with what it leaves out, for a rotation.
func (h Handoff) in(r Rotation) Handoff {
	if r.Unit != "week" {
		h.HasDay, h.Weekday = false, 0
	} else if !h.HasDay {
		h.HasDay, h.Weekday = true, time.Monday
	}
	if h.Clock == "" {
		h.Clock = DefaultHandoff().Clock
	}
	return h
}

// onlyRotation reports whether a schedule says how often a turn passes on and
// nothing else.
func (s Schedule) onlyRotation() bool {
	rotation := s.Rotation
	s.Rotation = Rotation{}
	return rotation != Rotation{} && s.IsZero()
}

// named is the team whose schedule has the name that the schedule s says: the
// owner team first, then any other.
func (c Catalog) named(owner Team, s Schedule) (Team, bool) {
	name := s.Ref
	if name == "" && s.isOneLine() {
		name = s.String()
	}
	if name == "" {
		return Team{}, false
	}
	if owner.Schedule.Name == name {
		return owner, true
	}
	for _, t := range c.Teams {
		if t.Schedule.Name == name || s.Ref != "" && t.Name == name {
			return t, true
		}
	}
	return Team{}, false
}
