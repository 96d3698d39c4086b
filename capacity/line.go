package capacity

import (
	"context"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Line is a straight line through a series, value = Intercept + Slope·i at step i.
type Line struct {
	Intercept float64 `json:"intercept"` // at step 0, in the unit of the series
	Slope     float64 `json:"slope"`     // a step
	// Sigma is the standard deviation of the values around the line: for least squares the
	// unbiased one with N − 2 degrees of freedom, for Theil-Sen 1.4826 times the median
	// absolute deviation. 0 where two points or fewer leave nothing to estimate.
	Sigma float64 `json:"sigma"`
	N     int     `json:"n"` // observed values
	// SlopeLow and SlopeHigh bound the slope at the level of 95 %, for values that vary
	// independently around the line: Student's interval, or for Theil-Sen the order
	// statistics of Sen (1968, JASA 63). They equal Slope where there are too few values.
	SlopeLow  float64 `json:"slope_low"`
	SlopeHigh float64 `json:"slope_high"`

	// Center is the mean of the observed steps and Spread the sum of squares around it.
	Center float64 `json:"center"`
	Spread float64 `json:"spread"`
}

// At is the line's value at step i, which may lie outside the series.
func (l Line) At(i float64) float64 { return l.Intercept + l.Slope*i }

// FitLine is the line of least squares through the observed values of s. One value gives a
// level line. Errors are those of CheckForecast. Linear cost.
func FitLine(s Series) (Line, error) {
	if err := CheckForecast(s, 1); err != nil {
		return Line{}, err
	}
	var sx, sy stat.Sum
	n := 0
	for i, y := range s.Values {
		if !s.Missing(i) {
			sx, sy = sx.Add(float64(i)), sy.Add(y)
			n++
		}
	}
	l := Line{N: n, Center: sx.Value() / float64(n)}
	level := sy.Value() / float64(n)
	var sxx, sxy stat.Sum
	for i, y := range s.Values {
		if !s.Missing(i) {
			dx := float64(i) - l.Center
			sxx, sxy = sxx.Add(dx*dx), sxy.Add(dx*(y-level))
		}
	}
	if l.Spread = sxx.Value(); l.Spread > 0 {
		l.Slope = clampFinite(sxy.Value() / l.Spread)
	}
	l.Intercept = clampFinite(level - l.Slope*l.Center)
	if n > 2 {
		var sse stat.Sum
		for i, y := range s.Values {
			if !s.Missing(i) {
				r := y - level - l.Slope*(float64(i)-l.Center)
				sse = sse.Add(min(r*r, math.MaxFloat64/maxSteps))
			}
		}
		l.Sigma = math.Sqrt(sse.Value() / float64(n-2))
	}
	half := 0.
	if n > 2 {
		half = stat.StudentTQuantile(float64(n-2), 0.975) * l.Sigma / math.Sqrt(l.Spread)
	}
	l.SlopeLow, l.SlopeHigh = clampFinite(l.Slope-half), clampFinite(l.Slope+half)
	return l, nil
}

// FitTheilSen is the line whose slope is the median of the slopes of all pairs of observed
// values (Theil 1950; Sen 1968), and whose intercept is the median of what is left: up to
// 29 % of the values may be outliers. Errors: those of CheckForecast, and the end of ctx.
//
// The median is exact and takes O(n·log n) time and O(n) memory: 10 ms for 1,344
// values, 2 s for 100,000.
func FitTheilSen(ctx context.Context, s Series) (Line, error) {
	if err := CheckForecast(s, 1); err != nil {
		return Line{}, err
	}
	x, y := make([]float64, 0, len(s.Values)), make([]float64, 0, len(s.Values))
	for i, v := range s.Values {
		if !s.Missing(i) {
			x, y = append(x, float64(i)), append(y, v)
		}
	}
	l := Line{N: len(x), Center: stat.Total(x) / float64(len(x))}
	if len(x) > 1 {
		all, err := newSlopes(ctx, x, y), error(nil)
		if l.Slope, err = all.median(); err != nil {
			return Line{}, err
		}
		l.SlopeLow, l.SlopeHigh = l.Slope, l.Slope
		if len(x) > 3 {
			if l.SlopeLow, l.SlopeHigh, err = all.interval(); err != nil {
				return Line{}, err
			}
		}
	}
	rest := make([]float64, len(x))
	for i := range rest {
		rest[i] = clampFinite(y[i] - l.Slope*x[i])
		l.Spread += (x[i] - l.Center) * (x[i] - l.Center)
	}
	l.Intercept = stat.Median(rest)
	for i := range rest {
		rest[i] = math.Abs(rest[i] - l.Intercept)
	}
	if len(x) > 2 {
		l.Sigma = clampFinite(1.482602218505602 * stat.Median(rest))
	}
	return l, nil
}

// interval is the range of slopes between the ranks N/2 ± z·√(n(n−1)(2n+5)/18)/2 of all N
// slopes, at 95 % (Sen 1968, section 4): Kendall's statistic is approximately normal.
func (s *slopes) interval() (low, high float64, err error) {
	n := float64(len(s.x))
	half := stat.NormalQuantile(0.975) * math.Sqrt(n*(n-1)*(2*n+5)/18) / 2
	middle := float64(s.pairs()) / 2
	if low, _, err = s.ranked(max(0, int64(middle-half)-1)); err != nil {
		return 0, 0, err
	}
	high, _, err = s.ranked(min(s.pairs()-1, int64(middle+half)))
	return low, high, err
}

// Crossing is when a line of least squares reaches a value, in steps from the first of the
// series (fractions count), with the interval of Fieller (1954, JRSS B 16): the places x that
// the test of Intercept + Slope·x = value does not refuse at the level.
type Crossing struct {
	At    float64 `json:"at"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"`
	// Bounded is false where the slope may be 0 at this level, so that the line may never get
	// there, and where two points leave nothing to estimate: then Low and High are 0.
	Bounded bool `json:"bounded"`
}

// Crossing is where the line reaches a value. The interval is that of the mean line, not of
// single values, which scatter around it and reach the value earlier; for those use
// Saturation. Errors: a level line, a value that is not finite, a level outside (0, 1).
func (l Line) Crossing(value, level float64) (Crossing, error) {
	if !finite(value) {
		return Crossing{}, problem("value", number(value), "not a finite number", "write the limit")
	}
	if !(level > 0 && level < 1) {
		return Crossing{}, problem("level", number(level), "not between 0 and 1", "write 0.95 for 95 %")
	}
	at := (value - l.Intercept) / l.Slope
	if !finite(at) {
		return Crossing{}, problem("slope", number(l.Slope), "a level line crosses nothing", "wait until the series has a trend")
	}
	c := Crossing{At: at, Level: level}
	if l.N <= 2 || l.Spread <= 0 {
		return c, nil
	}
	// With d = x − x̄, m = value − ȳ and q = t·Sigma the ends solve
	// (b² − q²/S)·d² − 2·m·b·d + m² − q²/n = 0.
	q := stat.StudentTQuantile(float64(l.N-2), (1+level)/2) * l.Sigma
	m, b := value-l.At(l.Center), l.Slope
	square := b*b - q*q/l.Spread
	root := math.Sqrt(m*m*b*b - square*(m*m-q*q/float64(l.N)))
	low, high := l.Center+(m*b-root)/square, l.Center+(m*b+root)/square
	if c.Bounded = square > 0 && finite(low) && finite(high); c.Bounded {
		c.Low, c.High = low, high
	}
	return c, nil
}
