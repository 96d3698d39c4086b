package canary

import (
	"encoding/json"
	"math"
	"testing"
)

// A caller who looks every second for years: sums stay finite and exact enough, and the
// state comes back. A state after many looks is that of one look as long, as long as
// nothing was raised.
func TestEverySecondForYears(t *testing.T) {
	const looks = 300000
	many, one := start(t, RateTest{Plain: true}), start(t, RateTest{Plain: true})
	for range looks {
		if err := many.Update(Arm{1, 1000}, Arm{9, 9000}); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.Update(Arm{looks, 1000 * looks}, Arm{9 * looks, 9000 * looks}); err != nil {
		t.Fatal(err)
	}
	for j := range many.logL {
		if !agree(many.logL[j], one.logL[j], 1e-9) {
			t.Errorf("node %d: %v, want %v", j, many.logL[j], one.logL[j])
		}
	}
	// A hundred years of it, at 10 000 requests a second.
	s, err := Judge{Metrics: []Metric{{Name: "errors", Direction: Either}}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	const century = 100 * 365 * 86400
	for i, bad := range []int64{0, century, 40 * century} {
		r, err := s.Look(counted(float64(i)*century, "errors", Arm{bad, 1000 * century}, Arm{9 * century, 9000 * century / 4}))
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Stream
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatal(err)
		}
		if _, err := json.Marshal(r); err != nil || math.IsNaN(r.LogE) || r.Verdict != Rollback {
			t.Errorf("%v: %v, %v", bad, r, err)
		}
	}
}
