package ets

// linear writes mean and variance of the steps after skip for class 1.
func (o origin) linear(skip int, mean, variance []float64) {
	damping, slope, power, sum := o.damping(), 0.0, 1.0, 1.0
	at, left := o.at, len(o.season)
	for j := 1; j <= skip+len(mean); j++ {
		power = float64(power * damping)
		slope += power
		if i := j - skip - 1; i >= 0 {
			mean[i] = o.level + float64(slope*o.trend)
			if o.season != nil {
				mean[i] += o.season[at]
			}
			variance[i] = o.sigma2 * sum
		}
		c := o.p.Alpha + float64(o.p.Beta*slope)
		if o.season != nil {
			if at++; at == len(o.season) {
				at = 0
			}
			if left--; left == 0 {
				c += o.p.Gamma
				left = len(o.season)
			}
		}
		sum += float64(c * c)
	}
}

// damping is φ, 1 for a trend that is not damped.
func (o origin) damping() float64 {
	if o.model.Damped {
		return o.p.Phi
	}
	return 1
}

// echo is the variance that one seasonal state has, and its covariance with
// level and slope.
type echo struct{ variance, level, slope float64 }

// relative writes mean and variance of the steps after skip for class 2: the
// covariance of the states, driven at step h by errors of variance σ²·θ_h. That is
// the convolution of c² with θ in time linear in the horizon.
func (o origin) relative(skip int, mean, variance []float64) {
	phi := o.damping()
	alpha, beta, gamma := o.p.Alpha, o.p.Beta, o.p.Gamma
	total := skip + len(mean)
	m := len(o.season)
	echoes := make([]echo, min(m, total))
	// F^(m-1), which carries a covariance from the step after a seasonal
	// state was set to the step that uses it.
	along, power := 0.0, 1.0
	for range m - 1 {
		power = float64(power * phi)
		along += power
	}
	var ll, lb, bb float64 // covariance of level and slope
	slope, step := 0.0, 1.0
	at, place := o.at, 0
	for j := 1; j <= total; j++ {
		step = float64(step * phi)
		slope += step
		mu := o.level + float64(slope*o.trend)
		spread := ll + float64(2*phi*lb) + float64(phi*phi*bb)
		var e *echo
		if m > 0 {
			mu += o.season[at]
			if at++; at == m {
				at = 0
			}
			e = &echoes[place]
			if place++; place == m {
				place = 0
			}
			e.level += float64(along * e.slope)
			e.slope *= power
			spread += float64(2*(e.level+float64(phi*e.slope))) + e.variance
		}
		theta := float64(mu*mu) + spread
		drive := float64(o.sigma2 * theta)
		if i := j - skip - 1; i >= 0 {
			mean[i], variance[i] = mu, spread+drive
		}
		ll, lb, bb = ll+float64(2*phi*lb)+float64(phi*phi*bb)+float64(alpha*alpha*drive),
			float64(phi*lb)+float64(phi*phi*bb)+float64(alpha*beta*drive),
			float64(phi*phi*bb)+float64(beta*beta*drive)
		if e != nil {
			e.level += float64(phi*e.slope) + float64(alpha*gamma*drive)
			e.slope = float64(phi*e.slope) + float64(beta*gamma*drive)
			e.variance += float64(gamma * gamma * drive)
		}
	}
}

// pair is the mean and covariance of level and slope, weighted with the factors
// by which one seasonal state has grown so far.
type pair struct{ level, slope, ll, lb, bb float64 }

