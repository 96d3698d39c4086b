package run_test

import (
	"context"
	"fmt"
	"time"

	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
)

// From a runbook and an alert to a plan, approvals, a run that waits for people and goes
// on from its log, and what the log is worth afterwards. The executor here only prints;
// run.Exec{} would start the commands.
func Example() {
	ctx := context.Background()
	book := runbook.Parse("auth/pod-stuck.md", []byte("# Pod stuck\n\n"+
		"## Diagnosis\n\n"+
		"```sh {name=look mode=automated timeout=10s idempotent=true}\nkubectl -n <namespace> get pod <pod>\n```\n\n"+
		"## Mitigation\n\n"+
		"```sh {name=delete mode=automated timeout=1m approve=1 role=oncall}\nkubectl -n <namespace> delete pod <pod>\n```\n\n"+
		"```sh {name=tell}\necho \"deleted <pod>\" | wall\n```\n"), runbook.Options{})

	plan, err := run.Prepare(book, run.Request{
		Requester: "rita",
		Labels:    map[string]string{"namespace": "auth", "pod": "auth-7; reboot"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range plan.Steps() {
		fmt.Printf("%s (%s, risk %s): %q%s\n", s.ID, s.Mode, s.Risk, s.Command.Args, s.Command.Script)
	}

	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var sink run.Memory
	options := run.Options{
		Run:   "2026-11-23-1",
		Actor: run.Actor{Name: "otto", Roles: []string{"oncall"}},
		Executor: run.ExecutorFunc(func(_ context.Context, c run.Call) (run.Outcome, error) {
			return run.Outcome{Output: c.Step.ID + " went well"}, nil
		}),
		Clock: run.ClockFunc(func() time.Time { now = now.Add(time.Second); return now }),
		Sink:  &sink,
	}
	report, err := run.Run(ctx, plan, options)
	fmt.Println(report.Status, report.Waiting.Need, report.Waiting.Step, err)

	// Somebody agrees in the chat; the next call, perhaps of another process, goes on.
	options.Log, options.Head = sink.Log(), report.Head
	options.Approver = run.Votes{{Request: report.Waiting.Request, By: "ana", Allow: true}}
	report, err = run.Run(ctx, plan, options)
	fmt.Println(report.Status, report.Waiting.Need, report.Waiting.Step, err)

	options.Log, options.Head = sink.Log(), report.Head
	options.Answers = []run.Answer{{Request: report.Waiting.Request, By: run.Actor{Name: "ben"}, Word: run.SayDone, Took: time.Minute}}
	report, err = run.Run(ctx, plan, options)
	fmt.Println(report.Status, err)

	records, err := run.Verify(sink.Log(), report.Head)
	fmt.Println(len(records), "records,", err)
	_, err = run.Verify(sink.Log()[:400], report.Head)
	fmt.Println(err)
	for _, e := range run.Tally(records) {
		fmt.Printf("%s: %+v, by hand %v\n", e.Step, e.Done, e.ByHand)
	}
	fmt.Printf("automated: %.0f %%\n", 100*report.Share().Ratio())
	// Output:
	// look (automated, risk reads): ["kubectl" "-n" "auth" "get" "pod" "auth-7; reboot"]
	// delete (automated, risk destroys): ["kubectl" "-n" "auth" "delete" "pod" "auth-7; reboot"]
	// tell (manual, risk unknown): []echo "deleted ${IN_pod}" | wall
	// open approval delete <nil>
	// open person tell <nil>
	// done <nil>
	// 12 records, <nil>
	// no unbroken log: line 2: the line was not finished
	// delete: {Manual:0 Assisted:0 Automated:1}, by hand 0s
	// look: {Manual:0 Assisted:0 Automated:1}, by hand 0s
	// tell: {Manual:1 Assisted:0 Automated:0}, by hand 1m0s
	// automated: 67 %
}

// Values of an alert in a script: the shell reads them from its environment.
func ExampleExec() {
	book := runbook.Parse("disk.md", []byte("## Diagnosis\n\n```sh {name=show mode=automated timeout=10s}\nprintf '%s\\n' \"disk of <node>\" | tr a-z A-Z\n```\n"), runbook.Options{})
	plan, err := run.Prepare(book, run.Request{Requester: "rita", Labels: map[string]string{"node": "n1"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	command := plan.Steps()[0].Command
	fmt.Println(command)
	outcome, err := run.Exec{Programs: []string{"sh"}}.Execute(context.Background(), run.Call{Command: command})
	fmt.Print(outcome.Output, err, "\n")
	// Output:
	// IN_node=n1
	// printf '%s\n' "disk of ${IN_node}" | tr a-z A-Z
	// DISK OF N1
	// <nil>
}
