package ownership

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/oncall/response"
)

// String is the report in lines for a terminal.
func (r IncidentReport) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(prose.Printable(fmt.Sprintf(format, args...)) + "\n") }
	line("%s: %s, since %s", prose.Minute(r.At), scopeWord(r.Scope), prose.Minute(r.Start))
	for i, root := range r.Roots {
		if i == 3 {
			line("  and %s more", prose.Plural(len(r.Roots)-i, "candidate"))
			break
		}
		silent := ""
		if root.Silent {
			silent = ", silent"
		}
		line("root: %s %.3f%s: %s", root.Service, root.Score, silent, root.Reason)
	}
	for _, a := range r.Roles {
		line("%s", a.line())
	}
	for _, u := range r.Unfilled {
		line("no %s: %s", strings.TrimSuffix(u.Role+" for "+u.Service, " for "), strings.Join(u.Reasons, "; "))
	}
	for _, s := range r.Escalation {
		line("%s", s.line())
	}
	for _, v := range r.BudgetAtRisk {
		line("%s/%s: %s", v.Service, v.Objective, v.sentence())
	}
	for _, v := range r.Runbooks {
		line("runbook of %s/%s: %s", v.Service, v.Alert, v.place())
	}
	for _, f := range r.Fatigue {
		line("tired: %s: %s", f.Person, f.Text)
	}
	for _, f := range r.Handoffs {
		line("handoff: %s", f.Reason)
	}
	for _, f := range r.Findings {
		line("%s", f)
	}
	return b.String()
}

func scopeWord(s response.Scope) string {
	if s == 0 {
		return "an incident of unknown scope"
	}
	return "an incident of scope " + s.String()
}

func (a IncidentRole) line() string {
	head := a.Role + ": " + a.Person
	if a.LevelName != "" {
		head += " (" + a.LevelName + ")"
	}
	if len(a.Services) > 0 {
		head += " for " + prose.And(a.Services)
	}
	return head + ", " + a.Reason
}

func (s IncidentStep) line() string {
	who := prose.And(s.People)
	if who == "" {
		who = "nobody"
	}
	text := fmt.Sprintf("after %s: %s", afterWord(s.After), who)
	if s.Scope != 0 {
		text += " for the " + s.Scope.String()
	}
	return text
}

func afterWord(d time.Duration) string {
	if d == 0 {
		return "0s"
	}
	return prose.Duration(d)
}

// sentence is the risk in words.
func (r BudgetRisk) sentence() string {
	text := prose.Percent(r.SharePerHour) + " of the budget an hour"
	if r.Level > 0 {
		text += fmt.Sprintf(" (%s to %s, %s)", prose.Percent(r.Low), prose.Percent(r.High), prose.Percent(r.Level))
	}
	if r.Basis == BurnOutage {
		text += " if everything fails"
	}
	if r.Remaining != nil {
		text += ", " + prose.Percent(*r.Remaining) + " left"
	}
	if !r.Exhausted.IsZero() {
		text += ", gone at " + prose.Minute(r.Exhausted)
	}
	return text
}

func (r IncidentRunbook) place() string {
	if r.Path == "" {
		return "none: " + r.Reason
	}
	return r.Path + " (" + r.Reason + ")"
}

