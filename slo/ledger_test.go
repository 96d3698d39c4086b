package slo

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestNewLedger(t *testing.T) {
	for _, c := range []struct {
		o      LedgerOptions
		want   LedgerOptions
		reason string
	}{
		{LedgerOptions{}, LedgerOptions{5 * time.Minute, 744 * time.Hour, 5 * time.Minute}, ""},
		{LedgerOptions{Slot: time.Minute}, LedgerOptions{time.Minute, 744 * time.Hour, time.Minute}, ""},
		{LedgerOptions{Slot: 7 * time.Second, Horizon: time.Minute, Tolerance: time.Hour}, LedgerOptions{7 * time.Second, 63 * time.Second, time.Hour}, ""},
		{LedgerOptions{Slot: 24 * time.Hour, Horizon: 3660 * 24 * time.Hour}, LedgerOptions{24 * time.Hour, 3660 * 24 * time.Hour, 24 * time.Hour}, ""},
		{LedgerOptions{Slot: time.Second, Horizon: 1 << 20 * time.Second}, LedgerOptions{time.Second, 1 << 20 * time.Second, time.Second}, ""},
		{LedgerOptions{Slot: time.Second, Horizon: 1<<20*time.Second + 1}, LedgerOptions{}, "ledger: horizon 291h16m16.000000001s; it must hold 1 to 1048576 slots of 1s, and at most ten years"},
		{LedgerOptions{Slot: 24 * time.Hour, Horizon: 3661 * 24 * time.Hour}, LedgerOptions{}, "ledger: horizon 87864h0m0s; it must hold 1 to 1048576 slots of 24h0m0s, and at most ten years"},
		{LedgerOptions{Slot: 1500 * time.Millisecond}, LedgerOptions{}, "ledger: slot 1.5s; it must be whole seconds, from 1s to 24h"},
		{LedgerOptions{Slot: -time.Minute, Tolerance: -1}, LedgerOptions{}, "ledger: slot -1m0s; it must be whole seconds, from 1s to 24h\nledger: tolerance -1ns is negative"},
		{LedgerOptions{Slot: 25 * time.Hour}, LedgerOptions{}, "ledger: slot 25h0m0s; it must be whole seconds, from 1s to 24h"},
		{LedgerOptions{Horizon: time.Minute}, LedgerOptions{}, "ledger: horizon 1m0s; it must hold 1 to 1048576 slots of 5m0s, and at most ten years"},
		{LedgerOptions{Horizon: -time.Hour}, LedgerOptions{}, "ledger: horizon -1h0m0s; it must hold 1 to 1048576 slots of 5m0s, and at most ten years"},
	} {
		l, err := NewLedger(c.o)
		switch {
		case c.reason != "":
			if l != nil || err == nil || err.Error() != c.reason || !errors.Is(err, ErrLedger) {
				t.Errorf("%+v: got %v, want %s", c.o, err, c.reason)
			}
		case err != nil:
			t.Errorf("%+v: %v", c.o, err)
		case l.Options() != c.want:
			t.Errorf("%+v: got options %+v, want %+v", c.o, l.Options(), c.want)
		}
	}
}

func TestZeroLedger(t *testing.T) {
	var l Ledger
	if want := (LedgerOptions{5 * time.Minute, 744 * time.Hour, 5 * time.Minute}); l.Options() != want {
		t.Errorf("got options %+v, want %+v", l.Options(), want)
	}
	a, err := l.Window("k", DefaultWindow(), benchStart)
	if err != nil || !a.NoData || a.Slots != 8640 {
		t.Errorf("got %+v, %v, want an answer without data", a, err)
	}
	if p, err := l.Points("k", benchStart, benchStart.Add(time.Hour)); len(p) != 0 || err != nil {
		t.Errorf("got points %v, %v, want none", p, err)
	}
	if e := l.Entries("k"); e != nil || l.Forget("k") || len(l.Keys()) != 0 || len(l.Prune(benchStart)) != 0 {
		t.Error("an empty ledger holds something")
	}
	if err := l.Handle("k", "").Add(benchStart, 1, 0); err != nil {
		t.Error(err)
	}
}

