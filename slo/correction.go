package slo

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Correction adds good and bad events to a span of time, or takes them away,
// after the fact: events that a broken counter missed, failures that a load
// test caused. It is an entry of its own beside what was measured. To turn n
// failures into successes write Good: n, Bad: -n.
//
// The numbers are spread evenly over the slots that (Start, End] overlaps,
// whole events, the odd ones in equal distances; a window that holds the whole
// span holds the whole correction. Where a window would be left with less than
// nothing, its answer is nought and says so (Answer.Overcorrected).
type Correction struct {
	ID     string    `json:"id"` // unique among the entries of a key
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Good   int64     `json:"good"` // added, taken away if negative
	Bad    int64     `json:"bad"`
	Reason string    `json:"reason"`
	Author string    `json:"author"`
	At     time.Time `json:"at"` // when it was entered
}

// Revocation takes back a correction or exclusion: the entry stays listed and
// has no effect any more. Its ID cannot be used again.
type Revocation struct {
	ID     string    `json:"id"` // of the entry
	Reason string    `json:"reason"`
	Author string    `json:"author"`
	At     time.Time `json:"at"`
}

// maxCorrected bounds a correction, and the sum of all of a key, in events.
const maxCorrected = 1 << 52

// maxSpread is the most slots that a correction may overlap.
const maxSpread = 1024

// maxReason is the longest reason, in bytes.
const maxReason = 4096

// Validate returns everything that is missing or out of range in c, nil if
// nothing is. The error wraps ErrEntry.
func (c Correction) Validate() error {
	errs := signatureErrors("correction", c.ID, c.Reason, c.Author, c.At)
	errs = append(errs, spanErrors("correction", c.ID, c.Start, c.End)...)
	if c.Good == 0 && c.Bad == 0 {
		errs = append(errs, fmt.Errorf("%w: correction %q corrects nothing; set good or bad", ErrEntry, c.ID))
	}
	if good, bad := magnitude(c.Good), magnitude(c.Bad); good > maxCorrected || bad > maxCorrected-good {
		errs = append(errs, fmt.Errorf("%w: correction %q of %d good and %d bad events; at most %d in all are allowed", ErrEntry, c.ID, c.Good, c.Bad, uint64(maxCorrected)))
	}
	return errors.Join(errs...)
}

// Validate returns everything that is missing in r, nil if nothing is. The
// error wraps ErrEntry.
func (r Revocation) Validate() error {
	return errors.Join(signatureErrors("revocation of", r.ID, r.Reason, r.Author, r.At)...)
}

// signatureErrors checks what every entry has.
func signatureErrors(what, id, reason, author string, at time.Time) []error {
	var errs []error
	for _, f := range []struct {
		name, text string
		most       int
	}{{"id", id, maxName}, {"reason", reason, maxReason}, {"author", author, maxName}} {
		switch {
		case f.text == "":
			errs = append(errs, fmt.Errorf("%w: %s %q has no %s", ErrEntry, what, id, f.name))
		case len(f.text) > f.most:
			errs = append(errs, fmt.Errorf("%w: %s %.20q…: %s of %d bytes; at most %d are allowed", ErrEntry, what, id, f.name, len(f.text), f.most))
		case strings.ToValidUTF8(f.text, "") != f.text:
			errs = append(errs, fmt.Errorf("%w: %s %q: %s %q is not UTF-8", ErrEntry, what, id, f.name, f.text))
		}
	}
	if _, err := secondOf(at); err != nil {
		errs = append(errs, fmt.Errorf("%w: %s %q: at: %w", ErrEntry, what, id, err))
	}
	return errs
}

func spanErrors(what, id string, start, end time.Time) []error {
	var errs []error
	_, startErr := secondOf(start)
	_, endErr := secondOf(end)
	for _, f := range []struct {
		name string
		err  error
	}{{"start", startErr}, {"end", endErr}} {
		if f.err != nil {
			errs = append(errs, fmt.Errorf("%w: %s %q: %s: %w", ErrEntry, what, id, f.name, f.err))
		}
	}
	if errs == nil && !end.After(start) {
		errs = append(errs, fmt.Errorf("%w: %s %q: end %s is not after start %s", ErrEntry, what, id, end.Format(time.RFC3339), start.Format(time.RFC3339)))
	}
	return errs
}

// normal is c with instants that compare by value.
func (c Correction) normal() Correction {
	c.Start, c.End, c.At = plainTime(c.Start), plainTime(c.End), plainTime(c.At)
	return c
}

func (r Revocation) normal() Revocation {
	r.At = plainTime(r.At)
	return r
}

