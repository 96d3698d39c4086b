package ownership_test

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
)

// loginPoints are three weeks of 120 000 sign-ins every five minutes that all go
// well, and half of them fail from 06:10 to 06:50 on 2026-10-12.
func loginPoints() []slo.Point {
	var out []slo.Point
	for at := october(12, 6, 0).AddDate(0, 0, -21); at.Before(october(12, 8, 0)); at = at.Add(5 * time.Minute) {
		p := slo.Point{Time: at.Add(5 * time.Minute), Counts: slo.Counts{Total: 120_000}}
		if !at.Before(october(12, 6, 10)) && at.Before(october(12, 6, 50)) {
			p.Counts.Bad = 60_000
		}
		out = append(out, p)
	}
	return out
}

// repair is the log of the bundled runbook of user-db, run with a person who agrees
// and does by hand what no machine may.
func repair(t *testing.T) (runbook.Runbook, []run.Record) {
	t.Helper()
	book := runbook.Parse("user-database-errors.md", []byte("# UserDatabaseErrors\n\n## Mitigation\n\n"+
		"```sh {name=rollback mode=automated timeout=1m approve=1}\nkubectl -n user-db rollout undo deployment/user-db\n```\n\nUndo: the same with --to-revision.\n"), runbook.Options{})
	plan, err := run.Prepare(book, run.Request{Requester: "gael"})
	if err != nil {
		t.Fatal(err)
	}
	now := october(12, 6, 40)
	var sink run.Memory
	options := run.Options{
		Run: "1", Actor: run.Actor{Name: "gael"}, Sink: &sink,
		Executor: run.ExecutorFunc(func(context.Context, run.Call) (run.Outcome, error) { return run.Outcome{Output: "rolled back"}, nil }),
		Clock:    run.ClockFunc(func() time.Time { now = now.Add(time.Minute); return now }),
	}
	report, err := run.Run(context.Background(), plan, options)
	if err != nil {
		t.Fatal(err)
	}
	options.Log, options.Head = sink.Log(), report.Head
	options.Approver = run.Votes{{Request: report.Waiting.Request, By: "esteban", Allow: true}}
	if report, err = run.Run(context.Background(), plan, options); err != nil || report.Status != run.StatusDone {
		t.Fatal(report.Status, err)
	}
	records, err := run.Verify(sink.Log(), report.Head)
	if err != nil {
		t.Fatal(err)
	}
	return book, records
}

func account(t *testing.T) ownership.IncidentAccount {
	book, records := repair(t)
	end := october(12, 6, 52)
	return ownership.IncidentAccount{
		Input: ownership.IncidentInput{Name: "INC-7", Severity: 2, Alerts: []ownership.IncidentAlert{
			{Service: "login", Name: "LoginErrors", Start: october(12, 6, 16), End: end},
			{Service: "checkout", Name: "CheckoutErrors", Start: october(12, 6, 18), End: end},
		}, Points: []ownership.IncidentPoints{{Service: "login", Objective: "availability", Points: loginPoints()}}},
		Summary: "A release of user-db halved the connections that it accepts.",
		Logs:    []ownership.IncidentLog{{Service: "user-db", Book: book, Records: records}},
		Notes:   []response.AuditRecord{{At: october(12, 6, 18), Actor: "iker", Action: response.ActionAcknowledged, Service: "login"}},
		Roles:   []response.RoleTaken{{Role: response.RoleCommander, Person: "esteban", From: october(12, 6, 20)}},
		Rollouts: []ownership.IncidentRollout{{Service: "user-db", Revision: "v42", Transitions: []release.Transition{
			{At: october(12, 5, 55), To: release.Pending, Traffic: slo.MustRatio("10%"), Code: "stage", Text: "stage 1 has 10 % of the traffic"},
			{At: october(12, 5, 58), Code: "bake", Text: "it bakes"},
			{At: october(12, 6, 8), Traffic: slo.MustRatio("50%"), Code: "stage", Text: "stage 2 has 50 % of the traffic"},
			{At: october(12, 6, 44), Code: "order-abort", Text: "gael took it back"},
		}}},
		Actions: []response.Action{{Text: "Alert on connections", Team: "data-platform", Lever: response.LeverThresholds}},
	}
}

