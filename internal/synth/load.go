package synth

import (
	"math"
	"time"
)

// GrowthKind is how a load grows.
type GrowthKind int

const (
	// Linear growth adds PerDay of the base each day.
	Linear GrowthKind = iota
	// Compound growth multiplies by 1+PerDay each day.
	Compound
	// Logistic growth starts at PerDay and slows down towards Ceiling.
	Logistic
)

// Growth is a factor on a load that is 1 at the origin. The zero value is the
// factor 1.
type Growth struct {
	Kind GrowthKind
	// PerDay is the relative growth a day at the origin, above -1: 0.001 is
	// about a third to a half more in a year.
	PerDay float64
	// Ceiling is what Logistic growth approaches, as a multiple of the origin,
	// above 1; 0 is 2.
	Ceiling float64
}

// Factor returns the factor the given days after the origin (before it, if
// negative), never below 0.
func (g Growth) Factor(days float64) float64 {
	rate := clamp(g.PerDay, -0.999999, 1e6)
	if rate == 0 || math.IsNaN(g.PerDay) || math.IsNaN(days) {
		return 1
	}
	days = clamp(days, -1e6, 1e6)
	switch g.Kind {
	case Compound:
		return clamp(exp(float64(days*log1pAny(rate))), 0, mostEvents)
	case Logistic:
		ceiling := 2.0
		if g.Ceiling > 1 {
			ceiling = min(g.Ceiling, 1e9)
		}
		// f = C / (1 + (C-1)·e^(-r·days)) has f(0) = 1 and f'(0) = r·(1 - 1/C).
		r := rate / (1 - 1/ceiling)
		return ceiling / (1 + float64((ceiling-1)*min(exp(-float64(r*days)), 1e280)))
	}
	return clamp(1+float64(rate*days), 0, mostEvents)
}

// log1pAny returns log(1+x) for any x > -1.
func log1pAny(x float64) float64 {
	if x > 1 {
		return log(1 + x)
	}
	return log1p(x)
}

// Shift is a change of level that stays: a new customer, a cheaper codec.
type Shift struct {
	At time.Time
	// Change is relative: 0.3 is 30 % more from At on, -0.2 a fifth less.
	Change float64
}

// Load is the demand on a resource (cores, bytes, connections) and what of it
// fits: utilisation that grows, follows the week, shifts and saturates. The
// zero value is 0.
type Load struct {
	// Zone is whose wall clock the rhythms follow; nil is UTC.
	Zone *time.Location
	// Base is the mean on an ordinary day at Origin, in any unit.
	Base float64
	// Origin is where Growth counts from. The zero time is 1970.
	Origin   time.Time
	Growth   Growth
	Daily    Daily
	Weekly   Weekly
	Holidays []Holiday
	Shifts   []Shift
	// NoiseRatio is the standard deviation of the logarithm of a slot's own
	// random factor, whose mean is 1, in [0, 3].
	NoiseRatio float64
	Wander     Wander
	// Cap is where the resource is full: what is measured never exceeds it.
	// 0 is no limit.
	Cap  float64
	Seed uint64
}

// Value is the mean over the slot that ends at Time.
type Value struct {
	Time time.Time
	// Value is what is measured, at most the Load's Cap.
	Value float64
	// Demand is what would be measured without Cap.
	Demand float64
}

// Mean returns the expected demand at an instant, without noise and without
// Cap.
func (l Load) Mean(at time.Time) float64 {
	if !representable(at) {
		return 0
	}
	p := l.plan(false)
	return p.at(at.UnixNano())
}

// Values returns the means over the whole slots of [from, to).
func (l Load) Values(from, to time.Time, step time.Duration) []Value {
	start, slots := grid(from, to, step)
	if slots == 0 {
		return nil
	}
	values := make([]Value, slots)
	p := l.plan(true)
	for i := range values {
		values[i] = p.value(start+int64(i)*int64(step), int64(step))
	}
	return values
}

// Crossing returns the end of the first whole slot of [from, to) whose
// expected mean demand is at least level, and false if there is none.
func (l Load) Crossing(level float64, from, to time.Time, step time.Duration) (time.Time, bool) {
	start, slots := grid(from, to, step)
	p := l.plan(false)
	for i := range slots {
		at := start + int64(i)*int64(step)
		if p.value(at, int64(step)).Demand >= level {
			return instant(at + int64(step)), true
		}
	}
	return time.Time{}, false
}

type loadPlan struct {
	load   Load
	origin int64
	shifts []int64
	cap    float64
	sigma  float64
	rhythm rhythm
	wander wanderer
}

func (l Load) plan(noisy bool) loadPlan {
	p := loadPlan{load: l, rhythm: newRhythm(l.Zone, l.Daily, l.Weekly, l.Holidays), cap: math.MaxFloat64}
	if !l.Origin.IsZero() {
		p.origin = nanos(l.Origin)
	}
	for _, s := range l.Shifts {
		p.shifts = append(p.shifts, nanos(s.At))
	}
	if l.Cap > 0 {
		p.cap = l.Cap
	}
	if noisy {
		p.sigma = clamp(l.NoiseRatio, 0, 3)
		p.wander = l.Wander.from(l.Seed, forLoadWander)
	}
	return p
}

// at returns the demand of an instant, without the slot's own noise.
func (p *loadPlan) at(at int64) float64 {
	v := clamp(p.load.Base, 0, math.MaxFloat64/1e60)
	v = float64(v * p.load.Growth.Factor((float64(at)-float64(p.origin))/float64(day)))
	for i, s := range p.shifts {
		if at >= s {
			v = float64(v * (1 + clamp(p.load.Shifts[i].Change, -1, 1e6)))
		}
	}
	return clamp(float64(float64(v*p.rhythm.at(at))*p.wander.at(at)), 0, math.MaxFloat64/1e10)
}

// value returns the slot's mean, over pieces that are capped one by one.
func (p *loadPlan) value(start, step int64) Value {
	noise := 1.0
	if p.sigma > 0 {
		var s source
		s.at(p.load.Seed, forLoad, start, step)
		noise = exp(float64(p.sigma*s.normal()) - float64(p.sigma*p.sigma/2))
	}
	v := Value{Time: instant(start + step)}
	full := true
	for from := start; from < start+step; {
		to := min(start+step, from+piece)
		weight := float64(to-from) / float64(step)
		demand := float64(p.at(from+(to-from)/2) * noise)
		v.Demand += float64(weight * demand)
		v.Value += float64(weight * min(demand, p.cap))
		full = full && demand >= p.cap
		from = to
	}
	if v.Value = min(v.Value, p.cap); full {
		v.Value = p.cap // without the roundings of the sum
	}
	v.Demand = max(v.Demand, v.Value)
	return v
}
