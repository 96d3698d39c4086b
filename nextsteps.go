package ownership

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall/response"
)

// NextStep is one thing to do, and why.
type NextStep struct {
	Service string `json:"service"`
	What    string `json:"what"`
	Reason  string `json:"reason"`
	Lever   string `json:"lever"` // that it moves; empty for what just has to be mended
	// Stake is the share of a period's error budget that is at stake: what has been
	// spent or will probably be, or what the event that Reason names would spend;
	// it may exceed 1. Open is true where no number can be given.
	Stake float64 `json:"stake"`
	Open  bool    `json:"open,omitempty"`
}

// nextSteps are in order of the budget at stake; those without a number follow.
func (r Review) nextSteps() []NextStep {
	var out []NextStep
	add := func(stake float64, lever, what, reason string) {
		out = append(out, NextStep{Service: r.Service.Name, What: what, Reason: reason, Lever: lever, Stake: max(stake, 0)})
	}
	incidents := 0.0 // share of the budget that incidents spent, of the objective that lost most
	for _, o := range r.Objectives {
		if !o.Measured() {
			continue
		}
		name := o.Objective.Name
		sum := 0.0
		for _, p := range o.Spent.Parts {
			sum += p.Consumed * o.ofPeriod()
		}
		incidents = max(incidents, sum)
		switch {
		case o.Exhaustion.Exhausted:
			add(o.spent(), response.LeverObjectives, "Stop releases that risk "+name+", or agree on a target that is kept", percent(o.spent(), 3)+" of its budget is spent"+o.mostly())
		case o.Exhaustion.Probability >= 0.1:
			add(o.spent()+o.Exhaustion.Probability*o.left(), response.LeverObjectives, "Slow down changes that risk "+name, "the budget runs out by "+o.Exhaustion.End.Format("2006-01-02")+" with a probability of "+chance(o.Exhaustion.Probability)+o.mostly())
		}
		missed := 0.0
		n, of := 0, 0
		for _, i := range o.Backtest.Incidents {
			if !i.End.IsZero() && !i.End.After(r.From) {
				continue // history of before the period
			}
			of++
			if !slices.ContainsFunc(i.Detections, func(d alerting.Detection) bool { return d.Severity == alerting.Page }) && i.BudgetShare > 0 {
				missed += i.BudgetShare
				n++
			}
		}
		if n > 0 {
			add(missed, response.LeverThresholds, "Look at what the pages of "+name+" do not see", fmt.Sprintf("%d of %d incidents paged nobody and spent %s of the budget", n, of, percent(missed, 3)))
		}
	}
	for _, o := range r.Outlooks {
		if o.Limited && o.Saturation.Probability >= 0.05 {
			reason := "the limit is reached within the horizon with a probability of " + chance(o.Saturation.Probability)
			if !o.Saturation.Earliest.IsZero() {
				reason += ", on " + o.Saturation.Earliest.Format("2006-01-02") + " at the earliest (5%)"
			}
			add(o.Saturation.Probability, response.LeverArchitecture, "Plan capacity for "+o.Metric.Name, reason)
		}
	}
	if r.Rollout != nil {
		for _, c := range r.Rollout.Costs {
			if c.Reaction.Share >= 0.05 {
				add(c.Reaction.Share, response.LeverThresholds, "Make stage "+c.Stage+" of a release smaller, or its rule faster", "a release that fails wholly spends "+percent(c.Reaction.Share, 3)+" of the budget before it is taken back")
			}
		}
	}
	for _, l := range r.Levers {
		if l.Kind != response.LeverArchitecture {
			continue
		}
		i := slices.IndexFunc(l.Settings, func(s LeverSetting) bool { return s.Present })
		if i < 1 || l.Settings[i].BudgetLeft == nil || *l.Settings[i].BudgetLeft >= 0 {
			continue
		}
		// Soft stands before hard: what it gives back is what this one may spend.
		now, soft := l.Settings[i], l.Settings[0]
		if own := *soft.BudgetLeft - *now.BudgetLeft; own > 0 {
			add(own, response.LeverArchitecture, "Make "+l.What+" soft or double it, or promise less",
				"what it and the other hard dependencies promise leaves "+now.Ceiling.Percent()+" only, "+soft.Ceiling.Percent()+" without it")
		}
	}
	if r.OnCall != nil {
		r.onCallSteps(add)
	}
	if r.Runbooks != nil {
		for _, a := range r.Runbooks.Coverage.Alerts {
			if a.Complete || a.Severity != "critical" {
				continue
			}
			what, reason := "Complete the runbook of "+a.Alert, a.Reason
			if !a.Resolved {
				what = "Write a runbook for " + a.Alert
			}
			if incidents > 0 {
				reason += "; incidents spent " + percent(incidents, 3) + " of a budget in this window"
			}
			add(incidents, response.LeverAutomation, what, reason)
		}
	}
	for _, f := range r.Findings {
		if f.Level == diag.Info || f.Level == diag.Warning && !slices.Contains(urgentCodes, f.Code) {
			continue
		}
		out = append(out, NextStep{Service: r.Service.Name, What: "Mend " + f.Path + ": " + f.Remedy, Reason: f.Reason, Open: true})
	}
	slices.SortStableFunc(out, byStake)
	return out
}

// byStake orders by the budget at stake; what has no number comes last.
func byStake(a, b NextStep) int {
	switch {
	case a.Open == b.Open:
		return cmp.Compare(b.Stake, a.Stake)
	case b.Open:
		return -1
	}
	return 1
}

// urgentCodes are the warnings about a spec that somebody should act on soon.
var urgentCodes = []string{"critical-without-page", "alert-above-rollback", "alert-without-runbook", "secret", "undefined-runbook", "undefined-schedule"}

// onCallSteps says what is wrong with who is on call.
func (r Review) onCallSteps(add func(stake float64, lever, what, reason string)) {
	v := r.OnCall
	for _, c := range v.Ahead.Concerns {
		if c.Level != diag.Error || len(c.Spans) == 0 {
			continue
		}
		longest := c.Spans[0]
		for _, s := range c.Spans {
			if s.Duration() > longest.Duration() {
				longest = s
			}
		}
		stake := 0.0
		text := ""
		if o, ok := r.promised(); ok {
			if allowed := o.Budget().OfDuration(o.Period().ShortestLength()); allowed > 0 {
				stake = float64(longest.Duration()) / float64(allowed)
				text = fmt.Sprintf("; a total outage that lasts as long as the longest of them, %s, spends %s of the budget", length(longest.Duration()), percent(stake, 3))
			}
		}
		add(stake, "", "Close the gaps in the schedule", c.Reason+text)
	}
}

// mostly names the incident that spent most.
func (o ObjectiveReview) mostly() string {
	if len(o.Spent.Parts) == 0 {
		return ""
	}
	p := o.Spent.Parts[0]
	if p.Consumed <= 0 {
		return ""
	}
	return ", " + percent(p.Consumed*o.ofPeriod(), 3) + " by the incident of " + strings.TrimSpace(p.Start.Format("2006-01-02 15:04"))
}
