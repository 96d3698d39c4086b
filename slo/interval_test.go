package slo

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance*max(1e-300, math.Abs(want))
}

// Reference values from R 4.2 (qbeta) and the closed form of Wilson's bounds.
func TestErrorInterval(t *testing.T) {
	for _, c := range []struct {
		counts    Counts
		method    IntervalMethod
		low, high float64
	}{
		{Counts{1, 10}, ClopperPearsonInterval, .0025285785, .44501612},
		{Counts{1, 10}, WilsonInterval, .017876213, .40415003},
		{Counts{1, 10}, JeffreysInterval, .011011674, .38131477},
		{Counts{0, 100}, ClopperPearsonInterval, 0, .036216693},
		{Counts{3, 1000}, ClopperPearsonInterval, .00061909993, .0087420232},
		{Counts{3, 1000}, WilsonInterval, .0010207839, .0087830141},
		{Counts{0, 10}, WilsonInterval, 0, .27753279},
		{Counts{10, 10}, ClopperPearsonInterval, .69150289, 1},
		{Counts{}, ClopperPearsonInterval, 0, 1},
		{Counts{}, WilsonInterval, 0, 1},
		{Counts{}, JeffreysInterval, 0, 1},
		{Counts{1.2, 9.8}, ClopperPearsonInterval, .0025285785, .44501612}, // rounded to 1 of 10
	} {
		i, err := c.counts.ErrorInterval(c.method, 0.95)
		if err != nil || !near(i.Low, c.low, 1e-7) || !near(i.High, c.high, 1e-7) || i.Level != 0.95 {
			t.Errorf("%v %v: [%.9g, %.9g] at %v, %v; want [%v, %v]", c.counts, c.method, i.Low, i.High, i.Level, err, c.low, c.high)
		}
		if c.low == 0 && i.Low != 0 {
			t.Errorf("%v %v: low is %g, want exactly 0", c.counts, c.method, i.Low)
		}
		r, err := c.counts.RatioInterval(c.method, 0.95)
		if err != nil || r.Low != 1-i.High || r.High != 1-i.Low || r.Level != 0.95 {
			t.Errorf("%v %v: ratio in %v, %v; want the complement of %v", c.counts, c.method, r, err, i)
		}
	}
}

func TestRemainingInterval(t *testing.T) {
	o := Objective{Target: MustRatio("99.9%")}
	i, err := o.RemainingInterval(Counts{3, 1000}, ClopperPearsonInterval, 0.95)
	if err != nil || !near(i.Low, 1-8.7420232, 1e-7) || !near(i.High, 1-.61909993, 1e-7) {
		t.Errorf("3 of 1000 at 99.9%%: %v, %v", i, err)
	}
	if _, err := (Objective{}).RemainingInterval(Counts{2, 1}, WilsonInterval, 2); !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) || !errors.Is(err, ErrLevel) {
		t.Errorf("three defects at once: %v", err)
	}
}

func TestIntervalErrors(t *testing.T) {
	for _, level := range []float64{0, 1, -1, 2, math.NaN(), math.Inf(1)} {
		if _, err := (Counts{1, 10}).RatioInterval(WilsonInterval, level); !errors.Is(err, ErrLevel) {
			t.Errorf("level %v: %v", level, err)
		}
	}
	if _, err := (Counts{0, 1 << 54}).ErrorInterval(WilsonInterval, 0.95); text(err) != "not counts of events: total is 1.8014398509481984e+16; counts above 2^53 are not exact" {
		t.Errorf("2^54 events: %v", err)
	}
	if _, err := (Counts{1, 10}).ErrorInterval(7, 0.95); text(err) != "unknown interval method 7; use ClopperPearsonInterval, WilsonInterval or JeffreysInterval" {
		t.Errorf("method 7: %v", err)
	}
	if _, err := (Counts{1, 10}).ErrorInterval(-1, 0.95); err == nil {
		t.Error("method -1 gave an interval")
	}
}

func TestIntervalMethodText(t *testing.T) {
	for m, name := range map[IntervalMethod]string{ClopperPearsonInterval: "clopper_pearson", WilsonInterval: "wilson", JeffreysInterval: "jeffreys"} {
		out, err := json.Marshal(m)
		if err != nil || string(out) != `"`+name+`"` {
			t.Errorf("%d is written %s, %v", int(m), out, err)
		}
		var back IntervalMethod = 9
		if err := json.Unmarshal(out, &back); err != nil || back != m {
			t.Errorf("%s is read as %v, %v", out, back, err)
		}
	}
	var m IntervalMethod
	if err := m.UnmarshalText([]byte("wald")); text(err) != `unknown interval method "wald"; write clopper_pearson, wilson or jeffreys` {
		t.Errorf("wald: %v", err)
	}
	if got := IntervalMethod(3).String(); got != "IntervalMethod(3)" {
		t.Errorf("method 9 is written %q", got)
	}
}

// Every method keeps order and grows with its level; Clopper-Pearson holds
// Jeffreys' and the counted ratio.
func TestIntervalLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 1e7).Draw(t, "total")
		c := Counts{float64(rapid.IntRange(0, total).Draw(t, "bad")), float64(total)}
		level := rapid.Float64Range(0.01, 0.999).Draw(t, "level")
		var exact, jeffreys Interval
		for m := ClopperPearsonInterval; m <= JeffreysInterval; m++ {
			i, err := c.ErrorInterval(m, level)
			if err != nil {
				t.Fatal(err)
			}
			if !(0 <= i.Low && i.Low <= i.High && i.High <= 1) {
				t.Fatalf("%v %v at %v: %v", c, m, level, i)
			}
			wider, err := c.ErrorInterval(m, (1+level)/2)
			if err != nil || wider.Low > i.Low || wider.High < i.High {
				t.Fatalf("%v %v: %v at %v, but %v at %v (%v)", c, m, i, level, wider, (1+level)/2, err)
			}
			if c.Bad < c.Total {
				more, err := (Counts{c.Bad + 1, c.Total}).ErrorInterval(m, level)
				if err != nil || more.Low < i.Low || more.High < i.High {
					t.Fatalf("%v %v: one more bad event moves %v to %v (%v)", c, m, i, more, err)
				}
			}
			switch m {
			case ClopperPearsonInterval:
				exact = i
			case JeffreysInterval:
				jeffreys = i
			}
		}
		if jeffreys.Low < exact.Low || jeffreys.High > exact.High {
			t.Fatalf("%v at %v: Jeffreys %v is not within Clopper-Pearson %v", c, level, jeffreys, exact)
		}
		if e, _ := c.ErrorRatio(); e < exact.Low || e > exact.High {
			t.Fatalf("%v at %v: the counted ratio is outside %v", c, level, exact)
		}
	})
}
