package stat

import (
	"fmt"
	"math"
)

// Three errors in a thousand requests: what may the error ratio be?
func ExampleClopperPearson() {
	v := ClopperPearson(3, 1000, 0.95)
	fmt.Printf("exact  %.5f to %.5f\n", v.Low, v.High)
	v = Wilson(3, 1000, 0.95)
	fmt.Printf("Wilson %.5f to %.5f\n", v.Low, v.High)
	// Output:
	// exact  0.00062 to 0.00874
	// Wilson 0.00102 to 0.00878
}

// A service exactly on its budget of one error in a thousand: how often does an hour of
// 10,000 requests hold more than 144 errors?
func ExampleLogBinomialCDF() {
	_, upper := LogBinomialCDF(144, 10000, 0.001)
	fmt.Printf("once in 10^%.1f hours\n", -upper/math.Ln10)
	// Output:
	// once in 10^111.6 hours
}

// How much worse may the canary be than the baseline, and how much better?
func ExampleMiettinenNurminen() {
	v := MiettinenNurminen(36, 18000, 162, 162000, 0.95)
	fmt.Printf("between %+.3f and %+.3f points\n", 100*v.Low, 100*v.High)
	// Output:
	// between +0.042 and +0.178 points
}
