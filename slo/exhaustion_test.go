package slo

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const day = 24 * time.Hour

// hourly is the hours up to now, the oldest first, each with 1,000 events and
// the bad ones that bad says for its age in hours (0 is the last hour).
func hourly(now time.Time, hours int, bad func(age int) float64) []Point {
	points := make([]Point, hours)
	for i := range points {
		age := hours - 1 - i
		points[i] = Point{now.Add(-time.Duration(age) * time.Hour), Counts{bad(age), 1000}}
	}
	return points
}

// 30 days at 99.9 %: 720 bad events allowed. 60 % of them went in one hour 29
// days ago, and from now on the burn is 2. Without roll-off: 0.4·30/2 = 6 days.
// But the burst is out of the window tomorrow, so the budget lasts 30/2 = 15.
func TestExhaustionKnowsRollOff(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 {
		if age == 29*24-1 {
			return 432
		}
		return 0
	})
	b, err := o.BudgetAt(points, now)
	if err != nil || b.Consumed != 0.6 {
		t.Fatalf("consumed %v, %v; want 0.6", b.Consumed, err)
	}
	naive, ok := TimeToExhaustion(b.Remaining, 2, 30*day)
	if !ok || math.Abs(naive.Hours()/24-6) > 1e-9 {
		t.Errorf("without roll-off: %v days, want 6", naive.Hours()/24)
	}
	certain := ConstantRate{BadPerSecond: 2. / 3600, TotalPerSecond: 1000. / 3600}
	x, err := o.ExhaustionAt(points, now, Lookahead{Rate: certain})
	if err != nil {
		t.Fatal(err)
	}
	if d := x.Expected.Sub(now).Hours() / 24; math.Abs(d-15) > 1e-6 {
		t.Errorf("with roll-off: day %v, want 15", d)
	}
	median, ok := x.Median()
	if d := median.Sub(now).Hours() / 24; !ok || math.Abs(d-15) > 0.2 {
		t.Errorf("median of the drawn futures: day %v, want about 15", d)
	}
	if x.Burn != 2 || x.Probability != 1 || x.Exhausted || x.NoData || x.Coverage != 1 || !x.End.Equal(now.Add(30*day)) {
		t.Errorf("%+v", x)
	}
	// 720 events at 2 an hour: sd √720/2 = 13.4 h; 5 % and 95 % are 1.645 of them away.
	for i, want := range []float64{15 - 22./24, 15, 15 + 22./24} {
		if d := x.Quantiles[i].Time.Sub(now).Hours() / 24; math.Abs(d-want) > 0.15 {
			t.Errorf("quantile %v: day %v, want about %v", x.Quantiles[i].Level, d, want)
		}
	}
	// The same without the fall of the burst: 29 days later it is still held.
	long := o
	long.Window = Rolling(60 * day)
	x, err = long.ExhaustionAt(points, now, Lookahead{Rate: certain})
	// 432 + 2h = 0.001·(720000 + 1000h) at h = 288: day 12, for the window's
	// traffic grows as well.
	if d := x.Expected.Sub(now).Hours() / 24; err != nil || math.Abs(d-12) > 1e-6 {
		t.Errorf("in 60 days nothing rolls off: day %v, %v; want 12", d, err)
	}
}

// The default rate is the burn of the last day: here 2, begun a day ago, so 14
// days are left of the 15.
func TestExhaustionAtTheBurnOfTheLastDay(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 {
		if age < 24 {
			return 2
		}
		return 0
	})
	x, err := o.ExhaustionAt(points, now, Lookahead{})
	if err != nil {
		t.Fatal(err)
	}
	if d := x.Expected.Sub(now).Hours() / 24; math.Abs(d-14) > 1e-6 || !near(x.Burn, 2, 1e-9) {
		t.Errorf("day %v at burn %v, want 14 at 2", d, x.Burn)
	}
	median, ok := x.Median()
	if d := median.Sub(now).Hours() / 24; !ok || math.Abs(d-14) > 0.5 || x.Probability < 0.99 {
		t.Errorf("median day %v, probability %v; want about 14 and 1", d, x.Probability)
	}
	// 48 events leave their rate uncertain by 1/√48: far wider than the draw.
	if w := x.Quantiles[2].Time.Sub(x.Quantiles[0].Time).Hours() / 24; w < 4 || w > 12 {
		t.Errorf("90 %% of the futures within %v days, want about 14·3.3/√48 = 6.7", w)
	}
	// A clean last day: nothing is expected.
	clean := hourly(now, 720, func(age int) float64 {
		if age >= 24 && age < 48 {
			return 20
		}
		return 0
	})
	x, err = o.ExhaustionAt(clean, now, Lookahead{})
	if err != nil || !x.Expected.IsZero() || x.Burn != 0 || x.Probability > 0.01 {
		t.Errorf("a clean last day: %+v, %v", x, err)
	}
	if _, ok := x.Median(); ok {
		t.Error("a clean last day has a median")
	}
	// The same outage, followed by a burn of 1.2: with 480 of 720 spent.
	again := hourly(now, 720, func(age int) float64 {
		switch {
		case age < 24:
			return 1.2
		case age < 48:
			return 20
		}
		return 0
	})
	x, err = o.ExhaustionAt(again, now, Lookahead{})
	// 480 + 28.8 + 1.2h = 720: h = 176.
	if d := x.Expected.Sub(now).Hours(); err != nil || math.Abs(d-176) > 1e-3 {
		t.Errorf("after %v hours, %v; want 176", d, err)
	}
}

