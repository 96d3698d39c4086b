package synth

import (
	"math"
	"testing"
	"time"
)

func TestDailyFactors(t *testing.T) {
	// Four weights of six hours each: their middles are at 3, 9, 15 and 21,
	// and their mean is 2.
	steps := Daily{Hours: []float64{1, 3, 4, 0}, Swing: 0.9, PeakHour: 5}
	for _, c := range []struct {
		name  string
		daily Daily
		hour  float64
		want  float64
	}{
		{"none", Daily{}, 7, 1},
		{"peak", Daily{PeakHour: 18, Swing: 0.6}, 18, 1.6},
		{"trough", Daily{PeakHour: 18, Swing: 0.6}, 6, 0.4},
		{"between", Daily{PeakHour: 18, Swing: 0.6}, 12, 1},
		{"wraps", Daily{PeakHour: 18, Swing: 0.6}, -6, 1.6},
		{"too much", Daily{PeakHour: 12, Swing: 7}, 0, 0},
		{"middle of a weight", steps, 9, 1.5},
		{"between weights", steps, 12, 1.75},
		{"at midnight", steps, 0, 0.25},
		{"before midnight", steps, 22.5, 0.125},
		{"after midnight", steps, 1.5, 0.375},
		{"wrapped weights", steps, 33, 1.5},
		{"weights that say nothing", Daily{Hours: []float64{0, -1, math.NaN()}}, 3, 1},
		{"one weight", Daily{Hours: []float64{5}}, 3, 1},
		{"no hour", Daily{PeakHour: 18, Swing: 0.6}, math.NaN(), 1},
	} {
		if got := c.daily.Factor(c.hour); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: factor %v at %v, want %v", c.name, got, c.hour, c.want)
		}
	}
	mean := 0.0
	for m := range 24 * 60 {
		mean += steps.Factor((float64(m)+0.5)/60) / (24 * 60)
	}
	if math.Abs(mean-1) > 1e-4 {
		t.Errorf("the mean factor of a day is %v, want 1", mean)
	}
}

func TestWeeklyFactors(t *testing.T) {
	for _, c := range []struct {
		weekly Weekly
		day    time.Weekday
		want   float64
	}{
		{Weekly{}, time.Monday, 1}, {Weekend(0.3), time.Sunday, 0.3}, {Weekend(0.3), time.Saturday, 0.3}, {Weekend(0.3), time.Friday, 1},
		{Weekend(0), time.Sunday, 0}, {Weekend(-1), time.Sunday, 0}, {Weekend(math.NaN()), time.Sunday, 0}, {Weekend(0.3), 9, 1},
	} {
		if got := c.weekly.Factor(c.day); got != c.want {
			t.Errorf("%v on %v: factor %v, want %v", c.weekly, c.day, got, c.want)
		}
	}
}
