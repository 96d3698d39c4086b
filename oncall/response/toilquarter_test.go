package response

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestQuarterText(t *testing.T) {
	for _, s := range []string{"2026-Q3", "0999-Q1", ""} {
		var q Quarter
		if err := q.UnmarshalText([]byte(s)); err != nil || q.String() != s {
			t.Errorf("%q: got %v, %v", s, q, err)
		}
	}
	for _, s := range []string{"2026-Q5", "2026-Q0", "2026Q1", "26-Q1", "+999-Q1", "2026-q1", "2026-Q1 "} {
		var q Quarter
		if err := q.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q: got %v, want an error", s, q)
		}
	}
}

// Quarters begin by the calendar of the zone, whatever the clocks do that night.
func TestQuarterStart(t *testing.T) {
	for _, c := range []struct{ zone, quarter, want string }{
		{"UTC", "2026-Q3", "2026-07-01T00:00:00Z"},
		{"Europe/Berlin", "2026-Q1", "2025-12-31T23:00:00Z"},
		{"Europe/Berlin", "2026-Q2", "2026-03-31T22:00:00Z"},
		{"Pacific/Auckland", "2026-Q4", "2026-09-30T11:00:00Z"}, // summer time since September 27
		{"America/Asuncion", "2017-Q4", "2017-10-01T04:00:00Z"}, // 00:00 does not exist: the clock went from -04 to -03
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		var q Quarter
		if err := q.UnmarshalText([]byte(c.quarter)); err != nil {
			t.Fatal(err)
		}
		if got := q.Start(zone); !got.Equal(at(t, c.want)) {
			t.Errorf("%s in %s: got %s, want %s", c.quarter, c.zone, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}

// Every instant lies in the quarter that QuarterOf names, and quarters adjoin.
func TestQuartersCoverTime(t *testing.T) {
	var zones []*time.Location
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Asuncion", "Africa/Cairo", "Asia/Amman", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		i := rapid.IntRange(4*1900, 4*2100).Draw(t, "quarter")
		q := quarterAt(i)
		start, end := q.Start(zone), q.Next().Start(zone)
		if q.index() != i || QuarterOf(start, zone) != q || QuarterOf(start.Add(-1), zone) == q || QuarterOf(end.Add(-1), zone) != q {
			t.Fatalf("%v in %v: from %v to %v, in %v and %v, %v before", q, zone, start, end, QuarterOf(start, zone), QuarterOf(end.Add(-1), zone), QuarterOf(start.Add(-1), zone))
		}
		if d := end.Sub(start); d < 89*24*time.Hour || d > 93*24*time.Hour {
			t.Fatalf("%v in %v lasts %v", q, zone, d)
		}
		inside := start.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(start))-1).Draw(t, "inside")))
		if QuarterOf(inside, zone) != q {
			t.Fatalf("%v lies in %v, want %v", inside, QuarterOf(inside, zone), q)
		}
	})
	if got, want := (Quarter{2026, 1}).Start(nil), (Quarter{2025, 4}).Next().Start(time.UTC); !got.Equal(want) {
		t.Errorf("a nil zone: got %v, want %v", got, want)
	}
}
