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

func TestCountsRatios(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		counts       Counts
		errors, good float64
		ok           bool
	}{
		{Counts{1, 1000}, 0.001, 0.999, true},
		{Counts{0, 10}, 0, 1, true},
		{Counts{10, 10}, 1, 0, true},
		{Counts{0.5, 2}, 0.25, 0.75, true},
		{Counts{0, 0}, 0, 0, false},
		{Counts{0, 5e-324}, 0, 1, true},
		{Counts{2, 1}, 0, 0, false},
		{Counts{-1, 1}, 0, 0, false},
		{Counts{nan, 1}, 0, 0, false},
		{Counts{0, nan}, 0, 0, false},
		{Counts{0, inf}, 0, 0, false},
		{Counts{inf, inf}, 0, 0, false},
	} {
		if e, ok := c.counts.ErrorRatio(); e != c.errors || ok != c.ok {
			t.Errorf("%+v.ErrorRatio() = %v, %v; want %v, %v", c.counts, e, ok, c.errors, c.ok)
		}
		if g, ok := c.counts.Ratio(); g != c.good || ok != c.ok {
			t.Errorf("%+v.Ratio() = %v, %v; want %v, %v", c.counts, g, ok, c.good, c.ok)
		}
	}
}

func TestCountsValidate(t *testing.T) {
	for _, c := range []struct {
		counts Counts
		want   string
	}{
		{Counts{}, ""},
		{Counts{3, 3}, ""},
		{Counts{-1, 3}, "not counts of events: bad is -1; it must be a number of events, 0 or more"},
		{Counts{math.NaN(), 3}, "not counts of events: bad is NaN; it must be a number of events, 0 or more"},
		{Counts{math.Inf(1), 3}, "not counts of events: bad is +Inf; it must be a number of events, 0 or more"},
		{Counts{0, math.NaN()}, "not counts of events: total is NaN; it must be a number of events, 0 or more"},
		{Counts{0, math.Inf(1)}, "not counts of events: total is +Inf; it must be a number of events, 0 or more"},
		{Counts{0, -1}, "not counts of events: total is -1; it must be a number of events, 0 or more"},
		{Counts{4, 3}, "not counts of events: 4 bad of 3 in total; is total perhaps the number of good events?"},
	} {
		err := c.counts.Validate()
		if got := text(err); got != c.want || (err != nil) != errors.Is(err, ErrCounts) {
			t.Errorf("%+v.Validate() = %q, want %q", c.counts, got, c.want)
		}
	}
}

// text is an error's text, empty for none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCountsAddGood(t *testing.T) {
	if got := (Counts{1, 10}).Add(Counts{2, 30}); got != (Counts{3, 40}) {
		t.Errorf("1/10 + 2/30 = %v, want 3/40", got)
	}
	if got := (Counts{1, 10}).Good(); got != 9 {
		t.Errorf("1 bad of 10: %v good, want 9", got)
	}
}

// Points at minutes 1, 2, 3: an interval that ends on a boundary belongs to
// the span that ends there.
func TestSumIsHalfOpen(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	minute := func(n int) time.Time { return t0.Add(time.Duration(n) * time.Minute) }
	points := []Point{{minute(3), Counts{4, 400}}, {minute(1), Counts{1, 100}}, {minute(2), Counts{2, 200}}}
	for _, c := range []struct {
		from, to int
		want     Counts
	}{
		{0, 3, Counts{7, 700}},
		{1, 2, Counts{2, 200}},
		{1, 3, Counts{6, 600}},
		{0, 1, Counts{1, 100}},
		{3, 9, Counts{}},
		{2, 2, Counts{}},
		{3, 0, Counts{}},
	} {
		if got := Sum(points, minute(c.from), minute(c.to)); got != c.want {
			t.Errorf("Sum over (%d, %d] = %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestSortPointsCopies(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	points := []Point{{t0.Add(2), Counts{1, 1}}, {t0.Add(1), Counts{2, 2}}, {t0.Add(2), Counts{3, 3}}, {t0.Add(1), Counts{4, 4}}}
	before := append([]Point(nil), points...)
	got := SortPoints(points)
	want := []Point{points[1], points[3], points[0], points[2]}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("sorted (-want +got):\n%s", d)
	}
	if d := cmp.Diff(before, points); d != "" {
		t.Errorf("the argument was changed (-before +after):\n%s", d)
	}
}

func TestPointJSON(t *testing.T) {
	p := Point{at(t, "2026-01-01T00:00:00Z"), Counts{1.5, 20}}
	out, err := json.Marshal(p)
	if want := `{"time":"2026-01-01T00:00:00Z","bad":1.5,"total":20}`; err != nil || string(out) != want {
		t.Errorf("written %s, %v; want %s", out, err, want)
	}
	var back Point
	if err := json.Unmarshal(out, &back); err != nil || !back.Time.Equal(p.Time) || back.Counts != p.Counts {
		t.Errorf("read back %v, %v", back, err)
	}
}

// Every bad point is named, up to ten.
func TestValidPoints(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	var points []Point
	for i := range 13 {
		points = append(points, Point{t0.Add(time.Duration(i) * time.Second), Counts{2, 1}}, Point{t0, Counts{0, 1}})
	}
	err := validPoints(points)
	lines := strings.Split(text(err), "\n")
	if !errors.Is(err, ErrCounts) || len(lines) != 11 ||
		lines[1] != "point at 2026-01-01T00:00:01Z: not counts of events: 2 bad of 1 in total; is total perhaps the number of good events?" ||
		lines[10] != "not counts of events: 3 more points are bad" {
		t.Errorf("got %d lines:\n%v", len(lines), err)
	}
	if err := validPoints(points[1:2]); err != nil {
		t.Errorf("a good point: %v", err)
	}
}

func TestSortedPoints(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	ordered := []Point{{t0, Counts{0, 1}}, {t0.Add(1), Counts{0, 1}}}
	got, err := sortedPoints(ordered)
	if err != nil || &got[0] != &ordered[0] {
		t.Errorf("an ordered series was copied (%v)", err)
	}
	got, err = sortedPoints([]Point{ordered[1], ordered[0]})
	if d := cmp.Diff(ordered, got); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if _, err := sortedPoints([]Point{{t0, Counts{1, 0}}}); !errors.Is(err, ErrCounts) {
		t.Errorf("a bad point gives %v", err)
	}
}
