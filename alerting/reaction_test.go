package alerting

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func analyse(t testing.TB, b Bound, opt AnalyserOptions) Analysis {
	t.Helper()
	a, err := Analyse(b, opt)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// single is a policy of one pair with a factor.
func single(long, short, hold time.Duration, factor float64) Policy {
	return Policy{Name: "single", Pairs: []Pair{{Severity: Page, Long: long, Short: short, For: hold, Factor: factor}}}
}

// near compares with a number as it was printed, to its last digit.
func near(got, want, digit float64) bool { return math.Abs(got-want) <= 0.5000001*digit }

// Detection of a total outage and reset after it, for the workbook's pairs over
// 30 days: t = θ·W and r = w·(1-θ).
func TestTotalOutage(t *testing.T) {
	type cell struct{ detection, reset float64 } // seconds; 0, 0: never
	for _, tt := range []struct {
		target string
		want   [4]cell
		digit  [4]cell // the last digit that is printed
		outage time.Duration
	}{
		{"90%", [4]cell{{}, {3.6 * 3600, 12 * 60}, {7.2 * 3600, 1.4 * 3600}, {7.2 * 3600, 5.4 * 3600}},
			[4]cell{{}, {360, 60}, {360, 360}, {360, 360}}, 3 * day},
		{"95%", [4]cell{{43.2 * 60, 1.4 * 60}, {1.8 * 3600, 21 * 60}, {3.6 * 3600, 1.7 * 3600}, {3.6 * 3600, 5.7 * 3600}},
			[4]cell{{6, 6}, {360, 60}, {360, 360}, {360, 360}}, 36 * time.Hour},
		{"99%", [4]cell{{8.64 * 60, 4.28 * 60}, {21.6 * 60, 28.2 * 60}, {43.2 * 60, 1.94 * 3600}, {43.2 * 60, 5.94 * 3600}},
			[4]cell{{.6, .6}, {6, 6}, {6, 36}, {6, 36}}, 432 * time.Minute},
		{"99.5%", [4]cell{{4.32 * 60, 4.64 * 60}, {10.8 * 60, 29.1 * 60}, {21.6 * 60, 1.97 * 3600}, {21.6 * 60, 5.97 * 3600}},
			[4]cell{{.6, .6}, {6, 6}, {6, 36}, {6, 36}}, 216 * time.Minute},
		{"99.9%", [4]cell{{51.84, 4.93 * 60}, {129.6, 29.82 * 60}, {4.32 * 60, 1.994 * 3600}, {4.32 * 60, 5.994 * 3600}},
			[4]cell{{.01, .6}, {.1, .6}, {.6, 3.6}, {.6, 3.6}}, 2592 * time.Second},
		{"99.95%", [4]cell{{25.92, 297.84}, {64.8, 1794.6}, {129.6, 7189.2}, {129.6, 21589.2}},
			[4]cell{{.01, .01}, {.1, .01}, {.1, .1}, {.1, .1}}, 1296 * time.Second},
		{"99.99%", [4]cell{{5.18, 299.568}, {12.96, 1798.92}, {25.92, 7197.84}, {25.92, 21597.84}},
			[4]cell{{.01, .001}, {.01, .01}, {.01, .01}, {.01, .01}}, 259200 * time.Millisecond},
		{"99.999%", [4]cell{{.52, 299.9568}, {1.30, 1799.892}, {2.59, 7199.784}, {2.59, 21599.784}},
			[4]cell{{.01, .0001}, {.01, .001}, {.01, .001}, {.01, .001}}, 25920 * time.Millisecond},
	} {
		o := objective(tt.target, 30*day)
		if got := o.Downtime(time.Unix(0, 0)); got != tt.outage {
			t.Errorf("%s: full outage spends the budget in %v, want %v", tt.target, got, tt.outage)
		}
		a := analyse(t, bind(t, Workbook(), o), AnalyserOptions{})
		for i, p := range a.Pairs {
			fires, reset, _, ok := a.step(1).pair(p.BoundPair)
			want := tt.want[i]
			if ok != (want != cell{}) {
				t.Errorf("%s, %s: got fires %v, want %v", tt.target, p.name(), ok, !ok)
			}
			if ok && (!near(fires, want.detection, tt.digit[i].detection) || !near(reset, want.reset, tt.digit[i].reset)) {
				t.Errorf("%s, %s: got detection %v s, reset %v s, want %v", tt.target, p.name(), fires, reset, want)
			}
			if ok && p.TotalOutage != seconds(fires) {
				t.Errorf("%s, %s: shortest outage that trips is %v, want %v", tt.target, p.name(), p.TotalOutage, seconds(fires))
			}
		}
	}
}

// The worked examples of The Site Reliability Workbook, chapter 5, at 99.9 % over 30 days.
func TestWorkbookExamples(t *testing.T) {
	o := objective("99.9%", 30*day)
	for _, tt := range []struct {
		name             string
		policy           Policy
		ratio            float64
		outage           time.Duration
		fires            bool
		detection, reset float64
		share            float64
	}{
		// 1: target error rate over 10 minutes.
		{"1 total", single(10*time.Minute, 10*time.Minute, 0, 1), 1, 0, true, 0.6, 599.4, 0.6 / 2592},
		// 2: over 36 hours: 129.6 s, reset after 35.96 h, 5 % spent.
		{"2 total", single(36*time.Hour, 36*time.Hour, 0, 1), 1, 0, true, 129.6, 129470.4, 0.05},
		// 3: over 1 minute for 1 hour: an hour whatever the severity, 138.9 % spent
		// by a total outage; a few minutes of it are never seen.
		{"3 total", single(time.Minute, time.Minute, time.Hour, 1), 1, 0, true, 3600.06, 59.94, 3600.06 / 2592},
		{"3 slow", single(time.Minute, time.Minute, time.Hour, 1), 0.002, 0, true, 3630, 30, 0.002 * 3630 / 2592},
		{"3 five minutes", single(time.Minute, time.Minute, time.Hour, 1), 1, 5 * time.Minute, false, 0, 0, 0},
		// 4: 1 hour at 36: 129.6 s, reset after 57.84 min; a burn of 35 is never seen.
		{"4 total", single(time.Hour, time.Hour, 0, 36), 1, 0, true, 129.6, 57.84 * 60, 0.05},
		{"4 at 35", single(time.Hour, time.Hour, 0, 36), 0.035, 0, false, 0, 0, 0},
		// 15 % for 10 minutes: the short window of 1h/5m trips after 28.8 s, the long
		// one after 345.6 s; they reset after 271.2 s and 3254.4 s.
		{"15 %", single(time.Hour, 5*time.Minute, 0, 14.4), 0.15, 10 * time.Minute, true, 345.6, 271.2, 0.02},
		{"15 %, short", single(5*time.Minute, 5*time.Minute, 0, 14.4), 0.15, 10 * time.Minute, true, 28.8, 271.2, 0.02 / 12},
		{"15 %, long", single(time.Hour, time.Hour, 0, 14.4), 0.15, 10 * time.Minute, true, 345.6, 3254.4, 0.02},
	} {
		a := analyse(t, bind(t, tt.policy, o), AnalyserOptions{Outage: tt.outage})
		r := a.Reaction(Page, tt.ratio)
		if r.Fires != tt.fires || !near(r.Detection.Seconds(), tt.detection, 1e-6) || !near(r.Reset.Seconds(), tt.reset, 1e-6) || math.Abs(r.BudgetShare-tt.share) > 1e-9 {
			t.Errorf("%s: got fires %v, %v, reset %v, share %v, want %v, %v s, %v s, %v",
				tt.name, r.Fires, r.Detection, r.Reset, r.BudgetShare, tt.fires, tt.detection, tt.reset, tt.share)
		}
	}
}

// Pyrra over 28 days, a total outage: its holds spend the budget before anybody is told.
func TestPyrraHolds(t *testing.T) {
	for _, tt := range []struct {
		target string
		want   []float64 // seconds and percent of the budget by pair; 0: never
	}{
		{"90%", []float64{0, 0, 16020, 6.62, 20880, 8.63, 45360, 18.75}},
		{"99%", []float64{624, 2.58, 2412, 9.97, 5328, 22.0, 14256, 58.9}},
		{"99.9%", []float64{170.4, 7.04, 1051.2, 43.5, 3772.8, 156, 11145.6, 461}},
		{"99.99%", []float64{125.0, 51.7}},
		{"99.999%", []float64{120.5, 498}},
	} {
		a := analyse(t, bind(t, Pyrra(28*day), objective(tt.target, 28*day)), AnalyserOptions{})
		for i := 0; i < len(tt.want); i += 2 {
			fires, _, _, ok := a.step(1).pair(a.Pairs[i/2].BoundPair)
			share := 100 * a.step(1).spent(seconds(fires), a.Objective.Complement().Of(float64(a.Period)))
			if !ok {
				fires, share = 0, 0
			}
			digit := math.Pow(10, math.Floor(math.Log10(math.Max(tt.want[i+1], 1))-2)) // three digits
			if !near(fires, tt.want[i], 0.1) || !near(share, tt.want[i+1], digit) {
				t.Errorf("%s, pair %d: got %v s, %v %%, want %v s, %v %%", tt.target, i/2+1, fires, share, tt.want[i], tt.want[i+1])
			}
		}
	}
}

// What the formulas predict for the outages on which real Prometheus 3.14 was
// measured (rules of Sloth at steady traffic; promtool, steps of 15 s, tickets
// 60 s): time to the first firing evaluation, and to the last one after
// recovery. The measured values are at most two steps away.
func TestPredictionsAgainstPrometheus(t *testing.T) {
	for _, tt := range []struct {
		target                     string
		severity                   Severity
		ratio                      float64
		outage                     time.Duration
		detection, reset           float64 // predicted
		measuredFirst, measuredEnd float64
		step                       float64
	}{
		{"99.9%", Page, 1, time.Minute, 51.8, 295.7, 60, 270, 15},
		{"99.9%", Page, 1, 10 * time.Minute, 51.8, 1789, 60, 1770, 15},
		{"99.9%", Page, .15, 10 * time.Minute, 345.6, 271, 360, 255, 15},
		{"99.9%", Page, .02, time.Hour, 2592, 84, 2610, 90, 15},
		{"99.9%", Page, .01, 5 * time.Hour, 12960, 720, 12960, 705, 15},
		{"99%", Page, 1, 10 * time.Minute, 518.4, 0, 525, 0, 15},
		{"99%", Page, 1, time.Hour, 518.4, 1692, 525, 1665, 15},
		{"99%", Page, .2, time.Hour, 2592, 84, 2595, 75, 15},
		{"90%", Page, 1, 5 * time.Hour, 12960, 720, 12975, 720, 15},
		{"99.9%", Ticket, .004, day, 64800, 16200, 64860, 16200, 60},
		{"99.9%", Ticket, .002, 37 * time.Hour, 129600, 10800, 129600, 10740, 60},
		{"99.9%", Ticket, .05, 3 * time.Hour, 5184, 21168, 5220, 21060, 60},
	} {
		a := analyse(t, bind(t, Sloth(), objective(tt.target, 30*day)), AnalyserOptions{Outage: tt.outage})
		r := a.Reaction(tt.severity, tt.ratio)
		if !r.Fires || math.Abs(r.Detection.Seconds()-tt.detection) > 0.05 || tt.reset > 0 && math.Abs(r.Reset.Seconds()-tt.reset) > 0.5 {
			t.Errorf("%s, %v of %v: got %v, reset %v, want %v s, %v s", tt.target, tt.ratio, tt.outage, r.Detection, r.Reset, tt.detection, tt.reset)
		}
		if d := tt.measuredFirst - r.Detection.Seconds(); d < 0 || d > 2*tt.step {
			t.Errorf("%s, %v of %v: Prometheus fires %v s after the prediction", tt.target, tt.ratio, tt.outage, d)
		}
		if d := r.Reset.Seconds() - tt.measuredEnd; tt.reset > 0 && math.Abs(d) > 2*tt.step {
			t.Errorf("%s, %v of %v: Prometheus is silent %v s before the prediction", tt.target, tt.ratio, tt.outage, d)
		}
	}
}

// One alert or one for each pair: after a total outage of ten minutes at 99.9 % the
// fast pair is silent after 4.93 min, the page as a whole after 29.82 min.
func TestResetOfOredPairs(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{Outage: 10 * time.Minute})
	r := a.Reaction(Page, 1)
	want := []PairReaction{
		{Pair: "page 1h/5m", Detection: 51840 * time.Millisecond, Resets: true, Reset: 295680 * time.Millisecond, BudgetShare: 0.02},
		{Pair: "page 6h/30m", Detection: 129600 * time.Millisecond, Resets: true, Reset: 1789200 * time.Millisecond, BudgetShare: 0.05},
	}
	if diff := cmp.Diff(want, r.Pairs, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("pairs (-want +got):\n%s", diff)
	}
	if r.Reset != want[1].Reset || r.Detection != want[0].Detection {
		t.Errorf("got detection %v, reset %v, want %v, %v", r.Detection, r.Reset, want[0].Detection, want[1].Reset)
	}
	// An outage of a minute does not trip the slow pair.
	a.Outage = time.Minute
	if r := a.Reaction(Page, 1); r.Reset != want[0].Reset || len(r.Pairs) != 1 {
		t.Errorf("one minute: got reset %v of %d pairs, want %v of 1", r.Reset, len(r.Pairs), want[0].Reset)
	}
}

