package ownership

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
)

// StandbyOptions say by which rules a catalog answers incidents. More fields may
// be added; the zero value stands for the defaults of package response.
type StandbyOptions struct {
	Rules response.Rules
	Calls []response.Call // who was called lately, for the limits and for fatigue
	// Owners say which schedule answers for a scope, beyond what the catalog
	// says. Where neither does, an area and the organisation are answered for by
	// a schedule that has commanders, see Standby.
	Owners     []response.Owner
	Desks      map[string]string   // role of an incident -> schedule whose people fill it first
	Escalation response.Escalation // zero means that of response, with the commanders called too
	Room       response.RoomOptions
}

// Standby is a catalog that is ready to answer incidents at an instant: its graph,
// its schedules compiled, and its people with their shifts. It never changes and
// is safe for concurrent use.
type Standby struct {
	opt      StandbyOptions
	at       time.Time
	catalog  Catalog
	index    map[string]int // entries of the catalog by name
	entries  []response.Entry
	graph    response.Graph
	staff    response.Staff
	watches  map[string]response.Watch
	owners   []response.Owner
	refused  map[string]string // schedules that cannot be compiled, with the reason
	services map[string]string // entry -> name of its schedule
	unnoted  []response.Finding
}

// Standby compiles the schedules of all entries and teams, and takes what people
// did on call from them: the shifts of Rules.ShareWindow before the instant and
// of two weeks after it. A schedule that is missing, kept elsewhere or wrong is no
// error: what it would answer stays open, and a report says why.
//
// What nobody in the catalog has noted is not asked for: without a single
// qualification the gates of an entry are open, without a single certificate
// nobody needs one, unless opt.Rules says so. A report then has a finding of code
// not-noted.
//
// Errors are those of response.NewGraph and response.NewStaff. The cost is that of compiling each
// schedule once, and linear in entries and shifts.
func (c Catalog) Standby(at time.Time, opt StandbyOptions) (Standby, error) {
	s := Standby{opt: opt, at: at, catalog: c, index: c.index().services, entries: c.Entries(),
		watches: make(map[string]response.Watch), refused: make(map[string]string), services: make(map[string]string, len(c.Services))}
	var err error
	if s.graph, err = response.NewGraph(s.entries); err != nil {
		return Standby{}, err
	}
	rosters := make(map[string]oncall.Roster)
	var names []string
	compile := func(name string, entry Service) {
		if _, ok := rosters[name]; ok || name == "" || s.refused[name] != "" {
			return
		}
		roster, err := c.RosterOf(entry)
		if err != nil {
			s.refused[name] = firstReason(err)
			return
		}
		rosters[name], s.watches[name] = roster, roster
		names = append(names, name)
	}
	for _, e := range s.entries {
		s.services[e.Name] = e.ScheduleName()
		compile(e.ScheduleName(), c.Services[s.index[e.Name]])
	}
	for _, t := range c.Teams {
		if !t.Schedule.IsZero() {
			compile(cmp.Or(t.Schedule.Name, t.Name), Service{OwnerTeam: t.Name})
		}
	}
	slices.Sort(names)
	window := cmp.Or(opt.Rules.ShareWindow, response.DefaultRules().ShareWindow)
	var duties []response.Duty
	commanding := make(map[string]bool)
	for _, name := range names {
		if at.IsZero() {
			break
		}
		shifts := rosters[name].Shifts(at.Add(-max(window, 0)), at.AddDate(0, 0, 14))
		duties = append(duties, response.Duties(name, shifts)...)
		commanding[name] = slices.ContainsFunc(shifts, func(x oncall.Shift) bool { return x.Role == response.RoleCommander })
	}
	people := c.People()
	if s.staff, err = response.NewStaff(people, duties, opt.Calls, s.noted(people, opt.Rules)); err != nil {
		return Standby{}, err
	}
	s.owners = c.owners(opt.Owners, s.watches, names, commanding)
	if len(opt.Escalation.Steps) == 0 {
		s.opt.Escalation = commanderEscalation()
	}
	return s, nil
}

