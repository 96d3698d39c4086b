package capacity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// BacktestOptions says how Backtest measures.
type BacktestOptions struct {
	// Horizon is how many steps are forecast from each origin, at least 1.
	Horizon int
	// Origins is how many forecasts are made; 0 is 3.
	Origins int
	// Step is the distance of origins in steps; 0 is Horizon, so that each step
	// is forecast once. The last origin is Horizon steps before the end.
	Step int
	// Period is the season in steps of the baselines and of the scale of MASE;
	// 0 is PeriodOf the series' step.
	Period int
	// Level is that of the baselines' intervals; 0 is 0.95. The other forecasters
	// have their own.
	Level float64
	// Names name the forecasters; where there is none the model of the latest
	// forecast does.
	Names []string
}

// MethodEvidence is how one forecaster did.
type MethodEvidence struct {
	Name string `json:"name"`
	Scores
	// OWA is the mean of SMAPE and MASE, each relative to that of Naive2 over the
	// same origins; below 1 is better than Naive2. 0 where either is unknown.
	OWA float64 `json:"owa"`
	// Ahead is the scores by how many steps ahead the forecast was: element 0 is
	// the first step. Peaks are left out.
	Ahead []Scores `json:"ahead"`
	// Failed is from how many origins there was no forecast; those are in no
	// score. Failure is the first error.
	Failed  int    `json:"failed"`
	Failure string `json:"failure,omitempty"`
	// Forecasts are those that were measured, in the order of Evidence.Origins;
	// a failed one is the zero value.
	Forecasts []Forecast `json:"-"`
}

// Evidence is what Backtest measured.
type Evidence struct {
	Horizon int           `json:"horizon"`
	Period  int           `json:"period"`
	Step    time.Duration `json:"-"`
	// Origins are the starts of the forecasts, oldest first.
	Origins []time.Time `json:"origins"`
	// Methods are the seasonal naive forecast, Naive2, and then the given ones.
	Methods []MethodEvidence `json:"methods"`
	// Warnings: few-origins, where the history allowed fewer than asked for;
	// not-better-than-naive, where a forecaster's MASE is not below that of the
	// seasonal naive forecast; failed, where a forecaster had no answer;
	// under-covered, where intervals held less than their level by more than
	// chance explains for independent forecasts.
	Warnings []Warning `json:"warnings"`
	// Series is what was measured on.
	Series Series `json:"-"`
}

// Backtest measures forecasters on the past of a series: from each of several
// origins, one after another in time, it forecasts with what was known then and
// compares with what came. The seasonal naive forecast and Naive2 are always
// measured beside them. Each origin has at least two seasons of history.
//
// Errors are *Error: what Check of s reports, options out of range, a series too
// short for one origin; or that of ctx. An error of a forecaster is part of the
// evidence. The time is that of all forecasts.
func Backtest(ctx context.Context, s Series, forecasters []Forecaster, options BacktestOptions) (Evidence, error) {
	if err := s.Check(); err != nil {
		return Evidence{}, err
	}
	if options.Origins == 0 {
		options.Origins = 3
	}
	if options.Step == 0 {
		options.Step = options.Horizon
	}
	if options.Period == 0 {
		options.Period = PeriodOf(s.Step)
	}
	var p problems
	for _, o := range []struct {
		name  string
		value int
	}{{"horizon", options.Horizon}, {"origins", options.Origins}, {"step", options.Step}, {"period", options.Period}} {
		if o.value < 1 || o.value > maxHorizon {
			p.add("options."+o.name, strconv.Itoa(o.value), "not within 1 to 1048576", "write a number of steps")
		}
	}
	if _, err := levelOr(options.Level); err != nil {
		p.add("options.level", number(options.Level), "not between 0 and 1", "write 0.95 for 95 %")
	}
	if len(options.Names) > len(forecasters) {
		p.add("options.names", strconv.Itoa(len(options.Names))+" names", "there are "+strconv.Itoa(len(forecasters))+" forecasters", "give at most one name for each")
	}
	for i, f := range forecasters {
		if f == nil {
			p.add("forecasters["+strconv.Itoa(i)+"]", "nil", "not a forecaster", "leave it out")
		}
	}
	if err := p.err(); err != nil {
		return Evidence{}, err
	}
	n := s.Len()
	latest := n - options.Horizon
	possible := 0
	if room := latest - 2*options.Period; room >= 0 {
		possible = room/options.Step + 1
	}
	if possible == 0 {
		return Evidence{}, problem("values", strconv.Itoa(n)+" steps", fmt.Sprintf("fewer than two seasons of %d and a horizon of %d", options.Period, options.Horizon), "keep a longer history, or ask for a shorter horizon")
	}
	r := Evidence{Horizon: options.Horizon, Period: options.Period, Step: s.Step, Series: s}
	if possible < options.Origins {
		r.warn("few-origins", "keep a longer history", "the history has room for %d of %d origins", possible, options.Origins)
	}
	var origins []int
	for k := min(possible, options.Origins) - 1; k >= 0; k-- {
		origins = append(origins, latest-k*options.Step)
		r.Origins = append(r.Origins, s.Time(latest-k*options.Step))
	}
	all := append([]Forecaster{SeasonalNaive{options.Period, options.Level}, Naive2{options.Period, options.Level}}, forecasters...)
	r.Methods = make([]MethodEvidence, len(all))
	for i, f := range all {
		m, err := measureMethod(ctx, s, f, origins, options)
		if err != nil {
			return Evidence{}, err
		}
		if j := i - 2; j >= 0 && j < len(options.Names) && options.Names[j] != "" {
			m.Name = options.Names[j]
		} else if m.Name == "" {
			m.Name = fmt.Sprintf("forecaster %d", j+1)
		}
		r.Methods[i] = m
	}
	r.judge()
	return r, nil
}

