package ownership

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
	"github.com/srekit/ownership/slo/graph"
)

// Lever is one of the things by which a service is owned, at its present setting
// and a step to either side, with what each would change. Kind is one of
// response.LeverObjectives, LeverThresholds, LeverAutomation and
// LeverArchitecture.
type Lever struct {
	Kind     string         `json:"kind"`
	What     string         `json:"what"` // objective, policy, runbook step or dependency that it moves
	Settings []LeverSetting `json:"settings"`
	Rests    string         `json:"rests,omitempty"`   // the data that the effects rest on
	Missing  string         `json:"missing,omitempty"` // the data without which nothing, or not all, can be said
}

// LeverSetting is one position of a lever. A nil effect is one that the lever does
// not change, or that cannot be told; Lever.Missing says which.
type LeverSetting struct {
	Name    string `json:"name"`
	Present bool   `json:"present"`
	// BudgetLeft is the share of the error budget that is left at the end of the
	// recorded history; negative when overspent.
	BudgetLeft *float64 `json:"budget_left"`
	// PagesPerWeek are the pages in a week of the recorded history.
	PagesPerWeek *float64 `json:"pages_per_week"`
	// Detection is the time until the first page: the median over the incidents of
	// the history that paged, or of a total outage where there was no incident.
	Detection *time.Duration `json:"-"` // detection_seconds in JSON
	// Toil is people's time in a week: pages times what one costs, or manual steps
	// times what one takes.
	Toil *time.Duration `json:"-"` // toil_seconds in JSON
	// Ceiling is the share of good events that the hard dependencies leave if
	// they fail independently; Bounds the same if they never or always coincide.
	Ceiling *slo.Ratio    `json:"ceiling"`
	Bounds  *[2]slo.Ratio `json:"ceiling_bounds"`
	// Capacity is what is left of the capacity of the dependency when one copy is
	// down: 0 for one of one, 0.5 for one of two.
	Capacity *float64 `json:"capacity_left"`
}

type leverSettingAlias LeverSetting

type leverSettingJSON struct {
	*leverSettingAlias
	Detection *wire.Seconds `json:"detection_seconds"`
	Toil      *wire.Seconds `json:"toil_seconds"`
}

