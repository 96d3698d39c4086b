// Command canarysim measures how often the judges of release/canary are wrong: how
// many harmless releases they roll back, how many harmful ones they miss, and how
// long they take, on simulated rollouts with a look every minute.
//
//	go run ./internal/canarysim -runs 20000
//
// It prints a table with standard errors and exits with 1 if a bar is missed by more
// than two of them. Requests of a minute are drawn as binomial counts, not one by
// one.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("canarysim", flag.ContinueOnError)
	flags.SetOutput(stderr)
	runs := flags.Int("runs", 20000, "simulated rollouts per line")
	seeds := flags.String("seeds", "1,2,3", "seeds, separated by commas")
	only := flags.String("only", "", "lines whose name begins so")
	if err := flags.Parse(args); err == flag.ErrHelp {
		return 0
	} else if err != nil {
		return 2
	}
	var numbers []uint64
	for _, s := range strings.Split(*seeds, ",") {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			fmt.Fprintf(stderr, "seed %q is no number\n", s)
			return 2
		}
		numbers = append(numbers, n)
	}
	if *runs < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: canarysim [-runs N] [-seeds 1,2,3] [-only NAME]")
		return 2
	}
	fmt.Fprintln(stdout, "| scenario | rule | seed | rolled back % | s.e. | median minute | extra failures | bar | held |")
	fmt.Fprintln(stdout, "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")
	missed := 0
	for _, s := range scenarios() {
		if !strings.HasPrefix(s.name, *only) {
			continue
		}
		for _, seed := range numbers {
			for k, got := range s.simulate(*runs, seed) {
				held := s.bars[k].holds(got)
				mark := "yes"
				switch {
				case s.bars[k] == (bar{}):
					mark = ""
				case !held:
					mark = "NO"
					missed++
				}
				fmt.Fprintf(stdout, "| %s | %s | %d | %.2f | %.2f | %s | %s | %v | %s |\n", s.name, s.rules[k], seed, 100*got.share(), 100*got.standardError(), got.medianText(), got.extraText(), s.bars[k], mark)
			}
		}
	}
	if missed > 0 {
		fmt.Fprintf(stderr, "%d bars missed\n", missed)
		return 1
	}
	return 0
}

// outcome is what one rule did in all runs of a scenario.
type outcome struct {
	runs    int
	minutes []int // of rollbacks
	extra   float64
	extras  bool // counted
	squares float64
}

func (o outcome) share() float64 { return float64(len(o.minutes)) / float64(o.runs) }

func (o outcome) standardError() float64 {
	p := o.share()
	return math.Sqrt(p * (1 - p) / float64(o.runs))
}

func (o outcome) median() int {
	if len(o.minutes) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(o.minutes))
	return s[len(s)/2]
}

// halfBy tells whether at least half of the rollbacks came by a minute, less two
// standard errors of their number.
func (o outcome) halfBy(minute int) bool {
	n, by := float64(len(o.minutes)), 0.0
	for _, m := range o.minutes {
		if m <= minute {
			by++
		}
	}
	return by > 0 && by >= n/2-math.Sqrt(n)
}

func (o outcome) medianText() string {
	if len(o.minutes) == 0 {
		return "–"
	}
	return strconv.Itoa(o.median())
}

func (o outcome) extraText() string {
	if !o.extras {
		return ""
	}
	mean, se := o.meanExtra()
	return fmt.Sprintf("%.2f ± %.2f", mean, se)
}

func (o outcome) meanExtra() (mean, standardError float64) {
	n := float64(o.runs)
	mean = o.extra / n
	return mean, math.Sqrt(max(0, o.squares/n-mean*mean) / n)
}

// bar is what a rule must do. Zero fields are no bar.
type bar struct {
	most, least float64 // share rolled back
	median      int     // at most
	extra       float64 // mean extra failures at most
}

// holds tells whether o meets the bar within two standard errors: for the median, that
// so many of the rollbacks come by that minute as could be half of them.
func (b bar) holds(o outcome) bool {
	se := o.standardError()
	mean, meanSE := o.meanExtra()
	return (b.most == 0 || o.share() <= b.most+2*se) && (b.least == 0 || o.share() >= b.least-2*se) &&
		(b.median == 0 || o.halfBy(b.median)) && (b.extra == 0 || mean <= b.extra+2*meanSE)
}

func (b bar) String() string {
	var parts []string
	if b.most > 0 {
		parts = append(parts, fmt.Sprintf("≤ %.4g %%", 100*b.most))
	}
	if b.least > 0 {
		parts = append(parts, fmt.Sprintf("≥ %.4g %%", 100*b.least))
	}
	if b.median > 0 {
		parts = append(parts, fmt.Sprintf("median ≤ %d", b.median))
	}
	if b.extra > 0 {
		parts = append(parts, fmt.Sprintf("extra ≤ %.4g", b.extra))
	}
	return strings.Join(parts, ", ")
}
