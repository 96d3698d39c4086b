package ownership

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall"
)

// RosterOf is who is on call for an entry, ready to be asked: the schedule of
// ScheduleOf, compiled. The rhythm "weekly" and a team are enough for it.
//
// The schedule's own members are a layer below the layers that it lists, unless
// one of those has no members of its own and takes them. Of the layers the
// later covers the earlier of the same role. "follow-the-sun" makes a layer of
// each time zone in which members live: it is on call from 09:00 by its clock
// until it is 09:00 where the next begins, so that there is neither gap nor
// overlap on any day, also where clocks change on different days.
//
// Whatever is wrong is in the *SpecError, each with the key at which it stands:
// no schedule, one that is kept elsewhere, nobody to take turns, and what
// oncall.Schedule.Compile refuses.
func (c Catalog) RosterOf(s Service) (oncall.Roster, error) {
	b := c.rosterBuilder(s)
	if len(b.findings) > 0 {
		return oncall.Roster{}, &SpecError{diag.Sorted(b.findings)}
	}
	roster, err := b.out.Compile()
	var refused *oncall.Error
	switch {
	case errors.As(err, &refused):
		for _, f := range refused.Findings {
			b.refuse(f)
		}
		return oncall.Roster{}, &SpecError{diag.Sorted(b.findings)}
	case err != nil:
		return oncall.Roster{}, err
	}
	return roster, nil
}

// OnCallOf is the schedule of an entry as package oncall defines it, to be
// looked at or changed before it is compiled. Errors are those of RosterOf,
// apart from what Compile refuses.
func (c Catalog) OnCallOf(s Service) (oncall.Schedule, error) {
	b := c.rosterBuilder(s)
	if len(b.findings) > 0 {
		return oncall.Schedule{}, &SpecError{diag.Sorted(b.findings)}
	}
	return b.out, nil
}

// rosterBuilder turns a schedule of a spec into one of package oncall.
type rosterBuilder struct {
	found    foundSchedule
	zone     *time.Location
	out      oncall.Schedule
	places   []string // path of each layer in the spec: "", "layers[0]."; for findings
	findings []Finding
}

func (b *rosterBuilder) add(code, path, reason, remedy string) {
	b.findings = append(b.findings, b.found.finding(code, diag.Error, path, reason, remedy))
}

func (c Catalog) rosterBuilder(s Service) rosterBuilder {
	b := rosterBuilder{found: c.schedule(s)}
	switch out := b.found.schedule; {
	case b.found.ok:
		b.build()
	case out.URL != "":
		b.add("schedule", "", "the schedule is kept elsewhere", "write it here: a rhythm such as weekly, or rotation, start and members")
	case out.Ref != "":
		b.add("undefined-schedule", "", "no schedule of that name is defined here, and it is no rhythm such as weekly", "write weekly, or the name of a team's schedule")
	default:
		b.add("schedule", "", "neither "+orNamed("the entry", s.Name)+" nor "+orNamed("its team", s.OwnerTeam)+" has a schedule", "write oncall_schedule: weekly")
	}
	return b
}

func orNamed(what, name string) string {
	if name == "" {
		return what
	}
	return diag.Quote(name)
}

// build converts the schedule.
func (b *rosterBuilder) build() {
	s := b.found.schedule
	b.zone, _ = b.location("time_zone", s.TimeZone)
	b.out = oncall.Schedule{Name: s.Name, Zone: s.TimeZone, Absent: s.Absent, Holidays: s.Holidays, OffDuty: windows(s.OffDuty), Tie: s.Tie}
	if b.out.Name == "" {
		b.out.Name = b.found.name
	}
	if s.FollowTheSun {
		b.followTheSun()
	} else {
		b.layers()
	}
	b.changes()
}

// location looks a zone up. What is no zone is reported and taken for UTC.
func (b *rosterBuilder) location(path, name string) (*time.Location, bool) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		b.add("zone", path, "no time zone "+diag.Quote(name)+" is known", "write an IANA name such as Europe/Berlin")
		return time.UTC, false
	}
	return zone, true
}

// own is the schedule's own rotation, as a layer.
func (s Schedule) own() Layer {
	return Layer{Rotation: s.Rotation, Handoff: s.Handoff, TimeZone: s.TimeZone, Start: s.Start, Members: s.Members, Turns: s.Turns,
		Days: s.Days, Elapsed: s.Elapsed, Coverage: s.Coverage, SkipHolidays: s.SkipHolidays}
}

