package capacity

import (
	"math"
	"math/bits"
	"math/cmplx"
	"slices"
	"time"
)

// DetectPeriods is the seasons of a series in steps, shortest first: the natural
// one of the step (a day, or a week for steps of a day), and a longer natural one
// (a week) where the history holds four of them. Where the autocorrelation has
// its clearest peak at another lag (a batch every 12 hours, months of a year),
// that is the season instead. Without any season it is [1].
//
// The autocorrelation is that of pairs of observed values, less their line, the largest and smallest fortieth as high as the others, so that a
// few spikes make no season. A lag is clear if its correlation is at least 0.3 and stands out from the
// lowest at shorter lags by 0.3; another than the natural one also has to exceed
// that one's by 0.15, and must not be one of its multiples. The time is n·log n.
func DetectPeriods(s Series) []int {
	n := len(s.Values)
	natural := PeriodOf(s.Step)
	if natural == 1 && s.Step >= 28*day {
		natural = 12
	}
	if n < 2*natural+2 {
		natural = 1
	}
	if s.Step == week {
		return []int{1} // a year is no season of so few turns
	}
	period := natural
	correlation := autocorrelation(s, n/3)
	if other := clearest(correlation, natural); other > 1 {
		at := 0.0
		if natural > 1 && natural < len(correlation) {
			at = correlation[natural]
		}
		if natural == 1 || correlation[other] > at+0.15 {
			period = other
		}
	}
	if period == 1 {
		return []int{1}
	}
	if longer := longerPeriod(s.Step, period); longer > 0 && n >= 4*longer {
		return []int{period, longer}
	}
	return []int{period}
}

// longerPeriod is a week in steps, where the period divides it; 0 else.
func longerPeriod(step time.Duration, period int) int {
	if step <= 0 || week%step != 0 {
		return 0
	}
	if l := int(week / step); l > period && l%period == 0 {
		return l
	}
	return 0
}

// clearest is the lag of the highest peak that stands out, not a multiple of
// natural; 0 if there is none.
func clearest(correlation []float64, natural int) int {
	best, lowest := 0, 1.0
	for lag := 2; lag+1 < len(correlation); lag++ {
		c := correlation[lag]
		lowest = min(lowest, correlation[lag-1])
		if c < 0.3 || c < lowest+0.3 || c < correlation[lag-1] || c < correlation[lag+1] {
			continue
		}
		if natural > 1 && lag%natural == 0 {
			continue
		}
		// A multiple of a shorter season is hardly higher than that one.
		if best == 0 || c > correlation[best]+0.1 {
			best = lag
		}
	}
	return best
}

// autocorrelation is that of lags 0 to most (Box and Jenkins 1970, equation
// 2.1.13, each divided by its number of pairs), by two Fourier transforms.
func autocorrelation(s Series, most int) []float64 {
	n := len(s.Values)
	if n < 4 || most < 1 {
		return nil
	}
	known := s.observedValues()
	observed := float64(len(known))
	if observed < 4 {
		return nil
	}
	slices.Sort(known)
	low, high := known[len(known)/40], known[len(known)-1-len(known)/40]
	unit := max(math.Abs(low), math.Abs(high))
	if unit == 0 {
		return nil
	}
	value := func(i int) float64 { return max(low, min(high, s.Values[i])) / unit }
	// The line: least squares over what was observed.
	var st, sy, stt, sty float64
	for i := range s.Values {
		if !s.Missing(i) {
			t, y := float64(i)/float64(n), value(i)
			st, sy, stt, sty = st+t, sy+y, stt+t*t, sty+t*y
		}
	}
	slope := 0.0
	if d := observed*stt - st*st; d > 0 {
		slope = (observed*sty - st*sy) / d
	}
	start := (sy - slope*st) / observed
	size := 1 << bits.Len(uint(n+most))
	x := make([]complex128, size)
	for i := range s.Values {
		if !s.Missing(i) {
			x[i] = complex(value(i)-start-slope*float64(i)/float64(n), 0)
		}
	}
	products := laggedProducts(x, most)
	pairs := make([]float64, most+1)
	for lag := range pairs {
		pairs[lag] = float64(n - lag)
	}
	if s.Mask != nil {
		clear(x)
		for i, missing := range s.Mask {
			if !missing {
				x[i] = 1
			}
		}
		pairs = laggedProducts(x, most)
	}
	variance := products[0] / observed
	if !(variance > 1e-20) {
		return nil
	}
	r := make([]float64, most+1)
	for lag := range r {
		if count := math.Round(pairs[lag]); count >= 1 {
			r[lag] = products[lag] / count / variance
		}
	}
	return r
}

// laggedProducts is Σ x[i]·x[i+lag] for real x, lags 0 to most, which x is long
// enough for; x is used up.
func laggedProducts(x []complex128, most int) []float64 {
	fourier(x)
	for i, c := range x {
		x[i] = complex(real(c)*real(c)+imag(c)*imag(c), 0)
	}
	fourier(x)
	out := make([]float64, most+1)
	for lag := range out {
		out[lag] = real(x[lag]) / float64(len(x))
	}
	return out
}

// fourier transforms in place; the length is a power of two (Cooley and Tukey
// 1965).
func fourier(x []complex128) {
	n := len(x)
	shift := 64 - bits.Len(uint(n-1))
	for i := range x {
		if j := int(bits.Reverse64(uint64(i)) >> shift); n > 1 && i < j {
			x[i], x[j] = x[j], x[i]
		}
	}
	for half := 1; half < n; half *= 2 {
		turn := make([]complex128, half)
		for k := range turn {
			turn[k] = cmplx.Rect(1, -math.Pi*float64(k)/float64(half))
		}
		for i := 0; i < n; i += 2 * half {
			for k := range half {
				a, b := x[i+k], turn[k]*x[i+k+half]
				x[i+k], x[i+k+half] = a+b, a-b
			}
		}
	}
}

// onWallClock puts a series on the grid of a zone's wall clock, so that noon is
// always at the same place of the day: an hour that the clock leaves out becomes
// a gap, of one that it repeats the mean is taken. places tells for each step of
// the horizon which step after the returned series it is; far is the furthest.
func onWallClock(s Series, zone *time.Location, horizon int) (local Series, places []int, far int) {
	n := len(s.Values)
	places = make([]int, horizon)
	if zone == nil || s.Step >= day {
		for i := range places {
			places[i] = i
		}
		return s, places, horizon
	}
	offset := func(t time.Time) int {
		_, seconds := t.In(zone).Zone()
		return int(time.Duration(seconds) * time.Second / s.Step)
	}
	at := make([]int, n+horizon)
	var until time.Time
	known := 0
	for i := range at {
		t := s.Time(i)
		if i == 0 || !until.IsZero() && !t.Before(until) {
			known = offset(t)
			_, until = t.In(zone).ZoneBounds()
		}
		at[i] = i + known
	}
	first := at[0]
	length := 0
	for i := range at {
		at[i] -= first
		if i < n {
			length = max(length, at[i]+1)
		}
	}
	local = Series{Start: s.Start, Step: s.Step, Values: make([]float64, length), Mask: make([]bool, length)}
	count := make([]float64, length)
	for i, v := range s.Values {
		if k := at[i]; k >= 0 && !s.Missing(i) {
			count[k]++
			local.Values[k] += (v - local.Values[k]) / count[k]
		}
	}
	for k, c := range count {
		local.Mask[k] = c == 0
	}
	for i := range places {
		places[i] = max(0, at[n+i]-length)
		far = max(far, places[i]+1)
	}
	return local, places, far
}
