package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
)

// agrees is an Approver by which the named people agree to whatever is asked.
func agrees(names ...string) Approver {
	return ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		var votes []Vote
		for _, name := range names {
			votes = append(votes, Vote{Request: q.Request, By: name, Allow: true})
		}
		return votes, nil
	})
}

// last is the end of a run's story.
func last(r Report, n int) string {
	lines := strings.Split(story(r.Records), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Where anybody may agree, who asks and who runs may not.
func TestNobodyAgreesToHisOwn(t *testing.T) {
	p := plan(t, steps(`name=a mode=automated timeout=1m approve=1|kubectl delete pod x`), Request{})
	for _, name := range []string{"rita", " RITA", "otto", "Ot\u200bto", "", " ", "\u200b"} {
		w := newWorld(t, p, ok)
		w.o.Approver = agrees(name)
		if r := w.run(); r.Steps[0].State != Awaiting || len(r.Declined) != 1 {
			t.Errorf("%q agrees: got %s, declined %q", name, r.Steps[0].State, r.Declined)
		}
	}
	if got := (Quorum{}).counts([]string{"", " ", "\u200b", "ana"}, nil); !slices.Equal(got, []string{"ana"}) {
		t.Errorf("got %q, want ana alone", got)
	}
}

// Between the last vote and the beginning anything may happen: what was agreed is looked
// at again when the step begins, by the machine or by a person.
func TestWhatWasAgreedIsLookedAtAgainAtTheBeginning(t *testing.T) {
	text := `name=a mode=automated timeout=1m approve=1 expiry=10m role=op|kubectl delete pod x`
	for _, c := range []struct {
		name    string
		machine bool
		actor   string
		after   time.Duration // the vote
		want    string
	}{
		{"at once", true, "dora", 0, "dora resumed\ndora started a approved>running\ndora finished a running>done\ndora ended done"},
		{"just in time", true, "dora", 10*time.Minute - 1, "dora resumed\ndora started a approved>running\ndora finished a running>done\ndora ended done"},
		{"too late", true, "dora", 10 * time.Minute, "dora resumed\ndora expired a approved>pending\ndora asked a pending>awaiting-approval"},
		{"by who agreed", true, "Ana", 0, "Ana resumed\nAna expired a approved>pending\nAna asked a pending>awaiting-approval"},
		{"by hand", false, "dora", 10*time.Minute - 1, "dora resumed\ndora handed-over a approved>handed"},
		{"by hand, too late", false, "dora", 10 * time.Minute, "dora resumed\ndora expired a approved>pending\ndora asked a pending>awaiting-approval"},
		{"by hand, by who agreed", false, "Ana", 0, "Ana resumed\nAna expired a approved>pending\nAna asked a pending>awaiting-approval"},
	} {
		// The one who runs it lacks the role, so it is approved and does not begin.
		w := newWorld(t, plan(t, steps(text), Request{}), ok)
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		w.o.Clock = ClockFunc(func() time.Time { return now })
		w.o.Approver = agrees("ana")
		if r := w.run(); r.Steps[0].State != Approved || r.Waiting.Need != NeedRight {
			t.Fatalf("%s: got %+v", c.name, r)
		}
		w.o.Actor = Actor{Name: c.actor, Roles: []string{"op"}}
		w.o.Approver = nil
		if !c.machine {
			w.o.Executor = nil
		}
		now = now.Add(c.after)
		wants(t, c.name, last(w.run(), 1+strings.Count(c.want, "\n")), c.want)
	}
}

// Who agreed to a question that has expired has to agree anew, and nobody is asked about
// one that has.
func TestAnExpiredQuestionIsOver(t *testing.T) {
	w := newWorld(t, plan(t, steps(`name=a mode=automated timeout=1m approve=2|kubectl delete pod x`), Request{}), ok)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	w.o.Clock = ClockFunc(func() time.Time { return now })
	w.o.Approver = agrees("ana")
	r := w.run()
	if got, want := r.Waiting.Until, now.Add(time.Hour); !got.Equal(want) {
		t.Errorf("a question without a time of its own is open until %v, want %v", got, want)
	}
	old := r.Waiting.Request
	now = now.Add(time.Hour)
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		if q.Request == old {
			t.Error("asked about a question that has expired")
		}
		if len(q.Agreed) != 0 {
			t.Errorf("asked anew with %q", q.Agreed)
		}
		return []Vote{{Request: q.Request, By: "ben", Allow: true}}, nil
	})
	r = w.run()
	if r.Steps[0].State != Awaiting || !slices.Equal(r.Steps[0].Agreed, []string{"ben"}) {
		t.Errorf("got %+v", r.Steps[0])
	}
	// The Approver that waits for people until it is too late.
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		now = q.Expires
		return []Vote{{Request: q.Request, By: "chi", Allow: true}}, nil
	})
	wants(t, "log", last(w.run(), 3), "otto expired a awaiting-approval>pending\notto asked a pending>awaiting-approval\notto expired a awaiting-approval>pending")
}

