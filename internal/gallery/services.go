package main

import (
	"context"
	"fmt"
	"testing/fstest"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/slo"
)

// servicesPage is the review of a catalog of n services of ten teams, each with
// four weeks of hours: what a large organisation opens in the morning.
func servicesPage(ctx context.Context, n int, at time.Time) (string, error) {
	files := fstest.MapFS{}
	for i := range n {
		needs := ""
		if i%10 > 0 {
			needs = fmt.Sprintf("depends_on: [service-%03d]", i-1)
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
`, i, i%10, i%4, needs)}
	}
	for i := range 10 {
		files[fmt.Sprintf("t%d.yaml", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, "team: {name: team-%d, members: [ana%d, ben%d, chi%d, dee%d, eve%d], handlers: [pagerduty]}", i, i, i, i, i, i)}
	}
	catalog, err := ownership.ReadCatalog(files, ownership.CatalogOptions{})
	if err != nil {
		return "", err
	}
	review, err := catalog.ReviewAll(ctx, ownership.CatalogReviewOptions{Title: "All services", At: at, Measurements: func(service string) ownership.Measurements {
		var k int
		fmt.Sscanf(service, "service-%d", &k)
		var hours []slo.Point
		for i := range 28 * 24 {
			p := slo.Point{Time: at.Add(-time.Duration(28*24-1-i) * time.Hour), Counts: slo.Counts{Total: 720000, Bad: 200}}
			if i == 100+k {
				p.Bad = float64(3000 * k)
			}
			hours = append(hours, p)
		}
		return ownership.Measurements{Points: []ownership.ObjectivePoints{{Points: hours}}}
	}})
	if err != nil {
		return "", err
	}
	return review.HTML(), nil
}
