package response

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/oncall"
)

// Assemble says who must be in the room for an incident at an instant:
//
//   - the likely roots are ranked, and the best are taken until their scores
//     add up to RootShare;
//   - experts: for each of these roots and of what alerts, whoever is primary in
//     the schedule that answers for it, else secondary, else on call in it at
//     all, and eligible; one person may be there for several entries;
//   - operations: the expert of the best root, else of the next;
//   - commander: who is eligible for the scope of the incident and no expert of
//     one of these roots: of the commanders' desk first, then of everybody on
//     call, the highest level first;
//   - communications if something that customers see alerts or the severity is 1
//     or 2, a scribe if the severity is 1 or 2;
//   - planning if the incident is expected to last longer than Long, or if the
//     shift of somebody in the room ends within HandoffIn;
//   - a deputy commander if there are more than Deputy people;
//   - sub-teams by owner team if there are more than Span;
//   - a shadow beside each expert, if somebody is there to learn.
//
// A role other than these has people without another role only: of its desk,
// then those of the teams concerned, then of their areas, then others; people
// for whom it is day go first, then the lower level for a scribe and the higher
// for the others. Equals are in order of name. Somebody against whom only load
// speaks (share, calls, rest) comes if nobody else can, and the fatigue list
// says so. People who are not on call are never assigned. A schedule that gives
// a person without naming a role gives a primary.
//
// Alerts for entries that the catalog does not hold are findings of code
// "undefined". Wrong input (Incident, At, Options or Escalation) is an *Error.
// The same setting gives the same room.
//
// The cost is that of Graph.Roots, of asking each schedule once, and of one
// Eligibility for each person who is asked.
func Assemble(set Setting) (Room, error) {
	var p problems
	set.Incident.check(&p, "incident.")
	if set.At.IsZero() {
		p.Add("value", "at", "", "the room has no instant", "say at which instant")
	}
	if math.IsNaN(set.Options.RootShare) || math.IsInf(set.Options.RootShare, 0) {
		p.Add("value", "options.root_share", strconv.FormatFloat(set.Options.RootShare, 'g', -1, 64), "it is no sum of scores", "write a number such as 0.9")
	}
	if len(set.Escalation.Steps) == 0 {
		set.Escalation = DefaultEscalation()
	}
	set.Escalation.check(&p, "escalation.")
	if err := p.err(); err != nil {
		return Room{}, err
	}
	set.Options = set.Options.orDefault()
	a := assembly{set: set, at: map[string]shiftsAt{}, expert: map[string]int{}, used: map[string]bool{}, rooted: map[string]bool{},
		room: Room{At: set.At, Decisions: []Reason{}, Roles: []Assignment{}}}
	a.assess()
	a.experts()
	a.operations()
	a.commander()
	a.support()
	a.subTeams()
	a.shadows()
	a.fatigue()
	if err := a.escalate(); err != nil {
		return Room{}, err
	}
	a.order()
	return a.room, nil
}

// assembly is a room being filled.
type assembly struct {
	set    Setting
	room   Room
	at     map[string]shiftsAt // by schedule
	wanted []string            // entries that need an expert: roots, then what alerts
	roots  int                 // how many of them are roots
	expert map[string]int      // entry -> index in room.Roles
	used   map[string]bool     // who has a role
	rooted map[string]bool     // who is an expert of a root
	pool   []*candidate        // everybody on call, filled when first needed
	pooled bool
}

// candidate is somebody on call.
type candidate struct {
	shift    oncall.Shift
	schedule string
	who      Person
	awake    bool
	near     int  // 0: of a team concerned, 1: of its area, 2: of another
	desk     bool // found at the desk of the role asked about
}

func (a *assembly) decide(code, format string, args ...any) {
	a.room.Decisions = append(a.room.Decisions, Reason{code, fmt.Sprintf(format, args...)})
}

