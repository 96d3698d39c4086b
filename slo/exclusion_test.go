package slo

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"
)

func signedExclusion(id string, start, end time.Time, effect ExclusionEffect) Exclusion {
	return Exclusion{ID: id, Start: start, End: end, Effect: effect, Reason: "maintenance", Author: "ada", At: benchStart}
}

// Four weeks of an hour a slot; 100 events each, of which as many bad as the
// number of the week, the third hour of the last week apart.
func weeksLedger(t *testing.T) (*Ledger, func(day, hour int) time.Time) {
	l := mustLedger(t, LedgerOptions{Slot: time.Hour})
	at := func(day, hour int) time.Time {
		return benchStart.AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour)
	}
	h := l.Handle("k", "a")
	for i := range 28 * 24 {
		bad := uint64(i / (7 * 24))
		if i == 21*24+2 {
			bad = 100
		}
		if err := h.Add(at(0, i+1), 100-bad, bad); err != nil {
			t.Fatal(err)
		}
	}
	return l, at
}

func TestExclusionEffects(t *testing.T) {
	for _, c := range []struct {
		effect   ExclusionEffect
		want     Counts // of the excluded slot
		late     Counts // after a late event there
		lateWeek Counts // and 12 more bad ones in the same slot of the week before
	}{
		{Drop, Counts{}, Counts{}, Counts{}},
		{CountGood, Counts{0, 100}, Counts{0, 105}, Counts{0, 105}},
		// 2, 1 and 0 bad in the weeks before; then 14, 1 and 0.
		{CountExpected, Counts{1, 100}, Counts{1, 100}, Counts{5, 104}},
	} {
		l, at := weeksLedger(t)
		slot := func() Answer {
			a, err := l.Between("k", at(21, 2), at(21, 3))
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		if got := slot(); got.Counts != (Counts{100, 100}) || got.Excluded != 0 {
			t.Fatalf("before: got %+v", got)
		}
		if err := l.Exclude("k", signedExclusion("1", at(21, 2), at(21, 3), c.effect)); err != nil {
			t.Fatal(err)
		}
		if got := slot(); got.Counts != c.want || got.Excluded != 1 || got.Seen != 1 || got.NoData != (c.want.Total == 0) {
			t.Errorf("%v: got %+v, want %v", c.effect, got, c.want)
		}
		day, err := l.Between("k", at(21, 0), at(22, 0))
		if want := (Counts{23*3 + c.want.Bad, 2300 + c.want.Total}); err != nil || day.Counts != want {
			t.Errorf("%v, the day: got %v, %v, want %v", c.effect, day.Counts, err, want)
		}
		for _, n := range []struct {
			day       int
			good, bad uint64
			want      Counts
		}{{21, 2, 3, c.late}, {14, 0, 12, c.lateWeek}} {
			if err := l.Handle("k", "a").Add(at(n.day, 2).Add(time.Minute), n.good, n.bad); err != nil {
				t.Fatal(err)
			}
			if got := slot(); got.Counts != n.want {
				t.Errorf("%v, after a late event on day %d: got %+v, want %v", c.effect, n.day, got.Counts, n.want)
			}
		}
		if err := l.Revoke("k", Revocation{ID: "1", Reason: "mistake", Author: "ada", At: benchStart}); err != nil {
			t.Fatal(err)
		}
		if got := slot(); got.Counts != (Counts{103, 105}) || got.Excluded != 0 {
			t.Errorf("%v, revoked: got %+v, want what was measured", c.effect, got)
		}
	}
}

// Where exclusions overlap, drop goes before good, good before expected, in
// whatever order they are entered.
func TestExclusionPrecedence(t *testing.T) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		l, at := weeksLedger(t)
		for _, i := range order {
			x := signedExclusion(string(rune('a'+i)), at(21, 0), at(21, 3+i), ExclusionEffect(i)) // 3, 4 and 5 hours
			if err := l.Exclude("k", x); err != nil {
				t.Fatal(err)
			}
		}
		for hour, want := range []Counts{{}, {}, {}, {0, 100}, {1, 100}, {3, 100}} {
			if got, err := l.Between("k", at(21, hour), at(21, hour+1)); err != nil || got.Counts != want {
				t.Errorf("order %v, hour %d: got %v, %v, want %v", order, hour, got.Counts, err, want)
			}
		}
	}
}

