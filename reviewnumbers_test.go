package ownership_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
)

// reviewed is the review of a service of a catalog in a few lines, and its text
// without line ends.
func reviewed(t *testing.T, spec string, m ownership.Measurements) (ownership.Review, string) {
	t.Helper()
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: "a.yaml", Data: []byte(spec)}}, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if m.At.IsZero() {
		m.At = reviewAt
	}
	r, err := catalog.Review(t.Context(), catalog.Services[0], m)
	if err != nil {
		t.Fatal(err)
	}
	return r, strings.Join(strings.Fields(r.String()), " ")
}

// counted are the points of so many steps that end at the instant.
func counted(end time.Time, n int, step time.Duration, events func(end time.Time) slo.Counts) []ownership.ObjectivePoints {
	points := make([]slo.Point, n)
	for i := range points {
		t := end.Add(-time.Duration(n-1-i) * step)
		points[i] = slo.Point{Time: t, Counts: events(t)}
	}
	return []ownership.ObjectivePoints{{Points: points}}
}

func steady(bad, total float64) func(time.Time) slo.Counts {
	return func(time.Time) slo.Counts { return slo.Counts{Bad: bad, Total: total} }
}

// Of time slices the alerts watch the share of bad ones: six bad slices in a row
// are half of an hour, above 14.4 times 1 %, and page every day.
func TestSlicesAreReplayedAsSlices(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{error_rate: p99 < 0.1%}]}"
	points := counted(reviewAt, 28*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
		if end.Hour() == 12 && end.Minute() < 30 {
			return slo.Counts{Bad: 20, Total: 10000}
		}
		return slo.Counts{Bad: 1, Total: 10000}
	})
	points[0].Objective = "error-rate-p99"
	r, _ := reviewed(t, spec, ownership.Measurements{Points: points})
	o := r.Objectives[0]
	if got := o.Backtest.Scores[0]; got.Severity != alerting.Page || got.Alerts != 28 || math.Abs(got.PerWeek-7) > 0.01 {
		t.Errorf("%d pages, %v a week, want one a day", got.Alerts, got.PerWeek)
	}
	if o.Backtest.Counts != (slo.Counts{Bad: 28 * 6, Total: 28 * 24 * 12}) {
		t.Errorf("replayed %+v, want slices", o.Backtest.Counts)
	}
	for _, l := range r.Levers {
		for _, s := range l.Settings {
			if s.Present && s.PagesPerWeek != nil && math.Abs(*s.PagesPerWeek-7) > 0.01 {
				t.Errorf("%s: %v pages a week at present, want 7", l.Kind, *s.PagesPerWeek)
			}
		}
	}
}

// A slice of five minutes cannot be judged by counts of an hour: the eleven slices
// between two counts would all be empty, and good.
func TestSlicesNeedCountsAsFine(t *testing.T) {
	points := counted(reviewAt, 28*24, time.Hour, steady(20, 10000))
	points[0].Objective = "error-rate-p99"
	_, text := reviewed(t, "service: {name: a, owner_team: t, responsibilities: [{error_rate: p99 < 0.1%}]}", ownership.Measurements{Points: points})
	if want := "error-rate-p99: not measured, for its counts are 1h apart and its slices 5m long; give counts at most 5m apart."; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// One stray point of another century does not cost its slices.
func TestTooManySlicesAreNotReplayed(t *testing.T) {
	points := counted(reviewAt, 28*24*12, 5*time.Minute, steady(1, 10000))
	points[0].Objective = "error-rate-p99"
	points[0].Points = append(points[0].Points, slo.Point{Time: reviewAt.AddDate(-200, 0, 0), Counts: slo.Counts{Total: 1}})
	r, text := reviewed(t, "service: {name: a, owner_team: t, responsibilities: [{error_rate: p99 < 0.1%}]}", ownership.Measurements{Points: points})
	if want := "slices, more than 1000000; give a shorter history"; !strings.Contains(r.Objectives[0].Unreplayed, want) || !strings.Contains(text, want) {
		t.Errorf("unreplayed %q, want %q", r.Objectives[0].Unreplayed, want)
	}
}

// A slice without traffic is good; one of which nothing is known is not, and where
// nothing is known of any there is no review.
func TestSlicesWithoutDataAreNotGood(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{error_rate: p99 < 0.1%}]}"
	for _, c := range []struct {
		end  time.Time
		want string
	}{
		{reviewAt.AddDate(0, 0, -60), "error-rate-p99: not measured, for there are no counts in its window."},
		{reviewAt.AddDate(0, 0, 60), "error-rate-p99: not measured, for there are no counts in its window."},
		{reviewAt.AddDate(0, 0, -15), "data for 50% of the window only; slices without data are counted as good"},
	} {
		points := counted(c.end, 28*24*12, 5*time.Minute, steady(1, 10000))
		points[0].Objective = "error-rate-p99"
		if _, text := reviewed(t, spec, ownership.Measurements{Points: points}); !strings.Contains(text, c.want) {
			t.Errorf("counts until %v: no %q in\n%s", c.end, c.want, text)
		}
	}
}

