package capacity_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/capacity"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
)

// at makes samples from pairs of seconds after noon and values.
func at(pairs ...float64) []capacity.Sample {
	var samples []capacity.Sample
	for i := 0; i < len(pairs); i += 2 {
		samples = append(samples, capacity.Sample{Time: noon.Add(time.Duration(pairs[i] * float64(time.Second))), Value: pairs[i+1]})
	}
	return samples
}

// show writes a series' values with gaps as NaN.
func show(s capacity.Series) []float64 {
	v := slices.Clone(s.Values)
	for i := range v {
		if s.Missing(i) {
			if v[i] != 0 {
				panic("a gap holds a value")
			}
			v[i] = math.NaN()
		}
	}
	return v
}

var sameFloats = cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) })

func TestGrid(t *testing.T) {
	nan := math.NaN()
	type options = capacity.GridOptions
	for _, c := range []struct {
		name    string
		samples []capacity.Sample
		options options
		start   time.Duration // after noon
		want    []float64
	}{
		{"mean", at(0, 1, 30, 3, 60, 5), options{Step: time.Minute}, 0, []float64{2, 5}},
		{"sum", at(0, 1, 30, 3, 60, 5), options{Step: time.Minute, Aggregation: capacity.Sum}, 0, []float64{4, 5}},
		{"max", at(0, 1, 30, 3, 60, 5), options{Step: time.Minute, Aggregation: capacity.Max}, 0, []float64{3, 5}},
		{"min", at(0, 1, 30, 3, 60, 5), options{Step: time.Minute, Aggregation: capacity.Min}, 0, []float64{1, 5}},
		{"last, unsorted", at(30, 3, 0, 1, 60, 5), options{Step: time.Minute, Aggregation: capacity.Last}, 0, []float64{3, 5}},
		// h = 0.95·2 = 1.9 between the 2nd and the 3rd: 2 + 0.9·8
		{"p95", at(0, 1, 10, 2, 20, 10), options{Step: time.Minute, Aggregation: capacity.P95}, 0, []float64{9.2}},
		{"a gap is not zero", at(0, 1, 180, 4), options{Step: time.Minute}, 0, []float64{1, nan, nan, 4}},
		{"samples before the aligned start", at(-1, 7, 0, 1), options{Step: time.Minute}, -time.Minute, []float64{7, 1}},
		{"times are ends", at(0, 1, 60, 2), options{Step: time.Minute, Ends: true}, -time.Minute, []float64{1, 2}},
		{"just after an end", at(0, 1, 0.001, 2), options{Step: time.Minute, Ends: true}, -time.Minute, []float64{1, 2}},
		{"aligned", at(0, 1, 60, 2), options{Step: time.Minute, Align: noon.Add(-30*time.Second + 24*time.Hour)}, -30 * time.Second, []float64{1, 2}},
		{"the largest of one instant counts, once", at(0, 5, 0, 1, 0, 5, 30, 1), options{Step: time.Minute}, 0, []float64{3}},
		{"range", at(0, 1, 60, 2, 120, 3), options{Step: time.Minute, From: noon.Add(time.Minute), To: noon.Add(4 * time.Minute)}, time.Minute, []float64{2, 3, nan}},
		{"range without Step", at(0, 1, 60, 2, 120, 3), options{From: noon.Add(-time.Minute), To: noon.Add(4 * time.Minute)}, -time.Minute, []float64{nan, 1, 2, 3, nan}},
		{"not finite, skipped", append(at(0, 1, 60, 2), at(30, math.Inf(1), 61, nan)...), options{Step: time.Minute, SkipNotFinite: true}, 0, []float64{1, 2}},

		{"step told", at(7, 1, 67, 2, 127, 3, 247, 5), options{}, 7 * time.Second, []float64{1, 2, 3, nan, 5}},
		{"step told, ends", at(7, 1, 67, 2, 127, 3), options{Ends: true}, -53 * time.Second, []float64{1, 2, 3}},
		// The offsets from 0 are 0, 0.2, −0.3, 0.1, −0.2: the median is 0.
		{"step told of jittered samples", at(0, 1, 15.2, 2, 29.7, 3, 45.1, 4, 59.8, 5), options{}, 0, []float64{1, 2, 3, 4, 5}},

		{"counter", at(0, 10, 60, 16, 120, 20), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{6, 4, nan}},
		{"counter, per second", at(0, 10, 60, 16, 120, 20), options{Step: time.Minute, Aggregation: capacity.Rate}, 0, []float64{.1, 4. / 60, nan}},
		// 16, and then 3 since the restart.
		{"counter that restarts", at(0, 10, 60, 26, 120, 3, 180, 4), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{16, 3, 1, nan}},
		// Half of the growth from 30 to 90 lies in each minute; the first minute
		// is known by half (3 in 30 s are 6), so is the second.
		{"counter between the edges", at(30, 10, 90, 16), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{6, 6}},
		// 12:00 to 12:05 is longer than a step and a half.
		{"counter with a gap", at(0, 0, 60, 6, 360, 66, 420, 70), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{6, nan, nan, nan, nan, nan, 4, nan}},
		{"counter with a gap of two steps", at(0, 0, 60, 6, 180, 30, 240, 34), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{6, nan, nan, 4, nan}},
		{"counter of which a third of a step is known", at(40, 0, 60, 5, 120, 11), options{Step: time.Minute, Aggregation: capacity.Increase}, 0, []float64{nan, 6, nan}},
		{"counter with a gap that may be filled", at(0, 0, 60, 6, 240, 66), options{Step: time.Minute, Aggregation: capacity.Increase, MaxGap: 3 * time.Minute}, 0, []float64{6, 20, 20, 20, nan}},
	} {
		got, err := capacity.Grid(ctx, c.samples, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if want := noon.Add(c.start); !got.Series.Start.Equal(want) {
			t.Errorf("%s: start %v, want %v", c.name, got.Series.Start, want)
		}
		near := cmp.Comparer(func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-12 })
		if diff := cmp.Diff(c.want, show(got.Series), near); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestGridTellsWhatItFound(t *testing.T) {
	samples := append(at(0, 1, 60, 2, 30, 4, 30, 4, 60, 3, 600, 1), at(90, math.NaN())...)
	got, err := capacity.Grid(ctx, samples, capacity.GridOptions{Step: time.Minute, SkipNotFinite: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.Samples != 4 || got.Late != 2 || got.Duplicates != 2 || got.Resets != 0 {
		t.Errorf("got %d samples, %d late, %d duplicates, %d resets; want 4, 2, 2, 0", got.Samples, got.Late, got.Duplicates, got.Resets)
	}
	want := []string{
		"duplicate-conflict: 1 samples had the instant of another with a different value; the largest counts; ask for one series, not for several at once",
		"not-finite: 1 samples are NaN, infinite or beyond ±1e303 and left out; look at where they come from",
		"sparse: 8 of 11 steps are gaps; take a coarser step",
	}
	var texts []string
	for _, w := range got.Warnings {
		texts = append(texts, w.String())
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, err = capacity.Grid(ctx, at(0, 10, 15, 12, 30, 1, 45, 0, 60, 3), capacity.GridOptions{Step: time.Minute, Aggregation: capacity.Rate})
	if err != nil || got.Resets != 2 {
		t.Errorf("got %d resets (%v), want 2", got.Resets, err)
	}
}

func TestGridRefuses(t *testing.T) {
	type options = capacity.GridOptions
	for _, c := range []struct {
		name    string
		samples []capacity.Sample
		options options
		want    []string
	}{
		{"everything at once", append(at(0, math.NaN(), 60, math.Inf(-1)), capacity.Sample{Time: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), Value: 1}),
			options{Step: -time.Minute, Aggregation: 99, MaxGap: 1 << 62, From: noon, To: noon}, []string{
				"options.step: -1m0s: not within 0 to ten years; write the distance of values, such as 1h",
				"options.max_gap: 1281023h53m38.427387904s: not within 0 to ten years; write the distance of values, such as 1h",
				"options.aggregation: 99: not an aggregation; use one of [mean sum max min last p95 increase rate]",
				"options.to: 2026-03-02 12:00:00 +0000 UTC: not after From; write the end of the range",
				"samples[0].value: NaN: not a finite number; leave the sample out, or set SkipNotFinite",
				"samples[1].value: -Inf: not a finite number; leave the sample out, or set SkipNotFinite",
				"samples[2].time: 0001-01-01 00:00:00 +0000 UTC: outside the years 1837 to 2103; look at the unit of the timestamps",
			}},
		{"nothing", nil, options{}, []string{"samples: 0: nothing to put on a grid; look at the query and the time range"}},
		{"two instants", at(0, 1, 60, 1, 60, 2), options{}, []string{"options.step: 0: the step cannot be told from 2 instants; write Step, such as 1h"}},
		{"no rhythm", at(0, 1, 10, 1, 25, 1, 47, 1, 80, 1), options{}, []string{
			"options.step: 0: the step cannot be told: distances of samples run from 10s to 33s with a median of 16s, and only 2 of 4 are near multiples of it; write Step, such as 1h"}},
		{"negative counter", at(0, 1, 60, -1), options{Step: time.Minute, Aggregation: capacity.Increase}, []string{
			"samples at 2026-03-02T12:01:00Z: -1: a counter is not below 0; use another aggregation for gauges"}},
		{"milliseconds taken for seconds", append(at(0, 1), capacity.Sample{Time: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)}), options{Step: time.Second}, []string{
			"options.step: 1s: the samples span 1772452801 steps, more than 33554432; take a coarser step, and look for wrong timestamps"}},
	} {
		_, err := capacity.Grid(ctx, c.samples, c.options)
		var e *capacity.Error
		if !errors.As(err, &e) || !errors.Is(err, capacity.ErrSeries) {
			t.Errorf("%s: got %v, want a *capacity.Error", c.name, err)
			continue
		}
		var got []string
		for _, p := range e.Problems {
			got = append(got, p.String())
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	// A million of them do not make a million lines.
	_, err := capacity.Grid(ctx, make([]capacity.Sample, 1000), capacity.GridOptions{Step: time.Hour})
	if n := strings.Count(err.Error(), "\n"); n != 10 || !strings.HasSuffix(err.Error(), "and 990 more") {
		t.Errorf("got %d lines: %s", n, err)
	}
}

func TestGridStops(t *testing.T) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := capacity.Grid(done, at(0, 1), capacity.GridOptions{Step: time.Hour}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// drawSamples makes regular and irregular samples, with repeated instants.
func drawSamples(t *rapid.T) []capacity.Sample {
	n := rapid.IntRange(1, 200).Draw(t, "n")
	samples := make([]capacity.Sample, n)
	for i := range samples {
		samples[i] = capacity.Sample{
			Time:  noon.Add(time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "ms")) * 100 * time.Millisecond),
			Value: rapid.Float64Range(0, 1e6).Draw(t, "value"),
		}
	}
	return samples
}

func TestGridDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		before := slices.Clone(samples)
		options := capacity.GridOptions{
			Step:        time.Duration(rapid.IntRange(1, 200).Draw(t, "step")) * time.Second,
			Aggregation: capacity.Aggregation(rapid.IntRange(0, 7).Draw(t, "aggregation")),
			Ends:        rapid.Bool().Draw(t, "ends"),
		}
		if rapid.IntRange(0, 3).Draw(t, "told") == 0 {
			options.Step = 0
		}
		want, errWant := capacity.Grid(ctx, samples, options)
		if diff := cmp.Diff(before, samples); diff != "" {
			t.Fatalf("the samples changed (-before +after):\n%s", diff)
		}
		shuffled := slices.Clone(samples)
		rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed"))).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got, errGot := capacity.Grid(ctx, shuffled, options)
		if (errWant == nil) != (errGot == nil) {
			t.Fatalf("one order fails with %v, the other with %v", errWant, errGot)
		}
		if diff := cmp.Diff(want.Series, got.Series); diff != "" {
			t.Fatalf("(-one order +another):\n%s", diff)
		}
		if errGot == nil {
			if err := got.Series.Check(); err != nil {
				t.Fatal(err)
			}
			last := got.Series.Len() - 1
			if options.Step > 0 && options.Aggregation < capacity.Increase && (got.Series.Missing(0) || got.Series.Missing(last)) {
				t.Fatalf("the grid is wider than the samples: %v", show(got.Series))
			}
		}
	})
}

// TestGridKeepsSums: nothing is lost or counted twice, on any grid.
func TestGridKeepsSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := drawSamples(t)
		largest := map[time.Time]float64{}
		for _, s := range samples {
			largest[s.Time] = max(largest[s.Time], s.Value)
		}
		want := 0.0
		for _, v := range largest {
			want += v
		}
		got, err := capacity.Grid(ctx, samples, capacity.GridOptions{
			Step: time.Duration(rapid.IntRange(1, 3000).Draw(t, "step")) * 100 * time.Millisecond, Aggregation: capacity.Sum, Ends: rapid.Bool().Draw(t, "ends"),
			Align: noon.Add(time.Duration(rapid.IntRange(-1e9, 1e9).Draw(t, "align"))),
		})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, v := range got.Series.Values {
			sum += v
		}
		if math.Abs(sum-want) > 1e-9*want {
			t.Fatalf("got a sum of %v, want %v", sum, want)
		}
	})
}