// An event at the end of a slot belongs to it, one just after to the next.
func TestLedgerEdges(t *testing.T) {
	for _, noon := range []time.Time{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), time.Date(1901, 3, 1, 12, 0, 0, 0, time.UTC)} {
		l := mustLedger(t, LedgerOptions{})
		h := l.Handle("k", "a")
		for _, at := range []time.Time{noon, noon.Add(1), noon.Add(5 * time.Minute), noon.Add(5*time.Minute + 1), noon.Add(-5 * time.Minute)} {
			if err := h.Add(at.In(time.FixedZone("", 5400)), 1, 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			from, to             time.Duration
			slots                int
			counted, least, most float64
		}{
			{-5 * time.Minute, 0, 1, 1, 1, 1},
			{0, 5 * time.Minute, 1, 2, 2, 2},
			{5 * time.Minute, 10 * time.Minute, 1, 1, 1, 1},
			{-10 * time.Minute, 10 * time.Minute, 4, 5, 5, 5},
			{0, 5*time.Minute + 1, 2, 3, 2, 3},
			{-1, 5 * time.Minute, 2, 3, 2, 3},
			{1, 5 * time.Minute, 1, 2, 0, 2},
			{1, 2, 1, 2, 0, 2},
			{1, 10*time.Minute - 1, 2, 3, 0, 3},
			{-1, 5*time.Minute + 1, 3, 4, 2, 4},
			{time.Hour, 2 * time.Hour, 12, 0, 0, 0},
		} {
			a, err := l.Between("k", noon.Add(c.from), noon.Add(c.to))
			if err != nil || a.Slots != c.slots || a.Counts.Total != c.counted || a.Low.Total != c.least || a.High.Total != c.most {
				t.Errorf("%v, (%v, %v]: got %+v, %v, want %d slots, %v events, at least %v, at most %v", noon, c.from, c.to, a, err, c.slots, c.counted, c.least, c.most)
			}
		}
	}
}

func TestAnswerBounds(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for i, n := range [][2]uint64{{90, 10}, {100, 0}, {50, 50}} {
		if err := h.Add(noon.Add(time.Duration(i+1)*5*time.Minute), n[0], n[1]); err != nil {
			t.Fatal(err)
		}
	}
	a, err := l.Between("k", noon, noon.Add(15*time.Minute))
	if low, high, ok := a.ErrorRatioBounds(); err != nil || !ok || low != 0.2 || high != 0.2 {
		t.Errorf("at slot edges: got %v to %v, %v, want 0.2", low, high, ok)
	}
	// The first and the last slot are cut: between 0 and 60 of 100 to 300
	// events are bad; at best none of the 60 and all of the 140 good ones.
	a, err = l.Between("k", noon.Add(time.Second), noon.Add(14*time.Minute))
	if low, high, ok := a.ErrorRatioBounds(); err != nil || !ok || low != 0 || high != 60.0/160 {
		t.Errorf("inside: got %v to %v, %v, want 0 to 0.375", low, high, ok)
	}
	if e, _ := a.Counts.ErrorRatio(); e != 0.2 {
		t.Errorf("inside: got %v, want 0.2", e)
	}
	a, err = l.Between("k", noon.Add(time.Hour), noon.Add(2*time.Hour))
	if _, _, ok := a.ErrorRatioBounds(); err != nil || ok || !a.NoData {
		t.Errorf("without data: got %+v, %v", a, ok)
	}
}

func TestLedgerWindows(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// A month with the change to summer time: 743 hours, one event a minute.
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	month := Window{Calendar: Month, Location: berlin}
	start, end := month.Bounds(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC))
	for at := start.Add(-2 * time.Hour); !at.After(end.Add(-time.Minute)); at = at.Add(time.Minute) {
		if err := h.Add(at, 1, 0); err != nil {
			t.Fatal(err)
		}
	}
	now := end.Add(-time.Minute)
	for range 2 { // the second time the period is remembered
		a, err := l.Window("k", month, now)
		if err != nil || a.Counts.Total != 743*60-1 || a.Coverage != 1 || !a.Start.Equal(start) || a.Slots != 743*12 {
			t.Errorf("month: got %+v, %v, want %d events in %d slots", a, err, 743*60-1, 743*12)
		}
		// At the boundary a new month begins.
		if a, err = l.Window("k", month, end); err != nil || !a.NoData || a.Slots != 0 {
			t.Errorf("next month: got %+v, %v, want no data", a, err)
		}
		if a, err = l.Window("k", Window{Calendar: Month}, now); err != nil || a.Counts.Total != 743*60-1-60 {
			t.Errorf("month in UTC: got %+v, %v, want %d events", a, err, 743*60-1-60)
		}
	}
	if _, err := l.Window("k", month, now); err != nil {
		t.Fatal(err)
	}
	if a, err := l.Window("k", month, start.Add(-time.Minute)); err != nil || a.End.Add(5*time.Minute).Before(start) || a.Seen != 12 {
		t.Errorf("the month before: got %+v, %v, want the 12 slots within the horizon", a, err)
	}
	if a, err := l.Window("k", Rolling(10*time.Minute), start.Add(-30*time.Minute)); err != nil || a.Counts.Total != 10 {
		t.Errorf("10 minutes: got %+v, %v, want 10 events", a, err)
	}
	a, err := l.Window("k", Rolling(60*24*time.Hour), now)
	if err != nil || !a.Truncated || a.Counts.Total != 744*60-1 || a.Seen != 744*12 {
		t.Errorf("60 days: got %+v, %v, want the 31 days of the horizon", a, err)
	}
	for _, w := range []Window{{}, {Length: -time.Hour}, {Length: time.Hour, Calendar: Month}, {Calendar: 9}} {
		if a, err := l.Window("k", w, now); !errors.Is(err, ErrWindow) || !a.NoData {
			t.Errorf("%+v: got %+v, %v, want an error", w, a, err)
		}
	}
}

