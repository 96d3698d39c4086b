package canary

import (
	"fmt"
	"log/slog"
	"math"
)

// RateResult is what RateEvidence says.
type RateResult struct {
	Test     RateTest `json:"test"`
	Canary   Arm      `json:"canary"`   // since the start
	Baseline Arm      `json:"baseline"` // since the start
	Looks    int64    `json:"looks"`
	// Ratio is the estimated rate ratio canary/baseline, looks with different
	// shares of traffic combined as Mantel and Haenszel (1959) did; 1 where there
	// are no bad events, and math.MaxFloat64 where the baseline has none.
	Ratio float64 `json:"ratio"`
	// Low and High enclose the true rate ratio at all looks together with
	// probability Level = 1 − FalseAlarm: a confidence sequence. An open end is 0
	// or math.MaxFloat64.
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"`
	// LogE is ln E against RR ≤ 1 + Margin now, as in the formula of RateTest;
	// LogRaised is that of the process that the alarm follows, at most
	// −ln FalseAlarm, or LogE where the test is plain.
	LogE      float64 `json:"log_e"`
	LogRaised float64 `json:"log_raised"`
	// PValue is 1/E at its largest, at most 1: valid at any moment.
	PValue float64 `json:"p_value"`
	// Harm tells that the canary is worse by more than Margin. It stays.
	Harm bool `json:"harm"`
	// LogESafe and PValueSafe are the same against RR ≥ 1 + Tolerance.
	LogESafe   float64 `json:"log_e_safe"`
	PValueSafe float64 `json:"p_value_safe"`
	// Safe tells that harm of Tolerance and more is excluded. It stays.
	Safe bool `json:"safe"`
}

// Result is the state of the evidence. Some microseconds, no allocation.
func (e RateEvidence) Result() RateResult {
	r := RateResult{Test: e.test, Canary: e.canary, Baseline: e.baseline, Looks: e.looks, Ratio: 1, High: math.MaxFloat64,
		Level: 1 - e.test.FalseAlarm, PValue: math.Exp(-e.peak), PValueSafe: math.Exp(-e.peakSafe), Harm: e.harmful, Safe: e.harmless}
	if e.above+e.below == 0 {
		return r
	}
	r.Ratio = math.MaxFloat64
	if e.below > 0 {
		r.Ratio = bounded(e.above / e.below)
	}
	r.LogE, r.LogESafe = bounded(e.logHarm()), bounded(e.logSafe())
	r.LogRaised = e.logRaised()
	r.Low, r.High = e.interval()
	return r
}

// logRaised is ln of the process that the alarm follows: where it is raised, at most
// −ln FalseAlarm, where it stays.
func (e *RateEvidence) logRaised() float64 {
	limit := -math.Log(e.test.FalseAlarm)
	switch {
	case e.bet == undecided:
		return 0
	case e.test.Plain && e.harmful:
		return bounded(max(limit, e.logHarm()))
	case e.test.Plain:
		return bounded(e.logHarm())
	case e.harmful:
		return limit
	}
	return min(limit, bounded(e.logHarm()+e.boost))
}

// interval is the confidence sequence for the rate ratio: the ratios r whose
// likelihood is at least FalseAlarm times that of the mixture over the whole grid,
// which is an e-process against each r. The log-likelihood is concave in ln r. Its
// values and slopes at the nodes give it between them by Hermite's cubic, whose
// error of at most h⁴/384·N/8 for N bad events and nodes h apart is allowed for,
// and a bound beyond the outermost nodes.
func (e *RateEvidence) interval() (low, high float64) {
	top, best := math.Inf(-1), 0
	for j, l := range e.logL {
		if l > top {
			top, best = l, j
		}
	}
	sum := 0.2 * math.Exp(e.logL[sides]-top)
	for j, w := range &gridWeight[e.bet] {
		sum += 0.4 * w * (math.Exp(e.logL[sides+1+j]-top) + math.Exp(e.logL[sides-1-j]-top))
	}
	limit := top + math.Log(sum) + math.Log(e.test.FalseAlarm)
	center := math.Log1p(e.test.Margin)
	low, high = 0, math.MaxFloat64
	if u, ok := e.reach(best, -1, limit); ok {
		low = math.Exp(u + center)
	}
	if u, ok := e.reach(best, 1, limit); ok {
		high = bounded(math.Exp(u + center))
	}
	return low, high
}

// reach is the u = ln ρ left (step −1) or right (step 1) of node i at which the
// log-likelihood falls to limit.
func (e *RateEvidence) reach(i, step int, limit float64) (float64, bool) {
	events := float64(e.canary.Bad + e.baseline.Bad)
	for ; i+step >= 0 && i+step < rateNodes; i += step {
		j := i + step
		h := math.Abs(gridLogs[j] - gridLogs[i])
		slack := h * h * h * h / 384 * events / 8
		if e.logL[j]+slack >= limit {
			continue
		}
		inside, outside := 0.0, 1.0
		for range 50 {
			t := (inside + outside) / 2
			if e.cubic(i, j, t)+slack >= limit {
				inside = t
			} else {
				outside = t
			}
		}
		return gridLogs[i] + outside*(gridLogs[j]-gridLogs[i]), true
	}
	s := e.slope[i] * float64(step)
	if s >= 0 {
		return 0, false
	}
	u := (e.logL[i] - limit) / -s
	return gridLogs[i] + float64(step)*max(0, u), true
}

// cubic is Hermite's interpolation of the log-likelihood at t of the way from
// node i to node j.
func (e *RateEvidence) cubic(i, j int, t float64) float64 {
	h := gridLogs[j] - gridLogs[i]
	s := 1 - t
	return s*s*(1+2*t)*e.logL[i] + t*t*(1+2*s)*e.logL[j] + h*t*s*(s*e.slope[i]-t*e.slope[j])
}

// String is the result in one line.
func (r RateResult) String() string {
	return fmt.Sprintf("canary %v, baseline %v: rate ratio %s [%s, %s] at %.4g %%, p = %.3g", r.Canary, r.Baseline, end(r.Ratio), end(r.Low), end(r.High), 100*r.Level, r.PValue)
}

// LogValue is the result in a few attributes, for structured logs.
func (r RateResult) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("canary", r.Canary.String()), slog.String("baseline", r.Baseline.String()), slog.Float64("ratio", r.Ratio),
		slog.Float64("low", r.Low), slog.Float64("high", r.High), slog.Float64("p_value", r.PValue), slog.Bool("harm", r.Harm), slog.Bool("safe", r.Safe))
}

// Harm tells whether the canary is worse by more than Margin. It stays.
func (e RateEvidence) Harm() bool { return e.harmful }

// RaisedE is the process that the alarm follows: E raised as RateTest describes, at
// most 1/FalseAlarm, where it stays, or E itself where the test is plain; at most
// math.MaxFloat64. A weighted mean of such values of several tests
// is evidence against there being no harm in any of them.
func (e RateEvidence) RaisedE() float64 { return bounded(math.Exp(e.logRaised())) }
