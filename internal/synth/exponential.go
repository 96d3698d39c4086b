package synth

import (
	"math"
	"time"
)

// ExponentialHistogram is a histogram with buckets of exponential width, as
// Prometheus' native and OpenTelemetry's exponential histograms are. It holds
// the requests of one slot.
type ExponentialHistogram struct {
	Time time.Time
	// Schema is the resolution, in [-4, 8]: bucket i holds the values in
	// (base^(i-1), base^i] with base = 2^(2^-Schema).
	Schema int
	// ZeroCount counts the values of at most ZeroThreshold.
	ZeroThreshold float64
	ZeroCount     float64
	// Offset is the index of the first bucket in Buckets, whose counts are not
	// cumulative; the first and last are not 0. Empty without requests.
	Offset  int
	Buckets []float64
	// Count and Sum are the requests and their seconds together.
	Count, Sum float64
}

// ExponentialBound returns the upper bound of a bucket, 2^(index·2^-schema),
// with the schema limited to [-4, 8] and the result to the largest float. The
// relative error is below 1e-15, and powers of two are exact.
func ExponentialBound(schema, index int) float64 {
	schema = min(max(schema, -4), 8)
	index = min(max(index, -1<<20), 1<<20)
	if schema <= 0 {
		return min(math.Ldexp(1, index<<-schema), math.MaxFloat64)
	}
	whole := index >> schema
	part := float64(index-whole<<schema) / float64(int(1)<<schema)
	if part == 0 {
		return min(math.Ldexp(1, whole), math.MaxFloat64)
	}
	return min(math.Ldexp(exp(float64(part*math.Ln2)), whole), math.MaxFloat64)
}

// exponentialIndex returns the bucket of a value above 0.
func exponentialIndex(schema int, value float64) int {
	scale := math.Ldexp(1, schema)
	i := int(math.Floor(log(value) / math.Ln2 * scale))
	for ExponentialBound(schema, i) < value {
		i++
	}
	for ExponentialBound(schema, i-1) >= value {
		i--
	}
	return i
}

// Exponential spreads the requests of each count over exponential buckets of
// the schema, limited to [-4, 8]; step is the counts' slot. Values further
// than 6.5 standard deviations from both medians, less than 1 in 10^10, count
// in the outermost buckets. The cost is that of one binomial draw a bucket:
// for Sigma 0.5 and no tail about 10·2^schema.
func (l Latency) Exponential(counts []Count, step time.Duration, schema int) []ExponentialHistogram {
	if len(counts) == 0 || step <= 0 {
		return nil
	}
	schema = min(max(schema, -4), 8)
	const zeroThreshold = 1. / (1 << 64) / (1 << 64) // Prometheus' default
	out := make([]ExponentialHistogram, len(counts))
	body, tail := l.modes()
	if tail.median <= 0 { // then the body's is 0 as well
		for i, c := range counts {
			n := clamp(math.Floor(c.Total), 0, mostEvents)
			out[i] = ExponentialHistogram{Time: c.Time, Schema: schema, ZeroThreshold: zeroThreshold, ZeroCount: n, Count: n}
		}
		return out
	}
	lo, hi := tail.at(-6.5), tail.at(6.5)
	zero := body.median <= 0
	if !zero {
		lo, hi = min(lo, body.at(-6.5)), max(hi, body.at(6.5))
	}
	first, last := exponentialIndex(schema, lo), exponentialIndex(schema, hi)
	// The cells are the zero bucket, then first to last.
	upper := []float64{zeroThreshold}
	for i := first; i <= last; i++ {
		upper = append(upper, ExponentialBound(schema, i))
	}
	t := l.table(upper)
	if !zero { // what lies below the first bucket belongs to it
		t.body[0], t.tail[0], t.bodyMean[0], t.tailMean[0] = 0, 0, 0, 0
	} else {
		t.tail[0], t.tailMean[0] = 0, 0
	}
	t.lower[1] = ExponentialBound(schema, first-1)
	cells := make([]float64, len(upper))
	for i, c := range counts {
		h := ExponentialHistogram{Time: c.Time, Schema: schema, ZeroThreshold: zeroThreshold}
		h.Sum = t.spread(cells, c, step)
		h.ZeroCount = cells[0]
		a, b := 1, len(cells)
		for a < b && cells[a] == 0 {
			a++
		}
		for b > a && cells[b-1] == 0 {
			b--
		}
		if a < b {
			h.Offset = first + a - 1
			h.Buckets = append([]float64(nil), cells[a:b]...)
		}
		for _, n := range cells {
			h.Count += n
		}
		out[i] = h
	}
	return out
}
