package slo

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// BurnDown is an error budget over its window and ahead, as a picture.
type BurnDown struct {
	Title     string     `json:"title"`
	Budget    Budget     `json:"budget"`
	History   []Left     `json:"history"`
	Ahead     []LeftBand `json:"ahead"`
	Outcome   Exhaustion `json:"exhaustion"`
	Caution   float64    `json:"caution"` // levels of the policy
	Freeze    float64    `json:"freeze"`
	Incidents []Part     `json:"incidents"` // of a burn above 1, the five greatest
	// Zone is that of the time axis; nil is UTC.
	Zone *time.Location `json:"-"`
}

// Left is the remaining share of the budget at an instant.
type Left struct {
	Time      time.Time `json:"time"`
	Remaining float64   `json:"remaining"`
	NoData    bool      `json:"no_data,omitempty"`
}

// LeftBand is the remaining share expected at an instant to come: its median
// and the range that holds it with 90 %.
type LeftBand struct {
	Time   time.Time `json:"time"`
	Low    float64   `json:"low"`
	Median float64   `json:"median"`
	High   float64   `json:"high"`
}

// The instants that a burn-down holds, back and ahead.
const (
	historySteps = 300
	aheadSteps   = 120
)

// BurnDownAt is the burn-down at now. In a rolling window each instant of its
// past looks back over a window of its own, so points of two windows should be
// given; in a calendar period all of it is measured against the budget expected
// for the whole period, which falls from 1. Ahead is what the look ahead
// expects. The policy gives the levels. Errors wrap ErrObjective, ErrCounts,
// ErrLookahead and ErrBudgetPolicy. Cost is that of ExhaustionAt.
func (o Objective) BurnDownAt(points []Point, now time.Time, l Lookahead, p BudgetPolicy) (BurnDown, error) {
	if err := p.Validate(); err != nil {
		return BurnDown{}, err
	}
	b, err := o.BudgetAt(points, now)
	if err != nil {
		return BurnDown{}, err
	}
	x, f, l, err := o.ahead(points, now, l)
	if err != nil {
		return BurnDown{}, err
	}
	if !x.NoData {
		f.simulate(&x, l)
	}
	incidents, err := o.AttributeIncidents(points, now)
	if err != nil {
		return BurnDown{}, err
	}
	history, err := o.history(points, b)
	if err != nil {
		return BurnDown{}, err
	}
	p = p.orDefault()
	d := BurnDown{Title: strings.TrimSpace(o.Service + " " + o.Name), Budget: b, History: history, Outcome: x,
		Caution: p.Caution, Freeze: p.Freeze, Incidents: incidents.Top(5).Parts, Zone: o.Period().Location}
	if !x.NoData {
		d.Ahead = f.bands(l)
	}
	return d, nil
}

// history is the remaining share at even steps of the window up to now.
func (o Objective) history(points []Point, b Budget) ([]Left, error) {
	rolling := o.Period().Calendar == NoCalendar
	from := b.Start
	if rolling {
		from = b.Start.Add(b.Start.Sub(b.End))
	}
	events, err := o.fold(points, from, b.At)
	if err != nil {
		return nil, err
	}
	sums := make([]Counts, len(events)+1)
	for i, e := range events {
		sums[i+1] = sums[i].Add(e.Counts)
	}
	upTo := func(t time.Time) Counts {
		n, _ := slices.BinarySearchFunc(events, t, func(p Point, t time.Time) int {
			if p.Time.After(t) {
				return 1
			}
			return -1
		})
		return sums[n]
	}
	left := make([]Left, 0, historySteps+1)
	span := b.At.Sub(b.Start)
	for i := range historySteps + 1 {
		t := b.Start.Add(time.Duration(float64(span) * float64(i) / historySteps))
		start := b.Start
		if rolling {
			start = t.Add(b.Start.Sub(b.End))
		}
		now, before := upTo(t), upTo(start)
		c := Counts{max(0, now.Bad-before.Bad), max(0, now.Total-before.Total)}
		if !rolling {
			c.Total = b.Period.Total
		}
		spent, ok := o.BurnRate(Counts{min(c.Bad, c.Total), c.Total})
		left = append(left, Left{Time: t, Remaining: 1 - spent, NoData: !ok})
	}
	return left, nil
}

