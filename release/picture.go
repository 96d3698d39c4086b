package release

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// Markdown is the stages as a table, and the rules below it.
func (r Rollout) Markdown() string {
	rows := [][]string{{"Stage", "Traffic", "From", "For", "Warm-up", "Bake", "At a deadline"}}
	var begin time.Duration
	dash := func(d time.Duration) string {
		if d == 0 {
			return "–"
		}
		return prose.Duration(d)
	}
	for i, s := range r.Stages {
		rows = append(rows, []string{strconv.Itoa(i), s.Traffic.Percent(), dash(begin), dash(s.Hold), dash(s.WarmUp), dash(s.Bake), s.Exit.String()})
		begin += s.length()
	}
	text := markdown.Table(rows)
	for _, rule := range r.Rules {
		line := "taken back at "
		if rule.Advisory {
			line = "reported at "
		}
		text += "\n- " + line + markdown.Text(rule.String())
	}
	if len(r.Rules) > 0 {
		text += "\n"
	}
	return text
}

// SVG is the planned traffic over time, if nothing stands against it.
func (r Rollout) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r Rollout) SVGAt(width int) string {
	p := chart.Plot{Title: "Rollout", Subtitle: r.String(), X: chart.Axis{Unit: chart.Seconds, Label: "since the start"},
		Y: chart.Axis{Unit: chart.Percent, Min: 0, Max: 1}}
	s := chart.Series{Name: "traffic of the new revision", Style: chart.Step, Area: true}
	var begin time.Duration
	put := func(share float64) {
		s.X = append(s.X, begin.Seconds())
		s.Y = append(s.Y, share)
	}
	if len(r.Stages) > 0 {
		for _, stage := range r.course() {
			share := stage.Traffic.Float64()
			put(share)
			if stage.WarmUp > 0 {
				p.Events = append(p.Events, chart.Event{X: begin.Seconds(), XUntil: (begin + stage.WarmUp).Seconds(), Label: "warm-up", State: chart.Unknown})
			}
			if stage.Bake > 0 {
				p.Events = append(p.Events, chart.Event{X: (begin + stage.WarmUp + stage.Hold).Seconds(), XUntil: (begin + stage.length()).Seconds(), Label: "bake", State: chart.Info})
			}
			begin += stage.length()
		}
		if begin == 0 {
			begin = time.Minute
		} else if r.Watch == 0 {
			begin += begin / 10 // so that all traffic is seen
		}
		put(s.Y[len(s.Y)-1])
	}
	p.Series = []chart.Series{s}
	p.Width = width
	return p.SVG()
}

// Course is a rollout as it went: the transitions of its state, in order.
type Course struct {
	Title       string       `json:"title"`
	Transitions []Transition `json:"transitions"`
	// Until is the end of the picture; zero is that of the last transition.
	Until time.Time `json:"until,omitzero"`
	// Zone is that of the picture's clock; nil is UTC.
	Zone *time.Location `json:"-"`
}

// Markdown is the transitions as a table.
func (c Course) Markdown() string {
	rows := [][]string{{"At", "Phase", "Traffic", "Reason", "Text"}}
	for _, t := range c.Transitions {
		at := t.At
		if c.Zone != nil {
			at = at.In(c.Zone)
		}
		rows = append(rows, []string{prose.Second(at), markdown.Text(t.To.String()), t.Traffic.Percent(), t.Code, markdown.Text(t.Text)})
	}
	return markdown.Table(rows)
}

// String is the transitions, one a line.
func (c Course) String() string {
	var b strings.Builder
	for _, t := range c.Transitions {
		b.WriteString(t.String() + "\n")
	}
	return b.String()
}

// SVG is the phases over time, a row for each share of the traffic.
func (c Course) SVG() string { return c.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (c Course) SVGAt(width int) string {
	p := chart.Timeline{Title: c.Title, X: chart.Axis{Zone: c.Zone}}
	if p.Title == "" {
		p.Title = "Course of a rollout"
	}
	states := map[Phase]chart.State{Pending: chart.Unknown, Gated: chart.Warning, Moving: chart.Info, WarmingUp: chart.Unknown, Analysing: chart.OK, AwaitingTraffic: chart.Unknown,
		Undecided: chart.Warning, Baking: chart.Info, Held: chart.Warning, Watching: chart.OK, Returning: chart.Critical}
	var taken time.Time
	for i, t := range c.Transitions {
		end := c.Until
		if i+1 < len(c.Transitions) {
			end = c.Transitions[i+1].At
		}
		if t.To == RolledBack || t.To == Completed {
			label, state := "completed", chart.OK
			if t.To == RolledBack {
				label, state = "taken back", chart.Critical
			}
			p.Events = append(p.Events, chart.Event{At: t.At, Label: label, State: state})
			continue
		}
		if t.To.Back() && taken.IsZero() {
			taken = t.At
		}
		if !end.After(t.At) {
			continue
		}
		name := t.Traffic.Percent() + " of the traffic"
		k := len(p.Rows) - 1
		if k < 0 || p.Rows[k].Name != name {
			p.Rows = append(p.Rows, chart.Row{Name: name})
			k++
		}
		label := strings.ReplaceAll(t.To.String(), "_", " ")
		if n := len(p.Rows[k].Spans); n > 0 && p.Rows[k].Spans[n-1].Label == label && p.Rows[k].Spans[n-1].To.Equal(t.At) {
			p.Rows[k].Spans[n-1].To = end
			continue
		}
		p.Rows[k].Spans = append(p.Rows[k].Spans, chart.Span{From: t.At, To: end, Label: label, State: states[t.To]})
	}
	p.Width = width
	return p.SVG()
}
