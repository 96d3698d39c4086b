// Package notebookcheck runs the module's packages in the interpreter of
// notebooks.
package notebookcheck

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// cell imports every public package in one block, as a user's first cell does,
// and prints one value of each.
const cell = `
import (
	"context"
	"fmt"
	"time"
	"ROOT"
	"ROOT/alerting"
	"ROOT/alerting/rules"
	"ROOT/capacity"
	"ROOT/capacity/ets"
	"ROOT/oncall"
	"ROOT/oncall/response"
	"ROOT/release"
	"ROOT/release/canary"
	"ROOT/runbook"
	"ROOT/runbook/run"
	"ROOT/slo"
	"ROOT/slo/graph"
)

target, err := slo.ParseRatio("99.9%")
fmt.Println("slo", target.Percent(), target.Complement().String(), err)

objective := slo.Objective{Service: "checkout", Name: "availability", Target: target, Window: slo.MustWindow("30d")}
bound, err := alerting.Workbook().Bind(objective)
fmt.Println("alerting", bound.Pairs[0].ThresholdText, err)

set, err := rules.Compile([]rules.SLO{rules.SLO{Objective: objective}}, rules.Options{})
fmt.Println("rules", len(set.Alerts()), err)

series := capacity.Series{Start: time.Unix(0, 0).UTC(), Step: time.Hour, Values: []float64{3, 5, 4, 3, 5, 4}}
forecast, err := capacity.SeasonalNaive{Period: 3}.Forecast(context.Background(), series, 2)
fmt.Println("capacity", forecast.Mean, err)

model, err := ets.ParseModel("AAdA", 24)
fmt.Println("ets", model.String(), err)

week := oncall.Rotation{Unit: oncall.Week, Start: "2026-01-05T09:00"}
roster, err := oncall.Schedule{Zone: "Europe/Berlin", Layers: []oncall.Layer{oncall.Layer{Rotation: week, Turns: oncall.Turns("ana", "ben")}}}.Compile()
who, ok := roster.Primary(time.Unix(1768300000, 0))
fmt.Println("oncall", who, ok, err)

fmt.Println("response", response.Platform)

fmt.Println("release", release.DefaultHold.String())

adjusted, err := canary.Holm([]float64{0.01, 0.5})
fmt.Println("canary", adjusted, err)

book := runbook.Parse("disk.md", []byte("# Disk full\n\n## Mitigation\n\nDelete old logs.\n"), runbook.Options{})
fmt.Println("runbook", book.Title, len(book.Sections))

plan, err := run.Prepare(book, run.Request{Requester: "ana"})
fmt.Println("run", plan.Title(), err)

architecture, err := graph.New([]graph.Entry{graph.Entry{Name: "shop", DependsOn: []graph.Edge{graph.Edge{To: "db"}}}, graph.Entry{Name: "db", Target: target}})
ceiling, ok := architecture.Ceiling("shop")
fmt.Println("graph", ceiling.Hard, ok, err)

svc, err := ownership.Read("service.yaml", []byte("service: {name: checkout, owner_team: pay, responsibilities: [{availability: 99.9%}]}"))
fmt.Println("ownership", svc.Name, svc.Objectives()[0].Target.String(), err)
`

const want = `slo 99.9% 0.001 <nil>
alerting 0.0144 <nil>
rules 4 <nil>
capacity [3 5] <nil>
ets AAdA <nil>
oncall ben true <nil>
response platform
release 5m0s
canary [0.02 0.5] <nil>
runbook Disk full 1
run Disk full <nil>
graph 1 true <nil>
ownership checkout 0.999 <nil>
`

func TestInterpreter(t *testing.T) {
	folder, interpreter := prepare(t)
	t.Run("every package in one block", func(t *testing.T) { oneBlock(t, folder, interpreter) })
	t.Run("notebooks cell by cell", func(t *testing.T) { notebooksRun(t, folder, interpreter) })
}

func oneBlock(t *testing.T, folder, interpreter string) {
	begin := time.Now()
	printed, whole := interpret(t, interpreter, folder, ".", strings.ReplaceAll(cell, "ROOT", folder))
	t.Logf("%.1f s, with the first build", time.Since(begin).Seconds())
	if s := ownSkipped(whole); s != "" {
		t.Error(s)
	}
	if printed != want {
		t.Errorf("the cell prints\n%s\nwant\n%s\nwhole output:\n%s", printed, want, whole)
	}
}

