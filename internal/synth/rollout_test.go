package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func staged(seed uint64) Rollout {
	return Rollout{
		Traffic: Traffic{BasePerSecond: 50, Noise: Noise{Kind: Poisson}, Errors: Errors{Ratio: 0.01}, Seed: seed},
		Start:   monday,
		Stages:  []Stage{{30 * time.Minute, 0.05}, {30 * time.Minute, 0.25}, {time.Hour, 0.5}},
	}
}

func TestStagesOfARollout(t *testing.T) {
	r := staged(1)
	if got, want := r.End(), monday.Add(2*time.Hour); !got.Equal(want) {
		t.Errorf("ends at %v, want %v", got, want)
	}
	for _, c := range []struct {
		after time.Duration
		stage int
		ok    bool
	}{{-1, 0, false}, {0, 0, true}, {30*time.Minute - 1, 0, true}, {30 * time.Minute, 1, true}, {119 * time.Minute, 2, true}, {2 * time.Hour, 0, false}} {
		if stage, ok := r.StageAt(monday.Add(c.after)); stage != c.stage || ok != c.ok {
			t.Errorf("after %v: stage %d, %v, want %d, %v", c.after, stage, ok, c.stage, c.ok)
		}
	}
	if got := (Rollout{}).Looks(monday, monday.Add(time.Hour), time.Minute); got != nil {
		t.Errorf("the zero rollout has looks: %v", got)
	}
	looks := r.Looks(monday.Add(-time.Hour), monday.Add(5*time.Hour), time.Minute)
	if len(looks) != 120 || !looks[0].Time.Equal(monday.Add(time.Minute)) {
		t.Fatalf("%d looks, want 120 within the rollout", len(looks))
	}
	if got := len(r.Looks(monday, monday.Add(5*time.Hour), 7*time.Minute)); got != 17 {
		t.Errorf("%d looks of 7 minutes, want the 17 whole ones in 120 minutes", got)
	}
	for i, want := range []float64{0.05, 0.25, 0.5} {
		var canary, all float64
		for _, l := range looks {
			if l.Stage == i {
				canary, all = canary+l.Canary.Total, all+l.Canary.Total+l.Baseline.Total
			}
		}
		if got := canary / all; math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/all) {
			t.Errorf("stage %d: the canary has %v of the traffic, want %v", i, got, want)
		}
	}
	r.BaselineRatio = 0.05
	var baseline, canary float64
	for _, l := range r.Looks(monday, monday.Add(30*time.Minute), time.Minute) {
		baseline, canary = baseline+l.Baseline.Total, canary+l.Canary.Total
	}
	if want := 0.05 * 50 * 1800; math.Abs(baseline-want) > 5*math.Sqrt(want) || math.Abs(canary-want) > 5*math.Sqrt(want) {
		t.Errorf("equal arms have %v and %v requests, want about %v each", baseline, canary, want)
	}
}

// armRatios returns the bad share of both arms in the looks after a time.
func armRatios(looks []Look, after time.Time) (baseline, canary float64) {
	var b, c Count
	for _, l := range looks {
		if l.Time.After(after) {
			b.Bad, b.Total = b.Bad+l.Baseline.Bad, b.Total+l.Baseline.Total
			c.Bad, c.Total = c.Bad+l.Canary.Bad, c.Total+l.Canary.Total
		}
	}
	return b.Bad / b.Total, c.Bad / c.Total
}

