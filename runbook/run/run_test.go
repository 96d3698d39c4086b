package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
)

// ok is an Executor that has done everything well.
var ok = ExecutorFunc(func(context.Context, Call) (Outcome, error) { return Outcome{}, nil })

func steps(codes ...string) string {
	var b strings.Builder
	b.WriteString("## Mitigation\n\n")
	for _, c := range codes {
		attributes, code, _ := strings.Cut(c, "|")
		b.WriteString("~~~sh {" + attributes + "}\n" + code + "\n~~~\n\n")
	}
	return b.String()
}

func wants(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

// Without an Executor a person does everything, whatever the runbook declares.
func TestWithoutAnExecutorAPersonDoesIt(t *testing.T) {
	w := newWorld(t, plan(t, threeSteps, Request{Labels: threeLabels}), nil)
	r := w.run()
	if r.Waiting == nil || r.Waiting.Need != NeedPerson || r.Waiting.Step != "look" || r.Status != StatusOpen {
		t.Fatalf("got %+v", r.Waiting)
	}
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		return []Vote{{Request: q.Request, By: "ana", Allow: true}, {Request: q.Request, By: "chi", Allow: true}}, nil
	})
	a := say(r, "per", SayDone)
	a.Took = 2 * time.Minute
	r = w.run(a)
	r = w.run(say(r, "per", SayDone))
	a = say(r, "per", SaySkip)
	a.By.Roles, a.By.Scope = []string{"operator"}, 2
	r = w.run(a)
	wants(t, "log", story(r.Records), `otto began
otto handed-over look pending>handed
otto resumed
per answered look handed>done
otto asked delete pending>awaiting-approval
ana agreed delete awaiting-approval>awaiting-approval
chi agreed delete awaiting-approval>approved
otto handed-over delete approved>handed
otto resumed
per answered delete handed>done
otto handed-over uncordon pending>handed
otto resumed
per answered uncordon handed>skipped
otto ended done`)
	if got, want := r.Share(), (Share{Manual: 2}); got != want {
		t.Errorf("share: got %+v, want %+v", got, want)
	}
	if took := r.Records[3].Took; took != 2*time.Minute {
		t.Errorf("took %v, want what the person said", took)
	}
	if took := r.Records[9].Took; took <= 0 || took > time.Minute {
		t.Errorf("took %v, want the time since it was handed over", took)
	}
}

// Approval: n of m, once each, never by who asks, runs or has run, and only for the
// question that was asked.
func TestWhoseVotesCount(t *testing.T) {
	p := plan(t, steps(`name=a mode=automated timeout=1m approve=2 approvers="ana,ben,otto,Zoe"|kubectl delete pod x`), Request{})
	for _, c := range []struct {
		name  string
		votes string // a name agrees, -name denies, ~name votes for another question
		want  State
	}{
		{"nobody", "", Awaiting},
		{"one", "ana", Awaiting},
		{"two", "ana ben", Done},
		{"one twice", "ana ana", Awaiting},
		{"one in other letters", "ana ANA \u200bAna", Awaiting},
		{"who asks", "ana rita", Awaiting},
		{"who runs", "ana otto", Awaiting},
		{"who runs, in other letters", "ana Otto", Awaiting},
		{"a stranger", "ana eve", Awaiting},
		{"no name", "ana \u200b", Awaiting},
		{"another question", "ana ~ben", Awaiting},
		{"a stranger says no", "ana -eve ben", Done},
		{"one says no", "ana -ben", Refused},
		{"no comes too late", "ana ben -zoe", Done},
		{"listed in other letters", "ana zoe", Done},
	} {
		w := newWorld(t, p, ok)
		w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
			var votes []Vote
			for _, name := range strings.Fields(c.votes) {
				v := Vote{Request: q.Request, Allow: true}
				switch name[0] {
				case '-':
					v.Allow, name = false, name[1:]
				case '~':
					v.Request, name = "another", name[1:]
				}
				v.By = name
				votes = append(votes, v)
			}
			return votes, nil
		})
		r := w.run()
		if got := r.Steps[0].State; got != c.want {
			t.Errorf("%s: got %s, want %s\n%s", c.name, got, c.want, story(r.Records))
		}
		if c.want == Refused && r.Status != StatusAborted {
			t.Errorf("%s: got %s, want aborted", c.name, r.Status)
		}
	}
}

