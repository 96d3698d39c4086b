package alerting

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/slo"
)

// AnalyserOptions says under which circumstances a policy is analysed. The zero
// value is a service without errors, whose windows are full of data, in an
// outage that does not end, with a pipeline that takes no time. Fields may be
// added.
type AnalyserOptions struct {
	// ErrorRatios are the outages of Analysis.Reactions, each in (0,1]; without
	// any, from a total outage down to a thousandth in steps of 1, 5 and 2.
	ErrorRatios []float64 `json:"error_ratios"`
	// Baseline is the error ratio before and after the outage, in [0,1).
	Baseline float64 `json:"baseline"`
	// ColdStart says that only History of data lies before the outage: a new
	// service, whose long windows are as short as its life.
	ColdStart bool          `json:"cold_start"`
	History   time.Duration `json:"history_seconds"`
	// Outage is how long the error ratio stays up; zero is for ever.
	Outage time.Duration `json:"outage_seconds"`
	Delays Delays        `json:"delays"`
	// PulseErrorRatio is the error ratio of the pulses that try to evade the
	// alerts, in (0,1]; zero means 1, total outages.
	PulseErrorRatio float64 `json:"pulse_error_ratio"`
}

// Delays are the steps between an event and the person who is told: each may
// take up to its interval. The zero value is a pipeline that takes no time.
type Delays struct {
	Scrape    time.Duration `json:"scrape_seconds"`     // interval at which counters are read
	Record    time.Duration `json:"record_seconds"`     // interval at which ratios are recorded
	Alert     time.Duration `json:"alert_seconds"`      // interval at which alerts are evaluated
	GroupWait time.Duration `json:"group_wait_seconds"` // how long a new group of alerts is held back
}

// worst is the longest delay of an alert with the given hold. A hold ends at an
// evaluation, so one that is no multiple of the interval is longer than written.
func (d Delays) worst(hold time.Duration) time.Duration {
	w := d.Scrape + d.Record + d.Alert + d.GroupWait
	if d.Alert > 0 && hold%d.Alert != 0 {
		w += d.Alert - hold%d.Alert
	}
	return w
}

// Analysis is what follows from a policy and an objective alone: what fires,
// when, at what cost, and what never does. All of it is exact for traffic that
// is even and dense; Traffic and FalseAlarms of BoundPair speak of the sparse.
type Analysis struct {
	AnalyserOptions
	Policy    string           `json:"policy"`
	Objective slo.Ratio        `json:"objective"`
	Period    time.Duration    `json:"period_seconds"`
	Pairs     []PairAnalysis   `json:"pairs"` // as in the policy, unreachable ones included
	Reactions []Reaction       `json:"reactions"`
	Silences  []Silence        `json:"silences"`     // one for each severity of the policy, pages first
	Silent    Silence          `json:"silent"`       // what no alert of any severity sees
	Zones     []FalseAlarmZone `json:"false_alarms"` // where alerts fire though the objective is met
	Findings  []Finding        `json:"findings"`
}

// PairAnalysis is a pair with what follows from its numbers alone.
type PairAnalysis struct {
	BoundPair
	// TotalOutage is the shortest outage of everything that trips the pair,
	// threshold · long window, its hold not included; zero when it is
	// unreachable.
	TotalOutage time.Duration `json:"total_outage_seconds"`
	// SingleError is the number of requests in the long window below which one
	// failed request trips the pair: 1/threshold.
	SingleError float64 `json:"single_error_requests"`
	// SingleErrorPerSecond is the same as a rate of requests.
	SingleErrorPerSecond float64 `json:"single_error_per_second"`
}

// Silence is what the alerts of a severity never see.
type Silence struct {
	Severity Severity `json:"severity"` // unset: all severities together
	// Everything is set when not even a total outage fires; the burn rates
	// below are then those of a total outage.
	Everything bool `json:"everything"`
	// BurnRate is the largest burn rate that can last for ever without an alert,
	// ErrorRatio the error ratio to it, Exhaustion the time in which it spends
	// the whole budget.
	BurnRate   float64       `json:"burn_rate"`
	ErrorRatio float64       `json:"error_ratio"`
	Exhaustion time.Duration `json:"exhaustion_seconds"`
	// Pulses is the regular train of outages that stays unseen and spends most.
	Pulses PulseTrain `json:"pulses"`
}

// FalseAlarmZone is a range of steady error ratios at which a pair fires though
// the objective is met, because its factor is below 1.
type FalseAlarmZone struct {
	Pair   string  `json:"pair"`
	Low    float64 `json:"low"`    // exclusive: the threshold as the policy writes it
	High   float64 `json:"high"`   // inclusive: the budget
	Raised bool    `json:"raised"` // Bind has raised the factor to 1, so the zone is avoided
}

