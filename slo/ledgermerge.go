package slo

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Merge brings what other knows into l; other is only read. Of the counts of
// one slot by one replica the larger holds, for good and bad events apart;
// different replicas add up; entries are united. Ledgers may so be merged in
// any order, in any grouping and any number of times with one result: it is a
// state-based counter that only grows (Shapiro et al. 2011, "Conflict-free
// replicated data types", section 3.1, for each slot), cut off at the horizon
// of the newest slot. Of two entries of one kind and ID the one entered later
// holds, at one instant the one whose stored form is greater.
//
// An error changes nothing. It wraps ErrMismatch if slots or horizons differ
// (tolerances may), ErrFuture if other has slots that l, told the time by
// Advance, would refuse, ErrOverflow if a sum would leave the range of
// Handle.Add, ErrEntry if the corrections of a key would leave the range of
// Correct, otherwise ErrLedger.
func (l *Ledger) Merge(other *Ledger) error {
	if l == other || other == nil || other.slot == 0 {
		return nil
	}
	if l.slot == 0 {
		l.slot, l.horizon, l.tolerance = other.slot, other.horizon, other.tolerance
	}
	l.ready()
	if err := l.alike(other); err != nil {
		return err
	}
	var errs []error
	for _, key := range other.Keys() {
		if err := l.mergeable(other.accounts[key]); err != nil {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for key, o := range other.accounts {
		a := l.accounts[key]
		if a == nil {
			a = &account{key: key}
			l.accounts[key] = a
		}
		a.merge(l, o)
	}
	return nil
}

func (l *Ledger) alike(other *Ledger) error {
	if l.slot == other.slot && l.horizon == other.horizon {
		return nil
	}
	a, b := l.Options(), other.Options()
	return fmt.Errorf("%w: slots of %v over %v, and slots of %v over %v", ErrMismatch, a.Slot, a.Horizon, b.Slot, b.Horizon)
}

// Clone returns a deep copy of l, with the time told to Advance.
func (l *Ledger) Clone() *Ledger {
	c := *l
	c.accounts = nil
	_ = c.Merge(l) // the options are the same and every sum is in range
	return &c
}

// mergeable tells what keeps the account from being merged into l.
func (l *Ledger) mergeable(o *account) error {
	if o.any && l.limited && o.newest > l.limit {
		return fmt.Errorf("%w: %q has a slot that ends %s, and the time told to Advance allows none after %s", ErrFuture,
			o.key, l.endOf(o.newest).Format(time.RFC3339), l.endOf(l.limit).Format(time.RFC3339))
	}
	a := l.accounts[o.key]
	if a == nil {
		return nil
	}
	most := tally{maxEvents, maxEvents}
	if !a.total.total().plus(o.total.total()).atMost(most) { // so may be the sum of the larger ones
		trial := &account{key: o.key}
		trial.merge(l, a)
		trial.merge(l, o)
		if !trial.total.total().atMost(most) {
			return fmt.Errorf("%w: %q would count more than %d good or bad events within the horizon", ErrOverflow, o.key, uint64(maxEvents))
		}
	}
	if len(o.corrections) > 0 && len(a.corrections) > 0 {
		e := a.entries.clone()
		e.unite(&o.entries)
		if e.correctedSum() > maxCorrected {
			return fmt.Errorf("%w: the corrections of %q would exceed %d events", ErrEntry, o.key, uint64(maxCorrected))
		}
	}
	return nil
}

// merge brings o, which is mergeable and only read, into a.
func (a *account) merge(l *Ledger, o *account) {
	before := a.newest
	if o.any {
		a.advance(l, o.newest)
	}
	changed := a.any && a.newest != before
	for _, or := range o.replicas {
		r := a.open(or.name)
		r.dropped = tally{max(r.dropped.good, or.dropped.good), max(r.dropped.bad, or.dropped.bad)}
		if r.reading.compare(or.reading) < 0 {
			r.reading = or.reading
		}
		if a.raise(r, o, or, blockOf(a.oldest(l))) {
			changed = true
		}
	}
	for _, r := range a.replicas {
		r.shut() // it does not know of what came
	}
	if a.entries.unite(&o.entries) || changed && a.shift != nil {
		a.refold(l)
	}
}

// raise raises r's counts to those of the replica or of o where these are
// greater, and reports whether anything changed. Blocks before the oldest one
// are left out.
func (a *account) raise(r *replica, o *account, or *replica, oldest int64) (changed bool) {
	var by [blockSlots]tally
	var mine, theirs cellBlock // where a replica has no cells of its own
	o.replicaBlocks(or, &theirs, func(b *cellBlock) {
		if b.number < oldest {
			return
		}
		var own *cellBlock
		if a.split {
			own = r.cells.open(b.number)
		} else {
			own = a.replicaBlock(b.number, &mine)
		}
		if own.raise(b, &by) {
			a.total.raise(b.number, b.seen, &by)
			a.seen.mark(b.number, b.seen)
			changed = true
		}
	})
	if changed {
		a.total.mend()
	}
	return changed
}

func (e *entries) clone() entries {
	return entries{slices.Clone(e.corrections), slices.Clone(e.exclusions), slices.Clone(e.revocations)}
}

// unite brings the entries of o into e and reports whether e changed.
func (e *entries) unite(o *entries) bool {
	var c, x, r bool
	e.corrections, c = unite(e.corrections, o.corrections)
	e.exclusions, x = unite(e.exclusions, o.exclusions)
	e.revocations, r = unite(e.revocations, o.revocations)
	return c || x || r
}

func unite[E storedEntry](mine, theirs []E) (all []E, changed bool) {
	for _, t := range theirs {
		i, ok := searchID(mine, t.id())
		if !ok {
			mine, changed = slices.Insert(mine, i, t), true
			continue
		}
		if m := mine[i]; cmp.Or(m.at().Compare(t.at()), bytes.Compare(m.append(nil), t.append(nil))) < 0 {
			mine[i], changed = t, true
		}
	}
	return mine, changed
}

// storedEntry is what the three kinds of entry have in common.
type storedEntry interface {
	id() string
	at() time.Time
	append(data []byte) []byte // its stored form
}

func (c Correction) at() time.Time { return c.At }
func (e Exclusion) at() time.Time  { return e.At }
func (r Revocation) at() time.Time { return r.At }
