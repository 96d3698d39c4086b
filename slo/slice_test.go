package slo

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

func TestSliceGood(t *testing.T) {
	for _, c := range []struct {
		rule     SliceRule
		counts   Counts
		good, ok bool
	}{
		// 10 of 1,000 is the bound itself: only an inclusive rule lets it pass.
		{SliceRule{Bound: MustRatio("1%")}, Counts{10, 1000}, false, true},
		{SliceRule{Bound: MustRatio("1%"), Inclusive: true}, Counts{10, 1000}, true, true},
		{SliceRule{Bound: MustRatio("1%")}, Counts{9, 1000}, true, true},
		{SliceRule{Bound: MustRatio("1%"), Inclusive: true}, Counts{11, 1000}, false, true},
		// 0.3 of 3 is 0.8999999999999999 in binary; 0.9 must not exceed it.
		{SliceRule{Bound: MustRatio("0.3"), Inclusive: true}, Counts{0.9, 3}, true, true},
		{SliceRule{Bound: MustRatio("0"), Inclusive: true}, Counts{0, 10}, true, true},
		{SliceRule{Bound: MustRatio("0"), Inclusive: true}, Counts{1, 10}, false, true},
		{SliceRule{Bound: MustRatio("1%")}, Counts{}, true, true},
		{SliceRule{Bound: MustRatio("1%"), Empty: EmptyBad}, Counts{}, false, true},
		{SliceRule{Bound: MustRatio("1%"), Empty: EmptyExcluded}, Counts{}, false, false},
		{SliceRule{Bound: MustRatio("1%"), Empty: EmptyBad}, Counts{0, math.NaN()}, false, true},
	} {
		if good, ok := c.rule.Good(c.counts); good != c.good || ok != c.ok {
			t.Errorf("%+v.Good(%v) = %v, %v; want %v, %v", c.rule, c.counts, good, ok, c.good, c.ok)
		}
	}
}

// minutes are points one minute apart, the i-th ending at minute i+1.
func minutes(t0 time.Time, counts ...Counts) []Point {
	points := make([]Point, len(counts))
	for i, c := range counts {
		points[i] = Point{t0.Add(time.Duration(i+1) * time.Minute), c}
	}
	return points
}

