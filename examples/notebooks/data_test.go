package notebooks

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata" // the rhythms follow the clock of a zone

	"github.com/srekit/ownership/internal/synth"
)

var update = flag.Bool("update", false, "write the data of the notebooks again")

// The data files are what the generators make: go test -update writes them.
func TestData(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for name, want := range map[string][]byte{
		"checkout-requests.csv":  requests(t, zone),
		"checkout-incidents.csv": incidents(t, zone),
		"orders-load.csv":        load(t, zone),
		"canary-good.csv":        looks(zone, synth.Effect{}, 1),
		"canary-bad.csv":         looks(zone, synth.Effect{After: 4 * time.Minute, ErrorRatio: 0.0025}, 2),
	} {
		path := filepath.Join("data", name)
		size += len(want)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generators make; run with -update", path)
		}
	}
	if size > 350_000 {
		t.Errorf("the data take %d bytes, want at most 350,000", size)
	}
}

// checkout is four weeks of a service with a target of 99.9 %: incidents of
// every kind, from a total outage to one that nobody should be woken for.
func checkout(zone *time.Location) (t synth.Traffic, from, to time.Time) {
	from = time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	at := func(day, hour, minute int) time.Time {
		return from.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	}
	outage := func(start time.Time, length time.Duration, shape synth.Shape, ratio float64) synth.Outage {
		return synth.Outage{Start: start, End: start.Add(length), Shape: shape, ErrorRatio: ratio}
	}
	return synth.Traffic{
		Zone: zone, BasePerSecond: 40, Daily: synth.Daily{PeakHour: 15, Swing: 0.7}, Weekly: synth.Weekend(0.7),
		Noise:  synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.005, Wander: synth.Wander{Ratio: 0.04}},
		Errors: synth.Errors{Ratio: 0.0003, Correlation: 0.0001, Wander: synth.Wander{Ratio: 0.3}},
		Outages: []synth.Outage{
			outage(at(3, 14, 5), 12*time.Minute, synth.Flat, 0.35),    // a deploy, rolled back
			outage(at(9, 2, 40), 50*time.Minute, synth.Plateau, 0.03), // a database fail-over at night
			outage(at(14, 9, 0), 9*time.Hour, synth.Flat, 0.0035),     // one bad instance for a working day
			outage(at(18, 19, 20), 5*time.Minute, synth.Flat, 0.02),   // a blip
			outage(at(23, 6, 0), 30*time.Hour, synth.RampUp, 0.003),   // a leak
		},
		Seed: 11,
	}, from, from.AddDate(0, 0, 28)
}

func requests(t *testing.T, zone *time.Location) []byte {
	t.Helper()
	traffic, from, to := checkout(zone)
	var b bytes.Buffer
	if err := synth.WriteCSV(&b, traffic.Events(from, to, 5*time.Minute)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func incidents(t *testing.T, zone *time.Location) []byte {
	t.Helper()
	traffic, _, _ := checkout(zone)
	var b bytes.Buffer
	if err := synth.WriteOutagesCSV(&b, traffic.Outages); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// load is the orders a second of a service that grows, hour by hour for twelve weeks.
func load(t *testing.T, zone *time.Location) []byte {
	t.Helper()
	from := time.Date(2026, 7, 6, 0, 0, 0, 0, time.UTC)
	values := synth.Load{
		Zone: zone, Origin: from, Base: 440, Growth: synth.Growth{PerDay: 0.006},
		Daily: synth.Daily{PeakHour: 19, Swing: 0.45}, Weekly: synth.Weekend(1.15), NoiseRatio: 0.04, Seed: 5,
	}.Values(from, from.AddDate(0, 0, 84), time.Hour)
	for i := range values {
		values[i].Value = math.Round(values[i].Value*10) / 10
	}
	var b bytes.Buffer
	if err := synth.WriteValuesCSV(&b, values); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// looks is a release at a tenth of the traffic for 40 minutes, minute by minute, with
// the 95th percentile of a thousand requests of each arm.
func looks(zone *time.Location, effect synth.Effect, seed uint64) []byte {
	start := time.Date(2026, 10, 6, 9, 0, 0, 0, time.UTC)
	traffic, _, _ := checkout(zone)
	traffic.BasePerSecond, traffic.Errors.Ratio, traffic.Outages, traffic.Seed = 250, 0.002, nil, 20+seed
	rollout := synth.Rollout{Traffic: traffic, Start: start, Stages: []synth.Stage{{Length: 40 * time.Minute, Ratio: 0.1}}, Effect: effect}
	p95 := func(seed uint64, at time.Time) float64 {
		values := synth.Latency{Median: 60 * time.Millisecond, Sigma: 0.5, Seed: seed}.Draw(at, 1000)
		for i := range values { // the 51st greatest
			for j := i; j > 0 && values[j] > values[j-1]; j-- {
				values[j], values[j-1] = values[j-1], values[j]
			}
		}
		return math.Round(values[50]*1e4) / 10
	}
	var b bytes.Buffer
	b.WriteString("minute,baseline_bad,baseline_total,canary_bad,canary_total,baseline_p95_ms,canary_p95_ms\n")
	for i, l := range rollout.Looks(start, rollout.End(), time.Minute) {
		n := uint64(i)
		fmt.Fprintf(&b, "%d,%.0f,%.0f,%.0f,%.0f,%.1f,%.1f\n", i+1, l.Baseline.Bad, l.Baseline.Total, l.Canary.Bad, l.Canary.Total,
			p95(1000*seed+2*n, l.Time), p95(1000*seed+2*n+1, l.Time))
	}
	return b.Bytes()
}
