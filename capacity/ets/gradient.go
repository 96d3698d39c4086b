package ets

// gradient is the derivative of the negative log-likelihood in everything that
// a fit estimates. The one of the initial season stands in pass.a[:m].
type gradient struct {
	alpha, beta, gamma, phi float64
	level, trend            float64
}

// backward differentiates the objective of the last forward run, with respect
// to the parameters and the whole initial state, in one sweep from the last
// step to the first. It is the adjoint of the recursion in pass: what one step
// computes from u, c and s, this hands back to them. Where the objective is
// held at its floor the gradient is zero.
func (w *pass) backward(p Parameters, trend float64) gradient {
	w.a = grow(w.a, len(w.s))
	clear(w.a[len(w.y):])
	k := 0.0
	if w.sse > w.floor {
		k = float64(w.n) / w.sse
	}
	var g gradient
	var lu, lc float64
	switch w.model.Season {
	case None:
		lu, lc = w.backwardPlain(p, k, &g)
	case Additive:
		lu, lc = w.backwardAdditive(p, k, &g)
	default:
		lu, lc = w.backwardMultiplicative(p, k, &g)
	}
	// u = level + c, c = φ·trend.
	lc += lu
	g.level = lu
	g.trend = float64(p.Phi * lc)
	g.phi += float64(trend * lc)
	return g
}

// direct is the derivative of the objective in the fitted value f of a step
// with error d = y − f: −k·d, or 1/f − k·e·(1+e)/f with e = d/f.
func direct(relative bool, k, d, f float64) float64 {
	if !relative {
		return -float64(k * d)
	}
	r := 1 / f
	e := float64(d * r)
	return float64(r * (1 - float64(k*float64(e*(1+e)))))
}

func (w *pass) backwardPlain(p Parameters, k float64, g *gradient) (lu, lc float64) {
	relative := w.model.Error == Multiplicative
	us, ds, cs := w.u[:len(w.y)], w.d[:len(w.y)], w.slopes()
	gaps, mask := w.gaps()
	phi, beta := p.Phi, p.Phi*p.Beta
	var ga, gb, gp float64
	for t := len(us) - 1; t >= 0; t-- {
		d := ds[t]
		lc += lu
		ga += float64(d * lu)
		gb += float64(d * lc)
		if cs != nil {
			gp += float64(cs[t] * lc)
		}
		if !gaps || !mask[t] {
			v := direct(relative, k, d, us[t])
			lu += v - (float64(p.Alpha*lu) + float64(beta*lc))
		}
		lc = float64(phi * lc)
	}
	g.alpha, g.beta, g.phi = ga, phi*gb, gp/phi
	return lu, lc
}

func (w *pass) backwardAdditive(p Parameters, k float64, g *gradient) (lu, lc float64) {
	relative := w.model.Error == Multiplicative
	us, ds, cs := w.u[:len(w.y)], w.d[:len(w.y)], w.slopes()
	ss := w.s[:len(us)]
	next, old := w.a[w.m:][:len(us)], w.a[:len(us)]
	gaps, mask := w.gaps()
	alpha, phi, beta, gamma := p.Alpha, p.Phi, p.Phi*p.Beta, p.Gamma
	var ga, gb, gg, gp float64
	for t := len(us) - 1; t >= 0; t-- {
		d, ls := ds[t], next[t]
		lc += lu
		ga += float64(d * lu)
		gb += float64(d * lc)
		gg += float64(d * ls)
		if cs != nil {
			gp += float64(cs[t] * lc)
		}
		h := 0.0
		if !gaps || !mask[t] {
			h = direct(relative, k, d, us[t]+ss[t]) - float64(gamma*ls) - (float64(alpha*lu) + float64(beta*lc))
		}
		lu += h
		old[t] = ls + h
		lc = float64(phi * lc)
	}
	g.alpha, g.beta, g.gamma, g.phi = ga, phi*gb, gg, gp/phi
	return lu, lc
}

func (w *pass) backwardMultiplicative(p Parameters, k float64, g *gradient) (lu, lc float64) {
	relative := w.model.Error == Multiplicative
	us, ds, cs := w.u[:len(w.y)], w.d[:len(w.y)], w.slopes()
	ss := w.s[:len(us)]
	next, old := w.a[w.m:][:len(us)], w.a[:len(us)]
	gaps, mask := w.gaps()
	alpha, phi, beta, gamma := p.Alpha, p.Phi, p.Phi*p.Beta, p.Gamma
	var ga, gb, gg, gp float64
	for t := len(us) - 1; t >= 0; t-- {
		d, ls := ds[t], next[t]
		lc += lu
		ga += float64(d * lu)
		gb += float64(d * lc)
		if cs != nil {
			gp += float64(cs[t] * lc)
		}
		if !gaps || !mask[t] {
			u, s := us[t], ss[t]
			f := float64(u * s)
			var e, v float64 // relative error; derivative in f, times f
			e = d / u
			if relative {
				v = 1 - float64(k*float64(e*(1+e)))
			} else {
				v = -float64(k * float64(float64(e*f)*f))
			}
			// q = y/u − s = s·e; its derivative in u is −s·(1+e)/u, the one of
			// d = y/s − u in s is −u·(1+e)/s.
			ld := float64(alpha*lu) + float64(beta*lc)
			lq := float64(gamma * ls)
			gg += float64(float64(s*e) * ls)
			lu += (v-float64(float64(lq*s)*(1+e)))/u - ld
			ls += (v-float64(float64(ld*u)*(1+e)))/s - lq
		}
		old[t] = ls
		lc = float64(phi * lc)
	}
	g.alpha, g.beta, g.gamma, g.phi = ga, phi*gb, gg, gp/phi
	return lu, lc
}
