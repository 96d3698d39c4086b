package capacity_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/capacity"
)

// From samples to a forecast that was compared with the simplest one.
func Example() {
	ctx := context.Background()
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	var samples []capacity.Sample // every five minutes for four weeks, with a day missing
	for at := time.Duration(0); at < 28*24*time.Hour; at += 5 * time.Minute {
		if at >= 10*24*time.Hour && at < 11*24*time.Hour {
			continue
		}
		load := 200 + 80*math.Sin(2*math.Pi*at.Hours()/24) + 5*math.Sin(at.Hours()*at.Hours())
		samples = append(samples, capacity.Sample{Time: start.Add(at), Value: load})
	}
	gridded, err := capacity.Grid(ctx, samples, capacity.GridOptions{Step: time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	s := gridded.Series
	fmt.Println(s.Len(), "hours,", s.Observed(), "observed")

	evidence, err := capacity.Backtest(ctx, s, []capacity.Forecaster{capacity.ETS{}}, capacity.BacktestOptions{Horizon: 24})
	if err != nil {
		fmt.Println(err)
		return
	}
	naive, smoothing := evidence.Methods[0], evidence.Methods[2]
	fmt.Println(smoothing.Name, "beats", naive.Name, smoothing.MASE < naive.MASE)

	forecast, err := capacity.ETS{}.Forecast(ctx, s, 24)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("at noon %.0f, between %.0f and %.0f; the day's maximum stays below %.0f\n",
		forecast.Mean[12], forecast.Lower[12], forecast.Upper[12], forecast.Peak.Upper)
	// Output:
	// 672 hours, 648 observed
	// ETS ANA beats seasonal naive (24) true
	// at noon 190, between 188 and 193; the day's maximum stays below 283
}

// A counter of a process that restarted, scraped every fifteen seconds.
func ExampleGrid_counter() {
	start := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var samples []capacity.Sample
	for i, v := range []float64{100, 130, 160, 190, 10, 40, 70, 100, 130} {
		samples = append(samples, capacity.Sample{Time: start.Add(time.Duration(i) * 15 * time.Second), Value: v})
	}
	gridded, err := capacity.Grid(context.Background(), samples, capacity.GridOptions{Step: time.Minute, Aggregation: capacity.Rate})
	fmt.Println(gridded.Series.Values, gridded.Series.Mask, gridded.Resets, err)
	// Output: [1.6666666666666667 2 0] [false false true] 1 <nil>
}

// What a rule with predict_linear(free[1h], 4*3600) computes.
func ExamplePredictLinear() {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var samples []capacity.Sample
	for m := 45; m >= 0; m -= 15 {
		samples = append(samples, capacity.Sample{Time: now.Add(-time.Duration(m) * time.Minute), Value: 80 + float64(m)/3})
	}
	free, err := capacity.PredictLinear(samples, now, 4*time.Hour)
	fmt.Printf("%.1f %v\n", free, err)
	// Output: 0.0 <nil>
}
