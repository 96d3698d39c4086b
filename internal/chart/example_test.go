package chart_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// A burn-down for a report: the budget that is left, the limits that change what
// a team may do, and the deploy that spent most of it. What a screen reader says
// is part of the picture.
func Example_burnDown() {
	start := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC)
	svg := chart.Plot{
		Title: "Error budget left",
		Width: 640,
		Y:     chart.Axis{Unit: chart.Percent, Zero: true},
		Series: []chart.Series{
			{Name: "checkout", Start: start, Step: 24 * time.Hour, Y: []float64{1, 0.96, 0.93, 0.41, 0.4, 0.38}},
		},
		Thresholds: []chart.Threshold{{Value: 0.25, Label: "freeze", State: chart.Critical}},
		Events:     []chart.Event{{At: start.AddDate(0, 0, 2), Label: "deploy v2.3"}},
	}.SVG()

	_, desc, _ := strings.Cut(svg, "<desc")
	_, desc, _ = strings.Cut(desc, ">")
	desc, _, _ = strings.Cut(desc, "</desc>")
	for _, sentence := range strings.SplitAfter(desc, ". ") {
		fmt.Println(strings.ReplaceAll(strings.TrimSpace(sentence), "\u00a0", " "))
	}
	// Output:
	// Line chart from 1 Mar 2026 00:00 UTC to 6 Mar 2026 00:00 UTC.
	// checkout: 6 samples, least 38 %, greatest 100 %, last 38 %.
	// Threshold freeze at 25 %.
	// Event deploy v2.3 at 3 Mar 2026 00:00 UTC.
}

// A report that is read on telephones and on desks carries both layouts.
func ExampleResponsive() {
	picture := func(width int) string {
		return chart.Bars{
			Title: "Budget spent", Width: width, Y: chart.Axis{Unit: chart.Percent},
			Categories: []string{"search", "checkout"},
			Series:     []chart.BarSeries{{Values: []float64{0.2, 1.3}, States: []chart.State{chart.OK, chart.Critical}}},
		}.SVG()
	}
	html := chart.Responsive(picture(340), picture(900))
	fmt.Println(strings.Count(html, "<svg "), "pictures, the reader sees one")
	// Output: 2 pictures, the reader sees one
}
