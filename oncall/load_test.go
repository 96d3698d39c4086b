package oncall

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Plain round robins have the reference hours by person and kind, and the
// reference indexes; so have the compiled schedules that say the same.
func TestLoadOfRoundRobins(t *testing.T) {
	for _, c := range readFair(t).Cases {
		start, err := time.Parse(time.RFC3339, c.Start)
		if err != nil {
			t.Fatal(err)
		}
		days := 1
		if c.Rotation == "weekly" {
			days = 7
		}
		names := make([]string, c.Members)
		for i := range names {
			names[i] = string(rune('a' + i))
		}
		var shifts []Shift
		for n := range c.Turns {
			shifts = append(shifts, Shift{Start: start.AddDate(0, 0, n*days), End: start.AddDate(0, 0, (n+1)*days), Person: names[n%len(names)]})
		}
		end := start.AddDate(0, 0, c.Turns*days)
		load, err := LoadOf(shifts, nil, start, end, Unsocial{})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range load.People {
			got := []float64{p.Total.Hours(), p.Weekends.Hours(), p.Nights.Hours()}
			if want := []float64{c.Hours["total"][i], c.Hours["weekend"][i], c.Hours["night"][i]}; p.Person != names[i] || !slices.Equal(got, want) {
				t.Errorf("%s: %s has hours, weekends and nights of %v, want %v", c.ID, p.Person, got, want)
			}
		}
		most := 0.0
		for _, p := range load.People {
			most = max(most, p.Ratio)
		}
		if !near(most, c.ShareMax) {
			t.Errorf("%s: the most loaded is on call for %v of the time, want %v", c.ID, most, c.ShareMax)
		}
		for kind, f := range map[string]Fairness{"total": load.Total, "weekend": load.Weekends, "night": load.Nights} {
			if !near(f.Jain, c.Jain[kind]) || !near(f.Gini, c.Gini[kind]) || !near(f.Balance, c.PairBalance[kind]) {
				t.Errorf("%s %s: got %+v, want Jain %v, Gini %v, balance %v", c.ID, kind, f, c.Jain[kind], c.Gini[kind], c.PairBalance[kind])
			}
		}
		roster, err := Schedule{Layers: []Layer{{Rotation: Rotation{Unit: Day, Every: days, Start: start.Format("2006-01-02T15:04")}, Turns: Turns(names...)}}}.Compile()
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := roster.Load(start, end, nil, Unsocial{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(load, compiled); d != "" {
			t.Errorf("%s: by shifts (-) and by schedule (+):\n%s", c.ID, d)
		}
	}
}

// The hours by person of events that several people share.
func TestLoadOfSharedEvents(t *testing.T) {
	data, err := os.ReadFile("testdata/quality.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID     string `json:"id"`
			Days   int    `json:"days"`
			Events []struct {
				Start float64  `json:"start"`
				End   float64  `json:"end"`
				Users []string `json:"users"`
			} `json:"events_h"`
			Expected struct {
				Hours map[string]float64 `json:"hours"`
			} `json:"expected"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 6 {
		t.Fatalf("%d cases, want 6", len(file.Cases))
	}
	from := time.Date(2022, 9, 5, 0, 0, 0, 0, time.UTC)
	for _, c := range file.Cases {
		var shifts []Shift
		hour := func(h float64) time.Time { return from.Add(time.Duration(h * float64(time.Hour))) }
		for _, e := range c.Events {
			for _, u := range e.Users {
				shifts = append(shifts, Shift{Start: hour(e.Start), End: hour(e.End), Person: u})
			}
		}
		load, err := LoadOf(shifts, nil, from, from.AddDate(0, 0, c.Days), Unsocial{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, p := range load.People {
			got[p.Person] = p.Total.Hours()
		}
		if d := cmp.Diff(c.Expected.Hours, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.ID, d)
		}
	}
}

func berlin(t testing.TB, text string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestLoadTellsKindsByTheClockOfThePerson(t *testing.T) {
	h := func(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
	for _, c := range []struct {
		name     string
		from, to string
		person   Participant
		u        Unsocial
		want     PersonLoad
	}{
		// Wednesday to Friday: two nights and no weekend.
		{"a working day and two nights", "2026-01-07 00:00", "2026-01-08 12:00", Participant{}, Unsocial{Zone: "Europe/Berlin"},
			PersonLoad{Nights: h(14), Kinds: LoadKinds{Day: h(22), Night: h(14)}}},
		// The same hours are 06:00 to 18:00 in Tokyo from 22:00 on in Berlin.
		{"a night that is another's day", "2026-01-07 22:00", "2026-01-08 06:00", Participant{Zone: "Asia/Tokyo"}, Unsocial{Zone: "Europe/Berlin"},
			PersonLoad{Kinds: LoadKinds{Day: h(8)}}},
		{"the night in which the clock goes forward has 7 hours", "2026-03-28 22:00", "2026-03-29 06:00", Participant{}, Unsocial{Zone: "Europe/Berlin"},
			PersonLoad{Nights: h(7), Weekends: h(7), Kinds: LoadKinds{Weekend: h(7)}}},
		{"the weekend in which it goes back has 49", "2026-10-23 00:00", "2026-10-27 00:00", Participant{}, Unsocial{Zone: "Europe/Berlin"},
			PersonLoad{Nights: h(33), Weekends: h(49), Kinds: LoadKinds{Day: h(32), Night: h(16), Weekend: h(49)}}},
		{"a weekend of Friday and Saturday, nights from 20:00", "2026-01-08 12:00", "2026-01-11 12:00", Participant{},
			Unsocial{Zone: "Europe/Berlin", Weekends: []Window{{Days: On(time.Friday, time.Saturday)}}, Nights: []Window{{From: "20:00", To: "06:00"}}},
			PersonLoad{Nights: h(30), Weekends: h(48), Kinds: LoadKinds{Day: h(14), Night: h(10), Weekend: h(48)}}},
		{"a weekend from Friday's evening on", "2026-01-09 00:00", "2026-01-12 12:00", Participant{},
			Unsocial{Zone: "Europe/Berlin", Weekends: []Window{{Days: On(time.Friday), From: "18:00", ToDay: On(time.Monday), To: "08:00"}}},
			PersonLoad{Nights: h(6 + 2 + 16 + 6), Weekends: h(62), Kinds: LoadKinds{Day: h(12 + 4), Night: h(6), Weekend: h(62)}}},
		{"a holiday of the person's site, on a Saturday", "2026-12-25 00:00", "2026-12-28 00:00", Participant{Site: "DE"},
			Unsocial{Zone: "Europe/Berlin", Holidays: []Holiday{{Date: "2026-12-26", Site: "DE"}, {Date: "2026-12-25", Site: "US"}, {Date: "2026-12-26", Site: "DE", Name: "twice"}}},
			PersonLoad{Nights: h(24), Weekends: h(48), Holidays: h(24), Kinds: LoadKinds{Day: h(16), Night: h(8), Weekend: h(24), Holiday: h(24)}}},
	} {
		from, to := berlin(t, c.from), berlin(t, c.to)
		c.person.Name = "ana"
		load, err := LoadOf([]Shift{{Start: from, End: to, Person: "ana"}}, []Participant{c.person}, from.AddDate(0, -1, 0), to.AddDate(0, 1, 0), c.u)
		if err != nil {
			t.Fatal(err)
		}
		got := load.People[0]
		want := c.want
		want.Total = to.Sub(from)
		want.Person, want.Zone, want.Share, want.Handoffs, want.Longest, want.Ratio = got.Person, got.Zone, 1, 1, want.Total, got.Ratio
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestLoadCountsWhatItShould(t *testing.T) {
	day := func(d, h int) time.Time { return time.Date(2026, 1, d, h, 0, 0, 0, time.UTC) }
	shifts := []Shift{
		{Start: day(1, 0), End: day(6, 0), Person: "ana"}, // begins before the window
		{Start: day(6, 0), End: day(6, 12), Person: "ana", Role: "secondary"},
		{Start: day(6, 6), End: day(6, 9), Person: "ana"},
		{Start: day(7, 0), End: day(7, 6), Person: "ana"},
		{Start: day(8, 0), End: day(30, 0), Person: "cem"},                // ends after it
		{Start: day(5, 0), End: day(6, 0), Person: "eli", Shadow: true},   // learns
		{Start: day(20, 0), End: day(21, 0), Person: "far"},               // is not in it
		{Start: day(5, 12), End: day(5, 12), Person: "nil", Role: "none"}, // is empty
	}
	load, err := LoadOf(shifts, []Participant{{Name: "dan"}, {Name: "cem", Share: 0.5, Zone: "Asia/Tokyo"}}, day(5, 0), day(10, 0), Unsocial{})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, p := range load.People {
		names = append(names, p.Person)
	}
	if want := []string{"ana", "cem", "dan", "eli"}; !slices.Equal(names, want) {
		t.Fatalf("got %v, want %v", names, want)
	}
	ana, _ := load.Person("ana")
	if ana.Total != 42*time.Hour || ana.Handoffs != 2 || ana.Longest != 36*time.Hour || ana.ShortestRest != 12*time.Hour || ana.Ratio != 0.35 {
		t.Errorf("ana: %+v", ana)
	}
	if cem, _ := load.Person("cem"); cem.Total != 48*time.Hour || cem.Share != 0.5 || cem.Zone != "Asia/Tokyo" || cem.ShortestRest != 0 {
		t.Errorf("cem: %+v", cem)
	}
	if eli, _ := load.Person("eli"); eli.Total != 0 || eli.Training != 24*time.Hour {
		t.Errorf("eli: %+v", eli)
	}
	if _, ok := load.Person("far"); ok {
		t.Error("far counts, who has nothing in the window")
	}
	// 42, 48/0.5, 0; who only learns has no share
	if load.Total.Spread != 96 || load.Total.N != 3 || load.Covered() != 90*time.Hour {
		t.Errorf("%+v, covered %v", load.Total, load.Covered())
	}
}

func TestLoadNamesEverythingWrong(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	_, err := LoadOf(
		[]Shift{{Start: at, End: at.Add(-1), Person: "ana"}, {Start: at, End: at.Add(1)}},
		[]Participant{{Name: "ana", Zone: "Mars/Base"}, {}, {Name: "ana", Share: math.NaN()}},
		at, at, Unsocial{Zone: "Local", Nights: []Window{{From: "25:00"}}, Weekends: []Window{{To: "x"}}, Holidays: []Holiday{{Date: "25.12."}}})
	want := `no schedule: to: "2026-01-05T00:00:00Z": it is not after from, 2026-01-05T00:00:00Z; write a later instant
no schedule: participants[0].time_zone: "Mars/Base": the time zone database has no zone of that name; write a name such as Europe/Berlin
no schedule: participants[1].name: nobody is named; write a name
no schedule: participants[2].name: "ana": participants[0] has the same name; name everybody once
no schedule: participants[2].share: "NaN": it is no share; write a number from 0.001 to 1000, 1 for a whole position
no schedule: shifts[0].end: "2026-01-04T23:59:59Z": it is before the start; write an instant after 2026-01-05T00:00:00Z
no schedule: shifts[1].responder: it is nobody's shift; write a name, or leave the shift out
no schedule: unsocial.time_zone: "Local": it is another zone on another machine; write the zone's name, such as Europe/Berlin
no schedule: unsocial.nights[0].from: "25:00": it is no time of day; write 09:00
no schedule: unsocial.weekends[0].to: "x": it is no time of day; write 17:00, or 24:00 for the day's end
and 1 more`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if _, err := LoadOf(nil, nil, at, at.AddDate(101, 0, 0), Unsocial{}); err == nil {
		t.Error("a window of 101 years is no error")
	}
	if load, err := LoadOf(nil, nil, at, at.AddDate(100, 0, 0), Unsocial{}); err != nil || len(load.People) != 0 || load.Total.Jain != 1 {
		t.Errorf("nothing in a hundred years: %+v, %v", load, err)
	}
}

// drawShifts are shifts of up to four people within about two weeks.
func drawShifts(t *rapid.T, from time.Time) []Shift {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Shift {
		start := from.Add(time.Duration(rapid.Int64Range(-48*3600, 14*86400).Draw(t, "start")) * time.Second)
		return Shift{Start: start, End: start.Add(time.Duration(rapid.Int64Range(0, 96*3600).Draw(t, "length")) * time.Second),
			Person: rapid.SampledFrom([]string{"ana", "ben", "cem", "dan"}).Draw(t, "person"), Shadow: rapid.IntRange(0, 9).Draw(t, "shadow") == 0}
	}), 0, 20).Draw(t, "shifts")
}

func TestLoadLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Clocks change on the 29th in Berlin, on the 5th in Lord Howe.
		from := time.Date(2026, 3, 25, 0, 0, 0, rapid.SampledFrom([]int{0, 1, 999}).Draw(t, "nanosecond"), time.UTC)
		to := from.Add(time.Duration(rapid.Int64Range(1, 16*86400).Draw(t, "window")) * time.Second)
		shifts := drawShifts(t, from)
		zone := func(name string) string {
			return rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Tokyo"}).Draw(t, name)
		}
		people := []Participant{{Name: "ana", Zone: zone("ana")}, {Name: "ben", Zone: zone("ben"), Site: "x"}}
		u := Unsocial{Zone: zone("zone"), Holidays: []Holiday{{Date: "2026-03-29", Site: "x"}, {Date: "2026-04-05"}, {Date: "2026-03-30"}}}
		load := func(from, to time.Time) Load {
			l, err := LoadOf(shifts, people, from, to, u)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		before := slices.Clone(shifts)
		whole := load(from, to)
		if !slices.Equal(before, shifts) {
			t.Fatal("the argument was changed")
		}
		// Hour by hour somebody is on call or not; the seconds add up.
		for _, p := range whole.People {
			var covered time.Duration
			at := from
			for at.Before(to) {
				next := to
				on := false
				for _, s := range shifts {
					if s.Person != p.Person || s.Shadow {
						continue
					}
					on = on || s.Contains(at)
					for _, edge := range []time.Time{s.Start, s.End} {
						if edge.After(at) && edge.Before(next) {
							next = edge
						}
					}
				}
				if on {
					covered += next.Sub(at)
				}
				at = next
			}
			if covered != p.Total {
				t.Fatalf("%s has %v, want %v", p.Person, p.Total, covered)
			}
			k := p.Kinds
			if k.Day+k.Night+k.Weekend+k.Holiday != p.Total || k.Holiday != p.Holidays || k.Weekend > p.Weekends || k.Night > p.Nights {
				t.Fatalf("kinds of %s do not add up: %+v", p.Person, p)
			}
			if p.Ratio < 0 || p.Ratio > 1 {
				t.Fatalf("%s is on call for %v of the time", p.Person, p.Ratio)
			}
		}
		// A window is the sum of its parts.
		mid := from.Add(time.Duration(rapid.Int64Range(1, int64(to.Sub(from))).Draw(t, "mid")))
		if !mid.Before(to) {
			return
		}
		a, b := load(from, mid), load(mid, to)
		for _, p := range whole.People {
			x, _ := a.Person(p.Person)
			y, _ := b.Person(p.Person)
			if x.Total+y.Total != p.Total || x.Nights+y.Nights != p.Nights || x.Weekends+y.Weekends != p.Weekends || x.Holidays+y.Holidays != p.Holidays || x.Training+y.Training != p.Training {
				t.Fatalf("%s has %+v until %v, %+v from then on, and %+v as a whole", p.Person, x, mid, y, p)
			}
		}
	})
}

// What is a night, a weekend or a holiday is what the wall clock says, hour by
// hour, in every zone of the sample, over two years of clock changes.
func TestKindsAgreeWithTheWallClock(t *testing.T) {
	from := time.Date(2023, 12, 31, 0, 0, 0, 0, time.UTC)
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia", "Asia/Kolkata"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := compiler{plan: &plan{}}
		tables := kindTables{Unsocial: Unsocial{Zone: name, Holidays: []Holiday{{Date: "2024-09-08"}, {Date: "2024-03-31"}}}, from: from, to: from.AddDate(2, 0, 0), zones: &c}
		table := tables.of(Participant{})
		reached := time.Time{}
		for at := from; at.Before(from.AddDate(2, 0, 0)); at = at.Add(30 * time.Minute) {
			// In an hour that comes twice the clock stands still, as everywhere.
			local := at.In(zone)
			wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), 0, 0, time.UTC)
			if wall.Before(reached) {
				wall = reached
			}
			reached = wall
			var want kind
			if wall.Hour() >= 22 || wall.Hour() < 6 {
				want |= isNight
			}
			if d := wall.Weekday(); d == time.Saturday || d == time.Sunday {
				want |= isWeekend
			}
			if d := wall.Format(time.DateOnly); d == "2024-09-08" || d == "2024-03-31" {
				want |= isHoliday
			}
			a := table.within(span{at.Sub(from), at.Sub(from) + time.Second})
			if a[want] != time.Second {
				t.Fatalf("%s at %v: got %v, want a second of kind %d", name, local, a, want)
			}
		}
	}
}

func TestLoadJSON(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	load, err := LoadOf([]Shift{{Start: at, End: at.Add(30*time.Hour + time.Millisecond), Person: "ana"}}, []Participant{{Name: "ben", Share: 0.5}}, at, at.AddDate(0, 0, 7), Unsocial{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(load)
	if err != nil {
		t.Fatal(err)
	}
	var back Load
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(load, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	person, _ := json.Marshal(load.People[0])
	want := `{"person":"ana","time_zone":"UTC","share":1,"total_seconds":108000.001,"nights_seconds":28800,"weekends_seconds":0,"holidays_seconds":0,` +
		`"kinds":{"day_seconds":79200.001,"night_seconds":28800,"weekend_seconds":0,"holiday_seconds":0},"training_seconds":0,"handoffs":1,` +
		`"longest_seconds":108000.001,"shortest_rest_seconds":0,"ratio":0.1785714302248677}`
	if string(person) != want {
		t.Errorf("got\n%s\nwant\n%s", person, want)
	}
}

func BenchmarkLoad(b *testing.B) {
	from := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	roster, err := Schedule{Zone: "Europe/Berlin", Layers: []Layer{{Rotation: Rotation{Unit: Day, Start: "2026-01-05T09:00"}, Turns: Turns("a", "b", "c", "d", "e", "f", "g", "h")}}}.Compile()
	if err != nil {
		b.Fatal(err)
	}
	shifts := roster.Shifts(from, from.AddDate(1, 0, 0))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := LoadOf(shifts, nil, from, from.AddDate(1, 0, 0), Unsocial{Zone: "Europe/Berlin"}); err != nil {
			b.Fatal(err)
		}
	}
}
