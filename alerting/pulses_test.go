package alerting

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

// The workbook's pages are evaded by any burn up to 6, the threshold of the slow
// pair. As total outages that is 43.2 s in every 2 hours: three of them fill the
// 129.6 s of 6 hours, and 1h/5m allows 51.84 s. Tickets are evaded by 259.2 s
// every 3 days; those that evade the pages too are shorter.
func TestWorkbookPulses(t *testing.T) {
	a := analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{})
	for i, want := range []PulseTrain{
		{ErrorRatio: 1, Burst: 43200 * time.Millisecond, Period: 2 * time.Hour, Duty: 0.006, BurnRate: 6, Exhaustion: 5 * day},
		{ErrorRatio: 1, Burst: 259200 * time.Millisecond, Period: 3 * day, Duty: 0.001, BurnRate: 1, Exhaustion: 30 * day},
	} {
		s := a.Silences[i]
		got := s.Pulses
		if got.Burst != want.Burst || got.Period != want.Period || !near(got.BurnRate, want.BurnRate, 1e-9) || !near(got.Duty, want.Duty, 1e-9) || got.Exhaustion.Round(time.Second) != want.Exhaustion {
			t.Errorf("%v: got %+v, want %+v", s.Severity, got, want)
		}
		if !near(s.BurnRate, want.BurnRate, 1e-9) || s.Exhaustion.Round(time.Second) != want.Exhaustion || s.Everything {
			t.Errorf("%v: got silent burn %v, gone in %v, want %v, %v", s.Severity, s.BurnRate, s.Exhaustion, want.BurnRate, want.Exhaustion)
		}
	}
	// 259.2 s trip 1h/5m; a fifth of it every fifth of 3 days is what that allows.
	if p := a.Silent.Pulses; a.Silent.BurnRate != 1 || p.Burst != 51840*time.Millisecond || p.Period != 14*time.Hour+24*time.Minute {
		t.Errorf("all severities: got silent burn %v, pulses %+v, want 1, 51.84s of every 14h24m", a.Silent.BurnRate, p)
	}
}

// 1 minute over the budget for 1 hour is evaded by outages of 59 minutes of the hour
// (The Site Reliability Workbook, chapter 5, approach 3): between f - w + 2x and
// f + x, x = θ·w = 0.06 s.
func TestHoldsHideOutages(t *testing.T) {
	a := analyse(t, bind(t, single(time.Minute, time.Minute, time.Hour, 1), objective("99.9%", 30*day)), AnalyserOptions{})
	got := a.Silent.Pulses
	if got.Burst != 3540120*time.Millisecond || got.Period != 3600060*time.Millisecond || !near(got.BurnRate, 983.35, 0.01) {
		t.Errorf("got %v of every %v, burn %v, want 59m0.12s of every 1h0m0.06s, 983.35", got.Burst, got.Period, got.BurnRate)
	}
	if a.Silent.BurnRate != 1 {
		t.Errorf("steady: got %v, want 1", a.Silent.BurnRate)
	}
}

// A hold hides nothing where another pair of the same threshold has none.
func TestHoldBesidePairWithout(t *testing.T) {
	hold := Pair{Severity: Page, Long: time.Minute, Short: time.Minute, Factor: 1, For: time.Hour}
	plain := Pair{Severity: Page, Long: time.Hour, Short: time.Hour, Factor: 1}
	for _, pairs := range [][]Pair{{hold, plain}, {plain, hold}} {
		a := analyse(t, bind(t, Policy{Name: "p", Pairs: pairs}, objective("99.9%", 30*day)), AnalyserOptions{})
		if got := a.Silent.Pulses; !near(got.BurnRate, 1, 1e-9) || got.Period != time.Hour {
			t.Errorf("got %+v, want a burn of 1 in an outage every hour", got)
		}
	}
}

func TestNothingFires(t *testing.T) {
	a := analyse(t, bind(t, single(time.Hour, 5*time.Minute, 0, 14.4), objective("90%", 30*day)), AnalyserOptions{})
	if s := a.Silent; !s.Everything || !near(s.BurnRate, 10, 1e-9) || !s.Pulses.Endless || s.Exhaustion != 3*day || !near(s.Pulses.BurnRate, 10, 1e-9) {
		t.Errorf("got %+v, want everything unseen, a burn of 10 for 3 days", s)
	}
	// With pulses of less than the threshold the same holds for a reachable pair.
	a = analyse(t, bind(t, Workbook(), objective("99.9%", 30*day)), AnalyserOptions{PulseErrorRatio: 0.004})
	if p := a.Silences[0].Pulses; !p.Endless || !near(p.BurnRate, 4, 1e-9) {
		t.Errorf("got %+v, want an endless burn of 4", p)
	}
}