// assess finds out how far the incident goes and what may have caused it.
func (a *assembly) assess() {
	set := a.set
	a.room.Reach = set.Graph.Reach(set.Incident, set.At, ReachOptions{Ladder: set.Staff.rules.Ladder, Unsolved: set.Options.Unsolved})
	a.room.Ranking = set.Graph.Roots(a.room.Reach.Entries, 0)
	a.room.Ranking.Unknown = slices.Clone(a.room.Reach.Unknown)
	for _, name := range a.room.Reach.Unknown {
		a.room.Findings = append(a.room.Findings, Finding{Code: "undefined", Level: diag.Warning, Path: "incident.alerts", Text: name,
			Reason: "an alert fires for an entry that the catalog does not describe; nobody can be called for it", Remedy: "describe it in the catalog"})
	}
	top := a.room.Ranking.Top(set.Options.RootShare)
	if set.Options.RootShare < 0 {
		top = nil
	}
	var chosen []string
	for _, r := range top {
		a.wanted = append(a.wanted, r.Service)
		chosen = append(chosen, fmt.Sprintf("%s (%.3f)", r.Service, r.Score))
	}
	a.roots = len(a.wanted)
	if a.roots > 0 {
		a.decide("roots", "experts come for the likely %s", plainList("root", chosen))
	}
	isRoot := map[string]bool{}
	for _, name := range a.wanted {
		isRoot[name] = true
	}
	var rest []string
	for _, name := range a.room.Reach.Entries {
		if !isRoot[name] {
			rest = append(rest, name)
		}
	}
	a.wanted = append(a.wanted, rest...)
	if len(rest) > 0 {
		a.decide("alerting", "experts come for what alerts beside: %s", some(rest))
	}
}

func plainList(noun string, list []string) string {
	if len(list) == 1 {
		return noun + " " + list[0]
	}
	return noun + "s " + some(list)
}

// onCallAt is who is on call in a schedule, shadows included.
func (a *assembly) onCallAt(schedule string) shiftsAt {
	s, ok := a.at[schedule]
	if !ok {
		if w := a.set.Schedules[schedule]; w != nil {
			s = shiftsAt{true, w.At(a.set.At)}
		}
		a.at[schedule] = s
	}
	return s
}

func covers(s oncall.Shift) bool { return !s.Shadow && s.Role != RoleShadow && s.Person != "" }

// ask is whether somebody may take a role, seen from this incident.
func (a *assembly) ask(person, role, service, schedule string) Ruling {
	return a.set.Staff.Eligibility(Request{Person: person, Role: role, Service: service, Schedule: schedule, At: a.set.At,
		Scope: a.room.Reach.Scope, Incident: a.set.Incident.Name, Beside: a.at[schedule].shifts})
}

func (a *assembly) assignment(c *candidate, role, service, reason string, r Ruling) Assignment {
	out := Assignment{Role: role, Person: c.who.Name, Level: c.who.Level, LevelName: a.set.Staff.rules.Ladder.NameOf(c.who.Level),
		Schedule: c.schedule, Until: c.shift.End, Reason: reason, Ruling: r}
	if service != "" {
		out.Services = []string{service}
	}
	if !r.Eligible {
		out.Reason += "; nobody else can, although " + texts(r.Reasons)
	}
	return out
}

// put takes an assignment into the room and gives its place.
func (a *assembly) put(x Assignment) int {
	a.used[x.Person] = true
	a.room.Roles = append(a.room.Roles, x)
	return len(a.room.Roles) - 1
}

func (a *assembly) candidateOf(s oncall.Shift, schedule string) *candidate {
	who, _ := a.set.Staff.Person(s.Person)
	return &candidate{shift: s, schedule: schedule, who: who}
}

