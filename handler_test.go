package ownership_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/srekit/ownership"
)

func TestHandlerWakes(t *testing.T) {
	tests := []struct {
		handler ownership.Handler
		want    bool
	}{
		{ownership.Handler{Name: "pagerduty"}, true},
		{ownership.Handler{Name: "PagerDuty"}, true},
		{ownership.Handler{Name: "night", Type: "opsgenie"}, true},
		{ownership.Handler{Name: "pagerduty", Type: "slack"}, false}, // the type tells
		{ownership.Handler{Name: "bell", Type: "webhook"}, false},
		{ownership.Handler{Name: "bell", Type: "webhook", Pages: true}, true},
		{ownership.Handler{Name: "unknown"}, false},
	}
	for _, tt := range tests {
		if got := tt.handler.Wakes(); got != tt.want {
			t.Errorf("%+v wakes: got %v, want %v", tt.handler, got, tt.want)
		}
	}
	paging, quiet := ownership.HandlerTypes()
	for _, name := range paging {
		if !(ownership.Handler{Name: name}).Wakes() || slices.Contains(quiet, name) {
			t.Errorf("%s does not page", name)
		}
	}
	paging[0] = "changed"
	if again, _ := ownership.HandlerTypes(); again[0] == "changed" {
		t.Error("HandlerTypes hands out its own slice")
	}
}

// Secrets are found by their looks and never repeated; names, paths and
// channels are not taken for them.
func TestSecrets(t *testing.T) {
	tests := []struct {
		value  string
		secret bool
	}{
		{"https://hooks.slack.com/services/T000/B000/abcdef", true},
		{"https://discord.com/api/webhooks/1/x", true},
		{"https://user:password@example.org/hook", true},
		{"xoxb-1234-abcd", true},
		{"R0123456789ABCDEF0123456789ABCDEF", true},
		{"ghp_0123456789abcdefghij", true},
		{"https://example.org/alerts", false},
		{"/etc/alertmanager/secrets/pagerduty-routing-key", false},
		{"#sre-platform-alerts-2026-production", false},
		{"sre-oncall-2026@example.org", false},
		{"sre-platform-production-europe", false},
	}
	for _, tt := range tests {
		doc := "service: {name: a, owner_team: t}\nteam:\n  name: t\n  handlers: [{name: h, type: slack, channel: \"" + tt.value + "\"}]\n"
		svc, err := ownership.Read("x.yaml", []byte(doc))
		if err != nil {
			t.Errorf("%s: %v", tt.value, err)
			continue
		}
		got := false
		for _, f := range svc.Findings {
			got = got || f.Code == "secret"
			if tt.secret && strings.Contains(f.String(), tt.value) {
				t.Errorf("the finding repeats the secret: %v", f)
			}
		}
		if got != tt.secret {
			t.Errorf("%s: taken for a secret: %v, want %v", tt.value, got, tt.secret)
		}
	}
}
