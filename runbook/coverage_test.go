package runbook_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/runbook"
)

const whole = "## Meaning\n\na\n\n## Impact\n\nb\n\n## Diagnosis\n\n```promql\nup\n```\n\n## Mitigation\n\nc\n"

func TestCoverage(t *testing.T) {
	lib := library(t, map[string]string{
		"fresh.md":       "---\nowner: web\nlast_reviewed: 2026-05-20\n---\n" + whole,
		"stale.md":       "---\nlast_reviewed: 2026-05-20\nreview_every: 7d\n---\n" + whole,
		"undated.md":     whole,
		"supplied.md":    whole,
		"prose.md":       "## Meaning\n\na\n\n## Impact\n\nb\n\n## Diagnosis\n\nd\n\n## Mitigation\n\nc\n",
		"hollow.md":      "## Meaning\n\nTODO\n\n## Impact\n\nb\n\n## Diagnosis\n\nd\n\n## Mitigation\n\nc\n",
		"orphan.md":      whole,
		"docs/README.md": "# Front page\n",
	})
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	opt := runbook.CoverOptions{Review: runbook.Review{Now: now, Every: 30 * 24 * time.Hour, Reviewed: map[string]time.Time{"supplied.md": now.Add(-29 * 24 * time.Hour)}}}
	var alerts []runbook.Alert
	for _, name := range []string{"Fresh", "Stale", "Undated", "Supplied", "Prose", "Hollow", "Nothing"} {
		alerts = append(alerts, runbook.Alert{Name: name, Severity: "warning", Labels: map[string]string{"team": "db"}})
	}
	alerts[0].Severity, alerts[0].Labels = "critical", nil
	alerts = append(alerts, runbook.Alert{Name: "Gone", Severity: "critical", Annotations: map[string]string{"runbook_url": "https://example.org/gone"}})
	got := lib.Cover(alerts, opt)
	want := runbook.Coverage{
		Runbooks: 8,
		Counts:   runbook.Counts{Total: 8, Linked: 7, Resolved: 6, Complete: 5, Executable: 4, Fresh: 2},
		BySeverity: []runbook.Group{
			{"critical", runbook.Counts{Total: 2, Linked: 2, Resolved: 1, Complete: 1, Executable: 1, Fresh: 1}},
			{"warning", runbook.Counts{Total: 6, Linked: 5, Resolved: 5, Complete: 4, Executable: 3, Fresh: 1}},
		},
		ByOwner: []runbook.Group{
			{"", runbook.Counts{Total: 1, Linked: 1}},
			{"db", runbook.Counts{Total: 6, Linked: 5, Resolved: 5, Complete: 4, Executable: 3, Fresh: 1}},
			{"web", runbook.Counts{Total: 1, Linked: 1, Resolved: 1, Complete: 1, Executable: 1, Fresh: 1}},
		},
		Orphans: []string{"orphan.md"},
	}
	if diff := cmp.Diff(want.BySeverity, got.BySeverity); diff != "" {
		t.Errorf("by severity (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want.ByOwner, got.ByOwner); diff != "" {
		t.Errorf("by owner (-want +got)\n%s", diff)
	}
	if got.Counts != want.Counts || got.Runbooks != want.Runbooks || !slices.Equal(got.Orphans, want.Orphans) {
		t.Errorf("got %+v, %d, %v", got.Counts, got.Runbooks, got.Orphans)
	}
	reasons := ""
	for _, a := range got.Alerts {
		if a.Reason != "" {
			reasons += a.Alert + ": " + a.Reason + "\n"
		}
	}
	if want := "Hollow: nothing in the section meaning\nNothing: no link, and no runbook has the alert's name\nGone: the link leads to no file of the folder\n"; reasons != want {
		t.Errorf("got\n%swant\n%s", reasons, want)
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back runbook.Coverage
	if err := json.Unmarshal(text, &back); err != nil || cmp.Diff(got, back) != "" {
		t.Errorf("%v after JSON (-want +got)\n%s", err, cmp.Diff(got, back))
	}
	if text, err = json.Marshal(opt); err != nil {
		t.Fatal(err)
	}
	var options runbook.CoverOptions
	if err := json.Unmarshal(text, &options); err != nil || cmp.Diff(opt, options) != "" {
		t.Errorf("%v after JSON (-want +got)\n%s", err, cmp.Diff(opt, options))
	}
}

// Counts add up over severities and owners, and parts are no larger than wholes.
func TestCoverageAddsUp(t *testing.T) {
	lib := library(t, map[string]string{"a.md": whole, "b.md": "# B\n", "c.md": "---\nalerts: [A, B]\n---\n" + whole})
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "A", "b", "C", "D", "x"})
		alerts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) runbook.Alert {
			return runbook.Alert{Name: word.Draw(t, "name"), Severity: word.Draw(t, "severity"), Owner: word.Draw(t, "owner"), Annotations: map[string]string{"runbook_url": word.Draw(t, "link")}}
		}), 0, 20).Draw(t, "alerts")
		c := lib.Cover(alerts, runbook.CoverOptions{})
		for _, groups := range [][]runbook.Group{c.BySeverity, c.ByOwner} {
			var sum runbook.Counts
			for _, g := range groups {
				n := g.Counts
				sum.Total, sum.Linked, sum.Resolved = sum.Total+n.Total, sum.Linked+n.Linked, sum.Resolved+n.Resolved
				sum.Complete, sum.Executable, sum.Fresh = sum.Complete+n.Complete, sum.Executable+n.Executable, sum.Fresh+n.Fresh
			}
			if sum != c.Counts {
				t.Fatalf("%+v, want %+v", sum, c.Counts)
			}
		}
		if n := c.Counts; n.Total != len(alerts) || n.Linked > n.Total || n.Resolved > n.Linked || n.Complete > n.Resolved || n.Executable > n.Resolved || n.Fresh > n.Resolved {
			t.Fatalf("%+v", n)
		}
		again := lib.Cover(alerts, runbook.CoverOptions{})
		if fmt.Sprint(again) != fmt.Sprint(c) {
			t.Fatal("the same alerts give another answer")
		}
	})
}

// Every rule can be switched off, and its level changed.
func TestRulesCanBeSwitched(t *testing.T) {
	files := map[string]string{"a.md": "# B\n\n```\nkubectl get pods\n```\n\n```bash {name=x mode=automated next=y}\nkubectl delete pod <pod>\n```\n"}
	lib := library(t, files)
	alerts := []runbook.Alert{{Name: "A", Severity: "critical"}, {Name: "Z"}}
	seen := map[string]bool{}
	for _, f := range lib.Lint(alerts, runbook.LintOptions{}) {
		seen[f.Code] = true
	}
	for code := range seen {
		for _, f := range lib.Lint(alerts, runbook.LintOptions{Off: []string{code}}) {
			if f.Code == code {
				t.Errorf("%s is off and still found: %v", code, f)
			}
		}
		for _, f := range lib.Lint(alerts, runbook.LintOptions{Levels: map[string]string{code: "info"}}) {
			if f.Code == code && f.Level != "info" {
				t.Errorf("%s has level %s", code, f.Level)
			}
		}
	}
	if len(seen) < 9 {
		t.Errorf("only %v was found", seen)
	}
}