// A service that failed all the time is reviewed as any other.
func TestReviewOfATotalFailure(t *testing.T) {
	const spec = `service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}], release_management: {canary_deployment_strategy: "10% traffic for 30 mins"}}`
	r, text := reviewed(t, spec, ownership.Measurements{Points: counted(reviewAt, 28*24, time.Hour, steady(100, 100))})
	if r.Rollout == nil || !strings.Contains(text, "100000% of the budget spent") || !strings.Contains(text, "a release has to wait") {
		t.Errorf("want a budget spent 1000 times, and releases that wait, in\n%s", text)
	}
}

// Of a history that is wrong throughout one line says so.
func TestWrongHistoryIsOneFinding(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}], capacity_planning: {metrics: [cpu_utilization]}}"
	values := make([]float64, 500)
	for i := range values {
		values[i] = math.Inf(1)
	}
	r, _ := reviewed(t, spec, ownership.Measurements{Metrics: []ownership.MetricHistory{{Metric: "cpu_utilization", Series: capacity.Series{Start: reviewAt.AddDate(0, 0, -30), Step: time.Hour, Values: values}}}})
	i := slices.IndexFunc(r.Findings, func(f ownership.Finding) bool { return f.Code == "not-forecast" })
	if i < 0 || strings.Contains(r.Findings[i].Reason, "\n") || !strings.HasSuffix(r.Findings[i].Reason, ", and more like it") {
		t.Errorf("findings %.300q, want one of code not-forecast, in one line", fmt.Sprint(r.Findings))
	}
}

// What comes after the review's instant is not known to it.
func TestReviewLooksAtNothingAfterItsInstant(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}], capacity_planning: {metrics: [cpu_utilization]}}"
	points := counted(reviewAt.AddDate(0, 0, 7), 35*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
		if end.After(reviewAt) && end.Before(reviewAt.Add(2*time.Hour)) {
			return slo.Counts{Bad: 5000, Total: 10000}
		}
		return slo.Counts{Bad: 1, Total: 10000}
	})
	values := make([]float64, 35*24)
	for i := range values {
		values[i] = 0.5 + 0.01*math.Sin(float64(i))
		if i >= 28*24 {
			values[i] = 0.99
		}
	}
	m := ownership.Measurements{Points: points, Metrics: []ownership.MetricHistory{{Metric: "cpu_utilization", Series: capacity.Series{Start: reviewAt.AddDate(0, 0, -28), Step: time.Hour, Values: values}}}}
	r, _ := reviewed(t, spec, m)
	o := r.Objectives[0]
	if o.Backtest.Overall.Alerts != 0 || o.Backtest.End.After(reviewAt) {
		t.Errorf("replayed until %v with %d alerts, want none before the instant", o.Backtest.End, o.Backtest.Overall.Alerts)
	}
	for _, l := range r.Levers {
		for _, s := range l.Settings {
			if s.PagesPerWeek != nil && *s.PagesPerWeek != 0 {
				t.Errorf("%s %s: %v pages a week, want none", l.Kind, s.Name, *s.PagesPerWeek)
			}
		}
	}
	if h := r.Outlooks[0].History; !h.End().Equal(reviewAt) {
		t.Errorf("the forecast begins at %v, want %v", h.End(), reviewAt)
	}
	if len(m.Metrics[0].Series.Values) != 35*24 || m.Metrics[0].Series.Values[34*24] != 0.99 {
		t.Error("the review changed its input")
	}
}

