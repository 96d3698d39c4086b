package ets

import (
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Forecast is what a model expects of the steps that follow: Mean[0] is the
// next one. All slices have the length of the horizon.
type Forecast struct {
	Model Model `json:"-"`
	// Level is the probability that one step's value lies in its band, if the
	// model is true and its parameters are known. Bands of a real series cover
	// less; measure them by rolling origins before relying on them.
	Level    float64   `json:"level"`
	Mean     []float64 `json:"mean"`     // expected value, in the unit of the series
	Lower    []float64 `json:"lower"`    // band of each step by itself, not of the path
	Upper    []float64 `json:"upper"`    //
	Variance []float64 `json:"variance"` // of each step, in the unit squared
	// Simulated is the number of paths that the band rests on, 0 if it is exact.
	Simulated int       `json:"simulated,omitempty"`
	Warnings  []Warning `json:"warnings,omitempty"`
}

// Warning says why a valid answer is weak, and what would make it better. Codes
// are stable: "wide-band", "infinite-variance", "long-gap".
type Warning struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

const (
	maxHorizon = 1 << 20 // steps of one forecast
	maxPathSum = 1 << 27 // values of all paths of one call, a gibibyte
	farthest   = 1e150   // numbers beyond it are not computed with: their squares overflow
)

// Forecast gives mean, variance and band for each of the next horizon steps.
// The level of the band is in (0, 1), such as 0.95.
//
// With additive errors and parts the formulas are those of class 1 of Hyndman,
// Koehler, Ord and Snyder (2008, Forecasting with Exponential Smoothing,
// section 6.2, table 6.1 and 6.2): with φ_j = φ+φ²+…+φ^j and
// c_j = α + β·φ_j + γ·[m divides j],
//
//	mean_h = l + φ_h·b + s_h      variance_h = σ²·(1 + c_1² + … + c_{h−1}²)
//
// With multiplicative errors and no multiplicative season (class 2, section
// 6.3), the mean is the same and the variance (1+σ²)·θ_h − mean_h² with
// θ_h = mean_h² + σ²·Σ c_j²·θ_{h−j}. With multiplicative errors and season
// (class 3, section 6.4) both are the exact moments of the product for normal
// errors; beyond one season the mean is not the recursion's point forecast. In
// each class the band is the normal one, mean ± z·√variance; for multiplicative
// errors it is an approximation, and its lower end may be below zero.
//
// Additive errors around a multiplicative season (ANM, AAM, AAdM) have no finite
// variance. Their mean is the recursion's point forecast, their band the
// quantiles of 2000 simulated paths with a fixed seed, their variance that of a
// normal band of the same width, and the forecast carries a warning.
//
// The cost is some nanoseconds a step, whatever the season; it allocates the result and,
// for class 2, three numbers for each step of a season. Simulation costs some
// 2000 times as much.
//
// The error is an [*InputError]: a horizon outside 1 to 1048576, a level
// outside (0, 1), a fit that is not consistent, or a variance that exceeds
// 1e300, which tells the step.
func (f Fit) Forecast(horizon int, level float64) (Forecast, error) {
	o, err := f.origin()
	if err != nil {
		return Forecast{}, err
	}
	return o.forecast(0, horizon, level)
}

// origin is where a forecast starts. The k-th next step uses the seasonal state
// season[(at+k-1) mod len(season)].
type origin struct {
	model  Model
	p      Parameters
	level  float64
	trend  float64
	season []float64
	at     int
	sigma2 float64
}

func (f Fit) origin() (origin, error) {
	if err := f.Model.Check(); err != nil {
		return origin{}, err
	}
	if err := f.Parameters.check(f.Model); err != nil {
		return origin{}, err
	}
	if err := f.Final.check(f.Model); err != nil {
		return origin{}, err
	}
	if !(f.Sigma2 >= 0 && f.Sigma2 <= farthest*farthest) {
		return origin{}, &InputError{"Sigma2", fmt.Sprintf("is %v", f.Sigma2), "pass the variance of the errors, which is not negative and finite"}
	}
	o := origin{f.Model, f.Parameters.of(f.Model), f.Final.Level, f.Final.Trend, f.Final.Season, 0, f.Sigma2}
	if o.model.Trend == None {
		o.trend = 0
	}
	if o.model.Season == None {
		o.season = nil
	}
	return o, nil
}

func checkHorizon(horizon int) error {
	if horizon < 1 || horizon > maxHorizon {
		return &InputError{fmt.Sprintf("horizon %d", horizon), "cannot be forecast", fmt.Sprintf("choose 1 to %d steps", maxHorizon)}
	}
	return nil
}

func checkLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return &InputError{fmt.Sprintf("level %v", level), "is no probability of a band", "choose a number above 0 and below 1, such as 0.95"}
	}
	return nil
}

// newForecast cuts four slices out of one piece of memory.
func newForecast(m Model, horizon int, level float64) Forecast {
	b := make([]float64, 4*horizon)
	return Forecast{
		Model:    m,
		Level:    level,
		Mean:     b[:horizon:horizon],
		Lower:    b[horizon : 2*horizon : 2*horizon],
		Upper:    b[2*horizon : 3*horizon : 3*horizon],
		Variance: b[3*horizon:],
	}
}

// forecast leaves out the first skip steps.
func (o origin) forecast(skip, horizon int, level float64) (Forecast, error) {
	if err := checkHorizon(horizon); err != nil {
		return Forecast{}, err
	}
	if err := checkLevel(level); err != nil {
		return Forecast{}, err
	}
	f := newForecast(o.model, horizon, level)
	switch {
	case o.model.Error == Additive && o.model.Season != Multiplicative:
		o.linear(skip, f.Mean, f.Variance)
	case o.model.Season != Multiplicative:
		o.relative(skip, f.Mean, f.Variance)
	case o.model.Error == Multiplicative:
		o.product(skip, f.Mean, f.Variance)
	default:
		if err := o.simulated(skip, &f); err != nil {
			return Forecast{}, err
		}
		return f, nil
	}
	return f.banded()
}

// banded lays the normal band around the mean.
func (f Forecast) banded() (Forecast, error) {
	z := -stat.NormalQuantile((1 - f.Level) / 2)
	wide := -1
	for i, v := range f.Variance {
		if !(v <= farthest*farthest) || math.Abs(f.Mean[i]) > farthest {
			return Forecast{}, &InputError{fmt.Sprintf("step %d", i+1), "has a mean or variance too great to compute with",
				"forecast fewer steps, or choose a model with additive errors or a damped trend"}
		}
		half := float64(z * math.Sqrt(v))
		f.Lower[i], f.Upper[i] = f.Mean[i]-half, f.Mean[i]+half
		if wide < 0 && f.Model.Error == Multiplicative && v > f.Mean[i]*f.Mean[i] {
			wide = i
		}
	}
	if wide >= 0 {
		f.Warnings = append(f.Warnings, Warning{
			Code:   "wide-band",
			Text:   fmt.Sprintf("from step %d on the standard deviation exceeds the mean; a normal band around it says little", wide+1),
			Remedy: "fit a model with additive errors, or forecast fewer steps",
		})
	}
	return f, nil
}
