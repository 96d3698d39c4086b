package runbook_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/srekit/ownership/runbook"
)

// A folder with links that lead out of it: nothing beyond it is read.
func TestSymbolicLinksAreNotFollowed(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	inside := filepath.Join(dir, "runbooks")
	for _, d := range []string{outside, inside} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(outside, "secret.md"), "# Secret\n\nhunter2\n")
	write(filepath.Join(inside, "a.md"), "# A\n\nSee [b](secret.md) and [c](folder/secret.md) and [d](../outside/secret.md).\n")
	for name, target := range map[string]string{"secret.md": filepath.Join(outside, "secret.md"), "folder": outside, "up.md": "../outside/secret.md", "gone.md": "nowhere"} {
		if err := os.Symlink(target, filepath.Join(inside, name)); err != nil {
			t.Skip(err)
		}
	}
	for _, fsys := range []fs.FS{os.DirFS(inside), rootFS(t, inside)} {
		lib, err := runbook.ReadFolder(fsys, runbook.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(lib.Runbooks) != 1 || len(lib.Files) != 1 || len(lib.Findings) != 4 {
			t.Errorf("%d runbooks, files %v, findings %v; want a.md alone and four R024", len(lib.Runbooks), lib.Files, lib.Findings)
		}
		dead := 0
		for _, f := range lib.Lint(nil, runbook.LintOptions{}) {
			if strings.Contains(f.String(), "hunter2") {
				t.Errorf("%v", f)
			}
			if f.Code == "R014" {
				dead++
			}
		}
		if dead != 2 {
			t.Errorf("%d dead links, want two: what a symbolic link leads to is not looked at", dead)
		}
		if got := (runbook.Resolver{}).Resolve(lib, runbook.Alert{Name: "Secret"}); got.Way != runbook.Nowhere {
			t.Errorf("got %+v", got)
		}
	}
}

func rootFS(t *testing.T, dir string) fs.FS {
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root.FS()
}

// badFS fails where a real folder may.
type badFS struct{ fstest.MapFS }

func (b badFS) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "bad") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return b.MapFS.Open(name)
}

func TestFolderErrors(t *testing.T) {
	lib, err := runbook.ReadFolder(badFS{fstest.MapFS{"bad.md": {Data: []byte("x")}, "good.md": {Data: []byte("# Good\n")}, ".hidden/x.md": {Data: []byte("x")}, "note.txt": {}}}, runbook.Options{})
	if err != nil || len(lib.Runbooks) != 1 || len(lib.Findings) != 1 {
		t.Fatalf("%v %+v", err, lib)
	}
	if got, want := lib.Findings[0].String(), "bad.md: the file cannot be read: permission denied"; got != want || lib.Findings[0].Code != "R024" {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, err := runbook.ReadFolder(os.DirFS(filepath.Join(t.TempDir(), "none")), runbook.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that there is no such folder", err)
	}
	many := fstest.MapFS{}
	for _, name := range []string{"a.md", "b.md", "c.md"} {
		many[name] = &fstest.MapFile{}
	}
	lib, err = runbook.ReadFolder(many, runbook.Options{Limits: runbook.Limits{Files: 2}})
	if err != nil || len(lib.Runbooks) != 2 || len(lib.Findings) != 1 || lib.Findings[0].Level != "error" {
		t.Errorf("%v %+v, want two runbooks and a finding", err, lib)
	}
}
