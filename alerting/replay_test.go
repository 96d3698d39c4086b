package alerting

import (
	"context"
	"math"
	"math/big"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

var epoch = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) // a Monday

// series is n points of the given step and traffic per step after start; ratio is
// the error ratio of each step by its number from 1.
func series(start time.Time, step time.Duration, n int, traffic float64, ratio func(i int) float64) []slo.Point {
	points := make([]slo.Point, n)
	for i := range points {
		points[i] = slo.Point{Time: start.Add(time.Duration(i+1) * step), Counts: slo.Counts{Bad: math.Round(traffic * ratio(i+1)), Total: traffic}}
	}
	return points
}

// outage is the ratio of a step that begins after from steps and lasts for n.
func outage(from, n int, ratio float64) func(int) float64 {
	return func(i int) float64 {
		if i > from && i <= from+n {
			return ratio
		}
		return 0
	}
}

func backtest(t testing.TB, b Bound, points []slo.Point, opt BacktestOptions) Report {
	t.Helper()
	r, err := Backtest(context.Background(), b, points, opt)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// drawPoints is a random history with gaps, points of one instant and bursts of errors.
func drawPoints(t *rapid.T, most int) []slo.Point {
	n := rapid.IntRange(2, most).Draw(t, "points")
	points := make([]slo.Point, 0, n)
	at := epoch
	for i := range n {
		gap := time.Duration(rapid.SampledFrom([]int{1, 1, 1, 1, 2, 7, 40}).Draw(t, "gap")) * time.Second
		if i > 1 && rapid.IntRange(0, 20).Draw(t, "same") == 0 {
			gap = 0
		}
		at = at.Add(gap)
		total := rapid.IntRange(0, 20).Draw(t, "total")
		bad := 0
		if rapid.Bool().Draw(t, "burst") {
			bad = rapid.IntRange(0, total).Draw(t, "bad")
		}
		points = append(points, slo.Point{Time: at, Counts: slo.Counts{Bad: float64(bad), Total: float64(total)}})
	}
	return points
}

func drawSmallBound(t *rapid.T) Bound {
	var p Policy
	for range rapid.IntRange(1, 3).Draw(t, "pairs") {
		long := rapid.IntRange(1, 30).Draw(t, "long")
		p.Pairs = append(p.Pairs, Pair{
			Severity: rapid.SampledFrom([]Severity{Page, Ticket}).Draw(t, "severity"),
			Long:     time.Duration(long) * time.Second,
			Short:    time.Duration(rapid.IntRange(1, long).Draw(t, "short")) * time.Second,
			For:      time.Duration(rapid.SampledFrom([]int{0, 0, 2, 9}).Draw(t, "hold")) * time.Second,
			Factor:   float64(rapid.IntRange(10, 99).Draw(t, "factor")) / 10,
		})
	}
	b, err := p.Bind(slo.Objective{Target: slo.MustRatio("90%"), Window: slo.Rolling(day)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// trips tells by sums of the points themselves, in exact arithmetic, whether a
// window is above a threshold; start and end are those of (start, end].
func trips(points []slo.Point, start, end time.Time, threshold string) bool {
	c := slo.Sum(points, start, end)
	limit, _ := new(big.Rat).SetString(threshold)
	if c.Total == 0 {
		return false
	}
	return new(big.Rat).SetFrac64(int64(c.Bad), int64(c.Total)).Cmp(limit) > 0
}

// Exact sliding agrees with sums of the points at every instant at which anything can change.
func TestSlideLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t, 40)
		b := drawSmallBound(t)
		keep := time.Duration(rapid.SampledFrom([]int{0, 0, 5, 30}).Draw(t, "keep")) * time.Second
		h, err := newHistory(context.Background(), points)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range b.Pairs {
			got, err := h.firing(context.Background(), Grid{}, p, thresholdOf(p, b.Period, b.Objective.Budget().Rat()), keep)
			if err != nil {
				t.Fatal(err)
			}
			// All instants are whole seconds: look at each.
			var want []span
			end := points[len(points)-1].Time
			var since, until time.Time
			up := false
			for now := epoch.Add(-time.Second); !now.After(end); now = now.Add(time.Second) {
				is := trips(points, now.Add(-p.Long), now, p.ThresholdText) && trips(points, now.Add(-p.Short), now, p.ThresholdText)
				if is && since.IsZero() {
					since = now
				}
				if is && !up && p.For == 0 {
					up, until = true, time.Time{}
					want = append(want, span{start: now.UnixNano()})
				}
				if !is && !since.IsZero() && !up && p.For > 0 && now.Sub(since) > p.For {
					// Ended now, and had been up since the end of the hold.
					up, until = true, time.Time{}
					want = append(want, span{start: since.Add(p.For).UnixNano()})
				}
				if !is {
					since = time.Time{}
				}
				if is && up {
					until = time.Time{}
				}
				if !is && up {
					if until.IsZero() {
						until = now.Add(keep)
					}
					if !now.Before(until) {
						up = false
						want[len(want)-1].end = now.UnixNano()
					}
				}
			}
			if !since.IsZero() && !up && end.Sub(since) > p.For {
				up = true
				want = append(want, span{start: since.Add(p.For).UnixNano()})
			}
			if up {
				want[len(want)-1].end, want[len(want)-1].open = end.UnixNano(), true
			}
			// What ends exactly with the points is still up as far as they tell,
			// whichever way it is looked at.
			if n := len(want); n > 0 && len(got) == n && want[n-1].end == end.UnixNano() {
				want[n-1].open = got[n-1].open
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s, hold %v, keep %v, θ %s: got %v, want %v", p.name(), p.For, keep, p.ThresholdText, got, want)
			}
		}
	})
}

