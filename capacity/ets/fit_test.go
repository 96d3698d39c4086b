package ets

import (
	"math"
	"testing"
)

// Moving the season's mean into the level changes no forecast, and so not the
// likelihood that the search ended on.
func TestNormaliseKeepsTheLikelihood(t *testing.T) {
	for _, name := range fitted {
		m, err := ParseModel(name, 12)
		if err != nil {
			t.Fatal(err)
		}
		b := problem{ctx: t.Context()}
		y := wave(150, 12)
		for i := range y {
			y[i] += float64(i)
		}
		b.set(y, nil)
		b.begin(m)
		b.first(math.MaxInt)
		b.rest()
		want := b.loglik(b.value)
		for i := range b.dim {
			switch {
			case m.Season == Multiplicative && i >= b.iSeason:
				b.best[i] *= 2
			case m.Season == Multiplicative && (i == b.iLevel || i == b.iTrend):
				b.best[i] /= 2
			case m.Season == Additive && i >= b.iSeason:
				b.best[i] += 0.25 / b.scale[i]
			case m.Season == Additive && i == b.iLevel:
				b.best[i] -= 0.25 / b.scale[i]
			}
		}
		f, err := b.finish()
		if err != nil || math.Abs(f.LogLik-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: got %v, %v; the search ended on %v", name, f.LogLik, err, want)
		}
	}
}
