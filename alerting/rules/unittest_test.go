package rules_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	stdslices "slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// testFile is a file of unit tests as promtool reads it.
type testFile struct {
	RuleFiles          []string `yaml:"rule_files"`
	EvaluationInterval string   `yaml:"evaluation_interval"`
	Tests              []struct {
		Name, Interval string
		InputSeries    []struct{ Series, Values string } `yaml:"input_series"`
		Exprs          []struct {
			Expr     string
			EvalTime string `yaml:"eval_time"`
			Samples  []struct {
				Labels string
				Value  float64
			} `yaml:"exp_samples"`
		} `yaml:"promql_expr_test"`
		Alerts []struct {
			EvalTime  string `yaml:"eval_time"`
			AlertName string `yaml:"alertname"`
			Expected  []struct {
				Labels      map[string]string `yaml:"exp_labels"`
				Annotations map[string]string `yaml:"exp_annotations"`
			} `yaml:"exp_alerts"`
		} `yaml:"alert_rule_test"`
	}
}

func unitTests(t testing.TB, opt rules.Options, slos ...rules.SLO) (text []byte, f testFile) {
	t.Helper()
	text, err := rules.UnitTests(slos, opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(text, &f, yaml.Strict()); err != nil {
		t.Fatalf("the tests do not read back: %v\n%s", err, text)
	}
	return text, f
}

func duration(t testing.TB, s string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

func TestEveryKindHasEveryScenario(t *testing.T) {
	always := []string{"everything fails, then recovers", "what the alerts say", "errors just below the least threshold",
		"no traffic", "no series of errors", "counter reset", "vanished target"}
	more := map[string][]string{
		"low": {"three minutes of errors on a new service", "one error at ten requests an hour"},
	}
	for _, s := range everyKind() {
		_, f := unitTests(t, everyOptions, s)
		var got []string
		for _, test := range f.Tests {
			name, ok := strings.CutPrefix(test.Name, "checkout/"+s.Objective.Name+": ")
			if !ok {
				t.Errorf("a test %q of %s", test.Name, s.Objective.Name)
			}
			got = append(got, name)
			if len(test.InputSeries) == 0 || len(test.Exprs)+len(test.Alerts) == 0 {
				t.Errorf("%s asks nothing", test.Name)
			}
		}
		want := append(stdslices.Clone(always), more[s.Objective.Name]...)
		if s.Objective.Kind == slo.Events || s.Objective.Kind == slo.Latency {
			want = append(want, "three minutes of errors on a new service")
		}
		stdslices.Sort(got)
		stdslices.Sort(want)
		if want = stdslices.Compact(want); !stdslices.Equal(got, want) {
			t.Errorf("%s: scenarios %q, want %q", s.Objective.Name, got, want)
		}
		if f.EvaluationInterval != "30s" || len(f.RuleFiles) != 1 || f.RuleFiles[0] != "rules.yaml" {
			t.Errorf("tests every %s of %q", f.EvaluationInterval, f.RuleFiles)
		}
	}
}

// Sums of fractions are not exact, and a counter that falls by a rounding error
// is a reset to rate.
func TestCountersAreWholeNumbers(t *testing.T) {
	whole := regexp.MustCompile(`^(([0-9]+\+[0-9]+|_)x[0-9]+ ?)+$`)
	counters := 0
	for _, s := range everyKind() {
		_, f := unitTests(t, everyOptions, s)
		for _, test := range f.Tests {
			for _, in := range test.InputSeries {
				if strings.HasPrefix(in.Series, "slo:") {
					continue // a recorded rate
				}
				counters++
				if !whole.MatchString(in.Values) {
					t.Errorf("%s: %s is %s", test.Name, in.Series, in.Values)
				}
			}
		}
	}
	if counters < 50 {
		t.Errorf("only %d counters", counters)
	}
}

// load bounds the samples that an evaluation of an expression holds at once when
// a server evaluates every rule each step and has data since horizon. Ranges are
// read one after the other; a subquery holds all that it has found.
func load(t testing.TB, expr string, step, horizon time.Duration) int {
	e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err != nil {
		t.Fatal(err)
	}
	var samples func(n parser.Node) int
	samples = func(n parser.Node) int {
		switch n := n.(type) {
		case *parser.MatrixSelector:
			return int(min(n.Range, horizon)/step) + 2
		case *parser.SubqueryExpr:
			every := n.Step
			if every == 0 {
				every = step
			}
			return int(min(n.Range, horizon)/every) + 2 + samples(n.Expr)
		case *parser.VectorSelector:
			return 1
		}
		most := 0
		for c := range parser.ChildrenIter(n) {
			most = max(most, samples(c)+2)
		}
		return most
	}
	return samples(e)
}

// promtool ends a query that holds more than 10,000 samples.
func TestNoQueryOfAUnitTestHoldsTooManySamples(t *testing.T) {
	const most = 10_000
	check := func(what string, s rules.SLO, opt rules.Options) {
		set, err := rules.Compile([]rules.SLO{s}, opt)
		if err != nil {
			return
		}
		_, f := unitTests(t, opt, s)
		step := duration(t, f.EvaluationInterval)
		var horizon time.Duration
		var longest string
		for _, test := range f.Tests {
			for _, e := range test.Exprs {
				if d := duration(t, e.EvalTime); d > horizon {
					horizon, longest = d, test.Name
				}
			}
		}
		for _, r := range allRules(set) {
			if n := load(t, r.Expr, step, horizon); n > most {
				t.Errorf("%s: %s holds %d samples after %v (%s), at most %d are allowed", what, r.Name(), n, horizon, longest, most)
			}
		}
	}
	for _, s := range everyKind() {
		check(s.Objective.Name, s, everyOptions)
	}
	for _, days := range []int{1, 7, 30, 90, 365} {
		period := time.Duration(days) * 24 * time.Hour
		for _, p := range alerting.Presets(period) {
			for _, target := range []string{"90%", "99.9%"} {
				for _, interval := range []time.Duration{10 * time.Second, 5 * time.Minute} {
					s := availability(target)
					s.Objective.Window, s.Policy = slo.Rolling(period), p
					check(fmt.Sprintf("%s of %s over %d days every %v", p.Name, target, days, interval), s, rules.Options{ScrapeInterval: interval, Interval: interval})
				}
			}
		}
	}
}

func TestAlertsAreComparedWithAllTheirLabelsAndAnnotations(t *testing.T) {
	s := availability("99.9%")
	s.Policy = alerting.SLOLibsonnet() // holds: several alerts of one severity
	s.Labels = map[string]string{"team": "a {{ $value }}", "tier": `quo"te`}
	s.Annotations = map[string]string{"note": "two\nlines: {{ .X }} '"}
	s.Runbook, s.PageHandler = "https://runbooks.example/{{x}}", "pager"
	set := compile(t, rules.Options{}, s)
	_, f := unitTests(t, rules.Options{}, s)
	var compared int
	for _, test := range f.Tests {
		for _, a := range test.Alerts {
			for _, want := range set.Alerts() {
				if want.Alert != a.AlertName {
					continue
				}
				found := stdslices.ContainsFunc(a.Expected, func(e struct {
					Labels      map[string]string `yaml:"exp_labels"`
					Annotations map[string]string `yaml:"exp_annotations"`
				}) bool {
					return fmt.Sprint(e.Labels) == fmt.Sprint(expand(want.Labels)) && fmt.Sprint(e.Annotations) == fmt.Sprint(expand(want.Annotations))
				})
				if compared++; !found {
					t.Errorf("no %v with %v is expected", want.Labels, want.Annotations)
				}
			}
			if len(a.Expected) != 4 {
				t.Errorf("%d alerts are expected, want 4 with windows of their own", len(a.Expected))
			}
		}
	}
	if compared != 4 {
		t.Errorf("%d alerts compared, want 4", compared)
	}
}

// expand is what a server makes of escaped templates.
func expand(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = strings.ReplaceAll(v, `{{"{{"}}`, "{{")
	}
	return out
}

// promtool runs the unit tests of a rule file and returns what it says.
func promtool(t *testing.T, file, tests []byte) (output string, ok bool) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string][]byte{"rules.yaml": file, "rules_test.yaml": tests} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "promtool", "test", "rules", "rules_test.yaml")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// rarely keeps unit tests short: promtool evaluates every rule at every step.
var rarely = rules.Options{ScrapeInterval: time.Minute, Interval: time.Minute}

