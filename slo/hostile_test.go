package slo

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the window, the instant and the points: an answer or an error, never
// a panic, and no number in an answer that JSON cannot write.
func TestEveryAnswerIsFinite(t *testing.T) {
	apia := zone(t, "Pacific/Apia")
	rapid.Check(t, func(t *rapid.T) {
		o := Objective{
			Target: rapid.SampledFrom([]Ratio{{}, MustRatio("0"), MustRatio("1"), MustRatio("50%"), MustRatio("99.9%"), MustRatio("0.999999999999999999")}).Draw(t, "target"),
			Window: rapid.SampledFrom([]Window{{}, Rolling(1), Rolling(time.Hour), Rolling(math.MaxInt64), Rolling(-1), {Calendar: Month, Location: apia}, {Calendar: Year}, {Calendar: 9}}).Draw(t, "window"),
			Kind:   rapid.SampledFrom([]Kind{Events, TimeSlices, RatioSlices, -1}).Draw(t, "kind"),
			Slice:  SliceRule{Length: rapid.SampledFrom([]time.Duration{0, 1, time.Minute, 1000 * time.Hour}).Draw(t, "slice"), Bound: MustRatio("1%")},
		}
		now := rapid.SampledFrom([]time.Time{time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(0, 0), time.Date(2026, 1, 31, 0, 0, 0, 1, time.UTC), time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}).Draw(t, "now")
		number := rapid.SampledFrom([]float64{0, 5e-324, 0.5, 1, 1000, 1 << 53, 1e300, math.MaxFloat64, -1, math.NaN(), math.Inf(1)})
		whole := rapid.SampledFrom([]float64{0, 5e-324, 0.5, 1, 1000, 1 << 53, 1e300})
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			c := Counts{number.Draw(t, "bad"), number.Draw(t, "total")}
			if rapid.IntRange(0, 9).Draw(t, "valid") > 0 {
				a, b := whole.Draw(t, "a"), whole.Draw(t, "b")
				c = Counts{min(a, b), max(a, b)}
			}
			return Point{now.Add(time.Duration(rapid.Int64Range(-int64(3*time.Hour), int64(time.Hour)).Draw(t, "at"))), c}
		}), 0, 6).Draw(t, "points")
		check := func(name string, answer any, err error) {
			if err != nil {
				if text := err.Error(); text == "" || strings.Contains(text, "%!") {
					t.Fatalf("%s: error %q", name, text)
				}
				return
			}
			if _, err := json.Marshal(answer); err != nil {
				t.Fatalf("%s of %+v, %v at %v: %v", name, o, points, now, err)
			}
			if p, ok := answer.(interface{ SVG() string }); ok && strings.Contains(p.SVG(), "NaN") {
				t.Fatalf("%s draws NaN", name)
			}
			if p, ok := answer.(interface{ Markdown() string }); ok && strings.Contains(p.Markdown(), "NaN") {
				t.Fatalf("%s says NaN: %s", name, p.Markdown())
			}
			if p, ok := answer.(interface{ Metrics(...Label) []Metric }); ok {
				if _, err := json.Marshal(p.Metrics()); err != nil {
					t.Fatalf("%s: metrics: %v", name, err)
				}
			}
		}
		l := Lookahead{Paths: 3}
		b, err := o.BudgetAt(points, now)
		check("BudgetAt", b, err)
		burns, err := o.BurnsAt(points, now, time.Hour, 1)
		check("BurnsAt", burns, err)
		outlook, err := o.OutlookAt(points, now, JeffreysInterval, 0.95)
		check("OutlookAt", outlook, err)
		x, err := o.ExhaustionAt(points, now, l)
		check("ExhaustionAt", x, err)
		d, err := BudgetPolicy{}.Decide(o, points, now)
		check("Decide", d, err)
		incidents, err := o.AttributeIncidents(points, now)
		check("AttributeIncidents", incidents, err)
		hours, err := o.AttributeHours(points, now, apia)
		check("AttributeHours", hours, err)
		down, err := o.BurnDownAt(points, now, l, BudgetPolicy{})
		check("BurnDownAt", down, err)
		chart, err := o.BurnChartAt(points, now, time.Hour)
		check("BurnChartAt", chart, err)
		if o.Window.Length < math.MaxInt64 { // 292 years have too many days to list here
			days, err := o.DaysAt(points, now, apia)
			check("DaysAt", days, err)
		}
		check("CoverageOf", CoverageOf(points, now.Add(-time.Hour), now), nil)
		if len(points) > 0 {
			e, err := AnytimeTest{Bound: o.Target, FalseAlarm: 0.01}.Evidence(points[0].Counts)
			check("Evidence", e, err)
		}
	})
}
