package run

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Actor is a person or program with what it may do.
type Actor struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles,omitempty"`
	Scope int      `json:"scope,omitempty"`
}

// may reports whether the actor has what a step needs.
func (a Actor) may(s Step) bool {
	return (s.Role == "" || slices.Contains(a.Roles, s.Role)) && a.Scope >= s.Scope
}

// Clock tells the time and waits. ClockFunc(time.Now) is that of the machine.
type Clock interface {
	Now() time.Time
	// Wait returns after d, or with an error once ctx is done.
	Wait(ctx context.Context, d time.Duration) error
}

// ClockFunc is a function that tells the time, with waits on the machine's timer.
type ClockFunc func() time.Time

// Now calls f.
func (f ClockFunc) Now() time.Time { return f() }

// Wait waits for d, or until ctx is done.
func (f ClockFunc) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Sink keeps records. When Append returns nil the record must outlast a crash: only then
// does Run act on it. It has to refuse a record whose Seq or Previous does not follow its
// last one (a unique key on run and number does): so two processes that go on from the
// same log cannot both start a step. Append's ctx does not end with Run's.
type Sink interface {
	Append(ctx context.Context, r Record) error
}

// SinkFunc is a function as a Sink.
type SinkFunc func(ctx context.Context, r Record) error

// Append calls f.
func (f SinkFunc) Append(ctx context.Context, r Record) error { return f(ctx, r) }

// Approver knows who agrees. It is asked whenever a step waits for approval, and returns
// every vote that it knows of; it may return none and be asked again by a later Run, or
// wait for people as long as ctx lasts. It vouches for the names: that a vote is from
// whom it says. Run decides which votes count.
type Approver interface {
	Approve(ctx context.Context, q Question) ([]Vote, error)
}

// ApproverFunc is a function as an Approver.
type ApproverFunc func(ctx context.Context, q Question) ([]Vote, error)

// Approve calls f.
func (f ApproverFunc) Approve(ctx context.Context, q Question) ([]Vote, error) { return f(ctx, q) }

// Votes is an Approver of votes that are known already.
type Votes []Vote

// Approve returns the votes.
func (v Votes) Approve(context.Context, Question) ([]Vote, error) { return v, nil }

// Question is what an Approver is asked.
type Question struct {
	Request   string    `json:"request"` // votes name it
	Run       string    `json:"run"`
	Plan      string    `json:"plan"` // digest
	Requester string    `json:"requester"`
	Actor     string    `json:"actor"` // who runs
	Step      Step      `json:"step"`
	Agreed    []string  `json:"agreed,omitempty"` // who has, and counts
	Expires   time.Time `json:"expires"`
}

// Vote is what one person says to a Question. It counts for that one only: Request ties
// it to the run, the plan and the moment when it was asked.
type Vote struct {
	Request string `json:"request"`
	By      string `json:"by"`
	Allow   bool   `json:"allow"`
	Note    string `json:"note,omitempty"`
}

// Word is what a person answers.
type Word uint8

const (
	// SayDone: the person has done it, or has seen that it is done.
	SayDone Word = iota + 1
	// SayFailed: it could not be done.
	SayFailed
	// SaySkip: go on without it.
	SaySkip
	// SayGo: the machine may do it.
	SayGo
	// SayAgain: what was cut off has not happened; begin it again.
	SayAgain
	// SayAbort: end the run here.
	SayAbort
)

var wordNames = []string{"nothing", "done", "failed", "skip", "go", "again", "abort"}

// String is the word in lower case.
func (w Word) String() string { return nameOf(wordNames, "word", uint8(w)) }

// MarshalText is String; an unknown word is an *Error.
func (w Word) MarshalText() ([]byte, error) { return writeName(wordNames, "word", uint8(w)) }

// UnmarshalText reads what String writes. Errors are *Error.
func (w *Word) UnmarshalText(text []byte) error {
	v, err := readName(wordNames, "word", text)
	*w = Word(v)
	return err
}

// Answer is what a person says to a Wait. It is taken once: Request ties it to the moment
// when that person was asked, so an old answer starts nothing again.
type Answer struct {
	Request string `json:"request"`
	By      Actor  `json:"by"`
	Word    Word   `json:"word"`
	Note    string `json:"note,omitempty"`

	// Took is the person's own time on a manual step; 0: the time since it was handed over.
	Took time.Duration `json:"-"`
}

type plainAnswer Answer

type answerJSON struct {
	plainAnswer
	TookSeconds wire.Seconds `json:"took_seconds,omitempty"`
}

// MarshalJSON writes the time as took_seconds.
func (a Answer) MarshalJSON() ([]byte, error) {
	return json.Marshal(answerJSON{plainAnswer(a), wire.Seconds(a.Took)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Answer) UnmarshalJSON(text []byte) error {
	var j answerJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*a = Answer(j.plainAnswer)
	a.Took = time.Duration(j.TookSeconds)
	return nil
}

// Options are what a run works with.
type Options struct {
	// Run is the run's name, another one for each. Required.
	Run string

	// Actor runs the machine's steps. Required; it approves nothing of this run.
	Actor Actor

	// Executor does assisted and automated steps. Where it is nil nothing is done by a
	// machine: each step is handed to a person.
	Executor Executor

	// Approver knows who agrees. Where it is nil nobody does.
	Approver Approver

	// Clock and Sink are required.
	Clock Clock
	Sink  Sink

	// Log is the log of the run so far, and Head the digest of its last record; both
	// are empty for a new run. The log is verified before anything is done.
	Log  []byte
	Head string

	// Answers are what people said to the Waits of the Report before.
	Answers []Answer

	// Secrets are the values of Plan.Secrets by the input's name. None of them reaches
	// the log, nor do those that no step needs.
	Secrets map[string]string

	// MaxOutput is how many bytes of an attempt's output a record keeps; 0 is 16 KiB.
	MaxOutput int
}

func (o Options) maxOutput() int {
	if o.MaxOutput <= 0 {
		return 16 << 10
	}
	return o.MaxOutput
}

func (o Options) check(plan planCore, secrets []string) error {
	var p problems
	if o.Run == "" {
		p.Add("name", "run", "", "the run has no name", "give each run a name of its own")
	}
	if person(o.Actor.Name) == "" {
		p.Add("name", "actor.name", o.Actor.Name, "nobody runs it", "name the person or program")
	}
	if o.Clock == nil {
		p.Add("value", "clock", "", "there is none", "give ClockFunc(time.Now)")
	}
	if o.Sink == nil {
		p.Add("value", "sink", "", "there is none", "give one that keeps records")
	}
	if o.Clock != nil {
		if y := o.Clock.Now().UTC().Year(); y < 1 || y > 9998 {
			p.Add("value", "clock", o.Clock.Now().String(), "not in the years 1 to 9998", "set the clock")
		}
	}
	for _, name := range secrets {
		if o.Executor != nil && o.Secrets[name] == "" {
			p.Add("input", "secrets."+name, "", "the plan needs it", "give its value")
		}
	}
	plan.check(&p)
	return p.err()
}
