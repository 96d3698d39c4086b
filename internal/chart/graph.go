package chart

import (
	"fmt"
	"math"
	"strings"
)

// Direction is the way in which edges of a Graph point.
type Direction int

const (
	// DirectionAuto is LeftRight if the layers fit side by side, else TopDown.
	DirectionAuto Direction = iota
	LeftRight
	TopDown
)

// Graph draws a layered graph: what a service depends on and how each part is.
// Nodes stand in layers so that edges point one way, in an order that keeps
// crossings few (Sugiyama, Tagawa and Toda, 1981). Cycles are allowed: one edge
// of each runs backwards. The zero value says "no data".
//
// At most 300 nodes and 1,000 edges are drawn; a note says what was left out. A
// graph that fits neither way makes the picture wider than Width. The order of
// nodes in the input decides where the layout is free.
type Graph struct {
	Title       string
	Subtitle    string
	Description string // text alternative; a list of nodes and edges follows it
	// Width is in pixels, zero is 800; it is held between 200 and 4000. The
	// height follows from the layout.
	Width int
	Theme Theme

	Nodes     []Node
	Edges     []Edge
	Direction Direction
}

// Node is one box. Of nodes with the same ID the first counts.
type Node struct {
	ID     string
	Label  string // empty: the ID
	Detail string // a second, smaller line: "99.95 %"
	State  State
}

// Edge points from what depends to what it depends on. An end that no node
// declares is added as a node of state Unknown.
type Edge struct {
	From, To string
	Soft     bool // broken line: the one goes on without the other
	Label    string
	State    State // Neutral edges are grey
}

const (
	maxNodes = 300
	maxEdges = 1000
)

// SVG returns the picture as a document.
func (g Graph) SVG() string {
	f := frame{kind: "Graph", title: g.Title, subtitle: g.Subtitle, description: g.Description, theme: g.Theme, width: pictureWidth(g.Width)}
	c := &canvas{theme: g.Theme}
	nodes, edges, left := g.resolve()
	if len(nodes) == 0 {
		return f.noData(c, 0)
	}
	d := newGraphLayout(nodes, edges, g.Direction, f.width-2*margin)
	f.width = math.Max(f.width, math.Min(math.Ceil(d.width+2*margin), coordLimit))

	y := f.header(c)
	items := graphLegend(nodes, edges)
	if !f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y, f.width-2*margin) + 4
	}
	d.moveBy(margin+math.Max(0, (f.width-2*margin-d.width)/2), y+4)
	for _, e := range d.edges {
		d.drawEdge(c, e)
	}
	for i := range d.nodes {
		d.drawNode(c, &d.nodes[i])
	}
	d.drawEdgeLabels(c, f.width)
	y += d.height + 12
	if f.narrow() && len(items) > 0 {
		y += legend(c, items, margin, y+4, f.width-2*margin) + 4
	}
	if left != "" {
		y += 14
		c.label(f.width-margin, y-2, left, style{size: sizeSmall, ink: inkMuted, at: right})
	}
	return f.document(c, y+margin-4, graphSummary(nodes, edges))
}

// graphEdge is an edge between nodes by number.
type graphEdge struct {
	Edge
	from, to int
}

// resolve numbers the nodes and cuts the graph to what is drawn.
func (g Graph) resolve() (nodes []Node, edges []graphEdge, left string) {
	number := map[string]int{}
	unseen := map[string]bool{}
	add := func(n Node) int {
		if i, ok := number[n.ID]; ok {
			return i
		}
		if len(nodes) == maxNodes {
			unseen[n.ID] = true
			return -1
		}
		number[n.ID] = len(nodes)
		if n.Label == "" {
			n.Label = n.ID
		}
		nodes = append(nodes, n)
		return len(nodes) - 1
	}
	for _, n := range g.Nodes {
		add(n)
	}
	dropped := 0
	for _, e := range g.Edges {
		from := add(Node{ID: e.From, State: Unknown})
		to := add(Node{ID: e.To, State: Unknown})
		if from < 0 || to < 0 || len(edges) == maxEdges {
			dropped++
			continue
		}
		edges = append(edges, graphEdge{e, from, to})
	}
	if len(unseen) > 0 || dropped > 0 {
		left = fmt.Sprintf("%d nodes and %d edges left out", len(unseen), dropped)
	}
	return nodes, edges, left
}

func graphLegend(nodes []Node, edges []graphEdge) []legendItem {
	var items []legendItem
	for s := OK; s <= Unknown; s++ {
		for _, n := range nodes {
			if n.State == s {
				items = append(items, legendItem{s.String(), func(c *canvas, x, y float64) { sign(c, s, x+sampleWidth-9, y, 6.5) }})
				break
			}
		}
	}
	for _, e := range edges {
		if e.Soft {
			return append(items,
				legendItem{"hard", lineSample(inkMuted, "", -1)},
				legendItem{"soft", lineSample(inkMuted, softDash, -1)})
		}
	}
	return items
}

const softDash = "5 4"

