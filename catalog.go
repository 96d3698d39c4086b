package ownership

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

// Catalog is the services and teams of an organisation. It is plain data; a
// Catalog is safe for concurrent use as long as nobody writes to it.
type Catalog struct {
	Services []Service // in order of file and position
	Teams    []Team

	// Strict makes an undefined team, handler, dependency, member or schedule
	// an error; otherwise it is a warning, because it may be defined elsewhere.
	Strict bool

	// Findings are those of ReadCatalog, in order of file and position.
	Findings []Finding
}

// CatalogOptions say what ReadCatalog reads and how it judges. More fields may
// be added; the zero value is right for a folder of specs.
type CatalogOptions struct {
	// Strict makes what the catalog refers to but does not hold an error:
	// teams, handlers, dependencies, members, schedules and runbook files.
	Strict bool
	// Patterns choose the files, by path.Match against the file's name or,
	// for a pattern with a slash, its whole path. Default *.yaml and *.yml.
	Patterns []string
}

// ReadCatalog reads every spec below the root of fsys. Files may hold several
// documents, and documents several services and teams. Files and documents
// that are no spec (a rule file, a manifest) are passed over with a finding of
// level info; folders whose name begins with a dot are not entered.
//
// Runbook paths are looked up from the root of fsys. If anything is an error,
// it returns a *SpecError with all findings, and beside it the catalog of what
// could be read, so that one broken file does not hide the others. An error of
// fsys itself is returned wrapped. Files are read one after the other in
// lexical order; a thousand services take a fraction of a second.
func ReadCatalog(fsys fs.FS, opt CatalogOptions) (Catalog, error) {
	patterns := opt.Patterns
	if len(patterns) == 0 {
		patterns = []string{"*.yaml", "*.yml"}
	}
	for _, p := range patterns {
		if _, err := path.Match(p, ""); err != nil {
			return Catalog{}, fmt.Errorf("read catalog: pattern %q: %w", p, err)
		}
	}
	c := Catalog{Strict: opt.Strict}
	var findings []Finding
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !matches(patterns, name):
			return nil
		}
		found, err := c.readFile(fsys, name)
		findings = append(findings, found...)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("read catalog: %w", err)
	}
	findings = append(findings, c.Validate()...)
	for _, s := range c.Services {
		findings = append(findings, s.missingRunbooks(fsys, opt.Strict)...)
	}
	c.Findings = diag.Sorted(findings)
	if failed(c.Findings) {
		return c, &SpecError{c.Findings}
	}
	return c, nil
}

func matches(patterns []string, name string) bool {
	for _, p := range patterns {
		subject := name
		if !strings.Contains(p, "/") {
			subject = path.Base(name)
		}
		if ok, _ := path.Match(p, subject); ok {
			return true
		}
	}
	return false
}

// readFile adds what one file holds.
func (c *Catalog) readFile(fsys fs.FS, name string) ([]Finding, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	e := readEntries(name, data, true)
	if !e.ours && (!e.broken || !mentions(data)) {
		return []Finding{{Code: "not-a-spec", Level: diag.Info, Source: name, Reason: "the file holds no service and no team, and is passed over"}}, nil
	}
	c.Services = append(c.Services, e.services...)
	c.Teams = append(c.Teams, e.teams...)
	return e.findings, nil
}

// mentions reports whether a file that cannot be read was meant to be a spec:
// one of its lines begins with a key of the format.
func mentions(data []byte) bool {
	for line := range bytes.Lines(data) {
		key, _, ok := bytes.Cut(bytes.TrimLeft(line, "\ufeff \t{\""), []byte(":"))
		if ok && slices.Contains([]string{"service", "services", "team", "teams"}, string(bytes.TrimRight(key, "\" "))) {
			return true
		}
	}
	return false
}

// missingRunbooks reports the runbooks that are no file of the catalog.
func (s Service) missingRunbooks(fsys fs.FS, strict bool) []Finding {
	var out []Finding
	look := func(at, file string) {
		if file == "" || isURL(file) {
			return
		}
		name := path.Clean(strings.TrimLeft(file, "/"))
		info, err := fs.Stat(fsys, name)
		if err == nil && !info.IsDir() {
			return
		}
		reason := "no such file in the catalog"
		if !fs.ValidPath(name) || err != nil && !errors.Is(err, fs.ErrNotExist) {
			reason = "the path leaves the catalog or cannot be read"
		}
		if s.origin != nil {
			if _, ok := s.origin.at[at+".path"]; ok {
				at += ".path"
			}
		}
		out = append(out, s.finding("undefined-runbook", undefinedLevel(strict), at, reason, "write the runbook, or mend the path; it counts from the root of the catalog"))
	}
	for i, r := range s.Runbooks {
		look(item("incident_response.runbooks", i), r.Path)
	}
	for i, a := range s.Alerts {
		if !slices.ContainsFunc(s.Runbooks, func(r Runbook) bool { return r.Path == a.Runbook }) {
			look(item("monitoring.alerts", i)+".runbook", a.Runbook)
		}
	}
	return out
}

func undefinedLevel(strict bool) string {
	if strict {
		return diag.Error
	}
	return diag.Warning
}

// Service returns the entry of that name, the first if several have it.
func (c Catalog) Service(name string) (Service, bool) {
	for _, s := range c.Services {
		if s.Name == name {
			return s, true
		}
	}
	return Service{}, false
}

// Team returns the team of that name, the first if several have it.
func (c Catalog) Team(name string) (Team, bool) {
	for _, t := range c.Teams {
		if t.Name == name {
			return t, true
		}
	}
	return Team{}, false
}
