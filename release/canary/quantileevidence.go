package canary

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/srekit/ownership/internal/stat"
)

// QuantileTest compares a quantile of independent values at any look: p99 of all
// requests since the start, from the values themselves or from histograms that grow.
// With Greater the hypothesis is that the canary's quantile is at most 1 + Margin
// times the baseline's.
//
// At each value x that may be the quantile, the number of values up to it is
// compared with its expectation by the beta-binomial mixture of Howard and Ramdas
// (2022, Bernoulli 28, section 5) in each arm; E is the product of both at the x
// at which it is smallest. The state is the data, or the counts of the buckets,
// which add up; of values inside a bucket the worst is assumed.
//
// Requests of one minute have more in common than this supposes where arms drift
// apart by themselves: then BlockTest on the quantile of each minute is the test
// that holds.
type QuantileTest struct {
	Quantile float64 `json:"quantile"` // in (0, 1); 0 is 0.5
	// Alternative is Greater, Less or TwoSided.
	Alternative Alternative `json:"alternative,omitempty"`
	// Margin, in [0, 1000], is for values that are not negative and a test to one
	// side: 0.1 asks for a quantile more than 10 % greater, or less.
	Margin     float64 `json:"margin,omitempty"`
	FalseAlarm float64 `json:"false_alarm,omitempty"` // as in RateTest; 0 is 0.05
	// Plan is the number of values in an arm at which the test is most sensitive; 0
	// is 1000.
	Plan float64 `json:"plan,omitempty"`
}

// QuantileResult is what the data say to a QuantileTest.
type QuantileResult struct {
	N        float64 `json:"n"` // values of the canary
	M        float64 `json:"m"` // values of the baseline
	Canary   float64 `json:"canary"`
	Baseline float64 `json:"baseline"` // estimates of the quantile; the upper bound of its bucket in histograms
	LogE     float64 `json:"log_e"`
	PValue   float64 `json:"p_value"` // min(1, 1/E)
	Alarm    bool    `json:"alarm"`   // E ≥ 1/FalseAlarm
}

func (t *QuantileTest) complete(p *problems) {
	if t.Quantile == 0 {
		t.Quantile = 0.5
	}
	if t.FalseAlarm == 0 {
		t.FalseAlarm = 0.05
	}
	if t.Plan == 0 {
		t.Plan = 1000
	}
	checkFalseAlarm(p, "false_alarm", t.FalseAlarm)
	if !(t.Quantile > 1e-9 && t.Quantile < 1-1e-9) {
		p.add("quantile", number(t.Quantile), "not between 0 and 1", "write 0.99 for p99")
	}
	if t.Alternative > Less {
		p.add("alternative", t.Alternative.String(), "no such alternative", "use TwoSided, Greater or Less")
	}
	if !(t.Margin >= 0 && t.Margin <= 1000) || t.Margin > 0 && t.Alternative == TwoSided {
		p.add("margin", number(t.Margin), "not a margin of a test to one side", "choose Greater or Less and a margin between 0 and 1000")
	}
	if !(t.Plan >= 1 && t.Plan <= maxCount) {
		p.add("plan", number(t.Plan), "not 1 or more", "leave it 0 for 1000 values")
	}
}

