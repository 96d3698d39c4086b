package slo

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// SVG is a bar for each of the twelve greatest parts, and one for the others.
func (a Attribution) SVG() string { return a.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (a Attribution) SVGAt(width int) string {
	const most = 12
	top := a.Top(most)
	bars := chart.Bars{
		Title:      "Error budget spent, by " + strings.ReplaceAll(a.By, "_", " "),
		Subtitle:   fmt.Sprintf("%s to %s", clock(a.Start, a.End.Location()), clock(a.End, a.End.Location())),
		Y:          chart.Axis{Unit: chart.Percent, Zero: true},
		Horizontal: true,
	}
	var values []float64
	for _, p := range top.Parts {
		bars.Categories = append(bars.Categories, p.Key)
		values = append(values, p.Consumed)
	}
	if top.Rest.Bad > 0 && top.Allowed > 0 {
		bars.Categories = append(bars.Categories, "rest")
		values = append(values, top.Rest.Bad/top.Allowed)
	}
	if len(values) > 0 {
		bars.Series = []chart.BarSeries{{Name: "of the budget", Values: values}}
	}
	bars.Width = width
	return bars.SVG()
}

// Markdown is the attribution as a table.
func (a Attribution) Markdown() string {
	if a.NoData {
		return "No data to attribute.\n"
	}
	rows := [][]string{{markdown.Text(a.By), "bad events", "share", "of the budget"}}
	for _, p := range a.Parts {
		key := markdown.Text(p.Key)
		if !p.End.IsZero() && p.Start.UTC().Format(time.RFC3339) == p.Key {
			key = clock(p.Start, a.End.Location()) + " for " + p.End.Sub(p.Start).Round(time.Second).String()
		}
		bad := count(p.Counts.Bad)
		if p.Error > 0 {
			bad = count(p.Counts.Bad-p.Error) + " to " + bad
		}
		rows = append(rows, []string{key, bad, prose.Percent(p.Share), prose.Percent(p.Consumed)})
	}
	if a.Rest.Bad > 0 {
		rows = append(rows, []string{"rest", count(a.Rest.Bad), prose.Percent(a.Rest.Bad / a.Counts.Bad), prose.Percent(a.Rest.Bad / a.Allowed)})
	}
	return markdown.Figures(rows)
}