func TestEffectOfARelease(t *testing.T) {
	for _, c := range []struct {
		name          string
		effect        Effect
		after         time.Duration
		before, later float64 // bad share of the canary
	}{
		{"none", Effect{}, time.Hour, 0.01, 0.01},
		{"at once", Effect{ErrorRatio: 0.02}, 0, 0.01, 1 - 0.99*0.98},
		{"after a while", Effect{After: time.Hour, ErrorRatio: 0.02}, time.Hour, 0.01, 1 - 0.99*0.98},
		{"ramp", Effect{After: time.Hour, Ramp: 30 * time.Minute, ErrorRatio: 0.02}, 90 * time.Minute, 0.01, 1 - 0.99*0.98},
		{"cut ramp", Effect{After: time.Hour, Ramp: 2 * time.Hour, ErrorRatio: 0.02}, time.Hour, 0.01, 1 - 0.99*(1-0.02/4)},
	} {
		r := staged(3)
		r.Effect = c.effect
		looks := r.Looks(monday, r.End(), time.Minute)
		baseline, canary := armRatios(looks, monday.Add(c.after))
		n := 50 * 3600 * 0.25
		if math.Abs(baseline-0.01) > 5*math.Sqrt(0.01/n) {
			t.Errorf("%s: baseline %v, want 0.01", c.name, baseline)
		}
		if math.Abs(canary-c.later) > 5*math.Sqrt(c.later/n) {
			t.Errorf("%s: canary %v, want %v", c.name, canary, c.later)
		}
		if b, ca := r.BadRatios(monday.Add(c.after).Add(-time.Second)); c.after > 0 && c.effect.Ramp == 0 && (math.Abs(b-0.01) > 1e-12 || math.Abs(ca-c.before) > 1e-12) {
			t.Errorf("%s: expected ratios before %v and %v, want 0.01 and %v", c.name, b, ca, c.before)
		}
		if b, ca := r.BadRatios(monday.Add(95 * time.Minute)); c.name != "cut ramp" && (math.Abs(b-0.01) > 1e-12 || math.Abs(ca-c.later) > 1e-12) {
			t.Errorf("%s: expected ratios %v and %v, want 0.01 and %v", c.name, b, ca, c.later)
		}
	}
}

func TestCommonModeMovesBothArmsAndDriftEachAlone(t *testing.T) {
	correlation := func(r Rollout) (both, spread float64) {
		r.Stages = []Stage{{10 * day, 0.5}}
		r.Traffic.BasePerSecond = 2000
		var sx, sy, sxx, syy, sxy, n float64
		for _, l := range r.Looks(monday, r.End(), 30*time.Minute) {
			x, y := math.Log(l.Baseline.Bad/l.Baseline.Total), math.Log(l.Canary.Bad/l.Canary.Total)
			sx, sy, sxx, syy, sxy, n = sx+x, sy+y, sxx+x*x, syy+y*y, sxy+x*y, n+1
		}
		vx, vy := sxx/n-sx*sx/n/n, syy/n-sy*sy/n/n
		return (sxy/n - sx*sy/n/n) / math.Sqrt(vx*vy), math.Sqrt(vx)
	}
	r := staged(4)
	if both, spread := correlation(r); math.Abs(both) > 0.2 || spread > 0.02 {
		t.Errorf("without movement: correlation %v, spread %v, want none", both, spread)
	}
	r.CommonMode = Wander{Ratio: 0.2, Every: time.Hour}
	if both, spread := correlation(r); both < 0.95 || spread < 0.1 {
		t.Errorf("common mode: correlation %v, spread %v, want nearly 1 and 0.2", both, spread)
	}
	r.CommonMode, r.Drift = Wander{}, Wander{Ratio: 0.2, Every: time.Hour}
	if both, spread := correlation(r); math.Abs(both) > 0.2 || spread < 0.1 {
		t.Errorf("drift: correlation %v, spread %v, want none and 0.2", both, spread)
	}
}

func TestLooksOfASplitRangeAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := staged(rapid.Uint64().Draw(t, "seed"))
		r.Traffic = busy(r.Traffic.Seed)
		r.Traffic.Noise.Kind = rapid.SampledFrom([]NoiseKind{Exact, Poisson, NegativeBinomial}).Draw(t, "kind")
		r.Effect = Effect{After: 20 * time.Minute, Ramp: 50 * time.Minute, ErrorRatio: 0.1}
		r.CommonMode, r.Drift = Wander{Ratio: 0.3}, Wander{Ratio: 0.2, Every: 10 * time.Minute}
		n, m := rapid.IntRange(0, 100).Draw(t, "n"), rapid.IntRange(0, 100).Draw(t, "m")
		from := monday.Add(-10 * time.Minute)
		middle, to := from.Add(time.Duration(n)*time.Minute), from.Add(time.Duration(n+m)*time.Minute)
		whole := r.Looks(from, to, time.Minute)
		parts := slices.Concat(r.Looks(from, middle, time.Minute), r.Looks(middle, to, time.Minute))
		if !slices.Equal(whole, parts) {
			t.Errorf("[from, to) = %v\nparts      = %v", whole, parts)
		}
		for _, l := range whole {
			if l.Baseline.Bad > l.Baseline.Total || l.Canary.Bad > l.Canary.Total || l.Canary.Time != l.Time || l.Baseline.Time != l.Time {
				t.Errorf("look %+v", l)
			}
		}
	})
}
