package graph_test

import (
	"fmt"
	"log"
	"time"

	"github.com/srekit/ownership/slo"
	"github.com/srekit/ownership/slo/graph"
)

// May checkout promise 99.95 %? Not on a payment service that promises less.
// Which dependency is worth working on?
func Example() {
	g, err := graph.New([]graph.Entry{
		{Name: "checkout", Target: slo.MustRatio("99.95%"), DependsOn: []graph.Edge{
			{To: "payments"},
			{To: "stock", Copies: 2},
			{To: "ads", Soft: true},
		}},
		{Name: "payments", Target: slo.MustRatio("99.9%")},
		{Name: "stock", Target: slo.MustRatio("99.9%")},
	})
	if err != nil {
		log.Fatal(err)
	}
	c, _ := g.Ceiling("checkout")
	fmt.Printf("ceiling %s, at worst %s, at best %s\n", c.Independent.Percent(), c.Least.Percent(), c.Most.Percent())
	for _, f := range g.Findings() {
		fmt.Println(f.Level, f.Reason)
	}
	month := 30 * 24 * time.Hour
	for _, l := range g.Levers("checkout") {
		fmt.Printf("%s: soft %s, doubled %s of downtime a month\n", l.To,
			l.Soft.Independent.Complement().OfDuration(month).Round(time.Second),
			l.Doubled.Independent.Complement().OfDuration(month).Round(time.Second))
	}
	// Output:
	// ceiling 99.8999001%, at worst 99.8%, at best 99.9%
	// error its hard dependencies promise 99.9% at most, even if all their failures fall together
	// payments: soft 3s, doubled 5s of downtime a month
	// stock: soft 43m12s, doubled 43m12s of downtime a month
}
