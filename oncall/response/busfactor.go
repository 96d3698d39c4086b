package response

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// How far somebody has come with an entry.
const (
	StateQualified = "qualified" // may be primary alone
	StateBacked    = "backed"    // may be primary while somebody with more say is secondary
	StateLapsed    = "lapsed"    // was qualified; the last shift is too long ago
	StateLearning  = "learning"  // has begun to shadow, or lacks the level
)

var coverStates = []string{StateQualified, StateBacked, StateLapsed, StateLearning}

// BusFactor is who could be called for what: the matrix of entries and people.
type BusFactor struct {
	At      time.Time    `json:"at"`
	Entries []EntryCover `json:"entries"` // in the order given
	// Findings have the codes
	//
	//	few-primaries      warning  one qualified primary; an error if there is none
	//	no-platform-scope  warning  several entries stand on it, and nobody who is qualified has the scope of a platform
	//	one-zone           warning  all who are qualified sleep at the same time
	//	unknown-entry      info     somebody is qualified for an entry that is not given
	//	not-noted          info     no person has any qualification noted: nothing can be said
	Findings []Finding `json:"findings,omitempty"`
}

// EntryCover is one row of the matrix.
type EntryCover struct {
	Entry      string   `json:"entry"`
	Team       string   `json:"team,omitempty"`
	Kind       string   `json:"kind,omitempty"`
	Dependents int      `json:"dependents,omitempty"` // entries that depend on it directly
	Primaries  int      `json:"primaries"`            // people in StateQualified
	Zones      []string `json:"zones,omitempty"`      // of those, by name
	People     []Cover  `json:"people"`               // who has anything noted for it, by name
}

// Cover is one cell of the matrix.
type Cover struct {
	Person string `json:"person"`
	State  string `json:"state"`
	Zone   string `json:"zone,omitempty"`
	// Until is when a qualification lapses without another shift: the first
	// instant at which it has. Zero where it does not, or has not begun.
	Until time.Time `json:"until,omitzero"`
}

// MeasureBusFactor looks at who is qualified for each entry at an instant. It
// uses the lasting half of the rules for a primary: gates, recency and level. What
// is asked of people at the moment (rest, load) says nothing about the next
// month and is left to Eligibility. A person without a zone lives in that of the
// rules. Zones whose clocks agree at the instant count as one.
//
// The error, an *Error, names entries and people without a name or with
// another's, unknown zones, and what is wrong with the rules.
func MeasureBusFactor(entries []Entry, people []Person, at time.Time, rules Rules) (BusFactor, error) {
	var p problems
	rules.check(&p, "rules.")
	p.checkTime("at", at)
	index := map[string]int{}
	for i, e := range entries {
		if e.Name == "" {
			p.Add("name", place("entries", i)+".name", "", "the entry has no name", "give a name")
		} else if _, taken := index[e.Name]; taken {
			p.Add("name", place("entries", i)+".name", e.Name, "another entry has that name", "rename one of them")
		}
		index[e.Name] = i
	}
	rules = rules.orDefault()
	offsets := map[string]int{}
	zone := func(path, name string) {
		loc, err := time.LoadLocation(name)
		if err != nil || name == "Local" {
			p.Add("value", path, name, "it is no time zone", "write an IANA name such as Europe/Berlin")
			return
		}
		_, offsets[name] = at.In(loc).Zone()
	}
	zone("rules.time_zone", rules.Zone)
	taken := map[string]bool{}
	for i, who := range people {
		path := place("people", i)
		if who.Name == "" {
			p.Add("name", path+".name", "", "the person has no name", "give a name")
		} else if taken[who.Name] {
			p.Add("name", path+".name", who.Name, "another person has that name", "rename one of them")
		}
		taken[who.Name] = true
		if _, known := offsets[who.Zone]; who.Zone != "" && !known {
			zone(path+".zone", who.Zone)
		}
	}
	if err := p.err(); err != nil {
		return BusFactor{}, err
	}

	b := BusFactor{At: at, Entries: make([]EntryCover, len(entries))}
	for i, e := range entries {
		b.Entries[i] = EntryCover{Entry: e.Name, Team: e.Team, Kind: e.Kind, People: []Cover{}}
	}
	for _, e := range entries {
		seen := map[string]bool{e.Name: true}
		for _, d := range e.DependsOn {
			if j, ok := index[d.Name]; ok && !seen[d.Name] {
				seen[d.Name] = true
				b.Entries[j].Dependents++
			}
		}
	}
	reach := make([]Scope, len(entries)) // farthest of who is qualified
	strangers := map[string]bool{}
	noted := false
	for _, who := range people {
		for k, q := range who.Qualifications {
			noted = true
			if slices.ContainsFunc(who.Qualifications[:k], func(o Qualification) bool { return o.Service == q.Service }) {
				continue // the first of a service counts, as in Person.Qualification
			}
			i, ok := index[q.Service]
			if !ok {
				strangers[q.Service] = true
				continue
			}
			c := rules.cover(who, q, at)
			row := &b.Entries[i]
			row.People = append(row.People, c)
			if c.State == StateQualified {
				row.Primaries++
				row.Zones = append(row.Zones, c.Zone)
				reach[i] = max(reach[i], rules.Ladder.ScopeOf(who.Level))
			}
		}
	}
	for i := range b.Entries {
		row := &b.Entries[i]
		slices.SortFunc(row.People, func(a, c Cover) int { return strings.Compare(a.Person, c.Person) })
		slices.Sort(row.Zones)
		row.Zones = slices.Compact(row.Zones)
	}
	if !noted {
		b.Findings = []Finding{{Code: "not-noted", Level: diag.Info, Path: "people", Reason: "no person has any qualification noted", Remedy: "note who has shadowed and been on call for what"}}
		return b, nil
	}
	for i, row := range b.Entries {
		b.Findings = append(b.Findings, row.judge(entries[i].Shared(), reach[i], offsets)...)
	}
	names := make([]string, 0, len(strangers))
	for s := range strangers {
		names = append(names, s)
	}
	slices.Sort(names)
	for _, s := range names {
		b.Findings = append(b.Findings, Finding{Code: "unknown-entry", Level: diag.Info, Path: "entries", Text: s, Reason: "somebody has a qualification for it, and it is not among the entries"})
	}
	return b, nil
}