func TestExhaustionWhenSpentOrEmpty(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	x, err := o.ExhaustionAt(hourly(now, 720, func(int) float64 { return 1.5 }), now, Lookahead{})
	if err != nil || !x.Exhausted || x.Probability != 1 || !x.Expected.Equal(now) || !x.Quantiles[0].Time.Equal(now) {
		t.Errorf("spent: %+v, %v", x, err)
	}
	if !x.SafeRestart.IsZero() {
		t.Errorf("a burn of 1.5 for ever allows a restart at %v", x.SafeRestart)
	}
	x, err = o.ExhaustionAt(nil, now, Lookahead{})
	if err != nil || !x.NoData || x.Exhausted || x.Probability != 0 || len(x.Quantiles) != 0 {
		t.Errorf("no data: %+v, %v", x, err)
	}
	// A burn of exactly 1 spends the budget and never exceeds it.
	x, err = o.ExhaustionAt(nil, now, Lookahead{Rate: ConstantRate{BadPerSecond: 0.001, TotalPerSecond: 1}})
	if err != nil || !x.Expected.IsZero() {
		t.Errorf("a burn of 1 exhausts at %v, %v", x.Expected, err)
	}
	// Traffic but nothing bad, ever.
	x, err = o.ExhaustionAt(hourly(now, 720, func(int) float64 { return 0 }), now, Lookahead{})
	if err != nil || x.Probability > 0.01 || !x.Expected.IsZero() || !x.SafeRestart.Equal(now) {
		t.Errorf("peace: %+v, %v", x, err)
	}
}

// A month is exhausted when the bad events exceed what its whole traffic
// allows: on day 10 of 30, 200 of the month's 720 are spent; at 4 an hour the
// other 520 last 130 hours. So far 240 are allowed, and that does not count.
func TestExhaustionOfACalendarMonth(t *testing.T) {
	o := Objective{Target: MustRatio("99.9%"), Window: MustWindow("month")}
	now := at(t, "2026-04-11T00:00:00Z")
	points := hourly(now, 240, func(age int) float64 {
		if age == 100 {
			return 200
		}
		return 0
	})
	rate := ConstantRate{BadPerSecond: 4. / 3600, TotalPerSecond: 1000. / 3600}
	x, err := o.ExhaustionAt(points, now, Lookahead{Rate: rate})
	if err != nil || !x.End.Equal(at(t, "2026-05-01T00:00:00Z")) {
		t.Fatalf("%+v, %v", x, err)
	}
	if h := x.Expected.Sub(now).Hours(); math.Abs(h-130) > 1e-6 {
		t.Errorf("after %v hours, want 130", h)
	}
	if !x.SafeRestart.Equal(x.End) {
		t.Errorf("restart at %v, want the new month", x.SafeRestart)
	}
	// 0.5 an hour spends 240 of 520: no exhaustion.
	x, err = o.ExhaustionAt(points, now, Lookahead{Rate: ConstantRate{BadPerSecond: 0.5 / 3600, TotalPerSecond: 1000. / 3600}})
	if err != nil || !x.Expected.IsZero() || x.Probability > 0.001 || !x.SafeRestart.Equal(now) {
		t.Errorf("half an event an hour: %+v, %v", x, err)
	}
	// On the edge: 520 expected for 520 left; half of the futures exhaust it.
	x, err = o.ExhaustionAt(points, now, Lookahead{Rate: ConstantRate{BadPerSecond: 520. / 480 / 3600, TotalPerSecond: 1000. / 3600}})
	if err != nil || math.Abs(x.Probability-0.5) > 0.06 {
		t.Errorf("on the edge: probability %v, %v; want about 1/2", x.Probability, err)
	}
}

