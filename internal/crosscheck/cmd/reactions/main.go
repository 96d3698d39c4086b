// Reactions prints when alerts fire and end on Prometheus' own engine, beside
// the closed form, as a Markdown table.
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/srekit/ownership/internal/crosscheck"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "reactions:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "reactions")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	burns := crosscheck.Burns()
	outcomes, err := crosscheck.RunAll(burns, dir, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	crosscheck.WriteReactions(os.Stdout, burns, outcomes)
	return nil
}
