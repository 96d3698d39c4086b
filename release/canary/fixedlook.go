package canary

import (
	"fmt"
	"math"
)

// fixedResult is the test of all data so far at a planned look.
type fixedResult struct {
	Test      string  `json:"test,omitempty"`
	Statistic float64 `json:"statistic"`
	PValue    float64 `json:"p_value"`
	PSafe     float64 `json:"p_value_safe"`
	Effect    float64 `json:"effect"`
	Name      string  `json:"effect_name,omitempty"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Level     float64 `json:"level"`
}

// test judges what was pooled. alpha decides on the level of the interval alone.
func (s *metricState) test(alpha float64) (fixedResult, error) {
	r := fixedResult{PValue: 1, PSafe: 1, Effect: 1, Name: "ratio", High: math.MaxFloat64}
	if s.Canary == 0 || s.Baseline == 0 {
		return r, nil
	}
	m := s.Metric
	level := 1 - 2*min(max(alpha, 1e-6), 0.49)
	var both [2]fixedResult
	for i := range both {
		if m.Direction != Either && i != int(m.Direction) {
			continue
		}
		var err error
		if both[i], err = s.testSide(i == 1, level); err != nil {
			return r, err
		}
	}
	switch m.Direction {
	case Increase, Decrease:
		return both[m.Direction], nil
	}
	r = both[0]
	if both[1].PValue < r.PValue {
		r = both[1]
	}
	r.PValue = min(1, 2*r.PValue)
	r.PSafe = max(both[0].PSafe, both[1].PSafe)
	return r, nil
}

// testSide tests for a canary that is higher, or lower.
func (s *metricState) testSide(lower bool, level float64) (fixedResult, error) {
	m := s.Metric
	harm := Options{Alternative: Greater, Level: level, Margin: m.Margin}
	safe := Options{Alternative: Less, Level: level, Margin: m.Tolerance}
	if lower { // less than 1/(1+margin) is harm
		harm.Alternative, safe.Alternative = Less, Greater
		harm.Margin, safe.Margin = 1/(1+m.Margin)-1, 1/(1+m.Tolerance)-1
	}
	if m.Kind == KindCounts {
		a, err := RateRatio(s.CanaryArm, s.BaselineArm, harm)
		b, err2 := RateRatio(s.CanaryArm, s.BaselineArm, safe)
		if err != nil || err2 != nil {
			return fixedResult{}, fmt.Errorf("%s: %w", m.Name, firstError(err, err2))
		}
		return fixedResult{a.Test, a.Statistic, a.PValue, b.PValue, a.Effect, a.EffectName, max(0, a.Low), a.High, a.Level}, nil
	}
	if m.Kind == KindHistogram { // ties within buckets leave no room for a margin
		q := QuantileTest{Quantile: m.Quantile, Alternative: harm.Alternative, Margin: m.Margin}
		a, err := q.Histograms(*s.CanaryBuckets, *s.BaseBuckets)
		q.Alternative, q.Margin = safe.Alternative, 0
		b, err2 := q.Histograms(scaledUp(*s.CanaryBuckets, *s.BaseBuckets, m.Tolerance, lower))
		if err != nil || err2 != nil {
			return fixedResult{}, fmt.Errorf("%s: %w", m.Name, firstError(err, err2))
		}
		effect := 1.0
		if a.Baseline > 0 {
			effect = bounded(a.Canary / a.Baseline)
		}
		return fixedResult{"quantile", a.LogE, a.PValue, b.PValue, effect, "ratio", 0, math.MaxFloat64, 0}, nil
	}
	shifted := func(margin float64) []float64 { // the canary as it were without the margin
		if !s.positive() {
			return s.CanaryValues
		}
		x := make([]float64, len(s.CanaryValues))
		for i, v := range s.CanaryValues {
			x[i] = v / (1 + margin)
		}
		return x
	}
	a, err := MannWhitney(shifted(harm.Margin), s.BaseValues, Options{Alternative: harm.Alternative})
	b, err2 := MannWhitney(shifted(safe.Margin), s.BaseValues, Options{Alternative: safe.Alternative})
	shift, err3 := HodgesLehmann(s.CanaryValues, s.BaseValues, Options{Level: level})
	if err != nil || err2 != nil || err3 != nil {
		return fixedResult{}, fmt.Errorf("%s: %w", m.Name, firstError(err, err2, err3))
	}
	if !s.positive() {
		b.PValue = 1 // a tolerance in percent of what is not positive excludes nothing
	}
	return fixedResult{a.Test, a.Statistic, a.PValue, b.PValue, shift.Effect, shift.Name, shift.Low, shift.High, shift.Level}, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *metricState) positive() bool {
	for _, values := range [][]float64{s.CanaryValues, s.BaseValues} {
		for _, v := range values {
			if v < 0 {
				return false
			}
		}
	}
	return true
}

// scaledUp are the histograms for a test of non-inferiority: the arm that harm
// would make better has its bounds moved by the tolerance to the next bound that
// leaves at most as much evidence.
func scaledUp(canary, baseline Histogram, tolerance float64, lower bool) (x, y Histogram) {
	move := func(h Histogram) Histogram {
		out := Histogram{h.Bounds, make([]float64, len(h.Counts))}
		for i, c := range h.Counts { // a value above bound i−1 is above that bound times 1+tolerance
			to := i
			if i > 0 {
				to = 0
				for to+1 < len(h.Counts) && h.bound(to) <= h.bound(i-1)*(1+tolerance) {
					to++
				}
			}
			out.Counts[to] += c
		}
		return out
	}
	if lower {
		return move(canary), baseline
	}
	return canary, move(baseline)
}
