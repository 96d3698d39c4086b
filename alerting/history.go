package alerting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/srekit/ownership/slo"
)

// ErrHistory is what every error about recorded points wraps.
var ErrHistory = errors.New("not a history")

// history is recorded points made ready for sums over windows: bad[i] and
// total[i] are the events of the first i points.
type history struct {
	start int64   // of the first point's interval, in nanoseconds since the Unix epoch
	times []int64 // increasing
	bad   []float64
	total []float64
}

// pollEvery is after how many steps a long loop looks at its context.
const pollEvery = 1 << 16

// earliest and latest bound the instants of a history in seconds since the Unix
// epoch, so that nanoseconds fit an int64 with windows added: 1700 and 2200.
const (
	earliest = -8520336000
	latest   = 7258118400
)

// longest is how much time a history can span, in years: differences of its
// instants fit an int64 too.
const longest = 250

// newHistory sorts the points, adds up those of one instant and sums. The first
// interval is as long as the second.
func newHistory(ctx context.Context, points []slo.Point) (history, error) {
	var errs []error
	sorted := true
	for i, p := range points {
		if err := p.Counts.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%w: point %d at %s: %w", ErrHistory, i+1, p.Time.Format(time.RFC3339), err))
		}
		if s := p.Time.Unix(); s < earliest || s >= latest {
			errs = append(errs, fmt.Errorf("%w: point %d lies in the year %d; years from 1700 to 2199 can be computed with", ErrHistory, i+1, p.Time.Year()))
		}
		sorted = sorted && (i == 0 || !p.Time.Before(points[i-1].Time))
		if i%pollEvery == 0 && ctx.Err() != nil {
			return history{}, ctx.Err()
		}
	}
	if len(points) < 2 {
		errs = append(errs, fmt.Errorf("%w: %d points; at least two are needed, as a point is the end of an interval", ErrHistory, len(points)))
	}
	if len(errs) > 0 {
		return history{}, errors.Join(errs...)
	}
	if !sorted {
		points = slo.SortPoints(points)
	}
	h := history{
		times: make([]int64, 0, len(points)),
		bad:   make([]float64, 1, len(points)+1),
		total: make([]float64, 1, len(points)+1),
	}
	var bad, total float64
	for _, p := range points {
		bad += p.Bad
		total += p.Total
		at := p.Time.UnixNano()
		if n := len(h.times); n > 0 && h.times[n-1] == at {
			h.bad[n], h.total[n] = bad, total
			continue
		}
		h.times = append(h.times, at)
		h.bad = append(h.bad, bad)
		h.total = append(h.total, total)
	}
	if len(h.times) < 2 {
		return history{}, fmt.Errorf("%w: all points are of one instant; at least two are needed, as a point is the end of an interval", ErrHistory)
	}
	if math.IsInf(total, 1) {
		return history{}, fmt.Errorf("%w: the sum of all events is too large for a number", ErrHistory)
	}
	second := func(ns int64) int64 { return instant(ns).Unix() }
	first, end := second(h.times[0]), second(h.end())
	begin := 2*first - second(h.times[1])
	const year = 31556952
	switch {
	case begin < earliest:
		return history{}, fmt.Errorf("%w: the first interval is as long as the second and would begin in the year %d; years from 1700 to 2199 can be computed with",
			ErrHistory, time.Unix(begin, 0).UTC().Year())
	case end-begin > longest*year:
		return history{}, fmt.Errorf("%w: points over %d years; at most %d can be computed with", ErrHistory, (end-begin)/year, longest)
	}
	h.start = h.times[0] - (h.times[1] - h.times[0])
	return h, nil
}

// events is the counts of the points from index lo, inclusive, to hi, exclusive:
// exact for whole counts up to 2^53, and exactly nought where nothing happened.
func (h *history) events(lo, hi int) (bad, total float64) {
	return h.bad[hi] - h.bad[lo], h.total[hi] - h.total[lo]
}

// upTo is the number of points at or before t.
func (h *history) upTo(t int64) int {
	i, found := slices.BinarySearch(h.times, t)
	if found {
		i++
	}
	return i
}

// between is the counts of the points in (start, end].
func (h *history) between(start, end int64) (bad, total float64) {
	lo, hi := h.upTo(start), h.upTo(end)
	if lo >= hi {
		return 0, 0
	}
	return h.events(lo, hi)
}

func (h *history) end() int64 { return h.times[len(h.times)-1] }

// allowance is the bad events that a period of the history's mean traffic
// allows; ok is false without traffic.
func (h *history) allowance(budget slo.Ratio, period time.Duration) (events float64, ok bool) {
	total := h.total[len(h.total)-1]
	events = budget.Of(total) * float64(period) / float64(h.end()-h.start)
	return events, events > 0
}

// instant is the time of ns nanoseconds since the Unix epoch, in UTC.
func instant(ns int64) time.Time { return time.Unix(0, ns).UTC() }
