package runbook

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/chart"
)

// maxRows is how many rows a table or picture for people has; a line says how
// many there would be.
const maxRows = 200

// Markdown is the coverage as tables: the counts by severity and owner, the alerts
// that lack something, and the orphans. All texts are escaped.
func (c Coverage) Markdown() string {
	var b strings.Builder
	rows := [][]string{{"alerts", "total", "linked", "resolved", "complete", "executable", "fresh"}, c.Counts.row("all")}
	for _, g := range c.BySeverity {
		rows = append(rows, g.Counts.row("severity "+nameOr(g.Name, "unknown")))
	}
	for _, g := range c.ByOwner {
		rows = append(rows, g.Counts.row("owner "+nameOr(g.Name, "unknown")))
	}
	table(&b, rows)
	rows = [][]string{{"alert", "severity", "owner", "runbook", "lacks"}}
	for _, a := range c.Alerts {
		if lacks := a.lacks(); lacks != "" {
			rows = append(rows, []string{escape(a.Alert), escape(a.Severity), escape(a.Owner), escape(a.Runbook), escape(lacks)})
		}
	}
	if len(rows) > 1 {
		b.WriteByte('\n')
		table(&b, rows)
	}
	if len(c.Orphans) > 0 {
		b.WriteString("\nRunbooks without an alert:\n\n")
		for i, name := range c.Orphans {
			if i == maxRows {
				fmt.Fprintf(&b, "- and %d more\n", len(c.Orphans)-i)
				break
			}
			b.WriteString("- " + escape(name) + "\n")
		}
	}
	return b.String()
}

// lacks is what keeps the alert from being covered in words; empty if nothing
// does.
func (a Covered) lacks() string {
	switch {
	case !a.Resolved || !a.Complete:
		return a.Reason
	case !a.Executable:
		return "a command or query"
	}
	return ""
}

func (n Counts) row(name string) []string {
	row := []string{escape(name)}
	for _, v := range []int{n.Total, n.Linked, n.Resolved, n.Complete, n.Executable, n.Fresh} {
		row = append(row, strconv.Itoa(v))
	}
	return row
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

func table(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		if i > maxRows {
			fmt.Fprintf(b, "\nand %d more\n", len(rows)-i)
			return
		}
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
}

// SVG draws how many of the alerts of each severity have what.
func (c Coverage) SVG() string { return c.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (c Coverage) SVGAt(width int) string {
	groups := []Group{{"all", c.Counts}}
	for _, g := range c.BySeverity {
		groups = append(groups, Group{nameOr(oneLine(g.Name), "no severity"), g.Counts})
	}
	if len(groups) > 12 {
		groups = groups[:12]
	}
	bars := chart.Bars{
		Title:      "Alerts with a usable runbook",
		Subtitle:   fmt.Sprintf("%d of %d alerts have one; %d runbooks, %d without an alert", c.Counts.Resolved, c.Counts.Total, c.Runbooks, len(c.Orphans)),
		Horizontal: true,
		Y:          chart.Axis{Label: "share of alerts", Unit: chart.Percent},
	}
	if c.Counts.Total == 0 {
		bars.Width = width
		return bars.SVG()
	}
	series := make([]chart.BarSeries, 4)
	for i, name := range []string{"linked", "resolved", "complete", "executable"} {
		series[i].Name = name
	}
	for _, g := range groups {
		bars.Categories = append(bars.Categories, g.Name)
		total := float64(max(1, g.Counts.Total))
		for i, v := range []int{g.Counts.Linked, g.Counts.Resolved, g.Counts.Complete, g.Counts.Executable} {
			series[i].Values = append(series[i].Values, float64(v)/total)
		}
	}
	bars.Series = series
	bars.Width = width
	return bars.SVG()
}

// Markdown is an outline for people: what the runbook says of itself, and its steps
// with what they are. All texts are escaped; code is left out.
func (r Runbook) Markdown() string {
	var b strings.Builder
	b.WriteString("# " + escape(nameOr(r.Title, r.Name)) + "\n\n")
	about := []string{}
	for _, p := range []struct{ name, value string }{{"file", r.Path}, {"service", r.Meta.Service}, {"owner", r.Meta.Owner}, {"severity", r.Meta.Severity}} {
		if p.value != "" {
			about = append(about, p.name+" "+escape(p.value))
		}
	}
	if !r.Meta.LastReviewed.IsZero() {
		about = append(about, "last reviewed "+r.Meta.LastReviewed.Format("2006-01-02"))
	}
	if len(about) > 0 {
		b.WriteString(strings.Join(about, ", ") + "\n\n")
	}
	rows := [][]string{{"section", "step", "kind", "what", "line"}}
	for _, s := range r.Sections {
		name := nameOr(s.Heading, "(no heading)")
		if len(s.Steps) == 0 {
			rows = append(rows, []string{escape(name), "", "", "(nothing)", strconv.Itoa(s.Line)})
		}
		for _, st := range s.Steps {
			what := oneLine(plainInline(st.Text))
			if what == "" {
				what, _, _ = strings.Cut(strings.TrimSpace(st.Code), "\n")
			}
			if secret, _ := secretIn(what); secret != "" {
				what = "(holds what looks like " + secret + ")"
			}
			if r := []rune(what); len(r) > 100 {
				what = string(r[:99]) + "…"
			}
			if len(st.Changes) > 0 {
				what += " (changes something)"
			}
			rows = append(rows, []string{escape(name), escape(st.ID), st.Kind.String(), escape(what), strconv.Itoa(st.Line)})
		}
	}
	table(&b, rows)
	if len(r.Inputs) > 0 {
		b.WriteByte('\n')
		rows = [][]string{{"input", "form", "declared", "what"}}
		for _, in := range r.Inputs {
			rows = append(rows, []string{escape(in.Name), in.Form.String(), strconv.FormatBool(in.Declared), escape(in.Description)})
		}
		table(&b, rows)
	}
	return b.String()
}
