package synth

import "math"

// mostEvents limits the events of one slot, so that counts stay exact in a
// float64.
const mostEvents = 1 << 50

// normal draws from the standard normal distribution by Marsaglia's polar
// method.
func (s *source) normal() float64 {
	for {
		u, v := float64(2*s.uniform())-1, float64(2*s.uniform())-1
		r := float64(u*u) + float64(v*v)
		if r < 1 && r > 0 {
			return float64(u * math.Sqrt(float64(-2*log(r))/r))
		}
	}
}

// gamma draws from the gamma distribution with the given shape > 0 and mean
// shape (Marsaglia & Tsang 2000, with their power of a uniform below 1).
func (s *source) gamma(shape float64) float64 {
	if shape < 1 {
		boost := exp(log(s.uniform()) / shape)
		return float64(s.gamma(shape+1) * boost)
	}
	d := shape - 1./3
	c := 1 / math.Sqrt(9*d)
	for {
		x := s.normal()
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = float64(v * float64(v*v))
		u, xx := s.uniform(), float64(x*x)
		if u < 1-float64(0.0331*float64(xx*xx)) { // most of the time, without logarithms
			return float64(d * v)
		}
		if log(u) < float64(xx/2)+float64(d*(1-v+log(v))) {
			return float64(d * v)
		}
	}
}

// poisson draws from the Poisson distribution: by inversion below a mean of
// 10, above by transformed rejection (PTRS, Hörmann 1993).
func (s *source) poisson(mean float64) float64 {
	switch {
	case !(mean > 0):
		return 0
	case mean < 10:
		u, p := s.uniform(), exp(-mean)
		k := 0.0
		for u > p && k < 200 {
			u -= p
			k++
			p = float64(p * mean / k)
		}
		return k
	}
	mean = min(mean, mostEvents)
	b := 0.931 + float64(2.53*math.Sqrt(mean))
	a := -0.059 + float64(0.02483*b)
	alpha := 1.1239 + 1.1328/(b-3.4)
	vr := 0.9277 - 3.6224/(b-2)
	for {
		u, v := s.uniform()-0.5, s.uniform()
		us := 0.5 - math.Abs(u)
		k := math.Floor(float64((float64(2*a)/us+b)*u) + mean + 0.43)
		if us >= 0.07 && v <= vr {
			return k
		}
		if k < 0 || (us < 0.013 && v > us) {
			continue
		}
		if log(float64(v*alpha)/(a/float64(us*us)+b)) <= logPoisson(k, mean) {
			return k
		}
	}
}

// negativeBinomial draws a Poisson count whose mean varies from slot to slot
// as a gamma variable: mean m, variance m + dispersion·m².
func (s *source) negativeBinomial(mean, dispersion float64) float64 {
	if !(dispersion > 0) || !(mean > 0) {
		return s.poisson(mean)
	}
	shape := 1 / dispersion
	return s.poisson(mean * (s.gamma(shape) / shape))
}

// binomial draws the number of successes in n trials: by inversion where n·p
// is below 10, above by transformed rejection (BTRS, Hörmann 1993).
func (s *source) binomial(n, p float64) float64 {
	switch {
	case !(n > 0) || !(p > 0):
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - s.binomial(n, 1-p)
	case n*p < 10:
		u, f := s.uniform(), exp(n*log1p(-p))
		odds := p / (1 - p)
		k := 0.0
		for u > f && k < min(n, 200) {
			u -= f
			k++
			f = float64(f * odds * ((n - k + 1) / k))
		}
		return k
	}
	np := float64(n * p)
	spread := math.Sqrt(np * (1 - p))
	b := 1.15 + float64(2.53*spread)
	a := -0.0873 + float64(0.0248*b) + float64(0.01*p)
	vr := 0.92 - 4.2/b
	alpha := (2.83 + 5.1/b) * spread
	top := logBinomial(math.Floor((n+1)*p), n, p)
	for {
		u, v := s.uniform()-0.5, s.uniform()
		us := 0.5 - math.Abs(u)
		k := math.Floor(float64((float64(2*a)/us+b)*u) + np + 0.5)
		if us >= 0.07 && v <= vr {
			return k
		}
		if k < 0 || k > n {
			continue
		}
		if log(float64(v*alpha)/(a/float64(us*us)+b)) <= logBinomial(k, n, p)-top {
			return k
		}
	}
}

// betaBinomial draws the successes of n trials whose common chance varies from
// slot to slot as a beta variable with mean p; correlation, in [0, 1), is that
// between two trials of a slot. The variance is n·p·(1-p)·(1+(n-1)·correlation).
func (s *source) betaBinomial(n, p, correlation float64) float64 {
	if !(correlation > 0) || p <= 0 || p >= 1 {
		return s.binomial(n, p)
	}
	weight := (1 - correlation) / correlation
	x, y := s.gamma(p*weight), s.gamma((1-p)*weight)
	if x+y > 0 {
		p = x / (x + y)
	}
	return s.binomial(n, p)
}

// logPoisson returns the logarithm of the Poisson probability of k in the
// saddle-point form of Loader (2000), which does not cancel at large means.
func logPoisson(k, mean float64) float64 {
	if k == 0 {
		return -mean
	}
	return -stirling(k) - deviance(k, mean) - float64(0.5*log(float64(2*math.Pi*k)))
}

// logBinomial returns the logarithm of the binomial probability of k out of n
// (Loader 2000).
func logBinomial(k, n, p float64) float64 {
	switch {
	case k == 0:
		return float64(n * log1p(-p))
	case k == n:
		return float64(n * log(p))
	}
	return stirling(n) - stirling(k) - stirling(n-k) -
		deviance(k, float64(n*p)) - deviance(n-k, float64(n*(1-p))) +
		float64(0.5*log(n/(float64(2*math.Pi*k)*(n-k))))
}

// deviance returns k·log(k/mean) + mean - k, for k > 0.
func deviance(k, mean float64) float64 {
	return float64(-k * log1pmx((mean-k)/k))
}

// stirling returns log k! less Stirling's formula, log(√(2πk)·(k/e)^k), for
// k >= 1.
func stirling(k float64) float64 {
	if k < 16 {
		factorial := 1.0
		for i := 2.0; i <= k; i++ {
			factorial *= i
		}
		return log(factorial) - float64(0.5*log(float64(2*math.Pi*k))) - float64(k*log(k)) + k
	}
	z := 1 / float64(k*k)
	return (1./12 - float64(z*(1./360-float64(z*(1./1260-float64(z*(1./1680))))))) / k
}
