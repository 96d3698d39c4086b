package graph

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/slo"
)

func TestErrors(t *testing.T) {
	entries := []Entry{
		{Name: "a", DependsOn: []Edge{{To: "b"}, {To: "b", Soft: true}, {}, {To: "c", Copies: -1}, {To: "d", Copies: 101}, {To: "e", Needed: -1}, {To: "f", Needed: 2}, {To: "g", Copies: 2, Needed: 3}}},
		{},
		{Name: "a\x1b[31m"},
		{Name: "a"},
	}
	_, err := New(entries)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	want := `entries[0].depends_on[1].to: "b": the entry depends on it twice; keep one edge; several of the same are copies
entries[0].depends_on[2].to: the edge leads nowhere; name what the entry depends on
entries[0].depends_on[3].copies: "-1": no number of copies; write 1 to 100, or nothing for 1
entries[0].depends_on[4].copies: "101": no number of copies; write 1 to 100, or nothing for 1
entries[0].depends_on[5].needed: "-1": no number of copies; write 1 to the number of copies, or nothing for 1
entries[0].depends_on[6].needed: "2": there are only 1; raise copies or lower needed
entries[0].depends_on[7].needed: "3": there are only 2; raise copies or lower needed
entries[1].name: the entry has no name; name it
entries[3].name: "a": entries[0] has this name already; join the two or rename one`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func lines(g Graph) string {
	var out []string
	for _, f := range g.Findings() {
		out = append(out, f.Code+" "+f.String())
	}
	return strings.Join(out, "\n")
}

func TestFindings(t *testing.T) {
	with := func(target string, entries []Entry) []Entry {
		entries[0].Target = slo.MustRatio(target)
		return entries
	}
	for _, c := range []struct {
		name    string
		entries []Entry
		want    string
	}{
		{"feasible", with("99.5%", on("99.9%", "99.9%")), ""},
		{"nothing needed", with("99.999%", on()), ""},
		{"no target", on("99.9%"), ""},
		{"above whatever happens", with("99.95%", on("99.9%", "99.99%")),
			`above-ceiling a.target: "99.95%": its hard dependencies promise 99.9% at most, even if all their failures fall together; lower the target, make a dependency soft or double it, or have each of the hard dependencies deliver 99.9749968743%`},
		{"one dependency", with("99.95%", on("99.9%")),
			`above-ceiling a.target: "99.95%": its hard dependencies promise 99.9% at most, even if all their failures fall together; lower the target, raise that of the dependency, or make the dependency soft or double it`},
		{"above independent failures", with("99.75%", on("99.9%", "99.9%", "99.9%")),
			`above-independent warning: a.target: "99.75%": its hard dependencies leave 99.7002999% if they fail independently of each other; lower the target, make a dependency soft or double it, or have each of the hard dependencies deliver 99.9165971257%`},
		{"no margin", with("99.9%", on("99.9%")),
			`no-margin warning: a.target: "99.9%": its hard dependencies may spend the whole error budget, none is left for its own failures; lower the target, raise that of the dependency, or make the dependency soft or double it`},
		{"above the sum", with("99.70029%", on("99.9%", "99.9%", "99.9%")),
			`above-bounded info: a.target: "99.70029%": its hard dependencies leave 99.7% if their failures never fall together; lower the target, make a dependency soft or double it, or have each of the hard dependencies deliver 99.9000966666666667%`},
		{"nothing known", []Entry{{Name: "a", Target: slo.MustRatio("99%"), DependsOn: []Edge{{To: "b"}, {To: "<script>"}}}},
			`assumed info: a.target: "99%": its ceiling takes for granted that these never fail: b, "<script>"; give them targets`},
		{"circle", []Entry{
			{Name: "a", Target: slo.MustRatio("99.9%"), DependsOn: []Edge{{To: "b"}}},
			{Name: "b", Target: slo.MustRatio("99%"), DependsOn: []Edge{{To: "c"}, {To: "a", Soft: true}}},
			{Name: "c", DependsOn: []Edge{{To: "a"}}},
			{Name: "d", DependsOn: []Edge{{To: "d"}}},
			{Name: "e", DependsOn: []Edge{{To: "e", Soft: true}}},
		}, `cycle a.depends_on: the entries need each other in a circle: a → b → c → a; they stand and fall together; remove one of these dependencies, or make it soft if the entry survives without it
above-ceiling a.target: "99.9%": its hard dependencies promise 99% at most, even if all their failures fall together; open the circle or lower the target
cycle d.depends_on: the entries need each other in a circle: d → d; they stand and fall together; remove one of these dependencies, or make it soft if the entry survives without it`},
	} {
		got := lines(must(t, c.entries))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestLongCircle(t *testing.T) {
	entries := chain(3000)
	last := &entries[len(entries)-1]
	last.DependsOn = append(last.DependsOn, Edge{To: entries[0].Name})
	found := must(t, entries).Findings()
	if n := len(found[0].Reason); found[0].Code != "cycle" || n > 300 {
		t.Errorf("got %d bytes: %v", n, found[0])
	}
}

func TestJSON(t *testing.T) {
	entries := chain(3)
	entries[0].DependsOn = append(entries[0].DependsOn, Edge{To: "z", Soft: true}, Edge{To: "y", Copies: 3, Needed: 2})
	g := must(t, entries)
	c, _ := g.Ceiling(entries[0].Name)
	type all struct {
		Entries  []Entry
		Ceiling  Ceiling
		Levers   []Lever
		Findings []Finding
	}
	want := all{g.Entries(), c, g.Levers(entries[0].Name), g.Findings()}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got all
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: got %+v, want %+v", err, got, want)
	}
	one, _ := json.Marshal(want.Ceiling)
	if want := `{"entry":"service-aaa","target":"0.999","hard":2,"independent":"0.999","least":"0.999","most":"0.999","assumed":["y"]}`; string(one) != want {
		t.Errorf("got %s, want %s", one, want)
	}
}

// Arguments stay as they are, and changing them later does not reach the graph.
func TestGraphIsACopy(t *testing.T) {
	entries := on("99.9%", "99.9%")
	g := must(t, entries)
	entries[0].DependsOn[0].To = "elsewhere"
	g.Entries()[0].DependsOn[0].Soft = true
	if got := g.Entries()[0].DependsOn[0]; got != (Edge{To: "b"}) {
		t.Errorf("got %+v", got)
	}
}

func TestHostileNames(t *testing.T) {
	hostile := "<script>alert(1)</script>\x00\u202e|`*_[x](y)\n# \"'&" + strings.Repeat("n", 10_000)
	g := must(t, []Entry{
		{Name: hostile, Target: slo.MustRatio("99.99%"), DependsOn: []Edge{{To: "b"}, {To: hostile + "2"}}},
		{Name: "b", Target: slo.MustRatio("99%"), DependsOn: []Edge{{To: "c"}}},
		{Name: "c", DependsOn: []Edge{{To: "b"}}},
	})
	for name, text := range map[string]string{"SVG": g.SVG(), "Markdown": g.Markdown(), "findings": lines(g)} {
		if strings.Contains(text, "<script") && name != "findings" || strings.ContainsAny(text, "\x00\u202e") || strings.Contains(text, "\n# ") {
			t.Errorf("%s: a name is not harmless:\n%.600s", name, text)
		}
	}
	if got := (Graph{}).Markdown(); got != "No entries.\n" {
		t.Errorf("got %q", got)
	}
	if got := (Graph{}).SVG(); !strings.Contains(got, "no data") {
		t.Errorf("got %s", got)
	}
}

func TestPictureGolden(t *testing.T) {
	g := must(t, []Entry{
		{Name: "checkout", Target: slo.MustRatio("99.95%"), DependsOn: []Edge{{To: "payments"}, {To: "stock", Copies: 3, Needed: 2}, {To: "ads", Soft: true}}},
		{Name: "payments", Target: slo.MustRatio("99.9%"), DependsOn: []Edge{{To: "bank"}}},
		{Name: "stock", Target: slo.MustRatio("99%"), DependsOn: []Edge{{To: "db"}}},
		{Name: "ads", DependsOn: []Edge{{To: "db"}}},
		{Name: "bank", Target: slo.MustRatio("99.9%")},
		{Name: "db", Target: slo.MustRatio("99.99%")},
	})
	for name, got := range map[string]string{"graph.svg": g.SVG(), "graph.md": g.Markdown()} {
		path := filepath.Join("testdata", name)
		if os.Getenv("UPDATE") != "" {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

func TestPercent(t *testing.T) {
	for in, want := range map[string]string{
		"0": "0 %", "1": "100 %", "0.5": "50 %", "0.999": "99.9 %", "0.997002999": "99.7002 %", "0.9999": "99.99 %",
		"0.999999999999999998": "99.9999999999999998 %", "0.99999987654321": "99.99998765 %", "0.123456": "12.34 %", "0.00001": "0 %",
	} {
		if got := percent(slo.MustRatio(in)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
