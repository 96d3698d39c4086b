package response

import (
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNamesAreReplaced(t *testing.T) {
	r := IncidentRecord{
		Roles:  []RoleTaken{{Role: "commander", Person: "Ana de la Cruz"}, {Role: "expert", Person: "bo@example.org"}, {Role: "expert", Person: "Li Wu"}, {Role: "ana's deputy", Person: "🦊"}},
		Audit:  []AuditRecord{{Actor: "max"}, {Actor: "deploy-bot", Automated: true}},
		People: []Person{{Name: "José"}, {Name: "x-y"}, {Name: "-"}},
	}
	c := r.cast()
	for _, tc := range []struct{ text, want string }{
		{"", ""},
		{"Ana de la Cruz and ANA, ana's cruz", "commander and commander, commander's commander"},
		{"ana.de.la.cruz, ana_de_la_cruz", "commander, commander"},
		{"Anastasia, banana, ana1", "Anastasia, banana, ana1"}, // other words
		{"Li Wuhan, Ana de la Cruzado", "expert 2 Wuhan, commander de la Cruzado"},
		{"de la", "de la"}, // particles are no names
		{"mail bo@example.org. or @bo!", "mail expert 1. or @expert 1!"},
		{"ana@corp.example.org,cc", "commander,cc"},
		{"Li said li and Wu", "expert 2 said li and expert 2"}, // two letters only as they are written
		{"li wu", "expert 2"},
		{"🦊 did it", "somebody's deputy did it"},
		{"JOSÉ and Jose", "somebody and Jose"},
		{"x-y x y", "somebody somebody"},
		{"a - b", "a - b"},
		{"-", "somebody"},
		{"max 5, deploy-bot", "responder 5, deploy-bot"},
		{"A\u200bna\u202e and \x1b[31mmax", "commander and [31mmax"}, // hidden characters hide nothing
		{"a\nb\tana", "a b commander"},
	} {
		if got := c.redact(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

// vocabulary are the fields whose words the package knows.
var vocabulary = []string{"Action", "Decision", "Lever", "Kind", "Zone", "Tracks", "Certificates", "Tier"}

// inject writes names into every text of the record, and puts them in the place
// of every person.
func inject(t *rapid.T, v reflect.Value, field string, names []string) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			inject(t, v.Field(i), v.Type().Field(i).Name, names)
		}
	case reflect.Slice:
		for i := range v.Len() {
			inject(t, v.Index(i), field, names)
		}
	case reflect.String:
		if slices.Contains(vocabulary, field) {
			return
		}
		name := rapid.SampledFrom(names).Draw(t, "name")
		switch field {
		case "Person", "Actor", "By", "Owner":
			v.SetString(name)
			return
		}
		form := rapid.SampledFrom([]string{"%s", "%s's %s", "(%s)", "<%s>", "%s|%s", "*%s* _%s_", "@%s", "%s@example.org", "x %s.%s y", "a\u200b%s", "\x00%s\n%s", "[%s](http://%s)", "№%s"}).Draw(t, "form")
		written := rapid.SampledFrom([]func(string) string{strings.ToUpper, strings.ToLower, func(s string) string { return s }}).Draw(t, "case")(name)
		text := strings.ReplaceAll(form, "%s", written)
		if rapid.Bool().Draw(t, "keep") {
			text = v.String() + " " + text
		}
		v.SetString(text)
	}
}

// Whatever stands in the record, and wherever: no person is named in an
// anonymous post-mortem, its JSON or its picture.
func TestAnonymousHoldsNoName(t *testing.T) {
	base := databaseIncident(t)
	text, err := json.Marshal(base)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var r IncidentRecord
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		names := []string{"Ana Lima", "Ben Ott", "Chi", "Dee", "Eve"}
		for range rapid.IntRange(1, 4).Draw(t, "more") {
			names = append(names, rapid.OneOf(rapid.StringMatching(`[qxzQXZ]{2,6}`), rapid.StringMatching(`[QXZ][qxz]{2,4} [QXZ][qxz]{2,4}`), rapid.StringMatching(`[qxz]{3,5}[-_.][qxz]{3,5}`),
				rapid.SampledFrom([]string{"Zoë", "李雷", "Ωmega", "O'Neil", "q@example.org", "Łukasz", "ß-ẞ"})).Draw(t, "other"))
		}
		for _, n := range names {
			r.People = append(r.People, Person{Name: n})
		}
		inject(t, reflect.ValueOf(&r.Incident).Elem(), "Incident", names)
		for _, part := range []any{&r.Summary, &r.Entries, &r.Budgets, &r.Detections, &r.Duties, &r.Roles, &r.Audit, &r.Rollouts, &r.Stopped, &r.Lucky, &r.Actions} {
			inject(t, reflect.ValueOf(part).Elem(), "", names)
		}
		m, err := NewPostMortem(r, PostMortemOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var quoted []string
		for _, n := range names {
			n, _, _ = strings.Cut(n, "@")
			quoted = append(quoted, regexp.QuoteMeta(n))
		}
		named := regexp.MustCompile(`(?i)(^|[^\pL\pN\pM])(` + strings.Join(quoted, "|") + `)($|[^\pL\pN\pM])`)
		for what, s := range map[string]string{"document": m.Markdown(), "JSON": strings.ReplaceAll(string(out), `\n`, " "), "picture": m.SVG()} {
			if at := named.FindStringIndex(s); at != nil {
				t.Fatalf("%q stands in the %s: %q", s[at[0]:at[1]], what, s[max(at[0]-60, 0):min(at[1]+60, len(s))])
			}
		}
	})
}

