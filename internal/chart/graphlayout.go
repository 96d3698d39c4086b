package chart

import (
	"math"
	"sort"
)

// graphLayout is a graph in pixels.
type graphLayout struct {
	nodes         []placedNode
	edges         []placedEdge
	width, height float64
}

type placedNode struct {
	Node
	x, y, w, h float64 // centre and size
	lines      []string
	size       float64 // of the label
	badge      bool    // the sign sits on the corner, for want of room
}

// placedEdge is an edge as a way through points. Odd stretches (0 to 1, 2 to 3)
// bend between layers, even ones run straight through a layer.
type placedEdge struct {
	graphEdge
	points   []vertex
	down     bool // layers go down, not right
	backward bool // the head is at the first point
	loop     bool
}

const (
	nodeGap     = 14.0
	bendBreadth = 8.0
	leastNode   = 84.0
	widestNode  = 180.0
)

// newGraphLayout lays a graph out in a room of the given width.
func newGraphLayout(nodes []Node, edges []graphEdge, dir Direction, room float64) *graphLayout {
	d := &graphLayout{nodes: make([]placedNode, len(nodes))}
	var pairs [][2]int
	var index []int // of the edge behind each pair
	for i, e := range edges {
		if e.from != e.to {
			pairs = append(pairs, [2]int{e.from, e.to})
			index = append(index, i)
		}
	}
	full := leastNode
	labelled := false
	for i, n := range nodes {
		d.nodes[i].Node = n
		full = math.Max(full, math.Min(d.nodes[i].natural(), widestNode))
	}
	for _, e := range edges {
		labelled = labelled || e.Label != ""
	}
	between := 40.0 // least room between layers for edges
	if labelled {
		between = 84
	}

	spread := max(int((room+between)/(full+between)), 1)
	l := newLayering(len(nodes), pairs, 0, spread)
	if dir == DirectionAuto {
		dir = TopDown
		if float64(l.count)*math.Min(full, 120)+float64(l.count-1)*between <= room {
			dir = LeftRight
		}
	}
	var w float64
	if dir == LeftRight {
		w = full
		if l.count > 0 {
			w = math.Min(full, (room-float64(l.count-1)*between)/float64(l.count))
		}
		w = math.Max(w, leastNode)
		if l.count > 1 {
			between = math.Min(math.Max((room-float64(l.count)*w)/float64(l.count-1), between), 110)
		}
	} else {
		perLayer := max(int((room+nodeGap)/(leastNode+nodeGap)), 1)
		l = newLayering(len(nodes), pairs, perLayer, 1)
		between = 36
		if labelled {
			between = 56
		}
	}
	r := newRows(l)
	r.reduce()
	if dir == TopDown {
		w = full
		for _, o := range r.order {
			boxes, bends := 0.0, 0.0
			for _, v := range o {
				if v < r.n {
					boxes++
				} else {
					bends++
				}
			}
			if boxes > 0 {
				w = math.Min(w, (room-bends*bendBreadth-(boxes+bends-1)*nodeGap)/boxes)
			}
		}
		w = math.Max(w, leastNode)
	}
	h := d.size(w)

	breadth := make([]float64, len(r.layer))
	for v := range breadth {
		switch {
		case v >= r.n:
			breadth[v] = bendBreadth
		case dir == TopDown:
			breadth[v] = w
		default:
			breadth[v] = h
		}
	}
	limit := math.Inf(1)
	if dir == TopDown {
		limit = room
	}
	across := r.positions(breadth, nodeGap, limit)
	least, greatest := math.Inf(1), math.Inf(-1)
	for v, at := range across {
		least, greatest = math.Min(least, at-breadth[v]/2), math.Max(greatest, at+breadth[v]/2)
	}
	depth := w
	if dir == TopDown {
		depth = h
	}
	along := func(v int) float64 { return float64(r.layer[v])*(depth+between) + depth/2 }
	for v := range across {
		across[v] -= least
	}
	for v := range d.nodes {
		if dir == TopDown {
			d.nodes[v].x, d.nodes[v].y = across[v], along(v)
		} else {
			d.nodes[v].x, d.nodes[v].y = along(v), across[v]
		}
	}
	extent := float64(l.count)*(depth+between) - between
	d.width, d.height = extent, greatest-least
	if dir == TopDown {
		d.width, d.height = greatest-least, extent
	}
	d.route(r, l, edges, index, across, along, depth, dir == TopDown)
	return d
}

// natural returns the width at which the texts of a node fit.
func (n *placedNode) natural() float64 {
	w := math.Max(textWidth(clean(n.Label), sizeText)*1.08, textWidth(clean(n.Detail), sizeSmall)) + 20
	if n.State != Neutral {
		w += 18
	}
	return math.Ceil(w)
}

// size gives all nodes one width and the height that the texts then need.
func (d *graphLayout) size(w float64) float64 {
	h := 0.0
	tight := false
	for i := range d.nodes {
		tight = tight || d.nodes[i].natural() > w && w < 120
	}
	for i := range d.nodes {
		n := &d.nodes[i]
		n.size, n.badge = sizeText, tight
		inner := w - 16
		switch {
		case tight:
			n.size = sizeSmall
			inner = w - 10
		case n.State != Neutral:
			inner -= 18
		}
		n.lines = wrap(n.Label, n.size*1.08, inner, 2)
		rows := float64(len(n.lines)) * 14
		if n.Detail != "" {
			rows += 13
		}
		h = math.Max(h, rows+14)
	}
	for i := range d.nodes {
		d.nodes[i].w, d.nodes[i].h = w, h
	}
	return h
}

