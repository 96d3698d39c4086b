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
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall/response"
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
	c.Findings = sorted(findings)
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

// AreaOf is the area of an entry, that of its owner team if it names none.
func (c Catalog) AreaOf(s Service) string {
	if s.Area != "" {
		return s.Area
	}
	t, _ := c.Team(s.OwnerTeam)
	return t.Area
}

// ScopeOf is how far an incident reaches that affects the entries of these
// names: a service if it is one; a platform if one of them is a platform or a
// concern, or if they are several of one team; an area if they belong to two
// teams; the organisation if they belong to three or more teams or to two
// areas, or if one of them is of tier 0. Without entries it is a task. A name
// that the catalog does not hold is an error that names the nearest.
func (c Catalog) ScopeOf(entries ...string) (response.Scope, error) {
	scope := response.Task
	var names, teams, areas []string
	var errs []error
	add := func(set []string, s string) []string {
		if s == "" || slices.Contains(set, s) {
			return set
		}
		return append(set, s)
	}
	for _, name := range entries {
		s, ok := c.Service(name)
		if !ok {
			errs = append(errs, fmt.Errorf("the catalog has no entry %q; %s", name, didYouMean(name, c.entryNames())))
			continue
		}
		names, teams, areas = add(names, name), add(teams, s.OwnerTeam), add(areas, c.AreaOf(s))
		scope = max(scope, response.Service)
		if s.Kind != KindService {
			scope = max(scope, response.Platform)
		}
		if s.Tier == Tier0 {
			scope = response.Organisation
		}
	}
	if len(errs) > 0 {
		return 0, errors.Join(errs...)
	}
	switch {
	case len(teams) >= 3 || len(areas) >= 2:
		scope = response.Organisation
	case len(teams) == 2:
		scope = max(scope, response.Area)
	case len(names) >= 2:
		scope = max(scope, response.Platform)
	}
	return scope, nil
}

// ScheduleOf is the schedule of an entry with everything filled in that it
// leaves out. An entry without a schedule has its team's, and so has one that
// gives no more than the rhythm of its team's; one that refers to a schedule by
// name has that (a name wins over a rhythm of the same spelling). What is still
// missing is the team's: time zone (else UTC) and members (those of its
// schedule, else all); then the handoff on Monday at 09:00, or at 09:00 where a
// turn is not in weeks, and the first day DefaultStart. ok is false if neither
// has a schedule, or if it is kept elsewhere.
func (c Catalog) ScheduleOf(s Service) (schedule Schedule, ok bool) {
	team, _ := c.Team(s.OwnerTeam)
	out := s.Schedule
	if named, found := c.named(team, out); found {
		out = named
	} else if out.Ref != "" || out.URL != "" {
		return out, false
	}
	if out.IsZero() || !team.Schedule.IsZero() && out.onlyRotation() && out.Rotation == team.Schedule.Rotation {
		out = team.Schedule
	}
	if out.IsZero() || out.Ref != "" || out.URL != "" {
		return out, false
	}
	if out.TimeZone == "" {
		out.TimeZone = team.TimeZone
	}
	if out.TimeZone == "" {
		out.TimeZone = "UTC"
	}
	if len(out.Members) == 0 && len(out.Layers) == 0 {
		out.Members = slices.Clone(team.Schedule.Members)
	}
	if len(out.Members) == 0 && len(out.Layers) == 0 {
		for _, p := range team.Members {
			out.Members = append(out.Members, p.Name)
		}
	}
	if out.Rotation == (Rotation{}) {
		out.Rotation = Rotation{1, "week"}
	}
	if out.Handoff == (Handoff{}) && out.Rotation.Unit == "week" {
		out.Handoff = DefaultHandoff()
	}
	if out.Handoff.Clock == "" {
		out.Handoff.Clock = DefaultHandoff().Clock
	}
	if !out.Handoff.HasDay && out.Rotation.Unit == "week" {
		out.Handoff.HasDay, out.Handoff.Weekday = true, time.Monday
	}
	if out.Start == "" {
		out.Start = DefaultStart
	}
	return out, true
}

// onlyRotation reports whether a schedule says how often a turn passes on and
// nothing else.
func (s Schedule) onlyRotation() bool {
	rotation := s.Rotation
	s.Rotation = Rotation{}
	return rotation != Rotation{} && s.IsZero()
}

// named is the schedule of a team whose name is what the schedule s says: the
// owner team's first, then any other's.
func (c Catalog) named(owner Team, s Schedule) (Schedule, bool) {
	name := s.Ref
	if name == "" && len(s.Members) == 0 && len(s.Layers) == 0 {
		name = s.String()
	}
	if name == "" {
		return Schedule{}, false
	}
	if owner.Schedule.Name == name {
		return owner.Schedule, true
	}
	for _, t := range c.Teams {
		if t.Schedule.Name == name || s.Ref != "" && t.Name == name {
			return t.Schedule, true
		}
	}
	return Schedule{}, false
}
