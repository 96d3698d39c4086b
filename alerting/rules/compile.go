package rules

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// Names of the records. Their identity is the labels service, slo and revision
// plus the labels that the indicator groups by.
const (
	recordBad       = "slo:events_bad:rate"        // + base or 5m window: bad events per second
	recordTotal     = "slo:events:rate"            // all events per second
	recordSliceBad  = "slo:slices_bad:"            // + slice length: 1 for a bad slice, 0 for a good one
	recordSlices    = "slo:slices:"                // 1 for each slice that counts
	recordRatio     = "slo:error_ratio:rate"       // + window: bad of all events, unobserved time counted as good
	recordPeriod    = "slo:error_ratio:period"     // bad of all events in the period so far
	recordRemaining = "slo:error_budget:remaining" // share of the budget left, negative when overspent
	recordObjective = "slo:objective:ratio"
	recordWindow    = "slo:period:seconds"
	recordInfo      = "slo:info"
)

// Names of the alerts.
const (
	AlertBurn    = "ErrorBudgetBurn"     // severity page or ticket
	AlertNoData  = "ErrorBudgetNoData"   // the series behind an objective have vanished
	AlertInvalid = "ErrorBudgetBadInput" // more bad events than events
)

// Compile turns objectives into rules. Every defect of every SLO is reported at
// once, in an error that wraps ErrSLO, ErrIndicator, ErrOptions,
// alerting.ErrPolicy or slo.ErrObjective; then no rules are returned. Two SLOs
// of one service and name are an error. A pair that can never fire is left out
// and reported in Findings. Cost: some 50 µs an objective.
func Compile(slos []SLO, opt Options) (RuleSet, error) {
	var set RuleSet
	t, err := opt.timing()
	if err != nil {
		return RuleSet{}, err
	}
	var errs []error
	type id struct{ service, name string }
	seen := make(map[id]bool, len(slos))
	for _, s := range slos {
		key := id{s.Objective.Service, s.Objective.Name}
		if seen[key] {
			errs = append(errs, fmt.Errorf("%w: service %q has two objectives of the name %q; rename one", ErrSLO, key.service, key.name))
		}
		seen[key] = true
		groups, findings, err := compileOne(s, t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		set.Groups = append(set.Groups, groups...)
		set.Findings = append(set.Findings, findings...)
	}
	if len(errs) > 0 {
		return RuleSet{}, errors.Join(errs...)
	}
	return set, nil
}

// compiler holds what is the same for all rules of one SLO.
type compiler struct {
	SLO
	timing
	src      source
	bound    alerting.Bound
	sel      string            // {service="…",slo="…",revision="…"}
	identity map[string]string // the same as labels
	staged   stage
	findings []Finding
	guards   map[time.Duration]map[string]string // low traffic: by long window and threshold
}

func compileOne(s SLO, t timing) ([]Group, []Finding, error) {
	c, err := newCompiler(s, t)
	if err != nil {
		return nil, nil, err
	}
	groups := c.groups()
	return groups, c.findings, nil
}

func newCompiler(s SLO, t timing) (*compiler, error) {
	if err := s.validate(); err != nil {
		return nil, err
	}
	if len(s.Policy.Pairs) == 0 && s.Policy.Name == "" {
		s.Policy = alerting.Workbook()
	}
	if s.Revision == "" {
		s.Revision = "1"
	}
	wrap := func(err error) error {
		return fmt.Errorf("%w: service %q, objective %q: %w", ErrSLO, s.Objective.Service, s.Objective.Name, err)
	}
	if s.Objective.Kind == slo.TimeSlices {
		// A slice is judged once, when it has ended, straight from the source.
		if l := s.Objective.Slice.Length; l < t.base || l%time.Second != 0 {
			return nil, wrap(fmt.Errorf("slices of %v; whole seconds and at least %v (four scrapes or two evaluations) are needed", l, t.base))
		}
		t.base = s.Objective.Slice.Length
	}
	if err := t.knows(s.Indicator); err != nil {
		return nil, wrap(err)
	}
	src, err := s.Indicator.source(s.Objective.Service, s.Objective.Kind, s.Objective.Latency, t.base)
	if err != nil {
		return nil, wrap(err)
	}
	c := &compiler{SLO: s, timing: t, src: src}
	c.adaptPolicy()
	if c.bound, err = c.Policy.Bind(s.Objective); err != nil {
		return nil, wrap(err)
	}
	if err := c.checkWindows(); err != nil {
		return nil, wrap(err)
	}
	c.identity = map[string]string{"service": s.Objective.Service, "slo": s.Objective.Name, "revision": s.Revision}
	c.sel = "{service=" + quote(s.Objective.Service) + ",slo=" + quote(s.Objective.Name) + ",revision=" + quote(s.Revision) + "}"
	c.staged = c.stage()
	if c.lowTraffic() {
		c.guards = make(map[time.Duration]map[string]string)
		for _, p := range c.bound.Reachable() {
			guard, err := c.countGuard(p)
			if err != nil {
				return nil, wrap(err)
			}
			if c.guards[p.Long] == nil {
				c.guards[p.Long] = make(map[string]string)
			}
			c.guards[p.Long][p.ThresholdText] = guard
		}
	}
	for _, f := range src.findings {
		f.Path = c.path()
		c.findings = append(c.findings, f)
	}
	for _, f := range c.bound.Findings {
		f.Path = c.path()
		c.findings = append(c.findings, Finding(f))
	}
	return c, nil
}

func (c *compiler) path() string { return c.Objective.Service + "/" + c.Objective.Name }

func (c *compiler) find(code, level, text, reason, remedy string) {
	c.findings = append(c.findings, Finding{Code: code, Level: level, Path: c.path(), Text: text, Reason: reason, Remedy: remedy})
}

// adaptPolicy leaves out pairs that look back further than the period, and
// raises short windows to the length of a time slice: a shorter
// window would often hold no slice at all.
func (c *compiler) adaptPolicy() {
	period := c.Objective.Period().ShortestLength()
	c.Policy.Pairs = slices.DeleteFunc(slices.Clone(c.Policy.Pairs), func(p alerting.Pair) bool {
		if p.Long <= period || period <= 0 {
			return false
		}
		c.find("window-over-period", "warning", promyaml.Duration(p.Long), "the window is longer than the period "+promyaml.Duration(period)+", so its pair is left out", "give the objective a longer period, or a policy with shorter windows")
		return true
	})
	if c.Objective.Kind != slo.TimeSlices {
		return
	}
	length := c.Objective.Slice.Length
	pairs := append([]alerting.Pair(nil), c.Policy.Pairs...)
	for i, p := range pairs {
		if p.Short < length && length <= p.Long {
			pairs[i].Short = length
			c.find("window-raised", "info", promyaml.Duration(p.Short), "the short window is raised to the slice length "+promyaml.Duration(length)+", so that it holds a slice", "")
		}
	}
	c.Policy.Pairs = pairs
}

func (c *compiler) checkWindows() error {
	var errs []error
	least := 2 * c.base
	if c.Objective.Kind == slo.TimeSlices {
		least = c.Objective.Slice.Length
	}
	for _, p := range c.bound.Reachable() {
		if p.Short < least {
			errs = append(errs, fmt.Errorf("%w: the window %s is shorter than %s, twice the base window of four scrapes or two evaluations; lengthen it or scrape more often",
				alerting.ErrPolicy, promyaml.Duration(p.Short), promyaml.Duration(least)))
		}
	}
	return errors.Join(errs...)
}

// groups lays the rules out: one group for what pages, at the interval of the
// records, so that a page waits for no other group; one for tickets and one for
// the period, at longer intervals.
func (c *compiler) groups() []Group {
	name := c.path()
	page := Group{Name: name + "/page", Interval: c.interval}
	ticket := Group{Name: name + "/ticket", Interval: c.ticketInterval}
	period := Group{Name: name + "/period", Interval: c.periodInterval}

	var groups []Group
	if c.Objective.Kind == slo.TimeSlices {
		groups = append(groups, Group{Name: name + "/slices", Interval: c.base, Rules: append(c.baseRecords(), c.sliceRecords()...)})
	} else {
		page.Rules = append(page.Rules, c.baseRecords()...)
	}
	done := make(map[time.Duration]bool)
	var paging, ticketing []alerting.BoundPair
	for _, p := range c.bound.Reachable() {
		if p.Severity == alerting.Page {
			paging = append(paging, p)
		} else {
			ticketing = append(ticketing, p)
		}
	}
	record := func(g *Group, pairs []alerting.BoundPair) {
		for _, p := range pairs {
			for _, w := range []time.Duration{p.Short, p.Long} {
				if !done[w] {
					done[w] = true
					g.Rules = append(g.Rules, c.ratioRecord(w))
				}
			}
		}
	}
	record(&page, paging)
	record(&ticket, ticketing)
	if c.lowTraffic() {
		counted := make(map[time.Duration]bool)
		for _, p := range append(slices.Clone(paging), ticketing...) {
			if !counted[p.Long] {
				counted[p.Long] = true
				g := &ticket
				if slices.ContainsFunc(paging, func(q alerting.BoundPair) bool { return q.Long == p.Long }) {
					g = &page
				}
				g.Rules = append(g.Rules, c.countRecords(p.Long)...)
			}
		}
	}
	page.Rules = append(page.Rules, c.burnAlerts(paging)...)
	page.Rules = append(page.Rules, c.guardAlerts()...)
	ticket.Rules = append(ticket.Rules, c.burnAlerts(ticketing)...)
	period.Rules = c.periodRecords()
	if len(paging)+len(ticketing) == 0 {
		c.find("no-alert", "warning", c.Objective.Target.Percent(), "no pair of the policy "+strconv.Quote(c.Policy.Name)+" can fire for this target, so nobody is told when the budget burns", "tighten the target or give the objective a policy with longer windows")
	}
	groups = append(groups, page)
	if len(ticket.Rules) > 0 {
		groups = append(groups, ticket)
	}
	groups = append(groups, period)
	for i := range groups {
		groups[i].QueryOffset, groups[i].Limit = c.queryOffset, c.limit
	}
	return groups
}

// baseRecords is the pair that every longer window is made from.
func (c *compiler) baseRecords() []Rule {
	bad, total := c.src.bad, c.src.total
	if c.src.defaultZero {
		bad += "\nor\n0 * " + total
	}
	return []Rule{
		c.record(recordTotal+promyaml.Duration(c.base), total),
		c.record(recordBad+promyaml.Duration(c.base), bad),
	}
}

func (c *compiler) record(name, expr string) Rule {
	return Rule{Record: name, Expr: expr, Labels: c.identity}
}

// stage says which pair of records windows are made from, and how far apart its
// samples stand.
type stage struct {
	bad, total string
	step       time.Duration // between samples
	width      time.Duration // of the window that each sample averages over
}

func (c *compiler) stage() stage {
	if c.Objective.Kind == slo.TimeSlices {
		l := promyaml.Duration(c.Objective.Slice.Length)
		return stage{recordSliceBad + l, recordSlices + l, c.Objective.Slice.Length, 0}
	}
	b := promyaml.Duration(c.base)
	return stage{recordBad + b, recordTotal + b, c.interval, c.base}
}

// ratioRecord is the error ratio over a window, made from the staged pair.
//
// Each sample of the pair averages over a width, so a plain sum would see an
// outage half a width late and reach back too far. The newest sample is
// therefore counted k more times, and the range shortened so that all weights
// together make the window: Σ over n samples, n + k = window/step, with
// k = (width - step) / (2 step), because the sum itself (samples at the right
// end of each step) runs half a step ahead. The range ends between two samples,
// so that it holds exactly n of them whether the server counts its left edge
// (Prometheus 2) or not (Prometheus 3).
//
// The denominator is the mean of the samples that exist times n, not their sum:
// time without data counts as time without errors, so the ratio is the share of
// a whole window's events that is known to be bad, and a new service does not
// alert on its first minutes as if they were days.
func (c *compiler) ratioRecord(window time.Duration) Rule {
	s := c.staged
	step, colon := s.step, ""
	if window >= 24*time.Hour && s.width > 0 {
		// Long windows need no sample every interval.
		step = s.width / 2
		if window >= 7*24*time.Hour {
			step = s.width
		}
		colon = ":" + promyaml.Duration(step)
	}
	k := max(0, float64(s.width-step)/float64(2*step))
	n := int64(float64(window)/float64(step) - k)
	rng := "[" + promyaml.Duration(time.Duration(n)*step-(step/2).Truncate(time.Second)) + colon + "]"
	bad, total := s.bad+c.sel, s.total+c.sel
	if s.width == 0 {
		// One look for each slice, so that a server that judges slices more
		// often than they end counts none twice.
		l := promyaml.Duration(s.step)
		colon = ":" + l
		rng = "[" + promyaml.Duration(time.Duration(n)*step-(step/2).Truncate(time.Second)) + colon + "]"
		bad, total = "last_over_time("+bad+"["+l+"])", "last_over_time("+total+"["+l+"])"
	}
	num := "sum_over_time(" + bad + rng + ")"
	den := strconv.FormatInt(n, 10) + " * avg_over_time(" + total + rng + ")"
	if k > 0 {
		weight := strconv.FormatFloat(k, 'g', -1, 64) + " * last_over_time("
		look := "[" + promyaml.Duration(max(5*time.Minute, 2*s.width)) + "]"
		num += " + " + weight + bad + look + ")"
		den += " + " + weight + total + look + ")"
	}
	return c.record(recordRatio+promyaml.Duration(window), "(\n  "+num+"\n)\n/\n(\n  "+den+" > 0\n)")
}

// sliceRecords judges the slice that has just ended.
func (c *compiler) sliceRecords() []Rule {
	r := c.Objective.Slice
	l := promyaml.Duration(r.Length)
	bad, total := recordBad+l+c.sel, recordTotal+l+c.sel
	op := ">="
	if r.Inclusive {
		op = ">"
	}
	expr := bad + "\n/\n(" + total + " > 0)\n" + op + " bool " + r.Bound.String()
	switch r.Empty {
	case slo.EmptyGood:
		expr += "\nor\n0 * " + total
	case slo.EmptyBad:
		expr += "\nor\n1 + 0 * " + total
	}
	return []Rule{
		c.record(recordSliceBad+l, expr),
		c.record(recordSlices+l, "1 + 0 * "+recordSliceBad+l+c.sel),
	}
}

// periodRecords is the budget of the whole period and what describes it.
func (c *compiler) periodRecords() []Rule {
	labels := maps.Clone(c.Labels)
	if labels == nil {
		labels = make(map[string]string, 4)
	}
	maps.Copy(labels, c.identity)
	labels["objective"] = c.Objective.Target.String()
	labels["period"] = c.Objective.Period().String()
	rules := []Rule{
		c.record(recordObjective, "vector("+c.Objective.Target.String()+")"),
		{Record: recordInfo, Expr: "vector(1)", Labels: labels},
	}
	w := c.Objective.Period()
	if w.Calendar != slo.NoCalendar {
		c.find("no-period-record", "info", w.String(), "Prometheus has no calendar windows, so no record holds the budget of the period", "ask package slo, which has exact calendar windows")
		return rules
	}
	rules = append(rules, c.record(recordWindow, "vector("+strconv.FormatFloat(w.Length.Seconds(), 'f', -1, 64)+")"))
	bad, total := c.staged.bad, c.staged.total
	if c.Objective.Kind != slo.TimeSlices {
		// Samples of the coarser pair are a period interval apart and average over one, so they
		// neither overlap nor leave out anything.
		p := promyaml.Duration(c.periodInterval)
		for _, r := range []struct{ to, from string }{{recordTotal + p, total}, {recordBad + p, bad}} {
			rules = append(rules, c.record(r.to, "avg_over_time("+r.from+c.sel+"["+p+"])"))
		}
		bad, total = recordBad+p, recordTotal+p
	}
	rng := "[" + promyaml.Duration(w.Length) + "]"
	rules = append(rules,
		c.record(recordPeriod, "sum_over_time("+bad+c.sel+rng+")\n/\n(sum_over_time("+total+c.sel+rng+") > 0)"),
		c.record(recordRemaining, "1 - "+recordPeriod+c.sel+" / "+c.Objective.Budget().String()))
	if c.lowTraffic() {
		rules = append(rules, c.spentAlert())
	}
	return rules
}

// burnGroup is the pairs that make one alert.
type burnGroup struct {
	severity alerting.Severity
	hold     time.Duration
	window   string // tells alerts of one severity with different holds apart; empty if there is one
	pairs    []alerting.BoundPair
}

// burnGroups is one group for each severity, whose alert fires when any of its
// pairs does: an incident is one page, however many windows it shows in. Pairs
// that are held for different times cannot share an alert; these carry their
// first long window as the label window.
func burnGroups(pairs []alerting.BoundPair) []burnGroup {
	var groups []burnGroup
	for _, severity := range []alerting.Severity{alerting.Page, alerting.Ticket, alerting.Info} {
		first := len(groups)
		for _, p := range pairs {
			if p.Severity != severity {
				continue
			}
			i := slices.IndexFunc(groups[first:], func(g burnGroup) bool { return g.hold == p.For })
			if i < 0 {
				groups = append(groups, burnGroup{severity: severity, hold: p.For})
				i = len(groups) - first - 1
			}
			groups[first+i].pairs = append(groups[first+i].pairs, p)
		}
		if own := groups[first:]; len(own) > 1 {
			for i := range own {
				own[i].window = promyaml.Duration(own[i].pairs[0].Long)
			}
		}
	}
	return groups
}

func (c *compiler) burnAlerts(pairs []alerting.BoundPair) []Rule {
	var alerts []Rule
	for _, g := range burnGroups(pairs) {
		var terms []string
		for _, p := range g.pairs {
			term := "(\n  " + c.ratio(p.Long) + " > " + p.ThresholdText + "\n  and\n  " + c.ratio(p.Short) + " > " + p.ThresholdText
			if guard := c.guards[p.Long][p.ThresholdText]; guard != "" {
				term += "\n  and\n  " + guard
			}
			terms = append(terms, term+"\n)")
		}
		labels := c.alertLabels(g.severity)
		if g.window != "" {
			labels["window"] = g.window
		}
		alerts = append(alerts, Rule{
			Alert: AlertBurn, Expr: strings.Join(terms, "\nor\n"), For: g.hold,
			Labels: labels, Annotations: c.burnAnnotations(g.severity, g.pairs),
		})
	}
	return alerts
}

func (c *compiler) ratio(window time.Duration) string {
	return recordRatio + promyaml.Duration(window) + c.sel
}

// guardAlerts tell when the rules themselves can no longer be trusted.
func (c *compiler) guardAlerts() []Rule {
	b := promyaml.Duration(c.base)
	bad, total := recordBad+b+c.sel, recordTotal+b+c.sel
	// Traffic an hour ago and no series now: the targets are gone. A service
	// that is merely idle still has its series, with rate 0.
	gone := "max_over_time(" + total + "[1h]) > 0\nunless\nlast_over_time(" + total + "[" + promyaml.Duration(max(c.base, 5*time.Minute)) + "])"
	return []Rule{
		{
			Alert: AlertNoData, Expr: gone, For: 10 * time.Minute, Labels: c.alertLabels(c.noData),
			Annotations: c.annotate(map[string]string{
				"summary":     "No data for " + template(c.Objective.Name) + " of " + template(c.Objective.Service),
				"description": "The series behind this objective had traffic within the last hour and are gone. Either the targets are down or their metrics were renamed; until they return, nothing watches the error budget.",
			}),
		},
		{
			Alert: AlertInvalid, Expr: bad + " > 1.001 * " + total, For: 15 * time.Minute, Labels: c.alertLabels(alerting.Ticket),
			Annotations: c.annotate(map[string]string{
				"summary":     "More bad events than events for " + template(c.Objective.Name) + " of " + template(c.Objective.Service),
				"description": "The indicator counts more bad events than events, so its error ratio is wrong. Check that both queries select the same requests.",
			}),
		},
	}
}

func (c *compiler) alertLabels(severity alerting.Severity) map[string]string {
	labels := make(map[string]string, len(c.Labels)+6)
	for k, v := range c.Labels {
		labels[k] = template(v)
	}
	for k, v := range c.identity {
		labels[k] = template(v)
	}
	labels["severity"] = severity.String()
	handler := c.TicketHandler
	if severity == alerting.Page {
		handler = c.PageHandler
	}
	if handler != "" {
		labels["handler"] = template(handler)
	}
	return labels
}

func (c *compiler) annotate(a map[string]string) map[string]string {
	for k, v := range c.Annotations {
		a[k] = template(v)
	}
	if c.Runbook != "" {
		a["runbook_url"] = template(c.Runbook)
	}
	return a
}

// burnAnnotations say what the alert means without a look anywhere else.
func (c *compiler) burnAnnotations(severity alerting.Severity, pairs []alerting.BoundPair) map[string]string {
	o := c.Objective
	var conditions strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&conditions, "above %s over %s and %s (burn rate %s): %s of the budget is spent when it fires, all of it %s after the burn began\n",
			p.ThresholdText, promyaml.Duration(p.Long), promyaml.Duration(p.Short), p.FactorText, percent(p.BudgetShare), exhaustion(c.bound.Period, p.Factor))
	}
	what := "errors"
	switch o.Kind {
	case slo.Latency:
		what = "requests over " + o.Latency.Threshold.String()
	case slo.TimeSlices:
		what = "slices of " + promyaml.Duration(o.Slice.Length) + " with " + o.Slice.Bound.Percent() + " errors or more"
	}
	return c.annotate(map[string]string{
		"summary":     template(o.Service) + " burns the error budget of " + template(o.Name) + " too fast",
		"description": "The ratio of " + what + " is above what the objective " + o.Target.Percent() + " over " + o.Period().String() + " can bear; " + o.Budget().Percent() + " are allowed.",
		"conditions":  strings.TrimSuffix(conditions.String(), "\n"),
		"detection":   detection(pairs),
	})
}

