package alerting

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership/slo"
)

func TestAnalysisOfTheWorkbook(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{})
	if len(a.Reactions) != 20 || a.Reactions[0].ErrorRatio != 1 || a.Reactions[0].Severity != Page || a.Reactions[1].Severity != Ticket {
		t.Errorf("got %d reactions, the first %v %v, want 20, 1 page", len(a.Reactions), a.Reactions[0].ErrorRatio, a.Reactions[0].Severity)
	}
	if len(a.Zones) != 0 || len(a.Findings) != 0 {
		t.Errorf("got zones %v, findings %v, want none", a.Zones, a.Findings)
	}
	// One error trips a window that holds fewer requests than 1/threshold.
	for i, want := range []float64{69.4, 166.7, 333.3, 1000} {
		if got := a.Pairs[i].SingleError; !near(got, want, 0.1) {
			t.Errorf("%s: one error trips below %v requests, want %v", a.Pairs[i].name(), got, want)
		}
		if got := a.Pairs[i].SingleErrorPerSecond * a.Pairs[i].Long.Seconds(); !near(got, want, 0.1) {
			t.Errorf("%s: one error trips below %v requests by rate, want %v", a.Pairs[i].name(), got, want)
		}
	}
}

// Burn rate and time to exhaustion: 1 in 30 d, 2 in 15 d, 10 in 3 d, 1000 in 43.2 min.
func TestExhaustion(t *testing.T) {
	for factor, want := range map[float64]time.Duration{1: 30 * day, 2: 15 * day, 10: 3 * day, 1000: 2592 * time.Second,
		35: 74057143 * time.Millisecond} /* 20.57 h */ {
		b := bind(t, single(time.Hour, time.Hour, 0, math.Min(factor, 999)), objective("99.9%", 30*day))
		a := analyse(t, b, AnalyserOptions{})
		a.Pairs[0].Factor, a.Pairs[0].Threshold = factor, factor/1000
		if got := a.silence(Page).Exhaustion; got.Round(time.Millisecond) != want {
			t.Errorf("burn of %v: got %v, want %v", factor, got, want)
		}
	}
}

func TestFalseAlarmZones(t *testing.T) {
	for _, tt := range []struct {
		policy Policy
		period time.Duration
		want   []FalseAlarmZone
	}{
		{Sloth(), 28 * day, []FalseAlarmZone{{"ticket 3d/6h", 0.001 * 14 / 15, 0.001, true}}},
		{SlothWeek(), 7 * day, []FalseAlarmZone{{"ticket 3d/6h", 0.00098, 0.001, true}}},
		{Workbook(), 30 * day, nil},
	} {
		a := analyse(t, bind(t, tt.policy, objective("99.9%", tt.period)), AnalyserOptions{})
		if diff := cmp.Diff(tt.want, a.Zones, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.policy.Name, diff)
		}
	}
	// A pair bound elsewhere, whose factor was left below 1.
	b := bind(t, Sloth(), objective("99.9%", 28*day))
	b.Pairs[3].Factor, b.Pairs[3].Threshold, b.Pairs[3].Raised = 14.0/15, 0.001*14/15, false
	a := analyse(t, b, AnalyserOptions{})
	if len(a.Zones) != 1 || a.Zones[0].Raised {
		t.Errorf("got zones %+v, want one that is not avoided", a.Zones)
	}
	if r := a.Reaction(Ticket, 0.00095); !r.Fires {
		t.Error("got no ticket at 0.95 of the budget, want one")
	}
}

