package rules_test

import (
	"fmt"
	"maps"
	"regexp"
	stdslices "slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// Mistakes that rule generators are known to make, one test each. Those that
// only an engine can show stand in internal/crosscheck.

// allRules is every rule of the set.
func allRules(set rules.RuleSet) []rules.Rule {
	var all []rules.Rule
	for _, g := range set.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

// Prometheus reads the first document of a rule file and ignores the rest.
func TestARuleFileIsOneDocumentWithAllRules(t *testing.T) {
	var slos []rules.SLO
	for i := range 20 {
		s := availability("99.9%")
		s.Objective.Service = fmt.Sprintf("service-%d", i)
		s.Annotations = map[string]string{"note": "a\n---\nb", "end": "...\n---"}
		slos = append(slos, s)
	}
	set := compile(t, rules.Options{}, slos...)
	text := string(set.YAML())
	if regexp.MustCompile(`(?m)^(---|\.\.\.)`).MatchString(text) {
		t.Errorf("the file has a second document:\n%s", text[:2000])
	}
	if got, want := strings.Count(text, "      - record: ")+strings.Count(text, "      - alert: "), len(allRules(set)); got != want || want < 20*15 {
		t.Errorf("%d rules in the file, want %d, at least 300", got, want)
	}
	var f file
	if err := yaml.NewDecoder(strings.NewReader(text)).Decode(&f); err != nil || len(f.Groups) != 60 {
		t.Errorf("%d groups in the first document (%v), want 60", len(f.Groups), err)
	}
}

func TestEveryObjectiveIsGenerated(t *testing.T) {
	second := availability("99%")
	second.Objective.Name = "correctness"
	set := compile(t, rules.Options{}, availability("99.9%"), second, latency(100*time.Millisecond), slices(slo.EmptyGood))
	found := make(map[string]int)
	for _, r := range allRules(set) {
		found[r.Labels["slo"]]++
	}
	for _, name := range []string{"availability", "correctness", "latency-p95", "error-rate-p99"} {
		if found[name] < 15 {
			t.Errorf("%d rules of %s, want 15 at least", found[name], name)
		}
	}
	if len(found) != 4 {
		t.Errorf("rules of %v, want four objectives and no rule without one", found)
	}
}

// Scaled to a short period, some generators' windows are rounded to 0 s, and
// their alerts can never fire.
func TestNoWindowCollapses(t *testing.T) {
	window := regexp.MustCompile(`\[([0-9a-z]+)`)
	for _, period := range []time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour} {
		for _, p := range []alerting.Policy{alerting.Workbook(), alerting.Pyrra(period), alerting.Datadog(period), alerting.SLOGenerator()} {
			s := availability("99.9%")
			s.Objective.Window, s.Policy = slo.Rolling(period), p
			opt := rules.Options{ScrapeInterval: 15 * time.Second, Interval: 15 * time.Second}
			set, err := rules.Compile([]rules.SLO{s}, opt)
			if err != nil {
				// Refused: no window, or one that holds too few scrapes.
				if !strings.Contains(err.Error(), "must be positive") && !strings.Contains(err.Error(), "is shorter than 2m") && !strings.Contains(err.Error(), "has no pairs") {
					t.Errorf("%s over %v: %v", p.Name, period, err)
				}
				continue
			}
			for _, r := range allRules(set) {
				if strings.HasSuffix(r.Record, "rate0s") {
					t.Errorf("%s over %v: record %s", p.Name, period, r.Record)
				}
				for _, m := range window.FindAllStringSubmatch(r.Expr, -1) {
					if d, err := model.ParseDuration(m[1]); err != nil || time.Duration(d) < time.Minute {
						t.Errorf("%s over %v: a range of %s, less than a base window of 1 min, in %s", p.Name, period, m[1], r.Expr)
					}
				}
			}
		}
	}
	s := availability("99.9%")
	s.Objective.Window, s.Policy = slo.Rolling(24*time.Hour), alerting.Pyrra(24*time.Hour)
	if _, err := rules.Compile([]rules.SLO{s}, rules.Options{}); err == nil || !strings.Contains(err.Error(), "both must be positive") {
		t.Errorf("windows of 0 s are not refused: %v", err)
	}
}

// Selectors of recorded series always carry the whole identity, so that no
// objective reads another's.
func TestRecordsAreReadByTheirWholeIdentity(t *testing.T) {
	for _, s := range everyKind() {
		for _, r := range allRules(compile(t, everyOptions, s)) {
			e, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
			if err != nil {
				t.Fatal(err)
			}
			parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
				v, ok := n.(*parser.VectorSelector)
				if !ok || !strings.HasPrefix(v.Name, "slo:") {
					return nil
				}
				got := make(map[string]string)
				for _, m := range v.LabelMatchers {
					got[m.Name] = m.Value
				}
				want := map[string]string{"__name__": v.Name, "service": s.Objective.Service, "slo": s.Objective.Name, "revision": "1"}
				if !maps.Equal(got, want) {
					t.Errorf("%s reads %s{%v}, want %v", r.Name(), v.Name, got, want)
				}
				return nil
			})
		}
	}
}

