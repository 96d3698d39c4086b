// Package graph computes what dependencies leave of a promise: the ceiling of
// a service's availability from the targets of what it needs, which targets
// stand above their ceiling, and what softening or doubling a dependency
// changes. It needs no measurement, only targets and edges.
//
// Its opinion: a target is a promise that includes everything behind it, so
// that a dependency delivers its target and no more, or its own ceiling where
// that is lower. Whether failures of two dependencies coincide is not known
// from targets, so every answer has three forms ([Availability]): independent
// failures, the worst coincidence and the best. Answers are decimals of 18
// digits and exact wherever so many suffice. Shared causes are not modelled: two
// dependencies that rest on a third without a target of its own count its
// failures twice in the independent form, which makes that form cautious.
// Latency, retries and traffic shares are deliberately absent.
//
// What cannot be a graph (a name given twice, more copies needed than there
// are) is an [*Error] with everything wrong at once. What can be computed but
// should worry somebody, circles included, is a [Finding].
//
// A [Graph] is immutable and safe for concurrent use; making one costs time and
// memory linear in entries and edges.
//
//	g, err := graph.New([]graph.Entry{
//		{Name: "checkout", Target: slo.MustRatio("99.95%"), DependsOn: []graph.Edge{
//			{To: "payments"}, {To: "stock", Copies: 2}, {To: "ads", Soft: true},
//		}},
//		{Name: "payments", Target: slo.MustRatio("99.9%")},
//		{Name: "stock", Target: slo.MustRatio("99.9%")},
//	})
//	ceiling, _ := g.Ceiling("checkout") // at most 99.8999 %
//	findings := g.Findings()            // 99.95 % is out of reach
//	levers := g.Levers("checkout")      // with payments doubled: 99.9998 %
package graph
