package graph

// groups numbers the strongly connected components of a graph, what is
// depended on before what depends on it, and lists their members in ascending
// order (Tarjan, SIAM J. Comput. 1(2), 1972). It does not recurse: a chain of
// dependencies may have any length.
func groups(edges [][]int) (group []int, members [][]int) {
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

// aCircle is a shortest circle of hard edges through the first member of a
// group, by number; nil if there is none.
func (g Graph) aCircle(members []int) []int {
	start := members[0]
	from := map[int]int{}
	queue := []int{start}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, d := range g.entries[v].DependsOn {
			w, ok := g.index[d.To]
			if d.Soft || !ok || g.group[w] != g.group[start] {
				continue
			}
			if w == start {
				back := []int{v}
				for v != start {
					v = from[v]
					back = append(back, v)
				}
				for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
					back[i], back[j] = back[j], back[i]
				}
				return back
			}
			if _, seen := from[w]; !seen {
				from[w] = v
				queue = append(queue, w)
			}
		}
	}
	return nil
}