// step is the next step; gamma is 0 unless the seasonal state that the pair is
// weighted with is set in it. Errors are normal: E ε⁴ = 3σ⁴. Terms that cancel in E X² − (E X)²
// are left out on paper, so that small σ² stay exact.
func (x pair) step(p Parameters, phi, gamma, sigma2 float64) pair {
	a, b, g := p.Alpha, p.Beta, gamma
	ag := float64(a * g * sigma2)
	gg := float64(g * g * sigma2)
	u := x.level + float64(phi*x.slope)
	d := float64(phi * x.slope)
	uu := x.ll + float64(2*phi*x.lb) + float64(phi*phi*x.bb)
	ud := float64(phi*x.lb) + float64(phi*phi*x.bb)
	dd := float64(phi * phi * x.bb)
	// E[w²(1+αε)²], E[w²(1+αε)], E[w²(1+αε)ε], E[w²], E[w²ε], E[w²ε²] with w = 1+γε.
	w11 := 1 + float64((float64(a*a)+float64(g*g)+float64(4*a*g))*sigma2) + float64(3*ag*ag)
	w10 := 1 + float64(2*ag) + gg
	w1e := float64((a+float64(2*g))*sigma2) + float64(3*ag*g*sigma2)
	w00 := 1 + gg
	w0e := float64(2 * g * sigma2)
	wee := sigma2 + float64(3*gg*sigma2)
	s := a + g
	return pair{
		level: float64(u * (1 + ag)),
		slope: d + float64(b*g*sigma2*u),
		ll:    float64(w11*uu) + float64(float64(u*u*sigma2)*(float64(s*s)+float64(2*ag*a*g))),
		lb: float64(w10*ud) + float64(b*w1e*uu) +
			float64(u*d*sigma2*g*s) + float64(float64(b*u*u*sigma2)*(s+float64(2*ag*g))),
		bb: float64(w00*dd) + float64(2*b*w0e*ud) + float64(b*b*wee*uu) +
			float64(sigma2*(float64(d*g*d*g)+float64(2*b*g*u*d)+float64(b*u*b*u*(1+float64(2*gg))))),
	}
}

// stride is many steps without a seasonal factor: the means move by F^k, the covariance
// by a linear map of itself and of the products of the means.
type stride struct {
	along, power float64
	own, mean    [3][3]float64 // columns: of ll, lb, bb; of level², level·slope, slope²
}

func newStride(steps int, p Parameters, phi, sigma2 float64) stride {
	run := func(x pair) pair {
		for range steps {
			x = x.step(p, phi, 0, sigma2)
		}
		return x
	}
	s := stride{power: 1}
	for range steps {
		s.power = float64(s.power * phi)
		s.along += s.power
	}
	set := func(m *[3][3]float64, column int, x pair) {
		m[0][column], m[1][column], m[2][column] = x.ll, x.lb, x.bb
	}
	set(&s.own, 0, run(pair{ll: 1}))
	set(&s.own, 1, run(pair{lb: 1}))
	set(&s.own, 2, run(pair{bb: 1}))
	level, slope, both := run(pair{level: 1}), run(pair{slope: 1}), run(pair{level: 1, slope: 1})
	set(&s.mean, 0, level)
	set(&s.mean, 1, pair{ll: both.ll - level.ll - slope.ll, lb: both.lb - level.lb - slope.lb, bb: both.bb - level.bb - slope.bb})
	set(&s.mean, 2, slope)
	return s
}

func (s stride) step(x pair) pair {
	row := func(i int) float64 {
		return float64(s.own[i][0]*x.ll) + float64(s.own[i][1]*x.lb) + float64(s.own[i][2]*x.bb) +
			float64(s.mean[i][0]*x.level*x.level) + float64(s.mean[i][1]*x.level*x.slope) + float64(s.mean[i][2]*x.slope*x.slope)
	}
	return pair{x.level + float64(s.along*x.slope), float64(s.power * x.slope), row(0), row(1), row(2)}
}

// product writes mean and variance of the steps after skip for class 3. A step
// is the seasonal state that was known m steps ago times level and slope, which
// share with it only the errors of the steps of the same season. So each season
// is followed by itself, weighted at its own steps.
func (o origin) product(skip int, mean, variance []float64) {
	phi, m, total := o.damping(), len(o.season), skip+len(mean)
	var far stride
	if total > m {
		far = newStride(m-1, o.p, phi, o.sigma2)
	}
	first := pair{level: o.level, slope: o.trend}
	for r := range min(m, total) {
		s := o.season[(o.at+r)%m]
		x := first
		for j := r; j < total; j += m {
			if i := j - skip; i >= 0 {
				u := x.level + float64(phi*x.slope)
				uu := x.ll + float64(2*phi*x.lb) + float64(phi*phi*x.bb)
				mean[i] = s * u
				variance[i] = s * s * (uu + float64(o.sigma2*(uu+float64(u*u))))
			}
			if j+m < total {
				x = far.step(x.step(o.p, phi, o.p.Gamma, o.sigma2))
			}
		}
		first = first.step(o.p, phi, 0, o.sigma2)
	}
}
