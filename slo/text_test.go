package slo

import "testing"

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{
		0: "0 %", 1: "100 %", 0.1: "10 %", 0.123456: "12.35 %", 0.9996: "99.96 %", 0.999996: "99.9996 %",
		-0.1111: "-11.11 %", 12.5: "1250 %", 0.5: "50 %",
	} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
}

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
	for in, want := range map[string]string{
		"plain":               "plain",
		"a|b\n<script>&amp;":  `a\|b &lt;script&gt;&amp;amp;`,
		"`x` *y* _z_ [l](u) ": "\\`x\\` \\*y\\* \\_z\\_ \\[l\\](u)",
		`back\slash`:          `back\\slash`,
	} {
		if got := tableCell(in); got != want {
			t.Errorf("tableCell(%q) = %q, want %q", in, got, want)
		}
	}
	if got, want := table([][]string{{"a", "b", "c"}, {"x", "1", "2"}}), "| a | b | c |\n| --- | ---: | ---: |\n| x | 1 | 2 |\n"; got != want {
		t.Errorf("table:\n%swant:\n%s", got, want)
	}
}
