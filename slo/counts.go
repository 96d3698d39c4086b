package slo

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// Counts are events: how many there were and how many of them were bad. The
// numbers are whole when they come from a counter (exact up to 2^53) and may
// be fractional when they come from Prometheus' increase(). The zero value is
// no traffic.
type Counts struct {
	Bad   float64 `json:"bad"`
	Total float64 `json:"total"`
}

// Good is the number of events that were not bad.
func (c Counts) Good() float64 { return c.Total - c.Bad }

// Add is the sum of c and d.
func (c Counts) Add(d Counts) Counts { return Counts{c.Bad + d.Bad, c.Total + d.Total} }

// ErrorRatio is Bad/Total in [0,1]; ok is false without traffic and for counts
// that Validate refuses.
func (c Counts) ErrorRatio() (ratio float64, ok bool) {
	if !c.measured() {
		return 0, false
	}
	return c.Bad / c.Total, true
}

// Ratio is the share of good events in [0,1]; ok is false without traffic and
// for counts that Validate refuses.
func (c Counts) Ratio() (ratio float64, ok bool) {
	if !c.measured() {
		return 0, false
	}
	return (c.Total - c.Bad) / c.Total, true
}

// measured reports whether c is valid and holds traffic.
func (c Counts) measured() bool {
	return c.Total > 0 && c.Total <= math.MaxFloat64 && c.Bad >= 0 && c.Bad <= c.Total
}

// ErrCounts is what every error about counts wraps.
var ErrCounts = errors.New("not counts of events")

// Validate tells what is wrong with c: a number that is negative, infinite or
// no number, or more bad events than events.
func (c Counts) Validate() error {
	switch {
	case !(c.Bad >= 0) || math.IsInf(c.Bad, 0):
		return fmt.Errorf("%w: bad is %v; it must be a number of events, 0 or more", ErrCounts, c.Bad)
	case !(c.Total >= 0) || math.IsInf(c.Total, 0):
		return fmt.Errorf("%w: total is %v; it must be a number of events, 0 or more", ErrCounts, c.Total)
	case c.Bad > c.Total:
		return fmt.Errorf("%w: %v bad of %v in total; is total perhaps the number of good events?", ErrCounts, c.Bad, c.Total)
	}
	return nil
}

// Point is the counts of the interval that ends at Time. Where the interval
// begins is the business of the series it stands in: usually at the point
// before.
type Point struct {
	Time time.Time `json:"time"`
	Counts
}

// SortPoints returns the points in order of time; the argument is not changed.
// Points of one instant keep their order.
func SortPoints(points []Point) []Point {
	sorted := slices.Clone(points)
	slices.SortStableFunc(sorted, func(a, b Point) int { return a.Time.Compare(b.Time) })
	return sorted
}

// Sum is the counts of the points with Time in (start, end].
func Sum(points []Point, start, end time.Time) Counts {
	var c Counts
	for _, p := range points {
		if p.Time.After(start) && !p.Time.After(end) {
			c = c.Add(p.Counts)
		}
	}
	return c
}

// validPoints returns the defects of the first ten bad points, each with its
// instant, and says how many more there are.
func validPoints(points []Point) error {
	var errs []error
	const most = 10
	bad := 0
	for _, p := range points {
		err := p.Validate()
		if err == nil {
			continue
		}
		if bad++; bad <= most {
			errs = append(errs, fmt.Errorf("point at %s: %w", p.Time.Format(time.RFC3339), err))
		}
	}
	if bad > most {
		errs = append(errs, fmt.Errorf("%w: %d more points are bad", ErrCounts, bad-most))
	}
	return errors.Join(errs...)
}

// sortedPoints is the points checked and in order of time; a series that is in
// order already is returned as it is.
func sortedPoints(points []Point) ([]Point, error) {
	if err := validPoints(points); err != nil {
		return nil, err
	}
	if slices.IsSortedFunc(points, func(a, b Point) int { return a.Time.Compare(b.Time) }) {
		return points, nil
	}
	return SortPoints(points), nil
}
