// Package slo computes with service-level objectives: exact targets and error
// budgets, the windows over which they are held, counted events, burn rates
// and time slices.
//
// A target is an exact decimal ([Ratio]), because 1-0.999 in binary floating
// point is not 0.001 and an alert threshold must be. A measured ratio is a
// float64 in [0,1]. "No data" is a state of its own, never 0 %, 100 % or NaN.
// The package reads no clock and no network: the instant is an argument.
//
// What cannot be computed is an error that names every wrong field at once;
// what can be computed but rests on little is a result that says so.
//
//	target := slo.MustRatio("99.9%")
//	objective := slo.Objective{
//		Service: "checkout",
//		Name:    "availability",
//		Target:  target,
//		Window:  slo.Rolling(30 * 24 * time.Hour),
//	}
//	budget, err := objective.BudgetAt(points, now)
//	fmt.Println(budget.Remaining) // share of the error budget that is left
package slo
