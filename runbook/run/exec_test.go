package run

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestExec(t *testing.T) {
	dir := shellDir(t)
	t.Setenv("LEAKED", "yes")
	for _, c := range []struct {
		name    string
		exec    Exec
		command Command
		want    Outcome
		err     string
	}{
		{"arguments", Exec{}, Command{Args: []string{"./say", "a b", "$(c)"}}, Outcome{Output: "a b\n$(c)\n"}, ""},
		{"script", Exec{}, Command{Shell: "sh", Script: `./say "${IN_a}"; echo $0`, Env: []Variable{{Name: "IN_a", Value: "x  y"}}}, Outcome{Output: "x  y\nrunbook\n"}, ""},
		{"fails", Exec{}, Command{Shell: "sh", Script: "echo no >&2; exit 3"}, Outcome{Failed: true, ExitCode: 3, Output: "no\n"}, ""},
		{"the first failure ends it", Exec{}, Command{Shell: "sh", Script: "false\necho on"}, Outcome{Failed: true, ExitCode: 1}, ""},
		{"no environment of its own", Exec{Env: []string{"GIVEN=1"}}, Command{Shell: "sh", Script: `echo ${LEAKED:-} ${GIVEN:-}`}, Outcome{Output: "1\n"}, ""},
		{"cut", Exec{MaxOutput: 3}, Command{Args: []string{"./say", "abcdef"}}, Outcome{Output: "abc", Truncated: true}, ""},
		{"no such program", Exec{}, Command{Args: []string{"./none"}}, Outcome{Failed: true}, `starting "./none": fork/exec ./none: no such file or directory`},
		{"not allowed", Exec{Programs: []string{"kubectl"}}, Command{Args: []string{"./say"}}, Outcome{}, `the program is not allowed: "./say"`},
		{"shell not allowed", Exec{Programs: []string{"kubectl"}}, Command{Shell: "sh", Script: "kubectl"}, Outcome{}, `the program is not allowed: "sh"`},
		{"allowed", Exec{Programs: []string{"./say"}}, Command{Args: []string{"./say"}}, Outcome{}, ""},
		{"a query", Exec{}, Command{Language: "promql", Script: "up"}, Outcome{}, `a step in "promql" is no command for a process`},
	} {
		c.exec.Dir = dir
		got, err := c.exec.Execute(context.Background(), Call{Command: c.command})
		if got != c.want || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: got %+v, %v\nwant %+v, %s", c.name, got, err, c.want, c.err)
		}
	}
	if _, err := (Exec{Programs: []string{"x"}}).Execute(context.Background(), Call{Command: Command{Args: []string{"y"}}}); !errors.Is(err, ErrProgram) {
		t.Errorf("got %v", err)
	}
	out, err := Exec{Dir: dir}.Execute(context.Background(), Call{Command: Command{Shell: "sh", Script: `echo a; echo "$MISSING"; echo b`}})
	if err != nil || !out.Failed || strings.Contains(out.Output, "b\n") {
		t.Errorf("a variable without a value: got %+v, %v", out, err)
	}
}

// When the time is over, what the process has started ends as well.
func TestExecEndsItsGroup(t *testing.T) {
	dir := shellDir(t)
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	out, err := Exec{Dir: dir}.Execute(ctx, Call{Command: Command{Shell: "sh", Script: "(while [ ! -e go ]; do sleep 0.05; done; echo late > late) & wait"}})
	if !out.Failed || ctx.Err() == nil {
		t.Errorf("got %+v, %v", out, err)
	}
	if err := os.WriteFile(dir+"/go", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if _, err := os.Stat(dir + "/late"); err == nil {
		t.Error("what the shell had started went on")
	}
}
