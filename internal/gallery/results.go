package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/capacity/ets"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/slo"
	"github.com/srekit/ownership/slo/graph"
)

// picturer is what results have that are worth looking at.
type picturer interface{ SVG() string }

// wider is what most of them have beside it: the picture in a width.
type wider interface{ SVGAt(width int) string }

// drawn hides the type of a result.
func drawn[T picturer](result T, err error) (picturer, error) { return result, err }

// results are the pictures of the public packages, one line each.
var results = []struct {
	name string
	draw func(context.Context, material) (picturer, error)
}{
	{"slo.BurnDown", func(_ context.Context, m material) (picturer, error) {
		return drawn(m.objective().BurnDownAt(m.points, m.now, slo.Lookahead{}, slo.BudgetPolicy{}))
	}},
	{"slo.BurnChart", func(_ context.Context, m material) (picturer, error) {
		c, err := m.objective().BurnChartAt(m.points, m.now, time.Hour, 6*time.Hour)
		c.Factors, c.Zone = []float64{14.4, 6}, m.zone
		return drawn(c, err)
	}},
	{"slo.Days", func(_ context.Context, m material) (picturer, error) {
		return drawn(m.objective().DaysAt(m.points, m.now, m.zone))
	}},
	{"slo.Attribution by incident", func(_ context.Context, m material) (picturer, error) {
		return drawn(m.objective().AttributeIncidents(m.points, m.now))
	}},
	{"slo.Attribution by label", func(_ context.Context, m material) (picturer, error) {
		return drawn(m.objective().AttributeLabel("caller", m.callers(), m.now))
	}},
	{"graph.Graph", func(_ context.Context, m material) (picturer, error) { return drawn(graph.New(m.dependencies())) }},
	{"alerting.Analysis", func(_ context.Context, m material) (picturer, error) {
		b, err := alerting.Workbook().Bind(m.objective())
		if err != nil {
			return nil, err
		}
		return drawn(alerting.Analyse(b, alerting.AnalyserOptions{}))
	}},
	{"alerting.Report", func(ctx context.Context, m material) (picturer, error) {
		b, err := alerting.Workbook().Bind(m.objective())
		if err != nil {
			return nil, err
		}
		return drawn(alerting.Backtest(ctx, b, m.points, alerting.BacktestOptions{}))
	}},
	{"alerting.Comparison", func(ctx context.Context, m material) (picturer, error) {
		o := m.objective()
		return drawn(alerting.Compare(ctx, append(alerting.Cases(o, alerting.Presets(o.Period().ShortestLength())),
			alerting.Case{Name: m.names[1], Policy: alerting.Workbook(), Objective: o}), m.points, alerting.BacktestOptions{Resamples: 100, Source: rand.NewPCG(1, 2)}))
	}},
	{"capacity.Forecast", func(ctx context.Context, m material) (picturer, error) {
		f, err := m.forecast(ctx)
		return drawn(capacity.ForecastPicture{Forecast: f, History: m.series(), Title: m.names[0]}, err)
	}},
	{"capacity.Saturation", func(ctx context.Context, m material) (picturer, error) {
		f, err := m.forecast(ctx)
		if err != nil {
			return nil, err
		}
		return drawn(f.Saturation(capacity.Limit{Value: 760}))
	}},
	{"capacity.Evidence", func(ctx context.Context, m material) (picturer, error) {
		return drawn(capacity.Backtest(ctx, m.hourly(ctx), []capacity.Forecaster{capacity.ETS{}}, capacity.BacktestOptions{Horizon: 24, Names: []string{m.names[0]}}))
	}},
	{"capacity.Decomposition", func(ctx context.Context, m material) (picturer, error) {
		return drawn(capacity.MSTL{}.Decompose(ctx, m.hourly(ctx)))
	}},
	{"ets.Outlook", func(ctx context.Context, m material) (picturer, error) {
		o, _, err := m.smoothing(ctx)
		return drawn(o, err)
	}},
	{"ets.Decomposition", func(ctx context.Context, m material) (picturer, error) {
		_, d, err := m.smoothing(ctx)
		return drawn(d, err)
	}},
	{"release.Rollout", func(_ context.Context, m material) (picturer, error) { return m.rollout(), nil }},
	{"release.Course", func(_ context.Context, m material) (picturer, error) { return drawn(m.course()) }},
	{"release.PowerCurve", func(_ context.Context, m material) (picturer, error) {
		return drawn(m.rollout().Curve(1, release.Setting{Objective: m.objective(), PerSecond: 20}))
	}},
	{"release.ReplayReport", func(ctx context.Context, m material) (picturer, error) {
		return drawn(release.Replay{Rollout: m.rollout(), Runs: 40, Source: rand.NewPCG(1, 2)}.Run(ctx, m.points))
	}},
	{"canary.Report", func(_ context.Context, m material) (picturer, error) {
		all, err := m.looks()
		if err == nil && len(all) == 0 {
			err = errors.New("no looks")
		}
		if err != nil {
			return nil, err
		}
		return all[len(all)-1], nil
	}},
	{"oncall.Timeline", func(_ context.Context, m material) (picturer, error) {
		r, err := m.schedule().Compile()
		if err != nil {
			return nil, err
		}
		return r.Timeline(m.now.AddDate(0, 0, -21), m.now), nil
	}},
	{"oncall.Load", func(_ context.Context, m material) (picturer, error) {
		r, err := m.schedule().Compile()
		if err != nil {
			return nil, err
		}
		return drawn(r.Load(m.now.AddDate(0, 0, -84), m.now, nil, oncall.Unsocial{Zone: m.zone.String()}))
	}},
	{"runbook.Coverage", func(_ context.Context, m material) (picturer, error) {
		l := runbook.Library{Runbooks: []runbook.Runbook{runbook.Parse("runbooks/a.md", []byte("# Errors\n\n## Meaning\n\nIt fails.\n"), runbook.Options{})}}
		var alerts []runbook.Alert
		for i, name := range m.names {
			alerts = append(alerts, runbook.Alert{Name: "a", Severity: []string{"page", name}[i%2], Annotations: map[string]string{"runbook_url": "runbooks/a.md"}})
		}
		return l.Cover(alerts, runbook.CoverOptions{}), nil
	}},
	{"response.IncidentGraph", func(_ context.Context, m material) (picturer, error) { return m.incidentGraph() }},
	{"response.PostMortem", func(_ context.Context, m material) (picturer, error) { return m.postMortem() }},
	{"response.Toil", func(_ context.Context, m material) (picturer, error) { return m.toil() }},
	{"response.BusFactor", func(_ context.Context, m material) (picturer, error) {
		return drawn(response.MeasureBusFactor(m.entries(), m.people(), m.now, response.Rules{}))
	}},
	{"canary.Reports", func(_ context.Context, m material) (picturer, error) { return drawn(m.looks()) }},
}

