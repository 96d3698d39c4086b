package slo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// Lookahead says how ExhaustionAt looks into the future. The zero value
// expects the burn of the last day to go on.
type Lookahead struct {
	// Rate is what to expect; nil is the error ratio of the last day (of the
	// window, if it is shorter or the day had no traffic) at the window's mean
	// traffic.
	Rate RateModel
	// Observed is how many bad events Rate rests on: its level is then as
	// uncertain as their count, with a gamma distribution whose median is Rate.
	// 0 means that Rate is certain. The default rate brings its own.
	Observed float64
	// Dispersion is the variance of the bad events of a step divided by their
	// mean, 1 if they come independently. Below 1 means 1, with the default
	// rate: the dispersion of the last day's points.
	Dispersion float64
	// Step is the resolution in time; 0 is 1/720 of the time to look ahead: an
	// hour of 30 days.
	Step time.Duration
	// Paths is the number of futures drawn; 0 is 1000. Paths times steps is at
	// most two million.
	Paths int
	// Source gives the random numbers; nil is a generator with a fixed seed, so
	// that equal input gives equal output.
	Source rand.Source
	// Levels are those of the quantiles; none means 0.05, 0.5 and 0.95.
	Levels []float64
	// Reserve is the share of the budget that must be left, for releases to
	// restart; Confidence the probability with which it must stay left, 0 is
	// 0.95.
	Reserve    float64
	Confidence float64
}

// ErrLookahead is what errors about a Lookahead wrap.
var ErrLookahead = errors.New("not a way to look ahead")

// Validate tells everything that is wrong with l.
func (l Lookahead) Validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrLookahead}, args...)...))
	}
	if !(l.Observed >= 0 && l.Observed <= math.MaxFloat64) {
		add("observed %v is no number of events", l.Observed)
	}
	if !(l.Dispersion >= 0 && l.Dispersion <= math.MaxFloat64) {
		add("dispersion %v is no ratio of a variance to a mean", l.Dispersion)
	}
	if l.Step < 0 {
		add("step %v is negative", l.Step)
	}
	if l.Paths < 0 {
		add("%d paths", l.Paths)
	}
	for _, q := range l.Levels {
		if !(q > 0 && q < 1) {
			add("quantile level %v is not between 0 and 1", q)
		}
	}
	if !(l.Reserve >= 0 && l.Reserve < 1) {
		add("reserve %v is no share of a budget below 1", l.Reserve)
	}
	if !(l.Confidence >= 0 && l.Confidence < 1) {
		add("confidence %v is not between 0 and 1", l.Confidence)
	}
	return errors.Join(errs...)
}

// lastDay is the default rate, how many bad events it rests on, and their
// dispersion.
func lastDay(events []Point, start, now time.Time, dispersion float64) (RateModel, float64, float64) {
	const day = 24 * time.Hour
	all := Sum(events, start, now)
	since := later(start, now.Add(-day))
	c := Sum(events, since, now)
	if c.Total == 0 {
		since, c = start, all
	}
	traffic := MeanRate(events, start, now).TotalPerSecond
	e, ok := c.ErrorRatio()
	if !ok || traffic == 0 {
		return ConstantRate{}, 0, 1
	}
	if c.Bad == 0 {
		// Nothing bad in the last day: then nothing is expected, but how surely
		// depends on the time since the last bad event. The third of an event
		// that median-unbiased estimation adds is spread over that traffic.
		clean := 0.0
		for i := len(events) - 1; i >= 0 && events[i].Bad == 0; i-- {
			clean += events[i].Total
		}
		return ConstantRate{BadPerSecond: traffic / max(1, clean), TotalPerSecond: traffic}, none, 1
	}
	if dispersion < 1 {
		// Pearson's X² over its degrees of freedom (McCullagh and Nelder 1989,
		// Generalized Linear Models, equation 4.23), without the binomial's 1-e.
		var x2, n float64
		for _, p := range events {
			if want := e * p.Total; p.Time.After(since) && want > 0 {
				x2 += (p.Bad - want) * (p.Bad - want) / want
				n++
			}
		}
		dispersion = 1
		if n > 1 {
			dispersion = max(1, x2/(n-1))
		}
	}
	return ConstantRate{BadPerSecond: e * traffic, TotalPerSecond: traffic}, c.Bad / max(1, dispersion), dispersion
}

// none as Lookahead.Observed says that the rate is that of one event, and none
// was seen.
const none = -1

// level draws the factor by which the true rate differs from the model's: a
// gamma distribution of shape k+1/3, whose median is k to within 2 %, over k.
func level(r *rand.Rand, observed float64) float64 {
	switch {
	case observed == none:
		return drawGamma(r, 1./3)
	case observed > 0:
		return drawGamma(r, observed+1./3) / observed
	}
	return 1
}
