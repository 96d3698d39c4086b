// Command quickstart reads a service-ownership spec, says what it means and
// what is wrong with it, and writes what Prometheus and Alertmanager load.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/examples/internal/samples"
	"github.com/srekit/ownership/slo"
)

//go:embed all:catalog
var bundled embed.FS

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	spec := flags.String("spec", "", "ownership spec to read instead of the bundled catalog")
	out := flags.String("out", "out", "folder for the files that are written")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: quickstart [-spec FILE] [-out DIR]")
		return 2
	}
	if err := quickstart(*spec, *out, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func quickstart(spec, out string, stdout io.Writer) error {
	catalog, measurements, err := read(spec)
	if err != nil {
		return err
	}
	artefacts, err := catalog.Compile(ownership.CompileOptions{})
	if err != nil {
		return err
	}
	tests, err := artefacts.RuleTests()
	if err != nil {
		return err
	}
	report := ""
	asOf := time.Now()
	for _, service := range catalog.Services {
		review := ownership.Review{Service: service, Findings: findings(service, catalog.Findings, artefacts.Findings)}
		review.Team, _ = catalog.Team(service.OwnerTeam)
		rows, err := requests(measurements)
		if err != nil {
			return err
		}
		var now time.Time // as of the last row
		if len(rows) > 0 {
			now = rows[len(rows)-1].Time
			asOf = now
		}
		if review.Budgets, err = budgets(service, rows, now); err != nil {
			return err
		}
		if review.Outlooks, err = outlooks(service, measurements); err != nil {
			return err
		}
		if len(service.Release.Stages) > 0 && len(review.Budgets) > 0 {
			rollout, err := service.ReviewRollout(rows, now)
			if err != nil {
				return err
			}
			review.Rollout = &rollout
		}
		report += review.String()
	}
	fmt.Fprint(stdout, report)
	shifts, missing, err := calendar(catalog, asOf)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{
		{"rules.yaml", artefacts.RulesYAML()},
		{"rules_test.yaml", tests},
		{"alertmanager.yaml", artefacts.Alertmanager},
		{"oncall.ics", shifts},
		{"review.txt", []byte(report)},
	} {
		if len(file.data) == 0 {
			fmt.Fprintf(stdout, "no %s: %s\n", file.name, missing)
			continue
		}
		if err := os.WriteFile(filepath.Join(out, file.name), file.data, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "wrote %s\n", filepath.Join(out, file.name))
	}
	return nil
}

// findings are those of the service's file.
func findings(service ownership.Service, lists ...[]ownership.Finding) []ownership.Finding {
	var own []ownership.Finding
	for _, f := range slices.Concat(lists...) {
		if f.Source == service.Source() {
			own = append(own, f)
		}
	}
	return own
}

// read returns the catalog and, for the bundled one, its measurements.
func read(spec string) (ownership.Catalog, fs.FS, error) {
	if spec == "" {
		folder, err := fs.Sub(bundled, "catalog")
		if err != nil {
			return ownership.Catalog{}, nil, err
		}
		catalog, err := ownership.ReadCatalog(folder, ownership.CatalogOptions{})
		return catalog, folder, err
	}
	data, err := os.ReadFile(spec)
	if err != nil {
		return ownership.Catalog{}, nil, err
	}
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: spec, Data: data}}, ownership.CatalogOptions{})
	return catalog, nil, err
}

// outlooks forecasts the metrics that have bundled measurements.
func outlooks(service ownership.Service, measurements fs.FS) ([]ownership.Outlook, error) {
	if measurements == nil {
		return nil, nil
	}
	ctx := context.Background()
	var outlooks []ownership.Outlook
	for _, metric := range service.Capacity.Metrics {
		name := "measurements/" + metric.Name + ".csv"
		file, err := measurements.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		rows, err := samples.Read(file, name)
		file.Close()
		if err != nil {
			return nil, err
		}
		gridded, err := capacity.Grid(ctx, rows, capacity.GridOptions{Ends: true})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		outlook, err := service.Capacity.Outlook(ctx, metric.Name, gridded.Series, nil)
		if err != nil {
			return nil, err
		}
		outlooks = append(outlooks, outlook)
	}
	return outlooks, nil
}

// requests are the bundled counts of requests; none for a spec alone.
func requests(measurements fs.FS) ([]slo.Point, error) {
	if measurements == nil {
		return nil, nil
	}
	file, err := measurements.Open("measurements/requests.csv")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return points.Read(file, "measurements/requests.csv")
}

// budgets measures the objectives that count requests.
func budgets(service ownership.Service, rows []slo.Point, now time.Time) ([]slo.Budget, error) {
	var budgets []slo.Budget
	for _, objective := range service.Objectives() {
		if len(rows) == 0 || objective.Kind != slo.Events {
			break // the rest needs histograms or shorter slices
		}
		budget, err := objective.BudgetAt(rows, now)
		if err != nil {
			return nil, err
		}
		budgets = append(budgets, budget)
	}
	return budgets, nil
}
