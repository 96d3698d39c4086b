package oncall

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestErrors holds the full texts: everything that is wrong is told at once,
// with the field.
func TestErrors(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 1, 5, hour, 0, 0, 0, time.UTC) }
	weekly := Rotation{Unit: Week, Start: "2026-01-05T09:00"}
	for _, c := range []struct {
		name string
		Schedule
		want string
	}{
		{"zone", Schedule{Zone: "Europe/Berln"}, `no schedule: time_zone: "Europe/Berln": the time zone database has no zone of that name; write a name such as Europe/Berlin`},
		{"local", Schedule{Zone: "Local"}, `no schedule: time_zone: "Local": it is another zone on another machine; write the zone's name, such as Europe/Berlin`},
		{"path zone", Schedule{Zone: "../etc/passwd"}, `no schedule: time_zone: "../etc/passwd": the time zone database has no zone of that name; write a name such as Europe/Berlin`},
		{"rotation", Schedule{Zone: "UTC", Tie: "best", Layers: []Layer{
			{Name: "a", Zone: "Mars/Base", Rotation: Rotation{Unit: Week}, Turns: Turns("ana")},
			{Name: "a", Rotation: Rotation{Unit: "weekly", Every: -1, Start: "monday"}},
			{Rotation: Rotation{Unit: Week, Start: "2026-01-05", Days: Workdays, MonthDay: 3, Elapsed: true}, Turns: []Turn{{{Zone: "X"}}}, Windows: []Window{{From: "24:00", To: "9", ToDay: Weekend}}},
		}}, `no schedule: tie: "best": it is none of the words that can stand here; write all or first
no schedule: layers[1].name: "a": two layers have that name; rename one of them
no schedule: layers[0].time_zone: "Mars/Base": the time zone database has no zone of that name; write a name such as Europe/Berlin
no schedule: layers[0].rotation.start: turns are counted from a start, and there is none; write the day and time of the first turn, such as 2026-01-05T09:00
no schedule: layers[1].rotation.start: "monday": it is no day and time; write 2026-01-05T09:00 or 2026-01-05, by the layer's clock
no schedule: layers[1].rotation.unit: "weekly": it is none of the words that can stand here; write hour, day, week, month or quarter
no schedule: layers[1].rotation.every: "-1": it is out of range; write 1 to 10000
no schedule: layers[2].rotation.days: "Mon-Fri": turns in weeks pass on on one day; write that day, such as Mon; for more than one take the unit day
no schedule: layers[2].rotation.month_day: "3": only turns in months or quarters have it; leave it out, or take the unit month or quarter
no schedule: layers[2].rotation.elapsed: only hours are counted by a stopwatch; leave it out, or take the unit hour
and 5 more`},
		{"overrides", Schedule{Layers: []Layer{{Name: "a", Rotation: weekly, Turns: Turns("ana"), SkipHolidays: []string{"de"}}}, Overrides: []Override{
			{Start: at(9), End: at(9), Person: "ben"},
			{Start: at(9), End: at(10).Add(time.Millisecond), Kind: Add},
			{Start: at(9), End: at(10), Kind: Replace, Person: "ben"},
			{End: at(10), Layer: "b"},
			{Start: at(9), End: at(10), Kind: Remove, Person: "ana", Replaces: "ben"},
		}}, `no schedule: layers[0].skip_holidays[0]: "de": no holiday is of that site; write one of the holidays' sites, or *
no schedule: overrides[0].end: "2026-01-05T09:00:00Z": it is not after the start; write a later instant
no schedule: overrides[1].end: "2026-01-05T10:00:00.001Z": schedules know whole seconds; cut it with Truncate(time.Second)
no schedule: overrides[1].person: a name is needed; write one
no schedule: overrides[2].replaces: a name is needed; write one
no schedule: overrides[3].start: an instant is needed; write 2026-01-05T09:00:00Z
no schedule: overrides[3].layer: "b": no layer has that name; write the name of a layer, or none for all
no schedule: overrides[4].replaces: "ben": only an override of the kind replace replaces one person; leave it out, or write kind replace`},
		{"swaps", Schedule{Swaps: []Swap{
			{From: "ana", To: "ben", Start: at(9), End: at(12)},
			{From: "ana", To: "cid", Start: at(11), End: at(13)},
			{From: "dan", To: "dan", Start: at(9), End: at(12)},
			{From: "eva", To: "fay", Start: at(9), End: at(12), ReturnStart: at(11), ReturnEnd: at(13)},
			{From: "gus", To: "hal", Start: at(9), End: at(12), ReturnStart: at(14)},
		}}, `no schedule: swaps[2].to: "dan": a swap is between two people; name somebody else
no schedule: swaps[3].return_start: "2026-01-05T11:00:00Z": the two parts of the swap overlap; let one end before the other begins
no schedule: swaps[4].return_end: an instant is needed; write 2026-01-05T09:00:00Z
no schedule: swaps[1].start: "2026-01-05T11:00:00Z": ana gives turns of that time away in swaps[0] already; remove one of the two, or let the new holder hand them on`},
		{"the rest", Schedule{
			Temporary: []Temporary{{Start: at(9), End: at(12), Shifts: []Shift{{Start: at(8), End: at(10)}}}},
			Absences:  []Absence{{Start: at(12), End: at(9)}},
			Holidays:  []Holiday{{Date: "25.12.2026"}},
			OffDuty:   []Window{{From: "nine"}},
			Layers:    []Layer{{Turns: []Turn{{{Name: "ana", From: at(9), Until: at(9)}}}}},
		}, `no schedule: holidays[0].date: "25.12.2026": it is no day; write 2026-12-25
no schedule: off_duty[0].from: "nine": it is no time of day; write 09:00
no schedule: temporary[0].shifts[0].responder: a name is needed; write one
no schedule: temporary[0].shifts[0]: the shift reaches beyond the temporary schedule; cut it, or make the schedule longer
no schedule: absences[0].person: a name is needed; write one
no schedule: absences[0].end: "2026-01-05T09:00:00Z": it is not after the start; write a later instant
no schedule: layers[0].turns[0][0].until: "2026-01-05T09:00:00Z": it is not after the membership's beginning; write a later instant`},
		{"limits", Schedule{Layers: []Layer{{Turns: make([]Turn, 1001), Windows: make([]Window, 501)}}}, `no schedule: layers[0].turns: it has 1001 entries; at most 1000 are taken
no schedule: layers[0].windows: it has 501 entries; at most 500 are taken`},
	} {
		_, err := c.Compile()
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want an *Error", c.name, err)
		} else if got := err.Error(); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