// Samples weighs the values of both arms since the start. They are copied and
// sorted, which is what takes time. Errors are *Error.
func (t QuantileTest) Samples(canary, baseline []float64) (QuantileResult, error) {
	var p problems
	t.complete(&p)
	checkSample(&p, "canary", canary, 1)
	checkSample(&p, "baseline", baseline, 1)
	if p.err() != nil {
		return QuantileResult{}, p.err()
	}
	x, y := slices.Clone(canary), slices.Clone(baseline)
	slices.Sort(x)
	slices.Sort(y)
	if t.Margin > 0 && min(x[0], y[0]) < 0 {
		return QuantileResult{}, problem("margin", number(t.Margin), "a margin for negative values", "leave the margin 0")
	}
	r := QuantileResult{N: float64(len(x)), M: float64(len(y)), Canary: stat.SortedQuantile(x, t.Quantile), Baseline: stat.SortedQuantile(y, t.Quantile)}
	// up counts values ≤ v of a sorted sample, under those < v.
	up := func(s []float64, v float64) float64 {
		return float64(sort.Search(len(s), func(i int) bool { return s[i] > v }))
	}
	under := func(s []float64, v float64) float64 { n, _ := slices.BinarySearch(s, v); return float64(n) }
	switch t.Alternative {
	case TwoSided:
		both := slices.Concat(x, y)
		slices.Sort(both)
		both = slices.Compact(both)
		r.LogE = math.Inf(1)
		for _, v := range both {
			r.LogE = min(r.LogE, t.around(under(x, v), up(x, v), r.N)+t.around(under(y, v), up(y, v), r.M))
		}
	default:
		worse, better := x, y
		if t.Alternative == Less {
			worse, better = y, x
		}
		// Where the quantile of the better arm is v, at most that of the worse
		// arm divided by 1+Margin: evidence against falls at values of the worse
		// arm and rises between.
		r.LogE = t.smallest(len(worse), func(i int) (float64, float64) {
			if i < 0 {
				return 0, 0
			}
			v := worse[i]
			return up(worse, v), under(better, v/(1+t.Margin))
		}, float64(len(worse)), float64(len(better)))
	}
	t.finish(&r)
	return r, nil
}

func (t *QuantileTest) finish(r *QuantileResult) {
	r.LogE = bounded(r.LogE)
	r.PValue = math.Exp(-max(0, r.LogE))
	r.Alarm = r.LogE >= -math.Log(t.FalseAlarm)
}

// Histograms weighs the counts of both arms since the start, in the same buckets.
// With a margin the bounds must not be negative. Errors are *Error.
func (t QuantileTest) Histograms(canary, baseline Histogram) (QuantileResult, error) {
	var p problems
	t.complete(&p)
	if p.err() != nil {
		return QuantileResult{}, p.err()
	}
	if err := checkHistograms(canary, baseline, &Options{}); err != nil {
		return QuantileResult{}, err
	}
	k := len(canary.Counts)
	if t.Margin > 0 && k > 1 && canary.bound(0) < 0 {
		return QuantileResult{}, problem("margin", number(t.Margin), "a margin for negative values", "leave the margin 0")
	}
	sums := func(h Histogram) []float64 { // sums[i] are the values up to bound i−1
		s := make([]float64, k+1)
		for i, c := range h.Counts {
			s[i+1] = s[i] + c
		}
		return s
	}
	x, y := sums(canary), sums(baseline)
	r := QuantileResult{N: x[k], M: y[k], Canary: t.bucket(canary, x), Baseline: t.bucket(baseline, y)}
	if t.Alternative == TwoSided {
		r.LogE = math.Inf(1)
		for i := range k {
			r.LogE = min(r.LogE, t.around(x[i], x[i+1], r.N)+t.around(y[i], y[i+1], r.M))
		}
		t.finish(&r)
		return r, nil
	}
	worse, better := x, y
	if t.Alternative == Less {
		worse, better = y, x
	}
	// A quantile of the worse arm in bucket i: all of its values in the bucket may
	// lie up to it, and the better arm's quantile is at least the lower bound of i
	// divided by 1+Margin, below which all of that bucket may lie.
	r.LogE = t.smallest(k, func(i int) (float64, float64) {
		if i <= 0 {
			return worse[max(0, i+1)], 0
		}
		v := canary.bound(i-1) / (1 + t.Margin)
		full := sort.Search(k, func(j int) bool { return canary.bound(j) > v })
		return worse[i+1], better[min(full, i)]
	}, worse[k], better[k])
	t.finish(&r)
	return r, nil
}

// bucket is the upper bound of the quantile's bucket, the last finite one above it.
func (t *QuantileTest) bucket(h Histogram, sums []float64) float64 {
	k := len(h.Counts)
	i := sort.Search(k-1, func(i int) bool { return sums[i+1] >= t.Quantile*sums[k] })
	if b := h.bound(i); !math.IsInf(b, 1) {
		return b
	}
	if i > 0 {
		return h.bound(i - 1)
	}
	return 0
}

