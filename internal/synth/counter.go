package synth

import (
	"slices"
	"time"
)

// Counter is a pair of cumulative counters, of bad and of all requests, that
// the replicas of a service expose and that begin anew when a process
// restarts. The zero value counts nothing.
type Counter struct {
	Traffic Traffic
	// Replicas share the requests evenly and at random; 0 is one.
	Replicas int
	// Start is when the first processes start; there are no samples before.
	// The zero time is the range's own first instant: give Start, or Lifetime,
	// to be able to split a range.
	Start time.Time
	// Restarts are instants at which all processes restart, as in a deploy.
	// One on the grid of the samples loses nothing; what a process counts
	// between its last sample and its end is lost (see Sample).
	Restarts []time.Time
	// Stagger delays the restart of replica i by i-1 times itself.
	Stagger time.Duration
	// Lifetime, if positive, adds one restart of each replica at a random
	// instant in every Lifetime since 1970.
	Lifetime time.Duration
	// Jitter is how late a sample's timestamp may be: evenly between 0 and
	// Jitter, below the step.
	Jitter time.Duration
}

// Sample is what one replica's counters show at a time.
type Sample struct {
	Time    time.Time
	Replica int // from 1
	// Start is when the process started ("created" in OpenMetrics).
	Start time.Time
	// Bad and Total are the events since Start.
	Bad, Total float64
	// LostBad and LostTotal are the events since the sample before that no
	// reader of the counters ever sees, because the process that counted them
	// has gone. Increases, with resets at each new Start, and losses add up to
	// the Traffic's Events.
	LostBad, LostTotal float64
}

// Samples returns what each replica shows at the end of every whole slot in
// [from, to): all samples of the first replica in order of time, then those of
// the next. A sample's Time is the end of its slot, plus jitter. The events
// are those of Traffic.Events(from, to, step). The cost includes the slots
// since the processes' start (of which at most 2^28 are counted).
func (c Counter) Samples(from, to time.Time, step time.Duration) []Sample {
	start, slots := grid(from, to, step)
	if slots == 0 {
		return nil
	}
	replicas := min(max(c.Replicas, 1), 1<<16)
	length := int64(step)
	processes := make([]process, replicas)
	first := start
	for i := range processes {
		processes[i] = c.process(i, start)
		first = min(first, processes[i].start)
	}
	// Whole slots before start, on the same grid, back to the oldest process.
	before := 0
	if first < start {
		before = int(min((uint64(start)-uint64(first)-1)/uint64(length)+1, mostSlots))
	}
	series := make([][]Sample, replicas)
	for i := range series {
		series[i] = make([]Sample, 0, slots)
	}
	plan := c.Traffic.plan(true)
	var s source
	for i := -before; i < slots; i++ {
		at := start + int64(i)*length
		rest := plan.count(at, length)
		good := rest.Total - rest.Bad
		bad := rest.Bad
		s.at(c.Traffic.Seed, forReplica, at, length)
		for r := range processes {
			share := 1 / float64(replicas-r)
			g, b := c.part(&s, good, share, at, length, r), c.part(&s, bad, share, at, length, r)
			good, bad = good-g, bad-b
			p := &processes[r]
			lostGood, lostBad := p.count(c, r, g, b, at, length)
			if i < 0 || p.start >= at+length {
				continue
			}
			series[r] = append(series[r], Sample{
				Time:      instant(at + length + c.jitter(at, length, r)),
				Replica:   r + 1,
				Start:     instant(p.start),
				Bad:       p.bad,
				Total:     p.bad + p.good,
				LostBad:   lostBad,
				LostTotal: lostBad + lostGood,
			})
		}
	}
	return slices.Concat(series...)
}

// part returns the events, out of n that are left for the replicas from r on,
// that go to r.
func (c Counter) part(s *source, n, share float64, at, length int64, r int) float64 {
	if share == 1 {
		return n
	}
	if c.Traffic.Noise.exact() {
		return min(n, dither(n*share, floorDiv(at, length)+int64(r)))
	}
	return s.binomial(n, share)
}

