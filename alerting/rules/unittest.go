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
	"github.com/srekit/ownership/slo"
)

// UnitTests writes a promtool test file for what Compile makes of the same
// SLOs and options. The tests name their rules rules.yaml: save RuleSet.YAML
// under that name beside the file and run promtool test rules.
//
// For each SLO it tests, against instants computed from the policy by
// arithmetic: that alerts are silent one step before they must fire and fire two
// steps after, that they fall silent after recovery, that errors just below the least
// threshold never alert, and that nothing alerts without traffic, without a
// series of errors, on a counter reset and on a cold start; that a vanished target
// is noticed; and the exact labels and annotations of every burn-rate alert.
// Counters are whole numbers. Errors are those of Compile.
func UnitTests(slos []SLO, opt Options) ([]byte, error) {
	t, err := opt.timing()
	if err != nil {
		return nil, err
	}
	dst := promyaml.AppendHeader(nil, "Unit tests of rules.yaml, written by github.com/srekit/ownership.\nRun: promtool test rules THIS_FILE\n")
	dst = append(dst[:len(dst)-1], "rule_files:\n  - rules.yaml\nevaluation_interval: "...)
	dst = append(promyaml.AppendDuration(dst, t.interval), "\ntests:\n"...)
	var errs []error
	for _, s := range slos {
		_, _, err := compileOne(s, t)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c, _ := newCompiler(s, t) // compileOne has just succeeded
		w := unitTest{c: c, step: t.interval}
		for _, scenario := range w.scenarios() {
			dst = scenario.append(dst, t.interval)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return dst, nil
}

// unitTest writes the tests of one SLO.
type unitTest struct {
	c    *compiler
	step time.Duration // of evaluation, and between samples
}

// piece is a stretch of time with steady traffic.
type piece struct {
	steps     int
	good, bad int64 // events per step
	reset     bool  // counters begin at 0 again
	gone      bool  // the series have no samples
}

// feed is the series that stand for an indicator: each adds up its share of
// good and bad events.
type feed struct {
	series    string
	good, bad bool
	rate      bool // events per second instead of a counter
}

// check is a question at an instant.
type check struct {
	at    time.Duration
	expr  string
	value float64 // of the single sample with these labels
	label string  // metric in text form; empty: no sample may come back
}

type scenario struct {
	name   string
	feeds  []feed
	pieces []piece
	checks []check
	alerts []alertCheck
}

// alertCheck compares labels and annotations.
type alertCheck struct {
	at    time.Duration
	alert string
	rules []Rule
}

// warmUp is how long all is well before something happens: as long as rates
// need to be those of the traffic.
func (u unitTest) warmUp() time.Duration { return u.ceil(max(15*time.Minute, 3*u.c.base)) }

func (u unitTest) steps(d time.Duration) int { return int(math.Ceil(float64(d) / float64(u.step))) }

// floor and ceil put an instant on the grid of evaluations.
func (u unitTest) floor(d time.Duration) time.Duration { return d.Truncate(u.step) }
func (u unitTest) ceil(d time.Duration) time.Duration {
	return time.Duration(u.steps(d)) * u.step
}

// feeds are counters for a preset, and the recorded pair where queries of
// one's own hide the series behind them.
func (u unitTest) feeds() []feed {
	c := u.c
	staged := []feed{
		{series: recordTotal + promyaml.Duration(c.base) + c.sel, good: true, bad: true, rate: true},
		{series: recordBad + promyaml.Duration(c.base) + c.sel, bad: true, rate: true},
	}
	if c.Indicator.custom() || c.Indicator.NativeHistogram {
		return staged
	}
	p, _ := presetByName(c.Indicator.Preset)
	matchers := c.Indicator.Selector
	if matchers == "" {
		matchers = p.ServiceLabel + "=" + quote(c.Objective.Service)
	}
	if p.Name == "istio" {
		matchers = `reporter="destination",` + matchers
	}
	labels, ok := exampleLabels(matchers)
	if !ok {
		return staged
	}
	for _, l := range c.Indicator.GroupBy {
		if labels[l] == "" {
			labels[l] = "group"
		}
	}
	with := func(metric string, pairs ...string) string {
		all := maps.Clone(labels)
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return metric + labelText(all)
	}
	if c.Objective.Kind == slo.Latency {
		le := c.Objective.Latency.Threshold.Seconds() / p.Unit
		return []feed{
			{series: with(strings.TrimSuffix(p.Bucket, "_bucket") + "_count"), good: true, bad: true},
			{series: with(p.Bucket, "le", strconv.FormatFloat(le, 'g', -1, 64)), good: true},
		}
	}
	if p.Name == "envoy" {
		return []feed{
			{series: with(p.Total), good: true, bad: true},
			{series: with(envoyBad, "envoy_response_code_class", "5"), bad: true},
		}
	}
	failed, ok := exampleLabels(p.Bad)
	if !ok || len(failed) != 1 {
		return staged
	}
	for name, value := range failed {
		if _, taken := labels[name]; taken {
			return staged
		}
		return []feed{
			{series: with(p.Total, name, "ok"), good: true},
			{series: with(p.Total, name, value), bad: true},
		}
	}
	return staged
}

func labelText(labels map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		parts = append(parts, k+"="+quote(labels[k]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// identity is the labels that series of this SLO carry in a test.
func (u unitTest) identity() map[string]string {
	labels := maps.Clone(u.c.identity)
	if len(u.c.Indicator.GroupBy) == 0 {
		return labels
	}
	for _, f := range u.feeds() {
		if f.rate { // the recorded pair carries no group in a test
			return labels
		}
	}
	own, _ := exampleLabels(u.c.Indicator.Selector)
	for _, l := range u.c.Indicator.GroupBy {
		labels[l] = "group"
		if own[l] != "" {
			labels[l] = own[l]
		}
	}
	return labels
}

// reaction is when an alert fires and falls silent in an outage of everything.
type reaction struct {
	group       burnGroup
	first, last time.Duration // after the outage began: the first and the last pair trips
}

func (u unitTest) reactions() []reaction {
	var out []reaction
	for _, g := range burnGroups(u.c.bound.Reachable()) {
		r := reaction{group: g, first: math.MaxInt64}
		for _, p := range g.pairs {
			r.first, r.last = min(r.first, trips(p)), max(r.last, trips(p))
		}
		out = append(out, r)
	}
	return out
}

// trips is how long everything must fail for the pair to alert.
func trips(p alerting.BoundPair) time.Duration {
	return time.Duration(p.Threshold*float64(p.Long)) + p.For
}

// reset is how long after an outage of the given length the alert stays up: as
// long as the slowest of the pairs that tripped.
func (r reaction) reset(outage time.Duration) time.Duration {
	var reset time.Duration
	for _, p := range r.group.pairs {
		if trips(p) < outage {
			reset = max(reset, time.Duration(float64(p.Short)*(1-p.Threshold)))
		}
	}
	return reset
}

// horizon is how long a test may last. promtool evaluates every rule at every
// step, some hundreds of steps a second, and ends a query that holds more than
// 10,000 samples; the one over the period holds all that there are.
func (u unitTest) horizon() time.Duration { return 6_000 * u.step }

// slack is how far the rules may trail the arithmetic: two evaluations, and as
// long as it takes the base window to fill at an edge.
func (u unitTest) slack() time.Duration { return 2*u.step + u.c.base/2 }

func (u unitTest) firing(at time.Duration, g burnGroup, fires bool) check {
	labels := u.alertLabels(AlertBurn, g.severity)
	if g.window != "" {
		labels["window"] = g.window
	}
	labels["alertstate"] = "firing"
	c := check{at: at, expr: "ALERTS" + labelText(labels), value: 1}
	if fires {
		c.label = c.expr
	}
	return c
}

func (u unitTest) alertLabels(alert string, severity alerting.Severity) map[string]string {
	labels := u.identity()
	for k, v := range u.c.alertLabels(severity) {
		labels[k] = expanded(v)
	}
	labels["alertname"] = alert
	return labels
}

// expanded undoes template: what Prometheus makes of the escaped text.
func expanded(s string) string { return strings.ReplaceAll(s, `{{"{{"}}`, "{{") }

func (u unitTest) scenarios() []scenario {
	c := u.c
	feeds := u.feeds()
	warm := u.steps(u.warmUp())
	begin := time.Duration(warm) * u.step
	const perStep = 1000
	named := func(what string) string { return c.path() + ": " + what }
	reactions := u.reactions()
	var all []scenario

	quiet := func(at time.Duration) []check {
		var checks []check
		for _, r := range reactions {
			checks = append(checks, u.firing(at, r.group, false))
		}
		return checks
	}
	// Everything fails until every pair has tripped; then all is well again.
	if len(reactions) > 0 {
		// What takes longer than a test may last is left out: pairs that trip
		// late, and waiting for windows of days to empty.
		var outage, slowest time.Duration
		for _, r := range reactions {
			for _, d := range []time.Duration{r.last, r.first} {
				if d = u.ceil(d + 2*u.slack()); begin+d+u.slack() <= u.horizon() {
					outage = max(outage, d)
					break
				}
			}
		}
		end := begin + outage
		lasts := func(r reaction) time.Duration { return end + r.reset(outage) + 4*u.slack() + 2*c.base }
		for _, r := range reactions {
			if lasts(r) <= u.horizon() {
				slowest = max(slowest, lasts(r)-end)
			}
		}
		s := scenario{name: named("everything fails, then recovers"), feeds: feeds, pieces: []piece{
			{steps: warm, good: perStep}, {steps: u.steps(outage), bad: perStep}, {steps: u.steps(slowest), good: perStep},
		}}
		// The same on the recorded pair, so that no other objective of the
		// service shares the series, for exact labels and annotations.
		said := scenario{name: named("what the alerts say"), feeds: []feed{
			{series: recordTotal + promyaml.Duration(c.base) + c.sel, good: true, bad: true, rate: true},
			{series: recordBad + promyaml.Duration(c.base) + c.sel, bad: true, rate: true},
		}, pieces: []piece{{steps: warm, good: perStep}, {steps: u.steps(outage), bad: perStep}}}
		var rules, burns []Rule
		for _, group := range c.groups() {
			burns = append(burns, group.Rules...)
		}
		burns = slices.DeleteFunc(burns, func(r Rule) bool { return r.Alert != AlertBurn })
		for _, r := range reactions {
			// Slices are judged whole, so an alert on them may come one earlier
			// or later.
			lag, early := 2*u.step, u.step+r.first/200 // rates of a counter's first minutes are a little low
			if c.sliced() {
				lag, early = lag+c.base, early+c.base
			}
			// Windows of a week and more are looked at once in a base window.
			if slices.ContainsFunc(r.group.pairs, func(p alerting.BoundPair) bool { return p.Long >= 7*24*time.Hour }) {
				lag += c.base
			}
			s.checks = append(s.checks, u.firing(min(end, max(begin, u.floor(begin+r.first-early))), r.group, false))
			if u.ceil(begin+r.first+lag) > end {
				continue
			}
			s.checks = append(s.checks, u.firing(u.ceil(begin+r.first+lag), r.group, true), u.firing(end, r.group, true))
			for _, rule := range burns {
				if rule.Labels["severity"] == r.group.severity.String() && rule.For == r.group.hold {
					rules = append(rules, rule)
				}
			}
			if lasts(r) > u.horizon() {
				continue
			}
			reset := r.reset(outage)
			s.checks = append(s.checks, u.firing(u.ceil(end+reset+u.slack()+lag-2*u.step), r.group, false))
			if still := u.floor(end + reset - u.slack()); still > end {
				s.checks = append(s.checks, u.firing(still, r.group, true))
			}
		}
		said.alerts = []alertCheck{{at: end, alert: AlertBurn, rules: rules}}
		if outage > 0 {
			all = append(all, s, said)
		}

		// Just below the least threshold nothing may ever fire. Slices judge
		// each ratio against their own bound instead.
		least := 1.0
		for _, p := range c.bound.Reachable() {
			least = min(least, p.Threshold)
		}
		if c.Objective.Kind == slo.TimeSlices {
			least = c.Objective.Slice.Bound.Float64()
		}
		long := min(2*time.Hour, u.horizon())
		below := piece{steps: u.steps(long), bad: 9}
		below.good = int64(math.Ceil(10/least)) - 9
		all = append(all, scenario{name: named("errors just below the least threshold"), feeds: feeds,
			pieces: []piece{below}, checks: append(quiet(long/2), quiet(long)...)})

		// A cold start: three minutes of the errors that would take a warm
		// service's fastest pair past its threshold only after most of its window.
		if !c.sliced() {
			e := min(1, 1.05*c.bound.Reachable()[0].Threshold)
			cold := piece{steps: u.steps(3 * time.Minute), bad: int64(math.Ceil(e * 1e6))}
			cold.good = 1_000_000 - cold.bad
			if least > 0 && 3*time.Minute < time.Duration(least/e*float64(time.Hour)) {
				all = append(all, scenario{name: named("three minutes of errors on a new service"), feeds: feeds,
					pieces: []piece{cold}, checks: quiet(3 * time.Minute)})
			}
		}
	}
	noData := func(at time.Duration, fires bool) check {
		labels := u.alertLabels(AlertNoData, c.noData)
		labels["alertstate"] = "firing"
		k := check{at: at, expr: "ALERTS" + labelText(labels), value: 1}
		if fires {
			k.label = k.expr
		}
		return k
	}
	long := c.bound.Pairs[0].Long
	for _, p := range c.bound.Reachable() {
		long = p.Long
		break
	}
	ratio := recordRatio + promyaml.Duration(long) + c.sel
	recorded := recordRatio + promyaml.Duration(long) + labelText(u.identity())
	hasRatio := len(reactions) > 0

	// No traffic: the series stand still, nothing is recorded and nothing alerts.
	idle := scenario{name: named("no traffic"), feeds: feeds, pieces: []piece{{steps: u.steps(time.Hour)}},
		checks: append(quiet(begin), noData(time.Hour, false))}
	if hasRatio && !c.sliced() {
		idle.checks = append(idle.checks, check{at: time.Hour, expr: ratio})
	}
	all = append(all, idle)

	// No series of errors yet: the ratio is 0, not missing.
	var onlyGood []feed
	for _, f := range feeds {
		if f.good {
			onlyGood = append(onlyGood, f)
		}
	}
	clean := scenario{name: named("no series of errors"), feeds: onlyGood, pieces: []piece{{steps: warm, good: perStep}}, checks: quiet(begin)}
	if hasRatio && c.src.defaultZero && len(onlyGood) > 0 && !onlyGood[0].rate {
		clean.checks = append(clean.checks, check{at: begin, expr: ratio, value: 0, label: recorded})
	}
	all = append(all, clean)

	// A counter reset is no burst of errors.
	reset := scenario{name: named("counter reset"), feeds: feeds, pieces: []piece{
		{steps: warm, good: 1_000_000}, {steps: u.steps(31 * time.Minute), good: 1_000_000, reset: true}}}
	for _, minutes := range []time.Duration{1, 2, 5, 30} {
		reset.checks = append(reset.checks, quiet(u.ceil(begin+minutes*time.Minute))...)
	}
	all = append(all, reset)

	// One failure of ten requests an hour wakes nobody in the low-traffic mode.
	if c.lowTraffic() && !feeds[0].rate {
		s := scenario{name: named("one error at ten requests an hour"), feeds: feeds}
		every := u.steps(6 * time.Minute)
		for i := range 30 {
			request := piece{steps: 1, good: 1}
			if i == 15 {
				request = piece{steps: 1, bad: 1}
			}
			s.pieces = append(s.pieces, request, piece{steps: every - 1})
		}
		for i := 15; i < 30; i += 2 {
			s.checks = append(s.checks, quiet(time.Duration(i*every+2)*u.step)...)
		}
		all = append(all, s)
	}

	// A vanished target is noticed.
	gone := u.ceil(begin + 10*time.Minute + c.gap() + c.base + 5*time.Minute + 2*u.step)
	all = append(all, scenario{name: named("vanished target"), feeds: feeds, pieces: []piece{
		{steps: warm, good: perStep}, {steps: u.steps(gone - begin), gone: true}},
		checks: []check{noData(begin+5*time.Minute, false), noData(gone, true)}})
	return all
}

// append writes the scenario as an item of the list of tests.
func (s scenario) append(dst []byte, step time.Duration) []byte {
	put := func(parts ...string) {
		for _, p := range parts {
			dst = append(dst, p...)
		}
	}
	quoted := func(text string) string { return string(promyaml.AppendString(nil, text)) }
	put("  - name: ", quoted(s.name), "\n    interval: ", promyaml.Duration(step), "\n    input_series:\n")
	for _, f := range s.feeds {
		put("      - series: ", quoted(f.series), "\n        values: '", f.values(s.pieces, step), "'\n")
	}
	if len(s.checks) > 0 {
		put("    promql_expr_test:\n")
	}
	for _, c := range s.checks {
		put("      - expr: ", quoted(c.expr), "\n        eval_time: ", promyaml.Duration(c.at), "\n")
		if c.label != "" {
			put("        exp_samples:\n          - labels: ", quoted(c.label), "\n            value: ", strconv.FormatFloat(c.value, 'g', -1, 64), "\n")
		}
	}
	if len(s.alerts) > 0 {
		put("    alert_rule_test:\n")
	}
	for _, a := range s.alerts {
		put("      - eval_time: ", promyaml.Duration(a.at), "\n        alertname: ", a.alert, "\n        exp_alerts:\n")
		for _, r := range a.rules {
			put("          - exp_labels:\n")
			for _, l := range sorted(r.Labels) {
				put("              ", quoted(l.Name), ": ", quoted(expanded(l.Value)), "\n")
			}
			put("            exp_annotations:\n")
			for _, l := range sorted(r.Annotations) {
				put("              ", quoted(l.Name), ": ", quoted(expanded(l.Value)), "\n")
			}
		}
	}
	return dst
}

// values writes the samples of one series, a step apart.
func (f feed) values(pieces []piece, step time.Duration) string {
	var b strings.Builder
	var sum int64
	for i, p := range pieces {
		if p.steps == 0 {
			continue // what would take longer than a test may last
		}
		var inc int64
		if f.good {
			inc += p.good
		}
		if f.bad {
			inc += p.bad
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		switch {
		case p.gone:
			fmt.Fprintf(&b, "_x%d", p.steps)
		case f.rate:
			// A rate holds from the first sample of its piece on.
			fmt.Fprintf(&b, "%s+0x%d", strconv.FormatFloat(float64(inc)/step.Seconds(), 'g', -1, 64), p.steps-1)
		default:
			if p.reset {
				sum = 0
			} else if i > 0 {
				sum += inc
			}
			n := p.steps - 1
			if i == 0 {
				n = p.steps
			}
			fmt.Fprintf(&b, "%d+%dx%d", sum, inc, n)
			sum += inc * int64(n)
		}
	}
	return b.String()
}
