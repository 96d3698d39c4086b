package canary

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
)

func stream(from int, values ...float64) *model.SampleStream {
	s := &model.SampleStream{Metric: model.Metric{"job": "shop"}}
	for i, v := range values {
		s.Values = append(s.Values, model.SamplePair{Timestamp: model.Time(60000 * (from + i)), Value: model.SampleValue(v)})
	}
	return s
}

func TestFromMatrix(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name             string
		baseline, canary []model.Matrix
		options          MatrixOptions
		want             MatrixLooks
	}{
		{"nothing", []model.Matrix{nil, nil}, []model.Matrix{nil, nil}, MatrixOptions{}, MatrixLooks{}},
		{"increases", // fractions are carried: 0.4, 0.8, 1.2 are 0, 1, 0 events
			[]model.Matrix{{stream(10, 0.4, 0.4, 0.4)}, {stream(10, 50, 50, 50), stream(10, 40.5, 40.5, 41)}},
			[]model.Matrix{{stream(11, 2)}, {stream(10, 10, 10, nan)}}, MatrixOptions{},
			MatrixLooks{Looks: []Look{
				{0, []Measurement{{Name: "m", Baseline: Observed{Total: 91}, Canary: Observed{Total: 10}}}},
				{60, []Measurement{{Name: "m", Baseline: Observed{Bad: 1, Total: 90}, Canary: Observed{Bad: 2, Total: 10}}}},
				{120, []Measurement{{Name: "m", Baseline: Observed{Total: 91}, Canary: Observed{Missing: true}}}}}}},
		{"counters",
			[]model.Matrix{{stream(0, 5, 5, 7)}, {stream(0, 100, 150, 20)}}, // restarted
			[]model.Matrix{{}, {stream(0, 10, 12, 15)}}, MatrixOptions{CounterSamples},
			MatrixLooks{Looks: []Look{
				{0, []Measurement{{Name: "m", Baseline: Observed{Total: 50}, Canary: Observed{Total: 2}}}},
				{60, []Measurement{{Name: "m", Baseline: Observed{Bad: 2, Total: 20}, Canary: Observed{Total: 3}}}}}}},
		{"refused", []model.Matrix{{stream(0, 9)}, {stream(0, 4)}}, []model.Matrix{{stream(0, -1)}, {stream(0, math.Inf(1))}}, MatrixOptions{},
			MatrixLooks{Looks: []Look{{0, []Measurement{{Name: "m", Baseline: Observed{Bad: 4, Total: 4}, Canary: Observed{Missing: true}}}}},
				Warnings: []Warning{{"bad-sample", "2 samples are negative or infinite and left out", "look at the series for them"},
					{"bad-above-total", "1 steps had more bad than total events and are cut to the total", "count both in one place, at one moment"}}}},
		{"values", []model.Matrix{{stream(0, 0.2, 0.3), stream(0, 0.1)}}, []model.Matrix{{stream(1, 0.5)}}, MatrixOptions{},
			MatrixLooks{Looks: []Look{
				{0, []Measurement{{Name: "m", Baseline: Observed{Values: []float64{0.2, 0.1}}, Canary: Observed{Missing: true}}}},
				{60, []Measurement{{Name: "m", Baseline: Observed{Values: []float64{0.3}}, Canary: Observed{Values: []float64{0.5}}}}}}}},
	} {
		got, err := FromMatrix("m", c.baseline, c.canary, c.options)
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, err, d)
		}
	}
	native := stream(0)
	native.Histograms = make([]model.SampleHistogramPair, 1)
	for _, c := range [][2][]model.Matrix{{nil, nil}, {{nil}, {nil, nil}}, {{nil, nil, nil}, {nil, nil, nil}}, {{{native}}, {nil}}} {
		if _, err := FromMatrix("m", c[0], c[1], MatrixOptions{}); !errors.Is(err, ErrInput) {
			t.Errorf("%v: error %v", c, err)
		}
	}
}

func TestJoinLooks(t *testing.T) {
	a, b := Measurement{Name: "a"}, Measurement{Name: "b"}
	got := JoinLooks([]Look{{0, []Measurement{a}}, {60, []Measurement{a}}}, []Look{{60, []Measurement{b}}, {30, []Measurement{b}}})
	want := []Look{{0, []Measurement{a}}, {30, []Measurement{b}}, {60, []Measurement{a, b}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
