package oncall

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var (
	crew  = []string{"ana", "ben", "cid", "dan", "eva"}
	zones = []string{"", "UTC", "Europe/Berlin", "America/Chicago", "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Africa/Cairo", "Pacific/Apia", "Asia/Kolkata", "Africa/Casablanca", "Antarctica/Troll"}
	// base is where definitions and queries lie; -1 to 900 hours from it.
	bases = []time.Time{
		time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 10, 20, 0, 0, 0, 0, time.UTC),
		time.Date(2011, 12, 20, 0, 0, 0, 0, time.UTC), time.Date(2024, 4, 20, 0, 0, 0, 0, time.UTC),
		time.Date(2071, 9, 1, 0, 0, 0, 0, time.UTC),
	}
)

func genClock(t *rapid.T, name string) string {
	return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, name), rapid.SampledFrom([]int{0, 15, 30}).Draw(t, name+" minute"))
}

func genSchedule(t *rapid.T, base time.Time) Schedule {
	person := rapid.SampledFrom(crew)
	at := func(name string) time.Time {
		return base.Add(time.Duration(rapid.IntRange(0, 900*4).Draw(t, name)) * 15 * time.Minute)
	}
	span := func(name string) (time.Time, time.Time) {
		a := at(name)
		return a, a.Add(time.Duration(rapid.IntRange(1, 400).Draw(t, name+" length")) * 15 * time.Minute)
	}
	days := func(name string) Days { return Days(rapid.IntRange(0, 127).Draw(t, name)) }
	s := Schedule{
		Zone:   rapid.SampledFrom(zones).Draw(t, "zone"),
		Tie:    rapid.SampledFrom([]TiePolicy{"", TieAll, TieFirst}).Draw(t, "tie"),
		Absent: rapid.SampledFrom([]AbsencePolicy{"", AbsenceReport, AbsenceSkip, AbsenceReplace}).Draw(t, "absent"),
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "layers") {
		l := Layer{
			Name: []string{"", "b", "c"}[i], Role: rapid.SampledFrom([]string{"", "secondary"}).Draw(t, "role"),
			Zone: rapid.SampledFrom(zones).Draw(t, "layer zone"), Priority: rapid.IntRange(0, 1).Draw(t, "priority"),
			Shadow: rapid.IntRange(0, 5).Draw(t, "shadow") == 0,
			Rotation: Rotation{
				Unit:        rapid.SampledFrom([]Unit{"", Hour, Day, Week, Month, Quarter}).Draw(t, "unit"),
				Start:       base.AddDate(0, 0, rapid.IntRange(-100, 20).Draw(t, "start")).Format(time.DateOnly) + "T" + genClock(t, "handoff"),
				Extrapolate: rapid.Bool().Draw(t, "extrapolate"),
				Vacant:      rapid.SampledFrom([]VacantPolicy{"", VacantKeep, VacantSkip}).Draw(t, "vacant"),
			},
		}
		switch r := &l.Rotation; r.Unit {
		case "":
		case Hour:
			r.Every, r.Elapsed = rapid.IntRange(0, 30).Draw(t, "every"), rapid.Bool().Draw(t, "elapsed")
		case Day:
			r.Every, r.Days = rapid.IntRange(0, 4).Draw(t, "every"), days("days")
		case Week:
			r.Every = rapid.IntRange(0, 4).Draw(t, "every")
			r.Days = rapid.SampledFrom([]Days{0, On(time.Monday), On(time.Saturday)}).Draw(t, "day")
		default:
			r.MonthDay = rapid.IntRange(0, 31).Draw(t, "month day")
		}
		for range rapid.IntRange(0, 4).Draw(t, "turns") {
			var turn Turn
			for range rapid.IntRange(0, 2).Draw(t, "members") {
				m := Member{Name: person.Draw(t, "member")}
				switch rapid.IntRange(0, 6).Draw(t, "bounds") {
				case 0:
					m.From = at("from")
				case 1:
					m.Until = at("until")
				case 2:
					m.From, m.Until = span("membership")
				case 3:
					m.Zone = rapid.SampledFrom(zones).Draw(t, "member zone")
				}
				turn = append(turn, m)
			}
			l.Turns = append(l.Turns, turn)
		}
		for range rapid.IntRange(0, 2).Draw(t, "windows") {
			w := Window{Days: days("window days"), From: genClock(t, "window from"), To: genClock(t, "window to")}
			if rapid.IntRange(0, 3).Draw(t, "long") == 0 {
				w.ToDay = On(time.Weekday(rapid.IntRange(0, 6).Draw(t, "to day")))
			}
			l.Windows = append(l.Windows, w)
		}
		if rapid.IntRange(0, 3).Draw(t, "holidays") == 0 {
			l.SkipHolidays = []string{"*"}
		}
		if rapid.IntRange(0, 5).Draw(t, "ends") == 0 {
			l.Until = at("layer until")
		}
		s.Layers = append(s.Layers, l)
	}
	for range rapid.IntRange(0, 3).Draw(t, "overrides") {
		o := Override{Kind: rapid.SampledFrom([]OverrideKind{Add, Remove, Replace, ReplaceAll}).Draw(t, "kind"), Person: person.Draw(t, "person")}
		o.Start, o.End = span("override")
		if o.Kind == Replace {
			o.Replaces = person.Draw(t, "replaces")
		}
		if len(s.Layers) > 1 && rapid.Bool().Draw(t, "on layer") {
			o.Layer = "b"
		}
		s.Overrides = append(s.Overrides, o)
	}
	for range rapid.IntRange(0, 1).Draw(t, "temporary") {
		var p Temporary
		p.Start, p.End = span("temporary")
		for range rapid.IntRange(0, 2).Draw(t, "fixed") {
			p.Shifts = append(p.Shifts, Shift{Start: p.Start, End: p.End.Add(-5 * time.Minute), Person: person.Draw(t, "fixed person"), Role: "primary"})
		}
		s.Temporary = append(s.Temporary, p)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "swaps") {
		w := Swap{From: crew[i], To: crew[i+1]}
		w.Start, w.End = span("swap")
		if rapid.Bool().Draw(t, "return") {
			w.ReturnStart, w.ReturnEnd = w.End, w.End.Add(24*time.Hour)
		}
		s.Swaps = append(s.Swaps, w)
	}
	if len(s.Swaps) == 2 && s.Swaps[0].ReturnEnd.After(s.Swaps[1].Start) && s.Swaps[0].ReturnStart.Before(s.Swaps[1].End) {
		s.Swaps = s.Swaps[:1]
	}
	for range rapid.IntRange(0, 2).Draw(t, "absences") {
		a := Absence{Person: person.Draw(t, "absent person")}
		a.Start, a.End = span("absence")
		s.Absences = append(s.Absences, a)
	}
	for range rapid.IntRange(0, 2).Draw(t, "holiday list") {
		s.Holidays = append(s.Holidays, Holiday{Date: at("holiday").Format(time.DateOnly)})
	}
	return s
}

