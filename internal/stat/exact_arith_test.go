package stat

import (
	"math"
	"testing"
)

func TestLnSubnormal(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, math.Inf(-1)},
		{5e-324, -1074 * math.Ln2},
		{0x1p-1030, -1030 * math.Ln2},
		{0x1.8p-1025, math.Log(1.5) - 1025*math.Ln2},
		{0x1p-1022, -1022 * math.Ln2},
		{1, 0},
		{math.E, 1},
		{math.Inf(1), math.Inf(1)},
	} {
		if got := ln(c.x); !(got == c.want || relError(got, c.want) <= 2e-16) {
			t.Errorf("ln(%v): got %.17g, want %.17g", c.x, got, c.want)
		}
	}
	if got := ln(-1); !math.IsNaN(got) {
		t.Errorf("ln(-1): got %v, want NaN", got)
	}
}
