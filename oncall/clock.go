package oncall

import (
	"math"
	"time"
)

// Resolve is the instant of a time on the wall clock of a zone: the first
// instant at which the clock shows that time or a later one. So a time that
// comes twice is its first occurrence, a time that the clock skips is the end of
// the gap, and a later clock time never gives an earlier instant, in any zone and
// any year. A skipped day (Apia, 2011-12-30) is a gap like any other.
//
// time.Date differs: for a skipped time it gives an instant before the gap in
// some zones and one after it in others, for a repeated one the first or the
// second.
//
// Values outside their usual ranges are normalised as by time.Date: October 32
// is November 1. A nil zone is UTC. The result is in the zone given.
func Resolve(year int, month time.Month, day, hour, minute, second int, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	c := clock{stretch: unknown, zone: zone}
	wall := time.Date(year, month, day, hour, minute, second, 0, time.UTC).Unix()
	return time.Unix(c.instant(wall), 0).In(zone)
}

// The package computes with two kinds of seconds, both int64: an instant counts
// from 1970 as Unix does, a wall time is what Unix would count if the clock of
// the zone showed UTC. A clock relates them. Its law, for every instant t and
// wall time w:
//
//	instant(w) ≤ t  exactly if  w ≤ reached(t)
//
// where reached(t) is the latest wall time that the clock has shown until t:
// local time, except that it stands still while the clock shows an hour again.
// So whether an instant lies in a range of wall times is decided by comparing
// wall times, and both ends of a shift follow one rule by construction.

// A stretch is a time in which a zone has one offset.
type stretch struct {
	lo, hi int64 // instants, [lo, hi)
	offset int64 // wall time less instant
	least  int64 // the latest wall time shown before lo
	first  int64 // the earliest wall time shown in it, but not before
	most   int64 // the latest wall time shown before hi
}

// unknown holds no instant.
var unknown = stretch{lo: forever, hi: beginning, least: forever, first: forever, most: beginning}

const (
	beginning = math.MinInt64 / 4 // before every instant and wall time
	forever   = math.MaxInt64 / 4 // after every instant and wall time
)

// A clock is a zone and the stretch of it that was used last, so that
// neighbouring times cost no more than an addition. It is not safe for
// concurrent use; copies are independent of each other.
type clock struct {
	stretch
	zone  *time.Location
	table *table // or nil
	index int    // of the stretch in table; valid if it is from there
}

// A table holds successive stretches of a zone. It never changes.
type table struct {
	lo, hi    int64 // instants that it spans, [lo, hi)
	stretches []stretch
	// first has, for every 1<<guessBits seconds from tableStart, the stretch
	// that holds the first of them.
	first []uint16
}

// guessBits make a span of 97 days, in which a clock seldom changes twice.
const guessBits = 23

// The years whose stretches are computed in advance.
var (
	tableStart = time.Date(1990, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()
	tableEnd   = time.Date(2060, time.January, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// newClock prepares a zone: instants between 1990 and 2060 are found without
// asking the time package.
func newClock(zone *time.Location) clock {
	c := clock{stretch: unknown, zone: zone}
	all := []stretch{stretchAt(zone, tableStart)}
	for {
		last := &all[len(all)-1]
		if last.hi >= tableEnd {
			break
		}
		next := lookup(zone, last.hi)
		if next.offset == last.offset {
			last.hi = next.hi // the name has changed, or the year
			last.bound(last.least)
			continue
		}
		next.bound(last.most)
		all = append(all, next)
	}
	c.table = &table{lo: all[0].lo, hi: all[len(all)-1].hi, stretches: all}
	c.table.first = make([]uint16, (tableEnd-tableStart)>>guessBits+1)
	i := 0
	for guess := range c.table.first {
		for t := tableStart + int64(guess)<<guessBits; all[i].hi <= t; {
			i++
		}
		c.table.first[guess] = uint16(i)
	}
	return c
}

// bound sets what the clock has shown before the stretch and shows in it.
func (s *stretch) bound(least int64) {
	s.least, s.first, s.most = least, max(least+1, s.lo+s.offset), max(least, s.hi-1+s.offset)
}

// lookup is the stretch of a zone that holds an instant, without what it shows.
func lookup(zone *time.Location, t int64) stretch {
	at := time.Unix(t, 0).In(zone)
	_, offset := at.Zone()
	from, to := at.ZoneBounds()
	s := stretch{lo: beginning, hi: forever, offset: int64(offset)}
	if !from.IsZero() {
		s.lo = min(from.Unix(), t)
	}
	if !to.IsZero() {
		s.hi = to.Unix()
		if s.hi <= t {
			// Where the database gives a rule for all years to come, ZoneBounds
			// ends each year after 365 days: on the last of a leap year it gives
			// an end that has passed.
			s.hi = (floor(t, daySeconds) + 1) * daySeconds
		}
	}
	return s
}

// farthest is more than two clocks of one zone can differ: offsets lie between
// -26 and 26 hours.
const farthest = 3 * 86400

// stretchAt is the stretch of a zone that holds an instant. What the clock showed
// more than farthest before it can not be later than what it shows in it.
func stretchAt(zone *time.Location, t int64) stretch {
	s, least := lookup(zone, t), int64(beginning)
	for from := s.lo; from > beginning && from > s.lo-farthest; {
		before := lookup(zone, from-1)
		least = max(least, before.hi-1+before.offset)
		from = before.lo
	}
	s.bound(least)
	return s
}

// seek goes to the stretch that holds an instant.
func (c *clock) seek(t int64) {
	if c.lo <= t && t < c.hi {
		return
	}
	if k := c.table; k.spans(t) {
		if i := c.index + 1; i < len(k.stretches) && k.stretches[i].lo <= t && t < k.stretches[i].hi {
			c.index = i
		} else {
			c.index = k.holding(t)
		}
		c.stretch = k.stretches[c.index]
		return
	}
	c.stretch = stretchAt(c.zone, t)
}

// spans reports whether the table holds an instant; nil holds none.
func (k *table) spans(t int64) bool { return k != nil && k.lo <= t && t < k.hi }

// holding is the index of the stretch that holds an instant which the table
// spans.
func (k *table) holding(t int64) int {
	guess := min(max(t-tableStart, 0)>>guessBits, int64(len(k.first)-1))
	i := int(k.first[guess])
	for k.stretches[i].hi <= t {
		i++
	}
	return i
}

// reached is the latest wall time that the clock has shown until the instant t.
func (c *clock) reached(t int64) int64 {
	c.seek(t)
	return max(t+c.offset, c.least)
}

// read is reached for a clock that others may use at the same time.
func (c *clock) read(t int64) int64 {
	if k := c.table; k.spans(t) {
		s := &k.stretches[k.holding(t)]
		return max(t+s.offset, s.least)
	}
	k := *c
	return k.reached(t)
}

// instant is the first instant at which the clock shows the wall time w or a
// later one.
func (c *clock) instant(w int64) int64 {
	if c.first <= w && w <= c.most {
		return w - c.offset
	}
	return c.find(w)
}

// find is instant where the stretch that was used last does not show w.
func (c *clock) find(w int64) int64 {
	if w >= forever {
		return forever
	}
	if w <= beginning {
		return beginning
	}
	if c.lo >= c.hi {
		c.seek(w)
	}
	c.seek(w - c.offset)
	for w <= c.least {
		c.seek(c.lo - 1)
	}
	for w > c.most {
		c.seek(c.hi)
	}
	return max(w-c.offset, c.lo)
}
