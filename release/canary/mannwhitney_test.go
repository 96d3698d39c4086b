package canary

import (
	"fmt"
	"testing"
)

func TestMannWhitneyAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data, Alternative string
		Exact, Correct    bool
		W, P              num
	}](t, "r_wilcox") {
		name := fmt.Sprintf("%s exact=%v correct=%v %s", c.Data, c.Exact, c.Correct, c.Alternative)
		o := Options{Alternative: rAlternative(t, c.Alternative), Method: Asymptotic, NoContinuity: !c.Correct}
		if c.Exact {
			o.Method = Exact
		}
		r, err := MannWhitney(data[c.Data].X, data[c.Data].Y, o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		near(t, name+" W", r.Statistic, c.W, 0, 0)
		if c.Data == "all_equal" && !c.Exact {
			// R divides 0 by 0; nothing differs, so that nothing is surprising.
			c.P = 1
		}
		near(t, name+" p", r.PValue, c.P, 1e-9, 0)
	}
}

func TestMannWhitneyTiesAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data, Alternative string
		P                 num `json:"p_exactRankTests"`
		Coin              num `json:"p_coin"`
	}](t, "r_wilcox_exact_ties") {
		r, err := MannWhitney(data[c.Data].X, data[c.Data].Y, Options{Alternative: rAlternative(t, c.Alternative), Method: Exact})
		if err != nil {
			t.Errorf("%s: %v", c.Data, err)
			continue
		}
		near(t, c.Data+" "+c.Alternative, r.PValue, c.P, 1e-9, 0)
		near(t, c.Data+" "+c.Alternative, r.PValue, c.Coin, 1e-9, 0)
	}
}