// The mean of one, two, three and four weeks is exact, nearest weeks first, and
// a slot without any counts nothing.
func TestExpectedIsExact(t *testing.T) {
	l := mustLedger(t, LedgerOptions{Slot: time.Hour, Horizon: 70 * 24 * time.Hour})
	h := l.Handle("k", "a")
	week := func(n int) time.Time { return benchStart.AddDate(0, 0, 7*n) }
	if err := l.Exclude("k", signedExclusion("1", week(5).Add(-time.Hour), week(5), CountExpected)); err != nil {
		t.Fatal(err)
	}
	add := func(n int, good, bad uint64) {
		t.Helper()
		if err := h.Add(week(n), good, bad); err != nil {
			t.Fatal(err)
		}
	}
	add(5, 999, 999)
	for _, c := range []struct {
		week      int
		good, bad uint64
		want      Counts
	}{
		{6, 1, 1, Counts{1, 2}},
		{3, 0, 0, Counts{1.0 / 2, 2.0 / 2}},
		{7, 2, 0, Counts{1.0 / 3, 4.0 / 3}},
		{1, 0, 5, Counts{6.0 / 4, 9.0 / 4}},
		{8, 0, 1, Counts{2.0 / 4, 5.0 / 4}}, // week 8 is nearer than week 1
		{2, 0, 7, Counts{8.0 / 4, 11.0 / 4}},
		{4, 4, 0, Counts{1.0 / 4, 8.0 / 4}}, // weeks 4, 6, 3, 7
	} {
		add(c.week, c.good, c.bad)
		got, err := l.Between("k", week(5).Add(-time.Hour), week(5))
		if err != nil || got.Counts != c.want {
			t.Errorf("with week %d: got %v, %v, want %v", c.week, got.Counts, err, c.want)
		}
	}
	l.Forget("k")
	if err := l.Exclude("k", signedExclusion("1", week(5).Add(-time.Hour), week(5), CountExpected)); err != nil {
		t.Fatal(err)
	}
	add(5, 999, 999)
	if got, err := l.Between("k", week(5).Add(-time.Hour), week(5)); err != nil || !got.NoData || got.Seen != 1 {
		t.Errorf("without other weeks: got %+v, %v, want no data", got, err)
	}
}

// An exclusion covers the slots that lie wholly within it, and nothing else.
func TestExclusionCoversWholeSlots(t *testing.T) {
	at := func(minutes float64) time.Time {
		return benchStart.Add(time.Duration(minutes * float64(time.Minute)))
	}
	for _, c := range []struct {
		start, end time.Time
		want       int
	}{
		{at(10), at(20), 2},
		{at(9.99), at(20.01), 2},
		{at(10.01), at(20), 1},
		{at(10).Add(1), at(20).Add(-1), 0},
		{at(10).Add(1), at(25).Add(-1), 1},
		{at(10).Add(1), at(15), 0},
	} {
		l := mustLedger(t, LedgerOptions{})
		if err := l.Handle("k", "a").Add(at(60), 1, 0); err != nil {
			t.Fatal(err)
		}
		err := l.Exclude("k", signedExclusion("1", c.start, c.end, Drop))
		if c.want == 0 {
			if !errors.Is(err, ErrEntry) || len(l.Entries("k")) != 0 {
				t.Errorf("%v to %v: got %v, want an error", c.start, c.end, err)
			}
			continue
		}
		a, err2 := l.Between("k", at(0), at(60))
		if err != nil || err2 != nil || a.Excluded != c.want {
			t.Errorf("%v to %v: got %d slots, %v, %v, want %d", c.start, c.end, a.Excluded, err, err2, c.want)
		}
	}
}

