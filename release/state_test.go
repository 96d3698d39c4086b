package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

var t0 = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC) // a Monday

// minute is an observation i minutes after t0 with a look of total requests of which
// bad were bad.
func minute(i int, bad, total float64) Observation {
	return Observation{At: t0.Add(time.Duration(i) * time.Minute), Measurements: []Measurement{
		{Metric: "error_rate", Canary: slo.Counts{Bad: bad, Total: total}}}}
}

func idle(i int) Observation { return Observation{At: t0.Add(time.Duration(i) * time.Minute)} }

func verdict(i int, v canary.Verdict) Observation {
	o := idle(i)
	o.Measurements = []Measurement{{Metric: "judge", Verdict: v}}
	return o
}

func (o Observation) with(change func(*Observation)) Observation { change(&o); return o }

func order(k OrderKind) func(*Observation) {
	return func(o *Observation) {
		o.Orders = append(o.Orders, Order{Kind: k, By: "ana", Reason: "because", Until: o.At.Add(time.Hour)})
	}
}

func start(t fataler, r Rollout) *State {
	s := must(r.Start(t0))(t)
	return &s
}

// feed is the transitions of all observations, as "minute code→phase traffic".
func feed(t fataler, s *State, observations ...Observation) []string {
	var got []string
	for _, o := range observations {
		out, err := s.Step(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range out {
			got = append(got, fmt.Sprintf("%d %s→%v %s", int(tr.At.Sub(t0)/time.Minute), tr.Code, tr.To, tr.Traffic.Percent()))
		}
	}
	return got
}

// looks is one observation a minute from first to last with the share bad of 1000.
func looks(first, last int, bad float64) []Observation {
	var o []Observation
	for i := first; i <= last; i++ {
		o = append(o, minute(i, bad*1000, 1000))
	}
	return o
}

func all2(lists ...[]Observation) []Observation {
	var o []Observation
	for _, l := range lists {
		o = append(o, l...)
	}
	return o
}

// rollout is 10 % for 10 min, judged by the errors of a rule.
func tenPercent(change func(*Rollout)) Rollout {
	r := MustRollout("10% for 10m")
	r.Rules = []Rule{MustRule("0.5% error rate for 5 mins")}
	if change != nil {
		change(&r)
	}
	return r
}

func TestCourses(t *testing.T) {
	judged := func(r *Rollout) { r.Rules = append(r.Rules, Rule{Metric: "judge", Quantity: Judgement}) }
	for _, c := range []struct {
		name    string
		rollout Rollout
		in      []Observation
		want    []string
	}{
		{"a good release", tenPercent(nil), looks(0, 11, 0.001),
			[]string{"0 stage→analysing 10%", "10 stage→watching 100%", "10 completed→completed 100%"}},
		{"errors for five minutes", tenPercent(nil), all2(looks(0, 2, 0), looks(3, 8, 0.02)),
			[]string{"0 stage→analysing 10%", "7 rule→returning 10%", "7 returned→rolled_back 0%"}},
		{"a good minute between bad ones", tenPercent(nil), all2(looks(0, 2, 0), looks(3, 6, 0.02), looks(7, 7, 0), looks(8, 11, 0.02), looks(12, 13, 0)),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "12 stage→watching 100%", "12 completed→completed 100%"}},
		{"watched at all traffic", tenPercent(func(r *Rollout) { r.Watch = 30 * time.Minute }), all2(looks(0, 19, 0), looks(20, 30, 0.02)),
			[]string{"0 stage→analysing 10%", "10 stage→watching 100%", "24 rule→returning 100%", "24 returned→rolled_back 0%"}},
		{"too few requests wait, and burn nothing", tenPercent(func(r *Rollout) {
			r.Rules[0].MinRequests = 500
			r.Stages[0].TrafficDeadline = 20 * time.Minute
		}), append([]Observation{idle(0)}, slicesOf(1, 40, func(i int) Observation { return minute(i, 1, 5) })...),
			// 5 requests a minute, every one in five bad: 40 minutes are 200, no look.
			[]string{"0 stage→analysing 10%", "10 awaiting-traffic→awaiting_traffic 10%", "30 exit-abort→returning 10%", "30 returned→rolled_back 0%"}},
		{"small looks are pooled", tenPercent(func(r *Rollout) { r.Rules[0].MinRequests = 20 }),
			slicesOf(0, 30, func(i int) Observation { return minute(i, 1, 5) }),
			// A look of 20 requests every four minutes, each bad: the second is the eighth minute.
			[]string{"0 stage→analysing 10%", "8 rule→returning 10%", "8 returned→rolled_back 0%"}},
		{"the wait for traffic is not charged to the deadline", tenPercent(func(r *Rollout) { r.Rules[0].Hold = 9 * time.Hour; r.Stages[0].TrafficDeadline = time.Hour }),
			append(slicesOf(0, 40, func(i int) Observation { return minute(i, 0, 0) }), looks(41, 80, 0.02)...),
			// Undecided from 41 on, and from the 30 minutes of the deadline 10 were spent by then.
			[]string{"0 stage→analysing 10%", "10 awaiting-traffic→awaiting_traffic 10%", "41 undecided→undecided 10%", "61 exit-abort→returning 10%", "61 returned→rolled_back 0%"}},
		{"windows that overlap count no time twice", tenPercent(nil), append([]Observation{idle(0)}, slicesOf(1, 9, func(i int) Observation {
			return minute(i, 20, 1000).with(func(o *Observation) { o.Measurements[0].Length = 5 * time.Minute })
		})...),
			[]string{"0 stage→analysing 10%", "5 rule→returning 10%", "5 returned→rolled_back 0%"}},
		{"no data is inconclusive and aborts", tenPercent(nil), append(looks(0, 8, 0), slicesOf(9, 40, func(i int) Observation {
			return minute(i, 0, 0).with(func(o *Observation) { o.Measurements[0].Missing = true })
		})...),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-abort→returning 10%", "30 returned→rolled_back 0%"}},
		{"nothing measured at all aborts", tenPercent(nil), slicesOf(0, 40, idle),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-abort→returning 10%", "30 returned→rolled_back 0%"}},
		{"a deadline that holds, and goes on", tenPercent(func(r *Rollout) { r.Stages[0].Exit = ExitHold }),
			append(slicesOf(0, 35, idle), idle(36).with(order(OrderGoOn)), idle(37).with(func(o *Observation) {})),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-hold→held 10%", "36 order-go-on→held 10%", "36 stage→watching 100%", "36 completed→completed 100%"}},
		{"a deadline that extends once", tenPercent(func(r *Rollout) { r.Stages[0].Exit = ExitExtend }), slicesOf(0, 60, idle),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 extended→analysing 10%", "40 undecided→undecided 10%", "40 exit-abort→returning 10%", "40 returned→rolled_back 0%"}},
		{"a deadline that promotes", tenPercent(func(r *Rollout) { r.Stages[0].Exit = ExitPromote }), slicesOf(0, 40, idle),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-promote→undecided 10%", "30 stage→watching 100%", "30 completed→completed 100%"}},
		{"a deadline that promotes nothing bad", tenPercent(func(r *Rollout) { r.Stages[0].Exit = ExitPromote; r.Rules[0].Hold = 2 * time.Hour }), looks(0, 40, 0.02),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-abort→returning 10%", "30 returned→rolled_back 0%"}},
		{"on hold the rules go on", tenPercent(nil), all2([]Observation{idle(0), idle(1).with(order(OrderHold))}, looks(2, 9, 0.02)),
			[]string{"0 stage→analysing 10%", "1 order-hold→held 10%", "6 rule→returning 10%", "6 returned→rolled_back 0%"}},
		{"the time on hold does not count", tenPercent(nil), all2([]Observation{minute(0, 0, 1000), minute(4, 0, 1000).with(order(OrderHold)), minute(24, 0, 1000).with(order(OrderResume))}, looks(25, 35, 0)),
			[]string{"0 stage→analysing 10%", "4 order-hold→held 10%", "24 order-resume→analysing 10%", "30 stage→watching 100%", "30 completed→completed 100%"}},
		{"somebody takes it back", tenPercent(nil), []Observation{idle(0), idle(3).with(func(o *Observation) { o.Orders = []Order{{Kind: OrderAbort}} })},
			[]string{"0 stage→analysing 10%", "3 order-abort→returning 10%", "3 returned→rolled_back 0%"}},
		{"stuck beyond its deadline", tenPercent(func(r *Rollout) { r.Deadline = time.Hour; r.Capacity = true }), slicesOf(0, 61, idle),
			[]string{"0 capacity→moving 0%", "60 deadline→returning 0%", "60 returned→rolled_back 0%"}},
		{"traffic waits for instances, both ways", tenPercent(func(r *Rollout) { r.Capacity = true }), all2(
			[]Observation{idle(0), idle(1).with(capacity("0.05", "1")), idle(2).with(capacity("0.1", "1"))}, looks(3, 4, 0),
			[]Observation{minute(5, 0, 9).with(capacity("1", "0.95"))}, looks(6, 10, 0.1), []Observation{idle(11).with(capacity("1", "1"))}),
			[]string{"0 capacity→moving 0%", "2 stage→analysing 10%", "10 rule→returning 10%", "10 return-traffic→returning 5%", "11 returned→rolled_back 0%"}},
		{"warm-up and bake", tenPercent(func(r *Rollout) { r.Stages[0].WarmUp = 3 * time.Minute; r.Stages[0].Bake = 5 * time.Minute }), looks(0, 19, 0),
			[]string{"0 stage→warming_up 10%", "3 analyse→analysing 10%", "13 bake→baking 10%", "18 stage→watching 100%", "18 completed→completed 100%"}},
		{"bad while it bakes", tenPercent(func(r *Rollout) { r.Stages[0].Bake = 10 * time.Minute }), all2(looks(0, 11, 0), looks(12, 30, 0.02)),
			[]string{"0 stage→analysing 10%", "10 bake→baking 10%", "16 rule→returning 10%", "16 returned→rolled_back 0%"}},
		{"a stage waits for a metric that comes ten minutes late", tenPercent(func(r *Rollout) {
			r.Rules = append(r.Rules, Rule{Metric: "orders", Quantity: Value, Below: true, Threshold: 5, Consecutive: 3, Delay: 10 * time.Minute})
		}), slicesOf(0, 14, func(i int) Observation {
			return minute(i, 0, 1000).with(func(o *Observation) {
				if i > 11 {
					o.Measurements = append(o.Measurements, Measurement{Metric: "orders", At: o.At.Add(-10 * time.Minute), Value: 7})
				}
			})
		}),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "12 stage→watching 100%", "12 completed→completed 100%"}},
		{"a metric that stopped coming is stale", tenPercent(nil), append(looks(0, 5, 0), slicesOf(6, 40, idle)...),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "30 exit-abort→returning 10%", "30 returned→rolled_back 0%"}},
		{"a bake that is cut short", tenPercent(func(r *Rollout) { r.Stages[0].Bake = 10 * time.Minute }),
			append(looks(0, 10, 0), minute(11, 0, 9).with(order(OrderGoOn))),
			[]string{"0 stage→analysing 10%", "10 bake→baking 10%", "11 order-go-on→baking 10%", "11 stage→watching 100%", "11 completed→completed 100%"}},
		{"the judge takes it back", tenPercent(judged), []Observation{idle(0), verdict(1, canary.Continue), verdict(2, canary.Rollback)},
			[]string{"0 stage→analysing 10%", "2 rule→returning 10%", "2 returned→rolled_back 0%"}},
		{"the judge needs more, then promotes", tenPercent(func(r *Rollout) { r.Rules = nil; judged(r) }),
			append(slicesOf(0, 14, func(i int) Observation { return verdict(i, canary.Continue) }), verdict(15, canary.Promote)),
			[]string{"0 stage→analysing 10%", "10 undecided→undecided 10%", "15 stage→watching 100%", "15 completed→completed 100%"}},
		{"early, as harm is excluded", tenPercent(func(r *Rollout) { r.Rules = nil; judged(r); r.Stages[0].Early = true }),
			[]Observation{verdict(0, canary.Continue), verdict(1, canary.Continue), verdict(3, canary.Promote)},
			[]string{"0 stage→analysing 10%", "3 early→analysing 10%", "3 stage→watching 100%", "3 completed→completed 100%"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, feed(t, start(t, c.rollout), c.in...)); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

func slicesOf(first, last int, make func(i int) Observation) []Observation {
	var o []Observation
	for i := first; i <= last; i++ {
		o = append(o, make(i))
	}
	return o
}

func capacity(fresh, old string) func(*Observation) {
	return func(o *Observation) { o.Capacity = Capacity{slo.MustRatio(fresh), slo.MustRatio(old)} }
}

func TestTriggers(t *testing.T) {
	// B is a bad look, g a good one; the number is that of the look that trips, 0 for none.
	for _, c := range []struct {
		rule  Rule
		looks string
		want  int
	}{
		{Rule{}, "BBBBB", 5}, // DefaultHold
		{Rule{Hold: 3 * time.Minute}, "BBgBBgBBB", 9},
		{Rule{Consecutive: 3}, "BBgBBgBBB", 9},
		{Rule{Consecutive: 1}, "ggB", 3},
		{Rule{K: 3, Of: 5}, "BgBgB", 5},
		{Rule{K: 3, Of: 4}, "BgBgBggB", 0},
		{Rule{K: 2, Of: 64}, "B" + strings.Repeat("g", 62) + "B", 64},
		{Rule{K: 2, Of: 64}, "B" + strings.Repeat("g", 63) + "B", 0},
		{Rule{Total: 4}, "BgBgBgB", 7},
		{Rule{Hold: 10 * time.Minute, Total: 2}, "BgB", 3},
		{Rule{Hold: 10 * time.Minute}, "BBBBBBBBB", 0},
		{Rule{Consecutive: 2}, "BwB", 3},                             // w: no traffic, burns nothing and saves nothing
		{Rule{Consecutive: 2}, "BwwwwwwB", 8},                        //
		{Rule{Hold: 2 * time.Minute}, "BwwwwwgB", 0},                 //
		{Rule{Consecutive: 2}, "BnnB", 4},                            // n: no data
		{Rule{Consecutive: 2, NoData: NoDataFail}, "Bn", 2},          //
		{Rule{Consecutive: 2, NoData: NoDataPass}, "BnB", 0},         //
		{Rule{Consecutive: 2, NoData: NoDataPass}, "BeB", 3},         // e: an error is no success
		{Rule{Consecutive: 2, NoData: NoDataFail}, "gN", 0},          // N: NaN
		{Rule{Consecutive: 1, NoData: NoDataFail}, "gN", 2},          //
		{Rule{Consecutive: 1, Advisory: true}, "BBB", 0},             //
		{Rule{Consecutive: 1, MinBad: 51}, "BBB", 0},                 // 50 bad
		{Rule{Consecutive: 1, Compare: Times, Threshold: 2}, "B", 0}, // no baseline, no look
	} {
		rule := c.rule
		rule.Metric = "error_rate"
		if rule.Threshold == 0 {
			rule.Threshold = 0.01
		}
		r := MustRollout("10% for 10h")
		r.Rules = []Rule{rule}
		s := start(t, r)
		got := 0
		for i, look := range c.looks {
			o := minute(i+1, 0, 1000)
			m := &o.Measurements[0]
			switch look {
			case 'B':
				m.Canary.Bad = 50
			case 'w':
				m.Canary.Total = 0
			case 'n':
				m.Missing = true
			case 'e':
				m.Missing, m.Error = true, "timeout"
			case 'N':
				m.Canary.Bad = math.NaN()
			}
			if must(s.Step(o))(t); s.Phase().Back() && got == 0 {
				got = i + 1
			}
		}
		if got != c.want {
			t.Errorf("%v on %s: tripped at look %d, want %d", rule, c.looks, got, c.want)
		}
	}
}

func TestComparisons(t *testing.T) {
	for _, c := range []struct {
		rule     Rule
		m        Measurement
		bad      bool
		baseline string
	}{
		{Rule{Threshold: 0.001}, Measurement{Canary: slo.Counts{Bad: 1, Total: 1000}}, false, "equal is not beyond"},
		{Rule{Threshold: 0.001}, Measurement{Canary: slo.Counts{Bad: 2, Total: 1000}}, true, ""},
		{Rule{Compare: Times, Threshold: 2}, Measurement{Canary: slo.Counts{Bad: 2, Total: 1000}, Baseline: slo.Counts{Bad: 1, Total: 1000}}, false, ""},
		{Rule{Compare: Times, Threshold: 2}, Measurement{Canary: slo.Counts{Bad: 3, Total: 1000}, Baseline: slo.Counts{Bad: 9, Total: 9000}}, true, ""},
		{Rule{Compare: Plus, Threshold: 0.001}, Measurement{Canary: slo.Counts{Bad: 3, Total: 1000}, Baseline: slo.Counts{Bad: 9, Total: 9000}}, true, ""},
		{Rule{Compare: Plus, Threshold: 0.01}, Measurement{Canary: slo.Counts{Bad: 3, Total: 1000}, Baseline: slo.Counts{Bad: 9, Total: 9000}}, false, ""},
		{Rule{Quantity: Value, Threshold: 0.2}, Measurement{Value: 0.25}, true, ""},
		{Rule{Quantity: Value, Threshold: 0.2, Below: true}, Measurement{Value: 0.25}, false, ""},
		{Rule{Quantity: Value, Compare: Plus, Threshold: 0.1, Below: true}, Measurement{Value: 0.25, BaselineValue: 0.4}, true, "lower by more than 0.1"},
		{Rule{Quantity: Value, Compare: Times, Threshold: 1.1}, Measurement{Value: 0.25, BaselineValue: 0.2}, true, ""},
		{Rule{Quantity: Value, Threshold: 0.2}, Measurement{Value: math.NaN()}, false, ""},
		{Rule{Quantity: Value, Threshold: 0.2}, Measurement{Value: math.Inf(1)}, false, "no number"},
		{Rule{Quantity: Value, Threshold: 0.2, MinRequests: 10}, Measurement{Value: 1, Canary: slo.Counts{Total: 9}}, false, ""},
	} {
		c.rule.Metric, c.m.Metric, c.rule.Consecutive = "m", "m", 1
		r := MustRollout("10% for 10h")
		r.Rules = []Rule{c.rule}
		s := start(t, r)
		o := idle(1)
		o.Measurements = []Measurement{c.m}
		if must(s.Step(o))(t); s.Phase().Back() != c.bad {
			t.Errorf("%v, %+v: %v, want bad %v", c.rule, c.m, s.Status(), c.bad)
		}
	}
}

// Rules of a group take a release back only together.
func TestGroup(t *testing.T) {
	r := MustRollout("10% for 1h")
	r.Rules = []Rule{{Metric: "a", Threshold: 0.1, Consecutive: 1, Group: "g"}, {Metric: "b", Threshold: 0.1, Consecutive: 1, Group: "g"}}
	s := start(t, r)
	look := func(i int, a, b float64) Observation {
		return Observation{At: t0.Add(time.Duration(i) * time.Minute), Measurements: []Measurement{
			{Metric: "a", Canary: slo.Counts{Bad: a, Total: 10}}, {Metric: "b", Canary: slo.Counts{Bad: b, Total: 10}}}}
	}
	if got := feed(t, s, look(1, 9, 0), look(2, 0, 9), look(3, 9, 9)); len(got) != 3 || got[1] != "3 rule→returning 10%" {
		t.Errorf("%v", got)
	}
}

// The rules act behind a closed gate too.
func TestGates(t *testing.T) {
	frozen := func(r *Rollout) {
		r.Gates.Freezes = []Freeze{{From: t0.Add(5 * time.Minute), Until: t0.Add(time.Hour), Reason: "the big sale"}}
	}
	s := start(t, tenPercent(frozen))
	want := []string{"0 stage→analysing 10%", "10 gate→gated 10%", "60 stage→watching 100%", "60 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, s, looks(0, 61, 0)...)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	s = start(t, tenPercent(frozen))
	want = []string{"0 stage→analysing 10%", "10 gate→gated 10%", "24 rule→returning 10%", "24 returned→rolled_back 0%"}
	if d := cmp.Diff(want, feed(t, s, all2(looks(0, 19, 0), looks(20, 30, 0.02))...)); d != "" {
		t.Errorf("bad behind a gate (-want +got):\n%s", d)
	}
	s = start(t, tenPercent(frozen))
	feed(t, s, looks(0, 12, 0)...)
	if st := s.Status(); st.Gate.Allow || st.Gate.Reason != "freeze until 2026-03-02 10:00:00 UTC: the big sale" || !st.Wake.Equal(t0.Add(time.Hour)) {
		t.Errorf("%+v", st)
	}
	want = []string{"13 order-open→gated 10%", "13 stage→watching 100%", "13 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, s, minute(13, 0, 1000).with(order(OrderOpen)))); d != "" {
		t.Errorf("an override (-want +got):\n%s", d)
	}
	if o := s.core.Overrides; len(o) != 1 || o[0].By != "ana" || o[0].Reason != "because" || !o[0].Allow {
		t.Errorf("the override is not recorded: %+v", o)
	}
	s = start(t, tenPercent(nil))
	want = []string{"0 stage→analysing 10%", "3 order-close→analysing 10%", "10 gate→gated 10%", "63 stage→watching 100%", "63 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, s, all2(looks(0, 2, 0), []Observation{minute(3, 0, 1000).with(order(OrderClose))}, looks(4, 63, 0))...)); d != "" {
		t.Errorf("stop the line (-want +got):\n%s", d)
	}
}

func TestBudgetGate(t *testing.T) {
	gate := DefaultBudgetGate()
	for _, c := range []struct {
		remaining, burn float64
		age             time.Duration
		want            GateLevel
	}{
		{1, 0, 0, GateOpen}, {0.51, 0.99, 0, GateOpen}, {0.5, 0, 0, GateWarn}, {1, 1, 0, GateWarn}, {0.25, 0, 0, GateSlow}, {0.9, 3, 0, GateSlow},
		{0.1, 0, 0, GateFreeze}, {-1, 0, 0, GateFreeze}, {1, 6, 0, GateFreeze}, {1, 0, time.Hour, GateOpen}, {1, 0, time.Hour + 1, GateFreeze},
		{1, 0, -1, GateFreeze}, {math.NaN(), 0, 0, GateFreeze}, {1, math.Inf(1), 0, GateFreeze},
	} {
		b := BudgetReading{At: t0.Add(-c.age), Remaining: c.remaining, Burn: c.burn}
		if got := gate.Level(b, t0); got != c.want {
			t.Errorf("%+v: %v, want %v", b, got, c.want)
		}
		d := Gates{Budget: gate}.Decide(b, nil, t0)
		if d.Allow != (c.want < GateFreeze) || d.Reason == "" {
			t.Errorf("%+v: %+v", b, d)
		}
	}
	if got := (BudgetGate{}).Level(BudgetReading{}, t0); got != GateOpen {
		t.Errorf("no gate: %v", got)
	}
	if got := gate.Level(BudgetReading{}, t0); got != GateFreeze {
		t.Errorf("no reading: %v", got)
	}

	r := tenPercent(func(r *Rollout) { r.Gates.Budget = gate })
	read := func(remaining, burn float64) func(*Observation) {
		return func(o *Observation) { o.Budget = BudgetReading{At: o.At, Remaining: remaining, Burn: burn} }
	}
	in := all2([]Observation{minute(0, 0, 1000), minute(1, 0, 1000).with(read(0.2, 0))}, looks(2, 40, 0))
	want := []string{"0 gate→gated 0%", "1 gate-slow→gated 0%", "1 stage→analysing 10%", "21 gate-slow→analysing 10%", "21 stage→watching 100%", "21 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, start(t, r), in...)); d != "" {
		t.Errorf("slow (-want +got):\n%s", d)
	}
	in = all2([]Observation{minute(0, 0, 1000).with(read(0.4, 0))}, looks(1, 8, 0), []Observation{minute(9, 0, 1000).with(read(0.05, 0))}, looks(10, 12, 0), []Observation{minute(13, 0, 1000).with(read(0.9, 0))})
	want = []string{"0 gate-warn→pending 0%", "0 stage→analysing 10%", "10 gate→gated 10%", "13 stage→watching 100%", "13 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, start(t, r), in...)); d != "" {
		t.Errorf("warn and freeze (-want +got):\n%s", d)
	}
}

func TestReadBudget(t *testing.T) {
	o := slo.Objective{Target: slo.MustRatio("0.999"), Window: slo.Rolling(10 * time.Hour)}
	var points []slo.Point
	for i := 1; i <= 10; i++ { // 10,000 requests, 10 bad ones allowed, 6 of them spent, 4 in the last hour
		points = append(points, slo.Point{Time: t0.Add(time.Duration(i) * time.Hour), Counts: slo.Counts{Total: 1000}})
	}
	points[2].Bad, points[9].Bad = 2, 4
	now := t0.Add(10 * time.Hour)
	b := must(ReadBudget(o, points, now, 0, slo.BudgetPolicy{}))(t)
	if math.Abs(b.Remaining-0.4) > 1e-12 || math.Abs(b.Burn-4) > 1e-12 || b.NoData || b.Denied || !b.At.Equal(now) {
		t.Errorf("%+v, want 0.4 left at a burn rate of 4", b)
	}
	if got := DefaultBudgetGate().Level(b, now); got != GateSlow {
		t.Errorf("%v, want slow for its burn rate", got)
	}
	points[9].Bad = 9.5
	if b = must(ReadBudget(o, points, now, 0, slo.BudgetPolicy{}))(t); !b.Denied || DefaultBudgetGate().Level(b, now) != GateFreeze {
		t.Errorf("%+v, want it denied", b)
	}
	if b = must(ReadBudget(o, nil, now, 0, slo.BudgetPolicy{}))(t); !b.NoData {
		t.Errorf("%+v, want no data", b)
	}
	if _, err := ReadBudget(slo.Objective{}, points, now, 0, slo.BudgetPolicy{}); !errors.Is(err, slo.ErrObjective) {
		t.Errorf("%v", err)
	}
}

func TestHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	g := Gates{Zone: berlin, Hours: []Hours{
		{Days: []time.Weekday{time.Monday, time.Tuesday}, From: 9 * time.Hour, Until: 16 * time.Hour},
		{Days: []time.Weekday{time.Saturday}, From: 22 * time.Hour, Until: 3 * time.Hour},
	}}
	for _, c := range []struct {
		at   string
		open bool
		next string
	}{
		{"2026-03-02T07:59:59Z", false, "2026-03-02T08:00:00Z"},
		{"2026-03-02T08:00:00Z", true, "2026-03-02T15:00:00Z"},
		{"2026-03-02T15:00:00Z", false, "2026-03-03T08:00:00Z"},
		{"2026-03-04T10:00:00Z", false, "2026-03-07T21:00:00Z"}, // Wednesday
		{"2026-03-28T23:00:00Z", true, "2026-03-29T01:00:00Z"},  // Sunday 03:00 by the clock, an hour early
		{"2026-03-29T01:00:00Z", false, "2026-03-30T07:00:00Z"}, // summer time: 09:00 is 07:00Z
	} {
		now, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		d := g.Decide(BudgetReading{}, nil, now)
		if d.Allow != c.open || d.Until.UTC().Format(time.RFC3339) != c.next {
			t.Errorf("%s: %v until %v, want %v until %s", c.at, d.Allow, d.Until.UTC(), c.open, c.next)
		}
	}
}

// A revision known to be good returns without analysis, not before its instances, and
// past every gate.
func TestStartReturn(t *testing.T) {
	r := tenPercent(func(r *Rollout) {
		r.Capacity = true
		r.Gates.Freezes = []Freeze{{From: t0.Add(-time.Hour), Until: t0.Add(time.Hour)}}
		r.Deadline = time.Minute
	})
	if _, err := r.StartReturn(t0.Add(-25*time.Hour), t0); err == nil || !errors.Is(err, ErrInput) {
		t.Errorf("a day and an hour ago: %v", err)
	}
	s := must(r.StartReturn(t0.Add(-time.Hour), t0))(t)
	in := append(looks(0, 6, 0.5), idle(7).with(capacity("0.9", "1")), minute(8, 500, 1000).with(capacity("1", "1")))
	want := []string{"0 capacity→moving 0%", "8 stage→watching 100%", "8 completed→completed 100%"}
	if d := cmp.Diff(want, feed(t, &s, in...)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// What is late, sent twice or from the future is not taken; an observation from before
// the last one is taken at the instant of that one.
func TestDisorder(t *testing.T) {
	s := start(t, tenPercent(nil))
	feed(t, s, looks(0, 5, 0)...)
	feed(t, s, minute(5, 1000, 1000)) // again, with other numbers
	late := idle(6)
	late.Measurements = []Measurement{{Metric: "error_rate", At: t0.Add(2 * time.Minute), Canary: slo.Counts{Bad: 9, Total: 9}}}
	future := idle(6)
	future.Measurements = []Measurement{{Metric: "error_rate", At: t0.Add(7 * time.Minute), Canary: slo.Counts{Bad: 9, Total: 9}}}
	feed(t, s, late, future)
	if _, err := s.Step(idle(6).with(func(o *Observation) { o.Measurements = []Measurement{{Metric: "errors"}} })); err == nil || err.Error() != `no rollout: measurements[0].metric: "errors": no rule reads it; add a rule, an advisory one if it must not decide` {
		t.Errorf("unknown metric: %v", err)
	}
	feed(t, s, idle(3))
	want := Skipped{Late: 2, Duplicate: 1, Future: 1, Unknown: 1, Backward: 1} // the look at t0 ends at the start
	if got := s.Status(); got.Skipped != want || got.Rules[0].Bad != 0 || !got.At.Equal(t0.Add(6*time.Minute)) {
		t.Errorf("%+v, want %+v", got.Skipped, want)
	}
	if got := feed(t, s, idle(1).with(func(o *Observation) { o.Orders = []Order{{Kind: OrderAbort}} })); len(got) != 2 || got[0] != "6 order-abort→returning 10%" {
		t.Errorf("an abort from a clock that was set back: %v", got)
	}
}

func TestOrdersThatDoNotFit(t *testing.T) {
	s := start(t, tenPercent(nil))
	feed(t, s, idle(0))
	for _, o := range []Order{
		{Kind: OrderResume, By: "a", Reason: "b"},
		{Kind: OrderHold, Reason: "b"},
		{Kind: OrderGoOn, By: "a", Reason: "b", Stage: 1},
		{Kind: OrderOpen, By: "a", Reason: "b", Until: t0},
		{Kind: 99, By: "a", Reason: "b"},
	} {
		out, err := s.Step(Observation{At: t0.Add(time.Minute), Orders: []Order{o}})
		if err == nil || out != nil || !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v, %v", o, out, err)
		}
	}
	held := start(t, tenPercent(nil))
	feed(t, held, idle(0), idle(1).with(order(OrderHold)))
	if out, err := held.Step(idle(1).with(order(OrderResume))); err == nil || out != nil || held.Phase() != Held {
		t.Errorf("resumed at the instant of the hold: %v, %v", out, err)
	}
	var zero State
	if _, err := zero.Step(idle(0)); err == nil {
		t.Error("the zero state takes an observation")
	}
	if st := zero.Status(); st.Phase != Pending || st.Verdict != canary.Inconclusive {
		t.Errorf("%+v", st)
	}
	if _, err := s.Step(Observation{}); err != nil {
		t.Errorf("the zero instant is before the last: %v", err)
	}
	if _, err := s.Step(Observation{At: time.Unix(1<<60, 0)}); err == nil {
		t.Error("an instant beyond the year 9999")
	}
}

// drawObservations is up to eighty observations of mixed quality.
func drawObservations(t *rapid.T) []Observation {
	var out []Observation
	i := 0
	for range rapid.IntRange(1, 80).Draw(t, "observations") {
		i += rapid.SampledFrom([]int{1, 1, 1, 1, 1, 2, 7, 0, -3, 60}).Draw(t, "minutes")
		o := idle(i)
		if rapid.IntRange(0, 9).Draw(t, "measured") > 0 {
			m := Measurement{Metric: "error_rate", Canary: slo.Counts{Bad: float64(rapid.SampledFrom([]int{0, 0, 0, 1, 30}).Draw(t, "bad")), Total: float64(rapid.SampledFrom([]int{0, 10, 100, 1000}).Draw(t, "total"))}}
			m.Missing = rapid.IntRange(0, 9).Draw(t, "missing") == 0
			if rapid.IntRange(0, 9).Draw(t, "late") == 0 {
				m.At = o.At.Add(-3 * time.Minute)
			}
			l := Measurement{Metric: "p95_latency", Value: rapid.SampledFrom([]float64{1, 1, 1, 2, math.NaN()}).Draw(t, "value"), BaselineValue: 1}
			v := Measurement{Metric: "judge", Verdict: canary.Verdict(rapid.SampledFrom([]int{0, 1, 1, 2, 2, 2, 3, 7}).Draw(t, "verdict"))}
			o.Measurements = []Measurement{m, l, v}[:rapid.IntRange(1, 3).Draw(t, "metrics")]
		}
		if rapid.IntRange(0, 3).Draw(t, "capacity?") == 0 {
			o.with(func(*Observation) {})
			o.Capacity = Capacity{slo.MustRatio(rapid.SampledFrom([]string{"0", "0.1", "0.5", "1"}).Draw(t, "new")), slo.MustRatio(rapid.SampledFrom([]string{"0", "0.9", "1"}).Draw(t, "old"))}
		}
		if rapid.IntRange(0, 3).Draw(t, "budget?") == 0 {
			o.Budget = BudgetReading{At: o.At, Remaining: rapid.SampledFrom([]float64{1, 0.4, 0.2, 0.05, -1}).Draw(t, "remaining")}
		}
		if rapid.IntRange(0, 7).Draw(t, "order?") == 0 {
			o.Orders = []Order{{Kind: OrderKind(rapid.SampledFrom([]int{0, 1, 1, 2, 2, 3, 4, 5}).Draw(t, "order")), By: "ana", Reason: "so", Stage: rapid.IntRange(0, 2).Draw(t, "stage"), Until: o.At.Add(20 * time.Minute)}}
		}
		out = append(out, o)
	}
	return out
}

func drawGated(t *rapid.T) Rollout {
	r := drawRollout(t)
	if rapid.Bool().Draw(t, "gate") {
		r.Gates.Budget = DefaultBudgetGate()
	}
	if rapid.Bool().Draw(t, "freeze") {
		r.Gates.Freezes = []Freeze{{From: t0.Add(10 * time.Minute), Until: t0.Add(40 * time.Minute), Reason: "sale"}}
	}
	return r
}

// Nothing is promoted after a rollback, traffic rises by stages and falls only on the
// way back, time does not run backwards, every transition has a code and a text, and
// the same observations give the same transitions although the state is stored and read
// back at any point in between.
func TestMachineLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawGated(t)
		in := drawObservations(t)
		begin := func() *State { return start(t, r) }
		if rapid.IntRange(0, 4).Draw(t, "return") == 0 {
			begin = func() *State { s := must(r.StartReturn(t0, t0))(t); return &s }
		}
		s, again := begin(), begin()
		cut := rapid.IntRange(0, len(in)).Draw(t, "cut")
		var last Transition
		taken := false
		for i, o := range in {
			if i == cut {
				text := must(json.Marshal(again))(t)
				var read State
				if err := json.Unmarshal(text, &read); err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				again = &read
			}
			before := s.Traffic()
			out, err := s.Step(o)
			out2, err2 := again.Step(o)
			if d := cmp.Diff(out, out2, cmp.Comparer(func(a, b slo.Ratio) bool { return a == b }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.String() == b.String() })); d != "" || (err == nil) != (err2 == nil) {
				t.Fatalf("interrupted after %d of %d (-straight +interrupted):\n%s\n%v\n%v", cut, i, d, err, err2)
			}
			for _, tr := range out {
				if tr.Code == "" || tr.Text == "" || tr.From != last.To && (last.Code != "" || tr.From != Pending) {
					t.Fatalf("%v after %v", tr, last)
				}
				if tr.At.Before(last.At) || taken && !tr.To.Back() || last.To.Ended() && last.Code != "" {
					t.Fatalf("%v after %v", tr, last)
				}
				taken = taken || tr.To.Back()
				last = tr
			}
			if now := s.Traffic(); now.Compare(before) < 0 && !taken || now.Compare(before) > 0 && taken {
				t.Fatalf("traffic from %v to %v in %v", before, now, s.Phase())
			}
			if st := s.Status(); taken && st.Verdict != canary.Rollback || st.Verdict == canary.Promote && s.Phase() != Completed {
				t.Fatalf("%v", st)
			}
			if w := s.Status().Wake; !w.IsZero() && !w.After(s.Status().At) {
				t.Fatalf("wakes at %v, now %v", w, s.Status().At)
			}
		}
	})
}

// Observations that are sent again right away change nothing.
func TestMachineIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawGated(t)
		s := start(t, r)
		for _, o := range drawObservations(t) {
			if _, err := s.Step(o); err != nil { // an order that did not fit may fit now
				o.Orders = nil
			}
			before := s.core
			out, _ := s.Step(o)
			if len(out) > 0 || s.core.Phase != before.Phase || s.core.Traffic != before.Traffic {
				t.Fatalf("sent twice: %v", out)
			}
		}
	})
}

func TestStateRefuses(t *testing.T) {
	s := start(t, tenPercent(nil))
	feed(t, s, looks(0, 3, 0)...)
	text := string(must(json.Marshal(s))(t))
	for _, c := range []struct{ old, new string }{
		{`"version":1`, `"version":2`},
		{`"stage":0,"return"`, `"stage":7,"return"`},
		{`"phase":"analysing"`, `"phase":"thinking"`},
		{`"traffic":"0.1","hold`, `"traffic":"0","hold`},
		{`"factor":1`, `"factor":-1`},
		{`"rules":[{"last"`, `"rules":[],"x":[{"last"`},
		{`"longer":0`, `"longer":-4`},
	} {
		changed := strings.Replace(text, c.old, c.new, 1)
		if changed == text {
			t.Fatalf("no %s in %s", c.old, text)
		}
		read := s.Clone()
		if err := json.Unmarshal([]byte(changed), &read); err == nil {
			t.Errorf("%s is accepted", c.new)
		} else if read.Phase() != Analysing {
			t.Errorf("%s: the state has changed", c.new)
		}
	}
}

// Whatever is read back as a state takes observations without a panic, and can be
// stored again.
func FuzzState(f *testing.F) {
	r := tenPercent(func(r *Rollout) {
		r.Capacity = true
		r.Gates.Budget = DefaultBudgetGate()
		r.Rules = append(r.Rules, Rule{Metric: "judge", Quantity: Judgement, K: 1, Of: 64})
	})
	s := start(f, r)
	f.Add(must(json.Marshal(s))(f))
	feed(f, s, idle(0).with(capacity("1", "1")).with(func(o *Observation) { o.Budget = BudgetReading{At: t0, Remaining: 1} }))
	feed(f, s, looks(1, 4, 0.1)...)
	f.Add(must(json.Marshal(s))(f))
	feed(f, s, idle(5).with(order(OrderHold)))
	f.Add(must(json.Marshal(s))(f))
	back := must(r.StartReturn(t0, t0))(f)
	f.Add(must(json.Marshal(back))(f))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s State
		if json.Unmarshal(text, &s) != nil {
			return
		}
		for i, o := range all2(looks(1, 3, 0.5), []Observation{verdict(30, canary.Promote).with(capacity("1", "1")), idle(31).with(order(OrderResume)), idle(500).with(order(OrderGoOn)), idle(900)}) {
			if _, err := s.Step(o); err != nil && !errors.Is(err, ErrInput) {
				t.Fatalf("%d: %v", i, err)
			}
			_ = s.Status().Markdown()
		}
		again := must(json.Marshal(s))(t)
		var read State
		if err := json.Unmarshal(again, &read); err != nil {
			t.Fatalf("%s\nis not read back: %v", again, err)
		}
	})
}

func BenchmarkStep(b *testing.B) {
	r := MustRollout("1% for 10m, 10% for 500h")
	r.Rules = []Rule{MustRule("50% error rate for 5 mins"), {Metric: "p95_latency", Quantity: Value, Compare: Times, Threshold: 9, K: 3, Of: 5}, {Metric: "judge", Quantity: Judgement}}
	r.Gates.Budget = DefaultBudgetGate()
	s := must(r.Start(t0))(b)
	o := Observation{At: t0, Budget: BudgetReading{At: t0, Remaining: 1}, Measurements: []Measurement{
		{Metric: "error_rate", Canary: slo.Counts{Bad: 1, Total: 1000}}, {Metric: "p95_latency", Value: 1, BaselineValue: 1}, {Metric: "judge", Verdict: canary.Promote}}}
	b.ReportAllocs()
	for b.Loop() {
		o.At = o.At.Add(time.Second)
		o.Budget.At = o.At
		if _, err := s.Step(o); err != nil {
			b.Fatal(err)
		}
	}
}
