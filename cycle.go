package ownership

import (
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/circle"
	"github.com/srekit/ownership/internal/diag"
)

// cycles reports every group of services that need each other in a circle: an
// error if the dependencies are hard, for then none of them can start first; a
// warning if one of them is soft.
func (c Catalog) cycles(x index) []Finding {
	var out []Finding
	reported := make(map[int]bool)
	for _, soft := range []bool{false, true} {
		for _, group := range c.circles(x, soft) {
			if slices.ContainsFunc(group, func(i int) bool { return reported[i] }) {
				continue
			}
			for _, i := range group {
				reported[i] = true
			}
			names := make([]string, 0, len(group)+1)
			for _, i := range group {
				names = append(names, c.Services[i].Name)
			}
			names = append(names, names[0])
			if len(names) > 12 {
				names = append(names[:11:11], "…", names[0])
			}
			s := c.Services[group[0]]
			next := c.Services[group[1%len(group)]].Name
			at := item("depends_on", slices.IndexFunc(s.DependsOn, func(d Dependency) bool { return d.Name == next }))
			f := s.finding("cycle", diag.Error, at, "the services need each other in a circle: "+strings.Join(names, " → "), "remove one of these dependencies, or make it strength: soft if the service survives without it")
			if soft {
				f.Level, f.Remedy = diag.Warning, "make sure that each of them starts without the soft ones"
			}
			out = append(out, f)
		}
	}
	return out
}

// circles returns, for each group of services that reach each other, one
// circle through its first service by name: a shortest one. Groups are the
// strongly connected components.
func (c Catalog) circles(x index, soft bool) [][]int {
	n := len(c.Services)
	edges := make([][]int, n)
	for i, s := range c.Services {
		for _, d := range s.DependsOn {
			if j, ok := x.services[d.Name]; ok && j != i && x.services[s.Name] == i && (soft || !d.Soft) {
				edges[i] = append(edges[i], j)
			}
		}
	}
	group, members := circle.Groups(edges)
	var out [][]int
	for i := range n { // in the order of the catalog
		if m := members[group[i]]; len(m) > 1 && m[0] == i {
			out = append(out, circle.Shortest(edges, group, i))
		}
	}
	return out
}
