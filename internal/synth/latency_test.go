package synth

import (
	"math"
	"slices"
	"testing"
	"time"
)

func webLatency() Latency {
	return Latency{
		Median: 80 * time.Millisecond, Sigma: 0.5, TailRatio: 0.02,
		Outages: []Outage{{Start: monday.Add(time.Hour), End: monday.Add(2 * time.Hour), SlowRatio: 0.3}},
		Seed:    12,
	}
}

func TestLatencyFollowsItsDistribution(t *testing.T) {
	l := webLatency()
	// Φ(0) = 0.5 of the body and Φ(ln(0.1)/0.5) = 0.0000021 of the tail.
	if got, want := l.Below(monday, 0.08), 0.98*0.5+0.02*2.0614e-6; math.Abs(got-want) > 1e-9 {
		t.Errorf("share within the median: %v, want %v", got, want)
	}
	// e^(0.5²/2) times the medians.
	if got, want := l.Mean(monday), (0.98*0.08+0.02*0.8)*math.Exp(0.125); relative(got, want) > 1e-12 {
		t.Errorf("mean %v, want %v", got, want)
	}
	in := monday.Add(90 * time.Minute)
	if before, during := 1-l.Below(monday, 0.4), 1-l.Below(in, 0.4); during < 10*before {
		t.Errorf("%v take longer than 400 ms in the outage and %v before, want ten times as many", during, before)
	}
	for _, at := range []time.Time{monday, in} {
		draws := l.Draw(at, 100_000)
		slices.Sort(draws)
		for _, p := range []float64{0.01, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999} {
			x := draws[int(p*float64(len(draws)))]
			if got := l.Below(at, x); math.Abs(got-p) > 5*math.Sqrt(p*(1-p)/1e5) {
				t.Errorf("at %v the quantile %v of the draws is %v s, of which Below says %v", at, p, x, got)
			}
		}
	}
	if a, b := l.Draw(monday, 10), l.Draw(monday, 20); !slices.Equal(a, b[:10]) {
		t.Errorf("10 draws %v do not begin 20 draws %v", a, b)
	}
	for _, c := range []struct {
		l    Latency
		x    float64
		want float64
	}{
		{Latency{}, 0, 1}, {Latency{}, -1, 0}, {Latency{Median: time.Second}, 0.999, 0}, {Latency{Median: time.Second}, 1, 1},
		{webLatency(), math.Inf(1), 1}, {webLatency(), math.NaN(), 0},
		{Latency{Median: time.Second, Sigma: math.NaN(), TailRatio: 2, TailMedian: time.Minute}, 59, 0},
	} {
		if got := c.l.Below(monday, c.x); got != c.want {
			t.Errorf("%+v within %v s: %v, want %v", c.l, c.x, got, c.want)
		}
	}
}