func TestBetweenErrors(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	at := benchStart
	for _, c := range []struct {
		from, to time.Time
		reason   string
	}{
		{at, at.Add(-time.Second), "ledger: the window ends 2026-03-01T23:59:59Z, before it begins, 2026-03-02T00:00:00Z"},
		{time.Time{}, at, "ledger: the time is not set"},
		{at, time.Unix(math.MaxInt64, 0), "ledger: time outside the years 1 to 9999"},
		{time.Unix(math.MinInt64, 0), at, "ledger: time outside the years 1 to 9999"},
		{at, time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "ledger: time outside the years 1 to 9999"},
	} {
		if _, err := l.Between("k", c.from, c.to); !errors.Is(err, ErrLedger) || err.Error() != c.reason {
			t.Errorf("(%v, %v]: got %v, want %s", c.from, c.to, err, c.reason)
		}
	}
	if a, err := l.Between("k", at.Add(1), at.Add(1)); err != nil || !a.NoData || a.Slots != 0 {
		t.Errorf("an empty window: got %+v, %v", a, err)
	}
}

func TestHandleErrors(t *testing.T) {
	l := mustLedger(t, LedgerOptions{Slot: time.Minute, Horizon: time.Hour, Tolerance: 90 * time.Second})
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	h := l.Handle("k", "a")
	if err := h.Add(at, 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := l.Advance(at); err != nil {
		t.Fatal(err)
	}
	long := string(make([]byte, 1025))
	for _, c := range []struct {
		name      string
		h         Handle
		at        time.Time
		good, bad uint64
		is        error
		reason    string
	}{
		{"zero handle", Handle{}, at, 1, 0, ErrLedger, "ledger: the handle is not from Ledger.Handle"},
		{"no key", l.Handle("", "a"), at, 1, 0, ErrLedger, "ledger: the key is empty"},
		{"long key", l.Handle(long, "a"), at, 1, 0, ErrLedger, "ledger: key of 1025 bytes; at most 1024 are allowed"},
		{"long replica", l.Handle("k", long), at, 1, 0, ErrLedger, "ledger: replica of 1025 bytes; at most 1024 are allowed"},
		{"key that is not UTF-8", l.Handle("a\xff", "a"), at, 1, 0, ErrLedger, `ledger: key "a\xff" is not UTF-8`},
		{"replica that is not UTF-8", l.Handle("k", "\xff"), at, 1, 0, ErrLedger, `ledger: replica "\xff" is not UTF-8`},
		{"no time", h, time.Time{}, 1, 0, ErrLedger, "ledger: the time is not set"},
		{"far future", h, time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC), 1, 0, ErrLedger, "ledger: time outside the years 1 to 9999"},
		{"future", h, at.Add(2*time.Minute + 1), 1, 0, ErrFuture, "ledger: in the future: 2026-03-01T12:02:00Z is after the slot that ends 2026-03-01T12:02:00Z, the last that the time told to Advance allows"},
		{"late", h, at.Add(-time.Hour), 5, 6, ErrLate, "ledger: too late: 2026-03-01T11:00:00Z is before the horizon, which begins 2026-03-01T11:00:00Z"},
		{"too many good", h, at, 1<<52 + 1, 0, ErrOverflow, `ledger: too many events: 4503599627370497 good and 0 bad events exceed what may be counted of "k" within the horizon, 4503599627370496 of each`},
		{"too many bad", h, at.Add(-time.Minute), 0, math.MaxUint64, ErrOverflow, `ledger: too many events: 0 good and 18446744073709551615 bad events exceed what may be counted of "k" within the horizon, 4503599627370496 of each`},
	} {
		before := ledgerBytesOf(t, l)
		if err := c.h.Report(c.at, c.good, c.bad); !errors.Is(err, c.is) || !errors.Is(err, ErrLedger) || err.Error() != c.reason && c.name[:3] != "too" {
			t.Errorf("%s: Report: got %v, want %s", c.name, err, c.reason)
		}
		if !slices.Equal(before, ledgerBytesOf(t, l)) {
			t.Errorf("%s: the refused report changed the ledger", c.name)
		}
		if err := c.h.Add(c.at, c.good, c.bad); !errors.Is(err, c.is) || !errors.Is(err, ErrLedger) || err.Error() != c.reason {
			t.Errorf("%s: got %v, want %s", c.name, err, c.reason)
		}
	}
	if err := h.Add(at.Add(2*time.Minute), 0, 0); err != nil {
		t.Error("within the tolerance:", err)
	}
	want := KeyInfo{Key: "k", Replicas: []string{"a"}, Oldest: at.Add(-57 * time.Minute), Newest: at.Add(2 * time.Minute), Dropped: Counts{Bad: 6, Total: 11}}
	if got, ok := l.Info("k"); !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, ok := l.Info("unknown"); ok || !reflect.DeepEqual(got, KeyInfo{Key: "unknown"}) {
		t.Errorf("got %+v, %v of an unknown key", got, ok)
	}
	if !slices.Equal(l.Keys(), []string{"k"}) {
		t.Errorf("got keys %q, want k alone", l.Keys())
	}
	// Refused events add up, and stay at the largest number.
	for range 3 {
		_ = h.Add(at.Add(-time.Hour), math.MaxUint64/2, 0)
	}
	if got, _ := l.Info("k"); got.Dropped.Total != math.MaxUint64 {
		t.Errorf("got %v dropped", got.Dropped)
	}
}

