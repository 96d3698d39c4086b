package ownership

import (
	"slices"
	"strconv"

	"github.com/srekit/ownership/alerting/rules"
)

// Key describes one key of the spec format. The reader, the JSON Schema and
// docs/spec.md follow the same list.
type Key struct {
	Section  string   // the mapping in which the key stands: "service", "alert", …
	Name     string   // the key as written
	Type     string   // alternatives joined by "|": string, number, integer, boolean, ratio, duration, …, {section}, []type
	Values   []string // the words that are allowed, if only some are
	Required bool
	Default  string // what holds without the key, empty if nothing does
	Example  string // a value as it is written
	Meaning  string
}

// section is the keys of one mapping.
type section struct {
	name  string
	keys  []Key
	names []string
}

// Keys lists every key of the spec format, section by section. The slice is
// the caller's.
func Keys() []Key {
	var out []Key
	for _, s := range sections {
		for _, k := range s.keys {
			k.Section = s.name
			k.Values = slices.Clone(k.Values)
			if s == indicatorSection && k.Name == "preset" {
				for _, p := range rules.Presets() {
					k.Values = append(k.Values, p.Name)
				}
			}
			out = append(out, k)
		}
	}
	return out
}

func newSection(name string, keys ...Key) *section {
	s := &section{name: name, keys: keys}
	for _, k := range keys {
		s.names = append(s.names, k.Name)
	}
	return s
}

// with is the keys and after them those of others.
func with(others []Key, keys ...Key) []Key { return append(keys, others...) }