// One incident is one page, however far apart its counts are.
func TestCoarseCountsDoNotPageAnew(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}"
	for _, step := range []time.Duration{5 * time.Minute, 10 * time.Minute, time.Hour} {
		points := counted(reviewAt, int(28*24*time.Hour/step), step, func(end time.Time) slo.Counts {
			if ago := reviewAt.Sub(end); ago >= 100*time.Hour && ago < 110*time.Hour {
				return slo.Counts{Bad: 1000, Total: 10000}
			}
			return slo.Counts{Bad: 1, Total: 10000}
		})
		r, _ := reviewed(t, spec, ownership.Measurements{Points: points})
		for _, l := range r.Levers[:2] {
			for _, s := range l.Settings {
				if s.PagesPerWeek != nil && s.Name != "99.99%" && math.Abs(*s.PagesPerWeek-0.25) > 0.001 {
					t.Errorf("counts %v apart, %s %s: %v pages a week, want one in four weeks", step, l.Kind, s.Name, *s.PagesPerWeek)
				}
			}
		}
	}
}

// A forecast begins where its history ends; if that is long ago, it is said.
func TestOldHistoryIsTold(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}], capacity_planning: {metrics: [cpu_utilization]}}"
	values := make([]float64, 60*24)
	for i := range values {
		values[i] = 0.5 + 0.01*math.Sin(float64(i))
	}
	for _, c := range []struct {
		end  time.Time
		want bool
	}{{reviewAt, false}, {reviewAt.Add(-90 * time.Minute), false}, {reviewAt.AddDate(0, 0, -40), true}} {
		series := capacity.Series{Start: c.end.Add(-60 * 24 * time.Hour), Step: time.Hour, Values: values}
		r, text := reviewed(t, spec, ownership.Measurements{Metrics: []ownership.MetricHistory{{Metric: "cpu_utilization", Series: series}}})
		told := slices.ContainsFunc(r.Outlooks[0].Warnings, func(w capacity.Warning) bool { return w.Code == "history-ends-early" })
		if told != c.want || strings.Contains(text, "history-ends-early: the history ends 40d before the review, and the forecast of 28d begins there") != c.want {
			t.Errorf("a history that ends at %v: told %v, want %v", c.end, told, c.want)
		}
	}
}

// A release that began before the window has spent what nobody counts any more.
func TestReleasesBeforeTheWindow(t *testing.T) {
	m := ownership.Measurements{From: reviewAt.AddDate(0, 0, -400), Points: counted(reviewAt, 90*24, time.Hour, steady(2, 10000))}
	for _, days := range []int{10, 80, 60, 40} {
		m.Releases = append(m.Releases, ownership.ReleaseRecord{Name: fmt.Sprint("v", days), Start: reviewAt.AddDate(0, 0, -days), Verdict: "promote"})
	}
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}"
	r, text := reviewed(t, spec, m)
	var names []string
	var known []bool
	for _, x := range r.Releases {
		names, known = append(names, x.Name), append(known, x.Known)
	}
	if want := []string{"v80", "v60", "v40", "v10"}; !slices.Equal(names, want) {
		t.Fatalf("releases %v, want %v", names, want)
	}
	// At a burn of 0.2, twenty of the thirty days spend 13.3 %: v40 goes back ten days more.
	if want := []bool{false, false, true, true}; !slices.Equal(known, want) || !strings.Contains(text, "at least 13.3%") || !strings.Contains(text, "promote 6.67%") {
		t.Errorf("known %v, want %v; and at least 13.3%% of v40, 6.67%% of v10 in\n%s", known, want, text)
	}
	m.Points = nil
	r, _ = reviewed(t, spec, m)
	if r.Releases[0].Name != "v80" {
		t.Errorf("%s stands first, want releases by start, measured or not", r.Releases[0].Name)
	}
}

