package rules_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// An objective compiles to records of every window and to alerts with exact
// thresholds.
func ExampleCompile() {
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "checkout", Name: "availability", Target: slo.MustRatio("99.9%")},
		Indicator: rules.Indicator{Selector: `job="checkout",env="prod"`},
		Labels:    map[string]string{"team": "payments"},
		Runbook:   "https://runbooks.example.org/checkout",
	}}, rules.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range set.Groups {
		fmt.Println(g.Name, g.Interval)
	}
	page := set.Alerts()[0]
	fmt.Println(page.Alert, page.Labels["severity"], page.Labels["team"])
	fmt.Println(page.Expr)
	fmt.Println(page.Annotations["conditions"])
	// Output:
	// checkout/availability/page 30s
	// checkout/availability/ticket 1m0s
	// checkout/availability/period 4m30s
	// ErrorBudgetBurn page payments
	// (
	//   slo:error_ratio:rate1h{service="checkout",slo="availability",revision="1"} > 0.0144
	//   and
	//   slo:error_ratio:rate5m{service="checkout",slo="availability",revision="1"} > 0.0144
	// )
	// or
	// (
	//   slo:error_ratio:rate6h{service="checkout",slo="availability",revision="1"} > 0.006
	//   and
	//   slo:error_ratio:rate30m{service="checkout",slo="availability",revision="1"} > 0.006
	// )
	// above 0.0144 over 1h and 5m (burn rate 14.4): 2 % of the budget is spent when it fires, all of it 2d2h after the burn began
	// above 0.006 over 6h and 30m (burn rate 6): 5 % of the budget is spent when it fires, all of it 5d after the burn began
}

// At 90 % no hour can burn 14.4 times the budget: the pair is left out, and said so.
func ExampleCompile_unreachable() {
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "batch", Name: "success", Target: slo.MustRatio("90%")},
	}}, rules.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range set.Findings {
		fmt.Println(f.Level, f.Code, f.Text)
	}
	fmt.Println(set.Alerts()[0].Expr)
	// Output:
	// warning unreachable page 1h/5m
	// (
	//   slo:error_ratio:rate6h{service="batch",slo="success",revision="1"} > 0.6
	//   and
	//   slo:error_ratio:rate30m{service="batch",slo="success",revision="1"} > 0.6
	// )
}

// Of a quiet service, alerts ask how many errors it takes to prove anything: at
// least two, and more the more requests there are.
func ExampleLowTraffic() {
	set, err := rules.Compile([]rules.SLO{{
		Objective:  slo.Objective{Service: "admin", Name: "availability", Target: slo.MustRatio("99%")},
		LowTraffic: rules.LowTraffic{Confidence: slo.MustRatio("0.95")},
		Policy: alerting.Policy{Name: "fast", Pairs: []alerting.Pair{
			{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 10},
		}},
	}}, rules.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range set.Alerts() {
		fmt.Println(a.Alert, a.Labels["severity"])
	}
	for _, line := range strings.Split(set.Alerts()[0].Expr, "\n")[6:10] {
		fmt.Println(line)
	}
	// Output:
	// ErrorBudgetBurn page
	// ErrorBudgetNoData ticket
	// ErrorBudgetBadInput ticket
	// ErrorBudgetSpent ticket
	//   slo:events_bad:count1h{service="admin",slo="availability",revision="1"} >= 1.5
	//     + (slo:events:count1h{service="admin",slo="availability",revision="1"} >= bool 3.5)
	//     + (slo:events:count1h{service="admin",slo="availability",revision="1"} >= bool 8.5)
	//     + (slo:events:count1h{service="admin",slo="availability",revision="1"} >= bool 14.5)
}

// For the Prometheus operator, rules go into objects that the Kubernetes API
// takes.
func ExampleRuleSet_PrometheusRules() {
	set, err := rules.Compile([]rules.SLO{{
		Objective: slo.Objective{Service: "checkout", Name: "availability", Target: slo.MustRatio("99.9%")},
	}}, rules.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	objects, err := set.PrometheusRules(rules.OperatorOptions{Name: "checkout", Namespace: "prod", Labels: map[string]string{"role": "alert-rules"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(strings.Split(string(objects), "\n")[:13], "\n"))
	// Output:
	// apiVersion: monitoring.coreos.com/v1
	// kind: PrometheusRule
	// metadata:
	//   name: checkout
	//   namespace: prod
	//   labels:
	//     role: alert-rules
	// spec:
	//   groups:
	//     - name: checkout/availability/page
	//       interval: 30s
	//       rules:
	//         - record: slo:events:rate2m
}

// Thousands of objectives are written one by one.
func ExampleCompileTo() {
	var file strings.Builder
	findings, err := rules.CompileTo(&file, func(yield func(rules.SLO) bool) {
		for _, service := range []string{"auth", "cart", "checkout"} {
			if !yield(rules.SLO{Objective: slo.Objective{Service: service, Name: "availability", Target: slo.MustRatio("99.9%")}}) {
				return
			}
		}
	}, rules.Options{})
	fmt.Println(strings.Count(file.String(), "- name: "), "groups,", len(findings), "findings,", err)
	// Output:
	// 9 groups, 0 findings, <nil>
}
