package runbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// Library is the runbooks of a folder. The zero value is an empty one. It is
// not changed after it was read and may be used by many goroutines.
type Library struct {
	Runbooks []Runbook `json:"runbooks"` // in order of path

	// Files are the paths of all regular files of the folder, sorted: what relative
	// links may point at. A symbolic link that was followed has its own path here.
	Files []string `json:"files,omitempty"`

	// Findings are about files that were not read (R024).
	Findings []Finding `json:"findings,omitempty"`
}

// ReadFolder reads all files of a folder whose names end in .md or .markdown, also
// in its subfolders, but for those whose names begin with a dot. Links in a text are
// never followed.
//
// A symbolic link to a file is followed if the file system tells where it leads
// (fs.ReadLinkFS, as os.DirFS does) and it stays in the folder on every step, as
// those of a Kubernetes ConfigMap do (a.md -> ..data/a.md, ..data -> ..2026_01_31).
// The runbook then has the path of the link. What leads out of the folder, to
// another folder, in a circle or nowhere is an R024. In a folder that strangers can
// write to while it is read, a link may be exchanged between the look and the
// reading; give os.Root.FS there, which refuses that.
//
// The error is that of the folder itself; a file that cannot be read is a
// finding.
func ReadFolder(fsys fs.FS, opt Options) (Library, error) {
	rd := newReader(opt)
	var lib Library
	var text bytes.Buffer
	add := func(name, level, reason, remedy string) {
		if len(lib.Findings) < maxFindings {
			lib.Findings = append(lib.Findings, Finding{Code: "R024", Level: level, Source: name, Reason: reason, Remedy: remedy})
		}
	}
	stop := errors.New("enough")
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			if name == "." {
				return err
			}
			add(name, diag.Error, "the folder cannot be read: "+reasonOf(err), "")
			return fs.SkipDir
		}
		if name != "." && strings.HasPrefix(path.Base(name), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		file := name
		if d.Type()&fs.ModeSymlink != 0 {
			if file, err = followed(fsys, name); err != nil {
				add(name, diag.Warning, reasonOf(err), "give the folder that holds the file itself")
				return nil
			}
		} else if !d.Type().IsRegular() {
			if isMarkdown(name) {
				add(name, diag.Warning, "it is no regular file", "write a file of text")
			}
			return nil
		}
		if len(lib.Files) == rd.limits.Files {
			add(name, diag.Error, fmt.Sprintf("the folder has more than %d files, and those from here on are not read", rd.limits.Files), "give a smaller folder, or raise Limits.Files")
			return stop
		}
		lib.Files = append(lib.Files, name)
		if !isMarkdown(name) {
			return nil
		}
		size, err := readFile(fsys, file, rd.limits.Bytes, &text)
		if err != nil {
			add(name, diag.Error, "the file cannot be read: "+reasonOf(err), "")
			return nil
		}
		r := rd.parse(name, text.Bytes())
		r.Bytes = size
		lib.Runbooks = append(lib.Runbooks, r)
		return nil
	})
	if err != nil && err != stop {
		return Library{}, fmt.Errorf("runbooks: %w", err)
	}
	slices.Sort(lib.Files)
	slices.SortFunc(lib.Runbooks, func(a, b Runbook) int { return strings.Compare(a.Path, b.Path) })
	return lib, nil
}

// reasonOf is an error without the path that fs.PathError repeats.
func reasonOf(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// readFile reads at most one byte more than the limit, so that a larger file is
// noticed, and tells the size that the file says it has. into is emptied first.
func readFile(fsys fs.FS, name string, limit int, into *bytes.Buffer) (size int, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	into.Reset()
	if info, err := f.Stat(); err == nil {
		if !info.Mode().IsRegular() {
			return 0, errors.New("no regular file")
		}
		size = int(info.Size())
		into.Grow(max(0, min(size, limit)) + bytes.MinRead)
	}
	_, err = into.ReadFrom(io.LimitReader(f, int64(limit)+1))
	return max(size, into.Len()), err
}

func isMarkdown(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".md" || ext == ".markdown"
}

// Runbook is the runbook of a path.
func (l Library) Runbook(name string) (r Runbook, ok bool) {
	if i := l.find(name); i >= 0 {
		return l.Runbooks[i], true
	}
	return Runbook{}, false
}

func (l Library) find(name string) int {
	i, ok := slices.BinarySearchFunc(l.Runbooks, name, func(r Runbook, name string) int { return strings.Compare(r.Path, name) })
	if ok {
		return i
	}
	// A library that was put together by hand may be in any order.
	return slices.IndexFunc(l.Runbooks, func(r Runbook) bool { return r.Path == name })
}
