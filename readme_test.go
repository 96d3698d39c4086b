package ownership_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeExampleRuns builds the README's Go example as a program of its own and runs
// it on the bundled spec.
func TestReadmeExampleRuns(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "```go\n")
	code, _, ok2 := strings.Cut(rest, "```")
	if !ok || !ok2 {
		t.Fatal("README.md has no Go example")
	}
	dir := t.TempDir()
	spec, err := os.ReadFile("examples/quickstart/catalog/service.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"main.go": []byte(code), "service.yaml": spec} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	bin := filepath.Join(dir, "example")
	if out, err := exec.Command("go", "build", "-o", bin, filepath.Join(dir, "main.go")).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	cmd := exec.Command(bin)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "availability 99.99% leaves 0.01%\n"; !strings.HasPrefix(string(out), want) {
		t.Errorf("got %q, want %q first", out, want)
	}
	if rules, err := os.ReadFile(filepath.Join(dir, "rules.yaml")); err != nil || !strings.Contains(string(rules), "> 0.00144\n") {
		t.Errorf("rules.yaml (%v) lacks the exact threshold 0.00144", err)
	}
}
