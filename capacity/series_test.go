package capacity_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

func TestSeriesJSON(t *testing.T) {
	s := capacity.Series{Start: noon, Step: 1500 * time.Millisecond, Values: []float64{1, 0, 2.5}, Mask: []bool{false, true, false}}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"start":"2026-03-02T12:00:00Z","step_seconds":1.5,"values":[1,null,2.5]}`; string(text) != want {
		t.Errorf("got %s\nwant %s", text, want)
	}
	for _, c := range []struct{ text, want string }{
		{`{"start":"2026-03-02T12:00:00Z","step_seconds":0,"values":[1]}`, "not a series to forecast: step: 0s: a step is longer than 0; write the distance of values, such as 1h"},
		{`{"start":"2026-03-02T12:00:00Z","step_seconds":1e12,"values":[1]}`, "not a series to forecast: step_seconds: 1e12: not a number of seconds within 292 years; write a number such as 3600"},
		{`{"step_seconds":9e9,"values":[1,2]}`, "not a series to forecast: step: 2500000h0m0s: 2 steps are longer than 292 years; write a shorter step"},
	} {
		var got capacity.Series
		if err := json.Unmarshal([]byte(c.text), &got); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.text, err, c.want)
		}
	}
	if _, err := json.Marshal(capacity.Series{Step: time.Hour, Values: []float64{math.NaN()}}); err == nil {
		t.Error("NaN was written")
	}
}

func TestSeriesJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t, 1, 30)
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got capacity.Series
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if s.Observed() == s.Len() {
			s.Mask = nil // which says the same
		}
		if diff := cmp.Diff(s, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// drawSeries makes valid series with gaps, among them all gaps, constants, huge
// and tiny values.
func drawSeries(t *rapid.T, least, most int) capacity.Series {
	n := rapid.IntRange(least, most).Draw(t, "n")
	s := capacity.Series{
		Start:  time.Unix(int64(rapid.IntRange(0, 2e9).Draw(t, "start")), 0).UTC(),
		Step:   rapid.SampledFrom([]time.Duration{time.Nanosecond, 15 * time.Second, 5 * time.Minute, 8 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}).Draw(t, "step"),
		Values: make([]float64, n),
	}
	limit := rapid.SampledFrom([]float64{0, 1e-300, 1, 100, 1e12, 1e303}).Draw(t, "limit")
	share := rapid.IntRange(0, 3).Draw(t, "gaps")
	for i := range s.Values {
		s.Values[i] = rapid.Float64Range(-limit, limit).Draw(t, "value")
		if share > 0 && rapid.IntRange(1, 4).Draw(t, "gap") <= share {
			if s.Mask == nil {
				s.Mask = make([]bool, n)
			}
			s.Mask[i], s.Values[i] = true, 0
		}
	}
	return s
}

func TestSeriesCheck(t *testing.T) {
	s := capacity.Series{Values: []float64{1, math.NaN(), math.Inf(1), math.NaN()}, Mask: []bool{false, false, false, true}}
	err := s.Check()
	want := `not a series to forecast: step: 0s: a step is longer than 0; write the distance of values, such as 1h
