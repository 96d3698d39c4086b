package ownership_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/slo"
)

var reviewAt = time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC)

// reviewPoints are five minutes each of 28 days at a steady rate, with one outage of that many minutes.
func reviewPoints(outage int) []slo.Point {
	var points []slo.Point
	for i := range 28 * 24 * 12 {
		p := slo.Point{Time: reviewAt.Add(-time.Duration(28*24*12-1-i) * 5 * time.Minute), Counts: slo.Counts{Total: 30000, Bad: 3}}
		if i >= 4000 && i < 4000+outage/5 {
			p.Bad = 6000
		}
		points = append(points, p)
	}
	return points
}

func measuredShop(t *testing.T) (ownership.Catalog, ownership.Measurements) {
	t.Helper()
	files := exemplary()
	catalog, evidence := readExemplary(t, files)
	values := make([]float64, 8*7*24)
	for i := range values {
		values[i] = 0.5 + 0.1*math.Sin(float64(i)*2*math.Pi/24) + 0.0001*float64(i)
	}
	return catalog, ownership.Measurements{
		At:       reviewAt,
		Points:   []ownership.ObjectivePoints{{Points: reviewPoints(30)}},
		Metrics:  []ownership.MetricHistory{{Metric: "cpu_utilization", Series: capacity.Series{Start: reviewAt.AddDate(0, 0, -56), Step: time.Hour, Values: values}}},
		Fired:    []ownership.FiredAlert{{Name: "HighErrorRateAlert", Severity: alerting.Page, Start: reviewAt.AddDate(0, 0, -14), End: reviewAt.AddDate(0, 0, -14).Add(time.Hour)}, {Name: "long ago", Start: reviewAt.AddDate(-1, 0, 0), End: reviewAt.AddDate(-1, 0, 1)}},
		Releases: []ownership.ReleaseRecord{{Name: "v2", Start: reviewAt.AddDate(0, 0, -15), End: reviewAt.AddDate(0, 0, -15).Add(time.Hour), Verdict: "promote", Evidence: "enough"}},
		Runbooks: evidence.Runbooks,
		Work:     []response.Work{{Person: "ana", Service: "shop", Kind: response.WorkPage, Start: reviewAt.AddDate(0, 0, -14), Duration: 40 * time.Minute}},
	}
}

func TestReviewHoldsEverything(t *testing.T) {
	catalog, m := measuredShop(t)
	shop, _ := catalog.Service("shop")
	r, err := catalog.Review(t.Context(), shop, m)
	if err != nil {
		t.Fatal(err)
	}
	o := r.Objectives[0]
	budget, err := o.Objective.BudgetAt(m.Points[0].Points, reviewAt)
	if err != nil || !o.Measured() || o.Budget.Consumed != budget.Consumed {
		t.Errorf("budget %v, %v, want that of slo, %v", o.Budget.Consumed, err, budget.Consumed)
	}
	if len(o.Backtest.Incidents) != 1 || o.Backtest.Overall.Detected != 1 {
		t.Errorf("backtest: %+v, want one incident, found", o.Backtest.Overall)
	}
	if len(r.Fired) != 1 || r.Fired[0].Name != "HighErrorRateAlert" {
		t.Errorf("fired %v, want the one of the period", r.Fired)
	}
	if len(r.Outlooks) != 1 || !r.Outlooks[0].Limited {
		t.Errorf("%d outlooks, want that of cpu_utilization with its limit", len(r.Outlooks))
	}
	if len(r.Releases) != 1 || !r.Releases[0].Known || r.Releases[0].Spent < 0.2 {
		t.Errorf("releases %+v, want v2 with the budget of the outage after it", r.Releases)
	}
	if r.OnCall == nil || r.OnCall.Missing != "" || len(r.OnCall.Now) != 1 || len(r.OnCall.Load.People) != 2 {
		t.Errorf("on call: %+v", r.OnCall)
	}
	if r.Runbooks == nil || r.Runbooks.Coverage.Counts.Complete != 1 {
		t.Errorf("runbooks: %+v", r.Runbooks)
	}
	var kinds []string
	for _, l := range r.Levers {
		if !slices.Contains(kinds, l.Kind) {
			kinds = append(kinds, l.Kind)
		}
		if l.Rests == "" && l.Missing == "" {
			t.Errorf("lever %s of %q says neither what it rests on nor what is missing", l.Kind, l.What)
		}
	}
	if len(kinds) != 4 {
		t.Errorf("levers %v, want all four", kinds)
	}
	text, page := r.String(), r.HTML()
	for _, section := range []string{"What to do next", "Objectives", "Alerts", "On call", "Work", "Runbooks", "Capacity", "Release", "Levers", "Findings"} {
		if !strings.Contains(text, "\n"+section+"\n---") || !strings.Contains(page, "<h2>"+section+"</h2>") || !strings.Contains(r.Markdown(), "\n## "+section+"\n") {
			t.Errorf("section %q is not in every form", section)
		}
	}
	for _, kind := range []string{"<script", "http-equiv=\"refresh\"", "src=", "@import", "url("} {
		if strings.Contains(page, kind) {
			t.Errorf("the page holds %q", kind)
		}
	}
	if again, err := catalog.Review(t.Context(), shop, m); err != nil || again.HTML() != page || again.String() != text {
		t.Errorf("the same input gives another review (%v)", err)
	}
}

