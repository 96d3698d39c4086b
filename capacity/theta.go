package capacity

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"

	"github.com/srekit/ownership/capacity/ets"
	"github.com/srekit/ownership/internal/stat"
)

// Theta is the Theta method (Assimakopoulos and Nikolopoulos 2000, International Journal of
// Forecasting 16), in the form that Hyndman and Billah (2003, the same journal 19) gave it:
// simple exponential smoothing with a drift of half the slope b of least squares,
//
//	mean_h = l + b/2·(h − 1 + (1 − (1−α)ⁿ)/α),  variance_h = σ²·(1 + (h−1)·α²).
//
// A multiplicative season, where the test of Naive2 finds one, is taken out before and put
// back into the mean. It was the best of the M3 competition's simple methods and is a strong
// baseline for series that grow slowly.
type Theta struct {
	Period int     // as of SeasonalNaive
	Level  float64 // of the intervals, in (0, 1); 0 is 0.95
	Paths  int     // as of Linear
	Seed   uint64
}

// Forecast implements Forecaster. Gaps count as steps from which nothing is learned; for the
// season they are interpolated. Histories of fewer than four values have the naive forecast and the
// warning fallback, as have those that exponential smoothing refuses.
func (o Theta) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	f, err := trendForecast(ctx, "Theta", s, horizon, o.Level, o.Paths)
	if err != nil {
		return Forecast{}, err
	}
	period := o.Period
	if period == 0 {
		period = PeriodOf(s.Step)
	}
	if period < 0 {
		return Forecast{}, problem("period", number(float64(period)), "a season has at least 1 step", "write 24 for a day of hours, or 0")
	}
	season := []float64{1}
	if whole := interpolated(s); period > 1 && seasonal(whole, period) {
		if figure, ok := multiplicative(whole, period); ok {
			season = figure
		}
	}
	adjusted := Series{Start: s.Start, Step: s.Step, Values: make([]float64, len(s.Values)), Mask: s.Mask}
	for i, y := range s.Values {
		if !s.Missing(i) {
			adjusted.Values[i] = y / season[i%len(season)]
		}
	}
	fit, err := ets.Estimate(ctx, adjusted.Values, s.Mask, ets.Model{Error: ets.Additive, Period: 1})
	var refused *ets.InputError
	if errors.As(err, &refused) {
		naive, err := SeasonalNaive{Period: 1, Level: f.Level}.Forecast(ctx, s, horizon)
		naive.warn("fallback", refused.Remedy, "Theta cannot be fitted (%s %s); the last value is repeated", refused.What, refused.Reason)
		return naive, err
	} else if err != nil {
		return Forecast{}, err
	}
	line, err := FitLine(adjusted)
	if err != nil {
		return Forecast{}, err
	}
	alpha, sigma, n := fit.Parameters.Alpha, math.Sqrt(max(0, fit.Sigma2)), len(s.Values)
	z := stat.NormalQuantile((1 + f.Level) / 2)
	sd := make([]float64, horizon)
	for h := range horizon {
		drift := line.Slope / 2 * (float64(h) + (1-math.Pow(1-alpha, float64(n)))/alpha)
		sd[h] = sigma * math.Sqrt(1+float64(h)*alpha*alpha)
		f.set(h, (fit.Final.Level+drift)*season[(n+h)%len(season)], z*sd[h], z*sd[h])
	}
	f.Peak = normalPeak(f.Mean, sd, (1+f.Level)/2)
	f.draw(o.Paths, o.Seed, func(r *rand.Rand, path []float64) {
		wander := 0.
		for h := range path {
			e := sigma * r.NormFloat64()
			path[h] = f.Mean[h] + wander + e
			wander += alpha * e
		}
	})
	return f, nil
}
