package oncall

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// hour is a time on Monday, 2026-01-05, which has the turn of ana in weekOfThree.
func hour(h int) time.Time { return time.Date(2026, time.January, 5, h, 0, 0, 0, time.UTC) }

// weekOfThree is a layer of ana, ben and cid, who take turns of a day from 9:00
// on, ana on Monday, January 5.
func weekOfThree(change func(*Schedule)) Schedule {
	s := one("", Rotation{Unit: Day, Start: "2026-01-02T09:00"}, Turns("ana", "ben", "cid"))
	if change != nil {
		change(&s)
	}
	return s
}

func TestExplain(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Schedule)
		at     time.Time
		want   []Explanation
	}{
		{"turn", nil, hour(10), []Explanation{
			{Role: "primary", Person: "ana", Turn: 3, DecidedBy: []string{"layers[0]"}, Text: "ana is primary: it is turn 3 of layers[0]"}}},
		{"before the start", nil, hour(0).AddDate(0, 0, -10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]"}, Text: "nobody is primary: layers[0] begins at 2026-01-02 09:00 UTC"}}},
		{"after the end", func(s *Schedule) { s.Layers[0].Until = hour(9) }, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]"}, Text: "nobody is primary: layers[0] has ended at 2026-01-05 09:00 UTC"}}},
		{"window", func(s *Schedule) { s.Layers[0].Windows = []Window{{From: "09:00", To: "17:00"}} }, hour(20), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]"}, Text: "nobody is primary: layers[0] is off duty at this time of the week"}}},
		{"empty turn", func(s *Schedule) { s.Layers[0].Turns[0] = nil }, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]"}, Text: "nobody is primary: turn 3 of layers[0] is nobody's"}}},
		{"no turns", func(s *Schedule) { s.Layers[0].Turns = nil }, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]"}, Text: "nobody is primary: layers[0] has no turns"}}},
		{"holiday", func(s *Schedule) {
			s.Holidays = []Holiday{{Date: "2026-01-05", Site: "de"}, {Date: "2026-01-05", Site: "it", Name: "Befana, eve"}}
			s.Layers[0].SkipHolidays = []string{"it"}
		}, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]", "holidays[1]"}, Text: `nobody is primary: layers[0] is off duty on the holiday "Befana, eve"`}}},
		{"absence reported", func(s *Schedule) { s.Absences = []Absence{{Person: "ana", Start: hour(8), End: hour(12)}} }, hour(10), []Explanation{
			{Role: "primary", Person: "ana", Turn: 3, DecidedBy: []string{"layers[0]"}, Text: "ana is primary: it is turn 3 of layers[0]"}}},
		{"absence skipped", func(s *Schedule) {
			s.Absences, s.Absent = []Absence{{Person: "ana", Start: hour(8), End: hour(12)}}, AbsenceSkip
		}, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]", "absences[0]"}, Text: "nobody is primary: turn 3 of layers[0] is that of ana, who is absent until 2026-01-05 12:00 UTC"}}},
		{"absence replaced", func(s *Schedule) {
			s.Absences, s.Absent = []Absence{{Person: "ben", Start: hour(8), End: hour(11)}, {Person: "ana", Start: hour(8), End: hour(12)}}, AbsenceReplace
		}, hour(10), []Explanation{
			{Role: "primary", Person: "cid", Turn: 3, DecidedBy: []string{"layers[0]", "absences[1]"},
				Text: "cid is primary: turn 3 of layers[0] is that of ana, who is absent until 2026-01-05 12:00 UTC; cid is next in the order of turns"}}},
		{"override and swap", func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(0), End: hour(1), Person: "eva"}, {Start: hour(9), End: hour(12), Person: "dan", Replaces: "ana"}}
			s.Swaps = []Swap{{From: "dan", To: "ben", Start: hour(9), End: hour(12)}}
		}, hour(10), []Explanation{
			{Role: "primary", Person: "ben", Turn: 3, DecidedBy: []string{"layers[0]", "overrides[1]", "swaps[0]"},
				Text: "ben is primary: it is turn 3 of layers[0]; overrides[1] puts dan in the place of ana; swaps[0] puts ben in the place of dan"}}},
		{"add", func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(9), End: hour(12), Kind: Add, Person: "dan"}}
		}, hour(10), []Explanation{
			{Role: "primary", Person: "ana", Turn: 3, DecidedBy: []string{"layers[0]"}, Text: "ana is primary: it is turn 3 of layers[0]"},
			{Role: "primary", Person: "dan", DecidedBy: []string{"overrides[0]"}, Text: "dan is primary: overrides[0] puts dan on call"}}},
		{"remove", func(s *Schedule) {
			s.Overrides = []Override{{Start: hour(9), End: hour(12), Kind: Remove, Person: "ana"}}
		}, hour(10), []Explanation{
			{Role: "primary", DecidedBy: []string{"layers[0]", "overrides[0]"}, Text: "nobody is primary: it is turn 3 of layers[0]; overrides[0] takes ana off"}}},
		{"replace all on a layer", func(s *Schedule) {
			s.Layers[0].Name = "day"
			s.Overrides = []Override{{Start: hour(9), End: hour(12), Layer: "day", Person: "dan"}}
		}, hour(10), []Explanation{
			{Role: "primary", Person: "dan", Layer: "day", DecidedBy: []string{"overrides[0]"}, Text: "dan is primary: overrides[0] puts dan on call"}}},
		{"temporary", func(s *Schedule) {
			s.Layers = append(s.Layers, Layer{Role: "secondary", Turns: Turns("eva")})
			s.Temporary = []Temporary{{Start: hour(9), End: hour(12), Shifts: []Shift{{Start: hour(9), End: hour(12), Person: "dan", Role: "primary"}}}}
		}, hour(10), []Explanation{
			{Role: "primary", Person: "dan", DecidedBy: []string{"temporary[0]"}, Text: "dan is primary: temporary[0] holds instead of all layers and names dan"},
			{Role: "secondary", DecidedBy: []string{"temporary[0]"}, Text: "nobody is secondary: temporary[0] holds instead of all layers and names nobody"}}},
		{"priority and shadow", func(s *Schedule) {
			s.Layers = append(s.Layers, Layer{Name: "night shift", Priority: 1, Turns: Turns("eva")}, Layer{Shadow: true, Turns: Turns("fay\n<b>")})
		}, hour(10), []Explanation{
			{Role: "primary", Person: "eva", Layer: "night shift", DecidedBy: []string{"layers[1]", "layers[0]"}, Text: `eva is primary: it is turn 0 of layers[1] ("night shift"); layers[0] gives way`},
			{Role: "primary", Shadow: true, Person: "fay\n<b>", DecidedBy: []string{"layers[2]"}, Text: `"fay\n<b>" learns as primary: it is turn 0 of layers[2]`}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := compiled(t, weekOfThree(test.change))
			got := r.Explain(test.at)
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
			text, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			var back []Explanation
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(got, back); d != "" {
				t.Errorf("after JSON: %s", d)
			}
		})
	}
	if got := (Roster{}).Explain(hour(10)); got != nil {
		t.Errorf("got %v of the zero value", got)
	}
	if got := compiled(t, Schedule{}).Explain(hour(10)); len(got) != 0 {
		t.Errorf("got %v of a schedule without layers", got)
	}
}

