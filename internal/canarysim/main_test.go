package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestBinomial(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		n int64
		p float64
	}{{600, 0.001}, {5400, 0.001}, {60, 0.02}, {3, 0.5}} {
		const runs = 40000
		var sum, squares float64
		for range runs {
			k := float64(binomial(random, c.n, c.p))
			if k > float64(c.n) {
				t.Fatalf("%v of %d", k, c.n)
			}
			sum += k
			squares += k * k
		}
		mean := float64(c.n) * c.p
		variance := mean * (1 - c.p)
		gotMean := sum / runs
		gotVariance := squares/runs - gotMean*gotMean
		if math.Abs(gotMean-mean) > 4*math.Sqrt(variance/runs) || math.Abs(gotVariance/variance-1) > 0.1 {
			t.Errorf("n %d, p %v: mean %v and variance %v, want %v and %v", c.n, c.p, gotMean, gotVariance, mean, variance)
		}
	}
}

// The quantile that is drawn is that of a sorted sample.
func TestP95(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	const runs, n = 4000, 60
	var drawn, sampled float64
	for range runs {
		drawn += math.Log(p95(random, n))
		var top [4]float64 // the largest of a sample
		for range n {
			v := math.Exp(0.7 * random.NormFloat64())
			for i := range top {
				if v > top[i] {
					v, top[i] = top[i], v
				}
			}
		}
		// h = 0.95·59 = 56.05: between the fourth and the third largest.
		sampled += math.Log(top[3] + 0.05*(top[2]-top[3]))
	}
	if d := (drawn - sampled) / runs; math.Abs(d) > 0.015 {
		t.Errorf("the mean of ln p95 is off by %v", d)
	}
}

func TestBars(t *testing.T) {
	o := outcome{runs: 100, minutes: []int{3, 1, 2, 2, 9}, extra: 250, squares: 900, extras: true}
	for _, c := range []struct {
		bar  bar
		want bool
	}{
		{bar{}, true}, {bar{most: 0.05}, true}, {bar{most: 0.01}, true}, {bar{most: 0.005}, false}, {bar{least: 0.09}, true}, {bar{least: 0.1}, false},
		{bar{median: 2}, true}, {bar{extra: 2.2}, true}, {bar{extra: 2.1}, false},
	} {
		if got := c.bar.holds(o); got != c.want {
			t.Errorf("%v: %v, want %v (%v ± %v)", c.bar, got, c.want, o.share(), o.standardError())
		}
	}
}

// Of a hundred rollbacks, 40 by the third minute may be half of them, 39 not.
func TestMedianBar(t *testing.T) {
	for _, c := range []struct {
		early int
		want  bool
	}{{0, false}, {39, false}, {40, true}, {60, true}} {
		o := outcome{runs: 100}
		for i := range 100 {
			o.minutes = append(o.minutes, 4)
			if i < c.early {
				o.minutes[i] = 3
			}
		}
		if got := (bar{median: 3}).holds(o); got != c.want {
			t.Errorf("%d of 100: %v, want %v", c.early, got, c.want)
		}
	}
	if (bar{median: 3}).holds(outcome{runs: 100}) {
		t.Error("no rollback at all meets a median")
	}
}

func TestRun(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run(strings.Fields("-runs 200 -seeds 1 -only A"), &stdout, &stderr); code > 1 || strings.Count(stdout.String(), "\n") != 12 {
		t.Errorf("exit status %d: %s%s", code, stdout.String(), stderr.String())
	}
	again := new(bytes.Buffer)
	run(strings.Fields("-runs 200 -seeds 1 -only A"), again, &stderr)
	if again.String() != stdout.String() {
		t.Error("the same seed gives another table")
	}
	for _, args := range []string{"-runs 0", "-seeds x", "file", "-what"} {
		if code := run(strings.Fields(args), &stdout, &stderr); code != 2 {
			t.Errorf("%s: exit status %d, want 2", args, code)
		}
	}
}
