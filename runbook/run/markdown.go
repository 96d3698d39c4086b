package run

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/runbook"
)

// Markdown is the plan for a chat or a review: what it runs with, each step with its
// command, risk, approvals and rights, and what is weak. Everything that comes from the
// runbook or the alert is escaped, code stands in blocks that it cannot end, and what
// looks like a credential is redacted.
func (p Plan) Markdown() string {
	var b strings.Builder
	c, share := p.core, p.Share()
	fmt.Fprintf(&b, "**%s** asked for by %s, plan `%.12s`\n\n", title(c), markdown.Text(c.Requester), p.Digest())
	fmt.Fprintf(&b, "%d steps: %d manual, %d assisted, %d automated (%.0f %%)\n\n", share.Total(), share.Manual, share.Assisted, share.Automated, 100*share.Ratio())
	if len(c.Values) > 0 {
		rows := [][]string{{"input", "value", "from"}}
		for _, v := range c.Values {
			value := markdown.Text(Redact(v.Value, nil))
			if v.Secret {
				value = "(secret)"
			}
			rows = append(rows, []string{markdown.Text(v.Name), value, markdown.Text(v.Origin)})
		}
		b.WriteString(markdown.Table(rows) + "\n")
	}
	for i, s := range c.Steps {
		fmt.Fprintf(&b, "%d. **%s** (%s, %s)%s\n\n", i+1, markdown.Text(s.ID), s.Mode, s.Kind, rights(s))
		if s.Text != "" {
			b.WriteString(markdown.Text(Redact(s.Text, nil)) + "\n\n")
		}
		if s.URL != "" {
			b.WriteString(markdown.Text(Redact(s.URL, nil)) + "\n\n")
		}
		switch {
		case !s.Command.IsZero():
			b.WriteString(markdown.Code("", Redact(s.Command.String(), nil)) + "\n")
		case s.Code != "":
			b.WriteString(markdown.Code("", Redact(s.Code, nil)) + "\n")
		}
	}
	for _, w := range c.Warnings {
		b.WriteString("- " + markdown.Text(Redact(w.String(), nil)) + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func title(c planCore) string {
	if c.Title != "" {
		return markdown.Text(Redact(c.Title, nil))
	}
	return markdown.Text(c.Name)
}

// rights is what a step asks for, in words.
func rights(s Step) string {
	var parts []string
	if s.Risk > RiskReads {
		parts = append(parts, "risk: "+s.Risk.String())
	}
	if s.Approval.Need > 0 {
		parts = append(parts, "approval: "+markdown.Text(s.Approval.String()))
	}
	if s.Role != "" || s.Scope > 0 {
		parts = append(parts, "needs "+markdown.Text(right(s)))
	}
	if s.Timeout > 0 && s.Mode != runbook.Manual {
		parts = append(parts, "at most "+s.Timeout.String())
	}
	if s.Attempts > 1 {
		parts = append(parts, strconv.Itoa(s.Attempts)+" attempts")
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

// Markdown is the record in one line, with its output, if any, below. Texts are escaped.
func (r Record) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d. %s **%s** ", r.Seq, r.Time.UTC().Format(time.RFC3339), markdown.Text(r.Actor))
	switch r.Event {
	case Began, Resumed:
		fmt.Fprintf(&b, "%s the run %s of %s, plan `%.12s`", r.Event, markdown.Text(r.Run), markdown.Text(r.Runbook), markdown.Text(r.Plan))
	case Ended:
		fmt.Fprintf(&b, "ended the run %s: %s", markdown.Text(r.Run), r.Status)
	default:
		fmt.Fprintf(&b, "%s %s: %s → %s", strings.ReplaceAll(r.Event.String(), "-", " "), markdown.Text(r.Step), r.Before, r.After)
	}
	if r.Attempt > 0 {
		fmt.Fprintf(&b, ", attempt %d", r.Attempt)
	}
	if r.Took > 0 {
		fmt.Fprintf(&b, ", took %s", r.Took.Round(time.Millisecond))
	}
	if r.ExitCode != 0 {
		fmt.Fprintf(&b, ", exit status %d", r.ExitCode)
	}
	if r.Note != "" {
		b.WriteString(": " + markdown.Text(r.Note))
	}
	b.WriteString("\n")
	if r.Output != "" {
		b.WriteString("\n" + markdown.Code("", r.Output))
	}
	return b.String()
}

// Markdown is where the run stands: its steps, and what it waits for.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**Run %s**: %s, plan `%.12s`\n\n", markdown.Text(r.Run), r.Status, markdown.Text(r.Plan))
	rows := [][]string{{"step", "mode", "state", "attempts", "agreed"}}
	for _, s := range r.Steps {
		rows = append(rows, []string{markdown.Text(s.Step), s.Mode.String(), s.State.String(), strconv.Itoa(s.Attempts), markdown.Text(strings.Join(s.Agreed, ", "))})
	}
	b.WriteString(markdown.Table(rows))
	if w := r.Waiting; w != nil {
		fmt.Fprintf(&b, "\nWaits at %s: %s", markdown.Text(w.Step), markdown.Text(w.Reason))
		if !w.Until.IsZero() {
			b.WriteString(", until " + w.Until.UTC().Format(time.RFC3339))
		}
		b.WriteString("\n")
	}
	for _, d := range r.Declined {
		b.WriteString("\nNot taken: " + markdown.Text(d) + "\n")
	}
	return b.String()
}
