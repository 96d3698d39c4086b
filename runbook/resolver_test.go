package runbook_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/srekit/ownership/runbook"
)

func library(t testing.TB, files map[string]string) runbook.Library {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder[name] = &fstest.MapFile{Data: []byte(text)}
	}
	lib, err := runbook.ReadFolder(folder, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestResolve(t *testing.T) {
	lib := library(t, map[string]string{
		"web/high-error-rate.md":     "# x\n",
		"db/high-error-rate.md":      "# x\n",
		"docs/web/README.md":         "# web\n",
		"docs/db/README.md":          "# db\n",
		"node/NodeFilesystemFull.md": "---\nalerts: [DiskFull, OldName]\naliases: [/old/path/disk-is-full]\n---\n",
		"secret.txt":                 "no runbook",
	})
	link := func(s string) map[string]string { return map[string]string{"runbook_url": s} }
	bases := []string{"https://runbooks.example.org/r/"}
	for _, c := range []struct {
		name     string
		alert    runbook.Alert
		resolver runbook.Resolver
		want     string
	}{
		{"name, kebab, suffix", runbook.Alert{Name: "NodeFilesystemFullAlert"}, runbook.Resolver{}, "name [node/NodeFilesystemFull.md] false false"},
		{"name, case", runbook.Alert{Name: "node_filesystem_full"}, runbook.Resolver{}, "name [node/NodeFilesystemFull.md] false false"},
		{"name turned off", runbook.Alert{Name: "NodeFilesystemFull"}, runbook.Resolver{NoNames: true}, "nowhere [] false false"},
		{"no name at all", runbook.Alert{}, runbook.Resolver{}, "nowhere [] false false"},
		{"front matter", runbook.Alert{Name: "OldName"}, runbook.Resolver{}, "alias [node/NodeFilesystemFull.md] false false"},
		{"old path", runbook.Alert{Name: "DiskIsFull"}, runbook.Resolver{}, "alias [node/NodeFilesystemFull.md] false false"},
		{"link", runbook.Alert{Name: "A", Annotations: link("https://x.example.org/db/high-error-rate")}, runbook.Resolver{}, "link [db/high-error-rate.md] false false"},
		{"link with extension, query, anchor", runbook.Alert{Name: "A", Annotations: link("https://x.example.org/db/High-Error-Rate.md?a=b#c")}, runbook.Resolver{}, "link [db/high-error-rate.md] false false"},
		{"path", runbook.Alert{Name: "A", Annotations: link("/web/high-error-rate.md")}, runbook.Resolver{}, "link [web/high-error-rate.md] false false"},
		{"link in a label", runbook.Alert{Name: "A", Labels: map[string]string{"runbook": "docs/web"}}, runbook.Resolver{}, "link [docs/web/README.md] false false"},
		{"below a base", runbook.Alert{Name: "A", Annotations: link("https://runbooks.example.org/r/db/high-error-rate")}, runbook.Resolver{Bases: bases}, "link [db/high-error-rate.md] false false"},
		{"below no base", runbook.Alert{Name: "A", Annotations: link("https://runbooks.example.org/rest/db/high-error-rate")}, runbook.Resolver{Bases: bases}, "nowhere [] false true"},
		{"dead link", runbook.Alert{Name: "A", Annotations: link("https://x.example.org/gone")}, runbook.Resolver{}, "nowhere [] true false"},
		{"dead link, but a name", runbook.Alert{Name: "NodeFilesystemFull", Annotations: link("https://x.example.org/gone")}, runbook.Resolver{}, "name [node/NodeFilesystemFull.md] true false"},
		{"templated link", runbook.Alert{Name: "A", Labels: map[string]string{"runbook": "docs/{{ $labels.type }}/README.md"}}, runbook.Resolver{}, "link [docs/db/README.md docs/web/README.md] false false"},
		{"template", runbook.Alert{Name: "HighErrorRate", Labels: map[string]string{"team": "db"}}, runbook.Resolver{Template: "{{ $labels.team }}/high-error-rate.md", NoNames: true}, "template [db/high-error-rate.md] false false"},
		{"map", runbook.Alert{Name: "A", Annotations: link("https://x.example.org/db/high-error-rate")}, runbook.Resolver{Map: map[string]string{"A": "/web/high-error-rate.md"}}, "map [web/high-error-rate.md] false false"},
		{"paths", runbook.Alert{Name: "HighErrorRate"}, runbook.Resolver{Paths: []string{"/web/high-error-rate.md"}}, "name [web/high-error-rate.md] false false"},
		{"paths without it", runbook.Alert{Name: "NodeFilesystemFull"}, runbook.Resolver{Paths: []string{"/web/high-error-rate.md"}}, "nowhere [] false false"},
		// Nothing leads out of the folder, whatever a label holds.
		{"climbing link", runbook.Alert{Name: "A", Annotations: link("../../../etc/passwd")}, runbook.Resolver{}, "nowhere [] true false"},
		{"climbing, escaped", runbook.Alert{Name: "A", Annotations: link("https://x/%2e%2e/%2e%2e/secret.txt")}, runbook.Resolver{}, "nowhere [] true false"},
		{"climbing map", runbook.Alert{Name: "A"}, runbook.Resolver{Map: map[string]string{"A": "../../secret.txt"}}, "nowhere [] false false"},
		{"climbing label", runbook.Alert{Name: "A", Labels: map[string]string{"team": "../../etc"}}, runbook.Resolver{Template: "{{ $labels.team }}/passwd.md"}, "nowhere [] false false"},
		{"climbing name", runbook.Alert{Name: "../../../etc/passwd"}, runbook.Resolver{Template: "{{ .Name }}.md"}, "nowhere [] false false"},
		{"NUL in a link", runbook.Alert{Name: "A", Annotations: link("/\x00/\x00")}, runbook.Resolver{}, "nowhere [] true false"},
		{"file URL", runbook.Alert{Name: "A", Annotations: link("file:///etc/passwd")}, runbook.Resolver{}, "nowhere [] true false"},
	} {
		f := c.resolver.Resolve(lib, c.alert)
		if got := fmt.Sprintln(f.Way, f.Paths, f.Broken, f.Outside); got != c.want+"\n" {
			t.Errorf("%s: got %swant %s", c.name, got, c.want)
		}
	}
}
