package rules_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func pairOf(long, short, hold time.Duration, factor float64) alerting.Pair {
	return alerting.Pair{Severity: alerting.Page, Long: long, Short: short, For: hold, Factor: factor}
}

// What the annotations of a burn alert say follows from its pairs.
func TestBurnSentences(t *testing.T) {
	minutes := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	timeSlices := slo.Objective{Kind: slo.TimeSlices, Target: slo.MustRatio("99.9%"), Slice: slo.SliceRule{Length: minutes(5), Bound: slo.MustRatio("5%")}}
	ratioSlices := slo.Objective{Kind: slo.RatioSlices, Target: slo.MustRatio("99.9%"), Slice: slo.SliceRule{Length: minutes(5)}}
	day := func(target string) slo.Objective {
		return slo.Objective{Target: slo.MustRatio(target), Window: slo.Rolling(24 * time.Hour)}
	}
	for _, tt := range []struct {
		name                  string
		objective             slo.Objective
		pair                  alerting.Pair
		conditions, detection string
	}{
		{"no hold", slo.Objective{Target: slo.MustRatio("99.9%")}, pairOf(minutes(60), minutes(5), 0, 14.4),
			"2 % of the budget is spent when it fires", "errors of 100 % after 52s, 50 % after 1m44s"},
		// 14.4 · (60 + 6) min / 30 d; what fails faster spends more in the hold.
		{"a hold", slo.Objective{Target: slo.MustRatio("99.9%")}, pairOf(minutes(60), minutes(5), minutes(6), 14.4),
			"at least 2.2 % of the budget is spent when it fires", "errors of 100 % after 6m52s, 50 % after 7m44s"},
		// Of the 8,640 slices of 30 d 8.64 may be bad. One of 12 is above 0.0144.
		{"slices", timeSlices, pairOf(minutes(60), minutes(5), 0, 14.4),
			"11.57 % of the budget is spent when it fires", "bad slices of 100 % after 5m, 50 % after 10m, 10 % after 50m, 5 % after 1h40m"},
		// 0.48 of 12 slices: of 50 % errors one is enough, of 10 % it takes five, of 5 % ten.
		{"mean over slices", ratioSlices, pairOf(minutes(60), minutes(5), 0, 40),
			"at least 5.556 % of the budget is spent when it fires", "errors of 100 % after 5m, 50 % after 5m, 10 % after 25m, 5 % after 50m"},
		{"much", day("99.9999999%"), pairOf(minutes(1440), minutes(240), 0, 50000),
			": 5000000 % of the budget is spent", "errors of 100 % after 4s,"},
		{"little", slo.Objective{Target: slo.MustRatio("99.9%"), Window: slo.Rolling(3650 * 24 * time.Hour)}, pairOf(minutes(5), minutes(5), 0, 1),
			": 0.00009513 % of the budget is spent", "errors of 100 % after 1s,"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := rules.SLO{Objective: tt.objective, Policy: alerting.Policy{Name: "one", Pairs: []alerting.Pair{tt.pair}}}
			s.Objective.Service, s.Objective.Name = "checkout", "availability"
			for _, a := range compile(t, rules.Options{}, s).Alerts() {
				if a.Alert != rules.AlertBurn {
					continue
				}
				if got := a.Annotations["conditions"]; !strings.Contains(got, tt.conditions) {
					t.Errorf("conditions: got %q, want %q in it", got, tt.conditions)
				}
				if got := a.Annotations["detection"]; !strings.HasPrefix(got, tt.detection) {
					t.Errorf("detection: got %q, want %q first", got, tt.detection)
				}
			}
		})
	}
}

// Alerts of one severity that are held for different times differ in their labels,
// also where their windows do not.
func TestHoldsOfEqualWindowsAreToldApart(t *testing.T) {
	s := availability("99.9%")
	s.Policy = alerting.Policy{Name: "odd", Pairs: []alerting.Pair{
		pairOf(time.Hour, 5*time.Minute, 2*time.Minute, 14.4), pairOf(time.Hour, 10*time.Minute, 5*time.Minute, 10),
		pairOf(time.Hour, 10*time.Minute, 7*time.Minute, 8), pairOf(6*time.Hour, 30*time.Minute, 15*time.Minute, 6),
	}}
	var got []string
	for _, a := range compile(t, rules.Options{}, s).Alerts() {
		if a.Alert == rules.AlertBurn {
			got = append(got, a.Labels["window"])
		}
	}
	if want := "1h 1h/10m 1h/10m/7m 6h"; strings.Join(got, " ") != want {
		t.Errorf("got windows %q, want %q", got, want)
	}
	data, err := rules.UnitTests([]rules.SLO{s}, rules.Options{})
	if err != nil || !strings.Contains(string(data), `window="1h/10m/7m"`) {
		t.Errorf("unit tests do not name the window 1h/10m/7m: %v", err)
	}
}

// A period shorter than every window is the defect, not the policy.
func TestPeriodBelowEveryWindow(t *testing.T) {
	s := availability("99.9%")
	s.Objective.Window = slo.Rolling(10 * time.Minute)
	_, err := rules.Compile([]rules.SLO{s}, rules.Options{})
	const want = `not an SLO to compile: service "checkout", objective "availability": not an alert policy: ` +
		`every window of the policy "workbook" is longer than the period 10m, the shortest of them 1h; give the objective a longer period, or a policy with shorter windows`
	if err == nil || err.Error() != want || !errors.Is(err, alerting.ErrPolicy) {
		t.Errorf("got %v, want\n%s", err, want)
	}
	s.Policy = alerting.Policy{Pairs: alerting.Workbook().Pairs}
	if _, err = rules.Compile([]rules.SLO{s}, rules.Options{}); err == nil || !strings.Contains(err.Error(), ": every window of the policy is longer") {
		t.Errorf("without a name: got %v", err)
	}
}

// The objective that a plain alert names is a label like any other.
func TestThresholdAlertChecksItsObjective(t *testing.T) {
	_, err := rules.CompileThresholds([]rules.ThresholdAlert{{Service: "a", Name: "b", SLO: "x\x00", ErrorRatio: slo.MustRatio("1%"), Severity: alerting.Page}}, rules.Options{})
	if !errors.Is(err, rules.ErrSLO) || !strings.Contains(err.Error(), "text must be UTF-8") {
		t.Errorf("got %v, want an error on the text", err)
	}
}
