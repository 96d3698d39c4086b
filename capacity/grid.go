package capacity

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

const longestStep = 10 * 366 * 24 * time.Hour

// GridOptions says how Grid reads samples. The zero value averages samples on
// the grid that they show.
type GridOptions struct {
	// Step is the length of a step. 0 is the distance of the samples, which must
	// then be regular but for gaps and jitter; each sample counts for the instant
	// of the grid that it is nearest to.
	Step time.Duration
	// Aggregation makes one value of a step's samples; the zero value is Mean.
	Aggregation Aggregation
	// Align is an instant at which a step begins, such as a midnight of the
	// user's zone for steps of a day. The zero time is Monday, 5 January 1970,
	// 00:00 UTC. Without Step it is not used.
	Align time.Time
	// Ends tells that a sample's time is the end of what it measured, as in a
	// result of increase(…[1h]): a sample at t belongs to the step with
	// start < t ≤ end. Otherwise it belongs to that with start ≤ t < end.
	Ends bool
	// From and To, where set, leave out what is not in [From, To), and stretch
	// the grid to the steps that hold From and the last instant before To: a
	// series that stopped reporting ends in a gap.
	From, To time.Time
	// SkipNotFinite leaves samples that are NaN or beyond ±1e303 out with a
	// warning; they are errors otherwise.
	SkipNotFinite bool
	// MaxGap is for counters: over more time than this between two samples
	// nothing is known. 0 is one and a half steps.
	MaxGap time.Duration
}

// Gridded is a series and what was found on the way to it.
type Gridded struct {
	Series Series `json:"series"`
	// Samples is how many were read into the series.
	Samples int `json:"samples"`
	// Late samples came after one of a later time; they count like the others.
	Late int `json:"late"`
	// Duplicates had the instant of another sample. Each instant counts once,
	// with the largest of its values.
	Duplicates int `json:"duplicates"`
	// Resets is how often a counter fell.
	Resets   int       `json:"resets"`
	Warnings []Warning `json:"warnings"`
}

// Grid puts samples of one series on a regular grid. They may be unsorted, late,
// repeated and missing; a step without samples is a gap. The result does not
// depend on the order of samples.
//
// A counter (Increase, Rate) is read as Prometheus counts it: a value below the
// one before means that it started again at 0. Between samples it grows evenly,
// so that samples need not meet the edges of steps; a step of which less than
// half is known is a gap, and the rest is extrapolated to the whole step.
//
// Warnings: duplicate-conflict, where values of the same instant differ;
// not-finite, where SkipNotFinite left samples out; sparse, where more than
// half of the steps are gaps.
//
// Errors are *Error and list everything at once: values that are not finite,
// times outside the years 1837 to 2103, counters below 0, no samples, options
// out of range, a step that cannot be told, more than 2²⁵ steps; or that of ctx.
// Grid takes 16 bytes of memory a sample, twice that for unsorted ones, and
// about 50 ns a sample in order, 300 ns one in any order.
func Grid(ctx context.Context, samples []Sample, options GridOptions) (Gridded, error) {
	var p problems
	options.check(&p)
	o, err := ordered(ctx, samples, options.SkipNotFinite, &p)
	if err != nil {
		return Gridded{}, err
	}
	o.samples = within(o.samples, options.From, options.To)
	options.checkCounter("samples", o.samples, &p)
	if len(o.samples) == 0 && len(p.e.Problems) == 0 {
		p.add("samples", strconv.Itoa(len(samples)), "nothing to put on a grid", "look at the query and the time range")
	}
	if err := p.err(); err != nil {
		return Gridded{}, err
	}
	g, err := options.gauge(o.samples)
	if err != nil {
		return Gridded{}, err
	}
	resets, err := g.fill(ctx, o.samples, options)
	if err != nil {
		return Gridded{}, err
	}
	r := Gridded{Series: g.series(), Samples: len(o.samples), Late: o.late, Duplicates: o.duplicates, Resets: resets}
	r.warn(o.conflicts, o.skipped)
	return r, nil
}

// warn adds the warnings; conflicts and skipped count samples.
func (r *Gridded) warn(conflicts, skipped int) {
	add := func(code string, n int, text, remedy string) {
		if n > 0 {
			r.Warnings = append(r.Warnings, Warning{code, fmt.Sprintf(text, n), remedy})
		}
	}
	add("duplicate-conflict", conflicts, "%d samples had the instant of another with a different value; the largest counts", "ask for one series, not for several at once")
	add("not-finite", skipped, "%d samples are NaN, infinite or beyond ±1e303 and left out", "look at where they come from")
	if n := r.Series.Len(); 2*r.Series.Observed() < n {
		add("sparse", n-r.Series.Observed(), "%d of "+strconv.Itoa(n)+" steps are gaps", "take a coarser step")
	}
}

func (o GridOptions) check(p *problems) {
	for _, d := range []struct {
		name  string
		value time.Duration
	}{{"options.step", o.Step}, {"options.max_gap", o.MaxGap}} {
		if d.value < 0 || d.value > longestStep {
			p.add(d.name, d.value.String(), "not within 0 to ten years", "write the distance of values, such as 1h")
		}
	}
	if !o.Aggregation.valid() {
		p.add("options.aggregation", strconv.Itoa(int(o.Aggregation)), "not an aggregation", fmt.Sprintf("use one of %v", aggregationNames))
	}
	for _, t := range []struct {
		name  string
		value time.Time
	}{{"options.align", o.Align}, {"options.from", o.From}, {"options.to", o.To}} {
		if !t.value.IsZero() && (t.value.Before(earliestTime) || t.value.After(latestTime)) {
			p.add(t.name, t.value.String(), "outside the years 1837 to 2103", "write the instant in question, or leave it out")
		}
	}
	if !o.From.IsZero() && !o.To.IsZero() && !o.From.Before(o.To) {
		p.add("options.to", o.To.String(), "not after From", "write the end of the range")
	}
}

