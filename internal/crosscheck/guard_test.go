package crosscheck

import (
	"testing"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// options are for one version and interval of a server.
func options(server string, interval time.Duration) rules.Options {
	return rules.Options{Server: server, ScrapeInterval: min(30*time.Second, interval), Interval: interval}
}

// Slices of an hour are recorded every hour, far apart for instant selectors
// and for a look at the last hour. Vanished targets and wrong input are noticed
// all the same.
func TestLongSlicesAreWatched(t *testing.T) {
	t.Parallel()
	for _, length := range []time.Duration{10 * time.Minute, time.Hour} {
		s := shop("slices", "90%")
		s.Objective.Kind, s.Objective.Slice = slo.TimeSlices, slo.SliceRule{Length: length, Bound: slo.MustRatio("1%")}
		s.Policy.Pairs = s.Policy.Pairs[1:]
		const hour, end = time.Hour, 12 * time.Hour
		w := newWorld(t, rules.Options{}, s)
		w.pass(end, points(30*time.Second, end, flow{labels: requests("200"), to: 4 * hour, rate: steadily(10)}))
		w.wantFired("ErrorBudgetNoData ticket slices")
		if e := w.alerts["ErrorBudgetNoData ticket slices"]; e != nil && (e.times != 1 || e.first > 4*hour+2*length+20*time.Minute || e.last-e.first < 25*time.Minute) {
			t.Errorf("slices of %v: vanished after 4 h, the alert fires %d times from %v to %v", length, e.times, e.first, e.last)
		}

		// More good requests than requests.
		s.Indicator = rules.Indicator{Good: `sum(rate(http_requests_total{code="200"}[$window]))`, Total: `sum(rate(http_requests_total{code="500"}[$window]))`}
		w = newWorld(t, rules.Options{}, s)
		w.pass(end, points(30*time.Second, end, flow{labels: requests("200"), rate: steadily(10)}, flow{labels: requests("500"), rate: steadily(9)}))
		w.wantFired("ErrorBudgetBadInput ticket slices")
	}
}

// What cannot be true is noticed, whichever way the events are counted.
func TestContradictingCountsAreNoticed(t *testing.T) {
	t.Parallel()
	const end = time.Hour
	count := func(name string, perSecond float64, more ...string) flow {
		return flow{labels: append([]string{"__name__", name, "job", "shop"}, more...), rate: steadily(perSecond)}
	}
	latency := shop("latency", "99%")
	latency.Objective.Kind, latency.Objective.Latency.Threshold = slo.Latency, time.Second
	bad := shop("queries", "99%")
	bad.Indicator = rules.Indicator{Bad: "sum(rate(bad_total[$window]))", Total: "sum(rate(all_total[$window]))"}
	good := shop("queries", "99%")
	good.Indicator = rules.Indicator{Good: "sum(rate(good_total[$window]))", Total: "sum(rate(all_total[$window]))"}
	grouped := good
	grouped.Indicator = rules.Indicator{Good: "rate(good_total[$window])", Total: "rate(all_total[$window])", GroupBy: []string{"region"}}
	const count1, bucket = "http_request_duration_seconds_count", "http_request_duration_seconds_bucket"
	for _, c := range []struct {
		what  string
		slo   rules.SLO
		flows []flow
		want  []string
	}{
		{"bad exceeds all", bad, []flow{count("bad_total", 12), count("all_total", 10)}, []string{"ErrorBudgetBadInput ticket queries", "ErrorBudgetBurn page queries"}},
		{"good exceeds all", good, []flow{count("good_total", 12), count("all_total", 10)}, []string{"ErrorBudgetBadInput ticket queries"}},
		{"all good", good, []flow{count("good_total", 10), count("all_total", 10)}, nil},
		{"good exceeds all in one region", grouped, []flow{
			count("good_total", 12, "region", "eu"), count("all_total", 10, "region", "eu"), count("good_total", 10, "region", "us"), count("all_total", 10, "region", "us"),
		}, []string{"ErrorBudgetBadInput ticket queries eu"}},
		{"bucket exceeds count", latency, []flow{count(count1, 10), count(bucket, 12, "le", "1.0")}, []string{"ErrorBudgetBadInput ticket latency"}},
		{"all fast", latency, []flow{count(count1, 10), count(bucket, 10, "le", "1.0")}, nil},
		{"no bucket at the threshold", latency, []flow{count(count1, 10), count(bucket, 10, "le", "0.9")}, []string{"ErrorBudgetNoData ticket latency"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t, rules.Options{}, c.slo)
			w.pass(end, points(30*time.Second, end, c.flows...))
			w.wantFired(c.want...)
		})
	}
}

// At intervals longer than a query looks back, every group still sees what the
// others record, whatever their phases.
func TestRareEvaluationsMissNothing(t *testing.T) {
	t.Parallel()
	const hour, end = time.Hour, 20 * time.Hour
	failing := between(8*hour, 14*hour, 50)
	for _, interval := range []time.Duration{5 * time.Minute, 10 * time.Minute} {
		s := shop("availability", "99%")
		s.Objective.Window = slo.Rolling(30 * 24 * time.Hour)
		s.Policy = alerting.Policy{Name: "rare", Pairs: []alerting.Pair{
			{Severity: alerting.Page, Long: 6 * hour, Short: 2 * hour, Factor: 6},
			{Severity: alerting.Ticket, Long: 26 * hour, Short: 6 * hour, Factor: 3}, // the short one is recorded by the pages' group
		}}
		w := newWorld(t, options("", interval), s)
		w.pass(end, points(30*time.Second, end,
			flow{labels: requests("200"), rate: func(after time.Duration) float64 { return 100 - failing(after) }},
			flow{labels: requests("500"), rate: failing}))
		w.wantFired("ErrorBudgetBurn page availability", "ErrorBudgetBurn ticket availability")
		for name, want := range map[string]time.Duration{
			"ErrorBudgetBurn page availability":   8*hour + 6*hour*6/50,
			"ErrorBudgetBurn ticket availability": 8*hour + 26*hour*3/50,
		} {
			if e := w.alerts[name]; e != nil && (e.times != 1 || e.first-want < -2*interval || e.first-want > 4*interval) {
				t.Errorf("every %v: %s fired %d times, first after %v, want %v", interval, name, e.times, e.first, want)
			}
		}
	}
}
