package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/runbook"
)

// Need is what a run waits for.
type Need uint8

const (
	// NeedApproval: people have to agree, by the Approver.
	NeedApproval Need = iota
	// NeedPerson: a person has to do the step and answer done, failed or skip.
	NeedPerson
	// NeedGo: a person has to look at the command and answer go, or skip, or that it
	// was done by hand.
	NeedGo
	// NeedWord: the step was cut off, and nobody knows how far it got. A person has to
	// look and answer done, failed, skip, or again if nothing has happened.
	NeedWord
	// NeedRight: the run's actor lacks the step's role or scope. Somebody else has to go on.
	NeedRight
)

var needNames = []string{"approval", "person", "go", "word", "right"}

// String is approval, person, go, word or right.
func (n Need) String() string { return nameOf(needNames, "need", uint8(n)) }

// MarshalText is String; an unknown need is an *Error.
func (n Need) MarshalText() ([]byte, error) { return writeName(needNames, "need", uint8(n)) }

// UnmarshalText reads what String writes. Errors are *Error.
func (n *Need) UnmarshalText(text []byte) error {
	v, err := readName(needNames, "need", text)
	*n = Need(v)
	return err
}

// Wait is what an open run waits for.
type Wait struct {
	Need    Need      `json:"need"`
	Step    string    `json:"step"`
	Request string    `json:"request,omitempty"` // an Answer or a Vote names it; may be empty: go on with Run
	Reason  string    `json:"reason"`            // for people
	Until   time.Time `json:"until,omitzero"`    // when the question for approval expires
}

// Report is where a run stands when Run returns.
type Report struct {
	Run     string     `json:"run"`
	Plan    string     `json:"plan"` // digest
	Status  Status     `json:"status"`
	Steps   []Standing `json:"steps"`
	Waiting *Wait      `json:"waiting,omitempty"` // set where Status is StatusOpen and err is nil
	Records []Record   `json:"records"`           // the whole log
	Head    string     `json:"head"`              // digest of the last of them: keep it apart from the log

	// Declined are answers and votes that were not taken, and why.
	Declined []string `json:"declined,omitempty"`
}

// Share counts the steps that are done by the mode they were done in.
func (r Report) Share() Share {
	var s Share
	for _, step := range r.Steps {
		if step.State == Done {
			s.add(step.Mode, 1)
		}
	}
	return s
}

// Run goes through a plan's steps in order, from where its log ends, until it is over or
// waits for a person. Then it returns; with the log, the head and the answers the next
// call goes on, in another process or under another actor.
//
// Every transition is a record, in the Sink before Run acts on it. So wherever a run is
// cut off, its log tells what may have happened: a step whose start is recorded and whose
// end is not is Unknown. It is begun again only if it is declared idempotent; otherwise a
// person has to say what became of it (NeedWord). Nothing that was recorded as done is
// done again.
//
// Errors are *Error about the arguments, *LogError about the log, and what Sink,
// Approver or Clock return, wrapped. After an error of the Sink, or when ctx is done, the
// run is to be resumed from what the Sink has kept; the report is that of the records
// that it took.
func Run(ctx context.Context, plan Plan, o Options) (Report, error) {
	if err := o.check(plan.core, plan.Secrets()); err != nil {
		return Report{}, err
	}
	records, err := Verify(o.Log, o.Head)
	if err != nil {
		return Report{}, err
	}
	r := runner{plan: plan.core.clone(), digest: plan.Digest(), o: o, records: records}
	r.ledger = newLedger(r.plan)
	if err := r.ledger.replay(r.plan, r.digest, records); err != nil {
		return Report{}, err
	}
	if len(records) > 0 && records[0].Run != tidy(o.Run) {
		return Report{}, &LogError{Line: 1, Reason: "it is of another run"}
	}
	secrets := make([]string, 0, len(o.Secrets))
	for _, s := range o.Secrets {
		secrets = append(secrets, s)
	}
	r.redactor = newRedactor(secrets)
	if r.ledger.status == StatusOpen {
		err = r.all(ctx)
	}
	return r.report(), err
}

