package release

import (
	"fmt"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/release/canary"
)

// PowerCurve is what a stage shows as its time goes on: the probability that a release
// with some times as many errors has been noticed.
type PowerCurve struct {
	Stage   string          `json:"stage"`
	Hold    time.Duration   `json:"hold_seconds"`
	Wanted  float64         `json:"wanted"`
	Factors []float64       `json:"factors"`
	Times   []time.Duration `json:"-"`     // since the stage began
	Power   [][]float64     `json:"power"` // one list for each factor
}

// Curve is the power of a stage over time up to twice its hold, for factors above 1 of
// the usual errors; none is 2, 5 and 10. The evidence is that of Sight. Errors are
// *Error and canary's. It costs sixteen times as much as Sights for each factor.
func (r Rollout) Curve(stage int, s Setting, factors ...float64) (PowerCurve, error) {
	s, err := s.complete()
	var p problems
	p.join("rollout.", r.Validate())
	p.join("setting.", err)
	if stage < 0 || stage >= len(r.Stages) {
		p.Add("value", "stage", strconv.Itoa(stage), "no such stage", fmt.Sprintf("give one of the %d, from 0", len(r.Stages)))
	}
	if s.PerSecond == 0 {
		p.Add("value", "setting.per_second", "0", "without it nothing can be said", "write the requests a second of the whole service")
	}
	if len(factors) == 0 {
		factors = []float64{2, 5, 10}
	}
	for i, f := range factors {
		if !(f > 1 && s.harm(f) > s.Good) {
			p.Add("value", place("factors", i), number(f), "not above 1", "write 2 for twice as many errors")
		}
	}
	if err := p.err(); err != nil {
		return PowerCurve{}, err
	}
	st := r.Stages[stage]
	if st.Hold == 0 || st.Traffic.Complement().Sign() == 0 {
		p.Add("value", place("stages", stage), st.String(), "not held, or without a baseline", "give a stage with a hold and less than all traffic")
		return PowerCurve{}, p.err()
	}
	c := PowerCurve{Stage: st.String() + " at " + figure(s.PerSecond) + " rps", Hold: st.Hold, Wanted: s.Power, Factors: factors}
	const steps = 16
	for i := 1; i <= steps; i++ { // the first minutes matter most
		c.Times = append(c.Times, time.Duration(2*float64(st.Hold)*float64(i*i)/(steps*steps)))
	}
	for _, f := range factors {
		var line []float64
		for _, t := range c.Times {
			v, err := s.noticed(canary.Exposure{Share: st.Traffic.Float64(), Duration: t}, s.harm(f))
			if err != nil {
				return PowerCurve{}, err
			}
			line = append(line, v)
		}
		c.Power = append(c.Power, line)
	}
	return c, nil
}

// SVG is a curve for each factor, with the stage's end and the wanted power.
func (c PowerCurve) SVG() string { return c.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (c PowerCurve) SVGAt(width int) string {
	p := chart.Plot{Title: "What the stage shows", Subtitle: c.Stage, X: chart.Axis{Unit: chart.Seconds, Label: "since the stage began"},
		Y: chart.Axis{Unit: chart.Percent, Min: 0, Max: 1, Label: "noticed"}, Thresholds: []chart.Threshold{{Value: c.Wanted, Label: "wanted"}}}
	if c.Hold > 0 {
		p.Events = []chart.Event{{X: c.Hold.Seconds(), Label: "end of the stage"}}
	}
	for i, f := range c.Factors {
		s := chart.Series{Name: "×" + figure(f) + " errors", X: []float64{0}, Y: []float64{0}}
		for k, t := range c.Times {
			if i < len(c.Power) && k < len(c.Power[i]) {
				s.X = append(s.X, t.Seconds())
				s.Y = append(s.Y, c.Power[i][k])
			}
		}
		p.Series = append(p.Series, s)
	}
	p.Width = width
	return p.SVG()
}

// Markdown is a table with a row for each of eight times.
func (c PowerCurve) Markdown() string {
	head := []string{"After"}
	for _, f := range c.Factors {
		head = append(head, "×"+figure(f))
	}
	rows := [][]string{head}
	for k := 1; k < len(c.Times); k += 2 {
		row := []string{prose.Duration(c.Times[k].Round(time.Second))}
		for i := range c.Factors {
			cell := "–"
			if i < len(c.Power) && k < len(c.Power[i]) {
				cell = prose.Percent(c.Power[i][k])
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	return markdown.Table(rows)
}
