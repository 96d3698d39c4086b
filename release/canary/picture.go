package canary

import (
	"fmt"
	"math"
	"strings"

	"github.com/srekit/ownership/internal/chart"
)

// Reports are the reports of a stream in the order of its looks, for a picture of
// how the evidence came together.
type Reports []Report

// SVG draws E of all metrics together and of each over time, on a logarithmic axis,
// with the line at which it is a rollback; in mode Fixed, which has no E, there is
// nothing to draw. Evidence below one in a thousand is
// drawn there. Without reports it says so.
func (r Reports) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r Reports) SVGAt(width int) string {
	p := chart.Plot{
		Title: "Evidence of harm",
		X:     chart.Axis{Label: "time since the start", Unit: chart.Seconds},
		Y:     chart.Axis{Label: "E, times as likely with harm as without", Log: true},
	}
	if len(r) == 0 {
		p.Width = width
		return p.SVG()
	}
	last := r[len(r)-1]
	p.Subtitle = last.String()
	p.Description = fmt.Sprintf("Verdict after %d looks: %v.", last.Looks, last)
	var times, all []float64
	metrics := map[string]int{}
	for _, report := range r {
		times = append(times, report.Seconds)
		all = append(all, drawnE(report.LogE))
		for _, m := range report.Metrics {
			if !strings.HasSuffix(m.Test, "-evidence") { // another statistic
				continue
			}
			k, ok := metrics[m.Name]
			if !ok {
				k = len(p.Series)
				metrics[m.Name] = k
				p.Series = append(p.Series, chart.Series{Name: m.Name, Style: chart.Step})
			}
			p.Series[k].X = append(p.Series[k].X, report.Seconds)
			p.Series[k].Y = append(p.Series[k].Y, drawnE(m.Statistic))
		}
	}
	if len(p.Series) != 1 {
		p.Series = append([]chart.Series{{Name: "all together", X: times, Y: all, Style: chart.Step, State: chart.Critical}}, p.Series...)
	}
	if last.FalseAlarm > 0 {
		p.Thresholds = []chart.Threshold{{Value: 1 / last.FalseAlarm, Label: "rollback", State: chart.Critical}}
	}
	for i, report := range r {
		if report.Verdict == Rollback || report.Verdict == Promote {
			state := chart.Critical
			if report.Verdict == Promote {
				state = chart.OK
			}
			if i == 0 || r[i-1].Verdict != report.Verdict {
				p.Events = append(p.Events, chart.Event{X: report.Seconds, Label: report.Verdict.String(), State: state})
			}
		}
	}
	p.Width = width
	return p.SVG()
}

// drawnE is e^logE within what a reader can compare.
func drawnE(logE float64) float64 { return math.Exp(max(math.Log(1e-3), min(math.Log(1e6), logE))) }

// SVG draws each metric's ratio of canary to baseline with its interval, and where
// there is no harm. Metrics whose effect is no ratio, or without data, are left out.
func (r Report) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r Report) SVGAt(width int) string {
	p := chart.Bars{Title: "Canary over baseline", Subtitle: r.String(), Horizontal: true, Y: chart.Axis{Label: "ratio", Unit: chart.Factor},
		Description: "Ratio of each metric with its confidence interval."}
	s := chart.BarSeries{Name: "ratio, with interval"}
	for _, m := range r.Metrics {
		if m.EffectName != "ratio" || m.N == 0 || m.M == 0 || m.Effect >= math.MaxFloat64 {
			continue
		}
		low, high := m.Low, m.High
		if m.Level == 0 {
			low, high = m.Effect, m.Effect
		}
		cut := max(3, 3*m.Effect) // an open end goes to the edge
		state := chart.Neutral
		switch m.Verdict {
		case Rollback:
			state = chart.Critical
		case Promote:
			state = chart.OK
		}
		p.Categories = append(p.Categories, m.Name)
		s.Values = append(s.Values, m.Effect)
		s.Low, s.High = append(s.Low, low), append(s.High, min(high, cut))
		s.States = append(s.States, state)
	}
	if len(p.Categories) > 0 {
		p.Series = []chart.BarSeries{s}
		p.Thresholds = []chart.Threshold{{Value: 1, Label: "as the baseline"}}
	}
	p.Width = width
	return p.SVG()
}

// Markdown is the report as a table.
func (r Report) Markdown() string {
	text := fmt.Sprintf("**%v** (%s): %s. Score %.4g, %d looks.\n\n", r.Verdict, r.Reason, r.Text, r.Score, r.Looks)
	text += "| metric | verdict | effect | interval | p | n | reason |\n| --- | --- | ---: | --- | ---: | ---: | --- |\n"
	for _, m := range r.Metrics {
		interval := "–"
		if m.Level > 0 {
			interval = fmt.Sprintf("[%s, %s] at %.4g %%", end(m.Low), end(m.High), 100*m.Level)
		}
		text += fmt.Sprintf("| %s | %v | %s %s | %s | %.3g | %.0f | %s |\n", cell(m.Name), m.Verdict, m.EffectName, end(m.Effect), interval, m.PValue, m.N, cell(m.Text))
	}
	for _, w := range r.Warnings {
		text += "\n- " + cell(w.String())
	}
	for _, m := range r.Metrics {
		for _, w := range m.Warnings {
			text += "\n- " + cell(m.Name+": "+w.String())
		}
	}
	return text + "\n"
}

// cell is text that stays inside a cell of a table.
func cell(s string) string {
	out := make([]rune, 0, len(s))
	for _, c := range s {
		switch c {
		case '|', '<', '>', '*', '_', '`', '\\':
			out = append(out, '\\', c)
		case '\n', '\r':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
