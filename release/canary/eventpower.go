package canary

import (
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// maxEvents bounds the bad requests that the recursion follows, which keeps an answer
// near a tenth of a second.
const maxEvents = 30000

// eventPower follows the one-sided evidence of ShareTest over the bad requests of both
// arms. After N of them it depends only on how many fell on the canary, and rises with
// that number, so that the alarm is a bound on it.
type eventPower struct {
	share, a, b float64 // θ₀ and the prior's shapes
	limit       float64 // −ln α
	start       float64 // what logE subtracts: ln B(a, b) + ln P(Beta(a, b) > θ₀)
	// bound[N] is the smallest number of the canary's among N that raises the alarm, or
	// N+1 where none does.
	bound []int
	full  bool // more than maxEvents were asked for

	// For bad requests that fall on the canary with probability q: alarm[N] is the
	// probability of an alarm within the first N, and alive[i] that of from+i of them on
	// the canary without one.
	q     float64
	alarm []float64
	alive []float64
	from  int
}

func newEventPower(share, concentration, alpha float64) *eventPower {
	e := &eventPower{share: share, a: concentration * share, b: concentration * (1 - share), limit: -math.Log(alpha)}
	_, before := stat.LogBetaCDF(e.a, e.b, share)
	e.start = stat.LogBeta(e.a, e.b) + before
	e.bound = []int{1}
	return e
}

// logE is the logarithm of the evidence for x of n.
func (e *eventPower) logE(x, n int) float64 {
	fx, fy := float64(x), float64(n-x)
	_, upper := stat.LogBetaCDF(e.a+fx, e.b+fy, e.share)
	return stat.LogBeta(e.a+fx, e.b+fy) + upper - e.start - fx*math.Log(e.share) - fy*math.Log1p(-e.share)
}

// extend computes bounds up to n events. One more event raises the bound by one or
// leaves it, as it takes more of the canary's among more.
func (e *eventPower) extend(n int) {
	for i := len(e.bound); i <= n; i++ {
		b := e.bound[i-1]
		for b <= i && e.logE(b, i) < e.limit {
			b++
		}
		e.bound = append(e.bound, b)
	}
}

// follow computes alarm up to n events.
func (e *eventPower) follow(n int, q float64) {
	e.extend(n)
	if q != e.q || len(e.alarm) == 0 {
		e.q, e.from = q, 0
		e.alarm = append(e.alarm[:0], 0)
		e.alive = append(e.alive[:0], 1)
	}
	for i := len(e.alarm); i <= n; i++ {
		alarm := e.alarm[i-1]
		if len(e.alive) > 0 {
			e.alive = append(e.alive, 0)
			for j := len(e.alive) - 1; j > 0; j-- {
				e.alive[j] = e.alive[j]*(1-q) + e.alive[j-1]*q
			}
			e.alive[0] *= 1 - q
		}
		keep := max(0, e.bound[i]-e.from)
		for j := len(e.alive) - 1; j >= keep; j-- {
			alarm += e.alive[j]
			e.alive = e.alive[:j]
		}
		// What has next to no probability left is not followed.
		for len(e.alive) > 0 && e.alive[0] < 1e-17 {
			e.alive = e.alive[1:]
			e.from++
		}
		for len(e.alive) > 0 && e.alive[len(e.alive)-1] < 1e-17 {
			e.alive = e.alive[:len(e.alive)-1]
		}
		e.alarm = append(e.alarm, math.Min(1, alarm))
	}
}

// after returns the probability of an alarm by the time at which mean bad requests are
// expected, of which each falls on the canary with probability q: alarm[N] averaged
// over the Poisson number N. Where more than maxEvents would have to be followed it
// sets full and returns what those show, a lower bound.
func (e *eventPower) after(mean, q float64) float64 {
	if mean > maxEvents {
		e.full = true
		mean = maxEvents
	}
	spread := 9*math.Sqrt(mean) + 20
	last := int(mean + spread)
	e.follow(last, q)
	var total float64
	for n := int(math.Max(0, mean-spread)); n <= last; n++ {
		total += math.Exp(stat.LogPoissonPMF(uint64(n), mean)) * e.alarm[n]
	}
	return math.Min(1, total)
}
