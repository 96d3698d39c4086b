package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// inspect walks every expression of the rules.
func inspect(t *testing.T, set rules.RuleSet, visit func(r rules.Rule, n parser.Node)) {
	t.Helper()
	for _, r := range allRules(set) {
		e, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
		if err != nil {
			t.Fatal(err)
		}
		parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
			visit(r, n)
			return nil
		})
	}
}

// Raw series are read over the base window only: two records, and the check of
// input where good events are counted.
func TestRawSeriesAreReadOverTheBaseWindowOnly(t *testing.T) {
	for _, s := range everyKind() {
		base := 2 * time.Minute
		if s.Objective.Slice.Length > 0 {
			base = s.Objective.Slice.Length
		}
		readers := make(map[string]bool)
		inspect(t, compile(t, everyOptions, s), func(r rules.Rule, n parser.Node) {
			m, ok := n.(*parser.MatrixSelector)
			if !ok || strings.HasPrefix(m.VectorSelector.(*parser.VectorSelector).Name, "slo:") {
				return
			}
			readers[r.Name()] = true
			if m.Range != base {
				t.Errorf("%s: %s reads %s, want a range of %v", s.Objective.Name, r.Name(), m, base)
			}
		})
		delete(readers, rules.AlertInvalid)
		if len(readers) != 2 {
			t.Errorf("%s: raw series are read by %v, want two records", s.Objective.Name, readers)
		}
	}
}

// No record can divide by zero, none invents a series, and none is a mean of
// ratios: a window's ratio is divided from sums, or counts slices.
func TestDenominatorsAreGuardedAndNumeratorsInventNoSeries(t *testing.T) {
	guarded := func(e parser.Expr) bool {
		for {
			switch x := e.(type) {
			case *parser.ParenExpr:
				e = x.Expr
			case *parser.BinaryExpr:
				n, ok := x.RHS.(*parser.NumberLiteral)
				return x.Op == parser.GTR && ok && n.Val == 0
			case *parser.Call:
				if x.Func.Name != "clamp_min" {
					return false
				}
				n, ok := x.Args[1].(*parser.NumberLiteral)
				return ok && n.Val >= 1
			default:
				n, ok := e.(*parser.NumberLiteral)
				return ok && n.Val > 0
			}
		}
	}
	for _, s := range everyKind() {
		divisions := 0
		inspect(t, compile(t, everyOptions, s), func(r rules.Rule, n parser.Node) {
			switch n := n.(type) {
			case *parser.BinaryExpr:
				if n.Op == parser.DIV {
					if divisions++; !guarded(n.RHS) {
						t.Errorf("%s: the denominator of %s can be 0", r.Name(), n)
					}
				}
			case *parser.Call:
				if n.Func.Name == "vector" && r.Record != "slo:info" && r.Record != "slo:objective:ratio" && r.Record != "slo:period:seconds" {
					t.Errorf("%s invents a series: %s", r.Name(), r.Expr)
				}
			case *parser.MatrixSelector:
				if name := n.VectorSelector.(*parser.VectorSelector).Name; strings.HasPrefix(name, "slo:error_ratio") && r.Alert == "" {
					t.Errorf("%s is made from ratios: %s", r.Name(), r.Expr)
				}
			}
		})
		if divisions < 4 {
			t.Errorf("%s: only %d divisions", s.Objective.Name, divisions)
		}
	}
}