// Nothing starts from where people have not agreed, or where it is over.
func TestFromWhereAStepStarts(t *testing.T) {
	var got []State
	for _, m := range moves[Started] {
		if m[1] != Running {
			t.Errorf("a start leads to %s", m[1])
		}
		got = append(got, m[0])
	}
	slices.Sort(got)
	if want := []State{Pending, Approved, Ready, Failed, TimedOut, Unknown}; !slices.Equal(got, want) {
		t.Errorf("a step starts from %v, want %v", got, want)
	}
	for event, list := range moves {
		for _, m := range list {
			if m[0].over() || m[0] == Refused || m[1] == Running && event != Started || m[1] == Approved && (event != Agreed || m[0] != Awaiting) {
				t.Errorf("%s leads from %s to %s", event, m[0], m[1])
			}
		}
	}
}

// Which words are taken where: no other one has the machine do anything.
func TestWhichWordsAreTaken(t *testing.T) {
	cutOff := func(w *world) {
		w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
			if r.Event == Finished {
				return errors.New("cut off")
			}
			return w.sink.Append(ctx, r)
		})
		if _, err := w.try(); err == nil {
			t.Fatal("not cut off")
		}
		w.o.Sink = nil
	}
	for _, c := range []struct {
		need  Need
		mode  string
		taken map[Word]State
	}{
		{NeedPerson, "manual", map[Word]State{SayDone: Done, SayFailed: Failed, SaySkip: Skipped}},
		{NeedGo, "assisted", map[Word]State{SayGo: Done, SayDone: Done, SayFailed: Failed, SaySkip: Skipped}},
		{NeedWord, "automated", map[Word]State{SayAgain: Done, SayDone: Done, SayFailed: Failed, SaySkip: Skipped}},
	} {
		for word := range SayAbort + 2 {
			if word == SayAbort {
				continue
			}
			calls := 0
			w := newWorld(t, plan(t, steps("name=a timeout=1m mode="+c.mode+"|kubectl delete pod x"), Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) {
				calls++
				return Outcome{}, nil
			}))
			if c.need == NeedWord {
				cutOff(w)
			}
			r := w.run()
			if r.Waiting == nil || r.Waiting.Need != c.need {
				t.Fatalf("waits for %+v, want %s", r.Waiting, c.need)
			}
			calls = 0
			before := r.Steps[0].State
			want, taken := c.taken[word]
			r = w.run(say(r, "per", word))
			if !taken {
				want = before
			}
			wantCalls := 0
			if word == SayGo && c.need == NeedGo || word == SayAgain && c.need == NeedWord {
				wantCalls = 1
			}
			if got := r.Steps[0].State; got != want || calls != wantCalls || (len(r.Declined) == 0) != taken {
				t.Errorf("%s, %s: got %s with %d attempts, want %s with %d; declined %q", c.need, word, got, calls, want, wantCalls, r.Declined)
			}
		}
	}
}

// What a person says to have failed the machine does not try again.
func TestThePersonHasTheLastWord(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=assisted timeout=1m idempotent=true retry=3|kubectl get pods"), Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		t.Error("the machine tries it")
		return Outcome{}, nil
	}))
	r := w.run(say(w.run(), "per", SayFailed))
	wants(t, "log", last(r, 3), "otto resumed\nper answered a handed>failed\notto ended failed")
}

