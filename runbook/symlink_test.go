package runbook_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/runbook"
)

// folderOf writes files and symbolic links ("name -> target") below a new folder.
// {dir} in a target is the path of that folder.
func folderOf(t *testing.T, files map[string]string, links map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range links {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(strings.ReplaceAll(target, "{dir}", dir), file); err != nil {
			t.Skip(err)
		}
	}
	return dir
}

// contents are the runbooks by path with their titles, and the findings.
func contents(t *testing.T, fsys fs.FS) (titles map[string]string, findings []string) {
	t.Helper()
	lib, err := runbook.ReadFolder(fsys, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	titles = map[string]string{}
	for _, r := range lib.Runbooks {
		titles[r.Path] = r.Title
	}
	for _, f := range lib.Findings {
		if f.Code != "R024" || f.Level != "warning" {
			t.Errorf("got %s %s, want an R024 that warns", f.Code, f.Level)
		}
		findings = append(findings, f.String())
	}
	return titles, findings
}

// A ConfigMap is mounted as links through ..data, which is exchanged as a whole.
func TestConfigMap(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"..2026_01_31_10_00_00.1/KubePodStuck.md": "# KubePodStuck\n",
		"..2026_01_31_10_00_00.1/diagram.png":     "png",
	}, map[string]string{
		"..data":          "..2026_01_31_10_00_00.1",
		"KubePodStuck.md": "..data/KubePodStuck.md",
		"diagram.png":     "..data/diagram.png",
	})
	for _, fsys := range []fs.FS{os.DirFS(dir), rootFS(t, dir)} {
		titles, findings := contents(t, fsys)
		if want := map[string]string{"KubePodStuck.md": "KubePodStuck"}; !cmp.Equal(titles, want) || findings != nil {
			t.Errorf("got %v, findings %q; want %v", titles, findings, want)
		}
		lib, _ := runbook.ReadFolder(fsys, runbook.Options{})
		if want := []string{"KubePodStuck.md", "diagram.png"}; !cmp.Equal(lib.Files, want) || lib.Runbooks[0].Bytes != len("# KubePodStuck\n") {
			t.Errorf("got files %v, %d bytes; want %v", lib.Files, lib.Runbooks[0].Bytes, want)
		}
	}
}

