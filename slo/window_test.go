package slo

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseWindow(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		in   string
		want Window
		text string
	}{
		{"30d", Rolling(30 * 24 * time.Hour), "30d"},
		{"4w", Rolling(28 * 24 * time.Hour), "4w"},
		{"28d", Rolling(28 * 24 * time.Hour), "4w"},
		{"5m", Rolling(5 * time.Minute), "5m"},
		{"day", Window{Calendar: Day}, "day"},
		{"weekly", Window{Calendar: Week}, "week"},
		{"month", Window{Calendar: Month}, "month"},
		{"per month", Window{Calendar: Month}, "month"},
		{"quarterly", Window{Calendar: Quarter}, "quarter"},
		{"year", Window{Calendar: Year}, "year"},
		{"month in Europe/Berlin", Window{Calendar: Month, Location: berlin}, "month in Europe/Berlin"},
		{"month in UTC", Window{Calendar: Month}, "month"},
		{"day in Japan", Window{Calendar: Day, Location: zone(t, "Japan")}, "day in Japan"},
	} {
		w, err := ParseWindow(c.in)
		if err != nil {
			t.Errorf("ParseWindow(%q): %v", c.in, err)
			continue
		}
		if !w.Equal(c.want) {
			t.Errorf("ParseWindow(%q) = %+v, want %+v", c.in, w, c.want)
		}
		if got := w.String(); got != c.text {
			t.Errorf("ParseWindow(%q).String() = %q, want %q", c.in, got, c.text)
		}
		if back := MustWindow(w.String()); !back.Equal(w) {
			t.Errorf("%q: read back as %v", c.in, back)
		}
		text, err := json.Marshal(w)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
		}
		var back Window
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(w) {
			t.Errorf("%q: JSON %s read back as %v, %v", c.in, text, back, err)
		}
	}
}

func TestParseWindowRefuses(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"over 1 month", "has no fixed length"},
		{"month in Mars/Phobos", `unknown time zone "Mars/Phobos"; write an IANA name such as Europe/Berlin`},
		{"month in Local", `unknown time zone "Local"`},
		{"month in ../../etc/passwd", ""},
		{"30d in Europe/Berlin", "a rolling window has no time zone"},
		{"", ""}, {"0d", ""}, {"-30d", ""}, {"fortnightly in space", ""}, {"month in ", ""},
		{"month in Europe/Berlin in UTC", ""},
		{strings.Repeat("9", 300) + "d", ""},
		{"NaN d", ""}, {"30d\x00", ""},
	} {
		w, err := ParseWindow(c.in)
		if !errors.Is(err, ErrWindow) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("ParseWindow(%q) = %v, error %v; want an ErrWindow with %q", c.in, w, err, c.want)
		}
		if !w.IsZero() {
			t.Errorf("ParseWindow(%q) returned %v beside its error", c.in, w)
		}
	}
}

func TestWindowValidate(t *testing.T) {
	for _, c := range []struct {
		w    Window
		want string
	}{
		{Window{}, "not a window: no length; write a rolling length (30d) or a calendar unit (month)"},
		{Rolling(-time.Hour), "not a window: length -1h0m0s is negative"},
		{Window{Length: time.Hour, Calendar: Day}, "not a window: both rolling (1h0m0s) and calendar (day); choose one"},
		{Window{Calendar: 9}, "not a window: unknown calendar unit 9"},
		{Window{Calendar: -1}, "not a window: unknown calendar unit -1"},
		{Window{Calendar: Day, Location: time.Local}, "not a window: the machine's local zone is not a zone; load one by its IANA name, such as Europe/Berlin"},
		{Rolling(time.Hour), ""},
		{Window{Calendar: Year}, ""},
	} {
		err := c.w.Validate()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want || (err != nil) != errors.Is(err, ErrWindow) {
			t.Errorf("%+v: error %q, want %q", c.w, got, c.want)
		}
		if err != nil {
			now := at(t, "2026-01-01T00:00:00Z")
			if s, e := c.w.Bounds(now); !s.Equal(now) || !e.Equal(now) {
				t.Errorf("bounds of the invalid %+v: %v, %v", c.w, s, e)
			}
		}
	}
}

