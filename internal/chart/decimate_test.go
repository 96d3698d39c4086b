package chart

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func gridSamples(y []float64, missing []bool) samples {
	return samples{newAbscissa(len(y), nil, nil, time.Time{}, 0), y, missing}
}

// drawValues draws values with gaps: NaN, infinities and masked ones.
func drawValues(t *rapid.T, least, most int) ([]float64, []bool) {
	n := rapid.IntRange(least, most).Draw(t, "n")
	seed := rapid.Uint64().Draw(t, "seed")
	gaps := rapid.SampledFrom([]int{0, 2, 10, 100}).Draw(t, "one gap in")
	y := make([]float64, n)
	missing := make([]bool, n)
	x := seed
	next := func() uint64 { x ^= x << 13; x ^= x >> 7; x ^= x << 17; return x }
	if x == 0 {
		x = 1
	}
	for i := range y {
		y[i] = float64(int64(next()%20001)) - 10000
		if gaps > 0 && next()%uint64(gaps) == 0 {
			switch next() % 4 {
			case 0:
				y[i] = math.NaN()
			case 1:
				y[i] = math.Inf(1)
			case 2:
				y[i] = math.Inf(-1)
			default:
				y[i], missing[i] = 1e6, true // would be the greatest
			}
		}
	}
	return y, missing
}

// Every column keeps its least and greatest, first and last value, and nothing is
// invented. The columns are counted here on their own.
func TestDecimateKeepsPeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, missing := drawValues(t, 0, 5000)
		width := rapid.IntRange(1, 300).Draw(t, "width")
		n := len(y)
		out := gridSamples(y, missing).decimate(Axis{}, Axis{}, 0, float64(max(n-1, 1)), width)
		if n > 2*width && len(out) > 4*(width+2) {
			t.Fatalf("%d points for %d columns", len(out), width)
		}
		kept := map[int]bool{}
		last := -1
		for _, p := range out {
			i := int(p.x)
			if i <= last || p.y != y[i] || missing[i] {
				t.Fatalf("point %v, %v after sample %d is not a later sample", p.x, p.y, last)
			}
			kept[i], last = true, i
		}
		columns := map[int][]int{}
		for i := range y {
			if !missing[i] && !math.IsNaN(y[i]) && !math.IsInf(y[i], 0) {
				c := int(float64(i) * (float64(width) / float64(max(n-1, 1))))
				columns[c] = append(columns[c], i)
			}
		}
		for c, list := range columns {
			lo, hi := math.Inf(1), math.Inf(-1)
			keptLo, keptHi := math.Inf(1), math.Inf(-1)
			for _, i := range list {
				lo, hi = math.Min(lo, y[i]), math.Max(hi, y[i])
				if kept[i] {
					keptLo, keptHi = math.Min(keptLo, y[i]), math.Max(keptHi, y[i])
				}
			}
			if lo != keptLo || hi != keptHi {
				t.Fatalf("column %d: kept %v to %v of %v to %v", c, keptLo, keptHi, lo, hi)
			}
			if !kept[list[0]] || !kept[list[len(list)-1]] {
				t.Fatalf("column %d lost its first or last sample", c)
			}
		}
	})
}

// A line never leads across a gap of a column or more, and always leads on where
// there is none.
func TestDecimateGaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 4000).Draw(t, "n")
		width := rapid.IntRange(5, 300).Draw(t, "width")
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		to := rapid.IntRange(from, n-1).Draw(t, "to")
		y := make([]float64, n)
		missing := make([]bool, n)
		for i := range y {
			y[i] = float64(i % 7)
			missing[i] = i >= from && i < to
		}
		out := gridSamples(y, missing).decimate(Axis{}, Axis{}, 0, float64(n-1), width)
		breaks := 0
		for i, p := range out {
			if p.first {
				breaks++
			}
			if i > 0 && p.first && !(out[i-1].x < float64(from) && p.x >= float64(to)) {
				t.Fatalf("a break between samples %v and %v, the gap is %d to %d", out[i-1].x, p.x, from, to)
			}
		}
		inner := from > 0 && to > from && to < n
		gapColumns := float64(to-from+1) * float64(width) / float64(n-1)
		want := 1
		if inner && (n <= 2*width || gapColumns >= 1) {
			want = 2
		}
		if math.Abs(gapColumns-1) < 1e-9 && n > 2*width {
			return // the limit itself is up to rounding
		}
		if breaks != want {
			t.Fatalf("got %d pieces, want %d: gap of %.2f columns", breaks, want, gapColumns)
		}
	})
}

