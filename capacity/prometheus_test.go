package capacity_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

// stream has samples at minutes after noon; NaN is what ends a series.
func stream(name string, values ...float64) *model.SampleStream {
	s := &model.SampleStream{Metric: model.Metric{"pod": model.LabelValue(name)}}
	for i, v := range values {
		s.Values = append(s.Values, model.SamplePair{Timestamp: model.TimeFromUnixNano(noon.Add(time.Duration(i) * time.Minute).UnixNano()), Value: model.SampleValue(v)})
	}
	return s
}

func TestFromMatrix(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	type options = capacity.MatrixOptions
	for _, c := range []struct {
		name    string
		matrix  model.Matrix
		options options
		want    []float64
	}{
		{"one stream", model.Matrix{stream("a", 1, 2, nan, 4)}, options{}, []float64{1, 2, nan, 4}},
		{"summed", model.Matrix{stream("a", 1, 2, nan, 4), stream("b", nan, 10, nan, 30, 40)}, options{Streams: capacity.SumStreams}, []float64{1, 12, nan, 34, 40}},
		{"meant", model.Matrix{stream("a", 1, 2, nan, 4), stream("b", nan, 10, nan, 30, 40)}, options{Streams: capacity.MeanStreams}, []float64{1, 6, nan, 17, 40}},
		{"the largest", model.Matrix{stream("a", -1, 2, nan, 4), stream("b", nan, 1, nan, 30, 40)}, options{Streams: capacity.MaxStreams}, []float64{-1, 2, nan, 30, 40}},
		{"infinite ones left out", model.Matrix{stream("a", 1, inf, 3, 4)}, options{}, []float64{1, nan, 3, 4}},
		// Each falls by itself: 10 and 2 since the restart, 5 and 5.
		{"counters", model.Matrix{stream("a", 0, 10, 2), stream("b", 100, 105, 110)},
			options{Streams: capacity.SumStreams, Grid: capacity.GridOptions{Step: time.Minute, Aggregation: capacity.Increase}}, []float64{15, 7, nan}},
		{"a coarser grid", model.Matrix{stream("a", 1, 2, 3, 4), stream("b", 1, 1, 1, 9)},
			options{Streams: capacity.SumStreams, Grid: capacity.GridOptions{Step: 2 * time.Minute, Aggregation: capacity.Max}}, []float64{3, 13}},
	} {
		got, err := capacity.FromMatrix(ctx, c.matrix, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, show(got.Series), sameFloats); diff != "" || !got.Series.Start.Equal(noon) {
			t.Errorf("%s: start %v (-want +got):\n%s", c.name, got.Series.Start, diff)
		}
		back := slices.Clone(c.matrix)
		slices.Reverse(back)
		again, err := capacity.FromMatrix(ctx, back, c.options)
		if diff := cmp.Diff(got, again); diff != "" || err != nil {
			t.Errorf("%s: streams in another order: %v (-want +got):\n%s", c.name, err, diff)
		}
	}
	got, err := capacity.FromMatrix(ctx, model.Matrix{stream("a", 1, inf, 3, 2)}, options{Grid: capacity.GridOptions{Aggregation: capacity.Last}})
	if err != nil || got.Samples != 3 || len(got.Warnings) != 1 || got.Warnings[0].Code != "not-finite" {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestFromMatrixRefuses(t *testing.T) {
	histograms := stream("h", 1)
	histograms.Histograms = []model.SampleHistogramPair{{}}
	for _, c := range []struct {
		matrix  model.Matrix
		options capacity.MatrixOptions
		want    string
	}{
		{nil, capacity.MatrixOptions{}, "matrix: 0 streams: no samples; look at the query and the time range"},
		{model.Matrix{stream("a", 1, 2, 3), histograms}, capacity.MatrixOptions{}, "matrix: 2 streams: which of them?; add an aggregation such as sum() to the query, or set Streams\n" +
			"not a series to forecast: matrix[1]: {pod=\"h\"}: holds native histograms; ask for histogram_count() or histogram_quantile()"},
		{model.Matrix{stream("a", 1, -2, 3)}, capacity.MatrixOptions{Streams: 9, Grid: capacity.GridOptions{Aggregation: capacity.Rate}},
			"options.streams: 9: not a way to put streams together; use SumStreams, MeanStreams or MaxStreams\n" +
				"not a series to forecast: matrix[0].samples at 2026-03-02T12:01:00Z: -2: a counter is not below 0; use another aggregation for gauges"},
	} {
		_, err := capacity.FromMatrix(ctx, c.matrix, c.options)
		if want := capacity.ErrSeries.Error() + ": " + c.want; err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
}

// TestFromMatrixIsGrid: one stream is what Grid makes of its samples.
func TestFromMatrixIsGrid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		s := &model.SampleStream{}
		for _, v := range samples {
			s.Values = append(s.Values, model.SamplePair{Timestamp: model.TimeFromUnixNano(v.Time.UnixNano()), Value: model.SampleValue(v.Value)})
		}
		options := capacity.GridOptions{Step: time.Minute, Aggregation: capacity.Aggregation(rapid.IntRange(0, 7).Draw(t, "aggregation"))}
		want, err := capacity.Grid(ctx, samples, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, streams := range []capacity.Streams{capacity.OneStream, capacity.SumStreams, capacity.MeanStreams, capacity.MaxStreams} {
			got, err := capacity.FromMatrix(ctx, model.Matrix{s}, capacity.MatrixOptions{Grid: options, Streams: streams})
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("%v: %v (-want +got):\n%s", streams, err, diff)
			}
		}
	})
}
