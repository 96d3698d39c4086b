package chart

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nb stands for the space that does not break between a number and its unit.
func nb(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

func TestUnitFormat(t *testing.T) {
	for _, c := range []struct {
		unit Unit
		v    float64
		want string
	}{
		{Number, 0, "0"},
		{Number, math.Copysign(0, -1), "0"},
		{Number, 1.5, "1.5"},
		{Number, 1500, "1500"},
		{Number, 12345, "12.35k"},
		{Number, -3.4e6, "−3.4M"},
		{Number, 2.5e9, "2.5G"},
		{Number, 0.00025, "2.5e-4"},
		{Number, 3e22, "3e22"},
		{Number, 1.0 / 3, "0.3333"},
		{Count, 7, "7"},
		{Percent, 5e-6, "0.0005 %"},
		{Percent, -1.23456e-7, "−0.00001235 %"},
		{Percent, 0.5, "50 %"},
		{Percent, 0.999, "99.9 %"},
		{Percent, 0.99987654, "99.988 %"},
		{Percent, 0.99995, "99.995 %"},
		{Percent, 0.999999, "99.9999 %"},
		{Percent, 1, "100 %"},
		{Percent, 1.2345, "123.4 %"}, // 123.45 lies a little below in binary
		{Percent, -0.01, "−1 %"},
		{Factor, 14.4, "14.4×"},
		{Bytes, 0, "0 B"},
		{Bytes, 1023, "1023 B"},
		{Bytes, 1536, "1.5 KiB"},
		{Bytes, 3 * 1024 * 1024 * 1024, "3 GiB"},
		{Bytes, -2048, "−2 KiB"},
		{Seconds, 0, "0 s"},
		{Seconds, 2e-9, "2 ns"},
		{Seconds, 15e-6, "15 µs"},
		{Seconds, 0.25, "250 ms"},
		{Seconds, 1.5, "1.5 s"},
		{Seconds, 59.5, "59.5 s"},
		{Seconds, 60, "1m"},
		{Seconds, 90, "1m30s"},
		{Seconds, 5400, "1h30m"},
		{Seconds, 86400, "1d"},
		{Seconds, 100000, "1d3h"},
		{Seconds, -7200, "−2h"},
		{Number, math.NaN(), "–"},
		{Seconds, math.Inf(1), "–"},
		{Unit(99), 5, "5"},
	} {
		if got := c.unit.Format(c.v); got != nb(c.want) {
			t.Errorf("Unit(%d).Format(%v): got %q, want %q", c.unit, c.v, got, nb(c.want))
		}
	}
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		axis   Axis
		lo, hi float64
		n      int
		want   string
	}{
		{Axis{}, 0, 10, 5, "0 2 4 6 8 10"},
		{Axis{}, 0.13, 0.87, 4, "0 0.2 0.4 0.6 0.8 1.0"},
		{Axis{}, -3, 7, 5, "−4 −2 0 2 4 6 8"},
		{Axis{Zero: true}, 5, 9, 5, "0 2 4 6 8 10"},
		{Axis{}, 0, 45000, 5, "0 10k 20k 30k 40k 50k"},
		{Axis{}, 0, 2.4e6, 5, "0 0.5M 1.0M 1.5M 2.0M 2.5M"},
		{Axis{}, 5, 5, 3, "4.5 5.0 5.5"},
		{Axis{}, 0, 0, 2, "0 0.5 1.0"},
		{Axis{Min: 2, Max: 9}, 0, 100, 4, "2 4 6 8"},
		{Axis{Min: 5, Max: 5}, 0, 10, 2, "0 5 10"},
		{Axis{Unit: Count}, 0, 2, 5, "0 1 2"},
		{Axis{Unit: Percent}, 0.9971, 1, 4, "99.7_% 99.8_% 99.9_% 100.0_%"},
		{Axis{Unit: Percent}, 1, 1, 4, "90_% 95_% 100_%"},
		{Axis{Unit: Percent}, 0, 1, 5, "0_% 20_% 40_% 60_% 80_% 100_%"},
		{Axis{Unit: Factor}, 0, 14.4, 4, "0× 5× 10× 15×"},
		{Axis{Unit: Bytes}, 0, 1.6 * 1024 * 1024 * 1024, 4, "0_B 512_MiB 1_GiB 1.5_GiB 2_GiB"},
		{Axis{Unit: Bytes}, 0, 3, 8, "0_B 1_B 2_B 3_B"},
		{Axis{Unit: Seconds}, 0, 0.45, 5, "0_s 100_ms 200_ms 300_ms 400_ms 500_ms"},
		{Axis{Unit: Seconds}, 0, 7000, 4, "0_s 30m 1h 1h30m 2h"},
		{Axis{Unit: Seconds}, 60, 62, 5, "60_s 60.5_s 61_s 61.5_s 62_s"},
		{Axis{Unit: Seconds}, 3600, 3610, 5, "1h 1h2s 1h4s 1h6s 1h8s 1h10s"},
		{Axis{Unit: Seconds}, -7200, -3600, 2, "−2h −1h30m −1h"},
		{Axis{Unit: Seconds}, 0, 40 * 86400, 4, "0_s 10d 20d 30d 40d"},
		{Axis{Log: true}, 0.3, 80, 4, "0.1 1 10 100"},
		{Axis{Log: true}, 1, 9, 6, "1 2 5 10"},
		{Axis{Log: true}, 1, 1e12, 4, "1 1000 1M 1G 1T"},
		{Axis{Log: true, Unit: Bytes}, 100, 5000, 4, "64_B 256_B 1_KiB 4_KiB 16_KiB"},
		{Axis{Log: true, Unit: Seconds}, 0.002, 90, 8, "1_ms 10_ms 100_ms 1_s 10_s 1m 10m"},
		{Axis{}, 1, 0, 4, "0 0.5 1.0"},
		{Axis{Log: true}, 1, 0, 4, "1 2 5 10"},
	} {
		_, ticks := c.axis.layout(c.lo, c.hi, c.n)
		var got []string
		for _, k := range ticks {
			got = append(got, strings.ReplaceAll(k.label, "\u00a0", "_"))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%+v from %v to %v, %d ticks: got %q, want %q", c.axis, c.lo, c.hi, c.n, g, c.want)
		}
	}
}

func TestTickLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := Axis{
			Unit: Unit(rapid.IntRange(0, 5).Draw(t, "unit")),
			Log:  rapid.Bool().Draw(t, "log"),
			Zero: rapid.Bool().Draw(t, "zero"),
		}
		lo := rapid.Float64Range(-1e12, 1e12).Draw(t, "lo")
		if a.Log {
			lo = math.Exp2(rapid.Float64Range(-60, 60).Draw(t, "log2 lo"))
		}
		hi := lo + math.Exp2(rapid.Float64Range(-20, 60).Draw(t, "log2 span"))
		n := rapid.IntRange(2, 20).Draw(t, "n")
		s, ticks := a.layout(lo, hi, n)
		if !s.holds(lo) || !s.holds(hi) || !(s.lo < s.hi) {
			t.Fatalf("domain %v to %v does not hold the data %v to %v", s.lo, s.hi, lo, hi)
		}
		if len(ticks) > 3*n+4 {
			t.Fatalf("%d ticks, asked for about %d", len(ticks), n)
		}
		for i, k := range ticks {
			if !s.holds(k.at) {
				t.Fatalf("tick %v outside %v to %v", k.at, s.lo, s.hi)
			}
			if i > 0 && k.at <= ticks[i-1].at {
				t.Fatalf("tick %v after %v", k.at, ticks[i-1].at)
			}
			if i > 0 && k.label == ticks[i-1].label && (hi-lo) > 1e-8*math.Max(math.Abs(lo), math.Abs(hi)) {
				t.Fatalf("two ticks named %q: %v and %v", k.label, ticks[i-1].at, k.at)
			}
		}
	})
}
