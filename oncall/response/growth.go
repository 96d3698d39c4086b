package response

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
)

// Evidence is one thing that somebody did, and where that is written.
type Evidence struct {
	Person  string `json:"person"`
	Kind    string `json:"kind"`    // one of the constants EvidenceRunbook …, or a kind of the caller's
	Subject string `json:"subject"` // what was done: the runbook, objective, entry or incident, by name
	// Scope is how far it reaches. Left out it follows from the entry that
	// Service names, or else Subject: a platform or a concern gives Platform,
	// another entry Service.
	Scope   Scope     `json:"scope,omitempty"`
	Service string    `json:"service,omitempty"`
	Time    time.Time `json:"time,omitzero"`
	Source  string    `json:"source"` // where anybody can look it up: a file, a commit, a ticket, an audit log
}

// GrowthOptions say what evidence is held against. More fields may be added.
type GrowthOptions struct {
	Ladder  Ladder  // zero is the default
	Entries []Entry // give the scope of evidence that has none
}

// Growth is what is evidenced of the criteria of every level and track, for one
// person, and what is open. It holds counts and their sources, and nothing that
// people could be compared by: no score, no share of what is met, no order. Nor
// does anything in this package make one of it.
type Growth struct {
	Person string   `json:"person"`
	Level  int      `json:"level,omitempty"` // 0 means that none is given
	Tracks []string `json:"tracks,omitempty"`
	// Levels are all of the ladder from the first, and then its tracks, each in
	// the ladder's order.
	Levels    []GrowthStep `json:"levels"`
	ByTrack   []GrowthStep `json:"by_track"`
	Elsewhere []Evidence   `json:"elsewhere,omitempty"` // what no criterion asks for, or not at this scope
}

// GrowthStep is one level or track.
type GrowthStep struct {
	Name     string              `json:"name"`
	Scope    Scope               `json:"scope,omitempty"` // of a level
	Criteria []CriterionEvidence `json:"criteria"`
}

// CriterionEvidence is one criterion and what there is for it.
type CriterionEvidence struct {
	Name     string     `json:"name"`
	Text     string     `json:"text"`
	Count    int        `json:"count"`  // different subjects
	Needed   int        `json:"needed"` // from 1
	Open     bool       `json:"open"`   // Count is below Needed
	Evidence []Evidence `json:"evidence,omitempty"`
}

