package alerting

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// SVG draws the history as a timeline: incidents, and the alerts of each severity,
// those that met no incident marked.
func (r Report) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r Report) SVGAt(width int) string {
	t := chart.Timeline{
		Title:    "Alerts of " + titled(r.Policy),
		Subtitle: "target " + r.Objective.Percent() + " over " + text(r.Period),
		X:        chart.Axis{From: r.Start, To: r.End},
		Rows:     []chart.Row{r.incidentRow()},
		Groups:   alertGroups,
	}
	for _, s := range r.Scores {
		t.Rows = append(t.Rows, r.alertRow(s.Severity.String(), s.Severity))
	}
	t.Width = width
	return t.SVG()
}

// alertGroups look the same in every picture of alerts.
var alertGroups = []string{"incident", "true alert", "false alert"}

func (r Report) incidentRow() chart.Row {
	row := chart.Row{Name: "incidents"}
	for _, i := range r.Incidents {
		row.Spans = append(row.Spans, chart.Span{From: i.Start, To: i.End, Label: i.Name, Group: "incident"})
	}
	return row
}

// alertRow is the alerts of a severity.
func (r Report) alertRow(name string, severity Severity) chart.Row {
	row := chart.Row{Name: name}
	for _, a := range r.Alerts {
		if a.Severity != severity {
			continue
		}
		s := chart.Span{From: a.Start, To: a.End, Group: "true alert"}
		if !a.True {
			s.Group, s.Soft = "false alert", true
		}
		if a.Ongoing {
			s.To = time.Time{}
		}
		row.Spans = append(row.Spans, s)
	}
	return row
}

// BurnSVG draws the error ratio over the history, with the budget as a line,
// incidents shaded and pages marked at their start.
func (r Report) BurnSVG() string { return r.BurnSVGAt(0) }

// BurnSVGAt is BurnSVG for a page of that width in pixels; 0 is 800.
func (r Report) BurnSVGAt(width int) string {
	p := chart.Plot{
		Title:      "Errors and pages: " + titled(r.Policy),
		Subtitle:   "target " + r.Objective.Percent() + " over " + text(r.Period),
		Y:          chart.Axis{Label: "error ratio", Unit: chart.Percent, Zero: true},
		Thresholds: []chart.Threshold{{Value: r.Objective.Complement().Float64(), Label: "budget"}},
	}
	ratio := chart.Series{Name: "error ratio", Style: chart.Step}
	for i, step := range r.Timeline {
		// A step of the chart holds from its time on, one of the timeline up to it.
		begin := r.Start
		if i > 0 {
			begin = r.Timeline[i-1].End
		}
		value, ok := step.ErrorRatio()
		if !ok {
			value = math.NaN()
		}
		ratio.Times, ratio.Y = append(ratio.Times, begin), append(ratio.Y, value)
	}
	p.Series = []chart.Series{ratio}
	for _, i := range r.Incidents {
		p.Events = append(p.Events, chart.Event{At: i.Start, Until: i.End, Label: i.Name})
	}
	for _, a := range r.Alerts {
		if a.Severity == Page {
			p.Events = append(p.Events, chart.Event{At: a.Start, Label: "page", State: chart.Critical})
		}
	}
	p.Width = width
	return p.SVG()
}