type runner struct {
	plan     planCore
	digest   string
	o        Options
	redactor redactor
	ledger   ledger
	records  []Record
	resumed  bool
	asked    int // one more than the step that this call asked approval for
	waiting  *Wait
	declined []string
}

func (r *runner) report() Report {
	out := Report{Run: r.o.Run, Plan: r.digest, Status: r.ledger.status, Steps: slices.Clone(r.ledger.steps), Waiting: r.waiting, Records: r.records, Head: r.ledger.head, Declined: r.declined}
	for i := range out.Steps {
		out.Steps[i].Agreed = slices.Clone(out.Steps[i].Agreed)
	}
	return out
}

func (r *runner) now() time.Time { return r.o.Clock.Now().Round(0).UTC() }

// write completes a record, has it kept, and takes it.
func (r *runner) write(ctx context.Context, rec Record) error {
	if !r.resumed && r.ledger.seq > 0 {
		r.resumed = true
		if err := r.write(ctx, Record{Event: Resumed, Plan: r.digest, Runbook: r.plan.Name}); err != nil {
			return err
		}
	}
	r.resumed = true
	rec.Seq, rec.Previous = r.ledger.seq+1, r.ledger.head
	rec.Run, rec.Time = r.o.Run, r.now()
	if rec.Actor == "" {
		rec.Actor = r.o.Actor.Name
	}
	rec.Run, rec.Actor = tidy(rec.Run), tidy(rec.Actor)
	rec.Note, _ = cut(r.redactor.redact(rec.Note), r.o.maxOutput())
	next := r.ledger
	next.steps = slices.Clone(next.steps)
	if reason := next.apply(r.plan, r.digest, rec); reason != "" {
		return &LogError{Line: rec.Seq, Reason: reason}
	}
	if next.head == "" {
		var p problems
		p.Add("value", "clock", rec.Time.String(), "not in the years 1 to 9998", "set the clock")
		return p.err()
	}
	if err := r.o.Sink.Append(context.WithoutCancel(ctx), rec); err != nil {
		return fmt.Errorf("record %d was not kept: %w", rec.Seq, err)
	}
	r.ledger = next
	r.records = append(r.records, rec)
	return nil
}

func (r *runner) all(ctx context.Context) error {
	if r.ledger.seq == 0 {
		if err := r.write(ctx, Record{Event: Began, Plan: r.digest, Runbook: r.plan.Name, Note: r.plan.Requester}); err != nil {
			return err
		}
	}
	for i := range r.ledger.steps {
		if s := r.ledger.steps[i]; s.State == Running { // of a run that was cut off
			if err := r.lose(ctx, i, "the run was cut off"); err != nil {
				return err
			}
		}
	}
	for i := range r.plan.Steps {
		for !r.passed(i) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if t := r.plan.Timeout; t > 0 && r.now().Sub(r.ledger.began) >= t {
				return r.write(ctx, Record{Event: Ended, Status: StatusAborted, Note: "the run's time of " + t.String() + " is over"})
			}
			if err := r.step(ctx, i); err != nil {
				return err
			}
			if r.waiting != nil || r.ledger.status != StatusOpen {
				return nil
			}
		}
	}
	return r.write(ctx, Record{Event: Ended, Status: StatusDone})
}

// again reports whether a step that failed is tried once more.
func (r *runner) again(i int) bool {
	s := r.ledger.steps[i]
	return (s.State == Failed || s.State == TimedOut) && !s.final && r.plan.Steps[i].Repeatable && s.fails < r.plan.Steps[i].Attempts
}

// passed reports whether the run is behind a step.
func (r *runner) passed(i int) bool {
	s := r.ledger.steps[i]
	return s.State.over() || (s.State == Failed || s.State == TimedOut) && r.plan.Steps[i].GoOn && !r.again(i)
}

// mode is how a step is done in this run.
func (r *runner) mode(i int) runbook.Mode {
	if r.o.Executor == nil {
		return runbook.Manual
	}
	return r.plan.Steps[i].Mode
}

// move writes a transition of a step.
func (r *runner) move(ctx context.Context, i int, rec Record) error {
	s := r.ledger.steps[i]
	rec.Step, rec.Before = s.Step, s.State
	return r.write(ctx, rec)
}

