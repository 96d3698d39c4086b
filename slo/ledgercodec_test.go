package slo

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// storedLedger holds one of everything that a snapshot can hold.
func storedLedger(t testing.TB) *Ledger {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	l := mustLedger(t, LedgerOptions{Slot: time.Minute, Horizon: 8 * 24 * time.Hour})
	at := func(minutes float64) time.Time {
		return benchStart.Add(time.Duration(minutes * float64(time.Minute)))
	}
	a, b := l.Handle("checkout/availability", "a"), l.Handle("checkout/availability", "b")
	for i := range 200 {
		if i%17 > 2 {
			if err := a.Add(at(float64(i)), uint64(i*i), uint64(i%3)); err != nil {
				t.Fatal(err)
			}
		}
	}
	entered := at(300.123456789)
	for _, err := range []error{
		b.Report(at(10), 1<<40, 0), b.Report(at(190), 0, 0),
		l.Handle("search/latency", "").Observe(at(5), 100, 3), l.Handle("search/latency", "").Observe(at(7.5), 107, 4),
		l.Handle("nothing yet", "a").Observe(at(-3), 1, 1),
		l.Correct("checkout/availability", Correction{ID: "INC-1", Start: at(3), End: at(20), Good: 7, Bad: -7, Reason: "load test", Author: "ada", At: entered}),
		l.Correct("checkout/availability", Correction{ID: "INC-2", Start: at(3), End: at(4), Good: 1, Bad: 0, Reason: "typo", Author: "bob", At: entered}),
		l.Revoke("checkout/availability", Revocation{ID: "INC-2", Reason: "typo", Author: "ada", At: entered.Add(time.Hour)}),
		l.Exclude("checkout/availability", Exclusion{ID: "maintenance", Start: at(60), End: at(90), Effect: CountExpected, Reason: "new database", Author: "ada", At: entered}),
		l.Exclude("checkout/availability", Exclusion{ID: "nights", Start: at(0), Weekly: Weekly{Days: []time.Weekday{time.Monday, time.Sunday}, From: 22 * time.Hour, To: 6*time.Hour + 30*time.Second, Location: berlin}, Effect: CountGood, Reason: "closed", Author: "ada", At: entered}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Add(at(-30*24*60), 5, 1); !errors.Is(err, ErrLate) {
		t.Fatal(err)
	}
	return l
}

// Snapshots that are stored today must be read for ever: the files were
// written by the first version.
func TestStoredSnapshots(t *testing.T) {
	l := storedLedger(t)
	for name, marshal := range map[string]func() ([]byte, error){"v1.bin": l.MarshalBinary, "v1.json": l.MarshalJSON} {
		got, err := marshal()
		if err != nil {
			t.Fatal(err)
		}
		file := "testdata/ledger/" + name
		if os.Getenv("SLO_UPDATE") != "" {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s: the form has changed\n got %q\nwant %q", name, got, want)
		}
		var back Ledger
		if strings.HasSuffix(name, "json") {
			err = json.Unmarshal(want, &back)
		} else {
			err = back.UnmarshalBinary(want)
		}
		if err != nil || !bytes.Equal(ledgerBytesOf(t, &back), ledgerBytesOf(t, l)) {
			t.Errorf("%s: reads back otherwise, %v", name, err)
		}
		a, err := back.Between("checkout/availability", benchStart, benchStart.Add(4*time.Hour))
		b, err2 := l.Between("checkout/availability", benchStart, benchStart.Add(4*time.Hour))
		if a != b || err != nil || err2 != nil {
			t.Errorf("%s: answers %+v, %v, want %+v, %v", name, a, err, b, err2)
		}
	}
}

// sealed is a binary form with the checksum that it ought to have.
func sealed(data []byte) []byte {
	n := max(0, len(data)-4)
	return binary.LittleEndian.AppendUint32(bytes.Clone(data[:n]), checksum(data[:n]))
}

func TestBinaryErrors(t *testing.T) {
	valid := ledgerBytesOf(t, storedLedger(t))
	// body is a form without keys up to the given fields.
	body := func(fields ...any) []byte {
		data := []byte(binaryMagic)
		for _, f := range fields {
			switch f := f.(type) {
			case int:
				data = binary.AppendUvarint(data, uint64(f))
			case uint64:
				data = binary.AppendUvarint(data, f)
			case int64:
				data = binary.AppendVarint(data, f)
			case string:
				data = appendString(data, f)
			case []byte:
				data = append(data, f...)
			}
		}
		return sealed(append(data, 0, 0, 0, 0))
	}
	head := []byte{1, 60, 100} // version, slot, horizon
	for _, c := range []struct {
		name   string
		data   []byte
		reason string
	}{
		{"nothing", nil, `ledger: not a snapshot: it does not begin with "slo ledger\n" and a version`},
		{"something else", []byte("{\"version\":1,\"keys\":[]}"), `ledger: not a snapshot: it does not begin with "slo ledger\n" and a version`},
		{"changed", append(bytes.Clone(valid[:40]), append([]byte{valid[40] ^ 1}, valid[41:]...)...), ""},
		{"cut short", valid[:len(valid)-9], ""},
		{"later version", body(2), "ledger: not a snapshot: byte 12: version 2; this program reads version 1"},
		{"only a version", body(1), "ledger: not a snapshot: byte 12: the slot is cut short"},
		{"no slot", body(1, 0, 0), "ledger: not a snapshot: byte 14: a horizon of 0 slots of 0 s"},
		{"long slot", body(1, 86401, 1, 0), "ledger: not a snapshot: byte 12: the slot is more than 86400"},
		{"long horizon", body(1, 1, 1<<20+1, 0), "ledger: not a snapshot: byte 13: the horizon is more than 1048576"},
		{"long time", body(1, 86400, 4000, 0), "ledger: not a snapshot: byte 17: a horizon of 4000 slots of 86400 s"},
		{"too many keys", body(head, 1<<40), "ledger: not a snapshot: byte 14: the number of keys is more than 1"},
		{"long number", body([]byte{1, 0xbc, 0}), "ledger: not a snapshot: byte 12: the slot is not written in the shortest form"},
		{"endless number", body([]byte{1}, bytes.Repeat([]byte{0xff}, 20)), "ledger: not a snapshot: byte 12: the slot is more than 86400"},
		{"left over", body(head, 0, 7), "ledger: not a snapshot: byte 15: 1 bytes are left over"},
		{"empty key", body(head, 1, "", 0, 0, 0, 0), `ledger: not a snapshot: byte 16: key "" after ""; keys are sorted and not empty`},
		{"keys out of order", body(head, 2, "b", 0, 0, 0, 0, "a", 0, 0, 0, 0), `ledger: not a snapshot: byte 23: key "a" after "b"; keys are sorted and not empty`},
		{"key that is not UTF-8", body(head, 1, "\xff", 0, 0, 0, 0), `ledger: not a snapshot: byte 16: a key "\xff" is not UTF-8`},
		{"long key", body(head, 1, 2000, make([]byte, 3000)), "ledger: not a snapshot: byte 15: a key is more than 1024"},
		{"string cut short", body(head, 1, []byte{21}, make([]byte, 20)), "ledger: not a snapshot: byte 16: a key is cut short"},
		{"replicas out of order", body(head, 1, "k", 2, "b", 0, 0, 0, 0, "b", 0, 0, 0, 0, 0, 0, 0), `ledger: not a snapshot: byte 26: replica "b" after "b"; replicas are sorted`},
		{"slots beyond a horizon", body(head, 1, "k", 1, "a", 0, 0, 0, 2, int64(5), 0, 1, 1, 99, 0, 1, 1, 0, 0, 0), `ledger: not a snapshot: byte 32: replica "a" has slots beyond one horizon`},
		{"slots before the horizon", body(head, 1, "k", 2, "a", 0, 0, 0, 1, int64(5), 0, 1, 1, "b", 0, 0, 0, 1, int64(105), 0, 1, 1, 0, 0, 0), `ledger: not a snapshot: byte 39: "k" has slots before the horizon`},
		{"too many events", body(head, 1, "k", 1, "a", 0, 0, 0, 1, int64(5), 1, 1<<52, 0, 1, 0, 0, 0, 0), `ledger: not a snapshot: byte 37: "k" counts more than 4503599627370496 events`},
		{"slot beyond time", body(head, 1, "k", 1, "a", 0, 0, 0, 1, int64(math.MaxInt64), 0, 0, 0, 0, 0, 0), "ledger: not a snapshot: byte 37: slot 9223372036854775807 is outside the years 1 to 9999"},
		{"reading beyond time", body(head, 1, "k", 1, "a", 0, 0, 1, int64(1<<50), 0, 0, 0, 0, 0, 0, 0), "ledger: not a snapshot: byte 32: a reading is outside the years 1 to 9999"},
		{"correction without a reason", body(head, 1, "k", 0, 1, "1", int64(0), 0, int64(60), 0, int64(1), int64(0), "", "ada", int64(0), 0, 0, 0), `ledger: not a snapshot: byte 34: ledger: entry: correction "1" has no reason`},
		{"corrections out of order", body(head, 1, "k", 0, 2, "1", int64(0), 0, int64(60), 0, int64(1), int64(0), "r", "a", int64(0), 0, "1", int64(0), 0, int64(60), 0, int64(1), int64(0), "r", "a", int64(0), 0, 0, 0),
			`ledger: not a snapshot: byte 47: "1" after "1"; corrections are sorted by ID`},
		{"corrections too great", body(head, 1, "k", 0, 2, "1", int64(0), 0, int64(60), 0, int64(1<<51), int64(0), "r", "a", int64(0), 0, "2", int64(0), 0, int64(60), 0, int64(1<<51+1), int64(0), "r", "a", int64(0), 0, 0, 0),
			`ledger: not a snapshot: byte 63: the corrections of "k" exceed 4503599627370496 events`},
		{"long correction", body(head, 1, "k", 0, 1, "1", int64(0), 0, int64(60*1025), 0, int64(1), int64(0), "r", "a", int64(0), 0, 0, 0), `ledger: not a snapshot: byte 37: ledger: entry: correction "1" spans 1025 slots; split it, at most 1024 are allowed`},
		{"short exclusion", body(head, 1, "k", 0, 0, 1, "1", int64(0), 0, int64(59), 0, 0, 0, "r", "a", int64(0), 0, 0), `ledger: not a snapshot: byte 35: ledger: entry: exclusion "1" holds no whole slot of 1m0s; widen it to 1970-01-01T00:00:00Z – 1970-01-01T00:01:00Z`},
		{"unknown effect", body(head, 1, "k", 0, 0, 1, "1", int64(0), 0, int64(60), 0, 0, 3, "r", "a", int64(0), 0, 0), "ledger: not a snapshot: byte 27: an effect is more than 2"},
		{"unknown zone", body(head, 1, "k", 0, 0, 1, "1", int64(0), 0, int64(60), 0, 1, 0, 0, 60, "Nowhere/At_All", 0, "r", "a", int64(0), 0, 0), `ledger: not a snapshot: byte 45: unknown time zone "Nowhere/At_All"; write an IANA name such as Europe/Berlin`},
		{"two forms", body(head, 1, "k", 0, 0, 1, "1", int64(0), 0, int64(60), 0, 1, 127, 0, 60, "UTC", 0, "r", "a", int64(0), 0, 0), "ledger: not a snapshot: byte 41: a weekly exclusion is not written in its one form"},
		{"revocation without an author", body(head, 1, "k", 0, 0, 0, 1, "1", "r", "", int64(0), 0), `ledger: not a snapshot: byte 28: ledger: entry: revocation of "1" has no author`},
	} {
		var l Ledger
		if err := l.Handle("before", "a").Add(benchStart, 1, 0); err != nil {
			t.Fatal(err)
		}
		l.slot, l.horizon = 0, 0 // takes any options
		err := l.UnmarshalBinary(c.data)
		if !errors.Is(err, ErrSnapshot) || c.reason != "" && err.Error() != c.reason {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.reason)
		}
		if c.reason == "" && !strings.Contains(err.Error(), "it was cut short or changed") {
			t.Errorf("%s: got %v, want a wrong checksum", c.name, err)
		}
		if len(l.Keys()) != 1 {
			t.Errorf("%s: the ledger changed", c.name)
		}
	}
	l := mustLedger(t, LedgerOptions{})
	if err := l.UnmarshalBinary(valid); !errors.Is(err, ErrMismatch) || !errors.Is(err, ErrSnapshot) {
		t.Errorf("other options: got %v", err)
	}
	// Every byte counts, and so does every length.
	for i := range valid {
		changed := bytes.Clone(valid)
		changed[i] ^= 0x10
		if err := new(Ledger).UnmarshalBinary(changed); err == nil {
			t.Errorf("byte %d changed: no error", i)
		}
		if err := new(Ledger).UnmarshalBinary(valid[:i]); err == nil {
			t.Errorf("cut at %d: no error", i)
		}
	}
}

func TestLedgerJSONErrors(t *testing.T) {
	text, err := storedLedger(t).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	key := func(s string) string {
		return `{"version":1,"slot_seconds":300,"horizon_seconds":3600,"keys":[{"key":"k","replicas":[` + s + `]}]}`
	}
	entry := func(s string) string {
		return `{"version":1,"slot_seconds":300,"horizon_seconds":3600,"keys":[{"key":"k","replicas":[],` + s + `}]}`
	}
	for _, c := range []struct{ name, text, reason string }{
		{"version", `{"version":2}`, "ledger: not a snapshot: version 2; this program reads version 1"},
		{"unknown field", `{"version":1,"slots":5}`, `ledger: not a snapshot: json: unknown field "slots"`},
		{"no slot", `{"version":1}`, "ledger: not a snapshot: slot_seconds and horizon_seconds must be positive"},
		{"odd slot", `{"version":1,"slot_seconds":0.5,"horizon_seconds":60}`, "ledger: not a snapshot: ledger: slot 500ms; it must be whole seconds, from 1s to 24h"},
		{"checksum", strings.Replace(string(text), `"bad":[`, `"bad":[1`, 1), ""},
		{"key twice", `{"version":1,"slot_seconds":300,"horizon_seconds":3600,"keys":[{"key":"k"},{"key":"k"}]}`, `ledger: not a snapshot: key "k" comes twice`},
		{"no key", `{"version":1,"slot_seconds":300,"horizon_seconds":3600,"keys":[{}]}`, `ledger: not a snapshot: key "": ledger: the key is empty`},
		{"replica twice", key(`{"replica":"a"},{"replica":"a"}`), `ledger: not a snapshot: key "k": replica "a" comes twice`},
		{"lengths", key(`{"replica":"a","slots":[{"end":"2026-03-01T00:00:00Z","good":[1,2],"bad":[3]}]}`),
			`ledger: not a snapshot: key "k": replica "a": slots from 2026-03-01T00:00:00Z: 2 numbers of good events and 1 of bad ones`},
		{"no edge", key(`{"replica":"a","slots":[{"end":"2026-03-01T00:00:01Z","good":[1],"bad":[3]}]}`),
			`ledger: not a snapshot: key "k": replica "a": slots from 2026-03-01T00:00:01Z: no slot ends there; 2026-03-01T00:05:00Z is the end of one`},
		{"too many slots", key(`{"replica":"a","slots":[{"end":"2026-03-01T00:00:00Z","good":[1,1,1,1,1,1,1,1,1,1,1,1,1],"bad":[1,1,1,1,1,1,1,1,1,1,1,1,1]}]}`),
			`ledger: not a snapshot: key "k": replica "a": slots from 2026-03-01T00:00:00Z: 13 slots are more than the horizon's 12`},
		{"before the horizon", key(`{"replica":"a","slots":[{"end":"2026-03-01T00:00:00Z","good":[1],"bad":[3]}]},{"replica":"b","slots":[{"end":"2026-03-01T01:00:00Z","good":[1],"bad":[3]}]}`),
			`ledger: not a snapshot: key "k": replica "a": slots from 2026-03-01T00:00:00Z: ledger: too late: 2026-03-01T00:00:00Z is before the horizon, which begins 2026-03-01T00:00:00Z`},
		{"no time", key(`{"replica":"a","slots":[{"good":[1],"bad":[3]}]}`), `ledger: not a snapshot: key "k": replica "a": slots from 0001-01-01T00:00:00Z: ledger: the time is not set`},
		{"no reading", key(`{"replica":"a","reading":{"good":1}}`), `ledger: not a snapshot: key "k": replica "a": reading: ledger: the time is not set`},
		{"overflow", key(`{"replica":"a","slots":[{"end":"2026-03-01T00:00:00Z","good":[18446744073709551615],"bad":[3]}]}`),
			`ledger: not a snapshot: key "k": replica "a": slots from 2026-03-01T00:00:00Z: ledger: too many events: 18446744073709551615 good and 3 bad events exceed what may be counted of "k" within the horizon, 4503599627370496 of each`},
		{"entries", entry(`"corrections":[{"id":"1"}],"exclusions":[{"id":"2","weekly":{"from":"00:00","to":"00:01","zone":"UTC"},"reason":"r","author":"a","at":"2026-03-01T00:00:00Z"}],"revocations":[{"id":"3"},{"id":"3"}]`), ""},
		{"expected", entry(`"exclusions":[{"id":"2","effect":"usual"}]`), `ledger: not a snapshot: unknown effect "usual" of an exclusion; write drop, good or expected`},
	} {
		var l Ledger
		err := json.Unmarshal([]byte(c.text), &l)
		if !errors.Is(err, ErrSnapshot) || c.reason != "" && err.Error() != c.reason {
			t.Errorf("%s: got %v\nwant %s", c.name, err, c.reason)
		}
		switch {
		case c.name == "checksum" && !strings.Contains(err.Error(), "; it was changed"):
			t.Errorf("checksum: got %v", err)
		case c.name == "entries":
			for _, want := range []string{`correction "1" has no reason`, `exclusion "2" of 1m0s holds no whole slot`, `revocation of "3" has no reason`, `ID "3" comes twice`} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("entries: %v does not say %q", err, want)
				}
			}
		}
		if len(l.Keys()) != 0 {
			t.Errorf("%s: the ledger changed", c.name)
		}
	}
	l := mustLedger(t, LedgerOptions{})
	if err := l.UnmarshalJSON(text); !errors.Is(err, ErrMismatch) {
		t.Errorf("other options: got %v", err)
	}
	if err := new(Ledger).UnmarshalJSON(append(text, '{')); !errors.Is(err, ErrSnapshot) {
		t.Errorf("text left over: got %v", err)
	}
}

