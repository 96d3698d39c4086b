package response

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestGrowthByHand(t *testing.T) {
	day := at(t, "2026-03-01T00:00:00Z")
	ana := Person{Name: "ana", Level: 2, Tracks: []string{"platform"}, Qualifications: []Qualification{
		{Service: "db", Shadowed: 1, ReverseShadowed: 1, SoloShifts: 4, LastOnCall: day},
		{Service: "web", Shadowed: 1},
	}}
	evidence := []Evidence{
		{Person: "ana", Kind: EvidenceRunbook, Subject: "failover.md", Service: "db", Time: day, Source: "commit 4ab1"},
		{Person: "ana", Kind: EvidenceRunbook, Subject: "failover.md", Service: "db", Time: day.AddDate(0, 1, 0), Source: "commit 77fe"}, // the same again
		{Person: "ben", Kind: EvidenceRunbook, Subject: "drain.md", Source: ""},                                                          // not hers, nor read
		{Person: "ana", Kind: EvidenceObjective, Subject: "availability", Service: "db", Source: "db.yaml"},                              // a platform's
		{Person: "ana", Kind: EvidenceIncident, Subject: "INC-7", Scope: Service, Time: day, Source: "post-mortem 7"},                    // not yet an area
		{Person: "ana", Kind: "talk", Subject: "queues", Source: "conference"},
	}
	got, err := GrowthOf(ana, evidence, GrowthOptions{Entries: []Entry{{Name: "db", Kind: KindPlatform}, {Name: "web"}}})
	if err != nil {
		t.Fatal(err)
	}
	lines := ""
	for _, s := range append(slices.Clone(got.Levels), got.ByTrack...) {
		for _, c := range s.Criteria {
			lines += fmt.Sprintf("%s: %s: %d of %d", s.Name, c.Name, c.Count, c.Needed)
			if c.Open {
				lines += ", open"
			}
			for _, e := range c.Evidence {
				lines += fmt.Sprintf(", %s (%s)", e.Subject, e.Source)
			}
			lines += "\n"
		}
	}
	want := `associate: follows runbooks: 0 of 1, open
associate: checks capacity: 0 of 1, open
mid: answers for a service: 1 of 1, db (qualifications)
mid: writes runbooks: 1 of 2, open, failover.md (commit 4ab1)
mid: automates: 0 of 1, open
mid: owns objectives: 1 of 1, availability (db.yaml)
mid: owns delivery: 0 of 1, open
senior: answers for a platform: 1 of 1, db (qualifications)
senior: owns a platform's objectives: 1 of 1, availability (db.yaml)
senior: leads across an area: 0 of 1, open
staff: leads across the organisation: 0 of 1, open
staff: sets standards: 0 of 1, open
principal: sets strategy: 0 of 2, open
platform: automates for others: 0 of 1, open
performance: plans capacity: 0 of 3, open
architect: reviews designs: 0 of 1, open
incident: leads incidents: 1 of 1, INC-7 (post-mortem 7)
incident: leads post-mortems: 0 of 1, open
`
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if len(got.Elsewhere) != 1 || got.Elsewhere[0].Subject != "queues" {
		t.Errorf("elsewhere: got %v, want the talk", got.Elsewhere)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back Growth
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	if strings.Contains(string(text), "ben") {
		t.Errorf("somebody else is in it: %s", text)
	}
	wantText := "\n## Level senior (area)\n\n| Criterion | Evidence | Asked for | Source |\n| --- | --- | --- | --- |\n| is fit to be called for a platform or a concern | 1 | 1 | db (qualifications) |\n"
	if !strings.Contains(got.Markdown(), wantText) || !strings.Contains(got.Markdown(), "| writes runbooks that others follow | 1 | 2 | failover.md (commit 4ab1); open |") {
		t.Errorf("got\n%s", got.Markdown())
	}
}

func TestEverythingWrongWithEvidence(t *testing.T) {
	_, err := GrowthOf(Person{}, []Evidence{{Scope: 9}}, GrowthOptions{Ladder: Ladder{Levels: []Level{{Name: "one", Scope: Task, Criteria: []Criterion{{}}}}}})
	want := `no response: ladder.levels[0].criteria[0].evidence: it names no kind of evidence; name one, such as runbook_written
no response: person.name: the name is missing; name the person
no response: evidence[0].kind: the kind is missing; write one of the kinds that the ladder asks for
no response: evidence[0].subject: the subject is missing; name the runbook, objective, entry or incident
no response: evidence[0].source: the source is missing; say where anybody can look it up
no response: evidence[0].scope: "9": no such scope; write task, service, platform, area or organisation`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// Each piece of evidence of the person stands somewhere, none of anybody else
// does, counts are those of different subjects, and the order does not matter.
func TestGrowthLaws(t *testing.T) {
	kinds := []string{EvidenceRunbook, EvidenceObjective, EvidenceService, EvidenceAutomation, EvidenceIncident, EvidenceReview, EvidenceStandard, "other"}
	rapid.Check(t, func(t *rapid.T) {
		evidence := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Evidence {
			return Evidence{rapid.SampledFrom([]string{"ana", "ben"}).Draw(t, "person"), rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "subject"),
				Scope(rapid.IntRange(0, int(Organisation)).Draw(t, "scope")), "", time.Unix(int64(rapid.IntRange(0, 9).Draw(t, "time")), 0).UTC(), rapid.SampledFrom([]string{"s", "t"}).Draw(t, "source")}
		})).Draw(t, "evidence")
		got, err := GrowthOf(Person{Name: "ana"}, evidence, GrowthOptions{})
		if err != nil {
			t.Fatal(err)
		}
		type piece struct{ kind, subject string }
		seen := map[piece]bool{}
		note := func(list []Evidence) {
			for i, e := range list {
				if e.Person != "ana" || !slices.Contains(evidence, e) {
					t.Fatalf("got %v, which is not hers", e)
				}
				if slices.ContainsFunc(list[:i], func(f Evidence) bool { return f.Kind == e.Kind && f.Subject == e.Subject }) {
					t.Fatalf("%v counts twice", e)
				}
				seen[piece{e.Kind, e.Subject}] = true
			}
		}
		for _, s := range append(slices.Clone(got.Levels), got.ByTrack...) {
			for _, c := range s.Criteria {
				if c.Count != len(c.Evidence) || c.Open != (c.Count < c.Needed) {
					t.Fatalf("got %+v", c)
				}
				note(c.Evidence)
			}
		}
		note(got.Elsewhere)
		for _, e := range evidence {
			if e.Person == "ana" && !seen[piece{e.Kind, e.Subject}] {
				t.Fatalf("%v is lost", e)
			}
		}
		again, err := GrowthOf(Person{Name: "ana"}, rapid.Permutation(evidence).Draw(t, "order"), GrowthOptions{})
		if d := cmp.Diff(got, again); d != "" || err != nil {
			t.Fatalf("in another order (-want +got): %v\n%s", err, d)
		}
	})
}

