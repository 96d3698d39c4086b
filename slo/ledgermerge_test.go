package slo

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var lawOptions = LedgerOptions{Slot: time.Hour, Horizon: 30 * 24 * time.Hour}

// someLedger draws a ledger of a few keys, replicas and entries over more than
// a horizon of time. Ledgers drawn apart contradict each other: they count
// other numbers for one replica and give one ID to different entries.
func someLedger(t *rapid.T, label string) *Ledger {
	l, err := NewLedger(lawOptions)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		minutes := rapid.OneOf(rapid.IntRange(0, 60*24*45), rapid.IntRange(60*24*40, 60*24*41)).Draw(t, "minute")
		return start.Add(time.Duration(minutes) * time.Minute)
	})
	events := rapid.OneOf(rapid.Uint64Range(0, 5), rapid.Uint64Range(0, 1<<34))
	for range rapid.IntRange(0, 40).Draw(t, label) {
		key := rapid.SampledFrom([]string{"k", "l"}).Draw(t, "key")
		replica := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "replica")
		at, good, bad := instant.Draw(t, "at"), events.Draw(t, "good"), events.Draw(t, "bad")
		id := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id")
		h := l.Handle(key, replica)
		switch rapid.IntRange(0, 9).Draw(t, "operation") {
		case 0:
			err = l.Correct(key, Correction{ID: id, Start: at, End: at.Add(5 * time.Hour), Good: int64(good) - 2, Bad: 3, Reason: "r", Author: "a", At: instant.Draw(t, "entered")})
		case 1:
			err = l.Exclude(key, Exclusion{ID: id, Start: at, End: at.Add(9 * time.Hour), Effect: ExclusionEffect(good % 3), Reason: "r", Author: "a", At: instant.Draw(t, "entered")})
		case 2:
			err = l.Revoke(key, Revocation{ID: id, Reason: "r", Author: label, At: instant.Draw(t, "revoked")})
		case 3, 4:
			err = h.Observe(at, good, bad)
		case 5, 6:
			err = h.Report(at, good, bad)
		default:
			err = h.Add(at, good, bad)
		}
		if err != nil && !errors.Is(err, ErrLate) && !errors.Is(err, ErrEntry) {
			t.Fatal(err)
		}
	}
	return l
}

func mergedLedger(t interface{ Fatal(...any) }, ledgers ...*Ledger) *Ledger {
	all, err := NewLedger(ledgers[0].Options())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range ledgers {
		if err := all.Merge(l); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func ledgerBytesOf(t interface{ Fatal(...any) }, l *Ledger) []byte {
	data, err := l.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// sameLedgers checks that two ledgers have one state and give the same answers.
func sameLedgers(t *rapid.T, what string, got, want *Ledger) {
	if !bytes.Equal(ledgerBytesOf(t, got), ledgerBytesOf(t, want)) {
		g, _ := got.MarshalJSON()
		w, _ := want.MarshalJSON()
		t.Fatalf("%s: states differ:\n got %s\nwant %s", what, g, w)
	}
	sameAnswers(t, what, got, want)
	for _, key := range want.Keys() {
		if g, w := got.Entries(key), want.Entries(key); !reflect.DeepEqual(g, w) {
			t.Fatalf("%s: entries differ:\n got %+v\nwant %+v", what, g, w)
		}
		g, _ := got.Info(key)
		w, _ := want.Info(key)
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("%s: got %+v, want %+v", what, g, w)
		}
	}
}

func sameAnswers(t *rapid.T, what string, got, want *Ledger) {
	start := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	for range 20 {
		from := start.Add(time.Duration(rapid.IntRange(0, 48*60*24).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(1, 48*60*24).Draw(t, "length")) * time.Minute)
		for _, key := range []string{"k", "l", "unknown"} {
			g, err := got.Between(key, from, to)
			w, err2 := want.Between(key, from, to)
			if err != nil || err2 != nil || g != w {
				t.Fatalf("%s: (%v, %v]:\n got %+v, %v\nwant %+v, %v", what, from, to, g, err, w, err2)
			}
		}
	}
}

func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := someLedger(t, "a"), someLedger(t, "b"), someLedger(t, "c")
		before := ledgerBytesOf(t, b)
		ab := mergedLedger(t, a, b)
		sameLedgers(t, "commutative", mergedLedger(t, b, a), ab)
		sameLedgers(t, "associative", mergedLedger(t, a, mergedLedger(t, b, c)), mergedLedger(t, ab, c))
		sameLedgers(t, "idempotent", mergedLedger(t, ab, b, a, ab), ab)
		sameLedgers(t, "merged with nothing", mergedLedger(t, a), a)
		sameLedgers(t, "a clone", a.Clone(), a)
		if !bytes.Equal(before, ledgerBytesOf(t, b)) {
			t.Fatal("merging changed the argument")
		}
		// A merge shares nothing with its argument.
		if err := ab.Handle("k", "a").Add(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), 1, 1); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(before, ledgerBytesOf(t, b)) {
			t.Fatal("a write after merging changed the argument")
		}
	})
}

func TestSnapshotLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := mergedLedger(t, someLedger(t, "a"), someLedger(t, "b"))
		data := ledgerBytesOf(t, l)
		var back Ledger
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		sameLedgers(t, "binary", &back, l)
		text, err := l.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var again Ledger
		if err := again.UnmarshalJSON(text); err != nil {
			t.Fatal(err)
		}
		sameLedgers(t, "JSON", &again, l)
		if text2, err := again.MarshalJSON(); err != nil || !bytes.Equal(text, text2) {
			t.Fatalf("JSON of the restored ledger:\n got %s, %v\nwant %s", text2, err, text)
		}
	})
}

// One stream of events, counted by one replica in order of time, and split
// over replicas in any way, each in any order, merged in any order.
func TestSplitStreamsGiveOneAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type event struct {
			at        time.Time
			good, bad uint64
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		events := make([]event, rapid.IntRange(0, 300).Draw(t, "events"))
		for i := range events {
			events[i] = event{time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.Int64N(int64(40 * 24 * time.Hour)))), random.Uint64N(100), random.Uint64N(3)}
		}
		add := func(h Handle, e event) {
			if err := h.Add(e.at, e.good, e.bad); err != nil && !errors.Is(err, ErrLate) {
				t.Fatal(err)
			}
		}
		entries := func(l *Ledger) {
			at := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)
			for i := range ExclusionEffect(3) {
				err := l.Exclude("k", Exclusion{ID: strconv.Itoa(int(i)), Start: at.AddDate(0, 0, 5*int(i)), End: at.AddDate(0, 0, 5*int(i)+2), Effect: i, Reason: "r", Author: "a", At: at})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		one := mergedLedger(t, &Ledger{slot: 3600, horizon: 720})
		entries(one)
		for _, e := range events {
			add(one.Handle("k", "only"), e)
		}
		parts := make([]*Ledger, rapid.IntRange(1, 5).Draw(t, "ledgers"))
		for i := range parts {
			parts[i] = mergedLedger(t, one, &Ledger{})
			parts[i].Forget("k")
		}
		entries(parts[0])
		random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
		for i, e := range events {
			p := random.IntN(len(parts))
			add(parts[p].Handle("k", fmt.Sprint(p, "-", random.IntN(3))), e)
			if i%50 == 0 { // states travel meanwhile
				if err := parts[random.IntN(len(parts))].Merge(parts[p]); err != nil {
					t.Fatal(err)
				}
			}
		}
		for len(parts) > 1 {
			i := random.IntN(len(parts) - 1)
			if err := parts[i].Merge(parts[i+1]); err != nil {
				t.Fatal(err)
			}
			if random.IntN(3) > 0 {
				parts = append(parts[:i+1], parts[i+2:]...)
			} else {
				parts[i], parts[i+1] = parts[i+1], parts[i]
			}
			random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			if len(parts) == 2 {
				if err := parts[0].Merge(parts[1]); err != nil {
					t.Fatal(err)
				}
				parts = parts[:1]
			}
		}
		sameAnswers(t, "split", parts[0], one)
	})
}

