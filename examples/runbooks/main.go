// Command runbooks prints what is wrong with a folder of Markdown runbooks, and
// which alerts of a Prometheus rule file have one.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/runbook"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

type finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Message  string `json:"message"`
}

type output struct {
	Runbooks int       `json:"runbooks"`
	Alerts   int       `json:"alerts"`
	Covered  int       `json:"covered"`
	Findings []finding `json:"findings"`
}

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("runbooks", flag.ContinueOnError)
	flags.SetOutput(stderr)
	file := flags.String("rules", "", "Prometheus rule `file` with the alerts")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() != 1 {
		fmt.Fprintln(stderr, "usage: runbooks [-rules FILE] DIR")
		return 2
	}
	out, err := report(flags.Arg(0), *file)
	if err == nil {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(out)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func report(dir, file string) (output, error) {
	root, err := os.OpenRoot(dir) // which refuses to leave the folder
	if err != nil {
		return output{}, err
	}
	defer root.Close()
	library, err := runbook.ReadFolder(root.FS(), runbook.Options{})
	if err != nil {
		return output{}, err
	}
	alerts, err := alertsOf(file)
	if err != nil {
		return output{}, err
	}
	coverage := library.Cover(alerts, runbook.CoverOptions{})
	out := output{Runbooks: coverage.Runbooks, Alerts: coverage.Counts.Total, Covered: coverage.Counts.Resolved, Findings: []finding{}}
	for _, f := range library.Lint(alerts, runbook.LintOptions{CheckQuery: rules.CheckExpr}) {
		out.Findings = append(out.Findings, finding{f.Source, max(1, f.Line), f.Code, f.Level, f.Message()})
	}
	return out, nil
}

// alertsOf are the alerts of a rule file; none without a name.
func alertsOf(file string) ([]runbook.Alert, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	groups, err := rules.ReadRules(file, data)
	if err != nil {
		return nil, err
	}
	var alerts []runbook.Alert
	for _, g := range groups {
		for _, r := range g.Rules {
			if r.Alert != "" {
				alerts = append(alerts, runbook.Alert{Name: r.Alert, Expr: r.Expr, Labels: r.Labels, Annotations: r.Annotations, Source: file, Line: r.Line})
			}
		}
	}
	return alerts, nil
}
