package slo

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
)

// BurnChart is burn rates over time.
type BurnChart struct {
	Title string     `json:"title"`
	Start time.Time  `json:"start"`
	End   time.Time  `json:"end"`
	Lines []BurnLine `json:"lines"`
	// Factors are burn rates to mark, as of an alert policy; 1 is always marked.
	Factors []float64 `json:"factors,omitempty"`
	// Zone is that of the time axis; nil is UTC.
	Zone *time.Location `json:"-"`
}

// BurnLine is the burn rate over one length, at rising instants.
type BurnLine struct {
	Name  string `json:"name"` // the length: 1h
	Burns []Burn `json:"burns"`
}

// BurnChartAt is the burn rates over the lengths at 300 instants of the window
// up to now, each looking back. Points of the window and of the greatest length
// before it should be given. Errors wrap ErrObjective, ErrWindow and ErrCounts.
// Cost grows with the points within a length, 300 times for each length.
func (o Objective) BurnChartAt(points []Point, now time.Time, lengths ...time.Duration) (BurnChart, error) {
	start, _ := o.Period().Bounds(now)
	c := BurnChart{Title: strings.TrimSpace(o.Service + " " + o.Name), Start: start, End: now, Zone: o.Period().Location}
	if _, err := o.BurnsAt(points, now, lengths...); err != nil {
		return BurnChart{}, err
	}
	points = SortPoints(points)
	for _, length := range lengths {
		events, err := o.fold(points, start.Add(-length), now)
		if err != nil {
			return BurnChart{}, err
		}
		line := BurnLine{Name: Rolling(length).String()}
		covered := intervals(events)
		first, next := 0, 0
		var sum Counts
		for i := range historySteps + 1 {
			t := start.Add(time.Duration(float64(now.Sub(start)) * float64(i) / historySteps))
			for ; next < len(events) && !events[next].Time.After(t); next++ {
				sum = sum.Add(events[next].Counts)
			}
			for ; first < next && !events[first].Time.After(t.Add(-length)); first++ {
				sum.Bad -= events[first].Bad
				sum.Total -= events[first].Total
			}
			if first == next {
				sum = Counts{}
			}
			b := Burn{Length: length, End: t, Counts: Counts{max(0, sum.Bad), max(0, sum.Total)}}
			b.Counts.Bad = min(b.Counts.Bad, b.Counts.Total)
			var traffic bool
			b.Rate, traffic = o.BurnRate(b.Counts)
			b.NoData = !traffic
			b.Short = len(covered) == 0 || covered[0].Start.After(t.Add(-length))
			b.Coverage = coveredShare(covered[first:next], Span{t.Add(-length), t})
			line.Burns = append(line.Burns, b)
		}
		c.Lines = append(c.Lines, line)
	}
	return c, nil
}

// coveredShare is the share of a span that intervals in order cover.
func coveredShare(intervals []Span, s Span) float64 {
	var covered time.Duration
	for _, i := range intervals {
		covered += Span{later(i.Start, s.Start), i.End}.Length()
	}
	return min(1, float64(covered)/float64(s.Length()))
}

// SVG is a line for each length, with 1 and the factors marked.
func (c BurnChart) SVG() string { return c.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (c BurnChart) SVGAt(width int) string {
	plot := chart.Plot{
		Title:      strings.TrimSpace("Burn rate: " + c.Title),
		X:          chart.Axis{Zone: c.Zone, Time: true, From: c.Start, To: c.End},
		Y:          chart.Axis{Unit: chart.Factor, Zero: true},
		Thresholds: []chart.Threshold{{Value: 1, Label: "1× lasts the window", State: chart.Warning}},
	}
	for _, line := range c.Lines {
		s := chart.Series{Name: line.Name}
		for _, b := range line.Burns {
			s.Times = append(s.Times, b.End)
			s.Y = append(s.Y, b.Rate)
			s.Missing = append(s.Missing, b.NoData)
		}
		plot.Series = append(plot.Series, s)
	}
	for _, f := range c.Factors {
		if f != 1 { // it is marked already
			plot.Thresholds = append(plot.Thresholds, chart.Threshold{Value: f, State: chart.Critical})
		}
	}
	plot.Width = width
	return plot.SVG()
}

// Markdown is a table of the greatest and the latest burn rate of each length.
func (c BurnChart) Markdown() string {
	rows := [][]string{{"burn rate over", "greatest", "at", "now"}}
	for _, line := range c.Lines {
		greatest, now := Burn{NoData: true}, "no data"
		for _, b := range line.Burns {
			if !b.NoData && (greatest.NoData || b.Rate > greatest.Rate) {
				greatest = b
			}
		}
		if n := len(line.Burns); n > 0 && !line.Burns[n-1].NoData {
			now = fmt.Sprintf("%.3g", line.Burns[n-1].Rate)
		}
		if greatest.NoData {
			rows = append(rows, []string{markdown.Text(line.Name), "no data", "", now})
			continue
		}
		rows = append(rows, []string{markdown.Text(line.Name), fmt.Sprintf("%.3g", greatest.Rate), clock(greatest.End, c.Zone), now})
	}
	return markdown.Figures(rows)
}
