package ets

import (
	"slices"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/stat"
)

// Outlook is a picture of a history and the forecast that follows it.
type Outlook struct {
	Title    string
	Values   []float64
	Mask     []bool // true: no observation; nil means none
	Forecast Forecast

	// Start and Step place the history in time; without them steps are
	// counted. Zone is that of the axis; nil is UTC.
	Start time.Time
	Step  time.Duration
	Zone  *time.Location
}

// SVG draws the last observations, three horizons of them at most, and the
// forecast as a fan: its band, and inside it that of half its probability if
// the band is the normal one. An empty Outlook says "no data".
func (o Outlook) SVG() string { return o.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (o Outlook) SVGAt(width int) string {
	f := o.Forecast
	n := min(len(f.Mean), len(f.Lower), len(f.Upper))
	first := max(len(o.Values)-max(3*n, 48), 0)
	if n == 0 {
		first = 0
	}
	history := chart.Series{Name: "observed", Y: o.Values[first:]}
	if len(o.Mask) > first {
		history.Missing = o.Mask[first:]
	}
	fan := chart.Fan{Name: "forecast"}
	if n > 0 && f.Level > 0 && f.Level < 1 {
		tail := (1 - f.Level) / 2
		fan.Quantiles = []float64{tail, 0.5, 1 - tail}
		fan.Values = [][]float64{f.Lower[:n], f.Mean[:n], f.Upper[:n]}
		if f.Simulated == 0 {
			inner := f.Level / 2
			ratio := stat.NormalQuantile((1-inner)/2) / stat.NormalQuantile(tail)
			low, high := slices.Clone(f.Lower[:n]), slices.Clone(f.Upper[:n])
			for i, m := range f.Mean[:n] {
				low[i], high[i] = m+(low[i]-m)*ratio, m+(high[i]-m)*ratio
			}
			fan.Quantiles = append(fan.Quantiles, (1-inner)/2, (1+inner)/2)
			fan.Values = append(fan.Values, low, high)
		}
	}
	if o.Start.IsZero() || o.Step <= 0 {
		for i := range history.Y {
			history.X = append(history.X, float64(first+i))
		}
		for i := range n {
			fan.X = append(fan.X, float64(len(o.Values)+i))
		}
	} else {
		history.Start, history.Step = o.Start.Add(time.Duration(first)*o.Step), o.Step
		fan.Start, fan.Step = o.Start.Add(time.Duration(len(o.Values))*o.Step), o.Step
	}
	title := o.Title
	if title == "" && f.Model.Error != None {
		title = "Forecast of " + f.Model.String()
	}
	p := chart.Plot{Title: title, X: chart.Axis{Zone: o.Zone}, Series: []chart.Series{history}}
	if n > 0 {
		p.Fans = []chart.Fan{fan}
	}
	p.Width = width
	return p.SVG()
}
