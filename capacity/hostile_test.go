package capacity_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/srekit/ownership/capacity"
)

// The year 300000 is beyond what UnixNano and JSON can tell.
var farFuture = time.Date(300000, 1, 1, 0, 0, 0, 0, time.UTC)

func generated(n int, f func(i int) float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = f(i)
	}
	return values
}

func dayOf(i int) float64 {
	return 100 + 30*math.Sin(float64(i)/24*2*math.Pi) + float64(i*7919%13)
}

// hostileSeries is what comes out of broken pipelines.
func hostileSeries() map[string]capacity.Series {
	masked := func(n int, gap func(i int) bool) []bool {
		mask := make([]bool, n)
		for i := range mask {
			mask[i] = gap(i)
		}
		return mask
	}
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	hourly := func(values []float64, mask []bool) capacity.Series {
		return capacity.Series{Start: start, Step: time.Hour, Values: values, Mask: mask}
	}
	return map[string]capacity.Series{
		"zero":                {},
		"empty":               hourly(nil, nil),
		"NaN":                 hourly([]float64{1, math.NaN(), 3}, nil),
		"infinite":            hourly([]float64{1, math.Inf(1), 3}, nil),
		"one":                 hourly([]float64{5}, nil),
		"two":                 hourly([]float64{5, 6}, nil),
		"three":               hourly([]float64{5, 6, 7}, nil),
		"constant":            hourly(generated(200, func(int) float64 { return 7 }), nil),
		"all zero":            hourly(make([]float64, 200), nil),
		"negative":            hourly(generated(200, func(i int) float64 { return -dayOf(i) }), nil),
		"less than two days":  hourly(generated(40, dayOf), nil),
		"all masked":          hourly(make([]float64, 100), masked(100, func(int) bool { return true })),
		"mask of other size":  hourly(generated(100, dayOf), make([]bool, 99)),
		"NaN under the mask":  hourly(generated(200, func(i int) float64 { return dayOf(i) + math.Log(float64(i%3)) }), masked(200, func(i int) bool { return i%3 == 0 })),
		"one observed":        hourly(generated(200, dayOf), masked(200, func(i int) bool { return i != 150 })),
		"two observed":        hourly(generated(200, dayOf), masked(200, func(i int) bool { return i != 150 && i != 160 })),
		"ended long ago":      hourly(generated(200, dayOf), masked(200, func(i int) bool { return i > 90 })),
		"no step":             {Start: start, Values: generated(100, dayOf)},
		"negative step":       {Start: start, Step: -1, Values: generated(100, dayOf)},
		"nanoseconds":         {Start: start, Step: 1, Values: generated(200, dayOf)},
		"the longest step":    {Start: start, Step: math.MaxInt64, Values: generated(100, dayOf)},
		"far future":          {Start: farFuture, Step: time.Hour, Values: generated(200, dayOf)},
		"far past":            {Start: time.Date(-30000, 1, 1, 0, 0, 0, 0, time.UTC), Step: time.Hour, Values: generated(200, dayOf)},
		"greatest":            hourly(generated(200, func(i int) float64 { return 1e303 * math.Cos(float64(i)) }), nil),
		"greatest positive":   hourly(generated(200, func(i int) float64 { return 9e302 + 1e302*math.Cos(float64(i)) }), nil),
		"least":               hourly(generated(200, func(i int) float64 { return 5e-324 * float64(i%24) }), nil),
		"six hundred decades": hourly(generated(200, func(i int) float64 { return math.Pow(10, 3*float64(i)-300) }), nil),
		"a spike":             hourly(generated(200, func(i int) float64 { return dayOf(i) + 1e200*math.Floor(math.Exp(-math.Pow(float64(i-100), 2))) }), nil),
		"days":                {Start: start, Step: 24 * time.Hour, Values: generated(200, dayOf)},
	}
}

