package capacity

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// SVG draws the probability that the limit has been reached against time, with the instants
// of 5, 50 and 95 %, and the planned changes of the limit.
func (s Saturation) SVG() string { return s.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (s Saturation) SVGAt(width int) string {
	plot := chart.Plot{
		Title: "Probability that the limit is reached",
		Y:     chart.Axis{Unit: chart.Percent, Min: 0, Max: 1},
		X:     chart.Axis{Time: true},
	}
	if len(s.Reached) == 0 || s.Step <= 0 {
		plot.Width = width
		return plot.SVG()
	}
	if s.Limit.Floor {
		plot.Title = "Probability that the floor is reached"
	}
	plot.Subtitle = fmt.Sprintf("%s to %s by %s", s.chance(), s.target(), stamp(s.End()))
	if s.Paths > 0 {
		plot.Subtitle += fmt.Sprintf(", from %d paths", s.Paths)
	}
	plot.Description = s.String() + "."
	plot.Series = []chart.Series{{Name: "reached", Start: s.Start.Add(s.Step), Step: s.Step, Y: s.Reached, Style: chart.Step, Area: true}}
	for _, q := range []struct {
		at    time.Time
		label string
		state chart.State
	}{{s.Earliest, "5 %", chart.Info}, {s.Median, "50 %", chart.Warning}, {s.Latest, "95 %", chart.Critical}} {
		if !q.at.IsZero() {
			plot.Events = append(plot.Events, chart.Event{At: q.at, Label: q.label, State: q.state})
		}
	}
	for _, c := range s.Limit.Changes {
		if !c.At.Before(s.Start) && c.At.Before(s.End()) {
			plot.Events = append(plot.Events, chart.Event{At: c.At, Label: "limit " + chart.Number.Format(c.Value)})
		}
	}
	plot.Width = width
	return plot.SVG()
}
