package slo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// future is the time ahead in steps. Index 0 is now.
type future struct {
	times    []time.Time
	bad      []float64 // expected in the step that ends at times[i]
	known    []float64 // bad events of the past that the window still holds
	allowed  []float64 // by all events of the window, past and expected
	expected Counts    // from now to the end
}

func (o Objective) future(events []Point, now, end time.Time, rolling bool, l Lookahead) (future, error) {
	const fineness, mostDraws = 720, 2_000_000
	span := end.Sub(now)
	step := l.Step
	if step == 0 {
		step = max(1, span/fineness)
	}
	steps := int64(max(1, (span-1)/step+1))
	paths := int64(l.Paths)
	if steps > mostDraws/paths {
		return future{}, fmt.Errorf("%w: %d paths of %d steps of %v are more than %d draws; take longer steps or fewer paths", ErrLookahead, paths, steps, step, mostDraws)
	}
	f := future{
		times: make([]time.Time, steps+1), bad: make([]float64, steps+1),
		known: make([]float64, steps+1), allowed: make([]float64, steps+1),
	}
	var held Counts // of the past, in the window at times[i]
	for _, p := range events {
		held = held.Add(p.Counts)
	}
	totals := make([]float64, steps+1)
	first := 0
	for i := range f.times {
		t := now.Add(time.Duration(i) * step)
		if t.After(end) {
			t = end
		}
		f.times[i] = t
		if i > 0 {
			c, err := expect(l.Rate, f.times[i-1], t)
			if err != nil {
				return future{}, err
			}
			f.bad[i] = c.Bad
			f.expected = f.expected.Add(c)
		}
		if rolling {
			horizon := t.Add(-o.Period().Length)
			for ; first < len(events) && !events[first].Time.After(horizon); first++ {
				held.Bad -= events[first].Bad
				held.Total -= events[first].Total
			}
			if first == len(events) {
				held = Counts{} // no rounding left over
			}
		}
		f.known[i] = max(0, held.Bad)
		totals[i] = max(0, held.Total) + f.expected.Total
	}
	for i := range totals {
		if !rolling {
			totals[i] = totals[steps]
		}
		f.allowed[i] = o.Budget().Of(totals[i])
	}
	if err := (Counts{f.known[0] + f.expected.Bad, totals[0] + totals[steps]}).Validate(); err != nil {
		return future{}, err
	}
	return f, nil
}

// never is the position of what does not happen before the end.
const never = math.MaxFloat64

// run follows one path, whose bad events in the i-th step are increment(i), and
// returns the positions (in steps from now) of exhaustion and of a safe
// restart.
func (f future) run(reserve float64, increment func(i int) float64) (spent, safe float64) {
	spent = never
	var bad, before float64
	for i, allowed := range f.allowed {
		if i > 0 {
			bad += increment(i)
		}
		over := f.known[i] + bad - allowed
		if over > 1e-9*allowed && spent == never {
			spent = float64(i)
			if i > 0 && before <= 0 {
				spent = float64(i-1) - before/(over-before)
			}
		}
		if f.known[i]+bad > (1-reserve)*allowed*(1+1e-9) {
			safe = float64(i + 1)
		}
		before = over
	}
	if safe == float64(len(f.allowed)) {
		safe = never
	}
	return spent, safe
}

// at is the instant at a position, the zero time for never.
func (f future) at(position float64) time.Time {
	if position == never {
		return time.Time{}
	}
	i, share := math.Modf(position)
	t := f.times[int(i)]
	if share > 0 {
		t = t.Add(time.Duration(share * float64(f.times[int(i)+1].Sub(t))))
	}
	return t
}

// simulate fills x in from drawn paths.
func (f future) simulate(x *Exhaustion, l Lookahead) {
	expected := f.bad
	if l.Observed == none {
		expected = make([]float64, len(f.bad))
	}
	spent, _ := f.run(l.Reserve, func(i int) float64 { return expected[i] })
	x.Expected, x.Exhausted = f.at(spent), spent == 0
	r := rand.New(l.Source)
	spents, safes := make([]float64, l.Paths), make([]float64, l.Paths)
	exhausted := 0
	for p := range spents {
		factor := level(r, l.Observed)
		spents[p], safes[p] = f.run(l.Reserve, func(i int) float64 { return drawEvents(r, factor*f.bad[i], l.Dispersion) })
		if spents[p] != never {
			exhausted++
		}
	}
	n := float64(l.Paths)
	x.Probability = float64(exhausted) / n
	x.StandardError = math.Sqrt(x.Probability * (1 - x.Probability) / n)
	slices.Sort(spents)
	slices.Sort(safes)
	for _, level := range l.Levels {
		x.Quantiles = append(x.Quantiles, TimeQuantile{level, f.at(atLevel(spents, level))})
	}
	x.SafeRestart = f.at(atLevel(safes, l.Confidence))
}

// atLevel is the least of the sorted values that the share level of them does
// not exceed.
func atLevel(sorted []float64, level float64) float64 {
	return sorted[max(0, int(math.Ceil(level*float64(len(sorted))))-1)]
}
