package response

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall"
)

// Escalation is whom to call, and whom next if nobody answers: plain data.
//
// Each step notifies its targets and waits; then the next one follows. After the
// last step's wait everything begins again, Repeat times.
type Escalation struct {
	Name   string           `json:"name,omitempty"`
	Steps  []EscalationStep `json:"steps"`
	Repeat int              `json:"repeat,omitempty"` // further passes after the first; -1 means without end
	Empty  string           `json:"empty_step,omitempty"`
}

// What a step does when nobody can be notified. The empty text is EmptyWait.
const (
	EmptyWait = "wait" // its wait passes all the same
	EmptySkip = "skip" // the next step follows at once
)

// EscalationStep is one step of an escalation.
type EscalationStep struct {
	Wait    time.Duration `json:"-"` // after this step, before the next one
	Targets []Target      `json:"targets"`
	// Queue holds the step back while nobody can be notified, until the next
	// shift or hours of one of its targets begin; what follows waits with it.
	// If that does not come within the horizon, the step is empty.
	Queue bool `json:"queue,omitempty"`
}

// Target is whom a step notifies: exactly one of Schedule, Person and Scope is
// set. It is resolved at the instant of the notification, when others may be on
// call than at the start.
type Target struct {
	Schedule string          `json:"schedule,omitempty"` // name: whoever covers the role in it
	Role     string          `json:"role,omitempty"`     // in a schedule; empty means primary
	Person   string          `json:"person,omitempty"`
	Scope    Scope           `json:"scope,omitempty"` // whoever answers for that scope of the entry, see EscalationSetting.Owners
	Hours    []oncall.Window `json:"hours,omitempty"` // only then, by the clock of the person; none means always
}

// DefaultEscalation goes through the scopes of an entry: its primary, after five
// minutes its secondary, then who answers for the platforms under it, for its
// area and for the organisation, twice. Five minutes are the response time of
// services with users of Beyer et al., Site Reliability Engineering (2016), ch.
// 11. Steps without anybody are skipped. Each call returns a fresh value.
func DefaultEscalation() Escalation {
	step := func(wait time.Duration, t Target) EscalationStep {
		return EscalationStep{Wait: wait, Targets: []Target{t}}
	}
	return Escalation{Name: "by scope", Repeat: 1, Empty: EmptySkip, Steps: []EscalationStep{
		step(5*time.Minute, Target{Scope: Service}),
		step(5*time.Minute, Target{Scope: Service, Role: RoleSecondary}),
		step(10*time.Minute, Target{Scope: Platform}),
		step(15*time.Minute, Target{Scope: Area}),
		step(30*time.Minute, Target{Scope: Organisation}),
	}}
}

// Validate says everything that is wrong with an escalation, as an *Error: no
// steps, a wait that is negative or longer than 30 days, no wait at all in an
// escalation without end, a target that names nothing or two things, hours that
// cannot be read, an unknown policy for empty steps.
func (e Escalation) Validate() error {
	var p problems
	e.check(&p, "")
	return p.err()
}

func (e Escalation) check(p *problems, prefix string) {
	if len(e.Steps) == 0 {
		p.Add("value", prefix+"steps", "", "the escalation has no steps", "give at least one")
	}
	if e.Repeat < -1 {
		p.Add("value", prefix+"repeat", strconv.Itoa(e.Repeat), "it is no number of passes", "write 0 or more, or -1 for passes without end")
	}
	switch e.Empty {
	case "", EmptyWait, EmptySkip:
	default:
		p.Add("value", prefix+"empty_step", e.Empty, "it is no policy for empty steps", "write wait or skip")
	}
	var total time.Duration
	for i, step := range e.Steps {
		at := place(prefix+"steps", i)
		if step.Wait < 0 || step.Wait > 30*24*time.Hour {
			p.Add("value", at+".wait_seconds", step.Wait.String(), "it is not between 0 and 30 days", "write how long to wait for an answer, such as 5 minutes")
		} else {
			total += step.Wait
		}
		for j, t := range step.Targets {
			t.check(p, place(at+".targets", j))
		}
	}
	if total == 0 && e.Repeat == -1 && len(e.Steps) > 0 {
		p.Add("value", prefix+"repeat", "-1", "passes without end do not wait for an answer", "give a step a wait")
	}
}

func (t Target) check(p *problems, at string) {
	set := 0
	for _, given := range []bool{t.Schedule != "", t.Person != "", t.Scope != 0} {
		if given {
			set++
		}
	}
	if set != 1 {
		p.Add("value", at, "", "the target must be one of a schedule, a person and a scope", "set exactly one of them")
	}
	if t.Scope < 0 || t.Scope > Organisation {
		p.Add("value", at+".scope", t.Scope.String(), "it is no scope", "write "+prose.Or(scopeNames[1:]))
	}
	if len(t.Hours) > 0 {
		_, err := hoursOf("somebody", "", t.Hours)
		var wrong *oncall.Error
		switch {
		case err == nil:
		case errors.As(err, &wrong):
			for _, f := range wrong.Findings {
				p.Add(f.Code, at+strings.Replace(f.Path, "layers[0].windows", ".hours", 1), f.Text, f.Reason, f.Remedy)
			}
		default:
			p.Add("value", at+".hours", "", err.Error(), "write windows such as Mon-Fri 09:00-17:00")
		}
	}
}

// hoursOf is a schedule on which one person is on call within hours of a zone.
func hoursOf(person, zone string, hours []oncall.Window) (oncall.Roster, error) {
	return oncall.Schedule{Zone: zone, Layers: []oncall.Layer{{Turns: oncall.Turns(person), Windows: hours}}}.Compile()
}

type stepAlias EscalationStep

type stepJSON struct {
	*stepAlias
	Wait wire.Seconds `json:"wait_seconds"`
}

// MarshalJSON writes the wait as a number of seconds.
func (s EscalationStep) MarshalJSON() ([]byte, error) {
	a := stepAlias(s)
	return json.Marshal(stepJSON{&a, wire.Seconds(s.Wait)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *EscalationStep) UnmarshalJSON(text []byte) error {
	var a stepAlias
	v := stepJSON{stepAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = EscalationStep(a)
	s.Wait = time.Duration(v.Wait)
	return nil
}
