package alerting_test

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

// A service promises 99.9 %: what its alerts will do, what they would have done
// last week, and whether fewer would serve.
func Example_fromPromiseToPolicy() {
	ctx := context.Background()
	objective := slo.Objective{Name: "checkout", Target: slo.MustRatio("99.9%"), Window: slo.DefaultWindow()}
	bound, err := alerting.Workbook().Bind(objective)
	if err != nil {
		log.Fatal(err)
	}
	for _, pair := range bound.Pairs {
		fmt.Println(pair.Severity, pair.Long, pair.Short, "above", pair.ThresholdText)
	}

	analysis, err := alerting.Analyse(bound, alerting.AnalyserOptions{})
	if err != nil {
		log.Fatal(err)
	}
	page := analysis.Reaction(alerting.Page, 0.05)
	fmt.Printf("5 %% of errors page after %v, when %.0f %% of the budget is spent\n", page.Detection, 100*page.BudgetShare)
	silence := analysis.Silences[0]
	fmt.Printf("a burn of %.0f never pages and spends the budget in %.0f days\n", silence.BurnRate, silence.Exhaustion.Hours()/24)

	// A week of minutes, with half an hour in which every fifth request fails.
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	points := make([]slo.Point, 7*24*60)
	for i := range points {
		points[i].Time = start.Add(time.Duration(i+1) * time.Minute)
		points[i].Total = 1000
		if i >= 3000 && i < 3030 {
			points[i].Bad = 200
		}
	}
	report, err := alerting.Backtest(ctx, bound, points, alerting.BacktestOptions{Source: rand.NewPCG(1, 2)})
	if err != nil {
		log.Fatal(err)
	}
	for _, alert := range report.Alerts {
		fmt.Println(alert.Severity, alert.Start.Format("Mon 15:04"), alert.End.Format("Mon 15:04"), alert.True)
	}

	traffic, err := alerting.WeeklyTraffic(ctx, points)
	if err != nil {
		log.Fatal(err)
	}
	smallest, err := alerting.Synthesise(ctx, objective, []alerting.Bounds{{
		Severity:    alerting.Page,
		Detect:      []alerting.DetectBound{{ErrorRatio: 1, Within: 2 * time.Minute}, {ErrorRatio: 0.02, Within: 2 * time.Hour}},
		BudgetShare: 0.05,
		Reset:       15 * time.Minute,
		FalseAlarms: 0.1,
	}}, alerting.SynthesisOptions{Traffic: traffic})
	if err != nil {
		log.Fatal(err)
	}
	for _, pair := range smallest.Bound.Pairs {
		fmt.Println("instead:", pair.Long, pair.Short, "above", pair.ThresholdText)
	}
	// Output:
	// page 1h0m0s 5m0s above 0.0144
	// page 6h0m0s 30m0s above 0.006
	// ticket 24h0m0s 2h0m0s above 0.003
	// ticket 72h0m0s 6h0m0s above 0.001
	// 5 % of errors page after 17m16.8s, when 2 % of the budget is spent
	// a burn of 6 never pages and spends the budget in 5 days
	// page Wed 02:05 Wed 03:00 true
	// ticket Wed 02:16 Wed 08:29 true
	// instead: 1h45m0s 10m0s above 0.019
}

// A target of 90 % leaves so much budget that 14.4 times its pace is more than
// all requests: the fast page can never fire until it is retuned.
func ExamplePolicy_Retune() {
	objective := slo.Objective{Name: "batch", Target: slo.MustRatio("90%")}
	policy, findings := alerting.Workbook().Retune(objective, slo.MustRatio("75%"))
	for _, f := range findings {
		fmt.Println(f)
	}
	fmt.Println(policy.Pairs[0].Long, policy.Pairs[0].Short)
	// Output:
	// warning: batch: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.44, more than 0.75; its windows are now 2h/10m, at the same share of the budget
	// 2h0m0s 10m0s
}

// Bounds that no policy can keep are named, with what would be possible.
func ExampleSynthesise_clash() {
	objective := slo.Objective{Name: "intranet", Target: slo.MustRatio("99.9%")}
	s, err := alerting.Synthesise(context.Background(), objective, []alerting.Bounds{{
		Severity:    alerting.Page,
		Detect:      []alerting.DetectBound{{ErrorRatio: 0.05, Within: 10 * time.Minute}},
		FalseAlarms: 1,
	}}, alerting.SynthesisOptions{Traffic: alerting.EvenTraffic(100. / 3600)})
	if err != nil {
		log.Fatal(err)
	}
	for _, clash := range s.Clashes {
		fmt.Println(clash)
	}
	// Output:
	// page: no pairs of windows keep all of these: errors of 0.05 found within 10m (possible beside the others: 24m5s); at most 1 false alarms a month (possible beside the others: 32.4)
}
