package slo

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"pgregory.net/rapid"
)

// stream is a sample stream at minutes from an instant; skip is no sample.
func stream(values ...float64) *model.SampleStream {
	s := &model.SampleStream{}
	for i, v := range values {
		if v != skip {
			s.Values = append(s.Values, model.SamplePair{Timestamp: model.Time(60_000 * i), Value: model.SampleValue(v)})
		}
	}
	return s
}

const skip = -12345

func TestFromMatrix(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	minute := func(n int) time.Time { return time.Unix(int64(60*n), 0).UTC() }
	for _, c := range []struct {
		name       string
		bad, total model.Matrix
		options    MatrixOptions
		want       map[int]Counts
		gaps       []Span
		warnings   string
	}{
		{name: "increases of two series", bad: model.Matrix{stream(1, 0, 2), stream(0, 1, 0)}, total: model.Matrix{stream(10, 10, 10), stream(5, 6, 7)},
			want: map[int]Counts{0: {1, 15}, 1: {1, 16}, 2: {2, 17}}},
		{name: "no error series", total: model.Matrix{stream(10, 10)}, want: map[int]Counts{0: {0, 10}, 1: {0, 10}}},
		{name: "errors that begin later", bad: model.Matrix{stream(skip, 3)}, total: model.Matrix{stream(10, 10)}, want: map[int]Counts{0: {0, 10}, 1: {3, 10}}},
		{name: "NaN is no data", bad: model.Matrix{stream(nan, nan, 1)}, total: model.Matrix{stream(10, nan, 10)}, want: map[int]Counts{0: {0, 10}, 2: {1, 10}},
			options: MatrixOptions{Step: time.Minute}, gaps: []Span{{minute(0), minute(1)}}},
		{name: "a gap", bad: nil, total: model.Matrix{stream(1, 1, 1, skip, skip, 1, 1)}, want: map[int]Counts{0: {0, 1}, 1: {0, 1}, 2: {0, 1}, 5: {0, 1}, 6: {0, 1}},
			gaps: []Span{{minute(2), minute(4)}}},
		{name: "negative and infinite", bad: model.Matrix{stream(-1, 1)}, total: model.Matrix{stream(10, 10, inf)}, want: map[int]Counts{0: {0, 10}, 1: {1, 10}},
			warnings: "bad-sample: 2 samples are negative or infinite and left out; look at the series for them"},
		{name: "bad without total", bad: model.Matrix{stream(1, 1, 1)}, total: model.Matrix{stream(10)}, want: map[int]Counts{0: {1, 10}},
			warnings: "bad-without-total: 2 instants have bad events and no total; they are left out; ask for both with the same start and step"},
		{name: "bad above total", bad: model.Matrix{stream(2, 0, 1.0000000001)}, total: model.Matrix{stream(1, 10, 1)}, want: map[int]Counts{0: {1, 1}, 1: {0, 10}, 2: {1, 1}},
			warnings: "bad-above-total: 1 points had more bad than total events and are cut to the total; count both in one place, at one moment"},
		{name: "nothing", want: map[int]Counts{}},
		{name: "counters, with a restart", bad: model.Matrix{stream(5, 6, 6, 2)}, total: model.Matrix{stream(100, 110, 130, 20)}, options: MatrixOptions{Meaning: CounterSamples},
			want: map[int]Counts{1: {1, 10}, 2: {0, 20}, 3: {2, 20}}},
		{name: "a gap in a counter loses nothing", bad: model.Matrix{stream(5, skip, nan, 9)}, total: model.Matrix{stream(100, skip, nan, 130)}, options: MatrixOptions{Meaning: CounterSamples},
			want: map[int]Counts{3: {4, 30}}},
		{name: "each counter restarts on its own", total: model.Matrix{stream(100, 110), stream(50, 5)}, options: MatrixOptions{Meaning: CounterSamples}, want: map[int]Counts{1: {0, 15}}},
		{name: "a fresh error counter", bad: model.Matrix{stream(skip, 3, 4)}, total: model.Matrix{stream(100, 110, 120)}, options: MatrixOptions{Meaning: CounterSamples},
			want: map[int]Counts{1: {0, 10}, 2: {1, 10}}},
		{name: "a fresh error counter, from 0", bad: model.Matrix{stream(skip, 3, 4)}, total: model.Matrix{stream(100, 110, 120)}, options: MatrixOptions{Meaning: CounterSamples, FromZero: true},
			want: map[int]Counts{1: {3, 10}, 2: {1, 10}}},
	} {
		got, err := FromMatrix(c.bad, c.total, c.options)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		points := map[int]Counts{}
		for _, p := range got.Points {
			points[int(p.Time.Unix()/60)] = p.Counts
		}
		if d := cmp.Diff(c.want, points); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		if d := cmp.Diff(c.gaps, got.Gaps); d != "" {
			t.Errorf("%s: gaps (-want +got):\n%s", c.name, d)
		}
		var warnings []string
		for _, w := range got.Warnings {
			warnings = append(warnings, w.String())
		}
		if s := strings.Join(warnings, "\n"); s != c.warnings {
			t.Errorf("%s: warnings %q, want %q", c.name, s, c.warnings)
		}
	}
}

