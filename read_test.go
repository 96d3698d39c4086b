package ownership_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

const bundled = "examples/quickstart/catalog/service.yaml"

func bundledSpec(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(bundled)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// plainly compares entries by their exported fields; Findings and positions
// are no part of what an entry says.
var plainly = cmp.Options{
	cmp.FilterPath(func(p cmp.Path) bool {
		last := p.Last().String()
		return last == ".Findings" || last == ".origin"
	}, cmp.Ignore()),
	cmp.Comparer(func(a, b slo.Ratio) bool { return a == b }),
}

func TestReadBundledDocument(t *testing.T) {
	got, err := ownership.Read("service.yaml", bundledSpec(t))
	if err != nil {
		t.Fatal(err)
	}
	want := ownership.Service{
		Name:      "user-auth-service",
		OwnerTeam: "sre-platform",
		Responsibilities: []ownership.Responsibility{
			{Key: "availability", Objective: slo.Objective{
				Service: "user-auth-service", Name: "availability", Target: slo.MustRatio("0.9999")}},
			{Key: "latency", Objective: slo.Objective{
				Service: "user-auth-service", Name: "latency-p95", Kind: slo.Latency, Target: slo.MustRatio("0.95"),
				Latency: slo.LatencyBound{Threshold: 100 * time.Millisecond}}},
			{Key: "error_rate", Objective: slo.Objective{
				Service: "user-auth-service", Name: "error-rate-p99", Kind: slo.TimeSlices, Target: slo.MustRatio("0.99"),
				Slice: slo.SliceRule{Length: 5 * time.Minute, Bound: slo.MustRatio("0.0001")}}},
		},
		Alerts: []ownership.Alert{
			{Name: "HighErrorRateAlert", Condition: ownership.Condition{Threshold: ownership.Threshold{Ratio: slo.MustRatio("0.0005")}},
				Severity: alerting.Page, Handler: "pagerduty"},
			{Name: "HighLatencyAlert", Condition: ownership.Condition{Threshold: ownership.Threshold{Duration: 200 * time.Millisecond}},
				Severity: alerting.Ticket, Handler: "slack"},
		},
		Schedule: ownership.Schedule{Rotation: ownership.Rotation{Every: 1, Unit: "week"}},
		Runbooks: []ownership.Runbook{
			{Path: "/runbooks/user-auth/high-error-rate.md"},
			{Path: "/runbooks/user-auth/high-latency.md"},
		},
		Capacity: ownership.Capacity{
			Metrics: []ownership.Metric{{Name: "cpu_utilization"}, {Name: "memory_utilization"}, {Name: "request_rate"}},
			Horizon: 4 * 7 * 24 * time.Hour,
		},
		Release: ownership.Release{
			Stages:   []ownership.Stage{{Traffic: slo.MustRatio("0.1"), Hold: 30 * time.Minute}},
			Rollback: ownership.Condition{Metric: "error_rate", Threshold: ownership.Threshold{Ratio: slo.MustRatio("0.001")}, Hold: 5 * time.Minute},
		},
	}
	if diff := cmp.Diff(want, got, plainly); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, o := range got.Objectives() {
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	data := bundledSpec(b)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := ownership.Read("service.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