// Growth is counts and evidence: nothing in it, and no exported function or type
// of this package, scores or orders people.
func TestNobodyIsScored(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		switch typ.Kind() {
		case reflect.Slice, reflect.Pointer, reflect.Array:
			walk(typ.Elem(), path)
			return
		case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128, reflect.Map, reflect.Interface, reflect.Func:
			t.Errorf("%s is a %s: growth holds counts and evidence only", path, typ)
		}
		if typ.Kind() != reflect.Struct || seen[typ] || typ == reflect.TypeFor[time.Time]() {
			return
		}
		seen[typ] = true
		for i := range typ.NumField() {
			f := typ.Field(i)
			if judging.MatchString(f.Name) {
				t.Errorf("%s.%s: nobody is scored", path, f.Name)
			}
			if k := f.Type.Kind(); k >= reflect.Int && k <= reflect.Uintptr && !slices.Contains([]string{"Level", "Count", "Needed", "Scope"}, f.Name) {
				t.Errorf("%s.%s is a number that nobody needs", path, f.Name)
			}
			walk(f.Type, path+"."+f.Name)
		}
		for i := range reflect.PointerTo(typ).NumMethod() {
			if m := reflect.PointerTo(typ).Method(i); m.Name != "Markdown" {
				t.Errorf("%s.%s: growth is shown and nothing more", path, m.Name)
			}
		}
	}
	walk(reflect.TypeFor[Growth](), "Growth")

	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		found, exported := scoresOfPeople(t, string(text))
		n += exported
		for _, s := range found {
			t.Errorf("%s: %s", f.Name(), s)
		}
	}
	if n < 50 {
		t.Errorf("looked at %d exported functions and types, want all", n)
	}

	// What it is that must not be written.
	for _, bad := range []string{
		"type Standing struct { Person string; Score float64 }",
		"type Standing struct { Person Person; Place, Rank int }",
		"func Rank(people []Person) []Person { return nil }",
		"func Sorted(people []Person, e []Evidence) []string { return nil }",
		"func Worth(p Person, e []Evidence) float64 { return 0 }",
		"func (g Growth) Met() int { return 0 }",
		"func Growths(p []Person) []Growth { return nil }",
		"func Ahead(a, b Growth) bool { return false }",
		"func (p Person) Compare(q Person) int { return 0 }",
	} {
		if found, _ := scoresOfPeople(t, "package response\n"+bad); len(found) == 0 {
			t.Errorf("nothing is said about %q", bad)
		}
	}
}

