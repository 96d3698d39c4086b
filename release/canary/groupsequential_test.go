package canary

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The reference solves the same recursion by Simpson's rule to seven digits: for one
// look it has 1.64485363187 where the normal quantile is 1.64485362695.
func TestBoundsAgainstReference(t *testing.T) {
	for _, c := range golden[struct {
		Kind     string
		K        int
		Alpha    float64
		TwoSided bool `json:"two_sided"`
		C        num
	}](t, "seq_group_sequential") {
		g := GroupSequential{Looks: c.K, Alpha: c.Alpha}
		if c.Kind == "pocock" {
			g.Boundary = Pocock
		}
		if !c.TwoSided {
			g.Alternative = Greater
		}
		b, err := g.Bounds()
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%s K=%d alpha=%v two=%v", c.Kind, c.K, c.Alpha, c.TwoSided)
		near(t, name, b[len(b)-1], c.C, 3e-7, 0)
		if first := b[0] / b[len(b)-1]; g.Boundary == Pocock && first != 1 || g.Boundary == OBrienFleming && math.Abs(first-math.Sqrt(float64(c.K))) > 1e-12 {
			t.Errorf("%s: the first bound is %v times the last", name, first)
		}
	}
}

// The same probabilities by the trapezoidal rule with a fine grid of plain sums, its
// ends cut by half: for three looks, with a drift.
func TestCrossingsByFineGrid(t *testing.T) {
	bounds := []float64{2.9, 2.4, 2.1}
	fractions := []float64{0.2, 0.6, 1}
	const drift, cells = 1.7, 2000
	got := crossings(bounds, fractions, drift, true)
	phi := func(z float64) float64 { return math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) }
	tail := func(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }
	before := 0.0
	grid, density := []float64{0}, []float64{1}
	for k, b := range bounds {
		dt := fractions[k] - before
		before = fractions[k]
		sd := math.Sqrt(dt)
		high := b * math.Sqrt(fractions[k])
		var want float64
		for i, s := range grid {
			want += density[i] * (tail((high-s-drift*dt)/sd) + tail((high+s+drift*dt)/sd))
		}
		if math.Abs(got[k]-want) > 2e-7 {
			t.Errorf("look %d: got %.12g, want %.12g", k+1, got[k], want)
		}
		next, mass := make([]float64, cells+1), make([]float64, cells+1)
		h := 2 * high / cells
		for i := range next {
			next[i] = -high + float64(i)*h
			for j, s := range grid {
				mass[i] += density[j] * phi((next[i]-s-drift*dt)/sd) / sd
			}
			mass[i] *= h
			if i == 0 || i == cells {
				mass[i] /= 2
			}
		}
		grid, density = next, mass
	}
}

// All alarms under the null hypothesis make alpha, power grows with the drift, and the
// side of the alternative does not matter.
func TestCrossingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := GroupSequential{
			Boundary: rapid.SampledFrom([]Boundary{OBrienFleming, Pocock}).Draw(t, "boundary"),
			Looks:    rapid.IntRange(1, 4).Draw(t, "looks"),
			Alpha:    rapid.Float64Range(1e-4, 0.3).Draw(t, "alpha"),
		}
		g.Alternative = rapid.SampledFrom([]Alternative{TwoSided, Greater, Less}).Draw(t, "alternative")
		if rapid.Bool().Draw(t, "unequal") {
			var all float64
			for range g.Looks {
				all += rapid.Float64Range(0.1, 1).Draw(t, "step")
				g.Fractions = append(g.Fractions, all)
			}
			for i := range g.Fractions {
				g.Fractions[i] /= all
			}
		}
		null, err := g.Crossing(0)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(null.Power-g.Alpha) > 1e-10 {
			t.Fatalf("false alarms: got %v, want %v", null.Power, g.Alpha)
		}
		side := 1.0
		if g.Alternative == Less {
			side = -1
		}
		before := null
		for _, drift := range []float64{1, 2, 4, 8} {
			c, err := g.Crossing(side * drift)
			if err != nil {
				t.Fatal(err)
			}
			if c.Power < before.Power || c.Fraction > before.Fraction*(1+1e-12) || c.Power > 1 || c.Fraction <= 0 {
				t.Fatalf("drift %v: got %+v after %+v", drift, c, before)
			}
			before = c
		}
	})
}

func TestGroupSequentialRefuses(t *testing.T) {
	for _, c := range []struct {
		g    GroupSequential
		want string
	}{
		{GroupSequential{}, "no comparison: looks: 0: not within 1 to 60; plan fewer looks, or take evidence that holds at any look"},
		{GroupSequential{Looks: 61}, "no comparison: looks: 61: not within 1 to 60; plan fewer looks, or take evidence that holds at any look"},
		{GroupSequential{Looks: 2, Alpha: math.NaN()}, "no comparison: alpha: NaN: not between 1e-12 and 0.5; write 0.05 for 5 %"},
		{GroupSequential{Looks: 2, Fractions: []float64{0.5}}, "no comparison: fractions: 1 values: not one for each of 2 looks; give as many, or none"},
		{GroupSequential{Looks: 2, Fractions: []float64{0.5, 0.9}}, "no comparison: fractions[1]: 0.9: fractions must rise by at least 0.001 and end at 1; give the share of all traffic at each look"},
		{GroupSequential{Looks: 2, Fractions: []float64{math.NaN(), 1}}, "no comparison: fractions[0]: NaN: fractions must rise by at least 0.001 and end at 1; give the share of all traffic at each look\nno comparison: fractions[1]: 1: fractions must rise by at least 0.001 and end at 1; give the share of all traffic at each look"},
		{GroupSequential{Looks: 1, Boundary: 9, Alternative: 9}, "no comparison: boundary: Boundary(9): no such boundary; use OBrienFleming or Pocock\nno comparison: alternative: Alternative(9): no such alternative; use TwoSided, Greater or Less"},
	} {
		_, err := c.g.Bounds()
		if err == nil || err.Error() != c.want || !errors.Is(err, ErrInput) {
			t.Errorf("%+v: got %v, want %s", c.g, err, c.want)
		}
	}
	if _, err := (GroupSequential{Looks: 2}).Crossing(math.Inf(1)); err == nil {
		t.Error("an infinite drift passes")
	}
}
