package chart

import (
	"math/rand/v2"
	"slices"
	"sort"
)

// rows are the layers of a graph with every edge cut into links between
// neighbouring layers by bends. Vertices below n are nodes, the others bends.
type rows struct {
	n     int
	layer []int   // of each vertex
	order [][]int // vertices of each layer, in order
	place []int   // index of each vertex in its layer
	up    [][]int // links to the layer before
	down  [][]int // links to the layer after
	chain [][]int // vertices along each edge, both ends included
}

// maxBends bounds the work on graphs whose edges span many layers; past it an
// edge runs straight.
const maxBends = 8000

func newRows(l layering) rows {
	r := rows{n: l.n, layer: append([]int(nil), l.layer...)}
	r.order = make([][]int, l.count)
	for v := 0; v < l.n; v++ {
		r.order[l.layer[v]] = append(r.order[l.layer[v]], v)
	}
	r.up, r.down = make([][]int, l.n), make([][]int, l.n)
	for _, e := range l.edges {
		chain := []int{e[0]}
		gap := l.layer[e[1]] - l.layer[e[0]]
		if gap > 1 && len(r.layer)-l.n+gap > maxBends {
			r.chain = append(r.chain, append(chain, e[1]))
			continue
		}
		for k := 1; k < gap; k++ {
			v := len(r.layer)
			at := l.layer[e[0]] + k
			r.layer = append(r.layer, at)
			r.up, r.down = append(r.up, nil), append(r.down, nil)
			r.order[at] = append(r.order[at], v)
			chain = append(chain, v)
		}
		chain = append(chain, e[1])
		for i := 1; i < len(chain); i++ {
			r.down[chain[i-1]] = append(r.down[chain[i-1]], chain[i])
			r.up[chain[i]] = append(r.up[chain[i]], chain[i-1])
		}
		r.chain = append(r.chain, chain)
	}
	r.place = make([]int, len(r.layer))
	r.number()
	return r
}

func (r *rows) number() {
	for _, o := range r.order {
		for i, v := range o {
			r.place[v] = i
		}
	}
}

// reduce orders the vertices of each layer so that few links cross: sweeps down
// and up by the median of the neighbours, followed by swaps of neighbours while
// those help (Gansner, Koutsofios, North and Vo, 1993, section 3), from the order
// of the input and from some shuffled ones. The best order seen is kept, of equal
// ones the first.
func (r *rows) reduce() {
	best := r.crossings()
	keep := r.copyOrder()
	starts := min(max(3000/len(r.layer), 1), 16)
	for start := 0; start < starts && best > 0; start++ {
		if start > 0 {
			rng := rand.New(rand.NewPCG(uint64(start), uint64(len(r.layer))))
			for _, o := range r.order {
				rng.Shuffle(len(o), func(i, j int) { o[i], o[j] = o[j], o[i] })
			}
			r.number()
		}
		r.sweep(func() bool {
			c := r.crossings()
			if c < best {
				best, keep = c, r.copyOrder()
				return true
			}
			return false
		})
	}
	r.order = keep
	r.number()
}

// sweep goes up and down until better says several times that nothing improved.
// Every other pair of sweeps turns vertices of equal median around, which leads
// out of orders that no single swap improves.
func (r *rows) sweep(better func() bool) {
	sweeps := 24
	if len(r.layer) > 2000 {
		sweeps = 6
	}
	for i, idle := 0, 0; i < sweeps && idle < 8; i++ {
		turn := i/2%2 == 1
		if i%2 == 0 {
			for k := 1; k < len(r.order); k++ {
				r.byMedian(k, r.up, turn)
			}
		} else {
			for k := len(r.order) - 2; k >= 0; k-- {
				r.byMedian(k, r.down, turn)
			}
		}
		r.transpose()
		if better() {
			idle = 0
		} else {
			idle++
		}
	}
}

func (r *rows) copyOrder() [][]int {
	c := make([][]int, len(r.order))
	for i, o := range r.order {
		c[i] = append([]int(nil), o...)
	}
	return c
}

// byMedian sorts layer k by the median place of the neighbours; vertices without
// neighbours stay where they are. Equal medians keep their order, or turn it.
func (r *rows) byMedian(k int, neighbours [][]int, turn bool) {
	o := r.order[k]
	median := make([]float64, len(o))
	var movable []int
	for i, v := range o {
		ns := neighbours[v]
		if len(ns) == 0 {
			median[i] = -1
			continue
		}
		p := make([]int, len(ns))
		for j, w := range ns {
			p[j] = r.place[w]
		}
		sort.Ints(p)
		median[i] = (float64(p[(len(p)-1)/2]) + float64(p[len(p)/2])) / 2
		movable = append(movable, i)
	}
	sorted := append([]int(nil), movable...)
	if turn {
		slices.Reverse(sorted)
	}
	sort.SliceStable(sorted, func(a, b int) bool { return median[sorted[a]] < median[sorted[b]] })
	next := append([]int(nil), o...)
	for j, i := range movable {
		next[i] = o[sorted[j]]
	}
	copy(o, next)
	for i, v := range o {
		r.place[v] = i
	}
}

// transpose swaps neighbours in a layer while that removes crossings.
func (r *rows) transpose() {
	for round := 0; round < 8; round++ {
		improved := false
		for _, o := range r.order {
			for i := 0; i+1 < len(o); i++ {
				v, w := o[i], o[i+1]
				before := r.between(r.up[v], r.up[w]) + r.between(r.down[v], r.down[w])
				after := r.between(r.up[w], r.up[v]) + r.between(r.down[w], r.down[v])
				if after < before {
					o[i], o[i+1] = w, v
					r.place[v], r.place[w] = i+1, i
					improved = true
				}
			}
		}
		if !improved {
			return
		}
	}
}

// between counts crossings of the links of a vertex with those of the vertex
// after it.
func (r *rows) between(first, second []int) int {
	n := 0
	for _, a := range first {
		for _, b := range second {
			if r.place[a] > r.place[b] {
				n++
			}
		}
	}
	return n
}

// crossings counts the pairs of links that cross: inversions among the far ends
// when links are sorted by their near ends.
func (r *rows) crossings() int {
	total := 0
	for k := 0; k+1 < len(r.order); k++ {
		tree := make([]int, len(r.order[k+1])+1)
		seen := 0
		for _, v := range r.order[k] {
			ends := make([]int, 0, len(r.down[v]))
			for _, w := range r.down[v] {
				ends = append(ends, r.place[w])
			}
			for _, e := range ends { // count those already in, beyond e
				below := 0
				for i := e + 1; i > 0; i -= i & -i {
					below += tree[i]
				}
				total += seen - below
			}
			for _, e := range ends {
				for i := e + 1; i < len(tree); i += i & -i {
					tree[i]++
				}
				seen++
			}
		}
	}
	return total
}
