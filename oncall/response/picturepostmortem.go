package response

import (
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// SVG is the incident along the time: a row for the alerts of each entry, one
// for each part in the incident and each schedule, one for releases, and a line
// where it was acknowledged and where what stopped it was done. It holds what the
// document holds, and no names that are not in it.
func (m PostMortem) SVG() string { return m.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (m PostMortem) SVGAt(width int) string {
	p := chart.Timeline{Title: "Incident", Subtitle: m.Zone, Width: width}
	if m.Incident != "" {
		p.Title = "Incident " + m.Incident
	}
	if n := len(m.Timeline); n > 0 {
		p.X.Zone = m.Timeline[0].At.Location()
	}
	from, to := m.Start, m.End
	rows := map[string]int{}
	row := func(name string) *chart.Row {
		i, ok := rows[name]
		if !ok {
			i = len(p.Rows)
			rows[name] = i
			p.Rows = append(p.Rows, chart.Row{Name: name})
		}
		return &p.Rows[i]
	}
	for i, x := range m.Timeline {
		if from.IsZero() || x.At.Before(from) && x.Kind != MomentRelease {
			from = x.At
		}
		if x.Kind == MomentResolved && x.At.After(to) {
			to = x.At
		}
		if x.Kind != MomentAlert {
			continue
		}
		span := chart.Span{From: x.At, Label: alertName(x.Text, " fires"), State: chart.Critical}
		for _, y := range m.Timeline[i:] {
			if y.Kind == MomentResolved && y.Service == x.Service && alertName(y.Text, " ends") == span.Label && !y.At.Before(x.At) {
				span.To = y.At
				break
			}
		}
		r := row(x.Service)
		r.Spans = append(r.Spans, span)
	}
	end := func(t time.Time) time.Time {
		if t.IsZero() || !to.IsZero() && t.After(to) {
			return to
		}
		return t
	}
	for _, x := range m.Response.Roles {
		r := row(x.Role)
		r.Spans = append(r.Spans, chart.Span{From: x.From, To: end(x.To), Label: x.Person, Group: "in the incident"})
	}
	for _, d := range m.Response.OnCall {
		begin := d.Start
		if begin.Before(from) {
			begin = from
		}
		name := "on call"
		if d.Schedule != "" {
			name += ", " + d.Schedule
		}
		r := row(name)
		r.Spans = append(r.Spans, chart.Span{From: begin, To: end(d.End), Label: d.Person, Group: d.Role, Soft: d.Shadow})
	}
	for _, x := range m.Timeline {
		switch x.Kind {
		case MomentRelease:
			if x.At.Before(from.Add(-to.Sub(from))) {
				continue // so long before that nothing else could be seen
			}
			r := row("releases")
			r.Spans = append(r.Spans, chart.Span{From: x.At, To: x.At, Label: x.Service + ": " + x.Text, Group: "release"})
		case MomentStep:
			r := row("steps")
			r.Spans = append(r.Spans, chart.Span{From: x.At, To: x.At, Label: x.Text, Group: "step"})
		}
	}
	if t := m.Response.Acknowledged; !t.IsZero() {
		p.Events = append(p.Events, chart.Event{At: t, Label: "acknowledged", State: chart.Info})
	}
	if t := m.Stop.At; !t.IsZero() {
		p.Events = append(p.Events, chart.Event{At: t, Label: "stopped", State: chart.OK})
	}
	return p.SVG()
}

// alertName is the alert of a line of the timeline.
func alertName(text, verb string) string {
	if n := len(text) - len(verb); n >= 0 && text[n:] == verb {
		return text[:n]
	}
	return text
}
