package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

func lowTrafficCompiler(t *testing.T, target string) *compiler {
	t.Helper()
	timing, err := Options{}.timing()
	if err != nil {
		t.Fatal(err)
	}
	c, err := newCompiler(SLO{
		Objective:  slo.Objective{Service: "a", Name: "b", Target: slo.MustRatio(target)},
		LowTraffic: LowTraffic{Confidence: slo.MustRatio("0.95")},
	}, timing)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The thinned step function is never weaker than the exact least counts, and
// where few errors decide it is the exact one.
func TestThinnedStepsAreNeverWeaker(t *testing.T) {
	for _, threshold := range []string{"0.0144", "0.006", "0.001", "0.3"} {
		ratio := slo.MustRatio(threshold)
		ample := uint64(225 * (1 - ratio.Float64()) / ratio.Float64())
		exact, err := slo.MinCounts(ratio, .95, ample)
		if err != nil {
			t.Fatal(err)
		}
		steps := thin(atLeastTwo(exact), maxSteps)
		if len(steps) > maxSteps+1 {
			t.Errorf("threshold %s: %d steps, at most %d", threshold, len(steps), maxSteps+1)
		}
		for _, n := range []uint64{1, 10, 37, 50, 100, 500, 1000, 5000, 10000, 20000} {
			if n > ample {
				continue // the plain ratio decides
			}
			want, err := slo.MinBad(n, ratio, .95)
			if err != nil {
				t.Fatal(err)
			}
			want = max(want, 2)
			var got uint64
			for _, s := range steps {
				if s.Total <= n {
					got = s.Bad
				}
			}
			if got < want || got > want+want/2+1 || want <= maxSteps/2 && got != want && n < steps[maxSteps/2-1].Total {
				t.Errorf("threshold %s, %d events: %d bad are asked for, the least count is %d", threshold, n, got, want)
			}
		}
	}
}

// No steady loss stays unseen: whatever the traffic and the error ratio above
// budget, either a guarded pair alerts in the long run or the spent budget does.
func TestNoLossStaysUnseen(t *testing.T) {
	for _, target := range []string{"95%", "99%", "99.9%", "99.99%"} {
		c := lowTrafficCompiler(t, target)
		period := c.Objective.Period().Length.Hours()
		for _, perHour := range []float64{.05, .2, 1, 2, 10, 100, 1000, 1e5} {
			for _, e := range []float64{1, .5, .1, .02, .005, .0005} {
				if e <= 1.01*c.Objective.Budget().Float64() || e*perHour*period < 2 {
					continue // within budget, or a single bad event in the whole period
				}
				seen := ""
				for _, p := range c.bound.Reachable() {
					n := uint64(perHour * p.Long.Hours())
					if e <= p.Threshold || n == 0 || perHour*p.Short.Hours() < 1 {
						continue
					}
					k, err := slo.MinBad(n, slo.MustRatio(p.ThresholdText), .95)
					if err != nil {
						t.Fatal(err)
					}
					if e*float64(n) >= 1.5*float64(max(k, 2))+1 { // the thinned steps ask for at most half more
						seen = p.Severity.String()
					}
				}
				if seen == "" && hasRule(c, AlertSpent) {
					seen = "spent"
				}
				if seen == "" {
					t.Errorf("target %s, %v requests an hour, error ratio %v: nothing alerts", target, perHour, e)
				}
				if e == 1 && perHour >= 10 && seen == "spent" {
					t.Errorf("target %s: a total outage at %v requests an hour is seen only when the budget is spent", target, perHour)
				}
			}
		}
	}
}

func hasRule(c *compiler, alert string) bool {
	for _, g := range c.groups() {
		for _, r := range g.Rules {
			if r.Alert == alert {
				return true
			}
		}
	}
	return false
}

func TestLowTrafficGuardStandsInEveryPair(t *testing.T) {
	c := lowTrafficCompiler(t, "99.9%")
	n := 0
	for _, g := range c.groups() {
		for _, r := range g.Rules {
			if r.Alert == AlertBurn {
				n += strings.Count(r.Expr, ">= 1.5\n")
			}
			if err := CheckExpr(r.Expr); err != nil {
				t.Errorf("%s: %v", r.Name(), err)
			}
		}
	}
	if want := len(alerting.Workbook().Pairs); n != want {
		t.Errorf("%d pairs are guarded, want %d", n, want)
	}
}

func TestLowTrafficRefuses(t *testing.T) {
	on := LowTraffic{Confidence: slo.MustRatio("0.95")}
	for _, c := range []struct {
		mode LowTraffic
		o    slo.Objective
		want string
	}{
		{LowTraffic{Confidence: slo.MustRatio("1")}, slo.Objective{}, "must lie between 0 and 1"},
		{on, slo.Objective{Kind: slo.TimeSlices, Slice: slo.SliceRule{Length: 5 * time.Minute, Bound: slo.MustRatio("0.01")}}, "counts events"},
		{on, slo.Objective{Window: slo.Window{Calendar: slo.Month}}, "rolling window"},
	} {
		c.o.Service, c.o.Name, c.o.Target = "a", "b", slo.MustRatio("99.9%")
		if _, err := Compile([]SLO{{Objective: c.o, LowTraffic: c.mode}}, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %q", c.mode, err, c.want)
		}
	}
}
