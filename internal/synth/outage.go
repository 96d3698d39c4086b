package synth

import (
	"math"
	"time"
)

// Shape is the course of an outage: its intensity, between 0 and 1, from start
// to end.
type Shape int

const (
	// Flat is 1 throughout. With an ErrorRatio of 1 it is a full outage, with
	// less a partial one.
	Flat Shape = iota
	// RampUp rises linearly from 0 to 1 within Ramp, and stays there.
	RampUp
	// RampDown is 1 and falls linearly to 0 within the last Ramp.
	RampDown
	// Plateau rises within the first Ramp and falls within the last.
	Plateau
	// SlowBurn rises from 0 to 1 with the square of time, as a leak does.
	SlowBurn
	// Spike starts at 1 and falls to 0 with the square of the time that is
	// left.
	Spike
	// Flapping is a train of pulses of 1, each followed by a pause.
	Flapping
)

// Outage is a time in which something is wrong. The zero value is none.
type Outage struct {
	// Start and End bound it: [Start, End). Without End after Start there is
	// no outage.
	Start, End time.Time
	// Shape is the course of its intensity.
	Shape Shape
	// ErrorRatio is the share of requests that fail because of it at full
	// intensity, in [0, 1].
	ErrorRatio float64
	// Traffic is the relative change of the request rate at full intensity:
	// -1 loses all requests, 0.5 adds half as many in retries.
	Traffic float64
	// SlowRatio is the share of the remaining requests that fall into a
	// Latency's tail because of it at full intensity, in [0, 1].
	SlowRatio float64
	// Ramp is the length of a ramp. 0 is all of the outage for RampUp and
	// RampDown, a third of it for Plateau; longer than possible is cut.
	Ramp time.Duration
	// Period is Flapping's time from pulse to pulse, the first at Start; 0 is
	// a tenth of the outage. Duty is the share of it that is pulse, in (0, 1];
	// 0 is a half.
	Period time.Duration
	Duty   float64
}

// Intensity returns how far the outage is in force at t, in [0, 1].
func (o Outage) Intensity(t time.Time) float64 {
	at := nanos(t)
	start, end := nanos(o.Start), nanos(o.End)
	if at < start || at >= end {
		return 0
	}
	length := float64(uint64(end) - uint64(start))
	u := float64(uint64(at) - uint64(start))
	x := u / length
	ramp := o.ramp(length)
	switch o.Shape {
	case RampUp:
		return min(1, x/ramp)
	case RampDown:
		return min(1, (1-x)/ramp)
	case Plateau:
		return min(1, x/ramp, (1-x)/ramp)
	case SlowBurn:
		return x * x
	case Spike:
		return (1 - x) * (1 - x)
	case Flapping:
		period, pulse := o.pulses(length)
		if u-float64(math.Floor(u/period)*period) < pulse {
			return 1
		}
		return 0
	}
	return 1
}

// Mean returns the mean intensity over [from, to), exactly, and 0 for an empty
// range.
func (o Outage) Mean(from, to time.Time) float64 {
	return o.mean(nanos(from), nanos(to))
}

func (o Outage) mean(from, to int64) float64 {
	start, end := nanos(o.Start), nanos(o.End)
	lo, hi := max(from, start), min(to, end)
	if lo >= hi {
		return 0
	}
	span := float64(uint64(to) - uint64(from))
	if o.Shape <= Flat || o.Shape > Flapping {
		return float64(uint64(hi)-uint64(lo)) / span
	}
	length := float64(uint64(end) - uint64(start))
	a, b := float64(uint64(lo)-uint64(start)), float64(uint64(hi)-uint64(start))
	return clamp((o.spent(b, length)-o.spent(a, length))/span, 0, 1)
}