func TestDecimateSortsCopies(t *testing.T) {
	x := []float64{3, 1, 2, 1}
	y := []float64{30, 10, 20, 11}
	s := samples{newAbscissa(4, nil, x, time.Time{}, 0), y, []bool{true}}
	lo, hi, sorted := s.span(Axis{})
	if lo != 1 || hi != 3 || sorted {
		t.Fatalf("span: got %v %v %v, want 1 3 false", lo, hi, sorted)
	}
	var got []float64
	for _, p := range s.order(sorted).decimate(Axis{}, Axis{}, lo, hi, 100) {
		got = append(got, p.y)
	}
	if want := []float64{10, 11, 20}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if !slices.Equal(x, []float64{3, 1, 2, 1}) {
		t.Errorf("the argument was sorted: %v", x)
	}
}

// A band drawn from columns covers the band that was given.
func TestDecimateBandCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low, missing := drawValues(t, 1, 4000)
		width := rapid.IntRange(1, 300).Draw(t, "width")
		high := make([]float64, len(low))
		for i := range high {
			high[i] = low[i] + float64(i%50)
		}
		n := len(low)
		out := newBandSource(newAbscissa(n, nil, nil, time.Time{}, 0), low, high, missing, true).decimate(Axis{}, Axis{}, 0, float64(max(n-1, 1)), width)
		if n > 2*width && len(out) > 2*width+2 {
			t.Fatalf("%d points for %d columns", len(out), width)
		}
		k := -1
		for i := range low {
			if missing[i] || math.IsNaN(low[i]) || math.IsInf(low[i], 0) {
				continue
			}
			for k+1 < len(out) && out[k+1].x <= float64(i) {
				k++
			}
			if k < 0 || out[k].low > low[i] || out[k].high < high[i] {
				t.Fatalf("sample %d, %v to %v, is not covered by %+v", i, low[i], high[i], out[k])
			}
		}
	})
}

// A scatter keeps its extremes, and a point in every cell that had one.
func TestScatterKeepsExtremes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		y, missing := drawValues(t, 0, 6000)
		out := gridSamples(y, missing).scatter(Axis{}, Axis{}, 0, float64(max(len(y)-1, 1)), 200)
		lo, hi, n := math.Inf(1), math.Inf(-1), 0
		for i := range y {
			if !missing[i] && !math.IsNaN(y[i]) && !math.IsInf(y[i], 0) {
				lo, hi, n = math.Min(lo, y[i]), math.Max(hi, y[i]), n+1
			}
		}
		gotLo, gotHi := math.Inf(1), math.Inf(-1)
		for _, p := range out {
			gotLo, gotHi = math.Min(gotLo, p.y), math.Max(gotHi, p.y)
			if i := int(p.x); p.y != y[i] || missing[i] {
				t.Fatalf("point %v, %v is no sample", p.x, p.y)
			}
		}
		if gotLo != lo || gotHi != hi {
			t.Fatalf("kept %v to %v of %v to %v", gotLo, gotHi, lo, hi)
		}
		if len(y) <= shapedPoints && len(out) != n {
			t.Fatalf("kept %d of %d", len(out), n)
		}
	})
}

func BenchmarkLine(b *testing.B) {
	for _, c := range []struct {
		name string
		n    int
	}{{"1e3", 1e3}, {"1e5", 1e5}, {"1e7", 1e7}} {
		y := make([]float64, c.n)
		for i := range y {
			y[i] = math.Sin(float64(i)/1000) + float64(i%17)
		}
		p := Plot{Title: "many", Series: []Series{{Start: time.Unix(1.7e9, 0), Step: time.Second, Y: y}}}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(p.SVG())
			}
			b.ReportMetric(float64(size), "svg-bytes")
		})
	}
}

func BenchmarkCalendar(b *testing.B) {
	samples := make([]Sample, 1_000_000)
	for i := range samples {
		samples[i] = Sample{time.Unix(1.7e9+int64(i)*30, 0), float64(i % 100)}
	}
	berlin := zone(b, "Europe/Berlin")
	for _, layout := range []CalendarLayout{DaysByWeeks, HoursOfWeek} {
		b.Run([]string{"days", "hours"}[layout], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Calendar{Samples: samples, Zone: berlin, Layout: layout}.SVG()
			}
		})
	}
}
