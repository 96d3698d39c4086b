package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func TestParseRollout(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"10% traffic for 30 mins", "10% for 30m"},
		{"1% for 10m, 10% for 30m", "1% for 10m, 10% for 30m"},
		{"1%/10m -> 10%/30m -> 100%", "1% for 10m, 10% for 30m, 100%"},
		{"1% → 10% → 50%, 15m each", "1% for 15m, 10% for 15m, 50% for 15m"},
		{"0.5% for 1h30m", "0.5% for 1h30m"},
		{"100%", "100%"},
	} {
		r, err := ParseRollout(c.in)
		if err != nil || r.String() != c.want {
			t.Errorf("%q: %q, %v; want %q", c.in, r, err, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"", `no rollout: at byte 0: expected the stages of a canary; write for example 10% for 30m, 100%`},
		{"0% for 5m", `no rollout: "0% for 5m": at byte 0: expected traffic above zero; write a share such as 1%, or remove the stage`},
		{"120% for 5m", `no rollout: "120% for 5m": at byte 0: expected a ratio of at most 100%; write a share of the whole`},
		{"10% for 5m, 5% for 5m", `no rollout: "10% for 5m, 5% for 5m": at byte 12: expected more traffic than the 10% before it; put the stages in rising order`},
		{"1/3 for 5m", `no rollout: "1/3 for 5m": the share 1/3 is no decimal of at most 18 digits; write a percentage such as 10%`},
	} {
		_, err := ParseRollout(c.in)
		var e *Error
		if err == nil || !errors.As(err, &e) || !errors.Is(err, ErrInput) {
			t.Errorf("%q: %v; want an *Error", c.in, err)
		} else if err.Error() != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.in, err, c.want)
		}
	}
}

func TestRolloutRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRollout(t)
		if err := r.Validate(); err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		again, err := ParseRollout(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q is read as %q, %v", r, again, err)
		}
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var read Rollout
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if d := cmp.Diff(r, read, cmp.Comparer(func(a, b slo.Ratio) bool { return a == b }), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
			t.Fatalf("%s (-want +got):\n%s", text, d)
		}
	})
}

// drawRollout is a valid rollout with one to four stages and up to two rules.
func drawRollout(t *rapid.T) Rollout {
	var r Rollout
	tenths := 0
	minutes := func(name string, low, high int) time.Duration {
		return time.Duration(rapid.IntRange(low, high).Draw(t, name)) * time.Minute
	}
	for range rapid.IntRange(1, 4).Draw(t, "stages") {
		tenths = rapid.IntRange(tenths+1, 999).Draw(t, "traffic")
		r.Stages = append(r.Stages, Stage{
			Traffic: slo.MustRatio(fmt.Sprintf("0.%03d", tenths)),
			Hold:    minutes("hold", 0, 30), WarmUp: minutes("warm-up", 0, 3), Bake: minutes("bake", 0, 5),
			MinRequests: float64(rapid.IntRange(0, 100).Draw(t, "min")),
			Early:       rapid.Bool().Draw(t, "early"),
			Deadline:    minutes("deadline", 0, 90), TrafficDeadline: minutes("traffic", 0, 20),
			Exit: Exit(rapid.IntRange(0, 3).Draw(t, "exit")), Extensions: rapid.IntRange(0, 2).Draw(t, "extensions"),
		})
		if tenths >= 990 {
			break
		}
	}
	if rapid.Bool().Draw(t, "errors") {
		r.Rules = append(r.Rules, Rule{Metric: "error_rate", Threshold: 0.01, Hold: minutes("for", 1, 8),
			MinRequests: float64(rapid.IntRange(0, 50).Draw(t, "requests")), NoData: NoData(rapid.IntRange(0, 3).Draw(t, "no data"))})
	}
	if rapid.Bool().Draw(t, "latency") {
		r.Rules = append(r.Rules, Rule{Metric: "p95_latency", Quantity: Value, Compare: Times, Threshold: 1.5, K: 3, Of: 5})
	}
	if rapid.Bool().Draw(t, "judge") {
		r.Rules = append(r.Rules, Rule{Metric: "judge", Quantity: Judgement})
	}
	r.Watch = minutes("watch", 0, 20)
	r.Deadline = minutes("whole", 0, 600)
	r.Capacity = rapid.Bool().Draw(t, "capacity")
	return r
}