// TestCellImportsEveryPackage keeps a package from being forgotten.
func TestCellImportsEveryPackage(t *testing.T) {
	cmd := exec.Command("go", "list", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	const root = "github.com/srekit/ownership"
	for path := range strings.Lines(string(out)) {
		path = strings.TrimPrefix(strings.TrimSpace(path), root)
		if strings.HasPrefix(path, "/internal") || strings.HasPrefix(path, "/examples") {
			continue
		}
		if !strings.Contains(cell, "\"ROOT"+path+"\"\n") {
			t.Errorf("the cell does not import %s", root+path)
		}
	}
}

// TestREADMENamesSharedVersion holds the README's advice for gophernotes to go.mod:
// a kernel with another version of golang.org/x/text cannot load the packages.
func TestREADMENamesSharedVersion(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`golang.org/x/text (v\S+)`).FindSubmatch(mod)
	if version == nil || !strings.Contains(string(readme), "golang.org/x/text@"+string(version[1])+" ") {
		t.Errorf("the README does not say golang.org/x/text@%q, which go.mod has", version)
	}
}

// notebook is what is read of a file in the Jupyter format.
type notebook struct {
	Cells []struct {
		ID        string
		Type      string `json:"cell_type"`
		Source    []string
		Outputs   []any
		Execution *int `json:"execution_count"`
	}
	Format int `json:"nbformat"`
	Minor  int `json:"nbformat_minor"`
}

// readNotebook reads a notebook that keeps the format: version 4.5, each cell with
// an ID of its own, and nothing in it that a run has left.
func readNotebook(t *testing.T, name string) notebook {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var n notebook
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if n.Format != 4 || n.Minor != 5 {
		t.Errorf("%s: format %d.%d, want 4.5", name, n.Format, n.Minor)
	}
	seen := map[string]bool{}
	for i, c := range n.Cells {
		if !cellID.MatchString(c.ID) || seen[c.ID] {
			t.Errorf("%s: cell %d has the ID %q, want one of its own", name, i+1, c.ID)
		}
		seen[c.ID] = true
		if len(c.Outputs) > 0 || c.Execution != nil {
			t.Errorf("%s: cell %d was run: clear its output", name, i+1)
		}
	}
	return n
}

// before is what a kernel does that the interpreter alone does not: it shows the
// last value of a cell by its method SVG, or else Markdown. What panics is told.
const before = `
import (
	"fmt"
	"reflect"
	"strings"
)

func showAsKernel(v interface{}) {
	for _, method := range []string{"SVG", "Markdown"} {
		f := reflect.ValueOf(v).MethodByName(method)
		if f.IsValid() {
			text := f.Call(nil)[0].String()
			fmt.Println("shown", method, len(text) > 0 && (method == "Markdown" || strings.HasPrefix(text, "<svg")))
			return
		}
	}
	fmt.Println("shown nothing")
}

func stopAsKernel(v interface{}) {
	fmt.Println("the cell stops:", v)
	panic(v)
}
`

// script is the code of a notebook for the interpreter, and how many cells and
// values to show it has.
func (n notebook) script(folder string) (script string, cells, shown int) {
	var b strings.Builder
	b.WriteString(before)
	for _, c := range n.Cells {
		if c.Type != "code" {
			continue
		}
		cells++
		source := strings.ReplaceAll(strings.Join(c.Source, ""), `"github.com/srekit/ownership`, `"`+folder)
		source = strings.ReplaceAll(source, "panic(err)", "stopAsKernel(err)")
		lines := strings.Split(source, "\n")
		switch last := &lines[len(lines)-1]; {
		case identifier.MatchString(*last):
			shown++
			*last = "showAsKernel(" + *last + ")"
		case strings.HasPrefix(*last, "fmt.Sprint"):
			*last = "fmt.Println(" + *last + ")"
		}
		fmt.Fprintf(&b, "%s\nfmt.Println(\"cell %d done\")\n", strings.Join(lines, "\n"), cells)
	}
	return b.String(), cells, shown
}

// wrong are the ways in which the interpreter tells that a statement was not run to
// its end. It goes on with the next one and exits with 0.
var wrong = regexp.MustCompile(`(?m)^(.*\.gomacro:\d+:\d+: |the cell stops:|runtime error|reflect: |shown nothing|shown \w+ false|.*\bundefined\b).*`)

