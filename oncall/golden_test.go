package oncall

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// exceptions are the reference cases whose answer is not ours.
var exceptions = []struct{ id, rule, reason string }{
	{"ga-rule-04 query 4", "windows that touch are one", "edge-16: a time without a break is one shift; the peer gives the last day's begin once less than a day is left"},
	{"gf-days-21", "turns in days are counted on all days where no days are given", "the peer marks its own answer as wrong: days without anybody, then a daily rotation; gf-days-22 is the right one"},
	{"rfc-08", "a rotation has turns of one length", "the first Friday of a month is none"},
	{"rfc-09", "a rotation has turns of one length", "the third last day of a month is none"},
	{"rfc-10", "a rotation has turns of one length", "two days of a month are none"},
	{"rfc-11", "turns in months take a short month's last day", "edge-13: a month without a handoff would double a turn"},
	{"rfc-12", "turns in months take a short month's last day", "edge-14: three years without a handoff"},
	{"rfc-13", "a time that does not exist is the end of the gap", "edge-01: a handoff that is left out would double a turn"},
	{"rfc-dt-01", "a time that does not exist is the end of the gap", "edge-01: 03:00, not 03:30, so that what follows it is not overtaken"},
}

func excepted(id string) bool {
	return slices.ContainsFunc(exceptions, func(e struct{ id, rule, reason string }) bool { return e.id == id })
}