func TestVotesAddUpOverCalls(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m approve=2|kubectl delete pod x`), Request{}), ok)
	r := w.run()
	request := r.Waiting.Request
	wants(t, "reason", r.Waiting.Reason, "2 of other people; 0 agreed so far")
	w.o.Approver = Votes{{Request: request, By: "ana", Allow: true, Note: "go ahead"}}
	r = w.run()
	wants(t, "reason", r.Waiting.Reason, "2 of other people; 1 agreed so far")
	// Ana now runs it herself: her own vote counts no more.
	w.o.Actor.Name = "Ana"
	w.o.Approver = Votes{{Request: request, By: "ben", Allow: true}}
	r = w.run()
	wants(t, "reason", r.Waiting.Reason, "2 of other people; 1 agreed so far")
	w.o.Approver = Votes{{Request: request, By: "chi", Allow: true}}
	r = w.run()
	wants(t, "log", story(r.Records), `otto began
otto asked a pending>awaiting-approval
otto resumed
ana agreed a awaiting-approval>awaiting-approval
Ana resumed
ben agreed a awaiting-approval>awaiting-approval
Ana resumed
chi agreed a awaiting-approval>approved
Ana started a approved>running
Ana finished a running>done
Ana ended done`)
}

// Who agreed cannot run it afterwards.
func TestWhoAgreedCannotRunIt(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=assisted timeout=1m approve=1|kubectl delete pod x`), Request{}), ok)
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		return []Vote{{Request: q.Request, By: "ana", Allow: true}}, nil
	})
	r := w.run()
	w.o.Approver = nil
	r = w.run(say(r, "ana", SayGo))
	wants(t, "log", story(r.Records), `otto began
otto asked a pending>awaiting-approval
ana agreed a awaiting-approval>approved
otto handed-over a approved>handed
otto resumed
otto expired a handed>pending
otto asked a pending>awaiting-approval`)
	wants(t, "note", r.Records[5].Note, "one of those who agreed would run it")
}

// What was agreed counts for a time only, and the question too.
func TestApprovalExpires(t *testing.T) {
	p := plan(t, steps(`name=a mode=assisted timeout=1m approve=1 expiry=10m|kubectl delete pod x`), Request{})
	w := newWorld(t, p, ok)
	c := newClock()
	w.o.Clock = c
	r := w.run()
	old := r.Waiting.Request
	if got, want := r.Waiting.Until, r.Records[1].Time.Add(10*time.Minute); !got.Equal(want) {
		t.Errorf("until %v, want %v", got, want)
	}
	c.t = c.t.Add(11 * time.Minute)
	w.o.Approver = Votes{{Request: old, By: "ana", Allow: true}}
	r = w.run()
	if r.Waiting.Need != NeedApproval || r.Waiting.Request == old {
		t.Errorf("got %+v", r.Waiting)
	}
	w.o.Approver = Votes{{Request: r.Waiting.Request, By: "ana", Allow: true}}
	r = w.run()
	go1 := say(r, "per", SayGo)
	c.t = c.t.Add(11 * time.Minute)
	r = w.run(go1)
	wants(t, "log", story(r.Records), `otto began
otto asked a pending>awaiting-approval
otto resumed
otto expired a awaiting-approval>pending
otto asked a pending>awaiting-approval
otto resumed
ana agreed a awaiting-approval>approved
otto handed-over a approved>handed
otto resumed
otto expired a handed>pending
otto asked a pending>awaiting-approval`)
	if len(r.Declined) != 1 || r.Declined[0] != `vote of "ana" on a: it is for another question` {
		t.Errorf("declined %q", r.Declined)
	}
}

