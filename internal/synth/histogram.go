package synth

import (
	"math"
	"slices"
	"time"
)

// Histogram is a classic one: how many requests took at most so long. As made
// by Latency it holds the requests of one slot; Accumulate turns slots into
// what a process exposes.
type Histogram struct {
	Time time.Time
	// Le are the buckets' upper bounds in seconds, inclusive, ascending and
	// finite. Histograms of one call share them.
	Le []float64
	// Cumulative counts the requests at or below each bound, and one more
	// entry, for +Inf, all requests.
	Cumulative []float64
	// Sum is the seconds of all requests together.
	Sum float64
}

// Count returns the number of requests, the last cumulative bucket.
func (h Histogram) Count() float64 {
	if len(h.Cumulative) == 0 {
		return 0
	}
	return h.Cumulative[len(h.Cumulative)-1]
}

// Histograms spreads the requests of each count over buckets with the upper
// bounds le, in seconds; step is the counts' slot. Bounds that are not finite
// are left out, the others sorted. Sum is made of each bucket's expected mean.
// The cost is that of one binomial draw a bucket.
func (l Latency) Histograms(counts []Count, step time.Duration, le []float64) []Histogram {
	if len(counts) == 0 || step <= 0 {
		return nil
	}
	bounds := make([]float64, 0, len(le))
	for _, b := range le {
		if !math.IsNaN(b) && !math.IsInf(b, 0) {
			bounds = append(bounds, b)
		}
	}
	slices.Sort(bounds)
	bounds = slices.Clip(slices.Compact(bounds))
	t := l.table(append(slices.Clone(bounds), math.Inf(1)))
	out := make([]Histogram, len(counts))
	cells := make([]float64, len(counts)*(len(bounds)+1))
	for i, c := range counts {
		n := len(bounds) + 1
		h := Histogram{Time: c.Time, Le: bounds, Cumulative: cells[i*n : (i+1)*n : (i+1)*n]}
		h.Sum = t.spread(h.Cumulative, c, step)
		for j := 1; j < n; j++ {
			h.Cumulative[j] += h.Cumulative[j-1]
		}
		out[i] = h
	}
	return out
}

// Accumulate returns the running sums of histograms with the same bounds: what
// a process exposes that started before the first. Where the bounds change it
// starts anew.
func Accumulate(slots []Histogram) []Histogram {
	out := make([]Histogram, len(slots))
	for i, h := range slots {
		h.Cumulative = slices.Clone(h.Cumulative)
		if i > 0 && slices.Equal(out[i-1].Le, h.Le) {
			for j := range h.Cumulative {
				h.Cumulative[j] += out[i-1].Cumulative[j]
			}
			h.Sum += out[i-1].Sum
		}
		out[i] = h
	}
	return out
}

// bucketTable is what a Latency puts into buckets, apart for body and tail, so
// that a slot only mixes them.
type bucketTable struct {
	latency   Latency
	incidents incidents
	lower     []float64 // of each bucket; the first is 0
	body      []float64 // share of the body at or below the upper bound
	tail      []float64
	bodyMean  []float64 // the same times the mean of the values there
	tailMean  []float64
	source    source
}

// table prepares buckets with the given upper bounds, of which the last takes
// all that is left.
func (l Latency) table(upper []float64) bucketTable {
	body, tail := l.modes()
	t := bucketTable{latency: l, incidents: newIncidents(l.Outages)}
	lower := 0.0
	for i, b := range upper {
		if i == len(upper)-1 {
			b = math.Inf(1)
		}
		t.lower = append(t.lower, lower)
		t.body, t.tail = append(t.body, body.below(b)), append(t.tail, tail.below(b))
		t.bodyMean, t.tailMean = append(t.bodyMean, body.meanBelow(b)), append(t.tailMean, tail.meanBelow(b))
		lower = max(0, b)
	}
	return t
}

// spread puts a slot's requests into cells, one a bucket, and returns the sum
// of their seconds.
func (t *bucketTable) spread(cells []float64, c Count, step time.Duration) (seconds float64) {
	end := nanos(c.Time)
	q := t.latency.tailOver(&t.incidents, end-int64(step), end)
	t.source.at(t.latency.Seed, forBuckets, end-int64(step), int64(step))
	left, chance := clamp(math.Floor(c.Total), 0, mostEvents), 1.0
	total, placed := left, 0.0
	below, sumBelow := 0.0, 0.0
	for i := range cells {
		share := float64((1-q)*t.body[i]) + float64(q*t.tail[i])
		sum := float64((1-q)*t.bodyMean[i]) + float64(q*t.tailMean[i])
		p, s := max(0, share-below), max(0, sum-sumBelow)
		below, sumBelow = share, sum
		n := left
		switch {
		case i == len(cells)-1 || left == 0:
		case t.latency.Exact:
			n = clamp(math.Floor(float64(total*share)+0.5)-placed, 0, left)
		case chance > 0:
			n = t.source.binomial(left, clamp(p/chance, 0, 1))
		}
		chance -= p
		left -= n
		placed += n
		cells[i] = n
		if n == 0 {
			continue
		}
		mean := t.lower[i]
		if p > 1e-290 {
			mean = max(mean, s/p)
		}
		if i+1 < len(cells) {
			mean = min(mean, t.lower[i+1])
		}
		seconds += float64(n * mean)
	}
	return seconds
}
