package capacity

import (
	"context"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/srekit/ownership/internal/stat"
)

// Linear forecasts the line of least squares: the model of predict_linear, with intervals.
//
// They are Student's prediction intervals for values that vary independently and normally
// around one line. Operational series seldom do: they have seasons and wander, for which the
// interval is too narrow; the warning correlated-residuals says where that shows.
type Linear struct {
	Level float64 `json:"level,omitempty"` // of the intervals, in (0, 1); 0 is 0.95
	// Paths is how many joint futures are drawn, for peaks and saturation; 0 is 500, negative
	// draws none. They differ in the line too, not only around it.
	Paths int    `json:"paths,omitempty"`
	Seed  uint64 `json:"seed,omitempty"` // of the paths
}

// TheilSen forecasts the line of FitTheilSen, which up to 29 % of outliers do not turn. Its
// intervals combine the interval of the slope with the quantiles of what is left around the line, as
// independent: outliers that recur stay in them.
type TheilSen struct {
	Level float64 `json:"level,omitempty"` // as of Linear
	Paths int     `json:"paths,omitempty"`
	Seed  uint64  `json:"seed,omitempty"`
}

// Drift forecasts a random walk with drift: the last value plus the mean change of a step
// (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.2),
// for levels that wander, as of disks. A step k after the last value has the variance
// σ²·(k + k²/T), T being the steps between first and last value; the second part is the
// uncertainty of the drift. Gaps count as the steps they are.
type Drift struct {
	Level float64 `json:"level,omitempty"` // as of Linear
	Paths int     `json:"paths,omitempty"`
	Seed  uint64  `json:"seed,omitempty"`
}

// Forecast implements Forecaster. Warnings: no-interval, where fewer than three values leave
// no spread to estimate; correlated-residuals. Linear cost.
func (o Linear) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	f, err := trendForecast(ctx, "linear", s, horizon, o.Level, o.Paths)
	if err != nil {
		return Forecast{}, err
	}
	l, err := FitLine(s)
	if err != nil {
		return Forecast{}, err
	}
	t, n, degrees := 0., float64(l.N), float64(l.N-2)
	if l.Sigma > 0 {
		t = stat.StudentTQuantile(degrees, (1+f.Level)/2)
	}
	sd := make([]float64, horizon)
	for h := range horizon {
		x := float64(len(s.Values) + h)
		sd[h] = l.Sigma
		if l.Spread > 0 {
			sd[h] *= math.Sqrt(1 + 1/n + (x-l.Center)*(x-l.Center)/l.Spread)
		}
		f.set(h, l.At(x), t*sd[h], t*sd[h])
	}
	f.spreadWarnings(l.N > 2, s, l)
	f.Peak = normalPeak(f.Mean, times(sd, t/stat.NormalQuantile((1+f.Level)/2)), (1+f.Level)/2)
	if l.Sigma > 0 {
		f.draw(o.Paths, o.Seed, func(r *rand.Rand, path []float64) {
			// The scale, the line and the values are drawn in turn, so that the marginals are Student's.
			sigma := l.Sigma / math.Sqrt(chiSquare(r, degrees)/degrees)
			level, slope := sigma*r.NormFloat64()/math.Sqrt(n), l.Slope+sigma*r.NormFloat64()/math.Sqrt(l.Spread)
			for h := range path {
				d := float64(len(s.Values)+h) - l.Center
				path[h] = l.At(l.Center) + level + slope*d + sigma*r.NormFloat64()
			}
		})
	}
	return f, nil
}