// callers splits the points by who called.
func (m material) callers() []slo.LabelledPoints {
	out := make([]slo.LabelledPoints, len(m.names))
	for i, name := range m.names {
		out[i].Value = name
		for _, p := range m.points {
			p.Total = float64(int(p.Total) / (i + 2))
			p.Bad = min(float64(int(p.Bad)/(i+2)), p.Total)
			out[i].Points = append(out[i].Points, p)
		}
	}
	return out
}

func (m material) dependencies() []graph.Entry {
	targets := []string{"99.95%", "99.9%", "99%", "", "99.99%", "99.9%"}
	entries := make([]graph.Entry, len(m.names))
	for i, name := range m.names {
		entries[i].Name = name
		if targets[i] != "" {
			entries[i].Target = slo.MustRatio(targets[i])
		}
	}
	entries[0].DependsOn = []graph.Edge{{To: m.names[1]}, {To: m.names[2], Copies: 3, Needed: 2}, {To: m.names[3], Soft: true}}
	entries[1].DependsOn = []graph.Edge{{To: m.names[5]}}
	entries[2].DependsOn = []graph.Edge{{To: m.names[4]}}
	entries[3].DependsOn = []graph.Edge{{To: m.names[4]}}
	return entries
}

func (m material) series() capacity.Series {
	return capacity.Series{Start: m.start(), Step: m.step, Values: m.load, Mask: m.mask}
}

// hourly is the load by hours, for what is slow on every sample.
func (m material) hourly(ctx context.Context) capacity.Series {
	s := m.series()
	if m.step >= time.Hour {
		return s
	}
	samples := make([]capacity.Sample, s.Len())
	for i, v := range s.Values {
		samples[i] = capacity.Sample{Time: s.Time(i), Value: v}
	}
	g, err := capacity.Grid(ctx, samples, capacity.GridOptions{Step: time.Hour})
	if err != nil {
		return s
	}
	return g.Series
}

