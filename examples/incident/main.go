// Command incident says who must be in the room: it reads a catalog and what
// alerts, and prints how far the incident goes, what it most likely stems from,
// who takes which role and why, who is called next, what it costs, and where the
// runbooks are.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/examples/internal/points"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

const usage = "usage: incident [-at TIME] [-markdown | -svg] CATALOG < ALERTS"

// settings is what the flags say.
type settings struct {
	at            time.Time
	markdown, svg bool
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var o settings
	flags := flag.NewFlagSet("incident", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("at", "`instant` that is asked about, RFC 3339 or Unix seconds (default: the start of the latest alert)", func(s string) (err error) {
		o.at, err = points.ParseTime(s)
		return err
	})
	flags.BoolVar(&o.markdown, "markdown", false, "print a page for people instead of JSON")
	flags.BoolVar(&o.svg, "svg", false, "print a picture of the dependencies instead of JSON")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() != 1 || o.markdown && o.svg {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	out, err := answer(o, flags.Arg(0), stdin)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprint(stdout, out)
	return 0
}

// answer is what is printed.
func answer(o settings, folder string, stdin io.Reader) (string, error) {
	in, opt, err := read(stdin)
	if err != nil {
		return "", err
	}
	if !o.at.IsZero() {
		in.At = o.at
	}
	if info, err := os.Stat(folder); err != nil {
		return "", err
	} else if !info.IsDir() {
		return "", fmt.Errorf("%s: it is no folder; give the one that holds the catalog", folder)
	}
	catalog, err := ownership.ReadCatalog(os.DirFS(folder), ownership.CatalogOptions{})
	if err != nil {
		return "", err
	}
	report, err := catalog.Incident(in, opt)
	switch {
	case err != nil:
		return "", err
	case o.markdown:
		return report.Markdown(), nil
	case o.svg:
		return report.SVG(), nil
	}
	data, err := json.MarshalIndent(report, "", "  ")
	return string(data) + "\n", err
}
