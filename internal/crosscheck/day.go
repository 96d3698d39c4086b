package crosscheck

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/synth"
	"github.com/srekit/ownership/slo"
)

// feed hands out points in order of time.
func feed(points []Point) func(upTo time.Time) []Point {
	slices.SortStableFunc(points, func(a, b Point) int { return a.Time.Compare(b.Time) })
	return func(upTo time.Time) []Point {
		n := 0
		for n < len(points) && !points[n].Time.After(upTo) {
			n++
		}
		due := points[:n]
		points = points[n:]
		return due
	}
}

func counterPoint(job, instance, code string, at time.Time, value float64) Point {
	return Point{at, labels.FromStrings("__name__", "http_requests_total", "job", job, "instance", instance, "code", code), value}
}

// counters are samples as a server scrapes them: a counter of good and one of
// bad requests for each replica. Without bad requests at all, the second does
// not exist if sparse is set, as with most client libraries.
func counters(job string, samples []synth.Sample, sparse bool) []Point {
	var points []Point
	failed := false
	for _, s := range samples {
		failed = failed || s.Bad > 0
	}
	for _, s := range samples {
		instance := "replica-" + strconv.Itoa(s.Replica)
		points = append(points, counterPoint(job, instance, "200", s.Time, s.Total-s.Bad))
		if failed || !sparse {
			points = append(points, counterPoint(job, instance, "500", s.Time, s.Bad))
		}
	}
	return points
}

// meanOfRatios is the shape of the rules that this module does not write: a
// recorded ratio of five minutes, and its mean over the period.
const meanOfRatios = `
  - name: mean/page
    interval: 30s
    rules:
      - record: other:error_ratio:rate5m
        expr: sum(rate(http_requests_total{job="shop",code=~"5.."}[5m])) / sum(rate(http_requests_total{job="shop"}[5m]))
  - name: mean/period
    interval: 5m
    rules:
      - record: other:error_ratio:period
        expr: sum_over_time(other:error_ratio:rate5m[1d]) / count_over_time(other:error_ratio:rate5m[1d])
`

// Accuracy is what the rules record for the period of a day at its end.
type Accuracy struct {
	Case                      synth.AccuracyCase
	RatioOfSums, MeanOfRatios float64
}

// RunAccuracy lets a day pass on a server whose data lies in dir, with a
// period of one day, and reads what both kinds of rules have recorded. The
// counters stand at counted when the day begins. At 0, Prometheus takes the first
// errors ever for the beginning of a series and finds fewer of them.
func RunAccuracy(c synth.AccuracyCase, counted float64, dir string) (Accuracy, error) {
	a := Accuracy{Case: c}
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio("99%"), Window: slo.Rolling(24 * time.Hour)},
		Policy: alerting.Policy{Name: "page", Pairs: []alerting.Pair{
			{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Share: slo.MustRatio("50%")},
		}},
		Indicator: rules.Indicator{Selector: `job="shop"`},
	}}, rules.Options{})
	if err != nil {
		return a, err
	}
	server, err := NewServer(dir, append(set.YAML(), meanOfRatios[1:]...))
	if err != nil {
		return a, err
	}
	defer server.Close()
	good, bad := counted, counted
	points := []Point{counterPoint("shop", "replica-1", "200", epoch, good), counterPoint("shop", "replica-1", "500", epoch, bad)}
	for _, n := range c.Events(epoch) {
		good, bad = good+n.Total-n.Bad, bad+n.Bad
		points = append(points, counterPoint("shop", "replica-1", "200", n.Time, good), counterPoint("shop", "replica-1", "500", n.Time, bad))
	}
	end := epoch.Add(24 * time.Hour)
	if err := server.Run(epoch, end, InStep, feed(points)); err != nil {
		return a, err
	}
	for expr, to := range map[string]*float64{
		`slo:error_ratio:period{service="shop",slo="availability"}`: &a.RatioOfSums,
		`other:error_ratio:period`:                                  &a.MeanOfRatios,
	} {
		v, ok, err := server.Value(expr, end)
		if err != nil || !ok {
			return a, fmt.Errorf("%s: recorded %v: %w", expr, ok, err)
		}
		*to = v
	}
	return a, nil
}

// Scenario is a service whose recorded ratios are compared with its events.
type Scenario struct {
	Name    string
	Counter synth.Counter
	Length  time.Duration
	Sparse  bool // no series of errors without errors
}

