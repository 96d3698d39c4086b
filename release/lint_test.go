package release

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

func setting() Setting {
	return Setting{Objective: slo.Objective{Target: slo.MustRatio("0.999")}, PerSecond: 100}
}

func TestLint(t *testing.T) {
	for _, c := range []struct {
		rollout string
		rule    string
		change  func(*Rollout, *Setting)
		want    string // codes
		says    string
	}{
		{"10% for 30m", "0.3% error rate for 5m", func(r *Rollout, s *Setting) { r.Watch = time.Hour; s.Good = 0.0008; s.PerSecond = 1000 }, "looser-than-objective", "misses the objective of 99.9%"},
		{"10% for 30m", "0.1% error rate for 5m", func(r *Rollout, s *Setting) { r.Watch = time.Hour; s.PerSecond = 1000; s.Good = 0.0005; s.Bad = 0.2 }, "", ""},
		{"10% for 30m", "", func(r *Rollout, s *Setting) { r.Watch = time.Hour; s.Bad = 0.01 }, "no-rule", ""},
		{"10% for 30m", "2% error rate for 5m", func(r *Rollout, s *Setting) {
			s.Alerts = []Alert{{"Ticket", false, 0.001}, {"Burn", true, 0.0144}}
			s.Bad = 0.03
		},
			"looser-than-page looser-than-objective no-watch", "between 1.44 % and 2 % errors gets all traffic, and then Burn pages"},
		{"10% for 30m", "0.1% error rate for 2h", func(r *Rollout, s *Setting) { s.Bad = 0.02 }, "rule-never-trips rule-after-stage one-error no-watch", "it needs 2h of bad looks, and the whole rollout takes 30m"},
		{"1% for 5m, 10% for 30m", "0.1% error rate for 10m", func(r *Rollout, s *Setting) { s.Bad = 0.02; r.Rules[0].MinRequests = 5000 },
			"rule-after-stage starved blind-stage noisy-rule no-watch", "1% for 5m at 100 rps sees 300 requests, 0.3 of them bad in a good release; 2 times as many errors are noticed with 2.924 %"},
		{"10%, 50% for 30m", "0.1% error rate for 5m", func(r *Rollout, s *Setting) { s.Bad = 0.01; s.PerSecond = 10000; s.Good = 0.0005 }, "stage-without-hold no-watch", ""},
		{"50% for 2h", "0.1% error rate for 10m", func(r *Rollout, s *Setting) { s.PerSecond = 0; s.Good = 0.0005 }, "spends-before-rule no-watch",
			"a rule can react after 10m, which cost 11.57 % of the error budget if 100 % of its requests fail"},
		{"10% for 30m", "0.1% error rate for 5m", func(r *Rollout, s *Setting) { s.Bad = 0.02 }, "one-error noisy-rule no-watch", "takes back 25.24 % of good releases by chance"},
		{"10% for 30m", "0.1% error rate for 5m", func(r *Rollout, s *Setting) {
			s.Bad, s.PerSecond, s.Good = 0.02, 10000, 0.0005
			r.Stages[0].Deadline, r.Deadline = time.Minute, time.Minute
		}, "deadline-too-short deadline-too-short no-watch", ""},
		{"10% for 30m", "0.1% error rate for 5m", func(r *Rollout, s *Setting) {
			s.Bad, s.PerSecond, s.Good, r.Capacity = 0.02, 10000, 0.0005, true
			r.Stages[0].MinRequests = 1e9
		}, "starved no-watch no-deadline", ""},
	} {
		r, s := MustRollout(c.rollout), setting()
		if c.rule != "" {
			r.Rules = []Rule{MustRule(c.rule)}
		}
		c.change(&r, &s)
		found := must(r.Lint(s))(t)
		var codes, lines []string
		for _, f := range found {
			codes = append(codes, f.Code)
			lines = append(lines, f.String())
		}
		if got := strings.Join(codes, " "); got != c.want || !strings.Contains(strings.Join(lines, "\n"), c.says) {
			t.Errorf("%s, %s:\n got %s\nwant %s with %q\n%s", r, c.rule, got, c.want, c.says, strings.Join(lines, "\n"))
		}
	}
	if _, err := (Rollout{}).Lint(Setting{PerSecond: math.NaN()}); err == nil || !errors.Is(err, ErrInput) {
		t.Errorf("nothing: %v", err)
	}
}

