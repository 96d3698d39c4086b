package oncall

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMinTeam(t *testing.T) {
	for _, c := range readFair(t).MinTeam {
		if got := MinTeam(c.Roles, c.Coverage, c.MaxShare); got != c.Formula {
			t.Errorf("%d roles, %v h a day, %v of the time: got %d, want %d", c.Roles, c.Coverage, c.MaxShare, got, c.Formula)
		}
	}
	for _, bad := range []float64{0, -1, 1e-300} {
		if got := MinTeam(2, 24, bad); got != 0 {
			t.Errorf("a share of %v gives %d, want 0", bad, got)
		}
	}
}

// A site is too small as the book says: 8 people where there is one, 6 on each of
// several. With one role to fill it is no more than an info, unless the share of
// the time does not hold.
func TestLintTeams(t *testing.T) {
	names := strings.Split("ana ben cem dan eli fay gus hal ida jon kim leo", " ")
	week := Rotation{Unit: Week, Start: "2026-01-05T09:00"}
	layer := func(role, zone string, people ...string) Layer {
		return Layer{Role: role, Zone: zone, Rotation: week, Turns: Turns(people...)}
	}
	for _, c := range []struct {
		name   string
		layers []Layer
		o      LintOptions
		want   string
	}{
		{"eight", []Layer{layer("", "", names[:8]...), layer("secondary", "", names[:8]...)}, LintOptions{}, ""},
		{"seven", []Layer{layer("", "", names[:7]...), layer("secondary", "", names[:7]...)}, LintOptions{},
			`warning: "ana, ben, cem, dan, eli, fay, gus": 7 people at UTC from 2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC, a team on one site should have 8; add people, or share the rotation with another team`},
		{"seven with one role", []Layer{layer("", "", names[:7]...)}, LintOptions{},
			`info: "ana, ben, cem, dan, eli, fay, gus": 7 people at UTC from 2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC, a team on one site should have 8 to fill a second role as well; add people, or share the rotation with another team`},
		{"three with one role", []Layer{layer("", "", names[:3]...)}, LintOptions{},
			`warning: "ana, ben, cem": 3 people at UTC from 2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC, a team on one site should have 8; add people, or share the rotation with another team`},
		{"six each", []Layer{layer("", "Europe/Berlin", names[:6]...), layer("", "America/New_York", names[6:]...)}, LintOptions{}, ""},
		{"six and five", []Layer{layer("", "Europe/Berlin", names[:6]...), layer("secondary", "America/New_York", names[6:11]...)}, LintOptions{},
			`warning: "gus, hal, ida, jon, kim": 5 people at America/New_York from 2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC, each of several sites should have 6; add people, or share the rotation with another team`},
		{"Berlin and Paris have one day", []Layer{layer("", "Europe/Berlin", names[:4]...), layer("secondary", "Europe/Paris", names[4:8]...)}, LintOptions{}, ""},
		{"sites as given", []Layer{layer("", "", names...), layer("secondary", "", names...)}, LintOptions{Sites: []Site{{"Berlin", names[:7]}, {"Paris", []string{"x", "y", "x"}}}},
			`warning: "x, y": 2 people at Paris from 2026-01-05 00:00 UTC to 2026-02-05 00:00 UTC, each of several sites should have 6; add people, or share the rotation with another team`},
		{"other numbers", []Layer{layer("", "", names[:4]...), layer("secondary", "", names[:4]...)}, LintOptions{TeamSize: 4}, ""},
		{"no numbers", []Layer{layer("", "", names[:1]...)}, LintOptions{TeamSize: -1}, ""},
	} {
		report := lint(t, Schedule{Layers: c.layers}, "2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z", c.o)
		var got []string
		for _, s := range report.Of("small-team") {
			got = append(got, s.Finding().String())
		}
		if text := strings.Join(got, "\n"); text != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, text, c.want)
		}
	}
}

