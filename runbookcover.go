package ownership

import (
	"path"
	"strings"

	"github.com/srekit/ownership/runbook"
)

// RunbookAlerts are the service's own alerts as package runbook sees them, in
// their order.
func (s Service) RunbookAlerts() []runbook.Alert {
	out := make([]runbook.Alert, 0, len(s.Alerts))
	for i, a := range s.Alerts {
		alert := runbook.Alert{Name: a.Name, Severity: severityWord(a.SeverityOf()), Owner: s.OwnerTeam, Source: s.Source()}
		alert.Line, _, _ = s.Position(item("monitoring.alerts", i))
		if r, ok := s.RunbookOf(a); ok {
			alert.Annotations = map[string]string{"runbook_url": r.Path}
		}
		out = append(out, alert)
	}
	return out
}

// CoverRunbooks tells which of the service's alerts have a usable runbook, by what
// its spec says and nothing else: the files are looked up in the library by their
// paths from the catalog's root. The resolver of opt is not used.
func (s Service) CoverRunbooks(library runbook.Library, opt runbook.CoverOptions) runbook.Coverage {
	opt.Resolver = runbook.Resolver{NoNames: true, Map: make(map[string]string, len(s.Alerts))}
	for _, r := range s.Runbooks {
		if !isURL(r.Path) {
			opt.Resolver.Paths = append(opt.Resolver.Paths, fileOf(r.Path))
		}
	}
	for _, a := range s.Alerts {
		if r, ok := s.RunbookOf(a); ok && !isURL(r.Path) {
			opt.Resolver.Map[a.Name] = fileOf(r.Path)
			opt.Resolver.Paths = append(opt.Resolver.Paths, fileOf(r.Path))
		}
	}
	return library.Cover(s.RunbookAlerts(), opt)
}

// fileOf is a runbook's path as fs.FS has it.
func fileOf(name string) string { return path.Clean(strings.TrimLeft(name, "/")) }
