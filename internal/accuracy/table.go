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
	models string
	err    error
}

// measure prints the set's tables. The methods run one after another, the
// series of each over the workers, so that the processor time is the method's.
func (s set) measure(ctx context.Context, w io.Writer, examples []example, methods []method, halves []string, workers int, perSeries bool) error {
	// Both baselines are always measured: one stands beside, one is the unit.
	base, err := s.forecastAll(ctx, examples, capacity.Naive2{Period: s.period}, workers)
	if err != nil {
		return err
	}
	results := make([][]result, len(methods))
	spent := make([]time.Duration, len(methods))
	for i, m := range methods {
		before := processorTime()
		if results[i], err = s.forecastAll(ctx, examples, m.forecaster, workers); err != nil {
			return err
		}
		spent[i] = (processorTime() - before) / time.Duration(len(examples))
	}
	names := methodNames(methods)
	if !slices.Contains(names, "seasonal naive") {
		naive, err := s.forecastAll(ctx, examples, capacity.SeasonalNaive{Period: s.period}, workers)
		if err != nil {
			return err
		}
		names = slices.Insert(names, 0, "seasonal naive")
		results = slices.Insert(results, 0, naive)
		spent = slices.Insert(spent, 0, time.Duration(-1))
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
			peak, cpu := "–", "–"
			if t.peaks > 0 {
				peak = fmt.Sprintf("%.3f", t.under/float64(t.peaks))
			}
			if spent[i] >= 0 {
				cpu = fmt.Sprintf("%.3f", float64(spent[i])/1e6)
			}
			fmt.Fprintf(w, "| %s | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f | %.2f | %.0f | %s | %d | %s |\n", name,
				t.smape, t.mase, t.medianMASE, (t.smape/unit.smape+t.mase/unit.mase)/2, t.coverage, t.msis, t.medianMSIS, t.worstMSIS, peak, t.failed, cpu)
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
					fmt.Fprintf(w, "%.4f\t%.4f\t%.3f\t%.3f\t%s\n", r.scores.SMAPE, r.scores.MASE, r.scores.Coverage, r.scores.MSIS, r.models)
				}
			}
		}
	}
	return nil
}

// forecastAll is the results in the order of the examples.
func (s set) forecastAll(ctx context.Context, examples []example, f capacity.Forecaster, workers int) ([]result, error) {
	results := make([]result, len(examples))
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, workers) {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(examples) || ctx.Err() != nil {
					return
				}
				e := examples[i]
				forecast, err := f.Forecast(ctx, e.history, s.horizon)
				if err == nil {
					results[i].models = forecast.Model
					results[i].scores, err = capacity.Score(e.history, forecast, e.actual, s.period)
				}
				results[i].err = err
			}
		}()
	}
	group.Wait()
	return results, ctx.Err()
}

// summary is the means and medians over examples; those without a scale are not
// in MASE and MSIS.
type summary struct {
	smape, mase, msis, coverage       float64
	medianMASE, medianMSIS, worstMSIS float64
	under                             float64
	peaks, failed                     int
}

func summarise(examples []example, results []result, keep func(example) bool) summary {
	var t summary
	var mase, msis []float64
	n := 0.0
	for i, r := range results {
		if !keep(examples[i]) {
			continue
		}
		if r.err != nil {
			t.failed++
			continue
		}
		n++
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
