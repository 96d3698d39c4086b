package capacity

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

// ResampleOptions says how Resample makes coarser steps.
type ResampleOptions struct {
	// Step is the new step, a multiple of the series' one.
	Step time.Duration
	// Aggregation is Mean, Sum, Max, Min, Last or P95.
	Aggregation Aggregation
	// Align is as in GridOptions: an instant at which a new step begins.
	Align time.Time
	// MinShare is the share of a new step that must have been observed, in
	// (0, 1]; below it the step is a gap. 0 is 0.75.
	MinShare float64
}

// Resample makes a series of coarser steps: days of hours. A step belongs to the
// new step in which it begins. Of a new step that is observed in part, Sum is
// extrapolated to the whole, and the others are of the part. Steps at the ends
// that are gaps then, being partial, are cut off.
//
// Errors are *Error, with all problems of s and the options at once, or that of
// ctx.
func Resample(ctx context.Context, s Series, options ResampleOptions) (Series, error) {
	var p problems
	if err := s.Check(); err != nil {
		return Series{}, err
	}
	if options.Step < s.Step || options.Step%s.Step != 0 {
		p.add("options.step", options.Step.String(), "not a multiple of the step "+s.Step.String(), "write a multiple, or put the samples on another grid")
	}
	if !options.Aggregation.valid() || options.Aggregation.counter() {
		p.add("options.aggregation", options.Aggregation.String(), "does not apply to a series", fmt.Sprintf("use one of %v", aggregationNames[:Increase]))
	}
	share := options.MinShare
	if share == 0 {
		share = 0.75
	}
	if !(share > 0 && share <= 1) {
		p.add("options.min_share", number(options.MinShare), "not between 0 and 1", "write 0.75 for three quarters")
	}
	if err := p.err(); err != nil {
		return Series{}, err
	}
	align := options.Align
	if align.IsZero() {
		align = time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC)
	}
	for _, t := range []time.Time{s.Start, s.End(), align} {
		if t.Before(earliestTime) || t.After(latestTime) {
			return Series{}, problem("start", t.String(), "outside the years 1837 to 2103", "look at the unit of the timestamps")
		}
	}
	n := len(s.Values)
	if n == 0 {
		return Series{Start: s.Start, Step: options.Step}, nil
	}
	step := int64(options.Step)
	origin := floorMod(align.UnixNano(), step)
	index := func(i int) int64 { return floorDiv(s.Start.UnixNano()+int64(i)*int64(s.Step)-origin, step) }
	g := &grid{origin: origin, step: step, first: index(0)}
	size := index(n-1) - g.first + 1
	g.values, g.known = make([]float64, size), make([]bool, size)
	whole := float64(options.Step / s.Step)
	var values []float64
	for i, since := 0, 0; i < n; {
		k := index(i)
		values = values[:0]
		for ; i < n && index(i) == k; i++ {
			if !s.Missing(i) {
				values = append(values, s.Values[i])
			}
		}
		if i-since >= checkEvery {
			since = i
			if err := ctx.Err(); err != nil {
				return Series{}, err
			}
		}
		if len(values) == 0 || float64(len(values)) < share*whole {
			continue
		}
		v := options.Aggregation.of(values)
		if options.Aggregation == Sum {
			v = clampFinite(v * (whole / float64(len(values))))
		}
		g.values[k-g.first], g.known[k-g.first] = v, true
	}
	r := g.series()
	from, to := 0, len(r.Values)
	if r.Mask != nil && index(0) == index(-1) && r.Mask[0] {
		from++
	}
	if r.Mask != nil && index(n) == index(n-1) && from < to && r.Mask[to-1] {
		to--
	}
	r = r.Slice(from, to)
	if r.Observed() == len(r.Values) {
		r.Mask = nil
	}
	if len(r.Values) == 0 {
		return Series{}, problem("values", strconv.Itoa(n)+" steps", "less than one step of "+options.Step.String(), "keep a longer history, or take a finer step")
	}
	return r, nil
}
