package graph

import (
	"math"
	"math/bits"
	"strings"

	"github.com/srekit/ownership/slo"
)

// Availability is the share of time or events, in [0,1], in which everything
// that is needed is there, by what may be assumed of failures that fall
// together. It is exact where 18 digits suffice; otherwise Independent and
// Least are rounded down and Most up, each by less than 1e-18 for every factor
// or term.
type Availability struct {
	// Independent is the product: failures of one dependency tell nothing
	// about those of another.
	Independent slo.Ratio `json:"independent"`
	// Least is what is left if failures never coincide, so that all of them
	// add up (Boole's inequality): 1 - Σ(1 - a).
	Least slo.Ratio `json:"least"`
	// Most is what is left if failures coincide as far as they can: the least
	// available dependency (Fréchet 1935).
	Most slo.Ratio `json:"most"`
}

// fixed is a number in [0,1] in units of 1e-18.
type fixed uint64

const one fixed = 1e18

func fixedOf(r slo.Ratio) fixed {
	whole, digits, _ := strings.Cut(r.String(), ".")
	if whole == "1" {
		return one
	}
	var f fixed
	for i := range 18 {
		f *= 10
		if i < len(digits) {
			f += fixed(digits[i] - '0')
		}
	}
	return f
}

func (f fixed) ratio() slo.Ratio {
	var text [20]byte
	text[0], text[1] = '0'+byte(f/one), '.'
	for i, rest := 19, f%one; i > 1; i-- {
		text[i] = '0' + byte(rest%10)
		rest /= 10
	}
	r, _ := slo.ParseRatio(string(text[:])) // a decimal of 18 digits between 0 and 1
	return r
}

// times is the product rounded down.
func (f fixed) times(g fixed) fixed {
	hi, lo := bits.Mul64(uint64(f), uint64(g))
	q, _ := bits.Div64(hi, lo, uint64(one)) // cannot overflow: both are at most 1
	return fixed(q)
}

// timesUp is the product rounded up.
func (f fixed) timesUp(g fixed) fixed {
	hi, lo := bits.Mul64(uint64(f), uint64(g))
	q, rest := bits.Div64(hi, lo, uint64(one))
	if rest > 0 {
		q++
	}
	return fixed(q)
}

// minus is f-g, at least 0.
func (f fixed) minus(g fixed) fixed { return f - min(f, g) }

// share is an Availability in units.
type share struct{ independent, least, most fixed }

var whole = share{one, one, one}

func (s share) availability() Availability {
	return Availability{s.independent.ratio(), s.least.ratio(), s.most.ratio()}
}

// and is what is left where s and t are needed both.
func (s share) and(t share) share {
	return share{
		s.independent.times(t.independent),
		s.least.minus(one - t.least),
		min(s.most, t.most),
	}
}

// lower is the lesser of s and t, form by form.
func (s share) lower(t share) share {
	return share{min(s.independent, t.independent), min(s.least, t.least), min(s.most, t.most)}
}

// atMost cuts every form at a bound.
func (s share) atMost(f fixed) share {
	return s.lower(share{f, f, f})
}

// of is what needed of so many copies deliver, each of them available as s.
//
// Independent is the binomial tail P(X ≥ k). Without knowing how copies fail
// together, P(X ≥ k) lies between (n·a - (k-1))/(n-k+1) and n·a/k: X is at most
// k-1 where it is below k and n elsewhere, and at least k where it is not below
// (both attained; Markov's inequality on X and on n-X).
func (s share) of(needed, copies int) share {
	n, k := uint64(copies), uint64(needed)
	if n == 1 {
		return s
	}
	out := share{independent: one.minus(fewer(s.independent, needed, copies))}

	// n·a - (k-1) = (n-k+1) - n·u, with u = 1-a.
	hi, lo := bits.Mul64(n, uint64(one-s.least))
	out.least = one.minus(ceilDiv(hi, lo, n-k+1))
	hi, lo = bits.Mul64(n, uint64(s.most))
	out.most = ceilDiv(hi, lo, k)
	// Rounding must not turn the order around.
	out.independent = min(max(out.independent, out.least), out.most)
	return out
}

// ceilDiv is a fraction rounded up, at most 1.
func ceilDiv(hi, lo, by uint64) fixed {
	if hi >= by {
		return one
	}
	q, rest := bits.Div64(hi, lo, by)
	if rest > 0 && q < uint64(one) {
		q++
	}
	return min(fixed(q), one)
}

// fewer is the probability, rounded up, that fewer than k of n independent
// copies are up. It walks the copies one by one and keeps how many are up.
func fewer(a fixed, k, n int) fixed {
	u := one - a
	up := make([]fixed, k) // up[j] is the probability of j so far
	up[0] = one
	for i := range n {
		for j := min(i+1, k-1); j >= 0; j-- {
			p := up[j].timesUp(u)
			if j > 0 {
				p += up[j-1].timesUp(a)
			}
			up[j] = min(p, one)
		}
	}
	var sum fixed
	for _, p := range up {
		sum = min(sum+p, one)
	}
	return sum
}

// each is what each of n dependencies has to deliver at least for the target,
// if all deliver the same: the nth root where failures are independent, and an
// even split of the budget where they add up. Both are rounded up, the root to
// 12 digits.
func each(target fixed, n int) (independent, bounded fixed) {
	budget := one - target
	bounded = one - budget/fixed(n)
	const step = 1e6 // units: 12 digits
	log := math.Log(float64(target) / float64(one))
	if budget < target {
		log = math.Log1p(-float64(budget) / float64(one)) // small budgets keep their digits
	}
	independent = min(fixed(math.Exp(log/float64(n))*float64(one))/step*step, one)
	if power(independent, n) < target {
		independent = min(independent+step, one)
	}
	return independent, bounded
}

func power(f fixed, n int) fixed {
	out := one
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			out = out.times(f)
		}
		f = f.times(f)
	}
	return out
}