func golden(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func compiled(t testing.TB, s Schedule) Roster {
	t.Helper()
	r, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// one is a schedule of one layer.
func one(zone string, r Rotation, turns []Turn, windows ...Window) Schedule {
	return Schedule{Zone: zone, Layers: []Layer{{Rotation: r, Turns: turns, Windows: windows}}}
}

func stamps(times []time.Time, zone string) []string {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	out := make([]string, len(times))
	for i, t := range times {
		out[i] = t.In(loc).Format(time.RFC3339)
	}
	return out
}

func instant(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// handoffs are the begins of shifts in [from, to].
func handoffs(r Roster, from, to time.Time) []time.Time {
	var out []time.Time
	for _, s := range r.Shifts(from, to.Add(time.Second)) {
		out = append(out, s.Start)
	}
	return out
}

func TestGoldenHandoffs(t *testing.T) {
	var file struct {
		Cases []struct {
			ID       string
			Handoffs []string
			Rotation struct {
				Unit   string
				Length int
				Start  string `json:"start_local"`
			}
			Zone string `json:"time_zone"`
		}
	}
	golden(t, "handoffs", &file)
	units := map[string]Unit{"hourly": Hour, "daily": Day, "weekly": Week, "monthly": Month}
	for _, c := range file.Cases {
		r := compiled(t, one(c.Zone, Rotation{Unit: units[c.Rotation.Unit], Every: c.Rotation.Length, Start: c.Rotation.Start, Extrapolate: true}, Turns("a", "b", "c")))
		got := handoffs(r, instant(t, c.Handoffs[0]), instant(t, c.Handoffs[len(c.Handoffs)-1]))
		want := slices.Clone(c.Handoffs)
		if g := stamps(got, c.Zone); !slices.Equal(g, want) {
			t.Errorf("%s: got %v, want %v", c.ID, g, want)
		}
		// the first of them is a handoff, too
		before := handoffs(r, instant(t, c.Handoffs[0]).Add(-time.Second), instant(t, c.Handoffs[0]))
		if len(before) != 2 || !before[1].Equal(instant(t, c.Handoffs[0])) {
			t.Errorf("%s: got no handoff at %v", c.ID, c.Handoffs[0])
		}
	}
	if len(file.Cases) != 25 {
		t.Errorf("got %d cases, want 25", len(file.Cases))
	}
}

func TestGoldenWindows(t *testing.T) {
	var file struct {
		Cases []struct {
			ID      string
			Queries []struct {
				Active         bool
				At, Start, End string
			}
			Rule struct {
				Days       string `json:"days_sun_to_sat"`
				Start, End string
			}
			Zone string `json:"time_zone"`
		}
	}
	golden(t, "windows", &file)
	for _, c := range file.Cases {
		var days Days
		for d, on := range c.Rule.Days {
			if on == '1' {
				days |= 1 << d
			}
		}
		r := compiled(t, one(c.Zone, Rotation{}, Turns("a"), Window{Days: days, From: c.Rule.Start, To: c.Rule.End}))
		for i, q := range c.Queries {
			id := fmt.Sprintf("%s query %d", c.ID, i)
			if excepted(id) {
				q.Start = "2017-07-24T08:00:00Z"
			}
			at := instant(t, q.At)
			if _, ok := r.Primary(at); ok != q.Active {
				t.Errorf("%s: at %s: got %v, want %v", id, q.At, ok, q.Active)
			}
			var got Shift
			if shifts := r.At(at); len(shifts) > 0 {
				got = shifts[0]
			} else if next, ok := r.NextChange(at); ok {
				got = r.At(next)[0]
			}
			if !got.Start.Equal(instant(t, q.Start)) || !got.End.Equal(instant(t, q.End)) {
				t.Errorf("%s: at %s: got %v to %v, want %s to %s", id, q.At, got.Start, got.End, q.Start, q.End)
			}
		}
	}
}

func TestGoldenClock(t *testing.T) {
	var file struct {
		Cases []struct {
			Clock, Date, First string
			Zone               string `json:"time_zone"`
		}
	}
	golden(t, "clock", &file)
	for _, c := range file.Cases {
		loc, err := time.LoadLocation(c.Zone)
		if err != nil {
			t.Fatal(err)
		}
		w, err := time.Parse("2006-01-02 15:04", c.Date+" "+c.Clock)
		if err != nil {
			t.Fatal(err)
		}
		got := Resolve(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, loc).Format(time.RFC3339)
		if got != c.First {
			t.Errorf("%s %s %s: got %s, want %s", c.Date, c.Clock, c.Zone, got, c.First)
		}
	}
}

func TestGoldenDays(t *testing.T) {
	var file struct {
		Cases []struct {
			ID        string
			Groups    [][]string
			Start     string   `json:"start_date"`
			ByDay     []string `json:"by_day"`
			Frequency string
			Interval  int
			Days      int
			Expected  map[string]string
		}
	}
	golden(t, "days", &file)
	names := map[string]time.Weekday{"SU": 0, "MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6}
	for _, c := range file.Cases {
		var days Days
		for _, d := range c.ByDay {
			days |= 1 << names[d]
		}
		var turns []Turn
		for _, g := range c.Groups {
			var turn Turn
			for _, name := range g {
				turn = append(turn, Member{Name: name})
			}
			turns = append(turns, turn)
		}
		r := Rotation{Every: c.Interval, Start: c.Start}
		switch c.Frequency {
		case "daily":
			r.Unit, r.Days = Day, days
		case "weekly": // the peer leaves the weeks between out
			r.Unit, r.Days = Week, On(time.Monday)
			var spaced []Turn
			for _, turn := range turns {
				spaced = append(append(spaced, turn), make([]Turn, c.Interval-1)...)
			}
			turns, r.Every = spaced, 1
		case "monthly":
			r.Unit, r.MonthDay = Month, 1
		}
		want := c.Expected
		if excepted(c.ID) {
			want = file.Cases[slices.IndexFunc(file.Cases, func(o struct {
				ID        string
				Groups    [][]string
				Start     string   `json:"start_date"`
				ByDay     []string `json:"by_day"`
				Frequency string
				Interval  int
				Days      int
				Expected  map[string]string
			}) bool {
				return o.ID == "gf-days-22"
			})].Expected
		}
		roster := compiled(t, one("", r, turns, Window{Days: days, To: "12:00"}))
		got := make(map[string]string)
		start, _ := time.Parse(time.DateOnly, c.Start)
		for _, s := range roster.Shifts(start, start.AddDate(0, 0, c.Days)) {
			if s.Start.Hour() != 0 || s.Duration() != 12*time.Hour {
				t.Errorf("%s: got a shift from %v to %v, want 12 hours from midnight", c.ID, s.Start, s.End)
			}
			got[s.Start.Format(time.DateOnly)] += s.Person
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.ID, d)
		}
	}
}

func TestGoldenLayers(t *testing.T) {
	type hours struct {
		User     string
		Priority int
		Start    float64 `json:"start_h"`
		End      float64 `json:"end_h"`
		Length   float64 `json:"dur_h"`
		Gap      bool
	}
	var file struct {
		Layers []struct {
			ID        string
			Layers    []hours
			Overrides []hours
			Expected  []hours
		}
		DST []struct {
			ID       string
			Zone     string `json:"time_zone"`
			Rotation struct {
				Start string `json:"start_local"`
			}
			Query    [2]string `json:"query_window_utc"`
			Expected [2]string `json:"expected_shift_utc"`
			Elapsed  float64   `json:"elapsed_h"`
		}
		Swaps []struct {
			ID    string
			Shift hours `json:"daily_shift"`
			Swap  struct {
				Beneficiary, Benefactor string
				Start                   float64 `json:"start_h"`
				End                     float64 `json:"end_h"`
				Day                     int
			}
			Taken   []hours `json:"expected_day1_taken"`
			Untaken []hours `json:"expected_day1_untaken"`
		}
	}
	golden(t, "layers", &file)
	zero := time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)
	at := func(h float64) time.Time { return zero.Add(time.Duration(h * float64(time.Hour))) }
	clock := func(h float64) string { return fmt.Sprintf("%02d:%02d", int(h), int(h*60)%60) }
	daily := func(name string, h hours) Layer {
		return Layer{Name: name, Priority: h.Priority, Rotation: Rotation{Unit: Day, Start: "2024-05-01"}, Turns: Turns(h.User),
			Windows: []Window{{From: clock(h.Start), To: clock(h.Start + h.Length)}}}
	}
	// parts lists shifts as "10 12 A", gaps as "0 10 ".
	parts := func(shifts []Shift, from, to time.Time) []string {
		var out []string
		covered := from
		line := func(a, b time.Time, who string) {
			out = append(out, fmt.Sprintf("%v %v %s", a.Sub(zero).Hours(), b.Sub(zero).Hours(), who))
		}
		for _, s := range shifts {
			if s.Start.After(covered) {
				line(covered, s.Start, "")
			}
			line(s.Start, s.End, s.Person)
			if s.End.After(covered) {
				covered = s.End
			}
		}
		if to.After(covered) {
			line(covered, to, "")
		}
		slices.Sort(out)
		return out
	}
	wanted := func(list []hours) []string {
		var out []string
		for _, h := range list {
			out = append(out, fmt.Sprintf("%v %v %s", h.Start, h.End, h.User))
		}
		slices.Sort(out)
		return out
	}
	for _, c := range file.Layers {
		var s Schedule
		for _, h := range c.Layers { // layers of one person and priority are one
			l := daily(fmt.Sprintf("%s%d", h.User, h.Priority), h)
			if i := slices.IndexFunc(s.Layers, func(o Layer) bool { return o.Name == l.Name }); i >= 0 {
				s.Layers[i].Windows = append(s.Layers[i].Windows, l.Windows...)
				continue
			}
			s.Layers = append(s.Layers, l)
		}
		slices.SortStableFunc(c.Overrides, func(a, b hours) int { return a.Priority - b.Priority })
		for _, h := range c.Overrides {
			s.Overrides = append(s.Overrides, Override{Start: at(h.Start), End: at(h.Start + h.Length), Person: h.User})
		}
		r := compiled(t, s)
		if d := cmp.Diff(wanted(c.Expected), parts(r.Shifts(at(0), at(24)), at(0), at(24))); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.ID, d)
		}
	}
	for _, c := range file.DST {
		r := compiled(t, one(c.Zone, Rotation{Unit: Week, Start: c.Rotation.Start}, Turns("A", "B")))
		s := r.At(instant(t, c.Query[0]))[0]
		if !s.Start.Equal(instant(t, c.Expected[0])) || !s.End.Equal(instant(t, c.Expected[1])) || s.Duration().Hours() != c.Elapsed {
			t.Errorf("%s: got %v to %v, want %v of %v h", c.ID, s.Start.UTC(), s.End.UTC(), c.Expected, c.Elapsed)
		}
	}
	for _, c := range file.Swaps {
		s := Schedule{Layers: []Layer{daily("", c.Shift)}}
		zero := at(float64(24 * c.Swap.Day))
		day := func(h float64) time.Time { return zero.Add(time.Duration(h * float64(time.Hour))) }
		shifted := func(list []hours) []string {
			moved := slices.Clone(list)
			for i := range moved {
				moved[i].Start += 24 * float64(c.Swap.Day)
				moved[i].End += 24 * float64(c.Swap.Day)
			}
			return wanted(moved)
		}
		onDuty := func(r Roster) []string {
			return slices.DeleteFunc(parts(r.Shifts(day(0), day(24)), day(0), day(24)), func(line string) bool { return strings.HasSuffix(line, " ") })
		}
		if d := cmp.Diff(shifted(c.Untaken), onDuty(compiled(t, s))); d != "" {
			t.Errorf("%s untaken: (-want +got)\n%s", c.ID, d)
		}
		s.Swaps = []Swap{{From: c.Swap.Beneficiary, To: c.Swap.Benefactor, Start: day(c.Swap.Start), End: day(c.Swap.End)}}
		if d := cmp.Diff(shifted(c.Taken), onDuty(compiled(t, s))); d != "" {
			t.Errorf("%s taken: (-want +got)\n%s", c.ID, d)
		}
	}
}

