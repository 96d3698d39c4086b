package synth

import (
	"math"
	"testing"
)

func TestAccuracyCases(t *testing.T) {
	cases := AccuracyCases()
	if len(cases) != 3 {
		t.Fatalf("%d cases, want A, B and C", len(cases))
	}
	// The published ratios, to their printed digits.
	for i, want := range []float64{0.081301, 0.0002173, 0.0041667} {
		c := cases[i]
		counts := c.Events(monday)
		bad, total := Sum(counts)
		if got := bad / total; got != c.True || math.Abs(got-want) > 5e-7 {
			t.Errorf("%s: %v bad of %v is %v, want %v and about %v", c.Name, bad, total, got, c.True, want)
		}
		mean, slots := 0.0, Rebin(counts, 5)
		for _, s := range slots {
			mean += s.Bad / s.Total / float64(len(slots))
		}
		// Windows that overlap the hour's edges count the busy side more, which
		// moves the mean by at most a slot of the 288.
		if d := math.Abs(mean - c.MeanOfRatios); d > c.PeakErrorRatio/288*4 {
			t.Errorf("%s: the mean of the slots' ratios is %v, measured %v", c.Name, mean, c.MeanOfRatios)
		}
		if relative(c.RatioOfSums, c.True) > 0.01 {
			t.Errorf("%s: ratio of sums %v, true %v", c.Name, c.RatioOfSums, c.True)
		}
		if len(counts) != 1440 || !counts[1439].Time.Equal(monday.Add(day)) {
			t.Errorf("%s: %d counts, the last at %v", c.Name, len(counts), counts[1439].Time)
		}
	}
}
