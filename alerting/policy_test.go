package alerting

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

const day = 24 * time.Hour

// objective is a target over a rolling period, as most tests need it.
func objective(target string, period time.Duration) slo.Objective {
	return slo.Objective{Name: "availability", Target: slo.MustRatio(target), Window: slo.Rolling(period)}
}

func bind(t testing.TB, p Policy, o slo.Objective) Bound {
	t.Helper()
	b, err := p.Bind(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var exact = cmpopts.IgnoreUnexported(slo.Ratio{})

// The thresholds are factor times budget in decimal arithmetic: 14.4 · 0.001 is
// 0.0144, in binary floating point 0.014399999999999998.
func TestThresholdsAreExact(t *testing.T) {
	for _, tt := range []struct {
		target string
		want   [4]string
	}{
		{"90%", [4]string{"1.44", "0.6", "0.3", "0.1"}},
		{"95%", [4]string{"0.72", "0.3", "0.15", "0.05"}},
		{"99%", [4]string{"0.144", "0.06", "0.03", "0.01"}},
		{"99.5%", [4]string{"0.072", "0.03", "0.015", "0.005"}},
		{"99.9%", [4]string{"0.0144", "0.006", "0.003", "0.001"}},
		{"99.95%", [4]string{"0.0072", "0.003", "0.0015", "0.0005"}},
		{"99.99%", [4]string{"0.00144", "0.0006", "0.0003", "0.0001"}},
		{"99.999%", [4]string{"0.000144", "0.00006", "0.00003", "0.00001"}},
	} {
		b := bind(t, Workbook(), objective(tt.target, 30*day))
		for i, p := range b.Pairs {
			if p.ThresholdText != tt.want[i] {
				t.Errorf("%s, %s: got threshold %s, want %s", tt.target, p.name(), p.ThresholdText, tt.want[i])
			}
			if reachable := tt.want[i] < "1"; p.Reachable != reachable {
				t.Errorf("%s, %s: got reachable %v, want %v", tt.target, p.name(), p.Reachable, reachable)
			}
			if text, _ := json.Marshal(p.Threshold); tt.target != "99.999%" && string(text) != tt.want[i] {
				t.Errorf("%s, %s: threshold prints as %s, want %s", tt.target, p.name(), text, tt.want[i])
			}
		}
	}
}

// More digits than a float64 holds are printed all the same.
func TestThresholdOfManyDigits(t *testing.T) {
	b := bind(t, single(time.Hour, time.Minute, 0, 1.1), objective("0.123456789012345678", 30*day))
	// 0.876543210987654322 · 1.1
	if got, want := b.Pairs[0].ThresholdText, "0.9641975320864197542"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p := Policy{Name: "thirds", Pairs: []Pair{{Severity: Page, Long: 3 * time.Hour, Short: time.Minute, Share: slo.MustRatio("1%")}}}
	if got, want := bind(t, p, objective("99.9%", 28*day)).Pairs[0].FactorText, "2.24"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// 2 % · 672 h / 9 h has no end.
	p.Pairs[0].Long = 9 * time.Hour
	p.Pairs[0].Share = slo.MustRatio("2%")
	if got, want := bind(t, p, objective("99.9%", 28*day)).Pairs[0].ThresholdText, "0.0014933333333333333"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFactorsFollowThePeriod(t *testing.T) {
	for _, tt := range []struct {
		policy Policy
		period time.Duration
		want   []string
		raised int // number of factors raised to 1
	}{
		{Workbook(), 30 * day, []string{"14.4", "6", "3", "1"}, 0},
		{Workbook(), 28 * day, []string{"13.44", "5.6", "2.8", "1"}, 1}, // the last was 14/15
		{Workbook(), 7 * day, []string{"3.36", "1.4", "1", "1"}, 2},     // 0.7 and 7/30
		{Workbook(), 90 * day, []string{"43.2", "18", "9", "3"}, 0},
		{Sloth(), 28 * day, []string{"13.44", "5.6", "2.8", "1"}, 1},
		{SlothWeek(), 7 * day, []string{"13.44", "3.5", "1.4", "1"}, 1}, // the last was 0.98
		{Pyrra(28 * day), 28 * day, []string{"14", "7", "2", "1"}, 0},
		{Datadog(7 * day), 7 * day, []string{"16.8", "5.6", "2.8"}, 0},
		{Datadog(30 * day), 30 * day, []string{"14.4", "6", "3"}, 0},
		{Datadog(90 * day), 90 * day, []string{"21.6", "10.8", "4.5"}, 0},
		{SLOLibsonnet(), 30 * day, []string{"14.4", "6", "3", "1"}, 0},
		{SLOGenerator(), 28 * day, []string{"9", "3", "1.5", "1"}, 0},
	} {
		b := bind(t, tt.policy, objective("99.9%", tt.period))
		var got []string
		raised := 0
		for _, p := range b.Pairs {
			got = append(got, p.FactorText)
			if p.Raised {
				raised++
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || raised != tt.raised {
			t.Errorf("%s over %v: factors (-want +got):\n%s raised: got %d, want %d", tt.policy.Name, tt.period, diff, raised, tt.raised)
		}
	}
}

// A share of the budget is what a preset's factor means; those of the peers that
// fix their factors are derived: factor · window / period.
func TestBudgetShares(t *testing.T) {
	for _, tt := range []struct {
		policy Policy
		period time.Duration
		want   []float64
	}{
		{Workbook(), 30 * day, []float64{0.02, 0.05, 0.1, 0.1}},
		{SlothWeek(), 7 * day, []float64{0.08, 0.125, 0.2, 3.0 / 7}}, // 42 % before it is raised
		{Pyrra(28 * day), 28 * day, []float64{14.0 / 672, 42.0 / 672, 48.0 / 672, 96.0 / 672}},
	} {
		for i, p := range bind(t, tt.policy, objective("99.9%", tt.period)).Pairs {
			if math.Abs(p.BudgetShare-tt.want[i]) > 1e-12 {
				t.Errorf("%s, %s: got share %v, want %v", tt.policy.Name, p.name(), p.BudgetShare, tt.want[i])
			}
		}
	}
}

// Reachable if and only if factor < 1/budget, that is target > 1 - 1/factor. At
// the limit itself the threshold is 1 and nothing exceeds it.
func TestReachability(t *testing.T) {
	for _, tt := range []struct {
		factor float64
		below  string // the highest target of three decimals at which it cannot fire
		above  string
	}{
		{14.4, "93.055%", "93.056%"},
		{14, "92.857%", "92.858%"},
		{13.44, "92.559%", "92.560%"},
		{7, "85.714%", "85.715%"},
		{6, "83.333%", "83.334%"},
		{5.6, "82.142%", "82.143%"},
		{3, "66.666%", "66.667%"},
		{2, "50%", "50.001%"},
	} {
		p := Policy{Name: "one", Pairs: []Pair{{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, Factor: tt.factor}}}
		if b := bind(t, p, objective(tt.below, 30*day)); b.Pairs[0].Reachable || len(b.Reachable()) != 0 {
			t.Errorf("factor %v at %s: got reachable, want not (threshold %s)", tt.factor, tt.below, b.Pairs[0].ThresholdText)
		}
		if b := bind(t, p, objective(tt.above, 30*day)); !b.Pairs[0].Reachable || len(b.Reachable()) != 1 {
			t.Errorf("factor %v at %s: got unreachable, want reachable (threshold %s)", tt.factor, tt.above, b.Pairs[0].ThresholdText)
		}
	}
}

func TestBindFindings(t *testing.T) {
	capped := Workbook()
	capped.MaxErrorRatio = slo.MustRatio("0.5")
	for _, tt := range []struct {
		name   string
		policy Policy
		o      slo.Objective
		want   []string
	}{
		{"all well", Workbook(), objective("99.9%", 30*day), nil},
		{"unreachable", Workbook(), objective("90%", 30*day), []string{
			`warning: availability: "page 1h/5m": the pair can never fire for the target 90%: it needs an error ratio above 1.44, and no ratio exceeds 1; tighten the target, lower the share of the budget or lengthen the window`,
		}},
		{"capped", capped, objective("90%", 30*day), []string{
			`warning: availability: "page 1h/5m": the pair can never fire for the target 90%: it needs an error ratio above 1.44, and no ratio exceeds 1; tighten the target, lower the share of the budget or lengthen the window`,
			`warning: availability: "page 6h/30m": the pair fires only above an error ratio of 0.6, and the policy wants at most 0.5; tighten the target, lower the share of the budget or lengthen the window`,
		}},
		{"raised", Sloth(), objective("99.9%", 28*day), []string{
			`warning: availability: "ticket 3d/6h": the factor 0.9333333333333333 is below 1 and would alert while the objective is met; it is raised to 1; choose a longer period, a larger share of the budget or a shorter window`,
		}},
		{"nothing left", Policy{Name: "fast", Pairs: Workbook().Pairs[:1]}, objective("90%", 30*day), []string{
			`warning: availability: "page 1h/5m": the pair can never fire for the target 90%: it needs an error ratio above 1.44, and no ratio exceeds 1; tighten the target, lower the share of the budget or lengthen the window`,
			`availability: "fast": no pair of the policy can ever fire for the target 90%; retune the policy for this target, or tighten the target`,
		}},
		{"calendar", Workbook(), slo.Objective{Name: "availability", Target: slo.MustRatio("99.9%"), Window: slo.Window{Calendar: slo.Month}}, []string{
			`info: availability: "month": alert factors of a calendar period derive from its shortest length, 4w`,
			`warning: availability: "ticket 3d/6h": the factor 0.9333333333333333 is below 1 and would alert while the objective is met; it is raised to 1; choose a longer period, a larger share of the budget or a shorter window`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range bind(t, tt.policy, tt.o).Findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCalendarMonthUsesItsShortestLength(t *testing.T) {
	b := bind(t, Workbook(), slo.Objective{Target: slo.MustRatio("99.9%"), Window: slo.Window{Calendar: slo.Month}})
	if b.Period != 28*day || b.Pairs[0].FactorText != "13.44" {
		t.Errorf("got period %v, factor %s, want 672h0m0s, 13.44", b.Period, b.Pairs[0].FactorText)
	}
}

func TestUnsetWindowIsThirtyDays(t *testing.T) {
	if b := bind(t, Workbook(), slo.Objective{Target: slo.MustRatio("99.9%")}); b.Period != 30*day {
		t.Errorf("got period %v, want 720h0m0s", b.Period)
	}
}

// Every defect of a policy and of its objective is told at once.
func TestBindErrorsAreComplete(t *testing.T) {
	half := slo.MustRatio("50%")
	p := Policy{Name: "odd", Pairs: []Pair{
		{Long: time.Hour, Short: 2 * time.Hour, Share: half},
		{Severity: Page, Long: time.Hour, Short: 0, Factor: 3, For: -time.Second},
		{Severity: Ticket, Long: time.Hour + time.Millisecond, Short: time.Minute},
		{Severity: 7, Long: time.Hour, Short: time.Minute, Factor: math.Inf(1)},
		{Severity: Info, Long: time.Hour, Short: time.Minute, Share: slo.MustRatio("0")},
		{Severity: Info, Long: time.Hour, Short: time.Minute, Factor: math.NaN()},
		{Severity: Info, Long: time.Hour, Short: time.Minute, Factor: -2},
		{Severity: Info, Long: 3654 * day, Short: time.Minute, Factor: 2},
	}}
	_, err := p.Bind(slo.Objective{Name: "availability"})
	want := `not an alert policy: pair 1 of policy "odd": no severity; set Page, Ticket or Info
not an alert policy: pair 1 of policy "odd": windows 1h0m0s and 2h0m0s; both must be positive and the short one not longer
not an alert policy: pair 2 of policy "odd": windows 1h0m0s and 0s; both must be positive and the short one not longer
not an alert policy: pair 2 of policy "odd": for -1s is negative
not an alert policy: pair 3 of policy "odd": windows 1h0m0.001s and 1m0s, for 0s; whole seconds are needed
not an alert policy: pair 3 of policy "odd": neither a share of the budget nor a factor; set one
not an alert policy: pair 4 of policy "odd": no severity; set Page, Ticket or Info
not an alert policy: pair 4 of policy "odd": factor +Inf; it must be between 1e-9 and 1e9
not an alert policy: pair 5 of policy "odd": a share of 0% of the budget fires on anything; set a share above 0%
not an alert policy: pair 6 of policy "odd": factor NaN; it must be between 1e-9 and 1e9
not an alert policy: pair 7 of policy "odd": factor -2; it must be between 1e-9 and 1e9
not an alert policy: pair 8 of policy "odd": 522w is longer than 10 years
not an objective "availability": no target; write a ratio below 100%, such as 99.9%`
	if err == nil {
		t.Fatal("got no error")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !errors.Is(err, ErrPolicy) || !errors.Is(err, slo.ErrObjective) {
		t.Errorf("got errors.Is %v, %v for ErrPolicy, ErrObjective, want true, true", errors.Is(err, ErrPolicy), errors.Is(err, slo.ErrObjective))
	}
	_, err = Policy{Name: "empty"}.Bind(objective("99.9%", day))
	if want := `not an alert policy: policy "empty" has no pairs`; err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestPolicyJSON(t *testing.T) {
	p := Policy{Name: "mine", MaxErrorRatio: slo.MustRatio("0.5"), Pairs: []Pair{
		{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, Share: slo.MustRatio("2%")},
		{Severity: Ticket, Long: day, Short: 2 * time.Hour, Factor: 3, For: 90 * time.Second},
	}}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"mine","pairs":[{"severity":"page","long_seconds":3600,"short_seconds":300,"share":"0.02"},` +
		`{"severity":"ticket","long_seconds":86400,"short_seconds":7200,"factor":3,"for_seconds":90}],"max_error_ratio":"0.5"}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	var back Policy
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back, exact, cmp.Comparer(func(a, b slo.Ratio) bool { return a == b })); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
}

func TestBoundPairJSON(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	data, err := json.Marshal(b.Pairs[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"severity":"page","long_seconds":3600,"short_seconds":300,"share":"0.02","factor":14.4,"factor_text":"14.4",` +
		`"threshold":0.0144,"threshold_text":"0.0144","budget_share":0.02,"reachable":true,"raised":false}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	var back BoundPair
	if err := json.Unmarshal(data, &back); err != nil || back != b.Pairs[0] {
		t.Errorf("round trip: got %+v, %v, want %+v", back, err, b.Pairs[0])
	}
	for _, bad := range []string{`{"long_seconds":"1h"}`, `{"long_seconds":1e300}`, `[]`, `{"severity":"loud"}`} {
		if err := json.Unmarshal([]byte(bad), new(BoundPair)); err == nil {
			t.Errorf("%s was read without an error", bad)
		}
	}
}

// The factor is share · period / window whatever the numbers, and the threshold
// the product with the budget, to the last bit of a float64.
func TestFactorLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		long := time.Duration(rapid.IntRange(60, 30*86400).Draw(t, "long")) * time.Second
		share := rapid.IntRange(1, 9999).Draw(t, "share")
		period := time.Duration(rapid.IntRange(1, 365).Draw(t, "days")) * day
		budget := rapid.IntRange(1, 99999).Draw(t, "budget") // of 100,000
		p := Policy{Name: "p", Pairs: []Pair{{Severity: Page, Long: long, Short: long,
			Share: slo.MustRatio(decimalOf(share, 4))}}}
		b, err := p.Bind(slo.Objective{Target: slo.MustRatio(decimalOf(100000-budget, 5)), Window: slo.Rolling(period)})
		if err != nil {
			t.Fatal(err)
		}
		want := math.Max(1, float64(share)/1e4*period.Seconds()/long.Seconds())
		if math.Abs(b.Pairs[0].Factor/want-1) > 1e-12 {
			t.Fatalf("got factor %v, want %v", b.Pairs[0].Factor, want)
		}
		if want *= float64(budget) / 1e5; math.Abs(b.Pairs[0].Threshold/want-1) > 1e-12 || b.Pairs[0].Reachable != (b.Pairs[0].Threshold < 1) {
			t.Fatalf("got threshold %v (reachable %v), want %v", b.Pairs[0].Threshold, b.Pairs[0].Reachable, want)
		}
	})
}

// decimalOf prints n/10^digits.
func decimalOf(n, digits int) string {
	b := []byte("0.")
	for unit := int(math.Pow10(digits - 1)); unit > 0; unit /= 10 {
		b = append(b, byte('0'+n/unit%10))
	}
	return string(b)
}

// Whatever text is read as a policy is written and read again as the same.
func FuzzPolicyJSON(f *testing.F) {
	for _, p := range Presets(30 * day) {
		data, err := json.Marshal(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"pairs":[{"severity":"warning","long_seconds":1e9,"short_seconds":-0.5,"share":"","factor":null,"for_seconds":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p Policy
		if json.Unmarshal(data, &p) != nil {
			return
		}
		_ = p.Validate()
		for i := range p.Pairs {
			if !(p.Pairs[i].Severity >= 0 && p.Pairs[i].Severity <= Page) {
				t.Fatalf("got severity %v", p.Pairs[i].Severity)
			}
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var back Policy
		if err := json.Unmarshal(written, &back); err != nil {
			t.Fatal(err)
		}
		// A duration of many years loses nanoseconds in a number of seconds.
		near := cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() <= a.Abs()/1e15+1 })
		if diff := cmp.Diff(p, back, ratios, near, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func BenchmarkBind(b *testing.B) {
	o := objective("99.9%", 30*day)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Workbook().Bind(o); err != nil {
			b.Fatal(err)
		}
	}
}
