package ets

import (
	"context"
	"fmt"
)

// Options narrow the choice of [Select]. The zero value considers the six
// models without season.
type Options struct {
	// Period is the season length in steps; below 2 no seasonal model is tried.
	Period int
	// AdditiveOnly leaves out multiplicative errors and seasons, whose
	// intervals grow without bound on series that come near zero.
	AdditiveOnly bool
	// Models, when not empty, are the only ones tried, each with its own Period.
	Models []Model
}

// Outcome is what became of a candidate.
type Outcome uint8

const (
	// Excluded: the series does not allow the model.
	Excluded Outcome = iota
	// Stopped: the search was given up because it would not have won.
	Stopped
	// Beaten: fitted, and another has the smaller AICc.
	Beaten
	// Chosen: the smallest AICc.
	Chosen
)

// String gives the outcome's name in lower case.
func (o Outcome) String() string {
	return [...]string{"excluded", "stopped", "beaten", "chosen"}[min(o, Chosen)]
}

// Candidate is a model that was considered.
type Candidate struct {
	Model   Model
	Outcome Outcome
	// AICc is the criterion of the fit, the best value reached before the
	// search was stopped, or 0 for an excluded model.
	AICc float64
	// Reason says in words why it lost; empty for the chosen one.
	Reason string
}

// Selection is the chosen model with the whole field it was chosen from.
type Selection struct {
	Fit
	Candidates []Candidate // in the order tried
}

// Family lists the fifteen models that can be fitted, or the six without season
// when period is below 2. With additiveOnly only those of additive error and
// season remain.
func Family(period int, additiveOnly bool) []Model {
	var models []Model
	for _, season := range []Component{None, Additive, Multiplicative} {
		if season != None && period < 2 {
			continue
		}
		for _, errors := range []Component{Additive, Multiplicative} {
			if additiveOnly && (errors == Multiplicative || season == Multiplicative) {
				continue
			}
			for _, m := range []Model{{Error: errors}, {Error: errors, Trend: Additive}, {Error: errors, Trend: Additive, Damped: true}} {
				if m.Season = season; season != None {
					m.Period = period
				}
				if m.Stable() {
					models = append(models, m)
				}
			}
		}
	}
	return models
}

// Select fits the candidates and chooses the one with the smallest corrected
// Akaike criterion (Hurvich and Tsai, 1989), the one with fewer parameters if
// equal. Models that the series does not allow are excluded: multiplicative
// ones where a value is not positive, and those with too many states for its
// length. The likelihoods are those of [Estimate].
//
// The error is an [*InputError] when no candidate is left or the series itself
// cannot be used, or the context's.
func Select(ctx context.Context, values []float64, mask []bool, o Options) (Selection, error) {
	if err := checkValues(values, mask); err != nil {
		return Selection{}, err
	}
	models := o.Models
	if len(models) == 0 {
		models = Family(o.Period, o.AdditiveOnly)
	}
	var s series
	s.set(values, mask)
	var b problem
	var out Selection
	best := -1
	var last error
	for _, m := range models {
		c := Candidate{Model: m}
		err := m.Check()
		if err == nil {
			err = checkFit(values, mask, m)
		}
		var f Fit
		if err == nil {
			f, err = b.fit(ctx, s, m, nil)
			if ctx.Err() != nil {
				return Selection{}, ctx.Err()
			}
		}
		if err != nil {
			c.Reason = err.Error()
			last = err
			out.Candidates = append(out.Candidates, c)
			continue
		}
		c.Outcome, c.AICc = Beaten, f.AICc
		if best < 0 || f.AICc < out.AICc || f.AICc == out.AICc && m.Estimated() < out.Model.Estimated() {
			out.Fit = f
			best = len(out.Candidates)
		}
		out.Candidates = append(out.Candidates, c)
	}
	if best < 0 {
		return Selection{}, &InputError{What: "series", Reason: fmt.Sprintf("allows none of %d models, the last because: %v", len(models), last), Remedy: "pass a longer history or other candidates"}
	}
	for i := range out.Candidates {
		c := &out.Candidates[i]
		if i == best {
			c.Outcome = Chosen
		} else if c.Outcome != Excluded {
			c.Reason = fmt.Sprintf("AICc %.6g, %.3g above that of %s", c.AICc, c.AICc-out.AICc, out.Model)
		}
	}
	return out, nil
}
