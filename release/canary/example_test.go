package canary_test

import (
	"encoding/json"
	"fmt"

	"github.com/srekit/ownership/release/canary"
)

// A rollout from 5 to 25 % of the traffic is looked at every minute. Its state is stored
// between looks, as a program that may be restarted does, and the evidence of both
// stages adds up.
func Example() {
	judge := canary.Judge{Metrics: []canary.Metric{
		{Name: "errors", Critical: true},
		{Name: "p95", Kind: canary.KindSamples},
	}}
	stream, err := judge.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	state, err := json.Marshal(stream)
	if err != nil {
		fmt.Println(err)
		return
	}
	for minute := 1; minute <= 14; minute++ {
		total := int64(600) // 5 % of 200 requests a second
		if minute > 5 {
			total = 3000
		}
		failed := int64(minute % 2 * int(total) / 300)
		if minute > 10 {
			failed = total / 50 // a leak
		}
		var s canary.Stream
		if err := json.Unmarshal(state, &s); err != nil {
			fmt.Println(err)
			return
		}
		report, err := s.Look(canary.Look{Seconds: float64(60 * minute), Metrics: []canary.Measurement{
			{Name: "errors", Canary: canary.Observed{Bad: failed, Total: total}, Baseline: canary.Observed{Bad: 20, Total: 12000 - total}},
			{Name: "p95", Canary: canary.Observed{Values: []float64{0.1}}, Baseline: canary.Observed{Values: []float64{0.1 + float64(minute%3)/500}}},
		}})
		if err != nil {
			fmt.Println(err)
			return
		}
		switch minute {
		case 1, 5, 6, 14:
			fmt.Printf("%d min: %v\n", minute, report)
		}
		if minute == 14 {
			m := report.Metrics[0]
			fmt.Printf("%s: %.2f times the baseline's rate, %.2f to %.2f; %s\n", m.Name, m.Effect, m.Low, m.High, m.Flip)
		}
		if state, err = json.Marshal(s); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// 1 min: continue (wait): errors: needs 10900 requests to show harm of 100 %, has 600: some 18 min at this traffic
	// 5 min: continue (wait): errors: needs 10900 requests to show harm of 100 %, has 3000: some 14 min at this traffic
	// 6 min: continue (wait): errors: needs 11100 requests to show harm of 100 %, has 6000: some 2 min at this traffic
	// 14 min: rollback (critical-harm): errors, which is critical, is worse by more than 0 %
	// errors: 4.01 times the baseline's rate, 2.85 to 5.28; without harm being proven: 121 instead of 266 bad events of the canary
}
