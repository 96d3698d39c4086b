package diag

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestString(t *testing.T) {
	for _, c := range []struct {
		f    Finding
		want string
	}{
		{Finding{Level: Error, Source: "service.yaml", Line: 9, Column: 15, Path: "service.responsibilities[1].latency", Text: "p95 < 100", Reason: "no unit", Remedy: "write 100ms or 100s"},
			`service.yaml:9:15: service.responsibilities[1].latency: "p95 < 100": no unit; write 100ms or 100s`},
		{Finding{Level: Warning, Source: "a.yaml", Line: 2, Path: "team", Reason: "no members"}, `a.yaml:2: warning: team: no members`},
		{Finding{Level: Info, Path: "slo", Reason: "fine"}, `info: slo: fine`},
		{Finding{Line: 3, Column: 4, Reason: "bad"}, `line 3, column 4: bad`},
		{Finding{Source: "a\x1b[31m.yaml", Reason: "red\x07"}, `a\x1b[31m.yaml: red\a`},
		{Finding{Text: "x\ny", Reason: "two lines"}, `"x\ny": two lines`},
		{Finding{Text: strings.Repeat("é", 200), Reason: "long"}, `"` + strings.Repeat("é", 79) + `…": long`},
	} {
		if got := c.f.String(); got != c.want {
			t.Errorf("%+v\n got %s\nwant %s", c.f, got, c.want)
		}
	}
}

func TestSortIsByPositionThenLevel(t *testing.T) {
	want := []Finding{
		{Source: "a", Line: 1, Column: 2, Level: Error, Reason: "1"},
		{Source: "a", Line: 1, Column: 2, Level: Warning, Reason: "2"},
		{Source: "a", Line: 1, Column: 2, Level: Info, Reason: "3"},
		{Source: "a", Line: 1, Column: 9, Level: Error, Reason: "4"},
		{Source: "a", Line: 10, Column: 1, Level: Error, Reason: "5"},
		{Source: "b", Line: 1, Column: 1, Level: Error, Reason: "6"},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		got := slices.Clone(want)
		r.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		got = Sorted(got)
		if !slices.Equal(got, want) {
			t.Fatalf("got\n%s\nwant\n%s", Lines(got), Lines(want))
		}
	}
}

func TestNearest(t *testing.T) {
	keys := []string{"name", "owner_team", "responsibilities", "monitoring", "tier"}
	for _, c := range []struct{ word, want string }{
		{"nam", "name"}, {"anme", "name"}, {"ownerTeam", "owner_team"}, {"owner-team", "owner_team"},
		{"responsabilities", "responsibilities"}, {"monitorign", "monitoring"}, {"colour", ""}, {"", ""}, {"x", ""},
		{strings.Repeat("n", 100), ""},
	} {
		if got := Nearest(c.word, keys); got != c.want {
			t.Errorf("Nearest(%q) is %q, want %q", c.word, got, c.want)
		}
	}
}

func TestProblemsKeepAHundred(t *testing.T) {
	var p Problems[Finding]
	for i := range 103 {
		p.Line = i
		p.Add("value", "path", "text", "reason", "remedy")
	}
	last := Finding{Code: "value", Level: Error, Line: 99, Path: "path", Text: "text", Reason: "reason", Remedy: "remedy"}
	if len(p.Findings) != 100 || p.More != 3 || p.Findings[99] != last {
		t.Errorf("got %d, %d more, last %+v", len(p.Findings), p.More, p.Findings[len(p.Findings)-1])
	}
}
