package slo

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/srekit/ownership/internal/stat"
)

// ProbabilityMeeting is the posterior probability that the service's true
// ratio of good events reaches target, given the counts and Jeffreys' prior:
// P(e ≤ 1-target) for e ~ Beta(bad+½, good+½). Without traffic it is what the
// prior says, which is little. Fractional counts are rounded. Errors wrap
// ErrCounts and ErrRatio.
func (c Counts) ProbabilityMeeting(target Ratio) (float64, error) {
	bad, total, err := c.whole()
	if target.IsZero() {
		err = errors.Join(err, fmt.Errorf("%w: the target is unset", ErrRatio))
	}
	if err != nil {
		return 0, err
	}
	p, _ := stat.BetaCDF(float64(bad)+0.5, float64(total-bad)+0.5, target.Complement().Float64())
	return p, nil
}

// ProbabilityMet is the posterior probability that the objective is met once
// future more events have joined the counts c: that their bad events stay
// within the budget of all of them. The number of future bad events is
// beta-binomial, with the posterior Beta(bad+½, good+½) of the error ratio
// (Gelman et al. 2013, Bayesian Data Analysis, section 2.3), so both the chance
// of the draw and the ignorance of the ratio count. With future 0 it is 0 or 1.
//
// Events are taken to be independent at one unknown ratio: an outage that is
// over weighs as if it could come again at any time. Fractional numbers are
// rounded. Errors wrap ErrObjective and ErrCounts. Cost grows with the spread
// of the outcome, up to about 20 ms; beyond two million terms (far more events
// to come than were seen) a beta distribution of the same mean and variance
// stands in, good to about 1e-4.
func (o Objective) ProbabilityMet(c Counts, future float64) (float64, error) {
	bad, total, err := c.whole()
	_, more, ferr := Counts{Total: future}.whole()
	if ferr != nil {
		ferr = fmt.Errorf("future events: %w", ferr)
	}
	if err = errors.Join(o.Validate(), err, ferr); err != nil {
		return 0, err
	}
	allowed := math.Floor(o.Budget().Of(float64(total+more))) - float64(bad)
	switch {
	case allowed < 0:
		return 0, nil
	case allowed >= float64(more):
		return 1, nil
	}
	return betaBinomialCDF(allowed, float64(more), float64(bad)+0.5, float64(total-bad)+0.5), nil
}

// maxTerms bounds the terms that betaBinomialCDF sums.
const maxTerms = 2e6

// betaBinomialCDF is P(X ≤ k) for X beta-binomial: m trials, shapes a and b,
// 0 ≤ k < m.
func betaBinomialCDF(k, m, a, b float64) float64 {
	n := a + b
	sd := math.Sqrt(m * (a / n) * (b / n) * ((n + m) / (n + 1)))
	if min(m, 40*sd) <= maxTerms {
		return betaBinomialSum(k, m, a, b)
	}
	return betaBinomialLimit(k, m, a, b)
}

// betaBinomialLimit is the beta distribution of X/m with the mean and the
// variance of the beta-binomial, with correction for continuity.
func betaBinomialLimit(k, m, a, b float64) float64 {
	n := a + b
	s := m*(n+1)/(n+m) - 1
	p, _ := stat.BetaCDF(s*(a/n), s*(b/n), (k+0.5)/m)
	return p
}

// betaBinomialSum adds up terms outwards from the mean, relative to the one
// there, by
//
//	P(x+1)/P(x) = (m-x)(x+a) / ((x+1)(m-x-1+b)),
//
// and divides by their sum, so that no large logarithm cancels. It stops where
// terms no longer count, some tens of standard deviations out.
func betaBinomialSum(k, m, a, b float64) float64 {
	const negligible = 1e-18
	mean := m * (a / (a + b))
	start := math.Floor(mean)
	var within, beyond float64
	add := func(x, term float64) {
		if x <= k {
			within += term
		} else {
			beyond += term
		}
	}
	for x, term := start, 1.0; x <= m; x++ {
		add(x, term)
		term *= (m - x) / (x + 1) * ((x + a) / (m - x - 1 + b))
		if x > mean && term < negligible*(within+beyond) {
			break
		}
	}
	for x, term := start-1, 1.0; x >= 0; x-- {
		term *= (x + 1) / (m - x) * ((m - x - 1 + b) / (x + a))
		add(x, term)
		if term < negligible*(within+beyond) {
			break
		}
	}
	return within / (within + beyond)
}