func TestExclusionErrors(t *testing.T) {
	at := benchStart
	good := signedExclusion("1", at, at.Add(time.Hour), Drop)
	for _, c := range []struct {
		name   string
		x      Exclusion
		reason string
	}{
		{"nothing", Exclusion{}, "ledger: entry: exclusion \"\" has no id\n" +
			"ledger: entry: exclusion \"\" has no reason\n" +
			"ledger: entry: exclusion \"\" has no author\n" +
			"ledger: entry: exclusion \"\": at: ledger: the time is not set\n" +
			"ledger: entry: exclusion \"\": start: ledger: the time is not set\n" +
			"ledger: entry: exclusion \"\": end: ledger: the time is not set"},
		{"end before start", signedExclusion("1", at, at.Add(-1), Drop), `ledger: entry: exclusion "1": end 2026-03-01T23:59:59Z is not after start 2026-03-02T00:00:00Z`},
		{"effect", signedExclusion("1", at, at.Add(time.Hour), 3), `ledger: entry: exclusion "1": unknown effect 3`},
		{"short", signedExclusion("1", at.Add(time.Minute), at.Add(9*time.Minute), Drop),
			`ledger: entry: exclusion "1" holds no whole slot of 5m0s; widen it to 2026-03-02T00:00:00Z – 2026-03-02T00:10:00Z`},
		{"short hours", Exclusion{ID: "1", Weekly: Weekly{From: time.Hour, To: time.Hour + time.Minute}, Reason: "r", Author: "a", At: at},
			`ledger: entry: exclusion "1" of 1m0s holds no whole slot of 5m0s`},
		{"hours", Exclusion{ID: "1", Weekly: Weekly{From: 25 * time.Hour, To: -1, Days: []time.Weekday{7}, Location: time.Local}, Reason: "r", Author: "a", At: at},
			"ledger: entry: exclusion \"1\": from 25h0m0s is no time of the day; write whole seconds since midnight, 0 to 24h\n" +
				"to -1ns is no time of the day; write whole seconds since midnight, 0 to 24h\n" +
				"unknown day of the week 7\n" +
				"unknown time zone \"Local\"; write an IANA name such as Europe/Berlin"},
		{"no hours", Exclusion{ID: "1", Weekly: Weekly{From: time.Hour, To: time.Hour}, Reason: "r", Author: "a", At: at},
			`ledger: entry: exclusion "1": from 1h0m0s to 1h0m0s is no time; for a whole day write 0 to 24h`},
		{"bounds", Exclusion{ID: "1", Start: at, End: at.Add(-time.Hour), Weekly: Weekly{To: time.Hour}, Reason: "r", Author: "a", At: at},
			`ledger: entry: exclusion "1": end 2026-03-01T23:00:00Z is not after start 2026-03-02T00:00:00Z`},
		{"used ID", signedExclusion("used", at, at.Add(2*time.Hour), Drop), `ledger: entry: there is another entry "used"; revoke it and enter a new one under a new ID`},
		{"ID of a correction", signedExclusion("correction", at, at.Add(2*time.Hour), Drop), `ledger: entry: there is another entry "correction"; revoke it and enter a new one under a new ID`},
	} {
		l := mustLedger(t, LedgerOptions{})
		used := good
		used.ID = "used"
		if err := errors.Join(l.Exclude("k", used), l.Correct("k", signedCorrection("correction", at, at.Add(time.Hour), 1, 0))); err != nil {
			t.Fatal(err)
		}
		before := ledgerBytesOf(t, l)
		for _, key := range []string{"k", "new"} {
			if key == "new" && c.x.ID != "1" {
				continue
			}
			if err := l.Exclude(key, c.x); !errors.Is(err, ErrEntry) || err.Error() != c.reason {
				t.Errorf("%s: got %v\nwant %s", c.name, err, c.reason)
			}
		}
		if !slices.Equal(before, ledgerBytesOf(t, l)) {
			t.Errorf("%s: the ledger changed", c.name)
		}
	}
	l := mustLedger(t, LedgerOptions{Slot: 11 * time.Minute})
	if err := l.Exclude("k", signedExclusion("1", at, at.Add(time.Hour), CountExpected)); !errors.Is(err, ErrEntry) ||
		err.Error() != `ledger: entry: exclusion "1" counts the expected, but slots of 11m0s do not divide a week` {
		t.Errorf("odd slots: got %v", err)
	}
	if err := l.Exclude("", good); !errors.Is(err, ErrLedger) {
		t.Errorf("no key: got %v", err)
	}
	// The same exclusion, written otherwise, is no error.
	l = mustLedger(t, LedgerOptions{})
	weekly := Exclusion{ID: "w", Weekly: Weekly{Days: []time.Weekday{0, 6, 0}, To: 24 * time.Hour}, Reason: "r", Author: "a", At: at}
	same := weekly
	same.Weekly = Weekly{Days: []time.Weekday{6, 0}, Location: time.UTC}
	same.At = at.In(time.FixedZone("", 3600))
	if err := errors.Join(l.Exclude("k", weekly), l.Exclude("k", same), l.Exclude("k", good), l.Exclude("k", good)); err != nil || len(l.Entries("k")) != 2 {
		t.Errorf("got %v and %d entries, want two", err, len(l.Entries("k")))
	}
}

