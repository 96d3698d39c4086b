package slo

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClassicCountBelow(t *testing.T) {
	inf := math.Inf(1)
	h := ClassicHistogram{[]float64{0.1, 0.5, 1}, []float64{40, 80, 90, 100}}
	withInf := ClassicHistogram{[]float64{0.1, 0.5, 1, inf}, []float64{40, 80, 90, 100}}
	signed := ClassicHistogram{[]float64{-1, 1, inf}, []float64{10, 30, 30}}
	for _, c := range []struct {
		name      string
		h         ClassicHistogram
		threshold float64
		inclusive bool
		want      Below
	}{
		{"at a bound, <=", h, 0.5, true, Below{80, 80, 80, 100, false}},
		{"at a bound, <", h, 0.5, false, Below{80, 40, 80, 100, false}}, // 40 may be at 0.5 exactly
		{"half way", h, 0.3, false, Below{60, 40, 80, 100, true}},
		{"half way, <=", h, 0.3, true, Below{60, 40, 80, 100, true}},
		{"in the first bucket", h, 0.025, false, Below{10, 0, 40, 100, true}},
		{"at 0", h, 0, false, Below{0, 0, 0, 100, false}},
		{"below 0", h, -1, false, Below{0, 0, 0, 100, false}},
		{"above the last bound", h, 2, false, Below{90, 90, 100, 100, true}},
		{"the same with +Inf", withInf, 2, false, Below{90, 90, 100, 100, true}},
		{"+Inf", h, inf, false, Below{100, 100, 100, 100, false}},
		{"+Inf as a bound", withInf, inf, true, Below{100, 100, 100, 100, false}},
		{"-Inf", h, -inf, true, Below{0, 0, 0, 100, false}},
		{"negative bounds", signed, 0, false, Below{20, 10, 30, 30, true}},
		{"below the first of them", signed, -5, false, Below{0, 0, 10, 30, true}},
		{"nothing slower: exact though no bound", ClassicHistogram{[]float64{0.1, 0.5}, []float64{40, 40, 40}}, 0.3, false, Below{40, 40, 40, 40, false}},
		{"empty", ClassicHistogram{[]float64{0.1}, []float64{0, 0}}, 0.1, true, Below{}},
		{"only +Inf", ClassicHistogram{nil, []float64{5}}, 1, true, Below{0, 0, 5, 5, true}},
		{"noise of added rates", ClassicHistogram{[]float64{0.1, 0.5}, []float64{40, 40 - 1e-12, 40}}, 0.5, true, Below{40, 40, 40, 40, false}},
	} {
		got, err := c.h.CountBelow(c.threshold, c.inclusive)
		if err != nil || !near(got.Count, c.want.Count, 1e-12) || !near(got.Low, c.want.Low, 1e-12) || !near(got.High, c.want.High, 1e-12) ||
			got.Total != c.want.Total || got.Interpolated != c.want.Interpolated {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	if c, err := (LatencyBound{Threshold: 500 * time.Millisecond, Inclusive: true}).Count(h); err != nil || c != (Counts{20, 100}) {
		t.Errorf("within 500ms: %v, %v; want 20 bad of 100", c, err)
	}
	if !h.Exact(500*time.Millisecond) || h.Exact(300*time.Millisecond) {
		t.Error("500ms is a bound and 300ms is none")
	}
}

func TestHistogramErrors(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		h    LatencyHistogram
		want []string
	}{
		{ClassicHistogram{}, []string{"no buckets"}},
		{ClassicHistogram{[]float64{1}, []float64{1}}, []string{"the last bound is 1 and nothing counts all observations; add the bucket +Inf"}},
		{ClassicHistogram{[]float64{1}, []float64{1, 2, 3}}, []string{"3 counts for 1 bounds"}},
		{ClassicHistogram{[]float64{2, 1, nan}, []float64{1, -1, inf, 0.5}}, []string{
			"bound 1 follows 2; bounds must rise", "bound 2 is NaN", "count 1 is -1", "count 2 is +Inf", "count 0.5 follows +Inf; each bucket includes the smaller ones"}},
		{NativeHistogram{Schema: 9, ZeroThreshold: -1, ZeroCount: nan, Count: inf, Positive: []NativeBucket{{1, -1}, {1, 1}}, Negative: []NativeBucket{{1 << 30, 0}}}, []string{
			"schema 9; the exponential schemas are -4 to 8", "zero threshold -1", "zero count NaN", "count +Inf", "positive bucket 1 counts -1",
			"positive bucket 1 stands twice", "negative bucket 1073741824 is beyond the range of numbers"}},
		{NativeHistogram{Count: 1, Positive: []NativeBucket{{1, 2}}}, []string{"the buckets hold 2 observations, the histogram 1"}},
	} {
		_, err := c.h.CountBelow(nan, true)
		for _, want := range append(c.want, "the threshold is NaN") {
			if !errors.Is(err, ErrHistogram) || !strings.Contains(text(err), ErrHistogram.Error()+": "+want) {
				t.Errorf("%+v: %v; want %q", c.h, err, want)
			}
		}
	}
	if _, err := (LatencyBound{Threshold: 1}).Count(ClassicHistogram{}); !errors.Is(err, ErrHistogram) {
		t.Errorf("no buckets: %v", err)
	}
}

func TestNativeCountBelow(t *testing.T) {
	// Schema 0: (1,2] holds 10, (2,4] 20, (8,16] 5; zero bucket [-0.5,0.5] 4.
	h := NativeHistogram{ZeroThreshold: 0.5, ZeroCount: 4, Positive: []NativeBucket{{4, 5}, {1, 10}, {2, 20}}}
	signed := h
	signed.Negative = []NativeBucket{{1, 3}, {3, 7}} // [-2,-1), [-8,-4)
	withNaN := h
	withNaN.Count = 50
	for _, c := range []struct {
		name      string
		h         NativeHistogram
		threshold float64
		inclusive bool
		want      Below
	}{
		{"at a bound, <=", h, 2, true, Below{14, 14, 14, 39, false}},
		{"at a bound, <", h, 2, false, Below{14, 4, 14, 39, false}},
		{"√2 halves (1,2]", h, math.Sqrt2, false, Below{9, 4, 14, 39, true}},
		{"between buckets", h, 5, false, Below{34, 34, 34, 39, false}},
		{"in the zero bucket, from 0", h, 0.25, false, Below{2, 0, 4, 39, true}},
		{"below 0", h, -1, false, Below{0, 0, 0, 39, false}},
		{"above all", h, 100, false, Below{39, 39, 39, 39, false}},
		{"+Inf", h, math.Inf(1), false, Below{39, 39, 39, 39, false}},
		{"NaN observations are below nothing", withNaN, 100, false, Below{39, 39, 39, 50, false}},
		{"-√32 halves [-8,-4)", signed, -math.Sqrt(32), false, Below{3.5, 0, 7, 49, true}},
		{"-2, <: the bucket begins there", signed, -2, false, Below{7, 7, 7, 49, false}},
		{"-2, <=: some may be there", signed, -2, true, Below{7, 7, 10, 49, false}},
		{"in the zero bucket, with negative", signed, 0, false, Below{12, 10, 14, 49, true}},
		{"schema 1: (√2,2]", NativeHistogram{Schema: 1, Positive: []NativeBucket{{2, 8}}}, math.Pow(2, 0.75), false, Below{4, 0, 8, 8, true}},
		{"schema -1: (1,4]", NativeHistogram{Schema: -1, Positive: []NativeBucket{{1, 8}}}, 2, false, Below{4, 0, 8, 8, true}},
		{"zero threshold inside a bucket", NativeHistogram{ZeroThreshold: 1.5, Positive: []NativeBucket{{1, 8}}}, 1.2, false, Below{0, 0, 0, 8, false}},
		{"zero threshold inside a negative bucket", NativeHistogram{Schema: -2, ZeroThreshold: 0.25, ZeroCount: 4, Negative: []NativeBucket{{0, 8}}}, -0.125, false, Below{9, 8, 12, 12, true}},
		{"below the zero bucket inside a negative one", NativeHistogram{Schema: -2, ZeroThreshold: 0.25, ZeroCount: 4, Negative: []NativeBucket{{0, 8}}}, -0.5, false, Below{4, 0, 8, 12, true}},
		{"underflow", NativeHistogram{Positive: []NativeBucket{{-1074, 8}}}, 0, true, Below{0, 0, 0, 8, false}},
		{"overflow", NativeHistogram{Positive: []NativeBucket{{1025, 8}}}, math.MaxFloat64, true, Below{0, 0, 0, 8, false}},
		{"empty", NativeHistogram{}, 1, true, Below{}},
	} {
		got, err := c.h.CountBelow(c.threshold, c.inclusive)
		if err != nil || !near(got.Count, c.want.Count, 1e-12) || !near(got.Low, c.want.Low, 1e-12) || !near(got.High, c.want.High, 1e-12) ||
			got.Total != c.want.Total || got.Interpolated != c.want.Interpolated {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
}

// Observations put into buckets: the truth is always within [Low, High], the
// estimate too, and what is not interpolated with an open question is exact.
func TestCountBelowHoldsTheTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64Range(-20, 20), rapid.SampledFrom([]float64{-4, -1, 0, 0.5, 1, 2, 4, 8}))
		values := rapid.SliceOfN(value, 0, 50).Draw(t, "values")
		threshold := value.Draw(t, "threshold")
		inclusive := rapid.Bool().Draw(t, "inclusive")
		var truth float64
		for _, v := range values {
			if v < threshold || inclusive && v == threshold {
				truth++
			}
		}
		bounds := []float64{-4, -1, 0.5, 1, 2, 4, 8}
		classic := ClassicHistogram{bounds, make([]float64, len(bounds)+1)}
		schema := rapid.IntRange(-4, 8).Draw(t, "schema")
		native := NativeHistogram{Schema: schema, ZeroThreshold: 0.25}
		positive, negative := map[int]float64{}, map[int]float64{}
		for _, v := range values {
			for i, b := range bounds {
				if v <= b {
					classic.Counts[i]++
				}
			}
			classic.Counts[len(bounds)]++
			if math.Abs(v) <= native.ZeroThreshold {
				native.ZeroCount++
				continue
			}
			// The bucket whose bounds hold |v|, searched from the logarithm.
			i := int(math.Ceil(math.Ldexp(math.Log2(math.Abs(v)), schema)))
			for math.Abs(v) > native.bound(i) {
				i++
			}
			for math.Abs(v) <= native.bound(i-1) {
				i--
			}
			if v > 0 {
				positive[i]++
			} else {
				negative[i]++
			}
		}
		for i, n := range positive {
			native.Positive = append(native.Positive, NativeBucket{i, n})
		}
		for i, n := range negative {
			native.Negative = append(native.Negative, NativeBucket{i, n})
		}
		for _, h := range []LatencyHistogram{classic, native} {
			b, err := h.CountBelow(threshold, inclusive)
			if err != nil {
				t.Fatal(err)
			}
			// The first classic bucket has no lower end, the native zero bucket
			// begins at 0 without negative observations.
			if _, zero := h.(NativeHistogram); zero && len(native.Negative) == 0 && slices.ContainsFunc(values, func(v float64) bool { return v < 0 }) {
				continue
			}
			if truth < b.Low || truth > b.High || b.Count < b.Low || b.Count > b.High || b.Total != float64(len(values)) {
				t.Fatalf("%v %v of %v: %v, but %+v", threshold, inclusive, values, truth, b)
			}
			if b.Low == b.High && b.Interpolated {
				t.Fatalf("%v of %v is certain and called interpolated: %+v", threshold, values, b)
			}
			if err := b.Counts().Validate(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// The largest double is in a bucket of every schema, and bounds rise.
func TestNativeBounds(t *testing.T) {
	for schema := -4; schema <= 8; schema++ {
		h := NativeHistogram{Schema: schema}
		per := math.Ldexp(1, schema)
		for _, c := range []struct{ octave, want float64 }{{0, 1}, {16, 65536}, {-16, 1. / 65536}, {1024, math.MaxFloat64}, {1099, math.MaxFloat64}, {-1099, 0}} {
			if i := c.octave * per; i == math.Trunc(i) {
				if got := h.bound(int(i)); got != c.want {
					t.Errorf("schema %d: bound %v = %v, want %v", schema, i, got, c.want)
				}
			}
		}
		for i := -300; i < 300; i++ {
			if !(h.bound(i) < h.bound(i+1)) && h.bound(i+1) < math.MaxFloat64 && h.bound(i) > 0 {
				t.Errorf("schema %d: bound %d is %v, the next %v", schema, i, h.bound(i), h.bound(i+1))
			}
		}
	}
}

func TestHistogramJSON(t *testing.T) {
	h := NativeHistogram{Schema: 3, ZeroThreshold: 1e-6, ZeroCount: 1, Positive: []NativeBucket{{-2, 3}}, Count: 4}
	out, err := json.Marshal(h)
	if want := `{"schema":3,"zero_threshold":0.000001,"zero_count":1,"positive":[{"index":-2,"count":3}],"count":4}`; err != nil || string(out) != want {
		t.Errorf("written %s, %v; want %s", out, err, want)
	}
	var back NativeHistogram
	if err := json.Unmarshal(out, &back); err != nil || back.Positive[0] != h.Positive[0] || back.Count != 4 || back.Schema != 3 {
		t.Errorf("read back %+v, %v", back, err)
	}
	out, err = json.Marshal(ClassicHistogram{[]float64{0.1}, []float64{1, 2}})
	if err != nil || string(out) != `{"bounds":[0.1],"counts":[1,2]}` {
		t.Errorf("written %s, %v", out, err)
	}
}
