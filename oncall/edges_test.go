package oncall

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// edgeFile is testdata/edges.json.
type edgeFile struct {
	Cases []struct {
		ID          string
		Recommended json.RawMessage
	}
	Sun struct {
		Sites [][2]string
		Days  []struct {
			Date     string `json:"utc_date"`
			Segments [][3]json.RawMessage
		}
	} `json:"follow_the_sun"`
}

// TestEdges holds every recommended result; the peers' are only in the file.
func TestEdges(t *testing.T) {
	var file edgeFile
	golden(t, "edges", &file)
	tested := make(map[string]bool)
	// read is the recommended result of a case.
	read := func(id string, into any) {
		t.Helper()
		for _, c := range file.Cases {
			if c.ID == id {
				tested[id] = true
				if err := json.Unmarshal(c.Recommended, into); err != nil {
					t.Fatalf("%s: %v", id, err)
				}
				return
			}
		}
		t.Fatalf("no case %s", id)
	}
	equal := func(id string, got, want any) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", id, d)
		}
	}
	span := func(s Shift, zone string) [2]string {
		return [2]string(stamps([]time.Time{s.Start, s.End}, zone))
	}

	for _, c := range []struct{ id, zone, start string }{
		{"edge-01", "America/Chicago", "2020-01-01T02:30"},
		{"edge-02", "America/Chicago", "2020-01-01T01:30"},
		{"edge-03", "Europe/Berlin", "2024-01-01T02:30"},
		{"edge-04", "America/Chicago", "2024-01-01"},
		{"edge-05", "America/Chicago", "2024-01-01"},
		{"edge-06-Santiago", "America/Santiago", "2024-01-01"},
		{"edge-06-Havana", "America/Havana", "2024-01-01"},
		{"edge-06-Asuncion", "America/Asuncion", "2023-01-01"},
		{"edge-08", "Pacific/Apia", "2011-01-01T09:00"},
	} {
		var want struct {
			Handoffs []string
			Elapsed  []float64 `json:"elapsed_h"`
		}
		read(c.id, &want)
		r := compiled(t, one(c.zone, Rotation{Unit: Day, Start: c.start}, Turns("a", "b", "c")))
		got := handoffs(r, instant(t, want.Handoffs[0]), instant(t, want.Handoffs[len(want.Handoffs)-1]))
		equal(c.id, stamps(got, c.zone), want.Handoffs)
		for i, h := range want.Elapsed {
			if d := got[i+1].Sub(got[i]).Hours(); d != h {
				t.Errorf("%s: turn %d: got %v h, want %v h", c.id, i, d, h)
			}
		}
	}

	halves := func(zone, x, y string) Roster {
		return compiled(t, Schedule{Zone: zone, Layers: []Layer{
			{Turns: Turns("x"), Windows: []Window{{From: x, To: y}}},
			{Turns: Turns("y"), Windows: []Window{{From: y, To: x}}},
		}})
	}
	for id, zone := range map[string]string{"edge-07-Cairo": "Africa/Cairo", "edge-07-Beirut": "Asia/Beirut"} {
		var want struct{ X, Y [2]string }
		read(id, &want)
		r := halves(zone, "00:00", "12:00")
		shifts := r.Shifts(instant(t, want.X[0]), instant(t, want.Y[1]))
		equal(id, [][2]string{span(shifts[0], zone), span(shifts[1], zone)}, [][2]string{want.X, want.Y})
		equal(id+" people", len(shifts) == 2 && shifts[0].Person == "x" && shifts[1].Person == "y", true)
	}

	chicago := func(from, to string) Roster {
		return compiled(t, one("America/Chicago", Rotation{}, Turns("a"), Window{From: from, To: to}))
	}
	day := func(date string) time.Time { return instant(t, date+"T12:00:00-06:00") }
	{
		var want struct{ Windows [][2]string }
		read("edge-09", &want)
		var got [][2]string
		for _, s := range chicago("02:00", "02:30").Shifts(instant(t, "2024-03-09T00:00:00-06:00"), instant(t, "2024-03-12T00:00:00-05:00")) {
			got = append(got, span(s, "America/Chicago"))
		}
		equal("edge-09", got, want.Windows)
	}
	{
		var want struct{ Window [2]string }
		read("edge-10", &want)
		equal("edge-10", span(chicago("01:30", "03:30").At(instant(t, "2024-03-10T03:10:00-05:00"))[0], "America/Chicago"), want.Window)
	}
	{
		var want struct {
			XEnd   string `json:"x_end"`
			YStart string `json:"y_start"`
		}
		read("edge-11", &want)
		shifts := halves("America/Chicago", "13:30", "01:30").Shifts(instant(t, "2024-11-03T00:00:00-05:00"), instant(t, "2024-11-03T06:00:00-06:00"))
		equal("edge-11", []string{shifts[0].Person, stamps([]time.Time{shifts[0].End}, "America/Chicago")[0], stamps([]time.Time{shifts[1].Start}, "America/Chicago")[0]}, []string{"x", want.XEnd, want.YStart})
		equal("edge-11 shifts", len(shifts), 2)
	}
	{
		var want struct{ Spring, Fall [2]string }
		read("edge-12", &want)
		night := chicago("20:00", "08:00")
		equal("edge-12 spring", span(night.At(day("2024-03-10").Add(-8 * time.Hour))[0], "America/Chicago"), want.Spring)
		equal("edge-12 fall", span(night.At(day("2024-11-03").Add(-8 * time.Hour))[0], "America/Chicago"), want.Fall)
	}
	{
		var want struct {
			Days []string `json:"clamp_to_month_end"`
		}
		read("edge-13", &want)
		r := compiled(t, one("", Rotation{Unit: Month, Start: "2023-01-31"}, Turns("a", "b")))
		equal("edge-13", dates(r.Shifts(instant(t, "2023-01-01T00:00:00Z"), instant(t, "2023-08-01T00:00:00Z"))), want.Days)
	}
	{
		var want struct{ Clamp []string }
		read("edge-14", &want)
		r := compiled(t, one("", Rotation{Unit: Month, Every: 12, Start: "2024-02-29"}, Turns("a", "b")))
		equal("edge-14", dates(r.Shifts(instant(t, "2024-01-01T00:00:00Z"), instant(t, "2028-03-01T00:00:00Z"))), want.Clamp)
	}
	{
		var want struct{ Turns [][2]string }
		read("edge-15", &want)
		r := compiled(t, one("", Rotation{Unit: Day, Start: "2024-02-27T09:00"}, Turns("a", "b", "c")))
		var got [][2]string
		for _, s := range r.Shifts(instant(t, "2024-02-27T00:00:00Z"), instant(t, "2024-03-03T09:00:00Z")) {
			got = append(got, [2]string{s.Person, s.Start.Format(time.RFC3339)})
		}
		equal("edge-15", got, want.Turns)
	}
	{
		var want struct {
			Shifts int `json:"final_shifts"`
		}
		read("edge-16", &want)
		r := compiled(t, one("America/Chicago", Rotation{Unit: Day, Start: "2024-01-01T09:00"}, Turns("a")))
		equal("edge-16", len(r.Shifts(instant(t, "2024-03-08T09:00:00-06:00"), instant(t, "2024-03-15T09:00:00-05:00"))), want.Shifts)
	}
	{
		var want struct{ Shifts []Shift }
		read("edge-17", &want)
		r := compiled(t, one("", Rotation{Unit: Day, Start: "2024-01-01"}, nil))
		equal("edge-17", len(r.Shifts(instant(t, "2024-01-01T00:00:00Z"), instant(t, "2025-01-01T00:00:00Z"))), len(want.Shifts))
	}
	{
		var want struct {
			Index int `json:"user_index"`
		}
		read("edge-18", &want)
		people := []string{"a", "b", "c", "d", "e"}
		r := compiled(t, one("America/Chicago", Rotation{Unit: Week, Start: "2014-01-06T09:00"}, Turns(people...)))
		who, _ := r.Primary(instant(t, "2024-01-01T09:00:00-06:00"))
		equal("edge-18", who, people[want.Index])
	}
	{
		var want struct {
			Strict      *string `json:"option_strict"`
			Extrapolate string  `json:"option_extrapolate"`
		}
		read("edge-19", &want)
		rotation := Rotation{Unit: Day, Start: "2024-06-10"}
		at := instant(t, "2024-06-07T00:00:00Z")
		_, ok := compiled(t, one("", rotation, Turns("a", "b", "c"))).Primary(at)
		equal("edge-19 strict", ok, want.Strict != nil)
		rotation.Extrapolate = true
		who, _ := compiled(t, one("", rotation, Turns("a", "b", "c"))).Primary(at)
		equal("edge-19 extrapolate", who, want.Extrapolate)
	}
	{
		var want struct {
			People []string `json:"skip_inactive_days"`
		}
		read("edge-20", &want)
		r := compiled(t, one("", Rotation{Unit: Day, Start: "2024-01-01", Days: Workdays}, Turns("a", "b", "c", "d", "e", "f", "g"), Window{Days: Workdays, From: "09:00", To: "17:00"}))
		var got []string
		for _, s := range r.Shifts(instant(t, "2024-01-01T00:00:00Z"), instant(t, "2024-01-13T00:00:00Z")) {
			got = append(got, s.Person)
		}
		equal("edge-20", got, want.People)
	}
	{
		var want struct {
			At       string
			Incoming bool
		}
		read("edge-21", &want)
		r := compiled(t, one("America/Chicago", Rotation{Unit: Week, Start: "2024-03-04T09:00"}, Turns("a", "b")))
		who, _ := r.Primary(instant(t, want.At))
		before, _ := r.Primary(instant(t, want.At).Add(-time.Nanosecond))
		equal("edge-21", []string{before, who}, []string{"a", "b"})
	}
	{
		var want struct{ Merged [2]string }
		read("edge-22", &want)
		add := func(from, to string) Override {
			return Override{Kind: Add, Person: "a", Start: instant(t, "2024-01-01T"+from+":00Z"), End: instant(t, "2024-01-01T"+to+":00Z")}
		}
		r := compiled(t, Schedule{Overrides: []Override{add("10:00", "14:00"), add("12:00", "16:00")}})
		var got [][2]string
		for _, s := range r.Shifts(instant(t, "2024-01-01T00:00:00Z"), instant(t, "2024-01-02T00:00:00Z")) {
			got = append(got, [2]string{s.Start.Format("15:04"), s.End.Format("15:04")})
		}
		equal("edge-22", got, [][2]string{want.Merged})
	}
	for _, c := range file.Cases {
		if !tested[c.ID] {
			t.Errorf("%s is not tested", c.ID)
		}
	}
}

