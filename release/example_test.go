package release_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// A rollout that is taken back by its rule, with the state stored after every look.
func Example() {
	rollout := release.MustRollout("1% for 10m, 10% for 30m")
	rollout.Rules = []release.Rule{release.MustRule("0.1% error rate for 5 mins")}
	state, err := rollout.Start(start)
	if err != nil {
		fmt.Println(err)
		return
	}
	for minute := 0; !state.Phase().Ended(); minute++ {
		look := slo.Counts{Bad: 0, Total: 6000}
		if minute > 12 {
			look.Bad = 30
		}
		transitions, err := state.Step(release.Observation{
			At:           start.Add(time.Duration(minute) * time.Minute),
			Measurements: []release.Measurement{{Metric: "error_rate", Canary: look}},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, t := range transitions {
			fmt.Println(t)
		}
		stored, err := json.Marshal(state)
		if err != nil {
			fmt.Println(err)
			return
		}
		if err := json.Unmarshal(stored, &state); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// 2026-03-02 09:00:00 UTC pending → analysing at 1% (stage): 1% for 10m
	// 2026-03-02 09:10:00 UTC analysing → analysing at 10% (stage): 10% for 30m
	// 2026-03-02 09:17:00 UTC analysing → returning at 10% (rule): 0.1% error_rate for 5m: 0.5 %, 5 bad looks in a row over 5m
	// 2026-03-02 09:17:00 UTC returning → rolled_back at 0% (returned): the old revision has all traffic
}

// What a failing release costs of a monthly budget of 43.2 minutes.
func ExampleRollout_Costs() {
	rollout := release.MustRollout("10% traffic for 30 mins")
	rollout.Rules = []release.Rule{release.MustRule("0.1% error rate for 5 mins")}
	impact := release.Impact{Objective: slo.Objective{Target: slo.MustRatio("99.9%")}, Good: 0.0005, Bad: 0.2}
	costs, err := rollout.Costs(impact)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range costs {
		fmt.Printf("%s: unnoticed %.2f %%, until the rule reacts %.2f %% of the budget\n", c.Stage, 100*c.Whole.Share, 100*c.Reaction.Share)
	}
	last, _, err := impact.Time(0.1, 0.01)
	fmt.Println("one percent is gone after", last.Round(time.Second), err)
	// Output:
	// 10% for 30m: unnoticed 1.39 %, until the rule reacts 0.23 % of the budget
	// one percent is gone after 21m39s <nil>
}

// A plan whose first stage is blind, and whose rule is looser than the page.
func ExampleRollout_Lint() {
	rollout := release.MustRollout("1% for 5m, 10% for 30m")
	rollout.Rules = []release.Rule{release.MustRule("2% error rate for 5 mins")}
	rollout.Watch = time.Hour
	findings, err := rollout.Lint(release.Setting{
		Objective: slo.Objective{Target: slo.MustRatio("99.9%")},
		PerSecond: 100,
		Alerts:    []release.Alert{{Name: "ErrorBudgetBurn", Page: true, Ratio: 0.0144}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range findings {
		fmt.Printf("%s: %s\n", f.Code, f.Reason)
	}
	// Output:
	// looser-than-page: a release with between 1.44 % and 2 % errors gets all traffic, and then ErrorBudgetBurn pages
	// looser-than-objective: a release with between 0.1 % and 2 % errors gets all traffic, and misses the objective of 99.9%
	// blind-stage: 1% for 5m at 100 rps sees 300 requests, 0.3 of them bad in a good release; 2 times as many errors are noticed with 2.924 %
}

// Stages whose loss stays below 2 % of the budget.
func ExampleFitting() {
	rollout, findings, err := release.Fitting{
		Setting: release.Setting{Objective: slo.Objective{Target: slo.MustRatio("99.9%")}, PerSecond: 1000},
		Rule:    release.MustRule("0.5% error rate for 5 mins"),
	}.Rollout()
	fmt.Println(rollout, err)
	for _, f := range findings {
		fmt.Println(f)
	}
	// Output:
	// 1% for 29m, 5% for 6m, 17.29% for 5m <nil>
	// info: shares[2]: "25%": for 5m it may have 17.29% at most; allow more loss, or a rule that reacts sooner
	// info: shares[3]: "50%": for 5m it may have 17.29% at most; allow more loss, or a rule that reacts sooner
	// info: shares[3]: "50%": it would have no more traffic than the stage before it
}

// A rule and a judge on the service's own traffic: the rule takes back every fourth
// release that does nothing.
func ExampleReplay() {
	var points []slo.Point
	for i := range 2880 { // two days at 100 requests a second, 0.1 % of them bad
		points = append(points, slo.Point{Time: start.Add(time.Duration(i) * time.Minute), Counts: slo.Counts{Bad: 6, Total: 6000}})
	}
	ruled := release.MustRollout("10% for 30m")
	ruled.Rules = []release.Rule{release.MustRule("0.1% error rate for 5 mins")}
	judged := release.MustRollout("10% for 30m")
	for _, replay := range []release.Replay{
		{Rollout: ruled},
		{Rollout: judged, Judge: canary.Judge{Metrics: []canary.Metric{{Name: "errors"}}}},
	} {
		replay.Runs, replay.Source = 60, rand.NewPCG(1, 2)
		report, err := replay.Run(context.Background(), points)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("good releases taken back: more than one in ten %v; ten times the errors: after %v\n", report.FalseAlarms().Low > 0.1, report.At(10).Median)
	}
	// Output:
	// good releases taken back: more than one in ten true; ten times the errors: after 5m0s
	// good releases taken back: more than one in ten false; ten times the errors: after 1m0s
}

// A release waits while the error budget is nearly spent, and somebody overrides it.
func ExampleGates() {
	rollout := release.MustRollout("10% for 30m")
	rollout.Gates.Budget = release.DefaultBudgetGate()
	state, err := rollout.Start(start)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range []release.Observation{
		{At: start, Budget: release.BudgetReading{At: start, Remaining: 0.08, Burn: 0.5}},
		{At: start.Add(time.Minute), Orders: []release.Order{{Kind: release.OrderOpen, By: "ana", Reason: "it mends the outage", Until: start.Add(time.Hour)}}},
	} {
		transitions, err := state.Step(o)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, t := range transitions {
			fmt.Printf("%v (%s): %s\n", t.To, t.Code, t.Text)
		}
	}
	// Output:
	// gated (gate): freeze: 8 % of the error budget is left, at a burn rate of 0.5
	// gated (order-open): until 2026-03-02 10:00:00 UTC by ana: it mends the outage
	// gated (gate-slow): 8 % of the error budget is left, at a burn rate of 0.5; the stage is held 2 times as long
	// analysing (stage): 10% for 30m
}