// experts fills the role for every entry that needs one.
func (a *assembly) experts() {
	for i, entry := range a.wanted {
		var reasons []string
		var able []Assignment
		found := false
		schedules, why := a.set.Graph.owners(a.set.Owners, a.set.Schedules, entry, Service)
		if _, described := a.set.Graph.Entry(entry); !described {
			schedules, why = nil, fmt.Sprintf("%s is known by name alone", prose.Printable(entry))
		}
		if why != "" {
			reasons = append(reasons, why)
		}
		var asked []string
		for _, schedule := range schedules {
			on := a.onCallAt(schedule)
			if !on.given {
				reasons = append(reasons, "there is no schedule "+prose.Printable(schedule))
				continue
			}
			list := expertOrder(on.shifts)
			if len(list) == 0 {
				reasons = append(reasons, "nobody is on call in "+prose.Printable(schedule))
			}
			for _, s := range list {
				c := a.candidateOf(s, schedule)
				asked = append(asked, s.Person)
				r := a.ask(s.Person, RoleExpert, entry, schedule)
				how := fmt.Sprintf("%s of %s", prose.Printable(cmp.Or(s.Role, RolePrimary)), prose.Printable(schedule))
				x := a.assignment(c, RoleExpert, entry, how, r)
				if r.Eligible {
					a.expertFor(entry, i, x, reasons)
					found = true
					break
				}
				reasons = append(reasons, fmt.Sprintf("%s (%s): %s", prose.Printable(s.Person), how, texts(r.Reasons)))
				if r.Able() {
					able = append(able, x)
				}
			}
			if found {
				break
			}
		}
		switch {
		case found:
		case len(able) > 0:
			a.expertFor(entry, i, able[0], nil)
		default:
			a.room.Unfilled = append(a.room.Unfilled, Unfilled{Role: RoleExpert, Service: entry, Reasons: reasons, OffDuty: a.offDuty(RoleExpert, entry, asked)})
		}
	}
}

// expertOrder is who is on call, primaries first, then secondaries.
func expertOrder(shifts []oncall.Shift) []oncall.Shift {
	place := func(s oncall.Shift) int {
		switch cmp.Or(s.Role, RolePrimary) {
		case RolePrimary:
			return 0
		case RoleSecondary:
			return 1
		}
		return 2
	}
	var out []oncall.Shift
	for _, s := range shifts {
		if covers(s) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(x, y oncall.Shift) int { return place(x) - place(y) })
	return out
}

// expertFor puts somebody in for an entry, who may be an expert already.
func (a *assembly) expertFor(entry string, i int, x Assignment, passed []string) {
	if i < a.roots {
		a.rooted[x.Person] = true
	}
	if len(passed) > 0 {
		x.Reason += "; passed over: " + strings.Join(passed, "; ")
	}
	for j, y := range a.room.Roles {
		if y.Role == RoleExpert && y.Person == x.Person {
			a.room.Roles[j].Services = append(a.room.Roles[j].Services, entry)
			if x.Reason != y.Reason {
				a.room.Roles[j].Reason += "; for " + prose.Printable(entry) + " " + x.Reason
			}
			a.room.Roles[j].Until = earlier(y.Until, x.Until)
			// The ruling keeps what speaks for the person in every entry.
			for _, g := range x.Ruling.Grounds {
				if !slices.Contains(y.Ruling.Grounds, g) {
					a.room.Roles[j].Ruling.Grounds = append(a.room.Roles[j].Ruling.Grounds, g)
				}
			}
			a.expert[entry] = j
			return
		}
	}
	a.expert[entry] = a.put(x)
}

// operations is led by the expert of the best root that has one, or by another
// who is on call for it if the expert may not lead.
func (a *assembly) operations() {
	if len(a.wanted) == 0 {
		return
	}
	var reasons []string
	var able *Assignment
	try := func(x Assignment, entry string) bool {
		x.Role, x.Services, x.Ruling = RoleOperations, []string{entry}, a.ask(x.Person, RoleOperations, entry, x.Schedule)
		r := x.Ruling
		if r.Eligible {
			if len(reasons) > 0 {
				x.Reason += "; passed over: " + strings.Join(reasons, "; ")
			}
			a.put(x)
			return true
		}
		reasons = append(reasons, fmt.Sprintf("%s (%s): %s", prose.Printable(x.Person), x.Reason, texts(r.Reasons)))
		if able == nil && r.Able() {
			x.Reason += "; nobody else can, although " + texts(r.Reasons)
			able = &x
		}
		return false
	}
	for i, entry := range a.wanted {
		j, ok := a.expert[entry]
		if !ok {
			reasons = append(reasons, fmt.Sprintf("%s has no expert", prose.Printable(entry)))
			continue
		}
		x := a.room.Roles[j]
		x.Reason = "expert of " + prose.Printable(entry)
		if i == 0 {
			x.Reason += ", the best root"
		}
		if try(x, entry) {
			return
		}
		for _, s := range expertOrder(a.onCallAt(x.Schedule).shifts) {
			if s.Person == x.Person {
				continue
			}
			how := fmt.Sprintf("on call for %s (%s of %s)", prose.Printable(entry), prose.Printable(cmp.Or(s.Role, RolePrimary)), prose.Printable(x.Schedule))
			y := a.assignment(a.candidateOf(s, x.Schedule), RoleOperations, entry, how, Ruling{Eligible: true})
			if try(y, entry) {
				a.rooted[s.Person] = a.rooted[s.Person] || i < a.roots
				return
			}
		}
	}
	if able != nil {
		a.put(*able)
		return
	}
	a.room.Unfilled = append(a.room.Unfilled, Unfilled{Role: RoleOperations, Reasons: reasons})
}

