package slo

import (
	"math/bits"
	"sort"
)

// slotSet is a set of slots that tells at once how many of its members lie in
// a run of slots.
type slotSet struct {
	words []slotWord // ascending by number
}

type slotWord struct {
	number int64
	before uint64 // members of all words before this one, modulo 2^64
	marks  uint64
}

func (s *slotSet) empty() bool { return len(s.words) == 0 }

func (s *slotSet) find(b int64) int {
	if len(s.words) == 0 || b < s.words[0].number {
		return -1
	}
	i := b - s.words[0].number
	if i < int64(len(s.words)) && s.words[i].number == b {
		return int(i)
	}
	n := int(min(i+1, int64(len(s.words))))
	return sort.Search(n, func(i int) bool { return s.words[i].number > b }) - 1
}

func (s *slotSet) has(slot int64) bool {
	return s.word(blockOf(slot))>>slotInBlock(slot)&1 == 1
}

// word are the members among the slots of a block, as bits.
func (s *slotSet) word(number int64) uint64 {
	if i := s.find(number); i >= 0 && s.words[i].number == number {
		return s.words[i].marks
	}
	return 0
}

// mark puts the slots of a word, given as bits, into the set.
func (s *slotSet) mark(number int64, marks uint64) {
	i := s.find(number)
	if i < 0 || s.words[i].number < number {
		i++
		var w slotWord
		switch {
		case i > 0:
			p := s.words[i-1]
			w.before = p.before + uint64(bits.OnesCount64(p.marks))
		case len(s.words) > 0:
			w.before = s.words[0].before
		}
		w.number = number
		if n := len(s.words); n == cap(s.words) {
			grown := make([]slotWord, n, n+1+n/8)
			copy(grown, s.words)
			s.words = grown
		}
		s.words = s.words[:len(s.words)+1]
		copy(s.words[i+1:], s.words[i:])
		s.words[i] = w
	}
	n := uint64(bits.OnesCount64(marks &^ s.words[i].marks))
	s.words[i].marks |= marks
	if n == 0 {
		return
	}
	for later := s.words[i+1:]; len(later) > 0; later = later[1:] {
		later[0].before += n
	}
}

func (s *slotSet) add(slot int64) {
	if n := len(s.words); n > 0 && s.words[n-1].number == blockOf(slot) {
		s.words[n-1].marks |= 1 << slotInBlock(slot)
		return
	}
	s.mark(blockOf(slot), 1<<slotInBlock(slot))
}

// upTo is the number of members up to the slot, from an arbitrary origin.
func (s *slotSet) upTo(slot int64) uint64 {
	i := s.find(blockOf(slot))
	if i < 0 {
		if len(s.words) == 0 {
			return 0
		}
		return s.words[0].before
	}
	w := &s.words[i]
	marks := w.marks
	if w.number == blockOf(slot) {
		marks &= ^uint64(0) >> (blockSlots - 1 - slotInBlock(slot))
	}
	return w.before + uint64(bits.OnesCount64(marks))
}

// between is the number of members after "after" up to "last".
func (s *slotSet) between(after, last int64) int { return int(s.upTo(last) - s.upTo(after)) }

// expire drops the words before the one that holds the slot.
func (s *slotSet) expire(oldest int64) {
	first, n := blockOf(oldest), 0
	for n < len(s.words) && s.words[n].number < first {
		n++
	}
	if n > 0 {
		s.words = s.words[:copy(s.words, s.words[n:])]
	}
}
