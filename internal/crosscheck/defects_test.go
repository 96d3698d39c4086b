package crosscheck

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// Mistakes that rule generators are known to make and that only an engine can
// show. Those that can be seen in the rules' text stand in package rules.

// The long window of one objective must not select the series of another that
// counts the same requests.
func TestOverlappingObjectivesDoNotChangeEachOther(t *testing.T) {
	t.Parallel()
	all, reads := shop("availability", "99%"), shop("reads", "99.5%")
	reads.Indicator.Selector = `job="shop",method="GET"`
	const end = 3 * time.Hour
	traffic := points(30*time.Second, end,
		flow{labels: requests("200", "method", "GET"), rate: steadily(50)},
		flow{labels: requests("500", "method", "GET"), rate: steadily(1)},
		flow{labels: requests("200", "method", "PUT"), rate: steadily(50)},
		flow{labels: requests("500", "method", "PUT"), rate: steadily(0)},
	)
	exprs := []string{
		`slo:error_ratio:period{slo="availability"}`, `slo:error_budget:remaining{slo="availability"}`,
		`slo:error_ratio:rate1h{slo="availability"}`, `slo:error_ratio:rate6h{slo="availability"}`,
	}
	var alone []float64
	for i, slos := range [][]rules.SLO{{all}, {all, reads}} {
		w := newWorld(t, rules.Options{}, slos...)
		w.pass(end, append([]Point(nil), traffic...))
		for j, expr := range exprs {
			got, ok := w.value(expr, end)
			switch {
			case !ok:
				t.Errorf("%s is not recorded", expr)
			case i == 0:
				alone = append(alone, got)
			case got != alone[j]:
				t.Errorf("%s is %v beside an overlapping objective, %v alone", expr, got, alone[j])
			}
		}
	}
	if want := 1. / 101; math.Abs(alone[0]-want) > 0.01*want {
		t.Errorf("the period's ratio is %v, want %v", alone[0], want)
	}
}

// Three minutes of data are not three days: 1.5 % of errors page nobody on a new
// service, though they are above every threshold.
func TestANewServiceIsNotPagedForItsFirstMinutes(t *testing.T) {
	t.Parallel()
	s := shop("availability", "99.9%")
	s.Policy, s.Objective.Window = rules.SLO{}.Policy, slo.Window{} // the workbook over 30 days
	const end = 6 * time.Minute
	w := newWorld(t, rules.Options{}, s)
	w.pass(end, points(30*time.Second, end, flow{labels: requests("200"), rate: steadily(98.5)},
		flow{labels: requests("500"), rate: between(0, 3*time.Minute, 1.5)}))
	w.wantFired()
	// The errors are seen, and weigh what they weigh in an hour.
	if got, ok := w.value("max_over_time(slo:error_ratio:rate1h[10m])", end); !ok || got < 0.015*2/60 || got > 0.015*4/60 {
		t.Errorf("the hour's ratio is %v (%v), want about %v", got, ok, 0.015*3/60)
	}
}

// Ten idle minutes leave no number that is not one: the period's ratio stays
// finite and knows the errors before (Server ends a run that stores NaN).
func TestIdleMinutesPoisonNothing(t *testing.T) {
	t.Parallel()
	s := shop("availability", "99.9%")
	s.Objective.Window = slo.Rolling(6 * time.Hour)
	const end = 2 * time.Hour
	busy := func(perSecond float64) func(time.Duration) float64 {
		return func(after time.Duration) float64 {
			if after >= time.Hour && after < 70*time.Minute {
				return 0
			}
			return perSecond
		}
	}
	w := newWorld(t, rules.Options{}, s)
	w.pass(end, points(30*time.Second, end, flow{labels: requests("200"), rate: busy(99.8)}, flow{labels: requests("500"), rate: busy(0.2)}))
	for _, after := range []time.Duration{69 * time.Minute, 75 * time.Minute, end} {
		got, ok := w.value("last_over_time(slo:error_ratio:period[5m])", after)
		if !ok || math.Abs(got-0.002) > 0.00005 {
			t.Errorf("after %v the period's ratio is %v (%v), want 0.002", after, got, ok)
		}
	}
	if got, ok := w.value("slo:error_ratio:rate5m", 69*time.Minute); ok {
		t.Errorf("after nine idle minutes the ratio of five is %v, want none: 0 of 0 is no ratio", got)
	}
}

// Without a series of errors the ratio is 0, of every group that has traffic,
// and the budget is whole.
func TestNoSeriesOfErrorsIsNoErrors(t *testing.T) {
	t.Parallel()
	s := shop("availability", "99.9%")
	s.Indicator.GroupBy = []string{"region"}
	const end = time.Hour
	w := newWorld(t, rules.Options{}, s)
	w.pass(end, points(30*time.Second, end,
		flow{labels: requests("200", "region", "eu"), rate: steadily(10)}, flow{labels: requests("200", "region", "us"), rate: steadily(10)},
		flow{labels: requests("500", "region", "us"), rate: steadily(0.1)}))
	for expr, want := range map[string]float64{
		`slo:error_ratio:rate1h{region="eu"}`: 0, `slo:error_budget:remaining{region="eu"}`: 1, `count(slo:error_ratio:rate1h)`: 2,
	} {
		if got, ok := w.value(expr, end); !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", expr, got, ok, want)
		}
	}
}

