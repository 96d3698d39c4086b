package capacity

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"time"
)

// Sample is one measured value.
type Sample struct {
	Time  time.Time `json:"time"`
	Value float64   `json:"value"` // within ±1e303
}

// stamped is a sample with its time in nanoseconds since 1970.
type stamped struct {
	at    int64
	value float64
}

const (
	checkEvery = 1 << 16       // samples between two looks at the context
	farthest   = int64(4.2e18) // nanoseconds from 1970: the years 1837 to 2103
)

var (
	earliestTime = time.Unix(0, -farthest)
	latestTime   = time.Unix(0, farthest)
)

// order is what putting samples in order found out.
type order struct {
	samples                              []stamped // by time, each instant once
	late, duplicates, conflicts, skipped int
}

// ordered checks samples and puts them in order. Of samples of the same instant
// the largest is kept.
func ordered(ctx context.Context, samples []Sample, skip bool, p *problems) (order, error) {
	o := order{samples: make([]stamped, 0, len(samples))}
	latest := int64(math.MinInt64)
	for i, s := range samples {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return order{}, ctx.Err()
		}
		if !measurable(s.Value) {
			o.skipped++
			if !skip {
				p.add("samples["+strconv.Itoa(i)+"].value", number(s.Value), unmeasurable(s.Value), "leave the sample out, or set SkipNotFinite")
			}
			continue
		}
		if s.Time.Before(earliestTime) || s.Time.After(latestTime) {
			p.add("samples["+strconv.Itoa(i)+"].time", s.Time.String(), "outside the years 1837 to 2103", "look at the unit of the timestamps")
			continue
		}
		at := s.Time.UnixNano()
		if at < latest {
			o.late++
		}
		latest = max(latest, at)
		o.samples = append(o.samples, stamped{at, s.Value})
	}
	if o.late > 0 {
		var err error
		if o.samples, err = sorted(ctx, o.samples); err != nil {
			return order{}, err
		}
	}
	kept := o.samples[:0]
	for _, s := range o.samples {
		if n := len(kept); n > 0 && kept[n-1].at == s.at {
			o.duplicates++
			if kept[n-1].value != s.value {
				o.conflicts++
			}
			kept[n-1].value = max(kept[n-1].value, s.value)
			continue
		}
		kept = append(kept, s)
	}
	o.samples = kept
	return o, nil
}

// sorted sorts pieces and merges them, so that ctx is looked at in between.
func sorted(ctx context.Context, x []stamped) ([]stamped, error) {
	for piece := range slices.Chunk(x, checkEvery) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		slices.SortFunc(piece, func(a, b stamped) int { return cmp.Compare(a.at, b.at) })
	}
	if len(x) <= checkEvery {
		return x, nil
	}
	y := make([]stamped, len(x))
	for width := checkEvery; width < len(x); width *= 2 {
		for from := 0; from < len(x); from += 2 * width {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			middle, to := min(from+width, len(x)), min(from+2*width, len(x))
			merge(y[from:to], x[from:middle], x[middle:to])
		}
		x, y = y, x
	}
	return x, nil
}

func merge(to, a, b []stamped) {
	for k := range to {
		if len(b) == 0 || len(a) > 0 && a[0].at <= b[0].at {
			to[k], a = a[0], a[1:]
		} else {
			to[k], b = b[0], b[1:]
		}
	}
}