// route leads the edges through their bends and spreads their ends along the
// sides of the nodes, in the order of where they come from.
func (d *graphLayout) route(r rows, l layering, edges []graphEdge, index []int, across []float64, along func(int) float64, depth float64, down bool) {
	type end struct {
		edge  int
		other float64
	}
	outs, ins := make([][]end, r.n), make([][]end, r.n)
	for i, chain := range r.chain {
		outs[chain[0]] = append(outs[chain[0]], end{i, across[chain[1]]})
		ins[chain[len(chain)-1]] = append(ins[chain[len(chain)-1]], end{i, across[chain[len(chain)-2]]})
	}
	first, last := make([]float64, len(r.chain)), make([]float64, len(r.chain))
	spread := func(ends [][]end, to []float64) {
		for v, list := range ends {
			sort.SliceStable(list, func(i, j int) bool { return list[i].other < list[j].other })
			side := d.nodes[v].h
			if down {
				side = d.nodes[v].w
			}
			step := 0.0
			if len(list) > 1 {
				step = math.Min(10, (side-16)/float64(len(list)-1))
			}
			for i, e := range list {
				to[e.edge] = across[v] + (float64(i)-float64(len(list)-1)/2)*step
			}
		}
	}
	spread(outs, first)
	spread(ins, last)

	for i, chain := range r.chain {
		e := placedEdge{graphEdge: edges[index[i]], down: down, backward: l.reversed[i]}
		add := func(a, b float64) {
			if down {
				a, b = b, a
			}
			e.points = append(e.points, vertex{a, b})
		}
		for k, v := range chain {
			switch k {
			case 0:
				add(along(v)+depth/2, first[i])
			case len(chain) - 1:
				add(along(v)-depth/2, last[i])
			default:
				add(along(v)-depth/2, across[v])
				add(along(v)+depth/2, across[v])
			}
		}
		d.edges = append(d.edges, e)
	}
	for _, e := range edges {
		if e.from == e.to {
			n := d.nodes[e.from]
			x, y := n.x+n.w/2, n.y-n.h/2
			d.edges = append(d.edges, placedEdge{graphEdge: e, loop: true, points: []vertex{{x - 24, y}, {x - 8, y}}})
		}
	}
}

func (d *graphLayout) moveBy(dx, dy float64) {
	for i := range d.nodes {
		d.nodes[i].x += dx
		d.nodes[i].y += dy
	}
	for i := range d.edges {
		for k := range d.edges[i].points {
			d.edges[i].points[k].x += dx
			d.edges[i].points[k].y += dy
		}
	}
}

// beside returns where the middle of a text of width w stands next to a point of
// an edge: on the outer side of edges that go down, above edges that go right.
func (e *placedEdge) beside(k int, s, w float64) vertex {
	v := e.along(k, s)
	switch {
	case e.loop:
	case !e.down:
		v.y -= 8
	case e.points[k+1].x < e.points[k].x-1:
		v.x -= w/2 + 6
	default:
		v.x += w/2 + 6
	}
	return v
}

// along returns a point of the stretch that begins at point k; s runs from 0 to 1.
func (e *placedEdge) along(k int, s float64) vertex {
	p, q := e.points[k], e.points[k+1]
	if e.loop {
		return vertex{q.x + 18, q.y - 8}
	}
	// The bends are cubics with their inner points half way along the layers.
	a, b := 3*s*(1-s)*(1-s)*0.5+3*s*s*(1-s)*0.5+s*s*s, 3*s*s*(1-s)+s*s*s
	if e.down {
		a, b = b, a
	}
	return vertex{p.x + a*(q.x-p.x), p.y + b*(q.y-p.y)}
}

// trace writes the line of an edge and its head.
func (e *placedEdge) trace(line, head *path) {
	const size = 8.0
	p := e.points
	if e.loop {
		line.move(p[0].x, p[0].y).op('c', 0, -14, 16, -14, 16, -5)
		head.move(p[1].x, p[1].y).op('l', -3.5, -6).op('h', 7).op('z')
		return
	}
	first, last := p[0], p[len(p)-1]
	pull := func(v vertex, by float64) vertex { // away from a node, along the layers
		if e.down {
			return vertex{v.x, v.y + by}
		}
		return vertex{v.x + by, v.y}
	}
	start, end := first, last
	tip, sign := last, 1.0
	if e.backward {
		start = pull(first, size)
		tip, sign = first, -1
	} else {
		end = pull(last, -size)
	}
	if e.down {
		head.move(tip.x, tip.y).op('l', -3.8, -sign*size).op('h', 7.6).op('z')
	} else {
		head.move(tip.x, tip.y).op('l', -sign*size, -3.8).op('v', 7.6).op('z')
	}
	line.move(start.x, start.y)
	at := start
	for k := 1; k < len(p); k++ {
		to := p[k]
		if k == len(p)-1 {
			to = end
		}
		if k%2 == 0 {
			line.to(to.x, to.y)
		} else if e.down {
			m := (at.y + to.y) / 2
			line.op('C', at.x, m, to.x, m, to.x, to.y)
		} else {
			m := (at.x + to.x) / 2
			line.op('C', m, at.y, m, to.y, to.x, to.y)
		}
		at = to
	}
}
