package rules_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// Labels that the rules set themselves cannot be grouped by: two groups would
// write one series, or one alert.
func TestGroupsCannotTakeTheRulesOwnLabels(t *testing.T) {
	for _, c := range []struct {
		groupBy []string
		want    string
	}{
		{[]string{"region", "tenant"}, ""},
		{[]string{"service"}, `group_by "service": the rules set this label themselves; leave it out`},
		{[]string{"slo"}, `group_by "slo": the rules set`},
		{[]string{"revision"}, `group_by "revision": the rules set`},
		{[]string{"severity"}, `group_by "severity": the rules set`},
		{[]string{"le"}, `group_by "le": the rules set`},
		{[]string{"alertname"}, `group_by "alertname": the rules set`},
		{[]string{"window"}, `group_by "window": the rules set`},
		{[]string{"handler"}, `group_by "handler": the rules set`},
		{[]string{"__name__"}, `group_by "__name__": the rules set`},
		{[]string{"a-b"}, `group_by "a-b" is no label name`},
		{[]string{""}, `group_by "" is no label name`},
		{[]string{"region", "region"}, `group_by "region" stands twice`},
	} {
		for _, in := range []rules.Indicator{{GroupBy: c.groupBy}, {GroupBy: c.groupBy, Bad: "rate(a[$window])", Total: "rate(b[$window])"}} {
			s := availability("99.9%")
			s.Indicator = in
			_, err := rules.Compile([]rules.SLO{s}, rules.Options{})
			if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, rules.ErrIndicator) || !strings.Contains(fmt.Sprint(err), c.want)) {
				t.Errorf("%q: got %v, want %q", c.groupBy, err, c.want)
			}
			if (in.Validate() == nil) != (err == nil) {
				t.Errorf("%q: Validate says %v, Compile %v", c.groupBy, in.Validate(), err)
			}
		}
	}
}

// Decoration stands on alerts and on slo:info; no record, selector or join knows
// it, so that changing it breaks nothing.
func TestDecorationIsNoIdentity(t *testing.T) {
	for _, plain := range everyKind() {
		decorated := plain
		decorated.Labels = map[string]string{"team": "payments", "tier": "1"}
		before, after := allRules(compile(t, everyOptions, plain)), allRules(compile(t, everyOptions, decorated))
		if len(before) != len(after) {
			t.Fatalf("%d rules, %d with decoration", len(before), len(after))
		}
		for i, r := range after {
			if r.Expr != before[i].Expr {
				t.Errorf("%s: decoration changes the expression\n%s\nto\n%s", r.Name(), before[i].Expr, r.Expr)
			}
			want := maps.Clone(before[i].Labels)
			if r.Alert != "" || r.Record == "slo:info" {
				maps.Copy(want, decorated.Labels)
			}
			if !maps.Equal(r.Labels, want) {
				t.Errorf("%s: labels %v, want %v", r.Name(), r.Labels, want)
			}
		}
	}
	for _, label := range []string{"service", "slo", "revision", "severity", "alertname", "handler", "window", "objective", "period", "region", "__x", "a-b", ""} {
		s := availability("99.9%")
		s.Indicator.GroupBy = []string{"region"}
		s.Labels = map[string]string{label: "x"}
		if _, err := rules.Compile([]rules.SLO{s}, rules.Options{}); !errors.Is(err, rules.ErrSLO) || !strings.Contains(err.Error(), fmt.Sprintf("label %q", label)) {
			t.Errorf("the decoration %q: got %v", label, err)
		}
	}
}

