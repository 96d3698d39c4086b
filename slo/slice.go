package slo

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// SliceRule cuts time into slices of one length and says when a slice is good:
// when the ratio of bad events in it is below Bound (at most Bound if
// Inclusive).
type SliceRule struct {
	Length    time.Duration `json:"length_seconds"`
	Bound     Ratio         `json:"bound,omitzero"`
	Inclusive bool          `json:"inclusive,omitempty"`
	Empty     EmptySlice    `json:"empty,omitzero"`
}

// EmptySlice says how a slice without traffic counts.
type EmptySlice int

// What an empty slice counts as.
const (
	EmptyGood     EmptySlice = iota // as a good slice (the default)
	EmptyExcluded                   // as no slice at all
	EmptyBad                        // as a bad slice
)

var emptyNames = [...]string{"good", "excluded", "bad"}

// String is the policy's name: good, excluded or bad.
func (e EmptySlice) String() string {
	if e < 0 || int(e) >= len(emptyNames) {
		return fmt.Sprintf("EmptySlice(%d)", int(e))
	}
	return emptyNames[e]
}

// MarshalText writes the policy's name.
func (e EmptySlice) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what String writes.
func (e *EmptySlice) UnmarshalText(text []byte) error {
	for i, name := range emptyNames {
		if name == string(text) {
			*e = EmptySlice(i)
			return nil
		}
	}
	return fmt.Errorf("unknown policy %q for an empty slice; write good, excluded or bad", text)
}

type sliceRule SliceRule

// MarshalJSON writes the length as a number of seconds.
func (r SliceRule) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		sliceRule
		Length wire.Seconds `json:"length_seconds"`
	}{sliceRule(r), wire.Seconds(r.Length)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *SliceRule) UnmarshalJSON(text []byte) error {
	v := struct {
		*sliceRule
		Length wire.Seconds `json:"length_seconds"`
	}{sliceRule: (*sliceRule)(r)}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	r.Length = time.Duration(v.Length)
	return nil
}

// Good reports whether a slice with the counts c is good under the rule; ok is
// false for an empty slice that is excluded.
func (r SliceRule) Good(c Counts) (good, ok bool) {
	if !c.measured() {
		return r.Empty == EmptyGood, r.Empty != EmptyExcluded
	}
	// Compare counts, not rounded ratios: bad < bound * total.
	allowed := r.Bound.Of(c.Total)
	return c.Bad < allowed || r.Inclusive && c.Bad == allowed, true
}

// Count folds points into the slices of (start, end] and counts the bad ones.
// Slices are aligned to multiples of Length since the Unix epoch, so that every
// caller cuts time at the same instants; a slice that the span cuts off is not
// counted, and neither is one that has not ended by end. A point belongs to the
// slice that holds its Time, slices being half-open: (begin, begin+Length]; the
// points should therefore be no further apart than the slices are long, or the
// slices between them count as empty. Cost is linear in the number of points,
// whatever the number of slices. A rule without a positive Length counts
// nothing.
func (r SliceRule) Count(points []Point, start, end time.Time) Counts {
	if r.Length <= 0 {
		return Counts{}
	}
	return r.countFrom(points, ceilTo(start, r.Length), end, false)
}

// CountRatios is Count for ratio time slices (OpenSLO's RatioTimeslices): each
// slice of (start, end] weighs one and contributes its ratio of bad events,
// however many events it holds. Bound is not used. An empty slice contributes
// 0 or 1, or is no slice, as Empty says.
func (r SliceRule) CountRatios(points []Point, start, end time.Time) Counts {
	if r.Length <= 0 {
		return Counts{}
	}
	return r.countFrom(points, ceilTo(start, r.Length), end, true)
}

// countFrom counts the whole slices from the instant first up to end.
func (r SliceRule) countFrom(points []Point, first, end time.Time, ratios bool) Counts {
	n := int64(end.Sub(first) / r.Length)
	if n <= 0 {
		return Counts{}
	}
	cut := make(map[int64]Counts)
	var order []int64 // of first appearance: sums must not depend on the map's order
	for _, p := range points {
		if !p.Time.After(first) || p.Time.After(end) {
			continue
		}
		i := int64((p.Time.Sub(first) - 1) / r.Length)
		if i >= n {
			continue
		}
		c, seen := cut[i]
		if !seen {
			order = append(order, i)
		}
		cut[i] = c.Add(p.Counts)
	}
	var sum Counts
	for _, i := range order {
		good, ok := r.Good(cut[i])
		if !ok {
			continue
		}
		sum.Total++
		if e, traffic := cut[i].ErrorRatio(); ratios && traffic {
			sum.Bad += e
		} else if !good {
			sum.Bad++
		}
	}
	empty := float64(n - int64(len(order)))
	switch r.Empty {
	case EmptyGood:
		sum.Total += empty
	case EmptyBad:
		sum.Total += empty
		sum.Bad += empty
	}
	return sum
}

// fold is the events of (start, now] as points in order: the points
// themselves, or for the slice kinds one for each slice.
func (o Objective) fold(points []Point, start, now time.Time) ([]Point, error) {
	points = SortPoints(points)
	from, _ := slices.BinarySearchFunc(points, start, func(p Point, t time.Time) int {
		if p.Time.After(t) {
			return 1
		}
		return -1
	})
	until, _ := slices.BinarySearchFunc(points, now, func(p Point, t time.Time) int {
		if p.Time.After(t) {
			return 1
		}
		return -1
	})
	points = points[from:max(from, until)]
	if o.Kind != TimeSlices && o.Kind != RatioSlices {
		return points, nil
	}
	const most = 1_000_000
	first := o.firstSlice(start, now)
	n := now.Sub(first) / o.Slice.Length
	if n > most {
		return nil, fmt.Errorf("%w: %d slices of %v are more than %d; take longer ones", ErrObjective, n, o.Slice.Length, most)
	}
	folded := make([]Point, 0, max(0, n))
	next := 0
	for i := range n {
		end := first.Add((i + 1) * o.Slice.Length)
		from := next
		for next < len(points) && !points[next].Time.After(end) {
			next++
		}
		c := o.Slice.countFrom(points[from:next], end.Add(-o.Slice.Length), end, o.Kind == RatioSlices)
		if c.Total > 0 {
			folded = append(folded, Point{end, c})
		}
	}
	return folded, nil
}

// ceilTo is the first multiple of d since the Unix epoch at or after t.
func ceilTo(t time.Time, d time.Duration) time.Time {
	// Seconds times 1e9 need 128 bits: nanoseconds in 64 end in the year 2262.
	sec, past := t.Unix(), false
	if sec < 0 {
		// -sec seconds before the epoch, and then t's nanoseconds forward.
		sec, past = -sec, true
	}
	hi, lo := bits.Mul64(uint64(sec), 1e9)
	r := int64(bits.Rem64(hi, lo, uint64(d)))
	if past && r != 0 {
		r = int64(d) - r
	}
	// r and the nanoseconds are each below 2^63: their sum fits a uint64.
	r = int64((uint64(r) + uint64(t.Nanosecond())) % uint64(d))
	if r == 0 {
		return t
	}
	return t.Add(d - time.Duration(r))
}
