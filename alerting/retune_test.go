package alerting

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func TestRetune(t *testing.T) {
	for _, tt := range []struct {
		name     string
		policy   Policy
		target   string
		limit    string
		windows  []string
		findings []string
	}{
		{"nothing to do", Workbook(), "99.9%", "", []string{"1h/5m", "6h/30m", "1d/2h", "3d/6h"}, nil},
		{
			// 14.4 · 0.1 = 1.44 needs windows 2.88 times as long for 0.5: 2h52m48s and
			// 14m24s, rounded up to the next 5 min; 6 · 0.1 = 0.6 needs 1.2 times: 7h12m.
			"longer windows", Workbook(), "90%", "", []string{"2h55m/15m", "7h15m/36m", "1d/2h", "3d/6h"}, []string{
				`warning: availability: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.44, more than 0.5; its windows are now 2h55m/15m, at the same share of the budget`,
				`warning: availability: "page 6h/30m": for the target 90% the pair needs an error ratio above 0.6, more than 0.5; its windows are now 7h15m/36m, at the same share of the budget`,
			},
		},
		{
			// 14.4 · 0.4 = 5.76 would need 1h · 11.52, beyond the 6h pair: the factor
			// becomes 0.5/0.4. So do the others but the last, which stays at 0.4.
			"lower share", Workbook(), "60%", "", []string{"1h/5m", "1d4h50m/2h24m", "2d9h40m/4h50m", "3d/6h"}, []string{
				`warning: availability: "page 1h/5m": for the target 60% the pair needs an error ratio above 5.76, more than 0.5; its factor is now 1.25, at a smaller share of the budget; a longer window would reach the next pair or the period`,
				`warning: availability: "page 6h/30m": for the target 60% the pair needs an error ratio above 2.4, more than 0.5; its windows are now 1d4h50m/2h24m, at the same share of the budget`,
				`warning: availability: "ticket 1d/2h": for the target 60% the pair needs an error ratio above 1.2, more than 0.5; its windows are now 2d9h40m/4h50m, at the same share of the budget`,
			},
		},
		{"at the limit", Workbook(), "90%", "0.6", []string{"2h25m/12m", "6h/30m", "1d/2h", "3d/6h"}, []string{
			`warning: availability: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.44, more than 0.6; its windows are now 2h25m/12m, at the same share of the budget`,
		}},
		{
			// 1h · 1.44/0.24 is 6h, where the other pair is.
			"as long as the next", Policy{Name: "p", Pairs: Workbook().Pairs[:2]}, "90%", "0.24", []string{"1h/5m", "15h/1h15m"}, []string{
				`warning: availability: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.44, more than 0.24; its factor is now 2.4, at a smaller share of the budget; a longer window would reach the next pair or the period`,
				`warning: availability: "page 6h/30m": for the target 90% the pair needs an error ratio above 0.6, more than 0.24; its windows are now 15h/1h15m, at the same share of the budget`,
			},
		},
		{"limit below the budget", Policy{Name: "p", Pairs: Workbook().Pairs[:1]}, "90%", "0.1", []string{"1h/5m"}, []string{
			`availability: "page 1h/5m": an alert above an error ratio of 0.1 would fire while the target 90% is met; allow a higher error ratio or tighten the target`,
		}},
		{"a limit of 1", Policy{Name: "p", Pairs: Workbook().Pairs[:1]}, "90%", "1", []string{"1h30m/8m"}, []string{
			`warning: availability: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.44, more than 0.99; its windows are now 1h30m/8m, at the same share of the budget`,
		}},
		{"factors", Policy{Name: "p", Pairs: []Pair{{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 14}}}, "90%", "", []string{"2h50m/14m"}, []string{
			`warning: availability: "page 1h/5m": for the target 90% the pair needs an error ratio above 1.4, more than 0.5; its windows are now 2h50m/14m, at the same share of the budget`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var limit slo.Ratio
			if tt.limit != "" {
				limit = slo.MustRatio(tt.limit)
			}
			before := windows(tt.policy)
			tuned, findings := tt.policy.Retune(objective(tt.target, 30*day), limit)
			if diff := cmp.Diff(tt.windows, windows(tuned)); diff != "" {
				t.Errorf("windows (-want +got):\n%s", diff)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.findings, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, windows(tt.policy)); diff != "" {
				t.Errorf("the policy itself was changed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRetuneLeavesInvalidAlone(t *testing.T) {
	p, findings := Policy{Name: "empty"}.Retune(objective("90%", 30*day), slo.Ratio{})
	if len(p.Pairs) != 0 || findings != nil {
		t.Errorf("got %v, %v, want nothing", p, findings)
	}
}

// Whatever the policy, target and limit: after retuning every pair that was not
// refused fires at an error ratio of at most the limit, and at no larger share of
// the budget than before.
func TestRetuneLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.SampledFrom([]time.Duration{7 * day, 28 * day, 30 * day, 90 * day}).Draw(t, "period")
		policy := rapid.SampledFrom(Presets(period)).Draw(t, "policy")
		limit := slo.MustRatio(decimalOf(rapid.IntRange(1, 99).Draw(t, "limit"), 2))
		o := objective(decimalOf(rapid.IntRange(1, 999).Draw(t, "target"), 3), period)
		tuned, findings := policy.Retune(o, limit)
		refused := 0
		for _, f := range findings {
			if f.Code == "not-retuned" {
				refused++
			}
		}
		before, err := policy.Bind(o)
		if err != nil {
			t.Fatal(err)
		}
		after, err := tuned.Bind(o)
		if err != nil {
			t.Fatal(err)
		}
		above := 0
		for i, p := range after.Pairs {
			if p.Threshold > limit.Float64() && p.Threshold > o.Budget().Float64() {
				above++
			}
			if !before.Pairs[i].Raised && !p.Raised && p.BudgetShare > before.Pairs[i].BudgetShare*(1+1e-9) {
				t.Fatalf("pair %d: got share %v, want at most %v", i, p.BudgetShare, before.Pairs[i].BudgetShare)
			}
		}
		if above > refused {
			t.Fatalf("got %d pairs above the limit, want at most the %d refused", above, refused)
		}
	})
}
