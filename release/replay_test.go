package release

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// even is a series of a minute's points with the same counts.
func even(points int, bad, total float64) []slo.Point {
	var p []slo.Point
	for i := range points {
		p = append(p, slo.Point{Time: t0.Add(time.Duration(i) * time.Minute), Counts: slo.Counts{Bad: bad, Total: total}})
	}
	return p
}

// A look of a minute at a tenth of 6000 requests, 6 of them bad, is above 0.3 % with
// two bad ones or more: 1 − 0.9⁶ − 6·0.1·0.9⁵ = 0.1143. Ten times the errors add
// Bin(600, 0.009009): 1 − (0.5314·(0.00438+0.02391) + 0.3543·0.00438) = 0.9834.
func TestReplayIsRight(t *testing.T) {
	r := MustRollout("10% for 1m")
	r.Rules = []Rule{{Metric: "error_rate", Threshold: 0.003, Consecutive: 1}}
	p := Replay{Rollout: r, Runs: 8000, Factors: []float64{10}, Source: rand.NewPCG(1, 2)}
	got := must(p.Run(context.Background(), even(1000, 6, 6000)))(t)
	aa, ten := got.FalseAlarms(), got.At(10)
	if math.Abs(aa.Share-0.1143) > 0.015 || math.Abs(ten.Share-0.9834) > 0.006 {
		t.Errorf("A/A %v, ×10 %v; want 0.1143, 0.9834", aa, ten)
	}
	if !(aa.Low < aa.Share && aa.Share < aa.High) || aa.Median != time.Minute || aa.Excess != 0 || math.Abs(ten.Excess-5.4) > 0.2 || math.Abs(aa.Share+aa.Completed-1) > 1e-9 {
		t.Errorf("%+v\n%+v", aa, ten)
	}
	again := p
	again.Source = rand.NewPCG(1, 2)
	if d := cmp.Diff(got, must(again.Run(context.Background(), even(1000, 6, 6000)))(t)); d != "" {
		t.Errorf("the same seed gives another report:\n%s", d)
	}
}

// The rule of the spec's example on the traffic of the research scenario: 0.1 % errors
// at 100 requests a second, a tenth for half an hour; and the judge on the same.
func TestReplayOfAJudge(t *testing.T) {
	points := even(2880, 6, 6000)
	source := rand.New(rand.NewPCG(3, 4))
	for i := range points { // about Poisson
		points[i].Bad = math.Max(0, math.Round(6+math.Sqrt(6)*source.NormFloat64()))
	}
	r := MustRollout("10% for 30m")
	p := Replay{Rollout: r, Judge: canary.Judge{Metrics: []canary.Metric{{Name: "errors"}}}, Runs: 60, Source: rand.NewPCG(1, 2)}
	got := must(p.Run(context.Background(), points))(t)
	// Measured elsewhere: false alarms 1.8 %, ×2 76–81 % after 13 minutes, ×5 all
	// after 3, ×10 all after 1.
	if aa := got.FalseAlarms(); aa.Share > 0.1 {
		t.Errorf("%v", aa)
	}
	if two := got.At(2); two.Share < 0.75 || two.Median < 8*time.Minute || two.Median > 18*time.Minute {
		t.Errorf("%v", two)
	}
	if five, ten := got.At(5), got.At(10); five.Share != 1 || five.Median > 4*time.Minute || ten.Share != 1 || ten.Median > 2*time.Minute {
		t.Errorf("%v, %v", five, ten)
	}
}

// A day that differs from the day before shows in a shifted replay, not in a split one.
func TestReplayShift(t *testing.T) {
	points := even(2880, 6, 6000)
	for i := 1440; i < 2880; i++ {
		points[i].Bad = 60
	}
	r := MustRollout("10% for 10m")
	r.Rules = []Rule{{Metric: "error_rate", Threshold: 3, Compare: Times, Hold: 5 * time.Minute, MinRequests: 300}}
	p := Replay{Rollout: r, Runs: 200, Factors: []float64{}, Source: rand.NewPCG(1, 2)}
	if got := must(p.Run(context.Background(), points))(t).FalseAlarms(); got.Share > 0.05 {
		t.Errorf("split: %v", got)
	}
	for i := range points { // now the worse day comes first
		points[i].Bad = 66 - points[i].Bad
	}
	p.Shift, p.Source = 24*time.Hour, rand.NewPCG(1, 2)
	if got := must(p.Run(context.Background(), points))(t).FalseAlarms(); got.Share < 0.95 {
		t.Errorf("shifted: %v", got)
	}
}

func TestReplayRefuses(t *testing.T) {
	good := Replay{Rollout: tenPercent(nil), Source: rand.NewPCG(1, 2), Runs: 3}
	for _, c := range []struct {
		name   string
		change func(*Replay)
		points []slo.Point
	}{
		{"no source", func(p *Replay) { p.Source = nil }, even(100, 1, 10)},
		{"no stages", func(p *Replay) { p.Rollout = Rollout{} }, even(100, 1, 10)},
		{"too short", nil, even(5, 1, 10)},
		{"empty", nil, nil},
		{"no traffic", nil, even(100, 0, 0)},
		{"NaN", nil, even(100, math.NaN(), 10)},
		{"factor", func(p *Replay) { p.Factors = []float64{1} }, even(100, 1, 10)},
		{"runs", func(p *Replay) { p.Runs = -1 }, even(100, 1, 10)},
		{"values", func(p *Replay) { p.Rollout.Rules = []Rule{{Metric: "l", Quantity: Value}} }, even(100, 1, 10)},
		{"no judge", func(p *Replay) { p.Rollout.Rules = []Rule{{Metric: "l", Quantity: Judgement}} }, even(100, 1, 10)},
	} {
		p := good
		if c.change != nil {
			c.change(&p)
		}
		if r, err := p.Run(context.Background(), c.points); err == nil || !errors.Is(err, ErrInput) {
			t.Errorf("%s: %+v, %v", c.name, r, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := good.Run(ctx, even(100, 1, 10)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestReplayReportRoundTrips(t *testing.T) {
	p := Replay{Rollout: tenPercent(nil), Source: rand.NewPCG(1, 2), Runs: 20}
	want := must(p.Run(context.Background(), even(200, 1, 60)))(t)
	var got ReplayReport
	if err := json.Unmarshal(must(json.Marshal(want))(t), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" || len(want.Warnings) != 1 || want.Warnings[0].Code != "short-series" {
		t.Errorf("%+v\n(-want +got):\n%s", want.Warnings, d)
	}
}

func BenchmarkReplay(b *testing.B) {
	p := Replay{Rollout: MustRollout("10% for 30m"), Runs: 100, Factors: []float64{2}}
	p.Rollout.Rules = []Rule{MustRule("0.1% error rate for 5m")}
	points := even(2880, 6, 6000)
	b.ReportAllocs()
	for b.Loop() {
		p.Source = rand.NewPCG(1, 2)
		if _, err := p.Run(context.Background(), points); err != nil {
			b.Fatal(err)
		}
	}
}
