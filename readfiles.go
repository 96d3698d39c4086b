package ownership

import "github.com/srekit/ownership/internal/diag"

// File is a file that has been read: its name, as findings show it, and its
// content.
type File struct {
	Name string
	Data []byte
}

// ReadFiles reads files that were named one by one, as a command line does.
// Each may hold several documents, services and teams; they are checked against
// each other as ReadCatalog does, but no runbook is looked up, since there is no
// folder. A file without any entry is an error. The error is a *SpecError with
// all findings of all files.
func ReadFiles(files []File, opt CatalogOptions) (Catalog, error) {
	c := Catalog{Strict: opt.Strict}
	var findings []Finding
	for _, f := range files {
		e := readEntries(f.Name, f.Data, false)
		c.Services = append(c.Services, e.services...)
		c.Teams = append(c.Teams, e.teams...)
		findings = append(findings, e.findings...)
	}
	c.Findings = diag.Sorted(append(findings, c.Validate()...))
	if failed(c.Findings) {
		return c, &SpecError{c.Findings}
	}
	return c, nil
}
