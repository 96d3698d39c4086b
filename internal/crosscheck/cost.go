package crosscheck

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promrules "github.com/prometheus/prometheus/rules"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// Shape is a way to make the rules of one objective with the workbook's policy over 30 days.
type Shape struct {
	Name string
	File func() ([]byte, error)
}

// Shapes are ours and the two that generators commonly emit, written here in
// their plainest form, without metadata, every 30 s and the period every five
// minutes as ours: a recorded ratio of each window read from the raw series,
// the period as the mean of the five-minute ratio; and the same windows with
// the period as the increase of the raw series. (Without an interval of its
// own, the period would be evaluated ten times as often.)
func Shapes() []Shape {
	return []Shape{
		{"ours", func() ([]byte, error) {
			set, err := rules.Compile([]rules.SLO{{
				Objective: slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio("99.9%")},
				Indicator: rules.Indicator{Bad: "sum(rate(errors_total[$window]))", Total: "sum(rate(requests_total[$window]))"},
			}}, rules.Options{})
			return set.YAML(), err
		}},
		{"ratios from raw series, mean of ratios", func() ([]byte, error) {
			return reference("sum_over_time(ratio:5m[30d]) / count_over_time(ratio:5m[30d])"), nil
		}},
		{"ratios from raw series, increase over the period", func() ([]byte, error) {
			return reference("sum(increase(errors_total[30d])) / sum(increase(requests_total[30d]))"), nil
		}},
	}
}

func reference(period string) []byte {
	var b strings.Builder
	b.WriteString("groups:\n  - name: other/page\n    interval: 30s\n    rules:\n")
	for _, w := range []string{"5m", "30m", "1h", "2h", "6h", "1d", "3d"} {
		fmt.Fprintf(&b, "      - record: ratio:%s\n        expr: sum(rate(errors_total[%[1]s])) / sum(rate(requests_total[%[1]s]))\n", w)
	}
	alert := func(name, a, b, long1, short1, long2, short2 string) string {
		return fmt.Sprintf("      - alert: %s\n        expr: (ratio:%s > %s and ratio:%s > %[3]s) or (ratio:%[5]s > %[6]s and ratio:%s > %[6]s)\n", name, long1, a, short1, long2, b, short2)
	}
	b.WriteString(alert("Page", "0.0144", "0.006", "1h", "5m", "6h", "30m"))
	b.WriteString(alert("Ticket", "0.003", "0.001", "1d", "2h", "3d", "6h"))
	fmt.Fprintf(&b, "  - name: other/period\n    interval: 5m\n    rules:\n      - record: ratio:30d\n        expr: %s\n", period)
	return []byte(b.String())
}

// Reading is what a rule file reads.
type Reading struct {
	Rules         int
	PerEvaluation int64 // samples, each rule evaluated once
	PerHour       int64 // samples, each group at its own interval
	Raw           int64 // of those per hour, samples of the raw series
}

// Read fills a server with 30 days of data, series raw series of errors and as
// many of requests, scraped every scrape, and all that the rules would have
// recorded, evaluates each rule once and returns what the engine says it has read.
func Read(s Shape, series int, scrape time.Duration, dir string) (Reading, error) {
	file, err := s.File()
	if err != nil {
		return Reading{}, err
	}
	server, err := NewServer(dir, file)
	if err != nil {
		return Reading{}, err
	}
	defer server.Close()
	to := epoch.Add(30*24*time.Hour + time.Hour)
	var raw []labels.Labels
	for i := range series {
		for _, name := range []string{"errors_total", "requests_total"} {
			raw = append(raw, labels.FromStrings("__name__", name, "instance", strconv.Itoa(i)))
		}
	}
	// Half a scrape beside the evaluations, so that no window holds a sample more by chance.
	if err := server.Fill(epoch.Add(scrape/2), to, scrape, 2, raw...); err != nil {
		return Reading{}, err
	}
	for _, g := range server.Groups() {
		var recorded []labels.Labels
		for _, r := range g.Rules() {
			if r, ok := r.(*promrules.RecordingRule); ok {
				recorded = append(recorded, labels.NewBuilder(r.Labels()).Set("__name__", r.Name()).Labels())
			}
		}
		if err := server.Fill(epoch, to, g.Interval(), 0, recorded...); err != nil {
			return Reading{}, err
		}
	}
	var out Reading
	for _, g := range server.Groups() {
		before := server.Costs()
		g.Eval(context.Background(), to)
		perHour := float64(time.Hour) / float64(g.Interval())
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				return Reading{}, fmt.Errorf("%s: %w", r.Name(), err)
			}
			expr := r.Query().String()
			n := server.Costs()[expr].Samples - before[expr].Samples
			out.Rules++
			out.PerEvaluation += n
			out.PerHour += int64(math.Round(float64(n) * perHour))
			if strings.Contains(expr, "_total[") {
				out.Raw += int64(math.Round(float64(n) * perHour))
			}
		}
	}
	return out, server.failed
}

// WriteReadings writes what shapes read as a Markdown table; readings holds
// those of each shape for one number of series after another.
func WriteReadings(w io.Writer, series []int, readings [][]Reading) {
	fmt.Fprintln(w, "| raw series of errors and of requests each | rules | samples read by one evaluation of all | samples read in an hour | of these raw | times ours |")
	fmt.Fprintln(w, "| ---: | --- | ---: | ---: | ---: | ---: |")
	for i, n := range series {
		ours := readings[i][0]
		for j, r := range readings[i] {
			fmt.Fprintf(w, "| %d | %s | %s | %s | %s | %.1f |\n", n, Shapes()[j].Name, thousands(r.PerEvaluation), thousands(r.PerHour), thousands(r.Raw), float64(r.PerHour)/float64(ours.PerHour))
		}
	}
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
