package capacity

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
)

// Streams says what becomes of several streams of one matrix.
type Streams int

// The ways. The values of a step are put together over the streams that have
// one there; what has none adds nothing.
const (
	OneStream Streams = iota // more than one is an error
	SumStreams
	MeanStreams
	MaxStreams
)

// MatrixOptions says how FromMatrix reads.
type MatrixOptions struct {
	// Grid is as for Grid. The result of increase(…[1h]) or max_over_time(…[1h])
	// asked for at steps of 1h wants Ends; SkipNotFinite is implied.
	Grid GridOptions
	// Streams says what to do with more than one stream.
	Streams Streams
}

// FromMatrix puts the result of a range query on a grid. Each stream goes on the
// same grid by itself (counters are read stream by stream), and then they are
// put together. NaN, with which Prometheus also marks the end of a series, is no
// sample; infinite samples are left out with the warning not-finite. The counts
// of the result are sums over the streams.
//
// Errors are those of Grid, with the stream in their path, and: native
// histograms, more than one stream where none was told. The matrix is not
// changed.
func FromMatrix(ctx context.Context, matrix model.Matrix, options MatrixOptions) (Gridded, error) {
	var p problems
	options.Grid.check(&p)
	if options.Streams < OneStream || options.Streams > MaxStreams {
		p.add("options.streams", strconv.Itoa(int(options.Streams)), "not a way to put streams together", "use SumStreams, MeanStreams or MaxStreams")
	}
	if options.Streams == OneStream && len(matrix) > 1 {
		p.add("matrix", strconv.Itoa(len(matrix))+" streams", "which of them?", "add an aggregation such as sum() to the query, or set Streams")
	}
	orders := make([]order, 0, len(matrix))
	var all []stamped
	var r Gridded
	conflicts, skipped := 0, 0
	for i, stream := range matrix {
		path := "matrix[" + strconv.Itoa(i) + "]"
		if len(stream.Histograms) > 0 {
			p.add(path, stream.Metric.String(), "holds native histograms", "ask for histogram_count() or histogram_quantile()")
		}
		samples := make([]Sample, 0, len(stream.Values))
		for _, v := range stream.Values {
			if !math.IsNaN(float64(v.Value)) {
				samples = append(samples, Sample{v.Timestamp.Time(), float64(v.Value)})
			}
		}
		var q problems
		o, err := ordered(ctx, samples, true, &q)
		if err != nil {
			return Gridded{}, err
		}
		o.samples = within(o.samples, options.Grid.From, options.Grid.To)
		options.Grid.checkCounter("samples", o.samples, &q)
		for _, one := range q.e.Problems {
			p.add(path+"."+one.Path, one.Text, one.Reason, one.Remedy)
		}
		p.e.More += q.e.More
		orders = append(orders, o)
		all = append(all, o.samples...)
		r.Samples += len(o.samples)
		r.Late += o.late
		r.Duplicates += o.duplicates
		conflicts += o.conflicts
		skipped += o.skipped
	}
	if len(all) == 0 && len(p.e.Problems) == 0 {
		p.add("matrix", strconv.Itoa(len(matrix))+" streams", "no samples", "look at the query and the time range")
	}
	if err := p.err(); err != nil {
		return Gridded{}, err
	}
	if len(matrix) > 1 {
		var err error
		if all, err = sorted(ctx, all); err != nil {
			return Gridded{}, err
		}
		all = slices.CompactFunc(all, func(a, b stamped) bool { return a.at == b.at })
	}
	g, err := options.Grid.gauge(all)
	if err != nil {
		return Gridded{}, err
	}
	counts := make([]int, len(g.values))
	// Streams come in any order; sums are over them by name.
	names := make([]string, len(matrix))
	for i, stream := range matrix {
		names[i] = stream.Metric.String()
	}
	turns := make([]int, len(matrix))
	for i := range turns {
		turns[i] = i
	}
	slices.SortStableFunc(turns, func(a, b int) int { return cmp.Or(strings.Compare(names[a], names[b]), cmp.Compare(a, b)) })
	for _, turn := range turns {
		one := &grid{origin: g.origin, step: g.step, shift: g.shift, first: g.first, values: make([]float64, len(g.values)), known: make([]bool, len(g.values))}
		resets, err := one.fill(ctx, orders[turn].samples, options.Grid)
		if err != nil {
			return Gridded{}, err
		}
		r.Resets += resets
		for i, v := range one.values {
			if !one.known[i] {
				continue
			}
			switch {
			case counts[i] == 0:
				g.values[i] = v
			case options.Streams == MaxStreams:
				g.values[i] = max(g.values[i], v)
			default:
				g.values[i] = clampFinite(g.values[i] + v)
			}
			counts[i]++
			g.known[i] = true
		}
	}
	if options.Streams == MeanStreams {
		for i, n := range counts {
			if n > 0 {
				g.values[i] /= float64(n)
			}
		}
	}
	r.Series = g.series()
	r.warn(conflicts, skipped)
	return r, nil
}

// String is the name of the way, such as SumStreams.
func (s Streams) String() string {
	switch s {
	case OneStream:
		return "OneStream"
	case SumStreams:
		return "SumStreams"
	case MeanStreams:
		return "MeanStreams"
	case MaxStreams:
		return "MaxStreams"
	}
	return fmt.Sprintf("Streams(%d)", int(s))
}
