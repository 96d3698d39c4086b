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

// direct gives the negative derivative of the objective in the fitted value f
// of each step, but for a factor that the results are multiplied with: d and k,
// or (k·e·(1+e) − 1)/f with the relative error e, and 1; 0 at gaps.
func (w *pass) direct(k float64) (v []float64, factor float64) {
	if w.model.Error == Additive {
		return w.d[:len(w.y)], k
	}
	es, rs := w.e[:len(w.y)], w.r[:len(w.y)]
	for t, e := range es {
		rs[t] = float64(rs[t] * (float64(k*(e+float64(e*e))) - 1))
	}
	if gaps, mask := w.gaps(); gaps {
		for t, gap := range mask {
			if gap {
				rs[t] = 0
			}
		}
	}
	return rs, 1
}

func (w *pass) backwardPlain(p Parameters, k float64, g *gradient) (lu, lc float64) {
	ds, cs := w.d[:len(w.y)], w.slopes()
	vs, factor := w.direct(k)
	gaps, mask := w.gaps()
	phi, beta := p.Phi, float64(p.Phi*p.Beta)
	keep := 1 - p.Alpha - beta
	var ga, gb, gp float64
	for t := len(ds) - 1; t >= 0; t-- {
		d := ds[t]
		both := lc + lu // the adjoint of c': it enters u' too
		ga += float64(d * lu)
		gb += float64(d * both)
		if cs != nil {
			gp += float64(cs[t] * both)
		}
		if !gaps || !mask[t] {
			// lu − α·lu − φβ·(lc+lu) + v, in two operations from lu to lu.
			lu = float64(keep*lu) - (vs[t] + float64(beta*lc))
		}
		lc = float64(phi * both)
	}
	g.alpha, g.beta, g.phi = factor*ga, factor*phi*gb, factor*gp/phi
	return factor * lu, factor * lc
}

func (w *pass) backwardAdditive(p Parameters, k float64, g *gradient) (lu, lc float64) {
	ds, cs := w.d[:len(w.y)], w.slopes()
	vs, factor := w.direct(k)
	vs = vs[:len(ds)]
	next, old := w.a[w.m:][:len(ds)], w.a[:len(ds)]
	gaps, mask := w.gaps()
	phi, beta, gamma := p.Phi, float64(p.Phi*p.Beta), p.Gamma
	keep := 1 - p.Alpha - beta
	var ga, gb, gp float64
	for t := len(ds) - 1; t >= 0; t-- {
		d, ls := ds[t], next[t]
		both := lc + lu
		ga += float64(d * lu)
		gb += float64(d * both)
		if cs != nil {
			gp += float64(cs[t] * both)
		}
		if gaps && mask[t] {
			old[t] = ls
			lc = float64(phi * both)
			continue
		}
		before := lu
		lu = float64(keep*lu) - ((vs[t] + float64(gamma*ls)) + float64(beta*lc))
		old[t] = ls + (lu - before)
		lc = float64(phi * both)
	}
	var gg, more float64
	t := 0
	for ; t+1 < len(ds); t += 2 {
		gg += float64(ds[t] * next[t])
		more += float64(ds[t+1] * next[t+1])
	}
	if t < len(ds) {
		gg += float64(ds[t] * next[t])
	}
	gg += more
	g.alpha, g.beta, g.gamma, g.phi = factor*ga, factor*phi*gb, factor*gg, factor*gp/phi
	for j := range w.a[:w.m] {
		w.a[j] *= factor
	}
	return factor * lu, factor * lc
}

func (w *pass) backwardMultiplicative(p Parameters, k float64, g *gradient) (lu, lc float64) {
	us, ds, cs := w.u[:len(w.y)], w.d[:len(w.y)], w.slopes()
	ys, ss := w.y, w.s[:len(us)]
	vs, factor := w.direct(k)
	vs = vs[:len(ds)]
	next, old := w.a[w.m:][:len(us)], w.a[:len(us)]
	gaps, mask := w.gaps()
	alpha, phi, beta, gamma := p.Alpha, p.Phi, float64(p.Phi*p.Beta), p.Gamma
	absolute := w.model.Error == Additive
	var ga, gb, gg, gp float64
	for t := len(us) - 1; t >= 0; t-- {
		d, ls := ds[t], next[t]
		both := lc + lu
		ga += float64(d * lu)
		gb += float64(d * both)
		if cs != nil {
			gp += float64(cs[t] * both)
		}
		if !gaps || !mask[t] {
			u, s, y := us[t], ss[t], ys[t]
			ru, rs := 1/u, 1/s
			v := -vs[t]
			if absolute {
				v = float64(v * s) // d is in the unit of the level
			}
			// d = y/s − u and q = y/u − s.
			ld := float64(alpha*lu) + float64(beta*both)
			lq := float64(gamma * ls)
			gg += float64((float64(y*ru) - s) * ls)
			lu += (float64(v*s) - float64(float64(lq*y)*float64(ru*ru))) - ld
			ls += (float64(v*u) - float64(float64(ld*y)*float64(rs*rs))) - lq
		}
		old[t] = ls
		lc = float64(phi * both)
	}
	g.alpha, g.beta, g.gamma, g.phi = factor*ga, factor*phi*gb, factor*gg, factor*gp/phi
	for j := range w.a[:w.m] {
		w.a[j] *= factor
	}
	return factor * lu, factor * lc
}
