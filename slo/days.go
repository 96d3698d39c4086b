package slo

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Days is what each day of a window spent of its budget.
type Days struct {
	Title string     `json:"title"`
	Days  []DaySpent `json:"days"`
	// Zone is the one whose midnights divide the days; nil is UTC.
	Zone *time.Location `json:"-"`
}

// DaySpent is what one day spent.
type DaySpent struct {
	Span
	Counts Counts `json:"counts"`
	// Consumed is the share of the window's budget.
	Consumed float64 `json:"consumed"`
	NoData   bool    `json:"no_data"`
}

// DaysAt is what each day of the window at now spent, by the zone's calendar
// (nil is that of a calendar window, otherwise UTC). The first and the last day
// may be cut by the window. Errors wrap ErrObjective and ErrCounts.
func (o Objective) DaysAt(points []Point, now time.Time, zone *time.Location) (Days, error) {
	b, err := o.BudgetAt(points, now)
	if err != nil {
		return Days{}, err
	}
	if zone == nil {
		zone = o.Period().Location
	}
	unit := Window{Calendar: Day, Location: zone}
	if err := unit.Validate(); err != nil {
		return Days{}, errors.Join(ErrObjective, err)
	}
	events, err := o.fold(points, b.Start, now)
	if err != nil {
		return Days{}, err
	}
	d := Days{Title: strings.TrimSpace(o.Service + " " + o.Name), Zone: zone}
	next := 0
	for at := b.Start; at.Before(now); {
		_, end := unit.Bounds(at)
		if end.After(now) {
			end = now
		}
		day := DaySpent{Span: Span{at, end}}
		for ; next < len(events) && !events[next].Time.After(end); next++ {
			day.Counts = day.Counts.Add(events[next].Counts)
		}
		day.NoData = day.Counts.Total == 0
		if !b.NoData {
			day.Consumed, _ = o.BurnRate(Counts{day.Counts.Bad, b.Counts.Total})
		}
		d.Days = append(d.Days, day)
		at = end
	}
	return d, nil
}

// SVG is a calendar whose days are the darker the more they spent.
func (d Days) SVG() string { return d.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (d Days) SVGAt(width int) string {
	c := chart.Calendar{
		Title:   strings.TrimSpace("Error budget spent each day: " + d.Title),
		Zone:    d.Zone,
		Combine: chart.Sum,
		Label:   "of the window's budget",
		Unit:    chart.Percent,
		Steps:   []float64{0.001, 0.01, 0.03, 0.1, 0.3, 1},
	}
	for _, day := range d.Days {
		if !day.NoData {
			c.Samples = append(c.Samples, chart.Sample{Time: day.Start, Value: day.Consumed})
		}
	}
	if n := len(d.Days); n > 0 {
		c.From, c.To = d.Days[0].Start, d.Days[n-1].End
	}
	c.Width = width
	return c.SVG()
}

// Markdown is a table of the days that spent something, the greatest first, at
// most ten.
func (d Days) Markdown() string {
	zone := d.Zone
	if zone == nil {
		zone = time.UTC
	}
	spent := slices.DeleteFunc(slices.Clone(d.Days), func(s DaySpent) bool { return s.Counts.Bad == 0 })
	slices.SortStableFunc(spent, func(a, b DaySpent) int { return cmp.Compare(b.Consumed, a.Consumed) })
	rows := [][]string{{"day", "bad events", "of the budget"}}
	for _, s := range spent[:min(10, len(spent))] {
		rows = append(rows, []string{s.Start.In(zone).Format("Mon 2006-01-02"), count(s.Counts.Bad), prose.Percent(s.Consumed)})
	}
	if len(spent) == 0 {
		return "No day spent any of the budget.\n"
	}
	return markdown.Figures(rows)
}
