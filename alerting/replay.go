package alerting

import (
	"context"
	"math"
	"math/big"
	"slices"
	"time"
)

// Grid says at which instants an alert is looked at. The zero value is none:
// every instant counts, windows slide exactly, and a point counts as a whole at
// its time.
//
// With a grid the alert sees what Prometheus would: conditions are evaluated
// every Every; a window holds the increase between the first and the last
// sample in (t-window, t], so that it misses the increase up to its first
// sample and is empty with fewer than two; holds begin and end at evaluations.
// What extrapolation adds cancels in the ratio.
type Grid struct {
	Every  time.Duration `json:"every_seconds"`  // between evaluations of the alerts; zero: exact sliding
	Offset time.Duration `json:"offset_seconds"` // of the evaluations from multiples of Every since the Unix epoch
	// Records is the interval at which the windows' ratios are recorded, on a grid
	// with the same offset; an alert then reads the latest record. Zero: the alert
	// computes the ratios itself.
	Records time.Duration `json:"records_seconds"`
	// Lookback is how old a record may be; zero means 5 min, the default of
	// Prometheus. Records written less often are invisible in between.
	Lookback time.Duration `json:"lookback_seconds"`
}

// MarshalJSON writes durations in seconds.
func (g Grid) MarshalJSON() ([]byte, error) { return marshalStruct(g) }

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Grid) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, g) }

// defaultLookback is Prometheus' query.lookback-delta.
const defaultLookback = 5 * time.Minute

// span is a stretch of time [start, end) in nanoseconds. An open span has not
// ended when the history does.
type span struct {
	start, end int64
	open       bool
}

// exceeds tells whether bad of total is above a threshold, without rounding
// where the counts are whole: bad·den > total·num for the threshold num/den.
type exceeds struct{ num, den float64 }

func thresholdOf(p BoundPair, period time.Duration, budget *big.Rat) exceeds {
	r := p.Pair.factor(period)
	if p.Raised {
		r = big.NewRat(1, 1)
	}
	return exceedsRat(r.Mul(r, budget), p.Threshold)
}

// exceedsRat is the threshold r where its numbers are exact, otherwise nearest;
// so too for a pair whose numbers were set by hand.
func exceedsRat(r *big.Rat, nearest float64) exceeds {
	num, exact := new(big.Rat).SetInt(r.Num()).Float64()
	den, exactDen := new(big.Rat).SetInt(r.Denom()).Float64()
	if !exact || !exactDen || num > 1<<53 || den > 1<<53 || math.Abs(num/den/nearest-1) > 1e-9 {
		return exceeds{nearest, 1}
	}
	return exceeds{num, den}
}

func (e exceeds) by(bad, total float64) bool { return total > 0 && bad*e.den > total*e.num }

// slide is the spans in which both windows are above the threshold, exactly: the
// windows change only when a point arrives or leaves. Its cost is linear in the
// number of points.
func (h *history) slide(ctx context.Context, long, short int64, over exceeds) ([]span, error) {
	var spans []span
	n := len(h.times)
	hi, low, slow := 0, 0, 0 // points up to now, up to now-long, up to now-short
	tripped := false
	for steps := 1; hi < n; steps++ {
		if steps%pollEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		now := min(h.times[hi], h.times[slow]+short, h.times[low]+long)
		if h.times[hi] == now {
			hi++
		}
		for slow < hi && h.times[slow]+short <= now {
			slow++
		}
		for low < hi && h.times[low]+long <= now {
			low++
		}
		is := over.by(h.events(slow, hi)) && over.by(h.events(low, hi))
		if is == tripped {
			continue
		}
		if tripped = is; is {
			spans = append(spans, span{start: now})
		} else {
			spans[len(spans)-1].end = now
		}
	}
	if tripped {
		spans[len(spans)-1].end, spans[len(spans)-1].open = h.end(), true
	}
	return spans, nil
}

