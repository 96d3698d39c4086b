package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func TestThresholdAlerts(t *testing.T) {
	for _, c := range []struct {
		alert rules.ThresholdAlert
		expr  string
		texts []string // of annotations
	}{
		{
			rules.ThresholdAlert{ErrorRatio: slo.MustRatio("0.05%"), Severity: alerting.Page},
			"(sum(rate(http_requests_total{code=~\"5..\",job=\"checkout\"}[5m])))\n/\n(sum(rate(http_requests_total{job=\"checkout\"}[5m])) > 0)\n> 0.0005",
			[]string{"ratio of errors over 5m is {{ $value | humanizePercentage }}; the alert's threshold is 0.05%"},
		},
		{
			rules.ThresholdAlert{Latency: 300 * time.Millisecond, Quantile: slo.MustRatio("0.99"), Window: 10 * time.Minute, Severity: alerting.Ticket},
			`histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{job="checkout"}[10m]))) > 0.3`,
			[]string{"latency quantile 0.99 over 10m is {{ $value | humanizeDuration }}; the alert's threshold is 300ms"},
		},
		{
			rules.ThresholdAlert{Latency: 300 * time.Millisecond, Severity: alerting.Info, Indicator: rules.Indicator{Preset: "istio", GroupBy: []string{"region"}}},
			`histogram_quantile(0.95, sum by (region, le) (rate(istio_request_duration_milliseconds_bucket{reporter="destination",destination_service_name="checkout"}[5m]))) > 300`,
			[]string{`{{ printf "%.1f" $value }} ms; the alert's threshold is 300ms`},
		},
		{
			rules.ThresholdAlert{ErrorRatio: slo.MustRatio("5%"), Severity: alerting.Page, Indicator: rules.Indicator{Good: "sum(rate(good_total[$window]))", Total: "sum(rate(all_total[$window]))"}},
			"clamp_min(sum(sum(rate(all_total[5m]))) - (sum(sum(rate(good_total[5m]))) or 0 * sum(sum(rate(all_total[5m])))), 0)\n/\n(sum(sum(rate(all_total[5m]))) > 0)\n> 0.05",
			nil,
		},
	} {
		c.alert.Service, c.alert.Name, c.alert.Hold, c.alert.Handler = "checkout", "Alarm {{ x }}", time.Minute, "pager"
		set, err := rules.CompileThresholds([]rules.ThresholdAlert{c.alert}, rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := set.Verify(); err != nil {
			t.Error(err)
		}
		checkReadBack(t, set)
		got := set.Groups[0].Rules[0]
		if diff := cmp.Diff(c.expr, got.Expr); diff != "" {
			t.Errorf("expression (-want +got):\n%s", diff)
		}
		want := map[string]string{"service": "checkout", "slo": `Alarm {{"{{"}} x }}`, "severity": c.alert.Severity.String(), "handler": "pager"}
		if diff := cmp.Diff(want, got.Labels); diff != "" || got.For != time.Minute || got.Alert != "Alarm {{ x }}" {
			t.Errorf("alert %q for %v, labels (-want +got):\n%s", got.Alert, got.For, diff)
		}
		for _, text := range c.texts {
			if !strings.Contains(got.Annotations["description"], text) {
				t.Errorf("no %q in %q", text, got.Annotations["description"])
			}
		}
	}
}

// An alert that can never fire is refused or reported.
func TestThresholdsThatCannotBeReached(t *testing.T) {
	for _, c := range []struct {
		latency time.Duration
		in      rules.Indicator
		server  string
		warns   bool
	}{
		{9 * time.Second, rules.Indicator{}, "", false},
		{10 * time.Second, rules.Indicator{}, "", true},
		{10 * time.Second, rules.Indicator{Buckets: []float64{1, 60}}, "", false},
		{500 * time.Millisecond, rules.Indicator{Buckets: []float64{.1, .5}}, "", true},
		{5 * time.Second, rules.Indicator{Preset: "traefik"}, "", true},
		{time.Hour, rules.Indicator{Preset: "istio"}, "", true},
		{10 * time.Second, rules.Indicator{NativeHistogram: true}, "3.5", false},
	} {
		set, err := rules.CompileThresholds([]rules.ThresholdAlert{{Service: "a", Name: "Slow", Latency: c.latency, Severity: alerting.Page, Indicator: c.in}}, rules.Options{Server: c.server})
		if err != nil {
			t.Fatal(err)
		}
		if got := hasFinding(set.Findings, "over-buckets"); got != c.warns {
			t.Errorf("%v with %+v: reported %v, want %v", c.latency, c.in, got, c.warns)
		}
		for _, f := range set.Findings {
			if !strings.HasPrefix(f.String(), "a/Slow: ") && !strings.Contains(f.String(), "a/Slow") {
				t.Errorf("the finding %q does not say where", f)
			}
		}
	}
}

func TestThresholdAlertsReportEveryDefect(t *testing.T) {
	ok := rules.ThresholdAlert{Service: "a", Name: "A", ErrorRatio: slo.MustRatio("5%"), Severity: alerting.Page}
	change := func(f func(*rules.ThresholdAlert)) rules.ThresholdAlert { a := ok; f(&a); return a }
	alerts := []rules.ThresholdAlert{
		ok, ok,
		change(func(a *rules.ThresholdAlert) { a.Name, a.Latency = "both", time.Second }),
		change(func(a *rules.ThresholdAlert) { a.Name, a.ErrorRatio = "none", slo.Ratio{} }),
		change(func(a *rules.ThresholdAlert) { a.Name, a.ErrorRatio = "all", slo.MustRatio("1") }),
		change(func(a *rules.ThresholdAlert) {
			a.Name, a.ErrorRatio, a.Latency, a.Quantile = "quantile", slo.Ratio{}, time.Second, slo.MustRatio("1")
		}),
		change(func(a *rules.ThresholdAlert) {
			a.Name, a.ErrorRatio, a.Latency = "queries", slo.Ratio{}, time.Second
			a.Indicator = rules.Indicator{Bad: "rate(a[$window])", Total: "rate(b[$window])"}
		}),
		change(func(a *rules.ThresholdAlert) { a.Name, a.Severity = "severity", 0 }),
		change(func(a *rules.ThresholdAlert) { a.Name, a.Window, a.Hold = "window", time.Minute, -time.Second }),
		change(func(a *rules.ThresholdAlert) { a.Name, a.Indicator.Preset = "preset", "istoi" }),
		change(func(a *rules.ThresholdAlert) {
			a.Name, a.ErrorRatio, a.Latency, a.Indicator.NativeHistogram = "native", slo.Ratio{}, time.Second, true
		}),
	}
	set, err := rules.CompileThresholds(alerts, rules.Options{})
	want := strings.Join([]string{
		`not an SLO to compile: service "a" has two alerts of the name "A"; rename one`,
		`not an SLO to compile: service "a", alert "both": both an error ratio and a latency; make two alerts of it`,
		`not an SLO to compile: service "a", alert "none": neither an error ratio nor a positive latency; set one`,
		`not an SLO to compile: service "a", alert "all": an error ratio above 100% does not exist; lower the threshold`,
		`not an SLO to compile: service "a", alert "quantile": quantile 1; it must lie between 0 and 1`,
		`not an SLO to compile: service "a", alert "queries": a latency quantile needs a preset's histogram, not queries of your own`,
		`not an SLO to compile: service "a", alert "severity": no severity; set Page, Ticket or Info`,
		`not an SLO to compile: service "a", alert "window": window 1m0s, hold -1s; whole seconds, a window of at least 2m0s and no negative hold are needed`,
		`not an indicator: unknown preset "istoi"; did you mean istio?`,
		`not options for rules: native histograms need Prometheus 3.0; set Server to your server's version, or use the classic histogram`,
	}, "\n")
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" || len(set.Groups) > 0 {
		t.Errorf("%d groups, error (-want +got):\n%s", len(set.Groups), diff)
	}
	if _, err := rules.CompileThresholds(nil, rules.Options{Limit: -1}); !errors.Is(err, rules.ErrOptions) {
		t.Errorf("options: got %v", err)
	}
}
