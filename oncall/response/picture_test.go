package response

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"
)

// wellFormed fails unless a picture is one XML document without scripts, links
// or control characters.
func wellFormed(t interface {
	Helper()
	Fatalf(string, ...any)
}, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		if e, ok := token.(xml.StartElement); ok {
			if e.Name.Local == "script" || e.Name.Local == "a" || e.Name.Local == "image" || e.Name.Local == "foreignObject" {
				t.Fatalf("a %s element", e.Name.Local)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Fatalf("an attribute %s", a.Name.Local)
				}
			}
		}
	}
	for _, r := range svg {
		if unicode.Is(unicode.Cc, r) && r != '\n' || r == '\u202e' {
			t.Fatalf("a control character %U", r)
		}
	}
}

func coverOf(t testing.TB, people int) BusFactor {
	now := at(t, "2026-06-01T00:00:00Z")
	var list []Person
	for i := range people {
		p := Person{Name: fmt.Sprintf("person %03d", i), Level: i%5 + 1}
		for k, name := range []string{"db", "web"} {
			p.Qualifications = append(p.Qualifications, Qualification{name, 1, (i + k) % 3, 1, now.AddDate(0, 0, -30*(i%5))})
		}
		list = append(list, p)
	}
	b, err := MeasureBusFactor([]Entry{{Name: "db"}, {Name: "web"}, {Name: "idle"}}, list, now, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMatrixPicture(t *testing.T) {
	b := coverOf(t, 10)
	svg := b.SVG()
	wellFormed(t, svg)
	for _, want := range []string{`width="800"`, "<title>person 002, db: qualified</title>", ">0</text>", "Matrix of 3 entries and 10 people. db: ", "prefers-color-scheme:dark", ">learning</text>"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing in\n%s", want, svg)
		}
	}
	if got := (CoverPicture{BusFactor: b}).SVG(); got != svg {
		t.Error("the same picture has other bytes")
	}
	narrow := CoverPicture{BusFactor: b}.SVGAt(320)
	wellFormed(t, narrow)
	if !strings.Contains(narrow, `width="320"`) || strings.Count(narrow, ">idle<title>") != 2 {
		t.Errorf("got %d strips, want 2, in\n%s", strings.Count(narrow, ">idle<title>"), narrow)
	}
	many := CoverPicture{BusFactor: coverOf(t, 250)}.SVG()
	if !strings.Contains(many, "Left out: 50 more people.") {
		t.Error("nothing says that people were left out")
	}
	for _, empty := range []string{BusFactor{}.SVG(), BusFactor{Entries: []EntryCover{{Entry: "db"}}}.SVG()} {
		wellFormed(t, empty)
		if !strings.Contains(empty, "no data") {
			t.Errorf("got %s", empty)
		}
	}
}

func TestToilPicture(t *testing.T) {
	var work []Work
	for i, q := range []Quarter{{2025, 1}, {2025, 2}, {2025, 4}} { // none in the third
		start := q.Start(nil).Add(time.Hour)
		work = append(work, Work{"ana", "db", WorkTicket, start, time.Duration(i+1) * time.Hour}, Work{"ana", "db", WorkProject, start, 4 * time.Hour})
	}
	toil, err := MeasureToil(work, ToilOptions{})
	if err != nil {
		t.Fatal(err)
	}
	svg := toil.SVG()
	wellFormed(t, svg)
	for _, want := range []string{">Toil<", ">Interrupts<", "by service", ">db<", "at most 50 %", "at most 25 %"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(svg, "ana") {
		t.Error("people are drawn without being asked for")
	}
	if svg := (ToilPicture{Toil: toil, Group: ByPerson}).SVGAt(320); !strings.Contains(svg, ">ana<") {
		t.Error("a person that was asked for is missing")
	}
	if none := (Toil{}).SVG(); !strings.Contains(none, "no data") {
		t.Errorf("got %s", none)
	}
	text := toil.Markdown()
	for _, want := range []string{"| service | db | 2025-Q1 | 5.0 | 20 % | 0 % |", "| service | db | 2025-Q1 to 2025-Q4 | ", "a trend over 3 quarters says little"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

func TestIncidentGraph(t *testing.T) {
	g, err := NewGraph([]Entry{{Name: "db", Kind: KindPlatform}, {Name: "auth", DependsOn: []Edge{{Name: "db"}, {Name: "gone"}}}, {Name: "web", DependsOn: []Edge{{Name: "auth"}, {Name: "db", Soft: true}}}, {Name: "far"}})
	if err != nil {
		t.Fatal(err)
	}
	p := IncidentGraph{Entries: g.Entries(), Ranking: g.Roots([]string{"web", "auth"}, 0)}
	svg := p.SVG()
	wellFormed(t, svg)
	for _, want := range []string{"root 1: 1.00", "2 entries alert, 4 candidates", ">web<", ">db<", "root 2: 0.80"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing in\n%s", want, svg)
		}
	}
	for _, no := range []string{"far", "gone"} {
		if strings.Contains(svg, no) {
			t.Errorf("%q has nothing to do with it", no)
		}
	}
	wellFormed(t, IncidentGraph{}.SVG())
}

func TestIncidentPicture(t *testing.T) {
	m, err := NewPostMortem(databaseIncident(t), PostMortemOptions{})
	if err != nil {
		t.Fatal(err)
	}
	svg := m.SVG()
	wellFormed(t, svg)
	for _, want := range []string{">Incident INC-42<", ">acknowledged<", ">stopped<", "ConnectionsExhausted (page)", ">commander 2<", "on call, storage"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is missing in\n%s", want, svg)
		}
	}
	wellFormed(t, PostMortem{}.SVG())
	if narrow := m.SVGAt(320); !strings.Contains(narrow, `width="320"`) {
		t.Error("the width is another one")
	}
}

// Hostile names are harmless in every picture and document.
func TestHostileNames(t *testing.T) {
	hostile := []string{"<script>alert(1)</script>", "\x00\x1b[2J", "\u202egnp.exe", strings.Repeat("x", 5000), "]]>", "a|b\n# c", "\xff\xfe", "'\"><svg onload=x>", "[x](javascript:y)", ""}
	rapid.Check(t, func(t *rapid.T) {
		word := func(what string) string { return rapid.SampledFrom(hostile).Draw(t, what) }
		start := time.Unix(1.7e9, 0).UTC()
		r := IncidentRecord{
			Incident: Incident{Name: word("incident"), Start: start, End: start.Add(time.Hour), Alerts: []Alert{{word("entry"), word("alert"), word("severity"), start, start.Add(time.Minute)}}},
			Summary:  word("summary"), Budgets: []BudgetImpact{{Service: word("service"), Objective: word("objective"), From: start, Bad: 1e300, Consumed: 1e200}},
			Roles: []RoleTaken{{word("role") + "r", word("person"), start, time.Time{}}}, Duties: []Duty{{word("schedule"), word("duty"), "", start, start.Add(time.Hour), false}},
			Audit:    []AuditRecord{{At: start, Actor: word("actor"), Action: ActionDone, Step: word("step"), Runbook: word("runbook"), Text: word("text"), Mutating: true}},
			Rollouts: []RolloutRecord{{At: start, Service: word("released"), Revision: word("revision"), Decision: RolloutRolledBack, Reason: word("reason")}},
			Lucky:    []string{word("luck")}, Actions: []Action{{Text: word("action") + "a", Team: word("team")}},
		}
		for _, names := range []bool{false, true} {
			m, err := NewPostMortem(r, PostMortemOptions{Names: names})
			if err != nil {
				t.Fatal(err)
			}
			wellFormed(t, m.SVG())
			harmless(t, m.Markdown())
		}
		person, entry := word("name")+"p", word("entry")+"e"
		b, err := MeasureBusFactor([]Entry{{Name: entry, Team: word("team")}}, []Person{{Name: person, Qualifications: []Qualification{{entry, 1, 1, 1, start}}}}, start, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, b.SVG())
		harmless(t, b.Markdown())
		toil, err := MeasureToil([]Work{{person, entry, WorkPage, start, time.Hour}, {person, entry, WorkPage, start.AddDate(0, 6, 0), time.Hour}}, ToilOptions{})
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, toil.SVG())
		harmless(t, toil.Markdown())
		g, err := GrowthOf(Person{Name: person}, []Evidence{{Person: person, Kind: EvidenceRunbook, Subject: entry, Source: word("source") + "s"}}, GrowthOptions{})
		if err != nil {
			t.Fatal(err)
		}
		harmless(t, g.Markdown())
		wellFormed(t, IncidentGraph{Title: word("title"), Entries: []Entry{{Name: entry}}, Ranking: Ranking{Alerting: []string{entry}}}.SVG())
	})
}

// harmless fails if a document holds what a terminal or a browser would act on.
func harmless(t *rapid.T, text string) {
	for _, bad := range []string{"<script", "<svg", "\x00", "\x1b", "\u202e", "\r"} {
		if strings.Contains(text, bad) {
			t.Fatalf("%q stands in\n%s", bad, text)
		}
	}
	if strings.Contains(strings.ReplaceAll(text, `\]`, ""), "](java") {
		t.Fatalf("a link stands in\n%s", text)
	}
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "# c") {
			t.Fatalf("a text became a heading in\n%s", text)
		}
	}
}

func BenchmarkPostMortem(b *testing.B) {
	r := databaseIncident(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewPostMortem(r, PostMortemOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
