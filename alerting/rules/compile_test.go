package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func availability(target string) rules.SLO {
	return rules.SLO{Objective: slo.Objective{Service: "checkout", Name: "availability", Target: slo.MustRatio(target)}}
}

func latency(threshold time.Duration) rules.SLO {
	return rules.SLO{Objective: slo.Objective{
		Service: "checkout", Name: "latency-p95", Kind: slo.Latency, Target: slo.MustRatio("95%"),
		Latency: slo.LatencyBound{Threshold: threshold},
	}}
}

func slices(empty slo.EmptySlice) rules.SLO {
	return rules.SLO{Objective: slo.Objective{
		Service: "checkout", Name: "error-rate-p99", Kind: slo.TimeSlices, Target: slo.MustRatio("99%"),
		Slice: slo.SliceRule{Length: 5 * time.Minute, Bound: slo.MustRatio("0.01%"), Empty: empty},
	}}
}

// compile compiles, verifies every expression and reads the file back.
func compile(t testing.TB, opt rules.Options, slos ...rules.SLO) rules.RuleSet {
	t.Helper()
	set, err := rules.Compile(slos, opt)
	if err != nil {
		t.Fatalf("Compile: %v", err)
	}
	if err := set.Verify(); err != nil {
		t.Fatalf("Verify: %v", err)
	}
	checkReadBack(t, set)
	return set
}

// file is a rule file as Prometheus reads it.
type file struct {
	Groups []struct {
		Name, Interval string
		QueryOffset    string `yaml:"query_offset"`
		Limit          int
		Rules          []struct {
			Record, Alert, Expr, For string
			Labels, Annotations      map[string]string
		}
	}
}

func checkReadBack(t testing.TB, set rules.RuleSet) {
	t.Helper()
	text := set.YAML()
	var streamed bytes.Buffer
	if n, err := set.WriteTo(&streamed); err != nil || n != int64(len(text)) || !bytes.Equal(streamed.Bytes(), text) {
		t.Fatalf("WriteTo wrote %d bytes, %v; YAML has %d", n, err, len(text))
	}
	var f file
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		t.Fatalf("the file does not read back: %v\n%s", err, text)
	}
	if len(f.Groups) != len(set.Groups) {
		t.Fatalf("%d groups read back, want %d", len(f.Groups), len(set.Groups))
	}
	for i, g := range set.Groups {
		if f.Groups[i].Name != g.Name || len(f.Groups[i].Rules) != len(g.Rules) {
			t.Fatalf("group %q with %d rules reads back as %q with %d", g.Name, len(g.Rules), f.Groups[i].Name, len(f.Groups[i].Rules))
		}
		for j, r := range g.Rules {
			b := f.Groups[i].Rules[j]
			got := rules.Rule{Record: b.Record, Alert: b.Alert, Expr: b.Expr, Labels: b.Labels, Annotations: b.Annotations}
			r.For = 0
			if diff := cmp.Diff(r, got); diff != "" {
				t.Fatalf("rule %q reads back otherwise (-want +got):\n%s", r.Name(), diff)
			}
		}
	}
}

func burnAlert(t testing.TB, set rules.RuleSet, severity string) rules.Rule {
	t.Helper()
	for _, a := range set.Alerts() {
		if a.Alert == rules.AlertBurn && a.Labels["severity"] == severity {
			return a
		}
	}
	t.Fatalf("no burn alert of severity %s", severity)
	return rules.Rule{}
}