func TestMergeErrors(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	with := func(o LedgerOptions, good uint64, corrected int64) *Ledger {
		l := mustLedger(t, o)
		if err := l.Handle("k", "a").Add(at, good, 0); err != nil {
			t.Fatal(err)
		}
		if corrected != 0 {
			if err := l.Correct("k", Correction{ID: fmt.Sprint(corrected), Start: at, End: at.Add(time.Hour), Good: corrected, Reason: "r", Author: "a", At: at}); err != nil {
				t.Fatal(err)
			}
		}
		return l
	}
	other := with(LedgerOptions{}, 1<<52, 0)
	if err := other.Handle("k", "b").Add(at, 0, 1<<52); err != nil {
		t.Fatal(err)
	}
	second := mustLedger(t, LedgerOptions{})
	if err := second.Handle("k", "b").Add(at, 1, 0); err != nil {
		t.Fatal(err)
	}
	told := with(LedgerOptions{}, 1, 0)
	if err := told.Advance(at); err != nil {
		t.Fatal(err)
	}
	ahead := mustLedger(t, LedgerOptions{})
	if err := ahead.Handle("k", "a").Add(at.Add(5*time.Minute+1), 1, 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		l, o   *Ledger
		is     error
		reason string
	}{
		{"slots", with(LedgerOptions{}, 1, 0), with(LedgerOptions{Slot: time.Minute}, 1, 0), ErrMismatch,
			"ledger: options differ: slots of 5m0s over 744h0m0s, and slots of 1m0s over 744h0m0s"},
		{"horizons", with(LedgerOptions{}, 1, 0), with(LedgerOptions{Horizon: time.Hour}, 1, 0), ErrMismatch,
			"ledger: options differ: slots of 5m0s over 744h0m0s, and slots of 5m0s over 1h0m0s"},
		{"overflow", other, second, ErrOverflow,
			`ledger: too many events: "k" would count more than 4503599627370496 good or bad events within the horizon`},
		{"corrections", with(LedgerOptions{}, 1, 1<<52), with(LedgerOptions{}, 1, 1), ErrEntry,
			`ledger: entry: the corrections of "k" would exceed 4503599627370496 events`},
		{"future", told, ahead, ErrFuture,
			`ledger: in the future: "k" has a slot that ends 2026-03-01T12:10:00Z, and the time told to Advance allows none after 2026-03-01T12:05:00Z`},
	} {
		before := ledgerBytesOf(t, c.l)
		err := c.l.Merge(c.o)
		if !errors.Is(err, c.is) || !errors.Is(err, ErrLedger) || err.Error() != c.reason {
			t.Errorf("%s: got %v, want %s", c.name, err, c.reason)
		}
		if !bytes.Equal(before, ledgerBytesOf(t, c.l)) {
			t.Errorf("%s: the ledger changed", c.name)
		}
	}
	// The larger of two large counts of one replica is no overflow.
	l := with(LedgerOptions{}, 1<<52-1, 0)
	if err := l.Merge(with(LedgerOptions{}, 1<<52, 0)); err != nil {
		t.Error(err)
	}
	if a, err := l.Between("k", at.Add(-time.Hour), at); err != nil || a.Counts.Total != 1<<52 {
		t.Errorf("got %+v, %v, want 2^52 events", a, err)
	}
}

