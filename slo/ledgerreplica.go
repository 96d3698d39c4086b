package slo

import (
	"math"
	"math/bits"
	"sort"
)

// replica is what one replica counted of one key.
type replica struct {
	name    string
	cells   replicaCells // empty while the replica is its key's only one
	dropped tally        // refused by Add and Observe
	reading reading
	closed  bool // no longer of the ledger

	// Add's short way: events of the seconds (begin, end] may be added to
	// sums[slot], and to narrow[slot] if there are cells, up to room of them.
	// begin == end closes it.
	begin, end int64
	room       tally
	slot       uint8 // in its block
	sums       *[blockSlots]tally
	narrow     *[blockSlots]cell
}

// shut closes Add's short way.
func (r *replica) shut() { r.begin, r.end = 0, 0 }

func (r *replica) close() {
	r.closed = true
	r.shut()
}

// cell is the count of one slot by one replica. A block in which one number
// needs more than 32 bits is kept wide.
type cell struct{ good, bad uint32 }

type cellBlock struct {
	number int64
	seen   uint64 // slots with data, nought too
	narrow *[blockSlots]cell
	wide   *[blockSlots]tally // if there is one, narrow means nothing
}

func (b *cellBlock) at(o int) tally {
	if b.wide != nil {
		return b.wide[o]
	}
	return tally{uint64(b.narrow[o].good), uint64(b.narrow[o].bad)}
}

func (b *cellBlock) set(o int, t tally) {
	b.seen |= 1 << o
	b.put(o, t)
}

func (b *cellBlock) put(o int, t tally) {
	if b.wide == nil && (t.good > math.MaxUint32 || t.bad > math.MaxUint32) {
		wide := new([blockSlots]tally)
		for i := range wide {
			wide[i] = b.at(i)
		}
		b.wide = wide
	}
	if b.wide != nil {
		b.wide[o] = t
		return
	}
	b.narrow[o] = cell{uint32(t.good), uint32(t.bad)}
}

// replicaCells are the counts of single slots.
type replicaCells struct {
	blocks []cellBlock // ascending by number, those without data left out
	spare  *[blockSlots]cell
}

func (c *replicaCells) find(b int64) int {
	if n := len(c.blocks); n > 0 && c.blocks[n-1].number == b {
		return n - 1
	}
	return sort.Search(len(c.blocks), func(i int) bool { return c.blocks[i].number > b }) - 1
}

// block is the block of that number, nil if there is none.
func (c *replicaCells) block(number int64) *cellBlock {
	if i := c.find(number); i >= 0 && c.blocks[i].number == number {
		return &c.blocks[i]
	}
	return nil
}

// open is the block of that number, a new one if need be.
func (c *replicaCells) open(number int64) *cellBlock {
	i := c.find(number)
	if i >= 0 && c.blocks[i].number == number {
		return &c.blocks[i]
	}
	i++
	if n := len(c.blocks); n == cap(c.blocks) {
		grown := make([]cellBlock, n, n+1+n/8)
		copy(grown, c.blocks)
		c.blocks = grown
	}
	c.blocks = c.blocks[:len(c.blocks)+1]
	copy(c.blocks[i+1:], c.blocks[i:])
	narrow := c.spare
	if c.spare = nil; narrow == nil {
		narrow = new([blockSlots]cell)
	} else {
		*narrow = [blockSlots]cell{}
	}
	c.blocks[i] = cellBlock{number: number, narrow: narrow}
	return &c.blocks[i]
}

func (c *replicaCells) at(slot int64) tally {
	if b := c.block(blockOf(slot)); b != nil {
		return b.at(slotInBlock(slot))
	}
	return tally{}
}

// expire drops the blocks before the one that holds the slot.
func (c *replicaCells) expire(oldest int64) {
	n := 0
	for n < len(c.blocks) && c.blocks[n].number < blockOf(oldest) {
		n++
	}
	if n == 0 {
		return
	}
	c.spare = c.blocks[0].narrow
	left := copy(c.blocks, c.blocks[n:])
	clear(c.blocks[left:])
	if c.blocks = c.blocks[:left]; left == 0 {
		c.blocks, c.spare = nil, nil
	}
}

