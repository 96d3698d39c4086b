package synth

import "time"

const (
	day = 24 * time.Hour

	mostSlots = 1 << 28
)

// grid returns the first instant and the number of the whole slots in
// [from, to), in nanoseconds since 1970; none for a range without meaning.
func grid(from, to time.Time, step time.Duration) (start int64, slots int) {
	if step <= 0 || !representable(from) || !representable(to) {
		return 0, 0
	}
	start = from.UnixNano()
	length := uint64(to.UnixNano()) - uint64(start)
	if !from.Before(to) || length/uint64(step) > mostSlots {
		return 0, 0
	}
	return start, int(length / uint64(step))
}

// representable reports whether t's nanoseconds since 1970 fit in 64 bits.
func representable(t time.Time) bool {
	year := t.UTC().Year()
	return year >= 1678 && year <= 2261
}

// instant is the inverse of time.Time.UnixNano, in UTC.
func instant(nanos int64) time.Time {
	return time.Unix(0, nanos).UTC()
}

// nanos returns t in nanoseconds since 1970, limited to what 64 bits hold.
func nanos(t time.Time) int64 {
	switch year := t.UTC().Year(); {
	case year < 1678:
		return -1 << 63
	case year > 2261:
		return 1<<63 - 1
	}
	return t.UnixNano()
}

// floorDiv returns a divided by b > 0, rounded down.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// wallClock turns instants into the local time of a zone. It remembers the
// offset that holds until the next change of clocks, so that walking along a
// range costs one look-up a season.
type wallClock struct {
	zone       *time.Location
	since, til int64 // seconds in which offset holds; none at first
	offset     int64 // seconds east of UTC
}

// local returns the nanoseconds that a wall clock without changes would have
// counted since 1970 when it shows the local time of the instant.
func (c *wallClock) local(at int64) int64 {
	if c.zone == nil || c.zone == time.UTC {
		return at
	}
	second := floorDiv(at, int64(time.Second))
	if second < c.since || second >= c.til {
		t := time.Unix(second, 0).In(c.zone)
		_, offset := t.Zone()
		c.offset = int64(offset)
		since, til := t.ZoneBounds()
		c.since, c.til = -1<<63, 1<<63-1
		if !since.IsZero() {
			c.since = since.Unix()
		}
		if !til.IsZero() {
			c.til = til.Unix()
		}
	}
	return at + c.offset*int64(time.Second)
}