// On a grid the alert sees the increase between the first and the last sample of
// a window.
func TestGridLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t, 40)
		b := drawSmallBound(t)
		g := Grid{
			Every:  time.Duration(rapid.IntRange(1, 7).Draw(t, "every")) * time.Second,
			Offset: time.Duration(rapid.IntRange(-9, 9).Draw(t, "offset")) * time.Second,
		}
		if rapid.Bool().Draw(t, "recorded") {
			g.Records = time.Duration(rapid.IntRange(1, 12).Draw(t, "records")) * time.Second
			g.Lookback = time.Duration(rapid.IntRange(1, 8).Draw(t, "lookback")) * time.Second
		}
		keep := time.Duration(rapid.SampledFrom([]int{0, 0, 5, 30}).Draw(t, "keep")) * time.Second
		h, err := newHistory(context.Background(), points)
		if err != nil {
			t.Fatal(err)
		}
		onGrid := func(t time.Time, d time.Duration) bool { return t.Add(-g.Offset).UnixNano()%int64(d) == 0 }
		for _, p := range b.Pairs {
			over := thresholdOf(p, b.Period, b.Objective.Budget().Rat())
			got, err := h.firing(context.Background(), g, p, over, keep)
			if err != nil {
				t.Fatal(err)
			}
			window := func(at time.Time, w time.Duration) bool {
				first := slices.IndexFunc(points, func(p slo.Point) bool { return p.Time.After(at.Add(-w)) })
				if first < 0 {
					return false
				}
				c := slo.Sum(points, points[first].Time, at)
				return over.by(c.Bad, c.Total)
			}
			var want []span
			var active, kept time.Time
			up := false
			end := points[len(points)-1].Time
			for now := instant(h.start); !now.After(end); now = now.Add(time.Second) {
				if !onGrid(now, g.Every) {
					continue
				}
				at := now
				if g.Records > 0 {
					for !onGrid(at, g.Records) {
						at = at.Add(-time.Second)
					}
				}
				is := window(at, p.Long) && window(at, p.Short)
				if g.Records > 0 && now.Sub(at) >= g.Lookback {
					is = false
				}
				if is {
					kept = time.Time{}
					if active.IsZero() {
						active = now
					}
					if !up && now.Sub(active) >= p.For {
						up = true
						want = append(want, span{start: now.UnixNano()})
					}
					continue
				}
				if up {
					if kept.IsZero() {
						kept = now
					}
					if now.Sub(kept) < keep {
						continue
					}
					up = false
					want[len(want)-1].end = now.UnixNano()
				}
				active, kept = time.Time{}, time.Time{}
			}
			if up {
				want[len(want)-1].end, want[len(want)-1].open = end.UnixNano(), true
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s, hold %v, keep %v: got %v, want %v", p.name(), p.For, keep, got, want)
			}
		}
	})
}