// Scenarios are half a day each: quiet, a full outage, a slow burn, an idle
// hour, restarts, and uneven traffic with replicas that are scraped late.
func Scenarios() []Scenario {
	at := func(hours float64) time.Time { return epoch.Add(time.Duration(hours * float64(time.Hour))) }
	steady := synth.Traffic{BasePerSecond: 90, Errors: synth.Errors{Ratio: 0.001}, Seed: 5}
	with := func(o synth.Outage) synth.Counter {
		t := steady
		t.Outages = []synth.Outage{o}
		return synth.Counter{Traffic: t, Replicas: 3}
	}
	noisy := synth.Traffic{
		BasePerSecond: 60, Daily: synth.Daily{PeakHour: 6, Swing: 0.9}, Noise: synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.01},
		Errors: synth.Errors{Ratio: 0.002}, Outages: []synth.Outage{{Start: at(5), End: at(5.5), Shape: synth.Plateau, ErrorRatio: 0.4}}, Seed: 6,
	}
	var restarts []time.Time
	for h := 1.0; h < 12; h++ {
		restarts = append(restarts, at(h))
	}
	return []Scenario{
		{"no errors", synth.Counter{Traffic: synth.Traffic{BasePerSecond: 90}, Replicas: 3}, 7 * time.Hour, false},
		{"no errors, no series of them", synth.Counter{Traffic: synth.Traffic{BasePerSecond: 90}, Replicas: 3}, 7 * time.Hour, true},
		{"full outage of 20 min", with(synth.Outage{Start: at(6.5), End: at(6.5 + 1./3), ErrorRatio: 1}), 8 * time.Hour, false},
		{"slow burn", with(synth.Outage{Start: at(1), End: at(12), Shape: synth.SlowBurn, ErrorRatio: 0.05}), 12 * time.Hour, false},
		{"no traffic for an hour", with(synth.Outage{Start: at(6.5), End: at(7.5), Traffic: -1}), 9 * time.Hour, false},
		{"no traffic ever", synth.Counter{Replicas: 3, Start: epoch}, 2 * time.Hour, false},
		{"a restart every hour", synth.Counter{Traffic: steady, Replicas: 3, Restarts: restarts}, 9 * time.Hour, false},
		{"uneven, noisy, scraped late", synth.Counter{Traffic: noisy, Replicas: 4, Jitter: 5 * time.Second}, 12 * time.Hour, false},
	}
}

// Deviation is how far the records of a window were from the events.
type Deviation struct {
	Window  time.Duration
	Records int
	// Largest is the largest difference of a recorded error ratio from what is
	// exact within two evaluations before and after, as a share of the exact one or of
	// the objective's budget, whichever is larger; At is when. Records follow a
	// jump of the errors within two evaluations and no sooner than scrapes do,
	// and a jump may be of any size.
	Largest     float64
	At          time.Time
	Got, Exact  float64
	WithoutData int // evaluations that recorded nothing
}

// RunScenario lets a scenario happen on a server whose data lies in dir and
// compares every recorded ratio with the events of its window: from the
// moment the windows are full, and as soon as traffic has begun.
func RunScenario(s Scenario, dir string) ([]Deviation, error) {
	const target, step = "99.9%", 30 * time.Second
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio(target)},
		Indicator: rules.Indicator{Selector: `job="shop"`},
	}}, rules.Options{})
	if err != nil {
		return nil, err
	}
	server, err := NewServer(dir, set.YAML())
	if err != nil {
		return nil, err
	}
	defer server.Close()
	end := epoch.Add(s.Length)
	samples := s.Counter.Samples(epoch, end, step)
	if err := server.Run(epoch, end, InStep, feed(counters("shop", samples, s.Sparse))); err != nil {
		return nil, err
	}
	events := s.Counter.Traffic.Events(epoch, end, step)
	budget := slo.MustRatio(target).Complement().Float64()
	var out []Deviation
	for _, w := range []struct {
		name   string
		window time.Duration
	}{{"5m", 5 * time.Minute}, {"30m", 30 * time.Minute}, {"1h", time.Hour}, {"6h", 6 * time.Hour}} {
		d := Deviation{Window: w.window}
		exact := sliding(events, int(w.window/step))
		// Before, the window is not full, or its first records began with the server.
		for i := int(w.window/step) + 8; i < len(events); i++ {
			at := events[i].Time
			got, ok, err := server.Value("slo:error_ratio:rate"+w.name, at)
			if err != nil {
				return nil, err
			}
			if !ok {
				d.WithoutData++
				continue
			}
			d.Records++
			near := exact[i-2 : min(i+3, len(exact))]
			off := max(slices.Min(near)-got, got-slices.Max(near)) / max(exact[i], budget)
			if off > d.Largest {
				d.Largest, d.At, d.Got, d.Exact = off, at, got, exact[i]
			}
		}
		out = append(out, d)
	}
	return out, nil
}

// sliding is the error ratio of the n counts up to each one, 0 without events.
func sliding(events []synth.Count, n int) []float64 {
	ratios := make([]float64, len(events))
	var bad, total float64 // whole numbers, so sums are exact
	for i, c := range events {
		bad, total = bad+c.Bad, total+c.Total
		if i >= n {
			bad, total = bad-events[i-n].Bad, total-events[i-n].Total
		}
		if total > 0 {
			ratios[i] = bad / total
		}
	}
	return ratios
}