// noted is the rules without what nobody has noted. The gates of who has no
// level are none anyway.
func (s *Standby) noted(people []response.Person, rules response.Rules) response.Rules {
	qualified, certified, leveled := false, false, false
	for _, p := range people {
		qualified = qualified || len(p.Qualifications) > 0
		certified = certified || len(p.Certificates) > 0
		leveled = leveled || p.Level > 0
	}
	if !leveled {
		return rules
	}
	note := func(what, remedy string) {
		s.unnoted = append(s.unnoted, response.Finding{Code: "not-noted", Level: diag.Info, Path: "people", Reason: what, Remedy: remedy})
	}
	if !qualified && rules.Shadowed == 0 && rules.ReverseShadowed == 0 && rules.Recency == 0 {
		rules.Shadowed, rules.ReverseShadowed, rules.Recency = -1, -1, -1
		note("no member has any qualification noted, so nobody is asked for one", "write qualifications below the members of teams")
	}
	if !certified && len(rules.Roles) == 0 {
		for _, role := range []string{response.RoleCommander, response.RoleDeputy, response.RoleCommunications} {
			rule := rules.Rule(role)
			rule.Certificates = nil
			rules.Roles = append(rules.Roles, rule)
		}
		note("no member has any certificate noted, so nobody is asked for one", "write certificates below the members of teams")
	}
	return rules
}

// firstReason is what is wrong with a schedule, in a sentence.
func firstReason(err error) string {
	var refused *SpecError
	if errors.As(err, &refused) && len(refused.Findings) > 0 {
		return refused.Findings[0].Reason
	}
	return err.Error()
}

// owners are those of the caller, and for areas and for the organisation that
// nobody answers for the first schedule by name that has commanders.
func (c Catalog) owners(given []response.Owner, watches map[string]response.Watch, names []string, commanding map[string]bool) []response.Owner {
	out := slices.Clone(given)
	add := func(scope response.Scope, name, schedule string) {
		if !slices.ContainsFunc(out, func(o response.Owner) bool { return o.Scope == scope && (o.Name == name || o.Name == "") }) {
			out = append(out, response.Owner{Scope: scope, Name: name, Schedule: schedule})
		}
	}
	teams := slices.Clone(c.Teams)
	slices.SortStableFunc(teams, func(a, b Team) int {
		return strings.Compare(cmp.Or(a.Schedule.Name, a.Name), cmp.Or(b.Schedule.Name, b.Name))
	})
	for _, t := range teams {
		schedule := cmp.Or(t.Schedule.Name, t.Name)
		if _, own := watches[t.Area]; t.Area != "" && !own && commanding[schedule] {
			add(response.Area, t.Area, schedule)
		}
	}
	if _, own := watches[response.Organisation.String()]; !own {
		for _, name := range names {
			if commanding[name] {
				add(response.Organisation, response.Organisation.String(), name)
				break
			}
		}
	}
	return out
}

// commanderEscalation is the escalation of package response; from the area on
// whoever commands for that scope is called beside its primary.
func commanderEscalation() response.Escalation {
	e := response.DefaultEscalation()
	for i, step := range e.Steps {
		if scope := step.Targets[0].Scope; scope >= response.Area {
			e.Steps[i].Targets = append(slices.Clone(step.Targets), response.Target{Scope: scope, Role: response.RoleCommander})
		}
	}
	return e
}

// service is the catalog's entry of that name.
func (s Standby) service(name string) (Service, bool) {
	i, ok := s.index[name]
	if !ok {
		return Service{}, false
	}
	return s.catalog.Services[i], true
}

// missing tells why the schedules of what a room is about cannot be asked.
func (s Standby) missing(room response.Room) []response.Finding {
	var out []response.Finding
	told := make(map[string]bool)
	tell := func(entry string) {
		name := s.services[entry]
		reason, ok := s.refused[name]
		if !ok || told[name] {
			return
		}
		told[name] = true
		out = append(out, response.Finding{Code: "undefined", Level: diag.Warning, Path: "schedules", Text: name,
			Reason: "the schedule cannot be asked who is on call: " + strings.TrimSuffix(reason, "."), Remedy: "mend it in the catalog"})
	}
	for _, root := range room.Ranking.Top(0) {
		tell(root.Service)
	}
	for _, entry := range room.Reach.Entries {
		tell(entry)
	}
	return out
}
