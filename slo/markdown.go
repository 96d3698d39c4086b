package slo

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Markdown is the budget as a table.
func (b Budget) Markdown() string {
	rows := [][]string{
		{"Error budget", percentOf(b.Objective)},
		{"Window", clock(b.Start, b.Start.Location()) + " to " + clock(b.End, b.Start.Location())},
		{"Data for", prose.Percent(b.Coverage)},
		{"Events", count(b.Counts.Total)},
	}
	if b.NoData {
		return markdown.Figures(append(rows, []string{"Left", "no data"}))
	}
	return markdown.Figures(append(rows,
		[]string{"Bad events", count(b.Counts.Bad)},
		[]string{"Good ratio", prose.Percent(b.Ratio)},
		[]string{"Bad events allowed so far", count(b.Allowed)},
		[]string{"Consumed", prose.Percent(b.Consumed)},
		[]string{"Left", prose.Percent(b.Remaining)},
		[]string{"Left of the whole period", prose.Percent(b.Period.Remaining)}))
}

func percentOf(r Ratio) string {
	if r.IsZero() {
		return "no objective"
	}
	return r.Percent()
}

// Markdown is the forecast in a few sentences.
func (x Exhaustion) Markdown() string {
	zone := x.At.Location()
	switch {
	case x.NoData:
		return "Nothing is known: no traffic.\n"
	case x.Exhausted:
		return "The error budget is exhausted." + x.restart(zone) + "\n"
	}
	text := fmt.Sprintf("At a burn rate of %.3g the error budget runs out before %s with a probability of %s", x.Burn, clock(x.End, zone), prose.Percent(x.Probability))
	if t, ok := x.Median(); ok {
		text += ", most likely around " + clock(t, zone)
	}
	return text + "." + x.restart(zone) + "\n"
}

func (x Exhaustion) restart(zone *time.Location) string {
	switch {
	case x.SafeRestart.IsZero():
		return " No instant before then is safe to restart releases."
	case x.SafeRestart.After(x.At):
		return " Releases may safely restart at " + clock(x.SafeRestart, zone) + "."
	}
	return ""
}

// Markdown is the outlook as a table below the budget's.
func (l Outlook) Markdown() string {
	rows := [][]string{
		{"With " + prose.Percent(l.Ratio.Level) + " confidence (" + markdown.Text(l.Method.String()) + ")", "from", "to"},
		{"Good ratio", prose.Percent(l.Ratio.Low), prose.Percent(l.Ratio.High)},
		{"Budget left at this ratio", prose.Percent(l.Remaining.Low), prose.Percent(l.Remaining.High)},
	}
	return l.Budget.Markdown() + "\n" + markdown.Figures(rows) + fmt.Sprintf("\nThe service reaches its target with a probability of %s; this window ends within its budget with %s.\n",
		prose.Percent(l.Meeting), prose.Percent(l.Met))
}

// Markdown is the evidence in a sentence.
func (e Evidence) Markdown() string {
	switch {
	case e.NoData:
		return "No traffic, no evidence.\n"
	case e.Alarm:
		return fmt.Sprintf("Alarm: %s bad of %s events prove an error ratio above %s (evidence %.3g, false alarms at most %s, whenever one looks).\n",
			count(e.Counts.Bad), count(e.Counts.Total), e.Bound.Percent(), e.E, prose.Percent(e.FalseAlarm))
	}
	return fmt.Sprintf("No alarm: %s bad of %s events do not prove an error ratio above %s (evidence %.3g of %.3g).\n",
		count(e.Counts.Bad), count(e.Counts.Total), e.Bound.Percent(), e.E, finite(1/e.FalseAlarm))
}

// Markdown is the decision in a sentence.
func (d Decision) Markdown() string {
	word := "Stop"
	if d.Allow {
		word = "Go"
	}
	text := word + ": " + markdown.Text(d.Reason) + "."
	if !d.Until.IsZero() {
		text += " Until " + clock(d.Until, d.Until.Location()) + "."
	}
	return text + "\n"
}
