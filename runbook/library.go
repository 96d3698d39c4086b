package runbook

import (
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
	// links may point at.
	Files []string `json:"files,omitempty"`

	// Findings are about files that were not read (R024).
	Findings []Finding `json:"findings,omitempty"`
}

// ReadFolder reads all files of a folder whose names end in .md or .markdown, also
// in its subfolders, but for those whose names begin with a dot. It opens only
// regular files that it met on its walk: links, symbolic or in a text, are never
// followed, so that nothing outside the folder is read (a symbolic link is an
// R024, and what it points at is not looked at).
//
// The error is that of the folder itself; a file that cannot be read is a
// finding.
func ReadFolder(fsys fs.FS, opt Options) (Library, error) {
	rd := newReader(opt)
	var lib Library
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
		if !d.Type().IsRegular() {
			if isMarkdown(name) || d.Type()&fs.ModeSymlink != 0 {
				add(name, diag.Warning, "it is a symbolic link or no regular file, and is not followed", "give the folder that holds the file itself")
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
		source, size, err := readFile(fsys, name, rd.limits.Bytes)
		if err != nil {
			add(name, diag.Error, "the file cannot be read: "+reasonOf(err), "")
			return nil
		}
		r := rd.parse(name, source)
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
// noticed, and tells the size that the file says it has.
func readFile(fsys fs.FS, name string, limit int) (source []byte, size int, err error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		if !info.Mode().IsRegular() {
			return nil, 0, errors.New("no regular file")
		}
		size = int(info.Size())
	}
	source, err = io.ReadAll(io.LimitReader(f, int64(limit)+1))
	return source, max(size, len(source)), err
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
