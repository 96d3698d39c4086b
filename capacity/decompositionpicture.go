package capacity

import (
	"fmt"
	"strings"

	"github.com/srekit/ownership/internal/chart"
)

// SVG draws the parts below one another, each with its own scale: the series with its trend,
// every season, the remainder. At most five seasons are drawn.
func (d Decomposition) SVG() string {
	start, step := d.Observed.Start, d.Observed.Step
	panel := func(title string, series ...chart.Series) string {
		for i := range series {
			series[i].Start, series[i].Step = start, step
		}
		return chart.Plot{Title: title, Height: 190, X: chart.Axis{Time: true}, Series: series}.SVG()
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
	return stacked(panels)
}

// stacked puts pictures below one another in one document.
func stacked(pictures []string) string {
	var body strings.Builder
	width, height := 0, 0
	for _, p := range pictures {
		var w, h int
		if _, box, found := strings.Cut(p, `viewBox="0 0 `); found {
			_, _ = fmt.Sscanf(box, "%d %d", &w, &h)
		}
		// The place among the others replaces the style that fits a picture to its page.
		head, rest, _ := strings.Cut(p, ` style="max-width:100%;height:auto"`)
		body.WriteString(strings.Replace(head, "<svg ", fmt.Sprintf(`<svg x="0" y="%d" `, height), 1) + rest + "\n")
		width, height = max(width, w), height+h
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" style="max-width:100%%;height:auto">`+"\n%s</svg>\n", width, height, width, height, body.String())
}
