package alerting

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// curvePoints is the number of error ratios of a curve.
const curvePoints = 160

// SVG draws, over the error ratio of an outage, how soon each severity fires and
// how long it stays up afterwards.
func (a Analysis) SVG() string { return a.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (a Analysis) SVGAt(width int) string {
	plot := chart.Plot{
		Title:       "Time to detection and reset: " + titled(a.Policy),
		Subtitle:    a.subtitle(),
		Description: "Solid lines are times from the start of an outage to the alert, dashed lines from its end to silence.",
		X:           chart.Axis{Label: "error ratio of the outage", Unit: chart.Percent, Log: true},
		Y:           chart.Axis{Label: "time", Unit: chart.Seconds, Log: true},
	}
	xs, severities := a.grid()
	for i, s := range severities {
		detection, reset := gaps(len(xs)), gaps(len(xs))
		for j, r := range a.curve(s, xs) {
			if r.Fires && r.Detection > 0 {
				detection[j] = r.Detection.Seconds()
			}
			if r.Resets && r.Reset > 0 {
				reset[j] = r.Reset.Seconds()
			}
		}
		plot.Series = append(plot.Series,
			chart.Series{Name: s.String() + ": detection", X: xs, Y: detection, Color: i + 1, Dash: chart.Solid},
			chart.Series{Name: s.String() + ": reset", X: xs, Y: reset, Color: i + 1, Dash: chart.Dashed})
	}
	plot.Width = width
	return plot.SVG()
}

// BudgetSVG draws, over the error ratio of an outage, the share of the budget that
// is spent when each severity fires.
func (a Analysis) BudgetSVG() string { return a.BudgetSVGAt(0) }

// BudgetSVGAt is BudgetSVG for a page of that width in pixels; 0 is 800.
func (a Analysis) BudgetSVGAt(width int) string {
	plot := chart.Plot{
		Title:    "Budget spent at detection: " + titled(a.Policy),
		Subtitle: a.subtitle(),
		X:        chart.Axis{Label: "error ratio of the outage", Unit: chart.Percent, Log: true},
		Y:        chart.Axis{Label: "share of the budget", Unit: chart.Percent, Zero: true},
	}
	xs, severities := a.grid()
	most := 0.0
	for i, s := range severities {
		share := gaps(len(xs))
		for j, r := range a.curve(s, xs) {
			if r.Fires {
				share[j] = r.BudgetShare
				most = math.Max(most, r.BudgetShare)
			}
		}
		plot.Series = append(plot.Series, chart.Series{Name: s.String(), X: xs, Y: share, Color: i + 1})
	}
	if most > 0.5 {
		plot.Thresholds = []chart.Threshold{{Value: 1, Label: "the whole budget", State: chart.Critical}}
	}
	plot.Width = width
	return plot.SVG()
}

func (a Analysis) subtitle() string {
	s := "target " + a.Objective.Percent() + " over " + text(a.Period)
	if a.Baseline > 0 {
		s += ", otherwise " + chart.Percent.Format(a.Baseline) + " errors"
	}
	if a.ColdStart {
		s += ", after " + text(a.History) + " of data"
	}
	if a.Outage > 0 {
		s += ", outages of " + text(a.Outage)
	}
	return s
}

// grid is the error ratios of the curves, evenly spaced by logarithm from a little
// below the lowest threshold to 1, and the severities.
func (a Analysis) grid() (xs []float64, severities []Severity) {
	low := 1.0
	for _, p := range a.Pairs {
		if p.Reachable && p.Threshold > 0 {
			low = math.Min(low, p.Threshold)
		}
	}
	low = math.Max(low/1.5, a.Baseline)
	if !(low > 0 && low < 1) {
		low = 0.001
	}
	for i := range curvePoints {
		xs = append(xs, math.Pow(low, 1-float64(i)/(curvePoints-1)))
	}
	for _, s := range a.Silences {
		severities = append(severities, s.Severity)
	}
	return xs, severities
}

func (a Analysis) curve(s Severity, xs []float64) []Reaction {
	curve := make([]Reaction, len(xs))
	names := a.names()
	for i, x := range xs {
		if x > a.Baseline {
			curve[i] = a.react(s, x, names)
		}
	}
	return curve
}

func gaps(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = math.NaN()
	}
	return values
}

// Markdown is the analysis as tables: the pairs, the reactions, what stays unseen,
// and the findings.
func (a Analysis) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s for %s\n\n", escape(titled(a.Policy)), escape(a.subtitle()))
	table(&b, []string{"pair", "factor", "threshold", "budget at detection", "total outage found after", "one error trips below"}, func(row func(...string)) {
		for _, p := range a.Pairs {
			if !p.Reachable {
				row(p.name(), p.FactorText, p.ThresholdText, "–", "never", "–")
				continue
			}
			spent := chart.Percent.Format(p.BudgetShare)
			if p.For > 0 { // the longer, the more errors there are
				spent = "≥ " + chart.Percent.Format(p.BudgetShare+p.Factor*float64(p.For)/float64(a.Period))
			}
			row(p.name(), p.FactorText, p.ThresholdText, spent, duration(p.TotalOutage+p.For),
				chart.Number.Format(p.SingleError)+" requests in "+text(p.Long))
		}
	})
	table(&b, []string{"error ratio", "severity", "detection", "reset", "reset of each pair", "budget spent"}, func(row func(...string)) {
		for _, r := range a.Reactions {
			if !r.Fires {
				row(chart.Percent.Format(r.ErrorRatio), r.Severity.String(), "never", "–", "–", "–")
				continue
			}
			reset, each := "never", make([]string, len(r.Pairs))
			if r.Resets {
				reset = duration(r.Reset)
			}
			for i, p := range r.Pairs {
				if each[i] = "never"; p.Resets {
					each[i] = duration(p.Reset)
				}
			}
			row(chart.Percent.Format(r.ErrorRatio), r.Severity.String(), duration(r.Detection), reset, strings.Join(each, ", "), chart.Percent.Format(r.BudgetShare))
		}
	})
	table(&b, []string{"never seen by", "steady burn", "budget gone in", "outages", "which burn"}, func(row func(...string)) {
		for _, s := range append(a.Silences[:len(a.Silences):len(a.Silences)], a.Silent) {
			name := s.Severity.String()
			if s.Severity == 0 {
				name = "any alert"
			}
			outages := "of any length"
			if p := s.Pulses; !p.Endless {
				outages = duration(p.Burst) + " in every " + duration(p.Period)
			}
			row(name, chart.Factor.Format(s.BurnRate), duration(s.Exhaustion), outages, chart.Factor.Format(s.Pulses.BurnRate))
		}
	})
	list(&b, a.Findings)
	return b.String()
}

// duration is d for people, with about four digits: "51.84 s", "29m49s".
func duration(d time.Duration) string { return chart.Seconds.Format(d.Seconds()) }
