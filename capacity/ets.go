package capacity

import (
	"context"
	"errors"
	"math"
	"strconv"

	"github.com/srekit/ownership/capacity/ets"
)

// ETS forecasts by exponential smoothing: Holt-Winters and its family, fitted by
// maximum likelihood and chosen by the corrected Akaike criterion, as package ets
// describes. Gaps are steps from which nothing is learned.
//
// The peak treats steps as independent with the variances of the model. Errors of
// one path are positively correlated, so it is a bound from above (Slepian 1962).
type ETS struct {
	// Period is the season in steps; 1 has none, and 0 is that of PeriodOf.
	Period int
	// Level is that of the intervals, in (0, 1); 0 is 0.95.
	Level float64
	// Multiplicative also tries multiplicative errors and seasons where all values
	// are positive: fifteen models instead of six. Their intervals can be wide.
	Multiplicative bool
	// Models, where not empty, are the only ones tried.
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
	options := ets.Options{Period: period, AdditiveOnly: !e.Multiplicative, Models: e.Models}
	selection, err := ets.Select(ctx, s.Values, s.Mask, options)
	var forecast ets.Forecast
	if err == nil {
		forecast, err = selection.Forecast(horizon, level)
	}
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
	f := newForecast("ETS "+selection.Model.String(), s, horizon, level)
	sd := make([]float64, horizon)
	for h := range horizon {
		f.Mean[h] = clampFinite(forecast.Mean[h])
		f.Lower[h], f.Upper[h] = clampFinite(forecast.Lower[h]), clampFinite(forecast.Upper[h])
		sd[h] = math.Sqrt(max(0, forecast.Variance[h]))
	}
	f.Peak = normalPeak(f.Mean, sd, (1+level)/2)
	for _, w := range forecast.Warnings {
		f.Warnings = append(f.Warnings, Warning(w))
	}
	return f, nil
}
