package response

import (
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/prose"
)

// IncidentGraph is a picture of an incident on the dependency graph: what
// alerts, the likely roots with their places and scores, and what stands on them
// and is silent. Entries that have nothing to do with it are left out.
type IncidentGraph struct {
	Title   string  `json:"title,omitempty"`
	Entries []Entry `json:"entries"`         // of the catalog
	Ranking Ranking `json:"ranking"`         // of Graph.Roots
	Roots   int     `json:"roots,omitempty"` // how many are drawn; 0 means 3
}

// SVG draws an arrow from what depends to what it depends on; a dependency that
// an entry can go on without is broken. What alerts is critical, a likely root
// that is silent is a warning, and everything else is neutral.
func (g IncidentGraph) SVG() string { return g.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (g IncidentGraph) SVGAt(width int) string {
	shown := min(g.Roots, len(g.Ranking.Roots))
	if g.Roots <= 0 {
		shown = min(3, len(g.Ranking.Roots))
	}
	detail, in := map[string]string{}, map[string]bool{}
	for i, r := range g.Ranking.Roots[:shown] {
		detail[r.Service] = "root " + strconv.Itoa(i+1) + ": " + strconv.FormatFloat(r.Score, 'f', 2, 64)
		in[r.Service] = true
		if i == 0 {
			for _, s := range r.BlastRadius {
				in[s] = true
			}
		}
	}
	for _, s := range g.Ranking.Alerting {
		in[s] = true
	}
	p := chart.Graph{Title: g.Title, Width: width, Subtitle: "1 entry alerts"}
	if p.Title == "" {
		p.Title = "Where it may come from"
	}
	if n := len(g.Ranking.Alerting); n != 1 {
		p.Subtitle = strconv.Itoa(n) + " entries alert"
	}
	p.Subtitle += ", " + prose.Plural(g.Ranking.Candidates, "candidate")
	for _, e := range g.Entries {
		if !in[e.Name] {
			continue
		}
		n := chart.Node{ID: e.Name, Detail: detail[e.Name]}
		switch alerts := slices.Contains(g.Ranking.Alerting, e.Name); {
		case alerts:
			n.State = chart.Critical
		case n.Detail != "":
			n.State = chart.Warning
		}
		if n.Detail == "" && e.Shared() {
			n.Detail = e.Kind
		}
		p.Nodes = append(p.Nodes, n)
		for _, d := range e.DependsOn {
			if in[d.Name] {
				p.Edges = append(p.Edges, chart.Edge{From: e.Name, To: d.Name, Soft: d.Soft})
			}
		}
	}
	known := map[string]bool{}
	for _, e := range g.Entries {
		known[e.Name] = true
	}
	p.Edges = slices.DeleteFunc(p.Edges, func(e chart.Edge) bool { return !known[e.To] })
	return p.SVG()
}