// MarshalJSON writes durations as numbers of seconds, and null for nil.
func (s LeverSetting) MarshalJSON() ([]byte, error) {
	a := leverSettingAlias(s)
	return json.Marshal(leverSettingJSON{&a, (*wire.Seconds)(s.Detection), (*wire.Seconds)(s.Toil)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *LeverSetting) UnmarshalJSON(text []byte) error {
	var a leverSettingAlias
	v := leverSettingJSON{leverSettingAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = LeverSetting(a)
	s.Detection, s.Toil = (*time.Duration)(v.Detection), (*time.Duration)(v.Toil)
	return nil
}

// levers are the four, in their order.
func (c Catalog) levers(ctx context.Context, r Review, m Measurements) ([]Lever, error) {
	var out []Lever
	page, known := pageCost(m.Work)
	for _, kind := range []func(context.Context, ObjectiveReview, Measurements, func(float64) *time.Duration) (Lever, error){objectiveLever, thresholdLever} {
		for _, o := range r.Objectives {
			l, err := kind(ctx, o, m, func(pages float64) *time.Duration {
				if !known {
					return nil
				}
				return pointer(time.Duration(pages * float64(page)))
			})
			if err != nil {
				return nil, err
			}
			if !known && l.Missing == "" {
				l.Missing = "what a page costs: give Work of kind page"
			}
			out = append(out, l)
		}
	}
	out = append(out, r.automationLever(m))
	return append(out, c.architectureLever(r)...), nil
}

// pageCost is the mean of people's time on a page.
func pageCost(work []response.Work) (time.Duration, bool) {
	var sum time.Duration
	n := 0
	for _, w := range work {
		if w.Kind == response.WorkPage {
			sum += w.Duration
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return sum / time.Duration(n), true
}

// objectiveLever moves the target by a nine.
func objectiveLever(ctx context.Context, o ObjectiveReview, m Measurements, toil func(float64) *time.Duration) (Lever, error) {
	l := Lever{Kind: response.LeverObjectives, What: o.Objective.Name}
	if !o.Measured() {
		l.Missing = o.Missing
	}
	if o.Unreplayed != "" {
		l.Missing = joinedWords(l.Missing, "pages and detection: "+o.Unreplayed)
	}
	for step := -1; step <= 1; step++ {
		target, ok := nines(o.Objective.Target, step)
		if !ok {
			continue
		}
		moved := o.Objective
		moved.Target = target
		s := LeverSetting{Name: target.Percent(), Present: step == 0}
		if o.Measured() {
			budget, err := moved.BudgetAt(o.points, m.At)
			if err != nil {
				return l, err
			}
			s.BudgetLeft = pointer(ObjectiveReview{Objective: moved, Budget: budget}.left())
		}
		if o.Unreplayed == "" {
			policy := alerting.Policy{Name: o.bound.Policy}
			for _, p := range o.bound.Pairs {
				policy.Pairs = append(policy.Pairs, p.Pair)
			}
			policy, _ = policy.Retune(moved, slo.Ratio{})
			if bound, err := policy.Bind(moved); err == nil {
				if err := s.replay(ctx, bound, o, m, toil); err != nil {
					return l, err
				}
			}
		}
		l.Settings = append(l.Settings, s)
	}
	l.Rests = o.rests(m)
	return l, nil
}

// thresholdLever puts the presets beside the policy in use.
func thresholdLever(ctx context.Context, o ObjectiveReview, m Measurements, toil func(float64) *time.Duration) (Lever, error) {
	l := Lever{Kind: response.LeverThresholds, What: o.Objective.Name}
	if o.Unreplayed != "" {
		l.Missing = o.Unreplayed
		return l, nil
	}
	if !o.Measured() {
		l.Missing = "pages: " + o.Missing
	}
	present := LeverSetting{Name: o.bound.Policy, Present: true}
	if err := present.replay(ctx, o.bound, o, m, toil); err != nil {
		return l, err
	}
	l.Settings = append(l.Settings, present)
	for _, p := range alerting.Presets(o.Objective.Period().ShortestLength()) {
		if p.Name == o.bound.Policy {
			continue
		}
		bound, err := p.Bind(o.Objective)
		if err != nil || len(bound.Reachable()) == 0 {
			continue // it has no pairs for this period, or none that can fire
		}
		s := LeverSetting{Name: p.Name}
		if err := s.replay(ctx, bound, o, m, toil); err != nil {
			return l, err
		}
		l.Settings = append(l.Settings, s)
	}
	l.Rests = o.rests(m)
	return l, nil
}

func (o ObjectiveReview) rests(m Measurements) string {
	if !o.Measured() {
		return "a total outage; nothing was recorded"
	}
	if n := len(o.Backtest.Incidents); n > 0 {
		return fmt.Sprintf("%d points, %s apart, and %s from %s to %s", len(o.replayed), length(spacing(o.replayed)), prose.Plural(n, "incident"), o.Backtest.Start.Format(time.DateOnly), o.Backtest.End.Format(time.DateOnly))
	}
	return fmt.Sprintf("%d points; detection is that of a total outage, for there was no incident", len(o.replayed))
}

// replay fills in what a policy would have done.
func (s *LeverSetting) replay(ctx context.Context, b alerting.Bound, o ObjectiveReview, m Measurements, toil func(float64) *time.Duration) error {
	pages := alerting.Score{}
	if o.Measured() {
		incidents := m.Incidents
		if incidents == nil {
			// The truth is that of the present setting, so that settings compare.
			incidents = []alerting.Incident{}
			for _, i := range o.Backtest.Incidents {
				incidents = append(incidents, i.Incident)
			}
		}
		report, err := alerting.Backtest(ctx, b, o.replayed, o.replay(b, incidents))
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			for _, score := range report.Scores {
				if score.Severity == alerting.Page {
					pages = score
				}
			}
			s.PagesPerWeek = &pages.PerWeek
			s.Toil = toil(pages.PerWeek)
		}
	}
	if pages.Detected > 0 {
		s.Detection = &pages.Delay.P50
		return nil
	}
	if pages.Incidents > 0 {
		return nil // it missed them all; an outage that there was not tells nothing
	}
	a, err := alerting.Analyse(b, alerting.AnalyserOptions{})
	if err != nil {
		return nil // a policy that cannot be analysed has no detection to show
	}
	if reaction := a.Reaction(alerting.Page, 1); reaction.Fires {
		s.Detection = &reaction.Detection
	}
	return nil
}

// nines moves a target by whole nines: the budget is divided by ten, or
// multiplied. ok is false where no budget is left or all of it is.
func nines(target slo.Ratio, step int) (slo.Ratio, bool) {
	budget := target.Complement().Rat()
	switch step {
	case 1:
		budget = new(big.Rat).Quo(budget, big.NewRat(10, 1))
	case -1:
		budget = new(big.Rat).Mul(budget, big.NewRat(10, 1))
	}
	if budget.Sign() <= 0 || budget.Cmp(big.NewRat(1, 1)) >= 0 {
		return slo.Ratio{}, false
	}
	digits, _ := budget.FloatPrec()
	r, err := slo.ParseRatio(budget.FloatString(digits))
	if err != nil {
		return slo.Ratio{}, false // more digits than a ratio holds
	}
	return r.Complement(), true
}

// automationLever automates the step of a runbook that takes people the longest.
func (r Review) automationLever(m Measurements) Lever {
	l := Lever{Kind: response.LeverAutomation}
	if r.Runbooks == nil || len(r.Runbooks.Executions) == 0 {
		l.Missing = "which steps are run: give Runbooks and the Logs of runs"
		return l
	}
	weeks := m.At.Sub(m.from()).Hours() / 168
	perWeek := func(d time.Duration) *time.Duration { return pointer(time.Duration(float64(d) / weeks)) }
	var spent time.Duration
	steps := slices.Clone(r.Runbooks.Executions)
	for _, e := range steps {
		spent += e.ByHand
	}
	slices.SortStableFunc(steps, func(a, b run.Execution) int { return cmp.Compare(b.ByHand, a.ByHand) })
	done := r.Runbooks.Done
	l.Settings = append(l.Settings, LeverSetting{Name: share(done) + " automated", Present: true, Toil: perWeek(spent)})
	next := steps[0]
	l.What = next.Runbook + ", " + next.Step
	if next.ByHand == 0 {
		l.What = ""
		l.Rests = fmt.Sprintf("%d executions; no step takes people's time", done.Total())
		return l
	}
	after := done
	after.Automated += next.Done.Manual + next.Done.Assisted
	after.Manual -= next.Done.Manual
	after.Assisted -= next.Done.Assisted
	l.Settings = append(l.Settings, LeverSetting{Name: share(after) + " automated, with " + next.Step, Toil: perWeek(spent - next.ByHand)})
	if next.Done.Automated > 0 {
		before := done
		before.Manual += next.Done.Automated
		before.Automated -= next.Done.Automated
		l.Settings = slices.Insert(l.Settings, 0, LeverSetting{Name: share(before) + " automated, without it", Toil: perWeek(spent + time.Duration(next.Done.Automated)*next.MeanByHand())})
	}
	l.Rests = fmt.Sprintf("%d executions of %d steps in %s", done.Total(), len(steps), length(m.At.Sub(m.from())))
	return l
}

func share(s run.Share) string { return percent(s.Ratio(), 3) }

// architectureLever softens or doubles each hard dependency.
func (c Catalog) architectureLever(r Review) []Lever {
	g, err := dependencyGraph(c)
	if err != nil {
		return []Lever{{Kind: response.LeverArchitecture, Missing: err.Error()}}
	}
	levers := g.Levers(r.Service.Name)
	if len(levers) == 0 {
		return []Lever{{Kind: response.LeverArchitecture, Missing: "hard dependencies: none is described in depends_on"}}
	}
	ceiling, _ := g.Ceiling(r.Service.Name)
	var out []Lever
	for _, d := range levers {
		set := func(name string, present bool, a graph.Availability, copies int) LeverSetting {
			s := LeverSetting{Name: name, Present: present, Ceiling: &a.Independent, Bounds: &[2]slo.Ratio{a.Least, a.Most}}
			if copies > 0 {
				s.Capacity = pointer(float64(copies-1) / float64(copies))
			}
			if o, ok := r.promised(); ok {
				// Of the budget, what the dependencies may spend.
				s.BudgetLeft = pointer(1 - a.Independent.Complement().Float64()/o.Budget().Float64())
			}
			return s
		}
		l := Lever{Kind: response.LeverArchitecture, What: d.To, Rests: "targets and edges of the catalog; the budget left is what the dependencies leave of it"}
		l.Settings = []LeverSetting{
			set("soft", false, d.Soft, 0),
			set("hard", true, d.Now, d.Copies),
			set("doubled", false, d.Doubled, 2*d.Copies),
		}
		if slices.Contains(ceiling.Assumed, d.To) {
			l.Missing = "a target of " + d.To + " or of what it needs; without one it is taken never to fail"
		}
		out = append(out, l)
	}
	return out
}

// promised is the first objective that counts events.
func (r Review) promised() (slo.Objective, bool) {
	for _, o := range r.Service.Objectives() {
		if o.Kind == slo.Events {
			return o, true
		}
	}
	return slo.Objective{}, false
}

func joinedWords(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

func pointer[T any](v T) *T { return &v }
