package capacity_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/capacity"
)

// The comparison with the real engine, bit for bit, is in internal/crosscheck.

func TestPredictLinear(t *testing.T) {
	for _, c := range []struct {
		name    string
		samples []capacity.Sample
		ahead   time.Duration
		want    float64
	}{
		{"a line", at(-120, 10, -60, 8, 0, 6), time.Hour, 6 - 120},
		{"back", at(-120, 10, -60, 8, 0, 6), -time.Minute, 8},
		{"a constant", at(-120, 0.1, -60, 0.1, -1, 0.1), time.Hour, 0.1},
		// 1, 2, 6 at −120, −60, 0 s: mean 3, slope 5/120 s, 3 at −60 s.
		{"least squares", at(-120, 1, -60, 2, 0, 6), time.Minute, 3 + 2*2.5},
	} {
		got, err := capacity.PredictLinear(c.samples, noon, c.ahead)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v (%v), want %v", c.name, got, err, c.want)
		}
	}
}

func TestDoubleExponentialSmoothing(t *testing.T) {
	// Level and trend by hand: 0.5·4 + 0.5·(1 + 3) = 4; the trend is then
	// 0.25·(4 − 1) + 0.75·3 = 3, the level 0.5·3 + 0.5·(4 + 3) = 5.
	got, err := capacity.DoubleExponentialSmoothing(at(0, 1, 60, 4, 120, 3), 0.5, 0.25)
	if err != nil || got != 5 {
		t.Errorf("got %v (%v), want 5", got, err)
	}
}

func TestLinesRefuse(t *testing.T) {
	problems := func(_ float64, err error) []string {
		var e *capacity.Error
		if !errors.As(err, &e) {
			t.Fatalf("got %v, want a *capacity.Error", err)
		}
		var texts []string
		for _, p := range e.Problems {
			texts = append(texts, p.String())
		}
		return texts
	}
	for _, c := range []struct{ got, want []string }{
		{problems(capacity.PredictLinear(at(0, 1), noon, time.Hour)), []string{"samples: 1: fewer than two; take a longer window"}},
		{problems(capacity.PredictLinear(at(0, 1, 0.0001, 2, -1, math.Inf(1)), noon, time.Hour)), []string{
			"samples[1].time: 2026-03-02T12:00:00.0001Z: not a millisecond after the sample before; sort samples by time, each instant once",
			"samples[2].value: +Inf: not a finite number; leave the sample out",
			"samples[2].time: 2026-03-02T11:59:59Z: not a millisecond after the sample before; sort samples by time, each instant once"}},
		{problems(capacity.PredictLinear(at(-1e9, -1e303, 0, 1e303), noon, 1<<62)), []string{"samples: +Inf: the values are too large; take another unit"}},
		{problems(capacity.DoubleExponentialSmoothing(at(0, 1, 1, 2), 0, math.NaN())), []string{
			"smoothing: 0: not between 0 and 1; write a factor such as 0.3", "trend: NaN: not between 0 and 1; write a factor such as 0.3"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestPrometheusLinear(t *testing.T) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: []float64{100, 0, 1, 0, 3}, Mask: []bool{false, false, false, true, false}}
	f, err := capacity.PrometheusLinear{Window: 3 * time.Hour}.Forecast(ctx, s, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{4, 5}, f.Mean); diff != "" || f.Warnings[0].Code != "no-interval" || !f.Start.Equal(noon.Add(5*time.Hour)) {
		t.Errorf("(-want +got):\n%s\n%v", diff, f)
	}
	if _, err := (capacity.PrometheusLinear{Window: 2 * time.Hour}).Forecast(ctx, s, 2); err == nil {
		t.Error("one value in the window makes a line")
	}
}
