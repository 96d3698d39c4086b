package run

import (
	"time"

	"github.com/srekit/ownership/runbook"
)

// Risk is what a command does to the service, as far as its words tell.
type Risk uint8

const (
	// RiskNone: nothing runs: prose, links, decisions.
	RiskNone Risk = iota
	// RiskReads: every command is one that is known to look only.
	RiskReads
	// RiskUnknown: a command is not known. Treat it as a change.
	RiskUnknown
	// RiskChanges: something is changed that can be changed back.
	RiskChanges
	// RiskDestroys: something may be gone for good.
	RiskDestroys
)

var riskNames = []string{"none", "reads", "unknown", "changes", "destroys"}

// String is none, reads, unknown, changes or destroys.
func (r Risk) String() string { return nameOf(riskNames, "risk", uint8(r)) }

// MarshalText is String; an unknown risk is an *Error.
func (r Risk) MarshalText() ([]byte, error) { return writeName(riskNames, "risk", uint8(r)) }

// UnmarshalText reads what String writes; the empty text is RiskNone. Errors are *Error.
func (r *Risk) UnmarshalText(text []byte) error {
	v, err := readName(riskNames, "risk", text)
	*r = Risk(v)
	return err
}

// State is where a step stands in a run.
type State uint8

const (
	// Pending: nothing was done or asked.
	Pending State = iota
	// Awaiting: approval was asked for.
	Awaiting
	// Approved: enough people agreed, and have not been too long ago.
	Approved
	// Handed: a person was told what to do, or asked to say go.
	Handed
	// Ready: a person said go.
	Ready
	// Running: started; nothing is known of its end.
	Running
	// Done: ended well.
	Done
	// Failed: ended, and not well.
	Failed
	// TimedOut: was stopped by its time limit. How much of it happened is not known.
	TimedOut
	// Skipped: a person said to go on without it.
	Skipped
	// Unknown: it was started, and the run ended before its end was recorded.
	Unknown
	// Refused: somebody who may approve said no.
	Refused
)

var stateNames = []string{"pending", "awaiting-approval", "approved", "handed", "ready", "running", "done", "failed", "timed-out", "skipped", "unknown", "refused"}

// String is the state in lower case, words joined by a hyphen.
func (s State) String() string { return nameOf(stateNames, "state", uint8(s)) }

// MarshalText is String; an unknown state is an *Error.
func (s State) MarshalText() ([]byte, error) { return writeName(stateNames, "state", uint8(s)) }

// UnmarshalText reads what String writes; the empty text is Pending. Errors are *Error.
func (s *State) UnmarshalText(text []byte) error {
	v, err := readName(stateNames, "state", text)
	*s = State(v)
	return err
}

// over reports whether the run goes on behind the step.
func (s State) over() bool { return s == Done || s == Skipped }

// Share counts steps by mode.
type Share struct {
	Manual    int `json:"manual"`
	Assisted  int `json:"assisted"`
	Automated int `json:"automated"`
}

// Total is the number of steps.
func (s Share) Total() int { return s.Manual + s.Assisted + s.Automated }

// Ratio is the automated share in [0, 1], 0 where there are no steps.
func (s Share) Ratio() float64 {
	if s.Total() <= 0 {
		return 0
	}
	return float64(s.Automated) / float64(s.Total())
}

func (s *Share) add(m runbook.Mode, n int) {
	switch m {
	case runbook.Manual:
		s.Manual += n
	case runbook.Assisted:
		s.Assisted += n
	case runbook.Automated:
		s.Automated += n
	}
}

// maxTime bounds what a step or run may be given.
const maxTime = 31 * 24 * time.Hour
