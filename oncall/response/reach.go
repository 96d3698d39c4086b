package response

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Reach is how far an incident goes at an instant, and what its command needs.
type Reach struct {
	Scope     Scope     `json:"scope"`
	Level     int       `json:"level,omitempty"`      // lowest level that may command it; 0 if no level of the ladder reaches so far
	LevelName string    `json:"level_name,omitempty"` // of that level
	Entries   []string  `json:"entries"`              // that alert, by name
	Teams     []string  `json:"teams,omitempty"`      // that own them or have joined, by name
	Areas     []string  `json:"areas,omitempty"`      // of the entries, by name
	Unknown   []string  `json:"unknown,omitempty"`    // what alerts and is not in the catalog
	Next      time.Time `json:"next,omitzero"`        // when time alone raises the scope; zero if it never does
	Reasons   []Reason  `json:"reasons"`              // all that the scope rests on
}

// ReachOptions are what the reach of an incident depends on beside the
// incident. The zero value is the default.
type ReachOptions struct {
	Ladder Ladder `json:"ladder,omitzero"`
	// Unsolved is how long an incident may last before its scope rises by one
	// step, and by one more for each further time as long; 0 means an hour,
	// negative never.
	Unsolved time.Duration `json:"-"`
}

// DefaultUnsolved is how long an incident may last before its scope rises.
const DefaultUnsolved = time.Hour

// Reach says how far an incident goes at an instant, from what has alerted by
// then, the teams in it, its severity and how long it has lasted:
//
//   - a service if one entry alerts;
//   - a platform if one of them is a platform or a concern, or if two entries
//     cannot do without it, or if several entries of one team alert;
//   - an area if two teams are in it;
//   - the organisation if three teams or two areas are in it, if one of the
//     entries is of tier 0, or if its severity is 1.
//
// Each hour without a solution raises it by one step. Where nothing of the
// catalog alerts and no team has joined it is a task, which time alone does not
// raise. Codes of the
// reasons are entries, kind, shared, teams, areas, tier, severity and time.
//
// An entry of the catalog that names no team belongs to none, and counts for
// none. The cost is linear in the alerts and the edges of their entries.
func (g Graph) Reach(i Incident, at time.Time, opts ReachOptions) Reach {
	r := Reach{Scope: Task, Entries: []string{}, Reasons: []Reason{}}
	say := func(scope Scope, code, format string, args ...any) {
		if scope > r.Scope {
			r.Scope = scope
		}
		r.Reasons = append(r.Reasons, Reason{code, fmt.Sprintf(format, args...) + ": " + scope.String()})
	}
	var known []int32
	for _, name := range i.Alerting(at) {
		if j, ok := g.index[name]; ok && !g.outside[j] {
			known = append(known, j)
			r.Entries = append(r.Entries, name)
		} else {
			r.Unknown = append(r.Unknown, name)
		}
	}
	var teams, areas [][2]string // each with an entry of it
	for _, j := range known {
		e := g.entries[j]
		r.Teams, r.Areas = append(r.Teams, e.Team), append(r.Areas, e.Area)
		teams, areas = append(teams, [2]string{e.Team, e.Name}), append(areas, [2]string{e.Area, e.Name})
	}
	for _, team := range i.Joined {
		teams = append(teams, [2]string{team, "joined"})
	}
	r.Teams, r.Areas = names(append(r.Teams, i.Joined...)), names(r.Areas)
	switch len(known) {
	case 0:
		if len(r.Unknown) > 0 {
			say(Task, "entries", "nothing of the catalog alerts, only %s", some(r.Unknown))
		} else {
			say(Task, "entries", "nothing alerts")
		}
	case 1:
		say(Service, "entries", "%s alerts", prose.Printable(r.Entries[0]))
	default:
		say(Platform, "entries", "%s alert", some(r.Entries))
	}
	for _, j := range known {
		e := g.entries[j]
		switch {
		case e.Shared():
			say(Platform, "kind", "%s is a %s", prose.Printable(e.Name), prose.Printable(e.Kind))
		case g.shared(j):
			say(Platform, "shared", "%s cannot do without %s", some(g.hardUsers(j)), prose.Printable(e.Name))
		}
		if e.Tier == "0" {
			say(Organisation, "tier", "%s is of tier 0", prose.Printable(e.Name))
		}
	}
	switch n := len(r.Teams); n {
	case 0:
	case 1:
		say(Service, "teams", "one team is in it, %s", grouped(r.Teams, teams))
	case 2:
		say(Area, "teams", "two teams are in it, %s", grouped(r.Teams, teams))
	default:
		say(Organisation, "teams", "%d teams are in it, %s", n, grouped(r.Teams, teams))
	}
	switch n := len(r.Areas); n {
	case 0:
	case 1:
		say(Service, "areas", "one area is hit, %s", grouped(r.Areas, areas))
	default:
		say(Organisation, "areas", "%d areas are hit, %s", n, grouped(r.Areas, areas))
	}
	if i.Severity == 1 {
		say(Organisation, "severity", "its severity is 1")
	}
	r.pass(i, at, opts.Unsolved)
	r.Level, _ = opts.Ladder.LevelFor(r.Scope)
	if r.Level > 0 {
		r.LevelName = opts.Ladder.NameOf(r.Level)
	}
	return r
}

