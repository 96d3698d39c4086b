package ownership_test

import (
	"testing"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
)

// Which objective an alert watches, and what its condition is with everything
// filled in.
func TestAlertObjectiveAndCondition(t *testing.T) {
	const head = `
service:
  name: pay
  owner_team: payments
  responsibilities:
    - availability: 99.9%
    - latency: p95 < 100ms
    - latency: p99 < 300ms
`
	const errorRate = "    - error_rate: p99 < 0.1%\n"
	tests := []struct{ more, alert, objective, condition string }{
		{"", "threshold: 1%", "availability", "error_rate > 1% for 5m"},
		{errorRate, "threshold: 1%", "error-rate-p99", "error_rate > 1% for 5m"},
		{errorRate, "threshold: 1%, objective: availability, hold: 1m", "availability", "error_rate > 1% for 1m"},
		{"", "threshold: 200ms", "latency-p95", "p95 latency > 200ms for 5m"},
		{"", "threshold: p99 > 200ms", "latency-p99", "p99 latency > 200ms for 5m"},
		{"", "threshold: p50 >= 200ms", "latency-p95", "p50 latency >= 200ms for 5m"},
		{"", "threshold: max > 5s", "latency-p95", "max latency > 5s for 5m"},
		{"", "threshold: 400ms, objective: latency-p99", "latency-p99", "p99 latency > 400ms for 5m"},
		{"", "threshold: burn_rate > 14.4 for 1h", "availability", "burn_rate > 14.4 for 1h"},
		{"", "metric: traffic, threshold: 5/min", "", "traffic > 5/min for 5m"},
	}
	for _, tt := range tests {
		svc, err := ownership.Read("x.yaml", []byte(head+tt.more+"  monitoring: {alerts: [{name: A, "+tt.alert+"}]}"))
		if err != nil {
			t.Errorf("%s: %v", tt.alert, err)
			continue
		}
		o, ok := svc.ObjectiveOf(svc.Alerts[0])
		if o.Name != tt.objective || ok != (tt.objective != "") {
			t.Errorf("%s watches %q, %v, want %q", tt.alert, o.Name, ok, tt.objective)
		}
		if got := svc.ConditionOf(svc.Alerts[0]).String(); got != tt.condition {
			t.Errorf("%s: got %q, want %q", tt.alert, got, tt.condition)
		}
	}
}

func TestSeverityOf(t *testing.T) {
	if got := (ownership.Alert{}).SeverityOf(); got != alerting.Ticket {
		t.Errorf("without a severity: got %v, want %v", got, alerting.Ticket)
	}
	if got := (ownership.Alert{Severity: alerting.Page}).SeverityOf(); got != alerting.Page {
		t.Errorf("got %v, want %v", got, alerting.Page)
	}
}

func TestRunbookOf(t *testing.T) {
	svc := ownership.Service{Runbooks: []ownership.Runbook{
		{Path: "/runbooks/high-error-rate.md"},
		{Path: "/runbooks/other.md", Alerts: []string{"DiskFull", "Alert"}},
		{Path: "https://runbooks.example.org/queue_lag"},
		{Path: "/runbooks/alert.md"},
	}}
	tests := []struct {
		alert ownership.Alert
		want  string
	}{
		{ownership.Alert{Name: "HighErrorRateAlert"}, "/runbooks/high-error-rate.md"},
		{ownership.Alert{Name: "high error rate"}, "/runbooks/high-error-rate.md"},
		{ownership.Alert{Name: "HighErrorRates"}, ""},
		{ownership.Alert{Name: "DiskFull"}, "/runbooks/other.md"},
		{ownership.Alert{Name: "Other"}, ""}, // it names its alerts
		{ownership.Alert{Name: "QueueLag"}, "https://runbooks.example.org/queue_lag"},
		{ownership.Alert{Name: "QueueLag", Runbook: "/mine.md"}, "/mine.md"},
		{ownership.Alert{Name: "Alert"}, "/runbooks/other.md"},
		{ownership.Alert{Name: "alert"}, "/runbooks/alert.md"},
	}
	for _, tt := range tests {
		got, ok := svc.RunbookOf(tt.alert)
		if got.Path != tt.want || ok != (tt.want != "") {
			t.Errorf("RunbookOf(%q, %q) = %q, %v, want %q", tt.alert.Name, tt.alert.Runbook, got.Path, ok, tt.want)
		}
	}
}