// No two rules write the same series: neither two of one objective nor those of
// two objectives, whatever the intervals.
func TestNoSeriesIsRecordedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(1, most).Draw(t, name)) * 15 * time.Second
		}
		opt := rules.Options{Server: "3.5", ScrapeInterval: seconds("scrape", 8), Interval: seconds("interval", 8)}
		if rapid.Bool().Draw(t, "period interval") {
			opt.PeriodInterval = max(opt.Interval, seconds("period", 40))
		}
		var slos []rules.SLO
		for _, s := range everyKind() {
			if s.Policy = alerting.SLOGenerator(); s.LowTraffic.Confidence.IsZero() { // whose tables take their time
				slos = append(slos, s)
			}
		}
		set, err := rules.Compile(slos, opt)
		if err != nil {
			if strings.Contains(err.Error(), "slices of") {
				t.Skip("slices shorter than the base window")
			}
			t.Fatal(err)
		}
		seen := make(map[string]bool)
		for _, r := range allRules(set) {
			key := fmt.Sprint(r.Name(), r.Labels)
			if seen[key] {
				t.Fatalf("%+v: two rules write %s", opt, key)
			}
			seen[key] = true
		}
		groups := make(map[string]bool)
		for _, g := range set.Groups {
			if groups[g.Name] {
				t.Fatalf("two groups %s", g.Name)
			}
			groups[g.Name] = true
		}
	})
}

// A factor below 1 alerts while the objective is met.
func TestNoFactorIsBelowOne(t *testing.T) {
	for _, c := range []struct {
		policy alerting.Policy
		period time.Duration
	}{{alerting.Sloth(), 28 * 24 * time.Hour}, {alerting.SlothWeek(), 7 * 24 * time.Hour}} {
		s := availability("99.9%")
		s.Policy, s.Objective.Window = c.policy, slo.Rolling(c.period)
		set := compile(t, rules.Options{}, s)
		if !hasFinding(set.Findings, "factor-raised") {
			t.Errorf("%s: the raised factor is no finding: %v", c.policy.Name, set.Findings)
		}
		thresholds := 0
		for _, a := range set.Alerts() {
			for _, m := range regexp.MustCompile(`slo:error_ratio:\S+ > (\S+)`).FindAllStringSubmatch(a.Expr, -1) {
				thresholds++
				if v, _ := strconv.ParseFloat(m[1], 64); v < 0.001 {
					t.Errorf("%s: the threshold %s is below the budget 0.001", c.policy.Name, m[1])
				}
			}
		}
		if thresholds != 8 {
			t.Errorf("%s: %d thresholds, want 8", c.policy.Name, thresholds)
		}
	}
}

func TestAnObjectiveOf100PercentIsRefused(t *testing.T) {
	for _, target := range []string{"100%", "1", "1.000"} {
		if _, err := rules.Compile([]rules.SLO{availability(target)}, rules.Options{}); err == nil || !strings.Contains(err.Error(), "leaves no error budget") {
			t.Errorf("%s: got %v", target, err)
		}
	}
}