// Markdown is the report as tables: the scores, the incidents and the alerts, of
// each at most the first 50.
func (r Report) Markdown() string {
	var b strings.Builder
	truth := "derived from the counts"
	if r.Labelled {
		truth = "as labelled"
	}
	fmt.Fprintf(&b, "### %s for %s over %s\n\n", escape(titled(r.Policy)), r.Objective.Percent(), text(r.Period))
	fmt.Fprintf(&b, "%s to %s; %s of the budget consumed, at worst %s; incidents %s: %d.\n\n",
		stamp(r.Start), stamp(r.End), chart.Percent.Format(r.Consumed), chart.Percent.Format(r.Worst), truth, len(r.Incidents))
	table(&b, scoreHeader[:], func(row func(...string)) {
		for _, s := range append(r.Scores[:len(r.Scores):len(r.Scores)], r.Overall) {
			row(s.cells()...)
		}
	})
	table(&b, []string{"incident", "start", "end", "budget", "found by"}, func(row func(...string)) {
		for i, incident := range r.Incidents {
			if i == maxRows {
				row("…", strconv.Itoa(len(r.Incidents)-i)+" more", "", "", "")
				break
			}
			var found []string
			for _, d := range incident.Detections {
				found = append(found, d.Severity.String()+" after "+duration(d.Delay))
			}
			if found == nil {
				found = []string{"nothing"}
			}
			row(incident.Name, stamp(incident.Start), stamp(incident.End), chart.Percent.Format(incident.BudgetShare), strings.Join(found, ", "))
		}
	})
	table(&b, []string{"alert", "severity", "start", "end", "incident"}, func(row func(...string)) {
		for i, a := range r.Alerts {
			if i == maxRows {
				row("…", strconv.Itoa(len(r.Alerts)-i)+" more", "", "", "")
				break
			}
			end, incident := stamp(a.End), "no"
			if a.Ongoing {
				end = "ongoing"
			}
			if a.True {
				incident = "yes"
			}
			row(a.Name, a.Severity.String(), stamp(a.Start), end, incident)
		}
	})
	list(&b, r.Findings)
	return b.String()
}

// maxRows is the most rows of a table of incidents or alerts.
const maxRows = 50

var scoreHeader = [...]string{"severity", "alerts", "precision", "recall", "mean delay", "budget at detection", "a week", "off hours a week"}

// cells is the row of a score.
func (s Score) cells() []string {
	name, precision, recall, delay, budget := "all", "–", "–", "–", "–"
	if s.Severity != 0 {
		name = s.Severity.String()
	}
	if s.Alerts > 0 {
		precision = chart.Percent.Format(s.Precision)
	}
	if s.Incidents > 0 {
		recall = chart.Percent.Format(s.Recall)
	}
	if s.Detected > 0 {
		delay, budget = duration(s.Delay.Mean), chart.Percent.Format(s.Budget.Mean)
	}
	return []string{name, strconv.Itoa(s.Alerts), precision, recall, delay, budget, chart.Number.Format(s.PerWeek), chart.Number.Format(s.OffHoursPerWeek)}
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

// SVG draws the pages of every case below the incidents; of a policy without
// pages, its tickets.
func (c Comparison) SVG() string { return c.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (c Comparison) SVGAt(width int) string {
	t := chart.Timeline{
		Title: "Policies on the same history", Groups: alertGroups,
		X: chart.Axis{From: c.Start, To: c.End},
	}
	for i, r := range c.Results {
		if i == 0 {
			t.Rows = append(t.Rows, r.Report.incidentRow())
		}
		severity := Page
		if len(r.Report.Scores) > 0 {
			severity = r.Report.Scores[0].Severity // pages first
		}
		name := r.Name
		if r.Best {
			name += " ★"
		}
		t.Rows = append(t.Rows, r.Report.alertRow(name, severity))
	}
	t.Width = width
	return t.SVG()
}

// Markdown is the comparison as a table, the cases on the Pareto front marked.
func (c Comparison) Markdown() string {
	var b strings.Builder
	header := append([]string{"case", "best", "budget consumed", "met"}, scoreHeader[1:]...)
	table(&b, header, func(row func(...string)) {
		for _, r := range c.Results {
			best, met := "", "no"
			if r.Best {
				best = "★"
			}
			if r.Met {
				met = "yes"
			}
			row(append([]string{r.Name, best, chart.Percent.Format(r.Report.Consumed), met}, r.Report.pages().cells()[1:]...)...)
		}
	})
	return b.String()
}

// Markdown is the policy as a table, or the clashes as a list.
func (s Synthesis) Markdown() string {
	var b strings.Builder
	table(&b, []string{"severity", "long window", "short window", "factor", "error ratio above", "budget at detection"}, func(row func(...string)) {
		for _, p := range s.Bound.Pairs {
			row(p.Severity.String(), text(p.Long), text(p.Short), p.FactorText, p.ThresholdText, chart.Percent.Format(p.BudgetShare))
		}
	})
	for _, c := range s.Clashes {
		b.WriteString("- " + escape(c.String()) + "\n")
	}
	return b.String()
}
