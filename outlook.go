package ownership

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/internal/promyaml"
)

// DefaultHorizon is how far ahead a metric is forecast if the spec does not say.
const DefaultHorizon = 28 * 24 * time.Hour

// Outlook is where one metric of capacity_planning is heading.
type Outlook struct {
	Metric   Metric
	Forecast capacity.Forecast
	// Evidence is how the same forecaster did on the history, from origins that
	// left it half to learn from, beside the seasonal naive forecast; empty where
	// the history is too short.
	Evidence capacity.Evidence
	// Limited tells that the metric has a limit, and Saturation when it is reached.
	Limited    bool
	Saturation capacity.Saturation
	// Warnings are all of them, the forecast's first. Code horizon-beyond-history:
	// the horizon is longer than half the history; in a review also
	// history-ends-early: the forecast begins long before the review.
	Warnings []capacity.Warning
	History  capacity.Series
}

// Outlook forecasts a metric over the spec's horizon. A nil forecaster is
// capacity.Default with the spec's seasons, in UTC, and no values below 0; the limit
// of a saturation is not taken for a bound of what can be wanted. Errors: a
// metric that the spec does not name, a season that is no whole number of
// steps, and those of package capacity. Some tens of milliseconds for eight
// weeks of hours.
func (c Capacity) Outlook(ctx context.Context, metric string, history capacity.Series, f capacity.Forecaster) (Outlook, error) {
	o := Outlook{History: history}
	var names []string
	for _, m := range c.Metrics {
		if m.Name == metric {
			o.Metric = m
		}
		names = append(names, m.Name)
	}
	if o.Metric.Name == "" {
		return Outlook{}, fmt.Errorf("no metric %q in capacity_planning; it has %s", metric, strings.Join(names, ", "))
	}
	fail := func(err error) (Outlook, error) { return Outlook{}, fmt.Errorf("metric %q: %w", metric, err) }
	if err := history.Check(); err != nil {
		return fail(err)
	}
	horizon := c.Horizon
	if horizon == 0 {
		horizon = DefaultHorizon
	}
	steps := int((horizon + history.Step - 1) / history.Step)
	var periods []int
	for _, season := range c.Season {
		if season%history.Step != 0 || season < 2*history.Step {
			return fail(fmt.Errorf("the season of %s is no whole number of steps of %s; resample the history", length(season), length(history.Step)))
		}
		periods = append(periods, int(season/history.Step))
	}
	if f == nil {
		floor := 0.0
		f = capacity.Default{Periods: periods, Bounds: capacity.Bounds{Low: &floor}}
	}
	var err error
	if o.Forecast, err = f.Forecast(ctx, history, steps); err != nil {
		return fail(err)
	}
	o.Warnings = append(o.Warnings, o.Forecast.Warnings...)
	if 2*steps > history.Len() {
		o.Warnings = append(o.Warnings, capacity.Warning{
			Code:   "horizon-beyond-history",
			Text:   fmt.Sprintf("%d steps are forecast from %d: no past forecast of that length can be checked", steps, history.Len()),
			Remedy: "keep at least twice the horizon of history, or shorten forecast_horizon",
		})
	}
	if limit, ok := o.Metric.Limit(); ok {
		if o.Saturation, err = o.Forecast.Saturation(capacity.Limit{Value: limit}); err != nil {
			return fail(err)
		}
		o.Limited = true
		o.Warnings = append(o.Warnings, o.Saturation.Warnings...)
	}
	options := capacity.BacktestOptions{Horizon: min(steps, max(1, history.Len()/6)), Names: []string{"forecast"}}
	if len(periods) > 0 {
		options.Period = periods[0]
	}
	evidence, err := capacity.Backtest(ctx, history, []capacity.Forecaster{f}, options)
	if ctx.Err() != nil {
		return fail(ctx.Err())
	}
	if err == nil { // otherwise there is too little history to say
		o.Evidence = evidence
		o.Warnings = append(o.Warnings, evidence.Warnings...)
	}
	return o, nil
}

// late adds a warning where the history ends long before the instant: the forecast
// begins there, and part of it is past.
func (o Outlook) late(at time.Time) Outlook {
	ahead := time.Duration(o.Forecast.Len()) * o.Forecast.Step
	if lag := at.Sub(o.History.End()); lag > 2*o.History.Step && lag > ahead/10 {
		o.Warnings = append(o.Warnings, capacity.Warning{
			Code:   "history-ends-early",
			Text:   fmt.Sprintf("the history ends %s before the review, and the forecast of %s begins there", promyaml.Duration(lag.Round(time.Minute)), promyaml.Duration(ahead)),
			Remedy: "give values up to the review",
		})
	}
	return o
}

// SVG draws the forecast after its history, with the limit if there is one.
func (o Outlook) SVG() string { return o.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (o Outlook) SVGAt(width int) string {
	p := capacity.ForecastPicture{Forecast: o.Forecast, History: o.History, Title: o.Metric.Name, Share: o.Metric.KindOf() == Saturation && o.Metric.Capacity == 0}
	if o.Limited {
		p.Limit = &o.Saturation.Limit.Value
	}
	return p.SVGAt(width)
}

// String is the outlook in two or three lines.
func (o Outlook) String() string {
	var b strings.Builder
	f := o.Forecast
	value := func(v float64) string {
		if o.Metric.KindOf() == Saturation && o.Metric.Capacity == 0 {
			return percent(v, 3)
		}
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	ahead := promyaml.Duration(time.Duration(f.Len()) * f.Step)
	fmt.Fprintf(&b, "%s: over %s", o.Metric.Name, ahead)
	if f.Peak.Level > 0 {
		fmt.Fprintf(&b, " a peak of %s, with %s below %s", value(f.Peak.Median), percent(f.Peak.Level, 3), value(f.Peak.Upper))
	}
	if n := f.Len(); n > 0 {
		fmt.Fprintf(&b, "; at its end %s to %s", value(f.Lower[n-1]), value(f.Upper[n-1]))
	}
	b.WriteString("\n")
	if f.Coverage > 0 {
		fmt.Fprintf(&b, "  intervals of %s held %s of rehearsed values\n", percent(f.Level, 3), percent(f.Coverage, 3))
	}
	if o.Limited {
		fmt.Fprintf(&b, "  limit %s: %s\n", value(o.Saturation.Limit.Value), reached(o.Saturation, ahead))
	}
	for _, m := range o.Evidence.Methods {
		if m.Name == "forecast" && m.Scaled > 0 {
			naive := o.Evidence.Methods[0]
			fmt.Fprintf(&b, "  on its own past, %s ahead: MASE %.2f (seasonal naive %.2f), %s of values within the %s interval\n",
				promyaml.Duration(time.Duration(o.Evidence.Horizon)*o.History.Step), m.MASE, naive.MASE, percent(m.Coverage, 3), percent(f.Level, 3))
		}
	}
	for _, w := range o.Warnings {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	return b.String()
}

// reached says when a limit is reached.
func reached(s capacity.Saturation, ahead string) string {
	if s.Probability == 0 {
		return "not reached within " + ahead + " in any of the futures drawn"
	}
	text := "reached within " + ahead + " with a probability of " + chance(s.Probability)
	const day = "2006-01-02"
	if !s.Earliest.IsZero() {
		text += ", earliest (5%) on " + s.Earliest.UTC().Format(day)
	}
	if !s.Median.IsZero() {
		text += ", as likely as not by " + s.Median.UTC().Format(day)
	}
	return text
}
