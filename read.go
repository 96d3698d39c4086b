package ownership

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
)

// Version is the newest version of the format that this release reads.
const Version = 1

// Read reads the spec of one service. The source names the file in findings.
//
// Everything that is wrong is reported at once, in a *SpecError that errors.As
// reaches; Service.Findings holds the warnings and infos of a spec that can be
// used. Read knows no other file, so an owner team that the spec cannot define
// is a warning; ReadCatalog checks the names of several files against each
// other. A file with several entries is an error that says so.
//
// The file is YAML or JSON of at most MaxBytes. Anchors, aliases and tags are
// refused, so no file can grow when it is read; time is linear in its length.
// Reading the spec of an ordinary service takes a fraction of a millisecond.
func Read(source string, data []byte) (Service, error) {
	entries := readEntries(source, data, false)
	d := &decoder{source: source, findings: entries.findings}
	for _, t := range entries.teams {
		d.findings = append(d.findings, t.validate(false)...)
	}
	if !failed(d.findings) {
		switch {
		case len(entries.services) > 1:
			s := entries.services[1]
			d.add(Finding{Code: "several", Level: diag.Error, Line: s.line(), Column: s.column(), Path: s.origin.prefix,
				Reason: fmt.Sprintf("the file holds %d services, and one is asked for", len(entries.services)), Remedy: "read the folder as a catalog, or split the file"})
		case len(entries.services) == 0 && len(entries.teams) > 0:
			d.add(Finding{Code: "missing", Level: diag.Error, Line: 1, Column: 1, Path: "service", Reason: "the file holds a team and no service", Remedy: "read the folder as a catalog"})
		}
	}
	if len(entries.services) == 0 {
		return Service{}, &SpecError{diag.Sorted(d.findings)}
	}
	s := entries.services[0]
	alone := Catalog{Services: entries.services[:1], Teams: entries.teams}
	var team *Team
	for i, t := range alone.Teams {
		if t.Name == s.OwnerTeam && team == nil {
			team = &alone.Teams[i]
		}
	}
	d.findings = append(d.findings, s.validate(team)...)
	d.findings = append(d.findings, s.undefined(alone, &suggestions{}, team, false)...)
	findings := diag.Sorted(d.findings)
	if failed(findings) {
		return Service{}, &SpecError{findings}
	}
	s.Findings = findings
	return s, nil
}

func (s Service) line() int   { return s.origin.at[""].line }
func (s Service) column() int { return s.origin.at[""].column }

// entries is what one file holds.
type entries struct {
	services []Service
	teams    []Team
	findings []Finding // of reading alone
	ours     bool      // at least one document has a key of the format
	broken   bool      // the file could not be read at all
}

// readEntries decodes the documents of a file. In a catalog, documents that
// are something else are passed over.
func readEntries(source string, data []byte, catalog bool) entries {
	docs, findings := documents(source, data)
	if docs == nil {
		return entries{findings: findings, broken: true}
	}
	out := entries{}
	d := &decoder{source: source, findings: findings}
	for i := range docs {
		if isSpec(&docs[i]) {
			out.ours = true
		} else if catalog {
			continue
		}
		out.read(d, &docs[i])
	}
	if d.dropped > 0 {
		d.findings = append(d.findings, Finding{Code: "too-many", Level: diag.Error, Source: source,
			Reason: fmt.Sprintf("of %d findings the last %d are left out", len(d.findings)+d.dropped, d.dropped), Remedy: "mend these first"})
	}
	out.findings = d.findings
	return out
}

// isSpec reports whether a document has one of the keys that hold entries, or
// a misspelt one.
func isSpec(n *node) bool {
	for _, p := range n.pairs {
		if near := diag.Nearest(p.key, documentSection.names); near != "" && near != "version" {
			return true
		}
	}
	return false
}

func (e *entries) read(d *decoder, n *node) {
	f, ok := d.fields(n, "", documentSection)
	if !ok {
		return
	}
	version := 0
	if n := f.get("version"); n != nil {
		if version, ok = d.version(n, f.at("version")); !ok {
			return // the rest may mean something else
		}
	}
	found := false
	service := func(n *node, path string) {
		found = true
		if s, ok := d.service(n, path, version); ok {
			e.services = append(e.services, s)
		}
	}
	team := func(n *node, path string) {
		found = true
		if t, ok := d.team(n, path, version); ok {
			e.teams = append(e.teams, t)
		}
	}
	if n := f.get("service"); n != nil {
		service(n, f.at("service"))
	}
	f.list("services", false, service)
	if n := f.get("team"); n != nil {
		team(n, f.at("team"))
	}
	f.list("teams", false, team)
	if !found && !failed(d.findings) {
		d.fail(n, "service", "missing", "the document holds neither a service nor a team", "begin with service: and its name, owner_team and responsibilities")
	}
}

func (d *decoder) version(n *node, path string) (int, bool) {
	s, ok := d.scalar(n, path)
	if !ok {
		return 0, false
	}
	v, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(s), "v"))
	switch {
	case err != nil || n.typ == token.FloatType || v < 1:
		d.fail(n, path, "version", "it is no version of the format", "write version: "+strconv.Itoa(Version)+", or leave the key out")
	case v > Version:
		d.fail(n, path, "version", "the file is of version "+strconv.Itoa(v)+" of the format, and this release reads version "+strconv.Itoa(Version)+" only", "use a newer release of the library, or write version "+strconv.Itoa(Version))
	default:
		return v, true
	}
	return 0, false
}
