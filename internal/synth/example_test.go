package synth_test

import (
	"fmt"
	"os"
	"time"
	_ "time/tzdata" // the tests need zones, the package only what it is given

	"github.com/srekit/ownership/internal/synth"
)

// A working day in Madrid with an outage before noon, hour by hour.
func Example() {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		fmt.Println(err)
		return
	}
	morning := time.Date(2026, 3, 2, 9, 0, 0, 0, madrid)
	outage := synth.Outage{
		Start: morning.Add(100 * time.Minute), End: morning.Add(130 * time.Minute),
		Shape: synth.RampDown, ErrorRatio: 0.4,
	}
	traffic := synth.Traffic{
		Zone:          madrid,
		BasePerSecond: 40,
		Daily:         synth.Daily{PeakHour: 12, Swing: 0.8},
		Weekly:        synth.Weekend(0.4),
		Noise:         synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.01},
		Errors:        synth.Errors{Ratio: 0.0004},
		Outages:       []synth.Outage{outage},
		Seed:          7,
	}
	minutes := traffic.Events(morning, morning.Add(5*time.Hour), time.Minute)
	if err := synth.WriteCSV(os.Stdout, synth.Rebin(minutes, 60)); err != nil {
		fmt.Println(err)
	}
	bad, total := traffic.Expected(outage.Start, outage.End)
	fmt.Printf("expected in the outage: %.0f bad of %.0f\n", bad, total)
	// Output:
	// timestamp,bad,total
	// 2026-03-02T09:00:00Z,94,231610
	// 2026-03-02T10:00:00Z,22437,247945
	// 2026-03-02T11:00:00Z,2939,259591
	// 2026-03-02T12:00:00Z,86,257716
	// 2026-03-02T13:00:00Z,98,249018
	// expected in the outage: 25425 bad of 127260
}

// Counters of two replicas, as a Prometheus would have scraped them.
func ExampleWriteOpenMetrics() {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	counter := synth.Counter{
		Traffic:  synth.Traffic{BasePerSecond: 4, Errors: synth.Errors{Ratio: 0.25}},
		Start:    start,
		Restarts: []time.Time{start.Add(30 * time.Second)},
	}
	samples := counter.Samples(start, start.Add(time.Minute), 15*time.Second)
	err := synth.WriteOpenMetrics(os.Stdout, []synth.Family{
		synth.CounterFamily("http_requests", []synth.Label{{Name: "job", Value: "api"}}, samples),
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// # TYPE http_requests counter
	// http_requests_total{code="200",instance="replica-1",job="api"} 45 1772442015
	// http_requests_total{code="200",instance="replica-1",job="api"} 90 1772442030
	// http_requests_total{code="200",instance="replica-1",job="api"} 45 1772442045
	// http_requests_total{code="200",instance="replica-1",job="api"} 90 1772442060
	// http_requests_total{code="500",instance="replica-1",job="api"} 15 1772442015
	// http_requests_total{code="500",instance="replica-1",job="api"} 30 1772442030
	// http_requests_total{code="500",instance="replica-1",job="api"} 15 1772442045
	// http_requests_total{code="500",instance="replica-1",job="api"} 30 1772442060
	// # EOF
}

// A canary that fails two requests in a hundred more than the old release.
func ExampleRollout_Looks() {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rollout := synth.Rollout{
		Traffic: synth.Traffic{BasePerSecond: 50, Noise: synth.Noise{Kind: synth.Poisson}, Errors: synth.Errors{Ratio: 0.01}, Seed: 1},
		Start:   start,
		Stages:  []synth.Stage{{Length: 20 * time.Minute, Ratio: 0.1}, {Length: 20 * time.Minute, Ratio: 0.5}},
		Effect:  synth.Effect{ErrorRatio: 0.02},
	}
	for _, look := range rollout.Looks(start, rollout.End(), 10*time.Minute) {
		b, c := look.Baseline, look.Canary
		fmt.Printf("stage %d: baseline %.0f of %.0f, canary %.0f of %.0f\n", look.Stage, b.Bad, b.Total, c.Bad, c.Total)
	}
	// Output:
	// stage 0: baseline 304 of 26755, canary 91 of 3064
	// stage 0: baseline 291 of 26710, canary 89 of 3003
	// stage 1: baseline 156 of 15125, canary 455 of 15005
	// stage 1: baseline 152 of 15101, canary 427 of 14935
}

// Why a mean of ratios is no service level.
func ExampleAccuracyCases() {
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range synth.AccuracyCases() {
		bad, total := synth.Sum(c.Events(start))
		fmt.Printf("%s: %.7f; a mean of ratios says %.7f\n", c.Name, bad/total, c.MeanOfRatios)
	}
	// Output:
	// A: errors at the peak: 0.0813008; a mean of ratios says 0.0043190
	// B: errors at night: 0.0002173; a mean of ratios says 0.0197800
	// C: even traffic: 0.0041667; a mean of ratios says 0.0041341
}
