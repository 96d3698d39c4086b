package ownership

import (
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// runbooks checks that alerts and runbooks find each other.
func (c *checker) runbooks() {
	names := make([]string, len(c.s.Alerts))
	used := make(map[string]bool)
	for i, a := range c.s.Alerts {
		names[i] = a.Name
		r, ok := c.s.RunbookOf(a)
		if !ok && a.Name != "" {
			c.add("alert-without-runbook", diag.Warning, item("monitoring.alerts", i)+".name", "no runbook has the alert's name", "add runbooks: - path: …/"+kebab(a.Name)+".md, or name one by the alert's key runbook")
		}
		used[r.Path] = ok
	}
	for i, r := range c.s.Runbooks {
		at := item("incident_response.runbooks", i)
		if r.Path == "" {
			if c.s.origin == nil {
				c.add("missing", diag.Error, at+".path", "the key is missing", "add it")
			}
			continue
		}
		if c.s.origin == nil || c.has(at+".path") {
			at += ".path"
		}
		if first := slices.IndexFunc(c.s.Runbooks[:i], func(b Runbook) bool { return b.Path == r.Path }); first >= 0 {
			c.add("duplicate", diag.Error, at, "the runbook is listed twice", "keep one of them")
			continue
		}
		for j, name := range r.Alerts {
			if !slices.Contains(names, name) {
				c.add("undefined-alert", diag.Error, item(item("incident_response.runbooks", i)+".alerts", j), "the service has no alert of that name", didYouMean(name, names))
			}
		}
		if !used[r.Path] && len(r.Alerts) == 0 {
			reason, remedy := "no alert has the runbook's name", "name its alerts by the key alerts, or rename the file after one"
			for _, name := range names[:min(len(names), maxNear)] {
				if r.title() == bareName(name) {
					reason, remedy = "the alert "+name+" names another runbook", "remove this one, or the alert's key runbook"
				} else if diag.Nearest(r.title(), []string{bareName(name)}) != "" {
					remedy = "did you mean " + kebab(name) + ".md?"
				}
			}
			c.add("runbook-without-alert", diag.Warning, at, reason, remedy)
		}
	}
}

// kebab is the name of the file that answers an alert: high-error-rate for
// HighErrorRateAlert.
func kebab(name string) string {
	var b strings.Builder
	previous := rune(0)
	for _, r := range name {
		lower := strings.ToLower(string(r))
		switch {
		case r == '_' || r == ' ' || r == '-':
			lower = "-"
		case lower != string(r) && previous != 0 && strings.ToLower(string(previous)) == string(previous) && previous != '-' && previous != '_' && previous != ' ':
			b.WriteByte('-')
		}
		b.WriteString(lower)
		previous = r
	}
	return strings.TrimSuffix(strings.TrimSuffix(b.String(), "alert"), "-")
}
