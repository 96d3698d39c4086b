package capacity

import (
	"math"
	"testing"
)

// R's optimiser stops early, so a smoothing parameter differs in its fourth digit.
func TestThetaReference(t *testing.T) {
	var all []decomposed
	readReference(t, "decompose.json", &all)
	for _, r := range all {
		f, err := Theta{Period: r.Frequency}.Forecast(t.Context(), hours(r.Values), r.H)
		if err != nil {
			t.Fatal(err)
		}
		for part, e := range map[string]float64{
			"mean": furthest(f.Mean, r.Theta.Mean), "lower": furthest(f.Lower, r.Theta.Lo95), "upper": furthest(f.Upper, r.Theta.Hi95),
		} {
			if e > 5e-4 {
				t.Errorf("%s: %s is off by %.3g, want at most 5e-4", r.Name, part, e)
			}
		}
	}
}

func TestThetaOfLittle(t *testing.T) {
	for _, s := range []Series{hours([]float64{3}), hours([]float64{3, 4}), hours([]float64{0, 0, 0, 0, 0, 0, 0}), hours([]float64{-1e300, 1e300, -1e300, 1e300, 0, 5})} {
		f, err := Theta{}.Forecast(t.Context(), s, 5)
		if err != nil {
			t.Fatal(err)
		}
		for h, m := range f.Mean {
			if math.IsNaN(m) || !(f.Lower[h] <= m && m <= f.Upper[h]) {
				t.Errorf("%v: step %d: %v in [%v, %v]", s.Values, h, m, f.Lower[h], f.Upper[h])
			}
		}
		if little := len(s.Values) != 7; little != (len(f.Warnings) > 0 && f.Warnings[len(f.Warnings)-1].Code == "fallback") {
			t.Errorf("%v: warnings %v", s.Values, f.Warnings)
		}
	}
}