// TestLaws holds what is true of every schedule.
func TestLaws(t *testing.T) {
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
			t.Fatalf("got %v, want a roster", err)
		}
		minutes := func(name string) time.Time {
			return base.Add(time.Duration(rapid.IntRange(0, 900*60).Draw(t, name)) * time.Minute)
		}
		cuts := []time.Time{minutes("a"), minutes("b"), minutes("c")}
		slices.SortFunc(cuts, time.Time.Compare)
		a, b, c := cuts[0], cuts[1], cuts[2]
		whole := r.Shifts(a, c)

		// Sorted, half-open, inside the window, and joined.
		for i, s := range whole {
			if !s.Start.Before(s.End) || s.Start.Before(a) || s.End.After(c) {
				t.Fatalf("got a shift from %v to %v, want it inside %v to %v", s.Start, s.End, a, c)
			}
			if i > 0 && s.Start.Before(whole[i-1].Start) {
				t.Fatalf("got %v after %v", s.Start, whole[i-1].Start)
			}
			for _, o := range whole[:i] {
				if o.Person == s.Person && o.Role == s.Role && o.Shadow == s.Shadow && o.End.After(s.Start) {
					t.Fatalf("got %s twice at %v", s.Person, s.Start)
				}
				if o.Person == s.Person && o.Role == s.Role && o.Layer == s.Layer && o.Shadow == s.Shadow && o.End.Equal(s.Start) {
					t.Fatalf("got two shifts of %s that touch at %v", s.Person, s.Start)
				}
			}
		}

		// [a, b) and [b, c) are [a, c).
		if d := cmp.Diff(byQuarter(whole), byQuarter(append(r.Shifts(a, b), r.Shifts(b, c)...))); d != "" {
			t.Fatalf("[a,b)+[b,c) is not [a,c) at %v, %v, %v: (-whole +parts)\n%s", a, b, c, d)
		}

		// At is the shift that holds the instant, Primary the first who covers.
		around := []time.Time{a, b}
		for _, s := range whole {
			around = append(around, s.Start, s.End)
		}
		if len(around) > 24 {
			around = around[:24]
		}
		for _, at := range around {
			for _, at := range [...]time.Time{at.Add(-time.Second), at, at.Add(time.Second)} {
				if at.Before(a) || !at.Before(c) {
					continue
				}
				var want, got []string
				for _, s := range whole {
					if s.Contains(at) {
						want = append(want, fmt.Sprint(s.Person, s.Role, s.Layer, s.Shadow, s.Start.Unix(), s.End.Unix()))
					}
				}
				primary := ""
				for _, s := range r.At(at) {
					if primary == "" && s.Role == "primary" && !s.Shadow {
						primary = s.Person
					}
					got = append(got, fmt.Sprint(s.Person, s.Role, s.Layer, s.Shadow, latest(s.Start, a).Unix(), earliest(s.End, c).Unix()))
				}
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Fatalf("at %v: got %v, want %v", at, got, want)
				}
				if who, ok := r.Primary(at); ok != (primary != "") || who != "" && !slices.ContainsFunc(r.Shifts(at, at.Add(time.Second)), func(s Shift) bool { return s.Person == who && s.Role == "primary" && !s.Shadow }) {
					t.Fatalf("at %v: got primary %q, want %q", at, who, primary)
				}
				if next, ok := r.NextChange(at); ok && !next.After(at) {
					t.Fatalf("at %v: got a next change at %v", at, next)
				}
			}
		}

		// Hours per person add up to the covered person-hours.
		var total, sum time.Duration
		for _, s := range whole {
			total += s.Duration()
		}
		for _, name := range crew {
			for _, s := range r.Of(name, a, c) {
				sum += s.Duration()
			}
		}
		if sum != total {
			t.Fatalf("got %v of all people, want %v", sum, total)
		}

		// Nothing changes from a schedule to itself.
		if d := Diff(r, r, a, c); len(d) != 0 {
			t.Fatalf("got changes %v", d)
		}

		// The definition survives JSON, and compiles to the same shifts.
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Schedule
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		again, err := back.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(whole, again.Shifts(a, c)); d != "" {
			t.Fatalf("after JSON: (-before +after)\n%s", d)
		}
		if d := cmp.Diff(s, r.Definition()); d != "" {
			t.Fatalf("Compile changed the schedule: %s", d)
		}
	})
}

// byQuarter cuts shifts into quarters of an hour, so that where they were cut does not matter.
func byQuarter(shifts []Shift) map[string]int {
	out := make(map[string]int)
	for _, s := range shifts {
		for at := s.Start; at.Before(s.End); at = at.Add(15 * time.Minute).Truncate(15 * time.Minute) {
			out[fmt.Sprint(at.Truncate(15*time.Minute).Unix(), s.Person, s.Role, s.Layer, s.Shadow)] += int(earliest(s.End, at.Add(15*time.Minute).Truncate(15*time.Minute)).Sub(at).Seconds())
		}
	}
	return out
}
