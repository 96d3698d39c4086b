// Command oncall tells who is on call by the schedule of a spec: at an instant,
// over a window, or as a calendar.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/srekit/ownership/examples/internal/points"
)

func main() { os.Exit(run(os.Args[1:], time.Now(), os.Stdout, os.Stderr)) }

const usage = "usage: oncall [-service NAME] [-at TIME] [-from TIME -to TIME] [-ics [-person NAME] [-layer NAME]] SPEC"

// settings is what the flags say.
type settings struct {
	at, from, to           time.Time
	ics                    bool
	service, person, layer string
}

func run(args []string, now time.Time, stdout, stderr io.Writer) int {
	var o settings
	flags := flag.NewFlagSet("oncall", flag.ContinueOnError)
	flags.SetOutput(stderr)
	instant := func(t *time.Time) func(string) error {
		return func(s string) (err error) {
			*t, err = points.ParseTime(s)
			return err
		}
	}
	flags.Func("at", "`instant` to tell who is on call at, RFC 3339 or Unix seconds (default: now)", instant(&o.at))
	flags.Func("from", "`instant` at which the window begins", instant(&o.from))
	flags.Func("to", "`instant` at which the window ends, exclusive", instant(&o.to))
	flags.BoolVar(&o.ics, "ics", false, "print an iCalendar file, of the window or of the year from now on")
	flags.StringVar(&o.service, "service", "", "`name` of the service, where the spec holds several")
	flags.StringVar(&o.person, "person", "", "`name` of the one person whose calendar it is")
	flags.StringVar(&o.layer, "layer", "", "`name` of the one layer whose calendar it is")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	window := !o.from.IsZero()
	if flags.NArg() != 1 || window != !o.to.IsZero() || window && !o.ics && !o.at.IsZero() || !o.ics && o.person+o.layer != "" {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	if o.at.IsZero() {
		o.at = now
	}
	out, err := answer(o, window, flags.Arg(0))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprint(stdout, out)
	return 0
}
