package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// LowTraffic keeps single errors of a quiet service from waking anybody. At
// ten requests an hour one failure is an error ratio of 10 %, far above any
// threshold, and proves nothing.
//
// With it, a pair alerts only if the bad events in its long window prove a ratio
// above the threshold at the confidence level (slo.MinBad: the least count whose
// one-sided Clopper-Pearson bound exceeds it), compiled to a step function of
// the number of events, and never fewer than two. Where traffic is ample the
// steps end and the plain ratio decides alone.
//
// No guard may hide a real loss for good: a further alert, AlertSpent, opens a
// ticket when the whole period's budget is spent by at least two bad events,
// however thin the traffic. It needs a rolling window.
type LowTraffic struct {
	// Confidence is one-sided, in (0,1), for example 0.95. Unset switches the
	// mode off.
	Confidence slo.Ratio
}

// AlertSpent is the alert on a spent budget in low-traffic mode.
const AlertSpent = "ErrorBudgetSpent"

const (
	recordBadCount   = "slo:events_bad:count" // + window: bad events seen in it
	recordTotalCount = "slo:events:count"
	// maxSteps bounds the length of an expression. Where more would be needed
	// they are thinned out, each asking for what the last one left out asks
	// for, so that the guard is never weaker than it says.
	maxSteps = 24
	// ample is the share above the threshold that counts must reach before the
	// plain ratio decides alone: with so many events chance moves the ratio
	// by less than that.
	ample = 1.2
)

// Validate returns why the mode cannot be used for the objective, nil if it can
// or is off.
func (l LowTraffic) Validate(o slo.Objective) error {
	switch {
	case l.Confidence.IsZero():
		return nil
	case l.Confidence.Sign() == 0 || l.Confidence.Complement().Sign() == 0:
		return fmt.Errorf("the confidence %s of the low-traffic mode must lie between 0 and 1, such as 0.95", l.Confidence)
	case isSliced(o.Kind):
		return fmt.Errorf("the low-traffic mode counts events, and time slices weigh every slice alike; leave it out")
	case o.Period().Calendar != slo.NoCalendar:
		return fmt.Errorf("the low-traffic mode needs a rolling window for its fallback; write one (30d) or leave the mode out")
	}
	return nil
}

func (c *compiler) lowTraffic() bool { return !c.LowTraffic.Confidence.IsZero() }

// countRecords is the number of events seen in a window.
func (c *compiler) countRecords(window time.Duration) []Rule {
	w := promyaml.Duration(window)
	var rules []Rule
	for _, r := range []struct{ to, from string }{{recordTotalCount, c.staged.total}, {recordBadCount, c.staged.bad}} {
		seconds, over := c.interval.Seconds(), r.from+c.sel+"["+w+"]"
		if window >= 24*time.Hour {
			seconds, over = c.base.Seconds(), c.sampled(r.from, c.interval)+"["+w+":"+promyaml.Duration(c.base)+"]"
		}
		rules = append(rules, c.record(r.to+w, strconv.FormatFloat(seconds, 'g', -1, 64)+" * sum_over_time("+over+")"))
	}
	return rules
}

// countGuard is the condition that the bad events of a pair's long window prove
// its threshold exceeded.
func (c *compiler) countGuard(p alerting.BoundPair) (string, error) {
	threshold, err := slo.ParseRatio(p.ThresholdText)
	if err != nil {
		return "", err
	}
	// Beyond this many events the binomial spread is below the share ample.
	z := 3.0
	limit := math.Ceil(z * z / (ample - 1) / (ample - 1) * (1 - p.Threshold) / p.Threshold)
	steps, err := slo.MinCounts(threshold, c.LowTraffic.Confidence.Float64(), uint64(min(limit, 1e12)))
	if err != nil {
		return "", err
	}
	steps = thin(atLeastTwo(steps), maxSteps)
	w := promyaml.Duration(p.Long)
	bad, total := recordBadCount+w+c.sel, recordTotalCount+w+c.sel
	// Rates of whole counters give fractions of events: half an event of
	// tolerance on either side.
	var b strings.Builder
	fmt.Fprintf(&b, "%s >= %s", bad, strconv.FormatFloat(float64(steps[0].Bad)-.5, 'g', -1, 64))
	last := steps[0].Bad
	for _, s := range steps[1:] {
		weight := ""
		if d := s.Bad - last; d > 1 {
			weight = strconv.FormatUint(d, 10) + " * "
		}
		fmt.Fprintf(&b, "\n    + %s(%s >= bool %s)", weight, total, strconv.FormatFloat(float64(s.Total)-.5, 'f', -1, 64))
		last = s.Bad
	}
	fmt.Fprintf(&b, "\n  or\n  %s >= %s", total, strconv.FormatFloat(limit, 'f', -1, 64))
	return "(\n  " + b.String() + "\n)", nil
}

// atLeastTwo drops the steps at which a single bad event is proof: one event
// is one user's bad luck.
func atLeastTwo(steps []slo.CountStep) []slo.CountStep {
	out := []slo.CountStep{{Total: 1, Bad: 2}}
	for _, s := range steps {
		if s.Bad > 2 {
			out = append(out, s)
		}
	}
	return out
}

// thin keeps at most n steps, always the first few, where one more error
// matters most. A step that is left out passes its demand to the one before it.
func thin(steps []slo.CountStep, n int) []slo.CountStep {
	if len(steps) <= n {
		return steps
	}
	exact := n / 2
	kept := append([]slo.CountStep(nil), steps[:exact]...)
	growth := math.Pow(float64(len(steps))/float64(exact), 1/float64(n-exact))
	for begin := exact; begin < len(steps); {
		end := max(begin+1, int(math.Ceil(float64(begin)*growth)))
		end = min(end, len(steps))
		kept = append(kept, slo.CountStep{Total: steps[begin].Total, Bad: steps[end-1].Bad})
		begin = end
	}
	return kept
}

// spentAlert is the fallback that no guard can hide.
func (c *compiler) spentAlert() Rule {
	o := c.Objective
	bad, _, step := c.overPeriod()
	seconds := strconv.FormatFloat(step.Seconds(), 'g', -1, 64)
	return Rule{
		Alert:  AlertSpent,
		Expr:   recordPeriod + c.sel + " > " + o.Budget().String() + "\nand\n" + seconds + " * " + bad + " >= 1.5",
		Labels: c.alertLabels(alerting.Ticket),
		Annotations: c.annotate(map[string]string{
			"summary":     template(o.Service) + " has spent the error budget of " + template(o.Name),
			"description": "Over " + o.Period().String() + " more than " + o.Budget().Percent() + " of events were bad. Traffic is too thin for burn-rate alerts to prove it sooner.",
		}),
	}
}