func (r *runner) wait(i int, need Need, reason string) {
	s := r.ledger.steps[i]
	r.waiting = &Wait{Need: need, Step: s.Step, Request: s.request, Reason: reason}
	switch need {
	case NeedRight:
		r.waiting.Request = ""
	case NeedApproval:
		r.waiting.Until = s.asked.Add(r.plan.Steps[i].Approval.expiry())
	}
}

// step takes the next transition of a step, or notes what it waits for.
func (r *runner) step(ctx context.Context, i int) error {
	step, s := r.plan.Steps[i], r.ledger.steps[i]
	switch s.State {
	case Pending:
		if step.Approval.Need > 0 {
			if r.asked == i+1 {
				// What expires as soon as it is asked would be asked for ever.
				r.wait(i, NeedApproval, "approval has expired; the next call asks anew")
				r.waiting.Until = time.Time{}
				return nil
			}
			r.asked = i + 1
			return r.move(ctx, i, Record{Event: Asked, After: Awaiting, Note: step.Approval.String()})
		}
		return r.begin(ctx, i)
	case Awaiting:
		return r.approve(ctx, i)
	case Approved:
		return r.begin(ctx, i)
	case Handed:
		if r.o.Executor == nil || step.Mode == runbook.Manual {
			return r.answered(ctx, i, NeedPerson)
		}
		return r.answered(ctx, i, NeedGo)
	case Ready:
		return r.start(ctx, i)
	case Unknown:
		if step.Repeatable && r.o.Executor != nil {
			return r.start(ctx, i)
		}
		return r.answered(ctx, i, NeedWord)
	case Failed, TimedOut:
		if r.again(i) && r.o.Executor != nil {
			if left := step.Pause - r.now().Sub(s.changed); left > 0 {
				if err := r.o.Clock.Wait(ctx, left); err != nil {
					return fmt.Errorf("waiting before the next attempt of %s: %w", step.ID, err)
				}
			}
			return r.start(ctx, i)
		}
		return r.write(ctx, Record{Event: Ended, Status: StatusFailed, Note: step.ID + " has " + s.State.String()})
	case Refused:
		return r.write(ctx, Record{Event: Ended, Status: StatusAborted, Note: step.ID + " was refused"})
	}
	return &LogError{Line: r.ledger.seq, Reason: "a step is " + s.State.String()}
}

// begin begins a step that nobody has to agree to any more: by a person, or the machine.
func (r *runner) begin(ctx context.Context, i int) error {
	if r.mode(i) == runbook.Automated {
		return r.start(ctx, i)
	}
	if expired, err := r.expire(ctx, i, r.o.Actor.Name); expired {
		return err
	}
	return r.move(ctx, i, Record{Event: HandedOver, After: Handed, Mode: r.mode(i)})
}

// expire takes back what people agreed to where it does not count any more: it is too
// old, or one of them would run the step. Then the step begins from the start.
func (r *runner) expire(ctx context.Context, i int, actor string) (bool, error) {
	q, s := r.plan.Steps[i].Approval, r.ledger.steps[i]
	if q.Need == 0 {
		return false, nil
	}
	if !r.now().Before(s.asked.Add(q.expiry())) {
		return true, r.move(ctx, i, Record{Event: Expired, After: Pending, Note: "nobody began within " + q.expiry().String()})
	}
	if len(q.counts(s.Agreed, r.barred(actor))) < q.Need {
		return true, r.move(ctx, i, Record{Event: Expired, After: Pending, Note: "one of those who agreed would run it"})
	}
	return false, nil
}

// barred are those who may not agree: the requester, everybody who has run any of it,
// and whoever would do the step now.
func (r *runner) barred(actor string) []string {
	return append([]string{r.plan.Requester, r.o.Actor.Name, actor}, r.ledger.runners...)
}