// P(Poisson(20) > 25) = 0.1122 (by hand from the series), and with a variance
// of 4 times the mean more.
func TestExhaustionProbability(t *testing.T) {
	now := at(t, "2026-04-01T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%"), Window: MustWindow("day")}
	rate := ConstantRate{BadPerSecond: 20. / 86400, TotalPerSecond: 25500. / 86400} // 25.5 allowed
	p := func(l Lookahead) (float64, float64) {
		l.Rate, l.Paths, l.Step = rate, 20000, time.Hour
		x, err := o.ExhaustionAt(nil, now, l)
		if err != nil {
			t.Fatal(err)
		}
		return x.Probability, x.StandardError
	}
	want := 0.0
	for k, term := 0.0, math.Exp(-20.0); k < 200; k++ {
		if k > 25 {
			want += term
		}
		term *= 20 / (k + 1)
	}
	if got, se := p(Lookahead{}); math.Abs(got-want) > 4*se || se > 0.0025 {
		t.Errorf("probability %v ± %v, want %v", got, se, want)
	}
	wide, _ := p(Lookahead{Dispersion: 4})
	unsure, _ := p(Lookahead{Observed: 5})
	if wide < 1.5*want || unsure < 1.5*want {
		t.Errorf("probability %v with dispersion, %v with an uncertain rate, both should be well above %v", wide, unsure, want)
	}
}

// After an outage that spent 90 % of the budget nothing more burns: half of it
// must be there before releases restart, and it is when the outage rolls off.
// A second outage, a week later, makes the budget dip again: the first
// upcrossing is not safe.
func TestSafeRestart(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 {
		switch age {
		case 600, 400:
			return 648 / 2 // 45 % each
		}
		return 0
	})
	quiet := ConstantRate{TotalPerSecond: 1000. / 3600}
	for _, c := range []struct {
		reserve float64
		hours   float64
	}{
		{0.05, 0},  // 10 % are left
		{0.5, 120}, // the first outage, 600 hours old, rolls off at 720
		{0.6, 320}, // both must
		{0.999, 320},
	} {
		x, err := o.ExhaustionAt(points, now, Lookahead{Rate: quiet, Reserve: c.reserve})
		if err != nil || math.Abs(x.SafeRestart.Sub(now).Hours()-c.hours) > 1 {
			t.Errorf("reserve %v: restart after %v hours, %v; want %v", c.reserve, x.SafeRestart.Sub(now).Hours(), err, c.hours)
		}
	}
	// With a burn of 0.55 from now on the budget is above one half for a while
	// around hour 320, before the new burn has filled the window: not safe.
	x, err := o.ExhaustionAt(points, now, Lookahead{Rate: ConstantRate{BadPerSecond: 0.55 / 3600, TotalPerSecond: 1000. / 3600}, Reserve: 0.5})
	if err != nil || !x.SafeRestart.IsZero() {
		t.Errorf("burn 0.55: restart at %v, %v; want never", x.SafeRestart, err)
	}
}

// Slices of five minutes, 99 %: of 288 a day 2.88 may be bad. Two were; one in
// twelve hours is expected.
func TestExhaustionOfTimeSlices(t *testing.T) {
	now := at(t, "2026-04-02T00:00:00Z")
	o := Objective{Kind: TimeSlices, Target: MustRatio("99%"), Window: Rolling(day), Slice: SliceRule{Length: 5 * time.Minute, Bound: MustRatio("10%")}}
	points := make([]Point, 1440)
	for i := range points {
		points[i] = Point{now.Add(-time.Duration(i) * time.Minute), Counts{0, 10}}
	}
	points[100].Bad, points[101].Bad, points[900].Bad = 10, 10, 10 // 101 and 100 minutes ago: one slice
	x, err := o.ExhaustionAt(points, now, Lookahead{Rate: ConstantRate{BadPerSecond: 1. / 43200, TotalPerSecond: 1. / 300}})
	if err != nil || x.Exhausted {
		t.Fatalf("%+v, %v", x, err)
	}
	// The slice of minute 900 rolls off after 9 h, when 0.75 are expected; then
	// 1.88 more are left: never on the expected path, whose day holds 2.
	if !x.Expected.IsZero() || x.Probability < 0.2 || x.Probability > 0.9 {
		t.Errorf("expected %v, probability %v", x.Expected, x.Probability)
	}
	points[500].Bad, points[700].Bad = 10, 10
	if x, err = o.ExhaustionAt(points, now, Lookahead{}); err != nil || !x.Exhausted {
		t.Errorf("four bad slices of 2.88: %+v, %v", x, err)
	}
	o.Slice.Length, o.Window = time.Millisecond, Rolling(30*day)
	if _, err := o.ExhaustionAt(points, now, Lookahead{}); !errors.Is(err, ErrObjective) {
		t.Errorf("slices of a millisecond: %v", err)
	}
}

