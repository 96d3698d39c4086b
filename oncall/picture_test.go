package oncall

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// pictured is a schedule with all that a picture shows: two roles, somebody who
// learns, a turn of nobody, and weekends off duty.
func pictured(t testing.TB) Roster {
	t.Helper()
	return calendarRoster(t, Schedule{Name: "payments", Zone: "Europe/Berlin", OffDuty: []Window{{Days: Weekend}}, Layers: []Layer{
		{Name: "first", Rotation: Rotation{Unit: Day, Start: "2026-01-05T09:00"}, Turns: Turns("ana", "ben", "", "cy"), Windows: []Window{{Days: Workdays}}},
		{Name: "second", Role: "secondary", Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns("ben", "ana")},
		{Name: "learn", Role: "shadow", Shadow: true, Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns("dee", "")},
	}})
}

// wellFormed fails if a picture is no XML document or holds a script.
func wellFormed(t testing.TB, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
			t.Fatalf("a script in\n%s", svg)
		}
	}
	if !strings.HasPrefix(svg, "<svg ") {
		t.Fatalf("no picture: %.60s", svg)
	}
}

// Monday's midnight to nine is before the schedule begins; ana, ben, nobody and
// cy have a day each, from nine to nine; Friday's turn is ana's until midnight,
// when the weekend begins, in which nobody needs to be on call.
func TestTimelineTable(t *testing.T) {
	r := pictured(t)
	line := r.Timeline(calendarTime(t, "2026-01-05T00:00:00+01:00"), calendarTime(t, "2026-01-12T00:00:00+01:00"))
	const want = `| From | To | Person | Role |
| --- | --- | --- | --- |
| 2026-01-05 00:00 CET | 2026-01-05 09:00 CET | **nobody** | gap |
| 2026-01-05 09:00 CET | 2026-01-06 09:00 CET | ana | primary |
| 2026-01-05 09:00 CET | 2026-01-12 00:00 CET | ben | secondary |
| 2026-01-05 09:00 CET | 2026-01-12 00:00 CET | dee | shadow |
| 2026-01-06 09:00 CET | 2026-01-07 09:00 CET | ben | primary |
| 2026-01-07 09:00 CET | 2026-01-08 09:00 CET | **nobody** | gap |
| 2026-01-08 09:00 CET | 2026-01-09 09:00 CET | cy | primary |
| 2026-01-09 09:00 CET | 2026-01-10 00:00 CET | ana | primary |
| 2026-01-10 00:00 CET | 2026-01-12 00:00 CET | nobody | off duty |
`
	if diff := cmp.Diff(want, line.Markdown()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTimelinePicture(t *testing.T) {
	r := pictured(t)
	line := r.Timeline(calendarTime(t, "2026-01-05T00:00:00Z"), calendarTime(t, "2026-01-12T00:00:00Z"))
	line.Now = calendarTime(t, "2026-01-07T12:00:00Z")
	for _, width := range []int{0, 320, 1200} {
		svg := line.SVGAt(width)
		wellFormed(t, svg)
		for _, want := range []string{"payments", "ana", "dee", "nobody", "gap", "off duty", "secondary", "now", "Wed 7 Jan 2026 09:00 CET"} {
			if !strings.Contains(svg, want) {
				t.Errorf("%d: the picture lacks %q", width, want)
			}
		}
		if svg != line.SVGAt(width) {
			t.Error("the same timeline gives another picture")
		}
	}
	// Who learns as primary covers nothing, and has a broken outline.
	learner := calendarRoster(t, Schedule{Layers: []Layer{{Shadow: true, Rotation: Rotation{Unit: Week, Start: "2026-01-05T09:00"}, Turns: Turns("dee")}}}).Timeline(line.From, line.To)
	if len(learner.Shifts) != 1 || len(learner.Gaps) != 1 || learner.Gaps[0].Duration() != 7*24*time.Hour {
		t.Errorf("somebody who learns leaves the gaps %v", learner.Gaps)
	}
	if svg := learner.SVG(); strings.Count(svg, `stroke-dasharray="3 2"`) != 2 { // the span and its entry in the legend
		t.Errorf("the outline of who learns is not broken:\n%s", svg)
	}
	wellFormed(t, Timeline{}.SVG())
	wellFormed(t, Roster{}.Timeline(line.From, line.To).SVG())
	wellFormed(t, Load{}.SVG())
	if text := (Timeline{}).Markdown(); strings.Count(text, "\n") != 2 {
		t.Errorf("an empty timeline is\n%s", text)
	}
	crowd := Timeline{From: line.From, To: line.To, Gaps: []Span{{line.From, line.To}}}
	for i := range 150 {
		crowd.Shifts = append(crowd.Shifts, Shift{Start: line.From, End: line.To, Person: "person " + number(float64(i)), Role: DefaultRole})
	}
	if svg := crowd.SVG(); !strings.Contains(svg, "nobody: gap") {
		t.Error("among many people the gap is left out")
	}
}

// People, gaps and hours off duty fill the window, and do not overlap.
func TestTimelineFillsTheWindow(t *testing.T) {
	r := pictured(t)
	rapid.Check(t, func(t *rapid.T) {
		from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 400*24*60).Draw(t, "from")) * time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(-5, 40*24*60).Draw(t, "length")) * time.Minute)
		line := r.Timeline(from, to)
		var sum time.Duration
		for _, s := range line.Shifts {
			if s.Role == DefaultRole {
				sum += s.Duration()
			}
		}
		for _, g := range append(line.Gaps, line.OffDuty...) {
			sum += g.Duration()
		}
		if want := max(0, to.Sub(from)); sum != want {
			t.Fatalf("shifts, gaps and hours off duty last %v, want %v", sum, want)
		}
		for _, g := range line.Gaps {
			if who, ok := r.Primary(g.Start); ok {
				t.Fatalf("%s is on call in the gap %v", who, g)
			}
		}
	})
}

func TestTimelineJSON(t *testing.T) {
	want := pictured(t).Timeline(calendarTime(t, "2026-01-05T00:00:00Z"), calendarTime(t, "2026-01-12T00:00:00Z"))
	want.Now = calendarTime(t, "2026-01-07T12:00:00Z")
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Timeline
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want.Zone = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoadPicture(t *testing.T) {
	r := pictured(t)
	load, err := r.Load(calendarTime(t, "2026-01-05T00:00:00Z"), calendarTime(t, "2026-02-02T00:00:00Z"), nil, Unsocial{Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	svg := load.SVG()
	wellFormed(t, svg)
	wellFormed(t, load.SVGAt(320))
	for _, want := range []string{"ana", "weekends", "nights", "hours", "5 Jan 2026 to 2 Feb 2026"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	if strings.Contains(svg, "holidays") {
		t.Error("without holidays there is a legend for them")
	}
}

// Whatever a name holds, pictures are XML and tables have four columns.
func TestHostileNamesInPictures(t *testing.T) {
	from := calendarTime(t, "2026-01-05T00:00:00Z")
	for _, name := range hostileNames {
		line := Timeline{Name: name, From: from, To: from.Add(48 * time.Hour), Shifts: []Shift{{Start: from, End: from.Add(time.Hour), Person: name, Role: name}}}
		wellFormed(t, line.SVG())
		for row := range strings.Lines(line.Markdown()) {
			if n := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); n != 5 {
				t.Errorf("%q: a row with %d bars: %s", name, n, row)
			}
		}
		wellFormed(t, Load{People: []PersonLoad{{Person: name, Kinds: LoadKinds{Day: time.Hour}}}}.SVG())
	}
}
