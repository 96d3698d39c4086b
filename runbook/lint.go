package runbook

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// LintOptions choose what is looked at. The zero value uses all rules that need
// nothing further: without CheckQuery there is no R021, without CoverOptions.Review.Now
// no R009.
type LintOptions struct {
	Cover CoverOptions

	// Off are the codes of rules that are not used, those of the parser included.
	Off []string

	// Levels replace the levels of findings, by code: error, warning or info.
	Levels map[string]string

	// CheckQuery tells what is wrong with a query of PromQL; nil checks none.
	// rules.CheckExpr is one. Placeholders are replaced by plausible values first.
	CheckQuery func(expr string) error

	// Rules are the caller's own, called after the others for each runbook.
	Rules []Rule
}

// Rule looks at one runbook and at the alerts that it answers. Source may be left
// empty in what it returns; then it is the runbook's path. Codes should not begin
// with R and a digit.
type Rule func(r Runbook, answers []Alert) []Finding

// Lint tells what is wrong with the runbooks, with their links to the alerts, and
// which alerts have none; in order of file and line. Rules documents the codes.
// No alerts at all means that nothing is known of them: R006, R007, R008, R015 and
// R019 then have nothing to say. Cost: linear in the size of the library.
func (l Library) Lint(alerts []Alert, opt LintOptions) []Finding {
	f := opt.Cover.Resolver.index(l)
	answers := make(map[string][]Alert)
	lint := newLinter(opt)
	lint.files = make(map[string]bool, 2*len(l.Files))
	for _, name := range l.Files {
		lint.files[strings.ToLower(name)] = true
		for dir := path.Dir(name); dir != "." && !lint.files[strings.ToLower(dir)]; dir = path.Dir(dir) {
			lint.files[strings.ToLower(dir)] = true
		}
	}
	lint.titles = make(map[string][]string)
	for _, r := range l.Runbooks {
		key := strings.ToLower(lastPart(r.Path))
		lint.titles[key] = append(lint.titles[key], r.Path)
		if name := strings.ToLower(r.Name); name != key {
			lint.titles[name] = append(lint.titles[name], r.Path)
		}
	}
	for _, a := range alerts {
		found := f.find(a)
		for _, p := range found.Paths {
			answers[p] = append(answers[p], a)
		}
		if found.Broken {
			lint.add(Finding{Code: "R007", Source: a.Source, Line: a.Line, Path: a.Name, Text: found.Link, Reason: "the runbook of " + diag.Quote(a.Name) + " is not in the folder", Remedy: f.suggest(l, a)})
		} else if found.Way == Nowhere && !found.Outside {
			lint.add(Finding{Code: "R006", Source: a.Source, Line: a.Line, Path: a.Name, Reason: "the alert " + diag.Quote(a.Name) + " has no runbook", Remedy: f.suggest(l, a)})
		}
	}
	for _, fd := range l.Findings {
		lint.add(fd)
	}
	for i, r := range l.Runbooks {
		if f.paths[i] == "" {
			continue
		}
		if len(alerts) > 0 && len(answers[r.Path]) == 0 && !r.isFrontPage() {
			lint.add(Finding{Code: "R008", Source: r.Path, Line: max(1, r.Line), Reason: "no alert leads here", Remedy: "link it from its alert, name its alerts in the front matter (alerts: [...]), or remove it"})
		}
		if r.isFrontPage() && len(answers[r.Path]) == 0 {
			lint.parsed(r)
			lint.text(r)
			continue
		}
		lint.runbook(r, answers[r.Path])
	}
	return diag.Sorted(lint.found)
}

// Lint tells what is wrong with one runbook by itself, given the alerts that it
// answers. Relative links are not followed (R014 sees only links to itself).
func (r Runbook) Lint(answers []Alert, opt LintOptions) []Finding {
	lint := newLinter(opt)
	lint.runbook(r, answers)
	return diag.Sorted(lint.found)
}