// A day of 24,000 events with 48 bad: two in each hour, or all in one. Then
// X² is 46²/2 + 23·2²/2 = 1104, over 23 degrees of freedom 48: as uncertain as
// a single event.
func TestLastDay(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	even := hourly(now, 48, func(age int) float64 { return 2 })
	burst := hourly(now, 48, func(age int) float64 {
		if age == 5 || age == 30 {
			return 48
		}
		return 0
	})
	clean := hourly(now, 48, func(age int) float64 {
		if age == 30 {
			return 10
		}
		return 0
	})
	rate := ConstantRate{2. / 3600, 1000. / 3600}
	for _, c := range []struct {
		name                 string
		points               []Point
		given                float64
		want                 ConstantRate
		observed, dispersion float64
	}{
		{"even", even, 0, rate, 48, 1},
		{"in one hour", burst, 0, rate, 1, 48},
		{"in one hour, dispersion given", burst, 1, rate, 48, 1},
		{"in one hour, another dispersion given", burst, 1.5, rate, 32, 1.5},
		{"clean for 30 hours", clean, 0, ConstantRate{1. / 30 / 3600, 1000. / 3600}, none, 1},
		{"no traffic", hourly(now, 0, nil), 0, ConstantRate{}, 0, 1},
		{"one point has no length", even[47:], 0, ConstantRate{}, 0, 1},
		{"nothing in the last day", even[:20], 0, rate, 40, 1},
	} {
		got, observed, dispersion := lastDay(c.points, now.Add(-48*time.Hour), now, c.given)
		r := got.(ConstantRate)
		if !near(r.BadPerSecond, c.want.BadPerSecond, 1e-12) || !near(r.TotalPerSecond, c.want.TotalPerSecond, 1e-12) || !near(observed, c.observed, 1e-12) || !near(dispersion, c.dispersion, 1e-12) {
			t.Errorf("%s: %+v, observed %v, dispersion %v; want %+v, %v, %v", c.name, r, observed, dispersion, c.want, c.observed, c.dispersion)
		}
	}
}

func TestAtLevel(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for level, want := range map[float64]float64{0.01: 1, 0.1: 1, 0.11: 2, 0.5: 5, 0.95: 10, 0.99: 10} {
		if got := atLevel(ten, level); got != want {
			t.Errorf("level %v of 1 to 10: %v, want %v", level, got, want)
		}
	}
	if got := atLevel(ten[:1], 0.5); got != 1 {
		t.Errorf("of one: %v", got)
	}
}

func TestExhaustionErrors(t *testing.T) {
	now := at(t, "2026-04-02T00:00:00Z")
	nan := math.NaN()
	_, err := Objective{}.ExhaustionAt([]Point{{now, Counts{2, 1}}}, now, Lookahead{
		Observed: nan, Dispersion: -1, Step: -1, Paths: -1, Levels: []float64{0, 0.5, 1}, Reserve: 1, Confidence: nan})
	if !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) || !errors.Is(err, ErrLookahead) || strings.Count(text(err), ErrLookahead.Error()) != 8 {
		t.Errorf("ten defects: %v", err)
	}
	o := Objective{Target: MustRatio("99.9%")}
	if _, err := o.ExhaustionAt(nil, now, Lookahead{Step: time.Second}); text(err) != "not a way to look ahead: 1000 paths of 2592000 steps of 1s are more than 2000000 draws; take longer steps or fewer paths" {
		t.Errorf("seconds of 30 days: %v", err)
	}
	for name, m := range map[string]RateModel{
		"NaN":       RateFunc(func(s, e time.Time) Counts { return Counts{nan, 1} }),
		"negative":  ConstantRate{-1, 1},
		"bad>total": ConstantRate{2, 1},
		"too large": ConstantRate{0, 1e307},
	} {
		if _, err := o.ExhaustionAt(nil, now, Lookahead{Rate: m}); !errors.Is(err, ErrCounts) {
			t.Errorf("rate %s: %v", name, err)
		}
	}
}

