package oncall

import (
	"os"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

// every calls f with each zone of the database.
func every(t *testing.T, f func(name string, zone *time.Location)) {
	t.Helper()
	text, err := os.ReadFile("testdata/zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range strings.Fields(string(text)) {
		if zone, err := time.LoadLocation(name); err == nil {
			f(name, zone)
			n++
		}
	}
	if n < 580 {
		t.Errorf("got %d zones, want 580 at least", n)
	}
}

// watch looks at a zone's clock from 3 days before an instant, every minute, and
// holds the package's clock against what it shows: the latest time shown until
// an instant is reached, and the first instant of each minute that is shown or
// skipped is its instant.
func watch(t *testing.T, name string, c *clock, from, to int64) {
	t.Helper()
	most := int64(beginning)
	for at := from - 3*daySeconds; at < to; at += 60 {
		_, offset := time.Unix(at, 0).In(c.zone).Zone()
		shown := at + int64(offset)
		if at >= from {
			for w := most + 60; w <= shown; w += 60 {
				if got := c.instant(w); got > at || got <= at-60 { // some old offsets have seconds
					t.Fatalf("%s: %s: got %d, want %d", name, time.Unix(w, 0).UTC().Format("2006-01-02 15:04"), got, at)
				}
			}
		}
		most = max(most, shown)
		if at >= from {
			if got := c.reached(at); got < most || got >= most+60 { // between two looks
				t.Fatalf("%s: %v: got %d reached, want %d", name, time.Unix(at, 0).UTC(), got, most)
			}
			if got := c.read(at); got != c.reached(at) {
				t.Fatalf("%s: %v: got %d read, want %d", name, time.Unix(at, 0).UTC(), got, c.reached(at))
			}
		}
	}
}

// TestClockChanges: every minute around every change of every zone in twenty
// years.
func TestClockChanges(t *testing.T) {
	first := time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	changes := 0
	every(t, func(name string, zone *time.Location) {
		c := newClock(zone)
		_, before := time.Unix(first, 0).In(zone).Zone()
		for day := first; day < first+20*366*daySeconds; day += daySeconds {
			_, offset := time.Unix(day, 0).In(zone).Zone()
			if offset != before {
				changes++
				watch(t, name, &c, day-daySeconds-2*3600, day+4*3600)
			}
			before = offset
		}
	})
	if changes < 5000 {
		t.Errorf("got %d changes, want 5000 at least", changes)
	}
}

// TestClockYears: every minute of years in which days lack a midnight, or are
// not there at all, or come twice.
func TestClockYears(t *testing.T) {
	for _, c := range []struct {
		zone     string
		from, to string
	}{
		{"America/Santiago", "2024-01-01", "2025-01-01"},
		{"America/Havana", "2024-01-01", "2025-01-01"},
		{"Africa/Cairo", "2024-01-01", "2025-01-01"},
		{"Pacific/Apia", "2011-06-01", "2012-06-01"},
		{"Pacific/Kwajalein", "1993-08-01", "1993-09-01"},   // August 21 was skipped
		{"Asia/Manila", "1844-12-01", "1845-01-10"},         // December 31 was skipped
		{"America/Juneau", "1867-10-01", "1867-11-01"},      // October 18 came twice
		{"Europe/Berlin", "2088-03-20", "2088-04-10"},       // beyond the table
		{"America/New_York", "2096-12-01", "2097-01-10"},    // the last day of a leap year
		{"Africa/Casablanca", "2030-01-01", "2030-04-01"},   // Ramadan
		{"Antarctica/Troll", "2024-01-01", "2025-01-01"},    // two hours
		{"Australia/Lord_Howe", "2024-01-01", "2025-01-01"}, // half an hour
		{"America/Nuuk", "2023-01-01", "2025-01-01"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		from, _ := time.Parse(time.DateOnly, c.from)
		to, _ := time.Parse(time.DateOnly, c.to)
		k := newClock(zone)
		watch(t, c.zone, &k, from.Unix()/60*60, to.Unix())
	}
}

// TestClockLaw: instant(w) ≤ t exactly if w ≤ reached(t), anywhere.
func TestClockLaw(t *testing.T) {
	var names []string
	clocks := make(map[string]clock)
	every(t, func(name string, zone *time.Location) {
		names = append(names, name)
		clocks[name] = newClock(zone)
	})
	rapid.Check(t, func(t *rapid.T) {
		c := clocks[rapid.SampledFrom(names).Draw(t, "zone")]
		for range 20 {
			at := rapid.Int64Range(-5e9, 8e9).Draw(t, "instant")
			w := at + rapid.Int64Range(-30*3600, 30*3600).Draw(t, "wall")
			if i, r := c.instant(w), c.reached(at); (i <= at) != (w <= r) {
				t.Fatalf("got instant(%d) = %d and reached(%d) = %d", w, i, at, r)
			}
		}
	})
}

func TestResolveNormalises(t *testing.T) {
	got := Resolve(2026, time.October, 32, 25, 0, 0, nil)
	if want := time.Date(2026, time.November, 2, 1, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestEveryZone: random definitions in every zone end, and agree with
// themselves.
func TestEveryZone(t *testing.T) {
	i := 0
	every(t, func(name string, _ *time.Location) {
		i++
		rotation := []Rotation{
			{Unit: Hour, Every: 1 + i%7, Start: "2011-12-01T00:30"},
			{Unit: Day, Start: "2011-12-01"},
			{Unit: Day, Start: "2011-12-01T02:30", Days: Days(1 + i%127)},
			{Unit: Month, Start: "2011-01-31T02:00"},
		}[i%4]
		r, err := one(name, rotation, Turns("a", "b", "", "c"), Window{From: "22:00", To: "02:30"}, Window{Days: Weekend}).Compile()
		if err != nil {
			t.Fatal(err)
		}
		for _, year := range []int{2011, 2024, 2066} {
			from := time.Date(year, 12, 25, 0, 0, 0, 0, time.UTC)
			to := from.AddDate(0, 6, 0)
			for _, s := range r.Shifts(from, to) {
				if who, ok := r.Primary(s.Start); !ok || who != s.Person || !s.End.After(s.Start) {
					t.Fatalf("%s: got %q at %v, want %q until %v", name, who, s.Start, s.Person, s.End)
				}
				if who, _ := r.Primary(s.End); s.End.Before(to) && who == s.Person {
					t.Fatalf("%s: got %q still at %v", name, who, s.End)
				}
			}
		}
	})
}
