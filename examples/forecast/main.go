// Command forecast forecasts a series of values on standard input, with
// intervals, the accuracy that its past shows and, given a capacity, when that
// is reached.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/examples/internal/samples"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

const usage = "usage: forecast -horizon 4w [-season 1d,1w] [-level 0.95] [-capacity X [-floor]] [-peak 1h] [-method default|fast|ets|seasonal-naive] [-seed N] [-step 1h] [-batch] < FILE"

// settings is what the flags say.
type settings struct {
	horizon  span
	seasons  spans
	level    float64
	capacity *float64
	floor    bool
	peak     time.Duration
	step     time.Duration
	batch    bool
	seed     uint64
	method   string
}

// methods is what -method chooses from: a forecaster with seasons of these
// steps, the shortest first; none means that it finds them itself.
var methods = map[string]func(periods []int, level float64, seed uint64) capacity.Forecaster{
	"default": func(periods []int, level float64, seed uint64) capacity.Forecaster {
		return capacity.Default{Periods: periods, Level: level, Seed: seed}
	},
	"fast": func(periods []int, level float64, seed uint64) capacity.Forecaster {
		return capacity.Fast{Periods: periods, Level: level, Seed: seed}
	},
	"ets": func(periods []int, level float64, seed uint64) capacity.Forecaster {
		return capacity.ETS{Period: shortest(periods), Level: level, Seed: seed}
	},
	"seasonal-naive": func(periods []int, level float64, _ uint64) capacity.Forecaster {
		return capacity.SeasonalNaive{Period: longest(periods), Level: level}
	},
}

func shortest(periods []int) int {
	if len(periods) == 0 {
		return 0
	}
	return periods[0]
}

func longest(periods []int) int {
	if len(periods) == 0 {
		return 0
	}
	return periods[len(periods)-1]
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o := settings{level: capacity.DefaultLevel, method: "default"}
	flags := flag.NewFlagSet("forecast", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Var(&o.horizon, "horizon", "how far to forecast: a `length` such as 4w, or a number of steps")
	flags.Var(&o.seasons, "season", "`lengths` of the seasons, such as 1d,1w, or numbers of steps (default: found in the series)")
	flags.Func("level", "`probability` of the intervals (default 0.95)", func(s string) (err error) {
		if o.level, err = strconv.ParseFloat(s, 64); err != nil || !(o.level > 0 && o.level < 1) {
			return errors.New("not between 0 and 1; write 0.95 for 95 %")
		}
		return nil
	})
	flags.Func("capacity", "`value` that must not be reached", func(s string) error {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || x-x != 0 {
			return errors.New("not a finite number")
		}
		o.capacity = &x
		return nil
	})
	flags.BoolVar(&o.floor, "floor", false, "values fall to the capacity, as free space does")
	flags.Func("peak", "forecast the largest value of each `length`, such as 1h", length(&o.peak))
	flags.Func("step", "`length` of a step (default: the distance of the rows)", length(&o.step))
	flags.BoolVar(&o.batch, "batch", false, "read id,value,value,… lines, one series each, and print a line for each")
	flags.Uint64Var(&o.seed, "seed", 0, "`number` that fixes sample paths")
	flags.Func("method", "default, fast, ets or seasonal-naive", func(s string) error {
		if methods[s] == nil {
			return errors.New("write default, fast, ets or seasonal-naive")
		}
		o.method = s
		return nil
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if o.horizon == (span{}) || flags.NArg() > 0 || o.peak > 0 && (o.step > 0 || o.batch) || o.batch && (o.step == 0 || o.capacity != nil) || o.floor && o.capacity == nil {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	var err error
	if o.batch {
		err = batch(o, stdin, stdout)
	} else {
		err = single(o, stdin, stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

type point struct {
	Time  time.Time `json:"time"`
	Mean  float64   `json:"mean"`
	Lower float64   `json:"lower"`
	Upper float64   `json:"upper"`
}

type saturation struct {
	Probability float64    `json:"probability"`
	Earliest    *time.Time `json:"earliest"`
	Median      *time.Time `json:"median"`
	Latest      *time.Time `json:"latest"`
}

type accuracy struct {
	SMAPE float64 `json:"smape"`
	MASE  float64 `json:"mase"`
}

type output struct {
	Model       string             `json:"model"`
	StepSeconds float64            `json:"step_seconds"`
	Points      []point            `json:"points"`
	Saturation  *saturation        `json:"saturation"`
	Accuracy    *accuracy          `json:"accuracy"`
	Warnings    []capacity.Warning `json:"warnings,omitempty"`
}

// single forecasts the series of rows on standard input.
func single(o settings, stdin io.Reader, stdout io.Writer) error {
	ctx := context.Background()
	rows, err := samples.Read(stdin, inputName)
	if err != nil {
		return err
	}
	grid := capacity.GridOptions{Step: o.step, Ends: true}
	if o.peak > 0 {
		grid.Step, grid.Aggregation = o.peak, capacity.Max
	}
	gridded, err := capacity.Grid(ctx, rows, grid)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	s := gridded.Series
	horizon, err1 := o.horizon.steps(s.Step)
	periods, err2 := o.seasons.steps(s.Step)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	forecaster := methods[o.method](periods, o.level, o.seed)
	f, err := forecaster.Forecast(ctx, s, horizon)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	out := output{Model: f.Model, StepSeconds: s.Step.Seconds(), Points: make([]point, f.Len())}
	out.Warnings = append(gridded.Warnings, f.Warnings...)
	for i := range out.Points {
		out.Points[i] = point{f.Time(i + 1).UTC(), f.Mean[i], f.Lower[i], f.Upper[i]}
	}
	if o.capacity != nil {
		x, err := f.Saturation(capacity.Limit{Value: *o.capacity, Floor: o.floor})
		if err != nil {
			return err
		}
		out.Saturation = &saturation{x.Probability, instant(x.Earliest), instant(x.Median), instant(x.Latest)}
		out.Warnings = append(out.Warnings, x.Warnings...)
	}
	// What the past says of this method. Its three forecasts look no further ahead
	// than leaves the earliest half of the history to learn from.
	ahead := min(horizon, max(1, s.Len()/6))
	e, err := capacity.Backtest(ctx, s, []capacity.Forecaster{forecaster}, capacity.BacktestOptions{Horizon: ahead, Period: longest(periods)})
	if err == nil {
		if m := e.Methods[len(e.Methods)-1]; m.Scores.Scaled > 0 {
			out.Accuracy = &accuracy{m.Scores.SMAPE / 100, m.Scores.MASE}
		}
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