// Roles and scopes: the actor's for the machine, who answers' for what people do.
func TestWhoMayRunIt(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m role=dba scope=3|kubectl get pods`, `name=b role=dba|ls`), Request{}), ok)
	r := w.run()
	wants(t, "reason", r.Waiting.Reason, `otto may not run it: it needs the role "dba" and scope 3`)
	if r.Waiting.Need != NeedRight || r.Waiting.Request != "" {
		t.Errorf("got %+v", r.Waiting)
	}
	w.o.Actor = Actor{Name: "dora", Roles: []string{"dba"}, Scope: 2}
	if r = w.run(); r.Waiting.Need != NeedRight {
		t.Errorf("got %+v", r.Waiting)
	}
	w.o.Actor.Scope = 3
	r = w.run()
	if r.Waiting.Step != "b" {
		t.Fatalf("got %+v", r.Waiting)
	}
	r = w.run(say(r, "per", SayDone), Answer{Request: r.Waiting.Request, Word: SayDone}, say(r, "per", SayGo))
	want := []string{`answer done of "per" on b: the step needs the role "dba"`, `answer done of "" on b: it has no name`, `answer go of "per" on b: nobody asked for that word`}
	if !slices.Equal(r.Declined, want) {
		t.Errorf("declined %q, want %q", r.Declined, want)
	}
	a := say(r, "per", SayDone)
	a.By.Roles = []string{"dba"}
	if r = w.run(a); r.Status != StatusDone {
		t.Errorf("got %s", r.Status)
	}
}

// Failures: attempts with pauses, what goes on and what ends the run.
func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name, attributes string
		outcomes         string // f fails, e is an error, d is done, l leaves it to a person
		want             string
		status           Status
	}{
		{"done", ``, "d", "done", StatusDone},
		{"fails", ``, "f", "failed", StatusFailed},
		{"error", ``, "e", "failed", StatusFailed},
		{"retry without idempotent", `retry=2`, "fd", "failed", StatusFailed},
		{"retry", `idempotent=true retry=2`, "fed", "failed failed done", StatusDone},
		{"retries used up", `idempotent=true retry=1`, "ffd", "failed failed", StatusFailed},
		{"go on", `on-failure=continue`, "f", "failed", StatusDone},
		{"left", ``, "l", "handed", StatusOpen},
	} {
		p := plan(t, steps("name=a mode=automated timeout=1m pause=30s "+c.attributes+"|kubectl get pods"), Request{})
		n := 0
		w := newWorld(t, p, ExecutorFunc(func(context.Context, Call) (Outcome, error) {
			n++
			switch c.outcomes[n-1] {
			case 'f':
				return Outcome{Failed: true, ExitCode: 3}, nil
			case 'e':
				return Outcome{}, errors.New("no connection")
			case 'l':
				return Outcome{Left: true}, nil
			}
			return Outcome{}, nil
		}))
		cl := newClock()
		w.o.Clock = cl
		r := w.run()
		var got []string
		for _, rec := range r.Records {
			if rec.Event == Finished {
				got = append(got, rec.After.String())
			}
		}
		if s := strings.Join(got, " "); s != c.want || r.Status != c.status {
			t.Errorf("%s: got %s and %s, want %s and %s", c.name, s, r.Status, c.want, c.status)
		}
		if len(cl.waits) != n-1 {
			t.Errorf("%s: %d pauses between %d attempts", c.name, len(cl.waits), n)
		}
		for _, d := range cl.waits {
			if d <= 25*time.Second || d > 30*time.Second {
				t.Errorf("%s: a pause of %v", c.name, d)
			}
		}
	}
}

func TestTimeLimits(t *testing.T) {
	slow := ExecutorFunc(func(ctx context.Context, c Call) (Outcome, error) {
		<-ctx.Done()
		return Outcome{Output: "half"}, ctx.Err()
	})
	p := plan(t, steps("name=a mode=automated|kubectl get pods"), Request{Timeout: time.Millisecond})
	r := newWorld(t, p, slow).run()
	if r.Steps[0].State != TimedOut || r.Status != StatusFailed || r.Records[2].Output != "half" {
		t.Errorf("got %+v, %s", r.Steps[0], r.Status)
	}
	// The whole run's: no step begins behind it, waiting for people included.
	p = plan(t, steps("name=a|ls", "name=b|ls"), Request{RunTimeout: time.Minute})
	w := newWorld(t, p, nil)
	r = w.run()
	w.o.Clock.(*clock).t = w.o.Clock.Now().Add(time.Minute)
	r = w.run(say(r, "per", SayDone))
	wants(t, "log", story(r.Records), "otto began\notto handed-over a pending>handed\notto resumed\notto ended aborted")
	wants(t, "note", r.Records[3].Note, "the run's time of 1m0s is over")
	// The caller's ctx: nobody knows how far it got.
	ctx, cancel := context.WithCancel(context.Background())
	w = newWorld(t, plan(t, steps("name=a mode=automated timeout=1h|kubectl delete pod x"), Request{}), nil)
	w.o.Sink = &w.sink
	w.o.Executor = ExecutorFunc(func(ctx context.Context, c Call) (Outcome, error) {
		cancel()
		return Outcome{}, ctx.Err()
	})
	r, err := Run(ctx, w.plan, w.o)
	if !errors.Is(err, context.Canceled) || r.Steps[0].State != Unknown {
		t.Errorf("got %v, %+v", err, r.Steps[0])
	}
}

func TestAbort(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a|ls", "name=b|ls"), Request{}), nil)
	r := w.run()
	a := say(r, "per", SayAbort)
	a.Note = "wrong runbook"
	r = w.run(a)
	if r.Status != StatusAborted || r.Records[3].Actor != "per" || r.Records[3].Note != "wrong runbook" {
		t.Errorf("got %s, %+v", r.Status, r.Records[len(r.Records)-1])
	}
	again := w.run(a)
	if len(again.Records) != len(r.Records) || again.Status != StatusAborted {
		t.Errorf("a run that has ended went on:\n%s", story(again.Records))
	}
}

// Arguments that cannot be, all at once; logs that are not the run's.
func TestRunErrors(t *testing.T) {
	p := plan(t, "---\ninputs:\n  - name: TOKEN\n    secret: true\n---\n"+steps("name=a mode=automated timeout=1m|curl -H \"$TOKEN\" x"), Request{})
	_, err := Run(context.Background(), p, Options{Executor: ok})
	want := `no run: run: the run has no name; give each run a name of its own
no run: actor.name: nobody runs it; name the person or program
no run: clock: there is none; give ClockFunc(time.Now)
no run: sink: there is none; give one that keeps records
no run: secrets.TOKEN: the plan needs it; give its value`
	wants(t, "options", fmt.Sprint(err), want)
	_, err = Run(context.Background(), Plan{}, Options{Run: "r", Actor: Actor{Name: "a"}, Clock: newClock(), Sink: &Memory{}})
	wants(t, "plan", fmt.Sprint(err), "no run: requester: nobody asks for the plan; name the person or the program\nno run: steps: there is nothing to do; give a runbook with steps in these sections")

	w := newWorld(t, plan(t, steps("name=a|ls"), Request{}), nil)
	r := w.run()
	log, head := w.sink.Log(), w.sink.Head()
	o := w.o
	o.Sink, o.Log, o.Head = &Memory{}, log, head
	for _, c := range []struct {
		name   string
		change func(*Options, *Plan)
		want   string
	}{
		{"no head", func(o *Options, _ *Plan) { o.Head = "" }, "no unbroken log: no head is given, so nobody can tell whether records are missing at the end"},
		{"short log", func(o *Options, _ *Plan) { o.Log = AppendLog(nil, r.Records[0]) }, "no unbroken log: its last record is not the head: records are missing at the end, or the log was written anew"},
		{"another run", func(o *Options, _ *Plan) { o.Run = "r2" }, "no unbroken log: line 1: it is of another run"},
		{"another plan", func(_ *Options, p *Plan) { *p = plan(t, steps("name=b|ls"), Request{}) }, "no unbroken log: line 1: it is of another plan"},
		{"a wrong order", func(o *Options, _ *Plan) {
			bad := r.Records[1]
			bad.Before, bad.After = Done, Running
			o.Log, o.Head = AppendLog(nil, r.Records[0], bad), bad.Digest()
		}, "no unbroken log: line 2: a step that is pending does not go from done to running because it has handed-over"},
		{"a clock of the year 10000", func(o *Options, _ *Plan) {
			o.Clock = ClockFunc(func() time.Time { return time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) })
		}, `no run: clock: "10000-01-01 00:00:00 +0000 UTC": not in the years 1 to 9998; set the clock`},
	} {
		o, p := o, w.plan
		c.change(&o, &p)
		_, err := Run(context.Background(), p, o)
		wants(t, c.name, fmt.Sprint(err), c.want)
	}
	lost := errors.New("disk full")
	o.Log, o.Head, o.Sink = nil, "", SinkFunc(func(context.Context, Record) error { return lost })
	r, err = Run(context.Background(), w.plan, o)
	if !errors.Is(err, lost) || len(r.Records) != 0 || r.Head != "" {
		t.Errorf("got %v, %+v", err, r)
	}
	w = newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m approve=1|ls`), Request{}), ok)
	w.o.Approver = ApproverFunc(func(context.Context, Question) ([]Vote, error) { return nil, lost })
	if _, err := w.try(); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
}