func TestThresholdsAreExactDecimals(t *testing.T) {
	for _, c := range []struct{ target, page1, page6, ticket1, ticket3 string }{
		{"99%", "0.144", "0.06", "0.03", "0.01"},
		{"99.9%", "0.0144", "0.006", "0.003", "0.001"},
		{"99.99%", "0.00144", "0.0006", "0.0003", "0.0001"},
		{"99.999%", "0.000144", "0.00006", "0.00003", "0.00001"},
	} {
		set := compile(t, rules.Options{}, availability(c.target))
		page, ticket := burnAlert(t, set, "page").Expr, burnAlert(t, set, "ticket").Expr
		for _, w := range []struct{ expr, window, want string }{
			{page, "1h", c.page1}, {page, "5m", c.page1}, {page, "6h", c.page6}, {page, "30m", c.page6},
			{ticket, "1d", c.ticket1}, {ticket, "2h", c.ticket1}, {ticket, "3d", c.ticket3}, {ticket, "6h", c.ticket3},
		} {
			want := fmt.Sprintf("slo:error_ratio:rate%s{service=\"checkout\",slo=\"availability\",revision=\"1\"} > %s\n", w.window, w.want)
			if !strings.Contains(w.expr, want) {
				t.Errorf("target %s: no %q in\n%s", c.target, want, w.expr)
			}
		}
	}
}

func TestUnreachablePairsAreReportedAndLeftOut(t *testing.T) {
	// At 90 % the pair 1h/5m needs an error ratio above 1.44.
	set := compile(t, rules.Options{}, availability("90%"))
	if expr := burnAlert(t, set, "page").Expr; strings.Contains(expr, "rate1h") {
		t.Errorf("the unreachable pair is emitted:\n%s", expr)
	}
	if !hasFinding(set.Findings, "unreachable") {
		t.Errorf("findings %v do not report the unreachable pair", set.Findings)
	}
	for _, g := range set.Groups {
		for _, r := range g.Rules {
			if r.Record == "slo:error_ratio:rate1h" {
				t.Error("a window that no alert uses is recorded")
			}
		}
	}
	// At 40 % every pair but the last needs more than everything to fail.
	set = compile(t, rules.Options{}, availability("40%"))
	if hasFinding(set.Findings, "no-alert") {
		t.Errorf("40 %% still has the pair 3d/6h: %v", set.Findings)
	}
	policy := alerting.Policy{Name: "fast", Pairs: []alerting.Pair{{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 14.4}}}
	s := availability("90%")
	s.Policy = policy
	if set = compile(t, rules.Options{}, s); !hasFinding(set.Findings, "no-alert") {
		t.Errorf("findings %v do not say that nothing alerts", set.Findings)
	}
}

