package ownership_test

import (
	"fmt"
	"os"
	"time"

	"github.com/srekit/ownership"
)

// Three services alert within five minutes. Where does it come from, who must be in
// the room, and what does it cost?
func ExampleCatalog_Incident() {
	catalog, err := ownership.ReadCatalog(os.DirFS("examples/incident/catalog"), ownership.CatalogOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2026, 10, 12, 6, 14, 0, 0, time.UTC)
	report, err := catalog.Incident(ownership.IncidentInput{Severity: 2, Alerts: []ownership.IncidentAlert{
		{Service: "login", Name: "LoginErrors", Start: start},
		{Service: "checkout", Name: "CheckoutErrors", Start: start.Add(2 * time.Minute)},
		{Service: "storefront", Name: "StorefrontErrors", Start: start.Add(5 * time.Minute)},
	}}, ownership.StandbyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	root := report.Roots[0]
	fmt.Printf("scope %s, root %s (%.3f, silent: %t)\n", report.Scope, root.Service, root.Score, root.Silent)
	for _, a := range report.Roles[:4] {
		fmt.Printf("%s: %s, %s\n", a.Role, a.Person, a.LevelName)
	}
	for _, s := range report.Escalation[:4] {
		fmt.Println(s.After, s.Scope, s.People)
	}
	risk := report.BudgetAtRisk[0]
	fmt.Printf("%s %s: %.1f budgets an hour if everything fails\n", risk.Service, risk.Objective, risk.SharePerHour)
	for _, f := range report.Fatigue {
		fmt.Println(f.Person, "is tired:", f.Text)
	}
	fmt.Println(report.Handoffs[0].Reason)
	// Output:
	// scope area, root user-db (0.857, silent: true)
	// commander: esteban, staff
	// deputy: mona, senior
	// operations: gael, mid
	// communications: olga, mid
	// 0s service [gael]
	// 5m0s service [henrik]
	// 10m0s platform [gael]
	// 20m0s area [gael esteban]
	// login availability: 2.8 budgets an hour if everything fails
	// esteban is tired: it is 01:19 -05 there
	// gael is tired: it is 01:19 -05 there
	// esteban goes off data-platform at 2026-10-12 09:00 CEST, astrid follows as commander
}
