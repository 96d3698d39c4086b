package slo

import "testing"

func TestTexts(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 1000: "1000", 1.5: "1.5", 2.004: "2", -0.001: "0", 1e6: "1000000"} {
		if got := count(x); got != want {
			t.Errorf("count(%v) = %q, want %q", x, got, want)
		}
	}
	summer := at(t, "2026-07-01T10:00:00Z")
	if got := clock(summer, zone(t, "Europe/Berlin")); got != "2026-07-01 12:00 CEST" {
		t.Errorf("clock in Berlin: %q", got)
	}
	if got := clock(summer, nil); got != "2026-07-01 10:00 UTC" {
		t.Errorf("clock: %q", got)
	}
}
