// Command accuracy measures forecasters on files of public series and prints the
// tables of docs/capacity.md:
//
//	go run ./internal/accuracy -data DIR
//	go run ./internal/accuracy -data DIR -set m4-hourly -method "seasonal naive,ets" -half odd
//
// DIR holds m4_hourly_train.csv and m4_hourly_test.csv, the same for m4_weekly,
// ops_hourly.csv, ops_5min.csv, ops_daily.csv, and ops_exceed.csv with questions
// about the first of them; names may end in _even or _odd before .csv, and what is
// not there is left out. The series of each file are numbered from 1 (the header
// does not count), and tables are printed for odd numbers, even numbers and all of
// them: methods are tuned on odd ones only. Each set has its own methods; those
// that are asked for and not of a set are left out there.
//
// Rows of methods come from methods.go. All output but the column of processor
// time is the same on each run.
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "accuracy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	dir := flags.String("data", "", "folder of the series")
	wanted := flags.String("set", "", "sets to measure, comma-separated; all by default: "+strings.Join(setNames(), ","))
	names := flags.String("method", "", "methods to measure, comma-separated; all by default")
	half := flags.String("half", "", "odd, even or all; all three by default")
	perSeries := flags.Bool("series", false, "print a line for each forecast as well")
	robust := flags.Bool("robust", false, "measure what gaps, spikes and a shift of level cost on the hourly series as well")
	workers := flags.Int("workers", runtime.GOMAXPROCS(0), "how many series at once")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return fmt.Errorf("no folder of series; write -data DIR")
	}
	halves := []string{"odd", "even", "all"}
	if *half != "" {
		if !slices.Contains(halves, *half) {
			return fmt.Errorf("-half %q; write odd, even or all", *half)
		}
		halves = []string{*half}
	}
	w := bufio.NewWriter(out)
	defer w.Flush()
	chosen := split(*wanted, setNames())
	for _, name := range chosen {
		if !slices.Contains(setNames(), name) {
			return fmt.Errorf("-set %q; write some of %v", name, setNames())
		}
	}
	var known []string
	for _, s := range sets() {
		known = append(known, methodNames(methods(s))...)
	}
	asked := split(*names, known)
	for _, name := range asked {
		if !slices.Contains(known, name) {
			return fmt.Errorf("-method %q; write some of %v", name, slices.Compact(slices.Sorted(slices.Values(known))))
		}
	}
	found := false
	for _, s := range sets() {
		if !slices.Contains(chosen, s.name) {
			continue
		}
		cases, err := s.read(*dir)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			continue
		}
		found = true
		use := slices.DeleteFunc(methods(s), func(m method) bool { return !slices.Contains(asked, m.name) })
		if err := s.measure(ctx, w, cases, use, halves, *workers, *perSeries); err != nil {
			return err
		}
		if s.name == "ops-hourly" {
			if err := s.exceedances(ctx, w, *dir, cases, use, halves, *workers); err != nil {
				return err
			}
			if err := s.calibration(ctx, w, *dir, cases, use, halves, *workers); err != nil {
				return err
			}
		}
		if s.name == "ops-hourly" && *robust {
			if err := s.robustness(ctx, w, cases, use, halves, *workers); err != nil {
				return err
			}
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%s holds no files of %v", *dir, chosen)
	}
	return nil
}

// split is the parts of a comma-separated list, or all where it is empty.
func split(list string, all []string) []string {
	if list == "" {
		return all
	}
	parts := strings.Split(list, ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}
