package slo_test

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/slo"
)

// A day of a service with two replicas: events as they happen, counters that
// are scraped, a late report, an outage, the budget, a snapshot and a
// correction.
func ExampleLedger() {
	ledger, err := slo.NewLedger(slo.LedgerOptions{Slot: time.Minute, Horizon: 31 * 24 * time.Hour})
	if err != nil {
		fmt.Println(err)
		return
	}
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

	// Replica a counts its own requests: 50 a second, all good.
	a := ledger.Handle("checkout/availability", "a")
	for at := day.Add(time.Second); !at.After(day.Add(24 * time.Hour)); at = at.Add(time.Second) {
		if err := a.Add(at, 50, 0); err != nil {
			fmt.Println(err)
		}
	}

	// Replica b is scraped: its counters start anew at noon, which loses what
	// came since the scrape before, and from 15:00 to 15:10 half of its
	// requests fail.
	b := ledger.Handle("checkout/availability", "b")
	good, bad := uint64(0), uint64(0)
	for at := day; !at.After(day.Add(24 * time.Hour)); at = at.Add(time.Minute) {
		if at.Equal(day.Add(12 * time.Hour)) {
			good, bad = 0, 0
		}
		if err := b.Observe(at, good, bad); err != nil {
			fmt.Println(err)
		}
		if hour := at.Sub(day); hour >= 15*time.Hour && hour < 15*time.Hour+10*time.Minute {
			good, bad = good+600, bad+600
		} else {
			good += 1200
		}
	}

	// A third one reports late, twice because the network repeats itself.
	for range 2 {
		if err := ledger.Handle("checkout/availability", "c").Report(day.Add(6*time.Hour), 900, 100); err != nil {
			fmt.Println(err)
		}
	}

	now := day.Add(24 * time.Hour)
	objective := slo.Objective{
		Service: "checkout", Name: "availability",
		Target: slo.MustRatio("99.9%"), Window: slo.Rolling(24 * time.Hour),
	}
	budget, err := ledger.Budget("checkout/availability", objective, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f bad of %.0f, coverage %.0f%%, budget left %.1f%%\n",
		budget.Counts.Bad, budget.Counts.Total, 100*budget.Coverage, 100*budget.Remaining)

	hour, err := ledger.Between("checkout/availability", day.Add(15*time.Hour), day.Add(16*time.Hour))
	if err != nil {
		fmt.Println(err)
		return
	}
	rate, _ := objective.BurnRate(hour.Counts)
	fmt.Printf("from 15:00 to 16:00 the burn rate was %.1f\n", rate)

	// The failures that replica c reported came from a load test.
	err = ledger.Correct("checkout/availability", slo.Correction{
		ID: "INC-4711", Start: day.Add(6*time.Hour - time.Minute), End: day.Add(6 * time.Hour),
		Good: -900, Bad: -100, Reason: "load test", Author: "ada", At: now,
	})
	if err != nil {
		fmt.Println(err)
	}

	// A snapshot carries everything to the next process.
	data, err := ledger.MarshalBinary()
	if err != nil {
		fmt.Println(err)
		return
	}
	var restored slo.Ledger
	if err := restored.UnmarshalBinary(data); err != nil {
		fmt.Println(err)
		return
	}
	answer, err := restored.Window("checkout/availability", objective.Window, now)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.0f bad of %.0f after the correction\n", answer.Counts.Bad, answer.Counts.Total)

	// Output:
	// 6100 bad of 6047800, coverage 100%, budget left -0.9%
	// from 15:00 to 16:00 the burn rate was 23.8
	// 6000 bad of 6046800 after the correction
}

// Three zones count apart and send their states to each other, out of order
// and more than once.
func ExampleLedger_Merge() {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	var zones [3]slo.Ledger
	for i, name := range []string{"eu", "us", "asia"} {
		if err := zones[i].Handle("checkout", name).Add(at, 1000, uint64(i)); err != nil {
			fmt.Println(err)
		}
	}
	var world slo.Ledger
	for _, i := range []int{2, 0, 2, 1, 0} {
		if err := world.Merge(&zones[i]); err != nil {
			fmt.Println(err)
		}
	}
	answer, err := world.Between("checkout", at.Add(-time.Hour), at)
	fmt.Println(answer.Counts.Bad, "bad of", answer.Counts.Total, err)
	// Output: 3 bad of 3003 <nil>
}

// Announced maintenance every Saturday night does not count, in winter and in
// summer time; what happened then stays on record.
func ExampleLedger_Exclude() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	var ledger slo.Ledger
	err = ledger.Exclude("checkout", slo.Exclusion{
		ID:     "weekly-maintenance",
		Weekly: slo.Weekly{Days: []time.Weekday{time.Saturday}, From: 22 * time.Hour, To: 4 * time.Hour, Location: berlin},
		Effect: slo.Drop,
		Reason: "announced maintenance", Author: "ada", At: time.Date(2026, 3, 1, 9, 0, 0, 0, berlin),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	// A weekend of 100 requests in five minutes; on Saturday night half of
	// them fail.
	start := time.Date(2026, 3, 28, 0, 0, 0, 0, berlin)
	end := time.Date(2026, 3, 30, 0, 0, 0, 0, berlin) // the clock is set forward: 47 hours
	night := time.Date(2026, 3, 28, 22, 0, 0, 0, berlin)
	checkout := ledger.Handle("checkout", "")
	for at := start.Add(5 * time.Minute); !at.After(end); at = at.Add(5 * time.Minute) {
		bad := uint64(0)
		if at.After(night) && !at.After(night.Add(5*time.Hour)) {
			bad = 50
		}
		if err := checkout.Add(at, 100-bad, bad); err != nil {
			fmt.Println(err)
		}
	}
	answer, err := ledger.Between("checkout", start, end)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(answer.Counts.Bad, "bad of", answer.Counts.Total, "with", answer.Excluded, "of", answer.Slots, "slots excluded")
	for _, e := range ledger.Entries("checkout") {
		fmt.Println(e.ID(), "takes out", e.Before.Bad-e.After.Bad, "bad of", e.Before.Total-e.After.Total)
	}
	// Output:
	// 0 bad of 50400 with 60 of 564 slots excluded
	// weekly-maintenance takes out 3000 bad of 6000
}

// A server counts in many goroutines and keeps a snapshot.
func ExampleSharded() {
	ledger, err := slo.NewSharded(slo.LedgerOptions{}, 16)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	done := make(chan error)
	for _, key := range []string{"checkout", "search"} {
		go func() { done <- ledger.Add(key, "a", now, 10, 1) }()
	}
	fmt.Println(<-done, <-done)
	data, err := ledger.Snapshot().MarshalJSON()
	fmt.Println(ledger.Keys(), len(data) > 0, err)
	// Output:
	// <nil> <nil>
	// [checkout search] true <nil>
}
