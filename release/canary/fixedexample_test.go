package canary_test

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/release/canary"
)

// A stage of a rollout is asked beforehand what it can show.
func ExamplePower_Shows() {
	power := canary.Power{Ratio: 0.0005, PerSecond: 100}
	review, err := power.Shows(
		canary.Exposure{Share: 0.1, Duration: 30 * time.Minute},
		canary.Limit{Ratio: 0.001, For: 5 * time.Minute},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("can %v show what %v asks? %v\n", review.Exposure, review.Limit, review.Answer)
	for _, w := range review.Warnings {
		fmt.Println(w)
	}
	// Output:
	// can 10% for 30m0s show what 0.1% for 5m0s asks? false
	// weak-stage: 10% for 30m0s at 100 requests/s sees 18000 requests; a canary with 0.1% bad, 18 of them, raises the alarm with 51% probability; nothing below 0.123% bad is seen with 80%; watch it for 58m0s, or send more than 10%
	// limit-trips: 5m0s holds 3000 requests of the canary, and a good one exceeds 0.1% in at least one window with 33% probability; use a longer window or a higher limit, or compare with the baseline
}

// How long must ten percent of the traffic be watched, and what does it cost to look
// all the time instead of once?
func ExamplePower_Time() {
	power := canary.Power{Ratio: 0.001, PerSecond: 100}
	for _, p := range []float64{0.8, 0.9, 0.95} {
		d, err := power.Time(0.1, 0.002, p)
		if err != nil {
			fmt.Println(err)
			return
		}
		price, err := power.Price(0.1, 0.002, p)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%.0f%%: %v, %.2f times one look\n", 100*p, d.Round(time.Minute), price)
	}
	// Output:
	// 80%: 29m0s, 1.86 times one look
	// 90%: 38m0s, 1.69 times one look
	// 95%: 47m0s, 1.59 times one look
}

// Eighteen of 9 000 requests of the canary failed, and 81 of 81 000 of the baseline.
func ExampleFisher() {
	r, err := canary.Fisher(canary.Arm{Bad: 18, Total: 9000}, canary.Arm{Bad: 81, Total: 81000}, canary.Options{Alternative: canary.Greater})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r)
	// Output:
	// fisher (exact, greater): p = 0.00899, odds ratio 2.002 [1.13, 3.369] at 95 %
}

// Evidence that a canary is not worse by a tenth of a percent of the requests.
func ExampleMiettinenNurminen_nonInferiority() {
	r, err := canary.MiettinenNurminen(
		canary.Arm{Bad: 20, Total: 20000}, canary.Arm{Bad: 180, Total: 180000},
		canary.Options{Alternative: canary.Less, Margin: 0.001, Level: 0.9},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("p = %.4f, at most %.3f%% more with 95%% confidence\n", r.PValue, 100*r.High)
	// Output:
	// p = 0.0009, at most 0.045% more with 95% confidence
}

// Latencies in milliseconds: how likely is a request to the canary the slower one, and
// by how much?
func ExampleHodgesLehmann() {
	slow := []float64{131, 118, 140, 122, 151, 127, 119, 135, 144, 126}
	fast := []float64{112, 121, 109, 125, 117, 104, 130, 115, 108, 120}
	u, err := canary.MannWhitney(slow, fast, canary.Options{Alternative: canary.Greater})
	if err != nil {
		fmt.Println(err)
		return
	}
	shift, err := canary.HodgesLehmann(slow, fast, canary.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u)
	fmt.Println(shift)
	// Output:
	// mann-whitney (exact, greater): p = 0.00144, superiority 0.88 [0.6493, 0.9667] at 95 %
	// shift 14 [5, 25] at 95.67 % (exact)
}

// Buckets of a histogram are compared as they are.
func ExampleMannWhitneyHistogram() {
	bounds := []float64{0.05, 0.1, 0.25, 0.5, 1}
	r, err := canary.MannWhitneyHistogram(
		canary.Histogram{Bounds: bounds, Counts: []float64{310, 420, 190, 60, 15, 5}},
		canary.Histogram{Bounds: bounds, Counts: []float64{3900, 3700, 1500, 700, 150, 50}},
		canary.Options{Alternative: canary.Greater},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r)
	// Output:
	// mann-whitney (normal, greater): p = 1.95e-05, superiority 0.5371 [0.52, 0.5541] at 95 %
}

// Five looks, the bounds on z for each, and how often a canary is caught whose z is 3
// on average at the last.
func ExampleGroupSequential() {
	plan := canary.GroupSequential{Looks: 5, Alternative: canary.Greater}
	bounds, err := plan.Bounds()
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := plan.Crossing(3)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", bounds)
	fmt.Printf("power %.3f after %.0f%% of the traffic\n", c.Power, 100*c.Fraction)
	// Output:
	// [3.915 2.768 2.260 1.958 1.751]
	// power 0.903 after 70% of the traffic
}

// Three metrics of one release.
func ExampleHolm() {
	p, err := canary.Holm([]float64{0.04, 0.012, 0.3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f\n", p)
	// Output:
	// [0.080 0.036 0.300]
}
