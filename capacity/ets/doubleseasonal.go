package ets

import (
	"fmt"
	"math"
)

// DoubleSeasonal is exponential smoothing with two seasons, such as day and
// week of an hourly series, and a first-order autocorrelation of its errors
// (Taylor 2003, Journal of the Operational Research Society 54, 799). With an
// additive season
//
//	ŷ = l + b + s + w + Phi·r
//	l' = Alpha·(y − s − w) + (1−Alpha)(l + b)
//	b' = Beta·(l' − l) + (1−Beta)·b
//	s' = Gamma·(y − l' − w) + (1−Gamma)·s
//	w' = Omega·(y − l' − s) + (1−Omega)·w
//	r' = y − (l + b + s + w)
//
// and with a multiplicative one (Taylor's own form, and that of R's dshw)
// quotients in place of the differences and l + b times s·w. A gap leaves the
// constants out for its step and r' = Phi·r.
//
// The states of the long season are those of a week's hour on top of the day's.
// It needs no more than two weeks to start, and four or more to be of use.
type DoubleSeasonal struct {
	Alpha float64 `json:"alpha"` // of the level, (0, 1]
	Beta  float64 `json:"beta"`  // of the slope, [0, 1]
	Gamma float64 `json:"gamma"` // of the short season, [0, 1]
	Omega float64 `json:"omega"` // of the long season, [0, 1]
	Phi   float64 `json:"phi"`   // of the last error, (−1, 1)

	Season Component `json:"-"`     // Additive or Multiplicative, of both seasons
	Short  int       `json:"short"` // steps of the short season, at least 2
	Long   int       `json:"long"`  // steps of the long season, a multiple of Short
}

// DoubleState is what DoubleSeasonal knows between two observations. Short[0]
// and Long[0] are what the next one uses.
type DoubleState struct {
	Level, Trend float64
	Short, Long  []float64 // in the unit of the series, or factors
	Last         float64   // r, what the last observation was above level and seasons
}

// DoubleFit is a series run through DoubleSeasonal.
type DoubleFit struct {
	DoubleSeasonal DoubleSeasonal
	Initial        DoubleState // before step First
	Final          DoubleState // after the last step: what forecasts start from
	First          int
	Fitted         []float64 // one-step-ahead forecasts of the steps from First
	SSE            float64   // sum of the squared errors
	Variance       float64   // SSE divided by N
	N              int       // observed values from First on
}

// maxLong is a week of half minutes and more. It bounds the time that checking
// the constants takes.
const maxLong = 1 << 15

func (d DoubleSeasonal) check() error {
	wrong := func(what, reason, remedy string) error { return &InputError{"DoubleSeasonal: " + what, reason, remedy} }
	switch {
	case d.Season != Additive && d.Season != Multiplicative:
		return wrong("Season "+d.Season.String(), "is not one", "choose Additive or Multiplicative")
	case d.Short < 2 || d.Long <= d.Short || d.Long > maxLong || d.Long%d.Short != 0:
		return wrong(fmt.Sprintf("seasons of %d and %d steps", d.Short, d.Long), "are not nested", fmt.Sprintf("choose Short from 2, and for Long a multiple of it up to %d", maxLong))
	case !(d.Alpha > 0 && d.Alpha <= 1):
		return wrong(fmt.Sprintf("Alpha %v", d.Alpha), "smooths no level", "take a number above 0 and at most 1, or estimate it with Fit")
	case !(d.Phi > -1 && d.Phi < 1):
		return wrong(fmt.Sprintf("Phi %v", d.Phi), "is no autocorrelation", "take a number between -1 and 1, or estimate it with Fit")
	}
	for _, c := range []struct {
		name  string
		value float64
	}{{"Beta", d.Beta}, {"Gamma", d.Gamma}, {"Omega", d.Omega}} {
		if !(c.value >= 0 && c.value <= 1) {
			return wrong(fmt.Sprintf("%s %v", c.name, c.value), "smooths nothing", "take a number from 0 to 1, or estimate it with Fit")
		}
	}
	return nil
}