func hasFinding(findings []rules.Finding, code string) bool {
	for _, f := range findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

func TestEveryPresetAndKindCompiles(t *testing.T) {
	for _, p := range rules.Presets() {
		for _, groupBy := range [][]string{nil, {"region"}} {
			in := rules.Indicator{Preset: p.Name, GroupBy: groupBy}
			if err := in.Validate(); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
			av, lat, sl := availability("99.9%"), latency(time.Second), slices(slo.EmptyGood)
			av.Indicator, lat.Indicator, sl.Indicator = in, in, in
			set := compile(t, rules.Options{}, av, lat, sl)
			th, err := rules.CompileThresholds([]rules.ThresholdAlert{
				{Service: "checkout", Name: "Errors", ErrorRatio: slo.MustRatio("0.05%"), Severity: alerting.Page, Indicator: in},
				{Service: "checkout", Name: "Slow", Latency: 200 * time.Millisecond, Severity: alerting.Ticket, Indicator: in},
			}, rules.Options{})
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			if err := th.Verify(); err != nil {
				t.Errorf("%s: %v", p.Name, err)
			}
			checkReadBack(t, th)
			if len(set.Alerts()) == 0 || len(th.Alerts()) != 2 {
				t.Errorf("%s: %d burn alerts, %d plain alerts", p.Name, len(set.Alerts()), len(th.Alerts()))
			}
		}
	}
}

func TestBucketBounds(t *testing.T) {
	for _, c := range []struct {
		preset    string
		threshold time.Duration
		buckets   []float64
		le        string
		known     bool
	}{
		{"prometheus-http", 100 * time.Millisecond, nil, `le="0.1"`, true},
		{"prometheus-http", time.Second, nil, `le=~"1(\\.0)?"`, true}, // Prometheus 3 stores 1.0
		{"prometheus-http", 200 * time.Millisecond, nil, `le="0.2"`, false},
		{"prometheus-http", 200 * time.Millisecond, []float64{.2}, `le="0.2"`, true},
		{"istio", 100 * time.Millisecond, nil, `le=~"100(\\.0)?"`, true},
		{"istio", 500 * time.Microsecond, nil, `le="0.5"`, true},
		{"istio", 200 * time.Millisecond, []float64{.2}, `le=~"200(\\.0)?"`, true},
		{"opentelemetry-rpc", 75 * time.Millisecond, nil, `le=~"75(\\.0)?"`, true},
	} {
		s := latency(c.threshold)
		s.Indicator = rules.Indicator{Preset: c.preset, Buckets: c.buckets}
		set := compile(t, rules.Options{}, s)
		expr := set.Groups[0].Rules[1].Expr
		if !strings.Contains(expr, c.le) {
			t.Errorf("%s %v: no %s in %s", c.preset, c.threshold, c.le, expr)
		}
		if got := !hasFinding(set.Findings, "no-bucket"); got != c.known {
			t.Errorf("%s %v %v: bound known %v, want %v", c.preset, c.threshold, c.buckets, got, c.known)
		}
	}
}

func TestCustomQueries(t *testing.T) {
	s := availability("99.9%")
	s.Indicator = rules.Indicator{
		Bad:   `sum(rate(jobs_failed_total{queue="mail"}[$window]))`,
		Total: `sum(rate(jobs_total{queue="mail"}[$window]))`,
	}
	set := compile(t, rules.Options{}, s)
	if got, want := set.Groups[0].Rules[0].Expr, `sum(sum(rate(jobs_total{queue="mail"}[2m])))`; got != want {
		t.Errorf("total is %s, want %s", got, want)
	}
	s.Indicator.Good, s.Indicator.Bad = `rate(jobs_done_total[$window])`, ""
	set = compile(t, rules.Options{}, s)
	// Without one good event the good series may be missing: all is bad then.
	want := `clamp_min(sum(sum(rate(jobs_total{queue="mail"}[2m]))) - (sum(rate(jobs_done_total[2m])) or 0 * sum(sum(rate(jobs_total{queue="mail"}[2m])))), 0)`
	if got := set.Groups[0].Rules[1].Expr; got != want {
		t.Errorf("bad is\n%s\nwant\n%s", got, want)
	}
}

// $window stands for the range of a rate and for nothing else: in a comment or a
// label it would leave the range as it was written.
func TestWindowIsARange(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"rate(x[$window])", ""},
		{"sum(rate(x[$window])) - sum(rate(y[$window]))", ""},
		{"sum_over_time(x[$window:30s]) / 120", ""},
		{"rate(x[5m])", "no $window; write it where the range of the rate belongs"},
		{"rate(x[5m]) # $window", "$window stands 1 times and is a range 0 times"},
		{`rate(x{a="$window"}[5m])`, "$window stands 1 times and is a range 0 times"},
		{`rate(x{a="$window"}[$window])`, "$window stands 2 times and is a range 1 times"},
		{"rate(x[$window] offset $window)", "$window stands 2 times and is a range 1 times"},
		{"rate(x[1$window])", "$window stands 1 times and is a range 0 times"},
		{"x[$window]", "a vector of events per second is needed"},
		{"$window", "a vector of events per second is needed"},
	} {
		for _, in := range []rules.Indicator{{Bad: c.query, Total: "rate(t[$window])"}, {Good: c.query, Total: "rate(t[$window])"}, {Bad: "rate(b[$window])", Total: c.query}} {
			err := in.Validate()
			if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, rules.ErrIndicator) || !strings.Contains(fmt.Sprint(err), c.want)) {
				t.Errorf("%q: got %v, want %q", c.query, err, c.want)
			}
		}
	}
}

