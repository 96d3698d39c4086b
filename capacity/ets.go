package capacity

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/srekit/ownership/capacity/ets"
)

// ETS forecasts by exponential smoothing: Holt-Winters and its family, fitted by
// maximum likelihood and chosen by the corrected Akaike criterion, as package ets
// describes. Gaps are steps from which nothing is learned.
//
// Whether there is a season is not left to the criterion: it charges each initial
// seasonal state as a parameter and so gives up seasons that are plainly there.
// Seasonal models alone are tried where the test of Naive2 finds a season, and
// models without one alone elsewhere.
//
// Paths run the model with errors drawn from those that it made in the history;
// the peak is read from them.
type ETS struct {
	// Period is the season in steps; 1 has none, and 0 is that of PeriodOf.
	Period int
	// Level is that of the intervals, in (0, 1); 0 is 0.95.
	Level float64
	// Multiplicative also tries multiplicative errors and seasons where all values
	// are positive. Their likelihood is often better and their forecasts worse:
	// on M4's hourly series MASE grows by three quarters.
	Multiplicative bool
	// Paths is how many futures are drawn; 0 is 500, and fewer for horizons of
	// more than 30,000 steps. Negative draws none: the peak then takes the steps as
	// independent and normal.
	Paths int
	// Seed chooses among draws; the same seed draws the same paths.
	Seed uint64
	// Models, where not empty, are the only ones tried, without a test for a
	// season.
	Models []ets.Model
}

// Forecast implements Forecaster. Models that the history is too short for are
// not tried. Warnings: fallback, where no model could be fitted and the seasonal
// naive forecast stands in; and those of package ets.
func (e ETS) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	level, err := levelOr(e.Level)
	if err != nil {
		return Forecast{}, err
	}
	if e.Period < 0 {
		return Forecast{}, problem("period", strconv.Itoa(e.Period), "a season has at least 1 step", "write 24 for a day of hours, or 0")
	}
	period := e.Period
	if period == 0 {
		period = PeriodOf(s.Step)
	}
	forecast, fit, err := e.fit(ctx, s, period, horizon, level)
	var refused *ets.InputError
	if errors.As(err, &refused) {
		f, naiveErr := SeasonalNaive{Period: period, Level: level}.Forecast(ctx, s, horizon)
		if naiveErr != nil {
			return Forecast{}, naiveErr
		}
		f.warn("fallback", refused.Remedy, "no exponential smoothing model fits (%s %s); this is the seasonal naive forecast", refused.What, refused.Reason)
		return f, nil
	}
	if err != nil {
		return Forecast{}, err
	}
	f := newForecast("ETS "+fit.Model.String(), s, horizon, level)
	sd := make([]float64, horizon)
	for h := range horizon {
		f.Mean[h] = clampFinite(forecast.Mean[h])
		f.Lower[h], f.Upper[h] = clampFinite(forecast.Lower[h]), clampFinite(forecast.Upper[h])
		sd[h] = math.Sqrt(max(0, forecast.Variance[h]))
	}
	if f.Paths = e.paths(s, fit, horizon); f.Paths != nil {
		f.Peak = peakOfPaths(f.Paths, (1+level)/2)
	} else {
		f.Peak = normalPeak(f.Mean, sd, (1+level)/2)
	}
	for _, w := range forecast.Warnings {
		f.Warnings = append(f.Warnings, Warning(w))
	}
	return f, nil
}

// fit chooses among the candidates and forecasts.
func (e ETS) fit(ctx context.Context, s Series, period, horizon int, level float64) (ets.Forecast, ets.Fit, error) {
	options := ets.Options{Models: e.Models}
	if len(e.Models) == 0 {
		season := period > 1 && seasonal(interpolated(s), period)
		for _, m := range ets.Family(period, !e.Multiplicative) {
			if (m.Season != ets.None) == season {
				options.Models = append(options.Models, m)
			}
		}
	}
	selection, err := ets.Select(ctx, s.Values, s.Mask, options)
	if err != nil {
		return ets.Forecast{}, ets.Fit{}, err
	}
	f, err := selection.Forecast(horizon, level)
	return f, selection.Fit, err
}

// paths are futures of a fit, nil where none are wanted or can be drawn.
func (e ETS) paths(s Series, fit ets.Fit, horizon int) [][]float64 {
	n := e.Paths
	if n == 0 {
		n = mostPaths
	}
	if n = pathCount(n, horizon); n < 1 {
		return nil
	}
	past, err := ets.Filter(s.Values, s.Mask, fit.Model, fit.Parameters, fit.Initial)
	if err != nil {
		return nil
	}
	var made []float64
	for i, x := range past.Errors {
		if !s.Missing(i) {
			made = append(made, x)
		}
	}
	paths, err := fit.BootstrapPaths(horizon, n, made, rand.NewPCG(e.Seed, 0))
	if err != nil {
		return nil
	}
	for _, path := range paths {
		for h, x := range path {
			path[h] = clampFinite(x)
		}
	}
	return paths
}
