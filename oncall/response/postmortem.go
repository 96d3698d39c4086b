package response

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// PostMortemOptions say how a post-mortem is written. More fields may be added.
type PostMortemOptions struct {
	// Names writes people by name. Otherwise roles stand for them, everywhere.
	Names bool
	// Lookback is how long before the incident a change may have contributed; 0
	// means 24 hours.
	Lookback time.Duration
	Zone     *time.Location // of the document's times; nil is UTC
}

// PostMortem is the blameless account of an incident: what it cost, how it was
// seen and answered, what stopped it, what may have contributed, what was luck,
// and what is to be done. It is plain data; its JSON holds all of it.
//
// Nothing in it says whose fault anything was. Unless names were asked for, no
// person of the record is named in it: not as actor, and not in any text, by
// full name or a part of it, whatever the capital letters. What is hidden is the
// spelling of the record; a pet name is not known. An entry or alert that has
// the name of a person loses it too.
type PostMortem struct {
	Incident  string    `json:"incident,omitempty"`
	Severity  int       `json:"severity,omitempty"`
	Scope     Scope     `json:"scope,omitempty"`
	Anonymous bool      `json:"anonymous"`
	Zone      string    `json:"zone"` // of all times
	Start     time.Time `json:"start"`
	End       time.Time `json:"end,omitzero"` // zero while it lasts
	Summary   string    `json:"summary,omitempty"`
	Entries   []string  `json:"entries,omitempty"` // that alerted, in order of time
	Teams     []string  `json:"teams,omitempty"`   // that own them or joined, by name

	Impact     []BudgetImpact  `json:"impact,omitempty"`
	Detections []Detection     `json:"detections,omitempty"`
	Response   ResponseAccount `json:"response"`
	Stop       Stop            `json:"stop,omitzero"`
	Changes    []Change        `json:"changes,omitempty"` // that may have contributed, the last first
	Lucky      []string        `json:"lucky,omitempty"`
	Actions    []Action        `json:"actions,omitempty"`
	Timeline   []Moment        `json:"timeline"`

	// Findings have the codes
	//
	//	not-acknowledged       warning  nobody acknowledged any alert, or only before the first of them
	//	not-detected           warning  an alert that should have fired stayed silent
	//	late-detection         warning  an alert took longer than its policy promises
	//	nothing-stopped-it     warning  nothing that was done explains the end
	//	no-actions             warning  nothing is to be done
	//	action-without-owner   warning  an action that neither a team nor a person owns
	//	action-without-lever   warning  an action that names no lever
	//	no-impact              info     no budget tells what it cost
	Findings []Finding `json:"findings,omitempty"`
}

// ResponseAccount is how an incident was answered.
type ResponseAccount struct {
	FirstAlert   time.Time   `json:"first_alert,omitzero"`
	Acknowledged time.Time   `json:"acknowledged,omitzero"` // zero: nobody did after that
	Recovered    time.Time   `json:"recovered,omitzero"`    // the last alert ended; zero while one fires
	Roles        []RoleTaken `json:"roles,omitempty"`       // in order of time
	OnCall       []Duty      `json:"on_call,omitempty"`     // shifts that met the incident
	Handoffs     []Handoff   `json:"handoffs,omitempty"`    // in order of time
}

// Acknowledgement is the time from the first alert to the first acknowledgement;
// ok is false if there was none.
func (r ResponseAccount) Acknowledgement() (delay time.Duration, ok bool) {
	if r.FirstAlert.IsZero() || r.Acknowledged.IsZero() {
		return 0, false
	}
	return r.Acknowledged.Sub(r.FirstAlert), true
}

// Recovery is the time from the first alert to the end of the last; ok is false
// while one fires.
func (r ResponseAccount) Recovery() (length time.Duration, ok bool) {
	if r.FirstAlert.IsZero() || r.Recovered.IsZero() {
		return 0, false
	}
	return r.Recovered.Sub(r.FirstAlert), true
}