// bands is the remaining share at even steps ahead: bad events up to a step
// have the mean and variance of a gamma distribution, which stands in for them.
func (f future) bands(l Lookahead) []LeftBand {
	mean, variance := 1.0, 0.0 // of the factor between the true rate and the model's
	switch {
	case l.Observed == none:
		mean, variance = 1./3, 1./3
	case l.Observed > 0:
		mean, variance = (l.Observed+1./3)/l.Observed, (l.Observed+1./3)/(l.Observed*l.Observed)
	}
	every := max(1, (len(f.times)-1)/aheadSteps)
	var bands []LeftBand
	bad := 0.0
	for i, t := range f.times {
		bad += f.bad[i]
		if i%every != 0 && i != len(f.times)-1 || f.allowed[i] == 0 {
			continue
		}
		m := mean * bad
		v := m*max(1, l.Dispersion) + variance*bad*bad
		left := func(level float64) float64 {
			drawn := 0.0
			if m > 0 {
				drawn = stat.GammaQuantile(m*m/v, level) * (v / m)
			}
			return finite(1 - (f.known[i]+drawn)/f.allowed[i])
		}
		bands = append(bands, LeftBand{Time: t, Low: left(0.95), Median: left(0.5), High: left(0.05)})
	}
	return bands
}

// SVG is the picture: what is left of the budget, what is expected, the
// policy's levels, the incidents and the median time of exhaustion.
func (d BurnDown) SVG() string { return d.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (d BurnDown) SVGAt(width int) string {
	plot := chart.Plot{
		Title:    strings.TrimSpace("Error budget left: " + d.Title),
		Subtitle: fmt.Sprintf("%s over %s to %s", d.Budget.Objective.Percent(), clock(d.Budget.Start, d.Zone), clock(d.Budget.End, d.Zone)),
		X:        chart.Axis{Zone: d.Zone, Time: true},
		Y:        chart.Axis{Unit: chart.Percent, Zero: true},
	}
	known := chart.Series{Name: "left", Color: 1}
	lowest := 0.0
	for _, l := range d.History {
		known.Times = append(known.Times, l.Time)
		known.Y = append(known.Y, l.Remaining)
		known.Missing = append(known.Missing, l.NoData)
		if !l.NoData {
			lowest = min(lowest, l.Remaining)
		}
	}
	plot.Series = append(plot.Series, known)
	if len(d.Ahead) > 0 {
		expected := chart.Series{Name: "expected (median)", Color: 1, Dash: chart.Dashed}
		band := chart.Band{Name: "90 % of futures", Color: 1}
		for _, a := range d.Ahead {
			expected.Times = append(expected.Times, a.Time)
			expected.Y = append(expected.Y, a.Median)
			band.Times = append(band.Times, a.Time)
			band.Low = append(band.Low, a.Low)
			band.High = append(band.High, a.High)
		}
		plot.Series = append(plot.Series, expected)
		plot.Bands = append(plot.Bands, band)
	}
	plot.Thresholds = []chart.Threshold{{Value: 0, Label: "objective missed", State: chart.Critical}}
	if d.Freeze > 0 {
		plot.Thresholds = append(plot.Thresholds, chart.Threshold{Value: d.Freeze, Label: "freeze", State: chart.Critical})
	}
	if d.Caution > d.Freeze {
		plot.Thresholds = append(plot.Thresholds, chart.Threshold{Value: d.Caution, Label: "caution", State: chart.Warning})
	}
	for _, p := range d.Incidents {
		plot.Events = append(plot.Events, chart.Event{At: p.Start, Until: p.End, Label: prose.Percent(p.Consumed), State: chart.Warning})
	}
	if !d.Budget.At.IsZero() {
		plot.Events = append(plot.Events, chart.Event{At: d.Budget.At, Label: "now"})
	}
	if t, ok := d.Outcome.Median(); ok && t.After(d.Budget.At) {
		plot.Events = append(plot.Events, chart.Event{At: t, Label: "exhausted", State: chart.Critical})
	}
	// One that burns a hundred budgets must not flatten all else.
	plot.Y.Min, plot.Y.Max = max(-2, math.Floor(lowest*4)/4-0.25), 1.05
	plot.Width = width
	return plot.SVG()
}

// Markdown is the burn-down in words: the budget and the outlook.
func (d BurnDown) Markdown() string {
	return d.Budget.Markdown() + "\n" + d.Outcome.Markdown()
}

type burnDownJSON BurnDown

// MarshalJSON writes empty lists as [].
func (d BurnDown) MarshalJSON() ([]byte, error) {
	if d.History == nil {
		d.History = []Left{}
	}
	if d.Ahead == nil {
		d.Ahead = []LeftBand{}
	}
	if d.Incidents == nil {
		d.Incidents = []Part{}
	}
	return json.Marshal(burnDownJSON(d))
}
