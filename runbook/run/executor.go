package run

import "context"

// Executor does the assisted and automated steps of a run. Manual steps never reach it.
//
// Execute is called once for each attempt, after the record of its start is in the Sink.
// It should stop soon after ctx is done. An error fails the attempt; where ctx has ended
// as well, it is timed out if the step's time was over, and unknown if the whole run was
// cut off. Run calls from one goroutine.
type Executor interface {
	Execute(ctx context.Context, call Call) (Outcome, error)
}

// ExecutorFunc is a function as an Executor.
type ExecutorFunc func(ctx context.Context, call Call) (Outcome, error)

// Execute calls f.
func (f ExecutorFunc) Execute(ctx context.Context, call Call) (Outcome, error) { return f(ctx, call) }

// Call is one attempt of a step.
type Call struct {
	Run     string // name of the run
	Plan    string // digest of the plan
	Attempt int    // 1-based
	Key     string // digest of the record of the start: another one for each attempt
	Step    Step
	Command Command // that of the step, with the values of its secrets: not to be logged
}

// Outcome is how an attempt ended. The zero value is success without output.
type Outcome struct {
	Failed bool
	// Left tells that the executor has not begun and leaves the step to a person.
	Left      bool
	ExitCode  int
	Output    string // Run redacts it
	Truncated bool   // Output is only the beginning
}
