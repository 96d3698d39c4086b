package chart

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func drawEdges(t *rapid.T, most int) (int, [][2]int) {
	n := rapid.IntRange(1, most).Draw(t, "n")
	m := rapid.IntRange(0, 2*n).Draw(t, "m")
	var edges [][2]int
	for i := 0; i < m; i++ {
		a, b := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		if a != b {
			edges = append(edges, [2]int{a, b})
		}
	}
	return n, edges
}

// Every edge points to a higher layer, no layer is too full, and no edge of a graph
// without cycles is reversed.
func TestLayeringLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawEdges(t, 30)
		width := rapid.IntRange(0, 5).Draw(t, "width")
		acyclic := rapid.Bool().Draw(t, "acyclic")
		if acyclic {
			for i, e := range edges {
				edges[i] = [2]int{min(e[0], e[1]), max(e[0], e[1])}
			}
		}
		l := newLayering(n, edges, width, 1)
		count := make([]int, l.count)
		for v, at := range l.layer {
			if at < 0 || at >= l.count {
				t.Fatalf("vertex %d in layer %d of %d", v, at, l.count)
			}
			count[at]++
		}
		for at, k := range count {
			if width > 0 && k > width {
				t.Fatalf("layer %d holds %d vertices, the bound is %d", at, k, width)
			}
		}
		for i, e := range l.edges {
			if l.layer[e[0]] >= l.layer[e[1]] {
				t.Fatalf("edge %v runs from layer %d to %d", e, l.layer[e[0]], l.layer[e[1]])
			}
			want := edges[i]
			if l.reversed[i] {
				want[0], want[1] = want[1], want[0]
			}
			if e != want {
				t.Fatalf("edge %v became %v", edges[i], e)
			}
			if acyclic && l.reversed[i] {
				t.Fatalf("edge %v of a graph without cycles is reversed", edges[i])
			}
		}
	})
}

// crossingsByPairs compares every pair of links.
func (r *rows) crossingsByPairs() int {
	total := 0
	for k := range r.order {
		var links [][2]int
		for _, v := range r.order[k] {
			for _, w := range r.down[v] {
				links = append(links, [2]int{r.place[v], r.place[w]})
			}
		}
		for i, a := range links {
			for _, b := range links[:i] {
				if (a[0]-b[0])*(a[1]-b[1]) < 0 {
					total++
				}
			}
		}
	}
	return total
}

func TestCrossingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawEdges(t, 60)
		r := newRows(newLayering(n, edges, 0, 1))
		before := r.crossings()
		if want := r.crossingsByPairs(); before != want {
			t.Fatalf("counted %d crossings, want %d", before, want)
		}
		size := len(r.layer)
		r.reduce()
		if after := r.crossings(); after > before || after != r.crossingsByPairs() {
			t.Fatalf("from %d to %d crossings (%d by pairs)", before, after, r.crossingsByPairs())
		}
		seen := 0
		for k, o := range r.order {
			for i, v := range o {
				if r.layer[v] != k || r.place[v] != i {
					t.Fatalf("vertex %d is said to be in layer %d, place %d; it is in %d, %d", v, r.layer[v], r.place[v], k, i)
				}
				seen++
			}
		}
		if seen != size {
			t.Fatalf("%d vertices of %d are left", seen, size)
		}
	})
}

// A tree can be drawn without a crossing, whatever the order of its input.
func TestTreesDoNotCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 4).Draw(t, "depth")
		level := []int{0}
		n := 1
		var edges [][2]int
		for d := 0; d < depth; d++ {
			var next []int
			for _, v := range level {
				for k := rapid.IntRange(0, 3).Draw(t, "children"); k > 0; k-- {
					edges = append(edges, [2]int{v, n})
					next = append(next, n)
					n++
				}
			}
			level = next
		}
		shuffled := rapid.Permutation(edges).Draw(t, "edges")
		if rapid.Bool().Draw(t, "towards the root") {
			for i, e := range shuffled {
				shuffled[i] = [2]int{e[1], e[0]}
			}
		}
		r := newRows(newLayering(n, shuffled, 0, 1))
		r.reduce()
		if c := r.crossings(); c != 0 {
			t.Fatalf("%d crossings in a tree of %d", c, n)
		}
	})
}

// A ladder needs no crossing. On two layers K2,2 has one and K3,3 nine, as every
// pair of pairs crosses once in any order.
func TestKnownCrossings(t *testing.T) {
	for _, c := range []struct {
		name  string
		n     int
		edges [][2]int
		want  int
	}{
		{"reversed ladder", 8, [][2]int{{0, 7}, {1, 6}, {2, 5}, {3, 4}}, 0},
		{"K2,2", 4, [][2]int{{0, 2}, {0, 3}, {1, 2}, {1, 3}}, 1},
		{"K3,3", 6, [][2]int{{0, 3}, {0, 4}, {0, 5}, {1, 3}, {1, 4}, {1, 5}, {2, 3}, {2, 4}, {2, 5}}, 9},
	} {
		r := newRows(newLayering(c.n, c.edges, 0, 1))
		r.reduce()
		if got := r.crossings(); got != c.want {
			t.Errorf("%s: got %d crossings, want %d", c.name, got, c.want)
		}
	}
}

