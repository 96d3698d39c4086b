package ets

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/srekit/ownership/internal/stat"
)

// Paths simulates n futures of horizon steps, each drawn as a whole, so that
// the maximum, the sum or the first crossing of a limit over the horizon can be
// read from them, which bands of single steps do not tell. Path k is
// result[k]. Errors are normal with the variance of the fit. The same source
// gives the same paths.
//
// Relative errors below −0.999 are drawn again, so that a level never turns its
// sign. A path of an unstable model ([Model.Stable]) that leaves the numbers is
// held at its last value.
//
// The error is an [*InputError]: as in [Fit.Forecast], no source, or n·horizon
// above 134217728. The cost is about ten nanoseconds a value and one piece of
// memory for all.
func (f Fit) Paths(horizon, n int, src rand.Source) ([][]float64, error) {
	o, err := f.origin()
	if err != nil {
		return nil, err
	}
	return o.paths(0, horizon, n, nil, src)
}

// BootstrapPaths is [Fit.Paths] with errors drawn from those that the series
// had, [Filtered].Errors, with replacement: their size and shape, spikes
// included, without assuming that they are normal. Pass observed errors only;
// those of gaps are zero and narrow the paths. Relative errors below −0.999
// count as that. An empty list or an error that is not finite is an
// [*InputError].
func (f Fit) BootstrapPaths(horizon, n int, errors []float64, src rand.Source) ([][]float64, error) {
	o, err := f.origin()
	if err != nil {
		return nil, err
	}
	if len(errors) == 0 {
		return nil, &InputError{"errors", "are empty", "pass the errors of the fitted series, or draw normal ones with Paths"}
	}
	for i, e := range errors {
		if !finite(e) {
			return nil, &InputError{fmt.Sprintf("error %d", i), fmt.Sprintf("is %v", e), "pass finite errors"}
		}
	}
	return o.paths(0, horizon, n, errors, src)
}

// paths draws normal errors if there are none to draw from.
func (o origin) paths(skip, horizon, n int, errors []float64, src rand.Source) ([][]float64, error) {
	if err := checkHorizon(horizon); err != nil {
		return nil, err
	}
	if n < 1 || n > maxPathSum/horizon {
		return nil, &InputError{fmt.Sprintf("%d paths of %d steps", n, horizon), "cannot be drawn", fmt.Sprintf("choose at least one path, and at most %d values in all", maxPathSum)}
	}
	if src == nil {
		return nil, &InputError{"source", "is nil", "pass a source of math/rand/v2, such as rand.NewPCG(1, 2)"}
	}
	r := rand.New(src)
	all := make([]float64, n*horizon)
	paths := make([][]float64, n)
	season := make([]float64, len(o.season))
	for k := range paths {
		path := all[k*horizon : (k+1)*horizon : (k+1)*horizon]
		o.path(skip, path, season, errors, r)
		paths[k] = path
	}
	return paths, nil
}

// path simulates one future, with the season's states in scratch memory.
func (o origin) path(skip int, path, season, errors []float64, r *rand.Rand) {
	phi, sigma := o.damping(), math.Sqrt(o.sigma2)
	level, trend := o.level, o.trend
	copy(season, o.season)
	at := o.at
	last := 0.0
	for j := range skip + len(path) {
		var e float64
		if errors == nil {
			e = float64(sigma * r.NormFloat64())
		} else {
			e = errors[r.IntN(len(errors))]
		}
		base := level + float64(phi*trend)
		s := 0.0
		if len(season) > 0 {
			s = season[at]
		}
		value := base + s
		if o.model.Season == Multiplicative {
			value = float64(base * s)
		}
		if o.model.Error == Multiplicative {
			for try := 0; e < -0.999; try++ {
				if e = -0.999; errors == nil && try < 20 {
					e = float64(sigma * r.NormFloat64())
				}
			}
			e = float64(e * value)
		}
		value += e
		onLevel, onSeason := e, e
		if o.model.Season == Multiplicative {
			onLevel, onSeason = e/s, e/base
		}
		next := base + float64(o.p.Alpha*onLevel)
		slope := float64(phi*trend) + float64(o.p.Beta*onLevel)
		factor := s + float64(o.p.Gamma*onSeason)
		if usable(value) && usable(next) && usable(slope) && usable(factor) {
			level, trend, last = next, slope, value
			if len(season) > 0 {
				season[at] = factor
			}
		}
		if at++; at >= len(season) {
			at = 0
		}
		if i := j - skip; i >= 0 {
			path[i] = last
		}
	}
}

// usable tells that squares of v do not overflow; NaN is not.
func usable(v float64) bool { return math.Abs(v) <= farthest }

// simulations is how many paths a band rests on that has no formula.
const simulations = 2000

// simulated fills a forecast of a model whose variance is infinite.
func (o origin) simulated(skip int, f *Forecast) error {
	horizon := len(f.Mean)
	paths, err := o.paths(skip, horizon, simulations, nil, rand.NewPCG(0xe75, 0xf0ca57))
	if err != nil {
		return err
	}
	quiet := o
	quiet.sigma2 = 0
	quiet.path(skip, f.Mean, make([]float64, len(o.season)), nil, rand.New(rand.NewPCG(0, 0)))
	z := -stat.NormalQuantile((1 - f.Level) / 2)
	column := make([]float64, simulations)
	for i := range horizon {
		for k, p := range paths {
			column[k] = p[i]
		}
		// Order statistics with (1-level)/2 of the paths beyond each.
		tail := int((1 - f.Level) / 2 * simulations)
		f.Lower[i] = min(stat.SelectInPlace(column, tail), f.Mean[i])
		f.Upper[i] = max(stat.SelectInPlace(column, simulations-1-tail), f.Mean[i])
		sd := (f.Upper[i] - f.Lower[i]) / (2 * z)
		f.Variance[i] = float64(sd * sd)
	}
	f.Simulated = simulations
	f.Warnings = append(f.Warnings, Warning{
		Code:   "infinite-variance",
		Text:   "additive errors around a multiplicative season have no finite variance; the band is that of " + fmt.Sprint(simulations) + " simulated paths",
		Remedy: "fit the model with multiplicative errors, " + Model{Multiplicative, o.model.Trend, o.model.Damped, o.model.Season, o.model.Period}.String(),
	})
	return nil
}
