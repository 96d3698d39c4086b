package ownership

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// BurnRateAlerts is how an objective's budget is watched. The zero value leaves
// it to CompileOptions.
//
//	alerting: sloth                     a preset, by its name
//	alerting:
//	  confidence: 95%                   single errors of a quiet service wake nobody
//	  pairs:
//	    - {severity: critical, long: 1h, short: 5m, share: 2%}
//	    - {severity: warning, long: 3d, short: 6h, factor: 1}
type BurnRateAlerts struct {
	// Policy holds pairs of its own, or no pairs and the name of a preset of
	// package alerting, which is bound to the objective's period.
	Policy alerting.Policy
	// Confidence switches the low-traffic mode on; see rules.LowTraffic.
	Confidence slo.Ratio
}

// policyNames are the presets that a spec may name.
func policyNames() []string {
	var names []string
	for _, p := range alerting.Presets(slo.DefaultWindow().ShortestLength()) {
		names = append(names, presetName(p))
	}
	return names
}

// presetName is what a spec calls a preset: that of Datadog has a variant for
// each period, and the period is the objective's.
func presetName(p alerting.Policy) string {
	if strings.HasPrefix(p.Name, "datadog-") {
		return "datadog"
	}
	return p.Name
}

// isZero reports whether the spec says nothing.
func (b BurnRateAlerts) isZero() bool { return reflect.ValueOf(b).IsZero() }

// policyFor is the policy of an objective over a period: that of the spec, else
// the fallback. An error tells that the preset has no pairs for the period.
func (b BurnRateAlerts) policyFor(period time.Duration, fallback alerting.Policy) (alerting.Policy, error) {
	if len(b.Policy.Pairs) > 0 {
		return b.Policy, nil
	}
	p := fallback
	if b.Policy.Name != "" {
		var known bool
		for _, preset := range alerting.Presets(period) {
			if presetName(preset) == b.Policy.Name {
				p, known = preset, true
			}
		}
		if !known {
			return p, fmt.Errorf("the policy %q has no pairs for a period of %s; choose another, or a longer window", b.Policy.Name, length(period))
		}
	}
	if !b.Policy.MaxErrorRatio.IsZero() {
		if len(p.Pairs) == 0 {
			p = alerting.Workbook()
		}
		p.MaxErrorRatio = b.Policy.MaxErrorRatio
	}
	return p, nil
}

// burnRateAlerts reads a preset's name or a policy in full.
func (d *decoder) burnRateAlerts(n *node, path string) BurnRateAlerts {
	var b BurnRateAlerts
	if n.kind != mappingNode {
		if name, ok := d.scalar(n, path); ok && d.preset(n, path, name) {
			b.Policy.Name = name
		}
		return b
	}
	f, ok := d.fields(n, path, burnRateSection)
	if !ok {
		return b
	}
	b.Policy.Name = f.str("policy")
	f.list("pairs", false, func(n *node, path string) {
		if pair, ok := d.burnRatePair(n, path); ok {
			b.Policy.Pairs = append(b.Policy.Pairs, pair)
		}
	})
	if p := f.get("policy"); p != nil && f.get("pairs") == nil && !d.preset(p, f.at("policy"), b.Policy.Name) {
		b.Policy.Name = ""
	}
	b.Policy.MaxErrorRatio, _ = f.ratio("max_error_ratio")
	b.Confidence, _ = f.ratio("confidence")
	return b
}

// preset reports a name that no preset has; ok is false then.
func (d *decoder) preset(n *node, path, name string) (ok bool) {
	names := policyNames()
	if slices.Contains(names, name) {
		return true
	}
	remedy := "write " + alternatives(names) + ", or pairs of your own"
	if near := diag.Nearest(name, names); near != "" {
		remedy = "did you mean " + near + "?"
	}
	d.fail(n, path, "value", "no alert policy has that name", remedy)
	return false
}

