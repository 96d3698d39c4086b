package canary

import "math"

// CliffDelta is the share of pairs in which the canary's value is greater minus the
// share in which it is smaller, in [−1, 1], with an interval that is not symmetric
// and stays in that range:
//
//	δ − δ³ ± zs·√((1−δ²)² + z²s²), divided by 1 − δ² + z²s²,
//
// s² the unbiased variance of δ over both arms (Cliff 1993, Psychological Bulletin
// 114; Feng and Cliff 2004, Journal of Modern Applied Statistical Methods 3). Where
// the arms do not overlap, s = 0, and the inner end is (k − z²)/(k + z²), k the
// size of the smaller arm (Feng and Cliff 2004); where all values are equal it is
// ±z²/(k + z²), Wilson's bound for none of k. An arm of one value tells nothing
// of its variance, and gives [−1, 1] with a warning. Only Level and Margin of the
// options are used. Errors are those of MannWhitney. O((n+m)·log(n+m)).
func CliffDelta(canary, baseline []float64, o Options) (Estimate, error) {
	if err := checkSamples(canary, baseline, 1, &o); err != nil {
		return Estimate{}, err
	}
	p := comparePairs(canary, baseline, o.Margin)
	return p.cliff(o.Level), nil
}

// CliffDeltaHistogram is CliffDelta for observations in buckets. O(buckets).
func CliffDeltaHistogram(canary, baseline Histogram, o Options) (Estimate, error) {
	if err := checkHistograms(canary, baseline, &o); err != nil {
		return Estimate{}, err
	}
	p := pairsOfHistograms(canary, baseline)
	return p.cliff(o.Level), nil
}

// Superiority is the probability that a value of the canary is greater than one of
// the baseline, equal ones counted half: the common-language effect size (McGraw
// and Wong 1992, Psychological Bulletin 111), (1+δ)/2 of CliffDelta with its
// interval.
func Superiority(canary, baseline []float64, o Options) (Estimate, error) {
	e, err := CliffDelta(canary, baseline, o)
	return e.fromDelta(), err
}

// SuperiorityHistogram is Superiority for observations in buckets. O(buckets).
func SuperiorityHistogram(canary, baseline Histogram, o Options) (Estimate, error) {
	e, err := CliffDeltaHistogram(canary, baseline, o)
	return e.fromDelta(), err
}

func (e Estimate) fromDelta() Estimate {
	if e.Level == 0 {
		return e
	}
	e.Name = "superiority"
	e.Effect, e.Low, e.High = (1+e.Effect)/2, (1+e.Low)/2, (1+e.High)/2
	return e
}

func (p *pairs) cliff(level float64) Estimate {
	e := Estimate{Name: "delta", Method: "normal", Effect: p.delta(), Level: level, N: p.n, M: p.m}
	e.Low, e.High = p.cliffInterval(level)
	if p.n <= 1 || p.m <= 1 {
		e.warn("few-values", "wait for more data", "an arm of one value tells nothing of its spread")
	}
	return e
}

// cliffInterval is the interval for Cliff's delta.
func (p *pairs) cliffInterval(level float64) (low, high float64) {
	if !(p.n > 1 && p.m > 1) {
		return -1, 1
	}
	z := normalReach(level)
	d := p.delta()
	k := math.Min(p.n, p.m)
	switch {
	case p.groups == 1:
		return -z * z / (k + z*z), z * z / (k + z*z)
	case p.apart():
		inner := (k - z*z) / (k + z*z)
		if d > 0 {
			return inner, 1
		}
		return -1, -inner
	}
	nm := p.n * p.m
	// 1 − δ² and Σ(dᵢⱼ − δ)²/(nm) from the pairs themselves, not by subtraction.
	rest := p.above / nm * (p.below / nm)
	vx, vy := p.placementVariances()
	within := math.Max(0, rest-p.equal/nm)
	s2 := ((p.m-1)*(4*vx/(p.m*p.m)) + (p.n-1)*(4*vy/(p.n*p.n)) + within*nm/((p.n-1)*(p.m-1))) / nm
	spread := z * math.Sqrt(s2) * math.Hypot(rest, z*math.Sqrt(s2))
	over := rest + z*z*s2
	if over == 0 {
		return d, d
	}
	return math.Max(-1, (d*rest-spread)/over), math.Min(1, (d*rest+spread)/over)
}
