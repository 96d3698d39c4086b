package slo

import (
	"math"
	"strings"
	"testing"
	"time"
)

func lines(metrics []Metric) string {
	var all []string
	for _, m := range metrics {
		all = append(all, m.String())
	}
	return strings.Join(all, "\n")
}

func TestMetrics(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	service := Label{"service", "a\"b\\c\nd"}
	b, err := o.BudgetOf(Counts{1, 4000}, now)
	if err != nil {
		t.Fatal(err)
	}
	empty, err := o.BudgetOf(Counts{}, now)
	if err != nil {
		t.Fatal(err)
	}
	x := Exhaustion{Probability: 0.75, Burn: 2, Quantiles: []TimeQuantile{{0.5, now}}}
	labels := make([]Label, 1, 4) // with room: Metrics must not write into it
	labels[0] = Label{"a", "b"}
	for _, c := range []struct {
		name string
		got  []Metric
		want string
	}{
		{"budget", b.Metrics(service), `slo_events{service="a\"b\\c\nd"} 4000
slo_bad_events{service="a\"b\\c\nd"} 1
slo_coverage_ratio{service="a\"b\\c\nd"} 1
slo_objective_ratio{service="a\"b\\c\nd"} 0.999
slo_good_ratio{service="a\"b\\c\nd"} 0.99975
slo_budget_consumed_ratio{service="a\"b\\c\nd"} 0.25
slo_budget_remaining_ratio{service="a\"b\\c\nd"} 0.75
slo_period_budget_remaining_ratio{service="a\"b\\c\nd"} 0.75`},
		{"budget without data", empty.Metrics(), "slo_events 0\nslo_bad_events 0\nslo_coverage_ratio 1\nslo_objective_ratio 0.999"},
		{"burn", Burn{Length: time.Hour, Rate: 14.4, Coverage: 0.5}.Metrics(labels...), "slo_burn_coverage_ratio{a=\"b\",window=\"1h\"} 0.5\nslo_burn_rate{a=\"b\",window=\"1h\"} 14.4"},
		{"burn without data", Burn{Length: 3 * day, NoData: true}.Metrics(), `slo_burn_coverage_ratio{window="3d"} 0`},
		{"exhaustion", x.Metrics(), "slo_exhaustion_probability_ratio 0.75\nslo_expected_burn_rate 2\nslo_exhaustion_median_seconds 1.7698176e+09"},
		{"exhaustion without data", Exhaustion{NoData: true}.Metrics(), ""},
		{"evidence", Evidence{LogE: 5, Alarm: true}.Metrics(), "slo_evidence_log 5\nslo_evidence_alarm 1"},
		{"quiet evidence", Evidence{LogE: -5}.Metrics(), "slo_evidence_log -5\nslo_evidence_alarm 0"},
		{"outlook", Outlook{Budget: empty, Ratio: Interval{0.5, 1, 0.95}, Remaining: Interval{-3, 0.5, 0.95}, Meeting: 0.25, Met: 1}.Metrics()[4:], "slo_good_low_ratio 0.5\nslo_good_high_ratio 1\n" +
			"slo_budget_remaining_low_ratio -3\nslo_budget_remaining_high_ratio 0.5\nslo_meeting_probability_ratio 0.25\nslo_met_probability_ratio 1"},
		{"evidence without data", Evidence{NoData: true}.Metrics(), ""},
	} {
		if got := lines(c.got); got != c.want {
			t.Errorf("%s:\n%s\nwant:\n%s", c.name, got, c.want)
		}
		for _, m := range c.got {
			if m.Help == "" || math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
				t.Errorf("%s: %+v", c.name, m)
			}
		}
	}
	if got, want := logged("l", Outlook{Budget: empty, Ratio: Interval{0.5, 1, 0.95}, Met: 1}), "l.budget.objective=0.999 l.budget.bad=0 l.budget.total=0 l.budget.coverage=1 l.budget.no_data=true "+
		"l.ratio_low=0.5 l.ratio_high=1 l.remaining_low=0 l.remaining_high=0 l.probability_met=1"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	if extra := labels[:2][1]; extra != (Label{}) {
		t.Errorf("Metrics wrote %v behind its argument", extra)
	}
}
