package capacity

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// DefaultLevel is the level of intervals where none is asked for.
const DefaultLevel = 0.95

// maxHorizon bounds the steps of one forecast.
const maxHorizon = 1 << 20

// Forecaster forecasts the steps that follow a series.
//
// Forecast returns horizon steps that begin at s.End(). It does not change s,
// may be called from several goroutines at once, gives the same forecast for the
// same series, returns finite numbers only, with Lower ≤ Upper, and stops soon
// after ctx is done, with its error. Errors about the input are *Error, as of
// CheckForecast.
type Forecaster interface {
	Forecast(ctx context.Context, s Series, horizon int) (Forecast, error)
}

// ForecasterFunc is a function as a Forecaster.
type ForecasterFunc func(ctx context.Context, s Series, horizon int) (Forecast, error)

// Forecast calls f.
func (f ForecasterFunc) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	return f(ctx, s, horizon)
}

// CheckForecast reports what is wrong with the arguments of a forecast: what
// Check of s reports, no observed value at all, a horizon outside 1 to 2²⁰, and one
// that ends more than 292 years after the start of s. Forecasters call it first.
func CheckForecast(s Series, horizon int) error {
	if err := s.Check(); err != nil {
		return err
	}
	if s.Observed() == 0 {
		return problem("values", strconv.Itoa(len(s.Values))+" steps", "nothing was observed", "give at least one value, better two seasons")
	}
	if horizon < 1 || horizon > maxHorizon {
		return problem("horizon", strconv.Itoa(horizon), "not within 1 to 1048576 steps", "ask for fewer steps, or forecast a coarser series")
	}
	if tooLong(s.Step, len(s.Values)+horizon) {
		return problem("horizon", strconv.Itoa(horizon), fmt.Sprintf("%d steps of %v after %d are longer than 292 years", horizon, s.Step, len(s.Values)), "ask for fewer steps")
	}
	return nil
}

// tooLong tells whether so many steps are longer than a time.Duration can be.
func tooLong(step time.Duration, steps int) bool {
	return int64(steps) > math.MaxInt64/int64(step)
}

// levelOr is level, or the default for 0.
func levelOr(level float64) (float64, error) {
	if level == 0 {
		return DefaultLevel, nil
	}
	if !(level > 0 && level < 1) {
		return 0, problem("level", number(level), "not between 0 and 1", "write 0.95 for 95 %")
	}
	return level, nil
}

// Forecast is what is expected of the steps that follow a series.
type Forecast struct {
	Model string // what made it: "seasonal naive (24)", "ETS(A,Ad,A)[24]"
	Start time.Time
	Step  time.Duration
	// Level is the nominal probability with which a value lies between its
	// Lower and Upper, half of the rest on each side, in (0, 1).
	Level float64
	// Coverage is the share of past observations that intervals made in the same
	// way held, to compare with Level; 0 where it was not measured.
	Coverage float64
	// Mean, Lower and Upper hold a value for each step. Mean is the point
	// forecast; the model decides whether it is a mean or a median.
	Mean, Lower, Upper []float64
	// Peak is about the largest value of all steps together. Its Upper is mostly
	// above that of each step, as a maximum has more than one chance; read from
	// paths, of which there are few, it may be a little below the largest.
	Peak Peak
	// Paths are possible futures, each with a value for every step, equally
	// likely; nil where the model has none. What depends on several steps at once
	// (a maximum, a sum, a first crossing) is read from them.
	Paths    [][]float64
	Warnings []Warning
}

// Peak is about the maximum over the horizon.
type Peak struct {
	// Level is the nominal probability with which the maximum stays at or below
	// Upper: (1 + Forecast.Level)/2. 0 means that nothing is said on the peak.
	Level  float64 `json:"level"`
	Median float64 `json:"median"`
	Upper  float64 `json:"upper"`
}

// Warning is a weakness of an answer that is valid all the same.
type Warning struct {
	Code   string `json:"code"` // stable, such as short-history
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// String is code: text; remedy.
func (w Warning) String() string { return w.Code + ": " + w.Text + "; " + w.Remedy }

// Len is the number of steps.
func (f Forecast) Len() int { return len(f.Mean) }

// Time is the start of step i.
func (f Forecast) Time(i int) time.Time { return f.Start.Add(time.Duration(i) * f.Step) }

// newForecast is an empty forecast of horizon steps after s.
func newForecast(model string, s Series, horizon int, level float64) Forecast {
	all := make([]float64, 3*horizon)
	return Forecast{
		Model: model, Start: s.End(), Step: s.Step, Level: level,
		Mean: all[:horizon:horizon], Lower: all[horizon : 2*horizon : 2*horizon], Upper: all[2*horizon:],
	}
}

func (f *Forecast) warn(code, remedy, text string, args ...any) {
	f.Warnings = append(f.Warnings, Warning{code, fmt.Sprintf(text, args...), remedy})
}

type forecastJSON struct {
	Model    string       `json:"model"`
	Start    time.Time    `json:"start"`
	Step     wire.Seconds `json:"step_seconds"`
	Level    float64      `json:"level"`
	Coverage float64      `json:"coverage,omitempty"`
	Mean     []float64    `json:"mean"`
	Lower    []float64    `json:"lower"`
	Upper    []float64    `json:"upper"`
	Peak     *Peak        `json:"peak"`
	Warnings []Warning    `json:"warnings"`
}

// MarshalJSON writes {"model","start","step_seconds","level","coverage","mean",
// "lower","upper","peak","warnings"}; coverage is left out where it was not
// measured, peak is null where nothing is said on it. Paths are left out.
func (f Forecast) MarshalJSON() ([]byte, error) {
	j := forecastJSON{f.Model, f.Start, wire.Seconds(f.Step), f.Level, f.Coverage, f.Mean, f.Lower, f.Upper, &f.Peak, f.Warnings}
	if f.Peak.Level == 0 {
		j.Peak = nil
	}
	if j.Warnings == nil {
		j.Warnings = []Warning{}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Forecast) UnmarshalJSON(text []byte) error {
	var j forecastJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	if len(j.Lower) != len(j.Mean) || len(j.Upper) != len(j.Mean) {
		return problem("mean", strconv.Itoa(len(j.Mean))+" values", fmt.Sprintf("there are %d in lower and %d in upper", len(j.Lower), len(j.Upper)), "give all three for each step")
	}
	*f = Forecast{Model: j.Model, Start: j.Start, Step: time.Duration(j.Step), Level: j.Level, Coverage: j.Coverage, Mean: j.Mean, Lower: j.Lower, Upper: j.Upper}
	if j.Peak != nil {
		f.Peak = *j.Peak
	}
	if len(j.Warnings) > 0 {
		f.Warnings = j.Warnings
	}
	return nil
}
