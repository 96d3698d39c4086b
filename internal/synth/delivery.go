package synth

import (
	"cmp"
	"slices"
	"time"
)

// Gap is a time without samples: those in [Start, End) never arrive.
type Gap struct {
	Start, End time.Time
	// Replica, from 1, is whose samples are missing; 0 is everyone's.
	Replica int
}

// Delivery is what happens to samples between the place they are taken and the
// place they are read. The zero value delivers all of them at once, in order.
// What happens to a sample depends on its time and replica alone, not on the
// others.
type Delivery struct {
	Gaps []Gap
	// LossRatio is the share of samples that never arrive, in [0, 1].
	LossRatio float64
	// LateRatio is the share of samples that arrive late, in [0, 1]: evenly up
	// to Late after their time. They come out of order if Late exceeds the
	// step.
	LateRatio float64
	Late      time.Duration
	// DuplicateRatio is the share of samples that arrive twice, in [0, 1]; the
	// second time is again at once or late.
	DuplicateRatio float64
	Seed           uint64
}

// Arrival is a sample that arrives.
type Arrival struct {
	Index   int // of the time that was given to Order
	Arrived time.Time
	Again   bool // it has been sent before (it may have overtaken the first)
}

// Order returns which of a series' samples arrive, and when, in the order of
// arrival; samples that arrive at one instant keep the order given. replica
// names the series, from 1.
func (d Delivery) Order(times []time.Time, replica int) []Arrival {
	arrivals := make([]Arrival, 0, len(times))
	for i, t := range times {
		arrivals = d.arrive(arrivals, i, t, replica)
	}
	return inOrder(arrivals)
}

// Samples returns the samples in the order of arrival, copied.
func (d Delivery) Samples(samples []Sample) []Sample {
	arrivals := make([]Arrival, 0, len(samples))
	for i, s := range samples {
		arrivals = d.arrive(arrivals, i, s.Time, s.Replica)
	}
	out := make([]Sample, len(arrivals))
	for i, a := range inOrder(arrivals) {
		out[i] = samples[a.Index]
	}
	return out
}

// Counts returns the counts in the order of arrival, copied.
func (d Delivery) Counts(counts []Count) []Count {
	arrivals := make([]Arrival, 0, len(counts))
	for i, c := range counts {
		arrivals = d.arrive(arrivals, i, c.Time, 1)
	}
	out := make([]Count, len(arrivals))
	for i, a := range inOrder(arrivals) {
		out[i] = counts[a.Index]
	}
	return out
}

func inOrder(arrivals []Arrival) []Arrival {
	slices.SortStableFunc(arrivals, func(a, b Arrival) int {
		return cmp.Or(a.Arrived.Compare(b.Arrived), cmp.Compare(a.Index, b.Index))
	})
	return arrivals
}

func (d Delivery) arrive(arrivals []Arrival, index int, t time.Time, replica int) []Arrival {
	for _, g := range d.Gaps {
		if (g.Replica == 0 || g.Replica == replica) && !t.Before(g.Start) && t.Before(g.End) {
			return arrivals
		}
	}
	var s source
	s.at(d.Seed+uint64(replica), forDelivery, nanos(t), 0)
	lost := s.uniform() < d.LossRatio
	first, second := d.delay(&s), d.delay(&s)
	again := s.uniform() < d.DuplicateRatio
	if lost {
		return arrivals
	}
	arrivals = append(arrivals, Arrival{Index: index, Arrived: t.Add(first)})
	if again {
		arrivals = append(arrivals, Arrival{Index: index, Arrived: t.Add(second), Again: true})
	}
	return arrivals
}

// delay draws twice in any case, so that one setting does not move another's
// draws.
func (d Delivery) delay(s *source) time.Duration {
	late, by := s.uniform() < d.LateRatio, s.uniform()
	if !late || d.Late <= 0 {
		return 0
	}
	return time.Duration(by * float64(d.Late))
}
