package slo

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// brief is a part without its shares.
type brief struct {
	Key  string
	Bad  float64
	From time.Duration // after the first instant
	For  time.Duration
}

func briefs(a Attribution, t0 time.Time) []brief {
	var all []brief
	for _, p := range a.Parts {
		b := brief{Key: p.Key, Bad: p.Counts.Bad}
		if !p.Start.IsZero() {
			b.From, b.For = p.Start.Sub(t0), p.End.Sub(p.Start)
		}
		all = append(all, b)
	}
	return all
}

func TestAttributeIncidents(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	t0 := now.Add(-12 * time.Hour)
	o := Objective{Target: MustRatio("99%"), Window: Rolling(12 * time.Hour)}
	// 1,000 an hour: 10 is a burn of 1.
	points := hourly(now, 12, func(age int) float64 { return []float64{0, 30, 40, 10, 5, 0, 20, 0, 11, 11, 0, 10}[11-age] })
	points[7].Counts = Counts{} // no traffic between two bad hours
	a, err := o.AttributeIncidents(points, now)
	if err != nil {
		t.Fatal(err)
	}
	want := []brief{
		{"2026-01-01T01:00:00Z", 70, time.Hour, 2 * time.Hour},
		{"2026-01-01T06:00:00Z", 42, 6 * time.Hour, 4 * time.Hour}, // the idle hour does not end it
	}
	if d := cmp.Diff(want, briefs(a, t0)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if a.Counts != (Counts{137, 11000}) || a.Allowed != 110 || a.Rest != (Counts{25, 6000}) || a.Coverage != 1 || a.NoData {
		t.Errorf("%+v", a)
	}
	if p := a.Parts[0]; p.Share != 70./137 || p.Consumed != 70./110 {
		t.Errorf("share %v, consumed %v; want 70/137 and 70/110", p.Share, p.Consumed)
	}
	// One that goes on.
	points[11].Bad = 500
	if a, err = o.AttributeIncidents(points, now); err != nil || a.Parts[0].Counts.Bad != 500 || !a.Parts[0].End.Equal(now) {
		t.Errorf("an incident at the end: %+v, %v", a.Parts, err)
	}
}

func TestAttributeHours(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	now := time.Date(2026, 1, 19, 0, 0, 0, 0, berlin) // a Monday
	points := hourly(now, 14*24, func(age int) float64 {
		switch now.Add(-time.Duration(age+1) * time.Hour).Format("Mon 15") {
		case "Mon 09":
			return 7
		case "Sun 23":
			return 2
		}
		return 0
	})
	o := Objective{Target: MustRatio("99%"), Window: Rolling(14 * day)}
	a, err := o.AttributeHours(points, now, berlin)
	want := []brief{{Key: "Mon 09:00", Bad: 14}, {Key: "Sun 23:00", Bad: 4}}
	if d := cmp.Diff(want, briefs(a, now)); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if a.Rest != (Counts{0, 332000}) || a.Parts[0].Counts.Total != 2000 {
		t.Errorf("rest %v, Monday's nine %v", a.Rest, a.Parts[0].Counts)
	}
	if a, err = o.AttributeHours(points, now, nil); err != nil || a.Parts[0].Key != "Mon 08:00" {
		t.Errorf("in UTC: %v, %v; want Mon 08:00", a.Parts, err)
	}
}

func TestAttributeChanges(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	t0 := now.Add(-12 * time.Hour)
	o := Objective{Target: MustRatio("99%"), Window: Rolling(12 * time.Hour)}
	points := hourly(now, 12, func(age int) float64 { return float64(12 - age) }) // 1, 2, …, 12
	changes := []Change{{"v3", t0.Add(10 * time.Hour)}, {"v1", t0.Add(2 * time.Hour)}, {"v2", t0.Add(5 * time.Hour)}, {"v4", now.Add(time.Hour)}}
	a, err := o.AttributeChanges(points, now, changes)
	want := []brief{
		{"v2", 6 + 7 + 8 + 9 + 10, 5 * time.Hour, 5 * time.Hour},
		{"v3", 11 + 12, 10 * time.Hour, 2 * time.Hour},
		{"v1", 3 + 4 + 5, 2 * time.Hour, 3 * time.Hour},
	}
	if d := cmp.Diff(want, briefs(a, t0)); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if a.Rest != (Counts{3, 2000}) {
		t.Errorf("before the first change: %v, want 3 of 2000", a.Rest)
	}
	if changes[0].Name != "v3" {
		t.Error("the argument was sorted")
	}
}

func TestAttributeLabel(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	o := Objective{Name: "up", Target: MustRatio("99%"), Window: Rolling(12 * time.Hour)}
	series := func(bad float64) []Point { return hourly(now, 24, func(int) float64 { return bad }) }
	a, err := o.AttributeLabel("region", []LabelledPoints{{"eu", series(1)}, {"us", series(5)}, {"eu", series(2)}, {"asia", series(0)}}, now)
	want := []brief{{Key: "us", Bad: 60}, {Key: "eu", Bad: 36}}
	if d := cmp.Diff(want, briefs(a, now)); err != nil || d != "" {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if a.By != "region" || a.Counts != (Counts{96, 48000}) || a.Rest != (Counts{0, 12000}) || a.Coverage != 1 {
		t.Errorf("%+v", a)
	}
	o.Kind, o.Slice = TimeSlices, SliceRule{Length: time.Minute, Bound: MustRatio("1%")}
	if _, err := o.AttributeLabel("region", nil, now); text(err) != `not an objective "up": bad time slices cannot be split by the label region; use an objective that counts events` {
		t.Errorf("time slices: %v", err)
	}
}

// Parts and rest are all there is, shares add up, the order falls.
func TestAttributionLaws(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		o := Objective{Target: MustRatio("99%"), Window: rapid.SampledFrom([]Window{Rolling(40 * time.Hour), {Calendar: Month}}).Draw(t, "window")}
		bads := rapid.SliceOfN(rapid.IntRange(0, 40), 50, 50).Draw(t, "bad")
		points := rapid.Permutation(hourly(now, 50, func(age int) float64 { return float64(bads[age]) })).Draw(t, "points")
		b, err := o.BudgetAt(points, now)
		if err != nil {
			t.Fatal(err)
		}
		changes := []Change{{"a", now.Add(-30 * time.Hour)}, {"b", now.Add(-3 * time.Hour)}}
		incidents, err1 := o.AttributeIncidents(points, now)
		hours, err2 := o.AttributeHours(points, now, nil)
		releases, err3 := o.AttributeChanges(points, now, changes)
		label, err4 := o.AttributeLabel("half", []LabelledPoints{{"x", points[:20]}, {"y", points[20:]}}, now)
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		for _, a := range []Attribution{incidents, hours, releases, label, hours.Top(1), hours.Top(0), hours.Top(-1), hours.Top(999)} {
			sum, share, consumed := a.Rest, 0.0, 0.0
			for i, p := range a.Parts {
				sum, share, consumed = sum.Add(p.Counts), share+p.Share, consumed+p.Consumed
				if i > 0 && p.Counts.Bad > a.Parts[i-1].Counts.Bad || p.Counts.Bad <= 0 {
					t.Fatalf("%s: part %d of %+v", a.By, i, a.Parts)
				}
			}
			if sum != a.Counts || a.Counts != b.Counts || a.Allowed != b.Allowed {
				t.Fatalf("%s: parts and rest are %v of %v, the budget counts %v", a.By, sum, a.Counts, b.Counts)
			}
			if a.Rest.Bad == 0 && a.Counts.Bad > 0 && (math.Abs(share-1) > 1e-9 || math.Abs(consumed-b.Consumed) > 1e-9*b.Consumed) {
				t.Fatalf("%s: shares add up to %v, consumption to %v of %v", a.By, share, consumed, b.Consumed)
			}
		}
	})
}

