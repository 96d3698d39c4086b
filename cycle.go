package ownership

import (
	"slices"
	"strings"

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
// strongly connected components (Tarjan, SIAM J. Comput. 1(2), 1972), found
// without recursion, because a catalog may hold a chain of any length.
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
	component := components(edges)
	members := make(map[int][]int)
	for i, k := range component {
		members[k] = append(members[k], i)
	}
	var out [][]int
	for i := range n { // in the order of the catalog
		group := members[component[i]]
		if len(group) < 2 || group[0] != i {
			continue
		}
		out = append(out, shortestCircle(edges, component, i))
	}
	return out
}

// components numbers the strongly connected components of a graph.
func components(edges [][]int) []int {
	n := len(edges)
	order, low, component := make([]int, n), make([]int, n), make([]int, n)
	next := make([]int, n) // edge to follow next
	var stack, path []int
	count, groups := 0, 0
	for i := range component {
		component[i] = -1
	}
	for root := range n {
		if order[root] != 0 {
			continue
		}
		path = append(path[:0], root)
		for len(path) > 0 {
			v := path[len(path)-1]
			if order[v] == 0 {
				count++
				order[v], low[v] = count, count
				stack = append(stack, v)
			}
			if next[v] < len(edges[v]) {
				w := edges[v][next[v]]
				next[v]++
				if order[w] == 0 {
					path = append(path, w)
				} else if component[w] < 0 {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			if low[v] == order[v] {
				for {
					w := stack[len(stack)-1]
					stack = stack[:len(stack)-1]
					component[w] = groups
					if w == v {
						break
					}
				}
				groups++
			}
		}
	}
	return component
}

// shortestCircle walks from a service in breadth, within its component, until
// it is back.
func shortestCircle(edges [][]int, component []int, start int) []int {
	from := map[int]int{}
	queue := []int{start}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range edges[v] {
			if w == start {
				circle := []int{v}
				for v != start {
					v = from[v]
					circle = append(circle, v)
				}
				slices.Reverse(circle)
				return circle
			}
			if _, seen := from[w]; !seen && component[w] == component[start] {
				from[w] = v
				queue = append(queue, w)
			}
		}
	}
	return []int{start}
}
