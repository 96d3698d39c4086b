package ets

import "math"

// pass runs one model over one series and keeps what the gradient needs. Its
// slices are reused from call to call.
//
// The recursion is written in u, the level with the slope already added, and
// c, the damped slope that will be added next:
//
//	d  = y − u − s            or  y/s − u      (season multiplicative)
//	q  = d                    or  y/u − s
//	c' = φ·(c + β·d)
//	u' = u + α·d + c'
//	s' = s + γ·q              used again one period later
//
// which is table 2.2 of Hyndman et al. (2008) with ℓ = u − c, b = c/φ. In this
// form u' depends on u through three operations only, so that the processor
// waits less. Errors of either kind give the same states; they differ in the
// likelihood.
type pass struct {
	model Model
	y     []float64
	mask  []bool // true: no observation; nil or as long as y
	n     int    // observed values
	m     int    // period, 0 without season
	floor float64

	u []float64 // before each step
	c []float64 // after each step, kept for damped trends only
	s []float64 // s[t] is used at t; s[:m] is the initial season, s[len(y):] the final one
	d []float64 // error of the step in the unit of the level, 0 at gaps
	e []float64 // relative error, kept for multiplicative errors only
	r []float64 // 1/fitted, kept for multiplicative errors only
	a []float64 // adjoint of s

	finalU, finalC float64
	sse            float64 // of the model's errors
	logf           float64 // sum of log |fitted|, only for multiplicative errors
}

// reset prepares the pass for a model over a series. The mask must be nil or
// as long as y.
func (w *pass) reset(m Model, y []float64, mask []bool) {
	w.model, w.y, w.mask = m, y, mask
	w.m = 0
	if m.Season != None {
		w.m = m.Period
	}
	w.n = observed(y, mask)
	peak := 0.0
	for t, v := range y {
		if mask == nil || !mask[t] {
			peak = max(peak, math.Abs(v))
		}
	}
	// Below this a sum of squares is rounding, and its logarithm noise.
	unit := 1e-13
	if m.Error == Additive {
		unit *= peak
	}
	w.floor = max(float64(w.n)*unit*unit, math.SmallestNonzeroFloat64)
	w.u = grow(w.u, len(y))
	w.d = grow(w.d, len(y))
	w.s = grow(w.s, len(y)+w.m)
	if m.Damped {
		w.c = grow(w.c, len(y))
	}
	if m.Error == Multiplicative {
		w.e = grow(w.e, len(y))
		w.r = grow(w.r, len(y))
	}
}