func TestAttributionEdges(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	o := Objective{Target: MustRatio("99%")}
	a, err := o.AttributeIncidents(nil, now)
	if err != nil || !a.NoData || len(a.Parts) != 0 {
		t.Errorf("no data: %+v, %v", a, err)
	}
	out, err := json.Marshal(a)
	want := `{"by":"incident","objective":"0.99","start":"2025-12-02T12:00:00Z","end":"2026-01-01T12:00:00Z","counts":{"bad":0,"total":0},"allowed":0,"coverage":0,"no_data":true,"parts":[],"rest":{"bad":0,"total":0}}`
	if err != nil || string(out) != want {
		t.Errorf("written %s, %v\nwant %s", out, err, want)
	}
	if out, _ := json.Marshal(Attribution{}); !json.Valid(out) {
		t.Errorf("written %s", out)
	}
	for _, f := range []func([]Point) error{
		func(p []Point) error { _, err := (Objective{}).AttributeIncidents(p, now); return err },
		func(p []Point) error { _, err := (Objective{}).AttributeHours(p, now, nil); return err },
		func(p []Point) error { _, err := (Objective{}).AttributeChanges(p, now, nil); return err },
		func(p []Point) error {
			_, err := (Objective{}).AttributeLabel("x", []LabelledPoints{{"y", p}}, now)
			return err
		},
	} {
		if err := f([]Point{{now, Counts{2, 1}}}); !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) {
			t.Errorf("two defects: %v", err)
		}
	}
	big := []Point{{now, Counts{0, math.MaxFloat64}}, {now, Counts{0, math.MaxFloat64}}}
	if _, err := o.AttributeIncidents(big, now); !errors.Is(err, ErrCounts) {
		t.Errorf("traffic beyond the largest number: %v", err)
	}
}

func TestAttributionOutputs(t *testing.T) {
	now := at(t, "2026-01-01T12:00:00Z")
	o := Objective{Target: MustRatio("99%"), Window: Rolling(4 * time.Hour)}
	a, err := o.AttributeChanges(hourly(now, 4, func(age int) float64 { return float64(10 * age) }), now, []Change{{"v1", now.Add(-9 * time.Hour)}, {"v2", now.Add(-2 * time.Hour)}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(a)
	var back Attribution
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, back, cmp.Comparer(func(a, b Ratio) bool { return a == b })); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	if got, want := logged("a", a), "a.by=release a.bad=60 a.no_data=false a.v1=0.8333333333333334 a.v2=0.16666666666666666"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	if got, want := lines(a.Metrics(Label{"service", "s"})), "slo_budget_spent_ratio{service=\"s\",release=\"v1\"} 1.25\nslo_budget_spent_ratio{service=\"s\",release=\"v2\"} 0.25"; got != want {
		t.Errorf("metrics\n%s\nwant\n%s", got, want)
	}
}
