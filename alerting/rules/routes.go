package rules

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
)

// Handler is a notifier that alerts are sent to. It holds no secret: secrets
// stand in files that Alertmanager reads.
type Handler struct {
	// Team owns the handler; alerts reach it by their labels team and handler.
	Team string
	Name string
	// Type is pagerduty, opsgenie, victorops, slack, email or webhook; other types get an
	// empty receiver. Empty means that the name is the type.
	Type string
	// File is the path of the file that holds the key, token or URL; empty is
	// a path under /etc/alertmanager/secrets named after the receiver.
	File string
	// Channel is Slack's channel or Telegram's chat; To an e-mail address; URL
	// a webhook's address (without credentials).
	Channel string
	To      string
	URL     string
	// Severity is the least severity that this handler is told of, where
	// alerts name no handler: Page for pagers, Ticket for chat, which is told of
	// pages only where no handler of its team, or of all teams, is there for them.
	// 0 means only alerts that name it.
	Severity alerting.Severity
}

// receiverKind is how Alertmanager 0.25 spells a type of receiver.
type receiverKind struct {
	config     string // key in a receiver
	secret     string // key of the secret file, empty if none is needed
	pages      bool   // wakes somebody
	resolvable bool   // send_resolved is worth setting
}

var receiverKinds = map[string]receiverKind{
	"pagerduty": {"pagerduty_configs", "routing_key_file", true, true},
	"opsgenie":  {"opsgenie_configs", "api_key_file", true, true},
	"victorops": {"victorops_configs", "api_key_file", true, true},
	"slack":     {"slack_configs", "api_url_file", false, true},
	"email":     {"email_configs", "", false, true},
	"webhook":   {"webhook_configs", "", false, true},
}

// Pages reports whether a handler of this type wakes somebody.
func (h Handler) Pages() bool {
	return receiverKinds[h.kind()].pages
}

func (h Handler) kind() string {
	t := strings.ToLower(h.Type)
	if t == "" {
		t = strings.ToLower(h.Name)
	}
	return t
}

func (h Handler) receiver() string {
	if h.Team == "" {
		return h.Name
	}
	return h.Team + "/" + h.Name
}

// ErrHandler is what every error about a handler wraps.
var ErrHandler = errors.New("not an alert handler")

// RouteOptions are the extras of Routes.
type RouteOptions struct {
	// GroupBy lists labels that indicators group by, so that a page of one
	// region silences no other region's ticket.
	GroupBy []string
	// TicketHours are the hours in which tickets are delivered; outside of them
	// Alertmanager holds them back. The zero value is always.
	TicketHours Hours
}

// Hours are hours of the week on the clock of a zone.
type Hours struct {
	Days     []time.Weekday // none means every day
	From, To string         // "09:00", "17:00"; To may be "24:00"
	Zone     string         // IANA name; empty is UTC
}

// ticketHours is the name of the time interval in the configuration.
const ticketHours = "ticket-hours"

func (h Hours) isZero() bool { return len(h.Days) == 0 && h.From == "" && h.To == "" && h.Zone == "" }

func (h Hours) interval() (yaml.MapSlice, error) {
	var errs []error
	if !clock.MatchString(h.From) || !clock.MatchString(h.To) || h.From >= h.To {
		errs = append(errs, fmt.Errorf("%w: ticket hours from %q to %q; write two clock times of one day in order, such as 09:00 and 17:00", ErrHandler, h.From, h.To))
	}
	if h.Zone != "" && !zoneName.MatchString(h.Zone) {
		errs = append(errs, fmt.Errorf("%w: ticket hours in the zone %q; write an IANA name such as Europe/Berlin", ErrHandler, h.Zone))
	}
	span := yaml.MapSlice{{Key: "times", Value: []yaml.MapSlice{{{Key: "start_time", Value: h.From}, {Key: "end_time", Value: h.To}}}}}
	var days []string
	for _, d := range h.Days {
		if d < time.Sunday || d > time.Saturday {
			errs = append(errs, fmt.Errorf("%w: ticket hours on weekday %d; 0 is Sunday, 6 Saturday", ErrHandler, int(d)))
			continue
		}
		days = append(days, strings.ToLower(d.String()))
	}
	if len(days) > 0 {
		span = append(span, yaml.MapItem{Key: "weekdays", Value: days})
	}
	if h.Zone != "" {
		span = append(span, yaml.MapItem{Key: "location", Value: h.Zone})
	}
	return yaml.MapSlice{{Key: "name", Value: ticketHours}, {Key: "time_intervals", Value: []yaml.MapSlice{span}}}, errors.Join(errs...)
}

