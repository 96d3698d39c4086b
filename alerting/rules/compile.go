package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
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
// and reported in Findings. Cost: some 50 µs and 20 KB an objective; CompileTo holds one
// at a time.
func Compile(slos []SLO, opt Options) (RuleSet, error) {
	var set RuleSet
	t, err := opt.timing()
	if err != nil {
		return RuleSet{}, err
	}
	var errs []error
	set.Findings = t.findings()
	seen := make(identities, len(slos))
	for _, s := range slos {
		if err := seen.add(s); err != nil {
			errs = append(errs, err)
		}
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
	if isSliced(s.Objective.Kind) {
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
	if err := c.adaptPolicy(); err != nil {
		return nil, wrap(err)
	}
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
		if c.withoutPeriod {
			return nil, wrap(fmt.Errorf("%w: the low-traffic mode alerts on the budget of the whole period; leave WithoutPeriod unset", ErrOptions))
		}
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
// window would often hold no slice at all. A policy of which nothing is left is
// an error.
func (c *compiler) adaptPolicy() error {
	period := c.Objective.Period().ShortestLength()
	whole := c.Policy.Pairs
	c.Policy.Pairs = slices.DeleteFunc(slices.Clone(c.Policy.Pairs), func(p alerting.Pair) bool {
		if p.Long <= period || period <= 0 {
			return false
		}
		c.find("window-over-period", "warning", promyaml.Duration(p.Long), "the window is longer than the period "+promyaml.Duration(period)+", so its pair is left out", "give the objective a longer period, or a policy with shorter windows")
		return true
	})
	if len(c.Policy.Pairs) == 0 && len(whole) > 0 {
		shortest := slices.MinFunc(whole, func(a, b alerting.Pair) int { return cmp.Compare(a.Long, b.Long) })
		return fmt.Errorf("%w: every window of the policy%s is longer than the period %s, the shortest of them %s; give the objective a longer period, or a policy with shorter windows",
			alerting.ErrPolicy, c.policyName(), promyaml.Duration(period), promyaml.Duration(shortest.Long))
	}
	if !c.sliced() {
		return nil
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
	return nil
}

// policyName is the policy's name behind a word; nothing where it has none.
func (c *compiler) policyName() string {
	if c.Policy.Name == "" {
		return ""
	}
	return " " + quote(c.Policy.Name)
}

func (c *compiler) checkWindows() error {
	var errs []error
	least := 2 * c.base
	if c.sliced() {
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
	name := groupName(c.Objective.Service) + "/" + groupName(c.Objective.Name)
	page := Group{Name: name + "/page", Interval: c.interval}
	ticket := Group{Name: name + "/ticket", Interval: c.ticketInterval}
	period := Group{Name: name + "/period", Interval: c.periodInterval}

	var groups []Group
	first := &page
	if c.sliced() {
		groups = append(groups, Group{Name: name + "/slices", Interval: c.base})
		first = &groups[0]
	}
	first.Rules = append(first.Rules, c.baseRecords()...)
	if c.sliced() {
		first.Rules = append(first.Rules, c.sliceRecords()...)
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
	page.Rules = append(page.Rules, c.burnAlerts(paging, nil)...)
	page.Rules = append(page.Rules, c.noDataAlert())
	first.Rules = append(first.Rules, c.inputAlert()) // beside the records that it compares
	elsewhere := make(map[time.Duration]bool)
	for _, p := range paging {
		elsewhere[p.Short], elsewhere[p.Long] = true, true
	}
	ticket.Rules = append(ticket.Rules, c.burnAlerts(ticketing, elsewhere)...)
	period.Rules = c.periodRecords()
	if len(paging)+len(ticketing) == 0 {
		c.find("no-alert", "warning", c.Objective.Target.Percent(), "no pair of the policy"+c.policyName()+" can fire for this target, so nobody is told when the budget burns", "tighten the target or give the objective a policy with longer windows")
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

// groupName is a service or objective as a part of a group's name, in which the
// parts are joined by slashes: names of groups must differ within a file, so
// "a/b" of "c" must not read like "a" of "b/c".
func groupName(s string) string {
	if !strings.ContainsAny(s, "%/") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), "/", "%2F")
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

// quote is s as a PromQL string.
func quote(s string) string { return strconv.Quote(s) }
