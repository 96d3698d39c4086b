package ownership

import (
	"slices"
	"strings"

	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
)

// IncidentLog is the audit log of one run of a runbook.
type IncidentLog struct {
	Service string          // for which it ran
	Book    runbook.Runbook // tells which steps change something; the zero value tells of none
	Records []run.Record    // of run.Read or run.Verify
}

// IncidentRollout is the course of one release.
type IncidentRollout struct {
	Service     string
	Revision    string
	Transitions []release.Transition
}

// audit is the log as a post-mortem takes it: what was approved, begun and ended,
// and beside it in words what was denied, expired or lost. Questions, and that
// somebody was told what to do, are left out. A step that a machine does is
// automated, whoever started the run.
func (l IncidentLog) audit() []response.AuditRecord {
	var out []response.AuditRecord
	book := l.Book.Name
	for _, r := range l.Records {
		if r.Runbook != "" {
			book = r.Runbook
		}
		step, _ := l.Book.Step(r.Step)
		a := response.AuditRecord{At: r.Time, Actor: r.Actor, Service: l.Service, Runbook: book, Step: r.Step, Text: r.Note,
			Mutating: len(step.Changes) > 0}
		switch r.Event {
		case run.Agreed:
			a.Action = response.ActionApproved
		case run.Started:
			a.Action, a.Automated = response.ActionStarted, r.Mode == runbook.Automated
		case run.Finished, run.Answered:
			a.Automated = r.Event == run.Finished && r.Mode == runbook.Automated
			switch r.After {
			case run.Done:
				a.Action = response.ActionDone
			case run.Failed, run.TimedOut:
				a.Action = response.ActionFailed
			case run.Skipped:
				a.Action = response.ActionNote
				a.Text = sentence("skipped", r.Note)
			default:
				continue
			}
		case run.Denied, run.Expired, run.Lost:
			a.Action = response.ActionNote
			a.Text = sentence(r.Event.String(), r.Note)
		case run.Began, run.Resumed:
			a.Action = response.ActionNote
			a.Text = sentence("the run "+r.Event.String(), r.Note)
		case run.Ended:
			a.Action = response.ActionNote
			a.Text = sentence("the run ended "+r.Status.String(), r.Note)
		default:
			continue
		}
		if a.Automated {
			a.Actor = ""
		}
		out = append(out, a)
	}
	return out
}

func sentence(what, note string) string {
	if note = strings.TrimSpace(note); note != "" {
		return what + ": " + note
	}
	return what
}

// rolloutDecision is the decision behind the code of a transition; what is no
// decision about traffic is left out.
func rolloutDecision(t release.Transition, first bool) (decision string, ok bool) {
	switch t.Code {
	case "stage":
		if first {
			return response.RolloutStarted, true
		}
		return response.RolloutPromoted, true
	case "completed":
		return response.RolloutCompleted, true
	case "gate", "capacity", "order-hold", "exit-hold":
		return response.RolloutHeld, true
	case "rule", "order-abort", "deadline", "exit-abort":
		return response.RolloutRolledBack, true
	}
	return "", false
}

// records are the decisions of the rollout. Who ordered one stands in its reason.
func (r IncidentRollout) records() []response.RolloutRecord {
	var out []response.RolloutRecord
	for _, t := range r.Transitions {
		started := slices.ContainsFunc(out, func(o response.RolloutRecord) bool { return o.Decision == response.RolloutStarted })
		decision, ok := rolloutDecision(t, !started)
		if !ok {
			continue
		}
		out = append(out, response.RolloutRecord{At: t.At, Service: r.Service, Revision: r.Revision, Decision: decision, Traffic: t.Traffic.Float64(), Reason: t.Text})
	}
	return out
}
