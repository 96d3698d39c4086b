package slo

import (
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"
)

// Sharded is a ledger for concurrent use: its keys are spread over shards, each
// a Ledger with a lock of its own, so that goroutines which count for different
// keys seldom wait for each other. Its methods are those of Ledger, with the
// same meaning; each holds for one key, or one shard after the other, not for
// all keys at one moment. Create it with NewSharded; do not copy it.
type Sharded struct {
	seed   maphash.Seed
	shards []ledgerShard
}

type ledgerShard struct {
	mu     sync.Mutex
	ledger Ledger
	_      [64]byte // keeps the locks of two shards off one cache line
}

// maxShards is the most shards there may be.
const maxShards = 1 << 12

// NewSharded returns an empty ledger of that many shards, 1 to 4096; a few
// times the number of processors is enough. Errors wrap ErrLedger.
func NewSharded(options LedgerOptions, shards int) (*Sharded, error) {
	var probe Ledger
	err := probe.configure(options)
	if shards < 1 || shards > maxShards {
		err = errors.Join(err, fmt.Errorf("%w: %d shards; 1 to %d are allowed", ErrLedger, shards, maxShards))
	}
	if err != nil {
		return nil, err
	}
	s := &Sharded{seed: maphash.MakeSeed(), shards: make([]ledgerShard, shards)}
	for i := range s.shards {
		s.shards[i].ledger = probe
		s.shards[i].ledger.ready()
	}
	return s, nil
}

// index is the shard of a key. The seed differs from process to process; no
// answer and no snapshot depends on it.
func (s *Sharded) index(key string) int {
	return int(maphash.String(s.seed, key) >> 32 * uint64(len(s.shards)) >> 32)
}

// lock locks the key's shard and returns it.
func (s *Sharded) lock(key string) *ledgerShard {
	shard := &s.shards[s.index(key)]
	shard.mu.Lock()
	return shard
}

// Add counts good and bad events of a key by a replica at t, see Handle.Add.
func (s *Sharded) Add(key, replica string, t time.Time, good, bad uint64) error {
	shard := s.lock(key)
	err := shard.ledger.Handle(key, replica).Add(t, good, bad)
	shard.mu.Unlock()
	return err
}

// Report states what a replica counted of a key in the slot that holds t, see
// Handle.Report.
func (s *Sharded) Report(key, replica string, t time.Time, good, bad uint64) error {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Handle(key, replica).Report(t, good, bad)
}

// Observe takes a reading of a replica's cumulative counters of a key, see
// Handle.Observe.
func (s *Sharded) Observe(key, replica string, t time.Time, good, bad uint64) error {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Handle(key, replica).Observe(t, good, bad)
}

// Window answers for the window w at the instant now, see Ledger.Window.
func (s *Sharded) Window(key string, w Window, now time.Time) (Answer, error) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Window(key, w, now)
}

// Between answers for the window (from, to], see Ledger.Between.
func (s *Sharded) Between(key string, from, to time.Time) (Answer, error) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Between(key, from, to)
}

// Budget is the error budget of a key at now, see Ledger.Budget.
func (s *Sharded) Budget(key string, o Objective, now time.Time) (Budget, error) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Budget(key, o, now)
}

// Points are the counts of the slots that end in (from, to], see Ledger.Points.
func (s *Sharded) Points(key string, from, to time.Time) ([]Point, error) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Points(key, from, to)
}

// Coverage tells for which part of (from, to] there are data, see
// Ledger.Coverage.
func (s *Sharded) Coverage(key string, from, to time.Time) (Coverage, error) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Coverage(key, from, to)
}

// Correct enters a correction of a key, see Ledger.Correct.
func (s *Sharded) Correct(key string, c Correction) error {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Correct(key, c)
}

// Exclude enters an exclusion of a key, see Ledger.Exclude.
func (s *Sharded) Exclude(key string, e Exclusion) error {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Exclude(key, e)
}

// Revoke takes back an entry of a key, see Ledger.Revoke.
func (s *Sharded) Revoke(key string, r Revocation) error {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Revoke(key, r)
}

// Entries are the corrections and exclusions of a key, see Ledger.Entries.
func (s *Sharded) Entries(key string) []Entry {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Entries(key)
}

// Info tells what is held of a key, see Ledger.Info.
func (s *Sharded) Info(key string) (info KeyInfo, ok bool) {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Info(key)
}

// Forget removes a key, see Ledger.Forget.
func (s *Sharded) Forget(key string) bool {
	shard := s.lock(key)
	defer shard.mu.Unlock()
	return shard.ledger.Forget(key)
}

// each calls f with the ledger of each shard in turn.
func (s *Sharded) each(f func(i int, l *Ledger)) {
	for i := range s.shards {
		s.shards[i].mu.Lock()
		f(i, &s.shards[i].ledger)
		s.shards[i].mu.Unlock()
	}
}

// Options are the options in effect.
func (s *Sharded) Options() LedgerOptions {
	return s.shards[0].ledger.Options() // never change
}

// Advance tells every shard the time, see Ledger.Advance.
func (s *Sharded) Advance(now time.Time) error {
	var errs []error
	s.each(func(_ int, l *Ledger) { errs = append(errs, l.Advance(now)) })
	return errs[0] // all shards have the same options
}

// Keys are the keys, sorted.
func (s *Sharded) Keys() []string {
	var keys []string
	s.each(func(_ int, l *Ledger) { keys = append(keys, l.Keys()...) })
	slices.Sort(keys)
	return keys
}

// Prune removes what is too old, see Ledger.Prune.
func (s *Sharded) Prune(before time.Time) []string {
	var gone []string
	s.each(func(_ int, l *Ledger) { gone = append(gone, l.Prune(before)...) })
	slices.Sort(gone)
	return gone
}

// Merge brings what other knows into s, see Ledger.Merge; other must not be
// written to meanwhile. After an error the keys of some shards may be merged
// and others not; to merge again does no harm.
func (s *Sharded) Merge(other *Ledger) error {
	if other == nil {
		return nil
	}
	parts := make([]Ledger, len(s.shards))
	for i := range parts {
		parts[i] = *other
		parts[i].accounts = make(map[string]*account)
	}
	for key, a := range other.accounts {
		parts[s.index(key)].accounts[key] = a
	}
	var errs []error
	s.each(func(i int, l *Ledger) { errs = append(errs, l.Merge(&parts[i])) })
	if errors.Is(errs[0], ErrMismatch) {
		return errs[0] // as of every other shard
	}
	return errors.Join(errs...)
}

// Snapshot returns a copy of everything as one Ledger: to store, to send, to
// ask at leisure. Merge brings it back.
func (s *Sharded) Snapshot() *Ledger {
	var all Ledger
	s.each(func(_ int, l *Ledger) {
		c := l.Clone()
		if all.accounts == nil {
			all = *c
			return
		}
		for key, a := range c.accounts {
			all.accounts[key] = a // a key has one shard
		}
	})
	return &all
}
