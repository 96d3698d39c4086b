package canary

import "testing"

// R refuses data that are constant for its own rounding; those have tests of their own.
func TestWelchAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data, Alternative string
		T, DF, P          num
		CI95              []num
		Error             *string
	}](t, "r_welch_t") {
		name := c.Data + " " + c.Alternative
		o := Options{Alternative: rAlternative(t, c.Alternative)}
		r, err := Welch(data[c.Data].X, data[c.Data].Y, o)
		if c.Error != nil {
			if err == nil {
				t.Errorf("%s: got %v, want an error as R: %s", name, r, *c.Error)
			}
			continue
		}
		if err != nil {
			t.Error(name, err)
			continue
		}
		near(t, name+" t", r.Statistic, c.T, 1e-9, 0)
		near(t, name+" freedom", r.Freedom, c.DF, 1e-9, 0)
		near(t, name+" p", r.PValue, c.P, 1e-9, 0)
		if o.Alternative == TwoSided {
			near(t, name+" low", r.Low, c.CI95[0], 1e-9, 0)
			near(t, name+" high", r.High, c.CI95[1], 1e-9, 0)
			continue
		}
		// R's interval has one end, the one of the two-sided interval at 90 %.
		o.Level = 0.9
		if r, err = Welch(data[c.Data].X, data[c.Data].Y, o); err != nil {
			t.Error(name, err)
		}
		if o.Alternative == Greater {
			near(t, name+" low", r.Low, c.CI95[0], 1e-9, 0)
		} else {
			near(t, name+" high", r.High, c.CI95[1], 1e-9, 0)
		}
	}
}

func TestBrownForsytheAgainstSciPy(t *testing.T) {
	data := samples(t)
	for _, c := range golden[pyRanks](t, "py_ranks") {
		r, err := BrownForsythe(data[c.Data].X, data[c.Data].Y, Options{})
		if err != nil {
			// An arm of one value deviates by 0 from itself, which SciPy takes for a
			// spread of 0.
			if c.Data != "one_vs_20" {
				t.Error(c.Data, err)
			}
			continue
		}
		if c.Data == "all_equal" || c.Data == "const_vs_const" {
			// SciPy divides 0 by 0.
			if r.PValue != 1 || r.Statistic != 0 || len(r.Warnings) == 0 {
				t.Errorf("%s: got %+v, want p = 1 with a warning", c.Data, r)
			}
			continue
		}
		near(t, c.Data+" F", r.Statistic*r.Statistic, c.Levene, 1e-9, 0)
		near(t, c.Data+" p", r.PValue, c.LeveneP, 1e-9, 0)
	}
}