// What a counter has counted before its first scrape is invisible to rate,
// here as everywhere; all that comes later counts. A counter that shows 0 before
// its first error loses nothing.
func TestFirstErrorsOfASeries(t *testing.T) {
	t.Parallel()
	const born, end = 30 * time.Minute, time.Hour
	later := between(born, born+5*time.Minute, 1)
	for _, c := range []struct {
		what   string
		errors flow
		want   float64
	}{
		{"born with 50", flow{labels: requests("500"), from: born, first: 50, rate: later}, 300},
		{"exported at 0", flow{labels: requests("500"), rate: func(after time.Duration) float64 {
			if after == born-30*time.Second {
				return 50. / 30
			}
			return later(after)
		}}, 350},
	} {
		w := newWorld(t, rules.Options{}, shop("availability", "99.9%"))
		w.pass(end, points(30*time.Second, end, flow{labels: requests("200"), rate: steadily(10)}, c.errors))
		got, ok := w.value("sum_over_time(slo:events_bad:rate2m[1h]) * 30", end)
		if !ok || math.Abs(got-c.want) > 0.06*c.want { // near 0 a rate is extrapolated less, so a little is missing
			t.Errorf("%s: %v errors are counted (%v), want %v", c.what, got, ok, c.want)
		}
	}
}

// A period interval as long as the base window must not write into the base
// window's records.
func TestThePeriodLeavesTheBaseWindowAlone(t *testing.T) {
	t.Parallel()
	s := shop("availability", "99.9%")
	s.Objective.Window = slo.Rolling(6 * time.Hour)
	const end = 3 * time.Hour
	traffic := points(30*time.Second, end, flow{labels: requests("200"), rate: steadily(100)}, flow{labels: requests("500"), first: 1e6, rate: between(time.Hour, time.Hour+10*time.Minute, 20)})
	var ratios []float64
	for _, interval := range []time.Duration{2 * time.Minute, 4 * time.Minute} { // the base window is 2 min
		w := newWorld(t, rules.Options{PeriodInterval: interval}, s)
		w.pass(end, append([]Point(nil), traffic...))
		got, ok := w.value("last_over_time(slo:error_ratio:period[5m])", end)
		if want := 12000. / (3*3600*100 + 12000); !ok || math.Abs(got-want) > 0.01*want {
			t.Errorf("period every %v: the ratio is %v (%v), want %v", interval, got, ok, want)
		}
		got, ok = w.value("count_over_time(slo:events:rate2m[1h])", end)
		if !ok || got != 120 {
			t.Errorf("period every %v: %v samples of the base window in an hour, want 120", interval, got)
		}
		ratios = append(ratios, got)
	}
	if len(ratios) == 2 && ratios[0] != ratios[1] {
		t.Errorf("the base window differs: %v", ratios)
	}
}

// A bucket bound is 1 to one server and 1.0 to the next.
func TestBucketBoundsOfEitherSpelling(t *testing.T) {
	t.Parallel()
	s := shop("latency", "99%")
	s.Objective.Kind, s.Objective.Latency.Threshold = slo.Latency, time.Second
	const end = 30 * time.Minute
	for _, le := range []string{"1", "1.0"} {
		w := newWorld(t, rules.Options{}, s)
		w.pass(end, points(30*time.Second, end,
			flow{labels: []string{"__name__", "http_request_duration_seconds_count", "job", "shop"}, rate: steadily(10)},
			flow{labels: []string{"__name__", "http_request_duration_seconds_bucket", "job", "shop", "le", le}, rate: steadily(9)},
			flow{labels: []string{"__name__", "http_request_duration_seconds_bucket", "job", "shop", "le", "+Inf"}, rate: steadily(10)}))
		if got, ok := w.value("slo:error_ratio:rate5m", end); !ok || math.Abs(got-0.1) > 1e-6 {
			t.Errorf("le=%q: the ratio is %v (%v), want 0.1", le, got, ok)
		}
	}
}

// In the low-traffic mode one failure of ten requests an hour, 100 times the
// budget of 99.9 %, wakes nobody; ten of ten do.
func TestOneErrorOfTenRequestsAnHour(t *testing.T) {
	t.Parallel()
	const end = 4 * time.Hour
	series := func(code string, counts func(n int) float64) []Point {
		var all []Point
		for after := time.Duration(0); after <= end; after += 30 * time.Second {
			all = append(all, Point{epoch.Add(after), labels.FromStrings(requests(code)...), counts(int(after / (6 * time.Minute)))})
		}
		return all
	}
	for _, c := range []struct {
		what      string
		good, bad func(n int) float64 // after n times six minutes
		low       bool
		want      []string
	}{
		{"one error, plain", func(n int) float64 { return float64(n - min(n/25, 1)) }, func(n int) float64 { return float64(min(n/25, 1)) }, false, []string{"ErrorBudgetBurn page availability"}},
		{"one error, guarded", func(n int) float64 { return float64(n - min(n/25, 1)) }, func(n int) float64 { return float64(min(n/25, 1)) }, true, nil},
		{"all fail, guarded", func(n int) float64 { return float64(min(n, 25)) }, func(n int) float64 { return float64(max(n-25, 0)) }, true, []string{"ErrorBudgetBurn page availability", "ErrorBudgetSpent ticket availability"}},
	} {
		s := shop("availability", "99.9%")
		s.Objective.Window = slo.Rolling(30 * 24 * time.Hour)
		if c.low {
			s.LowTraffic.Confidence = slo.MustRatio("0.95")
		}
		w := newWorld(t, rules.Options{}, s)
		w.pass(end, append(series("200", c.good), series("500", c.bad)...))
		t.Logf("%s: %q", c.what, w.fired())
		w.wantFired(c.want...)
	}
}