func (d *graphLayout) drawNode(c *canvas, n *placedNode) {
	x, y := n.x-n.w/2, n.y-n.h/2
	tip := n.Label
	if n.Detail != "" {
		tip += ", " + n.Detail
	}
	if n.State != Neutral {
		tip += ", " + n.State.String()
	}
	k := n.State.ink()
	c.rect(x, y, n.w, n.h).num("rx", 6).fill(inkPaper).close()
	e := c.rect(x, y, n.w, n.h).num("rx", 6).fill(k).num("fill-opacity", 0.1).stroke(k)
	if n.State == Critical || n.State == Warning {
		e.num("stroke-width", 2)
	} else {
		e.num("stroke-width", 1.25)
	}
	e.titled(tip)
	tx := x + 9
	switch {
	case n.badge && n.State > Neutral && n.State <= Unknown:
		tx = x + 6
		c.el("circle").num("cx", x+2).num("cy", y+1).num("r", 8).fill(inkPaper).close()
		sign(c, n.State, x+2, y+1, 6.5)
	case n.State > Neutral && n.State <= Unknown:
		sign(c, n.State, x+14, n.y, 6.5)
		tx = x + 26
	}
	rows := float64(len(n.lines)) * 14
	if n.Detail != "" {
		rows += 13
	}
	ty := n.y - rows/2 + 11
	for _, l := range n.lines {
		c.label(tx, ty, l, style{bold: true, size: n.size})
		ty += 14
	}
	if n.Detail != "" {
		c.label(tx, ty, fit(n.Detail, sizeSmall, x+n.w-4-tx), style{size: sizeSmall, ink: inkMuted})
	}
}

func (e *placedEdge) ink() ink {
	if e.State == Neutral {
		return inkAxis
	}
	return e.State.ink()
}

func (d *graphLayout) drawEdge(c *canvas, e placedEdge) {
	tip := d.nodes[e.from].Label + " → " + d.nodes[e.to].Label
	if e.Soft {
		tip += ", soft"
	}
	if e.Label != "" {
		tip += ": " + e.Label
	}
	var line, head path
	e.trace(&line, &head)
	el := c.el("path").d(line).fill(inkNone).stroke(e.ink()).num("stroke-width", 1.5)
	if e.State != Neutral {
		el.num("stroke-width", 2)
	}
	if e.Soft {
		el.dash(softDash)
	}
	el.titled(tip)
	h := c.el("path").d(head).stroke(e.ink()).num("stroke-width", 1.2).str("stroke-linejoin", "round")
	if e.Soft {
		h.fill(inkPaper).close()
	} else {
		h.fill(e.ink()).close()
	}
}

// drawEdgeLabels writes names beside the middle of their edges, or where along
// the edge they do not cover a node or another name.
func (d *graphLayout) drawEdgeLabels(c *canvas, width float64) {
	var taken []box
	for i := range d.nodes {
		n := &d.nodes[i]
		taken = append(taken, box{n.x - n.w/2, n.y - n.h/2, n.x + n.w/2, n.y + n.h/2})
	}
	for _, e := range d.edges {
		if e.Label == "" {
			continue
		}
		t := fit(e.Label, 10, 96)
		w := textWidth(t, 10)
		at := func(v vertex) box { return box{v.x - w/2, v.y - 6, v.x + w/2, v.y + 6} }
		var best vertex
		least := 1 << 30
		for k := 0; k+1 < len(e.points) && least > 0; k += 2 {
			for _, s := range [...]float64{0.5, 0.35, 0.65, 0.2, 0.8} {
				v := e.beside(k, s, w)
				v.x = math.Max(math.Min(v.x, width-w/2-3), w/2+3)
				covered := 0
				for _, o := range taken {
					if o.overlaps(at(v)) {
						covered++
					}
				}
				if covered < least {
					best, least = v, covered
				}
			}
		}
		taken = append(taken, at(best))
		c.label(best.x, best.y+3.5, t, style{size: 10, ink: inkMuted, at: middle, rim: true})
	}
}

func graphSummary(nodes []Node, edges []graphEdge) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Graph of %d nodes and %d edges.", len(nodes), len(edges))
	out := make([][]string, len(nodes))
	for _, e := range edges {
		name := nodes[e.to].Label
		if e.Soft {
			name += " (soft)"
		}
		out[e.from] = append(out[e.from], name)
	}
	for i, n := range nodes {
		if i == 60 {
			fmt.Fprintf(&b, " And %d more nodes.", len(nodes)-i)
			break
		}
		fmt.Fprintf(&b, " %s", n.Label)
		if n.Detail != "" {
			fmt.Fprintf(&b, " %s", n.Detail)
		}
		if n.State != Neutral {
			fmt.Fprintf(&b, " (%s)", n.State)
		}
		if len(out[i]) > 20 {
			fmt.Fprintf(&b, " → %d nodes", len(out[i]))
		} else if len(out[i]) > 0 {
			fmt.Fprintf(&b, " → %s", strings.Join(out[i], ", "))
		}
		b.WriteString(".")
	}
	return b.String()
}
