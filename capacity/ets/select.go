package ets

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/srekit/ownership/internal/prose"
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
// length. All others are climbed some way. In order of where that led, each is
// then compared with the best so far, and stopped when it is behind by more than
// 20 and 5 % of the number of observations, which further climbing has rarely
// been seen to make up; the others are fitted as [Estimate] fits, and from the
// ends of their relatives as well.
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
	b := problem{ctx: ctx}
	b.set(values, mask)
	out := Selection{Candidates: make([]Candidate, len(models))}
	var runners []runner
	var last error
	for i, m := range models {
		c := &out.Candidates[i]
		c.Model = m
		err := m.Check()
		if err == nil {
			err = checkFit(values, mask, m)
		}
		if err != nil {
			c.Reason, last = err.Error(), err
			continue
		}
		b.begin(m)
		if twin := twinOf(m, runners, models); twin != nil {
			b.from(*twin)
		}
		if b.warmed {
			copy(b.x, b.best)
			b.climb(glance)
		} else {
			b.first(glance)
		}
		if err := ctx.Err(); err != nil {
			return Selection{}, err
		}
		if !finite(b.value) {
			c.Reason = "it has no finite likelihood near the start of this series"
			last = &InputError{What: "model " + m.String(), Reason: "has no finite likelihood near the start of this series", Remedy: "choose additive parts"}
			continue
		}
		c.AICc = b.aicc(b.value)
		runners = append(runners, runner{i, b.value, b.done, slices.Clone(b.best), b.lead(0)})
	}
	// From the most promising to the least.
	slices.SortStableFunc(runners, func(x, y runner) int {
		return cmp.Compare(out.Candidates[x.index].AICc, out.Candidates[y.index].AICc)
	})
	chosen := -1
	var leads [Multiplicative + 1]lead
	margin := 20 + float64(0.05*float64(observed(values, mask)))
	for _, r := range runners {
		c := &out.Candidates[r.index]
		c.Outcome = Stopped
		b.begin(c.Model)
		b.value, b.done = r.value, r.done
		copy(b.best, r.best)
		if warm := leads[c.Model.Season]; warm.season != nil {
			b.from(warm)
			c.AICc = b.aicc(b.value)
		}
		behind := margin
		if c.Model.Season == None {
			behind = 20
		}
		if chosen >= 0 && c.AICc > out.AICc+behind {
			continue
		}
		b.rest()
		if !r.done && b.warmed {
			// The relative's peak need not be the one the first climb was on.
			copy(b.x, r.best)
			before := b.value
			if b.climb(look); b.value < before && !b.done {
				copy(b.x, b.best)
				b.climb(enough)
			}
		}
		f, err := b.finish()
		if ctx.Err() != nil {
			return Selection{}, ctx.Err()
		}
		if err != nil {
			c.Outcome, c.AICc, c.Reason, last = Excluded, 0, err.Error(), err
			continue
		}
		c.Outcome, c.AICc = Beaten, f.AICc
		if l := &leads[c.Model.Season]; l.season == nil || f.AICc < l.aicc {
			*l = b.lead(f.AICc)
		}
		if chosen < 0 || f.AICc < out.AICc || f.AICc == out.AICc && f.Model.Estimated() < out.Model.Estimated() {
			out.Fit = f
			chosen = r.index
		}
	}
	if chosen < 0 {
		return Selection{}, &InputError{What: "series", Reason: fmt.Sprintf("allows none of %d models, the last because: %v", len(models), last), Remedy: "pass a longer history or other candidates"}
	}
	for i := range out.Candidates {
		c := &out.Candidates[i]
		switch {
		case i == chosen:
			c.Outcome = Chosen
		case c.Outcome == Stopped:
			c.Reason = fmt.Sprintf("AICc %s when stopped, %s above that of %s", prose.Figure(c.AICc, 6), prose.Figure(c.AICc-out.AICc, 3), out.Model)
		case c.Outcome == Beaten:
			c.Reason = fmt.Sprintf("AICc %s, %s above that of %s", prose.Figure(c.AICc, 6), prose.Figure(c.AICc-out.AICc, 3), out.Model)
		}
	}
	return out, nil
}

// glance is how many evaluations every candidate gets before the field is cut.

const glance = 40

// runner is a candidate after its first climb.
type runner struct {
	index int
	value float64
	done  bool
	best  []float64
	end   lead
}

// twinOf finds where the model without season that differs in the kind of
// error alone ended: the errors have the same recursion and near peaks.
func twinOf(m Model, runners []runner, models []Model) *lead {
	if m.Season != None || m.Error != Multiplicative {
		return nil
	}
	m.Error = Additive
	for i := range runners {
		if models[runners[i].index] == m {
			return &runners[i].end
		}
	}
	return nil
}

// lead is where the best fit so far of one kind of season ended. Its
// parameters and states are a start for its relatives, with another error or
// trend, which often begin where it ended.
type lead struct {
	point
	season []float64
	aicc   float64
}

// lead remembers the best point; the season is not nil even when it is empty.
func (b *problem) lead(aicc float64) lead {
	at := b.read(b.best)
	return lead{at, append(make([]float64, 0, b.m+1), b.s[:b.m]...), aicc}
}

// from takes the end of a relative for the best point so far, if it is better.
func (b *problem) from(l lead) {
	at := l.point
	if b.model.Damped && at.p.Phi == 1 {
		at.p.Phi = maxPhi
	}
	at.p = at.p.of(b.model)
	b.write(b.x, at, l.season)
	b.evaluations++
	at = b.read(b.x)
	if v := b.forward(at.p, at.level, at.trend); v < b.value {
		b.value, b.done, b.warmed = v, false, true
		copy(b.best, b.x)
	}
}
