package runbookcorpus

import (
	"os"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/runbook"
)

// The two runbooks of the quickstart are models: complete, and without a finding.
func TestModelRunbooks(t *testing.T) {
	lib, err := runbook.ReadFolder(os.DirFS("../../examples/quickstart/catalog"), runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	alerts := []runbook.Alert{{Name: "HighErrorRateAlert", Severity: "critical", Owner: "sre-platform"}, {Name: "HighLatencyAlert", Severity: "warning", Owner: "sre-platform"}}
	cover := runbook.CoverOptions{
		Resolver: runbook.Resolver{Paths: []string{"/runbooks/user-auth/high-error-rate.md", "/runbooks/user-auth/high-latency.md"}},
		Required: []string{"meaning", "impact", "diagnosis", "mitigation", "escalation", "verification"},
		Review:   runbook.Review{Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
	}
	got := lib.Cover(alerts, cover)
	want := runbook.Counts{Total: 2, Linked: 2, Resolved: 2, Complete: 2, Executable: 2, Fresh: 2}
	if got.Counts != want || got.Runbooks != 2 || len(got.Orphans) != 0 {
		t.Errorf("got %+v, %d runbooks, orphans %v; want %+v", got.Counts, got.Runbooks, got.Orphans, want)
	}
	for _, f := range lib.Lint(alerts, runbook.LintOptions{Cover: cover, CheckQuery: rules.CheckExpr}) {
		t.Errorf("%s %s", f.Code, f)
	}
}