// GrowthOf gathers the evidence of one person by criterion. Evidence of other
// people is passed over. Being fit to be called for a service counts as
// evidence of the kind EvidenceService too where the person's qualifications
// show a shadowed, a reverse-shadowed and a solo shift; its source is then
// "qualifications". What stands twice counts once: the same kind and subject,
// of which the one that reaches farthest counts, then the earliest.
//
// The error, an *Error, names every piece of the person's evidence without a
// kind, a subject or a source, and what is wrong with the ladder.
func GrowthOf(person Person, evidence []Evidence, opt GrowthOptions) (Growth, error) {
	var p problems
	opt.Ladder.check(&p, "ladder.")
	byName := map[string]Entry{}
	for _, e := range slices.Backward(opt.Entries) {
		byName[e.Name] = e
	}
	var mine []Evidence
	add := func(e Evidence) {
		if e.Scope == 0 {
			about, ok := byName[cmp.Or(e.Service, e.Subject)]
			switch {
			case ok && about.Shared():
				e.Scope = Platform
			case ok:
				e.Scope = Service
			}
		}
		mine = append(mine, e)
	}
	if person.Name == "" {
		p.Add("name", "person.name", "", "the name is missing", "name the person")
	}
	for i, e := range evidence {
		if e.Person != person.Name {
			continue
		}
		at := place("evidence", i)
		for _, f := range []struct{ key, value, remedy string }{{"kind", e.Kind, "write one of the kinds that the ladder asks for"},
			{"subject", e.Subject, "name the runbook, objective, entry or incident"}, {"source", e.Source, "say where anybody can look it up"}} {
			if strings.TrimSpace(f.value) == "" {
				p.Add("name", at+"."+f.key, "", "the "+f.key+" is missing", f.remedy)
			}
		}
		if e.Scope < 0 || e.Scope > Organisation {
			p.Add("value", at+".scope", strconv.Itoa(int(e.Scope)), "no such scope", "write task, service, platform, area or organisation")
		}
		add(e)
	}
	if err := p.err(); err != nil {
		return Growth{}, err
	}
	for _, q := range person.Qualifications {
		if q.Shadowed > 0 && q.ReverseShadowed > 0 && q.SoloShifts > 0 {
			add(Evidence{Person: person.Name, Kind: EvidenceService, Subject: q.Service, Time: q.LastOnCall, Source: "qualifications"})
		}
	}
	mine = once(mine)

	g := Growth{Person: person.Name, Level: person.Level, Tracks: slices.Clone(person.Tracks), Levels: []GrowthStep{}, ByTrack: []GrowthStep{}}
	used := make([]bool, len(mine))
	step := func(name string, scope Scope, criteria []Criterion) GrowthStep {
		s := GrowthStep{Name: name, Scope: scope, Criteria: []CriterionEvidence{}}
		for _, c := range criteria {
			e := CriterionEvidence{Name: c.Name, Text: c.Text, Needed: max(c.AtLeast, 1)}
			for i, piece := range mine {
				if piece.Kind == c.Evidence && piece.Scope >= c.Scope {
					e.Evidence = append(e.Evidence, piece)
					used[i] = true
				}
			}
			e.Count = len(e.Evidence)
			e.Open = e.Count < e.Needed
			s.Criteria = append(s.Criteria, e)
		}
		return s
	}
	ladder := opt.Ladder.orDefault()
	for _, l := range ladder.Levels {
		g.Levels = append(g.Levels, step(l.Name, l.Scope, l.Criteria))
	}
	for _, t := range ladder.Tracks {
		g.ByTrack = append(g.ByTrack, step(t.Name, 0, t.Criteria))
	}
	for i, e := range mine {
		if !used[i] {
			g.Elsewhere = append(g.Elsewhere, e)
		}
	}
	return g, nil
}

// once leaves one piece of evidence for each kind and subject, in order of
// time, kind and subject.
func once(evidence []Evidence) []Evidence {
	slices.SortStableFunc(evidence, func(a, b Evidence) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Subject, b.Subject), cmp.Compare(b.Scope, a.Scope), a.Time.Compare(b.Time), cmp.Compare(a.Source, b.Source))
	})
	evidence = slices.CompactFunc(evidence, func(a, b Evidence) bool { return a.Kind == b.Kind && a.Subject == b.Subject })
	slices.SortStableFunc(evidence, func(a, b Evidence) int { return a.Time.Compare(b.Time) })
	return evidence
}

// Markdown is the criteria by level and track, each with its evidence.
func (g Growth) Markdown() string {
	var b strings.Builder
	b.WriteString("# " + markdown.Text(g.Person) + "\n")
	part := func(kind string, steps []GrowthStep) {
		for _, s := range steps {
			head := kind + " " + markdown.Text(s.Name)
			if s.Scope != 0 {
				head += " (" + s.Scope.String() + ")"
			}
			b.WriteString("\n## " + head + "\n\n")
			rows := [][]string{{"Criterion", "Evidence", "Asked for", "Source"}}
			for _, c := range s.Criteria {
				var pieces []string
				for _, e := range c.Evidence {
					pieces = append(pieces, markdown.Text(e.Subject)+" ("+markdown.Text(e.Source)+")")
				}
				source := strings.Join(pieces, ", ")
				if c.Open {
					source = strings.TrimPrefix(source+"; open", "; ")
				}
				rows = append(rows, []string{markdown.Text(c.Text), strconv.Itoa(c.Count), strconv.Itoa(c.Needed), source})
			}
			b.WriteString(markdown.Table(rows))
		}
	}
	part("Level", g.Levels)
	part("Track", g.ByTrack)
	return b.String()
}
