package slo

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Span is the time in (Start, End].
type Span struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Length is End - Start, 0 if End is not after Start.
func (s Span) Length() time.Duration { return max(0, s.End.Sub(s.Start)) }

// Coverage tells how much of a span of time data exist for.
type Coverage struct {
	Span
	Covered time.Duration `json:"covered_seconds"`
	Ratio   float64       `json:"ratio"` // Covered of the span, in [0,1]; 0 for an empty span
	// Gaps are the parts of the span without data, in order.
	Gaps []Span `json:"gaps"`
}

type coverage Coverage

// MarshalJSON writes the covered time as a number of seconds.
func (c Coverage) MarshalJSON() ([]byte, error) {
	if c.Gaps == nil {
		c.Gaps = []Span{}
	}
	return json.Marshal(struct {
		coverage
		Covered wire.Seconds `json:"covered_seconds"`
	}{coverage(c), wire.Seconds(c.Covered)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Coverage) UnmarshalJSON(text []byte) error {
	v := struct {
		*coverage
		Covered wire.Seconds `json:"covered_seconds"`
	}{coverage: (*coverage)(c)}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	c.Covered = time.Duration(v.Covered)
	return nil
}

// gapSteps is how many median steps an interval between two points may last
// before it counts as a gap: a few lost scrapes do not make one.
const gapSteps = 4

// CoverageOf tells how much of (start, end] the points cover. A point covers
// the time since the point before it; the first point covers as much as the
// second. Where two points are more than four steps apart, a step being the
// median distance of two points, the series has a gap, and the later point
// covers one step. A single point covers nothing, for its step is unknown. A
// point after end is left out, as Sum leaves it out, though its interval may
// begin before. The points may be unsorted; points without traffic are data
// too. Cost is linear in the number of points if they are in order.
func CoverageOf(points []Point, start, end time.Time) Coverage {
	c := Coverage{Span: Span{start, end}}
	if !end.After(start) {
		return c
	}
	covered := start // up to here everything is accounted for
	for _, s := range intervals(points) {
		from, to := later(s.Start, covered), s.End
		if to.After(end) {
			break
		}
		if !to.After(from) {
			continue
		}
		if from.After(covered) {
			c.Gaps = append(c.Gaps, Span{covered, from})
		}
		c.Covered += to.Sub(from)
		covered = to
	}
	if end.After(covered) {
		c.Gaps = append(c.Gaps, Span{covered, end})
	}
	c.Ratio = float64(c.Covered) / float64(end.Sub(start))
	return c
}

// intervals is the span that each point covers, in order of time, by the rule
// of CoverageOf.
func intervals(points []Point) []Span {
	if !slices.IsSortedFunc(points, func(a, b Point) int { return a.Time.Compare(b.Time) }) {
		points = SortPoints(points)
	}
	step := medianStep(points)
	length := firstLength(points)
	spans := make([]Span, len(points))
	for i, p := range points {
		if i > 0 {
			length = p.Time.Sub(points[i-1].Time)
		}
		if length > gapSteps*step {
			length = step
		}
		spans[i] = Span{p.Time.Add(-length), p.Time}
	}
	return spans
}

// firstLength is the length of the first point's interval: that of the next
// one, 0 if there is none. The points are in order.
func firstLength(points []Point) time.Duration {
	for _, p := range points {
		if d := p.Time.Sub(points[0].Time); d > 0 {
			return d
		}
	}
	return 0
}

// medianStep is the lower median of the distances of points in order, those of
// one instant left out; 0 for fewer than two instants.
func medianStep(points []Point) time.Duration {
	var steps []time.Duration
	for i := 1; i < len(points); i++ {
		if d := points[i].Time.Sub(points[i-1].Time); d > 0 {
			steps = append(steps, d)
		}
	}
	if len(steps) == 0 {
		return 0
	}
	slices.Sort(steps)
	return steps[(len(steps)-1)/2]
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
