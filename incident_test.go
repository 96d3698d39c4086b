package ownership_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// incidentCatalog is the one that is bundled with examples/incident.
func incidentCatalog(t testing.TB) ownership.Catalog {
	t.Helper()
	c, err := ownership.ReadCatalog(os.DirFS("examples/incident/catalog"), ownership.CatalogOptions{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.Findings {
		if f.Level != "info" {
			t.Errorf("the bundled catalog: %s", f)
		}
	}
	return c
}

// at is an instant of October 2026.
func october(day, hour, minute int) time.Time {
	return time.Date(2026, 10, day, hour, minute, 0, 0, time.UTC)
}

func alertsOf(start time.Time, services ...string) []ownership.IncidentAlert {
	var out []ownership.IncidentAlert
	for _, s := range services {
		out = append(out, ownership.IncidentAlert{Service: s, Start: start})
	}
	return out
}

// holders are who has a role.
func holders(r ownership.IncidentReport, role string) string {
	var out []string
	for _, a := range r.Roles {
		if a.Role == role {
			out = append(out, a.Person)
		}
	}
	return strings.Join(out, " ")
}

// Weeks begin on Monday: that of 2026-10-05 is number 39 from the start of the
// schedules (2026-01-05), so that of four people the last is on call and of two
// the second; from 2026-10-12 at 07:00 UTC (Berlin) and 09:00 UTC (Lisbon) on it
// is the first of each. Secondaries, commanders and communications are there on
// workdays only, 06:00 to 18:00 UTC.
func TestIncidentRooms(t *testing.T) {
	c := incidentCatalog(t)
	monday, sunday := october(12, 6, 19), october(11, 12, 0)
	tests := []struct {
		name                                                   string
		in                                                     ownership.IncidentInput
		scope                                                  response.Scope
		root                                                   string
		silent                                                 bool
		commander, operations, experts, communications, scribe string
		unfilled                                               string
	}{
		// Three alert, in two teams of one area: area. user-db explains all three and
		// itself is the only silent one: 2·3/(4+3) = 0.857.
		{"the bundled one", ownership.IncidentInput{Alerts: alertsOf(monday, "login", "checkout", "storefront"), Severity: 2},
			response.Area, "user-db", true, "esteban", "gael", "gael nuno iker", "olga", "henrik", ""},
		// One service of tier 2 alerts: nobody below explains it better than itself.
		{"one service", ownership.IncidentInput{Alerts: alertsOf(monday, "storefront")},
			response.Service, "storefront", false, "esteban", "nuno", "nuno", "olga", "", ""},
		// The platform itself alerts, alone: two services stand on it.
		{"a platform alone", ownership.IncidentInput{Alerts: alertsOf(monday, "user-db")},
			response.Platform, "user-db", false, "esteban", "gael", "gael", "", "", ""},
		// The concern is needed softly by three: it is a platform's incident, and no
		// customer sees it.
		{"the concern alone", ownership.IncidentInput{Alerts: alertsOf(monday, "tracing")},
			response.Platform, "tracing", false, "esteban", "gael", "gael", "", "", ""},
		// Everything alerts: three teams, two areas: organisation. tracing reaches five
		// of the six, 2·5/(5+6); user-db four, 2·4/(4+6).
		{"everything", ownership.IncidentInput{Alerts: alertsOf(monday, "login", "checkout", "storefront", "user-db", "message-bus", "tracing")},
			response.Organisation, "tracing", false, "esteban", "gael", "gael nuno iker", "olga", "", ""},
		// Checkout and storefront: one team, two services; checkout explains both with
		// 1.0, so that nobody comes for another root.
		{"two services of one team", ownership.IncidentInput{Alerts: alertsOf(monday, "checkout", "storefront")},
			response.Platform, "checkout", false, "esteban", "nuno", "nuno", "olga", "", ""},
		// Severity 1 alone makes it the organisation's, with a scribe: of those who are
		// free by day first the shop's own.
		{"severity 1", ownership.IncidentInput{Alerts: alertsOf(monday, "storefront"), Severity: 1},
			response.Organisation, "storefront", false, "esteban", "nuno", "nuno", "olga", "marta", ""},
		// On a Sunday only primaries are there; none of them may command or speak. login
		// explains it with 2·1/(2+1) = 0.667, which is not 0.9: user-db, 2·1/(4+1) =
		// 0.4, is looked at too.
		{"on a Sunday", ownership.IncidentInput{Alerts: alertsOf(sunday, "login")},
			response.Service, "login", false, "", "iker", "iker gael", "", "", "commander communications"},
		// An hour later nobody has solved it: one step farther.
		{"after an hour", ownership.IncidentInput{Alerts: alertsOf(monday, "user-db"), At: monday.Add(time.Hour)},
			response.Area, "user-db", false, "astrid", "bogdan", "bogdan", "", "", ""},
		// The catalog does not hold it: a task, until more is known.
		{"an unknown entry", ownership.IncidentInput{Alerts: alertsOf(monday, "payments")},
			response.Task, "", false, "esteban", "", "", "", "", ""},
		// What begins later does not count yet.
		{"before the second alert", ownership.IncidentInput{At: monday, Alerts: append(alertsOf(monday, "login"), alertsOf(monday.Add(time.Minute), "checkout")...)},
			response.Service, "login", false, "esteban", "iker", "iker gael", "olga", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := c.Incident(tt.in, ownership.StandbyOptions{})
			if err != nil {
				t.Fatal(err)
			}
			root, silent := "", false
			if len(r.Roots) > 0 {
				root, silent = r.Roots[0].Service, r.Roots[0].Silent
			}
			var unfilled []string
			for _, u := range r.Unfilled {
				unfilled = append(unfilled, u.Role)
			}
			type row struct {
				Scope                                                            response.Scope
				Root                                                             string
				Silent                                                           bool
				Commander, Operations, Experts, Communications, Scribe, Unfilled string
			}
			got := row{r.Scope, root, silent, holders(r, "commander"), holders(r, "operations"), holders(r, "expert"), holders(r, "communications"), holders(r, "scribe"), strings.Join(unfilled, " ")}
			want := row{tt.scope, tt.root, tt.silent, tt.commander, tt.operations, tt.experts, tt.communications, tt.scribe, tt.unfilled}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, r)
			}
			for _, a := range r.Roles {
				if a.Reason == "" {
					t.Errorf("%s %s has no reason", a.Role, a.Person)
				}
			}
		})
	}
}