// Prometheus 2 cannot read names of labels and metrics beyond letters, digits and _.
func TestNamesThatTheServerCannotRead(t *testing.T) {
	for _, in := range []rules.Indicator{
		{Selector: `"http.status"="500"`},
		{Selector: `job="a"`, Preset: "istio", GroupBy: []string{"region"}}, // fine
		{Bad: `rate({"bad.total"}[$window])`, Total: "rate(all_total[$window])"},
		{Good: "rate(good_total[$window])", Total: `sum by ("a.b") (rate(all_total[$window]))`},
	} {
		s := availability("99.9%")
		s.Indicator = in
		fine := len(in.GroupBy) > 0
		if _, err := rules.Compile([]rules.SLO{s}, rules.Options{}); (err == nil) != fine || err != nil && (!errors.Is(err, rules.ErrOptions) || !strings.Contains(err.Error(), "needs Prometheus 3.0")) {
			t.Errorf("%+v on 2.42: got %v", in, err)
		}
		if set, err := rules.Compile([]rules.SLO{s}, rules.Options{Server: "3.5"}); err != nil || set.Verify() != nil {
			t.Errorf("%+v on 3.5: got %v, %v", in, err, set.Verify())
		}
	}
}

func TestCompileReportsEveryDefect(t *testing.T) {
	bad := []rules.SLO{
		{Objective: slo.Objective{Service: "a", Name: "x", Target: slo.MustRatio("100%")}},
		{Objective: slo.Objective{Service: "a", Name: "y", Target: slo.MustRatio("99%")}, Indicator: rules.Indicator{Preset: "istoi"}},
		{Objective: slo.Objective{Service: "a", Name: "z", Target: slo.MustRatio("99%")}, Indicator: rules.Indicator{Total: "sum(rate(x[5m]))"}},
		{Objective: slo.Objective{Service: "a", Name: "q", Target: slo.MustRatio("99%")}, Indicator: rules.Indicator{Total: "sum(rate(x[$window])", Bad: "rate(y[$window]"}},
		{Objective: slo.Objective{Service: "a", Name: "m", Target: slo.MustRatio("99%")}, Indicator: rules.Indicator{Selector: `job="a"} or vector(1) or x{a="b"`}},
		{Objective: slo.Objective{Service: "a", Name: "l", Target: slo.MustRatio("99%")}, Labels: map[string]string{"slo": "x"}},
		{Objective: slo.Objective{Service: "a", Name: "l", Target: slo.MustRatio("99%")}},
	}
	set, err := rules.Compile(bad, rules.Options{})
	if len(set.Groups) != 0 {
		t.Errorf("%d groups beside an error", len(set.Groups))
	}
	want := strings.Join([]string{
		`not an SLO to compile: service "a", objective "x": not an objective "x": target 100% leaves no error budget; write a ratio below 100%, such as 99.99%`,
		`not an SLO to compile: service "a", objective "y": not an indicator: unknown preset "istoi"; did you mean istio?`,
		`not an SLO to compile: service "a", objective "z": not an indicator: give exactly one of the queries bad and good`,
		`not an indicator: total "sum(rate(x[5m]))": no $window; write it where the range of the rate belongs: rate(x[$window])`,
		`not an SLO to compile: service "a", objective "q": not an indicator: total "sum(rate(x[$window])": at byte 20: unclosed left parenthesis`,
		`at byte 0: no arguments for aggregate expression provided`,
		`not an indicator: bad "rate(y[$window]": at byte 15: unclosed left parenthesis`,
		`not an SLO to compile: service "a", objective "m": not an indicator: selector "job=\"a\"} or vector(1) or x{a=\"b\"": write label matchers only, such as job="auth",namespace="prod"`,
		`not an SLO to compile: service "a", objective "l": label "slo": the rules set this label themselves; choose another name`,
		`not an SLO to compile: service "a" has two objectives of the name "l"; rename one`,
	}, "\n")
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	for _, target := range []error{rules.ErrSLO, rules.ErrIndicator, slo.ErrObjective} {
		if !errors.Is(err, target) {
			t.Errorf("the error is not %v", target)
		}
	}
}

