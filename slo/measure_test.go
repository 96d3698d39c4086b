package slo

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFromGood(t *testing.T) {
	for _, c := range []struct {
		good, total float64
		want        Counts
		err         string
	}{
		{999, 1000, Counts{1, 1000}, ""},
		{0, 0, Counts{}, ""},
		{1000.0000005, 1000, Counts{0, 1000}, ""}, // two extrapolations of the same counter
		{1001, 1000, Counts{}, "not counts of events: 1001 good of 1000 in total"},
		{-1, 1000, Counts{}, "not counts of events: good is -1; it must be a number of events, 0 or more"},
		{math.NaN(), 1000, Counts{}, "not counts of events: good is NaN; it must be a number of events, 0 or more"},
		{math.Inf(1), math.Inf(1), Counts{}, "not counts of events: good is +Inf; it must be a number of events, 0 or more"},
		{1, math.NaN(), Counts{}, "not counts of events: total is NaN; it must be a number of events, 0 or more"},
		{0, math.Inf(1), Counts{}, "not counts of events: total is +Inf; it must be a number of events, 0 or more"},
	} {
		got, err := FromGood(c.good, c.total)
		if got != c.want || text(err) != c.err || err != nil && !errors.Is(err, ErrCounts) {
			t.Errorf("FromGood(%v, %v) = %v, %v; want %v, %q", c.good, c.total, got, err, c.want, c.err)
		}
	}
}

func TestFromBad(t *testing.T) {
	for _, c := range []struct {
		bad, total float64
		want       Counts
		ok         bool
	}{
		{1, 1000, Counts{1, 1000}, true},
		{1000.0000005, 1000, Counts{1000, 1000}, true},
		{1000.00001, 1000, Counts{}, false},
		{-1, 1000, Counts{}, false},
		{math.NaN(), 1000, Counts{}, false},
	} {
		if got, err := FromBad(c.bad, c.total); got != c.want || (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCounts) {
			t.Errorf("FromBad(%v, %v) = %v, %v; want %v", c.bad, c.total, got, err, c.want)
		}
	}
}

func TestFromRatio(t *testing.T) {
	for _, c := range []struct {
		good, weight float64
		want         Counts
		ok           bool
	}{
		{0.75, 1, Counts{0.25, 1}, true},
		{0.75, 1000, Counts{250, 1000}, true},
		{1, 0, Counts{}, true},
		{1.01, 1, Counts{}, false},
		{-0.1, 1, Counts{}, false},
		{math.NaN(), 1, Counts{}, false},
		{0.5, -1, Counts{}, false},
		{0.5, math.Inf(1), Counts{}, false},
	} {
		if got, err := FromRatio(c.good, c.weight); got != c.want || (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCounts) {
			t.Errorf("FromRatio(%v, %v) = %v, %v; want %v", c.good, c.weight, got, err, c.want)
		}
	}
}

// A mean of ratios, asked for by name: 0.5 and 1 are 0.75, whatever the traffic.
func TestRatioPoints(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	samples := []Sample{{t0, 0.5}, {t0.Add(1), math.NaN()}, {t0.Add(2), 1}}
	points, err := RatioPoints(samples, 1)
	want := []Point{{t0, Counts{0.5, 1}}, {t0.Add(2), Counts{0, 1}}}
	if d := cmp.Diff(want, points); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if r, ok := Sum(points, t0.Add(-1), t0.Add(9)).Ratio(); !ok || r != 0.75 {
		t.Errorf("the mean is %v, want 0.75", r)
	}
	points, err = RatioPoints([]Sample{{t0, 2}, {t0, 1}, {t0, -1}}, 1)
	if len(points) != 1 || strings.Count(text(err), "sample at 2026-01-01T00:00:00Z: not counts of events: ") != 2 {
		t.Errorf("two bad samples: %v, %v", points, err)
	}
}

func TestErrorsAndLatency(t *testing.T) {
	for _, c := range []struct {
		m       ErrorsAndLatency
		want    Counts
		certain bool
		ok      bool
	}{
		{ErrorsAndLatency{Total: 100, Errors: 2, Slow: 3}, Counts{5, 100}, true, true},
		{ErrorsAndLatency{Total: 100, Errors: 60, Slow: 60}, Counts{}, false, false}, // they cannot exclude each other
		{ErrorsAndLatency{Total: 100, Errors: 2, Slow: 3, SlowIncludesErrors: true}, Counts{5, 100}, false, true},
		{ErrorsAndLatency{Total: 100, Errors: 60, Slow: 60, SlowIncludesErrors: true}, Counts{100, 100}, false, true},
		{ErrorsAndLatency{Total: 100, Slow: 3, SlowIncludesErrors: true}, Counts{3, 100}, true, true},
		{ErrorsAndLatency{Total: 100, Errors: 3, SlowIncludesErrors: true}, Counts{3, 100}, true, true},
		{ErrorsAndLatency{}, Counts{}, true, true},
		{ErrorsAndLatency{Total: 1, Errors: 2}, Counts{}, false, false},
		{ErrorsAndLatency{Total: 1, Slow: math.NaN()}, Counts{}, false, false},
	} {
		got, certain, err := c.m.Counts()
		if got != c.want || certain != c.certain || (err == nil) != c.ok || err != nil && !errors.Is(err, ErrCounts) {
			t.Errorf("%+v: %v, %v, %v; want %v, %v", c.m, got, certain, err, c.want, c.certain)
		}
	}
}