var (
	promiseKeys = []Key{
		{Name: "name", Type: "string", Default: "made from the line: latency-p95", Example: "login-latency", Meaning: "name of the objective, unique in the service"},
		{Name: "description", Type: "string", Meaning: "what is promised, for people"},
		{Name: "window", Type: "window", Default: "30d", Example: "28d", Meaning: "period over which the promise is held: a rolling length, or a calendar unit (month, or month in Europe/Berlin)"},
		{Name: "indicator", Type: "{indicator}", Default: "the service's indicator", Meaning: "where the events are counted"},
		{Name: "alerting", Type: "string|{alerting}", Default: "workbook", Example: "sloth", Meaning: "the burn-rate alerts: a policy by name, or in full"},
		{Name: "revision", Type: "string", Default: "1", Example: "2", Meaning: "raise it when the target or the indicator changes and the history before must not count"},
	}
	conditionKeys = []Key{
		{Name: "metric", Type: "string", Default: "by the threshold: error_rate for a ratio, latency for a duration", Example: "error_rate", Meaning: "what is compared: error_rate, latency, burn_rate, or a metric of capacity_planning"},
		{Name: "quantile", Type: "quantile", Default: "that of the latency objective", Example: "p99", Meaning: "which quantile of the metric"},
		{Name: "threshold", Type: "condition", Required: true, Example: "0.05%", Meaning: "the value above which the condition holds; it may carry the comparator, metric, quantile and hold itself: p99 > 200ms for 10m"},
		{Name: "hold", Type: "duration", Default: "5m", Example: "10m", Meaning: "how long the condition must hold before it counts"},
	}
	rotationKeys = []Key{
		{Name: "rotation", Type: "rotation", Example: "weekly", Meaning: "how often the turn passes on: hourly, daily, weekly, monthly, every 2 weeks"},
		{Name: "handoff", Type: "handoff", Default: "Monday 09:00; 09:00 for daily rotations", Example: "Monday 09:00", Meaning: "when the turn passes on, by the clock of time_zone: weekday and time, or HH:MM"},
		{Name: "time_zone", Type: "zone", Default: "the team's, else UTC", Example: "Europe/Berlin", Meaning: "IANA time zone"},
		{Name: "start", Type: "date", Default: "the Monday 2024-01-01", Example: "2026-01-05", Meaning: "day on which the first member's first turn begins"},
		{Name: "members", Type: "[]string", Default: "the owner team's members", Example: "[ana, ben]", Meaning: "who takes turns, in order"},
		{Name: "turns", Type: "[]{turn}", Meaning: "instead of members, where several take a turn together or a turn is nobody's"},
		{Name: "days", Type: "coverage", Default: "every day", Example: "Mon-Fri", Meaning: "weekdays on which a daily turn passes on; only they are counted"},
		{Name: "elapsed", Type: "boolean", Default: "false", Meaning: "an hourly turn is counted by a stopwatch, so that each is of one length when the clock changes"},
		{Name: "coverage", Type: "coverage|[]coverage", Default: "always", Example: "Mon-Fri 09:00-17:00", Meaning: "when somebody is on call"},
		{Name: "skip_holidays", Type: "[]string", Example: "[DE]", Meaning: "sites on whose holidays nobody is on call; \"*\" is every site"},
	}

	documentSection = newSection("document",
		Key{Name: "version", Type: "integer", Values: []string{strconv.Itoa(Version)}, Default: "1", Example: "1", Meaning: "version of the format; this release reads 1"},
		Key{Name: "service", Type: "{service}", Meaning: "one entry of the catalog"},
		Key{Name: "services", Type: "[]{service}", Meaning: "several entries"},
		Key{Name: "team", Type: "{team}", Meaning: "one team"},
		Key{Name: "teams", Type: "[]{team}", Meaning: "several teams"},
	)
	serviceSection = newSection("service",
		Key{Name: "name", Type: "string", Required: true, Example: "user-auth-service", Meaning: "name of the entry, unique in the catalog"},
		Key{Name: "owner_team", Type: "string", Required: true, Example: "sre-platform", Meaning: "name of the one team that owns it"},
		Key{Name: "description", Type: "string", Meaning: "what it does, for people"},
		Key{Name: "kind", Type: "string", Values: kindNames[:], Default: "service", Meaning: "a service, a platform that services stand on, or a concern that cuts across them (logging, tracing)"},
		Key{Name: "area", Type: "string", Default: "the team's area", Example: "identity", Meaning: "part of the organisation"},
		Key{Name: "tier", Type: "integer", Values: []string{"0", "1", "2", "3"}, Example: "1", Meaning: "how much hangs on it: 0 is what nobody can do without"},
		Key{Name: "customer_facing", Type: "boolean", Default: "false", Meaning: "customers see its failures"},
		Key{Name: "depends_on", Type: "[]string|{dependency}", Example: "[{name: user-db, strength: hard}]", Meaning: "what it needs"},
		Key{Name: "traffic", Type: "rate", Example: "200 rps", Meaning: "usual traffic, by which thresholds are checked for being measurable"},
		Key{Name: "indicator", Type: "{indicator}", Default: "preset prometheus-http, series with job=\"NAME\"", Meaning: "where events are counted, for every objective that has none of its own"},
		Key{Name: "responsibilities", Type: "[]{responsibility}", Default: "none, with a warning for a service", Meaning: "the objectives"},
		Key{Name: "monitoring", Type: "{monitoring}", Meaning: "the alerts"},
		Key{Name: "incident_response", Type: "{incident_response}", Meaning: "who answers, and by which runbooks"},
		Key{Name: "capacity_planning", Type: "{capacity_planning}", Meaning: "what is forecast"},
		Key{Name: "release_management", Type: "{release_management}", Meaning: "how a release goes out and when it is taken back"},
	)
	dependencySection = newSection("dependency",
		Key{Name: "name", Type: "string", Required: true, Example: "user-db", Meaning: "name of an entry of the catalog"},
		Key{Name: "strength", Type: "string", Values: []string{"hard", "soft"}, Default: "hard", Meaning: "hard: it fails with the dependency; soft: it is degraded"},
	)
	indicatorSection = newSection("indicator",
		Key{Name: "preset", Type: "string", Default: rules.DefaultPreset, Example: "opentelemetry-http", Meaning: "instrumentation convention"},
		Key{Name: "selector", Type: "string", Default: "the preset's label for the service", Example: `job="auth"`, Meaning: "PromQL matchers without braces that pick the service's series"},
		Key{Name: "bad", Type: "string", Example: "sum(rate(errors_total[$window]))", Meaning: "query for bad events per second; $window stands for the range"},
		Key{Name: "good", Type: "string", Meaning: "query for good events per second; give bad or good"},
		Key{Name: "total", Type: "string", Example: "sum(rate(requests_total[$window]))", Meaning: "query for all events per second"},
		Key{Name: "buckets", Type: "[]duration", Default: "the preset's", Example: "[50ms, 100ms]", Meaning: "upper bounds of the latency histogram's buckets"},
		Key{Name: "native_histogram", Type: "boolean", Default: "false", Meaning: "the latency histogram is a native one; for Prometheus 3.0 and newer"},
		Key{Name: "group_by", Type: "[]string", Example: "[region]", Meaning: "labels by which budgets are kept apart"},
	)
	responsibilitySection = newSection("responsibility",
		Key{Name: "availability", Type: "objective|{availability}", Example: "99.99%", Meaning: "share of good events"},
		Key{Name: "latency", Type: "objective|{latency}", Example: "p95 < 100ms", Meaning: "share of requests faster than a bound"},
		Key{Name: "error_rate", Type: "objective|{error_rate}", Example: "p99 < 0.01%", Meaning: "share of time slices whose ratio of errors is below a bound; without a share, a bound on the ratio over the window"},
	)
	availabilitySection = newSection("availability", with(promiseKeys,
		Key{Name: "target", Type: "ratio", Required: true, Example: "99.99%", Meaning: "share of good events, above 0 and below 100 %"},
	)...)
	latencySection = newSection("latency", with(promiseKeys,
		Key{Name: "target", Type: "ratio", Required: true, Example: "95%", Meaning: "share of requests that must be faster"},
		Key{Name: "below", Type: "duration", Example: "100ms", Meaning: "a request is good if it takes less; give below or at_most"},
		Key{Name: "at_most", Type: "duration", Example: "100ms", Meaning: "a request is good if it takes this or less"},
	)...)
	errorRateSection = newSection("error_rate", with(promiseKeys,
		Key{Name: "target", Type: "ratio", Example: "99%", Meaning: "share of time slices that must be good; without it the bound holds over the window"},
		Key{Name: "below", Type: "ratio", Example: "0.01%", Meaning: "a slice is good if its ratio of errors is less; give below or at_most"},
		Key{Name: "at_most", Type: "ratio", Example: "0.01%", Meaning: "a slice is good if its ratio of errors is this or less"},
		Key{Name: "slice", Type: "duration", Default: "5m", Example: "1m", Meaning: "length of a time slice"},
		Key{Name: "empty_slices", Type: "string", Values: []string{"good", "excluded", "bad"}, Default: "good", Meaning: "how a slice without traffic counts"},
	)...)
	burnRateSection = newSection("alerting",
		Key{Name: "policy", Type: "string", Default: "workbook", Example: "sloth", Meaning: "a policy by name: " + alternatives(policyNames()) + "; with pairs of its own, the name they go by"},
		Key{Name: "pairs", Type: "[]{pair}", Default: "those of the policy", Meaning: "the multi-window conditions"},
		Key{Name: "max_error_ratio", Type: "ratio", Example: "90%", Meaning: "a pair that needs a higher ratio of errors than this before it fires is reported"},
		Key{Name: "confidence", Type: "ratio", Default: "single errors count", Example: "95%", Meaning: "low-traffic mode: an alert needs errors that prove, at this one-sided confidence, that its threshold is exceeded"},
	)
	burnRatePairSection = newSection("pair",
		Key{Name: "severity", Type: "severity", Required: true, Example: "critical", Meaning: "critical pages, warning opens a ticket, info only informs"},
		Key{Name: "long", Type: "duration", Required: true, Example: "1h", Meaning: "the window that must have burned"},
		Key{Name: "short", Type: "duration", Required: true, Example: "5m", Meaning: "the window that must be burning still, so that the alert ends soon"},
		Key{Name: "share", Type: "ratio", Example: "2%", Meaning: "share of the period's budget that a steady burn spends until the long window trips; give share or factor"},
		Key{Name: "factor", Type: "number", Example: "14.4", Meaning: "burn rate above which the pair fires"},
		Key{Name: "hold", Type: "duration", Default: "0", Meaning: "how long both must hold before the alert fires"},
	)
	monitoringSection = newSection("monitoring",
		Key{Name: "alerts", Type: "[]{alert}", Meaning: "threshold alerts of the team's own, beside the burn-rate alerts that follow from the objectives"},
	)
	alertSection = newSection("alert", append([]Key{
		{Name: "name", Type: "string", Required: true, Example: "HighErrorRateAlert", Meaning: "name of the alert, unique in the service"},
		{Name: "description", Type: "string", Meaning: "what it means, for people"},
		{Name: "objective", Type: "string", Default: "the first that fits the metric and quantile", Example: "latency-p95", Meaning: "name of the objective that it watches"},
	}, append(slices.Clone(conditionKeys),
		Key{Name: "severity", Type: "severity", Default: "warning", Example: "critical", Meaning: "critical (page, sev1, sev2, p1, p2), warning (ticket, sev3, p3) or info (sev4, sev5, p4, p5)"},
		Key{Name: "handler", Type: "string", Example: "pagerduty", Meaning: "who is told: a handler of the team, or the type of one"},
		Key{Name: "runbook", Type: "string", Default: "the runbook of the same name", Meaning: "path or URL of its runbook"},
	)...)...)
	incidentSection = newSection("incident_response",
		Key{Name: "oncall_schedule", Type: "schedule|{schedule}", Example: "weekly", Meaning: "who is on call: a rhythm, the name of a schedule, a link, or a schedule in full"},
		Key{Name: "runbooks", Type: "[]string|{runbook}", Meaning: "the runbooks"},
	)
	scheduleSection = newSection("schedule", append([]Key{
		{Name: "name", Type: "string", Meaning: "name under which services refer to it"},
	}, append(slices.Clone(rotationKeys),
		Key{Name: "layers", Type: "[]{layer}", Meaning: "several rotations at once; the later covers the earlier of the same role. The schedule's own rotation, if it has members, is below them"},
		Key{Name: "overrides", Type: "[]{override}", Meaning: "who stands in for whom, and when"},
		Key{Name: "temporary", Type: "[]{temporary}", Meaning: "fixed plans that hold instead of the rotations for a while"},
		Key{Name: "swaps", Type: "[]{swap}", Meaning: "turns that people have exchanged, in the order in which they did"},
		Key{Name: "absences", Type: "[]{absence}", Meaning: "when people cannot be on call"},
		Key{Name: "absent", Type: "string", Values: absentWords, Default: "report", Meaning: "what an absence does to a turn: it is reported, or the person is left out, or the next who is there stands in"},
		Key{Name: "memberships", Type: "[]{membership}", Meaning: "people who join or leave on a day, and whose hours are by another clock"},
		Key{Name: "holidays", Type: "[]{holiday}", Meaning: "days off, site by site"},
		Key{Name: "off_duty", Type: "coverage|[]coverage", Example: "weekends", Meaning: "when nobody needs to be on call, so that it counts as no gap"},
		Key{Name: "tie", Type: "string", Values: tieWords, Default: "all", Meaning: "who is on call where layers of one role have the same priority: all, or the first"},
	)...)...)
	layerSection = newSection("layer", append([]Key{
		{Name: "name", Type: "string", Meaning: "name of the layer, unique in the schedule"},
		{Name: "role", Type: "string", Default: "primary", Example: "secondary", Meaning: "what its members are on call as: primary, secondary, shadow, …"},
		{Name: "priority", Type: "integer", Default: "the place in the list, from 1", Example: "10", Meaning: "a higher one covers a lower one of the same role"},
		{Name: "shadow", Type: "boolean", Default: "true for the role shadow", Meaning: "its members learn and cover nothing"},
		{Name: "until", Type: "instant", Default: "no end", Example: "2026-07-01 09:00", Meaning: "when the layer ends"},
	}, rotationKeys...)...)
	turnSection = newSection("turn",
		Key{Name: "members", Type: "[]string", Required: true, Example: "[ana, ben]", Meaning: "who takes the turn together; an empty list is a turn of nobody"},
	)
	overrideSection = newSection("override",
		Key{Name: "start", Type: "instant", Required: true, Example: "2026-01-05 09:00", Meaning: "when it begins: RFC 3339, or a day and time by the clock of time_zone"},
		Key{Name: "end", Type: "instant", Required: true, Example: "2026-01-06 09:00", Meaning: "when it ends, exclusive"},
		Key{Name: "member", Type: "string", Example: "ben", Meaning: "who is on call; without it nobody stands in"},
		Key{Name: "replaces", Type: "string", Default: "whoever is on call", Example: "ana", Meaning: "whose turn is taken over"},
		Key{Name: "kind", Type: "string", Values: kindWords, Default: "replace", Meaning: "add: member is on call as well; remove: member is not on call; replace: member takes the turns over; replace_all: whoever else is on call"},
		Key{Name: "layer", Type: "string", Default: "all layers", Meaning: "the layer that it covers"},
		Key{Name: "role", Type: "string", Default: "primary", Example: "secondary", Meaning: "the role that it covers, where no layer or person is named"},
	)
	temporarySection = newSection("temporary",
		Key{Name: "name", Type: "string", Meaning: "what it is for"},
		Key{Name: "start", Type: "instant", Required: true, Example: "2026-12-24 09:00", Meaning: "when it begins"},
		Key{Name: "end", Type: "instant", Required: true, Example: "2026-12-27 09:00", Meaning: "when it ends, exclusive"},
		Key{Name: "shifts", Type: "[]{shift}", Meaning: "who is on call; at other times nobody is"},
	)
	shiftSection = newSection("shift",
		Key{Name: "start", Type: "instant", Default: "that of the plan", Example: "2026-12-24 09:00", Meaning: "when it begins"},
		Key{Name: "end", Type: "instant", Default: "that of the plan", Example: "2026-12-25 09:00", Meaning: "when it ends, exclusive"},
		Key{Name: "member", Type: "string", Required: true, Example: "ana", Meaning: "who is on call"},
		Key{Name: "role", Type: "string", Default: "primary", Example: "secondary", Meaning: "what the member is on call as"},
	)
	swapSection = newSection("swap",
		Key{Name: "from", Type: "string", Required: true, Example: "ana", Meaning: "who gives the turns"},
		Key{Name: "to", Type: "string", Required: true, Example: "ben", Meaning: "who takes them"},
		Key{Name: "start", Type: "instant", Required: true, Example: "2026-01-05 09:00", Meaning: "when the turns begin that pass on"},
		Key{Name: "end", Type: "instant", Required: true, Example: "2026-01-12 09:00", Meaning: "when they end, exclusive"},
		Key{Name: "return_start", Type: "instant", Example: "2026-02-02 09:00", Meaning: "when the turns begin that are given back"},
		Key{Name: "return_end", Type: "instant", Example: "2026-02-09 09:00", Meaning: "when they end, exclusive"},
	)
	absenceSection = newSection("absence",
		Key{Name: "member", Type: "string", Required: true, Example: "ana", Meaning: "who is away"},
		Key{Name: "start", Type: "instant", Required: true, Example: "2026-01-05", Meaning: "when it begins"},
		Key{Name: "end", Type: "instant", Required: true, Example: "2026-01-12", Meaning: "when it ends, exclusive"},
		Key{Name: "reason", Type: "string", Example: "vacation", Meaning: "why, for people"},
	)
	membershipSection = newSection("membership",
		Key{Name: "member", Type: "string", Required: true, Example: "ana", Meaning: "who takes part"},
		Key{Name: "start", Type: "instant", Default: "no bound", Example: "2026-03-01", Meaning: "when the person joins; nobody else's earlier turns move"},
		Key{Name: "end", Type: "instant", Default: "no bound", Example: "2026-09-01", Meaning: "when the person leaves, exclusive; the turn stays and is nobody's"},
		Key{Name: "time_zone", Type: "zone", Default: "the layer's", Example: "Asia/Tokyo", Meaning: "by whose clock the coverage is for this person"},
	)
	holidaySection = newSection("holiday",
		Key{Name: "date", Type: "date", Required: true, Example: "2026-12-25", Meaning: "the day"},
		Key{Name: "site", Type: "string", Example: "DE", Meaning: "country or office"},
		Key{Name: "name", Type: "string", Meaning: "what it is called"},
	)
	runbookSection = newSection("runbook",
		Key{Name: "path", Type: "string", Required: true, Example: "/runbooks/user-auth/high-latency.md", Meaning: "path from the root of the catalog, or a URL"},
		Key{Name: "alerts", Type: "[]string", Default: "the alert of the same name", Meaning: "names of the alerts that it answers"},
	)
	capacitySection = newSection("capacity_planning",
		Key{Name: "metrics", Type: "[]string|{metric}", Example: "[cpu_utilization]", Meaning: "what is forecast"},
		Key{Name: "forecast_horizon", Type: "duration", Example: "4 weeks", Meaning: "how far ahead; days of 24 h, weeks of 7 days"},
		Key{Name: "season", Type: "duration|[]duration", Default: "found in the data", Example: "[1d, 1w]", Meaning: "lengths of the rhythms that the metrics follow"},
	)
	metricSection = newSection("metric",
		Key{Name: "name", Type: "string", Required: true, Example: "cpu_utilization", Meaning: "name of the metric"},
		Key{Name: "kind", Type: "string", Values: []string{"saturation", "demand"}, Default: "by the name: *_utilization is a saturation, *_rate a demand", Meaning: "a saturation is a share of a limit in [0,1]; a demand is what arrives"},
		Key{Name: "capacity", Type: "number", Default: "1 for a saturation", Example: "4000", Meaning: "value at which the limit is reached, in the metric's unit"},
		Key{Name: "query", Type: "string", Meaning: "PromQL query for the metric"},
	)
	releaseSection = newSection("release_management",
		Key{Name: "canary_deployment_strategy", Type: "canary|{canary}", Example: "10% traffic for 30 mins", Meaning: "the stages of a release before all traffic"},
		Key{Name: "rollback_threshold", Type: "condition|{condition}", Example: "0.1% error rate for 5 mins", Meaning: "when the release is taken back"},
	)
	canarySection = newSection("canary",
		Key{Name: "stages", Type: "[]{stage}", Required: true, Meaning: "the stages, with rising traffic"},
	)
	stageSection = newSection("stage",
		Key{Name: "traffic", Type: "ratio", Required: true, Example: "10%", Meaning: "share of traffic that the release gets, above 0"},
		Key{Name: "hold", Type: "duration", Example: "30m", Meaning: "how long the stage lasts at least"},
	)
	conditionSection = newSection("condition", conditionKeys...)
	teamSection      = newSection("team",
		Key{Name: "name", Type: "string", Required: true, Example: "sre-platform", Meaning: "name of the team, unique in the catalog"},
		Key{Name: "description", Type: "string", Meaning: "what it does, for people"},
		Key{Name: "area", Type: "string", Example: "identity", Meaning: "part of the organisation"},
		Key{Name: "time_zone", Type: "zone", Default: "UTC", Example: "Europe/Berlin", Meaning: "IANA time zone of its schedules and of members without one"},
		Key{Name: "members", Type: "[]string|{member}", Meaning: "its people"},
		Key{Name: "handlers", Type: "[]string|{handler}", Meaning: "ways to tell it something"},
		Key{Name: "schedule", Type: "schedule|{schedule}", Meaning: "its on-call schedule"},
	)
	memberSection = newSection("member",
		Key{Name: "name", Type: "string", Required: true, Example: "ana", Meaning: "name, unique in the team"},
		Key{Name: "level", Type: "level", Example: "3", Meaning: "1 to 5, or associate, mid, senior, staff, principal"},
		Key{Name: "tracks", Type: "[]string", Values: trackNames[:], Example: "[incident]", Meaning: "what the person has specialised in"},
		Key{Name: "time_zone", Type: "zone", Default: "the team's", Example: "Europe/Berlin", Meaning: "IANA time zone"},
		Key{Name: "certificates", Type: "[]string", Example: "[commander, deputy]", Meaning: "roles in an incident that the person is certified for: commander, deputy, communications, or one of your own rules"},
		Key{Name: "qualifications", Type: "[]{qualification}", Meaning: "what the person has done on call, by entry"},
	)
	qualificationSection = newSection("qualification",
		Key{Name: "service", Type: "string", Required: true, Example: "user-db", Meaning: "name of an entry of any kind, once per member"},
		Key{Name: "shadowed", Type: "integer", Default: "0", Example: "2", Meaning: "full shifts followed beside somebody on call"},
		Key{Name: "reverse_shadowed", Type: "integer", Default: "0", Example: "1", Meaning: "full shifts led, with somebody qualified beside"},
		Key{Name: "solo_shifts", Type: "integer", Default: "0", Example: "6", Meaning: "full shifts alone"},
		Key{Name: "last_on_call", Type: "instant", Default: "never", Example: "2026-09-14", Meaning: "end of the last shift, on the member's clock or in RFC 3339"},
	)
	handlerSection = newSection("handler",
		Key{Name: "name", Type: "string", Required: true, Example: "pagerduty", Meaning: "name by which alerts refer to it"},
		Key{Name: "type", Type: "string", Default: "the name", Example: "webhook", Meaning: "service behind it: pagerduty, opsgenie, victorops, splunk-oncall, grafana-oncall and goalert page; slack, email, teams, webhook, discord and others do not"},
		Key{Name: "pages", Type: "boolean", Default: "by the type", Meaning: "it wakes somebody although its type does not tell"},
		Key{Name: "channel", Type: "string", Example: "#sre-platform", Meaning: "chat channel"},
		Key{Name: "to", Type: "string", Example: "sre@example.org", Meaning: "mail address"},
		Key{Name: "routing_key_file", Type: "string", Example: "/etc/alertmanager/pagerduty.key", Meaning: "file that holds the routing key"},
		Key{Name: "api_key_file", Type: "string", Meaning: "file that holds the API key"},
		Key{Name: "api_url_file", Type: "string", Meaning: "file that holds the API's URL"},
		Key{Name: "url_file", Type: "string", Meaning: "file that holds the webhook's URL"},
	)

	sections = []*section{
		documentSection, serviceSection, dependencySection, indicatorSection, responsibilitySection, availabilitySection,
		latencySection, errorRateSection, burnRateSection, burnRatePairSection, monitoringSection, alertSection, incidentSection, scheduleSection, layerSection,
		turnSection, overrideSection, temporarySection, shiftSection, swapSection, absenceSection, membershipSection, holidaySection, runbookSection, capacitySection, metricSection, releaseSection, canarySection, stageSection,
		conditionSection, teamSection, memberSection, qualificationSection, handlerSection,
	}
)

var trackNames = [...]string{"platform", "performance", "architect", "incident"}
