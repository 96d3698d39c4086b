package runbook_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/srekit/ownership/runbook"
)

// The 139 rules of kube-prometheus against the 108 files of
// prometheus-operator/runbooks.
func kubePrometheus(t testing.TB) (lib runbook.Library, alerts []runbook.Alert, resolved []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/kube_prometheus_alerts.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Alert, Severity string
		URL             string `json:"runbook_url"`
		Resolved        *string
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		alerts = append(alerts, runbook.Alert{Name: r.Alert, Labels: map[string]string{"severity": r.Severity}, Annotations: map[string]string{"runbook_url": r.URL}})
		if r.Resolved == nil {
			resolved = append(resolved, "")
		} else {
			resolved = append(resolved, *r.Resolved)
		}
	}
	names, err := os.ReadFile("testdata/promop_files.txt")
	if err != nil {
		t.Fatal(err)
	}
	folder := fstest.MapFS{}
	for _, name := range strings.Fields(string(names)) {
		title := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".md")
		folder[name] = &fstest.MapFile{Data: []byte("# " + title + "\n")}
	}
	if lib, err = runbook.ReadFolder(folder, runbook.Options{}); err != nil {
		t.Fatal(err)
	}
	return lib, alerts, resolved
}

func TestKubePrometheus(t *testing.T) {
	lib, alerts, resolved := kubePrometheus(t)
	for _, c := range []struct {
		name     string
		resolver runbook.Resolver
		by       runbook.Way
	}{
		{"by link", runbook.Resolver{NoNames: true}, runbook.ByLink},
		{"by link below a base", runbook.Resolver{NoNames: true, Bases: []string{"https://runbooks.prometheus-operator.dev/runbooks/"}}, runbook.ByLink},
		{"by name", runbook.Resolver{Annotations: []string{"none"}}, runbook.ByName},
		{"by template", runbook.Resolver{Annotations: []string{"none"}, NoNames: true, Template: "{{ $labels.component }}/{{ .Name }}.md"}, runbook.ByTemplate},
	} {
		got := lib.Cover(alerts, runbook.CoverOptions{Resolver: c.resolver})
		if got.Runbooks != 108 || got.Counts.Total != 139 || got.Counts.Resolved != 112 || len(got.Orphans) != 9 {
			t.Errorf("%s: %d runbooks, %+v, orphans %v; want 108 runbooks, 112 of 139 alerts resolved, 9 orphans", c.name, got.Runbooks, got.Counts, got.Orphans)
		}
		for i, a := range got.Alerts {
			if a.Runbook != resolved[i] || a.Resolved != (resolved[i] != "") || a.Resolved && a.By != c.by {
				t.Errorf("%s: %s has %q by %s, want %q", c.name, a.Alert, a.Runbook, a.By, resolved[i])
			}
		}
	}
	codes := map[string]int{}
	for _, f := range lib.Lint(alerts, runbook.LintOptions{}) {
		codes[f.Code]++
	}
	if codes["R007"] != 27 || codes["R008"] != 9 || codes["R006"] != 0 {
		t.Errorf("got %v, want 27 dead links (R007), 9 orphans (R008), no alert without a link (R006)", codes)
	}
}
