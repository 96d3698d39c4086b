package response

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// IncidentRecord is what is known of an incident when it is over: what a
// post-mortem is made of. Everything but Incident may be empty; nothing needs to
// be in order.
type IncidentRecord struct {
	Incident   Incident        `json:"incident"` // with every alert, also those that are over
	Scope      Scope           `json:"scope,omitempty"`
	Summary    string          `json:"summary,omitempty"`
	Entries    []Entry         `json:"entries,omitempty"`    // give teams, and what depends on what
	People     []Person        `json:"people,omitempty"`     // give zones, and names that must not stand in an anonymous document
	Budgets    []BudgetImpact  `json:"budgets,omitempty"`    // what it cost
	Detections []Detection     `json:"detections,omitempty"` // when it was to be seen, and when it was
	Duties     []Duty          `json:"duties,omitempty"`     // who was on call
	Roles      []RoleTaken     `json:"roles,omitempty"`      // who took which part
	Audit      []AuditRecord   `json:"audit,omitempty"`      // what was done
	Rollouts   []RolloutRecord `json:"rollouts,omitempty"`   // what was released and taken back, with the time before
	Stopped    string          `json:"stopped,omitempty"`    // what stopped it, if the last thing done was not it
	Lucky      []string        `json:"lucky,omitempty"`      // what could have been worse
	Actions    []Action        `json:"actions,omitempty"`    // what is to be done
}

// BudgetImpact is what an incident cost one objective.
type BudgetImpact struct {
	Service   string    `json:"service"`
	Objective string    `json:"objective"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Bad       float64   `json:"bad"`   // events, in [From, To)
	Total     float64   `json:"total"` // events
	// Consumed is the share of the window's error budget that the bad events
	// are, with an interval that holds it with the probability Level. It may
	// exceed 1.
	Consumed float64 `json:"consumed"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	Level    float64 `json:"level"` // 0 means that there is no interval
}

// Detection is how long an alert took.
type Detection struct {
	Service string `json:"service"`
	Alert   string `json:"alert"`
	// Began is when the failure began, as measured. Fired is when the alert did;
	// left out it is the start of the incident's alert of that name, and if there
	// is none the alert stayed silent.
	Began time.Time `json:"began"`
	Fired time.Time `json:"fired,omitzero"`
	// Predicted is the delay that the alert's policy promises for a failure of
	// this strength; 0 means that none is known.
	Predicted time.Duration `json:"-"` // predicted_seconds in JSON
}

// Delay is the time from the failure to the alert; ok is false if it stayed
// silent.
func (d Detection) Delay() (delay time.Duration, ok bool) {
	return d.Fired.Sub(d.Began), !d.Fired.IsZero()
}

// Late reports whether the alert took half as long again as predicted, and a
// minute more: the interval of one evaluation is no delay.
func (d Detection) Late() bool {
	delay, ok := d.Delay()
	return ok && d.Predicted > 0 && delay > longer(d.Predicted, d.Predicted/2+time.Minute)
}

// RoleTaken is a part that somebody had in the incident.
type RoleTaken struct {
	Role   string    `json:"role"` // RoleCommander, …, or one of the caller's
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"` // zero: to the end
}

// AuditRecord is one line of the audit log of runbooks, or of a chat.
type AuditRecord struct {
	At        time.Time `json:"at"`
	Actor     string    `json:"actor,omitempty"` // a person, unless Automated
	Automated bool      `json:"automated,omitempty"`
	Action    string    `json:"action"` // one of the constants ActionAcknowledged …
	Service   string    `json:"service,omitempty"`
	Runbook   string    `json:"runbook,omitempty"`
	Step      string    `json:"step,omitempty"`
	Mutating  bool      `json:"mutating,omitempty"` // the step changes something
	Text      string    `json:"text,omitempty"`
}

// What an audit record tells.
const (
	ActionAcknowledged = "acknowledged" // an alert was seen by somebody
	ActionDeclared     = "declared"     // it was declared an incident
	ActionApproved     = "approved"     // a step was approved
	ActionStarted      = "started"      // a step was begun
	ActionDone         = "done"         // a step was done
	ActionFailed       = "failed"       // a step failed
	ActionNote         = "note"         // something was said
)

var auditActions = []string{ActionAcknowledged, ActionDeclared, ActionApproved, ActionStarted, ActionDone, ActionFailed, ActionNote}

// RolloutRecord is one decision about a release.
type RolloutRecord struct {
	At       time.Time `json:"at"`
	Service  string    `json:"service"`
	Revision string    `json:"revision,omitempty"`
	Decision string    `json:"decision"`          // one of the constants RolloutStarted …
	Traffic  float64   `json:"traffic,omitempty"` // share of the traffic of the new revision after it, in [0,1]
	By       string    `json:"by,omitempty"`      // a person; empty if nobody decided
	Reason   string    `json:"reason,omitempty"`
}

// What is decided about a release.
const (
	RolloutStarted    = "started"
	RolloutPromoted   = "promoted" // to more traffic
	RolloutHeld       = "held"
	RolloutRolledBack = "rolled_back"
	RolloutCompleted  = "completed" // with all traffic
)

var rolloutDecisions = []string{RolloutStarted, RolloutPromoted, RolloutHeld, RolloutRolledBack, RolloutCompleted}

