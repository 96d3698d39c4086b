package graph

import "github.com/srekit/ownership/internal/circle"

// aCircle is a shortest circle of hard edges through the first member of a
// group, by number; nil if there is none.
func (g Graph) aCircle(members []int) []int {
	edges := make([][]int, len(g.entries))
	for _, v := range members {
		for _, d := range g.entries[v].DependsOn {
			if w, ok := g.index[d.To]; ok && !d.Soft && g.group[w] == g.group[v] {
				edges[v] = append(edges[v], w)
			}
		}
	}
	return circle.Shortest(edges, g.group, members[0])
}
