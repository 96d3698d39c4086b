package slo

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"
)

func TestNewSharded(t *testing.T) {
	for _, c := range []struct {
		o      LedgerOptions
		shards int
		reason string
	}{
		{LedgerOptions{}, 0, "ledger: 0 shards; 1 to 4096 are allowed"},
		{LedgerOptions{}, 4097, "ledger: 4097 shards; 1 to 4096 are allowed"},
		{LedgerOptions{Slot: 1}, -1, "ledger: slot 1ns; it must be whole seconds, from 1s to 24h\nledger: -1 shards; 1 to 4096 are allowed"},
	} {
		if s, err := NewSharded(c.o, c.shards); s != nil || !errors.Is(err, ErrLedger) || err.Error() != c.reason {
			t.Errorf("%+v, %d: got %v, want %s", c.o, c.shards, err, c.reason)
		}
	}
	s, err := NewSharded(LedgerOptions{}, 1)
	if want := (LedgerOptions{5 * time.Minute, 744 * time.Hour, 5 * time.Minute}); err != nil || s.Options() != want {
		t.Errorf("got %+v, %v, want %+v", s.Options(), err, want)
	}
}

// Many goroutines that count, ask, correct and merge at once, in as many
// shards as there are, give what one gives that does it alone.
func TestShardedCountsAsOneLedger(t *testing.T) {
	for _, shards := range []int{1, 7, 64} {
		s, err := NewSharded(LedgerOptions{}, shards)
		if err != nil {
			t.Fatal(err)
		}
		want := mustLedger(t, LedgerOptions{})
		now := benchStart.Add(100 * time.Hour)
		window := Rolling(200 * time.Hour)
		must := func(err error) {
			if err != nil {
				t.Error(err)
			}
		}
		var group sync.WaitGroup
		for g := range 8 {
			replica, other := fmt.Sprint("replica-", g), mustLedger(t, LedgerOptions{})
			for i := range 500 {
				key := fmt.Sprint("key-", i%20)
				at := benchStart.Add(time.Duration(i*g%97) * time.Hour)
				must(want.Handle(key, replica).Add(at, uint64(i), 1))
				must(other.Handle(key, "merged").Add(at, 1, 0))
				must(want.Handle(key, "merged").Report(at, other.accounts[key].total.at(want.slotOf(at.Unix())).good, 0))
			}
			x := signedExclusion(replica, benchStart.Add(time.Duration(g)*time.Hour), benchStart.Add(time.Duration(g+1)*time.Hour), Drop)
			must(want.Exclude("key-3", x))
			group.Go(func() {
				must(s.Advance(now))
				for i := range 500 {
					key := fmt.Sprint("key-", i%20)
					must(s.Add(key, replica, benchStart.Add(time.Duration(i*g%97)*time.Hour), uint64(i), 1))
					if i%100 == 0 {
						_, err := s.Window(key, window, now)
						must(err)
						must(s.Merge(other))
						s.Snapshot()
						s.Keys()
					}
				}
				must(s.Exclude("key-3", x))
			})
		}
		group.Wait()
		if got := s.Snapshot(); !bytes.Equal(ledgerBytesOf(t, got), ledgerBytesOf(t, want)) {
			t.Fatalf("%d shards: the snapshot differs", shards)
		}
		if !slices.Equal(s.Keys(), want.Keys()) {
			t.Errorf("got keys %q, want %q", s.Keys(), want.Keys())
		}
		for _, key := range append(want.Keys(), "unknown") {
			got, err := s.Window(key, window, now)
			w, err2 := want.Window(key, window, now)
			if got != w || err != nil || err2 != nil {
				t.Errorf("%s: got %+v, %v, want %+v, %v", key, got, err, w, err2)
			}
		}
		// And back.
		again, err := NewSharded(LedgerOptions{}, 3)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Merge(want); err != nil || !bytes.Equal(ledgerBytesOf(t, again.Snapshot()), ledgerBytesOf(t, want)) {
			t.Errorf("restored: %v, or another state", err)
		}
	}
}