// cover is how far somebody has come with an entry.
func (r Rules) cover(who Person, q Qualification, at time.Time) Cover {
	c := Cover{Person: who.Name, State: StateLearning, Zone: cmp.Or(who.Zone, r.Zone)}
	if q.Shadowed < r.Shadowed || q.ReverseShadowed < r.ReverseShadowed {
		return c
	}
	rule := r.Rule(RolePrimary)
	switch enough := r.Ladder.ScopeOf(who.Level) >= max(rule.Scope, Task); {
	case enough:
		c.State = StateQualified
	case rule.Backed && r.Ladder.ScopeOf(who.Level) >= Task:
		c.State = StateBacked
	default:
		return c
	}
	if r.Recency >= 0 {
		if !q.LastOnCall.IsZero() {
			c.Until = q.LastOnCall.Add(r.Recency + 1)
		}
		if q.LastOnCall.IsZero() || !at.Before(c.Until) {
			c.State = StateLapsed
		}
	}
	return c
}

func (e EntryCover) judge(shared bool, reach Scope, offsets map[string]int) (out []Finding) {
	path := "entries[" + e.Entry + "]"
	var named []string
	for _, c := range e.People {
		if c.State == StateQualified {
			named = append(named, c.Person)
		}
	}
	switch e.Primaries {
	case 0:
		out = append(out, Finding{Code: "few-primaries", Level: diag.Error, Path: path, Text: "0", Reason: "nobody is qualified to be called for it alone", Remedy: "let two people shadow, and then lead a shift with somebody beside"})
	case 1:
		out = append(out, Finding{Code: "few-primaries", Level: diag.Warning, Path: path, Text: "1", Reason: "only " + prose.Printable(named[0]) + " is qualified to be called for it alone", Remedy: "qualify a second person"})
	default:
		sites := map[int]bool{}
		for _, z := range e.Zones {
			sites[offsets[z]] = true
		}
		if len(sites) == 1 {
			out = append(out, Finding{Code: "one-zone", Level: diag.Warning, Path: path, Text: strings.Join(e.Zones, ", "), Reason: "all " + strconv.Itoa(e.Primaries) + " who are qualified for it sleep at the same time", Remedy: "qualify somebody in another zone, or accept nights"})
		}
	}
	if (shared || e.Dependents > 1) && e.Primaries > 0 && reach < Platform {
		reason := "it is a " + e.Kind
		if e.Dependents > 0 {
			reason = "1 entry stands on it"
			if e.Dependents > 1 {
				reason = strconv.Itoa(e.Dependents) + " entries stand on it"
			}
		}
		out = append(out, Finding{Code: "no-platform-scope", Level: diag.Warning, Path: path, Reason: reason + ", and nobody who is qualified for it may decide for a platform", Remedy: "qualify somebody of a level with that scope"})
	}
	return out
}

// names are the people of one state, by name, as a cell of a table.
func (e EntryCover) names(state string) string {
	var out []string
	for _, c := range e.People {
		if c.State == state {
			out = append(out, markdown.Text(c.Person))
		}
	}
	return strings.Join(out, ", ")
}

// Markdown is the matrix as a table: a row for each entry, a column for each
// state, and the findings below.
func (b BusFactor) Markdown() string {
	rows := [][]string{{"Entry", "Team", "Qualified", "Backed", "Lapsed", "Learning", "Zones"}}
	for _, e := range b.Entries {
		row := []string{markdown.Text(e.Entry), markdown.Text(e.Team)}
		for _, s := range coverStates {
			row = append(row, e.names(s))
		}
		rows = append(rows, append(row, markdown.Text(strings.Join(e.Zones, ", "))))
	}
	text := markdown.Table(rows)
	for i, f := range b.Findings {
		if i == 0 {
			text += "\n"
		}
		text += "- " + markdown.Text(f.String()) + "\n"
	}
	return text
}
