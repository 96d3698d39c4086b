// Command quickstart reads a service-ownership spec, says what it means and
// what is wrong with it, and writes what Prometheus and Alertmanager load.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/examples/internal/measured"
	"github.com/srekit/ownership/examples/quickstart/catalog"
)

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
	review, asOf, err := look(catalog, measurements, artefacts.Findings)
	if err != nil {
		return err
	}
	report := review.String()
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
		{"review.html", []byte(review.HTML())},
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

// reviewed is a review of one service or of several.
type reviewed interface {
	String() string
	HTML() string
}

// look reviews the catalog with what was measured, as of the last measurement; a
// spec alone is reviewed as it stands.
func look(catalog ownership.Catalog, measurements fs.FS, compiled []ownership.Finding) (reviewed, time.Time, error) {
	ctx := context.Background()
	now := time.Now()
	catalog.Findings = slices.Concat(catalog.Findings, compiled)
	if measurements == nil && len(catalog.Services) == 1 {
		service := catalog.Services[0]
		review := ownership.Review{Service: service, Findings: catalog.Findings}
		review.Team, _ = catalog.Team(service.OwnerTeam)
		return review, now, nil
	}
	var all []ownership.Measurements
	for _, service := range catalog.Services {
		m := ownership.Measurements{At: now}
		if measurements != nil {
			var err error
			if m, err = measured.Read(measurements, "measurements", service); err != nil {
				return nil, now, err
			}
		}
		now = m.At
		all = append(all, m)
	}
	if len(catalog.Services) == 1 {
		review, err := catalog.Review(ctx, catalog.Services[0], all[0])
		return review, now, err
	}
	review, err := catalog.ReviewAll(ctx, ownership.CatalogReviewOptions{At: now})
	return review, now, err
}

// read returns the catalog and, for the bundled one, its measurements.
func read(spec string) (ownership.Catalog, fs.FS, error) {
	if spec == "" {
		read, err := ownership.ReadCatalog(catalog.Files, ownership.CatalogOptions{})
		return read, catalog.Files, err
	}
	data, err := os.ReadFile(spec)
	if err != nil {
		return ownership.Catalog{}, nil, err
	}
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: spec, Data: data}}, ownership.CatalogOptions{})
	return catalog, nil, err
}