func TestLintRefuses(t *testing.T) {
	r, err := Schedule{}.Compile()
	if err != nil {
		t.Fatal(err)
	}
	from := at("2026-01-05T00:00:00Z")
	_, err = r.Lint(from, from, LintOptions{MaxShare: -1})
	want := `no schedule: to: "2026-01-05T00:00:00Z": it is not after from, 2026-01-05T00:00:00Z; write a later instant
no schedule: max_share: "-1": it is no share; write a number from 0 to 1`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if _, err := r.Lint(from, from.AddDate(1, 0, 0), LintOptions{Participants: []Participant{{}}, Unsocial: Unsocial{Zone: "x"}}); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("got %v, want two lines", err)
	}
	if report, err := (Roster{}).Lint(from, from.AddDate(0, 1, 0), LintOptions{}); err != nil || len(report.Of("gap")) != 1 {
		t.Errorf("the empty roster: got %+v, %v, want a gap", report, err)
	}
}

func TestLintJSON(t *testing.T) {
	o := LintOptions{MaxShare: 0.3, Rest: 10 * time.Hour, SplitDay: 13 * time.Hour, TeamSize: 5, Sites: []Site{{"a", []string{"b"}}}, Unsocial: Unsocial{Zone: "Asia/Tokyo", Nights: []Window{{From: "20:00", To: "07:00"}}}}
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"max_share":0.3,"team_size":5,"sites":[{"name":"a","people":["b"]}],"unsocial":{"time_zone":"Asia/Tokyo","nights":[{"from":"20:00","to":"07:00"}]},"rest_seconds":36000,"split_day_seconds":46800}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	var back LintOptions
	if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(o, back) != "" {
		t.Errorf("%v, %s", err, cmp.Diff(o, back))
	}
	report := lint(t, followTheSun(), "2024-03-01T00:00:00Z", "2024-04-01T00:00:00Z", LintOptions{})
	text, err = json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var read LintReport
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(read); err != nil || string(again) != string(text) || len(read.Concerns) == 0 {
		t.Errorf("round trip: got\n%s\nwant\n%s", again, text)
	}
}

// What stands in a schedule's names must not turn into markup or move a cursor.
func TestTablesHoldHostileNames(t *testing.T) {
	evil := "<script>|x`\u202e\x1b[31m\nana\u2028*_[a](b)\x00"
	report := lint(t, Schedule{Layers: []Layer{{Name: "day", Rotation: Rotation{Unit: Day, Start: "2026-01-05"}, Turns: Turns("ana", "ben"), Windows: []Window{{To: "12:00"}}}}}, "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z", LintOptions{})
	report.Concerns[0].People = []string{evil}
	report.Concerns[0].Reason, report.Concerns[0].Remedy, report.Load.People[0].Person = evil, evil, evil
	draft := Draft{Assignments: []Assignment{{Shift: Shift{Person: evil, Role: evil}, Reason: evil}}, Unfilled: []Unfilled{{Slot: Slot{Role: evil}, Reason: evil}}, Load: report.Load}
	for _, text := range []string{report.Markdown(), draft.Markdown(), Load{}.Markdown(), Draft{}.Markdown(), LintReport{}.Markdown()} {
		if strings.Contains(text, "<script>") || strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }) {
			t.Errorf("not harmless: %q", text)
		}
		width := 0
		for _, line := range strings.Split(text, "\n") {
			if !strings.HasPrefix(line, "|") {
				width = 0
				continue
			}
			if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); width > 0 && n != width {
				t.Errorf("a row of %d bars below one of %d: %q", n, width, line)
			} else {
				width = n
			}
		}
	}
}