// layers converts the schedule's own rotation and its layers.
func (b *rosterBuilder) layers() {
	s := b.found.schedule
	borrowed := false
	for _, l := range s.Layers {
		borrowed = borrowed || len(l.Members) == 0 && len(l.Turns) == 0
	}
	if own := len(s.Members) > 0 || len(s.Turns) > 0; len(s.Layers) == 0 || own && !borrowed {
		b.layer("", s.own(), 0)
	}
	for i, l := range s.Layers {
		if l.Rotation == (Rotation{}) {
			l.Rotation = s.Rotation
			if len(l.Days) == 0 {
				l.Days = s.Days
			}
			l.Elapsed = l.Elapsed || s.Elapsed
		}
		if l.Handoff == (Handoff{}) {
			l.Handoff = s.Handoff
		}
		l.Handoff = l.Handoff.in(l.Rotation)
		if l.TimeZone == "" {
			l.TimeZone = s.TimeZone
		}
		if l.Start == "" {
			l.Start = s.Start
		}
		if len(l.Members) == 0 && len(l.Turns) == 0 {
			if l.Members, l.Turns = s.Members, s.Turns; len(l.Members) == 0 && len(l.Turns) == 0 {
				l.Members = b.found.team.responders()
			}
		}
		if len(l.Coverage) == 0 {
			l.Coverage = s.Coverage
		}
		if len(l.SkipHolidays) == 0 {
			l.SkipHolidays = s.SkipHolidays
		}
		b.layer(item("layers", i), l, i+1)
	}
}

// layer converts one layer that stands at a path of the spec.
func (b *rosterBuilder) layer(path string, l Layer, place int) {
	at := ""
	if path != "" {
		at = path + "."
	}
	turns := l.Turns
	for _, name := range l.Members {
		turns = append(turns[:len(turns):len(turns)], Turn{name})
	}
	if len(turns) == 0 {
		reason, remedy := "nobody takes turns: the team "+diag.Quote(b.found.team.Name)+" has no members", "list members"
		if b.found.team.Name == "" {
			reason, remedy = "nobody takes turns: no members are given, and the owner team is not defined here", "list members, or define the team"
		}
		b.add("members", path, reason, remedy)
	}
	out := oncall.Layer{
		Name: l.Name, Role: l.Role, Zone: l.TimeZone, Priority: l.Priority, Shadow: l.Shadow || l.Role == "shadow",
		Rotation: oncall.Rotation{Unit: oncall.Unit(l.Rotation.Unit), Every: l.Rotation.Every, Start: l.Start + "T" + l.Handoff.Clock, Elapsed: l.Elapsed, Days: oncall.On(l.Days...)},
		Windows:  windows(l.Coverage), SkipHolidays: l.SkipHolidays, Until: b.instant(at+"until", l.Until),
	}
	if l.Priority == 0 {
		out.Priority = place
	}
	if l.Rotation.Unit != "day" && len(l.Days) > 0 {
		b.add("conflict", at+"days", "only the turns of a daily rotation pass on by the day, this one is "+l.Rotation.String(), "write rotation: daily, or the hours on call as coverage")
	}
	if l.Rotation.Unit == "week" {
		out.Rotation.Days = oncall.On(l.Handoff.Weekday)
	}
	for _, turn := range turns {
		out.Turns = append(out.Turns, b.turn(turn))
	}
	b.out.Layers = append(b.out.Layers, out)
	b.places = append(b.places, at)
}

// turn is the people of a turn with the bounds of their memberships.
func (b *rosterBuilder) turn(names Turn) oncall.Turn {
	var out oncall.Turn
	for _, name := range names {
		bound := false
		for i, m := range b.found.schedule.Memberships {
			if m.Member == name {
				bound = true
				at := item("memberships", i)
				out = append(out, oncall.Member{Name: name, Zone: m.TimeZone, From: b.instant(at+".start", m.Start), Until: b.instant(at+".end", m.End)})
			}
		}
		if !bound {
			out = append(out, oncall.Member{Name: name})
		}
	}
	return out
}

// windows is the parts of the week.
func windows(coverage []Coverage) []oncall.Window {
	var out []oncall.Window
	for _, c := range coverage {
		out = append(out, oncall.Window{Days: oncall.On(c.Days...), From: c.From, To: c.To})
	}
	return out
}