// Action is what is to be done so that it does not come again, or costs less.
type Action struct {
	Text  string    `json:"text"`
	Team  string    `json:"team,omitempty"`  // that owns it
	Owner string    `json:"owner,omitempty"` // a person
	Lever string    `json:"lever,omitempty"` // LeverObjectives, LeverThresholds, LeverAutomation or LeverArchitecture
	Due   time.Time `json:"due,omitzero"`
	// Suggested marks what follows from the record by rule and was not decided
	// by anybody.
	Suggested bool `json:"suggested,omitempty"`
}

var levers = []string{LeverObjectives, LeverThresholds, LeverAutomation, LeverArchitecture}

// check adds everything that is wrong with the record.
func (r IncidentRecord) check(p *problems) {
	p.checkTime("incident.start", r.Incident.Start)
	p.checkOrder("incident", r.Incident.Start, r.Incident.End)
	for i, a := range r.Incident.Alerts {
		at := place("incident.alerts", i)
		p.checkTime(at+".start", a.Start)
		p.checkOrder(at, a.Start, a.End)
	}
	if r.Scope < 0 || r.Scope > Organisation {
		p.Add("value", "scope", strconv.Itoa(int(r.Scope)), "it is no scope", "write "+prose.Or(scopeNames[1:]))
	}
	for i, b := range r.Budgets {
		at := place("budgets", i)
		p.checkTime(at+".from", b.From)
		p.checkOrder(at, b.From, b.To)
		for _, v := range []struct {
			key string
			v   float64
		}{{"bad", b.Bad}, {"total", b.Total}, {"consumed", b.Consumed}, {"low", b.Low}, {"high", b.High}} {
			if math.IsNaN(v.v) || math.IsInf(v.v, 0) || v.v < 0 {
				p.Add("value", at+"."+v.key, fmt.Sprint(v.v), "it is no amount", "write a number that is not negative")
			}
		}
		if !(b.Level >= 0 && b.Level < 1) {
			p.Add("value", at+".level", fmt.Sprint(b.Level), "it is no confidence", "write 0.95, or leave the interval out")
		}
		if b.Level > 0 && !(b.Low <= b.Consumed && b.Consumed <= b.High) {
			p.Add("value", at+".consumed", fmt.Sprint(b.Consumed), "it lies outside its interval", "exchange low and high, or mend them")
		}
	}
	for i, d := range r.Detections {
		at := place("detections", i)
		p.checkTime(at+".began", d.Began)
		p.checkOrder(at, d.Began, d.Fired)
		if d.Predicted < 0 {
			p.Add("value", at+".predicted", d.Predicted.String(), "it is negative", "write how long the policy takes")
		}
	}
	for i, d := range r.Duties {
		p.checkTime(place("duties", i)+".start", d.Start)
		p.checkTime(place("duties", i)+".end", d.End)
		p.checkOrder(place("duties", i), d.Start, d.End)
	}
	for i, x := range r.Roles {
		at := place("roles", i)
		if x.Role == "" {
			p.Add("name", at+".role", "", "the role is missing", "write commander, operations, …")
		}
		p.checkTime(at+".from", x.From)
		p.checkOrder(at, x.From, x.To)
	}
	for i, a := range r.Audit {
		at := place("audit", i)
		p.checkTime(at+".at", a.At)
		if !slices.Contains(auditActions, a.Action) {
			p.Add("name", at+".action", a.Action, "no such action", didYouMean(a.Action, auditActions))
		}
	}
	for i, o := range r.Rollouts {
		at := place("rollouts", i)
		p.checkTime(at+".at", o.At)
		if !slices.Contains(rolloutDecisions, o.Decision) {
			p.Add("name", at+".decision", o.Decision, "no such decision", didYouMean(o.Decision, rolloutDecisions))
		}
		if !(o.Traffic >= 0 && o.Traffic <= 1) {
			p.Add("value", at+".traffic", fmt.Sprint(o.Traffic), "it is no share of the traffic", "write a number from 0 to 1")
		}
	}
	for i, a := range r.Actions {
		at := place("actions", i)
		if a.Text == "" {
			p.Add("name", at+".text", "", "it does not say what is to be done", "write a sentence")
		}
		if a.Lever != "" && !slices.Contains(levers, a.Lever) {
			p.Add("name", at+".lever", a.Lever, "no such lever", didYouMean(a.Lever, levers))
		}
		if !a.Due.IsZero() {
			p.checkTime(at+".due", a.Due)
		}
	}
}

// checkOrder refuses an end before the start; a zero end is open.
func (p *problems) checkOrder(path string, start, end time.Time) {
	if end.IsZero() {
		return
	}
	p.checkTime(path+".end", end)
	if end.Before(start) {
		p.Add("value", path, end.UTC().Format(time.RFC3339), "it ends before it starts", "swap start and end")
	}
}

type detectionAlias Detection

type detectionJSON struct {
	*detectionAlias
	Predicted wire.Seconds `json:"predicted_seconds,omitzero"`
}

// MarshalJSON writes the predicted delay as a number of seconds.
func (d Detection) MarshalJSON() ([]byte, error) {
	a := detectionAlias(d)
	return json.Marshal(detectionJSON{&a, wire.Seconds(d.Predicted)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Detection) UnmarshalJSON(text []byte) error {
	var a detectionAlias
	v := detectionJSON{detectionAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*d = Detection(a)
	d.Predicted = time.Duration(v.Predicted)
	return nil
}