// An attempt that ran out of its time counts as one that failed.
func TestAttemptsOutOfTime(t *testing.T) {
	p := plan(t, steps("name=a mode=automated idempotent=true retry=1|kubectl get pods"), Request{Timeout: time.Millisecond})
	for slow, want := range map[int]string{
		1: "otto finished a running>timed-out\notto started a timed-out>running\notto finished a running>done\notto ended done",
		9: "otto finished a running>timed-out\notto started a timed-out>running\notto finished a running>timed-out\notto ended failed",
	} {
		n := 0
		w := newWorld(t, p, ExecutorFunc(func(ctx context.Context, _ Call) (Outcome, error) {
			if n++; n <= slow {
				<-ctx.Done()
				return Outcome{}, ctx.Err()
			}
			return Outcome{}, nil
		}))
		wants(t, "log", last(w.run(), 4), want)
	}
}

// A step that the run may go on without is tried as often as any other.
func TestGoOnAfterTheLastAttempt(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=automated timeout=1m idempotent=true retry=2 on-failure=continue|kubectl get pods"), Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		return Outcome{Failed: true}, nil
	}))
	if r := w.run(); r.Steps[0].Attempts != 3 || r.Status != StatusDone {
		t.Errorf("got %+v, %s", r.Steps[0], r.Status)
	}
}

// An executor that leaves the step to a person and has an error has failed: it may have begun.
func TestLeftWithAnErrorIsFailed(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=automated timeout=1m|kubectl delete pod x"), Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		return Outcome{Left: true}, errors.New("no connection")
	}))
	if r := w.run(); r.Steps[0].State != Failed {
		t.Errorf("got %s, want failed", r.Steps[0].State)
	}
}

// The key of an attempt is the digest of the record by which it started.
func TestKeysOfAttempts(t *testing.T) {
	var keys []string
	w := newWorld(t, plan(t, steps("name=a mode=automated timeout=1m idempotent=true retry=1|kubectl get pods"), Request{}), ExecutorFunc(func(_ context.Context, c Call) (Outcome, error) {
		keys = append(keys, c.Key)
		return Outcome{Failed: true}, nil
	}))
	var want []string
	for _, r := range w.run().Records {
		if r.Event == Started {
			want = append(want, r.Digest())
		}
	}
	if len(want) != 2 || !slices.Equal(keys, want) {
		t.Errorf("got %q, want %q", keys, want)
	}
}

// An executor that was done before it saw that its time, or the run's, was over has done
// it; and what it did is kept though the run's context has ended.
func TestDoneIsDone(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=automated|kubectl get pods"), Request{Timeout: time.Millisecond}), ExecutorFunc(func(ctx context.Context, _ Call) (Outcome, error) {
		<-ctx.Done()
		return Outcome{}, nil
	}))
	if r := w.run(); r.Steps[0].State != Done {
		t.Errorf("behind its time: got %s, want done", r.Steps[0].State)
	}
	w = newWorld(t, plan(t, steps("name=a mode=automated timeout=1h|kubectl get pods", "name=b mode=automated timeout=1h|kubectl get pods"), Request{}), nil)
	ctx, cancel := context.WithCancel(context.Background())
	w.o.Executor = ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		cancel()
		return Outcome{}, nil
	})
	w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return w.sink.Append(ctx, r)
	})
	r, err := Run(ctx, w.plan, w.o)
	if !errors.Is(err, context.Canceled) || r.Steps[0].State != Done || r.Steps[1].State != Pending {
		t.Errorf("got %v\n%s", err, story(r.Records))
	}
}