// everybody is everybody on call, each once, with how near they are.
func (a *assembly) everybody() []*candidate {
	if a.pooled {
		return a.pool
	}
	a.pooled = true
	near := map[string]int{}
	for _, entry := range a.wanted {
		schedules, _ := a.set.Graph.owners(a.set.Owners, a.set.Schedules, entry, Service)
		for _, s := range schedules {
			near[s] = -2
		}
	}
	areas := map[string]bool{}
	for _, area := range a.room.Reach.Areas {
		areas[area] = true
	}
	for i := range a.set.Graph.entries {
		e := &a.set.Graph.entries[i]
		if s := e.ScheduleName(); areas[e.Area] && near[s] == 0 {
			near[s] = -1
		}
	}
	seen := map[string]int{}
	for _, schedule := range sortedKeys(a.set.Schedules) {
		for _, s := range a.onCallAt(schedule).shifts {
			if !covers(s) {
				continue
			}
			c := a.candidateOf(s, schedule)
			c.near = 2 + near[schedule]
			if i, ok := seen[s.Person]; ok {
				if c.near < a.pool[i].near {
					c.awake = a.pool[i].awake
					a.pool[i] = c
				}
				continue
			}
			c.awake = a.set.Staff.awake(s.Person, a.set.At)
			seen[s.Person] = len(a.pool)
			a.pool = append(a.pool, c)
		}
	}
	return a.pool
}

func byDay(x, y *candidate) int {
	switch {
	case x.awake == y.awake:
		return 0
	case x.awake:
		return -1
	}
	return 1
}

// desk is who is on call for a role by a schedule of its own: at the desk that
// the setting names, or in shifts of that role.
func (a *assembly) desk(role string) []*candidate {
	var out []*candidate
	if name, ok := a.set.Desks[role]; ok {
		for _, s := range expertOrder(a.onCallAt(name).shifts) {
			c := a.candidateOf(s, name)
			c.awake = a.set.Staff.awake(s.Person, a.set.At)
			out = append(out, c)
		}
	}
	for _, schedule := range sortedKeys(a.set.Schedules) {
		for _, s := range a.onCallAt(schedule).shifts {
			if covers(s) && s.Role == role && !slices.ContainsFunc(out, func(c *candidate) bool { return c.who.Name == s.Person }) {
				out = append(out, a.candidateOf(s, schedule))
			}
		}
	}
	return out
}