func (r *runner) approve(ctx context.Context, i int) error {
	step, s := r.plan.Steps[i], r.ledger.steps[i]
	q := step.Approval
	expires := s.asked.Add(q.expiry())
	var votes []Vote
	if r.o.Approver != nil && r.now().Before(expires) {
		var err error
		votes, err = r.o.Approver.Approve(ctx, Question{
			Request: s.request, Run: r.o.Run, Plan: r.digest, Requester: r.plan.Requester, Actor: r.o.Actor.Name,
			Step: Plan{planCore{Steps: []Step{step}}}.Steps()[0], Agreed: slices.Clone(s.Agreed), Expires: expires,
		})
		if err != nil {
			return fmt.Errorf("asking for approval of %s: %w", step.ID, err)
		}
	}
	if !r.now().Before(expires) {
		if err := r.move(ctx, i, Record{Event: Expired, After: Pending, Note: "not enough people agreed within " + q.expiry().String()}); err != nil {
			return err
		}
		return nil
	}
	barred := r.barred("")
	agreed := slices.Clone(s.Agreed)
	for _, v := range votes {
		who := fmt.Sprintf("vote of %q on %s: ", v.By, step.ID)
		if v.Request != s.request {
			r.declined = append(r.declined, who+"it is for another question")
			continue
		}
		if len(q.counts([]string{v.By}, barred)) == 0 {
			r.declined = append(r.declined, who+"neither who asks or runs nor who is not named may approve")
			continue
		}
		if !v.Allow {
			return r.move(ctx, i, Record{Event: Denied, After: Refused, Actor: v.By, Request: s.request, Note: v.Note})
		}
		all := append(slices.Clone(agreed), v.By)
		if len(q.counts(all, nil)) == len(q.counts(agreed, nil)) {
			continue // the same person again
		}
		agreed = all
		after := Awaiting
		if len(q.counts(agreed, barred)) >= q.Need {
			after = Approved
		}
		if err := r.move(ctx, i, Record{Event: Agreed, After: after, Actor: v.By, Request: s.request, Note: v.Note}); err != nil {
			return err
		}
		if after == Approved {
			return nil
		}
	}
	have := len(q.counts(agreed, barred))
	r.wait(i, NeedApproval, fmt.Sprintf("%d of %s; %d agreed so far", q.Need, who(q), have))
	return nil
}

func who(q Quorum) string {
	if len(q.Of) == 0 {
		return "other people"
	}
	return strings.Join(q.Of, ", ")
}

// words that may be said to each need, with what becomes of the step.
var words = map[Need]map[Word]State{
	NeedPerson: {SayDone: Done, SayFailed: Failed, SaySkip: Skipped},
	NeedGo:     {SayGo: Ready, SayDone: Done, SayFailed: Failed, SaySkip: Skipped},
	NeedWord:   {SayDone: Done, SayFailed: Failed, SaySkip: Skipped, SayAgain: Ready},
}

// answered takes a person's answer, or waits for one.
func (r *runner) answered(ctx context.Context, i int, need Need) error {
	step, s := r.plan.Steps[i], r.ledger.steps[i]
	for _, a := range r.o.Answers {
		if a.Request != s.request || a.Request == "" {
			continue
		}
		after, known := words[need][a.Word]
		said := fmt.Sprintf("answer %s of %q on %s: ", a.Word, a.By.Name, step.ID)
		switch {
		case person(a.By.Name) == "":
			r.declined = append(r.declined, said+"it has no name")
			continue
		case a.Word == SayAbort:
			return r.write(ctx, Record{Event: Ended, Status: StatusAborted, Actor: a.By.Name, Step: step.ID, Request: s.request, Note: a.Note})
		case !known:
			r.declined = append(r.declined, said+"nobody asked for that word")
			continue
		case !a.By.may(step):
			r.declined = append(r.declined, said+"the step needs "+right(step))
			continue
		}
		rec := Record{Event: Answered, After: after, Actor: a.By.Name, Request: s.request, Note: a.Note, Mode: s.Mode}
		if need != NeedWord {
			// What a person says to have done has happened, and is recorded in any case;
			// before the machine begins it counts again who agreed.
			if a.Word == SayGo {
				if expired, err := r.expire(ctx, i, a.By.Name); expired {
					return err
				}
			}
			if after != Ready {
				rec.Mode = runbook.Manual
			}
			if q := step.Approval; after == Done && len(q.counts(s.Agreed, r.barred(a.By.Name))) < q.Need {
				rec.Note = "done by one of those who agreed. " + rec.Note
			}
			rec.Took = a.Took
			if a.Took <= 0 || a.Took > maxTime {
				rec.Took = max(0, r.now().Sub(s.changed))
			}
		}
		return r.move(ctx, i, rec)
	}
	switch need {
	case NeedPerson:
		r.wait(i, need, "do the step and say done, failed or skip")
	case NeedGo:
		r.wait(i, need, "look at the command and say go, or skip")
	default:
		r.wait(i, need, "the step was cut off: look how far it got, and say done, failed, skip, or again if nothing has happened")
	}
	return nil
}

