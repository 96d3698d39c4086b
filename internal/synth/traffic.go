package synth

import (
	"time"
)

// piece is the longest stretch over which a rate counts as constant when it is
// integrated. On a daily cosine the error is below 1e-4 of the swing.
const piece = int64(5 * time.Minute)

// finePiece is the same where outages overlap or change the traffic, so that
// rate and bad ratio move together.
const finePiece = int64(5 * time.Second)

// Errors are the failures of a service in good health. The zero value is none.
type Errors struct {
	// Ratio is the share of requests that fail, in [0, 1].
	Ratio float64
	// Correlation, in [0, 1), is that between two requests of a slot: above 0
	// errors come in clumps (a beta-binomial count), also in outages. With
	// Exact noise it has no effect.
	Correlation float64
	// Wander moves the ratio slowly.
	Wander Wander
}

// Traffic is the requests to one service. The zero value is no traffic.
type Traffic struct {
	// Zone is whose wall clock the rhythms follow; nil is UTC.
	Zone *time.Location
	// BasePerSecond is the mean rate of an ordinary day, in requests a second.
	BasePerSecond float64
	Daily         Daily
	Weekly        Weekly
	// Holidays replace the weekday's factor; of two on one date the later in
	// the list counts.
	Holidays []Holiday
	Noise    Noise
	Errors   Errors
	// Outages may overlap and stand in any order.
	Outages []Outage
	Seed    uint64
}

// Count is the events of the slot that ends at Time: how many there were and
// how many of them were bad. Both are whole numbers, 0 <= Bad <= Total.
type Count struct {
	Time       time.Time
	Bad, Total float64
}

// Rate returns the expected requests a second at t, with rhythms and outages
// and without noise.
func (t Traffic) Rate(at time.Time) float64 {
	rate, _ := t.expect(at)
	return rate
}

// BadRatio returns the expected share of bad requests at an instant, with
// outages and without noise.
func (t Traffic) BadRatio(at time.Time) float64 {
	_, bad := t.expect(at)
	return bad
}

func (t Traffic) expect(at time.Time) (rate, bad float64) {
	if !representable(at) {
		return 0, 0
	}
	p := t.plan(false)
	now := at.UnixNano()
	return p.over(now, now+1)
}

// Expected returns the expected number of bad and of all requests of
// [from, to), without noise: the integral of Rate and of Rate·BadRatio.
func (t Traffic) Expected(from, to time.Time) (bad, total float64) {
	if !representable(from) || !representable(to) {
		return 0, 0
	}
	p := t.plan(false)
	return p.events(from.UnixNano(), to.UnixNano())
}

// Events returns the counts of the whole slots in [from, to), in one
// allocation a range. The cost is about 0.1 µs a slot without noise, 0.3 µs
// with Poisson noise, and 1 µs with everything switched on; slots longer than
// five minutes cost more, being integrated in pieces of five minutes (five
// seconds where outages overlap or change the traffic).
func (t Traffic) Events(from, to time.Time, step time.Duration) []Count {
	start, slots := grid(from, to, step)
	if slots == 0 {
		return nil
	}
	counts := make([]Count, slots)
	p := t.plan(true)
	for i := range counts {
		counts[i] = p.count(start+int64(i)*int64(step), int64(step))
	}
	return counts
}

// Rebin adds up the counts of n neighbours each, and leaves out the remainder
// at the end. The result's Time is that of the last of the n. n below 1 gives
// nil.
func Rebin(counts []Count, n int) []Count {
	if n < 1 || len(counts) < n {
		return nil
	}
	out := make([]Count, len(counts)/n)
	for i := range out {
		for _, c := range counts[i*n : (i+1)*n] {
			out[i] = Count{Time: c.Time, Bad: out[i].Bad + c.Bad, Total: out[i].Total + c.Total}
		}
	}
	return out
}

// Sum returns the bad and total events of all counts.
func Sum(counts []Count) (bad, total float64) {
	for _, c := range counts {
		bad += c.Bad
		total += c.Total
	}
	return bad, total
}

// trafficPlan walks along a Traffic.
type trafficPlan struct {
	base      float64
	ratio     float64
	rhythm    rhythm
	incidents incidents
	noise     Noise
	errors    Errors
	load      wanderer
	drift     wanderer
	seed      uint64
	source    source
}

func (t Traffic) plan(noisy bool) trafficPlan {
	p := trafficPlan{
		base:      clamp(t.BasePerSecond, 0, mostEvents),
		ratio:     clamp(t.Errors.Ratio, 0, 1),
		rhythm:    newRhythm(t.Zone, t.Daily, t.Weekly, t.Holidays),
		incidents: newIncidents(t.Outages),
		noise:     t.Noise,
		errors:    t.Errors,
		seed:      t.Seed,
	}
	if noisy {
		p.load = t.Noise.Wander.from(t.Seed, forWander)
		p.drift = t.Errors.Wander.from(t.Seed, forErrorWander)
	}
	return p
}

// over returns the mean rate and the bad ratio of a short stretch.
func (p *trafficPlan) over(from, to int64) (rate, bad float64) {
	middle := from + (to-from)/2
	e := p.incidents.over(from, to)
	rate = float64(float64(p.base*p.rhythm.at(middle))*e.traffic) * p.load.at(middle)
	healthy := clamp(float64(p.ratio*p.drift.at(middle)), 0, 1)
	return clamp(rate, 0, mostEvents), 1 - float64((1-healthy)*e.good)
}

// events returns the expected events of a stretch.
func (p *trafficPlan) events(from, to int64) (bad, total float64) {
	for from < to {
		next := min(to, from+piece)
		if p.incidents.entangled(from, next) {
			next = min(to, from+finePiece)
		}
		rate, ratio := p.over(from, next)
		n := float64(rate * (float64(next-from) / float64(time.Second)))
		total += n
		bad += float64(n * ratio)
		from = next
	}
	return bad, total
}

// count draws the events of a slot.
func (p *trafficPlan) count(start, step int64) Count {
	expectedBad, mean := p.events(start, start+step)
	c := Count{Time: instant(start + step)}
	if mean <= 0 {
		return c
	}
	ratio := clamp(expectedBad/mean, 0, 1)
	index := floorDiv(start, step)
	if p.noise.exact() {
		c.Total = dither(min(mean, mostEvents), index)
		c.Bad = min(c.Total, dither(float64(c.Total*ratio), index))
		return c
	}
	p.source.at(p.seed, forTotal, start, step)
	c.Total = p.noise.draw(&p.source, mean, index)
	p.source.at(p.seed, forBad, start, step)
	c.Bad = p.source.betaBinomial(c.Total, ratio, clamp(p.errors.Correlation, 0, 0.999999))
	return c
}