func TestGoldenRecurrences(t *testing.T) {
	var file struct {
		Recurrences []struct {
			ID       string
			Start    string `json:"dtstart_local"`
			Zone     string `json:"time_zone"`
			Expected json.RawMessage
		}
		Datetimes []struct {
			ID, Local, Expected string
			Zone                string `json:"time_zone"`
		}
	}
	golden(t, "recurrences", &file)
	mon, tue, wed, fri, sun := On(time.Monday), On(time.Tuesday), On(time.Wednesday), On(time.Friday), On(time.Sunday)
	every := func(unit Unit, n int) Rotation { return Rotation{Unit: unit, Every: n} }
	fortnight := []Turn{{{Name: "a"}}, nil}
	expressed := map[string]Layer{
		"rfc-01": {Rotation: every(Day, 1)},
		"rfc-02": {Rotation: every(Day, 1)},
		"rfc-03": {Rotation: every(Day, 10)},
		"rfc-04": {Rotation: every(Week, 1)},
		// the week in which nothing happens is an empty turn
		"rfc-05": {Rotation: Rotation{Unit: Week, Days: sun}, Turns: fortnight, Windows: []Window{{Days: mon | wed | fri, From: "09:00", To: "17:00"}}},
		"rfc-06": {Rotation: Rotation{Unit: Week, Days: mon}, Turns: fortnight, Windows: []Window{{Days: tue | sun, From: "09:00", To: "17:00"}}},
		"rfc-07": {Rotation: Rotation{Unit: Week, Days: sun}, Turns: fortnight, Windows: []Window{{Days: tue | sun, From: "09:00", To: "17:00"}}},
		"rfc-14": {Rotation: every(Day, 1)},
		"rfc-15": {Rotation: every(Day, 1)},
	}
	for _, c := range file.Recurrences {
		l, ok := expressed[c.ID]
		if !ok {
			if !excepted(c.ID) {
				t.Errorf("%s: neither tested nor excepted", c.ID)
			}
			continue
		}
		l.Rotation.Start = c.Start
		if l.Turns == nil {
			l.Turns = Turns("a", "b")
		}
		r := compiled(t, Schedule{Zone: c.Zone, Layers: []Layer{l}})
		var want []string
		if c.ID == "rfc-02" {
			got := stamps(handoffs(r, instant(t, "1997-09-02T09:00:00-04:00"), instant(t, "1997-12-23T09:00:00-05:00")), c.Zone)
			if len(got) != 113 || got[53] != "1997-10-25T09:00:00-04:00" || got[54] != "1997-10-26T09:00:00-05:00" || got[112] != "1997-12-23T09:00:00-05:00" {
				t.Errorf("%s: got %d handoffs: %v", c.ID, len(got), got)
			}
			continue
		}
		if err := json.Unmarshal(c.Expected, &want); err != nil {
			t.Fatal(err)
		}
		got := stamps(handoffs(r, instant(t, want[0]), instant(t, want[len(want)-1])), c.Zone)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", c.ID, got, want)
		}
	}
	for _, c := range file.Datetimes {
		loc, _ := time.LoadLocation(c.Zone)
		w, _ := time.Parse("2006-01-02T15:04", c.Local)
		if got := Resolve(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), 0, loc).Format(time.RFC3339); (got == c.Expected) == excepted(c.ID) {
			t.Errorf("%s: got %s, want %s", c.ID, got, c.Expected)
		}
	}
	// the calendar with an edited day: Bob instead of Bernard on January 27
	s := one("Asia/Yekaterinburg", Rotation{Unit: Day, Start: "2021-01-24"}, Turns("Bernard"), Window{From: "13:00", To: "22:00"})
	s.Overrides = []Override{{Start: instant(t, "2021-01-27T13:00:00+05:00"), End: instant(t, "2021-01-27T22:00:00+05:00"), Person: "Bob", Replaces: "Bernard"}}
	var got []string
	for _, s := range compiled(t, s).Shifts(instant(t, "2021-01-26T00:00:00+05:00"), instant(t, "2021-01-29T00:00:00+05:00")) {
		got = append(got, s.Start.Format(time.RFC3339)+" "+s.Person)
	}
	want := []string{"2021-01-26T13:00:00+05:00 Bernard", "2021-01-27T13:00:00+05:00 Bob", "2021-01-28T13:00:00+05:00 Bernard"}
	if !slices.Equal(got, want) {
		t.Errorf("edited recurrence: got %v, want %v", got, want)
	}
}