// plainTime is t in UTC without a monotonic reading.
func plainTime(t time.Time) time.Time { return t.Round(0).UTC() }

// Correct enters a correction of a key; it takes effect at once, and at a
// later time on slots that are still ahead. The same correction twice is one.
// An error, which wraps ErrEntry, means that it is not valid, that another
// entry of the key has its ID (revoked or not), that it overlaps more than 1024
// slots, or that all corrections of the key exceed 2^52 events. Cost is linear
// in the slots that the key's entries cover.
func (l *Ledger) Correct(key string, c Correction) error {
	if err := c.Validate(); err != nil {
		return err
	}
	c = c.normal()
	l.ready()
	if a := l.accounts[key]; a != nil {
		if at, ok := searchID(a.corrections, c.ID); ok && a.corrections[at] == c {
			return nil
		}
		if err := a.unused(c.ID); err != nil {
			return err
		}
		if a.correctedSum()+magnitude(c.Good)+magnitude(c.Bad) > maxCorrected {
			return fmt.Errorf("%w: correction %q: the corrections of %q would exceed %d events", ErrEntry, c.ID, key, uint64(maxCorrected))
		}
	}
	if err := l.fitsCorrection(c); err != nil {
		return err
	}
	a, err := l.account(key)
	if err != nil {
		return err
	}
	at, _ := searchID(a.corrections, c.ID)
	a.corrections = slices.Insert(a.corrections, at, c)
	a.refold(l)
	return nil
}

// fitsCorrection tells whether c spans few enough slots: the memory that an
// entry takes is bounded, and what is spread over more says little of any slot.
func (l *Ledger) fitsCorrection(c Correction) error {
	if s := l.spread(c); s.last-s.first >= maxSpread {
		return fmt.Errorf("%w: correction %q spans %d slots; split it, at most %d are allowed", ErrEntry, c.ID, s.last-s.first+1, maxSpread)
	}
	return nil
}

// Revoke takes back the correction or exclusion of a key that has the
// revocation's ID. The same revocation twice is one. An error wraps ErrEntry:
// the revocation is not valid, no entry of the key has the ID, or it was
// revoked otherwise.
func (l *Ledger) Revoke(key string, r Revocation) error {
	if err := r.Validate(); err != nil {
		return err
	}
	r = r.normal()
	a := l.accounts[key]
	if a == nil || !a.has(r.ID) {
		return fmt.Errorf("%w: %q has no entry %q to revoke", ErrEntry, key, r.ID)
	}
	at, ok := searchID(a.revocations, r.ID)
	if ok && a.revocations[at] == r {
		return nil
	}
	if ok {
		return fmt.Errorf("%w: entry %q of %q was revoked by %s, %s", ErrEntry, r.ID, key, a.revocations[at].Author, a.revocations[at].At.Format(time.RFC3339))
	}
	a.revocations = slices.Insert(a.revocations, at, r)
	a.refold(l)
	return nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// spread is a correction in slots.
type spread struct {
	first, last int64
	good, bad   int64
}

func (l *Ledger) spread(c Correction) spread {
	cut, _ := l.cut(c.Start, c.End) // valid
	return spread{cut.after + 1, cut.last, c.Good, c.Bad}
}

// at is what falls to one slot, modulo 2^64.
func (s spread) at(slot int64) tally {
	if slot < s.first || slot > s.last {
		return tally{}
	}
	i, n := uint64(slot-s.first), uint64(s.last-s.first+1)
	return tally{share(s.good, i, n), share(s.bad, i, n)}
}

// between is what falls to the slots after "after" up to "last".
func (s spread) between(after, last int64) twelfths {
	after, last = max(after, s.first-1), min(last, s.last)
	if last <= after {
		return twelfths{}
	}
	n := uint64(s.last - s.first + 1)
	upTo := func(d int64, slot int64) int64 { return signed(d, portion(d, uint64(slot-s.first+1), n)) }
	return twelfths{
		12 * (upTo(s.good, last) - upTo(s.good, after)),
		12 * (upTo(s.bad, last) - upTo(s.bad, after)),
	}
}

// share is the part of d that falls to the i-th of n slots, modulo 2^64.
func share(d int64, i, n uint64) uint64 {
	return uint64(signed(d, portion(d, i+1, n)-portion(d, i, n)))
}

// portion is floor(|d|*i/n).
func portion(d int64, i, n uint64) uint64 {
	hi, lo := bits.Mul64(magnitude(d), i)
	q, _ := bits.Div64(hi, lo, n) // i is at most n, so the quotient is at most |d|
	return q
}

func signed(d int64, n uint64) int64 {
	if d < 0 {
		return -int64(n)
	}
	return int64(n)
}