// small is an objective whose unit tests take promtool less than a second.
func small(hold time.Duration) rules.SLO {
	s := availability("99%")
	s.Policy = alerting.Policy{Name: "small", Pairs: []alerting.Pair{
		{Severity: alerting.Page, Long: time.Hour, Short: 10 * time.Minute, Factor: 20, For: hold},
	}}
	s.Objective.Window = slo.Rolling(24 * time.Hour)
	return s
}

// A test that cannot fail is none. The written tests are green for the rules and
// red for every rule file that was changed in a way that matters.
func TestWrittenTestsAreRedForBrokenRules(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("no promtool on the path")
	}
	hostile := small(0)
	hostile.Objective.Service, hostile.Objective.Name = `a "b" {{ c }} \ ü`, "x: y - '#{z}'\n|"
	hostile.Objective.Kind, hostile.Objective.Latency.Threshold = slo.Latency, time.Second
	hostile.Indicator = rules.Indicator{Preset: "istio", Selector: `destination_service_name="it's",path=~"/api/.*|/x"`, GroupBy: []string{"region"}}
	hostile.Annotations = map[string]string{"note": "- {{ $labels.x }}\n---\n\ttab: 'q' \"r\"", "empty": ""}
	hostile.Labels = map[string]string{"team": "{{ team }}"}
	hostile.Runbook = "https://runbooks.example/?q={{x}}&y=#z"
	for _, c := range []struct {
		name    string
		slo     rules.SLO
		changes [][3]string // what is broken, by which text, for which
	}{
		{"events", small(5 * time.Minute), [][3]string{
			{"threshold half as high again", "> 0.2\n", "> 0.3\n"},
			{"short window lost", "slo:error_ratio:rate10m{service=\"checkout\",slo=\"availability\",revision=\"1\"} > ", "slo:error_ratio:rate1h{service=\"checkout\",slo=\"availability\",revision=\"1\"} > "},
			{"long window lost", "slo:error_ratio:rate1h{service=\"checkout\",slo=\"availability\",revision=\"1\"} > ", "slo:error_ratio:rate10m{service=\"checkout\",slo=\"availability\",revision=\"1\"} > "},
			{"windows swapped", "record: slo:error_ratio:rate1h", "record: slo:error_ratio:rate10m"},
			{"no default for errors", "or\n          0 * sum(rate(http_requests_total{job=\"checkout\"}[4m]))", "or\n          sum(rate(http_requests_total{job=\"none\"}[4m]))"},
			{"no hold", "for: 5m", "for: 0s"},
			{"no guard of the denominator", " > 0\n          )", " >= 0\n          )"},
			{"absence of nothing", "unless\n", "and\n"},
			{"errors of another class", `code=~"5.."`, `code=~"4.."`},
		}},
		{"hostile, grouped latency", hostile, [][3]string{
			{"bucket of another bound", `le=~"1000`, `le=~"500`},
			{"groups summed up", "sum by (region) (rate", "sum (rate"},
			{"another severity", "severity: page", "severity: ticket"},
			{"another label", "team: ", "squad: "},
			{"window of what there is", " * avg_over_time(", " * 0 + sum_over_time("},
			{"another text", "too fast", "quickly"},
			{"template expanded", `{{"{{"}}`, `{{"["}}`},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := compile(t, rarely, c.slo).YAML()
			tests, _ := unitTests(t, rarely, c.slo)
			if out, ok := promtool(t, file, tests); !ok {
				t.Fatalf("the tests fail on the rules that they were written for:\n%s", out)
			}
			for _, change := range c.changes {
				if !strings.Contains(string(file), change[1]) {
					t.Errorf("%s: no %q to break in\n%s", change[0], change[1], file)
					continue
				}
				out, ok := promtool(t, []byte(strings.ReplaceAll(string(file), change[1], change[2])), tests)
				if ok {
					t.Errorf("%s: the written tests stay green", change[0])
				} else if !strings.Contains(out, "FAILED") || strings.Contains(out, "error validating") || strings.Contains(out, "parse error") {
					t.Errorf("%s: the change is no rule file:\n%s", change[0], out)
				}
			}
		})
	}
}

// A target so low, over a period so long, that nothing fires within a test:
// what is left of the outage is no stretch of no steps.
func TestStretchesOfNoStepsAreLeftOut(t *testing.T) {
	for _, target := range []string{"90%", "95%", "98%", "99%"} {
		o := slo.Objective{Service: "checkout", Name: "availability", Target: slo.MustRatio(target), Window: slo.Rolling(365 * 24 * time.Hour)}
		_, f := unitTests(t, rules.Options{}, rules.SLO{Objective: o})
		for _, test := range f.Tests {
			for _, s := range test.InputSeries {
				for _, stretch := range strings.Fields(s.Values) {
					if !regexp.MustCompile(`^(_|\d[\d.e+]*\+\d+)x[1-9]\d*$|^\d+\+0x0$`).MatchString(stretch) {
						t.Errorf("%s, %s: %q in %q", target, test.Name, stretch, s.Values)
					}
				}
			}
		}
	}
}