// A step declared assisted waits for a go; one that was done by hand instead is manual.
func TestAssisted(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=assisted timeout=1m|kubectl get pods", "name=b mode=assisted timeout=1m|kubectl get pods"), Request{}), ok)
	r := w.run()
	if r.Waiting.Need != NeedGo {
		t.Fatalf("got %+v", r.Waiting)
	}
	r = w.run(say(r, "per", SayGo))
	r = w.run(say(r, "per", SayDone))
	if got, want := r.Share(), (Share{Manual: 1, Assisted: 1}); got != want || r.Status != StatusDone {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if m := r.Steps[1].Mode; m != runbook.Manual {
		t.Errorf("got %s", m)
	}
}

// An approval that expires before anybody can act on it does not keep a call for ever.
func TestApprovalThatExpiresAtOnce(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m approve=1 expiry=1s|kubectl delete pod x`), Request{}), ok)
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		return []Vote{{Request: q.Request, By: "ana", Allow: true}}, nil
	})
	r := w.run()
	wants(t, "log", story(r.Records), "otto began\notto asked a pending>awaiting-approval\notto expired a awaiting-approval>pending")
	wants(t, "reason", r.Waiting.Reason, "approval has expired; the next call asks anew")
}

// Who ran an earlier part of the run does not approve a later one.
func TestWhoHasRunItDoesNotApprove(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m approve=1|kubectl delete pod x`), Request{}), ok)
	w.run()
	w.o.Actor.Name = "olga"
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		return []Vote{{Request: q.Request, By: "otto", Allow: true}}, nil
	})
	r := w.run(Answer{})
	if r.Waiting == nil || r.Waiting.Need != NeedApproval || len(r.Declined) != 1 {
		t.Errorf("got %+v, declined %q", r.Waiting, r.Declined)
	}
}

// Whichever record the Sink does not keep, nothing happens behind it.
func TestNothingHappensBehindALostRecord(t *testing.T) {
	p := plan(t, steps(`name=a mode=automated timeout=1m|ls`, `name=b mode=automated timeout=1m|ls`), Request{})
	full := errors.New("disk full")
	for lost := 1; lost <= 6; lost++ {
		done := 0
		w := newWorld(t, p, ExecutorFunc(func(context.Context, Call) (Outcome, error) { done++; return Outcome{}, nil }))
		w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
			if r.Seq == lost {
				return full
			}
			return w.sink.Append(ctx, r)
		})
		r, err := w.try()
		if want := []int{0, 0, 1, 1, 2, 2}[lost-1]; !errors.Is(err, full) || len(r.Records) != lost-1 || done != want || r.Head != w.sink.Head() {
			t.Errorf("record %d lost: %v, %d records, %d steps done, want %d", lost, err, len(r.Records), done, want)
		}
	}
}
