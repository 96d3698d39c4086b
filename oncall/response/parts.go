package response

// parts are the strongly connected components of a graph: entries that depend
// on each other in a circle fail together and are one part. A part has a lower
// number than those that depend on it.
type parts struct {
	of      []int32 // part of each entry
	size    []int32 // entries of each part
	needs   links   // part -> other parts that it depends on, none twice
	members links   // part -> its entries, ascending
}

// partsOf finds the components with Tarjan's algorithm (1972), without
// recursion: a chain of a million entries must not overflow a stack.
func partsOf(needs links) parts {
	n := len(needs.start) - 1
	p := parts{of: make([]int32, n)}
	var (
		order = make([]int32, n) // in which entries were first seen, from 1
		low   = make([]int32, n)
		at    = make([]int32, n) // next edge to follow
		path  []int32            // entries being visited
		open  []int32            // entries whose part is not known yet
		count int32
	)
	for i := range p.of {
		p.of[i] = -1
	}
	for root := range n {
		if order[root] != 0 {
			continue
		}
		path = append(path, int32(root))
		for len(path) > 0 {
			v := path[len(path)-1]
			if order[v] == 0 {
				count++
				order[v], low[v] = count, count
				open = append(open, v)
			}
			if edges := needs.of(v); int(at[v]) < len(edges) {
				w := edges[at[v]]
				at[v]++
				switch {
				case order[w] == 0:
					path = append(path, w)
				case p.of[w] < 0:
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
				part := int32(len(p.size))
				p.size = append(p.size, 0)
				for {
					w := open[len(open)-1]
					open = open[:len(open)-1]
					p.of[w] = part
					p.size[part]++
					if w == v {
						break
					}
				}
			}
		}
	}
	p.condense(needs)
	return p
}

// condense fills members and needs.
func (p *parts) condense(needs links) {
	n, k := len(p.of), len(p.size)
	p.members = links{make([]int32, k+1), make([]int32, n)}
	for i, size := range p.size {
		p.members.start[i+1] = p.members.start[i] + size
	}
	next := make([]int32, k)
	copy(next, p.members.start)
	for i, part := range p.of {
		p.members.to[next[part]] = int32(i)
		next[part]++
	}
	p.needs = links{make([]int32, k+1), make([]int32, 0, len(needs.to))}
	seen := make([]int32, k) // last part that named it, plus 1
	for part := range int32(k) {
		for _, i := range p.members.of(part) {
			for _, w := range needs.of(i) {
				to := p.of[w]
				if to == part || seen[to] == part+1 {
					continue
				}
				seen[to] = part + 1
				p.needs.to = append(p.needs.to, to)
			}
		}
		p.needs.start[part+1] = int32(len(p.needs.to))
	}
}