// Three minutes of errors at 1.5 % page a service that is three minutes old, and
// open the ticket of its "3 days".
func TestColdStart(t *testing.T) {
	o := objective("99.9%", 30*day)
	b := bind(t, Workbook(), o)
	for _, tt := range []struct {
		name    string
		opt     AnalyserOptions
		ratio   float64
		page    time.Duration
		ticket  time.Duration
		outcome [2]bool
	}{
		{"no history", AnalyserOptions{ColdStart: true}, 0.015, 0, 0, [2]bool{true, true}},
		// t = θ·c/(e-θ): 0.0144 · 3600/(1-0.0144), 0.003 · 3600/(1-0.003) and 0.001 · 3600/(1-0.001)
		{"an hour", AnalyserOptions{ColdStart: true, History: time.Hour}, 1, seconds(0.006 * 3600 / 0.994), seconds(0.001 * 3600 / 0.999), [2]bool{true, true}},
		{"warm", AnalyserOptions{}, 0.015, 8640 * time.Second, 17280 * time.Second, [2]bool{false, true}},
	} {
		a := analyse(t, b, tt.opt)
		page, ticket := a.Reaction(Page, tt.ratio), a.Reaction(Ticket, tt.ratio)
		if tt.name == "warm" {
			// 3600 · 0.0144/0.015 = 3456 s for the fast pair.
			tt.page = 3456 * time.Second
		}
		if page.Detection != tt.page || ticket.Detection != tt.ticket || !page.Fires || !ticket.Fires {
			t.Errorf("%s: got page %v %v, ticket %v %v, want %v, %v", tt.name, page.Fires, page.Detection, ticket.Fires, ticket.Detection, tt.page, tt.ticket)
		}
	}
	// 0.1 % of the budget has been spent by then: 180 s · 0.015 / 2592 s.
	a := analyse(t, b, AnalyserOptions{ColdStart: true, History: 0, Outage: 3 * time.Minute})
	if share := a.step(0.015).spent(180*time.Second, 2592e9); !near(share, 0.001, 0.0001) {
		t.Errorf("got %v of the budget spent after three minutes, want 0.001", share)
	}
}

