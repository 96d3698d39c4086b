package rules

import (
	"cmp"
	"io"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/promyaml"
)

// Rule is a recording rule (Record is set) or an alerting rule (Alert is set).
type Rule struct {
	Record        string            `json:"record,omitempty"`
	Alert         string            `json:"alert,omitempty"`
	Expr          string            `json:"expr"`
	For           time.Duration     `json:"-"`
	KeepFiringFor time.Duration     `json:"-"`
	Labels        map[string]string `json:"labels,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
}

// Name is the record's or the alert's name.
func (r Rule) Name() string { return cmp.Or(r.Record, r.Alert) }

// Group is a list of rules that the server evaluates in order, at one interval.
type Group struct {
	Name        string
	Interval    time.Duration
	QueryOffset time.Duration
	Limit       int
	Rules       []Rule
}

// RuleSet is what a set of objectives compiles to. Groups of one objective
// stand together, in the order of the objectives.
type RuleSet struct {
	Groups   []Group
	Findings []Finding
}

// Finding is something worth knowing about compiled rules; see package
// alerting for the codes of policies. Codes of this package:
//
//	no-bucket         a latency threshold is no known bucket bound
//	over-buckets      a latency threshold lies above all known bucket bounds
//	no-alert          no pair of the policy can fire for the target
//	window-over-period  a pair looks back further than the period and is left out
//	window-raised     a short window was raised to the length of a time slice
//	no-period-record  no period ratio is recorded for a calendar window
//	stale-records     records are further apart than queries look back
//	handler-unknown   a handler's type has no Alertmanager receiver
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"`
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

// String is the finding in one line.
func (f Finding) String() string { return diag.Finding(f).String() }

const fileHeader = "Rules for Prometheus 2.42 and newer, written by github.com/srekit/ownership.\nChanges belong into the ownership spec, not here.\n"

// YAML is the rule file that Prometheus reads. The same rule set gives the same
// bytes.
func (s RuleSet) YAML() []byte {
	dst := appendFileHeader(nil)
	if len(s.Groups) == 0 {
		return append(dst, "groups: []\n"...)
	}
	dst = append(dst, "groups:\n"...)
	for i := range s.Groups {
		dst = appendGroup(dst, s.Groups[i], 2)
	}
	return dst
}

// WriteTo writes the rule file to w group by group, so that its text is never in
// memory as a whole. The rules are: CompileTo holds those of one objective only.
func (s RuleSet) WriteTo(w io.Writer) (int64, error) {
	var written int64
	put := func(b []byte) error {
		n, err := w.Write(b)
		written += int64(n)
		return err
	}
	if len(s.Groups) == 0 {
		return written, put(s.YAML())
	}
	buf := append(appendFileHeader(nil), "groups:\n"...)
	for i := range s.Groups {
		buf = appendGroup(buf, s.Groups[i], 2)
		if err := put(buf); err != nil {
			return written, err
		}
		buf = buf[:0]
	}
	return written, nil
}

func appendGroup(dst []byte, g Group, indent int) []byte {
	out := promyaml.Group{Name: g.Name, Interval: g.Interval, QueryOffset: g.QueryOffset, Limit: g.Limit, Rules: make([]promyaml.Rule, len(g.Rules))}
	for i, r := range g.Rules {
		out.Rules[i] = promyaml.Rule{
			Record: r.Record, Alert: r.Alert, Expr: r.Expr, For: r.For, KeepFiringFor: r.KeepFiringFor,
			Labels: sorted(r.Labels), Annotations: sorted(r.Annotations),
		}
	}
	return promyaml.AppendGroups(dst, []promyaml.Group{out}, indent)
}

func sorted(m map[string]string) []promyaml.Label {
	if len(m) == 0 {
		return nil
	}
	labels := make([]promyaml.Label, 0, len(m))
	for k, v := range m {
		labels = append(labels, promyaml.Label{Name: k, Value: v})
	}
	slices.SortFunc(labels, func(a, b promyaml.Label) int { return cmp.Compare(a.Name, b.Name) })
	return labels
}

// Alerts is the alerting rules of the set, in order.
func (s RuleSet) Alerts() []Rule {
	var alerts []Rule
	for _, g := range s.Groups {
		for _, r := range g.Rules {
			if r.Alert != "" {
				alerts = append(alerts, r)
			}
		}
	}
	return alerts
}
