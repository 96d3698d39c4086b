package chart

// layering puts vertices into layers so that edges point to higher layers.
type layering struct {
	n        int
	edges    [][2]int // from a lower layer to a higher one, loops left out
	reversed []bool   // which of them run against the input, to break a cycle
	layer    []int
	count    int // number of layers
}

// newLayering breaks cycles, then layers n vertices with at most width vertices
// in a layer (0: no bound), each as early as its predecessors allow; afterwards
// vertices move towards what they point to where that shortens edges. Vertices
// without edges fill the emptiest layers, in at least spread of them.
func newLayering(n int, edges [][2]int, width, spread int) layering {
	l := layering{n: n, layer: make([]int, n), reversed: make([]bool, len(edges)), edges: make([][2]int, len(edges))}
	copy(l.edges, edges)
	l.breakCycles()

	in, out := make([][]int, n), make([][]int, n)
	for _, e := range l.edges {
		out[e[0]] = append(out[e[0]], e[1])
		in[e[1]] = append(in[e[1]], e[0])
	}
	order := l.topological(in, out)
	used := map[int]int{}
	room := func(layer int) bool { return width <= 0 || used[layer] < width }
	for _, v := range order {
		if len(in[v])+len(out[v]) == 0 {
			continue
		}
		at := 0
		for _, u := range in[v] {
			at = max(at, l.layer[u]+1)
		}
		for !room(at) {
			at++
		}
		l.layer[v] = at
		used[at]++
		l.count = max(l.count, at+1)
	}
	for i := len(order) - 1; i >= 0; i-- {
		v := order[i]
		if len(out[v]) <= len(in[v]) {
			continue
		}
		latest := l.count
		for _, u := range out[v] {
			latest = min(latest, l.layer[u]-1)
		}
		for at := latest; at > l.layer[v]; at-- {
			if room(at) {
				used[l.layer[v]]--
				used[at]++
				l.layer[v] = at
				break
			}
		}
	}
	l.count = max(l.count, 1)
	lone := max(l.count, spread)
	for v := 0; v < n; v++ {
		if len(in[v])+len(out[v]) > 0 {
			continue
		}
		at := 0
		for k := 0; k < lone; k++ {
			if used[k] < used[at] {
				at = k
			}
		}
		for !room(at) {
			at++
		}
		l.layer[v] = at
		used[at]++
		l.count = max(l.count, at+1)
	}
	return l
}

// breakCycles reverses the edges that lead back to a vertex on the path of a
// depth-first walk.
func (l *layering) breakCycles() {
	out := make([][]int, l.n) // edges by their number
	for i, e := range l.edges {
		out[e[0]] = append(out[e[0]], i)
	}
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, l.n)
	var walk func(v int)
	walk = func(v int) {
		state[v] = open
		for _, i := range out[v] {
			switch w := l.edges[i][1]; state[w] {
			case open:
				l.reversed[i] = true
			case fresh:
				walk(w)
			}
		}
		state[v] = done
	}
	indegree := make([]int, l.n)
	for _, e := range l.edges {
		indegree[e[1]]++
	}
	for v := 0; v < l.n; v++ { // sources first: they should not get edges against the flow
		if indegree[v] == 0 && state[v] == fresh {
			walk(v)
		}
	}
	for v := 0; v < l.n; v++ {
		if state[v] == fresh {
			walk(v)
		}
	}
	for i, r := range l.reversed {
		if r {
			l.edges[i][0], l.edges[i][1] = l.edges[i][1], l.edges[i][0]
		}
	}
}

// topological returns the vertices so that edges point forward; among those that
// are free, the one with the longest way ahead comes first, then the one that
// came first in the input.
func (l *layering) topological(in, out [][]int) []int {
	ahead := make([]int, l.n)
	var depth func(v int) int
	depth = func(v int) int {
		if ahead[v] == 0 {
			best := 0
			for _, w := range out[v] {
				best = max(best, depth(w))
			}
			ahead[v] = best + 1
		}
		return ahead[v]
	}
	missing := make([]int, l.n)
	for v := range missing {
		depth(v)
		missing[v] = len(in[v])
	}
	order := make([]int, 0, l.n)
	placed := make([]bool, l.n)
	for len(order) < l.n {
		best := -1
		for v := 0; v < l.n; v++ {
			if !placed[v] && missing[v] == 0 && (best < 0 || ahead[v] > ahead[best]) {
				best = v
			}
		}
		placed[best] = true
		order = append(order, best)
		for _, w := range out[best] {
			missing[w]--
		}
	}
	return order
}
