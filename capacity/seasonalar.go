package capacity

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/stat"
)

// SeasonalAR is one sparse autoregression: on the last three steps, and on the
// steps around one and two seasons ago and around one longer season; in logarithms
// where all values are above 0. It is the strongest single member of Default, for
// where a forecast has to cost little.
//
// The coefficients are least squares with a slight draw to the last season again;
// paths add residuals drawn with replacement, step by step (residual bootstrap,
// Efron and Tibshirani 1993, section 8.6), one draw for all lags, so that they are
// joint. Values of a path stay within the range of the history and half of it
// more. It does not clip spikes and does not follow shifts; its residuals are
// stretched by what makes rehearsed intervals hold their level on public series.
type SeasonalAR struct {
	// Periods are as in Default: the season in steps, and a longer one or none.
	// Empty is PeriodOf the step and a week where the history holds four.
	Periods []int
	// Level is that of the intervals, in (0, 1); 0 is 0.95.
	Level float64
	// Paths is how many there are, at least 50; 0 is 200.
	Paths int
	// Seed chooses among the possible paths.
	Seed uint64
}

// residualStretch makes up for residuals of a fit being smaller than errors.
const residualStretch = 1.1

// Forecast implements Forecaster. The seasonal naive forecast stands in for a history
// that is shorter than the longest lag and twice as many steps as there are lags, with the
// warning short-history.
func (a SeasonalAR) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	d := Default{Periods: a.Periods, Level: a.Level}
	level, err := d.check(s, horizon)
	if err != nil {
		return Forecast{}, err
	}
	if a.Paths != 0 && (a.Paths < 50 || a.Paths > pathValues/horizon) {
		return Forecast{}, problem("paths", strconv.Itoa(a.Paths), "not within 50 to "+strconv.Itoa(pathValues/horizon), "write 200, or 0")
	}
	if err := ctx.Err(); err != nil {
		return Forecast{}, err
	}
	if len(d.Periods) == 0 {
		d.Periods = []int{PeriodOf(s.Step)}
	}
	period, longer := d.periods(s)
	known := s
	if keep := min(longestHistory, max(shortestHistory, 28*period)); s.Len() > keep {
		known = s.Slice(s.Len()-keep, s.Len())
	}
	if known.Len() < 4*longer {
		longer = 0
	}
	lags, prior := seasonalLags(period, longer)
	standIn := func() (Forecast, error) {
		run, err := d.standIn(ctx, s, s, horizon, period, ensembleRun{level: level})
		return run.forecast, err
	}
	n := known.Len()
	if n < lags[len(lags)-1]+2*len(lags) || known.Observed() == 0 {
		return standIn()
	}
	p := prepared{period: period, longer: longer, gap: known.Mask, asMeasured: make([]float64, n)}
	low, high := spanOf(known)
	p.unit, p.nonNegative = max(math.Abs(low), math.Abs(high)), low >= 0
	if p.unit == 0 {
		p.unit = 1
	}
	for i, v := range known.Values {
		if !known.Missing(i) {
			p.asMeasured[i] = v / p.unit
		}
	}
	p.fill()
	p.clean = p.asMeasured
	p.setRange()
	low, high = p.limits(horizon)
	y, inLogs := p.asMeasured, p.low > 1e-9*p.high
	if inLogs {
		y = make([]float64, n)
		for i, v := range p.asMeasured {
			y[i] = math.Log(v)
		}
		low, high = math.Log(low), math.Log(high)
	}
	model, ok := regress(y, p.observed(), lags, drawPlain, prior)
	if !ok {
		return standIn()
	}
	name := "seasonal autoregression"
	if inLogs {
		name += " of logarithms"
	}
	f := newForecast(name+" "+fmt.Sprint(lags), s, horizon, level)
	model.forecast(y, n, low, high, f.Mean)
	residuals := model.residuals(y, known.Mask)
	count := a.Paths
	if count == 0 {
		count = max(50, min(200, pathValues/horizon))
	}
	f.Paths = model.paths(y, residuals, low, high, count, horizon, a.Seed)
	world := func(values []float64) {
		for i, v := range values {
			if inLogs {
				v = math.Exp(v)
			}
			values[i] = worldly(v, p.unit)
		}
	}
	world(f.Mean)
	column := make([]float64, count)
	for k, path := range f.Paths {
		world(path)
		column[k] = slices.Max(path)
	}
	quantile := func(q float64) float64 { return stat.SelectInPlace(column, min(count-1, int(q*float64(count)))) }
	f.Peak = Peak{(1 + level) / 2, quantile(0.5), quantile((1 + level) / 2)}
	for i := range horizon {
		for k, path := range f.Paths {
			column[k] = path[i]
		}
		f.Lower[i], f.Upper[i] = min(f.Mean[i], quantile((1-level)/2)), max(f.Mean[i], quantile((1+level)/2))
	}
	f.Peak.Upper = max(f.Peak.Upper, slices.Max(f.Upper))
	return f, nil
}

// residuals are those of the fit where the target is not a gap, less their mean.
func (a autoregression) residuals(y []float64, gap []bool) []float64 {
	first := slices.Max(a.lags)
	out := make([]float64, 0, len(y)-first)
	sum := 0.0
	for t := first; t < len(y); t++ {
		if gap != nil && gap[t] {
			continue
		}
		e := y[t] - a.intercept
		for j, l := range a.lags {
			e -= a.weights[j] * y[t-l]
		}
		out = append(out, e)
		sum += e
	}
	for i := range out {
		out[i] -= sum / float64(len(out))
	}
	return out
}

// paths are count futures after y. What the history adds to each step is the same
// for all of them and computed once.
func (a autoregression) paths(y, residuals []float64, low, high float64, count, horizon int, seed uint64) [][]float64 {
	base := make([]float64, horizon)
	for i := range base {
		base[i] = a.intercept
		for j, l := range a.lags {
			if l > i {
				base[i] += a.weights[j] * y[len(y)+i-l]
			}
		}
	}
	random := rand.New(rand.NewPCG(seed, uint64(len(y))))
	values := make([]float64, count*horizon)
	paths := make([][]float64, count)
	for k := range paths {
		out := values[k*horizon : (k+1)*horizon : (k+1)*horizon]
		near := 0
		for i := range out {
			for near < len(a.lags) && a.lags[near] <= i {
				near++
			}
			x := base[i] + residualStretch*residuals[random.Uint64N(uint64(len(residuals)))]
			for j := near - 1; j >= 0; j-- {
				x += a.weights[j] * out[i-a.lags[j]]
			}
			out[i] = clip(x, low, high)
		}
		paths[k] = out
	}
	return paths
}
