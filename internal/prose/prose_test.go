package prose

import (
	"math"
	"testing"
	"time"
)

func TestProse(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 5, 7, 0, time.UTC)
	for _, c := range [][2]string{
		{Duration(90 * time.Minute), "1h30m"},
		{Duration(0), "0s"},
		{Duration(-time.Minute), "-1m0s"},
		{Percent(0.1235), "12.35 %"},
		{Percent(0.999999), "99.9999 %"},
		{Percent(0), "0 %"},
		{Percent(1), "100 %"},
		{Percent(0.9996), "99.96 %"},
		{Percent(0.999996), "99.9996 %"},
		{Percent(-0.1111), "-11.11 %"},
		{Percent(12.5), "1250 %"},
		{Percent(-0.5), "-50 %"},
		{Minute(at), "2026-03-01 09:05 UTC"},
		{Second(at), "2026-03-01 09:05:07 UTC"},
		{Plural(1, "shift"), "1 shift"},
		{Plural(0, "shift"), "0 shifts"},
		{Or(nil), ""},
		{Or([]string{"a"}), "a"},
		{Or([]string{"a", "b", "c"}), "a, b or c"},
		{And([]string{"a", "b"}), "a and b"},
		{Printable("ana maría"), "ana maría"},
		{Printable("a\x1b[0m\u202eb\n"), "a\uFFFD[0m\uFFFDb\uFFFD"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
}

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		v      float64
		digits int
		want   string
	}{
		{0, 3, "0"}, {1490.4, 3, "1490"}, {12345678, 3, "12300000"}, {0.00051234, 3, "0.000512"}, {-2.5e-7, 2, "-0.00000025"}, {1e300, 3, "1e+300"},
		{1.5e-13, 3, "1.5e-13"}, {0.1, -1, "0.1"}, {1e9, -1, "1000000000"}, {math.Inf(1), 3, "+Inf"}, {math.NaN(), 3, "NaN"}, {math.MaxFloat64, 1, "2e+308"},
	} {
		if got := Figure(c.v, c.digits); got != c.want {
			t.Errorf("%v to %d digits: got %s, want %s", c.v, c.digits, got, c.want)
		}
	}
}
