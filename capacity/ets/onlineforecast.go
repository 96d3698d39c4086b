package ets

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// Skip tells of steps without observation: time passes along trend and season,
// nothing is learned, and forecasts grow more uncertain. Fewer than one step is
// none. Skipping a and then b steps is skipping a+b.
func (o *Online) Skip(steps int) {
	if steps > 0 && o.model.Error != None {
		o.gap = min(o.gap+min(int64(steps), maxGap), maxGap)
	}
}

// Gap is the number of steps since the last observation.
func (o Online) Gap() int { return int(o.gap) }

// Expect is the point forecast of the k-th next step, from 1: the recursion
// without errors, 0 for k < 1. It is of constant cost and does not allocate;
// numbers beyond ±1e150 are held there.
func (o Online) Expect(k int) float64 {
	if k < 1 || o.model.Error == None {
		return 0
	}
	steps := o.gap + min(int64(k), maxGap)
	level, _, at := o.after(steps - 1)
	sum, _ := o.damped(steps)
	value := o.level + float64(sum*o.trend)
	if level == value || o.model.Trend == None {
		value = level
	}
	switch o.model.Season {
	case Additive:
		value += o.season[at]
	case Multiplicative:
		value *= o.season[at]
	}
	return min(max(value, -farthest), farthest)
}

// Forecast is [Fit.Forecast] from here, with the moving variance. After a gap
// the bands are those of so many more steps; of a gap of more than 65536 steps
// the last so many count, and a warning says so.
func (o Online) Forecast(horizon int, level float64) (Forecast, error) {
	from, skip, err := o.origin()
	if err != nil {
		return Forecast{}, err
	}
	f, err := from.forecast(skip, horizon, level)
	if err == nil && o.gap > farGap {
		f.Warnings = append(f.Warnings, Warning{
			Code:   "long-gap",
			Text:   fmt.Sprintf("nothing was observed for %d steps; the bands count the last %d of them", o.gap, farGap),
			Remedy: "fit again when there are observations",
		})
	}
	return f, err
}

// Paths is [Fit.Paths] from here.
func (o Online) Paths(horizon, n int, src rand.Source) ([][]float64, error) {
	from, skip, err := o.origin()
	if err != nil {
		return nil, err
	}
	return from.paths(skip, horizon, n, nil, src)
}

func (o *Online) origin() (from origin, skip int, err error) {
	if o.model.Error == None {
		return origin{}, 0, o.refused(0)
	}
	far := max(o.gap-farGap, 0)
	level, trend, at := o.level, o.trend, o.at
	if far > 0 {
		level, trend, at = o.after(far)
	}
	return origin{o.model, o.p, level, trend, o.season, at, o.sigma2}, int(o.gap - far), nil
}

// Fit gives model, parameters, the state before the next observation with
// gaps passed, variance and number of observations. The other fields, which
// belong to a series, are zero. It shares nothing with o.
func (o Online) Fit() Fit {
	level, trend, at := o.now()
	f := Fit{Model: o.model, Parameters: o.p, Final: State{Level: level, Trend: trend}, Sigma2: o.sigma2, N: int(o.n)}
	if o.season != nil {
		f.Final.Season = append(slices.Clone(o.season[at:]), o.season[:at]...)
	}
	return f
}

// Clone is a copy that shares nothing with o.
func (o Online) Clone() Online {
	o.season = slices.Clone(o.season)
	return o
}
