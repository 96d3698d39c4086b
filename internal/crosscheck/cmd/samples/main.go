// Samples prints how many samples rules read, as the query engine counts them,
// over 30 days of data, as a Markdown table.
package main

import (
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/srekit/ownership/internal/crosscheck"
)

func main() {
	scrape := flag.Duration("scrape", 30*time.Second, "interval at which the raw series are scraped")
	flag.Parse()
	if err := run(*scrape); err != nil {
		fmt.Fprintln(os.Stderr, "samples:", err)
		os.Exit(1)
	}
}

func run(scrape time.Duration) error {
	series := []int{1, 10, 100}
	readings := make([][]crosscheck.Reading, len(series))
	for i, n := range series {
		for _, s := range crosscheck.Shapes() {
			dir, err := os.MkdirTemp("", "samples")
			if err != nil {
				return err
			}
			r, err := crosscheck.Read(s, n, scrape, dir)
			os.RemoveAll(dir)
			if err != nil {
				return fmt.Errorf("%d series, %s: %w", n, s.Name, err)
			}
			readings[i] = append(readings[i], r)
		}
	}
	crosscheck.WriteReadings(os.Stdout, series, readings)
	return nil
}