func TestIncidentRecord(t *testing.T) {
	r, err := incidentCatalog(t).IncidentRecord(context.Background(), account(t))
	if err != nil {
		t.Fatal(err)
	}
	if !r.Incident.Start.Equal(october(12, 6, 16)) || !r.Incident.End.Equal(october(12, 6, 52)) || r.Scope != response.Area {
		t.Errorf("from %s to %s, scope %s", r.Incident.Start, r.Incident.End, r.Scope)
	}
	// It began at 06:10, six minutes before the first alert: eight points of bad ones,
	// 8·60 000 events. The period of 30 days at 120 000 in five minutes has 8640 of
	// them, of which 0.05 % may fail: 518 400. Before the incident the data begin nine
	// days late, which the mean rate makes up for.
	if len(r.Budgets) != 1 {
		t.Fatalf("budgets %+v", r.Budgets)
	}
	b := r.Budgets[0]
	if b.Service != "login" || b.Objective != "availability" || b.Bad != 480_000 || b.Level != 0.95 || math.Abs(b.Consumed-480.0/518.4) > 0.01 || b.Low > b.Consumed || b.High < b.Consumed || b.High-b.Low > 0.01 {
		t.Errorf("budget %+v", b)
	}
	// It began at 06:10; 50 % is above the 1 % of LoginErrors, which holds five
	// minutes and fired after six. CheckoutErrors has no points, so nothing is known.
	want := []response.Detection{{Service: "login", Alert: "LoginErrors", Began: october(12, 6, 10), Fired: october(12, 6, 16), Predicted: 5 * time.Minute}}
	if diff := cmp.Diff(want, r.Detections); diff != "" {
		t.Errorf("detections (-want +got)\n%s", diff)
	}
	var audit []string
	for _, a := range r.Audit {
		audit = append(audit, strings.Join([]string{a.Action, a.Actor, a.Step, map[bool]string{true: "changes"}[a.Mutating]}, " "))
	}
	wantAudit := []string{"acknowledged iker  ", "note gael  ", "note gael  ", "approved esteban rollback changes", "started  rollback changes", "done  rollback changes", "note gael  "}
	if diff := cmp.Diff(wantAudit, audit); diff != "" {
		t.Errorf("audit (-want +got)\n%s", diff)
	}
	var rollouts []string
	for _, x := range r.Rollouts {
		rollouts = append(rollouts, x.Decision+" "+x.Reason)
	}
	if diff := cmp.Diff([]string{"started stage 1 has 10 % of the traffic", "promoted stage 2 has 50 % of the traffic", "rolled_back gael took it back"}, rollouts); diff != "" {
		t.Errorf("rollouts (-want +got)\n%s", diff)
	}
	on := map[string]bool{}
	for _, d := range r.Duties {
		on[d.Schedule+" "+d.Role+" "+d.Person] = true
	}
	for _, who := range []string{"identity primary iker", "shop primary nuno", "data-platform primary gael", "data-platform commander esteban"} {
		if !on[who] {
			t.Errorf("%s is not among the duties %v", who, r.Duties)
		}
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back response.IncidentRecord
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
}

// Nobody is named unless names are asked for; what changed before and what stopped
// it stands in the account.
func TestIncidentPostMortem(t *testing.T) {
	c := incidentCatalog(t)
	m, err := c.PostMortem(context.Background(), account(t), response.PostMortemOptions{})
	if err != nil {
		t.Fatal(err)
	}
	text := m.Markdown()
	for _, who := range c.People() {
		if strings.Contains(text, who.Name) {
			t.Errorf("%s is named:\n%s", who.Name, text)
		}
	}
	for _, want := range []string{"user-db", "v42", "LoginErrors", "rollback", "Alert on connections"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	if delay, ok := m.Response.Acknowledgement(); !ok || delay != 2*time.Minute {
		t.Errorf("acknowledged after %s (%t), want 2m", delay, ok)
	}
	if m.Stop.IsZero() || len(m.Changes) == 0 || m.Changes[0].Service != "user-db" {
		t.Errorf("stopped by %+v, changes %+v", m.Stop, m.Changes)
	}
	named, err := c.PostMortem(context.Background(), account(t), response.PostMortemOptions{Names: true})
	if err != nil || !strings.Contains(named.Markdown(), "esteban") {
		t.Errorf("%v: nobody is named", err)
	}
}
