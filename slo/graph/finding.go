package graph

import (
	"strings"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// Finding is one thing that is wrong with a graph or worth knowing about it.
// Level is "error", "warning" or "info"; Code is stable:
//
//	missing            error    an entry or an edge without a name
//	duplicate          error    a name, or an edge of an entry, given twice
//	range              error    copies or needed outside of what is possible
//	cycle              error    a circle of hard dependencies
//	above-ceiling      error    a target above its ceiling, however failures coincide
//	above-independent  warning  a target above its ceiling if failures are independent
//	no-margin          warning  a target equal to its ceiling: nothing of the entry may fail
//	above-bounded      info     a target above its ceiling if failures never coincide
//	assumed            info     a target that rests on dependencies of which nothing is known
//
// Path names the entry by its name in Findings (checkout.target) and by its
// place in an Error (entries[3].name). Source, Line and Column are left to
// callers that read files.
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"`
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

// String is the finding in one line; control characters are escaped.
func (f Finding) String() string { return diag.Finding(f).String() }

// Error is the error of entries that are no graph: everything that is wrong, in
// the order of entries. Reach it with errors.As.
type Error struct {
	Findings []Finding
}

// Error is all findings, one a line.
func (e *Error) Error() string {
	return diag.Lines(e.Findings)
}

// Findings are the circles and the targets that their dependencies put out of
// reach, in the order of entries; see Finding for the codes. A target of an
// entry without hard dependencies is never found fault with.
func (g Graph) Findings() []Finding {
	var out []Finding
	for i := range g.entries {
		if k := g.group[i]; g.circle[k] && g.members[k][0] == i {
			out = append(out, g.cycle(g.members[k]))
		}
		out = append(out, g.ceilingOf(i).findings()...)
	}
	return out
}

// names are at most limit of them, with how many were left out.
func names(list []string, limit int) string {
	quoted := make([]string, 0, limit)
	for i, s := range list {
		if i == limit {
			quoted = append(quoted, "…")
			break
		}
		quoted = append(quoted, short(s))
	}
	return strings.Join(quoted, ", ")
}

// short is a name for a sentence: bare if it is a plain word.
func short(s string) string {
	for _, r := range s {
		if !(r == '-' || r == '_' || r == '.' || r == '/' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return diag.Quote(s)
		}
	}
	if s == "" || len(s) > 80 {
		return diag.Quote(s)
	}
	return s
}

func (g Graph) cycle(members []int) Finding {
	circle := g.aCircle(members)
	var steps []string
	for n, i := range append(circle, circle[0]) {
		if n == 11 && len(circle) > 11 {
			steps = append(steps, "…", short(g.entries[circle[0]].Name))
			break
		}
		steps = append(steps, short(g.entries[i].Name))
	}
	return Finding{
		Code: "cycle", Level: diag.Error, Path: short(g.entries[members[0]].Name) + ".depends_on",
		Reason: "the entries need each other in a circle: " + strings.Join(steps, " → ") + "; they stand and fall together",
		Remedy: "remove one of these dependencies, or make it soft if the entry survives without it",
	}
}

func (c Ceiling) findings() []Finding {
	if c.Target.IsZero() || c.Hard == 0 {
		return nil
	}
	var out []Finding
	add := func(code, level, reason, remedy string) {
		out = append(out, Finding{Code: code, Level: level, Path: short(c.Entry) + ".target", Text: c.Target.Percent(), Reason: reason, Remedy: remedy})
	}
	needs := func(r slo.Ratio) string {
		if c.Hard == 1 {
			return "lower the target, raise that of the dependency, or make the dependency soft or double it"
		}
		return "lower the target, make a dependency soft or double it, or have each of the hard dependencies deliver " + r.Percent()
	}
	independent, bounded := c.Each()
	if c.Circle {
		independent, bounded = slo.Ratio{}, slo.Ratio{}
		needs = func(slo.Ratio) string { return "open the circle or lower the target" }
	}
	switch {
	case c.Target.Compare(c.Most) > 0:
		add("above-ceiling", diag.Error, "its hard dependencies promise "+c.Most.Percent()+" at most, even if all their failures fall together", needs(independent))
	case c.Target.Compare(c.Independent) > 0:
		add("above-independent", diag.Warning, "its hard dependencies leave "+c.Independent.Percent()+" if they fail independently of each other", needs(independent))
	case c.Target == c.Independent:
		add("no-margin", diag.Warning, "its hard dependencies may spend the whole error budget, none is left for its own failures", needs(independent))
	case c.Target.Compare(c.Least) > 0:
		add("above-bounded", diag.Info, "its hard dependencies leave "+c.Least.Percent()+" if their failures never fall together", needs(bounded))
	}
	if len(c.Assumed) > 0 {
		add("assumed", diag.Info, "its ceiling takes for granted that these never fail: "+names(c.Assumed, 10), "give them targets")
	}
	return out
}