// changes converts what changes the schedule.
func (b *rosterBuilder) changes() {
	s := b.found.schedule
	for i, o := range s.Overrides {
		start, end := b.span(item("overrides", i), o.Start, o.End)
		v := oncall.Override{Start: start, End: end, Kind: o.Kind, Person: o.Member, Replaces: o.Replaces, Layer: o.Layer, Role: o.Role}
		if v.Kind == "" && v.Person == "" && v.Replaces != "" {
			v.Kind, v.Person, v.Replaces = oncall.Remove, v.Replaces, ""
		}
		b.out.Overrides = append(b.out.Overrides, v)
	}
	for i, t := range s.Temporary {
		at := item("temporary", i)
		plan := oncall.Temporary{Name: t.Name}
		plan.Start, plan.End = b.span(at, t.Start, t.End)
		for j, f := range t.Shifts {
			shift := oncall.Shift{Person: f.Member, Role: f.Role}
			if shift.Start, shift.End = b.span(item(at+".shifts", j), f.Start, f.End); f.Start == "" {
				shift.Start = plan.Start
			}
			if f.End == "" {
				shift.End = plan.End
			}
			if shift.Role == "" {
				shift.Role = oncall.DefaultRole
			}
			plan.Shifts = append(plan.Shifts, shift)
		}
		b.out.Temporary = append(b.out.Temporary, plan)
	}
	for i, w := range s.Swaps {
		at := item("swaps", i)
		v := oncall.Swap{From: w.From, To: w.To}
		v.Start, v.End = b.span(at, w.Start, w.End)
		v.ReturnStart, v.ReturnEnd = b.instant(at+".return_start", w.ReturnStart), b.instant(at+".return_end", w.ReturnEnd)
		b.out.Swaps = append(b.out.Swaps, v)
	}
	for i, a := range s.Absences {
		v := oncall.Absence{Person: a.Member, Reason: a.Reason}
		v.Start, v.End = b.span(item("absences", i), a.Start, a.End)
		b.out.Absences = append(b.out.Absences, v)
	}
}

func (b *rosterBuilder) span(at, start, end string) (time.Time, time.Time) {
	return b.instant(at+".start", start), b.instant(at+".end", end)
}

// instant is a text's instant: RFC 3339, or a time on the schedule's clock.
// Empty text is the zero time.
func (b *rosterBuilder) instant(path, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return oncall.Resolve(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, b.zone)
		}
	}
	b.add("value", path, diag.Quote(text)+" is no instant", "write 2026-01-05 09:00 for the schedule's clock, or 2026-01-05T09:00:00Z")
	return time.Time{}
}

// refuse turns a finding about the converted schedule into one about the spec.
func (b *rosterBuilder) refuse(f oncall.Finding) {
	v := b.found.finding("schedule", f.Level, b.path(f.Path), f.Reason, f.Remedy)
	if v.Text == "" {
		v.Text = f.Text
	}
	b.findings = append(b.findings, v)
}

// path is the key of the spec behind a path of the converted schedule.
func (b *rosterBuilder) path(path string) string {
	rest, ok := strings.CutPrefix(path, "layers[")
	if !ok {
		path = strings.NewReplacer("person", "member").Replace(path)
		if strings.HasPrefix(path, "off_duty[") {
			path, _, _ = strings.Cut(path, ".")
		}
		return path
	}
	number, key, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(b.places) {
		return ""
	}
	at := b.places[i]
	key = strings.TrimPrefix(key, ".")
	switch first, rest, _ := strings.Cut(key, "."); {
	case key == "rotation.start":
		key = "start"
	case key == "rotation.days":
		key = "days"
	case first == "rotation":
		key = "rotation"
	case strings.HasPrefix(first, "windows["):
		key = strings.Replace(first, "windows", "coverage", 1)
	case strings.HasPrefix(first, "turns["):
		turn, member, _ := strings.Cut(strings.TrimPrefix(first, "turns["), "]")
		if rest == "time_zone" || rest == "from" || rest == "until" {
			key = "memberships"
			at = ""
			break
		}
		key = "members[" + turn + "]"
		if len(b.turnsAt(at)) > 0 {
			key = "turns[" + turn + "].members" + member
		}
	case key == "name" && at == "":
		key = "name"
	}
	return strings.TrimSuffix(at+key, ".")
}

// turnsAt is the turns that a layer gives with several members each.
func (b *rosterBuilder) turnsAt(place string) []Turn {
	for i, l := range b.found.schedule.Layers {
		if place == item("layers", i)+"." && (len(l.Members) > 0 || len(l.Turns) > 0) {
			return l.Turns
		}
	}
	return b.found.schedule.Turns
}
