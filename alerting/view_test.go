package alerting

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// plain has ordinary spaces in place of those that keep numbers and units together.
func plain(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }

// wellFormed reads a picture as XML and returns its words.
func wellFormed(t *testing.T, svg string) string {
	t.Helper()
	var words strings.Builder
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return plain(words.String())
		}
		if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
		if c, ok := token.(xml.CharData); ok {
			words.Write(c)
			words.WriteByte('\n')
		}
	}
}

func TestPictures(t *testing.T) {
	o := objective("99.9%", 30*day)
	a := analyse(t, bind(t, Workbook(), o), AnalyserOptions{Baseline: 0.0001, Outage: time.Hour})
	holds := analyse(t, bind(t, SLOLibsonnet(), o), AnalyserOptions{})
	r := backtest(t, bind(t, Workbook(), o), weekOfTrouble(), BacktestOptions{
		Incidents: []Incident{{Name: "bad <deploy>", Start: epoch.Add(34 * time.Hour), End: epoch.Add(35 * time.Hour)}},
	})
	c, err := Compare(context.Background(), Cases(o, []Policy{Workbook(), SLOGenerator()}), weekOfTrouble(), BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, svg string
		words     []string
	}{
		{"curves", a.SVG(), []string{"Time to detection and reset: workbook", "target 99.9% over 30d, otherwise 0.01 % errors, outages of 1h", "page: detection", "ticket: reset"}},
		{"budget", holds.BudgetSVG(), []string{"Budget spent at detection: slo-libsonnet", "page", "ticket", "the whole budget"}},
		{"timeline", r.SVG(), []string{"Alerts of workbook", "incidents", "page", "ticket", "bad <deploy>", "true alert", "false alert"}},
		{"burn", r.BurnSVG(), []string{"Errors and pages: workbook", "error ratio", "budget", "bad <deploy>"}},
		{"comparison", c.SVG(), []string{"Policies on the same history", "workbook", "slo-generator ★"}},
	} {
		words := wellFormed(t, tt.svg)
		for _, w := range tt.words {
			if !strings.Contains(words, w) {
				t.Errorf("%s: %q is not in the picture", tt.name, w)
			}
		}
	}
}

// Values of the zero kind, and pairs whose numbers nobody bound, are drawn and
// printed without a panic.
func TestViewsOfNothing(t *testing.T) {
	broken := Analysis{
		Pairs:    []PairAnalysis{{}, {BoundPair: BoundPair{Reachable: true, Threshold: math.NaN(), Factor: math.Inf(1)}}},
		Silences: []Silence{{Severity: Page}},
	}
	for _, svg := range []string{Analysis{}.SVG(), Analysis{}.BudgetSVG(), broken.SVG(), broken.BudgetSVG(), Report{}.SVG(), Report{}.BurnSVG(), Comparison{}.SVG()} {
		wellFormed(t, svg)
	}
	for _, text := range []string{Analysis{}.Markdown(), broken.Markdown(), Report{}.Markdown(), Comparison{}.Markdown(), Synthesis{}.Markdown()} {
		if strings.Contains(text, "NaN") {
			t.Errorf("got %q, want no NaN", text)
		}
	}
}

