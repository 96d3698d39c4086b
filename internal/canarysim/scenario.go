package main

import (
	"math"
	"math/rand/v2"

	"github.com/srekit/ownership/release/canary"
)

// scenario is a rollout with some rules that watch it.
type scenario struct {
	name     string
	rules    []string
	bars     []bar
	simulate func(runs int, seed uint64) []outcome
}

const (
	perMinute = 6000  // requests of both arms
	ratio     = 0.001 // of them fail
)

// watcher is a rule on counts: it takes a minute and tells whether it rolls back.
type watcher interface {
	look(arms [][2]canary.Arm) bool
}

// rates is the judge's rule on one or more metrics: the mean of their evidence.
type rates struct {
	evidence []canary.RateEvidence
	limit    float64
}

func newRates(metrics int, test canary.RateTest) *rates {
	r := &rates{limit: 1 / test.FalseAlarm}
	test.FalseAlarm /= float64(metrics)
	test.Plain = metrics > 1
	for range metrics {
		e, err := test.Start()
		if err != nil {
			panic(err) // the tests are written below
		}
		r.evidence = append(r.evidence, e)
	}
	return r
}

func (r *rates) look(arms [][2]canary.Arm) bool {
	var sum float64
	for i := range r.evidence {
		e := &r.evidence[i]
		if err := e.Update(arms[i][0], arms[i][1]); err != nil {
			panic(err) // the counts are drawn below
		}
		if e.Harm() {
			return true
		}
		sum += e.RaisedE()
	}
	return sum/float64(len(r.evidence)) >= r.limit*(1-1e-9)
}

// counts simulates minutes of counts. shares is the canary's part of the traffic by
// minute, factors the canary's error ratio over the baseline's by metric.
func counts(shares []float64, factors []float64, shock float64, rules ...func() watcher) func(int, uint64) []outcome {
	return func(runs int, seed uint64) []outcome {
		random := rand.New(rand.NewPCG(seed, 1))
		out := make([]outcome, len(rules))
		arms := make([][2]canary.Arm, len(factors))
		for range runs {
			watchers := make([]watcher, len(rules))
			for k, rule := range rules {
				watchers[k] = rule()
			}
			extra, left := 0.0, len(rules)
			drift := [2]float64{random.NormFloat64(), random.NormFloat64()}
			for minute, share := range shares {
				n := int64(math.Round(perMinute * share))
				for i := range drift {
					if minute > 0 {
						drift[i] = 0.8*drift[i] + 0.6*random.NormFloat64()
					}
				}
				for i, f := range factors {
					arms[i] = [2]canary.Arm{{Total: n}, {Total: perMinute - n}}
					arms[i][0].Bad = binomial(random, n, f*ratio*wander(shock, drift[0]))
					arms[i][1].Bad = binomial(random, perMinute-n, ratio*wander(shock, drift[1]))
				}
				extra += float64(arms[0][0].Bad) - float64(n)*ratio
				for k, w := range watchers {
					if w == nil || !w.look(arms) {
						continue
					}
					out[k].minutes = append(out[k].minutes, minute+1)
					out[k].extra += extra
					out[k].squares += extra * extra
					watchers[k] = nil
					left--
				}
				if left == 0 {
					break
				}
			}
			for k, w := range watchers {
				if w != nil {
					out[k].extra += extra
					out[k].squares += extra * extra
				}
			}
		}
		for k := range out {
			out[k].runs, out[k].extras = runs, len(factors) == 1
		}
		return out
	}
}

// wander is a lognormal factor with mean 1 and coefficient of variation cv.
func wander(cv, normal float64) float64 {
	if cv == 0 {
		return 1
	}
	v := math.Log1p(cv * cv)
	return math.Exp(math.Sqrt(v)*normal - v/2)
}

// binomial draws the number of n events of probability p by the gaps between them.
func binomial(random *rand.Rand, n int64, p float64) (k int64) {
	rate := math.Log1p(-p)
	for at := int64(0); ; k++ {
		gap := math.Log(1-random.Float64()) / rate
		if gap >= float64(n-at) {
			return k
		}
		at += int64(gap) + 1
		if at > n {
			return k
		}
	}
}

// latency simulates minutes of p95 of lognormal latencies (σ = 0.7), 600 requests of
// the canary and 5400 of the baseline, in arms that wander by sd.
func latency(minutes int, factor, sd float64, tests ...canary.BlockTest) func(int, uint64) []outcome {
	return func(runs int, seed uint64) []outcome {
		random := rand.New(rand.NewPCG(seed, 2))
		out := make([]outcome, len(tests))
		for range runs {
			evidence := make([]canary.BlockEvidence, len(tests))
			done := make([]bool, len(tests))
			for k, t := range tests {
				e, err := t.Start()
				if err != nil {
					panic(err) // the tests are written below
				}
				evidence[k] = e
			}
			shared, a, b := random.NormFloat64(), random.NormFloat64(), random.NormFloat64()
			for minute := range minutes {
				if minute > 0 {
					for _, s := range []*float64{&shared, &a, &b} {
						*s = 0.8**s + 0.6*random.NormFloat64()
					}
				}
				x := factor * math.Exp(0.1*shared+sd*a) * p95(random, 600)
				y := math.Exp(0.1*shared+sd*b) * p95(random, 5400)
				for k := range evidence {
					if done[k] {
						continue
					}
					if err := evidence[k].Update(x, y); err != nil {
						panic(err) // the values are drawn above
					}
					if evidence[k].Result().Harm {
						out[k].minutes = append(out[k].minutes, minute+1)
						done[k] = true
					}
				}
			}
		}
		for k := range out {
			out[k].runs = runs
		}
		return out
	}
}