func TestOverlapsAreLimited(t *testing.T) {
	var s Schedule
	for i := range 2000 {
		at := time.Date(2026, 1, 1, 0, i, 0, 0, time.UTC)
		s.Overrides = append(s.Overrides, Override{Start: at, End: at.AddDate(1, 0, 0), Person: "ana"})
	}
	if _, err := s.Compile(); err == nil || !strings.Contains(err.Error(), "too many overrides") {
		t.Errorf("got %v, want an error", err)
	}
}

// TestBoundedWork: nothing makes a query endless.
func TestBoundedWork(t *testing.T) {
	var zero Roster
	if got := zero.At(time.Now()); len(got) != 0 {
		t.Errorf("got %v of the zero roster, want nobody", got)
	}
	if _, ok := zero.Primary(time.Time{}); ok || zero.Location() != time.UTC || len(zero.Conflicts(time.Time{}, time.Now())) != 0 {
		t.Error("the zero roster knows somebody")
	}
	empty := compiled(t, Schedule{})
	from := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	if got := empty.Shifts(from, from.AddDate(100, 0, 0)); len(got) != 0 {
		t.Errorf("got %v without layers, want nothing", got)
	}
	if _, ok := empty.NextChange(from); ok {
		t.Error("got a change without layers")
	}
	r := compiled(t, one("Europe/Berlin", Rotation{Unit: Week, Start: "2000-01-03T09:00"}, Turns("a", "b")))
	century := r.Shifts(from, from.AddDate(100, 0, 0))
	if n := len(century); n != 5218 {
		t.Errorf("got %d shifts in a century, want 5218", n)
	}
	if got := r.Shifts(from, from.AddDate(300, 0, 0)); !got[len(got)-1].End.Equal(from.Add(MaxWindow)) {
		t.Errorf("got an end %v, want it after MaxWindow", got[len(got)-1].End)
	}
	for _, at := range []time.Time{{}, time.Unix(1<<62, 0), time.Unix(-1<<62, 0), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC)} {
		r.At(at)
		r.Primary(at)
		r.NextChange(at)
		r.Shifts(at, at.Add(time.Hour))
		r.Shifts(at, from)
		r.Shifts(from, at)
	}
	if got := r.Shifts(from, from); len(got) != 0 {
		t.Errorf("got %v of an empty window", got)
	}
}

// TestArgumentStays: Compile keeps no part of its argument, and Definition
// hands out none of the roster's.
func TestArgumentStays(t *testing.T) {
	s := one("", Rotation{Unit: Week, Start: "2026-01-05"}, Turns("ana", "ben"))
	r := compiled(t, s)
	s.Layers[0].Turns[0][0].Name = "eve"
	d := r.Definition()
	d.Layers[0].Turns[1][0].Name = "eve"
	if got := r.Definition().Layers[0].Turns; got[0][0].Name != "ana" || got[1][0].Name != "ben" {
		t.Errorf("got %v, want ana and ben", got)
	}
}

