package response

import (
	"math/bits"
	"slices"
)

// words is how many machine words travel along an edge at once: 256 entries.
const words = 4

type mask [words]uint64

func (m *mask) or(o *mask) {
	for i := range m {
		m[i] |= o[i]
	}
}

func (m mask) empty() bool { return m == mask{} }

// bestRoots are the entries with the highest F1, the best first, and how many
// candidates there are.
func (g Graph) bestRoots(alerts []bool, a, limit int) ([]int32, int) {
	p := g.parts
	k := len(p.size)
	hits := g.explained(alerts)
	least := g.leastBlast()
	// A candidate's F1 is at most 2·h / (a + b') with b' ≤ b.
	type candidate struct {
		part       int32
		hits, size int32 // size is a lower bound until it was counted
	}
	better := func(a32 int64, x, y candidate) int {
		l, r := int64(x.hits)*(int64(y.size)+a32), int64(y.hits)*(int64(x.size)+a32)
		switch {
		case l > r:
			return -1
		case l < r:
			return 1
		}
		return 0
	}
	compare := func(x, y candidate) int { return better(int64(a), x, y) }
	var todo []candidate
	total := 0
	for part := range int32(k) {
		if h := hits[part]; h > 0 {
			todo = append(todo, candidate{part, h, max(least[part], h)})
			total += int(p.size[part])
		}
	}
	if limit < 0 || limit > total {
		limit = total
	}
	slices.SortStableFunc(todo, compare)
	var done []candidate // exact, the best first
	count := newCounter(k)
	for len(todo) > 0 {
		n := min(len(todo), 64*words)
		batch := slices.Clone(todo[:n])
		todo = todo[n:]
		parts := make([]int32, n)
		for i, c := range batch {
			parts[i] = c.part
		}
		for i, size := range count.sizes(p, parts) {
			batch[i].size = size
		}
		done = append(done, batch...)
		slices.SortStableFunc(done, compare)
		// What is left cannot be better than its bound. One that is equal to the
		// last may stand before it by name.
		rank, entries := 0, 0
		for rank < len(done) && entries < limit {
			entries += int(p.size[done[rank].part])
			rank++
		}
		if entries >= limit && len(todo) > 0 && compare(todo[0], done[rank-1]) > 0 {
			break
		}
	}
	var out []int32
	for i := 0; i < len(done) && len(out) < limit; {
		var equals []int32
		j := i
		for ; j < len(done) && compare(done[i], done[j]) == 0; j++ {
			equals = append(equals, p.members.of(done[j].part)...)
		}
		slices.Sort(equals) // entries are in order of name
		out = append(out, equals...)
		i = j
	}
	return out[:min(limit, len(out))], total
}

// explained counts, per part, the alerting entries in its blast radius.
func (g Graph) explained(alerts []bool) []int32 {
	p := g.parts
	k := len(p.size)
	out := make([]int32, k)
	// Alerting entries of one part are explained together.
	weight := map[int32]int32{}
	var sources []int32
	for i, ok := range alerts {
		if ok {
			part := p.of[i]
			if weight[part] == 0 {
				sources = append(sources, part)
			}
			weight[part]++
		}
	}
	reach := make([]mask, k)
	for len(sources) > 0 {
		n := min(len(sources), 64*words)
		batch := sources[:n]
		sources = sources[n:]
		clear(reach)
		var weights [64 * words]int32
		top := int32(0)
		for i, part := range batch {
			reach[part][i/64] |= 1 << (i % 64)
			weights[i] = weight[part]
			top = max(top, part)
		}
		for part := top; part >= 0; part-- {
			m := reach[part]
			if m.empty() {
				continue
			}
			for w, word := range m {
				for ; word != 0; word &= word - 1 {
					out[part] += weights[w*64+bits.TrailingZeros64(word)]
				}
			}
			for _, need := range p.needs.of(part) {
				reach[need].or(&m)
			}
		}
	}
	return out
}

// leastBlast is a lower bound of each part's blast radius: itself with its
// direct dependents, or with the largest bound of one of them.
func (g Graph) leastBlast() []int32 {
	p := g.parts
	k := len(p.size)
	direct, deep := make([]int32, k), make([]int32, k)
	for part := int32(k) - 1; part >= 0; part-- {
		bound := p.size[part] + max(direct[part], deep[part])
		direct[part] = bound
		for _, need := range p.needs.of(part) {
			deep[need] = max(deep[need], bound)
			direct[need] += p.size[part]
		}
	}
	return direct
}

// counter counts blast radii of up to 256 parts at once. A number is kept as
// bits in planes, so that adding to all 256 is a few operations on words.
type counter struct {
	reach  []mask
	planes [32]mask
}

func newCounter(k int) *counter { return &counter{reach: make([]mask, k)} }

// add adds 1<<from to the numbers of m.
func (c *counter) add(m mask, from int) {
	for w := range m {
		carry := m[w]
		for plane := from; carry != 0 && plane < len(c.planes); plane++ {
			old := c.planes[plane][w]
			c.planes[plane][w] = old ^ carry
			carry &= old
		}
	}
}

// sizes are the sizes of the parts' blast radii.
func (c *counter) sizes(p parts, of []int32) []int32 {
	clear(c.reach)
	clear(c.planes[:])
	first := int32(len(p.size))
	for i, part := range of {
		c.reach[part][i/64] |= 1 << (i % 64)
		first = min(first, part)
	}
	for part := first; int(part) < len(p.size); part++ {
		m := c.reach[part]
		for _, need := range p.needs.of(part) {
			if need >= first {
				m.or(&c.reach[need])
			}
		}
		if m.empty() {
			continue
		}
		c.reach[part] = m
		for size := uint32(p.size[part]); size != 0; size &= size - 1 {
			c.add(m, bits.TrailingZeros32(size))
		}
	}
	out := make([]int32, len(of))
	for i := range of {
		for plane, m := range c.planes {
			out[i] |= int32(m[i/64]>>(i%64)&1) << plane
		}
	}
	return out
}