// A run that goes on without an Executor starts nothing, wherever it stands.
func TestWithoutAnExecutorNothingStarts(t *testing.T) {
	text := steps("name=a mode=automated timeout=1m idempotent=true retry=3 pause=1m|kubectl get pods")
	// A person has said go, and the machine is taken away.
	w := newWorld(t, plan(t, steps("name=a mode=assisted timeout=1m|kubectl get pods"), Request{}), ok)
	r := w.run()
	w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
		if r.Event == Started {
			return errors.New("cut off")
		}
		return w.sink.Append(ctx, r)
	})
	if _, err := w.try(say(r, "per", SayGo)); err == nil {
		t.Fatal("not cut off")
	}
	w.o.Sink, w.o.Executor = nil, nil
	wants(t, "go", last(w.run(), 4), "per answered a handed>ready\notto resumed\notto expired a ready>pending\notto handed-over a pending>handed")

	for _, c := range []struct {
		name string
		lost Event // the first record of it is not kept
		want string
	}{
		{"not begun", Started, "otto began\notto resumed\notto handed-over a pending>handed"},
		{"cut off", Finished, "otto resumed\notto lost a running>unknown"},
		{"failed", Started, "otto finished a running>failed\notto resumed\notto ended failed"},
	} {
		w := newWorld(t, plan(t, text, Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) { return Outcome{Failed: true}, nil }))
		skip := 0
		if c.name == "failed" {
			skip = 1
		}
		w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
			if r.Event == c.lost {
				if skip--; skip < 0 {
					return errors.New("cut off")
				}
			}
			return w.sink.Append(ctx, r)
		})
		if _, err := w.try(); err == nil {
			t.Fatalf("%s: not cut off", c.name)
		}
		w.o.Sink, w.o.Executor = nil, nil
		clock := newClock()
		w.o.Clock = clock
		r := w.run()
		wants(t, c.name, last(r, 1+strings.Count(c.want, "\n")), c.want)
		if len(clock.waits) != 0 {
			t.Errorf("%s: waits %v for an attempt that nothing makes", c.name, clock.waits)
		}
		if c.name == "cut off" && r.Waiting.Need != NeedWord {
			t.Errorf("%s: waits for %s", c.name, r.Waiting.Need)
		}
		for _, s := range r.Steps {
			if s.State == Running || s.State == Done && s.Mode != runbook.Manual {
				t.Errorf("%s: %+v", c.name, s)
			}
		}
	}
}

// An attempt has its own time and no more than is left of the run's.
func TestTheTimeOfAnAttempt(t *testing.T) {
	for _, c := range []struct {
		step, run, gone time.Duration // gone of the run when the attempt begins
		want            time.Duration // 0: no limit
	}{
		{0, 0, 0, 0},
		{2 * time.Hour, 0, 0, 2 * time.Hour},
		{2 * time.Hour, 24 * time.Hour, time.Hour, 2 * time.Hour},
		{2 * time.Hour, 24 * time.Hour, 23 * time.Hour, time.Hour},
		{0, 24 * time.Hour, 20 * time.Hour, 4 * time.Hour},
	} {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		var got time.Duration
		w := newWorld(t, plan(t, steps("name=wait|ls", "name=a mode=automated|kubectl get pods"), Request{Timeout: c.step, RunTimeout: c.run}), ExecutorFunc(func(ctx context.Context, _ Call) (Outcome, error) {
			if at, limited := ctx.Deadline(); limited {
				got = time.Until(at).Round(30 * time.Minute) // of the machine's clock
			}
			return Outcome{}, nil
		}))
		w.o.Clock = ClockFunc(func() time.Time { return now })
		r := w.run()
		now = now.Add(c.gone)
		if r = w.run(say(r, "per", SayDone)); got != c.want || r.Status != StatusDone {
			t.Errorf("%v of a step, %v of a run, %v gone: got %v and %s, want %v", c.step, c.run, c.gone, got, r.Status, c.want)
		}
	}
	// A run's time is over when all of it is gone, counted from its first record, whoever
	// goes on with it and however often.
	for _, c := range []struct {
		gone time.Duration
		want Status
	}{{time.Hour - 1, StatusDone}, {time.Hour, StatusAborted}} {
		now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		w := newWorld(t, plan(t, steps("name=a|ls", "name=b|ls"), Request{RunTimeout: time.Hour}), nil)
		w.o.Clock = ClockFunc(func() time.Time { return now })
		r := w.run()
		now = now.Add(time.Minute)
		r = w.run(say(r, "per", SayDone))
		now = now.Add(c.gone - time.Minute)
		if r = w.run(say(r, "per", SayDone)); r.Status != c.want {
			t.Errorf("%v gone: got %s, want %s", c.gone, r.Status, c.want)
		}
	}
	// What begins in the run's last moment, by a clock that has moved on since, has hardly any time.
	now, n := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), 0
	w := newWorld(t, plan(t, steps("name=a mode=automated|kubectl get pods"), Request{RunTimeout: time.Hour}), ExecutorFunc(func(ctx context.Context, _ Call) (Outcome, error) {
		n++
		if _, limited := ctx.Deadline(); !limited {
			t.Error("no limit")
			return Outcome{}, nil
		}
		<-ctx.Done()
		return Outcome{}, ctx.Err()
	}))
	w.o.Clock = ClockFunc(func() time.Time { return now })
	w.o.Sink = SinkFunc(func(ctx context.Context, r Record) error {
		if r.Event == Started {
			now = now.Add(time.Hour)
		}
		return w.sink.Append(ctx, r)
	})
	if r := w.run(); r.Steps[0].State != TimedOut || n != 1 {
		t.Errorf("got %+v", r.Steps[0])
	}
}

