package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/srekit/ownership/capacity"
)

// result is what a method made of one example.
type result struct {
	scores capacity.Scores
	model  string
	// pointOnly tells that the forecast has no intervals.
	pointOnly bool
	err       error
}

// measure prints the set's tables. The methods run one after another, the
// series of each over the workers, so that the processor time is the method's.
func (s set) measure(ctx context.Context, w io.Writer, examples []example, methods []method, halves []string, workers int, perSeries bool) error {
	// Both baselines are always measured: one stands beside, one is the unit.
	base, _, err := s.run(ctx, examples, capacity.Naive2{Period: s.period}, workers)
	if err != nil {
		return err
	}
	results := make([][]result, len(methods))
	spent := make([]time.Duration, len(methods))
	for i, m := range methods {
		if results[i], spent[i], err = s.run(ctx, examples, m.forecaster, workers); err != nil {
			return err
		}
	}
	names := methodNames(methods)
	if !slices.Contains(names, "seasonal naive") {
		naive, each, err := s.run(ctx, examples, capacity.SeasonalNaive{Period: s.period}, workers)
		if err != nil {
			return err
		}
		names = slices.Insert(names, 0, "seasonal naive")
		results = slices.Insert(results, 0, naive)
		spent = slices.Insert(spent, 0, each)
	}
	for _, half := range halves {
		keep := func(e example) bool {
			return half == "all" || (e.number%2 == 1) == (half == "odd")
		}
		n := 0
		for _, e := range examples {
			if keep(e) {
				n++
			}
		}
		fmt.Fprintf(w, "## %s, %s numbers: %d forecasts of %d steps, season %d\n\n", s.name, half, n, s.horizon, s.period)
		fmt.Fprintln(w, "| method | sMAPE | MASE | median | OWA | coverage | MSIS | median | worst | peak coverage | failed | CPU ms |")
		fmt.Fprintln(w, "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
		unit := summarise(examples, base, keep)
		for i, name := range names {
			t := summarise(examples, results[i], keep)
			peak := "–"
			if t.peaks > 0 {
				peak = fmt.Sprintf("%.3f", t.under/float64(t.peaks))
			}
			cpu := fmt.Sprintf("%.3f", float64(spent[i])/1e6)
			interval := "– | – | – | –"
			if !t.pointOnly {
				interval = fmt.Sprintf("%.3f | %s | %s | %s", t.coverage, short(t.msis), short(t.medianMSIS), short(t.worstMSIS))
			}
			fmt.Fprintf(w, "| %s | %.3f | %.3f | %.3f | %.3f | %s | %s | %d | %s |\n", name,
				t.smape, t.mase, t.medianMASE, (t.smape/unit.smape+t.mase/unit.mase)/2, interval, peak, t.failed, cpu)
		}
		fmt.Fprintln(w)
	}
	for i, name := range names {
		for j, r := range results[i] {
			if r.err != nil || perSeries {
				e := examples[j]
				fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t", s.name, name, e.number, e.id, e.origin)
				if r.err != nil {
					fmt.Fprintf(w, "%v\n", strings.ReplaceAll(r.err.Error(), "\n", " "))
				} else {
					fmt.Fprintf(w, "%.4f\t%.4f\t%.3f\t%.3f\t%s\n", r.scores.SMAPE, r.scores.MASE, r.scores.Coverage, r.scores.MSIS, r.model)
				}
			}
		}
	}
	return nil
}

// short is a score with two decimals, or in short if it is huge.
func short(v float64) string {
	if v >= 1e6 {
		return fmt.Sprintf("%.1e", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// run is the results in the order of the examples, and the processor time that
// the forecasts took on average.
func (s set) run(ctx context.Context, examples []example, f capacity.Forecaster, workers int) (results []result, each time.Duration, err error) {
	results = make([]result, len(examples))
	forecasts := make([]capacity.Forecast, len(examples))
	before := processorTime()
	inParallel(ctx, len(examples), workers, func(i int) {
		forecasts[i], results[i].err = f.Forecast(ctx, examples[i].history, s.horizon)
		forecasts[i].Paths = nil
	})
	each = (processorTime() - before) / time.Duration(len(examples))
	inParallel(ctx, len(examples), workers, func(i int) {
		r := &results[i]
		if r.err != nil {
			return
		}
		r.model = forecasts[i].Model
		r.pointOnly = slices.ContainsFunc(forecasts[i].Warnings, func(w capacity.Warning) bool { return w.Code == "no-interval" })
		r.scores, r.err = capacity.Score(examples[i].history, forecasts[i], examples[i].actual, s.period)
	})
	return results, each, ctx.Err()
}

// inParallel calls do for 0 to n-1 until ctx is done.
func inParallel(ctx context.Context, n, workers int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, workers) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

// summary is the means and medians over examples; those without a scale are not
// in MASE and MSIS.
type summary struct {
	smape, mase, msis, coverage       float64
	medianMASE, medianMSIS, worstMSIS float64
	under                             float64
	peaks, failed                     int
	pointOnly                         bool // no forecast has intervals
}

func summarise(examples []example, results []result, keep func(example) bool) summary {
	var t summary
	var mase, msis []float64
	n := 0.0
	t.pointOnly = true
	for i, r := range results {
		if !keep(examples[i]) {
			continue
		}
		if r.err != nil {
			t.failed++
			continue
		}
		n++
		t.pointOnly = t.pointOnly && r.pointOnly
		t.smape += r.scores.SMAPE
		t.coverage += r.scores.Coverage
		t.peaks += r.scores.Peaks
		t.under += float64(r.scores.Peaks) * r.scores.PeakCoverage
		if r.scores.Scaled > 0 {
			mase, msis = append(mase, r.scores.MASE), append(msis, r.scores.MSIS)
		}
	}
	if n > 0 {
		t.smape /= n
		t.coverage /= n
	}
	if len(mase) > 0 {
		t.mase, t.msis = mean(mase), mean(msis)
		t.medianMASE, t.medianMSIS, t.worstMSIS = median(mase), median(msis), slices.Max(msis)
	}
	return t
}
