package ets

import (
	"fmt"
	"math"
)

// Fit estimates the five constants by least squares of the one-step errors from
// the start values of Smooth, Phi in (−0.99, 0.99) and the others in [0, 1],
// whatever their values in d. What is found is a local minimum, the same for
// the same input. Errors are as of Smooth. The cost is that of up to two
// thousand runs.
func (d DoubleSeasonal) Fit(values []float64, mask []bool) (DoubleFit, error) {
	d.Alpha, d.Beta, d.Gamma, d.Omega, d.Phi = 0.1, 0.01, 0.1, 0.1, 0
	if err := d.check(); err != nil {
		return DoubleFit{}, err
	}
	start, err := d.start(values, mask)
	if err != nil {
		return DoubleFit{}, err
	}
	s := start.clone()
	set := func(x []float64) {
		d.Alpha, d.Beta, d.Gamma, d.Omega, d.Phi = max(x[0], 1e-6), x[1], x[2], x[3], 0.99*(2*x[4]-1)
	}
	set(searchCube(5, func(x []float64) float64 {
		set(x)
		s.Level, s.Trend, s.Last = start.Level, start.Trend, start.Last
		copy(s.Short, start.Short)
		copy(s.Long, start.Long)
		sse, _, _, _ := d.run(values, mask, &s, nil)
		if !finite(sse) || !usable(s.Level) || !usable(s.Trend) {
			return math.Inf(1)
		}
		return sse
	}))
	return d.SmoothFrom(values, mask, start, 0)
}

// Forecast gives mean and band of the next steps. The mean is Taylor's: the
// recursion without autocorrelation, and Phi^h times the last error; it leaves
// out what the states would learn from errors that are expected already. Of
// additive seasons the variance is that of the errors times 1 + ψ_1² + … + ψ_{h−1}² with
//
//	ψ_j = Phi·ψ_{j−1} + Alpha·(1 + j·Beta) + (1−Alpha)·(Gamma·[Short divides j] + Omega·[Long divides j]),  ψ_0 = 1
//
// exactly; of multiplicative ones what an error teaches the level is divided by
// the factors of its own step and multiplied by those of step h, to first order in
// the errors, and the horizon may be 10000. Forecast.Model names only error and
// trend. Errors are as of [Fit.Forecast].
func (f DoubleFit) Forecast(horizon int, level float64) (Forecast, error) {
	if err := f.DoubleSeasonal.check(); err != nil {
		return Forecast{}, err
	}
	if err := f.Final.check(f.DoubleSeasonal); err != nil {
		return Forecast{}, err
	}
	return f.DoubleSeasonal.forecast(f.Final, f.Variance, 0, horizon, level)
}

// forecast leaves out the first skip steps.
func (d DoubleSeasonal) forecast(s DoubleState, variance float64, skip, horizon int, level float64) (Forecast, error) {
	check := checkHorizon
	if d.Season == Multiplicative {
		check = checkProductHorizon
	}
	if err := check(horizon); err != nil {
		return Forecast{}, err
	}
	if err := checkLevel(level); err != nil {
		return Forecast{}, err
	}
	if !(variance >= 0 && variance <= farthest*farthest) {
		return Forecast{}, &InputError{"Variance", fmt.Sprintf("is %v", variance), "pass the variance of the errors, which is not negative and finite"}
	}
	out := newForecast(Model{Error: Additive, Trend: Additive}, horizon, level)
	total := skip + horizon
	var gain, factor []float64
	if d.Season == Multiplicative {
		gain, factor = make([]float64, total), make([]float64, total)
	}
	psi, sum, last := 1.0, 0.0, s.Last
	for k := range total {
		last = float64(d.Phi * last)
		if k > 0 {
			c := float64(d.Alpha * (1 + float64(float64(k)*d.Beta)))
			if k%d.Short == 0 {
				c += float64((1 - d.Alpha) * d.Gamma)
			}
			if k%d.Long == 0 {
				c += float64((1 - d.Alpha) * d.Omega)
			}
			psi = float64(d.Phi*psi) + c
			if gain != nil {
				gain[k] = c
			}
		}
		base := s.Level + float64(float64(k+1)*s.Trend)
		short, long := s.Short[k%d.Short], s.Long[k%d.Long]
		mean := base + short + long + last
		if factor != nil {
			factor[k] = float64(short * long)
			mean = float64(base*factor[k]) + last
		}
		sum += float64(psi * psi)
		i := k - skip
		if i < 0 {
			continue
		}
		out.Mean[i], out.Variance[i] = mean, variance*sum
		if factor != nil {
			own, learnt, power := 1.0, 0.0, 1.0
			for j := 1; j <= k; j++ {
				power = float64(power * d.Phi)
				learnt = float64(d.Phi*learnt) + gain[j]/factor[k-j]
				p := power + float64(factor[k]*learnt)
				own += float64(p * p)
			}
			out.Variance[i] = variance * own
		}
		if math.IsNaN(out.Variance[i]) || math.IsNaN(mean) {
			out.Variance[i] = math.Inf(1) // refused below
		}
	}
	return out.banded()
}