// Routes writes an Alertmanager configuration (0.25 and newer): a receiver for
// each handler, a route to it by the labels team and handler, fallbacks by
// severity, and an inhibition rule by which a page silences the ticket of the
// same objective. It holds no secret. A handler of a type that Alertmanager has no receiver
// for is a Finding and gets an empty receiver, so that its route is kept.
// Errors wrap ErrHandler and name every defect at once.
func Routes(handlers []Handler, opt RouteOptions) ([]byte, []Finding, error) {
	var errs []error
	var findings []Finding
	seen := make(map[string]bool, len(handlers))
	receivers := []yaml.MapSlice{{{Key: "name", Value: "unrouted"}}}
	var routes []yaml.MapSlice
	for _, h := range handlers {
		name := h.receiver()
		if err := h.validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		if seen[name] || name == "unrouted" {
			errs = append(errs, fmt.Errorf("%w: %q stands twice or is reserved; rename one", ErrHandler, name))
			continue
		}
		seen[name] = true
		r := yaml.MapSlice{{Key: "name", Value: name}}
		kind, ok := receiverKinds[h.kind()]
		if h.kind() == "webhook" && h.URL == "" {
			ok = false // its URL is a secret, and webhooks read files from 0.26 on only
		}
		if ok {
			r = append(r, yaml.MapItem{Key: kind.config, Value: []yaml.MapSlice{h.config(kind)}})
		} else {
			findings = append(findings, Finding{
				Code: "handler-unknown", Level: "warning", Path: name, Text: h.kind(),
				Reason: "Alertmanager 0.25 has no receiver of this type that reads its secret from a file, so the receiver is empty and tells nobody",
				Remedy: "complete the receiver by hand, or use one of " + strings.Join(sortedKeys(receiverKinds), ", "),
			})
		}
		receivers = append(receivers, r)
		matchers := []string{"handler=" + matcherValue(h.Name)}
		if h.Team != "" {
			matchers = append(matchers, "team="+matcherValue(h.Team))
		}
		routes = append(routes, h.route(matchers, name))
	}
	for _, h := range handlers {
		if h.Severity == 0 || !seen[h.receiver()] {
			continue
		}
		severity := `severity="page"`
		if h.Severity < alerting.Page {
			severity = `severity="ticket"`
			paged := func(p Handler) bool {
				return p.Severity == alerting.Page && (p.Team == h.Team || p.Team == "")
			}
			if !slices.ContainsFunc(handlers, paged) { // better in chat than nowhere
				severity = `severity=~"page|ticket"`
			}
		}
		matchers := []string{severity, `handler=""`}
		if h.Team != "" {
			matchers = append(matchers, "team="+matcherValue(h.Team))
		}
		routes = append(routes, h.route(matchers, h.receiver()))
	}
	for _, l := range opt.GroupBy {
		if !isLabelName(l) {
			errs = append(errs, fmt.Errorf("%w: group_by %q is no label name", ErrHandler, l))
		}
	}
	var hours []yaml.MapSlice
	if !opt.TicketHours.isZero() {
		interval, err := opt.TicketHours.interval()
		if err != nil {
			errs = append(errs, err)
		}
		hours = append(hours, interval)
		// A handler receives pages and tickets; only the tickets wait.
		for i, r := range routes {
			routes[i] = append(r, yaml.MapItem{Key: "routes", Value: []yaml.MapSlice{{
				{Key: "matchers", Value: []string{`severity="ticket"`}},
				{Key: "active_time_intervals", Value: []string{ticketHours}},
			}}})
		}
	}
	if len(errs) > 0 {
		return nil, nil, errors.Join(errs...)
	}
	groupBy := slices.Compact(slices.Sorted(slices.Values(opt.GroupBy)))
	equal := append([]string{"service", "slo"}, groupBy...)
	root := yaml.MapSlice{
		{Key: "receiver", Value: "unrouted"},
		{Key: "group_by", Value: append([]string{"alertname", "service", "slo"}, groupBy...)},
		{Key: "group_wait", Value: "30s"},
		{Key: "group_interval", Value: "5m"},
		{Key: "repeat_interval", Value: "12h"},
	}
	if len(routes) > 0 {
		root = append(root, yaml.MapItem{Key: "routes", Value: routes})
	}
	config := yaml.MapSlice{
		{Key: "route", Value: root},
		{Key: "inhibit_rules", Value: []yaml.MapSlice{{
			{Key: "source_matchers", Value: []string{`severity="page"`}},
			{Key: "target_matchers", Value: []string{`severity="ticket"`}},
			{Key: "equal", Value: equal},
		}}},
		{Key: "receivers", Value: receivers},
	}
	if len(hours) > 0 {
		config = append(config, yaml.MapItem{Key: "time_intervals", Value: hours})
	}
	body, err := yaml.MarshalWithOptions(config, yaml.IndentSequence(true), yaml.UseSingleQuote(true))
	if err != nil {
		return nil, nil, fmt.Errorf("writing the Alertmanager configuration: %w", err)
	}
	header := "# Routes for Alertmanager 0.25 and newer, written by github.com/srekit/ownership.\n# Secrets stand in the files that are named here, never in this one.\n"
	return append([]byte(header), body...), findings, nil
}

