package crosscheck

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	promrules "github.com/prometheus/prometheus/rules"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/synth"
	"github.com/srekit/ownership/slo"
)

// The day's error ratio is that of its sums, where a mean of ratios is 19 times too
// low (A) or 91 times too high (B).
func TestThePeriodIsARatioOfSums(t *testing.T) {
	t.Parallel()
	factor := map[byte]float64{'A': 1 / 18.8, 'B': 91.1, 'C': 1}
	for _, c := range synth.AccuracyCases() {
		for _, counted := range []float64{0, 1e6} {
			a, err := RunAccuracy(c, counted, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			within := 0.01
			if counted > 0 {
				within = 0.002
			}
			if off := a.RatioOfSums/c.True - 1; math.Abs(off) > within {
				t.Errorf("%s: recorded %v, want %v within %v of it", c.Name, a.RatioOfSums, c.True, within)
			}
			if got, want := a.MeanOfRatios/c.True, factor[c.Name[0]]; math.Abs(got/want-1) > 0.02 {
				t.Errorf("%s: the mean of ratios is %v times the truth, want %v", c.Name, got, want)
			}
			t.Logf("%s: true %.7f, ours %.7f (%+.2f %%), mean of ratios %.7f (factor %.3g); counters began at %g", c.Name, c.True,
				a.RatioOfSums, 100*(a.RatioOfSums/c.True-1), a.MeanOfRatios, a.MeanOfRatios/c.True, counted)
		}
	}
}

// A window holds the events of its time: what is recorded is the exact ratio of
// an instant at most two evaluations away, and rates of few events are rounded.
func TestRecordedRatiosAreThoseOfTheEvents(t *testing.T) {
	t.Parallel()
	within := map[time.Duration]float64{5 * time.Minute: 0.03, 30 * time.Minute: 0.03, time.Hour: 0.03, 6 * time.Hour: 0.02}
	table := "\n| scenario | 5 min | 30 min | 1 h | 6 h |\n| --- | ---: | ---: | ---: | ---: |\n"
	for _, s := range Scenarios() {
		windows, err := RunScenario(s, t.TempDir())
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		table += "| " + s.Name
		for _, d := range windows {
			limit := within[d.Window]
			if strings.HasPrefix(s.Name, "uneven") && d.Window == 5*time.Minute {
				limit = 0.15 // at night five minutes hold four errors
			}
			if d.Largest > limit {
				t.Errorf("%s over %v: at %s recorded %v, want %v within %v of it", s.Name, d.Window, d.At, d.Got, d.Exact, limit)
			}
			if idle := s.Counter.Traffic.BasePerSecond == 0; idle != (d.Records == 0) {
				t.Errorf("%s over %v: %d records, %d evaluations without", s.Name, d.Window, d.Records, d.WithoutData)
			}
			table += fmt.Sprintf(" | %.2g %%", 100*d.Largest)
		}
		table += " |\n"
	}
	t.Log(table)
}

// Without traffic a ratio of rates is 0/0. Ours records nothing then; that the
// server would notice is shown with rules that do record it.
func TestNothingStoredIsNotANumber(t *testing.T) {
	t.Parallel()
	server, err := NewServer(t.TempDir(), []byte("groups:\n"+meanOfRatios[1:]))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	idle := synth.Counter{Start: epoch}.Samples(epoch, epoch.Add(time.Hour), 30*time.Second)
	err = server.Run(epoch, epoch.Add(time.Hour), InStep, feed(counters("shop", idle, false)))
	if err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("a ratio without traffic ends with %v, want an error about NaN", err)
	}
}

// Who is idle still has series, who is gone has none.
func TestVanishedTargetsAlertAndIdleOnesDoNot(t *testing.T) {
	t.Parallel()
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio("99.9%")},
		Indicator: rules.Indicator{Selector: `job="shop"`},
	}}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lost, back, end := epoch.Add(time.Hour), epoch.Add(2*time.Hour), epoch.Add(3*time.Hour)
	for _, vanish := range []bool{false, true} {
		outage := synth.Outage{Start: lost, End: back, Traffic: -1}
		samples := synth.Counter{Traffic: synth.Traffic{BasePerSecond: 40, Outages: []synth.Outage{outage}}, Replicas: 2}.Samples(epoch, end, 30*time.Second)
		var points []Point
		for _, p := range counters("shop", samples, false) {
			switch gone := p.Time.After(lost) && !p.Time.After(back); {
			case !vanish || !gone:
				points = append(points, p)
			case p.Time.Equal(lost.Add(30 * time.Second)):
				p.Value = Stale
				points = append(points, p)
			}
		}
		server, err := NewServer(t.TempDir(), set.YAML())
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		first, last := map[string]time.Time{}, map[string]time.Time{}
		server.Watch = func(g *promrules.Group, at time.Time) {
			for _, r := range g.AlertingRules() {
				if r.State() != promrules.StateFiring {
					continue
				}
				if first[r.Name()].IsZero() {
					first[r.Name()] = at
				}
				last[r.Name()] = at
			}
		}
		if err := server.Run(epoch, end, InStep, feed(points)); err != nil {
			t.Fatal(err)
		}
		if !vanish {
			if len(first) > 0 {
				t.Errorf("an idle hour alerts: %v", first)
			}
			continue
		}
		// The base window (2 min), the look back (5 min) and the hold (10 min).
		if d := first[rules.AlertNoData].Sub(lost); d < 15*time.Minute || d > 18*time.Minute {
			t.Errorf("vanished targets alert after %v, want 17 minutes", d)
		}
		if d := last[rules.AlertNoData].Sub(back); d > 2*time.Minute {
			t.Errorf("the alert lasts until %v after the targets' return", d)
		}
		if len(first) != 1 {
			t.Errorf("alerts %v, want %s alone", first, rules.AlertNoData)
		}
	}
}
