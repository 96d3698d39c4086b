package slo

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"time"
)

// Handle is one key and one replica of a ledger, found once. It is a small
// value to copy and as little safe for concurrent use as its ledger. A handle
// whose key was removed, or whose ledger was restored from a snapshot, goes on
// to work, but looks its replica up each time: take a new one. Every method of
// the zero Handle returns an error.
type Handle struct {
	l   *Ledger
	a   *account
	r   *replica
	err error
}

// Handle returns the handle of a replica of a key; both are created if the
// ledger does not have them. Keys and replicas are UTF-8 of at most 1024
// bytes; a key is not empty, a replica may be, where there is but one. If the
// names are not allowed, every method of the handle returns the error.
//
// One replica's slots belong to one process at a time: the counts of a
// process that restarts must go on from its snapshot or under another name,
// for of two counts of one slot by one replica a merge keeps the larger.
func (l *Ledger) Handle(key, replica string) Handle {
	if a := l.accounts[key]; a != nil {
		if r := a.replica(replica); r != nil {
			return Handle{l: l, a: a, r: r}
		}
	}
	if err := checkName("replica", replica); err != nil {
		return Handle{err: err}
	}
	a, err := l.account(key)
	if err != nil {
		return Handle{err: err}
	}
	return Handle{l: l, a: a, r: a.open(strings.Clone(replica))}
}

// Add counts good and bad events at t; nought of both says that the slot was
// observed and idle. Events may be late and come in any order. An error counts
// nothing: it wraps ErrLate beyond the horizon (the events go to
// KeyInfo.Dropped), ErrFuture, ErrOverflow, otherwise ErrLedger.
func (h Handle) Add(t time.Time, good, bad uint64) error {
	r := h.r
	if r == nil {
		return h.add(t, tally{good, bad})
	}
	second := t.Unix()
	if t.Nanosecond() != 0 {
		second++
	}
	if second > r.begin && second <= r.end && good <= r.room.good && bad <= r.room.bad {
		r.room.good -= good
		r.room.bad -= bad
		sum := &r.sums[r.slot%blockSlots]
		sum.good += good
		sum.bad += bad
		if r.narrow != nil {
			c := &r.narrow[r.slot%blockSlots]
			c.good += uint32(good)
			c.bad += uint32(bad)
		}
		return nil
	}
	return h.add(t, tally{good, bad})
}

// live is the handle of the replica that the ledger has now.
func (h Handle) live() (Handle, error) {
	if h.r != nil && h.r.closed {
		h = h.l.Handle(h.a.key, h.r.name)
	}
	if h.r == nil && h.err == nil {
		h.err = fmt.Errorf("%w: the handle is not from Ledger.Handle", ErrLedger)
	}
	return h, h.err
}

// slot is the slot that holds t, if events may be counted there.
func (h Handle) slot(t time.Time) (int64, error) {
	second, err := secondOf(t)
	if err != nil {
		return 0, err
	}
	slot := h.l.slotOf(second)
	if h.l.limited && slot > h.l.limit {
		return 0, fmt.Errorf("%w: %s is after the slot that ends %s, the last that the time told to Advance allows", ErrFuture,
			t.UTC().Format(time.RFC3339), h.l.endOf(h.l.limit).Format(time.RFC3339))
	}
	if h.a.any && slot < h.a.oldest(h.l) {
		return 0, fmt.Errorf("%w: %s is before the horizon, which begins %s", ErrLate,
			t.UTC().Format(time.RFC3339), h.l.beginTime(h.a.oldest(h.l)).Format(time.RFC3339))
	}
	return slot, nil
}

func (h Handle) add(t time.Time, n tally) error {
	if h.r == nil || h.r.closed {
		var err error
		if h, err = h.live(); err != nil {
			return err
		}
	}
	slot, err := h.slot(t)
	if err != nil {
		if errors.Is(err, ErrLate) {
			h.drop(n)
		}
		return err
	}
	if h.step(slot, n) {
		return nil
	}
	return h.count(slot, n)
}

// step does what count does where little is to be done: the key's only replica
// goes on to another slot of the newest block. It reports whether it did.
func (h Handle) step(slot int64, n tally) bool {
	a, r, horizon := h.a, h.r, h.l.horizon
	if a.split || a.shift != nil || r.begin == r.end || slot <= a.newest || blockOf(slot) != blockOf(a.newest) ||
		blockOf(slot-horizon+1) != blockOf(a.newest-horizon+1) || !n.atMost(r.room) {
		return false
	}
	o := slotInBlock(slot)
	sums := a.total.fill(o)
	sums[o] = sums[o].plus(n)
	a.total.newest, a.newest = slot, slot
	a.seen.add(slot)
	r.begin, r.end = h.l.beginOf(slot), slot*h.l.slot
	r.slot = uint8(o)
	r.room = r.room.minus(n)
	return true
}

