package runbookcorpus

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/runbook"
)

var update = flag.Bool("update", false, "write the expected findings of the corpus")

// readAlerts are the alerts of a rule file.
func readAlerts(t testing.TB, file string) []runbook.Alert {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := rules.ReadRules(filepath.Base(file), text)
	if err != nil {
		t.Fatal(err)
	}
	var alerts []runbook.Alert
	for _, g := range groups {
		for _, r := range g.Rules {
			alerts = append(alerts, runbook.Alert{Name: r.Alert, Expr: r.Expr, Labels: r.Labels, Annotations: r.Annotations, Source: filepath.Base(file), Line: r.Line})
		}
	}
	return alerts
}

// One file for each trap, with the findings that are expected of it beside it.
func TestCorpus(t *testing.T) {
	const folder = "../../runbook/testdata/corpus"
	lib, err := runbook.ReadFolder(os.DirFS(folder), runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	alerts := readAlerts(t, folder+"/alerts.yaml")
	opt := runbook.LintOptions{CheckQuery: rules.CheckExpr, Cover: runbook.CoverOptions{
		Required: []string{"diagnosis"},
		Review:   runbook.Review{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), Reviewed: map[string]time.Time{}},
	}}
	for _, r := range lib.Runbooks {
		opt.Cover.Review.Reviewed[r.Path] = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	}
	delete(opt.Cover.Review.Reviewed, "no-owner.md")
	got := map[string]string{}
	for _, f := range lib.Lint(alerts, opt) {
		// Nearly all files have neither owner nor escalation; one each is enough.
		if f.Code == "R010" && f.Source != "no-owner.md" || f.Code == "R018" && f.Source != "no-escalation.md" {
			continue
		}
		got[f.Source] += f.Code + " " + f.Level + " " + f.String() + "\n"
	}
	codes := map[string]bool{}
	for _, name := range append(lib.Files, "alerts.yaml") {
		if !strings.HasSuffix(name, ".md") && name != "alerts.yaml" {
			continue
		}
		file := filepath.Join(folder, strings.TrimSuffix(name, filepath.Ext(name))+".want")
		if *update {
			if err := os.WriteFile(file, []byte(got[name]), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || got[name] != string(want) {
			t.Errorf("%s (%v): got\n%swant\n%s", name, err, got[name], want)
		}
		for line := range strings.Lines(got[name]) {
			codes[line[:4]] = true
		}
	}
	for _, r := range runbook.Rules() {
		if !codes[r.Code] && r.Code != "R024" { // which needs a symbolic link
			t.Errorf("no file of the corpus shows %s: %s", r.Code, r.Meaning)
		}
	}
}
