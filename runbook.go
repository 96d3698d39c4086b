package ownership

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// Runbook says where a runbook is and which alerts it answers.
type Runbook struct {
	Path   string   // from the root of the catalog, or a URL
	Alerts []string // names of alerts; empty means the alert of the same name
}

// RunbookOf is the runbook of an alert: the one that the alert names, else the
// one that names the alert, else the one whose file has the alert's name. Names
// are compared without case, punctuation and a last word "alert":
// high-error-rate.md answers HighErrorRateAlert. ok is false if there is none.
func (s Service) RunbookOf(a Alert) (runbook Runbook, ok bool) {
	if a.Runbook != "" {
		for _, r := range s.Runbooks {
			if r.Path == a.Runbook {
				return r, true
			}
		}
		return Runbook{Path: a.Runbook}, true
	}
	for _, r := range s.Runbooks {
		if slices.Contains(r.Alerts, a.Name) {
			return r, true
		}
	}
	for _, r := range s.Runbooks {
		if len(r.Alerts) == 0 && r.title() == bareName(a.Name) {
			return r, true
		}
	}
	return Runbook{}, false
}

// title is the name of the runbook's file as it is compared with an alert's.
func (r Runbook) title() string {
	name := path.Base(strings.TrimRight(r.Path, "/"))
	return bareName(strings.TrimSuffix(name, path.Ext(name)))
}

// bareName is a name without case, punctuation and a last word "alert".
func bareName(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	if bare := strings.TrimSuffix(s, "alert"); bare != "" {
		return bare
	}
	return s
}

// isURL reports whether a runbook is not a file of the catalog.
func isURL(path string) bool { return strings.Contains(path, "://") }

func (d *decoder) runbook(n *node, path string) Runbook {
	if n.kind == scalarNode {
		return Runbook{Path: d.name(n, path)}
	}
	f, ok := d.fields(n, path, runbookSection)
	if !ok {
		return Runbook{}
	}
	return Runbook{Path: f.name("path"), Alerts: f.names("alerts")}
}
