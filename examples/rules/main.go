// Command rules prints the Prometheus rules of service-ownership specs.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("rules", flag.ContinueOnError)
	flags.SetOutput(stderr)
	format := flags.String("format", "prometheus", "`prometheus` for a rule file, operator for PrometheusRule objects")
	tests := flags.String("tests", "", "`file` for unit tests of the rules, which must lie beside it as rules.yaml")
	window := slo.DefaultWindow()
	flags.TextVar(&window, "window", window, "`window` of objectives that name none")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() == 0 || *format != "prometheus" && *format != "operator" {
		fmt.Fprintln(stderr, "usage: rules [-format prometheus|operator] [-tests FILE] [-window 30d] SPEC...")
		return 2
	}
	if err := generate(flags.Args(), *format, *tests, window, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

func generate(names []string, format, tests string, window slo.Window, stdout, stderr io.Writer) error {
	var files []ownership.File
	var errs []error
	for _, name := range names {
		data, err := os.ReadFile(name)
		files, errs = append(files, ownership.File{Name: name, Data: data}), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	catalog, err := ownership.ReadFiles(files, ownership.CatalogOptions{})
	if err != nil {
		return err
	}
	artefacts, err := catalog.Compile(ownership.CompileOptions{Window: window})
	if err != nil {
		return err
	}
	for _, f := range append(catalog.Findings, artefacts.Findings...) {
		fmt.Fprintln(stderr, f)
	}
	if tests != "" {
		data, err := artefacts.RuleTests()
		if err != nil {
			return err
		}
		if err := os.WriteFile(tests, data, 0o644); err != nil {
			return err
		}
	}
	if format == "operator" {
		objects, err := artefacts.Rules.PrometheusRules(rules.OperatorOptions{})
		if err != nil {
			return err
		}
		_, err = stdout.Write(objects)
		return err
	}
	_, err = artefacts.Rules.WriteTo(stdout)
	return err
}