// raise raises b to the counts of o where those are greater, good and bad
// events apart; it tells by how much, and whether b changed.
func (b *cellBlock) raise(o *cellBlock, by *[blockSlots]tally) (changed bool) {
	if b.seen == o.seen && b.wide == nil && o.wide == nil && *b.narrow == *o.narrow {
		return false
	}
	changed = o.seen&^b.seen != 0
	b.seen |= o.seen
	if b.wide == nil && o.wide == nil {
		for i := range b.narrow {
			m, t := &b.narrow[i], o.narrow[i]
			by[i] = tally{}
			if t.good > m.good {
				by[i].good, changed = uint64(t.good-m.good), true
				m.good = t.good
			}
			if t.bad > m.bad {
				by[i].bad, changed = uint64(t.bad-m.bad), true
				m.bad = t.bad
			}
		}
		return changed
	}
	for i := range blockSlots {
		m, t := b.at(i), o.at(i)
		top := tally{max(m.good, t.good), max(m.bad, t.bad)}
		if by[i] = top.minus(m); top != m {
			b.put(i, top)
			changed = true
		}
	}
	return changed
}

// replicaBlock makes a block of the only replica's cells in b, from the key's
// sums and marks.
func (a *account) replicaBlock(number int64, b *cellBlock) *cellBlock {
	if b.narrow == nil {
		b.narrow = new([blockSlots]cell)
	} else {
		*b.narrow = [blockSlots]cell{}
	}
	b.number, b.seen, b.wide = number, a.seen.word(number), nil
	i := a.total.find(number)
	if b.seen == 0 || i < 0 || a.total.blocks[i].number != number {
		return b
	}
	var sum tally
	for o, t := range a.total.blocks[i].sums[:a.total.filled(i)] {
		if n := t.minus(sum); b.wide == nil && (n.good|n.bad)>>32 == 0 {
			b.narrow[o] = cell{uint32(n.good), uint32(n.bad)}
		} else {
			b.put(o, n)
		}
		sum = t
	}
	return b
}

// replicaBlocks calls f with each block of a replica's cells, in order; those
// of a key's only replica are made in b.
func (a *account) replicaBlocks(r *replica, b *cellBlock, f func(b *cellBlock)) {
	if a.split {
		for i := range r.cells.blocks {
			f(&r.cells.blocks[i])
		}
		return
	}
	for i := range a.seen.words {
		f(a.replicaBlock(a.seen.words[i].number, b))
	}
}

// replicaAt is what a replica counted in a slot.
func (a *account) replicaAt(r *replica, slot int64) tally {
	if a.split {
		return r.cells.at(slot)
	}
	return a.total.at(slot)
}

// separate gives the only replica cells of its own, for a second one comes.
func (a *account) separate() {
	if a.split {
		return
	}
	for _, r := range a.replicas { // at most one
		a.replicaBlocks(r, new(cellBlock), func(b *cellBlock) { r.cells.open(b.number).raise(b, new([blockSlots]tally)) })
		r.shut()
	}
	a.split = true
}

// slotRun is a run of slots that all have data.
type slotRun struct{ first, slots int64 }

// runs are the longest runs of a replica's slots with data, from the slot
// oldest on.
func (a *account) runs(r *replica, oldest int64) []slotRun {
	var runs []slotRun
	add := func(number int64, seen uint64) {
		first := number * blockSlots
		if skip := oldest - first; skip >= blockSlots {
			return
		} else if skip > 0 {
			seen &= ^uint64(0) << skip
		}
		for seen != 0 {
			from := bits.TrailingZeros64(seen)
			n := bits.TrailingZeros64(^(seen >> from))
			seen &^= (^uint64(0) >> (blockSlots - n)) << from
			run := slotRun{first + int64(from), int64(n)}
			if k := len(runs); k > 0 && runs[k-1].first+runs[k-1].slots == run.first {
				runs[k-1].slots += run.slots
			} else {
				runs = append(runs, run)
			}
		}
	}
	if !a.split {
		for _, w := range a.seen.words {
			add(w.number, w.marks)
		}
		return runs
	}
	for i := range r.cells.blocks {
		add(r.cells.blocks[i].number, r.cells.blocks[i].seen)
	}
	return runs
}
