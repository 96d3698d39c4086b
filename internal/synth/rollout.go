package synth

import "time"

// Stage is a part of a rollout: for how long which share of the traffic goes
// to the canary.
type Stage struct {
	Length time.Duration
	// Ratio is the canary's share, in [0, 1].
	Ratio float64
}

// Effect is what the new release does that the old one does not. The zero
// value is nothing.
type Effect struct {
	// After is the time from the rollout's start to the effect's.
	After time.Duration
	// Ramp is how long it takes to rise linearly to its full size; 0 is at
	// once.
	Ramp time.Duration
	// ErrorRatio is the share of the canary's requests that fail because of
	// the release, in [0, 1], on top of those that would fail anyway.
	ErrorRatio float64
}

// Rollout is a release that takes over traffic stage by stage. The zero value
// has no stages and no looks.
type Rollout struct {
	// Traffic is that of the whole service; its outages hit both arms.
	Traffic Traffic
	Start   time.Time
	Stages  []Stage
	// BaselineRatio is the share of the traffic that the baseline arm takes,
	// in [0, 1], cut to what the canary leaves; 0 is all the rest.
	BaselineRatio float64
	Effect        Effect
	// CommonMode moves the error ratios of both arms together.
	CommonMode Wander
	// Drift moves each arm's error ratio on its own: the arms differ although
	// the release does nothing.
	Drift Wander
}

// Look is the requests of both arms in the slot that ends at Time.
type Look struct {
	Time  time.Time
	Stage int // index into Stages
	// Ratio is the canary's share that was asked for.
	Ratio            float64
	Baseline, Canary Count
}

// End returns the end of the last stage.
func (r Rollout) End() time.Time {
	end := r.Start
	for _, s := range r.Stages {
		end = end.Add(max(s.Length, 0))
	}
	return end
}

// StageAt returns the index of the stage at t, and false outside the rollout.
func (r Rollout) StageAt(t time.Time) (int, bool) {
	if t.Before(r.Start) {
		return 0, false
	}
	end := r.Start
	for i, s := range r.Stages {
		if end = end.Add(max(s.Length, 0)); t.Before(end) {
			return i, true
		}
	}
	return 0, false
}

// BadRatios returns the expected share of bad requests in both arms at an
// instant, without noise and drift.
func (r Rollout) BadRatios(at time.Time) (baseline, canary float64) {
	if !representable(at) {
		return 0, 0
	}
	baseline = r.Traffic.BadRatio(at)
	now := at.UnixNano()
	return baseline, 1 - float64((1-baseline)*(1-r.effect().over(now, now+1)))
}

// effect returns the effect as an outage's course.
func (r Rollout) effect() effectCourse {
	shape := Outage{Start: r.Start.Add(r.Effect.After), End: r.End(), ErrorRatio: r.Effect.ErrorRatio}
	if r.Effect.Ramp > 0 {
		shape.Shape, shape.Ramp = RampUp, r.Effect.Ramp
		// A ramp that the rollout's end would cut goes on to its own end.
		if least := shape.Start.Add(r.Effect.Ramp); shape.End.Before(least) {
			shape.End = least
		}
	}
	return effectCourse{shape}
}

type effectCourse struct{ outage Outage }

func (e effectCourse) over(from, to int64) float64 {
	if !e.outage.End.After(e.outage.Start) {
		return 0
	}
	return float64(e.outage.mean(from, to) * clamp(e.outage.ErrorRatio, 0, 1))
}

// Looks returns the two arms' requests of the whole slots of [from, to) that
// lie in the rollout. The stage at the slot's first instant decides on the
// shares.
func (r Rollout) Looks(from, to time.Time, step time.Duration) []Look {
	start, slots := grid(from, to, step)
	end := nanos(r.End())
	length := int64(step)
	plan := r.Traffic.plan(true)
	course := r.effect()
	seed := r.Traffic.Seed
	common := r.CommonMode.from(seed, forCommonMode)
	driftBaseline, driftCanary := r.Drift.from(seed, forBaselineDrift), r.Drift.from(seed, forCanaryDrift)
	var looks []Look
	for i := range slots {
		at := start + int64(i)*length
		stage, ok := r.StageAt(instant(at))
		if !ok || at+length > end {
			continue
		}
		look := Look{Time: instant(at + length), Stage: stage, Ratio: clamp(r.Stages[stage].Ratio, 0, 1)}
		expectedBad, expected := plan.events(at, at+length)
		if expected > 0 {
			middle := at + length/2
			ratio := float64(clamp(expectedBad/expected, 0, 1) * common.at(middle))
			baseline := clamp(float64(ratio*driftBaseline.at(middle)), 0, 1)
			canary := clamp(float64(ratio*driftCanary.at(middle)), 0, 1)
			canary = 1 - float64((1-canary)*(1-course.over(at, at+length)))
			rest := 1 - look.Ratio
			if r.BaselineRatio > 0 {
				rest = min(r.BaselineRatio, rest)
			}
			look.Canary = plan.arm(forCanary, float64(expected*look.Ratio), canary, at, length)
			look.Baseline = plan.arm(forBaseline, float64(expected*rest), baseline, at, length)
		}
		look.Baseline.Time, look.Canary.Time = look.Time, look.Time
		looks = append(looks, look)
	}
	return looks
}

// arm draws the requests of one arm. The parts of a Poisson stream are
// independent Poisson streams; over-dispersed arms vary on their own as well,
// what they share is the traffic's Wander.
func (p *trafficPlan) arm(use purpose, mean, ratio float64, start, step int64) Count {
	index := floorDiv(start, step)
	var c Count
	if p.noise.exact() {
		c.Total = dither(min(mean, mostEvents), index)
		c.Bad = min(c.Total, dither(float64(c.Total*ratio), index))
		return c
	}
	p.source.at(p.seed, use, start, step)
	c.Total = p.noise.draw(&p.source, mean, index)
	c.Bad = p.source.betaBinomial(c.Total, ratio, clamp(p.errors.Correlation, 0, 0.999999))
	return c
}