// Names that read alike when they are joined stay apart: in groups, in series,
// in files and in findings of duplicates.
func TestNamesThatCollideByJoining(t *testing.T) {
	for _, c := range [][2][2]string{
		{{"ab-cd", "ef"}, {"ab", "cd-ef"}},
		{{"ab/cd", "ef"}, {"ab", "cd/ef"}},
		{{"ab%2Fcd", "ef"}, {"ab/cd", "ef"}},
		{{`ab"`, `"ef`}, {`ab""`, `ef`}},
		{{"a", "b/c"}, {"a/b", "c"}},
	} {
		var slos []rules.SLO
		for _, names := range c {
			s := availability("99.9%")
			s.Objective.Service, s.Objective.Name = names[0], names[1]
			slos = append(slos, s)
		}
		set := compile(t, rules.Options{}, slos...)
		groups, series := make(map[string]bool), make(map[string]bool)
		for _, g := range set.Groups {
			if groups[g.Name] {
				t.Errorf("%q: two groups are called %q, and Prometheus refuses the file", c, g.Name)
			}
			groups[g.Name] = true
			for _, r := range g.Rules {
				key := fmt.Sprintf("%s %q", r.Name(), r.Labels)
				if series[key] {
					t.Errorf("%q: two rules write %s", c, key)
				}
				series[key] = true
			}
		}
		thresholds, err := rules.CompileThresholds([]rules.ThresholdAlert{
			{Service: c[0][0], Name: c[0][1], ErrorRatio: slo.MustRatio("1%"), Severity: alerting.Page},
			{Service: c[1][0], Name: c[1][1], ErrorRatio: slo.MustRatio("1%"), Severity: alerting.Page},
		}, rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range thresholds.Groups {
			if groups[g.Name] {
				t.Errorf("%q: two groups are called %q", c, g.Name)
			}
			groups[g.Name] = true
		}
	}
}

// A hold spends budget that no window accounts for. Our default has none; a
// policy that has is compiled as it is, and says what it costs.
func TestHoldsAreNotAddedAndTheirPriceIsNamed(t *testing.T) {
	for _, a := range compile(t, rules.Options{}, availability("99.999%")).Alerts() {
		if a.Alert == rules.AlertBurn && a.For != 0 {
			t.Errorf("the default policy holds %s for %v", a.Labels["severity"], a.For)
		}
	}
	s := availability("99.999%")
	s.Policy = alerting.Pyrra(28 * 24 * time.Hour)
	s.Objective.Window = slo.Rolling(28 * 24 * time.Hour)
	set := compile(t, rules.Options{}, s)
	// 14 · 1e-5 of an hour, half a second, and the hold of two minutes.
	for _, a := range set.Alerts() {
		if a.Alert == rules.AlertBurn && a.Labels["window"] == "1h" {
			if a.For != 2*time.Minute || !strings.HasPrefix(a.Annotations["detection"], "errors of 100 % after 2m1s,") {
				t.Errorf("held for %v: %s", a.For, a.Annotations["detection"])
			}
			return
		}
	}
	t.Error("no alert of the window 1h")
}

// Decimals are exact however many nines there are, and factors keep their
// fractions in the texts.
func TestDecimalsArePrintedExactly(t *testing.T) {
	noise := regexp.MustCompile(`\.[0-9]{15}|[0-9]e-[0-9]`)
	for _, c := range []struct{ target, objective, budget, page, ticket string }{
		{"95%", "0.95", "0.05", "0.72", "0.05"},
		{"99.5%", "0.995", "0.005", "0.072", "0.005"},
		{"99.95%", "0.9995", "0.0005", "0.0072", "0.0005"},
		{"99.999%", "0.99999", "0.00001", "0.000144", "0.00001"},
		{"99.9995%", "0.999995", "0.000005", "0.000072", "0.000005"},
		{"99.99999%", "0.9999999", "0.0000001", "0.00000144", "0.0000001"},
	} {
		set := compile(t, rules.Options{}, availability(c.target))
		text := string(set.YAML())
		for _, want := range []string{"vector(" + c.objective + ")", `revision="1"} / ` + c.budget, "> " + c.page + "\n", "> " + c.ticket + "\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", c.target, want)
			}
		}
		for _, r := range allRules(set) {
			if m := noise.FindString(r.Expr); m != "" {
				t.Errorf("%s: %q in %s: %s", c.target, m, r.Name(), r.Expr)
			}
		}
		for _, factor := range []string{"burn rate 14.4)", "burn rate 6)"} {
			if !strings.Contains(burnAlert(t, set, "page").Annotations["conditions"], factor) {
				t.Errorf("%s: no %q", c.target, factor)
			}
		}
	}
	s := availability("99.9%")
	s.Policy, s.Objective.Window = alerting.Sloth(), slo.Rolling(28*24*time.Hour)
	got := burnAlert(t, compile(t, rules.Options{}, s), "page").Annotations["conditions"]
	for _, want := range []string{"burn rate 13.44)", "burn rate 5.6)"} {
		if !strings.Contains(got, want) {
			t.Errorf("28 days: no %q in %s", want, got)
		}
	}
}

