package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// burnGroup is the pairs that make one alert.
type burnGroup struct {
	severity alerting.Severity
	hold     time.Duration
	window   string // tells alerts of one severity with different holds apart; empty if there is one
	pairs    []alerting.BoundPair
}

// burnGroups is one group for each severity, whose alert fires when any of its
// pairs does: an incident is one page, however many windows it shows in. Pairs
// that are held for different times cannot share an alert; these carry their
// first long window as the label window, and what else it takes to tell them
// apart.
func burnGroups(pairs []alerting.BoundPair) []burnGroup {
	var groups []burnGroup
	for _, severity := range []alerting.Severity{alerting.Page, alerting.Ticket, alerting.Info} {
		first := len(groups)
		for _, p := range pairs {
			if p.Severity != severity {
				continue
			}
			i := slices.IndexFunc(groups[first:], func(g burnGroup) bool { return g.hold == p.For })
			if i < 0 {
				groups = append(groups, burnGroup{severity: severity, hold: p.For})
				i = len(groups) - first - 1
			}
			groups[first+i].pairs = append(groups[first+i].pairs, p)
		}
		if own := groups[first:]; len(own) > 1 {
			seen := make(map[string]bool, len(own))
			for i := range own {
				p := own[i].pairs[0]
				own[i].window = promyaml.Duration(p.Long)
				for _, more := range []time.Duration{p.Short, p.For} {
					if seen[own[i].window] {
						own[i].window += "/" + promyaml.Duration(more)
					}
				}
				seen[own[i].window] = true
			}
		}
	}
	return groups
}

// burnAlerts are the alerts of one group of rules. The ratios of windows that
// stand elsewhere are recorded by another group, at other instants.
func (c *compiler) burnAlerts(pairs []alerting.BoundPair, elsewhere map[time.Duration]bool) []Rule {
	ratio := func(window time.Duration) string {
		record := recordRatio + promyaml.Duration(window)
		if elsewhere[window] {
			return c.sampled(record, c.interval)
		}
		return record + c.sel
	}
	var alerts []Rule
	for _, g := range burnGroups(pairs) {
		var terms []string
		for _, p := range g.pairs {
			term := "(\n  " + ratio(p.Long) + " > " + p.ThresholdText + "\n  and\n  " + ratio(p.Short) + " > " + p.ThresholdText
			if guard := c.guards[p.Long][p.ThresholdText]; guard != "" {
				term += "\n  and\n  " + guard
			}
			terms = append(terms, term+"\n)")
		}
		labels := c.alertLabels(g.severity)
		if g.window != "" {
			labels["window"] = g.window
		}
		alerts = append(alerts, Rule{
			Alert: AlertBurn, Expr: strings.Join(terms, "\nor\n"), For: g.hold,
			Labels: labels, Annotations: c.burnAnnotations(g.severity, g.pairs),
		})
	}
	return alerts
}

// burnAnnotations say what the alert means without a look anywhere else.
func (c *compiler) burnAnnotations(severity alerting.Severity, pairs []alerting.BoundPair) map[string]string {
	o := c.Objective
	var conditions strings.Builder
	for _, p := range pairs {
		fmt.Fprintf(&conditions, "above %s over %s and %s (burn rate %s): %s of the budget is spent when it fires, all of it %s after the burn began\n",
			p.ThresholdText, promyaml.Duration(p.Long), promyaml.Duration(p.Short), p.FactorText, c.spent(p), exhaustion(c.bound.Period, p.Factor))
	}
	what := "errors"
	switch o.Kind {
	case slo.Latency:
		what = "requests over " + o.Latency.Threshold.String()
	case slo.TimeSlices:
		what = "slices of " + promyaml.Duration(o.Slice.Length) + " with " + o.Slice.Bound.Percent() + " errors or more"
		if o.Slice.Inclusive {
			what = "slices of " + promyaml.Duration(o.Slice.Length) + " with more than " + o.Slice.Bound.Percent() + " errors"
		}
	case slo.RatioSlices:
		what = "errors, as the mean over slices of " + promyaml.Duration(o.Slice.Length) + ","
	}
	return c.annotate(map[string]string{
		"summary":     template(o.Service) + " burns the error budget of " + template(o.Name) + " too fast",
		"description": "The ratio of " + what + " is above what the objective " + o.Target.Percent() + " over " + o.Period().String() + " can bear; " + o.Budget().Percent() + " are allowed.",
		"conditions":  strings.TrimSuffix(conditions.String(), "\n"),
		"detection":   c.detection(pairs),
	})
}

// spent is the share of the budget that is spent when the pair fires. A hold
// comes on top, the longer the more errors there are; slices of time are spent
// as wholes.
func (c *compiler) spent(p alerting.BoundPair) string {
	share, least := p.BudgetShare, ""
	switch c.Objective.Kind {
	case slo.TimeSlices:
		length := c.Objective.Slice.Length.Seconds()
		share = c.slicesAbove(p, 1) * length / c.Objective.Budget().Of(c.bound.Period.Seconds())
	case slo.RatioSlices:
		least = "at least "
	}
	if p.For > 0 {
		share, least = share+p.Factor*float64(p.For)/float64(c.bound.Period), "at least "
	}
	return least + percent(share)
}

// slicesAbove is how many slices with the error ratio lift the pair's long
// window above its threshold.
func (c *compiler) slicesAbove(p alerting.BoundPair, ratio float64) float64 {
	n := float64(p.Long / c.Objective.Slice.Length)
	return math.Floor(p.Threshold*n/ratio*(1+1e-12)) + 1
}

// detection says how soon the alert notices which error ratio: for each pair
// long window · threshold / ratio, the soonest of them. Slices count when they
// have ended, from the start of one: where each is good or bad, the ratio is that
// of bad slices among all.
func (c *compiler) detection(pairs []alerting.BoundPair) string {
	var parts []string
	for _, e := range []float64{1, .5, .1, .05, .01, .005, .001, .0005, .0001, .00005, .00001} {
		soonest := time.Duration(math.MaxInt64)
		for _, p := range pairs {
			if e > p.Threshold {
				after := time.Duration(float64(p.Long) * p.Threshold / e)
				switch c.Objective.Kind {
				case slo.TimeSlices:
					after = time.Duration(math.Ceil(c.slicesAbove(p, 1)/e)) * c.Objective.Slice.Length
				case slo.RatioSlices:
					after = time.Duration(c.slicesAbove(p, e)) * c.Objective.Slice.Length
				}
				soonest = min(soonest, after+p.For)
			}
		}
		if soonest == math.MaxInt64 {
			break
		}
		parts = append(parts, strconv.FormatFloat(100*e, 'g', 3, 64)+" % after "+promyaml.Duration(max(time.Second, soonest.Round(time.Second))))
	}
	what := "errors of "
	if c.Objective.Kind == slo.TimeSlices {
		what = "bad slices of "
	}
	return what + strings.Join(parts, ", ")
}

// percent is a share with four digits and no exponent.
func percent(share float64) string {
	digits := 3
	if share > 0 {
		digits = min(max(1-int(math.Floor(math.Log10(share))), 0), 15)
	}
	text := strconv.FormatFloat(100*share, 'f', digits, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text + " %"
}

func exhaustion(period time.Duration, factor float64) string {
	d := time.Duration(float64(period) / factor)
	if d > time.Minute {
		d = d.Round(time.Minute)
	}
	return quantity.Duration{Fixed: d}.String()
}
