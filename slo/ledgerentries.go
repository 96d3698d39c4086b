package slo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Entry is a correction or an exclusion with what it does.
type Entry struct {
	Correction Correction `json:"correction,omitzero"` // either this
	Exclusion  Exclusion  `json:"exclusion,omitzero"`  // or this is set
	Revocation Revocation `json:"revocation,omitzero"` // set if it was revoked
	// Slots are the slots that it covers of those the ledger keeps, up to the
	// newest one with data.
	Slots int `json:"slots"`
	// Before and After are the events of these slots without and with it. For
	// a correction: as measured, and with this correction alone. For an
	// exclusion: as measured with all corrections, and as answered. Numbers
	// below nought are shown as they are. A revoked entry has no effect.
	Before Counts `json:"before"`
	After  Counts `json:"after"`
}

// ID is the entry's identity among those of its key.
func (e Entry) ID() string { return cmp.Or(e.Correction.ID, e.Exclusion.ID) }

func (e Entry) entered() time.Time {
	if e.Correction.ID != "" {
		return e.Correction.At
	}
	return e.Exclusion.At
}

// Entries are the corrections and exclusions of a key, revoked ones too, in
// the order in which they were entered (then by ID), with what each changes.
// Cost is linear in the number of slots that they cover.
func (l *Ledger) Entries(key string) []Entry {
	a := l.accounts[key]
	if a == nil {
		return nil
	}
	entries := make([]Entry, 0, len(a.corrections)+len(a.exclusions))
	for _, c := range a.corrections {
		entries = append(entries, l.auditCorrection(a, c))
	}
	for _, x := range a.exclusions {
		entries = append(entries, l.auditExclusion(a, x))
	}
	for i := range entries {
		if at, ok := searchID(a.revocations, entries[i].ID()); ok {
			entries[i].Revocation = a.revocations[at]
			entries[i].After = entries[i].Before
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(a.entered().Compare(b.entered()), strings.Compare(a.ID(), b.ID()))
	})
	return entries
}

func (l *Ledger) auditCorrection(a *account, c Correction) Entry {
	e := Entry{Correction: c}
	if !a.any {
		return e
	}
	s := l.spread(c)
	after, last := a.clip(l, s.first-1, s.last)
	if last <= after {
		return e
	}
	e.Slots = int(last - after)
	before := a.measured(after, last)
	e.Before = before.plain()
	e.After = before.plus(s.between(after, last)).plain()
	return e
}

func (l *Ledger) auditExclusion(a *account, x Exclusion) Entry {
	x.Weekly.Days = slices.Clone(x.Weekly.Days)
	e := Entry{Exclusion: x}
	if !a.any {
		return e
	}
	var before, after twelfths
	for _, s := range x.spans(l.beginTime(a.oldest(l)), l.endOf(a.newest)) {
		first, last := l.within(s)
		from, to := a.clip(l, first-1, last)
		if to <= from {
			continue
		}
		e.Slots += int(to - from)
		deltas := a.deltas.between(from, to).times(12)
		before = before.plus(a.measured(from, to)).plus(twelfths{int64(deltas.good), int64(deltas.bad)})
		after = after.plus(a.between(from, to))
	}
	e.Before, e.After = before.plain(), after.plain()
	return e
}

// entries are what people entered for one key, each list sorted by ID.
type entries struct {
	corrections []Correction
	exclusions  []Exclusion
	revocations []Revocation
}

func (c Correction) id() string { return c.ID }
func (e Exclusion) id() string  { return e.ID }
func (r Revocation) id() string { return r.ID }

func searchID[E storedEntry](list []E, id string) (int, bool) {
	return slices.BinarySearchFunc(list, id, func(e E, id string) int { return strings.Compare(e.id(), id) })
}

func (e *entries) has(id string) bool {
	_, c := searchID(e.corrections, id)
	_, x := searchID(e.exclusions, id)
	return c || x
}

func (e *entries) revoked(id string) bool {
	_, ok := searchID(e.revocations, id)
	return ok
}

// unused is an error if an entry or a revocation has the ID.
func (e *entries) unused(id string) error {
	if e.has(id) || e.revoked(id) {
		return fmt.Errorf("%w: there is another entry %q; revoke it and enter a new one under a new ID", ErrEntry, id)
	}
	return nil
}

// correctedSum is the magnitude of all corrections that hold, or some number
// above maxCorrected.
func (e *entries) correctedSum() (sum uint64) {
	for _, c := range e.corrections {
		if !e.revoked(c.ID) && sum <= maxCorrected {
			sum += magnitude(c.Good) + magnitude(c.Bad) // each is at most 2^52
		}
	}
	return sum
}

// prune drops one-off entries, and weekly ones that have an end, that ended by
// the given time.
func (e *entries) prune(before time.Time) {
	ended := func(id string, end time.Time) bool {
		gone := !end.IsZero() && !end.After(before)
		if gone {
			e.revocations = slices.DeleteFunc(e.revocations, func(r Revocation) bool { return r.ID == id })
		}
		return gone
	}
	e.corrections = slices.DeleteFunc(e.corrections, func(c Correction) bool { return ended(c.ID, c.End) })
	e.exclusions = slices.DeleteFunc(e.exclusions, func(x Exclusion) bool { return ended(x.ID, x.End) })
}
