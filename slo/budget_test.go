package slo

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestBudgetOf(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	for _, c := range []struct {
		counts                              Counts
		ratio, allowed, consumed, remaining float64
	}{
		{Counts{1, 1000}, 0.999, 1, 1, 0},
		{Counts{0, 1000}, 1, 1, 0, 1},
		{Counts{4, 16000}, 0.99975, 16, 0.25, 0.75},
		{Counts{3, 1000}, 0.997, 1, 3, -2},
		{Counts{1000, 1000}, 0, 1, 1000, -999},
	} {
		b, err := o.BudgetOf(c.counts, now)
		if err != nil {
			t.Errorf("%v: %v", c.counts, err)
		}
		want := Budget{Objective: o.Target, Start: now.Add(-30 * 24 * time.Hour), End: now, At: now, Counts: c.counts, Coverage: 1,
			Ratio: c.ratio, Allowed: c.allowed, Consumed: c.consumed, Remaining: c.remaining,
			Period: PeriodBudget{c.counts.Total, c.allowed, c.consumed, c.remaining}}
		if d := cmp.Diff(want, b, cmp.Comparer(func(a, b Ratio) bool { return a == b })); d != "" {
			t.Errorf("%v (-want +got):\n%s", c.counts, d)
		}
	}
}

func TestBudgetWithoutData(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	b, err := Objective{Target: MustRatio("99.9%")}.BudgetOf(Counts{}, now)
	if err != nil || !b.NoData || b.Ratio != 0 || b.Remaining != 0 {
		t.Errorf("no traffic: %+v, %v", b, err)
	}
	out, err := json.Marshal(b)
	want := `{"objective":"0.999","start":"2026-01-01T00:00:00Z","end":"2026-01-31T00:00:00Z","at":"2026-01-31T00:00:00Z",` +
		`"counts":{"bad":0,"total":0},"coverage":1,"no_data":true,"ratio":null,"allowed":null,"consumed":null,"remaining":null,"period":null}`
	if err != nil || string(out) != want {
		t.Errorf("written %s, %v\nwant %s", out, err, want)
	}
	var back Budget
	if err := json.Unmarshal(out, &back); err != nil || back != b {
		t.Errorf("read back %+v, %v", back, err)
	}
	if got := b.Expect(1000); got != b {
		t.Errorf("expecting traffic changed a budget without data: %+v", got)
	}
}

func TestBudgetErrors(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	_, err := Objective{Name: "a", Target: MustRatio("100%")}.BudgetOf(Counts{2, 1}, now)
	if !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) {
		t.Errorf("a bad objective and bad counts: %v; want both errors", err)
	}
	_, err = Objective{}.BudgetAt([]Point{{now, Counts{2, 1}}, {now, Counts{-1, 1}}}, now)
	if !errors.Is(err, ErrObjective) || strings.Count(text(err), "point at 2026-01-31T00:00:00Z: ") != 2 {
		t.Errorf("a bad objective and two bad points: %v; want three errors", err)
	}
	big := Counts{0, math.MaxFloat64}
	if _, err := (Objective{Target: MustRatio("99%")}).BudgetAt([]Point{{now, big}, {now, big}}, now); !errors.Is(err, ErrCounts) {
		t.Errorf("traffic beyond the largest number: %v", err)
	}
}

// A month after ten days at an even 1,000 events a day, 20 of them bad: twice
// the budget of the traffic so far (10), two thirds of the month's (30).
func TestBudgetSoFarAndOfThePeriod(t *testing.T) {
	o := Objective{Target: MustRatio("99.9%"), Window: MustWindow("month")}
	start := at(t, "2026-04-01T00:00:00Z")
	var points []Point
	for d := 1; d <= 10; d++ {
		points = append(points, Point{start.AddDate(0, 0, d), Counts{2, 1000}})
	}
	b, err := o.BudgetAt(points, start.AddDate(0, 0, 10))
	if err != nil {
		t.Fatal(err)
	}
	if b.Allowed != 10 || b.Consumed != 2 || b.Remaining != -1 || b.Coverage != 1 {
		t.Errorf("so far: %+v; want allowed 10, consumed 2", b)
	}
	if p := b.Period; p.Total != 30000 || p.Allowed != 30 || math.Abs(p.Consumed-2./3) > 1e-15 || math.Abs(p.Remaining-1./3) > 1e-15 {
		t.Errorf("of the month: %+v; want 30000 events, 30 allowed, 2/3 consumed", p)
	}
	if got := b.Expect(40000).Period; got != (PeriodBudget{40000, 40, 0.5, 0.5}) {
		t.Errorf("expecting 40000: %+v", got)
	}
	for _, less := range []float64{0, -5, math.NaN(), math.Inf(-1)} {
		if got := b.Expect(less).Period; got.Total != 10000 || got.Consumed != 2 {
			t.Errorf("expecting %v: %+v; want the traffic so far", less, got)
		}
	}
	if got := b.Expect(math.Inf(1)).Period; got.Total != math.MaxFloat64 || got.Consumed > 1e-300 || math.IsInf(got.Allowed, 0) {
		t.Errorf("expecting +Inf: %+v", got)
	}
	// Five of the ten days observed: the mean rate of those counts.
	b, err = o.BudgetAt(points[5:], start.AddDate(0, 0, 10))
	if err != nil || b.Coverage != 0.5 || b.Period.Total != 30000 {
		t.Errorf("half the days: coverage %v, period %+v, %v; want 0.5 and 30000 events", b.Coverage, b.Period, err)
	}
}