not a series to forecast: values[1]: NaN: not a finite number; mark the gap in the mask
not a series to forecast: values[2]: +Inf: not a finite number; mark the gap in the mask`
	if err == nil || err.Error() != want || !errors.Is(err, capacity.ErrSeries) {
		t.Errorf("got %v\nwant %s", err, want)
	}
	s = capacity.Series{Step: time.Hour, Values: []float64{1}, Mask: []bool{false, true}}
	if err := s.Check(); err == nil || err.Error() != "not a series to forecast: mask: 2: not as long as the 1 values; mark each value, or leave the mask out" {
		t.Errorf("got %v", err)
	}
	s = capacity.Series{Step: time.Hour, Values: []float64{1e303, -1.1e303}}
	if err := s.Check(); err == nil || err.Error() != "not a series to forecast: values[1]: -1.1e+303: beyond ±1e303; mark the gap in the mask" {
		t.Errorf("got %v", err)
	}
	if err := (capacity.Series{Step: time.Hour}).Check(); err != nil {
		t.Errorf("an empty series: %v", err)
	}
}

func TestSeriesSlice(t *testing.T) {
	s := capacity.Series{Start: noon, Step: time.Hour, Values: []float64{1, 2, 3, 4}, Mask: []bool{false, false, true, false}}
	got := s.Slice(1, 3)
	if diff := cmp.Diff(capacity.Series{Start: noon.Add(time.Hour), Step: time.Hour, Values: []float64{2, 3}, Mask: []bool{false, true}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cap(got.Values) != 2 || !got.End().Equal(noon.Add(3*time.Hour)) || got.Observed() != 1 {
		t.Errorf("got room for %d, an end at %v, %d observed; want 2, 15:00, 1", cap(got.Values), got.End(), got.Observed())
	}
}

func TestResample(t *testing.T) {
	nan := math.NaN()
	type options = capacity.ResampleOptions
	hours := func(mask ...int) capacity.Series { // from 10:00 to 19:00
		s := capacity.Series{Start: noon.Add(-2 * time.Hour), Step: time.Hour, Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}}
		for _, i := range mask {
			if s.Mask == nil {
				s.Mask = make([]bool, 9)
			}
			s.Mask[i], s.Values[i] = true, 0
		}
		return s
	}
	for _, c := range []struct {
		name    string
		s       capacity.Series
		options options
		start   int // hours after noon
		want    []float64
	}{
		{"mean; the partial start goes", hours(), options{Step: 4 * time.Hour}, 0, []float64{4.5, 8}},
		{"partial ends stay if they suffice", hours(), options{Step: 4 * time.Hour, MinShare: 0.5}, -4, []float64{1.5, 4.5, 8}},
		{"a sum is extrapolated", hours(), options{Step: 4 * time.Hour, MinShare: 0.5, Aggregation: capacity.Sum}, -4, []float64{6, 18, 32}},
		{"max", hours(), options{Step: 2 * time.Hour, Aggregation: capacity.Max}, -2, []float64{2, 4, 6, 8}},
		{"last", hours(8), options{Step: 3 * time.Hour, Aggregation: capacity.Last, Align: noon.Add(time.Hour), MinShare: .5}, -2, []float64{3, 6, 8}},
		{"p95", hours(), options{Step: 4 * time.Hour, Aggregation: capacity.P95}, 0, []float64{5.85, 8.9}},
		{"gaps make gaps", hours(3, 4), options{Step: 2 * time.Hour}, -2, []float64{1.5, nan, nan, 7.5}},
		{"aligned", hours(), options{Step: 3 * time.Hour, Align: noon.Add(-2*time.Hour - 72*time.Hour)}, -2, []float64{2, 5, 8}},
		{"the same step", hours(1), options{Step: time.Hour}, -2, []float64{1, nan, 3, 4, 5, 6, 7, 8, 9}},
	} {
		got, err := capacity.Resample(ctx, c.s, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, show(got), sameFloats); diff != "" || !got.Start.Equal(noon.Add(time.Duration(c.start)*time.Hour)) {
			t.Errorf("%s: start %v (-want +got):\n%s", c.name, got.Start, diff)
		}
	}
	_, err := capacity.Resample(ctx, hours(), options{Step: 90 * time.Minute, Aggregation: capacity.Rate, MinShare: math.NaN()})
	want := `not a series to forecast: options.step: 1h30m0s: not a multiple of the step 1h0m0s; write a multiple, or put the samples on another grid
not a series to forecast: options.aggregation: rate: does not apply to a series; use one of [mean sum max min last p95]
not a series to forecast: options.min_share: NaN: not between 0 and 1; write 0.75 for three quarters`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err := capacity.Resample(ctx, hours(), options{Step: 48 * time.Hour}); err == nil {
		t.Error("nine hours make two days")
	}
}

// TestResampleIsTheGridOfTheSamples: resampling a series without gaps is putting
// its values on the coarser grid.
func TestResampleIsTheGridOfTheSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSeries(t, 1, 60)
		s.Step, s.Mask = 5*time.Minute, nil
		var samples []capacity.Sample
		for i, v := range s.Values {
			samples = append(samples, capacity.Sample{Time: s.Time(i), Value: v})
		}
		step := time.Duration(rapid.IntRange(1, 5).Draw(t, "times")) * s.Step
		aggregation := capacity.Aggregation(rapid.SampledFrom([]int{0, 2, 3, 4, 5}).Draw(t, "aggregation"))
		want, err := capacity.Grid(ctx, samples, capacity.GridOptions{Step: step, Aggregation: aggregation})
		if err != nil {
			t.Fatal(err)
		}
		got, err := capacity.Resample(ctx, s, capacity.ResampleOptions{Step: step, Aggregation: aggregation, MinShare: 1e-9})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.Series, got); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}