// suggest says what would give the alert a runbook.
func (f *finder) suggest(l Library, a Alert) string {
	names := make([]string, 0, 64)
	if named := f.byName[bareName(a.Name)]; len(named) > 0 {
		if f.link(a) == "" {
			return "its name leads to " + f.paths[named[0]] + ": link to it"
		}
		return "its name leads to " + f.paths[named[0]] + ": mend the link"
	}
	for _, r := range l.Runbooks {
		if len(names) < 2000 {
			names = append(names, r.Name)
		}
	}
	if near := diag.Nearest(a.Name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "write " + fileNameOf(a.Name) + " (Scaffold begins it)"
}

type linter struct {
	opt    LintOptions
	off    map[string]bool
	levels map[string]string
	files  map[string]bool     // in lower case; nil: not known
	titles map[string][]string // paths by name, for shortcodes
	found  []Finding
}

func newLinter(opt LintOptions) *linter {
	l := &linter{opt: opt, off: make(map[string]bool), levels: make(map[string]string)}
	for _, r := range Rules() {
		l.levels[r.Code] = r.Level
	}
	for _, code := range opt.Off {
		l.off[code] = true
	}
	return l
}

func (l *linter) add(f Finding) {
	if l.off[f.Code] {
		return
	}
	if level, ok := l.opt.Levels[f.Code]; ok {
		f.Level = level
	} else if f.Level == "" {
		f.Level = l.levels[f.Code]
	}
	l.found = append(l.found, f.withoutSecret())
}

// at is a finding in a runbook.
func (l *linter) at(r Runbook, code string, line, column int, text, reason, remedy string) {
	l.add(Finding{Code: code, Source: r.Path, Line: line, Column: column, Text: text, Reason: reason, Remedy: remedy})
}

// parsed repeats what the parser found.
func (l *linter) parsed(r Runbook) {
	for _, f := range r.Findings {
		l.add(f)
	}
}

func (l *linter) runbook(r Runbook, answers []Alert) {
	l.parsed(r)
	l.sections(r)
	l.title(r, answers)
	l.meta(r, answers)
	l.steps(r, answers)
	l.text(r)
	for _, rule := range l.opt.Rules {
		for _, f := range rule(r, answers) {
			if f.Source == "" {
				f.Source = r.Path
			}
			if f.Level == "" {
				f.Level = diag.Warning
			}
			l.add(f)
		}
	}
}

// sections is R001, R002 and R018.
func (l *linter) sections(r Runbook) {
	missing, hollow := r.lacks(requiredOr(l.opt.Cover.Required))
	for _, topic := range missing {
		l.at(r, "R001", max(1, r.Line), 0, "", "no section "+topic, "add a heading ## "+strings.ToUpper(topic[:1])+topic[1:])
	}
	for _, topic := range hollow {
		s, _ := r.Section(topic)
		l.at(r, "R002", s.Line, 0, s.Heading, "the section is empty or says that it is to be written", "write it: somebody will read it at night")
	}
	if s, ok := r.Section("escalation"); r.Meta.Escalation == "" && (!ok || s.Hollow) && !slices.Contains(missing, "escalation") {
		l.at(r, "R018", max(1, r.Line), 0, "", "nothing says whom to turn to when this does not help", "add a section ## Escalation, or escalation: to the front matter")
	}
}

// title is R003.
func (l *linter) title(r Runbook, answers []Alert) {
	if r.Line == 0 || r.isFrontPage() || r.Name == "" && len(answers)+len(r.Meta.Alerts) == 0 {
		return
	}
	title := bareName(r.Title)
	var names []string
	if r.Name != "" {
		names = append(names, r.Name)
	}
	for _, a := range answers {
		names = append(names, a.Name)
	}
	names = append(names, r.Meta.Alerts...)
	for _, n := range names {
		if bareName(n) == title {
			return
		}
	}
	l.at(r, "R003", r.Line, 0, r.Title, "the title is not the name "+diag.Quote(names[len(names)-1])+", by which people search", "write # "+names[len(names)-1])
}

// meta is R009, R010 and R019.
func (l *linter) meta(r Runbook, answers []Alert) {
	v := l.opt.Cover.Review
	if !v.Now.IsZero() {
		switch due, ok := v.due(r); {
		case !ok:
			l.at(r, "R009", 1, 0, "", "nothing says when it was last reviewed", "add last_reviewed: "+v.Now.UTC().Format(time.DateOnly)+" to the front matter once you have")
		case v.ahead(r):
			l.at(r, "R009", 1, 0, v.last(r).Format(time.DateOnly), "it was last reviewed in the future", "write the day of the last review")
		case !v.Now.Before(due):
			l.at(r, "R009", 1, 0, "", overdue(v.Now.Sub(due))+due.UTC().Format(time.DateOnly), "review it, and move last_reviewed")
		}
	}
	owned := r.Meta.Owner != ""
	for _, a := range answers {
		owned = owned || a.owner() != ""
	}
	if !owned {
		l.at(r, "R010", 1, 0, "", "nobody owns it", "add owner: TEAM to the front matter")
	}
	if r.Meta.Severity == "" {
		return
	}
	var others []string
	for _, a := range answers {
		s := a.severity()
		if rank(s) == rank(r.Meta.Severity) && (rank(s) > 0 || strings.EqualFold(s, r.Meta.Severity)) {
			return // one of several alerts of a name
		}
		if s != "" {
			others = append(others, diag.Quote(a.Name)+" has the severity "+s)
		}
	}
	slices.Sort(others)
	if others = slices.Compact(others); len(others) > 0 {
		told := prose.And(others[:min(len(others), 3)])
		if more := len(others) - 3; more > 0 {
			told += ", and " + strconv.Itoa(more) + " more have others"
		}
		l.at(r, "R019", 1, 0, r.Meta.Severity, "its alert "+told, "write the alert's severity, or leave it out here")
	}
}

// overdue begins the sentence on a review that was due so long ago.
func overdue(d time.Duration) string {
	if days := int(d / (24 * time.Hour)); days > 0 {
		return "a review has been due for " + prose.Plural(days, "day") + ", since "
	}
	return "a review is due since "
}

// rank orders the usual words for severities; 0 is an unknown word.
func rank(severity string) int {
	switch strings.ToLower(severity) {
	case "critical", "page", "error", "sev1", "p1", "high", "s1":
		return 3
	case "warning", "ticket", "warn", "sev2", "p2", "medium", "s2":
		return 2
	case "info", "information", "none", "low", "sev3", "p3", "s3":
		return 1
	}
	return 0
}