func TestBudgetTakesOnlyTheWindow(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99%"), Window: Rolling(time.Hour)}
	points := []Point{
		{now.Add(time.Second), Counts{100, 100}},
		{now, Counts{1, 100}},
		{now.Add(-30 * time.Minute), Counts{2, 100}},
		{now.Add(-time.Hour), Counts{100, 100}},
	}
	b, err := o.BudgetAt(points, now)
	if err != nil || b.Counts != (Counts{3, 200}) {
		t.Errorf("%v, %v; want 3 bad of 200", b.Counts, err)
	}
}

func TestBurnRate(t *testing.T) {
	for _, c := range []struct {
		target string
		counts Counts
		want   float64
		ok     bool
	}{
		{"99.9%", Counts{1, 1000}, 1, true}, // 0.001/(1-0.999) in binary is 0.9999999999999991
		{"99.9%", Counts{1, 10}, 100, true}, // the workbook prints 1,000 for this
		{"99.9%", Counts{144, 10000}, 14.4, true},
		{"99.9%", Counts{1000, 1000}, 1000, true},
		{"95%", Counts{0, 7}, 0, true},
		{"99.9%", Counts{}, 0, false},
		{"99.9%", Counts{2, 1}, 0, false},
		{"100%", Counts{1, 10}, 0, false},
		{"99.9%", Counts{5e-324, 5e-324}, 1000, true}, // 0.001*5e-324 is 0
	} {
		rate, ok := Objective{Target: MustRatio(c.target)}.BurnRate(c.counts)
		if rate != c.want || ok != c.ok {
			t.Errorf("%v at %s: %v, %v; want %v, %v", c.counts, c.target, rate, ok, c.want, c.ok)
		}
	}
	if _, ok := (Objective{}).BurnRate(Counts{1, 10}); ok {
		t.Error("without a target there is a burn rate")
	}
}

// The ratio is of summed events, at the slots' own edges to 1e-12: a mean of
// ratios is 19 times too low in the first case, 91 times too high in the second.
func TestAccuracyCases(t *testing.T) {
	for _, c := range []struct {
		name             string
		low, high        float64 // events a minute, 23 hours and 1 hour
		lowBad, highBad  float64 // ratios
		want             float64
		published, slack float64
	}{
		// 60000·0.1 / (1380·10 + 60000)
		{"quiet day, busy bad hour", 10, 1000, 0, 0.1, 6000. / 73800, 0.081301, 5e-7},
		// 600·0.5 / (1380·1000 + 600)
		{"busy day, quiet bad hour", 1000, 10, 0, 0.5, 300. / 1380600, 0.0002173, 5e-8},
		// uniform: 60·100·0.1 / (1440·100)
		{"uniform", 100, 100, 0, 0.1, 600. / 144000, 0.0041667, 5e-8},
	} {
		end := at(t, "2026-01-02T00:00:00Z")
		var points []Point
		for m := range 1440 {
			n, e := c.low, c.lowBad
			if m >= 23*60 {
				n, e = c.high, c.highBad
			}
			points = append(points, Point{end.Add(time.Duration(m-1439) * time.Minute), Counts{n * e, n}})
		}
		b, err := Objective{Target: MustRatio("99.9%"), Window: Rolling(24 * time.Hour)}.BudgetAt(points, end)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := b.Counts.ErrorRatio()
		if math.Abs(e-c.want) > 1e-12*c.want || math.Abs(e-c.published) > c.slack {
			t.Errorf("%s: %.15g, want %.15g (published %v)", c.name, e, c.want, c.published)
		}
		if r := 1 - b.Ratio; math.Abs(r-c.want) > 1e-12 {
			t.Errorf("%s: 1 - ratio = %v, want %v", c.name, r, c.want)
		}
	}
}