// Markdown is the report as a page: scope, roots, the room, the escalation, and
// below them what it costs and which runbooks there are.
func (r IncidentReport) Markdown() string {
	var b strings.Builder
	title := "Incident"
	if r.Name != "" {
		title += " " + r.Name
	}
	fmt.Fprintf(&b, "# %s\n\nAt %s, since %s: %s.\n", markdown.Text(title), prose.Minute(r.At), prose.Minute(r.Start), scopeWord(r.Scope))
	b.WriteString("\n## Why this scope\n\n")
	for _, x := range r.Because {
		b.WriteString("- " + markdown.Text(x.Text) + "\n")
	}
	table := func(title, none string, rows [][]string, align ...markdown.Align) {
		b.WriteString("\n## " + title + "\n\n")
		if len(rows) == 1 {
			b.WriteString(none + "\n")
			return
		}
		b.WriteString(markdown.Table(rows, align...))
	}
	rows := [][]string{{"Entry", "Team", "Score", "Alerts", "Why"}}
	for _, root := range r.Roots {
		alerts := "yes"
		if root.Silent {
			alerts = "silent"
		}
		rows = append(rows, []string{markdown.Text(root.Service), markdown.Text(root.Team), fmt.Sprintf("%.3f", root.Score), alerts, markdown.Text(root.Reason)})
	}
	table("Likely roots", "None: nothing of the catalog alerts.", rows, markdown.Left, markdown.Left, markdown.Right)
	rows = [][]string{{"Role", "Who", "Level", "For", "Until", "Why"}}
	for _, a := range r.Roles {
		until := ""
		if !a.Until.IsZero() {
			until = prose.Minute(a.Until)
		}
		rows = append(rows, []string{markdown.Text(a.Role), markdown.Text(a.Person), markdown.Text(a.LevelName), markdown.Text(prose.And(a.Services)), until, markdown.Text(a.Reason)})
	}
	table("In the room", "Nobody.", rows)
	list := func(title string, lines []string) {
		if len(lines) > 0 {
			b.WriteString("\n## " + title + "\n\n- " + strings.Join(lines, "\n- ") + "\n")
		}
	}
	var lines []string
	for _, a := range r.Roles {
		if len(a.Grounds) > 0 {
			lines = append(lines, markdown.Text(a.Person+" as "+a.Role+": "+strings.Join(a.Grounds, "; ")))
		}
	}
	list("Why they may", lines)
	lines = nil
	for _, u := range r.Unfilled {
		text := strings.TrimSuffix(u.Role+" for "+u.Service, " for ") + ": " + strings.Join(u.Reasons, "; ")
		if len(u.OffDuty) > 0 {
			text += "; not on call, but eligible: " + prose.And(u.OffDuty)
		}
		lines = append(lines, markdown.Text(text))
	}
	list("Unfilled", lines)
	lines = nil
	for _, s := range r.SubTeams {
		lines = append(lines, markdown.Text(fmt.Sprintf("%s: %s leads %s, %s", s.Name, s.Lead, prose.And(s.Members), s.Reason)))
	}
	list("Sub-teams", lines)
	rows = [][]string{{"After", "Scope", "Who", "Nobody for"}}
	for _, s := range r.Escalation {
		rows = append(rows, []string{afterWord(s.After), markdown.Text(s.Scope.String()), markdown.Text(prose.And(s.People)), markdown.Text(strings.Join(s.Missing, "; "))})
	}
	table("Escalation", "Nobody is called.", rows, markdown.Right)
	rows = [][]string{{"Entry", "Objective", "What it costs"}}
	for _, v := range r.BudgetAtRisk {
		rows = append(rows, []string{markdown.Text(v.Service), markdown.Text(v.Objective), markdown.Text(v.sentence())})
	}
	table("Budget at risk", "No objective is affected.", rows)
	rows = [][]string{{"Entry", "Alert", "Runbook"}}
	for _, v := range r.Runbooks {
		rows = append(rows, []string{markdown.Text(v.Service), markdown.Text(v.Alert), markdown.Text(v.place())})
	}
	table("Runbooks", "None.", rows)
	lines = nil
	for _, f := range r.Fatigue {
		lines = append(lines, markdown.Text(f.Person+": "+f.Text))
	}
	list("Fatigue", lines)
	lines = nil
	for _, f := range r.Handoffs {
		lines = append(lines, markdown.Text(f.Reason))
	}
	list("Handoffs", lines)
	lines = nil
	for _, f := range r.Findings {
		lines = append(lines, markdown.Text(f.String()))
	}
	list("Findings", lines)
	return b.String()
}

// SVG draws the likely roots and what alerts on the dependency graph.
func (r IncidentReport) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r IncidentReport) SVGAt(width int) string {
	return response.IncidentGraph{Title: strings.TrimSpace("Incident " + r.Name), Entries: r.Entries, Ranking: r.Room.Ranking}.SVGAt(width)
}
