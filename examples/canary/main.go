// Command canary compares a canary with its baseline and prints a verdict, from JSON
// on standard input: whole series at once, or with -stream one look a line.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/srekit/ownership/release/canary"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("canary", flag.ContinueOnError)
	flags.SetOutput(stderr)
	config := flags.String("config", "", "JSON `file` with mode, alpha, exposure and other settings of the judge")
	stream := flags.Bool("stream", false, "read one look a line and print one verdict a line")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: canary [-config FILE] [-stream] < FILE")
		return 2
	}
	var judge canary.Judge
	err := readConfig(*config, &judge)
	if err == nil && *stream {
		err = judgeLines(judge, stdin, stdout)
	} else if err == nil {
		err = judgeOnce(judge, stdin, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func readConfig(file string, judge *canary.Judge) error {
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := decode(data, judge); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// judgeOnce reads all data and prints the last verdict.
func judgeOnce(judge canary.Judge, stdin io.Reader, stdout io.Writer) error {
	data, err := io.ReadAll(stdin)
	if err != nil {
		return err
	}
	metrics, looks, err := readSeries(data, judge.Metrics)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	judge.Metrics = append(judge.Metrics, metrics...)
	report := nothing
	if len(judge.Metrics) > 0 {
		if report, err = judge.Run(looks); err != nil {
			return fmt.Errorf("standard input: %w", err)
		}
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(outputOf(report))
}

// nothing is the report where there is no metric.
var nothing = canary.Report{Reason: "no-data", Text: "no metrics", FalseAlarm: 0.05}

// judgeLines prints a verdict for each look.
func judgeLines(judge canary.Judge, stdin io.Reader, stdout io.Writer) error {
	if judge.Mode == canary.Fixed && judge.PlannedLooks == 0 {
		return errors.New("mode fixed: with -stream nobody knows which look is the last; write planned_looks, or mode sequential, which may look at any time")
	}
	lines := bufio.NewScanner(stdin)
	lines.Buffer(nil, 1<<28)
	encoder := json.NewEncoder(stdout)
	l := live{judge: judge}
	n := 0
	for n++; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		report, err := l.line(lines.Bytes())
		if err == nil {
			err = encoder.Encode(outputOf(report))
		}
		if err != nil {
			return fmt.Errorf("standard input:%d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard input:%d: %w", n, err)
	}
	if l.lines == 0 {
		return errors.New("standard input: no looks; write one JSON object a line")
	}
	return nil
}

type output struct {
	Seconds  float64             `json:"t"`
	Verdict  canary.Verdict      `json:"verdict"`
	Reason   string              `json:"reason"`
	Text     string              `json:"text"`
	Score    float64             `json:"score"`
	Looks    int64               `json:"looks"`
	Alpha    float64             `json:"alpha"`
	LogE     float64             `json:"log_e"`
	Groups   []canary.GroupScore `json:"groups,omitempty"`
	Metrics  []metricOutput      `json:"metrics"`
	Warnings []canary.Warning    `json:"warnings,omitempty"`
}

type metricOutput struct {
	Name       string           `json:"name"`
	Verdict    canary.Verdict   `json:"verdict"`
	Test       string           `json:"test"`
	PValue     float64          `json:"p_value"`
	PSafe      float64          `json:"p_value_safe"`
	Effect     *float64         `json:"effect"`
	EffectName string           `json:"effect_name"`
	Interval   [2]*float64      `json:"interval"`
	Level      float64          `json:"level"`
	N          float64          `json:"n"`
	M          float64          `json:"m"`
	Statistic  float64          `json:"statistic"`
	Reason     string           `json:"reason"`
	Text       string           `json:"text"`
	Flip       string           `json:"flip,omitempty"`
	Warnings   []canary.Warning `json:"warnings,omitempty"`
}

// outputOf maps the library's report to the keys of the output; open ends are null.
func outputOf(r canary.Report) output {
	out := output{r.Seconds, r.Verdict, r.Reason, r.Text, r.Score, r.Looks, r.FalseAlarm, r.LogE, r.Groups, []metricOutput{}, r.Warnings}
	finite := func(v float64) *float64 {
		if math.Abs(v) == math.MaxFloat64 {
			return nil
		}
		return &v
	}
	for _, m := range r.Metrics {
		out.Metrics = append(out.Metrics, metricOutput{m.Name, m.Verdict, m.Test, m.PValue, m.PSafe, finite(m.Effect), m.EffectName,
			[2]*float64{finite(m.Low), finite(m.High)}, m.Level, m.N, m.M, m.Statistic, m.Reason, m.Text, m.Flip, m.Warnings})
	}
	return out
}
