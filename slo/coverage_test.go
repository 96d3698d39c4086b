package slo

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCoverage(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	m := func(n float64) time.Time { return t0.Add(time.Duration(n * float64(time.Minute))) }
	series := func(ends ...float64) []Point {
		var points []Point
		for _, e := range ends {
			points = append(points, Point{Time: m(e)})
		}
		return points
	}
	for _, c := range []struct {
		name     string
		points   []Point
		from, to float64
		covered  float64 // minutes
		ratio    float64
		gaps     []Span
	}{
		{"all", series(1, 2, 3, 4), 0, 4, 4, 1, nil},
		{"unsorted", series(3, 1, 4, 2), 0, 4, 4, 1, nil},
		{"late start", series(3, 4), 0, 4, 2, 0.5, []Span{{m(0), m(2)}}},
		{"stale", series(1, 2), 0, 4, 2, 0.5, []Span{{m(2), m(4)}}},
		{"a lost scrape is no gap", series(1, 2, 3, 7, 8), 0, 8, 8, 1, nil},
		{"a gap", series(1, 2, 3, 8, 9, 10), 0, 10, 6, 0.6, []Span{{m(3), m(7)}}},
		{"the first interval is as long as the second", series(4, 6, 7, 8), 0, 8, 6, 0.75, []Span{{m(0), m(2)}}},
		{"a gap after the first", series(1, 9, 10, 11), 0, 11, 4, 4. / 11, []Span{{m(1), m(8)}}},
		{"cut at the start", series(1, 2, 3), 0.5, 3, 2.5, 1, nil},
		{"an interval that ends later", series(1, 2, 3), 0, 2.5, 2, 0.8, []Span{{m(2), m(2.5)}}},
		{"before the span", series(1, 2), 3, 5, 0, 0, []Span{{m(3), m(5)}}},
		{"after the span", series(8, 9), 3, 5, 0, 0, []Span{{m(3), m(5)}}},
		{"no points", nil, 0, 5, 0, 0, []Span{{m(0), m(5)}}},
		{"one point", series(1), 0, 5, 0, 0, []Span{{m(0), m(5)}}},
		{"one instant twice", series(1, 1, 2, 2), 0, 2, 2, 1, nil},
		{"nothing to cover", series(1, 2), 5, 5, 0, 0, nil},
		{"backwards", series(1, 2), 5, 0, 0, 0, nil},
	} {
		got := CoverageOf(c.points, m(c.from), m(c.to))
		want := Coverage{Span: Span{m(c.from), m(c.to)}, Covered: time.Duration(c.covered * float64(time.Minute)), Ratio: c.ratio, Gaps: c.gaps}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// Covered time and gaps add up to the span.
func TestCoverageLaws(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		var points []Point
		for _, s := range rapid.SliceOfN(rapid.IntRange(-50, 200), 0, 40).Draw(t, "ends") {
			points = append(points, Point{Time: t0.Add(time.Duration(s) * time.Second)})
		}
		start, end := t0, t0.Add(time.Duration(rapid.IntRange(1, 150).Draw(t, "length"))*time.Second)
		c := CoverageOf(points, start, end)
		sum, last := c.Covered, start
		for i, g := range c.Gaps {
			if g.Length() <= 0 || g.Start.Before(last) || i > 0 && !g.Start.After(last) || g.End.After(end) {
				t.Fatalf("gap %v of %v", g, c)
			}
			sum, last = sum+g.Length(), g.End
		}
		if sum != end.Sub(start) || c.Ratio < 0 || c.Ratio > 1 || (c.Ratio == 1) != (len(c.Gaps) == 0) {
			t.Fatalf("covered and gaps are %v of %v: %+v", sum, end.Sub(start), c)
		}
	})
}

func TestCoverageJSON(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	c := Coverage{Span: Span{t0, t0.Add(time.Hour)}, Covered: 1800 * time.Second, Ratio: 0.5, Gaps: []Span{{t0, t0.Add(30 * time.Minute)}}}
	out, err := json.Marshal(c)
	want := `{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T01:00:00Z","ratio":0.5,` +
		`"gaps":[{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T00:30:00Z"}],"covered_seconds":1800}`
	if err != nil || string(out) != want {
		t.Errorf("written %s, %v\nwant %s", out, err, want)
	}
	var back Coverage
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(c, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	if out, _ := json.Marshal(Coverage{Span: c.Span}); string(out) != `{"start":"2026-01-01T00:00:00Z","end":"2026-01-01T01:00:00Z","ratio":0,"gaps":[],"covered_seconds":0}` {
		t.Errorf("no gaps are written %s", out)
	}
	if (Span{t0.Add(1), t0}).Length() != 0 {
		t.Error("a span that ends before it starts has a length")
	}
}
