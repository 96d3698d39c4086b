package capacity

import (
	"math"
	"slices"
)

// member is one simple forecaster of an ensemble, its parameters chosen once from
// the whole history.
type member struct {
	name string
	// forecast fills out with what is expected after the first t steps. t is at
	// least reach.
	forecast func(t int, out []float64)
	reach    int
}

// recency is the weights of targets whose half-life is that many steps.
func (p *prepared) recency(halfLife float64) []float64 {
	w := make([]float64, len(p.clean))
	for i := range w {
		if !p.missing(i) {
			w[i] = math.Exp2(-float64(len(w)-i) / halfLife)
		}
	}
	return w
}

// observed is weight 1 for what is not a gap; nil without gaps.
func (p *prepared) observed() []float64 {
	if p.gap == nil {
		return nil
	}
	w := make([]float64, len(p.gap))
	for i, g := range p.gap {
		if !g {
			w[i] = 1
		}
	}
	return w
}

// setRange sets low, high and growth from clean.
func (p *prepared) setRange() {
	p.low, p.high, p.growth = slices.Min(p.clean), slices.Max(p.clean), 0
	half := len(p.clean) / 2
	if half == 0 {
		return
	}
	early, late := 0.0, 0.0
	for i := range half {
		early += p.clean[i]
		late += p.clean[len(p.clean)-half+i]
	}
	p.growth = (late - early) / float64(half) / float64(len(p.clean)-half)
}

// limits is what forecasts of so many steps are clipped to: the range of the
// history and half of it more on either side, moved on by the growth from its first half to its
// second, but no less than half the smallest value where none is negative and none falls.
func (p *prepared) limits(steps int) (low, high float64) {
	span := p.high - p.low
	low, high = p.low-span/2, p.high+span/2
	if p.low >= 0 {
		low = max(low, p.low/2)
	}
	growth := p.growth * float64(steps)
	if growth > 0 {
		high += growth
	} else {
		low += growth
		if p.low >= 0 {
			low = max(low, min(p.low/2, 1e-9*p.high))
		}
	}
	return low, high
}

// autoregressive is a member for lags in levels, or in logarithms where there are
// any.
func (p *prepared) autoregressive(members []member, name string, importance []float64, lags []int, ridge float64, prior []float64, inLogs bool) []member {
	y := p.clean
	if inLogs {
		if y = p.logs; y == nil {
			return members
		}
	}
	a, ok := regress(y, importance, lags, ridge, prior)
	if !ok {
		return members
	}
	return append(members, member{name, func(t int, out []float64) {
		low, high := p.limits(len(out))
		if inLogs {
			low, high = math.Log(low), math.Log(high)
		}
		a.forecast(y, t, low, high, out)
		if inLogs {
			for i, x := range out {
				out[i] = math.Exp(x)
			}
		}
	}, slices.Max(lags)})
}

// repeat is the last period again.
func (p *prepared) repeat(name string, period int) member {
	return member{name, func(t int, out []float64) {
		for i := range out {
			out[i] = p.clean[t-period+i%period]
		}
	}, period}
}

// flat is the median of the last steps.
func (p *prepared) flat(name string, steps int) member {
	return member{name, func(t int, out []float64) {
		middle := p.clean[t-1]
		if steps > 1 {
			s := slices.Clone(p.clean[max(0, t-steps):t])
			slices.Sort(s)
			middle = (s[(len(s)-1)/2] + s[len(s)/2]) / 2
		}
		for i := range out {
			out[i] = middle
		}
	}, 1}
}

// profile is the average season: of the latest depth seasons each at weight 0.8
// of the next, or their median. It is moved by how much the last recent steps
// deviate from it, a distance of which the share keep is left after each step.
func (p *prepared) profile(name string, period, depth int, median bool, recent int, keep float64) member {
	average := func(t, t0 int) float64 { // at place t from what was known before t0
		for t >= t0 {
			t -= period
		}
		sum, weight, w := 0.0, 0.0, 1.0
		var some [8]float64
		k := 0
		for ; k < depth && t >= 0; k++ {
			sum += w * p.clean[t]
			weight += w
			some[k] = p.clean[t]
			w *= 0.8
			t -= period
		}
		if median {
			return sortedMedian(some[:k])
		}
		return sum / weight
	}
	return member{name, func(t int, out []float64) {
		deviation, counted := 0.0, 0
		for u := t - recent; u < t; u++ {
			if u >= period {
				deviation += p.clean[u] - average(u, u)
				counted++
			}
		}
		if counted > 0 {
			deviation /= float64(counted)
		}
		for i := range out {
			if i < period {
				out[i] = average(t+i, t)
			} else {
				out[i] = out[i-period]
			}
		}
		left := deviation
		for i := range out {
			left *= keep
			out[i] += left
		}
		if p.low >= 0 {
			for i := range out {
				out[i] = max(0, out[i])
			}
		}
	}, period}
}