func (m material) forecast(ctx context.Context) (capacity.Forecast, error) {
	s := m.series()
	if m.step < time.Hour { // a season of a week of samples
		week := int(7 * 24 * time.Hour / m.step)
		return capacity.SeasonalNaive{Period: week}.Forecast(ctx, s, s.Len()/4)
	}
	return capacity.ETS{}.Forecast(ctx, s, 7*24)
}

func (m material) smoothing(ctx context.Context) (ets.Outlook, ets.Decomposition, error) {
	s := m.hourly(ctx)
	model, err := ets.ParseModel("AAdA", 24)
	if err != nil {
		return ets.Outlook{}, ets.Decomposition{}, err
	}
	fit, err := ets.Estimate(ctx, s.Values, s.Mask, model)
	if err != nil {
		return ets.Outlook{}, ets.Decomposition{}, err
	}
	next, err := fit.Forecast(72, 0.95)
	if err != nil {
		return ets.Outlook{}, ets.Decomposition{}, err
	}
	d, err := fit.Decompose(s.Values, s.Mask)
	d.Start, d.Step, d.Zone = s.Start, s.Step, m.zone
	return ets.Outlook{Title: m.names[0], Values: s.Values, Mask: s.Mask, Forecast: next, Start: s.Start, Step: s.Step, Zone: m.zone}, d, err
}

func (m material) rollout() release.Rollout {
	r := release.MustRollout("1% for 10m, 10% for 30m, 50% for 30m")
	r.Stages[1].Bake, r.Watch = 10*time.Minute, time.Hour
	r.Rules = []release.Rule{release.MustRule("0.5% error rate for 5 mins")}
	return r
}

// course is a release that waits at a gate and is taken back.
func (m material) course() (release.Course, error) {
	r := m.rollout()
	begin := m.now.Add(15 * time.Hour)
	r.Gates.Freezes = []release.Freeze{{From: begin.Add(45 * time.Minute), Until: begin.Add(2 * time.Hour), Reason: m.names[2]}}
	state, err := r.Start(begin)
	if err != nil {
		return release.Course{}, err
	}
	c := release.Course{Title: m.names[0] + " 2.4", Zone: m.zone}
	for minute := 0; minute < 240 && !state.Phase().Ended(); minute++ {
		look := slo.Counts{Total: 1000}
		if minute > 130 {
			look.Bad = 20
		}
		moved, err := state.Step(release.Observation{At: begin.Add(time.Duration(minute) * time.Minute),
			Measurements: []release.Measurement{{Metric: "error_rate", Canary: look}}})
		if err != nil {
			return c, err
		}
		c.Transitions = append(c.Transitions, moved...)
	}
	return c, nil
}

// schedule is a rota of six with a gap and somebody who learns.
func (m material) schedule() oncall.Schedule {
	people := make([]string, len(m.names))
	for i, name := range m.names {
		people[i] = strings.ToValidUTF8(name[:min(len(name), 480)], "?") // others are refused
	}
	weekly := oncall.Rotation{Unit: oncall.Week, Start: "2026-01-05T09:00"}
	return oncall.Schedule{Name: people[0], Zone: m.zone.String(), Layers: []oncall.Layer{
		{Rotation: weekly, Turns: oncall.Turns(people...), Windows: []oncall.Window{{Days: oncall.Workdays, From: "00:00", To: "24:00"}}},
		{Role: "secondary", Rotation: weekly, Turns: oncall.Turns(people[1], people[0])},
	}}
}

// looks judges a canary that becomes worse, for an hour at most.
func (m material) looks() (canary.Reports, error) {
	judge := canary.Judge{Metrics: []canary.Metric{{Name: m.names[0], Critical: true}, {Name: m.names[1], Kind: canary.KindSamples}}}
	stream, err := judge.Start()
	if err != nil {
		return nil, err
	}
	n := min(len(m.points), 60)
	var all canary.Reports
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		bad := int64(r.IntN(3))
		if i > n*2/3 {
			bad += 6
		}
		look, err := stream.Look(canary.Look{Seconds: float64(60 * (i + 1)), Metrics: []canary.Measurement{
			{Name: m.names[0], Canary: canary.Observed{Bad: bad, Total: 600}, Baseline: canary.Observed{Bad: 10, Total: 5400}},
			{Name: m.names[1], Canary: canary.Observed{Values: []float64{0.1 + 0.01*r.NormFloat64()}}, Baseline: canary.Observed{Values: []float64{0.1 + 0.01*r.NormFloat64()}}},
		}})
		if err != nil {
			return all, err
		}
		all = append(all, look)
	}
	return all, nil
}