// Who is woken reads what the threshold is, what has been spent, how long the
// budget lasts and how soon the alert sees what.
func TestAlertsExplainThemselves(t *testing.T) {
	s := availability("99.9%")
	s.Runbook = "https://runbooks.example.org/checkout"
	want := map[string]string{
		"summary":     "checkout burns the error budget of availability too fast",
		"description": "The ratio of errors is above what the objective 99.9% over 30d can bear; 0.1% are allowed.",
		"conditions": "above 0.0144 over 1h and 5m (burn rate 14.4): 2 % of the budget is spent when it fires, all of it 2d2h after the burn began\n" +
			"above 0.006 over 6h and 30m (burn rate 6): 5 % of the budget is spent when it fires, all of it 5d after the burn began",
		// 1 h · 0.0144 = 51.84 s at 100 %; below 1.44 % the 6 h decide: 6 h · 0.006 / 0.01.
		"detection":   "errors of 100 % after 52s, 50 % after 1m44s, 10 % after 8m38s, 5 % after 17m17s, 1 % after 3h36m",
		"runbook_url": "https://runbooks.example.org/checkout",
	}
	if diff := cmp.Diff(want, burnAlert(t, compile(t, rules.Options{}, s), "page").Annotations); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		slo  rules.SLO
		want string
	}{
		{latency(100 * time.Millisecond), "The ratio of requests over 100ms is above what the objective 95% over 30d can bear; 5% are allowed."},
		{slices(slo.EmptyGood), "The ratio of slices of 5m with 0.01% errors or more is above what the objective 99% over 30d can bear; 1% are allowed."},
		{func() rules.SLO { s := slices(slo.EmptyGood); s.Objective.Slice.Inclusive = true; return s }(), "The ratio of slices of 5m with more than 0.01% errors is above"},
		{func() rules.SLO { s := slices(slo.EmptyGood); s.Objective.Kind = slo.RatioSlices; return s }(), "The ratio of errors, as the mean over slices of 5m, is above"},
	} {
		if got := burnAlert(t, compile(t, rules.Options{}, c.slo), "ticket").Annotations["description"]; !strings.HasPrefix(got, c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// What the policy finds is passed on with the objective's path.
func TestFindingsOfThePolicyArePassedOn(t *testing.T) {
	s := availability("95%")
	s.Policy = alerting.Workbook()
	s.Policy.MaxErrorRatio = slo.MustRatio("50%")
	set := compile(t, rules.Options{}, s)
	for _, f := range set.Findings {
		if f.Code == "error-ratio-cap" && f.Path == "checkout/availability" && strings.Contains(f.String(), "checkout/availability") {
			return
		}
	}
	t.Errorf("findings %v, want one that 0.72 exceeds the cap", set.Findings)
}

// The policy decides which windows, severities and holds there are.
func TestThePolicyIsData(t *testing.T) {
	s := availability("99%")
	s.PageHandler, s.TicketHandler = "pager", "chat"
	s.Policy = alerting.Policy{Name: "own", Pairs: []alerting.Pair{
		{Severity: alerting.Page, Long: 2 * time.Hour, Short: 10 * time.Minute, Factor: 10},
		{Severity: alerting.Page, Long: 4 * time.Hour, Short: 20 * time.Minute, Factor: 5, For: time.Minute},
		{Severity: alerting.Info, Long: 48 * time.Hour, Short: 4 * time.Hour, Share: slo.MustRatio("10%")},
	}}
	var got []string
	for _, a := range compile(t, rules.Options{}, s).Alerts() {
		if a.Alert == rules.AlertBurn {
			got = append(got, strings.Join([]string{a.Labels["severity"], a.Labels["window"], a.Labels["handler"], a.For.String()}, " "))
		}
	}
	if diff := cmp.Diff([]string{"page 2h pager 0s", "page 4h pager 1m0s", "info  chat 0s"}, got); diff != "" {
		t.Errorf("alerts (-want +got):\n%s", diff)
	}
}

// What a slice counts as is written as it was asked for.
func TestSlicesAreJudgedAsAsked(t *testing.T) {
	const bad, total = `slo:events_bad:rate5m{service="checkout",slo="error-rate-p99",revision="1"}`, `slo:events:rate5m{service="checkout",slo="error-rate-p99",revision="1"}`
	const once = "\n)\nunless\nlast_over_time(slo:slices:5m{service=\"checkout\",slo=\"error-rate-p99\",revision=\"1\"}[4m59s])"
	for _, c := range []struct {
		change func(*slo.Objective)
		want   string
	}{
		{func(o *slo.Objective) {}, bad + " / (" + total + " > 0) >= bool 0.0001\n  or\n  0 * " + total},
		{func(o *slo.Objective) { o.Slice.Inclusive = true }, bad + " / (" + total + " > 0) > bool 0.0001\n  or\n  0 * " + total},
		{func(o *slo.Objective) { o.Slice.Empty = slo.EmptyBad }, bad + " / (" + total + " > 0) >= bool 0.0001\n  or\n  1 + 0 * " + total},
		{func(o *slo.Objective) { o.Slice.Empty = slo.EmptyExcluded }, bad + " / (" + total + " > 0) >= bool 0.0001"},
		{func(o *slo.Objective) { o.Kind = slo.RatioSlices }, bad + " / (" + total + " > 0)\n  or\n  0 * " + total},
	} {
		s := slices(slo.EmptyGood)
		c.change(&s.Objective)
		set := compile(t, rules.Options{}, s)
		if diff := cmp.Diff("(\n  "+c.want+once, set.Groups[0].Rules[2].Expr); diff != "" {
			t.Errorf("slices (-want +got):\n%s", diff)
		}
	}
	for _, length := range []time.Duration{time.Minute, 90*time.Second + time.Millisecond} {
		s := slices(slo.EmptyGood)
		s.Objective.Slice.Length = length
		if _, err := rules.Compile([]rules.SLO{s}, rules.Options{}); err == nil || !strings.Contains(err.Error(), "at least 2m0s") {
			t.Errorf("slices of %v: got %v", length, err)
		}
	}
}
