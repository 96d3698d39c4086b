package slo

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The 14.4-fold burn of 99.9 % in an hour: a ratio above 0.0144 proved at 95 %.
// A naive count of 14.4·0.001·n rounded up would be 1, 1, 2, 8, 15, 145.
func TestMinBad(t *testing.T) {
	threshold := MustRatio("0.0144")
	for _, c := range []struct{ total, want uint64 }{
		{0, 1}, {10, 2}, {50, 3}, {100, 5}, {500, 13}, {1000, 22}, {10000, 165},
	} {
		if got, err := MinBad(c.total, threshold, 0.95); err != nil || got != c.want {
			t.Errorf("MinBad(%d) = %d, %v; want %d", c.total, got, err, c.want)
		}
	}
	// Where all bad is not enough: 0.5^4 = 0.0625 > 0.05, 0.5^5 = 0.03125.
	if got, err := MinBad(4, MustRatio("50%"), 0.95); err != nil || got != 5 {
		t.Errorf("4 events against 50%%: %d, %v; want 5, out of reach", got, err)
	}
	if got, err := MinBad(5, MustRatio("50%"), 0.95); err != nil || got != 5 {
		t.Errorf("5 events against 50%%: %d, %v; want 5", got, err)
	}
}

// k bad events prove the threshold exactly when the lower bound of the two-sided
// interval at twice the risk lies above it.
func TestMinBadIsTheLowerBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := uint64(rapid.IntRange(1, 20000).Draw(t, "total"))
		threshold := rapid.SampledFrom([]Ratio{MustRatio("0.0144"), MustRatio("0.006"), MustRatio("0.1"), MustRatio("0.5")}).Draw(t, "threshold")
		level := rapid.SampledFrom([]float64{0.9, 0.95, 0.99, 0.999}).Draw(t, "level")
		k, err := MinBad(total, threshold, level)
		if err != nil {
			t.Fatal(err)
		}
		low := func(k uint64) float64 {
			i, err := (Counts{float64(k), float64(total)}).ErrorInterval(ClopperPearsonInterval, 2*level-1)
			if err != nil {
				t.Fatal(err)
			}
			return i.Low
		}
		if k <= total && low(k) <= threshold.Float64() {
			t.Fatalf("%d of %d: lower bound %v, not above %v", k, total, low(k), threshold)
		}
		if k > 1 && low(k-1) > threshold.Float64() {
			t.Fatalf("%d of %d are called necessary, but %d suffice: %v", k, total, k-1, low(k-1))
		}
	})
}

func TestMinCounts(t *testing.T) {
	threshold := MustRatio("0.0144")
	steps, err := MinCounts(threshold, 0.95, 10000)
	if err != nil || len(steps) != 165 || steps[0] != (CountStep{1, 1}) || steps[164].Bad != 165 {
		t.Fatalf("%d steps from %v, %v; want 165 from {1 1}", len(steps), steps[:min(3, len(steps))], err)
	}
	// 1-0.9856^n reaches 0.05 at n = 3.54: one error of three is proof, of four not.
	if steps[1] != (CountStep{4, 2}) {
		t.Errorf("second step %v, want {4 2}", steps[1])
	}
	at := 0
	for n := uint64(1); n <= 10000; n += 7 {
		for at+1 < len(steps) && steps[at+1].Total <= n {
			at++
		}
		if k, err := MinBad(n, threshold, 0.95); err != nil || k != steps[at].Bad {
			t.Errorf("%d events: step %v, but MinBad is %d (%v)", n, steps[at], k, err)
		}
	}
	steps, err = MinCounts(MustRatio("50%"), 0.95, 6)
	want := []CountStep{{1, 2}, {2, 3}, {3, 4}, {4, 5}, {6, 6}}
	if err != nil || len(steps) != len(want) {
		t.Fatalf("50%%: %v, %v; want %v", steps, err, want)
	}
	for i := range want {
		if steps[i] != want[i] {
			t.Errorf("50%%: %v, want %v", steps, want)
		}
	}
	if steps, err := MinCounts(threshold, 0.95, 1); err != nil || len(steps) != 1 {
		t.Errorf("up to 1 event: %v, %v", steps, err)
	}
	if steps, err := MinCounts(threshold, 0.95, 0); err != nil || steps != nil {
		t.Errorf("up to 0 events: %v, %v", steps, err)
	}
	if _, err := MinCounts(threshold, 0.95, 1e9); text(err) != "not counts of events: up to 1000000000 events the table has about 14406198 steps, at most 1000 are made; end it at fewer events" {
		t.Errorf("up to 1e9 events: %v", err)
	}
}

