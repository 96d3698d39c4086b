package runbook

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Objective is what an alert watches, in words, for a scaffold.
type Objective struct {
	Name   string `json:"name,omitempty"`   // availability
	Target string `json:"target,omitempty"` // 99.9%
	Window string `json:"window,omitempty"` // 30d
}

// ScaffoldOptions say what a scaffold knows. The zero value knows the alert only.
type ScaffoldOptions struct {
	Objective   Objective
	Owner       string        // empty: the alert's
	ReviewEvery time.Duration // in whole days; 0: 180 days
}

// Scaffold is the beginning of a runbook: the front matter, all sections, the
// alert's own expression as the first query, and TODO where a person has to write.
// It has no last_reviewed and its sections to write are hollow, so that Lint asks for
// them. Whatever the alert holds stands in it as text: markup in labels and line
// breaks in names do not get through. The result is UTF-8 and ends in a line feed.
func Scaffold(a Alert, opt ScaffoldOptions) string {
	var b strings.Builder
	owner := opt.Owner
	if owner == "" {
		owner = a.owner()
	}
	every := opt.ReviewEvery
	if every <= 0 {
		every = 180 * 24 * time.Hour
	}
	name := oneLine(a.Name)
	if name == "" {
		name = "Alert"
	}
	b.WriteString("---\ntitle: " + quoted(name) + "\nalerts: [" + quoted(name) + "]\n")
	if owner != "" {
		b.WriteString("owner: " + quoted(oneLine(owner)) + "\n")
	}
	if s := a.severity(); s != "" {
		b.WriteString("severity: " + quoted(oneLine(s)) + "\n")
	}
	b.WriteString("review_every: " + days(every) + "\n---\n\n# " + escape(name) + "\n\n## Meaning\n\n")
	said := false
	for _, key := range []string{"summary", "description"} {
		if text := oneLine(a.Annotations[key]); text != "" {
			b.WriteString(escape(text) + "\n\n")
			said = true
		}
	}
	if o := opt.Objective; o.Name != "" || o.Target != "" {
		text := "The alert watches the objective " + escape(oneLine(o.Name))
		if o.Target != "" {
			text += ", " + escape(oneLine(o.Target))
			if o.Window != "" {
				text += " over " + escape(oneLine(o.Window))
			}
		}
		b.WriteString(text + ".\n\n")
		said = true
	}
	if !said {
		b.WriteString("TODO: what is wrong when it fires, in a sentence\n\n")
	}
	b.WriteString("## Impact\n\nTODO: who notices, and how much\n\n## Diagnosis\n\n")
	if expr := strings.TrimSpace(visible(a.Expr)); expr != "" {
		fence := "```"
		for strings.Contains(expr, fence) {
			fence += "`"
		}
		b.WriteString("1. What does the alert see?\n\n   " + fence + "promql\n")
		for line := range strings.SplitSeq(expr, "\n") {
			b.WriteString("   " + strings.TrimRight(line, " \t") + "\n")
		}
		b.WriteString("   " + fence + "\n\n2. TODO: what to look at next, and what each answer means\n\n")
	} else {
		b.WriteString("TODO: what to look at, and what each answer means\n\n")
	}
	b.WriteString("## Mitigation\n\nTODO: what to do, and how to undo it\n\n## Escalation\n\n")
	if owner != "" {
		b.WriteString("Who is on call for " + escape(oneLine(owner)) + ".\n\n")
	} else {
		b.WriteString("TODO: whom to turn to, and after how many minutes\n\n")
	}
	b.WriteString("## Verification\n\nTODO: how to tell that it is over\n")
	return b.String()
}

// days is a duration in whole days, at least one.
func days(d time.Duration) string {
	n := int64((d + 12*time.Hour) / (24 * time.Hour))
	return strconv.FormatInt(max(1, n), 10) + "d"
}

// fileNameOf is the name of an alert's runbook: high-error-rate.md for
// HighErrorRateAlert.
func fileNameOf(alert string) string {
	var b strings.Builder
	var previous rune
	for _, r := range alert {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			r = '-'
		case unicode.IsUpper(r) && (unicode.IsLower(previous) || unicode.IsDigit(previous)):
			b.WriteByte('-')
		}
		if r != '-' || previous != '-' {
			b.WriteRune(unicode.ToLower(r))
		}
		previous = r
		if b.Len() > 100 {
			break
		}
	}
	name := strings.Trim(b.String(), "-")
	if bare := strings.TrimSuffix(name, "-alert"); bare != "" {
		name = bare
	}
	if name == "" {
		name = "alert"
	}
	return name + ".md"
}

// quoted is a string of YAML in double quotes, without HTML for those who show
// front matter as it is.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
		case '<':
			b.WriteString(`\u003C`)
			continue
		case '>':
			b.WriteString(`\u003E`)
			continue
		}
		b.WriteRune(r)
	}
	return b.String() + `"`
}
