package ets

import (
	"context"
	"math"

	"github.com/srekit/ownership/internal/optimize"
)

// The usual region as R bounds it: α in [small, 1−small], β in [small, α], γ in
// [small, 1−α], φ in [minPhi, maxPhi].
const (
	small  = 1e-4
	minPhi = 0.8
	maxPhi = 0.98
)

// problem is the likelihood of one model over one series as a function of the
// vector that the search moves: α, then b and g in [0, 1] that place β between
// its bounds and γ between its own (both depend on α), φ, the level, the slope,
// and all seasonal states. Each is divided by a scale, so that a step of one
// means a similar change everywhere.
//
// The season has one more variable here than a fit has free states: adding a
// constant to the season and taking it from the level (or the factor) changes
// nothing, the gradient is orthogonal to it, and the search is better
// conditioned. normalise removes it at the end.
type problem struct {
	pass
	iAlpha, iBeta, iGamma, iPhi, iLevel, iTrend, iSeason, dim int // −1 when absent

	lowBeta             float64 // lower bound of β
	top                 ceiling // of β, at the point last read
	x, best             []float64
	tried               [8]float64 // the objective at the starts without season
	value               float64    // at best
	done                bool       // the search that found best came to its end
	warmed              bool       // best comes from a relative
	sketch              outline    // of the initial state
	exponent            int        // the series is divided by two to this power
	ctx                 context.Context
	scale, lower, upper []float64
	evaluations         int
	search              optimize.Workspace
}

// layout sets the indices for the model of the pass.
func (b *problem) layout() {
	i := 0
	next := func(present bool) int {
		if !present {
			return -1
		}
		i++
		return i - 1
	}
	m := b.model
	b.iAlpha = next(true)
	b.iBeta = next(m.Trend != None)
	b.iGamma = next(m.Season != None)
	b.iPhi = next(m.Damped)
	b.iLevel = next(true)
	b.iTrend = next(m.Trend != None)
	b.iSeason = i
	b.dim = i + b.m
	b.lowBeta = small
	if b.m > 0 {
		// Half a day of minutes leaves β less room than the usual bound takes.
		q := math.Pi / float64(2*b.m)
		b.lowBeta = min(small, float64(0.1*float64(q*q)))
	}
	b.x = grow(b.x, b.dim)
	b.best = grow(b.best, b.dim)
	b.scale = grow(b.scale, b.dim)
	b.lower = grow(b.lower, b.dim)
	b.upper = grow(b.upper, b.dim)
}

// point is a position of the search in the model's own terms.
type point struct {
	p            Parameters
	level, trend float64
}

// read translates x, the season into s[:m].
func (b *problem) read(x []float64) point {
	at := point{p: Parameters{Alpha: float64(x[b.iAlpha] * b.scale[b.iAlpha]), Phi: 1}, level: float64(x[b.iLevel] * b.scale[b.iLevel])}
	if b.iGamma >= 0 {
		at.p.Gamma = small + float64(float64(x[b.iGamma]*b.scale[b.iGamma])*max(0, 1-at.p.Alpha-small))
	}
	if b.iPhi >= 0 {
		at.p.Phi = float64(x[b.iPhi] * b.scale[b.iPhi])
	}
	if b.iBeta >= 0 {
		b.top = b.highest(at.p)
		at.p.Beta = b.lowBeta + float64(float64(x[b.iBeta]*b.scale[b.iBeta])*(b.top.beta-b.lowBeta))
		at.trend = float64(x[b.iTrend] * b.scale[b.iTrend])
	}
	season := x[b.iSeason:]
	scale := b.scale[b.iSeason:]
	for j := range b.s[:b.m] {
		b.s[j] = float64(season[j] * scale[j])
	}
	return at
}