// Forecast implements Forecaster. Warnings as of Linear. The cost is that of FitTheilSen.
func (o TheilSen) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	f, err := trendForecast(ctx, "Theil-Sen", s, horizon, o.Level, o.Paths)
	if err != nil {
		return Forecast{}, err
	}
	l, err := FitTheilSen(ctx, s)
	if err != nil {
		return Forecast{}, err
	}
	var rest []float64
	for i, y := range s.Values {
		if !s.Missing(i) {
			rest = append(rest, clampFinite(y-l.At(float64(i))))
		}
	}
	// Of n values left, the ranks of the level among n+1: the next is one of them.
	n := float64(len(rest))
	p := min(1, (1+f.Level)/2*(n+1)/n)
	low, high := min(0, stat.Quantile(rest, 1-p)), max(0, stat.Quantile(rest, p))
	if p == 1 && n > 2 { // too few for that rank: no less than as if they were normal
		half := clampFinite(stat.StudentTQuantile(n-2, (1+f.Level)/2) * l.Sigma * math.Sqrt(1+1/n))
		low, high = min(low, -half), max(high, half)
	}
	middle := stat.Median(rest)
	z := stat.NormalQuantile((1 + f.Level) / 2)
	widen := z / stat.NormalQuantile(0.975) // the slope's interval is at 95 %
	sd := make([]float64, horizon)
	for h := range horizon {
		d := float64(len(s.Values)+h) - l.Center
		below, above := (l.Slope-l.SlopeLow)*d*widen, (l.SlopeHigh-l.Slope)*d*widen
		f.set(h, l.At(float64(len(s.Values)+h))+middle, math.Hypot(below, low), math.Hypot(above, high))
		sd[h] = (f.Upper[h] - f.Mean[h]) / z
	}
	f.spreadWarnings(len(rest) > 2, s, l)
	f.Peak = normalPeak(f.Mean, sd, (1+f.Level)/2)
	f.draw(o.Paths, o.Seed, func(r *rand.Rand, path []float64) {
		turn := r.NormFloat64() / stat.NormalQuantile(0.975)
		if turn < 0 {
			turn *= l.Slope - l.SlopeLow
		} else {
			turn *= l.SlopeHigh - l.Slope
		}
		for h := range path {
			d := float64(len(s.Values)+h) - l.Center
			path[h] = l.At(float64(len(s.Values)+h)) + turn*d + rest[r.IntN(len(rest))]
		}
	})
	return f, nil
}

// Walk is the random walk that Drift sees in s, from its last step on, for the first passage
// without sampling: a gap at the end counts as steps already drifted, and its variance is left out.
// Errors are those of CheckForecast.
func (o Drift) Walk(s Series) (RandomWalk, error) {
	if err := CheckForecast(s, 1); err != nil {
		return RandomWalk{}, err
	}
	w, last, _, _ := walk(s)
	w.Level = clampFinite(w.Level + w.Drift*float64(len(s.Values)-1-last))
	return w, nil
}

// walk is the random walk at the last observed value, its step, the steps from the first,
// and how many changes there are.
func walk(s Series) (w RandomWalk, last, span, changes int) {
	first, before := -1, -1
	for i, y := range s.Values {
		if !s.Missing(i) {
			if first < 0 {
				first = i
			}
			last, w.Level = i, y
		}
	}
	if span = last - first; span == 0 {
		return w, last, 0, 0
	}
	w.Drift = clampFinite((w.Level - s.Values[first]) / float64(span))
	var sum stat.Sum
	for i, y := range s.Values {
		if s.Missing(i) {
			continue
		}
		if before >= 0 {
			k := float64(i - before)
			d := y - s.Values[before] - k*w.Drift
			sum = sum.Add(min(d*d/k, math.MaxFloat64/maxSteps))
			changes++
		}
		before = i
	}
	if changes > 1 {
		w.Sigma = math.Sqrt(sum.Value() / float64(changes-1))
	}
	return w, last, span, changes
}

// Forecast implements Forecaster, with Student's quantiles for the changes seen. Warnings:
// no-interval, where fewer than three values leave no spread to estimate. Linear cost.
func (o Drift) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	f, err := trendForecast(ctx, "drift", s, horizon, o.Level, o.Paths)
	if err != nil {
		return Forecast{}, err
	}
	w, last, span, changes := walk(s)
	t := 0.
	if changes > 1 {
		t = stat.StudentTQuantile(float64(changes-1), (1+f.Level)/2)
	}
	sd := make([]float64, horizon)
	for h := range horizon {
		k := float64(len(s.Values) + h - last)
		sd[h] = w.Sigma * math.Sqrt(k+k*k/float64(max(1, span)))
		f.set(h, w.Level+k*w.Drift, t*sd[h], t*sd[h])
	}
	f.spreadWarnings(changes > 1, s, Line{})
	f.Peak = normalPeak(f.Mean, times(sd, t/stat.NormalQuantile((1+f.Level)/2)), (1+f.Level)/2)
	if w.Sigma > 0 {
		f.draw(o.Paths, o.Seed, func(r *rand.Rand, path []float64) {
			degrees := float64(changes - 1)
			sigma := w.Sigma / math.Sqrt(chiSquare(r, degrees)/degrees)
			drift := w.Drift + sigma*r.NormFloat64()/math.Sqrt(float64(span))
			x, age := w.Level, float64(len(s.Values)-1-last) // through the gap at the end
			x += drift*age + sigma*math.Sqrt(age)*r.NormFloat64()
			for h := range path {
				x += drift + sigma*r.NormFloat64()
				path[h] = x
			}
		})
	}
	return f, nil
}

