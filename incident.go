package ownership

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// IncidentInput is what is known while an incident lasts. Only Alerts are needed.
type IncidentInput struct {
	Name   string          `json:"name,omitempty"`
	Alerts []IncidentAlert `json:"alerts"` // in any order
	// Start is when it began; zero means with the first alert.
	Start time.Time `json:"start,omitzero"`
	// At is the instant that is asked about; zero means the start of the latest
	// alert. Alerts that begin later do not count yet.
	At       time.Time        `json:"at,omitzero"`
	Severity int              `json:"severity,omitempty"` // 1 is the worst; 0 means that none is given
	Joined   []string         `json:"joined,omitempty"`   // teams that have joined beside the owners of what alerts
	Expected time.Duration    `json:"-"`                  // how long it is expected to last; 0 means that nobody says
	Points   []IncidentPoints `json:"-"`                  // counted events; without them a total outage is reckoned with
}

type incidentInputAlias IncidentInput

type incidentInputJSON struct {
	*incidentInputAlias
	Expected wire.Seconds `json:"expected_seconds,omitzero"`
}

// MarshalJSON writes the expected time as a number of seconds. Points are left
// out.
func (in IncidentInput) MarshalJSON() ([]byte, error) {
	a := incidentInputAlias(in)
	return json.Marshal(incidentInputJSON{&a, wire.Seconds(in.Expected)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (in *IncidentInput) UnmarshalJSON(text []byte) error {
	var a incidentInputAlias
	v := incidentInputJSON{incidentInputAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*in = IncidentInput(a)
	in.Expected = time.Duration(v.Expected)
	return nil
}

// IncidentAlert is one alert that fires, or fired, for an entry of the catalog.
type IncidentAlert struct {
	Service string `json:"service"`
	Name    string `json:"name,omitempty"`
	// Severity is any word that a spec may use: critical or page, warning or
	// ticket, info, sev1 … Left out it is that of the spec's alert of that name,
	// else a page.
	Severity string    `json:"severity,omitempty"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end,omitzero"` // zero while it fires
}

// IncidentPoints are the counted events of one objective of one entry, in any
// order, as a review has them; slo.Ledger.Points gives them too. The empty
// objective stands for every one of the entry that counts events and has none of
// its own.
type IncidentPoints struct {
	Service   string
	Objective string
	Points    []slo.Point
}

// IncidentReport is the answer to an incident in one value: how far it goes, what
// it most likely stems from, who must be in the room and why, who is called next,
// what it costs by the hour, and which runbooks there are.
//
// Its JSON holds all of it but Room and Entries. Lists are never null.
type IncidentReport struct {
	Name  string         `json:"name,omitempty"`
	Start time.Time      `json:"start"`
	At    time.Time      `json:"at"`
	Scope response.Scope `json:"scope"`
	// Level is the lowest level whose scope reaches that far: that of a commander;
	// 0 if no level does.
	Level        int                 `json:"level,omitempty"`
	Because      []response.Reason   `json:"because"` // what the scope rests on
	Roots        []IncidentRoot      `json:"roots"`   // the likeliest first
	Roles        []IncidentRole      `json:"roles"`   // commander first, experts and shadows last
	Unfilled     []response.Unfilled `json:"unfilled"`
	SubTeams     []response.SubTeam  `json:"sub_teams,omitempty"`
	Escalation   []IncidentStep      `json:"escalation"` // since Start
	BudgetAtRisk []BudgetRisk        `json:"budget_at_risk"`
	Runbooks     []IncidentRunbook   `json:"runbooks"`
	Fatigue      []response.Fatigue  `json:"fatigue"`
	Handoffs     []response.Relief   `json:"handoffs"` // shifts that end soon
	Findings     []response.Finding  `json:"findings,omitempty"`

	// Room is what the roles and the escalation were taken from, with every
	// ruling; Entries are those of the catalog. SVG draws them.
	Room    response.Room    `json:"-"`
	Entries []response.Entry `json:"-"`
}

// IncidentRoot is an entry whose failure would explain what alerts.
type IncidentRoot struct {
	Service    string   `json:"service"`
	Team       string   `json:"team,omitempty"`
	Score      float64  `json:"score"`      // in (0,1], see response.Root
	Dependents []string `json:"dependents"` // what stands on it, directly or through others
	Silent     bool     `json:"silent,omitempty"`
	Reason     string   `json:"reason"`
}

// IncidentRole is one person in one role.
type IncidentRole struct {
	Role      string    `json:"role"`
	Person    string    `json:"person"`
	Level     int       `json:"level,omitempty"`
	LevelName string    `json:"level_name,omitempty"`
	Services  []string  `json:"services,omitempty"`
	Schedule  string    `json:"schedule,omitempty"`
	Until     time.Time `json:"until,omitzero"` // end of the shift
	Reason    string    `json:"reason"`         // how the person was found, and who was passed over
	Grounds   []string  `json:"grounds"`        // why the person may
}

// IncidentRunbook is the runbook of an alert that fires, or of a likely root that
// is silent.
type IncidentRunbook struct {
	Service string `json:"service"`
	Alert   string `json:"alert"`
	Path    string `json:"path,omitempty"` // from the root of the catalog, or a URL; empty if there is none
	Reason  string `json:"reason"`
}

// Incident answers an incident from the catalog alone: Standby at the instant
// asked about, and its Incident. Who answers several incidents keeps the Standby.
// Errors are those of both.
func (c Catalog) Incident(in IncidentInput, opt StandbyOptions) (IncidentReport, error) {
	standby, err := c.Standby(in.at(), opt)
	if err != nil {
		return IncidentReport{}, err
	}
	return standby.Incident(in)
}

// at is the instant that is asked about.
func (in IncidentInput) at() time.Time {
	at := in.At
	if at.IsZero() {
		for _, a := range in.Alerts {
			if a.Start.After(at) {
				at = a.Start
			}
		}
	}
	return at
}

// Incident says who must be in the room for an incident, and everything else that
// a report holds. The error, a *response.Error, names every alert without a
// service or a start, every word that is no severity, and what else is out of
// range, as an instant before the first alert is. What is merely missing, an entry that the catalog does not hold or a role
// that nobody can take, is part of the answer. The same input gives the same
// report. The cost is that of response.Assemble, and linear in the points.
func (s Standby) Incident(in IncidentInput) (IncidentReport, error) {
	incident, err := s.incident(in)
	if err != nil {
		return IncidentReport{}, err
	}
	at := in.at()
	room, err := response.Assemble(response.Setting{
		Incident: incident, At: at, Graph: s.graph, Staff: s.staff, Schedules: s.watches,
		Owners: s.owners, Desks: s.opt.Desks, Escalation: s.opt.Escalation, Options: s.opt.Room,
	})
	if err != nil {
		return IncidentReport{}, err
	}
	r := IncidentReport{
		Name: in.Name, Start: incident.Start.UTC(), At: at.UTC(), Scope: room.Reach.Scope, Level: room.Reach.Level,
		Because: room.Reach.Reasons, Roots: []IncidentRoot{}, Roles: []IncidentRole{}, Unfilled: room.Unfilled, SubTeams: room.SubTeams,
		Escalation: []IncidentStep{}, Runbooks: []IncidentRunbook{}, Fatigue: room.Fatigue, Handoffs: room.Reliefs,
		Findings: slices.Concat(room.Findings, room.Escalation.Findings, s.missing(room), s.unnoted), Room: room, Entries: s.entries,
	}
	if r.BudgetAtRisk, err = s.budgets(in, incident, at); err != nil {
		return IncidentReport{}, err
	}
	for _, root := range room.Ranking.Roots {
		entry, _ := s.graph.Entry(root.Service)
		r.Roots = append(r.Roots, IncidentRoot{Service: root.Service, Team: entry.Team, Score: root.Score, Dependents: notNil(root.Dependents()),
			Silent: slices.Contains(root.Silent, root.Service), Reason: root.Reason})
	}
	for _, a := range room.Roles {
		r.Roles = append(r.Roles, roleOf(a))
	}
	for _, n := range room.Escalation.Notifications {
		r.Escalation = append(r.Escalation, IncidentStep{After: n.After, Scope: n.Scope, People: notNil(n.Names()), Missing: n.Missing, Pass: n.Loop})
	}
	r.Because, r.Unfilled, r.Fatigue, r.Handoffs = notNil(r.Because), notNil(r.Unfilled), notNil(r.Fatigue), notNil(r.Handoffs)
	r.Runbooks = s.runbooks(in, at, r.Roots)
	return r, nil
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// roleOf is an assignment with its grounds as sentences.
func roleOf(a response.Assignment) IncidentRole {
	grounds := []string{}
	for _, g := range a.Ruling.Grounds {
		grounds = append(grounds, g.Text)
	}
	until := a.Until
	if !until.IsZero() {
		until = until.UTC()
	}
	return IncidentRole{Role: a.Role, Person: a.Person, Level: a.Level, LevelName: a.LevelName, Services: a.Services, Schedule: a.Schedule, Until: until,
		Reason: a.Reason, Grounds: grounds}
}

// incident is the input as package response takes it, with the severities of
// alerts that give none.
func (s Standby) incident(in IncidentInput) (response.Incident, error) {
	out := response.Incident{Name: in.Name, Start: in.Start, Severity: in.Severity, Joined: in.Joined, Expected: in.Expected}
	var wrong []response.Finding
	refuse := func(code, path, text, reason, remedy string) {
		wrong = append(wrong, response.Finding{Code: code, Level: diag.Error, Path: path, Text: text, Reason: reason, Remedy: remedy})
	}
	if len(in.Alerts) == 0 {
		refuse("value", "alerts", "", "nothing alerts", "give at least one alert with its service and start")
	}
	if in.Severity < 0 {
		refuse("value", "severity", number(float64(in.Severity)), "it is negative", "write 1 for the worst, or leave it out")
	}
	if in.Expected < 0 {
		refuse("value", "expected_seconds", in.Expected.String(), "it is negative", "leave it out if nobody can say")
	}
	for i, a := range in.Alerts {
		at := item("alerts", i)
		if strings.TrimSpace(a.Service) == "" {
			refuse("name", at+".service", a.Name, "the alert names no entry", "name the entry for which it fires")
		}
		if a.Start.IsZero() {
			refuse("value", at+".start", a.Name, "the alert has no start", "say since when it fires: 2026-01-05T09:00:00Z")
		}
		if !a.End.IsZero() && a.End.Before(a.Start) {
			refuse("value", at+".end", a.End.Format(time.RFC3339), "it ends before it starts", "swap start and end")
		}
		severity, ok := s.severity(a)
		if !ok {
			refuse("value", at+".severity", a.Severity, "it is no severity", "write critical (page), warning (ticket) or info")
		}
		if !a.Start.IsZero() && in.Start.IsZero() && (out.Start.IsZero() || a.Start.Before(out.Start)) {
			out.Start = a.Start
		}
		out.Alerts = append(out.Alerts, response.Alert{Entry: a.Service, Name: a.Name, Severity: severity.String(), Start: a.Start, End: a.End})
	}
	if len(wrong) == 0 {
		at := in.at()
		first := slices.MinFunc(in.Alerts, func(a, b IncidentAlert) int { return a.Start.Compare(b.Start) }).Start
		if first.After(at) {
			refuse("value", "at", at.Format(time.RFC3339), "no alert has begun by then", "ask about "+first.Format(time.RFC3339)+" or later")
		}
	}
	if len(wrong) > 0 {
		const most = 100
		if len(wrong) > most {
			return out, &response.Error{Findings: wrong[:most], More: len(wrong) - most}
		}
		return out, &response.Error{Findings: wrong}
	}
	return out, nil
}

// severity is that of an alert, else of the spec's alert of its name.
func (s Standby) severity(a IncidentAlert) (alerting.Severity, bool) {
	if a.Severity != "" {
		severity, err := alerting.ParseSeverity(a.Severity)
		return severity, err == nil
	}
	if service, ok := s.service(a.Service); ok {
		if own, ok := service.alert(a.Name); ok {
			return own.SeverityOf(), true
		}
	}
	return alerting.Page, true
}

// alert is the service's own alert of that name.
func (s Service) alert(name string) (Alert, bool) {
	for _, a := range s.Alerts {
		if a.Name == name && name != "" {
			return a, true
		}
	}
	return Alert{}, false
}

// runbooks are those of the alerts that have begun, and of the likeliest root if
// it is silent: nothing else would point at them.
func (s Standby) runbooks(in IncidentInput, at time.Time, roots []IncidentRoot) []IncidentRunbook {
	out := []IncidentRunbook{}
	add := func(r IncidentRunbook) {
		if !slices.ContainsFunc(out, func(o IncidentRunbook) bool { return o.Service == r.Service && o.Alert == r.Alert && o.Path == r.Path }) {
			out = append(out, r)
		}
	}
	for _, a := range in.Alerts {
		if a.Start.After(at) {
			continue
		}
		service, ok := s.service(a.Service)
		if !ok {
			add(IncidentRunbook{Service: a.Service, Alert: a.Name, Reason: "the catalog does not hold the entry"})
			continue
		}
		own, ok := service.alert(a.Name)
		if !ok {
			own = Alert{Name: a.Name}
		}
		if book, ok := service.RunbookOf(own); ok {
			add(IncidentRunbook{Service: a.Service, Alert: a.Name, Path: book.Path, Reason: "the alert fires"})
			continue
		}
		reason := "the alert fires, and no runbook has its name"
		if a.Name == "" {
			reason = "the alert fires without a name, by which a runbook could be found"
		}
		add(IncidentRunbook{Service: a.Service, Alert: a.Name, Reason: reason})
	}
	if len(roots) > 0 && roots[0].Silent {
		service, _ := s.service(roots[0].Service)
		for _, a := range service.Alerts {
			if book, ok := service.RunbookOf(a); ok {
				add(IncidentRunbook{Service: service.Name, Alert: a.Name, Path: book.Path, Reason: "the likeliest root, although it is silent"})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b IncidentRunbook) int {
		return cmp.Or(strings.Compare(a.Service, b.Service), strings.Compare(a.Alert, b.Alert))
	})
	return out
}
