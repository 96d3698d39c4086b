package canary

import (
	"errors"
	"math"
	"testing"
)

func TestShareTestReference(t *testing.T) {
	type interval [2]any
	var file struct {
		Cases []struct {
			X, N         int64
			Theta0, A, B float64
			TwoSided     float64  `json:"log_e_two_sided"`
			Greater      any      `json:"log_e_one_sided_greater"`
			CS5          interval `json:"theta_cs_0.05"`
			CS1          interval `json:"theta_cs_0.01"`
			RR5          interval `json:"rate_ratio_cs_0.05"`
		}
	}
	reference(t, "seq_counts_betabinomial", &file)
	if len(file.Cases) != 135 {
		t.Fatalf("%d cases, want 135", len(file.Cases))
	}
	value := func(v any) float64 {
		if f, ok := v.(float64); ok {
			return f
		}
		return math.MaxFloat64
	}
	for _, c := range file.Cases {
		test := ShareTest{Share: c.Theta0, Concentration: c.A + c.B}
		two, err := test.Evidence(c.X, c.N)
		test.Alternative, test.FalseAlarm = Greater, 0.01
		one, err2 := test.Evidence(c.X, c.N)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		greater, ok := c.Greater.(float64)
		if !ok { // the reference underflows where the tail is below 1e-308
			greater = one.LogE
			if greater > -2 || greater < -20 {
				t.Errorf("%d of %d at %v: ln E %v, want about −7", c.X, c.N, c.Theta0, greater)
			}
		}
		if !agree(two.LogE, c.TwoSided, 1e-9) || !agree(one.LogE, greater, 1e-9) {
			t.Errorf("%d of %d at %v, k = %v: ln E %v and %v, want %v and %v", c.X, c.N, c.Theta0, c.A+c.B, two.LogE, one.LogE, c.TwoSided, greater)
		}
		for i, got := range [][2]float64{{two.Low, two.High}, {one.Low, one.High}, {two.RatioLow, two.RatioHigh}} {
			want := []interval{c.CS5, c.CS1, c.RR5}[i]
			if !agree(got[0], value(want[0]), 1e-9) || !agree(got[1], value(want[1]), 1e-9) {
				t.Errorf("%d of %d at %v, k = %v: interval %d is %v, want %v", c.X, c.N, c.Theta0, c.A+c.B, i, got, want)
			}
		}
	}
}

// Less is Greater with the arms swapped.
func TestShareTestLess(t *testing.T) {
	less, err := ShareTest{Share: 0.1, Alternative: Less}.Evidence(3, 100)
	greater, err2 := ShareTest{Share: 0.9, Alternative: Greater}.Evidence(97, 100)
	if err := errors.Join(err, err2); err != nil || !agree(less.LogE, greater.LogE, 1e-12) || !agree(less.Low, 1-greater.High, 1e-9) {
		t.Errorf("%+v, want the mirror of %+v (%v)", less, greater, err)
	}
}

func TestShareTestErrors(t *testing.T) {
	for _, c := range []struct {
		test ShareTest
		x, n int64
	}{{ShareTest{}, 0, 0}, {ShareTest{Share: math.NaN()}, 0, 0}, {ShareTest{Share: 1}, 0, 0}, {ShareTest{Share: 0.1}, 2, 1}, {ShareTest{Share: 0.1}, -1, 1},
		{ShareTest{Share: 0.1, Concentration: -1}, 0, 1}, {ShareTest{Share: 0.1, Alternative: 7}, 0, 1}, {ShareTest{Share: 0.1, FalseAlarm: 2}, 0, 1}} {
		if r, err := c.test.Evidence(c.x, c.n); !errors.Is(err, ErrInput) {
			t.Errorf("%+v, %d of %d: %+v, %v; want an error", c.test, c.x, c.n, r, err)
		}
	}
	if r, err := (ShareTest{Share: 0.1}).Evidence(1<<50, 1<<51); err != nil || !r.Alarm || math.IsInf(r.LogE, 0) || math.IsNaN(r.Low) {
		t.Errorf("2⁵⁰ of 2⁵¹: %+v, %v", r, err)
	}
}