// p95 draws the sample quantile 0.95 (linear interpolation) of n lognormal values
// with median 1, from the joint law of the two order statistics around it.
func p95(random *rand.Rand, n float64) float64 {
	h := 0.95 * (n - 1)
	k := math.Floor(h) + 1
	low := beta(random, k, n-k+1)
	high := low + (1-low)*(1-math.Pow(1-random.Float64(), 1/(n-k)))
	quantile := func(u float64) float64 { return math.Exp(0.7 * math.Sqrt2 * math.Erfinv(2*u-1)) }
	a, b := quantile(low), quantile(high)
	return a + (h-math.Floor(h))*(b-a)
}

func beta(random *rand.Rand, a, b float64) float64 {
	x := gamma(random, a)
	return x / (x + gamma(random, b))
}

// gamma draws from the gamma distribution with shape a > 1 (Marsaglia and Tsang
// 2000).
func gamma(random *rand.Rand, a float64) float64 {
	d := a - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := random.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-random.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// constant is a share of the traffic that stays.
func constant(share float64, minutes int) []float64 {
	s := make([]float64, minutes)
	for i := range s {
		s[i] = share
	}
	return s
}

// scenarios are the lines of the table.
func scenarios() []scenario {
	one := func(alpha, margin float64) func() watcher {
		return func() watcher { return newRates(1, canary.RateTest{FalseAlarm: alpha, Margin: margin}) }
	}
	ten := func() watcher { return newRates(10, canary.RateTest{FalseAlarm: 0.05}) }
	metrics := func(first float64) []float64 {
		f := []float64{first, 1, 1, 1, 1, 1, 1, 1, 1, 1}
		return f
	}
	plan := append(append(append(append(constant(0.01, 5), constant(0.05, 5)...), constant(0.1, 5)...), constant(0.25, 5)...), constant(0.5, 10)...)
	levels := []string{"rate evidence, α 0.05", "rate evidence, α 0.01"}
	none := bar{}
	list := []scenario{
		{"A 0.1 % errors, 10 % canary, A/A 60 min", levels, []bar{{most: 0.05}, {most: 0.01}},
			counts(constant(0.1, 60), []float64{1}, 0, one(0.05, 0), one(0.01, 0))},
		{"A ×2 30 min", levels, []bar{{least: 0.88, median: 14}, none}, counts(constant(0.1, 30), []float64{2}, 0, one(0.05, 0), one(0.01, 0))},
		{"A ×5 30 min", levels, []bar{{least: 1, median: 3}, none}, counts(constant(0.1, 30), []float64{5}, 0, one(0.05, 0), one(0.01, 0))},
		{"A ×10 30 min", levels, []bar{{least: 1, median: 1}, none}, counts(constant(0.1, 30), []float64{10}, 0, one(0.05, 0), one(0.01, 0))},
		{"A arms drift, cv 0.3, A/A 30 min", []string{"rate evidence, α 0.05", "margin 25 %"}, []bar{none, {most: 0.05}},
			counts(constant(0.1, 30), []float64{1}, 0.3, one(0.05, 0), one(0.05, 0.25))},
		{"B 1/5/10/25/50 %, A/A 30 min", levels, []bar{{most: 0.05}, {most: 0.01}}, counts(plan, []float64{1}, 0, one(0.05, 0), one(0.01, 0))},
		{"B ×2", levels, []bar{{least: 0.88}, none}, counts(plan, []float64{2}, 0, one(0.05, 0), one(0.01, 0))},
		{"B ×5", levels, []bar{none, none}, counts(plan, []float64{5}, 0, one(0.05, 0), one(0.01, 0))},
		{"B ×20", levels, []bar{{median: 2, extra: 3}, none}, counts(plan, []float64{20}, 0, one(0.05, 0), one(0.01, 0))},
	}
	blocks := []string{"block evidence, margin 3 %", "no margin"}
	tests := []canary.BlockTest{{Margin: 0.03}, {}}
	for _, sd := range []float64{0, 0.03, 0.06} {
		name := map[float64]string{0: "C p95, arms alike", 0.03: "C p95, arms drift by 3 %", 0.06: "C p95, arms drift by 6 %"}[sd]
		aa, power := none, none
		switch sd {
		case 0:
			aa, power = bar{most: 0.05}, bar{least: 0.88, median: 8}
		case 0.03:
			aa, power = bar{most: 0.03}, bar{least: 0.88, median: 8}
		}
		list = append(list,
			scenario{name + ", A/A 30 min", blocks, []bar{aa, none}, latency(30, 1, sd, tests...)},
			scenario{name + ", ×1.10", blocks, []bar{power, none}, latency(30, 1.1, sd, tests...)})
	}
	family := []string{"mean of ten, α 0.05"}
	return append(list,
		scenario{"D ten metrics, A/A 30 min", family, []bar{{most: 0.017}}, counts(constant(0.1, 30), metrics(1), 0, ten)},
		scenario{"D one of ten ×2", family, []bar{none}, counts(constant(0.1, 30), metrics(2), 0, ten)},
		scenario{"D one of ten ×5", family, []bar{{least: 1, median: 3}}, counts(constant(0.1, 30), metrics(5), 0, ten)})
}
