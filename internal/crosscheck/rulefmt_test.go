package crosscheck

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// warnings is a handler of log lines that counts them.
type warnings struct{ lines *[]string }

func (w warnings) Enabled(context.Context, slog.Level) bool { return true }
func (w warnings) Handle(_ context.Context, r slog.Record) error {
	*w.lines = append(*w.lines, r.Message)
	return nil
}
func (w warnings) WithAttrs([]slog.Attr) slog.Handler { return w }
func (w warnings) WithGroup(string) slog.Handler      { return w }

// complaints are all errors and warnings of Prometheus' own reader of rule files.
func complaints(file []byte) []string {
	var lines []string
	groups, errs := rulefmt.Parse(file, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(warnings{&lines}))
	for _, err := range errs {
		lines = append(lines, err.Error())
	}
	if len(errs) == 0 && len(groups.Groups) == 0 {
		lines = append(lines, "no groups")
	}
	return lines
}

// files are rule files of every preset, kind and option.
func files(t *testing.T) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	kinds := []slo.Objective{
		{Service: "shop", Name: "availability"},
		{Service: "shop", Name: "latency", Kind: slo.Latency, Latency: slo.LatencyBound{Threshold: 500 * time.Millisecond}},
		{Service: "shop", Name: "slices", Kind: slo.TimeSlices, Slice: slo.SliceRule{Length: 5 * time.Minute, Bound: slo.MustRatio("1%")}},
		{Service: "shop", Name: "empty-bad", Kind: slo.TimeSlices, Slice: slo.SliceRule{Length: 5 * time.Minute, Bound: slo.MustRatio("1%"), Empty: slo.EmptyBad, Inclusive: true}},
		{Service: "shop", Name: "excluded", Kind: slo.TimeSlices, Slice: slo.SliceRule{Length: 10 * time.Minute, Bound: slo.MustRatio("1%"), Empty: slo.EmptyExcluded}},
		{Service: "shop", Name: "hourly", Kind: slo.TimeSlices, Slice: slo.SliceRule{Length: time.Hour, Bound: slo.MustRatio("1%")}},
		{Service: "shop", Name: "means", Kind: slo.RatioSlices, Slice: slo.SliceRule{Length: 5 * time.Minute}},
		{Service: "sh/op", Name: "slash"}, {Service: "sh", Name: "op/slash"},
		{Service: "shop", Name: "month", Window: slo.Window{Calendar: slo.Month}},
		{Service: `quo"te`, Name: `a {{ template }} \ and a ü`},
	}
	indicators := map[string]rules.Indicator{
		"selector": {Selector: `job=~"a|b",path!~"/health.*"`},
		"grouped":  {GroupBy: []string{"region", "tenant"}},
		"custom":   {Bad: `sum(rate(failures_total{a="}"}[$window]))`, Total: "sum(rate(all_total[$window]))"},
		"good":     {Good: "rate(good_total[$window])", Total: "rate(all_total[$window])"},
	}
	for _, p := range rules.Presets() {
		indicators[p.Name] = rules.Indicator{Preset: p.Name}
	}
	options := map[string]rules.Options{
		"": {}, "15s": {ScrapeInterval: 15 * time.Second, Interval: 15 * time.Second}, "60s": {ScrapeInterval: 30 * time.Second, Interval: time.Minute},
		"3.5": {Server: "3.5", QueryOffset: time.Minute, Limit: 100, NoDataSeverity: alerting.Page},
	}
	add := func(name string, set rules.RuleSet, err error) {
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = set.YAML()
	}
	for oname, opt := range options {
		for iname, in := range indicators {
			var slos []rules.SLO
			for i, o := range kinds {
				o.Target = slo.MustRatio([]string{"99.9%", "90%", "99.999%"}[i%3])
				slos = append(slos, rules.SLO{
					Objective: o, Indicator: in, Runbook: "https://runbooks.example/{{x}}", PageHandler: "pager",
					Labels: map[string]string{"team": "a {{ $value }}"}, Annotations: map[string]string{"dashboard": "https://d.example/?q={{ }}"},
				})
			}
			set, err := rules.Compile(slos, opt)
			add(fmt.Sprintf("%s %s", iname, oname), set, err)
		}
	}
	for _, p := range alerting.Presets(30 * 24 * time.Hour) {
		set, err := rules.Compile([]rules.SLO{{
			Objective: slo.Objective{Service: "shop", Name: p.Name, Target: slo.MustRatio("99.9%")}, Policy: p,
			LowTraffic: rules.LowTraffic{Confidence: slo.MustRatio("0.95")},
		}}, rules.Options{})
		add("policy "+p.Name, set, err)
	}
	native, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "shop", Name: "native", Target: slo.MustRatio("99%"), Kind: slo.Latency, Latency: slo.LatencyBound{Threshold: 123 * time.Millisecond}},
		Indicator: rules.Indicator{NativeHistogram: true},
	}}, rules.Options{Server: "3.5"})
	add("native", native, err)
	var plain []rules.ThresholdAlert
	for _, p := range rules.Presets() {
		plain = append(plain,
			rules.ThresholdAlert{Service: "shop", Name: p.Name + "-errors", ErrorRatio: slo.MustRatio("5%"), Severity: alerting.Page, Indicator: rules.Indicator{Preset: p.Name}},
			rules.ThresholdAlert{Service: "shop", Name: p.Name + "-latency", Latency: time.Second, Hold: 10 * time.Minute, Severity: alerting.Ticket, Indicator: rules.Indicator{Preset: p.Name}})
	}
	thresholds, err := rules.CompileThresholds(plain, rules.Options{})
	add("thresholds", thresholds, err)
	return out
}

func TestPrometheusReadsEveryFileWithoutAWord(t *testing.T) {
	all := files(t)
	for name, file := range all {
		if c := complaints(file); len(c) > 0 {
			t.Errorf("%s:\n%s", name, strings.Join(c, "\n"))
		}
	}
	t.Logf("%d files", len(all))
}

func TestComplaintsAreHeard(t *testing.T) {
	for file, want := range map[string]string{
		"groups:\n- name: a\n  rules:\n  - record: a b\n    expr: up\n":                                      "invalid recording rule name",
		"groups:\n- name: a\n  rules:\n  - record: a\n    expr: up(\n":                                       "could not parse expression",
		"groups:\n- name: a\n  rules:\n  - alert: a\n    expr: up\n    annotations: {b: '{{ nonsense }}'}\n": "nonsense",
		"groups:\n- name: a\n  extra: 1\n  rules: []\n":                                                      "extra",
		"groups:\n- name: a\n  rules: []\n---\ngroups: []\n":                                                 "Multiple document",
	} {
		if c := strings.Join(complaints([]byte(file)), "\n"); !strings.Contains(c, want) {
			t.Errorf("complaints %q about\n%s\nwant %q", c, file, want)
		}
	}
}