func TestWindowEqual(t *testing.T) {
	a, b := MustWindow("month in Europe/Berlin"), MustWindow("month in Europe/Berlin")
	if !a.Equal(b) {
		t.Error("two loads of one zone differ")
	}
	if a.Equal(MustWindow("month in Europe/Paris")) || a.Equal(MustWindow("month")) || a.Equal(MustWindow("week in Europe/Berlin")) {
		t.Error("different windows are equal")
	}
	if !(Window{Calendar: Month}).Equal(Window{Calendar: Month, Location: time.UTC}) {
		t.Error("no location is not UTC")
	}
	if !Rolling(1).Equal(Window{Length: 1, Location: zone(t, "Asia/Tokyo")}) {
		t.Error("the zone of a rolling window matters")
	}
}

// Bounds as instants of the zone's clock, and their length. The rules are
// those of the IANA database: each case below is a clock change at midnight,
// where naming the instant "00:00" is not enough.
func TestBounds(t *testing.T) {
	for _, c := range []struct {
		window, at, start, end string
		hours                  float64
	}{
		// Ordinary units.
		{"day", "2026-03-04T12:00:00Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z", 24},
		{"day", "2026-03-04T00:00:00Z", "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z", 24},
		{"week", "2026-03-01T12:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z", 168}, // a Sunday
		{"week", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", 168}, // a Monday
		{"month", "2028-02-29T23:59:59Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z", 29 * 24},
		{"month", "2026-12-31T00:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 31 * 24},
		{"quarter", "2026-05-15T00:00:00Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z", 91 * 24},
		{"quarter", "2026-12-31T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", 92 * 24},
		{"year", "2028-07-01T00:00:00Z", "2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", 366 * 24},
		{"30d", "2026-03-04T12:00:00Z", "2026-02-02T12:00:00Z", "2026-03-04T12:00:00Z", 720},
		// The zone decides the date.
		{"day in Asia/Tokyo", "2026-03-04T15:30:00Z", "2026-03-05T00:00:00+09:00", "2026-03-06T00:00:00+09:00", 24},
		{"day in Asia/Kolkata", "2026-03-04T18:29:59Z", "2026-03-04T00:00:00+05:30", "2026-03-05T00:00:00+05:30", 24},
		// Clock changes inside the unit.
		{"day in Europe/Berlin", "2026-03-29T12:00:00+02:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 23},
		{"day in Europe/Berlin", "2026-10-25T12:00:00+01:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 25},
		{"week in America/New_York", "2026-03-08T12:00:00-04:00", "2026-03-02T00:00:00-05:00", "2026-03-09T00:00:00-04:00", 167},
		{"day in Australia/Lord_Howe", "2026-04-05T12:00:00+10:30", "2026-04-05T00:00:00+11:00", "2026-04-06T00:00:00+10:30", 24.5},
		{"month in Europe/Madrid", "2026-03-15T00:00:00Z", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00", 743},
		{"month in Europe/Madrid", "2026-10-15T00:00:00Z", "2026-10-01T00:00:00+02:00", "2026-11-01T00:00:00+01:00", 745},
		{"month in America/New_York", "2026-11-15T00:00:00Z", "2026-11-01T00:00:00-04:00", "2026-12-01T00:00:00-05:00", 721},
		// Midnight is skipped: the day begins at 01:00.
		{"day in America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00", 23},
		{"day in America/Sao_Paulo", "2018-11-03T23:59:59-03:00", "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", 24},
		{"day in Asia/Beirut", "2022-03-27T01:00:00+03:00", "2022-03-27T01:00:00+03:00", "2022-03-28T00:00:00+03:00", 23},
		// At midnight the clock went back to 23:00: the old day has 25 hours.
		{"day in Asia/Beirut", "2022-10-29T23:30:00+02:00", "2022-10-29T00:00:00+03:00", "2022-10-30T00:00:00+02:00", 25},
		{"day in America/Sao_Paulo", "2018-02-17T23:30:00-03:00", "2018-02-17T00:00:00-02:00", "2018-02-18T00:00:00-03:00", 25},
		// Midnight is repeated (01:00 back to 00:00): the day begins at the first.
		{"day in America/Havana", "2026-11-01T12:00:00-05:00", "2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00", 25},
		{"day in America/Havana", "2026-10-31T23:00:00-04:00", "2026-10-31T00:00:00-04:00", "2026-11-01T00:00:00-04:00", 24},
		// 00:01 back to 23:01 of the day before: the new day goes on.
		{"day in America/St_Johns", "2010-11-06T23:30:00-03:30", "2010-11-07T00:00:00-02:30", "2010-11-08T00:00:00-03:30", 25},
		{"day in America/St_Johns", "2010-11-06T23:30:00-02:30", "2010-11-06T00:00:00-02:30", "2010-11-07T00:00:00-02:30", 24},
		{"month in America/Toronto", "1919-03-31T12:00:00-04:00", "1919-03-01T00:00:00-05:00", "1919-04-01T00:00:00-04:00", 743},
		// A date that never was: Samoa crossed the date line.
		{"day in Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", 24},
		{"day in Pacific/Apia", "2011-12-31T00:00:00+14:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00", 24},
		{"month in Pacific/Apia", "2011-12-15T00:00:00Z", "2011-12-01T00:00:00-10:00", "2012-01-01T00:00:00+14:00", 30 * 24},
		// The same in Kwajalein, 21 August 1993: a year of 364 days.
		{"year in Pacific/Kwajalein", "1993-06-01T00:00:00Z", "1993-01-01T00:00:00-12:00", "1994-01-01T00:00:00+12:00", 364 * 24},
		// The distant past and the far future.
		{"day in Europe/Berlin", "1800-01-01T12:00:00Z", "1799-12-31T23:06:32Z", "1800-01-01T23:06:32Z", 24}, // local mean time, 0:53:28
		{"day in Europe/Dublin", "2040-12-31T12:00:00Z", "2040-12-31T00:00:00Z", "2041-01-01T00:00:00Z", 24}, // Time.ZoneBounds is wrong on this day
		{"month in Asia/Gaza", "2124-12-18T00:00:00Z", "2124-12-01T00:00:00+02:00", "2125-01-01T00:00:00+02:00", 744},
		{"month in Europe/Berlin", "2400-10-15T12:00:00Z", "2400-10-01T00:00:00+02:00", "2400-11-01T00:00:00+01:00", 745},
	} {
		start, end := MustWindow(c.window).Bounds(at(t, c.at))
		wantStart, wantEnd := at(t, c.start), at(t, c.end)
		if !start.Equal(wantStart) || !end.Equal(wantEnd) {
			t.Errorf("%s at %s: (%s, %s], want (%s, %s]", c.window, c.at,
				start.Format(time.RFC3339), end.Format(time.RFC3339), c.start, c.end)
		}
		if got := end.Sub(start).Hours(); got != c.hours {
			t.Errorf("%s at %s: %v hours, want %v", c.window, c.at, got, c.hours)
		}
	}
}

// Budgets of 99.9 % in seconds, as the published tables have them.
func TestDowntime(t *testing.T) {
	for _, c := range []struct {
		window, at string
		seconds    float64
	}{
		{"7d", "2026-01-15T00:00:00Z", 604.8},
		{"28d", "2026-01-15T00:00:00Z", 2419.2},
		{"30d", "2026-01-15T00:00:00Z", 2592},
		{"90d", "2026-01-15T00:00:00Z", 7776},
		{"365d", "2026-01-15T00:00:00Z", 31536},
		{"month", "2026-01-15T00:00:00Z", 2678.4},
		{"month", "2026-02-15T00:00:00Z", 2419.2},
		{"month", "2028-02-15T00:00:00Z", 2505.6},
		{"month in Europe/Madrid", "2026-03-15T00:00:00Z", 2674.8},
		{"month in Europe/Madrid", "2026-10-15T00:00:00Z", 2682.0},
		{"month in America/New_York", "2026-03-15T00:00:00Z", 2674.8},
		{"month in America/New_York", "2026-11-15T00:00:00Z", 2595.6},
	} {
		o := Objective{Target: MustRatio("99.9%"), Window: MustWindow(c.window)}
		if got := o.Downtime(at(t, c.at)).Seconds(); got != c.seconds {
			t.Errorf("99.9%% over %s at %s: %v s, want %v", c.window, c.at, got, c.seconds)
		}
	}
}

// The units of a zone cover time without gap or overlap, whatever its clock did.
func TestBoundsLaws(t *testing.T) {
	zones := []string{"UTC", "America/Sao_Paulo", "Pacific/Apia", "Asia/Beirut", "America/Havana", "America/St_Johns",
		"Pacific/Kwajalein", "Asia/Manila", "America/Juneau", "Europe/Dublin", "Africa/Monrovia", "Antarctica/Troll",
		"Asia/Tehran", "America/Scoresbysund", "Africa/Casablanca", "Asia/Gaza", "America/Toronto"}
	locs := make([]*time.Location, len(zones))
	for i, name := range zones {
		locs[i] = zone(t, name)
	}
	check := func(t rapid.TB, w Window, now time.Time) {
		start, end := w.Bounds(now)
		if now.Before(start) || !now.Before(end) {
			t.Fatalf("%v: [%v, %v) does not hold %v", w, start, end, now.In(w.Location))
		}
		for _, u := range []time.Time{start, end.Add(-1), start.Add(end.Sub(start) / 2)} {
			if s, e := w.Bounds(u); !s.Equal(start) || !e.Equal(end) {
				t.Fatalf("%v: bounds of %v are (%v, %v], those of %v in the same unit (%v, %v]", w, now, start, end, u, s, e)
			}
		}
		if s, _ := w.Bounds(end); !s.Equal(end) {
			t.Fatalf("%v: the unit after the one that ends at %v begins at %v", w, end, s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		w := Window{Calendar: Calendar(rapid.IntRange(int(Day), int(Year)).Draw(t, "unit")), Location: rapid.SampledFrom(locs).Draw(t, "zone")}
		now := time.Unix(rapid.Int64Range(-3e9, 5e9).Draw(t, "now"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		check(t, w, now)
	})
	// Around every clock change of the zones above.
	for _, loc := range locs {
		for u := time.Date(1900, 1, 1, 0, 0, 0, 0, loc); u.Year() < 2030; {
			_, next := u.ZoneBounds()
			if next.IsZero() {
				break
			}
			for _, d := range []time.Duration{-24 * time.Hour, -time.Hour, -time.Minute, -1, 0, 1, time.Minute, time.Hour, 24 * time.Hour} {
				check(t, Window{Calendar: Day, Location: loc}, next.Add(d))
				check(t, Window{Calendar: Month, Location: loc}, next.Add(d))
			}
			u = next
		}
	}
}

func TestShortestLength(t *testing.T) {
	for text, days := range map[string]int{"day": 1, "week": 7, "month": 28, "quarter": 90, "year": 365, "30d": 30} {
		if got := MustWindow(text).ShortestLength(); got != time.Duration(days)*24*time.Hour {
			t.Errorf("%s: %v, want %d days", text, got, days)
		}
	}
	if got := (Window{}).ShortestLength(); got != 0 {
		t.Errorf("unset: %v, want 0", got)
	}
}

func TestWindowTextOfUnset(t *testing.T) {
	text, err := Window{}.MarshalText()
	if err != nil || len(text) != 0 {
		t.Errorf("unset window is written %q, %v", text, err)
	}
	w := Rolling(1)
	if err := w.UnmarshalText(nil); err != nil || !w.IsZero() {
		t.Errorf("empty text leaves %v, %v", w, err)
	}
	if err := w.UnmarshalText([]byte("nonsense")); !errors.Is(err, ErrWindow) {
		t.Errorf("nonsense: %v", err)
	}
	for c, want := range map[Calendar]string{NoCalendar: "", Quarter: "quarter", 6: "Calendar(6)", -1: "Calendar(-1)"} {
		if got := c.String(); got != want {
			t.Errorf("Calendar(%d).String() = %q, want %q", int(c), got, want)
		}
	}
}

func FuzzParseWindow(f *testing.F) {
	for _, s := range []string{"30d", "month in Europe/Berlin", "over a rolling 30 day window", "P1M", "monthly", "1.5h", "in in In/In"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWindow(s)
		if err != nil {
			if !errors.Is(err, ErrWindow) {
				t.Fatalf("ParseWindow(%q): %v is no ErrWindow", s, err)
			}
			return
		}
		if err := w.Validate(); err != nil {
			t.Fatalf("ParseWindow(%q) = %+v: %v", s, w, err)
		}
		if back, err := ParseWindow(w.String()); err != nil || !back.Equal(w) {
			t.Fatalf("%q gives %q, read back as %v, %v", s, w, back, err)
		}
	})
}