// The layout is a heuristic, so its quality is measured: three hundred graphs on
// two layers of four against the best of all orders, and the straightness of long
// edges on fifty graphs of forty vertices.
func TestLayoutQuality(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	got, best := 0, 0
	for i := 0; i < 300; i++ {
		var edges [][2]int
		for a := 0; a < 4; a++ {
			edges = append(edges, [2]int{a, 4 + rng.IntN(4)}, [2]int{rng.IntN(4), 4 + a})
		}
		r := newRows(newLayering(8, edges, 0, 1))
		least := 1 << 30
		permute(4, func(p []int) {
			permute(4, func(q []int) {
				for k := range p {
					r.place[k], r.place[4+k] = p[k], q[k]
					r.order[0][p[k]], r.order[1][q[k]] = k, 4+k
				}
				least = min(least, r.crossings())
			})
		})
		best += least
		r = newRows(newLayering(8, edges, 0, 1))
		r.reduce()
		got += r.crossings()
	}
	t.Logf("crossings: got %d, the best is %d", got, best)
	if float64(got) > 1.01*float64(best) {
		t.Errorf("got %d crossings in all, the best is %d", got, best)
	}

	bent, links, crossings := 0.0, 0, 0
	for i := 0; i < 50; i++ {
		var edges [][2]int
		for a := 1; a < 40; a++ {
			edges = append(edges, [2]int{rng.IntN(a), a})
			if a%3 == 0 {
				edges = append(edges, [2]int{rng.IntN(a), a})
			}
		}
		r := newRows(newLayering(40, edges, 0, 1))
		r.reduce()
		crossings += r.crossings()
		breadth := make([]float64, len(r.layer))
		for v := range breadth {
			breadth[v] = 30
		}
		x := r.positions(breadth, 10, math.Inf(1))
		for _, c := range r.chain {
			for k := 2; k+1 < len(c); k++ {
				bent += math.Abs(x[c[k]] - x[c[k-1]])
				links++
			}
		}
	}
	t.Logf("%d crossings; links between bends lean by %.2f on average of %d", crossings, bent/float64(links), links)
	if crossings > 480 {
		t.Errorf("got %d crossings in large graphs, want at most 480", crossings)
	}
	if lean := bent / float64(links); lean > 15 {
		t.Errorf("links between bends lean by %.1f on average, want at most 15", lean)
	}
}

// permute calls f with every order of 0 to n-1.
func permute(n int, f func([]int)) {
	p := make([]int, n)
	var place func(k int)
	place = func(k int) {
		if k == n {
			f(p)
			return
		}
		for i := 0; i <= k; i++ {
			p[k] = k
			p[i], p[k] = p[k], p[i]
			place(k + 1)
			p[i], p[k] = p[k], p[i]
		}
	}
	place(0)
}

// Neighbours keep their distance and the whole its limit.
func TestPositionLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, edges := drawEdges(t, 25)
		r := newRows(newLayering(n, edges, 0, 1))
		r.reduce()
		breadth := make([]float64, len(r.layer))
		widest := 0.0
		for v := range breadth {
			breadth[v] = float64(10 + v%3*20)
		}
		for _, o := range r.order {
			w := -5.0
			for _, v := range o {
				w += breadth[v] + 5
			}
			widest = math.Max(widest, w)
		}
		limit := rapid.SampledFrom([]float64{1, widest * 1.2, math.Inf(1)}).Draw(t, "limit")
		x := r.positions(breadth, 5, limit)
		for _, o := range r.order {
			for i, v := range o {
				if math.IsNaN(x[v]) || math.IsInf(x[v], 0) {
					t.Fatalf("vertex %d at %v", v, x[v])
				}
				if i > 0 {
					u := o[i-1]
					if d := x[v] - x[u] - (breadth[u]+breadth[v])/2; d < 5-1e-6 {
						t.Fatalf("vertices %d and %d are %v apart, want 5", u, v, d)
					}
				}
				if half := math.Max(limit, widest)/2 + 1e-6; x[v]-breadth[v]/2 < -half || x[v]+breadth[v]/2 > half {
					t.Fatalf("vertex %d at %v leaves the limit %v", v, x[v], limit)
				}
			}
		}
	})
}