// A spec and an instant are enough; what is missing is named.
func TestReviewNamesWhatIsMissing(t *testing.T) {
	s, err := ownership.Read("a.yaml", []byte("service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}, {latency: p99 < 1s}]}"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ownership.Catalog{Services: []ownership.Service{s}}.Review(t.Context(), s, ownership.Measurements{At: reviewAt})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(r.String()), " ") // lines are wrapped
	for _, want := range []string{
		"availability: not measured, for no counted events are given for it.",
		"Missing: which steps are run: give Runbooks and the Logs of runs.",
		"Missing: hard dependencies: none is described in depends_on.",
		"Missing for availability: no counted events are given for it",
		"nobody can be told: ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, r.String())
		}
	}
	for _, bad := range []string{"NaN", "Inf", "0001-01-01"} {
		if strings.Contains(text, bad) {
			t.Errorf("the review holds %q", bad)
		}
	}
}

func TestReviewErrors(t *testing.T) {
	catalog, m := measuredShop(t)
	shop, _ := catalog.Service("shop")
	m.At = time.Time{}
	if _, err := catalog.Review(t.Context(), shop, m); err == nil || !strings.Contains(err.Error(), "set Measurements.At") {
		t.Errorf("no instant: %v", err)
	}
	m.At, m.From = reviewAt, reviewAt
	if _, err := catalog.Review(t.Context(), shop, m); err == nil || !strings.Contains(err.Error(), "not after its begin") {
		t.Errorf("no period: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.From = time.Time{}
	if _, err := catalog.Review(ctx, shop, m); err == nil {
		t.Error("a cancelled context gave a review")
	}
	m.Points = []ownership.ObjectivePoints{{Points: []slo.Point{{Time: reviewAt, Counts: slo.Counts{Bad: 2, Total: 1}}}}}
	if _, err := catalog.Review(t.Context(), shop, m); err == nil || !strings.HasPrefix(err.Error(), `review: objective "availability": `) {
		t.Errorf("bad counts: %v", err)
	}
}

// The effects of the levers are those of the functions that compute them.
func TestLeversAreComputed(t *testing.T) {
	catalog, m := measuredShop(t)
	for i := range catalog.Services {
		if catalog.Services[i].Name == "shop" {
			catalog.Services[i].DependsOn[0].Soft = false
		}
	}
	shop, _ := catalog.Service("shop")
	r, err := catalog.Review(t.Context(), shop, m)
	if err != nil {
		t.Fatal(err)
	}
	find := func(kind string) ownership.Lever {
		i := slices.IndexFunc(r.Levers, func(l ownership.Lever) bool { return l.Kind == kind })
		return r.Levers[i]
	}
	names := func(l ownership.Lever) (out []string) {
		for _, s := range l.Settings {
			out = append(out, s.Name)
		}
		return out
	}
	objectives := find(response.LeverObjectives)
	if got := names(objectives); !slices.Equal(got, []string{"99%", "99.9%", "99.99%"}) {
		t.Fatalf("targets %v", got)
	}
	for _, s := range objectives.Settings {
		moved := r.Objectives[0].Objective
		moved.Target = slo.MustRatio(s.Name)
		b, err := moved.BudgetAt(m.Points[0].Points, reviewAt)
		if err != nil || s.BudgetLeft == nil || *s.BudgetLeft != b.Remaining {
			t.Errorf("%s: budget left %v, want %v (%v)", s.Name, s.BudgetLeft, b.Remaining, err)
		}
		if s.Present != (s.Name == "99.9%") {
			t.Errorf("%s: present %v", s.Name, s.Present)
		}
		if s.PagesPerWeek != nil && (s.Toil == nil || math.Abs(s.Toil.Minutes()-40**s.PagesPerWeek) > 1e-6) {
			t.Errorf("%s: toil %v of %v pages that take 40 minutes each", s.Name, s.Toil, *s.PagesPerWeek)
		}
	}
	thresholds := find(response.LeverThresholds)
	if !thresholds.Settings[0].Present || thresholds.Settings[0].Name != "workbook" || len(thresholds.Settings) < 5 {
		t.Errorf("policies %v, want the present one and the presets", names(thresholds))
	}
	report, err := alerting.Backtest(t.Context(), bindWorkbook(t, r.Objectives[0].Objective), m.Points[0].Points, alerting.BacktestOptions{Slack: 5 * time.Minute})
	if err != nil || *thresholds.Settings[0].PagesPerWeek != report.Scores[0].PerWeek || *thresholds.Settings[0].Detection != report.Scores[0].Delay.P50 {
		t.Errorf("pages %v and detection %v, want %v and %v (%v)", *thresholds.Settings[0].PagesPerWeek, *thresholds.Settings[0].Detection, report.Scores[0].PerWeek, report.Scores[0].Delay.P50, err)
	}
	// 99.9 % stands on 99.99 %: hard it leaves 0.9999, soft 1, two of them 1-1e-8.
	architecture := find(response.LeverArchitecture)
	for i, want := range []string{"1", "0.9999", "0.99999999"} {
		if got := architecture.Settings[i].Ceiling.String(); got != want {
			t.Errorf("%s: ceiling %s, want %s", architecture.Settings[i].Name, got, want)
		}
	}
	if left := *architecture.Settings[1].BudgetLeft; math.Abs(left-0.9) > 1e-12 {
		t.Errorf("a dependency of 99.99 %% leaves %v of the budget of 99.9 %%, want 0.9", left)
	}
	if c := architecture.Settings[2].Capacity; c == nil || *c != 0.5 {
		t.Errorf("capacity with one of two down: %v, want 0.5", c)
	}
}

func bindWorkbook(t *testing.T, o slo.Objective) alerting.Bound {
	t.Helper()
	b, err := alerting.Workbook().Bind(o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNextStepsAreOrderedByBudgetAtStake(t *testing.T) {
	files := exemplary()
	files["shop.yaml"] = &fstest.MapFile{Data: []byte(strings.NewReplacer("members: [ana, ben]", "members: [ana, ben], coverage: Mon-Fri", "handler: pagerduty", "handler: slack").Replace(string(files["shop.yaml"].Data)))}
	delete(files, "runbooks/high-error-rate.md")
	catalog, evidence := readExemplary(t, files)
	shop, _ := catalog.Service("shop")
	r, err := catalog.Review(t.Context(), shop, ownership.Measurements{At: reviewAt, Points: []ownership.ObjectivePoints{{Points: reviewPoints(400)}}, Runbooks: evidence.Runbooks})
	if err != nil {
		t.Fatal(err)
	}
	var whats []string
	for i, n := range r.Next {
		whats = append(whats, n.What)
		if n.Reason == "" || n.Service != "shop" || math.IsNaN(n.Stake) || n.Stake < 0 {
			t.Errorf("%+v", n)
		}
		if i > 0 && (r.Next[i-1].Open && !n.Open || r.Next[i-1].Open == n.Open && r.Next[i-1].Stake < n.Stake) {
			t.Errorf("%+v stands before %+v", r.Next[i-1], n)
		}
	}
	all := strings.Join(whats, "\n")
	for _, want := range []string{"Close the gaps in the schedule", "Stop releases that risk availability", "Write a runbook for HighErrorRateAlert", "Mend service.monitoring.alerts[0].handler"} {
		if !strings.Contains(all, want) {
			t.Errorf("no step %q among\n%s", want, all)
		}
	}
}

// A review that somebody puts together by hand, with less than Review fills in, is
// shown as far as it goes.
func TestReviewsByHandAreShown(t *testing.T) {
	s, err := ownership.Read("a.yaml", []byte("service: {name: a, owner_team: t, responsibilities: [{availability: 99.9%}, {latency: p99 < 1s}]}"))
	if err != nil {
		t.Fatal(err)
	}
	r := ownership.Review{
		Service: s, At: reviewAt, OnCall: &ownership.OnCallReview{}, Runbooks: &ownership.RunbookReview{},
		Objectives: []ownership.ObjectiveReview{{Objective: s.Objectives()[0], Budget: slo.Budget{Ratio: 0.5, Consumed: 500}}},
	}
	for name, text := range map[string]string{"text": r.String(), "markdown": r.Markdown(), "page": r.HTML()} {
		if !strings.Contains(text, "50000% of the budget spent") || strings.Contains(text, "e+0") {
			t.Errorf("%s: want a budget spent 500 times, without an exponent:\n%s", name, text)
		}
	}
}

func TestLeverJSON(t *testing.T) {
	catalog, m := measuredShop(t)
	shop, _ := catalog.Service("shop")
	r, err := catalog.Review(t.Context(), shop, m)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Levers {
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back ownership.Lever
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(l, back, cmp.Comparer(func(a, b slo.Ratio) bool { return a == b })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", l.Kind, diff)
		}
	}
	text, err := json.Marshal(r.Levers[0].Settings[0])
	if err != nil || !strings.Contains(string(text), `"detection_seconds":`) {
		t.Errorf("%s, %v: want detection_seconds", text, err)
	}
}

const hostileName = "<script>alert(1)</script>\"'&\u202e@here|`x`*b*"

func TestHostileNamesAreTextInEveryForm(t *testing.T) {
	long := strings.Repeat("x", 10000)
	s := ownership.Service{
		Name: hostileName, OwnerTeam: hostileName, Description: long,
		Responsibilities: []ownership.Responsibility{{Objective: slo.Objective{Name: hostileName, Target: slo.MustRatio("99.9%")}}},
		Alerts:           []ownership.Alert{{Name: hostileName + "\nnewline", Handler: long}},
		Runbooks:         []ownership.Runbook{{Path: "/" + hostileName}},
		Capacity:         ownership.Capacity{Metrics: []ownership.Metric{{Name: hostileName}}},
		DependsOn:        []ownership.Dependency{{Name: hostileName + "2"}},
	}
	team := ownership.Team{Name: hostileName, Members: []response.Person{{Name: hostileName}}, Schedule: ownership.Schedule{Rotation: ownership.Rotation{Every: 1, Unit: "week"}, Members: []string{hostileName}}}
	catalog := ownership.Catalog{Services: []ownership.Service{s}, Teams: []ownership.Team{team}}
	library, err := runbook.ReadFolder(fstest.MapFS{}, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := ownership.Measurements{
		At: reviewAt, Points: []ownership.ObjectivePoints{{Points: reviewPoints(30)}}, Runbooks: &library,
		Fired:    []ownership.FiredAlert{{Name: hostileName, Start: reviewAt.Add(-time.Hour)}},
		Releases: []ownership.ReleaseRecord{{Name: hostileName, Start: reviewAt.Add(-time.Hour), Verdict: hostileName, Evidence: long}},
	}
	r, err := catalog.Review(t.Context(), s, m)
	if err != nil {
		t.Fatal(err)
	}
	all, err := catalog.ReviewAll(t.Context(), ownership.CatalogReviewOptions{Title: hostileName, At: reviewAt, Measurements: func(string) ownership.Measurements { return m }})
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]string{"service": r.HTML(), "catalog": all.HTML()} {
		for _, bad := range []string{"<script", "\u202e", "alert(1)</script>"} {
			if strings.Contains(page, bad) {
				t.Errorf("the page of the %s holds %q", name, bad)
			}
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("the page of the %s does not show the name as text", name)
		}
	}
	for name, text := range map[string]string{"text": r.String() + all.String(), "markdown": r.Markdown() + all.Markdown()} {
		if strings.ContainsAny(text, "\u202e\x1b") || name == "markdown" && (strings.Contains(text, "<script") || strings.Contains(text, " @here")) {
			t.Errorf("%s lets a name through", name)
		}
	}
}

// fleet is a catalog of n services in circles of ten teams, each with a hard
// dependency on the one before.
func fleet(t testing.TB, n int) ownership.Catalog {
	t.Helper()
	files := fstest.MapFS{}
	for i := range n {
		depends := ""
		if i%10 != 0 {
			depends = fmt.Sprintf("depends_on: [service-%03d]", i-1)
		}
		files[fmt.Sprintf("s%03d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `service:
  name: service-%03d
  owner_team: team-%d
  tier: %d
  traffic: 200/s
  %s
  responsibilities: [{availability: 99.9%%}, {latency: p99 < 300ms}]
  monitoring: {alerts: [{name: HighErrorRateAlert, threshold: 0.5%%, severity: critical, handler: pagerduty}]}
  incident_response: {oncall_schedule: weekly, runbooks: [{path: /high-error-rate.md}]}
  capacity_planning: {metrics: [cpu_utilization], forecast_horizon: 4 weeks}
  release_management: {canary_deployment_strategy: "10%% traffic for 30 mins", rollback_threshold: 1%% error rate for 5 mins}
`, i, i%10, i%4, depends)}
	}
	for i := range 10 {
		files[fmt.Sprintf("t%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "team: {name: team-%d, members: [a%d, b%d, c%d, d%d, e%d], handlers: [pagerduty]}", i, i, i, i, i, i)}
	}
	catalog, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return catalog
}

func fleetReview(t testing.TB, catalog ownership.Catalog) ownership.CatalogReview {
	t.Helper()
	var hours []slo.Point
	for i := range 28 * 24 {
		hours = append(hours, slo.Point{Time: reviewAt.Add(-time.Duration(28*24-1-i) * time.Hour), Counts: slo.Counts{Total: 720000, Bad: float64(100 + 40000*(i/500*i%7/6))}})
	}
	review, err := catalog.ReviewAll(context.Background(), ownership.CatalogReviewOptions{At: reviewAt, Measurements: func(string) ownership.Measurements {
		return ownership.Measurements{Points: []ownership.ObjectivePoints{{Points: hours}}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return review
}

func TestPageOfTwoHundredServicesIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("two hundred services")
	}
	// Twenty are measured, and each stands for ten: the page is as large, and the
	// test takes a tenth of the time.
	review, err := fleet(t, 200).ReviewAll(t.Context(), ownership.CatalogReviewOptions{At: reviewAt})
	if err != nil {
		t.Fatal(err)
	}
	measured := fleetReview(t, fleet(t, 20))
	for i := range review.Services {
		own := review.Services[i].Service
		review.Services[i] = measured.Services[i%20]
		review.Services[i].Service = own
	}
	page := review.HTML()
	if len(page) > 5_000_000 {
		t.Errorf("the page has %d bytes, want at most 5,000,000", len(page))
	}
	t.Logf("%d bytes", len(page))
	for _, want := range []string{"service-000", "service-199", "<h2>Overview</h2>", "<h2>Standards</h2>", "<h2>Dependencies</h2>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for i := 1; i < len(measured.Next); i++ {
		if a, b := measured.Next[i-1], measured.Next[i]; !a.Open && !b.Open && a.Stake < b.Stake {
			t.Fatalf("%+v stands before %+v", a, b)
		}
	}
}

func BenchmarkReviewOfTwoHundredServices(b *testing.B) {
	catalog := fleet(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		fleetReview(b, catalog)
	}
}

func BenchmarkPageOfTwoHundredServices(b *testing.B) {
	review := fleetReview(b, fleet(b, 200))
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(review.HTML())))
	}
}
