package response

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Markdown is the document: a head, a section for each part, and the timeline.
// A part without anything says so, so that nothing is forgotten in silence. It is
// for GitHub-flavoured Markdown; nothing of the record is markup in it.
func (m PostMortem) Markdown() string {
	var b strings.Builder
	title := "Post-mortem"
	if m.Incident != "" {
		title += ": " + markdown.Text(m.Incident)
	}
	b.WriteString("# " + title + "\n\n")
	if m.Summary != "" {
		b.WriteString(markdown.Text(m.Summary) + "\n\n")
	}
	b.WriteString(m.head() + "\n")
	section := func(name, text, none string) {
		b.WriteString("## " + name + "\n\n")
		if text == "" {
			text = none + "\n"
		}
		b.WriteString(text + "\n")
	}
	section("Impact", m.impactText(), "No budget tells what it cost.")
	section("Detection", m.detectionText(), "Nothing is known of when the failure began.")
	section("Response", m.responseText(), "Nothing is known of who answered.")
	section("What stopped it", m.stopText(), "Nothing that was done explains the end.")
	var changes []string
	for _, c := range m.Changes {
		text := moment(c.At) + " " + markdown.Text(c.Service) + ": " + markdown.Text(c.Text) + ", " + lasting(c.Before) + " before it began"
		if c.Relation != "" {
			text += " (" + markdown.Text(c.Relation) + ")"
		}
		changes = append(changes, text)
	}
	section("Contributing changes", list(changes), "No change is known in what failed or what that stands on.")
	var lucky []string
	for _, s := range m.Lucky {
		lucky = append(lucky, markdown.Text(s))
	}
	section("What was lucky", list(lucky), "Nothing.")
	section("Actions", m.actionText(), "None.")
	section("Timeline", m.timelineText(), "Nothing.")
	var gaps []string
	for _, f := range m.Findings {
		gaps = append(gaps, markdown.Text(f.String()))
	}
	if len(gaps) > 0 {
		section("What this document lacks", list(gaps), "")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// moment is an instant for people, in the zone that the document names.
func moment(t time.Time) string { return t.Format("2006-01-02 15:04:05") }

func list(items []string) string {
	var b strings.Builder
	for _, s := range items {
		b.WriteString("- " + s + "\n")
	}
	return b.String()
}

func (m PostMortem) head() string {
	rows := [][]string{{"", ""}, {"Began", moment(m.Start)}}
	if m.End.IsZero() {
		rows = append(rows, []string{"Ended", "not yet"})
	} else {
		rows = append(rows, []string{"Ended", moment(m.End) + ", after " + lasting(m.End.Sub(m.Start))})
	}
	if m.Severity != 0 {
		rows = append(rows, []string{"Severity", strconv.Itoa(m.Severity)})
	}
	if m.Scope != 0 {
		rows = append(rows, []string{"Scope", markdown.Text(m.Scope.String())})
	}
	rows = append(rows, []string{"Affected", cells(m.Entries)})
	if len(m.Teams) > 0 {
		rows = append(rows, []string{"Teams", cells(m.Teams)})
	}
	rows = append(rows, []string{"Times", markdown.Text(m.Zone)})
	return markdown.Table(rows)
}

func cells(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = markdown.Text(n)
	}
	return strings.Join(out, ", ")
}

func (m PostMortem) impactText() string {
	if len(m.Impact) == 0 {
		return ""
	}
	rows := [][]string{{"Service", "Objective", "Bad events", "Of", "Budget consumed", "Between"}}
	for _, b := range m.Impact {
		between := "–"
		if b.Level > 0 {
			between = prose.Percent(b.Low) + " and " + prose.Percent(b.High) + " (" + prose.Percent(b.Level) + ")"
		}
		rows = append(rows, []string{markdown.Text(b.Service), markdown.Text(b.Objective), events(b.Bad), events(b.Total), prose.Percent(b.Consumed), between})
	}
	return markdown.Table(rows)
}

// events is a number of events for people: whole, or with two digits.
func events(x float64) string {
	if x >= 1e15 {
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
}

func (m PostMortem) detectionText() string {
	if len(m.Detections) == 0 {
		return ""
	}
	rows := [][]string{{"Service", "Alert", "Failed from", "Fired", "Delay", "Predicted"}}
	for _, d := range m.Detections {
		row := []string{markdown.Text(d.Service), markdown.Text(d.Alert), moment(d.Began), "never", "–", "–"}
		if delay, ok := d.Delay(); ok {
			row[3], row[4] = moment(d.Fired), lasting(delay)
			if d.Late() {
				row[4] += ", late"
			}
		}
		if d.Predicted > 0 {
			row[5] = lasting(d.Predicted)
		}
		rows = append(rows, row)
	}
	return markdown.Table(rows)
}

func (m PostMortem) responseText() string {
	var lines []string
	r := m.Response
	if delay, ok := r.Acknowledgement(); ok {
		lines = append(lines, "Acknowledged at "+moment(r.Acknowledged)+", "+lasting(delay)+" after the first alert")
	} else if !r.FirstAlert.IsZero() {
		lines = append(lines, "Nobody acknowledged the first alert of "+moment(r.FirstAlert))
	}
	if length, ok := r.Recovery(); ok {
		lines = append(lines, "The last alert ended at "+moment(r.Recovered)+", "+lasting(length)+" after the first began")
	}
	for _, x := range r.Roles {
		text := markdown.Text(x.Role)
		if x.Person != x.Role {
			text += ": " + markdown.Text(x.Person)
		}
		text += ", from " + moment(x.From)
		if !x.To.IsZero() {
			text += " to " + moment(x.To)
		}
		lines = append(lines, text)
	}
	for _, d := range r.OnCall {
		text := "on call as " + markdown.Text(d.Role)
		if d.Shadow {
			text = "beside whoever was on call"
		}
		if d.Schedule != "" {
			text += " of " + markdown.Text(d.Schedule)
		}
		lines = append(lines, text+": "+markdown.Text(d.Person)+", until "+moment(d.End))
	}
	for _, h := range r.Handoffs {
		text := "handoff of " + markdown.Text(h.Role)
		if h.Schedule != "" {
			text += " of " + markdown.Text(h.Schedule)
		}
		lines = append(lines, text+" at "+moment(h.At)+" from "+markdown.Text(h.From)+" to "+markdown.Text(h.To))
	}
	return list(lines)
}

func (m PostMortem) stopText() string {
	if m.Stop.IsZero() {
		return ""
	}
	text := markdown.Text(m.Stop.Text)
	if !m.Stop.At.IsZero() {
		text = moment(m.Stop.At) + " " + text + ", " + lasting(m.Stop.Before) + " before the last alert ended"
	}
	if m.Stop.Inferred {
		text += ". It was the last thing done; whether it helped is for people to say"
	}
	return text + ".\n"
}

func (m PostMortem) actionText() string {
	if len(m.Actions) == 0 {
		return ""
	}
	rows := [][]string{{"What", "Owner", "Lever", "Due"}}
	for _, a := range m.Actions {
		owner := markdown.Text(a.Team)
		if a.Owner != "" {
			if owner != "" {
				owner += ", "
			}
			owner += markdown.Text(a.Owner)
		}
		what, due := markdown.Text(a.Text), ""
		if a.Suggested {
			what += " (suggested)"
		}
		if !a.Due.IsZero() {
			due = a.Due.Format(time.DateOnly)
		}
		rows = append(rows, []string{what, owner, markdown.Text(a.Lever), due})
	}
	return markdown.Table(rows)
}

func (m PostMortem) timelineText() string {
	if len(m.Timeline) == 0 {
		return ""
	}
	rows := [][]string{{"At", "Service", "What"}}
	for _, x := range m.Timeline {
		rows = append(rows, []string{moment(x.At), markdown.Text(x.Service), markdown.Text(x.Text)})
	}
	return markdown.Table(rows)
}