// In a young service the long window resets before the short one: after half an
// hour of life, an outage of 27 s lifts the ratio over all data to 27/1827, above
// 0.0144; 48 s later it is 27/1875, exactly the threshold.
func TestColdReset(t *testing.T) {
	b := bind(t, single(time.Hour, 5*time.Minute, 0, 14.4), objective("99.9%", 30*day))
	a := analyse(t, b, AnalyserOptions{ColdStart: true, History: 30 * time.Minute, Outage: 27 * time.Second})
	r := a.Reaction(Page, 1)
	if !r.Fires || r.Detection != seconds(1800*0.0144/0.9856) || r.Reset != 48*time.Second {
		t.Errorf("got %v %v, reset %v, want %v, reset 48s", r.Fires, r.Detection, r.Reset, seconds(1800*0.0144/0.9856))
	}
}

// The order of the pairs does not matter.
func TestReactionOfPairsInAnyOrder(t *testing.T) {
	p := Workbook()
	p.Pairs[0], p.Pairs[1] = p.Pairs[1], p.Pairs[0]
	r := analyse(t, bind(t, p, objective("99.9%", 30*day)), AnalyserOptions{}).Reaction(Page, 1)
	if r.Detection != 51840*time.Millisecond || r.Reset != 1789200*time.Millisecond || r.BudgetShare != 0.02 {
		t.Errorf("got %v, reset %v, share %v, want 51.84s, 29m49.2s, 0.02", r.Detection, r.Reset, r.BudgetShare)
	}
}

