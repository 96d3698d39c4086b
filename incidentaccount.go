package ownership

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// IncidentAccount is what was recorded of an incident that is over. Only Input is
// needed; nothing has to be in order.
type IncidentAccount struct {
	// Input holds every alert with its end. Its points should reach back over the
	// period of the objectives; entries that did not alert may be among them.
	Input    IncidentInput
	End      time.Time                // when it was declared over; zero means with the last alert
	Summary  string                   // in a sentence or two
	Roles    []response.RoleTaken     // who took which part
	Logs     []IncidentLog            // of runbook runs
	Notes    []response.AuditRecord   // what else was said and done: acknowledgements, declarations
	Rollouts []IncidentRollout        // of the time before and during it
	Releases []response.RolloutRecord // decisions that were kept elsewhere
	Stopped  string                   // what stopped it, if the last thing done was not it
	Lucky    []string                 // what could have been worse
	Actions  []response.Action        // what is to be done
	Standby  StandbyOptions
}

// PostMortem is the blameless account of an incident: response.NewPostMortem of
// IncidentRecord. Roles stand for people unless opt.Names asks for names.
func (c Catalog) PostMortem(ctx context.Context, a IncidentAccount, opt response.PostMortemOptions) (response.PostMortem, error) {
	record, err := c.IncidentRecord(ctx, a)
	if err != nil {
		return response.PostMortem{}, err
	}
	return response.NewPostMortem(record, opt)
}

// IncidentRecord gathers what a post-mortem is made of: from the alerts the
// incident, from the catalog entries, people and who was on call, from the points
// what it cost and how soon it was to be seen, from the logs of runbook runs and
// the transitions of rollouts what was done. Somebody may add to it before the
// account is written.
//
// When a failure began is what alerting.FindIncidents tells. What it cost an
// objective is its bad events from then, or else from the first alert, to the end
// of the incident, as a share of those that its period allows, with the
// Clopper-Pearson interval of 95 %. The delay that is predicted
// of the spec's own alerts is their hold, of a burn-rate alert (by the objective's
// name) that of its policy for the error ratio of the incident.
//
// Errors are those of Incident, of package slo about points, and ctx's.
func (c Catalog) IncidentRecord(ctx context.Context, a IncidentAccount) (response.IncidentRecord, error) {
	fail := func(err error) (response.IncidentRecord, error) {
		return response.IncidentRecord{}, fmt.Errorf("incident record: %w", err)
	}
	standby, err := c.Standby(a.Input.at(), a.Standby)
	if err != nil {
		return response.IncidentRecord{}, err
	}
	incident, err := standby.incident(a.Input)
	if err != nil {
		return response.IncidentRecord{}, err
	}
	end := a.end(incident)
	incident.End = end
	r := response.IncidentRecord{
		Incident: incident, Summary: a.Summary, Entries: standby.entries, People: c.People(), Roles: a.Roles, Stopped: a.Stopped, Lucky: a.Lucky, Actions: a.Actions,
		Audit: slices.Clone(a.Notes), Rollouts: slices.Clone(a.Releases),
		Scope: standby.graph.Reach(incident, end, response.ReachOptions{Ladder: a.Standby.Rules.Ladder, Unsolved: a.Standby.Room.Unsolved}).Scope,
	}
	for _, log := range a.Logs {
		r.Audit = append(r.Audit, log.audit()...)
	}
	for _, rollout := range a.Rollouts {
		r.Rollouts = append(r.Rollouts, rollout.records()...)
	}
	for _, name := range a.touched(incident) {
		service, ok := standby.service(name)
		if !ok {
			continue
		}
		for i, o := range service.Objectives() {
			points := a.Input.pointsOf(name, o)
			if len(points) == 0 || o.Budget().IsZero() {
				continue
			}
			began, until, err := failure(ctx, o, points, incident.Start, end)
			if err != nil {
				return fail(fmt.Errorf("objective %q of %q: %w", o.Name, name, err))
			}
			from := incident.Start
			if !began.IsZero() && began.Before(from) {
				from = began
			}
			impact, ok, err := impactOf(o, points, from, end)
			if err != nil {
				return fail(fmt.Errorf("objective %q of %q: %w", o.Name, name, err))
			}
			if ok {
				impact.Service = name
				r.Budgets = append(r.Budgets, impact)
			}
			if began.IsZero() {
				continue
			}
			ratio, _ := o.Count(points, began, until).ErrorRatio()
			found, err := service.detections(i, o, ratio, began, until, incident)
			if err != nil {
				return fail(fmt.Errorf("objective %q of %q: %w", o.Name, name, err))
			}
			r.Detections = append(r.Detections, found...)
		}
	}
	r.Duties = standby.duties(incident, end)
	return r, nil
}

// end is when the incident was over: never before an alert began.
func (a IncidentAccount) end(incident response.Incident) time.Time {
	end := a.End
	if end.IsZero() {
		for _, x := range incident.Alerts {
			if x.End.After(end) {
				end = x.End
			}
		}
	}
	if end.IsZero() {
		end = a.Input.at()
	}
	return end
}