func TestOptions(t *testing.T) {
	for _, c := range []struct {
		opt  rules.Options
		want string // "" means accepted
	}{
		{rules.Options{}, ""},
		{rules.Options{ScrapeInterval: 15 * time.Second, Interval: 15 * time.Second}, ""},
		{rules.Options{ScrapeInterval: time.Minute, Interval: time.Minute}, "not an SLO to compile: service \"checkout\", objective \"availability\": not an alert policy: the window 5m is shorter than 8m, twice the base window of four scrapes or two evaluations; lengthen it or scrape more often"},
		{rules.Options{QueryOffset: time.Minute}, "not options for rules: query_offset needs Prometheus 2.53; set Server to your server's version or leave the offset out"},
		{rules.Options{QueryOffset: time.Minute, Server: "3.5"}, ""},
		{rules.Options{Server: "banana"}, "not options for rules: server \"banana\"; write a Prometheus version from 2.42 on, such as 2.53 or 3.5"},
		{rules.Options{Server: "2.53.1", QueryOffset: time.Minute}, ""},
		{rules.Options{Server: "v3"}, "not options for rules: server \"v3\"; write a Prometheus version from 2.42 on, such as 2.53 or 3.5"},
		{rules.Options{Server: "2.41"}, "not options for rules: server \"2.41\"; write a Prometheus version from 2.42 on, such as 2.53 or 3.5"},
		{rules.Options{Server: "3.5", QueryOffset: -time.Second}, "not options for rules: query offset -1s; whole seconds, 0 or more, are needed"},
		{rules.Options{PeriodInterval: 20 * time.Second}, "not options for rules: period interval 20s is shorter than the interval 30s of the records that it reads"},
		{rules.Options{NoDataSeverity: 9}, "not options for rules: unknown severity 9 of the alert on vanished series; set Page, Ticket or Info"},
		{rules.Options{Interval: time.Millisecond, Limit: -1}, "not options for rules: interval 1ms; whole seconds from 1s to 1h are needed\nnot options for rules: limit -1 is negative"},
	} {
		_, err := rules.Compile([]rules.SLO{availability("99.9%")}, c.opt)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%+v: got %q, want %q", c.opt, got, c.want)
		}
	}
}

// Queries look back five minutes for the newest sample, so no default puts
// records further apart, unless the evaluations themselves are.
func TestIntervalsOfEachClass(t *testing.T) {
	const minute = time.Minute
	for _, c := range []struct {
		opt                  rules.Options
		page, ticket, period time.Duration
		stale                int // findings
	}{
		{rules.Options{}, minute / 2, minute, 270 * time.Second, 0},
		{rules.Options{ScrapeInterval: 15 * time.Second, Interval: 15 * time.Second}, minute / 4, minute / 2, 150 * time.Second, 0},
		{rules.Options{Interval: minute}, minute, 2 * minute, 4 * minute, 0},
		{rules.Options{Interval: 50 * time.Second}, 50 * time.Second, 100 * time.Second, 250 * time.Second, 0},
		{rules.Options{Interval: 70 * time.Second}, 70 * time.Second, 140 * time.Second, 210 * time.Second, 0}, // a multiple
		{rules.Options{Interval: 5 * minute}, 5 * minute, 10 * minute, 5 * minute, 1},
		{rules.Options{Interval: 10 * minute}, 10 * minute, 20 * minute, 10 * minute, 3},
		{rules.Options{TicketInterval: 5 * minute, PeriodInterval: 50 * minute}, minute / 2, 5 * minute, 50 * minute, 1},
	} {
		s := availability("99.9%")
		s.Policy = alerting.Policy{Name: "long", Pairs: []alerting.Pair{
			{Severity: alerting.Page, Long: 6 * time.Hour, Short: time.Hour, Factor: 6}, {Severity: alerting.Ticket, Long: 72 * time.Hour, Short: 6 * time.Hour, Factor: 1},
		}}
		c.opt.Limit, c.opt.QueryOffset, c.opt.Server = 7, minute, "2.53"
		set := compile(t, c.opt, s)
		want := []time.Duration{c.page, c.ticket, c.period}
		for i, g := range set.Groups {
			if g.Interval != want[i] || g.Limit != 7 || g.QueryOffset != minute {
				t.Errorf("%+v: group %s every %v, limit %d, offset %v; want every %v, 7 and 1m", c.opt, g.Name, g.Interval, g.Limit, g.QueryOffset, want[i])
			}
		}
		stale := 0
		for _, f := range set.Findings {
			if f.Code == "stale-records" {
				stale++
			}
		}
		if stale != c.stale {
			t.Errorf("%+v: %d findings of stale records, want %d: %v", c.opt, stale, c.stale, set.Findings)
		}
		if text := string(set.YAML()); strings.Count(text, "query_offset: 1m") != 3 || strings.Count(text, "limit: 7") != 3 {
			t.Errorf("the file lacks limits or offsets:\n%.500s", text)
		}
	}
}