// A step of errors: the backtest agrees with the closed forms within one step of
// the points, on a grid within two.
func TestBacktestAgreesWithAnalysis(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := 10 * time.Second
		long := rapid.IntRange(2, 60).Draw(t, "long")
		short := rapid.IntRange(1, long).Draw(t, "short")
		p := single(time.Duration(long)*step, time.Duration(short)*step, 0, float64(rapid.IntRange(10, 500).Draw(t, "factor"))/10)
		p.Pairs[0].For = time.Duration(rapid.SampledFrom([]int{0, 0, 3, 20}).Draw(t, "hold")) * step
		b, err := p.Bind(slo.Objective{Target: slo.MustRatio("99%"), Window: slo.Rolling(day)})
		if err != nil {
			t.Fatal(err)
		}
		theta := b.Pairs[0].Threshold
		if theta > 0.9 {
			return
		}
		e := rapid.Float64Range(theta*1.05, 1).Draw(t, "ratio")
		length := rapid.IntRange(2*long+30, 300).Draw(t, "outage")
		points := series(epoch, step, length+3*long+30, 1e6, outage(long, length, e))
		a, err := Analyse(b, AnalyserOptions{Outage: time.Duration(length) * step})
		if err != nil {
			t.Fatal(err)
		}
		want := a.Reaction(Page, e)
		begin := epoch.Add(time.Duration(long) * step)
		recovery := begin.Add(time.Duration(length) * step)
		for _, tt := range []struct {
			name  string
			grid  Grid
			steps time.Duration
		}{{"sliding", Grid{}, 1}, {"grid", Grid{Every: step}, 2}} {
			r, err := Backtest(context.Background(), b, points, BacktestOptions{Grid: tt.grid})
			if err != nil {
				t.Fatal(err)
			}
			if short < 3 && tt.grid.Every > 0 {
				continue // a window of one or two samples sees one increase at most
			}
			if len(r.Alerts) != 1 || r.Alerts[0].Ongoing {
				t.Fatalf("%s: got alerts %+v, want one", tt.name, r.Alerts)
			}
			detection, reset := r.Alerts[0].Start.Sub(begin), r.Alerts[0].End.Sub(recovery)
			// A window on the grid is a step shorter than it says, which makes
			// detection earlier by θ/e of a step, and reset by at most one.
			if d := detection - want.Detection; d < -tt.steps*step || d > tt.steps*step {
				t.Fatalf("%s: got detection %v, want %v within %d steps of %v", tt.name, detection, want.Detection, tt.steps, step)
			}
			if d := reset - want.Reset; d < -tt.steps*step || d > tt.steps*step {
				t.Fatalf("%s: got reset %v, want %v within %d steps of %v", tt.name, reset, want.Reset, tt.steps, step)
			}
		}
	})
}

// What real Prometheus 3.14 did (rules of Sloth at steady traffic, measured with
// promtool): first firing evaluation after the start, last one after recovery.
func TestGridAgainstPrometheus(t *testing.T) {
	for _, tt := range []struct {
		target      string
		severity    Severity
		ratio       float64
		outage      time.Duration
		first, last time.Duration
		step        time.Duration
		warm        time.Duration
	}{
		{"99.9%", Page, 1, time.Minute, 60, 270, 15 * time.Second, 6 * time.Hour},
		{"99.9%", Page, 1, 10 * time.Minute, 60, 1770, 15 * time.Second, 6 * time.Hour},
		{"99.9%", Page, .15, 10 * time.Minute, 360, 255, 15 * time.Second, 6 * time.Hour},
		{"99.9%", Page, .02, time.Hour, 2610, 90, 15 * time.Second, 6 * time.Hour},
		{"99.9%", Page, .01, 5 * time.Hour, 12960, 705, 15 * time.Second, 6 * time.Hour},
		{"99%", Page, 1, time.Hour, 525, 1665, 15 * time.Second, 6 * time.Hour},
		{"99%", Page, .2, time.Hour, 2595, 75, 15 * time.Second, 6 * time.Hour},
		{"90%", Page, 1, 5 * time.Hour, 12975, 720, 15 * time.Second, 6 * time.Hour},
		{"99.9%", Ticket, .004, day, 64860, 16200, time.Minute, 3 * day},
		{"99.9%", Ticket, .002, 37 * time.Hour, 129600, 10740, time.Minute, 3 * day},
		{"99.9%", Ticket, .05, 3 * time.Hour, 5220, 21060, time.Minute, 3 * day},
	} {
		before, during := int(tt.warm/tt.step), int(tt.outage/tt.step)
		points := series(epoch, tt.step, before+during+int(7*time.Hour/tt.step), 10000, outage(before, during, tt.ratio))
		r := backtest(t, bind(t, Sloth(), objective(tt.target, 30*day)), points, BacktestOptions{Grid: Grid{Every: tt.step}})
		begin := epoch.Add(tt.warm)
		var alerts []Alert
		for _, a := range r.Alerts {
			if a.Severity == tt.severity {
				alerts = append(alerts, a)
			}
		}
		if len(alerts) != 1 {
			t.Errorf("%s, %v of %v: got %d alerts, want 1", tt.target, tt.ratio, tt.outage, len(alerts))
			continue
		}
		first := alerts[0].Start.Sub(begin)
		last := alerts[0].End.Add(-tt.step).Sub(begin.Add(tt.outage))
		if d := first - tt.first*time.Second; d < -tt.step || d > tt.step {
			t.Errorf("%s, %v of %v: first firing after %v, Prometheus after %v", tt.target, tt.ratio, tt.outage, first, tt.first*time.Second)
		}
		if d := last - tt.last*time.Second; d < -2*tt.step || d > 2*tt.step {
			t.Errorf("%s, %v of %v: last firing %v after recovery, Prometheus %v", tt.target, tt.ratio, tt.outage, last, tt.last*time.Second)
		}
	}
}