// Of a key with one replica only the sums are kept: its cells are made when
// they are needed, and numbers beyond 32 bits must not leak from one block
// into the next.
func TestMergeOfWideCounts(t *testing.T) {
	at := func(slot int) time.Time { return time.Unix(int64(90_000*64+slot)*300, 0) } // slot 0 begins a block
	a, b := mustLedger(t, LedgerOptions{}), mustLedger(t, LedgerOptions{})
	for i, counts := range []map[int][2]uint64{
		{1: {1 << 40, 5}, 50: {7, 1 << 33}, 192: {1, 1}, 193: {2, 3}},
		{1: {1<<40 - 1, 6}, 2: {1, 0}, 192: {2, 0}, 195: {1, 1}, 250: {0, 0}},
	} {
		l := []*Ledger{a, b}[i]
		for slot, n := range counts {
			if err := l.Handle("k", "a").Add(at(slot), n[0], n[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, l := range []*Ledger{mergedLedger(t, a, b), mergedLedger(t, b, a)} {
		for range 2 { // with sums only, then with cells
			for slot, want := range map[int]Counts{1: {6, 1<<40 + 6}, 2: {0, 1}, 3: {}, 50: {1 << 33, 1<<33 + 7}, 192: {1, 3}, 193: {3, 5}, 194: {}, 195: {1, 2}, 242: {}} {
				got, err := l.Between("k", at(slot-1), at(slot))
				if err != nil || got.Counts != want {
					t.Errorf("slot %d: got %v, %v, want %v", slot, got.Counts, err, want)
				}
			}
			l.Handle("k", "another")
			if err := l.Merge(a); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A key's only replica goes on to count after a merge has moved it to a later
// block of slots.
func TestAddAfterMerge(t *testing.T) {
	at := func(slot int) time.Time { return time.Unix(int64(90_000*64+slot)*300, 0) } // slot 0 begins a block
	l, later := mustLedger(t, LedgerOptions{}), mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	add := func(h Handle, slot int) {
		t.Helper()
		if err := h.Add(at(slot), 1, 0); err != nil {
			t.Fatal(err)
		}
	}
	add(h, 1)
	add(later.Handle("k", "a"), 130)
	if err := l.Merge(later); err != nil {
		t.Fatal(err)
	}
	for _, slot := range []int{131, 131, 132, 132, 1, 132, 140, 200, 201, 201} {
		add(h, slot)
	}
	for slot, want := range map[int]float64{1: 2, 2: 0, 130: 1, 131: 2, 132: 3, 133: 0, 140: 1, 200: 1, 201: 2} {
		if a, err := l.Between("k", at(slot-1), at(slot)); err != nil || a.Counts.Total != want {
			t.Errorf("slot %d: got %v, %v, want %v", slot, a.Counts, err, want)
		}
	}
	if a, err := l.Between("k", at(0), at(300)); err != nil || a.Counts.Total != 12 {
		t.Errorf("got %v, %v, want 12 events", a.Counts, err)
	}
}

// Of two entries with one ID the one entered later holds, at one instant the
// one whose stored form is greater.
func TestMergeOfContradictions(t *testing.T) {
	at := benchStart
	entry := func(good int64, entered time.Time) *Ledger {
		l := mustLedger(t, LedgerOptions{})
		if err := l.Correct("k", Correction{ID: "1", Start: at, End: at.Add(time.Hour), Good: good, Reason: "r", Author: "a", At: entered}); err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, c := range []struct {
		a, b *Ledger
		want int64
	}{
		{entry(9, at), entry(5, at.Add(time.Second)), 5},
		{entry(5, at), entry(9, at.Add(time.Second)), 9},
		{entry(5, at), entry(9, at), 9},
	} {
		for _, l := range []*Ledger{mergedLedger(t, c.a, c.b), mergedLedger(t, c.b, c.a)} {
			if got := l.Entries("k")[0].Correction.Good; got != c.want {
				t.Errorf("got the correction by %d, want that by %d", got, c.want)
			}
		}
	}
}

// What is before the horizon is not taken over by a merge.
func TestMergeDropsWhatIsOld(t *testing.T) {
	old, l := mustLedger(t, LedgerOptions{}), mustLedger(t, LedgerOptions{})
	for i := range 1000 {
		if err := old.Handle("k", "a").Add(benchStart.Add(time.Duration(i)*5*time.Minute), 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Handle("k", "b").Add(benchStart.AddDate(0, 3, 0), 1, 0); err != nil {
		t.Fatal(err)
	}
	want := l.accounts["k"].total.total()
	if err := l.Merge(old); err != nil {
		t.Fatal(err)
	}
	if got := l.accounts["k"].total.total(); got != want {
		t.Errorf("the ledger keeps %v, want %v", got, want)
	}
}
