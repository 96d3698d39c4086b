// Package notebookcheck runs the module's packages in the interpreter of
// notebooks.
package notebookcheck

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cell imports every public package in one block, as a user's first cell does,
// and prints one value of each.
const cell = `
import (
	"fmt"
	"ROOT"
	"ROOT/alerting"
	"ROOT/alerting/rules"
	"ROOT/oncall/response"
	"ROOT/slo"
)

target, err := slo.ParseRatio("99.9%")
fmt.Println("slo", target.Percent(), target.Complement().String(), err)

objective := slo.Objective{Service: "checkout", Name: "availability", Target: target, Window: slo.MustWindow("30d")}
bound, err := alerting.Workbook().Bind(objective)
fmt.Println("alerting", bound.Pairs[0].ThresholdText, err)

set, err := rules.Compile([]rules.SLO{rules.SLO{Objective: objective}}, rules.Options{})
fmt.Println("rules", len(set.Alerts()), err)

fmt.Println("response", response.Platform)

svc, err := ownership.Read("service.yaml", []byte("service: {name: checkout, owner_team: pay, responsibilities: [{availability: 99.9%}]}"))
fmt.Println("ownership", svc.Name, svc.Objectives()[0].Target.String(), err)
`

const want = `slo 99.9% 0.001 <nil>
alerting 0.0144 <nil>
rules 4 <nil>
response platform
ownership checkout 0.999 <nil>
`

func TestEveryPackageInOneBlock(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// The interpreter finds the module by its folder, whose name must be the
	// end of the import path, links resolved. A checkout may be named otherwise.
	folder := filepath.Join(t.TempDir(), "ownership")
	copyPackages(t, root, folder)
	script := filepath.Join(t.TempDir(), "cell.gomacro")
	if err := os.WriteFile(script, []byte(strings.ReplaceAll(cell, "ROOT", folder)), 0o644); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(t.TempDir(), "gomacro")
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/cosmos72/gomacro").CombinedOutput(); err != nil {
		t.Fatalf("building the interpreter: %v\n%s", err, out)
	}
	// The interpreter asks for the newest version of what it imports, and no
	// proxy knows a module that is replaced by a folder. So everything that the
	// packages need is fetched first, by a consumer as any other, and the
	// interpreter then has the module cache as its only proxy.
	fetch(t, root)
	cache := goEnv(t, "GOMODCACHE")
	cmd := exec.Command(bin, script)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "GOPATH="+t.TempDir(), "GOMODCACHE="+cache, "GOCACHE="+goEnv(t, "GOCACHE"),
		"GOPROXY=file://"+cache+"/cache/download,off", "GOSUMDB=off", "GOFLAGS=-mod=mod")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The interpreter's own remarks stand between what the cell prints.
	var printed strings.Builder
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "// ") && !strings.HasPrefix(line, "go: ") {
			printed.WriteString(line)
		}
	}
	if printed.String() != want {
		t.Errorf("the cell prints\n%s\nwant\n%s\nwhole output:\n%s", printed.String(), want, out)
	}
}

// copyPackages copies the module's Go files and what they embed, without tests
// and nested modules.
func copyPackages(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); rel != "." && err == nil || strings.HasPrefix(d.Name(), ".git") || d.Name() == "testdata" || rel == "examples" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		if !d.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// fetch puts everything that the packages need into the module cache.
func fetch(t *testing.T, root string) {
	t.Helper()
	dir := t.TempDir()
	mod := "module example.org/consumer\n\ngo 1.25.0\n\nrequire github.com/srekit/ownership v0.0.0\n\nreplace github.com/srekit/ownership => " + root + "\n"
	main := "package main\n\nimport _ \"github.com/srekit/ownership\"\n\nfunc main() {}\n"
	for name, text := range map[string]string{"go.mod": mod, "main.go": main} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "mod", "tidy")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go mod tidy: %v\n%s", err, out)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}
