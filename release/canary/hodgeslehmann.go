package canary

import (
	"math"
)

// HodgesLehmann estimates by how much the values of the canary are shifted: the
// median of all n·m differences canary − baseline, with the interval that inverts
// MannWhitney's test (Hodges and Lehmann 1963; Lehmann 1963, Annals of Mathematical
// Statistics 34). Both are order statistics of the differences, found by counting
// pairs, exactly, and without the differences ever being stored.
//
// Auto is exact where both arms have fewer than 50 values: with the k-th smallest
// and k-th largest difference the interval has level 1 − 2·P(U ≤ k−1), U being
// Mann-Whitney's statistic without ties, and Level tells that one. With ties it is at
// least as much, the ends being included (Noether 1967, Elements of Nonparametric
// Statistics). Three values against three cannot give 95 %; then the interval is the
// widest there is, with a warning. Otherwise k = ⌈nm/2 − ½ − z·σ⌉ with σ corrected
// for ties within each arm; NoContinuity leaves out the ½.
//
// The shift is in the unit of the values, and moves with unit and origin. It is a
// location: arms that differ in spread alone have a shift of 0. Errors are those of
// MannWhitney. O((n+m)·log(n+m)); 20 bytes a value, twice that for a moment.
func HodgesLehmann(canary, baseline []float64, o Options) (Estimate, error) {
	if err := checkSamples(canary, baseline, 1, &o); err != nil {
		return Estimate{}, err
	}
	d := newDifferences(canary, baseline)
	n, m := len(canary), len(baseline)
	e := Estimate{Name: "shift", Method: "normal", Level: o.Level, N: float64(n), M: float64(m)}
	k := int64(1)
	if o.Method == Exact || o.Method == Auto && n < exactBelow && m < exactBelow {
		e.Method = "exact"
		var ok bool
		if k, e.Level, ok = exactRank(n, m, (1-o.Level)/2); !ok {
			return Estimate{}, problem("options.method", "exact", "the distribution for so many values takes too long", "use Auto or Asymptotic")
		}
		if e.Level < o.Level {
			e.warn("few-values", "wait for more data, or ask for a lower level", "%d and %d values give a level of at most %.4g", n, m, e.Level)
		}
	} else {
		sigma := d.sigma()
		reach := float64(n)/2*float64(m) - normalReach(o.Level)*sigma
		if !o.NoContinuity {
			reach -= 0.5
		}
		k = max(1, int64(math.Ceil(reach)))
		if sigma == 0 {
			e.warn("all-equal", "look at what is measured", "the values of each arm are all equal")
		}
	}
	e.Effect, e.Low, e.High = d.medianAndEnds(k)
	return e, nil
}

// exactRank returns the largest k ≥ 1 with P(U ≤ k−1) < tail, or 1, and the level of
// the interval from the k-th smallest to the k-th largest difference.
func exactRank(n, m int, tail float64) (k int64, level float64, ok bool) {
	all, ok := arrangements(min(n, m), max(n, m))
	half := n * m / 2
	if !ok || float64(min(n, m))*float64(half) > exactWork {
		return 0, 0, false
	}
	// R's rule for quantiles of discrete distributions: a probability that meets the
	// tail but for rounding counts as meeting it.
	limit := tail * (1 - 64*0x1p-52)
	var sum, before float64
	for u, c := range gaussianBinomial(min(n, m), max(n, m), half) {
		sum += c.float() / all.float()
		if sum >= limit {
			if u == 0 {
				return 1, math.Max(0, 1-2*sum), true
			}
			return int64(u), 1 - 2*before, true
		}
		before = sum
	}
	return int64(half) + 1, math.Max(0, 1-2*before), true
}
