package crosscheck

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/srekit/ownership/alerting"
)

// RunAll runs burns on as many cores as workers, each with its data in a new
// folder below dir, and returns their outcomes in the same order.
func RunAll(burns []Burn, dir string, workers int) ([]Outcome, error) {
	outcomes, errs := make([]Outcome, len(burns)), make([]error, len(burns))
	slots := make(chan struct{}, workers)
	var wait sync.WaitGroup
	for i := range burns {
		wait.Add(1)
		go func() {
			defer wait.Done()
			slots <- struct{}{}
			defer func() { <-slots }()
			folder, err := os.MkdirTemp(dir, "burn")
			if err == nil {
				outcomes[i], err = burns[i].Run(folder)
				os.RemoveAll(folder)
			}
			errs[i] = err
		}()
	}
	wait.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", burns[i], err)
		}
	}
	return outcomes, nil
}

// String is the burn in one line.
func (b Burn) String() string {
	return fmt.Sprintf("%s: %s %s, %g of requests fail for %s, scraped every %s", b.Name, b.Target, b.Severity, b.ErrorRatio, short(b.Length), short(b.every()))
}

// WriteReactions writes predictions and measurements as a Markdown table. Both
// times are in seconds: from the outage's start to the alert, from its end to
// silence.
func WriteReactions(w io.Writer, burns []Burn, outcomes []Outcome) {
	fmt.Fprintln(w, "| case | objective | alert | errors | for | scrape | alert after: exact | real | steps | silent after: exact | real | steps |")
	fmt.Fprintln(w, "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
	var worst [3]float64
	for i, b := range burns {
		o := outcomes[i]
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |", b.Name, b.Target, b.Severity, percent(b.ErrorRatio), short(b.Length), short(b.every()))
		if !o.Fires && !o.Fired {
			fmt.Fprintln(w, " never | never | | | | |")
			continue
		}
		fmt.Fprintf(w, " %s | %s | %+.1f | %s | %s | %+.1f |\n",
			seconds(o.Fires, o.Detection), seconds(o.Fired, o.Detected), o.Late(), seconds(o.Fires, o.Reset), seconds(o.Fired, o.Silent), o.Lingered())
		worst[b.Severity-alerting.Info] = max(worst[b.Severity-alerting.Info], math.Abs(o.Late()), math.Abs(o.Lingered()))
	}
	fmt.Fprintf(w, "\nThe largest difference is %.1f steps of a page's evaluation and %.1f of a ticket's.\n", worst[alerting.Page-alerting.Info], worst[alerting.Ticket-alerting.Info])
}

func seconds(happens bool, d time.Duration) string {
	if !happens {
		return "never"
	}
	return strconv.FormatFloat(math.Round(10*d.Seconds())/10, 'f', -1, 64)
}

func percent(ratio float64) string { return strconv.FormatFloat(100*ratio, 'g', 4, 64) + " %" }

// short prints 1m0s as 1m.
func short(d time.Duration) string {
	s := d.String()
	if d%time.Minute == 0 && d != 0 {
		s = s[:len(s)-2]
	}
	if d%time.Hour == 0 && d != 0 {
		s = s[:len(s)-2]
	}
	return s
}
