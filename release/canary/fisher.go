package canary

import (
	"fmt"
	"math"
	"sort"

	"github.com/srekit/ownership/internal/stat"
)

// Fisher tests whether requests of the canary are bad more or less often than those
// of the baseline, exactly: given the number of bad requests of both, that of the
// canary is hypergeometric (Fisher 1935). Statistic is that number. Two-sided adds up
// all tables that are no more likely than the one seen, those that differ by
// rounding, a relative 1e-7, included. It never promises too much, and with few bad
// requests promises less than it could; see MiettinenNurminen for another compromise.
//
// The effect is the odds ratio at which the table is as bad as expected (the
// conditional maximum-likelihood estimate), which for rare events is the ratio of
// their shares, with the exact interval (Cornfield 1956). It is math.MaxFloat64 where
// only the canary has bad requests (or only the baseline good ones), and 1 with an
// open interval and a warning where the bad requests cannot fall otherwise. No
// margin; Asymptotic is refused.
//
// Errors are *Error: counts that cannot be, an arm without requests, options, and
// billions of bad requests, for which an exact test has nothing to add. Microseconds for
// hundreds of bad requests, milliseconds for millions.
func Fisher(canary, baseline Arm, o Options) (Result, error) {
	if err := checkArms(canary, baseline, &o); err != nil {
		return Result{}, err
	}
	var p problems
	o.noMargin(&p)
	if o.Method == Asymptotic {
		p.add("options.method", "asymptotic", "the test is exact", "use Auto, or MiettinenNurminen")
	}
	if err := p.err(); err != nil {
		return Result{}, err
	}
	h := hypergeometric{draws: uint64(canary.Total), marked: uint64(canary.Bad + baseline.Bad), total: uint64(canary.Total + baseline.Total)}
	if h.deviation() > 2e4 {
		return Result{}, problem("canary and baseline", fmt.Sprintf("%d bad requests", h.marked), "so many that the sums of the exact test take too long", "use MiettinenNurminen, which is as good for so many")
	}
	k := uint64(canary.Bad)
	r := Result{
		Test: "fisher", Method: "exact", Alternative: o.Alternative, N: float64(canary.Total), M: float64(baseline.Total),
		Statistic: float64(k), EffectName: "odds ratio",
	}
	lower, upper := h.tails(k)
	if o.Alternative == TwoSided {
		r.setLogP(h.asUnlikely(k))
	} else {
		r.setTails(lower, upper)
	}
	r.Effect, r.Low, r.High = h.odds(k, o.Level)
	r.Level = o.Level
	if h.first() == h.last() {
		r.warn("no-events", "wait for more data", "%d of %d requests were bad, which could not have fallen otherwise", h.marked, h.total)
	}
	return r, nil
}

// checkArms reports what is wrong with a comparison of events.
func checkArms(canary, baseline Arm, o *Options) error {
	var p problems
	for _, a := range []struct {
		path string
		arm  Arm
	}{{"canary", canary}, {"baseline", baseline}} {
		a.arm.check(&p, a.path)
		if a.arm.Total == 0 {
			p.add(a.path, a.arm.String(), "no requests", "wait for traffic")
		}
	}
	o.check(&p)
	return p.err()
}

// hypergeometric is the distribution of the marked among draws from total.
type hypergeometric struct{ draws, marked, total uint64 }

// deviation is the standard deviation.
func (h hypergeometric) deviation() float64 {
	n, k, all := float64(h.draws), float64(h.marked), float64(h.total)
	return math.Sqrt(n / all * k * ((all - k) / all) * ((all - n) / math.Max(1, all-1)))
}

func (h hypergeometric) first() uint64 {
	if h.draws+h.marked > h.total {
		return h.draws + h.marked - h.total
	}
	return 0
}

func (h hypergeometric) last() uint64 { return min(h.draws, h.marked) }

// tails returns ln P(X ≤ k) and ln P(X ≥ k).
func (h hypergeometric) tails(k uint64) (lower, upper float64) {
	lower, _ = stat.LogHypergeometricCDF(k, h.draws, h.marked, h.total)
	if k > h.first() {
		_, upper = stat.LogHypergeometricCDF(k-1, h.draws, h.marked, h.total)
	}
	return lower, upper
}

// asUnlikely returns the logarithm of the probability of all that is no more likely
// than k.
func (h hypergeometric) asUnlikely(k uint64) float64 {
	limit := stat.LogHypergeometricPMF(k, h.draws, h.marked, h.total) + 1e-7
	likely := func(i uint64) bool { return stat.LogHypergeometricPMF(i, h.draws, h.marked, h.total) > limit }
	return outsideOf(likely, h.first(), h.mode(), h.last(), func(i uint64) float64 {
		lower, _ := h.tails(i)
		return lower
	}, func(i uint64) float64 {
		_, upper := h.tails(i)
		return upper
	})
}