// burnRatePair reads one pair; ok is false if a finding tells what is wrong.
func (d *decoder) burnRatePair(n *node, path string) (pair alerting.Pair, ok bool) {
	f, ok := d.fields(n, path, burnRatePairSection)
	if !ok {
		return pair, false
	}
	before := len(d.findings) + d.dropped
	if s := f.str("severity"); s != "" {
		severity, err := alerting.ParseSeverity(s)
		if err != nil {
			reason, remedy, _ := strings.Cut(err.Error(), "; ")
			d.fail(f.get("severity"), f.at("severity"), "value", reason, remedy)
		}
		pair.Severity = severity
	}
	pair.Long, _ = f.duration("long")
	pair.Short, _ = f.duration("short")
	if pair.Short > pair.Long && pair.Long > 0 {
		d.fail(f.get("short"), f.at("short"), "value", "the short window is longer than the long one, "+length(pair.Long), "swap them")
	}
	pair.For, _ = f.duration("hold")
	pair.Share, _ = f.ratio("share")
	if n := f.get("factor"); n != nil {
		pair.Factor = d.positive(n, f.at("factor"))
	}
	if share, factor := f.get("share"), f.get("factor"); share != nil && factor != nil {
		d.fail(factor, f.at("factor"), "conflict", "share is given as well", "keep one of them: the other follows")
	} else if share == nil && factor == nil {
		d.fail(n, f.at("share"), "missing", "the key is missing", "give share (2%) or factor (14.4)")
	}
	return pair, len(d.findings)+d.dropped == before
}

// burnRateAlerts reports what the policy cannot do for an objective.
func (c *checker) burnRateAlerts(at string, b BurnRateAlerts, o slo.Objective) {
	if b.isZero() {
		return
	}
	p, err := b.policyFor(o.Period().ShortestLength(), alerting.Workbook())
	if err == nil {
		err = p.Validate()
	}
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") {
			reason, remedy, _ := strings.Cut(strings.TrimPrefix(line, alerting.ErrPolicy.Error()+": "), "; ")
			c.add("alert-policy", diag.Error, at+".alerting", reason, remedy)
		}
	}
	if m := b.Policy.MaxErrorRatio; !m.IsZero() && m.Sign() == 0 {
		c.add("alert-policy", diag.Error, at+".alerting.max_error_ratio", "a cap of 0% lets no pair fire", "write a share above 0%, such as 90%")
	}
	if err := (rules.LowTraffic{Confidence: b.Confidence}).Validate(o); err != nil {
		reason, remedy, _ := strings.Cut(err.Error(), "; ")
		c.add("low-traffic", diag.Error, at+".alerting.confidence", reason, remedy)
	}
}

func (w *writer) burnRateAlerts(b BurnRateAlerts) {
	if b.isZero() {
		return
	}
	p := b.Policy
	if len(p.Pairs) == 0 && p.MaxErrorRatio.IsZero() && b.Confidence.IsZero() {
		w.value("alerting", p.Name)
		return
	}
	w.open("alerting")
	w.value("policy", p.Name)
	if len(p.Pairs) > 0 {
		w.open("pairs")
		for _, pair := range p.Pairs {
			w.begin()
			w.value("severity", severityWord(pair.Severity))
			w.value("long", length(pair.Long))
			w.value("short", length(pair.Short))
			if !pair.Share.IsZero() {
				w.value("share", pair.Share.Percent())
			} else {
				w.raw("factor", number(pair.Factor))
			}
			w.value("hold", length(pair.For))
			w.close()
		}
		w.close()
	}
	if !p.MaxErrorRatio.IsZero() {
		w.value("max_error_ratio", p.MaxErrorRatio.Percent())
	}
	if !b.Confidence.IsZero() {
		w.value("confidence", b.Confidence.Percent())
	}
	w.close()
}

// severityWord is the spec's word for a severity, empty when unset.
func severityWord(s alerting.Severity) string {
	switch s {
	case alerting.Page:
		return "critical"
	case alerting.Ticket:
		return "warning"
	case alerting.Info:
		return "info"
	}
	return ""
}
