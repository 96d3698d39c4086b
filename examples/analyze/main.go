// Command analyze prints what the workbook's alert policy does for an
// objective: how soon it fires, how long it stays up, what has been spent by
// then, and which of its alerts can never fire.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

type pair struct {
	Severity     alerting.Severity `json:"severity"`
	LongSeconds  float64           `json:"long_seconds"`
	ShortSeconds float64           `json:"short_seconds"`
	Factor       float64           `json:"factor"`
	Threshold    float64           `json:"threshold"`
	Reachable    bool              `json:"reachable"`
}

type row struct {
	ErrorRatio       float64           `json:"error_ratio"`
	Severity         alerting.Severity `json:"severity"`
	DetectionSeconds *float64          `json:"detection_seconds"`
	ResetSeconds     *float64          `json:"reset_seconds"`
	BudgetConsumed   *float64          `json:"budget_consumed"`
}

type output struct {
	Pairs       []pair `json:"pairs"`
	Rows        []row  `json:"rows"`
	Unreachable []pair `json:"unreachable"`
}

func run(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("analyze", flag.ContinueOnError)
	flags.SetOutput(stderr)
	objective := slo.Objective{Window: slo.DefaultWindow()}
	flags.TextVar(&objective.Target, "objective", slo.Ratio{}, "`target`, such as 99.9%")
	flags.TextVar(&objective.Window, "window", objective.Window, "`period` of the objective")
	var options alerting.AnalyserOptions
	flags.Func("errors", "error `ratios` of the rows, such as 1,0.1,1%", func(s string) (err error) {
		options.ErrorRatios, err = ratios(s)
		return err
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if objective.Target.IsZero() || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: analyze -objective 99.9% [-window 30d] [-errors 1,0.1,0.01]")
		return 2
	}
	bound, err := alerting.Workbook().Bind(objective)
	if err == nil {
		var analysis alerting.Analysis
		if analysis, err = alerting.Analyse(bound, options); err == nil {
			for _, f := range analysis.Findings {
				fmt.Fprintln(stderr, f)
			}
			encoder := json.NewEncoder(stdout)
			encoder.SetIndent("", "  ")
			err = encoder.Encode(table(analysis))
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// ratios reads a list of error ratios, each a number or a percentage.
func ratios(list string) ([]float64, error) {
	var all []float64
	for _, text := range strings.Split(list, ",") {
		number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
		x, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no error ratio; write 0.01 or 1%%", text)
		}
		if percent {
			x /= 100
		}
		all = append(all, x)
	}
	return all, nil
}

func table(a alerting.Analysis) output {
	out := output{Unreachable: []pair{}}
	for _, p := range a.Pairs {
		q := pair{p.Severity, p.Long.Seconds(), p.Short.Seconds(), p.Factor, p.Threshold, p.Reachable}
		out.Pairs = append(out.Pairs, q)
		if !q.Reachable {
			out.Unreachable = append(out.Unreachable, q)
		}
	}
	for _, r := range a.Reactions {
		line := row{ErrorRatio: r.ErrorRatio, Severity: r.Severity}
		if r.Fires {
			line.DetectionSeconds, line.ResetSeconds, line.BudgetConsumed = secondsOf(r.Detection), secondsOf(r.Reset), &r.BudgetShare
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}

func secondsOf(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}
