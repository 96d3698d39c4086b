package ets_test

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

// inside counts the roots of the characteristic polynomial in a circle by the
// turns that its value makes around 0 while z goes around the circle.
func inside(p ets.Parameters, m int, radius float64) float64 {
	c := make([]float64, m+2) // of z^0 … z^(m+1)
	c[m+1] = 1
	for i := 1; i <= m; i++ {
		c[i] = p.Beta + p.Alpha*(1-p.Phi)
	}
	c[0] = p.Phi * (1 - p.Alpha - p.Gamma)
	c[1] -= 1 - p.Gamma
	c[m] -= p.Phi * (1 - p.Alpha)
	at := func(k, n int) complex128 {
		z := cmplx.Rect(radius, 2*math.Pi*float64(k)/float64(n))
		v := complex(0, 0)
		for i := m + 1; i >= 0; i-- {
			v = v*z + complex(c[i], 0)
		}
		return v
	}
	const n = 6000
	turns, before := 0.0, at(0, n)
	for k := 1; k <= n; k++ {
		v := at(k, n)
		turns += cmplx.Phase(v / before)
		before = v
	}
	return math.Round(turns / (2 * math.Pi))
}

func TestAdmissibleIsThatNoRootLeavesTheCircle(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	count := map[bool]int{}
	for range 300 {
		m := ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: r.IntN(2) == 0, Season: ets.Additive,
			Period: []int{2, 3, 5, 7, 24, 37, 52, 60}[r.IntN(8)]}
		p := ets.Parameters{Alpha: math.Pow(10, -r.Float64()), Phi: 1}
		p.Beta = p.Alpha * math.Pow(10, -1.5*r.Float64())
		p.Gamma = (1 - p.Alpha) * math.Pow(10, -2*r.Float64())
		if m.Damped {
			p.Phi = 1 - 0.1*r.Float64()
		}
		all := float64(m.Period + 1)
		in, close := inside(p, m.Period, 0.999), inside(p, m.Period, 1.001)
		if in < all && close == all {
			continue // too near to the circle to be counted
		}
		got := p.Admissible(m)
		count[got]++
		if got != (in == all) {
			t.Errorf("period %d, %+v: got %v, %v of %v roots are inside", m.Period, p, got, in, all)
		}
	}
	if count[true] < 60 || count[false] < 20 {
		t.Errorf("the cases are lopsided: %v", count)
	}
}

func TestAdmissibleAtTheEdges(t *testing.T) {
	week := func(name string) ets.Model { m, _ := ets.ParseModel(name, 168); return m }
	for _, c := range []struct {
		name string
		p    ets.Parameters
		want bool
	}{
		{"AAA", ets.Parameters{Alpha: 0.3, Beta: 0.02, Gamma: 0.1}, false},
		{"AAA", ets.Parameters{Alpha: 0.3, Beta: 0.0005, Gamma: 0.1}, true},
		{"AAA", ets.Parameters{Alpha: 0.3, Beta: 0.02, Gamma: 0}, true}, // the season stands still
		{"ANA", ets.Parameters{Alpha: 0.3, Gamma: 0.7}, true},
		{"ANN", ets.Parameters{Alpha: 1, Beta: 7, Gamma: 7, Phi: 7}, true}, // parts that it lacks
		{"ANN", ets.Parameters{Alpha: 1.1}, false},
		{"AAN", ets.Parameters{Alpha: 0.2, Beta: 0.3}, false},
		{"AAdN", ets.Parameters{Alpha: 0.2, Beta: 0.1}, false}, // phi 0
		{"ANN", ets.Parameters{Alpha: math.NaN()}, false},
		{"ANN", ets.Parameters{Alpha: math.Inf(1)}, false},
	} {
		if got := c.p.Admissible(week(c.name)); got != c.want {
			t.Errorf("%s %+v: got %v", c.name, c.p, got)
		}
	}
}
