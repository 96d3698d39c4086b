package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

var ratios = cmp.Comparer(func(a, b slo.Ratio) bool { return a == b })

// A week at a minute, 100 requests each: a total outage of 10 minutes on Tuesday at
// 10:00, and one of 20 % for an hour on Saturday at 03:00.
func weekOfTrouble() []slo.Point {
	tuesday, saturday := (24+10)*60, (5*24+3)*60
	return series(epoch, time.Minute, 7*24*60, 100, func(i int) float64 {
		return outage(tuesday, 10, 1)(i) + outage(saturday, 60, 0.2)(i)
	})
}

func TestBacktestReport(t *testing.T) {
	tuesday, saturday := epoch.Add(34*time.Hour), epoch.Add(123*time.Hour)
	for _, tt := range []struct {
		name      string
		opt       BacktestOptions
		alerts    []Alert
		precision [3]float64 // overall, pages, tickets
		recall    [3]float64
	}{
		{
			"derived truth", BacktestOptions{},
			[]Alert{
				// 3600 · 0.0144 = 51.84 s, in the first minute; 10.8 s of the 30 min window are
				// left 29.8 min after the end, the last minute leaves at 30.
				{Severity: Page, Start: tuesday.Add(time.Minute), End: tuesday.Add(40 * time.Minute), Pairs: []string{"page 1h/5m", "page 6h/30m"}, True: true},
				// There are only 34 h of history: 0.001 of them, 122.4 s, in the third
				// minute; 1d takes 259.2 s. Of 6 h 21.6 s may be left.
				{Severity: Ticket, Start: tuesday.Add(3 * time.Minute), End: tuesday.Add(6*time.Hour + 10*time.Minute), Pairs: []string{"ticket 3d/6h", "ticket 1d/2h"}, True: true},
				// At 20 % the long windows fill after 259.2 s, 648 s, 1296 s; the 30 min
				// reset when 54 s of the errors are left, the 6 h at 108 s. In the last 3
				// days there are no errors of Tuesday any more.
				{Severity: Page, Start: saturday.Add(5 * time.Minute), End: saturday.Add(60*time.Minute + 30*time.Minute), Pairs: []string{"page 1h/5m", "page 6h/30m"}, True: true, OffHours: true},
				{Severity: Ticket, Start: saturday.Add(22 * time.Minute), End: saturday.Add(7*time.Hour - time.Minute), Pairs: []string{"ticket 1d/2h", "ticket 3d/6h"}, True: true, OffHours: true},
			},
			[3]float64{1, 1, 1}, [3]float64{1, 1, 1},
		},
		{
			"one label", BacktestOptions{Incidents: []Incident{{Name: "bad deploy", Start: tuesday, End: tuesday.Add(12 * time.Minute)}}},
			nil,
			[3]float64{0.5, 0.5, 0.5}, [3]float64{1, 1, 1},
		},
		{
			"no incident", BacktestOptions{Incidents: []Incident{}},
			nil,
			[3]float64{0, 0, 0}, [3]float64{0, 0, 0},
		},
		{
			"missed", BacktestOptions{Incidents: []Incident{
				{Start: epoch, End: epoch.Add(time.Hour)}, {Start: tuesday.Add(40 * time.Minute), End: tuesday.Add(2 * time.Hour)},
			}},
			nil,
			[3]float64{0.25, 0, 0.5}, [3]float64{0.5, 0, 0.5},
		},
		{
			"slack", BacktestOptions{Slack: 2 * time.Minute, Incidents: []Incident{{Start: tuesday.Add(-time.Hour), End: tuesday}}},
			nil,
			[3]float64{0.25, 0.5, 0}, [3]float64{1, 1, 0},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := backtest(t, bind(t, Workbook(), objective("99.9%", 30*day)), weekOfTrouble(), tt.opt)
			if tt.alerts != nil {
				for i := range tt.alerts {
					tt.alerts[i].Name = "availability"
				}
				if diff := cmp.Diff(tt.alerts, r.Alerts); diff != "" {
					t.Errorf("alerts (-want +got):\n%s", diff)
				}
			}
			for i, s := range []Score{r.Overall, r.Scores[0], r.Scores[1]} {
				if s.Precision != tt.precision[i] || s.Recall != tt.recall[i] {
					t.Errorf("score %d: got precision %v, recall %v, want %v, %v", i, s.Precision, s.Recall, tt.precision[i], tt.recall[i])
				}
			}
			if r.Labelled != (tt.opt.Incidents != nil) {
				t.Errorf("got labelled %v", r.Labelled)
			}
		})
	}
}

