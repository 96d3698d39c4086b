package slo_test

import (
	"fmt"
	"time"

	"github.com/prometheus/common/model"

	"github.com/srekit/ownership/slo"
)

// month is thirty days of hours with 1,000 events each; two outages spent 600
// of the 720 bad events that 99.9 % allows.
func month(now time.Time) []slo.Point {
	var points []slo.Point
	for age := 719; age >= 0; age-- {
		c := slo.Counts{Total: 1000}
		switch age {
		case 700:
			c.Bad = 400
		case 100:
			c.Bad = 200
		}
		points = append(points, slo.Point{Time: now.Add(-time.Duration(age) * time.Hour), Counts: c})
	}
	return points
}

func Example() {
	now := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	points := month(now)
	objective := slo.Objective{Service: "checkout", Name: "availability", Target: slo.MustRatio("99.9%")}

	budget, err := objective.BudgetAt(points, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f %% of the budget is left, data for %.0f %%\n", 100*budget.Remaining, 100*budget.Coverage)

	spent, _ := objective.AttributeIncidents(points, now)
	for _, p := range spent.Parts {
		fmt.Printf("%s spent %.1f %%\n", p.Key, 100*p.Consumed)
	}

	ahead, _ := objective.ExhaustionAt(points, now, slo.Lookahead{Reserve: 0.5})
	fmt.Printf("runs out within 30 days with probability %.2f; half of it is safe from %s\n",
		ahead.Probability, ahead.SafeRestart.Format("Jan 2 15:04"))

	decision, _ := slo.BudgetPolicy{}.Decide(objective, points, now)
	fmt.Println(decision.Allow, decision.Reason)
	// Output:
	// 16.7 % of the budget is left, data for 100 %
	// 2026-01-01T19:00:00Z spent 55.6 %
	// 2026-01-26T19:00:00Z spent 27.8 %
	// runs out within 30 days with probability 0.00; half of it is safe from Jan 31 20:00
	// true caution: 16.67 % of the error budget is left; release small and reversible changes
}

// A burst that spent most of the budget is about to roll off the window: what
// is left divided by the burn is far too early.
func ExampleObjective_ExhaustionAt() {
	now := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	points := make([]slo.Point, 720)
	for age := range points {
		points[age] = slo.Point{Time: now.Add(-time.Duration(age) * time.Hour), Counts: slo.Counts{Total: 1000}}
	}
	points[29*24-1].Bad = 432 // 60 % of the budget, 29 days ago

	objective := slo.Objective{Target: slo.MustRatio("99.9%")}
	budget, _ := objective.BudgetAt(points, now)
	naive, _ := slo.TimeToExhaustion(budget.Remaining, 2, 30*24*time.Hour)
	ahead, _ := objective.ExhaustionAt(points, now, slo.Lookahead{
		Rate: slo.ConstantRate{BadPerSecond: 2. / 3600, TotalPerSecond: 1000. / 3600}, // a burn of 2
	})
	fmt.Printf("naive: day %.0f\n", naive.Hours()/24)
	fmt.Printf("with roll-off: day %.0f\n", ahead.Expected.Sub(now).Hours()/24)
	// Output:
	// naive: day 6
	// with roll-off: day 15
}

// The test may be looked at after every event.
func ExampleAnytimeTest() {
	test := slo.AnytimeTest{Bound: slo.MustRatio("0.1%"), FalseAlarm: 0.01}
	var since slo.Counts // since the deploy
	for _, shard := range []slo.Counts{{Bad: 2, Total: 400}, {Bad: 1, Total: 300}, {Bad: 5, Total: 300}} {
		since = since.Add(shard)
		e, err := test.Evidence(since)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v of %v: evidence %.3g, alarm %v\n", since.Bad, since.Total, e.E, e.Alarm)
	}
	// Output:
	// 2 of 400: evidence 0.0462, alarm false
	// 3 of 700: evidence 0.0501, alarm false
	// 8 of 1000: evidence 112, alarm true
}

// How many errors in an hour prove a burn of 14.4 at 99.9 %.
func ExampleMinCounts() {
	steps, err := slo.MinCounts(slo.MustRatio("0.0144"), 0.95, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range steps {
		fmt.Printf("from %d requests: %d errors\n", s.Total, s.Bad)
	}
	// Output:
	// from 1 requests: 1 errors
	// from 4 requests: 2 errors
	// from 26 requests: 3 errors
	// from 58 requests: 4 errors
	// from 96 requests: 5 errors
}

// A threshold between two bounds of a histogram can only be estimated.
func ExampleClassicHistogram() {
	h := slo.ClassicHistogram{Bounds: []float64{0.1, 0.25, 0.5}, Counts: []float64{900, 960, 990, 1000}}
	for _, seconds := range []float64{0.25, 0.3} {
		b, err := h.CountBelow(seconds, true)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("within %vs: %v of %v (%v to %v), interpolated: %v\n", seconds, b.Count, b.Total, b.Low, b.High, b.Interpolated)
	}
	// Output:
	// within 0.25s: 960 of 1000 (960 to 960), interpolated: false
	// within 0.3s: 966 of 1000 (960 to 990), interpolated: true
}

// An override expires, and says who gave it.
func ExampleBudgetPolicy_Decide() {
	now := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	points := month(now)
	points[719].Bad = 300 // the last hour
	objective := slo.Objective{Target: slo.MustRatio("99.9%")}

	policy := slo.DefaultBudgetPolicy()
	policy.Overrides = []slo.Override{{Allow: true, From: now, Until: now.Add(2 * time.Hour), By: "ana", Reason: "the fix"}}
	for _, at := range []time.Time{now, now.Add(2 * time.Hour)} {
		d, err := policy.Decide(objective, points, at)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.Allow, d.Until.Format("Jan 2 15:04"), d.Reason)
	}
	// Output:
	// true Jan 31 02:00 overridden by ana until 2026-01-31T02:00:00Z: the fix (breach: -25 % of the error budget is left; the objective is missed: restore reliability first)
	// false Jan 31 20:00 breach: -25.35 % of the error budget is left; the objective is missed: restore reliability first
}

// Results of two range queries: increase(…[1m]) at steps of 1m.
func ExampleFromMatrix() {
	total := model.Matrix{{Values: []model.SamplePair{{Timestamp: 60_000, Value: 100}, {Timestamp: 120_000, Value: 80}}}}
	bad := model.Matrix{{Values: []model.SamplePair{{Timestamp: 120_000, Value: 2}}}} // the first error
	m, err := slo.FromMatrix(bad, total, slo.MatrixOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range m.Points {
		fmt.Println(p.Time.Format("15:04"), p.Bad, p.Total)
	}
	// Output:
	// 00:01 0 100
	// 00:02 2 80
}
