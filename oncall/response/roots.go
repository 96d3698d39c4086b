package response

import (
	"fmt"
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Root is an entry whose failure would explain what alerts, and how well.
//
// If the entry failed, everything in its blast radius could alert. Precision is
// the share of the blast radius that alerts, Recall the share of what alerts
// that lies in the blast radius, and Score their harmonic mean F1 = 2·h / (b + a)
// for a blast radius of b entries, a alerting entries and h that are both (van
// Rijsbergen 1979, ch. 7). All three lie in (0, 1].
type Root struct {
	Service     string   `json:"service"`
	Score       float64  `json:"score"`
	Recall      float64  `json:"recall"`
	Precision   float64  `json:"precision"`
	BlastRadius []string `json:"blast_radius"`          // the entry and all that depends on it, by name
	Explained   []string `json:"explained"`             // what alerts in it
	Unexplained []string `json:"unexplained,omitempty"` // what alerts and is not in it
	Silent      []string `json:"silent,omitempty"`      // what is in it and does not alert
	Cycle       []string `json:"cycle,omitempty"`       // other entries that the entry depends on and that depend on it: they cannot be told apart
	Reason      string   `json:"reason"`                // all of it in a sentence
}

// Dependents is the blast radius without the entry itself.
func (r Root) Dependents() []string {
	return slices.DeleteFunc(slices.Clone(r.BlastRadius), func(s string) bool { return s == r.Service })
}

// Ranking is the likely roots of an incident, the best first; equals are in
// order of name.
type Ranking struct {
	Roots      []Root   `json:"roots"`
	Candidates int      `json:"candidates"`        // entries that would explain at least one alert, with those beyond the limit
	Alerting   []string `json:"alerting"`          // the entries that alert, by name
	Unknown    []string `json:"unknown,omitempty"` // what alerts and is not in the graph: it counts for nothing
}

// DefaultRoots is how many roots a ranking holds unless asked otherwise.
const DefaultRoots = 10

// Roots ranks the entries that may be the root of what alerts. Names may be
// given twice. limit is how many roots are returned, 0 means DefaultRoots, a
// negative one all.
//
// Candidates are what alerts and everything that it depends on, directly or
// through others; nothing else explains an alert. Entries that depend on each
// other in a circle have one blast radius. Scores are compared exactly. For a
// graph of V entries and E edges the cost is (V + E)·(a + c)/256 operations on
// four machine words, where c is the number of candidates that could still
// reach the limit; it is linear in the edges for up to 256 of each.
func (g Graph) Roots(alerting []string, limit int) Ranking {
	if limit == 0 {
		limit = DefaultRoots
	}
	var rank Ranking
	names := slices.Compact(slices.Sorted(slices.Values(alerting)))
	rank.Alerting = []string{}
	alerts := make([]bool, len(g.entries))
	for _, name := range names {
		if i, ok := g.index[name]; ok {
			alerts[i] = true
			rank.Alerting = append(rank.Alerting, name)
		} else {
			rank.Unknown = append(rank.Unknown, name)
		}
	}
	rank.Roots = []Root{}
	a := len(rank.Alerting)
	if a == 0 {
		return rank
	}
	best, candidates := g.bestRoots(alerts, a, limit)
	rank.Candidates = candidates
	for _, i := range best {
		rank.Roots = append(rank.Roots, g.root(i, alerts, rank.Alerting))
	}
	return rank
}

// root explains a candidate.
func (g Graph) root(i int32, alerts []bool, alerting []string) Root {
	in := g.blast(i)
	r := Root{Service: g.entries[i].Name, BlastRadius: g.namesOf(in), Explained: []string{}}
	hits := 0
	for j, ok := range in {
		switch {
		case ok && alerts[j]:
			hits++
			r.Explained = append(r.Explained, g.entries[j].Name)
		case ok:
			r.Silent = append(r.Silent, g.entries[j].Name)
		case alerts[j]:
			r.Unexplained = append(r.Unexplained, g.entries[j].Name)
		}
	}
	for _, j := range g.parts.members.of(g.parts.of[i]) {
		if j != i {
			r.Cycle = append(r.Cycle, g.entries[j].Name)
		}
	}
	a, b := len(alerting), len(r.BlastRadius)
	r.Recall = float64(hits) / float64(a)
	r.Precision = float64(hits) / float64(b)
	r.Score = 2 * float64(hits) / float64(a+b)
	r.Reason = r.explain(a)
	return r
}

func (r Root) explain(a int) string {
	var b strings.Builder
	name := prose.Printable(r.Service)
	if len(r.BlastRadius) == 1 {
		fmt.Fprintf(&b, "nothing depends on %s; it explains %d of %d alerting", name, len(r.Explained), a)
	} else {
		fmt.Fprintf(&b, "if %s failed, %s could fail with it: that explains %d of %d alerting (%s)",
			name, prose.Plural(len(r.BlastRadius)-1, "other"), len(r.Explained), a, some(r.Explained))
	}
	if len(r.Unexplained) > 0 {
		fmt.Fprintf(&b, ", not %s", some(r.Unexplained))
	}
	switch len(r.Silent) {
	case 0:
		b.WriteString("; nothing that it would take along is silent")
	case 1:
		fmt.Fprintf(&b, "; %s is silent", some(r.Silent))
	default:
		fmt.Fprintf(&b, "; %s are silent", some(r.Silent))
	}
	if len(r.Cycle) > 0 {
		fmt.Fprintf(&b, "; it cannot be told from %s, which it depends on and which depend on it", some(r.Cycle))
	}
	return b.String()
}

// some is the first few of a list of names, and how many more there are.
func some(names []string) string {
	const few = 5
	out := make([]string, 0, few+1)
	for i, s := range names {
		if i == few {
			out = append(out, fmt.Sprintf("%d more", len(names)-few))
			break
		}
		out = append(out, prose.Printable(s))
	}
	return prose.And(out)
}

// Top are the best roots until their scores add up to share: those that a
// team has to look at. With share 0 it is 0.9; there is always one if the
// ranking has any.
func (r Ranking) Top(share float64) []Root {
	if !(share > 0) {
		share = 0.9
	}
	sum := 0.0
	for i, root := range r.Roots {
		if sum += root.Score; sum >= share {
			return slices.Clone(r.Roots[:i+1])
		}
	}
	return slices.Clone(r.Roots)
}

// Markdown is the ranking as a table, with the reasons below it.
func (r Ranking) Markdown() string {
	if len(r.Roots) == 0 {
		return "Nothing in the catalog alerts, so there is no root.\n"
	}
	rows := [][]string{{"Root", "F1", "Recall", "Precision", "Reason"}}
	for _, root := range r.Roots {
		rows = append(rows, []string{markdown.Text(root.Service), fmt.Sprintf("%.3f", root.Score), fmt.Sprintf("%.3f", root.Recall), fmt.Sprintf("%.3f", root.Precision), markdown.Text(root.Reason)})
	}
	return markdown.Table(rows)
}
