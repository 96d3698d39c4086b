package rules

// The only file that names the PromQL parser.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// parse is the one way into the PromQL parser. It reports every error that the
// parser found, with the byte offset of each.
func parse(expr string) (parser.Expr, error) {
	e, err := parser.NewParser(parser.Options{}).ParseExpr(expr)
	if err == nil {
		return e, nil
	}
	var list parser.ParseErrors
	if !errors.As(err, &list) {
		return nil, err
	}
	var all []error
	for _, p := range list {
		all = append(all, fmt.Errorf("at byte %d: %w", int(p.PositionRange.Start), p.Err))
	}
	return nil, errors.Join(all...)
}

// CheckExpr tells what is wrong with a PromQL expression: nil if the parser
// that ships with this version of Prometheus reads it.
func CheckExpr(expr string) error {
	_, err := parse(expr)
	return err
}

// canonicalQuery parses a query that must give a vector, with the window for
// every $window, and prints it in the parser's own form, so that nothing in it
// can leave its place.
func canonicalQuery(query string, window time.Duration) (string, error) {
	// No one writes this range himself. It is as long as $window, so that the
	// parser's offsets are those of the query as it was written.
	const stand = 987_654 * time.Second
	e, err := parse(strings.ReplaceAll(query, "$window", fmt.Sprintf("%ds", stand/time.Second)))
	if err != nil {
		return "", err
	}
	if t := e.Type(); t != parser.ValueTypeVector {
		return "", fmt.Errorf("the query gives a %s; a vector of events per second is needed", parser.DocumentedType(t))
	}
	ranges := 0
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.MatrixSelector:
			if n.Range == stand {
				n.Range = window
				ranges++
			}
		case *parser.SubqueryExpr:
			if n.Range == stand {
				n.Range = window
				ranges++
			}
		}
		return nil
	})
	if n := strings.Count(query, "$window"); n != ranges {
		return "", fmt.Errorf("$window stands %d times and is a range %d times; write it where the range of a rate belongs and nowhere else", n, ranges)
	}
	return e.String(), nil
}

// canonicalMatchers parses matchers without braces and prints them in the
// parser's own form.
func canonicalMatchers(matchers string) (string, error) {
	e, err := parse("x{" + matchers + "}")
	if err != nil {
		return "", err
	}
	sel, ok := e.(*parser.VectorSelector)
	if !ok || sel.OriginalOffset != 0 || sel.Timestamp != nil || sel.StartOrEnd != 0 {
		return "", errors.New(`write label matchers only, such as job="auth",namespace="prod"`)
	}
	var parts []string
	for _, m := range sel.LabelMatchers {
		if m.Name != "__name__" {
			parts = append(parts, m.String())
		}
	}
	if len(parts) == 0 {
		return "", errors.New(`no matcher; write at least one, such as job="auth"`)
	}
	return strings.Join(parts, ","), nil
}

// foreignName is a name in the query that Prometheus 2 cannot read, if there is
// one and the query parses.
func foreignName(query string) (name string, ok bool) {
	if !strings.ContainsAny(query, "\"'`") {
		return "", false // without quotes the parser lets no other names through
	}
	e, err := parse(query)
	if err != nil {
		return "", false
	}
	check := func(s string) {
		if s != "" && !isLabelName(strings.ReplaceAll(s, ":", "_")) {
			name, ok = s, true
		}
	}
	parser.Inspect(e, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			for _, m := range n.LabelMatchers {
				check(m.Name)
				if m.Name == "__name__" && m.Type == labels.MatchEqual {
					check(m.Value)
				}
			}
		case *parser.AggregateExpr:
			for _, l := range n.Grouping {
				check(l)
			}
		case *parser.BinaryExpr:
			if m := n.VectorMatching; m != nil {
				for _, l := range slices.Concat(m.MatchingLabels, m.Include) {
					check(l)
				}
			}
		}
		return nil
	})
	return name, ok
}

// exampleLabels are labels that the matchers let through, for series of unit
// tests; ok is false if none was found for a regular expression.
func exampleLabels(matchers string) (values map[string]string, ok bool) {
	e, err := parse("x{" + matchers + "}")
	if err != nil {
		return nil, false
	}
	sel, isSelector := e.(*parser.VectorSelector)
	if !isSelector {
		return nil, false
	}
	values = make(map[string]string)
	for _, m := range sel.LabelMatchers {
		if m.Name == "__name__" || m.Matches(values[m.Name]) {
			continue
		}
		first, _, _ := strings.Cut(strings.Trim(m.Value, "()"), "|")
		found := false
		for _, v := range []string{m.Value, first, strings.NewReplacer(".*", "x", ".+", "x", ".", "0", `\`, "").Replace(first), "x"} {
			if v != "" && m.Matches(v) {
				values[m.Name], found = v, true
				break
			}
		}
		if !found {
			return nil, false
		}
	}
	for _, m := range sel.LabelMatchers { // two matchers of one label must agree
		if m.Name != "__name__" && !m.Matches(values[m.Name]) {
			return nil, false
		}
	}
	return values, true
}

// Verify parses every expression of the rule set again and returns all errors,
// each with the rule that it stands in. Cost: about 20 µs an expression.
func (s RuleSet) Verify() error {
	var errs []error
	for _, g := range s.Groups {
		for _, r := range g.Rules {
			if err := CheckExpr(r.Expr); err != nil {
				errs = append(errs, fmt.Errorf("group %q, rule %q: %w", g.Name, r.Name(), err))
			}
		}
	}
	return errors.Join(errs...)
}
