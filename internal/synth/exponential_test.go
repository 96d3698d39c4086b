package synth

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestExponentialBounds(t *testing.T) {
	for _, c := range []struct {
		schema, index int
		want          float64
	}{
		{0, 0, 1}, {0, 1, 2}, {0, -3, 0.125}, {3, 8, 2}, {3, -16, 0.25}, {8, 256, 2},
		{1, 1, math.Sqrt2}, {2, 1, math.Sqrt(math.Sqrt2)}, {1, -1, 1 / math.Sqrt2},
		{-1, 1, 4}, {-4, 1, 65536}, {-4, -1, 1. / 65536}, {-9, 1, 65536}, {99, 256, 2},
		{0, 5000, math.MaxFloat64}, {3, 1 << 30, math.MaxFloat64}, {0, -5000, 0},
	} {
		if got := ExponentialBound(c.schema, c.index); relative(got, c.want) > 1e-15 {
			t.Errorf("schema %d, bucket %d: %v, want %v", c.schema, c.index, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		schema := rapid.IntRange(-4, 8).Draw(t, "schema")
		index := rapid.IntRange(-2000, 2000).Draw(t, "index")
		bound := ExponentialBound(schema, index)
		if want := math.Exp2(float64(index) * math.Exp2(-float64(schema))); bound < 1e300 && relative(bound, want) > 1e-15 && want > 1e-300 {
			t.Errorf("schema %d, bucket %d: %v, want %v", schema, index, bound, want)
		}
		// A bound belongs to its own bucket, what is just above to the next.
		if bound > 1e-300 && bound < 1e300 {
			if got := exponentialIndex(schema, bound); got != index {
				t.Errorf("schema %d: the bound %v of bucket %d is in bucket %d", schema, bound, index, got)
			}
			if got := exponentialIndex(schema, math.Nextafter(bound, math.Inf(1))); got != index+1 {
				t.Errorf("schema %d: just above the bound %v of bucket %d is bucket %d", schema, bound, index, got)
			}
		}
	})
}

func TestExponentialHistogramsHoldEachRequestOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := webLatency()
		l.Median = time.Duration(rapid.Int64Range(0, int64(time.Second)).Draw(t, "median"))
		l.TailMedian = time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "tail median"))
		l.Sigma = rapid.Float64Range(0, 2).Draw(t, "sigma")
		schema := rapid.IntRange(-5, 5).Draw(t, "schema")
		counts := busy(2).Events(monday, monday.Add(2*time.Hour), 20*time.Minute)
		hs := l.Exponential(counts, 20*time.Minute, schema)
		for i, h := range hs {
			sum := h.ZeroCount
			least, most := 0.0, h.ZeroCount*h.ZeroThreshold
			for j, n := range h.Buckets {
				if n < 0 || n != math.Floor(n) {
					t.Fatalf("bucket %d holds %v", j, n)
				}
				sum += n
				least += n * ExponentialBound(h.Schema, h.Offset+j-1)
				most += n * ExponentialBound(h.Schema, h.Offset+j)
			}
			if sum != counts[i].Total || h.Count != sum {
				t.Errorf("%v requests in the buckets, count %v, want %v", sum, h.Count, counts[i].Total)
			}
			// The outermost buckets take what lies beyond them, hence the margin.
			if !(h.Sum >= least*(1-1e-6) && h.Sum <= most*(1+1e-6)) {
				t.Errorf("sum %v outside the buckets' [%v, %v]", h.Sum, least, most)
			}
			if n := len(h.Buckets); n > 0 && (h.Buckets[0] == 0 || h.Buckets[n-1] == 0) {
				t.Errorf("empty bucket at an end of %v", h.Buckets)
			}
			if want := min(max(schema, -4), 8); h.Schema != want {
				t.Errorf("schema %d, want %d", h.Schema, want)
			}
		}
		parts := slices.Concat(l.Exponential(counts[:2], 20*time.Minute, schema), l.Exponential(counts[2:], 20*time.Minute, schema))
		for i := range hs {
			if !slices.Equal(parts[i].Buckets, hs[i].Buckets) || parts[i].Sum != hs[i].Sum || parts[i].Offset != hs[i].Offset {
				t.Errorf("slot %d: the part has %+v, the whole %+v", i, parts[i], hs[i])
			}
		}
	})
}

func TestExponentialHistogramsFollowTheDistribution(t *testing.T) {
	l := webLatency()
	counts := Traffic{BasePerSecond: 1000}.Events(monday, monday.Add(time.Hour), time.Hour)
	for _, schema := range []int{-1, 0, 3, 6} {
		h := l.Exponential(counts, time.Hour, schema)[0]
		below := 0.0
		for j, n := range h.Buckets {
			below += n
			p := l.Below(monday, ExponentialBound(schema, h.Offset+j))
			if got := below / h.Count; math.Abs(got-p) > 5*math.Sqrt(p*(1-p)/h.Count)+1e-6 {
				t.Errorf("schema %d: %v at or below bucket %d, want %v", schema, got, h.Offset+j, p)
			}
		}
		if got, want := h.Sum/h.Count, l.Mean(monday); relative(got, want) > 0.003 {
			t.Errorf("schema %d: mean %v, want %v", schema, got, want)
		}
	}
}

func TestRequestsThatTakeNoTimeAreInTheZeroBucket(t *testing.T) {
	counts := []Count{{Time: monday, Total: 50}, {Time: monday.Add(time.Minute)}}
	h := Latency{}.Exponential(counts, time.Minute, 3)
	if h[0].ZeroCount != 50 || h[0].Count != 50 || h[0].Sum != 0 || h[0].Buckets != nil {
		t.Errorf("got %+v, want 50 in the zero bucket", h[0])
	}
	if h[1].Count != 0 || h[1].Buckets != nil {
		t.Errorf("got %+v, want nothing", h[1])
	}
	l := Latency{TailRatio: 0.5, TailMedian: time.Second, TailSigma: 0.1, Exact: true}
	h = l.Exponential(counts, time.Minute, 3)
	if h[0].ZeroCount != 25 || h[0].Count != 50 || relative(h[0].Sum, 25*math.Exp(0.005)) > 0.05 {
		t.Errorf("got %+v, want half of 50 in the zero bucket and about 25 s", h[0])
	}
}
