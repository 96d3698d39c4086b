package capacity

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Limit is a value that must not be reached: the size of a disk, a quota, the units that are
// bought. The zero value is a ceiling of 0.
type Limit struct {
	// Value holds until the first change, in the unit of the series.
	Value float64 `json:"value"`
	// Floor says that values at or below the limit exhaust, as of free space that falls to 0;
	// otherwise values at or above it do.
	Floor bool `json:"floor,omitempty"`
	// Changes are planned: additions, removals. In any order.
	Changes []LimitChange `json:"changes,omitempty"`
}

// LimitChange is a new value of a limit from an instant on.
type LimitChange struct {
	At    time.Time `json:"at"`
	Value float64   `json:"value"`
}

// At is the limit that holds at an instant: the value of the latest change that is not after
// it. Of several changes at one instant the last in the slice counts.
func (l Limit) At(t time.Time) float64 {
	value, latest := l.Value, -1
	for i, c := range l.Changes {
		if !c.At.After(t) && (latest < 0 || !c.At.Before(l.Changes[latest].At)) {
			value, latest = c.Value, i
		}
	}
	return value
}

// Check reports values that are not finite, all at once, as an *Error.
func (l Limit) Check() error {
	var p problems
	if !finite(l.Value) {
		p.add("limit", number(l.Value), "not a finite number", "write the value that must not be reached")
	}
	for i, c := range l.Changes {
		if !finite(c.Value) {
			p.add(fmt.Sprintf("limit.changes[%d]", i), number(c.Value), "not a finite number", "write the value that holds from then on")
		}
	}
	return p.err()
}

// during is the limit for each step of a forecast: that of the step's beginning.
func (l Limit) during(start time.Time, step time.Duration, horizon int) []float64 {
	changes := slices.Clone(l.Changes)
	slices.SortStableFunc(changes, func(a, b LimitChange) int { return a.At.Compare(b.At) })
	limits, value := make([]float64, horizon), l.Value
	for i := range limits {
		for t := start.Add(time.Duration(i) * step); len(changes) > 0 && !changes[0].At.After(t); changes = changes[1:] {
			value = changes[0].Value
		}
		limits[i] = value
	}
	return limits
}

// nearLimit is how close to a limit, as a share of it, rounding can leave a value that is at it.
const nearLimit = 1e-12

// reachedBy tells whether a value exhausts a limit, or is short of it by rounding alone.
func (l Limit) reachedBy(value, limit float64) bool {
	if l.Floor {
		return value <= limit+nearLimit*math.Abs(limit)
	}
	return value >= limit-nearLimit*math.Abs(limit)
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