// fill takes the first of the candidates who is eligible, else the first against
// whom only load speaks, else leaves the role unfilled. busy says why somebody
// is not asked.
func (a *assembly) fill(role string, desk, others []*candidate, busy func(*candidate) string) {
	var no []refusal
	var able *candidate
	asked := map[string]bool{}
	for i, c := range slices.Concat(desk, others) {
		if asked[c.who.Name] {
			continue
		}
		asked[c.who.Name] = true
		c.desk = i < len(desk)
		if why := busy(c); why != "" {
			no = append(no, refusal{c, []Reason{{"busy", why}}})
			continue
		}
		r := a.ruling(c, role, true)
		if r.Eligible {
			x := a.assignment(c, role, "", c.how(role), a.ruling(c, role, false))
			if len(no) > 0 {
				x.Reason += "; passed over: " + strings.Join(a.refused(role, no), "; ")
			}
			a.put(x)
			return
		}
		no = append(no, refusal{c, r.Reasons})
		if able == nil && r.Able() {
			able = c
		}
	}
	if able != nil {
		a.put(a.assignment(able, role, "", able.how(role), a.ruling(able, role, false)))
		return
	}
	reasons := a.refused(role, no)
	if len(reasons) == 0 {
		reasons = []string{"nobody is on call"}
	}
	var skip []string
	for name := range asked {
		skip = append(skip, name)
	}
	a.room.Unfilled = append(a.room.Unfilled, Unfilled{Role: role, Reasons: reasons, OffDuty: a.offDuty(role, "", skip)})
}

// ruling is whether a candidate may take a role of the whole incident.
func (a *assembly) ruling(c *candidate, role string, codes bool) Ruling {
	return a.set.Staff.eligibility(Request{Person: c.who.Name, Role: role, At: a.set.At, Scope: a.room.Reach.Scope, Incident: a.set.Incident.Name}, codes)
}

// how says how a candidate was found.
func (c *candidate) how(role string) string {
	shift := fmt.Sprintf("%s of %s", prose.Printable(cmp.Or(c.shift.Role, RolePrimary)), prose.Printable(c.schedule))
	switch {
	case c.desk:
		return shift
	case role == RoleCommander:
		return "highest eligible level on call (" + shift + ")"
	}
	return "on call (" + shift + ")"
}

// refusal is somebody who cannot take a role, with the codes of the reasons.
type refusal struct {
	c       *candidate
	reasons []Reason
}

// refused names each of a few people with all reasons, and counts many by what
// speaks against them.
func (a *assembly) refused(role string, list []refusal) []string {
	const few = 8
	var out []string
	if len(list) <= few {
		for _, x := range list {
			reasons := x.reasons
			if reasons[0].Code != "busy" {
				reasons = a.ruling(x.c, role, false).Reasons
			}
			out = append(out, prose.Printable(x.c.who.Name)+": "+texts(reasons))
		}
		return out
	}
	count := map[string]int{}
	for _, x := range list {
		for _, reason := range x.reasons {
			count[reason.Code]++
		}
	}
	for _, code := range []string{"busy", "level", "backed", "track", "certificate", "shadowed", "reverse-shadowed", "recency", "share", "calls", "rest"} {
		if n := count[code]; n > 0 {
			out = append(out, fmt.Sprintf("%s: %d of %d", code, n, len(list)))
		}
	}
	return out
}

// offDuty are up to three people not on call who would be eligible.
func (a *assembly) offDuty(role, entry string, asked []string) []string {
	staff := a.set.Staff
	if !staff.levels {
		return nil // everybody is eligible: that helps nobody
	}
	rule := staff.rule(role)
	skip := map[string]bool{}
	for _, name := range asked {
		skip[name] = true
	}
	for _, c := range a.everybody() {
		skip[c.who.Name] = true
	}
	var list []*candidate
	for _, who := range staff.people {
		if skip[who.Name] || a.used[who.Name] {
			continue
		}
		if rule.Qualified {
			if _, ok := who.Qualification(entry); !ok {
				continue
			}
		}
		if len(rule.Certificates) > 0 && !slices.ContainsFunc(rule.Certificates, func(s string) bool { return slices.Contains(who.Certificates, s) }) {
			continue
		}
		list = append(list, &candidate{who: who, awake: staff.awake(who.Name, a.set.At)})
	}
	slices.SortFunc(list, func(x, y *candidate) int {
		return cmp.Or(byDay(x, y), cmp.Compare(y.who.Level, x.who.Level), strings.Compare(x.who.Name, y.who.Name))
	})
	var out []string
	for i, c := range list {
		if len(out) == 3 || i == 50 {
			break
		}
		if a.ask(c.who.Name, role, entry, "").Eligible {
			out = append(out, c.who.Name)
		}
	}
	return out
}
