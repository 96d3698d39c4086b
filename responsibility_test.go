package ownership_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// A service that is written as a literal needs no names: they are made from
// the promises and kept apart.
func TestObjectivesOfLiteral(t *testing.T) {
	fast := slo.LatencyBound{Threshold: 100 * time.Millisecond}
	svc := ownership.Service{Name: "pay", Responsibilities: []ownership.Responsibility{
		{Objective: slo.Objective{Target: slo.MustRatio("99.9%")}},
		{Objective: slo.Objective{Target: slo.MustRatio("99%")}},
		{Objective: slo.Objective{Target: slo.MustRatio("99%"), Name: "availability-3"}},
		{Objective: slo.Objective{Target: slo.MustRatio("98%")}},
		{Objective: slo.Objective{Kind: slo.Latency, Target: slo.MustRatio("99.9%"), Latency: fast}},
		{Objective: slo.Objective{Kind: slo.TimeSlices, Target: slo.MustRatio("99%"), Slice: slo.SliceRule{Length: time.Minute, Bound: slo.MustRatio("1%")}}},
		{Key: "error_rate", Objective: slo.Objective{Target: slo.MustRatio("99%")}},
	}}
	var names []string
	for _, o := range svc.Objectives() {
		names = append(names, o.Name)
		if o.Service != "pay" {
			t.Errorf("%s belongs to %q, want pay", o.Name, o.Service)
		}
	}
	want := []string{"availability", "availability-2", "availability-3", "availability-4", "latency-p99.9", "error-rate-p99", "error-rate"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if svc.Responsibilities[0].Objective.Name != "" {
		t.Error("Objectives changed the service")
	}
}

func TestIndicatorOf(t *testing.T) {
	queries := rules.Indicator{Bad: "bad", Total: "total"}
	preset := rules.Indicator{Preset: "istio", Selector: `a="b"`, Buckets: []float64{1}, GroupBy: []string{"region"}}
	tests := []struct {
		name               string
		service, own, want rules.Indicator
	}{
		{"nothing of its own", preset, rules.Indicator{}, preset},
		{"a selector of its own", preset, rules.Indicator{Selector: `c="d"`}, rules.Indicator{Preset: "istio", Selector: `c="d"`, Buckets: []float64{1}, GroupBy: []string{"region"}}},
		{"a preset of its own", preset, rules.Indicator{Preset: "traefik"}, rules.Indicator{Preset: "traefik", Selector: `a="b"`, Buckets: []float64{1}, GroupBy: []string{"region"}}},
		{"queries of its own replace a preset", preset, queries, rules.Indicator{Bad: "bad", Total: "total", Buckets: []float64{1}, GroupBy: []string{"region"}}},
		{"a preset of its own replaces queries", queries, rules.Indicator{Preset: "istio"}, rules.Indicator{Preset: "istio"}},
		{"buckets and labels of its own", preset, rules.Indicator{Buckets: []float64{2}, GroupBy: []string{"zone"}}, rules.Indicator{Preset: "istio", Selector: `a="b"`, Buckets: []float64{2}, GroupBy: []string{"zone"}}},
	}
	for _, tt := range tests {
		got := ownership.Service{Indicator: tt.service}.IndicatorOf(ownership.Responsibility{Indicator: tt.own})
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

// What a literal gets wrong is told without positions, by its path.
func TestValidateLiteral(t *testing.T) {
	svc := ownership.Service{
		Version: 7, Kind: 9, Tier: -1,
		DependsOn:        []ownership.Dependency{{}},
		Responsibilities: []ownership.Responsibility{{Objective: slo.Objective{Kind: slo.Latency, Target: slo.MustRatio("95%")}}},
		Alerts:           []ownership.Alert{{}},
		Schedule:         ownership.Schedule{Ref: "x", Members: []string{"ana"}, Layers: []ownership.Layer{{Name: "l"}, {Name: "l"}}},
		Runbooks:         []ownership.Runbook{{}},
		Capacity:         ownership.Capacity{Season: []time.Duration{-1}},
		Release:          ownership.Release{Stages: []ownership.Stage{{}}, Rollback: ownership.Condition{Threshold: ownership.Threshold{Ratio: slo.MustRatio("1%")}, Hold: time.Minute}},
	}
	var got []string
	for _, f := range svc.Validate() {
		if f.Level == "error" {
			got = append(got, f.String())
		}
	}
	slices.Sort(got)
	want := []string{
		"service.capacity_planning.season[0]: the length is not positive; write a duration such as 1w",
		"service.depends_on[0]: the dependency has no name; add it",
		"service.incident_response.oncall_schedule.layers[1].name: two layers have that name; rename one of them",
		"service.incident_response.oncall_schedule: the schedule is kept elsewhere, yet has members or layers; keep one of them",
		"service.incident_response.runbooks[0].path: the key is missing; add it",
		"service.monitoring.alerts[0].name: the key is missing; add it",
		"service.monitoring.alerts[0].threshold: the key is missing; add it, such as threshold: 0.1%",
		"service.name: the key is missing; add it",
		"service.owner_team: the key is missing; add it",
		"service.release_management.canary_deployment_strategy.stages[0]: a stage without traffic shows nothing; write a share above 0%",
		`service.responsibilities[0].latency: not an objective "latency-p95": latency threshold 0s is not positive; write a duration such as 100ms`,
		"service: kind Kind(9) or tier Tier(-1) is out of range; use the constants of the package",
		"service: the entry is of version 7 of the format, and this release knows version 1 only; use a newer release of the library",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