// The absence alert needs no threshold: it is as fast for an objective none of
// whose pages can fire.
func TestTheAbsenceAlertKnowsNoThreshold(t *testing.T) {
	var exprs []string
	for _, target := range []string{"40%", "90%", "99.9%", "99.999%"} {
		for _, a := range compile(t, rules.Options{}, availability(target)).Alerts() {
			if a.Alert == rules.AlertNoData {
				exprs = append(exprs, a.Expr+" for "+a.For.String())
			}
		}
	}
	if len(exprs) != 4 || len(stdslices.Compact(exprs)) != 1 {
		t.Errorf("absence alerts %q, want the same four times", exprs)
	}
	if !strings.HasSuffix(exprs[0], "for 10m0s") {
		t.Errorf("%s, want a hold of 10 min", exprs[0])
	}
}

// One failure of ten requests an hour is 100 times the budget of 99.9 %, not
// 1,000 times: 10 % in the hour, above every threshold of the page.
func TestOneOfTenIsAHundredTimesTheBudget(t *testing.T) {
	s := availability("99.9%")
	rate, ok := s.Objective.BurnRate(slo.Counts{Bad: 1, Total: 10})
	if !ok || rate < 99.999 || rate > 100.001 {
		t.Errorf("burn rate %v, want 100", rate)
	}
	// All of the budget is gone after 30 d / 100.
	if got, ok := slo.TimeToExhaustion(1, 100, 30*24*time.Hour); !ok || got != 7*time.Hour+12*time.Minute {
		t.Errorf("the budget lasts %v at that rate, want 7h12m", got)
	}
}

// everyOptions lets every indicator compile.
var everyOptions = rules.Options{Server: "3.5"}

// everyKind is an SLO of every kind of objective and indicator.
func everyKind() []rules.SLO {
	native, custom, good, grouped, low := latency(123*time.Millisecond), availability("99%"), availability("99%"), availability("99.9%"), availability("99.9%")
	native.Objective.Name, native.Indicator.NativeHistogram = "native", true
	custom.Objective.Name, custom.Indicator = "custom", rules.Indicator{Bad: "rate(bad_total[$window])", Total: "rate(all_total[$window])", GroupBy: []string{"region"}}
	good.Objective.Name, good.Indicator = "good", rules.Indicator{Good: "rate(good_total[$window])", Total: "rate(all_total[$window])"}
	grouped.Objective.Name, grouped.Indicator.GroupBy = "grouped", []string{"region", "tenant"}
	low.Objective.Name, low.LowTraffic.Confidence = "low", slo.MustRatio("0.95")
	ratio, month, hours := slices(slo.EmptyExcluded), availability("99.9%"), slices(slo.EmptyBad)
	ratio.Objective.Name, ratio.Objective.Kind = "ratio-slices", slo.RatioSlices
	hours.Objective.Name, hours.Objective.Slice.Length = "hourly", time.Hour
	month.Objective.Name, month.Objective.Window = "month", slo.Window{Calendar: slo.Month}
	return []rules.SLO{availability("99.9%"), latency(100 * time.Millisecond), slices(slo.EmptyGood), native, custom, good, grouped, low, ratio, month, hours}
}
