package oncall

import (
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Timeline is who is on call over a window, for people to look at: a row for
// each person, and one for nobody where there are gaps. It is plain data and may
// be cut or put together from several rosters before it is drawn.
type Timeline struct {
	Name   string    `json:"name,omitempty"` // of the schedule
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Shifts []Shift   `json:"shifts"`
	// Gaps are when nobody is on call as primary; OffDuty is when nobody needs to
	// be, and nobody is.
	Gaps    []Span `json:"gaps,omitempty"`
	OffDuty []Span `json:"off_duty,omitempty"`
	// Now is marked by a line; zero is not.
	Now time.Time `json:"now,omitzero"`
	// Zone is that of the clock; nil is UTC.
	Zone *time.Location `json:"-"`
}

// Timeline is the shifts and gaps of [from, to), on the schedule's clock. Where
// the window is empty, so is the timeline.
func (r Roster) Timeline(from, to time.Time) Timeline {
	t := Timeline{Name: r.scheduleName(), From: from, To: to, Shifts: r.Shifts(from, to), Zone: r.Location()}
	if !to.After(from) {
		return t
	}
	if to.Sub(from) > MaxWindow {
		t.To = from.Add(MaxWindow)
	}
	var covered []span
	for _, s := range t.Shifts {
		if s.Role == DefaultRole && !s.Shadow {
			covered = append(covered, span{s.Start.Sub(from), s.End.Sub(from)})
		}
	}
	open := without([]span{{0, t.To.Sub(from)}}, merged(covered))
	off := r.offDuty(from, t.To)
	t.Gaps, t.OffDuty = spansFrom(from, without(open, off)), spansFrom(from, common(open, off))
	return t
}

// offDuty is the declared times in which nobody needs to be on call.
func (r Roster) offDuty(from, to time.Time) []span {
	if r.plan == nil || len(r.plan.definition.OffDuty) == 0 {
		return nil
	}
	d := r.plan.definition
	free, err := (Schedule{Zone: d.Zone, Layers: []Layer{{Turns: Turns("a"), Windows: d.OffDuty, Rotation: Rotation{Extrapolate: true}}}}).Compile()
	if err != nil {
		return nil // cannot be: the windows are part of a schedule that was compiled
	}
	var out []span
	for _, s := range free.Shifts(from, to) {
		out = append(out, span{s.Start.Sub(from), s.End.Sub(from)})
	}
	return merged(out)
}

// spansFrom are spans as instants.
func spansFrom(from time.Time, spans []span) []Span {
	var out []Span
	for _, s := range spans {
		out = append(out, Span{from.Add(s.start), from.Add(s.end)})
	}
	return out
}

// people are the names of all who have a shift, sorted.
func (t Timeline) people() []string {
	var names []string
	for _, s := range t.Shifts {
		names = append(names, s.Person)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SVG is people as rows over time. Colours tell roles apart; shadows have a
// broken outline; gaps are marked in a row of their own, and so is the time in
// which nobody needs to be on call. At most a hundred rows are drawn, and that of
// the gaps is one of them.
func (t Timeline) SVG() string { return t.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
// Below 480 names stand above their rows.
func (t Timeline) SVGAt(width int) string {
	title := t.Name
	if title == "" {
		title = "On call"
	}
	p := chart.Timeline{Title: title, Subtitle: t.between(), Width: width, X: chart.Axis{Zone: t.Zone, From: t.From, To: t.To}}
	if !t.Now.IsZero() {
		p.Events = []chart.Event{{At: t.Now, Label: "now", State: chart.Info}}
	}
	rows := map[string]int{}
	for _, name := range t.people() {
		rows[name] = len(p.Rows)
		p.Rows = append(p.Rows, chart.Row{Name: name})
	}
	for _, s := range t.Shifts {
		row := &p.Rows[rows[s.Person]]
		row.Spans = append(row.Spans, chart.Span{From: s.Start, To: s.End, Group: s.Role, Soft: s.Shadow})
	}
	if len(t.Gaps)+len(t.OffDuty) > 0 {
		nobody := chart.Row{Name: "nobody"}
		for _, g := range t.Gaps {
			nobody.Spans = append(nobody.Spans, chart.Span{From: g.Start, To: g.End, Label: "gap", State: chart.Critical})
		}
		for _, g := range t.OffDuty {
			nobody.Spans = append(nobody.Spans, chart.Span{From: g.Start, To: g.End, Group: "off duty"})
		}
		at := len(p.Rows)
		if at > 99 {
			at = 0
		}
		p.Rows = slices.Insert(p.Rows, at, nobody)
	}
	return p.SVG()
}

// between is the window for people.
func (t Timeline) between() string {
	if t.From.IsZero() || t.To.IsZero() {
		return ""
	}
	zone := t.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.From.In(zone).Format("2 Jan 2006 15:04") + " to " + t.To.In(zone).Format("2 Jan 2006 15:04 MST")
}

// Markdown is the shifts and gaps as a table, in the order of their start.
func (t Timeline) Markdown() string {
	zone := t.Zone
	if zone == nil {
		zone = time.UTC
	}
	type line struct {
		at   time.Time
		text []string
	}
	var lines []line
	add := func(start, end time.Time, who, as string) {
		lines = append(lines, line{start, []string{prose.Minute(start.In(zone)), prose.Minute(end.In(zone)), who, as}})
	}
	for _, s := range t.Shifts {
		as := markdown.Text(s.Role)
		if s.Shadow && !strings.EqualFold(s.Role, "shadow") {
			as += " (shadow)"
		}
		add(s.Start, s.End, markdown.Text(s.Person), as)
	}
	for _, g := range t.Gaps {
		add(g.Start, g.End, "**nobody**", "gap")
	}
	for _, g := range t.OffDuty {
		add(g.Start, g.End, "nobody", "off duty")
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	rows := [][]string{{"From", "To", "Person", "Role"}}
	for _, l := range lines {
		rows = append(rows, l.text)
	}
	return markdown.Table(rows)
}

// SVG is the hours of each person, told apart by kind.
func (l Load) SVG() string { return l.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (l Load) SVGAt(width int) string {
	p := chart.Bars{Title: "Time on call", Width: width, Horizontal: true, Stacked: true, Y: chart.Axis{Label: "hours", Zero: true}}
	if !l.From.IsZero() && !l.To.IsZero() {
		p.Subtitle = l.From.Format("2 Jan 2006") + " to " + l.To.Format("2 Jan 2006")
	}
	p.Series = []chart.BarSeries{{Name: "daytime"}, {Name: "nights"}, {Name: "weekends"}, {Name: "holidays"}}
	for _, q := range l.People {
		p.Categories = append(p.Categories, q.Person)
		for i, d := range []time.Duration{q.Kinds.Day, q.Kinds.Night, q.Kinds.Weekend, q.Kinds.Holiday} {
			p.Series[i].Values = append(p.Series[i].Values, d.Hours())
		}
	}
	if !slices.ContainsFunc(l.People, func(q PersonLoad) bool { return q.Kinds.Holiday > 0 }) {
		p.Series = p.Series[:3]
	}
	return p.SVG()
}