// skipped finds a remark on what the interpreter could not take over: with the path
// of its package, or bare if that is imported directly.
var skipped = regexp.MustCompile(`skipping import of (\w+):|skipping import of .*/ownership[/.].*`)

// ownSkipped is the first remark on a name of this module, empty if there is none.
// The packages of the standard library that notebooks import directly have one
// generic name, N of math/rand/v2.
func ownSkipped(whole string) string {
	for _, m := range skipped.FindAllStringSubmatch(whole, -1) {
		if m[1] != "N" {
			return m[0]
		}
	}
	return ""
}

func TestOwnSkipped(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"// warning: skipping import of Zz:\timporting generic functions", "skipping import of Zz:"},
		{"// warning: skipping import of N:\timporting generic functions", ""},
		{"// warning: skipping import of func math/rand/v2.N[Int math/rand/v2.intType](n Int) Int:\timporting", ""},
		{"// warning: skipping import of func github.com/srekit/ownership/slo.Zz[T any](x T) T:", "skipping import of func github.com/srekit/ownership/slo.Zz[T any](x T) T:"},
	} {
		if got := ownSkipped(c.line); got != c.want {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
}

// notebooksRun runs every notebook from its own folder and says how long that took.
func notebooksRun(t *testing.T, folder, interpreter string) {
	names, err := filepath.Glob("../../examples/notebooks/*.ipynb")
	if err != nil || len(names) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	for _, name := range names {
		script, cells, shown := readNotebook(t, name).script(folder)
		begin := time.Now()
		printed, whole := interpret(t, interpreter, folder, filepath.Dir(name), script)
		t.Logf("%s: %.1f s, %d cells, %d values shown", filepath.Base(name), time.Since(begin).Seconds(), cells, shown)
		for i := range cells {
			if !strings.Contains(printed, fmt.Sprintf("cell %d done\n", i+1)) {
				t.Errorf("%s: cell %d did not run; whole output:\n%s", name, i+1, whole)
			}
		}
		if got := strings.Count(printed, "shown SVG true\n"); got == 0 {
			t.Errorf("%s: no picture is drawn; whole output:\n%s", name, whole)
		}
		if got := strings.Count(printed, "shown "); got != shown {
			t.Errorf("%s: %d of %d values are shown; whole output:\n%s", name, got, shown, whole)
		}
		if bad := wrong.FindString(printed); bad != "" {
			t.Errorf("%s: %s; it prints\n%s", name, bad, printed)
		}
		if s := ownSkipped(whole); s != "" {
			t.Errorf("%s: %s", name, s)
		}
	}
}

var (
	identifier = regexp.MustCompile(`^[a-z][A-Za-z]*$`)
	cellID     = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)
)

// prepare copies the module to where the interpreter finds it, fetches what it needs and builds the
// interpreter.
func prepare(t *testing.T) (folder, interpreter string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// The interpreter finds the module by its folder, whose name must be the
	// end of the import path, links resolved. A checkout may be named otherwise.
	folder = filepath.Join(t.TempDir(), "ownership")
	copyPackages(t, root, folder)
	fetch(t, root)
	interpreter = filepath.Join(t.TempDir(), "gomacro")
	if out, err := exec.Command("go", "build", "-o", interpreter, "github.com/cosmos72/gomacro").CombinedOutput(); err != nil {
		t.Fatalf("building the interpreter: %v\n%s", err, out)
	}
	return folder, interpreter
}

// interpret runs a script in dir and returns what it printed without the
// interpreter's own remarks, and everything.
//
// The interpreter asks for the newest version of what it imports, and no proxy
// knows a module that is replaced by a folder. So it has the module cache as
// its only proxy.
func interpret(t *testing.T, interpreter, folder, dir, script string) (printed, whole string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cell.gomacro")
	if err := os.WriteFile(file, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	cache := goEnv(t, "GOMODCACHE")
	cmd := exec.Command(interpreter, file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "GOPATH="+t.TempDir(), "GOMODCACHE="+cache, "GOCACHE="+goEnv(t, "GOCACHE"),
		"GOPROXY=file://"+cache+"/cache/download,off", "GOSUMDB=off", "GOFLAGS=-mod=mod")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var b strings.Builder
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "// ") && !strings.HasPrefix(line, "go: ") {
			b.WriteString(line)
		}
	}
	return b.String(), string(out)
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
