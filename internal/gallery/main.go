// Command gallery writes one page with every kind of picture that the module
// draws: each kind of chart at the widths of a telephone and of a desk, and
// what SVG methods of the packages return, with the data of an ordinary month,
// one point, 100,000 points, gaps, long names and hostile names.
//
//	go run ./internal/gallery -out gallery.html
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
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("gallery", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "gallery.html", "the file to write")
	single := flags.String("single", "", "a directory to write every picture to as well, each as a file of its own")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: gallery [-out FILE] [-single DIR]")
		return 2
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