func (s DoubleState) check(d DoubleSeasonal) error {
	bad := func(what, reason string) error {
		return &InputError{"state of DoubleSeasonal: " + what, reason, "pass the state of a fit, or let Smooth start it"}
	}
	if !usable(s.Level) || !usable(s.Trend) || !usable(s.Last) {
		return bad("level, slope or last error", "is not finite")
	}
	if len(s.Short) != d.Short || len(s.Long) != d.Long {
		return bad("seasons", fmt.Sprintf("have %d and %d states for %d and %d steps", len(s.Short), len(s.Long), d.Short, d.Long))
	}
	for _, season := range [][]float64{s.Short, s.Long} {
		for i, v := range season {
			if !usable(v) || d.Season == Multiplicative && v <= 0 {
				return bad(fmt.Sprintf("seasonal state %d", i), fmt.Sprintf("is %v", v))
			}
		}
	}
	return nil
}

// Smooth runs the recursion with start values from the first two long seasons: a
// centred moving average over the long season tells what each of its steps is
// above (or times) the level, one over the short season the same for that,
// which is taken from the first. The first forecast is of the first value.
// Gaps in the two seasons are replaced as in [HoltWinters.Smooth].
//
// The error is an [*InputError], as of [HoltWinters.Smooth]. The cost is some
// ten nanoseconds a step.
func (d DoubleSeasonal) Smooth(values []float64, mask []bool) (DoubleFit, error) {
	if err := d.check(); err != nil {
		return DoubleFit{}, err
	}
	start, err := d.start(values, mask)
	if err != nil {
		return DoubleFit{}, err
	}
	return d.SmoothFrom(values, mask, start, 0)
}

// start gives the start values of Smooth.
func (d DoubleSeasonal) start(values []float64, mask []bool) (DoubleState, error) {
	long := HoltWinters{Alpha: 1, Trend: true, Season: d.Season, Period: d.Long}
	whole, _, err := long.start(values, mask)
	if err != nil {
		return DoubleState{}, err
	}
	window, err := filled(values[:2*d.Long], mask, d.Long)
	if err != nil {
		return DoubleState{}, err
	}
	// Mean over the whole short seasons in the window of what the long
	// profile has at each step of the short one.
	short := make([]float64, d.Short)
	for j, v := range whole.Season {
		short[j%d.Short] += v / float64(d.Long/d.Short)
	}
	s := DoubleState{Trend: whole.Trend, Short: short, Long: whole.Season}
	total := 0.0
	for _, v := range window {
		total += v
	}
	// The mean of the window is the level in its middle, half a step after
	// the last value of the first season.
	s.Level = total/float64(len(window)) - float64((float64(d.Long)+0.5)*s.Trend)
	level, mean := s.Level, 0.0
	for _, v := range short {
		mean += v / float64(d.Short)
	}
	if d.Season == Multiplicative {
		if !(mean > 0) || !(level > 0) {
			return DoubleState{}, &InputError{"series", "has no level above 0 in its first two seasons", "take additive seasons"}
		}
		for k := range short {
			short[k] = max(short[k]/mean, leastFactor)
		}
		for j := range s.Long {
			s.Long[j] = max(s.Long[j]/short[j%d.Short], leastFactor)
		}
		return s, nil
	}
	for k := range short {
		short[k] -= mean
	}
	for j := range s.Long {
		s.Long[j] -= short[j%d.Short]
	}
	return s, nil
}