// ErrOptions is what every error about options of this package wraps.
var ErrOptions = errors.New("not usable options")

var defaultErrorRatios = []float64{1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001}

// Analyse computes what the policy does. For a window L, threshold θ, baseline e0
// and error ratio e > θ the ratio over the window passes θ after L·(θ-e0)/(e-e0)
// and falls below it L·(e-θ)/(e-e0) after the outage; the long window decides
// the first, the short one the second (The Site Reliability Workbook, 2018,
// chapter 5, for e0 = 0). With little history the windows hold less, and alerts
// come sooner.
//
// Errors wrap ErrOptions, and ErrPolicy for a Bound that no Bind has made, and
// name every defect at once. The cost is a few
// microseconds without holds.
func Analyse(b Bound, opt AnalyserOptions) (Analysis, error) {
	if err := errors.Join(opt.validate(), b.check()); err != nil {
		return Analysis{}, err
	}
	if len(opt.ErrorRatios) == 0 {
		opt.ErrorRatios = slices.Clone(defaultErrorRatios)
	}
	if opt.PulseErrorRatio == 0 {
		opt.PulseErrorRatio = 1
	}
	a := Analysis{
		AnalyserOptions: opt, Policy: b.Policy, Objective: b.Objective.Target, Period: b.Period,
		Pairs: make([]PairAnalysis, 0, len(b.Pairs)), Findings: slices.Clone(b.Findings),
	}
	budget := a.Objective.Complement().Float64()
	var severities []Severity
	for _, p := range b.Pairs {
		pa := PairAnalysis{BoundPair: p, SingleError: 1 / p.Threshold, SingleErrorPerSecond: 1 / (p.Threshold * p.Long.Seconds())}
		if p.Reachable {
			pa.TotalOutage = seconds(p.Threshold * p.Long.Seconds())
		}
		a.Pairs = append(a.Pairs, pa)
		if !slices.Contains(severities, p.Severity) {
			severities = append(severities, p.Severity)
		}
		a.judge(p, budget)
	}
	slices.SortFunc(severities, func(x, y Severity) int { return int(y - x) })
	a.Reactions = make([]Reaction, 0, len(opt.ErrorRatios)*len(severities))
	names := a.names()
	for _, e := range opt.ErrorRatios {
		for _, s := range severities {
			a.Reactions = append(a.Reactions, a.react(s, e, names))
		}
	}
	for _, s := range severities {
		a.Silences = append(a.Silences, a.silence(s))
	}
	a.Silent = a.silence(0)
	return a, nil
}

// Reaction is the reaction of a severity to an error ratio that Reactions does
// not list, under the same circumstances. An error ratio outside [0,1] does not
// fire.
func (a Analysis) Reaction(severity Severity, errorRatio float64) Reaction {
	if !(errorRatio >= 0 && errorRatio <= 1) {
		return Reaction{Severity: severity}
	}
	return a.react(severity, errorRatio, a.names())
}

func (a Analysis) names() []string {
	names := make([]string, len(a.Pairs))
	for i, p := range a.Pairs {
		names[i] = p.name()
	}
	return names
}

// step is the outage that the options describe.
func (a Analysis) step(ratio float64) step {
	s := step{ratio: ratio, baseline: a.Baseline, history: math.Inf(1), outage: math.Inf(1)}
	if a.ColdStart {
		s.history = a.History.Seconds()
	}
	if a.Outage > 0 {
		s.outage = a.Outage.Seconds()
	}
	return s
}

// judge adds the findings and the false-alarm zone of one pair.
func (a *Analysis) judge(p BoundPair, budget float64) {
	if p.Raised || p.Factor < 1 {
		low := math.Min(float(p.Pair.factor(a.Period))*budget, p.Threshold)
		a.Zones = append(a.Zones, FalseAlarmZone{Pair: p.name(), Low: low, High: budget, Raised: p.Raised})
	}
	find := func(code, level, reason, remedy string) {
		a.Findings = append(a.Findings, Finding{Code: code, Level: level, Text: p.name(), Reason: reason, Remedy: remedy})
	}
	if !p.Reachable {
		return
	}
	if a.Baseline > p.Threshold {
		find("baseline-fires", "error",
			fmt.Sprintf("the error ratio without an outage, %v, is above the threshold %s: the alert never ends", a.Baseline, p.ThresholdText),
			"raise the threshold or loosen the target")
	}
	if spent := p.For.Seconds() / a.Objective.Complement().Of(a.Period.Seconds()); spent >= 0.1 {
		level := "warning"
		if spent >= 1 {
			level = "error"
		}
		share := strconv.FormatFloat(100*spent, 'g', 3, 64)
		if spent > 9.99 { // no exponents
			share = strconv.FormatFloat(100*spent, 'f', 0, 64)
		}
		find("hold-spends-budget", level,
			fmt.Sprintf("a total outage spends %s %% of the budget in the hold of %s alone", share, text(p.For)),
			"leave the hold out; the short window keeps brief errors from alerting")
	}
}