// grow gives a slice of length n, reusing the memory of s.
func grow(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// observed counts the values that are not masked.
func observed(y []float64, mask []bool) int {
	n := len(y)
	for _, gap := range mask {
		if gap {
			n--
		}
	}
	return n
}

// forward runs the model from a level and a slope and from the season in
// s[:m]. It gives the negative log-likelihood, which is not finite when the
// states have left the numbers.
func (w *pass) forward(p Parameters, level, trend float64) float64 {
	c := float64(p.Phi * trend)
	u := level + c
	switch w.model.Season {
	case None:
		w.forwardPlain(p, u, c)
	case Additive:
		w.forwardAdditive(p, u, c)
	default:
		w.forwardMultiplicative(p, u, c)
	}
	if w.model.Error == Multiplicative {
		w.relative()
	}
	return w.objective()
}

// objective is the negative log-likelihood of the last forward run, up to the
// constant n/2·(log(2π/n)+1), as in Hyndman et al. (2008), section 5.1.
func (w *pass) objective() float64 {
	f := float64(0.5 * float64(w.n) * logarithm(max(w.sse, w.floor)))
	if w.model.Error == Multiplicative {
		f += w.logf
	}
	return f
}

func (w *pass) forwardPlain(p Parameters, u, c float64) {
	y, us, ds := w.y, w.u[:len(w.y)], w.d[:len(w.y)]
	cs := w.slopes()
	phi, beta := p.Phi, float64(p.Phi*p.Beta)
	both := p.Alpha + beta
	keep := 1 - both
	gaps, mask := w.gaps()
	k := float64(phi * c)
	sse := 0.0
	for t, v := range y {
		if gaps && mask[t] {
			v = u
		}
		d := v - u
		us[t] = u
		ds[t] = d
		// k is φc. No product waits for d, which waits for u.
		c = (k + float64(beta*v)) - float64(beta*u)
		u = float64(keep*u) + (k + float64(both*v))
		k = c
		if cs != nil {
			cs[t] = c
			k = float64(phi * c)
		}
		sse += float64(d * d)
	}
	w.finalU, w.finalC, w.sse = u, c, sse
}

func (w *pass) forwardAdditive(p Parameters, u, c float64) {
	y, us, ds := w.y, w.u[:len(w.y)], w.d[:len(w.y)]
	old, next := w.s[:len(w.y)], w.s[w.m:][:len(w.y)]
	cs := w.slopes()
	phi, beta, gamma := p.Phi, float64(p.Phi*p.Beta), p.Gamma
	both := p.Alpha + beta
	keep := 1 - both
	gaps, mask := w.gaps()
	k := float64(phi * c)
	sse := 0.0
	if !gaps && cs == nil {
		// The loop below without its questions, which cost a fifth of the time.
		for t, v := range y {
			s := old[t]
			v -= s
			d := v - u
			us[t] = u
			ds[t] = d
			next[t] = s + float64(gamma*d)
			sse += float64(d * d)
			u, k = float64(keep*u)+(k+float64(both*v)), (k+float64(beta*v))-float64(beta*u)
		}
		w.finalU, w.finalC, w.sse = u, k, sse
		return
	}
	for t, v := range y {
		s := old[t]
		v -= s
		if gaps && mask[t] {
			v = u
		}
		d := v - u
		us[t] = u
		ds[t] = d
		c = (k + float64(beta*v)) - float64(beta*u)
		u = float64(keep*u) + (k + float64(both*v))
		k = c
		next[t] = s + float64(gamma*d)
		if cs != nil {
			cs[t] = c
			k = float64(phi * c)
		}
		sse += float64(d * d)
	}
	w.finalU, w.finalC, w.sse = u, c, sse
}

func (w *pass) forwardMultiplicative(p Parameters, u, c float64) {
	y, us, ds := w.y, w.u[:len(w.y)], w.d[:len(w.y)]
	old, next := w.s[:len(w.y)], w.s[w.m:][:len(w.y)]
	cs := w.slopes()
	phi, beta, gamma := p.Phi, float64(p.Phi*p.Beta), p.Gamma
	both := p.Alpha + beta
	keep := 1 - both
	gaps, mask := w.gaps()
	k := float64(phi * c)
	sse := 0.0
	for t, x := range y {
		s := old[t]
		v := x / s
		q := x/u - s
		if gaps && mask[t] {
			v, q = u, 0
		}
		d := v - u
		us[t] = u
		ds[t] = d
		c = (k + float64(beta*v)) - float64(beta*u)
		u = float64(keep*u) + (k + float64(both*v))
		k = c
		next[t] = s + float64(gamma*q)
		if cs != nil {
			cs[t] = c
			k = float64(phi * c)
		}
		e := float64(d * s)
		sse += float64(e * e)
	}
	w.finalU, w.finalC, w.sse = u, c, sse
}

// slopes is where a damped model keeps c; nil for the others.
func (w *pass) slopes() []float64 {
	if !w.model.Damped {
		return nil
	}
	return w.c[:len(w.y)]
}

// gaps gives the mask as long as the series and whether there is one.
func (w *pass) gaps() (bool, []bool) {
	if w.mask == nil {
		return false, nil
	}
	return true, w.mask[:len(w.y)]
}

// fitted is the one-step forecast of step t in the last forward run.
func (w *pass) fitted(t int) float64 {
	switch w.model.Season {
	case None:
		return w.u[t]
	case Additive:
		return w.u[t] + w.s[t]
	}
	return float64(w.u[t] * w.s[t])
}

// relative sums the squared relative errors and the logarithms of the fitted
// values. The logarithm is taken once, of a product kept in range by its
// exponent.
func (w *pass) relative() {
	const low, high = 0x1p-500, 0x1p500
	gaps, mask := w.gaps()
	season := w.model.Season
	us, ds, es, rs := w.u[:len(w.y)], w.d[:len(w.y)], w.e[:len(w.y)], w.r[:len(w.y)]
	ss := us // not read without a season
	if season != None {
		ss = w.s[:len(w.y)]
	}
	sse, product, exponent := 0.0, 1.0, 0
	for t, f := range us {
		d := ds[t]
		switch season {
		case Additive:
			f += ss[t]
		case Multiplicative:
			f = float64(f * ss[t])
			d = float64(d * ss[t])
		}
		r := 1 / f
		e := float64(d * r)
		es[t], rs[t] = e, r
		sse += float64(e * e)
		if gaps && mask[t] {
			continue
		}
		product = float64(product * f)
		if size := math.Abs(product); size < low || size > high {
			var shift int
			product, shift = math.Frexp(product)
			exponent += shift
		}
	}
	w.sse = sse
	w.logf = logarithm(math.Abs(product)) + float64(float64(exponent)*math.Ln2)
}

// final is the state after the last step of the last forward run.
func (w *pass) final(p Parameters) State {
	s := State{Level: w.finalU - w.finalC}
	if w.model.Trend != None {
		s.Trend = w.finalC / p.Phi
	}
	if w.m > 0 {
		s.Season = append([]float64(nil), w.s[len(w.y):len(w.y)+w.m]...)
	}
	return s
}
