package run

import (
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/runbook"
)

// Status is where a run stands.
type Status uint8

const (
	// StatusOpen: it goes on, by Run with its log.
	StatusOpen Status = iota
	// StatusDone: every step was done, skipped, or failed and was declared to go on.
	StatusDone
	// StatusFailed: a step failed.
	StatusFailed
	// StatusAborted: a person said so, approval was denied, or the run's time was over.
	StatusAborted
)

var statusNames = []string{"open", "done", "failed", "aborted"}

// String is open, done, failed or aborted.
func (s Status) String() string { return nameOf(statusNames, "status", uint8(s)) }

// MarshalText is String; an unknown status is an *Error.
func (s Status) MarshalText() ([]byte, error) { return writeName(statusNames, "status", uint8(s)) }

// UnmarshalText reads what String writes; the empty text is StatusOpen. Errors are *Error.
func (s *Status) UnmarshalText(text []byte) error {
	v, err := readName(statusNames, "status", text)
	*s = Status(v)
	return err
}

// Standing is where a step stands.
type Standing struct {
	Step     string       `json:"step"`
	Mode     runbook.Mode `json:"mode"` // that it was done in, or the plan's
	State    State        `json:"state"`
	Attempts int          `json:"attempts"` // of the machine
	Agreed   []string     `json:"agreed,omitempty"`

	request string    // digest of the question that is open
	asked   time.Time // when approval was asked for
	changed time.Time // of the last record
	final   bool      // a person said that it failed
	fails   int       // attempts that ended, and not well
}

// ledger is what the records of a run add up to.
type ledger struct {
	seq     int
	head    string
	began   time.Time
	status  Status
	runners []string // everybody who has run any of it
	steps   []Standing
}

// moves are the transitions that a log may hold.
var moves = map[Event][][2]State{
	Asked:      {{Pending, Awaiting}},
	Agreed:     {{Awaiting, Awaiting}, {Awaiting, Approved}},
	Denied:     {{Awaiting, Refused}},
	Expired:    {{Awaiting, Pending}, {Approved, Pending}, {Handed, Pending}, {Ready, Pending}, {Unknown, Pending}, {Failed, Pending}, {TimedOut, Pending}},
	HandedOver: {{Pending, Handed}, {Approved, Handed}},
	Answered:   {{Handed, Done}, {Handed, Failed}, {Handed, Skipped}, {Handed, Ready}, {Unknown, Done}, {Unknown, Failed}, {Unknown, Skipped}, {Unknown, Ready}},
	Started:    {{Pending, Running}, {Approved, Running}, {Ready, Running}, {Unknown, Running}, {Failed, Running}, {TimedOut, Running}},
	Finished:   {{Running, Done}, {Running, Failed}, {Running, TimedOut}, {Running, Handed}},
	Lost:       {{Running, Unknown}},
}

func newLedger(plan planCore) ledger {
	l := ledger{steps: make([]Standing, len(plan.Steps))}
	for i, s := range plan.Steps {
		l.steps[i] = Standing{Step: s.ID, Mode: s.Mode}
	}
	return l
}

// apply takes the next record. The reason is empty where it may follow.
func (l *ledger) apply(plan planCore, planDigest string, r Record) (reason string) {
	if l.status != StatusOpen {
		return "the run has ended before"
	}
	switch {
	case (r.Event == Began) != (l.seq == 0):
		return "the first record, and no other, is that of the beginning"
	case r.Event == Began || r.Event == Resumed:
		if r.Plan != planDigest {
			return "it is of another plan"
		}
		if l.seq == 0 {
			l.began = r.Time
		}
		l.runners = append(l.runners, r.Actor)
	case r.Event == Ended:
		if r.Status == StatusOpen {
			return "it ends nothing"
		}
		l.status = r.Status
	default:
		i := plan.index(r.Step)
		if i < 0 {
			return fmt.Sprintf("the plan has no step %q", r.Step)
		}
		s := &l.steps[i]
		if s.State != r.Before || !slices.Contains(moves[r.Event], [2]State{r.Before, r.After}) {
			return fmt.Sprintf("a step that is %s does not go from %s to %s because it has %s", s.State, r.Before, r.After, r.Event)
		}
		s.State, s.changed = r.After, r.Time
		switch r.Event {
		case Asked:
			s.asked, s.Agreed, s.request = r.Time, nil, r.Digest()
		case Agreed:
			s.Agreed = append(s.Agreed, r.Actor)
		case Expired:
			s.Agreed, s.request = nil, ""
		case HandedOver, Lost:
			s.request = r.Digest()
		case Started:
			s.Attempts++
			s.Mode = r.Mode
		case Finished:
			switch r.After {
			case Handed:
				s.request = r.Digest()
			case Failed, TimedOut:
				s.fails++
			}
		case Answered:
			s.request = ""
			s.final = r.After == Failed
			if r.After != Ready {
				s.Mode = r.Mode
			}
		}
	}
	l.seq, l.head = r.Seq, r.Digest()
	return ""
}

// replay adds up a log that was read.
func (l *ledger) replay(plan planCore, planDigest string, records []Record) error {
	for i, r := range records {
		if reason := l.apply(plan, planDigest, r); reason != "" {
			return &LogError{Line: i + 1, Reason: reason}
		}
	}
	return nil
}
