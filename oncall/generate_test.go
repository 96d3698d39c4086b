package oncall

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// staff are n people: p00, p01, …
func staff(n int) []Participant {
	people := make([]Participant, n)
	for i := range people {
		people[i].Name = fmt.Sprintf("p%02d", i)
	}
	return people
}

// turnsOf are the slots of n turns of so many hours, one after the other.
func turnsOf(from time.Time, n, hours int, role string) []Slot {
	slots := make([]Slot, n)
	for i := range slots {
		start := from.Add(time.Duration(i*hours) * time.Hour)
		slots[i] = Slot{Start: start, End: start.Add(time.Duration(hours) * time.Hour), Role: role}
	}
	return slots
}

func generate(t rapid.TB, g Generator) Draft {
	t.Helper()
	d, err := g.Generate(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A daily rotation of 7 or 14 gives the same people every weekend, with a Jain
// index of 0.373; the generator shares weekends evenly and hours as evenly as
// whole turns allow, in zones whose clock changes too.
func TestGeneratorSharesWeekends(t *testing.T) {
	for _, n := range []int{7, 14} {
		for _, zone := range []string{"UTC", "Europe/Berlin", "America/Los_Angeles"} {
			names := make([]string, n)
			for i, p := range staff(n) {
				names[i] = p.Name
			}
			s := Schedule{Zone: zone, Layers: []Layer{{Rotation: Rotation{Unit: Day, Start: "2024-01-01T09:00"}, Turns: Turns(names...)}}}
			r, err := s.Compile()
			if err != nil {
				t.Fatal(err)
			}
			from, to := Resolve(2024, time.January, 1, 9, 0, 0, r.Location()), Resolve(2024, time.December, 30, 9, 0, 0, r.Location())
			before, err := r.Load(from, to, nil, Unsocial{Zone: zone})
			if err != nil {
				t.Fatal(err)
			}
			if before.Weekends.Jain > 0.38 {
				t.Errorf("%d in %s: the daily rotation has a Jain index of weekends of %.4f, want about 0.373", n, zone, before.Weekends.Jain)
			}
			slots, err := s.Slots(from, to)
			if err != nil || len(slots) != 364 {
				t.Fatalf("%d slots, %v, want 364", len(slots), err)
			}
			d := generate(t, Generator{Slots: slots, People: staff(n), Unsocial: Unsocial{Zone: zone}})
			if d.Load.Weekends.Jain < 0.999 || d.Load.Total.Jain < 0.999 || d.Load.Nights.Jain < 0.999 {
				t.Errorf("%d in %s: got Jain indexes of weekends %.5f, hours %.5f, nights %.5f, want at least 0.999", n, zone, d.Load.Weekends.Jain, d.Load.Total.Jain, d.Load.Nights.Jain)
			}
			if len(d.Unfilled) != 0 || d.Cut || d.Load.Covered() != to.Sub(from) {
				t.Errorf("%d in %s: %d unfilled, cut %v, covered %v of %v", n, zone, len(d.Unfilled), d.Cut, d.Load.Covered(), to.Sub(from))
			}
			// In force as a temporary schedule, the roster says what the draft says.
			s.Temporary = append(s.Temporary, d.Temporary("fair"))
			planned, err := s.Compile()
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range d.Assignments {
				for _, at := range []time.Time{a.Start, a.End.Add(-time.Second)} {
					if got, _ := planned.Primary(at); got != a.Person {
						t.Fatalf("at %v %q is on call, want %q", at, got, a.Person)
					}
				}
			}
			if load, err := planned.Load(from, to, staff(n), Unsocial{Zone: zone}); err != nil || cmp.Diff(d.Load, load) != "" {
				t.Errorf("load of the draft (-) and of the roster (+), %v:\n%s", err, cmp.Diff(d.Load, load))
			}
		}
	}
}

func TestGeneratorKeepsShares(t *testing.T) {
	from := at("2024-01-01T09:00:00Z")
	people := staff(6)
	people[2].Share = 0.5
	d := generate(t, Generator{Slots: turnsOf(from, 364, 24, ""), People: people})
	half, _ := d.Load.Person("p02")
	whole, _ := d.Load.Person("p00")
	if r := half.Total.Hours() / whole.Total.Hours(); math.Abs(r-0.5) > 0.02 {
		t.Errorf("half a share has %.3f of a whole one's hours, want 0.5", r)
	}
	if d.Load.Total.Jain < 0.999 || d.Load.Weekends.Jain < 0.995 {
		t.Errorf("by share: Jain index of hours %.4f, of weekends %.4f", d.Load.Total.Jain, d.Load.Weekends.Jain)
	}
}

// Who lives elsewhere has the day turns of their own day: nights cost squares, so
// most fall where they are no nights.
func TestGeneratorFollowsTheSun(t *testing.T) {
	people := []Participant{{Name: "ana", Zone: "Europe/Berlin"}, {Name: "ben", Zone: "Europe/Berlin"}, {Name: "kai", Zone: "America/Los_Angeles"}, {Name: "leo", Zone: "America/Los_Angeles"}}
	d := generate(t, Generator{Slots: turnsOf(at("2026-01-05T06:00:00Z"), 120, 12, ""), People: people, Weights: Weights{Hours: 1, Nights: 4, Weekends: 1, Spacing: 0.1}})
	nights := 0.0
	for _, p := range d.Load.People {
		nights += p.Nights.Hours()
	}
	if len(d.Unfilled) > 0 || nights > 120 {
		t.Errorf("%.0f h of nights and %d unfilled, want none and at most 120 of 1440 h", nights, len(d.Unfilled))
	}
}

// History counts: who had all weekends before has fewer now, and the first turn
// heeds the last one.
func TestGeneratorGoesOnFromHistory(t *testing.T) {
	from := at("2026-01-05T09:00:00Z")
	history := []Shift{
		{Start: from.AddDate(0, 0, -1), End: from, Person: "p00"},
		{Start: from.AddDate(0, 0, -2), End: from.AddDate(0, 0, -1), Person: "p01"},
		{Start: from.AddDate(0, 0, -9), End: from.AddDate(0, 0, -7), Person: "p00"},
		{Start: from.AddDate(0, 0, -3), End: from.AddDate(0, 0, -2), Person: "gone"},
		{Start: from, End: from.AddDate(0, 0, 1), Person: "p02", Shadow: true},
	}
	d := generate(t, Generator{Slots: turnsOf(from, 21, 24, ""), People: staff(3), History: history})
	if d.Assignments[0].Person == "p00" {
		t.Error("p00 has two turns in a row, the first in history")
	}
	p00, _ := d.Load.Person("p00")
	p02, _ := d.Load.Person("p02")
	if p00.Total >= p02.Total || p00.Weekends >= p02.Weekends {
		t.Errorf("p00, who had two days of a weekend, has %v and %v of weekends now; p02, who had none, %v and %v", p00.Total, p00.Weekends, p02.Total, p02.Weekends)
	}
	if len(d.Load.People) != 3 {
		t.Errorf("%d people, want 3", len(d.Load.People))
	}
}

func TestGeneratorExplains(t *testing.T) {
	from := at("2026-01-05T09:00:00Z")
	g := Generator{
		Slots:    append(turnsOf(from, 3, 24, ""), turnsOf(from, 3, 24, "lead")...),
		People:   []Participant{{Name: "ana"}, {Name: "ben"}, {Name: "cem"}, {Name: "dan"}},
		Absences: []Absence{{Person: "dan", Start: from.Add(-time.Hour), End: from.Add(36 * time.Hour), Reason: "holiday"}},
		Eligible: func(person, role string, from, to time.Time) []string {
			if role == "lead" && person != "ana" && person != "dan" {
				return []string{"level 2 of 4", "not qualified"}
			}
			return nil
		},
	}
	var got []string
	d := generate(t, g)
	for _, a := range d.Assignments {
		got = append(got, fmt.Sprintf("%s %s %s: %s", a.Start.Format("Mon"), a.Role, a.Person, a.Reason))
	}
	for _, u := range d.Unfilled {
		got = append(got, fmt.Sprintf("%s %s nobody, certain %v: %s", u.Start.Format("Mon"), u.Role, u.Certain, u.Reason))
		for _, r := range u.Refusals {
			got = append(got, fmt.Sprintf("  %s %s: %s", r.Person, r.Rule, r.Reason))
		}
	}
	want := `Mon lead ana: nobody else can; cannot: 1 absent, 2 not eligible
Mon primary ben: nobody else can; cannot: 1 absent, 1 busy with another slot, 1 with too many slots in a row
Tue primary cem: nobody else can; cannot: 1 absent, 2 with too many slots in a row
Wed lead dan: nobody else can; cannot: 2 not eligible, 1 busy with another slot
Wed primary ana: ben, the only other who can, would cost as much; cannot: 1 busy with another slot, 1 with too many slots in a row; off duty for 1d before
Tue lead nobody, certain false: no way was found to fill it: 1 absent, 2 not eligible, 1 with too many slots in a row
  ana in_row: has the slot from 2026-01-05 09:00 UTC, next to this one
  ben ineligible: level 2 of 4; not qualified
  cem ineligible: level 2 of 4; not qualified
  dan absent: absent from 2026-01-05 08:00 UTC to 2026-01-06 21:00 UTC: holiday`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestGeneratorNamesEverythingWrong(t *testing.T) {
	from := at("2026-01-05T09:00:00Z")
	_, err := Generator{
		Slots:    []Slot{{Start: from, End: from}, {Start: from, End: from.AddDate(200, 0, 0)}},
		People:   []Participant{{Name: "ana", Share: -1}},
		Absences: []Absence{{Start: from, End: from.Add(-1)}},
		History:  []Shift{{Start: from, End: from}},
		InRow:    -1,
		Weights:  Weights{Hours: math.Inf(1), Nights: -1},
		Unsocial: Unsocial{Zone: "Mars"},
	}.Generate(context.Background())
	want := `no schedule: participants[0].share: "-1": it is no share; write a number from 0.001 to 1000, 1 for a whole position
no schedule: slots[0].end: "2026-01-05T09:00:00Z": it is not after the start; write an instant after 2026-01-05T09:00:00Z
no schedule: history[0].end: "2026-01-05T09:00:00Z": it is not after the start; write an instant after 2026-01-05T09:00:00Z
no schedule: slots: "2026-01-05 to 2226-01-05": with history they span more than a hundred years; generate a shorter time
no schedule: absences[0].end: "2026-01-05T08:59:59Z": it is not after the start; write an instant after 2026-01-05T09:00:00Z
no schedule: absences[0].person: nobody is named; write a name
no schedule: unsocial.time_zone: "Mars": the time zone database has no zone of that name; write a name such as Europe/Berlin
no schedule: in_row: "-1": it is below 0; write how many slots in a row one person may have, 1 or more
no schedule: weights.hours: "+Inf": it is no weight; write a number from 0 to 1000
no schedule: weights.nights: "-1": it is no weight; write a number from 0 to 1000`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = Generator{Slots: turnsOf(from, 1, 1, "")}.Generate(context.Background())
	if want := "no schedule: people: there is nobody; name at least one person"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Generator{Slots: turnsOf(from, 9000, 1, ""), People: staff(1000)}.Generate(context.Background())
	if want := `no schedule: slots: "9000": with 1000 people they are too many; generate a shorter time, so that people times slots stay below 4194304`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if d, err := (Generator{}).Generate(context.Background()); err != nil || len(d.Assignments) != 0 {
		t.Errorf("no slots: got %+v, %v", d, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Generator{Slots: turnsOf(from, 3000, 1, ""), People: staff(50)}).Generate(ctx); err != context.Canceled {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestGeneratorJSON(t *testing.T) {
	g := Generator{Slots: turnsOf(at("2026-01-05T09:00:00Z"), 1, 24, "lead"), People: []Participant{{Name: "ana", Zone: "Asia/Tokyo", Site: "JP", Share: 0.5}}, Rest: 90 * time.Minute, InRow: 2, Weights: DefaultWeights()}
	text, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"slots":[{"start":"2026-01-05T09:00:00Z","end":"2026-01-06T09:00:00Z","role":"lead"}],"people":[{"name":"ana","time_zone":"Asia/Tokyo","site":"JP","share":0.5}],"unsocial":{},"in_row":2,` +
		`"weights":{"hours":1,"nights":1,"weekends":1,"holidays":1,"spacing":1,"handoffs":0},"rest_seconds":5400}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	var back Generator
	if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(g, back) != "" {
		t.Errorf("%v, (-want +got)\n%s", err, cmp.Diff(g, back))
	}
	d := generate(t, g)
	text, err = json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var read Draft
	if err := json.Unmarshal(text, &read); err != nil || cmp.Diff(d, read) != "" {
		t.Errorf("%v, (-want +got)\n%s", err, cmp.Diff(d, read))
	}
}

// drawGenerator is a small generator with every rule.
func drawGenerator(t *rapid.T) Generator {
	from := at("2026-03-27T09:00:00Z")
	g := Generator{
		People: staff(rapid.IntRange(1, 6).Draw(t, "people")),
		Rest:   time.Duration(rapid.SampledFrom([]int{-1, 0, 8, 24}).Draw(t, "rest")) * time.Hour,
		InRow:  rapid.IntRange(0, 3).Draw(t, "in row"),
		Unsocial: Unsocial{Zone: rapid.SampledFrom([]string{"", "Europe/Berlin"}).Draw(t, "zone"),
			Holidays: []Holiday{{Date: "2026-04-03"}}},
	}
	if rapid.Bool().Draw(t, "weighted") {
		g.Weights = Weights{Hours: 1, Weekends: 2, Spacing: 0.5, Handoffs: rapid.Float64Range(0, 3).Draw(t, "handoffs")}
	}
	hours := rapid.SampledFrom([]int{8, 12, 24}).Draw(t, "hours")
	g.Slots = turnsOf(from, rapid.IntRange(0, 24).Draw(t, "slots"), hours, "")
	if rapid.Bool().Draw(t, "second") {
		g.Slots = append(g.Slots, turnsOf(from, len(g.Slots), hours, "secondary")...)
	}
	for range rapid.IntRange(0, 6).Draw(t, "odd") { // of any length, anywhere
		start := from.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "start")) * time.Hour)
		g.Slots = append(g.Slots, Slot{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "length")) * time.Hour), Role: "odd"})
	}
	name := rapid.SampledFrom([]string{"p00", "p01", "p02", "p03"})
	for range rapid.IntRange(0, 5).Draw(t, "absences") {
		start := from.Add(time.Duration(rapid.IntRange(-20, 300).Draw(t, "away")) * time.Hour)
		g.Absences = append(g.Absences, Absence{Person: name.Draw(t, "absent"), Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 90).Draw(t, "for")) * time.Hour)})
	}
	for range rapid.IntRange(0, 5).Draw(t, "history") {
		start := from.Add(time.Duration(rapid.IntRange(-200, 100).Draw(t, "did")) * time.Hour)
		g.History = append(g.History, Shift{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "for")) * time.Hour), Person: name.Draw(t, "who")})
	}
	if barred := rapid.IntRange(0, 8).Draw(t, "barred"); barred > 0 {
		g.Eligible = func(person, role string, from, to time.Time) []string {
			if (int(from.Unix()/3600)+len(role)+int(person[2]))%(barred+1) == 0 {
				return []string{"not that one"}
			}
			return nil
		}
	}
	return g
}

