package capacity

import (
	"context"
	"math"
	"strconv"

	"github.com/srekit/ownership/internal/stat"
)

// BoxCox is the power transformation (Box and Cox 1964, JRSS B 26) in the form of Bickel and
// Doksum (1981, JASA 76), which takes negative values where Lambda is above 0:
//
//	x = (sign(y)·|y|^λ − 1)/λ, and ln y for λ = 0.
//
// The zero value is the logarithm. It makes a season that grows with the level even. As a
// Forecaster, with Base, it forecasts the transformed series and transforms back.
type BoxCox struct {
	Lambda float64 `json:"lambda"` // in [−1, 2]; 1 changes nothing but the origin
	// Base forecasts the transformed series; only Forecast needs it.
	Base Forecaster `json:"-"`
	// Median leaves the point forecast at the transformed one, which is a median; otherwise
	// it is corrected to a mean.
	Median bool `json:"median,omitempty"`
}

// Transform is x of y. NaN where there is none: y of 0 or less for a Lambda of 0 or less.
func (b BoxCox) Transform(y float64) float64 {
	switch {
	case b.Lambda <= 0 && !(y > 0):
		return math.NaN()
	case b.Lambda == 0:
		return math.Log(y)
	case b.Lambda > 0 && y == 0:
		return -1 / b.Lambda
	case y < 0:
		return -(math.Pow(-y, b.Lambda) + 1) / b.Lambda
	case math.Abs(b.Lambda*math.Log(y)) < 0.1: // near 1 the power cancels
		return math.Expm1(b.Lambda*math.Log(y)) / b.Lambda
	}
	return (math.Pow(y, b.Lambda) - 1) / b.Lambda
}

// Inverse is y of x. For a Lambda below 0 every y has x < −1/λ; what lies beyond gives the
// largest number there is.
func (b BoxCox) Inverse(x float64) float64 {
	if b.Lambda == 0 {
		return clampFinite(math.Exp(x))
	}
	base := b.Lambda*x + 1
	switch {
	case b.Lambda < 0 && base <= 0:
		return math.MaxFloat64
	case base < 0:
		return clampFinite(-math.Pow(-base, 1/b.Lambda))
	case math.Abs(b.Lambda*x) < 0.1:
		return clampFinite(math.Exp(math.Log1p(b.Lambda*x) / b.Lambda))
	}
	return clampFinite(math.Pow(base, 1/b.Lambda))
}

// InverseMean is the mean of y where x has this mean and variance, to the second order
// (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.6):
//
//	y·(1 + variance·(1 − λ)/(2·(λ·x + 1)²)), for λ = 0 exp(x)·(1 + variance/2).
//
// Inverse alone is the median.
func (b BoxCox) InverseMean(x, variance float64) float64 {
	y, base := b.Inverse(x), b.Lambda*x+1
	if base == 0 || !(variance > 0) {
		return y
	}
	return clampFinite(y * (1 + variance*(1-b.Lambda)/(2*base*base)))
}

