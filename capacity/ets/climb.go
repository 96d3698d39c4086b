package ets

import (
	"math"

	"github.com/srekit/ownership/internal/optimize"
)

// Smoothing parameters from which searches climb. The likelihood of most series
// has several peaks: slow adaptation that spreads the news over the season too,
// and fast adaptation that leaves it all to the level. Without season a trend
// that follows every move is another.
var (
	firstStart     = Parameters{Alpha: 0.2, Beta: 0.02, Gamma: 0.1, Phi: 0.95}
	seasonalStarts = []Parameters{
		{Alpha: 0.5, Beta: 0.05, Gamma: 0.3, Phi: 0.9},
		{Alpha: 0.9, Beta: 0.01, Gamma: 0.01, Phi: 0.95},
		{Alpha: 0.1, Beta: 0.01, Gamma: 0.8, Phi: 0.95},
	}
	plainStarts = []Parameters{
		{Alpha: 0.05, Beta: 0.04, Phi: 0.97},
		{Alpha: 0.2, Beta: 0.02, Phi: 0.95},
		{Alpha: 0.5, Beta: 0.05, Phi: 0.9},
		{Alpha: 0.95, Beta: 0.01, Phi: 0.9},
		{Alpha: 0.3, Beta: 0.2, Phi: 0.9},
		{Alpha: 0.95, Beta: 0.5, Phi: 0.85},
		{Alpha: 0.98, Beta: 0.95, Phi: 0.82},
	}
)

const (
	// look is how many evaluations a further start gets to show that it leads
	// higher than the best before it.
	look = 12
	// enough is the most evaluations of one search: several times what any
	// series has been seen to need.
	enough = 1000
)

// set takes a series. It is scaled by a power of two, which is exact, so that
// squares neither overflow nor vanish; masked values become 0.
func (b *problem) set(values []float64, mask []bool) {
	peak := 0.0
	for i, v := range values {
		if mask == nil || !mask[i] {
			peak = max(peak, math.Abs(v))
		}
	}
	_, b.exponent = math.Frexp(peak)
	b.mask = mask
	scaled := make([]float64, len(values))
	for i, v := range values {
		if mask == nil || !mask[i] {
			scaled[i] = math.Ldexp(v, -b.exponent)
		}
	}
	b.y = scaled
}

// begin turns to a model: its layout, a sketch of the initial state, scales and
// bounds. Nothing has been tried yet.
func (b *problem) begin(m Model) {
	b.reset(m, b.y, b.mask)
	b.layout()
	b.sketch = sketch(b.y, b.mask, b.m, m.Season, 3)
	b.rescale()
	b.bounds()
	b.value = math.Inf(1)
	b.done, b.warmed = false, false
}

// first climbs from the first start for at most so many evaluations. Without a
// season the likelihood at each start tells enough about the peak beside it, and
// the first is the best of all.
func (b *problem) first(evaluations int) {
	p := firstStart
	if b.m == 0 {
		best := math.Inf(1)
		for i, q := range plainStarts {
			if b.model.Trend == None && i >= 4 {
				break
			}
			v := b.at(q)
			b.tried[i] = v
			if v < best {
				best, p = v, q
			}
		}
	}
	b.write(b.x, point{p: p.of(b.model), level: b.sketch.level, trend: b.sketch.trend}, b.sketch.season)
	b.climb(min(evaluations, enough))
}

// at is the objective at a start.
func (b *problem) at(p Parameters) float64 {
	b.evaluations++
	p = p.of(b.model)
	trend := b.sketch.trend
	if b.iTrend < 0 {
		trend = 0
	}
	copy(b.s[:b.m], b.sketch.season)
	return b.forward(p, b.sketch.level, trend)
}

// rest lets the other starts look, and climbs to the end from whichever leads.
func (b *problem) rest() {
	if b.m > 0 {
		for _, p := range seasonalStarts {
			b.write(b.x, point{p: p.of(b.model), level: b.sketch.level, trend: b.sketch.trend}, b.sketch.season)
			before := b.value
			b.climb(look)
			if b.value < before && !b.done {
				copy(b.x, b.best)
				b.climb(enough)
			}
		}
	}
	if !b.done {
		copy(b.x, b.best)
		b.climb(enough)
	}
}

// climb searches from x and keeps the end when it is the best so far.
func (b *problem) climb(evaluations int) {
	memory := 20
	if b.dim > 1000 {
		memory = 8
	}
	r := b.search.Minimize(b, b.x, b.lower, b.upper, optimize.Settings{
		Memory: memory, Gradient: 1e-4, Decrease: 1e-5, Evaluations: evaluations, FirstStep: 0.5,
	})
	if r.Value < b.value {
		b.value = r.Value
		b.done = r.Status != optimize.Exhausted
		copy(b.best, b.x)
	}
}

// rescale sets what a step of one means for every variable: about a standard
// deviation of its estimate.
func (b *problem) rescale() {
	noise := roughness(b.y, b.mask, max(1, b.m))
	if noise == 0 {
		noise = 1e-3
	}
	for i := range b.scale {
		b.scale[i] = noise
	}
	if b.model.Season == Multiplicative {
		for i := b.iSeason; i < b.dim; i++ {
			b.scale[i] = min(max(noise/b.sketch.size, 1e-3), 1)
		}
	}
	b.scale[b.iAlpha] = 0.1
	if b.iBeta >= 0 {
		b.scale[b.iBeta] = 0.1
		b.scale[b.iTrend] = noise / 10
	}
	if b.iGamma >= 0 {
		b.scale[b.iGamma] = 0.1
	}
	if b.iPhi >= 0 {
		b.scale[b.iPhi] = 0.05
	}
}
