package capacity

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/stat"
)

// MSTL splits a series into trend, several seasons and remainder by STL in turns: each season
// is estimated on what the others leave (Bandara, Hyndman and Bergmeir 2021, "MSTL: A
// Seasonal-Trend Decomposition Algorithm for Time Series with Multiple Seasonal Patterns",
// algorithm 1). As a Forecaster it forecasts the series without its seasons and puts the
// last of each back. The zero value looks for a day and a week.
type MSTL struct {
	// Periods are the steps of each season, each at least 2, in any order. Empty is a day and
	// a week, where the step divides them and the series holds two days and four weeks: fewer weeks say little about a week.
	Periods []int `json:"periods,omitempty"`
	// Windows are the SeasonalWindow of each STL, in order of rising period; the missing ones
	// are 11, 15, 19, … as in the paper.
	Windows []int `json:"windows,omitempty"`
	// Robust is that of each STL.
	Robust bool `json:"robust,omitempty"`
	// Base forecasts the series without its seasons; nil is an automatic choice of
	// exponential smoothing without a season.
	Base Forecaster `json:"-"`
	// Level is that of the intervals, in (0, 1), for a nil Base; 0 is 0.95.
	Level float64 `json:"level,omitempty"`
}

// Decompose splits the series. Its seasons come in order of rising period, equal periods
// once. Errors are those of STL for each period; a series for which the default finds no
// period is one. Linear cost: twice that of STL for each period.
func (o MSTL) Decompose(ctx context.Context, s Series) (Decomposition, error) {
	periods := slices.Compact(slices.Sorted(slices.Values(o.Periods)))
	if len(periods) == 0 {
		periods = naturalPeriods(s)
		if len(periods) == 0 {
			return Decomposition{}, problem("periods", "none", "the series does not hold two days of a step that divides a day", "name the periods, or forecast without a season")
		}
	}
	if err := checkDecomposable(s, periods, o.Windows...); err != nil {
		return Decomposition{}, err
	}
	n := len(s.Values)
	d := Decomposition{Observed: s, Trend: make([]float64, n), Seasons: make([]Season, len(periods))}
	turns := 2
	if len(periods) == 1 {
		turns = 1
	}
	prepared := make([]*stl, len(periods))
	for i, p := range periods {
		d.Seasons[i] = Season{p, make([]float64, n)}
		window := 11 + 4*i
		if i < len(o.Windows) {
			window = o.Windows[i]
		}
		prepared[i] = newSTL(STL{Period: p, SeasonalWindow: window, Robust: o.Robust}, n, s.Mask)
	}
	rest := slices.Clone(s.Values)
	for range turns {
		for i, w := range prepared {
			season := d.Seasons[i].Values
			for j := range rest {
				rest[j] += season[j]
			}
			if err := w.run(ctx, rest, season, d.Trend); err != nil {
				return Decomposition{}, err
			}
			for j := range rest {
				rest[j] -= season[j]
			}
		}
	}
	if o.Robust {
		last := prepared[len(prepared)-1]
		d.Weights = last.spread(last.robust)
	}
	return d.withRemainder(), nil
}

// naturalPeriods is a day and a week in steps of s, as far as s holds two days and four weeks.
func naturalPeriods(s Series) (periods []int) {
	for _, c := range []struct {
		length time.Duration
		times  int
	}{{day, 2}, {week, 4}} {
		if s.Step > 0 && c.length%s.Step == 0 {
			if p := int(c.length / s.Step); p > 1 && len(s.Values)/c.times >= p {
				periods = append(periods, p)
			}
		}
	}
	return periods
}

// String names the method and its periods.
func (o MSTL) String() string {
	if len(o.Periods) == 0 {
		return "MSTL"
	}
	texts := make([]string, len(o.Periods))
	for i, p := range o.Periods {
		texts[i] = strconv.Itoa(p)
	}
	return "MSTL(" + strings.Join(texts, ",") + ")"
}

// Forecast implements Forecaster: Base forecasts the series without its seasons, and each
// step takes its value of the last period of each season. The seasons are taken as known, so
// intervals are too narrow where they change: measure the coverage by a backtest. A nil Base
// is ETS with Period 1. Errors are those of Decompose, CheckForecast and Base, whose warnings are
// passed on.
func (o MSTL) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	d, err := o.Decompose(ctx, s)
	if err != nil {
		return Forecast{}, err
	}
	base := o.Base
	if base == nil {
		base = ETS{Period: 1, Level: o.Level}
	}
	f, err := base.Forecast(ctx, d.Adjusted(), horizon)
	if err != nil {
		return Forecast{}, err
	}
	f.Model = "MSTL + " + f.Model
	z, sd := stat.NormalQuantile((1+f.Level)/2), make([]float64, horizon)
	f.Mean, f.Lower, f.Upper = slices.Clone(f.Mean), slices.Clone(f.Lower), slices.Clone(f.Upper)
	ahead := make([]float64, horizon)
	for _, season := range d.Seasons {
		last := season.Values[len(season.Values)-season.Period:]
		for h := range ahead {
			ahead[h] += last[h%season.Period]
		}
	}
	for h, v := range ahead {
		f.Mean[h] = clampFinite(f.Mean[h] + v)
		f.Lower[h], f.Upper[h] = clampFinite(f.Lower[h]+v), clampFinite(f.Upper[h]+v)
		sd[h] = (f.Upper[h] - f.Mean[h]) / z
	}
	if len(f.Paths) == 0 {
		f.Peak = normalPeak(f.Mean, sd, (1+f.Level)/2)
		return f, nil
	}
	paths := make([][]float64, len(f.Paths))
	for i, path := range f.Paths {
		paths[i] = make([]float64, horizon)
		for h, v := range path {
			paths[i][h] = clampFinite(v + ahead[h])
		}
	}
	f.Paths, f.Peak = paths, peakOfPaths(paths, (1+f.Level)/2)
	return f, nil
}
