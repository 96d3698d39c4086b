package quantity_test

import (
	"errors"
	"fmt"

	"github.com/srekit/ownership/internal/quantity"
)

// The strings of a spec, and what they come down to.
func Example() {
	target, _ := quantity.ParseObjective("at least 99,99 % per month")
	latency, _ := quantity.ParseObjective("95% of requests under 100 ms")
	rollback, _ := quantity.ParseCondition("0.1% error rate for 5 mins")
	stages, _ := quantity.ParseCanary("5% then 25% then 100%, 15m each")
	rota, _ := quantity.ParseSchedule("every other Monday at 9am Europe/Berlin")
	fmt.Println(target)
	fmt.Println(target.Target.Complement())
	fmt.Println(latency)
	fmt.Println(rollback)
	fmt.Println(quantity.FormatCanary(stages))
	fmt.Println(rota)
	// Output:
	// 99.99% per month
	// 0.01%
	// p95 < 100ms
	// 0.1% error_rate for 5m
	// 5% for 15m, 25% for 15m, 100% for 15m
	// every 2 weeks on Monday at 09:00 Europe/Berlin
}

// An error tells where, what was expected and what to write.
func ExampleError() {
	_, err := quantity.ParseDuration("1 hour 30 mintes")
	var e *quantity.Error
	if errors.As(err, &e) {
		fmt.Println(e.Input[e.Offset:])
		fmt.Println(e.Suggestion)
	}
	fmt.Println(err)
	// Output:
	// mintes
	// did you mean "minutes"?
	// "1 hour 30 mintes" at byte 10: expected a unit of time, found "mintes"; did you mean "minutes"?
}
