package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyCounter(t *rapid.T, step time.Duration) Counter {
	c := Counter{
		Traffic:  busy(rapid.Uint64().Draw(t, "seed")),
		Replicas: rapid.IntRange(0, 4).Draw(t, "replicas"),
		Stagger:  rapid.SampledFrom([]time.Duration{0, 47 * time.Second}).Draw(t, "stagger"),
		Jitter:   rapid.SampledFrom([]time.Duration{0, step / 2, time.Hour}).Draw(t, "jitter"),
	}
	c.Traffic.Noise.Kind = rapid.SampledFrom([]NoiseKind{Exact, Poisson}).Draw(t, "kind")
	for range rapid.IntRange(0, 3).Draw(t, "restarts") {
		c.Restarts = append(c.Restarts, monday.Add(time.Duration(rapid.Int64Range(0, int64(90*time.Minute)).Draw(t, "restart"))))
	}
	if rapid.Bool().Draw(t, "mortal") {
		c.Lifetime = time.Duration(rapid.Int64Range(int64(time.Minute), int64(time.Hour)).Draw(t, "lifetime"))
	}
	if c.Lifetime == 0 || rapid.Bool().Draw(t, "born") {
		c.Start = monday.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(time.Hour)).Draw(t, "born at")))
	}
	return c
}

func TestSamplesOfASplitRangeAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]time.Duration{15 * time.Second, time.Minute}).Draw(t, "step")
		c := anyCounter(t, step)
		n, m := rapid.IntRange(0, 60).Draw(t, "n"), rapid.IntRange(0, 60).Draw(t, "m")
		middle, to := monday.Add(time.Duration(n)*step), monday.Add(time.Duration(n+m)*step)
		whole := c.Samples(monday, to, step)
		parts := slices.Concat(c.Samples(monday, middle, step), c.Samples(middle, to, step))
		slices.SortStableFunc(parts, func(a, b Sample) int { return a.Replica - b.Replica })
		if !slices.Equal(whole, parts) {
			t.Errorf("%+v\n[from, to) = %+v\nparts      = %+v", c, whole, parts)
		}
	})
}

func TestIncreasesAndLossesAreTheEvents(t *testing.T) {
	restarts := 0
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.SampledFrom([]time.Duration{15 * time.Second, time.Minute}).Draw(t, "step")
		c := anyCounter(t, step)
		c.Start = monday.Add(-time.Hour) // all of the range is in the counters' life
		to := monday.Add(100 * step)
		events := c.Traffic.Events(monday, to, step)
		got := make([]Count, len(events))
		base := make(map[int]Sample)
		for _, s := range c.Samples(monday.Add(-step), monday, step) {
			base[s.Replica] = s
		}
		for _, s := range c.Samples(monday, to, step) {
			p := base[s.Replica]
			base[s.Replica] = s
			i := int(s.Time.Sub(monday)/step) - 1 // jitter is less than a step
			bad, total := s.Bad, s.Total
			if s.Start.Equal(p.Start) {
				if s.Bad < p.Bad || s.Total < p.Total {
					t.Fatalf("replica %d falls from %+v to %+v without a restart", s.Replica, p, s)
				}
				bad, total = bad-p.Bad, total-p.Total
			} else {
				restarts++
			}
			if !(s.Bad >= 0 && s.Bad <= s.Total && s.LostBad >= 0 && s.LostBad <= s.LostTotal) || s.Start.After(s.Time) {
				t.Fatalf("sample %+v", s)
			}
			got[i] = Count{Time: events[i].Time, Bad: got[i].Bad + bad + s.LostBad, Total: got[i].Total + total + s.LostTotal}
		}
		if !slices.Equal(got, events) {
			t.Errorf("%+v\nincreases and losses = %v\nevents               = %v", c, got, events)
		}
	})
	if restarts == 0 {
		t.Error("the test saw no restart")
	}
}