// spent returns the integral of the intensity over the first u nanoseconds.
func (o Outage) spent(u, length float64) float64 {
	x := u / length
	ramp := o.ramp(length)
	up := func(x float64) float64 {
		if x < ramp {
			return float64(x*x) / float64(2*ramp)
		}
		return x - float64(ramp/2)
	}
	switch o.Shape {
	case RampUp:
		return float64(length * up(x))
	case RampDown:
		return float64(length * (up(1) - up(1-x)))
	case Plateau:
		if x <= 0.5 {
			return float64(length * up(x))
		}
		return float64(length * (float64(2*up(0.5)) - up(1-x)))
	case SlowBurn:
		return float64(length * float64(x*float64(x*x)) / 3)
	case Spike:
		y := 1 - x
		return float64(length * (1 - float64(y*float64(y*y))) / 3)
	case Flapping:
		period, pulse := o.pulses(length)
		n := math.Floor(u / period)
		return float64(n*pulse) + min(pulse, u-float64(n*period))
	}
	return u
}

// ramp returns the length of a ramp as a share of the outage, in (0, 1].
func (o Outage) ramp(length float64) float64 {
	r, most := float64(o.Ramp)/length, 1.0
	if o.Shape == Plateau {
		most = 0.5
		if o.Ramp <= 0 {
			r = 1. / 3
		}
	} else if o.Ramp <= 0 {
		r = 1
	}
	return clamp(r, 1e-18, most)
}

// pulses returns the period and the pulse of Flapping in nanoseconds.
func (o Outage) pulses(length float64) (period, pulse float64) {
	period = float64(o.Period)
	if o.Period <= 0 {
		period = length / 10
	}
	duty := 0.5
	if o.Duty > 0 {
		duty = min(o.Duty, 1)
	}
	return period, float64(period * duty)
}

// incidents walks along a list of outages in order of time.
type incidents struct {
	outages []Outage // by start
	starts  []int64
	ends    []int64
	place   int64 // where the walk is
	ended   int   // outages[:ended] all end before place
}

func newIncidents(outages []Outage) incidents {
	var in incidents
	for _, o := range outages {
		if !o.End.After(o.Start) {
			continue
		}
		i := len(in.starts)
		for i > 0 && in.starts[i-1] > nanos(o.Start) {
			i--
		}
		in.outages = append(in.outages[:i], append([]Outage{o}, in.outages[i:]...)...)
		in.starts = append(in.starts[:i], append([]int64{nanos(o.Start)}, in.starts[i:]...)...)
		in.ends = append(in.ends[:i], append([]int64{nanos(o.End)}, in.ends[i:]...)...)
	}
	return in
}

// entangled reports whether the mean effect on [from, to) hides how rate and
// bad ratio move together within it.
func (in *incidents) entangled(from, to int64) bool {
	touching := 0
	for i := in.ended; i < len(in.starts) && in.starts[i] < to; i++ {
		if in.ends[i] <= from {
			continue
		}
		touching++
		if touching > 1 || in.outages[i].Traffic != 0 {
			return true
		}
	}
	return false
}

// effect is what outages do to the requests of a slot.
type effect struct {
	good    float64 // share of requests that no outage fails
	brisk   float64 // share of requests that no outage slows down
	traffic float64 // factor on the rate
}

// over returns the effect on [from, to). Outages that overlap act
// independently of one another. A walk backwards begins anew.
func (in *incidents) over(from, to int64) effect {
	e := effect{good: 1, brisk: 1, traffic: 1}
	if from < in.place {
		in.ended = 0
	}
	in.place = from
	for in.ended < len(in.ends) && in.ends[in.ended] <= from {
		in.ended++
	}
	for i := in.ended; i < len(in.starts) && in.starts[i] < to; i++ {
		if in.ends[i] <= from {
			continue
		}
		o := &in.outages[i]
		m := o.mean(from, to)
		e.good = float64(e.good * (1 - float64(m*clamp(o.ErrorRatio, 0, 1))))
		e.brisk = float64(e.brisk * (1 - float64(m*clamp(o.SlowRatio, 0, 1))))
		e.traffic = float64(e.traffic * (1 + float64(m*clamp(o.Traffic, -1, 1e6))))
	}
	return e
}
