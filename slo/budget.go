package slo

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"time"
)

// Budget is the state of an error budget in one period at one instant. Its
// ratios speak of the traffic so far; Period speaks of the whole period.
type Budget struct {
	Objective Ratio     `json:"objective"`
	Start     time.Time `json:"start"` // of the period, exclusive
	End       time.Time `json:"end"`   // of the period, inclusive; ahead of At in a calendar period
	At        time.Time `json:"at"`
	Counts    Counts    `json:"counts"`
	// Coverage is the share of (Start, At] that data exist for, in [0,1].
	Coverage float64 `json:"coverage"`
	// NoData is set when there was no traffic: the ratios below are then 0
	// (null in JSON) and mean nothing. A budget without traffic is neither
	// full nor spent.
	NoData    bool         `json:"no_data"`
	Ratio     float64      `json:"ratio"`     // of good events, in [0,1]
	Allowed   float64      `json:"allowed"`   // bad events that the traffic so far allows
	Consumed  float64      `json:"consumed"`  // share of Allowed that is spent; above 1 when the objective is missed
	Remaining float64      `json:"remaining"` // 1 - Consumed; negative when overspent
	Period    PeriodBudget `json:"period"`
}

// PeriodBudget is the budget of a whole period as it is expected to be once
// the period has ended. A calendar month's first outage may spend the budget
// of the traffic so far several times over and yet a small part of the
// month's. In a rolling window with full coverage it equals the budget so far.
type PeriodBudget struct {
	Total     float64 `json:"total"`     // events expected in the period
	Allowed   float64 `json:"allowed"`   // bad events that they allow
	Consumed  float64 `json:"consumed"`  // share of Allowed that the bad events so far have spent
	Remaining float64 `json:"remaining"` // 1 - Consumed
}

// BudgetOf is the budget that the counts c leave in the period that holds now.
// The counts are taken to cover the period up to now. For the slice kinds they
// are counts of slices. Errors wrap ErrObjective and ErrCounts.
func (o Objective) BudgetOf(c Counts, now time.Time) (Budget, error) {
	if err := errors.Join(o.Validate(), c.Validate()); err != nil {
		return Budget{}, err
	}
	return o.budget(c, now, 1), nil
}

// BudgetAt is the budget at now of the points that fall into the window up to
// now; for the slice kinds the points are first folded into slices. The points
// may be unsorted. Errors wrap ErrObjective and ErrCounts and name the first
// ten bad points by their instants.
func (o Objective) BudgetAt(points []Point, now time.Time) (Budget, error) {
	if err := errors.Join(o.Validate(), validPoints(points)); err != nil {
		return Budget{}, err
	}
	start, _ := o.Period().Bounds(now)
	c := o.Count(points, start, now)
	if err := c.Validate(); err != nil { // the sum may overflow
		return Budget{}, err
	}
	return o.budget(c, now, CoverageOf(points, start, now).Ratio), nil
}

// budget computes with valid arguments.
func (o Objective) budget(c Counts, now time.Time, coverage float64) Budget {
	start, end := o.Period().Bounds(now)
	b := Budget{Objective: o.Target, Start: start, End: end, At: now, Counts: c, Coverage: coverage}
	ratio, ok := c.Ratio()
	if !ok {
		b.NoData = true
		return b
	}
	b.Ratio = ratio
	b.Allowed = o.Budget().Of(c.Total)
	b.Consumed, _ = o.BurnRate(c)
	b.Remaining = 1 - b.Consumed
	// Traffic of the whole period at the mean rate of the time observed.
	observed := now.Sub(start).Seconds() * coverage
	total := c.Total
	if whole := end.Sub(start).Seconds(); observed > 0 && whole > observed {
		total *= whole / observed
	}
	return b.Expect(total)
}

// Expect is b with the period's budget computed for total events in the whole
// period, for callers who know better than the mean rate so far: a forecast, a
// contract. A total below the traffic so far (or no number) counts as that
// traffic. Without data b is returned as it is.
func (b Budget) Expect(total float64) Budget {
	if b.NoData {
		return b
	}
	total = finite(total)
	if !(total > b.Counts.Total) {
		total = b.Counts.Total
	}
	b.Period = PeriodBudget{Total: total, Allowed: b.Objective.Complement().Of(total)}
	b.Period.Consumed = b.Consumed * (b.Counts.Total / total)
	b.Period.Remaining = 1 - b.Period.Consumed
	return b
}

// BurnRate is how fast the counts spend the budget: their error ratio divided
// by the budget. At 1 the budget lasts exactly the window; at 10 a tenth of it.
// It is at most 1/(1-Target). ok is false without traffic, for invalid counts
// and where the target leaves no budget.
func (o Objective) BurnRate(c Counts) (rate float64, ok bool) {
	e, ok := c.ErrorRatio()
	if !ok || o.Budget().Sign() == 0 {
		return 0, false
	}
	// Counts first: 1 bad of 1,000 at 99.9 % is exactly 1. The other form is
	// for counts so small that the product underflows.
	if allowed := o.Budget().Of(c.Total); allowed >= 0x1p-1000 {
		return c.Bad / allowed, true
	}
	return e / o.Budget().Float64(), true
}

type budgetJSON Budget

// MarshalJSON writes ratios as null where there are no data.
func (b Budget) MarshalJSON() ([]byte, error) {
	if !b.NoData {
		return json.Marshal(budgetJSON(b))
	}
	return json.Marshal(struct {
		budgetJSON
		Ratio     *float64      `json:"ratio"`
		Allowed   *float64      `json:"allowed"`
		Consumed  *float64      `json:"consumed"`
		Remaining *float64      `json:"remaining"`
		Period    *PeriodBudget `json:"period"`
	}{budgetJSON: budgetJSON(b)})
}

// LogValue is the budget in a few attributes, for structured logs.
func (b Budget) LogValue() slog.Value {
	attrs := []slog.Attr{
		slog.String("objective", b.Objective.String()),
		slog.Float64("bad", b.Counts.Bad),
		slog.Float64("total", b.Counts.Total),
		slog.Float64("coverage", b.Coverage),
	}
	if b.NoData {
		return slog.GroupValue(append(attrs, slog.Bool("no_data", true))...)
	}
	return slog.GroupValue(append(attrs,
		slog.Float64("ratio", b.Ratio),
		slog.Float64("consumed", b.Consumed),
		slog.Float64("remaining", b.Remaining))...)
}

// finite is x, with infinities brought to the largest numbers and NaN to 0.
func finite(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return max(-math.MaxFloat64, min(x, math.MaxFloat64))
}