func TestAnalysisMarkdown(t *testing.T) {
	p := Workbook()
	p.Name = "odd|name"
	got := analyse(t, bind(t, p, objective("90%", 30*day)), AnalyserOptions{ErrorRatios: []float64{1, 0.2}}).Markdown()
	want := `### odd\|name for target 90% over 30d

| pair | factor | threshold | budget at detection | total outage found after | one error trips below |
| --- | --- | --- | --- | --- | --- |
| page 1h/5m | 14.4 | 1.44 | – | never | – |
| page 6h/30m | 6 | 0.6 | 5 % | 3h36m | 1.667 requests in 6h |
| ticket 1d/2h | 3 | 0.3 | 10 % | 7h12m | 3.333 requests in 1d |
| ticket 3d/6h | 1 | 0.1 | 10 % | 7h12m | 10 requests in 3d |

| error ratio | severity | detection | reset | reset of each pair | budget spent |
| --- | --- | --- | --- | --- | --- |
| 100 % | page | 3h36m | 12m | 12m | 5 % |
| 100 % | ticket | 7h12m | 5h24m | 1h24m, 5h24m | 10 % |
| 20 % | page | never | – | – | – |
| 20 % | ticket | 1d12h | 3h | 3h | 10 % |

| never seen by | steady burn | budget gone in | outages | which burn |
| --- | --- | --- | --- | --- |
| page | 6× | 5d | 3h36m in every 6h | 6× |
| ticket | 1× | 30d | 7h12m in every 3d | 1× |
| any alert | 1× | 30d | 3h36m in every 1d12h | 1× |

- warning: availability: "page 1h/5m": the pair can never fire for the target 90%: it needs an error ratio above 1.44, and no ratio exceeds 1; tighten the target, lower the share of the budget or lengthen the window

`
	if diff := cmp.Diff(want, plain(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReportMarkdown(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	got := backtest(t, b, weekOfTrouble(), BacktestOptions{
		Incidents: []Incident{
			{Name: "bad deploy", Start: epoch.Add(34 * time.Hour), End: epoch.Add(35 * time.Hour)},
			{Name: "quiet", Start: epoch, End: epoch.Add(time.Hour)},
		},
	}).Markdown()
	want := `### workbook for 99.9% over 30d

2026-03-02 00:00:00 to 2026-03-09 00:00:00; 50.93 % of the budget consumed, at worst 50.93 %; incidents as labelled: 2.

| severity | alerts | precision | recall | mean delay | budget at detection | a week | off hours a week |
| --- | --- | --- | --- | --- | --- | --- | --- |
| page | 2 | 50 % | 50 % | 1m | 2.315 % | 2 | 1 |
| ticket | 2 | 50 % | 50 % | 3m | 6.944 % | 2 | 1 |
| all | 4 | 50 % | 50 % | 1m | 2.315 % | 4 | 2 |

| incident | start | end | budget | found by |
| --- | --- | --- | --- | --- |
| quiet | 2026-03-02 00:00:00 | 2026-03-02 01:00:00 | 0 % | nothing |
| bad deploy | 2026-03-03 10:00:00 | 2026-03-03 11:00:00 | 23.15 % | page after 1m, ticket after 3m |

| alert | severity | start | end | incident |
| --- | --- | --- | --- | --- |
| availability | page | 2026-03-03 10:01:00 | 2026-03-03 10:40:00 | yes |
| availability | ticket | 2026-03-03 10:03:00 | 2026-03-03 16:10:00 | yes |
| availability | page | 2026-03-07 03:05:00 | 2026-03-07 04:30:00 | no |
| availability | ticket | 2026-03-07 03:22:00 | 2026-03-07 09:59:00 | no |

`
	if diff := cmp.Diff(want, plain(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Long lists are cut, and say so.
	points := series(epoch, time.Minute, 1440, 100, func(i int) float64 { return float64(i / 5 % 2) })
	long := backtest(t, bind(t, single(time.Minute, time.Minute, 0, 1), objective("99.9%", 30*day)), points, BacktestOptions{}).Markdown()
	if want := "| … | 94 more |  |  |  |"; !strings.Contains(long, want) {
		t.Errorf("got no %q in\n%s", want, long)
	}
}

func TestComparisonAndSynthesisMarkdown(t *testing.T) {
	o := objective("99.9%", 30*day)
	c, err := Compare(context.Background(), append(Cases(o, []Policy{Workbook()}), Case{Name: "five nines", Policy: Workbook(), Objective: objective("99.999%", 30*day)}),
		weekOfTrouble(), BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `| case | best | budget consumed | met | alerts | precision | recall | mean delay | budget at detection | a week | off hours a week |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| workbook |  | 50.93 % | yes | 2 | 100 % | 100 % | 3m | 2.315 % | 2 | 1 |
| five nines | ★ | 5093 % | no | 2 | 100 % | 100 % | 1m | 138.9 % | 2 | 1 |

`
	if diff := cmp.Diff(want, plain(c.Markdown())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	good := []Bounds{{Severity: Page, Detect: []DetectBound{{1, 3 * time.Minute}}, BudgetShare: 0.05}}
	want = `| severity | long window | short window | factor | error ratio above | budget at detection |
| --- | --- | --- | --- | --- | --- |
| page | 3m | 1m | 720 | 0.72 | 5 % |

`
	if diff := cmp.Diff(want, plain(synthesise(t, "99.9%", good, SynthesisOptions{}).Markdown())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	bad := []Bounds{{Severity: Page, Detect: []DetectBound{{1, time.Second}}, Reset: time.Minute}}
	opt := SynthesisOptions{Delays: Delays{GroupWait: time.Minute}}
	want = "- page: no pairs of windows keep all of these: errors of 1 found within 1s (possible beside the others: 1m1s)\n"
	if diff := cmp.Diff(want, synthesise(t, "99.9%", bad, opt).Markdown()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEscape(t *testing.T) {
	if got, want := escape("a|b\n<i>*_`[\\"), `a\|b &lt;i>\*\_`+"\\`"+`\[\\`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A policy without a name leaves no hole in a sentence, a heading or a table.
func TestPoliciesWithoutNames(t *testing.T) {
	p := Workbook()
	p.Name = ""
	b := bind(t, p, objective("99.9%", 30*day))
	a := analyse(t, b, AnalyserOptions{})
	r := backtest(t, b, weekOfTrouble(), BacktestOptions{})
	c, err := Compare(context.Background(), Cases(objective("99.9%", 30*day), []Policy{Workbook(), p}), weekOfTrouble(), BacktestOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ got, want string }{
		{a.Markdown(), "### unnamed policy for target 99.9% over 30d\n"},
		{a.SVG(), "Time to detection and reset: unnamed policy"},
		{a.BudgetSVG(), "Budget spent at detection: unnamed policy"},
		{r.Markdown(), "### unnamed policy for 99.9% over 30d\n"},
		{r.SVG(), "Alerts of unnamed policy"},
		{r.BurnSVG(), "Errors and pages: unnamed policy"},
		{c.Markdown(), "| case 2 |"},
		{Policy{}.Validate().Error(), "not an alert policy: the policy has no pairs"},
		{Policy{Pairs: []Pair{{Severity: Page, Long: time.Hour, Short: time.Minute}}}.Validate().Error(), "not an alert policy: pair 1 of the policy: neither"},
		{Policy{Name: "x"}.Validate().Error(), `not an alert policy: policy "x" has no pairs`},
		{Bound{}.check().Error(), "not an alert policy: the bound policy has a period of 0s"},
	} {
		if !strings.Contains(tt.got, tt.want) {
			t.Errorf("got %.200s, want %q in it", tt.got, tt.want)
		}
	}
}

// What is spent in a hold is spent at detection.
func TestBudgetAtDetectionCountsHolds(t *testing.T) {
	p := Policy{Name: "held", Pairs: []Pair{{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, For: 6 * time.Minute, Factor: 14.4}}}
	// 14.4 · 66 min / 30 d, in the slowest burn that fires.
	const want = "| page 1h/5m | 14.4 | 0.0144 | ≥ 2.2\u00a0% | 6m52s |"
	if got := analyse(t, bind(t, p, objective("99.9%", 30*day)), AnalyserOptions{}).Markdown(); !strings.Contains(got, want) {
		t.Errorf("got %s, want %q in it", got, want)
	}
}
