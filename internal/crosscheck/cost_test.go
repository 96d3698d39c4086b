package crosscheck

import (
	"math"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// One series each is where the others come closest, because only theirs grow
// with the number of series.
func TestOursReadsFewerSamples(t *testing.T) {
	t.Parallel()
	var readings []Reading
	for _, s := range Shapes() {
		r, err := Read(s, 1, 30*time.Second, t.TempDir())
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		readings = append(readings, r)
		t.Logf("%s: %+v", s.Name, r)
	}
	ours := readings[0]
	for i, r := range readings[1:] {
		if 4*ours.PerHour > r.PerHour || 4*ours.PerEvaluation > r.PerEvaluation {
			t.Errorf("ours reads %+v, %s %+v; want a quarter at most", ours, Shapes()[i+1].Name, r)
		}
	}
	// What the library estimates is what the engine counts.
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio("99.9%")},
		Indicator: rules.Indicator{Bad: "sum(rate(errors_total[$window]))", Total: "sum(rate(requests_total[$window]))"},
	}}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	estimate, err := set.Cost(rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := estimate.RecordedPerHour, float64(ours.PerHour-ours.Raw); math.Abs(got/want-1) > 0.02 || estimate.RawPerHour != float64(ours.Raw) || estimate.Rules != ours.Rules {
		t.Errorf("estimate %+v, the engine reads %+v", estimate, ours)
	}
	// Four samples in the base window, of errors and twice of requests, 120 times an hour.
	three, err := Read(Shapes()[0], 3, 30*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if ours.Raw != 1440 || three.Raw != 3*ours.Raw || three.PerHour-three.Raw != ours.PerHour-ours.Raw {
		t.Errorf("one series: %+v, three: %+v; want 1440 raw samples each and the rest alike", ours, three)
	}
}
