package slo

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func signedCorrection(id string, start, end time.Time, good, bad int64) Correction {
	return Correction{ID: id, Start: start, End: end, Good: good, Bad: bad, Reason: "lost", Author: "ada", At: benchStart}
}

func TestCorrection(t *testing.T) {
	at := func(minutes int) time.Time { return benchStart.Add(time.Duration(minutes) * time.Minute) }
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for i := range 12 {
		if err := h.Add(at(5*(i+1)), 90, 10); err != nil {
			t.Fatal(err)
		}
	}
	// 25 failures turned into successes, over 12:01 to 13:01 of five slots.
	if err := l.Correct("k", signedCorrection("1", at(11), at(31), 25, -25)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to int
		want     Counts
	}{
		{0, 60, Counts{95, 1200}},
		{10, 35, Counts{25, 500}},
		{10, 15, Counts{5, 100}},
		{0, 15, Counts{25, 300}},
		{35, 60, Counts{50, 500}},
	} {
		if a, err := l.Between("k", at(c.from), at(c.to)); err != nil || a.Counts != c.want || a.Overcorrected {
			t.Errorf("%d to %d: got %+v, %v, want %v", c.from, c.to, a, err, c.want)
		}
	}
	// A correction of slots that are ahead takes effect when they are reached.
	if err := l.Correct("k", signedCorrection("2", at(60), at(70), 10, 0)); err != nil {
		t.Fatal(err)
	}
	if a, err := l.Between("k", at(60), at(70)); err != nil || !a.NoData {
		t.Errorf("ahead: got %+v, %v", a, err)
	}
	if err := h.Add(at(70), 1, 0); err != nil {
		t.Fatal(err)
	}
	if a, err := l.Between("k", at(60), at(70)); err != nil || a.Counts.Total != 11 || a.Seen != 1 {
		t.Errorf("reached: got %+v, %v, want 11 events", a, err)
	}
	entries := l.Entries("k")
	if len(entries) != 2 || entries[0].Slots != 5 || entries[0].Before != (Counts{50, 500}) || entries[0].After != (Counts{25, 500}) ||
		entries[1].Slots != 2 || entries[1].Before != (Counts{0, 1}) || entries[1].After != (Counts{0, 11}) {
		t.Errorf("got entries %+v", entries)
	}
	if err := l.Revoke("k", Revocation{ID: "1", Reason: "wrong span", Author: "bob", At: at(90)}); err != nil {
		t.Fatal(err)
	}
	if a, err := l.Between("k", at(0), at(60)); err != nil || a.Counts != (Counts{120, 1200}) {
		t.Errorf("revoked: got %+v, %v", a, err)
	}
	if e := l.Entries("k")[0]; e.Revocation.Author != "bob" || e.After != e.Before {
		t.Errorf("revoked: got %+v", e)
	}
}

func TestOvercorrection(t *testing.T) {
	at := func(minutes int) time.Time { return benchStart.Add(time.Duration(minutes) * time.Minute) }
	l := mustLedger(t, LedgerOptions{})
	h := l.Handle("k", "a")
	for i, n := range [][2]uint64{{10, 0}, {10, 6}, {10, 0}, {10, 1}} {
		if err := h.Add(at(5*(i+1)), n[0], n[1]); err != nil {
			t.Fatal(err)
		}
	}
	// -2 bad in each of three slots: -2, 4, -2, 1 bad remain, 1 in all.
	if err := l.Correct("k", signedCorrection("1", at(0), at(15), 0, -6)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		from, to int
		want     Counts
		over     bool
	}{{0, 20, Counts{1, 41}, false}, {0, 5, Counts{0, 10}, true}, {5, 10, Counts{4, 14}, false}, {0, 15, Counts{0, 30}, false}, {10, 15, Counts{0, 10}, true}} {
		a, err := l.Between("k", at(c.from), at(c.to))
		if err != nil || a.Counts != c.want || a.Overcorrected != c.over || a.Low != a.Counts || a.High != a.Counts {
			t.Errorf("%d to %d: got %+v, %v, want %v, %v", c.from, c.to, a, err, c.want, c.over)
		}
	}
	// Where the edge cuts a slot below nought, to leave it out is the most.
	a, err := l.Between("k", at(1), at(10))
	if err != nil || a.Counts.Bad != 2 || a.Low.Bad != 2 || a.High.Bad != 4 || a.Low.Good() != 10 || a.High.Good() != 20 {
		t.Errorf("a cut slot: got %+v, %v", a, err)
	}
	points, err := l.Points("k", at(0), at(20))
	// The first slot owes 2, which the second pays; the third owes 2, of which
	// the fourth pays 1 and the second, going back, the other.
	want := []Point{{at(5), Counts{0, 10}}, {at(10), Counts{1, 11}}, {at(15), Counts{0, 10}}, {at(20), Counts{0, 10}}}
	if err != nil || !slices.Equal(points, want) {
		t.Errorf("got %v, %v, want %v", points, err, want)
	}
}

