package slo

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
)

// SampleMeaning is what the samples of a stream count.
type SampleMeaning int

// The meanings.
const (
	// IncreaseSamples are the events of the step that ends at the sample's
	// time, as of increase(requests_total[1m]) asked for at steps of 1m.
	IncreaseSamples SampleMeaning = iota
	// CounterSamples are values of a counter, as of requests_total itself: the
	// events are the differences, and a value below the one before is a restart
	// from 0.
	CounterSamples
)

// MatrixOptions says how FromMatrix reads.
type MatrixOptions struct {
	Meaning SampleMeaning
	// Step is the distance of samples; 0 is the median one.
	Step time.Duration
	// FromZero takes counters that appear after the first sample of all to have
	// started at 0, so that the first error of a fresh series counts.
	// Prometheus' own increase() does not see it.
	FromZero bool
}

// Warning is a weakness of data that could be read all the same.
type Warning struct {
	// Code is stable: bad-sample, bad-without-total, bad-above-total.
	Code   string `json:"code"`
	Count  int    `json:"count"` // how many samples or points
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// String is code: text; remedy.
func (w Warning) String() string { return w.Code + ": " + w.Text + "; " + w.Remedy }

// MatrixPoints is what FromMatrix made of two range queries.
type MatrixPoints struct {
	Points []Point `json:"points"`
	// Gaps are the times without total samples, for IncreaseSamples. What
	// happened there is unknown. Counters go on counting in a gap: the point
	// after it holds the gap's events.
	Gaps     []Span    `json:"gaps"`
	Warnings []Warning `json:"warnings"`
}

// ErrMatrix is what errors of FromMatrix wrap.
var ErrMatrix = errors.New("not counts of bad and total events")

// FromMatrix makes points of the results of two range queries with the same
// steps, for bad and for total events. Streams of one matrix are added up.
//
//   - A point stands where total has a sample; bad events without a sample
//     there are 0, for a series of errors that never happened does not exist.
//   - NaN, with which Prometheus also marks the end of a series, is no sample.
//   - Negative and infinite samples, and bad ones where total has none, are
//     left out; more bad than total events, beyond the noise of extrapolation
//     a relative 1e-9, are cut to the total. Each of these is a warning.
//
// Errors wrap ErrMatrix: native histograms in a stream, or more bad than total
// events over all, which means that the arguments are swapped or total is the
// good events. No samples give no points. The arguments are not changed.
func FromMatrix(bad, total model.Matrix, options MatrixOptions) (MatrixPoints, error) {
	if options.Meaning != IncreaseSamples && options.Meaning != CounterSamples || options.Step < 0 {
		return MatrixPoints{}, fmt.Errorf("%w: meaning %d, step %v; use IncreaseSamples or CounterSamples and a step of 0 or more", ErrMatrix, int(options.Meaning), options.Step)
	}
	begin := int64(math.MaxInt64) // of all samples
	for _, s := range slices.Concat(bad, total) {
		for _, v := range s.Values {
			begin = min(begin, int64(v.Timestamp))
		}
	}
	var r MatrixPoints
	totals, refused, err1 := eventsOf("total", total, options, begin)
	bads, refusedToo, err2 := eventsOf("bad", bad, options, begin)
	if err := errors.Join(err1, err2); err != nil {
		return MatrixPoints{}, err
	}
	r.warn("bad-sample", refused+refusedToo, "%d samples are negative or infinite and left out", "look at the series for them")
	times := slices.Sorted(maps.Keys(totals))
	above := 0
	var sum Counts
	for _, t := range times {
		c := Counts{bads[t], totals[t]}
		sum = sum.Add(c)
		if c.Bad > c.Total {
			if c.Bad > c.Total*(1+slack) {
				above++
			}
			c.Bad = c.Total
		}
		r.Points = append(r.Points, Point{time.UnixMilli(t).UTC(), c})
		delete(bads, t)
	}
	r.warn("bad-without-total", len(bads), "%d instants have bad events and no total; they are left out", "ask for both with the same start and step")
	r.warn("bad-above-total", above, "%d points had more bad than total events and are cut to the total", "count both in one place, at one moment")
	if sum.Bad > sum.Total*(1+slack) || math.IsInf(sum.Total, 0) {
		return MatrixPoints{}, fmt.Errorf("%w: %v bad of %v in total; are the arguments swapped, or is total the good events?", ErrMatrix, sum.Bad, sum.Total)
	}
	if options.Meaning == IncreaseSamples {
		r.gaps(options.Step)
	}
	return r, nil
}

func (r *MatrixPoints) warn(code string, n int, text, remedy string) {
	if n > 0 {
		r.Warnings = append(r.Warnings, Warning{code, n, fmt.Sprintf(text, n), remedy})
	}
}

// gaps finds where points are more than one and a half steps apart.
func (r *MatrixPoints) gaps(step time.Duration) {
	if step == 0 {
		step = medianStep(r.Points)
	}
	for i := 1; i < len(r.Points); i++ {
		before, after := r.Points[i-1].Time, r.Points[i].Time
		if after.Sub(before) > step+step/2 {
			r.Gaps = append(r.Gaps, Span{before, after.Add(-step)})
		}
	}
}

// eventsOf adds up the events of all streams by their time in milliseconds, and
// tells how many samples it refused.
func eventsOf(name string, matrix model.Matrix, options MatrixOptions, begin int64) (events map[int64]float64, refused int, err error) {
	events = make(map[int64]float64)
	for _, stream := range matrix {
		if len(stream.Histograms) > 0 {
			err = errors.Join(err, fmt.Errorf("%w: %s: %v holds native histograms; ask for histogram_count() or histogram_fraction()", ErrMatrix, name, stream.Metric))
			continue
		}
		values := slices.Clone(stream.Values)
		slices.SortStableFunc(values, func(a, b model.SamplePair) int { return a.Timestamp.Time().Compare(b.Timestamp.Time()) })
		before, known := 0.0, options.FromZero && len(values) > 0 && int64(values[0].Timestamp) > begin
		for _, v := range values {
			x := float64(v.Value)
			switch {
			case math.IsNaN(x):
				continue
			case x < 0 || math.IsInf(x, 0):
				refused++
				continue
			case options.Meaning == IncreaseSamples:
				events[int64(v.Timestamp)] += x
				continue
			case known && x >= before:
				events[int64(v.Timestamp)] += x - before
			case known: // a restart
				events[int64(v.Timestamp)] += x
			}
			before, known = x, true
		}
	}
	return events, refused, err
}
