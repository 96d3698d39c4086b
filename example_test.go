package ownership_test

import (
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/srekit/ownership"
)

// A spec, what it promises, and what contradicts itself in it.
func ExampleRead() {
	data, err := os.ReadFile("examples/quickstart/catalog/service.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	svc, err := ownership.Read("service.yaml", data)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, o := range svc.Objectives() {
		fmt.Printf("%-15s %-12v %6s over %v\n", o.Name, o.Kind, o.Target.Percent(), o.Period())
	}
	for _, a := range svc.Alerts {
		runbook, _ := svc.RunbookOf(a)
		fmt.Printf("%s: %v, %v to %s, %s\n", a.Name, svc.ConditionOf(a), a.SeverityOf(), a.Handler, runbook.Path)
	}
	fmt.Println(svc.Release.Strategy(), "unless", svc.Release.Rollback)
	for _, f := range svc.Findings {
		if f.Level == "warning" {
			fmt.Println(f)
		}
	}
	// Output:
	// availability    events       99.99% over 30d
	// latency-p95     latency         95% over 30d
	// error-rate-p99  time_slices     99% over 30d
	// HighErrorRateAlert: error_rate > 0.05% for 5m, page to pagerduty, /runbooks/user-auth/high-error-rate.md
	// HighLatencyAlert: p95 latency > 200ms for 5m, ticket to slack, /runbooks/user-auth/high-latency.md
	// 10% for 30m unless 0.1% error_rate for 5m
	// service.yaml:4:15: warning: service.owner_team: "sre-platform": no team of that name is defined here; add team: with its name, members and handlers to the catalog
}

// Everything that is wrong comes back at once.
func ExampleSpecError() {
	_, err := ownership.Read("service.yaml", []byte(`
service:
  name: pay
  owner_team: payments
  responsibilites:
    - availability: 99.9%
  release_management:
    rollback_threshold: 0.1% error rate for 5
`))
	fmt.Println(err)
	var spec *ownership.SpecError
	if errors.As(err, &spec) {
		fmt.Println(len(spec.Findings), "findings, the first is", spec.Findings[0].Code)
	}
	// Output:
	// service.yaml:4:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog
	// service.yaml:5:3: service: "responsibilites": no key of that name belongs here; did you mean responsibilities?
	// service.yaml:8:46: service.release_management.rollback_threshold: "0.1% error rate for 5": expected a unit of time after the number; write 5m or 5s
	// 3 findings, the first is undefined-team
}

// A folder of specs, its teams, and how far an incident reaches.
func ExampleReadCatalog() {
	files := fstest.MapFS{
		"auth.yaml": {Data: []byte("service: {name: auth, owner_team: identity, depends_on: [db], responsibilities: [{availability: 99.9%}]}")},
		"db.yaml":   {Data: []byte("service: {name: db, owner_team: storage, kind: platform}")},
		"teams.yaml": {Data: []byte(`
teams:
  - {name: identity, area: accounts, members: [{name: ana, level: senior}, ben]}
  - {name: storage, area: accounts}
`)},
	}
	catalog, err := ownership.ReadCatalog(files, ownership.CatalogOptions{Strict: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, affected := range [][]string{{"auth"}, {"db"}, {"auth", "db"}} {
		scope, err := catalog.ScopeOf(affected...)
		fmt.Println(affected, scope, err)
	}
	team, _ := catalog.Team("identity")
	for _, p := range team.Members {
		fmt.Println(p.Name, p.Level, p.Scope())
	}
	// Output:
	// [auth] service <nil>
	// [db] platform <nil>
	// [auth db] area <nil>
	// ana 3 area
	// ben 0 organisation
}

// What a spec says can be built in code and printed as a spec.
func ExampleService_YAML() {
	svc, err := ownership.Read("x.yaml", []byte("service: {name: pay, owner_team: payments, tier: 1, responsibilities: [{latency: {target: 99%, below: 1500ms, window: month}}]}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	svc.DependsOn = append(svc.DependsOn, ownership.Dependency{Name: "ledger"})
	fmt.Printf("%s", svc.YAML())
	// Output:
	// service:
	//   name: pay
	//   owner_team: payments
	//   tier: 1
	//   depends_on:
	//     - ledger
	//   responsibilities:
	//     - latency: p99 < 1.5s per month
}