func TestFromMatrixErrors(t *testing.T) {
	if _, err := FromMatrix(model.Matrix{stream(10, 10)}, model.Matrix{stream(1, 1)}, MatrixOptions{}); text(err) != "not counts of bad and total events: 20 bad of 2 in total; are the arguments swapped, or is total the good events?" {
		t.Errorf("swapped: %v", err)
	}
	histograms := &model.SampleStream{Metric: model.Metric{"a": "b"}, Histograms: []model.SampleHistogramPair{{}}}
	_, err := FromMatrix(model.Matrix{histograms}, model.Matrix{histograms}, MatrixOptions{})
	if want := "not counts of bad and total events: total: {a=\"b\"} holds native histograms; ask for histogram_count() or histogram_fraction()\n" +
		"not counts of bad and total events: bad: {a=\"b\"} holds native histograms; ask for histogram_count() or histogram_fraction()"; text(err) != want || !errors.Is(err, ErrMatrix) {
		t.Errorf("histograms: %v", err)
	}
	for _, o := range []MatrixOptions{{Meaning: 2}, {Meaning: -1}, {Step: -1}} {
		if _, err := FromMatrix(nil, nil, o); !errors.Is(err, ErrMatrix) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	huge := model.Matrix{stream(math.MaxFloat64), stream(math.MaxFloat64)}
	if _, err := FromMatrix(nil, huge, MatrixOptions{}); !errors.Is(err, ErrMatrix) {
		t.Errorf("beyond the largest number: %v", err)
	}
}

// The same events as increases and as counters that restart give the same
// points, in any order of samples, and the arguments stay as they were.
func TestFromMatrixLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 30).Draw(t, "steps")
		// Increases of up to most in each step, least at the least, and the
		// counter that makes them, which sometimes restarts: seen if it falls.
		draw := func(name string, least, most int) (increases, counters *model.SampleStream) {
			increases, counters = stream(), stream()
			value := float64(rapid.IntRange(0, 1000).Draw(t, name+" start"))
			for i := range n {
				x := 0.0
				if i > 0 {
					x = float64(rapid.IntRange(least, most).Draw(t, name))
					if x < value && rapid.IntRange(0, 9).Draw(t, "restart") == 0 {
						value = 0
					}
				}
				value += x
				at := model.Time(60_000 * i)
				increases.Values = append(increases.Values, model.SamplePair{Timestamp: at, Value: model.SampleValue(x)})
				counters.Values = append(counters.Values, model.SamplePair{Timestamp: at, Value: model.SampleValue(value)})
			}
			return increases, counters
		}
		badI, badC := draw("bad", 0, 3)
		totalI, totalC := draw("total", 3, 100)
		before := totalC.Values[0]
		fromI, err1 := FromMatrix(model.Matrix{badI}, model.Matrix{totalI}, MatrixOptions{})
		shuffled := &model.SampleStream{Values: rapid.Permutation(totalC.Values).Draw(t, "order")}
		fromC, err2 := FromMatrix(nil, model.Matrix{shuffled}, MatrixOptions{Meaning: CounterSamples})
		bads, err3 := FromMatrix(nil, model.Matrix{badC}, MatrixOptions{Meaning: CounterSamples})
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if len(fromC.Points) != n-1 || len(fromI.Points) != n || len(fromC.Warnings)+len(fromI.Warnings) > 0 {
			t.Fatalf("%d and %d points of %d samples, warnings %v %v", len(fromI.Points), len(fromC.Points), n, fromI.Warnings, fromC.Warnings)
		}
		for i, p := range fromC.Points {
			q := fromI.Points[i+1]
			if !p.Time.Equal(q.Time) || p.Total != q.Total || bads.Points[i].Total != q.Bad {
				t.Fatalf("step %d: counters give %v and %v bad, increases %v", i, p, bads.Points[i], q)
			}
			if err := q.Validate(); err != nil {
				t.Fatal(err)
			}
		}
		if totalC.Values[0] != before {
			t.Fatal("the argument was changed")
		}
	})
}

func TestMatrixPointsJSON(t *testing.T) {
	got, err := FromMatrix(model.Matrix{stream(1, 1)}, model.Matrix{stream(10)}, MatrixOptions{})
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(got)
	var back MatrixPoints
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" || !strings.HasPrefix(string(out), `{"points":[{"time":"1970-01-01T00:00:00Z","bad":1,"total":10}],"gaps":`) {
		t.Errorf("%s read back (-want +got):\n%s", out, d)
	}
}