// A baseline of exactly the threshold is not above it: the alert fires with the
// first error more and resets when the last of the outage has left.
func TestBaselineAtTheThreshold(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{Baseline: 0.003})
	r := a.Reaction(Ticket, 0.5)
	p := r.Pairs[0]
	if p.Pair != "ticket 1d/2h" || p.Detection != 0 || !p.Resets || p.Reset != 2*time.Hour {
		t.Errorf("got %+v, want a reset after 2h", p)
	}
}

func TestDelays(t *testing.T) {
	d := Delays{Scrape: 15 * time.Second, Record: 30 * time.Second, Alert: time.Minute, GroupWait: 10 * time.Second}
	a := analyse(t, bind(t, single(time.Hour, 5*time.Minute, 90*time.Second, 14.4), objective("99.9%", 30*day)), AnalyserOptions{Delays: d})
	r := a.Reaction(Page, 1)
	// 51.84 s + hold 90 s; + 115 s + the hold's rounding to 120 s.
	if r.Detection != 141840*time.Millisecond || r.Notified != 286840*time.Millisecond {
		t.Errorf("got %v, %v, want 2m21.84s, 4m46.84s", r.Detection, r.Notified)
	}
	if !near(r.HoldShare, 90.0/2592, 1e-9) || !near(r.DelayShare, 145.0/2592, 1e-9) {
		t.Errorf("got shares %v, %v, want %v, %v", r.HoldShare, r.DelayShare, 90.0/2592, 145.0/2592)
	}
}

