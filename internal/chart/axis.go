package chart

import (
	"math"
	"time"
)

// Axis describes one axis. The zero value is a linear axis of plain numbers that
// covers its data.
type Axis struct {
	// Label names the quantity: "requests per second".
	Label string
	// Unit says how ticks are written. Time axes do not use it.
	Unit Unit
	// Log makes the axis logarithmic; values of zero and below are gaps then.
	Log bool
	// Zero extends the axis to zero; logarithmic and time axes ignore it.
	Zero bool
	// Min and Max fix the ends if Min < Max and both are finite; otherwise the
	// data decide.
	Min, Max float64

	// Time makes the axis a time axis with values in Unix seconds. It is implied
	// by series, bands, fans or events that carry instants.
	Time bool
	// Zone is the zone of a time axis; nil is UTC.
	Zone *time.Location
	// From and To fix the ends of a time axis if From is before To.
	From, To time.Time
}

// tick is one mark on an axis.
type tick struct {
	at      float64
	label   string
	context string // second line of time axes: the date, month or year
	minor   bool   // the context says only that clocks changed
}

const (
	valueLimit = 1e300 // values beyond are not drawn
	timeLimit  = 2e11  // Unix seconds, about 6,300 years; instants beyond are not drawn
)

// scale maps values to pixels.
type scale struct {
	lo, hi float64 // domain, lo < hi; logarithms if log
	a, b   float64 // pixels of lo and hi
	log    bool
}

func (s scale) at(v float64) float64 {
	if s.log {
		v = math.Log10(v)
	}
	return s.a + (v-s.lo)/(s.hi-s.lo)*(s.b-s.a)
}

// holds tells whether v lies in the domain, up to rounding.
func (s scale) holds(v float64) bool {
	if s.log {
		if v <= 0 {
			return false
		}
		v = math.Log10(v)
	}
	eps := (s.hi - s.lo) * 1e-9
	return v >= s.lo-eps && v <= s.hi+eps
}

// limits returns the open range of values that can stand on the axis.
func (a Axis) limits() (least, greatest float64) {
	switch {
	case a.Time:
		return -timeLimit, timeLimit
	case a.Log:
		return 1e-300, valueLimit
	}
	return -valueLimit, valueLimit
}

// drawable tells whether a value can stand on the axis.
func (a Axis) drawable(v float64) bool {
	least, greatest := a.limits()
	return v > least && v < greatest
}

// fixed returns the ends that the axis asks for.
func (a Axis) fixed() (lo, hi float64, ok bool) {
	if a.Time {
		if !a.From.Before(a.To) {
			return 0, 0, false
		}
		lo, hi = unix(a.From), unix(a.To)
	} else {
		lo, hi = a.Min, a.Max
	}
	return lo, hi, lo < hi && a.drawable(lo) && a.drawable(hi)
}

// layout settles the domain for data between lo and hi (lo > hi: no data) and
// places up to n ticks.
func (a Axis) layout(lo, hi float64, n int) (scale, []tick) {
	n = max(n, 2)
	flo, fhi, fixed := a.fixed()
	if fixed {
		lo, hi = flo, fhi
	} else if !(lo <= hi) {
		lo, hi = 0, 1
		if a.Log {
			lo, hi = 1, 10
		}
	}
	switch {
	case a.Time:
		if hi-lo < 1e-3 {
			lo, hi = lo-1800, hi+1800
		}
		return scale{lo: lo, hi: hi}, timeTicks(lo, hi, a.Zone, n)
	case a.Log:
		return a.layoutLog(lo, hi, n, fixed)
	}
	if !fixed {
		if a.Zero {
			lo, hi = math.Min(lo, 0), math.Max(hi, 0)
		}
		lo, hi = a.widen(lo, hi)
	}
	step := a.Unit.step((hi - lo) / float64(n))
	if !fixed {
		lo, hi = math.Floor(lo/step+1e-9)*step, math.Ceil(hi/step-1e-9)*step
	}
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	largest := math.Max(math.Abs(lo), math.Abs(hi))
	var ticks []tick
	for i := first; i <= last && len(ticks) < 4*n; i++ {
		ticks = append(ticks, tick{at: i * step, label: a.Unit.formatTick(i*step, step, largest)})
	}
	return scale{lo: lo, hi: hi}, ticks
}

