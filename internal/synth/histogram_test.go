package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var bounds = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

func TestHistogramsHoldEachRequestOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Latency{
			Median:     time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "median")),
			Sigma:      rapid.Float64Range(0, 2).Draw(t, "sigma"),
			TailRatio:  rapid.Float64Range(0, 1).Draw(t, "tail"),
			TailMedian: time.Duration(rapid.Int64Range(0, int64(20*time.Second)).Draw(t, "tail median")),
			Outages:    []Outage{{Start: monday, End: monday.Add(time.Hour), SlowRatio: rapid.Float64Range(0, 1).Draw(t, "slow"), Shape: RampUp}},
			Exact:      rapid.Bool().Draw(t, "exact"),
			Seed:       rapid.Uint64().Draw(t, "seed"),
		}
		counts := busy(1).Events(monday, monday.Add(90*time.Minute), 10*time.Minute)
		le := append([]float64{math.Inf(1), math.NaN(), 0.25}, bounds...)
		hs := l.Histograms(counts, 10*time.Minute, le)
		for i, h := range hs {
			if h.Time != counts[i].Time || !slices.Equal(h.Le, bounds) || len(h.Cumulative) != len(bounds)+1 {
				t.Fatalf("%+v", h)
			}
			least, most := 0.0, 0.0
			for j, c := range h.Cumulative {
				n, lower := c, 0.0
				if j > 0 {
					n, lower = c-h.Cumulative[j-1], bounds[j-1]
				}
				if n < 0 || n != math.Floor(n) {
					t.Fatalf("bucket %d of %+v", j, h)
				}
				least += n * lower
				if j < len(bounds) {
					most += n * bounds[j]
				} else if n > 0 {
					most = math.MaxFloat64
				}
			}
			if h.Count() != counts[i].Total {
				t.Errorf("%v requests in +Inf, want %v", h.Count(), counts[i].Total)
			}
			if !(h.Sum >= least*(1-1e-12) && h.Sum <= most*(1+1e-12)) {
				t.Errorf("sum %v outside the buckets' [%v, %v]", h.Sum, least, most)
			}
		}
		// Slots are independent of one another.
		parts := append(l.Histograms(counts[:4], 10*time.Minute, le), l.Histograms(counts[4:], 10*time.Minute, le)...)
		for i := range hs {
			if !slices.Equal(parts[i].Cumulative, hs[i].Cumulative) || parts[i].Sum != hs[i].Sum {
				t.Errorf("slot %d: the part has %+v, the whole %+v", i, parts[i], hs[i])
			}
		}
	})
}

func TestHistogramsFollowTheDistribution(t *testing.T) {
	for _, exact := range []bool{false, true} {
		l := webLatency()
		l.Exact = exact
		counts := Traffic{BasePerSecond: 1000}.Events(monday, monday.Add(3*time.Hour), time.Minute)
		hs := l.Histograms(counts, time.Minute, bounds)
		for _, part := range []struct {
			at       time.Time
			from, to int
		}{{monday, 0, 60}, {monday.Add(time.Hour), 60, 120}, {monday, 120, 180}} {
			within, sum, n := make([]float64, len(bounds)), 0.0, 0.0
			for _, h := range hs[part.from:part.to] {
				for j := range bounds {
					within[j] += h.Cumulative[j]
				}
				sum, n = sum+h.Sum, n+h.Count()
			}
			for j, b := range bounds {
				p := l.Below(part.at, b)
				allowed := 5 * math.Sqrt(p*(1-p)/n)
				if exact {
					allowed = 0.5 / 60000 // rounded in each slot
				}
				if got := within[j] / n; math.Abs(got-p) > allowed+1e-12 {
					t.Errorf("exact %v, minutes %d to %d: %v within %v s, want %v", exact, part.from, part.to, got, b, p)
				}
			}
			if got, want := sum/n, l.Mean(part.at); relative(got, want) > 0.002 {
				t.Errorf("exact %v, minutes %d to %d: mean %v, want %v", exact, part.from, part.to, got, want)
			}
		}
	}
}

// Counts that arrive out of order have the histograms of those in order.
func TestHistogramsOfCountsInAnyOrder(t *testing.T) {
	counts := busy(1).Events(monday, monday.Add(3*time.Hour), 10*time.Minute)
	want := webLatency().Histograms(counts, 10*time.Minute, bounds)
	slices.Reverse(counts)
	got := webLatency().Histograms(counts, 10*time.Minute, bounds)
	slices.Reverse(got)
	for i := range want {
		if !slices.Equal(got[i].Cumulative, want[i].Cumulative) {
			t.Errorf("%v: got %v, want %v", want[i].Time, got[i].Cumulative, want[i].Cumulative)
		}
	}
}

func TestAccumulate(t *testing.T) {
	slots := webLatency().Histograms(busy(1).Events(monday, monday.Add(time.Hour), time.Minute), time.Minute, bounds)
	before := slots[1].Count()
	sums := Accumulate(slots)
	total := 0.0
	for i, h := range sums {
		total += slots[i].Count()
		if h.Count() != total {
			t.Fatalf("after %d slots %v requests, want %v", i+1, h.Count(), total)
		}
		if i > 0 && (h.Sum < sums[i-1].Sum || h.Cumulative[3] < sums[i-1].Cumulative[3]) {
			t.Errorf("slot %d falls from %+v to %+v", i, sums[i-1], h)
		}
	}
	if slots[1].Count() != before {
		t.Error("the argument has changed")
	}
	if total == 0 || sums[59].Time != slots[59].Time {
		t.Errorf("%v requests at %v", total, sums[59].Time)
	}
	if got := (Histogram{}).Count(); got != 0 {
		t.Errorf("the zero histogram has %v requests", got)
	}
}

func BenchmarkHistograms(b *testing.B) {
	counts := Traffic{BasePerSecond: 50}.Events(monday, monday.Add(1e4*time.Minute), time.Minute)
	b.ReportAllocs()
	for b.Loop() {
		webLatency().Histograms(counts, time.Minute, bounds)
	}
}
