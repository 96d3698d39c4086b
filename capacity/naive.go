package capacity

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/internal/stat"
)

// SeasonalNaive forecasts each step by the latest observed value at the same
// place of the season: tomorrow is like today. It is the baseline that every
// other forecast has to beat.
//
// Its intervals take the differences of values one season apart as independent
// and normal with mean 0 and variance σ², so that a step k seasons ahead of the
// value it repeats has variance k·σ² (Hyndman and Athanasopoulos, Forecasting:
// Principles and Practice, 3rd ed., section 5.5); σ² is the mean of the squared
// differences.
//
// The paths are the forecast plus the errors that it would have made from earlier
// origins, one season apart: what happened before may happen again. With fewer
// than twenty of them there are no paths, and the peak treats the steps as
// independent normal ones.
type SeasonalNaive struct {
	// Period is the length of the season in steps; 1 repeats the last value.
	// 0 is a day for steps that divide a day, a week for steps of a day, and else
	// 1.
	Period int
	// Level is that of the intervals, in (0, 1); 0 is 0.95.
	Level float64
}

// PeriodOf is the length in steps of the season that is natural for a step: a
// day for a shorter step that divides it, a week for steps of a day, 1 else.
func PeriodOf(step time.Duration) int {
	const day = 24 * time.Hour
	switch {
	case step <= 0:
		return 1
	case step < day && day%step == 0:
		return int(day / step)
	case step == day:
		return 7
	}
	return 1
}

// Forecast implements Forecaster. It takes time in proportion to the length of s
// and the horizon. Warnings: short-history, where s has no pair of values one
// season apart, so that the last value is repeated instead; season-gap, where
// a place of the season was never observed and takes the value before it;
// no-interval, where there are no differences to estimate σ from and Lower and
// Upper are the mean.
func (n SeasonalNaive) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	level, err := levelOr(n.Level)
	if err != nil {
		return Forecast{}, err
	}
	if err := ctx.Err(); err != nil {
		return Forecast{}, err
	}
	if n.Period < 0 {
		return Forecast{}, problem("period", fmt.Sprint(n.Period), "a season has at least 1 step", "write 24 for a day of hours, or 0")
	}
	period := n.Period
	if period == 0 {
		period = PeriodOf(s.Step)
	}
	sigma, pairs := lagDeviation(s, period)
	short := period > 1 && pairs == 0
	asked := period
	if short {
		period = 1
		sigma, pairs = lagDeviation(s, 1)
	}
	f := newForecast(naiveName(period), s, horizon, level)
	if short {
		f.warn("short-history", "keep at least two seasons of history", "no values are a season of %d steps apart; the last value is repeated", asked)
	}
	if pairs == 0 {
		f.warn("no-interval", "keep a longer history", "the history holds no two values to compare; the width of the interval is unknown and left at 0")
	}
	last, age, filled := latest(s, period)
	if filled > 0 {
		f.warn("season-gap", "keep a longer history", "%d of %d places of the season were never observed; they take the value before them", filled, period)
	}
	z := stat.NormalQuantile((1 + level) / 2)
	sd := make([]float64, horizon)
	for h := range horizon {
		p := h % period
		f.Mean[h] = last[p]
		sd[h] = sigma * math.Sqrt(float64(age[p]+h/period))
		f.Lower[h] = clampFinite(last[p] - z*sd[h])
		f.Upper[h] = clampFinite(last[p] + z*sd[h])
	}
	if f.Paths = pastErrors(s, period, f.Mean); f.Paths != nil {
		f.Peak = peakOfPaths(f.Paths, (1+level)/2)
	} else {
		f.Peak = normalPeak(f.Mean, sd, (1+level)/2)
	}
	return f, nil
}

// pastErrors adds to a seasonal naive forecast the errors that it would have made
// at earlier origins, at the same place of the season: each makes a path. nil if
// there are fewer than twenty such origins without gaps; of more than five
// hundred, some that are evenly apart.
func pastErrors(s Series, period int, mean []float64) [][]float64 {
	n, horizon := len(s.Values), len(mean)
	first := (horizon + period - 1) / period // seasons from the latest origin to the end
	origins := n/period - first
	most := pathCount(mostPaths, horizon)
	if min(origins, most) < fewestPaths {
		return nil
	}
	stride := 1 + (origins-1)/most
	var paths [][]float64
	for k := first; n-(k+1)*period >= 0; k += stride {
		at := n - k*period
		path := make([]float64, horizon)
		whole := true
		for h := range path {
			i, j := at+h, at-period+h%period
			if s.Missing(i) || s.Missing(j) {
				whole = false
				break
			}
			path[h] = clampFinite(mean[h] + (s.Values[i] - s.Values[j]))
		}
		if whole {
			paths = append(paths, path)
		}
	}
	if len(paths) < fewestPaths {
		return nil
	}
	return paths
}

func naiveName(period int) string {
	if period == 1 {
		return "naive"
	}
	return fmt.Sprintf("seasonal naive (%d)", period)
}

// clampFinite keeps sums of huge numbers within what a series may hold.
func clampFinite(x float64) float64 { return max(-largest, min(largest, x)) }

// lagDeviation is the root of the mean squared difference of values lag steps
// apart, and of how many. Differences are taken in units of the largest, whose
// squares neither overflow nor vanish.
func lagDeviation(s Series, lag int) (sd float64, pairs int) {
	unit := 0.0
	each := func(f func(d float64)) {
		for i := lag; i < len(s.Values); i++ {
			if !s.Missing(i) && !s.Missing(i-lag) {
				f(s.Values[i] - s.Values[i-lag])
			}
		}
	}
	each(func(d float64) {
		unit = max(unit, math.Abs(d))
		pairs++
	})
	if unit == 0 {
		return 0, pairs
	}
	var sum stat.Sum
	each(func(d float64) { sum = sum.Add(float64(d/unit) * float64(d/unit)) })
	return unit * math.Sqrt(sum.Value()/float64(pairs)), pairs
}

// latest is, for each of the period steps after s, the latest observed value at
// its place in the season and how many seasons ago that was; filled counts the
// places that were never observed.
func latest(s Series, period int) (values []float64, age []int, filled int) {
	values, age = make([]float64, period), make([]int, period)
	n := len(s.Values)
	for p := range period {
		for i, k := n+p-period, 1; i >= 0; i, k = i-period, k+1 {
			if !s.Missing(i) {
				values[p], age[p] = s.Values[i], k
				break
			}
		}
	}
	// Places never observed take the nearest value before them, around the
	// season.
	first := -1
	for p := range period {
		if age[p] > 0 {
			first = p
			break
		}
	}
	for j := range period {
		p := (first + j) % period
		if age[p] == 0 {
			q := (p + period - 1) % period
			values[p], age[p] = values[q], age[q]
			filled++
		}
	}
	return values, age, filled
}