// drop notes events that were refused for being late.
func (h Handle) drop(n tally) {
	h.r.dropped = tally{saturated(h.r.dropped.good, n.good), saturated(h.r.dropped.bad, n.bad)}
}

func saturated(a, b uint64) uint64 {
	sum, carry := bits.Add64(a, b, 0)
	return sum | -carry
}

// count adds n to a slot within the horizon.
func (h Handle) count(slot int64, n tally) error {
	a, r := h.a, h.r
	total := a.total.total()
	room := tally{maxEvents - min(maxEvents, total.good), maxEvents - min(maxEvents, total.bad)}
	if !n.atMost(room) && n != (tally{}) {
		return fmt.Errorf("%w: %d good and %d bad events exceed what may be counted of %q within the horizon, %d of each",
			ErrOverflow, n.good, n.bad, a.key, uint64(maxEvents))
	}
	a.advance(h.l, slot)
	a.total.add(slot, n)
	a.seen.add(slot)
	r.shut()
	room = room.minus(n)
	open := slot == a.newest && !a.special(h.l, slot)
	if a.split {
		b, o := r.cells.open(blockOf(slot)), slotInBlock(slot)
		b.set(o, b.at(o).plus(n))
		// Each replica's short way lets through fewer than 2^32 events that
		// the others do not know of.
		most := uint64(max(0, maxEvents-int64(len(a.replicas))<<33))
		open = open && b.wide == nil && a.total.total().atMost(tally{most, most})
		if open {
			r.narrow = b.narrow
			room.good = min(room.good, math.MaxUint32-uint64(b.narrow[o].good))
			room.bad = min(room.bad, math.MaxUint32-uint64(b.narrow[o].bad))
		}
	}
	if open {
		r.begin, r.end = h.l.beginOf(slot), slot*h.l.slot
		r.slot, r.sums = uint8(slotInBlock(slot)), a.total.blocks[len(a.total.blocks)-1].sums
		r.room = room
	}
	a.touch(h.l, slot)
	return nil
}

// Report states that the replica counted that many good and bad events in the
// slot that holds t, in all, so far. Of several reports for one slot the
// largest number of each holds, so they may be repeated and come in any order.
// A replica either adds or is reported, not both. Errors are those of Add; an
// error changes nothing.
func (h Handle) Report(t time.Time, good, bad uint64) error {
	h, err := h.live()
	if err != nil {
		return err
	}
	slot, err := h.slot(t)
	if err != nil {
		return err
	}
	now := h.a.replicaAt(h.r, slot)
	return h.count(slot, tally{max(good, now.good) - now.good, max(bad, now.bad) - now.bad})
}

// reading is the latest reading of a replica's cumulative counters.
type reading struct {
	any     bool
	second  int64 // rounded down
	nanos   int64
	counter tally
}

func (r reading) time() time.Time { return time.Unix(r.second, r.nanos).UTC() }

func (r reading) compare(o reading) int {
	switch {
	case r == o:
		return 0
	case r.any != o.any:
		return order(!r.any)
	case r.second != o.second:
		return order(r.second < o.second)
	case r.nanos != o.nanos:
		return order(r.nanos < o.nanos)
	case r.counter.good != o.counter.good:
		return order(r.counter.good < o.counter.good)
	}
	return order(r.counter.bad < o.counter.bad)
}

func order(less bool) int {
	if less {
		return -1
	}
	return 1
}

// Observe takes a reading of a pair of cumulative counters at t. The first
// reading is the baseline and counts nothing; each further one counts what
// was added since the one before, all of it in the slot that holds t: counts
// are not spread over the time between two readings, so read at least once a
// slot. If either counter fell, both started anew (they live in one process)
// and the reading itself is what was added. To count from a process's first
// event, observe 0, 0 at its start.
//
// The same reading twice is one reading. One older than the latest, or another
// one at the same instant, is refused with an error that wraps ErrLate and
// changes nothing. Other errors are those of Add: a reading before the horizon
// drops its events, after any other error they are part of the next reading.
func (h Handle) Observe(t time.Time, good, bad uint64) error {
	h, err := h.live()
	if err != nil {
		return err
	}
	slot, err := h.slot(t)
	late := errors.Is(err, ErrLate)
	if err != nil && !late {
		return err
	}
	next := reading{any: true, second: t.Unix(), nanos: int64(t.Nanosecond()), counter: tally{good, bad}}
	last := h.r.reading
	if last == next {
		return nil
	}
	if last.any && !last.time().Before(next.time()) {
		return fmt.Errorf("%w: reading of %s, and one of %s was taken", ErrLate,
			t.UTC().Format(time.RFC3339Nano), last.time().Format(time.RFC3339Nano))
	}
	var n tally
	switch {
	case !last.any:
	case last.counter.atMost(next.counter):
		n = next.counter.minus(last.counter)
	default:
		n = next.counter
	}
	if late {
		h.drop(n)
	} else if err = h.count(slot, n); err != nil {
		return err
	}
	h.r.reading = next
	return err
}
