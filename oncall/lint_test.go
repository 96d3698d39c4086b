package oncall

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// followTheSun is three sites of nine to five.
func followTheSun() Schedule {
	layer := func(name, zone string, people ...string) Layer {
		return Layer{Name: name, Zone: zone, Rotation: Rotation{Unit: Week, Start: "2023-12-25"}, Turns: Turns(people...), Windows: []Window{{From: "09:00", To: "17:00"}}}
	}
	return Schedule{Layers: []Layer{
		layer("APAC", "Asia/Singapore", "an", "bo", "cai", "dao", "eu", "fei"),
		layer("EMEA", "Europe/London", "ann", "bob", "cat", "dee", "eve", "fay"),
		layer("AMER", "America/Los_Angeles", "abe", "bea", "cam", "dot", "eli", "flo"),
	}}
}

// at is an instant that a test writes.
func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

func lint(t testing.TB, s Schedule, from, to string, o LintOptions) LintReport {
	t.Helper()
	r, err := s.Compile()
	if err != nil {
		t.Fatal(err)
	}
	a, err := time.Parse(time.RFC3339, from)
	if err != nil {
		t.Fatal(err)
	}
	b, err := time.Parse(time.RFC3339, to)
	if err != nil {
		t.Fatal(err)
	}
	report, err := r.Lint(a, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// texts are the findings, one a line, without those about the size of the team.
func texts(r LintReport) string {
	var lines []string
	for _, f := range r.Findings() {
		if f.Code != "small-team" {
			lines = append(lines, f.Code+": "+f.String())
		}
	}
	return strings.Join(lines, "\n")
}

func TestLintFollowTheSun(t *testing.T) {
	report := lint(t, followTheSun(), "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", LintOptions{})
	want := `clock-gap: primary: "AMER, APAC": nobody is on call 238 times from 2024-03-11 00:00 UTC to 2024-11-03 01:00 UTC, 1h each, after "AMER" and before "APAC"; since the clock of America/Los_Angeles changed on 2024-03-10 until that of America/Los_Angeles changes on 2024-11-03; overlap the layers by the hour that the clocks differ, or keep both on the clock of one zone
clock-overlap: warning: primary: "bo, bob": "APAC" and "EMEA" are both on call 210 times from 2024-03-31 08:00 UTC to 2024-10-26 09:00 UTC, 1h each; since the clock of Europe/London changed on 2024-03-31 until that of Europe/London changes on 2024-10-27; set tie to first, or leave it: an overlap harms less than a gap
clock-overlap: warning: primary: "eli, eve": "EMEA" and "AMER" are both on call 28 times from 2024-03-10 16:00 UTC to 2024-11-02 17:00 UTC, 1h each; since the clock of America/Los_Angeles changed on 2024-03-10 until that of America/Los_Angeles changes on 2024-11-03; set tie to first, or leave it: an overlap harms less than a gap`
	if got := texts(report); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	// On the days of the reference the gaps and overlaps are those of its segments.
	data, err := os.ReadFile("testdata/edges.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Sun struct {
			Days []struct {
				Date     string   `json:"utc_date"`
				Segments [][3]any `json:"segments"`
				Gap      float64  `json:"gap_h"`
				Overlap  float64  `json:"overlap_h"`
			} `json:"days"`
		} `json:"follow_the_sun"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Sun.Days) != 5 {
		t.Fatalf("%d days, want 5", len(file.Sun.Days))
	}
	for _, day := range file.Sun.Days {
		start, err := time.Parse(time.DateOnly, day.Date)
		if err != nil {
			t.Fatal(err)
		}
		times := func(codes ...string) (spans []Span, hours float64) {
			for _, code := range codes {
				for _, c := range report.Of(code) {
					for _, s := range c.Spans {
						if !s.Start.Before(start) && s.Start.Before(start.AddDate(0, 0, 1)) {
							spans = append(spans, s)
							hours += s.Duration().Hours()
						}
					}
				}
			}
			return spans, hours
		}
		gaps, gap := times("gap", "clock-gap")
		overlaps, overlap := times("overlap", "clock-overlap")
		if gap != day.Gap || overlap != day.Overlap {
			t.Errorf("%s: gaps of %v h, overlaps of %v h, want %v and %v", day.Date, gap, overlap, day.Gap, day.Overlap)
		}
		var wantGaps, wantOverlaps []Span
		for _, s := range day.Segments {
			from, err1 := time.Parse(time.RFC3339, s[0].(string))
			to, err2 := time.Parse(time.RFC3339, s[1].(string))
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			switch len(s[2].([]any)) {
			case 0:
				wantGaps = append(wantGaps, Span{from, to})
			case 2:
				wantOverlaps = append(wantOverlaps, Span{from, to})
			}
		}
		if d := cmp.Diff([][]Span{wantGaps, wantOverlaps}, [][]Span{gaps, overlaps}); d != "" {
			t.Errorf("%s gaps and overlaps (-want +got):\n%s", day.Date, d)
		}
	}
}

func TestLintFindings(t *testing.T) {
	week := Rotation{Unit: Week, Start: "2026-01-05T09:00"}
	eight := Turns("ana", "ben", "cem", "dan", "eli", "fay", "gus", "hal")
	for _, c := range []struct {
		name     string
		s        Schedule
		from, to string
		o        LintOptions
		want     string
	}{
		{"nothing to say", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}}}, "2026-01-05T09:00:00Z", "2027-01-05T09:00:00Z", LintOptions{}, ""},
		{"no layers", Schedule{}, "2026-01-05T09:00:00Z", "2026-02-05T09:00:00Z", LintOptions{}, `gap: primary: nobody is on call for 31d from 2026-01-05 09:00 UTC to 2026-02-05 09:00 UTC; let a layer cover it, or declare it in off_duty`},
		{"a layer without people", Schedule{Layers: []Layer{{Rotation: week}}}, "2026-01-05T09:00:00Z", "2026-02-05T09:00:00Z", LintOptions{}, `gap: primary: "layer 1": nobody is on call for 31d from 2026-01-05 09:00 UTC to 2026-02-05 09:00 UTC; let a layer cover it, or declare it in off_duty
empty-turn: warning: primary: "layer 1": "layer 1" has no people; name its people under layers[0].turns`},
		{"a day layer and nothing at night", Schedule{Zone: "Europe/Berlin", Layers: []Layer{{Name: "day", Rotation: week, Turns: eight, Windows: []Window{{Days: Workdays, From: "09:00", To: "17:00"}}}}},
			"2026-03-20T09:00:00Z", "2026-04-03T09:00:00Z", LintOptions{}, `gap: primary: "day": nobody is on call for 2d16h from 2026-03-20 17:00 CET to 2026-03-23 09:00 CET, between two turns of "day"; let a layer cover it, or declare it in off_duty
gap: primary: "day": nobody is on call 8 times from 2026-03-23 17:00 CET to 2026-04-03 09:00 CEST, 16h each, between two turns of "day"; let a layer cover it, or declare it in off_duty
gap: primary: "day": nobody is on call for 2d15h from 2026-03-27 17:00 CET to 2026-03-30 09:00 CEST, between two turns of "day"; let a layer cover it, or declare it in off_duty`},
		{"the nights and weekends are declared off duty", Schedule{Zone: "Europe/Berlin", Layers: []Layer{{Name: "day", Rotation: week, Turns: eight, Windows: []Window{{Days: Workdays, From: "09:00", To: "17:00"}}}},
			OffDuty: []Window{{From: "17:00", To: "09:00"}, {Days: Weekend}}},
			"2026-01-05T09:00:00Z", "2027-01-05T09:00:00Z", LintOptions{}, ""},
		{"every third week is nobody's", Schedule{Layers: []Layer{{Name: "weeks", Rotation: week, Turns: Turns("ana", "ben", "")}}}, "2026-01-05T09:00:00Z", "2026-02-16T09:00:00Z", LintOptions{MaxShare: 1}, `gap: primary: "weeks": nobody is on call for 1w from 2026-01-19 09:00 UTC to 2026-01-26 09:00 UTC, between two turns of "weeks"; let a layer cover it, or declare it in off_duty
gap: primary: "weeks": nobody is on call for 1w from 2026-02-09 09:00 UTC to 2026-02-16 09:00 UTC; let a layer cover it, or declare it in off_duty
empty-turn: warning: primary: "weeks": a turn of "weeks" is nobody's 2 times from 2026-01-19 09:00 UTC to 2026-02-16 09:00 UTC, 1w each; put somebody in the turn, or shorten the layer's windows`},
		{"every third week is another layer's", Schedule{Layers: []Layer{{Name: "weeks", Rotation: week, Turns: Turns("ana", "ben", ""), Priority: 1}, {Name: "rest", Rotation: Rotation{Extrapolate: true}, Turns: Turns("cem")}}},
			"2026-01-05T09:00:00Z", "2026-02-16T09:00:00Z", LintOptions{MaxShare: 1}, `empty-turn: info: primary: "weeks": a turn of "weeks" is nobody's 2 times from 2026-01-19 09:00 UTC to 2026-02-16 09:00 UTC, 1w each; other layers cover it; put somebody in the turn, or shorten the layer's windows`},
		{"three people around the clock", Schedule{Layers: []Layer{{Rotation: week, Turns: Turns("ana", "ben", "cem")}}}, "2026-01-05T09:00:00Z", "2027-01-04T09:00:00Z", LintOptions{}, `overload: warning: "ana": on call for 34.6 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 3024 h in 18 times; 25 % are sustainable; share the turns among more people
overload: warning: "ben": on call for 32.7 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2856 h in 17 times; 25 % are sustainable; share the turns among more people
overload: warning: "cem": on call for 32.7 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2856 h in 17 times; 25 % are sustainable; share the turns among more people`},
		{"four people are enough for one role", Schedule{Layers: []Layer{{Rotation: week, Turns: Turns("ana", "ben", "cem", "dan")}}}, "2026-01-05T09:00:00Z", "2027-01-05T09:00:00Z", LintOptions{}, ""},
		{"seven people are too few for two", Schedule{Layers: []Layer{{Rotation: week, Turns: eight[:7]}, {Rotation: week, Role: "secondary", Turns: append(slices.Clone(eight[1:7]), eight[0])}}}, "2026-01-05T09:00:00Z", "2027-01-04T09:00:00Z", LintOptions{}, `overload: warning: "ana": on call for 28.8 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2520 h in 8 times; 25 % are sustainable; share the turns among more people
overload: warning: "ben": on call for 30.8 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2688 h in 8 times; 25 % are sustainable; share the turns among more people
overload: warning: "cem": on call for 30.8 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2688 h in 8 times; 25 % are sustainable; share the turns among more people
overload: warning: "dan": on call for 28.8 % of the time from 2026-01-05 09:00 UTC to 2027-01-04 09:00 UTC, 2520 h in 8 times; 25 % are sustainable; share the turns among more people`},
		{"weekends of a daily rotation of seven", Schedule{Layers: []Layer{{Rotation: Rotation{Unit: Day, Start: "2024-01-01T09:00"}, Turns: eight[:7]}}}, "2024-01-01T09:00:00Z", "2024-12-30T09:00:00Z", LintOptions{}, `uneven: warning: "fay, gus": hours of weekends from 2024-01-01 09:00 UTC to 2024-12-30 09:00 UTC are shared unevenly (Jain index 0.373): between 0 and 1248 h a person, 356.6 on average; let turns last a week, change the number of people so that turns move through the week, or generate the turns`},
		{"half a day's rest", Schedule{Layers: []Layer{{Rotation: Rotation{Unit: Hour, Every: 8, Start: "2026-01-05"}, Turns: Turns("ana", "ben")}}}, "2026-01-05T00:00:00Z", "2026-01-07T00:00:00Z", LintOptions{MaxShare: 1}, `rest: warning: "ana": a break below 11h between two times on call 2 times from 2026-01-05 08:00 UTC to 2026-01-06 08:00 UTC, 8h each, the shortest 8h; move one of the turns, or give it to somebody else
rest: warning: "ben": a break below 11h between two times on call 2 times from 2026-01-05 16:00 UTC to 2026-01-06 16:00 UTC, 8h each, the shortest 8h; move one of the turns, or give it to somebody else`},
		{"a lunch break is a rest", Schedule{OffDuty: []Window{{From: "17:00", To: "09:00"}, {From: "12:00", To: "13:00"}}, Layers: []Layer{{Rotation: week, Turns: eight, Windows: []Window{{From: "09:00", To: "12:00"}, {From: "13:00", To: "17:00"}}}}},
			"2026-01-05T00:00:00Z", "2026-01-08T00:00:00Z", LintOptions{}, `rest: warning: "ana": a break below 11h between two times on call 3 times from 2026-01-05 12:00 UTC to 2026-01-07 13:00 UTC, 1h each, the shortest 1h; move one of the turns, or give it to somebody else`},
		{"a lunch break within a split day is none", Schedule{OffDuty: []Window{{From: "17:00", To: "09:00"}, {From: "12:00", To: "13:00"}}, Layers: []Layer{{Rotation: week, Turns: eight, Windows: []Window{{From: "09:00", To: "12:00"}, {From: "13:00", To: "17:00"}}}}},
			"2026-01-05T09:00:00Z", "2026-01-08T00:00:00Z", LintOptions{SplitDay: 13 * time.Hour}, ""},
		{"primary and secondary are one person", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}, {Rotation: week, Role: "secondary", Turns: append(slices.Clone(eight[:1]), eight[2:]...)}}}, "2026-01-05T09:00:00Z", "2026-01-26T09:00:00Z", LintOptions{}, `two-roles: warning: "ana": in two roles at once for 1w from 2026-01-05 09:00 UTC to 2026-01-12 09:00 UTC; shift one of the rotations, so that another person stands behind the first`},
		{"on call while absent", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}}, Absences: []Absence{{Person: "ben", Start: at("2026-01-14T00:00:00Z"), End: at("2026-01-16T00:00:00Z"), Reason: "a holiday"}, {Person: "ana", Start: at("2026-01-14T00:00:00Z"), End: at("2026-01-16T00:00:00Z")}}},
			"2026-01-05T09:00:00Z", "2026-01-26T09:00:00Z", LintOptions{}, `absent: warning: "ben": on call while absent for 2d from 2026-01-14 00:00 UTC to 2026-01-16 00:00 UTC, first: a holiday; swap or override the turn, or set absent to replace`},
		{"absent, and somebody stands in", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}}, Absent: AbsenceReplace, Absences: []Absence{{Person: "ben", Start: at("2026-01-14T00:00:00Z"), End: at("2026-01-16T00:00:00Z")}}},
			"2026-01-05T09:00:00Z", "2026-01-26T09:00:00Z", LintOptions{}, ""},
		{"the past does not matter", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}}, Overrides: []Override{{Start: at("2026-01-06T00:00:00Z"), End: at("2026-01-07T00:00:00Z"), Kind: ReplaceAll}}},
			"2026-01-07T00:00:00Z", "2026-03-26T09:00:00Z", LintOptions{}, ""},
		{"half of it is past", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}}, Overrides: []Override{{Start: at("2026-01-06T00:00:00Z"), End: at("2026-01-07T00:00:00Z"), Kind: ReplaceAll}}},
			"2026-01-06T18:00:00Z", "2026-03-26T09:00:00Z", LintOptions{}, `gap: primary: "layer 1": nobody is on call for 6h from 2026-01-06 18:00 UTC to 2026-01-07 00:00 UTC; let a layer cover it, or declare it in off_duty`},
		{"a second role in business hours has no gap at night", Schedule{Layers: []Layer{{Rotation: week, Turns: eight}, {Rotation: week, Role: "secondary", Turns: Turns("x", ""), Windows: []Window{{Days: Workdays, From: "09:00", To: "17:00"}}}}},
			"2026-01-05T09:00:00Z", "2026-01-19T09:00:00Z", LintOptions{}, `gap: warning: secondary: "layer 2": nobody is on call 5 times from 2026-01-12 09:00 UTC to 2026-01-16 17:00 UTC, 8h each; let a layer cover it, or declare it in off_duty
empty-turn: warning: secondary: "layer 2": a turn of "layer 2" is nobody's 5 times from 2026-01-12 09:00 UTC to 2026-01-16 17:00 UTC, 8h each; put somebody in the turn, or shorten the layer's windows`},
	} {
		if got := texts(lint(t, c.s, c.from, c.to, c.o)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestLintLeapYears: the time package ends leap years beyond its table a day
// early and names clock changes that have passed; nothing waits for those.
func TestLintLeapYears(t *testing.T) {
	r := compiled(t, one("America/New_York", Rotation{Unit: Day, Start: "2026-01-01T08:00"}, Turns("ana", "ben"), Window{From: "08:00", To: "20:00"}))
	from := instant(t, "2040-12-01T00:00:00Z")
	report, err := r.Lint(from, from.AddDate(0, 4, 0), LintOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if gaps := report.Of("gap"); len(gaps) == 0 || gaps[0].Total() < 30*12*time.Hour {
		t.Errorf("got gaps %v, want the nights of four months", gaps)
	}
}

// TestLintEmptyTurns: a turn that is nobody's is told of whatever the zones of
// the others, their windows and their names.
func TestLintEmptyTurns(t *testing.T) {
	berlin, york := Member{Name: "ana", Zone: "Europe/Berlin"}, Member{Name: "ben", Zone: "America/New_York"}
	left := york
	left.Until = instant(t, "2026-01-19T00:00:00Z")
	from := instant(t, "2026-01-05T00:00:00Z")
	day := []Window{{From: "09:00", To: "17:00"}}
	for _, c := range []struct {
		name    string
		turns   []Turn
		windows []Window
		vacant  VacantPolicy
		absence Absence
		want    time.Duration // in nine weeks
	}{
		{"nobody's", []Turn{{berlin}, nil, {york}}, nil, "", Absence{}, 3 * 168 * time.Hour},
		{"nobody's, with windows", []Turn{{berlin}, nil, {york}}, day, "", Absence{}, 3 * 56 * time.Hour},
		{"who has left", []Turn{{berlin}, {left}}, nil, "", Absence{}, 3 * 168 * time.Hour},
		{"who has left, with windows", []Turn{{berlin}, {left}}, day, "", Absence{}, 3 * 56 * time.Hour},
		{"who is away", Turns("b", "c", "a"), nil, "", Absence{Person: "a", Start: from, End: from.AddDate(0, 0, 21)}, 168 * time.Hour},
		{"who has left is skipped", []Turn{{berlin}, {left}}, day, VacantSkip, Absence{}, 0},
		{"everybody is there", []Turn{{berlin}, {york}}, day, "", Absence{}, 0},
	} {
		s := one("", Rotation{Unit: Week, Start: "2026-01-05T00:00"}, Turns("eva"))
		s.Layers = append(s.Layers, Layer{Name: "second", Role: "secondary", Rotation: s.Layers[0].Rotation, Turns: c.turns, Windows: c.windows})
		s.Layers[1].Rotation.Vacant = c.vacant
		s.Absent = AbsenceSkip
		if c.absence.Person != "" {
			s.Absences = []Absence{c.absence}
		}
		report, err := compiled(t, s).Lint(from, from.AddDate(0, 0, 63), LintOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{"gap", "empty-turn"} {
			var got time.Duration
			for _, concern := range report.Of(code) {
				if concern.Role == "secondary" {
					got += concern.Total()
				}
			}
			if got != c.want {
				t.Errorf("%s: got %v of %s, want %v", c.name, got, code, c.want)
			}
		}
	}
}
