package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// ThresholdAlert is a plain alert on a measured value: an error ratio or a
// latency quantile above a bound for some time. It says nothing of budgets; it
// is here because specs have such lines.
type ThresholdAlert struct {
	Service string
	Name    string
	// SLO is the objective whose measure the alert watches, as the label slo,
	// so that a page of that objective can inhibit the alert's ticket. Empty
	// means none; the label is then the alert's own name.
	SLO string
	// ErrorRatio alerts above a ratio of bad events; unset means that Latency counts.
	ErrorRatio slo.Ratio
	// Latency alerts when the quantile Quantile is above this duration.
	Latency   time.Duration
	Quantile  slo.Ratio     // in (0,1); unset is 0.95
	Window    time.Duration // over which it is measured; 0 is 5m
	Hold      time.Duration // how long it must last before the alert fires
	Severity  alerting.Severity
	Handler   string
	Runbook   string
	Labels    map[string]string
	Indicator Indicator
}

// CompileThresholds turns plain alerts into one group of rules per service, in
// the order given. Every defect is reported at once; errors wrap ErrSLO,
// ErrIndicator and ErrOptions.
func CompileThresholds(alerts []ThresholdAlert, opt Options) (RuleSet, error) {
	t, err := opt.timing()
	if err != nil {
		return RuleSet{}, err
	}
	var set RuleSet
	var errs []error
	index := make(map[string]int)
	type id struct{ service, name string }
	seen := make(map[id]bool, len(alerts))
	for _, a := range alerts {
		if seen[id{a.Service, a.Name}] {
			errs = append(errs, fmt.Errorf("%w: service %q has two alerts of the name %q; rename one", ErrSLO, a.Service, a.Name))
			continue
		}
		seen[id{a.Service, a.Name}] = true
		rule, findings, err := a.rule(t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		set.Findings = append(set.Findings, findings...)
		i, ok := index[a.Service]
		if !ok {
			i = len(set.Groups)
			index[a.Service] = i
			set.Groups = append(set.Groups, Group{Name: groupName(a.Service) + "/thresholds", Interval: t.interval, QueryOffset: t.queryOffset, Limit: t.limit})
		}
		set.Groups[i].Rules = append(set.Groups[i].Rules, rule)
	}
	if len(errs) > 0 {
		return RuleSet{}, errors.Join(errs...)
	}
	return set, nil
}

func (a ThresholdAlert) rule(t timing) (Rule, []Finding, error) {
	kind, bound, window := slo.Events, slo.LatencyBound{}, a.Window
	if a.ErrorRatio.IsZero() {
		kind, bound.Threshold = slo.Latency, a.Latency
	}
	if window == 0 {
		window = 5 * time.Minute
	}
	if a.SLO == "" {
		a.SLO = a.Name
	}
	// What an alert and an objective have in common is checked in one place.
	as := SLO{
		Objective: slo.Objective{Service: a.Service, Name: a.Name, Target: slo.MustRatio("0.5")},
		Indicator: a.Indicator, Labels: a.Labels, Runbook: a.Runbook, PageHandler: a.Handler, TicketHandler: a.Handler,
	}
	errs := []error{as.validate()}
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: service %q, alert %q: %s", ErrSLO, a.Service, a.Name, fmt.Sprintf(format, args...)))
	}
	if err := checkText(a.SLO); err != nil && a.SLO != a.Name {
		fail("%v", err)
	}
	q := a.Quantile
	if q.IsZero() {
		q = slo.MustRatio("0.95")
	}
	switch {
	case !a.ErrorRatio.IsZero() && a.Latency != 0:
		fail("both an error ratio and a latency; make two alerts of it")
	case !a.ErrorRatio.IsZero() && a.ErrorRatio.Complement().Sign() == 0:
		fail("an error ratio above 100%% does not exist; lower the threshold")
	case a.ErrorRatio.IsZero() && a.Latency <= 0:
		fail("neither an error ratio nor a positive latency; set one")
	case a.ErrorRatio.IsZero() && (q.Sign() == 0 || q.Complement().Sign() == 0):
		fail("quantile %s; it must lie between 0 and 1", q)
	case a.ErrorRatio.IsZero() && a.Indicator.custom():
		fail("a latency quantile needs a preset's histogram, not queries of your own")
	}
	if a.Severity < alerting.Info || a.Severity > alerting.Page {
		fail("no severity; set Page, Ticket or Info")
	}
	if window < t.base || window%time.Second != 0 || a.Hold < 0 || a.Hold%time.Second != 0 {
		fail("window %v, hold %v; whole seconds, a window of at least %v and no negative hold are needed", window, a.Hold, t.base)
	}
	errs = append(errs, t.knows(a.Indicator))
	src, err := a.Indicator.source(a.Service, kind, bound, window)
	if err := errors.Join(append(errs, err)...); err != nil {
		return Rule{}, nil, err
	}
	var findings []Finding
	if bounds := src.bounds; kind == slo.Latency && len(bounds) > 0 && a.Latency.Seconds()/src.unit >= slices.Max(bounds) {
		findings = append(findings, Finding{
			Code: "over-buckets", Level: "warning", Path: a.Service + "/" + a.Name, Text: a.Latency.String(),
			Reason: "the largest known bucket bound is " + boundsText([]float64{slices.Max(bounds)}, src.unit) + " and no quantile is measured above it, so the alert can never fire",
			Remedy: "lower the threshold below that bound, or list the histogram's own under indicator.buckets",
		})
	}
	var expr, measured, shown string
	if kind == slo.Events {
		bad := src.bad
		if !strings.Contains(bad, "clamp_min") {
			bad = "(" + bad + ")"
		}
		expr = bad + "\n/\n(" + src.total + " > 0)\n> " + a.ErrorRatio.String()
		measured, shown = "ratio of errors over "+promyaml.Duration(window), "{{ $value | humanizePercentage }}; the alert's threshold is "+a.ErrorRatio.Percent()
	} else {
		seconds := strconv.FormatFloat(a.Latency.Seconds()/src.unit, 'f', -1, 64)
		expr = "histogram_quantile(" + q.String() + ", " + src.quantileOf + ") > " + seconds
		unit := "{{ $value | humanizeDuration }}"
		if src.unit != 1 {
			unit = `{{ printf "%.1f" $value }} ms` // a minute has no exponent
		}
		measured, shown = "latency quantile "+q.String()+" over "+promyaml.Duration(window), unit+"; the alert's threshold is "+a.Latency.String()
	}
	c := compiler{SLO: as, timing: t, identity: map[string]string{"service": a.Service, "slo": a.SLO}}
	return Rule{
		Alert: a.Name, Expr: expr, For: a.Hold, Labels: c.alertLabels(a.Severity),
		Annotations: c.annotate(map[string]string{
			"summary":     template(a.Service) + ": " + template(a.Name),
			"description": "The " + measured + " is " + shown + ".",
		}),
	}, findings, nil
}