// Shares are whole, add up to the whole, and differ by one at most.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.OneOf(rapid.Int64Range(-100, 100), rapid.Int64Range(-1<<52, 1<<52)).Draw(t, "events")
		n := rapid.Int64Range(1, maxSpread).Draw(t, "slots")
		s := spread{first: -7, last: n - 8, good: d}
		sum, least, most := int64(0), int64(math.MaxInt64), int64(math.MinInt64)
		for slot := int64(-9); slot < n; slot++ {
			one := int64(s.at(slot).good)
			if slot >= s.first && slot <= s.last {
				least, most = min(least, one), max(most, one)
			} else if one != 0 {
				t.Fatalf("slot %d outside gets %d", slot, one)
			}
			sum += one
			if got := s.between(s.first-3, slot).good; got != 12*sum {
				t.Fatalf("up to slot %d: got %d twelfths, want 12 times %d", slot, got, sum)
			}
		}
		if sum != d || most-least > 1 {
			t.Fatalf("%d over %d slots: got %d in all, from %d to %d", d, n, sum, least, most)
		}
	})
}

func TestCorrectionErrors(t *testing.T) {
	at := benchStart
	for _, c := range []struct {
		name   string
		c      Correction
		reason string
	}{
		{"nothing", Correction{}, "ledger: entry: correction \"\" has no id\n" +
			"ledger: entry: correction \"\" has no reason\n" +
			"ledger: entry: correction \"\" has no author\n" +
			"ledger: entry: correction \"\": at: ledger: the time is not set\n" +
			"ledger: entry: correction \"\": start: ledger: the time is not set\n" +
			"ledger: entry: correction \"\": end: ledger: the time is not set\n" +
			"ledger: entry: correction \"\" corrects nothing; set good or bad"},
		{"empty span", signedCorrection("1", at, at, 1, 0), `ledger: entry: correction "1": end 2026-03-02T00:00:00Z is not after start 2026-03-02T00:00:00Z`},
		{"too much", signedCorrection("1", at, at.Add(1), math.MinInt64, 0), `ledger: entry: correction "1" of -9223372036854775808 good and 0 bad events; at most 4503599627370496 in all are allowed`},
		{"too much in all", signedCorrection("1", at, at.Add(1), 1<<51, -1<<51-1), `ledger: entry: correction "1" of 2251799813685248 good and -2251799813685249 bad events; at most 4503599627370496 in all are allowed`},
		{"too much with others", signedCorrection("1", at, at.Add(1), 0, -1<<52), `ledger: entry: correction "1": the corrections of "k" would exceed 4503599627370496 events`},
		{"too long", signedCorrection("1", at, at.Add(1024*5*time.Minute+1), 1, 0), `ledger: entry: correction "1" spans 1025 slots; split it, at most 1024 are allowed`},
		{"used ID", signedCorrection("used", at, at.Add(1), 1, 0), `ledger: entry: there is another entry "used"; revoke it and enter a new one under a new ID`},
		{"revoked ID", signedCorrection("revoked", at, at.Add(1), 1, 0), `ledger: entry: there is another entry "revoked"; revoke it and enter a new one under a new ID`},
		{"not UTF-8", Correction{"1", at, at.Add(1), 1, 0, "a\xff", "ada", at}, `ledger: entry: correction "1": reason "a\xff" is not UTF-8`},
		{"long", Correction{"1", at, at.Add(1), 1, 0, "r", string(make([]byte, 1025)), at}, `ledger: entry: correction "1"…: author of 1025 bytes; at most 1024 are allowed`},
	} {
		l := mustLedger(t, LedgerOptions{})
		revoke := Revocation{ID: "revoked", Reason: "r", Author: "a", At: at}
		if err := errors.Join(l.Correct("k", signedCorrection("used", at, at.Add(time.Hour), 1, 0)), l.Correct("k", signedCorrection("revoked", at, at.Add(time.Hour), 1, 0)),
			l.Revoke("k", revoke), l.Revoke("k", revoke)); err != nil {
			t.Fatal(err)
		}
		before := ledgerBytesOf(t, l)
		if err := l.Correct("k", c.c); !errors.Is(err, ErrEntry) || err.Error() != c.reason {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.reason)
		}
		if !slices.Equal(before, ledgerBytesOf(t, l)) {
			t.Errorf("%s: the ledger changed", c.name)
		}
		again := signedCorrection("used", at.In(time.FixedZone("", 60)), at.Add(time.Hour), 1, 0)
		if err := l.Correct("k", again); err != nil {
			t.Errorf("the same correction twice: %v", err)
		}
	}
	l := mustLedger(t, LedgerOptions{})
	if err := l.Correct("", signedCorrection("1", at, at.Add(1), 1, 0)); !errors.Is(err, ErrLedger) {
		t.Errorf("no key: got %v", err)
	}
	for _, c := range []struct {
		r      Revocation
		reason string
	}{
		{Revocation{ID: "1", At: at}, "ledger: entry: revocation of \"1\" has no reason\nledger: entry: revocation of \"1\" has no author"},
		{Revocation{ID: "1", Reason: "r", Author: "a", At: at}, `ledger: entry: "k" has no entry "1" to revoke`},
		{Revocation{ID: "2", Reason: "r", Author: "b", At: at}, `ledger: entry: entry "2" of "k" was revoked by a, 2026-03-02T00:00:00Z`},
	} {
		if c.r.ID == "2" {
			if err := errors.Join(l.Correct("k", signedCorrection("2", at, at.Add(1), 1, 0)), l.Revoke("k", Revocation{ID: "2", Reason: "r", Author: "a", At: at})); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Revoke("k", c.r); !errors.Is(err, ErrEntry) || err.Error() != c.reason {
			t.Errorf("got %v, want %s", err, c.reason)
		}
	}
}

