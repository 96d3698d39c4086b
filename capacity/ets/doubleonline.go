package ets

import (
	"fmt"
	"math"
	"slices"
)

// DoubleOnline is a [DoubleSeasonal] that goes on learning, one observation at
// a time, as [Online] is for a model with one season. Its seasonal states are
// kept as float32, exact to one part in ten million: an hourly series with day and
// week takes about a kibibyte in memory and less in its binary form.
//
// Once in a long season the states are brought to their normal form, which
// changes no forecast beyond that rounding: the long season adds up to zero
// over each step of the short one, and the short one adds up to zero (means of
// 1, when multiplicative).
//
// A DoubleOnline is no value to copy: copies share the seasons; use Clone. It
// is not safe for concurrent use. The zero value refuses everything.
type DoubleOnline struct {
	d           DoubleSeasonal
	level       float64 // after the last observation, like all states
	trend       float64
	last        float64
	sigma2      float64
	short, long []float32 // rings
	at          int32     // in the long one, of the step after the last observation
	inShort     int32     // the same in the short one: at mod Short, kept as division is slow
	memory      int32
	n, gap      int64
}

// NewDoubleOnline goes on where a fit ended. Memory is as in [NewOnline].
//
// The error is an [*InputError]: a fit that is not consistent, or constants
// that let old errors grow, of which this tells by following the effect of one
// error through 200 long seasons.
func NewDoubleOnline(f DoubleFit, memory int) (DoubleOnline, error) {
	if memory == 0 {
		memory = defaultMemory
	}
	if memory < 1 || memory > maxPathSum {
		return DoubleOnline{}, &InputError{fmt.Sprintf("memory %d", memory), "is no number of observations", fmt.Sprintf("choose 1 to %d, or 0 for %d", maxPathSum, defaultMemory)}
	}
	if err := f.DoubleSeasonal.check(); err != nil {
		return DoubleOnline{}, err
	}
	if err := f.Final.check(f.DoubleSeasonal); err != nil {
		return DoubleOnline{}, err
	}
	o := DoubleOnline{
		d: f.DoubleSeasonal, level: f.Final.Level, trend: f.Final.Trend, last: f.Final.Last, sigma2: f.Variance,
		short: single(f.Final.Short), long: single(f.Final.Long), memory: int32(memory), n: min(int64(f.N), maxCount),
	}
	if err := o.check(); err != nil {
		return DoubleOnline{}, err
	}
	o.normalise()
	return o, nil
}