func BenchmarkGrid(b *testing.B) {
	const n = 1 << 20
	inOrder := make([]capacity.Sample, n)
	for i := range inOrder {
		inOrder[i] = capacity.Sample{Time: noon.Add(time.Duration(i) * 15 * time.Second), Value: float64(i % 1000)}
	}
	shuffled := slices.Clone(inOrder)
	rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	for _, c := range []struct {
		name    string
		samples []capacity.Sample
		options capacity.GridOptions
	}{
		{"mean", inOrder, capacity.GridOptions{Step: time.Hour}},
		{"p95", inOrder, capacity.GridOptions{Step: time.Hour, Aggregation: capacity.P95}},
		{"rate", inOrder, capacity.GridOptions{Step: time.Hour, Aggregation: capacity.Rate}},
		{"told", inOrder, capacity.GridOptions{}},
		{"shuffled", shuffled, capacity.GridOptions{Step: time.Hour}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := capacity.Grid(ctx, c.samples, c.options); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/sample")
		})
	}
}

// TestGridOfHostileTimes: instants at the ends of the allowed years, steps of
// years, and a nanosecond between samples.
func TestGridOfHostileTimes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		samples := make([]capacity.Sample, n)
		for i := range samples {
			samples[i] = capacity.Sample{Time: time.Unix(0, rapid.Int64Range(-42e17, 42e17).Draw(t, "at")), Value: rapid.Float64Range(-1e303, 1e303).Draw(t, "value")}
			if i > 0 && rapid.Bool().Draw(t, "near") {
				samples[i].Time = samples[i-1].Time.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "ns")))
			}
		}
		got, err := capacity.Grid(ctx, samples, capacity.GridOptions{
			Step:          time.Duration(rapid.Int64Range(0, int64(10*366*24*time.Hour)).Draw(t, "step")),
			Aggregation:   capacity.Aggregation(rapid.IntRange(0, 7).Draw(t, "aggregation")),
			Ends:          rapid.Bool().Draw(t, "ends"),
			Align:         time.Unix(0, rapid.Int64Range(-42e17, 42e17).Draw(t, "align")),
			SkipNotFinite: true,
		})
		if err == nil {
			if err := got.Series.Check(); err != nil {
				t.Fatal(err)
			}
			s := got.Series
			if s.Start.After(latest(samples)) || s.End().Before(samples[0].Time.Add(-s.Step)) {
				t.Fatalf("the series is from %v to %v, samples are %v", s.Start, s.End(), samples)
			}
		}
	})
}

func latest(samples []capacity.Sample) time.Time {
	last := samples[0].Time
	for _, s := range samples {
		if s.Time.After(last) {
			last = s.Time
		}
	}
	return last.Add(24 * time.Hour)
}