// Entries come in the order in which they were entered, with what they change.
func TestEntries(t *testing.T) {
	l, at := weeksLedger(t)
	x := signedExclusion("outage", at(21, 2), at(21, 3), CountExpected)
	x.At = at(22, 0)
	c := signedCorrection("lost", at(21, 1), at(21, 4), 300, -30)
	c.At = at(21, 0)
	y := signedExclusion("nights", time.Time{}, time.Time{}, Drop)
	y.Weekly = Weekly{From: 22 * time.Hour, To: 6 * time.Hour}
	if err := errors.Join(l.Exclude("k", x), l.Correct("k", c), l.Revoke("k", Revocation{ID: "lost", Reason: "r", Author: "a", At: at(23, 0)})); err != nil {
		t.Fatal(err)
	}
	l2 := l.Clone()
	if err := l2.Exclude("k", y); err != nil {
		t.Fatal(err)
	}
	got := l.Entries("k")
	if len(got) != 2 || got[0].ID() != "lost" || got[0].Slots != 3 || got[0].Before != (Counts{106, 300}) || got[0].After != got[0].Before ||
		got[1].ID() != "outage" || got[1].Slots != 1 || got[1].Before != (Counts{100, 100}) || got[1].After != (Counts{1, 100}) {
		t.Errorf("got %+v", got)
	}
	// 8 hours of each of the horizon's 31 days, three of which have no data.
	if got := l2.Entries("k")[0]; got.ID() != "nights" || got.Slots != 31*8 || got.Before.Total != 28*800 || got.After != (Counts{}) {
		t.Errorf("got %+v", got)
	}
	text, err := json.Marshal(got[0])
	want := `{"correction":{"id":"lost","start":"2026-03-23T01:00:00Z","end":"2026-03-23T04:00:00Z","good":300,"bad":-30,"reason":"lost","author":"ada","at":"2026-03-23T00:00:00Z"},` +
		`"revocation":{"id":"lost","reason":"r","author":"a","at":"2026-03-25T00:00:00Z"},"slots":3,"before":{"bad":106,"total":300},"after":{"bad":106,"total":300}}`
	if err != nil || string(text) != want {
		t.Errorf("got  %s, %v\nwant %s", text, err, want)
	}
	// What is returned is a copy.
	l2.Entries("k")[0].Exclusion.Weekly.Days = append(l2.Entries("k")[0].Exclusion.Weekly.Days, time.Monday)
	if len(l2.Entries("k")[0].Exclusion.Weekly.Days) != 0 {
		t.Error("a caller changed an entry")
	}
}
