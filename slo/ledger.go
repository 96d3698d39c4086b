package slo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Ledger counts the good and bad events of many keys (objectives, services,
// label sets) in slots of fixed length, over a bounded horizon, and answers
// for any window of time at once. Each key is counted by one or more replicas:
// the processes, zones or shards that see a part of its events. Ledgers that
// were filled apart can be merged in any order and any number of times.
//
// Events come in by three ways, by a [Handle] of one key and one replica:
//
//   - Add counts events as they happen, or late and out of order;
//   - Report states how many events a replica counted in a slot so far. The
//     same report twice is one report, and the larger of two holds;
//   - Observe takes readings of cumulative counters, which may start anew.
//
// Time is cut into slots of LedgerOptions.Slot, aligned to multiples of it
// since the Unix epoch. A slot is (begin, begin+Slot]: an event at the very end
// of a slot belongs to it, as a [Point] stands for the interval that ends at
// its Time. Answers are exact for windows whose edges are slot edges and
// otherwise wrong by no more than the slots that the edges cut, see
// [Answer]. Time is always an argument and no zone matters to a count; years
// 1 to 9999 are allowed.
//
// The ledger keeps, for each key, the slots of one horizon up to the newest
// slot that has data. An event older than that is refused with [ErrLate] and
// counted by [KeyInfo].
//
// Corrections and exclusions (see [Ledger.Correct] and [Ledger.Exclude]) are
// entries of their own: they change the answers, never what was measured.
//
// A query costs the same for any window and any number of replicas. A slot
// costs 16 bytes a key, and 8 more for each replica if there are several, in
// blocks of 64 slots of which only those with data are kept: 31 days at 5
// minutes take 151 KiB for a key with one replica and about 80 KiB more for
// each of several. Corrections and exclusions take 16 bytes for each
// slot that they change.
//
// A Ledger is not safe for concurrent use; [Sharded] is. Concurrent reads
// (Window, Between, Points, Keys, marshalling, being the argument of Merge)
// are safe while nobody writes. The zero value is an empty ledger with the
// default options. Do not copy a ledger by value, see Clone.
type Ledger struct {
	slot      int64 // seconds
	horizon   int64 // slots
	tolerance int64 // seconds
	limit     int64 // newest slot that is not the future; valid if limited
	limited   bool
	accounts  map[string]*account
	periods   *periods
}

// Errors of a ledger, for errors.Is.
var (
	// ErrLedger is what every error of a ledger wraps.
	ErrLedger = errors.New("ledger")
	// ErrLate is wrapped where an event is older than the horizon.
	ErrLate = fmt.Errorf("%w: too late", ErrLedger)
	// ErrFuture is wrapped where an event is ahead of the time told to
	// Advance by more than the tolerance.
	ErrFuture = fmt.Errorf("%w: in the future", ErrLedger)
	// ErrOverflow is wrapped where a count leaves the range in which sums
	// are exact.
	ErrOverflow = fmt.Errorf("%w: too many events", ErrLedger)
	// ErrMismatch is wrapped where two ledgers have other slots or horizons.
	ErrMismatch = fmt.Errorf("%w: options differ", ErrLedger)
	// ErrEntry is wrapped where a correction, exclusion or revocation is
	// incomplete or contradicts one that the ledger has.
	ErrEntry = fmt.Errorf("%w: entry", ErrLedger)
	// ErrSnapshot is wrapped where data is no snapshot of a ledger.
	ErrSnapshot = fmt.Errorf("%w: not a snapshot", ErrLedger)
)

// NewLedger returns an empty ledger. Errors wrap ErrLedger and name every
// option that is out of range.
func NewLedger(options LedgerOptions) (*Ledger, error) {
	var l Ledger
	if err := l.configure(options); err != nil {
		return nil, err
	}
	return &l, nil
}

// ready gives the zero value its defaults.
func (l *Ledger) ready() {
	if l.slot == 0 {
		_ = l.configure(LedgerOptions{}) // the defaults are in range
	}
	if l.accounts == nil {
		l.accounts = make(map[string]*account)
	}
	if l.periods == nil {
		l.periods = new(periods)
	}
}

// Advance tells the ledger the time. From then on events that lie more than
// the tolerance ahead of the latest time told are refused with ErrFuture, in
// whole slots: a wrong clock would otherwise push every older event beyond the
// horizon. A program that calls it does so again at least once a slot; one
// that replays history need not call it. The time is not part of the ledger's
// state: it is neither merged nor stored. Errors wrap ErrLedger.
func (l *Ledger) Advance(now time.Time) error {
	l.ready()
	second, err := secondOf(now)
	if err != nil {
		return err
	}
	limit := l.slotOf(min(second+l.tolerance, maxSecond))
	if !l.limited || limit > l.limit {
		l.limit, l.limited = limit, true
	}
	return nil
}

// Keys are the keys of the ledger, sorted.
func (l *Ledger) Keys() []string {
	keys := make([]string, 0, len(l.accounts))
	for k := range l.accounts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// KeyInfo is what a ledger holds of one key.
type KeyInfo struct {
	Key      string   `json:"key"`
	Replicas []string `json:"replicas"` // sorted
	// Oldest and Newest are the ends of the oldest slot that the horizon
	// keeps and of the newest slot that has data; zero without data.
	Oldest time.Time `json:"oldest,omitzero"`
	Newest time.Time `json:"newest,omitzero"`
	// Dropped are the events that Add and Observe refused because they were
	// older than the horizon. A refused Report is not counted: the same
	// report may come again.
	Dropped Counts `json:"dropped"`
}

// Info tells what the ledger holds of a key; ok is false if the key is unknown.
func (l *Ledger) Info(key string) (info KeyInfo, ok bool) {
	a := l.accounts[key]
	if a == nil {
		return KeyInfo{Key: key}, false
	}
	info = KeyInfo{Key: key, Replicas: make([]string, 0, len(a.replicas))}
	for _, r := range a.replicas {
		info.Replicas = append(info.Replicas, r.name)
		info.Dropped = info.Dropped.Add(countsOf(r.dropped))
	}
	if a.any {
		info.Oldest, info.Newest = l.endOf(a.oldest(l)), l.endOf(a.newest)
	}
	return info, true
}

// Forget removes a key with all its counts and entries and reports whether it
// was there. An event of one of its handles, or a merge with a ledger that
// still has the key, brings it back.
func (l *Ledger) Forget(key string) bool {
	a := l.accounts[key]
	if a == nil {
		return false
	}
	a.close()
	delete(l.accounts, key)
	return true
}

// Prune removes the keys whose newest slot ended at or before the given time
// and, of the other keys, the replicas and entries that have nothing within
// the horizon and so no part in any answer. It returns the keys that it
// removed, sorted. Keys without data stay. A merge with a ledger that still
// has them brings them back.
func (l *Ledger) Prune(before time.Time) []string {
	var gone []string
	for _, key := range l.Keys() {
		a := l.accounts[key]
		switch {
		case !a.any:
		case !l.endOf(a.newest).After(before):
			l.Forget(key)
			gone = append(gone, key)
		default:
			a.prune(l)
		}
	}
	return gone
}

// account returns the key's account, a new one if need be.
func (l *Ledger) account(key string) (*account, error) {
	l.ready()
	a := l.accounts[key]
	if a != nil {
		return a, nil
	}
	if key == "" {
		return nil, fmt.Errorf("%w: the key is empty", ErrLedger)
	}
	if err := checkName("key", key); err != nil {
		return nil, err
	}
	a = &account{key: strings.Clone(key)}
	l.accounts[a.key] = a
	return a, nil
}

func checkName(what, name string) error {
	switch {
	case len(name) > maxName:
		return fmt.Errorf("%w: %s of %d bytes; at most %d are allowed", ErrLedger, what, len(name), maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: %s %q is not UTF-8", ErrLedger, what, name)
	}
	return nil
}

// secondOf is t in seconds since the epoch, rounded up: an instant lies in
// (begin, end] exactly if its second does, begin and end being whole seconds.
func secondOf(t time.Time) (int64, error) {
	second := t.Unix()
	if t.Nanosecond() != 0 {
		second++
	}
	if t.IsZero() {
		return 0, fmt.Errorf("%w: the time is not set", ErrLedger)
	}
	if second < minSecond || second > maxSecond {
		return 0, fmt.Errorf("%w: time outside the years 1 to 9999", ErrLedger)
	}
	return second, nil
}

// slotOf is the slot that holds the second: its end is slot*l.slot.
func (l *Ledger) slotOf(second int64) int64 { return ceilDiv(second, l.slot) }

func ceilDiv(a, b int64) int64 {
	q := a / b
	if a%b > 0 {
		q++
	}
	return q
}

func (l *Ledger) beginOf(slot int64) int64       { return (slot - 1) * l.slot }
func (l *Ledger) beginTime(slot int64) time.Time { return time.Unix(l.beginOf(slot), 0).UTC() }
func (l *Ledger) endOf(slot int64) time.Time     { return time.Unix(slot*l.slot, 0).UTC() }
func countsOf(t tally) Counts {
	return Counts{Bad: float64(t.bad), Total: float64(t.good) + float64(t.bad)}
}