// Text that people write: in any order, without a checksum, runs that meet.
func TestLedgerJSONByHand(t *testing.T) {
	text := `{"keys": [{"replicas": [{"replica": "a", "slots": [
		{"end": "2026-03-01T01:05:00+01:00", "bad": [0], "good": [7]},
		{"end": "2026-03-01T00:00:00Z", "good": [5], "bad": [1]}]}], "key": "k"}],
		"horizon_seconds": 3600, "slot_seconds": 3e2, "version": 1}`
	var l Ledger
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 0, 5, 0, 0, time.UTC)
	if a, err := l.Between("k", at.Add(-10*time.Minute), at); err != nil || a.Counts != (Counts{1, 13}) {
		t.Errorf("got %+v, %v, want 1 bad of 13", a, err)
	}
	if got, err := l.MarshalJSON(); err != nil || !strings.Contains(string(got), `{"end":"2026-03-01T00:00:00Z","good":[5,7],"bad":[1,0]}`) {
		t.Errorf("got %s, %v, want one run", got, err)
	}
}

// Hostile snapshots: the memory that a decoder takes is bounded by the length
// of the data.
func TestDecoderMemory(t *testing.T) {
	o := LedgerOptions{}
	entries := func(n int, one func(l *Ledger, i int) error) []byte {
		l := mustLedger(t, o)
		if err := l.Handle("k", "a").Add(benchStart, 1, 0); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := one(l, i); err != nil {
				t.Fatal(err)
			}
		}
		return ledgerBytesOf(t, l)
	}
	sparse := mustLedger(t, o)
	for i := range 30 {
		for k := range 140 { // a slot in every block
			key := string(rune('0' + i))
			if err := sparse.Handle(key, "").Add(benchStart.Add(time.Duration(k*64)*5*time.Minute), 1, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	id := func(i int) string { return string([]byte{byte('0' + i/64), byte('0' + i%64)}) }
	for name, data := range map[string][]byte{
		"keys beyond the data": sealed(append([]byte(binaryMagic), 1, 0xac, 2, 0xe0, 0x45, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0)),
		"sparse slots":         ledgerBytesOf(t, sparse),
		"corrections": entries(300, func(l *Ledger, i int) error {
			start := benchStart.Add(-time.Duration(i%8+1) * 1024 * 5 * time.Minute)
			c := Correction{ID: id(i), Start: start, End: start.Add(1024 * 5 * time.Minute), Good: 1 << 40, Reason: "r", Author: "a", At: benchStart}
			l.accounts["k"].corrections = append(l.accounts["k"].corrections, c) // at once
			return nil
		}),
		"exclusions": entries(300, func(l *Ledger, i int) error {
			x := Exclusion{ID: id(i), Start: benchStart.AddDate(0, -1, 0), End: benchStart, Effect: ExclusionEffect(i % 3), Reason: "r", Author: "a", At: benchStart}
			l.accounts["k"].exclusions = append(l.accounts["k"].exclusions, x)
			return nil
		}),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		l := mustLedger(t, o)
		err := l.UnmarshalBinary(data)
		runtime.ReadMemStats(&after)
		if name != "keys beyond the data" && err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(100_000+500*len(data)); got > most {
			t.Errorf("%s: %d bytes of data took %d bytes of memory, want at most %d", name, len(data), got, most)
		}
	}
}

func FuzzLedgerBinary(f *testing.F) {
	f.Add(ledgerBytesOf(f, storedLedger(f)))
	f.Add(ledgerBytesOf(f, mustLedger(f, LedgerOptions{})))
	f.Add([]byte(binaryMagic))
	f.Fuzz(func(t *testing.T, data []byte) {
		// As it is, and with the checksum that lets it pass.
		for _, data := range [][]byte{data, sealed(data)} {
			var l Ledger
			if err := l.UnmarshalBinary(data); err != nil {
				if !errors.Is(err, ErrSnapshot) {
					t.Fatalf("%v is no ErrSnapshot", err)
				}
				continue
			}
			again, err := l.MarshalBinary()
			if err != nil || !bytes.Equal(again, data) {
				t.Fatalf("decoded and encoded again:\n got %q, %v\nwant %q", again, err, data)
			}
			checkRestored(t, &l)
		}
	})
}

func FuzzLedgerJSON(f *testing.F) {
	text, err := storedLedger(f).MarshalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version":1,"slot_seconds":300,"horizon_seconds":3600,"keys":[{"key":"k","replicas":[{"replica":"a","slots":[{"end":"2026-03-01T00:00:00Z","good":[5],"bad":[1]}]}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var l Ledger
		if err := l.UnmarshalJSON(text); err != nil {
			if !errors.Is(err, ErrSnapshot) {
				t.Fatalf("%v is no ErrSnapshot", err)
			}
			return
		}
		once, err := l.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var back Ledger
		if err := back.UnmarshalJSON(once); err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := back.MarshalJSON(); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("got %s, %v\nwant %s", twice, err, once)
		}
		checkRestored(t, &l)
	})
}

// checkRestored checks what must hold of any ledger that a decoder lets pass.
func checkRestored(t *testing.T, l *Ledger) {
	for _, key := range l.Keys() {
		info, _ := l.Info(key)
		if info.Newest.IsZero() {
			continue
		}
		a, err := l.Between(key, info.Oldest.Add(-l.Options().Slot), info.Newest)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Counts.Validate(); err != nil || !(a.Coverage > 0 && a.Coverage <= 1) {
			t.Fatalf("%+v: %v", a, err)
		}
		points, err := l.Points(key, a.Start, a.End)
		if err != nil {
			t.Fatal(err)
		}
		if sum := Sum(points, a.Start, a.End); !sameEvents(sum.Total, a.Counts.Total) || !sameEvents(sum.Bad, a.Counts.Bad) {
			t.Fatalf("points add up to %v, the answer is %v", sum, a.Counts)
		}
		l.Entries(key)
	}
	m := l.Clone()
	if !bytes.Equal(ledgerBytesOf(t, m), ledgerBytesOf(t, l)) {
		t.Fatal("a clone differs")
	}
}
