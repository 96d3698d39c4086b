package release

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func TestImpactGolden(t *testing.T) {
	text, err := os.ReadFile("testdata/budget_gate.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			SLO         float64 `json:"slo"`
			Days        int     `json:"window_days"`
			Share       float64 `json:"canary_share"`
			Bad         float64 `json:"canary_error_ratio"`
			Good        float64 `json:"baseline_error_ratio"`
			Minutes     float64 `json:"minutes"`
			Budget      float64 `json:"budget_minutes"`
			Excess      float64 `json:"excess_bad_minutes"`
			Fraction    float64 `json:"budget_fraction"`
			Ratio       float64 `json:"global_error_ratio"`
			Burn        float64 `json:"burn_rate"`
			MaxShare    float64 `json:"max_share_for_1pct_budget"`
			MinutesTo1p float64 `json:"minutes_to_spend_1pct"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden.Cases) != 225 {
		t.Fatalf("%d cases", len(golden.Cases))
	}
	for _, c := range golden.Cases {
		i := Impact{Good: c.Good, Bad: c.Bad, Objective: slo.Objective{
			Target: slo.MustRatio(strconv.FormatFloat(c.SLO, 'f', -1, 64)), Window: slo.Rolling(time.Duration(c.Days) * 24 * time.Hour)}}
		d := time.Duration(c.Minutes * float64(time.Minute))
		s, err := i.Spend(c.Share, d)
		if err != nil {
			t.Fatal(err)
		}
		share, err := i.Traffic(d, 0.01)
		if err != nil {
			t.Fatal(err)
		}
		last, ok, err := i.Time(c.Share, 0.01)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		for _, v := range []struct {
			what      string
			got, want float64
		}{
			{"budget", s.Budget / 60, c.Budget}, {"excess", s.Excess / 60, c.Excess}, {"share", s.Share, c.Fraction},
			{"ratio", s.Ratio, c.Ratio}, {"burn", s.Burn, c.Burn}, {"max share", share, c.MaxShare}, {"time", last.Minutes(), c.MinutesTo1p},
		} {
			if !(math.Abs(v.got-v.want) <= 1e-9*v.want) {
				t.Errorf("%+v: %s %v, want %v", c, v.what, v.got, v.want)
			}
		}
	}
}

// More traffic, more time and more harm never cost less; and the time and the traffic
// that a share of the budget allows cost that share.
func TestImpactLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i := Impact{Objective: slo.Objective{Target: slo.MustRatio("0.999")}, Good: rapid.Float64Range(0, 0.01).Draw(t, "good")}
		i.Bad = rapid.Float64Range(i.Good+1e-6, 1).Draw(t, "bad")
		traffic := rapid.Float64Range(0, 1).Draw(t, "traffic")
		d := time.Duration(rapid.Int64Range(0, int64(maxLength)).Draw(t, "time"))
		s := must(i.Spend(traffic, d))(t)
		worse := i
		worse.Bad = rapid.Float64Range(i.Bad, 1).Draw(t, "worse")
		for _, more := range []Spending{
			must(i.Spend(rapid.Float64Range(traffic, 1).Draw(t, "more"), d))(t),
			must(i.Spend(traffic, rapid.Custom(func(t *rapid.T) time.Duration {
				return time.Duration(rapid.Int64Range(int64(d), int64(maxLength)).Draw(t, "longer"))
			}).Draw(t, "longer")))(t),
			must(worse.Spend(traffic, d))(t),
		} {
			if more.Share < s.Share {
				t.Fatalf("%v costs %v, more costs %v", i, s.Share, more.Share)
			}
		}
		share := rapid.Float64Range(1e-6, 1).Draw(t, "share")
		if last, ok, _ := i.Time(traffic, share); ok && traffic > 1e-6 {
			if got := must(i.Spend(traffic, last))(t).Share; math.Abs(got-share) > 1e-6*share {
				t.Fatalf("%v lasts %v and costs %v", share, last, got)
			}
		}
		if w := must(i.Traffic(d, share))(t); w < 1 {
			if got := must(i.Spend(w, d))(t).Share; math.Abs(got-share) > 1e-9*share {
				t.Fatalf("%v allows %v, which costs %v", share, w, got)
			}
		}
	})
}

type fataler interface{ Fatal(args ...any) }

func must[T any](v T, err error) func(fataler) T {
	return func(t fataler) T {
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCosts(t *testing.T) {
	r := MustRollout("1% for 10m, 10% for 30m")
	r.Rules = []Rule{MustRule("0.1% error rate for 5 mins")}
	r.Watch = time.Hour
	i := Impact{Objective: slo.Objective{Target: slo.MustRatio("0.999")}, Good: 0.0005, Bad: 0.2}
	costs := must(r.Costs(i))(t)
	if len(costs) != 3 {
		t.Fatalf("%+v", costs)
	}
	// 43.2 min of budget; 10 % of the traffic at 19.95 % excess for 30 min are
	// 0.5985 min, and for the five minutes that the rule takes a sixth of it.
	for _, c := range []struct {
		stage           int
		begin           time.Duration
		whole, reaction float64
	}{
		{0, 0, 0.01 * 0.1995 * 10 / 43.2, 0.01 * 0.1995 * 5 / 43.2},
		{1, 10 * time.Minute, 0.5985 / 43.2, 0.09975 / 43.2},
		{2, 40 * time.Minute, 0.1995 * 60 / 43.2, 0.1995 * 5 / 43.2},
	} {
		got := costs[c.stage]
		if got.Begin != c.begin || !got.Reacts || got.ReactionTime != 5*time.Minute || math.Abs(got.Whole.Share-c.whole) > 1e-12 || math.Abs(got.Reaction.Share-c.reaction) > 1e-12 {
			t.Errorf("stage %d: %+v, want %v from %v, %v until the rule reacts", c.stage, got, c.whole, c.begin, c.reaction)
		}
	}
	if got, want := costs[2].Total, costs[0].Whole.Share+costs[1].Whole.Share+costs[2].Whole.Share; math.Abs(got-want) > 1e-15 {
		t.Errorf("total %v, want %v", got, want)
	}
	i.Bad = 0.0008 // under the threshold: no rule reacts
	if costs = must(r.Costs(i))(t); costs[1].Reacts || costs[1].Reaction != costs[1].Whole {
		t.Errorf("%+v", costs[1])
	}
}

func TestImpactRefuses(t *testing.T) {
	o := slo.Objective{Target: slo.MustRatio("0.999")}
	for _, c := range []struct {
		i       Impact
		traffic float64
		d       time.Duration
	}{
		{Impact{}, 0.1, time.Hour},
		{Impact{Objective: o, Good: math.NaN()}, 0.1, time.Hour},
		{Impact{Objective: o, Good: 1}, 0.1, time.Hour},
		{Impact{Objective: o, Good: 0.1, Bad: 0.05}, 0.1, time.Hour},
		{Impact{Objective: o}, 1.1, time.Hour},
		{Impact{Objective: o}, math.NaN(), time.Hour},
		{Impact{Objective: o}, 0.1, -1},
		{Impact{Objective: slo.Objective{Target: slo.MustRatio("0.999"), Kind: slo.RatioSlices}}, 0.1, time.Hour},
	} {
		if s, err := c.i.Spend(c.traffic, c.d); err == nil {
			t.Errorf("%+v: %+v, want an error", c, s)
		}
	}
}