func TestExclusionJSON(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x    Exclusion
		text string
	}{
		{signedExclusion("1", benchStart, benchStart.Add(time.Hour), CountGood),
			`{"id":"1","start":"2026-03-02T00:00:00Z","end":"2026-03-02T01:00:00Z","effect":"good","reason":"maintenance","author":"ada","at":"2026-03-02T00:00:00Z"}`},
		{Exclusion{ID: "2", Weekly: Weekly{Days: []time.Weekday{time.Saturday, time.Sunday}, From: 22 * time.Hour, To: 6*time.Hour + 30*time.Second, Location: berlin}, Effect: CountExpected, Reason: "r", Author: "a", At: benchStart},
			`{"id":"2","weekly":{"days":["saturday","sunday"],"from":"22:00","to":"06:00:30","zone":"Europe/Berlin"},"effect":"expected","reason":"r","author":"a","at":"2026-03-02T00:00:00Z"}`},
		{Exclusion{ID: "3", Start: benchStart, Weekly: Weekly{To: 24 * time.Hour}, Reason: "r", Author: "a", At: benchStart},
			`{"id":"3","start":"2026-03-02T00:00:00Z","weekly":{"from":"00:00","to":"24:00","zone":"UTC"},"effect":"drop","reason":"r","author":"a","at":"2026-03-02T00:00:00Z"}`},
	} {
		text, err := json.Marshal(c.x)
		if err != nil || string(text) != c.text {
			t.Errorf("got  %s, %v\nwant %s", text, err, c.text)
		}
		var back Exclusion
		if err := json.Unmarshal(text, &back); err != nil || !back.equal(c.x) {
			t.Errorf("%s: got %+v, %v back", text, back, err)
		}
	}
	for text, reason := range map[string]string{
		`{"effect":"ignore"}`: `unknown effect "ignore" of an exclusion; write drop, good or expected`,
		`{"weekly":{"from":"25:00","to":"1:00","days":["Fri"],"zone":"CEST/x"}}`: `"25:00" is no time of the day; write 08:30, up to 24:00` + "\n" +
			`"1:00" is no time of the day; write 08:30, up to 24:00` + "\n" +
			`unknown time zone "CEST/x"; write an IANA name such as Europe/Berlin` + "\n" +
			`unknown day "Fri"; write monday to sunday`,
		`{"weekly":{"from":"10:00","to":"10:00","zone":"UTC"}}`: `from 10h0m0s to 10h0m0s is no time; for a whole day write 0 to 24h`,
		`{"weekly":{"from":"10:60","to":"10.30","zone":"UTC"}}`: `"10:60" is no time of the day; write 08:30, up to 24:00` + "\n" +
			`"10.30" is no time of the day; write 08:30, up to 24:00`,
		`{"weekly":{"from":"10:00:0","to":"1a:00:00","zone":"UTC"}}`: `"10:00:0" is no time of the day; write 08:30, up to 24:00` + "\n" +
			`"1a:00:00" is no time of the day; write 08:30, up to 24:00`,
	} {
		var x Exclusion
		if err := json.Unmarshal([]byte(text), &x); err == nil || err.Error() != reason {
			t.Errorf("%s: got %v\nwant %s", text, err, reason)
		}
	}
	if e := ExclusionEffect(7).String(); e != "ExclusionEffect(7)" {
		t.Errorf("got %s", e)
	}
}