// The burn rate is that of what it was taken from.
func TestBurnRateOfADayWithoutTraffic(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}"
	_, text := reviewed(t, spec, ownership.Measurements{Points: counted(reviewAt.AddDate(0, 0, -4), 20*24, time.Hour, steady(5, 10000))})
	if want := "at the burn rate of the window, 0.5, for there was no traffic on its last day, the budget runs out by"; !strings.Contains(text, want) || strings.Contains(text, "burn rate of the last day") {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// Counts prove much, and never everything; and shares below 100 % are never shown
// as 100 %.
func TestNothingIsCertain(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.999%}]}"
	for _, c := range []struct {
		bad  float64
		want string
	}{
		{1, "with a probability of more than 99.99%"},
		{1000, "with a probability of less than 0.01%"},
	} {
		_, text := reviewed(t, spec, ownership.Measurements{Points: counted(reviewAt, 28*24, time.Hour, steady(c.bad, 2_000_000))})
		if !strings.Contains(text, c.want) {
			t.Errorf("%v bad: no %q in\n%s", c.bad, c.want, text)
		}
	}
	_, text := reviewed(t, spec, ownership.Measurements{Points: counted(reviewAt, 28*24, time.Hour, steady(1, 2_000_000))})
	if want := "99.9999% good, 5% of the budget spent"; !strings.Contains(text, want) || strings.Contains(text, "good 100%") {
		t.Errorf("no %q in\n%s", want, text)
	}
}

// What softening a dependency gives back is what is at stake with it, not what all
// of them take together.
func TestStakeOfADependencyIsItsOwn(t *testing.T) {
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: "a.yaml", Data: []byte(`
service: {name: a, owner_team: t, depends_on: [small, large, unknown], responsibilities: [{availability: 99.9%}]}
---
service: {name: small, owner_team: t, responsibilities: [{availability: 99.99%}]}
---
service: {name: large, owner_team: t, responsibilities: [{availability: 99%}]}
---
service: {name: unknown, owner_team: t}
`)}}, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := catalog.Review(t.Context(), catalog.Services[0], ownership.Measurements{At: reviewAt})
	if err != nil {
		t.Fatal(err)
	}
	stakes := map[string]float64{}
	for _, n := range r.Next {
		if n.Lever == response.LeverArchitecture {
			stakes[n.What] = n.Stake
		}
	}
	// 1 - 0.9999·0.99 = 0.010099 is 10.099 budgets; without small 10, without large 0.1.
	if got := stakes["Make large soft or double it, or promise less"]; math.Abs(got-9.999) > 1e-9 {
		t.Errorf("at stake with large: %v, want 9.999 (all: %v)", got, stakes)
	}
	if got := stakes["Make small soft or double it, or promise less"]; math.Abs(got-0.099) > 1e-9 {
		t.Errorf("at stake with small: %v, want 0.099 (all: %v)", got, stakes)
	}
	if len(stakes) != 2 {
		t.Errorf("%v: want nothing about what promises nothing", stakes)
	}
}

// A target at which an incident pages nobody has no time of detection, least of all
// that of an outage that there was not.
func TestMissedIncidentsHaveNoDetection(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}"
	points := counted(reviewAt, 28*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
		if ago := reviewAt.Sub(end); ago > 240*time.Hour && ago <= 241*time.Hour {
			return slo.Counts{Bad: 500, Total: 10000}
		}
		return slo.Counts{Total: 10000}
	})
	r, _ := reviewed(t, spec, ownership.Measurements{Points: points})
	l := r.Levers[0]
	if s := l.Settings[0]; s.Name != "99%" || s.PagesPerWeek == nil || *s.PagesPerWeek != 0 || s.Detection != nil {
		t.Errorf("at %s %v pages a week and detection %v, want 0 and none", s.Name, *s.PagesPerWeek, s.Detection)
	}
	if s := l.Settings[1]; !s.Present || s.Detection == nil {
		t.Errorf("at %s: detection %v, want that of the incident", s.Name, s.Detection)
	}
}

