package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// exactBelow is the size of arms from which rank tests take the normal
// distribution, if the choice is theirs: there, p-values between 1e-4 and 1 differ
// by less than 2 %.
const exactBelow = 50

// MannWhitney tests whether values of the canary tend to be greater or smaller
// than those of the baseline (Mann and Whitney 1947, Annals of Mathematical
// Statistics 18). The statistic is
//
//	U = #{canary > baseline} + ½·#{canary = baseline}
//
// over all n·m pairs, and the effect is superiority, U/(n·m): the probability that
// a value of the canary is the greater one, ½ if the arms are alike, with the
// interval of Superiority.
//
// Auto is exact where both arms have fewer than 50 values: the count of all
// arrangements without ties, and with ties the distribution of the sum of mid-ranks
// given the ties (Streitberg and Röhmel 1986, Statistical Software Newsletter 12),
// where two-sided means P(|U − nm/2| ≥ |u − nm/2|). Otherwise it is normal with
//
//	σ² = nm/12 · (N + 1 − Σ(t³ − t)/(N(N−1))),  N = n + m,
//
// t the sizes of groups of equal values, and a continuity correction of ½. It
// compares only order, so that units do not matter. Its null hypothesis is that
// both arms have the same distribution; for arms of different spread see
// BrunnerMunzel.
//
// Errors are *Error: empty arms, values that are not finite, options, and Exact for
// samples that would need more than about a tenth of a second. O((n+m)·log(n+m)).
func MannWhitney(canary, baseline []float64, o Options) (Result, error) {
	if err := checkSamples(canary, baseline, 1, &o); err != nil {
		return Result{}, err
	}
	n, m := len(canary), len(baseline)
	if o.Method == Exact || o.Method == Auto && n < exactBelow && m < exactBelow {
		kx := sortedKeys(canary, o.Margin, make([]uint64, n), make([]uint64, n))
		ky := sortedKeys(baseline, 0, make([]uint64, m), make([]uint64, m))
		p := pairsOfKeys(kx, ky)
		return mannWhitney(&p, tieSizes(kx, ky, p.groups), o)
	}
	p := comparePairs(canary, baseline, o.Margin)
	return mannWhitney(&p, nil, o)
}

// MannWhitneyHistogram is MannWhitney for observations in buckets, which count as
// tied within a bucket. It takes no margin. Auto is exact where the counts are
// whole and both sums below 50. O(buckets).
func MannWhitneyHistogram(canary, baseline Histogram, o Options) (Result, error) {
	if err := checkHistograms(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	p := pairsOfHistograms(canary, baseline)
	whole := canary.whole() && baseline.whole()
	if o.Method == Exact && !whole {
		return Result{}, notWhole()
	}
	if o.Method == Exact && p.n+p.m > exactWork {
		return Result{}, tooManyPairs(p.n, p.m)
	}
	var ties []int
	if o.Method == Exact || o.Method == Auto && p.n < exactBelow && p.m < exactBelow && whole {
		for i, a := range canary.Counts {
			if b := baseline.Counts[i]; a+b > 0 {
				ties = append(ties, int(a+b))
			}
		}
	}
	return mannWhitney(&p, ties, o)
}

// mannWhitney tests p: exactly given the sizes of groups of equal values, or
// normally if they are nil.
func mannWhitney(p *pairs, ties []int, o Options) (Result, error) {
	r := Result{
		Test: "mann-whitney", Alternative: o.Alternative, N: p.n, M: p.m,
		Statistic: p.above / 2, Effect: p.superiority(), EffectName: "superiority",
	}
	switch {
	case ties != nil:
		r.Method = "exact"
		if err := r.setExactRanks(p, ties); err != nil {
			return Result{}, err
		}
	default:
		r.Method = "normal"
		r.setNormalRanks(p, !o.NoContinuity)
	}
	if p.groups == 1 {
		r.warn("all-equal", "look at what is measured, or at finer buckets", "all %g values are equal", p.n+p.m)
	}
	low, high := p.cliffInterval(o.Level)
	r.setInterval((1+low)/2, (1+high)/2, o.Level)
	return r, nil
}

// setNormalRanks sets the p-value of the normal approximation.
func (r *Result) setNormalRanks(p *pairs, continuity bool) {
	size := p.n + p.m
	variance := p.n / 12 * p.m * (size + 1 - p.ties/(size*(size-1)))
	if p.groups == 1 || !(variance > 0) {
		r.setP(1)
		return
	}
	d := (p.above - p.below) / 4
	if continuity {
		switch r.Alternative {
		case Greater:
			d -= 0.5
		case Less:
			d += 0.5
		default:
			d = math.Copysign(math.Max(0, math.Abs(d)-0.5), d)
		}
	}
	r.setTails(stat.LogNormalCDF(d / math.Sqrt(variance)))
}
