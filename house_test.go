package ownership_test

// The house rules of docs/architecture.md: which package may import which, and
// which third-party modules each may reach. A package that is missing from the
// tables fails the test, so a new one has to be weighed.

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/srekit/ownership"

// mayImport lists, per public package, the public packages it may name. Every
// package may use internal/… and the standard library.
var mayImport = map[string][]string{
	".":               {"slo", "slo/graph", "alerting", "alerting/rules", "capacity", "release", "oncall", "oncall/response", "runbook", "runbook/run", "slo/graph"},
	"slo":             {},
	"alerting":        {"slo"},
	"alerting/rules":  {"alerting", "slo"},
	"capacity":        {"capacity/ets"},
	"capacity/ets":    {},
	"oncall":          {},
	"oncall/response": {"oncall"},
	"release":         {"slo", "release/canary"},
	"release/canary":  {},
	"runbook":         {},
	"runbook/run":     {"runbook"},
	"slo/graph":       {"slo"},
}

// commands are the internal packages that nothing imports and that may import
// what they measure.
var commands = []string{"internal/rulematrix", "internal/accuracy", "internal/canarysim", "internal/gallery"}

// promqlModules is what the PromQL parser brings along.
var promqlModules = []string{
	"github.com/prometheus/prometheus", "github.com/prometheus/common", "github.com/prometheus/client_model",
	"github.com/prometheus/client_golang", "github.com/prometheus/procfs", "github.com/beorn7/perks", "github.com/cespare/xxhash/v2",
	"github.com/dennwc/varint", "github.com/grafana/regexp", "github.com/munnerz/goautoneg", "go.uber.org/atomic",
	"go.yaml.in/yaml/v2", "golang.org/x/sys", "golang.org/x/text", "google.golang.org/protobuf",
}

var (
	modelModules = []string{"github.com/prometheus/common", "github.com/prometheus/client_model", "google.golang.org/protobuf"}
	yamlModule   = []string{"github.com/goccy/go-yaml"}

	markdownModule = []string{"github.com/yuin/goldmark"}
)

// mayReach lists, per public package, the third-party modules it may reach
// through any number of imports.
var mayReach = map[string][]string{
	".":               slices.Concat(promqlModules, yamlModule, markdownModule),
	"slo":             modelModules,
	"alerting":        modelModules,
	"alerting/rules":  slices.Concat(promqlModules, yamlModule),
	"capacity":        modelModules,
	"capacity/ets":    nil,
	"oncall":          nil,
	"oncall/response": nil,
	"release":         modelModules,
	"release/canary":  modelModules,
	"runbook":         slices.Concat(markdownModule, yamlModule),
	"runbook/run":     slices.Concat(markdownModule, yamlModule),
	"slo/graph":       modelModules,
}

func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v\n%s", args, err, stderr.String())
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// short is a package's path below the module, "." for its root.
func short(path string) (string, bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func TestWhoImportsWhom(t *testing.T) {
	for _, line := range goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		fields := strings.Fields(line)
		pkg, _ := short(fields[0])
		internal := strings.HasPrefix(pkg, "internal/")
		allowed, known := mayImport[pkg]
		if !known && !internal && !strings.HasPrefix(pkg, "examples/") {
			t.Errorf("package %s stands in no table: weigh it and add it to mayImport and mayReach", pkg)
		}
		for _, path := range fields[1:] {
			dep, ours := short(path)
			if !ours || strings.HasPrefix(dep, "internal/") || strings.HasPrefix(pkg, "examples/") {
				continue
			}
			if slices.Contains(commands, pkg) {
				continue
			}
			if internal || !slices.Contains(allowed, dep) {
				t.Errorf("%s imports %s; it may import %v", pkg, dep, allowed)
			}
		}
	}
}

func TestWhatEachPackageReaches(t *testing.T) {
	for pkg, allowed := range mayReach {
		path := "./" + pkg
		for _, mod := range slices.Compact(slices.Sorted(slices.Values(goList(t, "-deps", "-f", `{{with .Module}}{{.Path}}{{end}}`, path)))) {
			if mod != "" && mod != module && !slices.Contains(allowed, mod) {
				t.Errorf("%s reaches %s; it may reach %v", pkg, mod, allowed)
			}
		}
	}
}

// TestConsumersPayLittle makes a module that imports one package and counts the
// lines of its go.sum: who does not need the PromQL parser must not pay for it.
func TestConsumersPayLittle(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{"slo", "alerting", "capacity", "capacity/ets", "oncall", "oncall/response", "release", "release/canary", "runbook", "slo/graph"} {
		t.Run(pkg, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write("go.mod", "module example.org/consumer\n\ngo 1.25.0\n\nrequire "+module+" v0.0.0\n\nreplace "+module+" => "+root+"\n")
			write("main.go", "package main\n\nimport _ \""+module+"/"+pkg+"\"\n\nfunc main() {}\n")
			for _, args := range [][]string{{"mod", "tidy"}, {"build", "-o", os.DevNull, "."}} {
				cmd := exec.Command("go", args...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("go %v: %v\n%s", args, err, out)
				}
			}
			sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			if n := bytes.Count(sum, []byte("\n")); n > 20 {
				t.Errorf("a consumer of %s pays %d lines of go.sum; 20 are allowed:\n%s", pkg, n, sum)
			}
			if bytes.Contains(sum, []byte("github.com/prometheus/prometheus ")) {
				t.Errorf("a consumer of %s pays for the PromQL parser", pkg)
			}
		})
	}
}
