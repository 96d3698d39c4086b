package capacity

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// SVG draws the forecast as a fan. Picture draws it with its history.
func (f Forecast) SVG() string { return f.Picture(Series{}) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (f Forecast) SVGAt(width int) string { return ForecastPicture{Forecast: f}.SVGAt(width) }

// Picture draws the forecast as a fan after the end of its history, of which the
// last part is shown; see ForecastPicture.
func (f Forecast) Picture(history Series) string {
	return ForecastPicture{Forecast: f, History: history}.SVG()
}

// ForecastPicture is a forecast with what people want to see beside it. The zone is
// that of the forecast's start.
type ForecastPicture struct {
	Forecast Forecast
	History  Series   // that ends where the forecast begins; about three times the horizon is shown
	Title    string   // empty is "Forecast"
	Share    bool     // the values are shares of 1, and shown in percent
	Limit    *float64 // is marked
}

// SVG draws the forecast as a fan after its history.
func (p ForecastPicture) SVG() string { return p.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (p ForecastPicture) SVGAt(width int) string {
	f, history := p.Forecast, p.History
	plot := chart.Plot{
		Width:       width,
		Title:       cmp.Or(p.Title, "Forecast"),
		Subtitle:    fmt.Sprintf("%s, %s interval", f.Model, percent(f.Level)),
		Description: fmt.Sprintf("A forecast of %d steps of %s by %s.", f.Len(), brief(f.Step), f.Model),
		X:           chart.Axis{Zone: f.Start.Location(), Time: true},
	}
	if p.Share {
		plot.Y.Unit = chart.Percent
	}
	if n := history.Len(); n > 0 && history.Check() == nil && history.End().Equal(f.Start) {
		from := max(0, n-max(3*f.Len(), 20))
		plot.Series = append(plot.Series, line("history", history.Slice(from, n)))
	}
	plot.Fans = append(plot.Fans, f.fan("forecast"))
	if f.Peak.Level > 0 {
		plot.Thresholds = append(plot.Thresholds, chart.Threshold{
			Value: f.Peak.Upper, Label: fmt.Sprintf("the maximum stays below with %s", percent(f.Peak.Level)), State: chart.Info,
		})
	}
	if p.Limit != nil {
		plot.Thresholds = append(plot.Thresholds, chart.Threshold{Value: *p.Limit, Label: "limit", State: chart.Critical})
	}
	return plot.SVG()
}

// line is a series as a curve; a value stands at the start of its step.
func line(name string, s Series) chart.Series {
	return chart.Series{Name: name, Start: s.Start, Step: s.Step, Y: s.Values, Missing: s.Mask}
}

func (f Forecast) fan(name string) chart.Fan {
	return chart.Fan{
		Name: name, Start: f.Start, Step: f.Step,
		Quantiles: []float64{(1 - f.Level) / 2, 0.5, (1 + f.Level) / 2},
		Values:    [][]float64{f.Lower, f.Mean, f.Upper},
	}
}

// Markdown is the forecast as a table: every step up to 24 of them, and else
// 24 that are evenly apart.
func (f Forecast) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s interval\n\n", markdown.Text(f.Model), percent(f.Level))
	b.WriteString("| from | mean | lower | upper |\n| --- | ---: | ---: | ---: |\n")
	n := min(f.Len(), len(f.Lower), len(f.Upper))
	rows := min(n, 24)
	layout := "2006-01-02 15:04"
	if f.Step%time.Second != 0 {
		layout += ":05.999999999"
	} else if f.Step%time.Minute != 0 {
		layout += ":05"
	}
	for k := range rows {
		i := k
		if n > rows {
			i = k * (n - 1) / (rows - 1)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Time(i).Format(layout), prose.Figure(f.Mean[i], 6), prose.Figure(f.Lower[i], 6), prose.Figure(f.Upper[i], 6))
	}
	if f.Peak.Level > 0 {
		fmt.Fprintf(&b, "\nThe maximum of all %d steps stays below %s with a probability of %s; its median is %s.\n", n, prose.Figure(f.Peak.Upper, 6), percent(f.Peak.Level), prose.Figure(f.Peak.Median, 6))
	}
	b.WriteString(warningList(f.Warnings))
	return b.String()
}

// Markdown is the evidence as a table of methods and, by how far ahead, one of
// MASE and coverage.
func (r Evidence) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d forecasts of %d steps of %s, season %d\n\n", len(r.Origins), r.Horizon, brief(r.Step), r.Period)
	b.WriteString("| method | sMAPE | MASE | RMSSE | OWA | MSIS | pinball | coverage | peak coverage |\n")
	b.WriteString("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, m := range r.Methods {
		number := func(known bool, v float64) string {
			if !known || m.Steps == 0 {
				return "–"
			}
			return strconv.FormatFloat(v, 'f', 3, 64)
		}
		scaled := m.Scaled > 0
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", markdown.Text(m.Name), number(true, m.SMAPE), number(scaled, m.MASE), number(scaled, m.RMSSE),
			number(m.OWA > 0, m.OWA), number(scaled, m.MSIS), number(scaled, m.Pinball), number(true, m.Coverage), number(m.Peaks > 0, m.PeakCoverage))
	}
	b.WriteString("\n| MASE (coverage) ahead |")
	for _, h := range r.shownSteps() {
		fmt.Fprintf(&b, " %d |", h)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" ---: |", len(r.shownSteps())) + "\n")
	for _, m := range r.Methods {
		b.WriteString("| " + markdown.Text(m.Name) + " |")
		for _, h := range r.shownSteps() {
			if h > len(m.Ahead) || m.Ahead[h-1].Scaled == 0 {
				b.WriteString(" – |")
				continue
			}
			fmt.Fprintf(&b, " %.3f (%.2f) |", m.Ahead[h-1].MASE, m.Ahead[h-1].Coverage)
		}
		b.WriteString("\n")
	}
	b.WriteString(warningList(r.Warnings))
	return b.String()
}

