// Command gallery writes one page with every kind of picture that the module
// draws: each kind of chart at the widths of a telephone and of a desk, and
// what SVG methods of the packages return, with the data of an ordinary month,
// one point, 100,000 points, gaps, long names and hostile names.
//
//	go run ./internal/gallery -out gallery.html
//	go run ./internal/gallery -services services.html   the review of 200 services
//
// The page follows the scheme of the reader's browser, light or dark, and asks
// for nothing from outside.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gallery", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "gallery.html", "the file to write")
	single := flags.String("single", "", "a directory to write every picture to as well, each as a file of its own")
	services := flags.String("services", "", "write the review of 200 made-up services to this file instead")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: gallery [-out FILE] [-single DIR] [-services FILE]")
		return 2
	}
	if *services != "" {
		page, err := servicesPage(context.Background(), 200, time.Date(2026, time.April, 9, 0, 0, 0, 0, time.UTC))
		if err == nil {
			err = os.WriteFile(*services, []byte(page), 0o644)
		}
		if err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		fmt.Fprintf(stdout, "%s: %.1f MB\n", *services, float64(len(page))/1e6)
		return 0
	}
	all := drawAll(context.Background())
	if *single != "" {
		if err := all.files(*single); err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
	}
	page := all.page()
	if err := os.WriteFile(*out, []byte(page), 0o644); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	n := 0
	for _, m := range all {
		n += len(m.pictures)
	}
	fmt.Fprintf(stdout, "%s: %d pictures, %.1f MB\n", *out, n, float64(len(page))/1e6)
	return 0
}