// touched are the entries that alerted or were measured, by name.
func (a IncidentAccount) touched(incident response.Incident) []string {
	var out []string
	for _, x := range incident.Alerts {
		out = append(out, x.Entry)
	}
	for _, p := range a.Input.Points {
		out = append(out, p.Service)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// impactOf is what an incident cost an objective; ok is false without traffic.
func impactOf(o slo.Objective, points []slo.Point, start, end time.Time) (impact response.BudgetImpact, ok bool, err error) {
	counts := o.Count(points, start, end)
	state, err := o.BudgetAt(points, end)
	if err != nil || counts.Total <= 0 || state.NoData || state.Period.Allowed <= 0 {
		return impact, false, err
	}
	span, err := counts.ErrorInterval(slo.ClopperPearsonInterval, riskLevel)
	if err != nil {
		return impact, false, err
	}
	share := counts.Total / state.Period.Allowed
	consumed := counts.Bad / state.Period.Allowed
	return response.BudgetImpact{Objective: o.Name, From: start, To: end, Bad: counts.Bad, Total: counts.Total,
		Consumed: consumed, Low: min(span.Low*share, consumed), High: max(span.High*share, consumed), Level: span.Level}, true, nil
}

// failure is when an objective failed in an incident, as measured; zero if it did
// not.
func failure(ctx context.Context, o slo.Objective, points []slo.Point, start, end time.Time) (began, until time.Time, err error) {
	found, err := alerting.FindIncidents(ctx, o, points, alerting.IncidentRule{})
	if err != nil {
		return began, until, err
	}
	for _, x := range found {
		if x.Start.Before(end) && x.End.After(start) {
			return x.Start, x.End, nil
		}
	}
	return began, until, nil
}

// detections are how soon the alerts of an objective were to be seen that failed
// with that error ratio, and when they fired.
func (s Service) detections(i int, o slo.Objective, ratio float64, began, until time.Time, incident response.Incident) ([]response.Detection, error) {
	var out []response.Detection
	add := func(name string, predicted time.Duration) {
		d := response.Detection{Service: s.Name, Alert: name, Began: began, Predicted: predicted}
		for _, a := range incident.Alerts {
			if a.Entry == s.Name && a.Name == name && !a.Start.Before(began) && (d.Fired.IsZero() || a.Start.Before(d.Fired)) {
				d.Fired = a.Start
			}
		}
		fires := predicted > 0 && predicted <= until.Sub(began)
		if fires || !d.Fired.IsZero() {
			out = append(out, d)
		}
	}
	for _, a := range s.Alerts {
		if watched, ok := s.ObjectiveOf(a); !ok || watched.Name != o.Name {
			continue
		}
		c := s.ConditionOf(a)
		predicted := time.Duration(0)
		if c.Metric == errorRateKey && !c.Threshold.Ratio.IsZero() && ratio > c.Threshold.Ratio.Float64() {
			predicted = c.Hold
		}
		add(a.Name, predicted)
	}
	if slices.ContainsFunc(incident.Alerts, func(a response.Alert) bool { return a.Entry == s.Name && a.Name == o.Name }) {
		predicted, err := s.Responsibilities[i].reaction(o, ratio)
		if err != nil {
			return nil, err
		}
		add(o.Name, predicted)
	}
	return out, nil
}

// reaction is how soon the objective's burn-rate alerts page for an error ratio; 0
// if they do not.
func (r Responsibility) reaction(o slo.Objective, ratio float64) (time.Duration, error) {
	policy, err := r.Alerting.policyFor(o.Period().ShortestLength(), alerting.Workbook())
	if err != nil {
		return 0, err
	}
	bound, err := policy.Bind(o)
	if err != nil {
		return 0, err
	}
	analysis, err := alerting.Analyse(bound, alerting.AnalyserOptions{ErrorRatios: []float64{1}})
	if err != nil {
		return 0, err
	}
	return analysis.Reaction(alerting.Page, ratio).Detection, nil
}

// duties are the shifts that met the incident, of the schedules that answer for
// what alerted and for its likely roots.
func (s Standby) duties(incident response.Incident, end time.Time) []response.Duty {
	entries := incident.Alerting(end)
	for _, root := range s.graph.Roots(entries, 0).Top(0) {
		entries = append(entries, root.Service)
	}
	var names []string
	for _, e := range entries {
		if name := s.services[e]; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []response.Duty
	for _, name := range slices.Compact(names) {
		roster, ok := s.watches[name].(oncall.Roster)
		if !ok {
			continue
		}
		for _, d := range response.Duties(name, roster.Shifts(incident.Start.AddDate(0, 0, -14), end.AddDate(0, 0, 14))) {
			if d.Start.Before(end) && d.End.After(incident.Start) {
				out = append(out, d)
			}
		}
	}
	return out
}