func (o GridOptions) checkCounter(path string, samples []stamped, p *problems) {
	if !o.Aggregation.counter() {
		return
	}
	for _, s := range samples {
		if s.value < 0 {
			p.add(path+" at "+time.Unix(0, s.at).UTC().Format(time.RFC3339Nano), number(s.value), "a counter is not below 0", "use another aggregation for gauges")
		}
	}
}

// within is the samples in [from, to).
func within(samples []stamped, from, to time.Time) []stamped {
	if !from.IsZero() {
		for len(samples) > 0 && samples[0].at < from.UnixNano() {
			samples = samples[1:]
		}
	}
	if !to.IsZero() {
		for len(samples) > 0 && samples[len(samples)-1].at >= to.UnixNano() {
			samples = samples[:len(samples)-1]
		}
	}
	return samples
}

// gauge is the empty grid for samples.
func (o GridOptions) gauge(samples []stamped) (*grid, error) {
	g := &grid{step: int64(o.Step)}
	if g.step == 0 {
		r, err := detect(samples)
		if err != nil {
			return nil, err
		}
		// A sample is taken for the instant of the grid that it is nearest to;
		// that instant begins its step, or ends it.
		g.step, g.origin = r.step, floorMod(r.phase, r.step)
		g.shift = g.step / 2
		if o.Ends {
			g.shift -= g.step
		}
	} else {
		align := o.Align
		if align.IsZero() {
			align = time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)
		}
		g.origin = floorMod(align.UnixNano(), g.step)
		if o.Ends {
			g.shift = -1
		}
	}
	if o.Aggregation.counter() {
		g.shift = 0 // the counter's growth is spread over time itself
	}
	first, last := g.index(samples[0].at), g.index(samples[len(samples)-1].at)
	if !o.From.IsZero() {
		first = min(first, floorDiv(o.From.UnixNano()-g.origin, g.step))
	}
	if !o.To.IsZero() {
		last = max(last, floorDiv(o.To.UnixNano()-1-g.origin, g.step))
	}
	g.first = first
	n := last - first + 1
	if n > maxSteps {
		return nil, problem("options.step", time.Duration(g.step).String(), fmt.Sprintf("the samples span %d steps, more than 33554432", n), "take a coarser step, and look for wrong timestamps")
	}
	g.values, g.known = make([]float64, n), make([]bool, n)
	return g, nil
}

// grid is a series in the making: step k is [origin + k·step, …), and a sample
// at t belongs to the step that holds t + shift.
type grid struct {
	origin, step, shift int64
	first               int64 // k of values[0]
	values              []float64
	known               []bool
}

func (g *grid) index(at int64) int64 { return floorDiv(at+g.shift-g.origin, g.step) }

func (g *grid) series() Series {
	s := Series{Start: time.Unix(0, g.origin+g.first*g.step).UTC(), Step: time.Duration(g.step), Values: g.values}
	for i, known := range g.known {
		if !known {
			if s.Mask == nil {
				s.Mask = make([]bool, len(g.known))
			}
			s.Mask[i] = true
		}
	}
	return s
}

// fill fills the grid and returns how often a counter fell.
func (g *grid) fill(ctx context.Context, samples []stamped, o GridOptions) (resets int, err error) {
	if !o.Aggregation.counter() {
		return 0, g.aggregate(ctx, samples, o.Aggregation)
	}
	maxGap := int64(o.MaxGap)
	if maxGap == 0 {
		maxGap = g.step + g.step/2
	}
	return g.count(ctx, samples, maxGap, o.Aggregation == Rate)
}

// aggregate fills the grid with aggregates of the samples of each step.
func (g *grid) aggregate(ctx context.Context, samples []stamped, a Aggregation) error {
	var values []float64
	for i := 0; i < len(samples); {
		k := g.index(samples[i].at)
		values = values[:0]
		for ; i < len(samples) && g.index(samples[i].at) == k; i++ {
			if i%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			values = append(values, samples[i].value)
		}
		g.values[k-g.first], g.known[k-g.first] = a.of(values), true
	}
	return nil
}

// count fills the grid with the growth of a counter, per second for a rate, and
// returns how often it fell.
func (g *grid) count(ctx context.Context, samples []stamped, maxGap int64, rate bool) (resets int, err error) {
	covered := make([]int64, len(g.values))
	for i := 1; i < len(samples); i++ {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		a, b := samples[i-1], samples[i]
		growth := b.value - a.value
		if growth < 0 {
			growth = b.value
			resets++
		}
		length := b.at - a.at
		if length > maxGap {
			continue
		}
		for at := a.at; at < b.at; {
			k := g.index(at)
			until := min(b.at, g.origin+(k+1)*g.step)
			g.values[k-g.first] += float64(growth * (float64(until-at) / float64(length)))
			covered[k-g.first] += until - at
			at = until
		}
	}
	for i, c := range covered {
		if 2*c < g.step || c == 0 {
			g.values[i] = 0
			continue
		}
		v := g.values[i] * (float64(g.step) / float64(c))
		if rate {
			v /= time.Duration(g.step).Seconds()
		}
		g.values[i], g.known[i] = clampFinite(v), true
	}
	return resets, nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