// What the linter says of chance is what a replay of Bernoulli looks gives.
func TestNoiseAgreesWithReplay(t *testing.T) {
	r := MustRollout("10% for 30m")
	r.Rules = []Rule{MustRule("0.1% error rate for 5m")}
	// Each look is bad with probability 1 − 0.9⁶ = 0.4686 (6 bad of 6000 a minute, a
	// tenth of them, and any exceeds 0.1 % unless more than 1000 requests come).
	want := runWithin(1-math.Pow(0.9, 6), 5, 30)
	p := Replay{Rollout: r, Runs: 4000, Factors: []float64{}, Source: rand.NewPCG(5, 6)}
	p.Rollout.Stages[0].Exit = ExitPromote // looks after the half hour are not what is compared
	p.Rollout.Stages[0].Deadline = 30 * time.Minute
	got := must(p.Run(context.Background(), even(3000, 6, 6000)))(t).FalseAlarms()
	if math.Abs(got.Share-want) > 0.03 {
		t.Errorf("%v, want %v", got, want)
	}
	for _, c := range []struct {
		p    float64
		k, n int
		want float64
	}{{0.5, 1, 1, 0.5}, {0.5, 2, 3, 3.0 / 8}, {0.5, 2, 4, 8.0 / 16}, {0.5, 3, 5, 8.0 / 32}, {1, 5, 5, 1}, {0.9, 5, 4, 0}, {0, 1, 9, 0}} {
		if got := runWithin(c.p, c.k, c.n); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestSights(t *testing.T) {
	sights := must(MustRollout("1% for 5m, 10% for 30m, 100% for 1h").Sights(setting()))(t)
	if len(sights) != 2 {
		t.Fatalf("%+v", sights)
	}
	if s := sights[0]; s.Requests != 300 || math.Abs(s.Bad-0.3) > 1e-12 || s.Power > 0.05 || s.Needs < 4*time.Hour || !s.Possible {
		t.Errorf("%+v", s)
	}
	if s := sights[1]; s.Requests != 18000 || s.Power < 0.8 || s.Needs != 30*time.Minute {
		t.Errorf("%+v", s)
	}
	var read Sight
	if err := json.Unmarshal(must(json.Marshal(sights[0]))(t), &read); err != nil || read != sights[0] {
		t.Errorf("%+v, %v", read, err)
	}
	s := setting()
	for _, factor := range []float64{1.2, 1.5, 2, 5} { // the short cut tells nothing else
		s.Factor = factor
		s, _ := s.complete()
		e := canary.Exposure{Share: 0.1, Duration: 2 * time.Hour}
		got, want := must(s.noticed(e, s.harm(factor)))(t), must(s.power().At(e, s.harm(factor)))(t)
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("×%v: %v, want %v", factor, got, want)
		}
	}
	s.PerSecond = 0
	if _, err := MustRollout("10% for 5m").Sights(s); err == nil {
		t.Error("no rate")
	}
}

// The stages that are fitted cost no more than they may, whatever is asked for.
func TestFittingLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Fitting{Setting: Setting{Objective: slo.Objective{Target: slo.MustRatio(rapid.SampledFrom([]string{"0.9", "0.99", "0.999", "0.9999"}).Draw(t, "target"))},
			PerSecond: rapid.SampledFrom([]float64{0, 10, 1000}).Draw(t, "rate"), Bad: rapid.SampledFrom([]float64{0, 0.5, 1}).Draw(t, "bad")},
			Loss: slo.MustRatio(rapid.SampledFrom([]string{"0.001", "0.01", "0.05", "0.5"}).Draw(t, "loss"))}
		f.Setting.Factor = 5
		if rapid.Bool().Draw(t, "ruled") {
			f.Rule = Rule{Metric: "error_rate", Threshold: 0.05, Hold: time.Duration(rapid.IntRange(1, 20).Draw(t, "hold")) * time.Minute}
		}
		r, _, err := f.Rollout()
		if err != nil {
			if !errors.Is(err, ErrInput) {
				t.Fatal(err)
			}
			return
		}
		if err := r.Validate(); err != nil {
			t.Fatal(err)
		}
		s, _ := f.Setting.complete()
		costs := must(r.Costs(s.impact()))(t)
		loss := f.Loss.Float64() * (1 + 1e-9)
		last := costs[len(costs)-1]
		for _, c := range costs {
			if c.Reacts && c.Reaction.Share > loss {
				t.Fatalf("%v of %v: %+v", r, loss, c)
			}
		}
		if !last.Reacts && last.Total > loss {
			t.Fatalf("%v costs %v of %v", r, last.Total, loss)
		}
	})
}

func TestFitting(t *testing.T) {
	f := Fitting{Setting: setting(), Rule: MustRule("0.1% error rate for 5m")}
	r, found, err := f.Rollout()
	// 2 % of 43.2 min are 51.84 s of total failure: five minutes allow 17.29 %.
	if err != nil || r.String() != "1% for 4h, 5% for 56m, 17.29% for 18m" {
		t.Errorf("%v, %v", r, err)
	}
	var codes []string
	for _, x := range found {
		codes = append(codes, x.Code)
	}
	if d := cmp.Diff([]string{"blind-stage", "share-lowered", "share-lowered", "stage-dropped"}, codes); d != "" {
		t.Errorf("-want +got:\n%s%v", d, found)
	}
	f.Rule = Rule{}
	f.Setting.Bad = 0.05
	if r, _, err = f.Rollout(); err != nil || r.String() != "1% for 4h, 5% for 56m, 25% for 14m, 50% for 8m" {
		t.Errorf("without a rule: %v, %v", r, err)
	}
	f.Loss = slo.MustRatio("0")
	if _, _, err = f.Rollout(); err == nil {
		t.Error("nothing may be spent")
	}
}

func BenchmarkLint(b *testing.B) {
	r := MustRollout("1% for 5m, 10% for 30m, 50% for 1h")
	r.Rules = []Rule{MustRule("0.1% error rate for 5m")}
	for _, rate := range []struct {
		name string
		v    float64
	}{{"100rps", 100}, {"10000rps", 10000}} {
		b.Run(rate.name, func(b *testing.B) {
			s := setting()
			s.PerSecond = rate.v
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Lint(s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