// hold turns spans of a condition into spans of an alert that waits for hold
// before it fires and stays for keep after the condition ends.
func hold(spans []span, hold, keep, end int64) []span {
	var fired []span
	for _, s := range spans {
		last := len(fired) - 1
		switch {
		case last >= 0 && fired[last].end >= s.start && keep > 0: // still up
			fired[last].end = s.end + keep
			fired[last].open = s.open
		case hold == 0 || s.end-s.start > hold:
			fired = append(fired, span{s.start + hold, s.end + keep, s.open})
		}
	}
	return cut(fired, end)
}

// cut ends at the end of the history what goes on beyond it.
func cut(spans []span, end int64) []span {
	for i := range spans {
		if spans[i].open || spans[i].end > end {
			spans[i].end, spans[i].open = end, true
		}
	}
	return spans
}

// evaluate is the spans in which an alert of the pair fires when looked at on
// the grid. Its cost is linear in the number of points and of evaluations.
func (h *history) evaluate(ctx context.Context, g Grid, p BoundPair, over exceeds, keep time.Duration) ([]span, error) {
	every, records, lookback := int64(g.Every), int64(g.Records), int64(g.Lookback)
	if lookback == 0 {
		lookback = int64(defaultLookback)
	}
	var fired []span
	hi, low, slow := 0, 0, 0
	const never = math.MinInt64
	active, since, up := int64(never), int64(never), false
	first := ceilGrid(h.start, every, int64(g.Offset))
	for now, steps := first, 1; now <= h.end(); now, steps = now+every, steps+1 {
		if steps%pollEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		at := now
		if records > 0 {
			if at = ceilGrid(now-records+1, records, int64(g.Offset)); now-at >= lookback {
				at = never
			}
		}
		is := false
		if at != never {
			for hi < len(h.times) && h.times[hi] <= at {
				hi++
			}
			for low < hi && h.times[low] <= at-int64(p.Long) {
				low++
			}
			for slow < hi && h.times[slow] <= at-int64(p.Short) {
				slow++
			}
			// The increase is that from the first sample to the last.
			is = hi-slow >= 2 && over.by(h.events(slow+1, hi)) && over.by(h.events(low+1, hi))
		}
		switch {
		case is:
			if active == never {
				active = now
			}
			since = never
			if !up && now-active >= int64(p.For) {
				up = true
				fired = append(fired, span{start: now})
			}
		case up:
			if since == never {
				since = now
			}
			if now-since >= int64(keep) {
				up, active, since = false, never, never
				fired[len(fired)-1].end = now
			}
		default:
			active = never
		}
	}
	if up {
		fired[len(fired)-1].open = true
	}
	return cut(fired, h.end()), nil
}

// ceilGrid is the first instant offset + k·every at or after t.
func ceilGrid(t, every, offset int64) int64 {
	r := (t - offset) % every
	switch {
	case r == 0:
		return t
	case r < 0:
		r += every
	}
	return t + every - r
}

// firing is the spans in which an alert of the pair fires.
func (h *history) firing(ctx context.Context, g Grid, p BoundPair, over exceeds, keep time.Duration) ([]span, error) {
	if !p.Reachable {
		return nil, nil
	}
	if g.Every > 0 {
		return h.evaluate(ctx, g, p, over, keep)
	}
	spans, err := h.slide(ctx, int64(p.Long), int64(p.Short), over)
	if err != nil {
		return nil, err
	}
	return hold(spans, int64(p.For), int64(keep), h.end()), nil
}

// alertSpan is a span with the pairs that make it.
type alertSpan struct {
	span
	pairs []int
}

// union joins spans that overlap or touch.
func union(all []alertSpan) []alertSpan {
	slices.SortStableFunc(all, func(a, b alertSpan) int {
		switch {
		case a.start < b.start:
			return -1
		case a.start > b.start:
			return 1
		}
		return 0
	})
	var joined []alertSpan
	for _, f := range all {
		last := len(joined) - 1
		if last < 0 || f.start > joined[last].end {
			joined = append(joined, f)
			continue
		}
		j := &joined[last]
		if f.end >= j.end {
			j.end, j.open = f.end, j.open || f.open
		}
		for _, p := range f.pairs {
			if !slices.Contains(j.pairs, p) {
				j.pairs = append(slices.Clip(j.pairs), p)
			}
		}
	}
	return joined
}
