package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// Exec is an Executor that starts processes on this machine. Nothing in this package
// uses it by itself: a caller has to name it in Options.
//
// A command with Args is started as it is, without a shell. A Script goes to its Shell,
// with -e -u so that its first failing command and its first variable without a value end
// it, and with the values of its inputs in the environment. Other languages are an error. Standard input is empty; standard output
// and error come out together. When the step's time is over the process is killed, on
// Unix with all of its group.
//
// The zero value runs every program. It may be used concurrently.
type Exec struct {
	// Programs are the names or paths that Args may begin with and the shells that may
	// read a Script, as the plan has them; empty allows all.
	Programs []string

	// Env is the environment beside the inputs, as NAME=value. Nothing of this process's
	// own environment is passed on; an empty PATH is given as /usr/local/bin:/usr/bin:/bin.
	Env []string

	// Dir is where processes start; empty is where this process is.
	Dir string

	// MaxOutput is how many bytes of output are read; the rest is dropped. 0 is 1 MiB.
	MaxOutput int
}

// ErrProgram is the error of a program that an Exec does not allow.
var ErrProgram = errors.New("the program is not allowed")

// Execute starts the command and waits for it. A program that ends with another exit
// status than 0 is a failed Outcome; one that cannot be started is an error.
func (e Exec) Execute(ctx context.Context, call Call) (Outcome, error) {
	c := call.Command
	var args []string
	switch {
	case len(c.Args) > 0:
		args = c.Args
	case c.Shell != "" && c.Script != "":
		args = []string{c.Shell, "-eu", "-c", c.Script, "runbook"}
	default:
		return Outcome{}, fmt.Errorf("a step in %q is no command for a process", c.Language)
	}
	if len(e.Programs) > 0 && !slices.Contains(e.Programs, args[0]) {
		return Outcome{}, fmt.Errorf("%w: %q", ErrProgram, args[0])
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = e.Dir
	cmd.Env = append([]string{"PATH=/usr/local/bin:/usr/bin:/bin"}, e.Env...)
	for _, v := range c.Env {
		cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
	}
	out := limited{left: e.MaxOutput}
	if out.left <= 0 {
		out.left = 1 << 20
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second
	group(cmd)
	err := cmd.Run()
	o := Outcome{Output: out.b.String(), Truncated: out.cut}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		o.Failed, o.ExitCode = true, exit.ExitCode() // -1: ended by a signal
	case err != nil:
		o.Failed = true
		return o, fmt.Errorf("starting %q: %w", args[0], err)
	}
	return o, nil
}

// limited keeps the beginning of what is written to it.
type limited struct {
	b    bytes.Buffer
	left int
	cut  bool
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.b.Write(p[:n])
	l.left -= n
	l.cut = l.cut || n < len(p)
	return len(p), nil
}
