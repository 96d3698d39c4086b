package canary

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Drift watches whether two arms wander apart by themselves, which breaks every
// test that takes requests, or minutes, to be independent. It takes the pair of
// values of each look: best of two baselines that differ in nothing (an A/A split:
// two sets of instances, one set up like the canary), otherwise of canary and
// baseline, where a harm that grows looks like drift too.
//
// The log ratios d of an arm that wanders resemble those of the look before. Their
// first autocovariance is the variance of the wandering times its correlation from
// look to look, which is taken as 0.8; what both arms share cancels. The zero value
// is ready; the sums are the state.
type Drift struct {
	N       int64   `json:"n"`
	First   float64 `json:"first"` // d of the first look
	Last    float64 `json:"last"`
	Sum     float64 `json:"sum"`     // of d − First
	Squares float64 `json:"squares"` // of (d − First)²
	Lagged  float64 `json:"lagged"`  // of the products of neighbours
}

// driftCorrelation is that of an arm's state from look to look.
const driftCorrelation = 0.8

// DriftResult is what Drift has seen.
type DriftResult struct {
	Looks int64 `json:"looks"`
	// Spread is the standard deviation of d, Correlation its first
	// autocorrelation, and ArmNoise the standard deviation of what wanders.
	Spread      float64 `json:"spread"`
	Correlation float64 `json:"correlation"`
	ArmNoise    float64 `json:"arm_noise"`
	// Drifts tells that the correlation is larger than chance makes it in one of
	// twenty series without drift. Below 10 looks it is never.
	Drifts bool `json:"drifts"`
	// FalseAlarm is the probability that a BlockTest with the margin in use raises
	// an alarm on arms that drift like this, and Margin the margin at which
	// it would be the test's own FalseAlarm: both from 1000 simulated
	// releases, 0 where Drifts is false.
	FalseAlarm float64 `json:"false_alarm"`
	Margin     float64 `json:"margin"`
}

// Add takes the values of one look. A pair that is not positive and finite is left
// out.
func (d *Drift) Add(a, b float64) {
	if a > 0 && a <= maxValue && b > 0 && b <= maxValue && d.N < maxCount {
		d.add(math.Log(a) - math.Log(b))
	}
}

func (d *Drift) addCounts(a, b Arm) {
	if a.Total > 0 && b.Total > 0 && a.Bad+b.Bad > 0 {
		d.Add((float64(a.Bad)+0.5)/(float64(a.Total)+0.5), (float64(b.Bad)+0.5)/(float64(b.Total)+0.5))
	}
}

func (d *Drift) add(v float64) {
	if d.N == 0 {
		d.First = v
	}
	v -= d.First
	d.Lagged += v * d.Last // Last is 0 at the first look
	d.N++
	d.Sum += v
	d.Squares += v * v
	d.Last = v
}

// Result is what was seen, and for a test of as many blocks as planned, at least as
// many as there are, what it means. Errors are *Error. About two milliseconds where
// arms drift.
func (d Drift) Result(test BlockTest, blocks int) (DriftResult, error) {
	var p problems
	test.complete(&p)
	if blocks < 1 || blocks > 10000 {
		p.add("blocks", fmt.Sprint(blocks), "not between 1 and 10000", "give the number of looks of the rollout")
	}
	for _, v := range []float64{d.First, d.Last, d.Sum, d.Squares, d.Lagged} {
		if !(math.Abs(v) <= 1e24) {
			p.add("drift", number(v), "no sum of log ratios", "change the fields by Add alone")
		}
	}
	if p.err() != nil {
		return DriftResult{}, p.err()
	}
	r := DriftResult{Looks: d.N}
	if d.N < 3 {
		return r, nil
	}
	n := float64(d.N)
	mean := d.Sum / n
	variance := max(0, d.Squares/n-mean*mean)
	lagged := (d.Lagged - mean*(2*d.Sum-d.Last) + (n-1)*mean*mean) / n
	r.Spread = math.Sqrt(variance)
	if variance <= 1e-18 {
		return r, nil
	}
	r.Correlation = max(-1, min(1, lagged/variance))
	r.ArmNoise = math.Sqrt(min(variance, max(0, lagged+variance/n)/driftCorrelation))
	r.Drifts = d.N >= 10 && r.Correlation+1/n > 1.645/math.Sqrt(n)
	if r.Drifts {
		r.FalseAlarm, r.Margin = aloneInDrift(test, r.ArmNoise, math.Sqrt(variance-r.ArmNoise*r.ArmNoise), max(blocks, min(10000, int(d.N))))
	}
	return r, nil
}

// aloneInDrift simulates releases without harm on arms that wander by noise (an
// autoregression of first order) and are measured with an error of spread.
func aloneInDrift(test BlockTest, noise, spread float64, blocks int) (falseAlarm, margin float64) {
	const runs = 1000
	blocks = min(blocks, 240)
	rho := oneSidedRho(float64(test.Plan), test.FalseAlarm)
	limit := -math.Log(test.FalseAlarm)
	bound := make([]float64, blocks+1) // the smallest mean/σ̂ that is an alarm
	for t := 1; t <= blocks; t++ {
		low, high := 0.0, 1e3
		for range 60 {
			m := (low + high) / 2
			if normalMixture(m*float64(t), float64(t), rho) >= limit {
				high = m
			} else {
				low = m
			}
		}
		bound[t] = high
	}
	random := rand.New(rand.NewPCG(1, uint64(blocks)))
	step := noise * math.Sqrt(1-driftCorrelation*driftCorrelation)
	most := make([]float64, runs) // the largest margin at which there is an alarm
	for i := range most {
		most[i] = -1
		state := noise * random.NormFloat64()
		var mean, squares float64
		for t := 1; t <= blocks; t++ {
			if t > 1 {
				state = driftCorrelation*state + step*random.NormFloat64()
			}
			gap := state + spread*random.NormFloat64() - mean
			v := gap + mean
			mean += gap / float64(t)
			squares += gap * (v - mean)
			if int64(t) >= test.Least {
				most[i] = max(most[i], mean-bound[t]*max(leastSpread, math.Sqrt(squares/float64(t-1))))
			}
		}
	}
	slices.Sort(most)
	alarms := 0
	for _, m := range most {
		if m >= math.Log1p(test.Margin) {
			alarms++
		}
	}
	holds := most[min(runs-1, int(math.Ceil(runs*(1-test.FalseAlarm))))]
	return float64(alarms) / runs, max(0, bounded(math.Expm1(min(holds, 700))))
}
