// Command rules prints the Prometheus rules of service-ownership specs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/slo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("rules", flag.ContinueOnError)
	flags.SetOutput(stderr)
	window := slo.DefaultWindow()
	flags.TextVar(&window, "window", window, "`window` of objectives that name none")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() == 0 {
		fmt.Fprintln(stderr, "usage: rules [-window 30d] SPEC...")
		return 2
	}
	var catalog ownership.Catalog
	failed := false
	for _, name := range flags.Args() {
		data, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(stderr, err)
			failed = true
			continue
		}
		service, err := ownership.Read(name, data)
		if err != nil {
			fmt.Fprintln(stderr, err)
			failed = true
			continue
		}
		for i, r := range service.Responsibilities {
			if r.Objective.Window.IsZero() {
				service.Responsibilities[i].Objective.Window = window
			}
		}
		for _, f := range service.Findings {
			fmt.Fprintln(stderr, f)
		}
		catalog.Services = append(catalog.Services, service)
	}
	if failed {
		return 1
	}
	artefacts, err := catalog.Compile(ownership.CompileOptions{})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	for _, f := range artefacts.Findings {
		fmt.Fprintln(stderr, f)
	}
	if _, err := artefacts.Rules.WriteTo(stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
