package slo

import (
	"fmt"
	"time"
)

// Markdown is the budget as a table.
func (b Budget) Markdown() string {
	rows := [][]string{
		{"Error budget", percentOf(b.Objective)},
		{"Window", clock(b.Start, b.Start.Location()) + " to " + clock(b.End, b.Start.Location())},
		{"Data for", percent(b.Coverage)},
		{"Events", count(b.Counts.Total)},
	}
	if b.NoData {
		return table(append(rows, []string{"Left", "no data"}))
	}
	return table(append(rows,
		[]string{"Bad events", count(b.Counts.Bad)},
		[]string{"Good ratio", percent(b.Ratio)},
		[]string{"Bad events allowed so far", count(b.Allowed)},
		[]string{"Consumed", percent(b.Consumed)},
		[]string{"Left", percent(b.Remaining)},
		[]string{"Left of the whole period", percent(b.Period.Remaining)}))
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
	text := fmt.Sprintf("At a burn rate of %.3g the error budget runs out before %s with a probability of %s", x.Burn, clock(x.End, zone), percent(x.Probability))
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
		{"With " + percent(l.Ratio.Level) + " confidence (" + tableCell(l.Method.String()) + ")", "from", "to"},
		{"Good ratio", percent(l.Ratio.Low), percent(l.Ratio.High)},
		{"Budget left at this ratio", percent(l.Remaining.Low), percent(l.Remaining.High)},
	}
	return l.Budget.Markdown() + "\n" + table(rows) + fmt.Sprintf("\nThe service reaches its target with a probability of %s; this window ends within its budget with %s.\n",
		percent(l.Meeting), percent(l.Met))
}

// Markdown is the evidence in a sentence.
func (e Evidence) Markdown() string {
	switch {
	case e.NoData:
		return "No traffic, no evidence.\n"
	case e.Alarm:
		return fmt.Sprintf("Alarm: %s bad of %s events prove an error ratio above %s (evidence %.3g, false alarms at most %s, whenever one looks).\n",
			count(e.Counts.Bad), count(e.Counts.Total), e.Bound.Percent(), e.E, percent(e.FalseAlarm))
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
	text := word + ": " + tableCell(d.Reason) + "."
	if !d.Until.IsZero() {
		text += " Until " + clock(d.Until, d.Until.Location()) + "."
	}
	return text + "\n"
}
