package slo

import (
	"math/bits"
	"sort"
)

// tally is a number of good and of bad events. Running sums wrap modulo 2^64;
// the difference of two of them is exact.
type tally struct{ good, bad uint64 }

func (t tally) plus(u tally) tally  { return tally{t.good + u.good, t.bad + u.bad} }
func (t tally) minus(u tally) tally { return tally{t.good - u.good, t.bad - u.bad} }
func (t tally) times(n uint64) tally {
	return tally{t.good * n, t.bad * n}
}
func (t tally) atMost(u tally) bool { return t.good <= u.good && t.bad <= u.bad }

// Slots are numbered from the Unix epoch and stand in blocks of 64, so that
// one word holds a mark for each slot of a block.
const blockSlots = 64

func blockOf(slot int64) int64   { return slot >> 6 }
func slotInBlock(slot int64) int { return int(slot & (blockSlots - 1)) }

// slotBlock is the counts of 64 slots as running sums.
type slotBlock struct {
	number int64
	before tally // of all blocks before this one
	// sums[i] is the count of the slots 0 to i of the block. In the newest
	// block of a series the entries after the newest slot mean nothing.
	sums *[blockSlots]tally
}

// slotSeries is the counts of a run of slots, kept as running sums on two
// levels. The sum of any run of slots is the difference of two entries; adding
// to the newest slot touches one entry, adding to an older one those of its
// block and one for each block after it.
type slotSeries struct {
	blocks []slotBlock // ascending by number, those without data left out
	newest int64       // slot; valid if there are blocks
	spare  *[blockSlots]tally
}

// find is the index of the last block with a number of at most b, -1 if there
// is none.
func (s *slotSeries) find(b int64) int {
	if len(s.blocks) == 0 || b < s.blocks[0].number {
		return -1
	}
	i := b - s.blocks[0].number // where it is if no block before it is missing
	if i < int64(len(s.blocks)) && s.blocks[i].number == b {
		return int(i)
	}
	n := int(min(i+1, int64(len(s.blocks))))
	return sort.Search(n, func(i int) bool { return s.blocks[i].number > b }) - 1
}

// upTo is the running sum at the end of the slot, from an arbitrary origin.
func (s *slotSeries) upTo(slot int64) tally {
	if len(s.blocks) == 0 {
		return tally{}
	}
	if slot >= s.newest {
		last := &s.blocks[len(s.blocks)-1]
		return last.before.plus(last.sums[slotInBlock(s.newest)])
	}
	i := s.find(blockOf(slot))
	if i < 0 {
		return s.blocks[0].before
	}
	b := &s.blocks[i]
	if b.number < blockOf(slot) {
		return b.before.plus(b.sums[blockSlots-1])
	}
	return b.before.plus(b.sums[slotInBlock(slot)])
}

// between is the sum of the slots after "after" up to "last".
func (s *slotSeries) between(after, last int64) tally { return s.upTo(last).minus(s.upTo(after)) }

// at is the count of one slot.
func (s *slotSeries) at(slot int64) tally { return s.between(slot-1, slot) }

// total is the sum of all slots that are kept.
func (s *slotSeries) total() tally {
	if len(s.blocks) == 0 {
		return tally{}
	}
	return s.upTo(s.newest).minus(s.blocks[0].before)
}

// filled is the number of entries of block i that mean something.
func (s *slotSeries) filled(i int) int {
	if i == len(s.blocks)-1 {
		return slotInBlock(s.newest) + 1
	}
	return blockSlots
}

// fill gives the entries of the newest block up to slot o a meaning.
func (s *slotSeries) fill(o int) *[blockSlots]tally {
	sums := s.blocks[len(s.blocks)-1].sums
	p := slotInBlock(s.newest)
	for v := sums[p]; p < o; {
		p++
		sums[p] = v
	}
	return sums
}

// add adds t to a slot.
func (s *slotSeries) add(slot int64, t tally) {
	number, o := blockOf(slot), slotInBlock(slot)
	if n := len(s.blocks); n == 0 || number > s.blocks[n-1].number {
		before := tally{}
		if n > 0 {
			before = s.blocks[n-1].before.plus(s.fill(blockSlots - 1)[blockSlots-1])
		}
		s.insert(n, slotBlock{number: number, before: before, sums: s.sums()})
		s.blocks[n].sums[o] = t
		s.newest = slot
		return
	}
	if slot >= s.newest {
		sums := s.fill(o)
		sums[o] = sums[o].plus(t)
		s.newest = slot
		return
	}
	i := s.find(number)
	if i < 0 || s.blocks[i].number < number {
		before := s.upTo(slot) // nothing is kept of this block yet
		i++
		s.insert(i, slotBlock{number: number, before: before, sums: s.sums()})
	}
	b := &s.blocks[i]
	for entries := b.sums[o:s.filled(i)]; len(entries) > 0; entries = entries[1:] {
		entries[0] = entries[0].plus(t)
	}
	for later := s.blocks[i+1:]; len(later) > 0; later = later[1:] {
		later[0].before = later[0].before.plus(t)
	}
}

// insert puts b at index i. Space grows by an eighth: a series of full length
// has little to spare.
func (s *slotSeries) insert(i int, b slotBlock) {
	if n := len(s.blocks); n == cap(s.blocks) {
		grown := make([]slotBlock, n, n+1+n/8)
		copy(grown, s.blocks)
		s.blocks = grown
	}
	s.blocks = s.blocks[:len(s.blocks)+1]
	copy(s.blocks[i+1:], s.blocks[i:])
	s.blocks[i] = b
}

// sums is an empty block's entries, those of an expired block if there is one.
func (s *slotSeries) sums() *[blockSlots]tally {
	sums := s.spare
	if sums == nil {
		return new([blockSlots]tally)
	}
	s.spare = nil
	*sums = [blockSlots]tally{}
	return sums
}

// expire drops the blocks before the one that holds the slot.
func (s *slotSeries) expire(oldest int64) {
	first, n := blockOf(oldest), 0
	for n < len(s.blocks) && s.blocks[n].number < first {
		n++
	}
	if n == 0 {
		return
	}
	s.spare = s.blocks[0].sums
	left := copy(s.blocks, s.blocks[n:])
	clear(s.blocks[left:])
	s.blocks = s.blocks[:left]
	if left == 0 {
		s.blocks, s.spare = nil, nil
	}
}

// raise adds counts to the slots of one block, and to the running sums within
// it; mend brings those after it up to date, once for all blocks raised.
func (s *slotSeries) raise(number int64, seen uint64, counts *[blockSlots]tally) {
	newest := number*blockSlots + int64(63-bits.LeadingZeros64(seen))
	if n := len(s.blocks); n > 0 && newest > s.newest {
		s.fill(blockSlots - 1)
	}
	if len(s.blocks) == 0 || newest > s.newest {
		s.newest = newest
	}
	i := s.find(number)
	if i < 0 || s.blocks[i].number < number {
		i++
		s.insert(i, slotBlock{number: number, sums: s.sums()})
	}
	b := &s.blocks[i]
	var sum tally
	for k := range b.sums {
		sum = sum.plus(counts[k])
		b.sums[k] = b.sums[k].plus(sum)
	}
}

// mend computes the sums before each block anew.
func (s *slotSeries) mend() {
	for i := 1; i < len(s.blocks); i++ {
		p := &s.blocks[i-1]
		s.blocks[i].before = p.before.plus(p.sums[blockSlots-1])
	}
}
