package runbook_test

import (
	"errors"
	"fmt"
	"strings"
	"testing/fstest"
	"time"

	"github.com/srekit/ownership/runbook"
)

// Which alerts have a usable runbook, and what is to be mended.
func Example_folder() {
	folder := fstest.MapFS{"checkout-slow.md": {Data: []byte("---\nowner: checkout\nlast_reviewed: 2026-01-10\nreview_every: 90d\nescalation: the platform team\n---\n\n" +
		"# CheckoutSlow\n\n## Meaning\n\nBuyers wait.\n\n## Impact\n\nTODO\n\n## Diagnosis\n\n1. Which pods?\n\n   ```promql\n   topk(3, rate(checkout_seconds_sum[5m])\n   ```\n\n" +
		"## Mitigation\n\n```bash\nkubectl delete pod <pod>\n```\n")}}
	library, err := runbook.ReadFolder(folder, runbook.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	alerts := []runbook.Alert{{Name: "CheckoutSlowAlert", Severity: "critical"}, {Name: "QueueFull", Severity: "warning"}}
	cover := runbook.CoverOptions{Review: runbook.Review{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}}
	coverage := library.Cover(alerts, cover)
	fmt.Println(coverage.Counts.Resolved, "of", coverage.Counts.Total, "alerts have a runbook,", coverage.Counts.Complete, "complete")
	// rules.CheckExpr of package alerting/rules is the real one.
	check := func(expr string) error {
		if strings.Count(expr, "(") != strings.Count(expr, ")") {
			return errors.New("a parenthesis is open")
		}
		return nil
	}
	for _, f := range library.Lint(alerts, runbook.LintOptions{Cover: cover, CheckQuery: check}) {
		fmt.Println(f.Code, f)
	}
	// Output:
	// 1 of 2 alerts have a runbook, 0 complete
	// R006 warning: QueueFull: the alert "QueueFull" has no runbook; write queue-full.md (Scaffold begins it)
	// R009 checkout-slow.md:1: warning: a review has been due for 52 days, since 2026-04-10; review it, and move last_reviewed
	// R002 checkout-slow.md:14: warning: "Impact": the section is empty or says that it is to be written; write it: somebody will read it at night
	// R021 checkout-slow.md:22:4: the query cannot be read: a parenthesis is open; try it in Prometheus, and paste it again
	// R011 checkout-slow.md:28:1: warning: "kubectl delete": the command changes something, and nothing says who must agree or how to undo it; add {approve=1} to the fence, or a paragraph right behind it that begins with Undo:
	// R012 checkout-slow.md:28:1: info: "<pod>": nothing says what stands for the placeholder; declare it in the front matter (inputs: - name: pod)
}

// A rule of one's own.
func ExampleRule() {
	oncall := func(r runbook.Runbook, answers []runbook.Alert) []runbook.Finding {
		if len(answers) > 0 && r.Meta.Service == "" {
			return []runbook.Finding{{Code: "our-service", Line: 1, Reason: "no service", Remedy: "add service: to the front matter"}}
		}
		return nil
	}
	r := runbook.Parse("disk-full.md", []byte("# DiskFull\n"), runbook.Options{})
	for _, f := range r.Lint([]runbook.Alert{{Name: "DiskFull"}}, runbook.LintOptions{Off: []string{"R001", "R010", "R018"}, Rules: []runbook.Rule{oncall}}) {
		fmt.Println(f)
	}
	// Output: disk-full.md:1: warning: no service; add service: to the front matter
}