// The result depends on the points, not on their order.
func TestOrderOfPointsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t, 30)
		b := drawSmallBound(t)
		shuffled := rapid.Permutation(points).Draw(t, "order")
		before := slices.Clone(shuffled)
		want, err := Backtest(context.Background(), b, points, BacktestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := Backtest(context.Background(), b, shuffled, BacktestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b slo.Ratio) bool { return a == b })); diff != "" {
			t.Fatalf("(-sorted +shuffled):\n%s", diff)
		}
		if !slices.Equal(before, shuffled) {
			t.Fatal("the points were changed")
		}
	})
}

// A ratio of exactly the threshold does not fire, though 3 of 10,000 and 0.0003
// times 10,000 differ in binary.
func TestThresholdItselfDoesNotFire(t *testing.T) {
	for _, tt := range []struct {
		target     string
		factor     float64
		bad, total float64
		want       int
	}{
		{"99.99%", 3, 3, 10000, 0},
		{"99.99%", 3, 4, 10000, 1},
		{"99.9%", 14.4, 144, 10000, 0},
		{"99.9%", 14.4, 145, 10000, 1},
		{"99.7%", 7, 21, 1000, 0},
		{"99.9%", 14.4, 144e9, 1e13, 0},
	} {
		points := []slo.Point{
			{Time: epoch, Counts: slo.Counts{Bad: 0, Total: tt.total}},
			{Time: epoch.Add(time.Minute), Counts: slo.Counts{Bad: tt.bad, Total: tt.total}},
			{Time: epoch.Add(2 * time.Minute)},
		}
		b := bind(t, single(time.Minute, time.Minute, 0, tt.factor), objective(tt.target, 30*day))
		if r := backtest(t, b, points, BacktestOptions{}); len(r.Alerts) != tt.want {
			t.Errorf("%v of %v at %s times %v: got %d alerts, want %d", tt.bad, tt.total, tt.target, tt.factor, len(r.Alerts), tt.want)
		}
	}
}

// Sums of fractions leave residues; a window in which nothing happened has none.
func TestFractionsLeaveNoResidue(t *testing.T) {
	points := series(epoch, time.Minute, 200, 0, func(int) float64 { return 0 })
	for i := range points {
		if i < 100 {
			points[i].Counts = slo.Counts{Bad: 0.1, Total: 0.7}
		}
	}
	b := bind(t, single(5*time.Minute, time.Minute, 0, 14.4), objective("99.9%", 30*day))
	r := backtest(t, b, points, BacktestOptions{})
	if len(r.Alerts) != 1 || !r.Alerts[0].End.Equal(epoch.Add(101*time.Minute)) {
		t.Errorf("got %+v, want one alert that ends a minute after the errors", r.Alerts)
	}
}

// Without points for a while the windows empty, and the alert ends.
func TestAlertEndsInAGap(t *testing.T) {
	points := append(series(epoch, time.Minute, 10, 100, outage(0, 10, 1)), slo.Point{Time: epoch.Add(3 * time.Hour), Counts: slo.Counts{Total: 1}})
	b := bind(t, single(time.Hour, 5*time.Minute, 0, 14.4), objective("99.9%", 30*day))
	r := backtest(t, b, points, BacktestOptions{})
	if len(r.Alerts) != 1 || !r.Alerts[0].End.Equal(epoch.Add(15*time.Minute)) {
		t.Errorf("got %+v, want an end 15 minutes in", r.Alerts)
	}
}

// Spans that overlap or touch are one; pairs are listed in the order in which they fired.
func TestUnion(t *testing.T) {
	got := union([]alertSpan{
		{span{20, 30, false}, []int{1}}, {span{10, 20, false}, []int{2}}, {span{25, 27, false}, []int{2}}, {span{31, 40, false}, []int{1}}, {span{35, 40, true}, []int{0}},
	})
	want := []alertSpan{{span{10, 30, false}, []int{2, 1}}, {span{31, 40, true}, []int{1, 0}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(alertSpan{}, span{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