// shownSteps are six steps ahead at most, from 1 to the horizon.
func (r Evidence) shownSteps() []int {
	var steps []int
	last := min(r.Horizon, maxHorizon) - 1
	for k := range 6 {
		h := 1 + k*last/5
		if last < 0 {
			break
		}
		if len(steps) == 0 || steps[len(steps)-1] != h {
			steps = append(steps, h)
		}
	}
	return steps
}

// SVG draws the forecasts of the first given method, or of the seasonal naive
// one if none was given, from their origins over what came.
func (r Evidence) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r Evidence) SVGAt(width int) string {
	return r.PictureAt(min(2, len(r.Methods)-1), width)
}

// Picture draws the forecasts of Methods[i]. Of forecasts that overlap the later
// one is drawn.
func (r Evidence) Picture(i int) string { return r.PictureAt(i, 0) }

// PictureAt is Picture for a page of that width in pixels; 0 is 800.
func (r Evidence) PictureAt(i, width int) string {
	plot := chart.Plot{Title: "Backtest", Width: width}
	if i < 0 || i >= len(r.Methods) || r.Series.Check() != nil {
		return plot.SVG()
	}
	m := r.Methods[i]
	plot.Subtitle = fmt.Sprintf("%s: MASE %.3f, seasonal naive %.3f; %s of values inside", m.Name, m.MASE, r.Methods[0].MASE, percent(m.Coverage))
	plot.Description = fmt.Sprintf("Forecasts of %d steps by %s from %d origins, over what came.", r.Horizon, m.Name, len(r.Origins))
	plot.X = chart.Axis{Zone: r.Series.Start.Location(), Time: true}
	var first, next time.Time
	for k := len(m.Forecasts) - 1; k >= 0; k-- {
		f := m.Forecasts[k]
		if f.Len() == 0 || !next.IsZero() && f.Time(f.Len()).After(next) {
			continue
		}
		name := ""
		if next.IsZero() {
			name = "forecast"
		}
		next, first = f.Start, f.Start
		fan := f.fan(name)
		fan.Color = 2
		plot.Fans = append(plot.Fans, fan)
		plot.Events = append(plot.Events, chart.Event{At: f.Start})
	}
	n := r.Series.Len()
	from := 0
	if !first.IsZero() && r.Step > 0 {
		shown := max(2*min(r.Horizon, maxHorizon), 20)
		from = min(n, max(0, int(first.Sub(r.Series.Start)/r.Step)-shown))
	}
	plot.Series = append(plot.Series, line("observed", r.Series.Slice(from, n)))
	return plot.SVG()
}

func warningList(warnings []Warning) string {
	var b strings.Builder
	for i, w := range warnings {
		if i == 0 {
			b.WriteString("\n")
		}
		b.WriteString("- " + markdown.Text(w.String()) + "\n")
	}
	return b.String()
}

// percent writes a ratio with four digits, and with as many more as tell it from 1.
func percent(ratio float64) string {
	digits := 4
	if left := 1 - ratio; left > 0 && left < 0.001 {
		digits += int(math.Ceil(-math.Log10(left))) - 3
	}
	return prose.Figure(100*ratio, digits) + " %"
}

type evidenceJSON struct {
	Step wire.Seconds `json:"step_seconds"`
	plainEvidence
}

type plainEvidence Evidence

// MarshalJSON writes the step as step_seconds. The series and the forecasts are
// left out.
func (r Evidence) MarshalJSON() ([]byte, error) {
	if r.Warnings == nil {
		r.Warnings = []Warning{}
	}
	return json.Marshal(evidenceJSON{wire.Seconds(r.Step), plainEvidence(r)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Evidence) UnmarshalJSON(text []byte) error {
	var j evidenceJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*r = Evidence(j.plainEvidence)
	r.Step = time.Duration(j.Step)
	if len(r.Warnings) == 0 {
		r.Warnings = nil
	}
	return nil
}
