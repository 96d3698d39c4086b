package canary

import (
	"fmt"
	"testing"
)

func TestRequestsAgainstR(t *testing.T) {
	for _, c := range golden[struct {
		P1, P2, Alpha, Power float64
		Alternative          string
		N                    num `json:"n_per_group"`
	}](t, "r_power_prop") {
		n, err := SampleSize{Baseline: c.P1, Canary: c.P2, Alpha: c.Alpha, Power: c.Power, TwoSided: c.Alternative == "two.sided"}.Requests()
		if err != nil {
			t.Error(err)
		}
		near(t, fmt.Sprintf("%+v", c), n, c.N, 1e-9, 0)
	}
}

func TestRequestsAgainstPython(t *testing.T) {
	for _, c := range golden[struct {
		Baseline  float64 `json:"p_baseline"`
		Canary    float64 `json:"p_canary"`
		PerCanary float64 `json:"ratio_baseline_to_canary"`
		Alpha     float64
		Power     float64
		One       num `json:"n_canary_one_sided"`
		Two       num `json:"n_canary_two_sided"`
	}](t, "py_sample_size") {
		s := SampleSize{Baseline: c.Baseline, Canary: c.Canary, PerCanary: c.PerCanary, Alpha: c.Alpha, Power: c.Power}
		one, err := s.Requests()
		if err != nil {
			t.Error(err)
		}
		near(t, fmt.Sprintf("%+v", s), one, c.One, 1e-9, 0)
		s.TwoSided = true
		two, err := s.Requests()
		if err != nil {
			t.Error(err)
		}
		near(t, fmt.Sprintf("%+v", s), two, c.Two, 1e-9, 0)
	}
}

func TestValuesAgainstR(t *testing.T) {
	for _, c := range golden[struct {
		Effect       float64 `json:"delta_over_sd"`
		Alpha, Power float64
		Alternative  string
		N            num `json:"n_per_group"`
	}](t, "r_power_t") {
		n, err := MeanSampleSize{Effect: c.Effect, Alpha: c.Alpha, Power: c.Power, TwoSided: c.Alternative == "two.sided"}.Values()
		if err != nil {
			t.Error(err)
		}
		near(t, fmt.Sprintf("%+v", c), n, c.N, 1e-9, 0)
	}
}
