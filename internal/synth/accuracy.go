package synth

import "time"

// AccuracyCase is a day on which a mean of ratios is far from the ratio of
// sums: 23 hours of one traffic and one hour of another.
type AccuracyCase struct {
	Name string
	// PerMinute and ErrorRatio are those of 23 hours, PeakPerMinute and
	// PeakErrorRatio those of the remaining hour, which begins at PeakHour.
	PerMinute, PeakPerMinute   int
	ErrorRatio, PeakErrorRatio float64
	PeakHour                   int
	// True is the day's bad over its total events.
	True float64
	// MeanOfRatios and RatioOfSums are what a real Prometheus computed for the
	// day from records of five minutes, averaging their ratios or dividing
	// their sums. Records overlap the hour's edges, hence the differences from
	// the slots' own sums.
	MeanOfRatios, RatioOfSums float64
}

// Events returns the day's counts, one a minute, beginning at start.
func (c AccuracyCase) Events(start time.Time) []Count {
	from, slots := grid(start, start.Add(day), time.Minute)
	if slots == 0 {
		return nil
	}
	counts := make([]Count, slots)
	for i := range counts {
		per, ratio := c.PerMinute, c.ErrorRatio
		if i/60 == c.PeakHour {
			per, ratio = c.PeakPerMinute, c.PeakErrorRatio
		}
		total := float64(max(per, 0))
		counts[i] = Count{
			Time:  instant(from + int64(i+1)*int64(time.Minute)),
			Bad:   min(total, dither(total*clamp(ratio, 0, 1), int64(i))),
			Total: total,
		}
	}
	return counts
}

// AccuracyCases returns three days: errors at the peak, which a mean of ratios
// reports 18.8 times too low; errors at night, 91 times too high; and even
// traffic, where both agree.
func AccuracyCases() []AccuracyCase {
	return []AccuracyCase{
		{"A: errors at the peak", 10, 1000, 0, 0.1, 12, 6000. / 73800, 0.004319, 0.08070},
		{"B: errors at night", 1000, 10, 0, 0.5, 3, 300. / 1380600, 0.019780, 0.0002158},
		{"C: even traffic", 1000, 1000, 0, 0.1, 12, 6000. / 1440000, 0.0041341, 0.0041407},
	}
}
