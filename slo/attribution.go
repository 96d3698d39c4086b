package slo

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// Attribution says who or what spent an error budget.
type Attribution struct {
	By        string    `json:"by"` // incident, hour_of_week, release, or the name of a label
	Objective Ratio     `json:"objective"`
	Start     time.Time `json:"start"` // of the time attributed, exclusive
	End       time.Time `json:"end"`
	Counts    Counts    `json:"counts"`  // all of it
	Allowed   float64   `json:"allowed"` // bad events that its traffic allows
	// Coverage is the share of the time that data exist for, in [0,1].
	Coverage float64 `json:"coverage"`
	// NoData is set without traffic: there is nothing to attribute.
	NoData bool `json:"no_data"`
	// Parts are the spenders, the greatest first; those without bad events are
	// left out. Rest is the counts that belong to none of them.
	Parts []Part `json:"parts"`
	Rest  Counts `json:"rest"`
}

// Part is one spender's part of an error budget.
type Part struct {
	Key    string `json:"key"`
	Counts Counts `json:"counts"`
	// Start and End are the time that an incident or a release lasted, zero for
	// other spenders.
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
	// Share is the part of all bad events, in [0,1]; Consumed the part of the
	// budget, which sums to the budget's consumption.
	Share    float64 `json:"share"`
	Consumed float64 `json:"consumed"`
	// Error is by how many bad events Counts.Bad may be too great; 0 where the
	// part was counted exactly. See TopK.
	Error float64 `json:"error,omitempty"`
}

// Change is a release or another change of a service.
type Change struct {
	Name string    `json:"name"`
	Time time.Time `json:"time"`
}

// LabelledPoints are the points of one value of a label.
type LabelledPoints struct {
	Value  string  `json:"value"`
	Points []Point `json:"points"`
}

// attribution is the frame of an answer: the points of the window up to now.
func (o Objective) attribution(by string, points []Point, now time.Time) (Attribution, []Point, error) {
	if err := errors.Join(o.Validate(), validPoints(points)); err != nil {
		return Attribution{}, nil, err
	}
	start, _ := o.Period().Bounds(now)
	events, err := o.fold(points, start, now)
	if err != nil {
		return Attribution{}, nil, err
	}
	a := Attribution{By: by, Objective: o.Target, Start: start, End: now, Parts: []Part{},
		Counts: Sum(events, start, now), Coverage: CoverageOf(points, start, now).Ratio}
	if err := a.Counts.Validate(); err != nil {
		return Attribution{}, nil, err
	}
	a.NoData = a.Counts.Total == 0
	a.Allowed = o.Budget().Of(a.Counts.Total)
	return a, events, nil
}

// settle orders the parts and computes their shares.
func (a Attribution) settle(o Objective, parts []Part) Attribution {
	for _, p := range parts {
		if p.Counts.Bad == 0 {
			a.Rest = a.Rest.Add(p.Counts)
			continue
		}
		p.Share = p.Counts.Bad / a.Counts.Bad
		p.Consumed, _ = o.BurnRate(Counts{p.Counts.Bad, a.Counts.Total})
		a.Parts = append(a.Parts, p)
	}
	slices.SortStableFunc(a.Parts, func(p, q Part) int {
		return cmp.Or(cmp.Compare(q.Counts.Bad, p.Counts.Bad), p.Start.Compare(q.Start), cmp.Compare(p.Key, q.Key))
	})
	return a
}

// AttributeIncidents attributes what the window at now has spent to incidents:
// runs of points, one after the other, each with a burn rate above 1. A point
// without traffic within a run does not end it. What was spent at a burn of 1
// or less is the Rest. Errors wrap ErrObjective and ErrCounts.
func (o Objective) AttributeIncidents(points []Point, now time.Time) (Attribution, error) {
	a, events, err := o.attribution("incident", points, now)
	if err != nil {
		return Attribution{}, err
	}
	var parts []Part
	var open *Part
	for i, s := range intervals(events) {
		c := events[i].Counts
		burn, traffic := o.BurnRate(c)
		switch {
		case !traffic:
			continue
		case burn <= 1:
			a.Rest = a.Rest.Add(c)
			open = nil
			continue
		case open == nil:
			parts = append(parts, Part{Start: s.Start})
			open = &parts[len(parts)-1]
			open.Key = s.Start.UTC().Format(time.RFC3339)
		}
		open.Counts, open.End = open.Counts.Add(c), s.End
	}
	return a.settle(o, parts), nil
}

