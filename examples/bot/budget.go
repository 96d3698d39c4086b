package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/examples/internal/measured"
	"github.com/srekit/ownership/slo"
)

// counted is an objective with its events.
type counted struct {
	slo.Objective
	policy alerting.Policy
}

// counted are the objectives that the question is about and that count events, with
// the events. rest names the others that it is about.
func (q question) counted() (objectives []counted, points []slo.Point, rest string, err error) {
	all := q.service.Objectives()
	var names, others []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	chosen, err := q.choose("objective", names)
	if err != nil {
		return nil, nil, "", err
	}
	for i, o := range all {
		switch {
		case o.Kind != slo.Events:
			others = append(others, named(o.Name))
		case chosen < 0 || i == chosen:
			objectives = append(objectives, counted{o, policyOf(q.service.Responsibilities[i].Alerting.Policy, o.Period().ShortestLength())})
		}
	}
	switch {
	case len(others) == len(all):
		return nil, nil, "", errors.New("no objective counts events, and nothing else is measured here; promise an availability")
	case len(objectives) == 0:
		return nil, nil, "", fmt.Errorf("%s counts no events, and nothing else is measured here; ask for the others", named(all[chosen].Name))
	case chosen < 0 && len(others) > 0:
		rest = "not measured, as they count no events: " + cut(strings.Join(others, ", "), 300) + "\n"
	}
	points, err = measured.Points(q.bot.files, q.folder())
	if err == nil && len(points) == 0 {
		err = fmt.Errorf("no events are counted; write them to %s/requests.csv (timestamp,bad,total)", named(q.folder()))
	}
	return objectives, points, rest, err
}

// policyOf is the policy that an objective's alerts have: its own, a preset's, or
// the workbook's.
func policyOf(p alerting.Policy, period time.Duration) alerting.Policy {
	if len(p.Pairs) > 0 {
		return p
	}
	for _, preset := range alerting.Presets(period) {
		if strings.EqualFold(preset.Name, p.Name) {
			return preset
		}
	}
	return alerting.Workbook()
}

// budget says what is left of the error budgets.
func budget(_ context.Context, q question) (answer, error) {
	objectives, points, rest, err := q.counted()
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, o := range objectives {
		left, err := o.BudgetAt(points, q.at)
		if err != nil {
			return answer{}, err
		}
		a.text += named(o.Name) + ", " + o.Target.Percent() + " over " + o.Period().String() + ": "
		if left.NoData {
			a.text += "no traffic up to " + minute(q.at) + "\n"
			continue
		}
		down, err := o.BurnDownAt(points, q.at, slo.Lookahead{}, slo.BudgetPolicy{})
		if err != nil {
			return answer{}, err
		}
		remaining := left.Remaining
		if o.Period().Calendar != slo.NoCalendar { // of the whole period, not of its traffic so far
			remaining = left.Period.Remaining
		}
		a.text += percent(remaining) + " of the budget left (" + figures(left.Counts.Bad) + " of " + figures(left.Counts.Total) + " events bad"
		if left.Coverage < 0.999 {
			a.text += ", with data for " + percent(left.Coverage) + " of the time"
		}
		a.text += "); " + lasts(down.Outcome, slo.Sum(points, q.at.AddDate(0, 0, -1), q.at).Total > 0) + "\n"
		if a.picture == "" {
			a.picture, a.of = down.SVG(), o.Name
		}
	}
	a.text += rest
	return a, nil
}

// lasts says how long a budget lasts. What is expected is the burn of the last day, of
// the window where that had no traffic.
func lasts(x slo.Exhaustion, traffic bool) string {
	burn := "at the last day's burn it "
	if !traffic {
		burn = "at the window's burn, for the last day had no traffic, it "
	}
	switch median, ok := x.Median(); {
	case x.Exhausted:
		return "it is spent"
	case x.NoData:
		return "nothing tells how long it lasts"
	case ok:
		return burn + "is gone on " + minute(median) + ", as likely as not"
	case x.Probability == 0:
		return burn + "lasts until " + x.End.Format(time.DateOnly)
	}
	return burn + "is gone by " + x.End.Format(time.DateOnly) + " with a probability of " + percent(x.Probability)
}

// figures is a number of events.
func figures(v float64) string {
	if v < 1e6 {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v/1e6, 'f', 1, 64) + "M"
}

// burn says how fast the budgets burn, beside what alerts.
func burn(_ context.Context, q question) (answer, error) {
	objectives, points, rest, err := q.counted()
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, o := range objectives {
		bound, err := o.policy.Bind(o.Objective)
		if err != nil {
			return answer{}, err
		}
		var lengths []time.Duration
		var factors []float64
		var limits []string
		for _, p := range bound.Reachable() {
			if !slices.Contains(lengths, p.Long) {
				lengths = append(lengths, p.Long)
			}
			if p.Factor != 1 && !slices.Contains(factors, p.Factor) { // 1 is always marked
				factors = append(factors, p.Factor)
			}
			limits = append(limits, fmt.Sprintf("%s above %.3g over %s", p.Severity, p.Factor, hours(p.Long)))
		}
		if len(lengths) == 0 {
			lengths = []time.Duration{time.Hour, 24 * time.Hour}
		}
		burns, err := o.BurnsAt(points, q.at, lengths...)
		if err != nil {
			return answer{}, err
		}
		var rates []string
		for _, x := range burns {
			rate := "unknown"
			if x.Known() {
				rate = figure(x.Rate, 3)
			}
			rates = append(rates, rate+" over "+hours(x.Length))
		}
		a.text += named(o.Name) + " burns " + strings.Join(rates, ", ")
		if len(limits) > 0 {
			a.text += "; alerts: " + strings.Join(limits, ", ")
		}
		a.text += "\n"
		if a.picture != "" {
			continue
		}
		chart, err := o.BurnChartAt(points, q.at, lengths...)
		if err != nil {
			return answer{}, err
		}
		chart.Factors = factors
		a.picture, a.of = chart.SVG(), o.Name
	}
	a.text += rest
	return a, nil
}

// hours is a length such as 6h or 3d.
func hours(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= day && d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	case d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + "h"
	}
	return d.String()
}
