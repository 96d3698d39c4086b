// Package chart draws the pictures of this module as SVG: lines with
// confidence bands, steps, scatters, forecast fans, bars, calendars and
// hour-of-week heat maps, timelines of people or alerts, and layered dependency
// graphs.
//
// A picture is a plain struct; its method SVG returns a whole document that
// stands alone as a file and can be pasted into an HTML page, next to others.
// There are no scripts, no external fonts and no links. The picture follows the
// reader's light or dark scheme, names itself to screen readers, and never tells
// things apart by colour alone: dashes, markers and signs say the same again.
// Width decides the layout, not only the scale: at 320 pixels there are fewer
// ticks, labels move above their rows, and letters stay readable.
//
// Nothing here returns an error. What cannot be drawn is left out: a value that
// is NaN, infinite or marked missing is a gap, a nil zone is UTC, an empty picture
// says "no data". Values beyond ±1e300 and instants beyond the years −4300 to 8300
// count as not measured. The bytes depend on the input alone; nothing that is
// passed in is changed or kept, so pictures can be drawn at the same time.
//
//	svg := chart.Plot{
//		Title: "Error budget left",
//		X:     chart.Axis{Zone: berlin},
//		Y:     chart.Axis{Unit: chart.Percent, Zero: true},
//		Series: []chart.Series{
//			{Name: "checkout", Start: start, Step: time.Hour, Y: left, Style: chart.Step},
//		},
//		Thresholds: []chart.Threshold{{Value: 0.1, Label: "freeze", State: chart.Critical}},
//		Events:     []chart.Event{{At: deploy, Label: "v2.3"}},
//	}.SVG()
//
// Deliberately absent: animation, interaction, three dimensions, pies, two value
// axes in one picture.
package chart
