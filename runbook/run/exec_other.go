//go:build !unix

package run

import "os/exec"

// group has nothing to do where there are no process groups: the process alone is killed.
func group(*exec.Cmd) {}