// pass raises the scope with time.
func (r *Reach) pass(i Incident, at time.Time, unsolved time.Duration) {
	if unsolved == 0 {
		unsolved = DefaultUnsolved
	}
	if unsolved < 0 || r.Scope < Service || i.Start.IsZero() {
		return
	}
	end := at
	if !i.End.IsZero() {
		end = earlier(end, i.End)
	}
	lasted := end.Sub(i.Start)
	if steps := lasted / unsolved; steps > 0 && r.Scope < Organisation {
		from := r.Scope
		r.Scope = Scope(min(int64(Organisation), int64(r.Scope)+min(int64(steps), int64(Organisation))))
		r.Reasons = append(r.Reasons, Reason{"time", fmt.Sprintf("unsolved for %s since %s, one step more each %s, from %s: %s", prose.Duration(lasted), prose.Minute(i.Start), prose.Duration(unsolved), from, r.Scope)})
	}
	if r.Scope < Organisation && i.End.IsZero() {
		r.Next = i.Start.Add((max(0, lasted)/unsolved + 1) * unsolved)
	}
}

// hardUsers are the names of the entries that fail without entry j.
func (g Graph) hardUsers(j int32) []string {
	var out []string
	for _, u := range g.users.of(j) {
		for _, d := range g.entries[u].DependsOn {
			if !d.Soft && d.Name == g.entries[j].Name {
				out = append(out, g.entries[u].Name)
				break
			}
		}
	}
	slices.Sort(out)
	return out
}

// grouped is a list of groups, each with its members: "core (auth), retail (cart
// and web)".
func grouped(groups []string, members [][2]string) string {
	of := map[string][]string{}
	for _, m := range members {
		of[m[0]] = append(of[m[0]], m[1])
	}
	const few = 5
	var out []string
	for i, g := range groups {
		if i == few {
			out = append(out, fmt.Sprintf("%d more", len(groups)-few))
			break
		}
		out = append(out, fmt.Sprintf("%s (%s)", prose.Printable(g), some(of[g])))
	}
	return prose.And(out)
}

// names are the names that are not empty, sorted, each once.
func names(list []string) []string {
	slices.Sort(list)
	list = slices.Compact(list)
	if len(list) > 0 && list[0] == "" {
		list = list[1:]
	}
	return list
}

// Markdown is the reach in a sentence, and what it rests on as a list.
func (r Reach) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The incident reaches %s", r.Scope)
	switch {
	case r.LevelName != "":
		fmt.Fprintf(&b, "; who commands it is at least %s (level %d)", markdown.Text(r.LevelName), r.Level)
	default:
		b.WriteString("; no level reaches so far")
	}
	b.WriteString(".\n\n")
	for _, x := range r.Reasons {
		b.WriteString("- " + markdown.Text(x.Text) + "\n")
	}
	if !r.Next.IsZero() {
		b.WriteString("- without a solution it rises at " + prose.Minute(r.Next) + "\n")
	}
	return b.String()
}
