package capacity

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// PredictLinear is what predict_linear(series[window], ahead) of Prometheus gives
// at the instant now, bit for bit: least squares through the samples of the
// window, read off at now + ahead. Use it to move a rule or to compare with one;
// for loads with a daily rhythm it is worse than repeating yesterday.
//
// samples are those of the window in order of time, which Prometheus takes from
// (now−window, now]; times count in whole milliseconds. The sums are
// compensated (Neumaier 1974) and taken relative to now; samples that are all
// equal give their value. The operations are those of version 3.13's engine on
// amd64, without fused multiply-add.
//
// Errors are *Error: fewer than two samples, where Prometheus gives no result;
// times that do not ascend by whole milliseconds; values that are NaN or beyond
// ±1e303; a result that is not finite.
func PredictLinear(samples []Sample, now time.Time, ahead time.Duration) (float64, error) {
	if err := checkRange(samples); err != nil {
		return 0, err
	}
	slope, intercept := regression(samples, now.UnixMilli())
	return finiteResult(float64(slope*ahead.Seconds()) + intercept)
}

// DoubleExponentialSmoothing is what double_exponential_smoothing(series[window],
// smoothing, trend) of Prometheus gives, formerly called holt_winters, bit for
// bit: the level at the last sample of Holt's linear method (Holt 1957), whose
// first level is the first sample and whose first trend is the difference of the
// first two; times do not count, only order. Both factors are in (0, 1).
//
// It has no season, despite its former name; SeasonalNaive and package ets have
// one. Samples and errors are as of PredictLinear.
func DoubleExponentialSmoothing(samples []Sample, smoothing, trend float64) (float64, error) {
	var p problems
	for _, f := range []struct {
		name  string
		value float64
	}{{"smoothing", smoothing}, {"trend", trend}} {
		if !(f.value > 0 && f.value < 1) {
			p.add(f.name, number(f.value), "not between 0 and 1", "write a factor such as 0.3")
		}
	}
	if err := p.err(); err != nil {
		return 0, err
	}
	if err := checkRange(samples); err != nil {
		return 0, err
	}
	before, level := 0.0, samples[0].Value
	slope := samples[1].Value - samples[0].Value
	for i := 1; i < len(samples); i++ {
		if i > 1 {
			slope = float64(trend*(level-before)) + float64((1-trend)*slope)
		}
		next := float64(smoothing*samples[i].Value) + float64((1-smoothing)*(level+slope))
		before, level = level, next
	}
	return finiteResult(level)
}

// checkRange is what is wrong with the samples of a window.
func checkRange(samples []Sample) error {
	var p problems
	if len(samples) < 2 {
		p.add("samples", strconv.Itoa(len(samples)), "fewer than two", "take a longer window")
	}
	for i, s := range samples {
		path := "samples[" + strconv.Itoa(i) + "]"
		if !measurable(s.Value) {
			p.add(path+".value", number(s.Value), unmeasurable(s.Value), "leave the sample out")
		}
		if s.Time.Before(earliestTime) || s.Time.After(latestTime) {
			p.add(path+".time", s.Time.String(), "outside the years 1837 to 2103", "look at the unit of the timestamps")
		} else if i > 0 && s.Time.UnixMilli() <= samples[i-1].Time.UnixMilli() {
			p.add(path+".time", s.Time.UTC().Format(time.RFC3339Nano), "not a millisecond after the sample before", "sort samples by time, each instant once")
		}
	}
	return p.err()
}

func finiteResult(v float64) (float64, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, problem("samples", number(v), "the values are too large", "take another unit")
	}
	return v, nil
}

// regression is the line of least squares: its slope per second and its value at
// now, in milliseconds.
func regression(samples []Sample, now int64) (slope, intercept float64) {
	var x, y, xy, xx compensated
	constant := true
	for _, s := range samples {
		constant = constant && s.Value == samples[0].Value
		t := float64(s.Time.UnixMilli()-now) / 1e3
		x.add(t)
		y.add(s.Value)
		xy.add(float64(t * s.Value))
		xx.add(float64(t * t))
	}
	if constant {
		return 0, samples[0].Value
	}
	n := float64(len(samples))
	sx, sy := x.value(), y.value()
	slope = (xy.value() - float64(sx*sy)/n) / (xx.value() - float64(sx*sx)/n)
	return slope, sy/n - float64(slope*sx)/n
}

// compensated is a sum that carries its rounding error (Neumaier 1974).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(v float64) {
	sum := c.sum + v
	switch {
	case math.IsInf(sum, 0):
		c.lost = 0
	case math.Abs(c.sum) >= math.Abs(v):
		c.lost += (c.sum - sum) + v
	default:
		c.lost += (v - sum) + c.sum
	}
	c.sum = sum
}

func (c compensated) value() float64 { return c.sum + c.lost }

// PrometheusLinear forecasts as a rule with predict_linear does, so that backtests
// show what such a rule is worth. It has no intervals.
type PrometheusLinear struct {
	// Window is how far back the line looks; 0 is six hours.
	Window time.Duration
}

// Forecast implements Forecaster. A value counts for the start of its step, and
// now is the start of the last one. The line does not follow the calendar, and
// Lower and Upper are the mean, with the warning no-interval. Fewer than two
// values in the window are an error.
func (l PrometheusLinear) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	if err := ctx.Err(); err != nil {
		return Forecast{}, err
	}
	window := l.Window
	if window == 0 {
		window = 6 * time.Hour
	}
	n := len(s.Values)
	var samples []Sample
	for i := n - int(min(int64(n), int64((window-1)/s.Step)+1)); i < n; i++ {
		if !s.Missing(i) {
			samples = append(samples, Sample{s.Time(i), s.Values[i]})
		}
	}
	if window < 0 || len(samples) < 2 {
		return Forecast{}, problem("window", window.String(), fmt.Sprintf("holds %d values", max(0, len(samples))), "take a longer window")
	}
	if err := checkRange(samples); err != nil {
		return Forecast{}, err
	}
	slope, intercept := regression(samples, s.Time(n-1).UnixMilli())
	f := newForecast("predict_linear ["+brief(window)+"]", s, horizon, DefaultLevel)
	for h := range horizon {
		ahead := time.Duration(h+1) * s.Step
		v, err := finiteResult(float64(slope*ahead.Seconds()) + intercept)
		if err != nil {
			return Forecast{}, err
		}
		v = clampFinite(v)
		f.Mean[h], f.Lower[h], f.Upper[h] = v, v, v
	}
	f.warn("no-interval", "use a forecaster that tells its uncertainty", "a line through the window says nothing about how far off it is")
	return f, nil
}

// brief is a duration without zero minutes and seconds: 6h.
func brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