// Forecast implements Forecaster. Lower, Upper, Peak and Paths are transformed back as they
// are, for quantiles stay quantiles. Errors: those of Base, no Base, a Lambda outside
// [−1, 2], values that cannot be transformed.
func (b BoxCox) Forecast(ctx context.Context, s Series, horizon int) (Forecast, error) {
	if err := CheckForecast(s, horizon); err != nil {
		return Forecast{}, err
	}
	var p problems
	if !(b.Lambda >= -1 && b.Lambda <= 2) {
		p.add("lambda", number(b.Lambda), "not within -1 to 2", "write 0 for the logarithm, or use GuerreroLambda")
	}
	if b.Base == nil {
		p.add("base", "nil", "nothing forecasts the transformed series", "set Base, such as to ETS{}")
	}
	if err := p.err(); err != nil {
		return Forecast{}, err
	}
	t := s
	t.Values = make([]float64, len(s.Values))
	for i, y := range s.Values {
		if s.Missing(i) {
			continue
		}
		if t.Values[i] = b.Transform(y); !finite(t.Values[i]) {
			p.add("values["+strconv.Itoa(i)+"]", number(y), "has no finite transform with lambda "+number(b.Lambda), "take a lambda above 0, or mask the value")
		}
	}
	if err := p.err(); err != nil {
		return Forecast{}, err
	}
	f, err := b.Base.Forecast(ctx, t, horizon)
	if err != nil {
		return Forecast{}, err
	}
	g := newForecast("Box-Cox("+strconv.FormatFloat(b.Lambda, 'g', 3, 64)+") of "+f.Model, s, horizon, f.Level)
	g.Warnings = f.Warnings
	z := stat.NormalQuantile((1 + f.Level) / 2)
	for h, x := range f.Mean {
		g.Lower[h], g.Upper[h] = b.Inverse(f.Lower[h]), b.Inverse(f.Upper[h])
		sd := (f.Upper[h] - f.Lower[h]) / (2 * z)
		if g.Mean[h] = b.InverseMean(x, sd*sd); b.Median {
			g.Mean[h] = b.Inverse(x)
		}
		g.Lower[h], g.Upper[h] = min(g.Lower[h], g.Mean[h]), max(g.Upper[h], g.Mean[h])
	}
	if f.Peak.Level > 0 {
		g.Peak = Peak{f.Peak.Level, b.Inverse(f.Peak.Median), b.Inverse(f.Peak.Upper)}
	}
	for _, path := range f.Paths {
		back := make([]float64, len(path))
		for h, x := range path {
			back[h] = b.Inverse(x)
		}
		g.Paths = append(g.Paths, back)
	}
	return g, nil
}

// GuerreroLambda is the Lambda in [−1, 2] that makes the spread within seasons as even as can
// be (Guerrero 1993, Journal of Forecasting 12): with mean m and standard deviation s of
// each whole season it minimises the coefficient of variation of s/m^(1−λ). A period below 2
// counts as 2. Seasons with gaps are left out.
//
// Errors: those of Check, values of 0 or less, fewer than two whole seasons.
func GuerreroLambda(s Series, period int) (float64, error) {
	if err := s.Check(); err != nil {
		return 0, err
	}
	period = max(2, period)
	var means, deviations []float64
	for end := len(s.Values); end >= period; end -= period {
		var sum, square stat.Sum
		gap := false
		for i := end - period; i < end; i++ {
			gap = gap || s.Missing(i)
			if !s.Missing(i) && !(s.Values[i] > 0) {
				return 0, problem("values["+strconv.Itoa(i)+"]", number(s.Values[i]), "not above 0", "add a constant, or choose lambda by hand")
			}
			sum = sum.Add(s.Values[i])
		}
		if gap {
			continue
		}
		mean := sum.Value() / float64(period)
		for i := end - period; i < end; i++ {
			d := s.Values[i]/mean - 1
			square = square.Add(d * d)
		}
		means = append(means, mean)
		deviations = append(deviations, math.Sqrt(square.Value()/float64(period-1)))
	}
	if len(means) < 2 {
		return 0, problem("values", strconv.Itoa(len(s.Values))+" steps", "fewer than two whole seasons of "+strconv.Itoa(period), "give a longer history")
	}
	scale := stat.Median(means)
	variation := func(lambda float64) float64 {
		var sum, square float64
		for i, m := range means { // (s/m)·m^λ, in units that change nothing
			r := deviations[i] * math.Pow(m/scale, lambda)
			sum += r
		}
		mean := sum / float64(len(means))
		for i, m := range means {
			d := deviations[i]*math.Pow(m/scale, lambda) - mean
			square += d * d
		}
		return math.Sqrt(square) / mean
	}
	// The best of a grid, then by golden section within its neighbours.
	best, least := 1., math.Inf(1)
	for k := range 31 {
		lambda := -1 + 0.1*float64(k)
		if v := variation(lambda); v < least {
			best, least = lambda, v
		}
	}
	low, high := max(-1, best-0.1), min(2, best+0.1)
	const section = 0.6180339887498949
	for high-low > 1e-9 {
		a, b := high-section*(high-low), low+section*(high-low)
		if variation(a) <= variation(b) {
			high = b
		} else {
			low = a
		}
	}
	return low + (high-low)/2, nil
}