// AttributeHours attributes what the window at now has spent to the hours of
// the week, "Mon 09:00" on the zone's clock (nil is UTC), by the middle of each
// point's interval: points should be an hour apart at most. The two hours of
// one name when clocks go back are one part. Errors wrap ErrObjective and
// ErrCounts.
func (o Objective) AttributeHours(points []Point, now time.Time, location *time.Location) (Attribution, error) {
	a, events, err := o.attribution("hour_of_week", points, now)
	if err != nil {
		return Attribution{}, err
	}
	if location == nil {
		location = time.UTC
	}
	var hours [HoursPerWeek]Counts
	for i, s := range intervals(events) {
		h := hourOfWeek(s.Start.Add(s.Length()/2), location)
		hours[h] = hours[h].Add(events[i].Counts)
	}
	parts := make([]Part, HoursPerWeek)
	for h, c := range hours {
		weekday := time.Weekday((h/24 + 1) % 7)
		parts[h] = Part{Key: fmt.Sprintf("%.3s %02d:00", weekday, h%24), Counts: c}
	}
	return a.settle(o, parts), nil
}

// AttributeChanges attributes what the window at now has spent to releases or
// other changes: each point to the last change before its end. What came before
// the first change is the Rest. That a release came before an error does not
// prove that it caused it. Changes may be unsorted; of two at one instant the
// later in the list counts. Errors wrap ErrObjective and ErrCounts.
func (o Objective) AttributeChanges(points []Point, now time.Time, changes []Change) (Attribution, error) {
	a, events, err := o.attribution("release", points, now)
	if err != nil {
		return Attribution{}, err
	}
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(c, d Change) int { return c.Time.Compare(d.Time) })
	parts := make([]Part, len(changes))
	for i, c := range changes {
		parts[i] = Part{Key: c.Name, Start: c.Time, End: now}
		if i+1 < len(changes) && changes[i+1].Time.Before(now) {
			parts[i].End = changes[i+1].Time
		}
	}
	i := -1
	for _, e := range events {
		for i+1 < len(changes) && changes[i+1].Time.Before(e.Time) {
			i++
		}
		if i < 0 {
			a.Rest = a.Rest.Add(e.Counts)
			continue
		}
		parts[i].Counts = parts[i].Counts.Add(e.Counts)
	}
	return a.settle(o, parts), nil
}

// AttributeLabel attributes what the window at now has spent to the values of
// the label, whose points do not overlap: every event is in one of them.
// Values that stand several times are added up. A budget in time slices has no
// such parts, for a slice belongs to all values at once: the kinds TimeSlices
// and RatioSlices are refused. For more values than can be held, see TopK.
// Errors wrap ErrObjective and ErrCounts.
func (o Objective) AttributeLabel(label string, values []LabelledPoints, now time.Time) (Attribution, error) {
	if o.Kind == TimeSlices || o.Kind == RatioSlices {
		return Attribution{}, fmt.Errorf("%w %q: bad time slices cannot be split by the label %s; use an objective that counts events", ErrObjective, o.Name, label)
	}
	var all []Point
	for _, v := range values {
		all = append(all, v.Points...)
	}
	a, _, err := o.attribution(label, all, now)
	if err != nil {
		return Attribution{}, err
	}
	at := make(map[string]int, len(values))
	var parts []Part
	for _, v := range values {
		i, seen := at[v.Value]
		if !seen {
			i = len(parts)
			at[v.Value] = i
			parts = append(parts, Part{Key: v.Value})
		}
		parts[i].Counts = parts[i].Counts.Add(Sum(v.Points, a.Start, a.End))
	}
	return a.settle(o, parts), nil
}

// Top is a with only the first n parts; the others join the Rest. A negative n
// counts as 0.
func (a Attribution) Top(n int) Attribution {
	n = max(0, min(n, len(a.Parts)))
	for _, p := range a.Parts[n:] {
		a.Rest = a.Rest.Add(p.Counts)
	}
	a.Parts = a.Parts[:n:n]
	return a
}

// LogValue is the attribution's three greatest parts, for structured logs.
func (a Attribution) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("by", a.By), slog.Float64("bad", a.Counts.Bad), slog.Bool("no_data", a.NoData)}
	for _, p := range a.Parts[:min(3, len(a.Parts))] {
		attrs = append(attrs, slog.Float64(p.Key, p.Share))
	}
	return slog.GroupValue(attrs...)
}

// Metrics are the share of the budget that each part has spent, with the key
// in the label that By names.
func (a Attribution) Metrics(labels ...Label) []Metric {
	var m []Metric
	for _, p := range a.Parts {
		own := append(labels[:len(labels):len(labels)], Label{a.By, p.Key})
		m = append(m, Metric{"slo_budget_spent_ratio", own, p.Consumed, "ratio", "Share of the error budget spent by this part."})
	}
	return m
}

type attributionJSON Attribution

// MarshalJSON writes an empty list of parts as [].
func (a Attribution) MarshalJSON() ([]byte, error) {
	if a.Parts == nil {
		a.Parts = []Part{}
	}
	return json.Marshal(attributionJSON(a))
}
