// Package run carries out a runbook under guard: a plan that shows what will be done
// before anything is, steps that climb from a person's hands to the machine's, approvals
// that nobody gives to himself, and a log that tells what happened and cannot be changed
// unnoticed.
//
// By default nothing is done by a machine: each step is handed to a person who says when
// it is done. An Executor takes over the steps that the runbook declares assisted or
// automated, one by one, and Share tells how many. A process is started only where a
// caller names Exec or brings an Executor of its own.
//
// Values of alerts come from whoever can name a pod. They reach a command as an argument
// or as an environment variable that the script reads in quotes, never as part of a text
// that a shell reads; where that cannot be guaranteed (single quotes, here-documents,
// arithmetic, a second interpreter such as sh -c or ssh) a person does the step, and the
// plan says why. What a program does with its arguments is beyond this package's sight:
// values that begin with a hyphen are refused where they would be an option, and the
// input's declaration in the runbook (type, allowed) is the place to say what else is
// wanted.
//
// The log is append-only: each record holds the digest of the one before. Whoever can
// write the log can still cut off its end or write it anew, and nothing within it shows
// that: Verify therefore takes the digest of the last record, which the caller keeps
// elsewhere. A step is recorded before it begins. A run that is cut off in between
// resumes from its log with nothing done twice: a step that may have happened is begun
// again only if it is declared idempotent, and otherwise a person is asked.
//
// Secrets are no part of a plan; their values are given to Run, and whatever is logged is
// redacted of them and of what looks like a credential (Redact says what that cannot
// find).
//
// What cannot be is an *Error that names everything wrong at once, or a *LogError; what
// is valid but weak is a Finding in Plan.Warnings. Deliberately absent are branches
// (a decision is a manual step), steps in parallel, and who people are: names, roles and
// scopes are strings and numbers that the caller vouches for. Run uses one goroutine, its
// caller's; all values but Memory are plain and safe for concurrent reads.
//
//	plan, err := run.Prepare(book, run.Request{Requester: "ana", Labels: alert.Labels})
//	post(plan.Markdown())
//	options := run.Options{Run: "2026-11-23-1", Actor: run.Actor{Name: "ana", Roles: []string{"oncall"}},
//		Executor: run.Exec{Programs: []string{"kubectl"}}, Approver: chat, Clock: run.ClockFunc(time.Now), Sink: table}
//	report, err := run.Run(ctx, plan, options)
//	post(report.Waiting.Reason)
//	options.Log, options.Head = table.Log(), report.Head
//	options.Answers = []run.Answer{{Request: report.Waiting.Request, By: ben, Word: run.SayDone}}
//	report, err = run.Run(ctx, plan, options)
//	records, err := run.Verify(table.Log(), report.Head)
//	executions := run.Tally(records)
package run