// The only list of people that this package returns is in order of name.
func TestPeopleAreByName(t *testing.T) {
	staff, err := NewStaff([]Person{{Name: "chi", Level: 5}, {Name: "ana", Level: 3}, {Name: "ben", Level: 4}}, nil, nil, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range staff.People() {
		got = append(got, p.Name)
	}
	if want := []string{"ana", "ben", "chi"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

var judging = regexp.MustCompile(`(?i)score|rank|rating|grade|percentile|performance|standing|merit|points`)

// scoresOfPeople is what in a file scores or orders people, and how many
// exported functions and types were looked at.
func scoresOfPeople(t *testing.T, source string) (found []string, exported int) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	typeOf := func(e ast.Expr) string { // without pointers
		text := ""
		for {
			switch v := e.(type) {
			case *ast.StarExpr:
				e = v.X
			case *ast.ArrayType:
				text += "[]"
				e = v.Elt
			case *ast.Ident:
				return text + v.Name
			case *ast.SelectorExpr:
				return text + v.Sel.Name
			default:
				return text + fmt.Sprintf("%T", v)
			}
		}
	}
	fields := func(list *ast.FieldList) (names, types []string) {
		if list == nil {
			return nil, nil
		}
		for _, f := range list.List {
			n := max(len(f.Names), 1)
			for i := range n {
				if len(f.Names) > 0 {
					names = append(names, f.Names[i].Name)
				}
				types = append(types, typeOf(f.Type))
			}
		}
		return names, types
	}
	about := func(types []string, names ...string) bool {
		return slices.ContainsFunc(types, func(s string) bool { return slices.Contains(names, strings.TrimPrefix(s, "[]")) })
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if !d.Name.IsExported() {
				continue
			}
			exported++
			_, of := fields(d.Recv)
			_, params := fields(d.Type.Params)
			_, results := fields(d.Type.Results)
			takes := append(of, params...)
			numeric := slices.ContainsFunc(results, func(s string) bool {
				s = strings.TrimPrefix(s, "[]")
				return strings.HasPrefix(s, "int") || strings.HasPrefix(s, "uint") || strings.HasPrefix(s, "float")
			})
			switch {
			case about(takes, "Growth", "GrowthStep", "CriterionEvidence") && d.Name.Name != "Markdown":
				found = append(found, d.Name.Name+" makes something of growth")
			case about(takes, "Evidence") && numeric:
				found = append(found, d.Name.Name+" makes a number of evidence")
			case about(of, "Staff") && d.Name.Name == "People": // by name, as TestPeopleAreByName holds
			case slices.Contains(results, "[]Growth") || slices.Contains(results, "[]Person"):
				found = append(found, d.Name.Name+" returns people in an order")
			case about(takes, "Person", "Evidence") && (judging.MatchString(d.Name.Name) || slices.Contains(results, "[]string") || slices.Contains(results, "[]int")):
				found = append(found, d.Name.Name+" returns people in an order")
			case about(of, "Person") && numeric:
				found = append(found, d.Name.Name+" makes a number of a person")
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				s, ok := s.(*ast.TypeSpec)
				if !ok || !s.Name.IsExported() {
					continue
				}
				exported++
				st, ok := s.Type.(*ast.StructType)
				if !ok {
					continue
				}
				names, types := fields(st.Fields)
				if !slices.ContainsFunc(names, func(n string) bool { return regexp.MustCompile(`(?i)^(person|people|responder)$`).MatchString(n) }) && !about(types, "Person") {
					continue
				}
				for _, n := range names {
					if judging.MatchString(n) {
						found = append(found, s.Name.Name+"."+n+" scores people")
					}
				}
			}
		}
	}
	return found, exported
}