// Runs of runbooks count where they are of the period.
func TestRunsAreOfThePeriod(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}], incident_response: {runbooks: [{path: /a.md}]}}"
	logged := func(ago time.Duration) []run.Record {
		began := reviewAt.Add(-ago)
		return []run.Record{
			{Seq: 1, Time: began, Run: "r", Event: run.Began, Runbook: "a.md"},
			{Seq: 2, Time: began.Add(time.Minute), Run: "r", Event: run.Answered, Step: "look", Mode: runbook.Manual, Before: run.Handed, After: run.Done, Took: 20 * time.Minute},
		}
	}
	m := ownership.Measurements{Runbooks: &runbook.Library{}, Logs: [][]run.Record{logged(24 * time.Hour), logged(48 * time.Hour), logged(400 * 24 * time.Hour), logged(-24 * time.Hour)}}
	r, _ := reviewed(t, spec, m)
	if n := r.Runbooks.Done.Manual; n != 2 {
		t.Fatalf("%d steps by hand, want the 2 of the period", n)
	}
	i := slices.IndexFunc(r.Levers, func(l ownership.Lever) bool { return l.Kind == response.LeverAutomation })
	if toil := r.Levers[i].Settings[0].Toil; toil == nil || *toil != 10*time.Minute {
		t.Errorf("toil %v a week, want 40 minutes in four weeks", toil)
	}
}

// Working hours are those of the team's clock: ten in the morning in Tokyo is one in
// the morning in UTC.
func TestWorkingHoursAreTheTeams(t *testing.T) {
	const spec = "service:\n  {name: a, owner_team: t, responsibilities: [{availability: 99.9%%}]}\n---\nteam:\n  {name: t, time_zone: %s, members: [ana]}\n"
	tuesday := time.Date(2026, 3, 24, 1, 0, 0, 0, time.UTC)
	points := counted(reviewAt, 28*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
		if end.After(tuesday) && end.Before(tuesday.Add(time.Hour)) {
			return slo.Counts{Bad: 5000, Total: 10000}
		}
		return slo.Counts{Bad: 1, Total: 10000}
	})
	for zone, want := range map[string]int{"Asia/Tokyo": 0, "UTC": 1} {
		r, text := reviewed(t, fmt.Sprintf(spec, zone), ownership.Measurements{Points: points})
		if got := r.Objectives[0].Backtest.Scores[0]; got.Alerts != 1 || got.OffHours != want {
			t.Errorf("%s: %d of %d pages outside working hours, want %d", zone, got.OffHours, got.Alerts, want)
		}
		if !strings.Contains(text, "outside Mon–Fri 9–17 "+zone) {
			t.Errorf("%s: the table does not say which hours", zone)
		}
	}
}

// Sites are where people are, and not where the schedule's clock is.
func TestSitesAreWherePeopleAre(t *testing.T) {
	const spec = `
service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}
---
team:
  name: t
  time_zone: Europe/Berlin
  members: [{name: ana}, {name: ben, time_zone: Asia/Tokyo}, {name: cai, time_zone: America/New_York}]
  schedule: {rotation: weekly, handoff: Monday 09:00, time_zone: Europe/Berlin, start: 2026-01-05, members: [ana, ben, cai]}
`
	_, text := reviewed(t, spec, ownership.Measurements{})
	if strings.Contains(text, "3 people at Europe/Berlin") || !strings.Contains(text, "1 person at Asia/Tokyo") {
		t.Errorf("want one person at each of three sites in\n%s", text)
	}
}

// Of several entries in one file each has the findings about itself, and the catalog
// what is about none of them.
func TestFindingsStandWithTheirEntry(t *testing.T) {
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: "a.yaml", Data: []byte(`
service:
  name: a
  owner_team: t
  responsibilities: [{availability: 99.9%}]
---
service:
  name: b
  owner_team: t
  responsibilities: [{availability: 99.9%}]
  monitoring: {alerts: [{name: Bees, threshold: 1%, severity: critical, handler: pager}]}
---
team:
  name: t
  members: [ana]
  handlers: [{name: pager, type: abacus}]
`)}}, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := catalog.ReviewAll(t.Context(), ownership.CatalogReviewOptions{At: reviewAt})
	if err != nil {
		t.Fatal(err)
	}
	count := func(findings []ownership.Finding, text string) (n int) {
		for _, f := range findings {
			if strings.Contains(f.String(), text) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		text    string
		a, b, c int
	}{{"Bees", 0, count(catalog.Findings, "Bees"), 0}, {"team.handlers[0]", 0, 0, 1}} {
		a, b, rest := count(all.Services[0].Findings, c.text), count(all.Services[1].Findings, c.text), count(all.Findings, c.text)
		if a != c.a || b != c.b || rest != c.c || a+b+rest == 0 {
			t.Errorf("%s: %d with a, %d with b, %d with the catalog, want %d, %d, %d", c.text, a, b, rest, c.a, c.b, c.c)
		}
	}
}