// silence finds what the pairs of a severity do not see, of all pairs where
// severity is unset.
func (a Analysis) silence(severity Severity) Silence {
	budget, period := a.Objective.Complement().Float64(), a.Period.Seconds()
	s := Silence{Severity: severity, Everything: true, ErrorRatio: 1, BurnRate: 1 / budget}
	var pairs []BoundPair
	for _, p := range a.Pairs {
		if !p.Reachable || severity != 0 && p.Severity != severity {
			continue
		}
		pairs = append(pairs, p.BoundPair)
		if s.Everything || p.Factor < s.BurnRate {
			s.ErrorRatio, s.BurnRate = p.Threshold, p.Factor
		}
		s.Everything = false
	}
	s.Exhaustion = seconds(period / s.BurnRate)
	s.Pulses = worstPulses(pairs, a.PulseErrorRatio, a.Baseline)
	s.Pulses.price(budget, period)
	return s
}

func (o AnalyserOptions) validate() error {
	var errs []error
	add := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrOptions}, args...)...))
	}
	for _, e := range o.ErrorRatios {
		if !(e > 0 && e <= 1) {
			add("error ratio %v; it must be above 0 and at most 1", e)
		}
	}
	if !(o.Baseline >= 0 && o.Baseline < 1) {
		add("baseline %v; it must be at least 0 and below 1", o.Baseline)
	}
	for _, e := range o.ErrorRatios {
		if o.Baseline < 1 && e > 0 && e <= o.Baseline {
			add("error ratio %v is not above the baseline %v", e, o.Baseline)
		}
	}
	if !(o.PulseErrorRatio >= 0 && o.PulseErrorRatio <= 1) {
		add("error ratio %v of pulses; it must be above 0 and at most 1, or 0 for the default of 1", o.PulseErrorRatio)
	}
	for _, d := range []struct {
		name string
		d    time.Duration
	}{
		{"history", o.History}, {"outage", o.Outage}, {"scrape interval", o.Delays.Scrape}, {"recording interval", o.Delays.Record},
		{"alert interval", o.Delays.Alert}, {"group wait", o.Delays.GroupWait},
	} {
		if d.d < 0 {
			add("%s %v is negative", d.name, d.d)
		}
		if d.d > maxWindow {
			add("%s %s is longer than 10 years", d.name, text(d.d))
		}
	}
	if o.History > 0 && !o.ColdStart {
		add("history %v without a cold start; set ColdStart too", o.History)
	}
	return errors.Join(errs...)
}

// MarshalJSON writes durations in seconds.
func (o AnalyserOptions) MarshalJSON() ([]byte, error) { return marshalStruct(o) }

// UnmarshalJSON reads what MarshalJSON writes.
func (o *AnalyserOptions) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, o) }

// MarshalJSON writes durations in seconds.
func (d Delays) MarshalJSON() ([]byte, error) { return marshalStruct(d) }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Delays) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, d) }

// MarshalJSON writes the options beside the results, durations in seconds.
func (a Analysis) MarshalJSON() ([]byte, error) { return marshalStruct(a) }

// UnmarshalJSON reads what MarshalJSON writes.
func (a *Analysis) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, a) }

type pairAnalysisJSON struct {
	PairAnalysis
	Written float64 `json:"written_factor,omitzero"`
}

// MarshalJSON writes what BoundPair does beside the pair's own results.
func (p PairAnalysis) MarshalJSON() ([]byte, error) {
	return marshalStruct(pairAnalysisJSON{p, p.Pair.Factor})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PairAnalysis) UnmarshalJSON(data []byte) error {
	j := pairAnalysisJSON{PairAnalysis: *p}
	err := unmarshalStruct(data, &j)
	*p = j.PairAnalysis
	p.Pair.Factor = j.Written
	return err
}

// MarshalJSON writes durations in seconds.
func (s Silence) MarshalJSON() ([]byte, error) { return marshalStruct(s) }

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Silence) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, s) }
