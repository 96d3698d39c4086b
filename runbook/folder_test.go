package runbook_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
)

// With RUNBOOK_CORPUS set to a folder, the figures of a real collection are
// printed: RUNBOOK_CORPUS=/path/to/runbooks go test -v -run RealFolder ./runbook
func TestRealFolder(t *testing.T) {
	folder := os.Getenv("RUNBOOK_CORPUS")
	if folder == "" {
		t.Skip("RUNBOOK_CORPUS is not set")
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	lib, err := runbook.ReadFolder(root.FS(), runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, alerts, _ := kubePrometheus(t)
	figures := map[string]int{"files": len(lib.Files), "runbooks": len(lib.Runbooks)}
	for _, r := range lib.Runbooks {
		figures["bytes"] += r.Bytes
		if r.Meta.Format != "" {
			figures["front matter"]++
		}
		if complete := len(r.Sections) > 0; complete {
			for _, topic := range []string{"meaning", "impact", "diagnosis", "mitigation"} {
				s, ok := r.Section(topic)
				complete = complete && ok && !s.Hollow
			}
			if complete {
				figures["complete"]++
			}
		}
		figures["inputs"] += len(r.Inputs)
		figures["links"] += len(r.Links)
		for _, s := range r.Sections {
			figures["sections"]++
			if len(s.Topics) == 0 {
				figures["sections of no topic"]++
			}
			if s.Hollow {
				figures["sections, hollow"]++
			}
		}
		for _, s := range r.Steps() {
			figures["steps"]++
			figures["steps, "+s.Kind.String()]++
			if len(s.Changes) > 0 {
				figures["steps that change something"]++
			}
			if s.Code != "" || s.Expected != "" {
				figures["blocks of code"]++
			}
		}
	}
	findings := lib.Lint(nil, runbook.LintOptions{})
	for _, f := range findings {
		figures["findings, "+f.Code]++
	}
	// The fastest of twenty reads of each file, so that a busy machine matters less.
	var total time.Duration
	for _, r := range lib.Runbooks {
		source, err := fs.ReadFile(root.FS(), r.Path)
		if err != nil {
			t.Fatal(err)
		}
		best := time.Hour
		for range 20 {
			start := time.Now()
			runbook.Parse(r.Path, source, runbook.Options{})
			best = min(best, time.Since(start))
		}
		total += best
	}
	fmt.Printf("%.1f MB/s\n", float64(figures["bytes"])/1e6/total.Seconds())
	coverage := lib.Cover(alerts, runbook.CoverOptions{})
	fmt.Printf("kube-prometheus against it: %+v, %d orphans\n", coverage.Counts, len(coverage.Orphans))
	for _, name := range slices.Sorted(maps.Keys(figures)) {
		fmt.Printf("%8d %s\n", figures[name], name)
	}
	if testing.Verbose() {
		for _, f := range findings {
			fmt.Println(f)
		}
	}
}