// widen gives a constant a range to stand in.
func (a Axis) widen(lo, hi float64) (float64, float64) {
	if hi-lo > math.Max(math.Abs(lo), math.Abs(hi))*1e-9 {
		return lo, hi
	}
	if lo == 0 && hi == 0 {
		return 0, 1
	}
	pad := math.Max(math.Abs(lo), 1e-290) * 0.1
	ratio := a.Unit == Percent && lo >= 0 && hi <= 1
	lo, hi = lo-pad, hi+pad
	if ratio {
		hi = math.Min(hi, 1)
	}
	return lo, hi
}

// step returns the smallest pleasant distance between ticks that is not below
// raw.
func (u Unit) step(raw float64) float64 {
	switch {
	case u == Bytes && raw > 0:
		p := math.Exp2(math.Ceil(math.Log2(raw) - 1e-9))
		return math.Max(p, 1)
	case u == Seconds && raw > 1:
		for _, s := range [...]float64{2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200} {
			if raw <= s {
				return s
			}
		}
		return niceStep(raw/86400) * 86400
	case u == Count:
		return math.Max(niceStep(raw), 1)
	}
	return niceStep(raw)
}

// niceStep returns the smallest of 1, 2 and 5 times a power of ten that is not
// below raw.
func niceStep(raw float64) float64 {
	if !(raw > 0) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range [...]float64{1, 2, 5} {
		if raw <= m*p*(1+1e-9) {
			return m * p
		}
	}
	return 10 * p
}

// layoutLog places ticks at powers of ten (Bytes: of two; Seconds: at round
// lengths), and at twice and five times them where there is room.
func (a Axis) layoutLog(lo, hi float64, n int, fixed bool) (scale, []tick) {
	if hi/lo < 1+1e-9 {
		lo, hi = lo/2, hi*2
	}
	grid := logGrid(a.Unit, lo, hi, n)
	if !fixed && len(grid) > 0 {
		// Widen to the marks around the data if they are near.
		for i := len(grid) - 1; i >= 0; i-- {
			if grid[i] <= lo*(1+1e-12) {
				lo = grid[i]
				break
			}
		}
		for _, g := range grid {
			if g >= hi*(1-1e-12) {
				hi = g
				break
			}
		}
	}
	var ticks []tick
	for _, g := range grid {
		if g >= lo*(1-1e-9) && g <= hi*(1+1e-9) {
			ticks = append(ticks, tick{at: g, label: a.Unit.Format(g)})
		}
	}
	return scale{lo: math.Log10(lo), hi: math.Log10(hi), log: true}, ticks
}

// logGrid returns marks from at or below lo to at or above hi, about n of them.
func logGrid(u Unit, lo, hi float64, n int) []float64 {
	var grid []float64
	switch u {
	case Bytes:
		first, last := math.Floor(math.Log2(lo)), math.Ceil(math.Log2(hi))
		stride := 1.0
		for (last-first)/stride > float64(n) {
			stride++
		}
		for e := math.Floor(first/stride) * stride; e < last+stride; e += stride {
			grid = append(grid, math.Exp2(e))
		}
		return grid
	case Seconds:
		if lo >= 1e-9 && hi <= 1e8 && hi/lo >= 20 {
			all := []float64{1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 60, 600, 3600, 6 * 3600, 86400, 864000, 8640000, 86400000, 864000000}
			from, to := 0, len(all)-1
			for from+1 < len(all) && all[from+1] <= lo {
				from++
			}
			for to-1 > from && all[to-1] >= hi {
				to--
			}
			stride := (to-from)/n + 1
			for i := from; i <= to; i += stride {
				grid = append(grid, all[i])
			}
			if (to-from)%stride != 0 {
				grid = append(grid, all[to])
			}
			return grid
		}
	}
	first, last := math.Floor(math.Log10(lo)+1e-9), math.Ceil(math.Log10(hi)-1e-9)
	stride := 1.0
	for (last-first)/stride > float64(n) {
		stride++
	}
	marks := []float64{1}
	if room := float64(n) / math.Max(last-first, 1); room >= 3 {
		marks = []float64{1, 2, 5}
	}
	for e := math.Floor(first/stride) * stride; e < last+stride; e += stride {
		for _, m := range marks {
			grid = append(grid, m*math.Pow(10, e))
		}
	}
	return grid
}
