package run

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// killed is what stops a process in the tests: nothing behind it is done.
type killed struct{}

// crashWorld counts what really happens to the world, whatever the log says.
type crashWorld struct {
	sink    Memory
	clock   *clock
	effects map[string]int
	passed  int   // points since the last kill
	kills   []int // after how many points the process is killed next
}

// point is a place where the process may be killed.
func (w *crashWorld) point() {
	if len(w.kills) > 0 && w.passed == w.kills[0] {
		w.kills = w.kills[1:]
		w.passed = 0
		panic(killed{})
	}
	w.passed++
}

// Append is killed before or after the record is kept.
func (w *crashWorld) Append(ctx context.Context, r Record) error {
	w.point()
	if err := w.sink.Append(ctx, r); err != nil {
		return err
	}
	w.point()
	return nil
}

// Execute is killed before or after the step has its effect. The flaky step fails at its
// first attempt.
func (w *crashWorld) Execute(_ context.Context, c Call) (Outcome, error) {
	w.point()
	w.effects[c.Step.ID]++
	n := w.effects[c.Step.ID]
	w.point()
	return Outcome{Failed: c.Step.ID == "flaky" && n == 1, Output: "out"}, nil
}

func (w *crashWorld) Approve(_ context.Context, q Question) ([]Vote, error) {
	w.point()
	return []Vote{{Request: q.Request, By: "ana", Allow: true}, {Request: q.Request, By: "ANA ", Allow: true}, {Request: q.Request, By: "ben", Allow: true}}, nil
}

// life is one process: it runs until it ends, waits, or is killed.
func (w *crashWorld) life(p Plan, answers []Answer) (report Report, dead bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(killed); !ok {
				panic(r)
			}
			dead = true
		}
	}()
	report, err = Run(context.Background(), p, Options{
		Run: "r", Actor: Actor{Name: "otto", Roles: []string{"op"}}, Executor: w, Approver: w, Clock: w.clock, Sink: w,
		Log: w.sink.Log(), Head: w.sink.Head(), Answers: answers,
	})
	return report, false, err
}

const crashBook = `## Mitigation

~~~bash {name=plain mode=automated timeout=1m}
kubectl delete pod a
~~~

~~~bash {name=guarded mode=automated approve=2 timeout=1m}
kubectl delete pod b
~~~

~~~bash {name=flaky mode=automated idempotent=true retry=2 pause=1s timeout=1m}
kubectl get pods
~~~

~~~bash {name=helped mode=assisted timeout=1m}
kubectl delete pod c
~~~

~~~bash {name=hand}
kubectl delete pod d
~~~
`

// live runs a plan through the given kills to its end and returns how many points there
// were in the last life. A person who is asked what became of a step looks at the world.
func live(t *testing.T, p Plan, kills ...int) (points int) {
	w := &crashWorld{clock: newClock(), effects: make(map[string]int), kills: kills}
	name := fmt.Sprint(kills)
	asked := make(map[string]int)
	var answers []Answer
	for life := 0; ; life++ {
		if life > 40 {
			t.Fatalf("kills %s: the run does not end", name)
		}
		r, dead, err := w.life(p, answers)
		if dead {
			continue // the answers that were sent are sent again
		}
		if err != nil {
			t.Fatalf("kills %s: %v", name, err)
		}
		if r.Status != StatusOpen {
			if r.Status != StatusDone {
				t.Fatalf("kills %s: ended %s\n%s", name, r.Status, story(r.Records))
			}
			for _, s := range r.Steps {
				if s.State != Done {
					t.Errorf("kills %s: %s is %s", name, s.Step, s.State)
				}
			}
			for _, id := range []string{"plain", "guarded", "helped", "hand"} {
				if w.effects[id] != 1 {
					t.Errorf("kills %s: %s was done %d times\n%s", name, id, w.effects[id], story(r.Records))
				}
			}
			if n := w.effects["flaky"]; n < 2 || n > 2+len(kills) {
				t.Errorf("kills %s: flaky was done %d times", name, n)
			}
			if _, err := Verify(w.sink.Log(), r.Head); err != nil {
				t.Errorf("kills %s: %v", name, err)
			}
			return w.passed
		}
		a := Answer{Request: r.Waiting.Request, By: Actor{Name: "per"}}
		switch r.Waiting.Need {
		case NeedGo:
			a.Word = SayGo
		case NeedPerson:
			if asked[a.Request]++; asked[a.Request] == 1 {
				w.effects[r.Waiting.Step]++ // the person does it
			}
			a.Word = SayDone
		case NeedWord:
			a.Word = SayAgain
			if w.effects[r.Waiting.Step] > 0 {
				a.Word = SayDone
			}
		default:
			t.Fatalf("kills %s: waits for %s", name, r.Waiting.Need)
		}
		answers = append(answers, a) // old ones are sent as well
	}
}

