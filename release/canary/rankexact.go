package canary

import (
	"fmt"
	"math"
	"math/bits"
)

// exactWork bounds the additions of an exact distribution to about a tenth of a
// second.
const exactWork = 1 << 27

// tieSizes returns the sizes of the groups of equal values, in ascending order of
// the value.
func tieSizes(kx, ky []uint64, groups int) []int {
	sizes := make([]int, 0, groups)
	for i, j := 0, 0; i < len(kx) || j < len(ky); {
		a, b := nextGroup(kx, ky, i, j)
		sizes = append(sizes, a+b)
		i, j = i+a, j+b
	}
	return sizes
}

// setExactRanks sets the p-value from the distribution of U over all ways to deal
// the pooled values, with these groups of equal ones, to arms of n and m.
func (r *Result) setExactRanks(p *pairs, ties []int) error {
	n, m := int(p.n), int(p.m)
	var lower, upper, both float64 // P(U ≤ u), P(U ≥ u), P(|U − nm/2| ≥ |u − nm/2|)
	if len(ties) == n+m {
		u := int(math.Min(p.above, p.below)) / 2
		if atMost, below, ok := untiedTail(u, n, m); ok {
			lower, upper, both = atMost, 1-below, math.Min(1, 2*atMost)
			if p.above > p.below {
				lower, upper = upper, lower
			}
			r.setExact(lower, upper, both)
			return nil
		}
	}
	// 2U of the smaller arm is its doubled rank sum minus a constant.
	twice, k := p.above, n
	if m < n {
		twice, k = p.below, m
	}
	scores, unit := rankScores(ties)
	var s0 int
	for i := range k {
		s0 += scores[i]
	}
	// Doubled ranks begin at the first mid-rank: sum = 2U + k(k+1) = unit·s + k·first.
	first := ties[0] + 1
	observed := int(math.Round((twice + float64(k*(k+1)) - float64(k*first)) / float64(unit)))
	counts, err := shiftCounts(scores, k)
	if err != nil {
		return err
	}
	var all float64
	mean := float64(k) * meanScore(scores)
	reach := math.Abs(float64(observed) - mean)
	for s, c := range counts {
		all += c
		if s <= observed {
			lower += c
		}
		if s >= observed {
			upper += c
		}
		if math.Abs(float64(s)-mean) >= reach*(1-1e-12) {
			both += c
		}
	}
	if m < n {
		lower, upper = upper, lower
	}
	r.setExact(lower/all, upper/all, both/all)
	return nil
}

func (r *Result) setExact(lower, upper, both float64) {
	switch r.Alternative {
	case Greater:
		r.setP(upper)
	case Less:
		r.setP(lower)
	default:
		r.setP(both)
	}
}

// rankScores returns for each pooled value, in ascending order, its doubled mid-rank
// minus the smallest, divided by unit, the greatest common divisor.
func rankScores(ties []int) (scores []int, unit int) {
	before := 0
	for _, t := range ties {
		score := 2*before + t - ties[0]
		unit = gcd(unit, score)
		for range t {
			scores = append(scores, score)
		}
		before += t
	}
	if unit == 0 {
		unit = 1
	}
	for i := range scores {
		scores[i] /= unit
	}
	return scores, unit
}

