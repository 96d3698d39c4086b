package runbook_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/runbook"
)

// Each limit tells where reading ended, and what stands before it was read.
func TestLimits(t *testing.T) {
	var deep strings.Builder
	for i := range 16 {
		deep.WriteString(strings.Repeat("  ", i) + "- a\n")
	}
	blank := deep.String() + strings.Repeat("\n", 1<<20/16+1)
	for _, c := range []struct {
		name, source string
		limits       runbook.Limits
		want         string
	}{
		{"bytes", "# A\n\nb\n\nc\n", runbook.Limits{Bytes: 8}, "x.md:5:1: the file has 10 bytes, and what follows after 8 is not read; split the runbook, or raise Limits.Bytes"},
		{"steps", "# A\n\nb\n\nc\n\nd\n\ne\n", runbook.Limits{Steps: 2}, "x.md:7:1: the runbook has more than 2 steps, and those from here on are left out; split the runbook, or raise Limits.Steps"},
		{"depth", "# A\n\n- b\n  - c\n    - d\n", runbook.Limits{Depth: 2}, "x.md:5:1: the line nests lists or quotes more than 2 deep, and nothing is read from here on; write less deep lists, or raise Limits.Depth"},
		{"blank lines", blank, runbook.Limits{}, fmt.Sprintf("x.md:%d:1: there are too many blank lines in deep lists, and nothing is read from here on; leave out blank lines", 16+1<<20/16+1)},
	} {
		r := runbook.Parse("x.md", []byte(c.source), runbook.Options{Limits: c.limits})
		var got []string
		for _, f := range r.Findings {
			if f.Code != "R023" {
				t.Errorf("%s: got %s, want R023", c.name, f.Code)
			}
			got = append(got, f.String())
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
		if c.limits.Steps > 0 && len(r.Steps()) != c.limits.Steps {
			t.Errorf("%s: got %d steps, want %d", c.name, len(r.Steps()), c.limits.Steps)
		}
	}
}

// closedFS has a folder that cannot be listed.
type closedFS struct{ fstest.MapFS }

func (f closedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == "closed" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadDir(name)
}

func TestClosedFolder(t *testing.T) {
	lib, err := runbook.ReadFolder(closedFS{fstest.MapFS{"a.md": {}, "closed/b.md": {}, "open/c.md": {}}}, runbook.Options{})
	if err != nil || len(lib.Runbooks) != 2 || len(lib.Findings) != 1 {
		t.Fatalf("%v %+v, want two runbooks and a finding", err, lib)
	}
	if f := lib.Findings[0]; f.Code != "R024" || f.String() != "closed: the folder cannot be read: permission denied" {
		t.Errorf("got %s %s", f.Code, f)
	}
}