// What may be counted is bounded however it comes in: in one slot, in many, by
// one replica or several, on the short way or not.
func TestLedgerOverflow(t *testing.T) {
	for _, replicas := range [][]string{{"a"}, {"a", "b"}} {
		l := mustLedger(t, LedgerOptions{})
		for _, name := range replicas {
			l.Handle("k", name)
		}
		at, refused := benchStart, 0
		for i := range 3000 {
			if i%3 == 0 {
				at = at.Add(5 * time.Minute)
			}
			if err := l.Handle("k", replicas[i%len(replicas)]).Add(at, 1<<41, 1<<40-1); err != nil {
				if !errors.Is(err, ErrOverflow) {
					t.Fatal(err)
				}
				refused++
			}
		}
		a, err := l.Between("k", benchStart.Add(-time.Hour), at)
		if err != nil || a.Counts.Good() != 1<<52 || refused != 3000-1<<11 {
			t.Errorf("%d replicas: got %v good events, %v, %d refused, want 2^52 and %d", len(replicas), a.Counts.Good(), err, refused, 3000-1<<11)
		}
	}
}

// The same where several replicas take the short way in turn.
func TestLedgerOverflowInTurn(t *testing.T) {
	l, other := mustLedger(t, LedgerOptions{}), mustLedger(t, LedgerOptions{})
	handles := []Handle{l.Handle("k", "a"), l.Handle("k", "b"), l.Handle("k", "c")}
	if err := other.Handle("k", "d").Add(benchStart, 1<<52-1000, 0); err != nil {
		t.Fatal(err)
	}
	for i := range 600 {
		if i == 10 { // until then there is room
			if err := l.Merge(other); err != nil {
				t.Fatal(err)
			}
		}
		if err := handles[i%3].Add(benchStart, 7, 0); err != nil && !errors.Is(err, ErrOverflow) {
			t.Fatal(err)
		}
	}
	a, err := l.Between("k", benchStart.Add(-time.Hour), benchStart)
	if want := float64(1<<52 - 1000 + 142*7); err != nil || a.Counts.Total != want {
		t.Errorf("got %v, %v, want %v", a.Counts.Total, err, want)
	}
	restored(t, l, true)
	restored(t, l, false)
}