func TestSliceCount(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	ok, bad, none := Counts{0, 100}, Counts{50, 100}, Counts{}
	points := minutes(t0, ok, bad, none, ok, ok, bad) // minutes 1 to 6
	rule := func(length time.Duration, empty EmptySlice) SliceRule {
		return SliceRule{Length: length, Bound: MustRatio("10%"), Empty: empty}
	}
	for _, c := range []struct {
		name     string
		rule     SliceRule
		from, to time.Duration
		want     Counts
	}{
		{"all", rule(time.Minute, EmptyGood), 0, 6 * time.Minute, Counts{2, 6}},
		{"an empty slice is none", rule(time.Minute, EmptyExcluded), 0, 6 * time.Minute, Counts{2, 5}},
		{"an empty slice is bad", rule(time.Minute, EmptyBad), 0, 6 * time.Minute, Counts{3, 6}},
		{"slices without points, good", rule(time.Minute, EmptyGood), 0, 9 * time.Minute, Counts{2, 9}},
		{"slices without points, none", rule(time.Minute, EmptyExcluded), 0, 9 * time.Minute, Counts{2, 5}},
		{"slices without points, bad", rule(time.Minute, EmptyBad), 0, 9 * time.Minute, Counts{6, 9}},
		{"a cut slice at the start", rule(time.Minute, EmptyGood), time.Second, 6 * time.Minute, Counts{2, 5}},
		{"a cut slice at the end", rule(time.Minute, EmptyGood), 0, 6*time.Minute - 1, Counts{1, 5}},
		{"slices of three minutes", rule(3*time.Minute, EmptyGood), 0, 6 * time.Minute, Counts{2, 2}},
		{"nothing whole", rule(time.Hour, EmptyGood), 0, 6 * time.Minute, Counts{}},
		{"end before start", rule(time.Minute, EmptyGood), time.Hour, 0, Counts{}},
		{"no length", rule(0, EmptyGood), 0, time.Hour, Counts{}},
		{"negative length", rule(-time.Minute, EmptyGood), 0, time.Hour, Counts{}},
	} {
		if got := c.rule.Count(points, t0.Add(c.from), t0.Add(c.to)); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	// 365 days of nanoseconds: linear in points, not in slices.
	got := SliceRule{Length: 1, Bound: MustRatio("1%")}.Count(points, t0, t0.AddDate(1, 0, 0))
	if want := (Counts{2, 365 * 24 * 3600e9}); got != want {
		t.Errorf("slices of a nanosecond: %v, want %v", got, want)
	}
}

// Each slice weighs one: ratios 0.1, 0.5 and 1 of 10, 1000 and 1 events.
func TestSliceCountRatios(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	points := minutes(t0, Counts{1, 10}, Counts{500, 1000}, Counts{1, 1}, Counts{})
	for _, c := range []struct {
		empty EmptySlice
		want  Counts
	}{
		{EmptyGood, Counts{1.6, 5}},
		{EmptyExcluded, Counts{1.6, 3}},
		{EmptyBad, Counts{3.6, 5}},
	} {
		rule := SliceRule{Length: time.Minute, Empty: c.empty}
		if got := rule.CountRatios(points, t0, t0.Add(5*time.Minute)); got != c.want {
			t.Errorf("empty slices %v: %v, want %v", c.empty, got, c.want)
		}
	}
	if got := (SliceRule{}).CountRatios(points, t0, t0.Add(time.Hour)); got != (Counts{}) {
		t.Errorf("no length: %v, want nothing", got)
	}
}

// 99.95 % of a week in slices of a minute: 10,080 slices allow 5 bad ones.
func TestSliceBudgetOfAWeek(t *testing.T) {
	end := at(t, "2026-01-12T00:00:00Z") // a Monday
	o := Objective{Kind: TimeSlices, Target: MustRatio("99.95%"), Window: Rolling(7 * 24 * time.Hour),
		Slice: SliceRule{Length: time.Minute, Bound: MustRatio("1%")}}
	points := make([]Point, 10080)
	for i := range points {
		points[i] = Point{end.Add(-time.Duration(i) * time.Minute), Counts{0, 10}}
	}
	for bad := 0; bad <= 6; bad++ {
		if bad > 0 {
			points[100*bad].Bad = 10
		}
		b, err := o.BudgetAt(points, end)
		if err != nil {
			t.Fatal(err)
		}
		if b.Counts != (Counts{float64(bad), 10080}) || b.Allowed != 5.04 {
			t.Errorf("%d bad slices: %v, allowed %v; want all 10080, allowed 5.04", bad, b.Counts, b.Allowed)
		}
		if missed := b.Remaining < 0; missed != (bad == 6) {
			t.Errorf("%d bad slices: remaining %v", bad, b.Remaining)
		}
	}
	if got := o.Downtime(end); got != 5*time.Minute+2400*time.Millisecond {
		t.Errorf("downtime %v, want 5m2.4s", got)
	}
}

// OpenSLO's example: two weeks, 99 % good, an attack during which 1 % is good,
// target 95 %. Time slices allow 1,008 minutes of it; ratio slices 822.86:
// 0.99·x + 0.01·(20160-x) = 1008.
func TestSlicesUnderAttack(t *testing.T) {
	end := at(t, "2026-01-15T00:00:00Z")
	budget := func(kind Kind, attack int) float64 {
		o := Objective{Kind: kind, Target: MustRatio("95%"), Window: Rolling(14 * 24 * time.Hour),
			Slice: SliceRule{Length: time.Minute, Bound: MustRatio("50%")}}
		points := make([]Point, 14*1440)
		for i := range points {
			points[i] = Point{end.Add(-time.Duration(i) * time.Minute), Counts{1, 100}}
			if i < attack {
				points[i].Bad = 99
			}
		}
		b, err := o.BudgetAt(points, end)
		if err != nil {
			t.Fatal(err)
		}
		return b.Remaining
	}
	for _, c := range []struct {
		kind   Kind
		attack int
		missed bool
	}{
		{TimeSlices, 1008, false}, {TimeSlices, 1009, true},
		{RatioSlices, 822, false}, {RatioSlices, 823, true},
	} {
		if r := budget(c.kind, c.attack); (r < 0) != c.missed {
			t.Errorf("%v, %d minutes of attack: remaining %v, want missed = %v", c.kind, c.attack, r, c.missed)
		}
	}
}

// The slices of a calendar day follow the zone: in India, half an hour off UTC,
// a day has 24 slices of an hour and none is cut in two by midnight. A spring
// day in Berlin has 23.
func TestCalendarSlicesFollowTheZone(t *testing.T) {
	for _, c := range []struct {
		window, at string
		want       float64
	}{
		{"day in Asia/Kolkata", "2026-03-04T12:00:00+05:30", 12},
		{"day in Asia/Kolkata", "2026-03-04T23:59:59+05:30", 23},
		{"day in Europe/Berlin", "2026-03-29T23:59:59+02:00", 22},
		{"day", "2026-03-04T12:30:00Z", 12},
	} {
		o := Objective{Kind: TimeSlices, Target: MustRatio("99%"), Window: MustWindow(c.window),
			Slice: SliceRule{Length: time.Hour, Bound: MustRatio("1%")}}
		b, err := o.BudgetAt(nil, at(t, c.at))
		if err != nil || b.Counts.Total != c.want {
			t.Errorf("%s at %s: %v slices (%v), want %v", c.window, c.at, b.Counts.Total, err, c.want)
		}
	}
	// The whole day, asked for at its end, and a part of it.
	o := Objective{Kind: TimeSlices, Window: MustWindow("day in Asia/Kolkata"), Slice: SliceRule{Length: time.Hour}}
	start, end := at(t, "2026-03-04T00:00:00+05:30"), at(t, "2026-03-05T00:00:00+05:30")
	for _, c := range []struct {
		from, to time.Time
		want     float64
	}{
		{start, end, 24},
		{start.Add(time.Minute), end, 23},
		{start.Add(time.Hour), end, 23},
		{start.Add(-90 * time.Minute), end, 25},
	} {
		if got := o.Count(nil, c.from, c.to).Total; got != c.want {
			t.Errorf("slices of (%v, %v]: %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

func TestCeilTo(t *testing.T) {
	for _, c := range []struct {
		t, want string
		d       time.Duration
	}{
		{"2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", time.Minute},
		{"2026-01-01T00:00:00.000000001Z", "2026-01-01T00:01:00Z", time.Minute},
		{"2026-01-01T00:00:59.999999999Z", "2026-01-01T00:01:00Z", time.Minute},
		{"1969-12-31T23:59:30Z", "1970-01-01T00:00:00Z", time.Minute},
		{"1969-12-31T23:58:59.5Z", "1969-12-31T23:59:00Z", time.Minute},
		{"1969-12-31T23:59:00Z", "1969-12-31T23:59:00Z", time.Minute},
		{"1970-01-01T00:00:08Z", "1970-01-01T00:00:14Z", 7 * time.Second},
		{"3000-01-01T00:00:30Z", "3000-01-01T00:01:00Z", time.Minute}, // beyond 64 bits of nanoseconds
		{"1000-01-01T00:00:30.25Z", "1000-01-01T00:00:31Z", time.Second},
	} {
		if got := ceilTo(at(t, c.t), c.d); !got.Equal(at(t, c.want)) {
			t.Errorf("ceilTo(%s, %v) = %s, want %s", c.t, c.d, got.UTC().Format(time.RFC3339Nano), c.want)
		}
	}
}

func TestSliceRuleJSON(t *testing.T) {
	rule := SliceRule{Length: 90 * time.Second, Bound: MustRatio("0.1%"), Inclusive: true, Empty: EmptyBad}
	out, err := json.Marshal(rule)
	if want := `{"bound":"0.001","inclusive":true,"empty":"bad","length_seconds":90}`; err != nil || string(out) != want {
		t.Errorf("written %s, %v; want %s", out, err, want)
	}
	var back SliceRule
	if err := json.Unmarshal(out, &back); err != nil || back != rule {
		t.Errorf("read back %+v, %v", back, err)
	}
	if err := json.Unmarshal([]byte(`{"empty":"ugly"}`), &back); text(err) != `unknown policy "ugly" for an empty slice; write good, excluded or bad` {
		t.Errorf("ugly: %v", err)
	}
	if err := json.Unmarshal([]byte(`{"length_seconds":1e300}`), &back); err == nil {
		t.Error("a slice of 1e300 s was read")
	}
	if got := EmptySlice(3).String(); got != "EmptySlice(3)" {
		t.Errorf("unknown policy is written %q", got)
	}
}

// Datadog's published cases: 5 bad minutes of 720 leave 99.3056 %; two groups
// that are bad in 5 minutes each, not the same, 98.6111 % of the minutes in
// which both were up. What is left is (status - target)/(1 - target).
func TestSlicesOfGroups(t *testing.T) {
	end := at(t, "2026-01-01T12:00:00Z")
	o := Objective{Kind: TimeSlices, Target: MustRatio("99%"), Window: Rolling(12 * time.Hour), Slice: SliceRule{Length: time.Minute, Bound: MustRatio("1%")}}
	group := func(from int) []Point {
		points := make([]Point, 720)
		for i := range points {
			points[i] = Point{end.Add(-time.Duration(i) * time.Minute), Counts{0, 100}}
			if i >= from && i < from+5 {
				points[i].Bad = 100
			}
		}
		return points
	}
	for _, c := range []struct {
		points []Point
		want   float64
	}{{group(100), 0.993056}, {append(group(100), group(300)...), 0.986111}} {
		b, err := o.BudgetAt(c.points, end)
		if err != nil || math.Abs(b.Ratio-c.want) > 5e-7 || !near(b.Remaining, (b.Ratio-0.99)/0.01, 1e-9) {
			t.Errorf("%v, %v; want a ratio of %v", b, err, c.want)
		}
	}
}
