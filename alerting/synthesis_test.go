package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func synthesise(t testing.TB, target string, bounds []Bounds, opt SynthesisOptions) Synthesis {
	t.Helper()
	s, err := Synthesise(context.Background(), objective(target, 30*day), bounds, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSynthesise(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bounds []Bounds
		opt    SynthesisOptions
		want   []string // windows and factors
	}{
		{
			// Both have products of time and ratio of at least 60 s: a threshold below 2 %,
			// 0.0166 over an hour, 60 s/0.0166 = 59.76 s of everything.
			"one pair for two detections",
			[]Bounds{{Severity: Page, Detect: []DetectBound{{1, time.Minute}, {0.02, time.Hour}}, Reset: 10 * time.Minute}},
			SynthesisOptions{},
			[]string{"1h/5m 16.6"},
		},
		{
			// One pair would need a product of 60 s with a threshold below 0.3 %: a window
			// of 6 h with 2,160 requests, of which 2.2 fail in good health and 6 trip
			// it. Of two pairs one needs 6 of 12 requests, the other 26 of 8,640.
			"two pairs where noise forbids one",
			[]Bounds{{Severity: Page, Detect: []DetectBound{{0.5, 2 * time.Minute}, {0.003, day}}, FalseAlarms: 0.1}},
			SynthesisOptions{Traffic: EvenTraffic(0.1)},
			[]string{"2m/1m 499", "1d/2h 2.99"},
		},
		{
			// Within 3 minutes and at most 5 % of the budget, 129.6 s: the product of the
			// page. Tickets have to stay below 0.2 %.
			"page and ticket",
			[]Bounds{
				{Severity: Page, Detect: []DetectBound{{1, 3 * time.Minute}}, BudgetShare: 0.05},
				{Severity: Ticket, Detect: []DetectBound{{0.002, 2 * day}}, Reset: 6 * time.Hour},
			},
			SynthesisOptions{},
			[]string{"3m/1m 720", "2d/4h 1.99"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := synthesise(t, "99.9%", tt.bounds, tt.opt)
			var got []string
			for _, p := range s.Bound.Pairs {
				got = append(got, text(p.Long)+"/"+text(p.Short)+" "+p.FactorText)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || !s.Feasible {
				t.Errorf("feasible %v, clashes %v (-want +got):\n%s", s.Feasible, s.Clashes, diff)
			}
		})
	}
}

func TestSynthesisClash(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bounds Bounds
		opt    SynthesisOptions
		want   string
	}{
		{
			"a slow pipeline",
			Bounds{Severity: Page, Detect: []DetectBound{{1, time.Minute}, {0.1, time.Hour}}, Reset: time.Hour},
			SynthesisOptions{Delays: Delays{Scrape: time.Minute, Alert: time.Minute, GroupWait: 30 * time.Second}},
			// The pipeline takes 2m30s; the shortest window, 4 scrapes, at a factor of 1
			// adds 0.24 s.
			"page: no pairs of windows keep all of these: errors of 1 found within 1m (possible beside the others: 2m31s)",
		},
		{
			"little traffic",
			Bounds{Severity: Page, Detect: []DetectBound{{0.05, 10 * time.Minute}}, Reset: 30 * time.Minute, FalseAlarms: 1},
			SynthesisOptions{Traffic: EvenTraffic(100. / 3600)},
			// 100 requests an hour at 99.9 %: any error trips windows up to half an hour,
			// which is 72 times a month less those that find another one there.
			"page: no pairs of windows keep all of these: errors of 0.05 found within 10m (possible beside the others: 24m5s); at most 1 false alarms a month (possible beside the others: 68.7)",
		},
		{
			"windows that hold enough scrapes",
			Bounds{Severity: Page, Detect: []DetectBound{{0.3, time.Hour}}, Reset: 5 * time.Minute, BudgetShare: 0.5},
			SynthesisOptions{Delays: Delays{Scrape: 2 * time.Minute}},
			// 8 minutes hold four scrapes; 8m·(1-0.299) is 5m36.5s.
			"page: no pairs of windows keep all of these: errors of 0.3 found within 1h; silent 5m after an outage (possible beside the others: 5m37s)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := synthesise(t, "99.9%", []Bounds{tt.bounds}, tt.opt)
			if s.Feasible || len(s.Clashes) != 1 || len(s.Policy.Pairs) != 0 {
				t.Fatalf("got %+v, want a clash", s)
			}
			if got := s.Clashes[0].String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func drawBounds(t *rapid.T) (Bounds, SynthesisOptions) {
	b := Bounds{Severity: Page}
	for range rapid.IntRange(1, 3).Draw(t, "detections") {
		b.Detect = append(b.Detect, DetectBound{
			ErrorRatio: rapid.SampledFrom([]float64{1, 0.5, 0.1, 0.02, 0.005}).Draw(t, "ratio"),
			Within:     time.Duration(rapid.IntRange(1, 600).Draw(t, "within")) * time.Minute,
		})
	}
	b.BudgetShare = rapid.SampledFrom([]float64{0, 0.02, 0.1}).Draw(t, "share")
	b.Reset = time.Duration(rapid.SampledFrom([]int{0, 0, 5, 60}).Draw(t, "reset")) * time.Minute
	var opt SynthesisOptions
	if rapid.Bool().Draw(t, "busy") {
		opt.Traffic = EvenTraffic(rapid.SampledFrom([]float64{0.03, 1, 100}).Draw(t, "traffic"))
		b.FalseAlarms = rapid.SampledFrom([]float64{0, 0.1, 5}).Draw(t, "alarms")
	}
	opt.Delays.Scrape = time.Duration(rapid.SampledFrom([]int{0, 15, 60}).Draw(t, "scrape")) * time.Second
	return b, opt
}

// What is synthesised keeps its bounds, as the analyser sees it; what clashes can
// be had without any one of its bounds, and with the bound that is said to be
// possible but not with one that is two percent tighter.
func TestSynthesisLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, opt := drawBounds(t)
		o := objective("99.9%", 30*day)
		try := func(b Bounds) Synthesis {
			s, err := Synthesise(context.Background(), o, []Bounds{b}, opt)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		s := try(b)
		if s.Feasible {
			a, err := Analyse(s.Bound, AnalyserOptions{Delays: opt.Delays})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range b.Detect {
				for _, e := range []float64{d.ErrorRatio, (1 + d.ErrorRatio) / 2, 1} {
					r := a.Reaction(Page, e)
					if !r.Fires || r.Notified > d.Within+time.Millisecond {
						t.Fatalf("%v at %v: got %v %v, want within %v; pairs %+v", d, e, r.Fires, r.Notified, d.Within, s.Policy.Pairs)
					}
				}
			}
			for e := 0.002; e <= 1; e *= 1.3 {
				r := a.Reaction(Page, e)
				if r.Fires && (b.BudgetShare > 0 && r.BudgetShare > b.BudgetShare*(1+1e-9) || b.Reset > 0 && r.Reset > b.Reset) {
					t.Fatalf("at %v: got %v of the budget, reset %v, want %v, %v", e, r.BudgetShare, r.Reset, b.BudgetShare, b.Reset)
				}
			}
			if b.FalseAlarms > 0 {
				sum := 0.0
				for _, p := range s.Bound.Pairs {
					alarms, err := p.FalseAlarms(opt.Traffic, 0.001)
					if err != nil {
						t.Fatal(err)
					}
					sum += alarms
				}
				if sum > b.FalseAlarms {
					t.Fatalf("got %v false alarms, want at most %v", sum, b.FalseAlarms)
				}
			}
			if len(s.Bound.Findings) > 0 || len(s.Policy.CheckCadence(opt.Delays.Scrape, 0)) > 0 {
				t.Fatalf("got findings %v, %v", s.Bound.Findings, s.Policy.CheckCadence(opt.Delays.Scrape, 0))
			}
			return
		}
		clash := s.Clashes[0]
		all := b.each(30 * day)
		var in Bounds
		for _, one := range all {
			if !slices.ContainsFunc(clash.Bounds, func(c ClashingBound) bool { return c.Text == one.text }) {
				continue
			}
			in.Severity = Page
			switch one.kind {
			case "detection":
				for _, d := range b.Detect {
					if (Bounds{Detect: []DetectBound{d}}).each(day)[0].text == one.text && !slices.Contains(in.Detect, d) {
						in.Detect = append(in.Detect, d)
					}
				}
			case "reset":
				in.Reset = b.Reset
			case "budget_share":
				in.BudgetShare = b.BudgetShare
			case "false_alarms":
				in.FalseAlarms = b.FalseAlarms
			}
		}
		if try(in).Feasible {
			t.Fatalf("%v: these bounds can be kept together", clash)
		}
		for _, one := range in.each(30 * day) {
			without := in
			without.Detect = slices.Clone(in.Detect)
			one.drop(&without)
			if len(without.Detect) > 0 && !try(without).Feasible {
				t.Fatalf("%v: clash even without %s", clash, one.text)
			}
		}
		for i, c := range clash.Bounds {
			if c.Possible == 0 {
				continue
			}
			one := all[slices.IndexFunc(all, func(b bound) bool { return b.text == c.Text })]
			for _, by := range []float64{1, 0.98} {
				changed := b
				changed.Detect = slices.Clone(b.Detect)
				one.set(&changed, c.Possible*by)
				if try(changed).Feasible != (by == 1) {
					t.Fatalf("%v: bound %d at %v times %v: got feasible %v", clash, i, c.Possible, by, by != 1)
				}
			}
		}
	})
}

func TestSynthesiseErrors(t *testing.T) {
	_, err := Synthesise(context.Background(), objective("99.9%", 30*day), []Bounds{
		{Detect: []DetectBound{{0.001, 0}}, BudgetShare: -1, Reset: -1, FalseAlarms: 1},
		{Severity: Page}, {Severity: Page, Detect: []DetectBound{{1, time.Minute}}, FalseAlarms: -1},
	}, SynthesisOptions{Healthy: 1, Pairs: 9, Delays: Delays{Scrape: -1}})
	want := `not usable options: healthy error ratio 1; it must be at least 0 and below 1
not usable options: at most 9 pairs; between 1 and 8 can be searched for
not usable options: scrape interval -1ns is negative
not usable options: bounds without a severity; set Page, Ticket or Info
not usable options: detection of an error ratio of 0.001; it must be above the budget 0.001 and at most 1
not usable options: detection within 0s; it must be positive
not usable options: a share -1 of the budget at detection; it must not be negative
not usable options: reset -1ns is negative
not usable options: a bound on false alarms needs the traffic
not usable options: page bounds with 0 detections; between 1 and 8 are needed
not usable options: -1 false alarms a month; it must not be negative
not usable options: two sets of bounds for page; join them`
	if err == nil || !errors.Is(err, ErrOptions) {
		t.Fatalf("got %v, want an error that wraps ErrOptions", err)
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = Synthesise(ctx, objective("99.9%", 30*day), []Bounds{{Severity: Page, Detect: []DetectBound{{1, time.Minute}}}}, SynthesisOptions{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestSynthesisJSON(t *testing.T) {
	for _, bounds := range [][]Bounds{
		{{Severity: Page, Detect: []DetectBound{{1, time.Hour}}}},
		{{Severity: Page, Detect: []DetectBound{{1, time.Second}}, Reset: time.Hour}},
	} {
		s := synthesise(t, "99.9%", bounds, SynthesisOptions{})
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back Synthesis
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, back, ratios, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: round trip (-want +got):\n%s", data, diff)
		}
	}
}

func BenchmarkSynthesise(b *testing.B) {
	week := Traffic{Step: time.Hour, Requests: make([]float64, 168)}
	for i := range week.Requests {
		week.Requests[i] = float64(1000 + 500*(i%24))
	}
	bounds := []Bounds{{Severity: Page, Detect: []DetectBound{{1, 2 * time.Minute}, {0.1, 15 * time.Minute}, {0.01, 4 * time.Hour}}, BudgetShare: 0.05, Reset: time.Hour, FalseAlarms: 0.5}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Synthesise(context.Background(), objective("99.9%", 30*day), bounds, SynthesisOptions{Traffic: week}); err != nil {
			b.Fatal(err)
		}
	}
}

// Numbers of a clash stand without exponents, and what is told to be possible is.
func TestClashTexts(t *testing.T) {
	for _, tt := range []struct {
		clash Clash
		want  string
	}{
		{Clash{Severity: Page, Bounds: []ClashingBound{
			{Kind: "false_alarms", Text: "a", Possible: 8761}, {Kind: "false_alarms", Text: "b", Possible: 30.52},
			{Kind: "budget_share", Text: "c", Possible: 0.0000123401}, {Kind: "budget_share", Text: "d", Possible: 0.5}, {Kind: "detection", Text: "e", Possible: 60.1},
		}}, "page: no pairs of windows keep all of these: a (possible beside the others: 8770); b (possible beside the others: 30.6); " +
			"c (possible beside the others: 0.0000124); d (possible beside the others: 0.5); e (possible beside the others: 1m1s)"},
	} {
		if got := tt.clash.String(); got != tt.want {
			t.Errorf("got %s\nwant %s", got, tt.want)
		}
	}
	b := Bounds{Severity: Page, Detect: []DetectBound{{0.00003, time.Second}}, BudgetShare: 0.00001, FalseAlarms: 1e-7}
	var got []string
	for _, one := range b.each(30 * day) {
		got = append(got, one.text)
	}
	want := []string{"errors of 0.00003 found within 1s", "at most 0.00001 of the budget spent at detection", "at most 0.0000001 false alarms a month"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