// Counts of one slot by one of several replicas beyond 32 bits, on Add's short
// way and off it.
func TestWideCounts(t *testing.T) {
	for _, adds := range [][][2]uint64{
		{{math.MaxUint32 - 1, 0}, {1, 7}, {1, 0}, {1, math.MaxUint32}},
		{{0, math.MaxUint32 - 5}, {0, 5}, {0, 1}, {3, 9}},
		{{1, 1}, {math.MaxUint32, math.MaxUint32}, {1, 1}},
		{{math.MaxUint32 + 1, 0}, {0, 1}, {0, math.MaxUint32}, {2, 2}},
	} {
		l := mustLedger(t, LedgerOptions{})
		l.Handle("k", "b")
		h := l.Handle("k", "a")
		var want Counts
		for _, n := range adds {
			if err := h.Add(benchStart, n[0], n[1]); err != nil {
				t.Fatal(err)
			}
			want = want.Add(Counts{float64(n[1]), float64(n[0] + n[1])})
		}
		for _, l := range []*Ledger{l, restored(t, l, true), restored(t, l, false), mergedLedger(t, l, l)} {
			a, err := l.Between("k", benchStart.Add(-time.Hour), benchStart)
			if err != nil || a.Counts != want {
				t.Errorf("%d: got %v, %v, want %v", adds, a.Counts, err, want)
			}
		}
	}
}

