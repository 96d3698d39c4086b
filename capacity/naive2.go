package capacity

import (
	"context"
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Naive2 is the reference of the M4 competition: the last value, after a
// multiplicative season has been taken out and with that season put back, where
// a test finds one (Makridakis, Spiliotis and Assimakopoulos 2020, International
// Journal of Forecasting 36). OWA is measured against it.
//
// There is a season if the history has at least three periods and the
// autocorrelation at lag m = Period exceeds
//
//	1.645·√((1 + 2·Σ_{k<m} r_k²)/n).
//
// The season is that of classical decomposition: means by place of the ratio of
// values to the centred moving average of m steps, scaled to a mean of 1.
// Histories with values of 0 or less have no multiplicative season and are
// taken as they are. Gaps within are interpolated before.
//
// The competition gave Naive2 no intervals; these are those of a random walk of
// the adjusted series, times the season.
type Naive2 struct {
	Period int     // as of SeasonalNaive
	Level  float64 // as of SeasonalNaive
}

// Forecast implements Forecaster. The time is in proportion to n·Period at
// worst, and to n where the season is plain.
// Warnings: no-interval, as of SeasonalNaive.
func (n Naive2) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	level, err := levelOr(n.Level)
	if err != nil {
		return Forecast{}, err
	}
	if err := ctx.Err(); err != nil {
		return Forecast{}, err
	}
	if n.Period < 0 {
		return Forecast{}, problem("period", fmt.Sprint(n.Period), "a season has at least 1 step", "write 24 for a day of hours, or 0")
	}
	period := n.Period
	if period == 0 {
		period = PeriodOf(s.Step)
	}
	x := interpolated(s)
	season := []float64{1}
	if period > 1 && seasonal(x, period) {
		if figure, ok := multiplicative(x, period); ok {
			season = figure
		}
	}
	f := newForecast("Naive2", s, horizon, level)
	m := len(season)
	for i := range x {
		x[i] /= season[i%m]
	}
	sigma, _ := lagDeviation(Series{Values: x}, 1)
	if len(x) < 2 {
		f.warn("no-interval", "keep a longer history", "the history holds no two values to compare; the width of the interval is unknown and left at 0")
	}
	z := stat.NormalQuantile((1 + level) / 2)
	for h := range horizon {
		factor := season[(len(x)+h)%m]
		f.Mean[h] = clampFinite(x[len(x)-1] * factor)
		half := z * sigma * math.Sqrt(float64(h+1)) * factor
		f.Lower[h], f.Upper[h] = clampFinite(f.Mean[h]-half), clampFinite(f.Mean[h]+half)
	}
	return f, nil
}

// interpolated is the values with gaps filled: linearly between neighbours, with
// the nearest value at the ends.
func interpolated(s Series) []float64 {
	x := make([]float64, len(s.Values))
	copy(x, s.Values)
	if s.Mask == nil {
		return x
	}
	before := -1
	for i := 0; i <= len(x); i++ {
		if i < len(x) && s.Mask[i] {
			continue
		}
		for j := before + 1; j < i; j++ {
			switch {
			case before < 0 && i < len(x):
				x[j] = s.Values[i]
			case i == len(x) && before >= 0:
				x[j] = s.Values[before]
			case before >= 0:
				w := float64(j-before) / float64(i-before)
				x[j] = float64(x[before]*(1-w)) + float64(x[i]*w)
			}
		}
		before = i
	}
	return x
}

// seasonal is the test of M4 for a season of m steps. As r_k² is within 0 and 1,
// the lags below m are looked at only until they cannot change the answer: none
// of them for most long histories.
func seasonal(x []float64, m int) bool {
	if len(x)/3 < m {
		return false
	}
	var total stat.Sum
	for _, v := range x {
		total = total.Add(v)
	}
	mean := total.Value() / float64(len(x))
	covariance := func(k int) float64 {
		sum := 0.0
		for i := k; i < len(x); i++ {
			sum += float64((x[i] - mean) * (x[i-k] - mean))
		}
		return sum
	}
	variance := covariance(0)
	if !(variance > 0) || math.IsInf(variance, 0) {
		return false
	}
	r := math.Abs(covariance(m) / variance)
	exceeds := func(squares float64) bool { return r > 1.645*math.Sqrt(squares/float64(len(x))) }
	squares := 1.0
	for k := 1; k < m; k++ {
		if !exceeds(squares) {
			return false
		}
		if exceeds(squares + float64(2*(m-k))) {
			return true
		}
		r := covariance(k) / variance
		squares += float64(2 * r * r)
	}
	return exceeds(squares)
}

// multiplicative is the season of classical decomposition; ok is false where
// there is none with finite factors above 0.
func multiplicative(x []float64, m int) (figure []float64, ok bool) {
	for _, v := range x {
		if v <= 0 {
			return nil, false
		}
	}
	sums, counts := make([]float64, m), make([]float64, m)
	half := m / 2
	inner := windowSums(x, m-1+m%2) // the values of whole weight
	for i := half; i+half < len(x); i++ {
		sum := inner[i-half+1-m%2]
		if m%2 == 0 {
			sum += float64(0.5*x[i-half]) + float64(0.5*x[i+half])
		}
		sums[i%m] += float64(x[i] * float64(m) / sum)
		counts[i%m]++
	}
	total := 0.0
	for p := range m {
		sums[p] /= counts[p]
		total += sums[p]
	}
	for p := range m {
		sums[p] /= total / float64(m)
		if !(sums[p] > 0) || math.IsInf(sums[p], 0) {
			return nil, false
		}
	}
	return sums, true
}

// windowSums is the sum of each window of so many values, by its first. A window
// is the end of a block of values and the beginning of the next one, so nothing
// is subtracted, and a great value leaves no trace where it is gone.
func windowSums(x []float64, width int) []float64 {
	if width > len(x) {
		return nil
	}
	sums := make([]float64, len(x)-width+1)
	for block := 0; block < len(sums); block += width {
		end, sum := min(block+width, len(sums)), 0.0
		for i := block + width - 1; i >= block; i-- {
			if sum += x[i]; i < end {
				sums[i] = sum
			}
		}
		sum = 0
		for i := block + 1; i < end; i++ {
			sum += x[i+width-1]
			sums[i] += sum
		}
	}
	return sums
}
