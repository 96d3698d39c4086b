package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/runbook"
)

// Plan is what a run will do, to the letter: commands with their values filled in, what
// they risk, who has to agree and who may run each step. It does not change any more:
// approvals name its Digest. Prepare makes one; the zero value has no steps. It holds no
// secret and is safe for concurrent use.
type Plan struct{ core planCore }

type planCore struct {
	Name      string        `json:"name"`
	Source    string        `json:"source,omitempty"`
	Title     string        `json:"title,omitempty"`
	Requester string        `json:"requester"`
	Values    []Value       `json:"values,omitempty"`
	Steps     []Step        `json:"steps"`
	Timeout   time.Duration `json:"-"`
	Warnings  []Finding     `json:"warnings,omitempty"`
}

// Value is an input with its value. A secret has none here: it is given to Run.
type Value struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Origin string `json:"origin"` // input, label or default
	Secret bool   `json:"secret,omitempty"`
}

// Step is a step of a plan.
type Step struct {
	ID      string       `json:"id"` // unique in the plan
	Kind    runbook.Kind `json:"kind"`
	Section string       `json:"section,omitempty"`
	Text    string       `json:"text,omitempty"` // Markdown of the runbook; to be escaped or trusted
	Code    string       `json:"code,omitempty"` // as the runbook has it
	URL     string       `json:"url,omitempty"`
	Line    int          `json:"line,omitempty"` // in the runbook, 1-based

	// Mode is the step's in this plan. Declared is what the runbook says: where they
	// differ, Warnings of the plan say why.
	Mode     runbook.Mode `json:"mode"`
	Declared runbook.Mode `json:"declared"`

	Command Command `json:"command,omitzero"`
	Risk    Risk    `json:"risk"`

	// Approval is who has to agree before the step begins; the zero value asks nobody.
	Approval Quorum `json:"approval,omitzero"`

	// Role and Scope are what the one who runs or does the step needs: the role, if one
	// is named, and at least the scope.
	Role  string `json:"role,omitempty"`
	Scope int    `json:"scope,omitempty"`

	// Timeout ends an attempt; 0 is no limit of its own. Attempts count those that ended,
	// not those that were cut off with the run. Pause stands between them.
	Timeout  time.Duration `json:"-"`
	Attempts int           `json:"attempts"` // at least 1; more only if Repeatable
	Pause    time.Duration `json:"-"`

	// Repeatable steps may be done twice: they declare idempotent=true, or are queries.
	// Any other step that was cut off is not started again before a person has said so.
	Repeatable bool `json:"repeatable"`

	// GoOn keeps the run going where the step fails.
	GoOn bool `json:"go_on,omitempty"`

	// ByHand is what the step takes a person, as the runbook says; 0 is not known.
	ByHand time.Duration `json:"-"`
}

type plainStep Step

type stepJSON struct {
	plainStep
	TimeoutSeconds wire.Seconds `json:"timeout_seconds,omitempty"`
	PauseSeconds   wire.Seconds `json:"pause_seconds,omitempty"`
	ByHandSeconds  wire.Seconds `json:"by_hand_seconds,omitempty"`
}

// MarshalJSON writes durations as numbers of seconds.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(stepJSON{plainStep(s), wire.Seconds(s.Timeout), wire.Seconds(s.Pause), wire.Seconds(s.ByHand)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Step) UnmarshalJSON(text []byte) error {
	var j stepJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*s = Step(j.plainStep)
	s.Timeout, s.Pause, s.ByHand = time.Duration(j.TimeoutSeconds), time.Duration(j.PauseSeconds), time.Duration(j.ByHandSeconds)
	return nil
}

// planVersion is that of the stored form.
const planVersion = 1

type plainPlan planCore

type planJSON struct {
	Version int `json:"version"`
	plainPlan
	TimeoutSeconds wire.Seconds `json:"timeout_seconds,omitempty"`
}

// MarshalJSON is the plan in a versioned form; the same plan gives the same bytes.
func (p Plan) MarshalJSON() ([]byte, error) {
	return json.Marshal(planJSON{planVersion, plainPlan(p.core), wire.Seconds(p.core.Timeout)})
}

// UnmarshalJSON reads what MarshalJSON wrote, and checks it as Prepare does. The plan
// read has the digest of the one written. Errors about the plan are *Error.
func (p *Plan) UnmarshalJSON(text []byte) error {
	var j planJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	var ps problems
	if j.Version != planVersion {
		ps.Add("value", "version", strconv.Itoa(j.Version), "not version "+strconv.Itoa(planVersion), "give what MarshalJSON wrote")
		return ps.err()
	}
	core := planCore(j.plainPlan)
	core.Timeout = time.Duration(j.TimeoutSeconds)
	core.check(&ps)
	if err := ps.err(); err != nil {
		return err
	}
	p.core = core.clone()
	return nil
}

