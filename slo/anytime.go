package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// AnytimeTest tells whether a service's true error ratio is above Bound, from
// counts that a caller may look at whenever and as often as it likes: the
// probability that a service at or below Bound ever raises the alarm, over
// all looks for all time, is at most FalseAlarm. A repeated test of fixed size
// (and every "at least N failures" rule) has no such bound.
//
// The evidence is the mixture martingale of Robbins (1970, Annals of
// Mathematical Statistics 41, section 3) with a uniform prior on the error
// ratios above the bound p₀,
//
//	E = ∫_p₀¹ pᵏ(1-p)ⁿ⁻ᵏ dp / ((1-p₀) p₀ᵏ (1-p₀)ⁿ⁻ᵏ)
//	  = B(k+1, n-k+1) (1 - I_p₀(k+1, n-k+1)) / ((1-p₀) p₀ᵏ (1-p₀)ⁿ⁻ᵏ)
//
// for k bad events of n, and by Ville's inequality P(E ever ≥ 1/α) ≤ α.
//
// The state is the two counts, so states of shards merge with Counts.Add. They
// must be counts since a start that was fixed beforehand (a deploy, a Monday),
// not a sliding window; and an alarm stays raised, though E may fall again. The
// bound supposes that each event fails with a probability at most p₀ whatever
// came before it; errors that come in bursts at a service within its budget
// break it.
//
// Values of the test are safe for concurrent use.
type AnytimeTest struct {
	Bound      Ratio   `json:"bound"`       // in (0,1); the budget, or a multiple of it
	FalseAlarm float64 `json:"false_alarm"` // in (0,1); 0.01 is one service in a hundred, ever
}

// Evidence is what counts say against a service.
type Evidence struct {
	Counts     Counts  `json:"counts"`
	Bound      Ratio   `json:"bound"`
	FalseAlarm float64 `json:"false_alarm"`
	LogE       float64 `json:"log_e"`   // ln E; merging is by counts, not by adding these
	E          float64 `json:"e"`       // at most the largest float64
	P          float64 `json:"p_value"` // min(1, 1/E): valid at any moment
	Alarm      bool    `json:"alarm"`   // E ≥ 1/FalseAlarm
	NoData     bool    `json:"no_data"` // no traffic: E is 1, which says nothing
}

// Validate tells everything that is wrong with t.
func (t AnytimeTest) Validate() error {
	err := validThreshold(t.Bound)
	if e := validLevel(t.FalseAlarm); e != nil {
		err = errors.Join(err, fmt.Errorf("false alarm: %w", e))
	}
	return err
}

// Evidence weighs the counts. Fractional counts are rounded. Errors wrap
// ErrRatio, ErrLevel and ErrCounts. Constant time, no allocation.
func (t AnytimeTest) Evidence(c Counts) (Evidence, error) {
	bad, total, err := c.whole()
	if err = errors.Join(t.Validate(), err); err != nil {
		return Evidence{}, err
	}
	e := Evidence{Counts: c, Bound: t.Bound, FalseAlarm: t.FalseAlarm, NoData: total == 0}
	e.LogE = logE(bad, total, t.Bound.Float64())
	e.E = finite(math.Exp(e.LogE))
	e.P = math.Exp(-max(0, e.LogE))
	e.Alarm = e.LogE >= -math.Log(t.FalseAlarm)
	return e, nil
}

// logE is ln E of the uniform mixture, through B(k+1, n-k+1) = 1/((n+1)·C(n,k)),
// so that the binomial mass carries what would cancel.
func logE(bad, total uint64, bound float64) float64 {
	if total == 0 {
		return 0
	}
	_, upper := stat.LogBetaCDF(float64(bad)+1, float64(total-bad)+1, bound)
	return upper - stat.LogBinomialPMF(bad, total, bound) - math.Log(float64(total)+1) - math.Log1p(-bound)
}

// LogValue is the evidence in a few attributes, for structured logs.
func (e Evidence) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("bound", e.Bound.String()),
		slog.Float64("bad", e.Counts.Bad),
		slog.Float64("total", e.Counts.Total),
		slog.Float64("e", e.E),
		slog.Float64("p_value", e.P),
		slog.Bool("alarm", e.Alarm))
}

type evidenceJSON Evidence

// MarshalJSON writes the evidence as null where there are no data.
func (e Evidence) MarshalJSON() ([]byte, error) {
	if !e.NoData {
		return json.Marshal(evidenceJSON(e))
	}
	return json.Marshal(struct {
		evidenceJSON
		LogE *float64 `json:"log_e"`
		E    *float64 `json:"e"`
		P    *float64 `json:"p_value"`
	}{evidenceJSON: evidenceJSON(e)})
}
