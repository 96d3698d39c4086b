package alerting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/slo"
)

// Traffic is how many requests a service gets over a cycle that repeats itself:
// Requests[i] is the number expected in step i. A single step is even traffic.
type Traffic struct {
	Step     time.Duration `json:"step_seconds"`
	Requests []float64     `json:"requests"`
}

// MarshalJSON writes durations in seconds.
func (t Traffic) MarshalJSON() ([]byte, error) { return marshalStruct(t) }

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Traffic) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, t) }

// EvenTraffic is traffic of so many requests a second at any time.
func EvenTraffic(perSecond float64) Traffic {
	return Traffic{Step: time.Hour, Requests: []float64{3600 * perSecond}}
}

const (
	hoursOfWeek = 7 * 24
	// maxSteps bounds a cycle: a week of minutes.
	maxSteps = 7 * 24 * 60
)

// WeeklyTraffic is the mean of recorded points by hour of the week, Monday's first
// hour in UTC first. Hours of which the points know nothing get the mean of the
// others. An interval that is longer than an hour is spread over its hours.
// Errors wrap ErrHistory, or are the context's.
func WeeklyTraffic(ctx context.Context, points []slo.Point) (Traffic, error) {
	h, err := newHistory(ctx, points)
	if err != nil {
		return Traffic{}, err
	}
	var requests, known [hoursOfWeek]float64
	const hour = int64(time.Hour)
	// The epoch was a Thursday.
	index := func(at int64) int {
		n := at/hour + 3*24
		if at%hour < 0 {
			n--
		}
		return int((n%hoursOfWeek + hoursOfWeek) % hoursOfWeek)
	}
	for i, end := range h.times {
		if i%pollEvery == 0 && ctx.Err() != nil {
			return Traffic{}, ctx.Err()
		}
		begin := h.before(i)
		_, total := h.events(i, i+1)
		if end-begin > hoursOfWeek*hour { // a gap: nothing is known of its hours
			continue
		}
		perNanosecond := total / float64(end-begin)
		for from := begin; from < end; {
			to := min(end, ceilGrid(from+1, hour, 0))
			requests[index(from)] += perNanosecond * float64(to-from)
			known[index(from)] += float64(to-from) / float64(hour)
			from = to
		}
	}
	t := Traffic{Step: time.Hour, Requests: make([]float64, hoursOfWeek)}
	var sum, hours float64
	for i := range requests {
		if known[i] > 0 {
			t.Requests[i] = requests[i] / known[i]
			sum += t.Requests[i]
			hours++
		}
	}
	for i := range requests {
		if known[i] == 0 && hours > 0 {
			t.Requests[i] = sum / hours
		}
	}
	return t, nil
}

// Validate tells what is wrong with t; errors wrap ErrOptions.
func (t Traffic) Validate() error {
	var errs []error
	if t.Step <= 0 || len(t.Requests) == 0 {
		errs = append(errs, fmt.Errorf("%w: traffic of %d steps of %v; both must be positive", ErrOptions, len(t.Requests), t.Step))
	}
	if len(t.Requests) > maxSteps {
		errs = append(errs, fmt.Errorf("%w: traffic of %d steps; at most %d can be computed with", ErrOptions, len(t.Requests), maxSteps))
	}
	for i, r := range t.Requests {
		if !(r >= 0 && r <= 1e15) {
			errs = append(errs, fmt.Errorf("%w: %v requests in step %d; it must be between 0 and 1e15", ErrOptions, r, i+1))
		}
	}
	return errors.Join(errs...)
}

// FalseAlarmMonth is the length of the month in which false alarms are counted.
const FalseAlarmMonth = 30 * 24 * time.Hour

// FalseAlarms is how many times in a month of 30 days the pair's condition is
// expected to begin although nothing happens: requests fail independently with
// probability errorRatio, in [0,1]. Conditions that begin anew soon after they
// ended count again, and holds are not counted on, so fewer people are called
// than this.
//
// A condition begins when an error arrives that lifts both windows above the
// threshold. With S errors in the short window, R in the rest of the long one,
// independent and Poisson, errors at the rate λ, and thresholds of k and l errors,
// that is λ·[P(S ≥ k, S+R ≥ l) - P(S ≥ k+1, S+R ≥ l+1)] in continuous time: exact
// for even traffic and small errorRatio. Where traffic changes, the windows are
// taken at the middle of each step, and conditions that begin because falling
// traffic lowers a threshold are added.
//
// Errors wrap ErrOptions. The cost is some microseconds a step of the traffic.
func (p BoundPair) FalseAlarms(t Traffic, errorRatio float64) (float64, error) {
	err := t.Validate()
	if !(errorRatio >= 0 && errorRatio <= 1) {
		err = errors.Join(err, fmt.Errorf("%w: error ratio %v; it must be between 0 and 1", ErrOptions, errorRatio))
	}
	if err != nil {
		return 0, err
	}
	return p.falseAlarms(t.cumulate(), errorRatio), nil
}