// outsideOf returns the logarithm of the probability of the values from first to last
// that are not likely, for a distribution that rises to its mode and falls after it.
func outsideOf(likely func(uint64) bool, first, mode, last uint64, atMost, atLeast func(uint64) float64) float64 {
	if !likely(mode) {
		return 0
	}
	// The number of unlikely values below the mode, and the first above it.
	below := first + uint64(sort.Search(int(mode-first), func(i int) bool { return likely(first + uint64(i)) }))
	above := mode + uint64(sort.Search(int(last-mode)+1, func(i int) bool { return !likely(mode + uint64(i)) }))
	low, high := math.Inf(-1), math.Inf(-1)
	if below > first {
		low = atMost(below - 1)
	}
	if above <= last {
		high = atLeast(above)
	}
	return logAdd(low, high)
}

// logAdd is ln(eᵃ + eᵇ).
func logAdd(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

func (h hypergeometric) mode() uint64 {
	m := uint64((float64(h.draws) + 1) / (float64(h.total) + 2) * (float64(h.marked) + 1))
	return max(h.first(), min(h.last(), m))
}

// odds returns the conditional estimate of the odds ratio and its interval.
func (h hypergeometric) odds(k uint64, level float64) (effect, low, high float64) {
	first, last := h.first(), h.last()
	if first == last {
		return 1, 0, math.MaxFloat64
	}
	tail := math.Log((1 - level) / 2)
	low, effect, high = 0, 0, math.MaxFloat64
	find := func(f func(t float64) float64) float64 {
		// The logarithm of the odds ratio at the ends of what a double holds is some 700.
		a, b := -1.0, 1.0
		for f(a) > 0 && a > -600 {
			a *= 2
		}
		for f(b) < 0 && b < 600 {
			b *= 2
		}
		return math.Exp(rootOf(f, a, b))
	}
	if k > first {
		low = find(func(t float64) float64 { _, upper, _ := h.tilted(k, t); return upper - tail })
	}
	if k < last {
		high = find(func(t float64) float64 { lower, _, _ := h.tilted(k, t); return tail - lower })
	}
	switch k {
	case first:
		effect = 0
	case last:
		effect = math.MaxFloat64
	default:
		effect = find(func(t float64) float64 { _, _, mean := h.tilted(k, t); return mean - float64(k) })
	}
	return effect, low, high
}

// tilted returns ln P(X ≤ k), ln P(X ≥ k) and E X of Fisher's noncentral
// hypergeometric distribution with odds ratio eᵗ. Terms are added from the mode
// outwards, and from k, until they no longer count.
func (h hypergeometric) tilted(k uint64, t float64) (lower, upper, mean float64) {
	first, last := h.first(), h.last()
	// ratio is P(i+1)/P(i).
	ratio := func(i uint64) float64 {
		return float64(h.marked-i) / float64(i+1) * (float64(h.draws-i) / float64(h.total-h.marked-h.draws+i+1)) * math.Exp(t)
	}
	mode := first + uint64(sort.Search(int(last-first), func(i int) bool { return ratio(first+uint64(i)) < 1 }))
	// Sums relative to P(mode), and the mean relative to the mode.
	var below, above, atMost, atLeast, moment float64
	p := 1.0
	for i := mode; ; i++ {
		above += p
		moment += float64(i-mode) * p
		if i <= k {
			atMost += p
		}
		if i >= k {
			atLeast += p
		}
		if i == last || p < above*1e-20 {
			break
		}
		p *= ratio(i)
	}
	p = 1
	for i := mode; i > first; {
		i--
		p /= ratio(i)
		below += p
		moment -= float64(mode-i) * p
		if i <= k {
			atMost += p
		}
		if i >= k {
			atLeast += p
		}
		if p < above*1e-20 {
			break
		}
	}
	all := math.Log(above + below)
	mean = float64(mode) + moment/(above+below)
	// A tail that the sums above did not reach is far below any level; a number that
	// falls on with the distance keeps the search for a root in order.
	far := func(sum float64, distance float64) float64 {
		if sum > 0 {
			return math.Log(sum) - all
		}
		return -45 - distance
	}
	return far(atMost, float64(mode)-float64(k)), far(atLeast, float64(k)-float64(mode)), mean
}