func (h Handler) route(matchers []string, receiver string) yaml.MapSlice {
	r := yaml.MapSlice{{Key: "receiver", Value: receiver}, {Key: "matchers", Value: matchers}}
	if h.Pages() {
		r = append(r, yaml.MapItem{Key: "group_wait", Value: "10s"}, yaml.MapItem{Key: "repeat_interval", Value: "1h"})
	}
	return r
}

func (h Handler) config(kind receiverKind) yaml.MapSlice {
	c := yaml.MapSlice{}
	add := func(key string, value any) { c = append(c, yaml.MapItem{Key: key, Value: value}) }
	if kind.secret != "" {
		file := h.File
		if file == "" {
			file = "/etc/alertmanager/secrets/" + fileName.ReplaceAllString(h.receiver(), "-")
		}
		add(kind.secret, file)
	}
	switch h.kind() {
	case "pagerduty":
		add("severity", `{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}`)
		add("description", `{{ .CommonAnnotations.summary }}`)
	case "slack":
		channel := h.Channel
		if channel == "" {
			channel = "#alerts"
		}
		add("channel", channel)
		add("title", `{{ .CommonAnnotations.summary }}`)
		// A single-quoted scalar knows no escapes: the template breaks the lines.
		add("text", `{{ range .Alerts }}{{ .Annotations.description }}{{ "\n" }}{{ .Annotations.runbook_url }}{{ "\n" }}{{ end }}`)
	case "victorops":
		add("routing_key", h.Name)
	case "email":
		add("to", h.To)
		add("from", "alertmanager@localhost")
		add("smarthost", "localhost:25")
	case "webhook":
		add("url", h.URL)
	}
	add("send_resolved", kind.resolvable)
	return c
}

var (
	fileName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)
	clock    = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$`)
	zoneName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$`)
	userInfo = regexp.MustCompile(`^[a-z]+://[^/]*@`)
	httpURL  = regexp.MustCompile(`^https?://[^\s{}]+$`)
)

func (h Handler) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: %s: %s", ErrHandler, diag.Quote(h.receiver()), fmt.Sprintf(format, args...)))
	}
	if h.Name == "" {
		fail("no name")
	}
	for _, s := range []string{h.Team, h.Name, h.Type, h.File, h.Channel, h.To, h.URL} {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) || len(s) > 1024 {
			fail("%s: text must be one line of UTF-8 of at most 1,024 bytes", diag.Quote(s))
		}
		if strings.Contains(s, "{{") {
			fail("%s: templates are not expanded here; leave out {{", diag.Quote(s))
		}
	}
	switch h.kind() {
	case "email":
		if !strings.Contains(h.To, "@") {
			fail("an e-mail handler needs an address; set to: team@example.org")
		}
	case "webhook":
		switch {
		case userInfo.MatchString(h.URL):
			fail("the URL holds credentials; put them into a file and name that in Alertmanager's http_config")
		case h.URL != "" && !httpURL.MatchString(h.URL):
			fail("%s is no URL of a webhook; write https://…", diag.Quote(h.URL))
		}
	}
	if h.Severity < 0 || h.Severity > alerting.Page {
		fail("unknown severity %d", int(h.Severity))
	}
	return errors.Join(errs...)
}

// matcherValue quotes a value for an Alertmanager matcher, which knows the
// escapes \\, \" and \n only.
func matcherValue(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
