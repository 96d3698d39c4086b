// Command budget prints the state of an error budget, from counts of bad and
// total events on standard input.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/slo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

const day = 24 * time.Hour

type burnRates struct {
	FiveMinutes   *float64 `json:"5m"`
	ThirtyMinutes *float64 `json:"30m"`
	OneHour       *float64 `json:"1h"`
	TwoHours      *float64 `json:"2h"`
	SixHours      *float64 `json:"6h"`
	OneDay        *float64 `json:"1d"`
	ThreeDays     *float64 `json:"3d"`
}

type exhaustion struct {
	Time        *time.Time `json:"time"`
	Probability *float64   `json:"probability_before_window_end"`
}

type output struct {
	Objective     float64    `json:"objective"`
	WindowSeconds float64    `json:"window_seconds"`
	Bad           float64    `json:"bad"`
	Total         float64    `json:"total"`
	Ratio         *float64   `json:"ratio"`
	Allowed       float64    `json:"budget_total"`
	Consumed      *float64   `json:"budget_consumed"`
	Remaining     *float64   `json:"budget_remaining"`
	BurnRates     burnRates  `json:"burn_rates"`
	Interval      [2]float64 `json:"sli_interval"`
	Exhaustion    exhaustion `json:"exhaustion"`
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	const usage = "usage: budget -objective 99.9% [-window 30d] [-at TIME] < FILE"
	flags := flag.NewFlagSet("budget", flag.ContinueOnError)
	flags.SetOutput(stderr)
	objective := slo.Objective{Window: slo.DefaultWindow()}
	flags.TextVar(&objective.Target, "objective", slo.Ratio{}, "`target`, such as 99.9%")
	flags.TextVar(&objective.Window, "window", objective.Window, "`period` of the objective")
	var now time.Time
	flags.Func("at", "`instant` to report on, RFC 3339 or Unix seconds (default: the last row's)", func(s string) (err error) {
		now, err = points.ParseTime(s)
		return err
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if objective.Target.IsZero() || flags.NArg() > 0 {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	rows, err := points.Read(stdin, "standard input")
	if err = errors.Join(objective.Validate(), err); err == nil {
		switch {
		case !now.IsZero():
		case len(rows) > 0:
			now = rows[len(rows)-1].Time
		default:
			err = errors.New("standard input: no rows, so no time to report on; write some or give -at")
		}
	}
	var out output
	if err == nil {
		out, err = report(objective, rows, now)
	}
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

// report maps the library's answers to the keys of the output.
func report(o slo.Objective, rows []slo.Point, now time.Time) (output, error) {
	b, err1 := o.BudgetAt(rows, now)
	interval, err2 := b.Counts.RatioInterval(slo.ClopperPearsonInterval, 0.95)
	burns, err3 := o.BurnsAt(rows, now, 5*time.Minute, 30*time.Minute, time.Hour, 2*time.Hour, 6*time.Hour, day, 3*day)
	x, err4 := o.ExhaustionAt(rows, now, slo.Lookahead{})
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return output{}, err
	}
	out := output{
		Objective:     o.Target.Float64(),
		WindowSeconds: b.End.Sub(b.Start).Seconds(),
		Bad:           b.Counts.Bad,
		Total:         b.Counts.Total,
		Allowed:       b.Allowed,
		Interval:      [2]float64{interval.Low, interval.High},
	}
	if !b.NoData {
		out.Ratio, out.Consumed, out.Remaining = &b.Ratio, &b.Consumed, &b.Remaining
	}
	r := &out.BurnRates
	for i, field := range []**float64{&r.FiveMinutes, &r.ThirtyMinutes, &r.OneHour, &r.TwoHours, &r.SixHours, &r.OneDay, &r.ThreeDays} {
		if burns[i].Known() {
			*field = &burns[i].Rate
		}
	}
	if !x.NoData {
		out.Exhaustion.Probability = &x.Probability
	}
	if t, ok := x.Median(); ok {
		t = t.UTC()
		out.Exhaustion.Time = &t
	}
	return out, nil
}
