// Command backtest replays the workbook's alert policy over counts of bad and
// total events on standard input, and says how well its alerts matched the
// incidents.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/slo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

type alert struct {
	Name     string            `json:"name"`
	Severity alerting.Severity `json:"severity"`
	Start    time.Time         `json:"start"`
	End      *time.Time        `json:"end"` // null while it fires
}

type output struct {
	Alerts                        []alert  `json:"alerts"`
	Precision                     *float64 `json:"precision"`
	Recall                        *float64 `json:"recall"`
	MeanDetectionSeconds          *float64 `json:"mean_detection_seconds"`
	BudgetConsumedBeforeDetection *float64 `json:"budget_consumed_before_detection"`
}

const input = "standard input"

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("backtest", flag.ContinueOnError)
	flags.SetOutput(stderr)
	objective := slo.Objective{Window: slo.DefaultWindow()}
	flags.TextVar(&objective.Target, "objective", slo.Ratio{}, "`target`, such as 99.9%")
	flags.TextVar(&objective.Window, "window", objective.Window, "`period` of the objective")
	labels := flags.String("incidents", "", "CSV `file` with the columns start and end; without it incidents are derived from the counts")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if objective.Target.IsZero() || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: backtest -objective 99.9% [-window 30d] [-incidents FILE] < FILE")
		return 2
	}
	report, err := replay(objective, *labels, stdin)
	if err == nil {
		for _, f := range report.Findings {
			fmt.Fprintln(stderr, f)
		}
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(summary(report))
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// replay reads all input, so that all that is wrong with it is told at once,
// and runs the backtest.
func replay(objective slo.Objective, labels string, stdin io.Reader) (alerting.Report, error) {
	bound, errPolicy := alerting.Workbook().Bind(objective)
	var options alerting.BacktestOptions
	var errLabels error
	if labels != "" {
		options.Incidents, errLabels = readIncidents(labels)
	}
	rows, err := points.Read(stdin, input)
	if err = errors.Join(errPolicy, errLabels, err); err != nil {
		return alerting.Report{}, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	report, err := alerting.Backtest(ctx, bound, rows, options)
	if err != nil {
		return report, fmt.Errorf("%s: %w", input, err)
	}
	return report, nil
}

func summary(r alerting.Report) output {
	out := output{Alerts: []alert{}}
	for _, a := range r.Alerts {
		line := alert{a.Name, a.Severity, a.Start, &a.End}
		if a.Ongoing {
			line.End = nil
		}
		out.Alerts = append(out.Alerts, line)
	}
	all := r.Overall
	if all.Alerts > 0 {
		out.Precision = &all.Precision
	}
	if all.Incidents > 0 {
		out.Recall = &all.Recall
	}
	if all.Detected > 0 {
		delay := all.Delay.Mean.Seconds()
		out.MeanDetectionSeconds, out.BudgetConsumedBeforeDetection = &delay, &all.Budget.Mean
	}
	return out
}