// Handoff is a part that passed from one to another during the incident.
type Handoff struct {
	At       time.Time `json:"at"`
	Role     string    `json:"role"`
	Schedule string    `json:"schedule,omitempty"` // empty for a part in the incident
	From     string    `json:"from"`
	To       string    `json:"to"`
}

// Stop is what stopped the incident.
type Stop struct {
	At   time.Time `json:"at,omitzero"` // zero if it was only told
	Text string    `json:"text,omitempty"`
	// Before is how long before the recovery it was; Inferred marks that it is
	// the last thing done before it, and nobody said that it helped.
	Before   time.Duration `json:"-"` // before_seconds in JSON
	Inferred bool          `json:"inferred,omitempty"`
}

// IsZero reports whether nothing is known to have stopped it.
func (s Stop) IsZero() bool { return s == Stop{} }

// Change is something that was altered before the incident, in what failed or
// in what that stands on. That it came before proves nothing.
type Change struct {
	At       time.Time     `json:"at"`
	Service  string        `json:"service"`
	Text     string        `json:"text"`
	Before   time.Duration `json:"-"` // before_seconds in JSON: the failure began that much later
	Relation string        `json:"relation,omitempty"`
}

// Moment is one line of the timeline.
type Moment struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // one of the constants MomentBegan …
	Service string    `json:"service,omitempty"`
	Who     string    `json:"who,omitempty"` // a role, or a name if names were asked for
	Text    string    `json:"text"`
}

// The kinds of moments.
const (
	MomentBegan        = "began"        // the failure began, as measured
	MomentAlert        = "alert"        // an alert began
	MomentResolved     = "resolved"     // an alert ended
	MomentAcknowledged = "acknowledged" // somebody saw it
	MomentDeclared     = "declared"     // it became an incident
	MomentRole         = "role"         // somebody took a part
	MomentHandoff      = "handoff"      // a part passed on
	MomentStep         = "step"         // a step of a runbook
	MomentRelease      = "release"      // a decision about a release
	MomentNote         = "note"         // something was said
	MomentEnd          = "end"          // it was declared over
)

// NewPostMortem writes the account of an incident from its record. The error,
// an *Error, names everything in the record that is out of range; what is merely
// missing is a finding. It takes time in proportion to the record, but for the
// texts, in which every name is looked for.
func NewPostMortem(r IncidentRecord, opt PostMortemOptions) (PostMortem, error) {
	var p problems
	r.check(&p)
	if opt.Lookback < 0 || opt.Lookback > maxWork {
		p.Add("value", "lookback", opt.Lookback.String(), "not from 0 to 366 days", "write 24h")
	}
	if err := p.err(); err != nil {
		return PostMortem{}, err
	}
	zone := opt.Zone
	if zone == nil {
		zone = time.UTC
	}
	w := writer{record: r, opt: opt, zone: zone, lookback: cmp.Or(opt.Lookback, 24*time.Hour)}
	if !opt.Names {
		w.cast = r.cast()
	}
	return w.write(), nil
}

type stopAlias Stop

type stopJSON struct {
	*stopAlias
	Before wire.Seconds `json:"before_seconds,omitzero"`
}

// MarshalJSON writes the length of time as a number of seconds.
func (s Stop) MarshalJSON() ([]byte, error) {
	a := stopAlias(s)
	return json.Marshal(stopJSON{&a, wire.Seconds(s.Before)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Stop) UnmarshalJSON(text []byte) error {
	var a stopAlias
	v := stopJSON{stopAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = Stop(a)
	s.Before = time.Duration(v.Before)
	return nil
}

type changeAlias Change

type changeJSON struct {
	*changeAlias
	Before wire.Seconds `json:"before_seconds"`
}

// MarshalJSON writes the length of time as a number of seconds.
func (c Change) MarshalJSON() ([]byte, error) {
	a := changeAlias(c)
	return json.Marshal(changeJSON{&a, wire.Seconds(c.Before)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Change) UnmarshalJSON(text []byte) error {
	var a changeAlias
	v := changeJSON{changeAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*c = Change(a)
	c.Before = time.Duration(v.Before)
	return nil
}