func TestReport(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for _, n := range [][2]uint64{{5, 1}, {5, 1}, {3, 2}, {9, 0}, {9, 2}, {0, 0}} {
		if err := h.Report(benchStart, n[0], n[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Handle("k", "b").Report(benchStart, 1, 1); err != nil {
		t.Fatal(err)
	}
	a, err := l.Between("k", benchStart.Add(-time.Hour), benchStart)
	if want := (Counts{Bad: 3, Total: 13}); err != nil || a.Counts != want || a.Seen != 1 {
		t.Errorf("got %+v, %v, want %v", a, err, want)
	}
}

// Nought of both is data: the slot was observed and idle.
func TestIdleSlotsAreCovered(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for _, minutes := range []int{5, 15, 20} {
		if err := h.Add(benchStart.Add(time.Duration(minutes)*time.Minute), 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	a, err := l.Between("k", benchStart, benchStart.Add(25*time.Minute))
	if err != nil || !a.NoData || a.Seen != 3 || a.Slots != 5 || a.Coverage != 0.6 {
		t.Errorf("got %+v, %v, want 3 of 5 slots covered and no data", a, err)
	}
	got, err := l.Coverage("k", benchStart.Add(time.Minute), benchStart.Add(25*time.Minute))
	minute := func(n int) time.Time { return benchStart.Add(time.Duration(n) * time.Minute) }
	want := Coverage{Span: Span{minute(0), minute(25)}, Covered: 15 * time.Minute, Ratio: 0.6,
		Gaps: []Span{{minute(5), minute(10)}, {minute(20), minute(25)}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if got, err := l.Coverage("unknown", benchStart, minute(10)); err != nil || got.Ratio != 0 || !reflect.DeepEqual(got.Gaps, []Span{{minute(0), minute(10)}}) {
		t.Errorf("unknown key: got %+v, %v", got, err)
	}
	points, err := l.Points("k", benchStart, benchStart.Add(25*time.Minute))
	if want := []Point{{Time: minute(5)}, {Time: minute(15)}, {Time: minute(20)}}; err != nil || !slices.Equal(points, want) {
		t.Errorf("got %v, %v, want %v", points, err, want)
	}
}

func TestObserve(t *testing.T) {
	type reading struct {
		minute    int
		good, bad uint64
		late      bool
	}
	for _, c := range []struct {
		name     string
		readings []reading
		want     Counts
	}{
		{"the first reading is the baseline", []reading{{1, 100, 10, false}}, Counts{}},
		{"differences", []reading{{1, 100, 10, false}, {2, 150, 11, false}, {7, 151, 11, false}}, Counts{1, 52}},
		{"from a process's first event", []reading{{1, 0, 0, false}, {2, 7, 3, false}}, Counts{3, 10}},
		{"a reset", []reading{{1, 100, 10, false}, {2, 5, 2, false}}, Counts{2, 7}},
		{"a reset that only one counter shows", []reading{{1, 100, 10, false}, {2, 5, 12, false}}, Counts{12, 17}},
		{"a reset of the other counter", []reading{{1, 100, 10, false}, {2, 105, 2, false}}, Counts{2, 107}},
		{"the same reading twice", []reading{{1, 100, 10, false}, {2, 110, 10, false}, {2, 110, 10, false}, {3, 110, 11, false}}, Counts{1, 11}},
		{"an older reading", []reading{{2, 100, 10, false}, {1, 90, 9, true}, {3, 101, 10, false}}, Counts{0, 1}},
		{"another reading at the same instant", []reading{{1, 100, 10, false}, {1, 101, 10, true}}, Counts{}},
		{"beyond the horizon", []reading{{-100_000, 100, 10, false}, {0, 101, 11, false}, {-99_000, 1, 1, true}}, Counts{1, 2}},
	} {
		l := mustLedger(t, LedgerOptions{})
		h := l.Handle("k", "a")
		for _, r := range c.readings {
			if err := h.Observe(benchStart.Add(time.Duration(r.minute)*time.Minute), r.good, r.bad); errors.Is(err, ErrLate) != r.late || err != nil && !r.late {
				t.Errorf("%s: %+v: got %v", c.name, r, err)
			}
			l = restored(t, l, true) // readings survive a restart
			h = l.Handle("k", "a")
		}
		a, err := l.Between("k", benchStart.Add(-time.Hour), benchStart.Add(time.Hour))
		if err != nil || a.Counts != c.want {
			t.Errorf("%s: got %v, %v, want %v", c.name, a.Counts, err, c.want)
		}
	}
}

// A reading that is later than the replica's own but older than the horizon,
// which other replicas have moved, drops its events.
func TestObserveBeyondTheHorizon(t *testing.T) {
	l := mustLedger(t, LedgerOptions{Slot: time.Minute, Horizon: time.Hour})
	h := l.Handle("k", "a")
	at := func(minutes int) time.Time { return benchStart.Add(time.Duration(minutes) * time.Minute) }
	if err := h.Observe(at(0), 10, 0); err != nil {
		t.Fatal(err)
	}
	if err := l.Handle("k", "b").Add(at(120), 1, 0); err != nil {
		t.Fatal(err)
	}
	if err := h.Observe(at(10), 15, 2); !errors.Is(err, ErrLate) {
		t.Errorf("got %v, want an error", err)
	}
	if err := h.Observe(at(10), 15, 2); err != nil {
		t.Errorf("the same reading again: got %v", err)
	}
	if err := h.Observe(at(121), 18, 2); err != nil {
		t.Fatal(err)
	}
	if info, _ := l.Info("k"); info.Dropped != (Counts{2, 7}) {
		t.Errorf("got %v dropped, want 2 of 7", info.Dropped)
	}
	if a, err := l.Between("k", at(60), at(130)); err != nil || a.Counts.Total != 4 {
		t.Errorf("got %+v, %v, want 4 events", a, err)
	}
}

func TestForgetAndPrune(t *testing.T) {
	day := func(n int) time.Time { return benchStart.AddDate(0, 0, n) }
	l := mustLedger(t, LedgerOptions{})
	add := func(key, replica string, n int) Handle {
		h := l.Handle(key, replica)
		if err := h.Add(day(n), 1, 0); err != nil {
			t.Fatal(err)
		}
		return h
	}
	stale := add("vanished", "a", 1)
	add("alive", "gone", 1)
	observed := l.Handle("alive", "observed")
	if err := observed.Observe(day(2), 1, 0); err != nil {
		t.Fatal(err)
	}
	add("alive", "here", 40)
	if err := observed.Observe(day(40), 1, 0); err != nil {
		t.Fatal(err)
	}
	l.Handle("registered", "a")
	for _, c := range []Correction{{ID: "old", Start: day(1), End: day(2)}, {ID: "new", Start: day(39), End: day(40)}} {
		c.Good, c.Reason, c.Author, c.At = 1, "r", "a", day(40)
		if err := l.Correct("alive", c); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Revoke("alive", Revocation{ID: "old", Reason: "r", Author: "a", At: day(40)}); err != nil {
		t.Fatal(err)
	}
	before, _ := l.Between("alive", day(0), day(50))
	if got := l.Prune(day(1).Add(-time.Second)); len(got) != 0 {
		t.Errorf("pruned %q before its time", got)
	}
	if got := l.Prune(day(1)); !slices.Equal(got, []string{"vanished"}) {
		t.Errorf("pruned %q, want the vanished key", got)
	}
	if got, want := l.Keys(), []string{"alive", "registered"}; !slices.Equal(got, want) {
		t.Errorf("got keys %q, want %q", got, want)
	}
	if info, _ := l.Info("alive"); !slices.Equal(info.Replicas, []string{"here", "observed"}) {
		t.Errorf("got replicas %q, want those with something within the horizon", info.Replicas)
	}
	if e := l.Entries("alive"); len(e) != 1 || e[0].ID() != "new" || len(l.accounts["alive"].revocations) != 0 {
		t.Errorf("got entries %+v, want the new one", e)
	}
	if after, _ := l.Between("alive", day(0), day(50)); after != before {
		t.Errorf("pruning changed the answer from %+v to %+v", before, after)
	}
	// A handle of a key that was removed brings it back.
	for range 2 {
		if err := stale.Add(day(3), 2, 0); err != nil {
			t.Fatal(err)
		}
	}
	if a, err := l.Between("vanished", day(0), day(4)); err != nil || a.Counts.Total != 4 {
		t.Errorf("got %+v, %v, want 4 events", a, err)
	}
	if !l.Forget("vanished") || l.Forget("vanished") {
		t.Error("a key is there after it was forgotten, or not before")
	}
}

// A restored ledger is written to by the handles of the old one.
func TestHandlesOutliveRestoring(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	if err := h.Add(benchStart, 1, 0); err != nil {
		t.Fatal(err)
	}
	data := ledgerBytesOf(t, l)
	if err := h.Add(benchStart, 5, 0); err != nil {
		t.Fatal(err)
	}
	if err := l.UnmarshalBinary(data); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.Add(benchStart, 2, 0), h.Report(benchStart, 3, 1), h.Observe(benchStart, 9, 9)); err != nil {
		t.Fatal(err)
	}
	if a, err := l.Between("k", benchStart.Add(-time.Hour), benchStart); err != nil || a.Counts != (Counts{1, 4}) {
		t.Errorf("got %+v, %v, want 1 bad of 4", a, err)
	}
}

func TestAdvance(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	if err := l.Advance(time.Time{}); !errors.Is(err, ErrLedger) {
		t.Errorf("no time: got %v", err)
	}
	h := l.Handle("k", "a")
	if err := h.Add(benchStart.AddDate(9, 0, 0), 1, 0); err != nil {
		t.Errorf("no time told: %v", err)
	}
	l.Forget("k")
	if err := errors.Join(l.Advance(benchStart), l.Advance(benchStart.Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	if err := h.Add(benchStart.Add(5*time.Minute), 1, 0); err != nil {
		t.Errorf("the latest time counts: %v", err)
	}
	if err := h.Observe(benchStart.Add(6*time.Minute), 1, 0); !errors.Is(err, ErrFuture) {
		t.Errorf("got %v, want an error", err)
	}
	if err := l.Advance(time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Errorf("the end of time: %v", err)
	}
	if err := h.Add(time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC), 1, 0); err != nil {
		t.Errorf("the end of time: %v", err)
	}
}

func TestLedgerBudget(t *testing.T) {
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for i := range 288 {
		bad := uint64(0)
		if i >= 100 && i < 103 {
			bad = 100
		}
		if err := h.Add(benchStart.Add(time.Duration(i+1)*5*time.Minute), 1000-bad, bad); err != nil {
			t.Fatal(err)
		}
	}
	now := benchStart.Add(24 * time.Hour)
	o := Objective{Service: "checkout", Name: "availability", Target: MustRatio("99.9%"), Window: Rolling(24 * time.Hour)}
	points, err := l.Points("k", benchStart, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Objective{o, {Service: "checkout", Name: "slices", Kind: TimeSlices, Target: MustRatio("99%"), Window: o.Window,
		Slice: SliceRule{Length: 10 * time.Minute, Bound: MustRatio("1%")}}} {
		want, err := o.BudgetAt(points, now)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := l.Budget("k", o, now); err != nil || got != want {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", o.Name, got, err, want)
		}
	}
	if b, err := l.Budget("unknown", o, now); err != nil || !b.NoData {
		t.Errorf("unknown key: got %+v, %v", b, err)
	}
	if _, err := l.Budget("k", Objective{}, now); !errors.Is(err, ErrObjective) {
		t.Errorf("no objective: got %v", err)
	}
	if _, err := l.Budget("k", o, time.Time{}); !errors.Is(err, ErrLedger) {
		t.Errorf("no time: got %v", err)
	}
}

// A key and replica with 31 days at 5 minutes, index included, fits 160 KiB;
// one of ten replicas fits 96.
func TestLedgerMemory(t *testing.T) {
	for _, c := range []struct {
		keys, replicas int
		most           float64
	}{{10, 1, 160 << 10}, {2, 10, 96 << 10}} {
		if got := ledgerBytes(t, LedgerOptions{}, c.keys, c.replicas); got > c.most {
			t.Errorf("%d replicas: %.0f bytes a replica, want at most %.0f", c.replicas, got, c.most)
		}
	}
}

// What is beyond the horizon is let go of, in whole blocks.
func TestLedgerExpiry(t *testing.T) {
	l := mustLedger(t, LedgerOptions{Slot: time.Hour, Horizon: 100 * time.Hour})
	handles := []Handle{l.Handle("k", "a"), l.Handle("k", "b")}
	err := l.Exclude("k", Exclusion{ID: "nights", Weekly: Weekly{To: 6 * time.Hour}, Reason: "r", Author: "a", At: benchStart})
	if err != nil {
		t.Fatal(err)
	}
	a := l.accounts["k"]
	for i := range 2000 {
		at := benchStart.Add(time.Duration(i) * time.Hour)
		if err := handles[i%2].Add(at, 1, 1); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 && i < 300 {
			if err := l.Correct("k", signedCorrection(at.String(), at.Add(-time.Hour), at, 1, 0)); err != nil {
				t.Fatal(err)
			}
		}
		most := max(len(a.total.blocks), len(a.seen.words), len(a.replicas[0].cells.blocks), len(a.replicas[1].cells.blocks), len(a.shift.blocks), len(a.deltas.blocks), len(a.excluded[Drop].words))
		if want := 3; most > want { // 100 slots overlap at most three blocks of 64
			t.Fatalf("hour %d: %d blocks are kept, want at most %d", i, most, want)
		}
	}
}

func TestLedgerAllocations(t *testing.T) {
	l := filledLedger(t, LedgerOptions{}, "a", "b")
	h, now := l.Handle("checkout", "a"), benchStart.Add(31*24*time.Hour)
	if n := testing.AllocsPerRun(100_000, func() { // over many slots and blocks
		now = now.Add(time.Minute)
		_ = h.Add(now, 3, 1)
	}); n != 0 {
		t.Errorf("Add in order: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = h.Add(now.Add(-10*24*time.Hour), 3, 1) }); n != 0 {
		t.Errorf("Add late: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = l.Window("checkout", DefaultWindow(), now) }); n != 0 {
		t.Errorf("Window: %v allocations", n)
	}
}

func TestLedgerJSONOfResults(t *testing.T) {
	l := filledLedger(t, LedgerOptions{Slot: time.Hour}, "a")
	a, err := l.Between("checkout", benchStart.Add(time.Minute), benchStart.Add(2*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	info, _ := l.Info("checkout")
	for _, c := range []struct {
		value any
		want  string
	}{
		{LedgerOptions{Slot: time.Minute, Horizon: time.Hour}, `{"slot_seconds":60,"horizon_seconds":3600,"tolerance_seconds":0}`},
		{a, `{"key":"checkout","start":"2026-03-02T00:00:00Z","end":"2026-03-02T02:00:00Z","counts":{"bad":1,"total":1802},` +
			`"low":{"bad":1,"total":902},"high":{"bad":1,"total":1802},"slots":2,"seen":2,"excluded":0,"coverage":1,"no_data":false,"truncated":false,"overcorrected":false}`},
		{info, `{"key":"checkout","replicas":["a"],"oldest":"2026-03-02T01:00:00Z","newest":"2026-04-02T00:00:00Z","dropped":{"bad":0,"total":0}}`},
	} {
		text, err := json.Marshal(c.value)
		if err != nil || string(text) != c.want {
			t.Errorf("got  %s, %v\nwant %s", text, err, c.want)
		}
		back := reflect.New(reflect.TypeOf(c.value))
		if err := json.Unmarshal(text, back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), c.value) {
			t.Errorf("got %+v, %v back, want %+v", back.Elem(), err, c.value)
		}
	}
	if got, want := a.LogValue().String(), "[key=checkout start=2026-03-02 00:00:00 +0000 UTC end=2026-03-02 02:00:00 +0000 UTC bad=1 total=1802 coverage=1 no_data=false]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