// Whoever has run any part of it does not agree to a later one, however many came after.
func TestNobodyWhoHasRunItAgrees(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a|ls", "name=b|ls", `name=c mode=automated timeout=1m approve=1|kubectl delete pod x`), Request{}), ok)
	r := w.run()
	w.o.Actor.Name = "olga"
	r = w.run(say(r, "per", SayDone))
	w.o.Actor.Name = "zoe"
	w.o.Approver = agrees("otto", "OLGA", "zoe", "rita")
	r = w.run(say(r, "per", SayDone))
	if r.Steps[2].State != Awaiting || len(r.Declined) != 4 {
		t.Errorf("got %+v, declined %q", r.Steps[2], r.Declined)
	}
}

// A log with right digests throughout that no run can have written is refused.
func TestLogsThatNoRunHasWritten(t *testing.T) {
	p := plan(t, steps("name=a mode=automated timeout=1m approve=1|kubectl delete pod x"), Request{})
	began := Record{Event: Began, Plan: p.Digest()}
	asked := Record{Event: Asked, Step: "a", After: Awaiting}
	for _, c := range []struct {
		records []Record
		want    string
	}{
		{[]Record{began, asked}, "<nil>"},
		{[]Record{asked}, "line 1: the first record, and no other, is that of the beginning"},
		{[]Record{began, began}, "line 2: the first record, and no other, is that of the beginning"},
		{[]Record{{Event: Began, Plan: "another"}}, "line 1: it is of another plan"},
		{[]Record{began, {Event: Resumed, Plan: "another"}}, "line 2: it is of another plan"},
		{[]Record{began, {Event: Ended}}, "line 2: it ends nothing"},
		{[]Record{began, {Event: Ended, Status: StatusDone}, asked}, "line 3: the run has ended before"},
		{[]Record{began, {Event: Asked, Step: "b", After: Awaiting}}, `line 2: the plan has no step "b"`},
		{[]Record{began, asked, asked}, "line 3: a step that is awaiting-approval does not go from pending to awaiting-approval because it has asked"},
		{[]Record{began, {Event: Agreed, Step: "a", After: Approved}}, "line 2: a step that is pending does not go from pending to approved because it has agreed"},
		{[]Record{began, asked, {Event: Started, Step: "a", Before: Awaiting, After: Running}}, "line 3: a step that is awaiting-approval does not go from awaiting-approval to running because it has started"},
	} {
		previous := ""
		for i := range c.records {
			r := &c.records[i]
			r.Seq, r.Run, r.Actor, r.Previous = i+1, "r1", "otto", previous
			r.Time = time.Date(2026, 11, 23, 9, 0, i, 0, time.UTC)
			previous = r.Digest()
		}
		w := newWorld(t, p, nil)
		w.o.Sink, w.o.Log, w.o.Head = &Memory{last: c.records[len(c.records)-1], head: previous}, AppendLog(nil, c.records...), previous
		_, err := Run(context.Background(), p, w.o)
		got := strings.TrimPrefix(errorText(err), "no unbroken log: ")
		wants(t, story(c.records), got, c.want)
	}
}

func errorText(err error) string {
	if err == nil {
		return "<nil>"
	}
	return err.Error()
}

// Memory keeps what follows and nothing else.
func TestMemoryRefuses(t *testing.T) {
	var m Memory
	first := Record{Seq: 1, Run: "r"}
	if err := m.Append(context.Background(), first); err != nil {
		t.Fatal(err)
	}
	for _, r := range []Record{
		first,
		{Seq: 1, Run: "r", Previous: first.Digest()},
		{Seq: 3, Run: "r", Previous: first.Digest()},
		{Seq: 2, Run: "r"},
		{Seq: 2, Run: "other", Previous: first.Digest()},
		{Seq: 2, Run: "r", Previous: first.Digest(), After: 99},
	} {
		if err := m.Append(context.Background(), r); err == nil || m.Head() != first.Digest() {
			t.Errorf("%+v is kept", r)
		}
	}
}
