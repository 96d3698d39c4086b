package capacity

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// 9,000 requests a second with a launch of +20 % are 10,800; a unit carries 500, loaded to
// 60 % 300: 36 serve. With a quarter out for a rollout 48 are needed (48 − 12 = 36). Of n
// units in three equal zones one zone is lost: 72 leave 48, of which 36 serve. A surge of
// 10 % needs room for 8 more: 80.
func launch() Headroom {
	return Headroom{
		Peak: 9000, Growth: []Factor{{"launch", 1.2}}, UnitCapacity: 500, TargetUtilization: 0.6,
		Domains: []float64{1, 1, 1}, Lost: 1, Unavailable: 0.25, Surge: 0.1, Have: 60, UnitCost: 10,
	}
}

func TestHeadroomByHand(t *testing.T) {
	r, err := launch().Requirement()
	if err != nil {
		t.Fatal(err)
	}
	want := Requirement{
		Units: 80, Missing: 20, Cost: 800, Placement: []int{24, 24, 24}, UtilizationAtPeak: 10800. / 36000, UtilizationAtWorst: 0.6,
		Breakdown: []Reckoning{
			{"peak", 9000, "load", "given"},
			{"peak with launch", 10800, "load", "times 1.2"},
			{"load of a unit", 300, "load", "500 at full use, loaded to 60 %"},
			{"units that serve", 36, "units", "10.8k / 300, rounded up"},
			{"units with a rollout under way", 48, "units", "25 % of them may be out of service at once"},
			{"units with losses", 72, "units", "the largest 1 of 3 failure domains may be lost as well: 24 more"},
			{"room for units with a surge", 80, "units", "a rollout starts 10 % in addition"},
			{"missing units", 20, "units", "there are 60"},
			{"cost", 800, "cost", "80 times 10"},
			{"utilization at the peak", 0.3, "ratio", "10.8k on 72 units"},
			{"utilization at worst", 0.6, "ratio", "10.8k on the 36 units that are left"},
		},
	}
	if d := cmp.Diff(want, r); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if got, want := r.String(), "80 units, 20 more than there are; 30 % used at the peak, 60 % at worst"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if m := r.Markdown(); !strings.Contains(m, "| units with losses | 72 | the largest 1 of 3 failure domains may be lost as well: 24 more |\n") || !strings.Contains(m, "| utilization at worst | 60 % |") {
		t.Errorf("Markdown:\n%s", m)
	}
	text, err := json.Marshal(r)
	var back Requirement
	if err2 := json.Unmarshal(text, &back); err != nil || err2 != nil || !cmp.Equal(r, back) {
		t.Errorf("%v, %v: %s", err, err2, text)
	}
}

func TestHeadroomUnits(t *testing.T) {
	for _, c := range []struct {
		name  string
		h     Headroom
		units int
	}{
		{"nothing extra", Headroom{Peak: 10, UnitCapacity: 3}, 4},
		{"exactly whole", Headroom{Peak: 0.3, UnitCapacity: 0.1}, 3}, // 0.3/0.1 is 2.9999999999999996
		{"exactly whole from above", Headroom{Peak: 0.7 * 3, UnitCapacity: 0.7, TargetUtilization: 1}, 3},
		{"target", Headroom{Peak: 10, UnitCapacity: 3, TargetUtilization: 0.5}, 7},
		{"N+2", Headroom{Peak: 10, UnitCapacity: 3, Lost: 2}, 6},
		{"two zones", Headroom{Peak: 10, UnitCapacity: 1, Domains: []float64{5, 5}, Lost: 1}, 20},
		{"three zones", Headroom{Peak: 10, UnitCapacity: 1, Domains: []float64{1, 1, 1}, Lost: 1}, 15},
		{"unequal zones", Headroom{Peak: 10, UnitCapacity: 1, Domains: []float64{1, 3}, Lost: 1}, 38}, // 9.5 and 28.5: the small one takes 10 of 38
		{"no load", Headroom{UnitCapacity: 1, Domains: []float64{1, 1}, Lost: 1, Surge: 1, Unavailable: 0.5}, 0},
		{"surge alone", Headroom{Peak: 4, UnitCapacity: 1, Surge: 0.3}, 6},
	} {
		if r, err := c.h.Requirement(); err != nil || r.Units != c.units {
			t.Errorf("%s: %d units, %v; want %d", c.name, r.Units, err, c.units)
		}
	}
}

// Whole units move between domains as the total grows, so that some totals are enough though a
// few units more are not.
func TestHeadroomWavers(t *testing.T) {
	for _, c := range []struct {
		h    Headroom
		want int
	}{
		{Headroom{Peak: 6, UnitCapacity: 1, Domains: []float64{8, 1, 8, 8}, Lost: 3, Unavailable: 0.1}, 157},
		{Headroom{Peak: 40, UnitCapacity: 1, Domains: []float64{1, 5, 5, 9, 9}, Lost: 4}, 1138},
		{Headroom{Peak: 11, UnitCapacity: 1, Domains: []float64{1, 1, 4, 4, 1}, Lost: 4, Unavailable: 0.25}, 161},
	} {
		r, err := c.h.Requirement()
		if err != nil || r.Units != c.want {
			t.Errorf("%+v: %d units, %v; want %d", c.h, r.Units, err, c.want)
		}
		for total := int(c.h.Peak); total < r.Units; total++ {
			if c.h.left(total) >= int(c.h.Peak) {
				t.Errorf("%+v: %d are enough", c.h, total)
			}
		}
	}
}