func TestMemberJSON(t *testing.T) {
	in := `{"rotation":{"unit":"week","start":"2026-01-05T09:00","days":"Mon"},"turns":[["ana"],[],["ben",{"name":"cid","time_zone":"Asia/Tokyo","from":"2026-03-01T00:00:00Z"}]],"windows":[{"days":"Mon-Fri","from":"09:00","to":"17:00"}]}`
	var l Layer
	if err := json.Unmarshal([]byte(in), &l); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(l)
	if err != nil || string(out) != in {
		t.Errorf("got %s (%v), want %s", out, err, in)
	}
}

func TestDaysText(t *testing.T) {
	for _, c := range []struct {
		in   string
		days Days
		out  string
	}{
		{"Mon-Fri", Workdays, "Mon-Fri"},
		{"sat, SUNDAY", Weekend, "Sat,Sun"},
		{"Fri-Mon", On(time.Friday, time.Saturday, time.Sunday, time.Monday), "Mon,Fri-Sun"},
		{"", 0, ""},
		{"Mon-Sun", AllDays, "Mon-Sun"},
	} {
		var d Days
		if err := d.UnmarshalText([]byte(c.in)); err != nil || d != c.days || d.String() != c.out {
			t.Errorf("%q: got %v (%v), want %v", c.in, d, err, c.out)
		}
	}
	for _, in := range []string{"Mo", "Mon-", "-", "Mon,,Tue", "1"} {
		if err := new(Days).UnmarshalText([]byte(in)); !errors.Is(err, ErrInput) {
			t.Errorf("%q: got %v, want an error", in, err)
		}
	}
	if On(7, -1) != 0 || !Weekend.Has(time.Sunday) || Weekend.Has(9) {
		t.Error("days outside the week")
	}
}

// TestJoinAndLeave: who joins moves no earlier turn, who leaves moves nobody's,
// unless vacant turns are skipped.
func TestJoinAndLeave(t *testing.T) {
	at := func(date string) time.Time { return instant(t, date+"T12:00:00Z") }
	turns := func(r Rotation, members ...Member) []string {
		r.Unit, r.Start = Day, "2026-01-01"
		var list []Turn
		for _, m := range members {
			list = append(list, Turn{m})
		}
		roster := compiled(t, one("", r, list))
		var out []string
		for d := range 12 {
			who, _ := roster.Primary(at("2026-01-01").AddDate(0, 0, d))
			out = append(out, who)
		}
		for _, s := range roster.Shifts(at("2026-01-01"), at("2026-01-12")) {
			for d, who := range out {
				if s.Contains(at("2026-01-01").AddDate(0, 0, d)) && s.Person != who {
					t.Errorf("got a shift of %s at noon of day %d, want one of %q", s.Person, d, who)
				}
			}
		}
		return out
	}
	a, b, c := Member{Name: "a"}, Member{Name: "b"}, Member{Name: "c"}
	for _, k := range []struct {
		name string
		got  []string
		want string
	}{
		{"three", turns(Rotation{}, a, b, c), "a b c a b c a b c a b c"},
		{"d joins at noon of the 5th", turns(Rotation{}, a, b, c, Member{Name: "d", From: at("2026-01-05")}), "a b c a b c d a b c d a"},
		{"d joins between a and b", turns(Rotation{}, a, Member{Name: "d", From: at("2026-01-03")}, b, c), "a b c a d b c a d b c a"},
		{"b leaves at noon of the 5th", turns(Rotation{}, a, Member{Name: "b", Until: at("2026-01-05")}, c), "a b c a  c a  c a  c"},
		{"b leaves, and is skipped", turns(Rotation{Vacant: VacantSkip}, a, Member{Name: "b", Until: at("2026-01-05")}, c), "a b c a  c a c a c a c"},
		{"b had left before the start", turns(Rotation{Vacant: VacantSkip}, a, Member{Name: "b", Until: at("2025-12-27")}, c), "a c a c a c a c a c a c"},
	} {
		if got := strings.Join(k.got, " "); got != k.want {
			t.Errorf("%s: got %q, want %q", k.name, got, k.want)
		}
	}
	// In one turn, the next holder follows on.
	s := one("", Rotation{Unit: Day, Start: "2026-01-01"}, []Turn{{a}, {{Name: "b", Until: at("2026-01-05")}, {Name: "e", From: at("2026-01-05")}}})
	r := compiled(t, s)
	var got []string
	for _, s := range r.Shifts(instant(t, "2026-01-04T00:00:00Z"), instant(t, "2026-01-09T00:00:00Z")) {
		got = append(got, s.Start.Format("02 15 ")+s.Person)
	}
	if want := []string{"04 00 b", "05 00 a", "06 00 e", "07 00 a", "08 00 e"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
