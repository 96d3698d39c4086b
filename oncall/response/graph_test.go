package response

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGraph(t *testing.T) {
	given := []Entry{
		{Name: "b", DependsOn: []Edge{{Name: "a"}, {Name: "a"}, {Name: "b"}, {Name: "postgers"}}},
		{Name: "c", DependsOn: []Edge{{Name: "b", Soft: true}}},
		{Name: "a"}, {Name: "postgres"},
	}
	before := slices.Clone(given)
	g := mustGraph(t, given)
	if d := cmp.Diff(before, given); d != "" {
		t.Errorf("the argument has changed (-want +got):\n%s", d)
	}
	if g.Len() != 5 {
		t.Errorf("got %d entries, want 5", g.Len())
	}
	for name, want := range map[string]string{"a": "a b c", "b": "b c", "c": "c", "postgers": "b c postgers", "postgres": "postgres", "nothing": ""} {
		if got := strings.Join(g.BlastRadius(name), " "); got != want {
			t.Errorf("blast radius of %s: got %q, want %q", name, got, want)
		}
	}
	if e, ok := g.Entry("postgers"); ok || e.Name != "postgers" {
		t.Errorf("what is only named is described: %v", e)
	}
	e, ok := g.Entry("b")
	if !ok || len(e.DependsOn) != 4 {
		t.Errorf("got %v, %v", e, ok)
	}
	e.DependsOn[0].Name = "changed"
	if again, _ := g.Entry("b"); again.DependsOn[0].Name != "a" {
		t.Error("an entry that was handed out changes the graph")
	}
	given[2].Name = "changed"
	if _, ok := g.Entry("a"); !ok {
		t.Error("the caller's entries are the graph's")
	}
	var names []string
	for _, e := range g.Entries() {
		names = append(names, e.Name)
	}
	if want := []string{"a", "b", "c", "postgres"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
	findings := g.Findings()
	want := "warning: b.depends_on: \"postgers\": no entry of that name is described, so nobody can be called for it; did you mean postgres?"
	if len(findings) != 1 || findings[0].String() != want {
		t.Errorf("got %v\nwant %s", findings, want)
	}
}

func TestGraphErrors(t *testing.T) {
	_, err := NewGraph([]Entry{{Name: "a", Kind: "thing", Tier: "9"}, {Name: "a"}, {DependsOn: []Edge{{}}}})
	want := `no response: entries[0].kind: "thing": it is no kind of entry; write service, platform or concern
no response: entries[0].tier: "9": it is no tier; write 0, 1, 2 or 3
no response: entries[1].name: "a": another entry has that name; rename one of them
no response: entries[2].name: the entry has no name; give it one
no response: entries[2].depends_on[0]: the dependency has no name; name an entry`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// A chain of a hundred thousand entries, each of which needs the next, and the
// last of which needs the first: nothing here calls itself.
func TestGraphIsDeep(t *testing.T) {
	const n = 100_000
	name := func(i int) string {
		return string([]byte{byte('a' + i/10000), byte('a' + i/1000%10), byte('a' + i/100%10), byte('a' + i/10%10), byte('a' + i%10)})
	}
	entries := make([]Entry, n)
	for i := range entries {
		entries[i] = Entry{Name: name(i), DependsOn: []Edge{{Name: name((i + 1) % n)}}}
	}
	if got := len(mustGraph(t, entries).parts.size); got != 1 {
		t.Errorf("a circle has %d parts, want 1", got)
	}
	entries[n-1].DependsOn = nil
	g := mustGraph(t, entries)
	if got := len(g.parts.size); got != n {
		t.Errorf("a chain has %d parts, want %d", got, n)
	}
	// All of it hangs on the last: blast radius n, one alerts: 2/(n+1).
	r := g.Roots([]string{name(0)}, 1)
	if r.Candidates != n || r.Roots[0].Service != name(0) || r.Roots[0].Score != 1 {
		t.Errorf("got %d candidates, %s %v", r.Candidates, r.Roots[0].Service, r.Roots[0].Score)
	}
}
