// Package circle finds circles in graphs whose nodes are numbers from 0: which
// nodes reach each other, and a shortest way round. It does not recurse, so that a
// chain of any length overflows nothing.
package circle

import "slices"

// Groups numbers the strongly connected components of a graph, given the nodes to
// which each has an edge: what is reached comes before what reaches it. Members are
// the nodes of each group, ascending (Tarjan, SIAM J. Comput. 1(2), 1972). Linear in
// nodes and edges.
func Groups(edges [][]int) (group []int, members [][]int) {
	n := len(edges)
	order, low, next := make([]int, n), make([]int, n), make([]int, n)
	group = make([]int, n)
	for i := range group {
		group[i] = -1
	}
	var stack, path []int
	count, found := 0, 0
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
				} else if group[w] < 0 {
					low[v] = min(low[v], order[w])
				}
				continue
			}
			path = path[:len(path)-1]
			if len(path) > 0 {
				u := path[len(path)-1]
				low[u] = min(low[u], low[v])
			}
			if low[v] < order[v] {
				continue
			}
			for {
				w := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				group[w] = found
				if w == v {
					break
				}
			}
			found++
		}
	}
	members = make([][]int, found)
	for i, k := range group {
		members[k] = append(members[k], i)
	}
	return group, members
}

// Shortest is a shortest circle through a node within its group, beginning there;
// nil if there is none. Linear in the group's edges.
func Shortest(edges [][]int, group []int, start int) []int {
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
			if _, seen := from[w]; !seen && group[w] == group[start] {
				from[w] = v
				queue = append(queue, w)
			}
		}
	}
	return nil
}
