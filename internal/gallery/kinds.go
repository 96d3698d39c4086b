package main

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// kinds are the kinds of chart with most of what each can show, one entry each.
var kinds = []struct {
	name string
	draw func(m material, width int) string
}{
	{"lines", func(m material, width int) string {
		return chart.Plot{
			Title: m.names[0] + ": requests", Subtitle: "per second, against the week before", Width: width,
			X: chart.Axis{Zone: m.zone}, Y: chart.Axis{Zero: true, Label: "requests per second"},
			Series: []chart.Series{
				{Name: m.names[0], Start: m.start(), Step: m.step, Y: m.gap(1), Area: true},
				{Name: m.names[1], Start: m.start(), Step: m.step, Y: m.gap(0.6)},
				{Name: m.names[2], Start: m.start(), Step: m.step, Y: m.gap(0.3), Style: chart.Step},
			},
			Bands:      []chart.Band{{Name: "usual", Start: m.start(), Step: m.step, Low: m.gap(0.9), High: m.gap(1.1)}},
			Thresholds: []chart.Threshold{{Value: 650, Label: m.names[3], State: chart.Warning}, {Value: 800, Label: "limit", State: chart.Critical}},
			Events:     m.events(),
		}.SVG()
	}},
	{"logarithmic", func(m material, width int) string {
		y := m.gap(0.01)
		for i := range y {
			if i%240 < 6 {
				y[i] *= 9
			}
		}
		return chart.Plot{
			Title: "Burn rate", Subtitle: m.names[0], Width: width,
			X: chart.Axis{Zone: m.zone}, Y: chart.Axis{Unit: chart.Factor, Log: true, Label: "times the rate that spends the budget in its window"},
			Series:     []chart.Series{{Name: m.names[1], Start: m.start(), Step: m.step, Y: y}},
			Thresholds: []chart.Threshold{{Value: 14.4, Label: "page at 14.4×", State: chart.Critical}, {Value: 6, Label: "page at 6×", State: chart.Warning}},
		}.SVG()
	}},
	{"fan", func(m material, width int) string {
		n := max(len(m.load)/3, 1)
		levels := []float64{0.025, 0.25, 0.5, 0.75, 0.975}
		values := make([][]float64, len(levels))
		for k, z := range []float64{-1.96, -0.67, 0, 0.67, 1.96} {
			for i := range n {
				v := 400 + 100*math.Sin(2*math.Pi*float64(i)*m.step.Hours()/24) + z*20*math.Sqrt(1+float64(i)*m.step.Hours()/24)
				if i < len(m.mask) && m.mask[i] {
					v = math.NaN()
				}
				values[k] = append(values[k], v)
			}
		}
		return chart.Plot{
			Title: "Forecast of " + m.names[0], Width: width,
			X: chart.Axis{Zone: m.zone}, Y: chart.Axis{Unit: chart.Bytes, Zero: true, Label: m.names[1]},
			Series:     []chart.Series{{Name: "measured", Start: m.start(), Step: m.step, Y: m.gap(1)}},
			Fans:       []chart.Fan{{Name: m.names[2], Start: m.now, Step: m.step, Quantiles: levels, Values: values}},
			Thresholds: []chart.Threshold{{Value: 700, Label: "limit", State: chart.Critical}},
		}.SVG()
	}},
	{"scatter", func(m material, width int) string {
		r := rand.New(rand.NewPCG(3, 4))
		y := m.gap(1)
		x, z := make([]float64, len(y)), make([]float64, len(y))
		for i := range y {
			x[i] = y[i] * (1 + 0.1*r.NormFloat64())
			z[i] = 0.05 + 0.0002*x[i] + 0.01*r.ExpFloat64()
		}
		return chart.Plot{
			Title: "Latency against load", Subtitle: m.names[0], Width: width,
			X: chart.Axis{Label: "requests per second"}, Y: chart.Axis{Unit: chart.Seconds, Zero: true, Label: "95th percentile of latency"},
			Series: []chart.Series{{Name: m.names[1], X: x, Y: z, Style: chart.Points}, {Name: m.names[4], X: []float64{200, 700}, Y: []float64{0.09, 0.2}, Dash: chart.Dashed}},
		}.SVG()
	}},
	{"bars", func(m material, width int) string {
		b := m.bars(width)
		b.Title, b.Y = "Budget spent", chart.Axis{Unit: chart.Percent}
		b.Thresholds = []chart.Threshold{{Value: 1, Label: "the whole budget", State: chart.Critical}}
		return b.SVG()
	}},
	{"stacked bars", func(m material, width int) string {
		b := m.bars(width)
		b.Title, b.Stacked, b.Y = "Toil", true, chart.Axis{Unit: chart.Seconds, Label: "a week"}
		for i := range b.Series {
			b.Series[i].Low, b.Series[i].High, b.Series[i].States = nil, nil, nil
			for k := range b.Series[i].Values {
				b.Series[i].Values[k] *= 36_000
			}
		}
		return b.SVG()
	}},
	{"lying bars", func(m material, width int) string {
		b := m.bars(width)
		b.Title, b.Horizontal, b.Y = "Pages", true, chart.Axis{Unit: chart.Count, Label: "pages a week"}
		for i := range b.Series {
			b.Series[i].Low, b.Series[i].High = nil, nil
			for k := range b.Series[i].Values {
				b.Series[i].Values[k] = math.Round(b.Series[i].Values[k] * 10)
			}
		}
		return b.SVG()
	}},
	{"calendar", func(m material, width int) string {
		return chart.Calendar{Title: "Availability by day", Subtitle: m.names[0], Width: width, Zone: m.zone, Samples: m.ratios(),
			Unit: chart.Percent, LowIsStrong: true, Steps: []float64{0.99, 0.998, 0.999, 0.9995}, Label: "good requests"}.SVG()
	}},
	{"hours of the week", func(m material, width int) string {
		return chart.Calendar{Title: "Requests by hour of the week", Subtitle: m.names[0], Width: width, Zone: m.zone, Samples: m.traffic(),
			Layout: chart.HoursOfWeek, Label: "requests"}.SVG()
	}},
	{"diverging calendar", func(m material, width int) string {
		s := m.traffic()
		for i := range s {
			s[i].Value = 10 * math.Sin(float64(s[i].Time.Unix())/300_000)
		}
		return chart.Calendar{Title: "Deviation from the forecast", Subtitle: m.names[0], Width: width, Zone: m.zone, Samples: s, Diverging: true,
			Steps: []float64{-8, -4, -1, 1, 4, 8}, Label: "standard deviations"}.SVG()
	}},
	{"timeline", func(m material, width int) string {
		t := chart.Timeline{Title: "On call and alerts", Subtitle: m.names[0], Width: width, X: chart.Axis{Zone: m.zone}, Events: m.events()}
		primary, secondary := chart.Row{Name: "primary"}, chart.Row{Name: "secondary"}
		length := m.now.Sub(m.start())
		shifts := min(max(len(m.load)/168, 1), 5_000)
		for i := range shifts {
			from, to := m.start().Add(time.Duration(i)*length/time.Duration(shifts)), m.start().Add(time.Duration(i+1)*length/time.Duration(shifts))
			primary.Spans = append(primary.Spans, chart.Span{From: from, To: to, Group: m.names[i%5]})
			secondary.Spans = append(secondary.Spans, chart.Span{From: from, To: to, Group: m.names[(i+1)%5], Soft: i%3 == 1})
		}
		t.Rows = append(t.Rows, primary, secondary)
		alerts := chart.Row{Name: m.names[5]}
		for i, p := range m.points {
			if p.Bad > 0.002*p.Total {
				alerts.Spans = append(alerts.Spans, chart.Span{From: p.Time, To: p.Time.Add(2 * m.step), State: []chart.State{chart.Critical, chart.Warning}[i%2], Label: m.names[2]})
			}
		}
		t.Rows = append(t.Rows, alerts)
		return t.SVG()
	}},
	{"graph", func(m material, width int) string {
		g := chart.Graph{Title: "What " + m.names[0] + " depends on", Width: width}
		states := []chart.State{chart.Critical, chart.OK, chart.Warning, chart.Unknown, chart.Info, chart.Neutral}
		for i, name := range m.names {
			g.Nodes = append(g.Nodes, chart.Node{ID: name, Detail: "99.95 %", State: states[i]})
		}
		for _, e := range [][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {3, 5}, {4, 5}, {5, 3}} {
			g.Edges = append(g.Edges, chart.Edge{From: m.names[e[0]], To: m.names[e[1]], Soft: e[0] == 3, Label: map[int]string{2: "2 of 3", 3: m.names[4]}[e[1]]})
		}
		return g.SVG()
	}},
	{"nothing measured", func(m material, width int) string {
		return chart.Plot{Title: m.names[0], Subtitle: m.names[1], Width: width}.SVG()
	}},
}