// detection says how soon the alert notices which error ratio: for each pair
// long window · threshold / ratio, the soonest of them.
func detection(pairs []alerting.BoundPair) string {
	var parts []string
	for _, e := range []float64{1, .5, .1, .05, .01, .005, .001, .0005, .0001, .00005, .00001} {
		soonest := time.Duration(math.MaxInt64)
		for _, p := range pairs {
			if e > p.Threshold {
				soonest = min(soonest, time.Duration(float64(p.Long)*p.Threshold/e)+p.For)
			}
		}
		if soonest == math.MaxInt64 {
			break
		}
		parts = append(parts, strconv.FormatFloat(100*e, 'g', 3, 64)+" % after "+promyaml.Duration(max(time.Second, soonest.Round(time.Second))))
	}
	return "errors of " + strings.Join(parts, ", ")
}

func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 4, 64) + " %"
}

func exhaustion(period time.Duration, factor float64) string {
	d := time.Duration(float64(period) / factor)
	if d > time.Minute {
		d = d.Round(time.Minute)
	}
	return quantity.Duration{Fixed: d}.String()
}

// template makes text safe where Prometheus expands Go templates.
func template(s string) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	return strings.ReplaceAll(s, "{{", `{{"{{"}}`)
}

// quote is s as a PromQL string.
func quote(s string) string { return strconv.Quote(s) }