func TestSymbolicLinks(t *testing.T) {
	const remedy = "; give the folder that holds the file itself"
	long := map[string]string{"l0.md": "a.md"}
	for i := 1; i <= 41; i++ {
		long[fmt.Sprintf("l%d.md", i)] = fmt.Sprintf("l%d.md", i-1)
	}
	files := map[string]string{"in/a.md": "# A\n", "in/sub/b.md": "# B\n", "secret.md": "# Secret\n", "in2/c.md": "# C\n"}
	for _, c := range []struct {
		name, link, target string
		title, reason      string
	}{
		{"beside", "in/x.md", "a.md", "A", ""},
		{"down", "in/x.md", "./sub//b.md", "B", ""},
		{"up and down", "in/sub/x.md", "../a.md", "A", ""},
		{"up and down again", "in/sub/x.md", "../sub/../a.md", "A", ""},
		{"up from far below", "in/sub/deep/x.md", "../b.md", "B", ""},
		{"another name", "in/x.md", ".hidden.md", "", "it is a symbolic link to nothing"},
		{"nowhere", "in/x.md", "none.md", "", "it is a symbolic link to nothing"},
		{"below a file", "in/x.md", "a.md/b.md", "", "it is a symbolic link to nothing"},
		{"back from a file", "in/x.md", "a.md/../sub/b.md", "", "it is a symbolic link to nothing"},
		{"out", "in/x.md", "../secret.md", "", "it is a symbolic link that leads out of the folder"},
		{"out from below", "in/sub/x.md", "../../secret.md", "", "it is a symbolic link that leads out of the folder"},
		{"out and back", "in/x.md", "../in/a.md", "", "it is a symbolic link that leads out of the folder"},
		{"beside the folder with its name", "in/x.md", "../in2/c.md", "", "it is a symbolic link that leads out of the folder"},
		{"absolute", "in/x.md", "{dir}/secret.md", "", "it is a symbolic link that leads out of the folder"},
		{"absolute within", "in/x.md", "{dir}/in/a.md", "", "it is a symbolic link that leads out of the folder"},
		{"itself", "in/x.md", "x.md", "", "it is a symbolic link that leads through too many others, or in a circle"},
		{"a folder", "in/x.md", "sub", "", "it is a symbolic link to a folder, which is not entered"},
		{"a folder without extension", "in/x", "sub", "", "it is a symbolic link to a folder, which is not entered"},
		{"the folder itself", "in/x", ".", "", "it is a symbolic link to a folder, which is not entered"},
	} {
		dir := folderOf(t, files, map[string]string{c.link: c.target})
		in := filepath.Join(dir, "in")
		path := strings.TrimPrefix(c.link, "in/")
		for i, fsys := range []fs.FS{os.DirFS(in), rootFS(t, in)} {
			want := map[string]string{"a.md": "A", "sub/b.md": "B"}
			var wantFindings []string
			if c.title != "" {
				want[path] = c.title
			} else {
				wantFindings = []string{path + ": warning: " + c.reason + remedy}
			}
			titles, findings := contents(t, fsys)
			if diff := cmp.Diff(want, titles) + cmp.Diff(wantFindings, findings); diff != "" {
				t.Errorf("%s, file system %d (-want +got)\n%s", c.name, i, diff)
			}
		}
	}

	// Through another link: out, in a circle, through a folder, forty at most.
	dir := folderOf(t, files, map[string]string{
		"in/one.md": "two.md", "in/two.md": "one.md",
		"in/far.md": "near.md", "in/near.md": "../secret.md",
		"in/way.md": ".way/b.md", "in/.way": "sub",
		"in/sub/pages": "..", "in/round.md": "sub/pages/sub/pages/a.md",
		"in/lost.md": ".out/secret.md", "in/.out": "..",
	})
	titles, findings := contents(t, os.DirFS(filepath.Join(dir, "in")))
	want := map[string]string{"a.md": "A", "sub/b.md": "B", "way.md": "B", "round.md": "A"}
	wantFindings := []string{
		"far.md: warning: it is a symbolic link that leads out of the folder" + remedy,
		"lost.md: warning: it is a symbolic link that leads out of the folder" + remedy,
		"near.md: warning: it is a symbolic link that leads out of the folder" + remedy,
		"one.md: warning: it is a symbolic link that leads through too many others, or in a circle" + remedy,
		"two.md: warning: it is a symbolic link that leads through too many others, or in a circle" + remedy,
	}
	wantFindings = slices.Insert(wantFindings, 4, "sub/pages: warning: it is a symbolic link to a folder, which is not entered"+remedy)
	if diff := cmp.Diff(want, titles) + cmp.Diff(wantFindings, findings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	dir = folderOf(t, map[string]string{"a.md": "# A\n"}, long)
	titles, findings = contents(t, os.DirFS(dir))
	if len(titles) != 41 || len(findings) != 2 {
		t.Errorf("got %d runbooks, %q; want a.md and 40 names of it, and two that are too far", len(titles), findings)
	}
}

// noLinks hides what a file system tells of its links.
type noLinks struct{ fs.FS }

func TestFileSystemsWithoutLinks(t *testing.T) {
	folder := fstest.MapFS{"a.md": {Data: []byte("# A\n")}, "x.md": {Data: []byte("a.md"), Mode: fs.ModeSymlink}, "pipe.md": {Mode: fs.ModeNamedPipe}}
	titles, findings := contents(t, noLinks{folder})
	want := []string{
		"pipe.md: warning: it is no regular file; write a file of text",
		"x.md: warning: it is a symbolic link, and the file system does not tell where it leads; give the folder that holds the file itself",
	}
	if diff := cmp.Diff(map[string]string{"a.md": "A"}, titles) + cmp.Diff(want, findings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	// fstest.MapFS tells where its links lead.
	folder["to-pipe.md"] = &fstest.MapFile{Data: []byte("pipe.md"), Mode: fs.ModeSymlink}
	folder["long.md"] = &fstest.MapFile{Data: []byte(strings.Repeat("./", 5000) + "a.md"), Mode: fs.ModeSymlink}
	titles, findings = contents(t, folder)
	want = []string{
		"long.md: warning: it is a symbolic link to a very long path; give the folder that holds the file itself",
		want[0],
		"to-pipe.md: warning: it is a symbolic link to what is no regular file; give the folder that holds the file itself",
	}
	if diff := cmp.Diff(map[string]string{"a.md": "A", "x.md": "A"}, titles) + cmp.Diff(want, findings); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
