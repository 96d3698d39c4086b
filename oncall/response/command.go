package response

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/oncall"
)

// commander leads the incident and repairs nothing: no expert of a likely root.
func (a *assembly) commander() {
	reach := a.room.Reach
	if len(a.wanted) == 0 && len(reach.Unknown) == 0 {
		a.decide("commander", "nothing alerts, so nobody has to be called")
		return
	}
	if reach.LevelName != "" {
		a.decide("commander", "command needs %s (level %d) or more, as the incident reaches %s", prose.Printable(reach.LevelName), reach.Level, reach.Scope)
	} else {
		a.decide("commander", "the incident reaches %s, and no level of the ladder does", reach.Scope)
	}
	others := slices.Clone(a.everybody())
	slices.SortFunc(others, func(x, y *candidate) int {
		// Experts of what alerts but is no root are free only if nobody else is.
		return cmp.Or(boolean(a.used[x.who.Name])-boolean(a.used[y.who.Name]), cmp.Compare(y.who.Level, x.who.Level), byDay(x, y), cmp.Compare(x.near, y.near), strings.Compare(x.who.Name, y.who.Name))
	})
	a.fill(RoleCommander, a.desk(RoleCommander), others, func(c *candidate) string {
		if a.rooted[c.who.Name] {
			return "is an expert of a likely root"
		}
		return ""
	})
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// support fills the roles that an incident needs from a certain size on.
func (a *assembly) support() {
	if len(a.room.Roles) == 0 && len(a.room.Unfilled) == 0 {
		return
	}
	set, opts := a.set, a.set.Options
	grave := set.Incident.Severity == 1 || set.Incident.Severity == 2
	var facing []string
	for _, name := range a.room.Reach.Entries {
		if e, _ := set.Graph.Entry(name); e.CustomerFacing {
			facing = append(facing, name)
		}
	}
	switch {
	case len(facing) > 0:
		a.decide("communications", "communications: customers see %s", some(facing))
		a.back(RoleCommunications)
	case grave:
		a.decide("communications", "communications: the severity is %d", set.Incident.Severity)
		a.back(RoleCommunications)
	default:
		a.decide("communications", "no communications: customers see nothing of it, and the severity is neither 1 nor 2")
	}
	if grave {
		a.decide("scribe", "a scribe: the severity is %d", set.Incident.Severity)
		a.back(RoleScribe)
	} else {
		a.decide("scribe", "no scribe: the severity is neither 1 nor 2")
	}
	ending := a.ending()
	switch {
	case opts.Long >= 0 && set.Incident.Expected > opts.Long:
		a.decide("planning", "planning: it may last %s, longer than %s", prose.Duration(set.Incident.Expected), prose.Duration(opts.Long))
		a.back(RolePlanning)
	case len(ending) > 0:
		a.decide("planning", "planning: within %s the shift of %s ends", prose.Duration(opts.HandoffIn), some(ending))
		a.back(RolePlanning)
	default:
		a.decide("planning", "no planning: it is not expected to last longer than %s, and no shift ends within %s", prose.Duration(opts.Long), prose.Duration(opts.HandoffIn))
	}
	switch n := len(a.room.People()); {
	case opts.Deputy >= 0 && n > opts.Deputy:
		a.decide("deputy", "a deputy: %d people are more than %d", n, opts.Deputy)
		a.back(RoleDeputy)
	default:
		a.decide("deputy", "no deputy: %s, and one comes beyond %d", people(n), opts.Deputy)
	}
	a.reliefs()
}

func people(n int) string {
	if n == 1 {
		return "1 person is there"
	}
	return fmt.Sprintf("%d people are there", n)
}

// back fills a role from its desk, then from whoever is on call and free.
func (a *assembly) back(role string) {
	others := slices.Clone(a.everybody())
	order := -1
	if role == RoleScribe {
		order = 1
	}
	slices.SortFunc(others, func(x, y *candidate) int {
		return cmp.Or(byDay(x, y), cmp.Compare(x.near, y.near), order*cmp.Compare(x.who.Level, y.who.Level), strings.Compare(x.who.Name, y.who.Name))
	})
	a.fill(role, a.desk(role), others, func(c *candidate) string {
		if a.used[c.who.Name] {
			return "has another role"
		}
		return ""
	})
}

// ends reports whether a shift ends soon.
func (a *assembly) ends(x Assignment) bool {
	in := a.set.Options.HandoffIn
	return in >= 0 && !x.Until.IsZero() && x.Role != RoleShadow && !x.Until.After(a.set.At.Add(in))
}

// ending are the people in the room whose shift ends soon.
func (a *assembly) ending() []string {
	var out []string
	for _, x := range a.room.Roles {
		if a.ends(x) {
			out = append(out, x.Person)
		}
	}
	return names(out)
}

// reliefs lists the shifts that end soon, and who comes next.
func (a *assembly) reliefs() {
	for _, x := range a.room.Roles {
		if !a.ends(x) {
			continue
		}
		same := func(r Relief) bool { return r.Person == x.Person && r.Schedule == x.Schedule }
		if i := slices.IndexFunc(a.room.Reliefs, same); i >= 0 {
			r := &a.room.Reliefs[i]
			r.Roles = append(r.Roles, x.Role)
			for _, s := range x.Services {
				if !slices.Contains(r.Services, s) {
					r.Services = append(r.Services, s)
				}
			}
			continue
		}
		a.room.Reliefs = append(a.room.Reliefs, Relief{Person: x.Person, Roles: []string{x.Role}, Services: slices.Clone(x.Services), Schedule: x.Schedule, Ends: x.Until})
	}
	for i := range a.room.Reliefs {
		r := &a.room.Reliefs[i]
		role := RolePrimary
		for _, s := range a.onCallAt(r.Schedule).shifts {
			if s.Person == r.Person && covers(s) {
				role = cmp.Or(s.Role, RolePrimary)
				break
			}
		}
		var next []oncall.Shift
		if w := a.set.Schedules[r.Schedule]; w != nil {
			next = onCall(w, role, r.Ends)
		}
		head := fmt.Sprintf("%s goes off %s at %s", prose.Printable(r.Person), prose.Printable(r.Schedule), prose.Minute(r.Ends))
		if len(next) == 0 {
			r.Reason = head + ", and nobody follows as " + prose.Printable(role)
			continue
		}
		r.Next = next[0].Person
		r.Reason = fmt.Sprintf("%s, %s follows as %s", head, prose.Printable(r.Next), prose.Printable(role))
	}
	slices.SortStableFunc(a.room.Reliefs, func(x, y Relief) int {
		return cmp.Or(x.Ends.Compare(y.Ends), strings.Compare(x.Person, y.Person), strings.Compare(x.Schedule, y.Schedule))
	})
}

// subTeams splits the experts by the team that owns their first entry.
func (a *assembly) subTeams() {
	n := len(a.room.People())
	span := a.set.Options.Span
	if span < 0 || n <= span {
		return
	}
	a.decide("sub-teams", "sub-teams: %d people are more than a span of %d", n, span)
	byTeam := map[string][]Assignment{}
	var teams []string
	for _, x := range a.room.Roles {
		if x.Role != RoleExpert {
			continue
		}
		e, _ := a.set.Graph.Entry(x.Services[0])
		team := cmp.Or(e.Team, x.Schedule)
		if byTeam[team] == nil {
			teams = append(teams, team)
		}
		byTeam[team] = append(byTeam[team], x)
	}
	for _, team := range teams {
		list := byTeam[team]
		for part := 0; len(list) > 0; part++ {
			size := min(len(list), max(1, span))
			group := list[:size]
			t := SubTeam{Name: team}
			if part > 0 || len(list) > size {
				t.Name = fmt.Sprintf("%s %d", team, part+1)
			}
			list = list[size:]
			lead := group[0]
			var services []string
			for _, x := range group {
				t.Members = append(t.Members, x.Person)
				services = append(services, x.Services...)
				if x.Level > lead.Level || x.Level == lead.Level && x.Person < lead.Person {
					lead = x
				}
			}
			slices.Sort(t.Members)
			t.Lead = lead.Person
			t.Reason = "for " + some(services)
			if len(group) > 1 && lead.Level > 0 {
				t.Reason += "; " + prose.Printable(lead.Person) + " leads, the highest level (" + prose.Printable(lead.LevelName) + ")"
			}
			a.room.SubTeams = append(a.room.SubTeams, t)
			a.room.Roles = append(a.room.Roles, Assignment{Role: RoleLead, Person: lead.Person, Level: lead.Level, LevelName: lead.LevelName,
				Services: slices.Clone(lead.Services), Schedule: lead.Schedule, Until: lead.Until, Reason: "leads the sub-team " + prose.Printable(t.Name), Ruling: a.ask(lead.Person, RoleLead, "", lead.Schedule)})
		}
	}
}

// shadows puts somebody who learns beside each expert.
func (a *assembly) shadows() {
	staff := a.set.Staff
	for _, x := range a.room.Role(RoleExpert) {
		on := a.onCallAt(x.Schedule).shifts
		for _, learns := range []func(oncall.Shift) bool{
			func(s oncall.Shift) bool { return !covers(s) },
			func(s oncall.Shift) bool {
				who, _ := staff.Person(s.Person)
				return covers(s) && who.Level > 0 && staff.rules.Ladder.ScopeOf(who.Level) <= Task
			},
		} {
			i := slices.IndexFunc(on, func(s oncall.Shift) bool {
				return s.Person != "" && !a.used[s.Person] && learns(s) && a.ask(s.Person, RoleShadow, "", x.Schedule).Eligible
			})
			if i < 0 {
				continue
			}
			c := a.candidateOf(on[i], x.Schedule)
			y := a.assignment(c, RoleShadow, "", fmt.Sprintf("beside %s, %s of %s", prose.Printable(x.Person), prose.Printable(cmp.Or(on[i].Role, RoleShadow)), prose.Printable(x.Schedule)),
				a.ask(c.who.Name, RoleShadow, "", x.Schedule))
			y.Services = slices.Clone(x.Services)
			a.put(y)
			break
		}
	}
}

// fatigue says who in the room was asked for much lately.
func (a *assembly) fatigue() {
	staff, at := a.set.Staff, a.set.At
	var people []string
	for _, x := range a.room.Roles {
		people = append(people, x.Person)
	}
	for _, name := range names(people) {
		add := func(code string, since time.Duration, format string, args ...any) {
			a.room.Fatigue = append(a.room.Fatigue, Fatigue{name, code, fmt.Sprintf(format, args...), since})
		}
		zone := staff.zoneOf(name)
		if last, ok := a.nightCall(name, zone); ok {
			since := at.Sub(last)
			add("night-call", since, "was called by night at %s, %s before", prose.Minute(last.In(zone)), asHours(since))
		}
		if !staff.awake(name, at) {
			add("night", 0, "it is %s there", at.In(zone).Format("15:04 MST"))
		}
		for _, r := range staff.load(name, at, a.set.Incident.Name) {
			add(r.Code, 0, "%s", r.Text)
		}
	}
}

// nightCall is the last call by night of another incident within the time that
// counts.
func (a *assembly) nightCall(name string, zone *time.Location) (last time.Time, ok bool) {
	back := a.set.Options.NightCalls
	if back < 0 {
		return last, false
	}
	from := a.set.At.Add(-back)
	for _, c := range a.set.Staff.calls[name] {
		own := c.Incident != "" && c.Incident == a.set.Incident.Name
		if c.At.After(from) && !c.At.After(a.set.At) && !own && a.set.Staff.night(c.At.In(zone).Hour()) {
			last, ok = c.At, true
		}
	}
	return last, ok
}

// load is what the limits on share, calls and rest say against a person,
// whether or not anybody has a level.
func (s Staff) load(person string, at time.Time, incident string) []Reason {
	if s.index == nil {
		return nil // nobody, and no rules
	}
	r := Ruling{}
	c := &check{s: s, q: Request{Person: person, At: at, Incident: incident}, r: &r}
	c.share()
	c.calls()
	c.rest()
	return r.Reasons
}

// escalate resolves the escalation for the entry that most likely burns.
func (a *assembly) escalate() error {
	entry := ""
	for _, name := range a.wanted {
		if _, ok := a.set.Graph.Entry(name); ok {
			entry = name
			break
		}
	}
	line, err := a.set.Escalation.Timeline(EscalationSetting{Start: a.set.Incident.Start, Entry: entry, Graph: a.set.Graph,
		Owners: a.set.Owners, Schedules: a.set.Schedules, Staff: a.set.Staff})
	a.room.Escalation = line
	return err
}

// order brings the roles into the order in which they are read.
func (a *assembly) order() {
	order := []string{RoleCommander, RoleDeputy, RoleOperations, RoleCommunications, RolePlanning, RoleScribe, RoleLead, RoleExpert, RoleShadow}
	slices.SortStableFunc(a.room.Roles, func(x, y Assignment) int {
		return cmp.Compare(slices.Index(order, x.Role), slices.Index(order, y.Role))
	})
	slices.SortStableFunc(a.room.Unfilled, func(x, y Unfilled) int {
		return cmp.Compare(slices.Index(order, x.Role), slices.Index(order, y.Role))
	})
}