func TestExhaustionIsReproducible(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 { return float64(age % 2) })
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	shuffled := append([]Point(nil), points...)
	a, err1 := o.ExhaustionAt(points, now, Lookahead{})
	b, err2 := o.ExhaustionAt(SortPoints(points), now, Lookahead{})
	if d := cmp.Diff(a, b); err1 != nil || err2 != nil || d != "" {
		t.Errorf("%v %v (-unsorted +sorted):\n%s", err1, err2, d)
	}
	if d := cmp.Diff(shuffled, points); d != "" {
		t.Errorf("the argument was changed:\n%s", d)
	}
	c, err := o.ExhaustionAt(points, now, Lookahead{Source: rand.NewPCG(3, 4)})
	if err != nil || cmp.Equal(a, c) {
		t.Errorf("another source draws the same futures (%v)", err)
	}
}

// A higher rate never exhausts the budget later nor less likely (with common
// random numbers the expected path is compared exactly), and instants are in
// order and within the horizon.
func TestExhaustionLaws(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		o := Objective{Target: MustRatio("99.9%"), Window: rapid.SampledFrom([]Window{Rolling(30 * day), {Calendar: Month}, Rolling(6 * time.Hour)}).Draw(t, "window")}
		bads := rapid.SliceOfN(rapid.IntRange(0, 30), 48, 48).Draw(t, "bad")
		points := hourly(now, 48, func(age int) float64 { return float64(bads[age]) })
		r := rapid.Float64Range(0, 5).Draw(t, "burn")
		look := func(burn float64) Exhaustion {
			x, err := o.ExhaustionAt(points, now, Lookahead{Rate: ConstantRate{burn / 3600, 1000. / 3600}, Paths: 50, Step: o.Period().ShortestLength() / 100})
			if err != nil {
				t.Fatal(err)
			}
			last := x.At
			for _, q := range x.Quantiles {
				if !q.Time.IsZero() && (q.Time.Before(last) || q.Time.After(x.End)) {
					t.Fatalf("quantiles %v", x.Quantiles)
				}
				if !q.Time.IsZero() {
					last = q.Time
				}
			}
			return x
		}
		slow, fast := look(r), look(r*1.3+0.1)
		if !slow.Expected.IsZero() && (fast.Expected.IsZero() || fast.Expected.After(slow.Expected.Add(time.Second))) {
			t.Fatalf("burn %v exhausts at %v, a higher one at %v", r, slow.Expected, fast.Expected)
		}
		if fast.Probability < slow.Probability-0.35 {
			t.Fatalf("burn %v exhausts with %v, a higher one with %v", r, slow.Probability, fast.Probability)
		}
	})
}

func TestExhaustionJSON(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	x := Exhaustion{At: t0, End: t0.Add(time.Hour), Burn: 2, Probability: 0.25,
		Quantiles: []TimeQuantile{{0.05, t0.Add(time.Minute)}, {0.5, time.Time{}}}}
	out, err := json.Marshal(x)
	want := `{"at":"2026-01-01T00:00:00Z","end":"2026-01-01T01:00:00Z","coverage":0,"no_data":false,"exhausted":false,"burn":2,` +
		`"quantiles":[{"level":0.05,"time":"2026-01-01T00:01:00Z"},{"level":0.5,"time":null}],"probability":0.25,"standard_error":0,"expected":null,"safe_restart":null}`
	if err != nil || string(out) != want {
		t.Errorf("written %s, %v\nwant %s", out, err, want)
	}
	var back Exhaustion
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(x, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	x.Quantiles[1].Time, x.NoData = t0, true
	if got, want := logged("x", x), "x.probability=0.25 x.end=2026-01-01T01:00:00.000Z x.burn=2 x.exhausted=false x.median=2026-01-01T00:00:00.000Z x.no_data=true"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
}

func BenchmarkExhaustionAt(b *testing.B) {
	now := at(b, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 { return float64(age % 2) })
	b.ReportAllocs()
	for b.Loop() {
		if _, err := o.ExhaustionAt(points, now, Lookahead{}); err != nil {
			b.Fatal(err)
		}
	}
}
