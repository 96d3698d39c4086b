package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/runbook"
)

// Event is what a record tells.
type Event uint8

const (
	// Began: the run began. The record names the plan.
	Began Event = iota
	// Resumed: the run went on from its log, perhaps with another person.
	Resumed
	// Asked: approval was asked for.
	Asked
	// Agreed: one person that counts agreed.
	Agreed
	// Denied: somebody that counts said no.
	Denied
	// Expired: the question, or what was agreed, has become too old.
	Expired
	// HandedOver: a person was told what to do, or asked to say go.
	HandedOver
	// Answered: that person answered.
	Answered
	// Started: an attempt began. The record is in the Sink before the Executor is called.
	Started
	// Finished: an attempt ended.
	Finished
	// Lost: how an attempt ended is not known.
	Lost
	// Ended: the run ended.
	Ended
)

var eventNames = []string{"began", "resumed", "asked", "agreed", "denied", "expired", "handed-over", "answered", "started", "finished", "lost", "ended"}

// String is the event in lower case, words joined by a hyphen.
func (e Event) String() string { return nameOf(eventNames, "event", uint8(e)) }

// MarshalText is String; an unknown event is an *Error.
func (e Event) MarshalText() ([]byte, error) { return writeName(eventNames, "event", uint8(e)) }

// UnmarshalText reads what String writes. Errors are *Error.
func (e *Event) UnmarshalText(text []byte) error {
	v, err := readName(eventNames, "event", text)
	*e = Event(v)
	return err
}

// Record is one line of the log of a run: who did what to which step, and when. Texts in
// it are redacted and valid UTF-8; escape them before they are shown, as Markdown does.
type Record struct {
	Seq   int       `json:"seq"` // 1, 2, 3 …
	Time  time.Time `json:"time"`
	Run   string    `json:"run"` // name of the run, by the caller
	Event Event     `json:"event"`
	Actor string    `json:"actor"` // who runs, agreed or answered

	// Step, Mode and Attempt tell what it is about; Step is empty for the run itself.
	// Before and After are the step's states.
	Step    string       `json:"step,omitempty"`
	Mode    runbook.Mode `json:"mode,omitempty"`
	Attempt int          `json:"attempt,omitempty"` // 1-based
	Before  State        `json:"before,omitempty"`
	After   State        `json:"after,omitempty"`

	// Request is the digest of the record that was agreed to or answered.
	Request string `json:"request,omitempty"`

	// Took is how long the attempt took; for an answer about a manual step what the
	// person says, else the time since it was handed over.
	Took time.Duration `json:"-"`

	ExitCode int `json:"exit_code,omitempty"`

	// Output is what came out, redacted and then cut to the run's limit; OutputDigest is
	// the SHA-256 of all of it, redacted (of the secrets themselves no digest is kept: a
	// short one could be found by trying).
	Output       string `json:"output,omitempty"`
	OutputDigest string `json:"output_digest,omitempty"`
	Note         string `json:"note,omitempty"`

	// Plan is the digest of the plan and Runbook its name, in the records Began and Resumed;
	// Status is the run's, in the record Ended.
	Plan    string `json:"plan,omitempty"`
	Runbook string `json:"runbook,omitempty"`
	Status  Status `json:"status,omitempty"`

	// Previous is the digest of the record before; empty in the first.
	Previous string `json:"previous"`
}

type plainRecord Record

type recordJSON struct {
	plainRecord
	TookSeconds wire.Seconds `json:"took_seconds,omitempty"`
}

// MarshalJSON is the record's line in a log, without the line break. It is the same for
// the same record; its SHA-256 is the record's Digest.
func (r Record) MarshalJSON() ([]byte, error) {
	return json.Marshal(recordJSON{plainRecord(r), wire.Seconds(r.Took)})
}

// UnmarshalJSON reads what MarshalJSON writes. It is Read that checks a log.
func (r *Record) UnmarshalJSON(text []byte) error {
	var j recordJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*r = Record(j.plainRecord)
	r.Took = time.Duration(j.TookSeconds)
	return nil
}

// Digest is the SHA-256 of the record's JSON in hex. It covers Previous, and so every
// record before. It is empty for a record that has no JSON: one of the years beyond 9999,
// or with an unknown state.
func (r Record) Digest() string {
	line, err := r.MarshalJSON()
	if err != nil {
		return ""
	}
	return digest(line)
}

func digest(line []byte) string {
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}