// Hours of days on which clocks are changed, from the zones' published rules.
func TestWeeklySpans(t *testing.T) {
	zone := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	hm := func(h, m int) time.Duration { return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute }
	berlin, newYork, lordHowe, apia := zone("Europe/Berlin"), zone("America/New_York"), zone("Australia/Lord_Howe"), zone("Pacific/Apia")
	for _, c := range []struct {
		name     string
		w        Weekly
		from, to string
		want     []string
	}{
		{"every day in UTC", Weekly{From: hm(22, 0), To: hm(23, 30)}, "2026-03-01T22:30:00Z", "2026-03-03T00:00:00Z",
			[]string{"2026-03-01T22:00:00Z/2026-03-01T23:30:00Z", "2026-03-02T22:00:00Z/2026-03-02T23:30:00Z"}},
		{"overnight, begun on the day before", Weekly{From: hm(22, 0), To: hm(6, 0), Days: []time.Weekday{time.Saturday}}, "2026-03-01T05:00:00Z", "2026-03-07T22:00:00Z",
			[]string{"2026-02-28T22:00:00Z/2026-03-01T06:00:00Z"}},
		{"days that meet are one span", Weekly{To: 24 * time.Hour, Days: []time.Weekday{time.Saturday, time.Sunday}}, "2026-02-28T12:00:00Z", "2026-03-12T00:00:00Z",
			[]string{"2026-02-28T00:00:00Z/2026-03-02T00:00:00Z", "2026-03-07T00:00:00Z/2026-03-09T00:00:00Z"}},
		// Berlin, 29 March 2026: 02:00 CET becomes 03:00 CEST at 01:00 UTC.
		{"spring: the hours are an hour shorter", Weekly{From: hm(22, 0), To: hm(6, 0), Location: berlin}, "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-28T21:00:00Z/2026-03-29T04:00:00Z"}},
		{"spring: the end is skipped", Weekly{From: hm(1, 0), To: hm(2, 30), Location: berlin}, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T00:00:00Z/2026-03-29T01:00:00Z"}},
		{"spring: the beginning is skipped", Weekly{From: hm(2, 30), To: hm(4, 0), Location: berlin}, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z",
			[]string{"2026-03-29T01:00:00Z/2026-03-29T02:00:00Z"}},
		{"spring: all is skipped", Weekly{From: hm(2, 0), To: hm(3, 0), Location: berlin}, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z", nil},
		// Berlin, 25 October 2026: 03:00 CEST becomes 02:00 CET at 01:00 UTC.
		{"autumn: the hours are an hour longer", Weekly{From: hm(22, 0), To: hm(6, 0), Location: berlin}, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-24T20:00:00Z/2026-10-25T05:00:00Z"}},
		{"autumn: the hour that comes twice", Weekly{From: hm(2, 0), To: hm(3, 0), Location: berlin}, "2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-25T00:00:00Z/2026-10-25T02:00:00Z"}},
		{"autumn: within the hour that comes twice", Weekly{From: hm(2, 15), To: hm(2, 45), Location: berlin}, "2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z",
			[]string{"2026-10-25T00:15:00Z/2026-10-25T00:45:00Z"}},
		// New York, 1 November 2026: 02:00 EDT becomes 01:00 EST at 06:00 UTC.
		{"a whole day of 25 hours", Weekly{To: 24 * time.Hour, Days: []time.Weekday{time.Sunday}, Location: newYork}, "2026-11-01T12:00:00Z", "2026-11-02T12:00:00Z",
			[]string{"2026-11-01T04:00:00Z/2026-11-02T05:00:00Z"}},
		// Lord Howe changes its clock by half an hour: 4 October 2026, 02:00
		// (+10:30) becomes 02:30 (+11) at 15:30 UTC.
		{"half an hour", Weekly{From: hm(1, 0), To: hm(4, 0), Location: lordHowe}, "2026-10-03T12:00:00Z", "2026-10-03T20:00:00Z",
			[]string{"2026-10-03T14:30:00Z/2026-10-03T17:00:00Z"}},
		// Apia skipped 30 December 2011, a Friday.
		{"a day that never was", Weekly{From: hm(9, 0), To: hm(17, 0), Days: []time.Weekday{time.Friday}, Location: apia}, "2011-12-29T12:00:00Z", "2012-01-02T12:00:00Z", nil},
		// Time.ZoneBounds names a bound that has passed on this day.
		{"the last of a far leap year", Weekly{From: hm(9, 0), To: hm(17, 0), Location: berlin}, "2040-12-30T12:00:00Z", "2041-01-01T12:00:00Z",
			[]string{"2040-12-30T08:00:00Z/2040-12-30T16:00:00Z", "2040-12-31T08:00:00Z/2040-12-31T16:00:00Z", "2041-01-01T08:00:00Z/2041-01-01T16:00:00Z"}},
		{"unset", Weekly{}, "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", nil},
		{"not valid", Weekly{From: hm(9, 0), To: hm(9, 0)}, "2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z", nil},
		{"no time", Weekly{To: hm(9, 0)}, "2026-03-03T00:00:00Z", "2026-03-03T00:00:00Z", nil},
	} {
		parse := func(s string) time.Time {
			at, err := time.Parse(time.RFC3339, s)
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
		var got []string
		for _, s := range c.w.Spans(parse(c.from), parse(c.to)) {
			got = append(got, s.Start.Format(time.RFC3339)+"/"+s.End.Format(time.RFC3339))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s:\n got %v\nwant %v", c.name, got, c.want)
		}
	}
}

// Weekly hours exclude slots as time goes on, within their bounds.
func TestWeeklyExclusionGoesOn(t *testing.T) {
	l := mustLedger(t, LedgerOptions{Slot: time.Hour})
	x := Exclusion{ID: "nights", Start: benchStart.AddDate(0, 0, 3), End: benchStart.AddDate(0, 0, 10),
		Weekly: Weekly{From: 22 * time.Hour, To: 6 * time.Hour}, Reason: "closed", Author: "ada", At: benchStart}
	if err := l.Exclude("k", x); err != nil {
		t.Fatal(err)
	}
	h := l.Handle("k", "a")
	for i := range 14 * 24 {
		if err := h.Add(benchStart.Add(time.Duration(i+1)*time.Hour), 10, 0); err != nil {
			t.Fatal(err)
		}
	}
	a, err := l.Between("k", benchStart, benchStart.AddDate(0, 0, 14))
	// Seven nights of 8 hours; the first is cut at its midnight and the last too.
	if want := 7 * 8; err != nil || a.Excluded != want || a.Counts.Total != float64(10*(14*24-want)) {
		t.Errorf("got %+v, %v, want %d slots excluded", a, err, want)
	}
	for day, want := range map[int]int{2: 0, 3: 8, 9: 8, 10: 0} {
		if a, err := l.Between("k", benchStart.AddDate(0, 0, day), benchStart.AddDate(0, 0, day+1)); err != nil || a.Excluded != want {
			t.Errorf("day %d: got %d slots excluded, %v, want %d", day, a.Excluded, err, want)
		}
	}
}
