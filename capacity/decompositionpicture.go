package capacity

import (
	"fmt"

	"github.com/srekit/ownership/internal/chart"
)

// SVG draws the parts below one another, each with its own scale: the series with its trend,
// every season, the remainder. At most five seasons are drawn.
func (d Decomposition) SVG() string { return d.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (d Decomposition) SVGAt(width int) string {
	start, step := d.Observed.Start, d.Observed.Step
	panel := func(title string, series ...chart.Series) string {
		for i := range series {
			series[i].Start, series[i].Step = start, step
		}
		return chart.Plot{Title: title, Width: width, Height: 190, X: chart.Axis{Time: true}, Series: series}.SVG()
	}
	panels := []string{panel("Series and trend",
		chart.Series{Name: "observed", Y: d.Observed.Values, Missing: d.Observed.Mask, Dash: chart.Solid},
		chart.Series{Name: "trend", Y: d.Trend, Dash: chart.Solid})}
	for i, s := range d.Seasons {
		if i == 5 {
			break
		}
		panels = append(panels, panel(fmt.Sprintf("Season of %d steps", s.Period), chart.Series{Y: s.Values}))
	}
	panels = append(panels, panel("Remainder", chart.Series{Y: d.Remainder, Missing: d.Observed.Mask}))
	return chart.Stack(panels...)
}
