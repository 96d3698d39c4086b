package ownership

import (
	"slices"
	"time"
)

// ScheduleOf is the schedule of an entry with everything filled in that it
// leaves out. An entry without a schedule has its team's, and so has one that
// gives no more than the rhythm of its team's; one that refers to a schedule by
// name has that (a name wins over a rhythm of the same spelling). What is still
// missing is the team's: time zone (else UTC) and members (those of its
// schedule, else all); then the handoff on Monday at 09:00, or at 09:00 where a
// turn is not in weeks, and the first day DefaultStart. ok is false if neither
// has a schedule, or if it is kept elsewhere.
func (c Catalog) ScheduleOf(s Service) (schedule Schedule, ok bool) {
	team, _ := c.Team(s.OwnerTeam)
	out := s.Schedule
	if named, found := c.named(team, out); found {
		out = named
	} else if out.Ref != "" || out.URL != "" {
		return out, false
	}
	if out.IsZero() || !team.Schedule.IsZero() && out.onlyRotation() && out.Rotation == team.Schedule.Rotation {
		out = team.Schedule
	}
	if out.IsZero() || out.Ref != "" || out.URL != "" {
		return out, false
	}
	if out.TimeZone == "" {
		out.TimeZone = team.TimeZone
	}
	if out.TimeZone == "" {
		out.TimeZone = "UTC"
	}
	if len(out.Members) == 0 && len(out.Layers) == 0 {
		out.Members = slices.Clone(team.Schedule.Members)
	}
	if len(out.Members) == 0 && len(out.Layers) == 0 {
		for _, p := range team.Members {
			out.Members = append(out.Members, p.Name)
		}
	}
	if out.Rotation == (Rotation{}) {
		out.Rotation = Rotation{1, "week"}
	}
	if out.Handoff == (Handoff{}) && out.Rotation.Unit == "week" {
		out.Handoff = DefaultHandoff()
	}
	if out.Handoff.Clock == "" {
		out.Handoff.Clock = DefaultHandoff().Clock
	}
	if !out.Handoff.HasDay && out.Rotation.Unit == "week" {
		out.Handoff.HasDay, out.Handoff.Weekday = true, time.Monday
	}
	if out.Start == "" {
		out.Start = DefaultStart
	}
	return out, true
}

// onlyRotation reports whether a schedule says how often a turn passes on and
// nothing else.
func (s Schedule) onlyRotation() bool {
	rotation := s.Rotation
	s.Rotation = Rotation{}
	return rotation != Rotation{} && s.IsZero()
}

// named is the schedule of a team whose name is what the schedule s says: the
// owner team's first, then any other's.
func (c Catalog) named(owner Team, s Schedule) (Schedule, bool) {
	name := s.Ref
	if name == "" && len(s.Members) == 0 && len(s.Layers) == 0 {
		name = s.String()
	}
	if name == "" {
		return Schedule{}, false
	}
	if owner.Schedule.Name == name {
		return owner.Schedule, true
	}
	for _, t := range c.Teams {
		if t.Schedule.Name == name || s.Ref != "" && t.Name == name {
			return t.Schedule, true
		}
	}
	return Schedule{}, false
}
