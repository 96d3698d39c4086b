package slo

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/srekit/ownership/internal/stat"
)

// MinBad is the least number of bad events among total that proves, at the
// confidence level, an error ratio above threshold: the least k whose one-sided
// Clopper-Pearson lower bound exceeds it, that is
//
//	P(X ≥ k) < 1 - level for X ~ Binomial(total, threshold).
//
// A service exactly at the threshold reaches it with a probability below
// 1 - level. Where not even all events bad prove it, the answer is total+1.
// The level holds for one look; for looks at any moment use AnytimeTest.
// Errors wrap ErrRatio (threshold unset, 0 or 1), ErrCounts (total above
// 2^53) and ErrLevel. Cost is logarithmic in total.
func MinBad(total uint64, threshold Ratio, level float64) (uint64, error) {
	if err := errors.Join(validThreshold(threshold), validLevel(level), validTotal(total)); err != nil {
		return 0, err
	}
	return minBad(total, threshold.Float64(), math.Log1p(-level)), nil
}

// minBad is MinBad with valid arguments; logAlpha is ln(1-level).
func minBad(total uint64, threshold, logAlpha float64) uint64 {
	return 1 + uint64(sort.Search(int(total), func(i int) bool { // i = k-1
		_, upper := stat.LogBinomialCDF(uint64(i), total, threshold)
		return upper < logAlpha
	}))
}

// CountStep says that from Total events on, Bad bad ones are needed.
type CountStep struct {
	Total uint64 `json:"total"`
	Bad   uint64 `json:"bad"`
}

// MinCounts is MinBad as a step function of the number of events, from 1 to
// maxTotal, so that a rule language without binomials can hold it: a window
// with n events alerts when it has at least the Bad of the last step whose
// Total is at most n. Each step asks for one more than the step before; the
// first stands at Total 1 and asks for 2 where one event proves nothing. At
// most 1,000 steps are made (beyond so many errors the plain ratio serves as
// well). Errors as for MinBad.
func MinCounts(threshold Ratio, level float64, maxTotal uint64) ([]CountStep, error) {
	if err := errors.Join(validThreshold(threshold), validLevel(level), validTotal(maxTotal)); err != nil {
		return nil, err
	}
	if maxTotal == 0 {
		return nil, nil
	}
	p, logAlpha := threshold.Float64(), math.Log1p(-level)
	last := minBad(maxTotal, p, logAlpha)
	const most = 1000
	if last > most {
		return nil, fmt.Errorf("%w: up to %d events the table has about %d steps, at most %d are made; end it at fewer events", ErrCounts, maxTotal, last, most)
	}
	var steps []CountStep
	for n, k := uint64(1), minBad(1, p, logAlpha); n <= maxTotal; k++ {
		steps = append(steps, CountStep{Total: n, Bad: k})
		// P(X ≥ k) grows with the number of events; where it reaches alpha,
		// k+1 is needed, and is enough: k+1 of n+1 events include k of n.
		n += uint64(sort.Search(int(maxTotal-n)+1, func(i int) bool {
			_, upper := stat.LogBinomialCDF(k-1, n+uint64(i), p)
			return upper >= logAlpha
		}))
	}
	return steps, nil
}

// TripProbability is the probability that a window with total events has an
// error ratio above threshold although the service's true one is truth: how
// often a plain burn-rate alert trips by chance. One event may be enough:
// see SingleErrorTotal. Errors wrap ErrRatio and ErrCounts.
func TripProbability(total uint64, truth, threshold Ratio) (float64, error) {
	err := errors.Join(validThreshold(threshold), validTotal(total))
	if truth.IsZero() {
		err = errors.Join(err, fmt.Errorf("%w: the true ratio is unset", ErrRatio))
	}
	if err != nil {
		return 0, err
	}
	// More than threshold·total bad events: P(X > floor(threshold·total)).
	_, p := stat.BinomialCDF(uint64(math.Floor(threshold.Of(float64(total)))), total, truth.Float64())
	return p, nil
}

// SingleErrorTotal is the traffic below which a single bad event lifts a
// window's error ratio above threshold: 1/threshold events. 0 for a threshold
// that is unset or nought.
func SingleErrorTotal(threshold Ratio) float64 {
	if threshold.Sign() == 0 {
		return 0
	}
	return 1 / threshold.Float64()
}

func validThreshold(threshold Ratio) error {
	if p := threshold.Float64(); p == 0 || p == 1 { // 1 also where it only rounds to it
		return fmt.Errorf("%w: threshold %q; write a ratio of bad events between 0%% and 100%%, such as 1.44%%", ErrRatio, threshold)
	}
	return nil
}

func validTotal(total uint64) error {
	if total > 1<<53 {
		return fmt.Errorf("%w: %d events; counts above 2^53 are not exact", ErrCounts, total)
	}
	return nil
}