// smallest is the least ln E over the places −1 … n−1, where count gives the
// worse arm's values up to the place and the better arm's below it, both rising.
// The worse arm's evidence falls from place to place and the other's rises, so a
// range of places has a bound by its ends, and few have to be looked at.
func (t *QuantileTest) smallest(n int, count func(i int) (worse, better float64), worseTotal, betterTotal float64) float64 {
	p := t.Quantile
	rho := t.rho()
	falling := func(i int) float64 {
		up, _ := count(i)
		return betaMixture(p*worseTotal-up, p*(1-p)*worseTotal, 1-p, p, rho)
	}
	rising := func(i int) float64 {
		_, below := count(i)
		return betaMixture(below-p*betterTotal, p*(1-p)*betterTotal, p, 1-p, rho)
	}
	least := math.Inf(1)
	var search func(low, high int, atLow, atHigh float64) // rising(low), falling(high)
	search = func(low, high int, atLow, atHigh float64) {
		if atLow+atHigh >= least {
			return
		}
		if low == high {
			least = min(least, atLow+atHigh)
			return
		}
		m := low + (high-low)/2
		left, right := falling(m), rising(m+1)
		if atLow+left <= right+atHigh {
			search(low, m, atLow, left)
			search(m+1, high, right, atHigh)
		} else {
			search(m+1, high, right, atHigh)
			search(low, m, atLow, left)
		}
	}
	search(-1, n-1, rising(-1), falling(n-1))
	return least
}

// rho is the mixture's precision for Plan values.
func (t *QuantileTest) rho() float64 {
	v := t.Plan * t.Quantile * (1 - t.Quantile)
	if t.Alternative == TwoSided {
		return twoSidedRho(v, t.FalseAlarm)
	}
	return oneSidedRho(v, t.FalseAlarm)
}

// around is the two-sided mixture of an arm of n values of which low lie below the
// quantile and high up to it, at the count in between that is the weakest evidence.
func (t *QuantileTest) around(low, high, n float64) float64 {
	p := t.Quantile
	rho := t.rho()
	f := func(count float64) float64 { return twoSidedBetaMixture(count-p*n, p*(1-p)*n, p, 1-p, rho) }
	if low-p*n > 1 || high-p*n < -1 || high-low < 1e-9 { // on one side of the lowest point, which lies near p·n
		return min(f(low), f(high))
	}
	for range 100 { // the mixture is convex
		a, b := low+(high-low)/3, high-(high-low)/3
		if f(a) < f(b) {
			high = b
		} else {
			low = a
		}
	}
	return f((low + high) / 2)
}

// betaMixture is the logarithm of the one-sided beta-binomial mixture for a sum s
// of variance v whose steps lie between −g and h (Howard et al. 2021, proposition
// 7): the evidence that the mean of the steps is above 0.
func betaMixture(s, v, g, h, rho float64) float64 {
	return mixtureOfBetas(s, v, g, h, rho, func(a, b float64) float64 {
		l, _ := stat.LogBetaCDF(a, b, h/(g+h))
		return stat.LogBeta(a, b) + l
	})
}

func twoSidedBetaMixture(s, v, g, h, rho float64) float64 {
	return mixtureOfBetas(s, v, g, h, rho, stat.LogBeta)
}

func mixtureOfBetas(s, v, g, h, rho float64, logBeta func(a, b float64) float64) float64 {
	r := max(rho-g*h, 1e-3*g*h)
	w := g + h
	return v/(g*h)*math.Log(w) - (v+h*s)/(h*w)*math.Log(g) - (v-g*s)/(g*w)*math.Log(h) +
		logBeta((r+v-g*s)/(g*w), (r+v+h*s)/(h*w)) - logBeta(r/(g*w), r/(h*w))
}

// String is the result in one line.
func (r QuantileResult) String() string {
	return fmt.Sprintf("canary %.4g of %.0f values, baseline %.4g of %.0f: p = %.3g", r.Canary, r.N, r.Baseline, r.M, r.PValue)
}