// A run that is killed at any point, before and after each record and each effect, and at
// every third point after that, resumes with nothing done twice and nothing left out.
func TestKilledAnywhereNothingIsDoneTwice(t *testing.T) {
	p := plan(t, crashBook, Request{})
	runs := 1
	points := live(t, p)
	if points < 40 {
		t.Fatalf("got %d points, want at least 40", points)
	}
	for first := range points {
		live(t, p, first)
		stride := 3
		if testing.Short() {
			stride = 29
		}
		for second := first % stride; second < points-first; second += stride {
			live(t, p, first, second)
			runs++
		}
	}
	t.Logf("%d points, %d runs with two kills", points, runs)
}

// The step that was cut off is not begun again before somebody has said so, and says so
// in the log.
func TestCutOffAsks(t *testing.T) {
	p := plan(t, crashBook, Request{})
	w := &crashWorld{clock: newClock(), effects: make(map[string]int), kills: []int{5}} // within the first effect
	if _, dead, _ := w.life(p, nil); !dead {
		t.Fatal("not killed")
	}
	r, _, err := w.life(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "otto began\notto started plain pending>running\notto resumed\notto lost plain running>unknown"
	if got := story(r.Records); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if r.Waiting == nil || r.Waiting.Need != NeedWord || w.effects["plain"] != 1 {
		t.Errorf("waiting %+v, effects %v", r.Waiting, w.effects)
	}
}

// An old answer does not start anything: it names the moment when it was asked for.
func TestAnOldAnswerIsNotTakenAgain(t *testing.T) {
	p := plan(t, "## Mitigation\n\n~~~bash {name=a mode=automated timeout=1m}\nkubectl delete pod a\n~~~\n", Request{})
	w := &crashWorld{clock: newClock(), effects: make(map[string]int), kills: []int{4}} // before the effect
	w.life(p, nil)
	r, _, _ := w.life(p, nil)
	again := []Answer{say(r, "per", SayAgain)}
	w.kills, w.passed = []int{7}, 0 // behind the effect of the second attempt
	if _, dead, _ := w.life(p, again); !dead {
		t.Fatal("not killed")
	}
	r, _, err := w.life(p, again)
	if err != nil || r.Waiting == nil || r.Waiting.Need != NeedWord || w.effects["a"] != 1 {
		t.Errorf("err %v, waiting %+v, effects %v\n%s", err, r.Waiting, w.effects, story(r.Records))
	}
}

// Two processes that go on from the same log: the Sink lets one of them.
func TestTwoProcessesOneStep(t *testing.T) {
	p := plan(t, crashBook, Request{})
	effects := 0
	var sink Memory
	var inner error
	o := Options{Run: "r", Actor: Actor{Name: "otto"}, Clock: newClock(), Sink: &sink}
	o.Executor = ExecutorFunc(func(ctx context.Context, c Call) (Outcome, error) {
		effects++
		other := o // it has read the log before the first one began
		_, inner = Run(ctx, p, other)
		return Outcome{}, errors.New("stop here")
	})
	r, err := Run(context.Background(), p, o)
	if err != nil || r.Status != StatusFailed || effects != 1 {
		t.Errorf("err %v, status %s, effects %d", err, r.Status, effects)
	}
	want := `record 1 was not kept: record 1 of "r" follows another record than the last, 2`
	if inner == nil || inner.Error() != want {
		t.Errorf("the second process: got %v, want %s", inner, want)
	}
}