// The escalation goes from the service to whoever commands: the steps of
// response.DefaultEscalation, each with its people.
func TestIncidentEscalation(t *testing.T) {
	r, err := incidentCatalog(t).Incident(ownership.IncidentInput{Alerts: alertsOf(october(12, 6, 14), "login", "checkout", "storefront")}, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Escalation[:5] {
		got = append(got, s.After.String()+" "+s.Scope.String()+" "+strings.Join(s.People, ","))
	}
	// The area "foundation" and the organisation have no schedule of their own; the
	// one with commanders answers for them.
	want := []string{"0s service gael", "5m0s service henrik", "10m0s platform gael", "20m0s area gael,esteban", "35m0s organisation gael,esteban"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// An hour of 30 days is 1/720 of the period: at 99.9 % a total outage burns at
// 1000, which is 1000/720 of the budget an hour. Counted are 300 bad of 6000 in
// five minutes: 5 %, a burn rate of 50.
func TestBudgetAtRisk(t *testing.T) {
	c := incidentCatalog(t)
	start := october(12, 6, 0)
	in := ownership.IncidentInput{At: start.Add(5 * time.Minute), Alerts: []ownership.IncidentAlert{
		{Service: "storefront", Name: "StorefrontErrors", Start: start}, {Service: "checkout", Name: "CheckoutErrors", Start: start}}}
	in.Points = []ownership.IncidentPoints{{Service: "checkout", Objective: "availability", Points: []slo.Point{
		{Time: start, Counts: slo.Counts{Bad: 0, Total: 2_000_000}}, {Time: start.Add(5 * time.Minute), Counts: slo.Counts{Bad: 300, Total: 6000}}}}}
	r, err := c.Incident(in, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.BudgetAtRisk) != 2 {
		t.Fatalf("got %+v, want two objectives", r.BudgetAtRisk)
	}
	outage, measured := r.BudgetAtRisk[0], r.BudgetAtRisk[1]
	if outage.Service != "storefront" || outage.Basis != ownership.BurnOutage || math.Abs(outage.SharePerHour-1000.0/720) > 1e-9 || outage.Level != 0 || outage.Remaining != nil {
		t.Errorf("outage %+v", outage)
	}
	// 1.3889 of the budget an hour: gone after 43 minutes and 12 seconds.
	if want := in.At.Add(43*time.Minute + 12*time.Second); outage.Exhausted.Sub(want).Abs() > time.Second {
		t.Errorf("exhausted at %s, want %s", outage.Exhausted, want)
	}
	// Clopper-Pearson of 300 in 6000 at 95 %: 0.04463 to 0.05582.
	if measured.Service != "checkout" || measured.Basis != ownership.BurnMeasured || math.Abs(measured.BurnRate-50) > 1e-9 || math.Abs(measured.SharePerHour-50.0/720) > 1e-9 {
		t.Errorf("measured %+v", measured)
	}
	if low, high := measured.Low*0.72, measured.High*0.72; math.Abs(low-0.04463) > 2e-5 || math.Abs(high-0.05582) > 2e-5 {
		t.Errorf("interval of the error ratio %g to %g, want 0.04463 to 0.05582", low, high)
	}
	if measured.Remaining == nil || *measured.Remaining >= 1 {
		t.Errorf("remaining %v, want less than all", measured.Remaining)
	}
}

// Without any note of qualifications or certificates nobody is locked out, and the
// report says so; without levels there is nothing to note.
func TestIncidentWithoutNotes(t *testing.T) {
	const spec = `
services:
  - {name: web, owner_team: shop, customer_facing: true, depends_on: [db], responsibilities: [{availability: 99.9%%}]}
  - {name: db, kind: platform, owner_team: data, responsibilities: [{availability: 99.9%%}]}
teams:
  - {name: shop, members: [MEMBERS], schedule: {rotation: weekly, start: 2026-01-05, members: [ana], layers: [{role: secondary, members: [ben]}]}}
  - {name: data, members: [{name: cy, LEVEL}, {name: dee, LEVEL}], schedule: {rotation: weekly, start: 2026-01-05, layers: [{members: [cy]}, {role: secondary, members: [dee]}]}}
`
	for _, tt := range []struct {
		level string
		codes string
	}{{"level: 4", "empty-step empty-step not-noted not-noted"}, {"time_zone: UTC", "empty-step empty-step"}} {
		doc := strings.NewReplacer("%%", "%", "LEVEL", tt.level, "MEMBERS", "{name: ana, "+tt.level+"}, {name: ben, "+tt.level+"}").Replace(spec)
		c, err := ownership.ReadCatalog(fstest.MapFS{"a.yaml": {Data: []byte(doc)}}, ownership.CatalogOptions{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Incident(ownership.IncidentInput{Alerts: alertsOf(october(12, 12, 0), "web", "db")}, ownership.StandbyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, f := range r.Findings {
			codes = append(codes, f.Code)
		}
		if got := strings.Join(codes, " "); got != tt.codes {
			t.Errorf("%s: findings %q, want %q", tt.level, got, tt.codes)
		}
		if len(r.Unfilled) > 0 || holders(r, "expert") != "cy ana" || holders(r, "commander") == "" {
			t.Errorf("%s: %s", tt.level, r)
		}
	}
}

// A schedule that is kept elsewhere or wrong leaves its roles open, and says so.
func TestIncidentWithoutSchedule(t *testing.T) {
	c, err := ownership.ReadCatalog(fstest.MapFS{"a.yaml": {Data: []byte(`
services:
  - {name: web, owner_team: shop, incident_response: {oncall_schedule: "https://oncall.example.org/shop"}, responsibilities: [{availability: 99.9%}]}
`)}}, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Incident(ownership.IncidentInput{Alerts: alertsOf(october(12, 12, 0), "web")}, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Roles) > 0 || len(r.Unfilled) < 2 {
		t.Errorf("%s", r)
	}
	if !slices.ContainsFunc(r.Findings, func(f response.Finding) bool {
		return f.Code == "undefined" && f.Reason == "the schedule cannot be asked who is on call: the schedule is kept elsewhere"
	}) {
		t.Errorf("findings %v", r.Findings)
	}
}

func TestIncidentErrors(t *testing.T) {
	_, err := incidentCatalog(t).Incident(ownership.IncidentInput{Severity: -1, Expected: -1, Alerts: []ownership.IncidentAlert{
		{Name: "A", Severity: "loud"}, {Service: "login", Start: october(12, 0, 0), End: october(11, 0, 0)}}}, ownership.StandbyOptions{})
	const want = `no response: severity: "-1": it is negative; write 1 for the worst, or leave it out
no response: expected_seconds: "-1ns": it is negative; leave it out if nobody can say
no response: alerts[0].service: "A": the alert names no entry; name the entry for which it fires
no response: alerts[0].start: "A": the alert has no start; say since when it fires: 2026-01-05T09:00:00Z
no response: alerts[0].severity: "loud": it is no severity; write critical (page), warning (ticket) or info
no response: alerts[1].end: "2026-10-11T00:00:00Z": it ends before it starts; swap start and end`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	var refused *response.Error
	if !errors.As(err, &refused) || !errors.Is(err, response.ErrInput) || len(refused.Findings) != 6 {
		t.Errorf("%#v is no *response.Error with six findings", err)
	}
}

// Before the first alert there is no incident to answer.
func TestIncidentBeforeItsAlerts(t *testing.T) {
	in := ownership.IncidentInput{At: october(11, 0, 0), Alerts: alertsOf(october(12, 6, 14), "login", "checkout")}
	const want = `no response: at: "2026-10-11T00:00:00Z": no alert has begun by then; ask about 2026-10-12T06:14:00Z or later`
	if _, err := incidentCatalog(t).Incident(in, ownership.StandbyOptions{}); err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestIncidentJSON(t *testing.T) {
	in := ownership.IncidentInput{Name: "INC-7", Alerts: alertsOf(october(12, 6, 14), "login", "checkout"), Severity: 2, Expected: 90 * time.Minute, Joined: []string{"shop"}}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var back ownership.IncidentInput
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, back); diff != "" {
		t.Errorf("input (-want +got)\n%s", diff)
	}
	r, err := incidentCatalog(t).Incident(in, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data, err = json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var again ownership.IncidentReport
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, again, cmpopts.IgnoreFields(ownership.IncidentReport{}, "Room", "Entries")); diff != "" {
		t.Errorf("report (-want +got)\n%s", diff)
	}
	for _, key := range []string{"scope", "roots", "roles", "unfilled", "escalation", "budget_at_risk", "runbooks", "fatigue", "handoffs"} {
		if !strings.Contains(string(data), `"`+key+`":`) || strings.Contains(string(data), `"`+key+`":null`) {
			t.Errorf("no %s, or null, in %s", key, data)
		}
	}
}

// Names of a spec are text and nothing else in every form.
func TestIncidentHostileNames(t *testing.T) {
	evil := []string{"<script>alert(1)</script>", "a|b\n| c", "\u202egnirts", "]](http://x)", "`rm`", "\x00\x1b[31m", strings.Repeat("long ", 60)}
	for _, name := range evil {
		c := ownership.Catalog{
			Services: []ownership.Service{
				{Name: name, OwnerTeam: name, CustomerFacing: true, DependsOn: []ownership.Dependency{{Name: "db"}}, Alerts: []ownership.Alert{{Name: name, Runbook: name}},
					Responsibilities: []ownership.Responsibility{{Objective: slo.Objective{Service: name, Name: name, Target: slo.MustRatio("99.9%")}}}},
				{Name: "db", OwnerTeam: name, Kind: ownership.KindPlatform},
			},
			Teams: []ownership.Team{{Name: name, Area: name, Members: []response.Person{{Name: name, Level: 4, Certificates: []string{name}}},
				Schedule: ownership.Schedule{Name: name, Rotation: ownership.Rotation{Every: 1, Unit: "week"}, Members: []string{name}}}},
		}
		at := october(12, 12, 0)
		r, err := c.Incident(ownership.IncidentInput{Name: name, Severity: 1, Alerts: []ownership.IncidentAlert{{Service: name, Name: name, Start: at}, {Service: name + "?", Name: name, Start: at}}}, ownership.StandbyOptions{})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		for form, text := range map[string]string{"String": r.String(), "Markdown": r.Markdown(), "SVG": r.SVG()} {
			for _, bad := range []string{"<script", "\x00", "\x1b", "\u202e", "](http"} {
				harmless := form == "String" && bad == "<script" || form != "Markdown" && bad == "](http" || strings.Contains(text, `\](http`)
				if strings.Contains(text, bad) && !harmless {
					t.Errorf("%s of %q holds %q", form, name, bad)
				}
			}
		}
		for _, line := range strings.Split(r.Markdown(), "\n") {
			if strings.HasPrefix(line, "| c") {
				t.Errorf("%q makes a line of its own: %q", name, line)
			}
		}
	}
}

// The answer does not depend on the order of what is given, and nothing that is
// given is changed.
func TestIncidentOrder(t *testing.T) {
	c := incidentCatalog(t)
	in := ownership.IncidentInput{Alerts: alertsOf(october(12, 6, 14), "login", "checkout", "storefront"), Severity: 2}
	want, err := c.Incident(in, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	turned := c
	turned.Services, turned.Teams = slices.Clone(c.Services), slices.Clone(c.Teams)
	slices.Reverse(turned.Services)
	slices.Reverse(turned.Teams)
	back := in
	back.Alerts = slices.Clone(in.Alerts)
	slices.Reverse(back.Alerts)
	before := slices.Clone(back.Alerts)
	got, err := turned.Incident(back, ownership.StandbyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(ownership.IncidentReport{}, "Entries")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, back.Alerts); diff != "" {
		t.Errorf("the alerts were changed (-before +after)\n%s", diff)
	}
}
