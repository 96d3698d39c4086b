package capacity

import (
	"math"
	"slices"
)

// autoregression is yₜ = intercept + Σ weights[j]·yₜ₋ₗₐ₉ₛ[j]. Without lags it is a
// constant.
type autoregression struct {
	intercept float64
	lags      []int
	weights   []float64
}

// regress fits an autoregression by weighted least squares, drawn towards prior
// by ridge times the mean variance of the regressors (nil: towards 0). Targets of
// weight 0 do not count; importance nil weighs all alike. Where there are fewer
// than two targets for each lag, ok is false.
//
// The normal equations take n·p²/2 multiplications and a Cholesky decomposition.
func regress(y, importance []float64, lags []int, ridge float64, prior []float64) (a autoregression, ok bool) {
	p := len(lags)
	first := slices.Max(lags)
	n := len(y) - first
	if n < 1 {
		return a, false
	}
	total, targets, centre := 0.0, 0, 0.0
	for t := first; t < len(y); t++ {
		w := 1.0
		if importance != nil {
			w = importance[t]
		}
		if w != 0 {
			targets++
		}
		total += w
		centre += w * y[t]
	}
	if targets < 2*p || !(total > 0) {
		return a, false
	}
	centre /= total
	// Columns are the series again, moved by the lags; the last is the targets.
	// About centre, so that nothing cancels when their means are taken out.
	centred := make([]float64, len(y))
	for t, v := range y {
		centred[t] = v - centre
	}
	column := func(j int) []float64 {
		if j == p {
			return centred[first:]
		}
		return centred[first-lags[j]:][:n]
	}
	gram, right, mean := make([]float64, p*p), make([]float64, p), make([]float64, p+1)
	weighted := make([]float64, n)
	for i := range p + 1 {
		x := column(i)
		sum := 0.0
		for t, v := range x {
			if importance != nil {
				v *= importance[first+t]
			}
			weighted[t] = v
			sum += v
		}
		mean[i] = sum / total
		if i == p {
			for j := range p {
				right[j] = dot(weighted, column(j)) - sum*mean[j]
			}
			break
		}
		for j := range i + 1 {
			gram[i*p+j] = dot(weighted, column(j)) - sum*mean[j]
		}
	}
	if prior != nil { // what is left of the targets after it
		for i := range p {
			for j := range p {
				right[i] -= prior[j] * gram[max(i, j)*p+min(i, j)]
			}
		}
	}
	trace := 0.0
	for i := range p {
		trace += gram[i*p+i]
	}
	for i := range p {
		gram[i*p+i] += (ridge+1e-9)*trace/float64(p) + 1e-30
	}
	if !choleskySolve(gram, right, p) {
		return a, false
	}
	a = autoregression{centre + mean[p], lags, right}
	for j := range right {
		if prior != nil {
			right[j] += prior[j]
		}
		a.intercept -= right[j] * (centre + mean[j])
	}
	return a, finite(a.intercept)
}

// dot is Σ xᵢ·yᵢ in four sums, so that none waits for the one before.
func dot(x, y []float64) float64 {
	var a, b, c, d float64
	y = y[:len(x)]
	for len(x) >= 4 && len(y) >= 4 {
		a += x[0] * y[0]
		b += x[1] * y[1]
		c += x[2] * y[2]
		d += x[3] * y[3]
		x, y = x[4:], y[4:]
	}
	for i, v := range x {
		a += v * y[i]
	}
	return (a + b) + (c + d)
}

// choleskySolve solves a·x = b in place for a positive definite p×p matrix of
// which the lower triangle is read and destroyed; false where it is not.
func choleskySolve(a, b []float64, p int) bool {
	for j := range p {
		d := a[j*p+j]
		for k := range j {
			d -= a[j*p+k] * a[j*p+k]
		}
		if !(d > 0) {
			return false
		}
		d = math.Sqrt(d)
		a[j*p+j] = d
		for i := j + 1; i < p; i++ {
			s := a[i*p+j]
			for k := range j {
				s -= a[i*p+k] * a[j*p+k]
			}
			a[i*p+j] = s / d
		}
	}
	for i := range p {
		for k := range i {
			b[i] -= a[i*p+k] * b[k]
		}
		b[i] /= a[i*p+i]
	}
	for i := p - 1; i >= 0; i-- {
		for k := i + 1; k < p; k++ {
			b[i] -= a[k*p+i] * b[k]
		}
		b[i] /= a[i*p+i]
	}
	return true
}

// forecast fills out with the values expected after y[:t], each clipped to
// [low, high] before the next is built on it. y[:t] holds the longest lag; lags
// rise.
func (a autoregression) forecast(y []float64, t int, low, high float64, out []float64) {
	near := 0 // lags within out
	for i := range out {
		for near < len(a.lags) && a.lags[near] <= i {
			near++
		}
		// The value before comes last, so that only it is waited for.
		s := a.intercept
		for j := len(a.lags) - 1; j >= near; j-- {
			s += a.weights[j] * y[t+i-a.lags[j]]
		}
		for j := near - 1; j >= 0; j-- {
			s += a.weights[j] * out[i-a.lags[j]]
		}
		out[i] = clip(s, low, high)
	}
}

// clip is x within [low, high].
func clip(x, low, high float64) float64 {
	switch {
	case x > high:
		return high
	case x < low:
		return low
	}
	return x
}

// seasonalLags are those of a sparse seasonal autoregression: the last three
// steps, and the steps around one and two seasons ago and around one longer
// season; each once, rising. For a day of hours within a week they are 1, 2, 3,
// 23, 24, 25, 47, 48, 49, 167, 168 and 169. prior is what they are drawn to: the
// last season again, and of today's distance from it nine tenths.
func seasonalLags(period, longer int) (lags []int, prior []float64) {
	around := []int{1, 2, 3}
	if period > 1 {
		around = append(around, period-1, period, period+1, 2*period-1, 2*period, 2*period+1)
	}
	if longer > 0 {
		around = append(around, longer-1, longer, longer+1)
	}
	for _, l := range around {
		k := 0
		for k < len(lags) && lags[k] < l {
			k++
		}
		if l < 1 || k < len(lags) && lags[k] == l {
			continue
		}
		lags = append(lags, 0)
		copy(lags[k+1:], lags[k:])
		lags[k] = l
	}
	prior = make([]float64, len(lags))
	if period == 1 {
		prior[0] = 1
		return lags, prior
	}
	for j, l := range lags {
		switch l {
		case 1:
			prior[j] += 0.9
		case period:
			prior[j] += 1
		case period + 1:
			prior[j] -= 0.9
		}
	}
	return lags, prior
}