func TestRolloutValidate(t *testing.T) {
	r := Rollout{
		Stages: []Stage{
			{Hold: -1},
			{Traffic: slo.MustRatio("0.2"), MinRequests: -1, Exit: 9, Metrics: []string{"latency"}},
			{Traffic: slo.MustRatio("0.1"), Extensions: -1},
		},
		Rules: []Rule{{K: 3, Of: 2, Threshold: 2}},
		Gates: Gates{Budget: BudgetGate{Warn: 0.1, Slow: 0.5}, Hours: []Hours{{}}, Freezes: []Freeze{{}}},
	}
	err := r.Validate()
	want := []string{"stages[0].traffic", "stages[0].hold_seconds", "stages[1].min_requests", "stages[1].exit", "stages[1].metrics[0]", "stages[2].extensions",
		"stages[2].traffic", "rules[0].metric", "rules[0].threshold", "rules[0].k", "gates.budget.slow", "gates.hours[0]", "gates.freezes[0]"}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("%v", err)
	}
	var got []string
	for _, f := range e.Findings {
		got = append(got, f.Path)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("paths (-want +got):\n%s\n%v", d, err)
	}
	if err := (Rollout{}).Validate(); err == nil || !strings.Contains(err.Error(), "there are none") {
		t.Errorf("zero stages: %v", err)
	}
}

func FuzzParseRollout(f *testing.F) {
	for _, s := range []string{"10% traffic for 30 mins", "1%/10m -> 10%/30m -> 100%", "5% then 25%, 15m each", "0%", "1/3", "10% for 9999999999h", "１０％ for 5m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRollout(s)
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatalf("%q: %v wraps no ErrInput", s, err)
			}
			return
		}
		again, err := ParseRollout(r.String())
		if err != nil || again.String() != r.String() {
			t.Fatalf("%q: %q is read as %q, %v", s, r, again, err)
		}
		if _, err := r.Costs(Impact{Objective: slo.Objective{Target: slo.MustRatio("0.999")}}); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
	})
}

func TestParseRule(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Rule
	}{
		{"0.1% error rate for 5 mins", Rule{Metric: "error_rate", Threshold: 0.001, Hold: 5 * time.Minute}},
		{"p95 latency > 200ms for 10m", Rule{Metric: "p95_latency", Quantity: Value, Threshold: 0.2, Hold: 10 * time.Minute}},
		{"availability < 99.9%", Rule{Metric: "availability", Threshold: 0.999, Below: true}},
		{"30 errors/min for 2m", Rule{Metric: "errors", Quantity: Value, Threshold: 0.5, Hold: 2 * time.Minute}},
		{"burn rate > 14.4", Rule{Metric: "burn_rate", Quantity: Value, Threshold: 14.4}},
	} {
		got, err := ParseRule(c.in)
		if err != nil || got != c.want {
			t.Errorf("%q: %+v, %v; want %+v", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{"", "errors", "-1% error rate", "error rate = 1%", "200% error rate"} {
		if r, err := ParseRule(in); err == nil || !errors.Is(err, ErrInput) {
			t.Errorf("%q: %+v, %v", in, r, err)
		}
	}
}

func FuzzParseRule(f *testing.F) {
	for _, s := range []string{"0.1% error rate for 5 mins", "p95 latency > 200ms", "burn rate > 14.4 over 1h", "5 errors/min", "x >= 1%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRule(s)
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatalf("%q: %v wraps no ErrInput", s, err)
			}
			return
		}
		if r.String() == "" || r.Validate() != nil {
			t.Fatalf("%q: %+v", s, r)
		}
		var read Rule
		if err := json.Unmarshal(must(json.Marshal(r))(t), &read); err != nil || read != r {
			t.Fatalf("%q: %+v is read as %+v, %v", s, r, read, err)
		}
	})
}
