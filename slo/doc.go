// Package slo computes with service-level objectives: exact targets and error
// budgets, the windows over which they are held, counted events, burn rates
// and time slices; what little traffic proves, when a budget runs out, what
// spent it, and whether it allows a release.
//
// A target is an exact decimal ([Ratio]), because 1-0.999 in binary floating
// point is not 0.001 and an alert threshold must be. A measured ratio is a
// float64 in [0,1]; the ratio of a window is that of its summed events, and a
// mean of ratios only where a kind of objective asks for it by name
// ([RatioSlices]). "No data" is a state of its own, never 0 %, 100 % or NaN, and
// answers tell for how much of their window data exist. The package reads no
// clock and no network: the instant is an argument.
//
// What cannot be computed is an error that names every wrong field at once;
// what can be computed but rests on little is a result that says so. Counts are
// treated as independent events where probabilities are given; bursts make the
// truth less certain, and the functions say where that matters.
//
// Functions and plain values are safe for concurrent use. [TopK] and [Ledger]
// gather events and say in their documentation what they allow.
//
//	objective := slo.Objective{
//		Service: "checkout",
//		Name:    "availability",
//		Target:  slo.MustRatio("99.9%"),
//		Window:  slo.Rolling(30 * 24 * time.Hour),
//	}
//	budget, err := objective.BudgetAt(points, now)                   // what is left
//	outlook, err := objective.OutlookAt(points, now, slo.WilsonInterval, 0.95)
//	ahead, err := objective.ExhaustionAt(points, now, slo.Lookahead{}) // when it runs out
//	spent, err := objective.AttributeIncidents(points, now)          // what spent it
//	decision, err := slo.BudgetPolicy{}.Decide(objective, points, now) // may we release?
package slo
