package graph

import (
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/slo"
)

// SVG is the graph as a picture: each entry with its target and its ceiling for
// independent failures, critical where the target is above the ceiling in any
// case or the entry is in a circle, a warning where it is for independent
// failures or without a margin, unknown without a target. Soft edges are broken
// lines. At most 300 entries are drawn.
func (g Graph) SVG() string { return g.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (g Graph) SVGAt(width int) string {
	p := chart.Graph{
		Title:    "Availability: targets and what dependencies leave of them",
		Subtitle: "target ≤ ceiling for independent failures",
	}
	narrow := width > 0 && width < 480 // there is no room for both
	if narrow {
		p.Subtitle = "ceiling for independent failures, else target"
	}
	for i, e := range g.entries {
		c := g.ceilingOf(i)
		n := chart.Node{ID: e.Name, Detail: c.detail(narrow), State: chart.OK}
		switch {
		case c.Circle:
			n.State = chart.Critical
		case e.Target.IsZero():
			n.State = chart.Unknown
		}
		for _, f := range c.findings() {
			switch {
			case f.Level == "error":
				n.State = chart.Critical
			case f.Level == "warning" && n.State != chart.Critical:
				n.State = chart.Warning
			}
		}
		p.Nodes = append(p.Nodes, n)
		for _, d := range e.DependsOn {
			edge := chart.Edge{From: e.Name, To: d.To, Soft: d.Soft}
			if d.copies() > 1 {
				edge.Label = strconv.Itoa(d.needed()) + " of " + strconv.Itoa(d.copies())
			}
			p.Edges = append(p.Edges, edge)
		}
	}
	p.Width = width
	return p.SVG()
}

// detail is the line below the name: 99.95 % ≤ 99.7 %. Where it is narrow, it is
// the ceiling, or the target of what has none.
func (c Ceiling) detail(narrow bool) string {
	target := "no target"
	if !c.Target.IsZero() {
		target = percent(c.Target)
	}
	if c.Hard == 0 {
		return target
	}
	if narrow {
		return "≤ " + percent(c.Independent)
	}
	sign := " ≤ "
	if c.Target.Compare(c.Independent) > 0 {
		sign = " > "
	}
	return target + sign + percent(c.Independent)
}

// percent is a ratio for people, to four digits after the leading nines; what is
// cut off is cut down, so that 99.9999 % never reads 100 %.
func percent(r slo.Ratio) string {
	digits, ok := strings.CutPrefix(r.String(), "0.")
	if !ok {
		return strings.TrimSuffix(r.Percent(), "%") + " %"
	}
	nines := len(digits) - len(strings.TrimLeft(digits, "9"))
	if keep := nines + 4; len(digits) > keep {
		digits = digits[:keep]
	}
	cut, err := slo.ParseRatio("0." + digits)
	if err != nil {
		return r.Percent()
	}
	return strings.TrimSuffix(cut.Percent(), "%") + " %"
}

// Markdown is a table of all entries with their ceilings in the three forms, in
// their order, and the findings below it.
func (g Graph) Markdown() string {
	if len(g.entries) == 0 {
		return "No entries.\n"
	}
	var b strings.Builder
	b.WriteString("| entry | target | hard | ceiling, independent | at least | at most |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for i := range g.entries {
		c := g.ceilingOf(i)
		target := "none"
		if !c.Target.IsZero() {
			target = percent(c.Target)
		}
		b.WriteString("| " + strings.Join([]string{markdown.Text(c.Entry), target, strconv.Itoa(c.Hard), percent(c.Independent), percent(c.Least), percent(c.Most)}, " | ") + " |\n")
	}
	for i, f := range g.Findings() {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString("- " + markdown.Text(f.Level+": "+f.Path+": "+f.Reason+"; "+f.Remedy) + "\n")
	}
	return b.String()
}
