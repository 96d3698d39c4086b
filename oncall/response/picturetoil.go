package response

import (
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
)

// ToilPicture draws shares of toil over quarters.
type ToilPicture struct {
	Toil  Toil     `json:"toil"`
	Group string   `json:"group,omitempty"` // ByTeam, ByService, ByLevel or ByPerson; empty is the first of these that has shares
	Names []string `json:"names,omitempty"` // what is drawn, in this order; empty is the first eight by name
}

// mostCurves is how many curves can be told apart.
const mostCurves = 8

// SVG draws the shares of the teams, or of the services where no team is known.
func (t Toil) SVG() string { return t.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (t Toil) SVGAt(width int) string { return ToilPicture{Toil: t}.SVGAt(width) }

// SVG draws two panels, one for toil and one for interrupts, each with its
// line. A quarter is a point at its first day.
func (p ToilPicture) SVG() string { return p.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (p ToilPicture) SVGAt(width int) string {
	group, names := p.Group, p.Names
	if group == "" {
		group = ByTeam
		for _, g := range []string{ByTeam, ByService, ByLevel, ByPerson} {
			if slices.ContainsFunc(p.Toil.Shares, func(s ToilShare) bool { return s.Group == g }) {
				group = g
				break
			}
		}
	}
	if len(names) == 0 {
		for _, s := range p.Toil.Shares {
			if s.Group == group && !slices.Contains(names, s.Name) && len(names) < mostCurves {
				names = append(names, s.Name)
			}
		}
	}
	var zone *time.Location
	if len(p.Toil.Shares) > 0 {
		zone = p.Toil.Shares[0].Start.Location()
	}
	panel := func(title, label string, line float64, value func(ToilShare) float64) string {
		c := chart.Plot{Title: title, Subtitle: "by " + group, Width: width, X: chart.Axis{Zone: zone, Label: "quarter from"}, Y: chart.Axis{Unit: chart.Percent, Zero: true}}
		c.Thresholds = []chart.Threshold{{Value: line, Label: label + " " + prose.Percent(line), State: chart.Warning}}
		for _, n := range names {
			s := chart.Series{Name: n, Markers: true}
			last := 0
			for _, x := range p.Toil.Shares {
				if x.Group != group || x.Name != n {
					continue
				}
				if q := x.Quarter.index(); len(s.Times) > 0 && q > last+1 { // a quarter without work is a gap
					s.Times, s.Y = append(s.Times, quarterAt(last+1).Start(zone)), append(s.Y, 0)
					s.Missing = append(s.Missing, true)
				}
				s.Times, s.Y, s.Missing = append(s.Times, x.Start), append(s.Y, value(x)), append(s.Missing, false)
				last = x.Quarter.index()
			}
			c.Series = append(c.Series, s)
		}
		return c.SVG()
	}
	return chart.Stack(
		panel("Toil", "at most", p.Toil.ToilLine, func(s ToilShare) float64 { return s.Toil }),
		panel("Interrupts", "at most", p.Toil.ReactiveLine, func(s ToilShare) float64 { return s.Reactive }))
}

// Markdown is the shares as a table, and the trends below.
func (t Toil) Markdown() string {
	rows := [][]string{{"By", "Name", "Quarter", "Hours", "Toil", "Interrupts"}}
	for _, s := range t.Shares {
		rows = append(rows, []string{s.Group, markdown.Text(s.Name), s.Quarter.String(), workedHours(s.Total()), prose.Percent(s.Toil), prose.Percent(s.Reactive)})
	}
	text := markdown.Table(rows)
	if len(t.Trends) > 0 {
		rows = [][]string{{"By", "Name", "Quarters", "Toil a quarter", "Between", "Confidence"}}
		for _, x := range t.Trends {
			rows = append(rows, []string{x.Group, markdown.Text(x.Name), x.From.String() + " to " + x.To.String(), points(x.Toil.PerQuarter), points(x.Toil.Low) + " and " + points(x.Toil.High), prose.Percent(x.Toil.Level)})
		}
		text += "\n" + markdown.Table(rows)
	}
	for i, f := range t.Findings {
		if i == 0 {
			text += "\n"
		}
		text += "- " + markdown.Text(f.String()) + "\n"
	}
	return text
}

// workedHours is a length of time in hours with one digit.
func workedHours(d time.Duration) string { return strconv.FormatFloat(d.Hours(), 'f', 1, 64) }