// fired reports whether a train fires a pair, by looking at every instant of a
// grid of whole seconds over the longest window and two periods: burst and
// period are whole, so the seconds of outage in a window are counted exactly.
func fired(p BoundPair, burst, period int, ratio, baseline float64) bool {
	end := int(p.Long.Seconds()) + 3*period + int(p.For.Seconds())
	prefix := make([]int, end+1)
	for x := 1; x <= end; x++ {
		prefix[x] = prefix[x-1]
		if (x-1)%period < burst {
			prefix[x]++
		}
	}
	over := func(x int, w time.Duration) bool {
		n := int(w.Seconds())
		bad := float64(prefix[x] - prefix[x-n])
		return (baseline*float64(n) + (ratio-baseline)*bad) > p.Threshold*float64(n)*(1+1e-12)
	}
	run := 0
	for x := int(p.Long.Seconds()); x <= end; x++ {
		if !over(x, p.Long) || !over(x, p.Short) {
			run = 0
			continue
		}
		// Tripped at run+1 instants in a row: for more than run-1 and less
		// than run+1 seconds.
		if run++; run-1 > int(p.For.Seconds()) || p.For == 0 {
			return true
		}
	}
	return false
}

// The train that is found evades the pairs in a simulation, and no train on a
// grid of seconds that evades them spends more.
func TestPulsesLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p Policy
		for range rapid.IntRange(1, 2).Draw(t, "pairs") {
			long := rapid.IntRange(2, 40).Draw(t, "long")
			short := rapid.IntRange(1, long).Draw(t, "short")
			p.Pairs = append(p.Pairs, Pair{Severity: Page, Long: time.Duration(long) * time.Second, Short: time.Duration(short) * time.Second,
				For: time.Duration(rapid.SampledFrom([]int{0, 0, 3, 10, 30}).Draw(t, "hold")) * time.Second, Factor: float64(rapid.IntRange(10, 95).Draw(t, "factor")) / 10})
		}
		b, err := p.Bind(slo.Objective{Target: slo.MustRatio("90%"), Window: slo.Rolling(day)})
		if err != nil {
			t.Fatal(err)
		}
		ratio := rapid.SampledFrom([]float64{1, 1, 0.7}).Draw(t, "ratio")
		baseline := rapid.SampledFrom([]float64{0, 0, 0.05}).Draw(t, "baseline")
		train := worstPulses(b.Pairs, ratio, baseline)
		if train.Endless {
			for _, pair := range b.Pairs {
				if pair.Threshold < ratio {
					t.Fatalf("endless, but %v is below %v", pair.Threshold, ratio)
				}
			}
			return
		}
		// A little less evades, on a grid of a thousandth of a second.
		for _, pair := range b.Pairs {
			fine := pair
			fine.Long, fine.Short, fine.For = 1000*pair.Long, 1000*pair.Short, 1000*pair.For
			burst, period := int(train.Burst.Milliseconds())-4, int(math.Ceil(train.Period.Seconds()*1000))
			if period < 100_000 && burst > 0 && fired(fine, burst, period, ratio, baseline) {
				t.Fatalf("%v of every %v fires %s (θ %v)", train.Burst, train.Period, pair.name(), pair.Threshold)
			}
		}
		for period := 1; period <= 80; period++ {
			for burst := int(train.Duty*1.006*float64(period)) + 1; burst <= period; burst++ {
				seen := false
				for _, pair := range b.Pairs {
					// The simulation grants the hold a second less than it has.
					strict := pair
					if strict.For > 0 {
						strict.For -= 2 * time.Second
					}
					seen = seen || fired(strict, burst, period, ratio, baseline)
				}
				if !seen {
					t.Fatalf("%d s of every %d s evades, duty %v; found %v of every %v, duty %v",
						burst, period, float64(burst)/float64(period), train.Burst, train.Period, train.Duty)
				}
			}
		}
	})
}

func BenchmarkPulsesWithHolds(b *testing.B) {
	bound := bind(b, Pyrra(28*day), objective("99.9%", 28*day))
	b.ReportAllocs()
	for b.Loop() {
		worstPulses(bound.Pairs, 1, 0)
	}
}