// TestExplainLaws: Explain and At agree about any schedule, and everything has a
// reason.
func TestExplainLaws(t *testing.T) {
	type who struct {
		Person, Role, Layer string
		Shadow              bool
	}
	rapid.Check(t, func(t *rapid.T) {
		base := rapid.SampledFrom(bases).Draw(t, "base")
		s := genSchedule(t, base)
		if len(s.Holidays) == 0 {
			for i := range s.Layers {
				s.Layers[i].SkipHolidays = nil
			}
		}
		r, err := s.Compile()
		if err != nil {
			t.Fatal(err)
		}
		at := base.Add(time.Duration(rapid.IntRange(0, 900*60).Draw(t, "at")) * time.Minute)
		want, got := map[who]int{}, map[who]int{}
		taken := map[string]bool{}
		for _, s := range r.Shifts(at, at.Add(time.Second)) {
			want[who{s.Person, s.Role, s.Layer, s.Shadow}]++
			taken[s.Role] = taken[s.Role] || !s.Shadow
		}
		for _, x := range r.Explain(at) {
			if x.Person != "" {
				got[who{x.Person, x.Role, x.Layer, x.Shadow}]++
			} else if taken[x.Role] {
				t.Fatalf("%s, but somebody is", x.Text)
			}
			if len(x.DecidedBy) == 0 || strings.HasSuffix(x.Text, ": ") || strings.Contains(x.Text, "; ;") {
				t.Fatalf("got no reason in %+v", x)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("at %v: (-Shifts +Explain)\n%s", at, d)
		}
	})
}

// TestOrderOfAt: At, Primary and Explain name people in one order, that of the
// layers by priority, whoever came on call first.
func TestOrderOfAt(t *testing.T) {
	daily := func(name, start string, priority int, people ...string) Layer {
		return Layer{Name: name, Priority: priority, Rotation: Rotation{Unit: Day, Start: start}, Turns: Turns(people...)}
	}
	learn := daily("learn", "2026-01-01T08:00", 1, "eva", "fay")
	learn.Shadow = true
	r := compiled(t, Schedule{Layers: []Layer{daily("late", "2026-01-01T10:00", 0, "ana", "ben"), daily("early", "2026-01-01T09:00", 0, "cid", "dan"), learn}})
	for hour := range 48 {
		at := instant(t, "2026-01-05T00:30:00Z").Add(time.Duration(hour) * time.Hour)
		var layers, people, explained []string
		for _, s := range r.At(at) {
			layers, people = append(layers, s.Layer), append(people, s.Person)
		}
		for _, e := range r.Explain(at) {
			explained = append(explained, e.Person)
		}
		if want := []string{"learn", "late", "early"}; !slices.Equal(layers, want) || !slices.Equal(people, explained) {
			t.Fatalf("at %v: got %v of %v, explained %v, want %v", at, people, layers, explained, want)
		}
		if who, _ := r.Primary(at); who != people[1] {
			t.Fatalf("at %v: got primary %s, want %s", at, who, people[1])
		}
	}
}