func single(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// check tells whether o can go on from where it is.
func (o *DoubleOnline) check() error {
	if err := o.d.check(); err != nil {
		return err
	}
	if err := o.state().check(o.d); err != nil {
		return err
	}
	if !(o.sigma2 >= 0 && o.sigma2 <= farthest*farthest) {
		return &InputError{"Variance", fmt.Sprintf("is %v", o.sigma2), "pass the variance of the errors, which is not negative and finite"}
	}
	if o.memory < 1 || o.n < 0 || o.n > maxCount || o.gap < 0 || o.gap > maxGap || o.at < 0 || int(o.at) >= o.d.Long {
		return &InputError{"counts of the state", "are out of range", "pass what MarshalBinary or MarshalJSON wrote"}
	}
	if !o.d.forgets() {
		return &InputError{"constants of DoubleSeasonal", "let old errors grow", "lower Beta, or Gamma and Omega"}
	}
	return nil
}

// forgets follows the effect of one error on the errors after it, which is that of an
// additive season, and tells whether it dies down.
func (d DoubleSeasonal) forgets() bool {
	d.Season = Additive
	s := DoubleState{Short: make([]float64, d.Short), Long: make([]float64, d.Long)}
	silence := make([]float64, d.Long)
	impulse := slices.Clone(silence)
	impulse[0] = 1
	d.run(impulse, nil, &s, nil)
	energy := func(seasons int) float64 {
		sum := 0.0
		for range seasons {
			sse, _, _, _ := d.run(silence, nil, &s, nil)
			sum += sse
		}
		return sum
	}
	early := energy(100)
	late := energy(100)
	return late < early || late < 1e-20
}

func (o *DoubleOnline) state() DoubleState {
	s := DoubleState{Level: o.level, Trend: o.trend, Last: o.last, Short: make([]float64, len(o.short)), Long: make([]float64, len(o.long))}
	for i := range s.Short {
		s.Short[i] = float64(o.short[(int(o.at)+i)%len(o.short)])
	}
	for i := range s.Long {
		s.Long[i] = float64(o.long[(int(o.at)+i)%len(o.long)])
	}
	return s
}

// now is the state before the next observation without its seasons, and where
// it stands in the long one.
func (o *DoubleOnline) now() (level, last float64, at int) {
	if o.gap == 0 {
		return o.level, o.last, int(o.at)
	}
	return o.after(o.gap)
}

func (o *DoubleOnline) after(steps int64) (level, last float64, at int) {
	return o.level + float64(float64(steps)*o.trend), float64(math.Pow(o.d.Phi, float64(steps)) * o.last), int((int64(o.at) + steps) % int64(o.d.Long))
}

// Update learns one observation and returns its error, the observation minus
// what was expected. It is of constant cost on average, some tens of
// nanoseconds, and does not allocate. A value that is NaN, infinite or beyond
// ±1e30 is refused with an [*InputError] and changes nothing. The variance does
// not learn from the first error after a gap.
func (o *DoubleOnline) Update(value float64) (float64, error) {
	if !(math.Abs(value) <= maxSingle) || o.d.Long == 0 {
		return 0, o.refused(value)
	}
	level, last, at := o.now()
	inShort := int(o.inShort)
	if o.gap > 0 {
		inShort = at % o.d.Short
	}
	base := level + o.trend
	inDay, inWeek := float64(o.short[inShort]), float64(o.long[at])
	both, expected := o.d.expected(base, inDay, inWeek)
	e := value - (expected + float64(o.d.Phi*last))
	next, trend, short, long := o.d.learn(value, level, base, o.trend, inDay, inWeek, both)
	last = value - expected
	if !(math.Abs(next) <= maxSingle && math.Abs(trend) <= maxSingle && math.Abs(short) <= maxSingle && math.Abs(long) <= maxSingle && math.Abs(last) <= farthest) {
		return 0, o.refused(value)
	}
	if o.gap == 0 {
		o.sigma2 += (float64(e*e) - o.sigma2) / float64(min(o.n+1, int64(o.memory)))
	}
	o.level, o.trend, o.last = next, trend, last
	o.short[inShort], o.long[at] = float32(short), float32(long)
	o.n = min(o.n+1, maxCount)
	o.gap = 0
	if inShort++; inShort == o.d.Short {
		inShort = 0
	}
	if at++; at == o.d.Long {
		at = 0
		o.normalise()
	}
	o.at, o.inShort = int32(at), int32(inShort)
	return e, nil
}

// maxSingle bounds what becomes a float32.
const maxSingle = 1e30

func (o *DoubleOnline) refused(value float64) error {
	if o.d.Long == 0 {
		return &InputError{"the zero DoubleOnline", "has no model", "make it with NewDoubleOnline"}
	}
	if math.Abs(value) <= maxSingle {
		return &InputError{fmt.Sprintf("value %v", value), "takes the states beyond what can be computed with", "scale the series, or fit again"}
	}
	return &InputError{fmt.Sprintf("value %v", value), "is no measurement", "leave it out and call Skip"}
}

// normalise moves what the long season has at each step of the short one to
// that, and the mean of that to the level.
func (o *DoubleOnline) normalise() {
	product := o.d.Season == Multiplicative
	cycles := float64(o.d.Long / o.d.Short)
	whole := 0.0
	for i := range o.short {
		mean := 0.0
		for j := i; j < len(o.long); j += len(o.short) {
			mean += float64(o.long[j])
		}
		mean /= cycles
		for j := i; j < len(o.long); j += len(o.short) {
			if product {
				o.long[j] = float32(max(float64(o.long[j])/mean, leastFactor))
			} else {
				o.long[j] = float32(float64(o.long[j]) - mean)
			}
		}
		v := float64(o.short[i]) + mean
		if product {
			v = max(float64(o.short[i])*mean, leastFactor)
		}
		o.short[i] = float32(v)
		whole += v / float64(len(o.short))
	}
	if product && !(math.Abs(o.level*whole) <= maxSingle && math.Abs(o.trend*whole) <= maxSingle) {
		return
	}
	for i, v := range o.short {
		if product {
			o.short[i] = float32(max(float64(v)/whole, leastFactor))
		} else {
			o.short[i] = float32(float64(v) - whole)
		}
	}
	if product {
		o.level *= whole
		o.trend *= whole
	} else {
		o.level += whole
	}
}

// Skip tells of steps without observation, as [Online.Skip].
func (o *DoubleOnline) Skip(steps int) {
	if steps > 0 && o.d.Long != 0 {
		o.gap = min(o.gap+min(int64(steps), maxGap), maxGap)
	}
}

// Gap is the number of steps since the last observation.
func (o DoubleOnline) Gap() int { return int(o.gap) }

// Expect is the point forecast of the k-th next step, from 1; 0 for k < 1. It
// is of constant cost and does not allocate.
func (o DoubleOnline) Expect(k int) float64 {
	if k < 1 || o.d.Long == 0 {
		return 0
	}
	steps := o.gap + min(int64(k), maxGap)
	level, last, at := o.after(steps)
	at = (at + o.d.Long - 1) % o.d.Long
	short, long := float64(o.short[at%o.d.Short]), float64(o.long[at])
	value := level + short + long
	if o.d.Season == Multiplicative {
		value = float64(level * float64(short*long))
	}
	return min(max(value+last, -farthest), farthest)
}

// Forecast is [DoubleFit.Forecast] from here, with the moving variance. After a
// gap the bands are those of so many more steps, of at most two long seasons; a
// longer gap gives a warning.
func (o DoubleOnline) Forecast(horizon int, level float64) (Forecast, error) {
	if o.d.Long == 0 {
		return Forecast{}, o.refused(0)
	}
	most := int64(2 * o.d.Long)
	if far := o.gap - most; far > 0 {
		l, last, at := o.after(far)
		o.level, o.last, o.at, o.gap = l, last, int32(at), most
		f, err := o.d.forecast(o.state(), o.sigma2, int(most), horizon, level)
		if err == nil {
			f.Warnings = append(f.Warnings, Warning{
				Code:   "long-gap",
				Text:   fmt.Sprintf("nothing was observed for %d steps; the bands count the last %d of them", far+most, most),
				Remedy: "fit again when there are observations",
			})
		}
		return f, err
	}
	return o.d.forecast(o.state(), o.sigma2, int(o.gap), horizon, level)
}

// Fit gives constants, the state before the next observation with gaps passed,
// variance and number of observations. It shares nothing with o.
func (o DoubleOnline) Fit() DoubleFit {
	if o.d.Long == 0 {
		return DoubleFit{}
	}
	level, last, at := o.now()
	o.level, o.last, o.at = level, last, int32(at)
	return DoubleFit{DoubleSeasonal: o.d, Final: o.state(), Variance: o.sigma2, N: int(o.n)}
}

// Clone is a copy that shares nothing with o.
func (o DoubleOnline) Clone() DoubleOnline {
	o.short, o.long = slices.Clone(o.short), slices.Clone(o.long)
	return o
}
