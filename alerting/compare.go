package alerting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/srekit/ownership/slo"
)

// Case is a policy for an objective to be compared with others: another policy,
// another target, another period.
type Case struct {
	Name      string // empty: the policy's name, or "case 2" where that has none
	Policy    Policy
	Objective slo.Objective
}

// Cases are the policies side by side for one objective.
func Cases(o slo.Objective, policies []Policy) []Case {
	cases := make([]Case, len(policies))
	for i, p := range policies {
		cases[i] = Case{Policy: p, Objective: o}
	}
	return cases
}

// Comparison is several cases on the same history, measured against the same
// incidents.
type Comparison struct {
	Start    time.Time    `json:"start"`
	End      time.Time    `json:"end"`
	Labelled bool         `json:"labelled"`
	Results  []CaseResult `json:"results"` // in the order of the cases
}

// CaseResult is what one case would have done.
type CaseResult struct {
	Name   string `json:"name"`
	Report Report `json:"report"`
	// Met tells whether the objective was met at the end: Consumed is at most 1.
	Met bool `json:"met"`
	// Best tells that no other case misses as few incidents with as few false
	// alerts and as little delay, and is better in one of the three: the case
	// lies on the Pareto front. Pages are what counts; of a policy without
	// pages, all alerts.
	Best bool `json:"best"`
}

// Compare replays all cases over the same points: policies side by side, or what
// another target or period would have meant (compliance, pages, budget). Without
// labelled incidents all are measured against those of the first case's
// objective, so that the truth does not change with the promise.
//
// Errors wrap ErrPolicy, slo.ErrObjective, ErrOptions and ErrHistory, all at once
// with the names of their cases, or are the context's.
func Compare(ctx context.Context, cases []Case, points []slo.Point, opt BacktestOptions) (Comparison, error) {
	opt = opt.orDefault()
	errs := []error{opt.validate()}
	if len(cases) == 0 {
		errs = append(errs, fmt.Errorf("%w: no cases to compare", ErrOptions))
	}
	bounds := make([]Bound, len(cases))
	for i, c := range cases {
		b, err := c.Policy.Bind(c.Objective)
		if err != nil {
			errs = append(errs, fmt.Errorf("case %d%s: %w", i+1, quoted(c.name()), err))
		}
		bounds[i] = b
	}
	if err := errors.Join(errs...); err != nil {
		return Comparison{}, err
	}
	h, err := newHistory(ctx, points)
	if err != nil {
		return Comparison{}, err
	}
	incidents := opt.truth(bounds[0], &h)
	out := Comparison{Start: instant(h.start), End: instant(h.end()), Labelled: opt.Incidents != nil}
	for i, b := range bounds {
		r, err := replay(ctx, b, &h, incidents, opt)
		if err != nil {
			return Comparison{}, err
		}
		out.Results = append(out.Results, CaseResult{Name: cmp.Or(cases[i].name(), fmt.Sprintf("case %d", i+1)), Report: r, Met: r.Consumed <= 1})
	}
	for i := range out.Results {
		out.Results[i].Best = true
		for j := range out.Results {
			if out.Results[j].beats(out.Results[i]) {
				out.Results[i].Best = false
			}
		}
	}
	return out, nil
}

func (c Case) name() string {
	if c.Name != "" {
		return c.Name
	}
	return c.Policy.Name
}

// pages is the score of the pages, of all alerts where there are none.
func (r Report) pages() Score {
	for _, s := range r.Scores {
		if s.Severity == Page {
			return s
		}
	}
	return r.Overall
}

// beats tells whether c is as good as d in all that Best looks at, and better in one.
func (c CaseResult) beats(d CaseResult) bool {
	a, b := c.Report.pages(), d.Report.pages()
	missedA, missedB := a.Incidents-a.Detected, b.Incidents-b.Detected
	falseA, falseB := a.Alerts-a.TrueAlerts, b.Alerts-b.TrueAlerts
	if missedA > missedB || falseA > falseB {
		return false
	}
	if a.Detected > 0 && b.Detected > 0 && a.Delay.Mean > b.Delay.Mean {
		return false
	}
	return missedA < missedB || falseA < falseB || a.Detected > 0 && b.Detected > 0 && a.Delay.Mean < b.Delay.Mean
}
