package slo

import "math/bits"

// weekSeconds is a week without a change of the clock.
const weekSeconds = 7 * 24 * 3600

// folded is the effect of a key's entries on its slots, kept so that a query
// need not look at the entries.
//
// Each slot's answer is a linear function of what was measured: as measured
// plus the corrections that fall to it, which an exclusion then replaces by
// nought, by the same events all good, or by the mean of one to four other
// slots. In twelfths of an event, 12 being the least common multiple of 1, 2,
// 3 and 4, all of this is exact in whole numbers. The difference between the
// answer and the measurement is a series of its own, which is added to the
// replicas' in every query and is recomputed for a slot when events come in
// that bear on it.
type folded struct {
	spreads  []spread    // the corrections that hold
	deltas   slotSeries  // their sum in each slot
	excluded [3]slotSet  // by effect, disjoint
	shift    *slotSeries // answer less measurement, in twelfths; nil if no entry holds
}

// refold computes everything anew.
func (a *account) refold(l *Ledger) {
	a.folded = folded{}
	for _, r := range a.replicas {
		r.shut() // its slot may have become special, or ceased to be
	}
	for _, c := range a.corrections {
		if !a.revoked(c.ID) {
			a.spreads = append(a.spreads, l.spread(c))
		}
	}
	holds := len(a.spreads) > 0
	for _, x := range a.exclusions {
		holds = holds || !a.revoked(x.ID)
	}
	if !holds {
		return
	}
	a.shift = new(slotSeries)
	if a.any {
		a.extend(l, a.oldest(l)-1)
	}
}

// extend takes the slots after "before" up to the newest one into account.
func (a *account) extend(l *Ledger, before int64) {
	if a.shift == nil {
		return
	}
	first := max(before+1, a.oldest(l))
	for effect := range a.excluded {
		for _, x := range a.exclusions {
			if x.Effect != ExclusionEffect(effect) || a.revoked(x.ID) {
				continue
			}
			for _, s := range x.spans(l.beginTime(first), l.endOf(a.newest)) {
				from, to := l.within(s)
				a.exclude(x.Effect, max(from, first), min(to, a.newest))
			}
		}
	}
	for _, c := range a.spreads {
		for slot := max(c.first, first); slot <= min(c.last, a.newest); slot++ {
			a.deltas.add(slot, c.at(slot))
		}
	}
	for _, c := range a.spreads {
		for slot := max(c.first, first); slot <= min(c.last, a.newest); slot++ {
			a.adjust(l, slot)
		}
	}
	for number := blockOf(first); number <= blockOf(a.newest); number++ {
		drop, good, expected := a.excluded[Drop].word(number), a.excluded[CountGood].word(number), a.excluded[CountExpected].word(number)
		// What has no data has nothing to drop; what is expected may.
		marks := (drop|good)&a.seen.word(number) | expected
		for ; marks != 0; marks &= marks - 1 {
			if slot := number*blockSlots + int64(bits.TrailingZeros64(marks)); slot >= first {
				a.adjust(l, slot)
			}
		}
	}
}

// exclude marks the slots that no effect before this one has.
func (a *account) exclude(effect ExclusionEffect, first, last int64) {
	if first > last {
		return
	}
	for number := blockOf(first); number <= blockOf(last); number++ {
		marks := ^uint64(0)
		if number == blockOf(first) {
			marks &= ^uint64(0) << slotInBlock(first)
		}
		if number == blockOf(last) {
			marks &= ^uint64(0) >> (blockSlots - 1 - slotInBlock(last))
		}
		for e := range effect {
			marks &^= a.excluded[e].word(number)
		}
		if marks != 0 {
			a.excluded[effect].mark(number, marks)
		}
	}
}

// leave takes the slots from the given one to the horizon, which are known no
// longer, out of every mean.
func (a *account) leave(l *Ledger, slot int64) {
	if a.shift == nil || a.excluded[CountExpected].empty() {
		return
	}
	oldest := a.oldest(l)
	for slot = max(slot, oldest-l.horizon); slot < oldest; slot++ {
		a.touchOthers(l, slot)
	}
}