// Outlook is what the counts of a window prove, and how it will likely end.
type Outlook struct {
	Budget Budget         `json:"budget"` // as counted, with its coverage by data
	Method IntervalMethod `json:"method"`
	// Ratio is the interval for the true ratio of good events, Remaining for
	// the share of the budget that this ratio leaves.
	Ratio     Interval `json:"ratio"`
	Remaining Interval `json:"remaining"`
	// Meeting is the posterior probability that the true ratio reaches the
	// target. Met is the one that this window ends within its budget, with
	// Future more events; in a rolling window, which ends now, Future is 0
	// and Met is 0 or 1.
	Meeting float64 `json:"probability_meeting"`
	Met     float64 `json:"probability_met"`
	Future  float64 `json:"future"`
}

// OutlookAt is the outlook at now from the points that fall into the window:
// BudgetAt, the intervals of the method at the level, and the posterior
// probabilities. Without data the intervals are as wide as can be and
// Budget.NoData is set. Errors wrap ErrObjective, ErrCounts and ErrLevel.
func (o Objective) OutlookAt(points []Point, now time.Time, method IntervalMethod, level float64) (Outlook, error) {
	b, err := o.BudgetAt(points, now)
	if err != nil {
		return Outlook{}, errors.Join(err, validLevel(level))
	}
	l := Outlook{Budget: b, Method: method}
	if b.End.After(b.At) && !b.NoData {
		l.Future = b.Period.Total - b.Counts.Total
	}
	var errs [4]error
	l.Ratio, errs[0] = b.Counts.RatioInterval(method, level)
	l.Remaining, errs[1] = o.RemainingInterval(b.Counts, method, level)
	l.Meeting, errs[2] = b.Counts.ProbabilityMeeting(o.Target)
	l.Met, errs[3] = o.ProbabilityMet(b.Counts, l.Future)
	for _, err := range errs { // they all say the same of the counts
		if err != nil {
			return Outlook{}, err
		}
	}
	return l, nil
}

// LogValue is the outlook in a few attributes, for structured logs.
func (l Outlook) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Any("budget", l.Budget),
		slog.Float64("ratio_low", l.Ratio.Low),
		slog.Float64("ratio_high", l.Ratio.High),
		slog.Float64("remaining_low", l.Remaining.Low),
		slog.Float64("remaining_high", l.Remaining.High),
		slog.Float64("probability_met", l.Met))
}

// Metrics are those of the budget, the ends of the intervals and the
// probabilities.
func (l Outlook) Metrics(labels ...Label) []Metric {
	return append(l.Budget.Metrics(labels...),
		Metric{"slo_good_low_ratio", labels, l.Ratio.Low, "ratio", "Lower end of the interval for the true share of good events."},
		Metric{"slo_good_high_ratio", labels, l.Ratio.High, "ratio", "Upper end of the interval for the true share of good events."},
		Metric{"slo_budget_remaining_low_ratio", labels, l.Remaining.Low, "ratio", "Lower end of the interval for the share of the budget that is left in the long run."},
		Metric{"slo_budget_remaining_high_ratio", labels, l.Remaining.High, "ratio", "Upper end of the interval for the share of the budget that is left in the long run."},
		Metric{"slo_meeting_probability_ratio", labels, l.Meeting, "ratio", "Probability that the true share of good events reaches the target."},
		Metric{"slo_met_probability_ratio", labels, l.Met, "ratio", "Probability that the window ends within its budget."})
}
