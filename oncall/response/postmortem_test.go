package response

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// databaseIncident is an evening on which a release of the database made three
// services fail.
func databaseIncident(t testing.TB) IncidentRecord {
	on := func(clock string) time.Time { return at(t, "2026-03-03T"+clock+"Z") }
	return IncidentRecord{
		Incident: Incident{Name: "INC-42", Start: on("17:42:00"), End: on("19:00:00"), Severity: 1, Alerts: []Alert{
			{Entry: "auth", Name: "ErrorBudgetBurn", Severity: "page", Start: on("17:44:00"), End: on("18:31:00")},
			{Entry: "web", Name: "ErrorBudgetBurn", Severity: "page", Start: on("17:46:00"), End: on("18:33:00")},
			{Entry: "db", Name: "ConnectionsExhausted", Severity: "page", Start: on("17:42:00"), End: on("18:30:00")},
		}},
		Scope:   Area,
		Summary: "Ana's pool setting in r17 halved the connections of the database; sign-in and the shop failed.",
		Entries: []Entry{
			{Name: "db", Kind: KindPlatform, Team: "storage"},
			{Name: "auth", Team: "identity", DependsOn: []Edge{{Name: "db"}}},
			{Name: "web", Team: "shop", DependsOn: []Edge{{Name: "db"}, {Name: "auth"}}},
			{Name: "search", Team: "shop"},
		},
		People: []Person{{Name: "Ana Lima", Zone: "America/New_York"}, {Name: "Ben Ott"}, {Name: "Chi"}, {Name: "Dee"}},
		Budgets: []BudgetImpact{
			{Service: "web", Objective: "availability", From: on("17:40:00"), To: on("18:35:00"), Bad: 9120, Total: 201300, Consumed: 0.304, Low: 0.298, High: 0.31, Level: 0.95},
			{Service: "search", Objective: "latency-p95", From: on("17:40:00"), To: on("18:35:00"), Bad: 800, Total: 9000, Consumed: 0.08},
		},
		Detections: []Detection{
			{Service: "auth", Alert: "ErrorBudgetBurn", Began: on("17:41:00"), Predicted: 2 * time.Minute},
			{Service: "web", Alert: "ErrorBudgetBurn", Began: on("17:41:00"), Predicted: 2 * time.Minute},
			{Service: "db", Alert: "ConnectionsExhausted", Began: on("17:41:00"), Predicted: 5 * time.Minute},
			{Service: "search", Alert: "SlowSearch", Began: on("17:50:00"), Predicted: 5 * time.Minute},
		},
		Duties: []Duty{
			{Schedule: "storage", Person: "Ana Lima", Start: on("09:00:00"), End: on("18:00:00")},
			{Schedule: "storage", Person: "Ben Ott", Start: on("18:00:00"), End: on("21:00:00")},
			{Schedule: "storage", Person: "Eve", Start: on("09:00:00"), End: on("21:00:00"), Shadow: true},
		},
		Roles: []RoleTaken{
			{Role: RoleCommander, Person: "Chi", From: on("17:52:00"), To: on("18:20:00")},
			{Role: RoleCommander, Person: "Dee", From: on("18:20:00")},
			{Role: RoleOperations, Person: "Ana Lima", From: on("17:53:00")},
		},
		Audit: []AuditRecord{
			{At: on("17:45:30"), Actor: "Ana Lima", Action: ActionAcknowledged, Service: "db"},
			{At: on("17:52:00"), Actor: "Ana Lima", Action: ActionDeclared, Text: "paging chi@example.org"},
			{At: on("18:05:00"), Actor: "Ben Ott", Action: ActionDone, Service: "db", Runbook: "pool.md", Step: "raise the pool", Mutating: true},
			{At: on("18:06:00"), Automated: true, Action: ActionFailed, Service: "db", Runbook: "pool.md", Step: "restart the replicas", Mutating: true, Text: "timed out"},
			{At: on("18:10:00"), Actor: "Chi", Action: ActionNote, Text: "ben and ANA think of r17"},
		},
		Rollouts: []RolloutRecord{
			{At: at(t, "2026-03-01T10:00:00Z"), Service: "db", Revision: "r16", Decision: RolloutCompleted, Traffic: 1},
			{At: on("17:30:00"), Service: "db", Revision: "r17", Decision: RolloutStarted, Traffic: 0.5, By: "Ana Lima"},
			{At: on("17:10:00"), Service: "search", Revision: "s3", Decision: RolloutStarted, Traffic: 0.1},
			{At: on("18:28:00"), Service: "db", Revision: "r17", Decision: RolloutRolledBack, By: "Ben Ott", Reason: "Dee said so"},
		},
		Lucky: []string{"Ben had seen the same in January."},
		Actions: []Action{
			{Text: "Refuse pools below 100 connections", Team: "storage", Owner: "Ben Ott", Lever: LeverAutomation, Due: at(t, "2026-03-20T00:00:00Z")},
			{Text: "Talk about it"},
		},
	}
}