// touch brings the shift up to date after events came in for the slot.
func (a *account) touch(l *Ledger, slot int64) {
	if a.shift == nil {
		return
	}
	if a.excludes(slot) {
		a.adjust(l, slot)
	}
	a.touchOthers(l, slot)
}

// touchOthers does so for the slots whose mean the slot is part of.
func (a *account) touchOthers(l *Ledger, slot int64) {
	if a.excluded[CountExpected].empty() {
		return
	}
	week, oldest := weekSeconds/l.slot, a.oldest(l)
	for s := slot - (slot-oldest)/week*week; s <= a.newest; s += week {
		if s >= oldest && s != slot && a.excluded[CountExpected].has(s) {
			a.adjust(l, s)
		}
	}
}

// special reports whether events in the slot bear on the shift.
func (a *account) special(l *Ledger, slot int64) bool {
	if a.shift == nil {
		return false
	}
	if a.excludes(slot) {
		return true
	}
	if a.excluded[CountExpected].empty() {
		return false
	}
	week, oldest := weekSeconds/l.slot, a.oldest(l)
	for s := slot; s >= oldest; s -= week {
		if a.excluded[CountExpected].has(s) {
			return true
		}
	}
	for s := slot + week; s <= a.newest; s += week {
		if a.excluded[CountExpected].has(s) {
			return true
		}
	}
	return false
}

// adjust sets the shift of one slot.
func (a *account) adjust(l *Ledger, slot int64) {
	measured := a.total.at(slot).times(12)
	want := a.answer(l, slot).minus(measured)
	if d := want.minus(a.shift.at(slot)); d != (tally{}) {
		a.shift.add(slot, d)
	}
}

// answer is what a slot counts, in twelfths, from first principles.
func (a *account) answer(l *Ledger, slot int64) tally {
	switch {
	case a.excluded[Drop].has(slot):
		return tally{}
	case a.excluded[CountGood].has(slot):
		n := a.corrected(slot)
		return tally{good: n.good + n.bad}.times(12)
	case a.excluded[CountExpected].has(slot):
		return a.expected(l, slot)
	}
	return a.corrected(slot).times(12)
}

// expected is the mean of the nearest four usable slots of other weeks, in
// twelfths.
func (a *account) expected(l *Ledger, slot int64) tally {
	var sum tally
	n := uint64(0)
	week, oldest := weekSeconds/l.slot, a.oldest(l)
	for d := week; n < 4 && (slot-d >= oldest || slot+d <= a.newest); d += week {
		for _, s := range [2]int64{slot - d, slot + d} {
			if n < 4 && s >= oldest && s <= a.newest && a.seen.has(s) && !a.excludes(s) {
				sum = sum.plus(a.corrected(s))
				n++
			}
		}
	}
	if n == 0 {
		return tally{}
	}
	return sum.times(12 / n)
}

// corrected is what was measured with the corrections applied, modulo 2^64.
func (a *account) corrected(slot int64) tally {
	return a.total.at(slot).plus(a.deltas.at(slot))
}

func (f *folded) excludes(slot int64) bool {
	return f.excluded[Drop].has(slot) || f.excluded[CountGood].has(slot) || f.excluded[CountExpected].has(slot)
}

func (f *folded) drops(slot int64) bool { return f.excluded[Drop].has(slot) }

func (f *folded) excludedBetween(after, last int64) (n int) {
	if f.shift == nil {
		return 0
	}
	for i := range f.excluded {
		n += f.excluded[i].between(after, last)
	}
	return n
}

func (f *folded) expire(oldest int64) {
	f.deltas.expire(oldest)
	for i := range f.excluded {
		f.excluded[i].expire(oldest)
	}
	if f.shift != nil {
		f.shift.expire(oldest)
	}
}
