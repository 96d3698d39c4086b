package response

import (
	"cmp"
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// Graph is who depends on whom in a catalog. NewGraph makes one; the zero value
// holds nothing. It never changes and is safe for concurrent use.
type Graph struct {
	entries  []Entry // by name, with what entries depend on but nobody describes
	outside  []bool  // only named as a dependency
	index    map[string]int32
	needs    links // entry -> what it depends on
	users    links // entry -> what depends on it
	parts    parts
	findings []Finding
}

// links are the edges of a graph: those of node i are to[start[i]:start[i+1]].
type links struct {
	start, to []int32
}

func (l links) of(i int32) []int32 { return l.to[l.start[i]:l.start[i+1]] }

// NewGraph reads the entries of a catalog. An entry without a name, two of one
// name, a kind or tier that there is not are an *Error. A dependency that no
// entry describes is kept as an entry that is known by name alone, and a
// finding: it may be what burns, but nobody can be called for it. The cost is
// that of sorting the names, and linear in the edges.
func NewGraph(entries []Entry) (Graph, error) {
	var p problems
	g := Graph{index: make(map[string]int32, len(entries))}
	edges := 0
	for i, e := range entries {
		at := func() string { return place("entries", i) }
		switch _, taken := g.index[e.Name]; {
		case e.Name == "":
			p.Add("name", at()+".name", "", "the entry has no name", "give it one")
		case taken:
			p.Add("name", at()+".name", e.Name, "another entry has that name", "rename one of them")
		}
		switch e.Kind {
		case "", KindService, KindPlatform, KindConcern:
		default:
			p.Add("value", at()+".kind", e.Kind, "it is no kind of entry", "write service, platform or concern")
		}
		switch e.Tier {
		case "", "0", "1", "2", "3":
		default:
			p.Add("value", at()+".tier", e.Tier, "it is no tier", "write 0, 1, 2 or 3")
		}
		g.index[e.Name] = 0
		edges += len(e.DependsOn)
		for j, d := range e.DependsOn {
			if d.Name == "" {
				p.Add("name", place(at()+".depends_on", j), "", "the dependency has no name", "name an entry")
			}
		}
	}
	if err := p.err(); err != nil {
		return Graph{}, err
	}
	all := slices.Clone(entries)
	described := len(entries)
	var outside []string
	for _, e := range entries {
		for _, d := range e.DependsOn {
			if _, ok := g.index[d.Name]; !ok {
				g.index[d.Name] = 0
				all = append(all, Entry{Name: d.Name})
				outside = append(outside, d.Name)
			}
		}
	}
	order := make([]int32, len(all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(all[a].Name, all[b].Name) })
	g.entries = make([]Entry, len(all))
	for i, j := range order {
		g.entries[i] = all[j]
	}
	g.outside = make([]bool, len(g.entries))
	own := make([]Edge, 0, edges)
	for i := range g.entries {
		e := &g.entries[i]
		g.index[e.Name] = int32(i)
		from := len(own)
		own = append(own, e.DependsOn...)
		e.DependsOn = own[from:len(own):len(own)]
	}
	for _, name := range outside {
		g.outside[g.index[name]] = true
	}
	g.link(edges)
	if len(outside) > 0 {
		g.tellOutside(described)
	}
	g.parts = partsOf(g.needs)
	return g, nil
}

// link fills needs and users. An edge to the entry itself and one that is given
// twice do not count.
func (g *Graph) link(edges int) {
	n := len(g.entries)
	g.needs = links{make([]int32, n+1), make([]int32, 0, edges)}
	count := make([]int32, n+1)
	seen := make([]int32, n) // last entry that named it, plus 1
	for i, e := range g.entries {
		for _, d := range e.DependsOn {
			to := g.index[d.Name]
			if int(to) == i || seen[to] == int32(i)+1 {
				continue
			}
			seen[to] = int32(i) + 1
			g.needs.to = append(g.needs.to, to)
			count[to+1]++
		}
		g.needs.start[i+1] = int32(len(g.needs.to))
	}
	for i := range n {
		count[i+1] += count[i]
	}
	g.users = links{count, make([]int32, len(g.needs.to))}
	next := slices.Clone(count)
	for i := range n {
		for _, to := range g.needs.of(int32(i)) {
			g.users.to[next[to]] = int32(i)
			next[to]++
		}
	}
}

func (g *Graph) tellOutside(described int) {
	names := make([]string, 0, described)
	for i, e := range g.entries {
		if !g.outside[i] {
			names = append(names, e.Name)
		}
	}
	if len(names) > 1000 { // a nearest name is not worth seconds
		names = nil
	}
	for i, e := range g.entries {
		if !g.outside[i] {
			continue
		}
		user := g.entries[g.users.of(int32(i))[0]].Name
		g.findings = append(g.findings, Finding{
			Code: "undefined", Level: diag.Warning, Path: user + ".depends_on", Text: e.Name,
			Reason: "no entry of that name is described, so nobody can be called for it", Remedy: cmp.Or(didYouMean(e.Name, names), "describe it"),
		})
	}
}

// Findings are the dependencies that no entry describes, as warnings of code
// "undefined", in order of name.
func (g Graph) Findings() []Finding { return slices.Clone(g.findings) }

// Len is the number of entries, with those that are known by name alone.
func (g Graph) Len() int { return len(g.entries) }

// Entry is the entry of that name. ok is false if the graph does not hold it,
// or knows no more of it than its name.
func (g Graph) Entry(name string) (e Entry, ok bool) {
	i, ok := g.index[name]
	if !ok || g.outside[i] {
		return Entry{Name: name}, false
	}
	e = g.entries[i]
	e.DependsOn = slices.Clone(e.DependsOn)
	return e, true
}

// Entries are all entries that were given, by name.
func (g Graph) Entries() []Entry {
	out := make([]Entry, 0, len(g.entries))
	for i, e := range g.entries {
		if !g.outside[i] {
			e.DependsOn = slices.Clone(e.DependsOn)
			out = append(out, e)
		}
	}
	return out
}

// BlastRadius is what can fail with an entry: itself and everything that
// depends on it, directly or through others, by name. It is empty if the graph
// does not hold the entry. Soft dependencies count as well: who is degraded
// alerts too.
func (g Graph) BlastRadius(name string) []string {
	i, ok := g.index[name]
	if !ok {
		return nil
	}
	return g.namesOf(g.blast(i))
}

// blast marks what depends on an entry, with itself.
func (g Graph) blast(i int32) []bool {
	seen := make([]bool, len(g.entries))
	seen[i] = true
	todo := []int32{i}
	for len(todo) > 0 {
		i, todo = todo[len(todo)-1], todo[:len(todo)-1]
		for _, u := range g.users.of(i) {
			if !seen[u] {
				seen[u] = true
				todo = append(todo, u)
			}
		}
	}
	return seen
}

func (g Graph) namesOf(in []bool) []string {
	n := 0
	for _, ok := range in {
		if ok {
			n++
		}
	}
	out := make([]string, 0, n)
	for i, ok := range in {
		if ok {
			out = append(out, g.entries[i].Name)
		}
	}
	return out
}

// shared reports whether several others stand on an entry: by its kind, or
// because two entries depend on it and do not merely lose a little without it.
func (g Graph) shared(i int32) bool {
	if g.entries[i].Shared() {
		return true
	}
	hard := 0
	for _, u := range g.users.of(i) {
		for _, d := range g.entries[u].DependsOn {
			if !d.Soft && d.Name == g.entries[i].Name {
				hard++
				break
			}
		}
		if hard == 2 {
			return true
		}
	}
	return false
}