// With names, everybody who is named was in the record.
func TestNamesComeFromTheRecord(t *testing.T) {
	m, err := NewPostMortem(databaseIncident(t), PostMortemOptions{Names: true})
	if err != nil {
		t.Fatal(err)
	}
	known := []string{"Ana Lima", "Ben Ott", "Chi", "Dee", "Eve", "automation", ""}
	var named []string
	for _, x := range m.Timeline {
		named = append(named, x.Who)
	}
	for _, x := range m.Response.Roles {
		named = append(named, x.Person)
	}
	for _, x := range m.Response.OnCall {
		named = append(named, x.Person)
	}
	for _, x := range m.Response.Handoffs {
		named = append(named, x.From, x.To)
	}
	for _, n := range named {
		if !slices.Contains(known, n) {
			t.Errorf("%q is nobody of the record", n)
		}
	}
	if len(named) < 10 {
		t.Errorf("got %d, want all", len(named))
	}
}

// Texts cost the same with many names.
func BenchmarkRedact(b *testing.B) {
	var r IncidentRecord
	for i := range 2000 {
		r.People = append(r.People, Person{Name: "First" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + " Last" + string(rune('a'+i/26%26)) + strings.Repeat("y", i%11)})
	}
	c := r.cast()
	text := strings.Repeat("Firstxa Lasta raised the pool of the database to a hundred connections. ", 10)
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c.redact(text)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("ana", "Ana and banana")
	f.Add("Ana Lima", "ana.lima@example.org said 🦊")
	f.Add("🦊", "the \u202e🦊")
	f.Fuzz(func(t *testing.T, name, text string) {
		r := IncidentRecord{Roles: []RoleTaken{{Role: "ζ", Person: name}}}
		c := r.cast()
		got := c.redact(text)
		if again := c.redact(got); again != got && clean(name) != "ζ" && !strings.Contains(strings.ToLower(name), "ζ") {
			t.Errorf("%q for %q, and then %q", got, name, again)
		}
		if strings.ContainsAny(got, "\x00\n\r\x1b\u202e\u200b") {
			t.Errorf("got %q", got)
		}
	})
}