// The overview shows the objective that has least left, and the pages of all.
func TestOverviewCountsAllObjectives(t *testing.T) {
	catalog, err := ownership.ReadFiles([]ownership.File{{Name: "a.yaml", Data: []byte("service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}, {latency: p99 < 1s}]}")}}, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	points := func(bad float64) []slo.Point {
		return counted(reviewAt, 28*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
			if end.Weekday() == time.Tuesday && end.Hour() == 10 {
				return slo.Counts{Bad: bad, Total: 10000}
			}
			return slo.Counts{Total: 10000}
		})[0].Points
	}
	v, err := catalog.ReviewAll(t.Context(), ownership.CatalogReviewOptions{At: reviewAt, Measurements: func(string) ownership.Measurements {
		return ownership.Measurements{Points: []ownership.ObjectivePoints{{Points: points(300)}, {Objective: "latency-p99", Points: points(5000)}}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	// Of 672 hours four had 3 % bad: 17.9 % of 0.1 %; and 50 %: 29.8 % of 1 %. Both
	// paged every Tuesday.
	text := strings.Join(strings.Fields(v.String()), " ")
	if want := "a t ✓ 70.2% 2 "; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, v.String())
	}
}

// On the second day of a month the budget is that of the month: a quarter of an hour
// without service is a third of it, and five times that of the traffic so far.
func TestBudgetOfACalendarMonth(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: {target: 99.9%, window: per month, name: o}}]}"
	at := time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)
	points := counted(at, 40*24*12, 5*time.Minute, func(end time.Time) slo.Counts {
		if ago := at.Sub(end); ago >= 10*time.Hour && ago < 10*time.Hour+15*time.Minute {
			return slo.Counts{Bad: 1000, Total: 1000}
		}
		return slo.Counts{Total: 1000}
	})
	r, text := reviewed(t, spec, ownership.Measurements{At: at, Points: points, Releases: []ownership.ReleaseRecord{{Name: "v1", Start: at.Add(-20 * time.Hour), Verdict: "promote"}}})
	// 3 of the month's 8640 slots, of which 8.64 may fail.
	const spent = 3 / 8.64
	for _, want := range []string{"34.7% of the budget spent", "65.3% of the budget left, with 95% confidence between 64", "UTC 34.7%"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if got := r.Releases[0].Spent; math.Abs(got-spent) > 1e-9 {
		t.Errorf("the release spent %v, want %v", got, spent)
	}
	for _, s := range r.Levers[0].Settings {
		if want := 1 - spent; s.Present && math.Abs(*s.BudgetLeft-want) > 1e-9 {
			t.Errorf("budget left %v, want %v", *s.BudgetLeft, want)
		}
	}
	if slices.ContainsFunc(r.Next, func(n ownership.NextStep) bool { return strings.HasPrefix(n.What, "Stop releases") }) {
		t.Errorf("next %v: the budget is not spent", r.Next)
	}
}

// A name that fits nothing is told, with those that would.
func TestMeasurementsOfNothing(t *testing.T) {
	m := ownership.Measurements{
		Points:  []ownership.ObjectivePoints{{Objective: "availabilty", Points: reviewPoints(0)}},
		Metrics: []ownership.MetricHistory{{Metric: "cpu"}},
	}
	_, text := reviewed(t, "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}, {latency: p99 < 1s}]}", m)
	for _, want := range []string{
		`measurements are given of "availabilty", which is no objective of the spec; name availability or latency-p99`,
		`measurements are given of "cpu", which is no metric of the spec; leave them out`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// Incidents that nobody was paged for are of the period, like its budget.
func TestMissedIncidentsAreOfThePeriod(t *testing.T) {
	const spec = "service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}]}"
	points := counted(reviewAt, 90*24*12, 5*time.Minute, steady(1, 10000))
	m := ownership.Measurements{Points: points}
	for _, days := range []int{80, 60, 40, 3} {
		start := reviewAt.AddDate(0, 0, -days)
		m.Incidents = append(m.Incidents, alerting.Incident{Start: start, End: start.Add(10 * time.Hour)})
	}
	_, text := reviewed(t, spec, m)
	if want := "1 of 1 incidents paged nobody"; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
}