// What is left carries the load at the target, one unit fewer does not, no order of the
// domains matters, and more load never needs fewer units.
func TestHeadroomLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Headroom{
			Peak: rapid.Float64Range(0, 500).Draw(t, "peak"), UnitCapacity: rapid.Float64Range(0.5, 50).Draw(t, "unit"),
			TargetUtilization: rapid.Float64Range(0.05, 1).Draw(t, "target"), Unavailable: rapid.Float64Range(0, 0.9).Draw(t, "unavailable"),
			Domains: rapid.SliceOfN(rapid.Float64Range(0.5, 3), 0, 5).Draw(t, "domains"),
		}
		h.Lost = rapid.IntRange(0, max(0, len(h.Domains)-1)).Draw(t, "lost")
		r, err := h.Requirement()
		if err != nil {
			t.Fatal(err)
		}
		serving := wholeUnits(h.Peak / (h.UnitCapacity * h.TargetUtilization))
		if got := h.left(r.Units); got < serving {
			t.Fatalf("%d units leave %d, %d must serve", r.Units, got, serving)
		}
		if r.Units > 0 && h.left(r.Units-1) >= serving {
			t.Fatalf("%d units are enough too, got %d", r.Units-1, r.Units)
		}
		if r.UtilizationAtWorst > h.TargetUtilization+1e-9 {
			t.Fatalf("utilization %v at worst, target %v", r.UtilizationAtWorst, h.TargetUtilization)
		}
		sum := 0
		for _, n := range r.Placement {
			sum += n
		}
		if len(h.Domains) > 0 && sum != r.Units {
			t.Fatalf("placement %v of %d units", r.Placement, r.Units)
		}
		more := h
		more.Peak *= 1.5
		if m, err := more.Requirement(); err != nil || m.Units < r.Units-1 {
			t.Fatalf("half as much load again: %d units after %d, %v", m.Units, r.Units, err)
		}
	})
}

func TestHeadroomScenarios(t *testing.T) {
	s, err := launch().Scenarios(Factor{"as planned", 1}, Factor{"twice", 2})
	if err != nil || len(s) != 2 || s[0].Requirement.Units != 80 || s[1].Requirement.Units != 159 || s[1].Name != "twice" {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := launch().Scenarios(Factor{"none", 0}); err == nil || !strings.HasSuffix(err.Error(), "factors[0]: 0: not a multiplier; write 1.3 for 30 % more") {
		t.Errorf("factor 0: %v", err)
	}
	// Each scenario at fault is told.
	const many = "needs more than 2⁴⁰ units; check the factor, and the unit of the load and of the units' capacity"
	_, err = launch().Scenarios(Factor{"as planned", 1}, Factor{"far too much", 1e50}, Factor{"too much", 1e20})
	if got, want := strings.Join(problemTexts(err), "\n"), "factors[1]: 1e+50: "+many+"\nfactors[2]: 1e+20: "+many; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestHeadroomErrors(t *testing.T) {
	bad := Headroom{Peak: math.NaN(), Growth: []Factor{{"x", 0}}, TargetUtilization: 2, Domains: []float64{1, -1}, Lost: 2, Unavailable: 1, Surge: -1, Have: -1, UnitCost: math.Inf(1)}
	_, err := bad.Requirement()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"headroom.peak: NaN: not a load", "growth[0]: 0: not a multiplier", "unit_capacity: 0: a unit carries more than nothing", "target_utilization: 2: not within 0 to 1",
		"domains[1]: -1: a domain holds a share above 0", "lost: 2: not fewer than the domains there are (2)", "unavailable: 1: not a share below 1", "surge: -1: not a share", "have: -1: a negative number of units", "unit_cost: +Inf: not a price"} {
		if !strings.Contains(err.Error()+" and "+strings.Join(problemTexts(err), " "), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
	if _, err := (Headroom{Peak: 1e300, UnitCapacity: 1}).Requirement(); err == nil || !strings.HasSuffix(err.Error(), "needs more than 2⁴⁰ units; check the unit of the load and of the units' capacity") {
		t.Errorf("too much: %v", err)
	}
}

func problemTexts(err error) (texts []string) {
	if e, ok := err.(*Error); ok {
		for _, p := range e.Problems {
			texts = append(texts, p.String())
		}
	}
	return texts
}

// Reached at 5 % in step 3, which begins after two days; three days of lead time are one
// too many.
func TestOrder(t *testing.T) {
	s := Saturation{Start: monday, Step: day, Reached: []float64{0, 0.01, 0.2, 0.6}}
	o, ok, err := s.Order(0.05, 3*day)
	if err != nil || !ok || !o.NeededAt.Equal(monday.Add(2*day)) || !o.By.Equal(monday.Add(-day)) || o.Risk != 0.05 {
		t.Errorf("%+v, %v, %v", o, ok, err)
	}
	if _, ok, err := s.Order(0.7, 0); ok || err != nil {
		t.Errorf("not within the horizon: %v, %v", ok, err)
	}
	if _, _, err := s.Order(0, -time.Hour); err == nil || !strings.Contains(err.Error(), "risk: 0: ") || !strings.Contains(err.Error(), "lead: -1h0m0s: ") {
		t.Errorf("bad arguments: %v", err)
	}
}