// drawSchedule is a small schedule of two roles in up to three zones, with empty
// turns, priorities, overrides and off-duty times.
func drawSchedule(t *rapid.T) Schedule {
	zone := rapid.SampledFrom([]string{"", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe"})
	window := rapid.Custom(func(t *rapid.T) Window {
		clock := rapid.SampledFrom([]string{"", "02:30", "09:00", "17:00", "23:00"})
		return Window{Days: Days(rapid.IntRange(0, 127).Draw(t, "days")), From: clock.Draw(t, "from"), To: clock.Draw(t, "to")}
	})
	s := Schedule{Zone: zone.Draw(t, "zone"), Tie: rapid.SampledFrom([]TiePolicy{"", TieFirst}).Draw(t, "tie")}
	for i := range rapid.IntRange(0, 3).Draw(t, "layers") {
		s.Layers = append(s.Layers, Layer{
			Name: rapid.SampledFrom([]string{"", fmt.Sprint("l", i)}).Draw(t, "name"), Role: rapid.SampledFrom([]string{"", "secondary"}).Draw(t, "role"), Zone: zone.Draw(t, "zone"),
			Priority: rapid.IntRange(0, 1).Draw(t, "priority"), Shadow: rapid.IntRange(0, 5).Draw(t, "shadow") == 0,
			Rotation: Rotation{Unit: rapid.SampledFrom([]Unit{Hour, Day, Week}).Draw(t, "unit"), Every: rapid.IntRange(1, 9).Draw(t, "every"), Start: "2026-03-20T08:00", Extrapolate: rapid.Bool().Draw(t, "extrapolate")},
			Turns:    Turns(rapid.SliceOfN(rapid.SampledFrom([]string{"ana", "ben", "cem", "dan", ""}), 0, 5).Draw(t, "turns")...),
			Windows:  rapid.SliceOfN(window, 0, 2).Draw(t, "windows"),
		})
	}
	s.OffDuty = rapid.SliceOfN(window, 0, 2).Draw(t, "off")
	for range rapid.IntRange(0, 2).Draw(t, "overrides") {
		start := at("2026-03-24T00:00:00Z").Add(time.Duration(rapid.IntRange(0, 240).Draw(t, "start")) * time.Hour)
		s.Overrides = append(s.Overrides, Override{Start: start, End: start.Add(30 * time.Hour), Kind: ReplaceAll, Person: rapid.SampledFrom([]string{"eli", ""}).Draw(t, "person")})
	}
	return s
}

func TestLintLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSchedule(t)
		r, err := s.Compile()
		if err != nil {
			t.Skip("no schedule")
		}
		from := at("2026-03-22T00:00:00Z").Add(time.Duration(rapid.IntRange(0, 3*86400).Draw(t, "from")) * time.Second)
		to := from.Add(time.Duration(rapid.IntRange(1, 20*86400).Draw(t, "window")) * time.Second)
		report, err := r.Lint(from, to, LintOptions{})
		if err != nil {
			t.Fatal(err)
		}
		shifts := r.Shifts(from, to)
		off := week{}
		if len(s.OffDuty) > 0 {
			off = weekOf(s.OffDuty)
		}
		clock := newClock(r.Location())
		gap := func(t time.Time) bool {
			for _, code := range []string{"gap", "clock-gap"} {
				for _, c := range report.Of(code) {
					if c.Role == DefaultRole && slices.ContainsFunc(c.Spans, func(s Span) bool { return !t.Before(s.Start) && t.Before(s.End) }) {
						return true
					}
				}
			}
			return false
		}
		for _, c := range report.Concerns {
			if !slices.IsSortedFunc(c.Spans, func(a, b Span) int { return a.Start.Compare(b.Start) }) {
				t.Fatalf("spans of %+v are not in order", c)
			}
			for _, s := range c.Spans {
				if s.Start.Before(from) || s.End.After(to) || !s.Start.Before(s.End) {
					t.Fatalf("%v to %v of %s lies outside of %v to %v", s.Start, s.End, c.Code, from, to)
				}
			}
			if c.Reason == "" || c.Remedy == "" || len(c.People)+len(c.Layers) == 0 && len(s.Layers) > 0 && c.Role != DefaultRole {
				t.Fatalf("%+v does not say who, why and what to do", c)
			}
		}
		// At every instant of a sample nobody is on call, and should be, exactly if
		// the report says so.
		for range 50 {
			at := from.Add(time.Duration(rapid.Int64Range(0, int64(to.Sub(from)/time.Second)-1).Draw(t, "at")) * time.Second)
			covered := slices.ContainsFunc(shifts, func(s Shift) bool { return s.Role == DefaultRole && !s.Shadow && s.Contains(at) })
			needed := off != nil && off.edge(mod(clock.reached(at.Unix())-monday, weekSeconds))&1 == 0
			if got := gap(at); got != (needed && !covered) {
				t.Fatalf("at %v a gap is %v; covered %v, needed %v", at, got, covered, needed)
			}
		}
	})
}

func BenchmarkLint(b *testing.B) {
	r, err := followTheSun().Compile()
	if err != nil {
		b.Fatal(err)
	}
	from := at("2024-01-01T00:00:00Z")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Lint(from, from.AddDate(1, 0, 0), LintOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