func TestCalendarPeriodHasNoPeriodRecord(t *testing.T) {
	s := availability("99.9%")
	s.Objective.Window = slo.Window{Calendar: slo.Month}
	set := compile(t, rules.Options{}, s)
	if !hasFinding(set.Findings, "no-period-record") || !hasFinding(set.Findings, "calendar-period") {
		t.Errorf("findings %v", set.Findings)
	}
	for _, g := range set.Groups {
		for _, r := range g.Rules {
			if r.Record == "slo:error_ratio:period" {
				t.Error("a period ratio is recorded for a calendar month")
			}
		}
	}
	if expr := burnAlert(t, set, "page").Expr; !strings.Contains(expr, "> 0.01344\n") { // 0.02 · 28 d / 1 h · 0.001
		t.Errorf("no factor of 28 days in\n%s", expr)
	}
}

// BenchmarkCompile is 1,000 services with three objectives each, from values to
// the bytes of the rule file.
func BenchmarkCompile(b *testing.B) {
	var slos []rules.SLO
	for i := range 1000 {
		for _, s := range []rules.SLO{availability("99.99%"), latency(100 * time.Millisecond), slices(slo.EmptyGood)} {
			s.Objective.Service = fmt.Sprintf("service-%d", i)
			s.Labels = map[string]string{"team": "sre-platform"}
			slos = append(slos, s)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		set, err := rules.Compile(slos, rules.Options{})
		if err != nil {
			b.Fatal(err)
		}
		n, _ := set.WriteTo(io.Discard)
		b.SetBytes(n)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(len(slos)), "µs/objective")
}

// BenchmarkVerify parses every expression of one service's rules again.
func BenchmarkVerify(b *testing.B) {
	set, err := rules.Compile([]rules.SLO{availability("99.99%"), latency(100 * time.Millisecond), slices(slo.EmptyGood)}, rules.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := set.Verify(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNativeHistograms(t *testing.T) {
	s := latency(120 * time.Millisecond) // no bound of any bucket
	s.Indicator.NativeHistogram = true
	if _, err := rules.Compile([]rules.SLO{s}, rules.Options{}); !errors.Is(err, rules.ErrOptions) {
		t.Errorf("a server of version 2.42: got %v, want %v", err, rules.ErrOptions)
	}
	set := compile(t, rules.Options{Server: "3.5"}, s)
	want := `histogram_fraction(0, 0.12, sum(rate(http_request_duration_seconds{job="checkout"}[2m])))`
	if expr := set.Groups[0].Rules[1].Expr; !strings.Contains(expr, want) {
		t.Errorf("no %s in %s", want, expr)
	}
	if hasFinding(set.Findings, "no-bucket") {
		t.Error("a native histogram has no fixed bounds to miss")
	}
}