// highest is the upper bound of β: α, or less where the admissible region ends.
func (b *problem) highest(p Parameters) ceiling {
	usual := ceiling{beta: p.Alpha, byAlpha: 1}
	if b.m == 0 {
		return usual
	}
	if c := highestBeta(p.Alpha, p.Gamma, p.Phi, b.m); c.beta < p.Alpha {
		return c
	}
	return usual
}

// write is the inverse of read, with the season taken from the argument.
func (b *problem) write(x []float64, at point, season []float64) {
	p := at.p
	x[b.iAlpha] = p.Alpha / b.scale[b.iAlpha]
	x[b.iLevel] = at.level / b.scale[b.iLevel]
	if b.iBeta >= 0 {
		x[b.iBeta] = between(p.Beta-b.lowBeta, b.highest(p).beta-b.lowBeta) / b.scale[b.iBeta]
		x[b.iTrend] = at.trend / b.scale[b.iTrend]
	}
	if b.iGamma >= 0 {
		x[b.iGamma] = between(p.Gamma-small, 1-p.Alpha-small) / b.scale[b.iGamma]
	}
	if b.iPhi >= 0 {
		x[b.iPhi] = p.Phi / b.scale[b.iPhi]
	}
	for j, s := range season[:b.m] {
		x[b.iSeason+j] = s / b.scale[b.iSeason+j]
	}
}

// between is part/whole held to [0, 1], 0 when there is no room.
func between(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return min(max(part/whole, 0), 1)
}

// bounds writes the box.
func (b *problem) bounds() {
	for i := range b.lower {
		b.lower[i], b.upper[i] = math.Inf(-1), math.Inf(1)
	}
	set := func(i int, lower, upper float64) {
		if i >= 0 {
			b.lower[i], b.upper[i] = lower/b.scale[i], upper/b.scale[i]
		}
	}
	set(b.iAlpha, small, 1-small)
	set(b.iBeta, 0, 1)
	set(b.iGamma, 0, 1)
	set(b.iPhi, minPhi, maxPhi)
	if b.model.Season == Multiplicative {
		for i := b.iSeason; i < b.dim; i++ {
			b.lower[i] = 1e-6 / b.scale[i]
		}
	}
}

// Evaluate gives the negative log-likelihood at x and its gradient.
func (b *problem) Evaluate(x, g []float64) float64 {
	b.evaluations++
	if b.ctx.Err() != nil {
		return math.Inf(1) // which ends the search at once; finish tells why
	}
	at := b.read(x)
	value := b.forward(at.p, at.level, at.trend)
	if !finite(value) {
		return math.Inf(1)
	}
	d := b.backward(at.p, at.trend)
	alpha, gamma, phi := d.alpha, d.gamma, d.phi
	if b.iBeta >= 0 {
		moved := float64(float64(x[b.iBeta]*b.scale[b.iBeta]) * d.beta)
		alpha += float64(moved * b.top.byAlpha)
		gamma += float64(moved * b.top.byGamma)
		phi += float64(moved * b.top.byPhi)
		g[b.iBeta] = float64(float64(d.beta*(b.top.beta-b.lowBeta)) * b.scale[b.iBeta])
		g[b.iTrend] = float64(d.trend * b.scale[b.iTrend])
	}
	if b.iGamma >= 0 {
		alpha -= float64(float64(x[b.iGamma]*b.scale[b.iGamma]) * gamma)
		g[b.iGamma] = float64(float64(gamma*max(0, 1-at.p.Alpha-small)) * b.scale[b.iGamma])
	}
	if b.iPhi >= 0 {
		g[b.iPhi] = float64(phi * b.scale[b.iPhi])
	}
	g[b.iAlpha] = float64(alpha * b.scale[b.iAlpha])
	g[b.iLevel] = float64(d.level * b.scale[b.iLevel])
	gs, scale := g[b.iSeason:], b.scale[b.iSeason:]
	for j, v := range b.a[:b.m] {
		gs[j] = float64(v * scale[j])
	}
	return value
}