// smooth is exponential smoothing with a damped trend (0: without): the best of a
// small grid of parameters by the absolute errors of one step (Gardner and
// McKenzie 1985).
func (p *prepared) smooth(name string, importance []float64, damping float64) member {
	n := len(p.clean)
	level, trend := make([]float64, n+1), make([]float64, n+1)
	bestLevel, bestTrend := make([]float64, n+1), make([]float64, n+1)
	best := math.Inf(1)
	betas := []float64{0.02, 0.1, 0.3}
	if damping == 0 {
		betas = betas[:1]
	}
	for _, alpha := range []float64{0.1, 0.3, 0.6, 0.9, 1} {
		for _, beta := range betas {
			first := p.clean[:min(n, 5)]
			level[0], trend[0] = 0, 0
			for _, x := range first {
				level[0] += x / float64(len(first))
			}
			sum := 0.0
			for t, y := range p.clean {
				expected := level[t] + damping*trend[t]
				e := y - expected
				level[t+1] = expected + alpha*e
				trend[t+1] = damping*trend[t] + alpha*beta*e
				if importance != nil {
					sum += importance[t] * math.Abs(e)
				} else {
					sum += math.Abs(e)
				}
			}
			if sum < best {
				best = sum
				level, bestLevel = bestLevel, level
				trend, bestTrend = bestTrend, trend
			}
		}
	}
	return member{name, func(t int, out []float64) {
		low, _ := p.limits(len(out))
		ahead, factor := 0.0, damping
		for i := range out {
			ahead += factor
			factor *= damping
			out[i] = bestLevel[t] + ahead*bestTrend[t]
			if p.low >= 0 {
				out[i] = max(low, out[i])
			}
		}
	}, 1}
}

const (
	drawSeasonal = 1e-3 // ridge of seasonal autoregressions
	drawPlain    = 1e-4 // of those without a season
)

// seasonalMembers are those of a series with a season. few leaves out half of them.
func (p *prepared) seasonalMembers(few bool) []member {
	m := p.period
	recent := p.recency(14 * float64(m))
	lags, prior := seasonalLags(m, p.longer)
	var all []member
	all = p.autoregressive(all, "seasonal autoregression of logarithms, recent", recent, lags, drawSeasonal, prior, true)
	all = p.autoregressive(all, "seasonal autoregression, recent", recent, lags, drawSeasonal, prior, false)
	all = p.autoregressive(all, "autoregression, recent", recent, []int{1, 2, 3, 4, 5, 6, 12}, drawSeasonal, nil, false)
	all = append(all, p.repeat("last season", m), p.profile("mean season, near level", m, 7, false, max(1, m/8), math.Exp(-2/float64(m))))
	if p.longer > 0 {
		all = append(all, p.profile("mean longer season, level", p.longer, 4, false, m, 1))
	}
	if few {
		return all
	}
	all = p.autoregressive(all, "seasonal autoregression of logarithms", p.observed(), lags, drawSeasonal, prior, true)
	all = p.autoregressive(all, "seasonal autoregression", p.observed(), lags, drawSeasonal, prior, false)
	if p.longer > 0 {
		all = append(all, p.repeat("last longer season", p.longer))
	}
	return append(all,
		p.profile("median season", m, 7, true, 0, 1),
		p.profile("mean season, level", m, 7, false, m, 1),
		p.flat("median of a quarter season", max(1, m/4)),
		p.flat("last value", 1),
		p.flat("median of a twelfth of a season", max(1, m/12)),
		p.smooth("damped trend", recent, 0.9),
		p.smooth("level", recent, 0))
}

// plainMembers are those of a series without a season; yearly is the steps of a
// year where a year may matter, and 0 else.
func (p *prepared) plainMembers(yearly int, few bool) []member {
	n := len(p.clean)
	halfLife := 260.0
	recent := p.recency(halfLife)
	six := []int{1, 2, 3, 4, 5, 6}
	walk := []float64{1, 0, 0, 0, 0, 0}
	all := []member{p.flat("last value", 1), p.smooth("damped trend", recent, 0.9)}
	all = p.autoregressive(all, "autoregression", recent, six, drawPlain, walk, false)
	all = p.autoregressive(all, "autoregression of logarithms", recent, six, drawPlain, walk, true)
	if y := yearly; y > 0 && n >= 4*y {
		lags, prior := []int{1, 2, 3, 4, y - 1, y, y + 1}, []float64{1, 0, 0, 0, 0, 0, 0}
		all = p.autoregressive(all, "yearly autoregression", recent, lags, drawPlain, prior, false)
		all = p.autoregressive(all, "yearly autoregression of logarithms", recent, lags, drawPlain, prior, true)
		if !few && n >= 5*y {
			lags := []int{1, 2, 3, y - 1, y, y + 1, 2*y - 1, 2 * y, 2*y + 1}
			prior := []float64{1, 0, 0, 0, 0.5, -0.5, 0, 0, 0}
			all = p.autoregressive(all, "two-year autoregression", recent, lags, drawPlain, prior, false)
			all = p.autoregressive(all, "two-year autoregression of logarithms", recent, lags, drawPlain, prior, true)
		}
	}
	if few {
		return all
	}
	return append(all, p.smooth("slowly damped trend", recent, 0.97), p.smooth("level", recent, 0))
}