// Restarts on the grid lose nothing, and a reader that takes each fall for a
// reset finds every event as long as the new process has counted less than the
// old one.
func TestRestartsOnTheGridLoseNothing(t *testing.T) {
	c := Counter{
		Traffic:  Traffic{BasePerSecond: 10, Noise: Noise{Kind: Poisson}, Errors: Errors{Ratio: 0.1}, Seed: 3},
		Replicas: 3,
		Start:    monday,
		Restarts: []time.Time{monday.Add(20 * time.Minute), monday.Add(50 * time.Minute)},
		Stagger:  2 * time.Minute,
	}
	to := monday.Add(2 * time.Hour)
	wantBad, want := Sum(c.Traffic.Events(monday, to, 30*time.Second))
	var bad, total float64
	falls := 0
	var last Sample
	for _, s := range c.Samples(monday, to, 30*time.Second) {
		if s.LostTotal != 0 {
			t.Errorf("replica %d lost %v events at %v, want none", s.Replica, s.LostTotal, s.Time)
		}
		if s.Replica != last.Replica {
			last = Sample{Replica: s.Replica}
		}
		if s.Total < last.Total {
			falls++
			last = Sample{Replica: s.Replica}
		}
		bad, total = bad+s.Bad-last.Bad, total+s.Total-last.Total
		last = s
	}
	if bad != wantBad || total != want || falls != 6 {
		t.Errorf("%v bad of %v with %d resets, want %v of %v with 6", bad, total, falls, wantBad, want)
	}
	starts := map[int][]time.Duration{}
	for _, s := range c.Samples(monday, to, 30*time.Second) {
		since := s.Start.Sub(monday)
		if n := len(starts[s.Replica]); n == 0 || starts[s.Replica][n-1] != since {
			starts[s.Replica] = append(starts[s.Replica], since)
		}
	}
	for r, want := range map[int][]time.Duration{
		1: {0, 20 * time.Minute, 50 * time.Minute}, 2: {0, 22 * time.Minute, 52 * time.Minute}, 3: {0, 24 * time.Minute, 54 * time.Minute},
	} {
		if !slices.Equal(starts[r], want) {
			t.Errorf("replica %d starts after %v, want %v", r, starts[r], want)
		}
	}
	first := Count{}
	for _, s := range c.Samples(monday, monday.Add(30*time.Second), 30*time.Second) {
		first.Bad, first.Total = first.Bad+s.Bad, first.Total+s.Total
	}
	gotBad, got := Sum(Increases(c.Samples(monday, to, 30*time.Second)))
	if gotBad != wantBad-first.Bad || got != want-first.Total {
		t.Errorf("Increases: %v bad of %v, want %v of %v", gotBad, got, wantBad-first.Bad, want-first.Total)
	}
}

func TestReplicasShareEvenly(t *testing.T) {
	for _, kind := range []NoiseKind{Exact, Poisson} {
		c := Counter{Traffic: Traffic{BasePerSecond: 30, Noise: Noise{Kind: kind}, Errors: Errors{Ratio: 0.05}}, Replicas: 5}
		samples := c.Samples(monday, monday.Add(10*time.Hour), time.Minute)
		for r := range 5 {
			s := samples[(r+1)*600-1]
			// 216,000 and 10,800 each, with at most five standard deviations.
			if s.Replica != r+1 || math.Abs(s.Total-216000) > 5*math.Sqrt(216000) || math.Abs(s.Bad-10800) > 5*math.Sqrt(10800) {
				t.Errorf("kind %v: replica %d has %v bad of %v, want about 10800 of 216000", kind, s.Replica, s.Bad, s.Total)
			}
		}
	}
}

func TestLifetimesAreRandomAroundTheirMean(t *testing.T) {
	c := Counter{Traffic: Traffic{BasePerSecond: 1, Seed: 8}, Replicas: 2, Lifetime: 6 * time.Hour}
	starts := map[int]map[time.Time]bool{1: {}, 2: {}}
	for _, s := range c.Samples(monday, monday.Add(30*day), 10*time.Minute) {
		starts[s.Replica][s.Start] = true
	}
	for r, at := range starts {
		if n := len(at); n < 119 || n > 122 {
			t.Errorf("replica %d had %d processes in 30 days, want one every 6 hours", r, n)
		}
	}
	for at := range starts[1] {
		if starts[2][at] {
			t.Errorf("both replicas restarted at %v", at)
		}
	}
}

func TestNoSamplesBeforeTheStart(t *testing.T) {
	c := Counter{Traffic: Traffic{BasePerSecond: 2}, Start: monday.Add(150 * time.Second)}
	samples := c.Samples(monday, monday.Add(5*time.Minute), time.Minute)
	if len(samples) != 3 || samples[0].Time != monday.Add(3*time.Minute) {
		t.Fatalf("got %+v, want samples at 3, 4 and 5 minutes", samples)
	}
	if got := samples[0]; got.Total != 60 || got.LostTotal != 60 || got.Start != c.Start {
		t.Errorf("first sample %+v, want half a minute's 60 events from 00:02:30", got)
	}
	if got := c.Samples(monday, monday.Add(2*time.Minute), time.Minute); len(got) != 0 {
		t.Errorf("got %+v before the start, want none", got)
	}
}

func BenchmarkCounterMillionSlots(b *testing.B) {
	c := Counter{Traffic: busy(1), Start: monday, Lifetime: day}
	b.ReportAllocs()
	for b.Loop() {
		c.Samples(monday, monday.Add(1e6*15*time.Second), 15*time.Second)
	}
}