func dates(shifts []Shift) []string {
	var out []string
	for _, s := range shifts {
		out = append(out, s.Start.Format(time.DateOnly))
	}
	return out
}

// TestFollowTheSun: three sites with working hours by their own clocks, as
// layers, and as one layer of three members with zones.
func TestFollowTheSun(t *testing.T) {
	var file edgeFile
	golden(t, "edges", &file)
	var layers Schedule
	var together Turn
	for _, site := range file.Sun.Sites {
		layers.Layers = append(layers.Layers, Layer{Name: site[0], Zone: site[1], Turns: Turns(site[0]), Windows: []Window{{From: "09:00", To: "17:00"}}})
		together = append(together, Member{Name: site[0], Zone: site[1]})
	}
	members := one("", Rotation{Unit: Week, Start: "2024-01-01"}, []Turn{together}, Window{From: "09:00", To: "17:00"})
	for _, d := range file.Sun.Days {
		want := make(map[string][]string) // the people at a segment's begin
		for _, s := range d.Segments {
			var from string
			var people []string
			if json.Unmarshal(s[0], &from) != nil || json.Unmarshal(s[2], &people) != nil {
				t.Fatal("unreadable segment")
			}
			want[from] = people
		}
		for name, s := range map[string]Schedule{"layers": layers, "members": members} {
			r := compiled(t, s)
			from := instant(t, d.Date+"T00:00:00Z")
			got := make(map[string][]string)
			for at, ok := from, true; ok && at.Before(from.Add(24*time.Hour)); at, ok = r.NextChange(at) {
				people := []string{}
				for _, s := range r.At(at) {
					people = append(people, s.Person)
				}
				slices.Sort(people)
				got[at.UTC().Format(time.RFC3339)] = people
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s: (-want +got)\n%s", d.Date, name, diff)
			}
		}
	}
	if len(file.Sun.Days) != 5 {
		t.Errorf("got %d days, want 5", len(file.Sun.Days))
	}
}

// TestExceptions: at most twenty, each with a reason.
func TestExceptions(t *testing.T) {
	if len(exceptions) > 20 {
		t.Errorf("got %d exceptions, want at most 20", len(exceptions))
	}
	for _, e := range exceptions {
		if e.id == "" || e.rule == "" || !strings.Contains(e.reason, " ") {
			t.Errorf("got an exception without id, rule or reason: %+v", e)
		}
	}
}