func TestPostMortemDocument(t *testing.T) {
	m, err := NewPostMortem(databaseIncident(t), PostMortemOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := m.Markdown()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("testdata/postmortem.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/postmortem.md")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}

	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back PostMortem
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	if back.Markdown() != got || back.SVG() != m.SVG() {
		t.Error("the document read back is another one")
	}

	named, err := NewPostMortem(databaseIncident(t), PostMortemOptions{Names: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Ana's pool setting", "handoff of primary of storage at 2026-03-03 18:00:00 from Ana Lima to Ben Ott", "paging chi&#64;example.org", "Ana Lima acknowledges"} {
		if !strings.Contains(named.Markdown(), want) {
			t.Errorf("with names, %q is missing in\n%s", want, named.Markdown())
		}
	}
}

// In another zone all times are of that zone, before and after JSON.
func TestPostMortemZone(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewPostMortem(databaseIncident(t), PostMortemOptions{Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back PostMortem
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{m.Markdown(), back.Markdown()} {
		if !strings.Contains(got, "| Began | 2026-03-03 12:42:00 |") || !strings.Contains(got, "| Times | America/New\\_York |") {
			t.Errorf("got\n%s", got)
		}
	}
}

func TestIncidentRecordRoundTrip(t *testing.T) {
	r := databaseIncident(t)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back IncidentRecord
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(r, back); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestEverythingWrongWithARecord(t *testing.T) {
	day := at(t, "2026-03-03T00:00:00Z")
	_, err := NewPostMortem(IncidentRecord{
		Incident:   Incident{Start: day, End: day.Add(-1), Alerts: []Alert{{}}},
		Scope:      9,
		Budgets:    []BudgetImpact{{From: day, Bad: -1, Consumed: 2, Low: 0.5, High: 1, Level: 0.95}, {From: day, Level: 2}},
		Detections: []Detection{{Began: day, Fired: day.Add(-time.Second), Predicted: -1}},
		Duties:     []Duty{{Start: day}},
		Roles:      []RoleTaken{{From: day}},
		Audit:      []AuditRecord{{At: day, Action: "don"}},
		Rollouts:   []RolloutRecord{{At: day, Decision: "rolledback", Traffic: 50}},
		Actions:    []Action{{Lever: "treshold"}},
	}, PostMortemOptions{Lookback: -1})
	want := `no response: incident: "2026-03-02T23:59:59Z": it ends before it starts; swap start and end
no response: incident.alerts[0].start: the instant is missing; write it in RFC 3339: 2026-01-31T09:00:00Z
no response: scope: "9": it is no scope; write task, service, platform, area or organisation
no response: budgets[0].bad: "-1": it is no amount; write a number that is not negative
no response: budgets[0].consumed: "2": it lies outside its interval; exchange low and high, or mend them
no response: budgets[1].level: "2": it is no confidence; write 0.95, or leave the interval out
no response: detections[0]: "2026-03-02T23:59:59Z": it ends before it starts; swap start and end
no response: detections[0].predicted: "-1ns": it is negative; write how long the policy takes
no response: duties[0].end: the instant is missing; write it in RFC 3339: 2026-01-31T09:00:00Z
no response: roles[0].role: the role is missing; write commander, operations, …
and 6 more`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// The last thing done counts, in whatever order it was written down.
func TestStopInAnyOrder(t *testing.T) {
	day := at(t, "2026-03-03T00:00:00Z")
	m, err := NewPostMortem(IncidentRecord{Incident: Incident{Start: day, End: day.Add(time.Hour)}, Audit: []AuditRecord{
		{At: day.Add(20 * time.Minute), Action: ActionDone, Mutating: true, Step: "second"},
		{At: day.Add(10 * time.Minute), Action: ActionDone, Mutating: true, Step: "first"},
	}}, PostMortemOptions{})
	if want := "“second” was done"; err != nil || m.Stop.Text != want || m.Stop.Before != 40*time.Minute {
		t.Errorf("got %+v, %v, want %s", m.Stop, err, want)
	}
}

// TestAcknowledgedBeforeTheAlert: an acknowledgement that comes before every
// alert has no delay, but it is not said that there was none.
func TestAcknowledgedBeforeTheAlert(t *testing.T) {
	r := IncidentRecord{
		Incident: Incident{Start: monday, End: monday.Add(2 * time.Hour), Alerts: []Alert{{Entry: "auth", Name: "A", Start: monday.Add(time.Minute), End: monday.Add(time.Hour)}}},
		Audit:    []AuditRecord{{At: monday.Add(30 * time.Second), Actor: "ana", Action: ActionAcknowledged}},
	}
	m, err := NewPostMortem(r, PostMortemOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if delay, ok := m.Response.Acknowledgement(); ok {
		t.Errorf("got a delay of %v", delay)
	}
	want := "warning: audit: every acknowledgement comes before the first alert; mend the times, or add the alert that was acknowledged"
	if !slices.ContainsFunc(m.Findings, func(f Finding) bool { return f.String() == want }) {
		t.Errorf("got %v, want %s among them", m.Findings, want)
	}
}