func TestReactionJSON(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{})
	for ratio, want := range map[float64]string{
		1: `{"error_ratio":1,"severity":"page","fires":true,"detection_seconds":51.84,"notified_seconds":51.84,"reset_seconds":1789.2,` +
			`"budget_share":0.02,"hold_share":0,"delay_share":0,"pairs":[` +
			`{"pair":"page 1h/5m","detection_seconds":51.84,"resets":true,"reset_seconds":295.68,"budget_share":0.02,"hold_share":0},` +
			`{"pair":"page 6h/30m","detection_seconds":129.6,"resets":true,"reset_seconds":1789.2,"budget_share":0.05,"hold_share":0}]}`,
		0.006: `{"error_ratio":0.006,"severity":"page","fires":false,"detection_seconds":null,"notified_seconds":null,"reset_seconds":null,` +
			`"budget_share":null,"hold_share":null,"delay_share":null,"pairs":[]}`,
	} {
		r := a.Reaction(Page, ratio)
		data, err := json.Marshal(r)
		if err != nil || string(data) != want {
			t.Errorf("%v: got %s, %v\nwant %s", ratio, data, err, want)
		}
		var back Reaction
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("round trip (-want +got):\n%s", diff)
		}
	}
}

func drawBound(t *rapid.T) Bound {
	long := time.Duration(rapid.IntRange(2, 2000).Draw(t, "long")) * time.Second
	short := min(long, time.Duration(rapid.IntRange(1, 400).Draw(t, "short"))*time.Second)
	hold := time.Duration(rapid.SampledFrom([]int{0, 0, 1, 10, 100, 500}).Draw(t, "hold")) * time.Second
	p := single(long, short, hold, float64(rapid.IntRange(10, 900).Draw(t, "factor"))/10)
	b, err := p.Bind(slo.Objective{Target: slo.MustRatio("99%"), Window: slo.Rolling(day)})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func drawOptions(t *rapid.T, b Bound) AnalyserOptions {
	opt := AnalyserOptions{
		Baseline: rapid.SampledFrom([]float64{0, 0, 0.001, 0.01}).Draw(t, "baseline"),
		Outage:   time.Duration(rapid.IntRange(0, 3000).Draw(t, "outage")) * time.Second,
	}
	if opt.Baseline >= b.Pairs[0].Threshold {
		opt.Baseline = 0
	}
	if opt.ColdStart = rapid.Bool().Draw(t, "cold"); opt.ColdStart {
		opt.History = time.Duration(rapid.IntRange(0, 3000).Draw(t, "history")) * time.Second
	}
	return opt
}

// The closed forms agree with a simulation of the step: the ratios over both
// windows looked at on a fine grid.
func TestReactionLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBound(t)
		opt := drawOptions(t, b)
		if opt.Outage == 0 {
			opt.Outage = time.Second
		}
		e := rapid.Float64Range(opt.Baseline+0.001, 1).Draw(t, "ratio")
		a, err := Analyse(b, opt)
		if err != nil {
			t.Fatal(err)
		}
		s, p := a.step(e), b.Pairs[0]
		history := s.history
		if math.IsInf(history, 1) {
			history = 10000
		}
		bad := func(x float64) float64 { // bad seconds in (-history, x]
			return opt.Baseline*(x+history) + (e-opt.Baseline)*math.Max(0, math.Min(x, s.outage))
		}
		over := func(x, length float64) bool {
			from := math.Max(x-length, -history)
			return x > from && (bad(x)-bad(from))/(x-from) > p.Threshold*(1+1e-12)
		}
		// An outage of up to 3000 s and windows of up to 2000 s, in 5000 steps.
		grid := 5001.0 / 5000
		first, last, since := math.Inf(1), math.Inf(1), -1.0
		for x := grid / 2; x < 5001+500; x += grid {
			if over(x, p.Long.Seconds()) && over(x, p.Short.Seconds()) {
				if since < 0 {
					since = x
				}
				if x-since >= p.For.Seconds() && math.IsInf(first, 1) {
					first = x
				}
			} else {
				if !math.IsInf(first, 1) && math.IsInf(last, 1) {
					last = x - s.outage
				}
				since = -1
			}
		}
		fires, reset, _, ok := s.pair(p)
		// Where the alert would be up for less than two steps of the grid, the
		// simulation may miss it.
		if !ok && !math.IsInf(first, 1) && last+s.outage-first > 2*grid || ok && math.IsInf(first, 1) && s.outage+reset-fires > 2*grid {
			t.Fatalf("got fires %v at %v until %v, simulation fires from %v until %v", ok, fires, s.outage+reset, first, last+s.outage)
		}
		if ok && !math.IsInf(first, 1) {
			if math.Abs(fires-first) > 2.01*grid || math.Abs(math.Max(reset, fires-s.outage)-last) > 2.01*grid {
				t.Fatalf("got detection %v, reset %v, simulation %v, %v", fires, reset, first, last)
			}
		}
	})
}