// Each method does what the ledger's does.
func TestShardedMethods(t *testing.T) {
	s, err := NewSharded(LedgerOptions{}, 4)
	if err != nil {
		t.Fatal(err)
	}
	l := mustLedger(t, LedgerOptions{})
	at := func(minutes int) time.Time { return benchStart.Add(time.Duration(minutes) * time.Minute) }
	c, x, r := signedCorrection("c", at(0), at(10), 4, 4), signedExclusion("x", at(10), at(20), CountGood), Revocation{ID: "c", Reason: "r", Author: "a", At: at(0)}
	o := Objective{Service: "s", Name: "n", Target: MustRatio("99%"), Window: Rolling(time.Hour)}
	same := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", what, got, want)
		}
	}
	two := func(a any, b any) [2]any { return [2]any{a, b} }
	for _, key := range []string{"k", "l"} {
		for _, step := range []func() (error, error){
			func() (error, error) { return s.Add(key, "a", at(30), 5, 1), l.Handle(key, "a").Add(at(30), 5, 1) },
			func() (error, error) { return s.Report(key, "a", at(5), 9, 2), l.Handle(key, "a").Report(at(5), 9, 2) },
			func() (error, error) {
				return s.Observe(key, "a", at(6), 9, 2), l.Handle(key, "a").Observe(at(6), 9, 2)
			},
			func() (error, error) {
				return s.Observe(key, "a", at(15), 19, 3), l.Handle(key, "a").Observe(at(15), 19, 3)
			},
			func() (error, error) {
				return s.Add(key, "", time.Time{}, 1, 1), l.Handle(key, "").Add(time.Time{}, 1, 1)
			},
			func() (error, error) { return s.Correct(key, c), l.Correct(key, c) },
			func() (error, error) { return s.Exclude(key, x), l.Exclude(key, x) },
			func() (error, error) { return s.Revoke(key, r), l.Revoke(key, r) },
		} {
			got, want := step()
			same("error", got, want)
			same("answer", two(s.Between(key, at(0), at(60))), two(l.Between(key, at(0), at(60))))
		}
		same("points", two(s.Points(key, at(0), at(60))), two(l.Points(key, at(0), at(60))))
		same("coverage", two(s.Coverage(key, at(0), at(60))), two(l.Coverage(key, at(0), at(60))))
		same("budget", two(s.Budget(key, o, at(60))), two(l.Budget(key, o, at(60))))
		same("info", two(s.Info(key)), two(l.Info(key)))
		same("entries", s.Entries(key), l.Entries(key))
	}
	same("forget", s.Forget("l"), l.Forget("l"))
	same("keys", s.Keys(), l.Keys())
	same("prune", s.Prune(at(60)), l.Prune(at(60)))
	same("keys", len(s.Keys()), 0)
	if err := s.Advance(time.Time{}); !errors.Is(err, ErrLedger) {
		t.Errorf("no time: got %v", err)
	}
	if err := s.Advance(at(0)); err != nil {
		t.Error(err)
	}
	if err := s.Add("k", "", at(600), 1, 1); !errors.Is(err, ErrFuture) {
		t.Errorf("the future: got %v", err)
	}
	if err := s.Merge(mustLedger(t, LedgerOptions{Slot: time.Minute})); !errors.Is(err, ErrMismatch) || err.Error() != "ledger: options differ: slots of 5m0s over 744h0m0s, and slots of 1m0s over 744h0m0s" {
		t.Errorf("other slots: got %v", err)
	}
	if err := errors.Join(s.Merge(nil), s.Merge(new(Ledger))); err != nil {
		t.Errorf("nothing: got %v", err)
	}
}

// A ledger may be read by many goroutines while nobody writes, with the race
// detector as the judge.
func TestLedgerIsReadConcurrently(t *testing.T) {
	l := storedLedger(t)
	want := ledgerBytesOf(t, l)
	now, key := benchStart.Add(4*time.Hour), "checkout/availability"
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, w := range []Window{Rolling(time.Hour), {Calendar: Day}, {Calendar: Month}} {
				if _, err := l.Window(key, w, now); err != nil {
					t.Error(err)
				}
			}
			_, err := l.Points(key, benchStart, now)
			_, err2 := l.Coverage(key, benchStart, now)
			_, err3 := l.MarshalJSON()
			if err := errors.Join(err, err2, err3, new(Ledger).Merge(l)); err != nil {
				t.Error(err)
			}
			l.Entries(key)
			l.Info(key)
			if got := ledgerBytesOf(t, l); !bytes.Equal(got, want) {
				t.Error("the state changed")
			}
		})
	}
	group.Wait()
}
