package slo

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// ExclusionEffect is what an exclusion makes of the events in its slots.
type ExclusionEffect int

// The effects. Where exclusions overlap, the first of this list holds.
const (
	// Drop leaves the events out: the slots count nothing.
	Drop ExclusionEffect = iota
	// CountGood counts every event as good: traffic without failures.
	CountGood
	// CountExpected puts the usual events in the place of the measured ones:
	// the mean of the same slot of other weeks, 7, 14, … days of 24 h before
	// and after. Of these the nearest four count, the earlier one first, that
	// lie within the horizon, have data and are not excluded; if there is
	// none, the slot counts nothing. The mean is exact (kept in twelfths of
	// an event) and follows the weeks it is made of: late events there, and
	// new weeks within the horizon, change it.
	CountExpected
)

var effectNames = [...]string{"drop", "good", "expected"}

// String is the effect's name: drop, good or expected.
func (e ExclusionEffect) String() string {
	if e < 0 || int(e) >= len(effectNames) {
		return fmt.Sprintf("ExclusionEffect(%d)", int(e))
	}
	return effectNames[e]
}

// MarshalText writes the effect's name.
func (e ExclusionEffect) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what String writes.
func (e *ExclusionEffect) UnmarshalText(text []byte) error {
	i := slices.Index(effectNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown effect %q of an exclusion; write drop, good or expected", text)
	}
	*e = ExclusionEffect(i)
	return nil
}

// Exclusion takes a span of time out of an objective, or the same hours of
// every week: maintenance that was announced, hours without service. It is an
// entry of its own; what was measured stays, and late events are measured too.
// Corrections are applied first and are excluded with the rest.
//
// It covers the slots that lie wholly within it: never more than was declared,
// and at either end less by no more than a slot.
type Exclusion struct {
	ID string `json:"id"` // unique among the entries of a key
	// Start and End are the span (Start, End] of a one-off exclusion. For a
	// weekly one they bound it; either may be zero.
	Start  time.Time       `json:"start,omitzero"`
	End    time.Time       `json:"end,omitzero"`
	Weekly Weekly          `json:"weekly,omitzero"` // zero for a one-off exclusion
	Effect ExclusionEffect `json:"effect"`
	Reason string          `json:"reason"`
	Author string          `json:"author"`
	At     time.Time       `json:"at"` // when it was entered
}

// Validate returns everything that is missing or out of range in e, nil if
// nothing is. The error wraps ErrEntry.
func (e Exclusion) Validate() error {
	errs := signatureErrors("exclusion", e.ID, e.Reason, e.Author, e.At)
	if e.Effect < 0 || e.Effect > CountExpected {
		errs = append(errs, fmt.Errorf("%w: exclusion %q: unknown effect %d", ErrEntry, e.ID, int(e.Effect)))
	}
	if e.Weekly.IsZero() {
		return errors.Join(append(errs, spanErrors("exclusion", e.ID, e.Start, e.End)...)...)
	}
	if err := e.Weekly.Validate(); err != nil {
		errs = append(errs, fmt.Errorf("%w: exclusion %q: %w", ErrEntry, e.ID, err))
	}
	start, end := e.Start, e.End
	if start.IsZero() {
		start = time.Unix(minSecond, 0)
	}
	if end.IsZero() {
		end = time.Unix(maxSecond, 0)
	}
	return errors.Join(append(errs, spanErrors("exclusion", e.ID, start, end)...)...)
}

func (e Exclusion) normal() Exclusion {
	e.Start, e.End, e.At = plainTime(e.Start), plainTime(e.End), plainTime(e.At)
	e.Weekly = e.Weekly.normal()
	return e
}

// Exclude enters an exclusion of a key; it takes effect at once, and at a later
// time on slots that are still ahead. The same exclusion twice is one. An
// error, which wraps ErrEntry, means that it is not valid, that it is shorter
// than any slot, that another entry of the key has its ID (revoked or not), or
// that expected counts are asked of slots that do not divide a week. Cost is
// linear in the slots of the horizon.
func (l *Ledger) Exclude(key string, e Exclusion) error {
	if err := e.Validate(); err != nil {
		return err
	}
	e = e.normal()
	l.ready()
	if a := l.accounts[key]; a != nil {
		if at, ok := searchID(a.exclusions, e.ID); ok && a.exclusions[at].equal(e) {
			return nil
		}
		if err := a.unused(e.ID); err != nil {
			return err
		}
	}
	if err := l.fitsExclusion(e); err != nil {
		return err
	}
	a, err := l.account(key)
	if err != nil {
		return err
	}
	at, _ := searchID(a.exclusions, e.ID)
	a.exclusions = slices.Insert(a.exclusions, at, e)
	a.refold(l)
	return nil
}

// fitsExclusion tells whether e means something in slots of the ledger's length.
func (l *Ledger) fitsExclusion(e Exclusion) error {
	slot := time.Duration(l.slot) * time.Second
	if e.Effect == CountExpected && weekSeconds%l.slot != 0 {
		return fmt.Errorf("%w: exclusion %q counts the expected, but slots of %v do not divide a week", ErrEntry, e.ID, slot)
	}
	if e.Weekly.IsZero() {
		if first, last := l.within(Span{e.Start, e.End}); first > last {
			c, _ := l.cut(e.Start, e.End) // valid
			return fmt.Errorf("%w: exclusion %q holds no whole slot of %v; widen it to %s – %s", ErrEntry, e.ID, slot,
				l.endOf(c.after).Format(time.RFC3339), l.endOf(c.last).Format(time.RFC3339))
		}
		return nil
	}
	if length := e.Weekly.length(); length < slot {
		return fmt.Errorf("%w: exclusion %q of %v holds no whole slot of %v", ErrEntry, e.ID, length, slot)
	}
	return nil
}

// within are the slots that lie wholly within the span; first is after last if
// there is none.
func (l *Ledger) within(s Span) (first, last int64) {
	start, end := s.Start.Unix(), s.End.Unix()
	if s.Start.Nanosecond() != 0 {
		start++
	}
	first, last = ceilDiv(start, l.slot)+1, ceilDiv(end, l.slot)
	if last*l.slot != end {
		last--
	}
	return first, last
}

// spans are the parts of (from, to] that e covers, in order and apart. Parts
// that go beyond are not cut off.
func (e Exclusion) spans(from, to time.Time) []Span {
	if e.Weekly.IsZero() {
		return []Span{{e.Start, e.End}}
	}
	if e.Start.After(from) {
		from = e.Start
	}
	if !e.End.IsZero() && e.End.Before(to) {
		to = e.End
	}
	var spans []Span
	for _, s := range e.Weekly.Spans(from, to) {
		if s.Start.Before(e.Start) {
			s.Start = e.Start
		}
		if !e.End.IsZero() && s.End.After(e.End) {
			s.End = e.End
		}
		spans = append(spans, s)
	}
	return spans
}

func (e Exclusion) equal(o Exclusion) bool {
	return e.ID == o.ID && e.Start.Equal(o.Start) && e.End.Equal(o.End) && e.Weekly.equal(o.Weekly) &&
		e.Effect == o.Effect && e.Reason == o.Reason && e.Author == o.Author && e.At.Equal(o.At)
}