func right(s Step) string {
	switch {
	case s.Role != "" && s.Scope > 0:
		return fmt.Sprintf("the role %q and scope %d", s.Role, s.Scope)
	case s.Role != "":
		return fmt.Sprintf("the role %q", s.Role)
	}
	return fmt.Sprintf("scope %d", s.Scope)
}

// start has the machine do an attempt.
func (r *runner) start(ctx context.Context, i int) error {
	step := r.plan.Steps[i]
	if r.o.Executor == nil {
		return r.move(ctx, i, Record{Event: Expired, After: Pending, Note: "no machine runs it any more"})
	}
	if !r.o.Actor.may(step) {
		r.wait(i, NeedRight, r.o.Actor.Name+" may not run it: it needs "+right(step))
		return nil
	}
	if expired, err := r.expire(ctx, i, r.o.Actor.Name); expired {
		return err
	}
	attempt := r.ledger.steps[i].Attempts + 1
	if err := r.move(ctx, i, Record{Event: Started, After: Running, Mode: step.Mode, Attempt: attempt}); err != nil {
		return err
	}
	call := Call{Run: r.o.Run, Plan: r.digest, Attempt: attempt, Key: r.ledger.head, Step: Plan{planCore{Steps: []Step{step}}}.Steps()[0], Command: step.Command.clone()}
	for j, v := range call.Command.Env {
		if v.Secret {
			call.Command.Env[j].Value = r.o.Secrets[v.Input]
		}
	}
	limit := step.Timeout
	began := r.now()
	if t := r.plan.Timeout; t > 0 {
		if left := t - began.Sub(r.ledger.began); limit == 0 || left < limit {
			limit = max(left, 1)
		}
	}
	inner, cancel := ctx, context.CancelFunc(func() {})
	if limit > 0 {
		inner, cancel = context.WithTimeout(ctx, limit)
	}
	out, err := r.o.Executor.Execute(inner, call)
	late := errors.Is(inner.Err(), context.DeadlineExceeded)
	cancel()
	rec := Record{Event: Finished, After: Done, Mode: step.Mode, Attempt: attempt, Took: max(0, r.now().Sub(began)), ExitCode: out.ExitCode}
	switch {
	case err == nil && out.Left:
		rec.After = Handed
	case (err != nil || out.Failed) && ctx.Err() != nil:
		rec.Event, rec.After = Lost, Unknown
	case (err != nil || out.Failed) && late:
		rec.After = TimedOut
	case err != nil || out.Failed:
		rec.After = Failed
	}
	if err != nil {
		rec.Note = err.Error()
	}
	if out.Truncated {
		out.Output = whole(out.Output)
	}
	full := r.redactor.redact(out.Output)
	if out.Truncated {
		full = r.redactor.end(full)
	}
	if full != "" || out.Truncated {
		rec.OutputDigest = digest([]byte(full))
		if short, was := cut(full, r.o.maxOutput()); was || out.Truncated {
			full = short + "\n[cut off]"
		}
		rec.Output = full
	}
	return r.move(ctx, i, rec)
}

// lose notes that nobody knows how an attempt ended.
func (r *runner) lose(ctx context.Context, i int, note string) error {
	s := r.ledger.steps[i]
	return r.move(ctx, i, Record{Event: Lost, After: Unknown, Mode: s.Mode, Attempt: s.Attempts, Note: note})
}