func TestBacktestNumbers(t *testing.T) {
	r := backtest(t, bind(t, Workbook(), objective("99.9%", 30*day)), weekOfTrouble(), BacktestOptions{})
	// 10 and 12 minutes of total outage of the 43.2 that 30 days allow.
	if !near(r.Consumed, 22/43.2, 1e-9) || r.Worst != r.Consumed || r.Counts != (slo.Counts{Bad: 2200, Total: 1008000}) {
		t.Errorf("got consumed %v, worst %v, counts %v, want %v, the same, 2200 of 1008000", r.Consumed, r.Worst, r.Counts, 22/43.2)
	}
	tuesday, saturday := epoch.Add(34*time.Hour), epoch.Add(123*time.Hour)
	want := []IncidentResult{
		{Incident: Incident{Start: tuesday, End: tuesday.Add(10 * time.Minute)}, BudgetShare: 10 / 43.2, Detections: []Detection{
			{Severity: Page, At: tuesday.Add(time.Minute), Delay: time.Minute, BudgetShare: 1 / 43.2},
			{Severity: Ticket, At: tuesday.Add(3 * time.Minute), Delay: 3 * time.Minute, BudgetShare: 3 / 43.2},
		}},
		{Incident: Incident{Start: saturday, End: saturday.Add(time.Hour)}, BudgetShare: 12 / 43.2, Detections: []Detection{
			{Severity: Page, At: saturday.Add(5 * time.Minute), Delay: 5 * time.Minute, BudgetShare: 1 / 43.2},
			{Severity: Ticket, At: saturday.Add(22 * time.Minute), Delay: 22 * time.Minute, BudgetShare: 4.4 / 43.2},
		}},
	}
	if diff := cmp.Diff(want, r.Incidents, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
	wantPages := Score{
		Severity: Page, Alerts: 2, TrueAlerts: 2, Incidents: 2, Detected: 2, Precision: 1, Recall: 1,
		Delay:  DurationQuantiles{Mean: 3 * time.Minute, P50: time.Minute, P90: 5 * time.Minute, Max: 5 * time.Minute},
		Budget: ShareQuantiles{Mean: 1 / 43.2, P50: 1 / 43.2, P90: 1 / 43.2, Max: 1 / 43.2},
		Firing: 39*time.Minute + 85*time.Minute, PerWeek: 2, OffHours: 1, OffHoursPerWeek: 1,
	}
	if diff := cmp.Diff(wantPages, r.Scores[0], cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
	if s := r.Overall; s.Alerts != 4 || s.Detected != 2 || s.Delay.Mean != 3*time.Minute {
		t.Errorf("got %+v, want 4 alerts, 2 incidents detected after 3 min in the mean", s)
	}
	if n := len(r.Timeline); n != 480 || !r.Timeline[n-1].End.Equal(r.End) {
		t.Errorf("got %d steps of timeline to %v, want 480 to %v", n, r.Timeline[n-1].End, r.End)
	}
	var c slo.Counts
	for _, step := range r.Timeline {
		c = c.Add(step.Counts)
	}
	if c != r.Counts {
		t.Errorf("the timeline's events are %v, want %v", c, r.Counts)
	}
}

// Of three days at 99 %: on the first 1 % of the requests fail, which is the budget
// of that day, on the second half of the second everything does, then nothing.
func TestConsumption(t *testing.T) {
	points := series(epoch, time.Hour, 72, 100, func(i int) float64 {
		switch {
		case i <= 24:
			return 0.01
		case i > 36 && i <= 48:
			return 1
		}
		return 0
	})
	for _, tt := range []struct {
		hours       int
		last, worst float64
	}{
		{24, 1, 1},
		{36, 0.5, 1}, // half of the first day's errors are older than a day
		{48, 50, 50}, // half of a day
		{60, 50, 50},
		{72, 0, 50},
		{12, 0.5, 0.5}, // half a day at the pace of the budget
	} {
		r := backtest(t, bind(t, Workbook(), objective("99%", day)), points[:tt.hours], BacktestOptions{})
		if !near(r.Consumed, tt.last, 1e-9) || !near(r.Worst, tt.worst, 1e-9) {
			t.Errorf("after %d h: got consumed %v, worst %v, want %v, %v", tt.hours, r.Consumed, r.Worst, tt.last, tt.worst)
		}
	}
	// The first hours, in which nothing is a period yet, do not count as one.
	points[0].Bad = 100
	if r := backtest(t, bind(t, Workbook(), objective("99%", day)), points[:30], BacktestOptions{}); !near(r.Worst, 123./24, 1e-9) {
		t.Errorf("got worst %v, want %v", r.Worst, 123./24)
	}
}

func TestSeparatePairs(t *testing.T) {
	r := backtest(t, bind(t, Workbook(), objective("99.9%", 30*day)), weekOfTrouble(), BacktestOptions{SeparatePairs: true})
	if len(r.Alerts) != 8 {
		t.Fatalf("got %d alerts, want 8", len(r.Alerts))
	}
	tuesday := epoch.Add(34 * time.Hour)
	// The fast pair falls silent after 5 minutes, when the page as a whole takes 30.
	if a := r.Alerts[0]; a.Name != "availability 1h/5m" || !a.End.Equal(tuesday.Add(15*time.Minute)) {
		t.Errorf("got %+v, want the fast pair until 10:15", a)
	}
	if s := r.Scores[0]; s.Alerts != 4 || s.Detected != 2 {
		t.Errorf("got %+v, want 4 pages", s)
	}
}

func TestKeepFiring(t *testing.T) {
	r := backtest(t, bind(t, Workbook(), objective("99.9%", 30*day)), weekOfTrouble(), BacktestOptions{KeepFiringFor: 5 * day})
	// Pages of both days become one, which is up when the week ends.
	if s := r.Scores[0]; s.Alerts != 1 || !r.Alerts[0].Ongoing || !r.Alerts[0].End.Equal(r.End) {
		t.Errorf("got %d pages, the first %+v, want 1 that is up at the end", s.Alerts, r.Alerts[0])
	}
}

func TestWorkingHours(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		hours WorkingHours
		at    string // UTC
		want  bool
	}{
		{WorkingHours{}, "2026-03-02 09:00:00", true},
		{WorkingHours{}, "2026-03-02 08:59:59", false},
		{WorkingHours{}, "2026-03-06 16:59:59", true},
		{WorkingHours{}, "2026-03-06 17:00:00", false},
		{WorkingHours{}, "2026-03-07 12:00:00", false},
		// The clock in Berlin is an hour ahead of UTC in winter, two in summer.
		{WorkingHours{Location: berlin}, "2026-03-27 08:00:00", true},
		{WorkingHours{Location: berlin}, "2026-03-27 07:30:00", false},
		{WorkingHours{Location: berlin}, "2026-03-30 07:30:00", true},
		{WorkingHours{From: 22 * time.Hour, To: 24 * time.Hour, Days: []time.Weekday{time.Sunday}}, "2026-03-08 23:59:59", true},
	} {
		if got := tt.hours.Contains(at(tt.at)); got != tt.want {
			t.Errorf("%+v contains %s: got %v, want %v", tt.hours, tt.at, got, tt.want)
		}
	}
}

func TestBootstrap(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	opt := BacktestOptions{Source: rand.NewPCG(1, 2), Resamples: 4000, Incidents: []Incident{{Start: epoch.Add(34 * time.Hour), End: epoch.Add(35 * time.Hour)}}}
	r := backtest(t, b, weekOfTrouble(), opt)
	s := r.Scores[0]
	// Two pages, one true, on two of seven days: a resample has k of each with
	// Binomial(7, 1/7) probability. The 2.5 % quantile of pages is 0, the 97.5 %
	// quantile of Binomial(7, 2/7) is 4 (0.9667 up to 3, 0.9910 up to 4).
	if i := s.PerWeekInterval; i == nil || i.Low != 0 || i.High != 4 || i.Level != 0.95 {
		t.Errorf("pages a week: got %+v, want 0 to 4", i)
	}
	if i := s.PrecisionInterval; i == nil || i.Low != 0 || i.High != 1 {
		t.Errorf("precision: got %+v, want 0 to 1", i)
	}
	// One of one: no draw can differ, which proves nothing. 0.025 = p is the least
	// for which one of one is no surprise at 95 %.
	if i := s.RecallInterval; i == nil || !near(i.Low, 0.025, 1e-12) || i.High != 1 || i.Level != 0.95 {
		t.Errorf("recall: got %+v, want 0.025 to 1", i)
	}
	if i := s.DelayInterval; i != nil {
		t.Errorf("delay: got %+v of a single one, want none", i)
	}
	// A week without alerts: e^-m = 0.025.
	quiet := backtest(t, b, weekOfTrouble()[:1440], BacktestOptions{Source: rand.NewPCG(1, 2), Incidents: opt.Incidents}).Overall
	if quiet.PerWeekInterval != nil || quiet.Alerts != 0 {
		t.Errorf("a day: got %+v, want no interval", quiet.PerWeekInterval)
	}
	still := series(epoch, time.Minute, 7*1440, 100, func(int) float64 { return 0 })
	quiet = backtest(t, b, still, BacktestOptions{Source: rand.NewPCG(1, 2), Incidents: opt.Incidents}).Overall
	if i := quiet.PerWeekInterval; i == nil || i.Low != 0 || !near(i.High, -math.Log(0.025), 1e-12) || i.Level != 0.95 {
		t.Errorf("no alerts in a week: got %+v, want 0 to 3.69", i)
	}
	// None of one found.
	if i := quiet.RecallInterval; i == nil || i.Low != 0 || !near(i.High, 0.975, 1e-12) || quiet.PrecisionInterval != nil {
		t.Errorf("recall without alerts: got %+v, want 0 to 0.975, and no precision: %+v", i, quiet.PrecisionInterval)
	}
	// Both incidents found: the delays differ and have an interval.
	both := backtest(t, b, weekOfTrouble(), BacktestOptions{Source: rand.NewPCG(1, 2)}).Scores[0]
	if i := both.DelayInterval; i == nil || i.Low != 60 || i.High != 300 {
		t.Errorf("delays of 60 s and 300 s: got %+v", i)
	}
	opt.Source = rand.NewPCG(1, 2)
	if diff := cmp.Diff(r, backtest(t, b, weekOfTrouble(), opt), ratios); diff != "" {
		t.Errorf("the same source gives another report:\n%s", diff)
	}
	opt.Source = nil
	if s := backtest(t, b, weekOfTrouble(), opt).Overall; s.PrecisionInterval != nil || s.PerWeekInterval != nil {
		t.Errorf("got intervals without a source: %+v", s)
	}
}

func TestBacktestErrors(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	good := series(epoch, time.Minute, 3, 10, func(int) float64 { return 0 })
	for _, tt := range []struct {
		name   string
		points []slo.Point
		opt    BacktestOptions
		is     error
		want   string
	}{
		{"none", nil, BacktestOptions{}, ErrHistory, "not a history: 0 points; at least two are needed, as a point is the end of an interval"},
		{"one instant", []slo.Point{{Time: epoch}, {Time: epoch}}, BacktestOptions{}, ErrHistory,
			"not a history: all points are of one instant; at least two are needed, as a point is the end of an interval"},
		{"bad points", []slo.Point{{Time: epoch, Counts: slo.Counts{Bad: 2, Total: 1}}, {}, {Time: epoch, Counts: slo.Counts{Bad: math.NaN()}}}, BacktestOptions{}, slo.ErrCounts,
			"not a history: point 1 at 2026-03-02T00:00:00Z: not counts of events: 2 bad of 1 in total; is total perhaps the number of good events?\n" +
				"not a history: point 2 lies in the year 1; years from 1700 to 2199 can be computed with\n" +
				"not a history: point 3 at 2026-03-02T00:00:00Z: not counts of events: bad is NaN; it must be a number of events, 0 or more"},
		{"too much", []slo.Point{{Time: epoch, Counts: slo.Counts{Total: math.MaxFloat64}}, {Time: epoch.Add(1), Counts: slo.Counts{Total: math.MaxFloat64}}}, BacktestOptions{}, ErrHistory,
			"not a history: the sum of all events is too large for a number"},
		{"long options", good, BacktestOptions{Grid: Grid{Every: 1, Offset: math.MinInt64 + 1}, KeepFiringFor: math.MaxInt64}, ErrOptions,
			"not usable options: keep firing for 106751d23h47m16.854775807s is longer than 10 years\n" +
				"not usable options: grid offset 106751d23h47m16.854775807s is longer than 10 years\n" +
				"not usable options: evaluation interval 1ns; it must be at least 1ms"},
		{"options", good, BacktestOptions{
			Grid: Grid{Records: time.Minute, Lookback: -1}, KeepFiringFor: -1, Slack: -1, Rule: IncidentRule{Share: -1, Within: -1},
			Incidents: []Incident{{Start: epoch, End: epoch}}, Hours: WorkingHours{From: 5, To: 4}, Resamples: -1, Level: 2,
		}, ErrOptions,
			"not usable options: incidents of a share -1 of the budget; it must be above 0\n" +
				"not usable options: incidents within -1ns; it must be positive and at most 10 years\n" +
				"not usable options: lookback -1ns is negative\n" +
				"not usable options: keep firing for -1ns is negative\n" +
				"not usable options: slack -1ns is negative\n" +
				"not usable options: a grid without an evaluation interval; set Every\n" +
				"not usable options: incident 1 ends at 2026-03-02T00:00:00Z, not after its start at 2026-03-02T00:00:00Z\n" +
				"not usable options: working hours from 5ns to 4ns; they must be in order and between 0 and 24h\n" +
				"not usable options: -1 resamples; between 1 and 1,000,000 can be made\n" +
				"not usable options: level 2; it must be between 0 and 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Backtest(context.Background(), b, tt.points, tt.opt)
			if err == nil || !errors.Is(err, tt.is) {
				t.Fatalf("got %v, want an error that wraps %v", err, tt.is)
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBacktestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Backtest(ctx, bind(t, Workbook(), objective("99.9%", 30*day)), weekOfTrouble(), BacktestOptions{Source: rand.NewPCG(1, 1)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// Unreachable pairs stay silent, and a policy of them alone is not an error.
func TestBacktestUnreachable(t *testing.T) {
	r := backtest(t, bind(t, single(time.Hour, 5*time.Minute, 0, 14.4), objective("90%", 30*day)), weekOfTrouble(), BacktestOptions{})
	if len(r.Alerts) != 0 || len(r.Findings) != 2 || len(r.Scores) != 1 {
		t.Errorf("got %d alerts, findings %v, want none, two", len(r.Alerts), r.Findings)
	}
}

func TestReportJSON(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	for name, opt := range map[string]BacktestOptions{
		"full":  {Source: rand.NewPCG(3, 4)},
		"empty": {Incidents: []Incident{}},
	} {
		points := weekOfTrouble()
		if name == "empty" {
			points = points[:1000]
		}
		r := backtest(t, b, points, opt)
		data, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Report
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back, ratios, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: round trip (-want +got):\n%s", name, diff)
		}
	}
	// Nothing is null but what does not exist.
	data, err := json.Marshal(Score{Incidents: 2})
	want := `{"severity":"","alerts":0,"true_alerts":0,"incidents":2,"detected":0,"precision":null,"recall":0,"delay":null,"budget":null,` +
		`"firing_seconds":0,"per_week":0,"off_hours":0,"off_hours_per_week":0,` +
		`"precision_interval":null,"recall_interval":null,"per_week_interval":null,"delay_interval":null}`
	if err != nil || string(data) != want {
		t.Errorf("got %s, %v\nwant %s", data, err, want)
	}
}

func TestBacktestOptionsJSON(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o := BacktestOptions{
		Grid: Grid{Every: time.Minute}, Incidents: []Incident{}, Slack: time.Second, Level: 0.9,
		Hours: WorkingHours{Location: berlin, From: 8 * time.Hour, To: 20 * time.Hour, Days: []time.Weekday{time.Monday}},
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var back BacktestOptions
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	sameZone := cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := cmp.Diff(o, back, sameZone); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
	if err := json.Unmarshal([]byte(`{"hours":{"zone":"Mars/Olympus"}}`), &back); err == nil {
		t.Error("an unknown zone was read without an error")
	}
}

// Alerts of more pairs are never fewer instants: adding a pair to a severity cannot
// make an incident go unseen, and true alerts never outnumber alerts.
func TestReportLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := drawPoints(t, 60)
		b := drawSmallBound(t)
		rule := IncidentRule{Share: 0.0001, Within: 10 * time.Second}
		full, err := Backtest(context.Background(), b, points, BacktestOptions{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		fewer := b
		fewer.Pairs = b.Pairs[:len(b.Pairs)-1]
		part, err := Backtest(context.Background(), fewer, points, BacktestOptions{Rule: rule})
		if err != nil {
			t.Fatal(err)
		}
		if part.Overall.Detected > full.Overall.Detected || part.Overall.Firing > full.Overall.Firing {
			t.Fatalf("with a pair less: %+v, with all: %+v", part.Overall, full.Overall)
		}
		for _, s := range append(full.Scores, full.Overall) {
			if s.TrueAlerts > s.Alerts || s.Detected > s.Incidents || s.Precision > 1 || s.Recall > 1 || s.Delay.P50 > s.Delay.P90 || s.Delay.P90 > s.Delay.Max {
				t.Fatalf("got %+v", s)
			}
		}
		for i, a := range full.Alerts {
			if !a.End.After(a.Start) && !a.Ongoing || i > 0 && a.Start.Before(full.Alerts[i-1].Start) {
				t.Fatalf("got alerts %+v", full.Alerts)
			}
		}
	})
}

// Thirty days at a minute, one objective: times 1,000 is what a fleet costs.
func BenchmarkBacktest(b *testing.B) {
	bound := bind(b, Workbook(), objective("99.9%", 30*day))
	random := rand.New(rand.NewPCG(1, 2))
	points := series(epoch, time.Minute, 30*24*60, 1000, func(i int) float64 {
		if i/600%10 == 3 {
			return 0.02 * random.Float64()
		}
		return 0.001 * random.Float64()
	})
	for name, opt := range map[string]BacktestOptions{"sliding": {}, "grid": {Grid: Grid{Every: time.Minute}}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Backtest(context.Background(), bound, points, opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Between points that are further apart than a window is long alerts begin anew:
// said, unless they are held for as long.
func TestCoarsePointsAreSaid(t *testing.T) {
	b := bind(t, Policy{Pairs: []Pair{{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 14.4}}}, objective("99.9%", 30*day))
	for _, c := range []struct {
		step, held time.Duration
		alerts     int
		want       string
	}{
		{time.Hour, 0, 10, "warning: availability: \"page 1h/5m\": points are 1h apart and the short window is empty between them: one incident may be many alerts; give points at most 5m apart, or hold alerts for 1h"},
		{time.Hour, time.Hour, 1, ""},
		{5 * time.Minute, 0, 1, ""},
	} {
		perHour := int(time.Hour / c.step)
		points := series(epoch, c.step, 48*perHour, 1000, outage(20*perHour, 10*perHour, 1))
		r, err := Backtest(context.Background(), b, points, BacktestOptions{KeepFiringFor: c.held})
		if err != nil {
			t.Fatal(err)
		}
		var got string
		for _, f := range r.Findings {
			got += f.String()
		}
		if got != c.want || len(r.Alerts) != c.alerts {
			t.Errorf("%v apart, held for %v: %d alerts, %q; want %d, %q", c.step, c.held, len(r.Alerts), got, c.alerts, c.want)
		}
	}
}

// A point at an instant holds the events of the interval before, so the alert of an
// outage of one interval begins at the instant at which the outage ends.
func TestBriefIncidentsAreFound(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	for _, step := range []time.Duration{time.Minute, time.Hour} {
		points := series(epoch, step, 500, 100, outage(300, 1, 1))
		for name, opt := range map[string]BacktestOptions{
			"derived":  {},
			"labelled": {Incidents: []Incident{{Start: epoch.Add(300 * step), End: epoch.Add(301 * step)}}},
		} {
			r := backtest(t, b, points, opt)
			page := r.Scores[0]
			if page.Alerts != 1 || page.Precision != 1 || page.Recall != 1 || page.Delay.Max != step {
				t.Errorf("%s, points every %v: got %+v, want one true page after %v", name, step, page, step)
			}
			// The same where the points end with the outage.
			if r = backtest(t, b, points[:301], opt); !r.Alerts[0].True || r.Scores[0].Recall != 1 {
				t.Errorf("%s, points every %v that end with it: got %+v, want a true page", name, step, r.Alerts)
			}
		}
	}
}

// Labels of other times say nothing about the alerts on these points.
func TestIncidentsOutsideThePoints(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	tuesday := epoch.Add(34 * time.Hour)
	incidents := []Incident{
		{Start: epoch.Add(-300 * day), End: epoch.Add(-299 * day)},
		{Start: epoch.Add(-time.Hour), End: epoch},
		{Start: epoch.Add(-time.Hour), End: epoch.Add(time.Second)}, // partly within: missed
		{Start: tuesday, End: tuesday.Add(10 * time.Minute)},
		{Start: epoch.Add(7 * day), End: epoch.Add(8 * day)},
		{Start: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2, 1, 1, 0, 0, 0, 0, time.UTC)},
	}
	r := backtest(t, b, weekOfTrouble(), BacktestOptions{Incidents: incidents})
	if s := r.Overall; s.Incidents != 2 || s.Detected != 1 || s.Recall != 0.5 || !r.Labelled {
		t.Errorf("got %+v, want 1 of 2 incidents", s)
	}
	const want = `warning: availability: "workbook": 4 of 6 incidents lie outside the points, 2026-03-02T00:00:00Z to 2026-03-09T00:00:00Z, and do not count; give the points of their time, or check the incidents' zone and dates`
	if len(r.Findings) != 1 || r.Findings[0].String() != want {
		t.Errorf("got %v, want\n%s", r.Findings, want)
	}
}

// On a grid a window needs two points; of points as far apart as it is long it
// holds one.
func TestGridTellsOfCoarsePoints(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	for _, tt := range []struct {
		step time.Duration
		want string
	}{
		{time.Minute, ""},
		{4 * time.Minute, ""},
		{5 * time.Minute, `warning: availability: "page 1h/5m": points are 5m apart and the short window rarely holds the two that a rate needs: the pair hardly ever fires; give points at most 1m15s apart`},
	} {
		points := series(epoch, tt.step, 2000, 100, outage(1500, 100, 1))
		r := backtest(t, b, points, BacktestOptions{Grid: Grid{Every: time.Minute}, SeparatePairs: true})
		got, fired := "", false
		for _, f := range r.Findings {
			got += f.String()
		}
		for _, a := range r.Alerts {
			fired = fired || a.Pairs[0] == "page 1h/5m"
		}
		if got != tt.want || fired != (tt.want == "") {
			t.Errorf("%v apart: the fast pair fired: %v, findings %q, want %q", tt.step, fired, got, tt.want)
		}
	}
}

// A pair that cannot fire has no alerts that points far apart could cut.
func TestCoarsePointsOfUnreachablePairs(t *testing.T) {
	r := backtest(t, bind(t, single(time.Hour, 5*time.Minute, 0, 14.4), objective("90%", 30*day)),
		series(epoch, time.Hour, 48, 100, outage(20, 10, 1)), BacktestOptions{})
	for _, f := range r.Findings {
		if f.Code == "coarse-points" {
			t.Errorf("got %v", f)
		}
	}
}

// Instants fit nanoseconds, lengths between them only up to 292 years.
func TestHistoriesOfCenturies(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	at := func(year int) slo.Point {
		return slo.Point{Time: time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC), Counts: slo.Counts{Bad: 1, Total: 2}}
	}
	for _, tt := range []struct {
		points []slo.Point
		want   string
	}{
		{[]slo.Point{at(1700), at(2199)}, "not a history: the first interval is as long as the second and would begin in the year 1201; years from 1700 to 2199 can be computed with"},
		{[]slo.Point{at(1701), at(1702), at(2199)}, "not a history: points over 498 years; at most 250 can be computed with"},
		{[]slo.Point{at(1975), at(1976), at(2199)}, ""},
	} {
		r, err := Backtest(context.Background(), b, tt.points, BacktestOptions{})
		got := ""
		if err != nil {
			got = err.Error()
		} else if years := r.End.Sub(r.Start).Hours() / 24 / 365.25; !r.Start.Before(r.End) || years < 224 || r.Overall.PerWeek <= 0 || r.Counts.Total != 6 {
			t.Errorf("got %v to %v, %+v", r.Start, r.End, r.Overall)
		}
		if got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A bound policy that nobody bound has no numbers to replay or analyse.
func TestBoundsByHandAreChecked(t *testing.T) {
	good := bind(t, Workbook(), objective("99.9%", 30*day))
	for _, tt := range []struct {
		name   string
		change func(*Bound)
		want   string
	}{
		{"nothing", func(b *Bound) { *b = Bound{} }, "not an alert policy: the bound policy has a period of 0s; make it by Policy.Bind\n" +
			"not an alert policy: the bound policy has no target below 100%; make it by Policy.Bind"},
		{"target", func(b *Bound) { b.Objective.Target = slo.MustRatio("100%") }, `not an alert policy: the bound policy "workbook" has no target below 100%; make it by Policy.Bind`},
		{"window", func(b *Bound) { b.Pairs[1].Short = 0 }, `not an alert policy: pair 2 of the bound policy "workbook" has the windows 6h0m0s and 0s, the hold 0s and the threshold 0.006; make it by Policy.Bind`},
		{"threshold", func(b *Bound) { b.Pairs[0].Threshold = math.NaN() }, `not an alert policy: pair 1 of the bound policy "workbook" has the windows 1h0m0s and 5m0s, the hold 0s and the threshold NaN; make it by Policy.Bind`},
		{"factor", func(b *Bound) { b.Pairs[0].Share, b.Pairs[0].Pair.Factor = slo.Ratio{}, math.NaN() }, `not an alert policy: pair 1 of the bound policy "workbook" has the factor NaN; make it by Policy.Bind`},
	} {
		b := good
		b.Pairs = slices.Clone(good.Pairs)
		tt.change(&b)
		_, err := Analyse(b, AnalyserOptions{})
		if !errors.Is(err, ErrPolicy) || err.Error() != tt.want {
			t.Errorf("%s: Analyse: got %v, want\n%s", tt.name, err, tt.want)
		}
		_, err = Backtest(context.Background(), b, weekOfTrouble(), BacktestOptions{})
		if !errors.Is(err, ErrPolicy) || err.Error() != tt.want {
			t.Errorf("%s: Backtest: got %v, want\n%s", tt.name, err, tt.want)
		}
	}
}

// Percentiles of fewer draws than lie beyond them are no percentiles.
func TestResamplesSufficeForTheLevel(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	for _, tt := range []struct {
		opt  BacktestOptions
		want string
	}{
		{BacktestOptions{Resamples: 39}, "not usable options: 39 resamples; an interval at the level 0.95 needs 40 at least"},
		{BacktestOptions{Resamples: 40}, ""},
		{BacktestOptions{Resamples: 19, Level: 0.9}, "not usable options: 19 resamples; an interval at the level 0.9 needs 20 at least"},
		{BacktestOptions{Resamples: 20, Level: 0.9}, ""},
		{BacktestOptions{Level: 0.9999}, ""}, // the default grows
		{BacktestOptions{Level: 0.9999999}, "not usable options: level 0.9999999; intervals at it need more than 1,000,000 resamples"},
	} {
		tt.opt.Source = rand.NewPCG(1, 2)
		_, err := Backtest(context.Background(), b, weekOfTrouble()[:3000], tt.opt)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%d at %v: got %q, want %q", tt.opt.Resamples, tt.opt.Level, got, tt.want)
		}
	}
}