// SmoothFrom runs the recursion from given start values; first is the first
// step to forecast.
func (d DoubleSeasonal) SmoothFrom(values []float64, mask []bool, start DoubleState, first int) (DoubleFit, error) {
	if err := d.check(); err != nil {
		return DoubleFit{}, err
	}
	if err := checkValues(values, mask); err != nil {
		return DoubleFit{}, err
	}
	if err := start.check(d); err != nil {
		return DoubleFit{}, err
	}
	if first < 0 || first >= len(values) {
		return DoubleFit{}, &InputError{fmt.Sprintf("first %d", first), fmt.Sprintf("lies outside the %d values", len(values)), "pass the index of the first value to forecast"}
	}
	f := DoubleFit{DoubleSeasonal: d, Initial: start.clone(), First: first, Fitted: make([]float64, len(values)-first)}
	s := start.clone()
	var short, long int
	f.SSE, f.N, short, long = d.run(values[first:], after(mask, first), &s, f.Fitted)
	if !finite(f.SSE) || !usable(s.Level) || !usable(s.Trend) {
		return DoubleFit{}, &InputError{"the recursion", "leaves the numbers", "scale the series; multiplicative seasons need values well above 0"}
	}
	f.Final = DoubleState{Level: s.Level, Trend: s.Trend, Last: s.Last,
		Short: append(append([]float64(nil), s.Short[short:]...), s.Short[:short]...),
		Long:  append(append([]float64(nil), s.Long[long:]...), s.Long[:long]...)}
	if f.N > 0 {
		f.Variance = f.SSE / float64(f.N)
	}
	return f, nil
}

func after(mask []bool, first int) []bool {
	if mask == nil {
		return nil
	}
	return mask[first:]
}

func (s DoubleState) clone() DoubleState {
	s.Short = append([]float64(nil), s.Short...)
	s.Long = append([]float64(nil), s.Long...)
	return s
}

// run moves s over the series, its seasons as rings.
func (d DoubleSeasonal) run(values []float64, mask []bool, s *DoubleState, fitted []float64) (sse float64, n, short, long int) {
	level, trend, last := s.Level, s.Trend, s.Last
	for i, y := range values {
		base := level + trend
		both, expected := d.expected(base, s.Short[short], s.Long[long])
		f := expected + float64(d.Phi*last)
		if fitted != nil {
			fitted[i] = f
		}
		if mask != nil && mask[i] {
			level, last = base, float64(d.Phi*last)
		} else {
			e := y - f
			sse += float64(e * e)
			n++
			last = y - expected
			level, trend, s.Short[short], s.Long[long] = d.learn(y, level, base, trend, s.Short[short], s.Long[long], both)
		}
		if short++; short == d.Short {
			short = 0
		}
		if long++; long == d.Long {
			long = 0
		}
	}
	s.Level, s.Trend, s.Last = level, trend, last
	return sse, n, short, long
}

// expected is what both seasons add up to or multiply by, and the value at that and
// a base of level and slope.
func (d *DoubleSeasonal) expected(base, short, long float64) (both, value float64) {
	if d.Season == Multiplicative {
		both = float64(short * long)
		return both, float64(base * both)
	}
	both = short + long
	return both, base + both
}

// learn is the states after a value, from the level before, base and so on. Its
// arguments are plain numbers, which pass in registers.
func (d *DoubleSeasonal) learn(y, before, base, trend, short, long, both float64) (level, slope, nextShort, nextLong float64) {
	if d.Season == Multiplicative {
		level = float64(d.Alpha*(y/both)) + float64((1-d.Alpha)*base)
		nextShort, nextLong = short, long
		if math.Abs(level) > 1e-9*math.Abs(y) { // else the seasons cannot be told
			nextShort = max(float64(d.Gamma*(y/float64(level*long)))+float64((1-d.Gamma)*short), leastFactor)
			nextLong = max(float64(d.Omega*(y/float64(level*short)))+float64((1-d.Omega)*long), leastFactor)
		}
	} else {
		level = float64(d.Alpha*(y-both)) + float64((1-d.Alpha)*base)
		nextShort = float64(d.Gamma*(y-level-long)) + float64((1-d.Gamma)*short)
		nextLong = float64(d.Omega*(y-level-short)) + float64((1-d.Omega)*long)
	}
	slope = float64(d.Beta*(level-before)) + float64((1-d.Beta)*trend)
	return level, slope, nextShort, nextLong
}
