package release

import (
	"log/slog"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/slo"
)

// Phase is where a rollout stands.
type Phase uint8

const (
	Pending         Phase = iota // started, nothing observed yet
	Gated                        // a gate keeps the next stage from beginning
	Moving                       // the next stage waits for instances
	WarmingUp                    // measurements do not count yet for leaving the stage
	Analysing                    // the stage is measured
	AwaitingTraffic              // its time is over, but too few requests came to judge
	Undecided                    // its time is over, and the measurements do not allow to go on
	Baking                       // the measurements are good; nothing moves for a while
	Held                         // a person is asked, or has said so
	Watching                     // all traffic, and still judged
	Completed                    // the end of a good release
	Returning                    // taken back, as fast as the old revision can carry it
	RolledBack                   // the end of a release that was taken back
)

var phaseNames = [...]string{"pending", "gated", "moving", "warming_up", "analysing", "awaiting_traffic", "undecided", "baking", "held", "watching",
	"completed", "returning", "rolled_back"}

// String is the phase's name in lower case with underscores: awaiting_traffic.
func (p Phase) String() string { return nameOf(phaseNames[:], "Phase", uint8(p)) }

// MarshalText writes what String writes.
func (p Phase) MarshalText() ([]byte, error) { return writeName(phaseNames[:], "phase", uint8(p)) }

// UnmarshalText reads what String writes; the empty text is pending.
func (p *Phase) UnmarshalText(text []byte) error {
	i, err := readName(phaseNames[:], "phase", text)
	if err == nil {
		*p = Phase(i)
	}
	return err
}

// Ended reports whether nothing follows: Completed and RolledBack.
func (p Phase) Ended() bool { return p == Completed || p == RolledBack }

// Back reports whether the release is being taken back or was.
func (p Phase) Back() bool { return p == Returning || p == RolledBack }

// Transition is a step of a rollout and why it was taken. Code is stable:
//
//	stage             the stage began and has its traffic
//	analyse           its warm-up is over
//	bake              its measurements are good; it bakes
//	early             the same before its time, as harm is excluded
//	completed         the last stage is over, and good
//	gate              a gate is closed
//	gate-warn         the stage begins although the budget is at a level to be noted
//	gate-slow         the same; stages take longer while it lasts
//	capacity          too few instances are ready for the traffic
//	awaiting-traffic  too few requests to judge
//	undecided         what is known does not allow to go on
//	extended          a deadline has passed: the stage has its time once more
//	exit-hold         a deadline has passed: a person is asked
//	exit-promote      a deadline has passed: the release goes on all the same
//	order-…           somebody ordered it: hold, resume, go-on, open, close
//	rule              a rule tripped: the release is taken back
//	order-abort       somebody took it back
//	deadline          the rollout's deadline has passed: it is taken back
//	exit-abort        a stage's deadline has passed: it is taken back
//	return-traffic    part of the traffic is back at the old revision
//	returned          all of it is
type Transition struct {
	At      time.Time `json:"at"`
	From    Phase     `json:"from"`
	To      Phase     `json:"to"` // From for a mere note
	Stage   int       `json:"stage"`
	Traffic slo.Ratio `json:"traffic"` // that the new revision is to have from now on
	Code    string    `json:"code"`
	Text    string    `json:"text"`
}

// String is the transition in one line.
func (t Transition) String() string {
	return prose.Second(t.At) + " " + t.From.String() + " → " + t.To.String() + " at " + t.Traffic.Percent() + " (" + t.Code + "): " + t.Text
}

// LogValue is the transition in a few attributes, for structured logs.
func (t Transition) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("at", t.At), slog.String("from", t.From.String()), slog.String("to", t.To.String()),
		slog.Int("stage", t.Stage), slog.String("traffic", t.Traffic.Percent()), slog.String("code", t.Code), slog.String("text", t.Text))
}
