package ets

import (
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// Decomposition is a series taken apart by a fitted model: what it thought of
// each step before it saw it. All slices have the length of the series.
type Decomposition struct {
	Model  Model
	Values []float64 // 0 at gaps
	Mask   []bool    // true: no observation; nil means none
	Level  []float64 // with the slope of the step
	Trend  []float64 // slope per step; nil without a trend
	Season []float64 // in the unit of the series, or factors; nil without a season
	Error  []float64 // observation minus forecast, divided by it for relative errors; 0 at gaps

	// Start and Step place the series in time, for pictures; without them steps
	// are counted. Zone is that of the axis; nil is UTC.
	Start time.Time
	Step  time.Duration
	Zone  *time.Location
}

// Decompose takes apart the series that f was fitted to, from its initial
// state. Errors are as of [Filter]. The cost is that of a pass.
func (f Fit) Decompose(values []float64, mask []bool) (Decomposition, error) {
	run, err := Filter(values, mask, f.Model, f.Parameters, f.Initial)
	if err != nil {
		return Decomposition{}, err
	}
	n := len(values)
	d := Decomposition{Model: f.Model, Values: slices.Clone(values), Mask: slices.Clone(mask), Error: run.Errors, Level: make([]float64, n)}
	for i, gap := range mask {
		if gap {
			d.Values[i] = 0 // whatever stood there, NaN for one
		}
	}
	p := f.Parameters.of(f.Model)
	level, trend := f.Initial.Level, 0.0
	if f.Model.Trend != None {
		trend = f.Initial.Trend
		d.Trend = make([]float64, n)
	}
	if f.Model.Season != None {
		d.Season = append(make([]float64, 0, n+f.Model.Period), f.Initial.Season...)
	}
	for t := range values {
		base := level + float64(p.Phi*trend)
		d.Level[t] = base
		e := run.Errors[t]
		if f.Model.Error == Multiplicative {
			e = float64(e * run.Fitted[t])
		}
		switch f.Model.Season {
		case Additive:
			d.Season = append(d.Season, d.Season[t]+float64(p.Gamma*e))
		case Multiplicative:
			d.Season = append(d.Season, d.Season[t]+float64(p.Gamma*(e/base)))
			e /= d.Season[t]
		}
		slope := float64(p.Phi * trend)
		if d.Trend != nil {
			d.Trend[t] = slope
		}
		level, trend = base+float64(p.Alpha*e), slope+float64(p.Beta*e)
	}
	if d.Season != nil {
		d.Season = d.Season[:n:n]
	}
	return d, nil
}

// SVG draws the parts below one another, each with its own scale. An empty
// Decomposition says "no data".
func (d Decomposition) SVG() string { return d.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (d Decomposition) SVGAt(width int) string {
	axis := chart.Axis{Zone: d.Zone}
	height := 240 // the first panel, which has a legend, then less
	panel := func(title string, series ...chart.Series) string {
		defer func() { height = 180 }()
		for i := range series {
			series[i].Start, series[i].Step = d.Start, d.Step
		}
		return chart.Plot{Title: title, Width: width, Height: height, X: axis, Series: series}.SVG()
	}
	panels := []string{panel("Series and level, "+d.Model.String(),
		chart.Series{Name: "observed", Y: d.Values, Missing: d.Mask, Dash: chart.Solid},
		chart.Series{Name: "level", Y: d.Level, Dash: chart.Solid})}
	if d.Trend != nil {
		panels = append(panels, panel("Slope per step", chart.Series{Y: d.Trend}))
	}
	if d.Season != nil {
		title := fmt.Sprintf("Season of %d steps", d.Model.Period)
		if d.Model.Season == Multiplicative {
			title += ", factor"
		}
		panels = append(panels, panel(title, chart.Series{Y: d.Season}))
	}
	title := "Error"
	if d.Model.Error == Multiplicative {
		title = "Relative error"
	}
	return chart.Stack(append(panels, panel(title, chart.Series{Y: d.Error, Missing: d.Mask}))...)
}