// process is one run of one replica.
type process struct {
	start     int64
	good, bad float64
}

// process returns the run that is alive at an instant, with nothing counted.
// A process that starts at that very instant is alive.
func (c Counter) process(replica int, at int64) process {
	start := at
	if !c.Start.IsZero() {
		start = nanos(c.Start)
	} else if c.Lifetime <= 0 {
		return process{start: at}
	}
	last, ok := c.lastRestart(replica, at)
	if ok && (c.Start.IsZero() || last > start) {
		start = last
	}
	return process{start: start}
}

// lastRestart returns the latest restart of a replica at or before an instant.
func (c Counter) lastRestart(replica int, at int64) (int64, bool) {
	last, ok := int64(0), false
	for _, t := range c.Restarts {
		if r := nanos(t) + int64(replica)*int64(max(c.Stagger, 0)); r <= at && (!ok || r > last) {
			last, ok = r, true
		}
	}
	if c.Lifetime > 0 {
		life := int64(c.Lifetime)
		for k := floorDiv(at, life); ; k-- {
			var s source
			s.at(c.Traffic.Seed+uint64(replica), forRestart, k, life)
			if r := k*life + int64(s.uniform()*float64(life)); r <= at {
				if !ok || r > last {
					last, ok = r, true
				}
				break
			}
		}
	}
	return last, ok
}

// count adds the events of a slot. If the process ends within the slot, the
// events before that, spread evenly over the slot, are lost, and the next
// process counts the rest.
func (p *process) count(c Counter, replica int, good, bad float64, at, length int64) (lostGood, lostBad float64) {
	end := at + length
	if p.start >= end { // not started yet
		return 0, 0
	}
	if last, ok := c.lastRestart(replica, end-1); ok && last > p.start {
		*p = process{start: last}
	}
	if p.start > at {
		var s source
		s.at(c.Traffic.Seed+uint64(replica), forLoss, at, length)
		share := float64(p.start-at) / float64(length)
		lostGood, lostBad = c.lose(&s, good, share), c.lose(&s, bad, share)
	}
	p.good += good - lostGood
	p.bad += bad - lostBad
	return lostGood, lostBad
}

func (c Counter) lose(s *source, n, share float64) float64 {
	if c.Traffic.Noise.exact() {
		return min(n, dither(n*share, 0))
	}
	return s.binomial(n, share)
}

func (c Counter) jitter(at, length int64, replica int) int64 {
	most := min(int64(c.Jitter), length-1)
	if most <= 0 {
		return 0
	}
	var s source
	s.at(c.Traffic.Seed+uint64(replica), forJitter, at, length)
	return int64(s.uniform() * float64(most))
}

// Increases adds up the increases of all replicas, slot by slot, as a reader
// does who knows when each process started: the events that survive in the
// samples. Samples of one Time count together, so they must have no jitter. Of
// each replica the first sample in the list is the base and counts nothing.
func Increases(samples []Sample) []Count {
	byTime := map[int64]Count{}
	previous := map[int]Sample{}
	for _, s := range samples {
		p, seen := previous[s.Replica]
		previous[s.Replica] = s
		if !seen {
			continue
		}
		bad, total := s.Bad, s.Total
		if p.Start.Equal(s.Start) {
			bad, total = bad-p.Bad, total-p.Total
		}
		c := byTime[nanos(s.Time)]
		byTime[nanos(s.Time)] = Count{Time: s.Time, Bad: c.Bad + bad, Total: c.Total + total}
	}
	counts := make([]Count, 0, len(byTime))
	for _, c := range byTime {
		counts = append(counts, c)
	}
	slices.SortFunc(counts, func(a, b Count) int { return a.Time.Compare(b.Time) })
	return counts
}
