package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
)

func ExampleRoutes() {
	config, _, err := rules.Routes([]rules.Handler{
		{Team: "payments", Name: "pagerduty", Severity: alerting.Page},
		{Team: "payments", Name: "slack", Channel: "#payments", Severity: alerting.Ticket},
	}, rules.RouteOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	var c struct {
		Route struct {
			Routes []struct {
				Receiver string
				Matchers []string
			}
		}
	}
	if err := yaml.Unmarshal(config, &c); err != nil {
		fmt.Println(err)
	}
	for _, r := range c.Route.Routes {
		fmt.Println(r.Receiver, r.Matchers)
	}
	// Output:
	// payments/pagerduty [handler="pagerduty" team="payments"]
	// payments/slack [handler="slack" team="payments"]
	// payments/pagerduty [severity="page" handler="" team="payments"]
	// payments/slack [severity="ticket" handler="" team="payments"]
}

func TestRoutesHoldNoSecretAndReadBack(t *testing.T) {
	config, findings, err := rules.Routes([]rules.Handler{
		{Name: "pagerduty", File: "/run/secrets/pd"},
		{Name: "slack"}, {Name: "opsgenie"}, {Name: "victorops"},
		{Name: "mail", Type: "email", To: "sre@example.org"},
		{Name: "hook", Type: "webhook", URL: "https://example.org/alerts"},
		{Name: "carrier-pigeon"},
	}, rules.RouteOptions{GroupBy: []string{"region", "region"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].Code != "handler-unknown" || findings[0].Path != "carrier-pigeon" {
		t.Errorf("findings %v, want one about carrier-pigeon", findings)
	}
	var c map[string]any
	if err := yaml.UnmarshalWithOptions(config, &c, yaml.Strict()); err != nil {
		t.Fatalf("%v\n%s", err, config)
	}
	for _, want := range []string{"routing_key_file: /run/secrets/pd", "api_url_file: /etc/alertmanager/secrets/slack", "api_key_file: /etc/alertmanager/secrets/opsgenie"} {
		if !strings.Contains(string(config), want) {
			t.Errorf("no %q in\n%s", want, config)
		}
	}
	equal := c["inhibit_rules"].([]any)[0].(map[string]any)["equal"]
	if diff := cmp.Diff([]any{"service", "slo", "region"}, equal); diff != "" {
		t.Errorf("inhibition is equal on (-want +got):\n%s", diff)
	}
	if got := len(c["receivers"].([]any)); got != 8 {
		t.Errorf("%d receivers, want 8 with the default", got)
	}
}

func TestRoutesReportEveryDefect(t *testing.T) {
	_, _, err := rules.Routes([]rules.Handler{
		{Name: ""},
		{Name: "slack", Channel: "#a\nurl: x"},
		{Name: "mail", Type: "email"},
		{Name: "hook", Type: "webhook", URL: "https://user:secret@example.org"},
		{Name: "pagerduty"}, {Name: "pagerduty"},
		{Name: "{{ .X }}"},
	}, rules.RouteOptions{GroupBy: []string{"a b"}})
	want := `not an alert handler: "": no name
not an alert handler: "slack": "#a\nurl: x": text must be one line of UTF-8 of at most 1,024 bytes
not an alert handler: "mail": an e-mail handler needs an address; set to: team@example.org
not an alert handler: "hook": the URL holds credentials; put them into a file and name that in Alertmanager's http_config
not an alert handler: "pagerduty" stands twice or is reserved; rename one
not an alert handler: "{{ .X }}": "{{ .X }}": templates are not expanded here; leave out {{
not an alert handler: group_by "a b" is no label name`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if !errors.Is(err, rules.ErrHandler) {
		t.Error("the error is not ErrHandler")
	}
}

func TestTicketHours(t *testing.T) {
	config, _, err := rules.Routes([]rules.Handler{{Name: "slack"}}, rules.RouteOptions{TicketHours: rules.Hours{
		Days: []time.Weekday{time.Monday, time.Friday}, From: "09:00", To: "17:00", Zone: "Europe/Berlin",
	}})
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Route struct {
			Routes []struct {
				Routes []struct {
					Matchers []string
					Active   []string `yaml:"active_time_intervals"`
				}
			}
		}
		TimeIntervals []map[string]any `yaml:"time_intervals"`
	}
	if err := yaml.Unmarshal(config, &c); err != nil {
		t.Fatal(err)
	}
	if len(c.TimeIntervals) != 1 || len(c.Route.Routes) != 1 || c.Route.Routes[0].Routes[0].Matchers[0] != `severity="ticket"` || c.Route.Routes[0].Routes[0].Active[0] != "ticket-hours" {
		t.Errorf("tickets are not held back:\n%s", config)
	}
	for _, h := range []rules.Hours{{From: "9", To: "17:00"}, {From: "17:00", To: "09:00"}, {From: "09:00", To: "17:00", Zone: "x\ny"}, {From: "09:00", To: "17:00", Days: []time.Weekday{9}}} {
		if _, _, err := rules.Routes(nil, rules.RouteOptions{TicketHours: h}); !errors.Is(err, rules.ErrHandler) {
			t.Errorf("%+v is accepted (%v)", h, err)
		}
	}
}

// A single-quoted scalar has no escapes, so lines are broken by the template.
func TestSlackTextBreaksLines(t *testing.T) {
	config, _, err := rules.Routes([]rules.Handler{{Name: "slack"}}, rules.RouteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Receivers []struct {
			Slack []struct{ Text string } `yaml:"slack_configs"`
		}
	}
	if err := yaml.Unmarshal(config, &c); err != nil {
		t.Fatal(err)
	}
	type alert struct{ Annotations map[string]string }
	alerts := []alert{
		{map[string]string{"description": "It burns.", "runbook_url": "/runbooks/burn.md"}},
		{map[string]string{"description": "It smokes.", "runbook_url": "/runbooks/smoke.md"}},
	}
	var got strings.Builder
	if err := template.Must(template.New("text").Parse(c.Receivers[1].Slack[0].Text)).Execute(&got, map[string]any{"Alerts": alerts}); err != nil {
		t.Fatal(err)
	}
	if want := "It burns.\n/runbooks/burn.md\nIt smokes.\n/runbooks/smoke.md\n"; got.String() != want {
		t.Errorf("got %q, want %q", got.String(), want)
	}
}

// A page reaches somebody where only chat is told of anything.
func TestPagesFallBackToChat(t *testing.T) {
	pager := rules.Handler{Team: "a", Name: "pagerduty", Severity: alerting.Page}
	chat := rules.Handler{Team: "a", Name: "slack", Severity: alerting.Ticket}
	everyone := rules.Handler{Name: "opsgenie", Severity: alerting.Page}
	for _, tt := range []struct {
		handlers []rules.Handler
		want     string // the matcher of the chat's fallback
	}{
		{[]rules.Handler{chat}, `severity=~"page|ticket"`},
		{[]rules.Handler{chat, {Team: "b", Name: "pagerduty", Severity: alerting.Page}}, `severity=~"page|ticket"`},
		{[]rules.Handler{chat, {Team: "a", Name: "pagerduty"}}, `severity=~"page|ticket"`},
		{[]rules.Handler{chat, pager}, `severity="ticket"`},
		{[]rules.Handler{chat, everyone}, `severity="ticket"`},
	} {
		config, _, err := rules.Routes(tt.handlers, rules.RouteOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var c struct {
			Route struct {
				Routes []struct {
					Receiver string
					Matchers []string
				}
			}
		}
		if err := yaml.Unmarshal(config, &c); err != nil {
			t.Fatal(err)
		}
		var got string
		for _, r := range c.Route.Routes {
			if r.Receiver == "a/slack" && strings.HasPrefix(r.Matchers[0], "severity") {
				got += r.Matchers[0]
			}
		}
		if got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.handlers, got, tt.want)
		}
	}
}
