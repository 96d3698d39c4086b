package run

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
)

// clock is a Clock that goes on by a second each time it is read.
type clock struct {
	t     time.Time
	waits []time.Duration
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { c.t = c.t.Add(time.Second); return c.t }

func (c *clock) Wait(ctx context.Context, d time.Duration) error {
	c.waits = append(c.waits, d)
	c.t = c.t.Add(d)
	return ctx.Err()
}

// book parses the Markdown of a runbook; ~~~ stands for a fence of backquotes.
func book(t testing.TB, text string) runbook.Runbook {
	t.Helper()
	b := runbook.Parse("auth/pod-stuck.md", []byte(strings.ReplaceAll(text, "~~~", "```")), runbook.Options{})
	for _, f := range b.Findings {
		if f.Level == "error" {
			t.Fatalf("the test's runbook: %v", f)
		}
	}
	return b
}

func plan(t testing.TB, text string, r Request) Plan {
	t.Helper()
	if r.Requester == "" {
		r.Requester = "rita"
	}
	p, err := Prepare(book(t, text), r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a run that goes on from what its Sink has kept.
type world struct {
	t    *testing.T
	plan Plan
	sink Memory
	o    Options
}

func newWorld(t *testing.T, p Plan, x Executor) *world {
	w := &world{t: t, plan: p}
	w.o = Options{Run: "r1", Actor: Actor{Name: "otto"}, Executor: x, Clock: newClock()}
	return w
}

// run goes on, with answers to what the run waits for.
func (w *world) run(answers ...Answer) Report {
	w.t.Helper()
	r, err := w.try(answers...)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) try(answers ...Answer) (Report, error) {
	o := w.o
	if o.Sink == nil {
		o.Sink = &w.sink
	}
	o.Log, o.Head, o.Answers = w.sink.Log(), w.sink.Head(), answers
	return Run(context.Background(), w.plan, o)
}

// say answers what the report waits for.
func say(r Report, who string, word Word) Answer {
	if r.Waiting == nil {
		return Answer{}
	}
	return Answer{Request: r.Waiting.Request, By: Actor{Name: who}, Word: word}
}

// story is the log in short: who event step before>after.
func story(records []Record) string {
	var lines []string
	for _, r := range records {
		line := r.Actor + " " + r.Event.String()
		if r.Event == Ended {
			line += " " + r.Status.String()
		} else if r.Step != "" {
			line += " " + r.Step + " " + r.Before.String() + ">" + r.After.String()
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

const threeSteps = `# PodStuck

## Diagnosis

~~~bash {name=look mode=automated idempotent=true timeout=10s}
kubectl -n <namespace> get pod <pod>
~~~

## Mitigation

Tell the team.

~~~bash {name=delete mode=automated approve=2 approvers="ana,ben,chi" expiry=10m timeout=1m by-hand=3m}
kubectl -n <namespace> delete pod <pod>
~~~

~~~bash {name=uncordon mode=assisted timeout=1m role=operator scope=2}
kubectl get nodes | grep {{ $labels.node }}
~~~
`

var threeLabels = map[string]string{"namespace": "auth", "pod": "auth-1", "node": "n'1"}