// broken is what of a draft breaks a rule, told from the definitions alone.
func broken(g Generator, shifts []Shift) string {
	g = g.ordered()
	type turn struct {
		Shift
		slot bool
	}
	byPerson := map[string][]turn{}
	for _, s := range shifts {
		byPerson[s.Person] = append(byPerson[s.Person], turn{s, true})
	}
	for _, h := range g.History {
		byPerson[h.Person] = append(byPerson[h.Person], turn{h, false})
	}
	// The starts of each role, in order, history included.
	starts := map[string][]int64{}
	for _, s := range g.Slots {
		starts[s.Role] = append(starts[s.Role], s.Start.Unix())
	}
	for role := range starts {
		slices.Sort(starts[role])
		starts[role] = slices.Compact(starts[role])
	}
	rank := func(s Shift) int { return slices.Index(starts[s.Role], s.Start.Unix()) }
	for name, turns := range byPerson {
		slices.SortFunc(turns, func(a, b turn) int { return a.Start.Compare(b.Start) })
		for i, a := range turns {
			if a.slot {
				for _, away := range g.Absences {
					if away.Person == name && away.Start.Before(a.End) && a.Start.Before(away.End) {
						return name + " has a slot while absent"
					}
				}
				if g.Eligible != nil && len(g.Eligible(name, a.Role, a.Start, a.End)) > 0 {
					return name + " has a slot that they may not have"
				}
			}
			for _, b := range turns[i+1:] {
				if !a.slot && !b.slot {
					continue
				}
				if b.Start.Before(a.End) {
					return name + " has two slots at once"
				}
			}
		}
		// Rest: what somebody did twice at a time is one; a break between two things
		// of history is nobody's fault.
		var all []turn
		for _, x := range turns {
			if n := len(all); n > 0 && x.Start.Before(all[n-1].End) {
				if x.End.After(all[n-1].End) {
					all[n-1].End = x.End
				}
				continue
			}
			all = append(all, x)
		}
		for i := 1; i < len(all); i++ {
			if rest := all[i].Start.Sub(all[i-1].End); (all[i-1].slot || all[i].slot) && rest > 0 && rest < g.Rest {
				return fmt.Sprintf("%s has %v of rest", name, rest)
			}
		}
		run := 0
		for i, x := range turns {
			if !x.slot {
				run = 0
				continue
			}
			if i > 0 && turns[i-1].slot && (turns[i-1].End.Equal(x.Start) || turns[i-1].Role == x.Role && rank(turns[i-1].Shift)+1 == rank(x.Shift)) {
				run++
			} else {
				run = 1
			}
			if run > g.InRow && len(g.History) == 0 {
				return fmt.Sprintf("%s has %d slots in a row", name, run)
			}
		}
	}
	return ""
}

func TestGeneratorLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGenerator(t)
		text := fmt.Sprintf("%+v", g.Slots)
		d := generate(t, g)
		if fmt.Sprintf("%+v", g.Slots) != text {
			t.Fatal("the argument was changed")
		}
		if why := broken(g, d.Shifts()); why != "" {
			t.Fatalf("%s:\n%+v", why, d.Shifts())
		}
		// Every slot is assigned or unfilled, once.
		var got []string
		key := func(s Slot) string { return fmt.Sprint(s.Start.Unix(), s.End.Unix(), roleOf(s.Role)) }
		var hours time.Duration
		for _, a := range d.Assignments {
			got = append(got, key(Slot{Start: a.Start, End: a.End, Role: a.Role}))
			hours += a.Duration()
			if a.Reason == "" || math.IsNaN(a.Cost) || math.IsInf(a.Cost, 0) {
				t.Fatalf("%+v", a)
			}
			// Nobody else would make it cheaper, unless a rule is in the way.
			if !d.Cut && a.Others > 0 && a.NextCost < a.Cost-gain-1e-9 && !strings.Contains(a.Reason, "break that is too short") {
				t.Fatalf("%+v is dearer than its next", a)
			}
			kept := 0
			for _, k := range a.Kept {
				kept += k.Count
			}
			if kept+a.Others != len(g.People)-1 {
				t.Fatalf("%d kept from it and %d not, of %d", kept, a.Others, len(g.People)-1)
			}
		}
		for _, u := range d.Unfilled {
			got = append(got, key(u.Slot))
			if len(u.Refusals) != len(g.People) || u.Reason == "" {
				t.Fatalf("%+v", u)
			}
			for _, r := range u.Refusals {
				if r.Rule == "" || r.Reason == "" {
					t.Fatalf("%+v gives no reason", r)
				}
				// What is refused would break a rule.
				with := append(d.Shifts(), Shift{Start: u.Start, End: u.End, Person: r.Person, Role: u.Role})
				if len(g.History) == 0 && broken(g, with) == "" {
					t.Fatalf("%s could have %+v, refused by %s: %s", r.Person, u.Slot, r.Rule, r.Reason)
				}
			}
		}
		var want []string
		for _, s := range g.Slots {
			want = append(want, key(s))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("slots (-want +got):\n%s", cmp.Diff(want, got))
		}
		// Person-hours add up.
		if d.Load.Covered() != hours && len(g.Slots) > 0 {
			t.Fatalf("the load is %v, the slots assigned are %v", d.Load.Covered(), hours)
		}
		// The same, whatever the order.
		r := rand.New(rand.NewPCG(1, 2))
		shuffled := g
		shuffled.Slots, shuffled.People = slices.Clone(g.Slots), slices.Clone(g.People)
		r.Shuffle(len(g.Slots), func(i, j int) { shuffled.Slots[i], shuffled.Slots[j] = shuffled.Slots[j], shuffled.Slots[i] })
		r.Shuffle(len(g.People), func(i, j int) {
			shuffled.People[i], shuffled.People[j] = shuffled.People[j], shuffled.People[i]
		})
		a, _ := json.Marshal(d)
		b, _ := json.Marshal(generate(t, shuffled))
		if string(a) != string(b) {
			t.Fatalf("another order gives\n%s\nnot\n%s", b, a)
		}
	})
}

func BenchmarkGenerate(b *testing.B) {
	for _, n := range []int{8, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			g := Generator{Slots: turnsOf(at("2026-01-05T09:00:00Z"), 365, 24, ""), People: staff(n)}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := g.Generate(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
