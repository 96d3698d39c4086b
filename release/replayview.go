package release

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// FalseAlarms is the outcome of a release that does nothing: the A/A rate.
func (r ReplayReport) FalseAlarms() Outcome { return r.At(1) }

// At is the outcome with a factor, the zero one if it was not asked for.
func (r ReplayReport) At(factor float64) Outcome {
	for _, o := range r.Outcomes {
		if o.Factor == factor {
			return o
		}
	}
	return Outcome{}
}

// String is the outcome in one line: ×2: taken back in 81 % (78 % to 84 %), after 13m.
func (o Outcome) String() string {
	name := "×" + figure(o.Factor)
	if o.Factor == 1 {
		name = "A/A"
	}
	text := fmt.Sprintf("%s: taken back in %s (%s to %s)", name, prose.Percent(o.Share), prose.Percent(o.Low), prose.Percent(o.High))
	if o.Share > 0 {
		text += ", after " + prose.Duration(o.Median.Round(time.Second))
	}
	return text
}

// Markdown is a table with one row for each factor.
func (r ReplayReport) Markdown() string {
	rows := [][]string{{"Errors", "Taken back", "95 % interval", "After (median)", "After (90 %)", "Failed requests"}}
	for _, o := range r.Outcomes {
		name, median, late := "×"+figure(o.Factor), "–", "–"
		if o.Factor == 1 {
			name = "as before (A/A)"
		}
		if o.Share > 0 {
			median, late = prose.Duration(o.Median.Round(time.Second)), prose.Duration(o.Late.Round(time.Second))
		}
		rows = append(rows, []string{name, prose.Percent(o.Share), prose.Percent(o.Low) + " to " + prose.Percent(o.High), median, late, figure(o.Excess)})
	}
	text := markdown.Table(rows)
	for _, w := range r.Warnings {
		text += "\n" + markdown.Text(w.Text) + ": " + markdown.Text(w.Remedy) + ".\n"
	}
	return text
}

// SVG is a bar for each factor, with its interval.
func (r ReplayReport) SVG() string { return r.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (r ReplayReport) SVGAt(width int) string {
	b := chart.Bars{Title: "How often the release is taken back", Subtitle: fmt.Sprintf("%d points, error ratio %s", r.Points, prose.Percent(r.Ratio)),
		Y: chart.Axis{Unit: chart.Percent, Min: 0, Max: 1}}
	s := chart.BarSeries{Name: "taken back"}
	for _, o := range r.Outcomes {
		name, state := "×"+figure(o.Factor), chart.Neutral
		if o.Factor == 1 {
			name = "A/A"
			if o.Share > 0.05 {
				state = chart.Warning
			}
		}
		b.Categories = append(b.Categories, name)
		s.Values = append(s.Values, o.Share)
		s.Low = append(s.Low, o.Low)
		s.High = append(s.High, o.High)
		s.States = append(s.States, state)
	}
	b.Series = []chart.BarSeries{s}
	b.Width = width
	return b.SVG()
}

type outcomeAlias Outcome

type outcomeJSON struct {
	*outcomeAlias
	Median wire.Seconds `json:"median_seconds"`
	Late   wire.Seconds `json:"late_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (o Outcome) MarshalJSON() ([]byte, error) {
	a := outcomeAlias(o)
	return json.Marshal(outcomeJSON{&a, wire.Seconds(o.Median), wire.Seconds(o.Late)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *Outcome) UnmarshalJSON(text []byte) error {
	var a outcomeAlias
	v := outcomeJSON{outcomeAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*o = Outcome(a)
	o.Median, o.Late = time.Duration(v.Median), time.Duration(v.Late)
	return nil
}

type reportAlias ReplayReport

type reportJSON struct {
	*reportAlias
	Step   wire.Seconds `json:"step_seconds"`
	Length wire.Seconds `json:"length_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (r ReplayReport) MarshalJSON() ([]byte, error) {
	a := reportAlias(r)
	return json.Marshal(reportJSON{&a, wire.Seconds(r.Step), wire.Seconds(r.Length)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *ReplayReport) UnmarshalJSON(text []byte) error {
	var a reportAlias
	v := reportJSON{reportAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*r = ReplayReport(a)
	r.Step, r.Length = time.Duration(v.Step), time.Duration(v.Length)
	return nil
}
