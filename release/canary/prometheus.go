package canary

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/prometheus/common/model"
)

// SampleMeaning is what the samples of a stream of counts are.
type SampleMeaning uint8

// The meanings.
const (
	// IncreaseSamples are the events of the step that ends at the sample's time, as
	// of increase(requests_total[1m]) asked for at steps of 1m.
	IncreaseSamples SampleMeaning = iota
	// CounterSamples are values of a counter: the events are the differences, and a
	// value below the one before is a restart from 0.
	CounterSamples
)

// MatrixOptions says how FromMatrix reads. The zero value reads increases.
type MatrixOptions struct {
	Meaning SampleMeaning
}

// MatrixLooks is what FromMatrix made of range queries.
type MatrixLooks struct {
	Looks    []Look    `json:"looks"` // Seconds since the first sample of all
	Warnings []Warning `json:"warnings,omitempty"`
}

// FromMatrix makes looks at one metric of the results of range queries with the
// same steps. Each arm is either one matrix, the values of samples, or two: bad and
// total events of counts. Streams of a matrix are added up for counts, and put side
// by side for values.
//
//   - A look stands where any arm has a sample. An arm without one there, or
//     without a total, is Missing; bad events without a sample are 0, for a series
//     of errors that never happened does not exist.
//   - NaN, with which Prometheus also marks the end of a series, is no sample.
//   - Fractions of events, which extrapolation makes, are rounded so that the sums
//     stay right to half an event.
//   - Negative and infinite counts are left out and more bad than total events cut;
//     each of these is a warning. Values are left as they are.
//
// To judge several metrics, join the looks of one time: JoinLooks. Errors are *Error:
// another number of matrices, native histograms. The arguments are not changed.
func FromMatrix(name string, baseline, canary []model.Matrix, o MatrixOptions) (MatrixLooks, error) {
	var p problems
	if len(baseline) != len(canary) || len(canary) < 1 || len(canary) > 2 {
		p.add("matrices", fmt.Sprintf("%d and %d", len(baseline), len(canary)), "neither values nor bad and total events", "give one matrix for each arm, or two")
	}
	if o.Meaning > CounterSamples {
		p.add("options.meaning", fmt.Sprint(o.Meaning), "no such meaning", "use IncreaseSamples or CounterSamples")
	}
	var series [2][2]map[int64][]float64 // of arm and matrix: values by milliseconds
	counts := len(canary) == 2
	times := map[int64]bool{}
	refused := 0
	for a, arm := range [][]model.Matrix{baseline, canary} {
		for k, matrix := range arm[:min(2, len(arm))] {
			series[a][k] = map[int64][]float64{}
			for _, stream := range matrix {
				if len(stream.Histograms) > 0 {
					p.add([]string{"baseline", "canary"}[a], stream.Metric.String(), "native histograms", "ask for histogram_count(), histogram_fraction() or histogram_quantile()")
					continue
				}
				values := slices.Clone(stream.Values)
				slices.SortStableFunc(values, func(x, y model.SamplePair) int { return x.Timestamp.Time().Compare(y.Timestamp.Time()) })
				before, known := 0.0, false
				for _, v := range values {
					x := float64(v.Value)
					switch {
					case math.IsNaN(x):
						continue
					case counts && (x < 0 || math.IsInf(x, 0)):
						refused++
						continue
					case counts && o.Meaning == CounterSamples:
						step := x - before
						if step < 0 { // a restart
							step = x
						}
						first := !known
						before, known = x, true
						if first {
							continue
						}
						x = step
					}
					at := int64(v.Timestamp)
					times[at] = true
					series[a][k][at] = append(series[a][k][at], x)
				}
			}
		}
	}
	if p.err() != nil {
		return MatrixLooks{}, p.err()
	}
	var r MatrixLooks
	if refused > 0 {
		r.Warnings = append(r.Warnings, Warning{"bad-sample", fmt.Sprintf("%d samples are negative or infinite and left out", refused), "look at the series for them"})
	}
	order := slices.Sorted(maps.Keys(times))
	var sums, told [2][2]float64 // up to now, exact and as told
	cut := 0
	for _, at := range order {
		var arms [2]Observed
		for a := range arms {
			if !counts {
				arms[a].Values = series[a][0][at]
				arms[a].Missing = len(arms[a].Values) == 0
				continue
			}
			if len(series[a][1][at]) == 0 {
				arms[a].Missing = true
				continue
			}
			var whole [2]float64
			for k := range whole {
				for _, v := range series[a][k][at] {
					sums[a][k] += v
				}
				whole[k] = max(0, math.Round(sums[a][k])-told[a][k])
			}
			if !(sums[a][0] <= maxCount && sums[a][1] <= maxCount) {
				return MatrixLooks{}, problem([]string{"baseline", "canary"}[a], number(max(sums[a][0], sums[a][1])), "more than 2⁵³ events", "look at the series")
			}
			if whole[0] > whole[1] {
				if whole[0] > whole[1]+1 {
					cut++
				}
				whole[0] = whole[1]
			}
			for k := range whole {
				told[a][k] += whole[k]
			}
			arms[a].Bad, arms[a].Total = int64(whole[0]), int64(whole[1])
		}
		r.Looks = append(r.Looks, Look{float64(at-order[0]) / 1000, []Measurement{{Name: name, Baseline: arms[0], Canary: arms[1]}}})
	}
	if cut > 0 {
		r.Warnings = append(r.Warnings, Warning{"bad-above-total", fmt.Sprintf("%d steps had more bad than total events and are cut to the total", cut), "count both in one place, at one moment"})
	}
	return r, nil
}

// JoinLooks puts looks of several metrics together by their times, in order.
// Measurements of one time stay in the order of the arguments. The arguments are
// not changed.
func JoinLooks(metrics ...[]Look) []Look {
	byTime := map[float64][]Measurement{}
	for _, looks := range metrics {
		for _, look := range looks {
			byTime[look.Seconds] = append(byTime[look.Seconds], look.Metrics...)
		}
	}
	var joined []Look
	for _, at := range slices.Sorted(maps.Keys(byTime)) {
		joined = append(joined, Look{at, byTime[at]})
	}
	return joined
}
