package canary

import (
	"math"
)

// exactPairs is the number of pairs up to which KolmogorovSmirnov is exact by itself.
const exactPairs = 10000

// KolmogorovSmirnov tests whether the arms have the same distribution, against any
// difference: location, spread, tail (Smirnov 1939). The statistic and the effect are
//
//	D = sup |F − G|, sup (G − F) with Greater, sup (F − G) with Less,
//
// F and G being the shares of values up to a point, of canary and baseline: the
// largest difference between the shares of requests faster than any threshold. Note
// that Greater looks for greater values of the canary, whose F lies lower.
//
// Auto is exact where n·m < 10 000: the share of paths from (0, 0) to (n, m) that
// leave the band of D at the end of a group of equal values, so that it is right with
// ties too (Schröer and Trenkler 1995, Computational Statistics & Data Analysis 20).
// Tails are added up from small to large and do not cancel. Otherwise it is
// Kolmogorov's and Smirnov's limit, which with ties and few values is conservative.
//
// The interval for D (the two-sided one, whatever the alternative) comes from the
// inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's constant (1990) for
// each arm, and has at least Level. No margin. Errors are those of MannWhitney.
// O((n+m)·log(n+m)), O(n·m) where exact.
func KolmogorovSmirnov(canary, baseline []float64, o Options) (Result, error) {
	var p problems
	checkSample(&p, "canary", canary, 1)
	checkSample(&p, "baseline", baseline, 1)
	o.check(&p)
	o.noMargin(&p)
	if err := p.err(); err != nil {
		return Result{}, err
	}
	n, m := len(canary), len(baseline)
	kx := sortedKeys(canary, 0, make([]uint64, n), make([]uint64, n))
	ky := sortedKeys(baseline, 0, make([]uint64, m), make([]uint64, m))
	s := steps{n: float64(n), m: float64(m)}
	exact := o.Method == Exact || o.Method == Auto && n*m < exactPairs
	for i, j := 0, 0; i < n || j < m; {
		a, b := nextGroup(kx, ky, i, j)
		i, j = i+a, j+b
		s.add(float64(a), float64(b), exact)
	}
	return s.test(o, exact)
}