// A service exactly on a budget of 0.001, watched by the 1h/14.4 and 6h/6 pairs.
func TestTripProbability(t *testing.T) {
	for _, c := range []struct {
		threshold string
		total     uint64
		want      float64
	}{
		{"0.0144", 10, .00995512}, {"0.0144", 50, .0487944}, {"0.0144", 100, .00463807},
		{"0.0144", 500, 5.92e-8}, {"0.0144", 1000, 2.74e-13},
		{"0.006", 60, .0582637}, {"0.006", 300, .0368584}, {"0.006", 600, .00333438},
		{"0.006", 0, 0},
	} {
		got, err := TripProbability(c.total, MustRatio("0.001"), MustRatio(c.threshold))
		if err != nil || !near(got, c.want, 2e-3) || c.want > 1e-4 && !near(got, c.want, 1e-6) {
			t.Errorf("%d events above %s: %.9g, %v; want %v", c.total, c.threshold, got, err, c.want)
		}
	}
	// 50 an hour: about 35 false hours in thirty days.
	p, _ := TripProbability(50, MustRatio("0.001"), MustRatio("0.0144"))
	if hours := 720 * p; math.Abs(hours-35) > 0.5 {
		t.Errorf("%v false hours in 30 days, want about 35", hours)
	}
	// The threshold itself does not trip: 9 of 625 is 0.0144.
	at9, _ := TripProbability(625, MustRatio("0.5"), MustRatio("0.0144"))
	if p, _ := TripProbability(624, MustRatio("0.5"), MustRatio("0.0144")); at9 > p || math.IsNaN(at9) {
		t.Errorf("9 of 625 trips: %v > %v", at9, p)
	}
}

func TestSingleErrorTotal(t *testing.T) {
	for threshold, want := range map[string]float64{"0.0144": 69.4, "0.006": 166.7, "0.003": 333.3, "0.001": 1000} {
		if got := SingleErrorTotal(MustRatio(threshold)); math.Abs(got-want) > 0.05 {
			t.Errorf("one error trips %s below %v events, want %v", threshold, got, want)
		}
	}
	if got := SingleErrorTotal(MustRatio("0")); got != 0 {
		t.Errorf("threshold 0: %v", got)
	}
}

func TestMinCountsErrors(t *testing.T) {
	_, err := MinBad(1<<54, MustRatio("1"), 1)
	if !errors.Is(err, ErrRatio) || !errors.Is(err, ErrLevel) || !errors.Is(err, ErrCounts) {
		t.Errorf("three defects: %v", err)
	}
	if _, err := MinCounts(Ratio{}, 0.95, 10); text(err) != `not a ratio: threshold ""; write a ratio of bad events between 0% and 100%, such as 1.44%` {
		t.Errorf("no threshold: %v", err)
	}
	if _, err := MinBad(10, MustRatio("0.999999999999999999"), 0.95); !errors.Is(err, ErrRatio) {
		t.Errorf("a threshold that no float64 tells from 1: %v", err)
	}
	if _, err := TripProbability(10, Ratio{}, MustRatio("0")); !errors.Is(err, ErrRatio) {
		t.Errorf("no ratios: %v", err)
	}
}