// Every forecaster has an answer of finite numbers in order or an error of this
// package, whatever the series.
func TestForecastersOnHostileSeries(t *testing.T) {
	forecasters := map[string]capacity.Forecaster{
		"SeasonalNaive":       capacity.SeasonalNaive{},
		"SeasonalNaive, huge": capacity.SeasonalNaive{Period: math.MaxInt},
		"Naive2":              capacity.Naive2{Period: 24},
		"Naive2, huge":        capacity.Naive2{Period: math.MaxInt},
		"ETS":                 capacity.ETS{},
		"ETS, multiplicative": capacity.ETS{Period: 24, Multiplicative: true},
		"ETS, huge":           capacity.ETS{Period: math.MaxInt},
		"Theta":               capacity.Theta{Period: 24},
		"Theta, huge":         capacity.Theta{Period: math.MaxInt},
		"Linear":              capacity.Linear{},
		"Drift":               capacity.Drift{},
		"TheilSen":            capacity.TheilSen{},
		"MSTL":                capacity.MSTL{Periods: []int{24}},
		"MSTL, huge":          capacity.MSTL{Periods: []int{math.MaxInt, 0, -1}, Windows: []int{math.MaxInt, -7}},
		"BoxCox":              capacity.BoxCox{Base: capacity.SeasonalNaive{}},
		"BoxCox, inverse":     capacity.BoxCox{Lambda: -1, Base: capacity.ETS{}},
		"BoxCox, square":      capacity.BoxCox{Lambda: 2, Base: capacity.Linear{}},
		"BoxCox, NaN":         capacity.BoxCox{Lambda: math.NaN(), Base: capacity.Linear{}},
		"BoxCox, no base":     capacity.BoxCox{},
		"PrometheusLinear":    capacity.PrometheusLinear{},
		"SeasonalAR":          capacity.SeasonalAR{},
		"Default":             capacity.Default{},
		"Fast":                capacity.Fast{},
	}
	for series, s := range hostileSeries() {
		for name, f := range forecasters {
			for _, horizon := range []int{math.MinInt, -1, 0, 1, 30, 1<<20 + 1, math.MaxInt} {
				if horizon != 30 && series != "days" && series != "one" {
					continue
				}
				what := fmt.Sprintf("%s, %s, %d steps", name, series, horizon)
				got, err := f.Forecast(t.Context(), s, horizon)
				if err != nil {
					if !errors.Is(err, capacity.ErrSeries) {
						t.Errorf("%s: got an error of another kind: %v", what, err)
					}
					continue
				}
				if len(got.Mean) != horizon || !got.Start.Equal(s.End()) {
					t.Errorf("%s: got %d steps from %v", what, len(got.Mean), got.Start)
				}
				for h := range got.Mean {
					if !(got.Lower[h] <= got.Upper[h]) || !finite(got.Lower[h], got.Mean[h], got.Upper[h]) {
						t.Errorf("%s: step %d: got %v [%v, %v]", what, h, got.Mean[h], got.Lower[h], got.Upper[h])
						break
					}
				}
				if !finite(got.Peak.Median, got.Peak.Upper) {
					t.Errorf("%s: got the peak %v", what, got.Peak)
				}
				for _, path := range got.Paths {
					if !finite(path...) {
						t.Errorf("%s: a path is not finite", what)
						break
					}
				}
				reached, err := got.Saturation(capacity.Limit{Value: 120})
				if err != nil || !(reached.Probability >= 0 && reached.Probability <= 1) {
					t.Errorf("%s: saturation %v, %v", what, reached.Probability, err)
				}
			}
		}
	}
}

func finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// Whoever shows a result never panics, whatever it holds: a panic ends a
// notebook's kernel.
func TestShowingAnything(t *testing.T) {
	for _, y := range [][]float64{nil, {1}, {1, 2, 3}, {math.NaN(), math.Inf(1), -math.MaxFloat64}, make([]float64, 100)} {
		for _, step := range []time.Duration{0, -1, 1, time.Hour, math.MaxInt64} {
			for _, start := range []time.Time{{}, farFuture} {
				s := capacity.Series{Start: start, Step: step, Values: y, Mask: make([]bool, 2)}
				plain := capacity.Series{Start: time.Unix(0, 0), Step: step, Values: y}
				for _, f := range []capacity.Forecast{
					{Start: start, Step: step, Mean: y, Lower: y, Upper: y, Level: math.NaN()},
					{Start: start, Step: step, Mean: y, Upper: y, Level: 2, Peak: capacity.Peak{Level: 1, Upper: math.Inf(1)}},
				} {
					_, _, _, _ = f.SVG(), f.Picture(s), f.Picture(plain), f.Markdown()
					for _, horizon := range []int{math.MinInt, -1, 0, 1, 6, math.MaxInt} {
						e := capacity.Evidence{Horizon: horizon, Step: step, Series: plain, Methods: []capacity.MethodEvidence{{Forecasts: []capacity.Forecast{f}}, {}}}
						_, _, _, _, _ = e.SVG(), e.Picture(0), e.Picture(-1), e.Picture(9), e.Markdown()
						_, _ = json.Marshal(e)
					}
				}
				d := capacity.Decomposition{Observed: s, Trend: y, Seasons: []capacity.Season{{}, {Period: -1, Values: y}}}
				r := capacity.Saturation{Start: start, Step: step, Reached: y, Probability: math.NaN()}
				_, _, _, _ = d.SVG(), r.SVG(), r.Markdown(), r.String()
				_, _ = json.Marshal(r)
			}
		}
	}
	_, _ = capacity.Requirement{}.Markdown(), capacity.Requirement{UtilizationAtPeak: math.NaN()}.String()
}
