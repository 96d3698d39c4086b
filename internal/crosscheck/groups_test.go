package crosscheck

import (
	"math"
	"testing"
	"time"
)

// Of two regions one burns: only its alert fires and only its budget falls. A
// third vanishes after an outage: its page ends with its data, its budget with the period.
func TestGroupsBurnAlone(t *testing.T) {
	t.Parallel()
	s := shop("availability", "99.9%")
	s.Indicator.GroupBy = []string{"region"}
	s.Labels = map[string]string{"team": "payments"}
	s.Objective.Window.Length = 8 * time.Hour
	w := newWorld(t, options("", time.Minute), s)
	const hour, end = time.Hour, 12 * time.Hour
	w.pass(end, points(30*time.Second, end,
		flow{labels: requests("200", "region", "eu"), rate: steadily(100)},
		flow{labels: requests("500", "region", "eu"), rate: between(2*hour, 2*hour+20*time.Minute, 10)},
		flow{labels: requests("200", "region", "us"), rate: steadily(10)},
		flow{labels: requests("200", "region", "ap"), to: 2 * hour, rate: steadily(10)},
		flow{labels: requests("500", "region", "ap"), to: 2 * hour, rate: between(hour+50*time.Minute, 2*hour, 10)},
	))
	w.wantFired("ErrorBudgetBurn page availability eu", "ErrorBudgetBurn page availability ap", "ErrorBudgetNoData ticket availability ap")
	if e := w.alerts["ErrorBudgetBurn page availability ap"]; e != nil && e.last > 2*hour+8*time.Minute {
		t.Errorf("the page of the region that vanished after 2 h fires until %v", e.last)
	}
	if e := w.alerts["ErrorBudgetNoData ticket availability ap"]; e != nil && e.last > 3*hour+2*time.Minute {
		t.Errorf("the absence of the region is news until %v, want an hour", e.last)
	}
	for _, c := range []struct {
		expr  string
		after time.Duration
		want  float64 // NaN: none
	}{
		// 10 of 110 requests fail for 20 min of 3 h.
		{`slo:error_budget:remaining{region="eu"}`, 3 * hour, 1 - (1200.*10)/(3*3600*100+1200*10)/0.001},
		{`slo:error_budget:remaining{region="us"}`, 3 * hour, 1},
		{`count(slo:error_budget:remaining)`, 3 * hour, 3},
		// The errors have left the period of 8 h, and so has all of the third region.
		{`slo:error_budget:remaining{region="eu"}`, end, 1},
		{`slo:error_budget:remaining{region="ap"}`, end, math.NaN()},
		{`slo:error_ratio:rate1h{region="ap"}`, 2*hour + 10*time.Minute, math.NaN()},
		{`count(slo:error_budget:remaining)`, end, 2},
		// One series describes the objective; it joins with each region on the identity.
		{`count(slo:info)`, end, 1},
		{`count(slo:error_budget:remaining * on (service, slo, revision) group_left (team) slo:info{team="payments"})`, end, 2},
		{`count(slo:error_budget:remaining * on (service, slo, revision) group_left () slo:objective:ratio)`, end, 2},
	} {
		got, ok := w.value(c.expr, c.after)
		if ok == math.IsNaN(c.want) || ok && math.Abs(got-c.want) > 0.01*math.Max(1, math.Abs(c.want)) {
			t.Errorf("%s after %v is %v (%v), want %v", c.expr, c.after, got, ok, c.want)
		}
	}
}
