package runbook_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/runbook"
)

var slow = runbook.Alert{
	Name: "CheckoutSlowAlert", Severity: "critical", Owner: "checkout", Expr: "histogram_quantile(0.95, rate(x_bucket[5m])) > 0.2",
	Annotations: map[string]string{"summary": "Checkout is slow on {{ $labels.instance }}"},
}

func TestScaffold(t *testing.T) {
	got := runbook.Scaffold(slow, runbook.ScaffoldOptions{Objective: runbook.Objective{Name: "latency", Target: "95% < 200ms", Window: "30d"}})
	want := `---
title: "CheckoutSlowAlert"
alerts: ["CheckoutSlowAlert"]
owner: "checkout"
severity: "critical"
review_every: 180d
---

# CheckoutSlowAlert

## Meaning

Checkout is slow on \{\{ \$labels.instance \}\}

The alert watches the objective latency, 95% &lt; 200ms over 30d.

## Impact

TODO: who notices, and how much

## Diagnosis

1. What does the alert see?

   ` + "```" + `promql
   histogram_quantile(0.95, rate(x_bucket[5m])) > 0.2
   ` + "```" + `

2. TODO: what to look at next, and what each answer means

## Mitigation

TODO: what to do, and how to undo it

## Escalation

Who is on call for checkout.

## Verification

TODO: how to tell that it is over
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	r := runbook.Parse("checkout-slow.md", []byte(got), runbook.Options{})
	codes := ""
	for _, f := range r.Lint([]runbook.Alert{slow}, runbook.LintOptions{}) {
		codes += f.Code + " " + f.Text + "\n"
	}
	if codes != "R002 Impact\nR002 Mitigation\n" {
		t.Errorf("got\n%swant the sections that are to be written", codes)
	}
}

// Whatever an alert holds, its scaffold has the same sections, one title, no HTML
// and the alert's expression as its only code.
func TestScaffoldOfHostileAlerts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching("[-#>`*_=\n \t\\[\\](){}<|$+.0-9a:\"'\\\\]{0,30}"), rapid.SampledFrom([]string{
			"<script>alert(1)</script>", "a\n---\nowner: x", "\"; rm -rf / #", "```\n## Impact\n", "\u202ekcatta\u202c", "\x00\x1b[31m", "TODO", "- a\n- b", "1. x", "[x](javascript:y)", "~~~", "$(id)", "| a | b |"}))
		a := runbook.Alert{Name: text.Draw(t, "name"), Severity: text.Draw(t, "severity"), Owner: text.Draw(t, "owner"), Expr: text.Draw(t, "expr"),
			Annotations: map[string]string{"summary": text.Draw(t, "summary"), "description": text.Draw(t, "description")}}
		o := runbook.Objective{Name: text.Draw(t, "objective"), Target: text.Draw(t, "target"), Window: text.Draw(t, "window")}
		got := runbook.Scaffold(a, runbook.ScaffoldOptions{Objective: o})
		r := runbook.Parse("a.md", []byte(got), runbook.Options{})
		if len(r.Findings) > 0 {
			t.Fatalf("%v\n%s", r.Findings, got)
		}
		headings := ""
		for _, s := range r.Sections {
			headings += s.Heading + " "
		}
		if headings != "Meaning Impact Diagnosis Mitigation Escalation Verification " || r.Meta.Format != "yaml" || r.Line == 0 {
			t.Fatalf("sections %s\n%s", headings, got)
		}
		if strings.Contains(strings.ToLower(outsideFences(got)), "<script") || strings.ContainsAny(got, "\x00\x1b\u202e") {
			t.Fatalf("markup gets through:\n%s", got)
		}
		code := 0
		for _, s := range r.Steps() {
			if s.Code != "" {
				code++
				if s.Kind != runbook.Query {
					t.Fatalf("%+v", s)
				}
			}
		}
		if code > 1 {
			t.Fatalf("%d blocks of code\n%s", code, got)
		}
	})
}

func outsideFences(s string) string {
	before, rest, ok := strings.Cut(s, "promql\n")
	if !ok {
		return s
	}
	_, after, _ := strings.Cut(rest, "## Mitigation")
	return before + after
}

// What is shown to people holds no markup of labels, paths or steps.
func TestHostileTextIsHarmless(t *testing.T) {
	evil := "<script>alert(1)</script>|`x`[y](javascript:z)\x00\x1b[31m\u202e\n# h"
	lib := library(t, map[string]string{"a.md": "---\nowner: \"<img src=x>\"\n---\n# <script>x</script>\n\n## Diagnosis <b>\n\n" + strings.ReplaceAll(evil, "\x00", "") + "\n"})
	alerts := []runbook.Alert{{Name: evil, Severity: evil, Owner: evil, Annotations: map[string]string{"runbook_url": evil}}, {Name: "a"}}
	c := lib.Cover(alerts, runbook.CoverOptions{})
	texts := map[string]string{"coverage": c.Markdown(), "picture": c.SVG(), "runbook": lib.Runbooks[0].Markdown()}
	for _, f := range lib.Lint(alerts, runbook.LintOptions{}) {
		if s := f.String(); strings.ContainsAny(s, "\x00\x1b\u202e\n") {
			t.Errorf("%q moves the cursor", s)
		}
	}
	for name, s := range texts {
		if strings.Contains(s, "<script>") || strings.Contains(s, "<img") || strings.Contains(s, "<b>") || strings.ContainsAny(s, "\x00\x1b\u202e") || name != "picture" && strings.Contains(s, "[y](") {
			t.Errorf("%s: markup gets through:\n%s", name, s)
		}
	}
	if (runbook.Coverage{}).SVG() == "" || (runbook.Coverage{}).Markdown() == "" || (runbook.Runbook{}).Markdown() == "" {
		t.Error("zero values show nothing")
	}
}