// The worse the outage the sooner it is found and the longer the alert stays.
func TestReactionIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBound(t)
		opt := drawOptions(t, b)
		opt.Outage = 0
		a, err := Analyse(b, opt)
		if err != nil {
			t.Fatal(err)
		}
		lo := rapid.Float64Range(opt.Baseline+1e-6, 1).Draw(t, "lower")
		hi := rapid.Float64Range(lo, 1).Draw(t, "higher")
		l, h := a.Reaction(Page, lo), a.Reaction(Page, hi)
		if l.Fires && (!h.Fires || h.Detection > l.Detection || h.Reset < l.Reset) {
			t.Fatalf("at %v: %v, reset %v; at %v: %v %v, reset %v", lo, l.Detection, l.Reset, hi, h.Fires, h.Detection, h.Reset)
		}
	})
}

// The budget spent at the page is B·W/P + e·f/(b·P), whatever the error ratio, for
// a service without errors before.
func TestBudgetAtPageLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawBound(t)
		p := b.Pairs[0]
		a, err := Analyse(b, AnalyserOptions{})
		if err != nil {
			t.Fatal(err)
		}
		e := rapid.Float64Range(p.Threshold*1.001, 1).Draw(t, "ratio")
		r := a.Reaction(Page, e)
		period := b.Period.Seconds()
		want := p.Factor*p.Long.Seconds()/period + e*p.For.Seconds()/(0.01*period)
		if !r.Fires || math.Abs(r.BudgetShare-want) > 1e-9 {
			t.Fatalf("got %v %v, want %v", r.Fires, r.BudgetShare, want)
		}
	})
}