// Digest is the SHA-256 of the plan's JSON in hex. Approvals and the log name it.
func (p Plan) Digest() string {
	text, err := p.MarshalJSON()
	if err != nil {
		return "" // only for the years beyond 9999, and a plan has no instants
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Name is the runbook's: its file name without extension.
func (p Plan) Name() string { return p.core.Name }

// Title is the runbook's heading.
func (p Plan) Title() string { return p.core.Title }

// Source is the runbook's path.
func (p Plan) Source() string { return p.core.Source }

// Requester is who asked for the plan, and so approves nothing in it.
func (p Plan) Requester() string { return p.core.Requester }

// Timeout is that of a whole run; 0 is no limit.
func (p Plan) Timeout() time.Duration { return p.core.Timeout }

// Values are the inputs by name. The slice is the caller's.
func (p Plan) Values() []Value { return slices.Clone(p.core.Values) }

// Steps are the steps in order. The slice is the caller's.
func (p Plan) Steps() []Step { return p.core.clone().Steps }

// Warnings are what is weak about the plan, in order of the runbook's lines.
func (p Plan) Warnings() []Finding { return slices.Clone(p.core.Warnings) }

// Share counts the plan's steps by mode.
func (p Plan) Share() Share {
	var s Share
	for _, step := range p.core.Steps {
		s.add(step.Mode, 1)
	}
	return s
}

// Secrets are the names of the inputs whose values Run has to be given, sorted.
func (p Plan) Secrets() []string {
	var names []string
	for _, s := range p.core.Steps {
		for _, v := range s.Command.Env {
			if v.Secret {
				names = append(names, v.Input)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (c planCore) clone() planCore {
	c.Values, c.Warnings, c.Steps = slices.Clone(c.Values), slices.Clone(c.Warnings), slices.Clone(c.Steps)
	for i := range c.Steps {
		c.Steps[i].Command = c.Steps[i].Command.clone()
		c.Steps[i].Approval.Of = slices.Clone(c.Steps[i].Approval.Of)
	}
	return c
}

func (c planCore) index(id string) int {
	return slices.IndexFunc(c.Steps, func(s Step) bool { return s.ID == id })
}

// check tells what no plan may have.
func (c planCore) check(p *problems) {
	if person(c.Requester) == "" {
		p.Add("name", "requester", c.Requester, "nobody asks for the plan", "name the person or the program")
	}
	if len(c.Steps) == 0 {
		p.Add("value", "steps", "", "there is nothing to do", "give a runbook with steps in these sections")
	}
	if c.Timeout < 0 || c.Timeout > maxTime {
		p.Add("value", "timeout_seconds", c.Timeout.String(), "not from 0 to 31 days", "give the time that a whole run may take")
	}
	seen := make(map[string]bool)
	for i, s := range c.Steps {
		at := place("steps", i)
		if s.ID == "" || seen[s.ID] {
			p.Add("name", at+".id", s.ID, "not a name of its own", "give each step another name")
		}
		seen[s.ID] = true
		if int(s.Mode) > int(runbook.Automated) || int(s.Declared) > int(runbook.Automated) {
			p.Add("value", at+".mode", s.Mode.String(), "no such mode", "use manual, assisted or automated")
		}
		if s.Mode != runbook.Manual && s.Command.IsZero() {
			p.Add("value", at+".mode", s.Mode.String(), "there is no command that a machine could run", "make the step manual")
		}
		if len(s.Command.Args) > 0 && (s.Command.Script != "" || s.Command.Args[0] == "") || hasNUL(s.Command) {
			p.Add("value", at+".command", "", "neither one command nor one script", "give what Prepare makes")
		}
		for _, v := range s.Command.Env {
			if !identifier(v.Name) || !strings.HasPrefix(v.Name, "IN_") || v.Secret && v.Value != "" {
				p.Add("value", at+".command.env", v.Name, "no variable of an input", "give what Prepare makes")
			}
		}
		if s.Timeout < 0 || s.Timeout > maxTime {
			p.Add("value", at+".timeout_seconds", s.Timeout.String(), "not from 0 to 31 days", "give the time that an attempt may take")
		}
		if s.Pause < 0 || s.Pause > maxTime {
			p.Add("value", at+".pause_seconds", s.Pause.String(), "not from 0 to 31 days", "give the time between two attempts")
		}
		if s.ByHand < 0 || s.ByHand > maxTime {
			p.Add("value", at+".by_hand_seconds", s.ByHand.String(), "not from 0 to 31 days", "give the time that a person needs")
		}
		switch {
		case s.Attempts < 1 || s.Attempts > 101:
			p.Add("value", at+".attempts", strconv.Itoa(s.Attempts), "not from 1 to 101", "give how often the step may be tried")
		case s.Attempts > 1 && !s.Repeatable:
			p.Add("not-repeatable", at+".attempts", strconv.Itoa(s.Attempts), "the step may be done once only", "declare idempotent=true if doing it twice does no harm, or do not retry it")
		}
		if s.Scope < 0 {
			p.Add("value", at+".scope", strconv.Itoa(s.Scope), "below 0", "give the least scope that the step needs")
		}
		s.Approval.check(p, at+".approval", c.Requester)
	}
}

func hasNUL(c Command) bool {
	text := strings.Join(c.Args, "") + c.Script
	for _, v := range c.Env {
		text += v.Value
	}
	return strings.ContainsRune(text, 0)
}
