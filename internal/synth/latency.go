package synth

import (
	"math"
	"time"
)

// Latency is how long requests take: a log-normal body and a log-normal tail
// (cache misses, time-outs, retries) that outages make heavier. The zero value
// takes no time.
type Latency struct {
	// Median and Sigma are the body's median and the standard deviation of its
	// logarithm, in [0, 5]; 0.5 puts the 99th percentile at 3.2 medians.
	Median time.Duration
	Sigma  float64
	// TailRatio is the share of requests in the tail, in [0, 1].
	TailRatio float64
	// TailMedian and TailSigma describe the tail; 0 is ten times Median, and
	// Sigma.
	TailMedian time.Duration
	TailSigma  float64
	// Outages move requests from the body to the tail by their SlowRatio.
	Outages []Outage
	// Exact follows the distribution without chance, rounded.
	Exact bool
	Seed  uint64
}

// Below returns the expected share of requests at an instant that take at most
// the given seconds, in [0, 1].
func (l Latency) Below(at time.Time, seconds float64) float64 {
	body, tail := l.modes()
	q := l.tailRatio(at)
	return clamp(float64((1-q)*body.below(seconds))+float64(q*tail.below(seconds)), 0, 1)
}

// Mean returns the expected seconds of a request at an instant.
func (l Latency) Mean(at time.Time) float64 {
	body, tail := l.modes()
	q := l.tailRatio(at)
	return float64((1-q)*body.mean()) + float64(q*tail.mean())
}

func (l Latency) tailRatio(at time.Time) float64 {
	if !representable(at) {
		return clamp(l.TailRatio, 0, 1)
	}
	in := newIncidents(l.Outages)
	now := at.UnixNano()
	return l.tailOver(&in, now, now+1)
}

func (l Latency) tailOver(in *incidents, from, to int64) float64 {
	return 1 - float64((1-clamp(l.TailRatio, 0, 1))*in.over(from, to).brisk)
}

// Draw returns the seconds of n requests at an instant. The same instant and n
// give the same requests; a larger n begins with those of a smaller. Exact has
// no effect.
func (l Latency) Draw(at time.Time, n int) []float64 {
	if n <= 0 {
		return nil
	}
	body, tail := l.modes()
	q := l.tailRatio(at)
	var s source
	s.at(l.Seed, forLatency, nanos(at), 0)
	out := make([]float64, min(n, mostSlots))
	for i := range out {
		m := body
		if s.uniform() < q {
			m = tail
		}
		out[i] = m.at(s.normal())
	}
	return out
}

// mode is one log-normal part of a Latency.
type mode struct {
	median, sigma float64 // of the seconds, of their logarithm
}

func (l Latency) modes() (body, tail mode) {
	body = mode{max(l.Median, 0).Seconds(), clamp(l.Sigma, 0, 5)}
	tail = mode{float64(10 * body.median), body.sigma}
	if l.TailMedian > 0 {
		tail.median = l.TailMedian.Seconds()
	}
	if l.TailSigma > 0 {
		tail.sigma = clamp(l.TailSigma, 0, 5)
	}
	return body, tail
}

// at returns the value z standard deviations above the median.
func (m mode) at(z float64) float64 {
	if m.sigma == 0 {
		return m.median
	}
	return float64(m.median * exp(m.sigma*z))
}

func (m mode) mean() float64 {
	return float64(m.median * exp(float64(m.sigma*m.sigma)/2))
}

// below returns the share of values at most x.
func (m mode) below(x float64) float64 { return m.share(x, 0) }

// meanBelow returns the mean of the values at most x times their share.
func (m mode) meanBelow(x float64) float64 {
	return float64(m.mean() * m.share(x, m.sigma))
}

// share returns Φ(log(x/median)/sigma - shift); shifted by sigma it is the
// share of the values' sum.
func (m mode) share(x, shift float64) float64 {
	switch {
	case m.median <= 0 || m.sigma == 0:
		if x >= m.median {
			return 1
		}
		return 0
	case !(x > 0):
		return 0
	case math.IsInf(x, 1):
		return 1
	}
	return normalCDF(log(x/m.median)/m.sigma - shift)
}
