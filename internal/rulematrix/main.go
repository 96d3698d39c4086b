// Command rulematrix writes rule files for every combination of targets,
// periods, alert policies and indicators, so that promtool can judge them:
//
//	go run ./internal/rulematrix -out DIR          rule files of all combinations
//	go run ./internal/rulematrix -out DIR -cover   a small set with unit tests
//	go run ./internal/rulematrix -out DIR -tests   every target, period and policy with unit tests
//
// In the covering set every target, period, policy and indicator occurs. With
// -tests the indicators and kinds of objective take turns, for they change the
// raw series alone. Each combination has a folder of its own with rules.yaml and
// rules_test.yaml; to run them takes hours of processor time:
//
//	find DIR -name rules_test.yaml | xargs -P 2 -n 1 promtool test rules
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

var (
	targets = []string{"90%", "95%", "98%", "99%", "99.5%", "99.9%", "99.95%", "99.99%", "99.995%", "99.999%", "99.9995%"}
	periods = []string{"1d", "3d", "1w", "2w", "28d", "30d", "90d", "365d", "month"}
)

const day = 24 * time.Hour

func main() {
	out := flag.String("out", "", "folder to write to")
	cover := flag.Bool("cover", false, "write the covering set with its unit tests")
	tests := flag.Bool("tests", false, "write every target, period and policy with unit tests")
	flag.Parse()
	if *out == "" || *cover && *tests {
		flag.Usage()
		os.Exit(2)
	}
	write := matrix
	switch {
	case *cover:
		write = covering
	case *tests:
		write = tested
	}
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sized is a policy together with the intervals that its windows allow.
type sized struct {
	name    string
	policy  alerting.Policy
	options rules.Options
}

// policies are the presets for a period, with the longest intervals at which
// their shortest window still holds four scrapes twice.
func policies(window slo.Window) []sized {
	var all []sized
	for _, p := range alerting.Presets(window.ShortestLength()) {
		s := sized{name: p.Name, policy: p, options: rules.Options{ScrapeInterval: 5 * time.Second, Interval: 10 * time.Second}}
		shortest := slices.MinFunc(p.Pairs, func(a, b alerting.Pair) int { return int(a.Short - b.Short) }).Short
		for _, d := range []time.Duration{15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute} {
			if 8*d <= shortest {
				s.options = rules.Options{ScrapeInterval: d, Interval: d}
			}
		}
		all = append(all, s)
	}
	return all
}

func slos(target string, window slo.Window, policy alerting.Policy, preset string) []rules.SLO {
	base := slo.Objective{Service: "checkout", Target: slo.MustRatio(target), Window: window}
	events, latency, slices := base, base, base
	events.Name = "availability"
	latency.Name, latency.Kind, latency.Latency = "latency", slo.Latency, slo.LatencyBound{Threshold: time.Second}
	slices.Name, slices.Kind = "slices", slo.TimeSlices
	slices.Slice = slo.SliceRule{Length: 10 * time.Minute, Bound: slo.MustRatio("1%")}
	in := rules.Indicator{Preset: preset, Buckets: []float64{.1, 1}}
	var out []rules.SLO
	for _, o := range []slo.Objective{events, latency, slices} {
		if o.Kind == slo.TimeSlices && (window.ShortestLength() < 7*day || policy.Name != "workbook") {
			continue // few slices; and windows of minutes hold none
		}
		out = append(out, rules.SLO{Objective: o, Policy: policy, Indicator: in})
	}
	return out
}

func matrix(dir string) error {
	files, combinations := 0, 0
	for _, period := range periods {
		window := slo.MustWindow(period)
		for _, p := range policies(window) {
			for _, preset := range rules.Presets() {
				var set rules.RuleSet
				for _, target := range targets {
					one, err := compile(slos(target, window, p.policy, preset.Name), p.options)
					if err != nil {
						return fmt.Errorf("%s, %s, %s, %s: %w", target, period, p.name, preset.Name, err)
					}
					for i := range one.Groups { // group names are unique in a file
						one.Groups[i].Name = target + "/" + one.Groups[i].Name
					}
					set.Groups = append(set.Groups, one.Groups...)
					combinations++
				}
				name := strings.Join([]string{period, p.name, preset.Name}, "-") + ".yaml"
				if err := save(filepath.Join(dir, strings.ReplaceAll(name, " ", "")), set.YAML()); err != nil {
					return err
				}
				files++
			}
		}
	}
	fmt.Printf("%d combinations in %d files\n", combinations, files)
	return nil
}

// compile compiles and verifies. A policy none of whose pairs fits into the
// period has nothing to compile, which the library says by an error.
func compile(s []rules.SLO, opt rules.Options) (rules.RuleSet, error) {
	set, err := rules.Compile(s, opt)
	if err != nil {
		return set, err
	}
	return set, set.Verify()
}

// covering goes through targets and periods at once: 11 of one and 9 of the
// other have no common divisor.
func covering(dir string) error {
	n := 2 * len(targets)
	for i := range n {
		period := periods[i%len(periods)]
		all := policies(slo.MustWindow(period))
		if err := withTests(dir, i, targets[i%len(targets)], period, all[i%len(all)]); err != nil {
			return err
		}
	}
	fmt.Printf("%d combinations with unit tests\n", n)
	return nil
}

func tested(dir string) error {
	n := 0
	for _, target := range targets {
		for _, period := range periods {
			for _, p := range policies(slo.MustWindow(period)) {
				if err := withTests(dir, n, target, period, p); err != nil {
					return err
				}
				n++
			}
		}
	}
	fmt.Printf("%d combinations with unit tests\n", n)
	return nil
}

// withTests writes the i-th combination: indicators take turns, and so do
// events and latencies.
func withTests(dir string, i int, target, period string, p sized) error {
	preset := rules.Presets()[i%len(rules.Presets())]
	s := slos(target, slo.MustWindow(period), p.policy, preset.Name)[i%2 : i%2+1]
	set, err := compile(s, p.options)
	if err != nil {
		return fmt.Errorf("%s, %s, %s, %s: %w", target, period, p.name, preset.Name, err)
	}
	tests, err := rules.UnitTests(s, p.options)
	if err != nil {
		return err
	}
	folder := filepath.Join(dir, fmt.Sprintf("%03d-%s-%s-%s-%s", i, strings.TrimSuffix(target, "%"), period, p.name, preset.Name))
	if err := save(filepath.Join(folder, "rules.yaml"), set.YAML()); err != nil {
		return err
	}
	return save(filepath.Join(folder, "rules_test.yaml"), tests)
}

func save(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}