// measureMethod runs one forecaster from all origins. Only errors of ctx end it.
func measureMethod(ctx context.Context, s Series, f Forecaster, origins []int, options BacktestOptions) (MethodEvidence, error) {
	m := MethodEvidence{Forecasts: make([]Forecast, len(origins)), Ahead: make([]Scores, options.Horizon)}
	var total tally
	ahead := make([]tally, options.Horizon)
	for k, at := range origins {
		if err := ctx.Err(); err != nil {
			return MethodEvidence{}, err
		}
		history, actual := s.Slice(0, at), s.Slice(at, at+options.Horizon)
		forecast, err := f.Forecast(ctx, history, options.Horizon)
		if err == nil {
			err = checkResult(forecast, history, options.Horizon)
		}
		if err != nil {
			if ctx.Err() != nil {
				return MethodEvidence{}, ctx.Err()
			}
			m.Failed++
			if m.Failure == "" {
				m.Failure = err.Error()
			}
			continue
		}
		m.Name = forecast.Model
		m.Forecasts[k] = forecast
		unit := scaleOf(history, options.Period)
		total.add(unit, forecast, actual)
		for h := range ahead {
			one := forecast
			one.Mean, one.Lower, one.Upper, one.Peak = forecast.Mean[h:h+1], forecast.Lower[h:h+1], forecast.Upper[h:h+1], Peak{}
			ahead[h].add(unit, one, actual.Slice(h, h+1))
		}
	}
	m.Scores = total.scores()
	for h, t := range ahead {
		m.Ahead[h] = t.scores()
	}
	return m, nil
}

// ErrForecast is what a forecaster returned if it is not a forecast of what was
// asked for.
var ErrForecast = errors.New("the forecaster broke its contract")

// checkResult holds a forecaster to its contract.
func checkResult(f Forecast, history Series, horizon int) error {
	if len(f.Mean) != horizon || len(f.Lower) != horizon || len(f.Upper) != horizon {
		return fmt.Errorf("%w: %d, %d and %d values for %d steps", ErrForecast, len(f.Mean), len(f.Lower), len(f.Upper), horizon)
	}
	if !f.Start.Equal(history.End()) || f.Step != history.Step {
		return fmt.Errorf("%w: it begins at %v with steps of %v, the history ends at %v with steps of %v", ErrForecast, f.Start, f.Step, history.End(), history.Step)
	}
	if !(f.Level > 0 && f.Level < 1) {
		return fmt.Errorf("%w: a level of %v", ErrForecast, f.Level)
	}
	for i := range f.Mean {
		for _, v := range []float64{f.Mean[i], f.Lower[i], f.Upper[i]} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("%w: %v at step %d", ErrForecast, v, i)
			}
		}
		if f.Lower[i] > f.Upper[i] {
			return fmt.Errorf("%w: lower %v above upper %v at step %d", ErrForecast, f.Lower[i], f.Upper[i], i)
		}
	}
	return nil
}

// judge fills in what compares methods.
func (r *Evidence) judge() {
	naive, unit := r.Methods[0], r.Methods[1]
	for i := range r.Methods {
		m := &r.Methods[i]
		if m.Steps > 0 && m.Scaled > 0 && unit.SMAPE > 0 && unit.MASE > 0 {
			m.OWA = (m.SMAPE/unit.SMAPE + m.MASE/unit.MASE) / 2
		}
		if m.Failed > 0 {
			r.warn("failed", "see its error", "%s made no forecast from %d of %d origins", m.Name, m.Failed, len(r.Origins))
		}
		if i < 2 || m.Steps == 0 {
			continue
		}
		if m.Scaled > 0 && m.MASE >= naive.MASE {
			r.warn("not-better-than-naive", "use the seasonal naive forecast, or look at what changed", "%s has a MASE of %.3f, the seasonal naive forecast %.3f", m.Name, m.MASE, naive.MASE)
		}
		level := 0.0
		for _, f := range m.Forecasts {
			level = max(level, f.Level)
		}
		if !m.pointOnly() && m.Coverage < level-3*math.Sqrt(level*(1-level)/float64(m.Steps)) {
			r.warn("under-covered", "widen the intervals", "intervals of %s at %s held %s of %d values", m.Name, percent(level), percent(m.Coverage), m.Steps)
		}
	}
}

// pointOnly tells that the forecasts say themselves that they have no intervals.
func (m MethodEvidence) pointOnly() bool {
	for _, f := range m.Forecasts {
		if f.Len() > 0 && !slices.ContainsFunc(f.Warnings, func(w Warning) bool { return w.Code == "no-interval" }) {
			return false
		}
	}
	return true
}

func (r *Evidence) warn(code, remedy, text string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{code, fmt.Sprintf(text, args...), remedy})
}
