// Package runbook reads folders of Markdown runbooks and tells which alerts have a
// usable one, which runbooks are hollow or stale, and what to mend, by file and line.
//
// Its opinion: a runbook is data. Its sections have known topics whatever their
// headings, and its steps are commands, queries, checks, decisions, links or
// prose, with the inputs that they need. An alert without a usable runbook wakes
// somebody who does not know what to do. What a list of words can tell is told
// (a command that changes something, a section that says TODO); whether the advice
// is right is not, and "nothing found" is no promise. Blocks are read by CommonMark;
// inline markup only as far as links, shortcodes and code spans. Nothing is
// executed: package run does that, under guard.
//
// No text is an error: Parse always gives a Runbook, and what cannot be read is a
// Finding of it. Only a folder that cannot be read is an error. Findings are errors
// (somebody would be misled), warnings (somebody would be left alone) or infos.
// Rules documents the codes; each can be switched off, and rules of the caller's own
// are functions. The package reads nothing but the fs.FS it is given, follows no
// link, knows no PromQL (the checker is a function of the caller's) and never repeats
// what looks like a secret in a finding.
//
//	library, err := runbook.ReadFolder(os.DirFS("runbooks"), runbook.Options{})
//	alerts := []runbook.Alert{{Name: "CheckoutSlow", Severity: "critical"}}
//	review := runbook.Review{Now: now}
//	coverage := library.Cover(alerts, runbook.CoverOptions{Review: review})
//	fmt.Println(coverage.Counts.Resolved, "of", coverage.Counts.Total, coverage.Orphans)
//	for _, f := range library.Lint(alerts, runbook.LintOptions{CheckQuery: rules.CheckExpr}) {
//		fmt.Println(f)
//	}
//	os.WriteFile("new.md", []byte(runbook.Scaffold(alerts[0], runbook.ScaffoldOptions{})), 0o644)
//
// Front matter stands between lines --- and has the keys title, service, owner,
// severity, alerts, aliases, escalation, last_reviewed, review_every and inputs (each
// with name, type, description, default, allowed, required, secret). The attributes of
// a fence, as in ```bash {name=drain approve=2 timeout=5m}, are name, kind, mode,
// approve, role, scope, retry, timeout, rollback and next.
//
// All values may be read by many goroutines at once.
package runbook
