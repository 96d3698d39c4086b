package rules_test

import (
	"errors"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

var hostileTexts = []string{
	"checkout", "region", `a"} or vector(1) #`, "{{ $value }}", `{{"{{"}}`, "{{{", "{{- x -}}", "{", "}}", "a: b\n- c", "'", `\`, "null", "é\u2028", "1e3", "- x",
	"? y", "&a", "%", "\x7f", "---\na", "...", "$labels.x", "https://runbooks.example/?q={{x}}&y=#z", "\ufeff", "\t",
}

// FuzzNames holds that a name from outside stays where it was put: the file
// reads back as the same values, every expression parses, and what the server
// makes of a text is that text.
func FuzzNames(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s, s, "region")
		f.Add("checkout", s, s)
	}
	f.Fuzz(func(t *testing.T, service, name, label string) {
		s := rules.SLO{
			Objective:   slo.Objective{Service: service, Name: name, Target: slo.MustRatio("99.9%")},
			Indicator:   rules.Indicator{Selector: `job="a"`},
			Labels:      map[string]string{"team": name, "la_" + label: service},
			Annotations: map[string]string{"note": service + "\n" + name},
			Runbook:     name, PageHandler: service, Revision: name,
		}
		if label != "" {
			s.Indicator.GroupBy = []string{label}
		}
		plain := rules.ThresholdAlert{Service: service, Name: name, SLO: label, ErrorRatio: slo.MustRatio("5%"), Severity: alerting.Ticket, Handler: name, Runbook: label, Indicator: s.Indicator}
		set, err := rules.Compile([]rules.SLO{s}, rules.Options{})
		thresholds, err2 := rules.CompileThresholds([]rules.ThresholdAlert{plain}, rules.Options{})
		for _, err := range []error{err, err2} {
			if err != nil && !errors.Is(err, rules.ErrSLO) && !errors.Is(err, rules.ErrIndicator) {
				t.Fatalf("%T: %v", err, err)
			}
		}
		if err == nil {
			sound(t, set)
			for _, a := range set.Alerts() {
				for _, c := range [][2]string{
					{a.Annotations["note"], service + "\n" + name}, {a.Annotations["runbook_url"], name}, {a.Labels["service"], service}, {a.Labels["slo"], name}, {a.Labels["team"], name},
				} {
					if got := served(t, c[0]); got != c[1] {
						t.Fatalf("%q is shown as %q", c[1], got)
					}
				}
			}
			tests, err := rules.UnitTests([]rules.SLO{s}, rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var f testFile
			if err := yaml.UnmarshalWithOptions(tests, &f, yaml.Strict()); err != nil {
				t.Fatalf("the unit tests do not read back: %v", err)
			}
			for _, test := range f.Tests {
				if !strings.HasPrefix(test.Name, service+"/"+name+": ") {
					t.Fatalf("a test of %q", test.Name)
				}
				for _, e := range test.Exprs {
					if err := rules.CheckExpr(e.Expr); err != nil {
						t.Fatalf("%s: %v", e.Expr, err)
					}
				}
			}
		}
		if err2 == nil {
			sound(t, thresholds)
			if a := thresholds.Alerts()[0]; a.Alert != name || served(t, a.Annotations["summary"]) != service+": "+name || served(t, a.Annotations["runbook_url"]) != label {
				t.Fatalf("the alert %q of %q says %q", name, service, a.Annotations)
			}
		}
	})
}

// sound holds that every expression parses and the file reads back.
func sound(t *testing.T, set rules.RuleSet) {
	t.Helper()
	if err := set.Verify(); err != nil {
		t.Fatal(err)
	}
	checkReadBack(t, set)
}

// served is what a server makes of a text with Go's templates, which is what
// Prometheus has.
func served(t *testing.T, text string) string {
	t.Helper()
	tmpl, err := template.New("").Parse(text)
	if err != nil {
		t.Fatalf("%q is no template: %v", text, err)
	}
	var b strings.Builder
	if err := tmpl.Execute(&b, nil); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return b.String()
}

// FuzzQueries holds that queries of one's own stay within their sum, whatever
// they are, and that their ranges are those of the rules.
func FuzzQueries(f *testing.F) {
	for _, q := range []string{"rate(x[$window])", "rate(x[5m]) # $window", `rate(x{a="$window"}[1m])`, "rate(x[$window])) or (vector(1)", "sum by (a) (rate(x[$window])) or y",
		"x[$window]", "rate(x[$window:1m])", "rate(x[1$window])", "rate(x[$window] offset $window)", "$window", "# $window", "rate(x[$window]) @ start()", `"$window"`, "rate({a=`{{ $window }}`}[$window])"} {
		f.Add(q, "rate(t[$window])", "region")
		f.Add("rate(b[$window])", q, "")
	}
	f.Fuzz(func(t *testing.T, part, total, label string) {
		for _, in := range []rules.Indicator{{Bad: part, Total: total}, {Good: part, Total: total}} {
			if label != "" {
				in.GroupBy = []string{label}
			}
			s := availability("99.9%")
			s.Indicator = in
			set, err := rules.Compile([]rules.SLO{s}, rules.Options{})
			if (err == nil) != (in.Validate() == nil) {
				t.Fatalf("Validate says %v, Compile %v", in.Validate(), err)
			}
			if err != nil {
				if !errors.Is(err, rules.ErrIndicator) {
					t.Fatalf("%T: %v", err, err)
				}
				continue
			}
			sound(t, set)
			e, err := parser.NewParser(parser.Options{}).ParseExpr(set.Groups[0].Rules[0].Expr)
			if err != nil {
				t.Fatal(err)
			}
			if sum, ok := e.(*parser.AggregateExpr); !ok || sum.Op.String() != "sum" || len(sum.Grouping) != len(in.GroupBy) || sum.Without {
				t.Fatalf("%q compiles to %s", total, e)
			}
			ranges := 0
			parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
				switch n := n.(type) {
				case *parser.MatrixSelector:
					if n.Range == 2*time.Minute {
						ranges++
					}
				case *parser.SubqueryExpr:
					if n.Range == 2*time.Minute {
						ranges++
					}
				}
				return nil
			})
			if ranges == 0 {
				t.Fatalf("%q compiles to %s, without the range of 2 min", total, e)
			}
		}
	})
}

// FuzzSelector holds that a selector stays inside its braces: what it compiles
// to is the sum of the rate of one metric and nothing else.
func FuzzSelector(f *testing.F) {
	for _, s := range []string{`job="a"`, `job="a"} or vector(1) or x{a="b"`, `job="a"} offset 5m #`, `a=~"x|y",b!="z"`, `"`, `job="a"}[5m])) or sum(rate(y{`, "job=\"\\\"}\"", `__name__="y"`, `a="{{ b }}"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, selector string) {
		s := availability("99.9%")
		s.Indicator.Selector = selector
		set, err := rules.Compile([]rules.SLO{s}, rules.Options{})
		if err != nil {
			if !errors.Is(err, rules.ErrIndicator) && !errors.Is(err, rules.ErrSLO) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if err := set.Verify(); err != nil {
			t.Fatal(err)
		}
		checkReadBack(t, set)
		expr := set.Groups[0].Rules[0].Expr
		if selector == "" {
			return
		}
		e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
		if err != nil {
			t.Fatal(err)
		}
		sum, ok := e.(*parser.AggregateExpr)
		if !ok {
			t.Fatalf("%q compiles to %s", selector, expr)
		}
		rate, ok := sum.Expr.(*parser.Call)
		if !ok || rate.Func.Name != "rate" {
			t.Fatalf("%q compiles to %s", selector, expr)
		}
		matrix, ok := rate.Args[0].(*parser.MatrixSelector)
		if !ok || matrix.VectorSelector.(*parser.VectorSelector).Name != "http_requests_total" || matrix.Range != 2*time.Minute {
			t.Fatalf("%q compiles to %s", selector, expr)
		}
	})
}
