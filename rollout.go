package ownership

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/slo"
)

// Rollout is the spec's release as package release plays it: its stages, and
// the rollback threshold as its rule. An error tells that the spec gives no
// stages, or a threshold on something that no rollout measures.
func (r Release) Rollout() (release.Rollout, error) {
	var out release.Rollout
	if len(r.Stages) == 0 {
		return out, fmt.Errorf("release_management has no canary_deployment_strategy; write one such as 10%% traffic for 30 mins")
	}
	for _, s := range r.Stages {
		out.Stages = append(out.Stages, release.Stage{Traffic: s.Traffic, Hold: s.Hold})
	}
	if !r.Rollback.IsZero() {
		rule, err := release.ParseRule(r.Rollback.String())
		if err != nil {
			return release.Rollout{}, fmt.Errorf("rollback_threshold: %w", err)
		}
		if rule.Hold == 0 {
			rule.Hold = DefaultHold
		}
		out.Rules = []release.Rule{rule}
	}
	return out, out.Validate()
}

// RolloutReview is what the spec's release can show, may cost and is worth.
type RolloutReview struct {
	Rollout  release.Rollout
	Setting  release.Setting
	Sights   []release.Sight     // a stage each; empty where the traffic is unknown
	Costs    []release.StageCost // a stage each, of a release that fails wholly
	Findings []release.Finding
	// Gate says whether a release may begin now, with release.DefaultBudgetGate; nil
	// where nothing was measured.
	Gate *slo.Decision
}

// ReviewRollout reckons with the objective that counts events (the spec's first
// of them) and with its measured points up to an instant, from which the traffic,
// the usual share of errors and the state of the budget come. Without points the
// traffic is the spec's and the errors those of a service that just meets its
// objective. Errors are those of Release.Rollout, slo and release; without an
// objective that counts events there is nothing to reckon with, which is an
// error as well.
func (s Service) ReviewRollout(points []slo.Point, at time.Time) (RolloutReview, error) {
	var v RolloutReview
	var err error
	if v.Rollout, err = s.Release.Rollout(); err != nil {
		return v, err
	}
	i := -1
	objectives := s.Objectives()
	for k, o := range objectives {
		if o.Kind == slo.Events && i < 0 {
			i = k
		}
	}
	if i < 0 {
		return v, fmt.Errorf("service %q has no objective that counts events, so nothing tells what a bad release costs; add one such as availability: 99.9%%", s.Name)
	}
	v.Setting = release.Setting{Objective: objectives[i], PerSecond: s.Traffic.PerSecond(), Good: objectives[i].Budget().Float64()}
	if len(points) > 0 {
		measured, err := objectives[i].BudgetAt(points, at)
		if err != nil {
			return v, err
		}
		if span := measured.At.Sub(measured.Start).Seconds() * measured.Coverage; span > 0 && !measured.NoData {
			v.Setting.PerSecond = measured.Counts.Total / span
			if bad := 1 - measured.Ratio; bad < 1 { // of a service that always fails nobody knows what is good
				v.Setting.Good = bad
			}
		}
		reading, err := release.ReadBudget(objectives[i], points, at, time.Hour, slo.BudgetPolicy{})
		if err != nil {
			return v, err
		}
		gate := release.Gates{Budget: release.DefaultBudgetGate()}.Decide(reading, nil, at)
		v.Gate = &gate
	}
	policy, err := s.Responsibilities[i].Alerting.policyFor(objectives[i].Period().ShortestLength(), alerting.Workbook())
	if err != nil {
		return v, err
	}
	bound, err := policy.Bind(objectives[i])
	if err != nil {
		return v, err
	}
	for _, p := range bound.Reachable() {
		name := p.Severity.String() + " " + promyaml.Duration(p.Long) + "/" + promyaml.Duration(p.Short)
		v.Setting.Alerts = append(v.Setting.Alerts, release.Alert{Name: name, Page: p.Severity == alerting.Page, Ratio: p.Threshold})
	}
	if v.Findings, err = v.Rollout.Lint(v.Setting); err != nil {
		return v, err
	}
	if v.Setting.PerSecond > 0 {
		if v.Sights, err = v.Rollout.Sights(v.Setting); err != nil {
			return v, err
		}
	}
	if v.Costs, err = v.Rollout.Costs(release.Impact{Objective: objectives[i], Good: v.Setting.Good}); err != nil {
		return v, err
	}
	return v, nil
}

// String is the review in lines for a terminal.
func (v RolloutReview) String() string {
	var b strings.Builder
	for i, c := range v.Costs {
		fmt.Fprintf(&b, "stage %s\n", c.Stage)
		fmt.Fprintf(&b, "  fails wholly: %s of the budget if nobody notices", percent(c.Whole.Share, 3))
		if c.Reacts {
			fmt.Fprintf(&b, ", %s until the rule reacts after %s", percent(c.Reaction.Share, 3), promyaml.Duration(c.ReactionTime.Round(time.Second)))
		}
		b.WriteString("\n")
		if i < len(v.Sights) {
			fmt.Fprintf(&b, "  %s\n", v.Sights[i])
		}
	}
	for _, f := range v.Findings {
		fmt.Fprintf(&b, "%s\n", f)
	}
	if v.Gate != nil {
		word := "may begin"
		if !v.Gate.Allow {
			word = "has to wait"
		}
		fmt.Fprintf(&b, "a release %s: %s\n", word, v.Gate.Reason)
	}
	return b.String()
}