// events are a deploy, a span and something with a long name.
func (m material) events() []chart.Event {
	length := m.now.Sub(m.start())
	return []chart.Event{
		{At: m.start().Add(length / 3), Until: m.start().Add(length/3 + length/30), Label: "outage", State: chart.Critical},
		{At: m.start().Add(length / 2), Label: m.names[4]},
		{At: m.start().Add(length/2 + length/100), Label: "deploy 2.3.1", State: chart.Info},
		{At: m.start().Add(length * 9 / 10), Label: m.names[5]},
	}
}

func (m material) bars(width int) chart.Bars {
	b := chart.Bars{Subtitle: "in the last week", Width: width}
	n := len(m.names)
	if len(m.load) == 1 {
		n = 1
	}
	if len(m.load) > 10_000 {
		n = len(m.load)
	}
	values := func(phase float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			out[i] = 0.5 + 0.7*math.Abs(math.Sin(float64(i)+phase))
			if m.mask != nil && i%3 == 1 {
				out[i] = math.NaN()
			}
		}
		return out
	}
	for i := range n {
		b.Categories = append(b.Categories, m.names[i%len(m.names)])
	}
	first := chart.BarSeries{Name: m.names[4], Values: values(0), States: []chart.State{chart.OK, chart.Warning, chart.Critical}}
	for _, v := range first.Values {
		first.Low, first.High = append(first.Low, v-0.1), append(first.High, v+0.1)
	}
	b.Series = []chart.BarSeries{first, {Name: m.names[5], Values: values(1)}}
	return b
}

func (m material) ratios() []chart.Sample {
	var out []chart.Sample
	for _, p := range m.points {
		if p.Total > 0 {
			out = append(out, chart.Sample{Time: p.Time, Value: 1 - p.Bad/p.Total})
		}
	}
	return out
}

func (m material) traffic() []chart.Sample {
	var out []chart.Sample
	for _, p := range m.points {
		out = append(out, chart.Sample{Time: p.Time, Value: p.Total})
	}
	return out
}