func meanScore(scores []int) float64 {
	total := 0
	for _, s := range scores {
		total += s
	}
	return float64(total) / float64(len(scores))
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// shiftCounts returns how many of the subsets of k of the scores, which ascend from
// 0, have which sum (Streitberg and Röhmel 1986): c[j][s] counts the subsets of j of
// the scores so far with sum s, and each further score v adds c[j−1][s] to
// c[j][s+v]. Only additions of positive numbers, so that every count is right to a
// few units of its last place.
func shiftCounts(scores []int, k int) ([]float64, error) {
	n := len(scores)
	largest := 0
	for _, v := range scores[n-k:] {
		largest += v
	}
	if work := float64(n) * float64(k) * float64(largest) / 4; work > exactWork {
		return nil, problem("options.method", "exact", fmt.Sprintf("the distribution for %d and %d values with ties takes %.2g additions", k, n-k, work), "use Auto or Asymptotic")
	}
	width := largest + 1
	counts := make([]float64, (k+1)*width)
	counts[0] = 1
	// prefix[i] is the sum of the first i scores: the smallest sum of i of them.
	prefix := make([]int, n+1)
	for i, v := range scores {
		prefix[i+1] = prefix[i] + v
	}
	for i, v := range scores {
		for j := min(k, i+1); j >= max(1, k-(n-1-i)); j-- {
			// Subsets of j−1 of the first i scores have sums from low to high.
			low, high := prefix[j-1], min(prefix[i]-prefix[i-j+1], largest-v)
			if high < low {
				continue
			}
			from := counts[(j-1)*width+low : (j-1)*width+high+1]
			to := counts[j*width+low+v : j*width+high+v+1]
			for s, c := range from {
				to[s] += c
			}
		}
	}
	return counts[k*width:], nil
}

// count128 is a count below 2¹²⁸.
type count128 struct{ high, low uint64 }

func (c count128) float() float64 { return float64(c.high)*(1<<64) + float64(c.low) }

// untiedTail returns P(U ≤ u) and P(U < u) for arms of n and m without ties, u in the
// lower half. The number of arrangements with U = j is the coefficient of qʲ in the
// Gaussian binomial
//
//	Π (1 − q^{l+i})/(1 − qⁱ), i = 1…k, k = min(n, m), l = max(n, m)
//
// (MacMahon 1916, Combinatory Analysis), computed in integers of 128 bits. Not ok
// where the number of all arrangements has more bits, or u is too large.
func untiedTail(u, n, m int) (atMost, below float64, ok bool) {
	k, l := min(n, m), max(n, m)
	all, ok := arrangements(k, l)
	if !ok || float64(k)*float64(u) > exactWork {
		return 0, 0, false
	}
	var sum count128
	for i, c := range gaussianBinomial(k, l, u) {
		if i == u {
			below = sum.float() / all.float()
		}
		var carry uint64
		sum.low, carry = bits.Add64(sum.low, c.low, 0)
		sum.high += c.high + carry
	}
	return sum.float() / all.float(), below, true
}

// gaussianBinomial returns the coefficients of q⁰ to q^u.
func gaussianBinomial(k, l, u int) []count128 {
	counts := make([]count128, u+1)
	counts[0].low = 1
	for i := 1; i <= k; i++ {
		for j := u; j >= l+i; j-- {
			c, d := &counts[j], counts[j-l-i]
			var borrow uint64
			c.low, borrow = bits.Sub64(c.low, d.low, 0)
			c.high -= d.high + borrow
		}
		for j := i; j <= u; j++ {
			c, d := &counts[j], counts[j-i]
			var carry uint64
			c.low, carry = bits.Add64(c.low, d.low, 0)
			c.high += d.high + carry
		}
	}
	return counts
}

// arrangements returns the binomial coefficient of k+l over k, not ok where it has
// more than 127 bits.
func arrangements(k, l int) (count128, bool) {
	c := count128{low: 1}
	for i := 1; i <= k; i++ {
		// c·(l+i)/i is whole. Divide by what both share, so that the product fits.
		f, g := uint64(l+i), uint64(i)
		h1, l1 := bits.Mul64(c.low, f)
		h2, l2 := bits.Mul64(c.high, f)
		high, carry := bits.Add64(h1, l2, 0)
		if h2 != 0 || carry != 0 || high>>63 != 0 {
			return count128{}, false
		}
		qh, rem := high/g, high%g
		ql, _ := bits.Div64(rem, l1, g)
		c = count128{qh, ql}
	}
	return c, true
}