// A chain runs straight, also past a layer that an edge jumps over.
func TestChainIsStraight(t *testing.T) {
	r := newRows(newLayering(4, [][2]int{{0, 1}, {1, 2}, {2, 3}, {0, 3}}, 0, 1))
	r.reduce()
	breadth := make([]float64, len(r.layer))
	for v := range breadth {
		breadth[v] = 20
	}
	x := r.positions(breadth, 10, math.Inf(1))
	chain := r.chain[3] // the jump: two bends
	if len(chain) != 4 {
		t.Fatalf("the long edge has %d vertices, want 4", len(chain))
	}
	if d := math.Abs(x[chain[1]] - x[chain[2]]); d > 0.1 {
		t.Errorf("the bends of the long edge are %v apart, want 0", d)
	}
	if d := math.Abs(x[1] - x[2]); d > 0.1 {
		t.Errorf("the nodes of the chain are %v apart, want 0", d)
	}
}

func TestGraphShapes(t *testing.T) {
	node := func(ids ...string) []Node {
		var out []Node
		for _, id := range ids {
			out = append(out, Node{ID: id})
		}
		return out
	}
	many := make([]Node, 400)
	for i := range many {
		many[i].ID = strconv.Itoa(i)
	}
	for _, c := range []struct {
		name string
		g    Graph
		want []string // stand in the document
		not  []string
	}{
		{"undeclared end", Graph{Nodes: node("a"), Edges: []Edge{{From: "a", To: "b"}}}, []string{">b</text>", "b, unknown"}, nil},
		{"first of two counts", Graph{Nodes: []Node{{ID: "a", Label: "first"}, {ID: "a", Label: "second"}}}, []string{"first"}, []string{"second"}},
		{"two-cycle", Graph{Edges: []Edge{{From: "a", To: "b"}, {From: "b", To: "a"}}}, []string{"a → b", "b → a"}, nil},
		{"loop", Graph{Edges: []Edge{{From: "a", To: "a", Label: "retry"}}}, []string{"a → a: retry", ">retry</text>"}, nil},
		{"soft", Graph{Edges: []Edge{{From: "a", To: "b", Soft: true}}}, []string{`stroke-dasharray="5 4"`, ">soft</text>"}, nil},
		{"no legend of edges without soft ones", Graph{Edges: []Edge{{From: "a", To: "b"}}}, nil, []string{">soft</text>", ">hard</text>"}},
		{"too many", Graph{Nodes: many, Edges: []Edge{{From: "0", To: "399"}, {From: "0", To: "1"}}}, []string{"100 nodes and 1 edges left out"}, nil},
		{"lone nodes fill the width", Graph{Width: 1200, Nodes: node("a", "b", "c", "d")}, []string{`height="60"`}, nil},
	} {
		for _, dir := range []Direction{DirectionAuto, LeftRight, TopDown} {
			c.g.Direction = dir
			svg := c.g.SVG()
			checkSVG(t, svg)
			if c.name == "lone nodes fill the width" && dir != DirectionAuto {
				continue
			}
			for _, w := range c.want {
				if !strings.Contains(svg, w) {
					t.Errorf("%s: %q is not in the picture", c.name, w)
				}
			}
			for _, w := range c.not {
				if strings.Contains(svg, w) {
					t.Errorf("%s: %q is in the picture", c.name, w)
				}
			}
		}
	}
}

// Boxes do not overlap, and a telephone's width suffices for usual graphs.
func TestGraphBoxesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, pairs := drawEdges(t, 20)
		var nodes []Node
		for i := 0; i < n; i++ {
			nodes = append(nodes, Node{ID: strconv.Itoa(i), Label: strings.Repeat("x", 1+i), State: State(i % 6)})
		}
		var edges []graphEdge
		for _, p := range pairs {
			edges = append(edges, graphEdge{Edge{}, p[0], p[1]})
		}
		room := float64(rapid.SampledFrom([]int{296, 776, 1176}).Draw(t, "room"))
		d := newGraphLayout(nodes, edges, Direction(rapid.IntRange(0, 2).Draw(t, "direction")), room)
		for i, a := range d.nodes {
			if a.x-a.w/2 < -0.01 || a.x+a.w/2 > d.width+0.01 || a.y-a.h/2 < -0.01 || a.y+a.h/2 > d.height+0.01 {
				t.Fatalf("node %d at %v,%v leaves the layout of %v × %v", i, a.x, a.y, d.width, d.height)
			}
			for j, b := range d.nodes[:i] {
				if math.Abs(a.x-b.x) < (a.w+b.w)/2 && math.Abs(a.y-b.y) < (a.h+b.h)/2 {
					t.Fatalf("nodes %d and %d overlap", i, j)
				}
			}
		}
	})
}

func BenchmarkGraph(b *testing.B) {
	var g Graph
	for i := 0; i < 100; i++ {
		g.Nodes = append(g.Nodes, Node{ID: strconv.Itoa(i)})
		for k := 1; k <= 2; k++ {
			g.Edges = append(g.Edges, Edge{From: strconv.Itoa(i), To: strconv.Itoa(min(99, i+k*7))})
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		g.SVG()
	}
}