// OpenSLO's attack as events: 24,000 a day for two weeks, 1 % bad; x more at
// 99 % bad exhaust 95 % at 0.99x + 3360 = 0.05(336000+x), so at 14,298 of them.
func TestEventsUnderAttack(t *testing.T) {
	now := at(t, "2026-01-15T00:00:00Z")
	o := Objective{Target: MustRatio("95%"), Window: Rolling(14 * 24 * time.Hour)}
	for attack, missed := range map[float64]bool{14297: false, 14298: true} {
		b, err := o.BudgetOf(Counts{3360 + 0.99*attack, 336000 + attack}, now)
		if err != nil || (b.Remaining < 0) != missed {
			t.Errorf("%v requests of attack: remaining %v, %v; want missed = %v", attack, b.Remaining, err, missed)
		}
	}
}

// anyCounts draws valid counts of up to a million events, some fractional.
func anyCounts() *rapid.Generator[Counts] {
	return rapid.Custom(func(t *rapid.T) Counts {
		total := float64(rapid.IntRange(0, 1e6).Draw(t, "total"))
		bad := float64(rapid.IntRange(0, int(total)).Draw(t, "bad"))
		if rapid.Bool().Draw(t, "fractional") {
			total, bad = total/7, bad/7
		}
		return Counts{bad, total}
	})
}

func TestBudgetLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := anyRatio().Filter(func(r Ratio) bool { return r.Sign() > 0 && r.Complement().Sign() > 0 }).Draw(t, "target")
		w := rapid.SampledFrom([]Window{Rolling(time.Hour), {Calendar: Month}, {Calendar: Year}}).Draw(t, "window")
		o := Objective{Target: target, Window: w}
		c := anyCounts().Draw(t, "counts")
		now := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "now"), 0)
		b, err := o.BudgetOf(c, now)
		if err != nil {
			t.Fatal(err)
		}
		for name, x := range map[string]float64{"ratio": b.Ratio, "allowed": b.Allowed, "consumed": b.Consumed, "remaining": b.Remaining,
			"period total": b.Period.Total, "period allowed": b.Period.Allowed, "period consumed": b.Period.Consumed} {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				t.Fatalf("%s of %v at %v is %v", name, c, target, x)
			}
		}
		if b.NoData != (c.Total == 0) {
			t.Fatalf("no_data = %v with %v", b.NoData, c)
		}
		if b.Period.Consumed > b.Consumed || b.Period.Total < c.Total {
			t.Fatalf("the period %+v has less budget than the traffic so far %+v", b.Period, b)
		}
		out, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		var back Budget
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatal(err)
		}
		if !back.At.Equal(b.At) || !back.Start.Equal(b.Start) || !back.End.Equal(b.End) {
			t.Fatalf("%s read back %+v", out, back)
		}
		back.At, back.Start, back.End = b.At, b.Start, b.End
		if back != b {
			t.Fatalf("%s read back %+v, want %+v", out, back, b)
		}
		more, err := o.BudgetOf(Counts{c.Bad, c.Total + 1}, now)
		if err != nil {
			t.Fatal(err)
		}
		if !b.NoData && more.Consumed > b.Consumed {
			t.Fatalf("one more good event raised consumption from %v to %v", b.Consumed, more.Consumed)
		}
	})
}

func TestBudgetLogValue(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	for _, c := range []struct {
		counts Counts
		want   string
	}{
		{Counts{1, 4000}, "budget.objective=0.999 budget.bad=1 budget.total=4000 budget.coverage=1 budget.ratio=0.99975 budget.consumed=0.25 budget.remaining=0.75"},
		{Counts{}, "budget.objective=0.999 budget.bad=0 budget.total=0 budget.coverage=1 budget.no_data=true"},
	} {
		b, err := o.BudgetOf(c.counts, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := logged("budget", b); got != c.want {
			t.Errorf("%v: logged %q, want %q", c.counts, got, c.want)
		}
	}
}

// logged is the attributes that a text handler writes of v.
func logged(key string, v any) string {
	var out strings.Builder
	slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
			return slog.Attr{}
		}
		return a
	}})).Info("", key, v)
	return strings.TrimSpace(out.String())
}

func TestFinite(t *testing.T) {
	for in, want := range map[float64]float64{1.5: 1.5, math.Inf(1): math.MaxFloat64, math.Inf(-1): -math.MaxFloat64, math.MaxFloat64: math.MaxFloat64} {
		if got := finite(in); got != want {
			t.Errorf("finite(%v) = %v, want %v", in, got, want)
		}
	}
	if got := finite(math.NaN()); got != 0 {
		t.Errorf("finite(NaN) = %v, want 0", got)
	}
}