func TestGaugeBound(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	values := []float64{1, 2, 3, nan, inf, -inf}
	for _, c := range []struct {
		op   Op
		want Counts
	}{
		{OpLess, Counts{3, 5}}, // 2, 3 and +Inf are not below 2
		{OpLessEqual, Counts{2, 5}},
		{OpGreater, Counts{3, 5}},
		{OpGreaterEqual, Counts{2, 5}},
		{Op(4), Counts{}},
		{Op(-1), Counts{}},
	} {
		if got := (GaugeBound{c.op, 2}).Count(values); got != c.want {
			t.Errorf("%v %v 2: %v, want %v", values, c.op, got, c.want)
		}
	}
	if got := (GaugeBound{OpLess, nan}).Count(values); got != (Counts{}) {
		t.Errorf("below NaN: %v", got)
	}
	t0 := at(t, "2026-01-01T00:00:00Z")
	points := GaugeBound{OpGreaterEqual, 3}.Points([]Sample{{t0, 3}, {t0.Add(1), nan}, {t0.Add(2), 2}})
	want := []Point{{t0, Counts{0, 1}}, {t0.Add(2), Counts{1, 1}}}
	if d := cmp.Diff(want, points); d != "" {
		t.Errorf("points (-want +got):\n%s", d)
	}
	if err := (GaugeBound{9, inf}).Validate(); strings.Count(text(err), ErrGauge.Error()) != 2 || !errors.Is(err, ErrGauge) {
		t.Errorf("two defects: %v", err)
	}
	if err := (GaugeBound{OpGreaterEqual, -5}).Validate(); err != nil {
		t.Error(err)
	}
}

func TestOpText(t *testing.T) {
	for sign, word := range map[string]string{"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"} {
		var a, b Op = 9, 9
		if err := errors.Join(a.UnmarshalText([]byte(sign)), b.UnmarshalText([]byte(word))); err != nil || a != b || a.String() != sign {
			t.Errorf("%s and %s are %v and %v, %v", sign, word, a, b, err)
		}
	}
	var op Op
	if err := op.UnmarshalText([]byte("~")); text(err) != `unknown comparison "~"; write <, <=, > or >=` {
		t.Errorf("~: %v", err)
	}
	if got := Op(4).String() + Op(-1).String(); got != "Op(4)Op(-1)" {
		t.Errorf("unknown comparisons are written %q", got)
	}
	out, err := json.Marshal(GaugeBound{OpGreaterEqual, 3})
	var back GaugeBound
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil || back != (GaugeBound{OpGreaterEqual, 3}) || !strings.Contains(string(out), `"value":3`) {
		t.Errorf("%s read back %v, %v", out, back, err)
	}
}

// Whatever the kind of objective, its points take the same way to a budget.
func TestEveryKindMakesABudget(t *testing.T) {
	now := at(t, "2026-01-01T01:00:00Z")
	window := Rolling(time.Hour)
	slice := SliceRule{Length: 30 * time.Minute, Bound: MustRatio("10%")}
	good, err := FromGood(95, 100)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := LatencyBound{Threshold: 100 * time.Millisecond}.Count(ClassicHistogram{[]float64{0.1, 1}, []float64{95, 99, 100}})
	if err != nil {
		t.Fatal(err)
	}
	both, _, err := ErrorsAndLatency{Total: 100, Errors: 3, Slow: 2}.Counts()
	if err != nil {
		t.Fatal(err)
	}
	ratios, err := RatioPoints([]Sample{{now, 0.95}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	gauge := make([]Sample, 20)
	for i := range gauge {
		gauge[i] = Sample{now.Add(-time.Duration(i) * time.Minute), float64(i)}
	}
	for _, c := range []struct {
		name     string
		o        Objective
		points   []Point
		consumed float64
	}{
		{"good of total", Objective{}, []Point{{now, good}}, 0.5},
		{"latency", Objective{Kind: Latency, Latency: LatencyBound{Threshold: 100 * time.Millisecond}}, []Point{{now, slow}}, 0.5},
		{"errors and latency", Objective{}, []Point{{now, both}}, 0.5},
		{"raw ratio", Objective{}, ratios, 0.5},
		{"gauge", Objective{}, GaugeBound{OpLess, 19}.Points(gauge), 0.5},
		{"time slices", Objective{Kind: TimeSlices, Slice: slice}, []Point{{now.Add(-time.Minute), Counts{20, 100}}}, 5},
		{"ratio time slices", Objective{Kind: RatioSlices, Slice: slice}, []Point{{now.Add(-time.Minute), Counts{20, 100}}}, 1},
	} {
		c.o.Target, c.o.Window = MustRatio("90%"), window
		b, err := c.o.BudgetAt(c.points, now)
		if err != nil || !near(b.Consumed, c.consumed, 1e-12) {
			t.Errorf("%s: consumed %v, %v; want %v", c.name, b.Consumed, err, c.consumed)
		}
	}
}
