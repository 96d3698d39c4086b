package capacity

import (
	"fmt"
	"slices"
	"time"
)

// rhythm is a regular grid that samples follow: one at every phase + k·step, more
// or less.
type rhythm struct{ phase, step int64 }

// detect tells the rhythm of samples in order. The step is the mean of
// distances near the median or multiples of it, made a whole number of seconds
// (milliseconds below 10 s) if it is within 1 % of one; nine of ten distances must
// be within a quarter step of a multiple of it, as they are where samples are
// jittered or missing. The phase is the median
// offset.
func detect(samples []stamped) (rhythm, error) {
	if len(samples) < 3 {
		return rhythm{}, problem("options.step", "0", fmt.Sprintf("the step cannot be told from %d instants", len(samples)), "write Step, such as 1h")
	}
	// A hundred thousand distances tell as much as all of them.
	stride := 1 + (len(samples)-2)/100_000
	distances := make([]int64, 0, (len(samples)-2)/stride+1)
	for i := 1; i < len(samples); i += stride {
		distances = append(distances, samples[i].at-samples[i-1].at)
	}
	ascending := slices.Sorted(slices.Values(distances))
	step := ascending[(len(ascending)-1)/2]
	// Over all distances near multiples of the median jitter evens out.
	_, span, steps := near(distances, step)
	if steps > 0 {
		step = rounded((span + steps/2) / steps)
	}
	if step > int64(longestStep) {
		return rhythm{}, problem("options.step", "0", "samples are more than ten years apart", "look at the unit of the timestamps")
	}
	regular, _, _ := near(distances, step)
	if 10*regular < 9*len(distances) {
		return rhythm{}, problem("options.step", "0", fmt.Sprintf("the step cannot be told: distances of samples run from %v to %v with a median of %v, and only %d of %d are near multiples of it",
			time.Duration(ascending[0]), time.Duration(ascending[len(ascending)-1]), time.Duration(step), regular, len(distances)), "write Step, such as 1h")
	}
	first := samples[0].at
	offsets := make([]int64, 0, len(distances)+1)
	for i := 0; i < len(samples); i += stride {
		off := (samples[i].at - first) % step
		if off >= (step+1)/2 {
			off -= step
		}
		offsets = append(offsets, off)
	}
	slices.Sort(offsets)
	return rhythm{first + offsets[len(offsets)/2], step}, nil
}

// near counts the distances within a quarter step of a multiple of it, their sum
// and the number of steps in them.
func near(distances []int64, step int64) (n int, sum, steps int64) {
	for _, d := range distances {
		k := d / step
		if d%step > step/2 {
			k++
		}
		if off := d - k*step; k > 0 && 4*max(off, -off) <= step {
			n, sum, steps = n+1, sum+d, steps+k
		}
	}
	return n, sum, steps
}

// rounded is a distance without the jitter of its measurement.
func rounded(d int64) int64 {
	unit := int64(time.Second)
	if d < 10*unit {
		unit = int64(time.Millisecond)
	}
	if whole := (d + unit/2) / unit * unit; whole > 0 && 100*max(whole-d, d-whole) <= d {
		return whole
	}
	return d
}