// maxPathValues bounds the values of all paths of a forecast: a gibibyte.
const maxPathValues = 1 << 27

// draw sets the paths, each written by fill, and the peak that they show.
func (f *Forecast) draw(count int, seed uint64, fill func(r *rand.Rand, path []float64)) {
	n := len(f.Mean)
	if count == 0 {
		count = min(500, maxPathValues/n)
	}
	if count < 0 {
		return
	}
	r := rand.New(rand.NewPCG(seed, 0))
	all := make([]float64, count*n)
	f.Paths = make([][]float64, count)
	for i := range f.Paths {
		f.Paths[i] = all[i*n : (i+1)*n : (i+1)*n]
		fill(r, f.Paths[i])
		for h, v := range f.Paths[i] {
			f.Paths[i][h] = clampFinite(v)
		}
	}
	f.Peak = peakOfPaths(f.Paths, (1+f.Level)/2)
}

// trendForecast is an empty forecast with the arguments checked.
func trendForecast(ctx context.Context, name string, s Series, horizon int, level float64, paths int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	level, err := levelOr(level)
	if err != nil {
		return Forecast{}, err
	}
	if paths > maxPathValues/horizon {
		return Forecast{}, problem("paths", strconv.Itoa(paths), "more futures than can be held", "draw 500")
	}
	return newForecast(name, s, horizon, level), ctx.Err()
}

// set writes one step from its mean and the distances to both ends of the interval.
func (f *Forecast) set(h int, mean, below, above float64) {
	f.Mean[h] = clampFinite(mean)
	f.Lower[h], f.Upper[h] = min(f.Mean[h], clampFinite(mean-below)), max(f.Mean[h], clampFinite(mean+above))
}

// spreadWarnings says where an interval rests on little, or on what does not hold.
func (f *Forecast) spreadWarnings(known bool, s Series, l Line) {
	if !known {
		f.warn("no-interval", "keep a longer history", "the history is too short to tell how values vary; the width of the interval is unknown and left at 0")
		return
	}
	if l.Sigma == 0 {
		return
	}
	var cross, square stat.Sum
	pairs := 0
	for i := 1; i < len(s.Values); i++ {
		if s.Missing(i) || s.Missing(i-1) {
			continue
		}
		a, b := (s.Values[i-1]-l.At(float64(i-1)))/l.Sigma, (s.Values[i]-l.At(float64(i)))/l.Sigma
		cross, square = cross.Add(a*b), square.Add(b*b)
		pairs++
	}
	if r := cross.Value() / square.Value(); pairs > 10 && r > 0.1+2/math.Sqrt(float64(pairs)) {
		f.warn("correlated-residuals", "use a forecaster that knows seasons, or measure the coverage by a backtest", "neighbouring values lie on the same side of the line (correlation %.2f); the interval is too narrow", r)
	}
}

func times(x []float64, by float64) []float64 {
	for i := range x {
		x[i] *= by
	}
	return x
}

// chiSquare draws from the law of a sum of so many squares, by Marsaglia and Tsang (2000,
// ACM TOMS 26) for degrees of 2 and more; 1 is a square itself.
func chiSquare(r *rand.Rand, degrees float64) float64 {
	if degrees < 2 {
		z := r.NormFloat64()
		return max(z*z, 1e-12)
	}
	d := degrees/2 - 1./3
	for {
		z := r.NormFloat64()
		v := 1 + z/math.Sqrt(9*d)
		if v = v * v * v; v > 0 && math.Log(1-r.Float64()) < z*z/2+d-d*v+d*math.Log(v) {
			return 2 * d * v
		}
	}
}