// cycle is traffic summed up: upTo[i] is the requests of the first i steps.
type cycle struct {
	step float64 // seconds
	upTo []float64
}

func (t Traffic) cumulate() cycle {
	c := cycle{t.Step.Seconds(), make([]float64, len(t.Requests)+1)}
	for i, r := range t.Requests {
		c.upTo[i+1] = c.upTo[i] + r
	}
	return c
}

func (c cycle) length() float64 { return c.step * float64(len(c.upTo)-1) }

// at is the requests since the start of the cycle at t seconds, any t.
func (c cycle) at(t float64) float64 {
	n := len(c.upTo) - 1
	cycles := math.Floor(t / c.length())
	x := (t - cycles*c.length()) / c.step
	i := min(int(x), n-1)
	return cycles*c.upTo[n] + c.upTo[i] + (x-float64(i))*(c.upTo[i+1]-c.upTo[i])
}

func (p BoundPair) falseAlarms(c cycle, errorRatio float64) float64 {
	if !p.Reachable || errorRatio == 0 {
		return 0
	}
	begins := 0.0
	n := len(c.upTo) - 1
	// window is the means of the errors in the short window and the rest of the
	// long one in the middle of step i, and the errors that each may have.
	window := func(i int) (short, rest float64, k, l uint64) {
		now := (float64(i) + 0.5) * c.step
		inShort := c.at(now) - c.at(now-p.Short.Seconds())
		inLong := c.at(now) - c.at(now-p.Long.Seconds())
		// A rounding error must not turn 3 allowed errors into 2.
		k, l = uint64(p.Threshold*inShort*(1+1e-12)), uint64(p.Threshold*inLong*(1+1e-12))
		return errorRatio * inShort, errorRatio * math.Max(0, inLong-inShort), k, l
	}
	_, _, kBefore, lBefore := window(-1)
	for i := range n {
		short, rest, k, l := window(i)
		arrivals := errorRatio * (c.upTo[i+1] - c.upTo[i])
		above := bothAtLeast(k+1, l+1, short, rest)
		begins += arrivals * math.Max(0, bothAtLeast(k, l, short, rest)-above)
		if k < kBefore || l < lBefore {
			begins += math.Max(0, above-bothAtLeast(max(k, kBefore)+1, max(l, lBefore)+1, short, rest))
		}
		kBefore, lBefore = k, l
	}
	return begins * FalseAlarmMonth.Seconds() / c.length()
}

// bothAtLeast is P(S ≥ k, S+R ≥ l) for independent Poisson S and R:
// Σ P(S = s)·P(R ≥ l-s) from s = k. Terms beyond ten standard deviations are left
// out; sums of very many terms are taken in strides.
func bothAtLeast(k, l uint64, meanS, meanR float64) float64 {
	if k >= l {
		return atLeast(k, meanS)
	}
	reach := func(mean float64) float64 { return 10*math.Sqrt(mean) + 30 }
	low := math.Max(float64(k), math.Floor(meanS-reach(meanS)))
	high := math.Min(float64(l)-1, math.Ceil(meanS+reach(meanS)))
	sum := atLeast(l, meanS)
	if low > high || meanR == 0 {
		return sum
	}
	const terms = 4000
	stride := math.Max(1, math.Ceil((high-low)/terms))
	if stride > 1 {
		for s := low; s <= high; s += stride {
			width := math.Min(stride, high-s+1)
			middle := math.Floor(s + width/2)
			sum += width * math.Exp(stat.LogPoissonPMF(uint64(middle), meanS)) * atLeast(l-uint64(middle), meanR)
		}
		return math.Min(sum, 1)
	}
	pmf := math.Exp(stat.LogPoissonPMF(uint64(low), meanS))
	// P(R ≥ r) grows by P(R = r-1) as r falls; where it is nought it stays so
	// until r is within reach.
	r := float64(l) - low
	tail, point := 0.0, 0.0
	begun := false
	for s := low; s <= high; s, r = s+1, r-1 {
		switch {
		case begun:
			// from r+1 to r
			point *= (r + 1) / meanR
			tail += point
		case r <= meanR+reach(meanR):
			begun = true
			tail = atLeast(uint64(r), meanR)
			point = math.Exp(stat.LogPoissonPMF(uint64(r), meanR))
		}
		sum += pmf * math.Min(tail, 1)
		pmf *= meanS / (s + 1)
	}
	return math.Min(sum, 1)
}

// atLeast is P(X ≥ k) for X Poisson.
func atLeast(k uint64, mean float64) float64 {
	if k == 0 {
		return 1
	}
	_, upper := stat.PoissonCDF(k-1, mean)
	return upper
}
