package chart

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ticksBetween writes ticks as "label" or "label/context", with the offset from
// UTC where full is set.
func ticksBetween(t testing.TB, zoneName, from, to string, n int, full bool) string {
	t.Helper()
	z := zone(t, zoneName)
	parse := func(s string) float64 {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, z)
		if err != nil {
			t.Fatal(err)
		}
		return unix(at)
	}
	var out []string
	for _, k := range timeTicks(parse(from), parse(to), z, n) {
		s := k.label
		if full {
			s = instant(k.at, z).Format("15:04-07")
		}
		if k.context != "" {
			s += "/" + k.context
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func TestTimeTicksAcrossClockChanges(t *testing.T) {
	for _, c := range []struct {
		name, zone, from, to string
		n                    int
		want                 string
	}{
		// 2026-03-29 02:00 to 03:00 does not exist in Berlin.
		{"spring, hourly", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 05:00", 6,
			"00:00+01/29 Mar 2026 01:00+01 03:00+02/CEST 04:00+02 05:00+02"},
		{"spring, two hours: no tick at 02:00", "Europe/Berlin", "2026-03-28 20:00", "2026-03-29 08:00", 7,
			"20:00+01/28 Mar 2026 22:00+01 00:00+01/29 Mar 04:00+02/CEST 06:00+02 08:00+02"},
		{"spring, three hours", "Europe/Berlin", "2026-03-29 00:00", "2026-03-29 12:00", 5,
			"00:00+01/29 Mar 2026 03:00+02/CEST 06:00+02 09:00+02 12:00+02"},
		{"spring, half hours", "Europe/Berlin", "2026-03-29 01:00", "2026-03-29 04:00", 5,
			"01:00+01/29 Mar 2026 01:30+01 03:00+02/CEST 03:30+02 04:00+02"},
		// 2026-10-25 02:00 to 03:00 comes twice in Berlin.
		{"autumn, hourly", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 05:00", 7,
			"00:00+02/25 Oct 2026 01:00+02 02:00+02 02:00+01/CET 03:00+01 04:00+01 05:00+01"},
		{"autumn, two hours: once", "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 06:00", 4,
			"00:00+02/25 Oct 2026 02:00+02 04:00+01/CET 06:00+01"},
		{"autumn, half hours", "Europe/Berlin", "2026-10-25 01:30", "2026-10-25 03:30", 8,
			"01:30+02/25 Oct 2026 02:00+02 02:30+02 02:00+01/CET 02:30+01 03:00+01 03:30+01"},
		{"New York, spring", "America/New_York", "2026-03-08 00:00", "2026-03-08 05:00", 6,
			"00:00-05/8 Mar 2026 01:00-05 03:00-04/EDT 04:00-04 05:00-04"},
		{"New York, autumn", "America/New_York", "2026-11-01 00:00", "2026-11-01 04:00", 7,
			"00:00-04/1 Nov 2026 01:00-04 01:00-05/EST 02:00-05 03:00-05 04:00-05"},
		// Days stay at midnight on both sides of the change.
		{"days over spring", "Europe/Berlin", "2026-03-27 12:00", "2026-04-01 12:00", 6,
			"00:00+01/2026 00:00+01 00:00+02 00:00+02 00:00+02"},
		{"quarters over autumn", "America/New_York", "2026-10-31 12:00", "2026-11-02 00:00", 8,
			"12:00-04/31 Oct 2026 18:00-04 00:00-04/1 Nov 06:00-05/EST 12:00-05 18:00-05 00:00-05/2 Nov"},
		// Cairo skips midnight of Friday 2026-04-24: the day begins at 01:00.
		{"midnight skipped", "Africa/Cairo", "2026-04-23 00:00", "2026-04-26 00:00", 4,
			"00:00+02/2026 01:00+03 00:00+03 00:00+03"},
		// Samoa skipped 2011-12-30 altogether: one tick, not two, at the change.
		{"day skipped", "Pacific/Apia", "2011-12-28 00:00", "2012-01-02 00:00", 6,
			"00:00-10/2011 00:00-10 00:00+14 00:00+14/2012 00:00+14"},
		// Lord Howe turns its clocks by half an hour.
		{"half an hour", "Australia/Lord_Howe", "2026-04-05 00:00", "2026-04-05 04:00", 5,
			"00:00+11/5 Apr 2026 01:00+11 02:00+10/+1030 03:00+10 04:00+10"},
		{"offset of a quarter", "Asia/Kathmandu", "2026-01-01 00:00", "2026-01-01 03:00", 4,
			"00:00+05/1 Jan 2026 01:00+05 02:00+05 03:00+05"},
	} {
		if got := ticksBetween(t, c.zone, c.from, c.to, c.n, true); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestTimeTickLabels(t *testing.T) {
	for _, c := range []struct {
		from, to string
		n        int
		want     string
	}{
		{"2026-01-01 00:00", "2026-01-01 00:01", 4, "00:00:00/1 Jan 2026 00:00:15 00:00:30 00:00:45 00:01:00"},
		{"2026-01-01 00:03", "2026-01-01 00:21", 4, "00:05/1 Jan 2026 00:10 00:15 00:20"},
		{"2025-12-31 18:00", "2026-01-01 06:00", 3, "18:00/31 Dec 2025 00:00/1 Jan 2026 06:00"},
		{"2025-12-29 00:00", "2026-01-03 00:00", 6, "29 Dec/2025 30 Dec 31 Dec 1 Jan/2026 2 Jan 3 Jan"},
		// Weeks are marked on Mondays.
		{"2026-03-01 00:00", "2026-03-31 00:00", 5, "2 Mar/2026 9 Mar 16 Mar 23 Mar 30 Mar"},
		{"2025-11-15 00:00", "2026-04-15 00:00", 6, "Dec/2025 Jan/2026 Feb Mar Apr"},
		{"2025-02-01 00:00", "2027-02-01 00:00", 9, "Apr/2025 Jul Oct Jan/2026 Apr Jul Oct Jan/2027"},
		{"2019-06-01 00:00", "2026-06-01 00:00", 8, "2020 2021 2022 2023 2024 2025 2026"},
		{"1926-01-01 00:00", "2026-01-01 00:00", 5, "1940 1960 1980 2000 2020"},
	} {
		if got := ticksBetween(t, "UTC", c.from, c.to, c.n, false); got != c.want {
			t.Errorf("%s to %s, %d ticks:\n got %s\nwant %s", c.from, c.to, c.n, got, c.want)
		}
	}
}

func TestTimeTickLaws(t *testing.T) {
	zones := []*time.Location{nil, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Africa/Cairo"), zone(t, "Pacific/Apia"), zone(t, "Australia/Lord_Howe"), zone(t, "Asia/Kathmandu"), time.FixedZone("", -5400)}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		lo := float64(rapid.Int64Range(-5e9, 1e10).Draw(t, "lo"))
		span := float64(rapid.Int64Range(1, 1<<40).Draw(t, "span")) / float64(rapid.SampledFrom([]int64{1, 1 << 10, 1 << 20, 1 << 30}).Draw(t, "part"))
		n := rapid.IntRange(2, 20).Draw(t, "n")
		ticks := timeTicks(lo, lo+span, z, n)
		if len(ticks) > 2*n+4 {
			t.Fatalf("%d ticks, asked for about %d", len(ticks), n)
		}
		for i, k := range ticks {
			if k.at < lo || k.at > lo+span {
				t.Fatalf("tick at %v outside %v to %v", k.at, lo, lo+span)
			}
			if i > 0 && k.at <= ticks[i-1].at {
				t.Fatalf("tick at %v after %v", k.at, ticks[i-1].at)
			}
			year := !strings.ContainsAny(k.label, " :JFMASOND")
			if k.label == "" || i == 0 && k.context == "" && !year {
				t.Fatalf("tick %d: label %q, context %q", i, k.label, k.context)
			}
		}
	})
}

func TestZoneNote(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	winter, summer := unix(time.Date(2026, 1, 1, 0, 0, 0, 0, berlin)), unix(time.Date(2026, 7, 1, 0, 0, 0, 0, berlin))
	for _, c := range []struct {
		lo, hi float64
		zone   *time.Location
		want   string
	}{
		{winter, summer, nil, "UTC"},
		{winter, summer, berlin, "Europe/Berlin (CET to CEST)"},
		{winter, winter + 86400, berlin, "Europe/Berlin"},
		{winter, winter + 365*86400, berlin, "Europe/Berlin"},
		{winter, summer, time.FixedZone("", 5400), "UTC+01:30"},
		{winter, summer, time.FixedZone("ship", 5400), "ship"},
	} {
		if got := zoneNote(c.lo, c.hi, c.zone); got != c.want {
			t.Errorf("zoneNote(%v, %v, %v): got %q, want %q", c.lo, c.hi, c.zone, got, c.want)
		}
	}
}
