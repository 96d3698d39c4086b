package slo

import (
	"errors"
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/prose"
)

// StateChange is when a budget entered a state.
type StateChange struct {
	Time      time.Time   `json:"time"`
	State     BudgetState `json:"state"`
	Remaining float64     `json:"remaining"` // share of the budget then; 0 when unknown
}

// Decide is the policy's decision at now. The state is found by replaying the
// points of two windows up to now, so that hysteresis does not depend on when
// somebody asked last; where the history is shorter, on what there is. In a
// rolling window the remaining share is that of the traffic in the window; in
// a calendar period it is that of the budget expected for the whole period at
// the mean traffic so far, so that the first error of a month is no breach,
// and a new period begins anew.
//
// Points may be unsorted. Errors wrap ErrBudgetPolicy, ErrObjective and
// ErrCounts. Cost is that of sorting the points.
func (p BudgetPolicy) Decide(o Objective, points []Point, now time.Time) (Decision, error) {
	r, err := p.replay(o, points, now)
	if err != nil {
		return Decision{}, err
	}
	a := p.action(r.state)
	d := Decision{Allow: a.Allow, Until: r.until(p, a.Allow), Evidence: r.evidence()}
	if r.state == BudgetUnknown {
		d.Reason = "unknown: " + a.Text
	} else {
		d.Reason = fmt.Sprintf("%v: %s of the error budget is left; %s", r.state, prose.Percent(r.remaining), a.Text)
	}
	if x := p.override(now); x != nil {
		d.Allow, d.Until = x.Allow, x.Until
		d.Reason = fmt.Sprintf("overridden by %s until %s: %s (%s)", x.By, x.Until.Format(time.RFC3339), x.Reason, d.Reason)
	}
	for _, x := range p.Overrides { // one that begins changes the decision as well
		if x.From.After(now) && (d.Until.IsZero() || x.From.Before(d.Until)) {
			d.Until = x.From
		}
	}
	return d, nil
}

// States is every change of state in the replay of Decide, in order; the first
// one is where the replay begins. Overrides do not change the state.
func (p BudgetPolicy) States(o Objective, points []Point, now time.Time) ([]StateChange, error) {
	r, err := p.replay(o, points, now)
	return r.changes, err
}

// replay is a policy's walk through history.
type replay struct {
	o         Objective
	events    []Point // of the last two windows
	now       time.Time
	start     time.Time // of the period at now
	end       time.Time
	counts    Counts // in the period up to now
	remaining float64
	state     BudgetState
	changes   []StateChange
}

func (p BudgetPolicy) replay(o Objective, points []Point, now time.Time) (replay, error) {
	if err := errors.Join(p.Validate(), o.Validate(), validPoints(points)); err != nil {
		return replay{}, err
	}
	w := o.Period()
	r := replay{o: o, now: now}
	r.start, r.end = w.Bounds(now)
	from, _ := w.Bounds(r.start)
	if w.Calendar != NoCalendar { // the unit before
		from, _ = w.Bounds(r.start.Add(-1))
	}
	var err error
	if r.events, err = o.fold(points, from, now); err != nil {
		return replay{}, err
	}
	first := 0 // of the events in the window
	var start, end time.Time
	var known time.Time // where the history begins
	if len(r.events) > 0 {
		known = r.events[0].Time.Add(-firstLength(r.events))
	}
	step := func(i int, t time.Time) {
		if w.Calendar == NoCalendar {
			start, end = t.Add(-w.Length), t
		} else if t.After(end) {
			start, end = w.Bounds(t)
			if !t.After(start) { // a boundary: the events are those of the unit before
				start, end = w.Bounds(t.Add(-1))
			}
			r.state = BudgetUnknown
		}
		for ; first < i && !r.events[first].Time.After(start); first++ {
			r.counts.Bad -= r.events[first].Bad
			r.counts.Total -= r.events[first].Total
		}
		if first == i {
			r.counts = Counts{}
		}
		if i < len(r.events) {
			r.counts = r.counts.Add(r.events[i].Counts)
		}
		r.counts = Counts{max(0, r.counts.Bad), max(0, r.counts.Total)}
		total := r.counts.Total
		if seen := t.Sub(later(start, known)); end.After(t) && seen > 0 {
			total *= float64(end.Sub(start)) / float64(seen)
		}
		was := r.state
		if allowed := o.Budget().Of(total); allowed > 0 {
			r.remaining = 1 - min(r.counts.Bad, r.counts.Total)/allowed
			r.state = p.Next(r.state, r.remaining)
		} else {
			r.state, r.remaining = BudgetUnknown, 0
		}
		if r.state != was || len(r.changes) == 0 {
			r.changes = append(r.changes, StateChange{t, r.state, r.remaining})
		}
	}
	for i, e := range r.events {
		step(i, e.Time)
	}
	if n := len(r.events); n == 0 || now.After(r.events[n-1].Time) {
		step(n, now)
	} else if w.Calendar != NoCalendar && !now.Before(end) {
		// now is a boundary: the new period has begun, without events.
		r.counts, r.remaining, r.state = Counts{}, 0, BudgetUnknown
		r.changes = append(r.changes, StateChange{now, r.state, 0})
	}
	return r, nil
}

// until is when the passing of time alone may turn the decision: the first
// instant at which, with no more bad events and the traffic of the window going
// on, the state has another answer than allow. In a calendar period that is its
// end at the latest; zero if there is none.
func (r replay) until(p BudgetPolicy, allow bool) time.Time {
	w := r.o.Period()
	if w.Calendar != NoCalendar {
		if allow {
			return time.Time{}
		}
		return r.end
	}
	if allow || r.state == BudgetUnknown {
		return time.Time{}
	}
	// Traffic goes on as it was: what rolls off is replaced by good events.
	allowed := r.o.Budget().Of(r.counts.Total)
	bad, state := r.counts.Bad, r.state
	for _, e := range r.events {
		off := e.Time.Add(w.Length)
		if !off.After(r.now) || e.Bad == 0 {
			continue
		}
		bad = max(0, bad-e.Bad)
		state = p.Next(state, 1-bad/allowed)
		if p.action(state).Allow {
			return off
		}
	}
	return time.Time{}
}

// evidence is the figures of the decision.
func (r replay) evidence() []Metric {
	m := []Metric{
		{"slo_events", nil, r.counts.Total, "events", "Events in the window so far."},
		{"slo_bad_events", nil, r.counts.Bad, "events", "Bad events in the window so far."},
		{"slo_coverage_ratio", nil, CoverageOf(r.events, r.start, r.now).Ratio, "ratio", "Share of the window so far that data exist for."},
		{"slo_budget_state", nil, float64(r.state), "", "0 unknown, 1 ok, 2 caution, 3 freeze, 4 breach."},
	}
	if r.state != BudgetUnknown {
		m = append(m, Metric{"slo_budget_remaining_ratio", nil, r.remaining, "ratio", "Share of the error budget that is left."})
	}
	return m
}