// KolmogorovSmirnovHistogram is KolmogorovSmirnov for observations in buckets. D is
// the largest difference at a bound, so at most that of the values. Auto is exact
// where the counts are whole and n·m < 10 000. O(buckets).
func KolmogorovSmirnovHistogram(canary, baseline Histogram, o Options) (Result, error) {
	if err := checkHistograms(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	s := steps{n: canary.Total(), m: baseline.Total()}
	whole := canary.whole() && baseline.whole()
	if o.Method == Exact && !whole {
		return Result{}, notWhole()
	}
	exact := o.Method == Exact || o.Method == Auto && s.n*s.m < exactPairs && whole
	if o.Method == Exact && s.n*s.m > exactWork {
		return Result{}, tooManyPairs(s.n, s.m)
	}
	for i, a := range canary.Counts {
		s.add(a, baseline.Counts[i], exact)
	}
	return s.test(o, exact)
}

// whole tells whether all counts are whole numbers.
func (h Histogram) whole() bool {
	for _, c := range h.Counts {
		if c != math.Trunc(c) {
			return false
		}
	}
	return true
}

func notWhole() error {
	return problem("options.method", "exact", "counts that are not whole have no exact distribution", "use Auto")
}

func tooManyPairs(n, m float64) error {
	return problem("options.method", "exact", "the distribution for "+number(n)+" and "+number(m)+" values takes too long", "use Auto or Asymptotic")
}

// steps follows the two distribution functions.
type steps struct {
	n, m, a, b float64
	// up and down are the largest values of G − F and F − G, times n·m.
	up, down float64
	ends     []int // sizes a + b up to which groups of equal values end
}

func (s *steps) add(a, b float64, keep bool) {
	s.a, s.b = s.a+a, s.b+b
	d := s.b*s.n - s.a*s.m
	s.up, s.down = math.Max(s.up, d), math.Max(s.down, -d)
	if keep && a+b > 0 {
		s.ends = append(s.ends, int(s.a+s.b))
	}
}

func (s *steps) test(o Options, exact bool) (Result, error) {
	nm := s.n * s.m
	r := Result{Test: "kolmogorov-smirnov", Method: "asymptotic", Alternative: o.Alternative, N: s.n, M: s.m, EffectName: "difference of shares"}
	d := math.Max(s.up, s.down)
	both := d / nm
	switch o.Alternative {
	case Greater:
		d = s.up
	case Less:
		d = s.down
	}
	r.Statistic = d / nm
	r.Effect = r.Statistic
	switch {
	case exact && nm > exactWork:
		return Result{}, tooManyPairs(s.n, s.m)
	case exact:
		r.Method = "exact"
		r.setP(s.outside(d, o.Alternative))
	case o.Alternative == TwoSided:
		r.setLogP(logKolmogorov(math.Sqrt(s.n/(s.n+s.m)*s.m) * r.Statistic))
	default:
		r.setLogP(-2 * s.n / (s.n + s.m) * s.m * r.Statistic * r.Statistic)
	}
	// Each arm's distribution function stays within its band with probability
	// 1 − (1−Level)/2, so both do with Level.
	band := math.Sqrt(math.Log(4/(1-o.Level))/2) * (1/math.Sqrt(s.n) + 1/math.Sqrt(s.m))
	r.setInterval(math.Max(0, both-band), math.Min(1, both+band), o.Level)
	if len(s.ends) == 1 {
		r.warn("all-equal", "look at what is measured, or at finer buckets", "all %g values are equal", s.n+s.m)
	}
	return r, nil
}

// outside returns the probability that, of all ways to deal the pooled values to the
// arms, the statistic times n·m is at least d: v(i, j) is the share of paths from
// (0, 0) to (i, j) that were outside, i/(i+j)·v(i−1, j) + j/(i+j)·v(i, j−1), or 1
// where (i, j) is outside itself.
func (s *steps) outside(d float64, alternative Alternative) float64 {
	if d <= 0 {
		return 1
	}
	n, m := int(s.n), int(s.m)
	isEnd := make([]bool, n+m+1)
	for _, e := range s.ends {
		isEnd[e] = true
	}
	v := make([]float64, m+1)
	for i := 0; i <= n; i++ {
		for j := 0; j <= m; j++ {
			if isEnd[i+j] {
				up := float64(j)*s.n - float64(i)*s.m
				if alternative != Less && up >= d || alternative != Greater && -up >= d {
					v[j] = 1
					continue
				}
			}
			switch {
			case i == 0 && j == 0:
				v[j] = 0
			case i == 0:
				v[j] = v[j-1]
			case j > 0:
				v[j] = float64(i)/float64(i+j)*v[j] + float64(j)/float64(i+j)*v[j-1]
			}
		}
	}
	return v[m]
}

// logKolmogorov returns ln P(K ≥ z) of Kolmogorov's distribution:
//
//	2·Σ (−1)^{k−1} exp(−2k²z²) = 1 − √(2π)/z · Σ exp(−(2k−1)²π²/(8z²)),
//
// the first series for large z, the other for small.
func logKolmogorov(z float64) float64 {
	if z <= 0 {
		return 0
	}
	if z < 1 {
		var sum float64
		for k := 1.0; k < 20; k += 2 {
			sum += math.Exp(-k * k * math.Pi * math.Pi / (8 * z * z))
		}
		return math.Log1p(-math.Sqrt(2*math.Pi) / z * sum)
	}
	// exp(−2z²) taken out, so that nothing underflows.
	sum, sign := 1.0, -1.0
	for k := 2.0; k < 8; k++ {
		sum += sign * math.Exp(-2*(k*k-1)*z*z)
		sign = -sign
	}
	return math.Ln2 - 2*z*z + math.Log(sum)
}