// Both sides of every binary operation between recorded series match on all
// labels, which are the identity and the group; where a raw series meets a
// record, it is matched on the group alone.
func TestJoinsMatchOnIdentityAndGroup(t *testing.T) {
	for _, s := range everyKind() {
		for _, r := range allRules(compile(t, everyOptions, s)) {
			e, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
			if err != nil {
				t.Fatal(err)
			}
			parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
				b, ok := n.(*parser.BinaryExpr)
				if !ok || b.VectorMatching == nil {
					return nil
				}
				mixed := strings.Contains(b.LHS.String(), "slo:") != strings.Contains(b.RHS.String(), "slo:")
				switch m := b.VectorMatching; {
				case m.Card == parser.CardManyToOne || m.Card == parser.CardOneToMany || len(m.Include) > 0:
					t.Errorf("%s groups: %s", r.Name(), b)
				case mixed != m.On || !mixed && len(m.MatchingLabels) > 0 || mixed && fmt.Sprint(m.MatchingLabels) != fmt.Sprint(s.Indicator.GroupBy):
					t.Errorf("%s matches on %v: %s", r.Name(), m.MatchingLabels, b)
				}
				return nil
			})
		}
	}
}

// Every raw series is summed by the group's labels and no others.
func TestRawSeriesAreSummedByGroup(t *testing.T) {
	for _, p := range rules.Presets() {
		for _, s := range []rules.SLO{availability("99.9%"), latency(time.Second), slices(slo.EmptyGood)} {
			s.Indicator = rules.Indicator{Preset: p.Name, GroupBy: []string{"region", "tenant"}}
			sums := 0
			for _, r := range allRules(compile(t, rules.Options{}, s)) {
				e, err := parser.NewParser(parser.Options{}).ParseExpr(r.Expr)
				if err != nil {
					t.Fatal(err)
				}
				parser.Inspect(e, func(n parser.Node, path []parser.Node) error {
					if a, ok := n.(*parser.AggregateExpr); ok {
						if sums++; fmt.Sprint(a.Grouping) != "[region tenant]" || a.Without {
							t.Errorf("%s: %s", p.Name, a)
						}
					}
					if v, ok := n.(*parser.VectorSelector); ok && !strings.HasPrefix(v.Name, "slo:") {
						for _, n := range path {
							if _, ok := n.(*parser.AggregateExpr); ok {
								return nil
							}
						}
						t.Errorf("%s: %s is not summed in %s", p.Name, v, r.Expr)
					}
					return nil
				})
			}
			if sums < 3 {
				t.Errorf("%s, %v: %d sums", p.Name, s.Objective.Kind, sums)
			}
		}
	}
}

// A new revision writes series of its own: the old budget stays as it was.
func TestARevisionStartsAnew(t *testing.T) {
	old, changed := availability("99.9%"), availability("99.5%")
	changed.Revision = "2"
	series := func(s rules.SLO) map[string]bool {
		out := make(map[string]bool)
		for _, r := range allRules(compile(t, rules.Options{}, s)) {
			if r.Labels["revision"] != s.Revision && (s.Revision != "" || r.Labels["revision"] != "1") {
				t.Errorf("%s has the revision %q", r.Name(), r.Labels["revision"])
			}
			if !strings.Contains(r.Expr, `revision="`+r.Labels["revision"]+`"`) && strings.Contains(r.Expr, "slo:") {
				t.Errorf("%s reads another revision: %s", r.Name(), r.Expr)
			}
			out[r.Name()+r.Labels["revision"]] = true
		}
		return out
	}
	for s := range series(changed) {
		if series(old)[s] {
			t.Errorf("both revisions write %s", s)
		}
	}
}

// Routes inhibit per group on labels that every alert carries.
func TestEveryAlertCarriesWhatInhibitionNeeds(t *testing.T) {
	for _, s := range everyKind() {
		for _, a := range compile(t, everyOptions, s).Alerts() {
			for _, l := range []string{"service", "slo", "severity"} {
				if a.Labels[l] == "" {
					t.Errorf("%s of %s has no label %s", a.Alert, s.Objective.Name, l)
				}
			}
		}
	}
	th, err := rules.CompileThresholds([]rules.ThresholdAlert{{Service: "checkout", Name: "Errors", ErrorRatio: slo.MustRatio("5%"), Severity: alerting.Ticket}}, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if l := th.Alerts()[0].Labels; l["service"] != "checkout" || l["slo"] != "Errors" || l["severity"] != "ticket" {
		t.Errorf("labels %v", l)
	}
}