func TestAnalysisFindings(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy Policy
		target string
		opt    AnalyserOptions
		want   []string
	}{
		{"none", Workbook(), "99.9%", AnalyserOptions{Baseline: 0.0005}, nil},
		{"baseline", Workbook(), "99.9%", AnalyserOptions{Baseline: 0.0035}, []string{
			`"ticket 1d/2h": the error ratio without an outage, 0.0035, is above the threshold 0.003: the alert never ends; raise the threshold or loosen the target`,
			`"ticket 3d/6h": the error ratio without an outage, 0.0035, is above the threshold 0.001: the alert never ends; raise the threshold or loosen the target`,
		}},
		{"holds", SLOLibsonnet(), "99.9%", AnalyserOptions{}, []string{
			`warning: "page 6h/30m": a total outage spends 34.7 % of the budget in the hold of 15m alone; leave the hold out; the short window keeps brief errors from alerting`,
			`"ticket 1d/2h": a total outage spends 139 % of the budget in the hold of 1h alone; leave the hold out; the short window keeps brief errors from alerting`,
			`"ticket 3d/6h": a total outage spends 417 % of the budget in the hold of 3h alone; leave the hold out; the short window keeps brief errors from alerting`,
		}},
		{"holds of a tight target", Policy{Name: "w", Pairs: []Pair{{Severity: Page, Long: day, Short: 2 * time.Hour, For: 3 * time.Hour, Factor: 3}}}, "99.9999%", AnalyserOptions{}, []string{
			`"page 1d/2h": a total outage spends 416667 % of the budget in the hold of 3h alone; leave the hold out; the short window keeps brief errors from alerting`,
		}},
		{"unreachable", Policy{Name: "w", Pairs: Workbook().Pairs[:2]}, "90%", AnalyserOptions{}, []string{
			`warning: availability: "page 1h/5m": the pair can never fire for the target 90%: it needs an error ratio above 1.44, and no ratio exceeds 1; tighten the target, lower the share of the budget or lengthen the window`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range analyse(t, bind(t, tt.policy, objective(tt.target, 30*day)), tt.opt).Findings {
				got = append(got, f.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A baseline above a threshold: the alert is up before and after.
func TestBaselineNeverResets(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{Baseline: 0.002})
	if r := a.Reaction(Ticket, 0.5); !r.Fires || r.Resets || r.Detection != 0 || r.Reset != 0 {
		t.Errorf("got %+v, want a ticket that is up from the start and never resets", r)
	}
	if r := a.Reaction(Page, 0.5); !r.Fires || !r.Resets || r.Detection != seconds(3600*0.0124/0.498) {
		t.Errorf("got %+v, want a page after %v", r, seconds(3600*0.0124/0.498))
	}
}

func TestReactionOutsideItsRange(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{})
	for _, e := range []float64{-1, 1.5, math.NaN(), math.Inf(1)} {
		if r := a.Reaction(Page, e); r.Fires || r.ErrorRatio != 0 {
			t.Errorf("at %v: got %+v, want nothing", e, r)
		}
	}
}

func TestAnalyseErrors(t *testing.T) {
	_, err := Analyse(bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{
		ErrorRatios: []float64{0, 0.1, math.NaN(), 2}, Baseline: 0.5, PulseErrorRatio: -1,
		History: -1, Outage: -2, Delays: Delays{Scrape: -3, Record: -4, Alert: -5, GroupWait: -6},
	})
	want := `not usable options: error ratio 0; it must be above 0 and at most 1
not usable options: error ratio NaN; it must be above 0 and at most 1
not usable options: error ratio 2; it must be above 0 and at most 1
not usable options: error ratio 0.1 is not above the baseline 0.5
not usable options: error ratio -1 of pulses; it must be above 0 and at most 1, or 0 for the default of 1
not usable options: history -1ns is negative
not usable options: outage -2ns is negative
not usable options: scrape interval -3ns is negative
not usable options: recording interval -4ns is negative
not usable options: alert interval -5ns is negative
not usable options: group wait -6ns is negative`
	if err == nil || !errors.Is(err, ErrOptions) {
		t.Fatalf("got %v, want an error that wraps ErrOptions", err)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, err = Analyse(bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{Delays: Delays{Scrape: math.MaxInt64, Alert: maxWindow + 1}})
	want = `not usable options: scrape interval 106751d23h47m16.854775807s is longer than 10 years
not usable options: alert interval 3653d1ns is longer than 10 years`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Analyse(bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{Baseline: math.NaN(), History: time.Hour})
	want = `not usable options: baseline NaN; it must be at least 0 and below 1
not usable options: history 1h0m0s without a cold start; set ColdStart too`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAnalysisJSON(t *testing.T) {
	a := analyse(t, bind(t, Pyrra(28*day), objective("99%", 28*day)), AnalyserOptions{
		ErrorRatios: []float64{1, 0.001}, Outage: time.Hour, Delays: Delays{Scrape: 15 * time.Second},
	})
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	var back Analysis
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	opts := []cmp.Option{cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(PulseTrain{}), cmp.Comparer(func(a, b slo.Ratio) bool { return a == b })}
	if diff := cmp.Diff(a, back, opts...); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
}

func BenchmarkAnalyse(b *testing.B) {
	for _, p := range []Policy{Workbook(), Pyrra(28 * day)} {
		bound := bind(b, p, objective("99.9%", 28*day))
		b.Run(p.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Analyse(bound, AnalyserOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
